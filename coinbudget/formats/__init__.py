"""How text becomes drafts, and back: bytes to drafts and entries to bytes; no database, no Qt, no business rule."""

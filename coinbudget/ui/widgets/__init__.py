"""Small painted and plain widgets that pages and dialogs are made of. None of them knows a service."""

"""What is seen: PySide6 over services. Computes no totals, limits or conversions of its own."""

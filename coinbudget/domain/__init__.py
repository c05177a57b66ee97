"""What is true: values and rules of the ledger, in the standard library alone.

Nothing in this package reads a clock, a file, the environment, a locale or a database: `now`, `today` and zones
are arguments. Values are frozen, slotted, keyword-only dataclasses.
"""

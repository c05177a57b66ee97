"""coinbudget: a desktop ledger that says what TikTok coins cost in money."""

__version__ = "0.1.0"

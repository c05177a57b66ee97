"""Drafts with everything but the point of a test filled in, and what tests often ask a ledger."""

from typing import Any

from coinbudget.domain.drafts import Draft
from coinbudget.domain.entries import Entry
from coinbudget.services.ledger import Ledger
from coinbudget.storage import totals
from coinbudget.storage.mapping import entry_of, select_entries


def purchase(**given: Any) -> Draft:
    """A purchase of 350 coins for 5.29 EUR on the web."""
    return Draft(**{"kind": "purchase", "paid": "5.29", "currency": "EUR", "coins": "350", "channel": "web", **given})


def gift(**given: Any) -> Draft:
    """A gift of 100 coins to @luna."""
    return Draft(**{"kind": "gift", "coins": "100", "creator": "@luna", **given})


def refund(of: str, **given: Any) -> Draft:
    """A refund of all that is left of a purchase."""
    return Draft(**{"kind": "refund", "refers_to": of, **given})


def adjustment(**given: Any) -> Draft:
    """50 bonus coins."""
    return Draft(**{"kind": "adjustment", "coins": "50", "reason": "bonus", **given})


def all_entries(ledger: Ledger) -> list[Entry]:
    """Every entry of a ledger, voided ones too, in order of entry."""
    with ledger.database.reading() as tx:
        rows = tx.connection.execute(select_entries()).all()
    return sorted((entry_of(row, ledger.reference.currencies) for row in rows), key=lambda entry: entry.sequence)


def totals_differ(ledger: Ledger) -> dict[str, object]:
    """Where the kept day totals differ from the entries; empty when they do not."""
    with ledger.database.reading() as tx:
        kept, computed = totals.kept(tx), totals.computed(tx)
    return {
        f"{key}": (kept.get(key), computed.get(key)) for key in kept | computed if kept.get(key) != computed.get(key)
    }

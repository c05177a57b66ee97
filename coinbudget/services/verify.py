"""Is the ledger whole? The file's own check, references, kept totals, the journal's chain, refunds and true costs.

Every figure is worked out a second time and compared; nothing is mended here.
"""

from collections.abc import Iterator

from coinbudget.domain import refunds as law
from coinbudget.domain.entries import EntryId, Purchase
from coinbudget.domain.errors import Problem, problem
from coinbudget.domain.profiles import ProfileId
from coinbudget.services.ledger import Ledger
from coinbudget.storage import household_store, journal, ledger_store, totals, valuation_store
from coinbudget.storage.database import Transaction, file_problems
from coinbudget.storage.tables import day_of


def verify(ledger: Ledger) -> tuple[Problem, ...]:
    """Everything that is not as it should be; empty when the ledger is whole."""
    with ledger.database.reading() as tx:
        broken = tuple(file_problems(tx))
        if broken:
            # What follows would only report the same damage again, or fail on it.
            return broken
        return (*_totals(tx), *_chain(tx), *_refunds(ledger, tx), *_valuation(tx))


def _totals(tx: Transaction) -> Iterator[Problem]:
    kept, computed = totals.kept(tx), totals.computed(tx)
    for key in sorted(kept.keys() | computed.keys()):
        if kept.get(key) != computed.get(key):
            yield problem("", "totals_differ", day=day_of(key[1]), channel=key[2] or "-")


def _chain(tx: Transaction) -> Iterator[Problem]:
    for line in journal.broken_lines(tx):
        yield problem("", "chain_broken", line=line)


def _refunds(ledger: Ledger, tx: Transaction) -> Iterator[Problem]:
    currencies = ledger.reference.currencies
    for part in ledger_store.chunks(ledger_store.refunded_purchases(tx)):
        purchases = ledger_store.entries_by_id(tx, part, currencies)
        for key, refunds in ledger_store.refunds_of(tx, part, currencies).items():
            purchase, living = purchases.get(EntryId(key)), [refund for refund in refunds if refund.counts]
            if not living:
                continue
            if (
                not isinstance(purchase, Purchase)
                or law.group_problems(purchase, living)
                or not law.adds_up(purchase, living)
            ):
                yield problem("", "refunds_differ", name=key)


def _valuation(tx: Transaction) -> Iterator[Problem]:
    """Over KNOWN lots: cost of gifts and other use + on hand + cost without coins = paid - refunded."""
    sums = {profile.id: [0, 0, 0, 0] for profile in household_store.profiles(tx)}
    places = [totals.FIGURES.index(name) for name in ("spent_minor", "refunded_minor", "lot_cost_minor", "idle_minor")]
    for key, figures in totals.computed(tx).items():
        for column, place in enumerate(places):
            sums[ProfileId(key[0])][column] += figures[place]
    for profile in household_store.profiles(tx):
        spent, refunded, in_lots, idle = sums[profile.id]
        used = sum(cost.minor for cost in valuation_store.costs_in_bulk(tx, profile.id).values())
        if used + valuation_store.on_hand(tx, profile.id).cost.minor != in_lots or in_lots + idle != spent - refunded:
            yield problem("", "cost_differs", profile=profile.name)

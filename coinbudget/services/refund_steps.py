"""What every refund of an import goes through, whether a line of a ledger or a store tells of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from coinbudget.domain import refunds as law
from coinbudget.domain.belief import believe
from coinbudget.domain.drafts import Draft, Facts
from coinbudget.domain.entries import Entry, Purchase, Refund
from coinbudget.domain.errors import Problem, problem
from coinbudget.services.facts import remaining
from coinbudget.services.import_claims import Claims
from coinbudget.services.import_parts import Count, Item, Listener, Refunded, State, Target
from coinbudget.storage.import_store import Kept, content_of
from coinbudget.storage.origin_store import KnownRow

Back = list[tuple[str, int]]


class Desk(Protocol):
    """What refunds ask of the engine."""

    facts: Facts
    target: Target
    claims: Claims
    listener: Listener
    out: dict[str, Purchase]
    asked: set[str]
    count: Count

    def is_row(self, item: Item, row: KnownRow, back: Back) -> None:
        """A line whose row was imported before."""

    def is_kept(self, item: Item, kept: Kept, back: Back) -> None:
        """A line that the ledger has."""

    def is_known(self, item: Item, state: State, entry_id: str, sequence: int, back: Back) -> None:
        """A line that is an entry."""

    def keep(self, new: list[Item], back: Back) -> None:
        """Write what is wanted of new lines, and let entries live again."""

    def leaves_out(self, item: Item) -> None:
        """A line that could come in stays out."""

    def add_problems(self, number: int, found: Sequence[Problem]) -> None:
        """A line cannot come in."""


@dataclass(slots=True)
class RefundSteps:
    """Holds a refund against its purchase and the other refunds of that."""

    desk: Desk

    def in_home(self, refund: Refund, purchase: Purchase, others: Sequence[Refund]) -> Refund:
        """A refund in the currency of its profile."""
        facts = self.desk.facts
        currency = next(one.currency for one in facts.profiles.values() if one.id == purchase.profile_id)
        return law.frozen(refund, purchase, list(others), facts.currencies[currency])

    def believed(self, draft: Draft, purchase: Purchase, others: list[Refund]) -> Entry | tuple[Problem, ...]:
        """What a draft is as a refund of this purchase, beside these others."""
        left = remaining(purchase, others)
        if not draft.refers_to:
            draft = draft._replace(refers_to=purchase.id)
        return believe(draft, replace(self.desk.facts, refundable=lambda _: left))

    def counted(self, of: Refunded, denied: dict[str, list[KnownRow]]) -> list[Refund]:
        """The refunds that need not come in any more: of one that was voided the person said that it was none."""
        gone = {refund.sequence: refund.id for refund in of.refunds if refund.voided_at is not None}
        voided = {gone[sequence] for sequence in self.desk.target.denied(list(gone))} if gone else set()
        voided |= {row.id for found in denied.values() for row in found}
        return [refund for refund in of.refunds if refund.counts or refund.id in voided]

    def is_there(self, item: Item, refund: Refund, back: Back) -> None:
        """A line whose money came in otherwise; where it is that very refund, it tells of it too.

        Not so the row that brought the refund, in a later file: it goes with the import it came in with, as others do.
        """
        self.desk.is_known(item, State.KNOWN, refund.id, refund.sequence, back)
        same = isinstance(item.entry, Refund) and item.entry.paid == refund.paid
        if same and refund.counts and 0 < refund.sequence < self.desk.target.before:
            rows = self.desk.target.known_rows([key for key, _ in item.keys])
            if not any(row.sequence == refund.sequence for found in rows.values() for row in found):
                self.desk.target.tells_too(item, refund.sequence)

    def again(self, item: Item, row: KnownRow, of: Refunded, back: Back) -> Item | None:
        """The refund that an undo voided and its row brings back, as it was; None for one that the ledger has."""
        refund = next((one for one in of.refunds if one.id == row.id), None)
        if row.undone and refund is not None and of.purchase.counts:
            return item._replace(entry=replace(refund, voided_at=None), kept=as_kept(refund))
        self.desk.is_row(item, row, back)
        return None


def of_this(row: KnownRow | None, of: Refunded) -> KnownRow | None:
    """The refund that a row made, unless an undo took it and it is of a purchase that stays gone."""
    gone = row is not None and row.undone and all(refund.id != row.id for refund in of.refunds)
    return None if gone else row


def living(of: Refunded) -> list[Refund]:
    """The refunds of a purchase that count."""
    return [refund for refund in of.refunds if refund.counts]


def denied_of(rows: dict[str, list[KnownRow]]) -> dict[str, list[KnownRow]]:
    """The rows of refunds that a person voided."""
    return {key: [row for row in found if row.voided and not row.undone] for key, found in rows.items()}


def as_kept(refund: Refund) -> Kept:
    """A refund that an undo voided, as the ledger keeps it."""
    return Kept(refund.id, refund.sequence, voided=True, undone=True, content=content_of(refund))


def no_purchase(purchase: Purchase, draft: Draft) -> tuple[Problem, ...]:
    """That a purchase does not count, so that nothing can come back of it."""
    code = "purchase_planned" if purchase.voided_at is None else "purchase_voided"
    return (problem("refers_to", code, draft.row),)

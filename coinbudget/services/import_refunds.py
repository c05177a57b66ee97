"""The last pass of an import: refunds, held against the purchases they take money from.

A refund of a ledger file is one row, known again as any other. What a store says of an order is a sum: so much has come
back of it by the day the file was made, and a later file may say more. Of a sum only what the ledger does not have yet
becomes a refund, whoever entered the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from coinbudget.domain import refunds as law
from coinbudget.domain.belief import believe
from coinbudget.domain.drafts import Draft, Facts
from coinbudget.domain.entries import Entry, EntryId, Purchase, Refund
from coinbudget.domain.errors import Problem, problem
from coinbudget.domain.money import Currency, Money
from coinbudget.domain.profiles import ProfileId
from coinbudget.services.facts import remaining
from coinbudget.services.import_claims import Claims
from coinbudget.services.import_parts import (
    ONE_BY_ONE,
    Candidate,
    Item,
    Listener,
    Refunded,
    State,
    Target,
    keys_of,
    origin_key,
    same,
)
from coinbudget.storage.import_store import Kept, content_of
from coinbudget.storage.origin_store import KnownRow

#: Refunds whose purchases are looked up together.
_BATCH_ROWS = 1000

#: The same faults in a store's words: its rows name orders, and have no place for an id.
_OF_ORDERS = {
    "ambiguous_purchase": "order_of_several",
    "unknown_purchase": "order_not_there",
    "required": "refund_of_nothing",
}

_Back = list[tuple[str, int]]


class Desk(Protocol):
    """What refunds ask of the engine."""

    facts: Facts
    target: Target
    claims: Claims
    listener: Listener
    out: dict[str, Purchase]
    asked: set[str]

    def is_row(self, item: Item, row: KnownRow, back: _Back) -> None:
        """A line whose row was imported before."""

    def is_kept(self, item: Item, kept: Kept, back: _Back) -> None:
        """A line that the ledger has."""

    def is_known(self, item: Item, state: State, entry_id: str, sequence: int, back: _Back) -> None:
        """A line that is an entry."""

    def keep(self, new: list[Item], back: _Back) -> None:
        """Write what is wanted of new lines, and let entries live again."""

    def leaves_out(self, item: Item) -> None:
        """A line that could come in stays out."""

    def add_problems(self, number: int, found: Sequence[Problem]) -> None:
        """A line cannot come in."""


@dataclass(slots=True)
class Refunds:
    """Takes the refunds of a file one by one; `flush` writes those that wait."""

    desk: Desk
    _waiting: list[tuple[int, Candidate]] = field(default_factory=list)
    _ids: set[str] = field(default_factory=set)
    _homes: dict[ProfileId, Currency] = field(default_factory=dict)
    # By the key of equal rows the purchases that lines have to themselves.
    _taken: dict[str, set[EntryId]] = field(default_factory=dict)
    # Refunds that are parts of this file; and what sums said came back, as far as no part of the file is it.
    _parts: set[EntryId] = field(default_factory=set)
    _told_in_sums: dict[EntryId, int] = field(default_factory=dict)
    # Refunds that lines of other lists are taken for.
    _is_one: set[EntryId] = field(default_factory=set)

    def take(self, number: int, candidate: Candidate) -> None:
        """Let a refund wait for others, so that their purchases are looked up together."""
        if candidate.draft.id and candidate.draft.id in self._ids:
            self.flush()
        self._ids.add(candidate.draft.id)
        self._waiting.append((number, candidate))
        if len(self._waiting) >= _BATCH_ROWS:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        waiting, self._waiting, self._ids = self._waiting, [], set()
        if not waiting:
            return
        target = self.desk.target
        named = target.purchases([one.draft.refers_to for _, one in waiting if one.draft.refers_to])
        shared = {of.purchase.id: of for of in named.values() if isinstance(of, Refunded)}
        known = target.known([candidate.draft.id for _, candidate in waiting if candidate.draft.id])
        new: list[Item] = []
        back: _Back = []
        for number, candidate in waiting:
            draft = candidate.draft
            if self._is_asked(candidate):
                self.desk.add_problems(number, (problem("refers_to", "purchase_asked", draft.row),))
                continue
            found = named[draft.refers_to] if draft.refers_to else "required"
            if isinstance(found, str) or self._of_another(candidate, found):
                found = self._own(candidate, shared) or (found if isinstance(found, str) else "unknown_purchase")
            if isinstance(found, str) and self._waits(number, candidate):
                continue
            if isinstance(found, str):
                code = found if candidate.of is None else _OF_ORDERS.get(found, found)
                values = {"name": draft.refers_to} if draft.refers_to else {}
                self.desk.add_problems(number, (problem("refers_to", code, draft.row, **values),))
                continue
            if candidate.of is None:
                item = self._row(number, candidate, found, known.get(draft.id), back)
            elif candidate.origins[0][0] in ONE_BY_ONE:
                item = self._part(number, candidate, found, back)
            else:
                item = self._sum(number, candidate, found, back)
            if isinstance(item, Item):
                self._kept(item, found, new, back)
            elif item is not None:
                self.desk.add_problems(number, item)
        self.desk.keep(new, back)

    def _kept(self, item: Item, of: Refunded, new: list[Item], back: _Back) -> None:
        if isinstance(item.entry, Refund):
            # A preview tells it in the profile's currency; where it is written, the pen freezes it by the same law.
            others = [refund for refund in _living(of) if refund.id != item.entry.id]
            refund = law.frozen(item.entry, of.purchase, others, self._home(of.purchase))
            item = item._replace(entry=refund)
            if self.desk.listener.wants(item.number, State.NEW):
                of.refunds.append(refund)
        if item.kept is None:
            new.append(item)
        else:
            self.desk.is_known(item, State.NEW, item.kept.id, item.kept.sequence, back)

    # -- purchases

    def _home(self, purchase: Purchase) -> Currency:
        if not self._homes:
            facts = self.desk.facts
            self._homes = {profile.id: facts.currencies[profile.currency] for profile in facts.profiles.values()}
        return self._homes[purchase.profile_id]

    def _own(self, candidate: Candidate, shared: dict[EntryId, Refunded]) -> Refunded | None:
        """The purchase of a refund's own row, where no order number tells it.

        Equal rows of one order have equal purchases, and each says what came back of one of them. So each line has a
        purchase to itself: that of which as much came back, else the most of those with less.
        """
        profile = self.desk.facts.default_profile
        if candidate.of is None or profile is None:
            return None
        key = origin_key(profile.id, candidate.of)
        every = [shared.setdefault(of.purchase.id, of) for of in self.desk.target.purchases_of_row(key)]
        living = [of for of in every if of.purchase.counts] or every
        if len(living) <= 1:
            return living[0] if living else None
        taken = self._taken.setdefault(key, set())
        free = [of for of in living if of.purchase.id not in taken] or living
        rows = self.desk.target.known_rows([key for key, _ in keys_of(profile.id, candidate.origins)])
        due = [self._due(candidate, of, rows) for of in free]
        place = min(range(len(free)), key=lambda at: (due[at] is None, (due[at] or 0) < 0, abs(due[at] or 0), at))
        taken.add(free[place].purchase.id)
        return free[place]

    def _due(self, candidate: Candidate, of: Refunded, rows: dict[str, list[KnownRow]]) -> int | None:
        """What a line says came back of a purchase, beyond what the ledger has; below 0 where the ledger has more.

        None where the line cannot be a refund of it.
        """
        said = self._told(candidate.draft, of.purchase)
        had = sum(refund.paid.minor for refund in self._counted(of, _denied(rows)))
        return said.paid.minor - had if isinstance(said, Refund) else None

    def _is_asked(self, candidate: Candidate) -> bool:
        """Whether it is not said yet which purchase the row of its order is."""
        profile = self.desk.facts.default_profile
        return (
            candidate.of is not None and profile is not None and origin_key(profile.id, candidate.of) in self.desk.asked
        )

    def _of_another(self, candidate: Candidate, of: Refunded) -> bool:
        """Whether an order is another person's: a store's number may stand in two histories."""
        profile = self.desk.facts.default_profile
        return candidate.of is not None and profile is not None and of.purchase.profile_id != profile.id

    def _waits(self, number: int, candidate: Candidate) -> bool:
        """Whether the purchase of a refund's own row stays out, and the refund with it."""
        profile = self.desk.facts.default_profile
        if candidate.of is None or profile is None:
            return False
        purchase = self.desk.out.get(origin_key(profile.id, candidate.of))
        if purchase is None:
            return False
        found = self._told(candidate.draft, purchase)
        if isinstance(found, Refund):
            self._stays_out(Item(number, candidate.draft, found), purchase, [])
        return isinstance(found, Refund)

    def _stays_out(self, item: Item, purchase: Purchase, others: list[Refund]) -> None:
        """A refund of a purchase that stays voided: asked for together with that, it comes in."""
        if isinstance(item.entry, Refund):
            entry = law.frozen(item.entry, purchase, others, self._home(purchase))
            self.desk.leaves_out(item)
            self.desk.listener.tell(item.number, State.VOIDED, entry)

    def _believed(self, draft: Draft, purchase: Purchase, others: list[Refund]) -> Entry | tuple[Problem, ...]:
        left = remaining(purchase, others)
        if not draft.refers_to:
            draft = draft._replace(refers_to=purchase.id)
        return believe(draft, replace(self.desk.facts, refundable=lambda _: left))

    # -- a sum

    def _told(self, draft: Draft, purchase: Purchase) -> Entry | tuple[Problem, ...]:
        """What a store says came back of a purchase: with all of its price all of its coins."""
        said = self._believed(draft, purchase, [])
        if isinstance(said, Refund) and said.paid == purchase.paid:
            return replace(said, coins=purchase.coins or 0)
        return said

    def _sum(self, number: int, candidate: Candidate, of: Refunded, back: _Back) -> Item | tuple[Problem, ...] | None:
        """What of a store's sum is to be kept; None where the ledger has all of it."""
        draft, others = candidate.draft, _living(of)
        said = self._told(draft, of.purchase)
        if not isinstance(said, Refund):
            waits = of.purchase.voided_at is not None and self._waits(number, candidate)
            return said if isinstance(said, tuple) and not waits else None
        item = Item(number, draft, said, keys_of(of.purchase.profile_id, candidate.origins))
        rows = self.desk.target.known_rows([key for key, _ in item.keys])
        denied = _denied(rows)
        counted = self._counted(of, denied)
        due = said.paid.minor - sum(refund.paid.minor for refund in counted)
        if due <= 0:
            row = self.desk.claims.row(item, denied)
            if row is not None:
                self.desk.is_row(item, row, back)
            else:
                newest = max(others or counted, key=lambda refund: refund.sequence)
                self._is_there(item, newest, back)
            return None
        if of.purchase.voided_at is not None:
            # Money that came back of a purchase which a person took out; it comes in once that lives again.
            more = replace(said, paid=Money(minor=due, currency=said.paid.currency))
            self._stays_out(item._replace(entry=more), of.purchase, counted)
            return None
        if not of.purchase.counts:
            return _no_purchase(of.purchase, draft)
        undone = {row.id for found in rows.values() for row in found if row.undone}
        for refund in of.refunds:
            if refund.id in undone and refund.paid.minor == due and not refund.counts:
                return item._replace(entry=replace(refund, voided_at=None), kept=_as_kept(refund))
        coins = min(said.coins, remaining(of.purchase, others).left_coins)
        return item._replace(entry=replace(said, paid=Money(minor=due, currency=said.paid.currency), coins=coins))

    def _counted(self, of: Refunded, denied: dict[str, list[KnownRow]]) -> list[Refund]:
        """The refunds that need not come in any more: of one that was voided the person said that it was none."""
        gone = {refund.sequence: refund.id for refund in of.refunds if refund.voided_at is not None}
        voided = {gone[sequence] for sequence in self.desk.target.denied(list(gone))} if gone else set()
        voided |= {row.id for found in denied.values() for row in found}
        return [refund for refund in of.refunds if refund.counts or refund.id in voided]

    # -- a part

    def _part(self, number: int, candidate: Candidate, of: Refunded, back: _Back) -> Item | tuple[Problem, ...] | None:
        """A refund that gives back an amount of its own; None where the ledger has it, alone or in a sum."""
        draft, others = candidate.draft, _living(of)
        said = self._told(draft, of.purchase)
        if not isinstance(said, Refund):
            waits = of.purchase.voided_at is not None and self._waits(number, candidate)
            return said if isinstance(said, tuple) and not waits else None
        item = Item(number, draft, said, keys_of(of.purchase.profile_id, candidate.origins))
        rows = self.desk.target.known_rows([key for key, _ in item.keys])
        row = _of_this(self.desk.claims.row(item, rows), of)
        if row is not None and not row.undone:
            return self._again(item, row, of, back)
        left = remaining(of.purchase, others)
        if self._in_a_sum(of, said.paid.minor) or not left.left_minor:
            self._is_there(item, max(of.refunds, key=lambda refund: refund.sequence), back)
            return None
        if row is not None:
            return self._again(item, row, of, back)
        paid = Money(minor=min(said.paid.minor, left.left_minor), currency=said.paid.currency)
        # With the last of the price all the coins go back.
        entry = replace(said, paid=paid, coins=left.left_coins if paid.minor == left.left_minor else 0)
        self._parts.add(entry.id)
        if of.purchase.voided_at is not None:
            self._stays_out(item._replace(entry=entry), of.purchase, others)
            return None
        if not of.purchase.counts:
            return _no_purchase(of.purchase, draft)
        return item._replace(entry=entry)

    def _is_there(self, item: Item, refund: Refund, back: _Back) -> None:
        """A line whose money came in otherwise; where it is that very refund, it tells of it too."""
        self.desk.is_known(item, State.KNOWN, refund.id, refund.sequence, back)
        same = isinstance(item.entry, Refund) and item.entry.paid == refund.paid
        if same and refund.counts and 0 < refund.sequence < self.desk.target.before:
            self.desk.target.tells_too(item, refund.sequence)

    def _again(self, item: Item, row: KnownRow, of: Refunded, back: _Back) -> Item | None:
        """The refund that an undo voided and its row brings back, as it was; None for one that the ledger has."""
        refund = next((one for one in of.refunds if one.id == row.id), None)
        if row.undone and refund is not None and of.purchase.counts:
            return item._replace(entry=replace(refund, voided_at=None), kept=_as_kept(refund))
        self.desk.is_row(item, row, back)
        return None

    def _in_a_sum(self, of: Refunded, minor: int) -> bool:
        """Whether a part is in what came in as a sum, or was typed by hand; each part takes its share of that."""
        if of.purchase.id not in self._told_in_sums:
            counted = [refund for refund in self._counted(of, {}) if refund.id not in self._parts]
            told = self.desk.target.sources_of([refund.sequence for refund in counted])
            sums = [refund for refund in counted if not told.get(refund.sequence, set()) & ONE_BY_ONE]
            self._told_in_sums[of.purchase.id] = sum(refund.paid.minor for refund in sums)
        inside = minor <= self._told_in_sums[of.purchase.id]
        self._told_in_sums[of.purchase.id] -= minor if inside else 0
        return inside

    # -- a row

    def _row(
        self, number: int, candidate: Candidate, of: Refunded, known: Kept | None, back: _Back
    ) -> Item | tuple[Problem, ...] | None:
        """The refund to keep or to bring back; None for one that the ledger has."""
        draft = candidate.draft
        keys, also = (keys_of(of.purchase.profile_id, some) for some in (candidate.origins, candidate.also))
        rows = self.desk.target.known_rows([key for key, _ in keys + also]) if keys else {}
        others = [refund for refund in _living(of) if known is None or refund.id != known.id]
        found = self._believed(draft, of.purchase, others)
        alone = found
        if isinstance(found, tuple) and (draft.paid or rows):
            # What it returns may be more than is left only because the ledger has this very refund already.
            alone = self._believed(draft, of.purchase, [])
        if rows and not isinstance(alone, tuple):
            item = Item(number, draft, alone, keys, also=also)
            row = self.desk.claims.row(item, rows) or self.desk.claims.row(item._replace(keys=also), rows)
            row = _of_this(row, of)
            if row is not None:
                return self._again(item, row, of, back)
        kept = known
        if not draft.id and not isinstance(alone, tuple):
            item = Item(number, draft, alone)
            kept = self.desk.claims.alike(item, self.desk.claims.candidates([item]))
        if kept is not None and not isinstance(alone, tuple):
            if not same(draft, content_of(alone), kept.content):
                return (problem("id", "id_conflict", draft.row, id=draft.id),)
            if not kept.undone or draft.voided:
                self.desk.is_kept(Item(number, draft, alone), kept, back)
                return None
        if keys and kept is None and isinstance(alone, Refund):
            told = self._told_otherwise(of, alone, {source for _, source in keys})
            if told is not None:
                self._is_there(Item(number, draft, alone, keys, also=also), told, back)
                return None
        if isinstance(found, tuple):
            return found
        if found.counts and not of.purchase.counts:
            return _no_purchase(of.purchase, draft)
        return Item(number, draft, found, keys, kept, also)

    def _told_otherwise(self, of: Refunded, refund: Refund, lists: set[str]) -> Refund | None:
        """A refund of as much that another list told of, and that no line of this file is yet."""
        counted = [one for one in self._counted(of, {}) if one.paid == refund.paid and one.id not in self._is_one]
        told = self.desk.target.sources_of([one.sequence for one in counted]) if counted else {}
        found = next((one for one in counted if (by := told.get(one.sequence, set())) and not by & lists), None)
        if found is not None:
            self._is_one.add(found.id)
        return found


def _of_this(row: KnownRow | None, of: Refunded) -> KnownRow | None:
    """The refund that a row made, unless an undo took it and it is of a purchase that stays gone."""
    gone = row is not None and row.undone and all(refund.id != row.id for refund in of.refunds)
    return None if gone else row


def _living(of: Refunded) -> list[Refund]:
    return [refund for refund in of.refunds if refund.counts]


def _denied(rows: dict[str, list[KnownRow]]) -> dict[str, list[KnownRow]]:
    """The rows of refunds that a person voided."""
    return {key: [row for row in found if row.voided and not row.undone] for key, found in rows.items()}


def _as_kept(refund: Refund) -> Kept:
    return Kept(refund.id, refund.sequence, voided=True, undone=True, content=content_of(refund))


def _no_purchase(purchase: Purchase, draft: Draft) -> tuple[Problem, ...]:
    code = "purchase_planned" if purchase.voided_at is None else "purchase_voided"
    return (problem("refers_to", code, draft.row),)

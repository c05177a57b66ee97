"""What a store says came back of an order, and of which purchase.

Most lists say a sum: so much has come back by the day the file was made, and a later file may say more. Of it only what
the ledger does not have yet becomes a refund, whoever entered the others. Lines that tell of a refund alone say a part
each (`ONE_BY_ONE`).
"""

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from coinbudget.domain.drafts import Draft
from coinbudget.domain.entries import Entry, EntryId, Purchase, Refund
from coinbudget.domain.errors import Problem, problem
from coinbudget.domain.money import PLAIN, Money, parse_minor
from coinbudget.domain.profiles import ProfileId
from coinbudget.services.facts import remaining
from coinbudget.services.import_parts import (
    ONE_BY_ONE,
    Candidate,
    Cut,
    Item,
    Refunded,
    State,
    key_at,
    keys_of,
    origin_key,
)
from coinbudget.services.refund_steps import Back, RefundSteps, as_kept, denied_of, living, no_purchase, of_this
from coinbudget.storage.origin_store import KnownRow

#: Faults in a store's words: its rows name orders, and have no place for an id.
_OF_ORDERS = {
    "ambiguous_purchase": "order_of_several",
    "unknown_purchase": "order_not_there",
    "required": "refund_of_nothing",
}


class _Said(NamedTuple):
    """What a line says came back of a purchase, and the refunds that came of its row before."""

    item: Item
    refund: Refund
    rows: dict[str, list[KnownRow]]
    back: str


@dataclass(slots=True)
class StoreRefunds:
    """Takes what stores tell of, line by line."""

    steps: RefundSteps
    # By the key of equal rows the purchases that lines have to themselves.
    _taken: dict[str, set[EntryId]] = field(default_factory=dict)
    # Refunds that are parts of this file; and what sums said came back, as far as no part of the file is it.
    _parts: set[EntryId] = field(default_factory=set)
    _told_in_sums: dict[EntryId, int] = field(default_factory=dict)

    def purchase(
        self, number: int, candidate: Candidate, found: Refunded | str, shared: dict[EntryId, Refunded]
    ) -> Refunded | tuple[Problem, ...] | None:
        """The purchase that a line gives money back of; None where that stays out, and the refund with it.

        Args:
            found: what its order number names, or the code of a Problem.
            shared: the purchases looked up so far.
        """
        draft = candidate.draft
        if self._is_asked(candidate):
            return (problem("refers_to", "purchase_asked", draft.row),)
        if isinstance(found, str) or self._of_another(candidate, found):
            found = self._own(candidate, shared) or (found if isinstance(found, str) else "unknown_purchase")
        elif candidate.thing is not None:
            # The one purchase of the order that counts may be another thing than the one given back.
            found = self._own(candidate, shared) or found
        if isinstance(found, Refunded):
            return found
        if self._waits(number, candidate):
            return None
        values = {"name": draft.refers_to} if draft.refers_to else {}
        return (problem("refers_to", _OF_ORDERS.get(found, found), draft.row, **values),)

    def item(self, number: int, candidate: Candidate, of: Refunded, back: Back) -> Item | tuple[Problem, ...] | None:
        """The refund to keep or to bring back; None where the ledger has it."""
        said = self._said(number, candidate, of)
        if not isinstance(said, _Said):
            return said
        one_by_one = candidate.origins[0][0] in ONE_BY_ONE
        return self._part(said, of, back) if one_by_one else self._sum(said, of, back)

    def _said(self, number: int, candidate: Candidate, of: Refunded) -> _Said | tuple[Problem, ...] | None:
        """What a line says; None where it and its purchase stay out, or it is no refund."""
        draft = candidate.draft
        refund = self._told(draft, of.purchase)
        if not isinstance(refund, Refund):
            waits = of.purchase.voided_at is not None and self._waits(number, candidate)
            return refund if isinstance(refund, tuple) and not waits else None
        item = Item(number, draft, refund, keys_of(of.purchase.profile_id, candidate.origins))
        return _Said(item, refund, self.steps.desk.target.known_rows([key for key, _ in item.keys]), candidate.back)

    # -- purchases

    def _own(self, candidate: Candidate, shared: dict[EntryId, Refunded]) -> Refunded | None:
        """The purchase of a refund's own row, where no order number tells it.

        Equal rows of one order have equal purchases, and each says what came back of one of them. So each line has a
        purchase to itself: that of which as much came back, else the most of those with less.
        """
        profile = self.steps.desk.facts.default_profile
        if candidate.of is None or profile is None:
            return None
        key = origin_key(profile.id, candidate.of)
        every = [shared.setdefault(of.purchase.id, of) for of in self.steps.desk.target.purchases_of_row(key)]
        if not every:
            return self._of_thing(candidate, profile.id, shared)
        living = [of for of in every if of.purchase.counts] or every
        if len(living) <= 1:
            return living[0] if living else None
        taken = self._taken.setdefault(key, set())
        free = [of for of in living if of.purchase.id not in taken] or living
        rows = self.steps.desk.target.known_rows([key for key, _ in keys_of(profile.id, candidate.origins)])
        due = [self._due(candidate, of, rows) for of in free]
        place = min(range(len(free)), key=lambda at: (due[at] is None, (due[at] or 0) < 0, abs(due[at] or 0), at))
        taken.add(free[place].purchase.id)
        return free[place]

    def _of_thing(
        self, candidate: Candidate, profile_id: ProfileId, shared: dict[EntryId, Refunded]
    ) -> Refunded | None:
        """The one purchase of this thing of the order, of which less than its price came back."""
        target, thing = self.steps.desk.target, candidate.thing
        if thing is None:
            return None
        every = []
        for of in target.purchases_of_order(candidate.draft.refers_to):
            key = key_at(profile_id, thing, of.purchase.paid) if of.purchase.paid else ""
            same = target.purchases_of_row(key) if key else ()
            if any(one.purchase.id == of.purchase.id for one in same):
                every.append(shared.setdefault(of.purchase.id, of))
        living = [of for of in every if of.purchase.counts] or every
        return living[0] if len(living) == 1 else None

    def _due(self, candidate: Candidate, of: Refunded, rows: dict[str, list[KnownRow]]) -> int | None:
        """What a line says came back of a purchase, beyond what the ledger has; below 0 where the ledger has more.

        None where the line cannot be a refund of it.
        """
        said = self._told(candidate.draft, of.purchase)
        had = sum(refund.paid.minor for refund in self.steps.counted(of, denied_of(rows)))
        return said.paid.minor - had if isinstance(said, Refund) else None

    def _names(self, candidate: Candidate) -> list[str]:
        """Keys of the row of a refund's purchase; of a part that is no row's whole price, of its thing at any price."""
        profile = self.steps.desk.facts.default_profile
        if candidate.of is None or profile is None:
            return []
        key = origin_key(profile.id, candidate.of)
        part = candidate.origins[0][0] in ONE_BY_ONE
        if not part or candidate.thing is None or self.steps.desk.target.purchases_of_row(key):
            return [key]
        return [key, origin_key(profile.id, candidate.thing)]

    def _is_asked(self, candidate: Candidate) -> bool:
        """Whether it is not said yet which purchase the row of its order is."""
        asked = self.steps.desk.asked
        return bool(asked) and not asked.isdisjoint(self._names(candidate))

    def _of_another(self, candidate: Candidate, of: Refunded) -> bool:
        """Whether an order is another person's: a store's number may stand in two histories."""
        profile = self.steps.desk.facts.default_profile
        return candidate.of is not None and profile is not None and of.purchase.profile_id != profile.id

    def _waits(self, number: int, candidate: Candidate) -> bool:
        """Whether the purchase of a refund's own row stays out, and the refund with it."""
        out = self.steps.desk.out
        purchase = next((out[name] for name in self._names(candidate) if name in out), None) if out else None
        if purchase is None:
            return False
        found = self._told(candidate.draft, purchase)
        if isinstance(found, Refund):
            self._stays_out(Item(number, candidate.draft, found), purchase, [])
        return isinstance(found, Refund)

    def _stays_out(self, item: Item, purchase: Purchase, others: list[Refund]) -> None:
        """A refund of a purchase that stays voided: asked for together with that, it comes in."""
        if isinstance(item.entry, Refund):
            entry = self.steps.in_home(item.entry, purchase, others)
            self.steps.desk.leaves_out(item)
            self.steps.desk.listener.refunds(item.number, purchase)
            self.steps.desk.listener.tell(item.number, State.VOIDED, entry)

    # -- a sum

    def _told(self, draft: Draft, purchase: Purchase) -> Entry | tuple[Problem, ...]:
        """What a store says came back of a purchase: with all of its price all of its coins."""
        said = self.steps.believed(draft, purchase, [])
        if isinstance(said, Refund) and said.paid == purchase.paid:
            return replace(said, coins=purchase.coins or 0)
        return said

    def _sum(self, told: _Said, of: Refunded, back: Back) -> Item | tuple[Problem, ...] | None:
        """What of a store's sum is to be kept; None where the ledger has all of it."""
        (item, said, rows, in_row), others = told, living(of)
        denied = denied_of(rows)
        counted = self.steps.counted(of, denied)
        due = said.paid.minor - sum(refund.paid.minor for refund in counted)
        if due <= 0:
            row = self.steps.desk.claims.row(item, denied)
            if row is not None:
                self.steps.desk.is_row(item, row, back)
            else:
                newest = max(others or counted, key=lambda refund: refund.sequence)
                self.steps.is_there(item, newest, back)
            return None
        if of.purchase.voided_at is not None:
            # Money that came back of a purchase which a person took out; it comes in once that lives again.
            more = replace(said, paid=Money(minor=due, currency=said.paid.currency))
            self._stays_out(item._replace(entry=more), of.purchase, counted)
            return None
        if not of.purchase.counts:
            return no_purchase(of.purchase, item.draft)
        undone = {row.id for found in rows.values() for row in found if row.undone}
        for refund in of.refunds:
            if refund.id in undone and refund.paid.minor == due and not refund.counts:
                return item._replace(entry=replace(refund, voided_at=None), kept=as_kept(refund))
        whole = parse_minor(in_row, PLAIN, said.paid.currency) if in_row else 0
        if (
            isinstance(whole, int)
            and whole > said.paid.minor
            and self.steps.desk.listener.wants(item.number, State.NEW)
        ):
            # The purchase has a lower price than its row says.
            self._is_cut(item, replace(said, paid=replace(said.paid, minor=whole)), said.paid.minor)
        self._rests_on(item, others)
        coins = min(said.coins, remaining(of.purchase, others).left_coins)
        return item._replace(entry=replace(said, paid=Money(minor=due, currency=said.paid.currency), coins=coins))

    def _rests_on(self, item: Item, others: list[Refund]) -> None:
        """A sum tells of the refunds before it too: they stay when the imports that brought them go."""
        desk = self.steps.desk
        if desk.listener.wants(item.number, State.NEW):
            for refund in others:
                if 0 < refund.sequence < desk.target.before:
                    desk.target.tells_too(item, refund.sequence)

    # -- a part

    def _part(self, told: _Said, of: Refunded, back: Back) -> Item | tuple[Problem, ...] | None:
        """A refund that gives back an amount of its own; None where the ledger has it, alone or in a sum."""
        (item, said, rows, _), others = told, living(of)
        row = of_this(self.steps.desk.claims.row(item, rows), of)
        if row is not None and not row.undone:
            return self.steps.again(item, row, of, back)
        left = remaining(of.purchase, others)
        in_a_sum = self._in_a_sum(of, said.paid.minor)
        if in_a_sum or not left.left_minor:
            if not in_a_sum and row is None and of.purchase.counts:
                self._is_cut(item, said, 0)
            self.steps.is_there(item, max(of.refunds, key=lambda refund: refund.sequence), back)
            return None
        if row is not None:
            return self.steps.again(item, row, of, back)
        paid = Money(minor=min(said.paid.minor, left.left_minor), currency=said.paid.currency)
        # With the last of the price all the coins go back.
        entry = replace(said, paid=paid, coins=left.left_coins if paid.minor == left.left_minor else 0)
        self._parts.add(entry.id)
        if of.purchase.voided_at is not None:
            self._stays_out(item._replace(entry=entry), of.purchase, others)
            return None
        if not of.purchase.counts:
            return no_purchase(of.purchase, item.draft)
        if self.steps.desk.listener.wants(item.number, State.NEW):
            self._is_cut(item, said, paid.minor)
        return item._replace(entry=entry)

    def _is_cut(self, item: Item, said: Refund, minor: int) -> None:
        """Note where less is taken than a line says."""
        if minor < said.paid.minor:
            self.steps.desk.count.add_cut(item.number, Cut(said.paid, replace(said.paid, minor=minor)))

    def _in_a_sum(self, of: Refunded, minor: int) -> bool:
        """Whether a part is in what came in as a sum, or was typed by hand; each part takes its share of that."""
        if of.purchase.id not in self._told_in_sums:
            counted = [refund for refund in self.steps.counted(of, {}) if refund.id not in self._parts]
            told = self.steps.desk.target.sources_of([refund.sequence for refund in counted])
            sums = [refund for refund in counted if not told.get(refund.sequence, set()) & ONE_BY_ONE]
            self._told_in_sums[of.purchase.id] = sum(refund.paid.minor for refund in sums)
        inside = minor <= self._told_in_sums[of.purchase.id]
        self._told_in_sums[of.purchase.id] -= minor if inside else 0
        return inside

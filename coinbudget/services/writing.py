"""The one pen: how entries are written with everything that must change with them, inside an open transaction.

Frozen amounts, creators, day totals and remembered gift names all change here and nowhere else, for one entry from a
form as for a hundred thousand from a file.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from coinbudget.domain import refunds as law
from coinbudget.domain.catalog import folded
from coinbudget.domain.entries import BatchId, Entry, EntryId, Gift, Purchase, Refund
from coinbudget.domain.errors import Problem, Refusal, problem
from coinbudget.domain.money import Currency
from coinbudget.domain.profiles import ProfileId
from coinbudget.services.facts import freeze
from coinbudget.services.ledger import Ledger
from coinbudget.services.pace import Pace
from coinbudget.storage import household_store, ledger_store
from coinbudget.storage.database import Transaction
from coinbudget.storage.mapping import values_of
from coinbudget.storage.tables import instant_number
from coinbudget.storage.totals import Differences, rebuild

#: From this many changed entries on the totals of their profiles are worked out anew instead of entry by entry.
MANY = 2000


class Pen:
    """Writes entries in one transaction; `finish` must be called before its end, and writes what was added up."""

    def __init__(self, ledger: Ledger, tx: Transaction, *, now: datetime, batch: BatchId | None = None) -> None:
        self._tx = tx
        self._now = now
        self._recorded = instant_number(now)
        self._batch = batch
        self._reference = ledger.reference
        self._currencies = ledger.reference.currencies
        self._home = self._home_currencies()
        self._next = ledger_store.next_sequence(tx)
        self._creators: dict[str, int] = {}
        self._differences = Differences()
        self._gifts: dict[tuple[str, int], tuple[str, date]] = {}

    def _home_currencies(self) -> dict[ProfileId, Currency]:
        profiles = household_store.profiles(self._tx)
        return {profile.id: self._currencies[profile.currency] for profile in profiles}

    def home(self, profile_id: ProfileId) -> Currency:
        """The currency of a profile."""
        return self._home[profile_id]

    def frozen(self, purchase: Purchase) -> Purchase:
        """A purchase with its frozen amount.

        Raises:
            Refusal: the amount is out of bounds.
        """
        done = freeze(purchase, self._home[purchase.profile_id])
        if isinstance(done, Problem):
            raise Refusal(done)
        return done

    def insert(self, entries: Sequence[Entry], sequences: Sequence[int] | None = None) -> list[Entry]:
        """Insert new entries in their order of entry.

        A refund may stand before its purchase. Amounts not frozen yet are frozen.

        Args:
            sequences: places in the order of entry, as an import keeps those of its rows; else the next ones.

        Returns:
            The entries as kept, but for the sequence, which only the table knows.

        Raises:
            Refusal: an amount is out of bounds, or refunds exceed their purchase.
        """
        kept: list[Entry] = []
        rows: list[tuple[Any, ...]] = []
        late: list[int] = []
        sequences = sequences or range(self._next, self._next + len(entries))
        self._know_creators(entry.creator for entry in entries if isinstance(entry, Gift))
        for place, entry in enumerate(entries):
            kept.append(entry)
            if isinstance(entry, Refund):
                late.append(place)
                continue
            if isinstance(entry, Purchase):
                if entry.converted_minor is None:
                    entry = self.frozen(entry)  # noqa: PLW2901 - from here on the frozen one is meant
                    kept[place] = entry
            elif isinstance(entry, Gift):
                self._remember(entry)
            if entry.counts:
                self._differences.add(entry)
            rows.append(self._row(entry, sequences[place]))
        ledger_store.insert_entries(self._tx, rows)
        if late:
            self._insert_refunds(kept, late, sequences)
        self._next += len(entries)
        if self._differences.many:
            self._differences.apply(self._tx)
        return kept

    def _insert_refunds(self, kept: list[Entry], places: Sequence[int], sequences: Sequence[int]) -> None:
        wanted = {kept[place].refers_to for place in places}  # type: ignore[union-attr]  # only refunds are late
        purchases = ledger_store.entries_by_id(self._tx, wanted, self._currencies)
        before = ledger_store.refunds_of(self._tx, wanted, self._currencies)
        living = {key: [refund for refund in found if refund.counts] for key, found in before.items()}
        rows = []
        for place in places:
            refund = kept[place]
            if not isinstance(refund, Refund):
                continue
            purchase = purchases.get(refund.refers_to)
            if not isinstance(purchase, Purchase):
                raise Refusal(problem("refers_to", "unknown_purchase", name=refund.refers_to))
            others = living.setdefault(refund.refers_to, [])
            kept[place] = refund = law.frozen(refund, purchase, others, self._home[purchase.profile_id])
            if refund.counts:
                if problems := law.group_problems(purchase, [*others, refund]):
                    raise Refusal(*problems)
                self._differences.lot(purchase, others, -1)
                others.append(refund)
                self._differences.lot(purchase, others, 1)
                self._differences.count(refund, 1, purchase)
            rows.append(self._row(refund, sequences[place]))
        ledger_store.insert_entries(self._tx, rows)

    def replace(
        self,
        changed: Sequence[tuple[Entry, Entry]],
        *,
        voided_batch: BatchId | None = None,
        pace: Pace | None = None,
    ) -> None:
        """Write entries anew: pairs of what stands in the table and what shall.

        Raises:
            Refusal: a purchase and its living refunds would not fit together.
        """
        after = {new.id: new for _, new in changed}
        self._check_and_count(changed, after)
        for _, new in changed:
            if isinstance(new, Gift):
                self._remember(new)
        ledger_store.replace_entries(
            self._tx,
            [new for _, new in changed],
            now=self._now,
            voided_batch=voided_batch,
            step=(pace or Pace(None, None)).step,
        )
        if len(changed) >= MANY:
            self._differences = Differences()
            rebuild(self._tx, sorted({old.profile_id for old, _ in changed} | {new.profile_id for _, new in changed}))

    def _check_and_count(self, changed: Sequence[tuple[Entry, Entry]], after: dict[EntryId, Entry]) -> None:
        groups = sorted({old.refers_to if isinstance(old, Refund) else old.id for old, _ in changed if _is_lot(old)})
        known = ledger_store.entries_by_id(self._tx, groups, self._currencies)
        refunds = ledger_store.refunds_of(self._tx, groups, self._currencies)
        purchases = {key: found for key, found in known.items() if isinstance(found, Purchase)}
        for key, purchase in purchases.items():
            old = [refund for refund in refunds.get(key, ()) if refund.counts]
            new_purchase = after.get(key, purchase)
            new = [after.get(refund.id, refund) for refund in refunds.get(key, ())]
            living = [refund for refund in new if isinstance(refund, Refund) and refund.counts]
            if not isinstance(new_purchase, Purchase):
                raise TypeError("an entry keeps its kind")
            if problems := law.group_problems(new_purchase, living):
                raise Refusal(*problems)
            if purchase.counts:
                self._differences.lot(purchase, old, -1)
            if new_purchase.counts:
                self._differences.lot(new_purchase, living, 1)
            for refund in refunds.get(key, ()):
                # A refund's money lies in its purchase's channel, which may be what changes.
                if refund.counts:
                    self._differences.count(refund, -1, purchase)
            for refund in living:
                self._differences.count(refund, 1, new_purchase)
        for before, now in changed:
            if not isinstance(before, Refund):
                if before.counts:
                    self._differences.count(before, -1)
                if now.counts:
                    self._differences.count(now, 1)

    def finish(self) -> None:
        """Write the totals and the gift names met."""
        self._differences.apply(self._tx)
        if self._gifts:
            ledger_store.remember_gifts(self._tx, self._gifts)
            self._gifts = {}

    def _know_creators(self, handles: Iterable[str]) -> None:
        new = {handle for handle in handles if handle not in self._creators}
        if new:
            ids = ledger_store.creator_ids(self._tx, sorted(new))
            self._creators.update((handle, ids[folded(handle)]) for handle in new)

    def _remember(self, gift: Gift) -> None:
        """Keep the name and price of a gift the catalogue does not have."""
        if not gift.gift_name or not gift.coins or gift.coins % gift.quantity:
            return
        name = folded(gift.gift_name)
        if name in self._reference.gifts:
            return
        key = (name, gift.coins // gift.quantity)
        seen = self._gifts.get(key)
        if seen is None or seen[1] < gift.home_on:
            self._gifts[key] = (gift.gift_name, gift.home_on)

    def _row(self, entry: Entry, sequence: int) -> tuple[Any, ...]:
        creator = self._creators[entry.creator] if isinstance(entry, Gift) else None
        return values_of(entry, creator, self._recorded, sequence=sequence, batch=self._batch)


def _is_lot(entry: Entry) -> bool:
    return isinstance(entry, Purchase | Refund)


def restored(pen: Pen, purchase: Purchase, living: Sequence[Refund], back: Sequence[Refund]) -> list[Refund]:
    """Refunds about to live again, frozen anew only where they no longer fit beside the others."""
    if law.adds_up(purchase, [*living, *back]):
        return list(back)
    done: list[Refund] = []
    for refund in back:
        done.append(law.frozen(refund, purchase, [*living, *done], pen.home(purchase.profile_id)))
    return done


def with_revision(entry: Entry, voided_at: datetime | None, revision: int) -> Entry:
    """An entry voided or living again, at a revision."""
    return replace(entry, voided_at=voided_at, revision=revision)

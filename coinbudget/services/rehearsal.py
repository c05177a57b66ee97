"""An import that is only looked at: the ledger is read, and a private scratch file remembers the rows so far."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from coinbudget.domain.belief import believe
from coinbudget.domain.drafts import Draft, Facts, NumberStyle
from coinbudget.domain.entries import Entry, Gift, Purchase
from coinbudget.domain.errors import Problem
from coinbudget.domain.money import Money
from coinbudget.services.facts import freeze
from coinbudget.services.filled import WAS
from coinbudget.services.import_parts import Item, Refunded, cells_of
from coinbudget.services.import_standing import Standing, named_purchases, purchases_of_order, purchases_of_rows
from coinbudget.services.ledger import Ledger
from coinbudget.storage import import_store, ledger_store
from coinbudget.storage.database import Transaction
from coinbudget.storage.import_store import Kept, Scratch
from coinbudget.storage.tables import day_of

#: Order of entry of a purchase that stands, and the price a row brings it.
_Fill = tuple[int, Money | None]


class Rehearsal(Standing):
    """Keeps nothing: the ledger is only read, and a private scratch file remembers the rows so far."""

    def __init__(self, ledger: Ledger, tx: Transaction, facts: Facts) -> None:
        super().__init__(ledger, tx)
        self._facts = facts
        self._scratch = Scratch()
        self._refunded: dict[str, Refunded] = {}
        self._back: set[str] = set()
        # Purchases that rows are paired with, by the order number they bring and by those rows.
        self._named: dict[str, list[_Fill]] = {}
        self._fills: dict[str, list[_Fill]] = {}

    def close(self) -> None:
        """Forget the file."""
        self._scratch.close()

    def known(self, ids: Sequence[str]) -> dict[str, Kept]:
        """Entries of these ids, those of the file so far too."""
        return self._scratch.known(ids) | import_store.known(self._tx, ids)

    def purchases(self, named: Sequence[str]) -> dict[str, Refunded | str]:
        """The purchases named, in the ledger and in the file."""
        found = named_purchases(self._ledger, self._tx, named)
        for of in found.values():
            if isinstance(of, Refunded) and of.purchase.id in self._back:
                found |= {name: self._living(of) for name, other in found.items() if other is of}
        for name in set(named):
            here, filled = self._scratch.purchases(name), self._named.get(name, ())
            of = found[name]
            if (here or filled) and isinstance(of, Refunded) and of.purchase.voided_at is not None:
                # A living purchase of this number comes before one that was voided.
                found[name] = "unknown_purchase"
            if len(here) + len(filled) + (found[name] != "unknown_purchase") > 1:
                found[name] = "ambiguous_purchase"
            elif filled:
                found[name] = self._filled(filled[0]) or "unknown_purchase"
            elif here:
                found[name] = self._of_file(here[0]) or "unknown_purchase"
        return found

    def _of_file(self, cells: tuple[Any, ...]) -> Refunded | None:
        draft = Draft._make((*cells[:-1], 1, NumberStyle._make(cells[-1])))
        entry = believe(draft, self._facts)
        if not isinstance(entry, Purchase):
            return None
        return self._refunded.setdefault(entry.id, Refunded(self.frozen(entry), []))

    def purchases_of_row(self, key: str) -> list[Refunded]:
        """The purchases that came of rows of this origin, in the ledger and in the file."""
        standing = purchases_of_rows(self._ledger, self._tx, key, before=self.before)
        found: list[Refunded | None] = [self._living(of) if of.purchase.id in self._back else of for of in standing]
        # A purchase that stands and is paired has what the row brings it.
        found += [self._filled(fill) for fill in self._fills.get(key, ())]
        here = {of.purchase.id: of for of in found if of is not None}
        of_file = [self._of_file(cells) for cells in self._scratch.purchases_of_row(key)]
        in_order = sorted(here.values(), key=lambda of: of.purchase.sequence)
        return in_order + [of for of in of_file if of is not None]

    def purchases_of_order(self, order_ref: str) -> list[Refunded]:
        """All purchases of an order number, in the ledger and in the file."""
        standing = purchases_of_order(self._ledger, self._tx, order_ref)
        found: list[Refunded | None] = [self._living(of) if of.purchase.id in self._back else of for of in standing]
        found += [self._filled(fill) for fill in self._named.get(order_ref, ())]
        found += [self._of_file(cells) for cells in self._scratch.purchases_of_order(order_ref)]
        return list({of.purchase.id: of for of in found if of is not None}.values())

    def _filled(self, fill: _Fill) -> Refunded | None:
        """A purchase that a row of the file is paired with, and perhaps gets its price from."""
        sequence, paid = fill
        ids = import_store.ids_at(self._tx, [sequence])
        of = next(iter(named_purchases(self._ledger, self._tx, ids).values()), None)
        if not isinstance(of, Refunded):
            return None
        back = self._refunded.get(of.purchase.id)
        if back is None:
            purchase = replace(of.purchase, voided_at=None) if of.purchase.id in self._back else of.purchase
            if paid is not None:
                purchase = self.frozen(replace(purchase, paid=paid, converted_minor=None))
            back = self._refunded[of.purchase.id] = Refunded(purchase, of.refunds)
        return back

    def _living(self, of: Refunded) -> Refunded:
        """A purchase that this file would bring back."""
        back = replace(of.purchase, voided_at=None)
        return self._refunded.setdefault(back.id, Refunded(back, of.refunds))

    def insert(self, items: Sequence[Item]) -> tuple[list[Entry], list[Problem]]:
        """Remember new entries; the Problems of those that cannot be converted."""
        failed: list[Problem] = []
        kept: list[Entry] = []
        good: list[tuple[Entry, tuple[Any, ...], str]] = []
        for item in items:
            entry = item.entry
            frozen = freeze(entry, self._home(entry.profile_id)) if isinstance(entry, Purchase) else entry
            if isinstance(frozen, Problem):
                failed.append(replace(frozen, row=item.number))
                continue
            kept.append(frozen)
            # A refund may be held against a purchase of the file; its id stands first among the cells.
            if isinstance(entry, Purchase):
                key = item.keys[0][0] if item.keys else ""
                draft = item.draft
                good.append((entry, (entry.id, *cells_of(draft)[1:], tuple(draft.numbers)), key))
            elif item.draft.id:
                good.append((entry, (), ""))
        self._scratch.add(good)
        return kept, failed

    def bring_back(self, kept: Sequence[tuple[str, int]]) -> None:
        """Note what would live again: refunds may refer to it."""
        self._back.update(entry_id for entry_id, _ in kept)

    def fill(self, item: Item, sequence: int) -> Purchase | Gift | None:
        """What the purchase would be converted to with what it gets; of a gift coins where it has none."""
        entry = item.entry
        if isinstance(entry, Gift):
            return entry if self.gains_coins(entry, sequence) else replace(entry, coins=None)
        if not isinstance(entry, Purchase):
            return None
        standing = self._standing(entry.profile_id, sequence)
        values = self.lacking(item, sequence)
        fill = sequence, entry.paid if "paid_minor" in values else None
        if "order_ref" in values:
            self._named.setdefault(entry.order_ref, []).append(fill)
        for key, _ in item.keys:
            self._fills.setdefault(key, []).append(fill)
        if standing is not None:
            entry = replace(entry, home_on=day_of(standing.home_on))
        if "paid_minor" not in values:
            # Its money counts already.
            return replace(entry, paid=None, converted_minor=None, coins=values.get("coins"))
        frozen = freeze(replace(entry, coins=values.get("coins")), self._home(entry.profile_id))
        if isinstance(frozen, Problem):
            return None
        if WAS not in values or frozen.converted_minor is None:
            return frozen
        # What a person had said counts already.
        [before] = ledger_store.entries_by_id(
            self._tx, import_store.ids_at(self._tx, [sequence]), self._facts.currencies
        ).values()
        had = before.converted_minor if isinstance(before, Purchase) else None
        return replace(frozen, converted_minor=frozen.converted_minor - (had or 0))

    def note(self, item: Item, sequence: int) -> None:
        """Nothing is kept."""

    def tells_too(self, item: Item, sequence: int) -> None:
        """Nothing is kept."""

    def ready_for_refunds(self) -> None:
        """Nothing waits."""

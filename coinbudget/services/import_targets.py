"""Where an import puts its entries: the writing into the ledger."""

from array import array
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from coinbudget.domain.entries import BatchId, Entry, EntryId, Gift, Purchase
from coinbudget.domain.errors import Problem, Refusal
from coinbudget.domain.profiles import ProfileId
from coinbudget.services.filled import ONLY_SAID, SAID, VOIDED_AT, columns_of, gift_columns, gift_with, with_values
from coinbudget.services.import_parts import PRICELESS, Item, Refunded
from coinbudget.services.import_standing import Standing, named_purchases, purchases_of_order, purchases_of_rows
from coinbudget.services.ledger import Ledger
from coinbudget.services.record import back_to_life
from coinbudget.services.touched import Touched
from coinbudget.services.writing import Pen
from coinbudget.storage import import_store, ledger_store, origin_store
from coinbudget.storage.database import Transaction
from coinbudget.storage.import_store import Kept
from coinbudget.storage.origin_store import Fate

#: Entries a Changes names at most.
NAMED = 20
_AT_ONCE = 500
#: Every order of entry lies below.
_ALL = 2**62


class IntoLedger(Standing):
    """Writes into the open transaction; `finish` must be called before its end.

    Attributes:
        before: orders of entry below this stood before the import.
        profiles: whose figures may differ.
        first_entries: the first entries written.
    """

    def __init__(self, ledger: Ledger, tx: Transaction, batch: BatchId, touched: Touched, *, now: datetime) -> None:
        super().__init__(ledger, tx)
        self._batch = batch
        self._touched = touched
        self._now = now
        self._pen = Pen(ledger, tx, now=now, batch=batch)
        self._back = array("q")
        self._fills: list[tuple[Item, int]] = []
        self._notes: list[tuple[str, int, str, int]] = []
        self._denied: dict[int, dict[str, Any]] = {}
        self._told_too: dict[int, dict[str, Any]] = {}
        self.profiles: set[ProfileId] = set()
        self.first_entries: tuple[EntryId, ...] = ()

    def known(self, ids: Sequence[str]) -> dict[str, Kept]:
        """Entries of these ids, those of the file so far too."""
        return import_store.known(self._tx, ids)

    def purchases(self, named: Sequence[str]) -> dict[str, Refunded | str]:
        """The purchases named, those of the file too."""
        return named_purchases(self._ledger, self._tx, named)

    def purchases_of_row(self, key: str) -> list[Refunded]:
        """The purchases that came of rows of this origin, those of the file too."""
        return purchases_of_rows(self._ledger, self._tx, key, before=_ALL)

    def purchases_of_order(self, order_ref: str) -> list[Refunded]:
        """All purchases of an order number, those of the file too."""
        return purchases_of_order(self._ledger, self._tx, order_ref)

    def insert(self, items: Sequence[Item]) -> tuple[list[Entry], list[Problem]]:
        """Write new entries at the place of their line in the order of entry."""
        good: list[Entry] = []
        taken: list[Item] = []
        failed: list[Problem] = []
        for item in items:
            entry = item.entry
            if isinstance(entry, Purchase):
                try:
                    entry = self._pen.frozen(entry)
                except Refusal as refusal:
                    failed += [replace(found, row=item.number) for found in refusal.problems]
                    continue
            good.append(entry)
            taken.append(item)
        batch, before = self._batch, self.before
        kept = self._pen.insert(good, [before + item.number for item in taken])
        origin_store.add_new(
            self._tx, [(key, before + item.number, source, batch) for item in taken for key, source in item.origins]
        )
        self._wrote(kept)
        return kept, failed

    def bring_back(self, kept: Sequence[tuple[str, int]]) -> None:
        """Note what lives again; done in the end, when nothing else of this pass is open."""
        sequences = [sequence for _, sequence in kept]
        self._back.extend(sequences)
        for sequence, at in import_store.voided_singly(self._tx, sequences).items():
            self._denied[sequence] = {VOIDED_AT: at}

    def note(self, item: Item, sequence: int) -> None:
        """Know a line again as a voided entry; written in the end, if this import brings anything."""
        self._notes += [(key, sequence, source, self._batch) for key, source in item.origins]

    def tells_too(self, item: Item, sequence: int) -> None:
        """The same of a refund; it stays where the import that brought it is taken back."""
        self.note(item, sequence)
        self._told_too[sequence] = {}

    def fill(self, item: Item, sequence: int) -> Purchase | Gift | None:
        """Note what an entry gets; written together. A gift gets coins where it has none."""
        if not isinstance(item.entry, Purchase | Gift):
            return None
        self._fills.append((item, sequence))
        if len(self._fills) >= _AT_ONCE:
            self._fill_now()
        return item.entry

    def _fill_now(self) -> None:
        fills, self._fills = self._fills, []
        names = import_store.ids_at(self._tx, [sequence for _, sequence in fills])
        entries = ledger_store.entries_by_id(self._tx, names, self._ledger.reference.currencies)
        by_sequence = {entry.sequence: entry for entry in entries.values()}
        changed: list[tuple[Entry, Entry]] = []
        filled: dict[int, dict[str, Any]] = {}
        for item, sequence in fills:
            entry, old = item.entry, by_sequence.get(sequence)
            if isinstance(entry, Gift) and isinstance(old, Gift):
                # A row of other pieces says nothing of the coins of these.
                said = gift_columns(entry)
                gift = gift_with(old, said) if entry.quantity == old.quantity else old
                filled[sequence] = {SAID: said} if entry.quantity == old.quantity else {}
                if gift != old:
                    filled[sequence] |= said
                    changed.append((old, replace(gift, revision=old.revision + 1)))
            if not isinstance(entry, Purchase) or not isinstance(old, Purchase):
                continue
            values = self.lacking(item, sequence)
            # An empty note, too, lets the undo of this import forget the pair; what lives again is its own.
            if self._of(entry.profile_id, Fate.UNDONE).standing(sequence) is None:
                only = {ONLY_SAID: True} if entry.paid and {source for _, source in item.keys} <= PRICELESS else {}
                filled[sequence] = values | {SAID: columns_of(entry)} | only | self._denied.pop(sequence, {})
            if values:
                new = with_values(old, values, self._ledger)
                new = self._pen.frozen(new) if new.paid != old.paid else new
                changed.append((old, replace(new, revision=old.revision + 1)))
        self._pen.replace(changed)
        origin_store.keep_filled(self._tx, self._batch, filled)
        origin_store.add_origins(
            self._tx, [(key, sequence, source, self._batch) for item, sequence in fills for key, source in item.origins]
        )
        self._wrote([new for _, new in changed])

    def ready_for_refunds(self) -> None:
        """Refunds may refer to what lives again or has got its order number: let it."""
        self._fill_now()
        self._bring_back_now()

    def finish(self) -> None:
        """Write what is still held back."""
        self._fill_now()
        self._bring_back_now()
        origin_store.add_origins(self._tx, self._notes)
        # The undo of this import lets them be voided as they were.
        origin_store.keep_filled(self._tx, self._batch, self._told_too | self._denied)
        self._pen.finish()

    def _wrote(self, entries: Sequence[Entry]) -> None:
        self._touched.add(entries)
        self.profiles.update(entry.profile_id for entry in entries)
        room = NAMED - len(self.first_entries)
        if room > 0:
            self.first_entries += tuple(entry.id for entry in entries[:room])

    def _bring_back_now(self) -> None:
        back, self._back = self._back, array("q")
        for start in range(0, len(back), _AT_ONCE):
            part = back[start : start + _AT_ONCE]
            ids = import_store.ids_at(self._tx, part)
            self._wrote(_brought_back(self._ledger, self._tx, ids, now=self._now))
            origin_store.adopt_origins(self._tx, part, self._batch)
            import_store.adopt(self._tx, ids, self._batch)


def _brought_back(ledger: Ledger, tx: Transaction, wanted: Sequence[str], *, now: datetime) -> list[Entry]:
    """Restore entries that the undo of an import voided, because they are imported again."""
    known = ledger_store.entries_by_id(tx, wanted, ledger.reference.currencies)
    changed = back_to_life(ledger, tx, [one for one in known.values() if one.voided_at], step=1, now=now)
    pen = Pen(ledger, tx, now=now)
    pen.replace(changed)
    pen.finish()
    return [new for _, new in changed]

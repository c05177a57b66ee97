"""Where an import puts its entries: into the ledger, or into a scratch file when it is only looked at."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from coinbudget.domain.belief import believe
from coinbudget.domain.drafts import Facts
from coinbudget.domain.entries import BatchId, Entry, EntryId, Kind, Purchase, Refund
from coinbudget.domain.errors import Problem, Refusal
from coinbudget.domain.profiles import ProfileId
from coinbudget.formats.ledger_csv import draft_from
from coinbudget.services.facts import freeze
from coinbudget.services.importing import Item, Refunded, Touched, cells_of
from coinbudget.services.ledger import Ledger
from coinbudget.services.undo import bring_back
from coinbudget.services.writing import Pen
from coinbudget.storage import import_store, ledger_store
from coinbudget.storage.database import Transaction
from coinbudget.storage.import_store import Kept, Scratch

#: Entries a Changes names at most.
NAMED = 20
_BACK_AT_ONCE = 500


def named_purchases(ledger: Ledger, tx: Transaction, named: Sequence[str]) -> dict[str, Refunded | str]:
    """The purchases of the ledger that ids and order numbers name, with their refunds."""
    currencies = ledger.reference.currencies
    by_id = ledger_store.entries_by_id(tx, set(named), currencies)
    ids = {name: [EntryId(name)] for name in named if isinstance(by_id.get(EntryId(name)), Purchase)}
    ids |= {name: import_store.purchases_of_order(tx, name) for name in set(named) - set(ids)}
    wanted = {found[0] for found in ids.values() if len(found) == 1}
    purchases = ledger_store.entries_by_id(tx, wanted, currencies)
    refunds = ledger_store.refunds_of(tx, wanted, currencies)
    whole = {
        key: Refunded(purchase, list(refunds.get(key, ())))
        for key, purchase in purchases.items()
        if isinstance(purchase, Purchase)
    }
    return {
        name: whole[found[0]] if len(found) == 1 else "ambiguous_purchase" if found else "unknown_purchase"
        for name, found in ids.items()
    }


class IntoLedger:
    """Writes into the open transaction; `finish` must be called before its end.

    Attributes:
        before: orders of entry below this stood before the import.
        profiles: whose figures may differ.
        first_entries: the first entries written.
    """

    def __init__(self, ledger: Ledger, tx: Transaction, batch: BatchId, touched: Touched, *, now: datetime) -> None:
        self.before = ledger_store.next_sequence(tx)
        self._ledger = ledger
        self._tx = tx
        self._batch = batch
        self._touched = touched
        self._now = now
        self._pen = Pen(ledger, tx, now=now, batch=batch)
        self._back = array("q")
        self.profiles: set[ProfileId] = set()
        self.first_entries: tuple[EntryId, ...] = ()

    def known(self, ids: Sequence[str]) -> dict[str, Kept]:
        """Entries of these ids, those of the file so far too."""
        return import_store.known(self._tx, ids)

    def alike(self, profile_id: int, kind: str, instants: Sequence[int]) -> Iterator[Kept]:
        """Entries of the ledger as it was before, at these instants."""
        return import_store.alike(self._tx, profile_id, kind, instants, before=self.before)

    def purchases(self, named: Sequence[str]) -> dict[str, Refunded | str]:
        """The purchases named, those of the file too."""
        return named_purchases(self._ledger, self._tx, named)

    def insert(self, items: Sequence[Item]) -> list[Problem]:
        """Write new entries at the place of their row in the order of entry."""
        good: list[Entry] = []
        places: list[int] = []
        failed: list[Problem] = []
        for item in items:
            entry = item.entry
            if isinstance(entry, Purchase):
                try:
                    entry = self._pen.frozen(entry)
                except Refusal as refusal:
                    failed += [replace(found, row=item.draft.row) for found in refusal.problems]
                    continue
            good.append(entry)
            places.append(self.before + item.draft.row)
        self._wrote(self._pen.insert(good, places))
        return failed

    def bring_back(self, kept: Sequence[Kept]) -> None:
        """Note what lives again; done in the end, when nothing else of this pass is open."""
        self._back.extend(each.sequence for each in kept)

    def ready_for_refunds(self) -> None:
        """Refunds may refer to what lives again: let it."""
        self._bring_back_now()

    def finish(self) -> None:
        """Write what is still held back."""
        self._bring_back_now()
        self._pen.finish()

    def _wrote(self, entries: Sequence[Entry]) -> None:
        self._touched.add(entries)
        self.profiles.update(entry.profile_id for entry in entries)
        room = NAMED - len(self.first_entries)
        if room > 0:
            self.first_entries += tuple(entry.id for entry in entries[:room])

    def _bring_back_now(self) -> None:
        back, self._back = self._back, array("q")
        for start in range(0, len(back), _BACK_AT_ONCE):
            ids = import_store.ids_at(self._tx, back[start : start + _BACK_AT_ONCE])
            self._wrote(bring_back(self._ledger, self._tx, ids, now=self._now))
            import_store.adopt(self._tx, ids, self._batch)


class Rehearsal:
    """Keeps nothing: the ledger is only read, and a private scratch file remembers the rows so far."""

    def __init__(self, ledger: Ledger, tx: Transaction, facts: Facts) -> None:
        self.before = ledger_store.next_sequence(tx)
        self._ledger = ledger
        self._tx = tx
        self._facts = facts
        self._scratch = Scratch()
        self._homes = {profile.id: ledger.reference.currencies[profile.currency] for profile in facts.profiles.values()}
        self._refunded: dict[str, Refunded] = {}
        self._back: set[str] = set()

    def close(self) -> None:
        """Forget the file."""
        self._scratch.close()

    def known(self, ids: Sequence[str]) -> dict[str, Kept]:
        """Entries of these ids, those of the file so far too."""
        return self._scratch.known(ids) | import_store.known(self._tx, ids)

    def alike(self, profile_id: int, kind: str, instants: Sequence[int]) -> Iterator[Kept]:
        """Entries of the ledger at these instants."""
        return import_store.alike(self._tx, profile_id, kind, instants, before=self.before)

    def purchases(self, named: Sequence[str]) -> dict[str, Refunded | str]:
        """The purchases named, in the ledger and in the file."""
        found = named_purchases(self._ledger, self._tx, named)
        for of in found.values():
            if isinstance(of, Refunded) and of.purchase.id in self._back:
                found |= {name: self._living(of) for name, other in found.items() if other is of}
        for name in set(named):
            here = self._scratch.purchases(name)
            there = found[name]
            if not here:
                continue
            if len(here) > 1 or there != "unknown_purchase":
                found[name] = "ambiguous_purchase"
                continue
            entry = believe(draft_from(here[0], 1), self._facts)
            if isinstance(entry, Purchase):
                found[name] = self._refunded.setdefault(entry.id, Refunded(entry, []))
        return found

    def _living(self, of: Refunded) -> Refunded:
        """A purchase that this file would bring back."""
        back = replace(of.purchase, voided_at=None)
        return self._refunded.setdefault(back.id, Refunded(back, of.refunds))

    def insert(self, items: Sequence[Item]) -> list[Problem]:
        """Remember new entries; the Problems of those that cannot be converted."""
        failed: list[Problem] = []
        good: list[tuple[Entry, tuple[str, ...]]] = []
        for item in items:
            entry = item.entry
            frozen = freeze(entry, self._homes[entry.profile_id]) if isinstance(entry, Purchase) else entry
            if isinstance(frozen, Problem):
                failed.append(replace(frozen, row=item.draft.row))
            elif not isinstance(entry, Refund):
                good.append((entry, cells_of(replace(item.draft, id=entry.id))))
            else:
                good.append((entry, ()))
        self._scratch.add(good)
        return failed

    def bring_back(self, kept: Sequence[Kept]) -> None:
        """Note purchases that would live again: refunds may refer to them."""
        self._back.update(each.id for each in kept if each.content[0] == Kind.PURCHASE)

    def ready_for_refunds(self) -> None:
        """Nothing waits."""

"""An import taken back, and standing again: what becomes of the entries it brought and of those it filled in.

An entry that other imports told of too stays, as the oldest of them would have brought it. Of a purchase that stood
before, only what nobody else says goes.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from coinbudget.domain.drafts import Draft
from coinbudget.domain.entries import BatchId, Entry, EntryId, Gift, Purchase, Refund
from coinbudget.domain.errors import Refusal, problem
from coinbudget.services.filled import (
    CONVERSION,
    NOON,
    ONLY_SAID,
    SAID,
    VOIDED_AT,
    WAS,
    Others,
    Values,
    beyond,
    columns_of,
    exchanged,
    gift_columns,
    gift_with,
    gift_without,
    not_said_by,
    parting,
    price_in,
    priced,
    with_values,
    without_values,
)
from coinbudget.services.import_parts import PRICELESS, Item
from coinbudget.services.import_standing import Standing
from coinbudget.services.ledger import Ledger
from coinbudget.services.pace import Pace
from coinbudget.services.record import back_to_life
from coinbudget.services.writing import Pen, with_revision
from coinbudget.storage import import_store, journal, ledger_store, origin_store
from coinbudget.storage.database import Transaction
from coinbudget.storage.tables import instant_of

#: What the journal calls the undo of an import.
TAKEN_BACK = "undo import"

Changed = list[tuple[Entry, Entry]]


@dataclass(frozen=True, slots=True)
class Step:
    """What an undo or redo of an import writes.

    Attributes:
        changed: entries that are voided, or live again.
        parted: entries that stay, with less than before.
        written: entries with more than before; written already, as refunds that live again need their price.
        singly: entries whose being voided is a person's doing.
    """

    changed: Changed
    parted: Changed = field(default_factory=list)
    singly: tuple[EntryId, ...] = ()
    written: Changed = field(default_factory=list)


def taken_back(ledger: Ledger, tx: Transaction, batch: BatchId, pace: Pace, now: datetime) -> Step:
    """What takes an import back; what it filled in is written down anew for the imports that stand."""
    currencies = ledger.reference.currencies
    filled = origin_store.filled_by(tx, batch)
    told = origin_store.told_too(tx, batch)
    brought = ledger_store.entries_of_batch(tx, batch, currencies, pace.step)
    came = [one for one in brought if one.voided_at is None]
    denied = {entry_id for entry_id, values in filled.items() if VOIDED_AT in values}
    taken = {one.id: one for one in came if one.sequence not in told or one.id in denied}
    singly = import_store.voided_singly(tx, [one.sequence for one in brought if one.sequence in told])
    # A refund recorded later on an imported purchase goes and comes back with it.
    for group in ledger_store.refunds_of(tx, list(taken), currencies).values():
        taken.update((one.id, one) for one in group if one.voided_at is None)
    changed: Changed = [(old, _gone(ledger, old, filled.get(old.id, {}), now)) for old in taken.values()]
    less = _Less(ledger, tx, batch, frozenset(taken), Pen(ledger, tx, now=now))
    staying = [one for one in brought if one.sequence in told and (one.voided_at is None or one.sequence in singly)]
    parted = less.handed_over([one for one in staying if one.id not in taken], told)
    done = taken.keys() | {old.id for old, _ in parted}
    parted += less.without({entry_id: values for entry_id, values in filled.items() if entry_id not in done}, told)
    return Step(changed, parted, tuple(entry_id for entry_id in filled if entry_id in denied & taken.keys()))


def _gone(ledger: Ledger, old: Entry, values: Values, now: datetime) -> Entry:
    """An entry of an import that is taken back; one that a person had voided before is as it was."""
    at = instant_of(values[VOIDED_AT]) if VOIDED_AT in values else now
    new = without_values(old, values, ledger) if isinstance(old, Purchase) else old
    return with_revision(new, at, old.revision + 1)


@dataclass(frozen=True, slots=True)
class _Less:
    """Entries that live on without what one import alone said of them.

    What was changed since stays as it is now, and so do the amounts that a refund of the ledger's own rests on.
    """

    ledger: Ledger
    tx: Transaction
    batch: BatchId
    taken: frozenset[EntryId]
    pen: Pen

    def handed_over(self, entries: Sequence[Entry], told: Mapping[int, Others]) -> Changed:
        """Entries that this import brought and others told of: they are the oldest other one's from now on."""
        rests = self._rests([one.id for one in entries])
        changed: Changed = []
        mine: dict[int, Values] = {}
        heirs: dict[int, Values] = {}
        lists = origin_store.lists_of(self.tx, self.batch)
        for old in entries:
            # Who named the price is its owner before who only said one.
            others = sorted(told[old.sequence], key=lambda one: ONLY_SAID in one[1])
            new: Entry = old
            mine[old.sequence] = {SAID: {}}
            if isinstance(old, Purchase):
                own = _own(old, others)
                only = {ONLY_SAID: True} if lists.get(old.sequence, {""}) <= PRICELESS else {}
                mine[old.sequence] = {**own, **only, SAID: own}
                if all(SAID in theirs for _, theirs in others):
                    new = self._lesser(old, own, others, rests=old.id in rests)
            elif isinstance(old, Gift):
                own = beyond(gift_columns(old), _filled_in(others))
                mine[old.sequence] = {**own, SAID: own}
                if all(SAID in theirs for _, theirs in others):
                    new = self._lesser_gift(old, own, others)
            heir = others[0][0]
            heirs[old.sequence] = others[0][1].get(SAID, {})
            origin_store.drop_filled(self.tx, heir, [old.sequence])
            changed.append((old, replace(new, batch=heir)))
        origin_store.keep_filled(self.tx, self.batch, mine)
        self._disown(heirs)
        return changed

    def _disown(self, heirs: Mapping[int, Values]) -> None:
        """What the import that has an entry now says itself, no other one filled in: it stays when that one goes."""
        if not heirs:
            return
        for sequence, others in origin_store.told_too(self.tx, self.batch).items():
            for batch, theirs in others:
                less = not_said_by(theirs, heirs.get(sequence, {}))
                if less != theirs:
                    origin_store.keep_filled(self.tx, batch, {sequence: less})

    def without(self, filled: Mapping[EntryId, Values], told: Mapping[int, Others]) -> Changed:
        """Purchases that stood, without what this import filled in of them and no other one says."""
        standing = ledger_store.entries_by_id(self.tx, list(filled), self.ledger.reference.currencies)
        rests = self._rests(list(filled))
        changed: Changed = []
        for entry_id, values in filled.items():
            old = standing.get(entry_id)
            others, new = told.get(old.sequence, ()) if old is not None else (), old
            if isinstance(old, Purchase):
                new = self._lesser(old, values, others, rests=entry_id in rests)
            elif isinstance(old, Gift):
                new = self._lesser_gift(old, values, others)
            if old is not None and new is not None and new != old:
                changed.append((old, new))
        return changed

    def _lesser(self, old: Purchase, values: Values, others: Others, *, rests: bool) -> Purchase:
        part = parting(old, values, others, self.ledger, keep_amounts=rests)
        for batch, kept in part.kept.items():
            origin_store.keep_filled(self.tx, batch, {old.sequence: kept})
        new = part.left
        if columns_of(new) == columns_of(old):
            return old
        return replace(_worth(new, old, self.pen), revision=old.revision + 1)

    def _lesser_gift(self, old: Gift, values: Values, others: Others) -> Gift:
        """A gift without the coins that one import alone said; what another one says stays, and is its own."""
        new = gift_without(old, values)
        for batch, theirs in others:
            more = gift_with(new, theirs.get(SAID, theirs))
            if more != new:
                origin_store.keep_filled(self.tx, batch, {old.sequence: {**theirs, **gift_columns(more)}})
                new = more
        return old if new == old else replace(new, revision=old.revision + 1)

    def _rests(self, ids: Sequence[EntryId]) -> set[str]:
        """Purchases of which refunds stand that this import did not bring."""
        refunds = ledger_store.refunds_of(self.tx, ids, self.ledger.reference.currencies)
        return {
            entry_id
            for entry_id, found in refunds.items()
            if any(one.counts and one.id not in self.taken for one in found)
        }


def _worth(new: Purchase, old: Purchase, pen: Pen) -> Purchase:
    """A purchase with what its price is worth; a price that went and came back in one step is worth what it was."""
    if new.paid != old.paid:
        return pen.frozen(new)
    return replace(new, **{name: getattr(old, name) for name in CONVERSION})


def _filled_in(others: Others) -> Values:
    """What other imports filled in, whatever else their rows said."""
    return {name: value for _, theirs in others for name, value in theirs.items() if name != SAID}


def _own(purchase: Purchase, others: Others) -> Values:
    """What the import that brought a purchase said of it: all that no other one filled in."""
    filled = {name for _, theirs in others for name in theirs if name != SAID}
    own = {name: value for name, value in columns_of(purchase).items() if name not in filled}
    # A price that a list named took the place of one that was said here.
    was = next((theirs[WAS] for _, theirs in others if WAS in theirs), None)
    return own if was is None else own | priced(was)


def standing_again(ledger: Ledger, tx: Transaction, batch: BatchId, pace: Pace, now: datetime) -> Step:
    """What lets an import that was taken back stand again.

    Raises:
        Refusal: something came in since that may be the same, so it would count twice; or all it brought came back with
            a later import.
    """
    currencies = ledger.reference.currencies
    filled = origin_store.filled_by(tx, batch)
    again = _own_again(tx, batch, ledger_store.voided_with_batch(tx, batch, currencies, pace.step))
    if not again and not filled and not ledger_store.entries_of_batch(tx, batch, currencies):
        raise Refusal(problem("import", "came_with_later"))
    heirs = _heirs(ledger, tx, batch, filled)
    if not journal.newest_is(tx, TAKEN_BACK, batch):
        _refuse_twice(ledger, tx, batch, [*again, *(entry for entry, _ in heirs)], filled)
        _refuse_taken_over(ledger, tx, batch, filled)
    _refuse_alone(ledger, tx, again, {*filled, *(entry.id for entry in again)})
    pen = Pen(ledger, tx, now=now)
    denied = _denied(ledger, tx, filled, pen)
    back = _handed_back(ledger, tx, batch, heirs, filled, pen)
    gone = {one.id for one in [*again, *denied, *back]}
    written: Changed = []
    stands, lists = Standing(ledger, tx), origin_store.lists_of(tx, batch)
    for old in ledger_store.entries_by_id(tx, [one for one in filled if one not in gone], currencies).values():
        if isinstance(old, Purchase):
            values: Values = filled[old.id]
            if not lists.get(old.sequence, set()) <= PRICELESS and stands.gives_way(old.sequence):
                values = _with_named(old, values)
            new = with_values(old, _all_said(values), ledger)
            if SAID in values:
                origin_store.keep_filled(tx, batch, {old.sequence: _gained(old, new, values)})
            if new != old:
                written.append((old, replace(_worth(new, old, pen), revision=old.revision - 1)))
        elif isinstance(old, Gift):
            gift = gift_with(old, _all_said(filled[old.id]))
            if gift != old:
                origin_store.keep_filled(tx, batch, {old.sequence: {**filled[old.id], **gift_columns(gift)}})
                written.append((old, replace(gift, revision=old.revision - 1)))
    pen.replace(written)
    pen.finish()
    return Step(back_to_life(ledger, tx, [*again, *denied, *back], step=-1, now=now), written=written)


def _own_again(tx: Transaction, batch: BatchId, again: Sequence[Entry]) -> list[Entry]:
    """What comes back with an import of all that its undo voided: nothing of another one that was taken back since."""
    others = {one.id for one in again if one.batch not in {None, batch}}
    gone = import_store.of_undone(tx, others) if others else set()
    import_store.void_with_own(tx, gone)
    return [one for one in again if one.id not in gone]


def _with_named(purchase: Purchase, values: Values) -> Values:
    """What an import fills in, with its price in the place of one that was only said."""
    price = price_in(_all_said(values))
    if price is None or purchase.paid is None:
        return values
    was = [purchase.paid.minor, purchase.paid.currency.code]
    return values if price == was else {**values, **priced(price), WAS: was}


def _all_said(values: Values) -> Values:
    """All that an import said of a purchase, whatever of it another one had said then."""
    return {**values.get(SAID, {}), **values}


def _gained(old: Purchase, new: Purchase, values: Values) -> dict[str, Any]:
    """What an import that stands again fills in, beside all it said: the rest another one says now."""
    had = columns_of(old)
    gained = beyond(columns_of(new), had)
    aside = {name: values[name] for name in (WAS, NOON, VOIDED_AT, ONLY_SAID, SAID) if name in values}
    return gained | aside


def _refuse_twice(
    ledger: Ledger, tx: Transaction, batch: BatchId, again: Sequence[Entry], filled: Collection[EntryId]
) -> None:
    """Refuse where what comes back may be what stands: only the rows of its file can be paired with that."""
    ledger_as_it_stands = Standing(ledger, tx)
    told = origin_store.rows_of(tx, [one.sequence for one in again])
    # Its file came in again meanwhile: as other entries, or paired with what another list had told of.
    if origin_store.told_by_later(tx, {key for rows in told.values() for key, _ in rows}, batch):
        raise Refusal(problem("import", "told_since"))
    own = origin_store.sequences_of(tx, batch)
    for entry in again:
        rows = tuple(told.get(entry.sequence, ()))
        if isinstance(entry, Refund) or (isinstance(entry, Gift) and not rows):
            continue
        # What it had told of itself, beside another list, is nothing else.
        if ledger_as_it_stands.pairing(Item(0, Draft(), entry, rows), own.__contains__, _none) is not None:
            raise Refusal(problem("import", "told_since"))
    if _returned_since(ledger, tx, batch, [one for one in again if isinstance(one, Refund)], filled):
        raise Refusal(problem("import", "told_since"))


def _refuse_taken_over(ledger: Ledger, tx: Transaction, batch: BatchId, filled: Collection[EntryId]) -> None:
    """Refuse where the rows that told of a purchase are those of a later import, which read the file once more."""
    own = origin_store.sequences_of(tx, batch)
    entries = ledger_store.entries_by_id(tx, list(filled), ledger.reference.currencies).values()
    if origin_store.told_after(tx, {one.sequence for one in entries} - own, batch):
        raise Refusal(problem("import", "told_since"))


def _refuse_alone(ledger: Ledger, tx: Transaction, again: Sequence[Entry], ours: Collection[EntryId]) -> None:
    """Refuse where a refund would come back without its purchase, which went with a later import."""
    missing = {one.refers_to for one in again if isinstance(one, Refund)} - set(ours)
    purchases = ledger_store.entries_by_id(tx, missing, ledger.reference.currencies).values()
    if import_store.voided_by_undo(tx, [one.sequence for one in purchases]):
        raise Refusal(problem("import", "went_with_another"))


def _returned_since(
    ledger: Ledger, tx: Transaction, batch: BatchId, again: Sequence[Refund], told: Collection[EntryId]
) -> bool:
    """Whether another import brought refunds of the same purchases: they may be the same money, told otherwise.

    Args:
        told: entries that this import told of beside its own: what a sum was counted on is the same money no more.
    """
    standing = ledger_store.refunds_of(tx, {one.refers_to for one in again}, ledger.reference.currencies)
    return any(
        one.counts and one.batch is not None and (one.batch > batch or one.id not in told)
        for found in standing.values()
        for one in found
    )


def _none(sequence: int) -> bool:
    """No line has claimed anything."""
    del sequence
    return False


def _heirs(
    ledger: Ledger, tx: Transaction, batch: BatchId, filled: Mapping[EntryId, Values]
) -> list[tuple[Entry, BatchId]]:
    """Entries that an import told of and that went with another import, with that one."""
    entries = ledger_store.entries_by_id(tx, list(filled), ledger.reference.currencies).values()
    gone = import_store.voided_by_undo(tx, [one.sequence for one in entries])
    return [(one, BatchId(gone[one.sequence])) for one in entries if gone.get(one.sequence, batch) != batch]


def _handed_back(
    ledger: Ledger,
    tx: Transaction,
    batch: BatchId,
    heirs: Sequence[tuple[Entry, BatchId]],
    filled: Mapping[EntryId, Values],
    pen: Pen,
) -> list[Entry]:
    """Entries that went with another import are this one's again, as it said them.

    What the other said is kept for when it stands again.
    """
    pairs: Changed = []
    for old, heir in heirs:
        new: Entry = old
        theirs: dict[str, Any] = {SAID: {}}
        if isinstance(old, Purchase):
            said, mine = columns_of(old), filled[old.id]
            own = mine.get(SAID, mine)
            theirs = beyond(said, own)
            whole = exchanged(old, theirs, _all_said(mine), ledger)
            new = _worth(whole, old, pen)
            theirs[SAID] = said
        elif isinstance(old, Gift) and SAID in filled[old.id]:
            own = filled[old.id][SAID]
            theirs = beyond(gift_columns(old), own)
            new = gift_with(gift_without(old, theirs), own)
            theirs[SAID] = gift_columns(old)
        origin_store.keep_filled(tx, heir, {old.sequence: theirs})
        pairs.append((old, replace(new, batch=batch)))
    origin_store.drop_filled(tx, batch, [old.sequence for old, _ in pairs])
    pen.replace(pairs)
    pen.finish()
    return [new for _, new in pairs]


def _denied(ledger: Ledger, tx: Transaction, filled: Mapping[EntryId, Values], pen: Pen) -> list[Entry]:
    """Entries that a person had voided before an import, still voided, with what that filled in of them.

    Written before they live again: their refunds are held against the price.
    """
    denied = {entry_id: instant_of(values[VOIDED_AT]) for entry_id, values in filled.items() if VOIDED_AT in values}
    pairs: Changed = []
    for old in ledger_store.entries_by_id(tx, list(denied), ledger.reference.currencies).values():
        if old.voided_at == denied[old.id]:
            new: Entry = old
            if isinstance(old, Purchase):
                whole = with_values(old, filled[old.id], ledger)
                new = _worth(whole, old, pen)
            pairs.append((old, new))
    pen.replace(pairs)
    pen.finish()
    return [new for _, new in pairs]

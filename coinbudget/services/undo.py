"""Taking back what a service call did, and doing it again.

An undo is a value that says what shall stand and at which revision it expects to find it. Carrying it out returns
Changes whose own undo is the way back. Undo never deletes: a taken-back entry is voided under the same id. A step
back also puts the revision back, so that the next undo below finds the revision it was made for; an entry that was
changed elsewhere in between has another revision, and the undo is refused.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from coinbudget.domain.entries import Entry, EntryId
from coinbudget.domain.errors import Refusal, problem
from coinbudget.services.changes import Changes, Undo, UndoAmend, UndoImport, UndoVoid
from coinbudget.services.judging import judge
from coinbudget.services.ledger import Ledger
from coinbudget.services.record import NAMED, back_to_life
from coinbudget.services.writing import Pen, with_revision
from coinbudget.storage import journal, ledger_store
from coinbudget.storage.database import Transaction


def revert(ledger: Ledger, undo: Undo, *, now: datetime) -> Changes:
    """Carry out an undo (or a redo).

    Raises:
        Refusal: an entry was changed elsewhere since, or would no longer fit.
    """
    with ledger.database.writing() as tx:
        if isinstance(undo, UndoVoid):
            return _void(ledger, tx, undo, now)
        if isinstance(undo, UndoAmend):
            return _amend(ledger, tx, undo, now)
        return _import(ledger, tx, undo, now)


def _expected(
    ledger: Ledger, tx: Transaction, wanted: Sequence[tuple[EntryId, int]], *, living: bool | None
) -> list[Entry]:
    """The entries, provided that they stand as the undo expects."""
    known = ledger_store.entries_by_id(tx, [entry_id for entry_id, _ in wanted], ledger.reference.currencies)
    found = []
    for entry_id, revision in wanted:
        entry = known.get(entry_id)
        if entry is None or entry.revision != revision or (living is not None and (entry.voided_at is None) != living):
            raise Refusal(problem("entry", "changed_elsewhere"))
        found.append(entry)
    return found


def _void(ledger: Ledger, tx: Transaction, undo: UndoVoid, now: datetime) -> Changes:
    found = _expected(ledger, tx, undo.entries, living=undo.void)
    if undo.void:
        refunds = ledger_store.refunds_of(tx, [one.id for one in found], ledger.reference.currencies)
        taken = {one.id for one in found}
        if any(one.voided_at is None and one.id not in taken for group in refunds.values() for one in group):
            raise Refusal(problem("entry", "refunded_since"))
        changed = [(old, with_revision(old, now, old.revision + undo.step)) for old in found]
    else:
        changed = back_to_life(ledger, tx, found, step=undo.step, now=now)
    way_back = UndoVoid(
        entries=tuple((new.id, new.revision) for _, new in changed), void=not undo.void, step=-undo.step
    )
    return _write(ledger, tx, "undo", changed, way_back, now)


def _amend(ledger: Ledger, tx: Transaction, undo: UndoAmend, now: datetime) -> Changes:
    wanted = [(old.id, revision) for old, revision in zip(undo.before, undo.expected, strict=True)]
    found = _expected(ledger, tx, wanted, living=None)
    changed = list(zip(found, undo.before, strict=True))
    way_back = UndoAmend(before=tuple(found), expected=tuple(old.revision for old in undo.before))
    return _write(ledger, tx, "undo", changed, way_back, now)


def _import(ledger: Ledger, tx: Transaction, undo: UndoImport, now: datetime) -> Changes:
    currencies = ledger.reference.currencies
    if undo.void:
        came = [one for one in ledger_store.entries_of_batch(tx, undo.batch, currencies) if one.voided_at is None]
        taken = {one.id: one for one in came}
        # A refund recorded later on an imported purchase goes and comes back with it.
        for group in ledger_store.refunds_of(tx, list(taken), currencies).values():
            taken.update((one.id, one) for one in group if one.voided_at is None)
        changed = [(old, with_revision(old, now, old.revision + 1)) for old in taken.values()]
    else:
        changed = back_to_life(ledger, tx, ledger_store.voided_with_batch(tx, undo.batch, currencies), step=-1, now=now)
    ledger_store.mark_batch(tx, undo.batch, now if undo.void else None)
    return _write(
        ledger, tx, "undo import" if undo.void else "redo import", changed, replace(undo, void=not undo.void), now
    )


def bring_back(ledger: Ledger, tx: Transaction, wanted: Sequence[str], *, now: datetime) -> list[Entry]:
    """Restore entries that the undo of an import voided, because they are imported again.

    For `services.transfer`, inside its transaction; judging them is the caller's.
    """
    known = ledger_store.entries_by_id(tx, wanted, ledger.reference.currencies)
    changed = back_to_life(ledger, tx, [one for one in known.values() if one.voided_at], step=1, now=now)
    pen = Pen(ledger, tx, now=now)
    pen.replace(changed)
    pen.finish()
    return [new for _, new in changed]


def _write(
    ledger: Ledger, tx: Transaction, action: str, changed: Sequence[tuple[Entry, Entry]], way_back: Undo, now: datetime
) -> Changes:
    pen = Pen(ledger, tx, now=now)
    voided_batch = way_back.batch if isinstance(way_back, UndoImport) and not way_back.void else None
    pen.replace(changed, voided_batch=voided_batch)
    pen.finish()
    ids = tuple(new.id for _, new in changed[:NAMED])
    journal.append(tx, action, ids[0] if len(changed) == 1 else "", {"count": len(changed), "entries": ids}, now=now)
    alerts, past = judge(ledger, tx, [one for pair in changed for one in pair], now=now)
    return Changes(
        action=action,
        count=len(changed),
        entries=ids,
        profiles=frozenset(one.profile_id for pair in changed for one in pair),
        alerts=alerts,
        past_windows_over=past,
        undo=way_back,
    )

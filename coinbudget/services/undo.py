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
from coinbudget.services.import_undo import TAKEN_BACK, standing_again, taken_back
from coinbudget.services.judging import judge
from coinbudget.services.ledger import Ledger
from coinbudget.services.pace import Cancelled, Pace, Progress
from coinbudget.services.record import NAMED, back_to_life
from coinbudget.services.writing import Pen, with_revision
from coinbudget.storage import import_store, journal, ledger_store
from coinbudget.storage.database import Transaction


def revert(
    ledger: Ledger,
    undo: Undo,
    *,
    now: datetime,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Changes:
    """Carry out an undo (or a redo).

    Args:
        progress: hears, for an import, how many of its entries are done, of how many.
        cancelled: asked meanwhile; once it says so, nothing is changed.

    Raises:
        Refusal: an entry was changed elsewhere since, or would no longer fit; or it was cancelled.
    """
    with ledger.database.writing() as tx:
        if isinstance(undo, UndoVoid):
            return _void(ledger, tx, undo, now)
        if isinstance(undo, UndoAmend):
            return _amend(ledger, tx, undo, now)
        return _import(ledger, tx, undo, Pace(progress, cancelled, rounds=2), now)


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


def _import(ledger: Ledger, tx: Transaction, undo: UndoImport, pace: Pace, now: datetime) -> Changes:
    pace.total = ledger_store.batch_entries(tx, undo.batch)
    pace.step()
    found = taken_back if undo.void else standing_again
    step = found(ledger, tx, undo.batch, pace, now)
    pace.step()
    ledger_store.mark_batch(tx, undo.batch, now if undo.void else None)
    name = TAKEN_BACK if undo.void else "redo import"
    way_back = replace(undo, void=not undo.void)
    changes = _write(ledger, tx, name, step.changed, way_back, now, parted=step.parted, written=step.written, pace=pace)
    # What a person voided before the import brought it back is that person's doing again.
    import_store.void_singly(tx, step.singly)
    pace.step()
    return changes


def _write(
    ledger: Ledger,
    tx: Transaction,
    action: str,
    changed: Sequence[tuple[Entry, Entry]],
    way_back: Undo,
    now: datetime,
    *,
    parted: Sequence[tuple[Entry, Entry]] = (),
    written: Sequence[tuple[Entry, Entry]] = (),
    pace: Pace | None = None,
) -> Changes:
    """Write what stands again.

    Args:
        parted: purchases that an import had filled in; they live on.
        written: those that it fills in again, written already.
    """
    voided_batch = way_back.batch if isinstance(way_back, UndoImport) and not way_back.void else None
    # A refund needs its purchase's price: it goes before the price does.
    for part, batch in ((changed, voided_batch), (parted, None)):
        pen = Pen(ledger, tx, now=now)
        pen.replace(part, voided_batch=batch, pace=pace)
        pen.finish()
    changed = [*changed, *parted, *written]
    ids = tuple(new.id for _, new in changed[:NAMED])
    told: dict[str, object] = {"count": len(changed), "entries": ids}
    if isinstance(way_back, UndoImport):
        told["batch"] = way_back.batch
    journal.append(tx, action, ids[0] if len(changed) == 1 else "", told, now=now)
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

"""Taking back what a service call did, and doing it again.

An undo is a value that says what shall stand and at which revision it expects to find it. Carrying it out returns
Changes whose own undo is the way back. Undo never deletes: a taken-back entry is voided under the same id. A step
back also puts the revision back, so that the next undo below finds the revision it was made for; an entry that was
changed elsewhere in between has another revision, and the undo is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from coinbudget.domain.catalog import Channel
from coinbudget.domain.entries import Entry, EntryId, Purchase
from coinbudget.domain.errors import Refusal, problem
from coinbudget.domain.money import Money
from coinbudget.domain.rates import RateSource
from coinbudget.services.changes import Changes, Undo, UndoAmend, UndoImport, UndoVoid
from coinbudget.services.judging import judge
from coinbudget.services.ledger import Ledger
from coinbudget.services.record import NAMED, back_to_life
from coinbudget.services.writing import Pen, with_revision
from coinbudget.storage import import_store, journal, ledger_store, origin_store
from coinbudget.storage.database import Transaction
from coinbudget.storage.tables import instant_of

#: Beside what an import filled in of an entry: when a person had voided it, where the import brought it back
#: (microseconds).
VOIDED_AT = "voided_at"


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
    filled = origin_store.filled_by(tx, undo.batch)
    denied = {entry_id: values[VOIDED_AT] for entry_id, values in filled.items() if VOIDED_AT in values}
    if undo.void:
        came = [one for one in ledger_store.entries_of_batch(tx, undo.batch, currencies) if one.voided_at is None]
        taken = {one.id: one for one in came}
        # A refund recorded later on an imported purchase goes and comes back with it.
        for group in ledger_store.refunds_of(tx, list(taken), currencies).values():
            taken.update((one.id, one) for one in group if one.voided_at is None)
        changed = [(old, _gone(old, filled.get(old.id, {}), now)) for old in taken.values()]
    else:
        again = ledger_store.voided_with_batch(tx, undo.batch, currencies) + _denied(ledger, tx, filled, denied, now)
        changed = back_to_life(ledger, tx, again, step=-1, now=now)
    done = frozenset(old.id for old, _ in changed)
    others = {entry_id: values for entry_id, values in filled.items() if entry_id not in done}
    parted = _parted(ledger, tx, undo, others, done if undo.void else frozenset(), now)
    ledger_store.mark_batch(tx, undo.batch, now if undo.void else None)
    name = "undo import" if undo.void else "redo import"
    changes = _write(ledger, tx, name, changed, replace(undo, void=not undo.void), now, parted=parted)
    if undo.void:
        # What a person voided before this import brought it back is that person's doing again.
        import_store.void_singly(tx, [entry_id for entry_id in denied if entry_id in done])
    return changes


def _gone(old: Entry, values: Mapping[str, Any], now: datetime) -> Entry:
    """An entry of an import that is taken back; one that a person had voided before is as it was."""
    at = instant_of(values[VOIDED_AT]) if VOIDED_AT in values else now
    new = without_values(old, values) if isinstance(old, Purchase) else old
    return with_revision(new, at, old.revision + 1)


def _denied(
    ledger: Ledger,
    tx: Transaction,
    filled: Mapping[EntryId, Mapping[str, Any]],
    denied: Mapping[EntryId, int],
    now: datetime,
) -> list[Entry]:
    """Entries that a person had voided before an import, still voided, with what that filled in of them.

    Written before they live again: their refunds are held against the price.
    """
    singly = ledger_store.entries_by_id(tx, list(denied), ledger.reference.currencies).values()
    pen = Pen(ledger, tx, now=now)
    pairs: list[tuple[Entry, Entry]] = []
    for old in singly:
        if old.voided_at == instant_of(denied[old.id]):
            new: Entry = old
            if isinstance(old, Purchase):
                whole = with_values(old, filled[old.id], ledger)
                new = pen.frozen(whole) if whole.paid != old.paid else whole
            pairs.append((old, new))
    pen.replace(pairs)
    pen.finish()
    return [new for _, new in pairs]


def _parted(
    ledger: Ledger,
    tx: Transaction,
    undo: UndoImport,
    filled: Mapping[EntryId, Mapping[str, Any]],
    taken: frozenset[EntryId],
    now: datetime,
) -> list[tuple[Entry, Entry]]:
    """Purchases the import filled in, without what it filled in (or with it again).

    What was changed since stays as it is now, and so does what a refund of the ledger's own rests on.
    """
    standing = ledger_store.entries_by_id(tx, list(filled), ledger.reference.currencies)
    refunds = ledger_store.refunds_of(tx, list(filled), ledger.reference.currencies)
    pen = Pen(ledger, tx, now=now)
    changed: list[tuple[Entry, Entry]] = []
    for entry_id, values in filled.items():
        old = standing.get(entry_id)
        if not isinstance(old, Purchase):
            continue
        rests = any(refund.counts and refund.id not in taken for refund in refunds.get(entry_id, ()))
        new = without_values(old, values, keep_amounts=rests) if undo.void else with_values(old, values, ledger)
        if new != old:
            new = pen.frozen(new) if new.paid != old.paid else new
            changed.append((old, replace(new, revision=old.revision + (1 if undo.void else -1))))
    return changed


def without_values(entry: Purchase, values: Mapping[str, Any], *, keep_amounts: bool = False) -> Purchase:
    """A purchase without the columns that were filled in, where they are still as they were filled in."""
    paid = entry.paid
    if not keep_amounts:
        if "coins" in values and entry.coins == values["coins"]:
            entry = replace(entry, coins=None)
        same = paid is not None and (paid.minor, paid.currency.code) == (
            values.get("paid_minor"),
            values.get("currency"),
        )
        # What the account was debited was said by a person, and needs its price.
        if same and entry.charged is None and entry.coins is not None:
            entry = replace(entry, paid=None, converted_minor=None, rate=None, rate_source=RateSource.NONE)
    if "order_ref" in values and entry.order_ref == values["order_ref"]:
        entry = replace(entry, order_ref="")
    if "channel" in values and entry.channel == values["channel"]:
        entry = replace(entry, channel=Channel.OTHER)
    return entry


def with_values(entry: Purchase, values: Mapping[str, Any], ledger: Ledger) -> Purchase:
    """A purchase with columns filled in where it has none; a price that came is not frozen yet."""
    if "coins" in values and entry.coins is None:
        entry = replace(entry, coins=values["coins"])
    if "order_ref" in values and not entry.order_ref:
        entry = replace(entry, order_ref=values["order_ref"])
    if "channel" in values and entry.channel is Channel.OTHER:
        entry = replace(entry, channel=Channel(values["channel"]))
    if "paid_minor" in values and entry.paid is None:
        paid = Money(minor=values["paid_minor"], currency=ledger.reference.currencies[values["currency"]])
        entry = replace(entry, paid=paid, converted_minor=None, rate=None, rate_source=RateSource.NONE)
    return entry


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
    ledger: Ledger,
    tx: Transaction,
    action: str,
    changed: Sequence[tuple[Entry, Entry]],
    way_back: Undo,
    now: datetime,
    *,
    parted: Sequence[tuple[Entry, Entry]] = (),
) -> Changes:
    """Write what stands again.

    Args:
        parted: purchases that an import had filled in; they live on.
    """
    voided_batch = way_back.batch if isinstance(way_back, UndoImport) and not way_back.void else None
    # A refund needs its purchase's price: it goes before the price does, and comes after it.
    parts = [(changed, voided_batch), (parted, None)]
    for part, batch in parts if voided_batch else reversed(parts):
        pen = Pen(ledger, tx, now=now)
        pen.replace(part, voided_batch=batch)
        pen.finish()
    changed = [*changed, *parted]
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

"""Recording: add, amend, void and restore entries. Every way in ends here, and nothing is refused for a limit.

Each call is one transaction: the entries, their frozen amounts, the day totals, the alerts due and a line of the
journal are written together or not at all.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from coinbudget.domain import refunds as law
from coinbudget.domain.belief import believe
from coinbudget.domain.drafts import Draft, Facts, amending_draft, draft_of
from coinbudget.domain.entries import BatchId, Entry, EntryId, Purchase, Refund, kind_of
from coinbudget.domain.errors import Problem, Refusal, problem
from coinbudget.domain.limits import Alert
from coinbudget.domain.periods import calendar_of
from coinbudget.domain.profiles import Profile, ProfileId
from coinbudget.domain.rates import RateSource
from coinbudget.services.changes import Changes, UndoAmend, UndoVoid
from coinbudget.services.facts import entry_id, facts_of
from coinbudget.services.judging import judge
from coinbudget.services.ledger import Ledger
from coinbudget.services.writing import Pen, restored, with_revision
from coinbudget.storage import import_store, journal, ledger_store
from coinbudget.storage.database import Transaction

#: Entries a Changes names at most.
NAMED = 20


def add(ledger: Ledger, draft: Draft, *, now: datetime) -> Changes:
    """Record one entry.

    Raises:
        Refusal: the draft has problems; nothing was written.
    """
    with ledger.database.writing() as tx:
        entry = _believed(draft, facts_of(ledger, tx, now=now))
        if ledger_store.known_ids(tx, [entry.id]):
            raise Refusal(problem("id", "id_exists", name=entry.id))
        (kept,) = write_batch(ledger, tx, [entry], now=now, batch=None)
        journal.append(tx, f"add {kind_of(kept)}", kept.id, {}, now=now)
        alerts, past = judge(ledger, tx, [kept], now=now)
    return Changes(
        action=f"add {kind_of(kept)}",
        entries=(kept.id,),
        profiles=frozenset({kept.profile_id}),
        alerts=alerts,
        past_windows_over=past,
        undo=UndoVoid(entries=((kept.id, 0),), void=True),
    )


def write_batch(
    ledger: Ledger, tx: Transaction, entries: Sequence[Entry], *, now: datetime, batch: BatchId | None
) -> list[Entry]:
    """Write believed entries in an open transaction, with frozen amounts and totals; judging them is the caller's.

    For many batches of one transaction keep one `writing.Pen` instead and finish it once.

    Returns:
        The entries with their frozen amounts.
    """
    pen = Pen(ledger, tx, now=now, batch=batch)
    kept = pen.insert(entries)
    pen.finish()
    return kept


def entry(ledger: Ledger, named: str) -> Entry:
    """The entry that an id, the first characters of one (4 or more) or an order number names.

    Raises:
        Refusal: none, or several.
    """
    with ledger.database.reading() as tx:
        return _named(ledger, tx, named)


def amend(ledger: Ledger, amended: str, draft: Draft, *, now: datetime) -> Changes:
    """Replace an entry's content by the draft's; its id, kind and order of entry stay.

    The converted amount is frozen anew when paid, currency, charged, typed rate or date changed, and only then.

    Raises:
        Refusal: the draft has problems, or living refunds would not fit the purchase any more.
    """
    with ledger.database.writing() as tx:
        before = _named(ledger, tx, amended)
        if before.voided_at is not None:
            raise Refusal(problem("entry", "entry_voided"))
        after = _amended(ledger, tx, before, draft, now)
        return _write_amended(ledger, tx, f"amend {kind_of(before)}", before, after, now=now)


def confirm(ledger: Ledger, confirmed: str, *, now: datetime) -> Changes:
    """A planned entry has happened: it gets the date and the rate of now, and counts from here on.

    Raises:
        Refusal: it is not planned, or voided.
    """
    with ledger.database.writing() as tx:
        before = _named(ledger, tx, confirmed)
        if before.voided_at is not None:
            raise Refusal(problem("entry", "entry_voided"))
        if not before.planned:
            raise Refusal(problem("entry", "not_planned"))
        calendar = calendar_of(_profile(facts_of(ledger, tx, now=now), before.profile_id).settings)
        after = replace(before, planned=False, at=now, home_on=calendar.day_of(now), hour_known=True)
        return _write_amended(ledger, tx, f"confirm {kind_of(before)}", before, after, now=now)


def void(ledger: Ledger, voided: Sequence[str], *, now: datetime) -> Changes:
    """Void entries; a purchase takes its living refunds with it.

    Raises:
        Refusal: one is unknown or voided already.
    """
    with ledger.database.writing() as tx:
        chosen = _chosen(ledger, tx, voided, must_live=True)
        refunds = ledger_store.refunds_of(tx, [one.id for one in chosen], ledger.reference.currencies)
        taken = {one.id: one for one in chosen}
        taken.update((refund.id, refund) for found in refunds.values() for refund in found if refund.voided_at is None)
        changed = [(old, with_revision(old, now, old.revision + 1)) for old in taken.values()]
        return _write_voided(ledger, tx, "void", chosen, changed, now=now)


def unvoid(ledger: Ledger, restored_ids: Sequence[str], *, now: datetime) -> Changes:
    """Bring voided entries back; a purchase brings the refunds that were voided with it.

    Raises:
        Refusal: one is unknown or not voided, or a refund would not fit its purchase.
    """
    with ledger.database.writing() as tx:
        chosen = _chosen(ledger, tx, restored_ids, must_live=False)
        refunds = ledger_store.refunds_of(tx, [one.id for one in chosen], ledger.reference.currencies)
        taken = {one.id: one for one in chosen}
        for one in chosen:
            together = [refund for refund in refunds.get(one.id, ()) if refund.voided_at == one.voided_at]
            # Those of an import that was taken back meanwhile are gone with that.
            gone = import_store.of_undone(tx, [refund.id for refund in together]) - {each.id for each in chosen}
            import_store.void_with_own(tx, gone)
            taken.update((refund.id, refund) for refund in together if refund.id not in gone)
        changed = back_to_life(ledger, tx, list(taken.values()), step=1, now=now)
        return _write_voided(ledger, tx, "unvoid", chosen, changed, now=now)


def settle_rates(ledger: Ledger, profile_id: ProfileId, *, now: datetime) -> Changes:
    """Freeze anew the purchases whose rate was provisional and is final by now, with their refunds."""
    with ledger.database.writing() as tx:
        pen = Pen(ledger, tx, now=now)
        changed: list[tuple[Entry, Entry]] = []
        purchases = ledger_store.provisional_purchases(tx, profile_id, ledger.reference.currencies)
        refunds = ledger_store.refunds_of(tx, [old.id for old in purchases], ledger.reference.currencies)
        for old in purchases:
            if not isinstance(old, Purchase):
                continue
            new = pen.frozen(replace(old, rate=None, rate_source=RateSource.NONE, converted_minor=None))
            if new.rate_source is RateSource.ECB:
                changed.append((old, replace(new, revision=old.revision + 1)))
                changed += _refunds_anew(pen, new, refunds.get(old.id, ()))
        pen.replace(changed)
        pen.finish()
        journal.append(tx, "settle rates", "", {"entries": [old.id for old, _ in changed]}, now=now)
        alerts, past = judge(ledger, tx, [new for _, new in changed], now=now)
    return _changes("settle rates", changed, alerts, past, count=sum(isinstance(old, Purchase) for old, _ in changed))


def back_to_life(
    ledger: Ledger, tx: Transaction, voided: Sequence[Entry], *, step: int, now: datetime
) -> list[tuple[Entry, Entry]]:
    """Pairs of voided entries and what they are when they live again; refunds that no longer fit are frozen anew."""
    pen = Pen(ledger, tx, now=now)
    pairs = {old.id: (old, with_revision(old, None, old.revision + step)) for old in voided}
    groups: dict[EntryId, list[Refund]] = {}
    for _, new in pairs.values():
        if isinstance(new, Refund):
            groups.setdefault(new.refers_to, []).append(new)
    purchases = ledger_store.entries_by_id(tx, groups, ledger.reference.currencies)
    standing = ledger_store.refunds_of(tx, groups, ledger.reference.currencies)
    for key, back in groups.items():
        purchase = purchases[key]
        if isinstance(purchase, Purchase):
            living = [refund for refund in standing.get(key, ()) if refund.counts and refund.id not in pairs]
            for refund in restored(pen, purchase, living, sorted(back, key=lambda one: one.sequence)):
                pairs[refund.id] = (pairs[refund.id][0], refund)
    return list(pairs.values())


def _believed(draft: Draft, facts: Facts) -> Entry:
    found = believe(draft, facts)
    if isinstance(found, tuple):
        raise Refusal(*found)
    return found


def _named(ledger: Ledger, tx: Transaction, named: str) -> Entry:
    found = entry_id(tx, named)
    if isinstance(found, Problem):
        raise Refusal(found)
    return ledger_store.entries_by_id(tx, [found], ledger.reference.currencies)[found]


def _chosen(ledger: Ledger, tx: Transaction, named: Sequence[str], *, must_live: bool) -> list[Entry]:
    known = ledger_store.entries_by_id(tx, named, ledger.reference.currencies)
    chosen = [known.get(EntryId(text)) or _named(ledger, tx, text) for text in dict.fromkeys(named)]
    for one in chosen:
        if (one.voided_at is None) is not must_live:
            raise Refusal(problem("entry", "voided_already" if must_live else "entry_not_voided"))
    return chosen


def _profile(facts: Facts, profile_id: ProfileId) -> Profile:
    return next(profile for profile in facts.profiles.values() if profile.id == profile_id)


def _amended(ledger: Ledger, tx: Transaction, before: Entry, draft: Draft, now: datetime) -> Entry:
    """What the draft makes of the entry, not yet converted where that must be done anew."""
    kind = kind_of(before).value
    if draft.kind not in ("", kind):
        raise Refusal(problem("kind", "kind_fixed", kind=kind))
    if draft.voided:
        raise Refusal(problem("voided", "not_by_amending"))
    facts = facts_of(ledger, tx, now=now, amending=before)
    facts = replace(facts, default_profile=_profile(facts, before.profile_id))
    believed = _believed(amending_draft(draft, before), facts)
    after = replace(believed, sequence=before.sequence, revision=before.revision + 1, batch=before.batch)
    if isinstance(after, Refund) and isinstance(before, Refund) and after.refers_to != before.refers_to:
        raise Refusal(problem("refers_to", "refund_stays"))
    if isinstance(before, Purchase) and isinstance(after, Purchase) and _same_amount(before, after):
        return replace(after, converted_minor=before.converted_minor, rate=before.rate, rate_source=before.rate_source)
    return after


def _same_amount(before: Purchase, after: Purchase) -> bool:
    typed = before.rate if before.rate_source is RateSource.TYPED else None
    return (before.paid, before.charged, before.at, before.home_on, before.profile_id, typed) == (
        *(after.paid, after.charged, after.at, after.home_on, after.profile_id),
        after.rate,
    )


def _write_amended(
    ledger: Ledger, tx: Transaction, action: str, before: Entry, after: Entry, *, now: datetime
) -> Changes:
    pen = Pen(ledger, tx, now=now)
    changed: list[tuple[Entry, Entry]] = []
    after = replace(after, revision=before.revision + 1)
    if isinstance(after, Purchase):
        refunds = ledger_store.refunds_of(tx, [before.id], ledger.reference.currencies).get(before.id, ())
        if after.converted_minor is None or not isinstance(before, Purchase) or not _same_amount(before, after):
            after = pen.frozen(replace(after, converted_minor=None))
            changed += _refunds_anew(pen, after, refunds)
    elif isinstance(after, Refund):
        after = _refund_anew(ledger, tx, pen, after)
    changed.insert(0, (before, after))
    pen.replace(changed)
    pen.finish()
    profile = _profile(facts_of(ledger, tx, now=now), before.profile_id)
    journal.append(tx, action, before.id, {"before": _texts(draft_of(before, profile))}, now=now)
    alerts, past = judge(ledger, tx, [one for pair in changed for one in pair], now=now)
    return _changes(action, changed, alerts, past, count=1)


def _refunds_anew(pen: Pen, purchase: Purchase, refunds: Sequence[Refund]) -> list[tuple[Entry, Entry]]:
    living = [refund for refund in refunds if refund.counts]
    if law.group_problems(purchase, living):
        return []  # the pen refuses the whole
    anew = law.all_frozen(purchase, living, pen.home(purchase.profile_id))
    return [(old, replace(new, revision=old.revision + 1)) for old, new in zip(living, anew, strict=True)]


def _refund_anew(ledger: Ledger, tx: Transaction, pen: Pen, refund: Refund) -> Refund:
    currencies = ledger.reference.currencies
    purchase = ledger_store.entries_by_id(tx, [refund.refers_to], currencies)[refund.refers_to]
    others = ledger_store.refunds_of(tx, [refund.refers_to], currencies)[refund.refers_to]
    living = [other for other in others if other.counts and other.id != refund.id]
    if not isinstance(purchase, Purchase):
        raise TypeError("a refund refers to a purchase")
    return law.frozen(refund, purchase, living, pen.home(purchase.profile_id))


def _write_voided(
    ledger: Ledger,
    tx: Transaction,
    verb: str,
    chosen: Sequence[Entry],
    changed: Sequence[tuple[Entry, Entry]],
    *,
    now: datetime,
) -> Changes:
    pen = Pen(ledger, tx, now=now)
    pen.replace(changed)
    pen.finish()
    kinds = {kind_of(one) for one in chosen}
    action = f"{verb} {kinds.pop() if len(kinds) == 1 else 'entries'}"
    journal.append(tx, action, chosen[0].id if len(chosen) == 1 else "", _ids(changed), now=now)
    alerts, past = judge(ledger, tx, [new for _, new in changed], now=now)
    step = -1
    undo = UndoVoid(entries=tuple((new.id, new.revision) for _, new in changed), void=verb == "unvoid", step=step)
    return replace(_changes(action, changed, alerts, past, count=len(chosen)), undo=undo)


def _changes(
    action: str, changed: Sequence[tuple[Entry, Entry]], alerts: tuple[Alert, ...], past: int, *, count: int
) -> Changes:
    undo = UndoAmend(before=tuple(old for old, _ in changed), expected=tuple(new.revision for _, new in changed))
    return Changes(
        action=action,
        count=count,
        entries=tuple(new.id for _, new in changed[:NAMED]),
        profiles=frozenset(one.profile_id for pair in changed for one in pair),
        alerts=alerts,
        past_windows_over=past,
        undo=undo if changed else None,
    )


def _ids(changed: Sequence[tuple[Entry, Entry]]) -> dict[str, object]:
    return {"count": len(changed), "entries": [new.id for _, new in changed[:NAMED]]}


def _texts(draft: Draft) -> dict[str, str]:
    """What a draft says, for the journal."""
    names = (name for name in Draft._fields if name not in {"row", "numbers"})
    return {name: getattr(draft, name) for name in names if getattr(draft, name)}

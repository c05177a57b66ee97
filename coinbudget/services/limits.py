"""Limits: add, change and remove them, and take a slip of the typing back (rule 18).

A change of a limit is not on the undo stack. It may be taken back within ten minutes if no entry of its profile was
added since, and never for a cap. Marks that a limit passes by being set are kept as seen.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from coinbudget.domain.catalog import Reference
from coinbudget.domain.errors import Problem, Refusal, problem
from coinbudget.domain.limits import Limit, LimitId, LimitStatus, Measure, parse_measure, parse_period
from coinbudget.domain.money import MAX_MINOR, PLAIN, NumberFault, NumberStyle, decimal_text, parse_minor, parse_whole
from coinbudget.domain.periods import Period
from coinbudget.domain.profiles import Profile, ProfileId
from coinbudget.services.changes import Changes
from coinbudget.services.judging import judge_anew
from coinbudget.services.ledger import Ledger
from coinbudget.services.standing import Standing
from coinbudget.storage import alert_store, household_store, journal, limit_store
from coinbudget.storage.database import Transaction

#: How long a change may be taken back (rule 18).
GRACE = timedelta(minutes=10)


def limits(ledger: Ledger, profile_id: ProfileId | None = None) -> tuple[Limit, ...]:
    """The limits that stand, of one profile or of all, in the order they were made."""
    with ledger.database.reading() as tx:
        found = limit_store.limits(tx)
    return tuple(limit for limit in found if profile_id in {None, limit.profile_id})


def add(
    ledger: Ledger,
    *,
    profile_id: ProfileId,
    measure: str,
    period: str,
    amount_text: str,
    numbers: NumberStyle = PLAIN,
    cap: bool = False,
    refunds_give_room: bool | None = None,
    creator: str = "",
    channel: str = "",
    now: datetime,
) -> Changes:
    """Add a limit.

    Args:
        amount_text: in the profile's currency, or whole coins; 0 is allowed.
        refunds_give_room: None for the default, yes for a limit and no for a cap (rule 4).
        creator, channel: a narrower scope, which is not available yet.

    Raises:
        Refusal: a value is not understood or not available.
    """
    with ledger.database.writing() as tx:
        profile = _profile(tx, profile_id)
        read = _read(ledger.reference, profile, measure, period, amount_text, numbers)
        faults = [problem(name, "not_available") for name, text in (("creator", creator), ("channel", channel)) if text]
        if isinstance(read, tuple):
            raise Refusal(*read, *faults)
        if faults:
            raise Refusal(*faults)
        new = replace(
            read,
            cap=cap,
            refunds_give_room=not cap if refunds_give_room is None else refunds_give_room,
            created_at=now,
        )
        new = replace(new, id=limit_store.insert_limit(tx, new))
        judge_anew(tx, new, profile, now=now)
        limit_store.keep_before(tx, new.id, None, at=now)
        journal.append(tx, "add limit", str(new.id), _told(new), now=now)
    return _changes("add limit", new)


def change(
    ledger: Ledger,
    limit_id: LimitId,
    *,
    amount_text: str | None = None,
    period: str | None = None,
    cap: bool | None = None,
    refunds_give_room: bool | None = None,
    numbers: NumberStyle = PLAIN,
    now: datetime,
) -> Changes:
    """Change what is given of a limit and leave the rest; its measure and profile stay.

    Raises:
        Refusal: there is no such limit, or a value is not understood.
    """
    with ledger.database.writing() as tx:
        old = _limit(tx, limit_id)
        profile = _profile(tx, old.profile_id)
        text = amount_text
        if text is None:
            text, numbers = _exact(ledger.reference, old), PLAIN
        read = _read(ledger.reference, profile, old.measure.value, period or old.period.value, text, numbers)
        if isinstance(read, tuple):
            raise Refusal(*read)
        new = replace(
            old,
            amount=read.amount,
            period=read.period,
            cap=old.cap if cap is None else cap,
            refunds_give_room=old.refunds_give_room if refunds_give_room is None else refunds_give_room,
        )
        if new != old:
            _rewrite(tx, profile, old, new, now=now)
            limit_store.keep_before(tx, limit_id, old, at=now)
            journal.append(tx, "change limit", str(limit_id), _told(old), now=now)
    return _changes("change limit", new)


def standing_if(
    ledger: Ledger,
    *,
    profile_id: ProfileId,
    measure: str,
    period: str,
    amount_text: str,
    numbers: NumberStyle = PLAIN,
    cap: bool = False,
    refunds_give_room: bool | None = None,
    now: datetime,
) -> LimitStatus:
    """How a limit that is not kept would stand now, for a form that shows its effect.

    Raises:
        Refusal: a value is not understood or not available.
    """
    with ledger.database.reading() as tx:
        profile = _profile(tx, profile_id)
        read = _read(ledger.reference, profile, measure, period, amount_text, numbers)
        if isinstance(read, tuple):
            raise Refusal(*read)
        gives_room = not cap if refunds_give_room is None else refunds_give_room
        return Standing(tx, now).status(replace(read, cap=cap, refunds_give_room=gives_room, created_at=now), profile)


def remove(ledger: Ledger, limit_id: LimitId, *, now: datetime) -> Changes:
    """Remove a limit; its alerts are kept and no longer told.

    Raises:
        Refusal: there is no such limit.
    """
    with ledger.database.writing() as tx:
        old = _limit(tx, limit_id)
        limit_store.replace_limit(tx, old, removed_at=now)
        limit_store.keep_before(tx, limit_id, old, at=now)
        journal.append(tx, "remove limit", str(limit_id), _told(old), now=now)
    return _changes("remove limit", old)


def can_take_back(ledger: Ledger, limit_id: LimitId, *, now: datetime) -> bool:
    """Whether the latest change of a limit may still be taken back (rule 18)."""
    with ledger.database.reading() as tx:
        return not isinstance(_before(tx, limit_id, now=now), Problem)


def take_back(ledger: Ledger, limit_id: LimitId, *, now: datetime) -> Changes:
    """Take back the latest change of a limit: an added one goes, a changed or removed one is as it was (rule 18).

    Raises:
        Refusal: it is too late, an entry was added since, the limit is a cap, or nothing was changed.
    """
    with ledger.database.writing() as tx:
        found = _before(tx, limit_id, now=now)
        if isinstance(found, Problem):
            raise Refusal(found)
        standing, before = found
        if before is None:
            limit_store.replace_limit(tx, standing, removed_at=now)
        else:
            _rewrite(tx, _profile(tx, standing.profile_id), standing, before, now=now)
        limit_store.forget_before(tx, limit_id)
        journal.append(tx, "take back limit", str(limit_id), _told(standing), now=now)
    return _changes("take back limit", before or standing)


def _rewrite(tx: Transaction, profile: Profile, old: Limit, new: Limit, *, now: datetime) -> None:
    """Keep a limit as `new`, its marks in line with it."""
    limit_store.replace_limit(tx, new)
    if new.period != old.period:
        alert_store.clear_all(tx, new.id, now=now)
    judge_anew(tx, new, profile, now=now)


def _before(tx: Transaction, limit_id: LimitId, *, now: datetime) -> tuple[Limit, Limit | None] | Problem:
    """The limit as it stands (or stood when removed) and what it was before its latest change, None for a new one."""
    standing = limit_store.limit(tx, limit_id, removed=True)
    if standing is None:
        return problem("limit", "unknown_limit", limit=limit_id)
    told = limit_store.before_change(tx, standing)
    if told is None:
        return problem("limit", "take_back_over")
    changed_at, before = told
    if not timedelta(0) <= now - changed_at <= GRACE:
        return problem("limit", "take_back_over")
    if standing.cap or (before is not None and before.cap):
        return problem("limit", "take_back_cap")
    return standing, before


def _read(
    reference: Reference, profile: Profile, measure: str, period: str, amount_text: str, numbers: NumberStyle
) -> Limit | tuple[Problem, ...]:
    """A limit from texts, or everything that is wrong with them."""
    counted, repeating = parse_measure(measure), parse_period(period)
    faults = [found for found in (counted, repeating) if isinstance(found, Problem)]
    if counted is Measure.COST:
        faults.append(problem("measure", "not_available"))
    amount: int | Problem = 0
    if isinstance(counted, Measure):
        amount = _amount(reference, profile, counted, amount_text, numbers)
        if isinstance(amount, Problem):
            faults.append(amount)
    if faults or isinstance(counted, Problem) or isinstance(repeating, Problem) or isinstance(amount, Problem):
        return tuple(faults)
    return Limit(
        id=LimitId(0),
        profile_id=profile.id,
        measure=counted,
        period=Period(repeating),
        amount=amount,
        currency=None if counted is Measure.COINS else profile.currency,
        created_at=profile.created_at,
    )


def _amount(reference: Reference, profile: Profile, measure: Measure, text: str, numbers: NumberStyle) -> int | Problem:
    if not text.strip():
        return problem("amount", "required")
    currency = reference.currencies[profile.currency]
    if measure is Measure.COINS:
        number = parse_whole(text, numbers)
        most = str(MAX_MINOR)
    else:
        number = parse_minor(text, numbers, currency, zero=True)
        most = f"{decimal_text(MAX_MINOR, currency.digits)} {currency.code}"
    if not isinstance(number, NumberFault) and number > MAX_MINOR:
        number = NumberFault.TOO_LARGE
    if not isinstance(number, NumberFault) and number >= 0:
        return number
    if number is NumberFault.TOO_LARGE:
        return problem("amount", "too_large", most=most)
    if number is NumberFault.TOO_MANY_DECIMALS:
        return problem("amount", "too_many_decimals", currency=currency.code, digits=currency.digits)
    if isinstance(number, NumberFault) and number is not NumberFault.NEGATIVE:
        return problem("amount", number.value)
    return problem("amount", "below_zero")


def _profile(tx: Transaction, profile_id: ProfileId) -> Profile:
    found = household_store.profile(tx, profile_id)
    if found is None:
        raise Refusal(problem("profile", "unknown_profile", profile=profile_id))
    return found


def _limit(tx: Transaction, limit_id: LimitId) -> Limit:
    found = limit_store.limit(tx, limit_id)
    if found is None:
        raise Refusal(problem("limit", "unknown_limit", limit=limit_id))
    return found


def _exact(reference: Reference, limit: Limit) -> str:
    return decimal_text(limit.amount, 0 if limit.currency is None else reference.currencies[limit.currency].digits)


def _told(limit: Limit) -> dict[str, object]:
    """A limit for the journal."""
    return {
        "profile": limit.profile_id,
        "measure": limit.measure.value,
        "period": limit.period.value,
        "amount": limit.amount,
        "currency": limit.currency,
        "cap": limit.cap,
        "refunds_give_room": limit.refunds_give_room,
    }


def _changes(action: str, limit: Limit) -> Changes:
    return Changes(action=action, limits=(limit.id,), profiles=frozenset({limit.profile_id}))

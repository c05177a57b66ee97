"""Marks: which ones a change of entries or of a limit has passed, each kept once per occurrence (rules 5, 8, 9).

Every window a changed entry belongs to is judged once per call, after the change. A mark that stands and is no
longer passed is cleared; a mark that is passed and does not stand is kept as its next occurrence. One entry speaks of
its highest new mark only; marks of closed windows, and those passed when a limit is set, are kept as seen.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from coinbudget.domain.entries import Entry, EntryId, Refund
from coinbudget.domain.limits import (
    Alert,
    AlertId,
    Limit,
    Mark,
    Measure,
    Use,
    floors,
    marks_passed,
    measures_of,
    rises,
)
from coinbudget.domain.periods import HomeCalendar, Window, calendar_of, rolling_window
from coinbudget.domain.profiles import Profile, ProfileId
from coinbudget.domain.rolling import Occurrence, occurrences
from coinbudget.services.ledger import Ledger
from coinbudget.services.standing import TICK, Standing, net
from coinbudget.storage import alert_store, household_store, limit_store
from coinbudget.storage.alert_store import NewAlert
from coinbudget.storage.database import Transaction

#: Up to so many windows are summed one by one; more are read as one row of days.
_FEW = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """Where a change may have moved a use: an instant and its home day.

    Attributes:
        entry_id: None when a limit was set.
        raises: whether it can have raised the use; what lowers one passes no mark.
    """

    at: datetime
    day: date
    entry_id: EntryId | None
    raises: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verdict:
    """What judging one limit found."""

    new: tuple[NewAlert, ...] = ()
    cleared: tuple[AlertId, ...] = ()
    moved: tuple[tuple[AlertId, datetime], ...] = ()
    past_over: int = 0


def judge(ledger: Ledger, tx: Transaction, entries: Sequence[Entry], *, now: datetime) -> tuple[tuple[Alert, ...], int]:
    """Judge every window that changed entries belong to, once, in the transaction that changed them.

    Args:
        entries: as they are now, totals already kept; of an amended entry the version before too, first.

    Returns:
        The alerts raised, one per limit, and the number of closed windows found over.
    """
    del ledger
    limits = limit_store.limits(tx)
    if not limits:
        return (), 0
    touches = _touches(tx, entries, {(limit.profile_id, limit.measure) for limit in limits})
    if not touches:
        return (), 0
    profiles = {profile.id: profile for profile in household_store.profiles(tx)}
    standing = Standing(tx, now)
    verdicts = []
    for limit in limits:
        touched = touches.get((limit.profile_id, limit.measure))
        if touched:
            verdicts.append(_judge_limit(standing, limit, profiles[limit.profile_id], touched))
    return _keep(tx, verdicts, now=now), sum(verdict.past_over for verdict in verdicts)


def judge_anew(tx: Transaction, limit: Limit, profile: Profile, *, now: datetime) -> None:
    """Bring the marks of a limit that was set in line with every window; all are kept as seen (rule 8)."""
    standing = Standing(tx, now)
    first, newest = limit_store.first_day(tx, limit.profile_id), standing.newest_at(limit.profile_id)
    if first is None or newest is None:
        return
    calendar = calendar_of(profile.settings)
    if limit.period.length is None:
        last = calendar.day_of(newest)
        touched = [
            Touch(at=window.start_at, day=window.start_on, entry_id=None, raises=False)
            for window in calendar.windows_between(limit.period, first, last)
            if window.start_on is not None
        ]
        verdict = _judge_windows(standing, limit, calendar, touched)
    else:
        verdict = _judge_span(standing, limit, [], calendar.start_of(first), newest)
    _keep(tx, [verdict], now=now)


def _touches(
    tx: Transaction, entries: Sequence[Entry], watched: set[tuple[ProfileId, Measure]]
) -> dict[tuple[ProfileId, Measure], list[Touch]]:
    """Where entries move uses that a limit watches, by profile and measure."""
    versions: dict[EntryId, list[Entry]] = {}
    for entry in entries:
        # A planned entry is in no use, neither before nor after.
        if not entry.planned and any((entry.profile_id, measure) in watched for measure in measures_of(entry)):
            versions.setdefault(entry.id, []).append(entry)
    refunded = {entry.refers_to for every in versions.values() for entry in every if isinstance(entry, Refund)}
    places = limit_store.purchase_places(tx, refunded) if refunded else {}
    touches: dict[tuple[ProfileId, Measure], list[Touch]] = {}
    for entry_id, every in versions.items():
        raises = rises(every)
        for entry in every:
            at, day = places[entry.refers_to] if isinstance(entry, Refund) else (entry.at, entry.home_on)
            touch = Touch(at=at, day=day, entry_id=entry_id, raises=raises and entry is every[-1])
            for measure in measures_of(entry):
                touches.setdefault((entry.profile_id, measure), []).append(touch)
    return touches


def _judge_limit(standing: Standing, limit: Limit, profile: Profile, touched: Sequence[Touch]) -> _Verdict:
    calendar = calendar_of(profile.settings)
    length = limit.period.length
    if length is None:
        return _judge_windows(standing, limit, calendar, touched)
    touched = sorted(touched, key=lambda touch: touch.at)
    newest = standing.newest_at(limit.profile_id)
    if touched[0].at == touched[-1].at and (newest is None or newest <= touched[0].at):
        return _judge_newest(standing, limit, calendar, touched)
    verdicts = []
    start = 0
    for index in range(1, len(touched) + 1):
        if index == len(touched) or touched[index].at > touched[index - 1].at + length:
            near = touched[start:index]
            verdicts.append(_judge_span(standing, limit, near, near[0].at, near[-1].at))
            start = index
    return _Verdict(
        new=tuple(alert for verdict in verdicts for alert in verdict.new),
        cleared=tuple(alert_id for verdict in verdicts for alert_id in verdict.cleared),
        moved=tuple(move for verdict in verdicts for move in verdict.moved),
        past_over=sum(verdict.past_over for verdict in verdicts),
    )


def _judge_windows(standing: Standing, limit: Limit, calendar: HomeCalendar, touched: Sequence[Touch]) -> _Verdict:
    """Judge the calendar windows of a limit that were touched."""
    latest_of_day: dict[date, Touch] = {}
    for touch in touched:
        other = latest_of_day.get(touch.day)
        if other is None or (touch.raises, touch.at) >= (other.raises, other.at):
            latest_of_day[touch.day] = touch
    windows: dict[datetime, tuple[Window, Touch]] = {}
    for day in sorted(latest_of_day):
        window, touch = calendar.window(limit.period, day), latest_of_day[day]
        known = windows.get(window.start_at)
        if known is None or (touch.raises, touch.at) >= (known[1].raises, known[1].at):
            windows[window.start_at] = (window, touch)
    keys = sorted(windows)
    stands: dict[datetime, dict[Mark, AlertId]] = {key: {} for key in keys}
    for alert_id, key, mark in alert_store.standing(standing.tx, limit.id, keys[0], keys[-1]):
        if key in stands:
            stands[key][mark] = alert_id
    uses = _window_uses(standing, limit, calendar, [window for window, _ in windows.values()])
    new: list[NewAlert] = []
    cleared: list[AlertId] = []
    past_over = 0
    for key, (window, touch) in windows.items():
        used = uses[key].used(refunds_give_room=limit.refunds_give_room)
        passed = marks_passed(used, limit.amount)
        cleared += [alert_id for mark, alert_id in stands[key].items() if mark not in passed]
        fresh = [mark for mark in passed if mark not in stands[key]]
        closed = window.end_at <= standing.now
        past_over += int(closed and touch.raises and Mark.OVER in fresh)
        for mark in fresh:
            spoken = touch.raises and mark is fresh[-1]
            new.append(
                NewAlert(
                    limit=limit,
                    key_at=key,
                    window=window,
                    mark=mark,
                    used=used,
                    entry_id=touch.entry_id,
                    seen=closed or not spoken,
                    spoken=spoken,
                )
            )
    return _Verdict(new=tuple(new), cleared=tuple(cleared), past_over=past_over)


def _window_uses(
    standing: Standing, limit: Limit, calendar: HomeCalendar, windows: Sequence[Window]
) -> dict[datetime, Use]:
    """What each window uses, by its start."""
    if len(windows) <= _FEW:
        return {window.start_at: standing.days_use(limit, window) for window in windows}
    uses = {window.start_at: Use() for window in windows}
    first = min(window.start_on for window in windows if window.start_on is not None)
    last = max(window.end_on for window in windows if window.end_on is not None)
    for day, use in limit_store.uses_by_day(standing.tx, limit.profile_id, limit.measure, first, last):
        start_at = calendar.window(limit.period, day).start_at
        if start_at in uses:
            uses[start_at] += use
    return uses


def _judge_newest(standing: Standing, limit: Limit, calendar: HomeCalendar, touched: Sequence[Touch]) -> _Verdict:
    """Judge a rolling limit where nothing later is logged: only the amount at that instant can be new."""
    at = touched[0].at
    room = limit.refunds_give_room
    used = standing.rolling_use(limit, calendar, at).used(refunds_give_room=room)
    before = standing.rolling_use(limit, calendar, at - TICK).used(refunds_give_room=room)
    still = used
    if at < standing.now:
        still = standing.rolling_use(limit, calendar, standing.now).used(refunds_give_room=room)
    found = [
        Occurrence(
            mark=mark,
            start_at=None if before >= floor else at,
            end_at=None if still >= floor else standing.now,
            used=used,
        )
        for mark, floor in floors(limit.amount)
        if used >= floor
    ]
    return _compare(standing, limit, touched, found, at, at)


def _judge_span(
    standing: Standing, limit: Limit, touched: Sequence[Touch], from_at: datetime, last_at: datetime
) -> _Verdict:
    """Judge a rolling limit at every instant from the first touched one until the last touched one has left."""
    length = _length(limit)
    to_at = last_at + length
    lines = limit_store.amounts_one_by_one(standing.tx, limit.profile_id, limit.measure, from_at - length, to_at)
    amounts = net(lines, refunds_give_room=limit.refunds_give_room)
    found = occurrences(amounts, floors(limit.amount), length, from_at=from_at, to_at=to_at)
    return _compare(standing, limit, touched, found, from_at, to_at)


def _compare(
    standing: Standing,
    limit: Limit,
    touched: Sequence[Touch],
    found: Sequence[Occurrence],
    from_at: datetime,
    to_at: datetime,
) -> _Verdict:
    """Hold the occurrences of a rolling limit against the marks that stand."""
    length = _length(limit)
    stands = alert_store.standing(standing.tx, limit.id, from_at, to_at)
    known: set[AlertId] = set()
    moved: list[tuple[AlertId, datetime]] = []
    fresh: list[tuple[Occurrence, datetime]] = []
    for occurrence in found:
        inside = {
            alert_id: key
            for alert_id, key, mark in stands
            if mark is occurrence.mark
            and (occurrence.start_at is None or occurrence.start_at <= key)
            and (occurrence.end_at is None or key < occurrence.end_at)
        }
        known |= inside.keys()
        # What stood before this stretch of time was kept when it began.
        if occurrence.start_at is not None and not inside:
            fresh.append((occurrence, occurrence.start_at))
        elif occurrence.start_at is not None and occurrence.start_at not in inside.values():
            # It began earlier than it was known to; a mark is found again by its beginning.
            moved.append((min(inside, key=lambda one: (inside[one], one)), occurrence.start_at))
    causes = [_cause(touched, start, length) for _, start in fresh]
    spoken = _highest(fresh, causes)
    new: list[NewAlert] = []
    past_over = 0
    for index, (occurrence, start) in enumerate(fresh):
        closed = (occurrence.end_at or to_at) <= standing.now and occurrence.end_at is not None
        cause = causes[index]
        past_over += int(closed and cause is not None and occurrence.mark is Mark.OVER)
        new.append(
            NewAlert(
                limit=limit,
                key_at=start,
                window=rolling_window(limit.period, start),
                mark=occurrence.mark,
                used=occurrence.used,
                entry_id=cause,
                seen=closed or index not in spoken,
                spoken=index in spoken,
            )
        )
    cleared = tuple(alert_id for alert_id, _, _ in stands if alert_id not in known)
    return _Verdict(new=tuple(new), cleared=cleared, moved=tuple(moved), past_over=past_over)


def _cause(touched: Sequence[Touch], start: datetime, length: timedelta) -> EntryId | None:
    """The latest entry that can have raised the amount at an instant."""
    causes = [touch for touch in touched if touch.raises and touch.at <= start < touch.at + length]
    return causes[-1].entry_id if causes else None


def _highest(fresh: Sequence[tuple[Occurrence, datetime]], causes: Sequence[EntryId | None]) -> set[int]:
    """Which of the new occurrences are spoken: of each entry its highest mark, the latest of equals."""
    order = list(Mark)
    best: dict[EntryId, int] = {}
    for index, ((occurrence, start), cause) in enumerate(zip(fresh, causes, strict=True)):
        if cause is None:
            continue
        other = best.get(cause)
        if other is None or (order.index(occurrence.mark), start) > (
            order.index(fresh[other][0].mark),
            fresh[other][1],
        ):
            best[cause] = index
    return set(best.values())


def _keep(tx: Transaction, verdicts: Sequence[_Verdict], *, now: datetime) -> tuple[Alert, ...]:
    """Keep what judging found.

    Returns:
        One alert per limit: an unseen one before a seen one, then the highest mark, then the latest window.
    """
    alert_store.clear(tx, [alert_id for verdict in verdicts for alert_id in verdict.cleared], now=now)
    alert_store.move(tx, [move for verdict in verdicts for move in verdict.moved])
    raised = alert_store.insert_alerts(tx, [alert for verdict in verdicts for alert in verdict.new], now=now)
    return one_per_limit(raised)


def one_per_limit(alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """Of each limit the alert that matters most, in the order of the limits."""
    order = list(Mark)
    best: dict[int, Alert] = {}
    for alert in alerts:
        other = best.get(alert.limit.id)
        weight = (not alert.seen, order.index(alert.mark), alert.window.end_at)
        if other is None or weight > (not other.seen, order.index(other.mark), other.window.end_at):
            best[alert.limit.id] = alert
    return tuple(best[limit_id] for limit_id in sorted(best))


def _length(limit: Limit) -> timedelta:
    length = limit.period.length
    if length is None:
        raise ValueError(f"{limit.period} is no rolling period")
    return length

"""How limits stand: the one place that turns kept sums into the status of a limit in a window.

A calendar window is a sum over home days. A rolling window is a row of home days, the first and the last of which may
be cut. A window that ends now also holds what is logged for later today: an entry of which only the day is known
counts at once.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache

from coinbudget.domain.limits import (
    Limit,
    LimitStatus,
    Measure,
    Use,
    calendar_room_again,
    status_of,
    with_binding,
)
from coinbudget.domain.periods import HomeCalendar, Window, calendar_of, rolling_window
from coinbudget.domain.profiles import Profile, ProfileId
from coinbudget.domain.rolling import Leaving, room_again
from coinbudget.storage import limit_store
from coinbudget.storage.database import Transaction
from coinbudget.storage.limit_store import Line

TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)

#: Windows up to this long are read day by day, once for all limits of a profile; longer ones as a sum.
NEAR = timedelta(days=33)

#: An entry may lie this far ahead of the clock and still have happened.
AHEAD = timedelta(minutes=5)

NOTHING = Use()

#: Measure, instant, home day and amount of a planned entry.
Plan = tuple[Measure, datetime, date, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """What an entry that is not saved would add to (or, amended, take from) the window it belongs to."""

    profile_id: ProfileId
    at: datetime
    day: date
    planned: bool
    measure: Measure = Measure.MONEY
    use: Use = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A home day of a rolling window, or what the window holds of it; `lines` looks up its entries, oldest first."""

    day: date
    use: Use
    lines: Callable[[], Sequence[Line]]


@dataclass(slots=True)
class Standing:
    """Reads how limits stand in one transaction at one instant; what it has read once it does not read again."""

    tx: Transaction
    now: datetime
    _newest: dict[ProfileId, datetime | None] = field(default_factory=dict)
    _sums: dict[tuple[ProfileId, Measure, Window], Use] = field(default_factory=dict)
    _near: dict[tuple[ProfileId, Measure], tuple[date, date, Sequence[tuple[date, Use]]]] = field(default_factory=dict)
    _plans: dict[ProfileId, tuple[Plan, ...]] = field(default_factory=dict)
    _rows: dict[tuple[ProfileId, Measure, Window, bool], tuple[Part, ...]] = field(default_factory=dict)

    def statuses(self, profiles: Iterable[Profile], limits: Iterable[Limit]) -> tuple[LimitStatus, ...]:
        """Every limit of these profiles in its window of now, the tightest named."""
        homes = {profile.id: profile for profile in profiles}
        return with_binding(
            [self.status(limit, homes[limit.profile_id]) for limit in limits if limit.profile_id in homes]
        )

    def status(
        self, limit: Limit, profile: Profile, *, window: Window | None = None, shifts: Sequence[Shift] = ()
    ) -> LimitStatus:
        """A limit in a window (of now, if none is given) with what an unsaved entry would shift."""
        calendar = calendar_of(profile.settings)
        window = window or calendar.window_at(limit.period, self.now)
        length = limit.period.length
        if length is None:
            use = self.days_use(limit, window) + _total(shift.use for shift in shifts if holds_day(window, shift.day))
            use += Use(planned=self._planned(limit, calendar, window))
            again = calendar_room_again(limit, window, use.used(refunds_give_room=limit.refunds_give_room))
        else:
            parts = self.parts(limit, calendar, window)
            use = _total(part.use for part in parts) + Use(planned=self._planned(limit, calendar, window))
            inside = [shift for shift in shifts if window.start_at < shift.at and self._until(calendar, window, shift)]
            use += _total(shift.use for shift in inside)
            leaving = _leaving(parts, inside, refunds_give_room=limit.refunds_give_room)
            used = use.used(refunds_give_room=limit.refunds_give_room)
            again = room_again(leaving, length, used=used, amount=limit.amount)
            use += Use(entries=int(self._reaches_into(limit, window)))
        return status_of(limit, window, use, room_again_at=again, logged_up_to=self.newest_at(limit.profile_id))

    def newest_at(self, profile_id: ProfileId) -> datetime | None:
        """How far the ledger of a profile reaches."""
        if profile_id not in self._newest:
            self._newest[profile_id] = limit_store.newest_at(self.tx, profile_id)
        return self._newest[profile_id]

    def reaching(self, profile_id: ProfileId, at: datetime) -> "Standing":
        """The same, counting on an entry that is not saved yet; what was read is shared."""
        newest = self.newest_at(profile_id)
        reach = {**self._newest, profile_id: at if newest is None else max(newest, at)}
        return replace(self, _newest=reach)

    def days_use(self, limit: Limit, window: Window) -> Use:
        """What the home days of a calendar window use."""
        if window.start_on is None or window.end_on is None:
            raise ValueError("a rolling window has no home days")
        if window.end_on - window.start_on <= NEAR:
            return _total(use for _, use in self._days(limit, window.start_on, window.end_on))
        key = (limit.profile_id, limit.measure, window)
        if key not in self._sums:
            self._sums[key] = limit_store.use_between(
                self.tx, limit.profile_id, limit.measure, window.start_on, window.end_on
            )
        return self._sums[key]

    def _days(self, limit: Limit, start_on: date, end_on: date) -> Sequence[tuple[date, Use]]:
        """The home days start_on .. end_on (end outside) with entries; days around them are read along."""
        key = (limit.profile_id, limit.measure)
        first, last, days = self._near.get(key, (end_on, start_on, ()))
        if not first <= start_on <= end_on <= last:
            first, last = min(start_on, end_on - NEAR), max(end_on, start_on + NEAR)
            days = limit_store.uses_by_day(self.tx, limit.profile_id, limit.measure, first, last)
            self._near[key] = (first, last, days)
        return days[bisect_left(days, start_on, key=_day_of) : bisect_left(days, end_on, key=_day_of)]

    def rolling_use(self, limit: Limit, calendar: HomeCalendar, at: datetime) -> Use:
        """What the rolling window judged at an instant uses."""
        return _total(part.use for part in self.parts(limit, calendar, rolling_window(limit.period, at), exact=True))

    def parts(self, limit: Limit, calendar: HomeCalendar, window: Window, *, exact: bool = False) -> tuple[Part, ...]:
        """The days a rolling window is made of, oldest first; whole days come from the kept totals."""
        key = (limit.profile_id, limit.measure, window, exact)
        if key not in self._rows:
            self._rows[key] = tuple(self._read_parts(limit, calendar, window, exact=exact))
        return self._rows[key]

    def _read_parts(self, limit: Limit, calendar: HomeCalendar, window: Window, *, exact: bool) -> Iterable[Part]:
        first, last, end_at = self._edges(calendar, window, exact=exact)
        first_end = calendar.start_of(first + DAY) - TICK
        yield self._cut(limit, first, window.start_at + TICK, min(first_end, end_at))
        if last <= first:
            return
        whole = last if end_at < calendar.start_of(last + DAY) - TICK else last + DAY
        if whole > first + DAY:
            for day, use in self._days(limit, first + DAY, whole):
                yield Part(day=day, use=use, lines=self._reader(limit, *calendar.bounds(day)))
        if whole == last:
            yield self._cut(limit, last, calendar.start_of(last), end_at)

    def _edges(self, calendar: HomeCalendar, window: Window, *, exact: bool) -> tuple[date, date, datetime]:
        """First and last home day of a rolling window and the last instant inside it."""
        first = calendar.day_of(window.start_at + TICK)
        if exact or window.end_at != self.now:
            return first, calendar.day_of(window.end_at), window.end_at
        last = calendar.day_of(self.now + AHEAD)
        return first, last, calendar.start_of(last + DAY) - TICK

    def _until(self, calendar: HomeCalendar, window: Window, shift: Shift) -> bool:
        return shift.at <= self._edges(calendar, window, exact=False)[2]

    def _cut(self, limit: Limit, day: date, start_at: datetime, end_at: datetime) -> Part:
        lines = limit_store.amounts_one_by_one(self.tx, limit.profile_id, limit.measure, start_at, end_at)
        use = Use(
            gross=sum(amount or 0 for _, amount, _ in lines),
            refunded=sum(back for _, _, back in lines),
            unknown=sum(amount is None for _, amount, _ in lines),
            entries=len(lines),
        )
        return Part(day=day, use=use, lines=lambda: lines)

    def _reader(self, limit: Limit, start_at: datetime, end_at: datetime) -> Callable[[], Sequence[Line]]:
        @cache
        def read() -> Sequence[Line]:
            return limit_store.amounts_one_by_one(self.tx, limit.profile_id, limit.measure, start_at, end_at - TICK)

        return read

    def _planned(self, limit: Limit, calendar: HomeCalendar, window: Window) -> int:
        """What is planned inside a window."""
        if limit.profile_id not in self._plans:
            self._plans[limit.profile_id] = limit_store.planned(self.tx, limit.profile_id)
        mine = [plan for plan in self._plans[limit.profile_id] if plan[0] is limit.measure]
        if not mine:
            return 0
        if window.start_on is not None:
            return sum(amount for _, _, day, amount in mine if holds_day(window, day))
        end_at = self._edges(calendar, window, exact=False)[2]
        return sum(amount for _, at, _, amount in mine if window.start_at < at <= end_at)

    def _reaches_into(self, limit: Limit, window: Window) -> bool:
        newest = self.newest_at(limit.profile_id)
        return newest is not None and newest > window.start_at and window.end_at == self.now


def _day_of(row: tuple[date, Use]) -> date:
    return row[0]


def holds_day(window: Window, day: date) -> bool:
    """Whether a calendar window has a home day."""
    return window.start_on is not None and window.end_on is not None and window.start_on <= day < window.end_on


def net(lines: Iterable[Line], *, refunds_give_room: bool) -> list[tuple[datetime, int]]:
    """Instant and what counts of each entry, as the limit has it; what is not known counts as nothing."""
    if refunds_give_room:
        return [(at, (amount or 0) - back) for at, amount, back in lines]
    return [(at, amount or 0) for at, amount, _ in lines]


def _total(uses: Iterable[Use]) -> Use:
    # Added in plain integers: a value per step would cost more than reading the days.
    gross = refunded = unknown = entries = planned = 0
    for use in uses:
        gross += use.gross
        refunded += use.refunded
        unknown += use.unknown
        entries += use.entries
        planned += use.planned
    return Use(gross=gross, refunded=refunded, unknown=unknown, entries=entries, planned=planned)


def _leaving(parts: Sequence[Part], shifts: Sequence[Shift], *, refunds_give_room: bool) -> Iterable[Leaving]:
    """The days of a window with what unsaved entries shift in them, oldest first."""

    def lines_of(day: date, part: Part | None) -> Callable[[], Iterable[tuple[datetime, int]]]:
        def read() -> Iterable[tuple[datetime, int]]:
            kept = net(part.lines() if part else (), refunds_give_room=refunds_give_room)
            moved = [
                (shift.at, shift.use.used(refunds_give_room=refunds_give_room)) for shift in shifts if shift.day == day
            ]
            # What is taken out of an instant goes first, so that it frees no room by having been there.
            return sorted(kept + moved)

        return read

    touched = {shift.day for shift in shifts}
    by_day = {part.day: part for part in parts}
    for day in sorted({*by_day, *touched}):
        part = by_day.get(day)
        use = part.use if part else NOTHING
        if day in touched:
            use += _total(shift.use for shift in shifts if shift.day == day)
        yield Leaving(used=use.used(refunds_give_room=refunds_give_room), entries=lines_of(day, part))

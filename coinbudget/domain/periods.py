"""Periods and windows: home days, weeks, months, years and rolling lengths of time.

Convention, fixed here for the whole program: a window includes its start and excludes its end. The one exception
is a rolling window judged at t, which is (t-L, t] (see `rolling_window`). Calendar windows are made of home days
(`home_on`); rolling ones of instants. Zones are IANA names; settings are dated (`profiles.HomeSettings`).

A home day d starts at the first instant at which the clock of the zone in force on d shows d at `day_start`, and
not before the settings in force on d hold. They hold from the instant their first day would have started under the
settings before them. So days tile time whatever the settings: `home_on` never goes back, a day may last longer
until a new zone has caught up, and a day that a zone jumps over is empty.

Weeks begin on the `week_start` and months on the `month_start` of the settings in force on that very day, so a week
or month open at a change of start ends at the first new boundary. Years are those of the calendar.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from coinbudget.domain.profiles import HomeSettings

_DAY = timedelta(days=1)
_NO_SHIFT = timedelta()
_NOON = time(12)
_ZONE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*")
#: Names some systems list that say nothing on another machine.
_NO_ZONES = frozenset({"localtime", "Factory", "posixrules"})


class Period(StrEnum):
    """The repeating length of a limit."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    ROLLING_DAY = "24h"
    ROLLING_WEEK = "7d"
    ROLLING_MONTH = "30d"

    @property
    def length(self) -> timedelta | None:
        """How long a rolling window is; None for calendar periods."""
        return _LENGTHS.get(self)


_LENGTHS = {
    Period.ROLLING_DAY: timedelta(hours=24),
    Period.ROLLING_WEEK: timedelta(days=7),
    Period.ROLLING_MONTH: timedelta(days=30),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One stretch of a period.

    Attributes:
        start_at, end_at: aware UTC instants; start inside, end outside (rolling: start outside, end inside).
        start_on, end_on: the home days start_on .. end_on, end outside; None for rolling windows.
    """

    start_at: datetime
    end_at: datetime
    start_on: date | None = None
    end_on: date | None = None


class HomeCalendar:
    """The home days, weeks, months and years of one profile.

    Build it once per profile and reuse it: it remembers the days it has worked out, so that asking again for an
    instant on a known UTC day costs a dictionary look-up.
    """

    def __init__(self, settings: Sequence[HomeSettings]) -> None:
        self._settings = tuple(settings)
        self._first_days = tuple(part.effective_on for part in self._settings)
        self._zones = tuple(ZoneInfo(part.zone) for part in self._settings)
        self._known: dict[int, tuple[tuple[datetime, ...], tuple[date, ...]]] = {}
        self._starts: dict[date, datetime] = {}
        holds: list[datetime | None] = [None]
        for index in range(1, len(self._settings)):
            holds.append(_latest(holds[-1], self._raw_start(index - 1, self._first_days[index])))
        self._holds = tuple(holds)

    def settings_on(self, day: date) -> HomeSettings:
        """The settings in force on a home day."""
        return self._settings[self._index(day)]

    def day_of(self, at: datetime) -> date:
        """The home day an aware instant belongs to."""
        if at.tzinfo is not UTC:
            at = at.astimezone(UTC)
        number = at.toordinal()
        known = self._known.get(number)
        if known is None:
            known = self._known[number] = self._days_within(date.fromordinal(number))
        starts, days = known
        return days[bisect_right(starts, at)]

    def start_of(self, day: date) -> datetime:
        """The first instant of a home day."""
        start = self._starts.get(day)
        if start is None:
            index = self._index(day)
            start = self._starts[day] = _latest(self._holds[index], self._raw_start(index, day))
        return start

    def bounds(self, day: date) -> tuple[datetime, datetime]:
        """Start (inside) and end (outside) of a home day; equal for a day that a zone jumped over."""
        return self.start_of(day), self.start_of(day + _DAY)

    def noon_of(self, day: date) -> datetime:
        """Noon of a home day: the instant of an entry whose hour is not known; always inside a day that exists."""
        start, end = self.bounds(day)
        noon = datetime.combine(day, _NOON, self._zones[self._index(day)]).astimezone(UTC)
        return noon if start <= noon < end else start + (end - start) / 2

    def instant(self, wall: datetime) -> datetime | None:
        """The instant at which the profile's clock shows the naive time `wall`.

        Returns:
            The first one where it shows it twice, None where it never does.
        """
        found = None
        for index, zone in enumerate(self._zones):
            at = instant_in(zone, wall)
            if at is None or not self._holds_at(index, at):
                continue
            found = at if found is None else min(found, at)
        return found

    def window(self, period: Period, day: date) -> Window:
        """The calendar window a home day lies in."""
        return self._window(self._boundary_at_or_before(period, day), self._boundary_after(period, day))

    def window_at(self, period: Period, at: datetime) -> Window:
        """The window of an instant: the calendar window it lies in, or the rolling window that ends with it."""
        return rolling_window(period, at) if period.length else self.window(period, self.day_of(at))

    def next_window(self, period: Period, window: Window) -> Window:
        """The calendar window that begins where this one ends."""
        return self.window(period, _day(window.end_on))

    def previous_window(self, period: Period, window: Window) -> Window:
        """The calendar window that ends where this one begins."""
        return self.window(period, _day(window.start_on) - _DAY)

    def windows_between(self, period: Period, from_on: date, to_on: date) -> Iterator[Window]:
        """Every calendar window that has a day in from_on .. to_on (both inside), oldest first."""
        start = self._boundary_at_or_before(period, from_on)
        while start <= to_on:
            end = self._boundary_after(period, start)
            yield self._window(start, end)
            start = end

    def bounds_between(self, period: Period, from_on: date, to_on: date) -> list[date]:
        """The first days of the windows of `windows_between`, and the end (outside) of the last of them."""
        bounds = [self._boundary_at_or_before(period, from_on)]
        while bounds[-1] <= to_on:
            bounds.append(self._boundary_after(period, bounds[-1]))
        return bounds

    def _window(self, start_on: date, end_on: date) -> Window:
        return Window(start_at=self.start_of(start_on), end_at=self.start_of(end_on), start_on=start_on, end_on=end_on)

    def _index(self, day: date) -> int:
        # The first settings hold for every day before the second.
        return 0 if len(self._settings) == 1 else max(bisect_right(self._first_days, day) - 1, 0)

    def _holds_at(self, index: int, at: datetime) -> bool:
        begins = self._holds[index]
        ends = self._holds[index + 1] if index + 1 < len(self._holds) else None
        return (begins is None or begins <= at) and (ends is None or at < ends)

    def _raw_start(self, index: int, day: date) -> datetime:
        return _first_instant(self._zones[index], datetime.combine(day, time(self._settings[index].day_start)))

    def _days_within(self, utc_day: date) -> tuple[tuple[datetime, ...], tuple[date, ...]]:
        """The starts inside a UTC day and the home days before, between and after them.

        Offsets lie within a day of UTC, so only the home days two to each side can begin inside or hold its start;
        longer only while an old day waits for a new zone, which the maximum with `_holds` accounts for.
        """
        midnight = datetime.combine(utc_day, time(), UTC)
        day = utc_day - 2 * _DAY
        while self.start_of(day) > midnight:
            day -= _DAY
        starts: list[datetime] = []
        days = [day]
        for step in range(1, 6):
            later = day + step * _DAY
            start = self.start_of(later)
            if start <= midnight:
                days[0] = later
            elif start < midnight + _DAY:
                starts.append(start)
                days.append(later)
        return tuple(starts), tuple(days)

    def _boundary_at_or_before(self, period: Period, day: date) -> date:
        while True:
            index = self._index(day)
            boundary = _floor(period, day, self._settings[index])
            if index == 0 or boundary >= self._first_days[index]:
                return boundary
            day = self._first_days[index] - _DAY

    def _boundary_after(self, period: Period, day: date) -> date:
        day += _DAY
        while True:
            index = self._index(day)
            boundary = _ceiling(period, day, self._settings[index])
            if index + 1 == len(self._first_days) or boundary < self._first_days[index + 1]:
                return boundary
            day = self._first_days[index + 1]


@lru_cache(maxsize=64)
def calendar_of(settings: tuple[HomeSettings, ...]) -> HomeCalendar:
    """The calendar of a profile's settings, shared by all who ask for the same settings."""
    return HomeCalendar(settings)


def home_day(settings: tuple[HomeSettings, ...], at: datetime) -> date:
    """The home day an aware instant belongs to."""
    return calendar_of(settings).day_of(at)


def day_bounds(settings: tuple[HomeSettings, ...], day: date) -> tuple[datetime, datetime]:
    """Start (inside) and end (outside) of a home day."""
    return calendar_of(settings).bounds(day)


def window_of(period: Period, settings: tuple[HomeSettings, ...], moment: date | datetime) -> Window:
    """The window of a home day or of an instant; a rolling period needs an instant."""
    calendar = calendar_of(settings)
    return calendar.window_at(period, moment) if isinstance(moment, datetime) else calendar.window(period, moment)


def windows_between(period: Period, settings: tuple[HomeSettings, ...], from_on: date, to_on: date) -> Iterator[Window]:
    """Every calendar window that has a day in from_on .. to_on (both inside), oldest first."""
    return calendar_of(settings).windows_between(period, from_on, to_on)


def rolling_window(period: Period, at: datetime) -> Window:
    """The rolling window judged at `at`: (at - L, at], start outside, end inside (rule 5)."""
    length = period.length
    if length is None:
        raise ValueError(f"{period} is not a rolling period")
    return Window(start_at=at - length, end_at=at)


def with_settings(settings: tuple[HomeSettings, ...], change: HomeSettings) -> tuple[HomeSettings, ...]:
    """Settings with a later change; one that has not begun yet on `change.effective_on` is replaced."""
    kept = tuple(part for part in settings if part.effective_on < change.effective_on)
    return (*kept, change)


@lru_cache(maxsize=1024)
def zone_known(name: str) -> bool:
    """Whether a name is an IANA zone that another machine knows too; spelling and case count."""
    return bool(_ZONE_NAME.fullmatch(name)) and name not in _NO_ZONES and name in available_timezones()


def instant_in(zone: ZoneInfo, wall: datetime) -> datetime | None:
    """The first instant at which a zone's clock shows the naive time `wall`; None in a gap."""
    if wall.fold:
        wall = wall.replace(fold=0)
    later = datetime.combine(wall, time(wall.hour, wall.minute, wall.second, wall.microsecond, fold=1))
    first, second = zone.utcoffset(wall) or _NO_SHIFT, zone.utcoffset(later) or _NO_SHIFT
    # PEP 495: only in a gap is the later reading's offset the larger.
    return None if first < second else datetime.combine(wall, wall.time(), UTC) - first


def _first_instant(zone: ZoneInfo, wall: datetime) -> datetime:
    """The first instant at which a zone's clock shows `wall` or, where it jumps over it, a later time."""
    after = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if after <= before:  # shown once, or twice: `after` is then the first time
        return after
    # In a gap the two readings lie on either side of the jump; find it to the second.
    jump = range(int(before.timestamp()), int(after.timestamp()) + 1)
    offset = after.astimezone(zone).utcoffset()
    place = bisect_left(jump, 1, key=lambda second: _offset_is(zone, second, offset))
    return datetime.fromtimestamp(jump[place], UTC)


def _offset_is(zone: ZoneInfo, second: int, offset: timedelta | None) -> int:
    return int(datetime.fromtimestamp(second, zone).utcoffset() == offset)


def _floor(period: Period, day: date, settings: HomeSettings) -> date:
    """The latest boundary on or before a day, by one set of settings."""
    if period is Period.WEEK:
        return day - timedelta(days=(day.weekday() - settings.week_start) % 7)
    if period is Period.MONTH:
        here = month_boundary(day.year, day.month, settings.month_start)
        return here if here <= day else month_boundary(day.year, day.month - 1, settings.month_start)
    return date(day.year, 1, 1) if period is Period.YEAR else _only_day(period, day)


def _ceiling(period: Period, day: date, settings: HomeSettings) -> date:
    """The earliest boundary on or after a day, by one set of settings."""
    if period is Period.WEEK:
        return day + timedelta(days=(settings.week_start - day.weekday()) % 7)
    if period is Period.MONTH:
        here = month_boundary(day.year, day.month, settings.month_start)
        return here if here >= day else month_boundary(day.year, day.month + 1, settings.month_start)
    if period is Period.YEAR:
        return day if (day.month, day.day) == (1, 1) else date(day.year + 1, 1, 1)
    return _only_day(period, day)


def month_boundary(year: int, month: int, month_start: int) -> date:
    """The day a month begins on, clamped to the month's last day; `month` may be 0 or 13."""
    if month == 0:
        year, month = year - 1, 12
    elif month == 13:  # noqa: PLR2004 - the month after December
        year, month = year + 1, 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + (month_start - 1) * _DAY, following - _DAY)


def _only_day(period: Period, day: date) -> date:
    if period is not Period.DAY:
        raise ValueError(f"{period} is no calendar period")
    return day


def _day(day: date | None) -> date:
    if day is None:
        raise ValueError("a rolling window has no home days")
    return day


def _latest(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)

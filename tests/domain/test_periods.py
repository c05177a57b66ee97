"""Home days and windows: the limits rules 5 to 7, held at the edges of the earth, the clock and the calendar."""

import random
from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coinbudget.domain.periods import (
    HomeCalendar,
    Period,
    day_bounds,
    home_day,
    instant_in,
    month_boundary,
    rolling_window,
    window_of,
    with_settings,
    zone_known,
)
from coinbudget.domain.profiles import HomeSettings

CALENDAR_PERIODS = (Period.DAY, Period.WEEK, Period.MONTH, Period.YEAR)
ZONES = (
    "Pacific/Niue",  # -11
    "Pacific/Apia",  # +13
    "Pacific/Kiritimati",  # +14
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
    "Asia/Kathmandu",
    "America/Sao_Paulo",
    "Asia/Tokyo",
)
SECOND = timedelta(seconds=1)


def home(zone: str = "Europe/Berlin", since: date = date.min, **starts: int) -> HomeSettings:
    return HomeSettings(effective_on=since, zone=zone, **starts)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]  # year, month, day and time


@pytest.mark.parametrize(
    ("zone", "at", "day"),
    [
        ("Pacific/Niue", utc(2026, 11, 22, 10, 59, 59), date(2026, 11, 21)),
        ("Pacific/Niue", utc(2026, 11, 22, 11), date(2026, 11, 22)),
        ("Pacific/Apia", utc(2026, 11, 22, 10, 59, 59), date(2026, 11, 22)),
        ("Pacific/Apia", utc(2026, 11, 22, 11), date(2026, 11, 23)),
        ("Pacific/Kiritimati", utc(2026, 11, 22, 9, 59, 59), date(2026, 11, 22)),
        ("Pacific/Kiritimati", utc(2026, 11, 22, 10), date(2026, 11, 23)),
        ("Europe/Berlin", utc(2026, 11, 22, 22, 59, 59), date(2026, 11, 22)),
        ("Europe/Berlin", utc(2026, 11, 22, 23), date(2026, 11, 23)),
        ("Asia/Kathmandu", utc(2026, 11, 22, 18, 14, 59), date(2026, 11, 22)),
        ("Asia/Kathmandu", utc(2026, 11, 22, 18, 15), date(2026, 11, 23)),
    ],
)
def test_a_home_day_ends_before_midnight_and_begins_with_it(zone: str, at: datetime, day: date) -> None:
    assert home_day((home(zone),), at) == day


def test_an_instant_with_another_offset_is_the_same_instant() -> None:
    at = utc(2026, 11, 22, 23)
    assert home_day((home(),), at.astimezone(ZoneInfo("America/New_York"))) == home_day((home(),), at)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)])
def test_days_of_clock_changes_are_real_days(day: date, hours: int) -> None:
    start, end = day_bounds((home(),), day)
    assert end - start == timedelta(hours=hours)
    assert home_day((home(),), start) == home_day((home(),), end - SECOND) == day
    assert home_day((home(),), end) == day + timedelta(days=1)


@pytest.mark.parametrize("hour", range(7))
def test_a_day_begins_at_the_day_start_for_late_streams(hour: int) -> None:
    settings_ = (home(day_start=hour),)
    start = datetime(2026, 11, 22, hour, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)
    assert home_day(settings_, start) == date(2026, 11, 22)
    assert home_day(settings_, start - SECOND) == date(2026, 11, 21)


@pytest.mark.parametrize(
    ("zone", "day", "day_start", "begins"),
    [
        # 02:00 does not exist that night; the day begins when the clock jumps to 03:00.
        ("Europe/Berlin", date(2026, 3, 29), 2, utc(2026, 3, 29, 1)),
        # 02:00 comes twice; the day begins with the first.
        ("Europe/Berlin", date(2026, 10, 25), 2, utc(2026, 10, 25, 0)),
        # 01:00 jumps to 03:00: 02:00 lies inside the gap.
        ("Antarctica/Troll", date(2026, 3, 29), 2, utc(2026, 3, 29, 1)),
        # Midnight did not exist.
        ("America/Sao_Paulo", date(2018, 11, 4), 0, utc(2018, 11, 4, 3)),
        # At 00:01 the clock went back to 23:01 of the day before; that day had begun.
        ("America/St_Johns", date(2010, 11, 7), 0, utc(2010, 11, 7, 2, 30)),
    ],
)
def test_a_day_begins_once_where_the_clock_jumps(zone: str, day: date, day_start: int, begins: datetime) -> None:
    settings_ = (home(zone, day_start=day_start),)
    assert day_bounds(settings_, day)[0] == begins
    assert home_day(settings_, begins) == day
    assert home_day(settings_, begins - SECOND) == day - timedelta(days=1)
    assert home_day(settings_, begins + timedelta(minutes=40)) == day


def test_a_day_that_a_zone_jumped_over_is_empty() -> None:
    start, end = day_bounds((home("Pacific/Apia"),), date(2011, 12, 30))
    assert start == end
    assert home_day((home("Pacific/Apia"),), start) == date(2011, 12, 31)


@pytest.mark.parametrize("start", range(1, 32))
def test_months_begin_on_their_day_clamped_to_the_last(start: int) -> None:
    calendar = HomeCalendar([home(month_start=start)])
    for year in (2024, 2026):
        for month in range(1, 13):
            last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
            begins = date(year, month, min(start, last))
            assert month_boundary(year, month, start) == begins
            window = calendar.window(Period.MONTH, begins)
            assert window.start_on == begins
            assert calendar.window(Period.MONTH, begins - timedelta(days=1)).end_on == begins


@pytest.mark.parametrize("start", range(7))
def test_weeks_begin_on_the_week_start(start: int) -> None:
    calendar = HomeCalendar([home(week_start=start)])
    for offset in range(14):
        day = date(2026, 11, 15) + timedelta(days=offset)
        window = calendar.window(Period.WEEK, day)
        assert window.start_on is not None
        assert window.end_on is not None
        assert window.start_on.weekday() == start
        assert window.start_on <= day < window.end_on == window.start_on + timedelta(days=7)


def test_a_year_is_a_calendar_year() -> None:
    window = window_of(Period.YEAR, (home(month_start=15),), utc(2026, 12, 31, 22, 59, 59))
    assert (window.start_on, window.end_on) == (date(2026, 1, 1), date(2027, 1, 1))


@pytest.mark.parametrize("period", [Period.ROLLING_DAY, Period.ROLLING_WEEK, Period.ROLLING_MONTH])
def test_a_rolling_window_ends_with_its_instant(period: Period) -> None:
    at = utc(2026, 3, 29, 12)
    assert period.length is not None
    assert window_of(period, (home(),), at) == rolling_window(period, at)
    assert rolling_window(period, at).start_at == at - period.length


def test_going_west_the_last_day_stays_until_the_new_zone_has_caught_up() -> None:
    settings_ = with_settings((home("Asia/Tokyo"),), home("America/New_York", date(2026, 11, 23)))
    turn = utc(2026, 11, 22, 15)  # midnight in Tokyo, 10:00 of the 22nd in New York
    assert home_day(settings_, turn - SECOND) == date(2026, 11, 22)
    assert home_day(settings_, turn) == date(2026, 11, 22)
    assert day_bounds(settings_, date(2026, 11, 22)) == (utc(2026, 11, 21, 15), utc(2026, 11, 23, 5))


def test_going_far_west_the_day_waits_for_more_than_a_day() -> None:
    settings_ = with_settings((home("Pacific/Kiritimati"),), home("Pacific/Niue", date(2026, 11, 23)))
    start, end = day_bounds(settings_, date(2026, 11, 22))
    assert end - start == timedelta(hours=49)
    for hours in range(49):
        assert home_day(settings_, start + timedelta(hours=hours)) == date(2026, 11, 22)


def test_going_east_the_new_day_is_shorter() -> None:
    settings_ = with_settings((home("America/New_York"),), home("Asia/Tokyo", date(2026, 11, 23)))
    start, end = day_bounds(settings_, date(2026, 11, 23))
    assert (start, end) == (utc(2026, 11, 23, 5), utc(2026, 11, 23, 15))


def test_earlier_days_keep_their_zone_after_a_change() -> None:
    before = (home("Asia/Tokyo"),)
    after = with_settings(before, home("America/New_York", date(2026, 11, 23)))
    for offset in range(1, 60):
        day = date(2026, 11, 22) - timedelta(days=offset)
        assert day_bounds(after, day) == day_bounds(before, day)


def test_an_open_week_ends_at_the_first_new_boundary() -> None:
    # Monday weeks until Wednesday the 25th, from then on weeks begin on Friday.
    calendar = HomeCalendar(with_settings((home(),), home(since=date(2026, 11, 25), week_start=4)))
    open_week = calendar.window(Period.WEEK, date(2026, 11, 24))
    assert (open_week.start_on, open_week.end_on) == (date(2026, 11, 23), date(2026, 11, 27))
    following = calendar.next_window(Period.WEEK, open_week)
    assert (following.start_on, following.end_on) == (date(2026, 11, 27), date(2026, 12, 4))
    assert calendar.previous_window(Period.WEEK, following) == open_week


def test_an_open_month_ends_at_the_first_new_boundary() -> None:
    calendar = HomeCalendar(with_settings((home(month_start=25),), home(since=date(2026, 11, 20), month_start=10)))
    open_month = calendar.window(Period.MONTH, date(2026, 11, 30))
    assert (open_month.start_on, open_month.end_on) == (date(2026, 10, 25), date(2026, 12, 10))


def test_a_change_that_has_not_begun_is_replaced() -> None:
    first = with_settings((home(),), home("Asia/Tokyo", date(2026, 11, 23)))
    assert with_settings(first, home("America/New_York", date(2026, 11, 23))) == (
        home(),
        home("America/New_York", date(2026, 11, 23)),
    )


@pytest.mark.parametrize(
    ("wall", "at"),
    [
        (datetime(2026, 3, 29, 1, 59, 59), utc(2026, 3, 29, 0, 59, 59)),  # noqa: DTZ001 - a naive time is the point
        (datetime(2026, 3, 29, 2, 30), None),  # noqa: DTZ001 - as above
        (datetime(2026, 3, 29, 3), utc(2026, 3, 29, 1)),  # noqa: DTZ001 - as above
        (datetime(2026, 10, 25, 2, 30), utc(2026, 10, 25, 0, 30)),  # noqa: DTZ001 - as above
    ],
)
def test_a_naive_time_is_the_first_that_the_home_clock_shows(wall: datetime, at: datetime | None) -> None:
    assert HomeCalendar([home()]).instant(wall) == at


def test_a_naive_time_follows_the_zone_in_force() -> None:
    calendar = HomeCalendar(with_settings((home(),), home("America/New_York", date(2026, 11, 23))))
    before = datetime(2026, 11, 22, 20)  # noqa: DTZ001 - a naive time is the point
    after = datetime(2026, 11, 24, 20)  # noqa: DTZ001 - as above
    assert calendar.instant(before) == utc(2026, 11, 22, 19)
    assert calendar.instant(after) == utc(2026, 11, 25, 1)


@pytest.mark.parametrize("name", ["Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+11"])
def test_iana_zones_are_known(name: str) -> None:
    assert zone_known(name)


@pytest.mark.parametrize(
    "name",
    ["", "europe/berlin", "Europe", "Mars/Base", "localtime", "../UTC", "/etc/localtime", "Factory", "\0", "UTC "],
)
def test_other_names_are_no_zones(name: str) -> None:
    assert not zone_known(name)


def test_home_days_of_a_bulk_import_are_fast() -> None:
    calendar = HomeCalendar(with_settings((home(),), home("America/New_York", date(2025, 3, 4), day_start=2)))
    rng = random.Random(7)
    instants = [utc(2023, 1, 1) + timedelta(seconds=rng.random() * 86400 * 1096) for _ in range(100_000)]
    start = perf_counter()
    for at in instants:
        calendar.day_of(at)
    assert perf_counter() - start < 0.6  # 0.03 s on the machine it was written on; the goal is 0.2 s


@st.composite
def dated_settings(draw: st.DrawFn) -> tuple[HomeSettings, ...]:
    """Settings with up to four changes, close together or far apart."""
    days = draw(st.lists(st.dates(date(2018, 1, 1), date(2019, 12, 31)), unique=True, max_size=4))
    near = draw(st.booleans())
    if near and days:
        days = [days[0] + timedelta(days=offset) for offset in range(len(days))]
    return tuple(
        HomeSettings(
            effective_on=since,
            zone=draw(st.sampled_from(ZONES)),
            day_start=draw(st.integers(0, 6)),
            week_start=draw(st.integers(0, 6)),
            month_start=draw(st.integers(1, 31)),
        )
        for since in (date.min, *sorted(days))
    )


@given(dated_settings())
@settings(max_examples=60, deadline=None)
def test_windows_tile_time_without_gap_or_overlap(dated: tuple[HomeSettings, ...]) -> None:
    calendar = HomeCalendar(dated)
    first, last = date(2017, 11, 1), date(2020, 3, 1)
    for period in CALENDAR_PERIODS:
        windows = list(calendar.windows_between(period, first, last))
        for one, following in pairwise(windows):
            assert one.end_at == following.start_at
            assert one.end_on == following.start_on
            assert one.start_at <= one.end_at
        assert windows[0].start_on is not None
        assert windows[-1].end_on is not None
        assert windows[0].start_on <= first
        assert windows[-1].end_on > last
        for window in windows[:: max(len(windows) // 40, 1)]:
            assert window.start_on is not None
            assert window.end_on is not None
            assert calendar.window(period, window.start_on) == window
            assert calendar.window(period, window.end_on - timedelta(days=1)) == window


@given(dated_settings(), st.lists(st.integers(0, 790 * 86400), min_size=2, max_size=60))
@settings(max_examples=80, deadline=None)
def test_home_on_never_goes_back_and_agrees_with_the_bounds(
    dated: tuple[HomeSettings, ...], seconds: list[int]
) -> None:
    calendar = HomeCalendar(dated)
    begin = utc(2017, 11, 15)
    starts = [calendar.start_of(date(2017, 11, 1) + timedelta(days=offset)) for offset in range(900)]
    assert starts == sorted(starts)
    instants = sorted(begin + timedelta(seconds=second) for second in seconds)
    instants += starts[20:800:7]
    days = []
    for at in sorted(instants):
        day = calendar.day_of(at)
        assert calendar.start_of(day) <= at < calendar.start_of(day + timedelta(days=1))
        assert day == date(2017, 10, 31) + timedelta(days=bisect_right(starts, at))
        days.append(day)
    assert days == sorted(days)


@given(dated_settings(), st.dates(date(2018, 1, 1), date(2019, 12, 31)))
@settings(max_examples=80, deadline=None)
def test_noon_of_a_day_that_exists_lies_inside_it(dated: tuple[HomeSettings, ...], day: date) -> None:
    calendar = HomeCalendar(dated)
    start, end = calendar.bounds(day)
    if start < end:
        assert calendar.day_of(calendar.noon_of(day)) == day


@given(
    zone=st.sampled_from(ZONES),
    near=st.sampled_from(
        [
            datetime.fromisoformat("2026-03-29T02:00"),
            datetime.fromisoformat("2026-10-25T02:00"),
            datetime.fromisoformat("2025-04-06T02:00"),
        ]
    ),
    minutes=st.integers(-400 * 24 * 60, 400 * 24 * 60),
    fold=st.integers(0, 1),
)
@settings(max_examples=300)
def test_a_wall_time_is_the_first_instant_whose_clock_shows_it(
    zone: str, near: datetime, minutes: int, fold: int
) -> None:
    wall, clock = (near + timedelta(minutes=minutes)).replace(fold=fold), ZoneInfo(zone)
    # Every offset a zone can have, from the earliest instant on.
    tried = (wall.replace(tzinfo=UTC, fold=0) - timedelta(minutes=shift) for shift in range(15 * 60, -13 * 60, -15))
    shown = [at for at in tried if at.astimezone(clock).replace(tzinfo=None, fold=0) == wall.replace(fold=0)]
    assert instant_in(clock, wall) == (shown[0] if shown else None)


@pytest.mark.parametrize(
    ("zone", "wall"),
    [
        ("Europe/Berlin", datetime.fromisoformat("2026-03-29T02:00")),
        ("Europe/Berlin", datetime.fromisoformat("2026-03-29T02:59:59.999999")),
        ("Australia/Lord_Howe", datetime.fromisoformat("2026-10-04T02:15")),
        ("Pacific/Apia", datetime.fromisoformat("2011-12-30T12:00")),
    ],
)
def test_a_wall_time_in_a_gap_is_none(zone: str, wall: datetime) -> None:
    assert instant_in(ZoneInfo(zone), wall) is None

"""Times of data exports: a few forms read strictly, everything else is none."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coinbudget.domain.periods import instant_in
from coinbudget.formats.moments import Clock, Moment, clock, is_bare, moment

#: 14 May 2026, 21:03:11 UTC.
SECOND = 1778792591


def read(text: str) -> Moment:
    found = moment(text)
    assert found is not None, text
    return found


SPELLINGS = [
    *("2026-05-14 21:03:11", "2026-05-14T21:03:11", "2026-05-14\u00a021:03:11", "2026-05-14\u202f21:03:11"),
    *("2026-05-14 21:03:11 UTC", "2026-05-14 21:03:11 GMT", "2026-05-14 21:03:11Z", "2026-05-14 21:03:11\u00a0UTC"),
    *("2026-05-14T21:03:11Z", "2026-05-14T21:03:11.0Z", "2026-05-14T21:03:11.999Z", "2026-05-14 21:03:11,5"),
    *(
        "2026-05-14T23:03:11+02:00",
        "2026-05-14T23:03:11+0200",
        "2026-05-14T16:33:11-04:30",
        "2026-05-15T11:03:11+14:00",
    ),
    *("1778792591", "1778792591000", "1778792591999", " 2026-05-14 21:03:11 ", "\u200e2026-05-14 21:03:11\u200f"),
    *("\t2026-05-14 21:03:11\r\n", "\u00a01778792591\u00a0"),
]


@pytest.mark.parametrize("text", SPELLINGS)
def test_one_instant_is_one_second_and_one_text_however_it_is_spelt(text: str) -> None:
    assert (read(text).second, read(text).canonical) == (SECOND, "2026-05-14T21:03:11")


@pytest.mark.parametrize(
    ("text", "zoned"),
    [
        ("2026-05-14 21:03:11", False),
        ("2026-05-14T21:03:11.25", False),
        ("2026-05-14 21:03:11 UTC", True),
        ("2026-05-14T21:03:11-00:00", True),
        ("1778792591", True),
        ("1778792591000", True),
    ],
)
def test_only_a_time_that_names_its_zone_or_counts_seconds_is_zoned(text: str, zoned: bool) -> None:
    assert read(text).zoned is zoned


NONE = [
    *("", " ", "x", "now", "null", "None", "true", "0", "-1", "NaN", "1e9", "1_778_792_591", "+1778792591"),
    *("177879259", "17787925910", "177879259100", "17787925910000", "1778792591.0", "1778792591.5", "0x6a0634cf"),
    *("0000000000", "0000000001", "1200000000", "9999999999", "9999999999999", "4102444800", "-1778792591"),
    *("2026-05-14", "21:03:11", "2026-05-14 21", "2026-05-14 21:03:", "2026-05-14T", "2026-5-14 21:03:11"),
    *("2026-05-14 1:03:11", "26-05-14 21:03:11", "12026-05-14 21:03:11", "14.05.2026 21:03:11", "05/14/2026 21:03:11"),
    *("2026/05/14 21:03:11", "2026-05-14  21:03:11", "2026-05-14_21:03:11", "2026-05-14t21:03:11", "20260514T210311"),
    *("2026-02-29 00:00:00", "2026-02-30 10:00:00", "2026-04-31 00:00:00", "2026-13-01 00:00:00"),
    *("2026-00-01 00:00:00",),
    *("2026-01-00 00:00:00", "2026-01-32 00:00:00", "0000-01-01 00:00:00", "2026-05-14 24:00:00"),
    *("2026-05-14 25:00:00",),
    *("2026-05-14 21:60:00", "2026-05-14 21:03:60", "2026-05-14 21:03:61", "2026-05-14 -1:03:11"),
    *("2026-05-14 21:03:11.",),
    *("2026-05-14 21:03:11.1234567890", "2026-05-14 21:03:11 CEST", "2026-05-14 21:03:11 utc"),
    *("2026-05-14 21:03:11 PM",),
    *("2026-05-14T21:03:11+24:00", "2026-05-14T21:03:11+02:60", "2026-05-14T21:03:11+2", "2026-05-14T21:03:11+02"),
    *("2026-05-14T21:03:11Z+02:00", "2026-05-14T21:03:11 UTC UTC", "2026-W20-4T21:03:11", "2026-134T21:03:11"),
    *("0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-23:00", "2026-05-14 21:03:11\x00", "2026-05-14\x0021:03:11"),
    *("٢٠٢٦-٠٥-١٤ ٢١:٠٣:١١", "２０２６-05-14 21:03:11", "१७७८७९२५९१", "1778792591١", "2026−05−14 21:03:11"),
    *("2026-05-14 21:03:11\n2026-05-14 21:03:11", "2026-05-14 21:03:11;", "'2026-05-14 21:03:11", "\ud800", "9" * 5000),
]  # fmt: skip


@pytest.mark.parametrize("text", NONE)
def test_whatever_else_is_none(text: str) -> None:
    assert moment(text) is None


def test_a_leap_day_is_a_day_in_leap_years_alone() -> None:
    assert read("2024-02-29 12:00:00").canonical == "2024-02-29T12:00:00"
    assert read("2000-02-29 12:00:00").canonical == "2000-02-29T12:00:00"
    assert moment("1900-02-29 12:00:00") is None


def test_a_fraction_is_kept_to_the_microsecond_and_never_rounds_up() -> None:
    found = read("2026-05-14 21:03:11.999999999")
    assert (found.iso, found.second) == ("2026-05-14T21:03:11.999999", SECOND)


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1)),  # noqa: DTZ001 - the zone is drawn apart
    st.integers(-23 * 60, 23 * 60),
)
def test_every_time_with_an_offset_is_read_as_python_reads_it(at: datetime, minutes: int) -> None:
    at = at.replace(tzinfo=timezone(timedelta(minutes=minutes)), microsecond=0)
    found = read(at.isoformat())
    assert found.zoned
    assert found.second == int(at.timestamp())
    assert datetime.fromisoformat(found.iso) == at
    assert read(at.replace(tzinfo=None).isoformat(" ")).second == int(at.replace(tzinfo=UTC).timestamp())


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    found = moment(text)
    assert found is None or moment(found.iso) == found


@pytest.mark.parametrize(
    ("text", "zone", "shown"),
    [
        ("2026-10-25 01:59:59", "Europe/Berlin", Clock.ONCE),
        ("2026-10-25 02:00:00", "Europe/Berlin", Clock.TWICE),
        ("2026-10-25 02:59:59", "Europe/Berlin", Clock.TWICE),
        ("2026-10-25 03:00:00", "Europe/Berlin", Clock.ONCE),
        ("2026-03-29 01:59:59", "Europe/Berlin", Clock.ONCE),
        ("2026-03-29 02:00:00", "Europe/Berlin", Clock.NEVER),
        ("2026-03-29 02:59:59", "Europe/Berlin", Clock.NEVER),
        ("2026-03-29 03:00:00", "Europe/Berlin", Clock.ONCE),
        ("2026-10-25 02:30:00 UTC", "Europe/Berlin", Clock.ONCE),
        ("2026-10-25 02:30:00", "UTC", Clock.ONCE),
        ("2026-10-25 02:30:00", "", Clock.ONCE),
        ("2026-10-25 02:30:00", "Nowhere/Else", Clock.ONCE),
        ("2026-04-05 01:45:00", "Australia/Lord_Howe", Clock.TWICE),
        ("2026-09-06 00:30:00", "America/Santiago", Clock.NEVER),
        ("2026-04-04 23:30:00", "America/Santiago", Clock.TWICE),
        ("2011-12-30 12:00:00", "Pacific/Apia", Clock.NEVER),
    ],
)
def test_a_time_without_a_zone_was_shown_once_twice_or_never(text: str, zone: str, shown: Clock) -> None:
    assert clock(read(text), zone) is shown


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Beirut"])
def test_a_time_never_shown_is_exactly_one_the_ledger_does_not_take(zone: str) -> None:
    first = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    for half_hour in range(365 * 48):
        at = first + timedelta(minutes=30 * half_hour)
        found = clock(read(at.strftime("%Y-%m-%d %H:%M:%S")), zone)
        assert (found is Clock.NEVER) == (instant_in(ZoneInfo(zone), at) is None)


@given(
    st.one_of(
        st.datetimes(min_value=datetime(2010, 1, 1), max_value=datetime(2099, 1, 1)).map(lambda at: str(at)[:19]),  # noqa: DTZ001 - wall times
        st.sampled_from(
            ["2026-02-30 10:00:00", "2026-13-01T10:00:00", "2026-W01-1T10:00:00", "1779000000", "", "x" * 19]
        ),
        st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}( UTC|Z|)", fullmatch=True),
    )
)
def test_whether_a_time_is_bare_is_what_the_whole_reading_says(text: str) -> None:
    found = moment(text)
    assert is_bare(text) == (None if found is None else not found.zoned)

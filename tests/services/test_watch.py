"""How limits stand: rules 2 to 7, 9, 14 and 15, against figures worked out by hand."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from coinbudget.domain.limits import Level, LimitId, LimitStatus
from coinbudget.domain.profiles import ProfileId
from coinbudget.services import household, limits, record, watch
from coinbudget.services.ledger import Ledger
from tests import make

MIA = ProfileId(1)
SECOND = timedelta(seconds=1)


def add(ledger: Ledger, now: datetime, period: str, amount: str, **given: object) -> LimitId:
    values = {"profile_id": MIA, "measure": "money", **given}
    return limits.add(ledger, period=period, amount_text=amount, **values, now=now).limits[0]  # type: ignore[arg-type]  # any


def one(ledger: Ledger, now: datetime) -> LimitStatus:
    (found,) = watch.status(ledger, now=now)
    return found


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_an_empty_window_says_so_and_has_no_room_to_wait_for(ledger: Ledger, now: datetime) -> None:
    add(ledger, now, "week", "12.00")
    found = one(ledger, now)
    assert (found.used, found.left, found.level, found.empty) == (0, 1200, Level.WITHIN, True)
    assert (found.room_again_at, found.logged_up_to, found.judged, found.binding) == (None, None, True, True)


def test_a_gift_in_the_window_makes_it_not_empty(ledger: Ledger, now: datetime) -> None:
    for period in ("week", "7d"):
        add(ledger, now, period, "12.00")
    record.add(ledger, make.gift(at="2026-11-20T10:00"), now=now)
    assert not any(found.empty for found in watch.status(ledger, now=now))
    assert {found.logged_up_to for found in watch.status(ledger, now=now)} == {at("2026-11-20T10:00+01:00")}
    later = now + timedelta(days=8)
    assert all(found.empty for found in watch.status(ledger, now=later))


@pytest.mark.parametrize(
    ("period", "inside", "outside"),
    [
        ("day", "2026-11-22T00:00:00", "2026-11-21T23:59:59"),
        ("week", "2026-11-16T00:00:00", "2026-11-15T23:59:59"),
        ("month", "2026-11-01T00:00:00", "2026-10-31T23:59:59"),
        ("year", "2026-01-01T00:00:00", "2025-12-31T23:59:59"),
        ("24h", "2026-11-21T22:30:00.000001", "2026-11-21T22:30:00"),
        ("7d", "2026-11-15T22:30:00.000001", "2026-11-15T22:30:00"),
        ("30d", "2026-10-23T23:30:00.000001", "2026-10-23T23:30:00"),
    ],
)
def test_windows_hold_exactly_what_begins_inside(
    ledger: Ledger, now: datetime, period: str, inside: str, outside: str
) -> None:
    add(ledger, now, period, "12.00")
    record.add(ledger, make.purchase(at=outside), now=now)
    assert one(ledger, now).used == 0
    record.add(ledger, make.purchase(at=inside), now=now)
    assert one(ledger, now).used == 529


def test_five_limits_stand_at_once_and_the_tightest_is_named(ledger: Ledger, now: datetime) -> None:
    ids = {
        "24h": add(ledger, now, "24h", "10.00"),
        "week": add(ledger, now, "week", "12.00"),
        "7d": add(ledger, now, "7d", "17.00"),
        "month": add(ledger, now, "month", "18.00"),
        "year": add(ledger, now, "year", "100.00"),
    }
    add(ledger, now, "week", "1", measure="coins")
    for moment in ("2026-11-02T12:00", "2026-11-15T23:00", "2026-11-22T12:00"):
        record.add(ledger, make.purchase(at=moment), now=now)
    stands = {found.limit.id: found for found in watch.status(ledger, now=now)}
    left = {name: stands[key].left for name, key in ids.items()}
    assert left == {"24h": 471, "week": 671, "7d": 642, "month": 213, "year": 8413}
    assert [key for key, found in stands.items() if found.binding] == [ids["month"], 6]


def test_room_comes_again_when_the_window_ends_or_enough_has_left(ledger: Ledger, now: datetime) -> None:
    add(ledger, now, "week", "12.00")
    add(ledger, now, "7d", "12.00")
    for moment in ("2026-11-16T12:00", "2026-11-18T12:00", "2026-11-20T12:00"):
        record.add(ledger, make.purchase(at=moment), now=now)
    week, rolling = watch.status(ledger, now=now)
    assert week.room_again_at == at("2026-11-23T00:00+01:00")
    # 15.87 of 12.00: one leaving is enough.
    assert rolling.room_again_at == at("2026-11-23T12:00+01:00")
    limits.change(ledger, rolling.limit.id, amount_text="5.29", now=now)
    # At exactly the limit there is no room yet: all three must leave.
    assert watch.status(ledger, now=now)[1].room_again_at == at("2026-11-27T12:00+01:00")


def test_a_refund_gives_room_only_in_the_window_of_its_purchase(ledger: Ledger, now: datetime) -> None:
    add(ledger, now, "week", "12.00")
    add(ledger, now, "week", "12.00", cap=True)
    add(ledger, now, "7d", "12.00")
    record.add(ledger, make.purchase(), now=now)
    old = record.add(ledger, make.purchase(at="2026-11-10T12:00"), now=now).entries[0]
    record.add(ledger, make.refund(old), now=now)
    assert [(found.used, found.gross) for found in watch.status(ledger, now=now)] == [(529, 529)] * 3
    then = at("2026-11-11T12:00+01:00")
    assert [(found.used, found.gross) for found in watch.status(ledger, now=then)] == [(0, 529), (529, 529), (0, 529)]


def test_a_purchase_without_an_amount_cannot_be_judged_and_what_is_known_counts(ledger: Ledger, now: datetime) -> None:
    add(ledger, now, "week", "12.00")
    add(ledger, now, "24h", "12.00")
    record.add(ledger, make.purchase(paid="100000", currency="VND"), now=now)
    assert [(found.used, found.judged) for found in watch.status(ledger, now=now)] == [(0, False)] * 2
    record.add(ledger, make.purchase(paid="12.01"), now=now)
    assert {(found.level, found.judged) for found in watch.status(ledger, now=now)} == {(Level.BREACHED, False)}


def test_a_planned_purchase_is_only_planned(ledger: Ledger, now: datetime) -> None:
    add(ledger, now, "month", "12.00")
    planned = record.add(ledger, make.purchase(planned="1", at="2026-11-27T12:00"), now=now).entries[0]
    found = one(ledger, now)
    assert (found.used, found.planned, found.left, found.empty) == (0, 529, 1200, True)
    record.confirm(ledger, planned, now=now)
    found = one(ledger, now)
    assert (found.used, found.planned, found.left) == (529, 0, 671)


def test_a_date_of_today_counts_at_once_in_a_rolling_window(ledger: Ledger) -> None:
    morning = at("2026-11-22T08:00+01:00")
    add(ledger, morning, "24h", "12.00")
    record.add(ledger, make.purchase(at="2026-11-22"), now=morning)
    assert one(ledger, morning).used == 529
    noon_next_day = at("2026-11-23T12:00+01:00")
    assert one(ledger, noon_next_day - SECOND).used == 529
    assert one(ledger, noon_next_day).used == 0


@pytest.mark.parametrize(
    ("zone", "first", "last"),
    [
        ("Pacific/Niue", "2026-11-22T11:00:00+00:00", "2026-11-23T10:59:59+00:00"),
        ("Pacific/Apia", "2026-11-21T11:00:00+00:00", "2026-11-22T10:59:59+00:00"),
        ("Pacific/Kiritimati", "2026-11-21T10:00:00+00:00", "2026-11-22T09:59:59+00:00"),
    ],
)
def test_days_at_the_edges_of_the_earth(ledger: Ledger, zone: str, first: str, last: str) -> None:
    now = at(last)
    (leo,) = household.add_profile(ledger, name="Leo", region="DE", currency="EUR", zone=zone, now=now).profiles
    add(ledger, now, "day", "12.00", profile_id=leo)
    for moment in (at(first) - SECOND, at(first), at(last)):
        record.add(ledger, make.purchase(profile="Leo", at=moment.isoformat()), now=now)
    found = one(ledger, now)
    assert found.used == 1058
    assert (found.window.start_on, found.window.end_on) == (date(2026, 11, 22), date(2026, 11, 23))
    assert one(ledger, now + SECOND).used == 0


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-03-29T00:00:00+01:00", "2026-03-29T23:59:59+02:00"),
        ("2026-10-25T00:00:00+02:00", "2026-10-25T23:59:59+01:00"),
    ],
)
def test_days_of_both_clock_changes_hold_all_their_hours(ledger: Ledger, first: str, last: str) -> None:
    now = at(last)
    add(ledger, now, "day", "12.00")
    for moment in (at(first) - SECOND, at(first), at(last)):
        record.add(ledger, make.purchase(at=moment.isoformat()), now=now)
    assert one(ledger, now).used == 1058


def test_a_zone_change_moves_no_entry_and_loses_none(ledger: Ledger, now: datetime) -> None:
    add(ledger, now, "day", "12.00")
    add(ledger, now, "week", "40.00")
    record.add(ledger, make.purchase(at="2026-11-22T20:00"), now=now)
    household.amend_profile(ledger, MIA, zone="America/New_York", now=now)
    # Midnight in Berlin has passed, and New York still has the 22nd: the day stays.
    later = at("2026-11-22T23:00-05:00")
    record.add(ledger, make.purchase(at="2026-11-22T22:00"), now=later)
    day, week = watch.status(ledger, now=later)
    assert (day.used, week.used) == (1058, 1058)
    assert day.window.end_at == at("2026-11-23T00:00-05:00")
    next_day = at("2026-11-23T00:00-05:00")
    record.add(ledger, make.purchase(at="2026-11-23T00:00"), now=next_day)
    day, week = watch.status(ledger, now=next_day)
    # Sunday is in the week before Monday the 23rd.
    assert (day.used, week.used) == (529, 529)


def test_a_status_is_asked_of_some_profiles_or_of_all(ledger: Ledger, now: datetime) -> None:
    (leo,) = household.add_profile(ledger, name="Leo", region="JP", currency="JPY", zone="Asia/Tokyo", now=now).profiles
    add(ledger, now, "week", "12.00")
    add(ledger, now, "week", "1500", profile_id=leo)
    assert [found.limit.profile_id for found in watch.status(ledger, now=now)] == [MIA, leo]
    assert [found.limit.currency for found in watch.status(ledger, profile_ids=[leo], now=now)] == ["JPY"]
    assert all(found.binding for found in watch.status(ledger, now=now))


def test_the_bars_show_windows_that_lie_end_to_end(ledger: Ledger, now: datetime) -> None:
    week, rolling = add(ledger, now, "week", "12.00"), add(ledger, now, "7d", "12.00")
    for moment in ("2026-11-02T12:00", "2026-11-15T23:00", "2026-11-22T12:00"):
        record.add(ledger, make.purchase(at=moment), now=now)
    assert [used for _, used in watch.history(ledger, week, now=now, count=4)] == [0, 529, 529, 529]
    bars = watch.history(ledger, rolling, now=now, count=4)
    assert [used for _, used in bars] == [0, 529, 0, 1058]
    assert all(one_[0].end_at == following[0].start_at for one_, following in pairwise(bars))

"""Profiles and their dated settings."""

from datetime import UTC, date, datetime, timedelta

import pytest

from coinbudget.domain.errors import Refusal
from coinbudget.domain.periods import home_day
from coinbudget.domain.profiles import Profile, ProfileId
from coinbudget.services import household, limits, record, watch
from coinbudget.services.ledger import Ledger
from coinbudget.services.wording import sentence
from tests import make

MIA = ProfileId(1)


def add(ledger: Ledger, now: datetime, **given: object) -> Profile:
    values = {"name": "Leo", "region": "JP", "currency": "JPY", "zone": "Asia/Tokyo", **given}
    changes = household.add_profile(ledger, **values, now=now)  # type: ignore[arg-type]  # any field
    (profile_id,) = changes.profiles
    return household.profile(ledger, profile_id)


def test_a_profile_is_found_by_id_and_by_folded_name(ledger: Ledger, now: datetime) -> None:
    leo = add(ledger, now, birth_year=2010, day_start=4, week_start=6, month_start=25)
    assert household.profile(ledger, " lEO ") == leo
    assert [one.name for one in household.profiles(ledger)] == ["Mia", "Leo"]
    assert leo.settings[0].effective_on == date.min
    assert (leo.settings[0].day_start, leo.settings[0].week_start, leo.settings[0].month_start) == (4, 6, 25)


@pytest.mark.parametrize("who", ["Nobody", ProfileId(99)])
def test_an_unknown_profile_is_refused(ledger: Ledger, who: str | ProfileId) -> None:
    with pytest.raises(Refusal) as refused:
        household.profile(ledger, who)
    assert [one.code for one in refused.value.problems] == ["unknown_profile"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"name": " mIA "}, "profile_exists"),
        ({"name": "\uff2dia"}, "profile_exists"),  # full width
        ({"name": " \u2003 "}, "name_missing"),
        ({"name": "x" * 10_000}, "name_too_long"),
        ({"name": "Le\x07o"}, "name_control"),
        ({"name": "Mia\u202e"}, "name_control"),
        ({"region": "XX"}, "unknown_region"),
        ({"region": ""}, "unknown_region"),
        ({"currency": "EURO"}, "unknown_currency"),
        ({"currency": ""}, "unknown_currency"),
        ({"zone": "Europe/Berln"}, "unknown_zone"),
        ({"zone": "../../etc/passwd"}, "unknown_zone"),
        ({"birth_year": 1899}, "out_of_range"),
        ({"birth_year": 2027}, "out_of_range"),
        ({"day_start": 7}, "out_of_range"),
        ({"day_start": -1}, "out_of_range"),
        ({"week_start": 7}, "out_of_range"),
        ({"month_start": 0}, "out_of_range"),
        ({"month_start": 32}, "out_of_range"),
    ],
)
def test_bad_values_are_problems_with_a_sentence_and_write_nothing(
    ledger: Ledger, now: datetime, given: dict[str, object], code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        add(ledger, now, **given)
    assert [one.code for one in refused.value.problems] == [code]
    assert all(sentence(one) for one in refused.value.problems)
    assert len(household.profiles(ledger)) == 1
    if code == "profile_exists":
        add(ledger, now)
        given = {"name": " LEO "}
    before = household.profile(ledger, MIA)
    with pytest.raises(Refusal) as refused:
        household.amend_profile(ledger, MIA, **given, now=now)  # type: ignore[arg-type]  # any field
    assert [one.code for one in refused.value.problems] == [code]
    assert household.profile(ledger, MIA) == before


def test_every_fault_is_named_at_once(ledger: Ledger, now: datetime) -> None:
    with pytest.raises(Refusal) as refused:
        add(ledger, now, name="", region="?", currency="?", zone="?", birth_year=1, month_start=99)
    assert {one.field for one in refused.value.problems} == {
        "name",
        "region",
        "currency",
        "zone",
        "birth_year",
        "month_start",
    }


def test_a_name_may_change_its_case(ledger: Ledger, now: datetime) -> None:
    household.amend_profile(ledger, MIA, name="MIA", now=now)
    assert household.profile(ledger, "mia").name == "MIA"


def test_settings_hold_from_the_next_home_midnight_and_move_no_earlier_day(ledger: Ledger, now: datetime) -> None:
    before = household.profile(ledger, MIA).settings
    household.amend_profile(ledger, MIA, zone="America/New_York", week_start=6, now=now)
    after = household.profile(ledger, MIA).settings
    assert [part.effective_on for part in after] == [date.min, date(2026, 11, 23)]
    for hours in range(2000):
        at = now - timedelta(hours=hours)
        assert home_day(before, at) == home_day(after, at)
    # At 23:00 UTC it is midnight in Berlin; New York is still on the 22nd, so the 22nd stays.
    assert home_day(after, datetime(2026, 11, 23, 4, 59, tzinfo=UTC)) == date(2026, 11, 22)
    assert home_day(after, datetime(2026, 11, 23, 5, tzinfo=UTC)) == date(2026, 11, 23)


def test_a_second_change_on_the_same_day_replaces_the_first(ledger: Ledger, now: datetime) -> None:
    household.amend_profile(ledger, MIA, zone="Asia/Tokyo", now=now)
    household.amend_profile(ledger, MIA, month_start=31, now=now)
    first, second = household.profile(ledger, MIA).settings
    assert (first.zone, second.zone, second.month_start) == ("Europe/Berlin", "Asia/Tokyo", 31)


def test_what_is_not_given_stays(ledger: Ledger, now: datetime) -> None:
    before = household.profile(ledger, MIA)
    household.amend_profile(ledger, MIA, now=now)
    assert household.profile(ledger, MIA) == before


def test_the_currency_can_change_while_nothing_is_kept_in_it(ledger: Ledger, now: datetime) -> None:
    limits.add(ledger, profile_id=MIA, measure="coins", period="week", amount_text="100", now=now)
    record.add(ledger, make.gift(), now=now)
    household.amend_profile(ledger, MIA, currency="usd", now=now)
    assert household.profile(ledger, MIA).currency == "USD"


def test_the_currency_is_fixed_by_a_purchase_even_a_voided_one(ledger: Ledger, now: datetime) -> None:
    entries = record.add(ledger, make.purchase(), now=now).entries
    record.void(ledger, entries, now=now)
    with pytest.raises(Refusal) as refused:
        household.amend_profile(ledger, MIA, currency="USD", now=now)
    assert [one.code for one in refused.value.problems] == ["currency_fixed"]


def test_the_currency_is_fixed_by_a_limit_of_money(ledger: Ledger, now: datetime) -> None:
    (limit_id,) = limits.add(
        ledger, profile_id=MIA, measure="money", period="week", amount_text="12.00", now=now
    ).limits
    with pytest.raises(Refusal):
        household.amend_profile(ledger, MIA, currency="USD", now=now)
    limits.remove(ledger, limit_id, now=now)
    household.amend_profile(ledger, MIA, currency="USD", now=now)


def test_a_planned_purchase_moves_with_the_zone(ledger: Ledger, now: datetime) -> None:
    record.add(ledger, make.purchase(planned="1", at="2026-12-24T23:30"), now=now)
    household.amend_profile(ledger, MIA, zone="Asia/Tokyo", now=now)
    (planned,) = make.all_entries(ledger)
    assert planned.home_on == date(2026, 12, 25)


def test_a_birth_year_is_cleared_only_when_that_is_said(ledger: Ledger, now: datetime) -> None:
    leo = add(ledger, now, birth_year=2010)
    household.amend_profile(ledger, leo.id, name="Leon", now=now)
    assert household.profile(ledger, leo.id).birth_year == 2010
    household.amend_profile(ledger, leo.id, clear_birth_year=True, now=now)
    assert household.profile(ledger, leo.id).birth_year is None


@pytest.mark.parametrize(
    ("zone", "begins"), [("Asia/Tokyo", date(2026, 11, 24)), ("America/New_York", date(2026, 11, 23))]
)
def test_a_zone_holds_from_a_day_that_has_begun_neither_here_nor_there(
    ledger: Ledger, now: datetime, zone: str, begins: date
) -> None:
    """It is Sunday evening in Berlin and Monday morning in Tokyo: what was just logged stands on Sunday."""
    record.add(ledger, make.gift(at=(now - timedelta(hours=1)).isoformat()), now=now)
    household.amend_profile(ledger, MIA, zone=zone, now=now)
    settings = household.profile(ledger, MIA).settings
    assert settings[-1].effective_on == begins
    (gift,) = make.all_entries(ledger)
    assert home_day(settings, gift.at) == gift.home_on
    limits.add(ledger, profile_id=MIA, measure="coins", period="24h", amount_text="10", now=now)
    for hours in (2, 10, 22):
        (status,) = watch.status(ledger, now=now + timedelta(hours=hours))
        assert status.used == gift.coins

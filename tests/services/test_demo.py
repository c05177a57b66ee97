"""The sample: the same every time, believable, near its week's limit whatever day it is."""

from datetime import UTC, datetime, timedelta

import pytest

from coinbudget.domain.entries import Adjustment, Gift, Purchase, Refund
from coinbudget.domain.limits import Level
from coinbudget.domain.profiles import ProfileId
from coinbudget.services import demo, household, limits, summarise, verify, watch
from coinbudget.services.ledger import Ledger, open_ledger
from tests import make
from tests.conftest import NOW

MIA, LEO = ProfileId(1), ProfileId(2)


def sample(now: datetime) -> Ledger:
    ledger = open_ledger(None, now=now, create=True)
    demo.fill(ledger, now=now)
    return ledger


@pytest.fixture(scope="module")
def filled() -> Ledger:
    return sample(NOW)


def test_sample_is_the_same_for_the_same_time(filled: Ledger) -> None:
    again = sample(NOW)
    assert make.all_entries(again) == make.all_entries(filled)
    again.close()


def test_sample_is_a_sound_ledger(filled: Ledger) -> None:
    assert verify.verify(filled) == ()


def test_sample_has_all_that_a_page_can_show(filled: Ledger) -> None:
    entries = make.all_entries(filled)
    purchases = [entry for entry in entries if isinstance(entry, Purchase)]
    gifts = [entry for entry in entries if isinstance(entry, Gift)]
    assert {purchase.channel.value for purchase in purchases} >= {"web", "ios", "android"}
    assert any(one.paid and one.paid.currency.code == "USD" and one.converted_minor for one in purchases)
    assert any(purchase.planned for purchase in purchases)
    assert any(isinstance(entry, Refund) for entry in entries)
    assert {str(entry.reason) for entry in entries if isinstance(entry, Adjustment)} == {"bonus", "other-use"}
    assert len({gift.creator for gift in gifts}) >= 6
    assert max(len(gift.creator) for gift in gifts) > 30
    assert all(gift.gift_name for gift in gifts)
    assert (NOW - min(entry.at for entry in entries)).days > 390


def test_leo_is_a_minor_with_a_cap(filled: Ledger) -> None:
    leo = household.profile(filled, "Leo")
    assert leo.birth_year is not None
    assert NOW.year - leo.birth_year < 18
    assert [limit.cap for limit in limits.limits(filled, LEO)] == [True]


def test_overview_of_the_sample_is_full(filled: Ledger) -> None:
    shown = summarise.overview(filled, MIA, now=NOW)
    assert (shown.spent_week_minor, shown.on_hand, shown.uncovered) == (1057, 746, 0)
    assert len(shown.creators) >= 4
    assert len(shown.latest) == 6
    assert len(shown.statuses) == 4
    assert 2000 < shown.spent_month_minor < 4000
    assert "80" in {alert.mark.value for alert in watch.alerts(filled, profile_id=MIA)}


@pytest.mark.parametrize("days", range(0, 45, 3))
def test_week_is_near_its_limit_whatever_day_it_is(days: int) -> None:
    now = datetime(2026, 2, 1, 22, 1, tzinfo=UTC) + timedelta(days=days, hours=days * 5 % 24)
    ledger = sample(now)
    shown = summarise.overview(ledger, MIA, now=now)
    week = next(status for status in shown.statuses if status.limit.period.value == "week")
    assert (week.used, week.level, shown.uncovered) == (1057, Level.NEARING, 0)
    assert all(entry.at <= now or entry.planned for entry in make.all_entries(ledger))
    ledger.close()

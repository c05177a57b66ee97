"""What a form shows before saving: rules 12 to 14."""

from datetime import UTC, datetime, timedelta

import pytest

from coinbudget.domain.limits import Level
from coinbudget.domain.profiles import ProfileId
from coinbudget.domain.rates import RateSource
from coinbudget.domain.valuation import Cost
from coinbudget.services import household, limits, record, watch
from coinbudget.services.ledger import Ledger
from tests import make

MIA = ProfileId(1)


@pytest.fixture
def limited(ledger: Ledger, now: datetime) -> Ledger:
    """A ledger with limits of money and coins, and one purchase of 5.29 on Friday."""
    record.add(ledger, make.purchase(at="2026-11-20T12:00"), now=now)
    for measure, period, amount in (
        ("money", "week", "12.00"),
        ("money", "24h", "12.00"),
        ("money", "7d", "10.00"),
        ("coins", "week", "150"),
    ):
        limits.add(ledger, profile_id=MIA, measure=measure, period=period, amount_text=amount, now=now)
    return ledger


def test_a_purchase_shows_the_limits_of_money_before_and_after(limited: Ledger, now: datetime) -> None:
    shown = watch.preview(limited, make.purchase(paid="9.99"), now=now)
    assert [(one.before.used, one.after.used, one.over_by) for one in shown.outlooks] == [
        (529, 1528, 328),
        (0, 999, 0),
        (529, 1528, 528),
    ]
    assert shown.binding is not None
    assert shown.binding.after.limit.period.value == "7d"
    assert shown.binding.after.level is Level.BREACHED
    # 9.99 of 10.00 once Friday's 5.29 has left.
    assert shown.binding.after.room_again_at == datetime(2026, 11, 27, 11, tzinfo=UTC)
    assert (shown.coins, shown.on_hand_after) == (350, 700)
    assert shown.converted is not None
    assert (shown.converted.minor, shown.rate_source, shown.charged_wanted) == (999, RateSource.SAME, False)
    assert [one.used for one in shown.statuses] == [1528, 999, 1528, 0]


def test_a_gift_shows_the_limits_of_coins_and_its_true_cost(limited: Ledger, now: datetime) -> None:
    shown = watch.preview(limited, make.gift(coins="200"), now=now)
    (only,) = shown.outlooks
    assert (only.before.used, only.after.used, only.over_by, only.after.level) == (0, 200, 50, Level.BREACHED)
    assert shown.cost == Cost(minor=302, unknown_coins=0)
    assert shown.on_hand_after == 150
    assert shown.buying_today is not None


def test_a_foreign_price_is_converted_and_charged_is_asked_for(limited: Ledger, now: datetime) -> None:
    shown = watch.preview(limited, make.purchase(paid="9.99", currency="USD"), now=now)
    assert shown.rate is not None
    assert shown.charged_wanted
    given = watch.preview(limited, make.purchase(paid="9.99", currency="USD", charged="9.50"), now=now)
    assert given.converted is not None
    assert (given.converted.minor, given.rate_source, given.charged_wanted) == (950, RateSource.CHARGED, False)


def test_without_a_rate_the_limit_cannot_judge(limited: Ledger, now: datetime) -> None:
    shown = watch.preview(limited, make.purchase(paid="100000", currency="VND"), now=now)
    assert (shown.converted, shown.charged_wanted) == (None, True)
    assert not any(one.after.judged for one in shown.outlooks)
    assert all(one.before.judged for one in shown.outlooks)


def test_an_unfinished_draft_shows_problems_and_what_coins_cost(limited: Ledger, now: datetime) -> None:
    shown = watch.preview(limited, make.purchase(paid="9.9.9"), now=now)
    assert shown.entry is None
    assert [(one.field, one.code) for one in shown.problems] == [("paid", "not_a_number")]
    assert (shown.outlooks, shown.binding) == ((), None)
    assert shown.buying_today is not None
    assert shown.buying_today.amount.minor == 529


def test_nothing_is_written(limited: Ledger, now: datetime) -> None:
    before = (make.all_entries(limited), watch.status(limited, now=now), watch.alerts(limited, unseen_only=False))
    for draft in (make.purchase(), make.gift(gift="Unheard of"), make.refund(before[0][0].id), make.adjustment()):
        watch.preview(limited, draft, now=now)
    after = (make.all_entries(limited), watch.status(limited, now=now), watch.alerts(limited, unseen_only=False))
    assert after == before


def test_a_late_entry_is_shown_in_its_own_window(limited: Ledger, now: datetime) -> None:
    shown = watch.preview(limited, make.purchase(paid="11.00", at="2026-11-11T12:00"), now=now)
    week, day, rolling = shown.outlooks
    assert str(week.after.window.start_on) == "2026-11-09"
    assert (week.before.used, week.after.used) == (0, 1100)
    assert day.after.window.end_at == rolling.after.window.end_at == datetime(2026, 11, 11, 11, tzinfo=UTC)
    assert [one.used for one in shown.statuses[:3]] == [529, 0, 529]


def test_amending_takes_the_old_entry_out_first(limited: Ledger, now: datetime) -> None:
    (old,) = make.all_entries(limited)
    shown = watch.preview(limited, make.purchase(paid="6.29", at="2026-11-20T12:00"), now=now, amending=old.id)
    assert [(one.before.used, one.after.used) for one in shown.outlooks] == [(529, 629)] * 3
    assert shown.on_hand_after == 350
    record.amend(limited, old.id, make.purchase(paid="6.29", at="2026-11-20T12:00"), now=now)
    assert watch.status(limited, now=now) == shown.statuses


def test_amending_a_refunded_purchase_freezes_its_refunds_anew(limited: Ledger, now: datetime) -> None:
    old = record.add(limited, make.purchase(paid="9.99", currency="USD"), now=now).entries[0]
    record.add(limited, make.refund(old, paid="3.00"), now=now)
    draft = make.purchase(paid="9.99", currency="USD", charged="20.00")
    shown = watch.preview(limited, draft, now=now, amending=old)
    record.amend(limited, old, draft, now=now)
    assert watch.status(limited, now=now) == shown.statuses


def test_a_refund_gives_room_in_the_window_of_its_purchase(limited: Ledger, now: datetime) -> None:
    (bought,) = make.all_entries(limited)
    shown = watch.preview(limited, make.refund(bought.id), now=now)
    assert [(one.before.used, one.after.used) for one in shown.outlooks] == [(529, 0)] * 3
    assert shown.on_hand_after == 0
    record.add(limited, make.refund(bought.id), now=now)
    assert watch.status(limited, now=now) == shown.statuses


def test_a_planned_purchase_is_shown_planned_where_it_will_lie(limited: Ledger, now: datetime) -> None:
    shown = watch.preview(limited, make.purchase(planned="1", at="2026-11-25T12:00"), now=now)
    assert [(one.after.used, one.after.planned) for one in shown.outlooks] == [(0, 529), (0, 529), (529, 529)]
    assert [one.planned for one in shown.statuses[:3]] == [0, 0, 0]
    assert shown.on_hand_after == 350


def test_room_again_counts_the_entry_itself(limited: Ledger, now: datetime) -> None:
    small = watch.preview(limited, make.purchase(paid="6.00"), now=now).outlooks[2].after
    # 11.29 of 10.00 in any 7 days: Friday's 5.29 leaving is enough.
    assert small.room_again_at == datetime(2026, 11, 27, 11, tzinfo=UTC)
    large = watch.preview(limited, make.purchase(paid="60.00"), now=now).outlooks[2].after
    assert large.room_again_at == now + timedelta(days=7)


def test_the_profile_of_the_draft_is_the_one_previewed(limited: Ledger, now: datetime) -> None:
    household.add_profile(limited, name="Leo", region="JP", currency="JPY", zone="Asia/Tokyo", now=now)
    shown = watch.preview(limited, make.purchase(profile="leo", paid="1500", currency="JPY"), now=now)
    assert (shown.outlooks, shown.statuses) == ((), ())
    assert shown.on_hand_after == 350


def test_an_unknown_entry_to_amend_is_a_problem(limited: Ledger, now: datetime) -> None:
    shown = watch.preview(limited, make.purchase(), now=now, amending="nothing")  # type: ignore[arg-type]  # a wrong id
    assert [one.code for one in shown.problems] == ["unknown_entry"]

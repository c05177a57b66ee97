"""Adding, changing, removing and taking back limits: rules 1, 4, 9 and 18."""

from datetime import datetime, timedelta

import pytest

from coinbudget.domain.drafts import NumberStyle
from coinbudget.domain.errors import Refusal
from coinbudget.domain.limits import Level, Limit, LimitId, Measure
from coinbudget.domain.periods import Period
from coinbudget.domain.profiles import ProfileId
from coinbudget.services import household, limits, record, watch
from coinbudget.services.ledger import Ledger
from coinbudget.services.wording import sentence
from tests import make

MIA = ProfileId(1)
MINUTE = timedelta(minutes=1)


def add(ledger: Ledger, now: datetime, **given: object) -> Limit:
    values = {"profile_id": MIA, "measure": "money", "period": "week", "amount_text": "12.00", **given}
    (limit_id,) = limits.add(ledger, **values, now=now).limits  # type: ignore[arg-type]  # any field
    return next(one for one in limits.limits(ledger) if one.id == limit_id)


def codes(refused: pytest.ExceptionInfo[Refusal]) -> list[str]:
    assert all(sentence(one) for one in refused.value.problems)
    return [one.code for one in refused.value.problems]


def test_a_limit_is_kept_as_given(ledger: Ledger, now: datetime) -> None:
    found = add(ledger, now)
    assert (found.measure, found.period, found.amount, found.currency) == (Measure.MONEY, Period.WEEK, 1200, "EUR")
    assert not found.cap
    assert found.refunds_give_room


def test_amounts_follow_the_currency_and_the_style(ledger: Ledger, now: datetime) -> None:
    (leo,) = household.add_profile(ledger, name="Leo", region="JP", currency="JPY", zone="Asia/Tokyo", now=now).profiles
    assert add(ledger, now, profile_id=leo, amount_text="1500").amount == 1500
    style = NumberStyle(decimal=",", group=".")
    assert add(ledger, now, amount_text="1.200,5", numbers=style).amount == 120_050
    coins = add(ledger, now, measure="coins", amount_text="1.200", numbers=style)
    assert (coins.amount, coins.currency) == (1200, None)


def test_zero_is_a_limit(ledger: Ledger, now: datetime) -> None:
    assert add(ledger, now, amount_text="0").amount == 0
    record.add(ledger, make.gift(), now=now)
    assert watch.status(ledger, now=now)[0].level is Level.WITHIN
    record.add(ledger, make.purchase(paid="0.01"), now=now)
    (after,) = watch.status(ledger, now=now)
    assert (after.level, after.left, after.room_again_at) == (Level.BREACHED, -1, None)


def test_refunds_give_no_room_to_a_cap_unless_said(ledger: Ledger, now: datetime) -> None:
    assert not add(ledger, now, cap=True).refunds_give_room
    assert add(ledger, now, cap=True, refunds_give_room=True).refunds_give_room
    assert not add(ledger, now, refunds_give_room=False).refunds_give_room


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"measure": "time"}, ["unknown_measure"]),
        ({"measure": "cost"}, ["not_available"]),
        ({"creator": "@luna"}, ["not_available"]),
        ({"channel": "web"}, ["not_available"]),
        ({"period": "fortnight"}, ["unknown_period"]),
        ({"amount_text": ""}, ["required"]),
        ({"amount_text": "  "}, ["required"]),
        ({"amount_text": "-1"}, ["below_zero"]),
        ({"amount_text": "-0.01"}, ["below_zero"]),
        ({"amount_text": "1.234"}, ["too_many_decimals"]),
        ({"amount_text": "1,5"}, ["not_a_number"]),
        ({"amount_text": "NaN"}, ["not_a_number"]),
        ({"amount_text": "1e3"}, ["not_a_number"]),
        ({"amount_text": "\u0661\u0662"}, ["not_a_number"]),
        ({"amount_text": "999999999999"}, ["too_large"]),
        ({"amount_text": "9" * 10_000}, ["too_large"]),
        ({"measure": "coins", "amount_text": "1.5"}, ["not_whole"]),
        ({"measure": "coins", "amount_text": "90000000001"}, ["too_large"]),
        ({"profile_id": ProfileId(9)}, ["unknown_profile"]),
    ],
)
def test_bad_values_are_problems_with_a_sentence_and_write_nothing(
    ledger: Ledger, now: datetime, given: dict[str, object], expected: list[str]
) -> None:
    with pytest.raises(Refusal) as refused:
        add(ledger, now, **given)
    assert codes(refused) == expected
    assert limits.limits(ledger) == ()


def test_a_change_leaves_the_rest(ledger: Ledger, now: datetime) -> None:
    kept = add(ledger, now)
    limits.change(ledger, kept.id, amount_text="8.00", now=now)
    limits.change(ledger, kept.id, period="24h", now=now)
    (changed,) = limits.limits(ledger, MIA)
    assert (changed.amount, changed.period, changed.refunds_give_room) == (800, Period.ROLLING_DAY, True)
    assert changed.revision == 2


def test_a_removed_limit_is_gone(ledger: Ledger, now: datetime) -> None:
    kept = add(ledger, now)
    limits.remove(ledger, kept.id, now=now)
    assert limits.limits(ledger) == ()
    assert watch.status(ledger, now=now) == ()
    with pytest.raises(Refusal) as refused:
        limits.change(ledger, kept.id, amount_text="1", now=now)
    assert codes(refused) == ["unknown_limit"]


def test_an_id_is_never_used_again(ledger: Ledger, now: datetime) -> None:
    first = add(ledger, now)
    limits.remove(ledger, first.id, now=now)
    assert add(ledger, now).id > first.id


def test_an_added_limit_is_taken_back(ledger: Ledger, now: datetime) -> None:
    kept = add(ledger, now)
    assert limits.can_take_back(ledger, kept.id, now=now + 10 * MINUTE)
    limits.take_back(ledger, kept.id, now=now + 10 * MINUTE)
    assert limits.limits(ledger) == ()


def test_a_changed_limit_is_taken_back_once(ledger: Ledger, now: datetime) -> None:
    kept = add(ledger, now)
    limits.change(ledger, kept.id, amount_text="120.00", period="month", now=now)
    limits.take_back(ledger, kept.id, now=now + MINUTE)
    (back,) = limits.limits(ledger)
    assert (back.amount, back.period) == (1200, Period.WEEK)
    assert not limits.can_take_back(ledger, kept.id, now=now + MINUTE)


def test_a_removed_limit_is_taken_back(ledger: Ledger, now: datetime) -> None:
    kept = add(ledger, now)
    limits.remove(ledger, kept.id, now=now)
    limits.take_back(ledger, kept.id, now=now + MINUTE)
    assert [one.id for one in limits.limits(ledger)] == [kept.id]


@pytest.mark.parametrize("late", [timedelta(minutes=10, microseconds=1), timedelta(days=1), -MINUTE])
def test_after_ten_minutes_or_with_the_clock_back_nothing_is_taken_back(
    ledger: Ledger, now: datetime, late: timedelta
) -> None:
    kept = add(ledger, now)
    with pytest.raises(Refusal) as refused:
        limits.take_back(ledger, kept.id, now=now + late)
    assert codes(refused) == ["take_back_over"]
    assert len(limits.limits(ledger)) == 1


def test_after_an_entry_nothing_is_taken_back(ledger: Ledger, now: datetime) -> None:
    record.add(ledger, make.purchase(), now=now)
    kept = add(ledger, now)
    assert limits.can_take_back(ledger, kept.id, now=now)
    record.add(ledger, make.gift(), now=now)
    assert not limits.can_take_back(ledger, kept.id, now=now)


def test_a_cap_is_never_taken_back(ledger: Ledger, now: datetime) -> None:
    cap = add(ledger, now, cap=True)
    with pytest.raises(Refusal) as refused:
        limits.take_back(ledger, cap.id, now=now)
    assert codes(refused) == ["take_back_cap"]
    limits.change(ledger, cap.id, cap=False, now=now)
    assert not limits.can_take_back(ledger, cap.id, now=now)


def test_an_unknown_limit_is_refused_everywhere(ledger: Ledger, now: datetime) -> None:
    for call in (limits.remove, limits.take_back):
        with pytest.raises(Refusal) as refused:
            call(ledger, LimitId(7), now=now)
        assert codes(refused) == ["unknown_limit"]
    with pytest.raises(Refusal):
        watch.history(ledger, LimitId(7), now=now)
    assert not limits.can_take_back(ledger, LimitId(7), now=now)

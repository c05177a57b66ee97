"""Which purchase a row of another source is."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coinbudget.domain.pairing import CLEARLY, NEAR, PairReason, Side, best_pair, pair_reason

AT = datetime(2026, 5, 14, 21, 3, 11, tzinfo=UTC)


def side(minutes: float = 0, **given_: Any) -> Side:
    at = AT + timedelta(minutes=minutes)
    return Side(**{"at": at, "home_on": at.date(), "exact": True, "coins": None, "paid": None, **given_})


@pytest.mark.parametrize(
    ("incoming", "standing", "reason"),
    [
        (side(coins=350), side(2, coins=350), PairReason.TIME_AND_AMOUNTS),
        (side(paid=(529, "EUR")), side(2, coins=350), PairReason.TIME),
        (side(coins=350), side(2, coins=70), None),
        (side(paid=(529, "EUR")), side(2, paid=(529, "USD")), None),
        (side(coins=350, paid=(370, "EUR")), side(2, coins=350, paid=(369, "EUR")), PairReason.AMOUNT_DIFFERS),
        (side(coins=350, paid=(370, "EUR")), side(2, coins=300, paid=(370, "EUR")), PairReason.AMOUNT_DIFFERS),
        (side(coins=350, paid=(370, "EUR")), side(3, coins=350, paid=(369, "EUR")), None),
        (side(coins=350, paid=(370, "EUR")), side(0, coins=70, paid=(80, "EUR")), None),
        (side(coins=350, paid=(370, "EUR")), side(0, coins=350, paid=(369, "EUR"), exact=False), None),
        (side(coins=350), side(16, coins=350), None),
        (side(coins=350), side(15, coins=350), PairReason.TIME_AND_AMOUNTS),
        (side(coins=350), side(600, coins=350, exact=False, home_on=AT.date()), PairReason.DAY),
        (side(coins=350), side(0, exact=False), PairReason.DAY_ALONE),
        (side(coins=350), side(0, exact=False, paid=(529, "EUR")), PairReason.DAY_ALONE),
        (side(coins=350), side(0, exact=False, coins=70), None),
        (side(coins=350), side(0, coins=350, exact=False, home_on=date(2026, 5, 15)), None),
        (side(order_ref="GPA.1", coins=1), side(999, order_ref="GPA.1", coins=2), PairReason.ORDER_DIFFERS),
        (side(order_ref="GPA.1", coins=1), side(999, order_ref="GPA.1", paid=(2, "EUR")), PairReason.ORDER),
        (side(order_ref="GPA.1", coins=350), side(order_ref="GPA.2", coins=350), None),
        (side(order_ref="GPA.1", coins=350), side(1, coins=350), PairReason.TIME_AND_AMOUNTS),
    ],
)
def test_a_pair_is_near_in_time_and_nothing_speaks_against_it(
    incoming: Side, standing: Side, reason: PairReason | None
) -> None:
    assert pair_reason(incoming, standing) is reason


def best(incoming: Side, *standing: Side) -> tuple[int | None, bool]:
    found = [(reason, one) for one in standing if (reason := pair_reason(incoming, one)) is not None]
    return best_pair(incoming, found)


def test_the_nearest_is_proposed_and_asked_where_another_is_about_as_near() -> None:
    assert best(side(coins=350), side(5, coins=350), side(1, coins=350)) == (1, False)
    assert best(side(coins=350), side(-1, coins=350), side(1.5, coins=350)) == (0, True)
    assert best(side(coins=350), side(3, coins=350)) == (0, False)
    assert best(side(coins=350)) == (None, False)


def test_days_alone_cannot_tell_two_purchases_apart() -> None:
    day = {"exact": False, "coins": 350, "home_on": AT.date()}
    assert best(side(coins=350), side(-60, **day), side(30, **day)) == (0, True)


def test_the_surer_reason_goes_before_the_nearer_time() -> None:
    assert best(side(coins=350), side(0, paid=(1, "EUR")), side(9, coins=350)) == (1, False)
    known = side(order_ref="X", coins=350)
    assert best(known, side(0, coins=350), side(0.5, coins=350), side(99, order_ref="X")) == (2, False)


@given(st.lists(st.integers(-1200, 1200), max_size=6))
def test_the_best_is_never_farther_than_any_other_and_asked_exactly_when_close(seconds: list[int]) -> None:
    incoming = side(coins=350)
    found = [
        (reason, one)
        for one in (side(second / 60, coins=350) for second in seconds)
        if (reason := pair_reason(incoming, one)) is not None
    ]
    place, unsure = best_pair(incoming, found)
    gaps = sorted(abs(one.at - incoming.at) for _, one in found)
    assert (place is None) == (not gaps)
    if place is not None:
        assert abs(found[place][1].at - incoming.at) == gaps[0] <= NEAR
        assert unsure == (len(gaps) > 1 and gaps[1] - gaps[0] < CLEARLY)

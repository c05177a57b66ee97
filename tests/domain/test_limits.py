"""Levels and marks of a limit: rule 9; the tightest: rule 2; what counts: rules 1, 3, 4 and 14."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coinbudget.domain.entries import Adjustment, EntryId, Gift, Purchase, Reason, Refund
from coinbudget.domain.limits import (
    Level,
    Limit,
    LimitId,
    LimitStatus,
    Mark,
    Measure,
    Use,
    floors,
    level_of,
    marks_passed,
    measures_of,
    rises,
    status_of,
    tightest,
    use_of,
    with_binding,
)
from coinbudget.domain.money import Currency, Money
from coinbudget.domain.periods import Period, Window
from coinbudget.domain.profiles import ProfileId

AT = datetime(2026, 11, 22, 21, 30, tzinfo=UTC)
EUR = Currency(code="EUR", digits=2)
LEVELS = list(Level)


def purchase(minor: int | None = 529, **given_: object) -> Purchase:
    base = Purchase(
        id=EntryId("p"),
        profile_id=ProfileId(1),
        at=AT,
        home_on=date(2026, 11, 22),
        zone="Europe/Berlin",
        coins=350,
        paid=Money(minor=529, currency=EUR),
        converted_minor=minor,
    )
    return replace(base, **given_)  # type: ignore[arg-type]  # any field


def gift(coins: int | None = 100) -> Gift:
    return Gift(
        id=EntryId("g"),
        profile_id=ProfileId(1),
        at=AT,
        home_on=date(2026, 11, 22),
        zone="Europe/Berlin",
        coins=coins,
        creator="luna",
    )


def limit(number: int, amount: int = 1000, *, profile: int = 1, measure: Measure = Measure.MONEY) -> Limit:
    return Limit(
        id=LimitId(number),
        profile_id=ProfileId(profile),
        measure=measure,
        period=Period.WEEK,
        amount=amount,
        currency="EUR",
        created_at=AT,
    )


def status(of: Limit, used: int, end_at: datetime = AT) -> LimitStatus:
    window = Window(start_at=end_at - timedelta(days=7), end_at=end_at)
    return status_of(of, window, Use(gross=used, entries=1), room_again_at=None, logged_up_to=None)


@pytest.mark.parametrize(
    ("used", "level"),
    [
        (0, Level.WITHIN),
        (599, Level.WITHIN),
        (600, Level.NEARING),
        (959, Level.NEARING),
        (960, Level.NEARING),
        (1199, Level.NEARING),
        (1200, Level.REACHED),
        (1201, Level.BREACHED),
    ],
)
def test_exactly_the_limit_is_reached_and_one_more_is_over(used: int, level: Level) -> None:
    assert level_of(used, 1200) is level


def test_a_limit_of_zero_is_within_at_zero_and_breached_above() -> None:
    assert level_of(0, 0) is Level.WITHIN
    assert level_of(1, 0) is Level.BREACHED
    assert marks_passed(0, 0) == ()
    assert marks_passed(1, 0) == (Mark.OVER,)
    assert floors(0) == ((Mark.OVER, 1),)


def test_shares_are_reached_in_integers_never_a_unit_early() -> None:
    assert marks_passed(4, 9) == ()
    assert marks_passed(5, 9) == (Mark.HALF,)
    assert marks_passed(7, 9) == (Mark.HALF,)
    assert marks_passed(8, 9) == (Mark.HALF, Mark.MOST)
    assert marks_passed(1, 1) == (Mark.HALF, Mark.MOST, Mark.ALL)
    assert marks_passed(2, 1) == (Mark.HALF, Mark.MOST, Mark.ALL, Mark.OVER)


@given(st.integers(0, 10**11), st.integers(0, 9 * 10**10))
def test_marks_are_what_shares_say(used: int, amount: int) -> None:
    expected = [mark for mark in (Mark.HALF, Mark.MOST, Mark.ALL) if amount and used * 100 >= amount * int(mark)]
    assert list(marks_passed(used, amount)) == expected + ([Mark.OVER] if used > amount else [])


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_tightening_never_lowers_a_ratio_or_a_level(used: int, one: int, other: int) -> None:
    tight, loose = sorted((one, other))
    assert used * loose >= used * tight
    assert LEVELS.index(level_of(used, tight)) >= LEVELS.index(level_of(used, loose))
    if tight:
        assert set(marks_passed(used, tight)) >= set(marks_passed(used, loose))


def test_money_counts_purchases_and_coins_count_gifts() -> None:
    assert measures_of(purchase()) == (Measure.MONEY,)
    assert measures_of(gift()) == (Measure.COINS,)
    assert use_of(purchase(), Measure.COINS).gross == 0
    assert use_of(gift(), Measure.MONEY).gross == 0
    bonus = Adjustment(
        id=EntryId("a"),
        profile_id=ProfileId(1),
        at=AT,
        home_on=date(2026, 11, 22),
        zone="UTC",
        coins=-50,
        reason=Reason.OTHER_USE,
    )
    assert measures_of(bonus) == ()


def test_what_is_not_known_is_counted_as_unknown_not_as_zero() -> None:
    assert use_of(purchase(None), Measure.MONEY) == Use(unknown=1, entries=1)
    assert use_of(gift(None), Measure.COINS) == Use(unknown=1, entries=1)
    judged = status_of(
        limit(1), Window(start_at=AT, end_at=AT), Use(gross=1001, unknown=1), room_again_at=None, logged_up_to=None
    )
    assert not judged.judged
    assert judged.level is Level.BREACHED


def test_planned_counts_nowhere_else_and_voided_counts_nowhere() -> None:
    assert use_of(purchase(planned=True), Measure.MONEY) == Use(planned=529)
    assert use_of(purchase(voided_at=AT), Measure.MONEY) == Use()


def test_refunds_give_room_only_where_the_limit_says_so() -> None:
    use = Use(gross=1000, refunded=400)
    assert use.used(refunds_give_room=True) == 600
    assert use.used(refunds_give_room=False) == 1000
    kept = status_of(
        replace(limit(1), refunds_give_room=False),
        Window(start_at=AT, end_at=AT),
        use,
        room_again_at=None,
        logged_up_to=None,
    )
    assert (kept.used, kept.gross, kept.level) == (1000, 1000, Level.REACHED)


def test_the_tightest_has_the_least_left_then_the_earlier_end_then_the_lower_id() -> None:
    soon, late = AT, AT + timedelta(days=1)
    least = [status(limit(1, 1000), 100), status(limit(2, 900), 100), status(limit(3, 2000), 100)]
    assert tightest(least) is least[1]
    ends = [status(limit(1), 100, late), status(limit(2), 100, soon)]
    assert tightest(ends) is ends[1]
    same = [status(limit(2), 100), status(limit(1), 100)]
    assert tightest(same) is same[1]


def test_each_measure_of_each_profile_names_its_own_tightest() -> None:
    statuses = with_binding(
        [
            status(limit(1, 1000), 100),
            status(limit(2, 500), 100),
            status(limit(3, 10, measure=Measure.COINS), 5),
            status(limit(4, 10**6, profile=2), 5),
        ]
    )
    assert [one.limit.id for one in statuses if one.binding] == [2, 3, 4]


def test_an_amended_entry_raises_only_where_it_may() -> None:
    assert rises([purchase()])
    assert not rises([purchase(voided_at=AT)])
    assert not rises([purchase(900), purchase(800)])
    assert rises([purchase(800), purchase(900)])
    assert rises([purchase(900), purchase(800, at=AT + timedelta(hours=1))])
    assert rises([purchase(planned=True), purchase()])
    assert rises([purchase(), purchase(profile_id=ProfileId(2))])
    back = Refund(
        id=EntryId("r"),
        profile_id=ProfileId(1),
        at=AT,
        home_on=date(2026, 11, 22),
        zone="UTC",
        refers_to=EntryId("p"),
        paid=Money(minor=529, currency=EUR),
        converted_minor=529,
    )
    assert not rises([back])
    assert rises([replace(back, voided_at=AT)])

"""True cost: the plain loop, the law and a coin-by-coin second implementation are one."""

import random
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coinbudget.domain.money import MAX_COINS, MAX_MINOR
from coinbudget.domain.valuation import (
    NO_COST,
    Cost,
    Lot,
    LotKind,
    LotLine,
    Movement,
    Valuation,
    covered,
    in_order,
    purchased_lot,
    valued,
)
from tests.coin_by_coin import tell


def bought(day: int, coins: int, minor: int, *, kind: LotKind = LotKind.KNOWN, place: int = 0) -> Movement:
    return Movement(day=day, place=(place, place), lot=Lot(coins=coins, kind=kind, minor=minor))


def used(day: int, coins: int, *, place: int = 0) -> Movement:
    return Movement(day=day, place=(place, place), used=coins)


def costs(*movements: Movement) -> list[tuple[int, int]]:
    """Cost and unknown coins of each use, in order."""
    done = valued(movements).movements
    return [(one.cost.minor, one.cost.unknown_coins) for one in done if one.movement.lot is None]


def test_oldest_lot_is_drawn_first() -> None:
    assert costs(bought(1, 10, 100), bought(2, 10, 300), used(3, 10), used(4, 5)) == [(100, 0), (150, 0)]


def test_costs_of_a_lot_add_up_to_what_it_cost() -> None:
    parts = costs(bought(1, 70, 85), *(used(2, 1, place=number) for number in range(70)))
    assert sum(minor for minor, _ in parts) == 85
    assert {minor for minor, _ in parts} == {1, 2}


def test_later_lot_never_pays_for_coins_used_before() -> None:
    assert costs(used(1, 10), bought(2, 10, 100), used(3, 10)) == [(0, 10), (100, 0)]


def test_lots_of_a_day_come_before_its_uses() -> None:
    assert costs(used(1, 10, place=1), bought(1, 10, 100, place=2)) == [(100, 0)]


def test_use_beyond_the_coins_on_hand_is_covered_in_part() -> None:
    told = valued([bought(1, 10, 100), used(1, 15)])
    assert told.movements[1].cost == Cost(minor=100, unknown_coins=5)
    assert (told.on_hand, told.uncovered) == (0, 5)


def test_bonus_coins_are_free_and_opening_coins_unknown() -> None:
    free = bought(1, 10, 0, kind=LotKind.FREE)
    opening = bought(2, 10, 0, kind=LotKind.UNKNOWN)
    assert costs(free, opening, used(3, 10), used(4, 4)) == [(0, 0), (0, 4)]


def test_refund_takes_its_coins_and_money_out_of_its_lot_at_the_lots_place() -> None:
    lot = purchased_lot(100, 200, refunded_coins=50, refunded_minor=100)
    assert lot == Lot(coins=50, kind=LotKind.KNOWN, minor=100)


def test_money_without_coins_left_is_cost_without_coins() -> None:
    lot = purchased_lot(100, 200, refunded_coins=100, refunded_minor=50)
    told = valued([Movement(day=1, place=(0, 0), lot=lot), used(2, 1)])
    assert told.idle_minor == 150
    assert told.movements[1].cost == Cost(minor=0, unknown_coins=1)


def test_purchase_without_an_amount_is_an_unknown_lot() -> None:
    assert purchased_lot(100, None, refunded_coins=0, refunded_minor=0).kind is LotKind.UNKNOWN


def test_purchase_of_unknown_coins_is_cost_without_coins() -> None:
    assert purchased_lot(None, 500, refunded_coins=0, refunded_minor=0).idle_minor == 500


def test_on_hand_counts_down_and_its_cost_is_what_is_left() -> None:
    told = valued([bought(1, 3, 100), used(2, 1)])
    assert [one.on_hand for one in told.movements] == [3, 2]
    assert told.on_hand_cost == Cost(minor=67, unknown_coins=0)


def test_largest_lot_fits_64_bits() -> None:
    line = LotLine([Lot(coins=MAX_COINS, kind=LotKind.KNOWN, minor=MAX_MINOR)])
    assert line.cost_of_first(MAX_COINS - 1).minor * 1 == MAX_MINOR * (MAX_COINS - 1) // MAX_COINS
    assert MAX_MINOR * MAX_COINS < 2**63


def by_the_law(movements: list[Movement]) -> tuple[list[Cost], int, int]:
    """Costs of uses, coins on hand and uncovered coins, from L, G, U, x and K alone."""
    ordered = in_order(movements)
    line = LotLine([movement.lot for movement in ordered if movement.lot])
    days = sorted({movement.day for movement in ordered})
    lots = dict(zip(days, accumulate(_coins(ordered, day) for day in days), strict=True))
    found, uncovered, reached = [], 0, 0
    for day in days:
        before = uncovered
        for movement in (one for one in ordered if one.day == day and one.lot is None):
            start = covered(reached, lots=lots[day], uncovered_before=before)
            reached += movement.used
            end = covered(reached, lots=lots[day], uncovered_before=before)
            cost = line.cost_of_first(end) - line.cost_of_first(start)
            found.append(cost + Cost(minor=0, unknown_coins=movement.used - (end - start)))
        uncovered = max(uncovered, reached - lots[day])
    return found, (lots[days[-1]] if days else 0) - (reached - uncovered), uncovered


def _coins(movements: list[Movement], day: int) -> int:
    return sum(one.lot.coins for one in movements if one.day == day and one.lot)


def random_ledger(rng: random.Random) -> list[Movement]:
    movements = []
    for place in range(rng.randrange(1, 40)):
        day = rng.randrange(1, 12)
        if rng.random() < 0.45:
            kind = rng.choices(list(LotKind), (6, 2, 2))[0]
            minor = rng.randrange(0, 400) if kind is LotKind.KNOWN else 0
            movements.append(bought(day, rng.randrange(0, 60), minor, kind=kind, place=place))
        else:
            movements.append(used(day, rng.randrange(1, 70), place=place))
    return movements


def told_uses(told: Valuation) -> dict[tuple[int, int], tuple[Cost, int]]:
    return {one.movement.place: (one.cost, one.on_hand) for one in told.movements if one.movement.lot is None}


@pytest.mark.parametrize("part", range(10))
def test_loop_law_and_single_coins_agree_on_a_thousand_random_ledgers(part: int) -> None:
    for seed in range(part * 100, part * 100 + 100):
        movements = random_ledger(random.Random(seed))
        told, plain = valued(movements), tell(movements)
        assert told_uses(told) == plain.uses, seed
        assert (told.on_hand, told.on_hand_cost.minor, told.uncovered) == (
            plain.on_hand,
            plain.on_hand_minor,
            plain.uncovered,
        ), seed
        law, on_hand, uncovered = by_the_law(movements)
        assert law == [one.cost for one in told.movements if one.movement.lot is None], seed
        assert (on_hand, uncovered) == (told.on_hand, told.uncovered), seed


_LOTS = st.builds(
    lambda day, coins, kind, minor: (day, Lot(coins=coins, kind=kind, minor=minor if kind is LotKind.KNOWN else 0)),
    st.integers(1, 6),
    st.integers(0, MAX_COINS),
    st.sampled_from(LotKind),
    st.integers(0, MAX_MINOR),
)
_USES = st.tuples(st.integers(1, 6), st.integers(1, MAX_COINS))


@settings(max_examples=300)
@given(st.lists(st.one_of(_LOTS, _USES), max_size=25))
def test_known_cost_of_uses_on_hand_and_without_coins_is_what_was_paid(items: list[tuple[int, Lot | int]]) -> None:
    movements = [
        Movement(day=day, place=(place, place), lot=what)
        if isinstance(what, Lot)
        else Movement(day=day, place=(place, place), used=what)
        for place, (day, what) in enumerate(items)
    ]
    told = valued(movements)
    paid = sum(what.minor for _, what in items if isinstance(what, Lot))
    spent = sum((one.cost for one in told.movements), start=NO_COST)
    assert spent.minor + told.on_hand_cost.minor + told.idle_minor == paid
    assert told.on_hand >= 0
    law, on_hand, uncovered = by_the_law(movements)
    assert law == [one.cost for one in told.movements if one.movement.lot is None]
    assert (on_hand, uncovered) == (told.on_hand, told.uncovered)

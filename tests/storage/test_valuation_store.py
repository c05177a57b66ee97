"""Valuation over the ledger file: bulk pass, look-ups and what-if equal the plain loop, whatever is done to entries."""

import random
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coinbudget.domain.entries import Adjustment, Entry, Gift, Purchase, Refund
from coinbudget.domain.valuation import NO_COST, Cost, valued
from coinbudget.services import record
from coinbudget.services.ledger import Ledger
from coinbudget.storage import coin_curve, valuation_store
from coinbudget.storage.tables import day_number
from tests import make
from tests.coin_by_coin import movements_of, tell
from tests.conftest import NOW
from tests.random_ledgers import MIA, START, random_ledger, someday


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes even a small ledger take the ways of a large one."""
    monkeypatch.setattr(coin_curve, "_MANY_DAYS", 0)
    monkeypatch.setattr(coin_curve, "_MANY_LOTS", 0)


def check(ledger: Ledger) -> None:
    """Everything the store says equals the plain loop and the single coins."""
    entries = make.all_entries(ledger)
    movements = movements_of(entries)
    told, plain = valued(movements), tell(movements)
    by_sequence = {one.movement.place[1]: one for one in told.movements}
    uses = {number: one for number, one in by_sequence.items() if one.movement.lot is None}
    assert {one.movement.place: (one.cost, one.on_hand) for one in uses.values()} == plain.uses
    with ledger.database.reading() as tx:
        bulk = valuation_store.costs_in_bulk(tx, MIA)
        assert {number: cost for number, cost in bulk.items() if number in uses} == {
            number: one.cost for number, one in uses.items()
        }
        single = valuation_store.costs_of(tx, MIA, [entry.sequence for entry in entries])
        assert {number: single[number].on_hand for number in by_sequence} == {
            number: one.on_hand for number, one in by_sequence.items()
        }
        assert {number: single[number].cost for number in uses} == {number: one.cost for number, one in uses.items()}
        stand = valuation_store.on_hand(tx, MIA)
        assert (stand.coins, stand.cost, stand.uncovered) == (told.on_hand, told.on_hand_cost, told.uncovered)
        gifts = [entry for entry in entries if isinstance(entry, Gift) and entry.sequence in uses]
        for first in range(0, 20, 3):
            start, end = START + timedelta(days=first), START + timedelta(days=first + 5)
            wanted = sum((uses[g.sequence].cost for g in gifts if start <= g.home_on <= end), start=NO_COST)
            assert valuation_store.cost_between(tx, MIA, start, end) == wanted
        every = sum((uses[gift.sequence].cost for gift in gifts), start=NO_COST)
        assert valuation_store.cost_between(tx, MIA, None, None) == every
        days = list(range(day_number(START), day_number(START) + 23))
        assert valuation_store.gift_costs(coin_curve.curve(tx, MIA), days).total() == every
        spent = sum(one.cost.minor for one in uses.values())
        assert spent + stand.cost.minor + stand.idle_minor == _paid(entries)


def _paid(entries: list[Entry]) -> int:
    living = {entry.id: entry for entry in entries if entry.counts}
    bought = sum(one.converted_minor or 0 for one in living.values() if isinstance(one, Purchase))
    return bought - sum(one.converted_minor or 0 for one in living.values() if isinstance(one, Refund))


@pytest.mark.parametrize("seed", range(25))
def test_store_equals_loop_and_single_coins_after_any_acts(seed: int) -> None:
    ledger = random_ledger(seed, 45)
    check(ledger)
    ledger.close()


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("seed", range(100, 112))
def test_ways_of_a_large_ledger_give_the_same(seed: int) -> None:
    ledger = random_ledger(seed, 45)
    check(ledger)
    ledger.close()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10**9), st.integers(1, 30))
def test_known_lots_pay_for_gifts_other_use_on_hand_and_nothing_else(seed: int, acts: int) -> None:
    ledger = random_ledger(seed, acts)
    check(ledger)
    ledger.close()


@pytest.mark.parametrize("seed", range(200, 212))
def test_what_if_says_what_adding_does(seed: int) -> None:
    ledger, rng = random_ledger(seed, 30), random.Random(seed)
    at = someday(rng)
    with ledger.database.writing() as tx:
        before = valuation_store.on_hand(tx, MIA).coins
    added = record.add(ledger, make.gift(at=at, coins="37"), now=NOW).entries[0]
    kept = record.entry(ledger, added)
    with ledger.database.reading() as tx:
        real = valuation_store.costs_of(tx, MIA, [kept.sequence])[kept.sequence].cost
        after = valuation_store.on_hand(tx, MIA).coins
    record.void(ledger, [added], now=NOW)
    with ledger.database.reading() as tx:
        asked = valuation_store.cost_if(tx, MIA, at=kept.at, home_on=kept.home_on, coins=37)
        assert valuation_store.on_hand(tx, MIA).coins == before
    assert asked == (real, after)
    ledger.close()


@pytest.mark.parametrize("seed", range(300, 310))
def test_what_if_of_an_amendment_leaves_the_old_entry_out(seed: int) -> None:
    ledger, rng = random_ledger(seed, 30), random.Random(seed)
    for entry in make.all_entries(ledger):
        if not (isinstance(entry, Gift | Adjustment) and entry.counts and entry.coins):
            continue
        moved = entry.at + timedelta(minutes=rng.randrange(40))
        with ledger.database.reading() as tx:
            asked = valuation_store.cost_if(tx, MIA, at=moved, home_on=entry.home_on, coins=5, amending=entry.sequence)
        record.void(ledger, [entry.id], now=NOW)
        with ledger.database.reading() as tx:
            without = valuation_store.cost_if(tx, MIA, at=moved, home_on=entry.home_on, coins=5)
        record.unvoid(ledger, [entry.id], now=NOW)
        assert asked == without
    ledger.close()


def test_coins_that_would_come_in_are_on_hand(ledger: Ledger) -> None:
    record.add(ledger, make.gift(at="2026-11-01", coins="30"), now=NOW)
    with ledger.database.reading() as tx:
        assert valuation_store.on_hand_if(tx, MIA, home_on=date(2026, 10, 1), lot=100) == 70
        assert valuation_store.on_hand_if(tx, MIA, home_on=date(2026, 11, 2), lot=100) == 100


def test_empty_ledger_has_no_coins_and_no_cost(ledger: Ledger) -> None:
    with ledger.database.reading() as tx:
        stand = valuation_store.on_hand(tx, MIA)
        assert (stand.coins, stand.cost, stand.uncovered, stand.idle_minor) == (0, NO_COST, 0, 0)
        assert valuation_store.cost_between(tx, MIA, None, None) == NO_COST
        assert valuation_store.costs_in_bulk(tx, MIA) == {}
        asked = valuation_store.cost_if(tx, MIA, at=NOW, home_on=NOW.date(), coins=9)
        assert asked == (Cost(minor=0, unknown_coins=9), 0)

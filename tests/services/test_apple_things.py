"""Several things of one order of Apple's: told apart by their item numbers, whatever their prices."""

from pathlib import Path

import pytest

from coinbudget.services import record, transfer, undo
from coinbudget.services.ledger import Ledger
from tests.conftest import NOW
from tests.services.test_store_refunds import Line, apple, bring, purchases, refunds, returned

#: 3,70 and 5,29 of one order, 350 coins each.
BOTH: list[Line] = [("MA1", "11", "3.70", ""), ("MA1", "12", "5.29", "")]
THREE: list[Line] = [*BOTH, ("MA1", "13", "6.49", "")]
PART: Line = ("MA1", "12", "-1.00", "")


def sums(ledger: Ledger) -> tuple[int, int, int]:
    """Money paid, money back, coins kept."""
    bought, back = purchases(ledger), [one for one in refunds(ledger) if one.counts]
    living = [one for one in bought if one.counts]
    paid = sum(one.paid.minor for one in living if one.paid)
    coins = sum(one.coins or 0 for one in living) - sum(one.coins for one in back)
    return paid, sum(one.paid.minor for one in back), coins


def back_of(ledger: Ledger) -> list[int]:
    """The prices of the purchases that money came back of."""
    prices = {one.id: one.paid.minor for one in purchases(ledger) if one.paid}
    return [prices[one.refers_to] for one in refunds(ledger) if one.counts]


@pytest.mark.parametrize("bought", [BOTH, THREE])
@pytest.mark.parametrize("part", [PART, ("MA1", "12", "0.00", "1.00")])
def test_a_part_belongs_to_the_thing_of_its_order_in_one_file(
    ledger: Ledger, tmp_path: Path, bought: list[Line], part: Line
) -> None:
    path = apple(tmp_path / "a.csv", [*bought, part])
    done = bring(ledger, path)
    paid = 370 + 529 + (649 if bought is THREE else 0)
    assert sums(ledger) == (paid, 100, 350 * len(bought))
    assert back_of(ledger) == [529]
    assert bring(ledger, path).count == 0
    assert done.undo is not None
    undo.revert(ledger, done.undo, now=NOW)
    assert sums(ledger) == (0, 0, 0)
    assert bring(ledger, path).count == len(bought) + 1
    assert (sums(ledger), back_of(ledger)) == ((paid, 100, 350 * len(bought)), [529])


def test_a_part_belongs_to_the_thing_of_its_order_in_a_later_file(ledger: Ledger, tmp_path: Path) -> None:
    first = bring(ledger, apple(tmp_path / "a.csv", BOTH))
    later = apple(tmp_path / "b.csv", [PART])
    done = bring(ledger, later)
    assert (done.count, sums(ledger), back_of(ledger)) == (1, (899, 100, 700), [529])
    assert bring(ledger, later).count == 0
    assert done.undo is not None
    undo.revert(ledger, done.undo, now=NOW)
    assert sums(ledger) == (899, 0, 700)
    assert bring(ledger, later).count == 1
    assert (sums(ledger), back_of(ledger)) == ((899, 100, 700), [529])
    assert first.undo is not None
    undo.revert(ledger, first.undo, now=NOW)
    assert sums(ledger)[:2] == (0, 0)
    assert bring(ledger, apple(tmp_path / "c.csv", [*BOTH, PART])).problems_all == 0
    assert (sums(ledger), back_of(ledger)) == ((899, 100, 700), [529])


def test_the_last_part_of_a_thing_takes_its_coins_back(ledger: Ledger, tmp_path: Path) -> None:
    bring(ledger, apple(tmp_path / "a.csv", [*BOTH, PART]))
    bring(ledger, apple(tmp_path / "b.csv", [*BOTH, PART, ("MA1", "12", "-4.29", "")]))
    assert returned(refunds(ledger)) == [(100, 0), (429, 350)]
    assert (sums(ledger), back_of(ledger)) == ((899, 529, 350), [529, 529])


def test_a_part_of_one_of_two_equal_things_is_not_guessed(ledger: Ledger, tmp_path: Path) -> None:
    twins: list[Line] = [("MA1", "12", "5.29", ""), ("MA1", "12", "5.29", "")]
    looked = transfer.preview_import(ledger, apple(tmp_path / "a.csv", [*twins, PART]), now=NOW)
    assert [found.code for found in looked.problems] == ["order_of_several"]


def test_a_part_of_a_thing_that_a_person_voided_stays_out_with_it(ledger: Ledger, tmp_path: Path) -> None:
    bring(ledger, apple(tmp_path / "a.csv", BOTH))
    record.void(ledger, [str(purchases(ledger)[1].id)], now=NOW)
    for rows in ([*BOTH, PART], [BOTH[0], (*BOTH[1][:3], "1.00")]):
        done = bring(ledger, apple(tmp_path / "b.csv", rows))
        assert (done.count, sums(ledger)) == (0, (370, 0, 350))

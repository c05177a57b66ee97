"""Several things of one order of Apple's: told apart by their item numbers, whatever their prices."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from coinbudget.domain.errors import Refusal
from coinbudget.services import record, transfer, undo, wording
from coinbudget.services.ledger import Ledger
from tests import make
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


#: The second thing of the order at another price than in BOTH.
DEARER: Line = ("MA1", "12", "6.49", "")


def test_a_thing_that_comes_with_another_price_is_asked_about(ledger: Ledger, tmp_path: Path) -> None:
    bring(ledger, apple(tmp_path / "a.csv", BOTH))
    later = apple(tmp_path / "b.csv", [BOTH[0], DEARER])
    looked = transfer.preview_import(ledger, later, now=NOW)
    assert [found.code for found in looked.problems] == ["pair_order_differs"]
    with pytest.raises(Refusal):
        transfer.import_file(ledger, later, now=NOW)
    transfer.import_file(ledger, later, now=NOW, skip_problems=True)
    assert sums(ledger) == (899, 0, 700)


def test_a_thing_that_is_said_to_be_the_one_that_stands_keeps_its_price(ledger: Ledger, tmp_path: Path) -> None:
    bring(ledger, apple(tmp_path / "a.csv", BOTH))
    later = apple(tmp_path / "b.csv", [BOTH[0], DEARER])
    stands = str(purchases(ledger)[1].id)
    done = transfer.import_file(ledger, later, pairs={"3": stands}, now=NOW)
    assert [pair.keeps for pair in done.pairs] == [(None, (529, "EUR"))]
    assert sums(ledger) == (899, 0, 700)
    assert [bring(ledger, later).count, bring(ledger, apple(tmp_path / "c.csv", BOTH)).count] == [0, 0]
    assert done.undo is not None
    undo.revert(ledger, done.undo, now=NOW)
    assert sums(ledger) == (899, 0, 700)
    looked = transfer.preview_import(ledger, later, now=NOW)
    assert [found.code for found in looked.problems] == ["pair_order_differs"]


def test_a_thing_that_is_said_to_be_new_is_a_second_purchase(ledger: Ledger, tmp_path: Path) -> None:
    bring(ledger, apple(tmp_path / "a.csv", BOTH))
    later = apple(tmp_path / "b.csv", [BOTH[0], DEARER])
    done = transfer.import_file(ledger, later, pairs={"3": "new"}, now=NOW)
    assert (done.count, sums(ledger)) == (1, (1548, 0, 1050))
    assert bring(ledger, later).count == 0


def test_two_rows_of_one_thing_in_one_file_are_two_purchases(ledger: Ledger, tmp_path: Path) -> None:
    path = apple(tmp_path / "a.csv", [*BOTH, DEARER])
    assert (bring(ledger, path).count, sums(ledger)) == (3, (1548, 0, 1050))
    assert bring(ledger, path).count == 0


def test_a_file_that_holds_both_rows_asks_nothing_though_one_stands(ledger: Ledger, tmp_path: Path) -> None:
    bring(ledger, apple(tmp_path / "a.csv", BOTH))
    assert bring(ledger, apple(tmp_path / "b.csv", [DEARER, *BOTH])).count == 1
    assert sums(ledger) == (1548, 0, 1050)


def test_another_thing_of_the_order_is_new_unasked(ledger: Ledger, tmp_path: Path) -> None:
    bring(ledger, apple(tmp_path / "a.csv", BOTH))
    assert bring(ledger, apple(tmp_path / "b.csv", [("MA1", "13", "6.49", "")])).count == 1


def test_a_thing_without_an_item_number_is_not_asked_about(ledger: Ledger, tmp_path: Path) -> None:
    bring(ledger, apple(tmp_path / "a.csv", [("MA1", "", "3.70", "")]))
    assert bring(ledger, apple(tmp_path / "b.csv", [("MA1", "", "5.29", "")])).count == 1


def test_a_thing_that_a_person_voided_stays_voided_at_another_price(ledger: Ledger, tmp_path: Path) -> None:
    bring(ledger, apple(tmp_path / "a.csv", BOTH))
    record.void(ledger, [str(purchases(ledger)[1].id)], now=NOW)
    done = bring(ledger, apple(tmp_path / "b.csv", [BOTH[0], DEARER]))
    assert (done.count, done.problems_all, sums(ledger)) == (0, 0, (370, 0, 350))


@pytest.mark.parametrize("back", ["6.49", "1.00"])
@pytest.mark.parametrize("own_row", [False, True])
def test_what_came_back_of_a_thing_that_is_asked_about_waits(
    ledger: Ledger, tmp_path: Path, back: str, *, own_row: bool
) -> None:
    bring(ledger, apple(tmp_path / "a.csv", BOTH))
    rows = [DEARER, ("MA1", "12", f"-{back}", "")] if own_row else [(*DEARER[:3], back)]
    later = apple(tmp_path / "b.csv", rows)
    looked = transfer.preview_import(ledger, later, now=NOW)
    assert [found.code for found in looked.problems] == ["pair_order_differs", "purchase_asked"]
    assert all(wording.sentence(found) for found in looked.problems)
    done = transfer.import_file(ledger, later, pairs={"2": "new"}, skip_problems=True, now=NOW)
    # A part alone does not tell which of the two of this thing it is of.
    unsure = own_row and back == "1.00"
    assert [found.code for found in done.problems] == (["order_of_several"] if unsure else [])
    assert sums(ledger)[:2] == (1548, 0 if unsure else round(float(back) * 100))


def test_a_typed_purchase_of_that_number_is_asked_about_as_before(ledger: Ledger, tmp_path: Path) -> None:
    typed = make.purchase(coins="350", paid="5.29", order_ref="MA1", at="2026-05-14T20:00:10Z")
    record.add(ledger, typed, now=NOW)
    looked = transfer.preview_import(ledger, apple(tmp_path / "b.csv", [DEARER]), now=NOW)
    assert [found.code for found in looked.problems] == ["pair_order_differs"]


def cut(rows: Sequence[transfer.CutTold]) -> list[tuple[int, int, int]]:
    """Row, and what it says and what is taken, in minor units."""
    return [(one.row, one.said.minor, one.taken.minor) for one in rows]


@pytest.mark.parametrize(
    ("files", "told", "money"),
    [
        # 2.00 and 2.50 of 3.70: of the second 1.70 is taken, in one file and in two.
        ([["-2.00", "-2.50"]], [[(4, 250, 170)]], 370),
        ([["-2.00"], ["-2.00", "-2.50"]], [[], [(4, 250, 170)]], 370),
        # All of it came back: of 1.00 more nothing is taken.
        ([["-3.70", "-1.00"]], [[(4, 100, 0)]], 370),
        ([["-2.00", "-1.70"]], [[]], 370),
    ],
)
def test_a_refund_that_says_more_than_is_left_tells_what_is_taken(
    ledger: Ledger, tmp_path: Path, files: list[list[str]], told: list[list[tuple[int, int, int]]], money: int
) -> None:
    bought: Line = ("MA1", "11", "3.70", "")
    for totals, expected in zip(files, told, strict=True):
        path = apple(tmp_path / "a.csv", [bought, *(("MA1", "11", total, "") for total in totals)])
        looked = transfer.preview_import(ledger, path, now=NOW)
        assert cut(looked.cuts) == expected
        assert [one.row for one in looked.lines if one.cut is not None] == [row for row, _, _ in expected]
        assert cut(bring(ledger, path).cuts) == expected
    assert sums(ledger) == (370, money, 0)


def test_a_sum_that_covers_its_parts_cuts_nothing(ledger: Ledger, tmp_path: Path) -> None:
    bring(ledger, apple(tmp_path / "a.csv", [("MA1", "11", "3.70", "3.70")]))
    parts: list[Line] = [("MA1", "11", "-1.00", ""), ("MA1", "11", "-2.70", "")]
    assert bring(ledger, apple(tmp_path / "b.csv", parts)).cuts == ()


@pytest.mark.parametrize(("price", "told"), [("6.49", [(2, 649, 529)]), ("5.29", [])])
def test_all_of_a_row_that_says_more_than_its_purchase_has_tells_what_is_taken(
    ledger: Ledger, tmp_path: Path, price: str, told: list[tuple[int, int, int]]
) -> None:
    typed = make.purchase(coins="350", paid="5.29", order_ref="MA1", at="2026-05-14T20:00:10Z")
    bought = record.add(ledger, typed, now=NOW)
    path = apple(tmp_path / "a.csv", [("MA1", "12", price, price)])
    pairs = {"lines:2": str(bought.entries[0])} if told else None
    looked = transfer.preview_import(ledger, path, pairs=pairs, now=NOW)
    done = transfer.import_file(ledger, path, pairs=pairs, now=NOW)
    assert cut(looked.cuts) == cut(done.cuts) == told
    assert sums(ledger) == (529, 529, 0)
    assert transfer.import_file(ledger, path, now=NOW).cuts == ()

"""An import that is taken back takes with it what nobody else told of, and comes again without counting twice."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import permutations, product
from pathlib import Path

import pytest

from coinbudget.domain.entries import BatchId, Entry, Gift
from coinbudget.domain.errors import Refusal
from coinbudget.formats.sheet_mapping import Said
from coinbudget.formats.source import Answers, GiftAmount, TypeMeaning
from coinbudget.services import opening, past_imports, record, transfer, undo, verify
from coinbudget.services.changes import UndoImport
from coinbudget.services.ledger import Ledger
from tests import make
from tests.conftest import NOW
from tests.services import tiktok_files
from tests.services.test_store_refunds import apple, bring, google, purchases, refunds, returned

SAID = Answers(zone="UTC", gift_amount=GiftAmount.COINS, types={"recharge": TypeMeaning.BOUGHT})
AT, NEAR = "2026-05-01 20:00:30", "2026-05-01T20:00:00Z"

Act = Callable[[Ledger, Path], transfer.ImportChanges]


def of_tiktok(ledger: Ledger, folder: Path) -> transfer.ImportChanges:
    rows = tiktok_files.write(folder / "t.json", coins=[(AT, "Recharge", 350)])
    return transfer.import_file(ledger, rows, answers=SAID, now=NOW)


def of_google(ledger: Ledger, folder: Path) -> transfer.ImportChanges:
    return bring(ledger, google(folder / "g.json", {"GPA.1": 0}))


def of_apple(ledger: Ledger, folder: Path) -> transfer.ImportChanges:
    return bring(ledger, apple(folder / "a.csv", [("MA1", "11", "3.70", "")], at=NEAR))


def by_hand(ledger: Ledger, folder: Path) -> None:
    del folder
    record.add(ledger, make.purchase(at=NEAR, paid="3.70", channel="other"), now=NOW)


def take_back(ledger: Ledger, done: transfer.ImportChanges) -> None:
    assert done.undo is not None
    undo.revert(ledger, done.undo, now=NOW)
    assert verify.verify(ledger) == ()


def living(ledger: Ledger) -> list[tuple[int | None, int | None, str]]:
    """Coins, price and order number of the purchases that count."""
    return [(one.coins, one.paid.minor if one.paid else None, one.order_ref) for one in purchases(ledger) if one.counts]


def said(ledger: Ledger) -> list[Entry]:
    return make.all_entries(ledger)


@pytest.mark.parametrize("first", [of_tiktok, of_google, of_apple])
@pytest.mark.parametrize("second", [of_tiktok, of_google, of_apple, by_hand])
def test_what_came_since_an_undo_is_the_same_purchase(ledger: Ledger, tmp_path: Path, first: Act, second: Act) -> None:
    take_back(ledger, first(ledger, tmp_path))
    second(ledger, tmp_path)
    again = first(ledger, tmp_path)
    same_store = {first, second} == {of_google, of_apple}
    assert len(living(ledger)) == (2 if same_store else 1)
    before = said(ledger)
    assert first(ledger, tmp_path).count == 0
    assert said(ledger) == before
    if first is not second:
        take_back(ledger, again)
        assert len(living(ledger)) == 1


def test_a_gift_that_came_since_an_undo_is_the_same_gift(ledger: Ledger, tmp_path: Path) -> None:
    rows = tiktok_files.write(tmp_path / "t.json", gifts=[(AT, "30", "luna")] * 2)
    take_back(ledger, transfer.import_file(ledger, rows, answers=SAID, now=NOW))
    record.add(ledger, make.gift(at=NEAR, coins="30", creator="@luna"), now=NOW)
    again = transfer.import_file(ledger, rows, answers=SAID, now=NOW)
    assert (again.paired, again.count) == (1, 1)
    assert sum(one.counts for one in said(ledger)) == 2
    assert transfer.import_file(ledger, rows, answers=SAID, now=NOW).count == 0


def test_equal_rows_that_come_again_are_counted_still(ledger: Ledger, tmp_path: Path) -> None:
    rows = tiktok_files.write(tmp_path / "t.json", coins=[(AT, "Recharge", 350)] * 3)
    take_back(ledger, transfer.import_file(ledger, rows, answers=SAID, now=NOW))
    of_google(ledger, tmp_path)
    again = transfer.import_file(ledger, rows, answers=SAID, now=NOW)
    assert (again.paired, again.count) == (1, 2)
    assert transfer.import_file(ledger, rows, answers=SAID, now=NOW).count == 0
    assert len(living(ledger)) == 3


def test_a_row_that_comes_again_brings_what_its_list_says_by_now(ledger: Ledger, tmp_path: Path) -> None:
    take_back(ledger, of_tiktok(ledger, tmp_path))
    by_hand_elsewhere = make.purchase(at="2026-05-03T10:00:00Z", paid="1.00", coins="70")
    record.add(ledger, by_hand_elsewhere, now=NOW)
    whole = tiktok_files.write(tmp_path / "w.json", coins=[(AT, "Recharge", 350)], prices=[(AT, "3.70 EUR")])
    looked = transfer.preview_import(ledger, whole, answers=SAID, now=NOW)
    done = transfer.import_file(ledger, whole, answers=SAID, now=NOW)
    assert (looked.new, looked.after) == (done.count, done.after)
    assert living(ledger) == [(350, 370, ""), (70, 100, "")]
    assert transfer.import_file(ledger, whole, answers=SAID, now=NOW).paired == 0
    take_back(ledger, done)
    assert living(ledger) == [(70, 100, "")]


def test_what_a_person_voided_since_an_undo_stays_voided(ledger: Ledger, tmp_path: Path) -> None:
    take_back(ledger, of_tiktok(ledger, tmp_path))
    of_google(ledger, tmp_path)
    record.void(ledger, [str(purchases(ledger)[-1].id)], now=NOW)
    assert of_tiktok(ledger, tmp_path).count == 0
    assert living(ledger) == []


def test_an_undo_leaves_what_another_import_told_of_as_that_said(ledger: Ledger, tmp_path: Path) -> None:
    one, other = of_tiktok(ledger, tmp_path), of_google(ledger, tmp_path)
    both = said(ledger)
    assert living(ledger) == [(350, 370, "GPA.1")]
    take_back(ledger, one)
    assert living(ledger) == [(350, 370, "GPA.1")]
    assert other.batch is not None
    undo.revert(ledger, undo_of(one, void=False), now=NOW)
    assert [replace_batch(entry) for entry in said(ledger)] == [replace_batch(entry) for entry in both]
    take_back(ledger, other)
    assert living(ledger) == [(350, None, "")]
    take_back(ledger, one)
    assert living(ledger) == []


def test_an_undo_takes_the_columns_that_nobody_else_says(ledger: Ledger, tmp_path: Path) -> None:
    untitled = _order(tmp_path / "g.json", "Pack (TikTok)")
    one = of_tiktok(ledger, tmp_path)
    other = transfer.import_file(ledger, untitled, now=NOW)
    assert living(ledger) == [(350, 370, "GPA.1")]
    take_back(ledger, one)
    assert living(ledger) == [(None, 370, "GPA.1")]
    of_tiktok(ledger, tmp_path)
    assert living(ledger) == [(350, 370, "GPA.1")]
    take_back(ledger, other)
    assert living(ledger) == [(350, None, "")]


def test_a_column_stays_as_long_as_one_import_that_said_it_stands(ledger: Ledger, tmp_path: Path) -> None:
    by_hand_without_coins = make.purchase(at=NEAR, paid="3.70", coins="", channel="other")
    record.add(ledger, by_hand_without_coins, now=NOW)
    one, other = of_tiktok(ledger, tmp_path), of_google(ledger, tmp_path)
    take_back(ledger, one)
    assert living(ledger) == [(350, 370, "GPA.1")]
    take_back(ledger, other)
    assert living(ledger) == [(None, 370, "")]


def test_a_refund_of_another_source_outlives_the_import_its_purchase_came_with(ledger: Ledger, tmp_path: Path) -> None:
    one = of_tiktok(ledger, tmp_path)
    back = google(tmp_path / "g.json", {"GPA.1": 100})
    bring(ledger, back)
    take_back(ledger, one)
    assert returned(refunds(ledger)) == [(100, 0)]
    assert bring(ledger, back).count == 0
    assert living(ledger) == [(350, 370, "GPA.1")]


def test_an_import_does_not_stand_again_beside_what_told_of_the_same_since(ledger: Ledger, tmp_path: Path) -> None:
    one = of_tiktok(ledger, tmp_path)
    take_back(ledger, one)
    of_google(ledger, tmp_path)
    assert one.batch is not None
    with pytest.raises(Refusal) as refused:
        past_imports.redo_import(ledger, BatchId(one.batch), now=NOW)
    assert refused.value.problems[0].code == "told_since"
    assert len(living(ledger)) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [(of_tiktok, of_google), (of_google, of_tiktok), (of_tiktok, of_apple), (of_apple, of_tiktok)],
)
def test_an_import_does_not_stand_again_where_its_file_came_in_again(
    ledger: Ledger, tmp_path: Path, first: Act, second: Act
) -> None:
    one = first(ledger, tmp_path)
    take_back(ledger, one)
    second(ledger, tmp_path)
    assert first(ledger, tmp_path).paired == 1
    assert one.batch is not None
    with pytest.raises(Refusal) as refused:
        past_imports.redo_import(ledger, BatchId(one.batch), now=NOW)
    assert refused.value.problems[0].code == "told_since"
    assert len(living(ledger)) == 1


def redo(ledger: Ledger, done: transfer.ImportChanges) -> None:
    assert done.batch is not None
    past_imports.redo_import(ledger, BatchId(done.batch), now=NOW)
    assert verify.verify(ledger) == ()


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize(("first", "second"), [(of_tiktok, of_google), (of_google, of_tiktok), (of_apple, of_tiktok)])
def test_two_imports_of_one_purchase_go_and_come_in_any_order(
    ledger: Ledger, tmp_path: Path, first: Act, second: Act, *, turned: bool, again: bool
) -> None:
    one, other = first(ledger, tmp_path), second(ledger, tmp_path)
    whole = purchases(ledger)
    for done in (other, one) if turned else (one, other):
        take_back(ledger, done)
    assert living(ledger) == []
    ways = (other, one) if again else (one, other)
    for place, done in enumerate(ways):
        redo(ledger, done)
        assert len(living(ledger)) == 1
        if not place:
            coins, paid, _ = living(ledger)[0]
            assert (coins, paid) == ((350, None) if (done is one) == (first is of_tiktok) else (350, 370))
    assert living(ledger) == [(350, 370, whole[0].order_ref)]
    for place, done in enumerate(ways):
        take_back(ledger, done)
        assert len(living(ledger)) == 1 - place


def test_an_import_stands_again_beside_what_is_surely_something_else(ledger: Ledger, tmp_path: Path) -> None:
    one = of_tiktok(ledger, tmp_path)
    take_back(ledger, one)
    bring(ledger, google(tmp_path / "g.json", {"GPA.0": 0, "GPA.1": 0}))
    record.void(ledger, [str(purchases(ledger)[1].id)], now=NOW)
    assert one.batch is not None
    past_imports.redo_import(ledger, BatchId(one.batch), now=NOW)
    assert len(living(ledger)) == 2


def test_an_import_stands_again_at_once_whatever_stood_beside_it(ledger: Ledger, tmp_path: Path) -> None:
    """Only what came since is asked about: beside what stood before it stood already."""
    one = of_tiktok(ledger, tmp_path)
    by_hand(ledger, tmp_path)
    take_back(ledger, one)
    assert one.batch is not None
    past_imports.redo_import(ledger, BatchId(one.batch), now=NOW)
    assert len(living(ledger)) == 2


def test_what_is_read_otherwise_after_an_undo_is_new(ledger: Ledger, tmp_path: Path) -> None:
    rows = tiktok_files.write(tmp_path / "t.json", coins=[(AT, "Recharge", 350)], gifts=[(AT, "3", "luna")])
    first = priced(SAID, "3.50")
    take_back(ledger, transfer.import_file(ledger, rows, answers=first, now=NOW))
    other = replace(priced(SAID, "3.70"), zone="Europe/Berlin")
    done = transfer.import_file(ledger, rows, answers=other, now=NOW)
    assert living(ledger) == [(350, 370, "")]
    assert {one.at.hour for one in said(ledger) if one.counts} == {18}
    assert transfer.import_file(ledger, rows, answers=other, now=NOW).count == 0
    take_back(ledger, done)
    assert transfer.import_file(ledger, rows, answers=first, now=NOW).count == 2
    assert living(ledger) == [(350, 350, "")]


def test_gifts_whose_number_was_misread_come_in_as_they_are_read_now(ledger: Ledger, tmp_path: Path) -> None:
    rows = tiktok_files.write(tmp_path / "t.json", gifts=[(AT, "3", "luna")])
    take_back(ledger, transfer.import_file(ledger, rows, answers=SAID, now=NOW))
    pieces = replace(SAID, gift_amount=GiftAmount.PIECES)
    assert transfer.import_file(ledger, rows, answers=pieces, now=NOW).count == 1
    (gift,) = [one for one in said(ledger) if isinstance(one, Gift) and one.counts]
    assert (gift.coins, gift.quantity) == (None, 3)
    assert transfer.import_file(ledger, rows, answers=pieces, now=NOW).count == 0


def test_an_import_whose_entries_came_with_a_later_one_says_so(ledger: Ledger, tmp_path: Path) -> None:
    one = of_tiktok(ledger, tmp_path)
    take_back(ledger, one)
    again = of_tiktok(ledger, tmp_path)
    take_back(ledger, again)
    with pytest.raises(Refusal) as refused:
        undo.revert(ledger, undo_of(one, void=False), now=NOW)
    assert refused.value.problems[0].code == "came_with_later"
    undo.revert(ledger, undo_of(again, void=False), now=NOW)
    assert len(living(ledger)) == 1


# -- what was only said


def priced(answers: Answers, price: str) -> Answers:
    """Answers that say what 350 coins cost."""
    return replace(answers, paid={350: price}, currency="EUR")


def test_a_price_that_was_said_gives_way_to_one_that_a_list_names(ledger: Ledger, tmp_path: Path) -> None:
    rows = tiktok_files.write(tmp_path / "t.json", coins=[(AT, "Recharge", 350)])
    answers = priced(SAID, "3.50")
    transfer.import_file(ledger, rows, answers=answers, now=NOW)
    assert living(ledger) == [(350, 350, "")]
    done = of_google(ledger, tmp_path)
    assert (done.paired, done.count) == (1, 0)
    assert living(ledger) == [(350, 370, "GPA.1")]
    take_back(ledger, done)
    assert living(ledger) == [(350, 350, "")]
    undo.revert(ledger, undo_of(done, void=False), now=NOW)
    assert living(ledger) == [(350, 370, "GPA.1")]


def test_a_price_that_was_said_and_refunded_stays_and_counts_once(ledger: Ledger, tmp_path: Path) -> None:
    rows = tiktok_files.write(tmp_path / "t.json", coins=[(AT, "Recharge", 350)])
    transfer.import_file(ledger, rows, answers=priced(SAID, "4.00"), now=NOW)
    record.add(ledger, make.refund(str(purchases(ledger)[0].id), paid="4.00"), now=NOW)
    assert of_google(ledger, tmp_path).paired == 1
    assert living(ledger) == [(350, 400, "GPA.1")]


def test_a_price_that_was_said_does_not_count_beside_the_one_of_a_store(ledger: Ledger, tmp_path: Path) -> None:
    of_google(ledger, tmp_path)
    rows = tiktok_files.write(tmp_path / "t.json", coins=[(AT, "Recharge", 350)])
    answers = priced(SAID, "3.50")
    done = transfer.import_file(ledger, rows, answers=answers, now=NOW)
    assert (done.paired, living(ledger)) == (1, [(350, 370, "GPA.1")])


@pytest.mark.parametrize("coins", [True, False])
def test_a_price_that_was_said_gives_way_to_the_list_of_prices(ledger: Ledger, tmp_path: Path, *, coins: bool) -> None:
    one = [(AT, "Recharge", 350)]
    rows = tiktok_files.write(tmp_path / "t.json", coins=one)
    answers = priced(SAID, "3.50")
    transfer.import_file(ledger, rows, answers=answers, now=NOW)
    later = tiktok_files.write(tmp_path / "p.json", coins=one if coins else [], prices=[(AT, "3.70 EUR")])
    looked = transfer.preview_import(ledger, later, answers=answers, now=NOW)
    done = transfer.import_file(ledger, later, answers=answers, now=NOW)
    assert looked.after == done.after
    assert living(ledger) == [(350, 370, "")]
    assert transfer.import_file(ledger, later, answers=answers, now=NOW).paired == 0
    assert transfer.import_file(ledger, rows, answers=answers, now=NOW).paired == 0
    assert living(ledger) == [(350, 370, "")]


def test_a_price_that_a_person_typed_is_not_changed_by_a_list(ledger: Ledger, tmp_path: Path) -> None:
    record.add(ledger, make.purchase(at=NEAR, paid="3.50"), now=NOW)
    (typed,) = purchases(ledger)
    path = google(tmp_path / "g.json", {"GPA.1": 0})
    done = transfer.import_file(ledger, path, pairs={"1": str(typed.id)}, now=NOW)
    assert living(ledger) == [(350, 350, "GPA.1")]
    take_back(ledger, done)
    transfer.import_file(ledger, path, pairs={"1": "new"}, now=NOW)
    assert living(ledger) == [(350, 350, ""), (350, 370, "GPA.1")]


def test_a_day_gets_its_hour_and_the_undo_takes_it_again(ledger: Ledger, tmp_path: Path) -> None:
    record.add(ledger, make.purchase(at="2026-05-01", paid="3.70"), now=NOW)
    (before,) = purchases(ledger)
    done = of_google(ledger, tmp_path)
    (after,) = purchases(ledger)
    assert (after.hour_known, after.at.isoformat()) == (True, "2026-05-01T20:00:00+00:00")
    assert after.home_on == before.home_on
    take_back(ledger, done)
    (again,) = purchases(ledger)
    assert (again.at, again.hour_known) == (before.at, False)
    undo.revert(ledger, undo_of(done, void=False), now=NOW)
    assert purchases(ledger)[0].at == after.at


# -- order numbers and days


@pytest.mark.parametrize("turned", [False, True])
def test_an_equal_order_number_does_not_outweigh_other_coins(ledger: Ledger, tmp_path: Path, *, turned: bool) -> None:
    record.add(ledger, make.purchase(at=NEAR, paid="4.99", order_ref="MA1"), now=NOW)
    lines = [("MA1", "11", "4.99", ""), ("MA1", "12", "1.29", "")]
    path = apple(tmp_path / "a.csv", lines[::-1] if turned else lines, at=NEAR)
    done = bring(ledger, path)
    assert (done.paired, done.count) == (1, 1)
    assert sorted(paid or 0 for _, paid, _ in living(ledger)) == [129, 499]


def test_an_equal_order_number_with_another_price_is_asked(ledger: Ledger, tmp_path: Path) -> None:
    record.add(ledger, make.purchase(at=NEAR, paid="4.99", order_ref="GPA.1"), now=NOW)
    path = google(tmp_path / "g.json", {"GPA.1": 370})
    with pytest.raises(transfer.ImportRefusal) as refused:
        transfer.import_file(ledger, path, now=NOW)
    assert refused.value.problems[0].code == "pair_order_differs"
    assert [pair.sure for pair in refused.value.pairs] == [False]
    (typed,) = purchases(ledger)
    done = transfer.import_file(ledger, path, pairs={"orders:1": str(typed.id)}, now=NOW)
    # All of it came back, whatever it cost.
    assert (done.paired, returned(refunds(ledger))) == (1, [(499, 350)])


@pytest.mark.parametrize(("paid", "coins"), [("3.69", "350"), ("3.70", "300")])
def test_a_purchase_of_the_very_time_with_one_other_amount_is_asked(
    ledger: Ledger, tmp_path: Path, paid: str, coins: str
) -> None:
    record.add(ledger, make.purchase(at=NEAR, paid=paid, coins=coins), now=NOW)
    path = google(tmp_path / "g.json", {"GPA.1": 0, "GPA.2": 0})
    with pytest.raises(transfer.ImportRefusal) as refused:
        transfer.import_file(ledger, path, now=NOW)
    assert [found.code for found in refused.value.problems] == ["pair_amount_differs"]
    (typed,) = purchases(ledger)
    transfer.import_file(ledger, path, pairs={"orders:1": str(typed.id)}, now=NOW)
    assert len(living(ledger)) == 2
    assert bring(ledger, path).duplicates == 2


def test_coins_and_a_price_of_one_day_are_one_purchase(ledger: Ledger, tmp_path: Path) -> None:
    record.add(ledger, make.purchase(at="2026-05-01", paid="3.70", coins=""), now=NOW)
    assert of_tiktok(ledger, tmp_path).paired == 1
    assert of_google(ledger, tmp_path).paired == 1
    assert living(ledger) == [(350, 370, "GPA.1")]


def test_which_of_several_coins_of_a_day_a_price_belongs_to_is_asked(ledger: Ledger, tmp_path: Path) -> None:
    record.add(ledger, make.purchase(at="2026-05-01", paid="3.70", coins=""), now=NOW)
    coins = [(AT, "Recharge", 350), ("2026-05-01 15:00:00", "Recharge", 700)]
    rows = tiktok_files.write(tmp_path / "t.json", coins=coins)
    with pytest.raises(transfer.ImportRefusal) as refused:
        transfer.import_file(ledger, rows, answers=SAID, now=NOW)
    assert {found.code for found in refused.value.problems} == {"pair_day_alone"}
    (typed,) = purchases(ledger)
    pairs = {"coins:1": str(typed.id), "coins:2": "new"}
    done = transfer.import_file(ledger, rows, answers=SAID, pairs=pairs, now=NOW)
    assert (done.paired, done.count) == (1, 1)
    assert living(ledger) == [(350, 370, ""), (700, None, "")]


def undo_of(done: transfer.ImportChanges, *, void: bool) -> UndoImport:
    assert done.batch is not None
    return UndoImport(batch=BatchId(done.batch), void=void)


def replace_batch(entry: Entry) -> Entry:
    return replace(entry, batch=None)


def _order(path: Path, title: str) -> Path:
    said = {
        "orderId": "GPA.1",
        "creationTime": NEAR,
        "totalPrice": "3,70 €",
        "lineItem": [{"doc": {"documentType": "In App Item", "title": title}, "quantity": "1"}],
    }
    path.write_text(json.dumps([{"orderHistory": said}]), encoding="utf-8")
    return path


@pytest.mark.parametrize(("first", "second"), [(of_google, of_tiktok), (of_tiktok, of_google), (of_apple, of_tiktok)])
def test_an_import_that_goes_comes_and_goes_again_takes_no_more_than_the_first_time(
    ledger: Ledger, tmp_path: Path, first: Act, second: Act
) -> None:
    one, _ = first(ledger, tmp_path), second(ledger, tmp_path)
    whole = living(ledger)
    take_back(ledger, one)
    less = living(ledger)
    for _ in range(2):
        redo(ledger, one)
        assert living(ledger) == whole
        take_back(ledger, one)
        assert living(ledger) == less


def test_a_refund_whose_purchase_came_with_another_import_since_comes_in(ledger: Ledger, tmp_path: Path) -> None:
    rows = apple(tmp_path / "a.csv", [("MA1", "11", "3.70", ""), ("MA1", "11", "-1.00", "")], at=NEAR)
    take_back(ledger, bring(ledger, rows))
    of_tiktok(ledger, tmp_path)
    assert bring(ledger, rows).paired == 1
    assert returned(refunds(ledger))[-1:] == [(100, 0)]
    assert len(living(ledger)) == 1


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("steps", [*product((0, 1), repeat=3), (0, 0, 1, 0, 1), (1, 0, 1, 1, 0), (1, 1, 0, 1, 0)])
def test_a_price_that_was_only_said_stands_while_no_list_names_another(
    ledger: Ledger, tmp_path: Path, first: int, steps: tuple[int, ...]
) -> None:
    """Two imports of one purchase go and come back: 3.80 was said beside the first, the second names 3.70."""
    rows = tiktok_files.write(tmp_path / "t.json", coins=[(AT, "Recharge", 350)])
    say = replace(SAID, currency="EUR", paid={350: "3.80"})
    batches = {}
    for each in (first, 1 - first):
        done = of_google(ledger, tmp_path) if each else transfer.import_file(ledger, rows, answers=say, now=NOW)
        assert isinstance(done.undo, UndoImport)
        batches[each] = done.undo.batch
    stands = {0, 1}
    for each in steps:
        act = past_imports.undo_import if each in stands else past_imports.redo_import
        act(ledger, batches[each], now=NOW)
        stands ^= {each}
        price = 370 if 1 in stands else 380
        assert [paid for _, paid, _ in living(ledger)] == ([price] if stands else [])
        [entry] = purchases(ledger)
        assert not stands or entry.converted_minor == price
        assert verify.verify(ledger) == ()


def test_an_import_that_came_in_again_as_another_does_not_stand_beside_it(ledger: Ledger, tmp_path: Path) -> None:
    by_hand(ledger, tmp_path)
    path = google(tmp_path / "g.json", {"GPA.1": 100})
    first = bring(ledger, path)
    assert isinstance(first.undo, UndoImport)
    take_back(ledger, first)
    again = bring(ledger, path)
    assert (again.count, again.paired) == (1, 1)
    with pytest.raises(Refusal, match="told_since"):
        past_imports.redo_import(ledger, first.undo.batch, now=NOW)
    assert returned(refunds(ledger)) == [(100, 0)]


@pytest.mark.parametrize("gone", list(permutations((0, 1, 2))))
def test_a_refund_that_grew_stays_as_the_files_that_stand_say(
    ledger: Ledger, tmp_path: Path, gone: tuple[int, ...]
) -> None:
    sums = (0, 100, 370)
    batches = []
    for place, minor in enumerate(sums):
        done = bring(ledger, google(tmp_path / f"{place}.json", {"GPA.1": minor}))
        assert isinstance(done.undo, UndoImport)
        batches.append(done.undo.batch)
    stand = {0, 1, 2}
    for each in gone:
        past_imports.undo_import(ledger, batches[each], now=NOW)
        stand -= {each}
        # The purchase went with the file that brought it: the others hold refunds alone.
        said = max((sums[one] for one in stand), default=0) if 0 in stand else 0
        assert sum(minor for minor, _ in returned(refunds(ledger))) == said
        assert verify.verify(ledger) == ()


def many_gifts(folder: Path) -> Path:
    file = folder / "many.csv"
    rows = [f"gift,2026-11-{1 + number % 20:02},{1 + number % 9},luna" for number in range(2500)]
    file.write_text("\n".join(["kind,at,coins,creator", *rows]), encoding="utf-8")
    return file


class Patience:
    """Lets work go on until it has asked so often."""

    def __init__(self, times: int) -> None:
        self.left = times

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0


@pytest.mark.parametrize("back", [False, True])
def test_an_undo_that_is_cancelled_changes_nothing_however_far_it_came(
    ledger: Ledger, tmp_path: Path, back: bool
) -> None:
    batch = BatchId(transfer.import_file(ledger, many_gifts(tmp_path), now=NOW).batch or 0)
    act = past_imports.redo_import if back else past_imports.undo_import
    if back:
        past_imports.undo_import(ledger, batch, now=NOW)
    before = said(ledger)
    for asked_before in range(8):
        with pytest.raises(Refusal) as refused:
            act(ledger, batch, now=NOW, cancelled=Patience(asked_before))
        assert [one.code for one in refused.value.problems] == ["cancelled"]
        assert said(ledger) == before
    act(ledger, batch, now=NOW, cancelled=Patience(50))
    assert all((one.voided_at is None) == back for one in said(ledger))
    assert verify.verify(ledger) == ()


@pytest.mark.parametrize("back", [False, True])
def test_an_undo_tells_how_many_of_its_entries_are_done(ledger: Ledger, tmp_path: Path, back: bool) -> None:
    batch = BatchId(transfer.import_file(ledger, many_gifts(tmp_path), now=NOW).batch or 0)
    told: list[tuple[int, int]] = []
    for act in (past_imports.undo_import, past_imports.redo_import)[: 1 + back]:
        told.clear()
        act(ledger, batch, now=NOW, progress=lambda done, total: told.append((done, total)))
    assert {total for _, total in told} == {2500}
    counts = [done for done, _ in told]
    assert counts == sorted(counts)
    assert (counts[0], counts[-1]) == (0, 2500)


def imports(*acts: Callable[[], transfer.ImportChanges]) -> list[BatchId]:
    """Several imports, by the numbers their undos are known by."""
    found = []
    for act in acts:
        done = act()
        assert isinstance(done.undo, UndoImport)
        found.append(done.undo.batch)
    return found


def money(ledger: Ledger) -> tuple[list[int | None], int]:
    """Prices of the purchases that count, and what came back in all."""
    assert verify.verify(ledger) == ()
    return [paid for _, paid, _ in living(ledger)], sum(minor for minor, _ in returned(refunds(ledger)))


def grown(ledger: Ledger, folder: Path, *sums: int) -> list[BatchId]:
    """Exports of one order in which what came back grew."""
    return imports(
        *(lambda minor=minor: bring(ledger, google(folder / f"{minor}.json", {"GPA.1": minor})) for minor in sums),
    )


def test_a_refund_of_an_import_that_is_gone_does_not_live_again_with_its_purchase(
    ledger: Ledger, tmp_path: Path
) -> None:
    by_hand(ledger, tmp_path)
    [batch] = grown(ledger, tmp_path, 100)
    [purchase] = purchases(ledger)
    record.void(ledger, [purchase.id], now=NOW)
    past_imports.undo_import(ledger, batch, now=NOW)
    record.unvoid(ledger, [purchase.id], now=NOW)
    assert money(ledger) == ([370], 0)
    past_imports.redo_import(ledger, batch, now=NOW)
    assert money(ledger) == ([370], 100)


def test_an_import_that_stands_again_brings_no_refund_of_one_that_is_gone(ledger: Ledger, tmp_path: Path) -> None:
    first, second = grown(ledger, tmp_path, 0, 100)
    for batch in (first, second):
        past_imports.undo_import(ledger, batch, now=NOW)
    past_imports.redo_import(ledger, first, now=NOW)
    assert money(ledger) == ([370], 0)
    past_imports.redo_import(ledger, second, now=NOW)
    assert money(ledger) == ([370], 100)


def test_two_sums_of_one_order_do_not_stand_beside_one_another(ledger: Ledger, tmp_path: Path) -> None:
    by_hand(ledger, tmp_path)
    [first] = grown(ledger, tmp_path, 100)
    past_imports.undo_import(ledger, first, now=NOW)
    [second] = grown(ledger, tmp_path, 250)
    past_imports.undo_import(ledger, second, now=NOW)
    past_imports.redo_import(ledger, first, now=NOW)
    with pytest.raises(Refusal, match="told_since"):
        past_imports.redo_import(ledger, second, now=NOW)
    assert money(ledger) == ([370], 100)


def test_a_refund_without_its_purchase_names_the_import_it_went_with(ledger: Ledger, tmp_path: Path) -> None:
    first, second = grown(ledger, tmp_path, 0, 100)
    for batch in (second, first):
        past_imports.undo_import(ledger, batch, now=NOW)
    with pytest.raises(Refusal, match="went_with_another"):
        past_imports.redo_import(ledger, second, now=NOW)


def test_a_price_that_a_refund_rests_on_goes_with_the_last_import_that_said_it(ledger: Ledger, tmp_path: Path) -> None:
    sheet = tmp_path / "s.csv"
    sheet.write_text(f"Date,Coins,Paid,Currency\n{NEAR},350,3.70,EUR\n", encoding="utf-8")
    wishes = opening.Wishes(sheets=True, said=Said(kind="purchase"))
    _, second, third = imports(
        lambda: of_tiktok(ledger, tmp_path),
        lambda: transfer.import_file(ledger, sheet, wishes=wishes, now=NOW),
        lambda: bring(ledger, google(tmp_path / "g.json", {"GPA.1": 100})),
    )
    past_imports.undo_import(ledger, second, now=NOW)
    assert money(ledger) == ([370], 100)
    past_imports.undo_import(ledger, third, now=NOW)
    assert money(ledger) == ([None], 0)


def test_a_named_price_comes_back_before_a_said_one_though_a_refund_rests_on_it(ledger: Ledger, tmp_path: Path) -> None:
    rows = tiktok_files.write(tmp_path / "t.json", coins=[(AT, "Recharge", 350)])
    say = replace(SAID, currency="EUR", paid={350: "3.60"})
    first, _ = imports(
        lambda: bring(ledger, google(tmp_path / "g.json", {"GPA.1": 370})),
        lambda: transfer.import_file(ledger, rows, answers=say, now=NOW),
    )
    past_imports.undo_import(ledger, first, now=NOW)
    assert money(ledger) == ([360], 0)
    past_imports.redo_import(ledger, first, now=NOW)
    assert money(ledger) == ([370], 370)


def test_coins_and_prices_of_two_exports_come_back_each_with_its_own(ledger: Ledger, tmp_path: Path) -> None:
    say = replace(SAID, currency="EUR")
    files = [
        tiktok_files.write(tmp_path / "c.json", coins=[(AT, "Recharge", 350)]),
        tiktok_files.write(tmp_path / "p.json", prices=[(AT, "3.70")]),
    ]
    first, second = imports(
        *(lambda path=path: transfer.import_file(ledger, path, answers=say, now=NOW) for path in files)
    )
    for batch in (first, second):
        past_imports.undo_import(ledger, batch, now=NOW)
    past_imports.redo_import(ledger, first, now=NOW)
    assert living(ledger) == [(350, None, "")]


def test_a_price_that_another_list_names_stays_before_one_that_was_only_said(ledger: Ledger, tmp_path: Path) -> None:
    sheet = tmp_path / "s.csv"
    sheet.write_text(f"Date,Coins,Paid,Currency\n{NEAR},350,3.70,EUR\n", encoding="utf-8")
    wishes = opening.Wishes(sheets=True, said=Said(kind="purchase"))
    rows = tiktok_files.write(tmp_path / "t.json", coins=[(AT, "Recharge", 350)])
    say = replace(SAID, currency="EUR", paid={350: "3.60"})
    first, _, third = imports(
        lambda: transfer.import_file(ledger, sheet, wishes=wishes, now=NOW),
        lambda: transfer.import_file(ledger, rows, answers=say, now=NOW),
        lambda: of_google(ledger, tmp_path),
    )
    past_imports.undo_import(ledger, first, now=NOW)
    assert money(ledger) == ([370], 0)
    past_imports.undo_import(ledger, third, now=NOW)
    assert living(ledger) == [(350, 360, "")]


def test_what_the_import_a_purchase_is_left_to_says_stays_when_another_goes(ledger: Ledger, tmp_path: Path) -> None:
    """Nothing of the other: coins of a list stay, a price and a refund that only others told of go."""
    prices = tiktok_files.write(tmp_path / "p.json", prices=[(AT, "3.70 EUR")])
    of_prices, of_coins, of_store = imports(
        lambda: transfer.import_file(ledger, prices, answers=SAID, now=NOW),
        lambda: of_tiktok(ledger, tmp_path),
        lambda: bring(ledger, google(tmp_path / "g.json", {"GPA.1": 100})),
    )
    past_imports.undo_import(ledger, of_coins, now=NOW)
    past_imports.redo_import(ledger, of_coins, now=NOW)
    past_imports.undo_import(ledger, of_prices, now=NOW)
    past_imports.undo_import(ledger, of_store, now=NOW)
    assert living(ledger) == [(350, None, "")]
    assert verify.verify(ledger) == ()


@pytest.mark.parametrize("tiktok_first", [True, False])
def test_a_refund_goes_with_the_import_that_brought_it_though_a_later_file_of_that_store_has_it_too(
    ledger: Ledger, tmp_path: Path, *, tiktok_first: bool
) -> None:
    store = google(tmp_path / "1.json", {"GPA.1": 370, "GPA.2": 0})
    later = google(tmp_path / "2.json", {"GPA.1": 370, "GPA.2": 0, "GPA.3": 0})
    acts = [lambda: bring(ledger, store), lambda: of_tiktok(ledger, tmp_path), lambda: bring(ledger, later)]
    done = imports(*([acts[1], acts[0], acts[2]] if tiktok_first else acts))
    past_imports.undo_import(ledger, done[1 if tiktok_first else 0], now=NOW)
    assert sorted(living(ledger), key=str) == [(350, 370, "GPA.3"), (350, None, "")]
    assert returned(refunds(ledger)) == []
    assert verify.verify(ledger) == ()


def test_the_list_of_imports_says_after_an_undo_and_a_return_what_it_said_before(
    ledger: Ledger, tmp_path: Path
) -> None:
    store = google(tmp_path / "1.json", {"GPA.1": 370, "GPA.2": 0})
    first, _ = imports(lambda: bring(ledger, store), lambda: of_tiktok(ledger, tmp_path))
    before = past_imports.past_imports(ledger)
    assert [(one.entries, one.living, one.paired) for one in before] == [(0, 0, 1), (3, 3, 0)]
    past_imports.undo_import(ledger, first, now=NOW)
    past_imports.redo_import(ledger, first, now=NOW)
    assert past_imports.past_imports(ledger) == before

"""What a store says came back of an order is a sum: of it only what the ledger does not have yet becomes a refund."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coinbudget.domain.entries import BatchId, Entry, Purchase, Refund
from coinbudget.domain.errors import Refusal
from coinbudget.services import record, transfer, undo, verify, wording
from coinbudget.services.changes import UndoImport
from coinbudget.services.ledger import Ledger, open_ledger
from tests import make
from tests.conftest import NOW, _with_mia

PAID = 370
_HEAD = ("Item Purchased Date", "Item Reference Number", "Item Description", "Seller", "Invoice Item Total")
_TAIL = ("Refund Amount", "Order Number", "Currency")


def euros(minor: int) -> str:
    return f"{minor // 100},{minor % 100:02} €"


def google(path: Path, back: Mapping[str, int]) -> Path:
    """Orders of 350 coins for 3,70 €, by number, and what came back of each."""
    orders = []
    for place, (order, minor) in enumerate(sorted(back.items())):
        said = {
            "orderId": order,
            "creationTime": f"2026-05-{place + 1:02}T20:00:00Z",
            "totalPrice": euros(PAID),
            "lineItem": [{"doc": {"documentType": "In App Item", "title": "350 Coins (TikTok)"}, "quantity": "1"}],
        }
        orders.append({"orderHistory": said | ({"refundAmount": euros(minor)} if minor else {})})
    path.write_text(json.dumps(orders), encoding="utf-8")
    return path


def apple(
    path: Path, lines: Sequence[tuple[str, str, str, str]], *, at: str = "2026-05-14T20:00:00Z", currency: str = "EUR"
) -> Path:
    """Lines of 350 coins: order, item, price and what came back."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow((*_HEAD, *_TAIL))
    for order, item, price, back in lines:
        writer.writerow((at, item, "350 Coins", "TikTok Ltd.", price, back, order, currency))
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def bring(ledger: Ledger, path: Path) -> transfer.ImportChanges:
    looked = transfer.preview_import(ledger, path, now=NOW)
    done = transfer.import_file(ledger, path, now=NOW)
    assert (looked.new, looked.duplicates, looked.problems_all) == (done.count, done.duplicates, done.problems_all)
    assert looked.after == done.after
    assert verify.verify(ledger) == ()
    return done


def refunds(ledger: Ledger) -> list[Refund]:
    return [one for one in make.all_entries(ledger) if isinstance(one, Refund)]


def purchases(ledger: Ledger) -> list[Purchase]:
    return [one for one in make.all_entries(ledger) if isinstance(one, Purchase)]


def returned(entries: Sequence[Refund]) -> list[tuple[int, int]]:
    return [(one.paid.minor, one.coins) for one in entries if one.counts]


def test_a_refund_that_grew_between_two_files_brings_the_difference(ledger: Ledger, tmp_path: Path) -> None:
    first = google(tmp_path / "1.json", {"GPA.1": 100})
    assert bring(ledger, first).count == 2
    whole = google(tmp_path / "2.json", {"GPA.1": PAID})
    assert bring(ledger, whole).count == 1
    assert returned(refunds(ledger)) == [(100, 0), (270, 350)]
    assert [bring(ledger, path).count for path in (whole, first, whole)] == [0, 0, 0]


def test_an_older_file_takes_nothing_back(ledger: Ledger, tmp_path: Path) -> None:
    bring(ledger, google(tmp_path / "1.json", {"GPA.1": PAID}))
    assert bring(ledger, google(tmp_path / "2.json", {"GPA.1": 100})).count == 0
    assert returned(refunds(ledger)) == [(PAID, 350)]


def test_apples_sums_grow_as_googles_do(ledger: Ledger, tmp_path: Path) -> None:
    for back, count in (("", 1), ("1.00", 1), ("2.50", 1), ("3.70", 1), ("3.70", 0)):
        assert bring(ledger, apple(tmp_path / "a.csv", [("MA1", "11", "3.70", back)])).count == count
    assert returned(refunds(ledger)) == [(100, 0), (150, 0), (120, 350)]


def test_what_was_typed_by_hand_counts_towards_the_sum(ledger: Ledger, tmp_path: Path) -> None:
    bring(ledger, google(tmp_path / "1.json", {"GPA.1": 0}))
    (bought,) = purchases(ledger)
    record.add(ledger, make.refund(str(bought.id), paid="1.00"), now=NOW)
    assert bring(ledger, google(tmp_path / "2.json", {"GPA.1": 100})).count == 0
    bring(ledger, google(tmp_path / "3.json", {"GPA.1": PAID}))
    assert returned(refunds(ledger)) == [(100, 0), (270, 350)]


def test_a_refund_that_was_voided_stays_voided_and_only_more_than_it_comes_in(ledger: Ledger, tmp_path: Path) -> None:
    part = google(tmp_path / "1.json", {"GPA.1": 100})
    bring(ledger, part)
    (denied,) = refunds(ledger)
    record.void(ledger, [str(denied.id)], now=NOW)
    assert bring(ledger, part).count == 0
    assert bring(ledger, google(tmp_path / "2.json", {"GPA.1": PAID})).count == 1
    assert returned(refunds(ledger)) == [(270, 350)]


def test_a_purchase_voided_with_its_refund_stays_voided_and_is_no_problem(ledger: Ledger, tmp_path: Path) -> None:
    path = google(tmp_path / "1.json", {"GPA.1": 100})
    bring(ledger, path)
    record.void(ledger, [str(purchases(ledger)[0].id)], now=NOW)
    assert not any(one.counts for one in make.all_entries(ledger))
    assert (bring(ledger, path).count, len(make.all_entries(ledger))) == (0, 2)


def test_a_refund_of_a_voided_purchase_waits_until_that_lives_again(ledger: Ledger, tmp_path: Path) -> None:
    bring(ledger, google(tmp_path / "1.json", {"GPA.1": 0}))
    (bought,) = purchases(ledger)
    record.void(ledger, [str(bought.id)], now=NOW)
    grown = google(tmp_path / "2.json", {"GPA.1": 100})
    assert (bring(ledger, grown).count, refunds(ledger)) == (0, [])
    record.unvoid(ledger, [str(bought.id)], now=NOW)
    assert bring(ledger, grown).count == 1
    assert returned(refunds(ledger)) == [(100, 0)]


def test_an_undone_refund_comes_back_with_its_import(ledger: Ledger, tmp_path: Path) -> None:
    bring(ledger, google(tmp_path / "1.json", {"GPA.1": 0}))
    grown = google(tmp_path / "2.json", {"GPA.1": PAID})
    done = bring(ledger, grown)
    assert done.undo is not None
    undo.revert(ledger, done.undo, now=NOW)
    assert returned(refunds(ledger)) == []
    assert bring(ledger, grown).count == 1
    assert returned(refunds(ledger)) == [(PAID, 350)]
    assert len(refunds(ledger)) == 1


def test_an_undone_part_does_not_stand_for_the_whole(ledger: Ledger, tmp_path: Path) -> None:
    bring(ledger, google(tmp_path / "1.json", {"GPA.1": 0}))
    done = bring(ledger, google(tmp_path / "2.json", {"GPA.1": 100}))
    assert done.undo is not None
    undo.revert(ledger, done.undo, now=NOW)
    bring(ledger, google(tmp_path / "3.json", {"GPA.1": PAID}))
    assert returned(refunds(ledger)) == [(PAID, 350)]


@pytest.mark.parametrize("currency", ["EUR", "USD"])
@pytest.mark.parametrize("standing", ["nothing", "coins", "both"])
def test_a_preview_tells_what_comes_back_in_the_profiles_currency(
    ledger: Ledger, tmp_path: Path, currency: str, standing: str
) -> None:
    at = "2026-05-14T20:00:10Z"
    if standing == "coins":
        record.add(ledger, make.purchase(coins="350", paid="", currency="", at=at, row=2), now=NOW)
    elif standing == "both":
        record.add(ledger, make.purchase(coins="350", paid="3.70", currency=currency, at=at), now=NOW)
    for back in ("1.00", "3.70"):
        path = apple(tmp_path / "a.csv", [("MA1", "11", f"{currency} 3.70", back)], currency=currency)
        done = bring(ledger, path)
    (told,) = done.after.values()
    assert 0 < told.refunded_minor == told.spent_minor
    assert len(purchases(ledger)) == 1


def _of(found: Entry, bought: Sequence[Purchase]) -> int:
    assert isinstance(found, Refund)
    return [one.id for one in bought].index(found.refers_to)


def test_of_two_things_in_one_order_the_refunded_one_gives_back(ledger: Ledger, tmp_path: Path) -> None:
    both = apple(tmp_path / "a.csv", [("MA1", "11", "3.70", ""), ("MA1", "12", "5.29", "5.29")])
    assert bring(ledger, both).count == 3
    (back,) = refunds(ledger)
    assert (_of(back, purchases(ledger)), back.paid.minor, back.coins) == (1, 529, 350)
    assert bring(ledger, both).count == 0


def test_of_two_equal_things_in_one_order_each_gives_back_once(ledger: Ledger, tmp_path: Path) -> None:
    both = apple(tmp_path / "a.csv", [("MA1", "11", "3.70", "3.70"), ("MA1", "11", "3.70", "3.70")])
    assert bring(ledger, both).count == 4
    assert {_of(one, purchases(ledger)) for one in refunds(ledger)} == {0, 1}
    assert bring(ledger, both).count == 0


def test_a_thing_paired_with_what_stood_gives_back_too(ledger: Ledger, tmp_path: Path) -> None:
    for paid in ("3.70", "5.29"):
        record.add(ledger, make.purchase(coins="350", paid=paid, at="2026-05-14T20:00:10Z"), now=NOW)
    both = apple(tmp_path / "a.csv", [("MA1", "11", "3.70", ""), ("MA1", "12", "5.29", "5.29")])
    done = bring(ledger, both)
    assert len(purchases(ledger)) == 2
    assert (done.count, done.paired) == (1, 2)
    (back,) = refunds(ledger)
    assert (_of(back, purchases(ledger)), back.paid.minor, back.coins) == (1, 529, 350)
    assert bring(ledger, both).count == 0


@pytest.mark.parametrize("other", ["2026-05-14", "14.05.2026", "5/14/2026 8:00:00 PM"])
def test_one_purchase_in_both_of_apples_files_is_one_in_whatever_form_its_day_is(
    ledger: Ledger, tmp_path: Path, other: str
) -> None:
    folder = tmp_path / "both"
    folder.mkdir()
    apple(folder / "Store Transaction History.csv", [("MA1", "11", "3.70", "")])
    second = folder / "Store Transaction Purchase and Free Apps History.csv"
    apple(second, [("MA1", "11", "€3,70", "")], at=other)
    bring(ledger, folder)
    assert len(purchases(ledger)) == 1
    assert bring(ledger, second).count == 0
    assert bring(ledger, folder).count == 0


_ORDERS = ("GPA.1", "GPA.2", "GPA.3")
_STATEMENTS = st.dictionaries(st.sampled_from(_ORDERS), st.integers(0, PAID), min_size=1)


@given(st.lists(_STATEMENTS, min_size=1, max_size=5))
@settings(deadline=None)
def test_after_any_files_the_most_that_was_said_has_come_back(files: list[dict[str, int]]) -> None:
    ledger = _with_mia(open_ledger(None, now=NOW, create=True))
    try:
        most: dict[str, int] = {}
        with TemporaryDirectory() as folder:
            for number, said in enumerate(files):
                # An order stands at the same time in every file.
                bring(
                    ledger,
                    google(Path(folder) / f"{number}.json", dict.fromkeys(("GPA.1", "GPA.2", "GPA.3"), 0) | said),
                )
                most = {order: max(said.get(order, 0), most.get(order, 0)) for order in {*said, *most}}
        orders = {one.id: one.order_ref for one in purchases(ledger)}
        back = dict.fromkeys(most, 0)
        for refund in refunds(ledger):
            back[orders[refund.refers_to]] += refund.paid.minor
        assert back == most
        for refund in refunds(ledger):
            whole = back[orders[refund.refers_to]] == PAID
            assert refund.coins == 0 or whole
    finally:
        ledger.close()


_THREE = st.tuples(*[st.integers(0, PAID)] * 3)


@given(st.lists(st.tuples(_THREE, st.permutations(range(3))), min_size=1, max_size=4))
@settings(deadline=None)
def test_equal_rows_of_one_order_keep_what_came_back_of_each(files: list[tuple[tuple[int, ...], list[int]]]) -> None:
    """Sums grow from file to file; rows stand in any order."""
    ledger = _with_mia(open_ledger(None, now=NOW, create=True))
    try:
        most = [0, 0, 0]
        with TemporaryDirectory() as folder:
            for said, order in files:
                most = [max(pair) for pair in zip(most, said, strict=True)]
                lines = [("MA1", "11", "3.70", f"{most[place] / 100:.2f}") for place in order]
                path = apple(Path(folder) / "a.csv", lines)
                bring(ledger, path)
                assert bring(ledger, path).count == 0
                assert sum(minor for minor, _ in returned(refunds(ledger))) == sum(most)
        assert len(purchases(ledger)) == len(most)
    finally:
        ledger.close()


@pytest.mark.parametrize(("other", "minor"), [("5,29 €", 123_400), ("", None)])
def test_three_digits_behind_a_point_are_thousands_where_other_prices_have_a_comma(
    ledger: Ledger, tmp_path: Path, other: str, minor: int | None
) -> None:
    lines = [("MA1", "11", "1.234 €", ""), *([("MA2", "12", other, "")] if other else [])]
    path = apple(tmp_path / "a.csv", lines)
    done = transfer.import_file(ledger, path, skip_problems=True, now=NOW)
    assert done.problems_all == (minor is None)
    found = [one.paid.minor for one in purchases(ledger) if one.order_ref == "MA1" and one.paid]
    assert found == ([] if minor is None else [minor])


@pytest.mark.parametrize(
    ("total", "back", "came"),
    [
        ("0.00", "3.70", (PAID, 350)),
        ("-3.70", "", (PAID, 350)),
        ("-3.70", "3.70", (PAID, 350)),
        ("-3.70", "-3.70", (PAID, 350)),
        ("0.00", "1.00", (100, 0)),
        ("-1.00", "", (100, 0)),
    ],
)
def test_what_apple_gave_back_in_a_row_of_its_own_is_a_refund_of_the_orders_purchase(
    ledger: Ledger, tmp_path: Path, total: str, back: str, came: tuple[int, int]
) -> None:
    rows = [("MA1", "11", "3.70", ""), ("MA2", "11", "3.70", ""), ("MA1", "11", total, back)]
    assert bring(ledger, apple(tmp_path / "a.csv", rows)).count == 3
    assert returned(refunds(ledger)) == [came]
    assert [one.refers_to for one in refunds(ledger)] == [purchases(ledger)[0].id]
    assert bring(ledger, apple(tmp_path / "b.csv", rows[::-1])).count == 0


def test_a_free_line_of_apple_is_no_refund(ledger: Ledger, tmp_path: Path) -> None:
    done = bring(ledger, apple(tmp_path / "a.csv", [("MA1", "11", "3.70", ""), ("MA2", "11", "0.00", "0.00")]))
    assert (done.count, done.problems_all) == (1, 0)


def test_all_the_coins_go_back_with_the_last_part_of_the_price(ledger: Ledger, tmp_path: Path) -> None:
    rows = [("MA1", "11", "3.70", ""), ("MA2", "12", "1.29", "")]
    bring(ledger, apple(tmp_path / "a.csv", [*rows, ("MA1", "11", "0.00", "1.00")]))
    bring(ledger, apple(tmp_path / "b.csv", [*rows, ("MA1", "11", "0.00", "3.70")]))
    assert returned(refunds(ledger)) == [(100, 0), (270, 350)]


Line = tuple[str, str, str, str]
BOUGHT: Line = ("MA1", "11", "3.70", "")


def parts(*totals: str) -> list[Line]:
    return [("MA1", "11", total, "") for total in totals]


@pytest.mark.parametrize("total", ["-", "0.00"])
@pytest.mark.parametrize(("one", "two"), [("1.00", "2.70"), ("2.70", "1.00"), ("1.85", "1.85")])
def test_parts_in_rows_of_their_own_add_up_and_the_last_takes_the_coins_back(
    ledger: Ledger, tmp_path: Path, total: str, one: str, two: str
) -> None:
    def part(amount: str) -> Line:
        return ("MA1", "11", f"-{amount}", "") if total == "-" else ("MA1", "11", total, amount)

    bring(ledger, apple(tmp_path / "a.csv", [BOUGHT, part(one)]))
    both = apple(tmp_path / "b.csv", [BOUGHT, part(one), part(two)])
    assert bring(ledger, both).count == 1
    minors = [round(float(amount) * 100) for amount in (one, two)]
    assert returned(refunds(ledger)) == [(minors[0], 0), (minors[1], 350)]
    assert [bring(ledger, path).count for path in (both, apple(tmp_path / "c.csv", [part(two)]))] == [0, 0]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("folder", [False, True])
@pytest.mark.parametrize(("back", "totals"), [("3.70", ("-3.70",)), ("3.70", ("-1.00", "-2.70")), ("1.50", ("-1.50",))])
def test_what_came_back_is_one_money_as_a_sum_and_in_rows_of_its_own(
    ledger: Ledger, tmp_path: Path, back: str, totals: tuple[str, ...], *, turned: bool, folder: bool
) -> None:
    rows: list[list[Line]] = [[("MA1", "11", "3.70", back)], [BOUGHT, *parts(*totals)]]
    for place, way in enumerate(rows[::-1] if turned else rows):
        path = apple(tmp_path / f"{place}.csv", way)
        if not folder:
            bring(ledger, path)
    if folder:
        bring(ledger, tmp_path)
    minor = round(float(back) * 100)
    assert sum(one.paid.minor for one in refunds(ledger) if one.counts) == minor
    assert sum(one.coins for one in refunds(ledger) if one.counts) == (350 if minor == PAID else 0)


def test_a_part_that_was_voided_does_not_come_back_in_a_sum(ledger: Ledger, tmp_path: Path) -> None:
    bring(ledger, apple(tmp_path / "a.csv", [BOUGHT, *parts("-3.70")]))
    record.void(ledger, [str(refunds(ledger)[0].id)], now=NOW)
    assert bring(ledger, apple(tmp_path / "b.csv", [("MA1", "11", "3.70", "3.70")])).count == 0
    assert returned(refunds(ledger)) == []


def test_a_refund_typed_by_mistake_and_voided_hides_no_sum_of_a_store(ledger: Ledger, tmp_path: Path) -> None:
    bring(ledger, google(tmp_path / "1.json", {"GPA.1": 0}))
    record.add(ledger, make.refund(str(purchases(ledger)[0].id), paid="1.00"), now=NOW)
    record.void(ledger, [str(refunds(ledger)[0].id)], now=NOW)
    assert bring(ledger, google(tmp_path / "2.json", {"GPA.1": 100})).count == 1


def test_parts_are_taken_back_and_come_again(ledger: Ledger, tmp_path: Path) -> None:
    path = apple(tmp_path / "a.csv", [BOUGHT, *parts("-1.00", "-1.00")])
    for _ in range(2):
        done = bring(ledger, path)
        assert returned(refunds(ledger))[-2:] == [(100, 0), (100, 0)]
        assert done.undo is not None
        undo.revert(ledger, done.undo, now=NOW)
        assert returned(refunds(ledger)) == []
    assert bring(ledger, path).count == 3


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (
            [("MA1", "11", "3.70", ""), ("MA1", "12", "3.70", ""), ("MA1", "", "0.00", "1.00")],
            "The order MA1 has several purchases, and the row does not tell which of them it gives back.",
        ),
        ([("MA1", "", "0.00", "1.00")], "No purchase of the order MA1 is in the ledger or the file."),
        ([("", "", "0.00", "1.00")], "The row does not tell of which purchase money came back."),
    ],
)
def test_a_refund_of_a_store_that_finds_no_purchase_speaks_of_its_order(
    ledger: Ledger, tmp_path: Path, rows: list[tuple[str, str, str, str]], sentence: str
) -> None:
    looked = transfer.preview_import(ledger, apple(tmp_path / "a.csv", rows), now=NOW)
    assert [wording.sentence(found) for found in looked.problems] == [sentence]


@pytest.mark.parametrize("back", ["0.50", "3.70"])
@pytest.mark.parametrize("turned", [False, True])
def test_one_money_told_in_two_ways_counts_once_after_an_undo(
    ledger: Ledger, tmp_path: Path, back: str, *, turned: bool
) -> None:
    row = apple(tmp_path / "row.csv", [BOUGHT, *parts(f"-{back}")])
    whole = apple(tmp_path / "sum.csv", [("MA1", "11", "3.70", back)])
    first, second = (whole, row) if turned else (row, whole)
    done = bring(ledger, first)
    bring(ledger, second)
    assert done.undo is not None
    undo.revert(ledger, done.undo, now=NOW)
    minor = round(float(back) * 100)
    for path in (second, first, second, first):
        bring(ledger, path)
        assert sum(one.paid.minor for one in refunds(ledger) if one.counts) == minor
    with pytest.raises(Refusal):
        undo.revert(ledger, UndoImport(batch=BatchId(done.batch or 0), void=False), now=NOW)


@pytest.mark.parametrize("nothing", ["0,00 €", "€0.00", "0"])
def test_an_order_of_which_nothing_came_back_is_one_row(ledger: Ledger, tmp_path: Path, nothing: str) -> None:
    path = google(tmp_path / "orders.json", {"GPA.1": 0, "GPA.2": 100})
    orders = json.loads(path.read_text(encoding="utf-8"))
    orders[0]["orderHistory"]["refundAmount"] = nothing
    path.write_text(json.dumps(orders), encoding="utf-8")
    assert bring(ledger, path).rows == 3
    assert returned(refunds(ledger)) == [(100, 0)]

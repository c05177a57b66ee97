"""Rows of stores without an order number, and files of one store side by side: each buying once, its money right."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from coinbudget.formats.source import Answers
from coinbudget.services import transfer, undo
from coinbudget.services.ledger import Ledger
from tests.conftest import NOW
from tests.services.test_store_refunds import PAID, apple, bring, google, purchases, refunds, returned

_HEAD = ("Item Purchased Date", "Item Reference Number", "Item Description", "Seller", "Invoice Item Total")

#: Time, price, what came back.
Row = tuple[str, str, str]


def google_unnamed(path: Path, rows: Sequence[Row], **more: Any) -> Path:
    """Orders without a number, or with what they have `more`."""
    line = {"doc": {"documentType": "In App Item", "title": "350 Coins (TikTok)"}, "quantity": "1"}
    orders = [
        {"creationTime": at, "totalPrice": price, "lineItem": [line]} | ({"refundAmount": back} if back else {}) | more
        for at, price, back in rows
    ]
    path.write_text(json.dumps([{"orderHistory": order} for order in orders]), encoding="utf-8")
    return path


def apple_unnamed(path: Path, rows: Sequence[Row], **more: str) -> Path:
    """Lines of a file that has neither order nor document numbers, or columns of them by `more`."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow((*_HEAD, "Refund Amount", "Currency", *(name.replace("_", " ") for name in more)))
    for at, price, back in rows:
        writer.writerow((at, "11", "350 Coins", "TikTok Ltd.", price, back, "EUR", *more.values()))
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def _no_number(path: Path, rows: Sequence[Row]) -> Path:
    return google_unnamed(path, rows, orderId="N/A")


def _null(path: Path, rows: Sequence[Row]) -> Path:
    return google_unnamed(path, rows, orderId=None)


def _blank(path: Path, rows: Sequence[Row]) -> Path:
    return google_unnamed(path, rows, orderId=" ")


def _no_numbers(path: Path, rows: Sequence[Row]) -> Path:
    return apple_unnamed(path, rows, Order_Number="n/a", Document_Number="-")


def _one_invoice(path: Path, rows: Sequence[Row]) -> Path:
    return apple_unnamed(path, rows, Order_Number="", Document_Number="D1")


either = pytest.mark.parametrize(
    "write", [google_unnamed, apple_unnamed, _no_number, _null, _blank, _no_numbers, _one_invoice]
)
Write = Callable[[Path, Sequence[Row]], Path]


@either
def test_equal_buyings_of_two_days_are_two_without_an_order_number(
    ledger: Ledger, tmp_path: Path, write: Write
) -> None:
    rows = [(f"2026-05-{day:02}T20:00:00Z", "€3.70", "") for day in (1, 2, 3)]
    assert bring(ledger, write(tmp_path / "1", rows[:2])).count == 2
    assert bring(ledger, write(tmp_path / "2", rows[1:])).count == 1
    assert len(purchases(ledger)) == 3


@either
def test_a_refund_without_an_order_number_finds_the_purchase_of_its_row(
    ledger: Ledger, tmp_path: Path, write: Write
) -> None:
    rows = [("2026-05-01T20:00:00Z", "€3.70", ""), ("2026-05-02T20:00:00Z", "€3.70", "€1.00")]
    assert bring(ledger, write(tmp_path / "1", rows)).count == 3
    assert [one.refers_to for one in refunds(ledger)] == [purchases(ledger)[1].id]
    rows[1] = (*rows[1][:2], "€3.70")
    assert bring(ledger, write(tmp_path / "2", rows)).count == 1
    assert returned(refunds(ledger)) == [(100, 0), (270, 350)]
    assert bring(ledger, write(tmp_path / "2", rows)).count == 0


@pytest.mark.parametrize("said", [(100, PAID), (PAID, 100)])
def test_of_two_files_in_one_folder_the_most_that_was_said_has_come_back(
    ledger: Ledger, tmp_path: Path, said: tuple[int, int]
) -> None:
    for place, back in enumerate(said):
        for store, folder in (("google", tmp_path / "g"), ("apple", tmp_path / "a")):
            folder.mkdir(exist_ok=True)
            if store == "google":
                google(folder / f"{place}.json", {"GPA.1": back})
            else:
                apple(folder / f"{place}.csv", [("MA1", "11", "3.70", f"{back / 100:.2f}")])
    for folder in (tmp_path / "g", tmp_path / "a"):
        bring(ledger, folder)
        assert bring(ledger, folder).count == 0
    for bought in purchases(ledger):
        assert sum(one.paid.minor for one in refunds(ledger) if one.refers_to == bought.id) == PAID
    assert len(purchases(ledger)) == 2


def order(path: Path, lines: Sequence[tuple[str, Any]], **more: Any) -> Path:
    """One order of lines: title and quantity."""
    said = {
        "orderId": "GPA.1",
        "creationTime": "2026-05-14T20:00:00Z",
        "totalPrice": "4,40 €",
        "lineItem": [
            {"doc": {"documentType": "In App Item", "title": title}, "quantity": quantity} for title, quantity in lines
        ],
    }
    path.write_text(json.dumps([{"orderHistory": said | more}]), encoding="utf-8")
    return path


PACKAGES = [("350 Coins (TikTok)", "1"), ("70 TikTok Coins", "2")]


def test_an_order_of_several_packages_is_one_purchase_of_all_their_coins(ledger: Ledger, tmp_path: Path) -> None:
    assert bring(ledger, order(tmp_path / "1", PACKAGES)).count == 1
    assert bring(ledger, order(tmp_path / "2", PACKAGES[::-1], refundAmount="4,40 €")).count == 1
    (bought,) = purchases(ledger)
    assert (bought.coins, bought.paid and bought.paid.minor) == (490, 440)
    assert returned(refunds(ledger)) == [(440, 490)]


def test_an_order_of_several_packages_is_known_again_without_a_number(ledger: Ledger, tmp_path: Path) -> None:
    assert bring(ledger, order(tmp_path / "1", PACKAGES, orderId="")).count == 1
    assert bring(ledger, order(tmp_path / "2", PACKAGES[::-1], orderId="")).count == 0


@pytest.mark.parametrize(
    "lines",
    [
        [*PACKAGES, ("Sword (Game)", "1")],
        [*PACKAGES, ("LIVE subscription (TikTok)", "1")],
    ],
)
def test_an_order_of_coins_and_what_may_be_something_else_is_a_problem(
    ledger: Ledger, tmp_path: Path, lines: list[tuple[str, str]]
) -> None:
    looked = transfer.preview_import(ledger, order(tmp_path / "1", lines), now=NOW)
    assert [found.code for found in looked.problems] == ["order_mixed"]


@pytest.mark.parametrize("back", ["$1.00", "£1.00", "¥1", "0,50 kr", "$3.70", "USD 3.70", "3,70 USD", "USD 1.00"])
def test_what_came_back_is_in_the_currency_of_its_order_or_a_problem(ledger: Ledger, tmp_path: Path, back: str) -> None:
    path = google_unnamed(tmp_path / "g.json", [("2026-05-14T20:03:11Z", "3,70 €", back)], orderId="GPA.1")
    with pytest.raises(transfer.ImportRefusal) as refused:
        transfer.import_file(ledger, path, now=NOW)
    assert [found.code for found in refused.value.problems] == ["refund_currency"]


@pytest.mark.parametrize("back", ["1,00 €", "1,00", "EUR 1.00"])
def test_what_came_back_may_name_the_currency_or_leave_it_out(ledger: Ledger, tmp_path: Path, back: str) -> None:
    path = google_unnamed(tmp_path / "g.json", [("2026-05-14T20:03:11Z", "3,70 €", back)], orderId="GPA.1")
    transfer.import_file(ledger, path, now=NOW)
    assert returned(refunds(ledger)) == [(100, 0)]


@pytest.mark.parametrize("price", ["3,71 €", "7,40 €", "$3.70 USD"])
def test_a_google_order_number_with_another_price_in_a_later_file_is_asked_about_once(
    ledger: Ledger, tmp_path: Path, price: str
) -> None:
    at = "2026-05-14T20:03:11Z"
    bring(ledger, google_unnamed(tmp_path / "1.json", [(at, "3,70 €", "")], orderId="GPA.1"))
    later = google_unnamed(tmp_path / "2.json", [(at, price, "")], orderId="GPA.1")
    with pytest.raises(transfer.ImportRefusal) as refused:
        transfer.import_file(ledger, later, now=NOW)
    assert [found.code for found in refused.value.problems] == ["pair_order_differs"]
    (bought,) = purchases(ledger)
    same = transfer.import_file(ledger, later, pairs={"1": bought.id}, now=NOW)
    assert (same.count, same.paired) == (0, 1)
    assert bring(ledger, later).duplicates == 1
    assert same.undo is not None
    undo.revert(ledger, same.undo, now=NOW)
    assert len(purchases(ledger)) == 1
    other = transfer.import_file(ledger, later, pairs={"1": "new"}, now=NOW)
    assert (other.count, len(purchases(ledger))) == (1, 2)
    assert bring(ledger, later).duplicates == 1


def test_a_google_order_is_known_however_its_price_and_title_are_written_next_time(
    ledger: Ledger, tmp_path: Path
) -> None:
    bring(ledger, order(tmp_path / "1", PACKAGES[:1], totalPrice="3,70 €"))
    bring(ledger, order(tmp_path / "2", [("Münzen (TikTok)", "1")], totalPrice="EUR 3.70"))
    bring(ledger, order(tmp_path / "3", PACKAGES[:1], totalPrice="€3.70"))
    (bought,) = purchases(ledger)
    assert (bought.coins, bought.paid and bought.paid.minor) == (350, 370)


@pytest.mark.parametrize("quantity", ["0", "-2", "abc", "1.5", 0, 1.5])
def test_an_order_whose_quantity_cannot_be_read_is_a_problem_never_a_purchase_without_coins(
    ledger: Ledger, tmp_path: Path, quantity: Any
) -> None:
    for lines in ([("350 Coins (TikTok)", quantity)], [*PACKAGES, ("70 Coins (TikTok)", quantity)]):
        looked = transfer.preview_import(ledger, order(tmp_path / "1", lines), now=NOW)
        assert [found.code for found in looked.problems] == ["not_pieces_here"]


def test_an_order_that_gives_no_quantity_is_of_one_piece(ledger: Ledger, tmp_path: Path) -> None:
    for quantity in (None, "", 1, "1"):
        bring(ledger, order(tmp_path / "1", [("350 Coins (TikTok)", quantity)]))
    (bought,) = purchases(ledger)
    assert bought.coins == 350


@pytest.mark.parametrize("back", ["7,40 €", "1,00 €"])
def test_the_refund_of_an_order_that_is_asked_about_waits_with_it(ledger: Ledger, tmp_path: Path, back: str) -> None:
    at = "2026-05-14T20:03:11Z"
    bring(ledger, google_unnamed(tmp_path / "1.json", [(at, "3,70 €", "")], orderId="GPA.1"))
    later = google_unnamed(tmp_path / "2.json", [(at, "7,40 €", back)], orderId="GPA.1")
    done = transfer.import_file(ledger, later, skip_problems=True, now=NOW)
    assert [found.code for found in done.problems] == ["pair_order_differs", "purchase_asked"]
    assert refunds(ledger) == []
    transfer.import_file(ledger, later, pairs={"1": "new"}, now=NOW)
    assert [one.paid.minor for one in refunds(ledger)] == [int(back[0]) * 100 + int(back[2:4])]
    assert [one.refers_to for one in refunds(ledger)] == [purchases(ledger)[1].id]
    assert bring(ledger, later).count == 0


#: One order of the file: its price, its title and what came back of it.
_Told = tuple[str, str, str]
_ONCE: _Told = ("3,70 €", "350 Coins (TikTok)", "")
_NAMELESS: _Told = ("3,70 €", "Münzen (TikTok)", "")


def orders(path: Path, numbers: Sequence[str], told: Sequence[_Told]) -> Path:
    """Orders by number; what each of them tells."""
    found: list[Any] = []
    for number, (price, title, back) in zip(numbers, told, strict=True):
        more = {"orderId": number, "totalPrice": price} | ({"refundAmount": back} if back else {})
        found += json.loads(order(path, [(title, "1")], **more).read_text(encoding="utf-8"))
    path.write_text(json.dumps(found), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("told", "back"),
    [
        ([_ONCE, _ONCE], []),
        ([_ONCE, _ONCE, _NAMELESS, _ONCE], []),
        ([_NAMELESS, _ONCE], []),
        ([_NAMELESS, ("EUR 3.70", "350 Coins (TikTok)", "")], []),
        ([(*_ONCE[:2], "1,00 €"), (*_ONCE[:2], "1,00 €")], [(100, 0)]),
        ([(*_NAMELESS[:2], "1,00 €"), (*_ONCE[:2], "1,00 €")], [(100, 0)]),
        ([(*_ONCE[:2], "1,00 €"), (*_ONCE[:2], "3,70 €")], [(370, 350)]),
        ([_ONCE, (*_ONCE[:2], "3,70 €")], [(370, 350)]),
    ],
)
def test_a_google_order_that_stands_twice_in_a_file_is_one_purchase(
    ledger: Ledger, tmp_path: Path, told: list[_Told], back: list[tuple[int, int]]
) -> None:
    file = orders(tmp_path / "1", ["GPA.1"] * len(told), told)
    bring(ledger, file)
    (bought,) = purchases(ledger)
    assert (bought.coins, bought.paid and bought.paid.minor) == (350, 370)
    assert sum(one.paid.minor for one in refunds(ledger)) == sum(minor for minor, _ in back)
    assert sum(one.coins for one in refunds(ledger)) == sum(coins for _, coins in back)
    assert bring(ledger, file).count == 0


@pytest.mark.parametrize("other", [("7,40 €", "350 Coins (TikTok)", "7,40 €"), ("3,70 €", "700 Coins (TikTok)", "")])
def test_a_google_order_that_stands_twice_with_other_amounts_is_a_problem_with_its_refund(
    ledger: Ledger, tmp_path: Path, other: _Told
) -> None:
    file = orders(tmp_path / "1", ["GPA.1", "GPA.2", "GPA.1"], [_ONCE, _ONCE, other])
    looked = transfer.preview_import(ledger, file, now=NOW)
    assert {found.code for found in looked.problems} == {"order_twice"}
    assert len(looked.problems) == 1 + bool(other[2])
    transfer.import_file(ledger, file, skip_problems=True, now=NOW)
    assert [(one.order_ref, one.paid and one.paid.minor) for one in purchases(ledger)] == [
        ("GPA.1", 370),
        ("GPA.2", 370),
    ]
    assert refunds(ledger) == []


def test_orders_without_a_number_that_are_equal_stay_as_many(ledger: Ledger, tmp_path: Path) -> None:
    bring(ledger, orders(tmp_path / "1", ["", "", "N/A"], [_ONCE] * 3))
    assert len(purchases(ledger)) == 3


def test_an_order_that_stands_twice_takes_no_second_purchase_of_the_purchase_history(
    ledger: Ledger, tmp_path: Path
) -> None:
    bought = {"invoicePrice": "3,70 €", "doc": {"documentType": "In App Item", "title": "350 Coins (TikTok)"}}
    rows = [{"purchaseHistory": bought | {"purchaseTime": f"2026-05-14T20:00:{second}Z"}} for second in ("01", "40")]
    (tmp_path / "both").mkdir()
    orders(tmp_path / "both" / "1.json", ["GPA.1", "GPA.1"], [_ONCE, _ONCE])
    (tmp_path / "both" / "2.json").write_text(json.dumps(rows), encoding="utf-8")
    bring(ledger, tmp_path / "both")
    assert len(purchases(ledger)) == 2


@pytest.mark.parametrize("total", ["", "Free", "Gratis", "--", "0.00"])
def test_a_line_of_apple_without_a_price_is_free_unless_it_speaks_of_coins(
    ledger: Ledger, tmp_path: Path, total: str
) -> None:
    app = ("2026-05-14T20:00:00Z", total, "")
    file = apple_unnamed(tmp_path / "1", [("2026-05-14T21:00:00Z", "€3.70", ""), app])
    text = file.read_text(encoding="utf-8")
    file.write_text(text[::-1].replace("350 Coins"[::-1], "TikTok: Videos"[::-1], 1)[::-1], encoding="utf-8")
    done = bring(ledger, file)
    assert (done.count, done.problems_all) == (1, 0)
    looked = transfer.preview_import(ledger, apple_unnamed(tmp_path / "2", [app]), now=NOW)
    assert [found.code for found in looked.problems] == ([] if total == "0.00" else ["not_a_price_here"])


@pytest.mark.parametrize(
    ("price", "beside", "minor"),
    [
        ("BHD 1.250", "3,70 €", None),
        ("KWD 1,200", "3,70 €", None),
        ("KWD 1,200", "$4.99", None),
        ("¥1,200", "3,70 €", 1200),
        ("₹1,200", "3,70 €", None),
        ("₹1,200", "₹99.00", 120000),
        ("1.200 €", "$4.99", None),
        ("1.200 €", "3,70 €", 120000),
        ("KWD 1.250", "KWD 0.900", 1250),
    ],
)
def test_a_price_is_read_by_the_signs_of_its_own_currency_alone(
    ledger: Ledger, tmp_path: Path, price: str, beside: str, minor: int | None
) -> None:
    path = google_unnamed(
        tmp_path / "g.json", [("2026-05-14T20:03:11Z", price, ""), ("2026-05-15T20:00:00Z", beside, "")]
    )
    said = Answers(currency="JPY") if price.startswith("¥") else Answers(currency="USD")
    looked = transfer.preview_import(ledger, path, answers=said, now=NOW)
    if minor is None:
        assert [found.code for found in looked.problems] == ["not_a_price_here"]
        return
    assert looked.problems == ()
    transfer.import_file(ledger, path, answers=said, now=NOW)
    paid = purchases(ledger)[0].paid
    assert paid is not None
    assert paid.minor == minor

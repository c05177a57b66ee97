"""Rows of stores without an order number, and files of one store side by side: each buying once, its money right."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from coinbudget.services.ledger import Ledger
from tests.services.test_store_refunds import PAID, apple, bring, google, purchases, refunds, returned

_HEAD = ("Item Purchased Date", "Item Reference Number", "Item Description", "Seller", "Invoice Item Total")

#: Time, price, what came back.
Row = tuple[str, str, str]


def google_unnamed(path: Path, rows: Sequence[Row]) -> Path:
    """Orders without a number."""
    line = {"doc": {"documentType": "In App Item", "title": "350 Coins (TikTok)"}, "quantity": "1"}
    orders = [
        {"creationTime": at, "totalPrice": price, "lineItem": [line]} | ({"refundAmount": back} if back else {})
        for at, price, back in rows
    ]
    path.write_text(json.dumps([{"orderHistory": order} for order in orders]), encoding="utf-8")
    return path


def apple_unnamed(path: Path, rows: Sequence[Row]) -> Path:
    """Lines of a file that has neither order nor document numbers."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow((*_HEAD, "Refund Amount", "Currency"))
    for at, price, back in rows:
        writer.writerow((at, "11", "350 Coins", "TikTok Ltd.", price, back, "EUR"))
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


either = pytest.mark.parametrize("write", [google_unnamed, apple_unnamed])
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

"""Rows that cannot be told apart: paired in order where no answer would change coins or money, else asked about."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

from coinbudget.domain.entries import Purchase
from coinbudget.formats.sheet_mapping import Said
from coinbudget.formats.source import Answers, TypeMeaning
from coinbudget.services import intake, transfer
from coinbudget.services.ledger import Ledger
from coinbudget.services.opening import Wishes
from tests import make
from tests.services import tiktok_files

SAID = Answers(zone="UTC", currency="EUR", types={"recharge": TypeMeaning.BOUGHT})
HOURS = ("10", "15")
DAYS = ("2026-05-14,350,3.70\n", "2026-05-14,350,3.70\n")
#: Moments of orders, and of the same buyings in the purchase history.
MOMENTS = ("2026-05-14T10:00:00Z", "2026-05-14T10:00:02Z", "2026-05-15T10:00:00Z")
LATER = ("2026-05-14T10:00:01Z", "2026-05-14T10:00:03Z", "2026-05-15T10:00:00Z")


def export(folder: Path, *, priced: bool = True) -> Path:
    coins = [(f"2026-05-14 {hour}:00:00", "Recharge", 350) for hour in HOURS]
    prices = [(f"2026-05-14 {hour}:00:10", "3.70") for hour in HOURS] if priced else []
    return tiktok_files.write(folder / "tiktok.json", coins=coins, prices=prices)


def sheet(folder: Path, rows: Sequence[str] = DAYS) -> Path:
    path = folder / "mine.csv"
    path.write_text("date,coins,paid\n" + "".join(rows), encoding="utf-8")
    return path


def history(folder: Path, name: str, key: str, rows: Sequence[dict[str, object]]) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(json.dumps([{key: row} for row in rows]), encoding="utf-8")
    return path


def google(folder: Path) -> tuple[Path, Path]:
    """Orders and the purchase history of three buyings, two of them seconds apart."""
    doc = {"documentType": "In App Item", "title": "350 Coins (TikTok)"}
    line = [{"doc": doc, "quantity": "1"}]
    orders: list[dict[str, object]] = [
        {"orderId": f"GPA.{place}", "creationTime": at, "totalPrice": "3,70 €", "lineItem": line}
        for place, at in enumerate(MOMENTS)
    ]
    bought: list[dict[str, object]] = [{"purchaseTime": at, "invoicePrice": "3,70 €", "doc": doc} for at in LATER]
    return (
        history(folder, "Order History.json", "orderHistory", orders),
        history(folder, "Purchase History.json", "purchaseHistory", bought),
    )


def bring(ledger: Ledger, path: Path, now: datetime) -> tuple[int, int, int]:
    wishes = Wishes(sheets=path.suffix == ".csv", said=Said(kind="purchase"))
    done = transfer.import_file(ledger, path, answers=SAID, wishes=wishes, now=now)
    return done.count, done.duplicates, done.paired


def asked(ledger: Ledger, path: Path, now: datetime) -> list[str]:
    with pytest.raises(intake.ImportRefusal) as refused:
        bring(ledger, path, now)
    return [found.code for found in refused.value.problems]


def purchases(ledger: Ledger) -> list[Purchase]:
    return [entry for entry in make.all_entries(ledger) if isinstance(entry, Purchase)]


@pytest.mark.parametrize("first", [export, sheet])
def test_equal_purchases_of_one_day_pair_in_order(ledger: Ledger, tmp_path: Path, now: datetime, first: object) -> None:
    files = [export(tmp_path), sheet(tmp_path)]
    if first is sheet:
        files.reverse()
    assert bring(ledger, files[0], now) == (2, 0, 0)
    assert bring(ledger, files[1], now) == (0, 0, 2)
    for path in files:
        assert bring(ledger, path, now) == (0, 2, 0)
    assert [(entry.coins, entry.paid.minor if entry.paid else None) for entry in purchases(ledger)] == [(350, 370)] * 2


def test_more_rows_than_purchases_of_a_day_are_new(ledger: Ledger, tmp_path: Path, now: datetime) -> None:
    bring(ledger, export(tmp_path), now)
    assert bring(ledger, sheet(tmp_path, [*DAYS, DAYS[0]]), now) == (1, 0, 2)


def test_equal_purchases_without_a_price_take_one_in_order(ledger: Ledger, tmp_path: Path, now: datetime) -> None:
    bring(ledger, sheet(tmp_path, ["2026-05-14,350,\n"] * 2 + ["2026-05-15,70,0.80\n"]), now)
    assert bring(ledger, export(tmp_path), now) == (0, 0, 2)
    assert [entry.paid.minor for entry in purchases(ledger) if entry.paid] == [370, 370, 80]


def test_which_purchase_gets_a_price_is_asked(ledger: Ledger, tmp_path: Path, now: datetime) -> None:
    bring(ledger, export(tmp_path, priced=False), now)
    assert asked(ledger, sheet(tmp_path, [DAYS[0], "2026-05-14,350,4.40\n"]), now) == ["pair_ambiguous"] * 2


def test_which_of_two_purchases_at_other_prices_is_meant_is_asked(
    ledger: Ledger, tmp_path: Path, now: datetime
) -> None:
    bring(ledger, sheet(tmp_path, [DAYS[0], "2026-05-14,350,4.40\n"]), now)
    assert asked(ledger, export(tmp_path, priced=False), now) == ["pair_ambiguous"] * 2


def test_the_purchase_history_alone_is_there_after_both_came_in(ledger: Ledger, tmp_path: Path, now: datetime) -> None:
    orders, bought = google(tmp_path / "both")
    assert bring(ledger, tmp_path / "both", now) == (3, 0, 0)
    for path in (bought, orders, tmp_path / "both"):
        assert bring(ledger, path, now) == (0, 3, 0)


@pytest.mark.parametrize("reverse", [False, True])
def test_the_other_history_of_a_store_needs_no_answer_for_purchases_seconds_apart(
    ledger: Ledger, tmp_path: Path, now: datetime, reverse: bool
) -> None:
    files = google(tmp_path / "both")[:: -1 if reverse else 1]
    assert bring(ledger, files[0], now) == (3, 0, 0)
    new, *_ = bring(ledger, files[1], now)
    assert new == 0
    assert bring(ledger, tmp_path / "both", now) == (0, 3, 0)
    assert sorted(entry.order_ref for entry in purchases(ledger)) == ["GPA.0", "GPA.1", "GPA.2"]


def test_both_histories_after_the_purchase_history_fill_in_the_orders(
    ledger: Ledger, tmp_path: Path, now: datetime
) -> None:
    _, bought = google(tmp_path / "both")
    bring(ledger, bought, now)
    assert bring(ledger, tmp_path / "both", now) == (0, 0, 3)
    told = {entry.order_ref: entry.at.isoformat() for entry in purchases(ledger)}
    assert [told[f"GPA.{place}"] for place in range(3)] == [at.replace("Z", "+00:00") for at in LATER]

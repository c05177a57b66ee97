"""Files of N rows in the format of each source, and the bare way of each: parsed and inserted, nothing checked."""

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.bench import anchors

_START = datetime(2024, 1, 13, tzinfo=UTC)
_FORM = "%Y-%m-%d %H:%M:%S"
SOURCES = ("tiktok", "google", "apple", "sheet")


def _at(number: int) -> datetime:
    return _START + timedelta(seconds=257 * number)


def write(source: str, folder: Path, rows: int) -> Path:
    """A file of `rows` rows."""
    path = folder / f"{source}-{rows}.{'json' if source in {'tiktok', 'google'} else 'csv'}"
    if not path.exists():
        _WRITERS[source](path, rows)
    return path


def _tiktok(path: Path, rows: int) -> None:
    gifts = [
        {"Date": _at(n).strftime(_FORM), "GiftAmount": str(n % 500 + 1), "UserName": f"host{n % 500}"}
        for n in range(rows - rows // 5)
    ]
    coins = [{"Date": _at(n * 4).strftime(_FORM), "Type": "Recharge", "CoinAmount": 350} for n in range(rows // 5)]
    export = {
        "Income+ Wallet": {"Coin Purchase History": {"CoinPurchaseHistoryList": coins}},
        "Your Activity": {"Purchases": {"SendGifts": {"SendGifts": gifts}}},
    }
    path.write_text(json.dumps(export), encoding="utf-8")


def _google(path: Path, rows: int) -> None:
    orders = [
        {
            "orderHistory": {
                "orderId": f"GPA.{n:017d}",
                "creationTime": _at(n).isoformat().replace("+00:00", "Z"),
                "totalPrice": "5,29 €",
                "lineItem": [{"doc": {"documentType": "In App Item", "title": "350 Coins (TikTok)"}, "quantity": "1"}],
            }
        }
        for n in range(rows)
    ]
    path.write_text(json.dumps(orders), encoding="utf-8")


def _apple(path: Path, rows: int) -> None:
    head = ("Item Purchased Date", "Item Reference Number", "Item Description", "Seller", "Container Description")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow((*head, "Invoice Item Total", "Order Number", "Currency"))
        for n in range(rows):
            at = _at(n).isoformat().replace("+00:00", "Z")
            writer.writerow((at, n, "350 Coins", "TikTok Ltd.", "TikTok", "5.29", f"MA{n:09d}", "EUR"))


def _sheet(path: Path, rows: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(("Datum", "Uhrzeit", "Empfänger", "Geschenk", "Münzen"))
        for n in range(rows):
            at = _at(n)
            writer.writerow((at.strftime("%d.%m.%Y"), at.strftime("%H:%M"), f"@host{n % 500}", "Rose", n % 500 + 1))


_WRITERS = {"tiktok": _tiktok, "google": _google, "apple": _apple, "sheet": _sheet}


def bare(source: str, ledger: Path, file: Path) -> None:
    """The stock parser into executemany, the same table with its indexes, as durable as ours."""
    with anchors.raw(ledger) as connection:
        connection.execute("PRAGMA synchronous=EXTRA")
        connection.execute("BEGIN IMMEDIATE")
        creators: dict[str, int] = {}
        connection.executemany(anchors.INSERT, _tuples(_PARSERS[source](file), creators))
        connection.executemany(
            "INSERT INTO creator (id, handle, handle_folded) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [(number, handle, handle) for handle, number in creators.items()],
        )
        connection.execute("COMMIT")


#: Kind, instant, coins, minor units, creator, gift, order number.
_Row = tuple[str, datetime, int, int | None, str, str, str]


def _tuples(rows: Iterable[_Row], creators: dict[str, int]) -> Iterator[tuple[Any, ...]]:
    for number, (kind, when, coins, paid, handle, gift, order) in enumerate(rows):
        at = int(when.timestamp()) * 1_000_000
        creator = creators.setdefault(handle, len(creators) + 1) if handle else None
        yield (
            f"bare-{number}", 1, kind, at, at // 86_400_000_000, "Europe/Berlin", coins, 1, paid, "EUR" if paid else "",
            None, paid, "same" if paid else "none", "DE" if kind == "purchase" else "",
            "other" if kind == "purchase" else "", creator, gift, order,
        )  # fmt: skip


def _parse_tiktok(file: Path) -> Iterator[_Row]:
    export = json.loads(file.read_text(encoding="utf-8"))
    for row in export["Income+ Wallet"]["Coin Purchase History"]["CoinPurchaseHistoryList"]:
        yield "purchase", datetime.fromisoformat(row["Date"]), row["CoinAmount"], None, "", "", ""
    for row in export["Your Activity"]["Purchases"]["SendGifts"]["SendGifts"]:
        yield "gift", datetime.fromisoformat(row["Date"]), int(row["GiftAmount"]), None, row["UserName"], "", ""


def _parse_google(file: Path) -> Iterator[_Row]:
    for row in json.loads(file.read_text(encoding="utf-8")):
        order = row["orderHistory"]
        coins = int(order["lineItem"][0]["doc"]["title"].split()[0])
        paid = int(order["totalPrice"].split()[0].replace(",", ""))
        yield "purchase", datetime.fromisoformat(order["creationTime"]), coins, paid, "", "", order["orderId"]


def _parse_apple(file: Path) -> Iterator[_Row]:
    with file.open(encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            at, coins = datetime.fromisoformat(row["Item Purchased Date"]), int(row["Item Description"].split()[0])
            paid = int(row["Invoice Item Total"].replace(".", ""))
            yield "purchase", at, coins, paid, "", "", row["Order Number"]


def _parse_sheet(file: Path) -> Iterator[_Row]:
    with file.open(encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text, delimiter=";"):
            at = datetime.strptime(f"{row['Datum']} {row['Uhrzeit']}", "%d.%m.%Y %H:%M").replace(tzinfo=UTC)
            yield "gift", at, int(row["Münzen"]), None, row["Empfänger"].lstrip("@"), row["Geschenk"], ""


_PARSERS = {"tiktok": _parse_tiktok, "google": _parse_google, "apple": _parse_apple, "sheet": _parse_sheet}

"""What truly happened, and the files that tell of it: the truth that random lives of a ledger are held against.

Instants are UTC and in the middle of the day, so that a home day is the same day everywhere. A buying is told by
TikTok's export (coins, and a price where `priced`), by the store of its channel, by a sheet of one's own, and by hand.
"""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from tests.services import tiktok_files

START = datetime.fromisoformat("2026-03-02T08:00:00+00:00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Buying:
    """One buying of coins.

    Attributes:
        n: what acts name it by.
        at: seconds since START, by TikTok's clock; `off` by so many the store's is later.
        paid: minor units.
        order: number at the store; lines of one Apple order share it, and Google leaves some empty.
        priced: TikTok's other list has the price, `lag` seconds later.
        backs: what has come back of it in all, export after export.
        sheet: how one's own sheet has it: of "d" (the day alone), "c" (coins), "p" (price), "o" (order number);
            "" not at all.
    """

    n: int
    at: int
    coins: int
    paid: int
    currency: str = "EUR"
    channel: str = "web"
    order: str = ""
    off: int = 0
    priced: bool = False
    lag: int = 0
    backs: tuple[int, ...] = ()
    sheet: str = ""

    @property
    def day(self) -> int:
        return moment(self.at).toordinal()

    @property
    def stored_at(self) -> int:
        return self.at + self.off

    def back(self, stage: int) -> int:
        """What had come back by a stage."""
        return self.backs[min(stage, len(self.backs) - 1)] if self.backs else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A gift; `n` is what acts name it by."""

    n: int
    at: int
    coins: int
    creator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A file, as it was made at some time.

    Attributes:
        kind: "tiktok", "orders", "purchases", "apple" or "sheet".
        first, last: days since START it reaches over, both inside.
        stage: how far refunds had come.
        coins, prices: which of TikTok's lists it has.
    """

    kind: str
    first: int = 0
    last: int = 99
    stage: int = 0
    coins: bool = True
    prices: bool = True


class Told(NamedTuple):
    """What one row tells of a buying.

    Attributes:
        source: the list it stands in.
        place, row: as the program counts it.
        coins, price: whether it says them.
        back: what it says came back.
        at: its instant, in seconds since START; None where it has the day alone.
    """

    n: int
    source: str
    place: str
    row: int
    coins: bool
    price: bool
    back: int
    at: int | None


def moment(at: int) -> datetime:
    return START + timedelta(seconds=at)


def plain(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02}"


def _within(export: Export, buyings: tuple[Buying, ...]) -> list[Buying]:
    return sorted((b for b in buyings if export.first <= b.at // 86400 <= export.last), key=lambda b: (b.at, b.n))


def _stored(export: Export, buyings: tuple[Buying, ...]) -> list[Buying]:
    channel = "apple" if export.kind == "apple" else "google"
    return [b for b in _within(export, buyings) if b.channel == channel]


def gifts_told(export: Export, gifts: tuple[Sent, ...]) -> list[Sent]:
    """The gifts of a file."""
    if export.kind != "tiktok" or not export.coins:
        return []
    return [g for g in gifts if export.first <= g.at // 86400 <= export.last]


def told(export: Export, buyings: tuple[Buying, ...]) -> Iterator[Told]:
    """What the rows of a file tell, in the order `write` has them."""
    if export.kind == "tiktok":
        within = _within(export, buyings)
        for row, b in enumerate(within if export.coins else (), 1):
            yield Told(b.n, "tiktok.coins", "coins", row, coins=True, price=False, back=0, at=b.at)
        for row, b in enumerate((b for b in within if b.priced and export.prices), 1):
            yield Told(b.n, "tiktok.prices", "prices", row, coins=False, price=True, back=0, at=b.at + b.lag)
    elif export.kind == "sheet":
        for row, b in enumerate((b for b in _within(export, buyings) if b.sheet), 2):
            at = None if "d" in b.sheet else b.at
            yield Told(b.n, "sheet", "", row, coins="c" in b.sheet, price="p" in b.sheet, back=0, at=at)
    else:
        for row, b in enumerate(_stored(export, buyings), 2 if export.kind == "apple" else 1):
            back = b.back(export.stage) if export.kind != "purchases" else 0
            place = "lines" if export.kind == "apple" else export.kind
            yield Told(b.n, export.kind, place, row, coins=True, price=True, back=back, at=b.stored_at)


def is_empty(export: Export, buyings: tuple[Buying, ...]) -> bool:
    """Whether it has no row of a buying; such a file is not worth an act."""
    return not any(True for _ in told(export, buyings))


def write(path: Path, export: Export, buyings: tuple[Buying, ...], gifts: tuple[Sent, ...]) -> Path:
    """A file as its maker writes it."""
    if export.kind == "tiktok":
        return _tiktok(path, export, buyings, gifts)
    if export.kind == "sheet":
        rows = [_sheet_row(b) for b in _within(export, buyings) if b.sheet]
        return _table(path, ("date", "coins", "price", "currency", "order"), rows)
    stored = _stored(export, buyings)
    if export.kind == "apple":
        return _apple(path, export, stored)
    path.write_text(json.dumps([_google(export, b) for b in stored], ensure_ascii=False), encoding="utf-8")
    return path


def _sheet_row(b: Buying) -> tuple[str, ...]:
    at = moment(b.at)
    return (
        at.strftime("%Y-%m-%d") if "d" in b.sheet else at.strftime("%Y-%m-%d %H:%M:%S"),
        str(b.coins) if "c" in b.sheet else "",
        plain(b.paid) if "p" in b.sheet else "",
        b.currency if "p" in b.sheet else "",
        b.order if "o" in b.sheet else "",
    )


def _tiktok(path: Path, export: Export, buyings: tuple[Buying, ...], gifts: tuple[Sent, ...]) -> Path:
    within = _within(export, buyings)
    return tiktok_files.write(
        path,
        coins=[(f"{moment(b.at):%Y-%m-%d %H:%M:%S}", "Recharge", b.coins) for b in within if export.coins],
        prices=[
            (f"{moment(b.at + b.lag):%Y-%m-%d %H:%M:%S}", f"{plain(b.paid)} {b.currency}")
            for b in within
            if b.priced and export.prices
        ],
        gifts=[(f"{moment(g.at):%Y-%m-%d %H:%M:%S}", g.coins, g.creator) for g in gifts_told(export, gifts)],
    )


def _google(export: Export, b: Buying) -> dict[str, Any]:
    time = f"{moment(b.stored_at):%Y-%m-%dT%H:%M:%SZ}"
    doc = {"documentType": "In App Item", "title": f"{b.coins} Coins (TikTok)"}
    if export.kind == "purchases":
        return {"purchaseHistory": {"invoicePrice": f"{plain(b.paid)} {b.currency}", "doc": doc, "purchaseTime": time}}
    order: dict[str, Any] = {
        "orderId": b.order,
        "creationTime": time,
        "totalPrice": f"{plain(b.paid)} {b.currency}",
        "lineItem": [{"doc": doc, "quantity": "1"}],
    }
    back = b.back(export.stage)
    return {"orderHistory": order | ({"refundAmount": f"{plain(back)} {b.currency}"} if back else {})}


def _apple(path: Path, export: Export, stored: list[Buying]) -> Path:
    names = (
        *("Item Purchased Date", "Item Reference Number", "Item Description", "Seller", "Invoice Item Total"),
        *("Refund Amount", "Order Number", "Currency"),
    )
    rows = []
    for b in stored:
        back = b.back(export.stage)
        time = f"{moment(b.stored_at):%Y-%m-%dT%H:%M:%SZ}"
        item = (time, str(b.coins), f"{b.coins} Coins", "TikTok Ltd.", plain(b.paid))
        rows.append((*item, plain(back) if back else "", b.order, b.currency))
    return _table(path, names, rows)


def _table(path: Path, names: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Path:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([names, *rows])
    path.write_text(text.getvalue(), encoding="utf-8")
    return path

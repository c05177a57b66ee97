"""TikTok exports made for tests, in the shape of the newest era; every name and figure is invented."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

Coin = tuple[str, str, int]
Price = tuple[str, str]
Sent = tuple[str, object, str]


def export(
    *,
    coins: Sequence[Coin] = (),
    prices: Sequence[Price] = (),
    gifts: Sequence[Sent] = (),
    lives: dict[str, dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """An export with these rows and the neighbours a real one has."""
    return {
        "Profile And Settings": {"Profile Info": {"ProfileMap": {"emailAddress": "nobody@example.org"}}},
        "TikTok Live": {"Watch Live History": {"WatchLiveMap": lives}},
        "Income+ Wallet": {
            "Coin Purchase History": {
                "CoinPurchaseHistoryList": [{"Date": at, "Type": kind, "CoinAmount": n} for at, kind, n in coins]
                or None
            },
            "Transaction History": {"TransactionsList": None},
        },
        "Your Activity": {
            "Purchases": {
                "SendGifts": {
                    "SendGifts": [{"Date": at, "GiftAmount": n, "UserName": who} for at, n, who in gifts] or None
                },
                "BuyGifts": {"BuyGifts": [{"Date": at, "Price": price} for at, price in prices] or None},
            }
        },
    }


def write(path: Path, **rows: Any) -> Path:
    """The same as a file."""
    path.write_text(json.dumps(export(**rows)), encoding="utf-8")
    return path

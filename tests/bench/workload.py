"""The workload: a ledger CSV of any size, the same for the same seed.

Three years, five profiles in Germany, 500 creators of whom a few get most; one row in five buys coins (one in ten of
these abroad, with what the card took), four in five send gifts. Rows are shuffled as a file from elsewhere would be.
"""

import csv
import itertools
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

PROFILES = ("Ada", "Bo", "Cem", "Dora", "Emil")
CREATORS = 500
FIRST = datetime(2022, 3, 1, tzinfo=UTC)
DAYS = 3 * 365
#: The newest row is older than this.
NOW = FIRST + timedelta(days=DAYS + 1)
COLUMNS = (
    "id", "kind", "at", "zone", "profile", "coins", "quantity", "paid", "currency", "charged", "region", "channel",
    "creator", "gift", "order_ref",
)  # fmt: skip
OFFERS = ((30, 45), (70, 105), (350, 529), (700, 1049), (1400, 2099), (3500, 5249))
GIFTS = (("Rose", 1), ("Finger Heart", 5), ("Perfume", 20), ("Doughnut", 30), ("Paper Crane", 99), ("Galaxy", 1000))
GIFT_SHARES = (50, 20, 12, 10, 6, 2)
CHANNELS = ("web", "ios", "android")
#: Cents of the profile's currency for one unit of the smallest of the other, and its decimals.
ABROAD = (("USD", 0.92, 2), ("JPY", 0.61, 0))


def rows(count: int, seed: int = 7) -> Iterator[dict[str, str]]:
    """`count` rows of the ledger CSV, in time order."""
    rng = random.Random(seed)
    popularity = list(itertools.accumulate(1 / rank for rank in range(1, CREATORS + 1)))
    step = timedelta(days=DAYS) / max(count, 1)
    numbers = range(CREATORS)
    for number in range(count):
        at = FIRST + number * step
        row = {
            "id": f"w{seed}-{number:07d}",
            "at": at.replace(microsecond=0).isoformat(),
            "zone": "Europe/Berlin",
            "profile": PROFILES[rng.randrange(len(PROFILES))],
        }
        if number % 5 == 0:
            row |= _purchase(rng, number, seed)
        else:
            name, coins = rng.choices(GIFTS, GIFT_SHARES)[0]
            pieces = rng.choice((1, 1, 1, 1, 2, 5))
            creator = rng.choices(numbers, cum_weights=popularity)[0]
            row |= {
                "kind": "gift", "coins": str(coins * pieces), "quantity": str(pieces), "gift": name,
                "creator": f"@host{creator:03d}",
            }  # fmt: skip
        yield row


def _purchase(rng: random.Random, number: int, seed: int) -> dict[str, str]:
    coins, cents = OFFERS[rng.randrange(len(OFFERS))]
    row = {
        "kind": "purchase",
        "coins": str(coins),
        "paid": f"{cents / 100:.2f}",
        "currency": "EUR",
        "region": "DE",
        "channel": CHANNELS[rng.randrange(len(CHANNELS))],
        "order_ref": f"ORDER-{seed}-{number:07d}",
    }
    if rng.random() < 0.1:
        currency, cents_each, digits = ABROAD[rng.randrange(len(ABROAD))]
        smallest = max(1, round(cents / cents_each))
        row |= {"paid": f"{smallest / 10**digits:.{digits}f}", "currency": currency, "charged": f"{cents / 100:.2f}"}
    return row


def write_csv(path: Path, count: int, seed: int = 7) -> Path:
    """The workload as a ledger CSV, shuffled."""
    made = list(rows(count, seed))
    random.Random(seed).shuffle(made)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(made)
    return path

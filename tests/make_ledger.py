"""A ledger file of any size with the totals it must give, worked out coin by coin without any of our code."""

import csv
import random
from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

PEOPLE = ("Ana", "Ben", "Chloe", "Dev", "Eli")
BERLIN = ZoneInfo("Europe/Berlin")
_START = datetime(2023, 1, 1, tzinfo=UTC)
_SPAN = timedelta(days=1095)
_PACKAGES = ((30, 45), (70, 105), (350, 529), (700, 1059), (1400, 2099), (3500, 5299), (7000, 10499))
_GIFTS = (("Rose", 1), ("Finger Heart", 5), ("Perfume", 20), ("Paper Crane", 99), ("Corgi", 299), ("Galaxy", 1000))
#: Columns given; the others are left out, as any file may.
COLUMNS = (
    *("id", "kind", "at", "profile", "coins", "quantity", "paid", "currency", "charged", "channel", "creator", "gift"),
    *("refers_to", "reason", "voided"),
)


@dataclass
class Row:
    """One row: the cells of the file, and what the sum of the month needs."""

    cells: dict[str, str]
    at: datetime
    person: str
    kind: str
    coins: int = 0
    cents: int = 0
    living: bool = True
    back: list["Row"] = field(default_factory=list)

    @property
    def day(self) -> str:
        """Its home day."""
        return self.at.astimezone(BERLIN).date().isoformat()

    @property
    def can_return(self) -> bool:
        """Whether it is a living purchase of which something is left to refund."""
        return self.kind == "purchase" and self.living and sum(row.cents for row in self.back) < self.cents

    @property
    def takes(self) -> bool:
        """Whether it takes coins away."""
        return self.kind == "gift" or (self.kind == "adjustment" and self.coins < 0)


def rows_of(count: int, seed: int) -> list[Row]:
    """So many rows in order of time; every figure follows from the seed."""
    dice = random.Random(f"rows {seed}")
    made: list[Row] = []
    for number in range(count):
        at = (_START + _SPAN * (number / count)).replace(microsecond=0)
        person = PEOPLE[min(dice.randrange(6), 4)]
        cells = {"id": f"r{seed}/{number}", "at": at.isoformat(), "profile": person}
        share = dice.random()
        refundable = [row for row in made[-200:] if row.person == person and row.can_return]
        if share < 0.2:
            row = _purchase(dice, cells, at, person)
        elif share < 0.22 and refundable:
            row = _refund(dice, cells, at, dice.choice(refundable))
        elif share < 0.24:
            coins = dice.choice((25, 40, -15))
            cells |= {"kind": "adjustment", "coins": str(coins), "reason": "bonus" if coins > 0 else "other-use"}
            row = Row(cells, at, person, "adjustment", coins)
        else:
            (name, price), pieces = dice.choice(_GIFTS), dice.choice((1, 1, 1, 3, 10))
            cells |= {"kind": "gift", "coins": str(price * pieces), "quantity": str(pieces), "gift": name}
            row = Row(cells | {"creator": f"@c{dice.randrange(40)}"}, at, person, "gift", price * pieces)
        if row.kind != "refund" and not row.back and dice.random() < 0.01:
            row.living = False
            row.cells["voided"] = (at + timedelta(minutes=5)).isoformat()
        made.append(row)
    return made


def _purchase(dice: random.Random, cells: dict[str, str], at: datetime, person: str) -> Row:
    coins, cents = dice.choice(_PACKAGES)
    cells |= {"kind": "purchase", "coins": str(coins), "channel": dice.choice(("web", "ios", "android"))}
    if dice.random() < 0.1:
        cells |= {"paid": str(cents * 2), "currency": "JPY", "charged": _euros(cents)}
    else:
        cells |= {"paid": _euros(cents), "currency": "EUR"}
    return Row(cells, at, person, "purchase", coins, cents)


def _refund(dice: random.Random, cells: dict[str, str], at: datetime, bought: Row) -> Row:
    """All that is left of a purchase, or of one in euros half of it."""
    coins = bought.coins - sum(row.coins for row in bought.back)
    cents = bought.cents - sum(row.cents for row in bought.back)
    currency = bought.cells["currency"]
    if currency == "EUR" and cents > 1 and dice.random() < 0.5:
        coins, cents = coins // 2, cents // 2
    paid = _euros(cents) if currency == "EUR" else str(cents * 2)
    cells |= {"kind": "refund", "coins": str(coins) if coins else "", "paid": paid, "currency": currency}
    row = Row(cells | {"refers_to": bought.cells["id"]}, at, bought.person, "refund", coins, cents)
    bought.back.append(row)
    return row


def _euros(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def write(path: Path, rows: list[Row], *, shuffled: int | None = None) -> None:
    """The rows as a file, shuffled by a seed if one is given."""
    order = list(rows)
    if shuffled is not None:
        random.Random(shuffled).shuffle(order)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(row.cells for row in order)


def totals(rows: list[Row]) -> dict[tuple[str, str], dict[str, int]]:
    """Figures of the summary by (month, person), in cents; every coin pays by itself, first in first out."""
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    lots: dict[str, deque[tuple[int, int]]] = defaultdict(deque)  # coins left and the K of the coin drawn next
    costs: dict[str, dict[int, list[int]]] = defaultdict(dict)
    living = [row for row in rows if row.living]
    for place, row in enumerate(sorted(living, key=lambda row: (row.day, row.takes, row.at))):
        month = found[row.day[:7], row.person] if row.kind != "adjustment" else defaultdict(int)
        if row.kind == "purchase":
            month["spent"] += row.cents
            month["purchases"] += 1
            month["coins_bought"] += row.coins
            coins = row.coins - sum(back.coins for back in row.back)
            _lay(lots, costs, row.person, place, coins, row.cents - sum(back.cents for back in row.back))
        elif row.kind == "refund":
            month["refunded"] += row.cents
        elif not row.takes:
            _lay(lots, costs, row.person, place, row.coins, 0)
        else:
            cost, missing = _draw(lots[row.person], costs[row.person], abs(row.coins))
            month["gifts"] += 1
            month["coins_gifted"] += row.coins
            month["gift_cost"] += cost
            month["gift_cost_unknown_coins"] += missing
    return {key: dict(figures) for key, figures in found.items()}


def _lay(
    lots: dict[str, deque[tuple[int, int]]],
    costs: dict[str, dict[int, list[int]]],
    person: str,
    lot: int,
    coins: int,
    cents: int,
) -> None:
    if coins > 0:
        lots[person].append((lot, coins))
        costs[person][lot] = [coins, cents, 0]


def _draw(queue: deque[tuple[int, int]], costs: dict[int, list[int]], coins: int) -> tuple[int, int]:
    """Cost of so many coins, and how many there were none of."""
    cost = 0
    while coins and queue:
        lot = costs[queue[0][0]]
        taken = min(coins, lot[0] - lot[2])
        cost += lot[1] * (lot[2] + taken) // lot[0] - lot[1] * lot[2] // lot[0]
        lot[2] += taken
        coins -= taken
        if lot[2] == lot[0]:
            queue.popleft()
    return cost, coins

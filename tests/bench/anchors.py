"""What ours is held against: the same work by hand in plain sqlite3, csv and numpy, without any of our checks."""

import csv
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_DAY_US = 86_400_000_000

_SPEND = """
    SELECT profile_id, month, sum(CASE WHEN kind = 'purchase' THEN minor END),
        sum(CASE WHEN kind = 'gift' THEN coins END)
    FROM spend GROUP BY profile_id, month
"""

INSERT = """
    INSERT INTO entry (id, profile_id, kind, at, home_on, zone, hour_known, coins, quantity, paid_minor, currency,
        charged_minor, converted_minor, rate, rate_source, region, channel, creator_id, gift_name, order_ref, reason,
        note, approval, search, about, planned, revision, recorded_at)
    VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, '', ?, ?, ?, ?, ?, ?, '', '', '', '', 0, 0, 0, 0)
    ON CONFLICT (id) DO NOTHING
"""

_EXPORT = """
    SELECT e.id, e.kind, e.at, e.zone, p.name, e.coins, e.quantity, e.paid_minor, e.currency, e.charged_minor, e.rate,
        e.rate_on, e.region, e.channel, c.handle, e.gift_name, e.order_ref, e.refers_to, e.reason, e.note, e.about,
        e.planned, e.approval, e.voided_at
    FROM entry e JOIN profile p ON p.id = e.profile_id LEFT JOIN creator c ON c.id = e.creator_id
    ORDER BY e.at, e.sequence
"""

_SCAN = """
    SELECT sum(converted_minor) FROM entry NOT INDEXED
    WHERE profile_id = ? AND kind = 'purchase' AND voided_at IS NULL AND at >= ? AND at < ?
"""

_LOTS = """
    SELECT coins, coalesce(converted_minor, 0) FROM entry WHERE profile_id = ? AND kind IN ('purchase', 'adjustment')
        AND coins > 0 AND voided_at IS NULL AND planned = 0 ORDER BY home_on, at, sequence
"""

_USES = """
    SELECT coins FROM entry WHERE profile_id = ? AND kind = 'gift' AND voided_at IS NULL AND planned = 0
        AND coins IS NOT NULL ORDER BY home_on, at, sequence
"""


def spend_table(ledger: Path, target: Path) -> sqlite3.Connection:
    """The same entries in a table of its own with an index that covers the question."""
    connection = sqlite3.connect(target, isolation_level=None)
    connection.execute("ATTACH ? AS ledger", (str(ledger),))
    connection.execute(
        "CREATE TABLE spend AS SELECT id, profile_id, kind, converted_minor AS minor, coins, gift_name, at,"
        " strftime('%Y-%m', home_on * 86400, 'unixepoch') AS month FROM ledger.entry"
    )
    connection.execute("CREATE INDEX spend_covered ON spend (profile_id, month, kind, minor, coins)")
    connection.execute("DETACH ledger")
    return connection


def monthly_spend(connection: sqlite3.Connection) -> list[Any]:
    """Money and coins by profile and month: one pass over the covering index."""
    return connection.execute(_SPEND).fetchall()


@contextmanager
def raw(ledger: Path) -> Iterator[sqlite3.Connection]:
    """The ledger file without the program."""
    with closing(sqlite3.connect(ledger, isolation_level=None)) as connection:
        yield connection


def import_csv(ledger: Path, file: Path) -> None:
    """csv.reader into executemany, the same table with its indexes, as durable as ours; no checks but the unique id."""
    with raw(ledger) as connection, file.open(encoding="utf-8", newline="") as text:
        connection.execute("PRAGMA synchronous=EXTRA")
        profiles = dict(connection.execute("SELECT name, id FROM profile"))
        creators: dict[str, int] = {}
        connection.execute("BEGIN IMMEDIATE")

        def tuples() -> Iterator[tuple[Any, ...]]:
            for row in csv.DictReader(text):
                at = int(datetime.fromisoformat(row["at"]).timestamp()) * 1_000_000
                handle = row["creator"].removeprefix("@")
                creator = creators.setdefault(handle, len(creators) + 1) if handle else None
                paid = int(row["paid"].replace(".", "")) if row["paid"] else None
                charged = int(row["charged"].replace(".", "")) if row["charged"] else None
                yield (
                    row["id"], profiles[row["profile"]], row["kind"], at, at // _DAY_US, row["zone"], int(row["coins"]),
                    int(row["quantity"] or 1), paid, row["currency"], charged, charged or paid,
                    "charged" if charged else "same" if paid else "none", row["region"], row["channel"], creator,
                    row["gift"], row["order_ref"],
                )  # fmt: skip

        connection.executemany(INSERT, tuples())
        connection.executemany(
            "INSERT INTO creator (id, handle, handle_folded) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [(number, handle, handle) for handle, number in creators.items()],
        )
        connection.execute("COMMIT")


def export_csv(ledger: Path, target: Path) -> None:
    """csv.writer over a cursor, nothing formatted."""
    with raw(ledger) as connection, target.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(connection.execute(_EXPORT))


def full_scan(connection: sqlite3.Connection, profile_id: int, start: int, end: int) -> int:
    """What one money limit has used, from every entry."""
    (used,) = connection.execute(_SCAN, (profile_id, start, end)).fetchone()
    return int(used or 0)


def _numbers(rows: sqlite3.Cursor) -> NDArray[np.int64]:
    return np.fromiter(chain.from_iterable(rows), np.int64)


def bare_pass(connection: sqlite3.Connection, profile_ids: list[int]) -> int:
    """Costs of all gifts by one sorted pass, cumulative sums and a search; no uncovered coins, no unknown lots."""
    total = 0
    for profile_id in profile_ids:
        lots = _numbers(connection.execute(_LOTS, (profile_id,))).reshape(-1, 2)
        uses = _numbers(connection.execute(_USES, (profile_id,)))
        lot_coins, lot_minor = lots[:, 0], lots[:, 1]
        if not len(lot_coins) or not len(uses):
            continue
        coins = np.concatenate(([0], np.cumsum(lot_coins)))
        minor = np.concatenate(([0], np.cumsum(lot_minor)))
        ends = np.minimum(np.cumsum(uses), coins[-1])
        at = np.minimum(np.searchsorted(coins, ends, side="right") - 1, len(lot_coins) - 1)
        known = minor[at] + lot_minor[at] * (ends - coins[at]) // np.maximum(lot_coins[at], 1)
        total += int(np.diff(known, prepend=0).sum())
    return total

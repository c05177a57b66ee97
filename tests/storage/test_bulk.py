"""Many rows by one statement, written while the caller goes on: the same rows, all of them or none."""

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from coinbudget.storage.behind import Behind
from coinbudget.storage.database import Database, Transaction, file_problems, open_database
from coinbudget.storage.ledger_store import plain_insert
from coinbudget.storage.mapping import ENTRY, ENTRY_COLUMNS
from coinbudget.storage.tables import BatchRow, FilledRow, KnownGiftRow, ProfileRow, table_of

_GIFTS = table_of(KnownGiftRow)
_FILLED, _BATCH, _PROFILE = table_of(FilledRow), table_of(BatchRow), table_of(ProfileRow)
_BONUS: dict[str, Any] = {
    "sequence": 1, "id": "x", "profile_id": 1, "kind": "adjustment", "at": 0, "home_on": 0, "zone": "UTC",
    "hour_known": 1, "coins": 5, "quantity": 1, "currency": "", "rate": "", "rate_source": "none", "region": "",
    "channel": "", "gift_name": "", "order_ref": "", "reason": "bonus", "note": "", "approval": "", "search": "",
    "about": 0, "planned": 0, "batch_id": 1, "revision": 0, "recorded_at": 0,
}  # fmt: skip
#: Name folded, coins, name, day.
_ROWS = [
    ("rose", 1, 'a "quoted" \\ Rose', 19_000),
    ("löwe", 29_999, "Löwe \N{LION FACE}\u2028\n", 19_001),
    ("1", 9_007_199_254_740_993, "1", 19_002),
    ("null", 2**62, "null", -5),
    ("", 0, "", 19_003),
]


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return open_database(tmp_path / "ledger.db", create=True)


def kept(database: Database) -> list[Any]:
    with database.reading() as tx:
        query = "SELECT *, typeof(name_folded), typeof(coins), typeof(name), typeof(seen_on) FROM known_gift ORDER BY 1"
        return [tuple(row) for row in tx.connection.exec_driver_sql(query)]


def plainly(tx: Transaction, rows: list[tuple[Any, ...]]) -> None:
    tx.connection.exec_driver_sql(plain_insert(_GIFTS, tx.connection.dialect), rows)


def many(tx: Transaction, rows: list[tuple[Any, ...]]) -> None:
    tx.insert_later(_GIFTS, rows)


@pytest.mark.parametrize(
    "rows",
    [_ROWS, [(*row[:2], "", 7) for row in _ROWS], [(f"{n}", 1, "same", 7) for n in range(3)], _ROWS[:1]],
    ids=["all differ", "two are shared", "all but one are shared", "one row"],
)
def test_many_rows_by_one_statement_are_what_they_are_one_by_one(tmp_path: Path, rows: list[tuple[Any, ...]]) -> None:
    found = []
    for name, write in (("plain.db", plainly), ("many.db", many)):
        database = open_database(tmp_path / name, create=True)
        with database.writing() as tx:
            write(tx, rows)
        found.append(kept(database))
    assert found[0] == found[1]
    assert len(found[1]) == len(rows)


def test_who_asks_for_the_connection_sees_what_was_left_for_later(database: Database) -> None:
    with database.writing() as tx:
        for row in _ROWS:
            many(tx, [row])
        assert tx.connection.exec_driver_sql("SELECT count(*) FROM known_gift").scalar() == len(_ROWS)


def a_statement_fails(database: Database) -> None:
    with database.writing() as tx:
        for rows in (_ROWS, _ROWS[:2]):
            many(tx, rows)
            tx._hand_over()
        # Whoever ended the transaction: SQLite itself does so where the disk is full.
        tx._behind.do(lambda: tx._connection.exec_driver_sql("ROLLBACK"))
        many(tx, [("later", 1, "would stand for itself", 7)])


def given_up(database: Database) -> None:
    with database.writing() as tx:
        many(tx, _ROWS)
        tx._hand_over()
        raise KeyboardInterrupt


def test_after_a_statement_that_failed_nothing_more_is_written(database: Database) -> None:
    with pytest.raises(IntegrityError):
        a_statement_fails(database)
    assert kept(database) == []


def test_a_transaction_that_is_given_up_leaves_nothing_that_still_writes(database: Database) -> None:
    with pytest.raises(KeyboardInterrupt):
        given_up(database)
    assert kept(database) == []
    assert [thread.name for thread in threading.enumerate() if thread.name == "behind"] == []
    with database.writing() as tx:
        many(tx, _ROWS)
    assert len(kept(database)) == len(_ROWS)


def test_rows_come_after_those_they_point_to_whichever_was_given_first(database: Database) -> None:
    with database.writing() as tx:
        tx.insert_later(_FILLED, [(1, 1, "{}")])
        tx.insert_later(_BATCH, [(1, "file", "", 0, 1, None)])
        entry = dict.fromkeys(ENTRY_COLUMNS) | _BONUS
        tx.insert_later(_PROFILE, [(1, "A", "a", "DE", "EUR", None, 0)])
        tx.insert_later(ENTRY, [tuple(entry.values())])
    with database.reading() as tx:
        assert not list(file_problems(tx))
        assert tx.connection.exec_driver_sql("SELECT count(*) FROM filled").scalar() == 1


def test_pieces_are_done_in_order_by_one_thread_until_one_fails() -> None:
    behind, done = Behind(), list[tuple[int, int]]()

    def piece(number: int) -> Callable[[], object]:
        return lambda: done.append((number, threading.get_ident()))

    def fails() -> None:
        raise sqlite3.OperationalError

    for number in range(20):
        behind.do(piece(number))
    behind.wait()
    assert [number for number, _ in done] == list(range(20))
    assert len({thread for _, thread in done} - {threading.get_ident()}) == 1
    behind.do(fails)
    with pytest.raises(sqlite3.OperationalError):
        behind.wait()
    with pytest.raises(sqlite3.OperationalError):
        behind.do(piece(20))
    behind.end()
    assert len(done) == 20

"""The steps from schema to schema.

A new ledger is made from the tables as they are today and stamped with `HEAD`; alembic is imported only when a file
of an older schema is opened for writing. Then: a checked backup first, foreign keys off before the transaction, all
steps in one transaction, row counts and foreign keys checked before COMMIT.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: The schema this version writes.
HEAD = "0002"

#: Schemas this version can bring up to date, oldest first, and HEAD.
KNOWN = ("0001", "0002")

Connect = Callable[[Path], sqlite3.Connection]


def stamp(connection: "Connection") -> None:
    """Note in a new ledger that it has today's schema."""
    connection.exec_driver_sql(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL,"
        " CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )
    connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (HEAD,))


def revision_of(connection: sqlite3.Connection) -> str | None:
    """The schema of an open file; None where it has none."""
    try:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
            raise
        return None  # no such table
    return None if row is None else str(row[0])


def upgrade(path: Path, connect: Connect) -> None:
    """Bring a file of an older schema up to date, all or nothing, with a checked backup beside it."""
    from coinbudget.storage.migrations import steps  # noqa: PLC0415 - alembic takes 0.2 s that no other start pays

    steps.upgrade(path, connect, HEAD)

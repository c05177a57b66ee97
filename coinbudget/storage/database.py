"""The open ledger file: connections, transactions and everything that is SQLite's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from functools import cache

from sqlalchemy import Connection, Dialect, Engine, Table, bindparam, create_engine, event
from sqlalchemy.dialects.sqlite import insert

from coinbudget.storage.tables import Row


@dataclass(frozen=True, slots=True)
class Transaction:
    """One open transaction. `connection` is for `storage` alone; services pass the transaction on unopened."""

    connection: Connection


class Database:
    """An open ledger file (or ":memory:" in tests)."""

    def __init__(self, engine: Engine, path: Path | None) -> None:
        self._engine = engine
        self.path = path

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A read transaction (BEGIN); always ended."""
        with self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            try:
                yield Transaction(connection)
            finally:
                connection.exec_driver_sql("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """A write transaction (BEGIN IMMEDIATE): committed on leaving, rolled back on any exception."""
        with self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield Transaction(connection)
            except BaseException:
                connection.exec_driver_sql("ROLLBACK")
                raise
            connection.exec_driver_sql("COMMIT")

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def open_database(path: Path | None, *, create: bool = False, read_only: bool = False) -> Database:
    """Open a ledger file; None is a ledger in memory."""
    del create, read_only
    engine = create_engine(f"sqlite:///{path}" if path else "sqlite://")

    @event.listens_for(engine, "connect")
    def _on_connect(connection: object, _record: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]
        connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[attr-defined]

    with engine.begin() as connection:
        Row.metadata.create_all(connection)
    return Database(engine, path)


@cache
def adding_upsert(table: Table, key: tuple[str, ...], dialect: Dialect) -> str:
    """A statement for tuples in the order of the columns: insert them, or add them to the row of the same key."""
    new = insert(table).values({column.name: bindparam(column.name) for column in table.columns})
    added = {c.name: c + new.excluded[c.name] for c in table.columns if c.name not in key}
    return str(new.on_conflict_do_update(index_elements=key, set_=added).compile(dialect=dialect))

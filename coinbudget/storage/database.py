"""The open ledger file: connections, transactions and everything that is SQLite's own.

Conventions: transactions begin and end here alone (`isolation_level` is None, so the driver adds none of its own and
DDL rolls back too); reads use BEGIN, writes BEGIN IMMEDIATE. The journal is deleted at commit and the folder synced
(`synchronous=EXTRA`): a commit that was acknowledged survives a power cut, and a copy of the one idle file is whole.
All writes go through one connection, so that `data_version` moves only when somebody else wrote.
"""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, Table, bindparam, create_engine
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool, StaticPool

from coinbudget.domain.errors import LedgerFault, Problem, problem
from coinbudget.storage import files, migrations
from coinbudget.storage.behind import Behind
from coinbudget.storage.bulk import Values, insert_of
from coinbudget.storage.contents import impossible
from coinbudget.storage.faults import fault_of, told
from coinbudget.storage.tables import Row

#: How long to wait for another program's lock, seconds.
PATIENCE = 10.0

#: Rows written by one statement; with fewer the two threads would wait for each other too often.
_TOGETHER = 8000
_IN_ORDER = Row.metadata.sorted_tables

_SETTINGS = (
    "PRAGMA foreign_keys=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
    "PRAGMA journal_mode=DELETE",
    "PRAGMA synchronous=EXTRA",
    # KiB. An import of shuffled rows touches every index page and would be 7 to 14 % faster with four times as much,
    # but memory would grow with the ledger, of every connection.
    "PRAGMA cache_size=-8000",
)


@dataclass(frozen=True, slots=True)
class Transaction:
    """One open transaction; services pass it on unopened.

    Attributes:
        kept: what was read in this transaction and is asked for again and again; who changes it takes it out.
    """

    _connection: Connection
    kept: dict[str, Any] = field(default_factory=dict)
    _behind: Behind = field(default_factory=Behind)
    _new: dict[tuple[Table, str], list[Values]] = field(default_factory=dict)

    @property
    def connection(self) -> Connection:
        """For `storage` alone: it sees all that was written, what was left for later too."""
        self._hand_over()
        self._behind.wait()
        return self._connection

    def insert_later(self, table: Table, rows: Sequence[Values], alike: str = "") -> None:
        """Insert rows while the caller goes on; what fails is raised when next asked.

        Args:
            alike: rows of one name leave the same columns empty, and are written together.
        """
        self._new.setdefault((table, alike), []).extend(rows)
        if sum(map(len, self._new.values())) >= _TOGETHER:
            self._hand_over()

    def _hand_over(self) -> None:
        if self._new:
            # Rows come after those that they point to.
            keys = sorted(self._new, key=lambda one: _IN_ORDER.index(one[0]))
            self._behind.do(partial(self._insert, [insert_of(key[0], self._new.pop(key)) for key in keys]))

    def _insert(self, statements: Sequence[tuple[str, Values]]) -> None:
        for statement, values in statements:
            # As one of many: for a single one the driver stops once more, to ask for the number of the last row.
            self._connection.exec_driver_sql(statement, [values])

    def end(self) -> None:
        """Leave out what waits still, before the transaction is taken back."""
        self._behind.end()


class Database:
    """An open ledger file, or a ledger in memory."""

    def __init__(self, engine: Engine, path: Path | None, *, read_only: bool = False) -> None:
        self._engine = engine
        self.path = path
        self.read_only = read_only
        self._writer: Connection | None = None
        self._turn = threading.RLock()
        self._writing = False
        self._reading = False
        self._version = 0

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A read transaction (BEGIN): one unchanging view of the ledger; always ended.

        Raises:
            LedgerFault: the file cannot be read.
        """
        if self.path is None:
            yield from self._read_memory()
            return
        with told(self.path), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            try:
                yield Transaction(connection)
            finally:
                _roll_back(connection)

    def _read_memory(self) -> Iterator[Transaction]:
        """A ledger in memory has one connection, which readers and writers take in turn."""
        with self._turn:
            if self._writing:
                raise RuntimeError("a ledger in memory cannot be read beside its own write transaction")
            connection = self._writer_connection()
            outer = self._reading
            self._reading = True
            try:
                if not outer:
                    connection.exec_driver_sql("BEGIN")
                yield Transaction(connection)
            finally:
                self._reading = outer
                if not outer:
                    _roll_back(connection)

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """A write transaction (BEGIN IMMEDIATE): committed on leaving, rolled back on any exception.

        Raises:
            LedgerFault: the file is locked, full, damaged or may only be read; nothing was written.
        """
        if self.read_only:
            raise LedgerFault(problem("", "read_only", path=self.path))
        with self._turn:
            if self._writing or self._reading:
                raise RuntimeError("a transaction of this thread is open already")
            self._writing = True
            try:
                with told(self.path):
                    yield from self._write()
            finally:
                self._writing = False

    def _write(self) -> Iterator[Transaction]:
        try:
            connection = self._writer_connection()
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            tx = Transaction(connection)
            try:
                before = _newest_line(connection)
                yield tx
                after = _newest_line(tx.connection)
                tx.end()
            except BaseException:
                tx.end()
                _roll_back(connection)
                raise
            self._commit(connection, after if after != before else None)
        except DBAPIError:
            # Whatever state the connection is in, the next one starts clean and rolls back what was left.
            self._drop_writer()
            raise

    def _commit(self, connection: Connection, line: tuple[int, str] | None) -> None:
        """Commit; `line` is the newest line of the journal where this transaction wrote it."""
        try:
            connection.exec_driver_sql("COMMIT")
        except DBAPIError:
            _roll_back(connection)
            self._drop_writer()
            if self.path is None or line is None or not self._holds(line):
                raise
            # The pages are in the file and the rollback journal is gone: only the sync of the folder failed. "Not
            # saved" would be untrue, so that sync is tried again and decides.
            try:
                files.sync_folder(self.path.parent)
            except OSError as error:
                reason = error.strerror or str(error)
                raise LedgerFault(problem("", "saved_unsure", path=self.path, reason=reason)) from error

    def _holds(self, line: tuple[int, str]) -> bool:
        try:
            with self._engine.connect() as other:
                found = other.exec_driver_sql("SELECT digest FROM journal WHERE id = ?", (line[0],)).scalar()
        except DBAPIError:
            return False
        return bool(found == line[1])

    def data_version(self) -> int:
        """A number that changes when another program wrote to the file; our own writes do not change it.

        Never waits: while somebody holds the lock, the number known last is returned.
        """
        if not self._turn.acquire(blocking=False):
            return self._version
        try:
            with told(self.path):
                connection = self._writer_connection()
                connection.exec_driver_sql("PRAGMA busy_timeout=0")
                try:
                    self._version = int(connection.exec_driver_sql("PRAGMA data_version").scalar() or 0)
                except DBAPIError as error:
                    fault = fault_of(error, self.path)
                    if fault is None or fault.problems[0].code != "ledger_locked":
                        raise
                finally:
                    connection.exec_driver_sql(f"PRAGMA busy_timeout={int(PATIENCE * 1000)}")
            return self._version
        finally:
            self._turn.release()

    def _writer_connection(self) -> Connection:
        if self._writer is None:
            self._writer = self._engine.connect()
        return self._writer

    def _drop_writer(self) -> None:
        # In memory the connection is the ledger.
        if self._writer is not None and self.path is not None:
            writer, self._writer = self._writer, None
            writer.invalidate()
            writer.close()

    def close(self) -> None:
        """Close every connection."""
        with self._turn:
            if self._writer is not None:
                self._writer.close()
                self._writer = None
            self._engine.dispose()


def _newest_line(connection: Connection) -> tuple[int, str] | None:
    row = connection.exec_driver_sql("SELECT id, digest FROM journal ORDER BY id DESC LIMIT 1").first()
    return None if row is None else (row[0], row[1])


def _roll_back(connection: Connection) -> None:
    """End the transaction; a full disk or an error may have ended it already."""
    raw = connection.connection.dbapi_connection
    if raw is not None and raw.in_transaction:
        connection.exec_driver_sql("ROLLBACK")


def connect(path: Path | None, *, mode: str = "rw", query_only: bool = False) -> sqlite3.Connection:
    """A connection of the driver with all settings; every connection to a ledger is made here.

    Args:
        mode: "rw" or "ro"; a file is never created.
        query_only: refuse to write although the file may be written (a left-over journal is still rolled back).
    """
    name = ":memory:" if path is None else f"{path.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(
        name, uri=path is not None, timeout=PATIENCE, isolation_level=None, check_same_thread=False
    )
    try:
        for setting in _SETTINGS:
            connection.execute(setting)
        if query_only:
            connection.execute("PRAGMA query_only=ON")
    except BaseException:
        connection.close()
        raise
    return connection


def open_database(path: Path | None, *, create: bool = False, read_only: bool = False) -> Database:
    """Open a ledger file; None is a ledger in memory.

    Args:
        create: make the file where there is none.
        read_only: write nothing, not even an upgrade of an older file.

    Raises:
        LedgerFault: missing, foreign, damaged, newer, or older under `read_only`; the file was not touched.
    """
    if path is None:
        engine = create_engine("sqlite://", creator=lambda: connect(None), poolclass=StaticPool)
        _make_tables(engine)
        return Database(engine, None)
    path = path.absolute()
    there = files.refuse_foreign(path)
    if there and not read_only and _has_leftover_journal(path):
        # Whoever was making this ledger may have been killed: once rolled back, it is an empty file.
        with told(path), closing(connect(path, query_only=True)) as connection:
            connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        there = files.refuse_foreign(path)
    if not there and (read_only or not create):
        raise LedgerFault(problem("", "empty_file" if path.exists() else "no_ledger", path=path))
    if not there:
        _create(path)
    elif not _up_to_date(path, read_only=read_only):
        with told(path):
            migrations.upgrade(path, connect)
    mode, query_only = ("ro", True) if read_only else ("rw", False)
    if read_only and _has_leftover_journal(path):
        # A read-only connection cannot roll back what a crashed writer left; one that may write does so first.
        mode = "rw"
    engine = create_engine(
        "sqlite://", creator=lambda: connect(path, mode=mode, query_only=query_only), poolclass=QueuePool
    )
    return Database(engine, path, read_only=read_only)


def _create(path: Path) -> None:
    """Make a new ledger; what cannot be finished is taken away again."""
    made = files.make_private_file(path)
    engine = create_engine("sqlite://", creator=lambda: connect(path), poolclass=QueuePool)
    try:
        with told(path):
            if not made:
                path.chmod(files.PRIVATE_FILE)
            _make_tables(engine)
            files.sync_folder(path.parent)
    except BaseException:
        engine.dispose()
        if made:
            with suppress(OSError):
                path.unlink(missing_ok=True)
        raise
    engine.dispose()


def _make_tables(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            if not connection.exec_driver_sql("SELECT 1 FROM sqlite_master").first():
                connection.exec_driver_sql(f"PRAGMA application_id={files.APPLICATION_ID}")
                Row.metadata.create_all(connection)
                migrations.stamp(connection)
        except BaseException:
            _roll_back(connection)
            raise
        connection.exec_driver_sql("COMMIT")


def _up_to_date(path: Path, *, read_only: bool) -> bool:
    """Whether the file has today's schema; decided by one SELECT.

    Raises:
        LedgerFault: the schema is newer, or older under `read_only`; nothing was written.
    """
    query_only = True
    with told(path):
        mode = "rw" if _has_leftover_journal(path) else "ro"
        connection = connect(path, mode=mode, query_only=query_only)
        try:
            revision = migrations.revision_of(connection)
        finally:
            connection.close()
    if revision == migrations.HEAD:
        return True
    if revision is None:
        raise LedgerFault(problem("", "not_a_database", path=path))
    if revision not in migrations.KNOWN:
        raise LedgerFault(problem("", "newer_file", path=path))
    if read_only:
        raise LedgerFault(problem("", "older_file", path=path))
    return False


def _has_leftover_journal(path: Path) -> bool:
    """Whether a crashed (or a working) writer's journal lies beside the file."""
    journal = path.with_name(f"{path.name}-journal")
    return journal.exists() and journal.stat().st_size > 0


def file_problems(tx: Transaction) -> Iterator[Problem]:
    """What SQLite's own check of the file finds, and rows that point to nothing."""
    try:
        for text in tx.connection.exec_driver_sql("PRAGMA integrity_check(20)").scalars():
            if text != "ok":
                yield problem("", "integrity", text=text)
        for table in tx.connection.exec_driver_sql("PRAGMA foreign_key_check").scalars():
            yield problem("", "foreign_key_broken", table=table)
        connection = tx.connection.connection.driver_connection
        if isinstance(connection, sqlite3.Connection) and (found := impossible(connection)):
            yield problem("", "integrity", text=found)
    except DBAPIError as error:
        fault = fault_of(error, None)
        deep = "foreign key mismatch" in str(error.orig)
        if not deep and (fault is None or fault.problems[0].code not in {"file_damaged", "not_a_database"}):
            raise
        # Damage so deep that the check itself stops.
        yield problem("", "integrity", text=str(error.orig))


@cache
def adding_upsert(table: Table, key: tuple[str, ...], dialect: Dialect) -> str:
    """A statement for tuples in the order of the columns: insert them, or add them to the row of the same key."""
    new = insert(table).values({column.name: bindparam(column.name) for column in table.columns})
    added = {c.name: c + new.excluded[c.name] for c in table.columns if c.name not in key}
    return str(new.on_conflict_do_update(index_elements=key, set_=added).compile(dialect=dialect))

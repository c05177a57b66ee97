"""What a failing file or machine is called: SQLite's and the system's errors as LedgerFaults with their true cause.

An error that only a mistake of ours can cause (a broken constraint, wrong SQL) is not translated and raises as it is.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from coinbudget.domain.errors import LedgerFault, problem
from coinbudget.storage.contents import impossible

#: Primary result codes of SQLite (https://www.sqlite.org/rescode.html) and the Problem code each makes.
_CODES = {
    sqlite3.SQLITE_PERM: "cannot_open",
    sqlite3.SQLITE_BUSY: "ledger_locked",
    sqlite3.SQLITE_LOCKED: "ledger_locked",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_IOERR: "disk_error",
    sqlite3.SQLITE_CORRUPT: "file_damaged",
    sqlite3.SQLITE_FULL: "disk_full",
    sqlite3.SQLITE_CANTOPEN: "cannot_open",
    sqlite3.SQLITE_PROTOCOL: "ledger_locked",
    sqlite3.SQLITE_AUTH: "cannot_open",
    sqlite3.SQLITE_NOTADB: "not_a_database",
}


def fault_of(error: BaseException, path: Path | None) -> LedgerFault | None:
    """The LedgerFault an error stands for; None for an error of ours."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    shown = str(path) if path else ":memory:"
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", None)
        named = None if code is None else _CODES.get(code & 0xFF)
        if code == sqlite3.SQLITE_ERROR and path is not None and str(cause).startswith("no such "):
            named = "file_damaged"  # in memory, where tests run, it would be wrong SQL of ours
        if code is None and path is not None and str(cause).startswith("Could not decode "):
            named = "file_damaged"  # the driver's own error for text that is no UTF-8
        if named is None:
            return None
        reason = getattr(cause, "sqlite_errorname", "") or str(cause)
        return LedgerFault(problem("", named, path=shown, reason=reason))
    return None


@contextmanager
def told(path: Path | None) -> Iterator[None]:
    """Errors of the ledger's file leave as LedgerFaults; other files are their readers' business."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        fault = fault_of(error, path)
        if fault is None:
            fault = _harmed(path, error)
        if fault is None:
            raise
        raise fault from error
    except (LookupError, ValueError, TypeError, ArithmeticError, AttributeError) as error:
        # Rows that cannot be are our mistake, unless SQLite finds the file itself harmed.
        fault = _harmed(path, error)
        if fault is None:
            raise
        raise fault from error


def _harmed(path: Path | None, error: Exception) -> LedgerFault | None:
    reason = _harm(path, error)
    return None if reason is None else LedgerFault(problem("", "file_damaged", path=path, reason=reason))


def _harm(path: Path | None, error: Exception) -> str | None:
    """What is wrong with a file in which impossible rows were met; None where it is whole."""
    if path is None:
        return None
    if isinstance(error, UnicodeDecodeError):
        # The driver met damaged text in a row, or in SQLite's own message about the schema.
        return "damaged text"
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            return impossible(connection) if found == "ok" else str(found)
    except (sqlite3.Error, UnicodeDecodeError) as fault:
        return str(fault)

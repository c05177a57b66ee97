"""Whole copies of a ledger file through SQLite's backup API, checked before they count.

The API copies a consistent state while others read or write; a plain copy of the file could catch it half written.
A copy is made under a temporary name beside its place, checked, synced and only then given its name.
"""

import errno
import os
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from coinbudget.domain.errors import LedgerFault, problem
from coinbudget.storage import files, migrations
from coinbudget.storage.database import connect
from coinbudget.storage.faults import told

#: Faults of a file that is past mending.
_DAMAGED = {"file_damaged", "not_a_database", "backup_damaged", "empty_file"}


def check(path: Path) -> None:
    """Reopen a copy for reading and have SQLite check all of it.

    Raises:
        LedgerFault: it is no ledger, or damaged.
    """
    if not files.refuse_foreign(path):
        raise LedgerFault(problem("", "backup_damaged", path=path))
    with told(path), closing(connect(path, mode="ro", query_only=True)) as connection:
        if problems_of(connection):
            raise LedgerFault(problem("", "backup_damaged", path=path))


def problems_of(connection: sqlite3.Connection) -> list[str]:
    """What SQLite's own check finds, and rows that point to nothing; empty when all is well."""
    try:
        found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]
        found += [f"{row[0]}" for row in connection.execute("PRAGMA foreign_key_check")]
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
            raise
        return [str(error)]
    return found


def copy(source: Path, target: Path, *, replace: bool) -> None:
    """Copy a ledger into a new private file, checked and synced.

    Args:
        replace: put it in the place of a file that is there.

    Raises:
        LedgerFault: there is a file and `replace` is false, the disk is full, or the copy is damaged.
    """
    if target.is_dir():
        raise LedgerFault(problem("", "is_directory", path=target))
    if target.exists() and not replace:
        raise LedgerFault(problem("", "backup_exists", path=target))
    with _unfinished(target) as unfinished:
        with (
            told(target),
            closing(connect(source, mode="ro", query_only=True)) as old,
            closing(connect(unfinished)) as new,
        ):
            old.backup(new)
        check(unfinished)
        _finish(unfinished, target, replace=replace)


def _finish(unfinished: Path, target: Path, *, replace: bool) -> None:
    """Make a finished file last and give it its name."""

    def finish() -> None:
        _sync(unfinished)
        if not replace and target.exists():
            raise FileExistsError(target)
        unfinished.replace(target)
        files.sync_folder(target.parent)

    _written(finish, target)


def _written(work: Callable[[], object], target: Path) -> None:
    try:
        work()
    except FileExistsError as error:
        raise LedgerFault(problem("", "backup_exists", path=target)) from error
    except OSError as error:
        code = "disk_full" if error.errno in {errno.ENOSPC, errno.EDQUOT} else "cannot_create"
        raise LedgerFault(problem("", code, path=target, reason=error.strerror or error)) from error


def copy_as_it_is(source: Path, target: Path) -> None:
    """Save a ledger before it is overwritten: as a checked copy or, where it is damaged, byte for byte.

    Raises:
        LedgerFault: the file is a folder or belongs to another program, or the copy cannot be made.
    """
    try:
        files.refuse_foreign(source)
        copy(source, target, replace=False)
    except LedgerFault as fault:
        if fault.problems[0].code not in _DAMAGED:
            raise
        with _unfinished(target) as unfinished:
            _written(lambda: shutil.copyfile(source, unfinished), target)
            _finish(unfinished, target, replace=False)


def write_over(source: Path, live: Path) -> None:
    """Write the pages of a checked copy into the live file, under the locks of everybody who has it open.

    A rename would leave open connections on the old file; only a file too damaged to be opened is replaced.
    """
    try:
        with told(live), closing(connect(source, mode="ro", query_only=True)) as old, closing(connect(live)) as new:
            old.backup(new)
    except LedgerFault as fault:
        if fault.problems[0].code not in _DAMAGED:
            raise
        live.with_name(f"{live.name}-journal").unlink(missing_ok=True)
        copy(source, live, replace=True)


def refuse_newer(path: Path) -> None:
    """Refuse a file whose schema this version does not know.

    Raises:
        LedgerFault: it is newer, or no ledger.
    """
    with told(path), closing(connect(path, mode="ro", query_only=True)) as connection:
        revision = migrations.revision_of(connection)
    if revision is None:
        raise LedgerFault(problem("", "not_a_database", path=path))
    if revision not in migrations.KNOWN:
        raise LedgerFault(problem("", "newer_file", path=path))


@contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    """An empty private file beside the target, gone afterwards whatever happens."""
    path = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    files.make_private_file(path)
    try:
        yield path
    finally:
        # What cannot be taken away does no harm; the fault that led here is the one to tell.
        with suppress(OSError):
            path.unlink(missing_ok=True)
            path.with_name(f"{path.name}-journal").unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

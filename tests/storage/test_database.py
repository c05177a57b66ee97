"""The ledger file: what is refused, what is private, what every connection is set to, and what an error is called."""

import hashlib
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from coinbudget.domain.errors import LedgerFault, Refusal
from coinbudget.services import record
from coinbudget.services.household import profiles
from coinbudget.services.ledger import Ledger, open_ledger
from coinbudget.storage import database
from coinbudget.storage.database import Database, connect, open_database
from tests import make
from tests.conftest import NOW


def sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def code(fault: pytest.ExceptionInfo[LedgerFault]) -> str:
    return fault.value.problems[0].code


def file_of(ledger: Ledger) -> Path:
    assert ledger.path is not None
    return ledger.path


def foreign(path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE other (x)")
    other.commit()
    other.close()


def newer(path: Path) -> None:
    open_database(path, create=True).close()
    other = sqlite3.connect(path)
    other.execute("UPDATE alembic_version SET version_num = '9999'")
    other.commit()
    other.close()


def diary(path: Path) -> None:
    path.write_bytes(b"Dear diary, " * 40)


REFUSED: dict[str, Callable[[Path], None]] = {
    "foreign_file": foreign,
    "newer_file": newer,
    "not_a_database": diary,
    "empty_file": Path.touch,
}


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize("expected", REFUSED)
def test_what_is_no_ledger_of_ours_is_refused_untouched(tmp_path: Path, expected: str, read_only: bool) -> None:
    path = tmp_path / "x.db"
    REFUSED[expected](path)
    before = sha(path)
    with pytest.raises(LedgerFault) as fault:
        open_database(path, read_only=read_only)
    assert code(fault) == expected
    assert sha(path) == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.db"]


def test_a_foreign_file_is_refused_even_where_one_may_be_made(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    foreign(path)
    before = sha(path)
    with pytest.raises(LedgerFault) as fault:
        open_database(path, create=True)
    assert code(fault) == "foreign_file"
    assert sha(path) == before


def test_a_folder_and_a_missing_file_are_refused_and_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(LedgerFault) as fault:
        open_database(tmp_path, create=True)
    assert code(fault) == "is_directory"
    with pytest.raises(LedgerFault) as fault:
        open_database(tmp_path / "deep" / "x.db")
    assert code(fault) == "no_ledger"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mask", [0o022, 0o000])
def test_files_and_folders_are_for_their_owner_alone(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        ledger = open_ledger(tmp_path / "a" / "b" / "coinbudget.db", now=NOW, create=True)
        seen: list[int] = []
        with ledger.database.writing() as tx:
            tx.connection.exec_driver_sql("INSERT INTO setting VALUES ('x', 'y')")
            seen += [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "a" / "b").iterdir()]
        ledger.close()
    finally:
        os.umask(before)
    assert set(seen) == {0o600}
    assert len(seen) == 2, "the file and its journal"
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o700


def test_every_connection_has_the_settings_that_survive_a_power_cut(file_ledger: Ledger) -> None:
    wanted = {"synchronous": 3, "foreign_keys": 1, "trusted_schema": 0, "cell_size_check": 1, "journal_mode": "delete"}
    raw = connect(file_of(file_ledger), mode="ro", query_only=True)
    assert {name: raw.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted} == wanted
    raw.close()
    for transaction in (file_ledger.database.reading, file_ledger.database.writing):
        with transaction() as tx:
            found = {name: tx.connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}
        assert found == wanted


def test_a_transaction_that_is_left_by_an_error_writes_nothing(file_ledger: Ledger) -> None:
    def broken() -> None:
        with file_ledger.database.writing() as tx:
            tx.connection.exec_driver_sql("CREATE TABLE half (x)")
            raise KeyError

    with pytest.raises(KeyError):
        broken()
    with file_ledger.database.reading() as tx:
        assert not tx.connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = 'half'").first()


def test_own_writes_do_not_move_the_data_version_and_foreign_ones_do(file_ledger: Ledger) -> None:
    first = file_ledger.database.data_version()
    record.add(file_ledger, make.purchase(), now=NOW)
    assert file_ledger.database.data_version() == first
    other = open_ledger(file_of(file_ledger), now=NOW)
    record.add(other, make.purchase(), now=NOW)
    other.close()
    assert file_ledger.database.data_version() != first


def test_a_locked_ledger_is_told_and_asking_for_its_version_does_not_wait(
    file_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = file_ledger.database.data_version()
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    other = open_database(file_of(file_ledger))
    holder = connect(file_of(file_ledger))
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(LedgerFault) as fault, other.writing():
        pytest.fail("the ledger is locked")
    assert code(fault) == "ledger_locked"
    assert file_ledger.database.data_version() == known
    holder.execute("ROLLBACK")
    holder.close()
    other.close()


def test_read_only_writes_nothing_and_says_so(file_ledger: Ledger) -> None:
    path = file_of(file_ledger)
    before = sha(path)
    other = open_ledger(path, now=NOW, read_only=True)
    assert [profile.name for profile in profiles(other)] == ["Mia"]
    with pytest.raises(LedgerFault) as fault:
        record.add(other, make.purchase(), now=NOW)
    assert code(fault) == "read_only"
    other.close()
    assert sha(path) == before


CRASH = """
import os, sqlite3, sys
c = sqlite3.connect(sys.argv[1], isolation_level=None)
c.execute("PRAGMA cache_size=1")
c.execute("PRAGMA cache_spill=1")
c.execute("BEGIN IMMEDIATE")
c.execute("UPDATE profile SET name = 'Half'")
c.execute("CREATE TABLE big (x)")
c.executemany("INSERT INTO big VALUES (?)", [("x" * 900,)] * 2000)
os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize("read_only", [False, True])
def test_the_journal_of_a_crashed_writer_is_rolled_back_on_opening(file_ledger: Ledger, read_only: bool) -> None:
    path = file_of(file_ledger)
    file_ledger.close()
    subprocess.run([sys.executable, "-c", CRASH, str(path)], check=False)
    assert path.with_name("coinbudget.db-journal").stat().st_size > 0, "the crash left no journal"
    ledger = open_ledger(path, now=NOW, read_only=read_only)
    assert [profile.name for profile in profiles(ledger)] == ["Mia"]
    if read_only:
        with pytest.raises(LedgerFault) as fault, ledger.database.writing():
            pytest.fail("read-only")
        assert code(fault) == "read_only"
    ledger.close()


def test_a_full_disk_is_named_and_nothing_of_the_call_is_kept(file_ledger: Ledger) -> None:
    with file_ledger.database.writing() as tx:
        pages = tx.connection.exec_driver_sql("PRAGMA page_count").scalar()
    with file_ledger.database.writing() as tx:
        tx.connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    def fill() -> None:
        for _ in range(40):
            record.add(file_ledger, make.purchase(note="x" * 2000), now=NOW)

    with pytest.raises(LedgerFault) as fault:
        fill()
    assert code(fault) == "disk_full"
    kept = len(make.all_entries(file_ledger))
    # The next connection is a fresh one, without the bound.
    record.add(file_ledger, make.purchase(), now=NOW)
    assert len(make.all_entries(file_ledger)) == kept + 1
    assert make.totals_differ(file_ledger) == {}


def test_a_damaged_file_is_told_without_a_traceback(file_ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "damaged.db"
    for number in range(40):
        record.add(file_ledger, make.gift(coins="1", creator=f"@c{number}"), now=NOW - timedelta(days=number))
    file_ledger.close()
    good = file_of(file_ledger).read_bytes()
    told: set[str] = set()
    for place in range(100, len(good), 4096 + 411):
        path.write_bytes(good[:place] + b"\xff\x00\xa5" * 100 + good[place + 300 :])
        # A flipped value that the schema does not know may raise; SQLite has no checksum that could see it.
        with suppress(ValueError, KeyError, TypeError):
            told.update(codes_of_reading(path))
    assert told <= {"file_damaged", "not_a_database", "newer_file"}
    assert told


def codes_of_reading(path: Path) -> set[str]:
    """The codes of what opening and reading a file reports."""
    try:
        ledger = open_ledger(path, now=NOW, read_only=True)
        try:
            make.all_entries(ledger)
        finally:
            ledger.close()
    except Refusal as refusal:
        return {fault.code for fault in refusal.problems}
    return set()


def test_threads_read_while_another_writes(file_ledger: Ledger) -> None:
    faults: list[BaseException] = []

    def read(opened: Database) -> None:
        try:
            for _ in range(50):
                with opened.reading() as tx:
                    tx.connection.exec_driver_sql("SELECT count(*) FROM entry").scalar()
        except BaseException as error:
            faults.append(error)
            raise

    threads = [threading.Thread(target=read, args=(file_ledger.database,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(20):
        record.add(file_ledger, make.gift(), now=NOW)
    for thread in threads:
        thread.join()
    assert faults == []


def test_a_copy_of_the_idle_file_is_a_whole_ledger(file_ledger: Ledger, tmp_path: Path) -> None:
    record.add(file_ledger, make.purchase(), now=NOW)
    copied = tmp_path / "copied.db"
    shutil.copyfile(file_of(file_ledger), copied)
    other = open_ledger(copied, now=NOW)
    assert make.all_entries(other) == make.all_entries(file_ledger)
    other.close()

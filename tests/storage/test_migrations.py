"""An upgrade is all or nothing, with a checked backup beside it, and no other start imports alembic."""

import hashlib
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from coinbudget.domain.errors import LedgerFault
from coinbudget.services import record, verify
from coinbudget.services.household import add_profile
from coinbudget.services.ledger import open_ledger
from coinbudget.storage import copies, database, migrations
from coinbudget.storage.database import connect, open_database
from coinbudget.storage.migrations import steps
from tests import make
from tests.conftest import NOW

DATA = Path(__file__).parent.parent / "data"
STEP = '''
"""A later schema."""
from alembic import op

revision = "9999"
down_revision = "0002"


def upgrade() -> None:
    op.execute("CREATE TABLE later (x INTEGER)")
    {more}
'''


def schema(path: Path) -> dict[str, str]:
    raw = connect(path, mode="ro")
    try:
        rows = raw.execute(
            "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name"
        ).fetchall()
    finally:
        raw.close()
    return {name: " ".join(sql.split()) for name, sql in rows}


def versions(folder: Path, more: str) -> Path:
    released = Path(migrations.__file__).parent / "versions"
    folder.mkdir()
    for step in released.glob("v*.py"):
        (folder / step.name).write_text(step.read_text())
    (folder / "v9999.py").write_text(STEP.format(more=more))
    return folder


def test_the_steps_lead_to_the_tables_of_today(tmp_path: Path) -> None:
    fresh, stepped = tmp_path / "fresh.db", tmp_path / "stepped.db"
    open_database(fresh, create=True).close()
    open_database(stepped, create=True).close()
    with sqlite3.connect(stepped) as raw:
        raw.execute("PRAGMA foreign_keys=OFF")
        names = raw.execute("SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND type = 'table'")
        for _, name in names.fetchall():
            raw.execute("DELETE FROM alembic_version" if name == "alembic_version" else f"DROP TABLE {name}")
    raw.close()
    steps.upgrade(stepped, connect, migrations.HEAD)
    assert schema(stepped) == schema(fresh)


def test_an_upgrade_keeps_the_rows_and_a_checked_backup(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    open_database(path, create=True).close()
    steps.upgrade(path, connect, "9999", versions=versions(tmp_path / "versions", "pass"))
    assert "later" in schema(path)
    backup = tmp_path / "backups" / "x-before-9999.db"
    copies.check(backup)
    assert "later" not in schema(backup)


def test_a_ledger_of_the_first_schema_opens_whole_with_all_it_had(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    path.write_bytes((DATA / "ledger-0001.db").read_bytes())
    ledger = open_ledger(path, now=NOW)
    assert verify.verify(ledger) == ()
    assert [entry.voided_at is None for entry in make.all_entries(ledger)] == [True, True, True, False]
    with ledger.database.reading() as tx:
        batches = tx.connection.exec_driver_sql("SELECT id, format, undone_at IS NULL FROM batch ORDER BY id").all()
    ledger.close()
    assert [tuple(row) for row in batches] == [(1, "", 1), (2, "", 0)]
    copies.check(tmp_path / "backups" / "old-before-0002.db")


@pytest.mark.parametrize(
    "more",
    [
        "raise KeyError",
        'op.execute("DELETE FROM setting")',
        'op.execute("UPDATE entry SET creator_id = 99")',
        'op.execute("NO SQL")',
    ],
)
def test_a_step_that_fails_leaves_the_file_as_it_was(tmp_path: Path, more: str) -> None:
    path = tmp_path / "x.db"
    ledger = open_ledger(path, now=NOW, create=True)
    add_profile(ledger, name="Mia", region="DE", currency="EUR", zone="Europe/Berlin", now=NOW)
    record.add(ledger, make.gift(), now=NOW)
    with ledger.database.writing() as tx:
        tx.connection.exec_driver_sql("INSERT INTO setting VALUES ('a', 'b')")
    ledger.close()
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    later = versions(tmp_path / "versions", more)
    with pytest.raises((LedgerFault, KeyError, OperationalError)):
        steps.upgrade(path, connect, "9999", versions=later)
    assert "later" not in schema(path)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before


def test_an_older_file_is_upgraded_when_it_may_be_written_and_refused_when_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.db"
    open_database(path, create=True).close()
    monkeypatch.setattr(migrations, "HEAD", "9999")
    monkeypatch.setattr(migrations, "KNOWN", ("0001", "0002", "9999"))
    later = versions(tmp_path / "versions", "pass")
    monkeypatch.setattr(migrations, "upgrade", lambda file, by: steps.upgrade(file, by, "9999", versions=later))
    with pytest.raises(LedgerFault) as fault:
        open_database(path, read_only=True)
    assert fault.value.problems[0].code == "older_file"
    open_database(path).close()
    assert "later" in schema(path)
    assert database.open_database(path, read_only=True).read_only


def test_a_start_without_an_upgrade_does_not_import_alembic(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from coinbudget.storage.database import open_database;"
        "open_database(Path(sys.argv[1]), create=True).close(); open_database(Path(sys.argv[1])).close();"
        "sys.exit('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path / "x.db")], check=False)
    assert done.returncode == 0

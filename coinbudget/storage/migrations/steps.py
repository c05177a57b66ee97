"""Carrying out migrations with alembic, on a connection of their own."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

from coinbudget import paths
from coinbudget.domain.errors import LedgerFault, problem
from coinbudget.storage import copies

_HERE = Path(__file__).parent


def upgrade(
    path: Path, connect: Callable[[Path], sqlite3.Connection], head: str, *, versions: Path = _HERE / "versions"
) -> None:
    """Run every step from the file's schema to `head`.

    Raises:
        LedgerFault: a step failed, lost rows or broke a reference; the file is as it was.
    """
    backup = paths.backups_folder(path) / f"{path.stem}-before-{head}.db"
    copies.copy(path, backup, replace=True)
    with closing(connect(path)) as raw:
        raw.execute("PRAGMA foreign_keys=OFF")
        engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                before = _row_counts(connection)
                _run(connection, head, versions)
                _check(connection, before, path)
                connection.exec_driver_sql("COMMIT")
            except (OSError, CommandError) as error:
                _roll_back(connection, raw)
                raise LedgerFault(problem("", "migration_failed", path=path, reason=error)) from error
            except BaseException:
                _roll_back(connection, raw)
                raise


def _roll_back(connection: Connection, raw: sqlite3.Connection) -> None:
    # A full disk or an error of it has ended the transaction already.
    if raw.in_transaction:
        connection.exec_driver_sql("ROLLBACK")


def _run(connection: Connection, head: str, versions: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    config.set_main_option("version_locations", str(versions).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    script = ScriptDirectory.from_config(config)
    environment = EnvironmentContext(config, script, fn=lambda revision, _: script._upgrade_revs(head, revision))  # noqa: SLF001 - what alembic's own `command.upgrade` calls
    with environment:
        environment.configure(connection=connection, transactional_ddl=True, transaction_per_migration=False)
        environment.run_migrations()


def _row_counts(connection: Connection) -> dict[str, int]:
    names = connection.exec_driver_sql(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).scalars()
    return {name: _count(connection, name) for name in list(names)}


def _count(connection: Connection, name: str) -> int:
    quoted = name.replace('"', '""')
    return int(connection.exec_driver_sql(f'SELECT count(*) FROM "{quoted}"').scalar() or 0)  # noqa: S608 - a name of our own schema, quoted


def _check(connection: Connection, before: dict[str, int], path: Path) -> None:
    after = _row_counts(connection)
    lost = [name for name, rows in before.items() if name in after and after[name] < rows]
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if lost or broken:
        reason = f"rows missing in {', '.join(lost)}" if lost else "a reference is broken"
        raise LedgerFault(problem("", "migration_failed", path=path, reason=reason))

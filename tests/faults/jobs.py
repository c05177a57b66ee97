"""What the forked children do: the command line, or many writes one after another, or a look at the ledger."""

import contextlib
import csv
import io
import json
import os
import random
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from coinbudget import cli
from coinbudget.domain.drafts import Draft
from coinbudget.domain.entries import EntryId
from coinbudget.domain.errors import Refusal
from coinbudget.services import household, limits, record, transfer
from coinbudget.services.ledger import Ledger, open_ledger
from coinbudget.services.verify import verify
from coinbudget.services.wording import sentence
from coinbudget.storage.database import connect
from coinbudget.storage.faults import told
from coinbudget.storage.migrations import steps

NOW = datetime(2025, 11, 22, 21, 30, tzinfo=UTC)
START = datetime(2024, 1, 1, 12, tzinfo=UTC)
IMPORTED_ROWS = 40


def draft(tag: str, version: int) -> Draft:
    """The entry named `tag` at its `version`; its kind follows from the tag's number, its note tells both."""
    number = int(tag.rpartition("-")[2])
    at = (START + timedelta(hours=number % 9000)).isoformat()
    note = f"{tag}/{version}"
    match number % 4:
        case 0:
            paid = f"{5 + version % 50}.29"
            return Draft(
                kind="purchase", profile="Mia", at=at, coins="350", paid=paid, currency="EUR", channel="web", note=note
            )
        case 1:
            paid = f"{9 + version % 50}.99"
            return Draft(
                kind="purchase", profile="Mia", at=at, coins="700", paid=paid, currency="USD", channel="ios", note=note
            )
        case 2:
            return Draft(kind="gift", profile="Mia", at=at, coins=str(30 + version % 500), creator="@luna", note=note)
        case _:
            coins = str(1 + version % 500)
            return Draft(kind="adjustment", profile="Mia", at=at, coins=coins, reason="bonus", note=note)


def csv_text(tags: Sequence[str]) -> str:
    """A ledger CSV with the first version of each tag; ids keep rows of equal content apart."""
    text = io.StringIO(newline="")
    columns = ["id", "kind", "at", "profile", "coins", "paid", "currency", "channel", "creator", "reason", "note"]
    writer = csv.DictWriter(text, columns, extrasaction="ignore")
    writer.writeheader()
    for tag in tags:
        made = draft(tag, 0)
        writer.writerow({column: getattr(made, column) for column in columns} | {"id": f"id-{tag}"})
    return text.getvalue()


def orders_text(tags: Sequence[str]) -> str:
    """A store's history of orders: one for the purchase of each tag, and one of which the ledger knows nothing."""
    orders = [
        {
            "orderHistory": {
                "orderId": f"GPA.3300-0000-0000-{number:05d}",
                "creationTime": at.isoformat(),
                "totalPrice": "5,29 \u20ac",
                "lineItem": [{"doc": {"documentType": "In App Item", "title": "350 Coins (TikTok)"}, "quantity": "1"}],
            }
        }
        for number, at in enumerate([*(datetime.fromisoformat(draft(tag, 0).at) for tag in tags), NOW])
    ]
    return json.dumps(orders)


def state_of(path: Path) -> dict[str, tuple[str, int, bool]]:
    """Id, version and whether it is voided of every tagged entry, read without the program."""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT note, id, voided_at IS NOT NULL FROM entry").fetchall()
    found = {}
    for note, entry_id, voided in rows:
        tag, _, version = note.partition("/")
        found[tag] = (entry_id, int(version or 0), bool(voided))
    if len(found) != len(rows):
        raise AssertionError("two entries carry the same tag")
    return found


def make(path: str, entries: int) -> int:
    """A new ledger with the profile Mia, three limits and `entries` tagged entries."""
    ledger = open_ledger(Path(path), now=NOW, create=True)
    household.add_profile(ledger, name="Mia", region="DE", currency="EUR", zone="Europe/Berlin", now=START)
    profile = household.profile(ledger, "Mia")
    for measure, period, amount in (("money", "month", "25"), ("money", "7d", "12"), ("coins", "week", "500")):
        limits.add(ledger, profile_id=profile.id, measure=measure, period=period, amount_text=amount, now=START)
    for number in range(entries):
        record.add(ledger, draft(f"base-{number}", 0), now=NOW)
    ledger.close()
    return 0


def be_unsafe(pragmas: Sequence[str]) -> None:
    """Set `pragmas` before every transaction from now on: the deliberately unsafe setting of a control."""

    def before(_connection: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("BEGIN"):
            for pragma in pragmas:
                cursor.connection.execute(pragma).fetchall()

    if pragmas:
        event.listen(Engine, "before_cursor_execute", before)


class Churn:
    """Writes one after another for ever, telling each before it begins and after the program has acknowledged it."""

    def __init__(self, ledger: Ledger, path: Path, told: str, seed: int) -> None:
        self._ledger = ledger
        self._random = random.Random(seed)
        self._seed = seed
        self._made = 0
        self._known = state_of(path)
        self._told = os.open(told, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._folder = Path(told).parent

    def _say(self, word: str, change: dict[str, tuple[int, bool]]) -> None:
        # One write(2) for each line: what is written survives the process.
        os.write(self._told, (json.dumps([word, change]) + "\n").encode())

    def _new_tag(self) -> str:
        self._made += 1
        return f"k{self._seed}-{self._made - 1}"

    def add(self) -> None:
        """One entry more."""
        tag = self._new_tag()
        self._say("try", {tag: (0, False)})
        changes = record.add(self._ledger, draft(tag, 0), now=NOW)
        self._say("done", {tag: (0, False)})
        self._known[tag] = (str(changes.entries[0]), 0, False)

    def amend(self) -> None:
        """One entry gets its next version."""
        tag = self._random.choice([tag for tag, known in self._known.items() if not known[2]])
        entry_id, version, _ = self._known[tag]
        self._say("try", {tag: (version + 1, False)})
        record.amend(self._ledger, EntryId(entry_id), draft(tag, version + 1), now=NOW)
        self._say("done", {tag: (version + 1, False)})
        self._known[tag] = (entry_id, version + 1, False)

    def void(self) -> None:
        """One entry is voided, or brought back."""
        tag = self._random.choice(list(self._known))
        entry_id, version, voided = self._known[tag]
        if not voided and sum(not known[2] for known in self._known.values()) < len(self._known) // 2:
            return
        self._say("try", {tag: (version, not voided)})
        (record.unvoid if voided else record.void)(self._ledger, [EntryId(entry_id)], now=NOW)
        self._say("done", {tag: (version, not voided)})
        self._known[tag] = (entry_id, version, not voided)

    def load(self) -> None:
        """A file is imported, all rows at once."""
        tags = [self._new_tag() for _ in range(IMPORTED_ROWS)]
        file = self._folder / f"load-{self._seed}.csv"
        file.write_text(csv_text(tags), encoding="utf-8", newline="")
        change = dict.fromkeys(tags, (0, False))
        self._say("try", change)
        transfer.import_file(self._ledger, file, now=NOW)
        self._say("done", change)


def churn(path: str, told: str, seed: int, step: str, unsafe: Sequence[str]) -> int:
    """Do `step` (add, amend, void, load) again and again until killed."""
    be_unsafe(unsafe)
    ledger = open_ledger(Path(path), now=NOW)
    work = Churn(ledger, Path(path), told, seed)
    go_on: Callable[[], None] = getattr(work, step)
    while True:
        go_on()


def inspect(path: str, answer: str, read_only: bool) -> int:
    """Open the ledger as the program does, verify it, and write down what is in it."""
    ledger = open_ledger(Path(path), now=NOW, read_only=read_only)
    problems = [f"{problem.code} {dict(problem.values)}" for problem in verify(ledger)]
    ledger.close()
    found = {"problems": problems, "state": state_of(Path(path))}
    Path(answer).write_text(json.dumps(found), encoding="utf-8")
    return 0


def command(arguments: Sequence[str]) -> int:
    """The program's command line, as the console script calls it."""
    return cli.main(list(arguments))


#: A made-up next schema, so that an upgrade has something to do.
_STEPS = {
    "0002_first.py": """
revision = "0002"
down_revision = None


def upgrade():
    pass
""",
    "9999_next.py": """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "0002"


def upgrade():
    op.add_column("entry", sa.Column("mood", sa.String(), nullable=False, server_default=""))
    op.execute("UPDATE entry SET mood = 'calm', search = search || ' '")
    op.create_index("ix_entry_mood", "entry", ["mood"])
""",
}


def write_steps(folder: Path) -> None:
    """The steps of `migrate`, as files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in _STEPS.items():
        (folder / name).write_text(text, encoding="utf-8")


def migrate(path: str, versions: str) -> int:
    """Bring a ledger to the made-up next schema as opening an older file would, and tell a refusal as it is told."""
    ledger = Path(path)
    try:
        with told(ledger):
            steps.upgrade(ledger, connect, "9999", versions=Path(versions))
    except Refusal as refusal:
        sys.stderr.write(" ".join(sentence(problem) for problem in refusal.problems) + "\n")
        return 2
    return 0


def careless_command(arguments: Sequence[str]) -> int:
    """The command line of a program that says "done" whatever happened: the control of the sweeps."""
    with contextlib.suppress(Exception):
        cli.main(list(arguments))
    return 0


JOBS: dict[str, Callable[..., int]] = {
    job.__name__: job for job in (make, churn, inspect, command, careless_command, migrate)
}


def warm_up() -> None:
    """Use everything once, so that a fork pays for no import and no table."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        ledger_file = here / "ledger" / "warm.db"
        make(str(ledger_file), 4)
        write_steps(here / "steps")
        older = Path(shutil.copyfile(ledger_file, here / "older.db"))
        migrate(str(older), str(here / "steps"))
        (here / "rows.csv").write_text(csv_text(["w-0", "w-1"]), encoding="utf-8", newline="")
        for arguments in (
            ["add", "gift", "--coins", "5", "--creator", "@luna"],
            ["import", str(here / "rows.csv")],
            ["status"],
            ["verify"],
            ["export", "entries", "-o", str(here / "entries.csv")],
            ["export", "summary", "-o", str(here / "summary.csv")],
            ["backup", str(here / "backup.db")],
            ["restore", str(here / "backup.db")],
        ):
            with contextlib.suppress(SystemExit):
                command(["--data", str(ledger_file), *arguments])

"""The same work done by ledger and hledger, where they are installed: seconds of one run of each.

Their journal holds what ours holds: a posting of money per purchase, of coins per gift, under the profile's name. They
take long, so each runs once, and for at most `PATIENCE` seconds.
"""

import csv
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from tests.bench.bench import Bench

PATIENCE = 240.0
_EPOCH = date(1970, 1, 1)
_LIVING = """
    SELECT home_on, profile.name, kind, coalesce(converted_minor, 0), coalesce(coins, 0) FROM entry
    JOIN profile ON profile.id = entry.profile_id
    WHERE voided_at IS NULL AND planned = 0 AND kind IN ('purchase', 'gift') ORDER BY home_on, at, sequence
"""
#: One report each: what was spent by month and profile.
REPORTS = {
    "ledger": ("--monthly", "register", "^spent"),
    "hledger": ("balance", "--monthly", "^spent", "^gifted"),
}


def postings(ledger: Path) -> Iterator[tuple[str, str, str]]:
    """Day, account and amount of every purchase and gift that counts."""
    with closing(sqlite3.connect(ledger)) as connection:
        for day, name, kind, minor, coins in connection.execute(_LIVING):
            on = (_EPOCH + timedelta(days=day)).isoformat()
            if kind == "purchase":
                yield on, f"spent:{name}", f"{minor // 100}.{minor % 100:02d} EUR"
            else:
                yield on, f"gifted:{name}", f"{coins} COIN"


def report(bench: Bench, tool: str) -> float | None:
    """Seconds of the monthly report of a tool; None where it is not installed or takes too long."""
    journal = bench.folder / "other.journal"
    if shutil.which(tool) and not journal.exists():
        with journal.open("w", encoding="utf-8") as file:
            for on, account, amount in postings(bench.ledger(bench.rows)):
                file.write(f"{on} entry\n    {account}  {amount}\n    other\n\n")
    return _seconds(tool, "-f", str(journal), *REPORTS[tool])


def csv_import(bench: Bench) -> float | None:
    """Seconds hledger takes to import as many rows; None where it is not installed or takes too long."""
    if not shutil.which("hledger"):
        return None
    sheet, rules, into = (bench.folder / name for name in ("other.csv", "other.rules", "imported.journal"))
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("date", "account", "amount"))
        writer.writerows(postings(bench.ledger(bench.rows)))
    rules.write_text("skip 1\nfields date, account1, amount\ndescription entry\naccount2 other\n", encoding="utf-8")
    into.touch()
    return _seconds("hledger", "-f", str(into), "import", "--rules-file", str(rules), str(sheet))


def _seconds(tool: str, *words: str) -> float | None:
    path = shutil.which(tool)
    if path is None:
        return None
    start = time.perf_counter()
    try:
        subprocess.run([path, *words], stdout=subprocess.DEVNULL, check=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return None
    return time.perf_counter() - start

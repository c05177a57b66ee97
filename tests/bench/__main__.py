"""`python -m tests.bench`: one table, a row for every promise of speed, anchor and ours measured in one run.

A goal missed is printed as missed; the exit status is 0 whatever the figures say.
"""

import argparse
import os
import platform
import sqlite3
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench import ledger_rows, window_rows
from tests.bench.bench import Bench
from tests.bench.measure import Figure, Goal, table

#: Every promise of speed, by its name in the table.
WORK: dict[str, Callable[[Bench], Iterator[Figure]]] = {
    ledger_rows.SPEND: ledger_rows.spend,
    ledger_rows.IMPORT: ledger_rows.bulk_import,
    ledger_rows.SOURCES: ledger_rows.sources,
    ledger_rows.EXPORT: ledger_rows.export,
    window_rows.START: window_rows.start,
    window_rows.TABLE: window_rows.ledger_table,
    window_rows.BRING_IN: window_rows.bring_in,
    window_rows.CHART: window_rows.charts,
    ledger_rows.ENTRY: ledger_rows.entry,
    ledger_rows.COST: ledger_rows.cost,
}


def measure(bench: Bench, chosen: list[str]) -> Iterator[Figure]:
    """The figures of each row in turn; a row that breaks says so and stops no other."""
    for name in chosen:
        sys.stderr.write(f"measuring: {name} ...\n")
        try:
            yield from WORK[name](bench)
        except Exception as error:  # noqa: BLE001 - one broken row must not hide the others
            traceback.print_exc()
            yield Figure(
                work=name, what="broke off", ours=None, goal=Goal.RATIO, most=1, why=f"{type(error).__name__}: {error}"
            )


def main(arguments: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000, help="entries of the large ledger (default: 100000)")
    parser.add_argument("--full", action="store_const", dest="rows", const=1_000_000, help="a million entries")
    parser.add_argument("--rounds", type=int, default=5, help="how often each pair is run (default: 5)")
    parser.add_argument("--only", action="append", metavar="WORK", help="rows whose name holds this text")
    options = parser.parse_args(arguments)
    chosen = [name for name in WORK if not options.only or any(text in name for text in options.only)]
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="coinbudget-bench-") as folder:
        figures = list(measure(Bench(Path(folder), options.rows, rounds=options.rounds), chosen))
    few = options.rows < ledger_rows.MILLION
    missed = [figure for figure in figures if figure.met is False]
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    lines = [
        f"{options.rows:,} entries; {machine}, SQLite {sqlite3.sqlite_version}; medians of interleaved runs",
        "",
        table(figures),
        "",
        *(["The goals are promised for a million entries (--full); less shows what does not grow."] if few else []),
        f"{sum(figure.met is True for figure in figures)} goals met, {len(missed)} missed",
        *(f"  missed: {each.work}: {each.what}: {each.value_text or _amount(each)}" for each in missed),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _amount(figure: Figure) -> str:
    return f"{figure.ours:.1f} {figure.unit}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

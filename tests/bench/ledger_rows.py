"""The rows of the table that need no window: spend, import, export, one entry, true cost."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median

from coinbudget.domain.drafts import Draft
from coinbudget.domain.profiles import Profile
from coinbudget.domain.summaries import Grouping
from coinbudget.services import household, record, summarise, watch
from coinbudget.services.ledger import Ledger, open_ledger
from coinbudget.storage import valuation_store
from coinbudget.storage.coin_curve import curve
from tests.bench import anchors, other_tools, source_files, workload
from tests.bench.bench import Bench
from tests.bench.measure import Figure, Goal, compared, interleaved, seconds

SPEND = "monthly spend per profile"
IMPORT = "import with duplicate check"
SOURCES = "import of each source"
EXPORT = "export"
ENTRY = "log one entry + every limit"
COST = "true cost of every gift"
ABSENT = "the tool is not installed here, or took over four minutes"
AT_A_MILLION = "promised for a million entries: --full"
NOISE = "less than the starts of two processes differ"
MILLION = 1_000_000


def spend(bench: Bench) -> Iterator[Figure]:
    """Summaries in the process and on the command line against raw SQL on a covering index."""
    large = open_ledger(bench.ledger(bench.rows), now=workload.NOW, read_only=True)
    small = open_ledger(bench.ledger(bench.small), now=workload.NOW, read_only=True)
    groups = (Grouping.MONTH, Grouping.PROFILE)

    def ours(ledger: Ledger, *, true_cost: bool = False) -> list[object]:
        return [*summarise.summary(ledger, by=groups, true_cost=true_cost)]

    with closing(anchors.spend_table(bench.ledger(bench.rows), bench.folder / "spend.db")) as connection:
        base, mine = compared(lambda: anchors.monthly_spend(connection), lambda: ours(large), bench.rounds)
        _, valued = compared(
            lambda: anchors.monthly_spend(connection), lambda: ours(large, true_cost=True), bench.rounds
        )
        few, many = compared(lambda: ours(small), lambda: ours(large), bench.rounds)
    yield Figure(
        work=SPEND, what="in the process, money and coins", anchor="raw SQL, covering index", ours=mine, base=base,
        goal=Goal.RATIO, most=1.5,
    )  # fmt: skip
    yield Figure(
        work=SPEND, what="in the process, with true cost too", anchor="raw SQL, covering index", ours=valued,
        base=base, goal=Goal.RATIO, most=8,
    )  # fmt: skip
    yield Figure(
        work=SPEND, what=f"in the process, {bench.rows:,} rows", anchor=f"ours at {bench.small:,}", ours=many, base=few,
        goal=Goal.RATIO, most=1.5,
    )  # fmt: skip
    large.close()
    small.close()
    net = _net_of_status(bench) * 1000
    yield Figure(
        work=SPEND, what="command line, net of status on an empty ledger", anchor="raw SQL, covering index",
        ours=net if net > 0 else None, base=base, goal=Goal.RATIO, most=8, why="" if net > 0 else NOISE,
    )  # fmt: skip
    for tool, most in (("ledger", 1 / 10), ("hledger", 1 / 40)):
        theirs = other_tools.report(bench, tool)
        yield Figure(
            work=SPEND, what="command line, net", anchor=tool, ours=net if theirs and net > 0 else None,
            base=theirs * 1000 if theirs else None, goal=Goal.RATIO, most=round(most, 3),
            why="" if theirs and net > 0 else ABSENT if not theirs else NOISE,
        )  # fmt: skip


def _net_of_status(bench: Bench) -> float:
    """Seconds a summary on the command line takes longer than `status`, each at its least of many interleaved runs.

    Starting takes some fifty times what is sought, and whatever disturbs a start only ever adds to it: a difference
    of medians is that of two disturbances, one of least times is not.
    """
    target = bench.folder / "summary.csv"
    status = partial(bench.command, bench.empty(), "status")
    summary = partial(
        bench.command, bench.ledger(bench.rows), "export", "summary", "--by", "month,profile", "-o", str(target)
    )
    status()
    summary()
    taken = [(status(), summary()) for _ in range(bench.rounds * 4)]
    return min(second for _, second in taken) - min(first for first, _ in taken)


def bulk_import(bench: Bench) -> Iterator[Figure]:
    """A file of N rows into an empty ledger, and once more into the full one."""
    file = bench.csv(bench.rows)
    names = count()
    first: list[dict[str, float]] = []
    again: list[dict[str, float]] = []

    def anchor() -> float:
        ledger = bench.copy(bench.empty(), f"anchor-{next(names)}.db")
        taken = bench.child("import_anchor", ledger=ledger, file=file)["seconds"]
        ledger.unlink()
        return taken

    def ours() -> float:
        ledger = bench.copy(bench.empty(), f"ours-{next(names)}.db")
        first.append(bench.child("import_ours", ledger=ledger, file=file))
        again.append(bench.child("import_ours", ledger=ledger, file=file))
        ledger.unlink()
        return first[-1]["seconds"]

    base, mine = interleaved(anchor, ours, rounds=min(3, bench.rounds))
    yield Figure(
        work=IMPORT, what=f"{bench.rows:,} rows, checked, with journal and totals", anchor="csv + executemany",
        ours=mine * 1000, base=base * 1000, goal=Goal.RATIO, most=3,
    )  # fmt: skip
    yield Figure(
        work=IMPORT, what="the same file again: 0 new", anchor="ours the first time",
        ours=median(run["seconds"] for run in again) * 1000, base=mine * 1000, goal=Goal.RATIO, most=1,
    )  # fmt: skip
    tenth = bench.child(
        "import_ours", ledger=bench.copy(bench.empty(), "tenth.db"), file=bench.csv(max(bench.rows // 10, 1))
    )
    yield Figure(
        work=IMPORT, what=f"memory at {bench.rows:,} rows", anchor=f"at {bench.rows // 10:,}", unit="MiB",
        ours=median(run["peak"] for run in first), base=tenth["peak"], goal=Goal.RATIO, most=1.15,
    )  # fmt: skip
    theirs = other_tools.csv_import(bench)
    yield Figure(
        work=IMPORT, what=f"{bench.rows:,} rows", anchor="hledger", ours=mine * 1000 if theirs else None,
        base=theirs * 1000 if theirs else None, goal=Goal.RATIO, most=0.125, why="" if theirs else ABSENT,
    )  # fmt: skip


def sources(bench: Bench) -> Iterator[Figure]:
    """A file of N rows of each source into an empty ledger."""
    names = count()
    for source in source_files.SOURCES:
        file = source_files.write(source, bench.folder, bench.rows)

        def run(job: str, source: str = source, file: Path = file) -> dict[str, float]:
            ledger = bench.copy(bench.empty(), f"source-{next(names)}.db")
            taken = bench.child(job, ledger=ledger, file=file, source=source)
            ledger.unlink()
            return taken

        runs: list[dict[str, float]] = []

        def ours(run: Callable[[str], dict[str, float]] = run, runs: list[dict[str, float]] = runs) -> float:
            runs.append(run("source_ours"))
            return runs[-1]["seconds"]

        def anchor(run: Callable[[str], dict[str, float]] = run) -> float:
            return run("source_anchor")["seconds"]

        base, mine = interleaved(anchor, ours, rounds=min(3, bench.rounds))
        yield Figure(
            work=SOURCES, what=f"{source}, {bench.rows:,} rows", anchor="parsed and inserted", ours=mine * 1000,
            base=base * 1000, goal=Goal.RATIO, most=3,
        )  # fmt: skip


def export(bench: Bench) -> Iterator[Figure]:
    """Every entry as a file."""
    ledger, target = bench.ledger(bench.rows), bench.folder / "entries.csv"
    runs: list[dict[str, float]] = []

    def anchor() -> float:
        return bench.child("export_anchor", ledger=ledger, target=target)["seconds"]

    def ours() -> float:
        runs.append(bench.child("export_ours", ledger=ledger, target=target, form="exact"))
        return runs[-1]["seconds"]

    def sheet() -> float:
        return bench.child("export_ours", ledger=ledger, target=target, form="spreadsheet")["seconds"]

    base, exact, spreadsheet = interleaved(anchor, ours, sheet, rounds=min(3, bench.rounds))
    for what, mine in (("exact form", exact), ("spreadsheet form, with true cost", spreadsheet)):
        yield Figure(
            work=EXPORT, what=what, anchor="csv.writer over a cursor", ours=mine * 1000, base=base * 1000,
            goal=Goal.RATIO, most=1.5,
        )  # fmt: skip
    tenth = bench.child("export_ours", ledger=bench.ledger(max(bench.rows // 10, 1)), target=target, form="exact")
    yield Figure(
        work=EXPORT, what=f"memory at {bench.rows:,} rows", anchor=f"at {bench.rows // 10:,}", unit="MiB",
        ours=median(run["peak"] for run in runs), base=tenth["peak"], goal=Goal.RATIO, most=1.1,
    )  # fmt: skip


def entry(bench: Bench) -> Iterator[Figure]:
    """The live line of the form, and saving, with four limits judged."""
    now = workload.NOW
    large = open_ledger(bench.copy(bench.ledger(bench.rows), "entry-large.db"), now=now)
    small = open_ledger(bench.copy(bench.ledger(bench.small), "entry-small.db"), now=now)
    steps = count(1)

    def draft(at: str) -> Draft:
        return Draft(kind="purchase", profile="Ada", coins="350", paid="5.29", currency="EUR", channel="web", at=at)

    def preview(ledger: Ledger) -> None:
        watch.preview(ledger, draft(now.isoformat()), now=now)

    def save(ledger: Ledger) -> float:
        at = now - timedelta(minutes=5 * next(steps))
        return seconds(lambda: record.add(ledger, draft(at.isoformat()), now=now))

    few, many = compared(lambda: preview(small), lambda: preview(large), bench.rounds * 4)
    yield Figure(
        work=ENTRY, what=f"every limit before saving, {bench.rows:,} rows", anchor=f"at {bench.small:,}", ours=many,
        base=few, goal=Goal.RATIO, most=2,
    )  # fmt: skip
    with anchors.raw(bench.ledger(bench.rows)) as connection:
        start, end = int((now - timedelta(days=31)).timestamp()) * 10**6, int(now.timestamp()) * 10**6
        scan, _ = compared(lambda: anchors.full_scan(connection, 1, start, end), lambda: None, bench.rounds)
    yield Figure(
        work=ENTRY, what="every limit before saving", anchor="one limit by full scan", base=scan, goal=Goal.RATIO,
        most=1 / 20, ours=many if bench.rows >= MILLION else None, why="" if bench.rows >= MILLION else AT_A_MILLION,
    )  # fmt: skip
    save(small)
    save(large)
    few_saved, many_saved = interleaved(lambda: save(small), lambda: save(large), rounds=bench.rounds * 4)
    yield Figure(
        work=ENTRY, what=f"saved and judged, {bench.rows:,} rows", anchor=f"at {bench.small:,}",
        ours=many_saved * 1000, base=few_saved * 1000, goal=Goal.RATIO, most=2,
    )  # fmt: skip
    yield Figure(work=ENTRY, what="saved and judged, with commit", ours=many_saved * 1000, goal=Goal.UNDER, most=5)
    large.close()
    small.close()


def _month_cost(ledger: Ledger, profile: Profile) -> float:
    from_on = (workload.FIRST + timedelta(days=400)).date()
    start = time.perf_counter()
    with ledger.database.reading() as tx:
        valuation_store.cost_between(tx, profile.id, from_on, from_on + timedelta(days=30))
    return time.perf_counter() - start


def cost(bench: Bench) -> Iterator[Figure]:
    """Costs first in, first out, in bulk and of one month."""
    ledger = open_ledger(bench.ledger(bench.rows), now=workload.NOW, read_only=True)
    profiles = household.profiles(ledger)

    def ours() -> None:
        with ledger.database.reading() as tx:
            for profile in profiles:
                valuation_store.uses_in_bulk(curve(tx, profile.id))

    with anchors.raw(bench.ledger(bench.rows)) as connection:
        base, mine = compared(
            lambda: anchors.bare_pass(connection, [profile.id for profile in profiles]), ours, bench.rounds
        )
    yield Figure(
        work=COST, what=f"every gift of {bench.rows:,} entries", anchor="one bare numpy pass", ours=mine, base=base,
        goal=Goal.RATIO, most=2,
    )  # fmt: skip
    (month,) = interleaved(lambda: _month_cost(ledger, profiles[0]), rounds=bench.rounds * 4)
    yield Figure(work=COST, what="a month of one profile", ours=month * 1000, goal=Goal.UNDER, most=5)
    ledger.close()

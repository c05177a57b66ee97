"""The rows of the table that are about the window: start, the ledger table, charts."""

import time
from array import array
from collections.abc import Iterator
from statistics import median

from coinbudget.domain.summaries import LedgerFilter, Sort
from coinbudget.services import browse, household
from coinbudget.services.ledger import open_ledger
from tests.bench import anchors, source_files, workload
from tests.bench.bench import Bench
from tests.bench.measure import Figure, Goal, compared

START = "start"
TABLE = "ledger table"
BRING_IN = "import in the window"
CHART = "chart redraw after one entry"

_SORTED = "SELECT sequence FROM entry WHERE voided_at IS NULL ORDER BY coins DESC, sequence DESC"
_FILTERED = """
    SELECT sequence FROM entry WHERE profile_id = 2 AND kind = 'purchase' AND voided_at IS NULL
    ORDER BY at DESC, sequence DESC
"""
_SEARCHED = """
    SELECT sequence FROM entry WHERE voided_at IS NULL AND
        (creator_id IN (SELECT id FROM creator WHERE handle_folded LIKE '%host04%') OR search LIKE '%host04%')
    ORDER BY at DESC, sequence DESC
"""


def _window(bench: Bench, job: str, ledger: str = "") -> dict[str, float]:
    given = {"ledger": ledger} if ledger else {}
    return bench.child(job, module="tests.bench.window_child", started=time.monotonic(), **given)


def _medians(runs: list[dict[str, float]]) -> dict[str, float]:
    return {key: median(run[key] for run in runs) for key in runs[0]}


def start(bench: Bench) -> Iterator[Figure]:
    """From the first instruction to something on screen, and to figures on screen."""
    ledger = str(bench.copy(bench.ledger(bench.rows), "start.db"))
    _window(bench, "minimal")
    _window(bench, "start", ledger)
    pairs = [(_window(bench, "minimal"), _window(bench, "start", ledger)) for _ in range(bench.rounds)]
    base, ours = (_medians(list(runs)) for runs in zip(*pairs, strict=True))
    anchor = "minimal PySide6 window"
    yield Figure(
        work=START, what="first paint", anchor=anchor, ours=ours["paint"], base=base["paint"], goal=Goal.RATIO, most=1.6
    )
    yield Figure(
        work=START, what=f"figures of {bench.rows:,} entries on screen", anchor=anchor, ours=ours["figures"],
        base=base["paint"], goal=Goal.RATIO, most=4,
    )  # fmt: skip
    yield Figure(
        work=START, what="memory, no chart opened", anchor=anchor, unit="MiB", ours=ours["rss"], base=base["rss"],
        goal=Goal.RATIO, most=2,
    )  # fmt: skip


def ledger_table(bench: Bench) -> Iterator[Figure]:
    """Opening the page, going to its end, sorting and filtering."""
    small = str(bench.copy(bench.ledger(bench.small), "table-small.db"))
    large = str(bench.copy(bench.ledger(bench.rows), "table-large.db"))
    pairs = [(_window(bench, "table", small), _window(bench, "table", large)) for _ in range(min(3, bench.rounds))]
    few, many = (_medians(list(runs)) for runs in zip(*pairs, strict=True))
    at_small = f"at {bench.small:,}"
    yield Figure(
        work=TABLE, what=f"first rows of {int(many['rows']):,} painted", anchor=at_small, ours=many["first"],
        base=few["first"], goal=Goal.RATIO, most=1.5,
    )  # fmt: skip
    yield Figure(work=TABLE, what="jump to the end", ours=many["end"], goal=Goal.UNDER, most=100)
    yield Figure(
        work=TABLE, what="memory, page opened and at its end", anchor="before", unit="MiB", ours=many["after"],
        base=many["before"], goal=Goal.MORE, most=25,
    )  # fmt: skip
    yield from _views(bench)


def bring_in(bench: Bench) -> Iterator[Figure]:
    """A store's file dropped on the window: its rows on screen, and what the window answers until all are written."""
    file = str(source_files.write("apple", bench.folder, bench.rows))
    runs = []
    for number in range(min(3, bench.rounds)):
        ledger = str(bench.copy(bench.ledger(bench.small), f"bring-in-{number}.db"))
        given = {"ledger": ledger, "file": file, "started": time.monotonic()}
        runs.append(bench.child("bring_in", module="tests.bench.window_child", **given))
    taken = _medians(runs)
    yield Figure(
        work=BRING_IN, what=f"preview of {int(taken['rows']):,} rows on screen", ours=taken["shown"], goal=Goal.UNDER,
        most=1000,
    )  # fmt: skip
    yield Figure(
        work=BRING_IN, what="longest stall, from the drop to the end", ours=taken["stall"], goal=Goal.UNDER, most=50
    )


def _views(bench: Bench) -> Iterator[Figure]:
    path = bench.ledger(bench.rows)
    ledger = open_ledger(path, now=workload.NOW, read_only=True)
    second = sorted(workload.PROFILES)[1]
    profile = next(each for each in household.profiles(ledger) if each.name == second)
    cases = (
        ("sorted by coins", _SORTED, LedgerFilter(), Sort.COINS),
        ("purchases of one profile", _FILTERED, LedgerFilter(profile_id=profile.id, kinds=("purchase",)), Sort.AT),
        ("search for a creator", _SEARCHED, LedgerFilter(text="host04"), Sort.AT),
    )
    with anchors.raw(path) as connection:
        for what, sql, chosen, sort in cases:
            base, ours = compared(
                lambda sql=sql: array("q", (row[0] for row in connection.execute(sql))),  # type: ignore[misc]
                lambda chosen=chosen, sort=sort: browse.ids(ledger, chosen, sort=sort, descending=True),  # type: ignore[misc]
                bench.rounds,
            )
            yield Figure(work=TABLE, what=what, anchor="the bare SQL", ours=ours, base=base, goal=Goal.RATIO, most=1.3)
    ledger.close()


def charts(bench: Bench) -> Iterator[Figure]:
    """Both charts of Insights and the figure of the Overview after one entry."""
    taken = bench.child("charts", module="tests.bench.window_child", started=time.monotonic(), rounds=bench.rounds * 2)
    yield Figure(
        work=CHART, what="both charts", anchor="matplotlib draws them anew", ours=taken["ours"], base=taken["replot"],
        goal=Goal.RATIO, most=1 / 3,
    )  # fmt: skip
    yield Figure(work=CHART, what="overview figure", ours=taken["figure"], goal=Goal.UNDER, most=16)

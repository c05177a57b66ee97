"""Files in and out: a ledger CSV looked at, imported or written; totals written.

An import is one transaction and one undo; with any problem nothing is written unless the faulty rows are to be left
out. An export is written to a private temporary file beside its target first and then put in its place, so a failed
one leaves the old file as it was, and no read transaction stays open while slow output waits. Memory does not grow
with the rows of either.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from coinbudget.domain.errors import Problem, Refusal, problem
from coinbudget.domain.periods import zone_known
from coinbudget.domain.profiles import Profile
from coinbudget.formats.ledger_csv import LedgerFile, LedgerText
from coinbudget.services.changes import Changes, UndoImport
from coinbudget.services.exporting import export_entries, export_summary, first_lines
from coinbudget.services.facts import facts_of
from coinbudget.services.import_targets import IntoLedger, Rehearsal
from coinbudget.services.importing import Count, Engine, PreviewLine, Touched
from coinbudget.services.judging import judge
from coinbudget.services.ledger import Ledger
from coinbudget.storage import journal, ledger_store, limit_store

__all__ = [
    "ImportChanges",
    "ImportPreview",
    "PreviewLine",
    "export_entries",
    "export_summary",
    "first_lines",
    "import_file",
    "preview_import",
]

Progress = Callable[[int, int], object]
Cancelled = Callable[[], bool]

#: Rows of a file shown before it comes in.
PREVIEW_ROWS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPreview:
    """What an import would do.

    Attributes:
        new: entries it would write, those brought back included.
        problems: the first thousand; `problems_all` counts all.
        unknown_columns: columns of the file that are not read.
        lines: the first rows with their state.
    """

    rows: int
    new: int
    duplicates: int
    problems: tuple[Problem, ...]
    problems_all: int
    unknown_columns: tuple[str, ...]
    lines: tuple[PreviewLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportChanges(Changes):
    """What an import touched; `count` is the number of new entries.

    Attributes:
        rows: rows of the file.
        duplicates: rows the ledger had already.
        problems: of the rows left out, the first thousand.
    """

    rows: int
    duplicates: int
    problems: tuple[Problem, ...] = ()
    problems_all: int = 0

    @property
    def batch(self) -> int | None:
        """Number of the import; None where it brought nothing."""
        return self.undo.batch if isinstance(self.undo, UndoImport) else None


class ImportRefusal(Refusal):
    """Nothing was imported: rows have problems.

    Attributes:
        count: what became of the rows.
    """

    def __init__(self, count: Count) -> None:
        super().__init__(*_in_order(count))
        self.count = count


def preview_import(
    ledger: Ledger,
    path: Path,
    *,
    owner: Profile | None = None,
    zone: str | None = None,
    now: datetime,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> ImportPreview:
    """What importing a ledger CSV would do. The ledger is only read.

    Args:
        owner: whose the rows are that name no profile; without it the only one's.
        zone: of times without an offset; None for the profile's.

    Raises:
        Refusal: the file cannot be read as a ledger CSV.
    """
    _check_zone(zone)
    with LedgerFile(path) as file, ledger.database.reading() as tx:
        facts = facts_of(ledger, tx, now=now, default_profile=owner)
        rehearsal = Rehearsal(ledger, tx, facts)
        try:
            tick = _ticker(file, progress, cancelled)
            engine = Engine(facts, rehearsal, tick, zone=zone or "", shown_rows=PREVIEW_ROWS)
            count = engine.run(file.rows)
        finally:
            rehearsal.close()
        return ImportPreview(
            rows=count.rows,
            new=count.new,
            duplicates=count.duplicates,
            problems=_in_order(count),
            problems_all=count.problems_all,
            unknown_columns=file.unknown,
            lines=tuple(sorted(count.lines, key=lambda line: line.row)),
        )


def import_file(
    ledger: Ledger,
    path: Path,
    *,
    skip_problems: bool = False,
    owner: Profile | None = None,
    zone: str | None = None,
    now: datetime,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> ImportChanges:
    """Import a ledger CSV: all its new rows in one transaction, or none.

    Args:
        skip_problems: leave out rows with a problem instead of refusing all.
        owner: whose the rows are that name no profile; without it the only one's.
        zone: of times without an offset; None for the profile's.

    Raises:
        ImportRefusal: rows have problems.
        Refusal: the file cannot be read as a ledger CSV, or the import was cancelled.
    """
    _check_zone(zone)
    with LedgerFile(path) as file, ledger.database.writing() as tx:
        # A file's name may hold bytes that are no text; the ledger holds text.
        name = path.name.encode("utf-8", "backslashreplace").decode("utf-8")
        batch = ledger_store.new_batch(tx, name, now=now)
        watched = frozenset(limit.profile_id for limit in limit_store.limits(tx))
        touched = Touched(watched)
        target = IntoLedger(ledger, tx, batch, touched, now=now)
        tick = _ticker(file, progress, cancelled)
        facts = facts_of(ledger, tx, now=now, default_profile=owner)
        count = Engine(facts, target, tick, zone=zone or "").run(file.rows)
        if count.problems_all and not skip_problems:
            raise ImportRefusal(count)
        if not count.new:
            # Nothing to undo: not even the number of this import is kept.
            ledger_store.drop_batch(tx, batch)
            return _nothing_new(count)
        target.finish()
        ledger_store.end_batch(tx, batch, entries=count.new)
        detail = {"file": name, "new": count.new, "duplicates": count.duplicates, "batch": batch}
        journal.append(tx, "import", "", detail, now=now)
        alerts, past = judge(ledger, tx, touched.entries, now=now)
        return replace(
            _nothing_new(count),
            count=count.new,
            entries=target.first_entries,
            profiles=frozenset(target.profiles),
            alerts=alerts,
            past_windows_over=past,
            undo=UndoImport(batch=batch, void=True),
        )


def _nothing_new(count: Count) -> ImportChanges:
    return ImportChanges(
        action="import",
        count=0,
        rows=count.rows,
        duplicates=count.duplicates,
        problems=_in_order(count),
        problems_all=count.problems_all,
    )


def _in_order(count: Count) -> tuple[Problem, ...]:
    return tuple(sorted(count.problems, key=lambda found: found.row or 0))


def _check_zone(zone: str | None) -> None:
    if zone and not zone_known(zone):
        raise Refusal(problem("zone", "unknown_zone", zone=zone))


def _ticker(file: LedgerText, progress: Progress | None, cancelled: Cancelled | None) -> Callable[[], None]:
    """Tells how far the file is read, and stops where that is wished."""

    def tick() -> None:
        if cancelled is not None and cancelled():
            raise Refusal(problem("", "cancelled"))
        if progress is not None:
            progress(file.guarded.read_bytes, file.guarded.size)

    return tick

"""Files in and out: a file looked at, imported or written; totals written.

An import is one transaction and one undo; with any problem nothing is written unless the faulty rows are to be left
out. An export is written to a private temporary file beside its target first and then put in its place, so a failed
one leaves the old file as it was, and no read transaction stays open while slow output waits. Memory does not grow
with the rows of either.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from coinbudget.domain.errors import Problem
from coinbudget.domain.profiles import Profile
from coinbudget.formats.source import Answers
from coinbudget.services.assessment import PreviewLine
from coinbudget.services.exporting import export_entries, export_summary, first_lines
from coinbudget.services.garbage import uncollected
from coinbudget.services.intake import (
    ImportChanges,
    ImportRefusal,
    assess,
    carry_out,
    check_zone,
    prepare,
    problems_in_order,
    refuse_open,
)
from coinbudget.services.ledger import Ledger
from coinbudget.services.opening import Wishes, read_source
from coinbudget.services.sources import Reading

__all__ = [
    "ImportChanges",
    "ImportPreview",
    "ImportRefusal",
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
        paired: purchases that stand and would be paired with a row of the file.
        problems: the first thousand; `problems_all` counts all.
        unknown_columns: columns of the file that are not read.
        lines: the first rows with their state.
    """

    rows: int
    new: int
    duplicates: int
    paired: int
    problems: tuple[Problem, ...]
    problems_all: int
    unknown_columns: tuple[str, ...]
    lines: tuple[PreviewLine, ...]


def preview_import(
    ledger: Ledger,
    path: Path,
    *,
    owner: Profile | None = None,
    zone: str | None = None,
    answers: Answers | None = None,
    wishes: Wishes | None = None,
    now: datetime,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> ImportPreview:
    """What importing a file would do. The ledger is only read.

    Args:
        owner: whose the rows are that name no profile; without it the only one's.
        zone: of times without an offset; None for what `answers` say, else the profile's.

    Raises:
        Refusal: the file cannot be read, or something must be answered first.
    """
    with _opened(path, zone, answers, wishes, progress, cancelled) as (reading, said):
        seen = prepare(reading, said, owner=owner)
        assess(ledger, seen, now=now, progress=_second(progress), cancelled=cancelled)
        return ImportPreview(
            rows=reading.count,
            new=seen.count.new,
            duplicates=seen.count.duplicates,
            paired=seen.count.paired,
            problems=problems_in_order(seen.count),
            problems_all=seen.count.problems_all,
            unknown_columns=reading.unknown_columns,
            lines=tuple(seen.lines(list(range(1, min(PREVIEW_ROWS, reading.count) + 1)))),
        )


@uncollected()
def import_file(
    ledger: Ledger,
    path: Path,
    *,
    skip_problems: bool = False,
    owner: Profile | None = None,
    zone: str | None = None,
    answers: Answers | None = None,
    wishes: Wishes | None = None,
    now: datetime,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> ImportChanges:
    """Import a file: all its new rows in one transaction, or none.

    Args:
        skip_problems: leave out rows with a problem instead of refusing all.
        owner: whose the rows are that name no profile; without it the only one's.
        zone: of times without an offset; None for what `answers` say, else the profile's.

    Raises:
        ImportRefusal: rows have problems.
        Refusal: the file cannot be read, something must be answered first, or the import was cancelled.
    """
    with _opened(path, zone, answers, wishes, progress, cancelled) as (reading, said):
        return carry_out(
            ledger,
            reading,
            answers=said,
            skip_problems=skip_problems,
            owner=owner,
            now=now,
            progress=_second(progress),
            cancelled=cancelled,
        )


def _first(progress: Progress | None) -> Progress | None:
    """Reading is the first half of the work."""
    return None if progress is None else lambda done, total: progress(done, 2 * total)


def _second(progress: Progress | None) -> Progress | None:
    """What is done with the lines is the second half."""
    return None if progress is None else lambda done, total: progress(total + done, 2 * total)


@contextmanager
def _opened(
    path: Path,
    zone: str | None,
    answers: Answers | None,
    wishes: Wishes | None,
    progress: Progress | None,
    cancelled: Cancelled | None,
) -> Iterator[tuple[Reading, Answers]]:
    said = answers or Answers()
    if zone:
        check_zone(zone)
        said = replace(said, zone=zone)
    reading = read_source(path, wishes=wishes or Wishes(), progress=_first(progress), cancelled=cancelled)
    try:
        refuse_open(reading, said)
        yield reading, said
    finally:
        reading.close()

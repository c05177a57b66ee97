"""Files in and out: a file looked at, imported or written; totals written.

An import is one transaction and one undo; with any problem nothing is written unless the faulty rows are to be left
out. An export is written to a private temporary file beside its target first and then put in its place, so a failed
one leaves the old file as it was, and no read transaction stays open while slow output waits. Memory does not grow
with the rows of either.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from coinbudget.domain.errors import Problem, Refusal, problem
from coinbudget.domain.profiles import Profile, ProfileId
from coinbudget.formats.source import Answers
from coinbudget.services.assessment import Assessment, PreviewLine, Totals
from coinbudget.services.exporting import export_entries, export_summary, first_lines
from coinbudget.services.garbage import uncollected
from coinbudget.services.import_parts import AS_NEW
from coinbudget.services.intake import (
    CutTold,
    ImportChanges,
    ImportRefusal,
    PairTold,
    Unanswered,
    assess,
    carry_out,
    check_zone,
    cuts_told,
    pairs_told,
    prepare,
    problems_in_order,
    refuse_open,
)
from coinbudget.services.ledger import Ledger
from coinbudget.services.opening import Wishes, read_source
from coinbudget.services.pace import Cancelled, Progress
from coinbudget.services.sources import Question, Reading
from coinbudget.services.unused import Unused, unused_answers
from coinbudget.storage import ledger_store

__all__ = [
    "CutTold",
    "ImportChanges",
    "ImportPreview",
    "ImportRefusal",
    "PairTold",
    "PreviewLine",
    "Unanswered",
    "export_entries",
    "export_summary",
    "first_lines",
    "import_file",
    "preview_import",
]


#: Rows of a file shown before it comes in.
PREVIEW_ROWS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPreview:
    """What an import would do.

    Attributes:
        new: entries it would write, those brought back included.
        paired: purchases that stand and would be paired with a row of the file.
        problems: the first thousand; `problems_all` counts all.
        columns_left_out: columns of the file that are not read.
        odd_columns: columns with cells that cannot be read: name, how many, of how many.
        lines: the first rows with their state.
        pairs, cuts: the first thousand.
        before, after: what the entries of each profile add up to.
        questions: what stays open, though nothing waited for it.
        unused: answers that no row takes up, and of what.
        left_out: refunds of purchases that a person voided.
        without_money: purchases in no total of money, as their price or its rate is not known.
    """

    rows: int
    new: int
    duplicates: int
    paired: int
    problems: tuple[Problem, ...]
    problems_all: int
    columns_left_out: tuple[str, ...]
    odd_columns: tuple[tuple[str, int, int], ...]
    lines: tuple[PreviewLine, ...]
    pairs: tuple[PairTold, ...] = ()
    cuts: tuple[CutTold, ...] = ()
    before: Mapping[ProfileId, Totals] = field(default_factory=dict)
    after: Mapping[ProfileId, Totals] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    unused: tuple[Unused, ...] = ()
    without_money: int = 0
    left_out: int = 0


def preview_import(
    ledger: Ledger,
    path: Path,
    *,
    owner: Profile | None = None,
    zone: str | None = None,
    answers: Answers | None = None,
    wishes: Wishes | None = None,
    pairs: Mapping[str, str] | None = None,
    now: datetime,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> ImportPreview:
    """What importing a file would do. The ledger is only read.

    Args:
        owner: whose the rows are that name no profile; without it the only one's.
        zone: of times without an offset; None for what `answers` say, else the profile's.
        pairs: which purchase a row is ("new": one of its own), by row: "4", or "orders:4" of several lists.

    Raises:
        Refusal: the file cannot be read, or something must be answered first.
    """
    with _opened(path, zone, answers, wishes, progress, cancelled) as (reading, said, questions):
        lines = _lines(reading, pairs or {})
        seen = prepare(reading, said, owner=owner, choices=_choices(ledger, lines, pairs or {}))
        assess(ledger, seen, now=now, progress=_second(progress), cancelled=cancelled)
        return ImportPreview(
            rows=reading.count,
            new=seen.count.new,
            duplicates=seen.count.duplicates,
            paired=seen.count.paired,
            problems=problems_in_order(seen.count, reading),
            problems_all=seen.count.problems_all,
            columns_left_out=reading.columns_left_out(),
            odd_columns=reading.odd_columns(),
            lines=tuple(seen.lines(list(range(1, min(PREVIEW_ROWS, reading.count) + 1)))),
            pairs=_told(ledger, seen),
            cuts=cuts_told(seen.count, reading),
            before=seen.before,
            after={profile_id: seen.after(profile_id) for profile_id in seen.before},
            without_money=seen.without_money,
            left_out=seen.count.left_out,
            questions=questions,
            unused=(
                *unused_answers(reading, said, wishes or Wishes()),
                *_idle(lines, [number for number in lines.values() if not seen.count.took_up(number)]),
            ),
        )


def _told(ledger: Ledger, seen: Assessment) -> tuple[PairTold, ...]:
    with ledger.database.reading() as tx:
        return pairs_told(tx, seen.count, seen.reading)


def _lines(reading: Reading, pairs: Mapping[str, str]) -> dict[str, int]:
    """The number of each line that a person names as the row of a list.

    Raises:
        Refusal: there is no such row.
    """
    found: dict[str, int] = {}
    for said in pairs:
        place, _, row = said.rpartition(":")
        number = reading.number_of(place, int(row)) if row.isdecimal() and row.isascii() else None
        if number is None:
            raise Refusal(problem("pair", "unknown_row", said=said))
        found[said] = number
    return found


def _choices(ledger: Ledger, lines: Mapping[str, int], pairs: Mapping[str, str]) -> dict[int, int]:
    """Orders of entry by the number of the line.

    Raises:
        Refusal: there is no such purchase.
    """
    return {lines[said]: AS_NEW if name == "new" else _sequence(ledger, name) for said, name in pairs.items()}


def _idle(lines: Mapping[str, int], idle: Collection[int]) -> list[Unused]:
    """What was said of lines though nothing depended on it."""
    return [("pair", said) for said, number in lines.items() if number in idle]


def _sequence(ledger: Ledger, name: str) -> int:
    with ledger.database.reading() as tx:
        ids = ledger_store.ids_named(tx, name, purchases=True)
        if len(ids) != 1:
            raise Refusal(problem("pair", "ambiguous_purchase" if ids else "unknown_purchase", name=name))
        return ledger_store.entries_by_id(tx, ids, ledger.reference.currencies)[ids[0]].sequence


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
    pairs: Mapping[str, str] | None = None,
    now: datetime,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> ImportChanges:
    """Import a file: all its new rows in one transaction, or none.

    Args:
        skip_problems: leave out rows with a problem instead of refusing all.
        owner: whose the rows are that name no profile; without it the only one's.
        zone: of times without an offset; None for what `answers` say, else the profile's.
        pairs: as in `preview_import`.

    Raises:
        ImportRefusal: rows have problems.
        Refusal: the file cannot be read, something must be answered first, or the import was cancelled.
    """
    with _opened(path, zone, answers, wishes, progress, cancelled) as (reading, said, questions):
        lines = _lines(reading, pairs or {})
        try:
            done = carry_out(
                ledger,
                reading,
                answers=said,
                skip_problems=skip_problems,
                owner=owner,
                choices=_choices(ledger, lines, pairs or {}),
                now=now,
                progress=_second(progress),
                cancelled=cancelled,
            )
        except ImportRefusal as refusal:
            refusal.unused = unused_answers(reading, said, wishes or Wishes())
            raise
        unused = (*unused_answers(reading, said, wishes or Wishes()), *_idle(lines, done.idle))
        return replace(done, columns_left_out=reading.columns_left_out(), questions=questions, unused=unused)


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
) -> Iterator[tuple[Reading, Answers, tuple[Question, ...]]]:
    said = answers or Answers()
    if zone:
        check_zone(zone)
        said = replace(said, zone=zone)
    reading = read_source(path, wishes=wishes or Wishes(), progress=_first(progress), cancelled=cancelled)
    try:
        yield reading, said, refuse_open(reading, said)
    finally:
        reading.close()

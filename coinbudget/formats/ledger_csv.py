"""The ledger's own text form, on the way in: bytes of a ledger CSV to drafts, row by row in flat memory.

Exact form: UTF-8, comma, RFC 4180, a header row, columns by name in any order, empty = not given. Spreadsheet form:
the same with a locale's list separator and decimal sign, home dates, and guarded cells; its last column `form` says
so per row, and it is undone here. `row` counts records, the header being 1. A fault of one row is a Problem in its
place; a fault of the file (no header, cut off, not UTF-8, broken quotes) raises, because what follows cannot be
trusted. `formats.ledger_csv_writer` is the way out.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from operator import itemgetter
from pathlib import Path

from coinbudget.domain.drafts import COLUMNS, Draft, NumberStyle
from coinbudget.domain.errors import Problem, Refusal, problem
from coinbudget.formats.guarded_text import GuardedText, buffered, guarded_text

#: Columns of the spreadsheet form beside those of the exact one; all but `instant` and `form` are for reading alone.
SPREADSHEET_EXTRA = ("amount", "true_cost", "instant", "form")
SPREADSHEET_COLUMNS = (*COLUMNS, *SPREADSHEET_EXTRA)
SPREADSHEET = "spreadsheet"

#: A cell that starts with one of these is run, or eaten, by one spreadsheet program or another.
GUARDED = "=+-@\t\r\n'\uff1d\uff0b\uff0d\uff20"
#: Decimal signs of the spreadsheet form; its numbers are never grouped, so each tells itself.
DECIMAL_SIGNS = (",", "\u066b")

_NEEDED = {"kind", "at"}
_SEPARATORS = (",", ";", "\t")
_PLAIN = NumberStyle()
_STYLES = {sign: NumberStyle(decimal=sign) for sign in DECIMAL_SIGNS}
#: Places of the columns whose cells are texts of the user.
TEXT_CELLS = tuple(
    COLUMNS.index(name)
    for name in ("id", "zone", "profile", "creator", "gift", "order_ref", "refers_to", "note", "approval")
)
_AT = COLUMNS.index("at")
_NUMBER_CELLS = tuple(COLUMNS.index(name) for name in ("coins", "quantity", "paid", "charged", "rate"))
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerText:
    """An open ledger CSV whose header was understood.

    Attributes:
        columns: known columns it has, in the file's order.
        unknown: columns nobody reads, in the file's order.
        separator: what stands between its cells.
        rows: drafts, or the Problem of a row, each once and in order. Raises Refusal where the file itself fails.
        guarded: the bytes, for progress.
    """

    columns: tuple[str, ...]
    unknown: tuple[str, ...]
    separator: str
    rows: Iterator[Draft | Problem]
    guarded: GuardedText


def draft_from(cells: Sequence[str], row: int, numbers: NumberStyle = _PLAIN) -> Draft:
    """A draft from cells in the order of COLUMNS."""
    return Draft._make((*cells, row, numbers))


def guard(text: str) -> str:
    """A text no spreadsheet program runs."""
    return f"'{text}" if text and text[0] in GUARDED else text


def unguard(text: str) -> str:
    """What `guard` was given."""
    return text[1:] if len(text) > 1 and text[0] == "'" and text[1] in GUARDED else text


class LedgerFile:
    """A ledger CSV opened for reading; a context manager that gives its `LedgerText`."""

    def __init__(self, path: Path) -> None:
        self._opening = guarded_text(path)

    def __enter__(self) -> LedgerText:
        """Open it and read its header.

        Raises:
            Refusal: it cannot be opened, or has no header of a ledger CSV.
        """
        guarded = self._opening.__enter__()
        try:
            return ledger_text(guarded)
        except BaseException:
            self._opening.__exit__(None, None, None)
            raise

    def __exit__(self, *_: object) -> None:
        self._opening.__exit__(None, None, None)


def ledger_text(guarded: GuardedText) -> LedgerText:
    """Read the header of an open text.

    Raises:
        Refusal: it has no header of a ledger CSV.
    """
    text = io.TextIOWrapper(buffered(guarded), encoding="utf-8-sig", errors="strict", newline="")
    first = next(_decoded(text), "")
    if not first.strip():
        raise Refusal(problem("file", "no_header" if guarded.size else "empty_text"))
    separator, names = _header(first)
    known = tuple(name for name in names if name in SPREADSHEET_COLUMNS)
    # A sheet of one's own may have any of the others.
    if not set(known) >= _NEEDED:
        raise Refusal(problem("file", "no_header"))
    twice = next((name for name in known if known.count(name) > 1), None)
    if twice:
        raise Refusal(problem("file", "duplicate_column", 1, column=twice))
    own = first.endswith("\r\n") and tuple(names) in {COLUMNS, SPREADSHEET_COLUMNS}
    return LedgerText(
        columns=known,
        unknown=tuple(name for name in names if name not in SPREADSHEET_COLUMNS),
        separator=separator,
        rows=_rows(text, guarded, names, separator, own=own),
        guarded=guarded,
    )


def header_known(head: bytes) -> bool:
    """Whether the first line of a file is a header of a ledger CSV, by its first bytes."""
    line = head.removeprefix(b"\xef\xbb\xbf").replace(b"\r", b"\n").split(b"\n", 1)[0].decode("utf-8", "replace")
    try:
        _, names = _header(line)
    except Refusal:
        return False
    return set(names) >= _NEEDED


def _decoded(text: io.TextIOWrapper) -> Iterator[str]:
    """Lines of the file, or the one sentence about its encoding."""
    try:
        # No `yield from`: that would close the file together with this generator.
        for line in text:  # noqa: UP028 - as said above
            yield line
    except UnicodeDecodeError:
        raise Refusal(problem("file", "not_utf8")) from None


def _header(line: str) -> tuple[str, list[str]]:
    """Separator and column names of the first line: the separator under which most names are known."""
    best: tuple[int, str, list[str]] = (0, ",", [])
    for separator in _SEPARATORS:
        try:
            cells = next(csv.reader([line], delimiter=separator, strict=True))
        except csv.Error:
            continue
        names = [cell.strip().lower() for cell in cells]
        count = sum(name in SPREADSHEET_COLUMNS for name in names)
        if count > best[0]:
            best = (count, separator, names)
    if not best[0]:
        raise Refusal(problem("file", "no_header"))
    return best[1], best[2]


def _rows(
    text: io.TextIOWrapper, guarded: GuardedText, names: list[str], separator: str, *, own: bool
) -> Iterator[Draft | Problem]:
    """Every record after the header."""
    width = len(names)
    place = {name: index for index, name in enumerate(names)}
    # Where a column is missing, the empty cell appended to every row stands in for it.
    pick = itemgetter(*(place.get(name, width) for name in COLUMNS))
    form, instant = place.get("form", width), place.get("instant", width)
    straight = tuple(names) == COLUMNS
    reader = csv.reader(_decoded(text), delimiter=separator, strict=True)
    row = 1
    try:
        for row, cells in enumerate(reader, 2):
            if len(cells) != width:
                if any(cells):
                    yield _wrong_width(cells, width, row, cut=not guarded.ends_in_line_end)
                continue
            if straight:
                yield draft_from(cells, row)
                continue
            cells.append("")
            values = pick(cells)
            if not cells[form]:
                if any(values):
                    yield draft_from(values, row)
            elif cells[form] == SPREADSHEET:
                yield _from_spreadsheet(list(values), cells[instant], row)
            else:
                yield problem("form", "unknown_form", row, form=cells[form])
    except csv.Error as error:
        code = "cell_too_long" if "limit" in str(error) else "broken_quotes"
        raise Refusal(problem("file", code, row + 1)) from None
    if own and row > 1 and not guarded.ends_in_line_end:
        raise Refusal(problem("file", "cut_off", row))


def _wrong_width(cells: list[str], width: int, row: int, *, cut: bool) -> Problem:
    """A row with too few or too many cells; the last one of a file without a line end was cut off."""
    if len(cells) < width:
        return problem("file", "cut_off" if cut else "too_few_cells", row, cells=len(cells), columns=width)
    return problem("file", "too_many_cells", row, cells=len(cells), columns=width)


def _from_spreadsheet(cells: list[str], instant: str, row: int) -> Draft:
    """The draft of a row in spreadsheet form: guards off, the exact instant put back for its home date."""
    for index in TEXT_CELLS:
        cells[index] = unguard(cells[index])
    if instant and _same_day(cells[_AT], instant):
        cells[_AT] = instant
    numbers = "".join([cells[index] for index in _NUMBER_CELLS])
    return draft_from(cells, row, next((_STYLES[sign] for sign in DECIMAL_SIGNS if sign in numbers), _PLAIN))


def _same_day(home_on: str, instant: str) -> bool:
    """Whether a home date is that of an instant; late streams belong to the day before."""
    try:
        day, local = date.fromisoformat(home_on), date.fromisoformat(instant[:10])
    except ValueError:
        return False
    return day in {local, local - _DAY, local + _DAY}

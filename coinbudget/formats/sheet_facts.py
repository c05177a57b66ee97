"""What a sheet looks like, told over all rows: encoding, separator, header, and how each column writes its values.

Nothing is decided by one row. A column writes dates day first only if every filled cell can be read so; where two ways
fit every cell, both are kept and the person is asked. Encodings are a byte order mark, else strict UTF-8, else the
person's choice: guessing was wrong on short files.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from coinbudget.domain.errors import Refusal, problem
from coinbudget.domain.money import NumberFault, NumberStyle, parse_decimal
from coinbudget.formats.moments import moment
from coinbudget.formats.price_text import without_currency

#: Encodings offered where a file is no UTF-8, the likeliest first.
ENCODINGS = ("cp1252", "cp1250", "cp1251", "shift_jis", "gb18030", "big5", "euc_kr", "iso8859_9")
SEPARATORS = (",", ";", "\t", "|")
ORDERS = ("dmy", "mdy", "ymd")
DECIMALS = (".", ",")

#: Columns and cells beyond these are no sheet a person keeps.
MAX_COLUMNS = 200
MAX_LINE = 1024**2
_SAMPLES = 3
#: Excel's own way to say how a CSV is parted.
_NAMED_SEPARATOR = re.compile(r"sep=([,;\t|])\r?\n?", re.IGNORECASE)
_TRIED_LINES = 200
_STYLES = {
    ".": (NumberStyle(), *(NumberStyle(group=group) for group in (",", " ", "'"))),
    ",": (NumberStyle(decimal=","), *(NumberStyle(decimal=",", group=group) for group in (".", " ", "'"))),
}
_NINES = str.maketrans("0123456789", "9999999999")
_DATE = re.compile(
    r"([0-9]{1,4})([./-])([0-9]{1,2})\2([0-9]{1,4})"
    r"(?:(?:,? |T)([0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)(?: ?([AaPp])\.?[Mm]\.?)?)?"
)
_CJK = re.compile(r"([0-9]{4})年 ?([0-9]{1,2})月 ?([0-9]{1,2})日(?: ?([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?))?")
_PLAIN_TIME = re.compile("(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?(?: ?([AaPp])\.?[Mm]\.?)?")
_LONGEST_NUMBER = 60
#: So many cells that are no date (or no number) say that the column holds none.
_TRIED_CELLS = 50
_NONE: frozenset[str] = frozenset()
_LONG_YEAR, _SHORT_YEAR = 4, 2
_MONTHS, _DAYS = 12, 31


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnFacts:
    """What the filled cells of a column have in common.

    Attributes:
        name: of the header; "" without one.
        samples: the first different values.
        orders: orders of day, month and year that fit its dates best; none where no cell is a date. A date or two
            of another order do not unsettle a column: their rows are problems. More of them leave all orders open.
        no_dates, no_numbers: how many filled cells are none, in whatever form.
        times: whether every filled cell is a time of day alone.
        decimals: decimal signs that fit its numbers best, as with `orders`; none where no cell is a number.
        signs: which of point and comma stand in its numbers.
        negative: whether every filled number is below zero.
        currencies: codes that stand beside the numbers.
        bare: how many numbers have none beside them.
    """

    name: str
    filled: int
    samples: tuple[str, ...]
    orders: tuple[str, ...] = ()
    no_dates: int = 0
    no_numbers: int = 0
    times: bool = False
    decimals: tuple[str, ...] = ()
    signs: str = ""
    negative: bool = False
    currencies: tuple[str, ...] = ()
    bare: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetFacts:
    """What a sheet looks like.

    Attributes:
        encoding: codec it was read by; `undecided` where it is no UTF-8 and nobody chose one.
        header: whether the first row names the columns.
        rows: data rows; `ragged` of them have another number of cells.
    """

    encoding: str
    undecided: bool
    separator: str
    header: bool
    rows: int
    ragged: int
    columns: tuple[ColumnFacts, ...]


def encoding_of(head: bytes) -> str:
    """The codec that a byte order mark names; "" without one."""
    if head.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    return "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else ""


def separator_of(text: str) -> str:
    """What stands between cells, by which the first lines fall into rows of one width best."""
    lines = text.splitlines(keepends=True)[:_TRIED_LINES]
    named = _NAMED_SEPARATOR.fullmatch(lines[0]) if lines else None
    if named is not None:
        return named[1]
    best: tuple[float, int, str] = (0, 0, ",")
    for separator in SEPARATORS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=separator) if row]
        except csv.Error:
            continue
        usual = max(set(widths), key=widths.count, default=1)
        if usual > 1:
            share = widths.count(usual) / len(widths)
            if (share, usual) > best[:2]:
                best = (share, usual, separator)
    return best[2]


def is_table(head: bytes) -> bool:
    """Whether the beginning of a file looks like a table: more than one line falls into cells, most into as many."""
    if b"\0" in head:
        return False
    lines = head.decode("utf-8", "replace").splitlines(keepends=True)[:_TRIED_LINES]
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=separator_of("".join(lines))) if row]
    except csv.Error:
        return False
    usual = max(widths, key=widths.count, default=1)
    return usual > 1 < widths.count(usual) and 2 * widths.count(usual) > len(widths)


def rows_of(text: Iterable[str], separator: str) -> Iterator[tuple[int, list[str]]]:
    """Records with the number a person would count to, the first being 1.

    Raises:
        Refusal: quotes are broken, or a cell or a row is longer than any sheet has.
    """
    reader = csv.reader(text, delimiter=separator, strict=True)
    try:
        for number, cells in enumerate(reader, 1):
            if len(cells) > MAX_COLUMNS:
                raise Refusal(problem("file", "too_many_columns", most=MAX_COLUMNS))
            yield number, cells
    except csv.Error as error:
        code = "cell_too_long" if "limit" in str(error) else "broken_quotes"
        raise Refusal(problem("file", code)) from None


def below_titles(rows: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    """The rows without those above the table: titles, notes, and the line that names the separator for Excel.

    What is left out fills less than most of the usual width and holds no date, so that it could be no entry.
    """
    rest = iter(rows)
    tried = list(islice(rest, _TRIED_LINES))
    widths = Counter(_filled(cells) for _, cells in tried if _filled(cells) > 1)
    usual = max(widths, key=lambda width: (widths[width], width), default=1)
    for place, (_, cells) in enumerate(tried):
        if 5 * _filled(cells) >= 3 * usual or any(map(is_date, cells)):
            tried = tried[place:]
            break
    yield from tried
    yield from rest


def _filled(cells: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in cells)


def survey(rows: Iterable[tuple[int, Sequence[str]]], *, separator: str, encoding: str, undecided: bool) -> SheetFacts:
    """One pass over all rows."""
    columns: list[_Column] = []
    first: Sequence[str] = ()
    count = ragged = 0
    for _, cells in rows:
        if not any(cells):
            continue
        if not columns:
            first = cells
            columns = [_Column() for _ in cells]
            continue
        count += 1
        ragged += len(cells) != len(columns)
        for column, cell in zip(columns, cells, strict=False):
            if cell:
                column.take(cell)
    header = _is_header(first, columns)
    if not header:
        count += bool(first)
        for column, cell in zip(columns, first, strict=True):
            column.take(cell)
    return SheetFacts(
        encoding=encoding,
        undecided=undecided,
        separator=separator,
        header=header,
        rows=count,
        ragged=ragged,
        columns=tuple(
            column.facts(cell.strip() if header else "") for column, cell in zip(columns, first, strict=True)
        ),
    )


def _is_header(first: Sequence[str], columns: Sequence["_Column"]) -> bool:
    """Whether the first row names the columns: none of its cells is a date or a number."""
    if not first:
        return False
    return not any(
        _orders(cell) or (_number(cell) and not cell.strip().isalpha()) for cell in first if cell.strip()
    ) and (len(set(first)) == len(first) or bool(columns))


@dataclass(slots=True)
class _Column:
    filled: int = 0
    samples: list[str] = field(default_factory=list)
    orders: Counter[str] = field(default_factory=Counter)
    dates: int = 0
    numbers: int = 0
    times: bool = True
    decimals: Counter[str] = field(default_factory=Counter)
    signs: set[str] = field(default_factory=set)
    negative: int = 0
    currencies: set[str] = field(default_factory=set)
    bare: int = 0

    def take(self, cell: str) -> None:
        """One filled cell."""
        cell = cell.strip()
        if not cell:
            return
        self.filled += 1
        if len(self.samples) < _SAMPLES and cell not in self.samples:
            self.samples.append(cell[:80])
        if self.orders or self.filled <= _TRIED_CELLS:
            found = _orders(cell)
            self.orders.update(found)
            self.dates += bool(found)
        self.times = self.times and _TIME.fullmatch(cell) is not None
        if self.decimals or self.filled <= _TRIED_CELLS:
            self._take_number(cell)

    def _take_number(self, cell: str) -> None:
        number, code, negative = _amount(cell)
        found = _number(number)
        if not found:
            return
        self.decimals.update(found)
        self.numbers += 1
        self.signs.update(sign for sign in DECIMALS if sign in number)
        self.negative += negative
        if code:
            self.currencies.add(code)
        else:
            self.bare += 1

    def facts(self, name: str) -> ColumnFacts:
        """What all of them have in common."""
        return ColumnFacts(
            name=name,
            filled=self.filled,
            samples=tuple(self.samples),
            orders=_best(self.orders, ORDERS, self.dates),
            no_dates=self.filled - self.dates,
            no_numbers=self.filled - self.numbers,
            times=self.times and self.filled > 0,
            decimals=_best(self.decimals, DECIMALS, self.numbers),
            signs="".join(sorted(self.signs)),
            negative=bool(self.negative) and self.negative == max(self.decimals.values(), default=0),
            currencies=tuple(sorted(self.currencies)),
            bare=self.bare,
        )


def _best(counts: Counter[str], forms: Sequence[str], read: int) -> tuple[str, ...]:
    """The forms that fit most of the cells that read, where they fit all but one, or nine in ten; else all that fit."""
    most = max(counts.values(), default=0)
    least = most if read - most <= max(1, read // 10) and 2 * most > read else 1
    return tuple(form for form in forms if counts[form] >= least)


def _amount(cell: str) -> tuple[str, str, bool]:
    """A cell's number without sign and currency, the currency, and whether it is below zero."""
    if cell.isascii() and cell.isdigit():
        return cell, "", False
    found = without_currency(cell)
    return (cell, "", False) if found is None else found


def _number(text: str) -> frozenset[str]:
    """Decimal signs by which a text is a number; its shape alone decides."""
    return _shape(text.translate(_NINES)) if len(text) <= _LONGEST_NUMBER else _NONE


@lru_cache(maxsize=4096)
def _shape(text: str) -> frozenset[str]:
    return frozenset(
        sign
        for sign, styles in _STYLES.items()
        if any(not isinstance(parse_decimal(text, style), NumberFault) for style in styles)
    )


def _orders(cell: str) -> frozenset[str]:
    """Orders of day, month and year by which a cell is a date."""
    if not cell[:1].isdigit():
        return _NONE
    found = _DATE.fullmatch(cell)
    if found is None:
        return frozenset(ORDERS) if _CJK.fullmatch(cell) or (len(cell) > 5 and moment(cell)) else _NONE  # noqa: PLR2004 - no shorter time
    return frozenset(order for order in ORDERS if _parts(found, order) is not None)


def is_date(cell: str) -> bool:
    """Whether a cell is a date in any order."""
    return bool(_orders(cell.strip()))


def _parts(found: re.Match[str], order: str) -> tuple[int, int, int] | None:
    """Year, month and day of a date in an order; None where it cannot be."""
    one, two, three = found[1], found[3], found[4]
    year, month, day = {"dmy": (three, two, one), "mdy": (three, one, two), "ymd": (one, two, three)}[order]
    if len(year) not in {_LONG_YEAR, _SHORT_YEAR} or len(month) > 2 or len(day) > 2:  # noqa: PLR2004 - digits of a day
        return None
    if order == "ymd" and len(year) != _LONG_YEAR:
        return None
    if not (1 <= int(month) <= _MONTHS and 1 <= int(day) <= _DAYS):
        return None
    return int(year) + (2000 if len(year) == _SHORT_YEAR else 0), int(month), int(day)


def date_text(cell: str, order: str, time: str = "") -> str | None:
    """A date, or a time, as the ledger CSV has it; None where it is none in that order.

    Args:
        time: of a column of its own; "" where there is none.
    """
    cell, clock = cell.strip(), time.strip()
    day = _day_text(cell, order)
    if day is not None:
        hour = clock_text(clock) if clock else ""
        return None if hour is None else f"{day}T{hour}" if hour else day
    found = _DATE.fullmatch(cell)
    if found is not None:
        parts = _parts(found, order)
        if parts is None:
            return None
        day = f"{parts[0]:04d}-{parts[1]:02d}-{parts[2]:02d}"
        clock = clock or (f"{found[5]} {found[6]}m" if found[6] else found[5] or "")
    else:
        cjk = _CJK.fullmatch(cell)
        if cjk is None:
            when = moment(cell)
            return when.iso if when else None
        day, clock = f"{cjk[1]}-{int(cjk[2]):02d}-{int(cjk[3]):02d}", clock or cjk[4] or ""
    if not clock:
        return day
    hour = clock_text(clock)
    return None if hour is None else f"{day}T{hour}"


@lru_cache(maxsize=1024)
def _day_text(cell: str, order: str) -> str | None:
    """A date without a time of its own, year first; None for anything else. The same days stand in many rows."""
    found = _DATE.fullmatch(cell)
    parts = None if found is None or found[5] else _parts(found, order)
    return f"{parts[0]:04d}-{parts[1]:02d}-{parts[2]:02d}" if parts else None


def clock_text(text: str) -> str | None:
    """A time of day as HH:MM:SS; None where it is none."""
    if _PLAIN_TIME.fullmatch(text):
        return text
    found = _TIME.fullmatch(text.split(".", 1)[0] if ":" in text else text)
    if found is None:
        return None
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if found[4]:
        if not 1 <= hour <= 12:  # noqa: PLR2004 - a clock of twelve hours
            return None
        hour = hour % 12 + (12 if found[4].lower() == "p" else 0)
    if hour > 23 or minute > 59 or second > 59:  # noqa: PLR2004 - a clock's own bounds
        return None
    return f"{hour:02d}:{minute:02d}:{second:02d}"


@lru_cache(maxsize=4096)
def number_style(text: str, decimal: str) -> NumberStyle | None:
    """The style with this decimal sign by which a text is a number."""
    return next((style for style in _STYLES[decimal] if not isinstance(parse_decimal(text, style), NumberFault)), None)


def lines_of(raw: io.RawIOBase, encoding: str) -> Iterator[str]:
    """The lines of a stream, decoded strictly and under guard.

    Raises:
        Refusal: it is no text of this encoding, holds a NUL, or a line without end.
    """
    text = io.TextIOWrapper(io.BufferedReader(raw, 64 * 1024), encoding=encoding, errors="strict", newline="")
    try:
        while line := text.readline(MAX_LINE + 1):
            if "\0" in line:
                raise Refusal(problem("file", "nul_character"))
            if len(line) > MAX_LINE:
                raise Refusal(problem("file", "line_too_long"))
            yield line
    except UnicodeError:
        raise Refusal(problem("file", "not_this_encoding", encoding=encoding)) from None

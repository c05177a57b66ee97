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
from itertools import islice

from coinbudget.domain.errors import Refusal, problem
from coinbudget.formats.price_text import shared_codes
from coinbudget.formats.sheet_cells import DECIMALS, ORDERS, amount_of, is_date, is_time, orders_of, signs_of

#: Encodings offered where a file is no UTF-8, the likeliest first.
ENCODINGS = ("cp1252", "shift_jis", "cp1250", "cp1251", "gb18030", "big5", "euc_kr", "iso8859_9")
SEPARATORS = (",", ";", "\t", "|")

#: Columns and cells beyond these are no sheet a person keeps.
MAX_COLUMNS = 200
MAX_LINE = 1024**2
_SAMPLES = 3
#: Excel's own way to say how a CSV is parted.
_NAMED_SEPARATOR = re.compile(r"sep=([,;\t|])\r?\n?", re.IGNORECASE)
_OFFSET = re.compile(r"(?:Z|UTC|GMT|[+-][0-9]{1,2}(?::?[0-9]{2})?)$", re.IGNORECASE)
_TRIED_LINES = 200
#: So many cells that are no date (or no number) say that the column holds none.
_TRIED_CELLS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """How the amounts of one currency in a column are written.

    Attributes:
        currency: its code, or the codes that the sign beside them may stand for with "/" between; "" without any.
        decimals, signs: as those of a column.
        sample: as what is doubtful in a column.
    """

    currency: str
    decimals: tuple[str, ...]
    signs: str
    sample: str


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
        clocks: whether any cell has a time of day that names no offset.
        decimals: decimal signs that fit its numbers best, as with `orders`; none where no cell is a number.
        signs: which of point and comma stand in its numbers.
        doubtful: a number that can be read in two ways, if there is one, as it stands; else one that has a sign.
        written: how each currency is written, where there are several.
        negative: whether every amount is below zero, as banks write what was spent, or three in four: one above zero is
            money that came back then.
        mostly_negative: whether more of them are than not, but not all.
        currencies: codes that stand beside the numbers.
        bare: how many numbers have none beside them.
        shared: codes that each sign beside them may stand for which several currencies share; None without such a sign.
    """

    name: str
    filled: int
    samples: tuple[str, ...]
    orders: tuple[str, ...] = ()
    no_dates: int = 0
    no_numbers: int = 0
    times: bool = False
    clocks: bool = False
    decimals: tuple[str, ...] = ()
    signs: str = ""
    doubtful: str = ""
    written: tuple[Written, ...] = ()
    negative: bool = False
    mostly_negative: bool = False
    currencies: tuple[str, ...] = ()
    bare: int = 0
    shared: tuple[str, ...] | None = None

    def settled(self) -> tuple[tuple[str, str], ...]:
        """Currencies of several, of which the rows settle each one's own decimal sign."""
        return tuple((one.currency, one.decimals[0]) for one in self.written if len(one.decimals) == 1)


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
        orders_of(cell) or (signs_of(cell) and not cell.strip().isalpha()) for cell in first if cell.strip()
    ) and (len(set(first)) == len(first) or bool(columns))


def sign_key(cell: str) -> str:
    """The codes that the sign beside a number may stand for, with "/" between; "" without one that is shared."""
    return "/".join(sorted(shared_codes(cell)))


@dataclass(slots=True)
class _Numbers:
    """Numbers of a column, or those of one currency in it."""

    count: int = 0
    decimals: Counter[str] = field(default_factory=Counter)
    signs: set[str] = field(default_factory=set)
    sample: str = ""
    doubt: str = ""

    def take(self, cell: str, number: str, found: frozenset[str]) -> None:
        """One number, and the decimal signs by which it is one."""
        self.count += 1
        self.decimals.update(found)
        signs = [sign for sign in DECIMALS if sign in number]
        if signs:
            self.signs.update(signs)
            self.sample = self.sample or cell[:80]
            if len(found) > 1:
                self.doubt = self.doubt or cell[:80]

    @classmethod
    def of_all(cls, groups: Iterable["_Numbers"]) -> "_Numbers":
        """The numbers of several currencies as one."""
        found = cls()
        for group in groups:
            found.count += group.count
            found.decimals.update(group.decimals)
            found.signs |= group.signs
            found.sample, found.doubt = found.sample or group.sample, found.doubt or group.doubt
        return found

    def written(self, currency: str) -> Written:
        """What all of them have in common."""
        return Written(
            currency=currency,
            decimals=_best(self.decimals, DECIMALS, self.count) if self.signs else DECIMALS[:1],
            signs="".join(sorted(self.signs)),
            sample=self.doubt or self.sample,
        )


@dataclass(slots=True)
class _Column:
    filled: int = 0
    samples: list[str] = field(default_factory=list)
    orders: Counter[str] = field(default_factory=Counter)
    dates: int = 0
    times: bool = True
    clocks: bool = False
    by_currency: dict[str, _Numbers] = field(default_factory=dict)
    negative: int = 0
    odd_amounts: int = 0
    currencies: set[str] = field(default_factory=set)
    bare: int = 0
    shared: frozenset[str] | None = None

    def take(self, cell: str) -> None:
        """One filled cell."""
        cell = cell.strip()
        if not cell:
            return
        self.filled += 1
        if len(self.samples) < _SAMPLES and cell not in self.samples:
            self.samples.append(cell[:80])
        if self.orders or self.filled <= _TRIED_CELLS:
            found = orders_of(cell)
            self.orders.update(found)
            self.dates += bool(found)
        self.times = self.times and is_time(cell)
        self.clocks = self.clocks or (":" in cell and not _OFFSET.search(cell))
        if self.by_currency or self.filled <= _TRIED_CELLS:
            self._take_number(cell)

    def _take_number(self, cell: str) -> None:
        number, code, negative = amount_of(cell)
        found = signs_of(number)
        if not found:
            # An amount all the same, of which nothing says that it is below zero.
            self.odd_amounts += any(map(str.isdigit, cell))
            return
        known = frozenset[str]() if code or len(cell) == len(number) else shared_codes(cell)
        key = code or "/".join(sorted(known))
        group = self.by_currency.get(key)
        if group is None:
            group = self.by_currency[key] = _Numbers()
        group.take(cell, number, found)
        self.negative += negative
        if code:
            self.currencies.add(code)
            return
        self.bare += 1
        if known:
            self.shared = known if self.shared is None else self.shared & known

    def facts(self, name: str) -> ColumnFacts:
        """What all of them have in common."""
        numbers = _Numbers.of_all(self.by_currency.values())
        amounts = numbers.count + self.odd_amounts
        written: tuple[Written, ...] = ()
        decimals = _best(numbers.decimals, DECIMALS, numbers.count)
        if len(self.by_currency.keys() - {""}) > 1:
            written = tuple(group.written(currency) for currency, group in self.by_currency.items())
            ways = {sign for group in written if group.signs for sign in group.decimals}
            decimals = tuple(sign for sign in DECIMALS if sign in ways) or decimals
        return ColumnFacts(
            name=name,
            filled=self.filled,
            samples=tuple(self.samples),
            orders=_best(self.orders, ORDERS, self.dates),
            no_dates=self.filled - self.dates,
            no_numbers=self.filled - numbers.count,
            times=self.times and self.filled > 0,
            clocks=self.clocks,
            decimals=decimals,
            signs="".join(sorted(numbers.signs)),
            doubtful=numbers.doubt or numbers.sample,
            written=written,
            negative=bool(self.negative) and 4 * self.negative >= 3 * amounts,
            mostly_negative=amounts < 2 * self.negative < 2 * amounts,
            currencies=tuple(sorted(self.currencies)),
            bare=self.bare,
            shared=None if self.shared is None else tuple(sorted(self.shared)),
        )


def _best(counts: Counter[str], forms: Sequence[str], read: int) -> tuple[str, ...]:
    """The forms that fit most of the cells that read, where they fit all but one, or nine in ten; else all that fit."""
    most = max(counts.values(), default=0)
    least = most if read - most <= max(1, read // 10) and 2 * most > read else 1
    return tuple(form for form in forms if counts[form] >= least)


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

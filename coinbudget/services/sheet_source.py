"""Any sheet as a source: a file or pasted rows, its mapping changeable with live effect, and mappings kept by name."""

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from coinbudget.domain.drafts import Draft
from coinbudget.domain.errors import Problem, Refusal, problem
from coinbudget.formats import sheet, sheet_facts, sheet_guess, sheet_mapping
from coinbudget.formats.archive import HEAD_BYTES
from coinbudget.formats.price_text import shared_codes
from coinbudget.formats.sheet_facts import ENCODINGS, ColumnFacts, SheetFacts
from coinbudget.formats.sheet_guess import OpenPoint
from coinbudget.formats.sheet_mapping import Mapping, Role, Said
from coinbudget.formats.source import Answers, Format, Record
from coinbudget.services.import_parts import Candidate, Heard, State
from coinbudget.services.ledger import Ledger
from coinbudget.services.sources import Interpreter, Question, Reading, common
from coinbudget.storage import setting_store
from coinbudget.storage.staging import Line

__all__ = [
    "ENCODINGS",
    "ColumnFacts",
    "Mapping",
    "OpenPoint",
    "Role",
    "Said",
    "SheetFacts",
    "SheetReading",
    "keep_mapping",
    "saved_mappings",
]

_KEY = "import_mapping/"
_LONGEST_NAME = 60

#: Opens the bytes of the sheet afresh, as often as its encoding or separator is changed.
Opening = Callable[[], AbstractContextManager[io.RawIOBase]]


@dataclass(slots=True)
class SheetReading(Reading):
    """Rows of a sheet of one's own.

    Attributes:
        facts: what the sheet looks like, over all its rows.
        mapping: what its columns mean; replaced as the person says.
    """

    opening: Opening | None = None
    facts: SheetFacts = field(
        default_factory=lambda: SheetFacts(
            encoding="utf-8", undecided=False, separator=",", header=False, rows=0, ragged=0, columns=()
        )
    )
    mapping: Mapping = field(default_factory=lambda: Mapping(names=(), roles=(), forms=(), drop_sign=()))

    def read(self, *, encoding: str = "", separator: str = "") -> None:
        """Read the sheet, settle what its rows settle, and propose a mapping.

        Read anew, columns keep what was said of them where it still fits. Where that fails the rows stay as they were.

        Args:
            encoding: a codec the person chose; "" for what the file says itself.
            separator: between cells; "" for what fits best.

        Raises:
            Refusal: it is no text, its quotes are broken, or it is no table.
        """
        if self.opening is None:
            raise AssertionError("a sheet has bytes")
        with self.opening() as raw:
            head = _head(raw)
        if not head.removeprefix(b"\xef\xbb\xbf").strip():
            raise Refusal(problem("file", "empty_text"))
        before, said = (self.facts, self.mapping) if self.facts.columns else (None, None)
        try:
            self._read_by(head, encoding, separator)
        except Refusal:
            if before is not None:
                self._read(head, before.encoding, before.separator, undecided=before.undecided)
            raise
        self.mapping = sheet_guess.propose(self.facts)
        if said is not None and len(said.roles) == len(self.mapping.roles):
            self.mapping = sheet_guess.kept(said, self.mapping, self.facts)

    def _read_by(self, head: bytes, encoding: str, separator: str) -> None:
        told = sheet_facts.encoding_of(head)
        chosen = encoding or told or "utf-8"
        try:
            self._read(head, chosen, separator, undecided=False)
        except Refusal as refusal:
            if encoding or told or refusal.problems[0].code != "not_this_encoding":
                raise
            self._read_by_likeliest(head, separator)

    def _read_by_likeliest(self, head: bytes, separator: str) -> None:
        """By the first encoding of which it is a text; it is shown so until the person says which one it is."""
        for encoding in ENCODINGS:
            try:
                self._read(head, encoding, separator, undecided=True)
            except Refusal as refusal:
                if encoding == ENCODINGS[-1] or refusal.problems[0].code != "not_this_encoding":
                    raise
            else:
                return

    def _read(self, head: bytes, encoding: str, separator: str, *, undecided: bool) -> None:
        self.staging.clear()
        self.sections.clear()
        separator = separator or sheet_facts.separator_of(head.decode(encoding, "ignore"))
        if self.opening is None:
            raise AssertionError("a sheet has bytes")
        with self.opening() as raw:
            lines = sheet_facts.lines_of(raw, encoding)
            rows = self._kept(sheet_facts.below_titles(sheet_facts.rows_of(lines, separator)))
            self.facts = sheet_facts.survey(rows, separator=separator, encoding=encoding, undecided=undecided)
        self.sections[sheet.ROWS] = self.facts.rows

    def _kept(self, rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
        """Rows on their way to be surveyed, kept aside as they pass."""
        page: list[Line] = []
        for number, cells in rows:
            page.append((sheet.ROWS, number, tuple(cells)))
            if len(page) == 1000:  # noqa: PLR2004 - a page
                self.staging.add(page)
                page = []
            yield number, cells
        self.staging.add(page)

    def questions(self, answers: Answers) -> tuple[Question, ...]:
        """What the mapping leaves open."""
        mapping = replace(self.mapping, currency=answers.currency or self.mapping.currency)
        found = [
            Question(code=point.code, subject=point.name, examples=point.examples, choices=point.choices)
            for point in sheet_guess.open_points(self.facts, mapping)
            if not (point.code == "currency" and answers.currency)
        ]
        # Times of day are in the profile's zone, as in the ledger's own CSV, unless one is said.
        return tuple(found)

    def takes(self) -> frozenset[str]:
        """Overrides Reading; also "kind"."""
        mapping = self.mapping
        bought = mapping.kind != "gift" or mapping.place(Role.KIND) is not None
        paid = mapping.place(Role.PAID)
        bare = bought and paid is not None and self.facts.columns[paid].bare
        open_forms = [
            role
            for column, role in zip(self.facts.columns, mapping.roles, strict=True)
            if role in sheet_mapping.DATES | sheet_mapping.NUMBERS
            and not sheet_guess.form_of(column, role)
            and column.filled
        ]
        found = {
            "zone": any(
                column.clocks and role in {Role.DATE, Role.TIME}
                for column, role in zip(self.facts.columns, mapping.roles, strict=True)
            ),
            "kind": not self._says(Role.KIND),
            "currency": bare and not mapping.priced_in() and not self._says(Role.CURRENCY),
            "channel": bought and not self._says(Role.CHANNEL),
            "date-order": any(role in sheet_mapping.DATES for role in open_forms),
            "decimal": any(role in sheet_mapping.NUMBERS for role in open_forms),
        }
        return frozenset(name for name, taken in found.items() if taken)

    def _says(self, role: Role) -> bool:
        """Whether every row has something of its own in the column of a role."""
        place = self.mapping.place(role)
        if place is None:
            return False
        column = self.facts.columns[place]
        return column.filled == self.facts.rows and not any(map(shared_codes, column.samples))

    def open_points(self) -> tuple[OpenPoint, ...]:
        """What the mapping leaves open, with places."""
        return sheet_guess.open_points(self.facts, self.mapping)

    def lacks_kind(self) -> bool:
        """Whether rows may say nothing of what they are."""
        return sheet_guess.lacks_kind(self.facts, self.mapping)

    def may_be_in(self, currency: str) -> bool:
        """Whether nothing in the sheet speaks against prices without a code being in a currency."""
        columns = self.facts.columns
        place = self.mapping.place(Role.CURRENCY)
        signs = () if place is None else tuple(filter(None, map(shared_codes, columns[place].samples)))
        return (
            not any(column.currencies for column in columns)
            and all(column.shared is None or currency in column.shared for column in columns)
            and all(currency in known for known in signs)
        )

    def form_of(self, column: int, role: Role) -> str:
        """The form of a column where its rows settle it."""
        return sheet_guess.form_of(self.facts.columns[column], role)

    def fits(self, column: int, role: Role) -> bool:
        """Whether the content of a column can be what a role says."""
        return sheet_guess.fits(self.facts.columns[column], role)

    def odd_columns(self) -> tuple[tuple[str, int, int], ...]:
        """Overrides Reading."""
        columns = enumerate(zip(self.facts.columns, self.mapping.roles, strict=True), 1)
        counted = ((place, column, sheet_guess.odd_cells(column, role)) for place, (column, role) in columns)
        return tuple((column.name or str(place), odd, column.filled) for place, column, odd in counted if odd)

    def columns_left_out(self) -> tuple[str, ...]:
        """Overrides Reading: filled columns of which rows have nothing by the mapping."""
        columns = enumerate(self.facts.columns)
        return tuple(
            column.name for place, column in columns if column.name and column.filled and self.mapping.unread(place)
        )

    def meets(self, saved: Mapping) -> bool:
        """Whether a saved mapping is of the very columns of this sheet, by name and by what they hold."""
        columns = self.facts.columns
        if not self.facts.header or saved.names != tuple(column.name.casefold() for column in columns):
            return False
        return all(
            role is Role.IGNORE
            or (sheet_guess.fits(column, role) and (not form or form in _forms_of(column, role) or not column.filled))
            for column, role, form in zip(columns, saved.roles, saved.forms, strict=True)
        )

    def keepable(self) -> Mapping:
        """The mapping as it is to be kept: with an encoding only where one is settled."""
        return replace(self.mapping, encoding="utf-8") if self.facts.undecided else self.mapping

    def use(self, saved: Mapping) -> None:
        """Take a saved mapping.

        Raises:
            Refusal: no column of it is in this sheet.
        """
        fitted = sheet_mapping.fitted(saved, self.facts)
        # What another sheet left to its currency may be settled by the rows of this one.
        ways = zip(fitted.forms, self.facts.columns, fitted.roles, strict=True)
        forms = tuple(form or sheet_guess.form_of(column, role) for form, column, role in ways)
        self.mapping = replace(fitted, forms=forms)

    def say(self, said: Said) -> None:
        """Take what a person says beside the mapping.

        Raises:
            Refusal: a column is not there, or its content cannot be what is said.
        """
        self.mapping = sheet_guess.with_said(self.mapping, self.facts, said)

    def seen(self, record: Record, answers: Answers) -> Draft | None:
        """Overrides Reading."""
        del answers
        return sheet.glimpse(record, self.mapping)

    def interpreter(self, answers: Answers) -> Interpreter:
        """Rows as the mapping has them."""
        mapping = replace(
            self.mapping,
            currency=answers.currency or self.mapping.currency,
            channel=answers.channel or self.mapping.channel,
        )
        header, understand, source = self.facts.header, sheet.reader(mapping, answers), sheet.list_of(mapping)

        def interpret(number: int, line: Line) -> Heard:
            if header and number == 1:
                return State.PART
            record = common(line)
            if not isinstance(record, Record):
                return record
            understood = understand(record)
            if understood is None:
                return State.IGNORED if "".join(record.cells).strip() else State.PART
            if isinstance(understood, Problem):
                return understood
            return Candidate(understood.draft, ((source, understood.origin),), also=((source, understood.also),))

        return interpret


def _forms_of(column: ColumnFacts, role: Role) -> tuple[str, ...]:
    """How a column of a role may be written, by its rows; of numbers without any sign as one likes."""
    if role in sheet_mapping.DATES:
        return column.orders
    return column.decimals if column.signs else (".", ",")


def _head(raw: io.RawIOBase) -> bytes:
    parts: list[bytes] = []
    left = HEAD_BYTES
    while left > 0 and (part := raw.read(left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def pasted(text: str, name: str) -> SheetReading:
    """Rows that were copied from a spreadsheet.

    Raises:
        Refusal: they are no table.
    """
    data = text.encode("utf-8", "surrogatepass")

    @contextmanager
    def opening() -> Iterator[io.RawIOBase]:
        yield _Memory(data)

    reading = SheetReading(name, Format.SHEET, opening=opening)
    try:
        reading.read()
    except BaseException:
        reading.close()
        raise
    return reading


class _Memory(io.RawIOBase):
    """Bytes in memory as a raw stream."""

    def __init__(self, data: bytes) -> None:
        self._data = memoryview(data)
        self._place = 0

    def readable(self) -> bool:
        """Overrides RawIOBase."""
        return True

    def readinto(self, buffer: bytearray, /) -> int:  # type: ignore[override]  # any writable buffer is one here
        """Overrides RawIOBase."""
        part = self._data[self._place : self._place + len(buffer)]
        buffer[: len(part)] = part
        self._place += len(part)
        return len(part)


def saved_mappings(ledger: Ledger) -> dict[str, Mapping]:
    """Mappings kept in this ledger, by name; one that is broken is left out."""
    with ledger.database.reading() as tx:
        kept = setting_store.values(tx, _KEY)
    found: dict[str, Mapping] = {}
    for name, text in kept.items():
        try:
            found[name] = sheet_mapping.from_json(text)
        except Refusal:
            continue
    return found


def keep_mapping(ledger: Ledger, name: str, mapping: Mapping | None, *, now: datetime) -> None:
    """Keep a mapping under a name, in place of one of that name; None forgets it.

    Raises:
        Refusal: the name is empty or too long.
    """
    del now
    name = name.strip()
    if not name:
        raise Refusal(problem("mapping", "name_missing"))
    if len(name) > _LONGEST_NAME:
        raise Refusal(problem("mapping", "name_too_long", longest=_LONGEST_NAME))
    with ledger.database.writing() as tx:
        setting_store.keep(tx, f"{_KEY}{name}", None if mapping is None else sheet_mapping.to_json(mapping))


def mapping_named(ledger: Ledger, name: str) -> Mapping:
    """A mapping kept under a name.

    Raises:
        Refusal: there is none, or it is broken.
    """
    with ledger.database.reading() as tx:
        text = setting_store.value(tx, f"{_KEY}{name.strip()}")
        known = sorted(setting_store.values(tx, _KEY))
    if text is None:
        raise Refusal(problem("mapping", "unknown_mapping", name=name, known=", ".join(known) or "none"))
    return sheet_mapping.from_json(text)

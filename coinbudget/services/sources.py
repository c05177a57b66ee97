"""Sources on their way in: a file, folder or archive that was read once, and waits for answers and ticks.

A Reading owns the staging of its lines. What a line means depends on the person's Answers, so an *interpreter* is made
from them and turns line after line into what the engine hears. Every format has a Reading of its own beside this one;
`services.intake` opens them.
"""

from abc import ABC, abstractmethod
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import ClassVar

from coinbudget.domain.drafts import Draft
from coinbudget.domain.errors import Problem
from coinbudget.formats.source import Answers, Format, Record
from coinbudget.services.import_parts import Heard, State
from coinbudget.storage.staging import PAGE, Line, Staging

#: Section of a line that could not be read; its cells are a Problem.
_FAULTY = "!"
#: What stands before the section of a line that another file of the same source holds too.
_TWICE = "="

Interpreter = Callable[[int, Line], Heard]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something a source leaves open, to be asked once for the whole file.

    Attributes:
        code: what is asked: "zone", "gift_amount", "currency", "type", "encoding", "date_order", "decimal", "kind",
            "date_column", "column", "unpriced".
        subject: which one of several: a kind of row, a column, what a column means, a number of coins.
        examples: texts of the file that help to answer.
        choices: answers to choose from, the likeliest first; none where anything may be given.
        needed: whether nothing can come in before it is answered.
        count: how many lines it concerns.
    """

    code: str
    subject: str = ""
    examples: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    needed: bool = True
    count: int = 0


@dataclass(slots=True)
class Reading(ABC):
    """Lines of one source, read and not yet come in; `close` forgets them.

    Attributes:
        name: of the file or folder, for showing.
        members: files inside that were read.
        sections: how many lines each list has.
        unknown_columns: columns nobody reads.
        twice: lines that another file of the same source holds too.
        several: whether there is more than one file.
        begins: number of the first line of each file, and its name.
    """

    #: Whether a row is counted in a list of the file, which is named then even where only one is filled; and in which
    #: one a row is that could not be read.
    in_lists: ClassVar[bool] = False
    faulty_in: ClassVar[str] = ""
    #: Why a row is IGNORED: "kind" by what the person said of its kind; "free", it cost nothing; "total", it sums up.
    ignored_as: ClassVar[str] = "total"

    name: str
    format: Format
    staging: Staging = field(default_factory=Staging)
    members: tuple[str, ...] = ()
    sections: Counter[str] = field(default_factory=Counter)
    unknown_columns: tuple[str, ...] = ()
    twice: int = 0
    several: bool = False
    begins: list[tuple[int, str]] = field(default_factory=list)
    _seen: Counter[str] = field(default_factory=Counter)

    def close(self) -> None:
        """Forget the lines."""
        self.staging.close()

    @property
    def count(self) -> int:
        """How many lines there are."""
        return self.staging.count

    def questions(self, answers: Answers) -> tuple[Question, ...]:
        """What is still open with these answers, those that need an answer first."""
        del answers
        return ()

    def takes(self) -> frozenset[str]:
        """Which answers some row takes up, of "zone", "currency", "channel", "date-order" and "decimal"."""
        return frozenset()

    @abstractmethod
    def interpreter(self, answers: Answers) -> Interpreter:
        """What turns lines into what the engine hears."""

    def columns_left_out(self) -> tuple[str, ...]:
        """Names of the columns nobody reads."""
        return self.unknown_columns

    def odd_columns(self) -> tuple[tuple[str, int, int], ...]:
        """Columns that are read in spite of cells that cannot be: name, how many, of how many."""
        return ()

    def together(self, number: int) -> tuple[int, ...]:
        """Lines that come in together or not at all; a line alone but for a purchase and its refund."""
        return (number,)

    def place(self, number: int) -> str:
        """Which file and list a line's row is counted in, as far as there may be several."""
        [(_, (section, _, _))] = self.staging.some([number])
        return ", ".join(part for part in self.where(number, section) if part)

    def where(self, number: int, section: str) -> tuple[str, str]:
        """The same of a line of that section: the file, and the list in it."""
        file = self.begins[bisect_right(self.begins, number, key=itemgetter(0)) - 1][1] if self.several else ""
        named = self.in_lists or sum(count > 0 for count in self.sections.values()) > 1
        return file, "" if not named else self.faulty_in if section == _FAULTY else section.removeprefix(_TWICE)

    def glimpse(self, line: Line, answers: Answers) -> Draft | None:
        """What a line that is no entry says, as far as it can be shown; nothing is believed of it."""
        record = common((line[0].removeprefix(_TWICE), line[1], line[2]))
        return self.seen(record, answers) if isinstance(record, Record) else None

    def seen(self, record: Record, answers: Answers) -> Draft | None:
        """The same of a record."""
        del record, answers
        return None

    def number_of(self, place: str, row: int) -> int | None:
        """The line of a row, as `place` names where it is counted; the first one where that names none."""
        for number, (_, found, _) in self.staging.lines():
            if found == row and place in ("", self.place(number), self.place(number).rpartition(", ")[2]):
                return number
        return None

    def heard(self, answers: Answers) -> Iterator[tuple[int, Heard]]:
        """Every line, as the answers have it."""
        interpret = self.interpreter(answers)
        for number, line in self.staging.lines():
            yield number, interpret(number, line)

    def again(self, answers: Answers) -> Callable[[Sequence[int]], Iterable[tuple[int, Heard]]]:
        """Lines by number, as the answers have it."""
        interpret = self.interpreter(answers)

        def some(numbers: Sequence[int]) -> Iterator[tuple[int, Heard]]:
            for number, line in self.staging.some(list(numbers)):
                yield number, interpret(number, line)

        return some

    def stage(
        self,
        records: Iterable[Record | Problem],
        *,
        origin: Callable[[Record], str] | None = None,
        note: Callable[[int, Record], object] | None = None,
    ) -> None:
        """Keep the records of one file aside.

        Args:
            origin: identity of a record, where several files of one source may hold the same rows: a row that stands
                in two of them is one row, and equal rows of one file are several.
            note: is told the number of every record that counts.
        """
        page: list[Line] = []
        here: Counter[str] = Counter()
        start = self.staging.count
        for record in records:
            if isinstance(record, Problem):
                page.append((_FAULTY, record.row or 0, (record.field, record.code, record.values)))
            else:
                section = record.section
                if self.several and origin is not None and self._is_twice(f"{section}\x1f{origin(record)}", here):
                    section = _TWICE + section
                    self.twice += 1
                else:
                    self.sections[section] += 1
                    if note is not None:
                        note(start + len(page) + 1, record)
                page.append((section, record.row, record.cells))
            if len(page) == PAGE:
                self.staging.add(page)
                start, page = self.staging.count, []
        self.staging.add(page)
        if self.several:
            self._seen |= here

    def _is_twice(self, key: str, here: Counter[str]) -> bool:
        here[key] += 1
        return here[key] <= self._seen[key]


def common(line: Line) -> Record | Problem | State:
    """A line as the record it was, unless it could not be read or stands in another file too."""
    section, row, cells = line
    if section == _FAULTY:
        field_name, code, values = cells
        return Problem(field=field_name, code=code, values=values, row=row or None)
    if section.startswith(_TWICE):
        return State.MERGED
    return Record(section, row, cells)

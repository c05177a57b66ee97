"""What is told of an import: what it touched, why it was refused, and which rows were known as purchases that stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from coinbudget.domain.entries import EntryId
from coinbudget.domain.errors import Problem, Refusal, problem
from coinbudget.domain.money import Money
from coinbudget.domain.pairing import PairReason
from coinbudget.domain.profiles import ProfileId
from coinbudget.services.assessment import Totals
from coinbudget.services.changes import Changes, UndoImport
from coinbudget.services.import_parts import Count
from coinbudget.services.sources import Question, Reading
from coinbudget.storage import import_store
from coinbudget.storage.database import Transaction

#: Questions whose examples are one value and the ways to read it.
_FIRST_ONLY = frozenset({"date_order", "decimal"})
_FORMS = {"dmy": "day first", "mdy": "month first", "ymd": "year first", ".": "point", ",": "comma"}
#: Examples shown of the others; of the columns to choose from, all.
_MOST_SHOWN = 3
#: Questions whose examples are columns: all of them are named.
_COLUMNS = frozenset({"date_column", "column"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PairTold:
    """A row that is a purchase which stands, or may be one of several.

    Attributes:
        place, row: where the row is counted.
        entries: the purchase; where `sure` is False all it may be, the likeliest first.
        keeps: coins and price (minor units, currency code) that it keeps though the row says otherwise.
    """

    place: str
    row: int
    entries: tuple[EntryId, ...]
    reason: PairReason
    sure: bool
    keeps: tuple[int | None, tuple[int, str] | None] = (None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CutTold:
    """A refund of a store that tells of more than is left of what was paid.

    Attributes:
        place, row: where the row is counted.
        said, taken: what the row says came back, and what of it is taken.
    """

    place: str
    row: int
    said: Money
    taken: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportChanges(Changes):
    """What an import touched; `count` is the number of new entries.

    Attributes:
        rows: lines of the file.
        duplicates: lines the ledger had already.
        paired: lines that were another source's row of a purchase that stood.
        left_out: lines that could have come in and were not ticked.
        problems: of the lines left out, the first thousand.
        columns_left_out: columns nobody reads.
        questions: what stays open, though nothing waited for it.
        pairs, cuts: the first thousand.
        before, after: what the entries of each profile add up to.
        unused: answers that no row took up, and of what.
        idle: lines of which it was said what they are, and nothing depended on it.
    """

    rows: int
    duplicates: int
    paired: int = 0
    left_out: int = 0
    problems: tuple[Problem, ...] = ()
    problems_all: int = 0
    pairs: tuple[PairTold, ...] = ()
    cuts: tuple[CutTold, ...] = ()
    before: Mapping[ProfileId, Totals] = field(default_factory=dict)
    after: Mapping[ProfileId, Totals] = field(default_factory=dict)
    columns_left_out: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    unused: tuple[tuple[str, str], ...] = ()
    idle: frozenset[int] = frozenset()

    @property
    def batch(self) -> int | None:
        """Number of the import; None where it brought nothing."""
        return self.undo.batch if isinstance(self.undo, UndoImport) else None


class ImportRefusal(Refusal):
    """Nothing was imported: lines have problems.

    Attributes:
        count: what became of the lines.
        pairs, cuts: as in `ImportChanges`.
        before: what the entries of each profile add up to.
        unused: as in `ImportChanges`.
    """

    def __init__(
        self,
        count: Count,
        reading: Reading,
        pairs: Sequence[PairTold] = (),
        before: Mapping[ProfileId, Totals] | None = None,
    ) -> None:
        super().__init__(*problems_in_order(count, reading))
        self.count = count
        self.pairs = tuple(pairs)
        self.cuts = cuts_told(count, reading)
        self.before = before or {}
        self.unused: tuple[tuple[str, str], ...] = ()


class Unanswered(Refusal):
    """Nothing was imported: something must be said first.

    Attributes:
        questions: all that are open.
    """

    def __init__(self, questions: Sequence[Question]) -> None:
        first = next(question for question in questions if question.needed)
        code, shown, ways = first.code, tuple(dict.fromkeys(first.examples)), ""
        if first.code in _FIRST_ONLY:
            told = zip(first.choices, first.examples[1:], strict=True)
            # A decimal sign by which the value is none is an answer too: others may be read by it.
            none = "no number" if code == "decimal" else ""
            read = ((form, none if way == "-" else way) for form, way in told)
            ways = " or ".join(f"{way} ({_FORMS[form]})" for form, way in read if way)
            shown = first.examples[:1]
        elif first.code not in _COLUMNS:
            shown = shown[:_MOST_SHOWN]
        if code == "encoding":
            ways = first.choices[0]
        if code == "type" and not first.subject.strip():
            code = "no_type"
        super().__init__(problem("question", f"ask_{code}", subject=first.subject, known=", ".join(shown), ways=ways))
        self.questions = tuple(questions)


def problems_in_order(count: Count, reading: Reading) -> tuple[Problem, ...]:
    """The problems kept, in the order of the file, each with the place its row is counted in."""
    return tuple(
        replace(found, place=reading.place(number)) for number, found in sorted(count.problems, key=lambda one: one[0])
    )


def cuts_told(count: Count, reading: Reading) -> tuple[CutTold, ...]:
    """The refunds kept that say more than is taken, in the order of the file."""
    found = []
    for number, cut in sorted(count.cuts, key=lambda one: one[0]):
        [(_, (_, row, _))] = reading.staging.some([number])
        found.append(CutTold(place=reading.place(number), row=row, said=cut.said, taken=cut.taken))
    return tuple(found)


def pairs_told(tx: Transaction, count: Count, reading: Reading) -> tuple[PairTold, ...]:
    """The pairs kept, in the order of the file."""
    found = []
    for number, pair in sorted(count.pairs, key=lambda one: one[0]):
        [(_, (_, row, _))] = reading.staging.some([number])
        sequences = pair.choices or (pair.sequence, *pair.parts)
        ids = {sequence: import_store.ids_at(tx, [sequence])[0] for sequence in sequences}
        told = PairTold(
            place=reading.place(number),
            row=row,
            entries=tuple(ids.values()),
            reason=pair.reason,
            sure=not pair.choices,
            keeps=pair.keeps,
        )
        found.append(told)
    return tuple(found)

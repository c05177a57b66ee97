"""The ledger's own CSV as a source: its rows are drafts already."""

from dataclasses import dataclass

from coinbudget.domain.drafts import COLUMNS, Draft, NumberStyle
from coinbudget.domain.errors import Problem
from coinbudget.formats.ledger_csv import LedgerText, draft_from
from coinbudget.formats.source import Answers
from coinbudget.services.import_parts import OWN_ROWS, Candidate, Heard, cells_of, is_naive
from coinbudget.services.sources import Interpreter, Reading, common
from coinbudget.storage.staging import PAGE, Line

_SECTION = "ledger"
_CELLS = len(COLUMNS)
_PLAIN = NumberStyle()


@dataclass(slots=True)
class LedgerReading(Reading):
    """Rows of a ledger CSV.

    Attributes:
        naive: whether the time of any row names neither offset nor zone.
    """

    naive: bool = False

    def read(self, text: LedgerText) -> None:
        """Keep every row of an open file aside.

        Raises:
            Refusal: the file itself fails.
        """
        self.unknown_columns = text.unknown
        page: list[Line] = []
        for row in text.rows:
            if isinstance(row, Draft):
                self.naive = self.naive or (not row.zone and is_naive(row.at))
                page.append((_SECTION, row.row, (*cells_of(row), row.numbers.decimal)))
            else:
                page.append(("!", row.row or 0, (row.field, row.code, row.values)))
            if len(page) == PAGE:
                self.staging.add(page)
                page = []
        self.staging.add(page)
        self.sections[_SECTION] = self.staging.count

    def takes(self) -> frozenset[str]:
        """A row names all of it but perhaps the zone of its time."""
        return frozenset({"zone"} if self.naive else ())

    def interpreter(self, answers: Answers) -> Interpreter:
        """Rows as they stand; a time without an offset is in the zone that was said."""
        zone = answers.zone

        def interpret(number: int, line: Line) -> Heard:
            del number
            section, row, cells = line
            if section != _SECTION:
                found = common(line)
                if isinstance(found, Problem):
                    return found
            decimal = cells[_CELLS]
            draft = draft_from(cells[:_CELLS], row, _PLAIN if decimal == "." else NumberStyle(decimal=decimal))
            # A line without an id is known again by its words; one that is voided stays what it is.
            origins = () if draft.id or draft.voided else ((OWN_ROWS, "\x1f".join(cells[:_CELLS])),)
            if zone and not draft.zone and is_naive(draft.at):
                draft = draft._replace(zone=zone)
            return Candidate(draft, origins)

        return interpret

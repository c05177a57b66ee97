"""Faults: what a user's data got wrong (a Problem) and what the surroundings got wrong (a LedgerFault).

A Problem is data: it names a field, a code and the values a sentence needs; `services.wording` owns the English
sentence of every code. `Refusal` carries problems out of a transaction, so that leaving it rolls back. A broken
assumption of our own raises an ordinary exception and is never turned into a Problem.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One fault in what a person gave.

    Attributes:
        field: column name of the ledger CSV, option or form field the fault stands in; "" for the whole.
        code: which sentence of `services.wording` says it, e.g. "not_a_number".
        values: name and text of each value that sentence mentions, in a fixed order.
        row: line of the file it came from (header is 1), None outside files.
        place: which file or list of it the row is counted in, where there are several.
    """

    field: str
    code: str
    values: tuple[tuple[str, str], ...] = ()
    row: int | None = None
    place: str = ""


def problem(field: str, code: str, /, row: int | None = None, **values: object) -> Problem:
    """A Problem whose values are given by name; they are kept as text."""
    return Problem(field=field, code=code, values=tuple((name, str(value)) for name, value in values.items()), row=row)


class Refusal(Exception):  # noqa: N818 - a refusal is an answer to the user, not an error of ours
    """Nothing was written: what was asked has these problems.

    Attributes:
        problems: at least one Problem.
    """

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(f"{p.field}: {p.code}" for p in problems))
        self.problems = problems


class LedgerFault(Refusal):
    """The file or the machine failed, not the user: locked, full disk, damaged, foreign or newer file.

    Carries one Problem whose code names the true cause; nothing of the call was written.
    """

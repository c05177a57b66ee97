"""Problems as the window says them: the sentence of `services.wording`, translated."""

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication

from coinbudget.domain.errors import Problem
from coinbudget.services.wording import SENTENCES
from coinbudget.ui.amounts import Amounts

#: Sentences that speak of a field without naming it.
_BARE = frozenset(
    {
        *("below_zero", "control_character", "negative", "not_a_number", "not_for_kind", "not_whole", "out_of_range"),
        *("required", "too_far", "too_large", "too_long", "unknown_word", "zero"),
    }
)
#: Sentences whose numbers are amounts or coins; a year is none.
_AMOUNTS = frozenset({"too_large"})


def problem_text(problem: Problem, amounts: Amounts | None = None) -> str:
    """One sentence of one problem, in the window's language.

    Args:
        amounts: writes its amounts as the locale has them.
    """
    template = SENTENCES.get(problem.code, problem.code)
    values = _Values(problem.values)
    if amounts is not None and problem.code in _AMOUNTS and "most" in values:
        values["most"] = amounts.decimal(values["most"])
    return QCoreApplication.translate("Problems", template).format_map(values)


def row_problem_text(problem: Problem, amounts: Amounts) -> str:
    """The same of a row of a file, where no field stands beside it: led by what it is about if it does not say so."""
    word, text = _fields().get(problem.field, "") if problem.code in _BARE else "", problem_text(problem, amounts)
    return f"{word}: {text}" if word else text


def _fields() -> dict[str, str]:
    def tr(text: str) -> str:
        return QCoreApplication.translate("Fields", text)

    return {
        "at": tr("Date"),
        "channel": tr("Where it was bought"),
        "charged": tr("Charged to the account"),
        "coins": tr("Coins"),
        "creator": tr("Creator"),
        "currency": tr("Currency"),
        "gift": tr("Gift"),
        "kind": tr("Kind"),
        "note": tr("Note"),
        "order_ref": tr("Order number"),
        "paid": tr("Price"),
        "profile": tr("Profile"),
        "quantity": tr("Pieces"),
        "rate": tr("Rate"),
        "reason": tr("Reason"),
        "refers_to": tr("Purchase"),
        "region": tr("Region"),
    }


def problem_texts(problems: Iterable[Problem]) -> str:
    """All of them, each once, a line each."""
    return "\n".join(dict.fromkeys(problem_text(problem) for problem in problems))


class _Values(dict[str, str]):
    """Values by name; one that a sentence wants and the problem lacks stays as its name instead of failing."""

    def __missing__(self, key: str) -> str:
        return key

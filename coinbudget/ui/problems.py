"""Problems as the window says them: the sentence of `services.wording`, translated."""

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication

from coinbudget.domain.errors import Problem
from coinbudget.services.wording import SENTENCES


def problem_text(problem: Problem) -> str:
    """One sentence of one problem, in the window's language."""
    template = SENTENCES.get(problem.code, problem.code)
    return QCoreApplication.translate("Problems", template).format_map(_Values(problem.values))


def problem_texts(problems: Iterable[Problem]) -> str:
    """All of them, each once, a line each."""
    return "\n".join(dict.fromkeys(problem_text(problem) for problem in problems))


class _Values(dict[str, str]):
    """Values by name; one that a sentence wants and the problem lacks stays as its name instead of failing."""

    def __missing__(self, key: str) -> str:
        return key

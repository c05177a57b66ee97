"""Long work as it is seen: a bar, and in words how much of it is done."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from coinbudget.ui.theme import Theme
from coinbudget.ui.widgets.labels import PlainLabel


def work_words(text: str, done: int, total: int, number: Callable[[int], str]) -> str:
    """What is being done and how far: "Importing rows of a.csv: 12,000 of 60,000"; no counts where none is known."""
    if total > 0:
        words = QCoreApplication.translate("WorkRow", "{what}: {done} of {total}")
        return words.format(what=text, done=number(min(done, total)), total=number(total))
    return f"{text}: {number(done)}" if done > 0 else text


class WorkRow(QWidget):
    """A bar with its words above it; hidden until there is something to show."""

    def __init__(self, theme: Theme, number: Callable[[int], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = number
        self.words = PlainLabel("", "muted", elide=True)
        self.bar = QProgressBar()
        self.bar.setAccessibleName(self.tr("Progress"))
        self.bar.setTextVisible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.space(2))
        column.addWidget(self.words)
        column.addWidget(self.bar)
        self.setVisible(False)

    def show_work(self, text: str, done: int, total: int) -> None:
        """Show how far the work is; total 0 means unknown."""
        words = work_words(text, done, total, self._number)
        self.words.setText(words)
        self.bar.setAccessibleDescription(words)
        self.bar.setRange(0, max(total, 0))
        self.bar.setValue(min(done, total))
        self.setVisible(True)

"""The line at the foot: where the data lies, when it was backed up, and how old the exchange rates are."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QSizePolicy, QWidget

from coinbudget.ui.theme import Theme
from coinbudget.ui.widgets.badges import Badge
from coinbudget.ui.widgets.labels import PlainLabel
from coinbudget.ui.widgets.work_row import work_words


class StatusLine(QWidget):
    """Quiet facts, long work with Cancel, and the label of sample data.

    Signals:
        cancel_requested: stop the long work shown.
        leave_sample_requested: back to the own ledger.
    """

    cancel_requested = Signal()
    leave_sample_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.place = PlainLabel("", "caption", elide=True)
        self.backup = PlainLabel("", "caption")
        self.rates = PlainLabel("", "caption", align=Qt.AlignmentFlag.AlignRight)
        self.sample = Badge(theme, self.tr("Sample data, not yours"), "accent")
        self.leave = QPushButton(self.tr("Leave sample data"))
        self.leave.setObjectName("status.leave_sample")
        self.leave.setProperty("role", "link")
        self.leave.clicked.connect(self.leave_sample_requested)
        self._work = PlainLabel("", "caption")
        self._bar = QProgressBar()
        self._bar.setAccessibleName(self.tr("Progress"))
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(140)
        self.stop = QPushButton(self.tr("Cancel"))
        self.stop.setObjectName("status.cancel")
        self.stop.setProperty("role", "link")
        self.stop.clicked.connect(self.cancel_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 0, 24, 0)
        row.setSpacing(16)
        for widget in (self.sample, self.leave):
            row.addWidget(widget)
            widget.setVisible(False)
        self.place.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        row.addWidget(self.place, 1000)
        row.addWidget(self.backup)
        row.addStretch(1)
        for part in self._working():
            row.addWidget(part)
            part.setVisible(False)
        row.addWidget(self.rates)
        self.setFixedHeight(32)

    def sizeHint(self) -> QSize:
        """Override of QWidget."""
        return QSize(400, 32)

    def show_sample(self, shown: bool) -> None:
        """Label the ledger as sample data, with a way out."""
        self.sample.setVisible(shown)
        self.leave.setVisible(shown)

    def show_work(self, text: str, done: int, total: int, number: Callable[[int], str] = str) -> None:
        """Show how far long work is, its counts written by `number`; total 0 means unknown."""
        words = work_words(text, done, total, number)
        self._work.setText(words)
        self._bar.setAccessibleDescription(words)
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        for widget in self._working():
            widget.setVisible(True)
        self.rates.setVisible(False)

    def hide_work(self) -> None:
        """The long work is over."""
        for widget in self._working():
            widget.setVisible(False)
        self.rates.setVisible(True)

    def _working(self) -> tuple[QWidget, ...]:
        return self._work, self._bar, self.stop

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override of QWidget."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("surface"))
        painter.fillRect(0, 0, self.width(), 1, self._theme.color("border"))

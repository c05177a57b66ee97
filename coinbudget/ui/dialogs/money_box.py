"""The money box of a form: one figure that a glance can read, and the words that say what it is."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from coinbudget.ui.theme import Theme
from coinbudget.ui.widgets.labels import PlainLabel


class MoneyBox(QFrame):
    """A raised box with a big figure, what it says, and one quieter line."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.figure = PlainLabel("", "figure")
        self.words = PlainLabel("", "muted", wrap=True)
        self.aside = PlainLabel("", "caption", wrap=True)
        self.figure.setObjectName("money.figure")
        self.words.setObjectName("money.words")
        self.aside.setObjectName("money.aside")
        self.setMinimumHeight(64)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.space(4), theme.space(2), theme.space(4), theme.space(2))
        row.setSpacing(theme.space(4))
        row.addWidget(self.figure)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch(1)
        words.addWidget(self.words)
        words.addWidget(self.aside)
        words.addStretch(1)
        row.addLayout(words, 1)
        self.show_money("", "", "")

    def show_money(self, figure: str, words: str, aside: str) -> None:
        """Show a figure with its words; without a figure the words stand alone."""
        self.figure.setText(figure)
        self.figure.setVisible(bool(figure))
        self.words.setText(words)
        self.aside.setText(aside)
        self.aside.setVisible(bool(aside))
        self.setAccessibleName(self.spoken())

    def spoken(self) -> str:
        """The box as one sentence."""
        return " ".join(part for part in (self.figure.text(), self.words.text(), self.aside.text()) if part)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Overrides QFrame."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("border"), 1))
        painter.setBrush(self._theme.color("raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)


class Segments(QFrame):
    """A track for two or more checkable buttons, one of which is down."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(3, 3, 3, 3)
        self.row.setSpacing(2)

    def settle(self) -> None:
        """Let Tab come to the button that is down; arrow keys walk to the others."""
        for button in self.findChildren(QPushButton):
            policy = Qt.FocusPolicy.StrongFocus if button.isChecked() else Qt.FocusPolicy.ClickFocus
            button.setFocusPolicy(policy)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Overrides QFrame."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("track"))
        painter.drawRoundedRect(QRectF(self.rect()), 9, 9)


def segment(track: Segments, name: str, text: str) -> QPushButton:
    """One more button of a track; of the buttons in a track one is down."""
    button = QPushButton(text)
    button.setCheckable(True)
    button.setAutoExclusive(True)
    button.setAutoDefault(False)
    button.setProperty("role", "segment")
    button.setObjectName(name)
    button.setAccessibleName(text)
    button.toggled.connect(lambda _on: track.settle())
    track.row.addWidget(button)
    track.settle()
    return button

"""Empty states: what will appear here, and its first action."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from coinbudget.ui.theme import Theme
from coinbudget.ui.widgets.labels import PlainLabel


class EmptyState(QWidget):
    """An icon, a headline, a sentence and a button or two, in the middle of the room there is.

    Signals:
        acted: the button was pressed.
    """

    acted = Signal()

    def __init__(
        self,
        theme: Theme,
        icon: str,
        headline: str,
        text: str = "",
        button: str = "",
        parent: QWidget | None = None,
        *,
        primary: bool = True,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon_name = icon
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._headline = PlainLabel(headline, "title", align=Qt.AlignmentFlag.AlignHCenter)
        self._text = PlainLabel(text, "muted", wrap=True, align=Qt.AlignmentFlag.AlignHCenter)
        self._text.setMinimumWidth(300)
        self._text.setMaximumWidth(440)
        self.button = QPushButton(button)
        self.button.setIconSize(QSize(18, 18))
        if primary:
            self.button.setProperty("role", "primary")
        self.button.clicked.connect(self.acted)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addStretch(2)
        column.addWidget(self._icon)
        column.addSpacing(8)
        column.addWidget(self._headline)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self._text, 10)
        middle.addStretch(1)
        column.addLayout(middle)
        column.addSpacing(8)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._buttons.addStretch(1)
        self._buttons.addWidget(self.button)
        self._buttons.addStretch(1)
        column.addLayout(self._buttons)
        column.addStretch(3)
        # Only now: what has no parent yet would be shown as a window of its own.
        self._text.setVisible(bool(text))
        self.button.setVisible(bool(button))
        theme.bind(self, self._dress)

    def offer(self, text: str) -> QPushButton:
        """One more button, beside the first."""
        button = QPushButton(text)
        self._buttons.insertWidget(self._buttons.count() - 1, button)
        return button

    def say(self, headline: str, text: str, button: str = "") -> None:
        """Show other words."""
        self._headline.setText(headline)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self.button.setText(button)
        self.button.setVisible(bool(button))

    def _dress(self) -> None:
        self._icon.setPixmap(self._theme.pixmap(self._icon_name, "faint", 40))

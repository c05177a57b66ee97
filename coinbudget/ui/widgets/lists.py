"""Simple rows: an icon, words that may be cut short, and an amount at the right."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from coinbudget.ui.theme import Theme
from coinbudget.ui.widgets.labels import PlainLabel


class Row(QWidget):
    """One line of a short list; pressed by mouse, Enter or Space.

    Signals:
        pressed: it was chosen.
    """

    pressed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon_name, self._token = "", "text"
        self._icon = QLabel()
        self._icon.setFixedWidth(20)
        self._what = PlainLabel("", elide=True)
        self._aside = PlainLabel("", "caption", elide=True)
        self._amount = PlainLabel("", align=Qt.AlignmentFlag.AlignRight)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 0, 6, 0)
        row.setSpacing(8)
        row.addWidget(self._icon)
        self._what.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        row.addWidget(self._what, 1000)
        row.addWidget(self._aside, 1)
        row.addWidget(self._amount)
        theme.bind(self, self._dress)

    def show_line(self, icon: str, token: str, what: str, aside: str, amount: str) -> None:
        """Show one line."""
        self._icon_name, self._token = icon, token
        self._what.setText(what)
        self._aside.setText(aside)
        self._amount.setText(amount)
        self.setAccessibleName(", ".join(part for part in (what, aside, amount) if part))
        self._dress()

    def texts(self) -> tuple[str, str, str]:
        """What it says: what, aside, amount."""
        return self._what.full_text(), self._aside.full_text(), self._amount.text()

    def sizeHint(self) -> QSize:
        """Override of QWidget."""
        return QSize(super().sizeHint().width(), 32)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Override of QWidget."""
        if self.rect().contains(event.position().toPoint()):
            self.pressed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override of QWidget."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.pressed.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override of QWidget: a soft ground under the pointer, a ring with the focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.underMouse():
            painter.setBrush(self._theme.color("hover"))
            painter.drawRoundedRect(self.rect(), 6, 6)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(self._theme.color("accent"))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -2, -2), 6, 6)

    def _dress(self) -> None:
        if self._icon_name:
            self._icon.setPixmap(self._theme.pixmap(self._icon_name, self._token, 18))

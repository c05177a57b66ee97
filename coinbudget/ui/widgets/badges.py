"""Badges: a state as word, icon and colour together."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from coinbudget.ui.theme import Theme

#: Icon, text colour and background of each Level by its value; "" is a state without a verdict. The frame shows
#: badges before anything of the ledger is imported.
LOOKS: dict[str, tuple[str, str, str]] = {
    "WITHIN": ("check", "ok", "okbg"),
    "NEARING": ("warning", "near", "nearbg"),
    "REACHED": ("warning", "near", "nearbg"),
    "BREACHED": ("over", "breach", "breachbg"),
    "unknown": ("warning", "near", "nearbg"),
    "": ("info", "muted", "track"),
    "accent": ("info", "accent", "accentbg"),
}


class Badge(QWidget):
    """A small rounded label of a state.

    Args:
        look: a Level, "" for no verdict, "unknown", or "accent".
    """

    def __init__(
        self, theme: Theme, text: str = "", look: str = "", icon: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._text = text
        self._look = look
        self._icon = icon
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)

    def show_state(self, text: str, look: str, icon: str = "") -> None:
        """Show another state; an empty text hides the badge."""
        self._text, self._look, self._icon = text, look, icon
        self.setAccessibleName(text)
        self.setVisible(bool(text))
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """The words shown."""
        return self._text

    def look(self) -> str:
        """The level or state shown."""
        return self._look

    def sizeHint(self) -> QSize:
        """Override of QWidget."""
        return QSize(QFontMetrics(self._font()).horizontalAdvance(self._text) + 34, 24)

    def minimumSizeHint(self) -> QSize:
        """Override of QWidget."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override of QWidget."""
        icon, fore, back = LOOKS.get(self._look, LOOKS[""])
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(back))
        radius = self._theme.radius("chip")
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        left = self.width() - 21 if rtl else 7
        painter.drawPixmap(left, (self.height() - 14) // 2, self._theme.pixmap(self._icon or icon, fore, 14))
        painter.setPen(self._theme.color(fore))
        painter.setFont(self._font())
        box = self.rect().adjusted(8, 0, -26, 0) if rtl else self.rect().adjusted(26, 0, -8, 0)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._text)

    def _font(self) -> QFont:
        return self._theme.font("caption", QFont.Weight.DemiBold)

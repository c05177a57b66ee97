"""A filter chip: what is shown, with a small arrow; it opens a menu or a popup."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from coinbudget.ui.theme import Theme
from coinbudget.ui.widgets.labels import no_mnemonic, plain_tip

_HEIGHT = 30
_MOST = 180
_ARROW = 12


class FilterChip(QPushButton):
    """A chip that says one filter in words; one that narrows the ledger is drawn in the accent.

    Args:
        name: what it filters, spoken before its state: "Creator".
    """

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None, *, icon: str = "chevron-down") -> None:
        super().__init__(parent)
        self._theme = theme
        self._name = name
        self._icon = icon
        self._words = ""
        self._active = False
        self.setProperty("role", "chip")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.bind(self, self.update)

    def show_state(self, words: str, *, active: bool) -> None:
        """Say what is filtered; `active` when it narrows what is shown."""
        self._words, self._active = words, active
        self.setText(no_mnemonic(words))
        self.setAccessibleName(f"{self._name}: {words}" if self._name else words)
        elided = QFontMetrics(self._font()).horizontalAdvance(words) > _MOST - _ARROW - 28
        self.setToolTip(plain_tip(words) if elided else "")
        self.updateGeometry()
        self.update()

    def words(self) -> str:
        """What it says."""
        return self._words

    def is_active(self) -> bool:
        """Whether it narrows what is shown."""
        return self._active

    def sizeHint(self) -> QSize:
        """Overrides QPushButton.sizeHint."""
        width = QFontMetrics(self._font()).horizontalAdvance(self._words) + _ARROW + 28
        return QSize(min(width, _MOST), _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Overrides QPushButton.minimumSizeHint."""
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Overrides QPushButton.keyPressEvent: Enter and Down open it as Space does."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down} and not event.modifiers():
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Overrides QPushButton.paintEvent."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fore = "accent" if self._active else "text" if self.underMouse() else "muted"
        ground = "accentbg" if self._active else "track"
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(ground))
        radius = self._theme.radius("chip")
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.color("accent"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius - 1, radius - 1)
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        left = 9 if rtl else self.width() - _ARROW - 9
        top = (self.height() - _ARROW) // 2
        self._theme.icon(self._icon, fore).paint(painter, QRect(left, top, _ARROW, _ARROW))
        box = self.rect().adjusted(_ARROW + 16, 0, -10, 0) if rtl else self.rect().adjusted(10, 0, -_ARROW - 16, 0)
        painter.setFont(self._font())
        painter.setPen(self._theme.color(fore))
        shown = painter.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, box.width() + 1)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)

    def _font(self) -> QFont:
        return self._theme.font("caption", QFont.Weight.DemiBold)

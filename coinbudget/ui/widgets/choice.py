"""A choice as a card to press: icon, headline, a sentence."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from coinbudget.ui.theme import Theme

_PAD = 20


class ChoiceCard(QAbstractButton):
    """A large button that explains itself; `primary` tints it as the usual choice."""

    def __init__(
        self, theme: Theme, icon: str, headline: str, text: str, *, primary: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon_name = icon
        self._headline = headline
        self._sentence = text
        self._primary = primary
        self.setAccessibleName(f"{headline}. {text}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)
        self.setMinimumSize(190, 190)

    def sizeHint(self) -> QSize:
        """Override of QAbstractButton."""
        return QSize(230, 190)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override of QAbstractButton."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = self.underMouse() or self.isDown()
        edge = "accent" if self.hasFocus() or lit else "border"
        painter.setPen(QPen(self._theme.color(edge), 2 if self.hasFocus() else 1))
        painter.setBrush(self._theme.color("hover" if self.isDown() else "surface"))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -2, -2), 12, 12)
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        disc = QRect(self.width() - _PAD - 44 if rtl else _PAD, _PAD, 44, 44)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("accent" if self._primary else "accentbg"))
        painter.drawEllipse(disc)
        token = "onaccent" if self._primary else "accent"
        painter.drawPixmap(disc.left() + 10, disc.top() + 10, self._theme.pixmap(self._icon_name, token, 24))
        head = QRect(_PAD, disc.bottom() + 14, self.width() - 2 * _PAD, 22)
        painter.setPen(self._theme.color("text"))
        painter.setFont(self._theme.font("heading"))
        words = QFontMetrics(painter.font()).elidedText(self._headline, Qt.TextElideMode.ElideRight, head.width())
        painter.drawText(head, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
        painter.setPen(self._theme.color("muted"))
        painter.setFont(self._theme.font("label"))
        rest = QRect(_PAD, head.bottom() + 4, self.width() - 2 * _PAD, self.height() - head.bottom() - 12)
        painter.drawText(rest, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap, self._sentence)

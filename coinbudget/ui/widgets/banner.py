"""The banner of the highest alert, between top bar and page."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from coinbudget.ui.theme import Theme
from coinbudget.ui.widgets.badges import LOOKS
from coinbudget.ui.widgets.labels import PlainLabel, speak_alert


class Banner(QFrame):
    """One line on a tinted ground: what, then details, "See limits" and a way to put it away.

    Signals:
        details_requested: "See limits".
        dismissed: put away.
    """

    details_requested = Signal()
    dismissed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._look = "NEARING"
        self._icon = QLabel()
        self._strong = PlainLabel("", "strong")
        self._rest = PlainLabel("", elide=True)
        self.see = QPushButton(self.tr("See limits"))
        self.see.setObjectName("banner.see_limits")
        self.see.setProperty("role", "link")
        self.see.clicked.connect(self.details_requested)
        self.put_away = QToolButton()
        self.put_away.setObjectName("banner.dismiss")
        self.put_away.setProperty("role", "quiet")
        self.put_away.setAccessibleName(self.tr("Dismiss this warning"))
        self.put_away.setToolTip(self.tr("Dismiss"))
        self.put_away.setIconSize(QSize(16, 16))
        self.put_away.clicked.connect(self.dismissed)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 2, 6, 2)
        row.setSpacing(8)
        row.addWidget(self._icon)
        row.addSpacing(2)
        row.addWidget(self._strong)
        row.addWidget(self._rest, 1)
        row.addWidget(self.see)
        row.addWidget(self.put_away)
        self.setMinimumHeight(40)
        self.setVisible(False)
        theme.bind(self, self._dress)

    def announce(self, strong: str, rest: str, look: str) -> None:
        """Show and speak an alert; `look` is a Level."""
        self._look = look
        self._strong.setText(strong)
        self._rest.setText(rest)
        self.setAccessibleName(f"{strong} {rest}")
        self._dress()
        self.setVisible(True)
        speak_alert(self)

    def text(self) -> str:
        """All it says."""
        return f"{self._strong.text()} {self._rest.full_text()}".strip()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override of QFrame."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(LOOKS[self._look][2]))
        painter.drawRoundedRect(QRectF(self.rect()), 8, 8)

    def _dress(self) -> None:
        icon, fore, _back = LOOKS[self._look]
        color = self._theme.color(fore).name()
        self._icon.setPixmap(self._theme.pixmap(icon, fore, 20))
        self.put_away.setIcon(self._theme.icon("close", fore))
        self._strong.setStyleSheet(f"color: {color};")
        self._rest.setStyleSheet(f"color: {color};")
        self.see.setStyleSheet(f"color: {color};")
        self.update()

"""The bar above the pages: whose profile, the search, the two things people do, and the menu."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from coinbudget.ui.theme import Theme
from coinbudget.ui.widgets.labels import PlainLabel

SEARCH_AFTER_MS = 180
_NAME_WIDTH = 170


class ProfileButton(QAbstractButton):
    """Whose ledger is shown: a round initial, the name, and a chevron for the menu."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setObjectName("topbar.profile")
        self.show_name("")

    def show_name(self, name: str) -> None:
        """Show a profile's name."""
        self.setText(name)
        self.setAccessibleName(self.tr("Profile: {name}. Opens the list of profiles.").format(name=name))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Override of QAbstractButton."""
        self.ensurePolished()
        wide = min(self._metrics_width(), _NAME_WIDTH)
        return QSize(32 + 8 + wide + 30, 40)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override of QAbstractButton."""
        name = self.text()
        if not name:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("accent"), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        if self.underMouse() or self.isDown():
            painter.setBrush(self._theme.color("track"))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 8, 8)
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            face, words, chevron = self.width() - 36, self.rect().adjusted(26, 0, -44, 0), 6
        else:
            face, words, chevron = 4, self.rect().adjusted(44, 0, -26, 0), self.width() - 22
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("accentbg"))
        painter.drawEllipse(face, 4, 32, 32)
        painter.setPen(self._theme.color("accent"))
        painter.setFont(self._theme.font("heading", QFont.Weight.Bold))
        painter.drawText(face, 4, 32, 32, Qt.AlignmentFlag.AlignCenter, name[:1].upper())
        painter.setPen(self._theme.color("text"))
        painter.setFont(self._name_font())
        shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        painter.drawPixmap(chevron, 12, self._theme.pixmap("chevron-down", "muted", 16))

    def _name_font(self) -> QFont:
        return self._theme.font("heading", QFont.Weight.DemiBold)

    def _metrics_width(self) -> int:
        return QFontMetrics(self._name_font()).horizontalAdvance(self.text()) + 4


class SearchField(QFrame):
    """One field that searches the whole ledger; Esc clears it.

    Signals:
        searched: the text, a moment after the last key.
        left: Esc in the empty field.
    """

    searched = Signal(str)
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = QLabel()
        self.edit = QLineEdit()
        self.edit.setObjectName("topbar.search")
        self.edit.setProperty("bare", True)
        self.edit.setPlaceholderText(self.tr("Search creators, gifts, notes"))
        self.edit.setAccessibleName(self.tr("Search creators, gifts, notes"))
        self.edit.setMaxLength(200)
        # A file dropped here is for the window, not a path to search for.
        self.edit.setAcceptDrops(False)
        self._keys = PlainLabel(self.tr("Ctrl F"), "keys")
        self._keys.setFixedHeight(20)
        self.clear = QToolButton()
        self.clear.setObjectName("topbar.search_clear")
        self.clear.setProperty("role", "quiet")
        self.clear.setStyleSheet("min-height: 22px; padding: 0 3px;")
        self.clear.setAccessibleName(self.tr("Clear the search"))
        self.clear.setIconSize(QSize(14, 14))
        self.clear.setVisible(False)
        self.clear.clicked.connect(self.edit.clear)
        theme.bind_icon(self.clear, "close", "muted")
        theme.bind(self, self._dress)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 2, 8, 2)
        row.setSpacing(8)
        row.addWidget(self._icon)
        row.addWidget(self.edit, 1)
        row.addWidget(self._keys)
        row.addWidget(self.clear)
        self.setFixedHeight(38)
        self.setMinimumWidth(170)
        self.setMaximumWidth(360)
        self.setFocusProxy(self.edit)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SEARCH_AFTER_MS)
        self._timer.timeout.connect(lambda: self.searched.emit(self.edit.text().strip()))
        self.edit.textChanged.connect(self._on_text)
        self.edit.returnPressed.connect(self._on_return)
        self.edit.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override of QObject: the ring around the field, and Esc."""
        if isinstance(event, QFocusEvent):
            self.update()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape:
            if self.edit.text():
                self.edit.clear()
                self._on_return()
            else:
                self.left.emit()
            return True
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override of QFrame."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.edit.hasFocus()
        painter.setPen(QPen(self._theme.color("accent" if focused else "border"), 2 if focused else 1))
        painter.setBrush(self._theme.color("surface"))
        inset = 1 if focused else 0
        box = self.rect().adjusted(inset, inset, -1 - inset, -1 - inset)
        painter.translate(0.5, 0.5)
        painter.drawRoundedRect(box, 8, 8)

    def _on_text(self, text: str) -> None:
        self._keys.setVisible(not text)
        self.clear.setVisible(bool(text))
        self._timer.start()

    def _on_return(self) -> None:
        self._timer.stop()
        self.searched.emit(self.edit.text().strip())

    def _dress(self) -> None:
        self._icon.setPixmap(self._theme.pixmap("search", "faint", 18))
        self.update()


def _spaced(text: str) -> str:
    """`text` a little away from the icon before it; Qt's own distance is too tight for our type."""
    return f" {text}"


class TopBar(QWidget):
    """Profile, search, Log gift, Log purchase, and everything else behind the last button.

    Signals:
        gift_requested, purchase_requested: the two things people do.
    """

    gift_requested = Signal()
    purchase_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.profile = ProfileButton(theme)
        self.search = SearchField(theme)
        self.gift = QPushButton(_spaced(self.tr("Log gift")))
        self.gift.setObjectName("topbar.log_gift")
        self.gift.setAccessibleName(self.tr("Log gift"))
        self.gift.setToolTip(self.tr("Log a gift (Ctrl+G)"))
        self.gift.setIconSize(QSize(18, 18))
        theme.bind_icon(self.gift, "gift")
        self.gift.clicked.connect(self.gift_requested)
        self.purchase = QPushButton(_spaced(self.tr("Log purchase")))
        self.purchase.setObjectName("topbar.log_purchase")
        self.purchase.setAccessibleName(self.tr("Log purchase"))
        self.purchase.setToolTip(self.tr("Log a purchase of coins (Ctrl+N)"))
        self.purchase.setProperty("role", "primary")
        self.purchase.setIconSize(QSize(18, 18))
        theme.bind_icon(self.purchase, "plus", "onaccent")
        self.purchase.clicked.connect(self.purchase_requested)
        self.more = QToolButton()
        self.more.setObjectName("topbar.more")
        self.more.setProperty("role", "quiet")
        self.more.setAccessibleName(self.tr("Menu"))
        self.more.setToolTip(self.tr("Menu (F10)"))
        self.more.setIconSize(QSize(20, 20))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        theme.bind_icon(self.more, "more", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 12, 16, 12)
        row.setSpacing(12)
        row.addWidget(self.profile)
        row.addStretch(1)
        row.addWidget(self.search, 6)
        row.addWidget(self.gift)
        row.addWidget(self.purchase)
        row.addSpacing(-6)
        row.addWidget(self.more)

"""The rail at the left: one button with icon and word per page."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QSizePolicy, QVBoxLayout, QWidget

from coinbudget.ui.theme import RAIL_WIDTH, Theme


class RailButton(QAbstractButton):
    """A page of the rail, painted: the chosen one on a tinted ground."""

    def __init__(self, theme: Theme, icon: str, word: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon_name = icon
        self.setText(word)
        self.setCheckable(True)
        self.setAccessibleName(word)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        """Override of QAbstractButton."""
        return QSize(RAIL_WIDTH - 16, 60)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override of QAbstractButton."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        chosen = self.isChecked()
        painter.setPen(QPen(self._theme.color("accent"), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        if chosen or self.underMouse():
            painter.setBrush(self._theme.color("accentbg" if chosen else "hover"))
        painter.drawRoundedRect(box, 10, 10)
        token = "accent" if chosen else "muted"
        icon = self._theme.pixmap(self._icon_name, token, 22)
        painter.drawPixmap((self.width() - 22) // 2, 9, icon)
        painter.setPen(self._theme.color(token))
        painter.setFont(self._theme.font("caption", QFont.Weight.DemiBold if chosen else QFont.Weight.Normal))
        painter.drawText(self.rect().adjusted(0, 34, 0, -6), Qt.AlignmentFlag.AlignCenter, self.text())

    def enterEvent(self, event: object) -> None:
        """Override of QWidget: the ground under the pointer."""
        del event
        self.update()

    def leaveEvent(self, event: object) -> None:
        """Override of QWidget."""
        del event
        self.update()


class Rail(QFrame):
    """The column of pages.

    Signals:
        chosen: name of a page.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme, pages: tuple[tuple[str, str, str], ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedWidth(RAIL_WIDTH)
        self.setAccessibleName(self.tr("Pages"))
        self._group = QButtonGroup(self)
        self._buttons: dict[str, RailButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 16, 8, 16)
        column.setSpacing(4)
        for name, icon, word in pages:
            button = RailButton(theme, icon, word)
            button.setObjectName(f"rail.{name}")
            button.clicked.connect(lambda _checked=False, name=name: self.chosen.emit(name))
            self._group.addButton(button)
            self._buttons[name] = button
            column.addWidget(button)
        column.addStretch(1)

    def show_chosen(self, name: str) -> None:
        """Mark a page as the shown one."""
        if name in self._buttons:
            self._buttons[name].setChecked(True)

    def button(self, name: str) -> RailButton:
        """The button of a page."""
        return self._buttons[name]

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override of QFrame."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("surface"))
        edge = 0 if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else self.width() - 1
        painter.fillRect(edge, 0, 1, self.height(), self._theme.color("border"))

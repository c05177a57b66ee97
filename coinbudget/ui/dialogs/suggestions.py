"""The list under a picker: its rows, how they are painted, where it lies.

Names are painted as text, never as HTML. The list lies inside the window of its field and never takes the focus.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QGraphicsDropShadowEffect,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from coinbudget.ui.theme import Theme

ROW_PX = 36
ROWS_SHOWN = 6
_Index = QModelIndex | QPersistentModelIndex


def folded(text: str) -> str:
    """`text` without case and accents, for contains-matches."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One row of a picker.

    Attributes:
        text: what it is called; stands on the left.
        detail: what goes with it; stands on the right.
        value: what the owner gets when it is picked.
        fill: text the field gets; `text` when empty.
        recent: used before; marked with a clock.
        key: folded text, for `matching`.
        also: further folded text that finds it.
    """

    text: str
    detail: str = ""
    value: object = None
    fill: str = ""
    recent: bool = False
    key: str = ""
    also: str = ""

    @property
    def spoken(self) -> str:
        """The row as one phrase."""
        return ", ".join(part for part in (self.text, self.detail) if part)


class SuggestionModel(QAbstractListModel):
    """The rows of one picker."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Suggestion, ...] = ()

    def show(self, rows: Sequence[Suggestion]) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        """Overrides QAbstractListModel."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Overrides QAbstractListModel: text for display and for a screen reader."""
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return row.spoken
        return None


class SuggestionDelegate(QStyledItemDelegate):
    """Paints a row: the name on the left, what goes with it on the right, a clock where it was used before."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Overrides QStyledItemDelegate."""
        del index
        return QSize(option.rect.width(), ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Overrides QStyledItemDelegate."""
        model = index.model()
        if not isinstance(model, SuggestionModel):
            return
        row, theme = model.rows[index.row()], self._theme
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = option.rect.adjusted(4, 1, -4, -1)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accentbg"))
            painter.drawRoundedRect(box, 6, 6)
        inner = box.adjusted(theme.space(2), 0, -theme.space(2), 0)
        painter.setFont(theme.font("label"))
        painter.setPen(theme.color("muted"))
        detail = painter.fontMetrics().elidedText(row.detail, Qt.TextElideMode.ElideRight, inner.width() * 3 // 5)
        needed = painter.fontMetrics().horizontalAdvance(detail)
        trailing = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inner, _aligned(trailing, option.direction), detail)
        if needed:
            inner = _without_trailing(inner, needed + theme.space(3), option.direction)
        if row.recent:
            inner = self._paint_clock(painter, inner, option.direction)
        painter.setFont(theme.font("body"))
        painter.setPen(theme.color("accent" if chosen else "text"))
        text = painter.fontMetrics().elidedText(row.text, Qt.TextElideMode.ElideRight, inner.width())
        leading = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inner, _aligned(leading, option.direction), text)
        painter.restore()

    def _paint_clock(self, painter: QPainter, inner: QRect, direction: Qt.LayoutDirection) -> QRect:
        side = 16
        mirrored = direction == Qt.LayoutDirection.RightToLeft
        left = inner.right() - side if mirrored else inner.left()
        spot = QPoint(left, inner.center().y() - side // 2 + 1)
        painter.drawPixmap(spot, self._theme.pixmap("clock", "faint", side))
        step = side + self._theme.space(2)
        return inner.adjusted(0, 0, -step, 0) if mirrored else inner.adjusted(step, 0, 0, 0)


def _aligned(alignment: Qt.AlignmentFlag, direction: Qt.LayoutDirection) -> int:
    return int(QStyle.visualAlignment(direction, alignment)) | int(Qt.TextFlag.TextSingleLine)


def _without_trailing(box: QRect, width: int, direction: Qt.LayoutDirection) -> QRect:
    mirrored = direction == Qt.LayoutDirection.RightToLeft
    return box.adjusted(width, 0, 0, 0) if mirrored else box.adjusted(0, 0, -width, 0)


class SuggestionPopup(QFrame):
    """The list under a picker, inside its window."""

    def __init__(self, theme: Theme, edit: QLineEdit) -> None:
        super().__init__(edit.window())
        self._theme = theme
        self._edit = edit
        self.setObjectName("picker.popup")
        self.setAccessibleName(QCoreApplication.translate("Pickers", "Suggestions"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.model = SuggestionModel(self)
        self.view = QListView(self)
        self.view.setObjectName("picker.list")
        self.view.setAccessibleName(QCoreApplication.translate("Pickers", "Suggestions"))
        self.view.setModel(self.model)
        self.view.setItemDelegate(SuggestionDelegate(theme, self.view))
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setUniformItemSizes(True)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setMouseTracking(True)
        self.view.setStyleSheet("QListView { background: transparent; border: none; }")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 5, 1, 5)
        layout.addWidget(self.view)
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(28)
        shadow.setOffset(0, 8)
        shadow.setColor(QColor(0, 0, 0, 60))
        self.setGraphicsEffect(shadow)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Overrides QWidget: a raised card."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("border"), 1))
        painter.setBrush(self._theme.color("surface"))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)

    def place(self) -> None:
        """Lie under the field, above it where there is more room, never past the window's edge."""
        window, edit = self._edit.window(), self._edit
        rows = min(len(self.model.rows), ROWS_SHOWN)
        top_left = edit.mapTo(window, QPoint(0, 0))
        below = window.height() - top_left.y() - edit.height() - self._theme.space(2)
        above = top_left.y() - self._theme.space(2)
        height = rows * ROW_PX + 12
        width = max(edit.width(), 320)
        left = min(top_left.x(), window.width() - width - self._theme.space(2))
        if height <= below or below >= above:
            top, height = top_left.y() + edit.height() + 4, min(height, max(below, ROW_PX + 12))
        else:
            height = min(height, above)
            top = top_left.y() - height - 4
        self.setGeometry(max(left, 0), top, width, height)

"""How rows of a preview are drawn: tick box, state with icon, and elided texts, one call per cell.

While rows are judged in the background, every question that Qt asks of Python waits for its turn; a cell drawn by the
usual delegate asks eight of them, one drawn here asks none but this.
"""

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from coinbudget.services.import_parts import State
from coinbudget.ui.dialogs.import_words import row_state
from coinbudget.ui.models.preview_model import Column, PreviewModel
from coinbudget.ui.theme import Theme

ROW_HEIGHT = 34
_PAD = 8
_BOX = 18
_ICON = 16
#: Edge and ground of a box, by whether it is ticked and whether it is held: that one looks like one not to be pressed.
_BOXES = {
    (True, False): ("accent", "accent"),
    (False, False): ("faint", "surface"),
    (True, True): ("faint", "faint"),
    (False, True): ("track", "raised"),
}
_QUIET = frozenset({State.KNOWN, State.MERGED, State.IGNORED, State.VOIDED})

_Index = QModelIndex | QPersistentModelIndex


class PreviewDelegate(QStyledItemDelegate):
    """Draws the cells of a preview."""

    def __init__(self, theme: Theme, model: PreviewModel, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._theme = theme
        self._model = model
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Overrides QStyledItemDelegate."""
        del option, index
        return QSize(80, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Overrides QStyledItemDelegate."""
        rect: QRect = option.rect
        row, column = index.row(), Column(index.column())
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, self._theme.color("accentbg"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), self._theme.color("border"))
        if column is Column.TICK:
            self._tick(painter, rect, row)
            return
        box = rect.adjusted(_PAD, 0, -_PAD, -1)
        state = self._model.state(row)
        if column is Column.STATE:
            box = self._state(painter, box, state)
        else:
            muted = column is Column.NOTE or state in _QUIET
            painter.setPen(self._theme.color("muted" if muted else "text"))
        metrics: QFontMetrics = option.fontMetrics
        words = metrics.elidedText(self._model.text(row, column), Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter, words)

    def _state(self, painter: QPainter, box: QRect, state: State) -> QRect:
        """The icon of a state; what is left for its word."""
        _, icon, tone = row_state(state)
        rtl = self._view.layoutDirection() == Qt.LayoutDirection.RightToLeft
        left = box.right() - _ICON if rtl else box.left()
        painter.drawPixmap(left, box.center().y() - _ICON // 2, self._theme.pixmap(icon, tone, _ICON))
        painter.setPen(self._theme.color(tone))
        return box.adjusted(0, 0, -_ICON - _PAD, 0) if rtl else box.adjusted(_ICON + _PAD, 0, 0, 0)

    def _tick(self, painter: QPainter, rect: QRect, row: int) -> None:
        if not self._model.can_tick(row):
            return
        on = self._model.is_ticked(row)
        edge, ground = _BOXES[on, self._model.held]
        box = QRectF(rect.center().x() - _BOX / 2, rect.center().y() - _BOX / 2, _BOX, _BOX)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color(edge), 1))
        painter.setBrush(self._theme.color(ground))
        painter.drawRoundedRect(box, 5, 5)
        if on:
            pen = QPen(self._theme.color("onaccent"), 2)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            middle = box.center()
            points = [QPointF(-4.2, 0.2), QPointF(-1.2, 3.2), QPointF(4.4, -3.2)]
            painter.drawPolyline([middle + point for point in points])
        painter.restore()

    def editorEvent(self, event: QEvent, model: object, option: QStyleOptionViewItem, index: _Index) -> bool:
        """Overrides QStyledItemDelegate: a click anywhere in the cell of the box."""
        del model
        if index.column() != Column.TICK or event.type() != QEvent.Type.MouseButtonRelease:
            return False
        if not isinstance(event, QMouseEvent) or event.button() != Qt.MouseButton.LeftButton:
            return False
        where: QPoint = event.position().toPoint()
        if not option.rect.contains(where) or not self._model.can_tick(index.row()):
            return False
        value = Qt.CheckState.Unchecked if self._model.is_ticked(index.row()) else Qt.CheckState.Checked
        return self._model.setData(index, value, Qt.ItemDataRole.CheckStateRole)

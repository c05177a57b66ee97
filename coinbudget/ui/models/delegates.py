"""How rows of the ledger are drawn: icons, badges, aligned figures, and a placeholder until a line has come."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPainterPath
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from coinbudget.ui.models.ledger_model import NUMBERS, CellsRole, Column
from coinbudget.ui.models.line_texts import DOT, BadgeText, Cells
from coinbudget.ui.theme import ROW_HEIGHT, Theme

EDGE = 16  # room at the outer sides of the first and last column
GAP = 8  # room at the inner sides of every column
ICON = 18
_BADGE_HEIGHT = 20
_BADGE_ICON = 12
_BADGE_ALONE = 22
#: Below this much room for the name, badges keep their icon only (the word is in the tooltip and spoken).
_NAME_ROOM = 72

_Index = QModelIndex | QPersistentModelIndex
_COLORS = {Column.WHEN: "muted", Column.WHO: "muted", Column.WHOSE: "muted", Column.ON_HAND: "muted"}
_BACKGROUNDS = {"near": "nearbg", "accent": "track", "muted": "track"}


def side_room(column: int) -> tuple[int, int]:
    """Room before and after the content of a column."""
    return (EDGE if column == Column.WHEN else GAP), (EDGE if column == Column.ON_HAND else GAP)


class LedgerDelegate(QStyledItemDelegate):
    """Draws the cells of the ledger table.

    Attributes:
        hovered_row: the row under the pointer, -1 for none; the view keeps it.
    """

    def __init__(self, theme: Theme, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view
        self.hovered_row = -1

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Overrides QStyledItemDelegate.sizeHint: rows are of one height; widths are the view's business."""
        del option, index
        return QSize(80, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Overrides QStyledItemDelegate.paint."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(painter, option, index)
        cells = index.data(CellsRole)
        before, after = side_room(index.column())
        box = option.rect.adjusted(before, 0, -after, -1)
        rtl = self._view.layoutDirection() == Qt.LayoutDirection.RightToLeft
        if rtl:
            box = option.rect.adjusted(after, 0, -before, -1)
        if not isinstance(cells, Cells):
            self._placeholder(painter, box, index.row(), Column(index.column()))
        elif index.column() == Column.WHAT:
            self._what(painter, box, cells, rtl=rtl)
        elif index.column() == Column.WHO:
            self._who(painter, box, cells, rtl=rtl)
        else:
            self._text(painter, box, cells, Column(index.column()), rtl=rtl)
        painter.restore()

    # Ground

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        rect: QRect = option.rect
        viewport = self._view.viewport().rect()
        if rect.bottom() > viewport.bottom() - self._theme.radius("card"):
            self._clip_to_card(painter, viewport)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(rect, self._theme.color("accentbg"))
        elif index.row() == self.hovered_row:
            painter.fillRect(rect, self._theme.color("hover"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), self._theme.color("border"))
        current = self._view.currentIndex()
        if index.column() == Column.WHEN and current.row() == index.row() and self._view.hasFocus():
            rtl = self._view.layoutDirection() == Qt.LayoutDirection.RightToLeft
            left = rect.right() - 3 if rtl else rect.left()
            painter.fillRect(QRect(left, rect.top(), 3, rect.height() - 1), self._theme.color("accent"))

    def _clip_to_card(self, painter: QPainter, viewport: QRect) -> None:
        """Keep the last rows inside the rounded corners of the card around the table."""
        radius = self._theme.radius("card") - 1
        # Only the lower corners: the upper edge is under the header.
        around = QRectF(viewport).adjusted(0, -2 * radius, 0, 0)
        bar = self._view.verticalScrollBar()
        if bar.isVisible():
            around.adjust(0, 0, bar.width(), 0)
        path = QPainterPath()
        path.addRoundedRect(around, radius, radius)
        painter.setClipPath(path)

    def _placeholder(self, painter: QPainter, box: QRect, row: int, column: Column) -> None:
        """A soft bar where text will be, of lengths that vary a little, so that a page looks like a page."""
        if column in {Column.PAID, Column.COST, Column.WHOSE}:
            return
        width = min(box.width(), 44 + (row * 37 + column * 23) % 40)
        left = box.right() - width if column in NUMBERS else box.left()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("track"))
        painter.drawRoundedRect(QRectF(left, box.center().y() - 4, width, 9), 4, 4)

    # Cells

    def _font(self, cells: Cells, weight: QFont.Weight | None = None) -> QFont:
        font = self._theme.font("label", weight)
        font.setStrikeOut(cells.voided)
        return font

    def _color(self, cells: Cells, column: Column) -> str:
        if cells.voided or column in cells.unsure:
            return "faint"
        return "muted" if cells.planned else _COLORS.get(column, "text")

    def _text(self, painter: QPainter, box: QRect, cells: Cells, column: Column, *, rtl: bool) -> None:
        font = self._font(cells)
        if column in cells.unsure:
            font.setItalic(True)
        painter.setFont(font)
        painter.setPen(self._theme.color(self._color(cells, column)))
        side = Qt.AlignmentFlag.AlignRight if (column in NUMBERS) != rtl else Qt.AlignmentFlag.AlignLeft
        text = cells.texts[column]
        if column is Column.WHEN and painter.fontMetrics().horizontalAdvance(text) > box.width():
            text = cells.day  # a whole date says more than half a time; the tooltip has both
        self._draw(painter, box, text, side)

    def _what(self, painter: QPainter, box: QRect, cells: Cells, *, rtl: bool) -> None:
        token = "faint" if cells.voided else "muted" if cells.planned else cells.icon_tone
        left = box.right() - ICON + 1 if rtl else box.left()
        place = QRect(left, box.center().y() - ICON // 2 + 1, ICON, ICON)
        self._theme.icon(cells.icon, token).paint(painter, place)
        room = ICON + GAP + 2
        text = box.adjusted(0, 0, -room, 0) if rtl else box.adjusted(room, 0, 0, 0)
        painter.setFont(self._font(cells, QFont.Weight.Medium))
        painter.setPen(self._theme.color(self._color(cells, Column.WHAT)))
        self._draw(painter, text, cells.texts[Column.WHAT], _start(rtl=rtl))

    def _who(self, painter: QPainter, box: QRect, cells: Cells, *, rtl: bool) -> None:
        widths, words = self._badge_widths(cells.badges, box.width())
        font = self._font(cells)
        metrics = QFontMetrics(font)
        painter.setFont(font)
        room = box.width() - sum(widths) - 6 * len(widths)
        name = cells.texts[Column.WHO]
        # One pixel more than Qt counts: letters of a fraction of a pixel would cut the name short.
        used = min(metrics.horizontalAdvance(name) + 2, room) if name else 0
        painter.setPen(self._theme.color(self._color(cells, Column.WHO)))
        self._draw(painter, _slice(box, 0, used, rtl=rtl), name, _start(rtl=rtl))
        if cells.detail:
            dot = DOT if name else ""
            detail = dot + cells.detail
            if metrics.horizontalAdvance(detail) > room - used:
                detail = dot + cells.short_detail
            rest = min(metrics.horizontalAdvance(detail) + 2, room - used)
            if rest > metrics.averageCharWidth() * 4:
                painter.setPen(self._theme.color("faint"))
                self._draw(painter, _slice(box, used, rest, rtl=rtl), detail, _start(rtl=rtl))
                used += rest
        offset = used + (GAP if used else 0)
        for badge, width in zip(cells.badges, widths, strict=True):
            self._badge(painter, _slice(box, offset, width, rtl=rtl), badge, rtl=rtl, words=words)
            offset += width + 6

    # Badges

    def _badge_widths(self, badges: tuple[BadgeText, ...], room: int) -> tuple[list[int], bool]:
        metrics = QFontMetrics(self._badge_font())
        full = [metrics.horizontalAdvance(badge.word) + _BADGE_ICON + 18 for badge in badges]
        if room - sum(full) - 6 * len(full) >= _NAME_ROOM:
            return full, True
        return [_BADGE_ALONE] * len(badges), False

    def _badge_font(self) -> QFont:
        font = self._theme.font("caption", QFont.Weight.DemiBold)
        font.setPixelSize(11)
        return font

    def _badge(self, painter: QPainter, box: QRect, badge: BadgeText, *, rtl: bool, words: bool) -> None:
        shape = QRectF(box.left(), box.center().y() - _BADGE_HEIGHT / 2 + 1, box.width(), _BADGE_HEIGHT)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(_BACKGROUNDS[badge.tone]))
        radius = self._theme.radius("chip") - 1
        painter.drawRoundedRect(shape, radius, radius)
        inset = 6 if words else (_BADGE_ALONE - _BADGE_ICON) // 2
        left = shape.right() - inset - _BADGE_ICON if rtl else shape.left() + inset
        place = QRect(QPointF(left, shape.center().y() - _BADGE_ICON / 2).toPoint(), QSize(_BADGE_ICON, _BADGE_ICON))
        self._theme.icon(badge.icon, badge.tone).paint(painter, place)
        if not words:
            return
        painter.setFont(self._badge_font())
        painter.setPen(self._theme.color(badge.tone))
        room = inset + _BADGE_ICON + 4
        text = shape.adjusted(0, 0, -room, 0) if rtl else shape.adjusted(room, 0, 0, 0)
        flags = Qt.AlignmentFlag.AlignVCenter | _start(rtl=rtl) | Qt.AlignmentFlag.AlignAbsolute
        painter.drawText(text, flags, badge.word)

    def _draw(self, painter: QPainter, box: QRect, text: str, side: Qt.AlignmentFlag) -> None:
        if box.width() <= 0 or not text:
            return
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        flags = Qt.AlignmentFlag.AlignVCenter | side | Qt.AlignmentFlag.AlignAbsolute
        painter.drawText(box, int(flags) | int(Qt.TextFlag.TextSingleLine), shown)


def _start(*, rtl: bool) -> Qt.AlignmentFlag:
    return Qt.AlignmentFlag.AlignRight if rtl else Qt.AlignmentFlag.AlignLeft


def _slice(box: QRect, offset: int, width: int, *, rtl: bool) -> QRect:
    """The part of `box` that starts `offset` after its reading start."""
    left = box.right() + 1 - offset - width if rtl else box.left() + offset
    return QRect(left, box.top(), width, box.height())

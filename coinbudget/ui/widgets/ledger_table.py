"""The table of the ledger page: whole rows, a header of our own, keys that do what they do elsewhere."""

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFont, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from coinbudget.ui.models.delegates import LedgerDelegate, side_room
from coinbudget.ui.models.ledger_model import NUMBERS, SORTS, Column, LedgerModel
from coinbudget.ui.theme import ROW_HEIGHT, Theme

_HEADER_HEIGHT = 34
_ARROW = 12
#: Widths at first, and what a column never falls below.
_WIDTHS = {
    Column.WHEN: (152, 112),
    Column.WHAT: (190, 136),
    Column.WHO: (200, 90),
    Column.WHOSE: (90, 64),
    Column.COINS: (88, 68),
    Column.PAID: (96, 76),
    Column.COST: (100, 84),
    Column.ON_HAND: (92, 82),
}
#: Below this width of the table the first widths shrink towards the least ones.
_ROOMY = 980


class LedgerHeader(QHeaderView):
    """Headings in the quiet style of the table; an arrow shows what it is sorted by.

    Attributes:
        sorted_by, descending: what the arrow says. Qt's own indicator would turn at every click, also where nothing
            can be sorted.
    """

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self.sorted_by = Column.WHEN
        self.descending = True
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setSectionsMovable(False)
        self.setAccessibleName(self.tr("Columns"))

    def sizeHint(self) -> QSize:
        """Overrides QHeaderView.sizeHint."""
        return QSize(super().sizeHint().width(), _HEADER_HEIGHT)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Overrides QHeaderView.mouseMoveEvent: a hand over what can be sorted by."""
        super().mouseMoveEvent(event)
        if self.cursor().shape() != Qt.CursorShape.SplitHCursor:
            sortable = self.logicalIndexAt(event.position().toPoint()) in SORTS
            self.setCursor(Qt.CursorShape.PointingHandCursor if sortable else Qt.CursorShape.ArrowCursor)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N803 - Qt's name
        """Overrides QHeaderView.paintSection."""
        column = Column(logicalIndex)
        before, after = side_room(column)
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        box = rect.adjusted(after, 0, -before, -1) if rtl else rect.adjusted(before, 0, -after, -1)
        sorted_by = column is self.sorted_by
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), self._theme.color("border"))
        font = self._theme.font("caption", QFont.Weight.DemiBold if sorted_by else QFont.Weight.Medium)
        painter.setFont(font)
        painter.setPen(self._theme.color("text" if sorted_by else "muted"))
        at_end = (column in NUMBERS) != rtl
        name = str(self.model().headerData(logicalIndex, Qt.Orientation.Horizontal))
        width = painter.fontMetrics().horizontalAdvance(name)
        if sorted_by:
            left = box.right() - width - _ARROW - 3 if at_end else box.left() + width + 4
            place = QRect(left, box.center().y() - _ARROW // 2 + 1, _ARROW, _ARROW)
            self._theme.icon("chevron-down" if self.descending else "chevron-up", "text").paint(painter, place)
        side = Qt.AlignmentFlag.AlignRight if at_end else Qt.AlignmentFlag.AlignLeft
        shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, box.width())
        flags = side | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
        painter.drawText(box, int(flags), shown)
        painter.restore()


class LedgerTable(QTableView):
    """Rows of the ledger.

    Signals:
        edit_requested, void_requested, copy_requested: by key or double click, for the selection.
        menu_requested: the index it is about and where it opens.
        widths_changed: a person chose the width of a column.
    """

    edit_requested = Signal()
    void_requested = Signal()
    copy_requested = Signal()
    menu_requested = Signal(QModelIndex, QPoint)
    widths_changed = Signal()

    def __init__(self, theme: Theme, model: LedgerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._chosen_widths: dict[Column, int] = {}
        self._fitting = False
        self.setObjectName("ledger.table")
        self.setAccessibleName(self.tr("Entries of the ledger"))
        self._header = LedgerHeader(theme, self)
        self.setHorizontalHeader(self._header)
        self._delegate = LedgerDelegate(theme, self)
        self.setItemDelegate(self._delegate)
        self.setModel(model)
        self._set_up_view()
        self._set_up_header()
        theme.bind(self, model.repaint_all)

    def _set_up_view(self) -> None:
        self.setProperty("framed", "false")
        # The card around the table paints the ground, so that its corners stay round.
        self.setStyleSheet("QTableView { background: transparent; border: none; }")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.verticalScrollBar().setSingleStep(ROW_HEIGHT)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(ROW_HEIGHT)
        rows.setDefaultSectionSize(ROW_HEIGHT)
        self.doubleClicked.connect(lambda _index: self.edit_requested.emit())

    def _set_up_header(self) -> None:
        header = self._header
        header.setMinimumSectionSize(min(least for _, least in _WIDTHS.values()))
        header.setStretchLastSection(False)
        for column in Column:
            stretch = column is Column.WHO
            mode = QHeaderView.ResizeMode.Stretch if stretch else QHeaderView.ResizeMode.Interactive
            header.setSectionResizeMode(column, mode)
        header.sectionClicked.connect(self._on_header_clicked)
        header.sectionResized.connect(self._on_section_resized)

    # Sorting

    def show_sort(self, column: Column, *, descending: bool) -> None:
        """Show by which column the rows are sorted."""
        self._header.sorted_by, self._header.descending = column, descending
        self._header.viewport().update()

    def sorted_by(self) -> tuple[Column, bool]:
        """Which column the rows are sorted by, and whether descending."""
        return self._header.sorted_by, self._header.descending

    def sort_by(self, column: Column) -> None:
        """Sort by a column, largest or newest first; once more turns the order round."""
        if column not in SORTS:
            return
        descending = not (self._header.sorted_by is column and self._header.descending)
        self.show_sort(column, descending=descending)
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        self.model().sort(column, order)

    def _on_header_clicked(self, section: int) -> None:
        self.sort_by(Column(section))

    # Widths

    def widths(self) -> dict[str, int]:
        """The widths a person chose, by column name."""
        return {column.name: width for column, width in self._chosen_widths.items()}

    def set_widths(self, widths: dict[str, int]) -> None:
        """Bring back chosen widths."""
        self._chosen_widths = {
            column: max(int(widths[column.name]), _WIDTHS[column][1]) for column in Column if column.name in widths
        }
        self._fit()

    def show_profiles(self, *, shown: bool) -> None:
        """Show or hide the column that says whose an entry is."""
        self.setColumnHidden(Column.WHOSE, not shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Overrides QTableView.resizeEvent."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Give every column its width; in a narrow window they give way before the names do."""
        share = min(max((self.viewport().width() - 720) / (_ROOMY - 720), 0.0), 1.0)
        self._fitting = True
        for column, (wide, least) in _WIDTHS.items():
            if column is Column.WHO:
                continue
            width = self._chosen_widths.get(column, round(least + (wide - least) * share))
            if self.columnWidth(column) != width and not self.isColumnHidden(column):
                self.setColumnWidth(column, width)
        self._fitting = False

    def _on_section_resized(self, section: int, _before: int, width: int) -> None:
        if not self._fitting and section != Column.WHO and self._header.underMouse():
            self._chosen_widths[Column(section)] = max(width, _WIDTHS[Column(section)][1])
            self.widths_changed.emit()

    # Rows

    def selected_rows(self, most: int) -> list[int]:
        """Numbers of the selected rows, ascending, of which no more than `most` are looked at in each stretch."""
        selection = self.selectionModel().selection()
        parts = [selection.at(number) for number in range(selection.count())]
        return sorted({row for part in parts for row in range(part.top(), min(part.bottom() + 1, part.top() + most))})

    def show_row(self, row: int) -> None:
        """Select a row and bring it into sight."""
        index = self.model().index(row, Column.WHEN)
        self.setCurrentIndex(index)
        self.selectRow(row)
        self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)

    # Keys and pointer

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Overrides QTableView.keyPressEvent: Enter amends, Delete voids, Ctrl+C copies, Home and End jump."""
        wanted = {
            Qt.Key.Key_Return: self.edit_requested,
            Qt.Key.Key_Enter: self.edit_requested,
            Qt.Key.Key_Delete: self.void_requested,
        }.get(Qt.Key(event.key()))
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_requested.emit()
        elif wanted is not None and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            wanted.emit()
        elif event.key() == Qt.Key.Key_Menu or (event.key() == Qt.Key.Key_F10 and event.modifiers() == _SHIFT):
            self._open_menu_by_key()
        elif event.key() in {Qt.Key.Key_Home, Qt.Key.Key_End} and not event.modifiers() & ~_JUMP:
            self._jump(last=event.key() == Qt.Key.Key_End, extend=bool(event.modifiers() & _SHIFT))
        else:
            super().keyPressEvent(event)

    def _jump(self, *, last: bool, extend: bool) -> None:
        rows = self.model().rowCount()
        if not rows:
            return
        row = rows - 1 if last else 0
        column = max(self.currentIndex().column(), 0)
        if extend:
            flags = self.selectionModel().SelectionFlag.SelectCurrent | self.selectionModel().SelectionFlag.Rows
            self.selectionModel().setCurrentIndex(self.model().index(row, column), flags)
        else:
            self.setCurrentIndex(self.model().index(row, column))
        (self.scrollToBottom if last else self.scrollToTop)()

    def viewportEvent(self, event: QEvent) -> bool:
        """Overrides QTableView.viewportEvent: follows the pointer for the hovered row."""
        if event.type() in {QEvent.Type.Leave, QEvent.Type.HoverLeave}:
            self._hover(-1)
        return super().viewportEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Overrides QTableView.mouseMoveEvent."""
        self._hover(self.rowAt(int(event.position().y())))
        super().mouseMoveEvent(event)

    def _hover(self, row: int) -> None:
        before, self._delegate.hovered_row = self._delegate.hovered_row, row
        for number in {before, row} - {-1}:
            top = self.rowViewportPosition(number)
            self.viewport().update(0, top, self.viewport().width(), ROW_HEIGHT)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Overrides QTableView.contextMenuEvent: at the pointer, or at the current row by key."""
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            self.menu_requested.emit(self.indexAt(event.pos()), event.globalPos())
        else:
            self._open_menu_by_key()
        event.accept()

    def _open_menu_by_key(self) -> None:
        index = self.currentIndex()
        place = self.visualRect(index).center() if index.isValid() else self.viewport().rect().center()
        self.menu_requested.emit(index, self.viewport().mapToGlobal(place))


_SHIFT = Qt.KeyboardModifier.ShiftModifier
_JUMP = Qt.KeyboardModifier.KeypadModifier | _SHIFT | Qt.KeyboardModifier.ControlModifier

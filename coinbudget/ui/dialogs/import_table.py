"""The table of a preview, and the place a person has in it, which outlives the rows being judged anew."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QItemSelectionModel, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QCheckBox, QFrame, QHeaderView, QTableView, QWidget

from coinbudget.ui.models.preview_delegate import ROW_HEIGHT, PreviewDelegate
from coinbudget.ui.models.preview_model import Column, PreviewModel
from coinbudget.ui.theme import Theme

_FEWEST_ROWS = 4
_HEAD_HEIGHT = 34
#: Rows by which the room of a column is measured, and what stands beside its words.
_ROWS_MEASURED, _PAD = 20, 24
_ICON, _LEAST = 24, 80
_SHIFT = Qt.KeyboardModifier.ShiftModifier


def _shared(rest: int, what: int, note: int) -> int:
    """The width of what a row is beside its note: neither is cut while the other has room to spare."""
    spare = rest - what - note
    wanted = what + spare // 2 if spare >= 0 else max(min(what, rest // 2), rest - note)
    return max(rest // 4, min(wanted, rest - rest // 4))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person is in the rows.

    Attributes:
        filter: name of the filter; "" all.
        number: line of the row under the cursor; 0 none.
        row: which row that was.
        top: the first row in sight.
    """

    filter: str = ""
    number: int = 0
    row: int = 0
    top: int = 0


class TickAllBox(QCheckBox):
    """A tick box with three looks, of which a person sets two: where some are ticked, a press ticks all."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTristate(True)

    def nextCheckState(self) -> None:
        """Overrides QCheckBox."""
        on = self.checkState() is Qt.CheckState.Checked
        self.setCheckState(Qt.CheckState.Unchecked if on else Qt.CheckState.Checked)

    def show_state(self, state: bool | None) -> None:
        """Look ticked, unticked, or for None partly ticked, and say so."""
        looks = {True: Qt.CheckState.Checked, False: Qt.CheckState.Unchecked, None: Qt.CheckState.PartiallyChecked}
        words = {
            True: self.tr("All rows shown are ticked."),
            False: self.tr("No row shown is ticked."),
            None: self.tr("Some of the rows shown are ticked."),
        }
        self.setCheckState(looks[state])
        self.setAccessibleDescription(words[state])


class PreviewTable(QTableView):
    """The rows; Space ticks what is selected.

    Signals:
        toggle_wanted: Space was pressed.
    """

    toggle_wanted = Signal()

    def __init__(self, theme: Theme, model: PreviewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setObjectName("import.rows")
        self.setAccessibleName(self.tr("Rows of the file"))
        self.setModel(model)
        self.setItemDelegate(PreviewDelegate(theme, model, self))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumHeight(_HEAD_HEIGHT + _FEWEST_ROWS * ROW_HEIGHT)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self._build_heads()

    def _build_heads(self) -> None:
        rows = self.verticalHeader()
        rows.setVisible(False)
        rows.setDefaultSectionSize(ROW_HEIGHT)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setMinimumSectionSize(36)
        for column in (Column.TICK, Column.STATE, Column.WHEN):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
        self.setColumnWidth(Column.TICK, 40)
        head.setSectionResizeMode(Column.WHAT, QHeaderView.ResizeMode.Stretch)
        head.setSectionResizeMode(Column.NOTE, QHeaderView.ResizeMode.Stretch)

    def sizeHint(self) -> QSize:
        """Overrides QTableView: it takes what is free, and never makes the form scroll for more than its least."""
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Overrides QTableView."""
        if event.key() == Qt.Key.Key_Space:
            self.toggle_wanted.emit()
            event.accept()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            event.ignore()  # Enter belongs to the dialog
        elif event.key() in {Qt.Key.Key_Home, Qt.Key.Key_End} and not event.modifiers() & _SHIFT:
            self._choose(0 if event.key() == Qt.Key.Key_Home else self._model.rowCount() - 1)
        else:
            super().keyPressEvent(event)

    def _choose(self, row: int) -> None:
        """Go to a row and select it alone: where the cursor goes without it, Space would tick another row."""
        index = self._model.index(row, Column.STATE)
        if index.isValid():
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.selectionModel().setCurrentIndex(index, flags)
            self.scrollTo(index)

    def show_note(self, *, shown: bool) -> None:
        """Show or hide the last column, and part the room between it and what stands before it."""
        self.setColumnHidden(Column.NOTE, not shown)
        self._part_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Overrides QTableView."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._part_room()

    def _part_room(self) -> None:
        """State and time get as much as their words need; what a row is and its note share the rest likewise."""
        head, metrics = self.horizontalHeader(), self.fontMetrics()
        states = max(map(metrics.horizontalAdvance, self._model.state_words()), default=0)
        self.setColumnWidth(Column.STATE, states + _PAD + _ICON)
        self.setColumnWidth(Column.WHEN, max(self._needed(Column.WHEN), _LEAST))
        if self.isColumnHidden(Column.NOTE):
            head.setSectionResizeMode(Column.WHAT, QHeaderView.ResizeMode.Stretch)
            return
        rest = self.viewport().width() - sum(map(self.columnWidth, (Column.TICK, Column.STATE, Column.WHEN)))
        head.setSectionResizeMode(Column.WHAT, QHeaderView.ResizeMode.Fixed)
        width = _shared(rest, self._needed(Column.WHAT), self._needed(Column.NOTE))
        self.setColumnWidth(Column.WHAT, width)

    def _needed(self, column: Column) -> int:
        """The width of the words of a column, measured by the first rows and the last."""
        count, metrics = self._model.rowCount(), self.fontMetrics()
        rows = {*range(min(count, _ROWS_MEASURED)), *range(max(count - _ROWS_MEASURED, 0), count)}
        words = (self._model.text(row, column) for row in rows)
        return max(map(metrics.horizontalAdvance, words), default=0) + _PAD

    def chosen_rows(self) -> Sequence[int]:
        """The selected rows, in order; the one under the cursor alone where that is not among them."""
        chosen = sorted({index.row() for index in self.selectionModel().selectedRows()})
        current = self.currentIndex().row()
        return chosen if current in chosen or current < 0 else [current]

    def place(self, name: str) -> Place:
        """Where one is, in the rows of a filter."""
        row = self.currentIndex().row()
        number = self._model.numbers[row] if 0 <= row < len(self._model.numbers) else 0
        return Place(name, number, max(row, 0), self.verticalScrollBar().value())

    def go_to(self, place: Place) -> None:
        """Be there again; where that row is not shown any more, at the one that took its place."""
        numbers = self._model.numbers
        if not numbers:
            return
        at = bisect_left(numbers, place.number) if place.number else 0
        row = at if at < len(numbers) and numbers[at] == place.number else place.row
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        index = self._model.index(min(row, len(numbers) - 1), Column.STATE)
        self.selectionModel().setCurrentIndex(index, flags)
        self.verticalScrollBar().setValue(place.top)
        self.scrollTo(index)

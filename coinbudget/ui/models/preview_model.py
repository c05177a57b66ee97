"""The rows of a file before it comes in: a hundred thousand of them, of which those in sight are in memory.

A row is named by its line's number; the model holds one array of numbers and the last few pages of lines, whose texts
come from the assessment in a millisecond or two. States and ticks are asked for at every painting, so that rows may be
shown while they are still being judged.
"""

from array import array
from collections import OrderedDict
from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QWidget

from coinbudget.services.assessment import Assessment, PreviewLine
from coinbudget.services.import_parts import State
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.import_words import note_words, row_state, row_words, what_words, when_words
from coinbudget.ui.widgets.labels import one_line, plain_tip

PAGE_ROWS = 64
_KEPT_PAGES = 24
_Index = QModelIndex | QPersistentModelIndex
_CHECKED, _UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.Unchecked


class Column(IntEnum):
    """Columns of the preview."""

    TICK = 0
    STATE = 1
    WHEN = 2
    WHAT = 3
    NOTE = 4


class PreviewModel(QAbstractTableModel):
    """Rows of an assessment.

    Signals:
        ticked: ticks were changed by the person.
    """

    ticked = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._amounts = context.theme, context.amounts
        self._session, self._clock = context.session, context.operations.clock
        self._held = False
        self._assessment: Assessment | None = None
        self._numbers: array[int] = array("l")
        self._pages: OrderedDict[int, list[PreviewLine]] = OrderedDict()
        # Texts of rows in sight: a painting asks for each again, and writing a date costs more than painting it.
        self._texts: dict[tuple[int, Column], str] = {}
        self._heads = ("", self.tr("State"), self.tr("When"), self.tr("What"), self.tr("Note"))

    def show(self, assessment: Assessment, numbers: "array[int]") -> None:
        """Show other rows."""
        self.beginResetModel()
        self._assessment = assessment
        self._numbers = numbers
        self._pages.clear()
        self._texts.clear()
        self.endResetModel()

    def refresh(self) -> None:
        """Ask for every text again; rows and their order stay."""
        self._pages.clear()
        self._texts.clear()
        if self._numbers:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._numbers) - 1, len(Column) - 1))

    @property
    def held(self) -> bool:
        """Whether nothing can be ticked now, because the rows are judged anew or written."""
        return self._held

    @held.setter
    def held(self, on: bool) -> None:
        self._held = on
        self._paint_ticks()

    @property
    def numbers(self) -> "array[int]":
        """The lines of all rows, in order of show. Not to be changed."""
        return self._numbers

    def line(self, row: int) -> PreviewLine | None:
        """The line of a row."""
        if self._assessment is None or not 0 <= row < len(self._numbers):
            return None
        page, place = divmod(row, PAGE_ROWS)
        lines = self._pages.get(page)
        if lines is None:
            start = page * PAGE_ROWS
            lines = self._assessment.lines(self._numbers[start : start + PAGE_ROWS])
            self._pages[page] = lines
            if len(self._pages) > _KEPT_PAGES:
                self._pages.popitem(last=False)
                self._texts.clear()
        return lines[place]

    def state(self, row: int) -> State:
        """What would become of a row now."""
        return State(self._assessment.states[self._numbers[row]]) if self._assessment else State.UNREAD

    def is_ticked(self, row: int) -> bool:
        """Whether a row comes in."""
        return self._assessment is not None and bool(self._assessment.ticks[self._numbers[row]])

    def toggle(self, rows: Sequence[int]) -> None:
        """Tick rows, or untick them where all are ticked."""
        if self._assessment is None or self._held:
            return
        chosen = [self._numbers[row] for row in rows if self._assessment.can_tick(self._numbers[row])]
        if chosen:
            on = not all(self._assessment.ticks[number] for number in chosen)
            self._assessment.set_ticks(chosen, on=on)
            self.told()

    def told(self) -> None:
        """Ticks were changed: paint them again and say so."""
        self._paint_ticks()
        self.ticked.emit()

    def _paint_ticks(self) -> None:
        if self._numbers:
            self.dataChanged.emit(self.index(0, Column.TICK), self.index(len(self._numbers) - 1, Column.TICK))

    def rowCount(self, parent: _Index | None = None) -> int:
        """Overrides QAbstractTableModel."""
        return 0 if parent is not None and parent.isValid() else len(self._numbers)

    def columnCount(self, parent: _Index | None = None) -> int:
        """Overrides QAbstractTableModel."""
        return 0 if parent is not None and parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Overrides QAbstractTableModel."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._heads[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Overrides QAbstractTableModel."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.column() == Column.TICK and not self._held and self.can_tick(index.row()):
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def can_tick(self, row: int) -> bool:
        """Whether a row may come in."""
        return self._assessment is not None and self._assessment.can_tick(self._numbers[row])

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Overrides QAbstractTableModel: a click on a box."""
        if role != Qt.ItemDataRole.CheckStateRole or self._held or self._assessment is None:
            return False
        if not self.can_tick(index.row()):
            return False
        on = Qt.CheckState(value) == _CHECKED
        self._assessment.set_tick(self._numbers[index.row()], on=on)
        self.told()
        return True

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Overrides QAbstractTableModel."""
        if not index.isValid() or self._assessment is None:
            return None
        row, column = index.row(), Column(index.column())
        if role == Qt.ItemDataRole.CheckStateRole:
            if column is not Column.TICK or not self.can_tick(row):
                return None
            return _CHECKED if self._assessment.ticks[self._numbers[row]] else _UNCHECKED
        if role in {Qt.ItemDataRole.ForegroundRole, Qt.ItemDataRole.DecorationRole}:
            return self._look(row, column, role)
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole}:
            text = self.text(row, column)
            return plain_tip(text) if role == Qt.ItemDataRole.ToolTipRole else text
        return None

    def _look(self, row: int, column: Column, role: int) -> Any:
        state = self.state(row)
        _, icon, tone = row_state(state)
        if role == Qt.ItemDataRole.DecorationRole:
            return self._theme.icon(icon, tone) if column is Column.STATE else None
        if column is Column.STATE:
            return self._theme.color(tone)
        quiet = state in {State.KNOWN, State.MERGED, State.IGNORED, State.VOIDED}
        return self._theme.color("muted") if quiet or column is Column.NOTE else None

    def state_words(self) -> list[str]:
        """The words of all states that rows have now."""
        assessment = self._assessment
        return [row_state(state)[0] for state in State if assessment is not None and assessment.count_of(state)]

    def text(self, row: int, column: Column) -> str:
        """The words of a cell."""
        if column is Column.STATE:
            return row_state(self.state(row))[0]
        line = self.line(row)
        if line is None or column is Column.TICK:
            return ""
        if column is Column.NOTE:
            return note_words(line, self._amounts)
        text = self._texts.get((line.number, column))
        if text is None:
            text = self._texts[line.number, column] = self._written(line, column)
        return text

    def _written(self, line: PreviewLine, column: Column) -> str:
        if column is Column.WHEN:
            if line.shown is None:
                return ""
            owner = self._assessment.owner if self._assessment is not None else None
            zone = owner.settings[-1].zone if owner is not None else self._session.zone
            return one_line(when_words(line.shown, self._amounts, zone, self._clock()), most=40)
        words = what_words(line, self._session.profiles, self._amounts, most=120)
        return words or row_words(line, self._amounts)

"""The rows of the ledger table: a million of them, of which only those in sight are in memory.

Conventions: a row is named by the entry's order of entry (`sequence`); the model holds one array of 64-bit numbers
for all rows and the lines of the last few screens. What is not there yet is asked for by page and shown as a
placeholder until it comes. Filtering and sorting happen in the database: the model is handed a new array.
"""

from array import array
from collections import OrderedDict
from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from coinbudget.domain.summaries import LedgerLine, Sort
from coinbudget.ui.models.line_texts import Cells, LineTexts

#: Rows fetched together; two pages fill any screen.
PAGE_ROWS = 64
#: Lines kept; the least lately shown go first.
KEPT_ROWS = 16 * PAGE_ROWS
#: Pages still worth fetching after fast scrolling; older wishes are out of sight.
_WANTED_PAGES = 3

_ROOT = QModelIndex()
_Index = QModelIndex | QPersistentModelIndex

LineRole = int(Qt.ItemDataRole.UserRole) + 1
CellsRole = int(Qt.ItemDataRole.UserRole) + 2

Fetch = Callable[[Sequence[int], Callable[[Sequence[LedgerLine]], None], Callable[[], None]], None]


class Column(IntEnum):
    """The columns of the ledger table, in reading order. WHOSE is shown where several profiles are."""

    WHEN = 0
    WHAT = 1
    WHO = 2
    WHOSE = 3
    COINS = 4
    PAID = 5
    COST = 6
    ON_HAND = 7


#: What the database can sort by.
SORTS = {Column.WHEN: Sort.AT, Column.COINS: Sort.COINS, Column.PAID: Sort.PAID}
NUMBERS = frozenset({Column.COINS, Column.PAID, Column.COST, Column.ON_HAND})


class _Row:
    """A fetched line and its texts. `fresh` tells which state of the ledger it shows."""

    __slots__ = ("cells", "fresh", "line")

    def __init__(self, line: LedgerLine, fresh: int) -> None:
        self.line = line
        self.fresh = fresh
        self.cells: Cells | None = None


class LedgerModel(QAbstractTableModel):
    """Rows of the ledger, fetched by page.

    Signals:
        sort_requested: a header was clicked: the `Sort` and whether descending; the owner brings new rows.
    """

    sort_requested = Signal(object, bool)

    def __init__(self, texts: LineTexts, fetch: Fetch, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._texts = texts
        self._fetch = fetch
        self._sequences: array[int] = array("q")
        self._rows: OrderedDict[int, _Row] = OrderedDict()
        self._wanted: list[int] = []
        self._in_flight: tuple[int, ...] = ()
        self._fresh = 0
        self._starter = QTimer(self)
        self._starter.setSingleShot(True)
        self._starter.setInterval(0)
        self._starter.timeout.connect(self._start_fetch)

    # Rows

    @property
    def sequences(self) -> "array[int]":
        """The sequences of all rows, in order of show. Not to be changed."""
        return self._sequences

    def set_first(self, lines: Sequence[LedgerLine]) -> None:
        """Show these lines at once; the rest of the rows follows by `set_sequences`."""
        self.beginResetModel()
        self._outdate()
        self._sequences = array("q", (line.entry.sequence for line in lines))
        self._keep(lines)
        self.endResetModel()

    def set_sequences(self, sequences: "array[int]") -> None:
        """Show these rows. Lines already fetched stay on screen until their newer state arrives."""
        shown = len(self._sequences)
        if len(sequences) == shown and sequences == self._sequences:
            self.refresh()
        elif shown and len(sequences) > shown and sequences[:shown] == self._sequences:
            self.beginInsertRows(_ROOT, shown, len(sequences) - 1)
            self._sequences = sequences
            self.endInsertRows()
        else:
            self.beginResetModel()
            self._outdate()
            self._sequences = sequences
            self.endResetModel()

    def refresh(self) -> None:
        """Fetch anew what is in sight: the same rows, changed amounts."""
        self._outdate()
        self.repaint_all()

    def repaint_all(self) -> None:
        """Say that every cell may look different (a new theme or language)."""
        for row in self._rows.values():
            row.cells = None
        if self._sequences:
            last = self.index(len(self._sequences) - 1, len(Column) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def sequence_at(self, row: int) -> int:
        """The sequence of a row."""
        return self._sequences[row]

    def line_at(self, row: int) -> LedgerLine | None:
        """The line of a row where it was fetched already."""
        known = self._rows.get(self._sequences[row]) if 0 <= row < len(self._sequences) else None
        return known.line if known else None

    def row_of(self, sequence: int) -> int | None:
        """The row that shows this sequence."""
        try:
            return self._sequences.index(sequence)
        except ValueError:
            return None

    # Fetching

    def _outdate(self) -> None:
        self._fresh += 1
        self._wanted.clear()
        self._in_flight = ()

    def _keep(self, lines: Sequence[LedgerLine]) -> None:
        for line in lines:
            self._rows[line.entry.sequence] = _Row(line, self._fresh)
            self._rows.move_to_end(line.entry.sequence)
        while len(self._rows) > KEPT_ROWS:
            self._rows.popitem(last=False)

    def _known(self, number: int) -> _Row | None:
        """The row's line, asking for its page where it is missing or older than the ledger."""
        sequence = self._sequences[number]
        row = self._rows.get(sequence)
        if row is None or row.fresh != self._fresh:
            self._want(number // PAGE_ROWS)
        else:
            self._rows.move_to_end(sequence)
        return row

    def _want(self, page: int) -> None:
        if page in self._in_flight or (self._wanted and self._wanted[-1] == page):
            return
        if page in self._wanted:
            self._wanted.remove(page)
        self._wanted.append(page)
        del self._wanted[:-_WANTED_PAGES]
        if not self._in_flight and not self._starter.isActive():
            self._starter.start()

    def _start_fetch(self) -> None:
        """Fetch what is in sight in one call: most of its time is the call, not the rows."""
        if self._in_flight or not self._wanted:
            return
        pages, fresh = tuple(self._wanted), self._fresh
        self._wanted.clear()
        asked = array("q")
        for page in pages:
            asked += self._sequences[page * PAGE_ROWS : (page + 1) * PAGE_ROWS]
        if not asked:
            return
        self._in_flight = pages

        def arrived(lines: Sequence[LedgerLine]) -> None:
            if fresh == self._fresh:
                self._arrived(pages, lines)

        def failed() -> None:
            if fresh == self._fresh:
                self._in_flight = ()

        self._fetch(asked, arrived, failed)

    def _arrived(self, pages: tuple[int, ...], lines: Sequence[LedgerLine]) -> None:
        self._in_flight = ()
        self._keep(lines)
        last = len(self._sequences) - 1
        for page in pages:
            start = page * PAGE_ROWS
            end = min(start + PAGE_ROWS - 1, last)
            self.dataChanged.emit(self.index(start, 0), self.index(end, len(Column) - 1))
        if self._wanted:
            self._starter.start()

    # Qt's overrides

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """Overrides QAbstractItemModel.rowCount."""
        return 0 if parent.isValid() else len(self._sequences)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        """Overrides QAbstractItemModel.columnCount."""
        return 0 if parent.isValid() else len(Column)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Overrides QAbstractItemModel.data: None stands for a row that is still being fetched."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(Column(index.column()))
        if role not in _TEXT_ROLES or not index.isValid() or index.row() >= len(self._sequences):
            return None
        row = self._known(index.row())
        if row is None:
            return self.tr("Loading") if role == Qt.ItemDataRole.AccessibleTextRole else None
        if role == LineRole:
            return row.line
        if row.cells is None:
            row.cells = self._texts.cells(row.line)
        if role == CellsRole:
            return row.cells
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._texts.spoken(row.line)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._texts.tip(row.line)
        return row.cells.texts[index.column()]

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Overrides QAbstractItemModel.headerData: names of the columns, no row numbers."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(Column):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(Column(section))
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return self.column_name(Column(section))
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._column_tip(Column(section))
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Overrides QAbstractItemModel.sort: the database sorts, the owner is asked for new rows."""
        by = SORTS.get(Column(column)) if column >= 0 else None
        if by is not None:
            self.sort_requested.emit(by, order == Qt.SortOrder.DescendingOrder)

    # Columns

    def column_name(self, column: Column) -> str:
        """The heading of a column."""
        return {
            Column.WHEN: self.tr("When"),
            Column.WHAT: self.tr("What"),
            Column.WHO: self.tr("To or from"),
            Column.WHOSE: self.tr("Whose"),
            Column.COINS: self.tr("Coins"),
            Column.PAID: self.tr("Paid"),
            Column.COST: self.tr("True cost"),
            Column.ON_HAND: self.tr("On hand"),
        }[column]

    def _column_tip(self, column: Column) -> str | None:
        return {
            Column.PAID: self.tr("Money paid, in the profile's currency"),
            Column.COST: self.tr("What the coins of this gift cost when they were bought, oldest coins first"),
            Column.ON_HAND: self.tr("Coins on hand after this entry"),
        }.get(column)


_TEXT_ROLES = frozenset(
    {
        int(Qt.ItemDataRole.DisplayRole),
        int(Qt.ItemDataRole.AccessibleTextRole),
        int(Qt.ItemDataRole.ToolTipRole),
        LineRole,
        CellsRole,
    }
)


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in NUMBERS else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter

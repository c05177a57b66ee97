"""The preview of a file before it comes in: counts, the first rows with their state, problems, and what is written.

What the preview counts is what the import writes: both walk the same service. Nothing is written before Import.
"""

from datetime import datetime
from enum import IntEnum
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QFrame,
    QGridLayout,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from coinbudget.domain.errors import Problem
from coinbudget.services import transfer
from coinbudget.services.changes import Changes
from coinbudget.services.importing import State
from coinbudget.services.ledger import Ledger
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.form import FormDialog, announce
from coinbudget.ui.dialogs.words import draft_words, row_state
from coinbudget.ui.operations import Cancelled, Progress
from coinbudget.ui.problems import problem_text
from coinbudget.ui.theme import Theme
from coinbudget.ui.widgets.cards import Card
from coinbudget.ui.widgets.labels import PlainLabel, one_line, plain_tip
from coinbudget.ui.widgets.work_row import WorkRow

_Index = QModelIndex | QPersistentModelIndex
_PROBLEMS_SHOWN = 4
_KILO = 1000
#: As high as the table grows for long sentences before it scrolls.
_HIGHEST = 380
#: Wide enough for what a row holds beside the sentence that says what is wrong with it.
_WIDTH = 872


class Column(IntEnum):
    """Columns of the preview."""

    ROW = 0
    STATE = 1
    WHEN = 2
    WHAT = 3
    NOTE = 4


class PreviewModel(QAbstractTableModel):
    """The first rows of the file as they would come in."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: tuple[transfer.PreviewLine, ...] = ()
        self._heads = (self.tr("Row"), self.tr("State"), self.tr("When"), self.tr("What"), self.tr("Why"))

    def show(self, rows: tuple[transfer.PreviewLine, ...]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        """Overrides QAbstractTableModel."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

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

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Overrides QAbstractTableModel."""
        if not index.isValid():
            return None
        line = self._rows[index.row()]
        text = self._text(line, Column(index.column()))
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(text)
        word, icon, tone = row_state(line.state)
        if index.column() == Column.STATE:
            if role == Qt.ItemDataRole.DecorationRole:
                return self._theme.icon(icon, tone)
            if role == Qt.ItemDataRole.ForegroundRole:
                return self._theme.color(tone)
        if role == Qt.ItemDataRole.ForegroundRole and line.state in {State.KNOWN, State.VOIDED}:
            return self._theme.color("muted")
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{word}, {text}"
        return None

    def _text(self, line: transfer.PreviewLine, column: Column) -> str:
        if column is Column.ROW:
            return str(line.row)
        if column is Column.STATE:
            return row_state(line.state)[0]
        if column is Column.WHEN:
            return one_line(line.draft.at.replace("T", " ")[:16], most=40) if line.draft else ""
        if column is Column.WHAT:
            return one_line(draft_words(line.draft), most=120) if line.draft else ""
        return " ".join(problem_text(problem) for problem in line.problems)


class _Wrapped(QStyledItemDelegate):
    """Cells as high as their text needs at the width of their column; the style reckons with too much width."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Overrides QStyledItemDelegate."""
        hint, view = super().sizeHint(option, index), self.parent()
        text = index.data()
        if not isinstance(view, QTableView) or not text or index.column() not in {Column.WHAT, Column.NOTE}:
            return hint
        inside = QRect(0, 0, max(view.columnWidth(index.column()) - 32, 40), 10_000)
        wrapped = view.fontMetrics().boundingRect(inside, int(Qt.TextFlag.TextWordWrap), str(text))
        return QSize(hint.width(), wrapped.height() + 15)


class _Count(Card):
    """One figure of the preview with its word."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, surface="raised", margin=12)
        self.setObjectName(name)
        self.body.setSpacing(0)
        self.figure = PlainLabel("–", "title")
        self.word = PlainLabel("", "caption")
        self.body.addWidget(self.figure)
        self.body.addWidget(self.word)

    def show_count(self, figure: str, word: str) -> None:
        """Show a figure."""
        self.figure.setText(figure)
        self.word.setText(word)
        self.setAccessibleName(f"{figure} {word}")


class ImportDialog(FormDialog):
    """Look at a ledger CSV and bring it in."""

    wide = _WIDTH

    def __init__(self, context: Context, path: str | Path, parent: QWidget | None = None) -> None:
        super().__init__(context, "import", "import", self.tr("Import"), parent)
        self.path = Path(path)
        self._preview: transfer.ImportPreview | None = None
        self._running = False
        self.whose.setText(one_line(self.path.name, most=120))
        self._build_counts()
        self._build_table()
        self._build_rest()
        self._look()

    def _build_counts(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(self.theme.space(3))
        self.new, self.known, self.faulty = (
            _Count(self.theme, f"import.{key}") for key in ("new", "duplicates", "problems")
        )
        for column, card in enumerate((self.new, self.known, self.faulty)):
            grid.addWidget(card, 0, column)
            grid.setColumnStretch(column, 1)
        self.body.addLayout(grid)
        self._show_counts("–", "–", "–")

    def _show_counts(self, new: str, known: str, faulty: str) -> None:
        self.new.show_count(new, self.tr("new"))
        self.known.show_count(known, self.tr("already there"))
        self.faulty.show_count(faulty, self.tr("with a problem"))

    def _build_table(self) -> None:
        self.said = PlainLabel(self.tr("Reading the file…"), "muted", wrap=True)
        self.said.setObjectName("import.said")
        self.body.addWidget(self.said)
        self.work = WorkRow(self.theme, self.context.amounts.number)
        self.work.bar.setObjectName("import.progress")
        self.body.addWidget(self.work)
        self.model = PreviewModel(self.theme, self)
        self.table = QTableView()
        self.table.setObjectName("import.rows")
        self.table.setAccessibleName(self.tr("The first rows of the file"))
        self.table.setModel(self.model)
        self.table.setShowGrid(False)
        self.table.setWordWrap(True)
        self.table.setProperty("wrapped", True)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.setMinimumHeight(232)
        self.table.setFrameShape(QFrame.Shape.NoFrame)
        self.table.verticalHeader().setVisible(False)
        self.table.verticalHeader().setDefaultSectionSize(32)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        head = self.table.horizontalHeader()
        head.setHighlightSections(False)
        head.setMinimumSectionSize(56)
        for column in (Column.ROW, Column.STATE, Column.WHEN):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        for column in (Column.WHAT, Column.NOTE):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        # A sentence that is longer than its column goes on below, it is never cut.
        self.table.verticalHeader().setMinimumSectionSize(32)
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.setItemDelegate(_Wrapped(self.table))
        head.geometriesChanged.connect(self.table.resizeRowsToContents)
        self.table.setColumnHidden(Column.NOTE, True)
        self.body.addWidget(self.table, 1)

    def _build_rest(self) -> None:
        rest = QVBoxLayout()
        rest.setSpacing(self.theme.space(2))
        self.unknown = PlainLabel("", "caption", wrap=True)
        self.unknown.setObjectName("import.unknown")
        self.unknown.setVisible(False)
        self.skip = QCheckBox(self.tr("Leave out the rows with a problem and import the rest"))
        self.skip.setObjectName("import.skip")
        self.skip.setAccessibleName(self.skip.text())
        self.skip.setVisible(False)
        self.skip.toggled.connect(lambda _on: self._show_button())
        self.why = PlainLabel("", "caption", wrap=True)
        self.why.setObjectName("import.why")
        self.why.setVisible(False)
        for widget in (self.why, self.unknown, self.skip):
            rest.addWidget(widget)
        self.body.addLayout(rest)
        self.cancel = self.button("cancel", self.tr("Cancel"))
        self.cancel.clicked.connect(self.reject)
        self.add = self.button("import", self.tr("Import"), "primary")
        self.add.setEnabled(False)
        self.add.clicked.connect(self.run_import)
        self.context.operations.busy.connect(self._on_busy)

    # Looking

    def _look(self) -> None:
        path = self.path

        def look(ledger: Ledger, now: datetime, progress: Progress, cancelled: Cancelled) -> transfer.ImportPreview:
            def kilobytes(done: int, total: int) -> None:
                progress(done // _KILO, max(total // _KILO, 1))

            return transfer.preview_import(ledger, path, now=now, progress=kilobytes, cancelled=cancelled)

        self.context.operations.long(
            self.tr("Reading {file}, kilobytes").format(file=one_line(path.name, most=60)),
            look,
            self.while_here(self._show),
            self.while_here(self._on_refused),
        )

    def _show(self, preview: transfer.ImportPreview) -> None:
        self._preview = preview
        number = self.context.amounts.number
        self.work.setVisible(False)
        self.said.setVisible(True)
        faulty = max(preview.rows - preview.new - preview.duplicates, 0)
        self._show_counts(number(preview.new), number(preview.duplicates), number(faulty))
        self.model.show(tuple(preview.lines))
        self.table.setColumnHidden(Column.NOTE, not any(line.problems for line in preview.lines))
        self.said.setText(self._summary(preview, faulty))
        self._fit_table()
        seen = {line.row for line in preview.lines if line.problems}
        further = [problem for problem in preview.problems if problem.row not in seen]
        told = [self._row_problem(problem) for problem in further[:_PROBLEMS_SHOWN]]
        self.why.setText("\n".join(told))
        self.why.setVisible(bool(told))
        if preview.unknown_columns:
            names = ", ".join(one_line(name, most=40) for name in preview.unknown_columns)
            self.unknown.setText(self.tr("Columns that are not read: {names}").format(names=names))
            self.unknown.setVisible(True)
        self.skip.setVisible(bool(faulty) and bool(preview.new))
        self._show_button()
        announce(self, self.said.text())
        self.fit_soon()

    def _fit_table(self) -> None:
        """Show what the rows hold without scrolling, as far as there is room."""
        head, rows = self.table.horizontalHeader(), self.table.verticalHeader()
        self.table.setMinimumHeight(
            min(max(232, head.height() + rows.length() + 4), _HIGHEST if self._faulty() else 232)
        )

    def _faulty(self) -> bool:
        return self._preview is not None and bool(self._preview.problems)

    def _row_problem(self, problem: Problem) -> str:
        text = one_line(problem_text(problem), most=200)
        return self.tr("Row {row}: {problem}").format(row=problem.row, problem=text) if problem.row else text

    def _summary(self, preview: transfer.ImportPreview, faulty: int) -> str:
        if faulty:
            return self.tr(
                "Some rows have a problem. As it stands nothing would be written; correct the file, or leave them out."
            )
        if not preview.rows:
            return self.tr("The file has no rows.")
        if not preview.new:
            return self.tr("Everything in this file is in the ledger already.")
        shown = min(len(preview.lines), preview.rows)
        if shown < preview.rows:
            return self.tr("The first {shown} of {rows} rows:").format(
                shown=self.context.amounts.number(shown), rows=self.context.amounts.number(preview.rows)
            )
        return self.tr("What would come in:")

    def _show_button(self) -> None:
        preview = self._preview
        can = preview is not None and preview.new > 0 and (not preview.problems or self.skip.isChecked())
        self.add.setEnabled(can and not self._running)
        if preview is not None and preview.new:
            text = self.tr("Import {count} entries").format(count=self.context.amounts.number(preview.new))
            self.add.setText(self.tr("Import 1 entry") if preview.new == 1 else text)
            self.add.setAccessibleName(self.add.text())

    # Writing

    def run_import(self) -> None:
        """Write what the preview counted, in one transaction with one undo."""
        path, skip = self.path, self.skip.isChecked()
        all_rows = self._preview.rows if self._preview is not None else 0
        self._set_running(True)

        def write(ledger: Ledger, now: datetime, progress: Progress, cancelled: Cancelled) -> Changes:
            def rows(done: int, total: int) -> None:
                # The service knows how much of the file is read; the preview has counted its rows.
                progress(all_rows * done // max(total, 1), all_rows)

            return transfer.import_file(ledger, path, skip_problems=skip, now=now, progress=rows, cancelled=cancelled)

        def words(changes: Changes) -> str:
            return self.tr("import of {count} rows").format(count=self.context.amounts.number(changes.count))

        self.context.operations.long(
            self._importing(),
            write,
            self.while_here(self._on_imported),
            self.while_here(self._on_refused),
            undo_text=words,
        )

    def _importing(self) -> str:
        return self.tr("Importing rows of {file}").format(file=one_line(self.path.name, most=60))

    def _set_running(self, running: bool) -> None:
        self._running = running
        self.skip.setEnabled(not running)
        self.said.setVisible(not running)
        if running:
            self.work.show_work(self._importing(), 0, 0)
        else:
            self.work.setVisible(False)
        self._show_button()

    def _on_busy(self, text: str, done: int, total: int) -> None:
        # The words take the place of the line above the table, so that nothing jumps.
        self.said.setVisible(False)
        self.work.show_work(text, done, total)
        self.fit_soon()

    def _on_imported(self, changes: Changes) -> None:
        self._set_running(False)
        text = self.tr("{count} entries imported").format(count=self.context.amounts.number(changes.count))
        self.context.session.toast_requested.emit(text, True)
        self.accept()

    def _on_refused(self, problems: tuple[Problem, ...]) -> None:
        self._set_running(False)
        self.said.setText(self.tr("This file cannot come in as it is. Nothing was written."))
        self.show_problems(problems[:_PROBLEMS_SHOWN])

    def reject(self) -> None:
        """Overrides QDialog: leaving stops the reading or the import; what that did is rolled back."""
        if self._running or self._preview is None:
            self.context.operations.cancel()
            self._set_running(False)
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Overrides QDialog."""
        if self._running:
            self.context.operations.cancel()
        super().closeEvent(event)

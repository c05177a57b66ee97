"""Imports of the past, each with its undo."""

from collections.abc import Callable
from datetime import datetime
from itertools import pairwise

import shiboken6
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from coinbudget.domain.errors import Problem
from coinbudget.services.changes import Changes
from coinbudget.services.ledger import Ledger
from coinbudget.services.past_imports import ImportRecord, past_imports, redo_import, undo_import
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.import_words import format_words, in_line
from coinbudget.ui.operations import Cancelled, Progress
from coinbudget.ui.problems import problem_text
from coinbudget.ui.widgets.labels import PlainLabel, one_line
from coinbudget.ui.widgets.work_row import WorkRow

#: More stand in the ledger's journal than anyone scrolls through here.
_SHOWN = 50


class PastImports(QWidget):
    """The list; it reads itself anew after every undo.

    Signals:
        changed: it may need another height.
        listed: its buttons are others now.
    """

    changed = Signal()
    listed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._buttons: list[QPushButton] = []
        self._pressed = ""
        self._acting = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.empty = PlainLabel(self.tr("Imports will be listed here, each with its undo."), "muted", wrap=True)
        column.addWidget(self.empty)
        self.refused = PlainLabel("", "problem", wrap=True)
        self.refused.setObjectName("import.past.problem")
        self.refused.setVisible(False)
        column.addWidget(self.refused)
        column.addLayout(self._build_work())
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(context.theme.space(4))
        self._grid.setVerticalSpacing(context.theme.space(2))
        self._grid.setColumnStretch(1, 1)
        column.addLayout(self._grid)
        column.addStretch(1)
        context.operations.busy.connect(self._on_busy)
        self.read()

    def _build_work(self) -> QHBoxLayout:
        """What is seen of an undo that takes long: how far it is, and Cancel."""
        theme = self._context.theme
        self.work = WorkRow(theme, self._context.amounts.number)
        self.stop = QPushButton(self.tr("Cancel"))
        self.stop.setObjectName("import.past.stop")
        self.stop.setAutoDefault(False)
        self.stop.setVisible(False)
        self.stop.clicked.connect(self._context.operations.cancel)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, theme.space(3))
        row.setSpacing(theme.space(4))
        row.addWidget(self.work, 1)
        row.addWidget(self.stop, 0, Qt.AlignmentFlag.AlignBottom)
        return row

    def read(self) -> None:
        """Ask for the list."""
        self._context.operations.read("import.past", lambda ledger, _now: past_imports(ledger), self._show, owner=self)

    def _show(self, found: tuple[ImportRecord, ...]) -> None:
        focused = self.focusWidget()
        pressed = focused.objectName() if focused is not None and self._grid.indexOf(focused) >= 0 else self._pressed
        self._pressed = ""
        self._buttons = []
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.empty.setVisible(not found)
        for row, record in enumerate(found[:_SHOWN]):
            self._add(row, record)
        for one, after in pairwise(self._buttons):
            QWidget.setTabOrder(one, after)
        # Whoever pressed Undo finds the same button, which brings back now.
        again = next((button for button in self._buttons if pressed and button.objectName() == pressed), None)
        if again is not None:
            again.setFocus(Qt.FocusReason.OtherFocusReason)
        self.listed.emit()
        self.changed.emit()

    @property
    def buttons(self) -> tuple[QPushButton, ...]:
        """One for each import listed, in their order."""
        return tuple(self._buttons)

    def _add(self, row: int, record: ImportRecord) -> None:
        amounts, session = self._context.amounts, self._context.session
        now = self._context.operations.clock()
        when = PlainLabel(amounts.moment(record.imported_at, session.zone, now), "muted")
        name = one_line(record.file, most=80)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        file = PlainLabel(in_line([name], mirrored=mirrored), "strong", elide=True)
        count = amounts.number(record.entries)
        entries = self.tr("1 entry") if record.entries == 1 else self.tr("{count} entries").format(count=count)
        words = [format_words(record.format), entries]
        if len(session.profiles) > 1:
            names = [one_line(one.name, most=40) for one in session.profiles if one.id in record.profile_ids]
            words += [in_line(sorted(names), mirrored=mirrored)] if names else []
        if record.paired:
            words.append(self.tr("{count} paired").format(count=amounts.number(record.paired)))
        if record.undone_at is not None:
            words.append(self.tr("taken back {when}").format(when=amounts.moment(record.undone_at, session.zone, now)))
        elif record.living < record.entries:
            words.append(self.tr("{count} still count").format(count=amounts.number(record.living)))
        told = PlainLabel(" · ".join(words), "caption")
        undone = record.undone_at is not None
        button = QPushButton(self.tr("Bring back") if undone else self.tr("Undo"))
        button.setObjectName(f"import.past.{record.batch}")
        button.setAccessibleName(f"{button.text()}: {name}")
        button.setAutoDefault(False)
        button.clicked.connect(self._acts(record, back=undone))
        self._buttons.append(button)
        for column, widget in enumerate((when, file, told, button)):
            self._grid.addWidget(widget, row, column, Qt.AlignmentFlag.AlignVCenter)

    def _acts(self, record: ImportRecord, *, back: bool) -> Callable[[], None]:
        def call(ledger: Ledger, now: datetime, progress: Progress, cancelled: Cancelled) -> Changes:
            act = redo_import if back else undo_import
            return act(ledger, record.batch, now=now, progress=progress, cancelled=cancelled)

        name = one_line(record.file, most=60)
        doing = self.tr("Bringing back the import of {file}") if back else self.tr("Taking back the import of {file}")
        done = self.tr("bringing back {file}") if back else self.tr("taking back {file}")

        def act() -> None:
            if self._acting:
                return
            self._acting = True
            self.refused.setVisible(False)
            self._pressed = f"import.past.{record.batch}"
            self._context.operations.long(
                doing.format(file=name),
                call,
                lambda _changes: self._end(),
                self._end,
                undo_text=lambda _changes: done.format(file=name),
                stopped=self._end,
            )

        return act

    def _on_busy(self, text: str, done: int, total: int) -> None:
        if not self._acting:
            return
        self.work.show_work(text, done, total)
        if not self.stop.isVisible():
            self.stop.setVisible(True)
            if any(button.hasFocus() for button in self._buttons):
                self.stop.setFocus(Qt.FocusReason.OtherFocusReason)
            for button in self._buttons:
                button.setEnabled(False)
            self.changed.emit()

    def _end(self, problems: tuple[Problem, ...] = ()) -> None:
        """An undo is over, or was refused or cancelled: the list is as it is now. Nobody may be here any more."""
        if not shiboken6.isValid(self):
            return
        self._acting = False
        self.work.setVisible(False)
        self.stop.setVisible(False)
        self.refused.setText(" ".join(problem_text(problem) for problem in problems))
        self.refused.setVisible(bool(problems))
        self.read()

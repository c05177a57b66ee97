"""The form for an export: what, of when, in which form; it shows the first rows of the file before it is written."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypedDict
from zoneinfo import ZoneInfo

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QTableWidget, QTableWidgetItem, QWidget

from coinbudget.domain.errors import Problem, Refusal, problem
from coinbudget.domain.money import NumberStyle
from coinbudget.domain.profiles import ProfileId
from coinbudget.domain.summaries import Grouping
from coinbudget.services import transfer
from coinbudget.services.ledger import Ledger
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.edits import MomentEdit, typed_moment
from coinbudget.ui.dialogs.form import WIDE, FormDialog
from coinbudget.ui.dialogs.money_box import Segments, segment
from coinbudget.ui.operations import Cancelled, Progress
from coinbudget.ui.widgets.fields import QuietComboBox
from coinbudget.ui.widgets.labels import PlainLabel, no_mnemonic, one_line, plain_tip
from coinbudget.ui.widgets.work_row import WorkRow

_ROWS = 5
_WIDEST = 220


class ExportDialog(FormDialog):
    """Write entries or a summary as CSV."""

    wide = WIDE

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, "export", "export", self.tr("Export"), parent)
        self.whose.setText(self.tr("A file on this computer; nothing is sent"))
        self._build_choices()
        self._build_period()
        self._build_preview()
        self.work = WorkRow(self.theme, self.context.amounts.number)
        self.work.bar.setObjectName("export.progress")
        self.body.addWidget(self.work)
        self._running = False
        self.context.operations.busy.connect(self._on_busy)
        self.cancel = self.button("cancel", self.tr("Cancel"))
        self.cancel.clicked.connect(self.reject)
        self.add = self.button("save", self.tr("Choose a file…"), "primary")
        self.add.clicked.connect(self.choose)
        self._show_choices()

    # Building

    def _build_choices(self) -> None:
        self.what = Segments(self.theme)
        self.entries = segment(self.what, "export.entries", self.tr("Entries"))
        self.summary = segment(self.what, "export.summary", self.tr("Summary"))
        self.form = Segments(self.theme)
        self.spreadsheet = segment(self.form, "export.spreadsheet", self.tr("For spreadsheets"))
        self.exact = segment(self.form, "export.exact", self.tr("Exact"))
        self.entries.setChecked(True)
        self.spreadsheet.setChecked(True)
        row = QHBoxLayout()
        row.setSpacing(self.theme.space(3))
        row.addWidget(self.what)
        row.addWidget(self.form)
        row.addStretch(1)
        self.body.addLayout(row)
        self.says = PlainLabel("", "caption", wrap=True)
        self.body.addWidget(self.says)
        for button in (self.entries, self.exact):
            button.toggled.connect(lambda _on: self._show_choices())

    def _build_period(self) -> None:
        self.profile = QuietComboBox()
        for one in self.context.session.profiles:
            self.profile.addItem(no_mnemonic(one_line(one.name, most=60)), one.id)
        self.profile.addItem(self.tr("Everyone"), None)
        shown = self.context.session.profile
        self.profile.setCurrentIndex(self.profile.findData(shown.id) if shown else 0)
        self.period = QuietComboBox()
        for key, text in (
            ("all", self.tr("Everything")),
            ("month", self.tr("This month")),
            ("last_month", self.tr("Last month")),
            ("year", self.tr("This year")),
            ("own", self.tr("From … to …")),
        ):
            self.period.addItem(text, key)
        self.by = QuietComboBox()
        for groups, text in (
            ((Grouping.MONTH,), self.tr("Month")),
            ((Grouping.MONTH, Grouping.CREATOR), self.tr("Month and creator")),
            ((Grouping.WEEK,), self.tr("Week")),
            ((Grouping.DAY,), self.tr("Day")),
            ((Grouping.YEAR,), self.tr("Year")),
            ((Grouping.CREATOR,), self.tr("Creator")),
            ((Grouping.GIFT,), self.tr("Gift")),
            ((Grouping.CHANNEL,), self.tr("Channel")),
            ((Grouping.REGION,), self.tr("Region")),
        ):
            self.by.addItem(text, ",".join(groups))
        self.start, self.end = (MomentEdit(self.theme, self.context.amounts) for _ in range(2))
        whose = self.field("profile", self.tr("Whose"), self.profile)
        period = self.field("period", self.tr("Period"), self.period)
        self._by_field = self.field("by", self.tr("One line for each"), self.by)
        self._own = (
            self.field("from", self.tr("From"), self.start),
            self.field("to", self.tr("To, this day included"), self.end),
        )
        self.grid(
            ((whose, 4), (period, 4), (self._by_field, 4)),
            ((self._own[0], 6), (self._own[1], 6)),
        )
        today = self._today()
        for edit, day in ((self.start, today.replace(day=1)), (self.end, today)):
            edit.days_only = True
            edit.start(self.context.session.zone, self.context.operations.clock)
            edit.setText(typed_moment(self.context.amounts, day))
            edit.setModified(True)
            edit.textEdited.connect(lambda _text: self._look())
        for box in (self.profile, self.period, self.by):
            box.currentIndexChanged.connect(lambda _index: self._show_choices())

    def _build_preview(self) -> None:
        self.body.addWidget(PlainLabel(self.tr("The first rows"), "heading"))
        self.table = QTableWidget(0, 0)
        self.table.setObjectName("export.rows")
        self.table.setAccessibleName(self.tr("The first rows of the file"))
        self.table.setFrameShape(QFrame.Shape.NoFrame)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setMinimumHeight(208)
        self.table.verticalHeader().setVisible(False)
        self.table.verticalHeader().setDefaultSectionSize(30)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.horizontalHeader().setHighlightSections(False)
        leading = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        self.table.horizontalHeader().setDefaultAlignment(leading)
        self.body.addWidget(self.table, 1)
        self.empty = PlainLabel("", "muted", wrap=True)
        self.empty.setObjectName("export.empty")
        self.empty.setVisible(False)
        self.body.addWidget(self.empty)

    # Choices

    def _today(self) -> date:
        return self.context.operations.clock().astimezone(ZoneInfo(self.context.session.zone)).date()

    def _show_choices(self) -> None:
        self._by_field.setVisible(self.summary.isChecked())
        for field in self._own:
            field.setVisible(self.period.currentData() == "own")
        if self.exact.isChecked():
            text = self.tr("Every digit as it is kept, with a point and ISO dates; coinbudget reads it back unchanged.")
        else:
            text = self.tr(
                "Opens right in your spreadsheet, with its separators and decimal sign; no cell runs as a formula."
            )
        self.says.setText(text)
        self._look()
        self.fit_soon()

    def days(self) -> tuple[date | None, date | None]:
        """First and last day of the period, both inside; None is open.

        Raises:
            Refusal: a day cannot be read.
        """
        today, key = self._today(), self.period.currentData()
        if key == "month":
            return today.replace(day=1), today
        if key == "last_month":
            end = today.replace(day=1) - timedelta(days=1)
            return end.replace(day=1), end
        if key == "year":
            return today.replace(month=1, day=1), today
        return self._own_days() if key == "own" else (None, None)

    def _own_days(self) -> tuple[date, date]:
        found: list[date] = []
        for key, edit in (("from", self.start), ("to", self.end)):
            read = edit.typed()
            if read is None:
                raise Refusal(problem(key, "not_a_date"))
            found.append(read.date() if isinstance(read, datetime) else read)
        if found[0] > found[1]:
            raise Refusal(problem("to", "from_after_to"))
        return found[0], found[1]

    def _profiles(self) -> tuple[ProfileId, ...] | None:
        chosen = self.profile.currentData()
        return None if chosen is None else (chosen,)

    # The first rows

    def _look(self) -> None:
        try:
            options = self._options()
        except Refusal as refusal:
            self.show_problems(refusal.problems, focus=False)
            return
        self.clear_problems()
        what, by = self._what(), self._groupings()

        def look(ledger: Ledger, _now: datetime) -> tuple[tuple[str, ...], ...]:
            return transfer.first_lines(ledger, what=what, by=by, count=_ROWS, **options)

        self.context.operations.read("export.rows", look, self._show_rows, self._on_refused, owner=self)

    def _options(self) -> "_Options":
        form, days = "exact" if self.exact.isChecked() else "spreadsheet", self.days()
        return _Options(
            form=form,
            profile_ids=self._profiles(),
            from_on=days[0],
            to_on=days[1],
            style=self.context.amounts.style,
        )

    def _what(self) -> str:
        return "summary" if self.summary.isChecked() else "entries"

    def _groupings(self) -> tuple[Grouping, ...]:
        return tuple(Grouping(name) for name in str(self.by.currentData()).split(","))

    def _show_rows(self, rows: tuple[tuple[str, ...], ...]) -> None:
        head, lines = rows[0] if rows else (), rows[1:]
        self.table.setColumnCount(len(head))
        self.table.setRowCount(len(lines))
        for column, name in enumerate(head):
            self.table.setHorizontalHeaderItem(column, QTableWidgetItem(one_line(name.lstrip("\ufeff"), most=40)))
        for number, line in enumerate(lines):
            for column, text in enumerate(line):
                item = QTableWidgetItem(one_line(text, most=80))
                item.setToolTip(plain_tip(one_line(text)))
                self.table.setItem(number, column, item)
        self.table.resizeColumnsToContents()
        for column in range(len(head)):
            self.table.setColumnWidth(column, min(self.table.columnWidth(column) + 8, _WIDEST))
        self.table.setVisible(bool(lines))
        self.empty.setVisible(not lines)
        self.empty.setText(
            "" if lines else self.tr("Nothing lies in this period. The file would have its header alone.")
        )
        self.fit_soon()

    # Writing

    def file_name(self) -> str:
        """A name that says what is inside and of when."""
        try:
            first, last = self.days()
        except Refusal:
            first = last = None
        period = self.tr("all")
        if first is not None and last is not None:
            period = f"{first.isoformat()}_{last.isoformat()}"
        return f"coinbudget-{self._what()}-{period}.csv"

    def choose(self) -> None:
        """Ask where to, then write."""
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        chosen, _ = QFileDialog.getSaveFileName(
            self, self.tr("Export to"), str(Path(folder) / self.file_name()), self.tr("CSV files (*.csv)")
        )
        if chosen:
            self.write_to(Path(chosen))

    def write_to(self, target: Path) -> None:
        """Write the file, with progress."""
        try:
            options = self._options()
        except Refusal as refusal:
            self.show_problems(refusal.problems)
            return
        what, by = self._what(), self._groupings()

        def write(ledger: Ledger, _now: datetime, progress: Progress, cancelled: Cancelled) -> int:
            if what == "summary":
                return transfer.export_summary(ledger, target, by=by, progress=progress, cancelled=cancelled, **options)
            return transfer.export_entries(ledger, target, progress=progress, cancelled=cancelled, **options)

        self._set_running(True)
        text = self.tr("Writing rows to {file}").format(file=one_line(target.name, most=60))
        self.context.operations.long(
            text,
            write,
            self.while_here(lambda count: self._on_written(count, target)),
            self.while_here(self._on_refused),
        )

    def _set_running(self, running: bool) -> None:
        self._running = running
        self.add.setEnabled(not running)
        if not running:
            self.work.setVisible(False)
            self.fit_soon()

    def _on_busy(self, text: str, done: int, total: int) -> None:
        self.work.show_work(text, done, total)
        self.fit_soon()

    def reject(self) -> None:
        """Overrides QDialog: leaving stops the writing; an unfinished file does not stay."""
        if self._running:
            self.context.operations.cancel()
            self._set_running(False)
        super().reject()

    def _on_written(self, count: int, target: Path) -> None:
        self._set_running(False)
        text = self.tr("{count} rows written to {file}").format(
            count=self.context.amounts.number(count), file=one_line(target.name, most=60)
        )
        self.context.session.toast_requested.emit(text, False)
        self.accept()

    def _on_refused(self, problems: tuple[Problem, ...]) -> None:
        self._set_running(False)
        self.show_problems(problems)


class _Options(TypedDict):
    """What every export of the form is told."""

    form: str
    profile_ids: tuple[ProfileId, ...] | None
    from_on: date | None
    to_on: date | None
    style: NumberStyle

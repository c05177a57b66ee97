"""The preview of a file: rows with tick boxes, filters by state, totals before and after, what limits would say.

What is ticked is what is written. Rows are shown while they are still being judged; nothing here waits.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QItemSelectionModel, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from coinbudget.domain.entries import Purchase
from coinbudget.domain.profiles import ProfileId
from coinbudget.domain.summaries import LedgerLine
from coinbudget.services import browse
from coinbudget.services.assessment import FILTERS, Assessment, PreviewLine, Totals
from coinbudget.services.foresight import Foresight, foresee
from coinbudget.services.import_parts import AS_NEW, State
from coinbudget.services.ledger import Ledger
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.import_words import filter_word, note_words, row_state
from coinbudget.ui.limit_words import LimitWords
from coinbudget.ui.models.preview_delegate import ROW_HEIGHT, PreviewDelegate
from coinbudget.ui.models.preview_model import Column, PreviewModel
from coinbudget.ui.widgets.fields import QuietComboBox
from coinbudget.ui.widgets.labels import PlainLabel, one_line

_TABLE_HEIGHT = 240
_REFRESH_MS = 150
_FORESIGHT_MS = 200
_LIMITS_SHOWN = 3
_NAMES = ("", *FILTERS)


class _Table(QTableView):
    """The table; Space ticks what is selected.

    Signals:
        toggle_wanted: Space was pressed.
    """

    toggle_wanted = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Overrides QTableView."""
        if event.key() == Qt.Key.Key_Space:
            self.toggle_wanted.emit()
            event.accept()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            event.ignore()  # Enter belongs to the dialog
        else:
            super().keyPressEvent(event)


class PreviewPage(QWidget):
    """Rows of one assessment.

    Signals:
        changed: ticks changed, or rows were judged.
        grown: what it says takes more or less room.
        chosen: for a row that may be several purchases: its line, and an order of entry or AS_NEW.
    """

    changed = Signal()
    grown = Signal()
    chosen = Signal(int, int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._theme = context.theme
        self._assessment: Assessment | None = None
        self._filter = ""
        self._standing: dict[int, LedgerLine] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self._theme.space(3))
        column.addLayout(self._build_chips())
        column.addWidget(self._build_table(), 1)
        column.addWidget(self._build_details())
        column.addWidget(self._build_totals())
        self._refresher = self._timer(_REFRESH_MS, self._while_judged, single=False)
        self._foresight = self._timer(_FORESIGHT_MS, self._ask_limits, single=True)

    def _timer(self, ms: int, call: Callable[[], None], *, single: bool) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(ms)
        timer.setSingleShot(single)
        timer.timeout.connect(call)
        return timer

    # Building

    def _build_chips(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(self._theme.space(2))
        self.all = QCheckBox()
        self.all.setObjectName("import.all")
        self.all.setAccessibleName(self.tr("Tick all rows shown"))
        self.all.setToolTip(self.tr("Tick all rows shown"))
        self.all.clicked.connect(self._on_all)
        row.addWidget(self.all)
        self.chips: dict[str, QPushButton] = {}
        for name in _NAMES:
            chip = QPushButton(filter_word(name))
            chip.setAccessibleName(filter_word(name))
            chip.setObjectName(f"import.filter.{name or 'all'}")
            chip.setProperty("role", "chip")
            chip.setCheckable(True)
            chip.setAutoExclusive(True)
            chip.setAutoDefault(False)
            chip.clicked.connect(lambda _on=False, name=name: self.show_filter(name))
            self.chips[name] = chip
            row.addWidget(chip)
        row.addStretch(1)
        return row

    def _build_table(self) -> QTableView:
        self.model = PreviewModel(self._theme, self)
        self.model.ticked.connect(self._on_ticked)
        self.table = table = _Table()
        table.setObjectName("import.rows")
        table.setAccessibleName(self.tr("Rows of the file"))
        table.setModel(self.model)
        table.setItemDelegate(PreviewDelegate(self._theme, self.model, table))
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setMinimumHeight(_TABLE_HEIGHT)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        rows = table.verticalHeader()
        rows.setVisible(False)
        rows.setDefaultSectionSize(ROW_HEIGHT)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head = table.horizontalHeader()
        head.setHighlightSections(False)
        head.setMinimumSectionSize(36)
        for column, width in ((Column.TICK, 40), (Column.STATE, 164), (Column.WHEN, 152)):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            table.setColumnWidth(column, width)
        head.setSectionResizeMode(Column.WHAT, QHeaderView.ResizeMode.Stretch)
        head.setSectionResizeMode(Column.NOTE, QHeaderView.ResizeMode.Stretch)
        table.toggle_wanted.connect(self._on_toggle)
        table.selectionModel().currentRowChanged.connect(lambda *_: self._show_details())
        return table

    def _build_details(self) -> QWidget:
        """The row under the cursor in full, and which purchase it is where that must be said."""
        self.details = QWidget()
        self.details.setObjectName("import.details")
        row = QHBoxLayout(self.details)
        row.setContentsMargins(self._theme.space(1), 0, 0, 0)
        row.setSpacing(self._theme.space(3))
        self.said = PlainLabel("", "caption", wrap=True)
        self.said.setObjectName("import.said")
        self.which = QuietComboBox()
        self.which.setObjectName("import.which")
        self.which.setAccessibleName(self.tr("Which purchase the row is"))
        self.which.setMinimumWidth(300)
        self.which.activated.connect(self._on_chosen)
        row.addWidget(self.said, 1)
        row.addWidget(self.which)
        self.which.setVisible(False)
        self.details.setMinimumHeight(40)
        return self.details

    def _build_totals(self) -> QWidget:
        box = QWidget()
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(self._theme.space(5))
        grid.setVerticalSpacing(0)
        self.figures: list[tuple[PlainLabel, PlainLabel]] = []
        words = (self.tr("Entries"), self.tr("Coins bought"), self.tr("Coins gifted"), self.tr("Spent"))
        for column, word in enumerate(words):
            figure, caption = PlainLabel("", "strong"), PlainLabel("", "caption")
            figure.setObjectName(f"import.total.{column}")
            grid.addWidget(PlainLabel(word, "caption"), 0, column)
            grid.addWidget(figure, 1, column)
            grid.addWidget(caption, 2, column)
            grid.setColumnStretch(column, 1)
            self.figures.append((figure, caption))
        self.limits = PlainLabel("", "caption", wrap=True)
        self.limits.setObjectName("import.limits")
        self.limits.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.limits.setMinimumWidth(300)
        grid.addWidget(self.limits, 0, len(words), 3, 1)
        grid.setColumnStretch(len(words), 2)
        return box

    # Showing

    def show_assessment(self, assessment: Assessment) -> None:
        """Show the rows of an assessment, judged or not yet."""
        self._assessment = assessment
        self._standing = {}
        self.show_filter("")
        if assessment.ready:
            self.judged()
        else:
            self._refresher.start()
            self._show_counts()

    def judged(self) -> None:
        """Every row is judged: show what came of it, keeping the place."""
        self._refresher.stop()
        place = self.table.verticalScrollBar().value()
        # States decide which rows a filter shows; all rows but halves of others are shown at first.
        self.show_filter(self._filter)
        self.table.verticalScrollBar().setValue(place)
        self._on_ticked()

    def show_filter(self, name: str) -> None:
        """Show the rows of some states; "" all."""
        if self._assessment is None:
            return
        self._filter = name
        self.model.show(self._assessment, self._assessment.numbers(name))
        noted = not self._assessment.ready or any(self._assessment.tally(key) for key in ("pair", "problem"))
        self.table.setColumnHidden(Column.NOTE, not (noted or name == "known"))
        if self.model.rowCount():
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.table.selectionModel().setCurrentIndex(self.model.index(0, Column.STATE), flags)
        self._show_counts()
        self._show_details()

    def _while_judged(self) -> None:
        self.table.viewport().update()
        self._show_counts()

    def _show_counts(self) -> None:
        if self._assessment is None:
            return
        number = self._context.amounts.number
        for name, chip in self.chips.items():
            count = self._assessment.tally(name)
            chip.setText(f"{filter_word(name)}  {number(count)}")
            chip.setAccessibleName(f"{filter_word(name)}: {number(count)}")
            chip.setVisible(bool(count) or name in {"", "new", "known", "problem"})
            chip.setEnabled(bool(count) or name == self._filter)
            chip.setChecked(name == self._filter)
        state = self._assessment.all_ticked(self._filter)
        self.all.setTristate(state is None)
        partly = Qt.CheckState.PartiallyChecked
        self.all.setCheckState(partly if state is None else Qt.CheckState.Checked if state else Qt.CheckState.Unchecked)
        self.all.setEnabled(self._assessment.ready)

    def _on_all(self) -> None:
        """Tick or untick every row shown, on a worker: there may be very many."""
        assessment, numbers = self._assessment, self.model.numbers
        if assessment is None or not assessment.ready:
            return
        on = assessment.all_ticked(self._filter) is False

        def call(_ledger: Ledger, _now: datetime) -> None:
            assessment.set_ticks(numbers, on=on)

        self._context.operations.read("import.ticks", call, lambda _done: self.model.told(), owner=self)

    def _on_toggle(self) -> None:
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        if self._assessment is not None and self._assessment.ready:
            self.model.toggle(rows)

    def _on_ticked(self) -> None:
        self._show_counts()
        self._show_totals()
        self._foresight.start()
        self.changed.emit()

    # Details

    def _current(self) -> PreviewLine | None:
        return self.model.line(self.table.currentIndex().row())

    def _show_details(self) -> None:
        line = self._current()
        if line is None or self._assessment is None:
            self.said.setText("")
            self.which.setVisible(False)
            return
        state = State(self._assessment.states[line.number])
        note = note_words(line)
        where = self.tr("Row {row}").format(row=line.row)
        self.said.setText(" · ".join(part for part in (where, row_state(state)[0], note) if part))
        pair = self._assessment.pairs.get(line.number) or line.pair
        if pair is None:
            self.which.setVisible(False)
            return
        wanted = pair.choices or (pair.sequence,)
        if any(sequence not in self._standing for sequence in wanted):
            self._read_standing(wanted)
            return
        self._show_choices(line.number, wanted)

    def _read_standing(self, wanted: Sequence[int]) -> None:
        """Ask what the purchases are that a row may be."""

        def call(ledger: Ledger, _now: datetime) -> tuple[LedgerLine, ...]:
            return browse.lines(ledger, wanted)

        def done(lines: tuple[LedgerLine, ...]) -> None:
            self._standing.update((line.entry.sequence, line) for line in lines)
            if all(sequence in self._standing for sequence in wanted):
                self._show_details()

        self._context.operations.read("import.standing", call, done, owner=self)

    def _show_choices(self, number: int, wanted: Sequence[int]) -> None:
        if self._assessment is None:
            return
        choice = self._assessment.choices.get(number)
        self.which.blockSignals(True)
        self.which.clear()
        if choice is None and len(wanted) > 1:
            self.which.addItem(self.tr("Which purchase is it?"), None)
        for sequence in wanted:
            self.which.addItem(self._purchase_words(sequence), sequence)
        self.which.addItem(self.tr("A purchase of its own"), AS_NEW)
        chosen = wanted[0] if choice is None and len(wanted) == 1 else choice
        place = self.which.findData(chosen)
        self.which.setCurrentIndex(max(place, 0))
        self.which.blockSignals(False)
        self.which.setVisible(True)
        self.which.setEnabled(self._assessment.ready)

    def _purchase_words(self, sequence: int) -> str:
        entry = self._standing[sequence].entry
        amounts = self._context.amounts
        when = amounts.moment(entry.at, entry.zone, self._context.operations.clock(), hour_known=entry.hour_known)
        parts = [when]
        if isinstance(entry, Purchase):
            parts += [self.tr("{count} coins").format(count=amounts.coins(entry.coins))] if entry.coins else []
            parts += [amounts.of(entry.paid)] if entry.paid else []
            parts += [entry.order_ref] if entry.order_ref else []
        return one_line(" · ".join(parts), most=80)

    def _on_chosen(self, place: int) -> None:
        line, choice = self._current(), self.which.itemData(place)
        if line is not None and choice is not None:
            self.chosen.emit(line.number, choice)

    # Totals and limits

    def _profile(self) -> ProfileId | None:
        if self._assessment is None:
            return None
        shown = self._context.session.profile
        touched = self._assessment.profiles
        if shown is not None and (shown.id in touched or not touched):
            return shown.id
        return touched[0] if touched else None

    def _show_totals(self) -> None:
        profile_id = self._profile()
        profile = next((one for one in self._context.session.profiles if one.id == profile_id), None)
        if self._assessment is None or profile is None:
            return
        before = self._assessment.before.get(profile.id, Totals())
        after = self._assessment.after(profile.id)
        amounts = self._context.amounts
        pairs = (
            (amounts.number(before.entries), amounts.number(after.entries)),
            (amounts.coins(before.coins_bought), amounts.coins(after.coins_bought)),
            (amounts.coins(before.coins_gifted), amounts.coins(after.coins_gifted)),
            (amounts.money(before.spent_minor, profile.currency), amounts.money(after.spent_minor, profile.currency)),
        )
        for (figure, caption), (was, will) in zip(self.figures, pairs, strict=True):
            figure.setText(will)
            caption.setText(self.tr("before: {figure}").format(figure=was) if was != will else self.tr("as before"))

    def _ask_limits(self) -> None:
        assessment = self._assessment
        if assessment is None or not assessment.ready:
            return

        def call(ledger: Ledger, now: datetime) -> tuple[Foresight, ...]:
            return foresee(ledger, assessment, now=now)

        self._context.operations.read("import.limits", call, self._show_limits, owner=self)

    def _show_limits(self, found: tuple[Foresight, ...]) -> None:
        self._say_limits(found)
        self.grown.emit()

    def _say_limits(self, found: tuple[Foresight, ...]) -> None:
        passed = [one for one in found if one.over_after > one.over_before]
        if not found:
            self.limits.setText("")
            return
        if not passed:
            self.limits.setText(self.tr("No limit would be passed by these rows."))
            return
        words = LimitWords(self._context.amounts, self._context.session.zone)
        lines = [self._limit_line(one, words) for one in passed[:_LIMITS_SHOWN]]
        if len(passed) > _LIMITS_SHOWN:
            lines.append(self.tr("{count} more limits would be passed.").format(count=len(passed) - _LIMITS_SHOWN))
        self.limits.setText("\n".join(lines))

    def _limit_line(self, one: Foresight, words: LimitWords) -> str:
        more = one.over_after - one.over_before
        times = (
            self.tr("once") if more == 1 else self.tr("{count} times").format(count=self._context.amounts.number(more))
        )
        return self.tr("{limit}: would be passed {times} more").format(limit=words.name(one.limit), times=times)

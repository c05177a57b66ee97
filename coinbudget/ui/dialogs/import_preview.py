"""The preview of a file: rows with tick boxes, filters by state, totals before and after, what limits would say.

What is ticked is what is written. Rows are shown while they are still being judged; nothing here waits.
"""

from datetime import datetime

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from coinbudget.services.assessment import FILTERS, Assessment
from coinbudget.services.import_parts import State
from coinbudget.services.ledger import Ledger
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.import_details import RowDetails
from coinbudget.ui.dialogs.import_table import Place, PreviewTable, TickAllBox
from coinbudget.ui.dialogs.import_totals import PreviewTotals
from coinbudget.ui.dialogs.import_words import filter_word
from coinbudget.ui.models.preview_model import PreviewModel

_TICK_INSET = 9
_REFRESH_MS = 150
_NAMES = ("", *FILTERS)
#: States of which a note says more.
_NOTED = (State.PAIR, State.ASK, State.PROBLEM, State.IGNORED, State.VOIDED)


class PreviewPage(QWidget):
    """Rows of one assessment.

    Attributes:
        model, table: the rows.
        details: the row under the cursor.
        totals: figures, limits, and coins of before.

    Signals:
        changed: ticks changed, or rows were judged.
        chosen: for a row that may be several purchases: its line, and an order of entry or AS_NEW.
    """

    changed = Signal()
    chosen = Signal(int, int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._theme = context.theme
        self._assessment: Assessment | None = None
        self._filter = ""
        self._wanted: Place | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self._theme.space(3))
        column.addLayout(self._build_chips())
        column.addWidget(self._build_table(), 1)
        self.details = RowDetails(context)
        self.details.chosen.connect(self.chosen)
        self.details.choice_gone.connect(self.table.setFocus)
        self.totals = PreviewTotals(context)
        column.addWidget(self.details)
        column.addWidget(self.totals)
        self._refresher = QTimer(self)
        self._refresher.setInterval(_REFRESH_MS)
        self._refresher.timeout.connect(self._while_judged)

    # Building

    def _build_chips(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(self._theme.space(2))
        # The box stands above those it ticks.
        row.setContentsMargins(_TICK_INSET, 0, 0, 0)
        self.all = TickAllBox()
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

    def _build_table(self) -> PreviewTable:
        self.model = PreviewModel(self._context, self)
        self.model.ticked.connect(self._on_ticked)
        self.table = PreviewTable(self._theme, self.model)
        self.table.toggle_wanted.connect(self._on_toggle)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_details())
        return self.table

    # Showing

    def show_assessment(self, assessment: Assessment) -> None:
        """Show the rows of an assessment, judged or not yet; of the same rows the place in them is kept."""
        before = self._assessment
        if before is None or before.reading is not assessment.reading:
            self._wanted = None
        elif before.ready:
            self._wanted = self.table.place(self._filter)
        if before is None or before.reading is not assessment.reading:
            self.details.forget()
        self._assessment = assessment
        if assessment.ready:
            self.judged()
            return
        # No state is known yet by which rows could be filtered.
        self.show_filter("")
        self._refresher.start()

    def forget(self) -> None:
        """The rows are cut anew: no place in them means anything."""
        self._assessment = self._wanted = None

    def hold(self, *, on: bool) -> None:
        """Let nobody tick while the rows shown are judged anew or written: it would be lost."""
        self.model.held = on
        self._show_counts()

    def judged(self) -> None:
        """Every row is judged: show what came of it, keeping the place."""
        self._refresher.stop()
        wanted, self._wanted = self._wanted or self.table.place(self._filter), None
        empty = self._assessment is not None and not self._assessment.tally(wanted.filter)
        self._show_rows("" if empty else wanted.filter, wanted)
        self._on_ticked()

    def show_filter(self, name: str) -> None:
        """Show the rows of some states; "" all."""
        self._show_rows(name, Place())

    def _show_rows(self, name: str, place: Place) -> None:
        if self._assessment is None:
            return
        self._filter = name
        self.model.show(self._assessment, self._assessment.numbers(name))
        noted = not self._assessment.ready or self._assessment.count_of(*_NOTED) > 0
        self.table.show_note(shown=noted or name == "known")
        self.table.go_to(place)
        self._show_counts()
        self._show_details()

    def _while_judged(self) -> None:
        self.table.viewport().update()
        self.details.say_again()
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
        self.all.show_state(self._assessment.all_ticked(self._filter))
        tickable = self._assessment.ready and self._assessment.tickable(self._filter) > 0
        self.all.setEnabled(tickable and not self.model.held)

    def _show_details(self) -> None:
        self.details.show_line(self._assessment, self.model.line(self.table.currentIndex().row()))

    # Ticking

    def _on_all(self) -> None:
        """Tick every row shown, or untick them where all are, on a worker: there may be very many."""
        assessment, numbers = self._assessment, self.model.numbers
        if assessment is None or not assessment.ready or self.model.held:
            self._show_counts()
            return
        on = assessment.all_ticked(self._filter) is not True

        def call(_ledger: Ledger, _now: datetime) -> None:
            assessment.set_ticks(numbers, on=on)

        self._context.operations.read("import.ticks", call, lambda _done: self.model.told(), owner=self)

    def _on_toggle(self) -> None:
        if self._assessment is not None and self._assessment.ready:
            self.model.toggle(self.table.chosen_rows())

    def _on_ticked(self) -> None:
        self._show_counts()
        if self._assessment is not None and self._assessment.ready:
            self.totals.show_assessment(self._assessment)
        self.changed.emit()

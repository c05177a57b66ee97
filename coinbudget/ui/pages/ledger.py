"""The ledger page: every entry in a table, what of them is shown, and what it adds up to.

Filtering, sorting, counting and adding up are asked of the services; the page keeps the choices and the place.
"""

import json
from array import array
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QStackedWidget, QVBoxLayout, QWidget

from coinbudget.domain.entries import Entry, EntryId
from coinbudget.domain.summaries import LedgerFilter, LedgerLine, ShownTotals, Sort
from coinbudget.services import browse, record
from coinbudget.services.changes import Changes
from coinbudget.services.ledger import Ledger
from coinbudget.ui.context import Context
from coinbudget.ui.ledger_acts import MOST_ROWS, LedgerActs
from coinbudget.ui.models.filter_state import FilterState, state_of
from coinbudget.ui.models.ledger_model import PAGE_ROWS, SORTS, LedgerModel
from coinbudget.ui.models.line_texts import LineTexts
from coinbudget.ui.models.totals_words import totals_runs
from coinbudget.ui.widgets.cards import Card
from coinbudget.ui.widgets.empty import EmptyState
from coinbudget.ui.widgets.filter_bar import FilterBar
from coinbudget.ui.widgets.ledger_table import LedgerTable
from coinbudget.ui.widgets.runs_label import RunsLabel

_CREATORS_OFFERED = 50


class LedgerPage(QWidget):
    """The table of entries with its filter chips and sums."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._texts = LineTexts(context.amounts, context.operations.clock)
        self._sort, self._descending = Sort.AT, True
        self._stale = self._totals_wanted = True
        self._sums_beside = True
        self._wanted_entry: EntryId | None = None
        self._place: tuple[int, int] | None = None
        self.setObjectName("page.ledger")
        self.setAccessibleName(self.tr("Ledger"))
        self._build()
        self._connect()
        self._restore()

    # Building

    def _build(self) -> None:
        theme = self._context.theme
        self.filters = FilterBar(self._context, self._find_creators)
        self.sums = RunsLabel(theme, align_end=True)
        self.sums.setObjectName("ledger.sums")
        self.model = LedgerModel(self._texts, self._fetch, self)
        self.table = LedgerTable(theme, self.model)
        self.acts = LedgerActs(self._context, self._texts, self)
        self.empty = EmptyState(
            theme,
            "ledger",
            self.tr("Nothing logged yet"),
            self.tr(
                "Every purchase of coins and every gift will stand here, newest first, with what it really cost and "
                "the coins left after it."
            ),
            self.tr("Log purchase"),
        )
        self.empty.button.setObjectName("ledger.log_first")
        self.import_first = self.empty.offer(self.tr("Import"))
        self.import_first.setObjectName("ledger.import_first")
        self.no_match = EmptyState(theme, "search", self.tr("No match"), "", self.tr("Clear filter"), primary=False)
        self.no_match.button.setObjectName("ledger.no_match_clear")
        self.rooms = QStackedWidget()
        for room in (self.table, self.empty, self.no_match):
            self.rooms.addWidget(room)
        card = Card(theme, margin=1)
        card.body.addWidget(self.rooms)
        self._head = QGridLayout()
        self._head.setHorizontalSpacing(theme.space(4))
        self._head.setVerticalSpacing(theme.space(2))
        self._head.addWidget(self.filters, 0, 0)
        self._head.addWidget(self.sums, 0, 1)
        self._head.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.space(5), theme.space(1), theme.space(5), theme.space(4))
        column.setSpacing(theme.space(4))
        column.addLayout(self._head)
        column.addWidget(card, 1)
        self.setFocusProxy(self.table)

    def _connect(self) -> None:
        session, operations = self._context.session, self._context.operations
        session.profile_changed.connect(self._on_profile)
        session.profiles_changed.connect(self._on_profile)
        session.search_changed.connect(self._on_search)
        session.entry_requested.connect(self.show_entry)
        operations.changed.connect(self._on_changed)
        self.filters.changed.connect(self._on_filter)
        self.model.sort_requested.connect(self._on_sort)
        self.table.edit_requested.connect(lambda: self.acts.edit(self._current_line()))
        self.table.void_requested.connect(lambda: self.acts.void(self._selected()))
        self.table.copy_requested.connect(lambda: self.acts.copy(self._selected()))
        self.table.menu_requested.connect(self._open_menu)
        self.table.widths_changed.connect(self._keep_widths)
        self.acts.filter_wanted.connect(self._on_filter_by)
        self.empty.acted.connect(session.purchase_requested)
        self.import_first.clicked.connect(lambda: session.import_requested.emit(""))
        self.no_match.acted.connect(self.clear_filter)

    def _restore(self) -> None:
        settings = self._context.settings
        kept = settings.value("ledger/widths", "")
        if isinstance(kept, str) and kept:
            try:
                self.table.set_widths({str(name): int(width) for name, width in json.loads(kept).items()})
            except (ValueError, TypeError, AttributeError):
                settings.remove("ledger/widths")
        sort = settings.value("ledger/sort", "")
        column = next((column for column, by in SORTS.items() if by.value == str(sort).rstrip("+-")), None)
        if column is not None:
            self._sort, self._descending = SORTS[column], str(sort).endswith("-")
            self.table.show_sort(column, descending=self._descending)
        self.filters.show_state(replace(self.filters.state(), text=self._context.session.search))

    def _keep_widths(self) -> None:
        self._context.settings.setValue("ledger/widths", json.dumps(self.table.widths()))

    # What is shown

    def filter(self) -> LedgerFilter:
        """What is shown now."""
        return self.filters.state().filter_for(self._context.session.profile, self._context.operations.clock())

    def show_filter(self, wanted: LedgerFilter | None) -> None:
        """Show what another page wishes to see; None leaves it as it is."""
        if wanted is not None:
            self._take(state_of(wanted, self.filters.state()))

    def clear_filter(self) -> None:
        """Show every entry of the profile again."""
        self._take(self.filters.state().cleared())

    def refresh(self) -> None:
        """Bring the rows up to date, keeping the place; later, while the page is hidden."""
        self._totals_wanted = True
        if not self.isVisible():
            self._stale = True
            return
        self._remember_place()
        self._read_rows()

    def show_entry(self, entry_id: str) -> None:
        """Jump to an entry, clearing the filter where it hides it."""
        self._wanted_entry = EntryId(entry_id)
        if self.isVisible() and not self._stale:
            self._seek()

    def showEvent(self, event: QShowEvent) -> None:
        """Overrides QWidget.showEvent: catches up with what happened while hidden."""
        super().showEvent(event)
        if self._stale:
            self._load()
        elif self._wanted_entry is not None:
            self._seek()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Overrides QWidget.resizeEvent: the sums move under the chips where they do not fit beside them."""
        super().resizeEvent(event)
        self._arrange_head()

    def _arrange_head(self) -> None:
        theme = self._context.theme
        room = self.width() - 2 * theme.space(5) - theme.space(4)
        beside = self.filters.natural_width() + self.sums.natural_width() <= room
        place = (0, 1) if beside else (1, 0)
        if beside != self._sums_beside:
            self._sums_beside = beside
            self._head.removeWidget(self.sums)
            self._head.addWidget(self.sums, *place)
            self.sums.set_align_end(align_end=beside)
            self._head.setColumnStretch(0, 0 if beside else 1)
            self._head.setColumnStretch(1, 1 if beside else 0)
            self._head.setHorizontalSpacing(theme.space(4) if beside else 0)

    # Reading

    def _load(self) -> None:
        """Show anew: the first page at once, then all rows."""
        if not self.isVisible():
            self._stale = True
            return
        self._stale = False
        self._place = None
        wanted, sort, descending = self.filter(), self._sort, self._descending
        self.table.show_profiles(shown=wanted.profile_id is None)

        def first(ledger: Ledger, _now: datetime) -> Sequence[LedgerLine]:
            return browse.first_page(ledger, wanted, sort, descending, PAGE_ROWS)

        self._context.operations.read("ledger.rows", first, self._on_first, owner=self)

    def _on_first(self, lines: Sequence[LedgerLine]) -> None:
        self.model.set_first(lines)
        self.table.scrollToTop()
        self._show_room()
        if len(lines) >= PAGE_ROWS:
            self._read_rows()
        else:
            self._after_rows()

    def _read_rows(self) -> None:
        wanted, sort, descending = self.filter(), self._sort, self._descending

        def ids(ledger: Ledger, _now: datetime) -> "array[int]":
            return browse.ids(ledger, wanted, sort=sort, descending=descending)

        self._context.operations.read("ledger.rows", ids, self._on_rows, owner=self)

    def _on_rows(self, sequences: "array[int]") -> None:
        place = self._place
        self.model.set_sequences(sequences)
        self._show_room()
        if place is not None and len(sequences):
            sequence, row = place
            found = self.model.row_of(sequence)
            self._go_to(min(row, len(sequences) - 1) if found is None else found, scroll=False)
        self._after_rows()

    def _after_rows(self) -> None:
        """The rows are there: now what takes longer and waits for nobody."""
        self._place = None
        if self._totals_wanted:
            self._totals_wanted = False
            self._read_totals()
        if self._wanted_entry is not None:
            self._seek()

    def _read_totals(self) -> None:
        wanted = self.filter()

        def totals(ledger: Ledger, _now: datetime) -> ShownTotals:
            return browse.totals(ledger, wanted)

        self._context.operations.read("ledger.totals", totals, self._on_totals, owner=self)

    def _on_totals(self, totals: ShownTotals) -> None:
        session = self._context.session
        shown = session.profiles if self.filters.state().everyone else (session.profile,)
        currencies = {profile.currency for profile in shown if profile is not None}
        currency = currencies.pop() if len(currencies) == 1 else None
        self.sums.show_runs(totals_runs(totals, currency, self._context.amounts))
        self._arrange_head()

    def _fetch(
        self,
        sequences: Sequence[int],
        arrived: Callable[[Sequence[LedgerLine]], None],
        failed: Callable[[], None],
    ) -> None:
        """Bring lines for the model."""
        asked = tuple(sequences)

        def lines(ledger: Ledger, _now: datetime) -> Sequence[LedgerLine]:
            return browse.lines(ledger, asked)

        self._context.operations.read("ledger.lines", lines, arrived, lambda _problems: failed(), owner=self)

    def _find_creators(self, text: str, answer: Callable[[Sequence[str]], None]) -> None:
        def known(ledger: Ledger, _now: datetime) -> Sequence[str]:
            return browse.creators_known(ledger, text, _CREATORS_OFFERED)

        self._context.operations.read("ledger.creators", known, answer, owner=self)

    def _show_room(self) -> None:
        if self.model.rowCount():
            self.rooms.setCurrentWidget(self.table)
        else:
            self.rooms.setCurrentWidget(self.no_match if self.filters.state().narrows else self.empty)

    # Keeping the place

    def _remember_place(self) -> None:
        row = self.table.currentIndex().row()
        self._place = (self.model.sequence_at(row), row) if 0 <= row < self.model.rowCount() else None

    def _go_to(self, row: int, *, scroll: bool = True) -> None:
        if scroll:
            self.table.show_row(row)
            return
        bar = self.table.verticalScrollBar()
        before = bar.value()
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.table.selectionModel().setCurrentIndex(self.model.index(row, 0), flags)
        bar.setValue(before)

    def _seek(self) -> None:
        """Find the row of the wanted entry, and go there."""
        wanted = self._wanted_entry

        if wanted is None:
            return

        def entry(ledger: Ledger, _now: datetime) -> Entry:
            return record.entry(ledger, wanted)

        self._context.operations.read("ledger.seek", entry, self._on_found, self._on_lost, owner=self)

    def _on_found(self, entry: Entry) -> None:
        row, state, profile = self.model.row_of(entry.sequence), self.filters.state(), self._context.session.profile
        mine = state.everyone or (profile is not None and profile.id == entry.profile_id)
        if row is not None:
            self._go_to(row)
        if row is None and state.narrows and mine and (entry.voided_at is None or state.voided):
            self.clear_filter()  # the entry is sought once more when all rows are there
        else:
            self._wanted_entry = None

    def _on_lost(self, _problems: object) -> None:
        self._wanted_entry = None

    # What happens

    def _take(self, state: FilterState) -> None:
        if state != self.filters.state():
            self.filters.show_state(state)
            self._on_filter(state)

    def _on_filter(self, state: FilterState) -> None:
        # The search field follows; its announcement finds the state already taken.
        self._context.session.set_search(state.text)
        self._totals_wanted = True
        self._arrange_head()
        self._load()

    def _on_search(self, text: str) -> None:
        state = self.filters.state()
        if text != state.text:
            self._take(replace(state, text=text))

    def _on_profile(self) -> None:
        self.filters.show_state(self.filters.state())
        self._totals_wanted = True
        self._load()

    def _on_changed(self, changes: Changes) -> None:
        if len(changes.entries) == 1 and changes.count == 1 and not self.filters.state().narrows:
            self._wanted_entry = changes.entries[0] if self.isVisible() else self._wanted_entry
        self.refresh()

    def _on_sort(self, sort: Sort, descending: bool) -> None:
        self._sort, self._descending = sort, descending
        self._context.settings.setValue("ledger/sort", f"{sort.value}{'-' if descending else '+'}")
        self._load()

    def _on_filter_by(self, choices: dict[str, object]) -> None:
        self._take(replace(self.filters.state(), **choices))  # type: ignore[arg-type] # acts names our own fields

    # Rows acted on

    def _current_line(self) -> LedgerLine | None:
        row = self.table.currentIndex().row()
        return self.model.line_at(row) if row >= 0 else None

    def _selected(self) -> list[int]:
        return [self.model.sequence_at(row) for row in self.table.selected_rows(MOST_ROWS + 1)]

    def _open_menu(self, index: QModelIndex, place: QPoint) -> None:
        if index.isValid() and not self.table.selectionModel().isRowSelected(index.row()):
            self.table.selectRow(index.row())
        line = self.model.line_at(index.row()) if index.isValid() else None
        selected = self._selected()
        menu = self.acts.menu(line, index.column(), selected)
        self.acts.add_view_choices(menu, self.filters.state(), self.table)
        menu.popup(place)
        menu.setFocus(Qt.FocusReason.PopupFocusReason)

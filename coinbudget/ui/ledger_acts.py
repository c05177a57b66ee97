"""What can be done with rows of the ledger: edit, refund, log again, void, restore, copy, filter by one of them."""

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QWidget

from coinbudget.domain.drafts import Draft, draft_of
from coinbudget.domain.entries import Entry, EntryId, Gift, Purchase, Refund, kind_of
from coinbudget.domain.summaries import LedgerLine
from coinbudget.services import browse, record
from coinbudget.services.changes import Changes
from coinbudget.services.ledger import Ledger
from coinbudget.ui.context import Context
from coinbudget.ui.models.filter_state import FilterState, Preset, channel_words, creator_words, kinds_words
from coinbudget.ui.models.ledger_model import SORTS, Column
from coinbudget.ui.models.line_texts import LineTexts, kind_name, plain
from coinbudget.ui.widgets.labels import no_mnemonic, one_line
from coinbudget.ui.widgets.ledger_table import LedgerTable
from coinbudget.ui.widgets.menus import Menu

#: More rows at once are a matter for an export, not for the clipboard or a slip of the hand.
MOST_ROWS = 2000


class LedgerActs(QObject):
    """Acts on rows, named by their sequences.

    Signals:
        filter_wanted: choices of a FilterState that show more entries like one cell.
    """

    filter_wanted = Signal(object)

    def __init__(self, context: Context, texts: LineTexts, page: QWidget) -> None:
        super().__init__(page)
        self._context = context
        self._texts = texts
        self._page = page
        self._menu: Menu | None = None

    # Acts

    def edit(self, line: LedgerLine | None) -> None:
        """Open the form of an entry; a voided one is restored first, not edited."""
        if line is None:
            return
        if line.entry.voided_at is not None:
            self._say(self.tr("A voided entry is not edited. Restore it first."))
            return
        self._context.session.amend_requested.emit(line.entry)

    def refund(self, line: LedgerLine) -> None:
        """Open the form for a refund of a purchase."""
        self._context.session.refund_requested.emit(line.entry)

    def again(self, line: LedgerLine) -> None:
        """Open the form of a new entry like this one: same day, same creator or storefront."""
        # Forms are loaded when the first one opens, not with the page.
        from coinbudget.ui.dialogs.adjustment import AdjustmentDialog  # noqa: PLC0415
        from coinbudget.ui.dialogs.gift import GiftDialog  # noqa: PLC0415
        from coinbudget.ui.dialogs.purchase import PurchaseDialog  # noqa: PLC0415

        entry = line.entry
        form: type[PurchaseDialog | GiftDialog | AdjustmentDialog] = (
            PurchaseDialog
            if isinstance(entry, Purchase)
            else GiftDialog
            if isinstance(entry, Gift)
            else AdjustmentDialog
        )
        dialog = form(self._context, self._page.window(), prefill=self._like(line))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _like(self, line: LedgerLine) -> Draft:
        draft = draft_of(line.entry, line.profile)
        return draft._replace(id="", rate="", rate_on="", order_ref="", planned="", approval="", voided="")

    def void(self, sequences: Sequence[int]) -> None:
        """Void entries: they stay in the ledger and count nowhere."""
        self._with_lines(sequences, lambda lines: self._set_voided(lines, void=True))

    def restore(self, sequences: Sequence[int]) -> None:
        """Let voided entries count again."""
        self._with_lines(sequences, lambda lines: self._set_voided(lines, void=False))

    def confirm(self, line: LedgerLine) -> None:
        """A planned purchase happened now."""
        entry_id = line.entry.id

        def call(ledger: Ledger, now: datetime) -> Changes:
            return record.confirm(ledger, entry_id, now=now)

        self._context.operations.write(self.tr("purchase of {what}").format(what=self._name(line.entry)), call)

    def copy(self, sequences: Sequence[int]) -> None:
        """Put rows on the clipboard, cells parted by tabs."""
        self._with_lines(sequences, self._copy)

    def _copy(self, lines: Sequence[LedgerLine]) -> None:
        QGuiApplication.clipboard().setText("\n".join(self._texts.copied(line) for line in lines))

    def _set_voided(self, lines: Sequence[LedgerLine], *, void: bool) -> None:
        entries = [line.entry for line in lines if (line.entry.voided_at is None) is void]
        if not entries:
            return
        ids: tuple[EntryId, ...] = tuple(entry.id for entry in entries)
        what = self._name(entries[0]) if len(entries) == 1 else self._count(len(entries))

        def call(ledger: Ledger, now: datetime) -> Changes:
            return (record.void if void else record.unvoid)(ledger, ids, now=now)

        def done(changes: Changes) -> None:
            said = what if changes.count <= len(entries) else self._count(changes.count)
            words = self.tr("Voided {what}") if void else self.tr("Restored {what}")
            self._context.session.toast_requested.emit(words.format(what=said), True)

        name = self.tr("voiding of {what}") if void else self.tr("restoring of {what}")
        self._context.operations.write(name.format(what=what), call, done)

    def _with_lines(self, sequences: Sequence[int], act: Callable[[Sequence[LedgerLine]], None]) -> None:
        """Act on rows that may not be on screen, hence not fetched."""
        if not sequences:
            return
        if len(sequences) > MOST_ROWS:
            most = self._context.amounts.number(MOST_ROWS)
            self._say(self.tr("Select at most {count} entries at once.").format(count=most))
            return
        wanted = tuple(sequences)

        def lines(ledger: Ledger, _now: datetime) -> Sequence[LedgerLine]:
            return browse.lines(ledger, wanted)

        self._context.operations.read("ledger.act", lines, act, owner=self)

    def _say(self, words: str) -> None:
        self._context.session.toast_requested.emit(words, False)

    def _name(self, entry: Entry) -> str:
        return one_line(plain(self._texts.subject(entry)), most=60) or kind_name(kind_of(entry))

    def _count(self, count: int) -> str:
        return self.tr("{count} entries").format(count=self._context.amounts.number(count))

    # Menu

    def menu(self, line: LedgerLine | None, column: int, selected: Sequence[int]) -> Menu:
        """The menu of a cell; what it offers is about the selection or the row."""
        if self._menu is not None:
            self._menu.close()
            self._menu.deleteLater()
        menu = self._menu = Menu("", self._page)
        menu.setObjectName("ledger.menu")
        if line is None:
            return menu
        single = len(selected) <= 1
        if single:
            self._add_single(menu, line)
            menu.addSeparator()
        self._add_filter(menu, line, Column(max(column, 0)))
        self._add(menu, "copy", "copy", self.tr("Copy"), lambda: self.copy(selected), QKeySequence.StandardKey.Copy)
        menu.addSeparator()
        living = line.entry.voided_at is None
        if living or not single:
            void = self.tr("Void") if single else self.tr("Void {what}").format(what=self._count(len(selected)))
            self._add(menu, "void", "trash", void, lambda: self.void(selected), QKeySequence.StandardKey.Delete)
        if not living or not single:
            words = self.tr("Restore") if single else self.tr("Restore {what}").format(what=self._count(len(selected)))
            self._add(menu, "restore", "restore", words, lambda: self.restore(selected))
        menu.addSeparator()
        return menu

    def _add_single(self, menu: Menu, line: LedgerLine) -> None:
        entry = line.entry
        if entry.voided_at is None:
            self._add(menu, "edit", "edit", self.tr("Edit…"), lambda: self.edit(line), Qt.Key.Key_Enter)
        if entry.planned and entry.voided_at is None:
            self._add(menu, "confirm", "check", self.tr("It happened"), lambda: self.confirm(line))
        if isinstance(entry, Purchase) and entry.counts and entry.paid is not None:
            self._add(menu, "refund", "refund", self.tr("Refund…"), lambda: self.refund(line))
        if not isinstance(entry, Refund):
            self._add(menu, "again", "plus", self.tr("Same again…"), lambda: self.again(line))

    def _add(
        self,
        menu: Menu,
        name: str,
        icon: str,
        words: str,
        act: Callable[[], None],
        key: Qt.Key | QKeySequence.StandardKey | None = None,
    ) -> QAction:
        action = QAction(self._context.theme.icon(icon, "muted"), words, menu)
        action.setObjectName(f"ledger.menu.{name}")
        if key is not None:
            # Shown for learning; the table itself hears the key.
            action.setShortcut(QKeySequence(key))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(lambda _checked=False: act())
        menu.addAction(action)
        return action

    def _add_filter(self, menu: Menu, line: LedgerLine, column: Column) -> None:
        words, choices = self._like_cell(line, column)
        shown = self.tr("Filter by {what}").format(what=no_mnemonic(one_line(words, most=40)))
        self._add(menu, "filter", "filter", shown, lambda: self.filter_wanted.emit(choices))

    def _like_cell(self, line: LedgerLine, column: Column) -> tuple[str, dict[str, object]]:
        """Words and choices that show what is like this cell; figures stand for whom they went to."""
        entry, amounts = line.entry, self._context.amounts
        if column is Column.WHEN:
            day = {"preset": Preset.CUSTOM, "from_on": entry.home_on, "to_on": entry.home_on}
            return amounts.date(entry.home_on), day
        if column is Column.WHAT and isinstance(entry, Gift) and entry.gift_name:
            return f"“{entry.gift_name}”", {"text": entry.gift_name}
        if column is not Column.WHAT and isinstance(entry, Gift):
            return creator_words(entry.creator, amounts), {"creator": entry.creator}
        if column is not Column.WHAT and isinstance(entry, Purchase):
            return channel_words(entry.channel), {"channel": entry.channel.value}
        kinds = (kind_of(entry).value,)
        return kinds_words(kinds), {"kinds": kinds}

    def add_view_choices(self, menu: Menu, state: FilterState, table: LedgerTable) -> None:
        """What the table shows as a whole: voided entries, and the order for those who use no mouse."""
        voided = QAction(self.tr("Show voided entries"), menu)
        voided.setObjectName("ledger.menu.voided")
        voided.setCheckable(True)
        voided.setChecked(state.voided)
        voided.triggered.connect(lambda shown: self.filter_wanted.emit({"voided": shown}))
        menu.addAction(voided)
        order = Menu(self.tr("Sort by"), menu)
        group = QActionGroup(order)
        sorted_by, _descending = table.sorted_by()
        for column in SORTS:
            action = QAction(str(table.model().headerData(column, Qt.Orientation.Horizontal)), order)
            action.setCheckable(True)
            action.setChecked(column is sorted_by)
            action.triggered.connect(lambda _checked=False, column=column: table.sort_by(column))
            group.addAction(action)
            order.addAction(action)
        menu.addMenu(order)

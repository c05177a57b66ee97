"""One open ledger in the window: pages, dialogs, banner, profiles, and what the frame says about the file.

Made by `app` once a worker has opened the ledger; closed when the window closes or another ledger is opened in it.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Qt, Signal
from PySide6.QtWidgets import QDialog, QMessageBox, QWidget

from coinbudget import __version__
from coinbudget.domain.entries import Adjustment, Entry, Gift, Purchase, Refund
from coinbudget.domain.errors import Problem
from coinbudget.domain.limits import AlertId, LimitStatus
from coinbudget.domain.profiles import Profile
from coinbudget.domain.summaries import LedgerFilter
from coinbudget.services.changes import Changes
from coinbudget.services.ledger import Ledger
from coinbudget.ui.actions import PAGES
from coinbudget.ui.amounts import Amounts
from coinbudget.ui.context import Context, Session
from coinbudget.ui.file_facts import FileFacts, file_facts
from coinbudget.ui.lazy_pages import LazyPages
from coinbudget.ui.limit_words import LimitWords, highest
from coinbudget.ui.main_window import MainWindow
from coinbudget.ui.operations import Operations
from coinbudget.ui.problems import problem_texts
from coinbudget.ui.widgets.labels import no_mnemonic, plain_tip
from coinbudget.ui.widgets.menus import Menu

if TYPE_CHECKING:
    from coinbudget.services.earlier import EarlierCoins
    from coinbudget.ui.pages.first import FirstPage


def page_class(name: str) -> Callable[[Context], QWidget]:
    """What makes a page; its module is imported when it is first asked for, by a worker where time matters."""
    if name == "ledger":
        from coinbudget.ui.pages.ledger import LedgerPage  # noqa: PLC0415 - most starts show one page

        return LedgerPage
    if name == "limits":
        from coinbudget.ui.pages.limits import LimitsPage  # noqa: PLC0415 - as above

        return LimitsPage
    if name == "insights":
        from coinbudget.ui.pages.insights import InsightsPage  # noqa: PLC0415 - as above

        return InsightsPage
    from coinbudget.ui.pages.overview import OverviewPage  # noqa: PLC0415 - as above

    return OverviewPage


class Workspace(QObject):
    """Wires one ledger into the window.

    Attributes:
        context: what its pages and dialogs work with.
        pages: by name, each made when it is first shown.
        sample: whether it is the sample ledger.

    Signals:
        sample_requested: open the sample ledger instead.
        leave_sample_requested: back to the own ledger.
    """

    sample_requested = Signal()
    leave_sample_requested = Signal()

    def __init__(
        self,
        window: MainWindow,
        ledger: Ledger,
        amounts: Amounts,
        profiles: tuple[Profile, ...],
        *,
        clock: Callable[[], datetime],
        settings: QSettings,
        first: bool = False,
        sample: bool = False,
    ) -> None:
        super().__init__(window)
        self.window = window
        self.sample = sample
        self.context = Context(window.theme, amounts, Operations(ledger, clock, self), Session(self), settings)
        self._unseen: tuple[AlertId, ...] = ()
        self._profile_menu: Menu | None = None
        session = self.context.session
        session.set_profiles(profiles)
        kept = next((p for p in profiles if p.name == settings.value("window/profile")), None)
        if kept is not None:
            session.set_profile(kept.id)
        self.pages = LazyPages({name: partial(self._make_page, name) for name, _icon in PAGES})
        self.first = self._make_first() if first else None
        self._connect_session()
        self._connect_window()
        window.attach(self.pages, self.first)
        window.status.show_sample(sample)
        self._show_profile()
        self.refresh_frame()
        self.context.operations.watch_file()

    def close(self) -> None:
        """Finish what is under way and close the ledger; the workspace is of no use after it."""
        for connection in self._connections:
            QObject.disconnect(connection)
        self.window.detach()
        self.context.operations.close()
        self.deleteLater()

    def _make_page(self, name: str) -> QWidget:
        return page_class(name)(self.context)

    def _make_first(self) -> "FirstPage":
        from coinbudget.ui.pages.first import FirstPage  # noqa: PLC0415 - a ledger is new once

        return FirstPage(self.context)

    # Wiring

    def _connect_session(self) -> None:
        session, operations = self.context.session, self.context.operations
        session.profile_changed.connect(self._show_profile)
        session.profile_changed.connect(self.refresh_frame)
        session.profiles_changed.connect(self._make_profile_menu)
        session.purchase_requested.connect(self.log_purchase)
        session.gift_requested.connect(self.log_gift)
        session.adjustment_requested.connect(self.adjust)
        session.refund_requested.connect(self.refund)
        session.amend_requested.connect(self.amend)
        session.limit_requested.connect(self.add_limit)
        session.preferences_requested.connect(self.show_preferences)
        session.export_requested.connect(self.export)
        session.import_requested.connect(self.import_file)
        session.rows_pasted.connect(self.import_rows)
        session.earlier_requested.connect(self.ask_earlier)
        session.page_requested.connect(self._on_page)
        session.entry_requested.connect(self._on_entry)
        session.toast_requested.connect(lambda text, undo: self.window.toast.say(text, undo=undo))
        operations.changed.connect(self._on_changed)
        operations.problem.connect(self._on_problem)
        operations.busy.connect(partial(self.window.status.show_work, number=self.context.amounts.number))
        operations.idle.connect(self.window.status.hide_work)
        operations.undo_moved.connect(self._on_undo_moved)
        for signal in (
            operations.undo_stack.indexChanged,
            operations.undo_stack.canUndoChanged,
            operations.undo_stack.canRedoChanged,
        ):
            signal.connect(self._name_undo)
        self._name_undo()
        if self.first is not None:
            self.first.finished.connect(self._on_first_finished)
            self.first.sample_requested.connect(self.sample_requested)

    def _connect_window(self) -> None:
        window, actions = self.window, self.window.actions_
        operations, session = self.context.operations, self.context.session
        self._make_profile_menu()
        self._connections = [
            actions.purchase.triggered.connect(self.log_purchase),
            actions.gift.triggered.connect(self.log_gift),
            actions.adjustment.triggered.connect(self.adjust),
            actions.limit.triggered.connect(self.add_limit),
            actions.import_.triggered.connect(partial(self.import_file, "")),
            actions.export.triggered.connect(self.export),
            actions.preferences.triggered.connect(self.show_preferences),
            actions.add_profile.triggered.connect(self.add_profile),
            actions.about.triggered.connect(self.show_about),
            actions.undo.triggered.connect(operations.undo),
            actions.redo.triggered.connect(operations.redo),
            window.toast.undo_requested.connect(operations.undo),
            window.status.cancel_requested.connect(operations.cancel),
            window.status.leave_sample_requested.connect(self.leave_sample_requested),
            window.banner.dismissed.connect(self._on_dismissed),
            window.file_dropped.connect(self.import_file),
            window.several_dropped.connect(self.choose_dropped),
            window.top_bar.search.searched.connect(self._on_searched),
            window.top_bar.profile.clicked.connect(self._open_profile_menu),
        ]
        session.search_changed.connect(self._show_search)

    # What people ask for

    def log_purchase(self) -> None:
        """Open the form for a purchase."""
        from coinbudget.ui.dialogs.purchase import PurchaseDialog  # noqa: PLC0415 - forms load when first opened

        self._open(PurchaseDialog(self.context, self.window))

    def log_gift(self) -> None:
        """Open the form for a gift."""
        from coinbudget.ui.dialogs.gift import GiftDialog  # noqa: PLC0415 - as above

        self._open(GiftDialog(self.context, self.window))

    def adjust(self) -> None:
        """Open the form for an adjustment."""
        from coinbudget.ui.dialogs.adjustment import AdjustmentDialog  # noqa: PLC0415 - as above

        self._open(AdjustmentDialog(self.context, self.window))

    def refund(self, entry: Entry) -> None:
        """Open the form for a refund of a purchase."""
        from coinbudget.ui.dialogs.refund import RefundDialog  # noqa: PLC0415 - as above

        if isinstance(entry, Purchase):
            self._open(RefundDialog(self.context, entry, self.window))

    def amend(self, entry: Entry) -> None:
        """Open the form of an entry to change it."""
        from coinbudget.ui.dialogs.adjustment import AdjustmentDialog  # noqa: PLC0415 - as above
        from coinbudget.ui.dialogs.gift import GiftDialog  # noqa: PLC0415
        from coinbudget.ui.dialogs.purchase import PurchaseDialog  # noqa: PLC0415
        from coinbudget.ui.dialogs.refund import RefundDialog  # noqa: PLC0415

        if isinstance(entry, Purchase):
            self._open(PurchaseDialog(self.context, self.window, amending=entry))
        elif isinstance(entry, Gift):
            self._open(GiftDialog(self.context, self.window, amending=entry))
        elif isinstance(entry, Adjustment):
            self._open(AdjustmentDialog(self.context, self.window, amending=entry))
        elif isinstance(entry, Refund):
            self._open(RefundDialog(self.context, None, self.window, amending=entry))

    def add_limit(self) -> None:
        """Open the form for a limit."""
        from coinbudget.ui.dialogs.limit import LimitDialog  # noqa: PLC0415 - as above

        self._open(LimitDialog(self.context, self.window))

    def add_profile(self) -> None:
        """Open the form for a profile."""
        from coinbudget.ui.dialogs.profile import ProfileDialog  # noqa: PLC0415 - as above

        self._open(ProfileDialog(self.context, self.window))

    def show_preferences(self) -> None:
        """Open the preferences."""
        from coinbudget.ui.dialogs.preferences import PreferencesDialog  # noqa: PLC0415 - as above

        self._open(PreferencesDialog(self.context, self.window))

    def export(self) -> None:
        """Open the form for an export."""
        from coinbudget.ui.dialogs.export_file import ExportDialog  # noqa: PLC0415 - as above

        self._open(ExportDialog(self.context, self.window))

    def import_file(self, path: str) -> None:
        """Show what a file, folder or archive would bring; "" asks first."""
        from coinbudget.ui.dialogs.import_file import ImportDialog  # noqa: PLC0415 - as above
        from coinbudget.ui.dialogs.import_start import ImportStartDialog  # noqa: PLC0415

        if path:
            self._open(ImportDialog(self.context, Path(path), self.window))
        else:
            self._open(ImportStartDialog(self.context, self.window))

    def choose_dropped(self, paths: tuple[str, ...]) -> None:
        """Ask which of several files that were dropped together comes in first."""
        from coinbudget.ui.dialogs.import_start import ImportStartDialog  # noqa: PLC0415 - as above

        self._open(ImportStartDialog(self.context, self.window, dropped=paths))

    def import_rows(self, text: str) -> None:
        """Show what rows copied from a spreadsheet would bring."""
        from coinbudget.ui.dialogs.import_file import ImportDialog  # noqa: PLC0415 - as above

        self._open(ImportDialog(self.context, None, self.window, rows=text))

    def ask_earlier(self, whose: Profile | None, unsaid_only: bool) -> None:
        """Ask where coins of before the ledger were bought, where there are any."""
        profile = whose or self.context.session.profile
        if profile is None:
            return

        def call(ledger: Ledger, now: datetime) -> "EarlierCoins":
            from coinbudget.services import earlier  # noqa: PLC0415 - storage stays off the first paint

            return earlier.earlier_coins(ledger, profile.id, now=now)

        def show(found: "EarlierCoins") -> None:
            from coinbudget.ui.dialogs.earlier import EarlierDialog  # noqa: PLC0415 - forms load when first opened

            if found.coins and not (unsaid_only and found.bought is not None):
                self._open(EarlierDialog(self.context, profile, found, self.window))

        self.context.operations.read("workspace.earlier", call, show, owner=self)

    def show_about(self) -> None:
        """Say what this is and what it is not."""
        box = QMessageBox(self.window)
        box.setWindowTitle(self.tr("About coinbudget"))
        box.setText(f"coinbudget {__version__}")
        box.setInformativeText(
            self.tr(
                "A ledger for TikTok coins on this computer alone: no account, no network. It records and warns; it "
                "cannot block a purchase. MIT licence.\n\nNot made by or tied to TikTok."
            )
        )
        box.setIconPixmap(self.window.windowIcon().pixmap(64, 64))
        self._open(box)

    def _open(self, dialog: QDialog) -> None:
        if isinstance(dialog, QMessageBox):
            dialog.setTextFormat(Qt.TextFormat.PlainText)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    # What changes

    def _on_changed(self, changes: Changes) -> None:
        if changes.undo is not None:
            # Its Undo would take back this change now, not what it speaks of.
            self.window.toast.outdated()
        if changes.past_windows_over:
            count = changes.past_windows_over
            words = (
                self.tr("1 past period was over its limit")
                if count == 1
                else self.tr("{count} past periods were over their limits").format(count=count)
            )
            self.window.toast.say(words, undo=False)
        if self.first is not None and (changes.entries or changes.action.startswith("import")):
            self._on_first_finished()
        self.refresh_frame()

    def refresh_frame(self) -> None:
        """Read anew what the frame says about the file."""
        profile = self.context.session.profile
        shown = None if profile is None else profile.id

        def call(ledger: Ledger, now: datetime) -> FileFacts:
            return file_facts(ledger, shown, now=now)

        self.context.operations.read("workspace.frame", call, self._show_facts, lambda _problems: None, owner=self)

    def _show_facts(self, facts: FileFacts) -> None:
        self.context.session.set_profiles(facts.profiles)
        status, amounts, now = self.window.status, self.context.amounts, facts.now
        name = self.context.operations.ledger.path
        zone = self.context.session.zone
        if name is not None:
            status.place.setText(self.tr("Ledger: {name}, on this computer only").format(name=name.name))
            status.place.setToolTip(plain_tip(str(name)))
        if facts.backed_up_at is None:
            status.backup.setText(self.tr("Not backed up yet"))
        else:
            moment = amounts.moment(facts.backed_up_at, zone, now)
            status.backup.setText(self.tr("Backed up {moment}").format(moment=moment))
        if facts.rates_on is not None:
            status.rates.setText(self.tr("Exchange rates of {day}").format(day=amounts.date(facts.rates_on)))
        self._unseen = tuple(one.alert_id for one in facts.warned)
        self._show_warning(highest(one.status for one in facts.warned), now)

    def _show_warning(self, status: LimitStatus | None, now: datetime) -> None:
        if status is None:
            self.window.hide_banner()
            return
        strong, rest = LimitWords(self.context.amounts, self.context.session.zone).banner(status, now)
        if not self.window.banner.isVisible() or self.window.banner.text() != f"{strong} {rest}".strip():
            self.window.announce(strong, rest, status.level)

    def _on_dismissed(self) -> None:
        ids = self._unseen
        self.window.hide_banner()

        def call(ledger: Ledger, now: datetime) -> Changes:
            from coinbudget.services import watch  # noqa: PLC0415 - storage stays off the first paint

            watch.mark_seen(ledger, ids, now=now)
            return Changes(action="seen", count=0)

        self.context.operations.write(self.tr("dismissal"), call)

    def _on_problem(self, problems: tuple[Problem, ...], title: str) -> None:
        box = QMessageBox(self.window)
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setWindowTitle("coinbudget")
        box.setText(problem_texts(problems))
        if title:
            box.setInformativeText(self.tr("While trying: {what}. Nothing was changed.").format(what=title))
        self._open(box)

    def _on_undo_moved(self, changes: Changes) -> None:
        if changes.entries:
            self.context.session.entry_requested.emit(changes.entries[0])

    def _on_first_finished(self) -> None:
        self.first = None
        self.window.leave_first()

    def _on_page(self, name: str, wanted: object) -> None:
        self.window.show_page(name)
        from coinbudget.ui.pages.ledger import LedgerPage  # noqa: PLC0415 - a page is loaded when it is wanted

        page = self.pages.made.get(name)
        if isinstance(page, LedgerPage) and (wanted is None or isinstance(wanted, LedgerFilter)):
            page.show_filter(wanted)

    def _on_entry(self, entry_id: str) -> None:
        """Show an entry in the ledger; a page that was there has heard of it itself."""
        if "ledger" not in self.pages.made:
            from coinbudget.ui.pages.ledger import LedgerPage  # noqa: PLC0415 - as above

            page = self.pages["ledger"]
            if isinstance(page, LedgerPage):
                page.show_entry(entry_id)
        self.window.show_page("ledger")

    def _on_searched(self, text: str) -> None:
        if text != self.context.session.search:
            self.context.session.set_search(text)
            if text:
                self.window.show_page("ledger")

    def _show_search(self, text: str) -> None:
        if self.window.top_bar.search.edit.text().strip() != text:
            self.window.top_bar.search.edit.setText(text)

    def _name_undo(self) -> None:
        stack, actions = self.context.operations.undo_stack, self.window.actions_
        back, forth = no_mnemonic(stack.undoText()), no_mnemonic(stack.redoText())
        actions.undo.setText(self.tr("&Undo {what}").format(what=back) if back else self.tr("&Undo"))
        actions.redo.setText(self.tr("&Redo {what}").format(what=forth) if forth else self.tr("&Redo"))
        actions.undo.setEnabled(stack.canUndo())
        actions.redo.setEnabled(stack.canRedo())

    # Profiles

    def _show_profile(self) -> None:
        profile = self.context.session.profile
        if profile is not None:
            self.window.top_bar.profile.show_name(profile.name)
            self.context.settings.setValue("window/profile", profile.name)
        self._make_profile_menu()

    def _make_profile_menu(self) -> None:
        session = self.context.session
        menu = Menu("", self.window)
        for profile in session.profiles:
            action = menu.addAction(no_mnemonic(profile.name))
            action.setCheckable(True)
            action.setChecked(profile == session.profile)
            action.triggered.connect(partial(self._on_chosen, profile))
        menu.addSeparator()
        menu.addAction(self.window.actions_.add_profile)
        menu.addAction(self.window.actions_.preferences)
        if self._profile_menu is not None:
            self._profile_menu.deleteLater()
        self._profile_menu = menu

    def _on_chosen(self, profile: Profile) -> None:
        self.context.session.set_profile(profile.id)

    def _open_profile_menu(self) -> None:
        button = self.window.top_bar.profile
        if self._profile_menu is not None:
            self._profile_menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

"""Pictures of every page and dialog, light and dark, from sample data and a clock that stands still.

The same program and fonts give the same pictures: locale, time, ledger and sizes are fixed here. They are made to
be looked at, and two of them stand in the README.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import rmtree
from tempfile import gettempdir
from time import monotonic, sleep

from babel import Locale
from PySide6.QtCore import QEvent, QLocale, QSettings, QSize
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from coinbudget.domain.drafts import Draft
from coinbudget.domain.entries import Purchase
from coinbudget.domain.summaries import LedgerFilter, Sort
from coinbudget.services import backup, browse, demo, household, limits, transfer
from coinbudget.services.ledger import Ledger, open_ledger
from coinbudget.ui.amounts import Amounts
from coinbudget.ui.dialogs.adjustment import AdjustmentDialog
from coinbudget.ui.dialogs.export_file import ExportDialog
from coinbudget.ui.dialogs.gift import GiftDialog
from coinbudget.ui.dialogs.import_file import ImportDialog
from coinbudget.ui.dialogs.limit import LimitDialog
from coinbudget.ui.dialogs.preferences import PreferencesDialog
from coinbudget.ui.dialogs.profile import ProfileDialog
from coinbudget.ui.dialogs.purchase import PurchaseDialog
from coinbudget.ui.dialogs.refund import RefundDialog
from coinbudget.ui.main_window import MainWindow
from coinbudget.ui.theme import Theme
from coinbudget.ui.workspace import Workspace

NOW = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
USUAL = QSize(1180, 780)
SMALL = QSize(900, 600)
_PATIENCE_S = 60
_MODES = ("light", "dark")


def render(application: QApplication, directory: Path) -> None:
    """Write all pictures as PNG into `directory`, which is made where it is missing."""
    directory.mkdir(parents=True, exist_ok=True)
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    theme = Theme(application, "light")
    theme.apply()
    # A name of its own would stand in the pictures; this one is the same every time.
    folder = Path(gettempdir()) / "coinbudget-screenshots"
    rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        _Camera(application, theme, directory, folder).shoot()
    finally:
        rmtree(folder, ignore_errors=True)


class _Camera:
    """Holds the window still and takes the pictures."""

    def __init__(self, application: QApplication, theme: Theme, directory: Path, folder: Path) -> None:
        self._application = application
        self._theme = theme
        self._directory = directory
        self._folder = folder
        self._settings = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
        self._window = MainWindow(theme, self._settings)
        self._window.resize(USUAL)
        self._window.show()

    def shoot(self) -> None:
        """Take all of them, then put everything away."""
        try:
            self._shoot_sample()
            self._shoot_empty()
        finally:
            self._window.close()
            self._window.deleteLater()
            self._application.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def _shoot_sample(self) -> None:
        ledger = open_ledger(self._folder / "sample" / "coinbudget.db", now=NOW, create=True)
        demo.fill(ledger, now=NOW)
        backup.back_up_when_due(ledger, now=NOW - timedelta(hours=11, minutes=18))
        table = self._folder / "november.csv"
        transfer.export_entries(ledger, table, form="exact")
        workspace = self._workspace(ledger)
        try:
            for size, tail in ((USUAL, ""), (SMALL, "-small")):
                self._window.resize(size)
                for name in workspace.pages:
                    self._window.show_page(name)
                    self._take(self._window, f"{name}{tail}", workspace)
            self._window.resize(USUAL)
            self._window.show_page("overview")
            for name, make in self._dialogs(workspace, ledger, table):
                self._take_dialog(name, make, workspace)
        finally:
            workspace.close()

    def _shoot_empty(self) -> None:
        ledger = open_ledger(self._folder / "new" / "coinbudget.db", now=NOW, create=True)
        household.add_profile(ledger, name="Mia", region="DE", currency="EUR", zone="Europe/Berlin", now=NOW)
        workspace = self._workspace(ledger, first=True)
        try:
            self._take(self._window, "first", workspace)
            if workspace.first is not None:
                workspace.first.steps.setCurrentIndex(1)
            self._take(self._window, "first-limit", workspace)
            self._window.leave_first()
            for name in workspace.pages:
                self._window.show_page(name)
                self._take(self._window, f"{name}-empty", workspace)
        finally:
            workspace.close()

    def _workspace(self, ledger: Ledger, *, first: bool = False) -> Workspace:
        return Workspace(
            self._window,
            ledger,
            Amounts(Locale.parse("en_GB"), ledger.reference.currencies),
            household.profiles(ledger),
            clock=lambda: NOW,
            settings=self._settings,
            first=first,
        )

    def _dialogs(self, workspace: Workspace, ledger: Ledger, table: Path) -> list[tuple[str, Callable[[], QDialog]]]:
        context, window = workspace.context, self._window
        profile = context.session.profile
        if profile is None:
            raise RuntimeError("the sample ledger has a profile")
        shown = LedgerFilter(profile_id=profile.id, kinds=("purchase",), planned=False)
        newest = browse.first_page(ledger, shown, Sort.AT, descending=True, size=1)[0].entry
        if not isinstance(newest, Purchase):
            raise TypeError(newest)
        limit = limits.limits(ledger, profile.id)[0]
        bought = Draft(kind="purchase", paid="5.29", currency="EUR", coins="350", channel="web")
        sent = Draft(kind="gift", gift="Corgi", creator="lunabeats")
        return [
            ("log-purchase", lambda: PurchaseDialog(context, window, prefill=bought)),
            ("log-gift", lambda: GiftDialog(context, window, prefill=sent)),
            ("log-gift-empty", lambda: GiftDialog(context, window)),
            ("refund", lambda: RefundDialog(context, newest, window)),
            ("adjustment", lambda: AdjustmentDialog(context, window)),
            ("amend-purchase", lambda: PurchaseDialog(context, window, amending=newest)),
            ("add-limit", lambda: LimitDialog(context, window)),
            ("change-limit", lambda: LimitDialog(context, window, limit=limit)),
            ("preferences", lambda: PreferencesDialog(context, window)),
            ("add-profile", lambda: ProfileDialog(context, window)),
            ("import", lambda: ImportDialog(context, table, window)),
            ("export", lambda: ExportDialog(context, window)),
        ]

    def _take_dialog(self, name: str, make: Callable[[], QDialog], workspace: Workspace) -> None:
        dialog = make()
        dialog.open()
        self._take(dialog, name, workspace)
        dialog.reject()
        dialog.deleteLater()
        self._settle(workspace)

    def _take(self, widget: QWidget, name: str, workspace: Workspace) -> None:
        for mode in _MODES:
            self._theme.set_mode(mode)
            self._settle(workspace)
            widget.grab().save(str(self._directory / f"{name}-{mode}.png"))
        self._theme.set_mode(_MODES[0])

    def _settle(self, workspace: Workspace) -> None:
        """Wait for what is under way, and for what its answers start."""
        began = monotonic()
        quiet = 0
        while quiet < 4:  # noqa: PLR2004 - rounds in a row in which nothing was under way
            self._application.processEvents()
            quiet = quiet + 1 if workspace.context.operations.idle_now() else 0
            if monotonic() - began > _PATIENCE_S:
                raise TimeoutError("the window does not come to rest")
            sleep(0.02)

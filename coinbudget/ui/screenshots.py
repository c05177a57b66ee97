"""Pictures of every page and dialog, light and dark, from sample data and a clock that stands still.

The same program and fonts give the same pictures: locale, time, ledger and sizes are fixed here. They are made to
be looked at, and two of them stand in the README.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
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
from coinbudget.services import backup, browse, demo, household, limits, record, transfer
from coinbudget.services.earlier import Bought, EarlierCoins
from coinbudget.services.ledger import Ledger, open_ledger
from coinbudget.ui.amounts import Amounts
from coinbudget.ui.dialogs.adjustment import AdjustmentDialog
from coinbudget.ui.dialogs.earlier import EarlierDialog
from coinbudget.ui.dialogs.export_file import ExportDialog
from coinbudget.ui.dialogs.gift import GiftDialog
from coinbudget.ui.dialogs.import_file import ImportDialog
from coinbudget.ui.dialogs.import_start import ImportStartDialog
from coinbudget.ui.dialogs.import_totals import PreviewTotals
from coinbudget.ui.dialogs.kept_size import KeptSizeForm
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
STEPS = QSize(1000, 700)
_PATIENCE_S = 60
_MODES = ("light", "dark")
#: Rows as a spreadsheet copies them.
_ROWS = (
    "Datum\tAn\tGeschenk\tMünzen\n14.11.2026 21:03\t@lunabeats\tCorgi\t299\n"
    "03.11.2026 20:15\t@chef.tomo\tRose\t5\n21.10.2026 22:40\t@nightowl\tPerfume\t1.020\n"
)


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
            # Last, as its two purchases of one day would stand in every picture behind it.
            self._take_dialog("import-pairing", partial(self._pairing, workspace, ledger), workspace)
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
        newest = self._newest(workspace, ledger)
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
            ("import-start", lambda: ImportStartDialog(context, window)),
            ("import-questions", lambda: ImportDialog(context, self._export(), window)),
            ("import-preview", lambda: ImportDialog(context, self._newer(table), window)),
            ("import-mapping", lambda: ImportDialog(context, None, window, rows=_ROWS)),
            ("import-problems", lambda: ImportDialog(context, self._faulty(), window)),
            ("import-refused", lambda: ImportDialog(context, self._strange(), window)),
            (
                "earlier",
                lambda: EarlierDialog(
                    context, profile, EarlierCoins(coins=84210, bought=Bought.APP, low_minor=91789, high_minor=128237)
                ),
            ),
            ("export", lambda: ExportDialog(context, window)),
        ]

    def _newest(self, workspace: Workspace, ledger: Ledger) -> Purchase:
        profile = workspace.context.session.profile
        if profile is None:
            raise RuntimeError("the sample ledger has a profile")
        shown = LedgerFilter(profile_id=profile.id, kinds=("purchase",), planned=False)
        newest = browse.first_page(ledger, shown, Sort.AT, descending=True, size=1)[0].entry
        if not isinstance(newest, Purchase):
            raise TypeError(newest)
        return newest

    def _export(self) -> Path:
        """A data export in the shape of TikTok's, all of it invented."""
        day = "2026-11-2{} 2{}:0{}:11"
        coins = [{"Date": day.format(n, n, n), "Type": "Recharge", "CoinAmount": 350} for n in range(2)]
        gifts = [{"Date": day.format(n % 2, n % 3, n), "GiftAmount": "99", "UserName": "lunabeats"} for n in range(9)]
        export = {
            "Income+ Wallet": {"Coin Purchase History": {"CoinPurchaseHistoryList": coins}},
            "Your Activity": {"Purchases": {"SendGifts": {"SendGifts": gifts}, "BuyGifts": {"BuyGifts": None}}},
        }
        path = self._folder / "user_data_tiktok.json"
        path.write_text(json.dumps(export), encoding="utf-8")
        return path

    def _pairing(self, workspace: Workspace, ledger: Ledger) -> ImportDialog:
        """A preview in which one row pairs with a purchase and another may be one of two."""
        newest = self._newest(workspace, ledger)
        whose = next(one.name for one in household.profiles(ledger) if one.id == newest.profile_id)
        for paid in ("11.99", "12.49"):
            twin = Draft(kind="purchase", at="2026-11-10", coins="1000", paid=paid, currency="EUR", channel="web")
            record.add(ledger, twin._replace(profile=whose), now=NOW)
        day = (newest.at + timedelta(minutes=2)).strftime("%Y-%m-%d %H:%M:%S")
        coins = [(day, newest.coins), ("2026-11-10 19:04:51", 1000), ("2026-11-21 20:11:09", 350)]
        rows = [{"Date": at, "Type": "Recharge", "CoinAmount": count} for at, count in coins]
        path = self._folder / "user_data_tiktok.json"
        path.write_text(
            json.dumps({"Income+ Wallet": {"Coin Purchase History": {"CoinPurchaseHistoryList": rows}}}),
            encoding="utf-8",
        )
        dialog = ImportDialog(workspace.context, path, self._window)
        dialog.open()
        self._settle(workspace)
        while not dialog.preview.isVisible():
            dialog.add.click()
            self._settle(workspace)
        dialog.preview.table.selectRow(1)
        return dialog

    def _newer(self, table: Path) -> Path:
        """The sample's own rows, with some that are not in it yet."""
        lines = table.read_text(encoding="utf-8").splitlines()
        head = lines[0].split(",")
        new = []
        for number, coins in enumerate((5, 99, 199, 1000)):
            row = dict.fromkeys(head, "") | {
                "kind": "gift", "at": f"2026-11-21T2{number}:10", "coins": str(coins), "creator": "@nightowl",
            }  # fmt: skip
            new.append(",".join(row[name] for name in head))
        path = self._folder / "november-and-more.csv"
        path.write_text("\r\n".join([lines[0], *new, *lines[1:30]]) + "\r\n", encoding="utf-8", newline="")
        return path

    def _faulty(self) -> Path:
        path = self._folder / "typed-by-hand.csv"
        rows = ("gift,2026-11-20T21:10,99,@lunabeats", "gift,2026-14-20,5,@lunabeats", "gift,2026-11-19,no,@chef.tomo")
        path.write_text("\r\n".join(("kind,at,coins,creator", *rows, "")), encoding="utf-8", newline="")
        return path

    def _strange(self) -> Path:
        path = self._folder / "settings.json"
        path.write_text('{"theme": "dark"}', encoding="utf-8")
        return path

    def _take_dialog(self, name: str, make: Callable[[], QDialog], workspace: Workspace) -> None:
        dialog = make()
        dialog.open()
        if isinstance(dialog, KeptSizeForm):
            # The screen there is may be smaller than anyone's.
            dialog.resize(STEPS)
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
            waits = any(one.waiting for one in self._window.findChildren(PreviewTotals))
            quiet = quiet + 1 if workspace.context.operations.idle_now() and not waits else 0
            if monotonic() - began > _PATIENCE_S:
                raise TimeoutError("the window does not come to rest")
            sleep(0.02)

"""Starts the window: one per ledger file, frame first, ledger opened by a worker.

Order, held by a test: the frame paints before sqlmodel, sqlalchemy, alembic, matplotlib or numpy are imported. Only
here the parts of the window and the services meet for the first time.
"""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from coinbudget import __version__
from coinbudget.domain.errors import LedgerFault, Problem, Refusal
from coinbudget.paths import demo_file, settings_file, user_data_file
from coinbudget.ui.instance import SingleInstance
from coinbudget.ui.main_window import MainWindow
from coinbudget.ui.theme import Theme

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

    from babel import Locale

    from coinbudget.domain.profiles import Profile
    from coinbudget.services.ledger import Ledger
    from coinbudget.ui.amounts import Amounts
    from coinbudget.ui.workspace import Workspace

_QUIET_MS = 300
_REFUSED = 2


def utc_now() -> datetime:
    """The clock of the window."""
    return datetime.now(UTC)


def run(path: Path | None = None, *, demo: bool = False) -> int:
    """Open the window on a ledger file; 0 when it was closed, 2 when the ledger could not be opened."""
    # Settings, locks and everything else this process makes are the user's alone.
    os.umask(0o077)
    # Imports make tens of thousands of objects that stay; looking through them again and again takes a tenth of the
    # start. Collecting begins once they are all there, and leaves them out for good.
    gc.disable()
    # numpy's library of matrices starts a thread per core when it is loaded; nothing here multiplies matrices.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    application = make_application()
    file = (demo_file() if demo else user_data_file()) if path is None else path
    instance = SingleInstance(file)
    if instance.raised_other():
        return 0
    settings = QSettings(str(settings_file()), QSettings.Format.IniFormat)
    theme = Theme(application, str(settings.value("window/theme", "system")))
    theme.apply()
    window = MainWindow(theme, settings)
    opener = Opener(window, settings, utc_now)
    instance.setParent(window)
    instance.asked.connect(window.come_up)
    sys.excepthook = _Hook(window)
    opener.answered.connect(_collect, Qt.ConnectionType.SingleShotConnection)

    def begin() -> None:
        if instance.listen():
            opener.open(file, sample=demo)
        else:
            window.close()

    window.first_painted.connect(begin)
    window.show()
    application.exec()
    opener.close()
    return opener.status


def _collect() -> None:
    """Look for garbage from now on, among what is made from now on."""
    gc.freeze()
    gc.enable()


def screenshots(directory: Path) -> int:
    """Render every page and dialog, light and dark, from sample data into a folder."""
    from coinbudget.ui.screenshots import render  # noqa: PLC0415 - needs services, which the window loads later

    application = make_application()
    render(application, directory)
    return 0


def make_application() -> QApplication:
    """The application object; the one there is, where tests made it."""
    present = QApplication.instance()
    application = present if isinstance(present, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("coinbudget")
    application.setApplicationDisplayName("coinbudget")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("coinbudget")
    application.setAttribute(Qt.ApplicationAttribute.AA_DontShowIconsInMenus, on=False)
    return application


@dataclass(frozen=True, slots=True)
class Opened:
    """What the worker hands over.

    Attributes:
        first: nothing is in it yet, so the first page is shown.
        due: it was there before and is no sample, so a backup may be due.
    """

    ledger: Ledger
    amounts: Amounts
    profiles: tuple[Profile, ...]
    first: bool
    due: bool


class Opener(QObject):
    """Opens ledgers for the window, one at a time, on a worker.

    Attributes:
        status: what the program ends with.
        workspace: the ledger shown, None before it is open.

    Signals:
        answered: the worker is done, whether or not there is a ledger to show.
        opened: a workspace is in the window.
    """

    answered = Signal()
    opened = Signal()
    _backed_up = Signal(object)
    _answered = Signal(object)

    def __init__(self, window: MainWindow, settings: QSettings, clock: Callable[[], datetime]) -> None:
        super().__init__(window)
        self.status = 0
        self.workspace: Workspace | None = None
        self._window = window
        self._settings = settings
        self._clock = clock
        self._file = Path()
        self._own: Path | None = None
        self._sample = self._due = False
        self._pool: ThreadPoolExecutor | None = None
        self._answered.connect(self._on_answered)
        self._backed_up.connect(self._on_backed_up)
        window.closing.connect(self.close)

    def open(self, file: Path, *, sample: bool = False) -> None:
        """Open a ledger in place of the one shown, making it where there is none."""
        self._close_workspace()
        self._window.enable(ledger=False)
        self._file, self._sample = file, sample
        if not sample:
            self._own = file
        future = self._worker().submit(
            open_for_window, file, sample=sample, clock=self._clock, page=self._window.page_left()
        )
        future.add_done_callback(self._answered.emit)

    def close(self) -> None:
        """Close what is open."""
        self._close_workspace()
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def _worker(self) -> ThreadPoolExecutor:
        if self._pool is None:
            from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - not before the first paint

            self._pool = ThreadPoolExecutor(1, thread_name_prefix="open")
        return self._pool

    def _on_answered(self, future: Future[Opened]) -> None:
        self.answered.emit()
        error = future.exception()
        if isinstance(error, Refusal):
            self._refuse(error.problems)
            return
        if error is not None:
            raise error
        from coinbudget.ui.workspace import Workspace  # noqa: PLC0415 - the worker has imported it

        opened = future.result()
        first = opened.first and not self._sample
        self.workspace = workspace = Workspace(
            self._window,
            opened.ledger,
            opened.amounts,
            opened.profiles,
            clock=self._clock,
            settings=self._settings,
            first=first,
            sample=self._sample,
        )
        workspace.sample_requested.connect(lambda: self.open(demo_file(), sample=True))
        workspace.leave_sample_requested.connect(self._leave_sample)
        self._due = opened.due
        workspace.context.operations.idle.connect(self._on_shown, Qt.ConnectionType.SingleShotConnection)
        self.opened.emit()

    def _on_shown(self) -> None:
        """The figures are there: the rest of the start takes the machine only now, after they were painted."""
        if self.workspace is not None:
            QTimer.singleShot(_QUIET_MS, self.workspace, self._settle)

    def _settle(self) -> None:
        self._worker().submit(_load_forms)
        if self._due:
            self._back_up()

    def _back_up(self) -> None:
        workspace = self.workspace
        if workspace is not None:
            future = self._worker().submit(_back_up, workspace.context.operations.ledger, self._clock())
            future.add_done_callback(self._backed_up.emit)

    def _on_backed_up(self, future: Future[None]) -> None:
        if not future.cancelled():
            future.result()
        if self.workspace is not None:
            self.workspace.refresh_frame()

    def _leave_sample(self) -> None:
        """Back to the own ledger; the sample's own file goes, another one that was named stays."""
        file = self._file
        self._close_workspace()
        if file == demo_file():
            file.unlink(missing_ok=True)
        # After the signal: its sender is about to go.
        QTimer.singleShot(0, self, lambda: self.open(self._own or user_data_file()))

    def _close_workspace(self) -> None:
        if self.workspace is not None:
            self.workspace.close()
            self.workspace = None

    def _refuse(self, problems: tuple[Problem, ...]) -> None:
        from coinbudget.ui.problems import problem_texts  # noqa: PLC0415 - the services are there by now

        self.status = _REFUSED
        from PySide6.QtWidgets import QMessageBox  # noqa: PLC0415 - not before the first paint

        text = problem_texts(problems)
        box = QMessageBox(self._window)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle("coinbudget")
        box.setText(self.tr("The ledger could not be opened."))
        box.setInformativeText(text)
        leave = box.addButton(self.tr("Quit"), QMessageBox.ButtonRole.AcceptRole)
        box.setEscapeButton(leave)
        copy = box.addButton(self.tr("Copy details"), QMessageBox.ButtonRole.ActionRole)
        details = f"coinbudget {__version__}\n{self._file}\n{text}\n" + "\n".join(str(one) for one in problems)
        copy.clicked.disconnect()
        copy.clicked.connect(lambda: QApplication.clipboard().setText(details))
        box.finished.connect(self._window.close)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()


def open_for_window(file: Path, *, sample: bool, clock: Callable[[], datetime], page: str = "overview") -> Opened:
    """Open (or make) a ledger on a worker, with a profile from the system's locale where it has none.

    Args:
        page: name of the one that will be shown.

    Raises:
        LedgerFault: it cannot be opened; it was not touched.
    """
    from coinbudget.domain.summaries import LedgerFilter  # noqa: PLC0415
    from coinbudget.services import browse, household, limits  # noqa: PLC0415 - after the first paint
    from coinbudget.services.ledger import open_ledger  # noqa: PLC0415
    from coinbudget.ui.amounts import Amounts, system_locale  # noqa: PLC0415

    now = clock()
    new = not file.exists()
    ledger = open_ledger(file, now=now, create=True)
    try:
        if sample and new:
            from coinbudget.services import demo  # noqa: PLC0415 - for the sample alone

            demo.fill(ledger, now=now)
        locale = system_locale()
        if not household.profiles(ledger):
            make_profile(ledger, locale, now=now)
        profiles = household.profiles(ledger)
        empty = browse.count(ledger, LedgerFilter(voided=True)) == 0 and not limits.limits(ledger)
        # Imported here so that the window's thread need not wait.
        from coinbudget.ui.workspace import page_class  # noqa: PLC0415

        page_class(page)
        amounts = Amounts(locale, ledger.reference.currencies)
        # Babel reads a locale's data at the first figure.
        amounts.money(0, profiles[0].currency)
        return Opened(ledger, amounts, profiles, empty, due=not new and not sample)
    except BaseException:
        ledger.close()
        raise


def make_profile(ledger: Ledger, locale: Locale, *, now: datetime) -> None:
    """The first profile: region, currency, zone and first weekday as the system has them; all can be changed."""
    from coinbudget.services import household  # noqa: PLC0415 - after the first paint
    from coinbudget.ui.amounts import system_region  # noqa: PLC0415 - as above

    regions = ledger.reference.regions
    region = system_region() if system_region() in regions else "US"
    household.add_profile(
        ledger,
        name=QObject().tr("Me"),
        region=region,
        currency=regions[region].currency or "USD",
        zone=system_zone(),
        week_start=locale.first_week_day,
        now=now,
    )


def system_zone() -> str:
    """IANA name of the system's time zone; UTC where it cannot be told."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415 - not before the first paint

    from tzlocal import get_localzone_name  # noqa: PLC0415 - as above, and it reads files

    try:
        name = str(get_localzone_name() or "UTC")
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "UTC"
    return name


def _load_forms() -> None:
    """Load forms before the first one is opened: to do it then would be felt."""
    from coinbudget.ui.dialogs import gift, import_file, purchase  # noqa: F401, PLC0415 - loaded for others, and later


def _back_up(ledger: Ledger, now: datetime) -> None:
    """The copy made at every start; one that cannot be made must not keep anyone from the ledger."""
    from coinbudget.services.backup import back_up_when_due  # noqa: PLC0415 - after the first paint

    try:
        back_up_when_due(ledger, now=now)
    except LedgerFault:
        traceback.print_exc()


class _Hook:
    """What to do with a fault of ours: the traceback on stderr, one sentence for the person, nothing lost."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def __call__(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        details = "".join(traceback.format_exception(kind, error, trace))
        sys.stderr.write(details)
        if not isinstance(error, Exception):
            return
        from PySide6.QtWidgets import QMessageBox  # noqa: PLC0415 - not before the first paint

        box = QMessageBox(self._window)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle("coinbudget")
        box.setText(box.tr("Something went wrong in coinbudget. Nothing half-done was saved."))
        box.addButton(QMessageBox.StandardButton.Close)
        copy = box.addButton(box.tr("Copy details"), QMessageBox.ButtonRole.ActionRole)
        copy.clicked.connect(lambda: QApplication.clipboard().setText(f"coinbudget {__version__}\n{details}"))
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

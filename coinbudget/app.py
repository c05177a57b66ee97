"""Starts the window: one per ledger file, frame first, ledger opened by a worker.

Order, held by a test: the frame paints before sqlmodel, sqlalchemy, alembic, matplotlib or numpy are imported. Only
here the parts of the window and the services meet for the first time.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from PySide6.QtCore import QObject, QSettings, Qt, QTimer, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QApplication, QMessageBox

from coinbudget import __version__
from coinbudget.domain.errors import LedgerFault, Problem, Refusal
from coinbudget.paths import demo_file, settings_file, user_data_file
from coinbudget.ui.amounts import Amounts, system_locale, system_region
from coinbudget.ui.main_window import MainWindow
from coinbudget.ui.theme import Theme

if TYPE_CHECKING:
    from coinbudget.domain.profiles import Profile
    from coinbudget.services.ledger import Ledger
    from coinbudget.ui.workspace import Workspace

_ANSWER_MS = 300
_REFUSED = 2


def utc_now() -> datetime:
    """The clock of the window."""
    return datetime.now(UTC)


def run(path: Path | None = None, *, demo: bool = False) -> int:
    """Open the window on a ledger file; 0 when it was closed, 2 when the ledger could not be opened."""
    # Settings, locks and everything else this process makes are the user's alone.
    os.umask(0o077)
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
    window.first_painted.connect(lambda: opener.open(file, sample=demo))
    window.show()
    application.exec()
    opener.close()
    return opener.status


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


class SingleInstance(QObject):
    """One window per ledger file: a second start asks the first to come up and ends.

    Signals:
        asked: another start wants this window.
    """

    asked = Signal()

    def __init__(self, file: Path) -> None:
        super().__init__()
        digest = hashlib.sha256(str(file.expanduser().absolute()).encode()).hexdigest()[:16]
        self._name = str(_private_folder() / digest) if sys.platform != "win32" else f"coinbudget-{digest}"
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)

    def raised_other(self) -> bool:
        """Whether a window of this file is already open (it comes up); else this one listens from now on."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if socket.waitForConnected(_ANSWER_MS):
            socket.disconnectFromServer()
            return True
        # What a crashed window left behind would keep the name.
        QLocalServer.removeServer(self._name)
        self._server.listen(self._name)
        return False

    def close(self) -> None:
        """Listen no more."""
        self._server.close()

    def _on_connection(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.deleteLater()
            self.asked.emit()


def _private_folder() -> Path:
    """A folder only this user can enter, with a short path: socket names have 108 bytes."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    folder = Path(runtime) if runtime and Path(runtime).is_dir() else Path(tempfile.gettempdir())
    private = folder / f"coinbudget-{os.getuid()}"
    private.mkdir(mode=0o700, exist_ok=True)
    if private.stat().st_uid != os.getuid():
        private = Path(tempfile.mkdtemp(prefix="coinbudget-"))
    private.chmod(0o700)
    return private


@dataclass(frozen=True, slots=True)
class Opened:
    """What the worker hands over.

    Attributes:
        first: nothing is in it yet, so the first page is shown.
    """

    ledger: Ledger
    amounts: Amounts
    profiles: tuple[Profile, ...]
    first: bool


class Opener(QObject):
    """Opens ledgers for the window, one at a time, on a worker.

    Attributes:
        status: what the program ends with.
        workspace: the ledger shown, None before it is open.

    Signals:
        opened: a workspace is in the window.
    """

    opened = Signal()
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
        self._sample = False
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="open")
        self._answered.connect(self._on_answered)
        window.closing.connect(self.close)

    def open(self, file: Path, *, sample: bool = False) -> None:
        """Open a ledger in place of the one shown, making it where there is none."""
        self._close_workspace()
        self._window.enable(ledger=False)
        self._file, self._sample = file, sample
        if not sample:
            self._own = file
        future = self._pool.submit(open_for_window, file, sample=sample, clock=self._clock)
        future.add_done_callback(self._answered.emit)

    def close(self) -> None:
        """Close what is open."""
        self._close_workspace()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _on_answered(self, future: Future[Opened]) -> None:
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
        self.opened.emit()

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


def open_for_window(file: Path, *, sample: bool, clock: Callable[[], datetime]) -> Opened:
    """Open (or make) a ledger on a worker, with a profile from the system's locale where it has none.

    Raises:
        LedgerFault: it cannot be opened; it was not touched.
    """
    import coinbudget.ui.workspace  # noqa: F401, PLC0415 - imported here so that the window's thread need not wait
    from coinbudget.domain.summaries import LedgerFilter  # noqa: PLC0415
    from coinbudget.services import backup, browse, demo, household, limits  # noqa: PLC0415 - after the first paint
    from coinbudget.services.ledger import open_ledger  # noqa: PLC0415

    now = clock()
    new = not file.exists()
    ledger = open_ledger(file, now=now, create=True)
    try:
        if sample and new:
            demo.fill(ledger, now=now)
        locale = system_locale()
        if not household.profiles(ledger):
            make_profile(ledger, locale, now=now)
        profiles = household.profiles(ledger)
        empty = browse.count(ledger, LedgerFilter(voided=True)) == 0 and not limits.limits(ledger)
        if not new and not sample:
            _back_up(backup.back_up_when_due, ledger, now)
        return Opened(ledger, Amounts(locale, ledger.reference.currencies), profiles, empty)
    except BaseException:
        ledger.close()
        raise


def make_profile(ledger: Ledger, locale: Locale, *, now: datetime) -> None:
    """The first profile: region, currency, zone and first weekday as the system has them; all can be changed."""
    from coinbudget.services import household  # noqa: PLC0415 - after the first paint

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
    from tzlocal import get_localzone_name  # noqa: PLC0415 - reads files; not before the first paint

    try:
        name = str(get_localzone_name() or "UTC")
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "UTC"
    return name


def _back_up(automatic: Callable[..., object], ledger: Ledger, now: datetime) -> None:
    """The copy made at every start; one that cannot be made must not keep anyone from the ledger."""
    try:
        automatic(ledger, now=now)
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
        box = QMessageBox(self._window)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle("coinbudget")
        box.setText(box.tr("Something went wrong in coinbudget. Nothing half-done was saved."))
        box.addButton(QMessageBox.StandardButton.Close)
        copy = box.addButton(box.tr("Copy details"), QMessageBox.ButtonRole.ActionRole)
        copy.clicked.connect(lambda: QApplication.clipboard().setText(f"coinbudget {__version__}\n{details}"))
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

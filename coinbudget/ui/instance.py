"""One window per ledger file: a second start asks the first to come up, through a socket only this user can reach."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCryptographicHash, QObject, Signal

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer

_ANSWER_MS = 300


class SingleInstance(QObject):
    """One window per ledger file: a second start asks the first to come up and ends.

    Qt's network is imported when it is needed: after the first paint, or where another window seems to be open.

    Signals:
        asked: another start wants this window.
    """

    asked = Signal()

    def __init__(self, file: Path) -> None:
        super().__init__()
        name = str(file.expanduser().absolute()).encode()
        digest = QCryptographicHash.hash(name, QCryptographicHash.Algorithm.Sha256).toHex().toStdString()[:16]
        self._name = str(_private_folder() / digest) if sys.platform != "win32" else f"coinbudget-{digest}"
        self._server: QLocalServer | None = None

    def raised_other(self) -> bool:
        """Whether a window of this file is already open; it comes up."""
        if sys.platform != "win32" and not os.path.lexists(self._name):
            return False
        from PySide6.QtNetwork import QLocalServer, QLocalSocket  # noqa: PLC0415 - not before the first paint

        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if socket.waitForConnected(_ANSWER_MS):
            socket.disconnectFromServer()
            return True
        # What a crashed window left behind would keep the name.
        QLocalServer.removeServer(self._name)
        return False

    def listen(self) -> bool:
        """Be the one window from now on; False where another start was faster, whose window comes up."""
        if self.raised_other():
            return False
        from PySide6.QtNetwork import QLocalServer  # noqa: PLC0415 - as above

        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)
        self._server.listen(self._name)
        return True

    def close(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()

    def _on_connection(self) -> None:
        while self._server is not None and (socket := self._server.nextPendingConnection()) is not None:
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

"""What every page does: read when something changed, but only while it is looked at."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from coinbudget.ui.context import Context


class Page(QWidget):
    """A page that refreshes itself after changes; while hidden it only remembers that it is stale.

    Attributes:
        context: what it works with.
    """

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._stale = True
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._refresh_if_seen)
        context.operations.changed.connect(self.mark_stale)
        context.session.profile_changed.connect(self.mark_stale)

    def refresh(self) -> None:
        """Read and show everything anew."""
        raise NotImplementedError

    def mark_stale(self, _what: object = None) -> None:
        """What is shown may be out of date; several reasons in a row refresh once."""
        self._stale = True
        self._timer.start(0)

    def showEvent(self, event: QShowEvent) -> None:
        """Override of QWidget."""
        super().showEvent(event)
        self._refresh_if_seen()

    def _refresh_if_seen(self) -> None:
        if self._stale and self.isVisible() and self.context.session.profile is not None:
            self._stale = False
            self.refresh()

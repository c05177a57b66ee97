"""A form with several steps, whose size is the person's: it does not jump between steps, and comes back next time."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent, QShowEvent

from coinbudget.ui.dialogs.form import FormDialog

_USUAL_HEIGHT = 680


class KeptSizeForm(FormDialog):
    """A form that grows with its steps until somebody sizes it; that size is kept in the window's settings."""

    _sizing = by_person = False

    def _key(self) -> str:
        return f"{self.name}/size"

    def sizeHint(self) -> QSize:
        """Overrides FormDialog: the size it was left at, else room enough for any step, as far as the screen allows."""
        hint = super().sizeHint()
        kept = self.context.settings.value(self._key())
        wanted = kept if isinstance(kept, QSize) and kept.isValid() else hint.expandedTo(QSize(0, _USUAL_HEIGHT))
        screen = self.screen()
        if screen is not None:
            space = self.theme.space(4)
            wanted = wanted.boundedTo(screen.availableGeometry().size() - QSize(space, 2 * space))
        return wanted.expandedTo(self.minimumSizeHint())

    def showEvent(self, event: QShowEvent) -> None:
        """Overrides FormDialog."""
        self._sizing = True
        super().showEvent(event)
        self._sizing = False
        self.by_person = self.by_person or self.context.settings.contains(self._key())

    def fit(self) -> None:
        """Overrides FormDialog: grow where a step needs it, and never against what the person chose."""
        self._fitting = False
        wanted = self._wanted_height()
        if self.isVisible() and not self.by_person and wanted > self.height():
            self._sizing = True
            self.resize(self.width(), wanted)
            self._sizing = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Overrides QDialog: a size that neither we nor the least size of the content asked for is the person's."""
        super().resizeEvent(event)
        forced = event.size() == event.oldSize().expandedTo(self.minimumSize())
        if self.isVisible() and not self._sizing and not forced:
            self.by_person = True

    def done(self, result: int) -> None:
        """Overrides QDialog."""
        if self.by_person:
            self.context.settings.setValue(self._key(), self.size())
        super().done(result)

"""A row of equal parts that breaks into fewer columns where the window is narrow."""

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLayout, QScrollArea, QWidget


class Columns(QWidget):
    """Shows widgets side by side while they fit, and below each other where they do not.

    Args:
        parts: widget and stretch of each.
        narrow: from this width on all stand side by side; below it `fewer` do.
    """

    def __init__(
        self,
        parts: Sequence[tuple[QWidget, int]],
        *,
        narrow: int,
        fewer: int,
        spacing: int = 16,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._parts = list(parts)
        self._narrow = narrow
        self._fewer = fewer
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(spacing)
        self._place(len(self._parts))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override of QWidget."""
        super().resizeEvent(event)
        self._place(len(self._parts) if self.width() >= self._narrow else self._fewer)

    def columns(self) -> int:
        """How many stand side by side now."""
        return self._columns

    def _place(self, columns: int) -> None:
        if columns == self._columns:
            return
        for number in range(max(self._columns, columns)):
            self._grid.setColumnStretch(number, 0)
        self._columns = columns
        for number, (widget, stretch) in enumerate(self._parts):
            self._grid.addWidget(widget, number // columns, number % columns)
            self._grid.setColumnStretch(number % columns, stretch if columns == len(self._parts) else 1)


def keep_right_edge(area: QScrollArea, layout: QLayout) -> None:
    """Let the scroll bar take its room from the margin, so that the content does not move when it appears."""
    before = layout.contentsMargins()
    bar = area.verticalScrollBar()

    def fit(_least: int, most: int) -> None:
        margins = layout.contentsMargins()
        margins.setRight(before.right() - (bar.sizeHint().width() if most else 0))
        layout.setContentsMargins(margins)

    bar.rangeChanged.connect(fit)

"""A line of plain words of which some stand out: "37 entries · paid **27.05 €**". Never HTML."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QSizePolicy, QWidget

from coinbudget.ui.theme import Theme

#: Words and whether they stand out.
Run = tuple[str, bool]


class RunsLabel(QWidget):
    """Words in two weights, wrapped where there is no room.

    Args:
        role: font role of the theme.
    """

    def __init__(
        self, theme: Theme, role: str = "label", parent: QWidget | None = None, *, align_end: bool = False
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._role = role
        self._align_end = align_end
        self._runs: tuple[Run, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.bind(self, self.update)

    def show_runs(self, runs: Sequence[Run]) -> None:
        """Show these words one after the other."""
        self._runs = tuple(runs)
        self.setAccessibleName(self.text())
        self.updateGeometry()
        self.update()

    def set_align_end(self, *, align_end: bool) -> None:
        """Stand at the reading end or start of the room there is."""
        self._align_end = align_end
        self.update()

    def text(self) -> str:
        """All words."""
        return "".join(words for words, _ in self._runs)

    def natural_width(self) -> int:
        """The width it needs to stand on one line."""
        layout = self._lay_out(10_000)
        return int(layout.maximumWidth()) + 2

    def sizeHint(self) -> QSize:
        """Overrides QWidget.sizeHint: one line."""
        return QSize(self.natural_width(), self.heightForWidth(10_000))

    def minimumSizeHint(self) -> QSize:
        """Overrides QWidget.minimumSizeHint: it may become narrow and wrap."""
        return QSize(min(120, self.natural_width()), self.heightForWidth(10_000))

    def heightForWidth(self, width: int) -> int:
        """Overrides QWidget.heightForWidth."""
        layout = self._lay_out(width)
        return int(layout.boundingRect().height() + 0.999)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Overrides QWidget.paintEvent."""
        painter = QPainter(self)
        painter.setPen(self._theme.color("muted"))
        layout = self._lay_out(self.width())
        top = max((self.height() - layout.boundingRect().height()) / 2, 0.0)
        layout.draw(painter, QPointF(0, top))

    def _lay_out(self, width: int) -> QTextLayout:
        layout = QTextLayout(self.text(), self._theme.font(self._role))
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        side = Qt.AlignmentFlag.AlignRight if self._align_end != rtl else Qt.AlignmentFlag.AlignLeft
        option = QTextOption(side | Qt.AlignmentFlag.AlignAbsolute)
        option.setTextDirection(self.layoutDirection())
        option.setWrapMode(QTextOption.WrapMode.WordWrap)
        layout.setTextOption(option)
        layout.setFormats(self._formats())
        layout.beginLayout()
        top = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            line.setPosition(QPointF(0, top))
            top += line.height() + 2
        layout.endLayout()
        return layout

    def _formats(self) -> list[QTextLayout.FormatRange]:
        formats, start = [], 0
        for words, strong in self._runs:
            if strong:
                look = QTextCharFormat()
                look.setFontWeight(QFont.Weight.DemiBold)
                look.setForeground(QColor(self._theme.color("text")))
                part = QTextLayout.FormatRange()
                part.start, part.length, part.format = start, len(words.encode("utf-16-le")) // 2, look
                formats.append(part)
            start += len(words.encode("utf-16-le")) // 2
        return formats

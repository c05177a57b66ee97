"""Bars: how far a limit is used, and how the last windows went."""

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from coinbudget.domain.limits import Level
from coinbudget.ui.theme import Theme

_FILLS = {Level.WITHIN: "accent", Level.NEARING: "nearbar", Level.REACHED: "nearbar", Level.BREACHED: "breachbar"}


class LimitBar(QWidget):
    """A rounded bar: used, then planned in a lighter tone, of an amount. Whoever sets values says the sentence."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, height: int = 8) -> None:
        super().__init__(parent)
        self._theme = theme
        self._height = height
        self._used = self._planned = 0
        self._amount = 1
        self._level = Level.WITHIN
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(40)

    def show_use(self, used: int, planned: int, amount: int, level: Level, sentence: str = "") -> None:
        """Show `used` and then `planned` of `amount`; `sentence` is spoken for it."""
        self._used, self._planned, self._amount, self._level = max(used, 0), max(planned, 0), amount, level
        self.setAccessibleName(sentence)
        self.update()

    def sizeHint(self) -> QSize:
        """Override of QWidget."""
        return QSize(160, self._height)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override of QWidget."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            painter.translate(self.width(), 0)
            painter.scale(-1, 1)
        box = QRectF(0, (self.height() - self._height) / 2, self.width(), self._height)
        shape = QPainterPath()
        shape.addRoundedRect(box, self._height / 2, self._height / 2)
        painter.fillPath(shape, self._theme.color("track"))
        painter.setClipPath(shape)
        used, planned = self._shares()
        fill = self._theme.color(_FILLS[self._level])
        light = self._theme.color("planned") if self._level is Level.WITHIN else self._theme.color(_FILLS[self._level])
        if self._level is not Level.WITHIN:
            light.setAlphaF(0.45)
        width = box.width()
        if used > 0:
            # A sliver too thin to see would say "nothing".
            painter.fillRect(QRectF(0, box.top(), max(used * width, 3.0), box.height()), fill)
        if planned > 0:
            painter.fillRect(QRectF(used * width, box.top(), max(planned * width, 2.0), box.height()), light)

    def _shares(self) -> tuple[float, float]:
        if self._amount <= 0:
            return (1.0 if self._used else 0.0), 0.0
        used = min(self._used / self._amount, 1.0)
        return used, min(self._planned / self._amount, 1.0 - used)


class MiniBars(QWidget):
    """The last windows as small columns, oldest first; those over stand out in colour and in the legend's words."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._values: tuple[int, ...] = ()
        self._amount = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(120)

    def show_windows(self, values: Sequence[int], amount: int, sentence: str) -> None:
        """Show what was used in each window, against the limit's amount."""
        self._values, self._amount = tuple(values), amount
        self.setAccessibleName(sentence)
        self.update()

    def sizeHint(self) -> QSize:
        """Override of QWidget."""
        return QSize(192, 40)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override of QWidget."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        floor = self.height() - 1.0
        painter.fillRect(QRectF(0, floor, self.width(), 1), self._theme.color("border"))
        if not self._values:
            return
        slot = min(self.width() / len(self._values), 18.0)
        top = max(*self._values, self._amount, 1)
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            painter.translate(self.width(), 0)
            painter.scale(-1, 1)
        self._draw_limit(painter, floor - (floor - 2) * self._amount / top, slot * len(self._values))
        painter.setPen(Qt.PenStyle.NoPen)
        for number, value in enumerate(self._values):
            if value <= 0:
                continue
            over = value > self._amount
            painter.setBrush(self._theme.color("breachbar" if over else "accent"))
            tall = max((floor - 2) * value / top, 2.0)
            painter.drawRoundedRect(QRectF(number * slot, floor - tall, slot * 0.66, tall), 2, 2)

    def _draw_limit(self, painter: QPainter, height: float, width: float) -> None:
        """A fine line where the limit stands, so that the columns can be read against it."""
        if self._amount > 0:
            pen = QPen(self._theme.color("faint"), 1, Qt.PenStyle.DotLine)
            painter.setPen(pen)
            painter.drawLine(QLineF(0, round(height) + 0.5, width, round(height) + 0.5))


class ShareBar(QWidget):
    """A thin bar of a share of the largest in a list; decoration beside a figure that is written out."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._share = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(24)
        self.setMaximumWidth(120)

    def show_share(self, share: float, sentence: str) -> None:
        """Show a share of 0..1."""
        self._share = min(max(share, 0.0), 1.0)
        self.setAccessibleName(sentence)
        self.update()

    def sizeHint(self) -> QSize:
        """Override of QWidget."""
        return QSize(80, 6)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override of QWidget."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            painter.translate(self.width(), 0)
            painter.scale(-1, 1)
        painter.setPen(Qt.PenStyle.NoPen)
        box = QRectF(0, (self.height() - 6) / 2, self.width(), 6)
        painter.setBrush(self._theme.color("track"))
        painter.drawRoundedRect(box, 3, 3)
        if self._share > 0:
            painter.setBrush(self._theme.color("accent"))
            painter.drawRoundedRect(QRectF(0, box.top(), max(box.width() * self._share, 6), 6), 3, 3)

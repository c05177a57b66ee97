"""The overview figure: what was paid so far this month, painted within one frame of the screen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from coinbudget.ui.theme import Theme

_STEPS = (1, 2, 5)
_LINES = 5
#: So much more than the largest value fits, for the words above it.
_HEADROOM = 1.08
#: Two words of the axis nearer than this many pixels would touch.
_TOUCHING = 13


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What the figure shows.

    Attributes:
        values: cumulative amount per day from `start_on` on, up to today.
        end_on: first day after the month.
        limit: amount of the month's limit, None without one.
        unit: smallest units of one whole, for round lines (100 for EUR).
    """

    start_on: date
    end_on: date
    values: Sequence[int]
    limit: int | None
    unit: int


def ticks(top: int, unit: int, lines: int = _LINES) -> list[int]:
    """Round values from 0 up to `top`, at most `lines` of them above zero, 1, 2 or 5 times a power of ten apart."""
    least = max(top, unit)
    step, power = unit, unit
    while step * lines < least:
        for factor in _STEPS:
            step = power * factor
            if step * lines >= least:
                break
        power *= 10
    return list(range(0, least + 1, step))


class MonthFigure(QWidget):
    """A step line with a soft ground, the limit dashed across it, and the last value written at its end."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._month: Month | None = None
        self._amount: Callable[[int], str] = str
        self._axis: Callable[[int], str] = str
        self._limit_text = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(220, 132)

    def show_month(
        self,
        month: Month,
        *,
        amount: Callable[[int], str],
        axis: Callable[[int], str],
        limit_text: str,
        sentence: str,
    ) -> None:
        """Show a month; `amount` and `axis` write values, `limit_text` names the dashed line."""
        self._month, self._amount, self._axis, self._limit_text = month, amount, axis, limit_text
        self.setAccessibleName(sentence)
        self.update()

    def sizeHint(self) -> QSize:
        """Override of QWidget."""
        return QSize(560, 150)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override of QWidget."""
        if self._month is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        small = self._theme.font("caption")
        small.setPixelSize(11)
        painter.setFont(small)
        month = self._month
        top = max([*month.values, month.limit or 0])
        top = max(round(top * _HEADROOM), month.unit)
        lines = ticks(top, month.unit)
        room = QFontMetricsF(small)
        words = [self._axis(line) for line in lines] + ([self._limit_text] if month.limit else [])
        right = max(room.horizontalAdvance(word) for word in words) + 12
        plot = QRectF(2, 20, max(self.width() - right - 6, 40.0), max(self.height() - 44.0, 40.0))
        scale = _Scale(plot, month, top)
        self._draw_grid(painter, scale, lines)
        self._draw_days(painter, scale)
        self._draw_line(painter, scale)
        if month.limit:
            self._draw_limit(painter, scale, month.limit)
        self._draw_last(painter, scale)

    def _draw_grid(self, painter: QPainter, scale: "_Scale", lines: list[int]) -> None:
        limit = self._month.limit if self._month else None
        for line in lines:
            y = scale.y(line)
            painter.setPen(QPen(self._theme.color("border"), 1))
            painter.drawLine(QPointF(scale.plot.left(), y), QPointF(scale.plot.right(), y))
            if limit and abs(scale.y(limit) - y) < _TOUCHING:
                continue  # the limit's own word stands there
            painter.setPen(self._theme.color("faint"))
            box = QRectF(scale.plot.right() + 10, y - 8, self.width() - scale.plot.right() - 10, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._axis(line))

    def _draw_days(self, painter: QPainter, scale: "_Scale") -> None:
        painter.setPen(self._theme.color("faint"))
        days = scale.days
        for number in [0, *range(4, days - 2, 5), days - 1]:
            day = scale.month.start_on + timedelta(days=number)
            box = QRectF(scale.x(number) + scale.slot / 2 - 20, scale.plot.bottom() + 6, 40, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(day.day))

    def _draw_line(self, painter: QPainter, scale: "_Scale") -> None:
        values = scale.month.values
        if not values:
            return
        line = QPainterPath(QPointF(scale.plot.left(), scale.y(0)))
        for number, value in enumerate(values):
            line.lineTo(scale.x(number), scale.y(value))
            line.lineTo(scale.x(number + 1), scale.y(value))
        ground = QPainterPath(line)
        ground.lineTo(scale.x(len(values)), scale.y(0))
        ground.closeSubpath()
        fill = QColor(self._theme.color("accent"))
        fill.setAlphaF(0.16 if self._theme.dark else 0.10)
        painter.fillPath(ground, fill)
        pen = QPen(self._theme.color("accent"), 2.2)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawPath(line)

    def _draw_limit(self, painter: QPainter, scale: "_Scale", limit: int) -> None:
        y = scale.y(limit)
        pen = QPen(self._theme.color("near"), 1.6)
        pen.setDashPattern([3.5, 3.0])
        painter.setPen(pen)
        painter.drawLine(QPointF(scale.plot.left(), y), QPointF(scale.plot.right(), y))
        font = self._theme.font("caption", QFont.Weight.DemiBold)
        font.setPixelSize(11)
        painter.setFont(font)
        painter.setPen(self._theme.color("near"))
        box = QRectF(scale.plot.right() + 10, y - 8, self.width() - scale.plot.right() - 10, 16)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._limit_text)

    def _draw_last(self, painter: QPainter, scale: "_Scale") -> None:
        values = scale.month.values
        if not values:
            return
        end = QPointF(scale.x(len(values)), scale.y(values[-1]))
        painter.setPen(QPen(self._theme.color("surface"), 2))
        painter.setBrush(self._theme.color("accent"))
        painter.drawEllipse(end, 5.5, 5.5)
        text = self._amount(values[-1])
        painter.setFont(self._theme.font("label", QFont.Weight.DemiBold))
        wide = QFontMetricsF(painter.font()).horizontalAdvance(text)
        left = min(end.x() + 10, scale.plot.right() - wide)
        above = end.y() - 24
        limit = scale.month.limit
        if limit and abs(scale.y(limit) - (above + 8)) < _TOUCHING:
            above = end.y() + 8 if scale.y(limit) < end.y() else above - 14
        box = QRectF(left, above, wide + 2, 16)
        halo = QColor(self._theme.color("surface"))
        halo.setAlphaF(0.85)
        painter.fillRect(box.adjusted(-3, 0, 3, 0), halo)
        painter.setPen(self._theme.color("text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


class _Scale:
    """Where days and amounts lie in the plot."""

    def __init__(self, plot: QRectF, month: Month, top: int) -> None:
        self.plot = plot
        self.month = month
        self.days = max((month.end_on - month.start_on).days, 1)
        self.slot = plot.width() / self.days
        self._top = top

    def x(self, day: int) -> float:
        return self.plot.left() + day * self.slot

    def y(self, value: int) -> float:
        return self.plot.bottom() - self.plot.height() * value / self._top

"""Charts drawn by matplotlib: what was paid by month, and what went to whom.

The only module that imports matplotlib; it is imported when the first chart is shown. Charts are canvases of our
own figures, never of pyplot, in the colours of the theme; saved images are white whatever the theme. Artists are
kept and updated. The backdrop (ground, grid, names of the axes) is drawn when it, the size or the theme is another one,
and kept as a picture; after an entry only bars, amounts and the limit are drawn, upon that picture. No text is read as
a formula. Amounts are floats here for drawing alone.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_qtagg import FigureCanvasQTAgg
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.text import Text
from PySide6.QtCore import QCoreApplication, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from coinbudget.domain.summaries import CreatorShare, MonthSpend
from coinbudget.ui.amounts import Amounts
from coinbudget.ui.theme import LIGHT, Theme
from coinbudget.ui.widgets.figures import ticks

_DPI = 100
_POINTS = 72 / _DPI
_SAVED_DPI = 200
_HEADROOM = 1.12
_LABEL_PX = 11
#: Below this width of a bar's slot its amount has no room above it.
_SLOT_PX = 52
#: Thickness of a lying bar.
_BAR_PX = 14
#: Width of a sign of a name, about.
_SIGN_PX = 7.4
#: So many months have room even when fewer are shown, so that one bar is no wall.
_FEWEST = 6


class Chart(FigureCanvasQTAgg):
    """A canvas in the theme's colours.

    Attributes:
        axes: its one pair of axes.
    """

    def __init__(self, theme: Theme, amounts: Amounts, parent: QWidget | None = None) -> None:
        mpl.rcParams["text.parse_math"] = False
        mpl.rcParams["font.family"] = [theme.font().family(), "DejaVu Sans", "sans-serif"]
        super().__init__(Figure(dpi=_DPI))
        if parent is not None:
            self.setParent(parent)
        self._theme = theme
        self._amounts = amounts
        self._tokens: Mapping[str, str] = {}
        self._backdrop: Any = None
        self._backdrop_of: tuple[object, ...] = ()
        self.axes: Axes = self.figure.add_subplot()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 180)
        theme.bind(self, self._restyle)

    def sizeHint(self) -> QSize:
        """Override of QWidget."""
        return QSize(560, 190)

    def minimumSizeHint(self) -> QSize:
        """Override of FigureCanvasQTAgg."""
        return QSize(240, 180)

    def save(self, path: Path) -> None:
        """Write the chart as an image on white."""
        before = self._tokens
        self._dress(LIGHT)
        self.figure.savefig(path, dpi=_SAVED_DPI, facecolor=LIGHT["surface"])
        self._dress(before)
        self._draw_all()

    def draw(self) -> None:
        """Override of FigureCanvasQTAgg: everything; what changes with an entry comes last, upon the kept backdrop."""
        super().draw()
        self._backdrop = self.copy_from_bbox(self.figure.bbox)
        self._draw_changing()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override of FigureCanvasQTAgg: the margins are in pixels, so the plot is laid out anew."""
        super().resizeEvent(event)
        if self.width() > 0 and self.height() > 0:
            self._arrange()
            self._draw_all()

    def _restyle(self) -> None:
        self._dress({token: self._theme.color(token).name() for token in LIGHT})
        self._draw_all()

    def _draw_all(self) -> None:
        self._backdrop = None
        self.draw_idle()

    def _draw_changes(self) -> None:
        """Draw bars and amounts anew; everything, where the backdrop is not there any more."""
        if self._backdrop is None:
            self.draw_idle()
            return
        self.restore_region(self._backdrop)
        self._draw_changing()
        self.update()

    def _draw_changing(self) -> None:
        for artist in sorted(self._changing(), key=lambda one: one.get_zorder()):
            self.axes.draw_artist(artist)

    def _changing(self) -> list[Artist]:
        """What an entry may change; `animated`, so that no backdrop shows it."""
        return []

    def _stands_on(self, *backdrop: object) -> bool:
        """Whether the backdrop is the one that is there, by all it shows; takes the other one if not."""
        same = backdrop == self._backdrop_of
        self._backdrop_of = backdrop
        return same

    def _dress(self, tokens: Mapping[str, str]) -> None:
        """Colour everything; subclasses add their artists."""
        self._tokens = tokens
        self.figure.set_facecolor(tokens["surface"])
        self.axes.set_facecolor(tokens["surface"])
        for side, spine in self.axes.spines.items():
            spine.set_visible(side == "bottom")
            spine.set_color(tokens["border"])
        self.axes.tick_params(length=0, labelsize=_LABEL_PX * _POINTS, labelcolor=tokens["faint"], pad=6)
        self.axes.set_axisbelow(True)

    def _arrange(self) -> None:
        """Lay the plot out for the present size."""

    def _margins(self, *, left: float, right: float, top: float, bottom: float) -> None:
        wide, tall = max(self.width(), 1), max(self.height(), 1)
        self.figure.subplots_adjust(
            left=min(left / wide, 0.45),
            right=max(1 - right / wide, 0.55),
            top=max(1 - top / tall, 0.55),
            bottom=min(bottom / tall, 0.45),
        )


class MonthsChart(Chart):
    """What was paid in each month, with the limit of a month drawn across."""

    def __init__(self, theme: Theme, amounts: Amounts, parent: QWidget | None = None) -> None:
        self._bars: BarContainer | None = None
        self._values: list[float] = []
        self._texts: list[Text] = []
        self._limit: float | None = None
        super().__init__(theme, amounts, parent)
        self._line = self.axes.axhline(0, linewidth=1.4, linestyle=(0, (3.5, 3)), visible=False, animated=True)
        self._limit_text = self.axes.text(
            1.0, 0, "", transform=self.axes.get_yaxis_transform(), ha="right", va="bottom", visible=False, animated=True
        )
        # Bars stand behind the line they stand on.
        self.axes.spines["bottom"].set_animated(True)
        self._restyle()

    def show_months(self, months: Sequence[MonthSpend], limit: int | None, currency: str, sentence: str) -> None:
        """Show months, oldest first; `limit` in minor units or None."""
        unit = 10 ** self._amounts.digits(currency)
        values = [month.spent_minor / unit for month in months]
        if self._bars is None or len(self._bars) != len(values):
            self._make_bars(len(values))
        self._values = values
        self._limit = None if limit is None else limit / unit
        top = max([*(month.spent_minor for month in months), limit or 0, unit])
        lines = ticks(round(top * _HEADROOM), unit)
        written = [self._amounts.short_money(line, currency) for line in lines]
        names = [self._month_name(month, number) for number, month in enumerate(months)]
        same = self._stands_on(top, unit, written, names)
        if not same:
            self.axes.set_yticks([line / unit for line in lines])
            self.axes.set_yticklabels(written)
            self.axes.set_ylim(0, top * _HEADROOM / unit)
            self.axes.set_xticks(range(len(months)))
            self.axes.set_xticklabels(names)
        for text, month in zip(self._texts, months, strict=True):
            text.set_text(self._amounts.short_money(month.spent_minor, currency) if month.spent_minor else "")
        if limit is not None:
            words = QCoreApplication.translate("Charts", "limit {amount}")
            self._limit_text.set_text(words.format(amount=self._amounts.short_money(limit, currency)))
        self.setAccessibleName(sentence)
        self._update_artists()
        if same:
            self._color_bars()
            self._draw_changes()
        else:
            self._restyle()
            self._arrange()

    def _changing(self) -> list[Artist]:
        return [*(self._bars or ()), self.axes.spines["bottom"], self._line, *self._texts, self._limit_text]

    def _month_name(self, month: MonthSpend, number: int) -> str:
        name = self._amounts.month_short(month.start_on)
        return f"{name}\n{month.start_on.year}" if number == 0 or month.start_on.month == 1 else name

    def _make_bars(self, count: int) -> None:
        if self._bars is not None:
            self._bars.remove()
        for text in self._texts:
            text.remove()
        self._bars = self.axes.bar(range(count), [0.0] * count, width=0.62, animated=True)
        size = _LABEL_PX * _POINTS
        self._texts = [
            self.axes.text(n, 0, "", ha="center", va="bottom", fontsize=size, animated=True) for n in range(count)
        ]
        self.axes.set_xlim(-0.6, max(count, _FEWEST) - 0.4)

    def _update_artists(self) -> None:
        if self._bars is None:
            return
        gap = self.axes.get_ylim()[1] * 0.015
        for bar, text, value in zip(self._bars, self._texts, self._values, strict=True):
            bar.set_height(value)
            text.set_y(value + gap)
        shown = self._limit is not None
        self._line.set_visible(shown)
        self._limit_text.set_visible(shown)
        if self._limit is not None:
            self._line.set_ydata([self._limit, self._limit])
            self._limit_text.set_y(self._limit + gap)

    def _dress(self, tokens: Mapping[str, str]) -> None:
        super()._dress(tokens)
        self.axes.grid(visible=True, axis="y", color=tokens["border"], linewidth=0.8)
        self.axes.grid(visible=False, axis="x")
        self._color_bars()
        if hasattr(self, "_line"):
            self._line.set_color(tokens["near"])
            self._limit_text.set_color(tokens["near"])
            self._limit_text.set_fontsize(_LABEL_PX * _POINTS)
            self._limit_text.set_fontweight("bold")

    def _color_bars(self) -> None:
        for bar, text, value in zip(self._bars or (), self._texts, self._values, strict=True):
            over = self._limit is not None and value > self._limit
            bar.set_color(self._tokens["breachbar" if over else "accent"])
            text.set_color(self._tokens["breach" if over else "muted"])

    def _arrange(self) -> None:
        self._margins(left=62, right=10, top=12, bottom=42)
        slot = (self.width() - 72) / max(len(self._texts), 1)
        for text in self._texts:
            text.set_visible(slot >= _SLOT_PX)


class CreatorsChart(Chart):
    """What went to each creator, dearest at the top."""

    def __init__(self, theme: Theme, amounts: Amounts, parent: QWidget | None = None) -> None:
        self._bars: BarContainer | None = None
        self._values: list[float] = []
        self._texts: list[Text] = []
        self._names: list[str] = []
        super().__init__(theme, amounts, parent)

    def show_creators(self, shares: Sequence[CreatorShare], currency: str, sentence: str) -> None:
        """Show creators, dearest first."""
        unit = 10 ** self._amounts.digits(currency)
        values = [share.cost.minor / unit for share in shares]
        if self._bars is None or len(self._bars) != len(values):
            self._make_bars(len(values))
        self._values = values
        self._names = [f"@{share.creator}" for share in shares]
        same = self._stands_on(self._names)
        top = max([*values, 1 / unit])
        self.axes.set_xlim(0, top * 1.0)
        gap = top * 0.015
        for bar, text, value, share in zip(self._bars or (), self._texts, values, shares, strict=True):
            bar.set_width(max(value, top * 0.004))
            text.set_x(max(value, top * 0.004) + gap)
            known = self._amounts.money(share.cost.minor, currency)
            at_least = f"≥ {known}" if share.cost.minor else self.tr("unknown")
            text.set_text(at_least if share.cost.unknown_coins else known)
        self.setAccessibleName(sentence)
        if same:
            self._draw_changes()
        else:
            self._restyle()
            self._arrange()

    def _changing(self) -> list[Artist]:
        return [*(self._bars or ()), *self._texts]

    def _make_bars(self, count: int) -> None:
        if self._bars is not None:
            self._bars.remove()
        for text in self._texts:
            text.remove()
        self._bars = self.axes.barh(range(count), [0.0] * count, height=0.46, animated=True)
        size = _LABEL_PX * _POINTS
        self._texts = [
            self.axes.text(0, n, "", ha="left", va="center", fontsize=size, clip_on=False, animated=True)
            for n in range(count)
        ]
        self.axes.set_ylim(max(count, 4) - 0.5, -0.5)
        self.axes.set_yticks(range(count))
        self.axes.set_xticks([])

    def _dress(self, tokens: Mapping[str, str]) -> None:
        super()._dress(tokens)
        self.axes.spines["bottom"].set_visible(False)
        self.axes.tick_params(axis="y", labelcolor=tokens["text"], labelsize=12 * _POINTS)
        if self._bars is not None:
            for bar, text in zip(self._bars, self._texts, strict=True):
                bar.set_color(tokens["accent"])
                text.set_color(tokens["muted"])

    def _arrange(self) -> None:
        longest = max((len(name) for name in self._names), default=0)
        room = min(longest * _SIGN_PX + 16, self.width() * 0.32, 220)
        most = max(int((room - 16) / _SIGN_PX), 4)
        self.axes.set_yticklabels([n if len(n) <= most else f"{n[: most - 1]}…" for n in self._names])
        self._margins(left=room, right=84, top=4, bottom=6)
        # Bars keep their thickness in pixels, however few there are.
        slot = (self.height() - 10) / max(len(self._names), 4)
        for number, bar in enumerate(self._bars or ()):
            bar.set_height(min(_BAR_PX / max(slot, 1), 0.8))
            bar.set_y(number - bar.get_height() / 2)

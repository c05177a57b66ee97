"""Painted figures: round lines, quick drawing, thin values still seen."""

from datetime import date
from time import perf_counter

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from coinbudget.domain.limits import Level
from coinbudget.ui.theme import Theme
from coinbudget.ui.widgets.bars import LimitBar, MiniBars
from coinbudget.ui.widgets.figures import Month, MonthFigure, ticks


@pytest.mark.parametrize(
    ("top", "unit", "lines"),
    [
        (4320, 100, [0, 1000, 2000, 3000, 4000]),
        (0, 100, [0, 100]),
        (100, 100, [0, 100]),
        (650, 100, [0, 200, 400, 600]),
        (150000, 1, [0, 50000, 100000, 150000]),
        (5, 1, [0, 1, 2, 3, 4, 5]),
        (9 * 10**10, 100, [0, 2 * 10**10, 4 * 10**10, 6 * 10**10, 8 * 10**10]),
    ],
)
def test_lines_stand_at_round_amounts_and_are_never_more_than_five(top: int, unit: int, lines: list[int]) -> None:
    assert ticks(top, unit) == lines
    assert len(lines) <= 6


def month(values: list[int], limit: int | None = 4000) -> Month:
    return Month(start_on=date(2026, 11, 1), end_on=date(2026, 12, 1), values=values, limit=limit, unit=100)


def test_the_overview_figure_draws_within_one_frame(theme: Theme, qtbot: QtBot) -> None:
    figure = MonthFigure(theme)
    qtbot.addWidget(figure)
    figure.resize(700, 220)
    text = lambda minor: f"€{minor / 100:.2f}"  # noqa: E731 - as the page hands it over
    figure.show_month(month(list(range(0, 3000, 100))), amount=text, axis=text, limit_text="limit €40", sentence="x.")
    image = QImage(700, 220, QImage.Format.Format_ARGB32_Premultiplied)
    times = []
    for _round in range(9):
        began = perf_counter()
        figure.render(image)
        times.append(perf_counter() - began)
    assert sorted(times)[4] < 0.016


@pytest.mark.parametrize("values", [[], [0], [0, 0, 5], [10**10] * 30])
def test_the_figure_draws_whatever_there_is(theme: Theme, qtbot: QtBot, values: list[int]) -> None:
    figure = MonthFigure(theme)
    qtbot.addWidget(figure)
    figure.resize(240, 140)
    figure.show_month(month(values, None), amount=str, axis=str, limit_text="", sentence="x.")
    assert not figure.grab().isNull()
    assert figure.accessibleName() == "x."


def test_a_sliver_of_use_is_seen_and_nothing_used_shows_nothing(theme: Theme, qtbot: QtBot) -> None:
    bar = LimitBar(theme)
    qtbot.addWidget(bar)
    bar.resize(200, 8)
    bar.show_use(0, 0, 4000, Level.WITHIN, "none.")
    empty = bar.grab().toImage()
    bar.show_use(1, 0, 4000, Level.WITHIN, "one.")
    assert bar.grab().toImage() != empty


def test_a_limit_of_nothing_is_full_as_soon_as_anything_is_used(theme: Theme, qtbot: QtBot) -> None:
    bar = LimitBar(theme)
    qtbot.addWidget(bar)
    bar.show_use(0, 0, 0, Level.WITHIN)
    assert bar._shares() == (0.0, 0.0)
    bar.show_use(5, 0, 0, Level.BREACHED)
    assert bar._shares() == (1.0, 0.0)


def test_windows_over_the_limit_have_the_colour_of_over(theme: Theme, qtbot: QtBot) -> None:
    bars = MiniBars(theme)
    qtbot.addWidget(bars)
    bars.resize(200, 40)
    bars.show_windows([5, 20], 10, "Last 2, 1 over.")
    colors = {bars.grab().toImage().pixelColor(x, 36).name() for x in range(40)}
    assert theme.color("breachbar").name() in colors
    assert theme.color("accent").name() in colors

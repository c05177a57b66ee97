"""Insights: charts in the theme's colours with kept artists, white when saved, each with its table behind."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from coinbudget.domain.profiles import ProfileId
from coinbudget.services import limits, record
from coinbudget.services.household import profile
from coinbudget.services.ledger import Ledger
from coinbudget.ui.charts import CreatorsChart, MonthsChart
from coinbudget.ui.context import Context
from coinbudget.ui.pages.insights import InsightsPage
from coinbudget.ui.theme import Theme
from tests import make

Settled = Callable[[], None]


@pytest.fixture
def page(context: Context, qtbot: QtBot, file_ledger: Ledger, now: datetime) -> InsightsPage:
    mia: ProfileId = profile(file_ledger, "Mia").id
    limits.add(file_ledger, profile_id=mia, measure="money", period="month", amount_text="6.00", now=now)
    for days, paid in ((0, "5.29"), (31, "7.00"), (62, "1.00")):
        record.add(file_ledger, make.purchase(paid=paid, at=(now - timedelta(days=days)).isoformat()), now=now)
    record.add(file_ledger, make.gift(gift="Perfume", coins="20", creator="@$x^2$"), now=now)
    made = InsightsPage(context)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    return made


def months_chart(page: InsightsPage) -> MonthsChart:
    chart = page._months.chart
    assert isinstance(chart, MonthsChart)
    return chart


def _button(page: InsightsPage, name: str) -> QPushButton:
    found = page.findChild(QPushButton, name)
    assert isinstance(found, QPushButton)
    return found


def texts(page: InsightsPage) -> list[list[str]]:
    table = page._months.table
    rows = []
    for row in range(table.rowCount()):
        items = [table.item(row, column) for column in range(table.columnCount())]
        rows.append([item.text() if item else "" for item in items])
    return rows


def test_months_are_bars_with_the_limit_drawn_in_and_stand_in_the_table_newest_first(
    page: InsightsPage, settled: Settled
) -> None:
    page.show()
    settled()
    chart = months_chart(page)
    assert chart._bars is not None
    assert [bar.get_height() for bar in chart._bars] == [1.0, 7.0, 5.29]
    assert chart._line.get_visible()
    assert chart._limit == pytest.approx(6.0)
    assert texts(page) == [
        ["November 2026", "€5.29", "", "€0.05"],
        ["October 2026", "€7.00", "", "€0.00"],
        ["September 2026", "€1.00", "", "€0.00"],
    ]
    assert "November 2026 €5.29" in chart.accessibleName()


def test_a_month_over_the_limit_has_another_colour_and_the_note_says_so(
    page: InsightsPage, settled: Settled, theme: Theme
) -> None:
    page.show()
    settled()
    bars = months_chart(page)._bars
    assert bars is not None
    assert QColor.fromRgbF(*bars[1].get_facecolor()) == theme.color("breachbar")
    assert QColor.fromRgbF(*bars[2].get_facecolor()) == theme.color("accent")
    assert "months over it are red" in page._months.note.text()


def test_another_entry_moves_the_bars_there_are(page: InsightsPage, settled: Settled, context: Context) -> None:
    page.show()
    settled()
    before = months_chart(page)._bars
    context.operations.write("purchase", lambda ledger, now: record.add(ledger, make.purchase(paid="1.00"), now=now))
    settled()
    settled()
    chart = months_chart(page)
    assert chart._bars is before
    assert chart._bars is not None
    assert chart._bars[2].get_height() == pytest.approx(6.29)


def test_a_name_is_never_read_as_a_formula(page: InsightsPage, settled: Settled) -> None:
    page.show()
    settled()
    chart = page._creators.chart
    assert isinstance(chart, CreatorsChart)
    labels = chart.axes.get_yticklabels()
    assert [label.get_text() for label in labels] == ["@$x^2$"]
    assert not any(label.get_parse_math() for label in labels)
    assert not chart.grab().isNull()


def test_charts_follow_the_palette_and_saved_images_stay_white(
    page: InsightsPage, settled: Settled, theme: Theme, tmp_path: Path
) -> None:
    page.show()
    settled()
    chart = months_chart(page)
    theme.set_mode("dark")
    assert QColor.fromRgbF(*chart.figure.get_facecolor()) == theme.color("surface")
    chart.save(tmp_path / "months.png")
    assert QImage(str(tmp_path / "months.png")).pixelColor(2, 2) == QColor("white")
    assert QColor.fromRgbF(*chart.figure.get_facecolor()) == theme.color("surface")


def test_the_table_is_one_press_away(page: InsightsPage, settled: Settled) -> None:
    page.show()
    settled()
    page._months._as_table.click()
    assert page._months.table.isVisible()
    page._months._as_chart.click()
    assert months_chart(page).isVisible()


def test_an_empty_ledger_gets_words_and_no_axes(
    context: Context, qtbot: QtBot, settled: Settled, file_ledger: Ledger
) -> None:
    del file_ledger
    made = InsightsPage(context)
    qtbot.addWidget(made)
    made.show()
    settled()
    assert made._stack.currentIndex() == 1
    with qtbot.waitSignal(context.session.purchase_requested):
        _button(made, "insights.first_purchase").click()

"""Redrawing charts after one entry: ours, and the same bars drawn anew by matplotlib. Runs inside `window_child`."""

from collections.abc import Callable
from datetime import date

from babel import Locale
from matplotlib.backends.backend_qtagg import FigureCanvasQTAgg
from matplotlib.figure import Figure
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication, QWidget

from coinbudget.domain.money import Currency
from coinbudget.domain.summaries import CreatorShare, MonthSpend
from coinbudget.domain.valuation import Cost
from coinbudget.ui.amounts import Amounts
from coinbudget.ui.charts import CreatorsChart, MonthsChart
from coinbudget.ui.theme import Theme
from coinbudget.ui.widgets.figures import Month, MonthFigure
from tests.bench.measure import interleaved, seconds

MONTHS, CREATORS = 12, 10
SIZE = (860, 280)


def _months(step: int) -> list[MonthSpend]:
    """A year of which the last month grows with each step."""
    amounts = [1200 + 731 * number % 5000 for number in range(MONTHS - 1)] + [900 + 17 * step]
    return [
        MonthSpend(
            start_on=date(2024, number + 1, 1), end_on=date(2024 + number // 11, (number + 1) % 12 + 1, 1),
            spent_minor=minor, refunded_minor=0, gift_cost=Cost(minor=minor, unknown_coins=0), rate_missing=0,
        )
        for number, minor in enumerate(amounts)
    ]  # fmt: skip


def _shares(step: int) -> list[CreatorShare]:
    minors = [4000 + step, *(3000 // number for number in range(1, CREATORS))]
    return [
        CreatorShare(creator=f"host{number:03d}", coins=minor * 60, gifts=9, cost=Cost(minor=minor, unknown_coins=0))
        for number, minor in enumerate(minors)
    ]


def _replot(canvas: FigureCanvasQTAgg, values: list[float], names: list[str], *, lying: bool) -> None:
    """The whole chart from nothing, as a plain script draws it."""
    canvas.figure.clear()
    axes = canvas.figure.add_subplot()
    places = range(len(values))
    if lying:
        axes.barh(places, values)
        axes.set_yticks(places, names)
    else:
        axes.bar(places, values)
        axes.axhline(40, linestyle="--")
        axes.set_xticks(places, names)
    for place, value in zip(places, values, strict=True):
        x, y = (value, place) if lying else (place, value)
        axes.text(x, y, f"{value:.2f}")
    canvas.draw_idle()  # type: ignore[no-untyped-call] # matplotlib's


def measure(rounds: int) -> dict[str, float]:
    """Medians in ms: "replot", "ours" (both charts), "figure" (the overview's)."""
    application = QApplication([])
    theme, amounts = Theme(application), Amounts(Locale.parse("de_DE"), {"EUR": Currency(code="EUR", digits=2)})
    months, creators = MonthsChart(theme, amounts), CreatorsChart(theme, amounts)
    plain = [FigureCanvasQTAgg(Figure(dpi=100)) for _ in range(2)]  # type: ignore[no-untyped-call] # matplotlib's
    figure = MonthFigure(theme)
    widgets: list[QWidget] = [months, creators, *plain, figure]
    for widget in widgets:
        widget.resize(*SIZE)
        widget.show()
    step = 0

    def ours() -> None:
        nonlocal step
        step += 1
        months.show_months(_months(step), 4000, "EUR", "Months")
        creators.show_creators(_shares(step), "EUR", "Creators")
        QCoreApplication.processEvents()

    def replot() -> None:
        nonlocal step
        step += 1
        made = _months(step)
        _replot(plain[0], [one.spent_minor / 100 for one in made], [f"{one.start_on:%b}" for one in made], lying=False)
        shares = _shares(step)
        _replot(plain[1], [one.cost.minor / 100 for one in shares], [one.creator for one in shares], lying=True)
        QCoreApplication.processEvents()

    def overview() -> None:
        nonlocal step
        step += 1
        values = [100 * day + step for day in range(24)]
        month = Month(start_on=date(2024, 11, 1), end_on=date(2024, 12, 1), values=values, limit=4000, unit=100)
        figure.show_month(
            month, amount=lambda minor: amounts.money(minor, "EUR"),
            axis=lambda minor: amounts.short_money(minor, "EUR"), limit_text="limit", sentence="Month",
        )  # fmt: skip
        figure.repaint()

    calls: dict[str, Callable[[], None]] = {"replot": replot, "ours": ours, "figure": overview}
    for call in calls.values():
        call()
        call()
    taken = interleaved(*(lambda call=call: seconds(call) for call in calls.values()), rounds=rounds)
    application.processEvents()
    return {name: value * 1000 for name, value in zip(calls, taken, strict=True)}

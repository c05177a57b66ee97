"""Insights: what was paid by month and what went to whom, each as a chart with its table behind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from coinbudget.domain.limits import Limit, Measure
from coinbudget.domain.periods import Period
from coinbudget.domain.profiles import Profile
from coinbudget.domain.summaries import CreatorShare, MonthSpend
from coinbudget.services.ledger import Ledger
from coinbudget.ui.context import Context
from coinbudget.ui.page import Page
from coinbudget.ui.widgets.cards import Card
from coinbudget.ui.widgets.empty import EmptyState
from coinbudget.ui.widgets.fields import QuietComboBox
from coinbudget.ui.widgets.flow import Columns, keep_right_edge
from coinbudget.ui.widgets.labels import PlainLabel

if TYPE_CHECKING:
    from coinbudget.ui.charts import Chart

_MONTHS = 12
_TOP = 10
_DECEMBER = 12
#: Nothing older can be logged.
_BEGINNING = date(2016, 1, 1)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the page reads at once."""

    profile: Profile
    months: tuple[MonthSpend, ...]
    limits: tuple[Limit, ...]
    shares: tuple[CreatorShare, ...]


class InsightsPage(Page):
    """Two charts; matplotlib is imported by a worker when the page is first looked at."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.setObjectName("page")
        self._answer: _Answer | None = None
        self._build()
        context.session.profile_changed.connect(self._fill_stretches)
        self._fill_stretches()

    def refresh(self) -> None:
        """Override of Page."""
        profile = self.context.session.profile
        if profile is None:
            return
        first, last = self._stretch.currentData()

        def call(ledger: Ledger, now: datetime) -> _Answer:
            # Matplotlib and numpy come with the first chart, on this worker: a cold font cache takes seconds.
            import coinbudget.ui.charts  # noqa: F401, PLC0415 - warms it up here, as said above
            from coinbudget.services import limits, summarise  # noqa: PLC0415 - storage stays off the first paint

            return _Answer(
                profile,
                summarise.months(ledger, profile.id, now=now, count=_MONTHS),
                limits.limits(ledger, profile.id),
                summarise.creators(ledger, profile.id, from_on=first, to_on=last, top=_TOP),
            )

        self.context.operations.read("insights", call, self.show_answer, owner=self)

    def show_answer(self, answer: _Answer) -> None:
        """Show months and creators; the charts are made on the first time."""
        self._answer = answer
        empty = not any(month.spent_minor or month.refunded_minor or month.rate_missing for month in answer.months)
        self._stack.setCurrentIndex(1 if empty and not answer.shares else 0)
        self._months.show_months(answer)
        self._creators.show_creators(answer)

    def _build(self) -> None:
        context = self.context
        self._stretch = QuietComboBox()
        self._stretch.setObjectName("insights.stretch")
        self._stretch.setAccessibleName(self.tr("Which gifts"))
        self._stretch.currentIndexChanged.connect(self.mark_stale)
        self._months = _MonthsCard(context)
        self._creators = _CreatorsCard(context, self._stretch)
        both = Columns([(self._months, 1), (self._creators, 1)], narrow=1400, fewer=1)
        charts = QWidget()
        column = QVBoxLayout(charts)
        column.setContentsMargins(24, 4, 24, 24)
        column.addWidget(both)
        nothing = EmptyState(
            context.theme,
            "insights",
            self.tr("Nothing to show yet"),
            self.tr("With the first purchases and gifts this page shows what was paid by month and what went to whom."),
            self.tr("Log purchase"),
        )
        nothing.button.setObjectName("insights.first_purchase")
        nothing.acted.connect(context.session.purchase_requested)
        self._stack = QStackedWidget()
        charts.setObjectName("canvas")
        area = QScrollArea()
        area.setWidget(charts)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        keep_right_edge(area, column)
        self._stack.addWidget(area)
        self._stack.addWidget(nothing)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)

    def _fill_stretches(self) -> None:
        today = self.context.operations.clock().astimezone(ZoneInfo(self.context.session.zone)).date()
        this_month = today.replace(day=1)
        quarter = _months_back(this_month, 2)
        self._stretch.blockSignals(True)
        chosen = max(self._stretch.currentIndex(), 0)
        self._stretch.clear()
        self._stretch.addItem(self.tr("This month"), (this_month, today))
        self._stretch.addItem(self.tr("Last 3 months"), (quarter, today))
        self._stretch.addItem(self.tr("This year"), (today.replace(month=1, day=1), today))
        self._stretch.addItem(self.tr("All time"), (_BEGINNING, today))
        self._stretch.setCurrentIndex(chosen)
        self._stretch.blockSignals(False)


def _months_back(month: date, count: int) -> date:
    number = month.year * _DECEMBER + month.month - 1 - count
    return date(number // _DECEMBER, number % _DECEMBER + 1, 1)


class _ChartCard(Card):
    """A heading, Chart or Table, Save image, and the stack of both."""

    def __init__(self, context: Context, title: str, name: str, head_extra: QWidget | None = None) -> None:
        super().__init__(context.theme)
        self.context = context
        self.chart: Chart | None = None
        self._name = name
        self._title = PlainLabel(title, "heading")
        self._as_chart = self._toggle(self.tr("Chart"), "chart")
        self._as_table = self._toggle(self.tr("Table"), "table")
        self._as_chart.setChecked(True)
        group = QButtonGroup(self)
        for number, button in enumerate((self._as_chart, self._as_table)):
            group.addButton(button, number)
        group.idClicked.connect(self._on_chosen)
        self._save = QToolButton()
        self._save.setObjectName(f"insights.{name}.save")
        self._save.setProperty("role", "quiet")
        self._save.setAccessibleName(self.tr("Save the chart as an image"))
        self._save.setToolTip(self.tr("Save as an image"))
        self._save.setIconSize(QSize(18, 18))
        context.theme.bind_icon(self._save, "save", "muted")
        self._save.clicked.connect(self._on_save)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self._title)
        head.addStretch(1)
        for widget in (head_extra, self._as_chart, self._as_table, self._save):
            if widget is not None:
                head.addWidget(widget)
        self.note = PlainLabel("", "caption", wrap=True)
        self.table = _plain_table()
        self.table.setAccessibleName(title)
        self.table.setObjectName(f"insights.{name}.values")
        self._empty = PlainLabel(
            self.tr("No gift in this stretch of time."), "muted", align=Qt.AlignmentFlag.AlignHCenter
        )
        self.stack = QStackedWidget()
        self._place = QVBoxLayout()
        self._place.setContentsMargins(0, 0, 0, 0)
        holder = QWidget()
        holder.setLayout(self._place)
        for widget in (holder, self.table, self._empty):
            self.stack.addWidget(widget)
        self.body.addLayout(head)
        self.body.addWidget(self.note)
        self.body.addWidget(self.stack, 1)
        self.setMinimumHeight(280)

    def place(self, chart: "Chart") -> None:
        """Take the chart, once."""
        self.chart = chart
        self._place.addWidget(chart)

    def fill(self, heads: Sequence[str], rows: Sequence[Sequence[str]], aligned: int) -> None:
        """Fill the table behind; columns from `aligned` on are figures."""
        self.table.setColumnCount(len(heads))
        self.table.setHorizontalHeaderLabels(list(heads))
        self.table.setRowCount(len(rows))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        for column in range(len(heads)):
            head = self.table.horizontalHeaderItem(column)
            if head is not None:
                head.setTextAlignment(right if column >= aligned else left)
            for number, row in enumerate(rows):
                item = QTableWidgetItem(row[column])
                item.setTextAlignment(right if column >= aligned else left)
                self.table.setItem(number, column, item)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    def show_empty(self, empty: bool) -> None:
        """Words instead of an empty chart."""
        self.stack.setCurrentIndex(2 if empty else 1 if self._as_table.isChecked() else 0)
        self._save.setEnabled(not empty)

    def _toggle(self, text: str, what: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(f"insights.{self._name}.{what}")
        button.setProperty("role", "chip")
        button.setCheckable(True)
        button.setAccessibleName(text)
        return button

    def _on_chosen(self, number: int) -> None:
        self.stack.setCurrentIndex(number)
        self._save.setVisible(number == 0)

    def _on_save(self) -> None:
        suggested = f"coinbudget-{self._name}.png"
        path, _kind = QFileDialog.getSaveFileName(
            self, self.tr("Save as an image"), suggested, "PNG (*.png);;SVG (*.svg)"
        )
        if path and self.chart is not None:
            self.chart.save(Path(path))
            self.context.session.toast_requested.emit(self.tr("Saved {name}").format(name=Path(path).name), False)


class _MonthsCard(_ChartCard):
    def __init__(self, context: Context) -> None:
        super().__init__(context, "", "months")
        self._title.setText(self.tr("Paid by month"))
        self.table.setAccessibleName(self.tr("Paid by month"))

    def show_months(self, answer: _Answer) -> None:
        """Show the months with the month's limit."""
        from coinbudget.ui.charts import MonthsChart  # noqa: PLC0415 - matplotlib comes with the first chart

        amounts, currency = self.context.amounts, answer.profile.currency
        limit = next(
            (one.amount for one in answer.limits if one.measure is Measure.MONEY and one.period is Period.MONTH), None
        )
        chart = self.chart
        if not isinstance(chart, MonthsChart):
            chart = MonthsChart(self.context.theme, amounts)
            self.place(chart)
        said = [f"{amounts.month(m.start_on)} {amounts.money(m.spent_minor, currency)}" for m in answer.months]
        sentence = self.tr("Paid by month: {list}.").format(list=", ".join(said))
        chart.show_months(answer.months, limit, currency, sentence)
        missing = sum(month.rate_missing for month in answer.months)
        note = self.tr("Gross, as paid.")
        if limit is not None:
            note = self.tr(
                "Gross, as paid. The dashed line is the limit of {amount} a month; months over it are red."
            ).format(amount=amounts.money(limit, currency))
        if missing:
            note += " " + self.tr("Not converted and not drawn: {count}.").format(count=amounts.number(missing))
        self.note.setText(note)
        heads = (self.tr("Month"), self.tr("Paid"), self.tr("Refunded"), self.tr("True cost of gifts"))
        self.fill(
            heads,
            [
                (
                    amounts.month(month.start_on),
                    amounts.money(month.spent_minor, currency),
                    amounts.money(month.refunded_minor, currency) if month.refunded_minor else "",
                    _cost(self.context, month.gift_cost.minor, month.gift_cost.unknown_coins, currency),
                )
                for month in reversed(answer.months)
            ],
            1,
        )


class _CreatorsCard(_ChartCard):
    def __init__(self, context: Context, stretch: QWidget) -> None:
        super().__init__(context, "", "creators", stretch)
        self._title.setText(self.tr("Gifts by creator"))
        self.table.setAccessibleName(self.tr("Gifts by creator"))

    def show_creators(self, answer: _Answer) -> None:
        """Show the dearest creators."""
        from coinbudget.ui.charts import CreatorsChart  # noqa: PLC0415 - matplotlib comes with the first chart

        amounts, currency = self.context.amounts, answer.profile.currency
        chart = self.chart
        if not isinstance(chart, CreatorsChart):
            chart = CreatorsChart(self.context.theme, amounts)
            self.place(chart)
        said = [
            f"{amounts.creator(s.creator)} {_cost(self.context, s.cost.minor, s.cost.unknown_coins, currency)}"
            for s in answer.shares
        ]
        if answer.shares:
            chart.show_creators(
                answer.shares, currency, self.tr("Gifts by creator: {list}.").format(list=", ".join(said))
            )
        self.note.setText(self.tr("True cost: what the coins of these gifts cost, first in, first out."))
        self.fill(
            (self.tr("Creator"), self.tr("Gifts"), self.tr("Coins"), self.tr("True cost")),
            [
                (
                    amounts.creator(share.creator),
                    amounts.number(share.gifts),
                    amounts.coins(share.coins),
                    _cost(self.context, share.cost.minor, share.cost.unknown_coins, currency),
                )
                for share in answer.shares
            ],
            1,
        )
        self.show_empty(not answer.shares)


def _cost(context: Context, minor: int, unknown_coins: int, currency: str) -> str:
    known = context.amounts.money(minor, currency)
    if not unknown_coins:
        return known
    return f"≥ {known}" if minor else context.session.tr("unknown")


def _plain_table() -> QTableWidget:
    table = QTableWidget()
    table.setProperty("framed", False)
    table.verticalHeader().setVisible(False)
    table.verticalHeader().setDefaultSectionSize(34)
    table.setShowGrid(False)
    table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
    table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.horizontalHeader().setHighlightSections(False)
    return table

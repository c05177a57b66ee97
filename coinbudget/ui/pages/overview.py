"""The Overview: everything a person asks at a glance, without a click."""

from datetime import datetime

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from coinbudget.domain.limits import Measure
from coinbudget.domain.periods import Period
from coinbudget.domain.summaries import CreatorShare, LedgerLine, Overview
from coinbudget.services.changes import Changes
from coinbudget.services.ledger import Ledger
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.words import price_basis
from coinbudget.ui.limit_words import LimitWords
from coinbudget.ui.models.line_texts import LineTexts
from coinbudget.ui.page import Page
from coinbudget.ui.widgets.bars import ShareBar
from coinbudget.ui.widgets.cards import Card, headed
from coinbudget.ui.widgets.empty import EmptyState
from coinbudget.ui.widgets.figures import Month, MonthFigure
from coinbudget.ui.widgets.flow import Columns, keep_right_edge
from coinbudget.ui.widgets.labels import PlainLabel
from coinbudget.ui.widgets.lists import Row
from coinbudget.ui.widgets.overview_cards import CoinsCard, LeftCard

_CREATORS = 5
_LATEST = 6
_CARD_MARGIN = 16
_ASIDE_GAP = 16
#: Figures of now go stale with the clock; once a minute they are read again while looked at.
_AGAIN_MS = 60_000


class OverviewPage(Page):
    """What is left, coins on hand, where the month's money went, and what happened last."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.setObjectName("page")
        self.shown: Overview | None = None
        self._asides = ("", "")
        self._lines = LineTexts(context.amounts, context.operations.clock)
        self._build()
        self._again = QTimer(self)
        self._again.setInterval(_AGAIN_MS)
        self._again.timeout.connect(self.mark_stale)
        self._again.start()

    def refresh(self) -> None:
        """Override of Page."""
        profile = self.context.session.profile
        if profile is None:
            return

        def call(ledger: Ledger, now: datetime) -> tuple[Overview, datetime]:
            from coinbudget.services.summarise import overview  # noqa: PLC0415 - storage stays off the first paint

            return overview(ledger, profile.id, now=now), now

        self.context.operations.read("overview", call, lambda answer: self.show_overview(*answer), owner=self)

    def show_overview(self, overview: Overview, now: datetime) -> None:
        """Show these figures."""
        self.shown = overview
        words = LimitWords(self.context.amounts, overview.profile.settings[-1].zone)
        for card in self._left:
            card.show_overview(overview, self.context.amounts, words, now)
        self._coins.show_overview(overview, self.context.amounts, words, self._basis(overview), now)
        self._show_month(overview, words, now)
        self._show_creators(overview)
        self._show_latest(overview, now)
        empty = overview.entries == 0
        self._left_row.setVisible(True)
        self._empty.setVisible(empty)
        self._middle.setVisible(not empty)
        self._latest_card.setVisible(not empty)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override of QObject: the card of the month has another width."""
        if event.type() == QEvent.Type.Resize and watched is self._month_frame:
            self._fit_aside()
        return super().eventFilter(watched, event)

    def _fit_aside(self) -> None:
        """Where it has no room, the figure's head leaves out what every card above it says, then goes to a line below.

        Figures are never cut: what does not fit beside the heading stands under it.
        """
        room = self._month_frame.width() - self._month_title.sizeHint().width() - 2 * _CARD_MARGIN - _ASIDE_GAP
        metrics = self._month_aside.fontMetrics()
        fitting = next((text for text in reversed(self._asides) if metrics.horizontalAdvance(text) + 4 <= room), "")
        self._month_aside.setText(fitting)
        self._month_below.setText("" if fitting else self._asides[0])
        self._month_below.setVisible(not fitting and bool(self._asides[0]))

    def _build(self) -> None:
        self._left = tuple(LeftCard(self.context.theme, rank) for rank in range(3))
        for card in self._left:
            card.limit_requested.connect(self.context.session.limit_requested)
        self._coins = CoinsCard(self.context.theme)
        self._coins.earlier_wanted.connect(lambda: self.context.session.earlier_requested.emit(None, False))
        self._left_row = Columns([(card, 1) for card in (*self._left, self._coins)], narrow=940, fewer=2)
        self._middle = Columns([(self._month_card(), 66), (self._creators_card(), 34)], narrow=700, fewer=1)
        self._latest_card = self._make_latest_card()
        self._empty = Card(self.context.theme)
        nothing = EmptyState(
            self.context.theme,
            "cart",
            self.tr("Nothing logged yet"),
            self.tr(
                "Log your first purchase of coins, and this page shows what it cost, where it went and what is left."
            ),
            self.tr("Log purchase"),
        )
        nothing.button.setObjectName("overview.first_purchase")
        nothing.acted.connect(self.context.session.purchase_requested)
        self._empty.body.addWidget(nothing)
        # Cards without figures would say something wrong until the first answer.
        for part in (self._left_row, self._middle, self._latest_card, self._empty):
            part.setVisible(False)
        canvas = QWidget()
        canvas.setObjectName("canvas")
        column = QVBoxLayout(canvas)
        column.setContentsMargins(24, 4, 24, 24)
        column.setSpacing(16)
        column.addWidget(self._left_row)
        column.addWidget(self._empty, 1)
        column.addWidget(self._middle, 1)
        column.addWidget(self._latest_card)
        area = QScrollArea()
        area.setWidget(canvas)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        keep_right_edge(area, column)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)

    def _month_card(self) -> Card:
        self._month_aside = PlainLabel("", "caption", elide=True)
        card, self._month_title = headed(self.context.theme, "", self._month_aside)
        self._month_frame = card
        card.installEventFilter(self)
        self._month_below = PlainLabel("", "caption", wrap=True)
        self._month_below.setVisible(False)
        self._figure = MonthFigure(self.context.theme)
        self._note_icon = QLabel()
        self.context.theme.bind(
            self._note_icon, lambda: self._note_icon.setPixmap(self.context.theme.pixmap("info", "near", 16))
        )
        self._note = PlainLabel("", "caption", wrap=True)
        self._settle = QPushButton(self.tr("Settle rates"))
        self._settle.setObjectName("overview.settle_rates")
        self._settle.setProperty("role", "link")
        self._settle.clicked.connect(self._on_settle)
        noted = QHBoxLayout()
        noted.setContentsMargins(0, 0, 0, 0)
        noted.setSpacing(8)
        noted.addWidget(self._note_icon, 0, Qt.AlignmentFlag.AlignTop)
        noted.addWidget(self._note, 1)
        noted.addWidget(self._settle)
        self._noted = QWidget()
        self._noted.setLayout(noted)
        card.body.addWidget(self._month_below)
        card.body.addWidget(self._figure, 1)
        card.body.addWidget(self._noted)
        card.setMinimumHeight(216)
        return card

    def _creators_card(self) -> Card:
        aside = PlainLabel(self.tr("true cost · coins"), "caption")
        card, _label = headed(self.context.theme, self.tr("To whom, this month"), aside)
        card.body.setSpacing(4)
        card.body.addSpacing(4)
        self._creators = tuple(_CreatorRow(self.context) for _number in range(_CREATORS))
        for row in self._creators:
            card.body.addWidget(row)
        self._creators_note = PlainLabel("", "caption", wrap=True)
        card.body.addSpacing(4)
        card.body.addWidget(self._creators_note)
        card.body.addStretch(1)
        return card

    def _make_latest_card(self) -> Card:
        open_ledger = QPushButton(self.tr("Open ledger"))
        open_ledger.setObjectName("overview.open_ledger")
        open_ledger.setProperty("role", "link")
        open_ledger.clicked.connect(lambda: self.context.session.page_requested.emit("ledger", None))
        card = Card(self.context.theme)
        head = QHBoxLayout()
        head.addWidget(PlainLabel(self.tr("Latest"), "heading"))
        head.addStretch(1)
        head.addWidget(open_ledger)
        card.body.addLayout(head)
        card.body.setContentsMargins(10, 10, 10, 10)
        head.setContentsMargins(6, 0, 6, 0)
        card.body.setSpacing(2)
        self._rows = tuple(Row(self.context.theme) for _number in range(_LATEST))
        self._entry_ids = [""] * _LATEST
        for number, row in enumerate(self._rows):
            row.pressed.connect(lambda number=number: self._on_entry(number))
        halves = []
        for part in (self._rows[::2], self._rows[1::2]):
            half = QWidget()
            column = QVBoxLayout(half)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(0)
            for row in part:
                column.addWidget(row)
            column.addStretch(1)
            halves.append((half, 1))
        columns = Columns(halves, narrow=760, fewer=1, spacing=24)
        card.body.addWidget(columns)
        return card

    def _show_month(self, overview: Overview, words: LimitWords, now: datetime) -> None:
        amounts, currency = self.context.amounts, overview.profile.currency
        name = amounts.month_name(overview.month_start_on)
        self._month_title.setText(self.tr("Paid in {month}").format(month=name))
        year, whole = (amounts.money(m, currency) for m in (overview.spent_year_minor, overview.spent_total_minor))
        sums = self.tr("This year {year} · in all {all}").format(year=year, all=whole)
        reach = words.logged_up_to(overview.logged_up_to, now, inside=True)
        self._asides = (sums, f"{sums} · {reach}")
        self._fit_aside()
        limit = next(
            (
                status.limit.amount
                for status in overview.statuses
                if status.limit.measure is Measure.MONEY and status.limit.period is Period.MONTH
            ),
            None,
        )
        spent = amounts.money(overview.spent_month_minor, currency)
        sentence = self.tr("{spent} paid in {month} so far").format(spent=spent, month=name)
        if limit is not None:
            sentence += self.tr(", limit {limit}").format(limit=amounts.money(limit, currency))
        self._figure.show_month(
            Month(
                start_on=overview.month_start_on,
                end_on=overview.month_end_on,
                values=overview.month_days,
                limit=limit,
                unit=10 ** amounts.digits(currency),
            ),
            amount=lambda minor: amounts.money(minor, currency),
            axis=lambda minor: amounts.short_money(minor, currency),
            limit_text=self.tr("limit {amount}").format(amount=amounts.short_money(limit or 0, currency)),
            sentence=f"{sentence}.",
        )
        notes = self._notes(overview)
        self._note.setText(" ".join(notes))
        self._noted.setVisible(bool(notes))
        self._settle.setVisible(overview.provisional > 0)

    def _notes(self, overview: Overview) -> list[str]:
        notes = []
        if overview.rate_missing:
            notes.append(
                self.tr("Not converted and in no sum: {what}.").format(what=self._purchases(overview.rate_missing))
            )
        if overview.provisional:
            notes.append(self.tr("At a provisional rate: {what}.").format(what=self._purchases(overview.provisional)))
        return notes

    def _purchases(self, count: int) -> str:
        if count == 1:
            return self.tr("1 purchase")
        return self.tr("{count} purchases").format(count=self.context.amounts.number(count))

    def _show_creators(self, overview: Overview) -> None:
        top = max((share.cost.minor for share in overview.creators), default=0)
        most_coins = max((share.coins for share in overview.creators), default=0)
        for number, row in enumerate(self._creators):
            share = overview.creators[number] if number < len(overview.creators) else None
            row.setVisible(share is not None)
            if share is not None:
                part = share.cost.minor / top if top else share.coins / most_coins if most_coins else 0.0
                row.show_share(share, part, overview.profile.currency)
        widest = max((row.cost_width() for row in self._creators[: len(overview.creators)]), default=0)
        for row in self._creators:
            row.align_cost(widest)
        more = overview.creators_total - len(overview.creators)
        if not overview.creators:
            note = self.tr("No gift logged this month.")
        elif more > 0:
            note = self.tr("and {count} more").format(count=self.context.amounts.number(more))
        else:
            note = ""
        self._creators_note.setText(note)
        self._creators_note.setVisible(bool(note))

    def _show_latest(self, overview: Overview, now: datetime) -> None:
        for number, row in enumerate(self._rows):
            line = overview.latest[number] if number < len(overview.latest) else None
            row.setVisible(line is not None)
            self._entry_ids[number] = line.entry.id if line else ""
            if line is not None:
                self._show_line(row, line, now)

    def _show_line(self, row: Row, line: LedgerLine, now: datetime) -> None:
        cells = self._lines.cells(line)
        when, what, who, _profile, coins, paid, cost = cells.texts[:7]
        del when
        entry = line.entry
        moment = self.context.amounts.moment(entry.at, entry.zone, now, hour_known=entry.hour_known)
        if entry.hour_known and (
            away := self.context.amounts.elsewhere(entry.at, entry.zone, self.context.session.zone)
        ):
            moment = f"{moment} ({away})"
        if cells.icon == "gift":
            said = self.tr("{gift} to {creator}").format(gift=what, creator=who)
            words = self.tr("{when} · 1 coin") if entry.coins == 1 else self.tr("{when} · {coins} coins")
            words = words if entry.coins else "{when}"
            aside = words.format(when=moment, coins=coins.lstrip("−-"))
        else:
            said = f"{what}, {who}" if who else what
            aside = moment
        row.show_line(cells.icon, cells.icon_tone, said, aside, paid or cost)

    def _basis(self, overview: Overview) -> str:
        return price_basis(
            self.context.amounts,
            overview.on_hand_today_basis,
            overview.on_hand_today_as_of,
            estimate=overview.on_hand_today_estimate,
            today=overview.today,
        )

    def _on_entry(self, number: int) -> None:
        if self._entry_ids[number]:
            self.context.session.entry_requested.emit(self._entry_ids[number])

    def _on_settle(self) -> None:
        profile = self.context.session.profile
        if profile is None:
            return

        def call(ledger: Ledger, now: datetime) -> Changes:
            from coinbudget.services.record import settle_rates  # noqa: PLC0415 - as above

            return settle_rates(ledger, profile.id, now=now)

        self.context.operations.write(self.tr("settling of exchange rates"), call)


class _CreatorRow(QWidget):
    """One creator: handle, share of the dearest, true cost and coins."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._amounts = context.amounts
        self._name = PlainLabel("", elide=True)
        self._name.setMinimumWidth(84)
        self._bar = ShareBar(context.theme)
        self._cost = PlainLabel("", align=Qt.AlignmentFlag.AlignRight)
        self._coins = PlainLabel("", "caption", align=Qt.AlignmentFlag.AlignRight)
        self._coins.setMinimumWidth(48)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self._name, 5)
        row.addWidget(self._bar, 3)
        row.addWidget(self._cost)
        row.addWidget(self._coins)
        self.setMinimumHeight(30)

    def cost_width(self) -> int:
        """How wide the cost is written."""
        return self._cost.sizeHint().width()

    def align_cost(self, width: int) -> None:
        """Make room so that bars and costs of all rows stand below each other."""
        self._cost.setMinimumWidth(width)

    def show_share(self, share: CreatorShare, part: float, currency: str) -> None:
        """Show one creator."""
        cost = self._amounts.money(share.cost.minor, currency)
        if share.cost.unknown_coins:
            cost = f"≥ {cost}" if share.cost.minor else self.tr("unknown")
        coins = self._amounts.coins(share.coins)
        handle = self._amounts.creator(share.creator)
        self._name.setText(handle)
        self._cost.setMinimumWidth(0)
        self._cost.setText(cost)
        self._coins.setText(coins)
        words = (
            self.tr("{creator}: {cost}, 1 coin") if share.coins == 1 else self.tr("{creator}: {cost}, {coins} coins")
        )
        self._bar.show_share(part, words.format(creator=handle, cost=cost, coins=coins))
        self.setAccessibleName(self._bar.accessibleName())

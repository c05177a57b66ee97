"""The cards at the top of the Overview: what is left, and the coins on hand.

A card speaks of one stretch of time: today, this week, this month. Its figure is what can still be paid in it: what
its own limit leaves, or less where a limit of a longer stretch leaves less ("held by ..."). Without any limit it
says what was paid and offers to set one. Every card says how far the ledger reaches (rule 15).
"""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from coinbudget.domain.limits import Level, LimitStatus, Measure
from coinbudget.domain.periods import Period
from coinbudget.domain.summaries import Overview
from coinbudget.ui.amounts import Amounts
from coinbudget.ui.limit_words import SEVERITY, LimitWords
from coinbudget.ui.theme import Theme
from coinbudget.ui.widgets.badges import Badge
from coinbudget.ui.widgets.bars import LimitBar
from coinbudget.ui.widgets.cards import Card
from coinbudget.ui.widgets.labels import PlainLabel

#: Periods by length; a limit holds the stretches that are not longer than its own.
_RANK = {
    Period.DAY: 0,
    Period.ROLLING_DAY: 0,
    Period.WEEK: 1,
    Period.ROLLING_WEEK: 1,
    Period.MONTH: 2,
    Period.ROLLING_MONTH: 2,
    Period.YEAR: 3,
}


def own_and_holder(statuses: Sequence[LimitStatus], rank: int) -> tuple[LimitStatus | None, LimitStatus | None]:
    """The tightest money limit of a stretch, and the longer one that leaves less (or any, where it has none)."""
    money = [status for status in statuses if status.limit.measure is Measure.MONEY]
    own = min((s for s in money if _RANK[s.limit.period] == rank), key=_tightness, default=None)
    longer = min((s for s in money if _RANK[s.limit.period] > rank), key=_tightness, default=None)
    if own is not None and longer is not None and longer.left >= own.left:
        longer = None
    return own, longer


def _tightness(status: LimitStatus) -> tuple[int, datetime, int]:
    return status.left, status.window.end_at, status.limit.id


class LeftCard(Card):
    """What is left of one stretch.

    Signals:
        limit_requested: "Set a limit" was pressed.
    """

    limit_requested = Signal()

    def __init__(self, theme: Theme, rank: int, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._rank = rank
        self._title = PlainLabel("", "label")
        self._badge = Badge(theme)
        self._figure = PlainLabel("", "figure")
        self._bar = LimitBar(theme)
        self._lines = (PlainLabel("", "caption", wrap=True), PlainLabel("", "caption", wrap=True))
        self._reach = PlainLabel("", "caption", elide=True)
        self.set_limit = QPushButton(self.tr("Set a limit"))
        self.set_limit.setObjectName(f"overview.set_limit.{rank}")
        self.set_limit.setProperty("role", "link")
        self.set_limit.setCursor(Qt.CursorShape.PointingHandCursor)
        self.set_limit.clicked.connect(self.limit_requested)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title, 1)
        head.addWidget(self._badge)
        # A line without a badge is as high as one with it, so that figures stand in one line.
        self._title.setMinimumHeight(24)
        self.body.setSpacing(4)
        self.body.addLayout(head)
        self.body.addWidget(self._figure)
        self.body.addSpacing(4)
        self.body.addWidget(self._bar)
        self.body.addSpacing(6)
        for line in self._lines:
            self.body.addWidget(line)
        self.body.addWidget(self.set_limit, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addStretch(1)
        self.body.addWidget(self._reach)
        self.setMinimumHeight(172)
        self.setMinimumWidth(200)

    def show_overview(self, overview: Overview, amounts: Amounts, words: LimitWords, now: datetime) -> None:
        """Show what is left of the stretch."""
        spent = (overview.spent_today_minor, overview.spent_week_minor, overview.spent_month_minor)[self._rank]
        own, holder = own_and_holder(overview.statuses, self._rank)
        shown = min((s for s in (own, holder) if s is not None), key=lambda s: s.left, default=None)
        paid = amounts.money(spent, overview.profile.currency)
        self._reach.setText(words.logged_up_to(overview.logged_up_to, now))
        self.set_limit.setVisible(shown is None)
        if shown is None:
            self._show_paid(paid)
        else:
            self._show_left(shown, own, holder, words)
            self._bar.setVisible(own is not None)
            if own is not None:
                state = words.sentence(own, now)
                self._bar.show_use(own.used, own.planned, own.limit.amount, own.level, state)
                self._say(0, self._used_of(own, words))
                self._say(1, self._remark(own, holder, overview.statuses, words))
            else:
                self._say(0, self.tr("{amount} paid").format(amount=paid))
        spoken = [self._title.text(), self._figure.text(), self._badge.text()]
        spoken += [line.text() for line in self._lines] + [self._reach.full_text()]
        self.setAccessibleName(", ".join(part for part in spoken if part) + ".")

    def texts(self) -> list[str]:
        """All it says, in reading order."""
        lines = [self._title, self._figure, *self._lines]
        return [*(line.text() for line in lines), self._badge.text(), self._reach.full_text()]

    def _show_paid(self, paid: str) -> None:
        titles = (self.tr("Paid today"), self.tr("Paid this week"), self.tr("Paid this month"))
        self._title.setText(titles[self._rank])
        self._figure.setText(paid)
        self._badge.show_state("", "")
        self._bar.setVisible(False)
        self._say(0, self.tr("No limit holds here."))
        self._say(1, "")

    def _show_left(
        self,
        shown: LimitStatus,
        own: LimitStatus | None,
        holder: LimitStatus | None,
        words: LimitWords,
    ) -> None:
        left = (self.tr("Left today"), self.tr("Left this week"), self.tr("Left this month"))
        over = (self.tr("Over today"), self.tr("Over this week"), self.tr("Over this month"))
        self._title.setText((over if shown.left < 0 else left)[self._rank])
        self._figure.setText(words.amount(shown.limit, abs(shown.left)))
        # The badge speaks of the card's own limit; where another one is worse off, of that one.
        both = [status for status in (own, holder) if status is not None]
        look, text = words.badge(max(both, key=lambda status: SEVERITY[status.level]) if own is None else own)
        if own is not None and holder is not None and holder.level is Level.BREACHED:
            look, text = words.badge(holder)
        self._badge.show_state(text, look)
        self._say(1, self.tr("Held by {limit}").format(limit=words.name(holder.limit)) if holder else "")

    def _used_of(self, own: LimitStatus, words: LimitWords) -> str:
        return self.tr("{used} of {amount} {since}").format(
            used=words.amount(own.limit, own.used),
            amount=words.amount(own.limit, own.limit.amount),
            since=words.since(own.limit, own.window, short=True),
        )

    def _remark(
        self, own: LimitStatus, holder: LimitStatus | None, statuses: Sequence[LimitStatus], words: LimitWords
    ) -> str:
        if holder is not None:
            return self.tr("Held by {limit}").format(limit=words.name(holder.limit))
        planned = words.planned(own)
        if planned:
            return planned
        many = sum(1 for status in statuses if status.limit.measure is own.limit.measure)
        if own.binding and many > 1:
            return self.tr("The tightest of {count} limits").format(count=many)
        return ""

    def _say(self, number: int, text: str) -> None:
        self._lines[number].setText(text)
        self._lines[number].setVisible(bool(text))


class CoinsCard(Card):
    """Coins on hand, what they cost, and what buying them today would.

    Signals:
        earlier_wanted: say where coins of before the ledger were bought.
    """

    earlier_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._theme = theme
        self._icon = QLabel()
        theme.bind(self._icon, lambda: self._icon.setPixmap(theme.pixmap("coin", "coin", 26)))
        self._figure = PlainLabel("", "figure")
        self._cost = self._line(self.tr("Cost you"))
        self._today = self._line(self.tr("Buying them today"))
        self._note = PlainLabel("", "caption", wrap=True)
        self._reach = PlainLabel("", "caption", elide=True)
        self.body.setSpacing(4)
        head = QHBoxLayout()
        head.addWidget(PlainLabel(self.tr("Coins on hand"), "label"))
        head.addStretch(1)
        spacer = QWidget()
        spacer.setFixedSize(1, 24)
        head.addWidget(spacer)
        self.body.addLayout(head)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self._icon)
        row.addWidget(self._figure)
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addSpacing(2)
        for name, value in (self._cost, self._today):
            line = QHBoxLayout()
            line.setSpacing(8)
            line.addWidget(name)
            line.addStretch(1)
            line.addWidget(value)
            self.body.addLayout(line)
        self.body.addWidget(self._note)
        self._earlier = QPushButton()
        self._earlier.setObjectName("overview.earlier")
        self._earlier.setProperty("role", "link")
        self._earlier.setCursor(Qt.CursorShape.PointingHandCursor)
        self._earlier.setVisible(False)
        self._earlier.clicked.connect(self.earlier_wanted)
        self.body.addWidget(self._earlier, 0, Qt.AlignmentFlag.AlignLeading)
        self.body.addStretch(1)
        self.body.addWidget(self._reach)
        self.setMinimumWidth(200)
        self.setMinimumHeight(172)

    def show_overview(self, overview: Overview, amounts: Amounts, words: LimitWords, basis: str, now: datetime) -> None:
        """Show the balance; `basis` says where today's price is from."""
        currency = overview.profile.currency
        self._figure.setText(amounts.coins(overview.on_hand))
        cost = overview.on_hand_cost
        known = amounts.money(cost.minor, currency)
        unknown = cost.unknown_coins > 0
        if not overview.on_hand:
            known = amounts.money(0, currency)
        elif unknown:
            known = f"≥ {known}" if cost.minor else self.tr("unknown")
        self._show_pair(self._cost, known if overview.on_hand else "")
        today = overview.on_hand_today_minor
        self._show_pair(self._today, amounts.money(today, currency) if today is not None else "")
        notes = []
        if basis and today is not None and overview.on_hand:
            notes.append(basis[:1].upper() + basis[1:])
        if unknown and overview.on_hand:
            notes.append(self.tr("{count} of unknown cost").format(count=amounts.coins(cost.unknown_coins)))
        if overview.uncovered:
            notes.append(self._earlier_words(overview, amounts))
        self._show_earlier(overview)
        self._note.setText(" · ".join(notes))
        self._note.setVisible(bool(notes))
        self._reach.setText(words.logged_up_to(overview.logged_up_to, now))
        self.setAccessibleName(self._sentence(overview, known, amounts))

    def _earlier_words(self, overview: Overview, amounts: Amounts) -> str:
        """What is known of coins that were bought before the ledger begins; never part of a total."""
        count = amounts.coins(overview.uncovered)
        if overview.earlier_minor is None:
            return self.tr("{count} gifted without a logged purchase").format(count=count)
        low, high = (amounts.about(minor, overview.profile.currency) for minor in overview.earlier_minor)
        words = self.tr("{count} bought before this ledger, about {low} to {high}, counted in no total")
        if overview.earlier_from_us:
            words = self.tr(
                "{count} bought before this ledger, about {low} to {high} by US prices, counted in no total"
            )
        return words.format(count=count, low=low, high=high)

    def _show_earlier(self, overview: Overview) -> None:
        words = self.tr("Say where") if overview.earlier_minor is None else self.tr("Change where")
        self._earlier.setText(words)
        self._earlier.setAccessibleName(self.tr("{what} coins of before this ledger were bought").format(what=words))
        self._earlier.setVisible(bool(overview.uncovered))

    def texts(self) -> list[str]:
        """All it says, in reading order."""
        return [self._figure.text(), self._cost[1].text(), self._today[1].text(), self._note.text()]

    def _sentence(self, overview: Overview, known: str, amounts: Amounts) -> str:
        parts = [
            self.tr("{count} coins on hand").format(count=amounts.coins(overview.on_hand)),
            self.tr("they cost {amount}").format(amount=known),
        ]
        if overview.on_hand_today_minor is not None:
            money = amounts.money(overview.on_hand_today_minor, overview.profile.currency)
            parts.append(self.tr("buying them today {amount}").format(amount=money))
        return ", ".join([*parts, *filter(None, [self._note.text(), self._reach.full_text()])]) + "."

    def _line(self, name: str) -> tuple[PlainLabel, PlainLabel]:
        label = PlainLabel(name, "label", elide=True)
        label.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        return label, PlainLabel("", "strong")

    def _show_pair(self, pair: tuple[PlainLabel, PlainLabel], text: str) -> None:
        pair[1].setText(text)
        for label in pair:
            label.setVisible(bool(text))

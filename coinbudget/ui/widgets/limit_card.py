"""A limit as a card: its name, its state as a word, a bar, what is used and left, and how the last windows went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QCoreApplication, QPoint, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from coinbudget.domain.limits import LimitId, LimitStatus, Measure
from coinbudget.domain.periods import Period, Window
from coinbudget.ui.amounts import Amounts
from coinbudget.ui.limit_words import LimitWords
from coinbudget.ui.theme import Theme
from coinbudget.ui.widgets.badges import Badge
from coinbudget.ui.widgets.bars import LimitBar, MiniBars
from coinbudget.ui.widgets.cards import Card
from coinbudget.ui.widgets.labels import PlainLabel
from coinbudget.ui.widgets.menus import Menu
from coinbudget.ui.widgets.wrap_layout import WrapLayout

translate = QCoreApplication.translate

_HISTORY_WIDTH = 208


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitView:
    """What a card shows.

    Attributes:
        history: the last windows and what was used in each, oldest first.
        take_back: whether its latest change may still be taken back.
        alone: it is the only limit of its measure, so calling it the tightest says nothing.
    """

    status: LimitStatus
    history: tuple[tuple[Window, int], ...]
    take_back: bool
    alone: bool = False


class LimitCard(Card):
    """One limit.

    Signals:
        edit_requested, remove_requested, take_back_requested: chosen in its menu.
    """

    edit_requested = Signal()
    remove_requested = Signal()
    take_back_requested = Signal()

    def __init__(self, theme: Theme, limit_id: LimitId, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.limit_id = limit_id
        self._take_back = False
        self._beside = False
        self._menu: Menu | None = None
        self.setObjectName(f"limit.card.{limit_id}")
        left = QVBoxLayout()
        left.setSpacing(theme.space(2))
        left.addLayout(self._title_row())
        self.bar = LimitBar(theme, height=10)
        left.addWidget(self.bar)
        left.addLayout(self._words_rows())
        right = QVBoxLayout()
        right.setSpacing(theme.space(2))
        self.legend = PlainLabel("", "caption")
        self.legend.setFixedHeight(24)
        self.bars = MiniBars(theme)
        right.addWidget(self.legend)
        right.addWidget(self.bars)
        right.addStretch(1)
        history = QWidget()
        history.setLayout(right)
        right.setContentsMargins(0, 0, 0, 0)
        history.setFixedWidth(_HISTORY_WIDTH)
        row = QHBoxLayout()
        row.setSpacing(theme.space(5))
        row.addLayout(left, 1)
        row.addWidget(history)
        row.addWidget(self._more_button(), 0, Qt.AlignmentFlag.AlignTop)
        row.setSpacing(theme.space(4))
        self.body.addLayout(row)

    def _title_row(self) -> WrapLayout:
        self.title = PlainLabel("", "heading")
        self.badge = Badge(self._theme)
        self.tightest = Badge(self._theme, "", "accent", "limits")
        self.cap_icon = QLabel()
        self._theme.bind(self.cap_icon, self._dress_cap)
        self.cap = PlainLabel(self.tr("Cap, set by a guardian"), "caption")
        self.guarded = QWidget()
        guarded = QHBoxLayout(self.guarded)
        guarded.setContentsMargins(0, 0, 0, 0)
        guarded.setSpacing(self._theme.space(1))
        guarded.addWidget(self.cap_icon)
        guarded.addWidget(self.cap)
        row = WrapLayout(spacing=self._theme.space(2))
        for widget in (self.title, self.badge, self.tightest, self.guarded):
            row.addWidget(widget)
        return row

    def _words_rows(self) -> QVBoxLayout:
        self.used = PlainLabel("", wrap=True)
        self.counts = PlainLabel("", "caption", wrap=True)
        self.note = PlainLabel("", "caption", wrap=True)
        for label in (self.used, self.counts):
            label.setMinimumWidth(80)  # or a line that fits would keep the card from becoming narrower
        self._words = QGridLayout()
        self._words.setHorizontalSpacing(self._theme.space(4))
        self._words.setVerticalSpacing(2)
        self._words.addWidget(self.used, 0, 0)
        self._words.addWidget(self.counts, 1, 0)
        rows = QVBoxLayout()
        rows.setSpacing(2)
        rows.addLayout(self._words)
        rows.addWidget(self.note)
        return rows

    def _more_button(self) -> QToolButton:
        self.more = QToolButton()
        self.more.setObjectName(f"limit.more.{self.limit_id}")
        self.more.setProperty("role", "quiet")
        self.more.setFixedSize(QSize(32, 32))
        self.more.setStyleSheet("QToolButton { padding: 0; min-height: 26px; }")
        self._theme.bind_icon(self.more, "more", "muted")
        self.more.clicked.connect(self.open_menu)
        return self.more

    def _dress_cap(self) -> None:
        self.cap_icon.setPixmap(self._theme.pixmap("shield", "muted", 16))

    # What it shows

    def show_view(self, view: LimitView, words: LimitWords, amounts: Amounts, now: datetime) -> None:
        """Show a limit as it stands."""
        status, limit = view.status, view.status.limit
        self._take_back = view.take_back
        name = words.name(limit)
        self.title.setText(name)
        look, state = words.badge(status)
        self.badge.show_state(state, look)
        tightest = status.binding and not view.alone
        self.tightest.show_state(self.tr("The tightest") if tightest else "", "accent", "limits")
        self.guarded.setVisible(limit.cap)
        self.more.setAccessibleName(self.tr("More about {limit}").format(limit=name))
        sentence = words.sentence(status, now)
        self.bar.show_use(status.used, status.planned, limit.amount, status.level, sentence)
        self.used.setText(used_words(status, words))
        parts = [words.counts(limit), words.since(limit, status.window), words.room(status, now)]
        self.counts.setText(", ".join(part for part in parts if part))
        self._show_notes(notes(status, words))
        self._show_history(view.history, limit.amount, limit.period, amounts)
        self.setAccessibleName(sentence)
        self._arrange()

    def _show_notes(self, lines: Sequence[str]) -> None:
        self.note.setText("\n".join(lines))
        self.note.setVisible(bool(lines))

    def _show_history(
        self, history: tuple[tuple[Window, int], ...], amount: int, period: Period, amounts: Amounts
    ) -> None:
        values = [used for _window, used in history]
        over = sum(used > amount for used in values)
        told = windows_words(period, len(values))
        share = (
            translate("LimitCard", "{count} over (red)").format(count=amounts.number(over))
            if over
            else translate("LimitCard", "none over")
            if any(values)
            else translate("LimitCard", "nothing yet")
        )
        legend = f"{told}, {share}"
        self.legend.setText(legend)
        self.bars.show_windows(values, amount, legend + ".")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Overrides QWidget.resizeEvent."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """What counts stands beside what is used where both fit on one line, else below it."""
        room = self.width() - _HISTORY_WIDTH - 32 - 2 * self._theme.space(4) - 2 * self._theme.space(4)
        needed = sum(
            label.fontMetrics().horizontalAdvance(label.text()) + 4 for label in (self.used, self.counts)
        ) + self._theme.space(5)
        beside = needed <= room
        place = (0, 1) if beside else (1, 0)
        if beside == self._beside:
            return
        self._beside = beside
        self._words.removeWidget(self.counts)
        self._words.addWidget(self.counts, *place)
        for label in (self.used, self.counts):
            label.setWordWrap(not beside)
        side = Qt.AlignmentFlag.AlignRight if beside else Qt.AlignmentFlag.AlignLeft
        self.counts.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)

    # Menu

    def open_menu(self) -> None:
        """Show what can be done with the limit."""
        if self._menu is not None:
            self._menu.close()
            self._menu.deleteLater()
        menu = self._menu = Menu("", self)
        menu.setObjectName("limit.menu")
        self._add(menu, "edit", "edit", self.tr("Edit…"), self.edit_requested)
        if self._take_back:
            self._add(menu, "take_back", "undo", self.tr("Take back the last change"), self.take_back_requested)
        menu.addSeparator()
        self._add(menu, "remove", "trash", self.tr("Remove"), self.remove_requested)
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        left = 0 if rtl else self.more.width() - menu.sizeHint().width()
        menu.popup(self.more.mapToGlobal(QPoint(left, self.more.height() + 2)))

    def _add(self, menu: Menu, name: str, icon: str, words: str, wish: SignalInstance) -> None:
        action = QAction(self._theme.icon(icon, "muted"), words, menu)
        action.setObjectName(f"limit.menu.{name}")
        action.triggered.connect(lambda _checked=False: wish.emit())
        menu.addAction(action)


def used_words(status: LimitStatus, words: LimitWords) -> str:
    """What is used and left: "10.57 € paid, 1.43 € left, 7.96 € after 4.99 € planned"."""
    parts = [words.used(status), words.left(status), words.planned(status)]
    if status.empty and not status.used:
        parts[0] = translate("LimitCard", "Nothing logged in this period yet")
    if not status.judged:
        parts[0] = translate("LimitCard", "At least {used}").format(used=parts[0])
        parts[1] = parts[1] if status.left < 0 else ""
    return ", ".join(part for part in parts if part)


def notes(status: LimitStatus, words: LimitWords) -> list[str]:
    """What else must be known to read the figures right."""
    limit, lines = status.limit, []
    if not status.judged:
        lines.append(
            translate(
                "LimitCard",
                "A purchase in this period could not be converted and is not counted. "
                "Say in the ledger what the account was charged.",
            )
            if limit.measure is Measure.MONEY
            else translate("LimitCard", "A gift in this period has no known coins and is not counted.")
        )
    if status.gross != status.used:
        before = words.amount(limit, status.gross)
        lines.append(translate("LimitCard", "After refunds; {amount} before them.").format(amount=before))
    elif limit.measure is Measure.MONEY and not limit.refunds_give_room:
        lines.append(translate("LimitCard", "Refunds give no room back."))
    return lines


def windows_words(period: Period, count: int) -> str:
    """What the small columns are: "Last 12 weeks"."""
    template = {
        Period.DAY: translate("LimitCard", "Last {count} days"),
        Period.WEEK: translate("LimitCard", "Last {count} weeks"),
        Period.MONTH: translate("LimitCard", "Last {count} months"),
        Period.YEAR: translate("LimitCard", "Last {count} years"),
        Period.ROLLING_DAY: translate("LimitCard", "Last {count} × 24 hours"),
        Period.ROLLING_WEEK: translate("LimitCard", "Last {count} × 7 days"),
        Period.ROLLING_MONTH: translate("LimitCard", "Last {count} × 30 days"),
    }[period]
    return template.format(count=count)

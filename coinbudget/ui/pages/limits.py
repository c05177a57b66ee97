"""The limits page: which limit is the tightest, and every limit with its bar, its words and its last windows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMessageBox, QPushButton, QScrollArea, QVBoxLayout, QWidget

from coinbudget.domain.errors import Problem
from coinbudget.domain.limits import Limit, LimitId, LimitStatus, Measure
from coinbudget.domain.periods import Period
from coinbudget.services import limits as limit_service
from coinbudget.services import watch
from coinbudget.services.changes import Changes
from coinbudget.services.ledger import Ledger
from coinbudget.ui.context import Context
from coinbudget.ui.limit_words import LimitWords
from coinbudget.ui.page import Page
from coinbudget.ui.problems import problem_texts
from coinbudget.ui.widgets.cards import Card
from coinbudget.ui.widgets.labels import PlainLabel
from coinbudget.ui.widgets.limit_card import LimitCard, LimitView
from coinbudget.ui.widgets.limit_offer import LimitOffer
from coinbudget.ui.widgets.runs_label import Run, RunsLabel

_WINDOWS = 12
#: What is left changes with the clock; once a minute it is read again while looked at.
_AGAIN_MS = 60_000
_MEASURES = (Measure.MONEY, Measure.COST, Measure.COINS)
_PERIODS = tuple(Period)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the page shows, read in one go.

    Attributes:
        removed_back: whether the limit removed last may still be brought back.
    """

    views: tuple[LimitView, ...]
    removed_back: bool
    now: datetime


class LimitsPage(Page):
    """Every limit of the shown profile."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.setObjectName("page")
        self.setAccessibleName(self.tr("Limits"))
        self.cards: dict[LimitId, LimitCard] = {}
        self._removed: Limit | None = None
        self._build()
        self._again = QTimer(self)
        self._again.setInterval(_AGAIN_MS)
        self._again.timeout.connect(self.mark_stale)
        self._again.start()

    # Building

    def _build(self) -> None:
        theme = self.context.theme
        self.sentence = RunsLabel(theme)
        self.sentence.setObjectName("limits.sentence")
        self.reach = PlainLabel("", "caption")
        self.reach.setObjectName("limits.logged_up_to")
        self.what_if = QPushButton(self.tr("What if I buy …"))
        self.what_if.setObjectName("limits.what_if")
        self.what_if.clicked.connect(self._open_what_if)
        self.add = QPushButton(self.tr("Add limit"))
        self.add.setObjectName("limits.add")
        self.add.setProperty("role", "primary")
        theme.bind_icon(self.add, "plus", "onaccent")
        self.add.clicked.connect(self.context.session.limit_requested)
        self.offer = LimitOffer(theme)
        self.offer.wanted.connect(self._on_offer)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.space(5), theme.space(1), 0, 0)
        column.setSpacing(theme.space(4))
        column.addWidget(self._make_head())
        column.addWidget(self._make_area(), 1)

    def _make_head(self) -> QWidget:
        theme = self.context.theme
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch(1)
        words.addWidget(self.sentence)
        words.addWidget(self.reach)
        words.addStretch(1)
        self._head = QWidget()
        row = QHBoxLayout(self._head)
        row.setContentsMargins(0, 0, theme.space(5), 0)
        row.setSpacing(theme.space(2))
        row.addLayout(words, 1)
        row.addSpacing(theme.space(2))
        row.addWidget(self.what_if, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.add, 0, Qt.AlignmentFlag.AlignVCenter)
        return self._head

    def _make_area(self) -> QScrollArea:
        theme = self.context.theme
        canvas = QWidget()
        canvas.setObjectName("canvas")
        self._column = QVBoxLayout(canvas)
        self._column.setContentsMargins(0, 0, theme.space(5), theme.space(5))
        self._column.setSpacing(theme.space(4))
        self._column.addWidget(self._make_removed())
        self._column.addWidget(self.offer, 1)
        self._column.addStretch(0)
        area = QScrollArea()
        area.setWidget(canvas)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        bar = area.verticalScrollBar()
        # The bar stands in the page's margin, so that cards end where the buttons above them end.
        bar.rangeChanged.connect(lambda _least, most: self._keep_edge(bar.sizeHint().width() if most else 0))
        return area

    def _keep_edge(self, taken: int) -> None:
        margins = self._column.contentsMargins()
        margins.setRight(max(self.context.theme.space(5) - taken, 0))
        self._column.setContentsMargins(margins)

    def _make_removed(self) -> Card:
        """The strip that offers to bring back the limit removed last."""
        theme = self.context.theme
        self.removed = Card(theme, surface="raised", margin=theme.space(2))
        self.removed_words = PlainLabel("", "muted", elide=True)
        self.bring_back = QPushButton(self.tr("Take back"))
        self.bring_back.setObjectName("limits.bring_back")
        self.bring_back.setProperty("role", "link")
        self.bring_back.clicked.connect(self._bring_back)
        row = QHBoxLayout()
        row.setContentsMargins(theme.space(2), 0, theme.space(2), 0)
        row.addWidget(self.removed_words, 1)
        row.addWidget(self.bring_back)
        self.removed.body.addLayout(row)
        self.removed.setVisible(False)
        return self.removed

    # Showing

    def refresh(self) -> None:
        """Overrides Page.refresh."""
        profile = self.context.session.profile
        if profile is None:
            return
        removed = self._removed.id if self._removed is not None else None

        def call(ledger: Ledger, now: datetime) -> Limits:
            statuses = watch.status(ledger, profile_ids=(profile.id,), now=now)
            measures = [status.limit.measure for status in statuses]
            views = tuple(
                LimitView(
                    status=status,
                    history=watch.history(ledger, status.limit.id, now=now, count=_WINDOWS),
                    take_back=limit_service.can_take_back(ledger, status.limit.id, now=now),
                    alone=measures.count(status.limit.measure) == 1,
                )
                for status in statuses
            )
            back = removed is not None and limit_service.can_take_back(ledger, removed, now=now)
            return Limits(views=views, removed_back=back, now=now)

        self.context.operations.read("limits", call, self.show_limits, owner=self)

    def show_limits(self, found: Limits) -> None:
        """Show these limits."""
        words = LimitWords(self.context.amounts, self.context.session.zone)
        views = sorted(found.views, key=lambda view: _order(view.status))
        self._show_head([view.status for view in views], words, found.now)
        self._show_cards(views, words, found.now)
        self._show_removed(words, back=found.removed_back)

    def _show_head(self, statuses: Sequence[LimitStatus], words: LimitWords, now: datetime) -> None:
        self._head.setVisible(bool(statuses))
        self.offer.setVisible(not statuses)
        profile = self.context.session.profile
        if not statuses:
            if profile is not None:
                example = self.context.amounts.money(
                    25 * 10 ** self.context.amounts.digits(profile.currency), profile.currency
                )
                self.offer.show_currency(example)
            return
        self.sentence.show_runs(tightest_runs(statuses, words, now, self))
        reached = max((s.logged_up_to for s in statuses if s.logged_up_to is not None), default=None)
        self.reach.setText(words.logged_up_to(reached, now))

    def _show_cards(self, views: Sequence[LimitView], words: LimitWords, now: datetime) -> None:
        wanted = {view.status.limit.id for view in views}
        for gone in [limit_id for limit_id in self.cards if limit_id not in wanted]:
            card = self.cards.pop(gone)
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        for number, view in enumerate(views):
            card = self.cards.get(view.status.limit.id) or self._make_card(view.status.limit.id)
            card.show_view(view, words, self.context.amounts, now)
            if self._column.indexOf(card) != number + 1:
                self._column.insertWidget(number + 1, card)
        self._column.setStretch(self._column.count() - 1, 1 if views else 0)

    def _make_card(self, limit_id: LimitId) -> LimitCard:
        card = self.cards[limit_id] = LimitCard(self.context.theme, limit_id)
        card.edit_requested.connect(lambda: self._edit(limit_id))
        card.remove_requested.connect(lambda: self._remove(limit_id))
        card.take_back_requested.connect(lambda: self._take_back(limit_id))
        return card

    def _show_removed(self, words: LimitWords, *, back: bool) -> None:
        if not back:
            self._removed = None
        self.removed.setVisible(self._removed is not None)
        if self._removed is not None:
            self.removed_words.setText(self.tr("Removed: {limit}").format(limit=words.name(self._removed)))

    # Changing

    def _limit(self, limit_id: LimitId, act: Callable[[Limit], None]) -> None:
        """Act on a limit as it stands now."""

        def call(ledger: Ledger, _now: datetime) -> Limit | None:
            return next((one for one in limit_service.limits(ledger) if one.id == limit_id), None)

        def done(limit: Limit | None) -> None:
            if limit is not None:
                act(limit)

        self.context.operations.read("limits.one", call, done, owner=self)

    def _edit(self, limit_id: LimitId) -> None:
        self._limit(limit_id, self._open_form)

    def _open_form(self, limit: Limit) -> None:
        # Forms are loaded when the first one opens, not with the page.
        from coinbudget.ui.dialogs.limit import LimitDialog  # noqa: PLC0415

        dialog = LimitDialog(self.context, self.window(), limit=limit)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _open_what_if(self) -> None:
        from coinbudget.ui.dialogs.purchase import PurchaseDialog  # noqa: PLC0415 - as above

        dialog = PurchaseDialog(self.context, self.window())
        dialog.about_to.setChecked(True)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _remove(self, limit_id: LimitId) -> None:
        self._limit(limit_id, lambda limit: self._ask_cap(limit) if limit.cap else self._remove_now(limit))

    def _ask_cap(self, limit: Limit) -> None:
        """A cap is not taken back, so its removal is asked about."""
        words = LimitWords(self.context.amounts, self.context.session.zone)
        box = QMessageBox(self.window())
        box.setObjectName("limits.ask_cap")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle(self.tr("Remove cap"))
        box.setText(self.tr("Remove the cap of {limit}?").format(limit=words.name(limit)))
        box.setInformativeText(self.tr("It was set by a guardian. Removing it cannot be taken back."))
        remove = box.addButton(self.tr("Remove cap"), QMessageBox.ButtonRole.DestructiveRole)
        remove.setObjectName("limits.ask_cap.remove")
        keep = box.addButton(self.tr("Keep it"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        remove.clicked.connect(lambda: self._remove_now(limit))
        box.open()

    def _remove_now(self, limit: Limit) -> None:
        def call(ledger: Ledger, now: datetime) -> Changes:
            return limit_service.remove(ledger, limit.id, now=now)

        def done(_changes: Changes) -> None:
            self._removed = None if limit.cap else limit
            self.mark_stale()

        self.context.operations.write(self.tr("removing of a limit"), call, done)

    def _bring_back(self) -> None:
        if self._removed is not None:
            self._take_back(self._removed.id)

    def _take_back(self, limit_id: LimitId) -> None:
        def call(ledger: Ledger, now: datetime) -> Changes:
            return limit_service.take_back(ledger, limit_id, now=now)

        def done(_changes: Changes) -> None:
            self._removed = None

        self.context.operations.write(self.tr("change of a limit"), call, done)

    def _on_offer(self, amount: str, period: str) -> None:
        profile = self.context.session.profile
        if profile is None:
            return
        style = self.context.amounts.style

        def call(ledger: Ledger, now: datetime) -> Changes:
            return limit_service.add(
                ledger,
                profile_id=profile.id,
                measure=Measure.MONEY.value,
                period=period,
                amount_text=amount,
                numbers=style,
                now=now,
            )

        # A second Enter before the answer must not set a second limit.
        self.offer.setEnabled(False)

        def failed(problems: tuple[Problem, ...]) -> None:
            self.offer.setEnabled(True)
            self.offer.show_problem(problem_texts(problems))

        def done(_changes: Changes) -> None:
            self.offer.setEnabled(True)
            self.offer.amount.clear()

        self.context.operations.write(self.tr("limit"), call, done, failed)


def _order(status: LimitStatus) -> tuple[int, bool, int, int]:
    """Money first, of each measure the tightest, then by length of the period."""
    limit = status.limit
    return _MEASURES.index(limit.measure), not status.binding, _PERIODS.index(limit.period), limit.id


def tightest_runs(statuses: Sequence[LimitStatus], words: LimitWords, now: datetime, page: QWidget) -> list[Run]:
    """The sentence above the limits: which one counts now, and what it leaves until when."""
    binding = next((status for status in statuses if status.binding), statuses[0])
    name = words.name(binding.limit)
    several = len(statuses) > 1
    lead = page.tr("The tightest limit counts. Now it is ") if several else page.tr("Your limit is ")
    if binding.empty and not binding.used:
        rest = page.tr(": nothing is logged in this period yet.")
    elif not binding.judged and binding.left >= 0:
        rest = page.tr(": cannot judge, an amount is unknown.")
    elif binding.left < 0:
        room = words.room(binding, now)
        rest = f": {words.left(binding)}{', ' + room if room else ''}."
    else:
        until = words.until(binding.limit, binding.window, now)
        rest = f": {words.left(binding)}{' ' + until if until else ''}."
    return [(lead, False), (name, True), (rest, False)]

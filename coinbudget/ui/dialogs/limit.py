"""The form for a limit: an amount and how often; everything else is under "More"."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QPushButton, QVBoxLayout, QWidget

from coinbudget.domain.errors import Problem
from coinbudget.domain.limits import Limit, LimitStatus, Measure
from coinbudget.domain.money import Currency, decimal_text
from coinbudget.domain.periods import Period
from coinbudget.services import limits
from coinbudget.services.changes import Changes
from coinbudget.services.ledger import Ledger
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.edits import NumberReader, ReadingEdit
from coinbudget.ui.dialogs.form import FormDialog
from coinbudget.ui.dialogs.money_box import MoneyBox
from coinbudget.ui.limit_words import LimitWords, period_words
from coinbudget.ui.pickers import region_name
from coinbudget.ui.widgets.bars import LimitBar
from coinbudget.ui.widgets.fields import QuietComboBox

_PERIODS = (
    Period.ROLLING_DAY,
    Period.WEEK,
    Period.MONTH,
    Period.YEAR,
    Period.DAY,
    Period.ROLLING_WEEK,
    Period.ROLLING_MONTH,
)


class LimitDialog(FormDialog):
    """Add a limit, or change one."""

    def __init__(self, context: Context, parent: QWidget | None = None, *, limit: Limit | None = None) -> None:
        self.limit = limit
        title = self.tr("Change limit") if limit else self.tr("Add limit")
        super().__init__(context, "limit", "limits", title, parent)
        session = context.session
        owner = limit.profile_id if limit else None
        found = next((one for one in session.profiles if one.id == owner), session.profile)
        if found is None:
            raise RuntimeError("a form needs a profile")
        self.profile = found
        self._tried = self._saving = False
        self._build_fields()
        self._build_more()
        self._build_effect()
        self._build_foot()
        self._fill()
        self._look()

    # Building

    def _build_fields(self) -> None:
        amounts, own = self.context.amounts, self.profile.currency
        where = region_name(amounts.locale, self.profile.region)
        self.whose.setText(
            self.tr("for {name} · {region} · {currency}").format(
                name=amounts.isolate(self.profile.name), region=where, currency=own
            )
        )
        self.amount = ReadingEdit(self.theme)
        self.amount.setPlaceholderText(self.tr("The most you mean to spend"))
        self.period = QuietComboBox()
        for period in _PERIODS:
            self.period.addItem(_period_choice(period), period.value)
        amount = self.field("amount", self.tr("Amount"), self.amount)
        often = self.field("period", self.tr("How often"), self.period)
        self.grid(((amount, 6), (often, 6)))
        self._number = NumberReader(self.amount, amounts, "amount", self._currency)
        self.amount.textEdited.connect(lambda _text: self._look())
        self.period.currentIndexChanged.connect(lambda _index: self._look())

    def _build_more(self) -> None:
        self.more = QPushButton(self.tr("More: coins, guardian, refunds"))
        self.more.setObjectName("limit.more")
        self.more.setAccessibleName(self.more.text())
        self.more.setProperty("role", "link")
        self.more.setAutoDefault(False)
        self.theme.bind_icon(self.more, "chevron-down", "accent")
        self.more.clicked.connect(self._show_more)
        self.body.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self.measure = QuietComboBox()
        self.measure.addItem(self.tr("Money paid for coins"), Measure.MONEY.value)
        self.measure.addItem(self.tr("Coins gifted"), Measure.COINS.value)
        self._measure_field = self.field("measure", self.tr("What counts"), self.measure)
        self.cap = self._check("cap", self.tr("Set by a guardian (a cap)"))
        self.refunds = self._check("refunds", self.tr("A refund gives room again in the period of its purchase"))
        self.refunds.setChecked(True)
        self.grid(((self._measure_field, 6),))
        boxes = QVBoxLayout()
        boxes.setSpacing(self.theme.space(1))
        boxes.addWidget(self.cap)
        boxes.addWidget(self.refunds)
        self.body.addLayout(boxes)
        self._hidden = (self._measure_field, self.cap, self.refunds)
        for widget in self._hidden:
            widget.setVisible(False)
        self.measure.currentIndexChanged.connect(lambda _index: self._on_measure())
        # A cap is stricter: unless someone says otherwise, refunds give no room back there.
        self.cap.clicked.connect(lambda on: self.refunds.setChecked(not on))
        for box in (self.cap, self.refunds):
            box.toggled.connect(lambda _on: self._look())

    def _check(self, key: str, text: str) -> QCheckBox:
        box = QCheckBox(text)
        box.setObjectName(f"limit.{key}")
        box.setAccessibleName(text)
        return box

    def _show_more(self) -> None:
        self.more.setVisible(False)
        for widget in self._hidden:
            widget.setVisible(True)
        self.refunds.setVisible(self._measure() is Measure.MONEY)
        self.measure.setFocus(Qt.FocusReason.OtherFocusReason)
        self.fit_soon()

    def reveal(self, key: str) -> None:
        """Overrides FormDialog."""
        if key == "measure" and not self.more.isHidden():
            self._show_more()

    def _build_effect(self) -> None:
        self.effect = MoneyBox(self.theme)
        self.effect.setObjectName("limit.effect")
        self.bar = LimitBar(self.theme)
        self.body.addWidget(self.effect)
        self.body.addWidget(self.bar)
        self.body.addStretch(1)

    def _build_foot(self) -> None:
        self.cancel = self.button("cancel", self.tr("Cancel"))
        self.cancel.clicked.connect(self.reject)
        self.add = self.button("add", self.tr("Save") if self.limit else self.tr("Add limit"), "primary")
        self.add.clicked.connect(self.save)

    def _fill(self) -> None:
        limit = self.limit
        if limit is None:
            self.period.setCurrentIndex(self.period.findData(Period.WEEK.value))
            return
        self.measure.setCurrentIndex(self.measure.findData(limit.measure.value))
        self.period.setCurrentIndex(self.period.findData(limit.period.value))
        text = decimal_text(limit.amount, self._digits())
        self.amount.setText(text.replace(".", self.context.amounts.style.decimal))
        self.cap.setChecked(limit.cap)
        self.refunds.setChecked(limit.refunds_give_room)
        self.measure.setEnabled(False)
        self.cap.setEnabled(False)

    def showEvent(self, event: QShowEvent) -> None:
        """Overrides QDialog."""
        super().showEvent(event)
        self.amount.setFocus(Qt.FocusReason.OtherFocusReason)
        self.amount.selectAll()

    # Reading

    def _measure(self) -> Measure:
        return Measure(self.measure.currentData())

    def _period(self) -> Period:
        return Period(self.period.currentData())

    def _currency(self) -> Currency | None:
        known = self.context.amounts.currencies[self.profile.currency]
        return known if self._measure() is Measure.MONEY else None

    def _digits(self) -> int:
        currency = self._currency()
        return currency.digits if currency else 0

    def _on_measure(self) -> None:
        self.refunds.setVisible(self._measure() is Measure.MONEY and self.more.isHidden())
        self._number.refresh()
        self._look()

    def _look(self) -> None:
        """Ask what the limit would be today; the newest answer wins."""
        self.fields["amount"].set_problem("")
        text = self.amount.text().strip()
        if not text or self._number.problem() is not None:
            self._show_effect(None)
            return
        amount, measure, period = self._number.plain(), self._measure(), self._period()
        cap, refunds, profile_id = self.cap.isChecked(), self.refunds.isChecked(), self.profile.id

        def look(ledger: Ledger, now: datetime) -> LimitStatus:
            return limits.standing_if(
                ledger,
                profile_id=profile_id,
                measure=measure,
                period=period,
                amount_text=amount,
                cap=cap,
                refunds_give_room=refunds,
                now=now,
            )

        read = self.context.operations.read
        read("limit.effect", look, self._show_effect, lambda _problems: self._show_effect(None), owner=self)

    def _show_effect(self, status: LimitStatus | None) -> None:
        self.bar.setVisible(status is not None)
        if status is None:
            self.effect.show_money("", self.tr("What this limit would say today stands here."), "")
            self.fit_soon()
            return
        amounts, now = self.context.amounts, self.context.operations.clock()
        words = LimitWords(amounts, self.profile.settings[-1].zone)
        if status.limit.amount:
            figure = amounts.percent(status.used, status.limit.amount)
            said = self.tr("Today this would be {share} used: {left}").format(share=figure, left=words.left(status))
        else:
            figure = amounts.money(0, self.profile.currency) if status.limit.currency else amounts.coins(0)
            said = self.tr("Nothing may be spent: {left}").format(left=words.left(status))
        if status.empty:
            said = self.tr("Nothing is logged in this period yet.")
        counts = f"{words.counts(status.limit)}, {words.since(status.limit, status.window)}"
        room = words.room(status, now) if status.left <= 0 else ""
        self.effect.show_money(figure, said, ", ".join(part for part in (counts, room) if part))
        self.bar.show_use(status.used, status.planned, status.limit.amount, status.level, words.sentence(status, now))
        self.fit_soon()

    # Saving

    def save(self) -> None:
        """Add the limit, or change it."""
        if self._saving:
            return
        two = self._number.problem()
        if not self.amount.text().strip():
            two = Problem(field="amount", code="required")
        if two is not None:
            self.show_problems((two,))
            return
        self._saving = True
        self.add.setEnabled(False)
        text = self.tr("change of limit") if self.limit else self.tr("new limit")
        self.context.operations.write(
            text, self._writer(), self.while_here(lambda _changes: self.accept()), self.while_here(self._on_refused)
        )

    def _writer(self) -> Callable[[Ledger, datetime], Changes]:
        amount, period, profile_id = self._number.plain(), self._period(), self.profile.id
        measure, cap, refunds, limit = self._measure(), self.cap.isChecked(), self.refunds.isChecked(), self.limit

        def write(ledger: Ledger, now: datetime) -> Changes:
            if limit is not None:
                return limits.change(
                    ledger, limit.id, amount_text=amount, period=period, refunds_give_room=refunds, now=now
                )
            return limits.add(
                ledger,
                profile_id=profile_id,
                measure=measure,
                period=period,
                amount_text=amount,
                cap=cap,
                refunds_give_room=refunds,
                now=now,
            )

        return write

    def _on_refused(self, problems: tuple[Problem, ...]) -> None:
        self._saving = False
        self.add.setEnabled(True)
        self.show_problems(problems)


def _period_choice(period: Period) -> str:
    """How a period is offered."""
    if period is Period.DAY:
        return QCoreApplication.translate("LimitDialog", "a calendar day")
    return period_words(period)

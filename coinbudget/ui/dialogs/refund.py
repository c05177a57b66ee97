"""The form for a refund: money returned for one purchase, whole or part, with the coins taken back."""

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from coinbudget.domain.drafts import Draft
from coinbudget.domain.entries import Entry, Purchase, Refund
from coinbudget.domain.errors import Problem
from coinbudget.domain.limits import Measure
from coinbudget.domain.money import Currency
from coinbudget.domain.profiles import ProfileId
from coinbudget.services import watch
from coinbudget.services.ledger import Ledger
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.edits import NumberReader, ReadingEdit
from coinbudget.ui.dialogs.entry_form import EntryForm
from coinbudget.ui.dialogs.money_box import Segments, segment
from coinbudget.ui.entry_words import channel_name
from coinbudget.ui.widgets.labels import PlainLabel


class RefundDialog(EntryForm):
    """Log or change a refund of `purchase`."""

    measure = Measure.MONEY

    def __init__(
        self,
        context: Context,
        purchase: Purchase | None = None,
        parent: QWidget | None = None,
        *,
        amending: Entry | None = None,
    ) -> None:
        self._purchase = purchase
        self._left: tuple[int, int] | None = None
        known = amending if isinstance(amending, Refund) else None
        money = known.paid if known else purchase.paid if purchase else None
        self._currency = money.currency if money else Currency(code="", digits=2)
        title = self.tr("Change refund") if amending else self.tr("Log refund")
        prefill = None
        if purchase is not None:
            prefill = Draft(refers_to=purchase.id, currency=self._currency.code)
        super().__init__(context, "refund", "refund", title, parent, amending=amending, prefill=prefill)
        if amending is None:
            self.next.setVisible(False)
            self._read_left()

    def owner_id(self) -> ProfileId | None:
        """Overrides EntryForm: the purchase's profile."""
        return self._purchase.profile_id if self._purchase is not None else super().owner_id()

    def build(self) -> None:
        """Overrides EntryForm."""
        amounts = self.context.amounts
        self.about = PlainLabel(self._purchase_words(), wrap=True)
        self.about.setObjectName("refund.purchase")
        self.about.setVisible(self._purchase is not None)
        self.body.addWidget(self.about)
        self._build_choice()
        self.paid, self.coins = ReadingEdit(self.theme), ReadingEdit(self.theme)
        self._paid_field = self.field(
            "paid", self.tr("Returned, in {currency}").format(currency=self._currency.code), self.paid
        )
        self._coins_field = self.field("coins", self.tr("Coins taken back"), self.coins)
        self.coins.setPlaceholderText("0")
        self.when = self.moment_field(self.tr("When"))
        self.note = ReadingEdit(self.theme)
        note = self.field("note", self.tr("Note"), self.note)
        self.grid(((self._paid_field, 6), (self._coins_field, 6)), ((self.fields["at"], 6), (note, 6)))
        self.numbers = [
            NumberReader(self.paid, amounts, "paid", lambda: self._currency),
            NumberReader(self.coins, amounts, "coins", lambda: None),
        ]
        self.add_money()
        self.money.show_money("", self.tr("What comes back stands here."), "")
        self.add_outlook(self.tr("After this refund"))

    def _purchase_words(self) -> str:
        bought = self._purchase
        if bought is None:
            return ""
        amounts = self.context.amounts
        parts = []
        if bought.coins is not None:
            parts.append(self.tr("{coins} coins").format(coins=amounts.coins(bought.coins)))
        if bought.paid is not None:
            parts.append(amounts.of(bought.paid))
        parts += [
            channel_name(bought.channel),
            amounts.moment(bought.at, bought.zone, self.context.operations.clock(), hour_known=bought.hour_known),
        ]
        if bought.order_ref:
            parts.append(self.tr("order {number}").format(number=amounts.isolate(bought.order_ref)))
        return self.tr("Of the purchase: {purchase}").format(purchase=" · ".join(parts))

    def _build_choice(self) -> None:
        self.choice = Segments(self.theme)
        self.whole = segment(self.choice, "refund.whole", self.tr("All that is left"))
        self.part = segment(self.choice, "refund.part", self.tr("A part"))
        self.whole.setChecked(True)
        self.part.toggled.connect(lambda _on: self._on_choice())
        self.left = PlainLabel("", "muted", elide=True)
        self.left.setObjectName("refund.left")
        row = QHBoxLayout()
        row.setSpacing(self.theme.space(3))
        row.addWidget(self.choice)
        row.addWidget(self.left, 1)
        self.body.addLayout(row)

    def _on_choice(self) -> None:
        part = self.part.isChecked()
        self._paid_field.setVisible(part)
        self._coins_field.setVisible(part)
        if part and self.isVisible():
            self.paid.setFocus(Qt.FocusReason.OtherFocusReason)
        self.fit_soon()
        self.changed()

    def first_field(self) -> QWidget:
        """Overrides EntryForm."""
        return self.paid if self.part.isChecked() else self.whole

    def fill(self, draft: Draft) -> None:
        """Overrides EntryForm."""
        self.paid.setText(self.typed_amount(draft.paid))
        self.coins.setText(draft.coins)
        self.note.setText(draft.note)
        self.fill_moment(self.when, draft)
        if self.amending is not None:
            self.part.setChecked(True)
            self.choice.setVisible(False)
        else:
            self._on_choice()

    def _read_left(self) -> None:
        """What a refund of everything would be says what is left."""
        draft = self.base._replace(kind="refund", profile=self.profile.name, paid="", coins="", at="")

        def look(ledger: Ledger, now: datetime) -> watch.Preview:
            return watch.preview(ledger, draft, now=now)

        self.context.operations.read("refund.left", look, self._on_left_known, owner=self)

    def _on_left_known(self, preview: watch.Preview) -> None:
        if not isinstance(preview.entry, Refund):
            self.show_problems(preview.problems, focus=False)
            return
        amounts, entry = self.context.amounts, preview.entry
        self._left = (entry.paid.minor, entry.coins)
        words = self.tr("{paid} and {coins} coins are left to refund").format(
            paid=amounts.of(entry.paid), coins=amounts.coins(entry.coins)
        )
        if not entry.coins:
            words = self.tr("{paid} is left to refund").format(paid=amounts.of(entry.paid))
        self.left.setText(words)

    def start_over(self) -> None:
        """Overrides EntryForm: a refund is for one purchase; there is no next one."""

    def draft(self) -> Draft:
        """Overrides EntryForm."""
        part, when = self.part.isChecked(), self.when.draft_text()
        paid = self.numbers[0].plain() if part else ""
        return self.base._replace(
            kind="refund",
            profile=self.profile.name,
            paid=paid,
            coins=self.numbers[1].plain() if part else "",
            currency=self._currency.code,
            at=when,
            zone=self.base.zone if when == self.base.at else "",
            note=self.note.text(),
        )

    def own_problems(self) -> tuple[Problem, ...]:
        """Overrides EntryForm: numbers that are not shown are not read."""
        if not self.part.isChecked():
            return ()
        found = super().own_problems()
        if self._tried and not self.paid.text().strip():
            found = (Problem(field="paid", code="required"), *found)
        return found

    def undo_text(self) -> str:
        """Overrides EntryForm."""
        return self.tr("refund")

    def add_words(self) -> str:
        """Overrides EntryForm."""
        return self.tr("Add refund")

    def show_money(self, preview: watch.Preview) -> None:
        """Overrides EntryForm."""
        amounts, entry = self.context.amounts, preview.entry
        if not isinstance(entry, Refund):
            self.money.show_money("", self.tr("What comes back stands here."), "")
            return
        words = self.tr("returned")
        figure = amounts.of(entry.paid)
        if preview.converted is not None and preview.converted.currency != entry.paid.currency:
            figure = amounts.of(preview.converted)
            words = self.tr("returned: {paid} at the rate of the purchase").format(paid=amounts.of(entry.paid))
        aside = self.tr("no coins taken back")
        if entry.coins:
            aside = self.tr("{coins} coins taken back").format(coins=amounts.coins(entry.coins))
        self.money.show_money(figure, words, aside)

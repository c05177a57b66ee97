"""The form for a purchase: coins bought with money in one order."""

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from coinbudget.domain.catalog import Channel
from coinbudget.domain.drafts import Draft
from coinbudget.domain.entries import Entry, Purchase
from coinbudget.domain.errors import Problem
from coinbudget.domain.limits import Measure
from coinbudget.domain.money import Currency, decimal_text
from coinbudget.domain.rates import RateSource
from coinbudget.services import browse, watch
from coinbudget.services.ledger import Ledger
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.edits import NumberReader, ReadingEdit
from coinbudget.ui.dialogs.entry_form import EntryForm
from coinbudget.ui.dialogs.suggestions import Suggestion, folded
from coinbudget.ui.dialogs.words import basis_words, per_coin, price_basis
from coinbudget.ui.entry_words import channel_name
from coinbudget.ui.pickers import CodePicker, PickerEdit, currency_rows, region_rows
from coinbudget.ui.widgets.fields import QuietComboBox

_CHANNELS = (Channel.IOS, Channel.ANDROID, Channel.WEB, Channel.GIFT_CARD, Channel.OTHER)
_COMMON_CURRENCIES = ("EUR", "USD", "GBP", "JPY")


def _fitting(choices: tuple[browse.PackageChoice, ...], plain: str, *, by_price: bool) -> list[browse.PackageChoice]:
    """The packages whose coins (or price) begin with what was typed; all of them where nothing was."""

    def figure(choice: browse.PackageChoice) -> str:
        if not by_price:
            return str(choice.coins)
        return decimal_text(choice.price.minor, choice.price.currency.digits) if choice.price is not None else ""

    fitting = (choice for choice in choices if figure(choice) and figure(choice).startswith(plain))
    # A size typed in full, of which no price is known, has nothing to add.
    return [choice for choice in fitting if choice.price is not None or figure(choice) != plain]


class PurchaseDialog(EntryForm):
    """Log, change or consider a purchase."""

    measure = Measure.MONEY

    def __init__(
        self,
        context: Context,
        parent: QWidget | None = None,
        *,
        amending: Entry | None = None,
        prefill: Draft | None = None,
    ) -> None:
        title = self.tr("Change purchase") if amending else self.tr("Log purchase")
        super().__init__(context, "purchase", "cart", title, parent, amending=amending, prefill=prefill)
        if amending is None:
            self._read_last_used()

    # Building

    def build(self) -> None:
        """Overrides EntryForm."""
        self.add_tenses(self.tr("Already happened"), self.tr("About to"))
        self._build_fields()
        self._build_more()
        self.add_money()
        self.add_outlook(self.tr("After this purchase"))
        self.money.show_money("", self.tr("The money value stands here as you type."), "")

    def _build_fields(self) -> None:
        amounts, theme = self.context.amounts, self.theme
        self.coins = PickerEdit(theme, eager=False)
        self.coins.setPlaceholderText(self.tr("350"))
        self.paid = PickerEdit(theme, eager=False)
        self.currency = CodePicker(theme, self._currency_rows())
        self.channel = QuietComboBox()
        for channel in _CHANNELS:
            self.channel.addItem(channel_name(channel), channel.value)
        self.charged = ReadingEdit(theme)
        self.region = CodePicker(theme, ())
        fields = (
            self.field("coins", self.tr("Coins"), self.coins),
            self.field("paid", self.tr("Paid"), self.paid),
            self.field("currency", self.tr("Currency"), self.currency),
        )
        charged_words = self.tr("Charged to your card or account, in {currency}").format(currency=self.profile.currency)
        self._charged_field = self.field("charged", charged_words, self.charged)
        where = (
            self.field("channel", self.tr("Bought on"), self.channel),
            self.field("region", self.tr("Region"), self.region),
        )
        self.when = self.moment_field(self.tr("When"))
        self.grid(
            ((fields[0], 4), (fields[1], 5), (fields[2], 3)),
            ((self._charged_field, 12),),
            ((where[0], 4), (self.fields["at"], 5), (where[1], 3)),
        )
        self._charged_field.setVisible(False)
        self.numbers = [
            NumberReader(self.coins, amounts, "coins", lambda: None),
            NumberReader(self.paid, amounts, "paid", self._paid_currency),
            NumberReader(self.charged, amounts, "charged", self._own_currency),
        ]
        self.coins.wanted.connect(lambda text: self._find_packages(self.coins, text))
        self.paid.wanted.connect(lambda text: self._find_packages(self.paid, text))
        self.coins.picked.connect(self._take_package)
        self.paid.picked.connect(self._take_package)
        self.currency.code_changed.connect(self._on_currency)
        self._read_regions()

    def _build_more(self) -> None:
        self.order, self.note, self.rate = ReadingEdit(self.theme), ReadingEdit(self.theme), ReadingEdit(self.theme)
        order = self.field("order_ref", self.tr("Order number"), self.order)
        note = self.field("note", self.tr("Note"), self.note)
        self._rate_field = self.field("rate", self.tr("Rate"), self.rate)
        self.more = QPushButton(self.tr("More: order number, note"))
        self.more.setObjectName("purchase.more")
        self.more.setAccessibleName(self.more.text())
        self.more.setProperty("role", "link")
        self.more.setAutoDefault(False)
        self.theme.bind_icon(self.more, "chevron-down", "accent")
        self.more.clicked.connect(self._show_more)
        self.body.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self.grid(((order, 6), (note, 6)), ((self._rate_field, 12),))
        self._hidden = (order, note)
        for field in (*self._hidden, self._rate_field):
            field.setVisible(False)

    def _show_more(self) -> None:
        self.more.setVisible(False)
        for field in self._hidden:
            field.setVisible(True)
        self._on_currency(self.currency.code())
        self.order.setFocus(Qt.FocusReason.OtherFocusReason)
        self.fit_soon()

    def reveal(self, key: str) -> None:
        """Overrides FormDialog: open what is folded away."""
        if key in {"order_ref", "note", "rate"} and not self.more.isHidden():
            self._show_more()

    def _currency_rows(self) -> tuple[Suggestion, ...]:
        amounts = self.context.amounts
        return currency_rows(amounts.locale, amounts.currencies, (self.profile.currency, *_COMMON_CURRENCIES))

    def _read_regions(self) -> None:
        def look(ledger: Ledger, _now: datetime) -> tuple[str, ...]:
            return tuple(ledger.reference.regions)

        self.context.operations.read("purchase.regions", look, self._on_regions, owner=self)

    def _on_regions(self, codes: tuple[str, ...]) -> None:
        self.region.set_rows(region_rows(self.context.amounts.locale, codes))

    # Filling

    def first_field(self) -> QWidget:
        """Overrides EntryForm."""
        return self.coins

    def fill(self, draft: Draft) -> None:
        """Overrides EntryForm."""
        self.coins.setText(draft.coins)
        self.paid.setText(self.typed_amount(draft.paid))
        self.currency.set_code(draft.currency or self.profile.currency)
        self.charged.setText(self.typed_amount(draft.charged))
        self.region.set_code(draft.region or self.profile.region)
        found = self.channel.findData(draft.channel or Channel.WEB.value)
        self.channel.setCurrentIndex(found)
        self.order.setText(draft.order_ref)
        self.note.setText(draft.note)
        typed = isinstance(self.amending, Purchase) and self.amending.rate_source is RateSource.TYPED
        self.rate.setText(self.typed_amount(draft.rate) if typed else "")
        self.fill_moment(self.when, draft)
        if draft.order_ref or draft.note or self.rate.text():
            self._show_more()
        if draft.coins or draft.paid:
            self.changed()

    def start_over(self) -> None:
        """Overrides EntryForm: where it was bought stays, and so does a day that was typed."""
        for edit in (self.coins, self.paid, self.charged, self.order, self.note, self.rate):
            edit.clear()
        self.when.tick()
        self.money.show_money("", self.tr("The money value stands here as you type."), "")

    def _read_last_used(self) -> None:
        profile_id = self.profile.id

        def look(ledger: Ledger, _now: datetime) -> browse.LastUsed:
            return browse.last_used(ledger, profile_id)

        self.context.operations.read("purchase.last", look, self._on_last_used, owner=self)

    def _on_last_used(self, last: browse.LastUsed) -> None:
        """Begin in the last storefront, unless someone has chosen already."""
        if last.channel is not None and "channel" not in self._touched and not self.base.channel:
            self.channel.blockSignals(True)
            self.channel.setCurrentIndex(self.channel.findData(str(last.channel)))
            self.channel.blockSignals(False)
        if last.region and "region" not in self._touched and not self.base.region:
            self.region.set_code(last.region)

    # Packages

    def _find_packages(self, edit: PickerEdit, text: str) -> None:
        profile_id, channel = self.profile.id, Channel(self.channel.currentData())
        number = self.numbers[0 if edit is self.coins else 1]
        plain = number.plain() if text else ""

        def look(ledger: Ledger, _now: datetime) -> tuple[browse.PackageChoice, ...]:
            return tuple(browse.packages(ledger, profile_id, channel, ""))

        other = self.paid if edit is self.coins else self.coins
        settled = bool(other.text()) and ("paid" if other is self.paid else "coins") in self._touched

        def show(choices: tuple[browse.PackageChoice, ...]) -> None:
            by_price = edit is self.paid
            if settled:
                # Who typed the other half already knows what was bought.
                edit.offer(())
                return
            edit.offer(
                [self._package_row(one, by_price=by_price) for one in _fitting(choices, plain, by_price=by_price)]
            )

        self.context.operations.read(f"{edit.objectName()}.packages", look, show, owner=self)

    def _package_row(self, choice: browse.PackageChoice, *, by_price: bool) -> Suggestion:
        amounts = self.context.amounts
        coins = self.tr("{coins} coins").format(coins=amounts.coins(choice.coins))
        price = amounts.of(choice.price) if choice.price is not None else ""
        basis = basis_words(choice.basis)
        typed = amounts.plain(choice.price.minor, choice.price.currency.code) if choice.price is not None else ""
        return Suggestion(
            text=price if by_price else coins,
            detail=" · ".join(part for part in ((coins if by_price else price), basis) if part),
            value=choice,
            fill=typed if by_price else str(choice.coins),
            recent=choice.basis == "own",
            key=folded(typed if by_price else str(choice.coins)),
        )

    def _take_package(self, value: object) -> None:
        if not isinstance(value, browse.PackageChoice):
            return
        self.coins.setText(str(value.coins))
        if value.price is not None and (
            self.sender() is self.paid or "paid" not in self._touched or not self.paid.text()
        ):
            self.paid.setText(self.context.amounts.plain(value.price.minor, value.price.currency.code))
            self.currency.set_code(value.price.currency.code)
        self.changed()

    # Reading

    def _paid_currency(self) -> Currency | None:
        code = self.currency.code()
        known = self.context.amounts.currencies.get(code)
        return known if known is not None else Currency(code=code, digits=2)

    def _own_currency(self) -> Currency:
        return self.context.amounts.currencies[self.profile.currency]

    def _on_currency(self, code: str) -> None:
        """Ask what was charged before any rate, where it was paid in another currency."""
        foreign = code != self.profile.currency and code in self.context.amounts.currencies
        if self._charged_field.isHidden() == foreign:
            self._charged_field.setVisible(foreign)
            self.fit_soon()
        rate = foreign and self.more.isHidden()
        if rate:
            self._rate_field.label.setText(
                self.tr("Rate: {own} for one {paid}").format(own=self.profile.currency, paid=code)
            )
        if self._rate_field.isHidden() == rate:
            self._rate_field.setVisible(rate)
            self.fit_soon()
        for number in self.numbers:
            number.refresh()

    def draft(self) -> Draft:
        """Overrides EntryForm."""
        coins, paid, charged = (number.plain() for number in self.numbers)
        foreign = not self._charged_field.isHidden()
        when = self.when.draft_text()
        draft = self.base._replace(
            kind="purchase",
            profile=self.profile.name,
            coins=coins,
            paid=paid,
            currency=self.currency.code() if paid else "",
            charged=charged if foreign else "",
            region=self.region.code(),
            channel=str(self.channel.currentData()),
            at=when,
            zone=self.base.zone if when == self.base.at else "",
            order_ref=self.order.text().strip(),
            note=self.note.text(),
            planned=self.base.planned,
        )
        rate, rate_on = self._rate_texts(draft, foreign=foreign)
        return draft._replace(rate=rate, rate_on=rate_on)

    def _rate_texts(self, draft: Draft, *, foreign: bool) -> tuple[str, str]:
        """The typed rate; a frozen one is worked out anew by the ledger where it must be."""
        text = self.rate.text().strip()
        if not foreign or not text:
            return "", ""
        plain = text.replace(self.context.amounts.style.decimal, ".")
        same = plain == self.base.rate and draft.at == self.base.at
        return plain, self.base.rate_on if same else ""

    def own_problems(self) -> tuple[Problem, ...]:
        """Overrides EntryForm."""
        skip = set() if not self._charged_field.isHidden() else {"charged"}
        return tuple(problem for problem in super().own_problems() if problem.field not in skip)

    def add_words(self) -> str:
        """Overrides EntryForm."""
        return self.tr("Add purchase")

    def undo_text(self) -> str:
        """Overrides EntryForm."""
        coins, paid = self.numbers[0].value(), self.numbers[1].value()
        if coins is not None:
            return self.tr("purchase of {coins} coins").format(coins=self.context.amounts.coins(coins))
        if paid is None:
            return self.tr("purchase")
        return self.tr("purchase for {paid}").format(paid=self.context.amounts.money(paid, self.currency.code()))

    # Money

    def show_money(self, preview: watch.Preview) -> None:
        """Overrides EntryForm: the converted amount, how it came about, and what a coin costs."""
        amounts, own = self.context.amounts, self.profile.currency
        entry = preview.entry
        if not isinstance(entry, Purchase) or entry.paid is None:
            waiting = self.tr("The money value stands here as you type.")
            self.money.show_money("", waiting, self._usual_price(preview))
            return
        if preview.converted is None:
            words = self.tr("No exchange rate for {currency}: say above what was charged.").format(
                currency=entry.paid.currency.code
            )
            self.money.show_money("", words, self.tr("Without it the purchase counts as not converted."))
            return
        aside = [per_coin(amounts, preview.converted.minor, own, entry.coins)] if entry.coins else []
        aside.append(self._usual_price(preview))
        self.money.show_money(
            amounts.of(preview.converted), self._how(preview, entry), " · ".join(part for part in aside if part)
        )

    def _how(self, preview: watch.Preview, entry: Purchase) -> str:
        amounts = self.context.amounts
        if entry.paid is None or preview.rate_source is RateSource.SAME:
            return self.tr("paid")
        paid = amounts.of(entry.paid)
        if preview.rate_source is RateSource.CHARGED:
            return self.tr("charged for {paid}").format(paid=paid)
        if preview.rate is None:
            return self.tr("for {paid}").format(paid=paid)
        rate = f"{preview.rate.value.normalize():f}"[:8].replace(".", amounts.style.decimal)
        words = {
            RateSource.TYPED: self.tr("for {paid} at {rate}, the rate you typed"),
            RateSource.PROVISIONAL: self.tr("for {paid} at {rate}, provisional rate of {day}"),
        }.get(preview.rate_source, self.tr("for {paid} at {rate}, ECB rate of {day}"))
        return words.format(paid=paid, rate=rate, day=amounts.date(preview.rate.on))

    def _usual_price(self, preview: watch.Preview) -> str:
        answer = preview.buying_today
        if answer is None or preview.coins is None:
            return ""
        return self.tr("{coins} coins usually {price} ({basis})").format(
            coins=self.context.amounts.coins(preview.coins),
            price=self.context.amounts.of(answer.amount),
            basis=price_basis(
                self.context.amounts,
                answer.basis,
                answer.as_of,
                estimate=answer.estimate,
                today=self.context.operations.clock().date(),
            ),
        )

"""Coins of before the ledger: where they were mostly bought, and what they may have cost."""

from datetime import datetime

from PySide6.QtWidgets import QWidget

from coinbudget.domain.profiles import Profile
from coinbudget.services import earlier
from coinbudget.services.changes import Changes
from coinbudget.services.earlier import Bought, EarlierCoins
from coinbudget.services.ledger import Ledger
from coinbudget.ui.amounts import Amounts
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.form import FormDialog
from coinbudget.ui.dialogs.import_questions import Segments
from coinbudget.ui.widgets.labels import PlainLabel, one_line


class EarlierDialog(FormDialog):
    """Asks once, and shows the range."""

    def __init__(self, context: Context, profile: Profile, found: EarlierCoins, parent: QWidget | None = None) -> None:
        super().__init__(context, "earlier", "coin", self.tr("Coins of before this ledger"), parent)
        self._profile = profile
        if len(context.session.profiles) > 1:
            self.whose.setText(one_line(profile.name, most=60))
        coins = context.amounts.coins(found.coins)
        said = self.tr("{coins} coins were bought before this ledger begins. Mostly in the app, on the web, or both?")
        self.asked = PlainLabel(said.format(coins=coins), "", wrap=True)
        self.where = Segments(
            self.theme,
            "earlier.where",
            [("app", self.tr("In the app")), ("web", self.tr("On the web")), ("both", self.tr("Both"))],
            self,
        )
        self.where.setAccessibleName(self.asked.text())
        self.range = PlainLabel("", "strong", wrap=True)
        self.range.setObjectName("earlier.range")
        help_ = self.tr("An estimate from known prices, shown as “about” and part of no total.")
        for widget in (self.asked, self.where, self.range, PlainLabel(help_, "caption", wrap=True)):
            self.body.addWidget(widget)
        if found.bought is not None:
            self.where.choose(found.bought)
        self.where.chosen.connect(self._say)
        done = self.button("close", self.tr("Done"), "primary")
        done.clicked.connect(self.accept)
        self._show(found)

    def _say(self, code: str) -> None:
        profile_id = self._profile.id

        def call(ledger: Ledger, now: datetime) -> Changes:
            return earlier.say_bought(ledger, profile_id, Bought(code), now=now)

        self.context.operations.write(self.tr("coins of before"), call, lambda _changes: self._read())

    def _read(self) -> None:
        profile_id = self._profile.id

        def call(ledger: Ledger, now: datetime) -> EarlierCoins:
            return earlier.earlier_coins(ledger, profile_id, now=now)

        self.context.operations.read("earlier.range", call, self._show, owner=self)

    def _show(self, found: EarlierCoins) -> None:
        self.range.setText(range_words(self.context.amounts, found, self._profile.currency))
        self.fit_soon()


def range_words(amounts: Amounts, found: EarlierCoins, currency: str) -> str:
    """About what they cost; "" where that cannot be said."""
    from PySide6.QtCore import QCoreApplication  # noqa: PLC0415 - for this one sentence

    if found.bought is None:
        return ""
    if found.low_minor is None or found.high_minor is None:
        return QCoreApplication.translate("EarlierDialog", "No price is known from which to estimate.")
    words = QCoreApplication.translate("EarlierDialog", "About {low} to {high}")
    if found.from_us:
        words = QCoreApplication.translate("EarlierDialog", "About {low} to {high}, from US prices")
    low, high = amounts.about(found.low_minor, currency), amounts.about(found.high_minor, currency)
    return words.format(low=low, high=high)

"""The form for an adjustment: coins that came or went without a purchase, gift or refund."""

from PySide6.QtWidgets import QWidget

from coinbudget.domain.drafts import Draft
from coinbudget.domain.entries import Adjustment, Entry, Reason
from coinbudget.services import watch
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.edits import NumberReader, ReadingEdit
from coinbudget.ui.dialogs.entry_form import EntryForm
from coinbudget.ui.entry_words import reason_name
from coinbudget.ui.widgets.fields import QuietComboBox

_REASONS = (Reason.OPENING, Reason.BONUS, Reason.OTHER_USE, Reason.CORRECTION)


class AdjustmentDialog(EntryForm):
    """Log or change an adjustment."""

    def __init__(
        self,
        context: Context,
        parent: QWidget | None = None,
        *,
        amending: Entry | None = None,
        prefill: Draft | None = None,
    ) -> None:
        title = self.tr("Change adjustment") if amending else self.tr("Adjust coins")
        super().__init__(context, "adjustment", "adjust", title, parent, amending=amending, prefill=prefill)

    def build(self) -> None:
        """Overrides EntryForm."""
        self.reason = QuietComboBox()
        for reason in _REASONS:
            self.reason.addItem(reason_name(reason), reason.value)
        self.coins = ReadingEdit(self.theme)
        self.note = ReadingEdit(self.theme)
        reason_field = self.field("reason", self.tr("Reason"), self.reason)
        self._coins_field = self.field("coins", self.tr("Coins"), self.coins)
        self.when = self.moment_field(self.tr("When"))
        note = self.field("note", self.tr("Note"), self.note)
        self.grid(((reason_field, 6), (self._coins_field, 6)), ((self.fields["at"], 6), (note, 6)))
        self.numbers = [NumberReader(self.coins, self.context.amounts, "coins", lambda: None, signed=True)]
        self.add_money()
        self.reason.currentIndexChanged.connect(lambda _index: self._say_reason())
        self._say_reason()

    def _reason(self) -> Reason:
        return Reason(self.reason.currentData())

    def _say_reason(self) -> None:
        hint = {
            Reason.OPENING: self.tr("What TikTok showed when you began here. Their cost is unknown."),
            Reason.BONUS: self.tr("Coins that were a present. They cost nothing."),
            Reason.OTHER_USE: self.tr("Coins spent on something that is no gift; typed without a minus."),
            Reason.CORRECTION: self.tr("Plus or minus: “-40” takes 40 coins away."),
        }[self._reason()]
        self._coins_field.set_hint(hint)
        self._show_total(None)
        self.fit_soon()

    def first_field(self) -> QWidget:
        """Overrides EntryForm."""
        return self.coins

    def fill(self, draft: Draft) -> None:
        """Overrides EntryForm."""
        found = self.reason.findData(draft.reason) if draft.reason else 0
        self.reason.setCurrentIndex(max(found, 0))
        coins = draft.coins.lstrip("-") if draft.reason == Reason.OTHER_USE.value else draft.coins
        self.coins.setText(coins)
        self.note.setText(draft.note)
        self.fill_moment(self.when, draft)
        if draft.coins:
            self.changed()

    def start_over(self) -> None:
        """Overrides EntryForm."""
        self.coins.clear()
        self.note.clear()
        self.when.tick()
        self._show_total(None)

    def draft(self) -> Draft:
        """Overrides EntryForm: other use is negative, however it was typed."""
        coins, when = self.numbers[0].plain(), self.when.draft_text()
        if self._reason() is Reason.OTHER_USE and coins[:1].isdigit():
            coins = f"-{coins}"
        return self.base._replace(
            kind="adjustment",
            profile=self.profile.name,
            reason=self._reason().value,
            coins=coins,
            at=when,
            zone=self.base.zone if when == self.base.at else "",
            note=self.note.text(),
        )

    def add_words(self) -> str:
        """Overrides EntryForm."""
        return self.tr("Add adjustment")

    def undo_text(self) -> str:
        """Overrides EntryForm."""
        return self.tr("adjustment")

    def show_money(self, preview: watch.Preview) -> None:
        """Overrides EntryForm."""
        self._show_total(preview)

    def _show_total(self, preview: watch.Preview | None) -> None:
        entry = preview.entry if preview is not None else None
        if preview is None or not isinstance(entry, Adjustment):
            self.money.show_money("", self.tr("What this does to the coins on hand stands here."), "")
            return
        amounts = self.context.amounts
        cost = ""
        if entry.coins < 0 and preview.cost is not None:
            cost = self.tr("true cost {amount}").format(amount=amounts.money(preview.cost.minor, self.profile.currency))
            if preview.cost.unknown_coins:
                cost = self.tr("{cost}, {count} coins with unknown cost").format(
                    cost=cost, count=amounts.coins(preview.cost.unknown_coins)
                )
        words = self.tr("coins")
        if preview.on_hand_after is not None:
            words = self.tr("coins, {count} on hand after").format(count=amounts.coins(preview.on_hand_after))
        self.money.show_money(amounts.coins(entry.coins, sign=True), words, cost)

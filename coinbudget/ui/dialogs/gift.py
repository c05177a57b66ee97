"""The form for a gift: coins sent to a creator. Six keystrokes are enough where creator and time are the last ones."""

import re
from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from coinbudget.domain.drafts import Draft
from coinbudget.domain.entries import Entry
from coinbudget.domain.limits import Measure
from coinbudget.services import browse, watch
from coinbudget.services.ledger import Ledger
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.edits import NumberReader, ReadingEdit
from coinbudget.ui.dialogs.entry_form import EntryForm
from coinbudget.ui.dialogs.suggestions import Suggestion, folded
from coinbudget.ui.dialogs.typed import plain_digits
from coinbudget.ui.dialogs.words import price_basis
from coinbudget.ui.pickers import PickerEdit

_SHORTHAND = re.compile(r"([0-9]{1,6})\s*[x×*]\s*([0-9]{1,9})?", re.IGNORECASE)
_MOST_ROWS = 60
_RECENT = 3
#: Stands in for a creator nobody has named yet, in previews alone; no handle has a space.
_ANYONE = "not named yet"


def _handle(creator: str) -> str:
    """A creator as the field shows one: with one @, however it came; "" for none."""
    name = creator.lstrip("@")
    return f"@{name}" if name else ""


class GiftDialog(EntryForm):
    """Log, change or consider a gift."""

    measure = Measure.COINS

    def __init__(
        self,
        context: Context,
        parent: QWidget | None = None,
        *,
        amending: Entry | None = None,
        prefill: Draft | None = None,
    ) -> None:
        title = self.tr("Change gift") if amending else self.tr("Log gift")
        self._each: int | None = None
        self._own_coins = False
        super().__init__(context, "gift", "gift", title, parent, amending=amending, prefill=prefill)
        if amending is None:
            self._read_last_used()

    # Building

    def build(self) -> None:
        """Overrides EntryForm."""
        self.add_tenses(self.tr("Already happened"), self.tr("About to"))
        theme, amounts = self.theme, self.context.amounts
        self.gift = PickerEdit(theme)
        self.gift.setPlaceholderText(self.tr("Name, coins, or 5x30"))
        self.pieces, self.coins = ReadingEdit(theme), ReadingEdit(theme)
        self.creator = PickerEdit(theme)
        self.creator.setPlaceholderText(self.tr("@name"))
        self.note = ReadingEdit(theme)
        gift = self.field("gift", self.tr("Gift"), self.gift)
        pieces = self.field("quantity", self.tr("Pieces"), self.pieces, name="pieces")
        coins = self.field("coins", self.tr("Coins in all"), self.coins)
        creator = self.field("creator", self.tr("Creator"), self.creator)
        self.when = self.moment_field(self.tr("When"))
        self._note_field = self.field("note", self.tr("Note"), self.note)
        self.grid(
            ((gift, 6), (pieces, 3), (coins, 3)), ((creator, 6), (self.fields["at"], 6)), ((self._note_field, 12),)
        )
        self.numbers = [
            NumberReader(self.pieces, amounts, "quantity", lambda: None),
            NumberReader(self.coins, amounts, "coins", lambda: None),
        ]
        self._build_more()
        self.add_money()
        self.add_outlook(self.tr("After this gift"))
        self._say_waiting()
        self.gift.wanted.connect(self._find_gifts)
        self.gift.textEdited.connect(self._on_gift_typed)
        self.gift.picked.connect(self._take_gift)
        self.creator.wanted.connect(self._find_creators)
        self.pieces.textEdited.connect(lambda _text: self._work_out_coins())
        self.coins.textEdited.connect(self._on_coins_typed)

    def _build_more(self) -> None:
        self.more = QPushButton(self.tr("Add a note"))
        self.more.setObjectName("gift.more")
        self.more.setAccessibleName(self.more.text())
        self.more.setProperty("role", "link")
        self.more.setAutoDefault(False)
        self.theme.bind_icon(self.more, "plus", "accent")
        self.more.clicked.connect(self._show_more)
        self.body.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self._note_field.setVisible(False)

    def _show_more(self) -> None:
        self.more.setVisible(False)
        self._note_field.setVisible(True)
        self.note.setFocus(Qt.FocusReason.OtherFocusReason)
        self.fit_soon()

    def reveal(self, key: str) -> None:
        """Overrides FormDialog: open what is folded away."""
        if key == "note" and not self.more.isHidden():
            self._show_more()

    def _say_waiting(self) -> None:
        self.money.show_money("", self.tr("What these coins cost you stands here as you type."), "")

    # Filling

    def first_field(self) -> QWidget:
        """Overrides EntryForm."""
        return self.gift

    def fill(self, draft: Draft) -> None:
        """Overrides EntryForm."""
        self.gift.setText(draft.gift)
        self.pieces.setText(draft.quantity or "1")
        self.coins.setText(draft.coins)
        self.creator.setText(_handle(draft.creator))
        self.note.setText(draft.note)
        self.fill_moment(self.when, draft)
        quantity, coins = self.numbers[0].value(), self.numbers[1].value()
        if quantity and coins and coins % quantity == 0:
            self._each = coins // quantity
        if draft.note:
            self._show_more()
        if draft.gift or draft.coins:
            self.changed()

    def start_over(self) -> None:
        """Overrides EntryForm: creator and day stay."""
        self.gift.clear()
        self.gift.set_reading("")
        self.coins.clear()
        self.note.clear()
        self.pieces.setText("1")
        self._each, self._own_coins = None, False
        self.when.tick()
        self._say_waiting()

    def _read_last_used(self) -> None:
        profile_id = self.profile.id

        def look(ledger: Ledger, _now: datetime) -> browse.LastUsed:
            return browse.last_used(ledger, profile_id)

        self.context.operations.read("gift.last", look, self._on_last_used, owner=self)

    def _on_last_used(self, last: browse.LastUsed) -> None:
        if last.creator and not self.creator.text():
            self.creator.setText(_handle(last.creator))
            self.changed()

    # Gifts

    def _find_gifts(self, text: str) -> None:
        profile_id = self.profile.id
        bare = plain_digits(text).strip()
        short = _SHORTHAND.fullmatch(bare)
        wanted = (short[2] or "") if short else bare

        def look(ledger: Ledger, _now: datetime) -> tuple[browse.GiftChoice, ...]:
            return tuple(browse.gifts(ledger, wanted, profile_id))[:_MOST_ROWS]

        def show(choices: tuple[browse.GiftChoice, ...]) -> None:
            # Digits alone are coins, not a name: nothing is taken unless someone walks into the list.
            self.gift.eager = not (short or bare.isdigit())
            self.gift.offer(self._gift_rows(choices, int(short[1]) if short else 1), open_list=bool(wanted) or not bare)

        self.context.operations.read("gift.gifts", look, show, owner=self)

    def _gift_rows(self, choices: Sequence[browse.GiftChoice], pieces: int) -> list[Suggestion]:
        amounts, rows = self.context.amounts, []
        for one in choices:
            coins = amounts.coins(one.coins)
            detail = self.tr("1 coin") if one.coins == 1 else self.tr("{coins} coins").format(coins=coins)
            name = one.name if pieces == 1 else f"{amounts.coins(pieces)} × {one.name}"
            rows.append(
                Suggestion(
                    text=name,
                    detail=detail,
                    value=(one, pieces),
                    fill=one.name,
                    recent=one.recent,
                    key=folded(one.name),
                )
            )
        return rows

    def _take_gift(self, value: object) -> None:
        choice, pieces = value if isinstance(value, tuple) else (None, 1)
        if not isinstance(choice, browse.GiftChoice):
            return
        self._each, self._own_coins = choice.coins, False
        if pieces != 1:
            self.pieces.setText(str(pieces))
        self._work_out_coins()
        self.changed()

    def _on_gift_typed(self, text: str) -> None:
        """Coins typed in place of a name, and "5x30", fill pieces and coins."""
        bare = plain_digits(text).strip()
        short = _SHORTHAND.fullmatch(bare)
        if short and short[2]:
            self._each, self._own_coins = int(short[2]), False
            self.pieces.setText(short[1])
        elif bare.isdigit():
            self._each, self._own_coins = int(bare), False
        elif not self._own_coins:
            self._each = None
            self.coins.clear()
        self._work_out_coins()

    def _on_coins_typed(self, text: str) -> None:
        self._own_coins = bool(text.strip())
        self._work_out_coins()

    def _work_out_coins(self) -> None:
        pieces = self.numbers[0].value()
        if not self._own_coins and self._each is not None and pieces is not None:
            self.coins.setText(str(self._each * pieces))
        elif not self._own_coins and self._each is not None:
            self.coins.clear()
        each = self._each
        named = each is not None and self._name() and not self._own_coins
        if named and each is not None:
            coins = self.context.amounts.coins(each)
            self.gift.set_reading(self.tr("1 coin") if each == 1 else self.tr("{coins} coins").format(coins=coins))
        else:
            self.gift.set_reading("")

    def _name(self) -> str:
        """The gift's name; "" where only coins were typed."""
        bare = plain_digits(self.gift.text()).strip()
        if bare.isdigit() or _SHORTHAND.fullmatch(bare):
            return ""
        return self.gift.text().strip()

    # Creators

    def _find_creators(self, text: str) -> None:
        wanted = text.strip().lstrip("@")

        def look(ledger: Ledger, _now: datetime) -> tuple[str, ...]:
            return tuple(browse.creators_known(ledger, wanted, 30))

        def show(names: tuple[str, ...]) -> None:
            rows = [
                Suggestion(
                    text=f"@{name}",
                    fill=f"@{name}",
                    value=name,
                    recent=number < _RECENT,
                    key=folded(name),
                    also=folded(f"@{name}"),
                )
                for number, name in enumerate(names)
            ]
            if wanted and names and folded(wanted) not in {folded(name) for name in names}:
                rows.append(Suggestion(text=f"@{wanted}", detail=self.tr("new"), value=wanted, fill=f"@{wanted}"))
            self.creator.offer(rows)

        self.context.operations.read("gift.creators", look, show, owner=self)

    # Draft

    def draft(self) -> Draft:
        """Overrides EntryForm."""
        when = self.when.draft_text()
        bare = plain_digits(self.gift.text()).strip()
        return self.base._replace(
            kind="gift",
            profile=self.profile.name,
            gift=self._name() or ("" if self.numbers[1].plain() else bare),
            quantity=self.numbers[0].plain(),
            coins=self.numbers[1].plain(),
            creator=self.creator.text().strip(),
            at=when,
            zone=self.base.zone if when == self.base.at else "",
            note=self.note.text(),
        )

    def draft_to_preview(self) -> Draft:
        """Overrides EntryForm: what the coins cost does not wait for the creator."""
        draft = super().draft_to_preview()
        return draft if draft.creator else draft._replace(creator=_ANYONE)

    def undo_text(self) -> str:
        """Overrides EntryForm."""
        creator = self.creator.text().strip().lstrip("@")
        return self.tr("gift to {creator}").format(creator=self.context.amounts.creator(creator[:40]))

    def draft_to_save(self) -> Draft:
        """Overrides EntryForm: a gift that was only considered is saved as sent."""
        return self.draft()

    def planned_words(self) -> str:
        """Overrides EntryForm."""
        return self.tr("Sent: add gift")

    def add_words(self) -> str:
        """Overrides EntryForm."""
        return self.tr("Add gift")

    # Money

    def show_money(self, preview: watch.Preview) -> None:
        """Overrides EntryForm: the true cost, coins of unknown cost, and what buying them today would cost."""
        if preview.coins is not None and not self.coins.text() and preview.entry is not None:
            self.coins.setText(str(preview.coins))
        if preview.coins is None or preview.cost is None:
            self._say_waiting()
            return
        self.money.show_money(*self._cost_words(preview.coins, preview), self._aside(preview))

    def _cost_words(self, coins: int, preview: watch.Preview) -> tuple[str, str]:
        amounts, cost = self.context.amounts, preview.cost
        if cost is None or cost.unknown_coins >= coins:
            return "", self.tr("True cost unknown: no logged purchase covers these {coins} coins.").format(
                coins=amounts.coins(coins)
            )
        figure = amounts.money(cost.minor, self.profile.currency)
        words = self.tr("true cost of these {coins} coins").format(coins=amounts.coins(coins))
        if cost.unknown_coins:
            words = self.tr("true cost, with {count} coins with unknown cost").format(
                count=amounts.coins(cost.unknown_coins)
            )
        return figure, words

    def _aside(self, preview: watch.Preview) -> str:
        amounts, parts = self.context.amounts, []
        answer = preview.buying_today
        if answer is not None:
            parts.append(
                self.tr("Buying them today: {price} ({basis})").format(
                    price=amounts.of(answer.amount),
                    basis=price_basis(
                        amounts,
                        answer.basis,
                        answer.as_of,
                        estimate=answer.estimate,
                        today=self.context.operations.clock().date(),
                    ),
                )
            )
        if preview.on_hand_after is not None and preview.on_hand_after >= 0:
            parts.append(self.tr("{coins} coins on hand after").format(coins=amounts.coins(preview.on_hand_after)))
        return " · ".join(parts)

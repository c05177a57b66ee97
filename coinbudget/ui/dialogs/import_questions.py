"""What a file leaves open, asked once and on one page: zone, what gifts count, currency, kinds of rows, prices."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from babel.numbers import get_currency_symbol
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from coinbudget.domain.catalog import folded
from coinbudget.domain.money import NumberStyle, parse_minor
from coinbudget.domain.periods import zone_known
from coinbudget.services.intake import Answers, GiftAmount, TypeMeaning
from coinbudget.services.sources import Question
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.edits import ReadingEdit
from coinbudget.ui.dialogs.import_words import choice_words, coins_words, in_line, question_words
from coinbudget.ui.dialogs.typed import read_number
from coinbudget.ui.pickers import CodePicker, currency_rows, zone_rows
from coinbudget.ui.theme import Theme
from coinbudget.ui.widgets.cards import Card
from coinbudget.ui.widgets.fields import Field
from coinbudget.ui.widgets.labels import PlainLabel, one_line

_EXAMPLES = 3
#: Smallest units of a price that shows how one is written.
_SOME_PRICE = 370
_ENTER_ALONE = frozenset({Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier})
#: Questions whose examples are rows, one below the other.
_LISTED = frozenset({"gift_amount", "type"})


def _without(sign: str, price: str) -> str:
    """A price without the sign of its currency before or behind it, in any case."""
    if price[: len(sign)].casefold() == sign.casefold():
        price = price[len(sign) :].strip()
    if sign and price[-len(sign) :].casefold() == sign.casefold():
        price = price[: -len(sign)].strip()
    return price


class _Answer(QPushButton):
    """One of a few answers: while another one or none is chosen, Enter chooses it, as Space does."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Overrides QPushButton."""
        enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and event.modifiers() in _ENTER_ALONE
        if enter and not self.isChecked():
            self.click()
            event.accept()
        else:
            super().keyPressEvent(event)


class Segments(QWidget):
    """A few answers side by side, one of which is chosen.

    Signals:
        chosen: the code of the answer.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme, name: str, choices: list[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._codes: list[str] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.space(2))
        for code, words in choices:
            button = _Answer(words)
            button.setObjectName(f"{name}.{code or 'none'}")
            button.setAccessibleName(words)
            button.setProperty("role", "chip")
            button.setCheckable(True)
            button.setAutoDefault(False)
            self._group.addButton(button, len(self._codes))
            self._codes.append(code)
            row.addWidget(button)
        row.addStretch(1)
        self._group.idClicked.connect(lambda place: self.chosen.emit(self._codes[place]))

    def value(self) -> str:
        """The code chosen; "" where none is."""
        place = self._group.checkedId()
        return self._codes[place] if place >= 0 else ""

    def choose(self, code: str) -> None:
        """Choose an answer without saying so."""
        if code in self._codes:
            self._group.button(self._codes.index(code)).setChecked(True)


class QuestionsPage(QWidget):
    """The questions of one file.

    Signals:
        changed: an answer was given.
    """

    changed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._theme = context.theme
        self._readers: list[Callable[[Answers], Answers]] = []
        # Whether each is answered, and where.
        self._needed: list[tuple[Callable[[], bool], QWidget]] = []
        self._currency_said = ""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(self._theme.space(3))

    def show_questions(self, questions: tuple[Question, ...], *, currency: str = "") -> None:
        """Ask these; what was asked before goes.

        Args:
            currency: of the prices of the file as was said before; "" for the profile's own.
        """
        self._currency_said = currency
        self._readers, self._needed = [], []
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for place, question in enumerate(one for one in questions if one.needed):
            self._column.addWidget(self._card(question, place))
        unpriced = [question for question in questions if question.code == "unpriced"]
        if unpriced:
            self._column.addWidget(self._prices(unpriced))
        self._column.addStretch(1)
        self.changed.emit()

    def answered(self) -> bool:
        """Whether everything that must be said is said."""
        return not self.open_places()

    def open_places(self) -> list[QWidget]:
        """Where something is still to be said."""
        return [where for answered, where in self._needed if not answered()]

    def answers(self, given: Answers) -> Answers:
        """Earlier answers with those of this page."""
        for read in self._readers:
            given = read(given)
        return given

    def _card(self, question: Question, place: int) -> Card:
        heading, help_ = question_words(question)
        card = Card(self._theme, surface="raised")
        card.setObjectName(f"import.question.{question.code}")
        card.body.addWidget(PlainLabel(heading, "heading", wrap=True))
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        if help_:
            card.body.addWidget(PlainLabel(help_, "muted", wrap=True))
        for example in question.examples[:_EXAMPLES] if question.code in _LISTED else ():
            parts = one_line(example, most=90).split(" · ")
            if question.code == "type":
                parts[-1] = coins_words(parts[-1], self._context.amounts)
            card.body.addWidget(PlainLabel(in_line(parts, mirrored=mirrored), "caption", elide=True))
        card.body.addWidget(self._control(question, place, heading))
        if question.code == "gift_amount":
            said = self.tr("Of pieces alone neither the coins nor what they cost can be known.")
            card.body.addWidget(PlainLabel(said, "caption", wrap=True))
        return card

    def _control(self, question: Question, place: int, heading: str) -> QWidget:
        if question.code == "zone":
            return self._zone(heading)
        if question.code == "currency":
            return self._currency(heading)
        choices = [(code, choice_words(question.code, code)) for code in sorted(question.choices)]
        segments = Segments(self._theme, f"import.answer.{question.code}.{place}", choices, self)
        segments.setAccessibleName(heading)
        # A kind whose name speaks of no purchase is for the person to say.
        if question.code == "type" and question.choices[0] == TypeMeaning.BOUGHT:
            segments.choose(question.choices[0])
        segments.chosen.connect(lambda _code: self.changed.emit())
        self._needed.append((lambda: bool(segments.value()), segments))
        self._readers.append(lambda given: self._with_choice(given, question, segments.value()))
        return segments

    @staticmethod
    def _with_choice(given: Answers, question: Question, code: str) -> Answers:
        if not code:
            return given
        if question.code == "type":
            return replace(given, types={**given.types, folded(question.subject): TypeMeaning(code)})
        if question.code == "gift_amount":
            return replace(given, gift_amount=GiftAmount(code))
        return replace(given, date_order=code)

    def _zone(self, heading: str) -> QWidget:
        own = self._context.session.zone
        segments = Segments(
            self._theme,
            "import.answer.zone",
            [("UTC", "UTC"), (own, own), ("", self.tr("Another"))]
            if own != "UTC"
            else [("UTC", "UTC"), ("", self.tr("Another"))],
            self,
        )
        segments.setAccessibleName(heading)
        picker = CodePicker(self._theme, zone_rows(), self)
        picker.setObjectName("import.answer.zone.other")
        picker.setAccessibleName(self.tr("Another time zone"))
        picker.setMaximumWidth(320)
        picker.setVisible(False)
        segments.choose("UTC")
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(self._theme.space(3))
        segments.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        picker.setPlaceholderText(self.tr("City or zone, such as Tokyo"))
        row.addWidget(segments)
        row.addWidget(picker, 1)
        row.addStretch(1)

        def value() -> str:
            return picker.code() if picker.isVisibleTo(box) else segments.value()

        def on_chosen(code: str) -> None:
            picker.setVisible(not code)
            if not code:
                picker.setFocus(Qt.FocusReason.OtherFocusReason)
            self.changed.emit()

        segments.chosen.connect(on_chosen)
        picker.textChanged.connect(lambda _text: self.changed.emit())
        self._needed.append((lambda: zone_known(value()), box))
        self._readers.append(lambda given: replace(given, zone=value()))
        return box

    def _currency(self, heading: str) -> QWidget:
        amounts = self._context.amounts
        profile = self._context.session.profile
        own = profile.currency if profile is not None else ""
        codes = self._context.operations.ledger.reference.currencies
        picker = CodePicker(self._theme, currency_rows(amounts.locale, codes, [own] if own else []), self)
        picker.setObjectName("import.answer.currency")
        picker.setAccessibleName(heading)
        picker.setMaximumWidth(320)
        if own:
            picker.set_code(own)
        picker.textChanged.connect(lambda _text: self.changed.emit())
        self._needed.append((lambda: picker.code() in codes, picker))
        self._readers.append(lambda given: replace(given, currency=picker.code()))
        return picker

    def _prices(self, questions: list[Question]) -> Card:
        """What was paid for so many coins; left empty they stay "not converted"."""
        profile = self._context.session.profile
        own = self._currency_said or (profile.currency if profile is not None else "")
        card = Card(self._theme, surface="raised")
        card.setObjectName("import.question.unpriced")
        card.body.addWidget(PlainLabel(self.tr("What did these coins cost you?"), "heading"))
        help_ = self.tr("The file names no price for them. What is left empty stays “not converted”.")
        card.body.addWidget(PlainLabel(help_, "muted", wrap=True))
        grid = QGridLayout()
        grid.setHorizontalSpacing(self._theme.space(3))
        grid.setVerticalSpacing(self._theme.space(2))
        fields: dict[int, Field] = {}
        for row, question in enumerate(questions):
            coins = int(question.subject)
            words = (
                self.tr("{coins} coins, bought once")
                if question.count == 1
                else self.tr("{coins} coins, bought {count} times, each")
            ).format(coins=self._context.amounts.coins(coins), count=self._context.amounts.number(question.count))
            fields[coins] = field = self._price(coins, words, own)
            grid.addWidget(field.label, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(field, row, 1, 1, 2)
        grid.setColumnStretch(2, 1)
        card.body.addLayout(grid)
        edits = {coins: field.widget for coins, field in fields.items() if isinstance(field.widget, ReadingEdit)}

        def read(given: Answers) -> Answers:
            paid = {coins: plain for coins, edit in edits.items() if (plain := self._plain(edit, own))}
            currency = given.currency or (own if paid else "")
            return replace(given, paid={**given.paid, **paid}, currency=currency)

        self._readers.append(read)
        # A price that cannot be read is not passed over in silence.
        for edit in edits.values():
            self._needed.append((partial(self._is_priced, edit, own), edit))
        return card

    def _is_priced(self, edit: ReadingEdit, currency: str) -> bool:
        return not edit.text().strip() or bool(self._plain(edit, currency))

    def _plain(self, edit: ReadingEdit, code: str) -> str:
        """A price as plain decimal text; "" where there is none, or none that a purchase can have."""
        amounts = self._context.amounts
        currency = amounts.currencies.get(code)
        text = edit.text().strip()
        for sign in (code, get_currency_symbol(code, amounts.locale)) if code else ():
            text = _without(sign, text)
        typed = read_number(text, amounts.style, amounts.digits(code) if code else 2)
        if not text or not typed.readable or typed.other or currency is None:
            return ""
        return typed.plain if isinstance(parse_minor(typed.plain, NumberStyle(), currency), int) else ""

    def _price(self, coins: int, words: str, currency: str) -> Field:
        """A field for what so many coins cost; its label is for the column in front of it."""
        edit = ReadingEdit(self._theme, self)
        edit.setObjectName(f"import.price.{coins}")
        edit.setPlaceholderText(currency)
        edit.setMaximumWidth(160)
        field = Field(words, edit)
        field.label.setMinimumHeight(edit.sizeHint().height())
        edit.textChanged.connect(lambda _text: self._read_price(field, edit, currency))
        # Half a price is no fault while it is typed.
        edit.editingFinished.connect(lambda: self._judge_price(field, edit, currency))
        return field

    def _read_price(self, field: Field, edit: ReadingEdit, currency: str) -> None:
        """Show in the field how its text is read."""
        if self._is_priced(edit, currency):
            field.set_problem("")
        plain = self._plain(edit, currency)
        read = plain.replace(".", self._context.amounts.style.decimal)
        edit.set_reading(f"{read} {currency}".strip() if plain else "")
        self.changed.emit()

    def _judge_price(self, field: Field, edit: ReadingEdit, currency: str) -> None:
        """Mark a field whose text is no price."""
        if self._is_priced(edit, currency):
            return
        if currency in self._context.amounts.currencies:
            said = self.tr("This is no price in {currency}, such as {price}.")
            price = self._context.amounts.money(_SOME_PRICE, currency)
            field.set_problem(said.format(currency=currency, price=price))
        else:
            field.set_problem(self.tr("This is no price."))

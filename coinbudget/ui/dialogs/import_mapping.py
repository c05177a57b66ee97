"""What the columns of a sheet mean: a role and a form each, shown with its values, changeable with live effect."""

from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from coinbudget.services.changes import Changes
from coinbudget.services.import_parts import Candidate
from coinbudget.services.intake import Answers
from coinbudget.services.ledger import Ledger
from coinbudget.services.sheet_source import (
    ENCODINGS,
    Mapping,
    OpenPoint,
    Role,
    SheetReading,
    keep_mapping,
    saved_mappings,
)
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.import_questions import Segments
from coinbudget.ui.dialogs.import_words import draft_words
from coinbudget.ui.pickers import CodePicker, currency_rows
from coinbudget.ui.problems import problem_text
from coinbudget.ui.widgets.cards import Card
from coinbudget.ui.widgets.fields import Field, QuietComboBox
from coinbudget.ui.widgets.labels import PlainLabel, one_line

_SHOWN_ROWS = 3
_MOST_COLUMNS = 40


class MappingPage(QWidget):
    """The mapping of one sheet.

    Signals:
        changed: something was said, or the sheet was read anew.
        reread: the sheet must be cut into rows anew: encoding and separator.
    """

    changed = Signal()
    reread = Signal(str, str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._theme = context.theme
        self._reading: SheetReading | None = None
        self._saved: dict[str, Mapping] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self._theme.space(4))
        column.addLayout(self._build_sheet())
        column.addWidget(self._build_columns())
        column.addWidget(self._build_sample())
        column.addLayout(self._build_saving())
        self.open = PlainLabel("", "problem", wrap=True)
        self.open.setObjectName("import.open")
        column.addWidget(self.open)

    # Building

    def _build_sheet(self) -> QGridLayout:
        """What is said of the sheet as a whole."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(self._theme.space(3))
        grid.setVerticalSpacing(self._theme.space(2))
        self.kind = Segments(
            self._theme, "import.kind", [("purchase", self.tr("Purchases")), ("gift", self.tr("Gifts"))], self
        )
        self.kind.chosen.connect(self._on_kind)
        self.currency = CodePicker(self._theme, (), self)
        self.currency.textChanged.connect(lambda _text: self._on_currency())
        self.channel = self._combo(
            [
                ("", self.tr("Not said")),
                ("web", self.tr("Web")),
                ("ios", self.tr("iOS")),
                ("android", self.tr("Android")),
                ("gift_card", self.tr("Gift card")),
            ]
        )
        self.channel.activated.connect(lambda _place: self._change(channel=str(self.channel.currentData())))
        self.separator = self._combo(
            [(",", self.tr("Comma")), (";", self.tr("Semicolon")), ("\t", self.tr("Tab")), ("|", self.tr("Bar"))]
        )
        self.separator.activated.connect(lambda _place: self._ask_reread())
        self.encoding = self._combo([("utf-8", "UTF-8"), *((name, name) for name in ("utf-16", *ENCODINGS))])
        self.encoding.activated.connect(lambda _place: self._ask_reread())
        for place, (name, label, widget) in enumerate(
            (
                ("kind", self.tr("The rows are"), self.kind),
                ("currency", self.tr("Currency of prices"), self.currency),
                ("channel", self.tr("Bought in"), self.channel),
                ("separator", self.tr("Cells are parted by"), self.separator),
                ("encoding", self.tr("Encoding"), self.encoding),
            )
        ):
            widget.setObjectName(f"import.sheet.{name}")
            field = Field(label, widget)
            grid.addWidget(field, 0, place, Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(place, 2 if name == "currency" else 1)
        return grid

    def _combo(self, items: list[tuple[str, str]]) -> QuietComboBox:
        box = QuietComboBox(self)
        for code, words in items:
            box.addItem(words, code)
        return box

    def _build_columns(self) -> Card:
        self._card = Card(self._theme, surface="raised")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(self._theme.space(3))
        self._grid.setVerticalSpacing(self._theme.space(2))
        self._grid.setColumnStretch(1, 1)
        self._card.body.addLayout(self._grid)
        self.roles: list[QuietComboBox] = []
        self.forms: list[QuietComboBox] = []
        return self._card

    def _build_sample(self) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self._theme.space(1))
        column.addWidget(PlainLabel(self.tr("The first rows, as they are understood"), "label"))
        self.samples = [PlainLabel("", "", elide=True) for _ in range(_SHOWN_ROWS)]
        for place, sample in enumerate(self.samples):
            sample.setObjectName(f"import.sample.{place}")
            column.addWidget(sample)
        return box

    def _build_saving(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(self._theme.space(2))
        self.saved = self._combo([("", self.tr("Saved mappings"))])
        self.saved.setObjectName("import.mapping.saved")
        self.saved.setAccessibleName(self.tr("Use a saved mapping"))
        self.saved.activated.connect(lambda _place: self._use_saved())
        self.name = QLineEdit()
        self.name.setObjectName("import.mapping.name")
        self.name.setAccessibleName(self.tr("Name for this mapping"))
        self.name.setPlaceholderText(self.tr("Name for this mapping"))
        self.name.setFixedWidth(240)
        self.saved.setMinimumWidth(220)
        self.save = QPushButton(self.tr("Save mapping"))
        self.save.setObjectName("import.mapping.save")
        self.save.setAccessibleName(self.save.text())
        self.save.setAutoDefault(False)
        self.save.setEnabled(False)
        self.save.clicked.connect(self._save)
        self.name.textChanged.connect(lambda text: self.save.setEnabled(bool(text.strip())))
        self.told = PlainLabel("", "caption", elide=True)
        for widget in (self.saved, self.name, self.save):
            row.addWidget(widget)
        row.addWidget(self.told, 1)
        return row

    # Showing

    def show_reading(self, reading: SheetReading) -> None:
        """Show a sheet as it was read."""
        self._reading = reading
        codes = self._context.operations.ledger.reference.currencies
        profile = self._context.session.profile
        own = profile.currency if profile is not None else ""
        self.currency.set_rows(currency_rows(self._context.amounts.locale, codes, [own] if own else []))
        if not reading.mapping.currency and own and not any(column.currencies for column in reading.facts.columns):
            reading.mapping = replace(reading.mapping, currency=own)
        self._show_columns(reading)
        self._show_mapping()
        self._context.operations.read("import.mappings", _saved, self._show_saved, owner=self)

    def answered(self) -> bool:
        """Whether nothing is open."""
        return self._reading is not None and not self._reading.open_points()

    def answers(self, given: Answers) -> Answers:
        """Earlier answers; a sheet says the rest by its mapping."""
        return given

    def _show_columns(self, reading: SheetReading) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self.roles, self.forms = [], []
        for column, head in enumerate((self.tr("Column"), self.tr("Values"), self.tr("Means"), self.tr("Written"))):
            self._grid.addWidget(PlainLabel(head, "caption"), 0, column)
        for place, facts in enumerate(reading.facts.columns[:_MOST_COLUMNS]):
            name = one_line(facts.name, most=28) or self.tr("Column {number}").format(number=place + 1)
            label = PlainLabel(name, "strong")
            values = PlainLabel(
                "  ·  ".join(one_line(sample, most=24) for sample in facts.samples), "muted", elide=True
            )
            role = self._combo([(each.value, self._role_word(each)) for each in Role if self._can_be(place, each)])
            role.setObjectName(f"import.role.{place}")
            role.setAccessibleName(self.tr("What the column {name} means").format(name=name))
            role.setMinimumWidth(170)
            role.activated.connect(lambda _index, place=place: self._on_role(place))
            form = self._combo([])
            form.setObjectName(f"import.form.{place}")
            form.setAccessibleName(self.tr("How the column {name} is written").format(name=name))
            form.setMinimumWidth(150)
            form.activated.connect(lambda _index, place=place: self._on_form(place))
            for column, widget in enumerate((label, values, role, form)):
                self._grid.addWidget(widget, place + 1, column)
            self.roles.append(role)
            self.forms.append(form)

    def _can_be(self, place: int, role: Role) -> bool:
        return role is Role.IGNORE or (self._reading is not None and self._reading.fits(place, role))

    def _show_mapping(self) -> None:
        """Show the mapping as it is now, and what it makes of the first rows."""
        reading = self._reading
        if reading is None:
            return
        mapping = reading.mapping
        self.kind.choose(mapping.kind)
        self.currency.blockSignals(True)
        self.currency.set_code(mapping.currency)
        self.currency.blockSignals(False)
        for box, code in (
            (self.channel, mapping.channel),
            (self.separator, reading.facts.separator),
            (self.encoding, "utf-8" if reading.facts.encoding == "utf-8-sig" else reading.facts.encoding),
        ):
            box.setCurrentIndex(max(box.findData(code), 0))
        for place, (role, form) in enumerate(zip(self.roles, self.forms, strict=True)):
            role.setCurrentIndex(max(role.findData(mapping.roles[place].value), 0))
            self._show_form(place, form)
        self._show_samples(reading)
        self._show_open(reading.open_points())
        self.changed.emit()

    def _show_form(self, place: int, form: QuietComboBox) -> None:
        if self._reading is None:
            return
        facts, mapping = self._reading.facts.columns[place], self._reading.mapping
        role = mapping.roles[place]
        form.clear()
        choices: tuple[str, ...] = ()
        if role is Role.DATE:
            choices = facts.orders
        elif role in {Role.COINS, Role.QUANTITY, Role.PAID, Role.CHARGED} and facts.signs:
            choices = facts.decimals
        if not mapping.forms[place] and choices:
            form.addItem(self.tr("Choose…"), "")
        for code in choices:
            form.addItem(self._form_word(code), code)
        form.setCurrentIndex(max(form.findData(mapping.forms[place]), 0))
        form.setVisible(bool(choices))
        form.setEnabled(len(choices) > 1)

    def _show_samples(self, reading: SheetReading) -> None:
        interpret = reading.interpreter(Answers())
        first = 2 if reading.facts.header else 1
        lines = list(reading.staging.lines(first, min(first + _SHOWN_ROWS - 1, reading.count)))
        for place, label in enumerate(self.samples):
            text = ""
            if place < len(lines):
                heard = interpret(*lines[place])
                if isinstance(heard, Candidate):
                    when = heard.draft.at.replace("T", " ")[:16]
                    text = f"{when}   {one_line(draft_words(heard.draft), most=120)}"
                elif not isinstance(heard, int):
                    text = one_line(problem_text(heard), most=160)
            label.setText(text)

    def _show_open(self, points: tuple[OpenPoint, ...]) -> None:
        odd = () if self._reading is None else self._reading.odd_columns()
        self.open.setText("  ".join((*map(self._point_words, points), *(self._odd_words(*each) for each in odd))))
        self.open.setVisible(bool(points or odd))

    def _odd_words(self, name: str, odd: int, filled: int) -> str:
        number = self._context.amounts.number
        return self.tr("{odd} of {filled} values of “{name}” cannot be read: their rows stay out.").format(
            odd=number(odd), filled=number(filled), name=one_line(name, most=40)
        )

    def _point_words(self, point: OpenPoint) -> str:
        name = one_line(point.name, most=40)
        return {
            "encoding": self.tr("The file is no UTF-8: choose the encoding in which its letters are right."),
            "date_column": self.tr("Say which column is the date."),
            "date_order": self.tr("“{name}” fits day first and month first in every row: choose one."),
            "decimal": self.tr("“{name}” can be read with decimal comma and point: choose one."),
            "kind": self.tr("Say whether the rows are purchases or gifts."),
            "currency": self.tr("Say in which currency the prices are."),
        }[point.code].format(name=name)

    # Changing

    def _change(self, **given: str) -> None:
        if self._reading is not None:
            self._reading.mapping = replace(self._reading.mapping, **given)  # type: ignore[arg-type]  # texts alone
            self._show_mapping()

    def _on_kind(self, kind: str) -> None:
        self._change(kind=kind)

    def _on_currency(self) -> None:
        if self._reading is not None and self.currency.code() != self._reading.mapping.currency:
            self._reading.mapping = replace(self._reading.mapping, currency=self.currency.code())
            self._show_samples(self._reading)
            self._show_open(self._reading.open_points())
            self.changed.emit()

    def _on_role(self, place: int) -> None:
        if self._reading is None:
            return
        role = Role(self.roles[place].currentData())
        mapping = self._reading.mapping
        before = mapping.place(role)
        if role is not Role.IGNORE and before is not None and before != place:
            mapping = mapping.with_role(before, Role.IGNORE)
        self._reading.mapping = mapping.with_role(place, role, self._reading.form_of(place, role))
        self._show_mapping()

    def _on_form(self, place: int) -> None:
        if self._reading is not None:
            mapping = self._reading.mapping
            self._reading.mapping = mapping.with_role(
                place, mapping.roles[place], str(self.forms[place].currentData() or "")
            )
            self._show_mapping()

    def _ask_reread(self) -> None:
        self.reread.emit(str(self.encoding.currentData()), str(self.separator.currentData()))

    # Saved mappings

    def _show_saved(self, found: dict[str, Mapping]) -> None:
        self._saved = found
        self.saved.clear()
        self.saved.addItem(self.tr("Saved mappings") if found else self.tr("No saved mappings"), "")
        for name in found:
            self.saved.addItem(one_line(name, most=40), name)
        self.saved.setEnabled(bool(found))

    def _use_saved(self) -> None:
        name = str(self.saved.currentData() or "")
        if self._reading is None or name not in self._saved:
            return
        from coinbudget.domain.errors import Refusal  # noqa: PLC0415 - for this one answer

        try:
            self._reading.use(self._saved[name])
        except Refusal as refusal:
            self.told.setText(problem_text(refusal.problems[0]))
            return
        self.name.setText(name)
        self.told.setText(self.tr("Mapping “{name}” is used").format(name=one_line(name, most=40)))
        self._show_mapping()

    def _save(self) -> None:
        if self._reading is None:
            return
        name, mapping = self.name.text().strip(), self._reading.mapping

        def call(ledger: Ledger, now: datetime) -> Changes:
            keep_mapping(ledger, name, mapping, now=now)
            return Changes(action="save mapping", count=0)

        def done(_changes: Changes) -> None:
            self.told.setText(self.tr("Saved as “{name}”").format(name=one_line(name, most=40)))
            self._context.operations.read("import.mappings", _saved, self._show_saved, owner=self)

        self._context.operations.write(
            self.tr("mapping"), call, done, lambda problems: self.told.setText(problem_text(problems[0]))
        )

    # Words

    def _role_word(self, role: Role) -> str:
        return {
            Role.IGNORE: self.tr("Not read"),
            Role.DATE: self.tr("Date, or date and time"),
            Role.TIME: self.tr("Time of day"),
            Role.KIND: self.tr("Purchase or gift"),
            Role.COINS: self.tr("Coins"),
            Role.QUANTITY: self.tr("Pieces"),
            Role.PAID: self.tr("Price paid"),
            Role.CURRENCY: self.tr("Currency"),
            Role.CHARGED: self.tr("Charged to the account"),
            Role.CHANNEL: self.tr("Where it was bought"),
            Role.REGION: self.tr("Region"),
            Role.CREATOR: self.tr("Creator"),
            Role.GIFT: self.tr("Gift"),
            Role.ORDER: self.tr("Order number"),
            Role.NOTE: self.tr("Note"),
            Role.PROFILE: self.tr("Profile"),
        }[role]

    def _form_word(self, code: str) -> str:
        return {
            "dmy": self.tr("Day first"),
            "mdy": self.tr("Month first"),
            "ymd": self.tr("Year first"),
            ".": self.tr("Decimal point"),
            ",": self.tr("Decimal comma"),
        }[code]


def _saved(ledger: Ledger, _now: datetime) -> dict[str, Mapping]:
    return saved_mappings(ledger)

"""What the columns of a sheet mean: a role and a form each, shown with its values, changeable with live effect."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QGridLayout, QPushButton, QVBoxLayout, QWidget

from coinbudget.domain.errors import Refusal
from coinbudget.services.import_parts import Candidate
from coinbudget.services.intake import Answers
from coinbudget.services.sheet_source import ENCODINGS, Mapping, OpenPoint, Role, SheetReading
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.import_columns import ColumnsCard
from coinbudget.ui.dialogs.import_questions import Segments
from coinbudget.ui.dialogs.import_saved import SavedMappings
from coinbudget.ui.dialogs.import_words import draft_words, encoding_words, in_line, isolated, when_words
from coinbudget.ui.pickers import CodePicker, currency_rows
from coinbudget.ui.problems import problem_text, row_problem_text
from coinbudget.ui.widgets.fields import Field, QuietComboBox
from coinbudget.ui.widgets.labels import PlainLabel, one_line

_SHOWN_ROWS = 3
#: Of every control in the row that speaks of the sheet as a whole.
_FIELD_HEIGHT = 36


class MappingPage(QWidget):
    """The mapping of one sheet.

    Attributes:
        columns: what each column means.
        saved: mappings kept by name.

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
        # The mapping as a sheet was first shown: while nothing else was said, a kept one may take its place.
        self._first: Mapping | None = None
        # A kept mapping that waits for the sheet to be read by its encoding.
        self._using: tuple[str, Mapping] | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self._theme.space(4))
        column.addLayout(self._build_sheet())
        # Above the columns, which may be many: whoever cannot go on sees why without scrolling.
        self.open = PlainLabel("", "near", wrap=True)
        self.open.setObjectName("import.open")
        column.addWidget(self.open)
        self.columns = ColumnsCard(self._theme)
        self.columns.mapped.connect(self._show_mapping)
        column.addWidget(self.columns)
        column.addWidget(self._build_sample())
        self.saved = SavedMappings(context)
        self.saved.used.connect(self._use_saved)
        self.saved.save_wanted.connect(self._save)
        self.saved.found.connect(self._offer_saved)
        column.addWidget(self.saved)
        column.addStretch(1)

    # Building

    def _build_sheet(self) -> QGridLayout:
        """What is said of the sheet as a whole."""
        self._grid = grid = QGridLayout()
        grid.setHorizontalSpacing(self._theme.space(3))
        grid.setVerticalSpacing(self._theme.space(2))
        self._fields: dict[str, Field] = {}
        self.kind = Segments(
            self._theme, "import.kind", [("purchase", self.tr("Purchases")), ("gift", self.tr("Gifts"))], self
        )
        self.kind.chosen.connect(self._on_kind)
        self.currency = CodePicker(self._theme, (), self)
        self.currency.code_changed.connect(lambda _code: self._on_currency())
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
            [
                (",", self.tr("Comma")),
                (";", self.tr("Semicolon")),
                ("\t", self.tr("Tab")),
                ("|", self.tr("Vertical bar")),
            ]
        )
        self.separator.activated.connect(lambda _place: self._ask_reread())
        self.encoding = self._combo([(name, encoding_words(name)) for name in ("utf-8", "utf-16", *ENCODINGS)])
        self.encoding.activated.connect(lambda _place: self._ask_reread())
        for place, (name, label, widget) in enumerate(
            (
                ("kind", self.tr("The rows are"), self.kind),
                ("currency", self.tr("Currency of prices"), self.currency),
                ("channel", self.tr("Bought in"), self.channel),
                ("separator", self.tr("Column separator"), self.separator),
                ("encoding", self.tr("Text encoding"), self.encoding),
            )
        ):
            widget.setObjectName(f"import.sheet.{name}")
            field = self._fields[name] = Field(label, widget)
            widget.setMinimumHeight(_FIELD_HEIGHT)
            grid.addWidget(field, 0, place, Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(place, 2 if name == "currency" else 1)
        self.letters_right = QPushButton(self.tr("The letters look right"))
        self.letters_right.setObjectName("import.letters_right")
        self.letters_right.setAccessibleName(self.letters_right.text())
        self.letters_right.setAutoDefault(False)
        self.letters_right.setVisible(False)
        self.letters_right.clicked.connect(self._on_letters_right)
        grid.addWidget(self.letters_right, 1, grid.columnCount() - 1)
        return grid

    def _combo(self, items: list[tuple[str, str]]) -> QuietComboBox:
        box = QuietComboBox(self)
        for code, words in items:
            box.addItem(words, code)
        return box

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

    # Showing

    def show_reading(self, reading: SheetReading) -> None:
        """Show a sheet as it was read."""
        if reading is not self._reading:
            self._offer_encodings(lambda _name: True)
        fresh, self._reading = reading is not self._reading, reading
        codes, own = self._context.operations.ledger.reference.currencies, self._own_currency()
        self.currency.set_rows(currency_rows(self._context.amounts.locale, codes, [own] if own else []))
        self._propose_currency(reading)
        self.columns.show_columns(reading)
        self.setTabOrder(self.encoding, self.letters_right)
        self.columns.order_tabs(self.letters_right, self.saved.saved)
        using, self._using = self._using, None
        if using is not None:
            self._take_saved(*using)
        else:
            self._show_mapping()
        self._first = reading.mapping if fresh else None
        self.saved.read()

    def _own_currency(self) -> str:
        profile = self._context.session.profile
        return profile.currency if profile is not None else ""

    def _propose_currency(self, reading: SheetReading) -> None:
        """The currency that the sheet names; else where nothing speaks against it the profile's own."""
        named, own = reading.mapping.priced_in(), self._own_currency()
        if named:
            reading.mapping = replace(reading.mapping, currency=named)
        elif not reading.mapping.currency and own and reading.may_be_in(own):
            reading.mapping = replace(reading.mapping, currency=own)

    def leave_out_encodings(self, names: Sequence[str]) -> None:
        """Of encodings that the sheet is no text in none can be chosen again: arrow keys pass them by."""
        self._offer_encodings(lambda name: False if name in names else None)

    def _offer_encodings(self, offered: Callable[[str], bool | None]) -> None:
        model = self.encoding.model()
        for place in range(self.encoding.count()):
            wanted = offered(str(self.encoding.itemData(place)))
            if isinstance(model, QStandardItemModel) and wanted is not None:
                model.item(place).setEnabled(wanted)

    def answered(self) -> bool:
        """Whether nothing is open."""
        return self._reading is not None and not self._reading.open_points()

    def open_places(self) -> list[QWidget]:
        """Where something is still to be said."""
        return [] if self._reading is None else [self._place_of(point) for point in self._reading.open_points()]

    def _place_of(self, point: OpenPoint) -> QWidget:
        """Where a point is answered: of what columns mean at the first that may mean it."""
        if point.code in {"encoding", "kind", "currency"}:
            return {"encoding": self.letters_right, "kind": self.kind, "currency": self.currency}[point.code]
        if point.code in {"date_order", "decimal"} and point.column in self.columns.forms:
            return self.columns.forms[point.column]
        return self.columns.candidate(Role.DATE if point.code == "date_column" else Role(point.name)) or self.columns

    def _show_mapping(self) -> None:
        """Show the mapping as it is now, and what it makes of the first rows."""
        reading = self._reading
        if reading is None:
            return
        mapping = reading.mapping
        self.kind.choose(mapping.kind)
        self._show_kind(reading)
        self.currency.blockSignals(True)
        self.currency.set_code(mapping.currency)
        self.currency.blockSignals(False)
        for box, code in (
            (self.channel, mapping.channel),
            (self.separator, reading.facts.separator),
            (self.encoding, "utf-8" if reading.facts.encoding == "utf-8-sig" else reading.facts.encoding),
        ):
            box.setCurrentIndex(max(box.findData(code), 0))
        self.letters_right.setVisible(reading.facts.undecided)
        self.columns.show_mapping(mapping)
        self._show_samples(reading)
        self._show_open(reading.open_points())
        self.changed.emit()

    def _show_kind(self, reading: SheetReading) -> None:
        """Where a column says what a row is, only rows in which it is empty leave that open."""
        said = not reading.lacks_kind()
        field = self._fields["kind"]
        whole = reading.mapping.place(Role.KIND) is None
        field.label.setText(self.tr("The rows are") if whole else self.tr("Rows without a kind are"))
        field.setVisible(not said)
        self._grid.setColumnStretch(0, int(not said))

    def _show_samples(self, reading: SheetReading) -> None:
        interpret = reading.interpreter(Answers())
        amounts, session = self._context.amounts, self._context.session
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        first = 2 if reading.facts.header else 1
        lines = list(reading.staging.lines(first, min(first + _SHOWN_ROWS - 1, reading.count)))
        for place, label in enumerate(self.samples):
            text = ""
            if place < len(lines):
                heard = interpret(*lines[place])
                if isinstance(heard, Candidate):
                    when = when_words(heard.draft, amounts, session.zone, self._context.operations.clock())
                    text = in_line((when, one_line(draft_words(heard.draft, amounts), most=120)), mirrored=mirrored)
                elif not isinstance(heard, int):
                    text = one_line(row_problem_text(heard, amounts), most=160)
            label.setText(text)

    def _show_open(self, points: tuple[OpenPoint, ...]) -> None:
        odd = () if self._reading is None else self._reading.odd_columns()
        self.open.setText("  ".join((*map(self._point_words, points), *(self._odd_words(*each) for each in odd))))
        self.open.setVisible(bool(points or odd))

    def _odd_words(self, name: str, odd: int, filled: int) -> str:
        number = self._context.amounts.number
        words = self.tr("{odd} of {filled} values of “{name}” cannot be read: their rows stay out.")
        if odd == 1:
            words = self.tr("1 of {filled} values of “{name}” cannot be read: its row stays out.")
        return words.format(odd=number(odd), filled=number(filled), name=isolated(one_line(name, most=40)))

    def _point_words(self, point: OpenPoint) -> str:
        word = self.columns.role_word(Role(point.name)) if point.code == "column" else point.name
        name = isolated(one_line(word, most=40))
        return {
            "encoding": self.tr(
                "The letters may be wrong: choose the text encoding in which the values look right, or "
                "say that they do."
            ),
            "date_column": self.tr("Choose which column is the date."),
            "column": self.tr("More than one column may be “{name}”: choose what each of them means."),
            "date_order": self.tr("Dates in “{name}” could have the day or the month first: choose one."),
            "decimal": self.tr("Numbers in “{name}” could have a decimal comma or a decimal point: choose one."),
            "kind": self.tr("Choose whether the rows are purchases or gifts.")
            if self._reading is None or self._reading.mapping.place(Role.KIND) is None
            else self.tr("Choose whether rows without a kind are purchases or gifts."),
            "currency": self.tr("Choose the currency of the prices."),
        }[point.code].format(name=name)

    # Changing

    def _change(self, **given: str) -> None:
        if self._reading is not None:
            self._reading.mapping = replace(self._reading.mapping, **given)  # type: ignore[arg-type]  # texts alone
            self._show_mapping()

    def _on_kind(self, kind: str) -> None:
        self._change(kind=kind)

    def _on_currency(self) -> None:
        typed = self.currency.code()
        # What is no currency answers nothing.
        code = typed if typed in self._context.operations.ledger.reference.currencies else ""
        if self._reading is not None and code != self._reading.mapping.currency:
            self._reading.mapping = replace(self._reading.mapping, currency=code)
            self._show_samples(self._reading)
            self._show_open(self._reading.open_points())
            self.changed.emit()

    def _ask_reread(self) -> None:
        self.reread.emit(str(self.encoding.currentData()), str(self.separator.currentData()))

    def _on_letters_right(self) -> None:
        """The encoding that is shown is the right one; its button goes, so the focus moves on."""
        self.encoding.setFocus(Qt.FocusReason.OtherFocusReason)
        self._ask_reread()

    # Saved mappings

    def _offer_saved(self) -> None:
        """Use the one kept mapping of the same columns, unless the person has said something meanwhile or gone on."""
        first, self._first = self._first, None
        reading, shown = self._reading, self.isVisibleTo(self.window())
        if shown and reading is not None and first is not None and reading.mapping is first:
            self.saved.use_if_alone(reading.meets)

    def _use_saved(self, name: str, mapping: Mapping) -> None:
        reading = self._reading
        if reading is not None and reading.facts.undecided and mapping.encoding in ENCODINGS:
            # By another encoding its columns may have other names: they are looked for once it is read by this one.
            self._using = name, mapping
            self.reread.emit(mapping.encoding, reading.facts.separator)
        else:
            self._take_saved(name, mapping)

    def _take_saved(self, name: str, mapping: Mapping) -> None:
        if self._reading is None:
            return
        try:
            self._reading.use(mapping)
        except Refusal as refusal:
            self.saved.told.setText(problem_text(refusal.problems[0]))
            self._show_mapping()
            return
        self._propose_currency(self._reading)
        self.saved.name.setText(name)
        self.saved.told.setText(self.tr("Mapping “{name}” is used").format(name=isolated(one_line(name, most=40))))
        self._show_mapping()

    def _save(self) -> None:
        if self._reading is not None:
            self.saved.keep(self._reading.keepable())

"""The columns of a sheet, each with its values, what it means and how it is written."""

from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from coinbudget.services.sheet_source import ColumnFacts, Mapping, Role, SheetReading
from coinbudget.ui.dialogs.form import announce
from coinbudget.ui.dialogs.import_words import in_line, isolated
from coinbudget.ui.theme import Theme
from coinbudget.ui.widgets.cards import Card
from coinbudget.ui.widgets.fields import QuietComboBox
from coinbudget.ui.widgets.labels import PlainLabel, one_line

#: Columns shown whatever they hold; of those behind them only the ones that matter.
_MOST_COLUMNS = 40
_NUMBERS = frozenset({Role.COINS, Role.EACH, Role.QUANTITY, Role.PAID, Role.CHARGED})


def _matters(reading: SheetReading, place: int) -> bool:
    """Whether a column has a meaning, may have one that is to be said, or may be the date that no other is."""
    mapping, facts = reading.mapping, reading.facts.columns[place]
    asked = bool(mapping.contested) and mapping.contested[place] in mapping.open_roles()
    is_date = mapping.place(Role.DATE) is None and bool(facts.orders)
    return mapping.roles[place] is not Role.IGNORE or asked or is_date


def _row_of(place: int) -> int:
    """The row of the grid in which a column stands; the one below it is for what is to be said of it."""
    return 2 * place + 1


class _RoleBox(QuietComboBox):
    """What one column means. Arrow keys pass one meaning after another; the last is settled by leaving or by Enter.

    Attributes:
        takes: something is taken from another column meanwhile: Enter settles that, and does not go on yet.
    """

    settled = Signal()
    takes = False

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Overrides QComboBox."""
        super().focusOutEvent(event)
        if event.reason() not in {Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason}:
            self.settled.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Overrides QComboBox."""
        if self.takes and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.settled.emit()
            event.accept()
        else:
            super().keyPressEvent(event)


class ColumnsCard(Card):
    """One row for each column of the sheet.

    What a column takes from another one goes back when it moves on to something else, until its choice is settled.

    Attributes:
        roles, forms: of each column shown, by its place, the boxes that say what it means and how it is written.
        taken: says below a column which other one lost its meaning to it.

    Signals:
        mapped: the reading's mapping was changed.
    """

    mapped = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, surface="raised", parent=parent)
        self._reading: SheetReading | None = None
        # Of the column whose meaning is being chosen: its place, the mapping before, and the one made of it.
        self._choosing: tuple[int, Mapping, Mapping] | None = None
        # The column of which is told that it lost its meaning to another one.
        self._lost: int | None = None
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme.space(3))
        self._grid.setVerticalSpacing(theme.space(2))
        self._grid.setColumnStretch(1, 1)
        self.body.addLayout(self._grid)
        self.roles: dict[int, _RoleBox] = {}
        self.forms: dict[int, QuietComboBox] = {}
        self._heads: list[PlainLabel] = []
        self._around: tuple[QWidget, ...] = ()
        self.taken = PlainLabel("", "near", wrap=True, parent=self)
        self.taken.setObjectName("import.columns.taken")
        self.taken.setVisible(False)
        self._more = PlainLabel("", "caption", wrap=True)
        self._more.setObjectName("import.columns.more")
        self._more.setVisible(False)
        self.body.addWidget(self._more)

    def show_columns(self, reading: SheetReading) -> None:
        """Show the columns of a sheet as it was read."""
        self._reading, self._choosing, self._lost = reading, None, None
        self.taken.setVisible(False)
        self._grid.removeWidget(self.taken)
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.roles, self.forms = {}, {}
        heads = (self.tr("Column"), self.tr("Values"), self.tr("Means"), self.tr("Written"))
        self._heads = [PlainLabel(head, "caption") for head in heads]
        for column, label in enumerate(self._heads):
            self._grid.addWidget(label, 0, column)
        columns = reading.facts.columns
        shown = [place for place in range(len(columns)) if place < _MOST_COLUMNS or _matters(reading, place)]
        for place in shown:
            self._add(place, columns[place], reading)
        self._order_tabs()
        self._show_more(len(columns) - len(shown))

    def _show_more(self, count: int) -> None:
        """Say how many columns are not shown."""
        words = self.tr("1 more column is not shown: nothing of it is read.")
        if count != 1:
            words = self.tr("{count} more columns are not shown: nothing of them is read.").format(count=count)
        self._more.setText(words)
        self._more.setVisible(count > 0)

    def _add(self, place: int, facts: ColumnFacts, reading: SheetReading) -> None:
        name = self._name(place)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        values = in_line((one_line(sample, most=24) for sample in facts.samples), mirrored=mirrored)
        role = _RoleBox(self)
        for each in Role:
            if each is Role.IGNORE or reading.fits(place, each):
                role.addItem(self.role_word(each), each.value)
        role.setObjectName(f"import.role.{place}")
        role.setAccessibleName(self.tr("What the column {name} means").format(name=isolated(name)))
        role.setMinimumWidth(170)
        role.setPlaceholderText(self.tr("Choose…"))
        role.activated.connect(lambda _index: self._on_role(place))
        role.settled.connect(lambda: self._settle(place))
        form = QuietComboBox(self)
        form.setObjectName(f"import.form.{place}")
        form.setAccessibleName(self.tr("How the column {name} is written").format(name=isolated(name)))
        form.setMinimumWidth(150)
        form.activated.connect(lambda _index: self._on_form(place))
        shown = PlainLabel(in_line([name], mirrored=mirrored), "strong")
        for column, widget in enumerate((shown, PlainLabel(values, "muted", elide=True), role, form)):
            self._grid.addWidget(widget, _row_of(place), column)
        self.roles[place], self.forms[place] = role, form

    def order_tabs(self, before: QWidget, after: QWidget) -> None:
        """Let Tab go row by row, from the widget in front of the columns to the one behind them."""
        self._around = before, after
        self._order_tabs()

    def _order_tabs(self) -> None:
        boxes = [box for place in self.roles for box in (self.roles[place], self.forms[place])]
        for one, next_one in pairwise((*self._around[:1], *boxes, *self._around[1:])):
            QWidget.setTabOrder(one, next_one)

    def show_mapping(self, mapping: Mapping) -> None:
        """Show what each column means now."""
        if self._reading is not None and any(
            place not in self.roles and _matters(self._reading, place) for place in range(len(mapping.roles))
        ):
            # A saved mapping gives a meaning to one that was not shown.
            self.show_columns(self._reading)
        for place, role in self.roles.items():
            asked = bool(mapping.contested) and mapping.contested[place] in mapping.open_roles()
            role.setCurrentIndex(-1 if asked else max(role.findData(mapping.roles[place].value), 0))
            self._show_form(place, self.forms[place], mapping)
        if self._lost is not None and mapping.roles[self._lost] is not Role.IGNORE:
            self._show_taken(self._lost, None)
        # Where nothing is written in ways that matter, there is nothing below that head.
        self._heads[-1].setVisible(any(not form.isHidden() for form in self.forms.values()))

    def _show_form(self, place: int, form: QuietComboBox, mapping: Mapping) -> None:
        if self._reading is None:
            return
        facts, role = self._reading.facts.columns[place], mapping.roles[place]
        form.clear()
        choices: tuple[str, ...] = ()
        if role is Role.DATE:
            choices = facts.orders
        elif role in _NUMBERS and facts.signs:
            choices = facts.decimals
        if not mapping.forms[place] and choices:
            form.addItem(self.tr("Choose…"), "")
        for code in choices:
            form.addItem(self._form_word(code), code)
        form.setCurrentIndex(max(form.findData(mapping.forms[place]), 0))
        form.setVisible(bool(choices))
        form.setEnabled(len(choices) > 1)

    def _on_role(self, place: int) -> None:
        if self._reading is None:
            return
        role = Role(self.roles[place].currentData())
        before = mapping = self._mapping_before(place, self._reading.mapping)
        owner = mapping.place(role)
        lost = owner if role is not Role.IGNORE and owner != place else None
        if lost is not None:
            mapping = mapping.with_role(lost, Role.IGNORE)
        mapping = mapping.with_role(place, role, self._reading.form_of(place, role))
        self._reading.mapping = mapping
        self._choosing = place, before, mapping
        self.roles[place].takes = lost is not None
        self._show_taken(place, lost)
        self.mapped.emit()

    def _mapping_before(self, place: int, now: Mapping) -> Mapping:
        """The mapping before the choice under way in a column; the one of now where nothing is under way."""
        if self._choosing is not None:
            column, before, made = self._choosing
            # Whatever else was said meanwhile would be lost with it.
            if column == place and made is now:
                return before
        return now

    def _settle(self, place: int) -> None:
        """The choice in a column stands: what it took from another one does not go back."""
        self._choosing = None
        if place in self.roles:
            self.roles[place].takes = False

    def _show_taken(self, place: int, lost: int | None) -> None:
        """Say below a column which other one lost its meaning to it."""
        self._lost = lost
        if lost is None:
            self.taken.setVisible(False)
            return
        words = self.tr("“{other}” is not read any more: “{name}” means “{meaning}” now.").format(
            other=isolated(self._name(lost)), name=isolated(self._name(place)), meaning=self.roles[place].currentText()
        )
        self.taken.setText(words)
        self._grid.removeWidget(self.taken)
        self._grid.addWidget(self.taken, _row_of(place) + 1, 0, 1, 4)
        self.taken.setVisible(True)
        announce(self, words)

    def _name(self, place: int) -> str:
        """What a column is called."""
        name = "" if self._reading is None else one_line(self._reading.facts.columns[place].name, most=28)
        return name or self.tr("Column {number}").format(number=place + 1)

    def candidate(self, role: Role) -> QWidget | None:
        """The box of the first column shown that may have a role, at best of one about which it is open."""
        if self._reading is None:
            return None
        contested = self._reading.mapping.contested
        fit = [place for place, box in self.roles.items() if box.findData(role.value) >= 0]
        asked = [place for place in fit if contested and contested[place] is role]
        return self.roles[next(iter(asked or fit or self.roles))] if self.roles else None

    def _on_form(self, place: int) -> None:
        if self._reading is not None:
            mapping, code = self._reading.mapping, str(self.forms[place].currentData() or "")
            self._reading.mapping = mapping.with_role(place, mapping.roles[place], code)
            self.mapped.emit()

    def role_word(self, role: Role) -> str:
        """What a column means, in words."""
        return {
            Role.IGNORE: self.tr("Not read"),
            Role.DATE: self.tr("Date, or date and time"),
            Role.TIME: self.tr("Time of day"),
            Role.KIND: self.tr("Purchase or gift"),
            Role.COINS: self.tr("Coins"),
            Role.EACH: self.tr("Coins of one piece"),
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

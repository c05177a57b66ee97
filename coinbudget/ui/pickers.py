"""Type-to-find: a text field with a list of suggestions under it.

Conventions fixed here: the list lies inside the window of its field and never takes the focus, so every key stays
with the field; names are painted as text, never as HTML. What a row stands for is its `value`; the owner of a picker
asks for suggestions on `wanted` and hands them back with `offer`. Answers may come late: Enter pressed before the
answer to the last key is kept and carried out when it comes.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from zoneinfo import available_timezones

from babel import Locale
from babel.numbers import get_currency_name
from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from coinbudget.ui.dialogs.edits import ReadingEdit
from coinbudget.ui.dialogs.suggestions import Suggestion, SuggestionPopup, folded
from coinbudget.ui.theme import Theme

_OLD_ZONES = ("Etc/", "SystemV/", "US/", "posix/", "right/")


def matching(text: str, rows: Sequence[Suggestion]) -> tuple[Suggestion, ...]:
    """The rows that hold `text` somewhere, those that begin with it first; the order of `rows` breaks ties."""
    wanted = folded(text.strip())
    if not wanted:
        return tuple(rows)
    found = [(not row.key.startswith(wanted), row) for row in rows if wanted in row.key or wanted in row.also]
    return tuple(row for _, row in sorted(found, key=lambda pair: pair[0]))


class PickerEdit(ReadingEdit):
    """A field with suggestions.

    Attributes:
        eager: the first row is chosen at once, so that Enter takes it; otherwise only an exact match is.

    Signals:
        wanted: suggestions for this text are asked for; answer with `offer`.
        picked: a row was taken; its value.
        entered: Enter was pressed with nothing to pick.
    """

    wanted = Signal(str)
    picked = Signal(object)
    entered = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, eager: bool = True) -> None:
        super().__init__(theme, parent)
        self.eager = eager
        self._popup: SuggestionPopup | None = None
        self._pending = False
        self._enter_waits = False
        self.textEdited.connect(self._ask)

    @property
    def popup(self) -> SuggestionPopup | None:
        """The list, once it was shown."""
        return self._popup

    def _ask(self, text: str) -> None:
        self._pending = True
        self.wanted.emit(text)

    def offer(self, rows: Sequence[Suggestion], *, open_list: bool = True) -> None:
        """Show suggestions for the text as it stands now; none closes the list."""
        waited, self._enter_waits, self._pending = self._enter_waits, False, False
        if not rows or not open_list or not self.hasFocus():
            self.close_list()
            if waited:
                self.entered.emit()
            return
        popup = self._ready_popup()
        popup.model.show(rows)
        chosen = self._first_choice(rows)
        if chosen is not None:
            popup.view.setCurrentIndex(popup.model.index(chosen, 0))
        if waited:
            self._take_or_pass()
            return
        popup.place()
        popup.raise_()
        popup.show()

    def _first_choice(self, rows: Sequence[Suggestion]) -> int | None:
        typed = folded(self.text().strip())
        for number, row in enumerate(rows):
            if typed and typed == row.key:
                return number
        return 0 if self.eager and typed else None

    def _ready_popup(self) -> SuggestionPopup:
        if self._popup is None or self._popup.parent() is not self.window():
            self._popup = SuggestionPopup(self.theme, self)
            self._popup.view.clicked.connect(self._clicked)
        return self._popup

    def _clicked(self, index: QModelIndex) -> None:
        if self._popup is not None:
            self._pick(self._popup.model.rows[index.row()])

    def close_list(self) -> None:
        """Hide the suggestions."""
        if self._popup is not None:
            self._popup.hide()
            self._popup.model.show(())

    def _row(self) -> Suggestion | None:
        if self._popup is None or not self._popup.model.rows:
            return None
        index = self._popup.view.currentIndex()
        return self._popup.model.rows[index.row()] if index.isValid() else None

    def _pick(self, row: Suggestion) -> None:
        self.close_list()
        self.setText(row.fill or row.text)
        self.setModified(True)
        self.picked.emit(row.value)

    def _take_or_pass(self) -> None:
        row = self._row()
        if row is None:
            self.close_list()
            self.entered.emit()
        else:
            self._pick(row)

    def event(self, event: QEvent) -> bool:
        """Overrides QLineEdit: Esc closes the list before it closes the dialog, Tab takes the chosen row."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape and self._popup is not None and self._popup.isVisible():
                event.accept()
                return True
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            plain = event.modifiers() in {Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier}
            row = self._row()
            if plain and event.key() == Qt.Key.Key_Tab and row is not None:
                self._pick(row)
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Overrides QLineEdit: arrows walk the list, Enter takes a row, Esc closes the list."""
        key = event.key()
        plain = event.modifiers() in {Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier}
        visible = self._popup is not None and self._popup.isVisible()
        if plain and key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if self._pending:
                self._enter_waits = True
                event.accept()
                return
            if self._row() is not None:
                self._take_or_pass()
                event.accept()
                return
        if visible and key == Qt.Key.Key_Escape:
            self.close_list()
            event.accept()
            return
        if key in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            if visible:
                self._walk(1 if key == Qt.Key.Key_Down else -1)
            elif key == Qt.Key.Key_Down:
                self._ask(self.text() if self.isModified() else "")
            event.accept()
            return
        super().keyPressEvent(event)

    def _walk(self, step: int) -> None:
        if self._popup is None:
            return
        view, count = self._popup.view, len(self._popup.model.rows)
        current = view.currentIndex().row() if view.currentIndex().isValid() else (-1 if step > 0 else 0)
        view.setCurrentIndex(self._popup.model.index((current + step) % count, 0))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Overrides QLineEdit: leaving closes the list."""
        self.close_list()
        self._enter_waits = False
        super().focusOutEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Overrides QWidget."""
        self.close_list()
        super().hideEvent(event)


class CodePicker(PickerEdit):
    """A field for one of a fixed list: regions, currencies, zones. Found by code and by name.

    Signals:
        code_changed: another code is meant now.
    """

    code_changed = Signal(str)

    def __init__(self, theme: Theme, rows: Sequence[Suggestion], parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._rows = tuple(rows)
        self._code = ""
        self.wanted.connect(lambda text: self.offer(matching(text, self._rows)))
        self.picked.connect(self._on_picked)
        self.textEdited.connect(self._on_typed)

    def set_rows(self, rows: Sequence[Suggestion]) -> None:
        """Offer other rows; what is meant now is looked up in them."""
        self._rows = tuple(rows)
        self.set_code(self.code())

    def code(self) -> str:
        """The code that is meant; the text as typed where it is none of the list."""
        return self._code or self.text().strip()

    def set_code(self, code: str) -> None:
        """Mean `code`."""
        row = next((row for row in self._rows if row.value == code), None)
        self._code = code if row is not None else ""
        self.setText((row.fill or row.text) if row is not None else code)
        self.setModified(False)
        self.setCursorPosition(0)
        self.code_changed.emit(self.code())

    def _on_picked(self, value: object) -> None:
        self._code = str(value)
        self.code_changed.emit(self._code)

    def _on_typed(self, text: str) -> None:
        typed = folded(text.strip())
        exact = next((row for row in self._rows if typed in {row.key, folded(str(row.value)), folded(row.text)}), None)
        self._code = str(exact.value) if exact is not None else ""
        self.code_changed.emit(self.code())


def region_name(locale: Locale, code: str, fallback: str = "") -> str:
    """A region in the language of `locale`."""
    name = locale.territories.get(code)
    return str(name) if name else fallback or code


def region_rows(locale: Locale, codes: Iterable[str]) -> tuple[Suggestion, ...]:
    """Regions by name."""
    rows = []
    for code in codes:
        name = region_name(locale, code)
        rows.append(Suggestion(text=name, detail=code, value=code, key=folded(name), also=folded(code)))
    return tuple(sorted(rows, key=lambda row: row.key))


def currency_rows(locale: Locale, codes: Iterable[str], first: Sequence[str] = ()) -> tuple[Suggestion, ...]:
    """Currencies by code, those of `first` before the others."""
    return _currency_rows(str(locale), tuple(codes), tuple(first))


@lru_cache(maxsize=4)
def _currency_rows(locale: str, codes: tuple[str, ...], first: tuple[str, ...]) -> tuple[Suggestion, ...]:
    ordered = [*dict.fromkeys(first), *sorted(set(codes) - set(first))]
    names = {code: str(get_currency_name(code, locale=locale)) for code in ordered}
    return tuple(
        Suggestion(text=code, detail=names[code], value=code, key=folded(code), also=folded(names[code]))
        for code in ordered
    )


@lru_cache(maxsize=1)
def zone_rows() -> tuple[Suggestion, ...]:
    """Time zones by name, without the old links."""
    names = sorted(name for name in available_timezones() if "/" in name and not name.startswith(_OLD_ZONES))
    return tuple(
        Suggestion(text=name, value=name, key=folded(name), also=folded(name.replace("_", " ").replace("/", " ")))
        for name in ("UTC", *names)
    )

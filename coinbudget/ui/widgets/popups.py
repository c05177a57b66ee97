"""Popups of the filter chips: one to find and pick a name, one for a range of days."""

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import QDate, QEvent, QLocale, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from coinbudget.ui.theme import Theme
from coinbudget.ui.widgets.cards import Card
from coinbudget.ui.widgets.fields import Field, QuietDateTimeEdit
from coinbudget.ui.widgets.labels import PlainLabel, one_line, plain_tip

_KEYS_OF_LIST = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}
_WIDTH = 264


class Popup(QFrame):
    """A rounded surface that opens under a chip and closes by Esc or a click elsewhere."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setWindowFlag(Qt.WindowType.NoDropShadowWindowHint, True)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, True)
        self._card = Card(theme, margin=theme.space(3))
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self._card)
        self.body = self._card.body

    def open_under(self, anchor: QWidget) -> None:
        """Show it below `anchor`, inside the screen."""
        self.adjustSize()
        place = anchor.mapToGlobal(QPoint(0, anchor.height() + 4))
        if anchor.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            place.setX(anchor.mapToGlobal(QPoint(anchor.width(), 0)).x() - self.width())
        room = anchor.screen().availableGeometry()
        place.setX(max(room.left(), min(place.x(), room.right() - self.width())))
        place.setY(max(room.top(), min(place.y(), room.bottom() - self.height())))
        self.move(place)
        self.show()


class PickPopup(Popup):
    """Type to find a name, arrows and Enter to pick it.

    Args:
        ask: is handed the text and answers, now or later, with the names that match.

    Signals:
        picked: the name, "" for all.
    """

    picked = Signal(str)

    def __init__(
        self,
        theme: Theme,
        parent: QWidget,
        *,
        find: str,
        everything: str,
        ask: Callable[[str, Callable[[Sequence[str]], None]], None],
        show: Callable[[str], str],
    ) -> None:
        super().__init__(theme, parent)
        self._ask, self._show, self._everything = ask, show, everything
        self._chosen = ""
        self.edit = QLineEdit()
        self.edit.setObjectName("pick.find")
        self.edit.setPlaceholderText(find)
        self.edit.setAccessibleName(find)
        self.edit.textChanged.connect(self._on_text)
        self.edit.installEventFilter(self)
        self.list = QListWidget()
        self.list.setObjectName("pick.list")
        self.list.setAccessibleName(everything)
        self.list.setProperty("framed", "false")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setUniformItemSizes(True)
        self.list.setFixedSize(_WIDTH, 9 * 34)
        self.list.itemClicked.connect(self._pick)
        self.none = PlainLabel(self.tr("No match"), "caption")
        self.none.setVisible(False)
        self.body.addWidget(self.edit)
        self.body.addWidget(self.none)
        self.body.addWidget(self.list)
        self.setFocusProxy(self.edit)

    def choose(self, chosen: str, anchor: QWidget) -> None:
        """Open under `anchor` with `chosen` marked."""
        self._chosen = chosen
        self.edit.clear()
        self._on_text("")
        self.open_under(anchor)
        self.edit.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Overrides QObject.eventFilter: arrows in the field move through the list, Enter picks."""
        if watched is self.edit and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _KEYS_OF_LIST:
                self.list.keyPressEvent(event)
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self._pick(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)

    def _on_text(self, text: str) -> None:
        self._ask(text, lambda names: self._show_names(text, names))

    def _show_names(self, text: str, names: Sequence[str]) -> None:
        if text != self.edit.text():
            return
        self.list.clear()
        if not text:
            self._add("", self._everything)
        for name in names:
            self._add(name, self._show(name))
        found = self.list.count() > 0
        self.none.setVisible(not found)
        self.list.setVisible(found)
        row = next((n for n in range(self.list.count()) if self._name_at(n) == self._chosen), 0)
        self.list.setCurrentRow(row if not text else 0)

    def _add(self, name: str, words: str) -> None:
        item = QListWidgetItem(one_line(words))
        item.setData(Qt.ItemDataRole.UserRole, name)
        item.setToolTip(plain_tip(words))
        self.list.addItem(item)

    def _name_at(self, row: int) -> str:
        return str(self.list.item(row).data(Qt.ItemDataRole.UserRole))

    def _pick(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        name = str(item.data(Qt.ItemDataRole.UserRole))
        self.hide()
        self.picked.emit(name)


class RangePopup(Popup):
    """Two days, both inside.

    Signals:
        chosen: first and last day.
    """

    chosen = Signal(object, object)

    def __init__(self, theme: Theme, locale: QLocale, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self.first = self._day_edit(locale, "range.from")
        self.last = self._day_edit(locale, "range.to")
        self.first.dateChanged.connect(self._keep_order)
        self.last.dateChanged.connect(self._keep_order)
        row = QHBoxLayout()
        row.setSpacing(theme.space(3))
        row.addWidget(Field(self.tr("From"), self.first))
        row.addWidget(Field(self.tr("To, this day included"), self.last))
        self.body.addLayout(row)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.space(2))
        cancel, show = QPushButton(self.tr("Cancel")), QPushButton(self.tr("Show"))
        cancel.setObjectName("range.cancel")
        cancel.clicked.connect(self.hide)
        show.setObjectName("range.show")
        show.setProperty("role", "primary")
        show.clicked.connect(self._accept)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(show)
        self.body.addSpacing(theme.space(2))
        self.body.addLayout(buttons)

    def choose(self, first: date, last: date, anchor: QWidget) -> None:
        """Open under `anchor` with these days."""
        for edit, day in ((self.first, first), (self.last, last)):
            edit.blockSignals(True)
            edit.setDate(QDate(day.year, day.month, day.day))
            edit.blockSignals(False)
        self.open_under(anchor)
        self.first.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Overrides QWidget.keyPressEvent: Enter shows the range."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._accept()
        else:
            super().keyPressEvent(event)

    def _day_edit(self, locale: QLocale, name: str) -> QuietDateTimeEdit:
        edit = QuietDateTimeEdit()
        edit.setObjectName(name)
        edit.setLocale(locale)
        shown = locale.dateFormat(QLocale.FormatType.ShortFormat)
        edit.setDisplayFormat(shown if "yyyy" in shown else shown.replace("yy", "yyyy"))
        edit.setCalendarPopup(True)
        edit.setMinimumDate(QDate(2016, 1, 1))
        edit.setMinimumWidth(148)
        return edit

    def _keep_order(self, day: QDate) -> None:
        """The last day is never before the first: the other end follows."""
        if self.sender() is self.first and self.last.date() < day:
            self.last.setDate(day)
        elif self.sender() is self.last and self.first.date() > day:
            self.first.setDate(day)

    def _accept(self) -> None:
        first, last = self.first.date(), self.last.date()
        self.hide()
        self.chosen.emit(
            date(first.year(), first.month(), first.day()),
            date(last.year(), last.month(), last.day()),
        )

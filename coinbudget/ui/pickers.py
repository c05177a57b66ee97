"""Type-to-find: a text field with a list of suggestions under it.

Conventions fixed here: the list lies inside the window of its field and never takes the focus, so every key stays
with the field; names are painted as text, never as HTML. What a row stands for is its `value`; the owner of a picker
asks for suggestions on `wanted` and hands them back with `offer`. Answers may come late: Enter pressed before the
answer to the last key is kept and carried out when it comes.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from coinbudget.ui.dialogs.edits import ReadingEdit
from coinbudget.ui.theme import Theme

ROW_PX = 36
ROWS_SHOWN = 6
_Index = QModelIndex | QPersistentModelIndex


def folded(text: str) -> str:
    """`text` without case and accents, for contains-matches."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def matching(text: str, rows: Sequence["Suggestion"]) -> tuple["Suggestion", ...]:
    """The rows that hold `text` somewhere, those that begin with it first; the order of `rows` breaks ties."""
    wanted = folded(text.strip())
    if not wanted:
        return tuple(rows)
    found = [(not row.key.startswith(wanted), row) for row in rows if wanted in row.key or wanted in row.also]
    return tuple(row for _, row in sorted(found, key=lambda pair: pair[0]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One row of a picker.

    Attributes:
        text: what it is called; stands on the left.
        detail: what goes with it; stands on the right.
        value: what the owner gets when it is picked.
        fill: text the field gets; `text` when empty.
        recent: used before; marked with a clock.
        key: folded text, for `matching`.
        also: further folded text that finds it.
    """

    text: str
    detail: str = ""
    value: object = None
    fill: str = ""
    recent: bool = False
    key: str = ""
    also: str = ""

    @property
    def spoken(self) -> str:
        """The row as one phrase."""
        return ", ".join(part for part in (self.text, self.detail) if part)


class SuggestionModel(QAbstractListModel):
    """The rows of one picker."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Suggestion, ...] = ()

    def show(self, rows: Sequence[Suggestion]) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        """Overrides QAbstractListModel."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Overrides QAbstractListModel: text for display and for a screen reader."""
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return row.spoken
        return None


class SuggestionDelegate(QStyledItemDelegate):
    """Paints a row: the name on the left, what goes with it on the right, a clock where it was used before."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Overrides QStyledItemDelegate."""
        del index
        return QSize(option.rect.width(), ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Overrides QStyledItemDelegate."""
        model = index.model()
        if not isinstance(model, SuggestionModel):
            return
        row, theme = model.rows[index.row()], self._theme
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = option.rect.adjusted(4, 1, -4, -1)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accentbg"))
            painter.drawRoundedRect(box, 6, 6)
        inner = box.adjusted(theme.space(2), 0, -theme.space(2), 0)
        painter.setFont(theme.font("label"))
        painter.setPen(theme.color("muted"))
        detail = painter.fontMetrics().elidedText(row.detail, Qt.TextElideMode.ElideRight, inner.width() * 3 // 5)
        needed = painter.fontMetrics().horizontalAdvance(detail)
        trailing = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inner, _aligned(trailing, option.direction), detail)
        if needed:
            inner = _without_trailing(inner, needed + theme.space(3), option.direction)
        if row.recent:
            inner = self._paint_clock(painter, inner, option.direction)
        painter.setFont(theme.font("body"))
        painter.setPen(theme.color("accent" if chosen else "text"))
        text = painter.fontMetrics().elidedText(row.text, Qt.TextElideMode.ElideRight, inner.width())
        leading = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inner, _aligned(leading, option.direction), text)
        painter.restore()

    def _paint_clock(self, painter: QPainter, inner: QRect, direction: Qt.LayoutDirection) -> QRect:
        side = 16
        mirrored = direction == Qt.LayoutDirection.RightToLeft
        left = inner.right() - side if mirrored else inner.left()
        spot = QPoint(left, inner.center().y() - side // 2 + 1)
        painter.drawPixmap(spot, self._theme.pixmap("clock", "faint", side))
        step = side + self._theme.space(2)
        return inner.adjusted(0, 0, -step, 0) if mirrored else inner.adjusted(step, 0, 0, 0)


def _aligned(alignment: Qt.AlignmentFlag, direction: Qt.LayoutDirection) -> int:
    return int(QStyle.visualAlignment(direction, alignment)) | int(Qt.TextFlag.TextSingleLine)


def _without_trailing(box: QRect, width: int, direction: Qt.LayoutDirection) -> QRect:
    mirrored = direction == Qt.LayoutDirection.RightToLeft
    return box.adjusted(width, 0, 0, 0) if mirrored else box.adjusted(0, 0, -width, 0)


class SuggestionPopup(QFrame):
    """The list under a picker, inside its window."""

    def __init__(self, theme: Theme, edit: QLineEdit) -> None:
        super().__init__(edit.window())
        self._theme = theme
        self._edit = edit
        self.setObjectName("picker.popup")
        self.setAccessibleName(QCoreApplication.translate("Pickers", "Suggestions"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.model = SuggestionModel(self)
        self.view = QListView(self)
        self.view.setObjectName("picker.list")
        self.view.setAccessibleName(QCoreApplication.translate("Pickers", "Suggestions"))
        self.view.setModel(self.model)
        self.view.setItemDelegate(SuggestionDelegate(theme, self.view))
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setUniformItemSizes(True)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setMouseTracking(True)
        self.view.setStyleSheet("QListView { background: transparent; border: none; }")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 5, 1, 5)
        layout.addWidget(self.view)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Overrides QWidget: a raised card."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("border"), 1))
        painter.setBrush(self._theme.color("surface"))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)

    def place(self) -> None:
        """Lie under the field, above it where there is more room, never past the window's edge."""
        window, edit = self._edit.window(), self._edit
        rows = min(len(self.model.rows), ROWS_SHOWN)
        top_left = edit.mapTo(window, QPoint(0, 0))
        below = window.height() - top_left.y() - edit.height() - self._theme.space(2)
        above = top_left.y() - self._theme.space(2)
        height = rows * ROW_PX + 12
        width = max(edit.width(), 320)
        left = min(top_left.x(), window.width() - width - self._theme.space(2))
        if height <= below or below >= above:
            top, height = top_left.y() + edit.height() + 4, min(height, max(below, ROW_PX + 12))
        else:
            height = min(height, above)
            top = top_left.y() - height - 4
        self.setGeometry(max(left, 0), top, width, height)


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

    @property
    def choosing(self) -> bool:
        """Whether the list is open with a row chosen."""
        return self._row() is not None

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

"""The frame of every form: title row, fields, a line for problems, buttons at the right.

Conventions: Enter presses the focused button, else the primary one; Esc closes. A Problem is shown under its field
and the focus moves to the first; one that names no field of the form stands above the buttons. The form is as high
as its content, and scrolls where the screen is not.
"""

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

import shiboken6
from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QKeyEvent,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from coinbudget.domain.errors import Problem
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.edits import typed_moment
from coinbudget.ui.problems import problem_text
from coinbudget.ui.theme import Theme
from coinbudget.ui.widgets.fields import Field
from coinbudget.ui.widgets.labels import PlainLabel, one_line

WIDTH = 620
WIDE = 800
COLUMNS = 12


def announce(widget: QWidget, text: str) -> None:
    """Have a screen reader speak `text`."""
    if text:
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))


class KeyButton(QPushButton):
    """A button that shows its key in a small frame behind its words."""

    def __init__(self, theme: Theme, text: str, keys: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._theme = theme
        self._keys = keys

    def _chip_width(self) -> int:
        self.ensurePolished()
        return self.fontMetrics().horizontalAdvance(self._keys) + self._theme.space(2)

    def sizeHint(self) -> QSize:
        """Overrides QPushButton."""
        hint = super().sizeHint()
        return QSize(hint.width() + self._chip_width() + self._theme.space(1), hint.height())

    def minimumSizeHint(self) -> QSize:
        """Overrides QPushButton."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Overrides QPushButton: words in front, the key behind."""
        del event
        painter = QStylePainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        words, option.text = option.text, ""
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        painter.setRenderHint(QStylePainter.RenderHint.Antialiasing)
        box = self.rect().adjusted(14, 0, -10, 0)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        side |= Qt.AlignmentFlag.AlignAbsolute
        painter.setPen(self._theme.color("text" if self.isEnabled() else "faint"))
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, words)
        font = self._theme.font("caption")
        font.setPixelSize(11)
        painter.setFont(font)
        width = painter.fontMetrics().horizontalAdvance(self._keys) + 12
        left = box.left() if mirrored else box.right() - width
        chip = box.toRectF()
        chip.setRect(left + 0.5, (self.height() - 18) / 2 + 0.5, width - 1, 17)
        painter.setPen(QPen(self._theme.color("border"), 1))
        painter.drawRoundedRect(chip, 4, 4)
        painter.setPen(self._theme.color("muted"))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, self._keys)


class _Body(QScrollArea):
    """The scrolled part of a form; wishes to be as high as its content."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self._content = content
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        content.setObjectName("form.content")
        self.setStyleSheet("QScrollArea, QWidget#form\\.content { background: transparent; border: none; }")
        self.setWidget(content)
        self.viewport().setAutoFillBackground(False)
        content.setAutoFillBackground(False)

    def height_for(self, width: int) -> int:
        """How high the content is at a width."""
        layout = self._content.layout()
        if layout is None:
            return 0
        layout.activate()
        tall = layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else layout.totalSizeHint().height()
        return max(tall, layout.totalMinimumSize().height())

    def settle(self) -> None:
        """Take away a scroll bar that is there for its own sake: beside it the words need more lines than without."""
        off, as_needed = Qt.ScrollBarPolicy.ScrollBarAlwaysOff, Qt.ScrollBarPolicy.ScrollBarAsNeeded
        if self.verticalScrollBar().isVisible() and self.height_for(self.width()) <= self.height():
            self.setVerticalScrollBarPolicy(off)
            self.setVerticalScrollBarPolicy(as_needed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Overrides QScrollArea."""
        super().resizeEvent(event)
        self.settle()

    def sizeHint(self) -> QSize:
        """Overrides QScrollArea."""
        return QSize(self._content.sizeHint().width(), self.height_for(self.width() or WIDTH))

    def minimumSizeHint(self) -> QSize:
        """Overrides QScrollArea: never narrower than its content, as low as need be."""
        return QSize(self._content.minimumSizeHint().width(), 120)


class FormDialog(QDialog):
    """A form in the house's look.

    Attributes:
        name: first part of every object name: "purchase" gives "purchase.paid".
        fields: by Problem field, in reading order.
        body: where fields and boxes go.
        wide: how wide it opens.
    """

    wide = WIDTH

    def __init__(self, context: Context, name: str, icon: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.theme = context.theme
        self.name = name
        self.fields: dict[str, Field] = {}
        self.setObjectName(name)
        self.setModal(True)
        self._sized = self._fitting = False
        self._build_frame(icon, title)

    # Building

    def _build_frame(self, icon: str, title: str) -> None:
        space = self.theme.space
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        content = QWidget()
        self.body = QVBoxLayout(content)
        self.body.setContentsMargins(space(5), space(3), space(5), space(1))
        self.body.setSpacing(space(4))
        self._scroll = _Body(content)
        outer.addLayout(self._title_row(icon, title))
        outer.addWidget(self._scroll, 1)
        self.general = PlainLabel("", "problem", wrap=True)
        self.general.setObjectName(f"{self.name}.problem")
        self.general.setVisible(False)
        self.general.setContentsMargins(space(5), space(2), space(5), 0)
        outer.addWidget(self.general)
        self.footer = QHBoxLayout()
        self.footer.setContentsMargins(space(5), space(4), space(5), space(5))
        self.footer.setSpacing(10)
        self.footer.addStretch(1)
        outer.addLayout(self.footer)
        self.primary: QPushButton | None = None

    def _title_row(self, icon: str, title: str) -> QHBoxLayout:
        space = self.theme.space
        row = QHBoxLayout()
        row.setContentsMargins(space(5), space(5), space(5), space(1))
        row.setSpacing(10)
        self._icon_name = icon
        self._icon = QLabel()
        self._icon.setFixedSize(22, 22)
        self.theme.bind(self._icon, lambda: self._icon.setPixmap(self.theme.pixmap(self._icon_name, "coin", 22)))
        self.title = PlainLabel(title, "title")
        self.title.setObjectName(f"{self.name}.title")
        self.whose = PlainLabel("", "caption", elide=True, align=Qt.AlignmentFlag.AlignRight)
        self.whose.setObjectName(f"{self.name}.whose")
        row.addWidget(self._icon)
        row.addWidget(self.title)
        row.addWidget(self.whose, 1)
        self.set_title(title)
        return row

    def set_title(self, title: str) -> None:
        """Name the form, in its window and in its title row."""
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.title.setText(title)

    def field(self, key: str, label: str, widget: QWidget, hint: str = "", *, name: str = "") -> Field:
        """A field that shows the problems of `key`; `name` is the last part of its object name."""
        widget.setObjectName(f"{self.name}.{name or key}")
        field = Field(label, widget, hint)
        widget.setAccessibleName(label)
        field.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.fields[key] = field
        return field

    def grid(self, *rows: Sequence[tuple[QWidget, int]]) -> QGridLayout:
        """Lay fields out in rows of twelve columns; add the grid to the body."""
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(self.theme.space(3))
        grid.setVerticalSpacing(self.theme.space(3))
        for column in range(COLUMNS):
            grid.setColumnStretch(column, 1)
            grid.setColumnMinimumWidth(column, 8)
        for number, row in enumerate(rows):
            column = 0
            for widget, span in row:
                grid.addWidget(widget, number, column, 1, span, Qt.AlignmentFlag.AlignTop)
                column += span
            if column < COLUMNS:
                # An empty rest would let the columns before it grow unevenly.
                grid.addWidget(QWidget(), number, column, 1, COLUMNS - column)
        self.body.addLayout(grid)
        return grid

    def button(self, key: str, text: str, role: str = "secondary", *, keys: str = "") -> QPushButton:
        """A button at the right of the footer."""
        button = KeyButton(self.theme, text, keys) if keys else QPushButton(text)
        button.setObjectName(f"{self.name}.{key}")
        button.setAccessibleName(text)
        button.setProperty("role", role)
        button.setAutoDefault(False)
        self.footer.addWidget(button)
        if role == "primary":
            self.primary = button
        return button

    # Size

    def sizeHint(self) -> QSize:
        """Overrides QDialog."""
        screen = self.screen()
        most = screen.availableGeometry().width() - 2 * self.theme.space(2) if screen is not None else self.wide
        return QSize(max(min(self.wide, most), self.minimumSizeHint().width()), self._wanted_height())

    def _wanted_height(self) -> int:
        """The height at which nothing scrolls, as far as the screen allows."""
        layout = self.layout()
        if layout is None:
            return 0
        layout.activate()
        rest = layout.totalMinimumSize().height() - self._scroll.minimumSizeHint().height()
        screen = self.screen()
        most = screen.availableGeometry().height() - 2 * self.theme.space(4) if screen is not None else rest
        return min(rest + self._scroll.height_for(max(self.width(), self.wide)), most)

    def showEvent(self, event: QShowEvent) -> None:
        """Overrides QDialog."""
        if not self._sized:
            self._sized = True
            self.resize(self.sizeHint())
        super().showEvent(event)
        self.fit_soon()

    def fit_soon(self) -> None:
        """Take the height of the content once the layout has settled."""
        if not self._fitting:
            self._fitting = True
            QTimer.singleShot(0, self, self.fit)

    def fit(self) -> None:
        """Take the height of the content, as far as the screen allows."""
        self._fitting = False
        wanted = self._wanted_height()
        if self.isVisible() and wanted != self.height():
            self.resize(self.width(), wanted)
        self._scroll.settle()

    def to_top(self) -> None:
        """Show the beginning of what scrolls."""
        self._scroll.verticalScrollBar().setValue(0)

    def scroll_to(self, part: QWidget) -> None:
        """Show a part of what scrolls."""
        self._scroll.ensureWidgetVisible(part)

    # Problems

    def show_problems(self, problems: Sequence[Problem], *, focus: bool = True) -> None:
        """Show each Problem at its field and the rest above the buttons; the focus moves to the first."""
        self.clear_problems()
        loose: list[str] = []
        marked: set[str] = set()
        for problem in problems:
            key = self.field_of(problem)
            text = self.sentence(problem)
            if key in self.fields:
                if key not in marked:
                    self.fields[key].set_problem(text)
                    marked.add(key)
            else:
                loose.append(text)
        self.general.setText("\n".join(dict.fromkeys(loose)))
        self.general.setVisible(bool(loose))
        first = next((key for key in self.fields if key in marked), None)
        if first is not None and focus:
            self.reveal(first)
            widget = self.fields[first].widget
            widget.setFocus(Qt.FocusReason.OtherFocusReason)
            self._scroll.ensureWidgetVisible(self.fields[first])
        if focus and problems:
            announce(self, self.sentence(problems[0]))
        self.fit_soon()

    def sentence(self, problem: Problem) -> str:
        """What a Problem is called here; forms are filled by names and local dates, not by codes."""
        values = dict(problem.values)
        if problem.code == "unknown_region":
            text = self.tr("No region is called “{region}”; choose one from the list.")
            return text.format(region=self.typed_in("region") or values.get("region", ""))
        if problem.code in {"not_an_instant", "not_a_date"}:
            now = self.context.operations.clock().astimezone(ZoneInfo(self.context.session.zone))
            return self.tr("This is not a time; write it as {moment} or {day}.").format(
                moment=typed_moment(self.context.amounts, now), day=typed_moment(self.context.amounts, now.date())
            )
        return problem_text(problem, self.context.amounts)

    def typed_in(self, key: str) -> str:
        """The text of a field, short enough for a sentence."""
        widget = self.fields[key].widget if key in self.fields else None
        return one_line(widget.text(), most=60) if isinstance(widget, QLineEdit) else ""

    def field_of(self, problem: Problem) -> str:
        """The field a Problem is shown at."""
        return problem.field

    def reveal(self, key: str) -> None:
        """Make a field visible; forms with hidden fields override this."""

    def clear_problems(self) -> None:
        """Take every mark away."""
        for field in self.fields.values():
            if field.problem():
                field.set_problem("")
        if not self.general.isHidden():
            self.general.setVisible(False)
            self.general.setText("")

    def problems_shown(self) -> dict[str, str]:
        """The sentences shown, by field; "" for the line above the buttons."""
        shown = {key: field.problem() for key, field in self.fields.items() if field.problem()}
        return shown | ({"": self.general.text()} if not self.general.isHidden() else {})

    def while_here(self, answer: Callable[..., None]) -> Callable[..., None]:
        """`answer`, but not once the form is gone: a write goes on when someone closes its form meanwhile."""

        def guarded(*given: object) -> None:
            if shiboken6.isValid(self):
                answer(*given)

        return guarded

    # Keys

    def press_primary(self) -> None:
        """Do what Enter does."""
        if self.primary is not None and self.primary.isEnabled() and self.primary.isVisible():
            self.primary.click()

    def press_next(self) -> None:
        """Do what Ctrl+Enter does; forms with a second way to save override this."""
        self.press_primary()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Overrides QDialog: Enter, and Ctrl+Enter."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            event.accept()
            if event.isAutoRepeat():
                return  # a key held down presses once: the focus may have come to another button meanwhile
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.press_next()
                return
            focused = self.focusWidget()
            # Enter on a choice or a tick box saves; Space is what changes those.
            if isinstance(focused, QAbstractButton) and focused.isEnabled() and not focused.isCheckable():
                focused.click()
            else:
                self.press_primary()
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Overrides QDialog: painted parts follow a change of fonts or palette."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.LayoutDirectionChange}:
            self.fit_soon()

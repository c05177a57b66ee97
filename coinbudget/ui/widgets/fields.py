"""Form fields: a label above a control, and one line below it for a hint or a problem."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDateTimeEdit,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from coinbudget.ui.widgets.labels import PlainLabel, plain_tip

_INSET = 4


class Field(QWidget):
    """A control with its label (a buddy, which names it) and a line for a hint or a problem."""

    def __init__(self, label: str, widget: QWidget, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.widget = widget
        self._hint = hint
        self.label = PlainLabel(label, "label")
        self.label.setBuddy(widget)
        self.line = PlainLabel(hint, "caption", wrap=True)
        if not widget.accessibleName():
            widget.setAccessibleName(label)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.label)
        column.addWidget(widget)
        column.addWidget(self.line)
        # Only now: what has no parent yet would be shown as a window of its own.
        self.line.setVisible(bool(hint))

    def set_hint(self, text: str) -> None:
        """What the line says while there is no problem."""
        self._hint = text
        if self.widget.property("problem") is not True:
            self._say(text, "caption")

    def set_problem(self, sentence: str) -> None:
        """Mark the control and say why; "" takes the mark away and brings the hint back."""
        self.widget.setProperty("problem", bool(sentence))
        self.widget.style().unpolish(self.widget)
        self.widget.style().polish(self.widget)
        self.widget.setAccessibleDescription(sentence or self._hint)
        self._say(sentence or self._hint, "problem" if sentence else "caption")

    def problem(self) -> str:
        """The problem shown, or ""."""
        return self.line.text() if self.widget.property("problem") is True else ""

    def _say(self, text: str, tone: str) -> None:
        self.line.set_tone(tone)
        self.line.setText(text)
        self.line.setVisible(bool(text))


class QuietComboBox(QComboBox):
    """A combo box that the wheel changes only while it has the focus: scrolling past it changes nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Override of QComboBox."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class ElidedComboBox(QuietComboBox):
    """A combo box that shows as much of a long text as fits with "…", and the whole of it as tooltip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.currentTextChanged.connect(lambda _text: self._tell())

    def shown_text(self) -> str:
        """What is shown of the current text."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        part = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, self).width()
        # The style draws its text a little inside that part.
        return self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideRight, room - _INSET)

    def _tell(self) -> None:
        whole = self.currentText()
        self.setToolTip("" if self.shown_text() == whole else plain_tip(whole))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override of QComboBox."""
        super().resizeEvent(event)
        self._tell()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override of QComboBox."""
        del event
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = self.shown_text()
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)


class QuietDateTimeEdit(QDateTimeEdit):
    """A field for an instant that the wheel changes only while it has the focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Override of QDateTimeEdit."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

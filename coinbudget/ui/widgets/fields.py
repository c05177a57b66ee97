"""Form fields: a label above a control, and one line below it for a hint or a problem."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QDateTimeEdit, QVBoxLayout, QWidget

from coinbudget.ui.widgets.labels import PlainLabel


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

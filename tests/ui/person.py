"""A person at the keyboard: types into whatever has the focus, and waits as people do until the window has answered."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
_MOST_TABS = 40


class Person:
    """Presses keys. Nothing here calls a method of a form."""

    def __init__(self, qtbot: QtBot, settled: Callable[[], None]) -> None:
        self._qtbot = qtbot
        self._settled = settled

    def sees(self, widget: QWidget, *, closes_itself: bool = False) -> None:
        """Wait until a window is on the screen and has the focus."""
        if not closes_itself:
            self._qtbot.addWidget(widget)
        widget.show()
        self._qtbot.waitExposed(widget)
        widget.activateWindow()
        self._qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
        self._settled()

    @property
    def focus(self) -> QWidget:
        """What has the focus."""
        widget = QApplication.focusWidget()
        assert widget is not None, "nothing has the focus"
        return widget

    def types(self, text: str) -> None:
        """Type signs, then wait for the answer."""
        self.dashes_off(text)
        self._settled()

    def dashes_off(self, text: str) -> None:
        """Type signs without waiting for any answer."""
        for sign in text:
            if sign.isascii():
                QTest.keyClicks(self.focus, sign)
            else:  # QTest knows the keys of ASCII alone; an input method sends the sign itself
                for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                    QApplication.sendEvent(self.focus, QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, sign))

    def presses(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press one key, then wait for the answer."""
        QTest.keyClick(self.focus, key, modifier)
        self._settled()

    def strikes(self, key: Qt.Key) -> None:
        """Press one key without waiting."""
        QTest.keyClick(self.focus, key)

    def pastes(self) -> None:
        """Replace what stands in the field by what the clipboard holds."""
        self.presses(Key.Key_A, CTRL)
        self.presses(Key.Key_V, CTRL)

    def goes_to(self, name: str) -> QWidget:
        """Press Tab until the field of that name has the focus."""
        seen = []
        for _ in range(_MOST_TABS):
            if self.focus.objectName() == name:
                return self.focus
            seen.append(self.focus.objectName())
            self.presses(Key.Key_Tab)
        raise AssertionError(f"Tab never came to {name}, but to {seen}")

    def fills(self, name: str, text: str) -> None:
        """Go to a field and type over what stands there."""
        widget = self.goes_to(name)
        if isinstance(widget, QLineEdit):
            self.presses(Key.Key_A, CTRL)
            if not text:
                self.presses(Key.Key_Delete)
                return
        self.types(text)

    def chooses(self, name: str, text: str) -> None:
        """Go to a combo box and walk to an entry with the arrow keys."""
        box = self.goes_to(name)
        assert isinstance(box, QComboBox)
        self.presses(Key.Key_Home)
        for _ in range(box.count()):
            if box.currentText() == text:
                return
            self.presses(Key.Key_Down)
        raise AssertionError(f"{name} has no {text}")


def child(form: QDialog, name: str) -> Any:
    """The widget of that object name."""
    found = form.findChild(QWidget, name)
    assert found is not None, name
    return found

"""The toast: a short word at the foot of the window, with Undo where something can be taken back."""

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QPushButton, QWidget

from coinbudget.ui.theme import Theme
from coinbudget.ui.widgets.labels import PlainLabel, speak_alert

SHOWN_MS = 8000


class Toast(QFrame):
    """Floats over the foot of its parent and goes away by itself; not while a dialog keeps its Undo out of reach.

    Signals:
        undo_requested: its Undo was pressed.
    """

    undo_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._theme = theme
        self._label = PlainLabel("")
        self.undo = QPushButton(self.tr("Undo"))
        self.undo.setObjectName("toast.undo")
        self.undo.setProperty("role", "link")
        self.undo.clicked.connect(self._on_undo)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 10, 6)
        row.setSpacing(12)
        row.addWidget(self._label)
        row.addWidget(self.undo)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_MS)
        self._timer.timeout.connect(self._on_time)
        parent.installEventFilter(self)
        parent.window().installEventFilter(self)
        theme.bind(self, self._dress)
        self.hide()

    def say(self, text: str, *, undo: bool) -> None:
        """Show and speak a word."""
        self._label.setText(text)
        self.undo.setVisible(undo)
        self.setAccessibleName(text)
        self.setMinimumHeight(44)
        self.adjustSize()
        self._place()
        self.show()
        self.raise_()
        self._count_down()
        speak_alert(self)

    def outdated(self) -> None:
        """Something else was done since: what offers an Undo goes."""
        if self.undo.isVisibleTo(self):
            self.hide()

    def text(self) -> str:
        """What it says."""
        return self._label.text()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override of QObject: follows the window's size, and waits while a dialog blocks it."""
        if event.type() in {QEvent.Type.WindowBlocked, QEvent.Type.WindowUnblocked} and self.isVisible():
            QTimer.singleShot(0, self, self._count_down)
        if watched is self._window and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override of QFrame."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("text"))
        painter.drawRoundedRect(QRectF(self.rect()), 10, 10)

    def _place(self) -> None:
        parent = self._window
        self.move((parent.width() - self.width()) // 2, parent.height() - self.height() - 48)

    def _count_down(self) -> None:
        """Go in a while, unless a dialog is in front; then once that has closed."""
        if QApplication.activeModalWidget() is None:
            self._timer.start()
        else:
            self._timer.stop()

    def _on_time(self) -> None:
        # A dialog that was opened meanwhile hides the window's foot; its closing starts the time anew.
        if QApplication.activeModalWidget() is None:
            self.hide()

    def counting(self) -> bool:
        """Whether it will go by itself."""
        return self._timer.isActive()

    def _on_undo(self) -> None:
        self.hide()
        self.undo_requested.emit()

    def _dress(self) -> None:
        self._label.setStyleSheet(f"color: {self._theme.color('surface').name()};")
        link = self._theme.color("planned" if not self._theme.dark else "accentbg").name()
        self.undo.setStyleSheet(f"color: {link};")
        self.update()

"""Labels that never read data as HTML or as a mnemonic, and words that are spoken."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


def plain_tip(text: str) -> str:
    """`text` for a tooltip: Qt guesses at HTML there, so it is always handed escaped HTML."""
    from html import escape  # noqa: PLC0415 - its table of entities is not for the first paint

    return f"<span>{escape(text)}</span>" if text else ""


def no_mnemonic(text: str) -> str:
    """`text` for a menu entry or button, with every & shown as such."""
    return text.replace("&", "&&")


def one_line(text: str, *, most: int = 400) -> str:
    """`text` without line breaks and no longer than anyone reads."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 1] + "…"


def middle_elided(text: str, *, most: int) -> str:
    """The same, cut in the middle: what tells files apart often stands at the end of their names."""
    flat = one_line(text, most=len(text))
    if len(flat) <= most:
        return flat
    last = most // 2
    return f"{flat[: most - last - 1]}…{flat[-last:]}"


def speak_alert(widget: QWidget) -> None:
    """Have screen readers say a widget's name at once."""
    from PySide6.QtGui import QAccessible, QAccessibleEvent  # noqa: PLC0415 - Qt makes them slowly, for few

    QAccessible.updateAccessibility(QAccessibleEvent(widget, QAccessible.Event.Alert))


class PlainLabel(QLabel):
    """A label of plain text; `tone` names how it looks in the stylesheet.

    With `elide` it shows as much as fits with "…", the whole text as tooltip, and may become narrow.
    """

    def __init__(
        self,
        text: str = "",
        tone: str = "",
        *,
        elide: bool = False,
        wrap: bool = False,
        align: Qt.AlignmentFlag | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._full = ""
        self._elide = elide
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        if tone:
            self.setProperty("tone", tone)
        if align is not None:
            self.setAlignment(align | Qt.AlignmentFlag.AlignVCenter)
        if elide:
            self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Override of QLabel: keeps the whole text for eliding, tooltip and screen readers."""
        self._full = one_line(text) if self._elide else text
        if self._elide:
            self.setAccessibleName(self._full)
        self._show()

    def full_text(self) -> str:
        """The whole text, whatever is shown of it."""
        return self._full

    def set_tone(self, tone: str) -> None:
        """Look like another tone of the stylesheet."""
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            self.style().unpolish(self)
            self.style().polish(self)

    def minimumSizeHint(self) -> QSize:
        """Override of QLabel: an elided label may shrink to a few letters."""
        hint = super().minimumSizeHint()
        return QSize(24, hint.height()) if self._elide else hint

    def sizeHint(self) -> QSize:
        """Override of QLabel: the width the whole text would need."""
        hint = super().sizeHint()
        if self._elide:
            self.ensurePolished()
            return QSize(QFontMetrics(self.font()).horizontalAdvance(self._full) + 2, hint.height())
        return hint

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override of QWidget."""
        super().resizeEvent(event)
        self._show()

    def _show(self) -> None:
        if not self._elide:
            super().setText(self._full)
            return
        self.ensurePolished()
        shown = QFontMetrics(self.font()).elidedText(self._full, Qt.TextElideMode.ElideRight, max(self.width(), 24))
        super().setText(shown)
        self.setToolTip(plain_tip(self._full) if shown != self._full else "")

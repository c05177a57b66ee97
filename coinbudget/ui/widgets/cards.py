"""Cards: rounded surfaces that group what belongs together."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from coinbudget.ui.theme import Theme
from coinbudget.ui.widgets.labels import PlainLabel


class Card(QFrame):
    """A painted surface with a hairline border.

    Attributes:
        body: where the content goes, with the usual margins.
    """

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, surface: str = "surface", margin: int = 16
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._surface = surface
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(margin, margin, margin, margin)
        self.body.setSpacing(theme.space(2))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override of QFrame."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("border"), 1))
        painter.setBrush(self._theme.color(self._surface))
        radius = self._theme.radius("card")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)


def headed(
    theme: Theme, title: str, aside: QWidget | None = None, parent: QWidget | None = None
) -> tuple[Card, PlainLabel]:
    """A card with a heading at the left and something quiet at the right of its first line."""
    card = Card(theme, parent)
    label = PlainLabel(title, "heading")
    row = QHBoxLayout()
    row.setSpacing(theme.space(3))
    row.addWidget(label)
    if aside is None:
        row.addStretch(1)
    else:
        aside.setSizePolicy(aside.sizePolicy().Policy.Expanding, aside.sizePolicy().verticalPolicy())
        if isinstance(aside, PlainLabel):
            aside.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(aside, 1)
    card.body.addLayout(row)
    return card, label

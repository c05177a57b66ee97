"""The offer of a first limit: a free amount and how often, in two fields."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from coinbudget.domain.periods import Period
from coinbudget.ui.limit_words import period_words
from coinbudget.ui.theme import Theme
from coinbudget.ui.widgets.cards import Card
from coinbudget.ui.widgets.fields import Field, QuietComboBox
from coinbudget.ui.widgets.labels import PlainLabel

_PERIODS = (Period.ROLLING_DAY, Period.WEEK, Period.MONTH, Period.YEAR)
_MOST_TEXT = 40


class LimitOffer(Card):
    """Says what a limit does and offers to set one.

    Signals:
        wanted: the amount as typed and the text of the Period.
    """

    wanted = Signal(str, str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        icon = QLabel()
        icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        theme.bind(icon, lambda: icon.setPixmap(theme.pixmap("limits", "faint", 40)))
        headline = PlainLabel(self.tr("No limits yet"), "title", align=Qt.AlignmentFlag.AlignHCenter)
        text = PlainLabel(
            self.tr(
                "A limit is the most you mean to spend. coinbudget tells before it is passed and marks it after. "
                "It cannot stop a purchase, and logging is never refused."
            ),
            "muted",
            wrap=True,
            align=Qt.AlignmentFlag.AlignHCenter,
        )
        text.setMinimumWidth(300)
        text.setMaximumWidth(440)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(text, 10)
        middle.addStretch(1)
        self.body.addStretch(2)
        self.body.addWidget(icon)
        self.body.addSpacing(theme.space(2))
        self.body.addWidget(headline)
        self.body.addLayout(middle)
        self.body.addSpacing(theme.space(3))
        self.body.addLayout(self._form(theme))
        self.body.addStretch(3)

    def _form(self, theme: Theme) -> QHBoxLayout:
        self.amount = QLineEdit()
        self.amount.setObjectName("limits.offer.amount")
        self.amount.setMaxLength(_MOST_TEXT)
        # A file dropped here is for the window.
        self.amount.setAcceptDrops(False)
        self.amount.setFixedWidth(200)
        self.period = QuietComboBox()
        self.period.setObjectName("limits.offer.period")
        self.period.setFixedWidth(170)
        for period in _PERIODS:
            self.period.addItem(period_words(period), period.value)
        self.period.setCurrentIndex(_PERIODS.index(Period.MONTH))
        self.button = QPushButton(self.tr("Set limit"))
        self.button.setObjectName("limits.offer.set")
        self.button.setProperty("role", "primary")
        self.button.clicked.connect(self._accept)
        self.field = Field(self.tr("At most"), self.amount)
        self.amount.textEdited.connect(lambda _text: self.field.set_problem(""))
        often = Field(self.tr("How often"), self.period)
        beside = QVBoxLayout()
        beside.setSpacing(4)
        beside.addWidget(PlainLabel(" ", "label"))
        beside.addWidget(self.button)
        beside.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(theme.space(2))
        row.addStretch(1)
        row.addWidget(self.field, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(often, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(beside)
        row.addStretch(1)
        return row

    def show_currency(self, example: str) -> None:
        """Show in the field how an amount looks: "25.00 €"."""
        self.amount.setPlaceholderText(example)

    def show_problem(self, sentence: str) -> None:
        """Say why the amount was not taken."""
        self.field.set_problem(sentence)
        self.amount.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Overrides QWidget.keyPressEvent: Enter sets the limit from either field."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._accept()
        else:
            super().keyPressEvent(event)

    def _accept(self) -> None:
        self.wanted.emit(self.amount.text(), str(self.period.currentData()))

"""The first page of a new ledger: three ways on, then the offer of a limit."""

from datetime import datetime

from babel import Locale
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from coinbudget.domain.errors import Problem
from coinbudget.domain.limits import Measure
from coinbudget.domain.periods import Period
from coinbudget.paths import resource
from coinbudget.services.changes import Changes
from coinbudget.services.ledger import Ledger
from coinbudget.ui.context import Context
from coinbudget.ui.problems import problem_texts
from coinbudget.ui.widgets.cards import Card
from coinbudget.ui.widgets.choice import ChoiceCard
from coinbudget.ui.widgets.fields import Field
from coinbudget.ui.widgets.flow import Columns
from coinbudget.ui.widgets.labels import PlainLabel

_WIDTH = 760


def region_name(locale: Locale, region: str) -> str:
    """A country's name in the locale's language; its code where that has none."""
    name: str = locale.territories.get(region, region)
    return name


class FirstPage(QWidget):
    """Start, import, or look around; whoever starts is offered a limit.

    Signals:
        finished: the person is on the way; show the Overview.
        sample_requested: look around with sample data.
    """

    finished = Signal()
    sample_requested = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.context = context
        self._sure = False
        self.steps = QStackedWidget()
        self.steps.addWidget(self._ways())
        self.steps.addWidget(self._limit())
        inside = QWidget()
        inside.setObjectName("canvas")
        middle = QHBoxLayout(inside)
        middle.setContentsMargins(24, 8, 24, 24)
        middle.addStretch(1)
        self.steps.setMaximumWidth(_WIDTH)
        middle.addWidget(self.steps, 20)
        middle.addStretch(1)
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)
        context.session.profile_changed.connect(self._show_profile)
        self._show_profile()

    def _ways(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        picture = QLabel()
        picture.setPixmap(QIcon(str(resource("icons/coinbudget.svg"))).pixmap(QSize(64, 64)))
        title = PlainLabel(self.tr("What coins really cost"), "figure", align=Qt.AlignmentFlag.AlignHCenter)
        words = PlainLabel(
            self.tr(
                "Log what you pay for coins and what you gift.\n"
                "Everything stays in one file on this computer: no account, no network."
            ),
            "muted",
            wrap=True,
            align=Qt.AlignmentFlag.AlignHCenter,
        )
        start = ChoiceCard(
            self.context.theme,
            "plus",
            self.tr("Start"),
            self.tr("Log the first purchase or gift by hand."),
            primary=True,
        )
        start.setObjectName("first.start")
        start.clicked.connect(self._on_start)
        bring = ChoiceCard(
            self.context.theme,
            "import",
            self.tr("Import my data"),
            self.tr("From TikTok, Google, Apple or any sheet. Nothing is written before you agree."),
        )
        bring.setObjectName("first.import")
        bring.clicked.connect(lambda: self.context.session.import_requested.emit(""))
        look = ChoiceCard(
            self.context.theme,
            "sparkle",
            self.tr("Look around"),
            self.tr("With sample data in a file of its own, labelled all the time, gone in one click."),
        )
        look.setObjectName("first.sample")
        look.clicked.connect(self.sample_requested)
        column.addStretch(2)
        column.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(4)
        column.addWidget(title)
        words.setMaximumWidth(540)
        words.setMinimumWidth(320)
        centred = QHBoxLayout()
        centred.addStretch(1)
        centred.addWidget(words, 20)
        centred.addStretch(1)
        column.addLayout(centred)
        column.addSpacing(16)
        column.addWidget(Columns([(start, 1), (bring, 1), (look, 1)], narrow=600, fewer=1))
        column.addSpacing(12)
        column.addWidget(self._place_card())
        column.addStretch(3)
        column.addWidget(
            PlainLabel(self.tr("Not made by or tied to TikTok."), "caption", align=Qt.AlignmentFlag.AlignHCenter)
        )
        return page

    def _place_card(self) -> Card:
        card = Card(self.context.theme, surface="raised", margin=10)
        globe = QLabel()
        self.context.theme.bind(globe, lambda: globe.setPixmap(self.context.theme.pixmap("globe", "muted", 20)))
        self._place = PlainLabel("", elide=True)
        change = QPushButton(self.tr("Change"))
        change.setObjectName("first.change")
        change.setAccessibleName(self.tr("Change name, region, currency or time zone"))
        change.setProperty("role", "quiet")
        change.clicked.connect(self.context.session.preferences_requested)
        row = QHBoxLayout()
        row.setContentsMargins(8, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(globe)
        row.addWidget(self._place, 1)
        row.addWidget(change)
        card.body.addLayout(row)
        return card

    def _limit(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        card = Card(self.context.theme, margin=32)
        card.setMaximumWidth(520)
        card.body.setSpacing(12)
        card.body.addWidget(PlainLabel(self.tr("How much do you mean to spend a month at most?"), "title", wrap=True))
        card.body.addWidget(
            PlainLabel(
                self.tr(
                    "coinbudget tells you before a purchase would pass it and marks it after. It refuses no entry, "
                    "and it cannot block a purchase."
                ),
                "muted",
                wrap=True,
            )
        )
        self.amount = QLineEdit()
        self.amount.setObjectName("first.limit_amount")
        # A file dropped here is for the window.
        self.amount.setAcceptDrops(False)
        self.amount.setMaxLength(40)
        self.amount.returnPressed.connect(self._on_set)
        self.amount_field = Field(self.tr("A month"), self.amount)
        card.body.addWidget(self.amount_field)
        card.body.addSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.without = QPushButton(self.tr("No limit"))
        self.without.setObjectName("first.no_limit")
        self.without.setProperty("role", "quiet")
        self.without.clicked.connect(self._on_without)
        self.set_limit = QPushButton(self.tr("Set limit"))
        self.set_limit.setObjectName("first.set_limit")
        self.set_limit.setProperty("role", "primary")
        self.set_limit.clicked.connect(self._on_set)
        row.addStretch(1)
        row.addWidget(self.without)
        row.addWidget(self.set_limit)
        card.body.addLayout(row)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(card, 20)
        middle.addStretch(1)
        column.addStretch(2)
        column.addLayout(middle)
        column.addStretch(3)
        return page

    def _show_profile(self) -> None:
        profile = self.context.session.profile
        if profile is None:
            return
        amounts = self.context.amounts
        region = amounts.isolate(region_name(amounts.locale, profile.region))
        parts = (amounts.isolate(profile.name), region, profile.currency, self.context.session.zone.replace("_", " "))
        self._place.setText(" · ".join(parts))
        self.amount_field.label.setText(self.tr("A month, in {currency}").format(currency=profile.currency))
        self.amount.setAccessibleName(self.amount_field.label.text())

    def _on_start(self) -> None:
        self.steps.setCurrentIndex(1)
        self.amount.setFocus()

    def _on_without(self) -> None:
        if self._sure:
            self.finished.emit()
            return
        self._sure = True
        self.without.setText(self.tr("Go on without a limit"))
        self.amount_field.set_hint(self.tr("You can set one at any time on the page Limits."))

    def _on_set(self) -> None:
        profile = self.context.session.profile
        if profile is None:
            return
        text, style = self.amount.text().strip(), self.context.amounts.style

        def call(ledger: Ledger, now: datetime) -> Changes:
            from coinbudget.services import limits  # noqa: PLC0415 - storage stays off the first paint

            return limits.add(
                ledger,
                profile_id=profile.id,
                measure=Measure.MONEY,
                period=Period.MONTH,
                amount_text=text,
                numbers=style,
                now=now,
            )

        self.amount_field.set_problem("")
        self.context.operations.write(
            self.tr("new limit"), call, lambda _changes: self.finished.emit(), self._on_refused
        )

    def _on_refused(self, problems: tuple[Problem, ...]) -> None:
        self.amount_field.set_problem(problem_texts(problems))
        self.amount.setFocus()

"""Under the rows of a preview: totals before and after, what limits would say, and coins no purchase accounts for."""

from datetime import datetime

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from coinbudget.domain.profiles import Profile
from coinbudget.services.assessment import Assessment, Totals
from coinbudget.services.earlier import earlier_after
from coinbudget.services.foresight import Foresight, foresee
from coinbudget.services.ledger import Ledger
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.import_words import isolated
from coinbudget.ui.limit_words import LimitWords, window_words
from coinbudget.ui.widgets.labels import PlainLabel, one_line

_FORESIGHT_MS = 200
_LIMITS_SHOWN = 20
_LIMITS_HEIGHT = 60


class _Scrolled(QScrollArea):
    """A text that takes a few lines at most, and scrolls where it has more; Tab stops at it only then."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        content.setObjectName("import.limits")
        self.setStyleSheet("QScrollArea { background: transparent; border: none; }")
        self.setWidget(content)
        self.viewport().setAutoFillBackground(False)
        content.setAutoFillBackground(False)
        self.setFixedHeight(_LIMITS_HEIGHT)
        self.verticalScrollBar().rangeChanged.connect(self._on_range)

    def _on_range(self, _least: int, most: int) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if most else Qt.FocusPolicy.NoFocus)

    def minimumSizeHint(self) -> QSize:
        """Overrides QScrollArea."""
        return QSize(220, _LIMITS_HEIGHT)


class PreviewTotals(QWidget):
    """Four figures, and words of the limits."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._assessment: Assessment | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(context.theme.space(2))
        self.whose = PlainLabel("", "caption", wrap=True)
        self.whose.setObjectName("import.whose")
        column.addWidget(self.whose)
        column.addLayout(self._build_figures())
        self.others = PlainLabel("", "caption", wrap=True)
        self.others.setObjectName("import.others")
        column.addWidget(self.others)
        for label in (self.whose, self.others):
            label.setVisible(False)
        self.without_money = PlainLabel("", "caption", wrap=True)
        self.without_money.setObjectName("import.without_money")
        self.without_money.setVisible(False)
        column.addWidget(self.without_money)
        self.earlier = PlainLabel("", "caption", wrap=True)
        self.earlier.setObjectName("import.earlier")
        self.earlier.setVisible(False)
        column.addWidget(self.earlier)
        self._foresight = QTimer(self)
        self._foresight.setInterval(_FORESIGHT_MS)
        self._foresight.setSingleShot(True)
        self._foresight.timeout.connect(self._look_ahead)

    def _build_figures(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(self._context.theme.space(5))
        grid.setVerticalSpacing(0)
        self.figures: list[tuple[PlainLabel, PlainLabel]] = []
        spent, refunded = self.tr("Spent"), self.tr("Refunded")
        words = (self.tr("Entries"), self.tr("Coins bought"), self.tr("Coins gifted"), spent, refunded)
        for column, word in enumerate(words):
            head, figure, caption = PlainLabel(word, "caption"), PlainLabel("", "strong"), PlainLabel("", "caption")
            figure.setObjectName(f"import.total.{column}")
            for row, widget in enumerate((head, figure, caption)):
                grid.addWidget(widget, row, column)
            grid.setColumnStretch(column, 1)
            self.figures.append((figure, caption))
        self._refunded = (head, *self.figures[-1])
        for widget in self._refunded:
            widget.setVisible(False)
        self._grid = grid
        self.limits = PlainLabel("", "caption", wrap=True)
        self.limits.setAlignment(Qt.AlignmentFlag.AlignTop)
        # Its first line stands in one line with the heads beside it.
        self.limits.setContentsMargins(0, 2, 0, 0)
        self.scrolled = _Scrolled(self.limits)
        self.scrolled.setAccessibleName(self.tr("What limits would say"))
        grid.addWidget(self.scrolled, 0, len(words), 3, 1)
        grid.setColumnStretch(len(words), 3)
        return grid

    @property
    def waiting(self) -> bool:
        """Whether what the limits would say is still to be asked."""
        return self._foresight.isActive()

    def show_assessment(self, assessment: Assessment) -> None:
        """Show the figures of what is ticked now, and ask for the rest a moment later."""
        self._assessment = assessment
        self._show_figures(assessment)
        self._foresight.start()

    def _profile(self, assessment: Assessment) -> Profile | None:
        shown = self._context.session.profile
        touched = assessment.profiles
        if shown is not None and (shown.id in touched or not touched):
            return shown
        return next((one for one in self._context.session.profiles if touched and one.id == touched[0]), None)

    def _show_figures(self, assessment: Assessment) -> None:
        profile = self._profile(assessment)
        if profile is None:
            return
        before = assessment.before.get(profile.id, Totals())
        after = assessment.after(profile.id)
        amounts = self._context.amounts
        pairs = (
            (amounts.number(before.entries), amounts.number(after.entries)),
            (amounts.coins(before.coins_bought), amounts.coins(after.coins_bought)),
            (amounts.coins(before.coins_gifted), amounts.coins(after.coins_gifted)),
            (amounts.money(before.spent_minor, profile.currency), amounts.money(after.spent_minor, profile.currency)),
            (
                amounts.money(before.refunded_minor, profile.currency),
                amounts.money(after.refunded_minor, profile.currency),
            ),
        )
        refunds = bool(before.refunded_minor or after.refunded_minor)
        for widget in self._refunded:
            widget.setVisible(refunds)
        self._grid.setColumnStretch(len(pairs) - 1, int(refunds))
        self._show_whose(assessment, profile)
        count = assessment.without_money
        self.without_money.setVisible(bool(count))
        words = (
            self.tr("1 purchase is in no total of money: its price or its rate is not known.")
            if count == 1
            else self.tr("{count} purchases are in no total of money: their price or its rate is not known.")
        )
        self.without_money.setText(words.format(count=amounts.number(count)))
        for (figure, caption), (was, will) in zip(self.figures, pairs, strict=True):
            figure.setText(will)
            caption.setText(self.tr("before: {figure}").format(figure=was) if was != will else self.tr("as before"))

    def _show_whose(self, assessment: Assessment, shown: Profile) -> None:
        """Where rows are of several people: whose the figures are, and in a line each what the others get."""
        others = [one for one in self._context.session.profiles if one.id in assessment.profiles and one.id != shown.id]
        self.whose.setText(self.tr("For {name}:").format(name=isolated(one_line(shown.name, most=40))))
        self.others.setText("\n".join(self._other_line(assessment, one) for one in others))
        for label in (self.whose, self.others):
            label.setVisible(bool(others))

    def _other_line(self, assessment: Assessment, profile: Profile) -> str:
        amounts = self._context.amounts
        before, after = assessment.before.get(profile.id, Totals()), assessment.after(profile.id)
        pairs = (
            (self.tr("Entries"), amounts.number(before.entries), amounts.number(after.entries)),
            (self.tr("Coins bought"), amounts.coins(before.coins_bought), amounts.coins(after.coins_bought)),
            (self.tr("Coins gifted"), amounts.coins(before.coins_gifted), amounts.coins(after.coins_gifted)),
            (
                self.tr("Spent"),
                amounts.money(before.spent_minor, profile.currency),
                amounts.money(after.spent_minor, profile.currency),
            ),
            (
                self.tr("Refunded"),
                amounts.money(before.refunded_minor, profile.currency),
                amounts.money(after.refunded_minor, profile.currency),
            ),
        )
        changed = [
            self.tr("{word} {figure} (before: {was})").format(word=word, figure=will, was=was)
            for word, was, will in pairs
            if was != will
        ]
        name = isolated(one_line(profile.name, most=40))
        return self.tr("For {name}: {figures}").format(name=name, figures=", ".join(changed))

    def _look_ahead(self) -> None:
        assessment = self._assessment
        if assessment is None or not assessment.ready:
            return
        profile = self._profile(assessment)

        def call(ledger: Ledger, now: datetime) -> tuple[tuple[Foresight, ...], int]:
            coins = earlier_after(ledger, assessment, profile.id) if profile is not None else 0
            return foresee(ledger, assessment, now=now), coins

        self._context.operations.read("import.limits", call, self._show_ahead, owner=self)

    def _show_ahead(self, found: tuple[tuple[Foresight, ...], int]) -> None:
        foresights, coins = found
        self.limits.setText("\n".join(self._limit_lines(foresights)))
        over = any(one.used_now > max(one.limit.amount, one.used_before) or one.past.more for one in foresights)
        over |= any(one.past.after > one.past.before for one in foresights)
        self.limits.set_tone("problem" if over else "caption")
        words = self.tr(
            "At least {coins} of the coins gifted have no purchase here; they were bought before this ledger begins. "
            "After the import you can say where, for an estimate of their cost."
        )
        self.earlier.setText(words.format(coins=self._context.amounts.coins(coins)) if coins else "")
        self.earlier.setVisible(bool(coins))

    def _limit_lines(self, found: tuple[Foresight, ...]) -> list[str]:
        words = LimitWords(self._context.amounts, self._context.session.zone)
        several = len({one.profile.id for one in found}) > 1
        lines = []
        for one in found:
            said = [text for text in (self._now_line(one, words), self._past_line(one, words)) if text]
            name = isolated(one_line(one.profile.name, most=40))
            lines += [self.tr("{name}: {text}").format(name=name, text=text) if several else text for text in said]
        if not lines:
            return [self.tr("No limit would be passed by these rows.")] if found else []
        more = len(lines) - _LIMITS_SHOWN
        if more > 0:
            number = self._context.amounts.number(more)
            rest = self.tr("1 more limit would be passed.") if more == 1 else self.tr("{count} more would be passed.")
            lines[_LIMITS_SHOWN:] = [rest.format(count=number)]
        return lines

    def _now_line(self, one: Foresight, words: LimitWords) -> str:
        """Of the window of now, in the words of the banner."""
        if one.used_now <= one.limit.amount or one.used_now == one.used_before:
            return ""
        said = self.tr("{window}: would be {over} over the limit of {limit}.")
        if one.used_before > one.limit.amount:
            said = self.tr("{window}: would be {over} over the limit of {limit}, instead of {was}.")
        return said.format(
            window=window_words(one.limit.period),
            over=words.amount(one.limit, one.used_now - one.limit.amount),
            was=words.amount(one.limit, one.used_before - one.limit.amount),
            limit=words.amount(one.limit, one.limit.amount),
        )

    def _past_line(self, one: Foresight, words: LimitWords) -> str:
        """Of times that are over already."""
        more = one.past.after - one.past.before
        if more > 0 and one.past.before:
            said = self.tr("In the past: {limit} would be passed {times} times more.")
            said = self.tr("In the past: {limit} would be passed once more.") if more == 1 else said
        elif more > 0:
            said = self.tr("In the past: {limit} would be passed {times} times.")
            said = self.tr("In the past: {limit} would be passed once.") if more == 1 else said
        elif one.past.more:
            said = self.tr("In the past: {limit} was passed, and would be by more.")
        else:
            return ""
        return said.format(limit=words.name(one.limit), times=self._context.amounts.number(more))

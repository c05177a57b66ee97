"""What every limit would be after saving: name, bar before and after, what is left, and when there is room again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from coinbudget.domain.limits import LimitStatus
from coinbudget.ui.amounts import Amounts
from coinbudget.ui.limit_words import LimitWords
from coinbudget.ui.theme import Theme
from coinbudget.ui.widgets.bars import LimitBar
from coinbudget.ui.widgets.labels import PlainLabel


def _tr(text: str) -> str:
    return QCoreApplication.translate("Outlook", text)


class OutlookRow:
    """The widgets of one limit, in one row of the panel's grid."""

    def __init__(self, theme: Theme, amounts: Amounts, grid: QGridLayout, number: int) -> None:
        self._amounts = amounts
        self.name = PlainLabel("", elide=True)
        self.caption = PlainLabel("", "caption", elide=True)
        self.bar = LimitBar(theme)
        self.left = PlainLabel("", align=Qt.AlignmentFlag.AlignRight)
        self.room = PlainLabel("", "caption", align=Qt.AlignmentFlag.AlignRight)
        words, figures = QVBoxLayout(), QVBoxLayout()
        for column, labels in ((words, (self.name, self.caption)), (figures, (self.left, self.room))):
            column.setSpacing(0)
            for label in labels:
                column.addWidget(label)
        grid.addLayout(words, number, 0, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(self.bar, number, 1, Qt.AlignmentFlag.AlignVCenter)
        grid.addLayout(figures, number, 2, Qt.AlignmentFlag.AlignVCenter)
        self.widgets: tuple[QWidget, ...] = (self.name, self.caption, self.bar, self.left, self.room)

    def show(self, before: LimitStatus, after: LimitStatus, zone: str, now: datetime, *, tightest: bool) -> str:
        """Show one limit; returns it as a sentence."""
        amounts = self._amounts
        words = LimitWords(amounts, zone)
        over = after.left < 0
        name, left, room = (
            words.name(after.limit),
            words.left(after),
            words.room(after, now) if over and after.window.end_at >= now else "",
        )
        notes = [_tr("the tightest")] if tightest else []
        if not after.judged:
            notes.append(_tr("cannot judge"))
        if after.window.end_at < now:
            notes.append(stretch_words(amounts, after, zone))
        elif not notes:
            rolling = after.limit.period.length is not None
            notes.append(words.counts(after.limit) if rolling else words.since(after.limit, after.window))
        self.name.setText(name)
        self.caption.setText(" · ".join(notes))
        self.left.setText(left)
        self.left.set_tone("over" if over else "")
        self.left.setProperty("level", after.level.value)
        self.room.setText(room)
        self.room.setVisible(bool(room))
        sentence = ", ".join(part for part in (name, left, room, *notes) if part)
        # What an entry adds is lighter; one that gives room back only shortens the bar.
        used = max(min(before.used, after.used), 0)
        self.bar.show_use(used, max(after.used - used, 0), after.limit.amount, after.level, sentence)
        return sentence


def stretch_words(amounts: Amounts, status: LimitStatus, zone: str) -> str:
    """A window that is over by its first and last day: "2 Nov – 8 Nov"."""
    home, window = ZoneInfo(zone), status.window
    first = window.start_on or window.start_at.astimezone(home).date()
    last = window.end_on - timedelta(days=1) if window.end_on else window.end_at.astimezone(home).date()
    return amounts.date_short(first) if first == last else f"{amounts.date_short(first)} – {amounts.date_short(last)}"


class OutlookPanel(QWidget):
    """A heading and one row for each limit in scope; hidden where there is none."""

    def __init__(self, theme: Theme, amounts: Amounts, heading: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._amounts = amounts
        self.heading = PlainLabel(heading, "heading")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.space(2))
        column.addWidget(self.heading)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme.space(4))
        self._grid.setVerticalSpacing(theme.space(3))
        self._grid.setColumnMinimumWidth(0, 200)
        self._grid.setColumnStretch(0, 4)
        self._grid.setColumnStretch(1, 5)
        self._grid.setColumnStretch(2, 3)
        column.addLayout(self._grid)
        self.rows: list[OutlookRow] = []
        self.sentences: tuple[str, ...] = ()
        self.setVisible(False)

    def show_limits(
        self, pairs: Sequence[tuple[LimitStatus, LimitStatus]], tightest: int | None, zone: str, now: datetime
    ) -> bool:
        """Show each limit before and after; `tightest` is a limit's id. Returns whether the height changed."""
        while len(self.rows) < len(pairs):
            self.rows.append(OutlookRow(self._theme, self._amounts, self._grid, len(self.rows)))
        sentences = []
        for number, row in enumerate(self.rows):
            shown = number < len(pairs)
            for widget in row.widgets:
                widget.setVisible(shown)
            if shown:
                before, after = pairs[number]
                mark = len(pairs) > 1 and after.limit.id == tightest
                sentences.append(row.show(before, after, zone, now, tightest=mark))
        self.sentences = tuple(sentences)
        before_height = self.sizeHint().height() if not self.isHidden() else 0
        self.setVisible(bool(pairs))
        self.updateGeometry()
        return before_height != (self.sizeHint().height() if pairs else 0)

"""Text fields that show how they were read: numbers and moments.

Conventions: what was read stands inside the field at its end; the draft gets plain text (point, no grouping; ISO
moments). A number with two readings is a Problem of the form's own: nothing is guessed.
"""

from collections.abc import Callable
from datetime import date, datetime
from unicodedata import bidirectional
from zoneinfo import ZoneInfo

from babel.dates import get_date_format, get_day_names
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QStyle, QStyleOptionFrame, QWidget

from coinbudget.domain.errors import Problem, problem
from coinbudget.domain.money import MAX_COINS, PLAIN, Currency, parse_coins, parse_minor
from coinbudget.ui.amounts import Amounts
from coinbudget.ui.dialogs.typed import MomentWords, read_moment, read_number
from coinbudget.ui.theme import Theme

_MOST_TEXT = 20_000


class ReadingEdit(QLineEdit):
    """A text field that shows, inside at its end, how it was read: "5.29 €"."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._reading = ""
        self._shown = False
        self.textChanged.connect(lambda _text: self._fit())
        self.setMaxLength(_MOST_TEXT)
        theme.bind(self, self.update)

    @property
    def reading(self) -> str:
        """How the text was read; "" where there is nothing to say."""
        return self._reading

    def set_reading(self, text: str) -> None:
        """Show how the text was read."""
        if text != self._reading:
            self._reading = text
            self.setAccessibleDescription(text)
            self._fit()

    def _fit(self) -> None:
        """Keep the typed text clear of the reading; where both do not fit, the text wins."""
        metrics, space = self.fontMetrics(), self.theme.space
        width = metrics.horizontalAdvance(self._reading) + space(2) if self._reading else 0
        fits = metrics.horizontalAdvance(self.text()) + width + space(5) <= self.width()
        self._shown = bool(width) and fits
        width = width if self._shown else 0
        left, right = (width, 0) if self._mirrored() else (0, width)
        self.setTextMargins(left, 0, right, 0)
        self.update()

    def _mirrored(self) -> bool:
        """Whether the typed text begins at the right: a field follows its text's direction, not the window's."""
        strong = (bidirectional(sign) for sign in self.text())
        return next((kind in {"R", "AL"} for kind in strong if kind in {"L", "R", "AL"}), False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Overrides QLineEdit."""
        super().resizeEvent(event)
        self._fit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Overrides QLineEdit: a field that was left shows its text from the beginning."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.setCursorPosition(0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Overrides QLineEdit: the reading, at the end."""
        super().paintEvent(event)
        if not self._shown:
            return
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        box = self.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, self)
        painter = QPainter(self)
        painter.setFont(self.theme.font("label"))
        painter.setPen(self.theme.color("muted"))
        room = max(0, min(max(self.textMargins().left(), self.textMargins().right()), box.width()))
        text = painter.fontMetrics().elidedText(self._reading, Qt.TextElideMode.ElideRight, room)
        if text in {"", "…"}:
            return
        side = Qt.AlignmentFlag.AlignLeft if self._mirrored() else Qt.AlignmentFlag.AlignRight
        painter.drawText(box, side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter, text)


class NumberReader:
    """Reads a field as coins (or pieces) or as money of a currency, and shows there how it was read.

    Args:
        name: field name of the Problem column.
        currency: the currency in force; None for whole numbers. A call, since another may be chosen meanwhile.
        signed: a leading minus is fine (the draft judges it).
    """

    def __init__(
        self,
        edit: ReadingEdit,
        amounts: Amounts,
        name: str,
        currency: Callable[[], Currency | None],
        *,
        signed: bool = False,
    ) -> None:
        self.edit = edit
        self._amounts = amounts
        self._name = name
        self._currency = currency
        self._signed = signed
        edit.textChanged.connect(lambda _text: self.refresh())

    def plain(self) -> str:
        """The text for the draft."""
        text = self.edit.text().strip()
        return read_number(text, self._amounts.style, self._digits()).plain if text else ""

    def problem(self) -> Problem | None:
        """Set where the text has two readings."""
        text = self.edit.text().strip()
        typed = read_number(text, self._amounts.style, self._digits()) if text else None
        if typed is None or not typed.other:
            return None
        return problem(self._name, "ambiguous_number", text=text[:60], one=typed.plain, other=typed.other)

    def value(self) -> int | None:
        """Coins or minor units as read; None where there is no number."""
        text, currency = self.plain(), self._currency()
        if not text or self.problem() is not None:
            return None
        bare = text.lstrip("+-") if self._signed else text
        number = parse_coins(bare, most=MAX_COINS) if currency is None else self._minor(bare, currency)
        if not isinstance(number, int):
            return None
        return -number if self._signed and text.startswith("-") else number

    @staticmethod
    def _minor(text: str, currency: Currency) -> int | None:
        minor = parse_minor(text, PLAIN, currency, zero=True)
        return minor if isinstance(minor, int) else None

    def refresh(self) -> None:
        """Show how the text is read now; whole numbers only where that says more than the text."""
        value, currency = self.value(), self._currency()
        if value is None:
            reading = ""
        elif currency is not None:
            reading = self._amounts.money(value, currency.code)
        else:
            reading = self._amounts.coins(value)
            reading = "" if reading == self.edit.text().strip() or str(value) == self.edit.text().strip() else reading
        self.edit.set_reading(reading)

    def _digits(self) -> int:
        currency = self._currency()
        return 0 if currency is None else currency.digits


class MomentEdit(ReadingEdit):
    """A field for a day, a time or both; untouched it means "now" and says so.

    Attributes:
        ahead: a day without a year may lie ahead.
        days_only: the hour is of no interest.
    """

    def __init__(self, theme: Theme, amounts: Amounts, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._amounts = amounts
        self._words = moment_words(amounts)
        self._zone = "UTC"
        self._clock: Callable[[], datetime] | None = None
        self._kept = ""
        self._kept_text = ""
        self.ahead = self.days_only = False
        self.textChanged.connect(lambda _text: self._refresh())

    def start(self, zone: str, clock: Callable[[], datetime]) -> None:
        """Mean the present moment, in `zone`."""
        self._zone, self._clock, self._kept = zone, clock, ""
        self.setModified(False)
        self.tick()

    def tick(self) -> None:
        """Say the present moment again while the field is untouched."""
        if not self.isModified() and not self._kept and self._clock is not None:
            now = self._clock()
            self._kept_text = self._amounts.moment(now, self._zone, now)
            if self.text() != self._kept_text:
                self.setText(self._kept_text)
                self.setModified(False)
                self.setCursorPosition(0)
            self._refresh()

    def keep(self, draft_text: str, local: datetime, *, hour_known: bool) -> None:
        """Mean exactly `draft_text` until someone types; show it as the local moment."""
        self._kept = draft_text
        self._kept_text = typed_moment(self._amounts, local if hour_known else local.date())
        self.setText(self._kept_text)
        self.setModified(False)
        self._refresh()

    def _here(self) -> datetime:
        now = self._clock() if self._clock is not None else datetime.now(tz=ZoneInfo("UTC"))
        return now.astimezone(ZoneInfo(self._zone))

    def typed(self) -> datetime | date | None:
        """What the text was read as, naive in the profile's zone; None where it cannot be read."""
        text = self.text().strip()
        return read_moment(text, self._words, self._here(), ahead=self.ahead) if text else None

    def draft_text(self) -> str:
        """The moment for the draft; "" for now, the text as typed where it cannot be read."""
        text = self.text().strip()
        if not text or text == self._kept_text:
            return self._kept
        read = self.typed()
        if read is None:
            return text
        return (
            read.isoformat(timespec="minutes") if isinstance(read, datetime) and not read.second else read.isoformat()
        )

    def _refresh(self) -> None:
        read = self.typed()
        if read is None:
            self.set_reading("")
            return
        day = read.date() if isinstance(read, datetime) else read
        said = self._amounts.date(day)
        plain = self.days_only or isinstance(read, datetime)
        self.set_reading(said if plain else _tr("{day}, hour unknown").format(day=said))


def moment_words(amounts: Amounts) -> MomentWords:
    """Order and words of dates in the chosen locale, with the English ones beside them."""
    pattern = get_date_format("short", locale=amounts.locale).pattern.lower()
    order = "".join(sorted("dmy", key=pattern.find))
    weekdays: dict[str, int] = {}
    for width in ("wide", "abbreviated"):
        for number, name in get_day_names(width, locale=amounts.locale).items():
            weekdays[name.casefold().rstrip(".")] = number
    return MomentWords(
        order=order,
        today=("today", QCoreApplication.translate("Amounts", "today").casefold(), "now"),
        yesterday=("yesterday", QCoreApplication.translate("Amounts", "yesterday").casefold()),
        tomorrow=("tomorrow", QCoreApplication.translate("Amounts", "tomorrow").casefold()),
        weekdays=weekdays,
    )


def typed_moment(amounts: Amounts, moment: datetime | date) -> str:
    """A moment as it is typed in the locale's order: "22.11.2026 21:14"."""
    pattern = get_date_format("short", locale=amounts.locale).pattern.lower()
    sign = next((sign for sign in "./-" if sign in pattern), "/")
    day = moment.date() if isinstance(moment, datetime) else moment
    parts = {"d": f"{day.day:02d}", "m": f"{day.month:02d}", "y": f"{day.year:04d}"}
    text = sign.join(parts[letter] for letter in sorted("dmy", key=pattern.find))
    return f"{text} {moment.hour:02d}:{moment.minute:02d}" if isinstance(moment, datetime) else text


def _tr(text: str) -> str:
    return QCoreApplication.translate("Edits", text)

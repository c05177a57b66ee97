"""How single fields of a draft are read: texts, flags, dates and instants. The number grammar stands in `money`.

Each reader takes the text and a `Faults` to report to; what it returns after a report is a placeholder that no
entry is ever made of.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from coinbudget.domain.errors import Problem, problem
from coinbudget.domain.money import (
    Currency,
    Money,
    NumberFault,
    NumberStyle,
    decimal_text,
    parse_coins,
    parse_minor,
    parse_whole,
)
from coinbudget.domain.periods import HomeCalendar, instant_in

#: Characters a name (creator, gift, order number, profile) may have.
LONGEST_NAME = 200
LONGEST_NOTE = 2000

#: No entry can be older: TikTok is not.
FIRST_DAY = date(2016, 1, 1)
#: Longer texts are no amounts; they are not kept in memory.
_LONGEST_KEPT = 60
_PLACEHOLDER = datetime(2016, 1, 2, tzinfo=UTC)

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
)
#: Control characters, lone surrogates, line and paragraph separators: they break the driver, files or lists.
_FORBIDDEN = {"Cc", "Cs", "Zl", "Zp"}


@dataclass(slots=True)
class Faults:
    """The problems found in one draft, all with its row."""

    row: int | None
    found: list[Problem] = field(default_factory=list)

    def add(self, field_name: str, code: str, /, **values: object) -> None:
        """Report one more."""
        self.found.append(problem(field_name, code, self.row, **values))


def name_text(faults: Faults, field_name: str, text: str, most: int = LONGEST_NAME) -> str:
    """A text as it is kept, without outer blanks; "" when not given."""
    if not text:
        return ""
    if not text.isprintable() and any(unicodedata.category(sign) in _FORBIDDEN for sign in text):
        faults.add(field_name, "control_character")
        return ""
    text = text.strip()
    if len(text) > most:
        faults.add(field_name, "too_long", most=most)
        return ""
    return text


def flag(faults: Faults, field_name: str, text: str) -> bool:
    """Whether a yes-or-no column says yes."""
    if text in ("", "0"):
        return False
    if text != "1":
        faults.add(field_name, "not_a_flag")
    return True


def coins(faults: Faults, field_name: str, text: str, style: NumberStyle, *, most: int) -> int:
    """A positive whole number."""
    number = parse_coins(text, style, most=most)
    if isinstance(number, int):
        return number
    _number_fault(faults, field_name, number, f"{most}")
    return 1


def signed_coins(faults: Faults, field_name: str, text: str, style: NumberStyle, *, most: int) -> int:
    """A whole number other than 0."""
    number = parse_whole(text, style)
    if number == 0:
        number = NumberFault.ZERO
    if not isinstance(number, NumberFault) and abs(number) > most:
        number = NumberFault.TOO_LARGE
    if isinstance(number, NumberFault):
        _number_fault(faults, field_name, number, f"{most}")
        return 1
    return number


def amount(faults: Faults, field_name: str, text: str, style: NumberStyle, currency: Currency, *, most: int) -> Money:
    """A positive amount of a currency."""
    read = _money if len(text) <= _LONGEST_KEPT else _money.__wrapped__
    found = read(text, style, currency, most)
    if isinstance(found, Money):
        return found
    if found is NumberFault.ZERO and field_name == "paid":
        faults.add(field_name, "paid_zero")
    else:
        _number_fault(faults, field_name, found, decimal_text(most, currency.digits), currency)
    return Money(minor=1, currency=currency)


@lru_cache(maxsize=1024)
def _money(text: str, style: NumberStyle, currency: Currency, most: int) -> Money | NumberFault:
    """An amount; the few prices that coins have are read again and again."""
    minor = parse_minor(text, style, currency, most=most)
    return minor if isinstance(minor, NumberFault) else Money(minor=minor, currency=currency)


def _number_fault(
    faults: Faults, field_name: str, fault: NumberFault, most: str, currency: Currency | None = None
) -> None:
    if fault is NumberFault.TOO_LARGE:
        faults.add(field_name, fault.value, most=most)
    elif fault is NumberFault.TOO_MANY_DECIMALS and currency is not None:
        faults.add(field_name, fault.value, currency=currency.code, digits=currency.digits)
    else:
        faults.add(field_name, fault.value)


def day(faults: Faults, field_name: str, text: str) -> date:
    """A date, written year-month-day."""
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    faults.add(field_name, "not_a_date")
    return FIRST_DAY


def is_date(text: str) -> bool:
    """Whether a text is a date without a time."""
    return len(text) == 10 and _DATE.fullmatch(text) is not None  # noqa: PLR2004 - year-month-day


def instant(
    faults: Faults, field_name: str, text: str, calendar: HomeCalendar, zone: ZoneInfo | None = None
) -> datetime:
    """An instant; a naive time is in `zone`, else the profile's, shown twice it is the first, in a gap a fault."""
    try:
        at = datetime.fromisoformat(text) if _INSTANT.fullmatch(text) else None
        if at is not None and at.tzinfo is UTC:
            return at
        if at is not None and at.tzinfo is not None:
            return at.astimezone(UTC)
        if at is not None:
            found = instant_in(zone, at) if zone else calendar.instant(at)
            if found is not None:
                return found
            faults.add(field_name, "no_such_time", zone=zone.key if zone else calendar.settings_on(at.date()).zone)
            return _PLACEHOLDER
    except (ValueError, OverflowError):
        # No such day or hour, or a year that has no place in UTC.
        pass
    faults.add(field_name, "not_an_instant")
    return _PLACEHOLDER

"""What one cell of a sheet can be: a date in some order, a time of day, a number by some decimal sign.

All ways that fit are told; which of them counts is settled over all rows by `sheet_facts`, or by the person.
"""

import re
from functools import lru_cache

from coinbudget.domain.money import NumberFault, NumberStyle, parse_decimal
from coinbudget.formats.moments import moment
from coinbudget.formats.price_text import without_currency

ORDERS = ("dmy", "mdy", "ymd")
DECIMALS = (".", ",")
_STYLES = {
    ".": (NumberStyle(), *(NumberStyle(group=group) for group in (",", " ", "'"))),
    ",": (NumberStyle(decimal=","), *(NumberStyle(decimal=",", group=group) for group in (".", " ", "'"))),
}
_NINES = str.maketrans("0123456789", "9999999999")
_DATE = re.compile(
    r"([0-9]{1,4})([./-])([0-9]{1,2})\2([0-9]{1,4})"
    r"(?:(?:,? |T)([0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)(?: ?([AaPp])\.?[Mm]\.?)?)?"
)
_CJK = re.compile(r"([0-9]{4})年 ?([0-9]{1,2})月 ?([0-9]{1,2})日(?: ?([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?))?")
_PLAIN_TIME = re.compile("(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?(?: ?([AaPp])\.?[Mm]\.?)?")
_LONGEST_NUMBER = 60
_NONE: frozenset[str] = frozenset()
_LONG_YEAR, _SHORT_YEAR = 4, 2
_MONTHS, _DAYS = 12, 31


def amount_of(cell: str) -> tuple[str, str, bool]:
    """A cell's number without sign and currency, the currency, and whether it is below zero."""
    if cell.isascii() and cell.isdigit():
        return cell, "", False
    found = without_currency(cell)
    return (cell, "", False) if found is None else found


def signs_of(text: str) -> frozenset[str]:
    """Decimal signs by which a text is a number; its shape alone decides."""
    return _shape(text.translate(_NINES)) if len(text) <= _LONGEST_NUMBER else _NONE


@lru_cache(maxsize=4096)
def _shape(text: str) -> frozenset[str]:
    return frozenset(
        sign
        for sign, styles in _STYLES.items()
        if any(not isinstance(parse_decimal(text, style), NumberFault) for style in styles)
    )


def orders_of(cell: str) -> frozenset[str]:
    """Orders of day, month and year by which a cell is a date."""
    if not cell[:1].isdigit():
        return _NONE
    found = _DATE.fullmatch(cell)
    if found is None:
        return frozenset(ORDERS) if _CJK.fullmatch(cell) or (len(cell) > 5 and moment(cell)) else _NONE  # noqa: PLR2004 - no shorter time
    return frozenset(order for order in ORDERS if _parts(found, order) is not None)


def is_date(cell: str) -> bool:
    """Whether a cell is a date in any order."""
    return bool(orders_of(cell.strip()))


def _parts(found: re.Match[str], order: str) -> tuple[int, int, int] | None:
    """Year, month and day of a date in an order; None where it cannot be."""
    one, two, three = found[1], found[3], found[4]
    year, month, day = {"dmy": (three, two, one), "mdy": (three, one, two), "ymd": (one, two, three)}[order]
    if len(year) not in {_LONG_YEAR, _SHORT_YEAR} or len(month) > 2 or len(day) > 2:  # noqa: PLR2004 - digits of a day
        return None
    if order == "ymd" and len(year) != _LONG_YEAR:
        return None
    if not (1 <= int(month) <= _MONTHS and 1 <= int(day) <= _DAYS):
        return None
    return int(year) + (2000 if len(year) == _SHORT_YEAR else 0), int(month), int(day)


def date_text(cell: str, order: str, time: str = "") -> str | None:
    """A date, or a time, as the ledger CSV has it; None where it is none in that order.

    Args:
        time: of a column of its own; "" where there is none.
    """
    cell, clock = cell.strip(), time.strip()
    day = _day_text(cell, order)
    if day is not None:
        hour = clock_text(clock) if clock else ""
        return None if hour is None else f"{day}T{hour}" if hour else day
    found = _DATE.fullmatch(cell)
    if found is not None:
        parts = _parts(found, order)
        if parts is None:
            return None
        day = f"{parts[0]:04d}-{parts[1]:02d}-{parts[2]:02d}"
        clock = clock or (f"{found[5]} {found[6]}m" if found[6] else found[5] or "")
    else:
        cjk = _CJK.fullmatch(cell)
        if cjk is None:
            when = moment(cell)
            return when.iso if when else None
        day, clock = f"{cjk[1]}-{int(cjk[2]):02d}-{int(cjk[3]):02d}", clock or cjk[4] or ""
    if not clock:
        return day
    hour = clock_text(clock)
    return None if hour is None else f"{day}T{hour}"


@lru_cache(maxsize=1024)
def _day_text(cell: str, order: str) -> str | None:
    """A date without a time of its own, year first; None for anything else. The same days stand in many rows."""
    found = _DATE.fullmatch(cell)
    parts = None if found is None or found[5] else _parts(found, order)
    return f"{parts[0]:04d}-{parts[1]:02d}-{parts[2]:02d}" if parts else None


def is_time(cell: str) -> bool:
    """Whether a cell is a time of day alone."""
    return _TIME.fullmatch(cell) is not None


def clock_text(text: str) -> str | None:
    """A time of day as HH:MM:SS; None where it is none."""
    if _PLAIN_TIME.fullmatch(text):
        return text
    found = _TIME.fullmatch(text.split(".", 1)[0] if ":" in text else text)
    if found is None:
        return None
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if found[4]:
        if not 1 <= hour <= 12:  # noqa: PLR2004 - a clock of twelve hours
            return None
        hour = hour % 12 + (12 if found[4].lower() == "p" else 0)
    if hour > 23 or minute > 59 or second > 59:  # noqa: PLR2004 - a clock's own bounds
        return None
    return f"{hour:02d}:{minute:02d}:{second:02d}"


@lru_cache(maxsize=4096)
def number_style(text: str, decimal: str) -> NumberStyle | None:
    """The style with this decimal sign by which a text is a number."""
    return next((style for style in _STYLES[decimal] if not isinstance(parse_decimal(text, style), NumberFault)), None)

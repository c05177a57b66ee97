"""Money as integers of a currency's smallest unit.

Conventions fixed here: `minor` counts the smallest unit by ISO 4217 (JPY 0 decimals, USD 2, KWD 3); rounding is
half-even and happens once; amounts lie in 1..MAX_MINOR and coins in 1..MAX_COINS, so that every product of the
valuation fits 64 bits.

Numbers in text have one strict grammar, because Python's own readers take Arabic digits, `1_000` and `Infinity`:
ASCII digits, an optional minus before or after (`-3`, `3-`) or parentheses (`(3)`), groups of three (or two, as in
India) where the style has a group sign, and digits on both sides of the decimal sign. What is no number comes back
as a `NumberFault`, side by side with results.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

MAX_COINS = 10**8
MAX_MINOR = 9 * 10**10

#: Wide enough that no product of an amount and a 28-digit rate is rounded before the one rounding we do.
EXACT = Context(prec=60)


class Currency(NamedTuple):
    """A currency of ISO 4217.

    Attributes:
        code: three capital letters.
        digits: decimals of its smallest unit, 0..4.
    """

    code: str
    digits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount in one currency; `minor` may be negative for a difference."""

    minor: int
    currency: Currency


def decimal_text(minor: int, digits: int) -> str:
    """Minor units as plain decimal text with a point: (529, 2) -> "5.29", (1500, 0) -> "1500", (-5, 2) -> "-0.05"."""
    if not digits:
        return str(minor)
    whole, part = divmod(abs(minor), 10**digits)
    return f"{'-' if minor < 0 else ''}{whole}.{part:0{digits}d}"


def converted_minor(paid: Money, rate: Decimal, into: Currency) -> int:
    """`paid` in minor units of `into` at `rate` (units of `into` per unit paid), rounded half-even once."""
    exact = EXACT.multiply(EXACT.scaleb(Decimal(paid.minor), into.digits - paid.currency.digits), rate)
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_EVEN, context=EXACT))


class NumberStyle(NamedTuple):
    """Which signs numbers are written with; a tuple, as every number of a file is read by one.

    Attributes:
        decimal: the decimal sign.
        group: the sign between groups of digits; "" where no grouping is accepted.
        fold: also take full-width digits and signs, as input methods type them; for forms, never for files.
    """

    decimal: str = "."
    group: str = ""
    fold: bool = False


#: How numbers stand in the ledger's own files.
PLAIN = NumberStyle()


class NumberFault(StrEnum):
    """Why a text is not the number asked for; each is the code of a Problem."""

    NOT_A_NUMBER = "not_a_number"
    TOO_MANY_DECIMALS = "too_many_decimals"
    NOT_WHOLE = "not_whole"
    NEGATIVE = "negative"
    ZERO = "zero"
    TOO_LARGE = "too_large"


#: No amount, count or rate needs more; longer texts are refused before any arithmetic.
_LONGEST = 60

#: Signs that stand for each other: kinds of space, apostrophes and minus.
_SPACES = " \u00a0\u202f\u2009"
_APOSTROPHES = "'\u2019"
_MINUS = "-\u2212"

#: What input methods type in full width. NFKC would fold superscripts and circled digits too.
_FULL_WIDTH = {ord("\u3000"): " ", **{0xFF00 + ord(sign) - 0x20: sign for sign in "0123456789.,+-()'"}}


@lru_cache(maxsize=64)
def _grammar(style: NumberStyle) -> re.Pattern[str]:
    whole = "[0-9]+"
    if style.group:
        signs = next((same for same in (_SPACES, _APOSTROPHES) if style.group in same), style.group)
        group = f"[{re.escape(signs)}]"
        # Groups of three, or as in India twos before the last three.
        whole = rf"(?:[0-9]+|[0-9]{{1,3}}(?:{group}[0-9]{{3}})+|[0-9]{{1,2}}(?:{group}[0-9]{{2}})+{group}[0-9]{{3}})"
    return re.compile(f"({whole})(?:{re.escape(style.decimal)}([0-9]+))?")


def _read(text: str, style: NumberStyle) -> tuple[bool, str, str] | NumberFault:
    """Whether it is negative, the digits before and those after the decimal sign."""
    if len(text) > _LONGEST:
        return NumberFault.TOO_LARGE if text.isascii() and text.isdigit() else NumberFault.NOT_A_NUMBER
    if style.fold:
        text = text.translate(_FULL_WIDTH)
    text = text.strip(_SPACES)
    negative = False
    if text.startswith("(") and text.endswith(")"):
        negative, text = True, text[1:-1]
    elif text.startswith(tuple(_MINUS)):
        negative, text = True, text[1:]
    elif text.endswith(tuple(_MINUS)):
        negative, text = True, text[:-1]
    elif text.startswith("+"):
        text = text[1:]
    match = _grammar(style).fullmatch(text)
    if match is None:
        return NumberFault.NOT_A_NUMBER
    whole = match[1] if match[1].isdigit() else "".join(sign for sign in match[1] if sign.isdigit())
    return negative, whole, match[2] or ""


def parse_decimal(text: str, style: NumberStyle = PLAIN) -> Decimal | NumberFault:
    """The signed number a text holds, exactly."""
    read = _read(text, style)
    if isinstance(read, NumberFault):
        return read
    negative, whole, part = read
    return Decimal(f"{'-' if negative else ''}{whole}{'.' if part else ''}{part}")


def parse_whole(text: str, style: NumberStyle = PLAIN) -> int | NumberFault:
    """The signed whole number a text holds; `3.0` is not written whole."""
    if text.isascii() and text.isdigit() and len(text) < _LONGEST:
        return int(text)
    read = _read(text, style)
    if isinstance(read, NumberFault):
        return read
    negative, whole, part = read
    if part:
        return NumberFault.NOT_WHOLE
    return -int(whole) if negative else int(whole)


def parse_coins(text: str, style: NumberStyle = PLAIN, *, most: int = MAX_COINS) -> int | NumberFault:
    """A number of coins (or pieces), 1..most."""
    if text.isascii() and text.isdigit() and len(text) < _LONGEST and 1 <= (number := int(text)) <= most:
        return number
    return _bounded(parse_whole(text, style), most)


def parse_minor(
    text: str, style: NumberStyle, currency: Currency, *, zero: bool = False, most: int = MAX_MINOR
) -> int | NumberFault:
    """An amount of `currency` in minor units, 1..most (0 too with `zero`). More decimals than it has are a fault."""
    read = _read(text, style)
    if isinstance(read, NumberFault):
        return read
    negative, whole, part = read
    if len(part) > currency.digits:
        return NumberFault.TOO_MANY_DECIMALS
    minor = int(whole + part.ljust(currency.digits, "0"))
    return minor if zero and not minor else _bounded(-minor if negative else minor, most)


def _bounded(number: int | NumberFault, most: int) -> int | NumberFault:
    if isinstance(number, NumberFault):
        return number
    if number < 0:
        return NumberFault.NEGATIVE
    if not number:
        return NumberFault.ZERO
    return NumberFault.TOO_LARGE if number > most else number

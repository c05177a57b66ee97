"""Money as integers of a currency's smallest unit.

Conventions fixed here: `minor` counts the smallest unit by ISO 4217 (JPY 0 decimals, USD 2, KWD 3); rounding is
half-even and happens once; amounts lie in 1..MAX_MINOR and coins in 1..MAX_COINS, so that every product of the
valuation fits 64 bits.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

MAX_COINS = 10**8
MAX_MINOR = 9 * 10**10

#: Wide enough that no product of an amount and a 28-digit rate is rounded before the one rounding we do.
EXACT = Context(prec=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Currency:
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

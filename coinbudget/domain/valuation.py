"""True cost: first in, first out, exact, and coins never pay backwards.

Per profile all coin movements stand in order of home day; within a day lots (purchases, bonus and opening
adjustments, positive corrections) come before uses (gifts, negative adjustments), then by (`at`, order of entry).
A use draws on the coins on hand, oldest lot first; what it cannot draw is *uncovered*: its cost is unknown, and no
later lot pays for it.
"""

from dataclasses import dataclass
from enum import StrEnum


class LotKind(StrEnum):
    """What is known of a lot's cost."""

    KNOWN = "known"
    FREE = "free"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a number of coins cost.

    Attributes:
        minor: known cost in the profile's currency.
        unknown_coins: coins whose cost is not known (uncovered, or from UNKNOWN lots).
    """

    minor: int
    unknown_coins: int

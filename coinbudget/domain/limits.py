"""Limits: the most a profile means to spend in a period, and what is known of their use.

The rules are numbered in CONTRIBUTING.md (chapter *What a limit means*); a rule number in this package refers to
that list. Amounts are minor units of the profile's currency for `money` and whole coins for `coins`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from coinbudget.domain.entries import EntryId
from coinbudget.domain.periods import Period, Window
from coinbudget.domain.profiles import ProfileId

LimitId = NewType("LimitId", int)
AlertId = NewType("AlertId", int)

#: Shares of a limit, in percent, at which to tell before it is passed.
THRESHOLDS = (50, 80, 100)


class Measure(StrEnum):
    """What a limit counts. Measures are never added together."""

    MONEY = "money"
    COINS = "coins"
    COST = "cost"


class Level(StrEnum):
    """How far a limit is used. Exactly the limit is REACHED; 0 of a limit of 0 is WITHIN."""

    WITHIN = "WITHIN"
    NEARING = "NEARING"
    REACHED = "REACHED"
    BREACHED = "BREACHED"


class Mark(StrEnum):
    """A point an amount can pass: a threshold in percent, or OVER."""

    HALF = "50"
    MOST = "80"
    ALL = "100"
    OVER = "OVER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The most a profile means to spend in a period.

    Attributes:
        amount: minor units of `currency`, or coins; 0 allowed.
        currency: the profile's; None for coins.
        cap: set by a guardian.
        refunds_give_room: whether a refund lowers `used` in the window of its purchase (default: yes, no for a cap).
        revision: counts changes.
    """

    id: LimitId
    profile_id: ProfileId
    measure: Measure
    period: Period
    amount: int
    currency: str | None
    cap: bool = False
    refunds_give_room: bool = True
    created_at: datetime
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitStatus:
    """Computed use of one limit in one window.

    Attributes:
        used: what counts, after refunds where they give room.
        gross: before refunds.
        planned: planned purchases inside the window, in no other figure.
        left: amount - used, may be negative.
        level: BREACHED as soon as the known part is over, even when `judged` is False.
        judged: False when a purchase in the window has no converted amount (or a gift no coins).
        empty: True when nothing at all is logged in the window yet.
        binding: the least left among its measure's profile-wide limits.
        room_again_at: when there is more room; None for an empty or never-opening window.
        logged_up_to: newest instant the profile's ledger reaches; None when empty.
    """

    limit: Limit
    window: Window
    used: int
    gross: int
    planned: int
    left: int
    level: Level
    judged: bool
    empty: bool
    binding: bool = False
    room_again_at: datetime | None = None
    logged_up_to: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A mark passed, stored once per occurrence: (limit, window, mark, n).

    Attributes:
        entry_id: the entry that passed it, None when a change of the limit did.
        seen: True for marks of closed windows, lower marks passed together, and those a person has seen.
    """

    id: AlertId
    limit: Limit
    level: Level
    mark: Mark
    occurrence: int
    window: Window
    used: int
    raised_at: datetime
    entry_id: EntryId | None
    seen: bool

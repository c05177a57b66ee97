"""Summaries: totals for a window and a grouping, and the figures the pages show.

Amounts are minor units of the profile's currency; `None` is unknown and shown as unknown.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from coinbudget.domain.entries import Entry, Purchase
from coinbudget.domain.limits import LimitStatus
from coinbudget.domain.profiles import Profile, ProfileId
from coinbudget.domain.valuation import Cost


class Grouping(StrEnum):
    """By what a summary is grouped; at most one of the first four. A profile is always kept apart by currency."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    PROFILE = "profile"
    CREATOR = "creator"
    GIFT = "gift"
    CHANNEL = "channel"
    REGION = "region"


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRow:
    """One group of a summary; the columns of the summary CSV.

    Attributes:
        period_start, period_end: end exclusive; first and last home day (exclusive) without a period grouping.
        keys: text of each grouping column other than the period, in the order asked for.
        spent_minor: gross, at the frozen amounts, in the purchase's period.
        refunded_minor: in the refund's own period.
        gifts: gift entries (rows).
        gift_cost: true cost of those gifts.
        rate_missing: purchases that could not be converted and are not in `spent_minor`.
    """

    period_start: date
    period_end: date
    keys: tuple[str, ...]
    currency: str
    spent_minor: int
    refunded_minor: int
    purchases: int
    coins_bought: int
    gifts: int
    coins_gifted: int
    gift_cost: Cost
    rate_missing: int


class Sort(StrEnum):
    """Columns the ledger table can be sorted by."""

    AT = "at"
    COINS = "coins"
    PAID = "paid"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFilter:
    """Which entries the ledger table shows. Empty or None means no restriction.

    Attributes:
        text: contains-match, folded, over gift, creator, note, order number, storefront.
        from_on, to_on: home days, both inside.
        kinds: texts of `Kind`.
        voided: show voided entries too.
        planned: show planned entries too.
    """

    text: str = ""
    profile_id: ProfileId | None = None
    from_on: date | None = None
    to_on: date | None = None
    kinds: tuple[str, ...] = ()
    creator: str = ""
    channel: str = ""
    voided: bool = False
    planned: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One row of the ledger table.

    Attributes:
        profile: the entry's profile.
        amount_minor: converted amount of a purchase or refund in the profile's currency, None if unknown or none.
        cost: true cost of a gift or other use, None for others.
        on_hand: coins after this entry in the order of valuation, None for entries that do not count.
        refunded_minor: money of a purchase already refunded.
        purchase: what a refund returns money of, None for others.
    """

    entry: Entry
    profile: Profile
    amount_minor: int | None
    cost: Cost | None
    on_hand: int | None
    refunded_minor: int = 0
    purchase: Purchase | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTotals:
    """Count and sums of what a LedgerFilter shows, in the profile's currency.

    Attributes:
        spent_minor, gift_cost: None where profiles of several currencies are shown together.
    """

    entries: int
    spent_minor: int | None
    refunded_minor: int | None
    coins_bought: int
    coins_gifted: int
    gift_cost: Cost | None
    rate_missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatorShare:
    """What went to one creator in a window."""

    creator: str
    coins: int
    gifts: int
    cost: Cost


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthSpend:
    """Money paid in one month window of a profile."""

    start_on: date
    end_on: date
    spent_minor: int
    refunded_minor: int
    gift_cost: Cost
    rate_missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everything the Overview page shows for one profile.

    Attributes:
        today, month_start_on, month_end_on: home day and month window of `now` (end outside).
        logged_up_to: newest entry's instant, None when the ledger is empty.
        statuses: every limit of the profile now.
        spent_today_minor .. spent_total_minor: gross paid in those windows.
        on_hand: coins on hand; `on_hand_cost`: what they cost.
        on_hand_today_minor: buying them today, with its basis, the day of that price and whether it is an estimate.
        uncovered: coins gifted that no logged purchase covers.
        earlier_minor: about what those cost, least and most; None while nobody said where they were bought.
        earlier_from_us: whether that is by prices of the United States, as none of the region is known.
        month_days: cumulative gross spend per home day from month_start_on to today, minor units.
        creators: this month's, dearest first, at most 5; `creators_total` how many there are.
        latest: newest entries, at most 6.
        provisional: purchases whose rate is provisional; `rate_missing`: those not converted.
    """

    profile: Profile
    today: date
    month_start_on: date
    month_end_on: date
    logged_up_to: datetime | None
    statuses: tuple[LimitStatus, ...]
    spent_today_minor: int
    spent_week_minor: int
    spent_month_minor: int
    spent_year_minor: int
    spent_total_minor: int
    refunded_total_minor: int
    on_hand: int
    on_hand_cost: Cost
    on_hand_today_minor: int | None
    on_hand_today_basis: str
    on_hand_today_as_of: date | None = None
    on_hand_today_estimate: bool = False
    uncovered: int
    earlier_minor: tuple[int, int] | None = None
    earlier_from_us: bool = False
    month_days: tuple[int, ...]
    creators: tuple[CreatorShare, ...]
    creators_total: int
    latest: tuple[LedgerLine, ...]
    provisional: int
    rate_missing: int
    entries: int

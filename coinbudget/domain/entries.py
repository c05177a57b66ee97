"""The lines of the ledger: Purchase, Gift, Refund, Adjustment.

Conventions: `coins` is positive (of a gift: all pieces together; of a refund: those taken back) but signed for an
adjustment; `at` is an aware UTC instant; `home_on` is its date in the profile's zone and day start as in force at
that instant. Order of entry (`sequence`) breaks ties of `at`. An entry is voided, never deleted; a planned or
voided entry is in no total, lot, summary or alert.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from coinbudget.domain.catalog import Channel
from coinbudget.domain.money import Money
from coinbudget.domain.profiles import ProfileId
from coinbudget.domain.rates import Rate, RateSource

EntryId = NewType("EntryId", str)
BatchId = NewType("BatchId", int)


class Kind(StrEnum):
    """Which of the four an entry is."""

    PURCHASE = "purchase"
    GIFT = "gift"
    REFUND = "refund"
    ADJUSTMENT = "adjustment"


class Reason(StrEnum):
    """Why coins changed without a purchase, gift or refund."""

    BONUS = "bonus"
    OPENING = "opening"
    OTHER_USE = "other-use"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseEntry:
    """What every entry has.

    Attributes:
        id: unique in the world.
        zone: IANA name the instant was given in, for display.
        hour_known: False where only the home day was given; `at` is then noon of that day.
        about: coins or date are the user's estimate.
        sequence: order of entry in this ledger, 0 before it is stored.
        revision: counts amendments and voidings, 0 when new; an undo names the revision it expects.
        batch: the import it came with.
    """

    id: EntryId
    profile_id: ProfileId
    at: datetime
    home_on: date
    zone: str
    hour_known: bool = True
    note: str = ""
    about: bool = False
    planned: bool = False
    approval: str = ""
    voided_at: datetime | None = None
    sequence: int = 0
    revision: int = 0
    batch: BatchId | None = None

    @property
    def counts(self) -> bool:
        """Whether it is in totals, lots, summaries and alerts."""
        return self.voided_at is None and not self.planned


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase(BaseEntry):
    """Coins bought with money in one order.

    Attributes:
        coins: None when unknown (money counts, no lot).
        paid: None when unknown (from a file; an UNKNOWN lot). Never both None.
        charged: what the account was debited, in the profile's currency.
        converted_minor: frozen amount in the profile's currency; None means "not converted", never zero.
        rate: the rate it was frozen at, None for `SAME`, `CHARGED` and `NONE`.
    """

    coins: int | None
    paid: Money | None
    charged: Money | None = None
    converted_minor: int | None = None
    rate: Rate | None = None
    rate_source: RateSource = RateSource.NONE
    region: str = ""
    channel: Channel = Channel.OTHER
    order_ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift(BaseEntry):
    """Coins sent to a creator. `coins` None when unknown (the pieces count). `creator` is the handle without @."""

    coins: int | None
    quantity: int = 1
    gift_name: str = ""
    creator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund(BaseEntry):
    """Money returned for one purchase, whole or part, with the coins taken back (0 when none were).

    `paid` is the amount returned in the purchase's currency; `converted_minor` is conv(all living refunds) minus
    what the others froze, so that a full refund is exactly the purchase.
    """

    refers_to: EntryId
    paid: Money
    coins: int = 0
    converted_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment(BaseEntry):
    """Opening balance, bonus coins, other use, correction. `coins` is signed and never 0."""

    coins: int
    reason: Reason


Entry = Purchase | Gift | Refund | Adjustment

_KIND_OF = {Purchase: Kind.PURCHASE, Gift: Kind.GIFT, Refund: Kind.REFUND, Adjustment: Kind.ADJUSTMENT}


def kind_of(entry: Entry) -> Kind:
    """Which of the four an entry is."""
    return _KIND_OF[type(entry)]

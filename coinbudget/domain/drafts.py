"""Drafts: entries not yet believed, in the text form of the ledger CSV.

A Draft holds text exactly as a person, a file or the command line gave it, under the column names of the ledger
CSV. `belief.believe` is the only place where such text becomes an Entry.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from coinbudget.domain.catalog import CatalogGift, Region
from coinbudget.domain.entries import Adjustment, Entry, Gift, Purchase, kind_of
from coinbudget.domain.money import PLAIN, Currency, Money, NumberStyle, decimal_text
from coinbudget.domain.profiles import Profile
from coinbudget.domain.rates import RateSource

__all__ = ["COLUMNS", "Draft", "Facts", "NumberStyle", "Refundable", "amending_draft", "draft_of", "exact_instant"]


class Draft(NamedTuple):
    """An entry not yet believed. Every field is text as given; "" means not given.

    A tuple, because a file makes one per row; its first fields are the `COLUMNS` in their order. Name the fields.

    Attributes:
        profile: name, compared folded; "" the default profile of the call.
        at: ISO instant, naive time (profile's zone) or date; "" now.
        gift: name of a gift, or a shorthand such as "5x30".
        paid: of a refund, the amount returned.
        planned, about: "1" or "".
        voided: instant or "".
        row: line of the file it came from (header is 1), 0 outside files.
        numbers: the style `coins`, `quantity`, `paid`, `charged` and `rate` are written in.
    """

    id: str = ""
    kind: str = ""
    at: str = ""
    zone: str = ""
    profile: str = ""
    coins: str = ""
    quantity: str = ""
    paid: str = ""
    currency: str = ""
    charged: str = ""
    rate: str = ""
    rate_on: str = ""
    region: str = ""
    channel: str = ""
    creator: str = ""
    gift: str = ""
    order_ref: str = ""
    refers_to: str = ""
    reason: str = ""
    note: str = ""
    about: str = ""
    planned: str = ""
    approval: str = ""
    voided: str = ""
    row: int = 0
    numbers: NumberStyle = PLAIN


#: The columns of the ledger CSV, in the order they are written.
COLUMNS = (
    *("id", "kind", "at", "zone", "profile", "coins", "quantity", "paid", "currency", "charged", "rate", "rate_on"),
    *("region", "channel", "creator", "gift", "order_ref", "refers_to", "reason", "note", "about", "planned"),
    *("approval", "voided"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refundable:
    """A purchase and what of it no living refund has returned yet; `left_coins` is 0 where coins are unknown."""

    purchase: Purchase
    left_minor: int
    left_coins: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What must be known to believe a draft.

    Attributes:
        profiles: by folded name.
        default_profile: for drafts that name none; None where the call has none.
        gifts: prices of a folded gift name, newest first; empty when it is unknown.
        refundable: the purchase an id or order number names, or the code of the Problem it makes.
        new_id: a name unique in the world.
        amending: the entry a draft is to replace.
    """

    now: datetime
    profiles: Mapping[str, Profile]
    default_profile: Profile | None
    currencies: Mapping[str, Currency]
    regions: Mapping[str, Region]
    gifts: Callable[[str], tuple[CatalogGift, ...]]
    refundable: Callable[[str], Refundable | str]
    new_id: Callable[[], str]
    amending: Entry | None = None


def exact_instant(at: datetime, zone: str) -> str:
    """An instant as ISO text with the offset its zone had then."""
    return at.astimezone(ZoneInfo(zone)).isoformat()


def draft_of(entry: Entry, profile: Profile) -> Draft:
    """An entry in the exact text of the ledger CSV; believing it again gives an equal entry."""
    common = Draft(
        id=entry.id,
        at=exact_instant(entry.at, entry.zone) if entry.hour_known else entry.home_on.isoformat(),
        zone=entry.zone,
        profile=profile.name,
        coins=str(entry.coins) if entry.coins else "",
        note=entry.note,
        about="1" if entry.about else "",
        planned="1" if entry.planned else "",
        approval=entry.approval,
        voided="" if entry.voided_at is None else entry.voided_at.astimezone(UTC).isoformat(),
    )
    if isinstance(entry, Purchase):
        return _purchase_draft(entry, common)
    if isinstance(entry, Gift):
        return common._replace(kind="gift", quantity=str(entry.quantity), creator=entry.creator, gift=entry.gift_name)
    if isinstance(entry, Adjustment):
        return common._replace(kind="adjustment", reason=entry.reason.value)
    return common._replace(
        kind="refund",
        paid=_money_text(entry.paid),
        currency=entry.paid.currency.code,
        refers_to=entry.refers_to,
    )


def amending_draft(draft: Draft, before: Entry) -> Draft:
    """A draft that is to replace an entry: kind and id are the entry's.

    A form hands back the bank's rate it was shown; it is no typed rate and must not outlive a change of date.
    """
    draft = draft._replace(kind=kind_of(before).value, id=before.id, row=0)
    rate = before.rate if isinstance(before, Purchase) else None
    if rate is None or rate.source is RateSource.TYPED or draft.rate != f"{rate.value:f}":
        return draft
    return draft._replace(rate="", rate_on="")


def _purchase_draft(entry: Purchase, common: Draft) -> Draft:
    rate = entry.rate
    return common._replace(
        kind="purchase",
        paid=_money_text(entry.paid),
        currency=entry.paid.currency.code if entry.paid else "",
        charged=_money_text(entry.charged),
        rate=f"{rate.value:f}" if rate else "",
        rate_on=rate.on.isoformat() if rate else "",
        region=entry.region,
        channel=entry.channel.value,
        order_ref=entry.order_ref,
    )


def _money_text(money: Money | None) -> str:
    return decimal_text(money.minor, money.currency.digits) if money else ""

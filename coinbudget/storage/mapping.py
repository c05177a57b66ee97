"""Rows to entries and back: the one place that knows how an entry lies in its table.

Writing goes as plain tuples in the order of `ENTRY_COLUMNS`, already in the database's own types, because an object
per row costs more than the insert itself. Reading goes through `select_entries`, which brings along the creator's
handle and the currency of the profile.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Row as ResultRow
from sqlalchemy import Select, select

from coinbudget.domain.catalog import Channel, search_folded
from coinbudget.domain.entries import Adjustment, BatchId, Entry, EntryId, Gift, Purchase, Reason, Refund
from coinbudget.domain.money import Currency, Money
from coinbudget.domain.profiles import ProfileId
from coinbudget.domain.rates import Rate, RateSource
from coinbudget.storage.tables import CreatorRow, EntryRow, ProfileRow, day_number, instant_number, table_of

ENTRY = table_of(EntryRow)
CREATOR = table_of(CreatorRow)
PROFILE = table_of(ProfileRow)

#: Columns in the order of the tuples of `values_of`.
ENTRY_COLUMNS = tuple(column.name for column in ENTRY.columns)

#: paid, currency, charged, converted, rate, its day and source, region and channel of what has no price.
_NO_PRICE = (None, "", None, None, "", None, "none", "", "")

#: What `entry_of` reads.
Selected = ResultRow[Any]


def values_of(
    entry: Entry,
    creator_id: int | None,
    recorded_at: int,
    *,
    sequence: int,
    batch: int | None,
    voided_batch: int | None = None,
) -> tuple[Any, ...]:
    """An entry as the values of its row; `recorded_at` in microseconds."""
    voided_at = entry.voided_at
    head = (sequence, entry.id, entry.profile_id)
    when = (instant_number(entry.at), day_number(entry.home_on), entry.zone, int(entry.hour_known))
    tail = (entry.note, entry.approval)
    flags = (
        int(entry.about),
        int(entry.planned),
        None if voided_at is None else instant_number(voided_at),
        voided_batch,
        batch,
        entry.revision,
        recorded_at,
    )
    body: tuple[Any, ...]
    if isinstance(entry, Gift):
        search = search_folded(f"{entry.gift_name}\n{entry.creator}\n{entry.note}")
        body = (entry.coins, entry.quantity, *_NO_PRICE, creator_id, entry.gift_name)
        return (*head, "gift", *when, *body, "", None, "", *tail, search, *flags)
    if isinstance(entry, Purchase):
        search = search_folded(f"{entry.order_ref}\n{entry.region}\n{entry.channel}\n{entry.note}")
        return (*head, "purchase", *when, *_price(entry), None, "", entry.order_ref, None, "", *tail, search, *flags)
    search = search_folded(entry.note)
    if isinstance(entry, Refund):
        paid = entry.paid
        body = (entry.coins, 1, paid.minor, paid.currency.code, None, entry.converted_minor, "", None, "none", "", "")
        return (*head, "refund", *when, *body, None, "", "", entry.refers_to, "", *tail, search, *flags)
    body = (entry.coins, 1, None, "", None, None, "", None, "none", "", "")
    return (*head, "adjustment", *when, *body, None, "", "", None, entry.reason.value, *tail, search, *flags)


def _price(entry: Purchase) -> tuple[Any, ...]:
    paid, rate = entry.paid, entry.rate
    # `str` of these enums is their value, and three times as quick.
    return (
        entry.coins,
        1,
        paid.minor if paid else None,
        paid.currency.code if paid else "",
        entry.charged.minor if entry.charged else None,
        entry.converted_minor,
        f"{rate.value:f}" if rate else "",
        day_number(rate.on) if rate else None,
        str(entry.rate_source),
        entry.region,
        str(entry.channel),
    )


def select_entries() -> Select[Any]:
    """Every column of entries with the creator's handle and the currency of the profile; add your own WHERE."""
    home = PROFILE.c.currency.label("home_currency")
    return select(*ENTRY.columns, CREATOR.c.handle, home).select_from(
        ENTRY.join(PROFILE, ENTRY.c.profile_id == PROFILE.c.id).outerjoin(CREATOR, ENTRY.c.creator_id == CREATOR.c.id)
    )


def entry_of(row: Selected, currencies: Mapping[str, Currency]) -> Entry:
    """The entry of a row of `select_entries`."""
    common: dict[str, Any] = {
        "id": EntryId(row.id),
        "profile_id": ProfileId(row.profile_id),
        "at": row.at,
        "home_on": row.home_on,
        "zone": row.zone,
        "hour_known": bool(row.hour_known),
        "note": row.note,
        "about": bool(row.about),
        "planned": bool(row.planned),
        "approval": row.approval,
        "voided_at": row.voided_at,
        "sequence": row.sequence,
        "revision": row.revision,
        "batch": None if row.batch_id is None else BatchId(row.batch_id),
    }
    if row.kind == "gift":
        return Gift(coins=row.coins, quantity=row.quantity, gift_name=row.gift_name, creator=row.handle, **common)
    if row.kind == "adjustment":
        return Adjustment(coins=row.coins, reason=Reason(row.reason), **common)
    paid = None if row.paid_minor is None else Money(minor=row.paid_minor, currency=currencies[row.currency])
    if row.kind == "refund" and paid is not None:
        return Refund(
            refers_to=EntryId(row.refers_to),
            paid=paid,
            coins=row.coins or 0,
            converted_minor=row.converted_minor,
            **common,
        )
    home = currencies[row.home_currency]
    source = RateSource(row.rate_source)
    rate = None
    if row.rate:
        rate = Rate(base=row.currency, quote=home.code, value=Decimal(row.rate), on=row.rate_on, source=source)
    return Purchase(
        coins=row.coins,
        paid=paid,
        charged=None if row.charged_minor is None else Money(minor=row.charged_minor, currency=home),
        converted_minor=row.converted_minor,
        rate=rate,
        rate_source=source,
        region=row.region,
        channel=Channel(row.channel),
        order_ref=row.order_ref,
        **common,
    )

"""What a draft is believed to say: the one grammar that turns drafts into entries or problems.

Every way in (form, file, command line) walks through `believe`, so all refuse the same things with the same words.
A draft with a `row` comes from a file: there a purchase may lack its price and a gift its coins, and texts are kept
as they stand; in forms and on the command line what is missing is asked for.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from operator import itemgetter
from typing import TypedDict
from zoneinfo import ZoneInfo

from coinbudget.domain import fields
from coinbudget.domain.catalog import Channel, folded
from coinbudget.domain.drafts import Draft, Facts
from coinbudget.domain.entries import Adjustment, Entry, EntryId, Gift, Kind, Purchase, Reason, Refund
from coinbudget.domain.errors import Problem
from coinbudget.domain.money import (
    MAX_COINS,
    MAX_MINOR,
    Currency,
    Money,
    NumberFault,
    decimal_text,
    parse_decimal,
)
from coinbudget.domain.periods import HomeCalendar, calendar_of, zone_known
from coinbudget.domain.profiles import Profile, ProfileId
from coinbudget.domain.quick import quick
from coinbudget.domain.rates import RATE_DIGITS, Rate, RateSource

#: How far the clock of a file or a machine may be ahead of ours.
AHEAD = timedelta(minutes=5)

#: How far ahead something may be planned.
PLAN_YEARS = 10

#: Pieces one gift entry may stand for.
MAX_QUANTITY = 10**6

#: Bounds of a typed rate; every real pair of currencies lies well inside.
SMALLEST_RATE = Decimal("1e-9")
LARGEST_RATE = Decimal("1e9")

#: A home day may begin before midnight of the first one.
_FIRST_YEAR = fields.FIRST_DAY.year - 1


class _Common(TypedDict):
    """What every kind of entry is built from."""

    id: EntryId
    profile_id: ProfileId
    at: datetime
    home_on: date
    zone: str
    hour_known: bool
    note: str
    about: bool
    planned: bool
    approval: str
    voided_at: datetime | None


#: Columns that say something only of the kinds not named here; filled in elsewhere they would be lost in silence.
_FOREIGN = {
    Kind.PURCHASE: ("quantity", "creator", "gift", "refers_to", "reason"),
    Kind.GIFT: (
        "paid",
        "currency",
        "charged",
        "rate",
        "rate_on",
        "region",
        "channel",
        "order_ref",
        "refers_to",
        "reason",
    ),
    Kind.REFUND: (
        *("quantity", "charged", "rate", "rate_on", "region", "channel", "creator", "gift", "order_ref", "reason"),
        "planned",
    ),
    Kind.ADJUSTMENT: (
        *("quantity", "paid", "currency", "charged", "rate", "rate_on", "region", "channel", "creator", "gift"),
        *("order_ref", "refers_to"),
    ),
}
_FOREIGN_TEXTS = {kind: itemgetter(*map(Draft._fields.index, names)) for kind, names in _FOREIGN.items()}
_NOTHING_FOREIGN = {kind: ("",) * len(names) for kind, names in _FOREIGN.items()}
_KINDS = {kind.value: kind for kind in Kind}
_CHANNELS = {channel.value: channel for channel in Channel}
_REASONS = {reason.value: reason for reason in Reason}
_new_purchase, _new_gift = quick(Purchase), quick(Gift)
_AT_SIGNS = ("@", "\uff20")
_SHORTHAND = re.compile(r"([0-9]{1,6})\s*[x\u00d7*]\s*([0-9]{1,9})", re.IGNORECASE)


def believe(draft: Draft, facts: Facts) -> Entry | tuple[Problem, ...]:
    """The entry a draft stands for, or everything that is wrong with it.

    A purchase is converted where no exchange rate is needed for that: it was paid in the profile's currency, or it is
    said what the account was debited.
    """
    faults = fields.Faults(draft.row or None)
    kind = _KINDS.get(draft.kind)
    if kind is None:
        faults.add("kind", "unknown_kind" if draft.kind else "required")
        return tuple(faults.found)
    if _FOREIGN_TEXTS[kind](draft) != _NOTHING_FOREIGN[kind]:
        for name in _FOREIGN[kind]:
            if getattr(draft, name):
                faults.add(name, "not_for_kind", kind=kind.value)
    entry = _READERS[kind](draft, facts, faults)
    return tuple(faults.found) if faults.found or entry is None else entry


def _profile(draft: Draft, facts: Facts, faults: fields.Faults) -> Profile | None:
    if draft.profile:
        profile = facts.profiles.get(folded(draft.profile))
        if profile is None:
            faults.add("profile", "unknown_profile", profile=_shown(draft.profile))
        return profile
    if facts.default_profile is None:
        names = ", ".join(sorted(profile.name for profile in facts.profiles.values()))
        faults.add("profile", "which_profile" if names else "no_profile", **({"names": names} if names else {}))
    return facts.default_profile


def _common(draft: Draft, facts: Facts, faults: fields.Faults, profile: Profile) -> _Common:
    calendar = calendar_of(profile.settings)
    zone = draft.zone
    if zone and not zone_known(zone):
        faults.add("zone", "unknown_zone", zone=_shown(zone))
        zone = ""
    planned = bool(draft.planned) and fields.flag(faults, "planned", draft.planned)
    at, home_on, hour_known = _when(draft, facts, faults, calendar, zone)
    if home_on < fields.FIRST_DAY:
        faults.add("at", "too_early")
    elif not planned and at > facts.now and _is_ahead(at, home_on, facts, calendar, hour_known=hour_known):
        faults.add("at", "in_future")
    elif planned and home_on.year > facts.now.year + PLAN_YEARS:
        faults.add("at", "too_far")
    voided_at = fields.instant(faults, "voided", draft.voided, calendar) if draft.voided else None
    if voided_at is not None and voided_at > facts.now + AHEAD:
        faults.add("voided", "in_future")
    return {
        "id": EntryId((draft.id and fields.name_text(faults, "id", draft.id)) or facts.new_id()),
        "profile_id": profile.id,
        "at": at,
        "home_on": home_on,
        "zone": zone or calendar.settings_on(home_on).zone,
        "hour_known": hour_known,
        "note": draft.note and fields.name_text(faults, "note", draft.note, fields.LONGEST_NOTE),
        "about": bool(draft.about) and fields.flag(faults, "about", draft.about),
        "planned": planned,
        "approval": draft.approval and fields.name_text(faults, "approval", draft.approval),
        "voided_at": voided_at,
    }


def _is_ahead(at: datetime, home_on: date, facts: Facts, calendar: HomeCalendar, *, hour_known: bool) -> bool:
    """Whether a time is later than clocks differ; a day, whether it has not begun."""
    latest = facts.now + AHEAD
    return at > latest if hour_known else home_on > calendar.day_of(latest)


def _when(
    draft: Draft, facts: Facts, faults: fields.Faults, calendar: HomeCalendar, zone: str
) -> tuple[datetime, date, bool]:
    """Instant, home day, and whether the hour is known."""
    text = draft.at
    if not text:
        if draft.row:
            faults.add("at", "required")
        return facts.now, calendar.day_of(facts.now), True
    if fields.is_date(text):
        day = fields.day(faults, "at", text)
        if not _FIRST_YEAR <= day.year < date.max.year:
            faults.add("at", "too_early" if day.year < fields.FIRST_DAY.year else "too_far")
            day = fields.FIRST_DAY
        noon = calendar.noon_of(day)
        # A day that a change of zone jumped over is the day its noon fell on.
        return noon, calendar.day_of(noon), False
    at = fields.instant(faults, "at", text, calendar, ZoneInfo(zone) if zone else None)
    if not _FIRST_YEAR <= at.year < date.max.year:
        faults.add("at", "too_early" if at.year < fields.FIRST_DAY.year else "too_far")
        at = facts.now
    return at, calendar.day_of(at), True


def _purchase(draft: Draft, facts: Facts, faults: fields.Faults) -> Purchase | None:
    profile = _profile(draft, facts, faults)
    if profile is None:
        return None
    common = _common(draft, facts, faults, profile)
    before = facts.amending
    no_price = draft.row or (isinstance(before, Purchase) and before.paid is None)
    currency = _currency(draft, facts, faults)
    paid = None
    if draft.paid and currency is not None:
        paid = fields.amount(faults, "paid", draft.paid, draft.numbers, currency, most=MAX_MINOR)
    elif not draft.paid and not no_price:
        faults.add("paid", "required")
    coins = _coins_or_none(draft, faults)
    if not draft.paid and coins is None and no_price:
        faults.add("coins", "coins_or_paid")
    charged = _charged(draft, facts, faults, profile)
    rate = _typed_rate(draft, faults, profile, common["home_on"])
    region = draft.region or profile.region
    if region not in facts.regions:
        faults.add("region", "unknown_region", region=_shown(region))
    channel = _CHANNELS.get(draft.channel or "other")
    if channel is None:
        faults.add("channel", "unknown_channel", channel=_shown(draft.channel))
    source, converted = RateSource.NONE, None
    if charged is not None:
        source, converted = RateSource.CHARGED, charged.minor
    elif rate is not None:
        source = RateSource.TYPED
    elif paid is not None and paid.currency.code == profile.currency:
        source, converted = RateSource.SAME, paid.minor
    return _new_purchase(
        coins=coins,
        paid=paid,
        charged=charged,
        converted_minor=converted,
        rate=rate,
        rate_source=source,
        region=region,
        channel=channel or Channel.OTHER,
        order_ref=draft.order_ref and fields.name_text(faults, "order_ref", draft.order_ref),
        **common,
    )


def _currency(draft: Draft, facts: Facts, faults: fields.Faults) -> Currency | None:
    if not draft.currency:
        if draft.paid:
            faults.add("currency", "required")
        return None
    currency = facts.currencies.get(draft.currency)
    if currency is None:
        faults.add("currency", "unknown_currency", currency=_shown(draft.currency))
    elif not draft.paid and draft.kind == Kind.PURCHASE and draft.row:
        # A currency without an amount says nothing; the entry could not keep it.
        faults.add("paid", "required")
    return currency


def _coins_or_none(draft: Draft, faults: fields.Faults) -> int | None:
    return fields.coins(faults, "coins", draft.coins, draft.numbers, most=MAX_COINS) if draft.coins else None


def _charged(draft: Draft, facts: Facts, faults: fields.Faults, profile: Profile) -> Money | None:
    if not draft.charged:
        return None
    if not draft.paid:
        faults.add("charged", "charged_without_paid")
    home = facts.currencies[profile.currency]
    return fields.amount(faults, "charged", draft.charged, draft.numbers, home, most=MAX_MINOR)


def _typed_rate(draft: Draft, faults: fields.Faults, profile: Profile, home_on: date) -> Rate | None:
    if not draft.rate:
        if draft.rate_on:
            faults.add("rate", "required")
        return None
    if draft.charged:
        faults.add("rate", "rate_and_charged")
    if not draft.paid:
        faults.add("rate", "rate_without_paid")
    elif draft.currency == profile.currency:
        faults.add("rate", "rate_same_currency")
    value = parse_decimal(draft.rate, draft.numbers)
    if isinstance(value, NumberFault):
        faults.add("rate", "not_a_number")
        value = Decimal(1)
    if not SMALLEST_RATE <= value <= LARGEST_RATE or len(value.normalize().as_tuple().digits) > RATE_DIGITS:
        faults.add("rate", "rate_out_of_range")
    on = fields.day(faults, "rate_on", draft.rate_on) if draft.rate_on else home_on
    return Rate(base=draft.currency, quote=profile.currency, value=value, on=on, source=RateSource.TYPED)


def _gift(draft: Draft, facts: Facts, faults: fields.Faults) -> Gift | None:
    profile = _profile(draft, facts, faults)
    if profile is None:
        return None
    common = _common(draft, facts, faults, profile)
    creator = fields.name_text(faults, "creator", _handle(draft.creator))
    if not creator and not any(found.field == "creator" for found in faults.found):
        faults.add("creator", "required")
    quantity = 1
    if draft.quantity:
        quantity = fields.coins(faults, "quantity", draft.quantity, draft.numbers, most=MAX_QUANTITY)
    name = draft.gift and fields.name_text(faults, "gift", draft.gift)
    coins = _coins_or_none(draft, faults)
    if not draft.row:
        name, quantity, coins = _asked_gift(draft, facts, faults, name, quantity, coins)
    return _new_gift(coins=coins, quantity=quantity, gift_name=name, creator=creator, **common)


def _handle(text: str) -> str:
    """A creator's handle without what stands before it, so that what is kept reads the same again."""
    text = text.strip()
    while text[:1] in _AT_SIGNS:
        text = text[1:].lstrip()
    return text


def _asked_gift(
    draft: Draft, facts: Facts, faults: fields.Faults, name: str, quantity: int, coins: int | None
) -> tuple[str, int, int | None]:
    """Name, pieces and coins of a gift typed by a person: shorthands, known names and their newest price."""
    short = _SHORTHAND.fullmatch(name)
    if short and not draft.coins and not draft.quantity:
        return "", *_shorthand(faults, int(short[1]), int(short[2]))
    known = facts.gifts(folded(name)) if name else ()
    if known:
        name = known[0].name
    before = facts.amending
    if coins is not None or (isinstance(before, Gift) and before.coins is None and before.gift_name == name):
        return name, quantity, coins
    newest = sorted({gift.coins for gift in known if gift.seen_on == known[0].seen_on})
    if len(newest) > 1:
        faults.add("coins", "several_prices", name=name, prices=", ".join(str(price) for price in newest))
    elif not newest:
        faults.add("coins", "unknown_gift" if name else "required", **({"name": name} if name else {}))
    elif newest[0] * quantity > MAX_COINS:
        faults.add("quantity", "too_large", most=MAX_COINS // newest[0])
    else:
        coins = newest[0] * quantity
    return name, quantity, coins


def _shorthand(faults: fields.Faults, quantity: int, each: int) -> tuple[int, int]:
    if not quantity or not each:
        faults.add("gift", "zero")
    elif quantity > MAX_QUANTITY or quantity * each > MAX_COINS:
        faults.add("gift", "too_large", most=MAX_COINS)
    return max(quantity, 1), max(quantity * each, 1)


def _refund(draft: Draft, facts: Facts, faults: fields.Faults) -> Refund | None:
    before = facts.amending
    named = draft.refers_to or (before.refers_to if isinstance(before, Refund) else "")
    if not named:
        faults.add("refers_to", "required")
        return None
    found = facts.refundable(named)
    if isinstance(found, str):
        faults.add("refers_to", found, name=_shown(named))
        return None
    purchase = found.purchase
    profile = next((known for known in facts.profiles.values() if known.id == purchase.profile_id), None)
    if profile is None or (draft.profile and facts.profiles.get(folded(draft.profile)) is not profile):
        faults.add("profile", "refund_other_profile")
        return None
    common = _common(draft, facts, faults, profile)
    if purchase.paid is None:
        faults.add("refers_to", "refund_without_price")
        return None
    currency = purchase.paid.currency
    if draft.currency and draft.currency != currency.code:
        faults.add("currency", "refund_currency", currency=currency.code)
    paid, coins = Money(minor=found.left_minor, currency=currency), found.left_coins
    living = not draft.voided
    if draft.paid:
        paid = fields.amount(faults, "paid", draft.paid, draft.numbers, currency, most=MAX_MINOR)
        coins = _refunded_coins(draft, faults)
    elif draft.coins:
        faults.add("paid", "required")
    elif not found.left_minor:
        faults.add("refers_to", "nothing_left")
    if living and draft.paid and paid.minor > found.left_minor:
        faults.add(
            "paid", "refund_exceeds_paid", left=decimal_text(found.left_minor, currency.digits), currency=currency.code
        )
    if living and coins > found.left_coins:
        faults.add("coins", "refund_exceeds_coins", left=found.left_coins)
    return Refund(refers_to=purchase.id, paid=paid, coins=coins, **common)


def _refunded_coins(draft: Draft, faults: fields.Faults) -> int:
    """Coins taken back; 0 may be written out."""
    if not draft.coins or draft.coins.strip() == "0":
        return 0
    return fields.coins(faults, "coins", draft.coins, draft.numbers, most=MAX_COINS)


def _adjustment(draft: Draft, facts: Facts, faults: fields.Faults) -> Adjustment | None:
    profile = _profile(draft, facts, faults)
    if profile is None:
        return None
    common = _common(draft, facts, faults, profile)
    reason = _REASONS.get(draft.reason)
    if reason is None:
        faults.add("reason", "unknown_reason" if draft.reason else "required")
        reason = Reason.CORRECTION
    coins = 1
    if draft.coins:
        coins = fields.signed_coins(faults, "coins", draft.coins, draft.numbers, most=MAX_COINS)
    else:
        faults.add("coins", "required")
    if not faults.found and coins < 0 and reason in {Reason.BONUS, Reason.OPENING}:
        faults.add("coins", "must_add_coins", reason=reason.value)
    if not faults.found and coins > 0 and reason is Reason.OTHER_USE:
        faults.add("coins", "must_take_coins")
    return Adjustment(coins=coins, reason=reason, **common)


_READERS: Mapping[Kind, Callable[[Draft, Facts, fields.Faults], Entry | None]] = {
    Kind.PURCHASE: _purchase,
    Kind.GIFT: _gift,
    Kind.REFUND: _refund,
    Kind.ADJUSTMENT: _adjustment,
}


def _shown(text: str) -> str:
    """A faulty text short enough for a sentence, with what cannot be printed replaced."""
    shown = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text[:60])
    return shown if len(text) <= len(shown) else f"{shown}\N{HORIZONTAL ELLIPSIS}"

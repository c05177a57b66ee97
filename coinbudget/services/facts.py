"""What a draft is held against, gathered from the open ledger, and the freezing of exchange rates."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from coinbudget.domain.catalog import CatalogGift, folded
from coinbudget.domain.drafts import Facts, Refundable
from coinbudget.domain.entries import Entry, EntryId, Purchase, Refund
from coinbudget.domain.errors import Problem, problem
from coinbudget.domain.money import MAX_MINOR, Currency, converted_minor
from coinbudget.domain.profiles import Profile
from coinbudget.domain.rates import Rate, RateSource
from coinbudget.services.ledger import Ledger
from coinbudget.storage import household_store, ledger_store
from coinbudget.storage.database import Transaction
from coinbudget.storage.rate_store import freeze_rate

_IDS_AT_ONCE = 256
#: Version 4 and variant of RFC 9562 in the bytes that hold them, and the dashed form of an id.
_VERSION = bytes(0x40 | byte & 0x0F for byte in range(256))
_VARIANT = bytes(0x80 | byte & 0x3F for byte in range(256))
_DASHED = b"xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx "
_DIGITS = [place for place, sign in enumerate(_DASHED) if sign == ord("x")]


def facts_of(
    ledger: Ledger,
    tx: Transaction,
    *,
    now: datetime,
    default_profile: Profile | None = None,
    amending: Entry | None = None,
) -> Facts:
    """The facts of the ledger as the transaction sees it.

    Args:
        default_profile: for drafts that name none; without it the only profile there is.
        amending: the entry a draft is to replace.
    """
    profiles = household_store.profiles(tx)
    if default_profile is None and len(profiles) == 1:
        default_profile = profiles[0]
    remembered: dict[str, tuple[CatalogGift, ...]] | None = None

    def gifts(name: str) -> tuple[CatalogGift, ...]:
        nonlocal remembered
        if remembered is None:
            remembered = ledger_store.known_gifts(tx)
        return ledger.reference.gifts.get(name) or remembered.get(name, ())

    def refundable(named: str) -> Refundable | str:
        return _refundable(ledger, tx, named, amending)

    return Facts(
        now=now,
        profiles={folded(profile.name): profile for profile in profiles},
        default_profile=default_profile,
        currencies=ledger.reference.currencies,
        regions=ledger.reference.regions,
        gifts=gifts,
        refundable=refundable,
        new_id=_new_ids().__next__,
        amending=amending,
    )


def _new_ids() -> Iterator[str]:
    """Random UUIDs, version 4 of RFC 9562, made in blocks: to make each alone takes ten times as long."""
    written = bytearray(_DASHED * _IDS_AT_ONCE)
    while True:
        block = bytearray(os.urandom(16 * _IDS_AT_ONCE))
        block[6::16] = block[6::16].translate(_VERSION)
        block[8::16] = block[8::16].translate(_VARIANT)
        digits = block.hex().encode("ascii")
        # Every id has its digits and dashes at the same places.
        for digit, place in enumerate(_DIGITS):
            written[place :: len(_DASHED)] = digits[digit::32]
        yield from written.decode("ascii").split()


def _refundable(ledger: Ledger, tx: Transaction, named: str, amending: Entry | None) -> Refundable | str:
    ids = ledger_store.ids_named(tx, named, purchases=True)
    if not ids:
        return "unknown_purchase"
    if len(ids) > 1:
        return "ambiguous_purchase"
    currencies = ledger.reference.currencies
    purchase = ledger_store.entries_by_id(tx, ids, currencies)[ids[0]]
    if not isinstance(purchase, Purchase):
        return "unknown_purchase"
    if purchase.voided_at is not None:
        return "purchase_voided"
    if purchase.planned:
        return "purchase_planned"
    others = ledger_store.refunds_of(tx, ids, currencies).get(purchase.id, [])
    except_for = None if amending is None else amending.id
    return remaining(purchase, [other for other in others if other.counts and other.id != except_for])


def remaining(purchase: Purchase, refunds: list[Refund]) -> Refundable:
    """A purchase with what its living refunds leave of it."""
    return Refundable(
        purchase=purchase,
        left_minor=(purchase.paid.minor if purchase.paid else 0) - sum(refund.paid.minor for refund in refunds),
        left_coins=(purchase.coins or 0) - sum(refund.coins for refund in refunds),
    )


def freeze(purchase: Purchase, home: Currency) -> Purchase | Problem:
    """A purchase with its amount in the profile's currency, or without one where no rate is known.

    What the account was debited is the amount; else a typed rate holds; else the central bank's of the home day.
    """
    paid, rate, source = purchase.paid, purchase.rate, purchase.rate_source
    if source is RateSource.SAME and paid and purchase.converted_minor == paid.minor and paid.currency == home:
        return purchase  # as nearly every one is believed
    if paid is None:
        return _at(purchase, None, None, RateSource.NONE)
    if purchase.charged is not None:
        return _at(purchase, purchase.charged.minor, None, RateSource.CHARGED)
    if paid.currency == home:
        return _at(purchase, paid.minor, None, RateSource.SAME)
    known = freeze_rate(paid.currency.code, home.code, purchase.home_on)
    if source is not RateSource.TYPED or rate is None:
        rate = known
    elif known is not None and (known.value, known.on) == (rate.value, rate.on):
        # A file brings the frozen rate along; it is still the bank's, provisional or not.
        rate = known
    if rate is None:
        return _at(purchase, None, None, RateSource.NONE)
    minor = converted_minor(paid, rate.value, home)
    if not 1 <= minor <= MAX_MINOR:
        return problem("paid", "converted_out_of_range", currency=home.code)
    return _at(purchase, minor, rate, rate.source)


def _at(purchase: Purchase, minor: int | None, rate: Rate | None, source: RateSource) -> Purchase:
    if (purchase.converted_minor, purchase.rate, purchase.rate_source) == (minor, rate, source):
        return purchase
    return replace(purchase, converted_minor=minor, rate=rate, rate_source=source)


def entry_id(tx: Transaction, named: str) -> EntryId | Problem:
    """The entry a person names: by id, order number, or the first characters of the id."""
    ids = ledger_store.ids_named(tx, named)
    if len(ids) == 1:
        return ids[0]
    return problem("entry", "ambiguous_entry" if ids else "unknown_entry", name=named[:60])

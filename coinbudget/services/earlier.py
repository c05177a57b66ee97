"""Coins that were bought before this ledger begins: what they may have cost, as a range and apart from known cost.

A data export often holds gifts of years and no purchase. Coins that gifts used with none on hand were bought some time
before, and nobody noted for how much. The person says where they mostly bought; the prices known of those storefronts
then give a range. It is an estimate, named so, and part of no total.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from coinbudget.domain.catalog import FALLBACK_REGION, Channel, CoinPackage
from coinbudget.domain.errors import Refusal, problem
from coinbudget.domain.money import Currency
from coinbudget.domain.periods import home_day
from coinbudget.domain.profiles import Profile, ProfileId
from coinbudget.formats.source import Format
from coinbudget.services.assessment import Assessment, Totals
from coinbudget.services.changes import Changes
from coinbudget.services.ledger import Ledger
from coinbudget.storage import household_store, journal, price_store, rate_store, setting_store, valuation_store
from coinbudget.storage.database import Transaction

_KEY = "earlier_coins/"


class Bought(StrEnum):
    """Where coins of before the ledger were mostly bought."""

    APP = "app"
    WEB = "web"
    BOTH = "both"


_CHANNELS = {
    Bought.APP: frozenset({Channel.IOS, Channel.ANDROID}),
    Bought.WEB: frozenset({Channel.WEB}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierCoins:
    """Coins of before the ledger.

    Attributes:
        coins: used by gifts with none on hand.
        bought: what the person said; None while not said.
        low_minor, high_minor: about what they cost, in the profile's currency; None where that cannot be said.
        from_us: the prices are those of the United States, converted.
    """

    coins: int
    bought: Bought | None = None
    low_minor: int | None = None
    high_minor: int | None = None
    from_us: bool = False

    @property
    def range(self) -> tuple[int, int] | None:
        """About what they cost, least and most."""
        return None if self.low_minor is None or self.high_minor is None else (self.low_minor, self.high_minor)


def earlier_coins(ledger: Ledger, profile_id: ProfileId, *, now: datetime) -> EarlierCoins:
    """What is known of the coins bought before the ledger begins.

    Raises:
        Refusal: there is no such profile.
    """
    with ledger.database.reading() as tx:
        return earlier_in(ledger, tx, profile_id, now=now)


def earlier_in(ledger: Ledger, tx: Transaction, profile_id: ProfileId, *, now: datetime) -> EarlierCoins:
    """`earlier_coins` inside a transaction that is already open."""
    profile = _profile(tx, profile_id)
    coins = valuation_store.on_hand(tx, profile_id).uncovered
    said = setting_store.value(tx, f"{_KEY}{profile_id}")
    if not coins or said not in set(Bought):
        return EarlierCoins(coins=coins)
    bought = Bought(said)
    today = home_day(profile.settings, now)
    ways = (Bought.APP, Bought.WEB) if bought is Bought.BOTH else (bought,)
    known = [_prices(ledger, tx, profile, way, today) for way in ways]
    each, from_us = [price for prices, _ in known for price in prices], any(american for _, american in known)
    if not each:
        return EarlierCoins(coins=coins, bought=bought)
    low, high = round(min(each) * coins), round(max(each) * coins)
    return EarlierCoins(coins=coins, bought=bought, low_minor=low, high_minor=high, from_us=from_us)


def earlier_after(ledger: Ledger, assessment: Assessment, profile_id: ProfileId) -> int:
    """How many coins a profile would have used beyond all it ever got, if the ticked lines came in; at the least.

    0 where there are none, where the lines add none, and for a ledger CSV, whose adjustments account for coins too.
    """
    if assessment.reading.format is Format.LEDGER:
        return 0
    before, after = assessment.before.get(profile_id, Totals()), assessment.after(profile_id)
    bought, gifted = after.coins_bought - before.coins_bought, after.coins_gifted - before.coins_gifted
    with ledger.database.reading() as tx:
        hand = valuation_store.on_hand(tx, profile_id)
    lacking = hand.uncovered - hand.coins + gifted - bought
    return lacking if lacking > hand.uncovered else 0


def say_bought(ledger: Ledger, profile_id: ProfileId, bought: Bought | None, *, now: datetime) -> Changes:
    """Keep where the coins of before the ledger were mostly bought; None takes the answer back.

    Raises:
        Refusal: there is no such profile.
    """
    with ledger.database.writing() as tx:
        _profile(tx, profile_id)
        setting_store.keep(tx, f"{_KEY}{profile_id}", None if bought is None else bought.value)
        journal.append(tx, "say earlier coins", "", {"profile": profile_id, "bought": bought}, now=now)
    return Changes(action="say earlier coins", count=0, profiles=frozenset({profile_id}))


def _profile(tx: Transaction, profile_id: ProfileId) -> Profile:
    found = household_store.profile(tx, profile_id)
    if found is None:
        raise Refusal(problem("profile", "unknown_profile", profile=profile_id))
    return found


def _prices(
    ledger: Ledger, tx: Transaction, profile: Profile, bought: Bought, today: date
) -> tuple[list[Fraction], bool]:
    """Prices of one coin in minor units of the profile's currency, and whether they are those of the United States."""
    currencies = ledger.reference.currencies
    home = currencies[profile.currency]
    own = price_store.own_prices(tx, profile.id, profile.region, home=home, currencies=currencies)
    here = [package for package in (*own, *ledger.reference.packages) if package.region == profile.region]
    found = list(_each(here, _CHANNELS[bought], home, today))
    if found:
        return found, False
    american = [package for package in ledger.reference.packages if package.region == FALLBACK_REGION]
    return list(_each(american, _CHANNELS[bought], home, today)), True


def _each(
    packages: Iterable[CoinPackage], channels: frozenset[Channel], home: Currency, today: date
) -> Iterable[Fraction]:
    for package in packages:
        if package.channel not in channels:
            continue
        each = Fraction(package.price.minor, package.coins)
        paid = package.price.currency
        if paid.code != home.code:
            rate = rate_store.freeze_rate(paid.code, home.code, today)
            if rate is None:
                continue
            each *= Fraction(rate.value) * Fraction(Decimal(10) ** (home.digits - paid.digits))
        yield each

"""What a number of coins costs today, always with the basis it rests on and the day of that basis.

In this order: the profile's own last price in the storefront; the newest catalogue price there; the newest price of
another channel of the region; the price in the United States, converted. Rounded half-even once.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

from coinbudget.domain.catalog import Basis, Channel, CoinPackage, Region, price_minor, priced_by
from coinbudget.domain.errors import Refusal, problem
from coinbudget.domain.money import MAX_COINS, Currency, Money
from coinbudget.domain.periods import home_day
from coinbudget.domain.profiles import Profile, ProfileId
from coinbudget.domain.rates import Rate
from coinbudget.services.ledger import Ledger
from coinbudget.storage import household_store, price_store, rate_store
from coinbudget.storage.database import Transaction

#: One English sentence per basis; {date} is the day of the fact.
BASES: dict[str, str] = {
    Basis.OWN: "your own last price there, {date}",
    Basis.CATALOGUE: "price seen there, {date}",
    Basis.OTHER_CHANNEL: "price of another channel in the region, {date}",
    Basis.US_PRICE: "estimated from the US price, {date}",
}
UNDATED = "undated"
#: Said of a price that was not seen in that very storefront, or on an unknown day.
ESTIMATED = "catalogue estimate, {date}; check against your receipt"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceAnswer:
    """What coins cost in a storefront today.

    Attributes:
        amount: in the currency asked for.
        basis: code of `domain.catalog.Basis`.
        as_of: day of the price used; None when its source gives none.
        estimate: True where that price was not seen in its storefront or is undated.
        rate: the exchange rate used, None when none was needed.
    """

    coins: int
    region: str
    channel: Channel
    amount: Money
    basis: str
    as_of: date | None
    estimate: bool
    rate: Rate | None


def basis_text(answer: PriceAnswer) -> str:
    """The basis of an answer in words, with its date."""
    words = ESTIMATED if answer.estimate and answer.basis == Basis.CATALOGUE else BASES[answer.basis]
    return words.format(date=answer.as_of.isoformat() if answer.as_of else UNDATED)


def convert(
    ledger: Ledger,
    *,
    coins: int,
    region: str | None = None,
    channel: Channel | None = None,
    profile_id: ProfileId | None = None,
    currency: str | None = None,
    now: datetime,
) -> PriceAnswer:
    """What `coins` cost today.

    Args:
        region: ISO 3166; the profile's when left out.
        channel: the one last used when left out, else the web.
        profile_id: whose own prices count; None leaves them out and needs a region.
        currency: of the answer; the region's when left out.

    Raises:
        Refusal: something asked for is not known, or no price answers.
    """
    with ledger.database.reading() as tx:
        return price_today(
            ledger, tx, coins=coins, region=region, channel=channel, profile_id=profile_id, currency=currency, now=now
        )


def price_today(
    ledger: Ledger,
    tx: Transaction,
    *,
    coins: int,
    region: str | None = None,
    channel: Channel | None = None,
    profile_id: ProfileId | None = None,
    currency: str | None = None,
    now: datetime,
) -> PriceAnswer:
    """`convert` inside a transaction that is already open."""
    profile = household_store.profile(tx, profile_id) if profile_id is not None else None
    if profile_id is not None and profile is None:
        raise Refusal(problem("profile", "unknown_profile", profile=profile_id))
    if not 1 <= coins <= MAX_COINS:
        raise Refusal(problem("coins", "too_large", most=MAX_COINS) if coins > 0 else problem("coins", "zero"))
    there = _region(ledger, region, profile)
    into = _currency(ledger, currency or there.currency)
    own = _own_prices(ledger, tx, profile, there.code)
    used = price_store.last_storefront(tx, profile.id) if profile and channel is None else None
    at = channel or (Channel(used[0]) if used and used[0] else Channel.WEB)
    today = home_day(profile.settings, now) if profile else now.astimezone(UTC).date()
    for basis, package in priced_by(coins, there.code, at, ledger.reference.packages, own):
        answer = _in_currency(coins, package, into, today)
        if answer is not None:
            amount, rate = answer
            return PriceAnswer(
                coins=coins,
                region=there.code,
                channel=at,
                amount=amount,
                basis=basis.value,
                as_of=package.seen_on,
                estimate=package.estimate or basis is Basis.US_PRICE,
                rate=rate,
            )
    raise Refusal(problem("coins", "no_price", region=there.code, currency=into.code))


def _region(ledger: Ledger, code: str | None, profile: Profile | None) -> Region:
    wanted = (code or (profile.region if profile else "")).strip().upper()
    if not wanted:
        raise Refusal(problem("region", "region_needed"))
    found = ledger.reference.regions.get(wanted)
    if found is None:
        raise Refusal(problem("region", "unknown_region", region=code))
    return found


def _currency(ledger: Ledger, code: str | None) -> Currency:
    if code is None:
        raise Refusal(problem("currency", "currency_needed"))
    found = ledger.reference.currencies.get(code.strip().upper())
    if found is None:
        raise Refusal(problem("currency", "unknown_currency", currency=code))
    return found


def _own_prices(ledger: Ledger, tx: Transaction, profile: Profile | None, region: str) -> tuple[CoinPackage, ...]:
    if profile is None:
        return ()
    currencies = ledger.reference.currencies
    return price_store.own_prices(tx, profile.id, region, home=currencies[profile.currency], currencies=currencies)


def _in_currency(coins: int, package: CoinPackage, into: Currency, today: date) -> tuple[Money, Rate | None] | None:
    """The price of coins by a package, converted at today's rate; None when the rate is unknown."""
    exact = price_minor(coins, package)
    price = package.price.currency
    rate = None
    if price.code != into.code:
        rate = rate_store.freeze_rate(price.code, into.code, today)
        if rate is None:
            return None
        exact *= Fraction(rate.value) * Fraction(Decimal(10) ** (into.digits - price.digits))
    return Money(minor=round(exact), currency=into), rate


def rates_up_to() -> date:
    """The newest day whose exchange rates are final, for the status line."""
    return rate_store.last_day()

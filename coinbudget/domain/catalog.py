"""Offers and names: regions, storefronts, coin packages, gifts. Facts with a source, never official prices.

Two foldings of text are fixed here, for the whole program: `folded` decides whether two names are the same
(profiles, handles, gift names); `search_folded` is looser and serves finding (it drops accents too).
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from coinbudget.domain.money import Currency, Money


class Channel(StrEnum):
    """Where coins were bought."""

    IOS = "ios"
    ANDROID = "android"
    WEB = "web"
    GIFT_CARD = "gift_card"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """An ISO 3166 country. `currency` is None where it has none of its own."""

    code: str
    name: str
    currency: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoinPackage:
    """An offer: `coins` at `price` in the storefront (region, channel).

    Attributes:
        seen_on: day of the fact; None when the source gives none (counts as oldest).
        estimate: True where the row is not a price seen in that very storefront.
    """

    region: str
    channel: Channel
    coins: int
    price: Money
    seen_on: date | None
    estimate: bool
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogGift:
    """A gift's name and coin price. Names are not unique; `seen_on` tells the newest.

    Attributes:
        lists: how many of the lists the catalogue was made from hold it; 0 for one a person remembered.
    """

    name: str
    coins: int
    seen_on: date | None
    lists: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The bundled facts, read once at opening.

    Attributes:
        currencies: by ISO 4217 code.
        regions: by ISO 3166 alpha-2 code.
        packages: newest first per storefront, undated last.
        gifts: by folded name, each newest first; ordered by name.
    """

    currencies: Mapping[str, Currency]
    regions: Mapping[str, Region]
    packages: tuple[CoinPackage, ...]
    gifts: Mapping[str, tuple[CatalogGift, ...]]


class Basis(StrEnum):
    """What a price of coins today rests on, best first."""

    OWN = "own"  # the profile's own last price in that storefront
    CATALOGUE = "catalogue"  # the newest catalogue price of that storefront
    OTHER_CHANNEL = "other_channel"  # the newest price of another channel of the region
    US_PRICE = "us"  # the price in the United States, converted


#: Sizes of packages as TikTok sells them, per channel; the web also takes a custom amount. Source: TechCrunch, 30 Apr
#: 2024, for the ranges; several secondary lists for the sizes between.
_WEB_SIZES = (70, 350, 700, 1400, 3500, 7000, 17500)
_APP_SIZES = (20, 65, 330, 660, 1321, 3303, 6607, 16500)
LADDERS: Mapping[str, tuple[int, ...]] = {
    Channel.WEB.value: _WEB_SIZES,
    Channel.IOS.value: _APP_SIZES,
    Channel.ANDROID.value: _APP_SIZES,
}

#: The region whose price answers where nothing is known of a region.
FALLBACK_REGION = "US"


def age_rank(package: CoinPackage) -> int:
    """Grows with the day of the fact; undated counts as oldest."""
    return 0 if package.seen_on is None else package.seen_on.toordinal()


def package_for(coins: int, packages: Iterable[CoinPackage]) -> CoinPackage | None:
    """The package that prices `coins` best: of exactly as many, else the largest below, else the smallest.

    Of several of one size the newest stands.
    """
    sizes: dict[int, CoinPackage] = {}
    for package in packages:
        kept = sizes.get(package.coins)
        if kept is None or age_rank(package) > age_rank(kept):
            sizes[package.coins] = package
    if not sizes:
        return None
    below = [size for size in sizes if size <= coins]
    return sizes[max(below) if below else min(sizes)]


def price_minor(coins: int, package: CoinPackage) -> Fraction:
    """What `coins` cost at the per-coin price of a package: exact minor units of its currency, not yet rounded."""
    return Fraction(package.price.minor * coins, package.coins)


def priced_by(
    coins: int, region: str, channel: Channel, packages: Sequence[CoinPackage], own: Sequence[CoinPackage]
) -> list[tuple[Basis, CoinPackage]]:
    """The packages that answer what coins cost in a storefront today, best basis first.

    Args:
        packages: the catalogue.
        own: the profile's own last price per storefront, as packages.
    """
    found: list[tuple[Basis, CoinPackage | None]] = [
        (Basis.OWN, package_for(coins, _there(own, region, channel))),
        (Basis.CATALOGUE, package_for(coins, _there(packages, region, channel))),
        (Basis.OTHER_CHANNEL, _elsewhere(coins, region, channel, (*own, *packages))),
    ]
    if region != FALLBACK_REGION:
        american = package_for(coins, _there(packages, FALLBACK_REGION, channel))
        found.append((Basis.US_PRICE, american or _elsewhere(coins, FALLBACK_REGION, channel, packages)))
    return [(basis, package) for basis, package in found if package is not None]


def _there(packages: Iterable[CoinPackage], region: str, channel: Channel) -> list[CoinPackage]:
    return [package for package in packages if package.region == region and package.channel == channel]


def _elsewhere(coins: int, region: str, channel: Channel, packages: Sequence[CoinPackage]) -> CoinPackage | None:
    """The price in the other channel of a region whose newest fact is the newest."""
    others = [package for package in packages if package.region == region and package.channel != channel]
    if not others:
        return None
    newest = max(others, key=age_rank)  # the first of equals: own prices stand before the catalogue's
    if newest.source == OWN_SOURCE:
        return newest
    return package_for(coins, _there([p for p in others if p.source != OWN_SOURCE], region, newest.channel))


#: Source of a package made from a profile's own purchase.
OWN_SOURCE = "own purchase"

#: Letters that carry no combining mark to drop, as people without that keyboard type them.
_PLAIN_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"})


def folded(name: str) -> str:
    """A name as it is compared: without case, outer blanks, full-width forms and curly apostrophes."""
    if name.isascii():
        return name.strip().lower()
    # Case folding may undo the composed form, so it is composed again.
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").strip()


def search_folded(text: str) -> str:
    """A text as it is searched: folded, and without accents."""
    if text.isascii():
        return text.strip().lower()
    parts = unicodedata.normalize("NFKD", folded(text))
    return "".join(letter for letter in parts if not unicodedata.combining(letter)).translate(_PLAIN_LETTERS)

"""Offers and names: regions, storefronts, coin packages, gifts. Facts with a source, never official prices.

Two foldings of text are fixed here, for the whole program: `folded` decides whether two names are the same
(profiles, handles, gift names); `search_folded` is looser and serves finding (it drops accents too).
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

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
    """A gift's name and coin price. Names are not unique; `seen_on` tells the newest."""

    name: str
    coins: int
    seen_on: date | None


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

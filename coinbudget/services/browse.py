"""The ledger table and the pickers: views, pages, totals, and what was used lately.

A view is fetched as orders of entry (`ids`), its rows page by page (`lines`); nothing is kept between calls.
"""

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from coinbudget.domain.catalog import LADDERS, Basis, CatalogGift, Channel, folded, search_folded
from coinbudget.domain.entries import Adjustment, Entry, EntryId, Gift, Purchase, Refund
from coinbudget.domain.money import Money, decimal_text
from coinbudget.domain.profiles import Profile, ProfileId
from coinbudget.domain.summaries import LedgerFilter, LedgerLine, ShownTotals, Sort
from coinbudget.domain.valuation import NO_COST
from coinbudget.services.ledger import Ledger
from coinbudget.storage import browse_store, household_store, ledger_store, suggestion_store, valuation_store
from coinbudget.storage.database import Transaction
from coinbudget.storage.valuation_store import Valued

#: A picker shows so many.
_OFFERED = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftChoice:
    """A gift a picker offers; `coins` of one piece, `recent` where this profile sent it lately."""

    name: str
    coins: int
    recent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageChoice:
    """A package a picker offers.

    Attributes:
        price: None where only the size is known.
        basis: a code of `domain.catalog.Basis`; "" without a price.
    """

    coins: int
    price: Money | None
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LastUsed:
    """What a profile used last; None and "" where there is nothing yet. `creator` is without @."""

    channel: Channel | None
    region: str
    creator: str
    currency: str


def ids(ledger: Ledger, shown: LedgerFilter, *, sort: Sort = Sort.AT, descending: bool = True) -> "array[int]":
    """The orders of entry of everything a filter shows, in the order of the table."""
    with ledger.database.reading() as tx:
        return browse_store.view(tx, shown, sort, descending=descending)


def first_page(
    ledger: Ledger, shown: LedgerFilter, sort: Sort = Sort.AT, descending: bool = True, size: int = 100
) -> tuple[LedgerLine, ...]:
    """The first lines of a view, without fetching the view."""
    with ledger.database.reading() as tx:
        first = browse_store.first_of_view(tx, shown, sort, descending=descending, size=size)
        return _lines(ledger, tx, first)


def lines(ledger: Ledger, sequences: Iterable[int]) -> tuple[LedgerLine, ...]:
    """The lines of some orders of entry, in the order asked for; what is not in the ledger is left out."""
    with ledger.database.reading() as tx:
        return _lines(ledger, tx, sequences)


def count(ledger: Ledger, shown: LedgerFilter) -> int:
    """How many entries a filter shows."""
    with ledger.database.reading() as tx:
        return browse_store.count(tx, shown)


def totals(ledger: Ledger, shown: LedgerFilter) -> ShownTotals:
    """Count and sums of what a filter shows; amounts are None where they are of several currencies."""
    with ledger.database.reading() as tx:
        entries, found = browse_store.totals(tx, shown)
        currencies = {profile.currency for profile in household_store.profiles(tx) if profile.id in found}
    sums = found.values()
    one = len(currencies) <= 1
    return ShownTotals(
        entries=entries,
        spent_minor=sum(part.spent for part in sums) if one else None,
        refunded_minor=sum(part.refunded for part in sums) if one else None,
        coins_bought=sum(part.coins_bought for part in sums),
        coins_gifted=sum(part.coins_gifted for part in sums),
        gift_cost=sum((part.cost for part in sums), start=NO_COST) if one else None,
        rate_missing=sum(part.rate_missing for part in sums),
    )


def creators_known(ledger: Ledger, text: str = "", limit: int = _OFFERED) -> tuple[str, ...]:
    """Handles that hold a text, without case and accents, the one gifted last first."""
    wanted = search_folded(text).removeprefix("@")
    with ledger.database.reading() as tx:
        known = suggestion_store.creators(tx)
    return tuple(handle for handle in known if wanted in search_folded(handle))[:limit]


def gifts(ledger: Ledger, text: str, profile_id: ProfileId) -> tuple[GiftChoice, ...]:
    """Gifts whose name holds a text or whose coins begin with it; those sent lately first, then the best known."""
    wanted = search_folded(text)
    with ledger.database.reading() as tx:
        recent = suggestion_store.gifts(tx, profile_id)
        remembered = ledger_store.known_gifts(tx)
    offered: dict[tuple[str, int], GiftChoice] = {}
    for name, coins in recent:
        if name and _fits(wanted, name, coins):
            offered.setdefault((folded(name), coins), GiftChoice(name=name, coins=coins, recent=True))
    others = [gift for known in (remembered, ledger.reference.gifts) for prices in known.values() for gift in prices]
    fitting = [gift for gift in others if _fits(wanted, gift.name, gift.coins)]
    for gift in sorted(fitting, key=lambda gift: _rank(wanted, gift)):
        key = folded(gift.name), gift.coins
        offered.setdefault(key, GiftChoice(name=gift.name, coins=gift.coins, recent=False))
    return tuple(offered.values())[:_OFFERED]


def packages(
    ledger: Ledger, profile_id: ProfileId, channel: Channel | str | None = None, text: str = ""
) -> tuple[PackageChoice, ...]:
    """Packages whose coins or price begin with a text: bought lately, then the catalogue's, then sizes alone."""
    wanted = search_folded(text).replace(",", ".")
    at = str(channel or "")
    with ledger.database.reading() as tx:
        own = suggestion_store.packages(tx, profile_id, at)
        profile = household_store.profile(tx, profile_id)
    currencies = ledger.reference.currencies
    offered = [
        PackageChoice(coins=coins, price=Money(minor=minor, currency=currencies[code]), basis=Basis.OWN.value)
        for coins, minor, code in own
    ]
    region = profile.region if profile else ""
    catalogue = sorted(
        (found for found in ledger.reference.packages if found.region == region and at in {"", found.channel.value}),
        key=lambda found: found.coins,
    )
    offered += [PackageChoice(coins=p.coins, price=p.price, basis=Basis.CATALOGUE.value) for p in catalogue]
    sizes = {choice.coins for choice in offered}
    offered += [PackageChoice(coins=n, price=None, basis="") for n in LADDERS.get(at, ()) if n not in sizes]
    fitting = (choice for choice in offered if not wanted or _begins(wanted, choice))
    return tuple(dict.fromkeys(fitting))[:_OFFERED]


def last_used(ledger: Ledger, profile_id: ProfileId) -> LastUsed:
    """What a profile used last, to fill a form with."""
    with ledger.database.reading() as tx:
        bought = suggestion_store.last_purchase(tx, profile_id)
        creator = suggestion_store.last_creator(tx, profile_id)
    channel, region, currency = bought or ("", "", "")
    return LastUsed(channel=Channel(channel) if channel else None, region=region, creator=creator, currency=currency)


def _lines(ledger: Ledger, tx: Transaction, sequences: Iterable[int]) -> tuple[LedgerLine, ...]:
    profiles = {profile.id: profile for profile in household_store.profiles(tx)}
    found = browse_store.entries(tx, sequences, ledger.reference.currencies)
    refunded = browse_store.refunded(tx, found)
    returned = {entry.refers_to for entry in found if isinstance(entry, Refund)}
    bought = ledger_store.entries_by_id(tx, returned, ledger.reference.currencies) if returned else {}
    valued: dict[int, Valued] = {}
    for profile_id in {entry.profile_id for entry in found}:
        moved = [entry.sequence for entry in found if entry.profile_id == profile_id and entry.counts]
        valued |= valuation_store.costs_of(tx, profile_id, moved)
    return tuple(
        replace(
            _line(entry, profiles[entry.profile_id], valued.get(entry.sequence), refunded.get(entry.id, 0)),
            purchase=_purchase_of(entry, bought),
        )
        for entry in found
    )


def _purchase_of(entry: Entry, bought: Mapping[EntryId, Entry]) -> Purchase | None:
    """The purchase a refund belongs to; None for other entries."""
    found = bought.get(entry.refers_to) if isinstance(entry, Refund) else None
    return found if isinstance(found, Purchase) else None


def _line(entry: Entry, profile: Profile, valued: Valued | None, refunded: int) -> LedgerLine:
    uses = isinstance(entry, Gift | Adjustment) and entry.coins is not None
    return LedgerLine(
        entry=entry,
        profile=profile,
        amount_minor=entry.converted_minor if isinstance(entry, Purchase | Refund) else None,
        cost=valued.cost if valued and uses else None,
        on_hand=valued.on_hand if valued else None,
        refunded_minor=refunded,
    )


def _fits(wanted: str, name: str, coins: int) -> bool:
    return not wanted or wanted in search_folded(name) or str(coins).startswith(wanted)


def _rank(wanted: str, gift: CatalogGift) -> tuple[bool, bool, bool, int, int, str, date]:
    """Exactly the text first, then what begins with it, then the rest; each by how well known it is."""
    name = search_folded(gift.name)
    exact = wanted in {name, str(gift.coins)}
    newest = date.max - (gift.seen_on or date.min)
    return (
        bool(wanted) and not exact,
        bool(wanted) and not name.startswith(wanted),
        gift.lists == 0,
        -gift.lists,
        gift.coins,
        name,
        date.min + newest,
    )


def _begins(wanted: str, choice: PackageChoice) -> bool:
    price = decimal_text(choice.price.minor, choice.price.currency.digits) if choice.price else ""
    return str(choice.coins).startswith(wanted) or price.startswith(wanted)

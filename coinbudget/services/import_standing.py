"""What an import asks of the ledger as it stood: rows it knows, purchases and gifts that a line may be."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from coinbudget.domain.catalog import Channel
from coinbudget.domain.entries import EntryId, Gift, Purchase
from coinbudget.domain.errors import Problem
from coinbudget.domain.money import Currency, Money
from coinbudget.domain.pairing import (
    CONTRARY,
    NEAR,
    NEAR_IN_EXPORT,
    PairReason,
    Side,
    best_pair,
    differs,
    likeliest,
    may_be_changed,
    pair_reason,
)
from coinbudget.domain.profiles import ProfileId
from coinbudget.services.facts import freeze
from coinbudget.services.filled import NOON, WAS, with_values
from coinbudget.services.import_gifts import StandingGifts
from coinbudget.services.import_parts import NUMBERED, OWN_ROWS, PRICELESS, Item, Pairing, Refunded, is_sheet, key_at
from coinbudget.services.ledger import Ledger
from coinbudget.storage import household_store, import_store, ledger_store, origin_store
from coinbudget.storage.database import Transaction
from coinbudget.storage.import_store import Kept
from coinbudget.storage.origin_store import Fate, KnownRow, PurchaseTimes, StandingPurchase
from coinbudget.storage.tables import day_number, day_of, instant_number, instant_of

#: Reasons good enough to say that a line is what a person voided; a day alone is not: it is told as new.
_SURE = frozenset({PairReason.ORDER, PairReason.TIME_AND_AMOUNTS, PairReason.TIME})
#: Reasons with nothing against them.
_FITTING = frozenset(PairReason) - CONTRARY
#: Reasons by the order number.
_NUMBER = frozenset({PairReason.ORDER, PairReason.ORDER_DIFFERS})
_NEAR_MICROSECONDS = round(NEAR.total_seconds() * 1_000_000)


def named_purchases(ledger: Ledger, tx: Transaction, named: Sequence[str]) -> dict[str, Refunded | str]:
    """The purchases of the ledger that ids and order numbers name, with their refunds."""
    currencies = ledger.reference.currencies
    by_id = ledger_store.entries_by_id(tx, set(named), currencies)
    ids = {name: [EntryId(name)] for name in named if isinstance(by_id.get(EntryId(name)), Purchase)}
    ids |= {name: import_store.purchases_of_order(tx, name) for name in set(named) - set(ids)}
    wanted = {found[0] for found in ids.values() if len(found) == 1}
    purchases = ledger_store.entries_by_id(tx, wanted, currencies)
    refunds = ledger_store.refunds_of(tx, wanted, currencies)
    whole = {
        key: Refunded(purchase, list(refunds.get(key, ())))
        for key, purchase in purchases.items()
        if isinstance(purchase, Purchase)
    }
    return {
        name: whole[found[0]] if len(found) == 1 else "ambiguous_purchase" if found else "unknown_purchase"
        for name, found in ids.items()
    }


def purchases_of_rows(ledger: Ledger, tx: Transaction, key: str, *, before: int) -> list[Refunded]:
    """The purchases that came of rows of this origin, with their refunds."""
    ids = [row.id for found in origin_store.known_rows(tx, [key], before=before).values() for row in found]
    return [of for of in named_purchases(ledger, tx, ids).values() if isinstance(of, Refunded)]


def purchases_of_order(ledger: Ledger, tx: Transaction, order_ref: str) -> list[Refunded]:
    """All purchases of an order number, with their refunds, whatever became of them."""
    ids = import_store.purchases_of_order(tx, order_ref, voided_too=True)
    found = named_purchases(ledger, tx, ids).values()
    return sorted((of for of in found if isinstance(of, Refunded)), key=lambda of: of.purchase.sequence)


class Standing:
    """What both targets ask of the ledger as it stood before the import."""

    def __init__(self, ledger: Ledger, tx: Transaction) -> None:
        self.before = ledger_store.next_sequence(tx)
        self._ledger = ledger
        self._tx = tx
        self._times: dict[tuple[ProfileId, Fate], PurchaseTimes] = {}
        self._gifts = StandingGifts(tx, before=self.before)
        self._homes: dict[ProfileId, Currency] = {}
        self._knows_rows = origin_store.any_known(tx)

    def known_rows(self, keys: Sequence[str]) -> dict[str, list[KnownRow]]:
        """Entries of these origins, of the ledger as it was before."""
        return origin_store.known_rows(self._tx, keys, before=self.before) if self._knows_rows else {}

    def alike(self, profile_id: int, kind: str, instants: Sequence[int]) -> Iterator[Kept]:
        """Entries of the ledger as it was before, at these instants."""
        return import_store.alike(self._tx, profile_id, kind, instants, before=self.before)

    def can_pair(self, profile_id: ProfileId) -> bool:
        """Whether a purchase of this profile stood before, or was voided."""
        return self.before > 1 and bool(self._of(profile_id) or self._of(profile_id, Fate.VOIDED))

    def _of(self, profile_id: ProfileId, fate: Fate = Fate.LIVING) -> PurchaseTimes:
        times = self._times.get((profile_id, fate))
        if times is None:
            times = self._times[profile_id, fate] = PurchaseTimes(self._tx, profile_id, fate, before=self.before)
        return times

    def can_pair_gift(self, item: Item) -> bool:
        """Whether a gift to this creator stood before, or was voided, that the row's list has not told of."""
        return self.before > 1 and self._gifts.can_pair(item)

    def gains_coins(self, gift: Gift, sequence: int) -> bool:
        """Whether a gift of the ledger has no coins and this one, which it is, has."""
        return gift.coins is not None and self._gifts.lacks_coins(sequence)

    def pairing(self, item: Item, taken: Callable[[int], bool], begun: Callable[[int], bool]) -> Pairing | None:
        """Which purchase or gift of the ledger a new one may be; never one that the same list told of already."""
        entry = item.entry
        if isinstance(entry, Gift):
            return self._gifts.pairing(item, entry, taken, begun)
        if not isinstance(entry, Purchase):
            return None
        incoming = _side_of(entry)
        found = self._possible(item, entry, incoming, taken)
        likely = likeliest(incoming, [(reason, side) for _, reason, side in found])
        if not likely:
            return self._changed_row(item, entry, incoming, taken)
        sequence, reason, side = found[likely[0]]
        unsure = len(likely) > 1 and not self._all_one(item, entry, [found[place] for place in likely])
        possible = (sequence, *(one for one, _, _ in found if one != sequence))
        apart = abs(instant_number(entry.at) - instant_number(side.at))
        asked = unsure or reason in CONTRARY
        return Pairing(sequence, reason, possible if asked else (), apart, possible)

    def _all_one(self, item: Item, entry: Purchase, likely: Sequence[tuple[int, PairReason, Side]]) -> bool:
        """Whether it makes no difference to coins and money which of these purchases a line is.

        So it is where they are equal; and where nothing but the time tells them apart, the line does not say it (a day,
        or the other list of one export), and it brings them neither coins nor money.
        """
        standing = [one for sequence, _, _ in likely if (one := self._standing(entry.profile_id, sequence))]
        if len({replace(one, sequence=0) for one in standing}) == 1:
            return True
        if len({(one.coins, one.paid_minor, one.currency) for one in standing}) > 1:
            return False
        if any(self.lacking(item, one.sequence).keys() & {"coins", "paid_minor"} for one in standing):
            return False
        exports = {_export(source) for _, source in item.keys}
        told = origin_store.sources_of(self._tx, [one.sequence for one in standing])
        return likely[0][1] is PairReason.DAY or all(
            exports & set(map(_export, told.get(one.sequence, ()))) for one in standing
        )

    def _changed_row(self, item: Item, entry: Purchase, incoming: Side, taken: Callable[[int], bool]) -> Pairing | None:
        """Purchases that a row of a sheet may have made before it changed and was read otherwise; always asked."""
        if not item.also:
            return None
        at, day = instant_number(entry.at), day_number(entry.home_on)
        times = self._of(entry.profile_id)
        possible = times.possible(at, day, exact=incoming.exact, coins=None, order_ref="", within=0)
        alike = [one for one in possible if not taken(one.sequence) and may_be_changed(incoming, _side(one))]
        told = origin_store.sources_of(self._tx, [one.sequence for one in alike]) if alike else {}
        choices = tuple(one.sequence for one in alike if any(map(is_sheet, told.get(one.sequence, ()))))
        return Pairing(choices[0], PairReason.CHANGED, choices) if choices else None

    def voided(self, item: Item, taken: Callable[[int], bool], begun: Callable[[int], bool]) -> Pairing | None:
        """A purchase or gift that a person voided and this line surely is."""
        entry = item.entry
        if isinstance(entry, Gift):
            return self._gifts.voided(item, entry, taken, begun)
        if not isinstance(entry, Purchase) or not self._of(entry.profile_id, Fate.VOIDED):
            return None
        incoming = _side_of(entry)
        possible = self._possible(item, entry, incoming, taken, Fate.VOIDED)
        numbered = any(source in NUMBERED for _, source in item.keys)
        found = [
            one
            for one in possible
            if one[1] in _SURE
            or (one[1] is PairReason.ORDER_DIFFERS and (numbered or self._is_thing(item, one[0], one[2])))
        ]
        best, _ = best_pair(incoming, [(reason, side) for _, reason, side in found])
        if best is None:
            return None
        sequence, reason, side = found[best]
        return Pairing(sequence, reason, apart=abs(instant_number(entry.at) - instant_number(side.at)))

    def denied_parts(self, item: Item, taken: Callable[[int], bool], *, most: int) -> dict[int, int]:
        """Gifts that a person voided and that are pieces of this line surely, with their pieces, by order of entry."""
        return self._gifts.denied_parts(item, taken, most=most)

    def as_living(self, item: Item, sequence: int) -> Purchase | Gift | None:
        """A voided purchase as it would live: with what a line adds to it; a gift as it was."""
        return self.lives({sequence: item}).get(sequence)

    def lives(self, items: Mapping[int, Item]) -> dict[int, Purchase | Gift]:
        """The same of many, by order of entry."""
        ids = import_store.ids_at(self._tx, items)
        found: dict[int, Purchase | Gift] = {}
        for entry in ledger_store.entries_by_id(self._tx, ids, self._ledger.reference.currencies).values():
            if isinstance(entry, Gift):
                found[entry.sequence] = replace(entry, voided_at=None)
            elif isinstance(entry, Purchase):
                more = self.lacking(items[entry.sequence], entry.sequence)
                found[entry.sequence] = self.frozen(with_values(replace(entry, voided_at=None), more, self._ledger))
        return found

    def frozen(self, purchase: Purchase) -> Purchase:
        """A purchase in its profile's currency, as far as its rate is known."""
        if purchase.converted_minor is not None:
            return purchase
        found = freeze(purchase, self._home(purchase.profile_id))
        return purchase if isinstance(found, Problem) else found

    def sources_of(self, sequences: Sequence[int]) -> dict[int, set[str]]:
        """The lists that entries came from, by order of entry."""
        return origin_store.sources_of(self._tx, sequences)

    def denied(self, sequences: Sequence[int]) -> set[int]:
        """Of the entries at these places those that a list told of and a person voided."""
        singly = import_store.voided_singly(self._tx, sequences)
        told = origin_store.sources_of(self._tx, list(singly)) if singly else {}
        return {sequence for sequence in singly if told.get(sequence)}

    def _home(self, profile_id: ProfileId) -> Currency:
        if not self._homes:
            currencies = self._ledger.reference.currencies
            profiles = household_store.profiles(self._tx)
            self._homes.update((profile.id, currencies[profile.currency]) for profile in profiles)
        return self._homes[profile_id]

    def _standing(self, profile_id: ProfileId, sequence: int) -> StandingPurchase | None:
        """The purchase at a place of the order of entry, whatever its fate."""
        found = (self._of(profile_id, fate).standing(sequence) for fate in Fate)
        return next((standing for standing in found if standing is not None), None)

    def _possible(
        self, item: Item, entry: Purchase, incoming: Side, taken: Callable[[int], bool], fate: Fate = Fate.LIVING
    ) -> list[tuple[int, PairReason, Side]]:
        """Order of entry, reason and what it says of every purchase that a line may be; of other lists alone."""
        possible = self._of(entry.profile_id, fate).possible(
            instant_number(entry.at),
            day_number(entry.home_on),
            exact=incoming.exact,
            coins=entry.coins,
            order_ref=entry.order_ref,
            within=_NEAR_MICROSECONDS,
        )
        lists = {source for _, source in item.keys}
        found = []
        for standing in possible:
            if taken(standing.sequence):
                continue
            side = _side(standing)
            reason = pair_reason(incoming, side)
            if reason not in _FITTING and differs(incoming.paid, side.paid):
                # What a person said is no price of a list: another one speaks against nothing.
                if lists <= PRICELESS:
                    reason = pair_reason(replace(incoming, paid=None), side)
                elif self._only_said(standing.sequence):
                    reason = pair_reason(incoming, replace(side, paid=None))
            if reason is not None:
                found.append((standing.sequence, reason, side))
        if not found:
            return []
        told = origin_store.sources_of(self._tx, [sequence for sequence, _, _ in found])
        if lists == {OWN_ROWS}:
            # A line of a ledger's own CSV may be what a list told of, never what a person or another line did.
            found = [one for one in found if told.get(one[0], set()) - lists]
        return [
            one
            for one in found
            if (one[1] in _NUMBER and lists & told.get(one[0], set()) & NUMBERED)
            or (one[1] is PairReason.ORDER_DIFFERS and self._is_thing(item, one[0], one[2]))
            or self._may_be(lists, told.get(one[0], set()), entry.at, one[0], one[2].at)
        ]

    def _is_thing(self, item: Item, sequence: int, side: Side) -> bool:
        """Whether a purchase came of a row of this very thing of this order, at the price that it has."""
        if item.thing is None or side.paid is None:
            return False
        minor, code = side.paid
        paid = Money(minor=minor, currency=self._ledger.reference.currencies[code])
        key = key_at(item.entry.profile_id, item.thing, paid)
        return any(row.sequence == sequence for row in self.known_rows([key]).get(key, ()))

    def _may_be(self, lists: set[str], told: set[str], at: datetime, sequence: int, standing: datetime) -> bool:
        """Whether rows of these lists may be a purchase that those lists told of: two of one export have one clock."""
        if lists & told or ("sheet" in told and any(map(is_sheet, lists))):
            # A sheet that was imported before sheets were told apart may be this one.
            return False
        exports = {_export(source) for source in lists}
        if not any(_export(source) in exports for source in told) or abs(at - standing) <= NEAR_IN_EXPORT:
            return True
        times = origin_store.row_times(self._tx, [sequence]).get(sequence, ())
        return any(_export(source) in exports and abs(at - instant_of(row)) <= NEAR_IN_EXPORT for source, row in times)

    def gives_way(self, sequence: int) -> bool:
        """Whether a list's price takes the place of a purchase's: that was only said, and no refund rests on it."""
        return self._only_said(sequence) and not self._has_refunds(sequence)

    def _only_said(self, sequence: int) -> bool:
        """Whether the price of a purchase was said by a person beside an export that names none."""
        told = origin_store.sources_of(self._tx, [sequence]).get(sequence)
        return bool(told and told <= PRICELESS)

    def _has_refunds(self, sequence: int) -> bool:
        ids = import_store.ids_at(self._tx, [sequence])
        found = ledger_store.refunds_of(self._tx, ids, self._ledger.reference.currencies).values()
        return any(one.counts for refunds in found for one in refunds)

    def ids_at(self, sequences: Sequence[int]) -> list[EntryId]:
        """Ids of the entries of the ledger at these places of the order of entry."""
        return import_store.ids_at(self._tx, sequences)

    def fillable(self, item: Item, sequence: int) -> bool:
        """Whether a purchase, living or not, lacks something that this line says."""
        return bool(self.lacking(item, sequence))

    def keeps(self, item: Item, sequence: int) -> tuple[int | None, tuple[int, str] | None]:
        """The coins and the price that a purchase keeps though a line says otherwise; None each where it does not."""
        entry = item.entry
        standing = self._standing(entry.profile_id, sequence) if isinstance(entry, Purchase) else None
        if standing is None or not isinstance(entry, Purchase):
            return None, None
        side, said = _side(standing), _side_of(entry)
        priced = differs(said.paid, side.paid) and "paid_minor" not in self.lacking(item, sequence)
        return side.coins if differs(said.coins, side.coins) else None, side.paid if priced else None

    def lacking(self, item: Item, sequence: int) -> dict[str, Any]:
        """The columns a purchase leaves empty and a line fills, with their values.

        A price that a person had said, where the export named none, gives way to one that a list names, unless a refund
        rests on it.
        """
        entry = item.entry
        if not isinstance(entry, Purchase):
            return {}
        standing = self._standing(entry.profile_id, sequence)
        if standing is None:
            return {}
        values = _lacking(standing, entry)
        paid = _side_of(entry).paid
        priced = paid is not None and not {source for _, source in item.keys} <= PRICELESS
        other = priced and differs(paid, _side(standing).paid)
        if other and self.gives_way(sequence):
            values |= _price(entry) | {WAS: [standing.paid_minor, standing.currency]}
        return values


def _export(source: str) -> str:
    """The program whose export a list is of."""
    return source.partition(".")[0]


def _side(standing: StandingPurchase) -> Side:
    paid = None if standing.paid_minor is None else (standing.paid_minor, standing.currency)
    return Side(
        at=instant_of(standing.at),
        home_on=day_of(standing.home_on),
        exact=standing.exact,
        coins=standing.coins,
        paid=paid,
        order_ref=standing.order_ref,
    )


def _side_of(entry: Purchase) -> Side:
    return Side(
        at=entry.at,
        home_on=entry.home_on,
        exact=entry.hour_known and not entry.about,
        coins=entry.coins,
        paid=(entry.paid.minor, entry.paid.currency.code) if entry.paid else None,
        order_ref=entry.order_ref,
    )


def _lacking(standing: StandingPurchase, entry: Purchase) -> dict[str, Any]:
    values: dict[str, Any] = {}
    exact = entry.hour_known and not entry.about
    if standing.day_only and exact and day_number(entry.home_on) == standing.home_on:
        values |= {"at": instant_number(entry.at), NOON: standing.at}
    if standing.coins is None and entry.coins is not None:
        values["coins"] = entry.coins
    if standing.paid_minor is None:
        values |= _price(entry)
    if not standing.order_ref and entry.order_ref:
        values["order_ref"] = entry.order_ref
    if standing.channel == Channel.OTHER and entry.channel is not Channel.OTHER:
        values["channel"] = entry.channel.value
    return values


def _price(entry: Purchase) -> dict[str, Any]:
    return {"paid_minor": entry.paid.minor, "currency": entry.paid.currency.code} if entry.paid else {}

"""Where an import puts its entries: what is asked of the ledger as it stood, and the writing into it."""

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from coinbudget.domain.catalog import Channel, folded
from coinbudget.domain.entries import BatchId, Entry, EntryId, Gift, Purchase
from coinbudget.domain.errors import Problem, Refusal
from coinbudget.domain.money import Currency
from coinbudget.domain.pairing import (
    NEAR,
    NEAR_IN_EXPORT,
    PairReason,
    Side,
    best_pair,
    likeliest,
    may_be_changed,
    pair_reason,
)
from coinbudget.domain.profiles import ProfileId
from coinbudget.services.facts import freeze
from coinbudget.services.import_parts import Item, Pairing, Refunded, is_sheet
from coinbudget.services.ledger import Ledger
from coinbudget.services.touched import Touched
from coinbudget.services.undo import VOIDED_AT, bring_back, with_values
from coinbudget.services.writing import Pen
from coinbudget.storage import household_store, import_store, ledger_store, origin_store
from coinbudget.storage.database import Transaction
from coinbudget.storage.gift_times import GiftTimes, StandingGift
from coinbudget.storage.import_store import Kept
from coinbudget.storage.origin_store import KnownRow, PurchaseTimes, StandingPurchase
from coinbudget.storage.tables import day_number, day_of, instant_number, instant_of

#: Entries a Changes names at most.
NAMED = 20
_AT_ONCE = 500
#: Reasons good enough to say that a line is what a person voided; a day alone is not: it is told as new.
_SURE = frozenset({PairReason.ORDER, PairReason.TIME_AND_AMOUNTS, PairReason.TIME})
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


#: Every order of entry lies below.
_ALL = 2**62


def purchases_of_rows(ledger: Ledger, tx: Transaction, key: str, *, before: int) -> list[Refunded]:
    """The purchases that came of rows of this origin, with their refunds."""
    ids = [row.id for found in origin_store.known_rows(tx, [key], before=before).values() for row in found]
    return [of for of in named_purchases(ledger, tx, ids).values() if isinstance(of, Refunded)]


class Standing:
    """What both targets ask of the ledger as it stood before the import."""

    def __init__(self, ledger: Ledger, tx: Transaction) -> None:
        self.before = ledger_store.next_sequence(tx)
        self._ledger = ledger
        self._tx = tx
        self._times: dict[tuple[ProfileId, bool], PurchaseTimes] = {}
        self._gifts: dict[tuple[ProfileId, str], GiftTimes] = {}
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
        return self.before > 1 and bool(self._of(profile_id) or self._of(profile_id, voided=True))

    def _of(self, profile_id: ProfileId, *, voided: bool = False) -> PurchaseTimes:
        times = self._times.get((profile_id, voided))
        if times is None:
            times = PurchaseTimes(self._tx, profile_id, before=self.before, voided=voided)
            self._times[profile_id, voided] = times
        return times

    def can_pair_gift(self, item: Item) -> bool:
        """Whether a gift to this creator stood before that the row's list has not told of."""
        entry = item.entry
        if self.before <= 1 or not isinstance(entry, Gift) or entry.coins is None:
            return False
        return self._gifts_of(entry, item.keys[0][1]).has(folded(entry.creator))

    def _gifts_of(self, gift: Gift, source: str) -> GiftTimes:
        key = (gift.profile_id, source)
        if key not in self._gifts:
            self._gifts[key] = GiftTimes(self._tx, gift.profile_id, source, before=self.before)
        return self._gifts[key]

    def _gift_pairing(self, item: Item, gift: Gift, taken: Callable[[int], bool]) -> Pairing | None:
        """A gift of as many coins to the same creator, minutes apart or, where an hour is not known, of one day."""
        at, exact = instant_number(gift.at), gift.hour_known and not gift.about
        wanted = StandingGift(at, 0, exact, day_number(gift.home_on), gift.coins or 0)
        times = self._gifts_of(gift, item.keys[0][1])
        found = times.nearest(folded(gift.creator), wanted, within=_NEAR_MICROSECONDS, taken=taken)
        if found is None:
            return None
        both = exact and found.exact
        reason = PairReason.TIME_AND_AMOUNTS if both else PairReason.DAY
        return Pairing(found.sequence, reason, apart=abs(found.at - at) if both else 0)

    def pairing(self, item: Item, taken: Callable[[int], bool]) -> Pairing | None:
        """Which purchase or gift of the ledger a new one may be; never one that the same list told of already."""
        entry = item.entry
        if isinstance(entry, Gift):
            return self._gift_pairing(item, entry, taken)
        if not isinstance(entry, Purchase):
            return None
        incoming = _side_of(entry)
        found = self._possible(item, entry, incoming, taken)
        likely = likeliest(incoming, [(reason, side) for _, reason, side in found])
        if not likely:
            return self._changed_row(item, entry, incoming, taken)
        best, unsure = likely[0], len(likely) > 1 and not self._all_one(item, entry, [found[place] for place in likely])
        sequence, reason, side = found[best]
        others = [one for one, _, _ in found if one != sequence]
        apart = abs(instant_number(entry.at) - instant_number(side.at))
        possible = (sequence, *others)
        return Pairing(sequence, reason, possible if unsure else (), apart, possible)

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
        if any(lacking(one, entry).keys() & {"coins", "paid_minor"} for one in standing):
            return False
        exports = {source.partition(".")[0] for _, source in item.keys}
        told = origin_store.sources_of(self._tx, [one.sequence for one in standing])
        return likely[0][1] is PairReason.DAY or all(
            exports & {source.partition(".")[0] for source in told.get(one.sequence, ())} for one in standing
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
        return Pairing(choices[0], PairReason.DAY, choices) if choices else None

    def voided(self, item: Item, taken: Callable[[int], bool]) -> int | None:
        """Order of entry of a purchase that a person voided and this line surely is."""
        entry = item.entry
        if not isinstance(entry, Purchase) or not self._of(entry.profile_id, voided=True):
            return None
        incoming = _side_of(entry)
        possible = self._possible(item, entry, incoming, taken, voided=True)
        found = [one for one in possible if one[1] in _SURE]
        best, _ = best_pair(incoming, [(reason, side) for _, reason, side in found])
        return None if best is None else found[best][0]

    def as_living(self, item: Item, sequence: int) -> Purchase | None:
        """A purchase that a person voided as it would live: with what a line adds to it."""
        entry = item.entry
        ids = import_store.ids_at(self._tx, [sequence])
        [purchase] = ledger_store.entries_by_id(self._tx, ids, self._ledger.reference.currencies).values()
        standing = self._standing(entry.profile_id, sequence)
        if not isinstance(purchase, Purchase) or not isinstance(entry, Purchase) or standing is None:
            return None
        living = with_values(replace(purchase, voided_at=None), lacking(standing, entry), self._ledger)
        frozen = freeze(living, self._home(entry.profile_id))
        return living if isinstance(frozen, Problem) else frozen

    def _home(self, profile_id: ProfileId) -> Currency:
        if not self._homes:
            currencies = self._ledger.reference.currencies
            profiles = household_store.profiles(self._tx)
            self._homes.update((profile.id, currencies[profile.currency]) for profile in profiles)
        return self._homes[profile_id]

    def _standing(self, profile_id: ProfileId, sequence: int) -> StandingPurchase | None:
        """The purchase at a place of the order of entry, living or voided by a person."""
        return self._of(profile_id).standing(sequence) or self._of(profile_id, voided=True).standing(sequence)

    def _possible(
        self, item: Item, entry: Purchase, incoming: Side, taken: Callable[[int], bool], *, voided: bool = False
    ) -> list[tuple[int, PairReason, Side]]:
        """Order of entry, reason and what it says of every purchase that a line may be; of other lists alone."""
        possible = self._of(entry.profile_id, voided=voided).possible(
            instant_number(entry.at),
            day_number(entry.home_on),
            exact=incoming.exact,
            coins=entry.coins,
            order_ref=entry.order_ref,
            within=_NEAR_MICROSECONDS,
        )
        found = []
        for standing in possible:
            side = _side(standing)
            reason = None if taken(standing.sequence) else pair_reason(incoming, side)
            if reason is not None:
                found.append((standing.sequence, reason, side))
        if not found:
            return []
        lists = {source for _, source in item.keys}
        told = origin_store.sources_of(self._tx, [sequence for sequence, _, _ in found])
        return [one for one in found if _may_be(lists, told.get(one[0], set()), abs(entry.at - one[2].at))]

    def ids_at(self, sequences: Sequence[int]) -> list[EntryId]:
        """Ids of the entries of the ledger at these places of the order of entry."""
        return import_store.ids_at(self._tx, sequences)

    def fillable(self, item: Item, sequence: int) -> bool:
        """Whether a purchase, living or voided by a person, lacks something that this line says."""
        entry = item.entry
        standing = self._standing(entry.profile_id, sequence)
        return standing is not None and isinstance(entry, Purchase) and bool(lacking(standing, entry))


def _may_be(lists: set[str], told: set[str], apart: timedelta) -> bool:
    """Whether rows of these lists may be a purchase that those lists told of."""
    if lists & told or ("sheet" in told and any(map(is_sheet, lists))):
        # A sheet that was imported before sheets were told apart may be this one.
        return False
    exports = {source.partition(".")[0] for source in lists | told}
    return not told or len(exports) > 1 or apart <= NEAR_IN_EXPORT


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


def lacking(standing: StandingPurchase, entry: Purchase) -> dict[str, Any]:
    """The columns a purchase leaves empty and an entry of another source fills, with their values."""
    values: dict[str, Any] = {}
    if standing.coins is None and entry.coins is not None:
        values["coins"] = entry.coins
    if standing.paid_minor is None and entry.paid is not None:
        values |= {"paid_minor": entry.paid.minor, "currency": entry.paid.currency.code}
    if not standing.order_ref and entry.order_ref:
        values["order_ref"] = entry.order_ref
    if standing.channel == Channel.OTHER and entry.channel is not Channel.OTHER:
        values["channel"] = entry.channel.value
    return values


class IntoLedger(Standing):
    """Writes into the open transaction; `finish` must be called before its end.

    Attributes:
        before: orders of entry below this stood before the import.
        profiles: whose figures may differ.
        first_entries: the first entries written.
    """

    def __init__(self, ledger: Ledger, tx: Transaction, batch: BatchId, touched: Touched, *, now: datetime) -> None:
        super().__init__(ledger, tx)
        self._batch = batch
        self._touched = touched
        self._now = now
        self._pen = Pen(ledger, tx, now=now, batch=batch)
        self._back = array("q")
        self._fills: list[tuple[Purchase | Gift, int, tuple[tuple[str, str], ...]]] = []
        self._denied: dict[int, dict[str, Any]] = {}
        self.profiles: set[ProfileId] = set()
        self.first_entries: tuple[EntryId, ...] = ()

    def known(self, ids: Sequence[str]) -> dict[str, Kept]:
        """Entries of these ids, those of the file so far too."""
        return import_store.known(self._tx, ids)

    def purchases(self, named: Sequence[str]) -> dict[str, Refunded | str]:
        """The purchases named, those of the file too."""
        return named_purchases(self._ledger, self._tx, named)

    def purchases_of_row(self, key: str) -> list[Refunded]:
        """The purchases that came of rows of this origin, those of the file too."""
        return purchases_of_rows(self._ledger, self._tx, key, before=_ALL)

    def insert(self, items: Sequence[Item]) -> tuple[list[Entry], list[Problem]]:
        """Write new entries at the place of their line in the order of entry."""
        good: list[Entry] = []
        places: list[int] = []
        failed: list[Problem] = []
        origins: list[tuple[str, int, str, int]] = []
        for item in items:
            entry = item.entry
            if isinstance(entry, Purchase):
                try:
                    entry = self._pen.frozen(entry)
                except Refusal as refusal:
                    failed += [replace(found, row=item.number) for found in refusal.problems]
                    continue
            good.append(entry)
            place = self.before + item.number
            places.append(place)
            origins += [(key, place, source, self._batch) for key, source in item.origins]
        kept = self._pen.insert(good, places)
        origin_store.add_new(self._tx, origins)
        self._wrote(kept)
        return kept, failed

    def bring_back(self, kept: Sequence[tuple[str, int]]) -> None:
        """Note what lives again; done in the end, when nothing else of this pass is open."""
        sequences = [sequence for _, sequence in kept]
        self._back.extend(sequences)
        for sequence, at in import_store.voided_singly(self._tx, sequences).items():
            self._denied[sequence] = {VOIDED_AT: at}

    def fill(self, item: Item, sequence: int) -> Purchase | Gift | None:
        """Note what an entry gets; written together. A gift gets nothing but to be known again."""
        if not isinstance(item.entry, Purchase | Gift):
            return None
        self._fills.append((item.entry, sequence, item.origins))
        if len(self._fills) >= _AT_ONCE:
            self._fill_now()
        return item.entry

    def _fill_now(self) -> None:
        fills, self._fills = self._fills, []
        names = import_store.ids_at(self._tx, [sequence for _, sequence, _ in fills])
        entries = ledger_store.entries_by_id(self._tx, names, self._ledger.reference.currencies)
        by_sequence = {entry.sequence: entry for entry in entries.values()}
        changed: list[tuple[Entry, Entry]] = []
        filled: dict[int, dict[str, Any]] = {}
        for entry, sequence, _ in fills:
            if isinstance(entry, Gift):
                filled[sequence] = {}
                continue
            standing, old = self._standing(entry.profile_id, sequence), by_sequence.get(sequence)
            values = lacking(standing, entry) if standing else {}
            if not isinstance(old, Purchase):
                continue
            # An empty note, too, lets the undo of this import forget the pair.
            filled[sequence] = values | self._denied.pop(sequence, {})
            if values:
                new = with_values(old, values, self._ledger)
                new = self._pen.frozen(new) if new.paid != old.paid else new
                changed.append((old, replace(new, revision=old.revision + 1)))
        self._pen.replace(changed)
        origin_store.keep_filled(self._tx, self._batch, filled)
        origin_store.add_origins(
            self._tx, [(key, sequence, source, self._batch) for _, sequence, keys in fills for key, source in keys]
        )
        self._wrote([new for _, new in changed])

    def ready_for_refunds(self) -> None:
        """Refunds may refer to what lives again or has got its order number: let it."""
        self._fill_now()
        self._bring_back_now()

    def finish(self) -> None:
        """Write what is still held back."""
        self._fill_now()
        self._bring_back_now()
        # The undo of this import lets them be voided as they were.
        origin_store.keep_filled(self._tx, self._batch, self._denied)
        self._pen.finish()

    def _wrote(self, entries: Sequence[Entry]) -> None:
        self._touched.add(entries)
        self.profiles.update(entry.profile_id for entry in entries)
        room = NAMED - len(self.first_entries)
        if room > 0:
            self.first_entries += tuple(entry.id for entry in entries[:room])

    def _bring_back_now(self) -> None:
        back, self._back = self._back, array("q")
        for start in range(0, len(back), _AT_ONCE):
            part = back[start : start + _AT_ONCE]
            ids = import_store.ids_at(self._tx, part)
            self._wrote(bring_back(self._ledger, self._tx, ids, now=self._now))
            import_store.adopt(self._tx, ids, self._batch)
            origin_store.adopt_origins(self._tx, part, self._batch)

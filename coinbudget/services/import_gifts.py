"""Gifts that stand, or that a person voided, and that a line of an import may be: whole, a piece of one, or several."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from coinbudget.domain.catalog import folded
from coinbudget.domain.entries import Gift
from coinbudget.domain.pairing import NEAR, PairReason
from coinbudget.domain.profiles import ProfileId
from coinbudget.services.import_parts import OWN_ROWS, Item, Pairing
from coinbudget.storage.database import Transaction
from coinbudget.storage.gift_times import GiftTimes, StandingGift
from coinbudget.storage.tables import day_number, instant_number

_NEAR_MICROSECONDS = round(NEAR.total_seconds() * 1_000_000)

#: Whether lines have all of a gift already, or a piece of it, by order of entry.
_Told = Callable[[int], bool]


class StandingGifts:
    """The gifts below an order of entry; those of a profile and of one list are read once."""

    def __init__(self, tx: Transaction, *, before: int) -> None:
        self._tx = tx
        self._before = before
        self._times: dict[tuple[ProfileId, str, bool], GiftTimes] = {}

    def can_pair(self, item: Item) -> bool:
        """Whether a gift to this creator stood before, or was voided, that the row's list has not told of."""
        entry = item.entry
        if not isinstance(entry, Gift):
            return False
        both = (self._of(item, entry, voided=voided) for voided in (False, True))
        return any(times.has(folded(entry.creator)) for times in both)

    def pairing(self, item: Item, gift: Gift, taken: _Told, begun: _Told) -> Pairing | None:
        """A gift of as many coins to the same creator, minutes apart or, where an hour is not known, of one day."""
        wanted, times = _wanted(gift), self._of(item, gift)
        found = _gifts_that_are(times, gift, wanted, taken, begun)
        rest = 0 if not found or found[0].pieces(wanted) else gift.quantity - _pieces(found)
        if not found:
            return None
        both = wanted.exact and all(each.exact for each in found)
        known = wanted.coins is not None and found[0].coins is not None
        return Pairing(
            found[0].sequence,
            PairReason.PIECES if not known else PairReason.TIME_AND_AMOUNTS if both else PairReason.DAY,
            apart=max(abs(each.at - wanted.at) for each in found) if both else 0,
            pieces=found[0].pieces(wanted) or 1,
            parts=_sequences(found[1:]),
            rest=rest,
        )

    def voided(self, item: Item, gift: Gift, taken: _Told, begun: _Told) -> Pairing | None:
        """A gift that a person voided and this line surely is: both of a known hour, and all of its pieces."""
        wanted, times = _wanted(gift), self._of(item, gift, voided=True)
        found = _gifts_that_are(times, gift, wanted, taken, begun) if wanted.exact else ()
        whole = bool(found) and (found[0].pieces(wanted) > 0 or _pieces(found) == gift.quantity)
        if not whole or not all(each.exact for each in found):
            return None
        if wanted.coins is None or found[0].coins is None:
            return None  # of as many pieces to one creator there may be many
        reason, pieces = PairReason.TIME_AND_AMOUNTS, found[0].pieces(wanted) or 1
        return Pairing(found[0].sequence, reason, pieces=pieces, parts=_sequences(found[1:]))

    def denied_parts(self, item: Item, taken: _Told, *, most: int) -> dict[int, int]:
        """Gifts that a person voided and that are pieces of this line surely, with their pieces, by order of entry."""
        gift = item.entry
        if not isinstance(gift, Gift) or not gift.hour_known or gift.about or gift.coins is None:
            return {}
        times, creator = self._of(item, gift, voided=True), folded(gift.creator)
        wanted = replace(_wanted(gift), quantity=most, coins=gift.coins // gift.quantity * most)
        found = times.parts(creator, wanted, within=_NEAR_MICROSECONDS, taken=taken)
        return {one.sequence: one.quantity for one in found if one.exact}

    def lacks_coins(self, sequence: int) -> bool:
        """Whether only the pieces are known of a gift that a line may be."""
        return any(sequence in times.without_coins for times in self._times.values())

    def _of(self, item: Item, gift: Gift, *, voided: bool = False) -> GiftTimes:
        key = (gift.profile_id, item.keys[0][1], voided)
        if key not in self._times:
            others = key[1] == OWN_ROWS
            self._times[key] = GiftTimes(self._tx, *key[:2], before=self._before, voided=voided, others=others)
        return self._times[key]


def _wanted(gift: Gift) -> StandingGift:
    """What a row says of a gift, to be looked for."""
    exact, home_on = gift.hour_known and not gift.about, day_number(gift.home_on)
    return StandingGift(instant_number(gift.at), 0, exact, home_on, gift.coins, gift.quantity)


def _gifts_that_are(
    times: GiftTimes,
    gift: Gift,
    wanted: StandingGift,
    taken: _Told,
    begun: _Told,
) -> tuple[StandingGift, ...]:
    """The one gift that a row is or is a piece of, else those of one piece that a row of several is; none if none."""
    creator = folded(gift.creator)
    one = times.nearest(creator, wanted, within=_NEAR_MICROSECONDS, taken=taken, begun=begun)
    if one is not None:
        return (one,)
    if gift.quantity == 1:
        return ()
    return times.parts(creator, wanted, within=_NEAR_MICROSECONDS, taken=taken)


def _pieces(gifts: Sequence[StandingGift]) -> int:
    return sum(gift.quantity for gift in gifts)


def _sequences(gifts: Sequence[StandingGift]) -> tuple[int, ...]:
    return tuple(gift.sequence for gift in gifts)

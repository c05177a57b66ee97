"""True cost over the ledger file: every use in one sorted pass, or single ones by few look-ups.

Words and law are those of `domain.valuation`; `coin_curve` holds the look-ups over the kept day totals. The place of
one use inside its day is a sum over the uses before it, answered from an index alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from coinbudget.domain.profiles import ProfileId
from coinbudget.domain.valuation import Cost
from coinbudget.storage.coin_curve import Change, Costs, Curve, curve, one_stretch
from coinbudget.storage.columns import CHUNK, Integers, integer_columns, rows
from coinbudget.storage.database import Transaction
from coinbudget.storage.tables import day_number, instant_number

#: Comes after every order of entry.
_LAST = 2**62

_USES = """
SELECT sequence, home_on, coalesce(abs(coins), 0) AS coins, CASE kind WHEN 'gift' THEN 1 ELSE 0 END AS gift,
       coalesce(creator_id, 0) AS creator
FROM entry
WHERE profile_id = :profile AND home_on BETWEEN :first AND :last
      AND (kind = 'gift' OR kind = 'adjustment' AND coins < 0) AND voided_at IS NULL AND planned = 0
ORDER BY home_on, at, sequence
"""

_OTHER_USES = """
SELECT e.home_on, -e.coins AS coins,
       (SELECT coalesce(sum(abs(u.coins)), 0) FROM entry u
        WHERE u.profile_id = e.profile_id AND u.home_on = e.home_on AND (u.at, u.sequence) < (e.at, e.sequence)
              AND (u.kind = 'gift' OR u.kind = 'adjustment' AND u.coins < 0)
              AND u.voided_at IS NULL AND u.planned = 0) AS before
FROM entry e
WHERE e.profile_id = :profile AND e.home_on BETWEEN :first AND :last AND e.kind = 'adjustment' AND e.coins < 0
      AND e.voided_at IS NULL AND e.planned = 0
ORDER BY e.home_on
"""

_SOME_MOVEMENTS = """
SELECT e.sequence, e.home_on, coalesce(abs(e.coins), 0) AS coins,
       CASE WHEN e.kind = 'gift' OR e.coins < 0 THEN 1 ELSE 0 END AS used,
       (SELECT coalesce(sum(abs(u.coins)), 0) FROM entry u
        WHERE u.profile_id = e.profile_id AND u.home_on = e.home_on AND (u.at, u.sequence) < (e.at, e.sequence)
              AND (u.kind = 'gift' OR u.kind = 'adjustment' AND u.coins < 0)
              AND u.voided_at IS NULL AND u.planned = 0) AS before
FROM entry e
WHERE e.sequence IN :sequences AND e.kind <> 'refund'
      AND e.voided_at IS NULL AND e.planned = 0
ORDER BY e.sequence
"""

_USED_BEFORE = """
SELECT coalesce(sum(abs(coins)), 0) FROM entry
WHERE profile_id = :profile AND home_on = :day AND (at, sequence) < (:at, :sequence) AND sequence <> :without
      AND (kind = 'gift' OR kind = 'adjustment' AND coins < 0) AND voided_at IS NULL AND planned = 0
"""

_ONE_MOVEMENT = """
SELECT home_on, coalesce(coins, 0), CASE WHEN kind = 'gift' OR coins < 0 THEN 1 ELSE 0 END
FROM entry
WHERE sequence = :sequence AND profile_id = :profile AND kind <> 'refund' AND voided_at IS NULL AND planned = 0
"""


@dataclass(frozen=True, slots=True)
class Uses:
    """Uses in order of valuation with their costs.

    Attributes:
        gift: 1 for a gift, 0 for other use.
        creator: id of whom a gift went to, 0 for other use; none where it was not asked for.
        on_hand: coins after each.
    """

    sequence: Integers
    day: Integers
    coins: Integers
    gift: Integers
    creator: Integers
    costs: Costs
    on_hand: Integers


@dataclass(frozen=True, slots=True)
class Valued:
    """What became of one movement; `cost` is None for a lot."""

    cost: Cost | None
    on_hand: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OnHand:
    """Where a profile's coins stand.

    Attributes:
        uncovered: coins used with none on hand, all in all.
        idle_minor: cost without coins.
    """

    coins: int
    cost: Cost
    uncovered: int
    idle_minor: int


def on_hand(tx: Transaction, profile_id: ProfileId) -> OnHand:
    """Coins on hand now, what they cost, and what no lot covers."""
    known = curve(tx, profile_id)
    ends = np.array([known.drawn[-1], known.lots[-1]])
    return OnHand(
        coins=known.on_hand,
        cost=known.between(ends[:1], ends[1:])[0],
        uncovered=int(known.uncovered[-1]),
        idle_minor=known.idle,
    )


def uses_in_bulk(known: Curve, *, first: int | None = None, last: int | None = None, creators: bool = False) -> Uses:
    """Every use of a profile (of the home days first..last, both inside), each with its cost: one sorted pass."""
    first, end = one_stretch(known, first, last)
    parameters = {"profile": known.profile_id, "first": first, "last": end - 1}
    names = ("sequence", "home_on", "coins", "gift", *(("creator",) if creators else ()))
    sequence, day, coins, gift, *creator = integer_columns(known.tx, _USES, names, parameters)
    used = known.uses[known.place_before(first)] + np.cumsum(coins) - coins
    costs, left = known.of_uses(day, used, coins)
    return Uses(
        sequence=sequence,
        day=day,
        coins=coins,
        gift=gift,
        creator=creator[0] if creator else sequence[:0],
        costs=costs,
        on_hand=left,
    )


def costs_in_bulk(tx: Transaction, profile_id: ProfileId) -> dict[int, Cost]:
    """The cost of every use of a profile by its order of entry."""
    uses = uses_in_bulk(curve(tx, profile_id))
    costs = zip(uses.costs.minor.tolist(), uses.costs.unknown.tolist(), strict=True)
    return {
        sequence: Cost(minor=minor, unknown_coins=unknown)
        for sequence, (minor, unknown) in zip(uses.sequence.tolist(), costs, strict=True)
    }


def gift_costs(known: Curve, bounds: Sequence[int]) -> Costs:
    """True cost of the gifts in each stretch of home days bounds[i] .. bounds[i+1] (end outside).

    A stretch of covered coins needs two look-ups; what other uses took of it is taken off again.
    """
    places = np.searchsorted(known.days, np.array(bounds, np.int64)).astype(np.int64)
    drawn = known.drawn[places]
    ends = known.first_coins(drawn)
    minor = np.diff(ends.minor)
    unknown = np.diff(ends.unknown) + np.diff(known.uncovered[places])
    parameters = {"profile": known.profile_id, "first": bounds[0], "last": bounds[-1] - 1}
    day, coins, before = integer_columns(known.tx, _OTHER_USES, ("home_on", "coins", "before"), parameters)
    if len(day):
        costs, _ = known.of_uses(day, known.uses[known.place_of(day) - 1] + before, coins)
        stretch = np.searchsorted(np.array(bounds, np.int64), day, side="right") - 1
        np.subtract.at(minor, stretch, costs.minor)
        np.subtract.at(unknown, stretch, costs.unknown)
    return Costs(minor, unknown)


def cost_between(tx: Transaction, profile_id: ProfileId, from_on: date | None, to_on: date | None) -> Cost:
    """True cost of the gifts of home days from_on .. to_on, both inside; None leaves a side open."""
    known = curve(tx, profile_id)
    first = None if from_on is None else day_number(from_on)
    last = None if to_on is None else day_number(to_on)
    bounds = one_stretch(known, first, last)
    return gift_costs(known, bounds)[0]


def costs_of(tx: Transaction, profile_id: ProfileId, sequences: Iterable[int]) -> dict[int, Valued]:
    """What became of some movements, all of one profile, by order of entry; what is no movement is left out."""
    known = curve(tx, profile_id)
    wanted = list(sequences)
    names = ("sequence", "home_on", "coins", "used", "before")
    found: dict[int, Valued] = {}
    for start in range(0, len(wanted), CHUNK):
        parameters = {"sequences": wanted[start : start + CHUNK]}
        sequence, day, coins, used, before = integer_columns(tx, _SOME_MOVEMENTS, names, parameters)
        lots, uses = np.flatnonzero(used == 0), np.flatnonzero(used)
        if uses.size:
            reached = known.uses[known.place_of(day[uses]) - 1] + before[uses]
            costs, left = known.of_uses(day[uses], reached, coins[uses])
            for place, (number, hand) in enumerate(zip(sequence[uses].tolist(), left.tolist(), strict=True)):
                found[number] = Valued(cost=costs[place], on_hand=hand)
        if lots.size:
            ends = known.lots_of(np.array(sorted(set(day[lots].tolist())), np.int64))
            drawn = known.drawn[known.place_of(day[lots]) - 1]
            for number, gone in zip(sequence[lots].tolist(), drawn.tolist(), strict=True):
                if number in ends:
                    found[number] = Valued(cost=None, on_hand=ends[number] - gone)
    return found


def cost_if(
    tx: Transaction, profile_id: ProfileId, *, at: datetime, home_on: date, coins: int, amending: int = 0
) -> tuple[Cost, int]:
    """What a use of `coins` would cost, and the coins on hand after all movements with it.

    Args:
        amending: order of entry of the movement it would replace, 0 for a new one.
    """
    day = day_number(home_on)
    known = _without(tx, profile_id, amending).changed(Change(day=day, uses=coins))
    place = {"day": day, "at": instant_number(at), "sequence": amending or _LAST}
    found = rows(tx, _USED_BEFORE, {"profile": profile_id, "without": amending} | place)
    days, used = np.array([day], np.int64), np.array([found[0][0]], np.int64)
    reached = known.uses[known.place_of(days) - 1] + used
    costs, _ = known.of_uses(days, reached, np.array([coins], np.int64))
    return costs[0], known.on_hand


def on_hand_if(tx: Transaction, profile_id: ProfileId, *, home_on: date, lot: int = 0, amending: int = 0) -> int:
    """The coins on hand after all movements if `lot` coins came in on a home day."""
    return _without(tx, profile_id, amending).changed(Change(day=day_number(home_on), lots=lot)).on_hand


def _without(tx: Transaction, profile_id: ProfileId, sequence: int) -> Curve:
    known = curve(tx, profile_id)
    found = rows(tx, _ONE_MOVEMENT, {"profile": profile_id, "sequence": sequence}) if sequence else []
    for day, coins, used in found:
        return known.changed(Change(day=day, uses=-abs(coins))) if used else known.leaving_out(sequence, day)
    return known

"""The law of `domain.valuation` over the ledger file: in bulk with numpy, and by few look-ups over day totals.

A `Curve` holds what the kept day totals say of a profile: lots, uses and cost, cumulated per home day. It is enough
for every figure at the end of a day. A look-up inside a day reads the lots of that day; the place of one use inside
its day is a sum over the uses before it. Everything is int64: amounts and coins are bounded so that the one product
in K(x) fits (`domain.money`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from coinbudget.domain.profiles import ProfileId
from coinbudget.domain.valuation import NO_COST, Cost
from coinbudget.storage.columns import CHUNK, Integers, integer_columns
from coinbudget.storage.database import Transaction
from coinbudget.storage.tables import day_number

_KNOWN, _FREE, _UNKNOWN = 0, 1, 2
#: Above this share of a profile's days with lots, one range of all is read instead of the days one by one.
_MANY_DAYS = 0.5

_COUNTS = "voided_at IS NULL AND planned = 0"
_USE = "(kind = 'gift' OR kind = 'adjustment' AND coins < 0)"

_DAY_TOTALS = """
SELECT home_on, sum(lot_coins) AS lots, sum(lot_unknown_coins) AS unknown, sum(lot_cost_minor) AS cost,
       sum(use_coins) AS uses, sum(idle_minor) AS idle
FROM day_total WHERE profile_id = :profile GROUP BY home_on ORDER BY home_on
"""

# The refunds of a lot are summed where they stand: few purchases have one, and the index holds nothing else.
_LOTS = f"""
SELECT sequence, home_on, lot, coins - back AS coins, CASE lot WHEN 0 THEN minor - minor_back ELSE 0 END AS minor
FROM (
  SELECT e.sequence, e.home_on, e.at, e.coins, coalesce(e.converted_minor, 0) AS minor,
         CASE WHEN e.kind = 'adjustment' THEN CASE e.reason WHEN 'bonus' THEN {_FREE} ELSE {_UNKNOWN} END
              WHEN e.converted_minor IS NULL THEN {_UNKNOWN} ELSE {_KNOWN} END AS lot,
         CASE e.kind WHEN 'purchase' THEN (
           SELECT coalesce(sum(r.coins), 0) FROM entry r
           WHERE r.refers_to = e.id AND r.voided_at IS NULL AND r.planned = 0) ELSE 0 END AS back,
         CASE e.kind WHEN 'purchase' THEN (
           SELECT coalesce(sum(r.converted_minor), 0) FROM entry r
           WHERE r.refers_to = e.id AND r.voided_at IS NULL AND r.planned = 0) ELSE 0 END AS minor_back
  FROM entry e
  WHERE e.profile_id = :profile AND e.home_on {{days}} AND (e.kind = 'purchase' OR e.kind = 'adjustment')
        AND e.coins > 0 AND e.voided_at IS NULL AND e.planned = 0
) AS lot ORDER BY home_on, at, sequence
"""

_USES = f"""
SELECT sequence, home_on, coalesce(abs(coins), 0) AS coins, CASE kind WHEN 'gift' THEN 1 ELSE 0 END AS gift
FROM entry
WHERE profile_id = :profile AND home_on BETWEEN :first AND :last AND {_USE} AND {_COUNTS}
ORDER BY home_on, at, sequence
"""

_BEFORE_IN_DAY = """
(SELECT coalesce(sum(abs(u.coins)), 0) FROM entry u
 WHERE u.profile_id = e.profile_id AND u.home_on = e.home_on AND (u.at, u.sequence) < (e.at, e.sequence)
       AND (u.kind = 'gift' OR u.kind = 'adjustment' AND u.coins < 0) AND u.voided_at IS NULL AND u.planned = 0)
"""

_OTHER_USES = f"""
SELECT e.home_on, -e.coins AS coins, {_BEFORE_IN_DAY} AS before
FROM entry e
WHERE e.profile_id = :profile AND e.home_on BETWEEN :first AND :last AND e.kind = 'adjustment' AND e.coins < 0
      AND e.voided_at IS NULL AND e.planned = 0
ORDER BY e.home_on
"""

_SOME_MOVEMENTS = f"""
SELECT e.sequence, e.home_on, coalesce(abs(e.coins), 0) AS coins,
       CASE WHEN e.kind = 'gift' OR e.coins < 0 THEN 1 ELSE 0 END AS used,
       CASE WHEN e.kind = 'gift' OR e.coins < 0 THEN {_BEFORE_IN_DAY} ELSE 0 END AS before
FROM entry e
WHERE e.profile_id = :profile AND e.sequence IN :sequences AND e.kind <> 'refund'
      AND e.voided_at IS NULL AND e.planned = 0
ORDER BY e.sequence
"""


@dataclass(frozen=True, slots=True)
class Costs:
    """Costs of many uses, or of many stretches of covered coins.

    Attributes:
        minor, unknown: per item, minor units and coins.
    """

    minor: Integers
    unknown: Integers

    def total(self) -> Cost:
        """All of them together."""
        return Cost(minor=int(self.minor.sum()), unknown_coins=int(self.unknown.sum()))

    def __getitem__(self, place: int) -> Cost:
        return Cost(minor=int(self.minor[place]), unknown_coins=int(self.unknown[place]))


@dataclass(frozen=True, slots=True)
class Uses:
    """Uses in order of valuation with their costs.

    Attributes:
        gift: 1 for a gift, 0 for other use.
        on_hand: coins after each.
    """

    sequence: Integers
    day: Integers
    coins: Integers
    gift: Integers
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


@dataclass(frozen=True, slots=True)
class Curve:
    """Cumulated day totals of a profile. Place p stands for the end of day p; place 0 for before the first.

    Attributes:
        days: home days with an entry, ascending; day of place p is days[p - 1].
        lots, unknown, cost, uses: cumulated coins of lots, of UNKNOWN lots, cost of KNOWN lots, coins used.
        uncovered: U(d).
        idle: cost without coins, all in all.
    """

    tx: Transaction
    profile_id: ProfileId
    days: Integers
    lots: Integers
    unknown: Integers
    cost: Integers
    uses: Integers
    uncovered: Integers
    idle: int

    def place_of(self, days: Integers) -> Integers:
        """The place of each day that has entries."""
        return np.searchsorted(self.days, days).astype(np.int64) + 1

    def place_before(self, day: int) -> int:
        """The place of the newest day before `day`."""
        return int(np.searchsorted(self.days, day))

    @property
    def drawn(self) -> Integers:
        """Coins covered at the end of each day."""
        return self.uses - self.uncovered

    @property
    def on_hand(self) -> int:
        """Coins on hand now."""
        return int(self.lots[-1] - self.drawn[-1])

    def reached(self, place: Integers, used: Integers) -> Integers:
        """x(g): covered coins when `used` coins have been used all in all, on the day of `place`."""
        return np.minimum(used - self.uncovered[place - 1], self.lots[place])

    def first_coins(self, coins: Integers) -> Costs:
        """K(x) and the UNKNOWN coins among the first x covered ones."""
        place = np.searchsorted(self.lots, coins).astype(np.int64)
        minor, unknown = self.cost[place], self.unknown[place]
        inside = np.flatnonzero(self.lots[place] != coins)
        if inside.size:
            line = self._lines(np.unique(place[inside]))
            minor[inside], unknown[inside] = line.first(coins[inside])
        return Costs(minor, unknown)

    def between(self, start: Integers, end: Integers) -> Costs:
        """What covered coins start..end cost."""
        both = self.first_coins(np.concatenate((start, end)))
        half = len(start)
        return Costs(both.minor[half:] - both.minor[:half], both.unknown[half:] - both.unknown[:half])

    def of_uses(self, day: Integers, used_before: Integers, coins: Integers) -> tuple[Costs, Integers]:
        """Costs of uses and the coins on hand after each.

        Args:
            used_before: coins used before it, all in all.
        """
        place = self.place_of(day)
        start, end = self.reached(place, used_before), self.reached(place, used_before + coins)
        costs = self.between(start, end)
        return Costs(costs.minor, costs.unknown + coins - (end - start)), self.lots[place] - end

    def lots_of(self, days: Integers) -> dict[int, int]:
        """Coins laid down, all in all, at the end of each lot of these days, by order of entry."""
        line = self._lines(self.place_of(days))
        return dict(zip(line.sequence.tolist(), line.end.tolist(), strict=True))

    def _lines(self, places: Integers) -> "_Lots":
        """The lots of the days at these places, each with the sums before it."""
        read = self._lots_of_days(self.days[places - 1])
        sequence, day, kind, coins, minor = read
        place = self.place_of(day)
        first = np.searchsorted(place, place)  # the first lot of the same day
        known = np.where(coins > 0, minor, 0)
        unknown = np.where(kind == _UNKNOWN, coins, 0)
        return _Lots(
            sequence=sequence,
            start=_before(coins, first) + self.lots[place - 1],
            end=_before(coins, first) + self.lots[place - 1] + coins,
            coins=coins,
            minor=known,
            minor_before=_before(known, first) + self.cost[place - 1],
            unknown=unknown,
            unknown_before=_before(unknown, first) + self.unknown[place - 1],
        )

    def _lots_of_days(self, days: Integers) -> tuple[Integers, ...]:
        names = ("sequence", "home_on", "lot", "coins", "minor")
        parameters: dict[str, object] = {"profile": self.profile_id}
        if len(days) > CHUNK or len(days) > _MANY_DAYS * len(self.days):
            parameters |= {"first": int(days.min()), "last": int(days.max())}
            return integer_columns(self.tx, _LOTS.format(days="BETWEEN :first AND :last"), names, parameters)
        parameters["days"] = days.tolist()
        return integer_columns(self.tx, _LOTS.format(days="IN :days"), names, parameters)


@dataclass(frozen=True, slots=True)
class _Lots:
    """Lots in order, each with its own figures and the sums of all lots of the profile before it."""

    sequence: Integers
    start: Integers
    end: Integers
    coins: Integers
    minor: Integers
    minor_before: Integers
    unknown: Integers
    unknown_before: Integers

    def first(self, coins: Integers) -> tuple[Integers, Integers]:
        """K(x) and unknown coins for x strictly inside the days read."""
        # The last lot that starts before x; one without coins is never it, as the next lot starts at the same place.
        place = np.searchsorted(self.start, coins, side="left") - 1
        drawn = coins - self.start[place]
        minor = self.minor_before[place] + self.minor[place] * drawn // self.coins[place]
        return minor, self.unknown_before[place] + np.where(self.unknown[place] > 0, drawn, 0)


def _before(values: Integers, first: Integers) -> Integers:
    """The sum of the values before each one, from the place in `first` on."""
    sums = np.concatenate((np.zeros(1, np.int64), np.cumsum(values)))
    return sums[:-1] - sums[first]


def curve(tx: Transaction, profile_id: ProfileId) -> Curve:
    """The cumulated day totals of a profile; one query."""
    names = ("home_on", "lots", "unknown", "cost", "uses", "idle")
    days, *columns = integer_columns(tx, _DAY_TOTALS, names, {"profile": profile_id})
    return _cumulated(tx, profile_id, days, columns)


def _cumulated(tx: Transaction, profile_id: ProfileId, days: Integers, columns: Sequence[Integers]) -> Curve:
    zero = np.zeros(1, np.int64)
    lots, unknown, cost, uses = (np.concatenate((zero, np.cumsum(column))) for column in columns[:4])
    return Curve(
        tx=tx,
        profile_id=profile_id,
        days=days,
        lots=lots,
        unknown=unknown,
        cost=cost,
        uses=uses,
        uncovered=np.maximum.accumulate(np.maximum(uses - lots, 0)),
        idle=int(columns[4].sum()),
    )


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


def uses_in_bulk(known: Curve, *, first: int | None = None, last: int | None = None) -> Uses:
    """Every use of a profile (of the home days first..last, both inside), each with its cost: one sorted pass."""
    first, last = _range(known, first, last)
    parameters = {"profile": known.profile_id, "first": first, "last": last}
    names = ("sequence", "home_on", "coins", "gift")
    sequence, day, coins, gift = integer_columns(known.tx, _USES, names, parameters)
    used = known.uses[known.place_before(first)] + np.cumsum(coins) - coins
    costs, left = known.of_uses(day, used, coins)
    return Uses(sequence=sequence, day=day, coins=coins, gift=gift, costs=costs, on_hand=left)


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
    first, last = _range(known, first, last)
    return gift_costs(known, (first, last + 1))[0] if last >= first else NO_COST


def costs_of(tx: Transaction, profile_id: ProfileId, sequences: Iterable[int]) -> dict[int, Valued]:
    """What became of some movements of a profile, by order of entry; entries that are none are left out."""
    known = curve(tx, profile_id)
    wanted = list(sequences)
    names = ("sequence", "home_on", "coins", "used", "before")
    found: dict[int, Valued] = {}
    for start in range(0, len(wanted), CHUNK):
        parameters = {"profile": profile_id, "sequences": wanted[start : start + CHUNK]}
        sequence, day, coins, used, before = integer_columns(tx, _SOME_MOVEMENTS, names, parameters)
        lots, uses = np.flatnonzero(used == 0), np.flatnonzero(used)
        if uses.size:
            reached = known.uses[known.place_of(day[uses]) - 1] + before[uses]
            costs, left = known.of_uses(day[uses], reached, coins[uses])
            for place, (number, hand) in enumerate(zip(sequence[uses].tolist(), left.tolist(), strict=True)):
                found[number] = Valued(cost=costs[place], on_hand=hand)
        if lots.size:
            ends = known.lots_of(np.unique(day[lots]))
            drawn = known.drawn[known.place_of(day[lots]) - 1]
            for number, gone in zip(sequence[lots].tolist(), drawn.tolist(), strict=True):
                if number in ends:
                    found[number] = Valued(cost=None, on_hand=ends[number] - gone)
    return found


def _range(known: Curve, first: int | None, last: int | None) -> tuple[int, int]:
    if not len(known.days):
        return 0, -1
    return (
        int(known.days[0]) if first is None else first,
        int(known.days[-1]) if last is None else last,
    )

"""What the kept day totals say of a profile's coins, and what the first x covered coins cost: K(x).

A `Curve` holds lots, uses and cost cumulated per home day, which is enough for every figure at the end of a day. A
look-up inside a day reads the lots of that day. Words and law are those of `domain.valuation`. Everything is int64:
amounts and coins are bounded so that the one product in K(x) fits (`domain.money`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from coinbudget.domain.profiles import ProfileId
from coinbudget.domain.valuation import Cost
from coinbudget.storage.columns import CHUNK, Integers, integer_columns
from coinbudget.storage.database import Transaction

_KNOWN, _FREE, _UNKNOWN = 0, 1, 2
#: Above so many days with lots, all between the first and the last are read instead.
_MANY_DAYS = 120
#: Above so many lots, all refunds of the profile are read instead of those of each lot.
_MANY_LOTS = 2000

_DAY_TOTALS = """
SELECT home_on, sum(lot_coins) AS lots, sum(lot_unknown_coins) AS unknown, sum(lot_cost_minor) AS cost,
       sum(use_coins) AS uses, sum(idle_minor) AS idle
FROM day_total WHERE profile_id = :profile GROUP BY home_on ORDER BY home_on
"""

# Answered from the index alone, like all that follows but the refunds.
_LOTS = """
SELECT sequence, home_on, coins, coalesce(converted_minor, 0) AS minor,
       CASE WHEN kind = 'adjustment' THEN CASE reason WHEN 'bonus' THEN 1 ELSE 2 END
            WHEN converted_minor IS NULL THEN 2 ELSE 0 END AS lot
FROM entry
WHERE profile_id = :profile AND home_on IN :days AND kind IN ('purchase', 'adjustment') AND coins > 0
      AND voided_at IS NULL AND planned = 0
ORDER BY home_on, at, sequence
"""

# Scalar subqueries say which side to start from: a join would leave that to statistics the file may not have.
_REFUNDS_OF_LOTS = """
SELECT sequence, coins, minor FROM (
  SELECT p.sequence,
         (SELECT sum(r.coins) FROM entry r
          WHERE r.refers_to = p.id AND r.voided_at IS NULL AND r.planned = 0) AS coins,
         (SELECT coalesce(sum(r.converted_minor), 0) FROM entry r
          WHERE r.refers_to = p.id AND r.voided_at IS NULL AND r.planned = 0) AS minor
  FROM entry p WHERE p.sequence IN :lots
) AS refunded WHERE coins IS NOT NULL
"""

# Over long ranges refunds are found from their own side: they are far fewer than lots.
_REFUNDS = """
SELECT (SELECT p.sequence FROM entry p WHERE p.id = entry.refers_to) AS sequence, coins,
       coalesce(converted_minor, 0) AS minor
FROM entry WHERE profile_id = :profile AND kind = 'refund' AND voided_at IS NULL AND planned = 0
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a day would have more (or less) of, to answer "what if".

    Attributes:
        lots, unknown, cost, uses: as in the kept day totals.
    """

    day: int
    lots: int = 0
    unknown: int = 0
    cost: int = 0
    uses: int = 0


@dataclass(frozen=True, slots=True)
class Curve:
    """Cumulated day totals of a profile. Place p stands for the end of day p; place 0 for before the first.

    Attributes:
        days: home days with an entry, ascending; day of place p is days[p - 1].
        lots, unknown, cost, uses: cumulated coins of lots, of UNKNOWN lots, cost of KNOWN lots, coins used.
        uncovered: U(d).
        idle: cost without coins, all in all.
        without: order of entry of a lot to leave out, 0 for none.
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
    without: int = 0

    def place_of(self, days: Integers) -> Integers:
        """The place of each day that has entries."""
        return np.searchsorted(self.days, days).astype(np.int64) + np.int64(1)

    def place_before(self, day: int) -> int:
        """The place of the newest day before `day`."""
        return int(np.searchsorted(self.days, day))

    def leaving_out(self, sequence: int, day: int) -> "Curve":
        """The curve as it would be without one lot of that day."""
        numbers, _, kinds, coins, minors = self._lots_of_days(np.array([day], np.int64))
        for number, kind, lot, minor in zip(numbers.tolist(), kinds, coins.tolist(), minors.tolist(), strict=True):
            if number == sequence:
                gone = Change(day=day, lots=-lot, unknown=-lot if kind == _UNKNOWN else 0, cost=-minor if lot else 0)
                return replace(self.changed(gone), without=sequence)
        return self

    def changed(self, change: Change) -> "Curve":
        """The curve as it would be with a change of one day's totals."""
        place = self.place_before(change.day)
        if place == len(self.days) or self.days[place] != change.day:
            days = np.insert(self.days, place, change.day)
            sums = [np.insert(column, place + 1, column[place]) for column in self._sums]
        else:
            days, sums = self.days, [column.copy() for column in self._sums]
        for column, more in zip(sums, (change.lots, change.unknown, change.cost, change.uses), strict=True):
            column[place + 1 :] += more
        lots, unknown, cost, uses = sums
        return replace(
            self, days=days, lots=lots, unknown=unknown, cost=cost, uses=uses, uncovered=_uncovered(lots, uses)
        )

    @property
    def _sums(self) -> tuple[Integers, ...]:
        return self.lots, self.unknown, self.cost, self.uses

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
        reached: Integers = np.minimum(used - self.uncovered[place - 1], self.lots[place])
        return reached

    def first_coins(self, coins: Integers) -> Costs:
        """K(x) and the UNKNOWN coins among the first x covered ones."""
        place = np.searchsorted(self.lots, coins).astype(np.int64)
        minor, unknown = self.cost[place], self.unknown[place]
        inside = np.flatnonzero(self.lots[place] != coins)
        if inside.size:
            # Not `unique`, here and elsewhere: its first call imports a whole part of numpy.
            line = self._lines(np.flatnonzero(np.bincount(place[inside])))
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
        sequence, day, kind, coins, minor = self._lots_of_days(self.days[places - 1])
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
        """Order of entry, day, kind, coins and cost of the lots of some days, refunds taken out."""
        lots: str = _LOTS
        parameters: dict[str, Any] = {"profile": self.profile_id, "days": days.tolist()}
        if len(days) > _MANY_DAYS:
            lots = lots.replace("IN :days", "BETWEEN :first AND :last")
            parameters = {"profile": self.profile_id, "first": int(days[0]), "last": int(days[-1])}
        names = ("sequence", "home_on", "lot", "coins", "minor")
        sequence, day, kind, coins, minor = integer_columns(self.tx, lots, names, parameters)
        if self.without:
            kept = sequence != self.without
            sequence, day, kind, coins, minor = (c[kept] for c in (sequence, day, kind, coins, minor))
        of, back, minor_back = self._refunds_of(sequence)
        order = np.argsort(sequence)
        place = np.searchsorted(sequence, of, sorter=order)
        # Not held: purchases of other days, and those without coins.
        held = np.flatnonzero(sequence[order[np.minimum(place, len(order) - 1)]] == of) if len(of) else of
        lot = order[place[held]]
        np.subtract.at(coins, lot, back[held])
        np.subtract.at(minor, lot, np.where(kind[lot] == _KNOWN, minor_back[held], 0))
        return sequence, day, kind, coins, minor

    def _refunds_of(self, lots: Integers) -> tuple[Integers, ...]:
        names = ("sequence", "coins", "minor")
        if len(lots) > _MANY_LOTS:
            return integer_columns(self.tx, _REFUNDS, names, {"profile": self.profile_id})
        parts = [
            integer_columns(self.tx, _REFUNDS_OF_LOTS, names, {"lots": lots[start : start + CHUNK].tolist()})
            for start in range(0, len(lots), CHUNK)
        ]
        return tuple(np.concatenate(columns) for columns in zip(*parts, strict=True)) if parts else (lots,) * 3


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
        part: Integers = np.floor_divide(self.minor[place] * drawn, self.coins[place])
        minor: Integers = self.minor_before[place] + part
        unknown: Integers = self.unknown_before[place] + np.where(self.unknown[place] > 0, drawn, 0)
        return minor, unknown


def _before(values: Integers, first: Integers) -> Integers:
    """The sum of the values before each one, from the place in `first` on."""
    sums = np.concatenate((np.zeros(1, np.int64), np.cumsum(values)))
    return sums[:-1] - sums[first]


def _uncovered(lots: Integers, uses: Integers) -> Integers:
    """U(d) for every day."""
    found: Integers = np.maximum.accumulate(np.maximum(uses - lots, 0))
    return found


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
        uncovered=_uncovered(lots, uses),
        idle=int(columns[4].sum()),
    )


def one_stretch(known: Curve, first: int | None, last: int | None) -> tuple[int, int]:
    """Bounds (end outside) of the home days first .. last; None stands for the first or last day with entries."""
    if not len(known.days):
        return 0, 0
    start = int(known.days[0]) if first is None else first
    end = int(known.days[-1]) if last is None else last
    return start, max(end + 1, start)

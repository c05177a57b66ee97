"""Totals of a profile by stretches of home days and by what entries say of themselves.

Money, coins and counts come from the kept day totals wherever the grouping allows; true cost of whole stretches from
look-ups (`coin_curve`). Only grouping by creator or gift values every gift in one pass, and only grouping by region
reads the purchases. Stretches are given by their bounds: bounds[i] .. bounds[i+1], end outside, as day numbers.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from coinbudget.domain.catalog import folded
from coinbudget.domain.profiles import ProfileId
from coinbudget.domain.summaries import Grouping
from coinbudget.storage.coin_curve import Curve, curve
from coinbudget.storage.columns import Integers, integer_columns, rows, text_column
from coinbudget.storage.database import Transaction
from coinbudget.storage.valuation_store import gift_costs, uses_in_bulk

_CHANNELS = ("", "ios", "android", "web", "gift_card", "other")

_MONEY = ("spent", "refunded", "purchases", "coins_bought", "rate_missing")
_GIFTS = ("gifts", "coins_gifted")
#: Groupings that divide the entries of a home day.
_DIVIDED = {Grouping.CREATOR, Grouping.GIFT, Grouping.CHANNEL, Grouping.REGION}

_TOTALS = """
SELECT home_on, CASE channel WHEN 'ios' THEN 1 WHEN 'android' THEN 2 WHEN 'web' THEN 3 WHEN 'gift_card' THEN 4
                             WHEN 'other' THEN 5 ELSE 0 END AS channel,
       spent_minor AS spent, refunded_minor AS refunded, purchases, coins_bought, rate_missing, gifts, coins_gifted
FROM day_total WHERE profile_id = :profile AND home_on >= :first AND home_on < :end ORDER BY home_on
"""

# Each a look-up at one end of the key; both in one SELECT would read all days.
_RANGES = """
SELECT id, (SELECT min(home_on) FROM day_total WHERE profile_id = profile.id),
       (SELECT max(home_on) FROM day_total WHERE profile_id = profile.id)
FROM profile ORDER BY id
"""

# The figures of a stretch as one text of numbers: a scalar subquery reads its range of the key once, where grouping
# the joined rows would sort them first.
_STRETCHES = """
WITH stretch (place, profile, first, last) AS (VALUES {stretches})
SELECT place, (
  SELECT min(home_on) || ' ' || max(home_on) || ' ' || sum(spent_minor) || ' ' || sum(refunded_minor) || ' ' ||
         sum(purchases) || ' ' || sum(coins_bought) || ' ' || sum(rate_missing) || ' ' || sum(gifts) || ' ' ||
         sum(coins_gifted)
  FROM day_total WHERE profile_id = profile AND home_on >= first AND home_on < last
       AND (purchases > 0 OR gifts > 0 OR refunded_minor > 0)
) FROM stretch
"""
#: So many stretches are asked for at once.
_AT_ONCE = 500

_PURCHASES_BY_REGION = """
SELECT home_on, region, channel, coalesce(sum(converted_minor), 0), 0, count(*), coalesce(sum(coins), 0),
       sum(CASE WHEN converted_minor IS NULL THEN 1 ELSE 0 END)
FROM entry
WHERE profile_id = :profile AND kind = 'purchase' AND home_on >= :first AND home_on < :end
      AND voided_at IS NULL AND planned = 0
GROUP BY home_on, region, channel
"""

_REFUNDS_BY_REGION = """
SELECT home_on, region, channel, 0, coalesce(sum(converted_minor), 0), 0, 0, 0 FROM (
  SELECT r.home_on, r.converted_minor,
         (SELECT p.region FROM entry p WHERE p.id = r.refers_to) AS region,
         (SELECT p.channel FROM entry p WHERE p.id = r.refers_to) AS channel
  FROM entry r WHERE r.profile_id = :profile AND r.kind = 'refund' AND r.home_on >= :first AND r.home_on < :end
       AND r.voided_at IS NULL AND r.planned = 0
) AS refund GROUP BY home_on, region, channel
"""

# Refunds whose amount is 0 or not known leave no trace in the totals, but their group exists.
_SILENT_REFUNDS = """
SELECT profile_id, home_on, (SELECT p.channel FROM entry p WHERE p.id = entry.refers_to) FROM entry
WHERE profile_id >= :profile AND profile_id <= :last_profile AND kind = 'refund'
      AND home_on >= :first AND home_on < :end AND coalesce(converted_minor, 0) = 0
      AND voided_at IS NULL AND planned = 0
"""

# In the order of `uses_in_bulk`, of gifts alone; answered from the same index.
_GIFT_NAMES = """
SELECT gift_name FROM entry
WHERE profile_id = :profile AND home_on >= :first AND home_on < :end AND kind = 'gift'
      AND voided_at IS NULL AND planned = 0
ORDER BY home_on, at, sequence
"""


@dataclass(slots=True)
class Figures:
    """Sums of one group; `first` and `last` are the home days of its oldest and newest entry."""

    first: int = 2**31
    last: int = -(2**31)
    spent: int = 0
    refunded: int = 0
    purchases: int = 0
    coins_bought: int = 0
    rate_missing: int = 0
    gifts: int = 0
    coins_gifted: int = 0
    cost: int = 0
    unknown: int = 0

    def add(self, other: "Figures") -> None:
        """Take in another group."""
        self.first, self.last = min(self.first, other.first), max(self.last, other.last)
        self.spent += other.spent
        self.refunded += other.refunded
        self.purchases += other.purchases
        self.coins_bought += other.coins_bought
        self.rate_missing += other.rate_missing
        self.gifts += other.gifts
        self.coins_gifted += other.coins_gifted
        self.cost += other.cost
        self.unknown += other.unknown


#: The sums of `Figures` in their order.
_SUMS = (*_MONEY, *_GIFTS, "cost", "unknown")


class Key(NamedTuple):
    """What the entries of a group have in common; "" for what is not grouped by or does not apply."""

    stretch: int
    creator: str = ""
    gift: str = ""
    channel: str = ""
    region: str = ""


@dataclass(slots=True)
class _Groups:
    bounds: Integers
    found: dict[Key, Figures] = field(default_factory=dict)

    def at(self, key: Key, first: int, last: int) -> Figures:
        figures = self.found.setdefault(key, Figures())
        figures.first, figures.last = min(figures.first, first), max(figures.last, last)
        return figures

    def add(self, days: Integers, codes: Integers, keys: Sequence[Key], columns: dict[str, Integers]) -> None:
        """Add columns of figures, one item per day and code; `keys[code]` names the group in any stretch."""
        if not len(days):
            return
        stretch = np.searchsorted(self.bounds, days, side="right") - 1
        both = stretch * len(keys) + codes
        order = np.argsort(both, kind="stable")
        starts = np.flatnonzero(np.diff(both[order], prepend=-1))
        firsts, lasts = (how.reduceat(days[order], starts).tolist() for how in (np.minimum, np.maximum))
        nothing = [0] * len(starts)
        sums = [
            np.add.reduceat(columns[name][order], starts).tolist() if name in columns else nothing for name in _SUMS
        ]
        found, rest = self.found, [key[1:] for key in keys]
        for group, *figures in zip(both[order][starts].tolist(), firsts, lasts, *sums, strict=True):
            number, code = divmod(group, len(keys))
            key = Key(number, *rest[code])
            before = found.get(key)
            if before is None:
                found[key] = Figures(*figures)
            else:
                before.add(Figures(*figures))


def days_with_entries(tx: Transaction) -> dict[ProfileId, tuple[int, int]]:
    """The first and last home day of each profile that has an entry that counts."""
    return {ProfileId(key): (first, last) for key, first, last in rows(tx, _RANGES, {}) if first is not None}


def grouped(
    tx: Transaction, wanted: Mapping[ProfileId, Sequence[int]], by: frozenset[Grouping], *, true_cost: bool = True
) -> dict[ProfileId, dict[Key, Figures]]:
    """Figures of profiles per stretch and group; groups without a purchase, gift or refund are absent.

    Args:
        wanted: the bounds of each profile's stretches.
        true_cost: whether gifts are valued, unless they are grouped by creator or gift.
    """
    if not by & _DIVIDED:
        return _whole(tx, wanted, true_cost=true_cost)
    return {
        profile_id: _divided(tx, profile_id, bounds, by, true_cost=true_cost) for profile_id, bounds in wanted.items()
    }


def _whole(
    tx: Transaction, wanted: Mapping[ProfileId, Sequence[int]], *, true_cost: bool
) -> dict[ProfileId, dict[Key, Figures]]:
    """Figures of stretches that are divided no further."""
    groups = {profile_id: _Groups(np.array(bounds, np.int64)) for profile_id, bounds in wanted.items()}
    stretches = [
        (profile_id, number, bounds[number], bounds[number + 1])
        for profile_id, bounds in wanted.items()
        for number in range(len(bounds) - 1)
    ]
    for start in range(0, len(stretches), _AT_ONCE):
        part = stretches[start : start + _AT_ONCE]
        values = ", ".join(f"({place}, {key}, {first}, {end})" for place, (key, _, first, end) in enumerate(part))
        for place, figures in tx.connection.exec_driver_sql(_STRETCHES.format(stretches=values)):
            if figures is not None:
                profile_id, number = part[place][:2]
                first, last, *sums = map(int, figures.split())
                groups[profile_id].found[Key(number)] = Figures(first, last, *sums)
    if stretches:
        everything = {
            "profile": min(wanted),
            "last_profile": max(wanted),
            "first": min(first for _, _, first, _ in stretches),
            "end": max(end for _, _, _, end in stretches),
        }
        for profile_id, day, _ in rows(tx, _SILENT_REFUNDS, everything):
            bounds = wanted.get(ProfileId(profile_id))
            if bounds is not None and bounds[0] <= day < bounds[-1]:
                groups[profile_id].at(Key(bisect_right(bounds, day) - 1), day, day)
    if true_cost:
        for profile_id, bounds in wanted.items():
            _add_costs(curve(tx, profile_id), groups[profile_id], bounds)
    return {profile_id: each.found for profile_id, each in groups.items()}


def _divided(
    tx: Transaction, profile_id: ProfileId, bounds: Sequence[int], by: frozenset[Grouping], *, true_cost: bool
) -> dict[Key, Figures]:
    groups = _Groups(np.array(bounds, np.int64))
    place = {"profile": profile_id, "last_profile": profile_id, "first": bounds[0], "end": bounds[-1]}
    names = ("home_on", "channel", *_MONEY, *_GIFTS)
    totals = dict(zip(names, integer_columns(tx, _TOTALS, names, place), strict=True))
    if Grouping.REGION in by:
        _add_regions(tx, groups, place, with_channel=Grouping.CHANNEL in by)
    else:
        _add_money(tx, groups, place, totals, with_channel=Grouping.CHANNEL in by)
    if by & {Grouping.CREATOR, Grouping.GIFT}:
        _add_each_gift(curve(tx, profile_id), groups, place, by)
    else:
        _add_gifts(groups, totals)
        if true_cost:
            _add_costs(curve(tx, profile_id), groups, bounds)
    return groups.found


def _add_money(
    tx: Transaction, groups: _Groups, place: dict[str, Any], totals: dict[str, Integers], *, with_channel: bool
) -> None:
    held = np.flatnonzero((totals["purchases"] > 0) | (totals["refunded"] > 0))
    columns = {name: totals[name][held] for name in _MONEY}
    codes = totals["channel"][held] if with_channel else np.zeros(len(held), np.int64)
    groups.add(totals["home_on"][held], codes, [Key(0, channel=channel) for channel in _CHANNELS], columns)
    for _, day, channel in rows(tx, _SILENT_REFUNDS, place):
        number = int(np.searchsorted(groups.bounds, day, side="right")) - 1
        groups.at(Key(number, channel=channel if with_channel else ""), day, day)


def _add_regions(tx: Transaction, groups: _Groups, place: dict[str, Any], *, with_channel: bool) -> None:
    for statement in (_PURCHASES_BY_REGION, _REFUNDS_BY_REGION):
        for day, region, channel, *figures in rows(tx, statement, place):
            number = int(np.searchsorted(groups.bounds, day, side="right")) - 1
            group = groups.at(Key(number, channel=channel if with_channel else "", region=region), day, day)
            for name, value in zip(_MONEY, figures, strict=True):
                setattr(group, name, getattr(group, name) + value)


def _add_gifts(groups: _Groups, totals: dict[str, Integers]) -> None:
    """Gifts without a group of their own."""
    held = np.flatnonzero(totals["gifts"] > 0)
    columns = {name: totals[name][held] for name in _GIFTS}
    groups.add(totals["home_on"][held], np.zeros(len(held), np.int64), [Key(0)], columns)


def _add_costs(known: Curve, groups: _Groups, bounds: Sequence[int]) -> None:
    """True cost of gifts without a group of their own: two look-ups per stretch."""
    costs = gift_costs(known, bounds)
    for number, (minor, unknown) in enumerate(zip(costs.minor.tolist(), costs.unknown.tolist(), strict=True)):
        if minor or unknown:
            group = groups.found[Key(number)]
            group.cost, group.unknown = group.cost + minor, group.unknown + unknown


def _add_each_gift(known: Curve, groups: _Groups, place: dict[str, Any], by: frozenset[Grouping]) -> None:
    """Gifts grouped by creator, gift or both: each valued in one pass."""
    uses = uses_in_bulk(known, first=place["first"], last=place["end"] - 1, creators=Grouping.CREATOR in by)
    gifts = np.flatnonzero(uses.gift)
    codes, keys = np.zeros(len(gifts), np.int64), [Key(0)]
    if Grouping.CREATOR in by:
        codes, handles = _creators(known.tx, uses.creator[gifts])
        keys = [Key(0, creator=handle) for handle in handles]
    if Grouping.GIFT in by:
        numbers, names = _gift_names(known.tx, place, uses.sequence[gifts])
        codes = codes * len(names) + numbers
        keys = [key._replace(gift=name) for key in keys for name in names]
    columns = {
        "gifts": np.ones(len(gifts), np.int64),
        "coins_gifted": uses.coins[gifts],
        "cost": uses.costs.minor[gifts],
        "unknown": uses.costs.unknown[gifts],
    }
    groups.add(uses.day[gifts], codes, keys, columns)


def _creators(tx: Transaction, ids: Integers) -> tuple[Integers, list[str]]:
    handles = dict(rows(tx, "SELECT id, handle FROM creator", {}))
    known = np.flatnonzero(np.bincount(ids)).astype(np.int64)
    return np.searchsorted(known, ids).astype(np.int64), [handles[key] for key in known.tolist()]


def _gift_names(tx: Transaction, place: dict[str, Any], gifts: Integers) -> tuple[Integers, list[str]]:
    """The code of each gift's name and the names by code; names compare folded, the newest spelling stands."""
    found = text_column(tx, _GIFT_NAMES, "gift_name", place)
    spellings = {name: code for code, name in enumerate(dict.fromkeys(found))}
    codes = np.fromiter(map(spellings.__getitem__, found), np.int64, len(found))
    newest = np.zeros(len(spellings), np.int64)
    np.maximum.at(newest, codes, gifts)
    names = {folded(name): name for name, _ in sorted(spellings.items(), key=lambda item: newest[item[1]])}
    numbers = {name: number for number, name in enumerate(names)}
    same = np.array([numbers[folded(name)] for name in spellings], np.int64)
    return same[codes] if found else codes, list(names.values()) or [""]


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """What the kept totals say of the money of some home days."""

    spent: int
    refunded: int
    rate_missing: int
    entries: int


_DAY_MONEY = """
SELECT home_on, sum(spent_minor), sum(refunded_minor), sum(rate_missing), sum(entries)
FROM day_total WHERE profile_id = :profile GROUP BY home_on ORDER BY home_on
"""

# Written out, as SQLite finds the partial index by the text of the condition.
_PROVISIONAL = """
SELECT count(*) FROM entry
WHERE profile_id = :profile AND rate_source = 'provisional' AND voided_at IS NULL AND planned = 0
"""


class DayMoney:
    """Money per home day of a profile, to sum over any stretch."""

    def __init__(self, tx: Transaction, profile_id: ProfileId) -> None:
        found = [tuple(row) for row in rows(tx, _DAY_MONEY, {"profile": profile_id})]
        table = np.array(found, np.int64).reshape(-1, 5)
        self._days = table[:, 0]
        self._sums = np.concatenate((np.zeros((1, 4), np.int64), np.cumsum(table[:, 1:], axis=0)))

    def between(self, start: int, end: int) -> Money:
        """Home days start .. end, end outside."""
        first, last = np.searchsorted(self._days, (start, end))
        spent, refunded, missing, entries = (self._sums[last] - self._sums[first]).tolist()
        return Money(spent=spent, refunded=refunded, rate_missing=missing, entries=entries)

    def cumulated(self, start: int, end: int) -> Iterator[int]:
        """Gross money from `start` on, at the end of each home day up to `end` (outside)."""
        for day in range(start, end):
            yield self.between(start, day + 1).spent

    def all(self) -> Money:
        """All home days."""
        spent, refunded, missing, entries = self._sums[-1].tolist()
        return Money(spent=spent, refunded=refunded, rate_missing=missing, entries=entries)


def provisional(tx: Transaction, profile_id: ProfileId) -> int:
    """Purchases whose rate is provisional."""
    return int(rows(tx, _PROVISIONAL, {"profile": profile_id})[0][0])

"""What the ledger table shows: the order of a filtered view, its totals, and the rows of a page.

A view is an array of orders of entry. A view by time of all, of a profile or of some days walks an index in order;
any other is found in one scan, most often of an index that holds all it needs, and ordered here: walking the table
in the order of an index costs ten times as much. Filters by text look for a part of the folded search text.
"""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from coinbudget.domain.catalog import folded, search_folded
from coinbudget.domain.entries import Entry, EntryId, Purchase
from coinbudget.domain.money import Currency
from coinbudget.domain.profiles import ProfileId
from coinbudget.domain.summaries import LedgerFilter, Sort
from coinbudget.domain.valuation import NO_COST, Cost
from coinbudget.storage.coin_curve import Curve, curve, one_stretch
from coinbudget.storage.columns import CHUNK, Integers, integer_columns, rows
from coinbudget.storage.database import Transaction
from coinbudget.storage.mapping import ENTRY, entry_of, select_entries
from coinbudget.storage.tables import day_number
from coinbudget.storage.valuation_store import costs_of, gift_costs, uses_in_bulk

#: Sorts after every number there is, so that what has no figure comes last either way.
_NOTHING = 2**62
#: Up to so many gifts are valued by look-ups, more in one pass over all of the profile.
_FEW = 500
#: Place of the coins gifted among the figures of `_KEPT_SUMS`.
_GIFTED = 3

_SORTED_BY = {
    Sort.AT: "0",
    Sort.COINS: "abs(coins)",
    Sort.PAID: "CASE WHEN kind IN ('purchase', 'refund') THEN converted_minor END",
}


@dataclass(frozen=True, slots=True)
class _Where:
    """A condition with its parameters. `plain` when profile, days and the voided flag are all of it."""

    text: str
    values: dict[str, Any]
    plain: bool


def _where(tx: Transaction, shown: LedgerFilter) -> _Where:
    parts: list[str] = []
    values: dict[str, Any] = {}
    if not shown.voided:
        parts.append("voided_at IS NULL")
    if shown.profile_id is not None:
        # A search by text reads every row; in the order of an index of profiles that takes three times as long.
        scan = shown.text and not (shown.creator or shown.from_on or shown.to_on)
        parts.append("+profile_id = :profile" if scan else "profile_id = :profile")
        values["profile"] = shown.profile_id
    for name, sign, day in (("first", ">=", shown.from_on), ("last", "<=", shown.to_on)):
        if day is not None:
            parts.append(f"home_on {sign} :{name}")
            values[name] = day_number(day)
    plain = len(parts)
    if not shown.planned:
        parts.append("planned = 0")
    if shown.kinds:
        parts.append("kind IN :kinds")
        values["kinds"] = list(shown.kinds)
    if shown.creator:
        parts.append("creator_id = :creator")
        values["creator"] = creator_id(tx, shown.creator)
    if shown.channel:
        parts.append("channel = :channel")
        values["channel"] = shown.channel
    wanted = search_folded(shown.text).removeprefix("@")
    if wanted:
        parts.append("search LIKE :text ESCAPE '!'")
        values["text"] = f"%{_escaped(wanted)}%"
    return _Where(" AND ".join(parts) or "1 = 1", values, plain=plain == len(parts))


def _escaped(text: str) -> str:
    for sign in "!%_":
        text = text.replace(sign, f"!{sign}")
    return text


def creator_id(tx: Transaction, handle: str) -> int:
    """The stable id behind a handle, compared folded; -1 when unknown, which no entry has."""
    name = folded(handle.strip().removeprefix("@"))
    found = rows(tx, "SELECT id FROM creator WHERE handle_folded = :name", {"name": name})
    return int(found[0][0]) if found else -1


def view(tx: Transaction, shown: LedgerFilter, sort: Sort, *, descending: bool) -> "array[int]":
    """The orders of entry of everything a filter shows, in the order of the table; ties by time, then entry."""
    where = _where(tx, shown)
    if sort is Sort.AT and where.plain:
        (ordered,) = integer_columns(tx, _in_order(shown, where, descending), ("sequence",), where.values)
    else:
        ordered = _sorted_here(tx, where, sort, descending=descending)
    found = array("q")
    found.frombytes(np.ascontiguousarray(ordered).tobytes())
    return found


def first_of_view(tx: Transaction, shown: LedgerFilter, sort: Sort, *, descending: bool, size: int) -> Sequence[int]:
    """The first orders of entry of a view."""
    where = _where(tx, shown)
    if sort is Sort.AT and (where.plain or where.text.endswith("planned = 0")):
        query = f"{_in_order(shown, where, descending)} LIMIT :size"
        return [row[0] for row in rows(tx, query, {**where.values, "size": size})]
    return view(tx, shown, sort, descending=descending)[:size]


def _in_order(shown: LedgerFilter, where: _Where, descending: bool) -> str:
    way = " DESC" if descending else ""
    # Home days never go back, so within a profile both orders are one; the longer one is that of its index.
    columns = ("at", "sequence") if shown.profile_id is None else ("home_on", "at", "sequence")
    order = ", ".join(f"{column}{way}" for column in columns)
    return f"SELECT sequence FROM entry WHERE {where.text} ORDER BY {order}"  # noqa: S608 - our own fragments


def _sorted_here(tx: Transaction, where: _Where, sort: Sort, *, descending: bool) -> Integers:
    key = f"coalesce({_SORTED_BY[sort]}, {_NOTHING})"
    query = f"SELECT sequence, at, {key} AS sorted FROM entry WHERE {where.text}"  # noqa: S608 - our own fragments
    sequence, at, by = integer_columns(tx, query, ("sequence", "at", "sorted"), where.values)
    if descending:
        at, by = -at, np.where(by == _NOTHING, by, -by)
        order = np.lexsort((-sequence, at, by))
    else:
        order = np.lexsort((sequence, at, by))
    ordered: Integers = sequence[order]
    return ordered


def count(tx: Transaction, shown: LedgerFilter) -> int:
    """How many entries a filter shows."""
    where = _where(tx, shown)
    kept = shown.channel == "" and not shown.kinds and not shown.creator and not shown.text and not shown.voided
    if kept:
        query = f"SELECT coalesce(sum(entries), 0) FROM day_total WHERE {_days_only(shown)}"  # noqa: S608 - ours
        living = int(rows(tx, query, where.values)[0][0])
        if not shown.planned:
            return living
        query = f"SELECT count(*) FROM entry WHERE planned = 1 AND {where.text}"  # noqa: S608 - our own fragments
        return living + int(rows(tx, query, where.values)[0][0])
    query = f"SELECT count(*) FROM entry WHERE {where.text}"  # noqa: S608 - our own fragments
    return int(rows(tx, query, where.values)[0][0])


def _days_only(shown: LedgerFilter) -> str:
    parts = ["profile_id = :profile"] if shown.profile_id is not None else []
    parts += ["home_on >= :first"] if shown.from_on else []
    parts += ["home_on <= :last"] if shown.to_on else []
    return " AND ".join(parts) or "1 = 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Sums of what a filter shows of one profile, of entries that count."""

    spent: int
    refunded: int
    coins_bought: int
    coins_gifted: int
    rate_missing: int
    cost: Cost


_KEPT_SUMS = """
SELECT profile_id, sum(spent_minor), sum(refunded_minor), sum(coins_bought), sum(coins_gifted), sum(rate_missing)
FROM day_total WHERE {where} GROUP BY profile_id
"""

# One scan for all of it: a search by text reads every entry. The sign keeps SQLite from walking the table in the order
# of an index for the sake of the groups.
_ENTRY_SUMS = """
SELECT profile_id, count(*), coalesce(sum(living), 0),
       sum(CASE WHEN living AND kind = 'purchase' THEN coalesce(converted_minor, 0) ELSE 0 END),
       sum(CASE WHEN living AND kind = 'refund' THEN coalesce(converted_minor, 0) ELSE 0 END),
       sum(CASE WHEN living AND kind = 'purchase' THEN coalesce(coins, 0) ELSE 0 END),
       sum(CASE WHEN living AND kind = 'gift' THEN coalesce(coins, 0) ELSE 0 END),
       sum(CASE WHEN living AND kind = 'purchase' AND converted_minor IS NULL THEN 1 ELSE 0 END),
       group_concat(CASE WHEN living AND kind = 'gift' THEN sequence END)
FROM (
  SELECT +profile_id AS profile_id, kind, coins, converted_minor, sequence,
         voided_at IS NULL AND planned = 0 AS living
  FROM entry WHERE {where}
) AS shown GROUP BY profile_id
"""


def totals(tx: Transaction, shown: LedgerFilter) -> tuple[int, dict[ProfileId, Sums]]:
    """How many entries a filter shows, and their sums per profile that has any that counts.

    Kept totals answer where the filter allows.
    """
    where = _where(tx, shown)
    if not (shown.kinds or shown.creator or shown.channel or shown.text):
        return count(tx, shown), _kept_sums(tx, shown, where)
    entries = 0
    found = {}
    for profile_id, number, living, *figures, gifts in rows(tx, _ENTRY_SUMS.format(where=where.text), where.values):
        entries += number
        if living:
            found[ProfileId(profile_id)] = _sums(figures, _cost_of_gifts(tx, ProfileId(profile_id), shown, gifts))
    return entries, found


def _kept_sums(tx: Transaction, shown: LedgerFilter, where: _Where) -> dict[ProfileId, Sums]:
    found = {}
    for profile_id, *figures in rows(tx, _KEPT_SUMS.format(where=_days_only(shown)), where.values):
        gifted = figures[_GIFTED]
        known = curve(tx, ProfileId(profile_id)) if gifted else None
        cost = NO_COST if known is None else gift_costs(known, _stretch(known, shown))[0]
        found[ProfileId(profile_id)] = _sums(figures, cost)
    return found


def _sums(figures: Sequence[int], cost: Cost) -> Sums:
    spent, refunded, bought, gifted, missing = figures
    return Sums(
        spent=spent, refunded=refunded, coins_bought=bought, coins_gifted=gifted, rate_missing=missing, cost=cost
    )


def _stretch(known: Curve, shown: LedgerFilter) -> tuple[int, int]:
    first, last = (None if day is None else day_number(day) for day in (shown.from_on, shown.to_on))
    return one_stretch(known, first, last)


def _cost_of_gifts(tx: Transaction, profile_id: ProfileId, shown: LedgerFilter, joined: str | None) -> Cost:
    """True cost of some gifts of a profile, given as orders of entry with commas between them."""
    if joined is None:
        return NO_COST
    if not (shown.creator or shown.channel or shown.text):
        # By days and kinds alone all gifts are shown or none.
        known = curve(tx, profile_id)
        return gift_costs(known, _stretch(known, shown))[0]
    wanted = np.array(str(joined).split(","), np.int64)
    if len(wanted) <= _FEW:
        few = (valued.cost for valued in costs_of(tx, profile_id, wanted.tolist()).values())
        return sum((cost for cost in few if cost is not None), start=NO_COST)
    known = curve(tx, profile_id)
    first, end = _stretch(known, shown)
    uses = uses_in_bulk(known, first=first, last=end - 1)
    chosen = np.zeros(max(int(wanted.max()), int(uses.sequence.max())) + 1, np.bool_)
    chosen[wanted] = True
    held = chosen[uses.sequence]
    return Cost(
        minor=int(uses.costs.minor[held].sum()),
        unknown_coins=int(uses.costs.unknown[held].sum()),
    )


_REFUNDED = """
SELECT refers_to, sum(coalesce(converted_minor, 0)) FROM entry
WHERE refers_to IN :ids AND voided_at IS NULL AND planned = 0 GROUP BY refers_to
"""


def entries(tx: Transaction, sequences: Iterable[int], currencies: Mapping[str, Currency]) -> list[Entry]:
    """Entries by order of entry, in the order asked for; unknown ones are left out."""
    wanted = list(sequences)
    found: dict[int, Entry] = {}
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        for row in tx.connection.execute(select_entries().where(ENTRY.c.sequence.in_(part))):
            found[row.sequence] = entry_of(row, currencies)
    return [found[sequence] for sequence in wanted if sequence in found]


def refunded(tx: Transaction, shown: Iterable[Entry]) -> dict[EntryId, int]:
    """The money refunded of each purchase among some entries, where there is any."""
    ids = [entry.id for entry in shown if isinstance(entry, Purchase)]
    found: dict[EntryId, int] = {}
    for start in range(0, len(ids), CHUNK):
        for purchase, minor in rows(tx, _REFUNDED, {"ids": ids[start : start + CHUNK]}):
            found[EntryId(purchase)] = minor
    return found

"""Kept totals per profile, home day and channel, changed in the transaction that changes an entry.

A purchase and its living refunds form one lot, so the lot figures are always taken away and added whole: what a
refund changes is the difference of the lot before and after. `computed` works all of it out again from the entries,
in SQL and without this module's arithmetic, for `verify` and after bulk changes.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import bindparam, delete, func, select, text

from coinbudget.domain.entries import Entry, Gift, Purchase, Reason, Refund
from coinbudget.domain.profiles import ProfileId
from coinbudget.storage.database import Transaction, adding_upsert
from coinbudget.storage.ledger_store import plain_insert
from coinbudget.storage.tables import DayTotalRow, day_number, day_of, table_of

_TOTAL = table_of(DayTotalRow)
_KEY = ("profile_id", "home_on", "channel")
FIGURES = tuple(column.name for column in _TOTAL.columns if column.name not in _KEY)

#: profile, day number, channel
DayKey = tuple[int, int, str]

(
    _ENTRIES,
    _SPENT,
    _REFUNDED,
    _PURCHASES,
    _BOUGHT,
    _GIFTS,
    _GIFTED,
    _UNKNOWN_GIFTS,
    _RATE_MISSING,
    _LOT,
    _LOT_UNKNOWN,
    _LOT_COST,
    _IDLE,
    _USE,
) = range(len(FIGURES))


#: Days held before they are written: an import of many years stays small.
_MOST_DAYS = 8192

_EMPTY = delete(_TOTAL).where(
    _TOTAL.c.profile_id == bindparam("profile"),
    _TOTAL.c.home_on == bindparam("day"),
    _TOTAL.c.channel == bindparam("in_channel"),
    _TOTAL.c.entries == 0,
)


class Differences:
    """What a call adds to the kept totals; written once, by `apply`."""

    def __init__(self) -> None:
        self._days: dict[DayKey, list[int]] = {}

    def _day(self, key: DayKey) -> list[int]:
        day = self._days.get(key)
        if day is None:
            day = self._days[key] = [0] * len(FIGURES)
        return day

    @property
    def many(self) -> bool:
        """Whether so many days have gathered that they had better be written now."""
        return len(self._days) >= _MOST_DAYS

    def count(self, entry: Entry, sign: int, purchase: Purchase | None = None) -> None:
        """Add (1) or take away (-1) an entry itself; a lot is added by `lot`. A refund comes with its purchase."""
        channel = ""
        if isinstance(entry, Purchase):
            channel = str(entry.channel)
        elif purchase is not None:
            channel = str(purchase.channel)
        self._count(self._day((entry.profile_id, day_number(entry.home_on), channel)), entry, sign)

    def add(self, entry: Entry) -> None:
        """Add an entry that is new, and of a purchase the lot, of which nothing came back yet."""
        if not isinstance(entry, Purchase):
            self.count(entry, 1)
            return
        day = self._day((entry.profile_id, day_number(entry.home_on), str(entry.channel)))
        self._count(day, entry, 1)
        self._lot(day, entry.coins or 0, entry.converted_minor, 1)

    def _count(self, day: list[int], entry: Entry, sign: int) -> None:
        day[_ENTRIES] += sign
        if isinstance(entry, Gift):
            day[_GIFTS] += sign
            if entry.coins is None:
                day[_UNKNOWN_GIFTS] += sign
            else:
                day[_GIFTED] += sign * entry.coins
                day[_USE] += sign * entry.coins
        elif isinstance(entry, Purchase):
            day[_PURCHASES] += sign
            day[_BOUGHT] += sign * (entry.coins or 0)
            if entry.converted_minor is None:
                day[_RATE_MISSING] += sign
            else:
                day[_SPENT] += sign * entry.converted_minor
        elif isinstance(entry, Refund):
            day[_REFUNDED] += sign * (entry.converted_minor or 0)
        elif entry.coins < 0:
            day[_USE] -= sign * entry.coins
        else:
            day[_LOT] += sign * entry.coins
            if entry.reason is not Reason.BONUS:
                day[_LOT_UNKNOWN] += sign * entry.coins

    def lot(self, purchase: Purchase, refunds: Iterable[Refund], sign: int) -> None:
        """Add or take away the lot of a purchase that counts, net of its living refunds."""
        day = self._day((purchase.profile_id, day_number(purchase.home_on), str(purchase.channel)))
        coins, cost = purchase.coins or 0, purchase.converted_minor
        for refund in refunds:
            coins -= refund.coins
            if cost is not None:
                cost -= refund.converted_minor or 0
        self._lot(day, coins, cost, sign)

    def _lot(self, day: list[int], coins: int, cost: int | None, sign: int) -> None:
        day[_LOT] += sign * coins
        if cost is None:
            day[_LOT_UNKNOWN] += sign * coins
        elif coins:
            day[_LOT_COST] += sign * cost
        else:
            day[_IDLE] += sign * cost

    def apply(self, tx: Transaction) -> None:
        """Write the differences; a day without entries is kept no more."""
        changed = [(key, figures) for key, figures in sorted(self._days.items()) if any(figures)]
        rows = [(*key, *figures) for key, figures in changed]
        self._days.clear()
        if not rows:
            return
        tx.connection.exec_driver_sql(adding_upsert(_TOTAL, _KEY, tx.connection.dialect), rows)
        fewer = [
            {"profile": profile, "day": day_of(day), "in_channel": channel}
            for (profile, day, channel), figures in changed
            if figures[_ENTRIES] < 0
        ]
        if fewer:
            tx.connection.execute(_EMPTY, fewer)


def kept(tx: Transaction) -> dict[DayKey, tuple[int, ...]]:
    """The totals as they are kept."""
    return dict(_keyed(tx.connection.execute(select(_TOTAL))))


def computed(tx: Transaction, profile_id: ProfileId | None = None) -> dict[DayKey, tuple[int, ...]]:
    """The totals as the entries say, worked out anew."""
    rows = tx.connection.execute(_FROM_ENTRIES, {"profile": profile_id})
    return {(row[0], row[1], row[2]): tuple(row[3:]) for row in rows}


def whole(tx: Transaction, profile_id: ProfileId) -> tuple[int, int, int, int, int]:
    """Entries, coins bought, coins gifted, money spent (gross) and refunded of a profile, from the kept totals."""
    wanted = (_TOTAL.c.entries, _TOTAL.c.coins_bought, _TOTAL.c.coins_gifted, _TOTAL.c.spent_minor)
    sums = [func.coalesce(func.sum(column), 0) for column in (*wanted, _TOTAL.c.refunded_minor)]
    row = tx.connection.execute(select(*sums).where(_TOTAL.c.profile_id == profile_id)).one()
    return row[0], row[1], row[2], row[3], row[4]


def rebuild(tx: Transaction, profile_ids: Iterable[ProfileId]) -> None:
    """Write the totals of some profiles anew from their entries; cheaper than differences for thousands of changes."""
    for profile_id in profile_ids:
        rows = [(*key, *figures) for key, figures in computed(tx, profile_id).items()]
        tx.connection.execute(delete(_TOTAL).where(_TOTAL.c.profile_id == profile_id))
        if rows:
            tx.connection.exec_driver_sql(plain_insert(_TOTAL, tx.connection.dialect), rows)


def _keyed(rows: Iterable[Any]) -> Iterator[tuple[DayKey, tuple[int, ...]]]:
    for row in rows:
        key = (row.profile_id, day_number(row.home_on), row.channel)
        yield key, tuple(getattr(row, name) for name in FIGURES)


#: One plain pass: what was refunded per purchase, what each entry says of its day, and the sums.
_FROM_ENTRIES = text(
    """
    WITH living AS (
        SELECT * FROM entry WHERE voided_at IS NULL AND NOT planned AND (:profile IS NULL OR profile_id = :profile)
    ),
    back AS (
        SELECT refers_to AS id, SUM(coins) AS coins, SUM(COALESCE(converted_minor, 0)) AS minor
        FROM living WHERE kind = 'refund' GROUP BY refers_to
    ),
    said AS (
        SELECT e.profile_id, e.home_on, CASE e.kind WHEN 'purchase' THEN e.channel ELSE '' END AS channel,
            e.kind, e.reason, e.coins, e.converted_minor AS minor,
            COALESCE(e.coins, 0) - COALESCE(back.coins, 0) AS net_coins,
            e.converted_minor - COALESCE(back.minor, 0) AS net_minor
        FROM living e LEFT JOIN back ON back.id = e.id WHERE e.kind <> 'refund'
        UNION ALL
        SELECT r.profile_id, r.home_on, p.channel, r.kind, '', NULL, r.converted_minor, 0, 0
        FROM living r JOIN entry p ON p.id = r.refers_to WHERE r.kind = 'refund'
    )
    SELECT profile_id, home_on, channel,
        COUNT(*),
        SUM(CASE WHEN kind = 'purchase' THEN COALESCE(minor, 0) ELSE 0 END),
        SUM(CASE WHEN kind = 'refund' THEN COALESCE(minor, 0) ELSE 0 END),
        SUM(CASE WHEN kind = 'purchase' THEN 1 ELSE 0 END),
        SUM(CASE WHEN kind = 'purchase' THEN COALESCE(coins, 0) ELSE 0 END),
        SUM(CASE WHEN kind = 'gift' THEN 1 ELSE 0 END),
        SUM(CASE WHEN kind = 'gift' THEN COALESCE(coins, 0) ELSE 0 END),
        SUM(CASE WHEN kind = 'gift' AND coins IS NULL THEN 1 ELSE 0 END),
        SUM(CASE WHEN kind = 'purchase' AND minor IS NULL THEN 1 ELSE 0 END),
        SUM(CASE WHEN kind = 'purchase' THEN net_coins WHEN kind = 'adjustment' AND coins > 0 THEN coins ELSE 0 END),
        SUM(CASE WHEN kind = 'purchase' AND minor IS NULL THEN net_coins
            WHEN kind = 'adjustment' AND coins > 0 AND reason <> 'bonus' THEN coins ELSE 0 END),
        SUM(CASE WHEN kind = 'purchase' AND net_coins <> 0 THEN COALESCE(net_minor, 0) ELSE 0 END),
        SUM(CASE WHEN kind = 'purchase' AND net_coins = 0 THEN COALESCE(net_minor, 0) ELSE 0 END),
        SUM(CASE WHEN kind = 'gift' THEN COALESCE(coins, 0)
            WHEN kind = 'adjustment' AND coins < 0 THEN -coins ELSE 0 END)
    FROM said GROUP BY profile_id, home_on, channel ORDER BY profile_id, home_on, channel
    """
)

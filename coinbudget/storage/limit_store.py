"""Limits as they stand, and the sums that say how far they are used.

Whole home days are read from the kept day totals, parts of a day from the index on (profile, kind, at): no sum reads
more entries than lie in the days at the edges of a rolling window. Lots are kept net of refunds on the purchase's own
day, so what refunds gave back to a window is what was spent in it less what its lots still cost.
"""

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, delete, exists, func, insert, literal, select, update
from sqlalchemy import Row as ResultRow

from coinbudget.domain.entries import EntryId
from coinbudget.domain.limits import Limit, LimitId, Measure, Use
from coinbudget.domain.periods import Period
from coinbudget.domain.profiles import ProfileId
from coinbudget.storage.database import Transaction
from coinbudget.storage.ledger_store import chunks
from coinbudget.storage.tables import DayTotalRow, EntryRow, LimitRow, ProfileRow, SettingRow, day_of, table_of

_LIMIT = table_of(LimitRow)
_PROFILE = table_of(ProfileRow)
_TOTAL = table_of(DayTotalRow)
_ENTRY = table_of(EntryRow)
_REFUND = _ENTRY.alias("refund")
_SETTING = table_of(SettingRow)

#: Instant, amount (None where it is not known) and what refunds gave back of it. Plain, for there may be many.
Line = tuple[datetime, int | None, int]

_LIMITS = select(_LIMIT, _PROFILE.c.currency).join(_PROFILE, _PROFILE.c.id == _LIMIT.c.profile_id).order_by(_LIMIT.c.id)
_LIVING_LIMITS = _LIMITS.where(_LIMIT.c.removed_at.is_(None))


def _sum(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.coalesce(func.sum(column), 0)


#: Gross, refunded, unknown and entries of day totals, for each measure.
_SUMS: dict[Measure, tuple[ColumnElement[Any], ...]] = {
    Measure.MONEY: (
        _sum(_TOTAL.c.spent_minor),
        _sum(_TOTAL.c.spent_minor - _TOTAL.c.lot_cost_minor - _TOTAL.c.idle_minor),
        _sum(_TOTAL.c.rate_missing),
        _sum(_TOTAL.c.entries),
    ),
    Measure.COINS: (_sum(_TOTAL.c.coins_gifted), literal(0), _sum(_TOTAL.c.gifts_unknown), _sum(_TOTAL.c.entries)),
}
_DAYS = and_(
    _TOTAL.c.profile_id == bindparam("profile"),
    _TOTAL.c.home_on >= bindparam("start"),
    _TOTAL.c.home_on < bindparam("end"),
)
_IN_WINDOW = {measure: select(*sums).where(_DAYS) for measure, sums in _SUMS.items()}
_BY_DAY = {
    measure: select(_TOTAL.c.home_on, *sums).where(_DAYS).group_by(_TOTAL.c.home_on).order_by(_TOTAL.c.home_on)
    for measure, sums in _SUMS.items()
}

_COUNTS = and_(_ENTRY.c.voided_at.is_(None), _ENTRY.c.planned.is_(False))
_OF_PROFILE = _ENTRY.c.profile_id == bindparam("profile")
_REFUNDED = (
    select(func.sum(_REFUND.c.converted_minor))
    .where(_REFUND.c.refers_to == _ENTRY.c.id, _REFUND.c.voided_at.is_(None), _REFUND.c.planned.is_(False))
    .scalar_subquery()
)


def _one_by_one(kind: str, *amounts: ColumnElement[Any]) -> Select[Any]:
    inside = and_(_ENTRY.c.at >= bindparam("start"), _ENTRY.c.at <= bindparam("end"))
    chosen = select(_ENTRY.c.at, *amounts)
    return chosen.where(_OF_PROFILE, _ENTRY.c.kind == kind, inside, _COUNTS).order_by(_ENTRY.c.at, _ENTRY.c.sequence)


_AMOUNTS = {
    Measure.MONEY: _one_by_one("purchase", _ENTRY.c.converted_minor, _REFUNDED),
    Measure.COINS: _one_by_one("gift", _ENTRY.c.coins, literal(None)),
}


# The id, which no wide index holds, and the order by home day lead to the small index of planned entries.
_PLANNED = (
    select(_ENTRY.c.id, _ENTRY.c.at, _ENTRY.c.home_on, _ENTRY.c.kind, _ENTRY.c.converted_minor, _ENTRY.c.coins)
    .where(_OF_PROFILE, _ENTRY.c.planned, _ENTRY.c.voided_at.is_(None), _ENTRY.c.home_on >= bindparam("since"))
    .order_by(_ENTRY.c.home_on)
)
_NEWEST = (
    select(_ENTRY.c.at)
    .where(_OF_PROFILE, _COUNTS)
    .order_by(_ENTRY.c.home_on.desc(), _ENTRY.c.at.desc(), _ENTRY.c.sequence.desc())
    .limit(1)
)


def limits(tx: Transaction) -> tuple[Limit, ...]:
    """Every limit that stands, in the order they were made."""
    return tuple(map(_limit_of, tx.connection.execute(_LIVING_LIMITS)))


def limit(tx: Transaction, limit_id: LimitId, *, removed: bool = False) -> Limit | None:
    """One limit; None when there is none of that id, or it was removed and `removed` is False."""
    chosen = (_LIMITS if removed else _LIVING_LIMITS).where(_LIMIT.c.id == limit_id)
    row = tx.connection.execute(chosen).one_or_none()
    return None if row is None else _limit_of(row)


def insert_limit(tx: Transaction, new: Limit) -> LimitId:
    """Keep a new limit; its own `id` is ignored.

    Returns:
        The id it was given.
    """
    values = {**_columns(new), "profile_id": new.profile_id, "created_at": new.created_at, "revision": 0}
    key = tx.connection.execute(insert(_LIMIT).values(values)).inserted_primary_key
    if key is None:
        raise AssertionError("an inserted limit has a key")
    return LimitId(key[0])


def replace_limit(tx: Transaction, changed: Limit, *, removed_at: datetime | None = None) -> None:
    """Keep a changed limit, or with `removed_at` a removed one; its revision goes up by one."""
    values = {**_columns(changed), "removed_at": removed_at, "revision": _LIMIT.c.revision + 1}
    tx.connection.execute(update(_LIMIT).where(_LIMIT.c.id == changed.id).values(values))


def use_between(tx: Transaction, profile_id: ProfileId, measure: Measure, start_on: date, end_on: date) -> Use:
    """What the entries of home days start_on .. end_on (end outside) use, from the kept totals."""
    given = {"profile": profile_id, "start": start_on, "end": end_on}
    gross, refunded, unknown, entries = tx.connection.execute(_IN_WINDOW[measure], given).one()
    return Use(gross=gross, refunded=refunded, unknown=unknown, entries=entries)


def uses_by_day(
    tx: Transaction, profile_id: ProfileId, measure: Measure, start_on: date, end_on: date
) -> tuple[tuple[date, Use], ...]:
    """What each home day of start_on .. end_on (end outside) uses, days without entries left out."""
    given = {"profile": profile_id, "start": start_on, "end": end_on}
    return tuple(
        (day, Use(gross=gross, refunded=refunded, unknown=unknown, entries=entries))
        for day, gross, refunded, unknown, entries in tx.connection.execute(_BY_DAY[measure], given)
    )


def amounts_one_by_one(
    tx: Transaction, profile_id: ProfileId, measure: Measure, start_at: datetime, end_at: datetime
) -> tuple[Line, ...]:
    """What each entry the measure counts from start_at to end_at (both inside) uses, oldest first."""
    given = {"profile": profile_id, "start": start_at, "end": end_at}
    return tuple((at, amount, back or 0) for at, amount, back in tx.connection.execute(_AMOUNTS[measure], given))


def planned(tx: Transaction, profile_id: ProfileId) -> tuple[tuple[Measure, datetime, date, int], ...]:
    """Measure, instant, home day and amount of everything a profile has planned; these are few."""
    found = []
    for _, at, day, kind, minor, coins in tx.connection.execute(_PLANNED, {"profile": profile_id, "since": day_of(0)}):
        if kind in {"purchase", "gift"}:
            measure, amount = (Measure.COINS, coins) if kind == "gift" else (Measure.MONEY, minor)
            found.append((measure, at, day, amount or 0))
    return tuple(found)


def newest_at(tx: Transaction, profile_id: ProfileId) -> datetime | None:
    """The instant of the newest entry of a profile that counts."""
    found: datetime | None = tx.connection.execute(_NEWEST, {"profile": profile_id}).scalar()
    return found


def first_day(tx: Transaction, profile_id: ProfileId) -> date | None:
    """The first home day with an entry that counts."""
    oldest = select(func.min(_TOTAL.c.home_on)).where(_TOTAL.c.profile_id == profile_id, _TOTAL.c.entries > 0)
    found: date | None = tx.connection.execute(oldest).scalar()
    return found


def purchase_places(tx: Transaction, ids: Iterable[EntryId]) -> dict[EntryId, tuple[datetime, date]]:
    """Instant and home day of purchases, for their refunds."""
    found: dict[EntryId, tuple[datetime, date]] = {}
    for part in chunks(sorted(set(ids))):
        chosen = select(_ENTRY.c.id, _ENTRY.c.at, _ENTRY.c.home_on).where(_ENTRY.c.id.in_(part))
        found.update((EntryId(row.id), (row.at, row.home_on)) for row in tx.connection.execute(chosen))
    return found


def keep_before(tx: Transaction, limit_id: LimitId, before: Limit | None, *, at: datetime) -> None:
    """Remember what a limit was before its latest change, and how far the ledger reached then (rule 18)."""
    told = {
        "at": at.isoformat(),
        "sequence": tx.connection.execute(select(func.max(_ENTRY.c.sequence))).scalar() or 0,
        "before": None if before is None else _columns(before),
    }
    forget_before(tx, limit_id)
    tx.connection.execute(insert(_SETTING).values(key=_key(limit_id), value=json.dumps(told)))


def forget_before(tx: Transaction, limit_id: LimitId) -> None:
    """The latest change of a limit cannot be taken back any more."""
    tx.connection.execute(delete(_SETTING).where(_SETTING.c.key == _key(limit_id)))


def before_change(tx: Transaction, now_limit: Limit) -> tuple[datetime, Limit | None] | None:
    """When a limit was changed last, and what it was before; None for a new one.

    Returns:
        None when nothing is remembered, or an entry of its profile was added since.
    """
    text = tx.connection.execute(select(_SETTING.c.value).where(_SETTING.c.key == _key(now_limit.id))).scalar()
    if text is None:
        return None
    told = json.loads(text)
    added = exists().where(_ENTRY.c.sequence > told["sequence"], _ENTRY.c.profile_id == now_limit.profile_id)
    if tx.connection.execute(select(added)).scalar():
        return None
    before = None
    if told["before"] is not None:
        kept = told["before"]
        before = Limit(
            id=now_limit.id,
            profile_id=now_limit.profile_id,
            measure=Measure(kept["measure"]),
            period=Period(kept["period"]),
            amount=kept["amount"],
            currency=now_limit.currency,
            cap=kept["cap"],
            refunds_give_room=kept["refunds_give_room"],
            created_at=now_limit.created_at,
        )
    return datetime.fromisoformat(told["at"]), before


def _key(limit_id: LimitId) -> str:
    return f"limit.{limit_id}.before"


def _columns(kept: Limit) -> dict[str, Any]:
    return {
        "measure": kept.measure.value,
        "period": kept.period.value,
        "amount": kept.amount,
        "cap": kept.cap,
        "refunds_give_room": kept.refunds_give_room,
    }


def _limit_of(row: ResultRow[Any]) -> Limit:
    measure = Measure(row.measure)
    return Limit(
        id=LimitId(row.id),
        profile_id=ProfileId(row.profile_id),
        measure=measure,
        period=Period(row.period),
        amount=row.amount,
        currency=None if measure is Measure.COINS else row.currency,
        cap=bool(row.cap),
        refunds_give_room=bool(row.refunds_give_room),
        created_at=row.created_at,
        revision=row.revision,
    )

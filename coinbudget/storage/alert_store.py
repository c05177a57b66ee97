"""Marks passed, kept once per occurrence; an alert of a removed limit is kept and no longer told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row as ResultRow
from sqlalchemy import bindparam, func, select, update

from coinbudget.domain.entries import EntryId
from coinbudget.domain.limits import Alert, AlertId, Level, Limit, LimitId, Mark, level_of_mark
from coinbudget.domain.periods import Window, calendar_of
from coinbudget.domain.profiles import Profile, ProfileId
from coinbudget.storage.database import Transaction
from coinbudget.storage.ledger_store import plain_insert
from coinbudget.storage.tables import AlertRow, LimitRow, instant_number, instant_of, table_of

_ALERT = table_of(AlertRow)
_LIMIT = table_of(LimitRow)
_OF_LIMIT = _ALERT.c.limit_id == bindparam("limit")
_HIGHEST = select(func.max(_ALERT.c.id))
_STANDING = (
    select(_ALERT.c.id, _ALERT.c.window_key, _ALERT.c.mark)
    .where(
        _OF_LIMIT,
        _ALERT.c.cleared_at.is_(None),
        _ALERT.c.window_key >= bindparam("first"),
        _ALERT.c.window_key <= bindparam("last"),
    )
    .order_by(_ALERT.c.window_key, _ALERT.c.id)
)
_TOLD = (
    select(_ALERT, _LIMIT.c.profile_id)
    .join(_LIMIT, _LIMIT.c.id == _ALERT.c.limit_id)
    .where(_LIMIT.c.removed_at.is_(None), _ALERT.c.spoken)
    .order_by(_ALERT.c.raised_at.desc(), _ALERT.c.id.desc())
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAlert:
    """A mark about to be kept.

    Attributes:
        key_at: start of a calendar window, instant of passing for a rolling one.
        spoken: False for lower marks passed with a higher one, and for those passed when a limit was set.
    """

    limit: Limit
    key_at: datetime
    window: Window
    mark: Mark
    used: int
    entry_id: EntryId | None
    seen: bool
    spoken: bool


def standing(
    tx: Transaction, limit_id: LimitId, first_at: datetime, last_at: datetime
) -> tuple[tuple[AlertId, datetime, Mark], ...]:
    """The marks of a limit that stand (not cleared) with keys in first_at .. last_at, both inside, oldest first."""
    given = {"limit": limit_id, "first": instant_number(first_at), "last": instant_number(last_at)}
    return tuple(
        (AlertId(row.id), instant_of(row.window_key), Mark(row.mark)) for row in tx.connection.execute(_STANDING, given)
    )


def clear(tx: Transaction, alert_ids: Iterable[AlertId], *, now: datetime) -> None:
    """The amount has fallen below these marks."""
    given = [{"key": alert_id} for alert_id in alert_ids]
    if given:
        change = update(_ALERT).where(_ALERT.c.id == bindparam("key")).values(cleared_at=now)
        tx.connection.execute(change, given)


def move(tx: Transaction, moved: Iterable[tuple[AlertId, datetime]]) -> None:
    """These marks were passed earlier than it was known: give them another key, as its next occurrence."""
    for alert_id, key_at in moved:
        key = instant_number(key_at)
        mine = select(_ALERT.c.limit_id, _ALERT.c.mark).where(_ALERT.c.id == alert_id)
        limit_id, mark = tx.connection.execute(mine).one()
        there = (_ALERT.c.limit_id == limit_id, _ALERT.c.window_key == key, _ALERT.c.mark == mark)
        highest = tx.connection.execute(select(func.max(_ALERT.c.occurrence)).where(*there)).scalar() or 0
        change = update(_ALERT).where(_ALERT.c.id == alert_id).values(window_key=key, occurrence=highest + 1)
        tx.connection.execute(change)


def clear_all(tx: Transaction, limit_id: LimitId, *, now: datetime) -> None:
    """Every mark of a limit begins anew, because its windows do."""
    standing_now = _ALERT.c.cleared_at.is_(None)
    tx.connection.execute(update(_ALERT).where(_ALERT.c.limit_id == limit_id, standing_now).values(cleared_at=now))


def insert_alerts(tx: Transaction, new: Sequence[NewAlert], *, now: datetime) -> tuple[Alert, ...]:
    """Keep marks passed, each as the next occurrence of its limit, window and mark.

    Returns:
        The spoken ones.
    """
    if not new:
        return ()
    counted = _occurrences(tx, new)
    raised_at = instant_number(now)
    highest = tx.connection.execute(_HIGHEST).scalar() or 0
    rows: list[tuple[Any, ...]] = []
    spoken: list[Alert] = []
    for number, alert in enumerate(new, highest + 1):
        limit, window, level = alert.limit, alert.window, level_of_mark(alert.mark)
        key = (limit.id, instant_number(alert.key_at), alert.mark.value)
        occurrence = counted[key] = counted.get(key, 0) + 1
        whole = (instant_number(window.start_at), instant_number(window.end_at), alert.mark.value, level.value)
        told_of = (occurrence, alert.used, limit.amount, alert.entry_id, raised_at, None)
        # In the order of the columns; there may be many thousands after an import.
        rows.append((number, *key[:2], *whole, *told_of, int(alert.seen), int(alert.spoken)))
        if alert.spoken:
            spoken.append(
                Alert(
                    id=AlertId(number),
                    limit=limit,
                    level=level,
                    mark=alert.mark,
                    occurrence=occurrence,
                    window=window,
                    used=alert.used,
                    raised_at=now,
                    entry_id=alert.entry_id,
                    seen=alert.seen,
                )
            )
    tx.connection.exec_driver_sql(plain_insert(_ALERT, tx.connection.dialect), rows)
    return tuple(spoken)


def told(
    tx: Transaction,
    limits: Sequence[Limit],
    profiles: Sequence[Profile],
    *,
    profile_id: ProfileId | None,
    unseen_only: bool,
) -> tuple[Alert, ...]:
    """Alerts of standing limits that were spoken, newest first."""
    chosen = _TOLD
    if profile_id is not None:
        chosen = chosen.where(_LIMIT.c.profile_id == profile_id)
    if unseen_only:
        chosen = chosen.where(_ALERT.c.seen.is_(False), _ALERT.c.cleared_at.is_(None))
    by_id = {limit.id: limit for limit in limits}
    homes = {profile.id: profile for profile in profiles}
    return tuple(
        _alert_of(row, by_id[LimitId(row.limit_id)], _window_of(row, homes[ProfileId(row.profile_id)]))
        for row in tx.connection.execute(chosen)
    )


def mark_seen(tx: Transaction, alert_ids: Iterable[AlertId]) -> tuple[LimitId, ...]:
    """A person has seen these, and so the earlier ones of the same limits.

    Returns:
        The limits concerned.
    """
    newest: dict[LimitId, int] = {}
    for alert_id in alert_ids:
        found = tx.connection.execute(select(_ALERT.c.limit_id).where(_ALERT.c.id == alert_id)).scalar()
        if found is not None:
            newest[LimitId(found)] = max(alert_id, newest.get(LimitId(found), 0))
    for limit_id, last in newest.items():
        earlier = (_ALERT.c.limit_id == limit_id, _ALERT.c.id <= last, _ALERT.c.seen.is_(False))
        tx.connection.execute(update(_ALERT).where(*earlier).values(seen=True))
    return tuple(sorted(newest))


def _occurrences(tx: Transaction, new: Sequence[NewAlert]) -> dict[tuple[int, int, str], int]:
    """How often each mark was kept, of the limits and the stretch of time of these."""
    keys = [instant_number(alert.key_at) for alert in new]
    counted = (
        select(_ALERT.c.limit_id, _ALERT.c.window_key, _ALERT.c.mark, func.max(_ALERT.c.occurrence))
        .where(
            _ALERT.c.limit_id.in_(sorted({alert.limit.id for alert in new})),
            _ALERT.c.window_key.between(min(keys), max(keys)),
        )
        .group_by(_ALERT.c.limit_id, _ALERT.c.window_key, _ALERT.c.mark)
    )
    return {(row[0], row[1], row[2]): row[3] for row in tx.connection.execute(counted)}


def _window_of(row: ResultRow[Any], profile: Profile) -> Window:
    """The window of a kept alert, with its home days where it began with one."""
    calendar = calendar_of(profile.settings)
    first, last = calendar.day_of(row.window_start), calendar.day_of(row.window_end)
    if row.window_key != instant_number(row.window_start) or calendar.start_of(first) != row.window_start:
        return Window(start_at=row.window_start, end_at=row.window_end)
    return Window(start_at=row.window_start, end_at=row.window_end, start_on=first, end_on=last)


def _alert_of(row: ResultRow[Any], limit: Limit, window: Window) -> Alert:
    return Alert(
        id=AlertId(row.id),
        limit=replace(limit, amount=row.amount),
        level=Level(row.level),
        mark=Mark(row.mark),
        occurrence=row.occurrence,
        window=window,
        used=row.used,
        raised_at=row.raised_at,
        entry_id=None if row.entry_id is None else EntryId(row.entry_id),
        seen=bool(row.seen),
    )

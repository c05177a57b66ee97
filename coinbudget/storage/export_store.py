"""Entries for export: plain tuples straight from the cursor, in the order of the ledger's text form."""

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import Any

from coinbudget.storage import columns
from coinbudget.storage.database import Transaction
from coinbudget.storage.tables import day_number

#: The columns of the text form (instants and days as numbers, profile and creator by id), then whether the hour is
#: known, the home day, the converted amount and the order of entry. What the text form leaves empty is NULL here.
_SELECT = """
    SELECT id, kind, at, zone, profile_id, nullif(coins, 0), CASE kind WHEN 'gift' THEN quantity END, paid_minor,
        currency, charged_minor, rate, rate_on, region, channel, creator_id, gift_name, order_ref, refers_to, reason,
        note, CASE WHEN about THEN 1 END, CASE WHEN planned THEN 1 END, approval, voided_at, hour_known, home_on,
        converted_minor, sequence
    FROM entry
"""
_BLOCK = 2000


def entries(
    tx: Transaction,
    *,
    profile_ids: tuple[int, ...] | None = None,
    from_on: date | None = None,
    to_on: date | None = None,
) -> Iterator[tuple[Any, ...]]:
    """Every entry, voided ones too, ordered by instant and order of entry; both days inside."""
    parts, values = _where(profile_ids, from_on, to_on)
    select = f"{_SELECT}{parts} ORDER BY at, sequence"
    cursor = tx.connection.connection.cursor()
    try:
        cursor.execute(select, values)
        while block := cursor.fetchmany(_BLOCK):
            yield from block
    finally:
        # A reader that failed has closed the connection already, and its own error is the one to tell.
        with suppress(sqlite3.ProgrammingError):
            cursor.close()


def count(
    tx: Transaction,
    *,
    profile_ids: tuple[int, ...] | None = None,
    from_on: date | None = None,
    to_on: date | None = None,
) -> int:
    """How many entries `entries` gives, for progress."""
    parts, values = _where(profile_ids, from_on, to_on)
    found = tx.connection.exec_driver_sql(f"SELECT count(*) FROM entry{parts}", tuple(values)).scalar()  # noqa: S608 - our texts
    return int(found or 0)


def creators(tx: Transaction) -> dict[int, str]:
    """Handle of each creator by id."""
    return {row[0]: row[1] for row in columns.rows(tx, "SELECT id, handle FROM creator", {})}


def _where(profile_ids: tuple[int, ...] | None, from_on: date | None, to_on: date | None) -> tuple[str, list[Any]]:
    parts: list[str] = []
    values: list[Any] = []
    if profile_ids is not None:
        parts.append(f"profile_id IN ({', '.join('?' * len(profile_ids))})")
        values += profile_ids
    if from_on is not None:
        parts.append("home_on >= ?")
        values.append(day_number(from_on))
    if to_on is not None:
        parts.append("home_on <= ?")
        values.append(day_number(to_on))
    return (f" WHERE {' AND '.join(parts)}" if parts else ""), values

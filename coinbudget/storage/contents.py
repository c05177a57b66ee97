"""What can stand in a whole ledger and what cannot: SQLite keeps no checksum, so a flipped bit may leave a valid file.

`impossible` looks where SQLite's own check does not: at the text of the schema, the type of every value, instants and
days no calendar has, and currencies and zones nobody knows. It is asked by `verify`, and when reading met a row that
cannot be.
"""

import sqlite3
from contextlib import closing
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Boolean, Column, Integer, create_engine
from sqlalchemy.pool import StaticPool

from coinbudget.storage.tables import HomeDay, Instant, Row

#: Years 1 to 9999, all that a date can say, in the units of `tables`.
_INSTANTS = (-62_135_596_800_000_000, 253_402_300_799_999_999)
_DAYS = (-719_162, 2_932_896)

_OBJECTS = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"


def impossible(connection: sqlite3.Connection) -> str | None:
    """The first thing in a ledger that no program of ours wrote; None where everything can be."""
    before = connection.text_factory
    connection.text_factory = bytes  # damaged text is no UTF-8
    try:
        return next((found for check in (_schema, _values, _names) if (found := check(connection))), None)
    finally:
        connection.text_factory = before


def _schema(connection: sqlite3.Connection) -> str | None:
    there = _texts(connection)
    return next((f"schema of {name.decode()}" for name, sql in _expected().items() if there.get(name) != sql), None)


@cache
def _expected() -> dict[bytes, bytes]:
    """Name and text of everything a new ledger has."""
    with closing(sqlite3.connect(":memory:")) as fresh:
        Row.metadata.create_all(create_engine("sqlite://", creator=lambda: fresh, poolclass=StaticPool))
        fresh.text_factory = bytes
        return _texts(fresh)


def _texts(connection: sqlite3.Connection) -> dict[bytes, bytes]:
    """Schema texts by name; a step and a new ledger may break their lines differently."""
    return {name: b" ".join(sql.split()) for name, sql in connection.execute(_OBJECTS)}


def _values(connection: sqlite3.Connection) -> str | None:
    for table in Row.metadata.sorted_tables:
        wrong = " OR ".join(_wrong(column) for column in table.columns)
        if connection.execute(f'SELECT 1 FROM "{table.name}" WHERE {wrong} LIMIT 1').fetchone():  # noqa: S608 - our names
            return f"value in {table.name}"
    return None


def _wrong(column: Column[object]) -> str:
    """SQL that holds where a value is not of its column's kind."""
    name = f'"{column.name}"'
    kind = "integer" if isinstance(column.type, Integer | Boolean | Instant | HomeDay) else "text"
    rules = [f"({name} IS NOT NULL AND typeof({name}) <> '{kind}')"]
    for which, (first, last) in ((Instant, _INSTANTS), (HomeDay, _DAYS)):
        if isinstance(column.type, which):
            rules.append(f"{name} NOT BETWEEN {first} AND {last}")
    return " OR ".join(rules)


def _names(connection: sqlite3.Connection) -> str | None:
    if connection.execute("SELECT 1 FROM profile WHERE currency NOT GLOB '[A-Z][A-Z][A-Z]' LIMIT 1").fetchone():
        return "currency of a profile"
    for (zone,) in connection.execute("SELECT zone FROM home_settings UNION SELECT DISTINCT zone FROM entry"):
        try:
            ZoneInfo(zone.decode())
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return "name of a time zone"
    return None

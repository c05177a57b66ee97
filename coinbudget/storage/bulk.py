"""Very many rows into a table by one statement, which SQLite carries out by itself while Python goes on.

A statement for each row would give the interpreter back and wait for it again with every one. The rows travel as one
JSON text; a value that all of them share travels beside it, once: of thirty columns a gift leaves ten empty, and to
bind an empty one takes the driver ten times as long as a number. Texts hold no NUL, as `domain.fields` takes care of.
"""

import json
from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Table

#: A row as the driver takes it, in the order of the table's columns.
Values = tuple[Any, ...]


def insert_of(table: Table, rows: Sequence[Values]) -> tuple[str, Values]:
    """The statement that inserts rows, and its values."""
    columns = enumerate(zip(*rows, strict=True))
    # Most of those that vary do so between the first and the last.
    varying = tuple(
        place for place, values in columns if values[0] != values[-1] or values.count(values[0]) < len(rows)
    )
    if len(varying) < 2:  # noqa: PLR2004 - of one column `itemgetter` makes no tuples
        varying = (0, 1)
    body = json.dumps([*map(itemgetter(*varying), rows)], ensure_ascii=False, check_circular=False)
    shared = [value for place, value in enumerate(rows[0]) if place not in varying]
    return _statement(table, varying), (*shared, body)


@lru_cache(maxsize=64)
def _statement(table: Table, varying: tuple[int, ...]) -> str:
    names = [column.name for column in table.columns]
    values = [
        f"json_extract(value, '$[{varying.index(place)}]')" if place in varying else "?"
        for place, _ in enumerate(names)
    ]
    return f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {', '.join(values)} FROM json_each(?)"  # noqa: S608 - our names

"""Whole columns of integers out of a SELECT, as numpy arrays.

A driver hands over a million integers one Python object at a time, which takes several times longer than finding
them. SQLite can join a column into one text instead, which numpy reads at once. `group_concat` keeps the order of a
subquery with ORDER BY (the query planner leaves such a subquery alone for its sake); another database has its own
aggregate for this, and its place is here.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import BindParameter, bindparam, text

from coinbudget.storage.database import Transaction

Integers = npt.NDArray[np.int64]

#: So many values fit one IN list on every SQLite; longer lists are cut by the callers.
CHUNK = 500


def integer_columns(
    tx: Transaction, select: str, names: tuple[str, ...], parameters: Mapping[str, Any]
) -> tuple[Integers, ...]:
    """The columns `names` of an ordered SELECT; none of their values may be NULL.

    Args:
        select: its own text, never a user's; parameters that are lists stand in `IN :name`.
    """
    joined = ", ".join(f"group_concat({name})" for name in names)
    statement = f"SELECT {joined} FROM ({select})"  # noqa: S608 - our own texts; values are parameters
    row = tx.connection.execute(bound(statement, parameters), dict(parameters)).one()
    return tuple(_integers(value) for value in row)


def text_column(tx: Transaction, select: str, name: str, parameters: Mapping[str, Any]) -> list[str]:
    """The column `name` of an ordered SELECT; none of its values may be NULL or hold a control character."""
    statement = f"SELECT group_concat({name}, char(31)) FROM ({select})"  # noqa: S608 - our own texts
    (joined,) = tx.connection.execute(bound(statement, parameters), dict(parameters)).one()
    return [] if joined is None else str(joined).split("\x1f")


def rows(tx: Transaction, select: str, parameters: Mapping[str, Any]) -> list[Any]:
    """The rows of a small SELECT."""
    return list(tx.connection.execute(bound(select, parameters), dict(parameters)).fetchall())


def bound(select: str, parameters: Mapping[str, Any]) -> Any:
    """A statement whose list parameters expand."""
    lists: list[BindParameter[Any]] = [
        bindparam(name, expanding=True) for name, value in parameters.items() if isinstance(value, list | tuple)
    ]
    return text(select).bindparams(*lists)


def _integers(joined: object) -> Integers:
    if joined is None:
        return np.empty(0, np.int64)
    # One value comes back as a number where the column is one.
    return np.fromstring(str(joined), dtype=np.int64, sep=",")

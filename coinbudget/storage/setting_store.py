"""Small facts of a ledger by key: answers a person gave once, mappings of sheets by name."""

from sqlalchemy import delete, insert, select

from coinbudget.storage.database import Transaction
from coinbudget.storage.tables import SettingRow, table_of

_SETTING = table_of(SettingRow)


def value(tx: Transaction, key: str) -> str | None:
    """What is kept under a key; None where nothing is."""
    found = tx.connection.execute(select(_SETTING.c.value).where(_SETTING.c.key == key)).scalar()
    return None if found is None else str(found)


def values(tx: Transaction, prefix: str) -> dict[str, str]:
    """What is kept under keys that begin with a prefix, without it, in order of the keys."""
    query = (
        select(_SETTING.c.key, _SETTING.c.value)
        .where(_SETTING.c.key.startswith(prefix, autoescape=True))
        .order_by(_SETTING.c.key)
    )
    return {row.key.removeprefix(prefix): row.value for row in tx.connection.execute(query)}


def keep(tx: Transaction, key: str, kept: str | None) -> None:
    """Keep a value under a key, or with None nothing any more."""
    tx.connection.execute(delete(_SETTING).where(_SETTING.c.key == key))
    if kept is not None:
        tx.connection.execute(insert(_SETTING).values(key=key, value=kept))

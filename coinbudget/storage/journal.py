"""The journal: what was done, in order, append only, each line chained to the one before it by a digest.

A chain shows that a line was changed or taken out later; it does not stop anyone who writes the whole chain anew.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import insert, select

from coinbudget.storage.database import Transaction
from coinbudget.storage.tables import JournalRow, instant_number, table_of

_JOURNAL = table_of(JournalRow)
_FIRST = ""
_NEWEST = select(_JOURNAL.c.digest).order_by(_JOURNAL.c.id.desc()).limit(1)
_WRITE = insert(_JOURNAL)


def append(tx: Transaction, action: str, subject: str, detail: Mapping[str, object], *, now: datetime) -> None:
    """Write one line.

    Args:
        action: as in `Changes.action`.
        subject: id of what was touched, "" for more than one.
        detail: what the entry, limit or profile was before, or counts; kept as JSON.
    """
    previous = tx.connection.execute(_NEWEST).scalar() or _FIRST
    written = json.dumps(detail, ensure_ascii=False, sort_keys=True, default=str)
    digest = _digest(previous, now, action, subject, written)
    line = {"at": now, "action": action, "subject": subject, "detail": written, "digest": digest}
    tx.connection.execute(_WRITE, line)


def newest_is(tx: Transaction, action: str, batch: int) -> bool:
    """Whether the last thing that was done is this, to this import."""
    row = tx.connection.execute(select(_JOURNAL).order_by(_JOURNAL.c.id.desc()).limit(1)).first()
    return row is not None and row.action == action and json.loads(row.detail).get("batch") == batch


def broken_lines(tx: Transaction) -> Iterator[int]:
    """Numbers of the lines that do not follow from the one before."""
    previous = _FIRST
    for row in tx.connection.execute(select(_JOURNAL).order_by(_JOURNAL.c.id)):
        if row.digest != _digest(previous, row.at, row.action, row.subject, row.detail):
            yield row.id
        previous = row.digest


def _digest(previous: str, at: datetime, action: str, subject: str, detail: str) -> str:
    line = json.dumps([previous, instant_number(at), action, subject, detail], ensure_ascii=False)
    return hashlib.sha256(line.encode("utf-8", "surrogatepass")).hexdigest()

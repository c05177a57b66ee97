"""What an import asks of the ledger: which rows it has already, in bulk and in flat memory.

A private scratch file remembers the rows of a file that is only looked at.

The *content* of an entry is a plain tuple in the order of CONTENT, in the database's own values and with handles
folded, so that a row of a file and a row of the table compare with `==`.
"""

import marshal
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from coinbudget.domain.catalog import folded
from coinbudget.domain.entries import BatchId, Entry, EntryId, Gift, Purchase, Refund
from coinbudget.storage import columns
from coinbudget.storage.database import Transaction
from coinbudget.storage.ledger_store import chunks
from coinbudget.storage.mapping import ENTRY
from coinbudget.storage.tables import day_number, instant_number

#: Columns of the ledger CSV that make up an entry's content. Zone, note, rate, approval and voided are no part of it.
CONTENT = (
    *("kind", "at", "profile", "coins", "quantity", "paid", "currency", "charged", "region", "channel", "creator"),
    *("gift", "order_ref", "refers_to", "reason", "about", "planned"),
)
Content = tuple[Any, ...]

_HEAD = 4  # id, order of entry, voided, undone come before the content
# A date alone stands apart from the noon that stands for it: as a negative number.
_SELECT = """
    SELECT e.id, e.sequence, e.voided_at IS NOT NULL, e.voided_batch IS NOT NULL, e.kind,
        CASE WHEN e.hour_known THEN e.at ELSE -e.home_on END, e.profile_id, e.coins, e.quantity, e.paid_minor,
        e.currency, e.charged_minor, e.region, e.channel, coalesce(c.handle_folded, ''), e.gift_name, e.order_ref,
        coalesce(e.refers_to, ''), e.reason, e.about, e.planned
    FROM entry e LEFT JOIN creator c ON c.id = e.creator_id
"""
_BY_ID = f"{_SELECT} WHERE e.id IN :ids"
_ALIKE = f"""{_SELECT}
    WHERE e.profile_id = :profile AND e.kind = :kind AND e.at IN :instants AND e.sequence < :before
    ORDER BY e.sequence
"""

_SINGLY = """
    SELECT sequence, voided_at FROM entry
    WHERE sequence IN :sequences AND voided_at IS NOT NULL AND voided_batch IS NULL
"""


_OF_UNDONE = """
    SELECT e.id FROM entry e JOIN batch b ON b.id = e.batch_id WHERE e.id IN :ids AND b.undone_at IS NOT NULL
"""
_UNDONE = """
    SELECT sequence, voided_batch FROM entry WHERE sequence IN :sequences AND voided_batch IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry the ledger (or the file so far) has.

    Attributes:
        sequence: order of entry, 0 for one that is only in the file so far.
        undone: it was voided by the undo of an import, so importing it again brings it back.
    """

    id: str
    sequence: int
    voided: bool
    undone: bool
    content: Content


def content_of(entry: Entry) -> Content:
    """What an entry says, in the order of CONTENT."""
    body: tuple[Any, ...]
    when = instant_number(entry.at) if entry.hour_known else -day_number(entry.home_on)
    flags = (int(entry.about), int(entry.planned))
    if isinstance(entry, Gift):
        body = (entry.coins, entry.quantity, None, "", None, "", "", folded(entry.creator), entry.gift_name, "", "", "")
        return ("gift", when, entry.profile_id, *body, *flags)
    if isinstance(entry, Purchase):
        paid, charged = entry.paid, entry.charged
        money = (paid.minor, paid.currency.code) if paid else (None, "")
        body = (entry.coins, 1, *money, charged.minor if charged else None, entry.region, entry.channel.value)
        return ("purchase", when, entry.profile_id, *body, "", "", entry.order_ref, "", "", *flags)
    if isinstance(entry, Refund):
        body = (entry.coins, 1, entry.paid.minor, entry.paid.currency.code, None, "", "", "", "", "", entry.refers_to)
        return ("refund", when, entry.profile_id, *body, "", *flags)
    body = (entry.coins, 1, None, "", None, "", "", "", "", "", "", entry.reason.value)
    return ("adjustment", when, entry.profile_id, *body, *flags)


def known(tx: Transaction, ids: Iterable[str]) -> dict[str, Kept]:
    """The entries of these ids that the ledger has."""
    found: dict[str, Kept] = {}
    for part in chunks(ids):
        for row in columns.rows(tx, _BY_ID, {"ids": part}):
            found[row[0]] = _kept(row)
    return found


def alike(tx: Transaction, profile_id: int, kind: str, instants: Sequence[int], *, before: int) -> Iterator[Kept]:
    """Entries of a profile and kind at these instants (microseconds), entered before the order of entry `before`."""
    for part in chunks(instants):
        values = {"profile": profile_id, "kind": kind, "instants": part, "before": before}
        for row in columns.rows(tx, _ALIKE, values):
            yield _kept(row)


def _kept(row: Sequence[Any]) -> Kept:
    return Kept(row[0], row[1], bool(row[2]), bool(row[3]), tuple(row[_HEAD:]))


def purchases_of_order(tx: Transaction, order_ref: str, *, voided_too: bool = False) -> list[EntryId]:
    """Ids of the purchases of an order number; of voided ones only where none lives, unless all are wanted."""
    query = select(ENTRY.c.id, ENTRY.c.voided_at).where(
        ENTRY.c.order_ref == order_ref, ENTRY.c.order_ref != "", ENTRY.c.kind == "purchase"
    )
    found = tx.connection.execute(query).all()
    living = [row for row in found if row.voided_at is None or voided_too]
    return [EntryId(row.id) for row in living or found]


def ids_at(tx: Transaction, sequences: Iterable[int]) -> list[EntryId]:
    """Ids of the entries at these places of the order of entry."""
    found: list[EntryId] = []
    for part in chunks(sequences):
        query = select(ENTRY.c.id).where(ENTRY.c.sequence.in_(part)).order_by(ENTRY.c.sequence)
        found += [EntryId(entry_id) for entry_id in tx.connection.execute(query).scalars()]
    return found


def voided_singly(tx: Transaction, sequences: Iterable[int]) -> dict[int, int]:
    """Of the entries at these places those that a person voided, with the instant (microseconds)."""
    found: dict[int, int] = {}
    for part in chunks(sequences):
        found.update((sequence, at) for sequence, at in columns.rows(tx, _SINGLY, {"sequences": part}))
    return found


def voided_by_undo(tx: Transaction, sequences: Iterable[int]) -> dict[int, int]:
    """Of the entries at these places those that the undo of an import voided, with the number of that import."""
    found: dict[int, int] = {}
    for part in chunks(sequences):
        found.update((sequence, batch) for sequence, batch in columns.rows(tx, _UNDONE, {"sequences": part}))
    return found


def void_singly(tx: Transaction, ids: Iterable[str]) -> None:
    """Let voided entries be a person's doing, not that of an import's undo."""
    for part in chunks(ids):
        tx.connection.execute(update(ENTRY).where(ENTRY.c.id.in_(part)).values(voided_batch=None))


def of_undone(tx: Transaction, ids: Iterable[str]) -> set[str]:
    """Of these entries those that an import brought which was taken back."""
    return {row[0] for part in chunks(ids) for row in columns.rows(tx, _OF_UNDONE, {"ids": part})}


def void_with_own(tx: Transaction, ids: Iterable[str]) -> None:
    """Let voided entries be gone with the import that brought them: they come back with it, and with nothing else."""
    for part in chunks(ids):
        tx.connection.execute(update(ENTRY).where(ENTRY.c.id.in_(part)).values(voided_batch=ENTRY.c.batch_id))


def adopt(tx: Transaction, ids: Iterable[str], batch: BatchId) -> None:
    """Make entries part of another import, whose undo will void them."""
    for part in chunks(ids):
        tx.connection.execute(update(ENTRY).where(ENTRY.c.id.in_(part)).values(batch_id=batch))


class Scratch:
    """Rows of a file that is only looked at, in a private file that is gone with this object.

    SQLite keeps a database without a name in a temporary file it has already unlinked, and spills to it only when
    its few pages of cache are full.
    """

    def __init__(self) -> None:
        self._file = sqlite3.connect("", isolation_level=None)
        self._file.execute(
            "CREATE TABLE seen (id TEXT PRIMARY KEY, order_ref TEXT, row TEXT, content BLOB, cells BLOB)"
        )
        self._file.execute("CREATE INDEX seen_order_ref ON seen (order_ref) WHERE order_ref <> ''")
        self._file.execute("CREATE INDEX seen_row ON seen (row) WHERE row <> ''")
        self._file.execute("BEGIN")

    def close(self) -> None:
        """Forget everything."""
        self._file.close()

    def add(self, rows: Iterable[tuple[Entry, tuple[Any, ...], str]]) -> None:
        """Remember entries; of a purchase its cells and its row's key, so that a refund can be held against it."""
        self._file.executemany(
            "INSERT OR IGNORE INTO seen VALUES (?, ?, ?, ?, ?)",
            (
                (
                    entry.id,
                    entry.order_ref if isinstance(entry, Purchase) else "",
                    row,
                    marshal.dumps(content_of(entry)),
                    marshal.dumps(cells) if isinstance(entry, Purchase) else None,
                )
                for entry, cells, row in rows
            ),
        )

    def known(self, ids: Iterable[str]) -> dict[str, Kept]:
        """The entries of these ids that the file had so far."""
        found: dict[str, Kept] = {}
        for part in chunks(ids):
            marks = ", ".join("?" * len(part))
            query = f"SELECT id, content FROM seen WHERE id IN ({marks})"  # noqa: S608 - only question marks are put in
            for entry_id, content in self._file.execute(query, part):
                found[entry_id] = Kept(entry_id, 0, voided=False, undone=False, content=_loaded(content))
        return found

    def purchases(self, named: str) -> list[tuple[Any, ...]]:
        """Cells of the purchases an id or an order number names exactly; at most two."""
        for column in ("id", "order_ref"):
            query = f"SELECT cells FROM seen WHERE {column} = ? AND cells IS NOT NULL LIMIT 2"  # noqa: S608 - our names
            found = [_loaded(row[0]) for row in self._file.execute(query, (named,))]
            if found:
                return found
        return []

    def purchases_of_order(self, order_ref: str) -> list[tuple[Any, ...]]:
        """Cells of all purchases of an order number."""
        query = "SELECT cells FROM seen WHERE order_ref = ? AND cells IS NOT NULL ORDER BY rowid"
        return [_loaded(row[0]) for row in self._file.execute(query, (order_ref,))]

    def purchases_of_row(self, key: str) -> list[tuple[Any, ...]]:
        """Cells of the purchases whose row has this key."""
        query = "SELECT cells FROM seen WHERE row = ? AND row <> '' AND cells IS NOT NULL ORDER BY rowid"
        return [_loaded(row[0]) for row in self._file.execute(query, (key,))]


def _loaded(blob: bytes) -> tuple[Any, ...]:
    values: tuple[Any, ...] = marshal.loads(blob)  # noqa: S302 - written by `add`, in a file nobody else can open
    return values

"""Entries in their table: written in bulk as plain tuples, looked up by id, order number or purchase.

Nothing here keeps the day totals; `services.record` writes them in the same transaction through `totals`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Dialect, Table, and_, bindparam, delete, func, insert, select, update

from coinbudget.domain.catalog import CatalogGift, folded
from coinbudget.domain.entries import BatchId, Entry, EntryId, Gift, Refund
from coinbudget.domain.money import Currency
from coinbudget.domain.profiles import ProfileId
from coinbudget.storage.columns import CHUNK
from coinbudget.storage.database import Transaction
from coinbudget.storage.mapping import CREATOR, ENTRY, ENTRY_COLUMNS, entry_of, select_entries, values_of
from coinbudget.storage.tables import BatchRow, KnownGiftRow, instant_number, table_of

_BATCH = table_of(BatchRow)
_KNOWN_GIFT = table_of(KnownGiftRow)
_KIND = ENTRY_COLUMNS.index("kind")

_T = TypeVar("_T")

_HIGHEST = select(func.max(ENTRY.c.sequence))
_HAVING_ID = select(ENTRY.c.id).where(ENTRY.c.id.in_(bindparam("ids", expanding=True)))
_HANDLES = select(CREATOR.c.handle_folded, CREATOR.c.id).where(
    CREATOR.c.handle_folded.in_(bindparam("names", expanding=True))
)
_BY_ID = select_entries().where(ENTRY.c.id.in_(bindparam("ids", expanding=True)))
_REFUNDS_OF = select_entries().where(ENTRY.c.refers_to.in_(bindparam("ids", expanding=True))).order_by(ENTRY.c.sequence)

#: Fewer rows are written at once, one by one.
FEW = 50

#: So many entries are read or written before it is told how far that is.
STEP = 1000

#: Hears of so many more entries that were read or written.
Step = Callable[[int], None]

#: The fewest characters of an id that may stand for it.
SHORTEST_PREFIX = 4


def _unheard(count: int) -> None:
    del count


@cache
def plain_insert(table: Table, dialect: Dialect) -> str:
    """The insert of every column of a table as the driver takes it, for tuples in the order of the columns."""
    return str(insert(table).values({c.name: bindparam(c.name) for c in table.columns}).compile(dialect=dialect))


def next_sequence(tx: Transaction) -> int:
    """The order of entry the next one gets. Entries are never deleted, so none is handed out twice."""
    newest = tx.connection.execute(_HIGHEST).scalar()
    return (newest or 0) + 1


def insert_entries(tx: Transaction, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows made by `mapping.values_of`."""
    if len(rows) >= FEW:
        kinds: dict[str, list[tuple[Any, ...]]] = {}
        for row in rows:
            kinds.setdefault(row[_KIND], []).append(row)
        for kind, alike in kinds.items():
            tx.insert_later(ENTRY, alike, kind)
    elif rows:
        tx.connection.exec_driver_sql(plain_insert(ENTRY, tx.connection.dialect), list(rows))


def creator_ids(tx: Transaction, handles: Iterable[str]) -> dict[str, int]:
    """The stable ids of creators by folded handle; unknown ones are added under the handle first seen."""
    wanted = {folded(handle): handle for handle in handles}
    known = dict(_creators(tx, wanted))
    new = [{"handle": handle, "handle_folded": name} for name, handle in wanted.items() if name not in known]
    if new:
        tx.connection.execute(insert(CREATOR), new)
        known.update(_creators(tx, [row["handle_folded"] for row in new]))
    return known


def _creators(tx: Transaction, names: Iterable[str]) -> Iterator[tuple[str, int]]:
    for part in chunks(names):
        for row in tx.connection.execute(_HANDLES, {"names": part}):
            yield row.handle_folded, row.id


def entries_by_id(tx: Transaction, ids: Iterable[str], currencies: Mapping[str, Currency]) -> dict[EntryId, Entry]:
    """Entries by id; unknown ids are absent."""
    found: dict[EntryId, Entry] = {}
    for part in chunks(ids):
        rows = tx.connection.execute(_BY_ID, {"ids": part})
        found.update((EntryId(row.id), entry_of(row, currencies)) for row in rows)
    return found


def refunds_of(
    tx: Transaction, purchases: Iterable[str], currencies: Mapping[str, Currency]
) -> dict[str, list[Refund]]:
    """Every refund, voided ones too, of each of these purchases, in order of entry; a purchase without is absent."""
    found: dict[str, list[Refund]] = {}
    for part in chunks(purchases):
        for row in tx.connection.execute(_REFUNDS_OF, {"ids": part}):
            refund = entry_of(row, currencies)
            if isinstance(refund, Refund):
                found.setdefault(refund.refers_to, []).append(refund)
    return found


def refunded_purchases(tx: Transaction) -> list[EntryId]:
    """Purchases that any refund refers to."""
    found = select(ENTRY.c.refers_to).where(ENTRY.c.refers_to.is_not(None)).distinct().order_by(ENTRY.c.refers_to)
    return [EntryId(entry_id) for entry_id in tx.connection.execute(found).scalars()]


def entries_of_batch(
    tx: Transaction, batch: BatchId, currencies: Mapping[str, Currency], step: Step = _unheard
) -> list[Entry]:
    """The entries of an import, in order of entry."""
    return _many(tx, ENTRY.c.batch_id == batch, currencies, step)


def voided_with_batch(
    tx: Transaction, batch: BatchId, currencies: Mapping[str, Currency], step: Step = _unheard
) -> list[Entry]:
    """The entries that the undo of an import voided, in order of entry."""
    return _many(tx, ENTRY.c.voided_batch == batch, currencies, step)


def _many(tx: Transaction, which: ColumnElement[bool], currencies: Mapping[str, Currency], step: Step) -> list[Entry]:
    found: list[Entry] = []
    for rows in tx.connection.execute(select_entries().where(which).order_by(ENTRY.c.sequence)).partitions(STEP):
        found += [entry_of(row, currencies) for row in rows]
        step(len(rows))
    return found


def provisional_purchases(tx: Transaction, profile_id: ProfileId, currencies: Mapping[str, Currency]) -> list[Entry]:
    """A profile's living purchases whose rate is provisional, in order of entry."""
    query = (
        select_entries()
        .where(ENTRY.c.profile_id == profile_id, ENTRY.c.kind == "purchase", ENTRY.c.rate_source == "provisional")
        .where(ENTRY.c.voided_at.is_(None), ENTRY.c.planned.is_(False))
        .order_by(ENTRY.c.sequence)
    )
    return [entry_of(row, currencies) for row in tx.connection.execute(query)]


def ids_named(tx: Transaction, text: str, *, purchases: bool = False) -> list[EntryId]:
    """Ids of the entries a text names, at most two: the id itself, else an order number, else the start of an id."""
    of_kind = (ENTRY.c.kind == "purchase",) if purchases else ()
    start = (ENTRY.c.id >= text, ENTRY.c.id < text + "\U0010ffff")
    ways = [(ENTRY.c.id == text,), (ENTRY.c.order_ref == text, ENTRY.c.order_ref != "")]
    if len(text) >= SHORTEST_PREFIX:
        ways.append(start)
    for way in ways:
        query = select(ENTRY.c.id).where(*way, *of_kind).order_by(ENTRY.c.sequence).limit(2)
        found = [EntryId(entry_id) for entry_id in tx.connection.execute(query).scalars()]
        if found:
            return found
    return []


def known_ids(tx: Transaction, ids: Iterable[str]) -> set[str]:
    """Which of these ids the ledger has."""
    found: set[str] = set()
    for part in chunks(ids):
        found.update(tx.connection.execute(_HAVING_ID, {"ids": part}).scalars())
    return found


def replace_entries(
    tx: Transaction,
    entries: Sequence[Entry],
    *,
    now: datetime,
    voided_batch: int | None = None,
    step: Step = _unheard,
) -> None:
    """Write entries over what stands under their sequence; `recorded_at` stays."""
    if not entries:
        return
    creators = creator_ids(tx, (entry.creator for entry in entries if isinstance(entry, Gift)))
    names = [name for name in ENTRY_COLUMNS if name not in {"sequence", "recorded_at"}]
    change = (
        update(ENTRY)
        .where(ENTRY.c.sequence == bindparam("key"))
        .values({name: bindparam(f"new_{name}") for name in names})
    )
    statement = str(change.compile(dialect=tx.connection.dialect))
    recorded = instant_number(now)
    for first in range(0, len(entries), STEP):
        rows = []
        for entry in entries[first : first + STEP]:
            creator = creators[folded(entry.creator)] if isinstance(entry, Gift) else None
            values = values_of(
                entry, creator, recorded, sequence=entry.sequence, batch=entry.batch, voided_batch=voided_batch
            )
            rows.append((*values[1:-1], entry.sequence))
        tx.connection.exec_driver_sql(statement, rows)
        step(len(rows))


def new_batch(tx: Transaction, source: str, form: str, *, now: datetime) -> BatchId:
    """Begin an import of a file in a format."""
    values = {"source": source, "format": form, "imported_at": now, "entries": 0}
    key = tx.connection.execute(insert(_BATCH).values(values)).inserted_primary_key
    if key is None:
        raise AssertionError("an inserted batch has a key")
    return BatchId(key[0])


def end_batch(tx: Transaction, batch: BatchId, *, entries: int) -> None:
    """Note how many entries an import brought."""
    tx.connection.execute(update(_BATCH).where(_BATCH.c.id == batch).values(entries=entries))


def batch_entries(tx: Transaction, batch: BatchId) -> int:
    """How many entries an import brought; 0 for an unknown one."""
    return tx.connection.execute(select(_BATCH.c.entries).where(_BATCH.c.id == batch)).scalar() or 0


def drop_batch(tx: Transaction, batch: BatchId) -> None:
    """Forget an import that brought nothing."""
    tx.connection.execute(delete(_BATCH).where(_BATCH.c.id == batch))


def mark_batch(tx: Transaction, batch: BatchId, undone_at: datetime | None) -> None:
    """Note that the undo of an import stands, or no longer does."""
    tx.connection.execute(update(_BATCH).where(_BATCH.c.id == batch).values(undone_at=undone_at))


def known_gifts(tx: Transaction) -> dict[str, tuple[CatalogGift, ...]]:
    """Gifts a person used that the catalogue does not have: by folded name, newest first."""
    found: dict[str, list[CatalogGift]] = {}
    query = select(_KNOWN_GIFT).order_by(_KNOWN_GIFT.c.seen_on.desc(), _KNOWN_GIFT.c.coins)
    for row in tx.connection.execute(query):
        gift = CatalogGift(name=row.name, coins=row.coins, seen_on=row.seen_on)
        found.setdefault(row.name_folded, []).append(gift)
    return {name: tuple(gifts) for name, gifts in found.items()}


def remember_gifts(tx: Transaction, seen: Mapping[tuple[str, int], tuple[str, date]]) -> None:
    """Keep gifts by (folded name, coins of one piece): the name as written and the newest day it was seen."""
    kept = {(name, gift.coins): gift.seen_on for name, gifts in known_gifts(tx).items() for gift in gifts}
    new, newer = [], []
    for (name, coins), (written, day) in seen.items():
        before = kept.get((name, coins))
        if before is None:
            new.append({"name_folded": name, "coins": coins, "name": written, "seen_on": day})
        elif day > before:
            newer.append({"key": name, "price": coins, "day": day})
    if new:
        tx.connection.execute(insert(_KNOWN_GIFT), new)
    if newer:
        same = and_(_KNOWN_GIFT.c.name_folded == bindparam("key"), _KNOWN_GIFT.c.coins == bindparam("price"))
        tx.connection.execute(update(_KNOWN_GIFT).where(same).values(seen_on=bindparam("day")), newer)


def chunks(values: Iterable[_T], size: int = CHUNK) -> Iterator[list[_T]]:
    """Values in lists of at most `size`."""
    rest = iter(values)
    while part := list(islice(rest, size)):
        yield part

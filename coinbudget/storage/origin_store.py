"""Where entries came from: which rows of which sources are known already, and what imports filled in.

An origin whose import was undone counts only while the entry it made is that import's own: such an entry comes back
when the row is imported again. What an undone import had merely paired is as if it had never been seen.
"""

import json
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, delete, select, text, update
from sqlalchemy.dialects.sqlite import insert

from coinbudget.domain.entries import BatchId, EntryId
from coinbudget.domain.profiles import ProfileId
from coinbudget.storage import columns
from coinbudget.storage.database import Transaction
from coinbudget.storage.ledger_store import FEW, chunks, plain_insert
from coinbudget.storage.mapping import ENTRY
from coinbudget.storage.tables import BatchRow, FilledRow, OriginRow, table_of

_ORIGIN = table_of(OriginRow)
_BATCH = table_of(BatchRow)
_FILLED = table_of(FilledRow)

_KNOWN = """
    SELECT o.key, e.id, e.sequence, e.voided_at IS NOT NULL, e.voided_batch IS NOT NULL, e.kind = 'purchase',
        e.coins, e.quantity, e.at
    FROM origin o JOIN entry e ON e.sequence = o.sequence JOIN batch b ON b.id = o.batch_id
    WHERE o.key IN :keys AND e.sequence < :before AND (b.undone_at IS NULL OR e.batch_id = o.batch_id)
    ORDER BY o.key, e.sequence
"""
_ROWS = """
    SELECT o.sequence, o.key, o.source
    FROM origin o JOIN entry e ON e.sequence = o.sequence JOIN batch b ON b.id = o.batch_id
    WHERE o.sequence IN :sequences AND (b.undone_at IS NULL OR e.batch_id = o.batch_id)
"""
_SOURCES = """
    SELECT o.sequence, o.source, b.source, b.imported_at
    FROM origin o JOIN entry e ON e.sequence = o.sequence JOIN batch b ON b.id = o.batch_id
    WHERE o.sequence IN :sequences AND (b.undone_at IS NULL OR e.batch_id = o.batch_id)
    ORDER BY o.sequence, b.id, o.source
"""
_ROW_TIMES = """
    SELECT DISTINCT f.sequence, o.source, json_extract(f.values_json, '$.said.at')
    FROM filled f JOIN batch b ON b.id = f.batch_id
        JOIN origin o ON o.sequence = f.sequence AND o.batch_id = f.batch_id
    WHERE f.sequence IN :sequences AND b.undone_at IS NULL AND json_extract(f.values_json, '$.said.at') IS NOT NULL
"""
_TOLD_TOO = text(
    """
    SELECT f.sequence, f.batch_id, f.values_json
    FROM filled f JOIN batch b ON b.id = f.batch_id JOIN entry e ON e.sequence = f.sequence
    WHERE f.batch_id <> :batch AND b.undone_at IS NULL AND (e.batch_id = :batch
        OR EXISTS (SELECT 1 FROM filled own WHERE own.batch_id = :batch AND own.sequence = f.sequence))
    ORDER BY f.sequence, f.batch_id
    """
)
_BATCHES = """
    SELECT b.source, b.format, b.imported_at FROM batch b
    WHERE b.undone_at IS NULL
        AND (b.id = :batch OR b.id IN (SELECT o.batch_id FROM origin o WHERE o.sequence = :sequence))
    ORDER BY b.id
"""


_LATER = """
    SELECT 1 FROM origin o JOIN entry e ON e.sequence = o.sequence JOIN batch b ON b.id = o.batch_id
    WHERE o.key IN :keys AND o.batch_id > :batch AND b.undone_at IS NULL AND e.voided_batch IS NULL
    LIMIT 1
"""


class Fate(StrEnum):
    """Whether an entry counts, and who voided it."""

    LIVING = "living"
    VOIDED = "voided"  # by a person
    UNDONE = "undone"  # by the undo of an import


_FATES = {
    Fate.LIVING: "voided_at IS NULL",
    Fate.VOIDED: "voided_at IS NOT NULL AND voided_batch IS NULL",
    Fate.UNDONE: "voided_batch IS NOT NULL",
}
_PURCHASES = {
    fate: text(
        f"""
        SELECT at, sequence, hour_known AND NOT about, home_on, coins, paid_minor, currency, order_ref, channel,
            NOT hour_known AND NOT about
        FROM entry INDEXED BY ix_entry_profile_kind_at
        WHERE profile_id = :profile AND kind = 'purchase' AND {condition} AND NOT planned AND sequence < :before
        ORDER BY at, sequence
        """  # noqa: S608 - our own conditions
    )
    for fate, condition in _FATES.items()
}


@dataclass(frozen=True, slots=True)
class KnownRow:
    """An entry that a row of a source made or was paired with.

    Attributes:
        undone: it was voided by the undo of an import, so importing it again brings it back.
        rows: key and list of every row that a purchase stands for; of other entries none, as they stand for one.
        at: instant of the entry in microseconds.
    """

    key: str
    id: EntryId
    sequence: int
    voided: bool
    undone: bool
    rows: tuple[tuple[str, str], ...] = ()
    coins: int | None = None
    quantity: int = 1
    at: int = 0


@dataclass(frozen=True, slots=True)
class StandingPurchase:
    """What pairing asks of a purchase in the ledger; instants in microseconds, days since 1970-01-01.

    Attributes:
        exact: its hour is known and no estimate; `day_only` it is not known, and `at` stands for the day.
    """

    at: int
    sequence: int
    exact: bool
    home_on: int
    coins: int | None
    paid_minor: int | None
    currency: str
    order_ref: str
    channel: str
    day_only: bool


class PurchaseTimes:
    """The purchases of a profile and of one fate, for looking up what lies near an instant or on a home day."""

    def __init__(self, tx: Transaction, profile_id: int, fate: Fate = Fate.LIVING, *, before: int) -> None:
        self._at = array("q")
        self._exact: list[tuple[Any, ...]] = []
        self._by_day: dict[int, list[tuple[Any, ...]]] = {}
        self._by_sequence: dict[int, tuple[Any, ...]] = {}
        self._by_order: dict[str, list[tuple[Any, ...]]] = {}
        for found in tx.connection.execute(_PURCHASES[fate], {"profile": profile_id, "before": before}):
            row = tuple(found)
            self._by_sequence[row[1]] = row
            self._by_day.setdefault(row[3], []).append(row)
            if row[2]:
                self._at.append(row[0])
                self._exact.append(row)
            if row[7]:
                self._by_order.setdefault(row[7], []).append(row)

    def __bool__(self) -> bool:
        return bool(self._by_sequence)

    def standing(self, sequence: int) -> StandingPurchase | None:
        """The purchase at a place of the order of entry."""
        row = self._by_sequence.get(sequence)
        return None if row is None else _standing(row)

    def possible(
        self, at: int, home_on: int, *, exact: bool, coins: int | None, order_ref: str, within: int
    ) -> list[StandingPurchase]:
        """Purchases that may be one of this instant and these coins, in order of entry; the caller decides.

        Args:
            at, within: microseconds.
        """
        rows = {row[1]: row for row in self._by_day.get(home_on, ()) if not (exact and row[2])}
        if exact:
            first, last = bisect_left(self._at, at - within), bisect_right(self._at, at + within)
            rows.update((row[1], row) for row in self._exact[first:last])
        if order_ref:
            rows.update((row[1], row) for row in self._by_order.get(order_ref, ()))
        # At that very time one amount may be another, for the person to say what is right.
        fitting = (
            row
            for row in rows.values()
            if coins is None or row[4] is None or row[4] == coins or row[7] or (exact and row[2])
        )
        return sorted((_standing(row) for row in fitting), key=lambda one: one.sequence)


def _standing(row: tuple[Any, ...]) -> StandingPurchase:
    at, sequence, exact, home_on, coins, paid_minor, currency, order_ref, channel, day_only = row
    return StandingPurchase(
        at, sequence, bool(exact), home_on, coins, paid_minor, currency, order_ref, channel, bool(day_only)
    )


def known_rows(tx: Transaction, keys: Iterable[str], *, before: int) -> dict[str, list[KnownRow]]:
    """The entries before an order of entry that stand for rows of these keys, in order of entry."""
    found: dict[str, list[KnownRow]] = {}
    for part in chunks(keys):
        rows = list(columns.rows(tx, _KNOWN, {"keys": part, "before": before}))
        told = rows_of(tx, [row[2] for row in rows if row[5]])
        for key, entry_id, sequence, voided, undone, _, coins, quantity, at in rows:
            every = tuple(told.get(sequence, ()))
            row = KnownRow(
                key, EntryId(entry_id), sequence, bool(voided), bool(undone), every, coins, quantity or 1, at
            )
            found.setdefault(key, []).append(row)
    return found


def rows_of(tx: Transaction, sequences: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    """Key and list of every row that entries stand for, by order of entry."""
    found: dict[int, list[tuple[str, str]]] = {}
    for part in chunks(sequences):
        for sequence, key, source in columns.rows(tx, _ROWS, {"sequences": part}):
            found.setdefault(sequence, []).append((key, source))
    return found


def told_by_later(tx: Transaction, keys: Iterable[str], batch: BatchId) -> bool:
    """Whether an import after this one stands in which a row of these keys made an entry or was paired with one."""
    return any(
        next(iter(columns.rows(tx, _LATER, {"keys": part, "batch": batch})), None) is not None for part in chunks(keys)
    )


def told_after(tx: Transaction, sequences: Iterable[int], batch: BatchId) -> bool:
    """Whether an import after this one stands that told of any of these entries."""
    standing = select(_BATCH.c.id).where(_BATCH.c.id > batch, _BATCH.c.undone_at.is_(None))
    return any(
        tx.connection.execute(
            select(_ORIGIN.c.key).where(_ORIGIN.c.sequence.in_(part), _ORIGIN.c.batch_id.in_(standing)).limit(1)
        ).first()
        is not None
        for part in chunks(sequences)
    )


def sequences_of(tx: Transaction, batch: BatchId) -> set[int]:
    """Orders of entry of all that an import told of."""
    return set(tx.connection.execute(select(_ORIGIN.c.sequence).where(_ORIGIN.c.batch_id == batch)).scalars())


def any_known(tx: Transaction) -> bool:
    """Whether any row of a source is known: in a ledger that took in none, nothing needs to be looked up."""
    return tx.connection.execute(select(_ORIGIN.c.sequence).limit(1)).first() is not None


def add_new(tx: Transaction, rows: Sequence[tuple[str, int, str, int]]) -> None:
    """Keep the origins of entries that are new: key, order of entry, source, import."""
    if len(rows) >= FEW:
        tx.insert_later(_ORIGIN, rows)
    elif rows:
        tx.connection.exec_driver_sql(plain_insert(_ORIGIN, tx.connection.dialect), list(rows))


def add_origins(tx: Transaction, rows: Sequence[tuple[str, int, str, int]]) -> None:
    """Keep origins: key, order of entry, source, import; one kept by an undone import becomes the newer one's."""
    if not rows:
        return
    new = insert(_ORIGIN).values({column.name: bindparam(column.name) for column in _ORIGIN.columns})
    undone = select(_BATCH.c.id).where(_BATCH.c.undone_at.isnot(None))
    statement = new.on_conflict_do_update(
        index_elements=["key", "sequence"],
        set_={"batch_id": new.excluded.batch_id, "source": new.excluded.source},
        where=_ORIGIN.c.batch_id.in_(undone),
    )
    tx.connection.exec_driver_sql(str(statement.compile(dialect=tx.connection.dialect)), list(rows))


def sources_of(tx: Transaction, sequences: Iterable[int]) -> dict[int, set[str]]:
    """The lists that entries came from, by order of entry."""
    return {sequence: {one.source for one in found} for sequence, found in provenance(tx, sequences).items()}


def lists_of(tx: Transaction, batch: BatchId) -> dict[int, set[str]]:
    """The lists of one import, by order of entry of what their rows made or were paired with."""
    found: dict[int, set[str]] = {}
    query = select(_ORIGIN.c.sequence, _ORIGIN.c.source).where(_ORIGIN.c.batch_id == batch)
    for sequence, source in tx.connection.execute(query):
        found.setdefault(sequence, set()).add(source)
    return found


def adopt_origins(tx: Transaction, sequences: Iterable[int], batch: BatchId) -> None:
    """Let the origins by which entries live again belong to the import that brings them back; before they are its own.

    What other imports that were undone had told of them stays with those.
    """
    own = select(ENTRY.c.batch_id).where(ENTRY.c.sequence == _ORIGIN.c.sequence).scalar_subquery()
    for part in chunks(sequences):
        mine = _ORIGIN.c.sequence.in_(part) & (_ORIGIN.c.batch_id == own)
        tx.connection.execute(update(_ORIGIN).where(mine).values(batch_id=batch))


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """One source of an entry: the list its row was in, the file, and when it was imported (microseconds)."""

    source: str
    file: str
    imported_at: int


def provenance(tx: Transaction, sequences: Iterable[int]) -> dict[int, list[Provenance]]:
    """The sources of entries, by order of entry, oldest import first."""
    found: dict[int, list[Provenance]] = {}
    for part in chunks(sequences):
        for sequence, source, file, imported_at in columns.rows(tx, _SOURCES, {"sequences": part}):
            found.setdefault(sequence, []).append(Provenance(source=source, file=file, imported_at=imported_at))
    return found


def batches_of(tx: Transaction, sequence: int, batch: BatchId | None) -> list[tuple[str, str, int]]:
    """File, format and instant (microseconds) of the imports that told of an entry and stand, oldest first."""
    given = {"sequence": sequence, "batch": batch or 0}
    return [(file, form, at) for file, form, at in columns.rows(tx, _BATCHES, given)]


def keep_filled(tx: Transaction, batch: BatchId, filled: Mapping[int, Mapping[str, Any]]) -> None:
    """Note what an import filled in, by order of entry."""
    if filled:
        rows = [
            {"batch_id": batch, "sequence": sequence, "values_json": json.dumps(values, sort_keys=True)}
            for sequence, values in sorted(filled.items())
        ]
        new = insert(_FILLED)
        tx.connection.execute(
            new.on_conflict_do_update(
                index_elements=["batch_id", "sequence"], set_={"values_json": new.excluded.values_json}
            ),
            rows,
        )


def filled_by(tx: Transaction, batch: BatchId) -> dict[EntryId, dict[str, Any]]:
    """What an import filled in, by the entry's id."""
    query = (
        select(ENTRY.c.id, _FILLED.c.values_json)
        .join(ENTRY, ENTRY.c.sequence == _FILLED.c.sequence)
        .where(_FILLED.c.batch_id == batch)
        .order_by(_FILLED.c.sequence)
    )
    return {EntryId(row.id): json.loads(row.values_json) for row in tx.connection.execute(query)}


def drop_filled(tx: Transaction, batch: BatchId, sequences: Iterable[int]) -> None:
    """Forget what an import filled in of these entries."""
    for part in chunks(sequences):
        tx.connection.execute(delete(_FILLED).where(_FILLED.c.batch_id == batch, _FILLED.c.sequence.in_(part)))


def row_times(tx: Transaction, sequences: Iterable[int]) -> dict[int, list[tuple[str, int]]]:
    """Lists and instants (microseconds) of the rows that purchases were paired with, by order of entry."""
    found: dict[int, list[tuple[str, int]]] = {}
    for part in chunks(sequences):
        for sequence, source, at in columns.rows(tx, _ROW_TIMES, {"sequences": part}):
            found.setdefault(sequence, []).append((source, at))
    return found


def told_too(tx: Transaction, batch: BatchId) -> dict[int, list[tuple[BatchId, dict[str, Any]]]]:
    """Other imports that stand and told of what this one brought or filled in: what each keeps, oldest first."""
    found: dict[int, list[tuple[BatchId, dict[str, Any]]]] = {}
    for sequence, other, values in tx.connection.execute(_TOLD_TOO, {"batch": batch}):
        found.setdefault(sequence, []).append((BatchId(other), json.loads(values)))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class PastImport:
    """One import of the past.

    Attributes:
        imported_at, undone_at: microseconds; `undone_at` None while it stands.
        entries: how many it brought; `living` of them count now; `paired` were paired with what stood already.
        profile_ids: whose all of these are.
    """

    batch: BatchId
    file: str
    format: str
    imported_at: int
    entries: int
    living: int
    paired: int
    undone_at: int | None
    profile_ids: frozenset[ProfileId]


_PAST = text(
    """
    SELECT b.id, b.source, b.format, b.imported_at, b.entries,
        (SELECT COUNT(*) FROM entry e WHERE e.batch_id = b.id),
        (SELECT COUNT(*) FROM entry e WHERE e.batch_id = b.id AND e.voided_at IS NULL),
        (SELECT COUNT(*) FROM filled f
            WHERE f.batch_id = b.id AND json_extract(f.values_json, '$.voided_at') IS NULL),
        (SELECT COUNT(*) FROM filled f JOIN entry e ON e.sequence = f.sequence WHERE f.batch_id = b.id
            AND json_extract(f.values_json, '$.voided_at') IS NULL AND e.voided_at IS NULL), b.undone_at,
        (SELECT GROUP_CONCAT(DISTINCT e.profile_id) FROM entry e WHERE e.batch_id = b.id
            OR e.sequence IN (SELECT f.sequence FROM filled f WHERE f.batch_id = b.id))
    FROM batch b ORDER BY b.id DESC LIMIT :most
    """
)


def past_imports(tx: Transaction, *, most: int) -> list[PastImport]:
    """The newest imports, newest first."""
    return [_past(row) for row in tx.connection.execute(_PAST, {"most": most})]


def _past(row: Any) -> PastImport:
    batch, file, form, imported_at, entries, own, living, told, told_living, undone_at, profiles = row
    # An undo may hand an entry to another import that tells of it: it was brought all the same, and that one paired.
    paired = max(told + own - entries, 0)
    return PastImport(
        batch=BatchId(batch),
        file=file,
        format=form,
        imported_at=imported_at,
        entries=entries,
        living=min(entries, living + max(told_living - paired, 0)),
        paired=paired,
        undone_at=undone_at,
        profile_ids=frozenset(ProfileId(int(one)) for one in (profiles or "").split(",") if one),
    )

"""Imports of the past, each with its undo, however long ago and whatever the undo stack of the window holds."""

from dataclasses import dataclass
from datetime import datetime

from coinbudget.domain.entries import BatchId, Entry
from coinbudget.domain.profiles import ProfileId
from coinbudget.services.changes import Changes, UndoImport
from coinbudget.services.ledger import Ledger
from coinbudget.services.pace import Cancelled, Progress
from coinbudget.services.undo import revert
from coinbudget.storage import origin_store
from coinbudget.storage.tables import instant_of

#: Imports that are listed.
MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRecord:
    """One import.

    Attributes:
        format: code of `formats.source.Format`; "" for imports made before it was kept.
        entries: how many it brought; `living` of them count now; `paired` purchases it filled in.
        undone_at: None while it stands.
        profile_ids: whose entries they are.
    """

    batch: BatchId
    file: str
    format: str
    imported_at: datetime
    entries: int
    living: int
    paired: int
    undone_at: datetime | None
    profile_ids: frozenset[ProfileId] = frozenset()


def past_imports(ledger: Ledger) -> tuple[ImportRecord, ...]:
    """The newest imports, newest first."""
    with ledger.database.reading() as tx:
        return tuple(
            ImportRecord(
                batch=one.batch,
                file=one.file,
                format=one.format,
                imported_at=instant_of(one.imported_at),
                entries=one.entries,
                living=one.living,
                paired=one.paired,
                undone_at=None if one.undone_at is None else instant_of(one.undone_at),
                profile_ids=one.profile_ids,
            )
            for one in origin_store.past_imports(tx, most=MOST)
        )


def undo_import(
    ledger: Ledger,
    batch: BatchId,
    *,
    now: datetime,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Changes:
    """Take an import back: its entries are voided, and what it filled in of others is taken out again.

    Raises:
        Refusal: an entry would no longer fit, or it was cancelled, which changes nothing.
    """
    return revert(ledger, UndoImport(batch=batch, void=True), now=now, progress=progress, cancelled=cancelled)


def redo_import(
    ledger: Ledger,
    batch: BatchId,
    *,
    now: datetime,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Changes:
    """Let an import that was taken back stand again.

    Raises:
        Refusal: an entry would no longer fit, or it was cancelled, which changes nothing.
    """
    return revert(ledger, UndoImport(batch=batch, void=False), now=now, progress=progress, cancelled=cancelled)


@dataclass(frozen=True, slots=True, kw_only=True)
class CameFrom:
    """A source that told of an entry.

    Attributes:
        format: code of `formats.source.Format`; "" where it was not kept.
        file: as it was called when it came in.
    """

    format: str
    file: str
    imported_at: datetime


def came_from(ledger: Ledger, entry: Entry) -> tuple[CameFrom, ...]:
    """Every import that told of an entry and stands, oldest first; none for one typed by hand."""
    with ledger.database.reading() as tx:
        told = origin_store.batches_of(tx, entry.sequence, entry.batch)
        return tuple(
            CameFrom(format=form, file=file, imported_at=instant_of(imported_at)) for file, form, imported_at in told
        )

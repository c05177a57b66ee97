"""Commands of imports that were made: the list, and each taken back or standing again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from coinbudget.cli.answers import Reply
from coinbudget.domain.entries import BatchId
from coinbudget.domain.errors import Refusal, problem
from coinbudget.domain.profiles import ProfileId
from coinbudget.services.household import profiles
from coinbudget.services.ledger import Ledger
from coinbudget.services.past_imports import ImportRecord, past_imports, redo_import, undo_import

_DIGITS_OF_ID = 18


def listed(ledger: Ledger) -> Reply:
    """Every import that is listed, the newest first."""
    found, names = past_imports(ledger), _names(ledger)
    return Reply(
        document={"imports": [_document(one, names) for one in found]}, lines=[_line(one, names) for one in found]
    )


def taken_back(ledger: Ledger, text: str, *, now: datetime) -> Reply:
    """Take an import back.

    Raises:
        Refusal: there is no such import, it was taken back already, or an entry would no longer fit.
    """
    record = _named(ledger, text)
    if record.undone_at is not None:
        raise Refusal(problem("import", "import_undone", batch=text))
    return _done(ledger, "Took back", undo_import(ledger, record.batch, now=now).count, record.batch)


def brought_back(ledger: Ledger, text: str, *, now: datetime) -> Reply:
    """Let an import that was taken back stand again.

    Raises:
        Refusal: there is no such import, it stands, or an entry would no longer fit.
    """
    record = _named(ledger, text)
    if record.undone_at is None:
        raise Refusal(problem("import", "import_stands", batch=text))
    return _done(ledger, "Brought back", redo_import(ledger, record.batch, now=now).count, record.batch)


def _named(ledger: Ledger, text: str) -> ImportRecord:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS_OF_ID else 0
    found = next((one for one in past_imports(ledger) if one.batch == BatchId(number)), None)
    if found is None:
        raise Refusal(problem("import", "unknown_import", batch=text))
    return found


def _done(ledger: Ledger, words: str, count: int, batch: BatchId) -> Reply:
    [record] = [one for one in past_imports(ledger) if one.batch == batch]
    entries = "1 entry" if count == 1 else f"{count} entries"
    document = _document(record, _names(ledger)) | {"changed": count}
    return Reply(document=document, lines=[f"{words} import {batch}: {entries} changed."])


def _names(ledger: Ledger) -> dict[ProfileId, str]:
    return {profile.id: profile.name for profile in profiles(ledger)}


def _document(record: ImportRecord, names: Mapping[ProfileId, str]) -> dict[str, Any]:
    return {
        "import": record.batch,
        "file": record.file,
        "profiles": sorted(names[one] for one in record.profile_ids),
        "format": record.format or None,
        "imported_at": record.imported_at.isoformat(),
        "entries": record.entries,
        "living": record.living,
        "paired": record.paired,
        "undone_at": None if record.undone_at is None else record.undone_at.isoformat(),
    }


def _line(record: ImportRecord, names: Mapping[ProfileId, str]) -> str:
    whose = f" for {', '.join(sorted(names[one] for one in record.profile_ids))}" if len(names) > 1 else ""
    entries = "1 entry" if record.entries == 1 else f"{record.entries} entries"
    paired = f", {record.paired} paired" if record.paired else ""
    undone = f", taken back {record.undone_at:%Y-%m-%d %H:%M}Z" if record.undone_at is not None else ""
    living = f", {record.living} still count" if not undone and record.living < record.entries else ""
    when = f"{record.imported_at:%Y-%m-%d %H:%M}Z"
    return f"{record.batch}  {when}  {record.file}  {record.format or 'file'}, {entries}{whose}{paired}{living}{undone}"

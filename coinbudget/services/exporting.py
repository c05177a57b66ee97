"""Writing entries and totals as text: streamed in constant memory, private from the first byte, replaced whole.

The text is spooled to a private temporary file. Only when it is complete, and the read transaction has ended, is it
put in the target's place, or copied to a stream. A failed export leaves an existing target untouched.
"""

import contextlib
import io
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from coinbudget.domain.errors import LedgerFault, Refusal, problem
from coinbudget.domain.money import NumberStyle
from coinbudget.domain.profiles import ProfileId
from coinbudget.domain.summaries import Grouping
from coinbudget.formats import ledger_csv_writer as form_of
from coinbudget.formats import summary_csv
from coinbudget.services import summarise
from coinbudget.services.ledger import Ledger
from coinbudget.services.pace import Cancelled, Progress
from coinbudget.storage import coin_curve, export_store, household_store, valuation_store
from coinbudget.storage.database import Transaction

EXACT, SPREADSHEET = "exact", "spreadsheet"
PLAIN = NumberStyle()

Target = Path | BinaryIO

_TICK_ROWS = 5000
_FEW_USES, _MANY_USES = 2000, 8000
_COPY_BYTES = 2**20


def export_entries(
    ledger: Ledger,
    target: Target,
    *,
    form: str = EXACT,
    profile_ids: Iterable[ProfileId] | None = None,
    from_on: date | None = None,
    to_on: date | None = None,
    style: NumberStyle = PLAIN,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> int:
    """Write entries, voided ones too, as a ledger CSV.

    Args:
        form: "exact" or "spreadsheet"; `style` is the locale's of the latter.
        from_on, to_on: home days, both inside.

    Returns:
        How many entries were written.

    Raises:
        Refusal: the target cannot be written, or the export was cancelled.
    """
    _check(form, from_on, to_on)
    written = _Counter()

    def write(out: io.TextIOWrapper) -> None:
        with ledger.database.reading() as tx:
            chosen = _Chosen(None if profile_ids is None else tuple(profile_ids), from_on, to_on)
            total = export_store.count(tx, **chosen.where()) if progress else 0
            rows = written.counted(chosen.entries(tx), total, progress, cancelled)
            _write_entries(ledger, tx, out, rows, form, style)

    _spooled(ledger, target, write)
    return written.rows


def export_summary(
    ledger: Ledger,
    target: Target,
    *,
    by: Sequence[Grouping],
    form: str = EXACT,
    profile_ids: Iterable[ProfileId] | None = None,
    from_on: date | None = None,
    to_on: date | None = None,
    style: NumberStyle = PLAIN,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> int:
    """Write totals as a summary CSV; arguments and faults as for `export_entries`.

    Returns:
        How many groups were written.
    """
    _check(form, from_on, to_on)
    written = _Counter()

    def write(out: io.TextIOWrapper) -> None:
        found = summarise.summary(ledger, by=by, profile_ids=profile_ids, from_on=from_on, to_on=to_on)
        rows = written.counted(found, 0, progress, cancelled)
        _write_summary(ledger, out, rows, by, form, style)

    _spooled(ledger, target, write)
    return written.rows


def first_lines(
    ledger: Ledger,
    *,
    what: str = "entries",
    by: Sequence[Grouping] = (Grouping.MONTH,),
    form: str = SPREADSHEET,
    profile_ids: Iterable[ProfileId] | None = None,
    from_on: date | None = None,
    to_on: date | None = None,
    style: NumberStyle = PLAIN,
    count: int = 5,
) -> tuple[tuple[str, ...], ...]:
    """Header and first rows of an export, as it would be written."""
    _check(form, from_on, to_on)
    raw = io.BytesIO()
    out = _text(raw)
    if what == "summary":
        found = summarise.summary(ledger, by=by, profile_ids=profile_ids, from_on=from_on, to_on=to_on)
        _write_summary(ledger, out, _first(found, count), by, form, style)
    else:
        with ledger.database.reading() as tx:
            chosen = _Chosen(None if profile_ids is None else tuple(profile_ids), from_on, to_on)
            _write_entries(ledger, tx, out, _first(chosen.entries(tx), count), form, style)
    out.flush()
    return form_of.cells(raw.getvalue(), form_of.list_separator(style) if form == SPREADSHEET else ",")


def _first(rows: Iterable[Any], count: int) -> Iterator[Any]:
    return (row for row, _ in zip(rows, range(count), strict=False))


def _check(form: str, from_on: date | None, to_on: date | None) -> None:
    if form not in {EXACT, SPREADSHEET}:
        raise Refusal(problem("form", "unknown_export_form", form=form))
    if from_on and to_on and from_on > to_on:
        raise Refusal(problem("from", "from_after_to"))


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Which entries are written."""

    profile_ids: tuple[ProfileId, ...] | None
    from_on: date | None
    to_on: date | None

    def where(self) -> dict[str, Any]:
        """The same for the store."""
        return {"profile_ids": self.profile_ids, "from_on": self.from_on, "to_on": self.to_on}

    def entries(self, tx: Transaction) -> Iterator[form_of.Values]:
        """Their values, in order."""
        return export_store.entries(tx, **self.where())


@dataclass(slots=True)
class _Counter:
    """Counts rows on their way, tells progress and listens for a cancel."""

    rows: int = 0

    def counted(
        self, rows: Iterable[Any], total: int, progress: Progress | None, cancelled: Cancelled | None
    ) -> Iterator[Any]:
        """The same rows."""
        number = 0
        for number, row in enumerate(rows, 1):
            if not number % _TICK_ROWS:
                if cancelled is not None and cancelled():
                    raise Refusal(problem("", "cancelled"))
                if progress is not None:
                    progress(number, max(total, number))
            yield row
        self.rows = number


def _write_entries(
    ledger: Ledger,
    tx: Transaction,
    out: io.TextIOWrapper,
    rows: Iterator[form_of.Values],
    form: str,
    style: NumberStyle,
) -> None:
    profiles = household_store.profiles(tx)
    names = form_of.Names(
        profiles={profile.id: profile.name for profile in profiles},
        creators=export_store.creators(tx),
        currencies=ledger.reference.currencies,
        profile_currencies={profile.id: profile.currency for profile in profiles},
    )
    if form == EXACT:
        form_of.write_exact(out, form_of.exact_rows(rows, names))
        return
    made = form_of.spreadsheet_rows(rows, _Costs(tx).of, names, style)
    form_of.write_spreadsheet(out, made, form_of.list_separator(style))


def _write_summary(
    ledger: Ledger, out: io.TextIOWrapper, rows: Iterable[Any], by: Sequence[Grouping], form: str, style: NumberStyle
) -> None:
    currencies = ledger.reference.currencies
    if form == EXACT:
        summary_csv.write_exact(out, rows, by, currencies)
    else:
        summary_csv.write_spreadsheet(out, rows, by, currencies, style)


class _Costs:
    """True cost of uses, read some days ahead at a time: entries come in the order of their home days."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._known: dict[int, tuple[coin_curve.Curve, int, int, int, dict[int, int]]] = {}

    def of(self, profile_id: int, day: int, sequence: int) -> int | None:
        """Cost in minor units; None for what is no use of coins."""
        known = self._known.get(profile_id)
        if known is None or not known[1] <= day <= known[2]:
            known = self._known[profile_id] = self._read(profile_id, day, known)
        return known[4].get(sequence)

    def _read(
        self, profile_id: int, day: int, last: tuple[coin_curve.Curve, int, int, int, dict[int, int]] | None
    ) -> tuple[coin_curve.Curve, int, int, int, dict[int, int]]:
        curve = last[0] if last else coin_curve.curve(self._tx, ProfileId(profile_id))
        days = last[3] if last else 8
        if last and len(last[4]) < _FEW_USES:
            days *= 4
        elif last and len(last[4]) > _MANY_USES:
            days = max(days // 2, 1)
        uses = valuation_store.uses_in_bulk(curve, first=day, last=day + days - 1)
        costs = dict(zip(uses.sequence.tolist(), uses.costs.minor.tolist(), strict=True))
        return curve, day, day + days - 1, days, costs


# -- where it goes


def _text(raw: BinaryIO) -> io.TextIOWrapper:
    """The encoder; a lone half of a sign cannot be in the ledger."""
    return io.TextIOWrapper(raw, encoding="utf-8", newline="", write_through=False)


def _spooled(ledger: Ledger, target: Target, write: Callable[[io.TextIOWrapper], None]) -> None:
    if isinstance(target, Path):
        _replace(ledger, target, write)
        return
    with tempfile.TemporaryFile() as spool:
        try:
            out = _text(spool)
            write(out)
            out.flush()
            spool.seek(0)
        except OSError as error:
            raise _fault(Path(tempfile.gettempdir()), error) from None
        # What reads the stream may be slow or gone: its own errors are its own.
        shutil.copyfileobj(spool, target, _COPY_BYTES)
        target.flush()
        out.detach()


def _replace(ledger: Ledger, target: Path, write: Callable[[io.TextIOWrapper], None]) -> None:
    """Write beside the target and put it in its place, owner alone may read it."""
    place = _checked(ledger, target)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{place.name[:40]}.", suffix=".part", dir=place.parent)
    except OSError as error:
        raise _fault(target, error) from None
    spool = Path(name)
    try:
        with os.fdopen(handle, "wb") as raw:
            out = _text(raw)
            write(out)
            out.flush()
            out.detach()
            os.fsync(raw.fileno())
        spool.replace(place)
    except OSError as error:
        raise _fault(target, error) from None
    finally:
        with contextlib.suppress(OSError):
            spool.unlink(missing_ok=True)


def _checked(ledger: Ledger, target: Path) -> Path:
    """The file a target stands for: links are followed, folders, devices and the ledger itself refused."""
    try:
        place = target.resolve()
        found = place.stat() if place.exists() else None
        folder_there = place.parent.is_dir()
    except (OSError, ValueError, RuntimeError) as error:
        raise Refusal(problem("file", "cannot_write", path=target, reason=error)) from None
    if not folder_there:
        raise Refusal(problem("file", "no_such_folder", path=target.parent))
    if found is not None and stat.S_ISDIR(found.st_mode):
        raise Refusal(problem("file", "is_a_folder", path=target))
    if found is not None and not stat.S_ISREG(found.st_mode):
        raise Refusal(problem("file", "not_a_file", path=target))
    if ledger.path is not None and place == ledger.path.resolve():
        raise Refusal(problem("file", "is_the_ledger", path=target))
    return place


def _fault(path: Path, error: OSError) -> LedgerFault:
    return LedgerFault(problem("file", "cannot_write", path=path, reason=error.strerror or error))

"""Backups that can be trusted: made whole through SQLite, reopened and checked before they count, kept private.

Automatic ones lie in `backups/` beside the ledger, named after the UTC second they were made in. Thinning keeps all
of the last 2 days, then the newest of each of 12 days, 10 weeks and 9 months.
"""

import re
from collections.abc import Callable, Hashable, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from coinbudget import paths
from coinbudget.domain.errors import LedgerFault, problem
from coinbudget.services.ledger import Ledger
from coinbudget.storage import copies, files

#: What thinning keeps besides all of the newest: so many periods, and what tells one from another.
KEEP_ALL = timedelta(days=2)
_KEPT: tuple[tuple[int, Callable[[datetime], Hashable]], ...] = (
    (12, lambda at: at.date()),
    (10, lambda at: at.isocalendar()[:2]),
    (9, lambda at: (at.year, at.month)),
)

_STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"auto-([0-9]{8}T[0-9]{6}Z)\.db")

#: An automatic backup is made at the window's start when the last is older.
EVERY = timedelta(hours=20)


def backup(ledger: Ledger, target: Path, *, force: bool, now: datetime) -> None:
    """Copy the ledger into a file, checked.

    Args:
        force: take the place of a file that is there.

    Raises:
        LedgerFault: there is one, it is the ledger itself, or the copy cannot be made; nothing was changed.
    """
    del now
    source = _file_of(ledger)
    if target.exists() and target.samefile(source):
        raise LedgerFault(problem("", "backup_is_ledger", path=target))
    copies.copy(source, target.absolute(), replace=force)


def restore(live: Path, source: Path, *, now: datetime) -> Path | None:
    """Put a backup's content into the ledger file, after saving the present state to `backups/`.

    Programs that have the ledger open see the restored state; their connections stay good.

    Returns:
        Where the present state was saved; None where there was no ledger.

    Raises:
        LedgerFault: the backup is no ledger, newer or damaged, or the present state cannot be saved; nothing changed.
    """
    live, source = live.absolute(), source.absolute()
    if live.exists() and source.exists() and live.samefile(source):
        raise LedgerFault(problem("", "backup_is_ledger", path=source))
    if not source.exists():
        raise LedgerFault(problem("", "no_ledger", path=source))
    copies.check(source)
    copies.refuse_newer(source)
    saved = None
    if live.exists() and live.stat().st_size:
        saved = _free_name(paths.backups_folder(live), f"before-restore-{now.astimezone(UTC).strftime(_STAMP)}")
        copies.copy_as_it_is(live, saved)
    else:
        files.make_private_file(live)
    copies.write_over(source, live)
    return saved


def last_backup(ledger: Ledger) -> datetime | None:
    """When the newest automatic backup was made; None when there is none."""
    if ledger.path is None:
        return None
    return max((at for at, _ in _automatic(paths.backups_folder(ledger.path))), default=None)


def back_up_when_due(ledger: Ledger, *, now: datetime) -> Path | None:
    """The automatic backup of the window's start: made when the last one is old enough, then thinned.

    Returns:
        The new backup; None when none was due.

    Raises:
        LedgerFault: it could not be made; older ones are all still there.
    """
    last = last_backup(ledger)
    if ledger.path is None or (last is not None and timedelta() <= now - last < EVERY):
        return None
    folder = paths.backups_folder(ledger.path)
    target = folder / f"auto-{now.astimezone(UTC).strftime(_STAMP)}.db"
    if target.exists():
        return None
    copies.copy(ledger.path, target, replace=False)
    thin(folder, now=now)
    return target


def thin(folder: Path, *, now: datetime) -> None:
    """Remove automatic backups that are not worth keeping any more; files of other names are never touched."""
    automatic = _automatic(folder)
    keep = kept_of((at for at, _ in automatic), now=now)
    for at, path in automatic:
        if at not in keep:
            with suppress(OSError):
                path.unlink()


def kept_of(made: Iterable[datetime], *, now: datetime) -> set[datetime]:
    """Which of the instants thinning keeps."""
    newest_first = sorted(made, reverse=True)
    keep = {at for at in newest_first if at > now - KEEP_ALL}
    older = [at for at in newest_first if at not in keep]
    for count, period in _KEPT:
        left, latest = count, None
        for at in older:
            if period(at) == latest:
                continue
            latest = period(at)
            # What an earlier rule keeps does not use up this one's count, so that the rules reach back in turn.
            if at not in keep and left:
                keep.add(at)
                left -= 1
    return keep


def _automatic(folder: Path) -> list[tuple[datetime, Path]]:
    found = []
    for path in sorted(folder.glob("auto-*.db")):
        match = _NAME.fullmatch(path.name)
        if match:
            with suppress(ValueError):
                found.append((datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC), path))
    return found


def _free_name(folder: Path, stem: str) -> Path:
    path, number = folder / f"{stem}.db", 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}.db"
    return path


def _file_of(ledger: Ledger) -> Path:
    if ledger.path is None:
        raise LedgerFault(problem("", "no_ledger", path=":memory:"))
    return ledger.path

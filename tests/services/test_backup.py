"""Backups are checked, private and whole; restore saves the present first; thinning keeps what it promises."""

import stat
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from coinbudget.domain.errors import LedgerFault
from coinbudget.services import backup, record
from coinbudget.services.ledger import Ledger, open_ledger
from coinbudget.services.verify import verify
from coinbudget.storage import copies
from tests import make
from tests.conftest import NOW


def file_of(ledger: Ledger) -> Path:
    assert ledger.path is not None
    return ledger.path


def code(fault: pytest.ExceptionInfo[LedgerFault]) -> str:
    return fault.value.problems[0].code


def test_a_backup_is_equal_private_and_stands_alone(file_ledger: Ledger, tmp_path: Path) -> None:
    record.add(file_ledger, make.purchase(), now=NOW)
    target = tmp_path / "out" / "copy.db"
    backup.backup(file_ledger, target, force=False, now=NOW)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in target.parent.iterdir()] == ["copy.db"]
    before = target.read_bytes()
    other = open_ledger(target, now=NOW, read_only=True)
    assert make.all_entries(other) == make.all_entries(file_ledger)
    other.close()
    assert target.read_bytes() == before, "viewing a backup changes nothing"


def test_a_backup_takes_no_file_place_unless_told(file_ledger: Ledger, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("mine")
    with pytest.raises(LedgerFault) as fault:
        backup.backup(file_ledger, target, force=False, now=NOW)
    assert code(fault) == "backup_exists"
    assert target.read_text() == "mine"
    backup.backup(file_ledger, target, force=True, now=NOW)
    copies.check(target)
    with pytest.raises(LedgerFault) as fault:
        backup.backup(file_ledger, file_of(file_ledger), force=True, now=NOW)
    assert code(fault) == "backup_is_ledger"


def test_restore_saves_the_present_and_open_connections_see_the_restored(file_ledger: Ledger, tmp_path: Path) -> None:
    record.add(file_ledger, make.purchase(note="first"), now=NOW)
    target = tmp_path / "copy.db"
    backup.backup(file_ledger, target, force=False, now=NOW)
    record.add(file_ledger, make.purchase(note="second"), now=NOW)
    saved = backup.restore(file_of(file_ledger), target, now=NOW)
    assert [entry.note for entry in make.all_entries(file_ledger)] == ["first"]
    assert saved is not None
    assert stat.S_IMODE(saved.parent.stat().st_mode) == 0o700
    other = open_ledger(saved, now=NOW, read_only=True)
    assert [entry.note for entry in make.all_entries(other)] == ["first", "second"]
    other.close()
    record.add(file_ledger, make.purchase(note="third"), now=NOW)
    assert verify(file_ledger) == ()


def test_a_damaged_or_foreign_backup_changes_nothing(file_ledger: Ledger, tmp_path: Path) -> None:
    record.add(file_ledger, make.purchase(), now=NOW)
    target = tmp_path / "copy.db"
    backup.backup(file_ledger, target, force=False, now=NOW)
    good, live = target.read_bytes(), file_of(file_ledger).read_bytes()
    for bad in (b"no ledger", good[: len(good) // 2], good[:8192] + bytes(8192) + good[16384:]):
        target.write_bytes(bad)
        with pytest.raises(LedgerFault):
            backup.restore(file_of(file_ledger), target, now=NOW)
        assert file_of(file_ledger).read_bytes() == live
    assert not (file_of(file_ledger).parent / "backups").exists()


def test_a_damaged_ledger_is_saved_as_it_is_and_restored(file_ledger: Ledger, tmp_path: Path) -> None:
    record.add(file_ledger, make.purchase(note="kept"), now=NOW)
    target, live = tmp_path / "copy.db", file_of(file_ledger)
    backup.backup(file_ledger, target, force=False, now=NOW)
    file_ledger.close()
    live.write_bytes(b"\x00garbage" * 5000)
    saved = backup.restore(live, target, now=NOW)
    assert saved is not None
    assert saved.read_bytes() == b"\x00garbage" * 5000
    ledger = open_ledger(live, now=NOW)
    assert [entry.note for entry in make.all_entries(ledger)] == ["kept"]
    ledger.close()


def test_restore_makes_a_ledger_where_there_is_none(file_ledger: Ledger, tmp_path: Path) -> None:
    target, fresh = tmp_path / "copy.db", tmp_path / "new" / "ledger.db"
    backup.backup(file_ledger, target, force=False, now=NOW)
    assert backup.restore(fresh, target, now=NOW) is None
    assert stat.S_IMODE(fresh.stat().st_mode) == 0o600
    open_ledger(fresh, now=NOW).close()


def test_the_automatic_backup_is_made_when_the_last_is_old(file_ledger: Ledger) -> None:
    assert backup.last_backup(file_ledger) is None
    first = backup.back_up_when_due(file_ledger, now=NOW)
    assert first is not None
    copies.check(first)
    assert backup.last_backup(file_ledger) == NOW.replace(microsecond=0)
    assert backup.back_up_when_due(file_ledger, now=NOW + timedelta(hours=3)) is None
    assert backup.back_up_when_due(file_ledger, now=NOW + timedelta(hours=21)) is not None


def test_a_failed_backup_leaves_the_older_ones_and_no_remains(
    file_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = backup.back_up_when_due(file_ledger, now=NOW)
    assert first is not None

    def full(_: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(copies, "_sync", full)
    with pytest.raises(LedgerFault) as fault:
        backup.back_up_when_due(file_ledger, now=NOW + timedelta(days=1))
    assert code(fault) == "disk_full"
    assert [path.name for path in first.parent.iterdir()] == [first.name]


def test_thinning_over_400_days_keeps_two_days_then_daily_weekly_monthly(tmp_path: Path) -> None:
    start = datetime(2025, 1, 1, 8, tzinfo=UTC)
    names: dict[str, datetime] = {}
    for day in range(400):
        for hour in (0, 6, 12):
            now = start + timedelta(days=day, hours=hour)
            path = tmp_path / f"auto-{now:%Y%m%dT%H%M%SZ}.db"
            path.touch()
            names[path.name] = now
            backup.thin(tmp_path, now=now)
    (tmp_path / "auto-mine.db").touch()
    backup.thin(tmp_path, now=now)
    left = sorted((names[path.name] for path in tmp_path.iterdir() if path.name in names), reverse=True)
    assert (tmp_path / "auto-mine.db").exists()
    recent = [at for at in left if at > now - timedelta(days=2)]
    assert len(recent) == 6, "all of two days"
    older = left[6:]
    assert len(older) == 12 + 10 + 9
    assert [at.date() for at in older[:12]] == [(now - timedelta(days=2 + back)).date() for back in range(12)]
    sundays = [at.date() for at in older[12:] if at.weekday() == 6][:10]
    assert [one - other for one, other in pairwise(sundays)] == [timedelta(days=7)] * 9
    month_ends = [at for at in older if (at + timedelta(days=1)).day == 1]
    assert now - month_ends[-1] > timedelta(days=300)
    assert all(one - other <= timedelta(days=31) for one, other in pairwise(month_ends))

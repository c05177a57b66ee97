"""Every file the program makes is 0600 and every folder 0700, whatever the umask says."""

from pathlib import Path

import pytest

from tests.faults.jobs import csv_text
from tests.faults.rig import Zygote, let_pass

UMASKS = (0o022, 0o000)


def modes(folder: Path) -> dict[str, str]:
    """Mode of everything below `folder`, by relative path."""
    return {str(path.relative_to(folder)): f"{path.stat().st_mode & 0o777:04o}" for path in sorted(folder.rglob("*"))}


def open_to_others(folder: Path) -> dict[str, str]:
    """What is not as private as it must be."""
    due = {str(path.relative_to(folder)): "0700" if path.is_dir() else "0600" for path in folder.rglob("*")}
    return {name: mode for name, mode in modes(folder).items() if mode != due[name]}


@pytest.mark.parametrize("umask", UMASKS, ids=oct)
def test_what_the_command_line_makes_is_private(zygote: Zygote, tmp_path: Path, umask: int) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text(csv_text(["p-0", "p-1", "p-2"]), encoding="utf-8", newline="")
    home = tmp_path / "made"
    home.mkdir(mode=0o700)
    data = home / "a" / "b" / "coinbudget.db"
    for arguments in (
        ["profile", "add", "Mia", "--region", "DE", "--currency", "EUR", "--time-zone", "Europe/Berlin"],
        ["limit", "add", "--measure", "money", "--period", "month", "--amount", "25"],
        ["add", "purchase", "--paid", "5.29", "--currency", "EUR", "--coins", "350"],
        ["import", str(rows)],
        ["export", "entries", "-o", str(home / "entries.csv")],
        ["export", "summary", "--form", "spreadsheet", "-o", str(home / "summary.csv")],
        ["backup", str(home / "backup.db")],
        ["restore", str(home / "backup.db")],
        ["status"],
        ["verify"],
    ):
        ran = zygote.command(data, *arguments, umask=umask)
        assert ran.status == 0, (arguments, ran)
        assert open_to_others(home) == {}, arguments
    assert any("backups" in name for name in modes(home)), "restore saved nothing first"


@pytest.mark.parametrize("umask", UMASKS, ids=oct)
def test_the_journal_of_a_killed_writer_is_private(zygote: Zygote, tmp_path: Path, umask: int) -> None:
    home = tmp_path / "made"
    home.mkdir(mode=0o700)
    data = home / "ledger" / "k.db"
    assert zygote.start("make", umask=umask, path=str(data), entries=4).end().status == 0
    seen = False
    for attempt in range(200):
        job = zygote.start(
            "churn", umask=umask, path=str(data), told=str(tmp_path / "told.txt"), seed=attempt, step="load", unsafe=[]
        )
        let_pass(0.01 + attempt % 40 / 1000)
        job.kill()
        job.end()
        assert open_to_others(home) == {}
        seen = seen or data.with_name("k.db-journal").exists()
        if seen:
            break
    assert seen, "no kill left a journal to look at"


def test_control_an_open_file_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "open.txt").write_text("x", encoding="utf-8")
    (tmp_path / "open.txt").chmod(0o644)
    assert open_to_others(tmp_path) == {"open.txt": "0644"}

"""The program as others start it: in its own process, with its own locale, pipes and modules."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from coinbudget import __version__
from tests.cli.conftest import ROOT, program

PROFILE = ("profile", "add", "J\u00fcrgen", "--region", "DE", "--currency", "EUR", "--time-zone", "Europe/Berlin")


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "new" / "folder" / "coinbudget.db"
    assert program(*PROFILE, data=path).returncode == 0
    return path


def one_line(err: bytes) -> str:
    text = err.decode("ascii")
    assert text.startswith("coinbudget: ")
    assert text.endswith("\n")
    assert text.count("\n") == 1
    assert "Traceback" not in text
    return text


@pytest.mark.parametrize("words", [["--version"], ["--help"], ["add", "purchase", "--help"], ["nonsense"]])
def test_version_help_and_wrong_words_import_neither_sqlmodel_nor_qt(words: list[str]) -> None:
    code = (
        "import sys\nfrom coinbudget.cli import main\n"
        f"status = main({words!r})\n"
        "heavy = {'sqlmodel', 'sqlalchemy', 'PySide6', 'matplotlib', 'numpy'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "sys.exit(status)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == (2 if words == ["nonsense"] else 0), done.stderr
    if words == ["--version"]:
        assert done.stdout == f"coinbudget {__version__}\n"


def test_errors_are_one_line_in_a_c_locale(ledger: Path) -> None:
    plain = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}
    done = program("status", "--profile", "Ren\u00e9e\nx\x1b[31m", data=ledger, env=plain)
    assert (done.returncode, done.stdout) == (2, b"")
    assert "\\x1b" in one_line(done.stderr)
    listed = program("profile", "list", data=ledger, env=plain)
    assert b"J\\xfcrgen" in listed.stdout.replace(b"\\u00fc", b"\\xfc")
    assert (
        json.loads(program("profile", "list", "--json", data=ledger, env=plain).stdout)["profiles"][0]["name"]
        == "J\u00fcrgen"
    )


def test_export_to_stdout_is_utf8_in_any_locale(ledger: Path) -> None:
    program("add", "gift", "Rose", "--creator", "\u540d\u524d", data=ledger)
    done = program("export", "entries", data=ledger, env={"LC_ALL": "C", "PYTHONIOENCODING": "ascii"})
    assert "\u540d\u524d" in done.stdout.decode("utf-8")
    assert done.stderr == b""


def test_a_refused_command_makes_no_file_and_no_folder(tmp_path: Path) -> None:
    data = tmp_path / "a" / "b.db"
    for words in (
        ("status",),
        ("add", "gift", "Rose", "--creator", "a"),
        ("profile", "add", "Mia", "--region", "XX", "--currency", "EUR", "--time-zone", "Europe/Berlin"),
        ("limit", "add", "--measure", "money", "--period", "day", "--amount", "5"),
        ("import", "none.csv"),
        ("verify",),
        ("backup", str(tmp_path / "copy.db")),
        ("restore", str(tmp_path / "none.db")),
        ("export", "entries", "-o", str(tmp_path / "out.csv")),
    ):
        done = program(*words, data=data)
        assert done.returncode == 2, words
        assert done.stdout == b""
        assert len(done.stderr.decode().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="modes of files are a matter of POSIX")
def test_files_and_folders_made_are_private(ledger: Path) -> None:
    assert ledger.stat().st_mode & 0o777 == 0o600
    assert ledger.parent.stat().st_mode & 0o777 == 0o700
    assert ledger.parent.parent.stat().st_mode & 0o777 == 0o700


def test_a_closed_pipe_is_quiet(ledger: Path, tmp_path: Path) -> None:
    rows = "".join(f"gift,2026-01-{day:02d},5,a\n" for day in range(1, 29)) * 1000
    (tmp_path / "in.csv").write_text("kind,at,coins,creator\n" + rows)
    assert program("import", str(tmp_path / "in.csv"), data=ledger).returncode == 0
    for words in (["export", "entries"], ["--help"], ["profile", "list"]):
        source, sink = os.pipe()
        os.close(source)
        done = program(*words, data=ledger, capture_output=False, stdout=sink, stderr=subprocess.PIPE)
        os.close(sink)
        assert done.stderr == b"", words


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_stdout_is_told(ledger: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = program("profile", "list", data=ledger, capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2
    one_line(done.stderr)


def test_data_names_the_file_before_and_after_the_command(ledger: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "none.db"
    for words in (("--data", str(ledger), "profile", "list"), ("profile", "list", "--data", str(ledger))):
        assert program(*words, data=elsewhere).returncode == 0
    assert program("profile", "list", data=elsewhere).returncode == 2


def test_a_read_only_command_changes_no_byte(ledger: Path) -> None:
    before = ledger.read_bytes()
    for words in (
        ("status",),
        ("verify",),
        ("export", "summary"),
        ("convert", "350"),
        ("what-if", "gift", "Rose", "--creator", "a"),
    ):
        assert program(*words, data=ledger).returncode == 0, words
    assert ledger.read_bytes() == before

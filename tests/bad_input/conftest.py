"""A ledger with one profile and one purchase, and a command that must be refused without a trace."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from coinbudget.cli import main

NOW = datetime(2026, 11, 22, 21, 30, tzinfo=UTC)

#: Carries out a command that must be refused; returns field and code of its first problem.
Refuse = Callable[..., tuple[str, str]]


@pytest.fixture
def at_now() -> Iterator[None]:
    """Sunday 22 November 2026, 22:30 in Berlin."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ledger(tmp_path: Path, at_now: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """The file of a ledger with Mia and a purchase of order GPA.1."""
    del at_now
    path = tmp_path / "private" / "coinbudget.db"
    monkeypatch.setenv("COINBUDGET_DATA", str(path))
    monkeypatch.chdir(tmp_path)
    assert main(["profile", "add", "Mia", "--region", "DE", "--currency", "EUR", "--time-zone", "Europe/Berlin"]) == 0
    bought = ["add", "purchase", "--paid", "5.29", "--currency", "EUR", "--coins", "350", "--order-ref", "GPA.1"]
    assert main([*bought, "--at", "2026-11-01"]) == 0
    assert main(["limit", "add", "--measure", "money", "--period", "month", "--amount", "25"]) == 0
    capsys.readouterr()
    return path


@pytest.fixture
def refuse(ledger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Refuse:
    """Runs a command twice, for a script and for a person, and holds what every refusal promises."""

    def call(*words: str) -> tuple[str, str]:
        before = ledger.read_bytes()
        files = sorted(tmp_path.rglob("*"))
        assert main([*words, "--json"]) == 2
        scripted = capsys.readouterr()
        assert main(words) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err == scripted.err
        assert said.err.startswith("coinbudget: ")
        assert said.err.count("\n") == 1
        assert len(said.err) < 500
        assert said.err[:-1].isprintable()
        assert "Traceback" not in said.err
        assert "{" not in said.err
        assert ledger.read_bytes() == before
        assert sorted(tmp_path.rglob("*")) == files
        first = json.loads(scripted.out)["problems"][0]
        return first["field"], first["code"]

    return call

"""The command line as a test calls it: in this process for speed, with its own clock; and as a program."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from coinbudget.cli import main

NOW = datetime(2026, 11, 22, 21, 30, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Said:
    """What a command said and how it ended."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Its JSON."""
        return json.loads(self.out)


Run = Callable[..., Said]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the ledger lies; it is not there yet."""
    path = tmp_path / "private" / "coinbudget.db"
    monkeypatch.setenv("COINBUDGET_DATA", str(path))
    return path


@pytest.fixture
def run(data: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """A command in this process."""
    del data

    def call(*words: str) -> Said:
        capsys.readouterr()
        status = main(words)
        said = capsys.readouterr()
        return Said(status, said.out, said.err)

    return call


@pytest.fixture
def mia(run: Run) -> Run:
    """The same, with a ledger that has the profile Mia."""
    done = run("profile", "add", "Mia", "--region", "DE", "--currency", "EUR", "--time-zone", "Europe/Berlin")
    assert done.status == 0, done.err
    return run


def program(
    *words: str, data: Path, env: dict[str, str] | None = None, **options: Any
) -> subprocess.CompletedProcess[bytes]:
    """A command as a program of its own."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    environment = kept | {"COINBUDGET_DATA": str(data), "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"} | (env or {})
    options.setdefault("capture_output", True)
    return subprocess.run([sys.executable, "-m", "coinbudget", *words], env=environment, check=False, **options)

"""Fixtures of all tests: a fixed clock and ledgers with one profile, on real SQLite."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coinbudget.services.household import add_profile
from coinbudget.services.ledger import Ledger, open_ledger

#: A Sunday evening; 22:30 in Berlin.
NOW = datetime(2026, 11, 22, 21, 30, tzinfo=UTC)


def _with_mia(ledger: Ledger) -> Ledger:
    add_profile(ledger, name="Mia", region="DE", currency="EUR", zone="Europe/Berlin", now=NOW)
    return ledger


@pytest.fixture
def now() -> datetime:
    """The clock of all tests."""
    return NOW


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    """A ledger in memory with the profile Mia (Germany, EUR, Europe/Berlin)."""
    opened = _with_mia(open_ledger(None, now=NOW, create=True))
    yield opened
    opened.close()


@pytest.fixture
def file_ledger(tmp_path: Path) -> Iterator[Ledger]:
    """The same in a file."""
    opened = _with_mia(open_ledger(tmp_path / "data" / "coinbudget.db", now=NOW, create=True))
    yield opened
    opened.close()

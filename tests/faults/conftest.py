"""Fixtures of the fault harnesses: one warmed program for the session and one ledger to copy from."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.rig import Zygote, lacking


@pytest.fixture(scope="session")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    """The warmed program that forks."""
    if reason := lacking():
        pytest.skip(reason)
    with Zygote(tmp_path_factory.mktemp("zygote")) as warmed:
        yield warmed


@pytest.fixture(scope="session")
def template(zygote: Zygote, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed ledger with tagged entries; copy it, never write to it."""
    return zygote.make(tmp_path_factory.mktemp("template") / "template.db")

"""Every row of the table is there, runs, and measures what it says, at a size that takes seconds."""

from pathlib import Path

import pytest

from tests.bench.__main__ import WORK, main
from tests.bench.bench import Bench
from tests.bench.ledger_rows import ABSENT, AT_A_MILLION, NOISE

PROMISED = {
    "monthly spend per profile",
    "import with duplicate check",
    "import of each source",
    "export",
    "start",
    "ledger table",
    "import in the window",
    "chart redraw after one entry",
    "log one entry + every limit",
    "true cost of every gift",
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("bench"), 2000, small=200, rounds=1)


def test_the_table_has_a_row_for_every_promise() -> None:
    assert set(WORK) == PROMISED


@pytest.mark.parametrize("work", WORK)
def test_a_row_measures_all_it_names(bench: Bench, work: str) -> None:
    figures = list(WORK[work](bench))
    assert figures
    for figure in figures:
        assert figure.work == work
        assert figure.why in {ABSENT, AT_A_MILLION, NOISE} or figure.value is not None, figure
        assert figure.ours is None or figure.ours > 0, figure


def test_the_command_prints_one_table_and_ends_well(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    del tmp_path
    assert main(["--rows", "2000", "--rounds", "1", "--only", "true cost"]) == 0
    shown = capsys.readouterr().out
    assert "2,000 entries" in shown
    assert "one bare numpy pass" in shown
    assert "goals met" in shown

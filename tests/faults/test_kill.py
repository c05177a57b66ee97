"""kill -9 at random moments while entries are added, amended, voided and imported: a saved entry survives a crash."""

import random
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.rig import State, Zygote, await_lines, copy_ledger, let_pass, told

STEPS = ("add", "amend", "void", "load")
#: Kills on one file before the next copy: enough that crashed files are written on, few enough to stay small.
KILLS_A_FILE = 20
LONGEST = 0.03
#: Nothing to roll back with, and pages written out long before the commit.
UNSAFE = ("PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF", "PRAGMA cache_size=2")


@dataclass(slots=True)
class Toll:
    """What the kills did. `open_journals` are kills that met a half-written file: the ones that count."""

    acknowledged: int = 0
    open_journals: int = 0
    lost: int = 0
    half: int = 0
    corrupt: int = 0

    @property
    def harmed(self) -> int:
        return self.lost + self.half + self.corrupt


def _judge(
    toll: Toll,
    found: State,
    acknowledged: State,
    begun: State,
) -> None:
    if any(found.get(tag) not in {state, begun.get(tag)} for tag, state in acknowledged.items()):
        toll.lost += 1
    elif found not in (acknowledged, acknowledged | begun):
        toll.half += 1


def killed(
    zygote: Zygote,
    template: Path,
    folder: Path,
    kills: int,
    *,
    seed: int,
    steps: tuple[str, ...] = STEPS,
    unsafe: tuple[str, ...] = (),
) -> Toll:
    """Kill `kills` writers and compare each file with what was acknowledged."""
    rng = random.Random(seed)
    toll = Toll()
    ledger, lines = folder / "ledger" / "k.db", folder / "told.txt"
    expected: State = {}
    for number in range(kills):
        if number % KILLS_A_FILE == 0:
            copy_ledger(template, ledger)
            _, expected = zygote.inspect(ledger)
        lines.unlink(missing_ok=True)
        step = steps[number % len(steps)]
        job = zygote.start("churn", path=str(ledger), told=str(lines), seed=seed + number, step=step, unsafe=unsafe)
        # None: the kill may fall while the ledger is opened, which after a crash rolls back what was left.
        await_lines(lines, rng.randrange(6))
        let_pass(rng.uniform(0, LONGEST))
        job.kill()
        ran = job.end()
        assert ran.status == -9, f"the writer ended by itself: {ran.status} {ran.err}"
        toll.open_journals += ledger.with_name(ledger.name + "-journal").exists()
        acknowledged, begun = told(lines)
        toll.acknowledged += len(acknowledged)
        problems, found = zygote.inspect(ledger, read_only=number % 2 == 1)
        if problems:
            toll.corrupt += 1
            copy_ledger(template, ledger)
            _, expected = zygote.inspect(ledger)
            continue
        _judge(toll, found, expected | acknowledged, begun)
        expected = found
    print(toll)  # noqa: T201 - shown where the test fails or pytest runs with -s
    return toll


@pytest.mark.timeout(900)
def test_500_kills_lose_nothing_and_leave_nothing_half(zygote: Zygote, template: Path, tmp_path: Path) -> None:
    toll = killed(zygote, template, tmp_path, 500, seed=1)
    assert toll.harmed == 0, toll
    # Else the kills fell beside the writes and proved nothing.
    assert toll.acknowledged > 250, toll
    assert toll.open_journals > 25, toll


def test_a_kill_while_the_ledger_is_made_leaves_nothing_that_stops_the_next_start(
    zygote: Zygote, tmp_path: Path
) -> None:
    rng = random.Random(4)
    journals = 0
    for number in range(40):
        ledger = tmp_path / f"n{number}" / "new.db"
        job = zygote.start("make", path=str(ledger), entries=0)
        let_pass(rng.uniform(0.001, 0.03))
        job.kill()
        job.end()
        journals += ledger.with_name("new.db-journal").exists()
        arguments = ("profile", "add", "Leo", "--region", "DE", "--currency", "EUR", "--time-zone", "Europe/Berlin")
        ran = zygote.command(ledger, *arguments)
        assert ran.status == 0, (number, ran)
        assert zygote.inspect(ledger)[0] == []
    assert journals > 2, "the kills came too early or too late"


@pytest.mark.timeout(300)
def test_control_without_a_journal_kills_do_harm(zygote: Zygote, template: Path, tmp_path: Path) -> None:
    assert killed(zygote, template, tmp_path, 60, seed=2, steps=("load",), unsafe=UNSAFE).harmed > 0


@pytest.mark.release
@pytest.mark.timeout(0)
def test_10000_kills_lose_nothing_and_leave_nothing_half(zygote: Zygote, template: Path, tmp_path: Path) -> None:
    toll = killed(zygote, template, tmp_path, 10_000, seed=3)
    assert toll.harmed == 0, toll

"""The Nth write, sync, truncate, rename, unlink or open fails, for every N: nothing lost, the cause told, no "saved".

strace attaches to a forked child of the warmed program before its first step, so that only the calls of the command
itself are counted. A first run without faults counts them; then each is made to fail once (`when=N`) and from there
on (`when=N+`).
"""

import json
import os
import re
import shutil
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.faults.jobs import csv_text, orders_text, write_steps
from tests.faults.rig import CAUSES, PATIENCE, Job, Ran, Zygote, copy_ledger, lacking, sha256

#: What can fail, and with which errors. A leading ? lets strace pass over what this machine's kernel does not have.
FAULTS = {
    "pwrite64": ("ENOSPC", "EIO"),
    "write": ("ENOSPC", "EIO"),
    "fsync": ("EIO",),
    "fdatasync": ("EIO",),
    "ftruncate": ("EIO",),
    "unlink": ("EIO",),
    "rename": ("EIO", "ENOSPC"),
    "openat": ("EIO", "ENOSPC"),
}
WATCHED = ",".join(f"?{call}" for call in FAULTS)
_CALL = re.compile(r"^\d+ +(\w+)\(")
#: Writes to stdout and stderr are answers; whether they arrive is not what is promised here.
_ANSWER = re.compile(r"^\d+ +write\([12],.*INJECTED", re.MULTILINE)
_NOT_OPENED = re.compile("could not be (opened|read|created|written)|may only be read|could not be brought up")


@dataclass(frozen=True, slots=True)
class Scene:
    """One command on a ledger: how to lay it out, what to run, and what to look at afterwards."""

    name: str
    arguments: Callable[["Stage"], list[str]]
    #: What the command changes; None: the ledger itself.
    product: Callable[["Stage"], Path] | None = None
    fresh: bool = False
    job: str = "command"
    #: What the job is given in place of a command line.
    given: Callable[["Stage"], dict[str, str]] | None = None
    #: Whether the program of today opens what the command leaves.
    opens: bool = True


@dataclass(slots=True)
class Stage:
    """A folder with a ledger in it, laid out again before every run."""

    folder: Path
    template: Path
    other: Path
    ledger: Path = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = self.folder / "home" / "s.db"

    def lay_out(self, scene: Scene) -> None:
        shutil.rmtree(self.folder / "home", ignore_errors=True)
        (self.folder / "home").mkdir(mode=0o700)
        if not scene.fresh:
            copy_ledger(self.template, self.ledger)
        copy_ledger(self.other, self.folder / "home" / "in" / "backup.db")
        (self.folder / "home" / "rows.csv").write_text(
            csv_text([f"r-{n}" for n in range(20)]), encoding="utf-8", newline=""
        )
        orders = orders_text(["base-0", "base-4", "base-8"])
        (self.folder / "home" / "orders.json").write_text(orders, encoding="utf-8")
        write_steps(self.folder / "home" / "steps")
        out = self.folder / "home" / "out.csv"
        out.write_text("what was there before\n", encoding="utf-8")


def entries_of(path: Path) -> list[tuple[object, ...]] | None:
    """The entries of a ledger without what differs from run to run; None where there is no ledger."""
    if not path.exists() or not path.stat().st_size:
        return None
    with closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True)) as connection:
        (sound,) = connection.execute("PRAGMA integrity_check").fetchone()
        schema = connection.execute("SELECT version_num FROM alembic_version").fetchall()
        profiles = connection.execute("SELECT name FROM profile ORDER BY name").fetchall()
        rows = connection.execute(
            "SELECT note, kind, coins, paid_minor, converted_minor, voided_at IS NULL, order_ref FROM entry"
            " ORDER BY note, order_ref"
        ).fetchall()
        # What an import knows its rows again by, and what it filled in and would take out again.
        known = connection.execute("SELECT (SELECT count(*) FROM origin), (SELECT count(*) FROM filled)").fetchall()
    return [(sound,), *schema, *profiles, *known, *rows]


SCENES = [
    Scene(
        "add",
        lambda _stage: [
            "add", "purchase", "--paid", "5.29", "--currency", "EUR", "--at", "2024-05-01T20:00:00+02:00",
            "--coins", "350", "--note", "swept-0/0",
        ],
    ),
    Scene("import", lambda stage: ["import", str(stage.folder / "home" / "rows.csv")]),
    Scene("import with pairs", lambda stage: ["import", str(stage.folder / "home" / "orders.json")]),
    Scene(
        "create",
        lambda _stage: [
            "profile", "add", "Mia", "--region", "DE", "--currency", "EUR", "--time-zone", "Europe/Berlin",
        ],
        fresh=True,
    ),
    Scene(
        "backup",
        lambda stage: ["backup", str(stage.folder / "home" / "kept" / "b.db")],
        product=lambda stage: stage.folder / "home" / "kept" / "b.db",
    ),
    Scene("restore", lambda stage: ["restore", str(stage.folder / "home" / "in" / "backup.db")]),
    Scene(
        "migrate",
        lambda _stage: [],
        job="migrate",
        given=lambda stage: {"path": str(stage.ledger), "versions": str(stage.folder / "home" / "steps")},
        opens=False,
    ),
    Scene(
        "export",
        lambda stage: ["export", "entries", "-o", str(stage.folder / "home" / "out.csv")],
        product=lambda stage: stage.folder / "home" / "out.csv",
    ),
]  # fmt: skip


def traced(zygote: Zygote, stage: Stage, scene: Scene, *, inject: str = "") -> tuple[Ran, str]:
    """Run the scene's command under strace, with a fault where `inject` says so; what it did and the trace."""
    gate, trace = stage.folder / "gate", stage.folder / "trace.txt"
    gate.unlink(missing_ok=True)
    os.mkfifo(gate)
    command = {"arguments": ["--data", str(stage.ledger), *scene.arguments(stage)]}
    job: Job = zygote.start(scene.job, gate=gate, **(scene.given(stage) if scene.given else command))
    arguments = ["strace", "-f", "-p", str(job.pid), "-o", str(trace), "-e", f"trace={WATCHED}"]
    tracer = subprocess.Popen(
        [*arguments, *(["-e", f"inject={inject}"] if inject else [])], stderr=subprocess.PIPE, text=True
    )
    with tracer:
        assert tracer.stderr is not None
        said = tracer.stderr.readline()
        opened = os.open(gate, os.O_RDWR)
        os.write(opened, b".")
        if "attached" not in said:
            job.end()
            os.close(opened)
            pytest.skip(f"strace may not attach here: {said.strip()}")
        ran = job.end()
        os.close(opened)
        tracer.communicate(timeout=PATIENCE)
    return ran, trace.read_text(encoding="utf-8", errors="replace")


def counts(trace: str) -> Counter[str]:
    """How often each watched call was made."""
    return Counter(found[1] for line in trace.splitlines() if (found := _CALL.match(line)))


def _nothing_in(left: object) -> bool:
    """A new ledger without a profile: as good as none, the next start goes on with it."""
    return isinstance(left, list) and len(left) == len(("sound", "schema", "known"))


@dataclass(slots=True)
class Sweep:
    """All faults of one scene."""

    zygote: Zygote
    stage: Stage
    scene: Scene
    before: object = None
    after: object = None
    faults: int = 0
    told_yet_there: int = 0
    wrong: list[str] = field(default_factory=list)

    def look(self) -> object:
        """What the scene's product is now: the entries of a ledger, or the digest of a file."""
        if self.scene.product is None:
            return entries_of(self.stage.ledger)
        path = self.scene.product(self.stage)
        if path.suffix == ".csv":
            return sha256(path) if path.exists() else None
        return entries_of(path) if path.exists() else None

    def measure(self) -> Counter[str]:
        """Run once without faults."""
        self.stage.lay_out(self.scene)
        self.before = self.look()
        ran, trace = traced(self.zygote, self.stage, self.scene)
        assert ran.status == 0, ran.err
        self.after = self.look()
        assert self.after != self.before, "the command changed nothing, so that nothing could be lost"
        return counts(trace)

    def plans(self, counted: Counter[str], *, every: bool) -> Iterator[tuple[str, str]]:
        """(call and error and when, error) of every fault; the persistent form of a later call is thinned in CI."""
        for call, errors in FAULTS.items():
            for number in range(1, counted[call] + 1):
                for place, error in enumerate(errors):
                    if every or (number + place) % len(errors) == 0 or number <= 3:
                        yield f"{call}:error={error}:when={number}", error
                    if every or (number <= 4 and place == 0):
                        yield f"{call}:error={error}:when={number}+", error

    def fail(self, inject: str, error: str) -> None:
        """Run once with one fault and judge what is left."""
        self.stage.lay_out(self.scene)
        ran, trace = traced(self.zygote, self.stage, self.scene, inject=inject)
        if "INJECTED" not in trace:
            return
        self.faults += 1
        self._judge(inject, error, ran, answered=not _ANSWER.search(trace))

    @staticmethod
    def _names(said: str, inject: str, error: str) -> bool:
        """Whether the true cause is named; of a file that cannot be opened SQLite does not hand on why."""
        return bool(CAUSES[error].search(said) or (inject.startswith("openat") and _NOT_OPENED.search(said)))

    def _judge(self, inject: str, error: str, ran: Ran, *, answered: bool) -> None:
        def blame(what: str) -> None:
            self.wrong.append(f"{self.scene.name} {inject}: {what}; exit {ran.status}, stderr {ran.err[-300:]!r}")

        if ran.crashed and (answered or ran.status is None or ran.status < 0):
            blame("crashed")
        elif ran.status != 0 and answered and not (ran.refused_plainly and self._names(ran.err, inject, error)):
            blame("the cause is not told in one plain line")
        ledger = self.stage.ledger
        if self.scene.opens and ledger.exists() and ledger.stat().st_size:
            problems, _ = self.zygote.inspect(self.stage.ledger)
            # A ledger whose making was rolled back is an empty file, from which the next start begins.
            if problems and ledger.stat().st_size:
                blame(f"the ledger is harmed: {problems}")
                return
        left = self.look()
        if ran.status == 0 and left != self.after:
            blame("done was said, and it is not there")
        elif left not in (self.before, self.after) and not (self.scene.fresh and _nothing_in(left)):
            blame("neither the old nor the new state")
        elif ran.status not in {0, None} and left == self.after:
            self.told_yet_there += 1


def _sweep(zygote: Zygote, template: Path, folder: Path, scene: Scene, *, every: bool) -> Sweep:
    if reason := lacking("strace"):
        pytest.skip(reason)
    other = zygote.make(folder / "other" / "other.db", 3)
    sweep = Sweep(zygote, Stage(folder, template, other), scene)
    counted = sweep.measure()
    for inject, error in sweep.plans(counted, every=every):
        sweep.fail(inject, error)
    # Shown where the test fails or pytest runs with -s.
    print(json.dumps({scene.name: counted, "faults": sweep.faults, "told, yet there": sweep.told_yet_there}))  # noqa: T201
    return sweep


@pytest.mark.timeout(600)
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_failing_call_is_told_and_undoes_cleanly(
    zygote: Zygote, template: Path, tmp_path: Path, scene: Scene
) -> None:
    sweep = _sweep(zygote, template, tmp_path, scene, every=False)
    assert sweep.faults > 0
    assert not sweep.wrong, "\n".join(sweep.wrong)


@pytest.mark.timeout(300)
def test_control_a_program_that_swallows_errors_is_found_out(zygote: Zygote, template: Path, tmp_path: Path) -> None:
    sweep = _sweep(zygote, template, tmp_path, replace(SCENES[0], job="careless_command"), every=False)
    assert any("done was said" in wrong for wrong in sweep.wrong), sweep.wrong


@pytest.mark.release
@pytest.mark.timeout(0)
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_every_failing_call_is_told_and_undoes_cleanly(
    zygote: Zygote, template: Path, tmp_path: Path, scene: Scene
) -> None:
    sweep = _sweep(zygote, template, tmp_path, scene, every=True)
    assert not sweep.wrong, "\n".join(sweep.wrong)

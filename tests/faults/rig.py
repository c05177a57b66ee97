"""Handles of the fault harnesses: the zygote that forks the program, what a run left, and what a machine lacks."""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parents[2]
PATIENCE = 20.0
#: mkfs and its kind stand where only root looks.
_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"

#: One line of a told cause, by the error that was injected.
CAUSES = {
    "ENOSPC": re.compile(r"full|no space|space left", re.IGNORECASE),
    "EIO": re.compile(r"input/output|i/o error|could not (be )?(read|writ|sav|open|replac|remov)|disk", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What one run of the program left behind. `status` is -signal, or None where it had to be killed for hanging."""

    status: int | None
    out: str
    err: str

    @property
    def crashed(self) -> bool:
        """A traceback, a signal or a hang."""
        return self.status not in {0, 1, 2} or "Traceback" in self.err + self.out

    @property
    def refused_plainly(self) -> bool:
        """Exit status 2, one line on stderr and nothing else there."""
        return self.status == 2 and self.err.count("\n") == 1 and self.err.strip() != ""


@dataclass(slots=True)
class Job:
    """A forked child that is running."""

    zygote: "Zygote"
    pid: int
    out: Path
    err: Path

    def kill(self) -> None:
        """SIGKILL: no handler, no cleaning up."""
        os.kill(self.pid, signal.SIGKILL)

    def end(self, seconds: float = PATIENCE) -> Ran:
        """Wait for its end; kill it where it takes longer."""
        status = self.zygote.ask(do="wait", pid=self.pid, seconds=seconds)["status"]
        if status is None:
            self.kill()
            self.zygote.ask(do="wait", pid=self.pid, seconds=PATIENCE)
        out, err = (path.read_text(encoding="utf-8", errors="replace") for path in (self.out, self.err))
        return Ran(status=status, out=out, err=err)


@dataclass(slots=True)
class Zygote:
    """The warmed process (`tests.faults.zygote`)."""

    folder: Path
    process: subprocess.Popen[str] = field(init=False)

    def __enter__(self) -> Self:
        environment = dict(os.environ) | {
            "OPENBLAS_NUM_THREADS": "1",  # a fork copies one thread alone
            "HOME": str(self.folder),
            "XDG_DATA_HOME": str(self.folder / "data"),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
        }
        environment.pop("COINBUDGET_DATA", None)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.zygote"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        try:
            self._read()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.communicate(timeout=PATIENCE)

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError("the zygote ended; its stderr says why")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def ask(self, **order: Any) -> dict[str, Any]:
        """Send one order and read its answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return self._read()

    def start(self, job: str, *, gate: Path | None = None, umask: int = 0o022, **given: Any) -> Job:
        """Fork a child that does `job`."""
        out, err = self.folder / "out.txt", self.folder / "err.txt"
        pid = self.ask(do="start", job=job, given=given, out=str(out), err=str(err), gate=str(gate or ""), umask=umask)[
            "pid"
        ]
        return Job(self, pid, out, err)

    def run(self, job: str, **given: Any) -> Ran:
        """Fork a child and wait for its end."""
        return self.start(job, **given).end()

    def command(self, data: Path, *arguments: str, umask: int = 0o022) -> Ran:
        """Run the command line on the ledger file `data`."""
        return self.start("command", umask=umask, arguments=["--data", str(data), *arguments]).end()

    def make(self, path: Path, entries: int = 12) -> Path:
        """A new ledger at `path` with tagged entries."""
        ran = self.run("make", path=str(path), entries=entries)
        assert ran.status == 0, ran.err
        return path

    def inspect(self, path: Path, *, read_only: bool = False) -> tuple[list[str], "State"]:
        """What `verify` finds, and every tagged entry; a ledger that does not open is a problem."""
        answer = self.folder / "answer.json"
        answer.unlink(missing_ok=True)
        ran = self.run("inspect", path=str(path), answer=str(answer), read_only=read_only)
        if ran.status != 0:
            return [f"does not open: {ran.status} {ran.err[-400:]}"], {}
        read = json.loads(answer.read_text(encoding="utf-8"))
        return read["problems"], {tag: (version, voided) for tag, (_, version, voided) in read["state"].items()}


State = dict[str, tuple[int, bool]]


def changes_told(lines: bytes) -> list[tuple[str, State]]:
    """What a churn told, in order: ("try" or "done", version and voided by tag)."""
    read = [json.loads(line) for line in lines.split(b"\n")[:-1]]
    return [(word, {tag: (version, voided) for tag, (version, voided) in change.items()}) for word, change in read]


def told(path: Path) -> tuple[State, State]:
    """Of a churn's lines: what was acknowledged, and what was begun last and not acknowledged."""
    acknowledged: State = {}
    begun: State = {}
    for word, change in changes_told(path.read_bytes() if path.exists() else b""):
        if word == "done":
            acknowledged |= change
        begun = change if word == "try" else {}
    return acknowledged, begun


def sha256(path: Path) -> str:
    """Digest of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def lacking(*tools: str, root: bool = False) -> str:
    """Why this machine cannot run a harness, or ""."""
    if not sys.platform.startswith("linux"):
        return "needs Linux"
    missing = [
        tool for tool in tools if shutil.which(tool, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") is None
    ]
    if missing:
        return f"needs {', '.join(missing)}"
    if root and os.geteuid() != 0:
        return "needs root, to mount a file system of its own"
    return ""


def call(arguments: Sequence[str | Path]) -> None:
    """Run a tool that must succeed."""
    subprocess.run(
        [str(argument) for argument in arguments],
        check=True,
        capture_output=True,
        env=dict(os.environ) | {"PATH": _PATH},
    )


def copy_ledger(template: Path, target: Path) -> Path:
    """A private copy of a closed ledger file, in a folder of its own."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(f"{target.name}*"):
        left.unlink()
    shutil.copyfile(template, target)
    target.chmod(0o600)
    return target


def let_pass(seconds: float) -> None:
    """Let a random moment come: the delay is what these harnesses are about, not a wait for something to be ready."""
    time.sleep(seconds)


def await_lines(lines: Path, count: int) -> None:
    """Wait until a churn has told `count` lines, so that a slow machine sees as many writes as a fast one."""
    end = time.monotonic() + PATIENCE
    while count and time.monotonic() < end:
        if lines.exists() and lines.read_bytes().count(b"\n") >= count:
            return
        time.sleep(0.001)

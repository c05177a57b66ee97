"""What the rows of the table share: the files they measure on, and children whose memory is theirs alone."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from coinbudget.services import household, limits, transfer
from coinbudget.services.ledger import open_ledger
from tests.bench import workload

ROOT = Path(__file__).parents[2]
LIMITS = (("money", "month", "40"), ("money", "week", "12"), ("money", "7d", "12"), ("coins", "day", "500"))


@dataclass(slots=True)
class Bench:
    """One run: `rows` in the large ledger, `small` in the one it is compared with."""

    folder: Path
    rows: int
    small: int = 1000
    rounds: int = 5
    _made: dict[str, Path] = field(default_factory=dict)

    def _once(self, name: str, make: Callable[[Path], object]) -> Path:
        if name not in self._made:
            path = self.folder / name
            make(path)
            self._made[name] = path
        return self._made[name]

    def csv(self, rows: int) -> Path:
        """The workload as a file."""
        return self._once(f"{rows}.csv", lambda path: workload.write_csv(path, rows))

    def empty(self) -> Path:
        """A ledger with the five profiles and nothing else; copy it, never write to it."""

        def make(path: Path) -> None:
            ledger = open_ledger(path, now=workload.NOW, create=True)
            for name in workload.PROFILES:
                household.add_profile(
                    ledger, name=name, region="DE", currency="EUR", zone="Europe/Berlin", now=workload.FIRST
                )
            ledger.close()

        return self._once("empty.db", make)

    def ledger(self, rows: int) -> Path:
        """A ledger with `rows` entries and limits for everyone; copy it before writing to it."""

        def make(path: Path) -> None:
            shutil.copyfile(self.empty(), path)
            ledger = open_ledger(path, now=workload.NOW)
            transfer.import_file(ledger, self.csv(rows), now=workload.NOW)
            for profile in household.profiles(ledger):
                for measure, period, amount in LIMITS:
                    limits.add(
                        ledger, profile_id=profile.id, measure=measure, period=period, amount_text=amount,
                        now=workload.NOW,
                    )  # fmt: skip
            ledger.close()

        return self._once(f"{rows}.db", make)

    def copy(self, path: Path, name: str) -> Path:
        """A private copy to write to."""
        return Path(shutil.copyfile(path, self.folder / name))

    def child(self, job: str, *, module: str = "tests.bench.child", **given: Any) -> dict[str, float]:
        """Run a job of `module` in a process of its own: what it measured, such as seconds and its peak in MiB."""
        ran = subprocess.run(
            [sys.executable, "-m", module, job, json.dumps(given, default=str)],
            cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False, env=self.environment(),
        )  # fmt: skip
        if ran.returncode:
            raise RuntimeError(f"{job} failed: {ran.stderr[-2000:]}")
        answer: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
        return answer

    def command(self, data: Path, *arguments: str) -> float:
        """Seconds of one command line, from start to end."""
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "coinbudget", "--data", str(data), *arguments],
            cwd=ROOT, stdout=subprocess.DEVNULL, check=True, env=self.environment(),
        )  # fmt: skip
        return time.perf_counter() - start

    def environment(self) -> dict[str, str]:
        """No display, and nothing of the person who runs this."""
        return dict(os.environ) | {
            "QT_QPA_PLATFORM": "offscreen",
            "HOME": str(self.folder),
            # Fresh each time: the window remembers the page it was closed on.
            "XDG_CONFIG_HOME": mkdtemp(dir=self.folder),
            "XDG_DATA_HOME": str(self.folder / "data"),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
        }

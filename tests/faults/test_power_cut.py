"""Power cuts: ext4 on a loop file, forced down at once while a writer commits, then mounted again.

The ioctl is EXT4_IOC_SHUTDOWN with NOLOGFLUSH (linux/fs/ext4): from that moment on nothing reaches the disk, the
journal of the file system included. Only commits acknowledged before it count.
"""

import fcntl
import os
import random
import shutil
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from subprocess import CalledProcessError

import pytest

from tests.faults.rig import State, Zygote, await_lines, call, changes_told, copy_ledger, lacking, let_pass, told

_SHUTDOWN = 0x8004587D
_WITHOUT_LOG_FLUSH = struct.pack("I", 2)
STEPS = ("add", "amend", "void", "load")
CUTS_A_FILE = 10
LONGEST = 0.03
UNSAFE = ("PRAGMA synchronous=OFF",)


@dataclass(slots=True)
class Toll:
    """What the cuts did."""

    acknowledged: int = 0
    lost: int = 0
    corrupt: int = 0

    @property
    def harmed(self) -> int:
        return self.lost + self.corrupt


@dataclass(slots=True)
class Disk:
    """A small ext4 file system in a file."""

    image: Path
    mounted_at: Path

    def mount(self) -> None:
        call(["mount", "-o", "loop", self.image, self.mounted_at])

    def unmount(self) -> None:
        call(["umount", self.mounted_at])

    def cut(self) -> None:
        handle = os.open(self.mounted_at, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.ioctl(handle, _SHUTDOWN, _WITHOUT_LOG_FLUSH)
        finally:
            os.close(handle)


@contextmanager
def disk(folder: Path) -> Iterator[Disk]:
    """A fresh disk, unmounted in the end; skips where this machine cannot have one."""
    if reason := lacking("mkfs.ext4", "mount", "umount", "losetup", root=True):
        pytest.skip(reason)
    made = Disk(folder / "disk.img", folder / "disk")
    made.mounted_at.mkdir()
    with made.image.open("wb") as image:
        image.truncate(48 * 1024 * 1024)
    try:
        call(["mkfs.ext4", "-q", "-F", made.image])
        made.mount()
    except CalledProcessError as error:
        pytest.skip(f"no loop device to be had here: {error.stderr.decode(errors='replace').strip()}")
    try:
        yield made
    finally:
        with suppress(CalledProcessError):
            made.unmount()


def cuts(zygote: Zygote, template: Path, folder: Path, count: int, *, seed: int, unsafe: tuple[str, ...] = ()) -> Toll:
    """Cut the power `count` times and compare each file with what was acknowledged before."""
    rng = random.Random(seed)
    toll = Toll()
    lines = folder / "told.txt"
    with disk(folder) as loop:
        ledger = loop.mounted_at / "ledger" / "p.db"
        expected: State = {}
        for number in range(count):
            if number % CUTS_A_FILE == 0:
                shutil.rmtree(ledger.parent, ignore_errors=True)
                copy_ledger(template, ledger)
                _, expected = zygote.inspect(ledger)
                os.sync()
            lines.unlink(missing_ok=True)
            step = STEPS[number % len(STEPS)]
            job = zygote.start("churn", path=str(ledger), told=str(lines), seed=seed + number, step=step, unsafe=unsafe)
            await_lines(lines, rng.randrange(1, 8))
            let_pass(rng.uniform(0, LONGEST))
            counted = lines.read_bytes() if lines.exists() else b""
            loop.cut()
            job.kill()
            job.end()
            # What was told between the count and the end may or may not have reached the disk.
            later = changes_told(lines.read_bytes())[len(changes_told(counted)) :] if lines.exists() else []
            lines.write_bytes(counted)
            acknowledged, begun = told(lines)
            maybe = [begun, *(change for _, change in later)]
            toll.acknowledged += len(acknowledged)
            loop.unmount()
            loop.mount()
            problems, found = zygote.inspect(ledger)
            if problems:
                toll.corrupt += 1
                shutil.rmtree(ledger.parent, ignore_errors=True)
                copy_ledger(template, ledger)
                _, expected = zygote.inspect(ledger)
                os.sync()
                continue
            due = expected | acknowledged
            toll.lost += any(
                found.get(tag) not in [state, *(change.get(tag) for change in maybe if tag in change)]
                for tag, state in due.items()
            )
            expected = found
            os.sync()
    print(toll)  # noqa: T201 - shown where the test fails or pytest runs with -s
    return toll


@pytest.mark.timeout(600)
def test_50_power_cuts_lose_no_acknowledged_entry(zygote: Zygote, template: Path, tmp_path: Path) -> None:
    toll = cuts(zygote, template, tmp_path, 50, seed=1)
    assert toll.harmed == 0, toll
    assert toll.acknowledged > 50, toll


@pytest.mark.timeout(300)
def test_control_with_synchronous_off_power_cuts_lose_entries(zygote: Zygote, template: Path, tmp_path: Path) -> None:
    assert cuts(zygote, template, tmp_path, 10, seed=2, unsafe=UNSAFE).harmed > 0


@pytest.mark.release
@pytest.mark.timeout(0)
def test_1000_power_cuts_lose_no_acknowledged_entry(zygote: Zygote, template: Path, tmp_path: Path) -> None:
    toll = cuts(zygote, template, tmp_path, 1_000, seed=3)
    assert toll.harmed == 0, toll

"""A full disk never costs data: on a disk of 300 KiB with hardly any room, whatever fails leaves the file as it was."""

import random
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from subprocess import CalledProcessError

import pytest

from tests.faults.jobs import csv_text
from tests.faults.rig import CAUSES, ROOT, Zygote, call, copy_ledger, lacking, sha256

PAGE = 4096


@dataclass(slots=True)
class Toll:
    """What the fills did."""

    refused: int = 0
    done: int = 0
    wrong: str = ""


@contextmanager
def small_disk(folder: Path, kib: int) -> Iterator[Path]:
    """A tmpfs of `kib`; skips where this machine cannot have one."""
    if reason := lacking("mount", "umount", root=True):
        pytest.skip(reason)
    place = folder / "small"
    place.mkdir()
    try:
        call(["mount", "-t", "tmpfs", "-o", f"size={kib}k", "coinbudget-test", place])
    except CalledProcessError as error:
        pytest.skip(f"no tmpfs to be had here: {error.stderr.decode(errors='replace').strip()}")
    try:
        yield place
    finally:
        with suppress(CalledProcessError):
            call(["umount", place])


def _fill(place: Path, leave: int) -> None:
    """Fill the disk up to `leave` bytes."""
    ballast = place / "ballast"
    ballast.unlink(missing_ok=True)
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while file.write(b"\0" * PAGE):
            pass
    with ballast.open("rb+") as file:
        file.truncate(max(0, ballast.stat().st_size - leave))


def fills(
    zygote: Zygote,
    template: Path,
    folder: Path,
    count: int,
    seed: int,
    job: str = "command",
    watch: Callable[[Path], str] = sha256,
) -> Toll:
    """Fill the disk `count` times to another point, write, and compare the old file byte for byte."""
    rng = random.Random(seed)
    toll = Toll()
    rows = folder / "rows.csv"
    rows.write_text(csv_text([f"f-{number}" for number in range(600)]), encoding="utf-8", newline="")
    size = template.stat().st_size
    with small_disk(folder, max(300, 2 * size // 1024 + 40)) as place:
        for number in range(count):
            ledger = copy_ledger(template, place / "ledger" / "f.db")
            before = watch(ledger)
            _fill(place, rng.randrange(0, 2 * size // 3, PAGE))
            arguments = (
                ["import", str(rows)],
                ["add", "gift", "--coins", "5", "--creator", "@x", "--note", "fill-0/0"],
                ["backup", str(place / "ledger" / "b.db")],
            )[number % 3]
            ran = zygote.start(job, arguments=["--data", str(ledger), *arguments]).end()
            problems, found = zygote.inspect(ledger)
            (place / "ballast").unlink()
            told = ran.refused_plainly and CAUSES["ENOSPC"].search(ran.err) is not None
            if ran.status == 0 and not problems and (arguments[0] == "backup" or len(found) > 0):
                toll.done += 1
                saved = arguments[0] == "backup" or watch(ledger) != before
                toll.wrong += "" if saved else f"{arguments[0]}: done was said, and nothing is there. "
            elif problems or not told or watch(ledger) != before:
                toll.wrong += f"{arguments[0]}: {ran.status} {ran.err!r} {problems} {watch(ledger) == before}. "
            else:
                toll.refused += 1
            (place / "ledger" / "b.db").unlink(missing_ok=True)
    print(toll)  # noqa: T201 - shown where the test fails or pytest runs with -s
    return toll


def test_20_full_disks_leave_the_old_file_unchanged(zygote: Zygote, template: Path, tmp_path: Path) -> None:
    toll = fills(zygote, template, tmp_path, 20, 1)
    assert not toll.wrong
    assert toll.refused > 5, toll


def test_control_a_program_that_swallows_errors_on_a_full_disk_is_found_out(
    zygote: Zygote, template: Path, tmp_path: Path
) -> None:
    assert fills(zygote, template, tmp_path, 9, 2, job="careless_command").wrong


@pytest.mark.release
@pytest.mark.timeout(0)
def test_200_full_disks_leave_the_old_file_unchanged(zygote: Zygote, template: Path, tmp_path: Path) -> None:
    assert not fills(zygote, template, tmp_path, 200, 3).wrong


def test_a_file_size_limit_of_the_shell_leaves_the_old_file_unchanged(
    zygote: Zygote, template: Path, tmp_path: Path
) -> None:
    if reason := lacking():
        pytest.skip(reason)
    ledger = copy_ledger(template, tmp_path / "ledger" / "u.db")
    rows = tmp_path / "rows.csv"
    rows.write_text(csv_text([f"u-{number}" for number in range(3000)]), encoding="utf-8", newline="")
    before, most = sha256(ledger), ledger.stat().st_size + 8 * PAGE

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    ran = subprocess.run(
        [sys.executable, "-m", "coinbudget", "--data", str(ledger), "import", str(rows)],
        cwd=ROOT, capture_output=True, text=True, preexec_fn=limited, timeout=60, check=False,
    )  # fmt: skip
    assert ran.returncode == 2
    assert ran.stderr.count("\n") == 1
    assert "Traceback" not in ran.stderr
    assert zygote.inspect(ledger)[0] == []
    assert sha256(ledger) == before

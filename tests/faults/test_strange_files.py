"""Foreign, newer and damaged files: refused, byte for byte unchanged, in one plain line, and nothing hangs."""

import contextlib
import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.rig import Zygote, copy_ledger, sha256


def _text(path: Path, _template: Path) -> None:
    path.write_text("Dear diary, this is no ledger at all.\n" * 300, encoding="utf-8")


def _picture(path: Path, _template: Path) -> None:
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 64)


def _foreign_database(path: Path, _template: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.executescript("PRAGMA application_id=252006674; CREATE TABLE bookmark (url TEXT); ")


def _plain_database(path: Path, _template: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE entry (id TEXT); INSERT INTO entry VALUES ('x')")


def _newer_version(path: Path, template: Path) -> None:
    shutil.copyfile(template, path)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if "alembic_version" in tables:
            connection.execute("UPDATE alembic_version SET version_num = 'zz_from_the_future'")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        connection.execute(f"PRAGMA user_version = {version + 900}")
        connection.commit()


def _cut_off(path: Path, template: Path) -> None:
    path.write_bytes(template.read_bytes()[: template.stat().st_size // 2 + 100])


def _header_only(path: Path, template: Path) -> None:
    path.write_bytes(template.read_bytes()[:100])


def _zeroed_page_one(path: Path, template: Path) -> None:
    path.write_bytes(template.read_bytes()[:100] + bytes(3996) + template.read_bytes()[4096:])


def _garbage_after_the_header(path: Path, template: Path) -> None:
    noise = random.Random(5).randbytes(template.stat().st_size - 100)
    path.write_bytes(template.read_bytes()[:100] + noise)


def _directory(path: Path, _template: Path) -> None:
    path.mkdir()
    (path / "inside.txt").write_text("still here", encoding="utf-8")


def _fifo(path: Path, _template: Path) -> None:
    os.mkfifo(path)


def _loop(path: Path, _template: Path) -> None:
    path.symlink_to(path)


STRANGE: list[Callable[[Path, Path], None]] = [
    _text, _picture, _foreign_database, _plain_database, _newer_version, _cut_off, _header_only, _zeroed_page_one,
    _garbage_after_the_header, _directory, _fifo, _loop,
]  # fmt: skip

COMMANDS = [
    ["status"],
    ["verify"],
    ["export", "entries"],
    ["limit", "list"],
    ["profile", "add", "Mia", "--region", "DE", "--currency", "EUR", "--time-zone", "Europe/Berlin"],
    ["add", "gift", "--coins", "5", "--creator", "@x"],
    ["backup", "OUT"],
]


def _digest(path: Path) -> str:
    """Of a file its bytes, of a folder what is in it, of anything else its kind."""
    if path.is_symlink():
        return str(path.readlink())
    if path.is_dir():
        return repr([(inside.name, sha256(inside)) for inside in sorted(path.iterdir())])
    return sha256(path) if path.is_file() else f"{path.stat().st_mode:o}"


@pytest.mark.parametrize("make", STRANGE, ids=lambda make: make.__name__.strip("_"))
def test_a_strange_file_is_refused_and_unchanged(
    zygote: Zygote, template: Path, tmp_path: Path, make: Callable[[Path, Path], None]
) -> None:
    folder = tmp_path / "home"
    folder.mkdir()
    strange = folder / "coinbudget.db"
    make(strange, template)
    before, beside = _digest(strange), sorted(folder.iterdir())
    out = str(tmp_path / "out.db")
    for command in COMMANDS:
        ran = zygote.command(strange, *(out if word == "OUT" else word for word in command))
        assert not ran.crashed, (command, ran)
        assert ran.refused_plainly or (command == ["verify"] and ran.status == 1), (command, ran)
        assert ran.out == "" or command == ["verify"], (command, ran)
        assert _digest(strange) == before, command
        assert sorted(folder.iterdir()) == beside, command
        assert not Path(out).exists(), command


@pytest.mark.parametrize("make", STRANGE, ids=lambda make: make.__name__.strip("_"))
def test_a_strange_backup_is_not_restored(
    zygote: Zygote, template: Path, tmp_path: Path, make: Callable[[Path, Path], None]
) -> None:
    ledger = copy_ledger(template, tmp_path / "home" / "coinbudget.db")
    strange = tmp_path / "strange.db"
    make(strange, template)
    before, kept = sha256(ledger), _digest(strange)
    ran = zygote.command(ledger, "restore", str(strange))
    assert ran.refused_plainly, ran
    assert sha256(ledger) == before
    assert _digest(strange) == kept


READING = [["verify"], ["status"], ["export", "entries"], ["limit", "list"], ["export", "summary"]]


def _mutate(rng: random.Random, healthy: bytes) -> bytes:
    """Flip bytes, overwrite a stretch, cut off, or swap two pages."""
    damaged = bytearray(healthy)
    match rng.randrange(5):
        case 0:
            for _ in range(rng.randrange(1, 9)):
                damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
        case 1:
            start, length = rng.randrange(len(damaged)), rng.choice([4, 64, 512, 4096])
            stretch = rng.randbytes(length) if rng.random() < 0.5 else bytes(length)
            damaged[start : start + length] = stretch[: len(damaged) - start]
        case 2:
            del damaged[rng.randrange(len(damaged)) :]
        case 3:
            # The first page holds header and schema: the part that decides how all the rest is read.
            for _ in range(rng.randrange(1, 5)):
                damaged[rng.randrange(4096)] = rng.randrange(256)
        case _:
            pages = len(damaged) // 4096
            one, other = rng.randrange(pages) * 4096, rng.randrange(pages) * 4096
            damaged[one : one + 4096], damaged[other : other + 4096] = (
                damaged[other : other + 4096],
                damaged[one : one + 4096],
            )
    return bytes(damaged)


def _open_damaged(zygote: Zygote, template: Path, folder: Path, count: int, seed: int) -> None:
    rng = random.Random(seed)
    healthy = template.read_bytes()
    ledger = folder / "home" / "m.db"
    refused, wrong = 0, []
    for number in range(count):
        copy_ledger(template, ledger)
        ledger.write_bytes(_mutate(rng, healthy))
        before = sha256(ledger)
        command = READING[number % len(READING)]
        ran = zygote.command(ledger, *command)
        refused += ran.status != 0
        if ran.crashed or sha256(ledger) != before:
            wrong.append((number, command, ran.status, ran.err[-300:], sha256(ledger) == before))
        if number % 5 == 0:
            ran = zygote.command(ledger, "add", "gift", "--coins", "5", "--creator", "@x")
            if ran.crashed or not (ran.status == 0 or ran.refused_plainly):
                wrong.append((number, ["add"], ran.status, ran.err[-300:], True))
    assert not wrong, "\n".join(map(str, wrong))
    assert refused > count // 20, "hardly any mutation did harm: the harness is broken"


@pytest.mark.timeout(600)
def test_500_damaged_files_crash_nothing_and_hang_nothing(zygote: Zygote, template: Path, tmp_path: Path) -> None:
    _open_damaged(zygote, template, tmp_path, 500, 1)


@pytest.mark.release
@pytest.mark.timeout(0)
def test_10000_damaged_files_crash_nothing_and_hang_nothing(zygote: Zygote, template: Path, tmp_path: Path) -> None:
    _open_damaged(zygote, template, tmp_path, 10_000, 2)


def test_control_a_digest_notices_one_flipped_bit(template: Path, tmp_path: Path) -> None:
    copied = copy_ledger(template, tmp_path / "home" / "c.db")
    before = _digest(copied)
    content = bytearray(copied.read_bytes())
    content[-1] ^= 1
    copied.write_bytes(content)
    assert _digest(copied) != before

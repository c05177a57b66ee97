"""Archives nobody should trust: each is one sentence or read right, in bounded memory, and writes nothing."""

import io
import os
import stat
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coinbudget.domain.errors import Refusal, problem
from coinbudget.formats import archive
from coinbudget.services.wording import SENTENCES

GOOD = b'{"Your Activity": {}}'
ROOT = Path(__file__).parents[2]
MANY = 300 * 1024 * 1024


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, content in members:
            made.writestr(name, content)
    return out.getvalue()


def read_all(path: Path) -> dict[str, int]:
    """Name and length of every member, read to its end."""
    found = {}
    with archive.opened(path) as bundle:
        for member in bundle.members:
            with member.open() as stream:
                found[member.name] = sum(len(block) for block in iter(lambda: stream.read(65536), b""))
    return found


def outcome(path: Path) -> str:
    """The code of the refusal, or "read"."""
    try:
        read_all(path)
    except Refusal as refusal:
        codes = [problem.code for problem in refusal.problems]
    else:
        return "read"
    assert set(codes) <= SENTENCES.keys()
    return codes[0]


def with_info(change: Callable[[zipfile.ZipInfo], None], content: bytes = GOOD) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        info = zipfile.ZipInfo("user_data.json")
        info.compress_type = zipfile.ZIP_DEFLATED
        change(info)
        made.writestr(info, content)
    return out.getvalue()


def patched(data: bytes, sign: bytes, offset: int, value: bytes) -> bytes:
    place = data.index(sign) + offset
    return data[:place] + value + data[place + len(value) :]


def named(name: str) -> bytes:
    """An archive whose member has a name that zipfile would not write."""
    plain = "x" * len(name.encode())
    return zipped((plain, GOOD)).replace(plain.encode(), name.encode())


def overlap() -> bytes:
    """Several directory entries for one block."""
    data = zipped(("a.json", GOOD))
    start = data.index(b"PK\x01\x02")
    entry = data[start : data.index(b"PK\x05\x06")]
    entries = b"".join(entry.replace(b"a.json", f"{letter}.json".encode()) for letter in "abcdefgh")
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 8, 8, len(entries), start, 0)
    return data[:start] + entries + end


def ratio_bomb() -> bytes:
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = b"\0" * 1024 * 1024
    body = b"".join(packed.compress(block) for _ in range(400)) + packed.flush()
    name = b"bomb.json"
    local = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 8, 0, 0, 0, len(body), 400 << 20, len(name), 0) + name
    entry = struct.pack(
        "<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, 0, len(body), 400 << 20, len(name), 0, 0, 0, 0, 0, 0
    ) + name  # fmt: skip
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 1, 1, len(entry), len(local) + len(body), 0)
    return local + body + entry + end


def unix(mode: int) -> Callable[[zipfile.ZipInfo], None]:
    def change(info: zipfile.ZipInfo) -> None:
        info.create_system = 3
        info.external_attr = mode << 16

    return change


def twice() -> bytes:
    data = zipped(("a.json", GOOD), ("b.json", GOOD))
    return data.replace(b"b.json", b"a.json")


APPLE = "Apple_Media_Services.zip"
LIES: dict[str, tuple[Callable[[], bytes], str]] = {
    "overlapping members": (overlap, "archive_untrusted"),
    "a ratio no export has": (ratio_bomb, "archive_untrusted"),
    "a name twice": (twice, "archive_untrusted"),
    "a name twice but for case": (lambda: zipped(("a.json", GOOD), ("A.json", GOOD)), "archive_untrusted"),
    "a way out": (lambda: zipped(("../a.json", GOOD)), "archive_untrusted"),
    "a way out further in": (lambda: zipped(("x/../../a.json", GOOD)), "archive_untrusted"),
    "an absolute name": (lambda: named("/etc/passwd"), "archive_untrusted"),
    "a backslash": (lambda: named("a\\b.json"), "archive_untrusted"),
    "a drive": (lambda: named("C:/a.json"), "archive_untrusted"),
    "a NUL in a name": (lambda: named("a\0b.json"), "archive_untrusted"),
    "a line end in a name": (lambda: named("a\nb.json"), "archive_untrusted"),
    "a link": (lambda: with_info(unix(stat.S_IFLNK | 0o777)), "archive_untrusted"),
    "a device": (lambda: with_info(unix(stat.S_IFCHR | 0o666)), "archive_untrusted"),
    "a pipe": (lambda: with_info(unix(stat.S_IFIFO | 0o666)), "archive_untrusted"),
    "encryption": (lambda: patched(zipped(("a", GOOD)), b"PK\x01\x02", 8, b"\x01\x00"), "archive_encrypted"),
    "an odd method": (lambda: patched(zipped(("a", GOOD)), b"PK\x01\x02", 10, b"\x63\x00"), "archive_untrusted"),
    "a wrong checksum": (lambda: patched(zipped(("a", GOOD)), b"PK\x01\x02", 16, b"\1\2\3\4"), "archive_broken"),
    "less than it says": (lambda: patched(zipped(("a", GOOD)), b"PK\x01\x02", 24, b"\xff\xff\0\0"), "read"),
    "more than it says": (lambda: patched(zipped(("a", GOOD)), b"PK\x01\x02", 24, b"\x02\0\0\0"), "archive_broken"),
    "another name in front": (lambda: zipped(("aa.json", GOOD)).replace(b"aa.json", b"bb.json", 1), "archive_broken"),
    "no directory": (lambda: zipped(("a", GOOD))[:-30], "archive_broken"),
    "a huge directory": (
        lambda: patched(zipped(("a", GOOD)), b"PK\x05\x06", 12, b"\xff\xff\xff\x7f"), "archive_too_many"
    ),
    "a directory elsewhere": (
        lambda: patched(zipped(("a", GOOD)), b"PK\x05\x06", 16, b"\xf0\xff\xff\x00"), "archive_untrusted"
    ),
    "an office file": (lambda: zipped(("[Content_Types].xml", b"<x/>"), ("xl/a.xml", b"")), "not_text"),
    "a header alone": (lambda: b"PK\x03\x04", "archive_broken"),
    "Apple's archive with a way out": (
        lambda: zipped((APPLE, zipped(("../x.csv", b"a,b\n")))), "archive_untrusted"
    ),
    "Apple's archive that is none": (lambda: zipped((APPLE, b"no archive")), "archive_broken"),
    "Apple's archive of overlaps": (lambda: zipped((APPLE, overlap())), "archive_untrusted"),
    "junk in front": (lambda: b"PK\x03\x04" + b"junk" * 9 + zipped(("a", GOOD)), "read"),
    "a second ending in the comment": (
        lambda: zipped(("a", GOOD))[:-2] + struct.pack("<H", 22) + b"PK\x05\x06" + b"\0" * 18, "read"
    ),
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_an_archive_that_lies_is_one_sentence_and_writes_nothing(
    lie: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, code = LIES[lie]
    path = tmp_path / "in.zip"
    path.write_bytes(make())
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    found = outcome(path)
    assert found == code or (code == "read" and found == "archive_broken")
    assert sorted(one.name for one in tmp_path.rglob("*")) == ["in.zip", "tmp"]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
def test_no_lie_fills_memory(tmp_path: Path) -> None:
    for number, (make, _) in enumerate(LIES.values()):
        (tmp_path / f"{number}.zip").write_bytes(make())
    program = (
        "import sys; from pathlib import Path; from tests.formats.test_archive_bombs import outcome\n"
        "for path in sorted(Path(sys.argv[1]).iterdir()): outcome(path)\n"
        "print(Path('/proc/self/status').read_text().partition('VmHWM:')[2].split()[0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert int(done.stdout.split()[-1]) * 1024 < MANY


def test_there_are_more_than_twenty_kinds() -> None:
    assert len(LIES) >= 20


def test_a_bomb_is_stopped_after_a_small_part_of_it(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    path.write_bytes(ratio_bomb())
    read: list[int] = []
    with pytest.raises(Refusal):
        exhaust(path, lambda done, _total: read.append(done))
    assert read[-1] < 200 * 1024 * 1024


def exhaust(path: Path, tick: Callable[[int, int], None]) -> None:
    with archive.opened(path, tick=tick) as bundle, bundle.members[0].open() as stream:
        while stream.read(65536):
            pass


def test_rows_that_are_all_alike_are_no_bomb(tmp_path: Path) -> None:
    row = b'{"Date": "2026-05-14 21:09:40", "GiftAmount": "1", "UserName": "some_creator"},'
    (tmp_path / "in.zip").write_bytes(zipped(("user_data.json", row * 200_000)))
    assert read_all(tmp_path / "in.zip") == {"user_data.json": len(row) * 200_000}


def test_apples_inner_archive_is_opened_and_no_other(tmp_path: Path) -> None:
    inner = zipped(("Stores Activity/a.csv", b"x,y\n"))
    (tmp_path / "in.zip").write_bytes(zipped((f"Data/{APPLE}", inner), ("other.zip", inner)))
    found = read_all(tmp_path / "in.zip")
    assert found == {f"Data/{APPLE}/Stores Activity/a.csv": 4, "other.zip": len(inner)}


HISTORY = b"Item Description,Invoice Item Total,Order Number\n350 Coins,3.70,M1\n"


def test_apples_inner_archive_is_known_by_its_store_history_under_whatever_name(tmp_path: Path) -> None:
    inner = zipped(("Stores Activity/x.csv", HISTORY), ("Stores Activity/y.csv", b"x,y\n"))
    for name in ("Apple_Media_Services (1).zip", "Mediendienste.ZIP"):
        (tmp_path / "in.zip").write_bytes(zipped((name, inner), ("other.zip", zipped(("a.csv", b"x,y\n")))))
        assert sorted(read_all(tmp_path / "in.zip")) == [
            *(f"{name}/Stores Activity/x.csv", f"{name}/Stores Activity/y.csv", "other.zip"),
        ]


def test_a_store_history_two_archives_deep_stays_shut(tmp_path: Path) -> None:
    (tmp_path / "in.zip").write_bytes(zipped(("a.zip", zipped(("b.zip", zipped(("x.csv", HISTORY)))))))
    assert list(read_all(tmp_path / "in.zip")) == ["a.zip"]
    deep = zipped(("x.csv", HISTORY), ("b.zip", zipped(("x.csv", HISTORY))))
    (tmp_path / "in.zip").write_bytes(zipped(("a.zip", deep)))
    assert list(read_all(tmp_path / "in.zip")) == ["a.zip/b.zip", "a.zip/x.csv"]


@pytest.mark.parametrize("inner", [overlap(), b"no archive", zipped(("../x.csv", HISTORY)), ratio_bomb()])
def test_an_archive_inside_that_cannot_be_trusted_is_not_opened(inner: bytes, tmp_path: Path) -> None:
    (tmp_path / "in.zip").write_bytes(zipped(("a.zip", inner), ("user_data.json", GOOD), method=zipfile.ZIP_STORED))
    assert read_all(tmp_path / "in.zip") == {"a.zip": len(inner), "user_data.json": len(GOOD)}


def test_only_a_few_archives_inside_are_looked_into(tmp_path: Path) -> None:
    inner = zipped(("x.csv", b"x,y\n"))
    members = [(f"{number:03d}.zip", inner) for number in range(50)]
    (tmp_path / "in.zip").write_bytes(zipped(*members, ("last.zip", zipped(("x.csv", HISTORY)))))
    assert "last.zip" in read_all(tmp_path / "in.zip")


def test_who_cancels_is_heard_while_an_archive_inside_is_looked_into(tmp_path: Path) -> None:
    (tmp_path / "in.zip").write_bytes(zipped(("a.zip", zipped(("x.csv", HISTORY)))))

    def stop(_read: int, _total: int) -> None:
        raise Refusal(problem("", "cancelled"))

    with pytest.raises(Refusal) as refused, archive.opened(tmp_path / "in.zip", tick=stop):
        pass
    assert refused.value.problems[0].code == "cancelled"


def test_an_apple_archive_inside_apples_is_not_opened(tmp_path: Path) -> None:
    inner = zipped((APPLE, zipped(("a.csv", b"x\n"))))
    (tmp_path / "in.zip").write_bytes(zipped((APPLE, inner)))
    assert list(read_all(tmp_path / "in.zip")) == [f"{APPLE}/{APPLE}"]


def test_an_archive_cut_off_anywhere_is_never_taken_for_whole(tmp_path: Path) -> None:
    data = zipped(("user_data.json", GOOD * 20), ("b.json", GOOD))
    path = tmp_path / "in.zip"
    for length in range(4, len(data) - 1):
        path.write_bytes(data[:length])
        assert outcome(path) != "read", length


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=6))
@settings(max_examples=200, deadline=None)
def test_flipped_bytes_give_a_sentence_or_the_right_bytes(flips: list[tuple[int, int]]) -> None:
    data = bytearray(zipped(("user_data.json", GOOD * 3), ("b.json", b"[]")))
    for place, value in flips:
        data[place % len(data)] = value
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "in.zip"
        path.write_bytes(bytes(data))
        outcome(path)


def test_a_folder_gives_its_files_and_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "deep" / "a.json").write_bytes(GOOD)
    (tmp_path / "in" / ".hidden").write_bytes(GOOD)
    (tmp_path / "secret").write_bytes(GOOD)
    (tmp_path / "in" / "link.json").symlink_to(tmp_path / "secret")
    (tmp_path / "in" / "round").symlink_to(tmp_path / "in")
    os.mkfifo(tmp_path / "in" / "pipe")
    assert read_all(tmp_path / "in") == {"deep/a.json": len(GOOD)}


def test_a_folder_with_too_many_files_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_FILES", 3)
    for number in range(5):
        (tmp_path / f"{number}.json").write_bytes(GOOD)
    assert outcome(tmp_path) == "too_many_files"


def test_reading_is_cancelled_from_inside_an_archive(tmp_path: Path) -> None:
    (tmp_path / "in.zip").write_bytes(zipped(("a.json", os.urandom(3_000_000)), method=zipfile.ZIP_STORED))
    calls: list[int] = []

    def tick(done: int, _total: int) -> None:
        calls.append(done)
        if len(calls) > 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        exhaust(tmp_path / "in.zip", tick)
    assert calls[-1] < 1_000_000

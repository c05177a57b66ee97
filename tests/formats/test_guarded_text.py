import os
from pathlib import Path

import pytest

from coinbudget.domain.errors import Refusal
from coinbudget.formats.guarded_text import buffered, guarded_text


def read_all(path: Path, **limits: int) -> bytes:
    with guarded_text(path, **limits) as guarded:
        return buffered(guarded).read()


def code_of(path: Path, **limits: int) -> str:
    with pytest.raises(Refusal) as refused:
        read_all(path, **limits)
    return refused.value.problems[0].code


def test_the_bytes_of_a_text_file_come_through_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"kind,at\r\n" * 50_000)
    assert read_all(path) == path.read_bytes()


def test_a_missing_file_a_folder_and_a_bad_name_are_refused(tmp_path: Path) -> None:
    assert code_of(tmp_path / "none.csv") == "no_such_file"
    assert code_of(tmp_path) == "is_a_folder"
    assert code_of(Path("a\0b")) == "no_such_file"


def test_a_pipe_without_a_writer_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert code_of(tmp_path / "pipe") == "not_a_file"


def test_a_device_is_refused() -> None:
    assert code_of(Path("/dev/zero")) == "not_a_file"


@pytest.mark.parametrize(
    "start", [b"PK\x03\x04", b"\x1f\x8b\x08", b"%PDF-1.7", b"SQLite format 3\x00", b"\xff\xfek\x00", b"\x89PNG\r\n"]
)
def test_what_is_plainly_no_text_is_named(tmp_path: Path, start: bytes) -> None:
    (tmp_path / "x").write_bytes(start + b"\x00" * 100)
    assert code_of(tmp_path / "x") == "not_text"


def test_a_nul_byte_is_refused_wherever_it_stands(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"kind,at\n" * 100_000 + b"gift,\0\n")
    assert code_of(tmp_path / "x") == "nul_character"


def test_a_line_without_end_is_refused_before_it_fills_memory(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"a" * 300_000)
    assert code_of(tmp_path / "x", max_line_bytes=100_000) == "line_too_long"
    (tmp_path / "y").write_bytes((b"a" * 90_000 + b"\n") * 5)
    assert len(read_all(tmp_path / "y", max_line_bytes=100_000)) == 450_005


def test_reading_tells_how_far_it_is_and_how_the_file_ends(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"abc\r\n")
    with guarded_text(tmp_path / "x") as guarded:
        buffered(guarded).read()
        assert (guarded.read_bytes, guarded.size, guarded.ends_in_line_end) == (5, 5, True)

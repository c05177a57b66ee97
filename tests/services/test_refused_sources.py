"""What is brought in and is nothing that can be read: the sentence says what it is and what to do."""

import json
import zipfile
from pathlib import Path

import pytest

from coinbudget.domain.errors import Refusal
from coinbudget.services import opening
from coinbudget.services.wording import sentence
from tests.services import tiktok_files

EXPORT = json.dumps(tiktok_files.export(gifts=[("2026-05-14 21:09:40", 1, "zoë")]), ensure_ascii=False)


def said(path: Path) -> tuple[str, str]:
    with pytest.raises(Refusal) as refused:
        opening.read_source(path, wishes=opening.Wishes(sheets=True)).close()
    [found] = refused.value.problems
    return found.code, sentence(found)


@pytest.mark.parametrize(
    "start", [b"\x89PNG\r\n", b"%PDF-1.7", b"SQLite format 3\x00", b"\0\0\0\x18ftypheic", b"RIFF\0\0\0\0WEBP"]
)
def test_what_is_no_table_is_not_asked_to_be_saved_as_one(tmp_path: Path, start: bytes) -> None:
    (tmp_path / "x").write_bytes(start + b"\x00" * 100)
    code, words = said(tmp_path / "x")
    assert code == "not_text"
    assert "save it as" not in words
    assert "bring in the export itself" in words


def test_a_spreadsheet_programs_own_file_is_to_be_saved_as_csv(tmp_path: Path) -> None:
    (tmp_path / "x.xls").write_bytes(b"\xd0\xcf\x11\xe0" + b"\x00" * 100)
    assert "save it as CSV" in said(tmp_path / "x.xls")[1]


def test_an_export_in_another_encoding_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(EXPORT.encode("latin-1"))
    assert said(tmp_path / "x.json")[0] == "json_not_utf8"
    (tmp_path / "y.json").write_bytes(EXPORT.encode("utf-16-be"))
    code, words = said(tmp_path / "y.json")
    assert code == "nul_character"
    assert "UTF-16" in words


@pytest.mark.parametrize("text", ["", "   \n", "\ufeff\n"])
def test_a_file_of_blanks_is_empty(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text, encoding="utf-8")
    assert said(tmp_path / "x.json")[0] == "empty_text"


@pytest.mark.parametrize("text", ["[]", "[ ]\n", "\ufeff[]"])
def test_a_history_without_orders_is_told_so(tmp_path: Path, text: str) -> None:
    (tmp_path / "Order History.json").write_text(text, encoding="utf-8")
    assert said(tmp_path / "Order History.json")[0] == "list_empty"
    with zipfile.ZipFile(tmp_path / "takeout.zip", "w") as archive:
        archive.write(tmp_path / "Order History.json", "Takeout/Google Play Store/Order History.json")
    code, words = said(tmp_path / "takeout.zip")
    assert code == "list_empty"
    assert "Order History.json" in words


def test_a_folder_of_links_alone_or_nested_too_deep_says_what_was_passed_over(tmp_path: Path) -> None:
    (tmp_path / "export.json").write_text(EXPORT, encoding="utf-8")
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "export.json").symlink_to(tmp_path / "export.json")
    assert said(tmp_path / "links")[0] == "not_recognised_links"
    deep = tmp_path / "deep" / Path(*"abcdefghijklmnop")
    deep.mkdir(parents=True)
    (deep / "export.json").write_text(EXPORT, encoding="utf-8")
    code, words = said(tmp_path / "deep")
    assert code == "not_recognised_links"
    assert "12 levels" in words
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "notes.md").write_text("# none\n", encoding="utf-8")
    assert said(tmp_path / "none")[0] == "not_recognised"

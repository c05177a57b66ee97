"""Imports of the past on the command line: listed, taken back, standing again."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.services import test_store_refunds


def brought(mia: Run, folder: Path) -> int:
    document = mia("import", str(test_store_refunds.google(folder / "g.json", {"GPA.1": 0, "GPA.2": 370})), "--json")
    return int(document.document["batch"])


def test_an_import_is_taken_back_and_stands_again_by_its_number(mia: Run, tmp_path: Path) -> None:
    number = brought(mia, tmp_path)
    listed = mia("imports", "list")
    assert listed.out.startswith(f"{number}  ")
    assert "g.json  google-takeout, 3 entries" in listed.out
    assert mia("imports", "undo", str(number)).out == f"Took back import {number}: 3 entries changed.\n"
    assert "taken back" in mia("imports", "list").out
    assert mia("imports", "undo", str(number)).status == 2
    again = mia("imports", "bring-back", str(number), "--json").document
    assert (again["changed"], again["living"], again["undone_at"]) == (3, 3, None)
    assert mia("imports", "bring-back", str(number)).err == f"coinbudget: The import {number} stands already.\n"
    assert mia("verify").status == 0


@pytest.mark.parametrize("number", ["0", "2", "-1", "x", "9" * 40, "١", ""])
def test_an_import_that_is_none_is_refused(mia: Run, tmp_path: Path, number: str) -> None:
    brought(mia, tmp_path)
    for action in ("undo", "bring-back"):
        refused = mia("imports", action, "--", number)
        assert (refused.status, refused.err.count("\n")) == (2, 1)


def test_a_list_without_imports_is_empty(mia: Run) -> None:
    assert mia("imports", "list").out == ""
    assert mia("imports", "list", "--json").document["imports"] == []


def test_a_list_of_several_profiles_says_whose_each_import_is(mia: Run, tmp_path: Path) -> None:
    path = str(test_store_refunds.google(tmp_path / "g.json", {"GPA.1": 0, "GPA.2": 370}))
    mia("import", path, "--profile", "Mia")
    assert "for Mia" not in mia("imports", "list").out
    mia("profile", "add", "Bo", "--region", "DE", "--currency", "EUR", "--time-zone", "Europe/Berlin")
    mia("import", path, "--profile", "Bo")
    bo, first = mia("imports", "list").out.splitlines()
    assert "3 entries for Bo" in bo
    assert "3 entries for Mia" in first
    assert [one["profiles"] for one in mia("imports", "list", "--json").document["imports"]] == [["Bo"], ["Mia"]]

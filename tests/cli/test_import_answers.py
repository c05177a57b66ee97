"""Options of an import that answer wrongly, or say what the file has nothing of."""

import csv
import io
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.services import tiktok_files

COIN = ("2026-05-14 21:03:11", "Recharge", 350)
SAID = ("--time-zone", "UTC", "--type", "Recharge=bought")


def export(folder: Path, name: str = "a.json", at: str = COIN[0]) -> str:
    return str(tiktok_files.write(folder / name, coins=[(at, *COIN[1:])]))


def entries(mia: Run) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(mia("export", "entries").out)))


@pytest.mark.parametrize("price", ["3,70", "$0.25", "0", "-1", "3.705"])
@pytest.mark.parametrize("coins", ["350", "20"])
def test_a_price_that_cannot_be_read_is_the_options_fault_and_no_rows(
    mia: Run, tmp_path: Path, price: str, coins: str
) -> None:
    refused = mia(
        "import", export(tmp_path), *SAID, "--currency", "EUR", "--paid", f"{coins}={price}", "--skip-problems"
    )
    assert refused.status == 2
    assert "--paid" in refused.err
    assert f"{coins}={price}" in refused.err
    assert "350=3.70" in refused.err
    assert entries(mia) == []


def test_the_example_of_a_price_has_the_decimals_of_its_currency(mia: Run, tmp_path: Path) -> None:
    assert "350=370;" not in mia("import", export(tmp_path), *SAID, "--currency", "EUR", "--paid", "350=x").err
    assert "350=370." in mia("import", export(tmp_path), *SAID, "--currency", "JPY", "--paid", "350=x").err


def test_options_that_say_nothing_of_the_file_are_told_and_refuse_nothing(mia: Run, tmp_path: Path) -> None:
    words = (
        *("import", export(tmp_path), *SAID, "--currency", "EUR", "--paid", "350=3.70", "--paid", "20=0.25"),
        *("--gift-amount", "coins", "--type", "Reward=ignore", "--column", "Wem=creator", "--kind", "gifts"),
    )
    unused = ["--gift-amount", "--type reward", "--paid 20", "--kind", "--column wem"]
    looked = mia(*words, "--dry-run")
    assert looked.status == 0
    assert looked.err == f"coinbudget: Nothing in this file is what these say: {', '.join(unused)}.\n"
    told = mia(*words, "--json")
    assert (told.status, told.document["unused_options"], told.document["error"]) == (0, unused, None)
    assert [entry["paid"] for entry in entries(mia)] == ["3.70"]


def test_options_that_a_file_takes_up_are_not_told(mia: Run, tmp_path: Path) -> None:
    file = str(tiktok_files.write(tmp_path / "a.json", coins=[COIN], gifts=[("2026-05-14 21:09:40", 1, "a")]))
    words = (*SAID, "--currency", "EUR", "--paid", "350=3.70", "--gift-amount", "coins")
    done = mia("import", file, *words)
    assert (done.status, done.err) == (0, "")
    mine = tmp_path / "mine.csv"
    mine.write_text("when,n,to\n03/04/2026,5,luna\n", encoding="utf-8")
    done = mia("import", str(mine), "--kind", "gifts", "--date-order", "dmy", "--column", "n=coins")
    assert (done.status, done.err) == (0, "")


def test_any_purchase_that_a_row_may_be_can_be_named(mia: Run, tmp_path: Path) -> None:
    for at in ("2026-05-14T21:03:00Z", "2026-05-14T21:12:00Z"):
        mia("add", "purchase", "--coins", "350", "--paid", "3.70", "--currency", "EUR", "--at", at)
    _, farther = (one["id"] for one in entries(mia))
    done = mia("import", export(tmp_path), *SAID, "--pair", f"1={farther}", "--json").document
    assert (done["paired"], done["new"], done["pairs"][0]["entries"]) == (1, 0, [farther])


@pytest.mark.parametrize("coins", ["350", "70"])
def test_a_row_that_cannot_be_the_purchase_named_is_a_problem_and_not_new(mia: Run, tmp_path: Path, coins: str) -> None:
    mia("add", "purchase", "--coins", coins, "--paid", "3.70", "--currency", "EUR", "--at", "2026-05-01T21:03:00Z")
    (one,) = entries(mia)
    refused = mia("import", export(tmp_path), *SAID, "--pair", f"1={one['id']}", "--json")
    assert (refused.status, refused.document["problems"][0]["code"]) == (2, "pair_not_possible")
    assert len(entries(mia)) == 1

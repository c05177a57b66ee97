"""The command line brings other sources in: answers by options, questions in one line."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

DATA = Path(__file__).parents[1] / "data"
EXPORT = str(DATA / "tiktok" / "e3.json")
ANSWERS = (
    *("--time-zone", "UTC", "--gift-amount", "coins", "--currency", "EUR"),
    *("--type", "Recharge=bought", "--type", "Reward=ignore"),
)


@pytest.mark.parametrize(
    ("words", "option"),
    [
        ((), "--time-zone"),
        (ANSWERS[:2], "--gift-amount"),
        (ANSWERS[:4], "--currency"),
        (ANSWERS[:6], "--type"),
        (ANSWERS[:8], "Reward"),
    ],
)
def test_what_is_not_answered_is_asked_in_one_line(mia: Run, words: tuple[str, ...], option: str) -> None:
    said = mia("import", EXPORT, *words)
    assert said.status == 2
    assert said.err.count("\n") == 1
    assert option in said.err
    assert said.out == ""


def test_an_export_comes_in_with_answers_and_again_adds_nothing(mia: Run) -> None:
    looked = mia("import", EXPORT, *ANSWERS, "--dry-run", "--json")
    assert looked.status == 0
    done = json.loads(mia("import", EXPORT, *ANSWERS, "--json").out)
    assert (done["new"], done["problems"]) == (13, [])
    assert json.loads(looked.out)["new"] == 13
    again = json.loads(mia("import", EXPORT, *ANSWERS, "--json").out)
    assert (again["new"], again["duplicates"], again["batch"]) == (0, 13, None)


@pytest.mark.parametrize(
    "words",
    [
        ("--gift-amount", "roses"),
        ("--currency", "XXQ"),
        ("--type", "Recharge"),
        ("--type", "Recharge=maybe"),
        ("--format", "word"),
        ("--mapping", "none"),
        ("--time-zone", "Mars"),
        ("--format", "google-takeout"),
    ],
)
def test_a_wrong_answer_is_one_sentence_and_nothing_is_written(mia: Run, words: tuple[str, ...]) -> None:
    said = mia("import", EXPORT, *words)
    assert said.status == 2
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err


def test_store_histories_need_no_answers(mia: Run) -> None:
    apple = mia("import", str(DATA / "apple"), "--json")
    assert json.loads(apple.out)["new"] == 5
    google = mia("import", str(DATA / "google"), "--skip-problems", "--json")
    assert json.loads(google.out)["new"] == 6


def test_a_sheet_without_a_mapping_says_what_is_missing(mia: Run) -> None:
    said = mia("import", str(DATA / "sheets" / "ambiguous.csv"), "--format", "sheet")
    assert said.status == 2
    assert "day first" in said.err

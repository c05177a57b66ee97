"""The workload is what the table says it is."""

import csv
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from tests.bench import workload


def test_one_row_in_five_buys_and_four_give() -> None:
    kinds = Counter(row["kind"] for row in workload.rows(5000))
    assert kinds == {"purchase": 1000, "gift": 4000}


def test_three_years_five_profiles_and_nearly_500_creators_of_whom_a_few_get_most() -> None:
    made = list(workload.rows(20_000))
    instants = [datetime.fromisoformat(row["at"]) for row in made]
    assert timedelta(days=1090) < max(instants) - min(instants) < timedelta(days=1096)
    assert max(instants) < workload.NOW
    assert {row["profile"] for row in made} == set(workload.PROFILES)
    creators = Counter(row["creator"] for row in made if row["kind"] == "gift")
    assert 450 < len(creators) <= workload.CREATORS
    assert sum(count for _, count in creators.most_common(50)) > sum(creators.values()) / 2


def test_one_purchase_in_ten_is_paid_abroad_and_says_what_the_card_took() -> None:
    bought = [row for row in workload.rows(20_000) if row["kind"] == "purchase"]
    abroad = [row for row in bought if row["currency"] != "EUR"]
    assert 0.07 < len(abroad) / len(bought) < 0.13
    assert all(row["charged"] for row in abroad)
    assert all("." not in row["paid"] for row in abroad if row["currency"] == "JPY")


def test_the_same_seed_makes_the_same_file_with_unique_ids(tmp_path: Path) -> None:
    first = workload.write_csv(tmp_path / "a.csv", 500).read_bytes()
    assert first == workload.write_csv(tmp_path / "b.csv", 500).read_bytes()
    assert first != workload.write_csv(tmp_path / "c.csv", 500, seed=8).read_bytes()
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        ids = [row["id"] for row in csv.DictReader(file)]
    assert len(set(ids)) == len(ids) == 500
    assert ids != sorted(ids)

"""TikTok's export in overlapping parts: the ledger ends as after the whole file, or says which row cannot."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest

from coinbudget.domain.entries import Purchase
from coinbudget.formats.source import Answers, GiftAmount, TypeMeaning
from coinbudget.services import intake, opening, record, transfer
from coinbudget.services.household import add_profile
from coinbudget.services.import_parts import State
from coinbudget.services.ledger import Ledger, open_ledger
from coinbudget.services.wording import sentence
from tests import make
from tests.services import tiktok_files

SAID = Answers(zone="UTC", currency="EUR", gift_amount=GiftAmount.COINS, types={"recharge": TypeMeaning.BOUGHT})
File = Callable[..., Path]


@pytest.fixture
def file(tmp_path: Path) -> File:
    names = count()

    def write(**rows: Any) -> Path:
        return tiktok_files.write(tmp_path / f"{next(names)}.json", **rows)

    return write


@pytest.fixture
def another(now: datetime) -> Iterator[Ledger]:
    opened = open_ledger(None, now=now, create=True)
    add_profile(opened, name="Mia", region="DE", currency="EUR", zone="Europe/Berlin", now=now)
    yield opened
    opened.close()


def at(second: int) -> str:
    return (datetime(2026, 5, 14, 20) + timedelta(seconds=second)).strftime("%Y-%m-%d %H:%M:%S")  # noqa: DTZ001 - text


def coin(second: int, coins: int = 350) -> tuple[str, str, int]:
    return at(second), "Recharge", coins


def price(second: int, paid: str = "3.70") -> tuple[str, str]:
    return at(second), paid


def bring(ledger: Ledger, path: Path, now: datetime, said: Answers = SAID) -> intake.ImportChanges:
    return transfer.import_file(ledger, path, answers=said, skip_problems=True, now=now)


def bought(ledger: Ledger) -> list[tuple[int | None, int | None]]:
    """Coins and cents of every living purchase, in the order of time."""
    found = [entry for entry in make.all_entries(ledger) if isinstance(entry, Purchase) and entry.voided_at is None]
    found.sort(key=lambda entry: entry.at)
    return [(entry.coins, entry.paid.minor if entry.paid else None) for entry in found]


def states(ledger: Ledger, path: Path, now: datetime) -> list[str]:
    reading = opening.read_source(path, wishes=opening.Wishes())
    assessment = intake.assess(ledger, intake.prepare(reading, SAID), now=now)
    return [State(state).name for state in assessment.states[1:]]


def test_coins_and_price_that_came_in_two_files_are_one_purchase(ledger: Ledger, file: File, now: datetime) -> None:
    for rows in ({"coins": [coin(0)]}, {"prices": [price(3)]}, {"coins": [coin(0)], "prices": [price(3)]}):
        found = bring(ledger, file(**rows), now)
        assert found.problems == ()
    assert bought(ledger) == [(350, 370)]


def test_a_price_joined_with_other_coins_in_a_part_is_a_problem_in_the_whole(
    ledger: Ledger, file: File, now: datetime
) -> None:
    bring(ledger, file(coins=[coin(0)], prices=[price(40, "7.20")]), now)
    whole = file(coins=[coin(0), coin(40, 700)], prices=[price(0), price(40, "7.20")])
    assert [found.code for found in bring(ledger, whole, now).problems] == ["rows_apart"] * 2
    assert bought(ledger) == [(350, 720)]
    assert states(ledger, whole, now).count("PROBLEM") == 2


def test_coins_and_price_in_two_purchases_are_a_problem_until_one_is_voided(
    ledger: Ledger, file: File, now: datetime
) -> None:
    bring(ledger, file(coins=[coin(0)]), now)
    record.add(ledger, make.purchase(coins="351", paid="9.99", at="2026-05-14T20:00:02Z"), now=now)
    bring(ledger, file(prices=[price(3, "9.99")]), now)
    assert bought(ledger) == [(350, None), (351, 999)]
    whole = file(coins=[coin(0)], prices=[price(3, "9.99")])
    assert [found.code for found in bring(ledger, whole, now).problems] == ["rows_apart"]
    assert bought(ledger) == [(350, None), (351, 999)]
    typed = next(entry for entry in make.all_entries(ledger) if isinstance(entry, Purchase) and entry.coins == 351)
    record.void(ledger, [typed.id], now=now)
    assert bring(ledger, whole, now).problems == ()
    assert bought(ledger) == [(350, 999)]


def test_a_purchase_of_two_rows_is_known_through_each_of_them(ledger: Ledger, file: File, now: datetime) -> None:
    bring(ledger, file(coins=[coin(0)], prices=[price(3)]), now)
    other = replace(SAID, types={"recharge": TypeMeaning.BOUGHT, "bonus": TypeMeaning.BOUGHT})
    # Other coins, nearer to the price, come with the whole file.
    whole = file(coins=[coin(0), (at(2), "Bonus", 70)], prices=[price(3)])
    found = bring(ledger, whole, now, other)
    assert sum(paid or 0 for _, paid in bought(ledger)) == 370
    assert [one.code for one in found.problems] == ["rows_apart"]


def test_lists_of_one_export_are_paired_as_near_in_two_files_as_in_one(
    ledger: Ledger, file: File, now: datetime
) -> None:
    bring(ledger, file(coins=[coin(0)]), now)
    bring(ledger, file(prices=[price(121)]), now)
    assert bought(ledger) == [(350, None), (None, 370)]


@pytest.mark.parametrize(
    ("prices", "cents"),
    [
        (["1.234", "3,70"], {123400, 370}),
        (["1.234,00", "2.468"], {123400, 246800}),
        (["1,234", "3.70"], {123400, 370}),
        (["1.234", "3.70"], {370}),
        (["1.234", "5"], {500}),
        (["1.234", "3.70", "3,70"], {370}),
    ],
)
def test_a_price_that_reads_in_two_ways_is_settled_by_the_others_or_a_problem(
    ledger: Ledger, file: File, now: datetime, prices: list[str], cents: set[int]
) -> None:
    found = bring(ledger, file(prices=[price(place * 1000, text) for place, text in enumerate(prices)]), now)
    assert {paid for _, paid in bought(ledger)} == cents
    assert len(found.problems) == len(prices) - len(bought(ledger))


def cut(rows: dict[str, list[Any]], first: str, last: str) -> dict[str, list[Any]]:
    return {name: [row for row in found if first <= row[0] <= last] for name, found in rows.items()}


@pytest.mark.parametrize("seed", range(40))
def test_parts_in_any_order_and_the_whole_make_the_whole_or_say_a_problem(
    ledger: Ledger, another: Ledger, file: File, now: datetime, seed: int
) -> None:
    random = Random(seed)
    second = 0
    rows: dict[str, list[Any]] = {"coins": [], "prices": []}
    for _ in range(random.randint(2, 8)):
        second += random.choice([5, 20, 40, 90, 130, 400, 1000])
        size, paid = random.choice([(70, "0.99"), (350, "3.70"), (700, "7.20")])
        if random.random() < 0.9:
            rows["coins"].append(coin(second, size))
        if random.random() < 0.9:
            rows["prices"].append(price(second + random.choice([0, 0, 1, -1, 3]), paid))
    rows["prices"].sort()
    times = sorted(row[0] for found in rows.values() for row in found)
    first, last = sorted((random.choice(times), random.choice(times)))
    parts = [cut(rows, first, "9"), cut(rows, "", last)]
    random.shuffle(parts)
    said = 0
    for part in (*parts, rows):
        said += len(bring(ledger, file(**part), now).problems)
    assert bring(ledger, file(**rows), now).count == 0
    if not said:
        bring(another, file(**rows), now)
        assert Counter(bought(ledger)) == Counter(bought(another))


@pytest.mark.parametrize("later", ["3,70 €", "€3.70", "EUR 3.7", "3,70", "3.70"])
@pytest.mark.parametrize("joined", [True, False])
def test_a_price_written_another_way_in_a_later_export_is_the_same_row(
    ledger: Ledger, file: File, now: datetime, later: str, *, joined: bool
) -> None:
    coins = {"coins": [coin(0)]} if joined else {}
    first, second = (file(prices=[price(0, text)], **coins) for text in ("3.70", later))
    assert bring(ledger, first, now).count == 1
    for path in (second, first):
        again = bring(ledger, path, now, replace(SAID, currency="USD"))
        assert (again.count, again.paired, again.problems) == (0, 0, ())
    assert bought(ledger) == [(350 if joined else None, 370)]


@pytest.mark.parametrize(("first", "later"), [("17.000", "Rp 17.000"), ("VND17,000", "17.000"), ("17000", "17,000")])
def test_thousands_that_only_a_currency_tells_are_the_same_row(
    ledger: Ledger, file: File, now: datetime, first: str, later: str
) -> None:
    said = replace(SAID, currency="IDR")
    assert bring(ledger, file(prices=[price(0, first)]), now, said).count == 1
    assert bring(ledger, file(prices=[price(0, later)]), now, said).count == 0


def test_files_of_one_folder_that_write_a_price_in_two_ways_are_one_purchase(
    ledger: Ledger, file: File, tmp_path: Path, now: datetime
) -> None:
    for text in ("3.70", "3,70 €"):
        file(coins=[coin(0)], prices=[price(0, text), price(1000, text), price(1000, text)])
    assert bring(ledger, tmp_path, now).count == 3
    assert bought(ledger) == [(350, 370), (None, 370), (None, 370)]


def test_another_amount_in_the_same_second_is_another_row(ledger: Ledger, file: File, now: datetime) -> None:
    bring(ledger, file(prices=[price(0)]), now)
    assert bring(ledger, file(prices=[price(0, "3.71")]), now).count == 1
    bring(ledger, file(coins=[coin(1000)], prices=[price(1000)]), now)
    apart = bring(ledger, file(coins=[coin(1000)], prices=[price(1000, "4.70")]), now)
    assert [found.code for found in apart.problems] == ["rows_apart"]
    assert "another price" in sentence(apart.problems[0])


@pytest.mark.parametrize(
    "cut", ["Date: 2026-05-14", "Date: 2026-05-14 21:09:40\n", "Date: 2026-05-14 21:09:40\nGift Amount: 9\n"]
)
def test_a_block_of_the_text_form_that_is_cut_off_is_a_problem(
    ledger: Ledger, tmp_path: Path, now: datetime, cut: str
) -> None:
    path = tmp_path / "Purchases.txt"
    path.write_text(f"Date: 2026-05-14 21:00:00\nGift Amount: 5\nUsername: a\n\n{cut}", encoding="utf-8")
    found = bring(ledger, path, now)
    assert (found.count, len(found.problems)) == (1, 1)


def test_what_fell_into_the_hour_shown_twice_comes_in_and_says_so(ledger: Ledger, file: File, now: datetime) -> None:
    when = "2025-10-26 02:30:00"
    lives = {"1": {"WatchTime": "2025-10-26 02:10:00", "Link": "https://example.org"}}
    path = file(coins=[(when, "Recharge", 350)], gifts=[(when, 5, "a"), ("2025-10-26 03:00:00", 5, "a")], lives=lives)
    assert bring(ledger, path, now, replace(SAID, zone="Europe/Berlin")).problems == ()
    found = sorted(make.all_entries(ledger), key=lambda entry: (entry.at, isinstance(entry, Purchase)))
    assert [entry.at.isoformat() for entry in found] == ["2025-10-26T00:30:00+00:00"] * 2 + [
        "2025-10-26T02:00:00+00:00"
    ]
    assert ["twice" in entry.note for entry in found] == [True, True, False]
    assert ["LIVE 1" in entry.note for entry in found] == [True, False, True]


def test_what_fell_into_an_hour_that_was_skipped_says_that_the_zone_is_another(
    ledger: Ledger, file: File, now: datetime
) -> None:
    when = "2026-03-29 02:30:00"
    path = file(coins=[(when, "Recharge", 350)], gifts=[(when, 5, "a")], prices=[(when, "3.70")])
    found = bring(ledger, path, now, replace(SAID, zone="Europe/Berlin"))
    assert {(one.code, dict(one.values)["zone"]) for one in found.problems} == {("skipped_here", "Europe/Berlin")}
    assert bring(ledger, path, now).count == 2


@pytest.mark.parametrize("room", ["Room ID: 7301\n", ""])
def test_lives_of_the_text_form_stand_in_a_file_of_their_own(
    ledger: Ledger, tmp_path: Path, now: datetime, room: str
) -> None:
    folder = tmp_path / "TikTok_Data_1735588272" / "Tiktok"
    for name, text in {
        "Activity/Purchases.txt": "Date: 2026-05-14 21:09:40\nGift Amount: 5\nUsername: a\n",
        "TikTok Live/Watch Live History.txt": f"Watch Time: 2026-05-14 21:00:00\n{room}Link: https://example.org\n",
    }.items():
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text(text, encoding="utf-8")
    assert bring(ledger, tmp_path, now).count == 1
    (sent,) = make.all_entries(ledger)
    assert sent.note == (f"LIVE {'7301, ' if room else ''}opened 2026-05-14 21:00:00 UTC")


def test_examples_of_gifts_have_different_amounts_and_the_largest_is_among_them(file: File) -> None:
    gifts = [(at(second), amount, "bo") for second, amount in enumerate([1, 1, 1, 5, 299, 2, 7])]
    reading = opening.read_source(file(gifts=gifts), wishes=opening.Wishes())
    [question] = [one for one in reading.questions(Answers(zone="UTC")) if one.code == "gift_amount"]
    assert [example.split(" · ")[1] for example in question.examples] == ["299", "1", "5"]
    reading.close()

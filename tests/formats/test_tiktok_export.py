"""TikTok's export: every age gives the same rows, nothing else of the file comes out, and odd values are told."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coinbudget.domain.catalog import folded
from coinbudget.domain.drafts import Draft
from coinbudget.domain.errors import Problem, Refusal
from coinbudget.formats import tiktok_export, tiktok_text
from coinbudget.formats.moments import moment
from coinbudget.formats.source import Answers, GiftAmount, Incoming, Record, TypeMeaning

DATA = Path(__file__).parents[1] / "data" / "tiktok"
SAID = Answers(zone="UTC", currency="EUR", gift_amount=GiftAmount.COINS, types={"recharge": TypeMeaning.BOUGHT})
ERAS = ("e1.json", "e2.json", "e3.json")


def records(name: str) -> list[Record]:
    with (DATA / name).open("rb") as stream:
        return list(tiktok_export.read(stream))


def of(found: list[Record], section: str) -> list[Record]:
    return [record for record in found if record.section == section]


def read(document: Any) -> list[Record]:
    return list(tiktok_export.read(io.BytesIO(json.dumps(document).encode())))


@pytest.mark.parametrize("name", ERAS)
def test_every_age_gives_the_same_gifts_and_prices(name: str) -> None:
    found = records(name)
    assert [tiktok_export.origin(one) for one in of(found, "gifts")] == [
        tiktok_export.origin(one) for one in of(records("e1.json"), "gifts")
    ]
    assert [one.cells[1] for one in of(found, "prices")] == ["3.70", "10.49"]
    assert len(of(found, "gifts")) == 11


def test_the_newest_age_has_coins_and_never_income() -> None:
    found = records("e3.json")
    assert [one.cells for one in of(found, "coins")] == [
        ("2023-05-14 21:03:11", "Recharge", "350"),
        ("2023-06-01 10:00:00", "Recharge", "1000"),
        ("2023-06-02 10:00:00", "Reward", "20"),
    ]
    assert {one.section for one in found} == {"coins", "gifts", "prices"}


@pytest.mark.parametrize("name", ["e0_empty.json", "e3_empty_lists.json"])
def test_an_export_without_purchases_has_no_rows(name: str) -> None:
    assert records(name) == []


@pytest.mark.parametrize("empty", [None, [], {}])
def test_each_form_of_empty_is_empty_at_every_level(empty: Any) -> None:
    for document in (
        {"Your Activity": empty},
        {"Your Activity": {"Purchases": empty}},
        {"Your Activity": {"Purchases": {"SendGifts": empty, "BuyGifts": empty}}},
        {"Your Activity": {"Purchases": {"SendGifts": {"SendGifts": empty}}}},
        {"Income+ Wallet": {"Coin Purchase History": empty}},
        {"TikTok Live": {"Watch Live History": {"WatchLiveMap": empty}}},
    ):
        assert read(document) == []


def test_keys_and_dates_may_drift() -> None:
    drifted = {tiktok_export.origin(one) for one in records("e3_drift.json")}
    assert drifted <= {tiktok_export.origin(one) for one in records("e3.json")}
    assert len(drifted) == 3


def test_numbers_epochs_and_iso_are_the_same_rows() -> None:
    found = records("e3_numbers.json")
    usual = {tiktok_export.origin(one) for one in records("e3.json")}
    origins = [tiktok_export.origin(one) for one in found]
    assert sum(origin in usual for origin in origins) == 4
    odd = [tiktok_export.understand(one, SAID) for one in of(found, "gifts")[2:]]
    assert [one.code for one in odd if isinstance(one, Problem)] == ["not_a_time_here"] * 3


def test_nothing_private_ever_comes_out() -> None:
    for path in DATA.glob("*.json"):
        said = " ".join(cell for record in records(path.name) for cell in record.cells)
        for secret in ("example.org/live-chat", "luzie", "2009", "+49", "private word"):
            assert secret not in said, path.name


def test_lives_are_room_time_and_link_without_fillers() -> None:
    lives = of(records("e3_lives.json"), "lives")
    assert [one.cells[:2] for one in lives] == [("7301234567890123456", "2023-05-14 21:00:00")]


def test_a_json_object_of_another_program_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        read({"theme": "dark"})
    assert refused.value.problems[0].code == "not_tiktok"


def test_the_text_form_gives_the_same_gifts_and_nothing_of_other_files() -> None:
    folder = DATA / "txt" / "Tiktok" / "Activity"
    text = (folder / "Purchases.txt").read_text(encoding="utf-8")
    assert tiktok_text.recognised(text.encode())
    assert not tiktok_text.recognised((folder / "Login History.txt").read_bytes())
    found = [tiktok_export.origin(one) for one in tiktok_text.read(io.StringIO(text))]
    assert found == [tiktok_export.origin(one) for one in of(records("e1.json"), "gifts")]


@pytest.mark.parametrize("text", ["99", " 99 ", "1,234", "1.234", "1 234", "99.0"])
def test_numbers_of_coins_are_read_in_any_style_without_doubt(text: str) -> None:
    assert tiktok_export.coins_of(text) in {99, 1234}


@pytest.mark.parametrize("text", ["", "x", "1.5", "-3", "0", "٣", "1_000", "1e3", "999999999", "1,23", "½", "٩٩"])
def test_what_is_no_number_of_coins_is_a_problem(text: str) -> None:
    assert tiktok_export.coins_of(text) is None
    found = tiktok_export.understand(Record("gifts", 1, ("2023-05-14 21:09:40", text, "a")), SAID)
    assert isinstance(found, Problem)
    assert found.code == "not_coins_here"


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2023-05-14 21:03:11", "2023-05-14T21:03:11"),
        ("2023-05-14 21:03:11 UTC", "2023-05-14T21:03:11Z"),
        ("2023-05-14T21:03:11Z", "2023-05-14T21:03:11Z"),
        ("2023-05-14T21:03:11.123456789+02:00", "2023-05-14T21:03:11.123456+02:00"),
        ("2023-05-14 21:03", "2023-05-14T21:03:00"),
        ("1684098191", "2023-05-14T21:03:11Z"),
        ("1684098191000", "2023-05-14T21:03:11Z"),
        ("\u00a02023-05-14\u00a021:03:11", "2023-05-14T21:03:11"),
    ],
)
def test_times_are_read_in_every_form_that_exports_use(text: str, iso: str) -> None:
    found = moment(text)
    assert found is not None
    assert found.iso == iso


@pytest.mark.parametrize(
    "text",
    ["", "2023-02-30 10:00:00", "2023-05-14 25:00:00", "2023-05-14", "14.05.2023 10:00", "٢٠٢٣-٠٥-١٤ ٢١:٠٣:١١", "12",
     "99999999999", "2023-05-14 10:00:00 CEST", "2023-05-14T10:00:00+99:00", "0001-01-01T00:00:00+23:00"],
)  # fmt: skip
def test_what_is_no_time_is_none(text: str) -> None:
    assert moment(text) is None


def test_naive_and_utc_spelling_have_one_origin() -> None:
    one, other = (Record("gifts", 1, (at, "5", "a")) for at in ("2023-05-14 21:03:11", "2023-05-14 21:03:11 UTC"))
    assert tiktok_export.origin(one) == tiktok_export.origin(other)


Rows = st.lists(st.integers(0, 2000), max_size=12)


@given(Rows, Rows)
def test_pairs_use_each_once_and_keep_to_the_window(coins: list[int], prices: list[int]) -> None:
    bought, paid = list(enumerate(coins)), list(enumerate(prices))
    found = tiktok_export.pairs(bought, paid)
    assert len(set(found.values())) == len(found)
    assert all(abs(coins[one] - prices[other]) <= tiktok_export.PAIR_SECONDS for one, other in found.items())
    # Whoever has only one possible partner, who has only them, is joined.
    for row, second in bought:
        near = [other for other, at in paid if abs(at - second) <= tiktok_export.PAIR_SECONDS]
        if len(near) == 1:
            back = [one for one, at in bought if abs(at - prices[near[0]]) <= tiktok_export.PAIR_SECONDS]
            if back == [row]:
                assert found.get(row) == near[0]


def test_pairs_of_very_many_at_one_second_are_quick_and_complete() -> None:
    many = [(row, 0) for row in range(50_000)]
    assert len(tiktok_export.pairs(many, many)) == 50_000


def test_an_answer_decides_what_a_number_counts_and_never_the_origin() -> None:
    record = Record("gifts", 3, ("2023-05-14 21:09:40", "7", "a"))
    coins = tiktok_export.understand(record, SAID)
    pieces = tiktok_export.understand(record, Answers(zone="UTC", gift_amount=GiftAmount.PIECES))
    assert isinstance(coins, Incoming)
    assert isinstance(pieces, Incoming)
    assert (coins.draft.coins, coins.draft.quantity, pieces.draft.coins, pieces.draft.quantity) == ("7", "", "", "7")
    assert coins.origin == pieces.origin
    assert coins.draft == Draft(kind="gift", at="2023-05-14T21:09:40", zone="UTC", creator="a", coins="7", row=3)


def test_a_kind_of_row_is_bought_only_where_somebody_said_so() -> None:
    record = Record("coins", 1, ("2023-05-14 21:03:11", "ReCharge", "350"))
    assert isinstance(tiktok_export.understand(record, SAID), Incoming)
    assert tiktok_export.understand(record, Answers(zone="UTC")) is None
    assert folded("ReCharge") in SAID.types

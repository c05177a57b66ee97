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
from coinbudget.formats import tiktok_export, tiktok_pairs, tiktok_rows, tiktok_text
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
    assert [tiktok_rows.origin(one) for one in of(found, "gifts")] == [
        tiktok_rows.origin(one) for one in of(records("e1.json"), "gifts")
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
    drifted = {tiktok_rows.origin(one) for one in records("e3_drift.json")}
    assert drifted <= {tiktok_rows.origin(one) for one in records("e3.json")}
    assert len(drifted) == 3


def test_numbers_epochs_and_iso_are_the_same_rows() -> None:
    found = records("e3_numbers.json")
    usual = {tiktok_rows.origin(one) for one in records("e3.json")}
    origins = [tiktok_rows.origin(one) for one in found]
    assert sum(origin in usual for origin in origins) == 4
    odd = [tiktok_rows.understand(one, SAID) for one in of(found, "gifts")[2:]]
    assert [one.code for one in odd if isinstance(one, Problem)] == ["not_a_time_here", "not_a_time_here", "no_date"]


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
    found = [tiktok_rows.origin(one) for one in tiktok_text.read(io.StringIO(text))]
    assert found == [tiktok_rows.origin(one) for one in of(records("e1.json"), "gifts")]


@pytest.mark.parametrize("text", ["99", " 99 ", "1,234", "1.234", "1 234", "99.0"])
def test_numbers_of_coins_are_read_in_any_style_without_doubt(text: str) -> None:
    assert tiktok_rows.coins_of(text) in {99, 1234}


@pytest.mark.parametrize("text", ["", "x", "1.5", "-3", "0", "٣", "1_000", "1e3", "999999999", "1,23", "½", "٩٩"])
def test_what_is_no_number_of_coins_is_a_problem(text: str) -> None:
    assert tiktok_rows.coins_of(text) is None
    found = tiktok_rows.understand(Record("gifts", 1, ("2023-05-14 21:09:40", text, "a")), SAID)
    assert isinstance(found, Problem)
    assert found.code == ("not_above_zero" if text in {"-3", "0"} else "not_coins_here")


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
    assert tiktok_rows.origin(one) == tiktok_rows.origin(other)


Rows = st.lists(st.integers(0, 2000), max_size=12)


@given(Rows, Rows)
def test_pairs_use_each_once_and_keep_to_the_window(coins: list[int], prices: list[int]) -> None:
    bought, paid = list(enumerate(coins)), list(enumerate(prices))
    found = tiktok_pairs.pairs(bought, paid)
    assert len(set(found.values())) == len(found)
    assert all(abs(coins[one] - prices[other]) <= tiktok_pairs.PAIR_SECONDS for one, other in found.items())
    # Whoever has only one possible partner, who has only them, is joined.
    for row, second in bought:
        near = [other for other, at in paid if abs(at - second) <= tiktok_pairs.PAIR_SECONDS]
        if len(near) == 1:
            back = [one for one, at in bought if abs(at - prices[near[0]]) <= tiktok_pairs.PAIR_SECONDS]
            if back == [row]:
                assert found.get(row) == near[0]


def test_pairs_of_very_many_at_one_second_are_quick_and_complete() -> None:
    many = [(row, 0) for row in range(50_000)]
    assert len(tiktok_pairs.pairs(many, many)) == 50_000


def test_an_answer_decides_what_a_number_counts_and_never_the_origin() -> None:
    record = Record("gifts", 3, ("2023-05-14 21:09:40", "7", "a"))
    coins = tiktok_rows.understand(record, SAID)
    pieces = tiktok_rows.understand(record, Answers(zone="UTC", gift_amount=GiftAmount.PIECES))
    assert isinstance(coins, Incoming)
    assert isinstance(pieces, Incoming)
    assert (coins.draft.coins, coins.draft.quantity, pieces.draft.coins, pieces.draft.quantity) == ("7", "", "", "7")
    assert coins.origin == pieces.origin == tiktok_rows.origin(record)
    assert coins.draft == Draft(kind="gift", at="2023-05-14T21:09:40Z", creator="a", coins="7", row=3)


def test_a_kind_of_row_is_bought_only_where_somebody_said_so() -> None:
    record = Record("coins", 1, ("2023-05-14 21:03:11", "ReCharge", "350"))
    assert isinstance(tiktok_rows.understand(record, SAID), Incoming)
    assert tiktok_rows.understand(record, Answers(zone="UTC")) is None
    assert folded("ReCharge") in SAID.types


@pytest.mark.parametrize("text", ["1.234.0", "1.234.00", "1.0.0", "5.000.00"])
def test_two_points_of_which_one_may_part_decimals_leave_a_doubt(text: str) -> None:
    assert tiktok_rows.coins_of(text) is None


@pytest.mark.parametrize("text", ["1.234", "5.000", "-1.234"])
def test_a_json_number_with_three_decimals_is_never_a_thousand_and_more(text: str) -> None:
    document = f'{{"SendGifts": [{{"Date": "2026-05-14 21:09:40", "GiftAmount": {text}, "UserName": "a"}}]}}'
    (record,) = tiktok_export.read(io.BytesIO(document.encode()))
    assert record.cells[1] == f"{text}0"
    assert isinstance(tiktok_rows.understand(record, SAID), Problem)


def test_a_price_is_one_price_however_its_zeros_are_written() -> None:
    prices: list[object] = [3.7, "3.70", "3,70", "3.7"]
    found = read({"BuyGifts": [{"Date": "2026-05-14 21:03:11", "Price": price} for price in prices]})
    assert len({tiktok_rows.origin(record) for record in found}) == 1


def test_an_alias_takes_nothing_from_the_fields_own_name() -> None:
    rows = [{"GiftAmount": "99", "Amount": None}, {"Coins": 5, "GiftAmount": 99}, {"GiftAmount": None, "Coins": 99}]
    assert [record.cells[1] for record in read({"SendGifts": rows})] == ["99"] * 3


def test_the_same_rows_have_the_same_origins_in_every_age() -> None:
    gifts = [{"Date": "2026-05-14 21:09:40", "GiftAmount": "99", "UserName": "a"}] * 5
    prices = [{"Date": "2026-05-14 21:03:11", "Price": "3.70"}]
    lists = {"SendGifts": {"SendGifts": gifts}, "BuyGifts": {"BuyGifts": prices}}
    ages = [
        {"Activity": {"Purchase History": lists}},
        {"Activity": {"Purchases": lists}},
        {"Your Activity": {"Purchases": lists}},
        {"your_activity": {"purchases": {"send_gifts": gifts, "Buy Gifts": prices}}},
    ]
    assert len({tuple(sorted(tiktok_rows.origin(record) for record in read(age))) for age in ages}) == 1


@given(st.lists(st.integers(0, 500), max_size=10), st.integers(-60, 60), st.randoms(use_true_random=False))
def test_buyings_listed_twice_are_all_joined_however_close_they_follow(
    coins: list[int], later: int, order: Any
) -> None:
    bought = list(enumerate(coins))
    paid = [(row, second + later) for row, second in bought]
    order.shuffle(paid)
    found = tiktok_pairs.pairs(bought, paid, within=60)
    assert len(found) == len(coins)
    assert {row: coins[other] for row, other in found.items()} == dict(bought)


@given(Rows, Rows, st.randoms(use_true_random=False))
def test_pairs_keep_the_order_of_time_and_no_order_of_rows_changes_them(
    coins: list[int], prices: list[int], order: Any
) -> None:
    bought, paid = list(enumerate(coins)), list(enumerate(prices))
    found = tiktok_pairs.pairs(bought, paid)
    joined = sorted((coins[one], prices[other]) for one, other in found.items())
    assert [other for _, other in joined] == sorted(other for _, other in joined)
    order.shuffle(bought)
    order.shuffle(paid)
    assert tiktok_pairs.pairs(bought, paid) == found


def test_very_long_texts_are_not_kept_in_memory() -> None:
    long = "9" * 100_000
    before = [one.cache_info().currsize for one in (tiktok_rows._coins_of, tiktok_export._key)]
    (record,) = read({"SendGifts": [{"Date": long, "GiftAmount": long, "UserName": long}], long: 1})
    assert isinstance(tiktok_rows.understand(record, SAID), Problem)
    tiktok_rows.origin(record)
    after = [one.cache_info().currsize for one in (tiktok_rows._coins_of, tiktok_export._key)]
    assert after[0] == before[0]
    assert after[1] <= before[1] + 4


def test_a_price_of_the_very_same_second_is_never_given_to_other_coins() -> None:
    bought, paid = [(1, 180), (2, 270)], [(11, 100), (12, 180)]
    assert tiktok_pairs.pairs(bought, paid)[1] == 12


def test_a_price_of_the_same_second_is_its_coins_unless_the_whole_file_speaks_for_one_lag() -> None:
    bought, paid = [(1, 180), (2, 270)], [(11, 90), (12, 180)]
    assert tiktok_pairs.pairs(bought, paid) == {1: 11, 2: 12}
    assert tiktok_pairs.pairs([*bought, (3, 9_000)], [*paid, (13, 9_001)]) == {1: 12, 3: 13}


@pytest.mark.parametrize("text", ["350.000", "1.000"])
def test_thousands_that_may_be_decimals_leave_a_doubt(text: str) -> None:
    assert tiktok_rows.coins_of(text) is None


GIFT = {"Date": "2026-05-14 21:09:40", "GiftAmount": 5, "UserName": "a"}
GIFT_CELLS = ("2026-05-14 21:09:40", "5", "a")
NEW_KEYS = {"When": "2026-05-14 21:09:40", "HowMany": 5}


@pytest.mark.parametrize(
    "found",
    [
        {"0": GIFT, "1": GIFT},
        {"SendGifts": {"0": GIFT, "1": GIFT}},
        {"first": GIFT, "second": GIFT},
        {"GiftList": [GIFT, GIFT]},
        {"SendGifts": {"GiftList": [GIFT, GIFT], "Total": 2}},
        {"Pages": {"1": [GIFT], "2": [GIFT]}},
        {"2026": {"05": [GIFT], "06": {"0": GIFT}}},
        {"Date": "of the export", "SendGifts": [GIFT, GIFT]},
        [{**GIFT, "Badges": [{"Date": "x"}], "SendGifts": [GIFT]}, {"Extra": {"Date": "x"}, **GIFT}],
        {"a": {"Extra": {"note": 1}, **GIFT}, "b": {**GIFT, "Extra": {"Date": "x", "note": [1]}}},
    ],
)
def test_rows_are_read_under_whatever_key_and_as_list_or_object(found: Any) -> None:
    assert [one.cells for one in read({"Activity": {"Purchases": {"SendGifts": found}}})] == [GIFT_CELLS] * 2


@pytest.mark.parametrize("found", [GIFT, {"SendGifts": GIFT}, {"0": GIFT}, {"SendGifts": {"gift": GIFT}}])
def test_a_single_row_in_place_of_a_list_is_a_row(found: Any) -> None:
    after = {"BuyGifts": {"Date": "2026-05-14 21:03:11", "Price": 3.7}}
    one, other = read({"Activity": {"Purchases": {"SendGifts": found, **after}}})
    assert (one.cells, other.section, other.cells) == (GIFT_CELLS, "prices", ("2026-05-14 21:03:11", "3.7"))


@pytest.mark.parametrize(
    "found",
    [[NEW_KEYS], {"0": NEW_KEYS}, {"gift": NEW_KEYS}, NEW_KEYS, {"0": {}}, {"0": "x"}, {"2026-05": {"GiftAmount": 5}}],
)
def test_a_row_nobody_understands_is_a_problem_and_never_passed_over(found: Any) -> None:
    (record,) = read({"SendGifts": {"SendGifts": found}})
    assert isinstance(tiktok_rows.understand(record, SAID), Problem)


@pytest.mark.parametrize("found", [{"Total": 0}, {"SendGifts": None, "Note": "none yet"}, {"Pages": {"first": []}}])
def test_what_stands_beside_the_rows_is_no_row(found: Any) -> None:
    assert read({"SendGifts": {"SendGifts": found}}) == []

"""Titles of stores' lines: a number of coins where it is sure, nothing where it may be something else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coinbudget.formats.coin_titles import coins_of, speaks_of_coins


@pytest.mark.parametrize(
    ("title", "coins"),
    [
        ("350 Coins (TikTok)", 350),
        ("350 TikTok Coins", 350),
        ("350 TikTok-Münzen", 350),
        ("TikTok 1.000 Münzen", 1000),
        ("TikTok: 1,000 Coins", 1000),
        ("1.000 Coins (TikTok: Videos & Musik)", 1000),
        ("17\u202f500 pièces (TikTok)", 17500),
        ("1\u2019000 Mu\u0308nzen (TikTok)", 1000),
        ("350 Coins (TikTok 18+)", 350),
        ("350\u30b3\u30a4\u30f3 (TikTok)", 350),
        ("350 монет (TikTok)", 350),
        ("1.234.567 moedas (TikTok)", 1234567),
    ],
)
def test_the_number_before_the_word_for_coins_is_the_coins(title: str, coins: int) -> None:
    assert coins_of(title) == str(coins)


@pytest.mark.parametrize(
    "title",
    [
        "350 (TikTok)",
        "350 Coins + 35 bonus (TikTok)",
        "5 x 70 Coins (TikTok)",
        "20% off 350 Coins (TikTok)",
        "30 days of 350 coins (TikTok)",
        "TikTok LIVE, 1 month",
        "350 coinage (TikTok)",
        "1.5 Coins (TikTok)",
        "12 34 Coins (TikTok)",
        "+350 Coins (TikTok)",
        "0 Coins (TikTok)",
        "TikTok coins",
        "350 Coins " + "x" * 1000,
    ],
)
def test_a_number_that_may_be_something_else_is_not_taken_for_coins(title: str) -> None:
    assert coins_of(title) == ""


@pytest.mark.parametrize(
    ("title", "speaks"),
    [
        *(
            ("350Coins (TikTok)", True),
            ("TikTok coins", True),
            ("TikTok Mu\u0308nzen", True),
            ("350コイン (TikTok)", True),
        ),
        *(("TikTok - Videos, Shop & LIVE", False), ("", False), ("TikTok coinage", False), ("Bitcoin", False)),
    ],
)
def test_a_title_speaks_of_coins_where_a_word_of_it_is_one_for_them(title: str, *, speaks: bool) -> None:
    assert speaks_of_coins(title) is speaks


@given(st.text(max_size=60))
def test_any_title_is_plain_digits_or_nothing(title: str) -> None:
    assert (found := coins_of(title)) == "" or found.isdecimal()

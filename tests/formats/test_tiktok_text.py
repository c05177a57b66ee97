"""TikTok's export as text: blocks told by their labels, the same records as in JSON, nothing of other files."""

import io
import json
from itertools import permutations
from pathlib import Path

import pytest

from coinbudget.formats import tiktok_export, tiktok_rows, tiktok_text
from coinbudget.formats.source import Record

DATA = Path(__file__).parents[1] / "data" / "tiktok" / "txt"
GIFT = "Date: 2026-05-14 21:09:40 UTC\nGift Amount: 99\nUsername: some_creator\n"
PRICE = "Date: 2026-05-14 21:03:11\nPrice: 3.70\n"
COIN = "Date: 2026-05-14 21:03:11\nType: Recharge\nCoin Amount: 350\n"
LIVE = "Watch Time: 2026-05-14 21:00:00\nRoom ID: 7301000000000000001\nLink: https://example.org/live\n"
INCOME = "Date: 2026-05-15 00:00:00\nTransaction Type: Earnings\nCurrency: USD\nAmount: 41.97\nStatus: Paid\n"
CHAT = "Date: 2026-05-14 21:00:00\nFrom: nobody\nContent: the code is 4711, Price: none\n"
LOGIN = "Date: 2026-05-14 21:00:00\nIP: 192.0.2.77\nDevice Model: phone\n"
PROFILE = "Username: vera_nobody\nEmail: vera.nobody@example.org\nBirth Date: 1991-07-23\n"


def read(text: str) -> list[Record]:
    return list(tiktok_text.read(io.StringIO(text, newline="")))


def cells(text: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(record.section, record.cells) for record in read(text)]


GIFT_READ = ("gifts", ("2026-05-14 21:09:40 UTC", "99", "some_creator"))
PRICE_READ = ("prices", ("2026-05-14 21:03:11", "3.70"))
COIN_READ = ("coins", ("2026-05-14 21:03:11", "Recharge", "350"))
LIVE_READ = ("lives", ("7301000000000000001", "2026-05-14 21:00:00", "https://example.org/live"))


def test_each_kind_of_block_is_its_list() -> None:
    assert cells(f"{GIFT}\n{PRICE}\n{COIN}\n{LIVE}") == [GIFT_READ, PRICE_READ, COIN_READ, LIVE_READ]


@pytest.mark.parametrize("text", [INCOME, CHAT, LOGIN, PROFILE, "", "\n\n", "no label at all\n", ":\n::\n: x\n"])
def test_blocks_of_anything_else_are_passed_over(text: str) -> None:
    assert read(text) == []
    assert not tiktok_text.recognised(text.encode())
    assert cells(f"{text}\n{GIFT}\n{text}") == [GIFT_READ]


@pytest.mark.parametrize("text", [GIFT, PRICE, COIN])
def test_a_file_is_told_by_its_first_block(text: str) -> None:
    assert tiktok_text.recognised(text.encode())
    assert tiktok_text.recognised(b"\xef\xbb\xbf" + text.encode())
    assert tiktok_text.recognised(f"\n{text}".replace("\n", "\r\n").encode())
    assert not tiktok_text.recognised(f"{LOGIN}\n{text}".encode())


def test_lives_alone_are_no_file_of_purchases() -> None:
    assert not tiktok_text.recognised(LIVE.encode())
    assert tiktok_text.has_lives(LIVE.encode())
    assert not any(tiktok_text.has_lives(text.encode()) for text in (GIFT, LOGIN, CHAT, PROFILE, ""))


@pytest.mark.parametrize(
    "text",
    [
        GIFT.replace(": ", ":: "),
        GIFT.replace(": ", ":"),
        GIFT.replace(": ", " :  "),
        GIFT.upper().replace("SOME_CREATOR", "some_creator"),
        GIFT.replace("Gift Amount", "GiftAmount").replace("Username", "User_Name"),
        GIFT.replace("\n", "\r\n"),
        GIFT.removesuffix("\n"),
        "  " + GIFT.replace("\n", "  \n"),
        "\n\n" + GIFT + "\n\n\n",
        "Date: 2026-05-14 21:09:40 UTC\nUsername: some_creator\nGift Amount: 99\n",
        GIFT + "Another Label: x\n",
    ],
)
def test_labels_and_line_ends_may_drift(text: str) -> None:
    assert cells(text) == [GIFT_READ]


def test_blocks_without_a_blank_line_between_them_begin_with_their_date() -> None:
    assert cells(GIFT + PRICE + GIFT) == [GIFT_READ, PRICE_READ, GIFT_READ]
    cut = "Gift Amount: 7\nUsername: cut\n"
    assert cells(GIFT + cut + GIFT) == [GIFT_READ, ("gifts", ("", "7", "cut")), GIFT_READ]


@pytest.mark.parametrize("order", list(permutations(GIFT.splitlines(keepends=True))))
@pytest.mark.parametrize("between", ["", "\n", "\n \n"])
def test_labels_of_a_block_stand_in_any_order(order: tuple[str, ...], between: str) -> None:
    assert cells(between.join(["".join(order)] * 3)) == [GIFT_READ] * 3


def test_a_block_in_another_order_than_the_others_is_read_by_its_labels() -> None:
    turned = "".join(reversed(GIFT.splitlines(keepends=True)))
    assert cells(f"{GIFT}\n{turned}\n{GIFT}") == [GIFT_READ] * 3


@pytest.mark.parametrize("cut", range(1, len(GIFT)))
def test_a_block_that_is_cut_off_is_a_row_and_changes_no_other(cut: int) -> None:
    left = GIFT[:cut]
    lines = 1 if cut >= len("Date:") else 0
    assert cells(f"{GIFT}\n{left}")[0] == GIFT_READ
    assert len(cells(f"{GIFT}\n{left}")) == len(cells(GIFT + left)) == 1 + lines
    found = cells(f"{GIFT}\n{left}\n\n{GIFT}")
    assert (found[0], found[-1], len(found)) == (GIFT_READ, GIFT_READ, 2 + lines)


def test_coins_and_price_in_one_block_are_a_row_of_each_list() -> None:
    assert cells(f"{COIN}Price: 3.70\n") == [COIN_READ, PRICE_READ]
    assert cells(f"{GIFT}Price: 3.70\n") == [GIFT_READ]


def test_equal_blocks_stay_as_many_and_rows_count_within_their_list() -> None:
    found = read(f"{GIFT}\n{PRICE}\n{GIFT}\n{PRICE}\n{GIFT}")
    assert [(record.section, record.row) for record in found] == [
        *(("gifts", 1), ("prices", 1), ("gifts", 2), ("prices", 2), ("gifts", 3)),
    ]


def test_a_value_may_hold_what_looks_like_a_label() -> None:
    text = GIFT.replace("some_creator", "Date: 1, Price:: 2")
    assert cells(text) == [("gifts", ("2026-05-14 21:09:40 UTC", "99", "Date: 1, Price:: 2"))]


def test_what_a_block_lacks_is_empty() -> None:
    assert cells("Date: x\nGift Amount:\n") == [("gifts", ("x", "", ""))]
    assert cells("Gift Amount: 5\nUsername: a\n") == []


def test_text_and_json_have_the_same_origins() -> None:
    document = {
        "SendGifts": [{"Date": "2026-05-14 21:09:40", "GiftAmount": 99, "UserName": "some_creator"}],
        "BuyGifts": [{"Date": "2026-05-14 21:03:11 UTC", "Price": 3.7}],
        "CoinPurchaseHistoryList": [{"Date": 1778792591, "Type": "Recharge", "CoinAmount": "350"}],
    }
    stream = io.BytesIO(json.dumps(document).encode())
    from_json = {(record.section, tiktok_rows.origin(record)) for record in tiktok_export.read(stream)}
    from_text = {(record.section, tiktok_rows.origin(record)) for record in read(f"{GIFT}\n{PRICE}\n{COIN}")}
    assert from_text == from_json


def test_of_a_folder_only_the_purchases_are_recognised() -> None:
    told = {path.name for path in DATA.rglob("*.txt") if tiktok_text.recognised(path.read_bytes())}
    assert told == {"Purchases.txt"}


@pytest.mark.parametrize(
    "line", ["a" * 200_000, " " * 5_000, ":" * 5_000, "A " * 5_000, "Date:" * 5_000, "\x00", "\u2028", "Date\u00a0: x"]
)
def test_no_line_breaks_the_reader(line: str) -> None:
    assert GIFT_READ in cells(f"{line}\n\n{GIFT}\n{line}")
    tiktok_text.recognised(line.encode())

"""Google's and Apple's histories: TikTok lines alone, nothing private, refunds beside their purchases."""

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coinbudget.domain.errors import Problem, Refusal
from coinbudget.formats import apple_history, google_takeout
from coinbudget.formats.source import Answers, Incoming, Record

DATA = Path(__file__).parents[1] / "data"
ORDERS = (DATA / "google" / "Order History.json").read_bytes()
APPLE = (DATA / "apple" / "Store Transaction History.csv").read_text(encoding="utf-8")
PRIVATE = ("4242", "Nowhere", "Secret", "203.0.113", "DEV-", "999", "iPhone", "12/29")


def google(data: bytes = ORDERS) -> list[Record | Problem]:
    return list(google_takeout.read(io.BytesIO(data)))


def apple(text: str = APPLE) -> list[Record | Problem]:
    return list(apple_history.read(io.StringIO(text, newline="")))


def test_orders_of_coins_alone_are_read_and_mixed_ones_told() -> None:
    found = google()
    assert [(one.section, one.cells[0][-1]) for one in found if isinstance(one, Record)] == [
        ("orders", "1"), ("orders", "2"), ("refunds", "2"), ("orders", "3"), ("orders", "6"), ("refunds", "6"),
    ]  # fmt: skip
    assert [one.code for one in found if isinstance(one, Problem)] == ["order_mixed"]


def test_nothing_private_comes_out_of_a_store() -> None:
    for record in (*google(), *apple()):
        said = " ".join(record.cells) if isinstance(record, Record) else str(record)
        assert not [secret for secret in PRIVATE if secret in said]


def test_an_order_is_a_purchase_with_its_number_coins_and_price() -> None:
    first, second, refund, free, american, part = (one for one in google() if isinstance(one, Record))
    found = google_takeout.understand(first, Answers())
    assert isinstance(found, Incoming)
    draft = found.draft
    assert (draft.coins, draft.paid, draft.currency, draft.channel) == ("350", "3,70", "EUR", "android")
    assert draft.order_ref == "GPA.0000-0000-0000-00001"
    grouped = google_takeout.understand(second, Answers())
    assert isinstance(grouped, Incoming)
    assert grouped.draft.coins == "1000"
    whole = google_takeout.understand(refund, Answers())
    assert isinstance(whole, Incoming)
    assert (whole.draft.kind, whole.draft.paid, whole.draft.about) == ("refund", "", "1")
    assert google_takeout.understand(free, Answers()) is None
    dollars = google_takeout.understand(american, Answers())
    assert isinstance(dollars, Incoming)
    assert dollars.draft.currency == "USD"
    some = google_takeout.understand(part, Answers())
    assert isinstance(some, Incoming)
    assert (some.draft.paid, some.draft.currency) == ("0.50", "USD")


def test_both_files_are_told_by_their_content() -> None:
    assert google_takeout.recognised(ORDERS[:200])
    assert google_takeout.recognised((DATA / "google" / "Purchase History.json").read_bytes()[:200])
    assert not google_takeout.recognised(b'[{"other": 1}]')
    assert apple_history.recognised(APPLE.encode()[:2000])
    assert not apple_history.recognised((DATA / "apple" / "Store Flow Events.csv").read_bytes())


@pytest.mark.parametrize(
    "empty", [b"[]", b'[{"orderHistory": null}]', b'[{"orderHistory": {}}]', b'[{"orderHistory": []}]']
)
def test_empty_histories_have_no_rows(empty: bytes) -> None:
    try:
        assert google(empty) == []
    except Refusal as refusal:
        assert [found.code for found in refusal.problems] == ["not_google"]  # noqa: PT017 - an empty list is neither


def test_apple_lines_are_found_by_the_names_of_the_columns() -> None:
    found = apple()
    assert [one.section for one in found if isinstance(one, Record)] == ["lines", "lines", "lines", "refunds"]
    first, family = (one for one in found[:2] if isinstance(one, Record))
    one = apple_history.understand(first, Answers(), days_first=False)
    assert isinstance(one, Incoming)
    assert (one.draft.coins, one.draft.paid, one.draft.currency, one.draft.channel) == ("350", "4.99", "EUR", "ios")
    other = apple_history.understand(family, Answers(), days_first=False)
    assert isinstance(other, Incoming)
    assert (other.draft.note, other.draft.currency) == (apple_history.FAMILY_NOTE, "USD")


def test_slashed_dates_are_settled_by_all_rows() -> None:
    assert apple_history.day_first(["05/14/2026", "03/04/2026"]) is False
    assert apple_history.day_first(["03/04/2026", "14/05/2026"]) is True
    assert apple_history.day_first(["03/04/2026"]) is None
    assert apple_history.date_of("05/14/2026 09:03:11 PM", days_first=False) == "2026-05-14T21:03:11"
    assert apple_history.date_of("02/30/2026", days_first=False) is None


@given(st.integers(0, len(ORDERS) - 1), st.binary(min_size=1, max_size=3))
@settings(max_examples=150, deadline=None)
def test_a_damaged_order_history_is_records_or_one_sentence(place: int, value: bytes) -> None:
    try:
        for record in google(ORDERS[:place] + value + ORDERS[place + len(value) :]):
            if isinstance(record, Record):
                google_takeout.understand(record, Answers(currency="EUR"))
                assert google_takeout.origin(record) is not None
    except Refusal:
        pass


@given(st.integers(0, len(APPLE) - 1), st.text(min_size=1, max_size=3))
@settings(max_examples=150, deadline=None)
def test_a_damaged_store_history_is_records_or_one_sentence(place: int, value: str) -> None:
    try:
        for record in apple(APPLE[:place] + value + APPLE[place + len(value) :]):
            if isinstance(record, Record):
                apple_history.understand(record, Answers(), days_first=True)
                assert apple_history.origin(record)
    except Refusal:
        pass


def test_a_row_of_tiktok_with_a_cell_too_many_is_a_problem_and_one_of_another_app_is_nothing() -> None:
    head = "Item Purchased Date,Item Description,Container Description,Invoice Item Total,Currency,Order Number\n"
    rows = "2026-05-14,1,000 Coins,{app},10.49,EUR,MA1\n2026-05-15,350 Coins,{app},3.70,EUR,MA2,\n"
    first, second = apple(head + rows.format(app="TikTok"))
    assert isinstance(first, Problem)
    assert (first.code, first.row) == ("too_many_cells", 2)
    assert isinstance(second, Record)
    assert apple(head + rows.format(app="Other")) == []

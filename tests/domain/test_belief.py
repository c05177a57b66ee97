"""Drafts become entries or problems: the one grammar every way in walks through."""

from datetime import UTC, date, datetime

import pytest

from coinbudget.domain.belief import believe
from coinbudget.domain.catalog import CatalogGift, Region
from coinbudget.domain.drafts import COLUMNS, Draft, Facts, draft_of
from coinbudget.domain.entries import Entry, Gift, Purchase
from coinbudget.domain.errors import Problem
from coinbudget.domain.money import Currency, NumberStyle
from coinbudget.domain.profiles import HomeSettings, Profile, ProfileId
from coinbudget.services.wording import sentence
from tests import make
from tests.conftest import NOW

MIA = Profile(
    id=ProfileId(1),
    name="Mia",
    region="DE",
    currency="EUR",
    settings=(HomeSettings(effective_on=date.min, zone="Europe/Berlin"),),
    created_at=NOW,
)
ROSE = CatalogGift(name="Rose", coins=1, seen_on=date(2026, 1, 1))
SWAN = (
    CatalogGift(name="Swan", coins=699, seen_on=date(2026, 1, 1)),
    CatalogGift(name="Swan", coins=599, seen_on=date(2024, 1, 1)),
)
TWINS = (CatalogGift(name="Twins", coins=5, seen_on=None), CatalogGift(name="Twins", coins=9, seen_on=None))
GIFTS = {"rose": (ROSE,), "swan": SWAN, "twins": TWINS}


def facts() -> Facts:
    return Facts(
        now=NOW,
        profiles={"mia": MIA},
        default_profile=MIA,
        currencies={code: Currency(code=code, digits=digits) for code, digits in (("EUR", 2), ("JPY", 0), ("USD", 2))},
        regions={"DE": Region(code="DE", name="Germany", currency="EUR")},
        gifts=lambda name: GIFTS.get(name, ()),
        refundable=lambda _: "unknown_purchase",
        new_id=lambda: "new",
    )


def believed(draft: Draft) -> Entry:
    found = believe(draft, facts())
    assert not isinstance(found, tuple), found
    return found


def problems(draft: Draft) -> tuple[Problem, ...]:
    found = believe(draft, facts())
    assert isinstance(found, tuple), found
    assert all(sentence(fault).endswith((".", "?")) for fault in found)
    return found


WRONG = [
    (make.purchase(kind=""), "kind", "required"),
    (make.purchase(kind="topup"), "kind", "unknown_kind"),
    (make.purchase(profile="Zoe"), "profile", "unknown_profile"),
    (make.purchase(paid=""), "paid", "required"),
    (make.purchase(paid="0"), "paid", "paid_zero"),
    (make.purchase(paid="-5"), "paid", "negative"),
    (make.purchase(paid="5.291"), "paid", "too_many_decimals"),
    (make.purchase(paid="5.2", currency="JPY"), "paid", "too_many_decimals"),
    (make.purchase(paid="1e3"), "paid", "not_a_number"),
    (make.purchase(paid="9" * 40), "paid", "too_large"),
    (make.purchase(currency=""), "currency", "required"),
    (make.purchase(currency="eur"), "currency", "unknown_currency"),
    (make.purchase(coins="0"), "coins", "zero"),
    (make.purchase(coins="1.5"), "coins", "not_whole"),
    (make.purchase(coins="100000001"), "coins", "too_large"),
    (make.purchase(charged="x"), "charged", "not_a_number"),
    (make.purchase(charged="0"), "charged", "zero"),
    (make.purchase(row=2, at="2026-01-01", paid="", currency="", charged="5"), "charged", "charged_without_paid"),
    (make.purchase(row=2, at="2026-01-01", paid="", currency="", coins=""), "coins", "coins_or_paid"),
    (make.purchase(currency="USD", rate="0"), "rate", "rate_out_of_range"),
    (make.purchase(currency="USD", rate="x"), "rate", "not_a_number"),
    (make.purchase(currency="USD", rate_on="2025-01-01"), "rate", "required"),
    (make.purchase(currency="USD", rate="1", rate_on="1.1.25"), "rate_on", "not_a_date"),
    (make.purchase(currency="USD", rate="1", charged="5"), "rate", "rate_and_charged"),
    (make.purchase(rate="1"), "rate", "rate_same_currency"),
    (make.purchase(region="XX"), "region", "unknown_region"),
    (make.purchase(channel="iOS"), "channel", "unknown_channel"),
    (make.purchase(creator="@x"), "creator", "not_for_kind"),
    (make.purchase(order_ref="a\x00b"), "order_ref", "control_character"),
    (make.purchase(order_ref="x" * 201), "order_ref", "too_long"),
    (make.purchase(note="\ud800"), "note", "control_character"),
    (make.purchase(note="a\nb"), "note", "control_character"),
    (make.purchase(note="n" * 10_000), "note", "too_long"),
    (make.purchase(about="yes"), "about", "not_a_flag"),
    (make.purchase(planned="x"), "planned", "not_a_flag"),
    (make.purchase(at="2026-11-22T21:35:01Z"), "at", "in_future"),
    (make.purchase(at="2026-11-23"), "at", "in_future"),
    (make.purchase(at="2015-12-31"), "at", "too_early"),
    (make.purchase(at="2015-12-31T22:59:59Z"), "at", "too_early"),
    (make.purchase(at="0000-01-01"), "at", "not_a_date"),
    (make.purchase(at="0001-01-01T00:00:00+14:00"), "at", "not_an_instant"),
    (make.purchase(at="0001-01-01"), "at", "too_early"),
    (make.purchase(at="9999-12-31", planned="1"), "at", "too_far"),
    (make.purchase(at="9999-12-31T23:59:59-12:00", planned="1"), "at", "not_an_instant"),
    (make.purchase(at="2026-02-30"), "at", "not_a_date"),
    (make.purchase(at="20261122"), "at", "not_an_instant"),
    (make.purchase(at="03.04.2026"), "at", "not_an_instant"),
    (make.purchase(at="2026-11-22T25:00"), "at", "not_an_instant"),
    (make.purchase(at="yesterday"), "at", "not_an_instant"),
    (make.purchase(at="2026-03-29T02:30"), "at", "no_such_time"),
    (make.purchase(row=2, at=""), "at", "required"),
    (make.purchase(zone="Mars/Olympus"), "zone", "unknown_zone"),
    (make.purchase(zone="../etc/passwd"), "zone", "unknown_zone"),
    (make.purchase(voided="2027-01-01T00:00Z"), "voided", "in_future"),
    (make.gift(creator=""), "creator", "required"),
    (make.gift(creator="@"), "creator", "required"),
    (make.gift(creator="c" * 201), "creator", "too_long"),
    (make.gift(creator="c" * 10_000), "creator", "too_long"),
    (make.gift(coins=""), "coins", "required"),
    (make.gift(coins="", gift="Nothing known"), "coins", "unknown_gift"),
    (make.gift(coins="", gift="Twins"), "coins", "several_prices"),
    (make.gift(coins="", gift="Swan", quantity="1000000"), "quantity", "too_large"),
    (make.gift(coins="", gift="0x30"), "gift", "zero"),
    (make.gift(quantity="0"), "quantity", "zero"),
    (make.gift(paid="5"), "paid", "not_for_kind"),
    (make.refund(""), "refers_to", "required"),
    (make.refund("nothing"), "refers_to", "unknown_purchase"),
    (make.adjustment(coins=""), "coins", "required"),
    (make.adjustment(coins="0"), "coins", "zero"),
    (make.adjustment(coins="-100000001", reason="correction"), "coins", "too_large"),
    (make.adjustment(coins="-5"), "coins", "must_add_coins"),
    (make.adjustment(coins="5", reason="other-use"), "coins", "must_take_coins"),
    (make.adjustment(reason=""), "reason", "required"),
    (make.adjustment(reason="gift"), "reason", "unknown_reason"),
]


@pytest.mark.parametrize(("draft", "field", "code"), WRONG)
def test_each_fault_is_one_problem_with_a_sentence(draft: Draft, field: str, code: str) -> None:
    assert [(fault.field, fault.code) for fault in problems(draft)] == [(field, code)]


def test_a_problem_in_a_file_names_its_row() -> None:
    assert [fault.row for fault in problems(make.purchase(row=7, paid="x", coins="y", at="2026-01-01"))] == [7, 7]


def test_a_date_alone_is_that_home_day_at_noon_with_its_hour_unknown() -> None:
    found = believed(make.gift(at="2026-11-22"))
    assert (found.home_on, found.at, found.hour_known) == (
        date(2026, 11, 22),
        datetime(2026, 11, 22, 11, tzinfo=UTC),
        False,
    )


def test_a_naive_time_shown_twice_is_the_first() -> None:
    assert believed(make.gift(at="2026-10-25T02:30")).at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert believed(make.gift(at="2026-06-01T02:30", zone="Asia/Tokyo")).at == datetime(2026, 5, 31, 17, 30, tzinfo=UTC)


def test_a_late_evening_belongs_to_its_home_day() -> None:
    assert believed(make.gift(at="2026-06-01T22:30:00Z")).home_on == date(2026, 6, 2)


def test_a_gift_is_priced_by_its_newest_price_or_shorthand() -> None:
    for given, name, coins, quantity in [
        ({"gift": "rOSE", "quantity": "5"}, "Rose", 5, 5),
        ({"gift": "Swan"}, "Swan", 699, 1),
        ({"gift": "5x30"}, "", 150, 5),
        ({"gift": "Twins", "coins": "9"}, "Twins", 9, 1),
    ]:
        found = believed(make.gift(**{"coins": "", **given}))
        assert isinstance(found, Gift)
        assert (found.gift_name, found.coins, found.quantity) == (name, coins, quantity)


def test_in_a_file_unknown_coins_stay_unknown_and_texts_as_they_are() -> None:
    found = believed(make.gift(row=2, coins="", gift="rose", at="2026-01-01"))
    assert isinstance(found, Gift)
    assert (found.coins, found.gift_name) == (None, "rose")
    bought = believed(make.purchase(row=2, paid="", currency="", at="2026-01-01"))
    assert isinstance(bought, Purchase)
    assert bought.paid is None


def test_forms_take_their_own_signs_and_full_width_digits() -> None:
    found = believed(
        make.purchase(paid="\uff15\uff0c29", coins="1.400", numbers=NumberStyle(decimal=",", group=".", fold=True))
    )
    assert isinstance(found, Purchase)
    assert found.paid is not None
    assert (found.paid.minor, found.coins) == (529, 1400)


@pytest.mark.parametrize(
    "draft",
    [
        make.purchase(id="a", at="2026-06-01T20:00:00+02:00", note="naïve 🎁", about="1"),
        make.purchase(id="b", at="2026-06-01", currency="USD", charged="5.00", order_ref="GPA.1", approval="ok"),
        make.purchase(id="c", at="2026-06-01", currency="USD", rate="0.91", rate_on="2026-05-29", coins=""),
        make.purchase(id="d", at="2026-12-24", planned="1"),
        make.gift(id="e", at="2026-06-01T20:00:00.123456+09:00", zone="Asia/Tokyo", gift="Rose", quantity="3"),
        make.adjustment(id="f", at="2026-06-01", coins="-7", reason="correction", voided="2026-06-02T00:00:00+00:00"),
    ],
)
def test_the_text_of_an_entry_is_believed_to_be_the_same_entry(draft: Draft) -> None:
    entry = believed(draft)
    text = draft_of(entry, MIA)
    assert believed(text._replace(row=2)) == entry
    given = {name: getattr(draft, name) for name in COLUMNS if getattr(draft, name)}
    kept = {name: getattr(text, name) for name in given}
    assert kept | {"creator": ""} == {**given, "creator": ""}

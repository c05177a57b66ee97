"""Prices of coins and folded names."""

from datetime import date
from fractions import Fraction

import pytest

from coinbudget.domain.catalog import (
    OWN_SOURCE,
    Basis,
    Channel,
    CoinPackage,
    folded,
    package_for,
    price_minor,
    priced_by,
    search_folded,
)
from coinbudget.domain.money import Currency, Money

EUR = Currency(code="EUR", digits=2)


def offer(coins: int, minor: int, **given: object) -> CoinPackage:
    facts: dict[str, object] = {"region": "DE", "channel": Channel.WEB, "seen_on": date(2025, 1, 1), "source": "x"}
    facts |= {"estimate": False, **given}
    return CoinPackage(coins=coins, price=Money(minor=minor, currency=EUR), **facts)  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize(("coins", "size"), [(70, 70), (100, 70), (350, 350), (9999, 350), (5, 70)])
def test_exact_package_else_largest_below_else_smallest(coins: int, size: int) -> None:
    found = package_for(coins, [offer(350, 400), offer(70, 85)])
    assert found is not None
    assert found.coins == size


def test_newest_price_of_a_size_stands_and_undated_is_oldest() -> None:
    offers = [offer(70, 85, seen_on=None), offer(70, 90, seen_on=date(2020, 1, 1)), offer(70, 80, seen_on=None)]
    found = package_for(70, offers)
    assert found is not None
    assert found.price.minor == 90


def test_no_package_no_price() -> None:
    assert package_for(70, []) is None


def test_price_is_exact_until_it_is_rounded_once() -> None:
    assert price_minor(746, offer(700, 758)) == Fraction(758 * 746, 700)


def test_order_is_own_then_storefront_then_other_channel_then_the_us() -> None:
    own = [offer(65, 119, source=OWN_SOURCE)]
    packages = [
        offer(70, 85),
        offer(65, 99, channel=Channel.IOS),
        offer(70, 74, region="US"),
    ]
    found = priced_by(70, "DE", Channel.WEB, packages, own)
    assert [basis for basis, _ in found] == [Basis.OWN, Basis.CATALOGUE, Basis.OTHER_CHANNEL, Basis.US_PRICE]
    assert [package.price.minor for _, package in found] == [119, 85, 99, 74]


def test_own_price_in_another_channel_beats_an_older_catalogue_price() -> None:
    own = [offer(65, 119, source=OWN_SOURCE, channel=Channel.IOS, seen_on=date(2026, 1, 1))]
    basis, package = priced_by(70, "DE", Channel.ANDROID, [offer(70, 85)], own)[0]
    assert (basis, package.price.minor) == (Basis.OTHER_CHANNEL, 119)


def test_us_price_is_of_the_same_channel_where_there_is_one() -> None:
    packages = [offer(70, 74, region="US"), offer(65, 99, region="US", channel=Channel.IOS)]
    assert priced_by(65, "JP", Channel.IOS, packages, [])[0][1].price.minor == 99
    assert priced_by(65, "JP", Channel.ANDROID, packages, [])[0][0] is Basis.US_PRICE


def test_names_compare_without_case_blanks_forms_and_apostrophes() -> None:
    assert folded(" \uff32ose ") == folded("ROSE") == "rose"
    assert folded("Adam\u2019s") == folded("adam's")
    assert folded("Straße") == folded("STRASSE")
    assert folded("e\u0301") == folded("\u00e9")


def test_search_drops_accents_and_names_keep_them() -> None:
    assert search_folded("\u0141\u00f3d\u017a \u00c9t\u00e9") == "lodz ete"
    assert folded("Jos\u00e9") != folded("Jose")

"""The bundled facts: every region and currency of ISO, packages and gifts with source and day."""

import csv
from datetime import date

import pytest
from babel.core import get_global
from babel.numbers import get_currency_precision, get_territory_currencies

from coinbudget import paths
from coinbudget.domain.catalog import Channel, folded
from coinbudget.storage.reference_store import load_reference

TODAY = date(2026, 11, 1)

#: Where ISO 4217 and Babel's data (CLDR) say different decimals: code and ours. CLDR tells what is printed on prices.
DECIMALS_UNLIKE_BABEL = {
    **dict.fromkeys(["AFN", "ALL", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "MRO", "RSD"], 2),
    **dict.fromkeys(["SLL", "SOS", "STD", "SYP", "YER"], 2),
    "IQD": 3,
}
#: Where a region's currency is not the one Babel says: the euro came to Bulgaria on 1 January 2026.
CURRENCY_UNLIKE_BABEL = {"BG": "EUR"}


def rows(name: str) -> list[dict[str, str]]:
    with paths.resource(f"catalog/{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_region_of_iso_3166_is_there() -> None:
    regions = load_reference().regions
    assert len(regions) == 249
    codes = {code for code in get_global("territory_currencies") if len(code) == 2}
    assert set(regions) <= codes | {"AQ"}


def test_every_region_has_a_known_currency_or_none() -> None:
    reference = load_reference()
    without = [code for code, region in reference.regions.items() if region.currency is None]
    assert without == ["AQ"]
    assert all(region.currency in reference.currencies for region in reference.regions.values() if region.currency)


def test_region_currencies_differ_from_babel_only_where_listed() -> None:
    differing = {
        code: region.currency
        for code, region in load_reference().regions.items()
        if region.currency and region.currency not in get_territory_currencies(code, TODAY, TODAY)
    }
    assert differing.items() <= CURRENCY_UNLIKE_BABEL.items()


def test_decimals_differ_from_babel_only_where_listed() -> None:
    differing = {
        code: currency.digits
        for code, currency in load_reference().currencies.items()
        if currency.digits != get_currency_precision(code)
    }
    assert differing.items() <= DECIMALS_UNLIKE_BABEL.items()


@pytest.mark.parametrize(
    ("code", "digits"),
    [("JPY", 0), ("KRW", 0), ("VND", 0), ("USD", 2), ("HUF", 2), ("IDR", 2), ("TWD", 2), ("KWD", 3), ("CLF", 4)],
)
def test_decimals_are_those_of_iso_4217(code: str, digits: int) -> None:
    assert load_reference().currencies[code].digits == digits


@pytest.mark.parametrize("name", ["currencies", "regions", "packages", "gifts"])
def test_every_row_names_its_source(name: str) -> None:
    assert all(row["source"] for row in rows(name))


def test_every_package_is_dated_or_an_estimate() -> None:
    packages = load_reference().packages
    assert packages
    assert all(package.seen_on or package.estimate for package in packages)


def test_european_price_is_an_estimate_in_every_euro_region() -> None:
    reference = load_reference()
    euro = {code for code, region in reference.regions.items() if region.currency == "EUR"}
    shared = [package for package in reference.packages if "given for the EU" in package.source]
    assert {package.region for package in shared} == euro
    assert all(package.estimate and package.channel is Channel.WEB for package in shared)


def test_price_that_fits_the_web_is_not_in_the_app_list() -> None:
    assert not [p for p in load_reference().packages if p.coins == 6607 and p.price.minor == 6999]


def test_packages_stand_newest_first_in_their_storefront() -> None:
    american = [p for p in load_reference().packages if (p.region, p.channel) == ("US", Channel.WEB)]
    assert [package.seen_on for package in american] == [date(2024, 4, 30), date(2022, 3, 16)]


def test_six_hundred_gift_names_or_more_and_one_row_per_name_and_price() -> None:
    gifts = load_reference().gifts
    assert len(gifts) >= 600
    keys = [(folded(gift.name), gift.coins) for prices in gifts.values() for gift in prices]
    assert len(keys) == len(set(keys)) == len(rows("gifts"))


def test_gift_with_a_new_price_shows_the_new_one_first() -> None:
    universe = load_reference().gifts["tiktok universe"]
    assert [gift.coins for gift in universe] == [44999, 34999]


def test_gift_names_are_found_folded() -> None:
    gifts = load_reference().gifts
    assert gifts[folded("ROSE")][0].coins == 1
    assert gifts[folded("Adam\u2019s Dream")] == gifts[folded("adam's dream")]

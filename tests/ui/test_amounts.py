"""Amounts, coins and instants are written by locale, with the decimals of ISO 4217."""

from datetime import UTC, date, datetime, timedelta

import pytest
from babel import Locale

from coinbudget.domain.errors import problem
from coinbudget.domain.money import Currency
from coinbudget.ui.amounts import Amounts
from coinbudget.ui.problems import problem_text

CURRENCIES = {
    code: Currency(code=code, digits=digits) for code, digits in (("EUR", 2), ("JPY", 0), ("KWD", 3), ("HUF", 2))
}
NOW = datetime(2026, 11, 22, 21, 30, tzinfo=UTC)


def amounts(locale: str) -> Amounts:
    return Amounts(Locale.parse(locale), CURRENCIES)


@pytest.mark.parametrize(
    ("locale", "minor", "currency", "written"),
    [
        ("en_GB", 358, "EUR", "€3.58"),
        ("de_DE", 358, "EUR", "3,58\xa0€"),
        ("de_DE", 123456789, "EUR", "1.234.567,89\xa0€"),
        ("en_GB", 1500, "JPY", "JP¥1,500"),
        ("ja_JP", 1500, "JPY", "￥1,500"),
        ("en_GB", 1234, "KWD", "KWD\xa01.234"),
        ("en_GB", 100, "HUF", "HUF\xa01.00"),
        ("en_GB", -5, "EUR", "−€0.05"),
        ("en_GB", 0, "EUR", "€0.00"),
    ],
)
def test_money_has_the_currency_s_own_decimals(locale: str, minor: int, currency: str, written: str) -> None:
    assert amounts(locale).money(minor, currency) == written


def test_a_sign_is_written_where_asked() -> None:
    assert amounts("en_GB").money(5, "EUR", sign=True) == "+€0.05"
    assert amounts("en_GB").coins(-1180) == "−1,180"
    assert amounts("en_GB").coins(1180, sign=True) == "+1,180"


def test_a_share_is_rounded_down_so_that_all_is_never_said_too_early() -> None:
    assert amounts("en_GB").percent(3999, 4000) == "99%"
    assert amounts("en_GB").percent(4000, 4000) == "100%"
    assert amounts("de_DE").percent(1057, 1200) == "88\xa0%"


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(minutes=16), "today 22:14"),
        (timedelta(days=1), "yesterday 22:30"),
        (timedelta(days=3), "Thu 22:30"),
        (timedelta(days=6), "Mon 22:30"),
        (timedelta(days=8), "14 Nov 22:30"),
        (timedelta(days=400), "18 Oct 2025"),
        (timedelta(days=-1), "tomorrow 22:30"),
    ],
)
def test_an_instant_is_said_as_one_says_it(ago: timedelta, said: str) -> None:
    assert amounts("en_GB").moment(NOW - ago, "Europe/Berlin", NOW) == said


def test_an_instant_without_an_hour_says_none() -> None:
    assert amounts("en_GB").moment(NOW, "Europe/Berlin", NOW, hour_known=False) == "today"


def test_digits_stay_western_in_arabic_and_amounts_are_fenced_off() -> None:
    text = amounts("ar_EG").money(123456, "EUR")
    assert "1,234.56" in text or "1.234,56" in text
    assert text.startswith("\u2068")
    assert text.endswith("\u2069")


def test_a_right_to_left_name_is_fenced_off_and_a_plain_one_left_alone() -> None:
    assert amounts("en_GB").creator("luna") == "@luna"
    assert amounts("en_GB").isolate("عربي") == "\u2068عربي\u2069"


def test_an_axis_leaves_out_decimals_that_are_zero() -> None:
    assert amounts("en_GB").short_money(4000, "EUR") == "€40"
    assert amounts("en_GB").short_money(4050, "EUR") == "€40.50"


def test_lists_part_with_a_semicolon_where_the_decimal_sign_is_a_comma() -> None:
    assert amounts("de_DE").list_separator == ";"
    assert amounts("en_GB").list_separator == ","
    assert amounts("en_GB").month(date(2026, 11, 1)) == "November 2026"


def test_the_greatest_amount_is_written_as_the_locale_has_it_and_a_year_as_a_year() -> None:
    too_large = problem("paid", "too_large", most="900000000.00")
    assert "900.000.000,00" in problem_text(too_large, amounts("de_DE"))
    year = problem("birth_year", "out_of_range", least=1900, most=2026)
    assert "between 1900 and 2026" in problem_text(year, amounts("en_GB"))


@pytest.mark.parametrize(
    ("minor", "written"), [(114_075, "€1,140"), (12_143, "€121"), (370, "€3.70"), (99_999, "€1,000")]
)
def test_an_estimate_shows_three_figures(minor: int, written: str) -> None:
    assert amounts("en_GB").about(minor, "EUR") == written


def test_a_time_by_another_clock_names_it_where_it_differs() -> None:
    assert amounts("en_GB").elsewhere(NOW, "Asia/Tokyo", "Europe/Berlin") == "Tokyo time"
    assert amounts("en_GB").elsewhere(NOW, "Europe/Vienna", "Europe/Berlin") == ""

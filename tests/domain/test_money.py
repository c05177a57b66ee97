"""The one strict grammar of numbers, and rounding once."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coinbudget.domain.money import (
    PLAIN,
    Currency,
    Money,
    NumberFault,
    NumberStyle,
    converted_minor,
    decimal_text,
    parse_coins,
    parse_decimal,
    parse_minor,
    parse_whole,
)

EUR, JPY, KWD = (Currency(code=code, digits=digits) for code, digits in (("EUR", 2), ("JPY", 0), ("KWD", 3)))
GERMAN = NumberStyle(decimal=",", group=".")
FRENCH = NumberStyle(decimal=",", group="\u202f")
SWISS = NumberStyle(decimal=".", group="\u2019")
FORM = NumberStyle(decimal=".", group=",", fold=True)

READ = [
    ("5.29", PLAIN, "5.29"),
    ("0005", PLAIN, "5"),
    (" 5 ", PLAIN, "5"),
    ("-3.5", PLAIN, "-3.5"),
    ("133.55-", PLAIN, "-133.55"),
    ("(1.00)", PLAIN, "-1.00"),
    ("\u22127", PLAIN, "-7"),
    ("+7", PLAIN, "7"),
    ("1.234,50", GERMAN, "1234.50"),
    ("1.234", GERMAN, "1234"),
    ("12,34", GERMAN, "12.34"),
    ("1 234,5", FRENCH, "1234.5"),
    ("1\u00a0234", FRENCH, "1234"),
    ("1'234.50", SWISS, "1234.50"),
    ("1,23,456.00", FORM, "123456.00"),
    ("\uff11\uff12\uff0e\uff15", FORM, "12.5"),
]
NO_NUMBERS = [
    ("", PLAIN),
    ("1,5", PLAIN),
    ("1_000", PLAIN),
    ("\u0661\u0662", PLAIN),
    ("\uff11\uff12", PLAIN),
    ("1e3", PLAIN),
    ("NaN", PLAIN),
    ("Infinity", PLAIN),
    ("--1", PLAIN),
    ("1-1", PLAIN),
    (".5", PLAIN),
    ("5.", PLAIN),
    ("1 000", PLAIN),
    ("0x10", PLAIN),
    ("12.34", GERMAN),
    ("1.23.456,0", PLAIN),
    ("1.2345", GERMAN),
    ("1..234", GERMAN),
    ("(5", PLAIN),
    ("-", PLAIN),
    ("()", PLAIN),
    ("\u00b2", FORM),
    ("\u2460", FORM),
    ("5\u20ac", PLAIN),
    ("5\x00", PLAIN),
    ("\ud800", PLAIN),
    ("9" * 10_000 + "x", PLAIN),
]


@pytest.mark.parametrize(("text", "style", "number"), READ)
def test_numbers_are_read_in_their_style(text: str, style: NumberStyle, number: str) -> None:
    assert parse_decimal(text, style) == Decimal(number)


@pytest.mark.parametrize(("text", "style"), NO_NUMBERS)
def test_what_python_would_take_for_a_number_is_none(text: str, style: NumberStyle) -> None:
    assert parse_decimal(text, style) is NumberFault.NOT_A_NUMBER
    assert parse_coins(text, style) is NumberFault.NOT_A_NUMBER
    assert parse_minor(text, style, EUR) is NumberFault.NOT_A_NUMBER


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("5.29", EUR, 529),
        ("5.2", EUR, 520),
        ("5", EUR, 500),
        ("1500", JPY, 1500),
        ("1.005", KWD, 1005),
        ("1500.0", JPY, NumberFault.TOO_MANY_DECIMALS),
        ("5.290", EUR, NumberFault.TOO_MANY_DECIMALS),
        ("0.00", EUR, NumberFault.ZERO),
        ("-1", EUR, NumberFault.NEGATIVE),
        ("900000000.00", EUR, 9 * 10**10),
        ("900000000.01", EUR, NumberFault.TOO_LARGE),
        ("9" * 100, EUR, NumberFault.TOO_LARGE),
    ],
)
def test_amounts_are_exact_and_bounded(text: str, currency: Currency, minor: int | NumberFault) -> None:
    assert parse_minor(text, PLAIN, currency) == minor


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("100000000", 10**8),
        ("100000001", NumberFault.TOO_LARGE),
        ("0", NumberFault.ZERO),
        ("-1", NumberFault.NEGATIVE),
        ("1.5", NumberFault.NOT_WHOLE),
        ("3.0", NumberFault.NOT_WHOLE),
    ],
)
def test_coins_are_whole_and_bounded(text: str, number: int | NumberFault) -> None:
    assert parse_coins(text, PLAIN) == number


def test_zero_is_an_amount_where_it_is_asked_for() -> None:
    assert parse_minor("0", PLAIN, EUR, zero=True) == 0


@given(st.integers(-(10**12), 10**12), st.sampled_from([EUR, JPY, KWD]))
def test_decimal_text_reads_back(minor: int, currency: Currency) -> None:
    found = parse_decimal(decimal_text(minor, currency.digits))
    assert isinstance(found, Decimal)
    assert found.scaleb(currency.digits) == minor


@given(st.text(max_size=40), st.sampled_from([PLAIN, GERMAN, FRENCH, SWISS, FORM]))
def test_no_text_breaks_the_grammar(text: str, style: NumberStyle) -> None:
    assert isinstance(parse_decimal(text, style), Decimal | NumberFault)
    assert isinstance(parse_whole(text, style), int | NumberFault)


@pytest.mark.parametrize(
    ("minor", "rate", "converted"), [(5, "0.5", 2), (15, "0.1", 2), (25, "0.1", 2), (999, "0.92", 919)]
)
def test_conversion_rounds_half_even_once(minor: int, rate: str, converted: int) -> None:
    assert converted_minor(Money(minor=minor, currency=EUR), Decimal(rate), EUR) == converted


def test_conversion_heeds_the_decimals_of_both_currencies() -> None:
    assert converted_minor(Money(minor=1500, currency=JPY), Decimal("0.0061"), EUR) == 915
    assert converted_minor(Money(minor=1000, currency=KWD), Decimal(500), JPY) == 500

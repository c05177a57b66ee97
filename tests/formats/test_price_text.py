"""Locale price texts: read strictly, or not at all."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coinbudget.domain.money import parse_decimal
from coinbudget.formats.price_text import currency_within, decimal_sign, needs_currency, read_price

READ = [
    ("5,49 €", "", "", "5.49", "EUR"), ("5,49\u00a0€", "", "", "5.49", "EUR"), ("€5.49", "", "", "5.49", "EUR"),
    ("$0.99", "", "US", "0.99", "USD"), ("$0.99", "", "AU", "0.99", "AUD"), ("$0.99", "USD", "", "0.99", "USD"),
    ("$0.99", "", "", "0.99", ""), ("US$0.99", "", "AU", "0.99", "USD"), ("HK$1,234.50", "", "", "1234.50", "HKD"),
    ("8.00 HKD", "", "", "8.00", "HKD"), ("0,00 USD", "", "", "0.00", "USD"), ("USD 0.99", "", "", "0.99", "USD"),
    ("¥1,200", "", "JP", "1200", "JPY"), ("¥1,200", "", "CN", "1200", "CNY"), ("￥120", "", "JP", "120", "JPY"),
    ("₩ 5,500", "", "", "5500", "KRW"), ("R$ 1.234,56", "", "", "1234.56", "BRL"), ("£3.99", "", "GB", "3.99", "GBP"),
    ("1 234,56 zł", "", "", "1234.56", "PLN"), ("1\u202f234,56 zł", "", "", "1234.56", "PLN"),
    ("CHF 1'234.50", "", "", "1234.50", "CHF"), ("1.234,56 €", "", "", "1234.56", "EUR"),
    ("49 kr", "", "SE", "49", "SEK"),
    ("(1.00)", "", "", "-1.00", ""), ("-1.00", "", "", "-1.00", ""), ("1.00-", "", "", "-1.00", ""),
    ("−5,49 €", "", "", "-5.49", "EUR"), ("0.99", "", "", "0.99", ""), ("0,99", "", "", "0.99", ""),
    ("1.234", "HUF", "", "1234", ""), ("1,234", "JPY", "", "1234", ""), ("1.234.567", "", "", "1234567", ""),
    ("12,34,567.00", "", "", "1234567.00", ""), ("Rp 17.000", "", "", "17000", "IDR"),
    ("0.990 KWD", "", "", "0.990", "KWD"),
    ("10", "", "", "10", ""), ("\u200e5,49 €\u200f", "", "", "5.49", "EUR"), ("Kč 49", "", "", "49", "CZK"),
]  # fmt: skip
REFUSED = [
    "", " ", "€", "abc", "5 6", "1.234", "٣", "５.00", "1_000", "1e3", "Infinity", "NaN", "5.49 € $", "EUR USD 5",
    "5,49 XX",
    "1,23,45", "1.2.3", "1,2,3", "5.49.", ".49", "5..49", "--5", "5 - 6", "(5", "5)", "5%", "0x10", "½", "1 23",
    "12 3456",
    "5.49 euro", "€€5", "5 € 49", "$", "1,234,56", "1'23", "1.234 KWD", "x" * 100, "5.49\n6", "=5",
]  # fmt: skip


@pytest.mark.parametrize(("text", "currency", "country", "number", "code"), READ)
def test_a_price_is_read_as_its_locale_writes_it(
    text: str, currency: str, country: str, number: str, code: str
) -> None:
    price = read_price(text, currency, country)
    assert price is not None
    assert parse_decimal(price.number, price.style) == Decimal(number)
    assert price.currency == code


@pytest.mark.parametrize("text", REFUSED)
def test_what_leaves_a_doubt_is_no_price(text: str) -> None:
    assert read_price(text) is None


@pytest.mark.parametrize("text", ["1.234 €", "3.705 €", "1,234 USD", "1,234 zł", "999.999 TRY", "1.234 KWD"])
def test_three_digits_behind_one_sign_are_settled_by_other_prices_or_leave_a_doubt(text: str) -> None:
    assert read_price(text) is None
    plain = "".join(sign for sign in text if sign.isdigit())
    sign = next(sign for sign in text if sign in ".,")
    whole, parted = read_price(text, decimal=".,".replace(sign, "")), read_price(text, decimal=sign)
    assert whole is not None
    assert parted is not None
    assert whole.canonical == plain
    assert Decimal(parted.canonical) * 1000 == Decimal(plain)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        *(("3.70", "."), ("3,70 €", ","), ("1.2340", "."), ("1.234,50", ","), ("1.234.567", ","), ("¥1,200", "")),
        *(("1,200 JPY", "."), ("5", ""), ("1.234 €", ""), ("1 234,5 €", ","), ("1 234 €", ""), ("none", "")),
    ],
)
def test_a_price_shows_which_sign_parts_decimals_or_does_not_tell(text: str, sign: str) -> None:
    assert decimal_sign(text) == sign


def test_a_symbol_that_speaks_against_what_was_said_is_no_price() -> None:
    assert read_price("$5.99", "EUR") is None
    price = read_price("5.99 £", "EUR", "GB")
    assert price is not None
    assert price.currency == "GBP"


@pytest.mark.parametrize(
    ("text", "country", "needed"),
    [
        *(("¥1,200", "", True), ("1,200", "", True), ("kr 1.200", "", True), ("3.70", "", True)),
        *(("$3.70", "US", False), ("¥1,200", "JP", False), ("1.234 €", "", False)),
        *(("", "", False), ("5 6", "", False), ("5 coins", "", False)),
    ],
)
def test_a_price_lacks_its_currency_whether_or_not_its_number_can_be_read_without(
    text: str, country: str, *, needed: bool
) -> None:
    assert needs_currency(text, country) is needed


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *(("Price EUR", "EUR"), ("price_eur", "EUR"), ("Preis (€)", "EUR"), ("Preis€", "EUR"), ("Amount [US$]", "USD")),
        *(("Kurs zł", "PLN"), ("Price EUR (€)", "EUR"), ("Price EUR/USD", ""), ("Price ($)", ""), ("Europrice", "")),
        *(
            ("Preis in Euro", "EUR"),
            ("Price dollars", ""),
            ("Price", ""),
            ("Price all", ""),
            ("Price FR", ""),
            ("", ""),
        ),
    ],
)
def test_a_columns_name_has_a_currency_where_it_is_one_and_surely_that(name: str, code: str) -> None:
    assert currency_within(name) == code
    assert currency_within(name.casefold()) == code


@given(st.integers(0, 10**9), st.sampled_from([(".", ","), (",", "."), (",", " "), (".", "'"), (",", "\u00a0")]))
def test_an_amount_written_in_any_style_is_read_back(minor: int, signs: tuple[str, str]) -> None:
    decimal, group = signs
    whole = f"{minor // 100:,}".replace(",", group)
    price = read_price(f"{whole}{decimal}{minor % 100:02d} EUR")
    assert price is not None
    assert parse_decimal(price.number, price.style) == Decimal(minor) / 100

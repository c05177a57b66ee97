"""Prices as stores write them, in the locale of the buyer: `5,49 €`, `$0.99`, `HK$1,234.50`, `8.00 HKD`, `0,00 USD`.

Read strictly: what leaves a doubt is None, never a guess. Which sign parts the decimals is told by the text where it
can be (two signs, a group that is no three digits), else by what others of the same currency show (`DecimalSigns`).
Three digits behind a single sign are thousands without that only where the currency is written without decimals, or
the country writes them with a point: "1.234 €" is a doubt, "Rp 17.000" none. A symbol that several currencies share
names none unless the country or the person's own answer settles it.

Symbols: Unicode CLDR, narrow and wide forms. Decimals: ISO 4217, list one; currencies of two decimals are left out.
Whole prices in spite of ISO: CLDR's currencies of no digits, or none in cash, but those whose stores write decimals.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from coinbudget.domain.money import NumberStyle

#: Symbols that mean one currency.
_ONE = {
    "€": "EUR", "₩": "KRW", "₹": "INR", "₫": "VND", "₱": "PHP", "₺": "TRY", "₽": "RUB", "₴": "UAH", "₪": "ILS",
    "฿": "THB", "₦": "NGN", "₡": "CRC", "₲": "PYG", "₵": "GHS", "₸": "KZT", "₼": "AZN", "₾": "GEL", "₮": "MNT",
    "៛": "KHR", "₭": "LAK", "zł": "PLN", "zl": "PLN", "Kč": "CZK", "Ft": "HUF", "lei": "RON", "лв": "BGN", "лв.": "BGN",
    "R$": "BRL", "US$": "USD", "HK$": "HKD", "NT$": "TWD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD",
    "S$": "SGD", "SG$": "SGD", "NZ$": "NZD", "MX$": "MXN", "CN¥": "CNY", "JP¥": "JPY", "RM": "MYR", "Rp": "IDR",
    "Fr.": "CHF", "Fr": "CHF", "SFr.": "CHF", "S/": "PEN", "S/.": "PEN", "KSh": "KES", "Ksh": "KES", "TSh": "TZS",
    "USh": "UGX", "円": "JPY", "元": "CNY", "원": "KRW", "руб": "RUB", "руб.": "RUB", "грн": "UAH", "грн.": "UAH",
    "د.إ": "AED", "ر.س": "SAR", "د.ك": "KWD", "ر.ق": "QAR", "د.ب": "BHD", "ج.م": "EGP", "TL": "TRY",
}  # fmt: skip
#: Symbols that several currencies share: by country where it is known.
_SHARED: dict[str, dict[str, str]] = {
    "$": {
        "US": "USD", "CA": "CAD", "AU": "AUD", "NZ": "NZD", "MX": "MXN", "SG": "SGD", "HK": "HKD", "AR": "ARS",
        "CL": "CLP", "CO": "COP", "PR": "USD", "EC": "USD", "SV": "USD", "UY": "UYU",
    },
    "¥": {"JP": "JPY", "CN": "CNY"}, "￥": {"JP": "JPY", "CN": "CNY"},
    "£": {"GB": "GBP", "EG": "EGP", "LB": "LBP", "IM": "GBP", "JE": "GBP", "GG": "GBP"},
    "kr": {"SE": "SEK", "NO": "NOK", "DK": "DKK", "IS": "ISK"},
    "kr.": {"DK": "DKK", "SE": "SEK", "NO": "NOK", "IS": "ISK"},
    "R": {"ZA": "ZAR"}, "Rs": {"IN": "INR", "PK": "PKR", "LK": "LKR", "NP": "NPR"},
    "Rs.": {"IN": "INR", "PK": "PKR", "LK": "LKR", "NP": "NPR"},
}  # fmt: skip
#: Words that name one currency where a cell holds nothing else; and those that say no more than a shared symbol.
_NAMES = {
    **dict.fromkeys(("euro", "euros", "евро", "ευρώ", "ユーロ", "欧元", "유로", "يورو"), "EUR"),
    **dict.fromkeys(("us dollar", "us dollars", "us-dollar"), "USD"),
    **dict.fromkeys(("pound sterling", "pounds sterling", "british pound", "british pounds"), "GBP"),
    **dict.fromkeys(("zloty", "złoty", "złote", "złotych"), "PLN"),
    "yen": "JPY",
    "日本円": "JPY",
    "forint": "HUF",
    "baht": "THB",
    "ringgit": "MYR",
    "rupiah": "IDR",
    "naira": "NGN",
}
_SHARED_NAMES = {
    **dict.fromkeys(("dollar", "dollars"), "$"),
    **dict.fromkeys(("pound", "pounds"), "£"),
    **dict.fromkeys(("krona", "kronor", "krone", "kronen", "kroner"), "kr"),
    **dict.fromkeys(("rupee", "rupees"), "Rs"),
}
#: Codes known by a sign of their own or a shared one; signs without letters; and the others in any case.
_KNOWN = frozenset(_ONE.values()).union(*(shared.values() for shared in _SHARED.values()))
_BARE_SIGNS = {sign: code for sign, code in _ONE.items() if not any(map(str.isalpha, sign))}
_SIGN_WORDS = {sign.casefold(): code for sign, code in _ONE.items() if not (sign.isascii() and sign.isalpha())}
_NO_DECIMALS = frozenset(
    {
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    }
)
_WHOLE_PRICES = _NO_DECIMALS | frozenset(
    {
        *("AFN", "ALL", "AMD", "COP", "CRC", "HUF", "IDR", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK"),
        *("MNT", "PKR", "RSD", "SLE", "SLL", "SOS", "SYP", "TWD", "TZS", "UZS", "YER", "ZWD"),
    }
)
#: Countries where a comma never parts decimals, in whatever language (CLDR).
_POINT_COUNTRIES = frozenset(
    {"AU", "CN", "GB", "HK", "IE", "IL", "IN", "JP", "KR", "MX", "MY", "NZ", "PH", "SG", "TH", "TW", "US"}
)
_THREE_DECIMALS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
_SPACES = " \u00a0\u202f\u2009\u2007"
_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2068\u2069"))
_NUMBER = re.compile(rf"[0-9](?:[0-9{_SPACES}.,'\u2019\u066b\u066c]*[0-9])?")
_BETWEEN_WORDS = re.compile(r"[\s_()\[\]/,:;|+-]+")
_CODE = re.compile(r"[A-Z]{3}")
_LONGEST = 60
_GROUP = 3
_APOSTROPHES = "'\u2019"


@dataclass(frozen=True, slots=True)
class PriceText:
    """A price as it was read.

    Attributes:
        number: its number with sign, as `domain.money.parse_decimal` reads it in `style`.
        currency: ISO 4217 code; "" where the text does not say which.
        canonical: the number as plain decimal text, the same for 3.7 and 3.70.
    """

    number: str
    style: NumberStyle
    currency: str
    canonical: str


def read_price(text: str, currency: str = "", country: str = "", decimal: str = "") -> PriceText | None:
    """The price a text holds; None where it holds none, or where it is not sure which.

    Args:
        currency: what the person says prices without a currency are in.
        country: ISO 3166 code of the buyer, which settles symbols that several currencies share.
        decimal: the sign that parts decimals in the other prices of the file; "" where they do not tell.
    """
    return None if len(text) > _LONGEST else _read(text, currency, country, decimal)


def decimal_sign(text: str) -> str:
    """Which sign surely parts decimals where a price is written like this: "." or ","; "" where it does not tell."""
    return _decimal_sign(text) if len(text) <= _LONGEST else ""


@lru_cache(maxsize=4096)
def _decimal_sign(text: str) -> str:
    price = _read(text, "", "", "")
    if price is None:
        return ""
    if price.style.decimal in price.number:
        return price.style.decimal
    # A sign that parts thousands leaves the other one.
    return {".": ",", ",": "."}.get(price.style.group, "") if price.style.group in price.number else ""


class DecimalSigns:
    """Which sign parts decimals in the prices of a file, by currency: another's may be of another locale."""

    def __init__(self) -> None:
        self._found: dict[str, set[str]] = {}

    def note(self, text: str, named: str = "", country: str = "") -> None:
        """Take what a price tells.

        Args:
            named: code of its currency, where another cell names it.
            country: ISO 3166 code of the buyer.
        """
        sign = decimal_sign(text)
        if sign:
            code = named or _beside(text, country)
            if sign not in self._found.get(code, ()):
                self._found.setdefault(code, set()).add(sign)

    def of(self, text: str, named: str = "", country: str = "") -> str:
        """The sign of a price's currency; "" where no price tells it, or they differ."""
        found = self._found.get(named or _beside(text, country), ())
        return min(found) if len(found) == 1 else ""


def _beside(text: str, country: str) -> str:
    """The code that stands beside a number; "" where none is sure."""
    found = _without_currency(text, country) if len(text) <= _LONGEST else None
    return found[1] if found else ""


@lru_cache(maxsize=4096)
def _read(text: str, currency: str, country: str, decimal: str) -> PriceText | None:
    text = text.translate(_MARKS).strip(_SPACES)
    found = list(_NUMBER.finditer(text))
    if len(found) != 1:
        return None
    before, number, behind = text[: found[0].start()], found[0][0], text[found[0].end() :]
    signed = _signed(before.strip(_SPACES), behind.strip(_SPACES))
    if signed is None:
        return None
    negative, before, behind = signed
    said = _currency(before, behind, currency, country)
    if said is None:
        return None
    if not decimal and country.upper() in _POINT_COUNTRIES and "," in number:
        decimal = "."
    style = _style(number, said or currency, decimal)
    if style is None:
        return None
    return PriceText(f"-{number}" if negative else number, style, said, _canonical(number, style, negative=negative))


def _canonical(number: str, style: NumberStyle, *, negative: bool) -> str:
    text = "".join(sign for sign in number if sign.isdigit() or sign == style.decimal)
    whole, _, part = text.partition(style.decimal)
    part = part.rstrip("0")
    return f"{'-' if negative else ''}{whole}{'.' if part else ''}{part}"


def without_currency(text: str) -> tuple[str, str, bool] | None:
    """A cell as number, currency and sign; None where it is no single number with at most a currency beside it.

    Returns:
        The number without sign and currency, the currency's code ("" where shared or none), whether it is below zero.
    """
    return None if len(text) > _LONGEST else _without_currency(text)


def needs_currency(text: str, country: str = "") -> bool:
    """Whether a text is a number of which no currency is sure; its currency may be what makes it readable."""
    found = _without_currency(text, country) if len(text) <= _LONGEST else None
    return found is not None and not found[1] and any(_style(found[0], "", decimal) for decimal in ".,")


@lru_cache(maxsize=4096)
def _without_currency(text: str, country: str = "") -> tuple[str, str, bool] | None:
    text = text.translate(_MARKS).strip(_SPACES)
    found = list(_NUMBER.finditer(text))
    if len(found) != 1:
        return None
    signed = _signed(text[: found[0].start()].strip(_SPACES), text[found[0].end() :].strip(_SPACES))
    if signed is None:
        return None
    negative, before, behind = signed
    code = _currency(before, behind, "", country)
    return None if code is None else (found[0][0], code, negative)


@lru_cache(maxsize=4096)
def shared_codes(text: str) -> frozenset[str]:
    """The currencies that the symbol beside a number may stand for, where it is one that several share; else none."""
    if len(text) > _LONGEST or (text.isascii() and "$" not in text and not any(map(str.isalpha, text))):
        return frozenset()
    beside = _NUMBER.sub(" ", text.translate(_MARKS)).strip(f"{_SPACES}-\u2212()")
    return frozenset(_SHARED.get(_SHARED_NAMES.get(beside.casefold(), beside), {}).values())


@lru_cache(maxsize=1024)
def currency_named(text: str, said: str = "") -> str | None:
    """The ISO 4217 code of a cell that names a currency: a code or a plain word in any case, or a symbol.

    Args:
        said: code that a symbol or word which several currencies share stands for, by the person's own answer.

    Returns:
        "" for a shared one without that answer; None for anything else, or where it speaks against the answer.
    """
    text = text.translate(_MARKS).strip(_SPACES)
    word = text.casefold()
    text = _NAMES.get(word) or _SHARED_NAMES.get(word, text)
    known = text in _ONE or text in _SHARED
    return _code_of(text if known else text.upper(), said, "")


@lru_cache(maxsize=64)
def currency_within(name: str) -> str:
    """The ISO 4217 code that a column's name has in it, in any case, as code, word or sign; "" for none or several."""
    words = _BETWEEN_WORDS.split(name.translate(_MARKS))
    codes = {word.upper() for word in words} & _KNOWN
    codes |= {_SIGN_WORDS[word.casefold()] for word in words if word.casefold() in _SIGN_WORDS}
    codes |= {_NAMES[word.casefold()] for word in words if word.casefold() in _NAMES}
    codes |= {code for sign, code in _BARE_SIGNS.items() if sign in name}
    return codes.pop() if len(codes) == 1 else ""


def names_currency_alone(name: str) -> bool:
    """Whether a column's name is a currency and nothing else: a code, a word, or a sign, though several share it."""
    words = list(filter(None, _BETWEEN_WORDS.split(name.translate(_MARKS))))
    if len(words) != 1:
        return False
    return bool(currency_within(name)) or (words[0] in _SHARED and not any(map(str.isalpha, words[0])))


def _signed(before: str, behind: str) -> tuple[bool, str, str] | None:
    """Whether the number is negative, and what stands around it without the sign."""
    negative = False
    if before.endswith("(") and behind.startswith(")"):
        return True, before[:-1].strip(_SPACES), behind[1:].strip(_SPACES)
    if before.startswith("(") and behind.endswith(")"):
        return True, before[1:].strip(_SPACES), behind[:-1].strip(_SPACES)
    for minus in ("-", "\u2212"):
        if before.startswith(minus):
            negative, before = True, before[1:].strip(_SPACES)
        elif before.endswith(minus):
            negative, before = True, before[:-1].strip(_SPACES)
        elif behind.startswith(minus):
            negative, behind = True, behind[1:].strip(_SPACES)
    if any(sign in before + behind for sign in "()-\u2212"):
        return None
    return negative, before, behind


def _currency(before: str, behind: str, currency: str, country: str) -> str | None:
    """The code that stands beside the number; "" where none does or it may be several, None for anything else."""
    named = [each for each in (before, behind) if each]
    codes: set[str] = set()
    shared = False
    for each in named:
        code = _code_of(each, currency, country)
        if code is None:
            return None
        if code:
            codes.add(code)
        else:
            shared = True
    if len(codes) > 1:
        return None
    if codes:
        return codes.pop()
    return "" if shared or not named else None


def _code_of(symbol: str, currency: str, country: str) -> str | None:
    if _CODE.fullmatch(symbol):
        return symbol
    if symbol in _ONE:
        return _ONE[symbol]
    shared = _SHARED.get(symbol)
    if shared is None:
        return None
    if country.upper() in shared:
        return shared[country.upper()]
    if currency and currency not in shared.values():
        return None  # the text speaks against what was said
    return currency


def _style(number: str, currency: str, decimal: str) -> NumberStyle | None:
    """How a number is written, where the text and the decimals of its currency leave no doubt."""
    signs = [sign for sign in number if not sign.isdigit()]
    kinds = list(dict.fromkeys("'" if sign in _APOSTROPHES else " " if sign in _SPACES else sign for sign in signs))
    if not kinds:
        return NumberStyle()
    digits = 0 if currency in _NO_DECIMALS else _GROUP if currency in _THREE_DECIMALS else 2
    last = len(number) - 1 - max(number.rfind(sign) for sign in set(signs))
    if len(kinds) == 1:
        return _one_kind(number, kinds[0], len(signs), last, decimal or _parting(kinds[0], currency))
    if len(kinds) != 2 or kinds[1] in {" ", "'"} or number.count(kinds[1]) != 1:  # noqa: PLR2004 - group, then decimal
        return None
    if currency and last > digits and last != 2:  # noqa: PLR2004 - hundredths are written even where ISO has none
        return None
    return NumberStyle(decimal=kinds[1], group=kinds[0]) if _groups(number[: -last - 1], signs[0]) else None


def _parting(kind: str, currency: str) -> str:
    """The sign that parts decimals where the only sign of a price has three digits behind it; "" leaves a doubt."""
    return {".": ",", ",": "."}.get(kind, "") if currency in _WHOLE_PRICES else ""


def decimal_by_currency(number: str, currency: str) -> str:
    """The decimal sign of a number whose only sign has three digits behind it; "" where its prices are not whole."""
    kinds = {sign for sign in number if not sign.isdigit()}
    return _parting(kinds.pop(), currency) if len(kinds) == 1 else ""


def _one_kind(number: str, kind: str, count: int, last: int, decimal: str) -> NumberStyle | None:
    sign = next(each for each in number if not each.isdigit())
    group = NumberStyle(decimal="," if kind == "." else ".", group=kind)
    if kind in {" ", "'"}:
        return group if _groups(number, sign) else None
    if count > 1:
        return group if _groups(number, sign) else None
    if last != _GROUP or number.startswith("0") or kind == decimal:
        # A group has three digits, so this sign parts decimals.
        return NumberStyle(decimal=kind)
    return group if decimal and _groups(number, sign) else None


def _groups(whole: str, sign: str) -> bool:
    """Whether digits are grouped by threes, or as in India by twos before the last three."""
    spaces = sign in _SPACES
    parts = re.split(
        f"[{_SPACES}]" if spaces else f"[{_APOSTROPHES}]" if sign in _APOSTROPHES else re.escape(sign), whole
    )
    if not all(part.isdigit() for part in parts) or len(parts[-1]) != _GROUP:
        return False
    western = 1 <= len(parts[0]) <= _GROUP and all(len(part) == _GROUP for part in parts[1:])
    indian = 1 <= len(parts[0]) <= 2 and all(len(part) == 2 for part in parts[1:-1])  # noqa: PLR2004 - lakhs go by twos
    return western or indian

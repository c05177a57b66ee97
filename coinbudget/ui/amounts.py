"""How amounts, coins, dates and instants are written for a person: by locale, with decimals of our own ISO table.

Everything here returns plain text. Names of people go through `isolate` before they stand in a sentence, so that
right-to-left names do not reorder it. Digits are always Western ones, so that columns line up.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from unicodedata import bidirectional
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from babel.lists import format_list
from babel.numbers import (
    NumberPattern,
    format_decimal,
    format_percent,
    get_decimal_symbol,
    get_group_symbol,
    parse_pattern,
)
from PySide6.QtCore import QCoreApplication, QLocale

from coinbudget.domain.drafts import NumberStyle
from coinbudget.domain.money import Currency, Money

FIRST_STRONG_ISOLATE = "\u2068"
POP_ISOLATE = "\u2069"
MINUS = "\u2212"
_ABOUT_FIGURES = 3
_WEEK = timedelta(days=6)
_TOUCHING = re.compile(r"([A-Za-z])(?=\d)")
translate = QCoreApplication.translate


def system_locale() -> Locale:
    """The locale of the user's system; British English where it says nothing ("C")."""
    name = QLocale.system().name()
    try:
        return Locale.parse("en_GB" if name in {"C", ""} else name)
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_GB")


def system_region() -> str:
    """ISO 3166 region of the user's system, or ""."""
    territory = system_locale().territory if QLocale.system().name() != "C" else None
    return territory or ""


@dataclass(frozen=True, slots=True)
class Amounts:
    """One way of writing: a locale and how many decimals each currency has.

    Attributes:
        currencies: by ISO 4217 code, the ledger's reference table.
    """

    locale: Locale
    currencies: Mapping[str, Currency]

    def digits(self, currency: str) -> int:
        """Decimals of a currency; 2 where the table does not know it."""
        known = self.currencies.get(currency)
        return known.digits if known else 2

    def money(self, minor: int, currency: str, *, sign: bool = False) -> str:
        """An amount with its symbol: "3.58 €", "€3.58", "¥1,500"; `sign` writes + too."""
        digits = self.digits(currency)
        text = self._written(minor, currency, digits, digits)
        return self._signed(text, minor, sign=sign)

    def of(self, money: Money) -> str:
        """A Money with its symbol."""
        return self.money(money.minor, money.currency.code)

    def plain(self, minor: int, currency: str) -> str:
        """An amount without symbol or grouping, as it is typed into a field: "1234.50"."""
        digits = self.digits(currency)
        text = f"{Decimal(minor).scaleb(-digits):.{digits}f}"
        return text.replace(".", self.style.decimal)

    def short_money(self, minor: int, currency: str) -> str:
        """An amount for an axis: no decimals where they are zero."""
        digits = self.digits(currency)
        if minor % 10**digits:
            return self.money(minor, currency)
        text = self._written(minor, currency, digits, 0)
        return self._signed(text, minor, sign=False)

    def about(self, minor: int, currency: str) -> str:
        """An amount that is an estimate: three figures of it, "€1,140", as more would say what nobody knows."""
        digits = self.digits(currency)
        size = max(len(str(abs(minor))) - _ABOUT_FIGURES, 0)
        rounded = (abs(minor) + 10**size // 2) // 10**size * 10**size
        text = self._written(rounded, currency, digits, digits if rounded % 10**digits else 0)
        return self._signed(text, minor, sign=False)

    def coins(self, count: int, *, sign: bool = False) -> str:
        """A number of coins, grouped: "1,180"; `sign` writes + too."""
        return self._signed(self.number(abs(count)), count, sign=sign)

    def number(self, count: int) -> str:
        """A whole number, grouped."""
        text: str = format_decimal(count, locale=self.locale, numbering_system="latn")
        return text

    def decimal(self, text: str) -> str:
        """A plain decimal text as the locale writes it, with the decimals it has; another text stays as it is."""
        try:
            number = Decimal(text)
        except InvalidOperation:
            return text
        digits = len(text.partition(".")[2])
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        written: str = format_decimal(number, pattern, locale=self.locale, numbering_system="latn")
        return written

    def percent(self, used: int, amount: int) -> str:
        """Whole percent, rounded down so that "100 %" is never said too early."""
        share = Decimal(used * 100 // amount) / 100 if amount else Decimal(0)
        text: str = format_percent(share, locale=self.locale, numbering_system="latn")
        return text

    def date(self, day: dt.date) -> str:
        """A full date: "22 Nov 2026"."""
        return self.isolate(_skeleton("yMMMd", day, str(self.locale)))

    def date_short(self, day: dt.date) -> str:
        """A date of this year: "22 Nov"."""
        return self.isolate(_skeleton("MMMd", day, str(self.locale)))

    def weekday(self, day: dt.date) -> str:
        """A weekday in full: "Monday"."""
        return _pattern("EEEE", day, str(self.locale))

    def weekday_short(self, day: dt.date) -> str:
        """A weekday's short name: "Mon"."""
        return _pattern("EEE", day, str(self.locale))

    def month(self, day: dt.date) -> str:
        """A month with its year: "November 2026"."""
        return _skeleton("yMMMM", day, str(self.locale))

    def month_name(self, day: dt.date) -> str:
        """A month's own name: "November"."""
        return _pattern("LLLL", day, str(self.locale))

    def month_short(self, day: dt.date) -> str:
        """A month's short name: "Nov"."""
        return _pattern("LLL", day, str(self.locale))

    def time(self, at: datetime) -> str:
        """The time of day of a local instant: "21:14"."""
        text: str = format_time(at, "short", locale=self.locale)
        return text

    def moment(self, at: datetime, zone: str, now: datetime, *, hour_known: bool = True) -> str:
        """An instant as one says it: "today 21:14", "Thu 19:40", "14 Nov 22:31", "14 Nov 2025"."""
        local, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
        day = local.date()
        if day == today:
            said = translate("Amounts", "today")
        elif day == today - timedelta(days=1):
            said = translate("Amounts", "yesterday")
        elif day == today + timedelta(days=1):
            said = translate("Amounts", "tomorrow")
        elif timedelta(0) < today - day <= _WEEK:
            said = _pattern("EEE", day, str(self.locale))
        elif day.year == today.year:
            said = self.date_short(day)
        else:
            return self.date(day)
        return f"{said} {self.time(local)}" if hour_known else said

    def elsewhere(self, at: datetime, zone: str, home: str) -> str:
        """By whose clock a time is said, where that shows another time than the one at home: "Tokyo time"; else ""."""
        if at.astimezone(ZoneInfo(zone)).utcoffset() == at.astimezone(ZoneInfo(home)).utcoffset():
            return ""
        city = zone.rpartition("/")[2].replace("_", " ")
        return translate("Amounts", "{city} time").format(city=self.isolate(city))

    def joined(self, parts: list[str]) -> str:
        """Words as a list: "a, b and c"."""
        text: str = format_list(parts, locale=self.locale)
        return text

    @property
    def list_separator(self) -> str:
        """What spreadsheets of this locale separate cells with."""
        return ";" if self.style.decimal == "," else ","

    @property
    def style(self) -> NumberStyle:
        """The signs a person of this locale writes numbers with."""
        return NumberStyle(decimal=get_decimal_symbol(self.locale), group=get_group_symbol(self.locale))

    def isolate(self, text: str) -> str:
        """`text` fenced off, where its direction could reorder the words around it."""
        rtl = self.locale.text_direction == "rtl"
        if rtl or any(bidirectional(sign) in {"R", "AL", "RLE", "RLO", "LRE", "LRO"} for sign in text):
            return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}"
        return text

    def creator(self, handle: str) -> str:
        """A creator's handle as it is shown: "@lunabeats"."""
        return self.isolate(f"@{handle}") if handle else ""

    def _written(self, minor: int, currency: str, digits: int, shown: int) -> str:
        text: str = _money_pattern(str(self.locale), shown).apply(
            Decimal(abs(minor)).scaleb(-digits),
            self.locale,
            currency=currency,
            currency_digits=False,
            numbering_system="latn",
        )
        # CLDR parts a code from its figure ("KWD 1.234"); Babel leaves that out.
        return _TOUCHING.sub("\\1\N{NO-BREAK SPACE}", text)

    def _signed(self, text: str, value: int, *, sign: bool) -> str:
        marked = f"{MINUS}{text}" if value < 0 else f"+{text}" if sign and value > 0 else text
        return f"{FIRST_STRONG_ISOLATE}{marked}{POP_ISOLATE}" if self.locale.text_direction == "rtl" else marked


@lru_cache(maxsize=32)
def _money_pattern(locale: str, digits: int) -> NumberPattern:
    # A pattern of our own: the locale's is shared by the whole program.
    pattern = parse_pattern(Locale.parse(locale).currency_formats["standard"].pattern)
    pattern.frac_prec = (digits, digits)
    return pattern


@lru_cache(maxsize=2048)
def _skeleton(skeleton: str, day: dt.date, locale: str) -> str:
    text: str = format_skeleton(skeleton, day, locale=locale)
    return text


@lru_cache(maxsize=512)
def _pattern(pattern: str, day: dt.date, locale: str) -> str:
    text: str = format_date(day, pattern, locale=locale)
    return text

"""The ledger's own text form, on the way out: plain values to rows of text, a million in constant memory.

Exact form: comma, CRLF, instants with the offset of their zone, plain decimal numbers. Spreadsheet form: a byte order
mark, a locale's list separator and decimal sign, home dates, and no cell that a program would run. Texts that come
again and again (times, amounts, days) are kept in small caches that never grow with the file.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from coinbudget.domain.drafts import COLUMNS, NumberStyle
from coinbudget.domain.money import Currency, decimal_text
from coinbudget.formats.ledger_csv import GUARDED, SPREADSHEET, SPREADSHEET_COLUMNS, TEXT_CELLS, guard

#: What an entry is made of here, in this order: the columns of the exact form with `at` and `voided` in microseconds
#: since the epoch, `rate_on` in days since 1970-01-01, `paid` and `charged` in minor units, `profile` and `creator`
#: by id; then whether the hour is known, the home day in days, the converted amount in minor units, and the order of
#: entry.
Values = tuple[Any, ...]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_MINUTES = [f"T{minute // 60:02d}:{minute % 60:02d}:" for minute in range(1440)]
_SECONDS = [f"{second:02d}" for second in range(60)]
_CACHE_MOST = 8192

_COLUMN_COUNT = len(COLUMNS)
_KIND, _AT, _ZONE, _PROFILE, _PAID, _CURRENCY, _CHARGED, _RATE, _RATE_ON, _CREATOR, _VOIDED = (
    COLUMNS.index(name)
    for name in (
        *("kind", "at", "zone", "profile", "paid", "currency", "charged", "rate", "rate_on", "creator", "voided"),
    )
)
#: So many values stand behind the columns; the spreadsheet form has as many columns more.
_BESIDE = 4
_HOUR_KNOWN, _HOME_ON = _COLUMN_COUNT, _COLUMN_COUNT + 1
#: What may have a true cost.
_USES = frozenset({"gift", "adjustment"})
#: Texts of the user that are not looked up by id.
_FREE_TEXTS = tuple(place for place in TEXT_CELLS if place not in {_PROFILE, _CREATOR})
_DAY_SECONDS = 86_400


class _Texts(dict[int, str]):
    """Texts of numbers, made when first wanted; emptied before it grows large."""

    def __init__(self, make: Callable[[int], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, number: int) -> str:
        text = self._make(number)
        if len(self) >= _CACHE_MOST:
            self.clear()
        self[number] = text
        return text


def day_text(day: int) -> str:
    """ISO date of days since 1970-01-01."""
    return date.fromordinal(day + _EPOCH_DAY).isoformat()


class InstantTexts:
    """ISO texts of instants in their zone, cheap where neighbours fall on the same day."""

    def __init__(self) -> None:
        self._days = _Texts(day_text)
        self._offsets: dict[str, tuple[int, int | None, str]] = {}
        self._zones: dict[str, ZoneInfo] = {}

    def text(self, at: int, zone: str) -> str:
        """The instant `at` (microseconds since the epoch) with the offset of `zone`."""
        seconds, micro = divmod(at, 1_000_000)
        known = self._offsets.get(zone)
        if known is None or known[0] != seconds // _DAY_SECONDS:
            known = self._offsets[zone] = self._offset_of_day(seconds // _DAY_SECONDS, zone)
        _, offset, offset_text = known
        if offset is None or micro:
            return (_EPOCH + timedelta(microseconds=at)).astimezone(self._zones[zone]).isoformat()
        day, second = divmod(seconds + offset, _DAY_SECONDS)
        minute, second = divmod(second, 60)
        return f"{self._days[day]}{_MINUTES[minute]}{_SECONDS[second]}{offset_text}"

    def _offset_of_day(self, day: int, zone: str) -> tuple[int, int | None, str]:
        """The offset all through a day of UTC; None where it changes within."""
        home = self._zones.get(zone)
        if home is None:
            home = self._zones[zone] = ZoneInfo(zone)
        start = _EPOCH + timedelta(days=day)
        first, last = (moment.astimezone(home) for moment in (start, start + timedelta(days=1)))
        offset, later = first.utcoffset(), last.utcoffset()
        if offset is None or offset != later:
            return day, None, ""
        return day, offset // timedelta(seconds=1), first.isoformat()[19:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the ids and codes of entries stand for.

    Attributes:
        profiles: names by id.
        creators: handle of an id.
        currencies: by code.
        profile_currencies: code by profile id.
    """

    profiles: Mapping[int, str]
    creators: Mapping[int, str]
    currencies: Mapping[str, Currency]
    profile_currencies: Mapping[int, str]


def exact_rows(entries: Iterable[Values], names: Names) -> Iterator[list[Any]]:
    """Rows of the exact form, in the order of COLUMNS. Believing them again gives equal entries."""
    return _rows(entries, names, _money_texts(names), _COLUMN_COUNT)


def _rows(
    entries: Iterable[Values], names: Names, money: Mapping[str, Mapping[int, str]], width: int
) -> Iterator[list[Any]]:
    """The first `width` values of entries, those of the exact form as texts."""
    instant = InstantTexts().text
    days = _Texts(day_text)
    profiles, creators, home = names.profiles, names.creators, names.profile_currencies
    # In place and by number: a million rows are worth it. Most cells are empty or texts already.
    for entry in entries:
        row = list(entry[:width])
        profile = row[_PROFILE]
        row[_AT] = instant(row[_AT], row[_ZONE]) if entry[_HOUR_KNOWN] else days[entry[_HOME_ON]]
        row[_PROFILE] = profiles[profile]
        if row[_PAID] is not None:
            row[_PAID] = money[row[_CURRENCY]][row[_PAID]]
            if row[_CHARGED] is not None:
                row[_CHARGED] = money[home[profile]][row[_CHARGED]]
            if row[_RATE_ON] is not None:
                row[_RATE_ON] = days[row[_RATE_ON]]
        if row[_CREATOR] is not None:
            row[_CREATOR] = creators[row[_CREATOR]]
        if row[_VOIDED] is not None:
            row[_VOIDED] = instant(row[_VOIDED], "UTC")
        yield row


def spreadsheet_rows(
    entries: Iterable[Values], cost_of: Callable[[int, int, int], int | None], names: Names, style: NumberStyle
) -> Iterator[list[Any]]:
    """Rows of the spreadsheet form.

    Args:
        cost_of: true cost in minor units by profile, home day and order of entry; None for what has none.
    """
    days = _Texts(day_text)
    money = _money_texts(names, style.decimal)
    guarded = replace(
        names,
        profiles={key: guard(name) for key, name in names.profiles.items()},
        creators={key: guard(name) for key, name in names.creators.items()},
    )
    homes = {guarded.profiles[key]: (key, money[code]) for key, code in names.profile_currencies.items()}
    decimal = style.decimal
    for row in _rows(entries, guarded, money, _COLUMN_COUNT + _BESIDE):
        for place in _FREE_TEXTS:
            text = row[place]
            if text and text[0] in GUARDED:
                row[place] = f"'{text}"
        if decimal != "." and row[_RATE]:
            row[_RATE] = row[_RATE].replace(".", decimal)
        hour_known, home_on, amount, sequence = row[_COLUMN_COUNT:]
        profile, own = homes[row[_PROFILE]]
        cost = cost_of(profile, home_on, sequence) if row[_KIND] in _USES else None
        row[_COLUMN_COUNT:] = (
            None if amount is None else own[amount],
            None if cost is None else own[cost],
            row[_AT] if hour_known else None,
            SPREADSHEET,
        )
        row[_AT] = days[home_on]
        yield row


def _money_texts(names: Names, decimal: str = ".") -> dict[str, _Texts]:
    def texts(digits: int) -> _Texts:
        if decimal == ".":
            return _Texts(lambda minor: decimal_text(minor, digits))
        return _Texts(lambda minor: decimal_text(minor, digits).replace(".", decimal))

    return {code: texts(currency.digits) for code, currency in names.currencies.items()}


def write_exact(out: TextIO, rows: Iterable[Sequence[Any]]) -> None:
    """Header and rows of the exact form; `out` is UTF-8 and translates no line ends."""
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)


def write_spreadsheet(out: TextIO, rows: Iterable[Sequence[Any]], separator: str) -> None:
    """Byte order mark, header and rows of the spreadsheet form."""
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    writer.writerow(SPREADSHEET_COLUMNS)
    writer.writerows(rows)


def list_separator(style: NumberStyle) -> str:
    """What a locale with this decimal sign puts between the cells of a list."""
    return ";" if style.decimal == "," else ","


def cells(text: bytes, separator: str) -> tuple[tuple[str, ...], ...]:
    """The rows of a written text as cells, for showing some of them before they are saved."""
    lines = text.decode("utf-8-sig").splitlines(keepends=True)
    return tuple(tuple(row) for row in csv.reader(lines, delimiter=separator))

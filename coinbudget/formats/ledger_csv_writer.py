"""The ledger's own text form, on the way out: plain values to rows of text, a million in constant memory.

Exact form: comma, CRLF, instants with the offset of their zone, plain decimal numbers. Spreadsheet form: a byte order
mark, a locale's list separator and decimal sign, home dates, and no cell that a program would run. Texts that come
again and again (times, amounts, days) are kept in small caches that never grow with the file.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from coinbudget.domain.drafts import COLUMNS, NumberStyle
from coinbudget.domain.money import Currency, decimal_text
from coinbudget.formats.ledger_csv import SPREADSHEET, SPREADSHEET_COLUMNS, guard

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


def exact_rows(entries: Iterable[Values], names: Names) -> Iterator[tuple[Any, ...]]:
    """Rows of the exact form, in the order of COLUMNS. Believing them again gives equal entries."""
    instant = InstantTexts().text
    days = _Texts(day_text)
    money = _money_texts(names)
    profiles, creators, home = names.profiles, names.creators, names.profile_currencies
    for row in entries:
        profile, paid, charged, rate_on, creator, voided = row[4], row[7], row[9], row[11], row[14], row[23]
        yield (
            *row[:2],
            instant(row[2], row[3]) if row[24] else days[row[25]],
            row[3],
            profiles[profile],
            *row[5:7],
            None if paid is None else money[row[8]][paid],
            row[8],
            None if charged is None else money[home[profile]][charged],
            row[10],
            None if rate_on is None else days[rate_on],
            *row[12:14],
            None if creator is None else creators[creator],
            *row[15:23],
            None if voided is None else instant(voided, "UTC"),
        )


def spreadsheet_rows(
    entries: Iterable[tuple[Values, int | None]], names: Names, style: NumberStyle
) -> Iterator[tuple[Any, ...]]:
    """Rows of the spreadsheet form; with each entry comes its true cost in minor units, None where it has none."""
    instant = InstantTexts().text
    days = _Texts(day_text)
    money = _money_texts(names, style.decimal)
    home = names.profile_currencies
    kept: list[tuple[Values, int | None]] = []
    exact = exact_rows((values for values, _ in _kept(entries, kept)), names)
    for row in exact:
        values, cost = kept.pop()
        profile, rate = values[4], values[10]
        yield (
            *(guard(row[0]), row[1], days[values[25]], guard(row[3]), guard(row[4]), row[5], row[6]),
            *(None if values[7] is None else money[values[8]][values[7]], row[8]),
            None if values[9] is None else money[home[profile]][values[9]],
            *(rate.replace(".", style.decimal) if rate else rate, row[11], row[12], row[13]),
            *(guard(row[14] or ""), guard(row[15] or ""), guard(row[16] or ""), guard(row[17] or ""), row[18]),
            *(guard(row[19] or ""), row[20], row[21], guard(row[22] or ""), row[23]),
            None if values[26] is None else money[home[profile]][values[26]],
            None if cost is None else money[home[profile]][cost],
            *(instant(values[2], values[3]) if values[24] else None, SPREADSHEET),
        )


def _kept(
    entries: Iterable[tuple[Values, int | None]], kept: list[tuple[Values, int | None]]
) -> Iterator[tuple[Values, int | None]]:
    """Leaves each entry behind for the second form that is made of it."""
    for both in entries:
        kept.append(both)
        yield both


def _money_texts(names: Names, decimal: str = ".") -> dict[str, _Texts]:
    def texts(digits: int) -> _Texts:
        if decimal == ".":
            return _Texts(lambda minor: decimal_text(minor, digits))
        return _Texts(lambda minor: decimal_text(minor, digits).replace(".", decimal))

    return {code: texts(currency.digits) for code, currency in names.currencies.items()}


def write_exact(out: TextIO, rows: Iterable[tuple[Any, ...]]) -> None:
    """Header and rows of the exact form; `out` is UTF-8 and translates no line ends."""
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)


def write_spreadsheet(out: TextIO, rows: Iterable[tuple[Any, ...]], separator: str) -> None:
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

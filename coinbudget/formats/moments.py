"""The texts of time that data exports use, read strictly.

Two forms live in one and the same file: `2026-05-14 21:03:11` and the same with ` UTC` behind it. ISO texts and epoch
seconds or milliseconds were met as well. Python's own readers take Arabic digits and `1_000`; here only ASCII counts.

A time without a zone may fall into the hour that a clock shows twice when summer time ends. It is taken as the first of
the two, as everywhere in the ledger, and says so (`Clock.TWICE`): the day and the amounts are right either way, so to
leave the row out would be the greater fault. A time that the clock jumped over never was; the zone is likely another.
"""

import re
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from coinbudget.domain.errors import Problem, problem
from coinbudget.domain.periods import zone_known

_SPACES = " \t\r\n\u00a0\u202f\u2009\u200e\u200f"
_TEXT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[ T\u00a0\u202f]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?"
    r"[ \u00a0\u202f]?(UTC|GMT|Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_COMMON = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(?: UTC|Z)?")
_TO_SECONDS = 19
_SIGNS = frozenset("+-")
_COMMON_LENGTHS = frozenset({_TO_SECONDS, _TO_SECONDS + len("Z"), _TO_SECONDS + len(" UTC")})
#: No form of a time is longer; longer texts are not kept in memory either.
_LONGEST = 40
_LONGEST_SHOWN = 60
_EPOCH = re.compile(r"[0-9]{10}|[0-9]{13}")
#: Epoch seconds outside these years are no time of an export.
_FIRST, _LAST = 2010, 2100
_SECONDS = 10
_DAY = 86_400
_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
_BEGIN_BARE = datetime(1970, 1, 1)  # noqa: DTZ001 - held against times without a zone


class Moment(NamedTuple):
    """A time as a file has it.

    Attributes:
        iso: as the ledger CSV has it: without offset where the file names none, else with one.
        zoned: whether the file names the zone.
        second: seconds since the epoch, a time without a zone counted as UTC; for telling what lies near.
    """

    iso: str
    zoned: bool
    second: int

    @property
    def canonical(self) -> str:
        """The same text for the same digits, whether or not UTC is written behind them."""
        if not self.zoned or self.iso[-1] == "Z":
            return self.iso[:_TO_SECONDS]
        return (_BEGIN + timedelta(seconds=self.second)).strftime("%Y-%m-%dT%H:%M:%S")


class Clock(Enum):
    """How often the clock of a zone showed a time."""

    ONCE = "once"
    TWICE = "twice"
    NEVER = "never"


def clock(when: Moment, zone: str) -> Clock:
    """How often a clock in `zone` (an IANA name; "" for none) showed a time; ONCE where its text names the zone."""
    if when.zoned or zone in {"", "UTC"} or not _shifts(when.second // _DAY, zone):
        return Clock.ONCE
    first, second = _offsets(when.second, zone)
    # PEP 495: the later reading's offset is the smaller in the hour shown twice, the larger in the one jumped over.
    return Clock.ONCE if first == second else Clock.TWICE if first > second else Clock.NEVER


@lru_cache(maxsize=4096)
def _shifts(day: int, zone: str) -> bool:
    """Whether the clock of a zone is moved on a day, counted since 1970."""
    return zone_known(zone) and _offsets(day * _DAY, zone)[0] != _offsets((day + 1) * _DAY, zone)[1]


def _offsets(second: int, zone: str) -> tuple[timedelta, timedelta]:
    wall = (_BEGIN_BARE + timedelta(seconds=second)).replace(tzinfo=ZoneInfo(zone))
    return wall.utcoffset() or timedelta(), wall.replace(fold=1).utcoffset() or timedelta()


def moment(text: str) -> Moment | None:
    """The time a text holds; None where it holds none."""
    if _COMMON.fullmatch(text):
        return _from_common(text)
    text = text.strip(_SPACES)
    if len(text) > _LONGEST:
        return None
    return _from_common(text) if _COMMON.fullmatch(text) else _moment(text)


def iso_of(text: str) -> str | None:
    """The time a text holds as `Moment.iso`; None where it holds none. Quicker than `moment`, and the same."""
    if len(text) in _COMMON_LENGTHS and _COMMON.fullmatch(text):
        plain = text[:_TO_SECONDS]
        try:
            datetime.fromisoformat(plain)
        except ValueError:
            return None
        return f"{plain[:10]}T{plain[11:]}{'Z' if len(text) > _TO_SECONDS else ''}"
    found = moment(text)
    return None if found is None else found.iso


def names_zone(iso: str) -> bool:
    """Whether a time as `iso_of` gives it has an offset behind it."""
    return iso[-1] == "Z" or not _SIGNS.isdisjoint(iso[_TO_SECONDS:])


def no_time(text: str, row: int) -> Problem:
    """The Problem of a row whose text of time holds none."""
    shown = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text[:_LONGEST_SHOWN])
    if not shown.strip():
        return problem("at", "no_date", row)
    shown = shown if len(text) <= len(shown) else f"{shown}\N{HORIZONTAL ELLIPSIS}"
    return problem("at", "not_a_time_here", row, text=shown)


def is_bare(text: str) -> bool | None:
    """Whether a text is a time that names no zone; None where it holds no time. Quicker than `moment`, and the same."""
    if len(text) == _TO_SECONDS and _COMMON.fullmatch(text):
        try:
            datetime.fromisoformat(text)
        except ValueError:
            return None
        return True
    found = moment(text)
    return None if found is None else not found.zoned


def _moment(text: str) -> Moment | None:
    if _EPOCH.fullmatch(text):
        return _from_epoch(text)
    found = _TEXT.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        local = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0), tzinfo=UTC)
        shift = _shift(zone)
    except ValueError:
        return None
    iso = f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}"
    if fraction:
        iso += f".{fraction[:6]}"
    try:
        at = local - shift
    except OverflowError:
        return None
    return Moment(iso + _offset(zone), bool(zone), int((at - _BEGIN).total_seconds()))


def _from_common(text: str) -> Moment | None:
    """The two forms nearly every time has, in a third of the time."""
    zoned = len(text) > _TO_SECONDS
    plain = text[:_TO_SECONDS] if zoned else text
    try:
        since = datetime.fromisoformat(plain) - _BEGIN_BARE
    except ValueError:
        return None
    if plain[10] == " ":
        plain = plain.replace(" ", "T")
    iso = f"{plain}Z" if zoned else plain
    return Moment(iso, zoned, since.days * _DAY + since.seconds)


def _from_epoch(text: str) -> Moment | None:
    second = int(text[:_SECONDS])
    at = _BEGIN + timedelta(seconds=second)
    if not _FIRST <= at.year < _LAST:
        return None
    return Moment(at.strftime("%Y-%m-%dT%H:%M:%SZ"), True, second)


def _offset(zone: str | None) -> str:
    if not zone:
        return ""
    if zone in {"UTC", "GMT", "Z"}:
        return "Z"
    return zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"


def _shift(zone: str | None) -> timedelta:
    if not zone or zone in {"UTC", "GMT", "Z"}:
        return timedelta()
    digits = zone[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 23 or minutes > 59:  # noqa: PLR2004 - a clock's own bounds
        raise ValueError(zone)
    shift = timedelta(hours=hours, minutes=minutes)
    return -shift if zone[0] == "-" else shift

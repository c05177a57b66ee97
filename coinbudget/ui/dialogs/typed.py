"""How a typed number or moment is read, before anything is believed.

Conventions fixed here: a comma and a point are both fine as decimal sign where only one reading is possible; where
two are, the form asks. What comes out is plain text (point, no grouping; ISO dates), which `domain.drafts` then
judges: this module never says that a number is too big or a day too late.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from coinbudget.domain.drafts import NumberStyle

_SPACES = " \u00a0\u202f\u2009'’"
_NUMBER = re.compile(r"[+\-]?[0-9][0-9.,]*|[+\-]?[.,][0-9]+")
_TIME = re.compile(r"(\d{1,2})(?::(\d{2}))?(?::(\d{2}))?\s*(am|pm)?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_PARTS = re.compile(r"(\d{1,4})[./\-](\d{1,2})(?:[./\-](\d{1,4})?)?")
_GROUPED = re.compile(r"[1-9]\d{0,2}(\d{3})+")
_CENTURY = 2000
_SIGNS = {"．": ".", "，": ",", "٫": ".", "٬": ",", "−": "-", "－": "-", "＋": "+", "：": ":", "／": "/"}


def plain_digits(text: str) -> str:
    """`text` with every digit of another script and full-width sign as the ASCII one."""
    return "".join(_SIGNS.get(sign) or _digit(sign) for sign in text)


def _digit(sign: str) -> str:
    number = unicodedata.decimal(sign, None)
    return sign if number is None else str(number)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedNumber:
    """How a number field was read.

    Attributes:
        plain: the number with a point and no grouping; the text as typed where it is no number.
        readable: whether it is a number at all.
        other: the second possible reading; "" where there is one alone.
    """

    plain: str
    readable: bool
    other: str = ""


def read_number(text: str, style: NumberStyle, digits: int) -> TypedNumber:
    """Read a typed number of a unit with `digits` decimals, comma and point both being fine where unambiguous."""
    bare = plain_digits(text).strip()
    packed = _without_spaces(bare)
    if packed is None or not _NUMBER.fullmatch(packed):
        return TypedNumber(plain=bare, readable=False)
    sign, body = (packed[0], packed[1:]) if packed[0] in "+-" else ("", packed)
    reading = _read_body(body, style, digits)
    if reading is None:
        return TypedNumber(plain=bare, readable=False)
    one, other = reading
    return TypedNumber(plain=sign + one, readable=True, other=sign + other if other else "")


def _without_spaces(text: str) -> str | None:
    """Spaces and apostrophes are signs of grouping in threes and nothing else."""
    if not any(sign in text for sign in _SPACES):
        return text
    whole = re.split(r"[.,]", text)[0].lstrip("+-")
    groups = re.split(f"[{_SPACES}]", whole)
    proper = 1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])  # noqa: PLR2004 - thousands
    return re.sub(f"[{_SPACES}]", "", text) if proper and len(groups) > 1 else None


def _read_body(body: str, style: NumberStyle, digits: int) -> tuple[str, str] | None:
    used = [sign for sign in ".," if sign in body]
    if not used:
        return body, ""
    last = max(used, key=body.rindex)
    if len(used) == 2:  # noqa: PLR2004 - both a comma and a point
        whole, part = body.rsplit(last, 1)
        return (f"{_joined(whole)}.{part}", "") if last not in whole and _in_groups(whole) else None
    if body.count(last) > 1:
        return (_joined(body), "") if _in_groups(body) else None
    return _read_single(body, last, style, digits)


def _read_single(body: str, sign: str, style: NumberStyle, digits: int) -> tuple[str, str] | None:
    """One sign, once: a decimal sign, a grouping sign, or both are possible."""
    whole, part = body.split(sign)
    as_decimal = f"{whole or '0'}.{part}" if part else whole
    if not _in_groups(body):
        return as_decimal, ""
    as_group = whole + part
    if not digits:
        return as_group, ""
    if sign == style.decimal:
        return (as_decimal, "") if len(part) <= digits else (as_decimal, as_group)
    if len(part) <= digits or sign != style.group:
        return as_group, as_decimal
    return as_group, ""


def _in_groups(text: str) -> bool:
    groups = re.split(r"[.,]", text)
    first, rest = groups[0], groups[1:]
    return bool(rest) and first[:1] not in {"", "0"} and len(first) <= 3 and all(len(g) == 3 for g in rest)  # noqa: PLR2004 - thousands


def _joined(text: str) -> str:
    return re.sub(r"[.,]", "", text)


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentWords:
    """Words and order of dates in the chosen language.

    Attributes:
        order: the letters d, m and y in the locale's order.
        today, yesterday, tomorrow, now: folded words.
        weekdays: folded names and short names to 0 Monday .. 6 Sunday.
    """

    order: str
    today: tuple[str, ...]
    yesterday: tuple[str, ...]
    tomorrow: tuple[str, ...]
    weekdays: Mapping[str, int]


def read_moment(text: str, words: MomentWords, here: datetime, *, ahead: bool = False) -> datetime | date | None:
    """Read a typed date, time or both as a naive moment where `here` is the present one; None: cannot be read.

    Args:
        text: as typed, not empty.
        words: words and order of the language.
        here: the present moment in the profile's zone.
        ahead: a day without a year may lie ahead (a planned entry); otherwise it is the last such day.
    """
    bare = " ".join(plain_digits(text).casefold().replace(",", " ").split())
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}t\d{2}:\d{2}(:\d{2})?", bare):
        bare = bare.replace("t", " ")
    for head, tail in _splits(bare):
        on = _read_day(head, words, here.date(), ahead=ahead) if head else here.date()
        at = _read_time(tail) if tail else None
        if on is None or (tail and at is None):
            continue
        if at is None:
            return on
        moment = datetime.combine(on, at)
        if not head and not ahead and moment > here.replace(tzinfo=None) + timedelta(minutes=5):
            moment -= timedelta(days=1)
        return moment
    return None


def _splits(text: str) -> list[tuple[str, str]]:
    """Every way to part `text` into a day and a time."""
    words = text.split(" ")
    ways = [(" ".join(words[:cut]), " ".join(words[cut:])) for cut in range(len(words), -1, -1)]
    return [(head, tail) for head, tail in ways if head or ":" in tail or "m" in tail]


def _read_time(text: str) -> time | None:
    found = _TIME.fullmatch(text)
    if found is None or (found[2] is None and found[4] is None):
        return None
    hour, minute, second = int(found[1]), int(found[2] or 0), int(found[3] or 0)
    if found[4]:
        if not 1 <= hour <= 12:  # noqa: PLR2004 - a clock with twelve hours
            return None
        hour = hour % 12 + (12 if found[4] == "pm" else 0)
    try:
        return time(hour, minute, second)
    except ValueError:
        return None


def _read_day(text: str, words: MomentWords, today: date, *, ahead: bool) -> date | None:
    for names, step in ((words.today, 0), (words.yesterday, -1), (words.tomorrow, 1)):
        if text in names:
            return today + timedelta(days=step)
    weekday = words.weekdays.get(text.rstrip("."))
    if weekday is not None:
        return today - timedelta(days=(today.weekday() - weekday) % 7)
    iso = _ISO.fullmatch(text)
    if iso:
        return _day(int(iso[1]), int(iso[2]), int(iso[3]))
    parts = _PARTS.fullmatch(text)
    return _read_parts(parts, words.order, today, ahead=ahead) if parts else None


def _read_parts(parts: re.Match[str], order: str, today: date, *, ahead: bool) -> date | None:
    if parts[3] is None:
        short = order.replace("y", "")
        given = dict(zip(short, (int(parts[1]), int(parts[2])), strict=True))
        this = _day(today.year, given["m"], given["d"])
        if this is None or ahead or this <= today:
            return this
        return _day(today.year - 1, given["m"], given["d"])
    given = dict(zip(order, (int(parts[1]), int(parts[2]), int(parts[3])), strict=True))
    written = parts[order.index("y") + 1]
    year = given["y"] + _CENTURY if len(written) <= 2 else given["y"]  # noqa: PLR2004 - "26" is 2026
    return _day(year, given["m"], given["d"])


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None

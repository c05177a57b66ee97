"""Whose spending is tracked, and the dated settings that decide which home day an instant belongs to."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, NewType

from coinbudget.domain.errors import Problem, problem

MAX_NAME = 100
FIRST_BIRTH_YEAR = 1900
DAY_STARTS = range(7)
WEEK_STARTS = range(7)
MONTH_STARTS = range(1, 32)
#: Signs that cannot be seen and would let two names look alike; joiners belong to writing systems and emoji.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_JOINERS = frozenset({"\u200c", "\u200d"})

ProfileId = NewType("ProfileId", int)


class HomeSettings(NamedTuple):
    """Zone and period starts of a profile, in force from a home midnight on.

    A tuple, as the calendar of every single entry is found by them.

    Attributes:
        effective_on: first home day they hold; the first settings of a profile hold from `date.min` on.
        zone: IANA name.
        day_start: hour 0..6 at which a home day begins, for late streams.
        week_start: 0 Monday .. 6 Sunday.
        month_start: day 1..31, clamped to the month's last day.
    """

    effective_on: date
    zone: str
    day_start: int = 0
    week_start: int = 0
    month_start: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A person whose spending is tracked.

    Attributes:
        name: unique in the ledger, compared folded.
        region: ISO 3166 alpha-2.
        currency: ISO 4217 code; fixed once a purchase or a money or cost limit exists.
        birth_year: None when not given.
        settings: dated, oldest first, never empty.
    """

    id: ProfileId
    name: str
    region: str
    currency: str
    birth_year: int | None = None
    settings: tuple[HomeSettings, ...]
    created_at: datetime


def clean_name(text: str) -> str:
    """A name as it is kept: NFC, single spaces, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def name_problems(name: str) -> tuple[Problem, ...]:
    """What is wrong with a profile's name (given as `clean_name` leaves it)."""
    if not name:
        return (problem("name", "name_missing"),)
    if len(name) > MAX_NAME:
        return (problem("name", "name_too_long", longest=MAX_NAME),)
    if any(unicodedata.category(sign) in _UNSEEN and sign not in _JOINERS for sign in name):
        return (problem("name", "name_control"),)
    return ()


def settings_problems(settings: HomeSettings) -> tuple[Problem, ...]:
    """What is wrong with the hours and starts of settings; the zone is `periods.zone_known`'s matter."""
    ranges = (
        ("day_start", settings.day_start, DAY_STARTS),
        ("week_start", settings.week_start, WEEK_STARTS),
        ("month_start", settings.month_start, MONTH_STARTS),
    )
    return tuple(
        problem(field, "out_of_range", least=allowed[0], most=allowed[-1])
        for field, value, allowed in ranges
        if value not in allowed
    )


def birth_year_problems(birth_year: int | None, *, this_year: int) -> tuple[Problem, ...]:
    """What is wrong with a birth year; None is not given."""
    if birth_year is None or FIRST_BIRTH_YEAR <= birth_year <= this_year:
        return ()
    return (problem("birth_year", "out_of_range", least=FIRST_BIRTH_YEAR, most=this_year),)

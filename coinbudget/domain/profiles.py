"""Whose spending is tracked, and the dated settings that decide which home day an instant belongs to."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NewType

ProfileId = NewType("ProfileId", int)


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeSettings:
    """Zone and period starts of a profile, in force from a home midnight on.

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

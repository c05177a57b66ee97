"""Periods and windows: home days, weeks, months, years and rolling lengths of time.

Convention, fixed here for the whole program: a window includes its start and excludes its end. The one exception
is a rolling window judged at t, which is (t-L, t] (see `rolling_window`). Calendar windows are made of home days
(`home_on`); rolling ones of instants. Zones are IANA names; settings are dated (`profiles.HomeSettings`).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum


class Period(StrEnum):
    """The repeating length of a limit."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    ROLLING_DAY = "24h"
    ROLLING_WEEK = "7d"
    ROLLING_MONTH = "30d"

    @property
    def length(self) -> timedelta | None:
        """How long a rolling window is; None for calendar periods."""
        return _LENGTHS.get(self)


_LENGTHS = {
    Period.ROLLING_DAY: timedelta(hours=24),
    Period.ROLLING_WEEK: timedelta(days=7),
    Period.ROLLING_MONTH: timedelta(days=30),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One stretch of a period.

    Attributes:
        start_at, end_at: aware UTC instants; start inside, end outside (rolling: start outside, end inside).
        start_on, end_on: the home days start_on .. end_on, end outside; None for rolling windows.
    """

    start_at: datetime
    end_at: datetime
    start_on: date | None = None
    end_on: date | None = None

"""A second, naive implementation of how limits stand: it looks at every entry and every day, and keeps nothing."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from coinbudget.domain.entries import Entry, Gift, Purchase, Refund
from coinbudget.domain.limits import Level, Limit, Mark, Measure
from coinbudget.domain.periods import Period, home_day
from coinbudget.domain.profiles import HomeSettings, Profile

DAY = timedelta(days=1)
AHEAD = timedelta(minutes=5)
LENGTHS = {Period.ROLLING_DAY: DAY, Period.ROLLING_WEEK: 7 * DAY, Period.ROLLING_MONTH: 30 * DAY}


def amounts(entries: Sequence[Entry], limit: Limit) -> Iterator[tuple[datetime, date, int, int, bool]]:
    """Instant, home day, gross and used of every entry a limit counts, and whether it is known."""
    living = [entry for entry in entries if entry.profile_id == limit.profile_id and entry.counts]
    for entry in living:
        if limit.measure is Measure.MONEY and isinstance(entry, Purchase):
            gross = entry.converted_minor or 0
            back = sum(
                other.converted_minor or 0
                for other in living
                if isinstance(other, Refund) and other.refers_to == entry.id
            )
            used = gross - back if limit.refunds_give_room else gross
            yield entry.at, entry.home_on, gross, used, entry.converted_minor is not None
        elif limit.measure is Measure.COINS and isinstance(entry, Gift):
            yield entry.at, entry.home_on, entry.coins or 0, entry.coins or 0, entry.coins is not None


def in_force(settings: Sequence[HomeSettings], day: date) -> HomeSettings:
    """The settings of a day."""
    return [part for part in settings if part.effective_on <= day][-1]


def begins(period: Period, settings: Sequence[HomeSettings], day: date) -> bool:
    """Whether a window begins on a day."""
    part = in_force(settings, day)
    if period is Period.WEEK:
        return day.weekday() == part.week_start
    if period is Period.MONTH:
        last_of_month = (day + DAY).day == 1
        return day.day == part.month_start or (last_of_month and day.day < part.month_start)
    return period is Period.DAY or (day.month, day.day) == (1, 1)


def days_of(period: Period, profile: Profile, day: date) -> tuple[date, date]:
    """The window of a day, end outside."""
    start, end = day, day + DAY
    while not begins(period, profile.settings, start):
        start -= DAY
    while not begins(period, profile.settings, end):
        end += DAY
    return start, end


def use_now(entries: Sequence[Entry], limit: Limit, profile: Profile, now: datetime) -> tuple[int, int, bool]:
    """Gross, used and judged in the window of now."""
    today = home_day(profile.settings, now)
    if limit.period in LENGTHS:
        # What is logged for later today has happened; it counts at once. A clock may be five minutes behind.
        today = home_day(profile.settings, now + AHEAD)
        inside = [one for one in amounts(entries, limit) if one[0] > now - LENGTHS[limit.period] and one[1] <= today]
    else:
        start, end = days_of(limit.period, profile, today)
        inside = [one for one in amounts(entries, limit) if start <= one[1] < end]
    return sum(one[2] for one in inside), sum(one[3] for one in inside), all(one[4] for one in inside)


def level(used: int, amount: int) -> Level:
    """Rule 9, as it is written."""
    if used > amount:
        return Level.BREACHED
    if amount and used == amount:
        return Level.REACHED
    return Level.NEARING if amount and used / amount >= 0.5 else Level.WITHIN


def passed(used: int, amount: int) -> set[Mark]:
    """The marks of a use."""
    shares = {mark for mark in (Mark.HALF, Mark.MOST, Mark.ALL) if amount and used * 100 >= int(mark) * amount}
    return shares | ({Mark.OVER} if used > amount else set())


def calendar_marks(entries: Sequence[Entry], limit: Limit, profile: Profile) -> dict[tuple[date, Mark], int]:
    """Every mark passed in every calendar window that has an entry, with what the window used."""
    uses: dict[date, int] = {}
    for _, day, _, used, _ in amounts(entries, limit):
        start, _ = days_of(limit.period, profile, day)
        uses[start] = uses.get(start, 0) + used
    return {(start, mark): used for start, used in uses.items() for mark in passed(used, limit.amount)}


def rolling_stretches(entries: Sequence[Entry], limit: Limit) -> dict[Mark, list[tuple[datetime, datetime]]]:
    """The stretches of time (end outside) in which each mark is passed, by a look at every instant of change."""
    length = LENGTHS[limit.period]
    lines = list(amounts(entries, limit))
    instants = sorted({one[0] for one in lines} | {one[0] + length for one in lines})
    found: dict[Mark, list[tuple[datetime, datetime]]] = {mark: [] for mark in Mark}
    for mark in Mark:
        start = None
        for at in instants:
            used = sum(one[3] for one in lines if at - length < one[0] <= at)
            if mark in passed(used, limit.amount):
                start = start or at
            elif start is not None:
                found[mark].append((start, at))
                start = None
    return found

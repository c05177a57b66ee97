"""What the limits would say if the ticked lines of a file came in. Nothing is written, and nothing is kept.

A calendar limit is judged in every window that a line falls into, from the kept sums by day and what the lines add;
a rolling one at every instant. Lines whose amount is not known count as nothing here, as they do in a limit.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from coinbudget.domain.entries import Kind
from coinbudget.domain.limits import Limit, Mark, Measure, floors
from coinbudget.domain.periods import HomeCalendar, calendar_of
from coinbudget.domain.profiles import Profile
from coinbudget.domain.rolling import occurrences
from coinbudget.services.assessment import Added, Assessment
from coinbudget.services.ledger import Ledger
from coinbudget.services.standing import Standing, net
from coinbudget.storage import household_store, limit_store
from coinbudget.storage.database import Transaction
from coinbudget.storage.tables import day_of, instant_of

_COUNTED = {Kind.PURCHASE: Measure.MONEY, Kind.GIFT: Measure.COINS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Foresight:
    """A limit after an import.

    Attributes:
        used_now: in its window of now, with the lines; minor units of the profile's currency, or coins.
        over_before, over_after: windows (of a rolling limit: stretches) that are over it.
        touched: whether any line counts in it.
    """

    limit: Limit
    profile: Profile
    used_now: int
    over_before: int
    over_after: int
    touched: bool


def foresee(ledger: Ledger, assessment: Assessment, *, now: datetime) -> tuple[Foresight, ...]:
    """Every limit that a ticked line counts in, as it would stand after the import."""
    with ledger.database.reading() as tx:
        limits = limit_store.limits(tx)
        if not limits:
            return ()
        homes = {profile.id: profile for profile in household_store.profiles(tx)}
        added = [one for one in assessment.added() if one.kind in _COUNTED]
        standing = Standing(tx, now)
        found = []
        for limit in limits:
            mine = [
                one
                for one in added
                if one.profile_id == limit.profile_id and _COUNTED[one.kind] is limit.measure and _amount(one)
            ]
            if mine:
                found.append(_foreseen(tx, standing, limit, homes[limit.profile_id], mine))
        return tuple(found)


def _amount(one: Added) -> int:
    return one.minor if one.kind is Kind.PURCHASE else one.coins


def _foreseen(tx: Transaction, standing: Standing, limit: Limit, profile: Profile, added: list[Added]) -> Foresight:
    calendar = calendar_of(profile.settings)
    status = standing.status(limit, profile)
    if limit.period.length is None:
        before, after = _windows(tx, limit, calendar, added)
        inside = sum(
            _amount(one)
            for one in added
            if status.window.start_on is not None
            and status.window.end_on is not None
            and status.window.start_on <= day_of(one.home_on) < status.window.end_on
        )
    else:
        before, after = _stretches(tx, limit, added)
        inside = sum(_amount(one) for one in added if status.window.start_at < instant_of(one.at) <= standing.now)
    return Foresight(
        limit=limit,
        profile=profile,
        used_now=status.used + inside,
        over_before=before,
        over_after=after,
        touched=True,
    )


def _windows(tx: Transaction, limit: Limit, calendar: HomeCalendar, added: Iterable[Added]) -> tuple[int, int]:
    """How many of the windows that lines fall into are over, without and with them."""
    by_day: Counter[date] = Counter()
    for one in added:
        by_day[day_of(one.home_on)] += _amount(one)
    windows = {window.start_at: window for window in (calendar.window(limit.period, day) for day in by_day)}
    starts = [window.start_on for window in windows.values() if window.start_on is not None]
    ends = [window.end_on for window in windows.values() if window.end_on is not None]
    room = limit.refunds_give_room
    before: Counter[datetime] = Counter()
    for day, use in limit_store.uses_by_day(tx, limit.profile_id, limit.measure, min(starts), max(ends)):
        before[calendar.window(limit.period, day).start_at] += use.used(refunds_give_room=room)
    after = Counter(before)
    for day, amount in by_day.items():
        after[calendar.window(limit.period, day).start_at] += amount
    return (
        sum(before[start] > limit.amount for start in windows),
        sum(after[start] > limit.amount for start in windows),
    )


def _stretches(tx: Transaction, limit: Limit, added: Iterable[Added]) -> tuple[int, int]:
    """How often a rolling limit is passed where lines fall, without and with them."""
    length = limit.period.length
    if length is None:
        raise ValueError(f"{limit.period} is no rolling period")
    new = sorted((instant_of(one.at), _amount(one)) for one in added)
    first, last = new[0][0], new[-1][0] + length
    lines = limit_store.amounts_one_by_one(tx, limit.profile_id, limit.measure, first - length, last)
    kept = net(lines, refunds_give_room=limit.refunds_give_room)
    marks = [(mark, floor) for mark, floor in floors(limit.amount) if mark is Mark.OVER]

    def over(amounts: list[tuple[datetime, int]]) -> int:
        return len(occurrences(amounts, marks, length, from_at=first, to_at=last))

    return over(kept), over(sorted([*kept, *new]))

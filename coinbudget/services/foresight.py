"""What the limits would say if the ticked lines of a file came in. Nothing is written, and nothing is kept.

A calendar limit is judged in every window that a line falls into, from the kept sums by day and what the lines add;
a rolling one at every instant. Lines whose amount is not known count as nothing here, as they do in a limit. A refund
gives room back where its purchase took it.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from coinbudget.domain.entries import Kind
from coinbudget.domain.limits import Limit, Mark, Measure, floors
from coinbudget.domain.periods import HomeCalendar, Window, calendar_of
from coinbudget.domain.profiles import Profile
from coinbudget.domain.rolling import Occurrence, occurrences
from coinbudget.services.assessment import Added, Assessment
from coinbudget.services.ledger import Ledger
from coinbudget.services.standing import Standing, holds_day, net
from coinbudget.storage import household_store, limit_store
from coinbudget.storage.database import Transaction
from coinbudget.storage.tables import day_of, instant_of

_COUNTED = {Kind.PURCHASE: Measure.MONEY, Kind.REFUND: Measure.MONEY, Kind.GIFT: Measure.COINS}


class Over(NamedTuple):
    """Windows (of a rolling limit: stretches) that are over a limit, without and with the lines.

    Attributes:
        more: whether one that was over anyway would be further over.
    """

    before: int
    after: int
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Foresight:
    """A limit that ticked lines count in, after an import.

    Attributes:
        used_before, used_now: in its window of now, without and with the lines; minor units of the profile's currency,
            or coins.
        past: the other windows that the lines fall into.
    """

    limit: Limit
    profile: Profile
    used_before: int
    used_now: int
    past: Over


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
                if one.profile_id == limit.profile_id and _COUNTED[one.kind] is limit.measure and _amount(one, limit)
            ]
            if mine:
                found.append(_foreseen(tx, standing, limit, homes[limit.profile_id], mine))
        return tuple(found)


def _amount(one: Added, limit: Limit) -> int:
    """What a line uses of a limit; a refund gives back what its purchase used, where the limit has it so."""
    if one.kind is Kind.REFUND:
        return -one.minor if limit.refunds_give_room else 0
    return one.minor if one.kind is Kind.PURCHASE else one.coins


def _foreseen(tx: Transaction, standing: Standing, limit: Limit, profile: Profile, added: list[Added]) -> Foresight:
    calendar = calendar_of(profile.settings)
    status = standing.status(limit, profile)
    window = status.window
    if limit.period.length is None:
        past = _windows(tx, limit, calendar, added, window)
        inside = sum(_amount(one, limit) for one in added if holds_day(window, day_of(one.home_on)))
    else:
        past = _stretches(tx, limit, added, standing.now)
        inside = sum(_amount(one, limit) for one in added if window.start_at < instant_of(one.at) <= standing.now)
    return Foresight(limit=limit, profile=profile, used_before=status.used, used_now=status.used + inside, past=past)


def _windows(tx: Transaction, limit: Limit, calendar: HomeCalendar, added: Iterable[Added], now: Window) -> Over:
    """The windows other than that of now that lines fall into."""
    by_day: Counter[date] = Counter()
    for one in added:
        by_day[day_of(one.home_on)] += _amount(one, limit)
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
    others = [start for start in windows if start != now.start_at]
    return Over(
        before=sum(before[start] > limit.amount for start in others),
        after=sum(after[start] > limit.amount for start in others),
        more=any(after[start] > before[start] > limit.amount for start in others),
    )


def _stretches(tx: Transaction, limit: Limit, added: Iterable[Added], now: datetime) -> Over:
    """How often a rolling limit is passed where lines fall, but for a stretch that lasts still."""
    length = limit.period.length
    if length is None:
        raise ValueError(f"{limit.period} is no rolling period")
    # A refund has its purchase's instant: what both leave is one amount, so that nothing rises before it falls.
    new: Counter[datetime] = Counter()
    for one in added:
        new[instant_of(one.at)] += _amount(one, limit)
    first, last = min(new), max(new) + length
    lines = limit_store.amounts_one_by_one(tx, limit.profile_id, limit.measure, first - length, last)
    kept: Counter[datetime] = Counter()
    for at, amount in net(lines, refunds_give_room=limit.refunds_give_room):
        kept[at] += amount
    marks = [(mark, floor) for mark, floor in floors(limit.amount) if mark is Mark.OVER]

    def over(amounts: Counter[datetime]) -> list[Occurrence]:
        found = occurrences(sorted(amounts.items()), marks, length, from_at=first, to_at=last)
        return [one for one in found if not _holds(one, now)]

    before, after = over(kept), over(_together(kept, new))
    more = any(_holds(one, at) for at, amount in new.items() if amount > 0 for one in before)
    return Over(before=len(before), after=len(after), more=more)


def _together(kept: Counter[datetime], new: Counter[datetime]) -> Counter[datetime]:
    both = Counter(kept)
    both.update(new)
    return both


def _holds(one: Occurrence, at: datetime) -> bool:
    return (one.start_at is None or one.start_at <= at) and (one.end_at is None or one.end_at > at)

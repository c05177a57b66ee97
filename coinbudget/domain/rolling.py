"""Rolling limits: what any 24 hours, 7 days or 30 days hold, and when they passed a mark.

An entry at s occupies a limit of length L during [s, s+L), so the amount at t is what lies in (t-L, t] (rule 5). The
amount rises at entries alone and falls as entries leave. An *occurrence* of a mark is a longest stretch of time in
which the amount is at or above the mark's floor; it begins with an entry.
"""

from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from coinbudget.domain.limits import Mark

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """A stretch of time in which a rolling amount is at or above a mark.

    Attributes:
        start_at: instant of the entry that passed the mark; None where it was passed before the time looked at.
        end_at: first instant below again; None where that is not inside the time looked at.
        used: the amount once `start_at` has passed it.
    """

    mark: Mark
    start_at: datetime | None
    end_at: datetime | None
    used: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """A stretch of entries that leave a rolling window one after the other.

    Attributes:
        used: what they use together.
        entries: looks up instant and amount of each, oldest first.
    """

    used: int
    entries: Callable[[], Iterable[tuple[datetime, int]]]


def occurrences(
    amounts: Sequence[tuple[datetime, int]],
    floors: Sequence[tuple[Mark, int]],
    length: timedelta,
    *,
    from_at: datetime,
    to_at: datetime,
) -> tuple[Occurrence, ...]:
    """The occurrences of every mark that touch the time from_at .. to_at (both inside).

    Args:
        amounts: instant and amount of every entry from from_at - length to to_at (both inside), oldest first.
        floors: `limits.floors`, lowest first.

    Returns:
        Occurrences in order of their starts, lower marks first.
    """
    needed = [floor for _, floor in floors]
    found: list[Occurrence] = []
    opened: list[tuple[datetime | None, int]] = []
    height = 0
    for at, used in _steps(amounts, length, from_at, to_at):
        now_height = bisect_right(needed, used)
        while height < now_height:
            # Whatever stood before from_at began there.
            opened.append((at if at >= from_at else None, used))
            height += 1
        while height > now_height:
            height -= 1
            start, reached = opened.pop()
            if at >= from_at:
                found.append(Occurrence(mark=floors[height][0], start_at=start, end_at=at, used=reached))
    for index, (start, reached) in enumerate(opened):
        found.append(Occurrence(mark=floors[index][0], start_at=start, end_at=None, used=reached))
    order = {mark: place for place, (mark, _) in enumerate(floors)}
    return tuple(sorted(found, key=lambda one: (one.start_at or from_at, order[one.mark])))


def room_again(leaving: Iterable[Leaving], length: timedelta, *, used: int, amount: int) -> datetime | None:
    """When there is more room: the first instant with something left, or with more left where something is.

    Args:
        leaving: what is in the window, oldest stretch first; a stretch is opened only where the answer lies in it.
        used: what all of it uses.
        amount: of the limit.

    Returns:
        None for an empty window and for a limit of 0, which never has room.
    """
    if used <= 0 or amount <= 0:
        return None
    needed = max(used - amount + 1, 1)
    for stretch in leaving:
        if stretch.used < needed:
            needed -= stretch.used
            continue
        for at, share in stretch.entries():
            needed -= share
            if needed <= 0:
                return at + length
    return None


def _steps(
    amounts: Sequence[tuple[datetime, int]], length: timedelta, from_at: datetime, to_at: datetime
) -> Iterator[tuple[datetime, int]]:
    """Each instant at which the amount may change, up to `to_at`, with the amount from then on.

    All that enters and leaves at one instant is one step, so an amount handed over without a dip is no new rise. The
    first step lies just before `from_at` and tells what stood already.
    """
    inside: deque[tuple[datetime, int]] = deque()
    used = 0
    place = 0
    while place < len(amounts) and amounts[place][0] < from_at:
        inside.append(amounts[place])
        used += amounts[place][1]
        place += 1
    yield from_at - _TICK, used
    while True:
        arrives = amounts[place][0] if place < len(amounts) else None
        leaves = inside[0][0] + length if inside else None
        at = min((moment for moment in (arrives, leaves) if moment is not None), default=None)
        if at is None or at > to_at:
            return
        while inside and inside[0][0] + length <= at:
            used -= inside.popleft()[1]
        while place < len(amounts) and amounts[place][0] == at:
            inside.append(amounts[place])
            used += amounts[place][1]
            place += 1
        yield at, used

"""Limits: the most a profile means to spend in a period, and what is known of their use.

The rules are numbered in CONTRIBUTING.md (chapter *What a limit means*); a rule number in this package refers to
that list. Amounts are minor units of the profile's currency for `money` and whole coins for `coins`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NewType

from coinbudget.domain.entries import BaseEntry, Entry, EntryId, Gift, Purchase, Refund
from coinbudget.domain.errors import Problem, problem
from coinbudget.domain.periods import Period, Window
from coinbudget.domain.profiles import ProfileId

LimitId = NewType("LimitId", int)
AlertId = NewType("AlertId", int)

#: Shares of a limit, in percent, at which to tell before it is passed.
THRESHOLDS = (50, 80, 100)


class Measure(StrEnum):
    """What a limit counts. Measures are never added together."""

    MONEY = "money"
    COINS = "coins"
    COST = "cost"


class Level(StrEnum):
    """How far a limit is used. Exactly the limit is REACHED; 0 of a limit of 0 is WITHIN."""

    WITHIN = "WITHIN"
    NEARING = "NEARING"
    REACHED = "REACHED"
    BREACHED = "BREACHED"


class Mark(StrEnum):
    """A point an amount can pass: a threshold in percent, or OVER."""

    HALF = "50"
    MOST = "80"
    ALL = "100"
    OVER = "OVER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The most a profile means to spend in a period.

    Attributes:
        amount: minor units of `currency`, or coins; 0 allowed.
        currency: the profile's; None for coins.
        cap: set by a guardian.
        refunds_give_room: whether a refund lowers `used` in the window of its purchase (default: yes, no for a cap).
        revision: counts changes.
    """

    id: LimitId
    profile_id: ProfileId
    measure: Measure
    period: Period
    amount: int
    currency: str | None
    cap: bool = False
    refunds_give_room: bool = True
    created_at: datetime
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitStatus:
    """Computed use of one limit in one window.

    Attributes:
        used: what counts, after refunds where they give room.
        gross: before refunds.
        planned: planned purchases inside the window, in no other figure.
        left: amount - used, may be negative.
        level: BREACHED as soon as the known part is over, even when `judged` is False.
        judged: False when a purchase in the window has no converted amount (or a gift no coins).
        empty: True when nothing at all is logged in the window yet.
        binding: the least left among its measure's profile-wide limits.
        room_again_at: when there is more room; None for an empty or never-opening window.
        logged_up_to: newest instant the profile's ledger reaches; None when empty.
    """

    limit: Limit
    window: Window
    used: int
    gross: int
    planned: int
    left: int
    level: Level
    judged: bool
    empty: bool
    binding: bool = False
    room_again_at: datetime | None = None
    logged_up_to: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A mark passed, stored once per occurrence: (limit, window, mark, n).

    Attributes:
        entry_id: the entry that passed it, None when a change of the limit did.
        seen: True for marks of closed windows, lower marks passed together, and those a person has seen.
    """

    id: AlertId
    limit: Limit
    level: Level
    mark: Mark
    occurrence: int
    window: Window
    used: int
    raised_at: datetime
    entry_id: EntryId | None
    seen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What entries use of a limit in a window; uses of parts of a window add up.

    Attributes:
        gross: before refunds.
        refunded: what refunds of purchases in the window gave back, whenever that was.
        unknown: entries that count and whose amount is not known.
        entries: entries of any kind in the window.
        planned: what is planned, in no other figure.
    """

    gross: int = 0
    refunded: int = 0
    unknown: int = 0
    entries: int = 0
    planned: int = 0

    def __add__(self, other: "Use") -> "Use":
        return Use(
            gross=self.gross + other.gross,
            refunded=self.refunded + other.refunded,
            unknown=self.unknown + other.unknown,
            entries=self.entries + other.entries,
            planned=self.planned + other.planned,
        )

    def __sub__(self, other: "Use") -> "Use":
        return Use(
            gross=self.gross - other.gross,
            refunded=self.refunded - other.refunded,
            unknown=self.unknown - other.unknown,
            entries=self.entries - other.entries,
            planned=self.planned - other.planned,
        )

    def used(self, *, refunds_give_room: bool) -> int:
        """What counts against a limit (rule 4)."""
        return self.gross - self.refunded if refunds_give_room else self.gross


def measures_of(entry: Entry) -> tuple[Measure, ...]:
    """The measures an entry can move (rule 1)."""
    if isinstance(entry, Purchase | Refund):
        return (Measure.MONEY,)
    return (Measure.COINS,) if isinstance(entry, Gift) else ()


def use_of(entry: Entry, measure: Measure) -> Use:
    """What one entry adds to the window it belongs to; a refund to that of its purchase."""
    if entry.voided_at is not None:
        return Use()
    if entry.planned:
        return Use(planned=_amount(entry) if measure in measures_of(entry) else 0)
    if isinstance(entry, Purchase) and measure is Measure.MONEY:
        return Use(gross=entry.converted_minor or 0, unknown=int(entry.converted_minor is None), entries=1)
    if isinstance(entry, Refund) and measure is Measure.MONEY:
        return Use(refunded=entry.converted_minor or 0, entries=1)
    if isinstance(entry, Gift) and measure is Measure.COINS:
        return Use(gross=entry.coins or 0, unknown=int(entry.coins is None), entries=1)
    return Use(entries=1)


def floors(amount: int) -> tuple[tuple[Mark, int], ...]:
    """The least use that passes each mark of a limit, lowest mark first; of a limit of 0 only OVER exists (rule 9)."""
    over = ((Mark.OVER, amount + 1),)
    if not amount:
        return over
    # The least whole number that is at least the share, in integers.
    return (*((Mark(str(share)), -(-amount * share // 100)) for share in THRESHOLDS), *over)


def marks_passed(used: int, amount: int) -> tuple[Mark, ...]:
    """The marks a use has passed, lowest first."""
    return tuple(mark for mark, floor in floors(amount) if used >= floor)


def level_of(used: int, amount: int) -> Level:
    """How far a use of a limit is (rule 9)."""
    passed = marks_passed(used, amount)
    return level_of_mark(passed[-1]) if passed else Level.WITHIN


def level_of_mark(mark: Mark) -> Level:
    """The level a mark raises."""
    if mark is Mark.OVER:
        return Level.BREACHED
    return Level.REACHED if mark is Mark.ALL else Level.NEARING


def status_of(
    limit: Limit, window: Window, use: Use, *, room_again_at: datetime | None, logged_up_to: datetime | None
) -> LimitStatus:
    """The status of a limit in a window, `binding` not yet decided."""
    used = use.used(refunds_give_room=limit.refunds_give_room)
    return LimitStatus(
        limit=limit,
        window=window,
        used=used,
        gross=use.gross,
        planned=use.planned,
        left=limit.amount - used,
        level=level_of(used, limit.amount),
        judged=not use.unknown,
        empty=not use.entries,
        room_again_at=room_again_at,
        logged_up_to=logged_up_to,
    )


def calendar_room_again(limit: Limit, window: Window, used: int) -> datetime | None:
    """When a calendar window makes room again: at its end, if it is used at all and the limit ever leaves room."""
    return window.end_at if used > 0 and limit.amount > 0 else None


def tightest(statuses: Iterable[LimitStatus]) -> LimitStatus | None:
    """The status with the least left; ties by earlier window end, then id (rule 2)."""
    return min(statuses, key=lambda status: (status.left, status.window.end_at, status.limit.id), default=None)


def with_binding(statuses: Sequence[LimitStatus]) -> tuple[LimitStatus, ...]:
    """The statuses with the tightest of each profile and measure named."""
    groups: dict[tuple[ProfileId, Measure], list[LimitStatus]] = {}
    for status in statuses:
        groups.setdefault((status.limit.profile_id, status.limit.measure), []).append(status)
    tight = {found.limit.id for group in groups.values() if (found := tightest(group)) is not None}
    return tuple(replace(status, binding=status.limit.id in tight) for status in statuses)


def rises(versions: Sequence[BaseEntry]) -> bool:
    """Whether an entry, given as it was and as it is (or only as it is), can have raised a use anywhere."""
    first, last = versions[0], versions[-1]
    if isinstance(last, Refund):
        return not last.counts or (isinstance(first, Refund) and first is not last)
    if not last.counts:
        return False
    if len(versions) == 1 or not first.counts or first.profile_id != last.profile_id:
        return True
    return first.at != last.at or _amount(last) > _amount(first)


def _amount(entry: BaseEntry) -> int:
    amount = entry.converted_minor if isinstance(entry, Purchase) else getattr(entry, "coins", None)
    return amount or 0


def parse_measure(text: str) -> Measure | Problem:
    """The measure a text names."""
    if not text:
        return problem("measure", "required")
    return Measure(text) if text in set(Measure) else problem("measure", "unknown_measure", measure=text)


def parse_period(text: str) -> Period | Problem:
    """The period a text names."""
    if not text:
        return problem("period", "required")
    return Period(text) if text in set(Period) else problem("period", "unknown_period", period=text)

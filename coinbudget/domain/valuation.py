"""True cost: first in, first out, exact, and coins never pay backwards.

The idea. Per profile all coin movements stand in order of home day; within a day lots (purchases, bonus and opening
adjustments, positive corrections) come before uses (gifts, negative adjustments), then by (`at`, order of entry).
A use draws on the coins on hand, oldest lot first; what it cannot draw is *uncovered*: its cost is unknown, and no
later lot pays for it.

The law. With L(d) and G(d) the coins of lots and uses up to and with day d, the uncovered coins are
U(d) = max(U(d-1), G(d) - L(d)), so that a use reaching g coins on day d has covered x(g) = min(g - U(d-1), L(d)) of
them, and L(d) - x are on hand. The first x covered coins cost K(x) = M(i-1) + floor(m(i) * (x - C(i-1)) / c(i))
inside lot i, C and M being coins and cost of the lots before. Covered coins x0..x1 cost K(x1) - K(x0): costs
telescope, add up to what the lot cost to the last minor unit, and any contiguous stretch needs two look-ups.

A lot is KNOWN (a purchase with a converted amount), FREE (bonus: cost 0) or UNKNOWN (opening balance, positive
correction, purchase without an amount): UNKNOWN lots add coins and no cost, and coins drawn from them count as
unknown. A refund takes its coins and money out of its lot, at the lot's place; money of a KNOWN lot without coins
left is *cost without coins*. Over KNOWN lots: cost of uses + cost on hand + cost without coins = paid - refunded.

`valued` is the plain loop, coin movement after coin movement; `LotLine` and `covered` are the law, which `storage`
runs in bulk and by few look-ups. A test holds them all equal.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate


class LotKind(StrEnum):
    """What is known of a lot's cost."""

    KNOWN = "known"
    FREE = "free"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a number of coins cost.

    Attributes:
        minor: known cost in the profile's currency.
        unknown_coins: coins whose cost is not known (uncovered, or from UNKNOWN lots).
    """

    minor: int
    unknown_coins: int

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(minor=self.minor + other.minor, unknown_coins=self.unknown_coins + other.unknown_coins)

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(minor=self.minor - other.minor, unknown_coins=self.unknown_coins - other.unknown_coins)


NO_COST = Cost(minor=0, unknown_coins=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Coins that came in, net of refunds.

    Attributes:
        coins: 0 or more; 0 means all were taken back, or that a purchase's coins are unknown.
        minor: what they cost; 0 unless KNOWN.
    """

    coins: int
    kind: LotKind
    minor: int = 0

    @property
    def idle_minor(self) -> int:
        """Cost without coins."""
        return 0 if self.coins else self.minor


def purchased_lot(coins: int | None, minor: int | None, *, refunded_coins: int, refunded_minor: int) -> Lot:
    """The lot of a purchase with its living refunds taken out.

    Args:
        minor: the converted amount, None when it is not known.
    """
    left = 0 if coins is None else coins - refunded_coins
    if minor is None:
        return Lot(coins=left, kind=LotKind.UNKNOWN)
    return Lot(coins=left, kind=LotKind.KNOWN, minor=minor - refunded_minor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """Coins that came in or went out, at its place in the order.

    Attributes:
        day: any number that grows with the home day.
        place: (`at`, order of entry) or anything else that orders movements within a day.
        lot: what came in; None for a use.
        used: coins that went out; 0 for a lot.
    """

    day: int
    place: tuple[int, int]
    lot: Lot | None = None
    used: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Valued:
    """A movement with what became of it.

    Attributes:
        cost: of a use; nothing for a lot.
        on_hand: coins after it.
    """

    movement: Movement
    cost: Cost
    on_hand: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Valuation:
    """Every movement of a profile valued.

    Attributes:
        movements: in the order of valuation.
        on_hand_cost: what the coins on hand cost.
        uncovered: coins used with none on hand.
        idle_minor: cost without coins.
    """

    movements: tuple[Valued, ...]
    on_hand: int
    on_hand_cost: Cost
    uncovered: int
    idle_minor: int


def in_order(movements: Iterable[Movement]) -> list[Movement]:
    """The order of valuation: day, lots before uses, place."""
    return sorted(movements, key=lambda movement: (movement.day, movement.lot is None, movement.place))


def valued(movements: Iterable[Movement]) -> Valuation:
    """The plain loop: a queue of lots, one movement after another."""
    queue: list[Lot] = []
    first = drawn = on_hand = uncovered = idle = 0
    done: list[Valued] = []
    for movement in in_order(movements):
        cost = NO_COST
        if movement.lot is not None:
            queue.append(movement.lot)
            on_hand += movement.lot.coins
            idle += movement.lot.idle_minor
        wanted = movement.used
        while wanted and on_hand:
            lot = queue[first]
            taken = min(wanted, lot.coins - drawn)
            cost += _drawn_from(lot, drawn, drawn + taken)
            wanted, on_hand, drawn = wanted - taken, on_hand - taken, drawn + taken
            if drawn == lot.coins:
                first, drawn = first + 1, 0
        uncovered += wanted
        done.append(
            Valued(movement=movement, cost=cost + Cost(minor=0, unknown_coins=wanted), on_hand=on_hand),
        )
    left = sum((_drawn_from(lot, 0, lot.coins) for lot in queue[first:]), start=NO_COST)
    if drawn:
        left -= _drawn_from(queue[first], 0, drawn)
    return Valuation(movements=tuple(done), on_hand=on_hand, on_hand_cost=left, uncovered=uncovered, idle_minor=idle)


def _drawn_from(lot: Lot, start: int, end: int) -> Cost:
    if not lot.coins or start == end:
        return NO_COST
    if lot.kind is LotKind.UNKNOWN:
        return Cost(minor=0, unknown_coins=end - start)
    return Cost(minor=lot.minor * end // lot.coins - lot.minor * start // lot.coins, unknown_coins=0)


def covered(used: int, *, lots: int, uncovered_before: int) -> int:
    """x(g): how many of the first `used` coins were drawn from lots.

    Args:
        used: coins used so far, those of this day included.
        lots: L(d), coins of all lots up to and with this day.
        uncovered_before: U(d-1).
    """
    return min(used - uncovered_before, lots)


class LotLine:
    """Lots laid end to end in order of valuation, to look up what the first x covered coins cost."""

    def __init__(self, lots: Sequence[Lot]) -> None:
        self._lots = [lot for lot in lots if lot.coins]
        self._ends = list(accumulate(lot.coins for lot in self._lots))
        self._costs = list(accumulate((_drawn_from(lot, 0, lot.coins) for lot in self._lots), initial=NO_COST))

    def cost_of_first(self, coins: int) -> Cost:
        """K(x) and the unknown coins among the first x; x is at most all coins."""
        place = bisect_left(self._ends, coins)
        before = self._ends[place - 1] if place else 0
        if coins == before:
            return self._costs[place]
        return self._costs[place] + _drawn_from(self._lots[place], 0, coins - before)

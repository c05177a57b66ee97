"""A second valuation that knows no formula: every single coin is an object with the cost it carries.

Slow and obvious on purpose. The j-th coin of a lot of c coins costs floor(m*j/c) - floor(m*(j-1)/c), so that the
coins of a lot add up to what it cost.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from coinbudget.domain.entries import Adjustment, Entry, Gift, Purchase, Reason, Refund
from coinbudget.domain.valuation import Cost, Lot, LotKind, Movement

#: The cost a coin of an UNKNOWN lot carries.
UNKNOWN = None


@dataclass(frozen=True)
class Told:
    """What became of a ledger: cost and coins on hand after each use, and what is left."""

    uses: dict[tuple[int, int], tuple[Cost, int]]
    on_hand: int
    on_hand_minor: int
    uncovered: int


def tell(movements: Iterable[Movement]) -> Told:
    """Move coin after coin."""
    days: dict[int, list[Movement]] = {}
    for movement in movements:
        days.setdefault(movement.day, []).append(movement)
    purse: deque[int | None] = deque()
    uses: dict[tuple[int, int], tuple[Cost, int]] = {}
    uncovered = 0
    for day in sorted(days):
        of_day = sorted(days[day], key=lambda movement: movement.place)
        for lot in (movement.lot for movement in of_day if movement.lot):
            for coin in range(1, lot.coins + 1):
                cost = lot.minor * coin // lot.coins - lot.minor * (coin - 1) // lot.coins
                purse.append(UNKNOWN if lot.kind is LotKind.UNKNOWN else cost)
        for movement in of_day:
            if movement.lot is not None:
                continue
            minor = unknown = 0
            for _ in range(movement.used):
                if not purse:
                    uncovered += 1
                    unknown += 1
                elif (coin_cost := purse.popleft()) is UNKNOWN:
                    unknown += 1
                else:
                    minor += coin_cost
            uses[movement.place] = (Cost(minor=minor, unknown_coins=unknown), len(purse))
    return Told(uses, len(purse), sum(cost or 0 for cost in purse), uncovered)


def movements_of(entries: Sequence[Entry]) -> list[Movement]:
    """The coin movements of the entries of one profile, straight from the words of the rules."""
    living = [entry for entry in entries if entry.counts]
    found = []
    for entry in living:
        day, place = entry.home_on.toordinal(), (int(entry.at.timestamp() * 1_000_000), entry.sequence)
        if isinstance(entry, Purchase) and entry.coins is not None:
            back = [one for one in living if isinstance(one, Refund) and one.refers_to == entry.id]
            coins = entry.coins - sum(one.coins for one in back)
            if entry.converted_minor is None:
                lot = Lot(coins=coins, kind=LotKind.UNKNOWN)
            else:
                minor = entry.converted_minor - sum(one.converted_minor or 0 for one in back)
                lot = Lot(coins=coins, kind=LotKind.KNOWN, minor=minor)
            found.append(Movement(day=day, place=place, lot=lot))
        elif isinstance(entry, Adjustment) and entry.coins > 0:
            kind = LotKind.FREE if entry.reason is Reason.BONUS else LotKind.UNKNOWN
            found.append(Movement(day=day, place=place, lot=Lot(coins=entry.coins, kind=kind)))
        elif isinstance(entry, Gift | Adjustment) and entry.coins is not None:
            found.append(Movement(day=day, place=place, used=abs(entry.coins)))
    return found

"""Which purchase of the ledger a row of another source is: the same buying, told twice.

TikTok lists when and how many coins, a store lists when, how much money and an order number; neither names the other.
So a pair is told by nearness in time and by nothing speaking against it. Where several purchases are as likely, the
person is asked. Two rows of the same list are never one purchase, however near.

Windows: what a store and TikTok note of one buying lies minutes apart (`NEAR`); an estimate or a day typed by hand is
compared by home day. Two lists of one export have one clock (`NEAR_IN_EXPORT`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

#: How far the clocks of two sources may lie apart for one buying.
NEAR = timedelta(minutes=15)
#: The same for two lists of one program's own export, whether they come in one file or in two.
NEAR_IN_EXPORT = timedelta(minutes=2)
#: So much nearer must the nearest be than the next one to be proposed without asking; so near must a purchase be of
#: which one amount is another.
CLEARLY = timedelta(minutes=2)


class PairReason(StrEnum):
    """Why a row is taken for a purchase that stands already, surest first."""

    ORDER = "order"  # the same order number
    TIME_AND_AMOUNTS = "time_and_amounts"  # within minutes, coins or price equal
    TIME = "time"  # within minutes, one knows the coins and the other the price
    PIECES = "pieces"  # of gifts: within minutes, as many pieces, and one of them does not know the coins
    DAY = "day"  # one of them knows the day alone; coins or price equal
    CHANGED = "changed"  # a row of a sheet that was read before with other columns; always asked
    DAY_ALONE = "day_alone"  # one of them knows the day alone; one knows the coins and the other the price
    ORDER_DIFFERS = "order_differs"  # the same order number, but other coins or another price; always asked
    AMOUNT_DIFFERS = "amount_differs"  # within two minutes, of coins and price one equal and one not; always asked


#: Reasons that something speaks against: the person says which purchase it is.
CONTRARY = frozenset({PairReason.ORDER_DIFFERS, PairReason.AMOUNT_DIFFERS})
_BY_DAY = frozenset({PairReason.DAY, PairReason.DAY_ALONE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What one source says of a purchase.

    Attributes:
        coins, paid: None where the source does not say; `paid` is minor units and currency code.
        exact: the hour is known.
    """

    at: datetime
    home_on: date
    exact: bool
    coins: int | None
    paid: tuple[int, str] | None
    order_ref: str = ""


def pair_reason(incoming: Side, standing: Side) -> PairReason | None:
    """Why a row may be that purchase, or None where something speaks against it."""
    contrary = differs(incoming.coins, standing.coins) or differs(incoming.paid, standing.paid)
    if incoming.order_ref and standing.order_ref:
        if incoming.order_ref != standing.order_ref:
            return None
        return PairReason.ORDER_DIFFERS if contrary else PairReason.ORDER
    agree = _agree(incoming.coins, standing.coins) or _agree(incoming.paid, standing.paid)
    if contrary:
        near = incoming.exact and standing.exact and abs(incoming.at - standing.at) <= CLEARLY
        return PairReason.AMOUNT_DIFFERS if near and agree else None
    if incoming.exact and standing.exact:
        if abs(incoming.at - standing.at) > NEAR:
            return None
        return PairReason.TIME_AND_AMOUNTS if agree else PairReason.TIME
    if incoming.home_on != standing.home_on:
        return None
    return PairReason.DAY if agree else PairReason.DAY_ALONE


def may_be_changed(incoming: Side, standing: Side) -> bool:
    """Whether a row of a sheet may be one that was read before with other columns or another currency.

    It is where both are of one moment, or of one day where a day is all that one of them knows, and as many coins or as
    much of whatever money were bought.
    """
    if incoming.order_ref and standing.order_ref and incoming.order_ref != standing.order_ref:
        return False
    money = (None if paid is None else paid[0] for paid in (incoming.paid, standing.paid))
    if not (_agree(incoming.coins, standing.coins) or _agree(*money)):
        return False
    if incoming.exact and standing.exact:
        return incoming.at == standing.at
    return incoming.home_on == standing.home_on


def differs(one: object | None, other: object | None) -> bool:
    """Whether two sources contradict each other; one that says nothing contradicts nothing."""
    return one is not None and other is not None and one != other


def _agree(one: object | None, other: object | None) -> bool:
    return one is not None and one == other


def best_pair(incoming: Side, found: Sequence[tuple[PairReason, Side]]) -> tuple[int | None, bool]:
    """Which of the possible purchases a row is, and whether that must be asked.

    Args:
        found: what `pair_reason` allowed, in order of entry.

    Returns:
        The place of the best one (None without any), and True where another is about as likely.
    """
    likely = likeliest(incoming, found)
    if not likely:
        return None, False
    return likely[0], len(likely) > 1 or found[likely[0]][0] in CONTRARY


def likeliest(incoming: Side, found: Sequence[tuple[PairReason, Side]]) -> list[int]:
    """Places of the best of the possible purchases and of those that are about as likely, the best first."""
    order = list(PairReason)
    ranked = sorted(range(len(found)), key=lambda place: (order.index(found[place][0]), _gap(incoming, found[place])))
    if not ranked or found[ranked[0]][0] is PairReason.ORDER:
        return ranked[:1]
    reason, gap = found[ranked[0]][0], _gap(incoming, found[ranked[0]])
    return [
        place for place in ranked if found[place][0] is reason and _gap(incoming, found[place]) - gap < CLEARLY
    ] or ranked[:1]


def _gap(incoming: Side, candidate: tuple[PairReason, Side]) -> timedelta:
    reason, side = candidate
    return timedelta() if reason in _BY_DAY else abs(incoming.at - side.at)

"""Coins and prices of one buying, which TikTok's export lists apart: paired by nearness in time.

Rows are told by number; times are seconds since the epoch.
"""

from collections.abc import Iterator, Sequence

from coinbudget.domain.pairing import NEAR_IN_EXPORT

#: Prices and coins of one buying lie at most so many seconds apart.
PAIR_SECONDS = int(NEAR_IN_EXPORT.total_seconds())
#: Second and row.
_Timed = tuple[int, int]
#: Coins and prices that may belong together.
_Cluster = tuple[list[_Timed], list[_Timed]]


def pairs(
    coins: Sequence[tuple[int, int]], prices: Sequence[tuple[int, int]], *, within: int = PAIR_SECONDS
) -> dict[int, int]:
    """Which price belongs to which coins: both in the order of time, near each other, each used once.

    Args:
        coins, prices: row and second of each.
        within: seconds they may lie apart, that many included.

    Returns:
        Row of the coins -> row of its price.
    """
    bought = sorted((second, row) for row, second in coins)
    paid = sorted((second, row) for row, second in prices)
    clusters = list(_clusters(bought, paid, within))
    lag = _one_lag(clusters)
    found: dict[int, int] = {}
    for ones, others in clusters:
        if lag is not None and len(ones) == len(others):
            _join(ones, others, within, found)
            continue
        for first, second in _between_same_seconds(ones, others, found):
            _join(first, second, within, found)
    return found


def _one_lag(clusters: Sequence[_Cluster]) -> int | None:
    """How much later the price is each time, where that is the same all through the file: one program wrote both lists.

    A few rows alone prove nothing: a price without coins just before a buying looks as if all came that much later.
    """
    lags = {
        other[0] - one[0]
        for ones, others in clusters
        if len(ones) == len(others)
        for one, other in zip(ones, others, strict=True)
    }
    return lags.pop() if len(lags) == 1 else None


def _join(ones: list[_Timed], others: list[_Timed], within: int, found: dict[int, int]) -> None:
    # As many of both, each in reach of its like: every buying is listed twice, however close they follow.
    like = list(zip(ones, others, strict=len(ones) == len(others)))
    if len(ones) == len(others) and all(abs(one[0] - other[0]) <= within for one, other in like):
        found |= {one[1]: other[1] for one, other in like}
    else:
        _join_nearest(ones, others, within, found)


def _between_same_seconds(
    ones: list[_Timed], others: list[_Timed], found: dict[int, int]
) -> Iterator[tuple[list[_Timed], list[_Timed]]]:
    """Join what is of one and the same second; what lies between such pairs is left to be joined, in order."""
    first = second = start = begin = 0
    while first < len(ones) and second < len(others):
        gap = ones[first][0] - others[second][0]
        if gap:
            first, second = (first + 1, second) if gap < 0 else (first, second + 1)
            continue
        yield ones[start:first], others[begin:second]
        found[ones[first][1]] = others[second][1]
        first, second = first + 1, second + 1
        start, begin = first, second
    yield ones[start:], others[begin:]


def _clusters(bought: list[_Timed], paid: list[_Timed], within: int) -> Iterator[_Cluster]:
    """Coins and prices parted where nothing of one side is in reach of anything of the other."""
    ones: list[_Timed] = []
    others: list[_Timed] = []
    last = 0
    for second, is_price, row in sorted(
        [(at, False, row) for at, row in bought] + [(at, True, row) for at, row in paid]
    ):
        if second - last > within:
            yield ones, others
            ones, others = [], []
        (others if is_price else ones).append((second, row))
        last = second
    yield ones, others


def _join_nearest(bought: list[_Timed], paid: list[_Timed], within: int, found: dict[int, int]) -> None:
    here = there = 0
    while here < len(bought) and there < len(paid):
        gap = paid[there][0] - bought[here][0]
        if gap < -within or _better(bought, here, paid, there):
            there += 1
        elif gap > within or _better(paid, there, bought, here):
            here += 1
        else:
            found[bought[here][1]] = paid[there][1]
            here += 1
            there += 1


def _better(ones: Sequence[tuple[int, int]], one: int, others: Sequence[tuple[int, int]], other: int) -> bool:
    """Whether the next of the others is nearer to this one, and nearer than to the one after it."""
    if other + 1 == len(others):
        return False
    later = abs(others[other + 1][0] - ones[one][0])
    if later >= abs(others[other][0] - ones[one][0]):
        return False
    return one + 1 == len(ones) or later < abs(others[other + 1][0] - ones[one + 1][0])

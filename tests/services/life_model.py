"""What a ledger must say of a truth, whatever of it was told in whatever order: plain bookkeeping of who told what.

A buying is *told* by every row of an import that stands, and by hand. It is then exactly one purchase, unless a person
voided that. Where the files do not decide, the model allows what may be:

* Buyings minutes apart, or of one day with equal coins or an equal price, form a *crowd*. Rows of one list are never
  one purchase, so there are at least as many purchases as one list tells; at most as many as are told in all. A crowd
  that one list tells whole is decided.
* A row with the day alone and only coins or only a price can be held against nothing that says the other: it may stand
  beside the purchase it is.
* What was told while a person had voided the purchase stays out; it may be missing until it is told again.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.services.life_truth import Buying, Sent, Told

#: Seconds: a quarter of an hour, and what the clocks of two sources may differ beside it.
_NEAR = 20 * 60

#: What is said of one purchase: coins, minor units, currency.
Facts = tuple[int | None, int | None, str]


class Fault(Exception):  # noqa: N818 - it is one, of the ledger
    """The ledger is not what it must be."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(f"{kind}: {text}")
        self.kind = kind


class Telling(NamedTuple):
    """A row that was told.

    Attributes:
        act: the act that told.
        shy: it stayed out, as a person had voided the purchase, or as it was asked for and could not be.
        after: acts that stood and had told the very same row already.
    """

    act: int
    row: Told
    shy: bool
    after: frozenset[int]


class Bounds(NamedTuple):
    """The least and the most."""

    least: int
    most: int

    def hold(self, what: str, found: int, of: str) -> None:
        if not self.least <= found <= self.most:
            raise Fault(what, f"{found} of {of}, must be {self.least} to {self.most}")


@dataclass(slots=True)
class Model:
    """Who told what, and what follows.

    Attributes:
        overlaps: whether a row of a list that an import found there already, by an earlier file of that list, counts as
            told by it too, and must stay when the earlier one is undone. Else it may stay or go: what an import brought
            is what its undo takes.
        denied: buyings whose purchase a person voided; `ever` denied at some time.
        edited: buyings whose price a person typed into the purchase.
    """

    buyings: tuple[Buying, ...]
    gifts: tuple[Sent, ...]
    overlaps: bool = False
    tellings: list[Telling] = field(default_factory=list)
    standing: set[int] = field(default_factory=set)
    denied: set[int] = field(default_factory=set)
    ever: set[int] = field(default_factory=set)
    edited: set[int] = field(default_factory=set)
    sent: list[tuple[int, int, bool, frozenset[int]]] = field(default_factory=list)  # act, gift, by hand, after
    crowds: dict[int, frozenset[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.crowds = _crowds(self.buyings)

    # -- what happens

    def tell(self, act: int, rows: Iterable[Told], *, asked_out: Collection[int] = ()) -> None:
        """An act told of these rows."""
        new = []
        for row in rows:
            shy = row.n in self.denied or row.n in asked_out
            same = {t.act for t in self.tellings if (t.row.n, t.row.source) == (row.n, row.source)} & self.standing
            new.append(Telling(act, row, shy, frozenset(same)))
        self.tellings += new
        self.standing.add(act)

    def tell_gifts(self, act: int, gifts: Iterable[Sent], *, by_hand: bool) -> None:
        """An act told of these gifts."""
        new = []
        for gift in gifts:
            same = {one for one, n, hand, _ in self.sent if (n, hand) == (gift.n, by_hand)} & self.standing
            new.append((act, gift.n, by_hand, frozenset(same)))
        self.sent += new
        self.standing.add(act)

    def _lives(self, act: int, after: frozenset[int]) -> bool | None:
        """Whether a telling counts; None where it may."""
        if act not in self.standing:
            return False
        return True if self.overlaps or after <= self.standing else None

    def firm(self, n: int) -> list[Told]:
        """What is told of a buying and must be there."""
        return [t.row for t in self.tellings if t.row.n == n and not t.shy and self._lives(t.act, t.after)]

    def perhaps(self, n: int) -> list[Told]:
        """What is told of it and may be there, the firm ones too."""
        return [t.row for t in self.tellings if t.row.n == n and self._lives(t.act, t.after) is not False]

    def gift_tellings(self, n: int) -> list[bool | None]:
        """Of every telling of a gift whether it counts."""
        return [self._lives(act, after) for act, one, _, after in self.sent if one == n]

    # -- what must be

    def check(self, found: Sequence[tuple[int, Facts, int]]) -> None:
        """Hold the living purchases against the truth: of each a buying of its crowd, what it says, what came back."""
        by_crowd: dict[frozenset[int], list[tuple[Facts, int]]] = {crowd: [] for crowd in self.crowds.values()}
        for n, facts, back in found:
            by_crowd[self.crowds[n]].append((facts, back))
        for crowd, purchases in by_crowd.items():
            if len(crowd) == 1:
                self._check_one(next(iter(crowd)), purchases)
            else:
                self._check_crowd(crowd, purchases)

    def _buying(self, n: int) -> Buying:
        return next(b for b in self.buyings if b.n == n)

    def _check_one(self, n: int, purchases: list[tuple[Facts, int]]) -> None:
        firm, perhaps, buying = self.firm(n), self.perhaps(n), self._buying(n)
        loose = _loose(perhaps)
        day_alone = any(t.row.at is None for t in self.tellings if t.row.n == n)
        if n in self.denied:
            bounds = Bounds(0, 1 + loose if day_alone else 0)
        elif firm:
            bounds = Bounds(1, 1 + loose)
        else:
            bounds = Bounds(0, min(len(perhaps), 1 + loose))
        bounds.hold("count", len(purchases), f"buying {n}")
        if len(purchases) != 1 or n in self.denied or loose or (day_alone and n in self.ever):
            return
        [((coins, minor, currency), back)] = purchases
        self._fact("coins", coins, buying.coins, any(t.coins for t in firm), any(t.coins for t in perhaps))
        priced = any(t.price for t in perhaps) or n in self.edited
        self._fact("price", minor, buying.paid, any(t.price for t in firm), priced)
        if minor is not None and currency != buying.currency:
            raise Fault("currency", f"{currency} of buying {n}")
        least, most = max((t.back for t in firm), default=0), max((t.back for t in perhaps), default=0)
        Bounds(least, most).hold("refunds", back, f"buying {n}")

    @staticmethod
    def _fact(name: str, found: int | None, true: int, must: bool, may: bool) -> None:
        if found is None and must:
            raise Fault(f"{name} missing", f"must be {true}")
        if found is not None and (found != true or not may):
            raise Fault(f"{name} wrong" if may else f"{name} of nobody", f"{found}, truly {true}")

    def _check_crowd(self, crowd: frozenset[int], purchases: list[tuple[Facts, int]]) -> None:
        firm = {n: rows for n in crowd if (rows := self.firm(n))}
        perhaps = {n: rows for n in crowd if (rows := self.perhaps(n))}
        lists = Counter(source for rows in firm.values() for source in {row.source for row in rows})
        every = [row for rows in perhaps.values() for row in rows]
        # A price without coins may have been taken for another buying's, and coins for another's price.
        prices = len({(row.n, row.source) for row in every if not row.coins})
        denied = len(self.denied & crowd)
        bounds = Bounds(max(max(lists.values(), default=0) - denied, 0), len(set(perhaps)) + _loose(every) + prices)
        bounds.hold("crowd", len(purchases), f"crowd {sorted(crowd)}")
        whole = {source for source, count in lists.items() if count == len(perhaps)}
        if self.ever & crowd or not whole or prices or _loose(every) or set(firm) != set(perhaps):
            return
        Bounds(len(firm), len(firm)).hold("crowd", len(purchases), f"crowd {sorted(crowd)}, told whole")
        found = Counter(coins for (coins, _, _), _ in purchases if coins is not None)
        if found - Counter(self._buying(n).coins for n in firm):
            raise Fault("crowd coins", f"{found} of crowd {sorted(crowd)}")
        if whole & {"orders", "apple"} and all(row.source in whole for row in every if row.back):
            self._check_crowd_told_by_its_store(crowd, perhaps, purchases)

    def _check_crowd_told_by_its_store(
        self, crowd: frozenset[int], told: dict[int, list[Told]], purchases: list[tuple[Facts, int]]
    ) -> None:
        true = Counter((b.coins, b.paid, b.currency) for b in map(self._buying, told))
        if Counter(facts for facts, _ in purchases) != true:
            raise Fault("crowd facts", f"{sorted(str(p) for p in purchases)} of crowd {sorted(crowd)}")
        back = sum(max(row.back for row in rows) for rows in told.values())
        if self.overlaps or all(self._lives(t.act, t.after) for t in self.tellings if t.row.n in crowd):
            Bounds(back, back).hold("crowd refunds", sum(one for _, one in purchases), f"crowd {sorted(crowd)}")

    def check_gifts(self, found: Counter[tuple[str, int, int]]) -> None:
        """Hold the living gifts against the truth: creator, coins and day of each, counted."""
        groups: dict[tuple[str, int, int], set[int]] = {}
        for gift in self.gifts:
            groups.setdefault((gift.creator, gift.coins, gift.at // 86400), set()).add(gift.n)
        for what in found.keys() - groups.keys():
            raise Fault("gift of nobody", f"{what}")
        for what, group in groups.items():
            told = [(n, hand, self._lives(act, after)) for act, n, hand, after in self.sent if n in group]
            lists = [{n for n, hand, lives in told if lives and hand == by_hand} for by_hand in (False, True)]
            most = {n for n, _, lives in told if lives is not False}
            Bounds(max(map(len, lists)), len(most)).hold("gifts", found[what], f"gifts {what}")


def _loose(rows: Sequence[Told]) -> int:
    """How many rows have the day alone and not both coins and price."""
    return len({(row.n, row.source) for row in rows if row.at is None and not (row.coins and row.price)})


def _crowds(buyings: tuple[Buying, ...]) -> dict[int, frozenset[int]]:
    """Of each buying all that are in one crowd with it."""
    groups = {b.n: {b.n} for b in buyings}
    for one in buyings:
        for other in buyings:
            alike = one.coins == other.coins or (one.paid, one.currency) == (other.paid, other.currency)
            if abs(one.at - other.at) <= _NEAR or (one.day == other.day and alike):
                joined = groups[one.n] | groups[other.n]
                for n in joined:
                    groups[n] = joined
    return {n: frozenset(group) for n, group in groups.items()}

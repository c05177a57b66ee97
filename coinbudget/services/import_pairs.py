"""The second pass of an import: new lines held against what stands and no line has claimed outright.

The surest and nearest pairs are made first, so the order of lines decides nothing. A purchase that no living one is may
be one that a person voided; it stays voided unless asked for.
"""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from heapq import heapify, heappop, heappush
from typing import Protocol

from coinbudget.domain.entries import Entry, Gift, Purchase
from coinbudget.domain.errors import Problem, problem
from coinbudget.domain.pairing import PairReason, differs
from coinbudget.services.import_claims import Claims
from coinbudget.services.import_parts import (
    AS_NEW,
    BATCH_ROWS,
    Candidate,
    Count,
    Heard,
    Item,
    Listener,
    Pairing,
    State,
    Target,
)

#: Characters by which a sentence names an entry; as many as tell it from a hundred thousand others.
_SHOWN_OF_ID = 8

#: The question about a line that may be one purchase alone.
_CODES = {
    PairReason.DAY_ALONE: "pair_day_alone",
    PairReason.ORDER_DIFFERS: "pair_order_differs",
    PairReason.AMOUNT_DIFFERS: "pair_amount_differs",
}

_Back = list[tuple[str, int]]


class Desk(Protocol):
    """What pairs ask of the engine."""

    target: Target
    claims: Claims
    listener: Listener
    count: Count
    asked: set[str]

    @property
    def again(self) -> Callable[[Sequence[int]], Iterable[tuple[int, Heard]]]:
        """Lines by number, as they were given the first time."""

    def fetched(self, numbers: "array[int]") -> Iterator[tuple[int, Heard]]:
        """Lines that waited, in pages."""

    def believed_item(self, number: int, candidate: Candidate) -> Item | None:
        """A line as an entry; None, and its problems told, where it cannot be one."""

    def is_known(self, item: Item, state: State, entry_id: str, sequence: int, back: _Back) -> None:
        """A line that is an entry."""

    def keep(self, new: list[Item], back: _Back) -> None:
        """Write what is wanted of new lines, and let entries live again."""

    def leaves_out(self, item: Item) -> None:
        """A line that could come in stays out."""

    def add_problems(self, number: int, found: Sequence[Problem]) -> None:
        """A line cannot come in."""


@dataclass(slots=True)
class Pairs:
    """Lines that may be what stands already: they `wait` until all lines have claimed theirs; then pairs are made."""

    desk: Desk
    _waiting: "array[int]" = field(default_factory=lambda: array("q"))
    # Of those that wait the entries which the undo of an import voided: numbers in order, and orders of entry.
    _gone: "array[int]" = field(default_factory=lambda: array("q"))
    _entries: "array[int]" = field(default_factory=lambda: array("q"))
    # How many lines may be a purchase of which, or of which they, know no more than the day and the other amount.
    _contested: Counter[int] = field(default_factory=Counter)
    # Lines that are a piece each of a gift which an undo voided, by its order of entry.
    _in_pieces: dict[int, list[Item]] = field(default_factory=dict)
    # Lines that may be what a person voided, with the rank of that pair.
    _denied: list[tuple[tuple[int, int], int]] = field(default_factory=list)

    def wait(self, number: int, undone: int = 0) -> None:
        """Let a line wait for the claims of others.

        Args:
            undone: order of entry of what it made once, before that import was taken back; it lives again where
                nothing else that stands is the same.
        """
        self._waiting.append(number)
        if undone:
            self._gone.append(number)
            self._entries.append(undone)

    def make(self) -> None:
        """Pair what waits, or take it as new.

        A purchase that one line takes is looked for anew by the lines behind it.
        """
        wished: list[tuple[tuple[int, int], int]] = []
        alone: list[Item] = []
        self._contested.clear()
        for number, heard in self.desk.fetched(self._waiting):
            item = self.desk.believed_item(number, heard) if isinstance(heard, Candidate) else None
            if item is None:
                continue
            choice = self.desk.listener.choice(number)
            pair = self._pairing(item)
            if choice is not None and pair is not None:
                self.desk.count.chosen.add(number)
            if choice == AS_NEW:
                alone.append(item)
            elif choice:
                self._chosen(item, pair, choice)
            elif pair is None:
                alone.append(item)
            else:
                wished.append((pair.rank, number))
                if pair.reason is PairReason.DAY_ALONE:
                    self._contested[pair.sequence] += 1
            if len(alone) >= BATCH_ROWS:
                self._are_alone(alone)
                alone = []
        self._are_alone(alone)
        self._settle(wished)
        self._settle_denied()
        self._live_in_pieces()

    def _settle(self, wished: list[tuple[tuple[int, int], int]]) -> None:
        """Let each line have the purchase it wishes for, in the order of the pairs' ranks."""
        heapify(wished)
        while wished:
            rank, number = heappop(wished)
            item = self._item(number)
            pair = self._pairing(item) if item is not None else None
            if item is None:
                continue
            if pair is None:
                self._are_alone([item])
            elif pair.rank > rank:
                heappush(wished, (pair.rank, number))
            elif pair.choices:
                self._ask(item, pair)
            elif pair.reason is PairReason.DAY_ALONE and self._contested[pair.sequence] > 1:
                # Which of several lines has the coins of this price, or the price of these coins?
                self._ask(item, replace(pair, choices=(pair.sequence,)))
            else:
                self._take(item, pair)

    def _are_alone(self, items: Iterable[Item]) -> None:
        """Lines that nothing living is; those that may be what a person voided wait for one another."""
        others: list[Item] = []
        for item in items:
            found = self._voided(item)
            if found is None:
                others.append(item)
            else:
                self._denied.append((found.rank, item.number))
        self._are_wanted(others)

    def _settle_denied(self) -> None:
        """What a person voided stays voided, and is the line that it is most surely."""
        heapify(self._denied)
        others: list[Item] = []
        while self._denied:
            rank, number = heappop(self._denied)
            item = self._item(number)
            found = self._voided(item) if item is not None else None
            if item is None:
                continue
            if found is None:
                others.append(item)
            elif found.rank > rank:
                heappush(self._denied, (found.rank, number))
            else:
                self._is_voided(item, found)
        self._are_wanted(others)

    def _are_wanted(self, items: Sequence[Item]) -> None:
        """Lines that nobody voided: what an undo voided lives again, the others are new."""
        new: list[Item] = []
        undone: dict[int, Item] = {}
        for item in items:
            before = self._undone(item.number)
            if before and self.desk.claims.begun(before):
                self._in_pieces.setdefault(before, []).append(item)
            elif before:
                undone[before] = item
            else:
                new.append(item)
        new += self._live_again(undone) if undone else []
        self.desk.keep(new, [])

    def _is_voided(self, item: Item, found: Pairing) -> None:
        """A line that a person voided; of a gift of several pieces, all but its first line need not be asked for."""
        first = not self.desk.claims.begun(found.sequence)
        self._claim(found)
        if first:
            self.revive(item, found.sequence)
            return
        [entry_id] = self.desk.target.ids_at([found.sequence])
        self.desk.is_known(item, State.KNOWN, entry_id, found.sequence, [])

    def _claim(self, pair: Pairing) -> None:
        claims = self.desk.claims
        claims.mark(pair.sequence, pair.pieces)
        for part in pair.parts:
            claims.mark(part)
        if pair.parts:
            ids = self.desk.target.ids_at(pair.parts)
            claims.parts[pair.sequence] = list(zip(ids, pair.parts, strict=True))

    def _undone(self, number: int) -> int:
        place = bisect_left(self._gone, number)
        return self._entries[place] if place < len(self._gone) and self._gone[place] == number else 0

    def _live_in_pieces(self) -> None:
        """Gifts of several pieces whose lines none took: one that has all of them lives again, else each is one."""
        pieces, self._in_pieces = self._in_pieces, {}
        lives = self.desk.target.lives({sequence: items[0] for sequence, items in pieces.items()}) if pieces else {}
        new: list[Item] = []
        back: _Back = []
        for sequence, items in sorted(pieces.items()):
            entry = lives[sequence]
            if not isinstance(entry, Gift) or len(items) < entry.quantity:
                new += items
                continue
            for place, item in enumerate(items):
                state = State.KNOWN if place else State.NEW
                self.desk.is_known(item._replace(entry=entry), state, entry.id, sequence, back)
        self.desk.keep(new, back)

    def _live_again(self, undone: dict[int, Item]) -> list[Item]:
        """Entries of an import that was taken back, by order of entry, with the lines that bring them back.

        Returns:
            Lines that are read otherwise now: what was undone does not come back for them, so they are new.
        """
        target = self.desk.target
        back: _Back = []
        new: list[Item] = []
        lives = target.lives(undone)
        for sequence in sorted(undone):
            item, entry = undone[sequence], lives[sequence]
            if _is_as_before(item.entry, entry):
                self.desk.is_known(item._replace(entry=entry), State.NEW, entry.id, sequence, back)
            else:
                new.append(item)
        self.desk.keep([], back)
        for _, sequence in back:
            if target.fillable(undone[sequence], sequence):
                target.fill(undone[sequence], sequence)
        return new

    def revive(self, item: Item, sequence: int) -> None:
        """A line that is a purchase which a person voided: asked for, that lives again, and has what it lacked."""
        purchase = self.desk.target.as_living(item, sequence)
        if purchase is None:
            return
        back: _Back = []
        self.desk.is_known(item._replace(entry=purchase), State.VOIDED, purchase.id, sequence, back)
        self.desk.keep([], back)
        if back:
            self.desk.target.fill(item, sequence)

    def _taken(self, sequence: int) -> bool:
        return not self.desk.claims.free(sequence)

    def _pairing(self, item: Item) -> Pairing | None:
        return self.desk.target.pairing(item, self._taken, self.desk.claims.begun)

    def _voided(self, item: Item) -> Pairing | None:
        found = self.desk.target.voided(item, self._taken, self.desk.claims.begun)
        return self._noted(item) if found is None and self._undone(item.number) else found

    def _noted(self, item: Item) -> Pairing | None:
        """What a person voided and this very row was known as, though it had made something else that an undo took."""
        rows = self.desk.target.known_rows([key for key, _ in item.keys])
        for row in (row for found in rows.values() for row in found):
            if row.voided and not row.undone and not self._taken(row.sequence):
                return Pairing(row.sequence, PairReason.ORDER)
        return None

    def _item(self, number: int) -> Item | None:
        """A line that waited, once more; it was believed before."""
        for _, heard in self.desk.again([number]):
            if isinstance(heard, Candidate):
                return self.desk.believed_item(number, heard)
        return None

    def _chosen(self, item: Item, pair: Pairing | None, choice: int) -> None:
        """A line of which the person said which purchase it is."""
        if pair is None or choice not in (pair.possible or pair.choices or (pair.sequence,)):
            self.desk.add_problems(item.number, (problem("", "pair_not_possible", item.draft.row),))
            return
        self._take(item, replace(pair, sequence=choice, choices=()))

    def _take(self, item: Item, pair: Pairing) -> None:
        """Claim what a line is, and let that stand for it."""
        self._claim(pair)
        self.fill(item, pair)

    def _ask(self, item: Item, pair: Pairing) -> None:
        desk = self.desk
        desk.listener.tell(item.number, State.ASK, item.entry, pair=pair)
        desk.count.add_pair(item.number, pair)
        desk.asked.update(item.names)
        if desk.listener.wants(item.number, State.ASK):
            desk.count.left_out += 1
            return
        names = ", ".join(name[:_SHOWN_OF_ID] for name in desk.target.ids_at(pair.choices))
        code = "pair_ambiguous" if len(pair.choices) > 1 else _CODES.get(pair.reason, "pair_unsure")
        found = problem("", code, item.draft.row, count=len(pair.choices), names=names)
        desk.count.add_problems(item.number, (found,))

    def fill(self, item: Item, pair: Pairing) -> None:
        """Let an entry stand for a line, and have what it lacks."""
        desk = self.desk
        pair = replace(pair, keeps=desk.target.keeps(item, pair.sequence))
        if not desk.listener.wants(item.number, State.PAIR):
            desk.leaves_out(item)
            desk.listener.tell(item.number, State.PAIR, item.entry, pair=pair)
            return
        filled = desk.target.fill(item, pair.sequence)
        for part in pair.parts:
            desk.target.fill(item, part)
        if pair.rest:
            rest = self._rest(item, pair.rest)
            pair = replace(pair, rest=0 if rest is None else rest.quantity)
            filled = rest or filled
        if filled is None:
            desk.add_problems(item.number, (problem("paid", "converted_out_of_range", item.draft.row, currency=""),))
            return
        desk.count.paired += 1
        desk.count.add_pair(item.number, pair)
        desk.listener.tell(item.number, State.PAIR, filled, pair=pair)

    def _rest(self, item: Item, pieces: int) -> Gift | None:
        """The pieces of a gift that nothing told of yet, as a gift; those that a person voided stay voided."""
        desk, gift = self.desk, item.entry
        for part, count in desk.target.denied_parts(item, self._taken, most=pieces).items():
            desk.claims.mark(part)
            pieces -= count
        if not isinstance(gift, Gift) or gift.coins is None or not pieces:
            return None
        rest = replace(gift, quantity=pieces, coins=gift.coins // gift.quantity * pieces)
        [kept], _ = desk.target.insert([item._replace(entry=rest)])
        desk.count.new += 1
        return kept if isinstance(kept, Gift) else None


def _is_as_before(line: Entry, entry: Purchase | Gift) -> bool:
    """Whether a line says what its entry says that was undone, as far as it says anything."""
    if line.hour_known and entry.hour_known and line.at != entry.at:
        return False
    if isinstance(line, Gift) and isinstance(entry, Gift):
        # One rose and one coin are both 1: which of them was read shows by the coins.
        return (line.coins, line.quantity) == (entry.coins, entry.quantity)
    if differs(line.coins, entry.coins):
        return False
    return not (isinstance(line, Purchase) and isinstance(entry, Purchase) and differs(line.paid, entry.paid))

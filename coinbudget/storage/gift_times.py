"""Gifts that stand and that a list of a source has not told of, for finding those which its rows tell again.

A gift of several pieces may be a row a piece, of which the list told some in one file and the others in the next; and
a row of several pieces may be as many gifts that stand.

Days since 1970-01-01, instants in microseconds.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import attrgetter

from sqlalchemy import text

from coinbudget.storage.database import Transaction

_CONDITIONS = {False: "e.voided_at IS NULL", True: "e.voided_at IS NOT NULL AND e.voided_batch IS NULL"}
_GIFTS = {
    voided: text(
        f"""
    SELECT * FROM (
        SELECT c.handle_folded, e.at, e.sequence, e.hour_known AND NOT e.about, e.home_on, e.coins, e.quantity,
            EXISTS (
                SELECT 1 FROM origin o JOIN batch b ON b.id = o.batch_id
                WHERE o.sequence = e.sequence AND o.source = :source
                    AND (b.undone_at IS NULL OR e.batch_id = o.batch_id)) AS told,
            :others AND EXISTS (
                SELECT 1 FROM origin o JOIN batch b ON b.id = o.batch_id
                WHERE o.sequence = e.sequence AND o.source <> :source
                    AND (b.undone_at IS NULL OR e.batch_id = o.batch_id)) AS listed
        FROM entry e INDEXED BY ix_entry_profile_kind_at JOIN creator c ON c.id = e.creator_id
        WHERE e.profile_id = :profile AND e.kind = 'gift' AND {condition} AND NOT e.planned
            AND e.sequence < :before)
    WHERE (quantity > 1 OR NOT told) AND (NOT :others OR listed)
    ORDER BY at, sequence
    """  # noqa: S608 - our own conditions
    )
    for voided, condition in _CONDITIONS.items()
}
_at = attrgetter("at")


@dataclass(frozen=True, slots=True)
class StandingGift:
    """A gift of the ledger.

    Attributes:
        exact: its hour is known and no estimate.
        coins: None where only the pieces are known.
        quantity: how many pieces its coins are for.
        told: the list has told of it, or of some of its pieces.
    """

    at: int
    sequence: int
    exact: bool
    home_on: int
    coins: int | None
    quantity: int = 1
    told: bool = False

    def pieces(self, row: "StandingGift") -> int:
        """How many rows like this it is: one, or one a piece ("5x30" is five rows of 30); 0 if none.

        Where one of them does not know the coins, it is one of as many pieces, both of a known hour.
        """
        if self.coins is None or row.coins is None:
            return int(self.quantity == row.quantity and self.exact and row.exact)
        return 1 if self.coins == row.coins else self.quantity if self.coins == row.coins * self.quantity else 0


class GiftTimes:
    """The gifts of a profile that a list has not told of, by creator: the living ones, or those a person voided.

    Args:
        others: only those that another list has told of.

    Attributes:
        without_coins: orders of entry of those of which only the pieces are known.
    """

    def __init__(
        self,
        tx: Transaction,
        profile_id: int,
        source: str,
        *,
        before: int,
        voided: bool = False,
        others: bool = False,
    ) -> None:
        self._by_creator: dict[str, list[StandingGift]] = {}
        self.without_coins: set[int] = set()
        given = {"profile": profile_id, "source": source, "before": before, "others": others}
        for handle, at, sequence, exact, home_on, coins, quantity, told, _ in tx.connection.execute(
            _GIFTS[voided], given
        ):
            gift = StandingGift(at, sequence, bool(exact), home_on, coins, quantity, bool(told))
            self._by_creator.setdefault(handle, []).append(gift)
            if coins is None:
                self.without_coins.add(sequence)

    def has(self, creator: str) -> bool:
        """Whether there is any gift to a creator, by folded handle."""
        return creator in self._by_creator

    def nearest(
        self,
        creator: str,
        wanted: StandingGift,
        *,
        within: int,
        taken: Callable[[int], bool],
        begun: Callable[[int], bool],
    ) -> StandingGift | None:
        """The gift of as many coins that lies nearest, else one of pieces of as many; equal ones are interchangeable.

        Args:
            wanted: what a row says; its sequence does not matter.
            within: microseconds that two known hours may lie apart; else both must be of one home day.
            taken: whether rows have all of it already, by order of entry.
            begun: whether a row has a piece of it, by order of entry.
        """
        rows = self._by_creator.get(creator, [])
        alike = (
            one
            for one in self._near(rows, wanted, within)
            if one.pieces(wanted)
            and not taken(one.sequence)
            and (not one.told or (one.pieces(wanted) > 1 and begun(one.sequence)))
        )

        def unlike(one: StandingGift) -> tuple[bool, bool, int, int]:
            known = one.coins is not None and wanted.coins is not None
            return not known, one.coins != wanted.coins, abs(one.at - wanted.at), one.sequence

        return min(alike, key=unlike, default=None)

    def parts(
        self, creator: str, wanted: StandingGift, *, within: int, taken: Callable[[int], bool]
    ) -> tuple[StandingGift, ...]:
        """The nearest gifts of fewer pieces that a row of several pieces is together, or is in part.

        Args:
            wanted: what the row says, its quantity more than 1.
            within, taken: as for `nearest`.
        """
        if wanted.coins is None:
            return ()
        each, rest = divmod(wanted.coins, wanted.quantity)
        alike = [
            one
            for one in self._near(self._by_creator.get(creator, []), wanted, within)
            if not rest and one.coins == each * one.quantity and not one.told and not taken(one.sequence)
        ]
        found: list[StandingGift] = []
        left = wanted.quantity
        for one in sorted(alike, key=lambda one: (abs(one.at - wanted.at), one.sequence)):
            if one.quantity <= left:
                found.append(one)
                left -= one.quantity
        return tuple(found)

    def _near(self, rows: list[StandingGift], wanted: StandingGift, within: int) -> Iterable[StandingGift]:
        first, last = wanted.at - max(within, _DAY), wanted.at + max(within, _DAY)
        for one in rows[bisect_left(rows, first, key=_at) : bisect_right(rows, last, key=_at)]:
            if one.exact and wanted.exact:
                if abs(one.at - wanted.at) <= within:
                    yield one
            elif one.home_on == wanted.home_on:
                yield one


#: No two instants of one home day lie further apart, a change of zone included.
_DAY = 50 * 3600 * 1_000_000

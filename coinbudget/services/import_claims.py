"""Which lines of an import have which entries of the ledger: each entry is claimed once, so equal lines are counted."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from coinbudget.domain.entries import EntryId, Gift
from coinbudget.domain.profiles import ProfileId
from coinbudget.services.import_parts import Item, Target, is_sheet, same
from coinbudget.storage.import_store import Content, Kept, content_of
from coinbudget.storage.origin_store import KnownRow
from coinbudget.storage.tables import instant_number


@dataclass(slots=True)
class Claims:
    """The claims of one run.

    Attributes:
        pieces: how many lines have claimed a piece of a gift of several, by its order of entry.
        parts: where a line of several pieces has claimed several gifts, ids and orders of entry of the others, by that
            of the first one.
    """

    target: Target
    pieces: Counter[int] = field(default_factory=Counter)
    parts: dict[int, list[tuple[EntryId, int]]] = field(default_factory=dict)
    _claimed: bytearray = field(default_factory=bytearray)
    _through: dict[int, str] = field(default_factory=dict)  # the one list through which a purchase of two is claimed

    def __post_init__(self) -> None:
        self._claimed = bytearray(self.target.before // 8 + 1)

    def free(self, sequence: int) -> bool:
        """Whether no line has claimed an entry yet."""
        return not self._claimed[sequence >> 3] & (1 << (sequence & 7))

    def begun(self, sequence: int) -> bool:
        """Whether a line has claimed a piece of an entry."""
        return sequence in self.pieces

    def unmark(self, sequence: int) -> None:
        """Leave an entry to others again."""
        self._claimed[sequence >> 3] &= ~(1 << (sequence & 7))

    def mark(self, sequence: int, pieces: int = 1) -> None:
        """Claim an entry, or one of its pieces: it stays free until the last of them is claimed."""
        if pieces > 1:
            self.pieces[sequence] += 1
            if self.pieces[sequence] < pieces:
                return
        self._claimed[sequence >> 3] |= 1 << (sequence & 7)

    def row(self, item: Item, rows: dict[str, list[KnownRow]]) -> KnownRow | None:
        """The entry of this line's origin that no line has claimed yet: living before undone before voided.

        One that an undo voided and that stood for other rows too comes last: what is known as a voided entry is that.

        Rows of one order may be equal but for their times; then each has the entry of its own time.
        """
        if not rows:
            return None
        free = [row for key, source in item.keys for row in rows.get(key, ()) if self._free_row(row, source)]
        if item.also and is_sheet(item.keys[0][1]):
            # What was undone because it was read wrongly does not come back when it is read otherwise.
            said = {row.sequence for key, _ in item.also for row in rows.get(key, ())}
            free = [row for row in free if not row.undone or row.sequence in said]
        if not free:
            return None
        best = free[0]
        if len(free) > 1:
            at = instant_number(item.entry.at)
            best = min(
                free,
                # More rows in common weigh more than living, but for what an undo voided.
                key=lambda row: (
                    -min(shared(item, row), 1 if row.undone else len(item.keys)),
                    *(_fate(item, row), row.at != at, not row.undone, pieces_of(item, row), row.sequence),
                ),
            )
        if len(item.keys) == 1 < len(best.rows) and self.free(best.sequence):
            self._through[best.sequence] = item.keys[0][1]
        else:
            self._through.pop(best.sequence, None)
        self.mark(best.sequence, pieces_of(item, best))
        for part in _parts_of(item, best, free):
            self.mark(part.sequence)
            if part.voided:
                self.parts.setdefault(best.sequence, []).append((part.id, part.sequence))
        return best

    def _free_row(self, row: KnownRow, source: str) -> bool:
        """Whether no line has claimed an entry, or none through this list."""
        return self.free(row.sequence) or self._through.get(row.sequence, source) != source

    def torn(self, item: Item, rows: dict[str, list[KnownRow]]) -> bool:
        """Whether the ledger has the rows of this line in several purchases, or joined with other rows of their lists.

        So it is after files that were cut between the coins and the price of one buying and paired there with others.
        """
        free = {
            row.sequence: row for key, source in item.keys for row in rows.get(key, ()) if self._free_row(row, source)
        }
        living = {sequence: row for sequence, row in free.items() if not row.voided}
        if not living:
            return False
        if any(row.voided and not row.undone and shared(item, row) == len(item.keys) for row in free.values()):
            # It is what a person voided, with all its rows; that others have equal rows tears nothing.
            return False
        mine = {source: key for key, source in item.keys}
        fitting = [row for row in living.values() if all(mine.get(source, key) == key for key, source in row.rows)]
        if not fitting:
            return True
        told = max(fitting, key=lambda row: shared(item, row)).rows
        return any(row.sequence in living for one in item.keys if one not in told for row in rows.get(one[0], ()))

    def candidates(self, items: Sequence[Item]) -> dict[Content, list[Kept]]:
        """Entries of the ledger that lines without an id may be, by kind, instant and profile."""
        groups: dict[tuple[ProfileId, str], set[int]] = {}
        for item in items if self.target.before > 1 else ():
            groups.setdefault((item.entry.profile_id, item.draft.kind), set()).add(instant_number(item.entry.at))
        found: dict[Content, list[Kept]] = {}
        for (profile_id, kind), instants in groups.items():
            for kept in self.target.alike(profile_id, kind, sorted(instants)):
                found.setdefault(kept.content[:3], []).append(kept)
        return found

    def alike(self, item: Item, candidates: dict[Content, list[Kept]]) -> Kept | None:
        """The best entry that this line is: wholly equal before alike, living before undone before voided."""
        if not candidates:
            return None
        content = content_of(item.entry)
        free = [
            kept
            for kept in candidates.get(content[:3], ())
            if self.free(kept.sequence)
            # What another list brought and its undo took comes back with that list alone.
            and not (kept.undone and item.keys)
            and same(item.draft, content, kept.content)
        ]
        if not free:
            return None
        best = min(free, key=lambda kept: (kept.content != content, kept.voided, not kept.undone, kept.sequence))
        self.mark(best.sequence)
        return best


def _fate(item: Item, row: KnownRow) -> int:
    """0 for a living entry, 1 for a voided one, 2 for one that an undo voided and no line of these rows alone is."""
    if row.undone and not set(row.rows) <= set(item.origins):
        return 2
    return int(row.voided)


def pieces_of(item: Item, row: KnownRow) -> int:
    """How many lines like this an entry is: a gift of several pieces may be one a piece."""
    entry = item.entry
    by_piece = isinstance(entry, Gift) and entry.coins is not None and entry.coins * row.quantity == row.coins
    return row.quantity if by_piece else 1


def _parts_of(item: Item, best: KnownRow, free: Sequence[KnownRow]) -> list[KnownRow]:
    """The gifts beside the first that a line of several pieces is together with it: of one piece, or of the rest."""
    entry = item.entry
    if not isinstance(entry, Gift) or entry.quantity == 1 or not entry.coins or best.quantity >= entry.quantity:
        return []
    each, left, found = entry.coins // entry.quantity, entry.quantity - best.quantity, dict[int, KnownRow]()
    for row in sorted(free, key=lambda row: (row.voided, row.sequence)):
        fits = row.coins == each * row.quantity and row.quantity <= left and row.undone == best.undone
        if fits and row.sequence != best.sequence and row.sequence not in found:
            found[row.sequence] = row
            left -= row.quantity
    return list(found.values()) if best.coins == each * best.quantity else []


def shared(item: Item, row: KnownRow) -> int:
    """How many of its rows a line has in common with an entry."""
    return sum(one in row.rows for one in item.keys)

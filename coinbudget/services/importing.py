"""The engine of an import: lines of a file to entries of the ledger, in batches and in flat memory.

Three passes. The first believes every line but refunds and claims what the ledger has already. The second looks among
the purchases and gifts that stand for those which a new one may be (pairing); it waits for the first, so that what
another line claims outright is never taken for a pair. The third resolves what refunds refer to. Orders of entry follow
the lines of the file, so an export of the result stands in the same order.

What counts as the same: a line with an id is the entry of that id (a duplicate, or `id_conflict` when any content it
gives differs). A line with an origin claims one entry of that origin, whatever became of the entry since. Any other
line, and one whose origin is not known, claims one entry of equal content that stood in the ledger before. Each entry
is claimed once, so equal lines are counted; lines beyond those are new. A purchase that stands for rows of two lists is
claimed once through each of them, a gift of several pieces once for each, where the lines are of one piece; a line of
several pieces claims as many gifts of one. A line of two rows that the ledger has in two purchases, or beside other
rows, is a problem: whichever it took, money would count twice or for the wrong coins. What the undo of an import voided
comes back when imported again; what was voided singly stays voided unless asked for.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from coinbudget.domain.belief import believe
from coinbudget.domain.drafts import Facts
from coinbudget.domain.entries import Gift, Purchase
from coinbudget.domain.errors import Problem, problem
from coinbudget.domain.pairing import PairReason
from coinbudget.services.import_claims import Claims, shared
from coinbudget.services.import_pairs import Pairs
from coinbudget.services.import_parts import (
    BATCH_ROWS,
    OWN_ROWS,
    Candidate,
    Count,
    Heard,
    Item,
    Listener,
    Pairing,
    Quiet,
    State,
    Target,
    is_sheet,
    keys_of,
    same,
)
from coinbudget.services.import_refunds import Refunds
from coinbudget.storage.import_store import Kept, content_of
from coinbudget.storage.origin_store import KnownRow


@dataclass(slots=True)
class Engine:
    """One run over the lines of a file.

    Attributes:
        again: lines by number, as they were given the first time; for those that wait for others.
        out: purchases that stay out, by each of their names (`Item.names`).
        asked: names of rows of which it is not said yet which purchase they are.
    """

    facts: Facts
    target: Target
    tick: Callable[[], None]
    again: Callable[[Sequence[int]], Iterable[tuple[int, Heard]]]
    listener: Listener = field(default_factory=Quiet)
    count: Count = field(default_factory=Count)
    out: dict[str, Purchase] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    _batch: list[Item] = field(default_factory=list)
    _waiting_refunds: "array[int]" = field(default_factory=lambda: array("q"))
    _changed: "array[int]" = field(default_factory=lambda: array("q"))
    _pairs: Pairs = field(init=False)
    _ids: set[str] = field(default_factory=set)
    claims: Claims = field(init=False)

    def __post_init__(self) -> None:
        self.claims = Claims(self.target)
        self._pairs = Pairs(self)

    def run(self, lines: Iterable[tuple[int, Heard]]) -> Count:
        """Take in every line.

        Raises:
            Refusal: the file itself fails, or the run is cancelled.
        """
        for number, heard in lines:
            self.count.rows += heard is not State.PART
            if not self.count.rows % BATCH_ROWS:
                self.tick()
            if isinstance(heard, Candidate):
                if heard.draft.kind == "refund":
                    self._waiting_refunds.append(number)
                else:
                    self._take(number, heard)
            elif isinstance(heard, Problem):
                self.add_problems(number, (heard,))
            else:
                self.listener.tell(number, heard)
                self.count.duplicates += int(heard is State.MERGED)
        self._flush()
        self._claim_changed()
        self._pairs.make()
        self.target.ready_for_refunds()
        refunds = Refunds(self)
        for number, heard in self.fetched(self._waiting_refunds):
            if isinstance(heard, Candidate):
                refunds.take(number, heard)
        refunds.flush()
        # A short file had no other.
        self.tick()
        return self.count

    def fetched(self, numbers: "array[int]") -> Iterator[tuple[int, Heard]]:
        """Lines that waited, in pages."""
        for start in range(0, len(numbers), BATCH_ROWS):
            self.tick()
            yield from self.again(numbers[start : start + BATCH_ROWS])

    def _take(self, number: int, candidate: Candidate) -> None:
        item = self.believed_item(number, candidate)
        if item is None:
            return
        if candidate.draft.id:
            if item.entry.id in self._ids:
                # The first line of this id must be written before the second is held against it.
                self._flush()
            self._ids.add(item.entry.id)
        self._batch.append(item)
        if len(self._batch) >= BATCH_ROWS:
            self._flush()

    def believed_item(self, number: int, candidate: Candidate) -> Item | None:
        """A line as an entry; None, and its problems told, where it cannot be one."""
        found = believe(candidate.draft, self.facts)
        if isinstance(found, tuple):
            self.add_problems(number, found)
            return None
        draft, origins, _, also, thing, _ = candidate
        keys = keys_of(found.profile_id, origins)
        others = keys_of(found.profile_id, also) if also else ()
        return Item(number, draft, found, keys, None, others, thing)

    def _flush(self) -> None:
        batch, self._batch, self._ids = self._batch, [], set()
        if not batch:
            return
        known = self.target.known([item.entry.id for item in batch if item.draft.id])
        rows = self._rows_of(batch)
        unsure = [item for item in batch if not item.draft.id and not _any_known(item, rows)]
        candidates = self.claims.candidates(unsure)
        new: list[Item] = []
        if not known and not rows and not candidates:
            # As nearly all are of a first import: nothing there is that a line could be.
            for item in batch:
                self._is_new(item, new)
            self.keep(new, [])
            return
        back: list[tuple[str, int]] = []
        alike: list[tuple[Item, Kept]] = []
        for item in batch:
            if len(item.keys) > 1 and self.claims.torn(item, rows):
                self.add_problems(item.number, (problem("", "rows_apart", item.draft.row),))
                continue
            row = self.claims.row(item, rows) if item.keys else None
            if row is not None:
                self._is_claimed(item, row, back)
                continue
            if item.also and _any_known(item, rows):
                self._changed.append(item.number)
                continue
            kept = known.get(item.entry.id) if item.draft.id else self.claims.alike(item, candidates)
            if kept is None:
                self._is_new(item, new)
            elif item.draft.id and not same(item.draft, content_of(item.entry), kept.content):
                self.add_problems(item.number, (problem("id", "id_conflict", item.draft.row, id=item.draft.id),))
            elif item.keys:
                alike.append((item, kept))
            else:
                self.is_kept(item, kept, back)
        self._are_alike(alike, new, back)
        self.keep(new, back)

    def _are_alike(self, alike: list[tuple[Item, Kept]], new: list[Item], back: list[tuple[str, int]]) -> None:
        """Rows of a list that say what an entry says: what another list told of is paired with, and so known again."""
        told = self.target.sources_of([kept.sequence for _, kept in alike])
        for item, kept in alike:
            lists = {source for _, source in item.keys}
            if kept.voided and isinstance(item.entry, Purchase):
                self._pairs.revive(item, kept.sequence)
            elif kept.voided or lists & told.get(kept.sequence, set()) or not self._can_pair(item):
                self.is_kept(item, kept, back)
            elif lists == {OWN_ROWS}:
                self.is_kept(item, kept, back)
                self.target.note(item, kept.sequence)
            else:
                self.claims.unmark(kept.sequence)
                self._is_new(item, new)

    def _is_claimed(self, item: Item, row: KnownRow, back: list[tuple[str, int]]) -> None:
        pieces = self.claims.pieces.get(row.sequence, 0) if row.voided else 0
        if pieces > 1 and not row.undone:
            # It lives again, or stays out, with the line of its first piece.
            self.is_known(item, State.KNOWN, row.id, row.sequence, back)
        elif not self._waits(item, row):
            if pieces and isinstance(item.entry, Gift):
                item = item._replace(entry=replace(item.entry, coins=row.coins, quantity=row.quantity))
            self.is_row(item, row, back)

    def _waits(self, item: Item, row: KnownRow) -> bool:
        """Whether a line of an import that was taken back waits: what came in since may be the same.

        Its entry comes back with all the rows it stood for; with some of them alone it would say what nobody tells.
        """
        waits = row.undone and isinstance(item.entry, Purchase | Gift)
        if waits:
            self._pairs.wait(item.number, row.sequence if set(row.rows) <= set(item.origins) else 0)
        return waits

    def _rows_of(self, batch: Sequence[Item]) -> dict[str, list[KnownRow]]:
        """Entries of these lines' origins; by what a row of a sheet says only where it is not simply there."""
        rows = self.target.known_rows([key for item in batch for key, _ in item.keys])
        unsure = [item for item in batch if item.also and not _is_there(item, rows)]
        return rows | self.target.known_rows([key for item in unsure for key, _ in item.also]) if unsure else rows

    def _claim_changed(self) -> None:
        """Rows of a sheet that changed are known by what they say, once every row has claimed what it made itself."""
        for start in range(0, len(self._changed), BATCH_ROWS):
            self.tick()
            heard = self.again(self._changed[start : start + BATCH_ROWS])
            candidates = ((number, one) for number, one in heard if isinstance(one, Candidate))
            items = [item for number, one in candidates if (item := self.believed_item(number, one)) is not None]
            rows = self.target.known_rows([key for item in items for key, _ in item.also])
            new: list[Item] = []
            back: list[tuple[str, int]] = []
            for item in items:
                row = self.claims.row(item._replace(keys=item.also), rows)
                if row is None:
                    self._is_new(item, new)
                else:
                    self._is_claimed(item, row, back)
            self.keep(new, back)

    def _is_new(self, item: Item, new: list[Item]) -> None:
        if item.keys and self._can_pair(item):
            self._pairs.wait(item.number)
        elif self.listener.choice(item.number):
            self.add_problems(item.number, (problem("", "pair_not_possible", item.draft.row),))
        else:
            new.append(item)

    def _can_pair(self, item: Item) -> bool:
        if not item.entry.counts:
            return False
        if isinstance(item.entry, Purchase):
            return self.target.can_pair(item.entry.profile_id)
        return self.target.can_pair_gift(item)

    def is_kept(self, item: Item, kept: Kept, back: list[tuple[str, int]]) -> None:
        """A line that the ledger has: nothing to do, unless it is to live again."""
        undone = kept.undone and not item.draft.voided
        state = State.NEW if undone else State.VOIDED if kept.voided and not item.draft.voided else State.KNOWN
        self.is_known(item, state, kept.id, kept.sequence, back)

    def is_row(self, item: Item, row: KnownRow, back: list[tuple[str, int]]) -> None:
        """A line whose row was imported before; a purchase may still lack what this line says."""
        if isinstance(item.entry, Purchase) and not row.undone:
            if row.voided:
                self._pairs.revive(item, row.sequence)
                return
            told_more = shared(item, row) < len(item.keys) and not is_sheet(item.keys[0][1])
            if told_more or self.target.fillable(item, row.sequence):
                reason = PairReason.ORDER if item.entry.order_ref else PairReason.TIME_AND_AMOUNTS
                self._pairs.fill(item, Pairing(row.sequence, reason))
                return
        state = State.NEW if row.undone else State.VOIDED if row.voided else State.KNOWN
        self.is_known(item, state, row.id, row.sequence, back)

    def is_known(self, item: Item, state: State, entry_id: str, sequence: int, back: list[tuple[str, int]]) -> None:
        """A line that is an entry: to live again where it is wanted, else nothing."""
        entry = self.target.frozen(item.entry) if isinstance(item.entry, Purchase) else item.entry
        self.listener.tell(item.number, state, entry, kept=sequence)
        if state is State.KNOWN:
            self.count.duplicates += 1
        elif self.listener.wants(item.number, state):
            back.append((entry_id, sequence))
            back += self.claims.parts.get(sequence, ())
        elif state is State.VOIDED:
            self.count.duplicates += 1
            self._note_out(item)
            if item.keys:
                self.target.note(item, sequence)
        else:
            self.leaves_out(item)

    def keep(self, new: list[Item], back: list[tuple[str, int]]) -> None:
        """Write what is wanted of new lines, and let entries live again: ids and orders of entry."""
        wanted = []
        for item in new:
            if self.listener.wants(item.number, State.NEW):
                wanted.append(item)
            else:
                self.leaves_out(item)
                self.listener.tell(item.number, State.NEW, item.entry)
        if wanted:
            kept, failed = self.target.insert(wanted)
            numbers = {found.row for found in failed}
            entries = iter(kept)
            for item in wanted:
                if item.number in numbers:
                    theirs = [found for found in failed if found.row == item.number]
                    self.add_problems(item.number, [replace(found, row=item.draft.row) for found in theirs])
                else:
                    self.listener.tell(item.number, State.NEW, next(entries))
            self.count.new += len(kept)
        if back:
            self.target.bring_back(back)
            self.count.new += len(back)

    def leaves_out(self, item: Item) -> None:
        """A line that could come in stays out."""
        self.count.left_out += 1
        self._note_out(item)

    def _note_out(self, item: Item) -> None:
        if isinstance(item.entry, Purchase):
            self.out.update(dict.fromkeys(item.names, item.entry))

    def add_problems(self, number: int, found: Sequence[Problem]) -> None:
        """A line cannot come in."""
        self.count.add_problems(number, found)
        if found:
            self.listener.tell(number, State.PROBLEM, problems=found)


def _any_known(item: Item, rows: dict[str, list[KnownRow]]) -> bool:
    """Whether there are entries of a line's rows."""
    return bool(rows) and any(key in rows for key, _ in item.origins)


def _is_there(item: Item, rows: dict[str, list[KnownRow]]) -> bool:
    """Whether there are entries of a line's rows, and all of them stand."""
    found = [row for key, _ in item.keys for row in rows.get(key, ())]
    return bool(found) and not any(row.undone for row in found)

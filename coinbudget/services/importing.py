"""The engine of an import: drafts of a file to entries of the ledger, in batches and in flat memory.

Two passes. The first believes every row but refunds, which wait in a private spool; once all purchases of the file
are known the second resolves what the refunds refer to. Orders of entry follow the rows of the file, so an export
of the result stands in the same order.

What counts as the same: a row with an id is the entry of that id (a duplicate, or `id_conflict` when any content the
row gives differs). A row without an id claims one entry of equal content that stood in the ledger before, each
entry once; rows beyond those are new. What the undo of an import voided comes back when imported again; what was
voided singly stays voided.
"""

import csv
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from operator import attrgetter
from typing import Protocol

from coinbudget.domain.belief import believe
from coinbudget.domain.drafts import COLUMNS, Draft, Facts
from coinbudget.domain.entries import Entry, Purchase, Refund
from coinbudget.domain.errors import Problem, problem
from coinbudget.domain.profiles import ProfileId
from coinbudget.formats.ledger_csv import draft_from
from coinbudget.services.facts import remaining
from coinbudget.storage.import_store import CONTENT, Content, Kept, content_of
from coinbudget.storage.tables import instant_number

#: Rows believed, looked up and written together.
BATCH_ROWS = 1000
#: Problems that are kept to be told; further ones are only counted.
MOST_PROBLEMS = 1000

_SPOOL_BYTES = 2**20
cells_of = attrgetter(*COLUMNS)
_given_of = attrgetter(*CONTENT)


class Target(Protocol):
    """Where the rows of a file go: the ledger, or nowhere when the file is only looked at."""

    before: int

    def known(self, ids: Sequence[str]) -> dict[str, Kept]:
        """Entries of these ids, those of the file so far too."""

    def alike(self, profile_id: int, kind: str, instants: Sequence[int]) -> Iterator[Kept]:
        """Entries of the ledger as it was before, at these instants."""

    def purchases(self, named: Sequence[str]) -> "dict[str, Refunded | str]":
        """The purchase that each id or order number names, or the code of a Problem; one value per purchase."""

    def insert(self, items: Sequence["Item"]) -> list[Problem]:
        """Keep new entries; the Problems of those that cannot be converted."""

    def bring_back(self, kept: Sequence[Kept]) -> None:
        """Let entries that the undo of an import voided live again."""

    def ready_for_refunds(self) -> None:
        """The last purchase has been given."""


@dataclass(frozen=True, slots=True)
class Item:
    """A believed row: the draft says which columns were given; `kept` is the entry it brings back."""

    draft: Draft
    entry: Entry
    kept: Kept | None = None


@dataclass(frozen=True, slots=True)
class Refunded:
    """A purchase with all its refunds; those of the file are added as they are believed."""

    purchase: Purchase
    refunds: list[Refund]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewLine:
    """A row of a file that is looked at.

    Attributes:
        state: "new", "duplicate" or "problem".
        draft: the row as it stands.
    """

    row: int
    state: str
    draft: Draft
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class Count:
    """What came of the rows."""

    rows: int = 0
    new: int = 0
    duplicates: int = 0
    problems_all: int = 0
    problems: list[Problem] = field(default_factory=list)
    lines: list[PreviewLine] = field(default_factory=list)

    def add_problems(self, found: Sequence[Problem]) -> None:
        """Keep the first thousand, count all."""
        self.problems_all += len(found)
        room = MOST_PROBLEMS - len(self.problems)
        self.problems += found[: max(room, 0)]


@dataclass(slots=True)
class Engine:
    """One run over a file."""

    facts: Facts
    target: Target
    tick: Callable[[], None]
    zone: str = ""
    shown_rows: int = 0
    count: Count = field(default_factory=Count)
    _batch: list[Item] = field(default_factory=list)
    _refunds: list[Draft] = field(default_factory=list)
    _ids: set[str] = field(default_factory=set)
    _claimed: bytearray = field(default_factory=bytearray)

    def run(self, rows: Iterator[Draft | Problem]) -> Count:
        """Take in every row.

        Raises:
            Refusal: the file itself fails.
        """
        self._claimed = bytearray(self.target.before // 8 + 1)
        with tempfile.SpooledTemporaryFile(_SPOOL_BYTES, "w+", newline="", encoding="utf-8") as spool:
            waiting = csv.writer(spool)
            for draft in rows:
                self.count.rows += 1
                if not self.count.rows % BATCH_ROWS:
                    self.tick()
                if isinstance(draft, Problem):
                    self._add_problems(None, (draft,))
                    continue
                if self.zone and not draft.zone and is_naive(draft.at):
                    draft = replace(draft, zone=self.zone)  # noqa: PLW2901 - the row as it is meant
                if draft.kind == "refund":
                    waiting.writerow((draft.row, draft.numbers.decimal, *cells_of(draft)))
                else:
                    self._take(draft)
            self._flush()
            self.target.ready_for_refunds()
            spool.seek(0)
            for number, decimal, *cells in csv.reader(spool):
                plain = draft_from(cells, int(number))
                style = replace(plain.numbers, decimal=decimal)
                self._wait(replace(plain, numbers=style) if decimal != plain.numbers.decimal else plain)
            self._flush_refunds()
        return self.count

    def _take(self, draft: Draft) -> None:
        found = believe(draft, self.facts)
        if isinstance(found, tuple):
            self._add_problems(draft, found)
            return
        if draft.id:
            if found.id in self._ids:
                # The first row of this id must be written before the second is held against it.
                self._flush()
            self._ids.add(found.id)
        self._batch.append(Item(draft, found))
        if len(self._batch) >= BATCH_ROWS:
            self._flush()

    def _flush(self) -> None:
        batch, self._batch, self._ids = self._batch, [], set()
        if not batch:
            return
        known = self.target.known([item.entry.id for item in batch if item.draft.id])
        candidates = self._candidates([item for item in batch if not item.draft.id])
        new: list[Item] = []
        back: list[Kept] = []
        for item in batch:
            draft = item.draft
            kept = known.get(item.entry.id) if draft.id else self._claim(item, candidates)
            if kept is None:
                new.append(item)
            elif draft.id and not same(draft, content_of(item.entry), kept.content):
                self._add_problems(draft, (problem("id", "id_conflict", draft.row, id=draft.id),))
            elif kept.undone and not draft.voided:
                back.append(kept)
                self._tell(draft, "new")
            else:
                self.count.duplicates += 1
                self._tell(draft, "duplicate")
        self._keep(new, back)

    def _keep(self, new: list[Item], back: list[Kept]) -> None:
        if new:
            failed = self.target.insert(new)
            rows = {found.row for found in failed}
            for item in new if len(self.count.lines) < self.shown_rows else ():
                state = "problem" if item.draft.row in rows else "new"
                self._tell(item.draft, state, tuple(found for found in failed if found.row == item.draft.row))
            self.count.add_problems(failed)
            self.count.new += len(new) - len(failed)
        if back:
            self.target.bring_back(back)
            self.count.new += len(back)

    def _add_problems(self, draft: Draft | None, found: Sequence[Problem]) -> None:
        self.count.add_problems(found)
        if found:
            self._tell(draft or Draft(row=found[0].row or 0), "problem", tuple(found))

    def _tell(self, draft: Draft, state: str, problems: tuple[Problem, ...] = ()) -> None:
        """Show a row to whoever looks at the file."""
        if draft.row <= self.shown_rows + 1:
            self.count.lines.append(PreviewLine(row=draft.row, state=state, draft=draft, problems=problems))

    # -- rows without an id

    def _candidates(self, items: Sequence[Item]) -> dict[Content, list[Kept]]:
        """Entries of the ledger that rows without an id may be, by kind, instant and profile."""
        groups: dict[tuple[ProfileId, str], set[int]] = {}
        for item in items:
            groups.setdefault((item.entry.profile_id, item.draft.kind), set()).add(instant_number(item.entry.at))
        found: dict[Content, list[Kept]] = {}
        if self.target.before > 1:
            for (profile_id, kind), instants in groups.items():
                for kept in self.target.alike(profile_id, kind, sorted(instants)):
                    found.setdefault(kept.content[:3], []).append(kept)
        return found

    def _claim(self, item: Item, candidates: dict[Content, list[Kept]]) -> Kept | None:
        """The best entry that this row is: wholly equal before alike, living before undone before voided."""
        if not candidates:
            return None
        content = content_of(item.entry)
        free = [
            kept
            for kept in candidates.get(content[:3], ())
            if not self._claimed[kept.sequence >> 3] & (1 << (kept.sequence & 7))
            and same(item.draft, content, kept.content)
        ]
        if not free:
            return None
        best = min(free, key=lambda kept: (kept.content != content, kept.voided, not kept.undone, kept.sequence))
        self._claimed[best.sequence >> 3] |= 1 << (best.sequence & 7)
        return best

    # -- refunds

    def _wait(self, draft: Draft) -> None:
        """Let a refund wait for others, so that their purchases are looked up together."""
        if draft.id and draft.id in self._ids:
            self._flush_refunds()
        self._ids.add(draft.id)
        self._refunds.append(draft)
        if len(self._refunds) >= BATCH_ROWS:
            self._flush_refunds()

    def _flush_refunds(self) -> None:
        drafts, self._refunds, self._ids = self._refunds, [], set()
        if not drafts:
            return
        purchases = self.target.purchases([draft.refers_to for draft in drafts if draft.refers_to])
        known = self.target.known([draft.id for draft in drafts if draft.id])
        new: list[Item] = []
        back: list[Kept] = []
        for draft in drafts:
            found = purchases[draft.refers_to] if draft.refers_to else "required"
            if isinstance(found, str):
                values = {"name": draft.refers_to} if draft.refers_to else {}
                self._add_problems(draft, (problem("refers_to", found, draft.row, **values),))
                continue
            item = self._believed_refund(draft, found, known.get(draft.id))
            if isinstance(item, tuple):
                self._add_problems(draft, item)
            elif item is not None:
                entry, kept = item.entry, item.kept
                if isinstance(entry, Refund):
                    found.refunds.append(entry)
                if kept is None:
                    new.append(item)
                else:
                    back.append(kept)
                    self._tell(draft, "new")
        self._keep(new, back)

    def _believed_refund(self, draft: Draft, of: "Refunded", known: Kept | None) -> Item | tuple[Problem, ...] | None:
        """The refund to keep or to bring back; None for a duplicate."""
        others = [refund for refund in of.refunds if refund.counts and (known is None or refund.id != known.id)]
        found = self._believed(draft, of.purchase, others)
        alone = found
        if isinstance(found, tuple) and draft.paid:
            # What it returns may be more than is left only because the ledger has this very refund already.
            alone = self._believed(draft, of.purchase, [])
        kept = known
        if not draft.id and not isinstance(alone, tuple):
            item = Item(draft, alone)
            kept = self._claim(item, self._candidates([item]))
        if kept is not None and not isinstance(alone, tuple):
            if not same(draft, content_of(alone), kept.content):
                return (problem("id", "id_conflict", draft.row, id=draft.id),)
            if not kept.undone or draft.voided:
                self.count.duplicates += 1
                self._tell(draft, "duplicate")
                return None
        if isinstance(found, tuple):
            return found
        if found.counts and not of.purchase.counts:
            code = "purchase_planned" if of.purchase.voided_at is None else "purchase_voided"
            return (problem("refers_to", code, draft.row),)
        return Item(draft, found, kept)

    def _believed(self, draft: Draft, purchase: Purchase, others: list[Refund]) -> Entry | tuple[Problem, ...]:
        left = remaining(purchase, others)
        return believe(draft, replace(self.facts, refundable=lambda _: left))


def is_naive(text: str) -> bool:
    """Whether a text is a time of day without an offset."""
    time = text[10:]
    return bool(time) and not time.endswith(("Z", "z")) and "+" not in time and "-" not in time


def same(draft: Draft, content: Content, kept: Content) -> bool:
    """Whether an entry says what the row gives; kind and profile are compared in any case."""
    if content == kept:
        return True
    given = _given_of(draft)
    return all(
        mine == theirs or not (text or name in {"kind", "profile"})
        for name, text, mine, theirs in zip(CONTENT, given, content, kept, strict=True)
    )


class Touched:
    """Entries of an import that limits must be judged for, thinned where there are very many.

    Every window and every stretch of a rolling one is still reached by the first and the last entry of its days.
    """

    MOST = 20_000

    def __init__(self, watched: frozenset[ProfileId]) -> None:
        self._watched = watched
        self._entries: list[Entry] = []
        self._thin_at = self.MOST

    def add(self, entries: Sequence[Entry]) -> None:
        """Note entries that were written."""
        if self._watched:
            self._entries += [entry for entry in entries if entry.profile_id in self._watched and entry.counts]
            if len(self._entries) > self._thin_at:
                self._thin()

    @property
    def entries(self) -> list[Entry]:
        """What to judge."""
        if self._thin_at > self.MOST:
            self._thin()
        return self._entries

    def _thin(self) -> None:
        ends: dict[tuple[ProfileId, type[Entry], date], tuple[Entry, Entry]] = {}
        for entry in self._entries:
            key = (entry.profile_id, type(entry), entry.home_on)
            first, last = ends.get(key, (entry, entry))
            ends[key] = (entry if entry.at < first.at else first, entry if entry.at >= last.at else last)
        refunds = [entry for entry in self._entries if isinstance(entry, Refund)]
        kept = {entry.id: entry for pair in ends.values() for entry in pair}
        kept.update((refund.id, refund) for refund in refunds)
        self._entries = list(kept.values())
        self._thin_at = len(self._entries) + self.MOST

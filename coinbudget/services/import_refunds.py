"""The last pass of an import: refunds, held against the purchases they take money from.

A refund of a ledger file is one row, known again as any other; what a store says of an order is `store_refunds`.
"""

from dataclasses import dataclass, field

from coinbudget.domain.entries import EntryId, Refund
from coinbudget.domain.errors import Problem, problem
from coinbudget.services.import_parts import Candidate, Item, Refunded, State, keys_of, same
from coinbudget.services.refund_steps import Back, Desk, RefundSteps, living, no_purchase, of_this
from coinbudget.services.store_refunds import StoreRefunds
from coinbudget.storage.import_store import Kept, content_of

#: Refunds whose purchases are looked up together.
_BATCH_ROWS = 1000


@dataclass(slots=True)
class Refunds:
    """Takes the refunds of a file one by one; `flush` writes those that wait."""

    desk: Desk
    steps: RefundSteps = field(init=False)
    _of_stores: StoreRefunds = field(init=False)
    _waiting: list[tuple[int, Candidate]] = field(default_factory=list)
    _ids: set[str] = field(default_factory=set)
    # Refunds that lines of other lists are taken for.
    _is_one: set[EntryId] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.steps = RefundSteps(self.desk)
        self._of_stores = StoreRefunds(self.steps)

    def take(self, number: int, candidate: Candidate) -> None:
        """Let a refund wait for others, so that their purchases are looked up together."""
        if candidate.draft.id and candidate.draft.id in self._ids:
            self.flush()
        self._ids.add(candidate.draft.id)
        self._waiting.append((number, candidate))
        if len(self._waiting) >= _BATCH_ROWS:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        waiting, self._waiting, self._ids = self._waiting, [], set()
        if not waiting:
            return
        target = self.desk.target
        named = target.purchases([one.draft.refers_to for _, one in waiting if one.draft.refers_to])
        shared = {of.purchase.id: of for of in named.values() if isinstance(of, Refunded)}
        known = target.known([candidate.draft.id for _, candidate in waiting if candidate.draft.id])
        new: list[Item] = []
        back: Back = []
        for number, candidate in waiting:
            name = candidate.draft.refers_to
            found = self._purchase(number, candidate, named[name] if name else "required", shared)
            if isinstance(found, Refunded):
                self._against(number, candidate, found, known.get(candidate.draft.id), (new, back))
            elif found is not None:
                self.desk.add_problems(number, found)
        self.desk.keep(new, back)

    def _purchase(
        self, number: int, candidate: Candidate, found: Refunded | str, shared: dict[EntryId, Refunded]
    ) -> Refunded | tuple[Problem, ...] | None:
        """The purchase a line gives money back of; None where that stays out, and the refund with it."""
        if candidate.of is not None:
            return self._of_stores.purchase(number, candidate, found, shared)
        name = candidate.draft.refers_to
        values = {"name": name} if name else {}
        return (problem("refers_to", found, candidate.draft.row, **values),) if isinstance(found, str) else found

    def _against(
        self, number: int, candidate: Candidate, of: Refunded, known: Kept | None, to: tuple[list[Item], Back]
    ) -> None:
        """A line held against its purchase; what is to be kept goes to the new ones or those that come back."""
        new, back = to
        if candidate.of is None:
            item = self._row(number, candidate, of, known, back)
        else:
            item = self._of_stores.item(number, candidate, of, back)
        if isinstance(item, Item):
            self._kept(item, of, new, back)
        elif item is not None:
            self.desk.add_problems(number, item)

    def _kept(self, item: Item, of: Refunded, new: list[Item], back: Back) -> None:
        if isinstance(item.entry, Refund):
            # A preview tells it in the profile's currency; where it is written, the pen freezes it by the same law.
            others = [refund for refund in living(of) if refund.id != item.entry.id]
            refund = self.steps.in_home(item.entry, of.purchase, others)
            item = item._replace(entry=refund)
            self.desk.listener.refunds(item.number, of.purchase)
            if self.desk.listener.wants(item.number, State.NEW):
                of.refunds.append(refund)
        if item.kept is None:
            new.append(item)
        else:
            self.desk.is_known(item, State.NEW, item.kept.id, item.kept.sequence, back)

    # -- a row of a ledger file

    def _row(
        self, number: int, candidate: Candidate, of: Refunded, known: Kept | None, back: Back
    ) -> Item | tuple[Problem, ...] | None:
        """The refund to keep or to bring back; None for one that the ledger has."""
        draft = candidate.draft
        keys, also = (keys_of(of.purchase.profile_id, some) for some in (candidate.origins, candidate.also))
        rows = self.desk.target.known_rows([key for key, _ in keys + also]) if keys else {}
        others = [refund for refund in living(of) if known is None or refund.id != known.id]
        found = self.steps.believed(draft, of.purchase, others)
        alone = found
        if isinstance(found, tuple) and (draft.paid or rows):
            # What it returns may be more than is left only because the ledger has this very refund already.
            alone = self.steps.believed(draft, of.purchase, [])
        if rows and not isinstance(alone, tuple):
            item = Item(number, draft, alone, keys, also=also)
            row = self.desk.claims.row(item, rows) or self.desk.claims.row(item._replace(keys=also), rows)
            row = of_this(row, of)
            if row is not None:
                return self.steps.again(item, row, of, back)
        kept = known
        if not draft.id and not isinstance(alone, tuple):
            item = Item(number, draft, alone)
            kept = self.desk.claims.alike(item, self.desk.claims.candidates([item]))
        if kept is not None and not isinstance(alone, tuple):
            if not same(draft, content_of(alone), kept.content):
                return (problem("id", "id_conflict", draft.row, id=draft.id),)
            if not kept.undone or draft.voided:
                self.desk.is_kept(Item(number, draft, alone), kept, back)
                return None
        if keys and kept is None and isinstance(alone, Refund):
            told = self._told_otherwise(of, alone, {source for _, source in keys})
            if told is not None:
                self.steps.is_there(Item(number, draft, alone, keys, also=also), told, back)
                return None
        if isinstance(found, tuple):
            return found
        if found.counts and not of.purchase.counts:
            return no_purchase(of.purchase, draft)
        return Item(number, draft, found, keys, kept, also)

    def _told_otherwise(self, of: Refunded, refund: Refund, lists: set[str]) -> Refund | None:
        """A refund of as much that another list told of, and that no line of this file is yet."""
        counted = [one for one in self.steps.counted(of, {}) if one.paid == refund.paid and one.id not in self._is_one]
        told = self.desk.target.sources_of([one.sequence for one in counted]) if counted else {}
        found = next((one for one in counted if (by := told.get(one.sequence, set())) and not by & lists), None)
        if found is not None:
            self._is_one.add(found.id)
        return found

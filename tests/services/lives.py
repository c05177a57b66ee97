"""Lives of one ledger: acts carried out on real SQLite, with the answers of a person who knows the truth.

A life is plain data, so that one that fails can be shrunk (`life_maker`) and written down. Acts name each other and
the buyings by number; what has nothing to work on is passed over, so any part of a life is a life.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from coinbudget.domain.drafts import Draft, draft_of
from coinbudget.domain.entries import Entry, EntryId, Gift, Purchase, Refund
from coinbudget.domain.errors import Refusal
from coinbudget.formats.sheet_mapping import Said
from coinbudget.formats.source import Answers, GiftAmount, TypeMeaning
from coinbudget.services import past_imports, record, transfer
from coinbudget.services.changes import UndoImport
from coinbudget.services.household import add_profile, profiles
from coinbudget.services.ledger import Ledger, open_ledger
from coinbudget.services.opening import Wishes
from coinbudget.services.verify import verify
from tests import make
from tests.conftest import NOW
from tests.services.life_model import Facts, Fault, Model
from tests.services.life_truth import Buying, Export, Sent, Told, gifts_told, is_empty, moment, plain, told, write

SAID = Answers(zone="UTC", currency="EUR", gift_amount=GiftAmount.COINS, types={"recharge": TypeMeaning.BOUGHT})
_SHEETS = Wishes(sheets=True, said=Said(kind="purchase"))
#: More questions than a file of these lives can ask.
_QUESTIONS = 20


class Act(NamedTuple):
    """One act.

    Attributes:
        n: what later acts name it by.
        do: "import", "again" (the file of an import once more), "undo", "redo" (of an import), "probe" (undo and redo
            it at once), "void", "restore", "type", "price", "note" (of a buying), "gift" (typed by hand).
        of: the act, the buying or the gift it is about.
        export: of an import.
        said: of what is typed: "d" the day alone, "c" coins, "p" price.
    """

    n: int
    do: str
    of: int = 0
    export: Export | None = None
    said: str = ""


class Life(NamedTuple):
    """A truth and what is done with it; `overlaps` as in Model."""

    buyings: tuple[Buying, ...]
    gifts: tuple[Sent, ...]
    acts: tuple[Act, ...]
    overlaps: bool = False


#: What stands: of a living entry all but its revision, of a voided one who voided it.
State = dict[EntryId, Any]


@dataclass(slots=True)
class Run:
    """One life being lived."""

    life: Life
    folder: Path
    model: Model = field(init=False)
    ledger: Ledger = field(init=False)
    moments: dict[int, set[int]] = field(default_factory=dict)  # seconds since START -> buyings told so
    clock: datetime = NOW
    exports: dict[int, Export] = field(default_factory=dict)
    imports: dict[int, UndoImport] = field(default_factory=dict)
    undone: set[int] = field(default_factory=set)
    before: dict[int, State] = field(default_factory=dict)
    voided: dict[int, EntryId] = field(default_factory=dict)
    last: int = 0

    def __post_init__(self) -> None:
        self.model = Model(self.life.buyings, self.life.gifts, overlaps=self.life.overlaps)
        self.ledger = open_ledger(None, now=NOW, create=True)
        add_profile(self.ledger, name="Mia", region="DE", currency="EUR", zone="Europe/Berlin", now=NOW)
        for b in self.life.buyings:
            for at in (b.at, b.at + b.lag, b.stored_at, b.at - b.at % 60):
                self.moments.setdefault(at, set()).add(b.n)

    # -- acts

    def live(self) -> None:
        """Carry out every act and hold the ledger against the model after each.

        Raises:
            Fault: what is not as it must be.
        """
        for act in self.life.acts:
            self.clock += timedelta(seconds=1)
            try:
                getattr(self, f"_{act.do}")(act)
            except Refusal as refusal:
                raise Fault(f"{act.do} refused", refusal.problems[0].code) from refusal
            self._check()

    def _import(self, act: Act) -> None:
        export = act.export
        if export is None or (is_empty(export, self.life.buyings) and not gifts_told(export, self.life.gifts)):
            return
        before = self.state()
        rows = list(told(export, self.life.buyings))
        path = write(
            self.folder / f"{act.n}.{_ENDINGS.get(export.kind, 'json')}", export, self.life.buyings, self.life.gifts
        )
        pairs = self._answered(path, rows)
        looked = self._look(path, pairs)
        done = transfer.import_file(
            self.ledger, path, answers=SAID, wishes=_SHEETS, pairs=pairs, skip_problems=True, now=self.clock
        )
        seen = (looked.new, looked.duplicates, looked.paired, looked.problems_all)
        wrote = (done.count, done.duplicates, done.paired, done.problems_all)
        if seen != wrote:
            raise Fault("preview counts", f"{seen}, wrote {wrote} (new, duplicates, paired, problems)")
        if looked.after != done.after:
            raise Fault("preview sums", f"{looked.after}, wrote {done.after}")
        out = self._asked_out(rows, [one.code for one in done.problems])
        self.exports[act.n] = export
        if isinstance(done.undo, UndoImport):
            self.imports[act.n] = done.undo
            self.before[act.n] = before
            self.last = act.n
            # What changed nothing is no import that stands: the list of imports does not name it, nobody can undo it.
            self.model.tell(act.n, rows, asked_out=out)
            self.model.tell_gifts(act.n, gifts_told(export, self.life.gifts), by_hand=False)
        if not out:
            self._once_more(path)

    def _asked_out(self, rows: Sequence[Told], problems: Sequence[str]) -> set[int]:
        """Buyings of a crowd that may have stayed out; elsewhere nothing may."""
        crowded = {row.n for row in rows if len(self.model.crowds[row.n]) > 1}
        if problems and not crowded:
            raise Fault("problem", ", ".join(sorted(set(problems))))
        return crowded if problems else set()

    def _once_more(self, path: Path) -> None:
        """The same file changes nothing."""
        stands = self.state()
        done = transfer.import_file(self.ledger, path, answers=SAID, wishes=_SHEETS, skip_problems=True, now=self.clock)
        if done.count or done.paired or done.problems_all or self.state() != stands:
            codes = [one.code for one in done.problems]
            raise Fault("again", f"{done.count} new, {done.paired} paired, problems {codes}")

    def _look(self, path: Path, pairs: Mapping[str, str]) -> transfer.ImportPreview:
        return transfer.preview_import(self.ledger, path, answers=SAID, wishes=_SHEETS, pairs=pairs, now=self.clock)

    def _answered(self, path: Path, rows: Sequence[Told]) -> dict[str, str]:
        """Which purchase each row is of which the program asks, by the truth."""
        pairs: dict[str, str] = {}
        for _ in range(_QUESTIONS):
            open_ones = [one for one in self._look(path, pairs).pairs if not one.sure]
            asked = next((one for one in open_ones if _name(one) not in pairs), None)
            if asked is None:
                break
            n = next(row.n for row in rows if row.row == asked.row and asked.place in ("", row.place))
            pairs[_name(asked)] = self._truly(n, asked.entries)
        return pairs

    def _truly(self, n: int, choices: Sequence[EntryId]) -> str:
        """The purchase that a buying is, of these; "new" where it is none of them."""
        entries = {entry.id: entry for entry in self.entries()}
        own = []
        for entry_id in choices:
            entry = entries[entry_id]
            if isinstance(entry, Purchase):
                may_be = self._may_be(entry)
                if n in may_be:
                    own.append((len(may_be), abs(_second(entry) - self._buying(n).at), entry_id))
        return min(own)[2] if own else "new"

    def _again(self, act: Act) -> None:
        if act.of in self.exports:
            self._import(act._replace(export=self.exports[act.of]))

    def _undo(self, act: Act) -> None:
        if act.of not in self.imports or act.of in self.undone:
            return
        past_imports.undo_import(self.ledger, self.imports[act.of].batch, now=self.clock)
        self.undone.add(act.of)
        self.model.standing.discard(act.of)
        if act.of == self.last:
            self._as_it_was("undo", self.before[act.of])
        self.last = 0

    def _redo(self, act: Act) -> None:
        if act.of not in self.undone:
            return
        try:
            past_imports.redo_import(self.ledger, self.imports[act.of].batch, now=self.clock)
        except Refusal as refusal:
            # What another import told of since would stand twice.
            if refusal.problems[0].code in {"told_since", "came_with_later", "went_with_another"}:
                return
            raise
        self.undone.discard(act.of)
        self.model.standing.add(act.of)
        self.last = 0

    def _probe(self, act: Act) -> None:
        """The last import, taken back and done again: exactly what stood before, and what stood after."""
        if act.of not in self.imports or act.of != self.last:
            return
        stands = self.state()
        past_imports.undo_import(self.ledger, self.imports[act.of].batch, now=self.clock)
        self._as_it_was("undo", self.before[act.of])
        self.clock += timedelta(seconds=1)
        past_imports.redo_import(self.ledger, self.imports[act.of].batch, now=self.clock)
        self._as_it_was("redo", stands)

    def _as_it_was(self, what: str, was: State) -> None:
        stands = self.state()
        for entry_id in was.keys() | stands.keys():
            one, other = was.get(entry_id, _GONE), stands.get(entry_id, _GONE)
            # What came since is voided; by whom is told by what comes of it.
            if one != other and not (one is _GONE and not isinstance(other, Entry)):
                raise Fault(f"{what} leaves", f"{other} instead of {one}")

    def _void(self, act: Act) -> None:
        purchase = self._purchase_of(act.of)
        if purchase is not None and act.of not in self.model.denied:
            record.void(self.ledger, [purchase.id], now=self.clock)
            self.voided[act.of] = purchase.id
            self.model.denied.add(act.of)
            self.model.ever.add(act.of)
            self.last = 0

    def _restore(self, act: Act) -> None:
        entry_id = self.voided.get(act.of)
        if entry_id is None or self._purchase_of(act.of) is not None or not self.model.firm(act.of):
            return
        del self.voided[act.of]
        if next(one for one in self.entries() if one.id == entry_id).voided_at is not None:
            record.unvoid(self.ledger, [entry_id], now=self.clock)
            self.model.denied.discard(act.of)
            self.last = 0

    def _type(self, act: Act) -> None:
        """A person types only what is not there, and what they did not void."""
        b = next((b for b in self.life.buyings if b.n == act.of), None)
        crowd = self.model.crowds.get(act.of, frozenset())
        if b is None or b.n in self.model.ever or any(self._may_be(one) & crowd for one in self.purchases()):
            return
        said = act.said if "p" in act.said else act.said + "p"  # a form asks for the price
        at = moment(b.at - b.at % 60)
        draft = make.purchase(
            at=f"{at:%Y-%m-%d}" if "d" in said else f"{at.isoformat()}",
            coins=str(b.coins) if "c" in said else "",
            channel="",
            paid=plain(b.paid),
            currency=b.currency,
        )
        record.add(self.ledger, draft, now=self.clock)
        when = None if "d" in said else b.at
        self.model.tell(act.n, [Told(b.n, "hand", "", 0, coins="c" in said, price=True, back=0, at=when)])
        self.last = 0

    def _price(self, act: Act) -> None:
        """A person types the price of a purchase that has none."""
        b, purchase = self._purchase_and_buying(act.of)
        if b is not None and purchase is not None and purchase.paid is None:
            self._amend(purchase, self._draft(purchase)._replace(paid=plain(b.paid), currency=b.currency))
            self.model.edited.add(b.n)

    def _note(self, act: Act) -> None:
        _, purchase = self._purchase_and_buying(act.of)
        if purchase is not None:
            self._amend(purchase, self._draft(purchase)._replace(note=f"note {act.n}"))

    def _draft(self, purchase: Purchase) -> Draft:
        [mia] = profiles(self.ledger)
        return draft_of(purchase, mia)

    def _amend(self, purchase: Purchase, draft: Draft) -> None:
        record.amend(self.ledger, purchase.id, draft, now=self.clock)
        self.last = 0

    def _gift(self, act: Act) -> None:
        gift = next((one for one in self.life.gifts if one.n == act.of), None)
        alike = [one for one in self.life.gifts if gift and (one.creator, one.coins) == (gift.creator, gift.coins)]
        if gift is None or any(lives for group in alike for lives in self.model.gift_tellings(group.n)):
            return
        at = moment(gift.at - gift.at % 60)
        when = f"{at:%Y-%m-%d}" if "d" in act.said else at.isoformat()
        record.add(self.ledger, make.gift(coins=str(gift.coins), creator=gift.creator, at=when), now=self.clock)
        self.model.tell_gifts(act.n, [gift], by_hand=True)
        self.last = 0

    # -- what stands

    def entries(self) -> list[Entry]:
        return make.all_entries(self.ledger)

    def purchases(self) -> list[Purchase]:
        return [one for one in self.entries() if isinstance(one, Purchase) and one.counts]

    def state(self) -> State:
        with self.ledger.database.reading() as tx:
            by = tx.connection.exec_driver_sql("SELECT id, voided_batch IS NULL FROM entry WHERE voided_at IS NOT NULL")
            singly = {row[0]: bool(row[1]) for row in by}
        return {
            one.id: replace(one, revision=0, batch=None) if one.voided_at is None else singly[one.id]
            for one in self.entries()
        }

    def _buying(self, n: int) -> Buying:
        return next(b for b in self.life.buyings if b.n == n)

    def _may_be(self, purchase: Purchase) -> set[int]:
        """The buyings that a purchase may be, by its time and what it says."""
        second = _second(purchase)
        found = self.moments.get(second, set()) if purchase.hour_known else {b.n for b in self.life.buyings}
        return {n for n in found if self._fits(self._buying(n), purchase, second)}

    @staticmethod
    def _fits(b: Buying, purchase: Purchase, second: int) -> bool:
        paid = purchase.paid
        return (
            purchase.coins in (None, b.coins)
            and (paid is None or (paid.minor, paid.currency.code) == (b.paid, b.currency))
            and (purchase.hour_known or moment(second).date() == moment(b.at).date())
        )

    def _purchase_of(self, n: int) -> Purchase | None:
        """The living purchase of a buying, the surest where several may be."""
        found = [(len(may_be), one.sequence, one) for one in self.purchases() if n in (may_be := self._may_be(one))]
        return min(found, key=lambda each: each[:2])[2] if found else None

    def _purchase_and_buying(self, n: int) -> tuple[Buying | None, Purchase | None]:
        return next((b for b in self.life.buyings if b.n == n), None), self._purchase_of(n)

    def _check(self) -> None:
        entries = [one for one in self.entries() if one.counts]
        back: Counter[EntryId] = Counter()
        for one in entries:
            if isinstance(one, Refund):
                back[one.refers_to] += one.paid.minor
        found: list[tuple[int, Facts, int]] = []
        for one in entries:
            if isinstance(one, Purchase):
                if one.paid is not None and one.paid.currency.code == "EUR" and one.converted_minor != one.paid.minor:
                    raise Fault("worth", f"{one.paid} is worth {one.converted_minor}")
                may_be = self._may_be(one) or self._nearest(one)
                paid = (one.paid.minor, one.paid.currency.code) if one.paid else (None, "")
                found.append((min(may_be), (one.coins, *paid), back[one.id]))
        self.model.check(found)
        gifts = (one for one in entries if isinstance(one, Gift))
        self.model.check_gifts(Counter((one.creator, one.coins or 0, _second(one) // 86400) for one in gifts))
        faults = verify(self.ledger)
        if faults:
            raise Fault("verify", str(faults))

    def _nearest(self, purchase: Purchase) -> set[int]:
        """Of a purchase that says what no buying does, the buying at its time."""
        return self.moments.get(_second(purchase)) or {
            min((abs(b.at - _second(purchase)), b.n) for b in self.life.buyings)[1]
        }


_ENDINGS = {"apple": "csv", "sheet": "csv"}
_GONE = object()


def _name(pair: transfer.PairTold) -> str:
    return f"{pair.place}:{pair.row}" if pair.place else str(pair.row)


def _second(entry: Entry) -> int:
    return round((entry.at - moment(0)).total_seconds())


def fault_of(life: Life) -> Fault | None:
    """What goes wrong in a life, or None."""
    with TemporaryDirectory() as folder:
        run = Run(life, Path(folder))
        try:
            run.live()
        except Fault as fault:
            return fault
        finally:
            run.ledger.close()
    return None

"""What an import speaks of: lines, their states, what they pair with, who is told, and where they go.

The engine that moves them is `services.importing`; every reading, the preview and the targets share these words.
"""

import hashlib
from binascii import b2a_base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple, Protocol

from coinbudget.domain.drafts import COLUMNS, Draft
from coinbudget.domain.entries import Entry, EntryId, Gift, Purchase, Refund
from coinbudget.domain.errors import Problem
from coinbudget.domain.money import Money, decimal_text
from coinbudget.domain.pairing import PairReason
from coinbudget.domain.profiles import ProfileId
from coinbudget.formats.things import at_price
from coinbudget.storage.import_store import CONTENT, Content, Kept
from coinbudget.storage.origin_store import KnownRow

#: Lines believed, looked up and written together.
BATCH_ROWS = 1000
#: Lists that name no prices: one that stands beside their rows was said by a person.
PRICELESS = frozenset({"tiktok.coins"})
#: Lists in which an order number is one purchase, however its row is written next time.
NUMBERED = frozenset({"google.orders"})
#: Lists of refunds that give back an amount each; what other lists of stores say is all that came back so far.
ONE_BY_ONE = frozenset({"apple.returns"})
#: The list of lines of a ledger's own CSV that have no id: it is no source, and tells of what others told of.
OWN_ROWS = "ledger.rows"
#: Problems that are kept to be told; further ones are only counted.
MOST_PROBLEMS = 1000

_KEY_BYTES = 12
_REASONS = tuple(PairReason)
_CELLS = len(COLUMNS)
_given_of = attrgetter(*CONTENT)


class State(IntEnum):
    """What becomes of a line."""

    UNREAD = 0
    NEW = 1
    KNOWN = 2  # the ledger has it
    VOIDED = 3  # the ledger has it, voided singly: it stays so unless asked for
    PAIR = 4  # another source's row of a purchase that stands
    ASK = 5  # it may be one of several purchases
    PROBLEM = 6
    MERGED = 7  # it stands in another file of the same source too
    IGNORED = 8  # no entry, by what the person said
    PART = 9  # the other half of another line; never shown


#: Lines that come in unless the person says otherwise.
TICKED = frozenset({State.NEW, State.PAIR})
#: Lines that can be ticked at all.
TICKABLE = frozenset({State.NEW, State.PAIR, State.VOIDED, State.ASK})


class Candidate(NamedTuple):
    """A line that may become an entry; a tuple, as there is one for every line.

    Attributes:
        origins: list and identity of the rows of a source it stands for; none in a ledger CSV.
        of: of a refund that a store tells of, list and identity of the row of its purchase; the refund's money is then
            all that came back of that so far.
        also: the same of what a row of a sheet says by the answers given, by which it is known after the sheet changed.
        thing: list of the purchase and which thing of its order it is, whatever its price.
        back: of a refund of all that its row says was paid, that amount as plain decimal text.
    """

    draft: Draft
    origins: tuple[tuple[str, str], ...] = ()
    of: tuple[str, str] | None = None
    also: tuple[tuple[str, str], ...] = ()
    thing: tuple[str, str] | None = None
    back: str = ""


#: What a line turned out to be: an entry perhaps, a problem, or nothing of its own (MERGED, IGNORED).
Heard = Candidate | Problem | State


@dataclass(frozen=True, slots=True)
class Pairing:
    """The purchase that a line is, or may be.

    Attributes:
        sequence: its order of entry.
        choices: where several may be meant, all of them, the likeliest first.
        possible: all that it may be where a person says so, this one too.
        apart: how far apart the two are, in microseconds.
        pieces: how many lines it is: of a gift of several pieces each may be one.
        parts: where the line is several gifts of one piece, the others; `rest` how many of its pieces are none of them,
            and once it is carried out how many of those come in as a gift.
        keeps: what a purchase keeps though the line says otherwise: coins, and price (minor units, currency code).
    """

    sequence: int
    reason: PairReason
    choices: tuple[int, ...] = ()
    apart: int = 0
    possible: tuple[int, ...] = ()
    pieces: int = 1
    parts: tuple[int, ...] = ()
    rest: int = 0
    keeps: tuple[int | None, tuple[int, str] | None] = (None, None)

    @property
    def rank(self) -> tuple[int, int]:
        """Smaller where it is surer; one line that is one entry comes before several, and those before a part."""
        several = 2 if self.rest else 1 if self.pieces > 1 or self.parts else 0
        return 3 * _REASONS.index(self.reason) + several, self.apart


#: A choice of the person where a line may be several purchases: an order of entry, or one of its own.
AS_NEW = 0


class Target(Protocol):
    """Where the lines of a file go: the ledger, or nowhere when the file is only looked at."""

    before: int

    def known(self, ids: Sequence[str]) -> dict[str, Kept]:
        """Entries of these ids, those of the file so far too."""

    def known_rows(self, keys: Sequence[str]) -> dict[str, list[KnownRow]]:
        """Entries of these origins, of the ledger as it was before."""

    def alike(self, profile_id: int, kind: str, instants: Sequence[int]) -> Iterator[Kept]:
        """Entries of the ledger as it was before, at these instants."""

    def purchases(self, named: Sequence[str]) -> "dict[str, Refunded | str]":
        """The purchase that each id or order number names, or the code of a Problem; one value per purchase."""

    def purchases_of_row(self, key: str) -> "list[Refunded]":
        """The purchases that came of rows of this origin, those of the file too."""

    def purchases_of_order(self, order_ref: str) -> "list[Refunded]":
        """All purchases of an order number, those of the file too, whatever became of them."""

    def can_pair(self, profile_id: ProfileId) -> bool:
        """Whether a purchase of this profile stood before, or was voided."""

    def can_pair_gift(self, item: "Item") -> bool:
        """Whether a gift to this creator stood before that the row's list has not told of."""

    def pairing(self, item: "Item", taken: Callable[[int], bool], begun: Callable[[int], bool]) -> Pairing | None:
        """Which purchase or gift of the ledger a new one may be; `begun` where a line has a piece of it."""

    def voided(self, item: "Item", taken: Callable[[int], bool], begun: Callable[[int], bool]) -> Pairing | None:
        """A purchase or gift that a person voided and this line surely is."""

    def denied_parts(self, item: "Item", taken: Callable[[int], bool], *, most: int) -> dict[int, int]:
        """Gifts that a person voided and that are pieces of this line surely, with their pieces, by order of entry."""

    def sources_of(self, sequences: Sequence[int]) -> dict[int, set[str]]:
        """The lists that entries came from, by order of entry."""

    def denied(self, sequences: Sequence[int]) -> set[int]:
        """Of the entries at these places those that a list told of and a person voided."""

    def frozen(self, purchase: Purchase) -> Purchase:
        """A purchase in its profile's currency, as far as its rate is known."""

    def as_living(self, item: "Item", sequence: int) -> Purchase | Gift | None:
        """That purchase as it would live: with what the line adds to it; a gift as it was."""

    def lives(self, items: "Mapping[int, Item]") -> dict[int, Purchase | Gift]:
        """The same of many, by order of entry."""

    def note(self, item: "Item", sequence: int) -> None:
        """Know a line again as a voided entry, though nothing of it comes in."""

    def tells_too(self, item: "Item", sequence: int) -> None:
        """Know a line again as a refund that another list brought, which stays when that list goes."""

    def ids_at(self, sequences: Sequence[int]) -> list[EntryId]:
        """Ids of the entries of the ledger at these places of the order of entry."""

    def fillable(self, item: "Item", sequence: int) -> bool:
        """Whether a purchase lacks something that this line says."""

    def keeps(self, item: "Item", sequence: int) -> tuple[int | None, tuple[int, str] | None]:
        """The coins and the price that a purchase keeps though a line says otherwise; None each where it does not."""

    def fill(self, item: "Item", sequence: int) -> Purchase | Gift | None:
        """Let an entry stand for this line from now on, and a purchase have what it lacks; None where refused."""

    def insert(self, items: Sequence["Item"]) -> "tuple[list[Entry], list[Problem]]":
        """Keep new entries; those kept, and the Problems of those that cannot be converted, by their line's number."""

    def bring_back(self, kept: Sequence[tuple[str, int]]) -> None:
        """Let voided entries live again: ids and orders of entry."""

    def ready_for_refunds(self) -> None:
        """The last purchase has been given."""


class Item(NamedTuple):
    """A believed line: the draft says which columns were given; `keys` are its origins here, `also` others.

    Of an order that may hold several things, `thing` says which of them it is, as in `Candidate`.
    """

    number: int
    draft: Draft
    entry: Entry
    keys: tuple[tuple[str, str], ...] = ()
    kept: Kept | None = None
    also: tuple[tuple[str, str], ...] = ()
    thing: tuple[str, str] | None = None

    @property
    def origins(self) -> tuple[tuple[str, str], ...]:
        """All by which it will be known again."""
        return self.keys + self.also

    @property
    def names(self) -> tuple[str, ...]:
        """Keys by which a refund of this import may speak of it: those of its rows, and of its thing at any price."""
        thing = () if self.thing is None else (origin_key(self.entry.profile_id, self.thing),)
        return (*(key for key, _ in self.keys), *thing)


@dataclass(frozen=True, slots=True)
class Refunded:
    """A purchase with all its refunds; those of the file are added as they are believed."""

    purchase: Purchase
    refunds: list[Refund]


class Listener(Protocol):
    """Is told what becomes of each line."""

    def wants(self, number: int, state: State) -> bool:
        """Whether a line of this state comes in."""

    def choice(self, number: int) -> int | None:
        """Which purchase the person said a line is (AS_NEW: one of its own); None where nothing was said."""

    def refunds(self, number: int, purchase: Purchase) -> None:
        """Which purchase a line that comes in gives money back of."""

    def tell(
        self, number: int, state: State, entry: Entry | None = None, problems: Sequence[Problem] = (), **more: Any
    ) -> None:
        """What became of a line; `more` is its `pair` (a Pairing) or the `kept` entry it is."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """Takes every line that comes in by itself and hears nothing: an import nobody looks at first.

    Attributes:
        choices: which purchase a line is (an order of entry, or AS_NEW), where several may be meant.
    """

    choices: Mapping[int, int] = field(default_factory=dict)

    def wants(self, number: int, state: State) -> bool:
        """New lines and sure pairs."""
        del number
        return state in TICKED

    def choice(self, number: int) -> int | None:
        """What was said beforehand."""
        return self.choices.get(number)

    def refunds(self, number: int, purchase: Purchase) -> None:
        """Nobody listens."""

    def tell(
        self, number: int, state: State, entry: Entry | None = None, problems: Sequence[Problem] = (), **more: Any
    ) -> None:
        """Nobody listens."""


class Cut(NamedTuple):
    """A refund of a store that tells of more than is left of what was paid: what its row says, and what is taken."""

    said: Money
    taken: Money


@dataclass(slots=True)
class Count:
    """What came of the lines.

    Attributes:
        chosen: lines of which it was said what they are, and needed to be.
        problems, pairs: the first thousand, with the numbers of their lines; pairs that must be asked among them.
        cuts: the first thousand refunds that say more than is taken.
    """

    rows: int = 0
    new: int = 0
    duplicates: int = 0
    paired: int = 0
    left_out: int = 0
    problems_all: int = 0
    problems: list[tuple[int, Problem]] = field(default_factory=list)
    pairs: list[tuple[int, Pairing]] = field(default_factory=list)
    chosen: set[int] = field(default_factory=set)
    cuts: list[tuple[int, Cut]] = field(default_factory=list)

    def add_cut(self, number: int, cut: Cut) -> None:
        """Keep the first thousand."""
        if len(self.cuts) < MOST_PROBLEMS:
            self.cuts.append((number, cut))

    def add_problems(self, number: int, found: Sequence[Problem]) -> None:
        """Keep the first thousand, count all."""
        self.problems_all += len(found)
        room = MOST_PROBLEMS - len(self.problems)
        self.problems += [(number, one) for one in found[: max(room, 0)]]

    def took_up(self, number: int) -> bool:
        """Whether it mattered what was said of a line, or its problem tells."""
        return number in self.chosen or any(number == other for other, _ in self.problems)

    def add_pair(self, number: int, pair: Pairing) -> None:
        """Keep the first thousand."""
        if len(self.pairs) < MOST_PROBLEMS:
            self.pairs.append((number, pair))


def origin_key(profile_id: int, origin: tuple[str, str]) -> str:
    """The key under which a row of a source is known again in this ledger.

    What stands behind the colon of a list tells one sheet from another, and is no part of the row: a sheet that grew by
    a column is another one, and its rows are the same.
    """
    digest = _of_list(profile_id, origin[0]).copy()
    digest.update(origin[1].encode("utf-8", "surrogatepass"))
    return b2a_base64(digest.digest(), newline=False).decode("ascii")


@lru_cache(maxsize=64)
def _of_list(profile_id: int, source: str) -> "hashlib.blake2b":
    """What the keys of all rows of a list begin with; to begin each anew takes twice as long."""
    said = f"{profile_id}\x1f{source.partition(':')[0]}\x1f".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(said, digest_size=_KEY_BYTES)


def key_at(profile_id: int, thing: tuple[str, str], paid: Money) -> str:
    """The key of the row of a thing at a price."""
    price = decimal_text(paid.minor, paid.currency.digits)
    return origin_key(profile_id, (thing[0], at_price(thing[1], price)))


def is_sheet(source: str) -> bool:
    """Whether a list is a sheet's; imports of before sheets were told apart noted the bare word."""
    return source.partition(":")[0] == "sheet"


def cells_of(draft: Draft) -> tuple[str, ...]:
    """The texts of a draft in the order of COLUMNS."""
    cells: tuple[Any, ...] = draft[:_CELLS]
    return cells


def keys_of(profile_id: int, origins: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Key and list of each row of a source that a line stands for."""
    if len(origins) == 1:
        # As nearly every line has.
        [origin] = origins
        return ((origin_key(profile_id, origin), origin[0]),)
    return tuple([(origin_key(profile_id, origin), origin[0]) for origin in origins])


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

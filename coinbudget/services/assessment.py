"""What would become of every line of a file, before anything is written: states, ticks, totals before and after.

A line takes some forty bytes here whatever its row holds; its text stays in the staging and is fetched for the lines on
screen alone, so a hundred thousand lines scroll as a hundred do.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Any

from coinbudget.domain.drafts import Draft
from coinbudget.domain.entries import Entry, Kind, Purchase, Refund, kind_of
from coinbudget.domain.errors import Problem
from coinbudget.domain.profiles import Profile, ProfileId
from coinbudget.formats.source import Answers
from coinbudget.services.import_parts import AS_NEW, TICKABLE, TICKED, Candidate, Count, Cut, Pairing, State
from coinbudget.services.sources import Interpreter, Reading
from coinbudget.storage.tables import day_number, instant_number

#: Kinds by the number a line keeps.
KINDS = tuple(Kind)
_NUMBER_OF = {kind: number for number, kind in enumerate(KINDS)}

#: Which states each choice of the preview's filter shows.
FILTERS: Mapping[str, frozenset[State]] = {
    "new": frozenset({State.NEW}),
    "known": frozenset({State.KNOWN, State.VOIDED, State.MERGED}),
    "pair": frozenset({State.PAIR, State.ASK}),
    "problem": frozenset({State.PROBLEM}),
    "ignored": frozenset({State.IGNORED}),
}
#: Lines that are never shown.
HIDDEN = frozenset({State.PART})


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewLine:
    """A line that is looked at.

    Attributes:
        number: its place in the file, 1..n; `row` the number a person would count to in its list.
        state: what would become of it; `ticked` whether it comes in.
        draft: as understood; None where it could not be.
        seen: without a draft, what the row says as far as it goes, for showing alone.
        file, list: where `row` is counted, as far as there are several.
        ignored_as: of an IGNORED line, why.
        pair: of a PAIR or ASK line, the purchase it is or may be.
        cut: of a refund that tells of more than is left of what was paid, what the row says and what is taken.
        rows: how many rows of the source it stands for; a buying listed with its coins and its price stands for two.
        profile_id: whose entry it would be; None where that is not known.
        coins, minor: what it would add, in the profile's currency; of a refund what comes back.
    """

    number: int
    section: str
    row: int
    state: State
    ticked: bool
    draft: Draft | None
    problems: tuple[Problem, ...] = ()
    pair: Pairing | None = None
    cut: Cut | None = None
    rows: int = 1
    profile_id: ProfileId | None = None
    coins: int = 0
    minor: int = 0
    seen: Draft | None = None
    file: str = ""
    list: str = ""
    ignored_as: str = ""

    @property
    def shown(self) -> Draft | None:
        """What is shown of the row."""
        return self.draft or self.seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What a profile's entries add up to; `spent_minor` gross, in the profile's currency."""

    entries: int = 0
    coins_bought: int = 0
    coins_gifted: int = 0
    spent_minor: int = 0
    refunded_minor: int = 0

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(
            entries=self.entries + other.entries,
            coins_bought=self.coins_bought + other.coins_bought,
            coins_gifted=self.coins_gifted + other.coins_gifted,
            spent_minor=self.spent_minor + other.spent_minor,
            refunded_minor=self.refunded_minor + other.refunded_minor,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What a ticked line adds: instant in microseconds, home day, coins and money in the profile's minor units.

    A refund has the instant and the day of its purchase, and says what comes back.
    """

    profile_id: ProfileId
    kind: Kind
    at: int
    home_on: int
    coins: int
    minor: int


@dataclass(slots=True)
class Assessment:
    """What would become of the lines of one reading; a `Listener` of the engine.

    Attributes:
        answers: what its lines were understood by.
        owner: whose the lines are that name no profile; None for the only one's.
        before: totals of every profile as the ledger stands.
        count: what the engine counted.
        ready: whether every line was judged.
    """

    reading: Reading
    answers: Answers
    owner: Profile | None = None
    before: Mapping[ProfileId, Totals] = field(default_factory=dict)
    ready: bool = False
    count: Count = field(default_factory=Count)
    states: bytearray = field(default_factory=bytearray)
    ticks: bytearray = field(default_factory=bytearray)
    pairs: dict[int, Pairing] = field(default_factory=dict)
    choices: dict[int, int] = field(default_factory=dict)
    _kinds: bytearray = field(default_factory=bytearray)
    _profiles: "array[int]" = field(default_factory=lambda: array("i"))
    _at: "array[int]" = field(default_factory=lambda: array("q"))
    _days: "array[int]" = field(default_factory=lambda: array("i"))
    _coins: "array[int]" = field(default_factory=lambda: array("q"))
    _minor: "array[int]" = field(default_factory=lambda: array("q"))
    _moneyless: bytearray = field(default_factory=bytearray)
    _without_money: int = 0
    _tally: Counter[State] = field(default_factory=Counter)
    _ticked: Counter[State] = field(default_factory=Counter)
    _after: dict[ProfileId, list[int]] = field(default_factory=dict)
    # Lines that pair and of which some pieces come in as a gift beside it.
    _parted: set[int] = field(default_factory=set)
    # Of refunds, instant and home day of their purchases.
    _bought: dict[int, tuple[int, int]] = field(default_factory=dict)
    _interpret: Interpreter | None = None

    def __post_init__(self) -> None:
        size = self.reading.staging.count + 1
        self._interpret = self.reading.interpreter(self.answers)
        self._tally[State.UNREAD] = size - 1
        self.states, self.ticks, self._kinds = bytearray(size), bytearray(size), bytearray(size)
        self._moneyless = bytearray(size)
        for numbers, code in ((self._profiles, "i"), (self._days, "i"), (self._at, "q"), (self._coins, "q")):
            numbers.frombytes(bytes(size * array(code).itemsize))
        self._minor.frombytes(bytes(size * self._minor.itemsize))

    # As the engine's listener

    def wants(self, number: int, state: State) -> bool:
        """Everything that can come in is rehearsed, so that lines which depend on it are judged with it."""
        del number
        return state in TICKED

    def choice(self, number: int) -> int | None:
        """What the person said a line is."""
        return self.choices.get(number)

    def refunds(self, number: int, purchase: Purchase) -> None:
        """Note when what a refund gives back was bought."""
        self._bought[number] = instant_number(purchase.at), day_number(purchase.home_on)

    def tell(
        self, number: int, state: State, entry: Entry | None = None, problems: Sequence[Problem] = (), **more: Any
    ) -> None:
        """Note what became of a line."""
        if self.ticks[number]:
            self._tick(number, on=False)
        self._tally[State(self.states[number])] -= 1
        self._tally[state] += 1
        self.states[number] = state
        if problems:
            self.reading.staging.tell([(number, problems)])
        if isinstance(more.get("pair"), Pairing):
            self.pairs[number] = more["pair"]
            if more["pair"].rest:
                self._parted.add(number)
        if entry is not None and entry.counts:
            self._keep(number, entry)
        if state in TICKED:
            self._tick(number, on=True)

    def _keep(self, number: int, entry: Entry) -> None:
        self._kinds[number] = _NUMBER_OF[kind_of(entry)] + 1
        self._profiles[number] = entry.profile_id
        self._at[number] = instant_number(entry.at)
        self._days[number] = day_number(entry.home_on)
        self._coins[number] = entry.coins or 0
        minor = entry.converted_minor if isinstance(entry, Purchase | Refund) else None
        self._minor[number] = minor or 0
        self._moneyless[number] = isinstance(entry, Purchase) and minor is None and self.states[number] != State.PAIR

    # What is asked of it

    def tally(self, name: str) -> int:
        """How many lines a filter shows; "" all."""
        if name:
            return sum(self._tally[state] for state in FILTERS[name])
        return sum(count for state, count in self._tally.items() if state not in HIDDEN)

    def count_of(self, *states: State) -> int:
        """How many lines are in one of these states."""
        return sum(self._tally[state] for state in states)

    def numbers(self, name: str) -> "array[int]":
        """The lines a filter shows, in order; "" all."""
        shown = FILTERS[name] if name else frozenset(State) - HIDDEN
        marks = self.states.translate(bytes(value in shown for value in range(256)))
        marks[:1] = b"\0"  # lines are numbered from 1
        return array("l", compress(range(len(marks)), marks))

    def can_tick(self, number: int) -> bool:
        """Whether a line may come in; one that may be several purchases only once that is said."""
        state = State(self.states[number])
        return state in TICKABLE and (state is not State.ASK or number in self.choices)

    def set_tick(self, number: int, *, on: bool) -> list[int]:
        """Let a line come in or stay out; what belongs to it goes along.

        Returns:
            Every line whose tick changed.
        """
        changed = []
        for each in self.reading.together(number):
            if self.can_tick(each) and bool(self.ticks[each]) is not on:
                self._tick(each, on=on)
                changed.append(each)
        return changed

    def set_ticks(self, numbers: Iterable[int], *, on: bool) -> None:
        """The same for many lines."""
        for number in numbers:
            self.set_tick(number, on=on)

    def _tick(self, number: int, *, on: bool) -> None:
        self.ticks[number] = on
        self._ticked[State(self.states[number])] += 1 if on else -1
        kind = self._kinds[number]
        if not kind:
            return
        figures = self._after.setdefault(ProfileId(self._profiles[number]), [0] * 5)
        sign = 1 if on else -1
        self._without_money += sign * self._moneyless[number]
        paired = self.states[number] in {State.PAIR, State.ASK} and self.choices.get(number) != AS_NEW
        coins, minor = sign * self._coins[number], sign * self._minor[number]
        what = KINDS[kind - 1]
        # The rest of a row of several pieces, of which some stand, is a gift of its own.
        figures[0] += 0 if paired and number not in self._parted else sign
        if what is Kind.PURCHASE:
            figures[1] += coins
            figures[3] += minor
        elif what is Kind.GIFT:
            figures[2] += coins
        elif what is Kind.REFUND:
            figures[4] += minor

    @property
    def ticked(self) -> int:
        """How many lines come in."""
        return self._ticked.total()

    def ticked_in(self, *states: State) -> int:
        """How many lines of some states come in; of any state when none is named."""
        return sum(self._ticked[state] for state in states) if states else self.ticked

    @property
    def ticked_in_part(self) -> int:
        """How many of the lines that pair bring in a gift as well, of the pieces that nothing told of yet."""
        return sum(self.ticks[number] for number in self._parted)

    def all_ticked(self, name: str) -> bool | None:
        """Whether all lines of a filter that can be ticked are; None where some are."""
        shown = FILTERS[name] if name else frozenset(State)
        on = sum(self._ticked[state] for state in shown)
        return False if not on else True if on >= self.tickable(name) else None

    def tickable(self, name: str) -> int:
        """How many lines of a filter can be ticked."""
        shown = FILTERS[name] if name else frozenset(State)
        asked = sum(self.states[number] == State.ASK for number in self.choices) if State.ASK in shown else 0
        return asked + sum(self._tally[state] for state in shown & (TICKABLE - {State.ASK}))

    @property
    def without_money(self) -> int:
        """How many ticked purchases are in no total of money, as their price or its rate is not known."""
        return self._without_money

    def after(self, profile_id: ProfileId) -> Totals:
        """What a profile's entries add up to with the ticked lines."""
        entries, bought, gifted, spent, refunded = self._after.get(profile_id, [0] * 5)
        return self.before.get(profile_id, Totals()) + Totals(
            entries=entries, coins_bought=bought, coins_gifted=gifted, spent_minor=spent, refunded_minor=refunded
        )

    @property
    def profiles(self) -> tuple[ProfileId, ...]:
        """Whose entries would come in."""
        return tuple(sorted(profile_id for profile_id, figures in self._after.items() if any(figures)))

    def added(self) -> Iterable[Added]:
        """What every ticked line adds, in the order of the file."""
        for number in compress(range(len(self.ticks)), self.ticks):
            if self._kinds[number]:
                at, home_on = self._bought.get(number) or (self._at[number], self._days[number])
                yield Added(
                    profile_id=ProfileId(self._profiles[number]),
                    kind=KINDS[self._kinds[number] - 1],
                    at=at,
                    home_on=home_on,
                    coins=self._coins[number],
                    minor=self._minor[number],
                )

    def lines(self, numbers: Sequence[int]) -> list[PreviewLine]:
        """Lines to be shown."""
        found = []
        cuts = dict(self.count.cuts)
        interpret = self._interpret or self.reading.interpreter(self.answers)
        for number, line in self.reading.staging.some(list(numbers)):
            heard = interpret(number, line)
            state = State(self.states[number])
            draft = heard.draft if isinstance(heard, Candidate) else None
            file, section = self.reading.where(number, line[0])
            found.append(
                PreviewLine(
                    number=number,
                    section=line[0],
                    row=line[1],
                    state=state,
                    ticked=bool(self.ticks[number]),
                    draft=draft,
                    seen=self.reading.glimpse(line, self.answers) if draft is None else None,
                    file=file,
                    list=section,
                    ignored_as=self.reading.ignored_as if state is State.IGNORED else "",
                    problems=self.reading.staging.problems_of(number) if state is State.PROBLEM else (),
                    pair=self.pairs.get(number),
                    cut=cuts.get(number),
                    rows=len(heard.origins) or 1 if isinstance(heard, Candidate) else 1,
                    profile_id=ProfileId(self._profiles[number]) if self._profiles[number] else None,
                    coins=self._coins[number],
                    minor=self._minor[number],
                )
            )
        return found


@dataclass(frozen=True, slots=True)
class Ticked:
    """The listener of the import itself: what was ticked is what comes in."""

    assessment: Assessment

    def wants(self, number: int, state: State) -> bool:
        """Whether the line was ticked."""
        del state
        return bool(self.assessment.ticks[number])

    def choice(self, number: int) -> int | None:
        """What the person said a line is."""
        return self.assessment.choices.get(number)

    def refunds(self, number: int, purchase: Purchase) -> None:
        """Nothing is shown while it comes in."""

    def tell(
        self, number: int, state: State, entry: Entry | None = None, problems: Sequence[Problem] = (), **more: Any
    ) -> None:
        """Nothing is shown while it comes in."""

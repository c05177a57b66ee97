"""TikTok's own export as a source: coins and prices of one buying joined, gifts tied to the LIVE they fell into.

The export lists a buying twice, once with its coins and once with its price; the two are paired by nearness in time and
come in as one purchase. A LIVE that was being watched when a gift was sent is kept in the gift's note; of a LIVE into
which no gift falls nothing is kept, and nothing else of the export is ever read.
"""

from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from coinbudget.domain.catalog import folded
from coinbudget.domain.drafts import Draft
from coinbudget.domain.errors import Problem
from coinbudget.domain.periods import instant_in, zone_known
from coinbudget.formats import tiktok_pairs, tiktok_rows
from coinbudget.formats.moments import Moment, is_bare, moment
from coinbudget.formats.price_text import DecimalSigns
from coinbudget.formats.source import Answers, GiftAmount, Incoming, Record, TypeMeaning, Understood
from coinbudget.formats.tiktok_rows import COINS, GIFTS, LIVES, PRICES
from coinbudget.services.import_parts import Candidate, Heard, State
from coinbudget.services.sources import Interpreter, Question, Reading, common
from coinbudget.storage.staging import Line, Staging

_LISTS = {section: f"tiktok.{section}" for section in (COINS, PRICES, GIFTS)}

#: A LIVE lasts no longer; a gift later than this after one was opened belongs to none we know of.
LONGEST_LIVE = timedelta(hours=12)
#: Words in a kind of row that speak for coins bought; the person decides.
_BUYING_WORDS = ("recharge", "purchase", "buy", "bought", "top up", "top-up", "topup")
_EXAMPLES = 3
_AMOUNTS_KEPT = 256
_BEGIN = datetime(1970, 1, 1)  # noqa: DTZ001 - times of a wall clock are counted from it


@dataclass(slots=True)
class _Times:
    """Lines and when they are: seconds, of times without a zone as if they were UTC."""

    rows: "array[int]" = field(default_factory=lambda: array("q"))
    _seconds: "array[int]" = field(default_factory=lambda: array("q"))
    _zoned: bytearray = field(default_factory=bytearray)

    def add(self, row: int, when: Moment) -> None:
        """One more."""
        self.rows.append(row)
        self._seconds.append(when.second)
        self._zoned.append(when.zoned)

    def instants(self, zone: str) -> Iterator[tuple[int, int]]:
        """Line and second of each, times without a zone in `zone` (an IANA name; "" UTC)."""
        for row, second, zoned in zip(self.rows, self._seconds, self._zoned, strict=True):
            yield row, _instant(second, zone, zoned=bool(zoned))


@dataclass(slots=True)
class _GiftAmounts:
    """The first gift of each amount: whether amounts are coins or pieces shows by the largest of them.

    Attributes:
        first: by the amount's text, the gift in words; so many of them that a file may not fill the memory.
    """

    first: dict[str, str] = field(default_factory=dict)
    _largest: tuple[int, str] = (0, "")

    def add(self, amount: str, when: str, who: str) -> None:
        """One more, of an amount that is not among the first."""
        number, room = tiktok_rows.coins_of(amount) or 0, len(self.first) < _AMOUNTS_KEPT
        if not room and number <= self._largest[0]:
            return
        words = f"{when[:16]} · {amount} · {who}"
        if room:
            self.first[amount] = words
        if number > self._largest[0]:
            self._largest = number, words

    def examples(self) -> tuple[str, ...]:
        """The largest, and the first of others."""
        numbers = [words for amount, words in self.first.items() if tiktok_rows.coins_of(amount)]
        wanted = [self._largest[1], *numbers, *self.first.values()]
        return tuple(dict.fromkeys(filter(None, wanted)))[:_EXAMPLES]


@dataclass(slots=True)
class TikTokReading(Reading):
    """Rows of one or several exports of one person.

    Attributes:
        types: kinds of row in the list of coins as they stand, and how many rows each has.
        type_examples: of each kind a few rows: time and coins.
        decimals: signs that part decimals in the prices; they settle those that could be read in two ways.
    """

    in_lists: ClassVar[bool] = True
    ignored_as: ClassVar[str] = "kind"

    types: Counter[str] = field(default_factory=Counter)
    type_examples: dict[str, list[str]] = field(default_factory=dict)
    naive: list[str] = field(default_factory=list)
    naive_count: int = 0
    bare_prices: list[str] = field(default_factory=list)
    bare_price_count: int = 0
    decimals: DecimalSigns = field(default_factory=DecimalSigns)
    best_effort: bool = False
    _gifts: _GiftAmounts = field(default_factory=_GiftAmounts)
    _coins: _Times = field(default_factory=_Times)
    _coin_kinds: "array[int]" = field(default_factory=lambda: array("i"))
    _kinds: dict[str, int] = field(default_factory=dict)
    _prices: _Times = field(default_factory=_Times)
    _live_lines: Staging = field(default_factory=Staging)
    _lives: _Times = field(default_factory=_Times)
    _partners: dict[int, int] = field(default_factory=dict)
    _partners_by: tuple[str, frozenset[str]] | None = None

    def close(self) -> None:
        """Forget the lines and the LIVEs."""
        self._live_lines.close()
        Reading.close(self)

    def without_lives(self, records: Iterable[Record | Problem]) -> Iterator[Record | Problem]:
        """The records that may be entries; LIVEs are kept apart, for the gifts that fall into them."""
        for record in records:
            if not isinstance(record, Record) or record.section != LIVES:
                yield record
                continue
            found = moment(record.cells[1])
            if found is not None:
                self._live_lines.add([(LIVES, record.row, record.cells)])
                self._lives.add(self._live_lines.count, found)

    def note(self, number: int, record: Record) -> None:
        """Note what a record leaves open; called for every one that counts."""
        when = record.cells[0]
        if record.section == GIFTS:
            # Of a gift no more is needed than whether its time names a zone; there are very many.
            bare = is_bare(when)
            if bare is not None and record.cells[1] not in self._gifts.first:
                self._gifts.add(record.cells[1], when, record.cells[2])
            if bare:
                self._note_bare(when)
            return
        found = moment(when)
        if found is None:
            return
        if not found.zoned:
            self._note_bare(when)
        if record.section == COINS:
            kind = record.cells[1].strip()
            self.types[kind] += 1
            self._note_kind(kind, record)
            self._coins.add(number, found)
            self._coin_kinds.append(self._kinds.setdefault(folded(kind), len(self._kinds)))
        elif record.section == PRICES:
            self._prices.add(number, found)
            self.decimals.note(record.cells[1])
            if tiktok_rows.price_currency_needed(record):
                self.bare_price_count += 1
                if len(self.bare_prices) < _EXAMPLES and record.cells[1] not in self.bare_prices:
                    self.bare_prices.append(record.cells[1])

    def _note_kind(self, kind: str, record: Record) -> None:
        """Keep a few rows of a kind, each with another number of coins: what the kind means shows by them."""
        shown = self.type_examples.setdefault(kind, [])
        coins = f" · {record.cells[2]}"
        if len(shown) < _EXAMPLES and not any(example.endswith(coins) for example in shown):
            shown.append(f"{record.cells[0][:16]}{coins}")

    def _note_bare(self, when: str) -> None:
        self.naive_count += 1
        if len(self.naive) < _EXAMPLES and when not in self.naive:
            self.naive.append(when)

    def partners(self, answers: Answers) -> dict[int, int]:
        """Line of the coins -> line of the price of the same buying.

        Rows of a kind that is no purchase take no price; times without a zone count in the zone that was said.
        """
        ignored = frozenset(name for name, meaning in answers.types.items() if meaning is TypeMeaning.IGNORE)
        by = (answers.zone, ignored)
        if self._partners_by != by:
            left_out = {self._kinds[name] for name in ignored if name in self._kinds}
            coins = [
                one
                for one, kind in zip(self._coins.instants(answers.zone), self._coin_kinds, strict=True)
                if kind not in left_out
            ]
            self._partners = tiktok_pairs.pairs(coins, list(self._prices.instants(answers.zone)))
            self._partners_by = by
        return self._partners

    def takes(self) -> frozenset[str]:
        """Overrides Reading."""
        bought = self.sections[COINS] or self.sections[PRICES]
        found = {"zone": self.naive_count, "currency": self.bare_price_count, "channel": bought}
        return frozenset(name for name, taken in found.items() if taken)

    def seen(self, record: Record, answers: Answers) -> Draft | None:
        """Overrides Reading."""
        return tiktok_rows.glimpse(record, answers)

    def questions(self, answers: Answers) -> tuple[Question, ...]:
        """Zone, what gifts count, currency, kinds of row; prices of coins that have none may be given."""
        found = []
        if self.naive_count and not answers.zone:
            found.append(Question(code="zone", examples=tuple(self.naive), choices=("UTC",), count=self.naive_count))
        if self.sections[GIFTS] and answers.gift_amount is None:
            found.append(
                Question(
                    code="gift_amount",
                    examples=self._gifts.examples(),
                    choices=tuple(GiftAmount),
                    count=self.sections[GIFTS],
                )
            )
        if self.bare_price_count and not answers.currency:
            examples = tuple(self.bare_prices)
            found.append(Question(code="currency", examples=examples, count=self.bare_price_count))
        for name, count in sorted(self.types.items()):
            if folded(name) not in answers.types:
                bought = any(word in folded(name) for word in _BUYING_WORDS)
                choices = tuple(TypeMeaning) if bought else tuple(reversed(TypeMeaning))
                examples = tuple(self.type_examples.get(name, ()))
                found.append(Question(code="type", subject=name, examples=examples, choices=choices, count=count))
        return (*found, *self._unpriced(answers))

    def _unpriced(self, answers: Answers) -> list[Question]:
        """Numbers of coins that were bought for a price that neither the export nor the person says."""
        sizes = {coins: count for coins, count in self.unpriced(answers).items() if coins not in answers.paid}
        return [
            Question(code="unpriced", subject=str(coins), needed=False, count=count)
            for coins, count in sorted(sizes.items(), key=lambda one: (-one[1], one[0]))
        ]

    def unpriced(self, answers: Answers) -> Counter[int]:
        """Numbers of coins that were bought for a price the export does not say, and how many rows each has."""
        sizes: Counter[int] = Counter()
        if TypeMeaning.BOUGHT not in answers.types.values():
            return sizes  # which kinds of row are purchases was not said yet
        partners = self.partners(answers)
        for number, (_, _, cells) in self.staging.some([row for row in self._coins.rows if row not in partners]):
            del number
            meaning = answers.types.get(folded(cells[1].strip()))
            coins = tiktok_rows.coins_of(cells[2])
            if meaning is TypeMeaning.BOUGHT and coins:
                sizes[coins] += 1
        return sizes

    def interpreter(self, answers: Answers) -> Interpreter:
        """Rows as the answers have them; the price of a pair comes with its coins."""
        partners = self.partners(answers)
        joined = set(partners.values())
        ignored = _ignored(answers)
        lives = self._watched(answers.zone) if self._lives.rows else None

        def interpret(number: int, line: Line) -> Heard:
            if line[0] == GIFTS:
                # Of these there are very many.
                record = Record(*line)
                heard = _heard(tiktok_rows.gift(record, answers), record)
                return _with_live(heard, record, lives, answers.zone) if lives else heard
            other = common(line)
            if not isinstance(other, Record):
                return other
            record = other
            if record.section == PRICES:
                alone = number not in joined
                decimal = self.decimals.of(record.cells[1])
                return _heard(tiktok_rows.understand(record, answers, decimal), record) if alone else State.PART
            if ignored(record):
                return State.IGNORED
            price = self._partner(partners.get(number))
            decimal = self.decimals.of(price.cells[1]) if price else ""
            understood = tiktok_rows.purchase_of(record, price, answers, decimal)
            return _heard(_as_said(understood, answers), record, price)

        return interpret

    def _partner(self, number: int | None) -> Record | None:
        if number is None:
            return None
        [(_, (section, row, cells))] = self.staging.some([number])
        return Record(section, row, cells)

    def _watched(self, zone: str) -> Callable[[Moment], tuple[str, str] | None]:
        """The LIVE that was being watched at a moment: room and when it was opened."""
        opened = sorted((second, row) for row, second in self._lives.instants(zone))
        seconds = [second for second, _ in opened]

        def watched(when: Moment) -> tuple[str, str] | None:
            second = _instant(when.second, zone, zoned=when.zoned)
            place = bisect_right(seconds, second) - 1
            if place < 0 or second - seconds[place] > LONGEST_LIVE.total_seconds():
                return None
            [(_, (_, _, cells))] = self._live_lines.some([opened[place][1]])
            return cells[0], cells[1]

        return watched


def _instant(second: int, zone: str, *, zoned: bool) -> int:
    """The second of a time in a zone; one that the clock jumped over stays as it is, to be told as a problem."""
    if zoned or zone in {"", "UTC"} or not zone_known(zone):
        return second
    at = instant_in(ZoneInfo(zone), _BEGIN + timedelta(seconds=second))
    return second if at is None else int(at.timestamp())


def _ignored(answers: Answers) -> Callable[[Record], bool]:
    return lambda record: answers.types.get(folded(record.cells[1].strip())) is TypeMeaning.IGNORE


def _heard(understood: Understood, record: Record, price: Record | None = None) -> Heard:
    """What the engine hears of a row, or of one and the price that is joined to it."""
    if understood is None:
        return State.IGNORED
    if isinstance(understood, Problem):
        return understood
    own = (_LISTS[record.section], understood.origin)
    # A joined price has an origin of its own.
    origins = (own,) if price is None else (own, (_LISTS[PRICES], tiktok_rows.origin(price)))
    return Candidate(understood.draft, origins)


def _as_said(understood: Understood, answers: Answers) -> Understood:
    """A purchase without a price takes what the person said so many coins cost."""
    if not isinstance(understood, Incoming) or understood.draft.paid or not answers.paid or not answers.currency:
        return understood
    coins = tiktok_rows.coins_of(understood.draft.coins)
    said = answers.paid.get(coins or 0, "")
    if not said:
        return understood
    return understood._replace(draft=understood.draft._replace(paid=said, currency=answers.currency))


def _with_live(heard: Heard, record: Record, lives: Callable[[Moment], tuple[str, str] | None], zone: str) -> Heard:
    """A gift with the LIVE it fell into, in its note; a time of UTC says so, as the gift's own is shown at home."""
    if not isinstance(heard, Candidate):
        return heard
    when = moment(record.cells[0])
    live = lives(when) if when else None
    if live is None:
        return heard
    room, opened = live[0], live[1].strip()
    opened += " UTC" if zone == "UTC" and is_bare(opened) else ""
    # The text form may not say the room.
    notes = [f"LIVE {room}, opened {opened}" if room else f"LIVE opened {opened}", heard.draft.note]
    return heard._replace(draft=heard.draft._replace(note=". ".join(note for note in notes if note)))

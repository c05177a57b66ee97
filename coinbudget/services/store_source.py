"""What stores wrote down of coins, as a source: Google's and Apple's histories."""

from array import array
from dataclasses import dataclass, field
from itertools import pairwise
from typing import ClassVar

from coinbudget.domain.drafts import Draft
from coinbudget.domain.errors import Problem, problem
from coinbudget.formats import apple_history, google_takeout
from coinbudget.formats.moments import is_bare, moment
from coinbudget.formats.price_text import DecimalSigns, needs_currency
from coinbudget.formats.source import Answers, Record, Understood
from coinbudget.services.import_parts import Candidate, Heard, State
from coinbudget.services.sources import Interpreter, Question, Reading, common
from coinbudget.storage.staging import Line

_EXAMPLES = 3
#: How slashed dates can be meant; none of them has the year first.
_ORDERS = ("dmy", "mdy")


@dataclass(slots=True)
class StoreReading(Reading):
    """Orders of a store; a refund stands right behind its purchase.

    Attributes:
        decimals: signs that part decimals in the prices; they settle those that could be read in two ways.
        naive: whether the time of any row names no offset.
    """

    ignored_as: ClassVar[str] = "free"

    bare_prices: list[str] = field(default_factory=list)
    bare_price_count: int = 0
    decimals: DecimalSigns = field(default_factory=DecimalSigns)
    naive: bool = False
    _refunded: set[int] = field(default_factory=set)

    def _note_price(self, text: str, country: str, named: str) -> None:
        self.decimals.note(text, named, country)
        if not named and needs_currency(text, country):
            self.bare_price_count += 1
            if len(self.bare_prices) < _EXAMPLES and text not in self.bare_prices:
                self.bare_prices.append(text)

    def _note_time(self, text: str) -> None:
        if not self.naive and not text.endswith("Z"):
            self.naive = is_bare(text) is True

    def takes(self) -> frozenset[str]:
        """Where coins were bought is the store itself."""
        found = {"zone": self.naive, "currency": self.bare_price_count}
        return frozenset(name for name, taken in found.items() if taken)

    def _currency(self, answers: Answers) -> tuple[Question, ...]:
        if not self.bare_price_count or answers.currency:
            return ()
        return (Question(code="currency", examples=tuple(self.bare_prices), count=self.bare_price_count),)

    def together(self, number: int) -> tuple[int, ...]:
        """A purchase and its refund."""
        if number + 1 in self._refunded:
            return (number, number + 1)
        return (number - 1, number) if number in self._refunded else (number,)


@dataclass(slots=True)
class GoogleReading(StoreReading):
    """Rows of Google's order and purchase histories; a purchase that is in both counts once, by its order.

    An order number is one order, however often it stands in the file.
    """

    in_lists: ClassVar[bool] = True
    faulty_in: ClassVar[str] = google_takeout.ORDERS

    _bought: list[tuple[int, int]] = field(default_factory=list)
    _told: dict[int, int] | None = None
    # Of each order with a number: a hash of that, and its line.
    _hashes: "array[int]" = field(default_factory=lambda: array("q"))
    _numbered: "array[int]" = field(default_factory=lambda: array("q"))
    _more: dict[int, Problem | State] | None = None

    def note(self, number: int, record: Record) -> None:
        """Note what a record leaves open; called for every one that counts."""
        text, country = google_takeout.price_of(record)
        self._note_price(text, country, "")
        if record.section == google_takeout.REFUNDS:
            self._refunded.add(number)
        elif record.section == google_takeout.ORDERS:
            if record.cells[0]:
                self._hashes.append(hash(record.cells[0]))
                self._numbered.append(number)
            self._note_time(record.cells[1])
        else:
            self._note_time(record.cells[0])
            when = moment(record.cells[0])
            if when is not None:
                self._bought.append((when.second, number))

    def seen(self, record: Record, answers: Answers) -> Draft | None:
        """Overrides Reading."""
        del answers
        return google_takeout.glimpse(record)

    def questions(self, answers: Answers) -> tuple[Question, ...]:
        """The currency of prices that name none for sure."""
        return self._currency(answers)

    def interpreter(self, answers: Answers) -> Interpreter:
        """Rows as the answers have them."""
        more = self._told_more_than_once()
        again = self._orders_again()
        twice = {order: number for number, order in again.items()}

        def interpret(number: int, line: Line) -> Heard:
            record = common(line)
            if not isinstance(record, Record):
                return record
            if number in more:
                return more[number]
            if record.section == google_takeout.PURCHASES and number in again:
                return State.PART
            text, country = google_takeout.price_of(record)
            understood = google_takeout.understand(record, answers, self.decimals.of(text, "", country))
            heard = _heard(understood, f"google.{record.section}", f"google.{google_takeout.ORDERS}")
            if isinstance(heard, Candidate) and number in twice:
                # The purchase history alone is known again by its own row.
                [(_, again_line)] = self.staging.some([twice[number]])
                row = Record(*again_line)
                return heard._replace(also=((f"google.{row.section}", google_takeout.origin(row)),))
            return heard

        return interpret

    def _told_more_than_once(self) -> dict[int, Problem | State]:
        """What becomes of lines whose order stands elsewhere in the file too, but for the one line that is kept."""
        if self._more is None:
            more: dict[int, Problem | State] = {}
            kept: dict[str, tuple[int, Record]] = {}
            returned = set[str]()
            for number in self._repeated():
                order = self._record(number)
                held, standing = kept.setdefault(order.cells[0], (number, order))
                said = None
                if held != number:
                    said = _once_more(order, standing)
                    # Kept is the line that names the coins.
                    more[number if said else held] = said or State.MERGED
                    kept[order.cells[0]] = (held, standing) if said else (number, order)
                if number + 1 in self._refunded:
                    same = google_takeout.identity(self._record(number + 1))
                    if isinstance(said, Problem) or same in returned:
                        more[number + 1] = said or State.MERGED
                    returned.add(same)
            self._more = more
        return self._more

    def _record(self, number: int) -> Record:
        [(_, line)] = self.staging.some([number])
        return Record(*line)

    def _repeated(self) -> "array[int]":
        """Lines whose order number stands in several, as far as its hash tells."""
        in_order = sorted(self._hashes)
        several = {each for each, after in pairwise(in_order) if each == after}
        lines = zip(self._hashes, self._numbered, strict=True)
        return array("q", [number for each, number in lines if each in several] if several else [])

    def _orders_again(self) -> dict[int, int]:
        """Lines of the purchase history that the order history tells of too, and of which order.

        An order is one purchase, never two.
        """
        if self._told is None:
            self._told, taken = {}, set(self._told_more_than_once())
            orders = self._orders_by_time() if self._bought else {}
            for second, number in self._bought:
                places = (second // 600 + step for step in (-1, 0, 1))
                near = [order for place in places for order in orders.get(place, ()) if order[1] not in taken]
                order = self._same(number, sorted(near, key=lambda one: abs(one[0] - second)))
                if order is not None:
                    taken.add(order)
                    self._told[number] = order
        return self._told

    def _orders_by_time(self) -> dict[int, list[tuple[int, int]]]:
        """Second and line of every order, by their stretch of ten minutes."""
        found: dict[int, list[tuple[int, int]]] = {}
        for number, (section, _, cells) in self.staging.lines():
            when = moment(cells[1]) if section == google_takeout.ORDERS else None
            if when is not None:
                found.setdefault(when.second // 600, []).append((when.second, number))
        return found

    def _same(self, number: int, orders: list[tuple[int, int]]) -> int | None:
        """The first of these orders that a line of the purchase history is."""
        if not orders:
            return None
        [(_, (section, row, cells)), *lines] = self.staging.some([number, *(order for _, order in orders)])
        purchase = Record(section, row, cells)
        for order, line in lines:
            if google_takeout.same_order(Record(*line), purchase):
                return order
        return None


def _once_more(order: Record, standing: Record) -> Problem | State | None:
    """An order against another line of its number; None where it is the one that says more."""
    if not google_takeout.same_amounts(order, standing):
        return problem("order_ref", "order_twice", order.row, order=order.cells[0][:60])
    return State.MERGED if standing.cells[6] or not order.cells[6] else None


@dataclass(slots=True)
class AppleReading(StoreReading):
    """Rows of Apple's store transactions.

    Attributes:
        dates: texts of dates whose order must be told by all of them.
    """

    slashed: list[str] = field(default_factory=list)
    _days_first: bool | None = None
    _slashed_count: int = 0

    def note(self, number: int, record: Record) -> None:
        """Note what a record leaves open; called for every one that counts."""
        self._note_price(record.cells[7], "", record.cells[8].upper())
        if record.section == apple_history.REFUNDS:
            self._refunded.add(number)
        date = record.cells[3]
        self.naive = self.naive or apple_history.needs_zone(date)
        if apple_history.needs_order(date):
            self._slashed_count += 1
            if len(self.slashed) < _EXAMPLES and date not in self.slashed:
                self.slashed.append(date)
            told = apple_history.day_first([date])
            self._days_first = self._days_first if told is None else told

    def takes(self) -> frozenset[str]:
        """Overrides StoreReading."""
        open_dates = self._slashed_count and self._days_first is None
        return StoreReading.takes(self) | ({"date-order"} if open_dates else frozenset())

    def seen(self, record: Record, answers: Answers) -> Draft | None:
        """Overrides Reading."""
        days_first = answers.date_order == "dmy" if self._days_first is None else self._days_first
        return apple_history.glimpse(record, days_first=days_first)

    def questions(self, answers: Answers) -> tuple[Question, ...]:
        """The order of dates where no row tells it, and the currency of prices without one."""
        found: tuple[Question, ...] = ()
        if self._slashed_count and self._days_first is None and answers.date_order not in _ORDERS:
            examples, count = tuple(self.slashed), self._slashed_count
            found = (Question(code="apple_dates", examples=examples, choices=_ORDERS, count=count),)
        return (*found, *self._currency(answers))

    def interpreter(self, answers: Answers) -> Interpreter:
        """Rows as the answers have them."""
        days_first = answers.date_order == "dmy" if self._days_first is None else self._days_first

        def interpret(number: int, line: Line) -> Heard:
            del number
            record = common(line)
            if not isinstance(record, Record):
                return record
            decimal = self.decimals.of(record.cells[7], record.cells[8].upper())
            understood = apple_history.understand(record, answers, days_first=days_first, decimal=decimal)
            return _heard(understood, f"apple.{record.section}", f"apple.{apple_history.LINES}")

        return interpret


def _heard(understood: Understood, source: str, bought: str) -> Heard:
    """What the engine hears of a row of the list `source`; what is refunded was bought in the list `bought`."""
    if understood is None:
        return State.IGNORED
    if isinstance(understood, Problem):
        return understood
    draft, origin, of, _, thing, back = understood
    return Candidate(
        draft, ((source, origin),), (bought, of) if of else None, (), (bought, thing) if thing else None, back
    )

"""TikTok's own data export as JSON, of every age: coin purchases, prices, gifts sent, and LIVEs watched.

Where the lists lie has changed with the years, and so have the spellings of keys, so a list is found by its own name
under whatever parents: keys compare without case, blanks and underscores. `null`, `[]` and `{}` are empty at every
level. Nothing else of the file is ever given on: it holds birth date, messages and addresses.

Sections and their cells:
    coins: date, type, coin amount (`CoinPurchaseHistoryList`)
    prices: date, price (`BuyGifts`)
    gifts: date, gift amount, user name (`SendGifts`)
    lives: room id, time it was opened, link (`WatchLiveMap`, an object keyed by room id)

No public sample of a filled row exists, so values are taken as text or number alike and what cannot be understood is a
Problem of its row. Field names: abrignoni/RLEAPP `tikTokArchiveJson.py`; lagayayuya/PanoptiCool
`docs/tiktok-export-schema.md`, July 2026; TikTok's Data Portability documentation.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, BinaryIO

from coinbudget.domain.catalog import folded
from coinbudget.domain.drafts import Draft
from coinbudget.domain.errors import Refusal, problem
from coinbudget.domain.money import MAX_COINS, NumberFault, NumberStyle, parse_coins
from coinbudget.formats.json_stream import Event, events
from coinbudget.formats.moments import Moment, moment
from coinbudget.formats.price_text import read_price
from coinbudget.formats.source import Answers, GiftAmount, Incoming, Record, TypeMeaning, Understood

COINS, PRICES, GIFTS, LIVES = "coins", "prices", "gifts", "lives"

#: Lists by their folded key. Income of creators (`TransactionsList`, `GoLiveList`) is no spending and never read.
_LISTS = {"coinpurchasehistorylist": COINS, "buygifts": PRICES, "sendgifts": GIFTS, "watchlivemap": LIVES}
#: Folded keys of a row's fields, in the order of the cells; the first is the one seen, the others are aliases.
_FIELDS: dict[str, tuple[tuple[str, ...], ...]] = {
    COINS: (("date", "time"), ("type",), ("coinamount", "coins", "amount")),
    PRICES: (("date", "time"), ("price", "amount")),
    GIFTS: (("date", "time"), ("giftamount", "coins", "amount"), ("username", "recipient", "user")),
    LIVES: (("watchtime", "date"), ("link",)),
}
_PLACES = {
    section: {key: place for place, keys in enumerate(fields) for key in keys} for section, fields in _FIELDS.items()
}
#: Folded root keys seen in exports of any age; one of them tells the file even where no list is in it.
_ROOTS = frozenset({
    *("activity", "youractivity", "income+wallet", "directmessage", "directmessages", "profile", "profileandsettings"),
    *("tiktoklive", "tiktokshop", "tiktokshopping", "likesandfavorites", "appsettings", "adsanddata", "video", "post"),
    *("locationreview", "comment"),
})  # fmt: skip
#: Root keys that any other program may use as well.
_PLAIN_ROOTS = frozenset({"profile", "video", "post", "comment", "activity"})
#: A filler among the LIVEs.
_FILLER = "-1"
_NUMBER_STYLES = (NumberStyle(), NumberStyle(group=","), NumberStyle(decimal=",", group="."), NumberStyle(group=" "))
#: "350.000" may be 350 or as many thousands.
_ZEROS_OR_THOUSANDS = re.compile(r"[0-9]{1,3}\.000")
#: Keys and amounts longer than any real one are not kept in memory: a file may hold very many of some megabytes.
_LONGEST_KEPT = 60
_BOM = b"\xef\xbb\xbf"
#: Second and row.
_Timed = tuple[int, int]
#: Prices and coins of one buying lie at most so many seconds apart.
PAIR_SECONDS = 120


def key(text: str) -> str:
    """A key as keys compare."""
    return _key(text) if len(text) <= _LONGEST_KEPT else _key.__wrapped__(text)


@lru_cache(maxsize=4096)
def _key(text: str) -> str:
    return re.sub(r"[\s_]", "", text).lower()


def recognised(head: bytes) -> bool:
    """Whether a file may be one: a JSON object; the true test is reading it."""
    return head.removeprefix(_BOM).lstrip()[:1] == b"{"


_KEY = re.compile(rb'"((?:[^"\\\\]|\\\\.){1,60})"\s*:')


def has_known_root(head: bytes) -> bool:
    """Whether the first bytes name a key that only an export has: a root key seen, or one of the lists."""
    names = {key(found[1].decode("utf-8", "replace")) for found in _KEY.finditer(head)}
    return bool(names & (_ROOTS - _PLAIN_ROOTS) or names & _LISTS.keys())


def read(stream: BinaryIO) -> Iterator[Record]:
    """Every record of the lists, in the order of the file, in flat memory.

    Raises:
        Refusal: it is no sound JSON, or no export of TikTok.
    """
    reader = _Reader()
    for event in events(stream):
        record = reader.take(event)
        if record is not None:
            yield record
    if not reader.known:
        raise Refusal(problem("file", "not_tiktok"))


def is_export(stream: BinaryIO) -> bool:
    """Whether a document is an export, read only as far as it takes to say so."""
    reader = _Reader()
    try:
        for event in events(stream):
            reader.take(event)
            if reader.known:
                return True
    except Refusal as refusal:
        if any(found.code == "cancelled" for found in refusal.problems):
            raise
    return False


class _Reader:
    """Follows the events of one document.

    Attributes:
        known: whether anything says that it is an export.
    """

    def __init__(self) -> None:
        self.known = False
        self._keys: list[str] = []  # folded key of each open container, "" inside lists
        self._raw: list[str] = []  # the keys as they stand, for room ids
        self._is_list: list[bool] = []
        self._key = ""
        self._raw_key = ""
        self._section = ""
        self._base = 0  # containers open where the section's rows lie
        self._cells: list[str] | None = None
        self._rows: dict[str, int] = {}

    def take(self, event: Event) -> Record | None:
        """One event; the record it ends, if any."""
        name, value = event
        if name == "map_key":
            self._raw_key, self._key = value, key(value)
            return None
        if name in ("start_map", "start_array"):
            self._open(is_list=name == "start_array")
            return None
        if name in ("end_map", "end_array"):
            return self._close()
        return self._value(value)

    def _open(self, *, is_list: bool) -> None:
        depth = len(self._keys)
        inside = bool(self._is_list) and self._is_list[-1]
        name = "" if inside else self._key
        if depth == 1 and name in _ROOTS:
            self.known = True
        if not self._section and name in _LISTS:
            self.known = True
            self._section, self._base = _LISTS[name], depth + 1
        elif self._section and self._cells is None:
            self._open_row(name, depth, is_list=is_list)
        self._keys.append(name)
        self._raw.append("" if inside else self._raw_key)
        self._is_list.append(is_list)
        self._key = self._raw_key = ""

    def _open_row(self, name: str, depth: int, *, is_list: bool) -> None:
        """A container inside a list: the inner key that repeats the outer one, or a row."""
        if depth != self._base:
            return
        if not self._is_list[-1]:
            if _LISTS.get(name) == self._section:
                self._base = depth + 1
            elif self._section == LIVES and not is_list:
                self._cells = [self._raw_key, "", ""]
        elif self._section != LIVES:
            # A row that is no object has empty cells: shown as one nobody understands, never passed over in silence.
            self._cells = [""] * len(_FIELDS[self._section])

    def _close(self) -> Record | None:
        self._keys.pop()
        self._raw.pop()
        self._is_list.pop()
        depth = len(self._keys)
        self._key = self._raw_key = ""
        if self._section and self._cells is not None and depth == self._base:
            cells, self._cells = self._cells, None
            return self._record(tuple(cells))
        if self._section and depth < self._base:
            # The list ends, or the object in which its name repeats does.
            if depth + 1 == self._base and depth and _LISTS.get(self._keys[-1]) == self._section:
                self._base = depth
            else:
                self._section = ""
        return None

    def _record(self, cells: tuple[str, ...]) -> Record | None:
        if self._section == LIVES and (cells[0].strip() == _FILLER or not cells[1]):
            return None
        number = self._rows[self._section] = self._rows.get(self._section, 0) + 1
        return Record(self._section, number, cells)

    def _value(self, value: Any) -> Record | None:
        if not self._section:
            if len(self._keys) == 1 and self._key in _ROOTS:
                self.known = True
            if self._key in _LISTS:
                self.known = True  # an empty list: null
            return None
        depth = len(self._keys)
        if self._cells is not None:
            if depth == self._base + 1:
                place = _PLACES[self._section].get(self._key)
                if place is not None:
                    offset = 1 if self._section == LIVES else 0
                    # What stands under the field's own name is not lost to an alias.
                    if self._key == _FIELDS[self._section][place][0] or not self._cells[place + offset]:
                        self._cells[place + offset] = plain_text(value)
            return None
        if self._is_list and self._is_list[-1] and depth == self._base and value is not None:
            return self._record((plain_text(value), *[""] * (len(_FIELDS[self._section]) - 1)))
        return None


def plain_text(value: Any) -> str:
    """A JSON value as text: a number without exponent, as it was written.

    Behind three decimals a fourth is written: "1.234" as a text may be a thousand and more, as a number never.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        # A number of thousands of digits is no amount; its exponent form says as much and is short.
        text = f"{value:f}" if -30 < value.adjusted() < 30 else str(value)  # noqa: PLR2004 - wider than any amount
        return f"{text}0" if text[-4:-3] == "." else text
    return str(value)


# What a record means


def coins_of(text: str) -> int | None:
    """A number of coins, in any style that leaves no doubt; None where it is none."""
    text = text.strip()
    return _coins_of(text) if len(text) <= _LONGEST_KEPT else None


@lru_cache(maxsize=4096)
def _coins_of(text: str) -> int | None:
    whole, _, part = text.rpartition(".")
    if "." not in whole and part in {"0", "00"}:
        text = whole
    if _ZEROS_OR_THOUSANDS.fullmatch(text):
        return None
    found = {
        number
        for style in _NUMBER_STYLES
        if not isinstance(number := parse_coins(text, style, most=MAX_COINS), NumberFault)
    }
    return found.pop() if len(found) == 1 else None


def price_currency_needed(record: Record) -> bool:
    """Whether a price names no currency of its own."""
    price = read_price(record.cells[1])
    return price is None or not price.currency


def purchase_of(coins: Record | None, price: Record | None, answers: Answers) -> Understood:
    """One purchase from the row of its coins, the row of its price, or both; it happened when the coins came."""
    first = coins or price
    if first is None:
        return None
    when = moment(first.cells[0])
    if when is None:
        return problem("at", "not_a_time_here", first.row, text=_short(first.cells[0]))
    given: dict[str, Any] = {}
    if coins is not None:
        amount = coins_of(coins.cells[2])
        if amount is None:
            return problem("coins", "not_coins_here", first.row, text=_short(coins.cells[2]))
        given["coins"] = str(amount)
    if price is not None:
        read_as = read_price(price.cells[1], answers.currency)
        if read_as is None:
            return problem("paid", "not_a_price_here", price.row, text=_short(price.cells[1]))
        currency = read_as.currency or answers.currency
        given |= {"paid": read_as.number, "numbers": read_as.style, "currency": currency}
    at, zone = _at(when, answers)
    draft = Draft(kind="purchase", at=at, zone=zone, channel=answers.channel, row=first.row, **given)
    return Incoming(draft=draft, origin=origin(first))


def understand(record: Record, answers: Answers) -> Understood:
    """What a record of `coins`, `prices` or `gifts` means by the answers."""
    if record.section == COINS:
        bought = answers.types.get(folded(record.cells[1].strip())) is TypeMeaning.BOUGHT
        return purchase_of(record, None, answers) if bought else None
    if record.section == PRICES:
        return purchase_of(None, record, answers)
    return _gift(record, answers) if record.section == GIFTS else None


def _gift(record: Record, answers: Answers) -> Understood:
    at, amount, who = record.cells
    when = moment(at)
    if when is None:
        return problem("at", "not_a_time_here", record.row, text=_short(at))
    number = coins_of(amount)
    if number is None:
        return problem("coins", "not_coins_here", record.row, text=_short(amount))
    pieces = answers.gift_amount is GiftAmount.PIECES
    iso, zone = _at(when, answers)
    draft = Draft(
        kind="gift",
        at=iso,
        zone=zone,
        coins="" if pieces else str(number),
        quantity=str(number) if pieces else "",
        creator=who,
        row=record.row,
    )
    return Incoming(draft=draft, origin=f"{when.canonical}|{number}|{who.strip()}")


def _at(when: Moment, answers: Answers) -> tuple[str, str]:
    """Time and zone of a draft: what is UTC is shown by the clock at home, as nobody lives in UTC."""
    if when.zoned:
        return when.iso, ""
    return (f"{when.iso}Z", "") if answers.zone == "UTC" else (when.iso, answers.zone)


def origin(record: Record) -> str:
    """What tells a row again: its time, its amount and its name; the same for every answer, age and form of export."""
    when = moment(record.cells[0])
    time = when.canonical if when else record.cells[0].strip()
    if record.section == COINS:
        return f"{time}|{_amount(record.cells[2])}|{record.cells[1].strip()}"
    if record.section == PRICES:
        return f"{time}|{_price(record.cells[1])}"
    return f"{time}|{_amount(record.cells[1])}|{record.cells[2].strip()}"


def _amount(text: str) -> str:
    number = coins_of(text)
    return text.strip() if number is None else str(number)


def _price(text: str) -> str:
    price = read_price(text)
    if price is None:
        return text.strip()
    # 3.7 and 3.70 are one price, written by two programs.
    return f"{Decimal(price.canonical).normalize():f} {price.currency}".strip()


def _short(text: str) -> str:
    shown = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text[:60])
    return shown if len(text) <= len(shown) else f"{shown}\N{HORIZONTAL ELLIPSIS}"


def pairs(
    coins: Sequence[tuple[int, int]], prices: Sequence[tuple[int, int]], *, within: int = PAIR_SECONDS
) -> dict[int, int]:
    """Which price belongs to which coins: both in the order of time, near each other, each used once.

    Args:
        coins, prices: row and second of each.
        within: seconds they may lie apart, that many included.

    Returns:
        Row of the coins -> row of its price.
    """
    bought = sorted((second, row) for row, second in coins)
    paid = sorted((second, row) for row, second in prices)
    found: dict[int, int] = {}
    for ones, others in _clusters(bought, paid, within):
        lags = {other[0] - one[0] for one, other in zip(ones, others, strict=False)}
        if len(ones) == len(others) and len(lags) == 1:
            _join(ones, others, within, found)  # one program wrote both lists, so much later each time
            continue
        for first, second in _between_same_seconds(ones, others, found):
            _join(first, second, within, found)
    return found


def _join(ones: list[_Timed], others: list[_Timed], within: int, found: dict[int, int]) -> None:
    # As many of both, each in reach of its like: every buying is listed twice, however close they follow.
    like = list(zip(ones, others, strict=len(ones) == len(others)))
    if len(ones) == len(others) and all(abs(one[0] - other[0]) <= within for one, other in like):
        found |= {one[1]: other[1] for one, other in like}
    else:
        _join_nearest(ones, others, within, found)


def _between_same_seconds(
    ones: list[_Timed], others: list[_Timed], found: dict[int, int]
) -> Iterator[tuple[list[_Timed], list[_Timed]]]:
    """Join what is of one and the same second; what lies between such pairs is left to be joined, in order."""
    first = second = start = begin = 0
    while first < len(ones) and second < len(others):
        gap = ones[first][0] - others[second][0]
        if gap:
            first, second = (first + 1, second) if gap < 0 else (first, second + 1)
            continue
        yield ones[start:first], others[begin:second]
        found[ones[first][1]] = others[second][1]
        first, second = first + 1, second + 1
        start, begin = first, second
    yield ones[start:], others[begin:]


def _clusters(bought: list[_Timed], paid: list[_Timed], within: int) -> Iterator[tuple[list[_Timed], list[_Timed]]]:
    """Coins and prices parted where nothing of one side is in reach of anything of the other."""
    ones: list[_Timed] = []
    others: list[_Timed] = []
    last = 0
    for second, is_price, row in sorted(
        [(at, False, row) for at, row in bought] + [(at, True, row) for at, row in paid]
    ):
        if second - last > within:
            yield ones, others
            ones, others = [], []
        (others if is_price else ones).append((second, row))
        last = second
    yield ones, others


def _join_nearest(bought: list[_Timed], paid: list[_Timed], within: int, found: dict[int, int]) -> None:
    here = there = 0
    while here < len(bought) and there < len(paid):
        gap = paid[there][0] - bought[here][0]
        if gap < -within or _better(bought, here, paid, there):
            there += 1
        elif gap > within or _better(paid, there, bought, here):
            here += 1
        else:
            found[bought[here][1]] = paid[there][1]
            here += 1
            there += 1


def _better(ones: Sequence[tuple[int, int]], one: int, others: Sequence[tuple[int, int]], other: int) -> bool:
    """Whether the next of the others is nearer to this one, and nearer than to the one after it."""
    if other + 1 == len(others):
        return False
    later = abs(others[other + 1][0] - ones[one][0])
    if later >= abs(others[other][0] - ones[one][0]):
        return False
    return one + 1 == len(ones) or later < abs(others[other + 1][0] - ones[one + 1][0])

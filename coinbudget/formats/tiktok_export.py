"""TikTok's own data export as JSON, of every age: coin purchases, prices, gifts sent, and LIVEs watched.

Where the lists lie has changed with the years, and so have the spellings of keys, so a list is found by its own name
under whatever parents: keys compare without case, blanks and underscores. `null`, `[]` and `{}` are empty at every
level. A list may be written as an object, or a single row stand in its place: what has a row's fields, a time, or a
number for its key is a row, understood or not. Nothing else of the file is ever given on: it holds birth date,
messages and addresses.

What rows hold and mean stands in `tiktok_rows`: no public sample of a filled row exists, so values are taken as text or
number alike. Field names: abrignoni/RLEAPP `tikTokArchiveJson.py`; lagayayuya/PanoptiCool
`docs/tiktok-export-schema.md`, July 2026; TikTok's Data Portability documentation.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, BinaryIO

from coinbudget.domain.errors import Refusal, problem
from coinbudget.formats.json_stream import Event, events
from coinbudget.formats.moments import moment
from coinbudget.formats.source import Record
from coinbudget.formats.tiktok_rows import COINS, GIFTS, LIVES, PRICES

#: Lists by their folded key. Income of creators (`TransactionsList`, `GoLiveList`) is no spending and never read.
_LISTS = {"coinpurchasehistorylist": COINS, "buygifts": PRICES, "sendgifts": GIFTS, "watchlivemap": LIVES}
#: Folded keys of a row's fields, in the order of the cells; the first is the one seen, the others are aliases.
_FIELDS: dict[str, tuple[tuple[str, ...], ...]] = {
    COINS: (("date", "time"), ("type",), ("coinamount", "coins", "amount")),
    PRICES: (("date", "time"), ("price", "amount")),
    GIFTS: (("date", "time"), ("giftamount", "coins", "amount"), ("username", "recipient", "user")),
    LIVES: (("watchtime", "date"), ("link",)),
}
_CONTAINERS = frozenset({"start_map", "start_array", "end_map", "end_array"})
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
#: Keys longer than any real one are not kept in memory: a file may hold very many of some megabytes.
_LONGEST_KEPT = 60
#: Spellings that are kept of the keys of one object; no export has as many.
_MOST_SPELLINGS = 256
_BOM = b"\xef\xbb\xbf"


def key(text: str) -> str:
    """A key as keys compare."""
    return _key(text) if len(text) <= _LONGEST_KEPT else _key.__wrapped__(text)


@lru_cache(maxsize=4096)
def _key(text: str) -> str:
    return re.sub(r"[\s_]", "", text).lower()


class Spelt(dict[str, Any]):
    """What folded keys stand for, looked up by keys as they are spelt; None for a key that stands for nothing.

    It learns the spellings it meets, as every row has the same ones.
    """

    def __missing__(self, spelt: str) -> Any:
        found = self.get(key(spelt))
        if len(self) < _MOST_SPELLINGS and len(spelt) <= _LONGEST_KEPT:
            self[spelt] = found
        return found


#: By section and key the place of a row's cell, behind a LIVE's number, and whether the key is the field's own.
_CELLS = {
    section: Spelt(
        {name: (place + (section == LIVES), name == names[0]) for place, names in enumerate(fields) for name in names}
    )
    for section, fields in _FIELDS.items()
}


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
    found = events(stream)
    for event in found:
        record = reader.take(event)
        if record is None and reader.in_row:
            record = reader.take_row(found)
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


@dataclass(slots=True)
class _Maybe:
    """An object under a key inside a list: a row, as lists may be written as objects, or what holds the rows.

    Attributes:
        numbered: its key is a number, as in a list written as an object.
        holds: the list's own key is in it, so it is no row.
        inner: something else is in it, so its number may be a year and no place in a list.
        time: a time under a key nobody knows: a row it is, though its keys are new.
    """

    depth: int
    numbered: bool
    holds: bool = False
    inner: bool = False
    time: str = ""


class _Reader:
    """Follows the events of one document.

    A section begins with a container under a list's key and ends with it. Inside, every element of a list is a row, at
    any depth and under any key; so is an object that has a field of a row, a time, or a number for its key.

    Attributes:
        known: whether anything says that it is an export.
    """

    def __init__(self) -> None:
        self.known = False
        self._keys: list[str] = []  # folded key of each open container, "" inside lists
        self._is_list: list[bool] = []
        self._key = ""
        self._raw_key = ""
        self._section = ""
        self._begin = 0  # containers open around the section's own
        self._cells: list[str] | None = None
        self._row = 0  # containers open around the row's own
        self._maybe: list[_Maybe] = []
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

    @property
    def in_row(self) -> bool:
        """Whether the next value may be a row's own."""
        return self._cells is not None and len(self._keys) == self._row + 1

    def take_row(self, rest: Iterator[Event]) -> Record | None:
        """The events of a row up to its end or to what it holds; the record it ends. Nearly all events are these."""
        fields = _CELLS[self._section]
        spelt = self._raw_key
        for event in rest:
            name, value = event
            if name == "map_key":
                spelt = value
            elif name in _CONTAINERS:
                self._raw_key, self._key = spelt, key(spelt)
                return self.take(event)
            else:
                self._fill(fields[spelt], value)
        return None

    def _open(self, *, is_list: bool) -> None:
        depth = len(self._keys)
        inside = bool(self._is_list) and self._is_list[-1]
        name = "" if inside else self._key
        if depth == 1 and name in _ROOTS:
            self.known = True
        if not self._section and name in _LISTS:
            self.known = True
            self._section, self._begin = _LISTS[name], depth
        if self._section:
            self._open_inside(name, depth, is_list=is_list)
        self._keys.append(name)
        self._is_list.append(is_list)
        self._key = self._raw_key = ""

    def _open_inside(self, name: str, depth: int, *, is_list: bool) -> None:
        again = bool(name) and _LISTS.get(name) == self._section
        if self._cells is not None:
            if not again or not self._maybe or self._maybe[-1].depth != self._row or depth != self._row + 1:
                return  # whatever a row holds is no row
            self._cells = None
        if self._maybe:
            self._maybe[-1].inner = True
            self._maybe[-1].holds |= again
        if self._section == LIVES:
            if not is_list and not again and self._keys and _LISTS.get(self._keys[-1]) == LIVES:
                self._begin_row([self._raw_key, "", ""], depth)
        elif depth > self._begin and self._is_list[-1]:
            # A row that is no object has empty cells: shown as one nobody understands, never passed over in silence.
            self._begin_row([""] * len(_FIELDS[self._section]), depth)
        elif not is_list:
            self._maybe.append(_Maybe(depth, name.isdigit()))

    def _begin_row(self, cells: list[str], depth: int) -> None:
        self._cells, self._row = cells, depth

    def _close(self) -> Record | None:
        self._keys.pop()
        self._is_list.pop()
        depth = len(self._keys)
        self._key = self._raw_key = ""
        if not self._section:
            return None
        record = None
        maybe = self._maybe.pop() if self._maybe and self._maybe[-1].depth == depth else None
        if self._cells is not None:
            if depth == self._row:
                cells, self._cells = self._cells, None
                record = self._record(tuple(cells))
        elif maybe is not None and not maybe.holds and (maybe.time or (maybe.numbered and not maybe.inner)):
            record = self._record(self._alone(maybe.time))
        if depth == self._begin:
            self._section = ""
        return record

    def _alone(self, text: str) -> tuple[str, ...]:
        return (text, *[""] * (len(_FIELDS[self._section]) - 1))

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
            if depth == self._row + 1:
                self._cell(value)
            return None
        if value is None or self._section == LIVES:
            return None
        if self._is_list[-1] or self._key.isdigit():
            return self._record(self._alone(plain_text(value)))
        self._maybe_field(self._maybe[-1], value)
        return None

    def _cell(self, value: Any) -> None:
        """A value that a row holds itself."""
        self._fill(_CELLS[self._section][self._key], value)

    def _fill(self, cell: tuple[int, bool] | None, value: Any) -> None:
        """A value for a cell of a row; None for none."""
        if cell is None or self._cells is None:
            return
        place, own = cell
        # What stands under the field's own name is not lost to an alias.
        if own or not self._cells[place]:
            self._cells[place] = value if isinstance(value, str) else plain_text(value)

    def _maybe_field(self, maybe: _Maybe, value: Any) -> None:
        """A value of an object that may be a row: one of a row's fields makes it one."""
        if maybe.holds:
            return
        if _CELLS[self._section][self._key] is not None:
            self._begin_row([""] * len(_FIELDS[self._section]), maybe.depth)
            self._cell(value)
        elif not maybe.time and moment(plain_text(value)) is not None:
            maybe.time = plain_text(value)


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

"""TikTok's own data export as JSON, of every age: coin purchases, prices, gifts sent, and LIVEs watched.

Where the lists lie has changed with the years, and so have the spellings of keys, so a list is found by its own name
under whatever parents: keys compare without case, blanks and underscores. `null`, `[]` and `{}` are empty at every
level. Nothing else of the file is ever given on: it holds birth date, messages and addresses.

What rows hold and mean stands in `tiktok_rows`: no public sample of a filled row exists, so values are taken as text or
number alike. Field names: abrignoni/RLEAPP `tikTokArchiveJson.py`; lagayayuya/PanoptiCool
`docs/tiktok-export-schema.md`, July 2026; TikTok's Data Portability documentation.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any, BinaryIO

from coinbudget.domain.errors import Refusal, problem
from coinbudget.formats.json_stream import Event, events
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
#: Keys longer than any real one are not kept in memory: a file may hold very many of some megabytes.
_LONGEST_KEPT = 60
_BOM = b"\xef\xbb\xbf"


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

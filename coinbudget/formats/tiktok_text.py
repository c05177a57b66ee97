"""TikTok's export as text, as far as it is known (best effort): blocks of `Label: value`, one per record.

The lines inside `Purchases.txt` were never shown in public; the labels are expected after TikTok's own list of fields.
A file is told by its content: blocks that hold a date and whose other labels are those of one of our lists. Folder
names are not relied on. Sections and cells are those of `tiktok_rows`.
"""

import re
from collections.abc import Iterable, Iterator

from coinbudget.formats.source import Record
from coinbudget.formats.tiktok_export import key
from coinbudget.formats.tiktok_rows import COINS, GIFTS, LIVES, PRICES

_LINE = re.compile(r"\s*([A-Za-z][A-Za-z0-9 _()/-]{0,40}?)\s*::?\s?(.*)")
_BOM = b"\xef\xbb\xbf"
#: Folded labels of each section's cells; every label of the first tuple must be there.
_SECTIONS: dict[str, tuple[tuple[str, ...], ...]] = {
    COINS: (("date", "time"), ("type",), ("coinamount", "coins")),
    GIFTS: (("date", "time"), ("giftamount", "giftamounts"), ("username", "user")),
    PRICES: (("date", "time"), ("price",)),
    LIVES: (("roomid", "room"), ("watchtime", "date"), ("link",)),
}
#: What tells a block apart: without these labels it is something else, an income of creators for one.
_TELLING = {
    COINS: {"coinamount", "coins"},
    GIFTS: {"giftamount", "giftamounts"},
    PRICES: {"price"},
    LIVES: {"watchtime"},
}
_DATES = {"date", "time", "watchtime"}
_LABELS = {section: {name for names in cells for name in names} for section, cells in _SECTIONS.items()}


def recognised(head: bytes) -> bool:
    """Whether the first block of a file is a gift or a purchase."""
    return bool(_sections(_first_block(head)) - {LIVES})


def has_lives(head: bytes) -> bool:
    """Whether the first block of a file is a LIVE watched: worth reading beside gifts, never alone."""
    return _sections(_first_block(head)) == {LIVES}


def _first_block(head: bytes) -> dict[str, str]:
    text = head.removeprefix(_BOM).decode("utf-8", "replace")
    block: dict[str, str] = {}
    for line in text.splitlines()[:60]:
        found = _LINE.fullmatch(line)
        if found is None:
            if block and not line.strip():
                break
            continue
        block.setdefault(key(found[1]), found[2])
    return block


def _sections(block: dict[str, str]) -> set[str]:
    """Which rows a block holds: one, or the coins and the price of a buying."""
    if not block.keys() & _DATES:
        return set()
    found = {section for section, telling in _TELLING.items() if block.keys() & telling}
    return {GIFTS} if GIFTS in found else found


def read(lines: Iterable[str]) -> Iterator[Record]:
    """Every record, in the order of the file; blocks of other kinds are passed over.

    A block ends with a blank line, or where a label comes a second time; within it labels stand in any order. Where no
    blank lines part them and the first began with its date, so do the others. A block that lacks a label is the row of
    the list it began to be, so that one cut off is a problem and no silence.
    """
    block: dict[str, str] = {}
    dated: bool | None = None  # the first block began with its date
    parted = True  # this one began behind a blank line
    rows: dict[str, int] = {}
    for line in lines:
        found = _LINE.fullmatch(line.rstrip("\r\n"))
        if found is None:
            if block and not line.strip():
                yield from _records(block, rows)
                block, parted = {}, True
            continue
        label = key(found[1])
        if dated is None:
            dated = label in _DATES
        if label in block or (dated and not parted and block and label in _DATES):
            yield from _records(block, rows)
            block, parted = {}, False
        block[label] = found[2].strip()
    if block:
        yield from _records(block, rows)


def _records(block: dict[str, str], rows: dict[str, int]) -> Iterator[Record]:
    """The rows of a block; `rows` counts those of each list so far, the latest list last."""
    for section in sorted(_sections(block)) or _begun(block, rows):
        rows[section] = rows.pop(section, 0) + 1
        cells = tuple(next((block[name] for name in names if name in block), "") for names in _SECTIONS[section])
        yield Record(section, rows[section], cells)


def _begun(block: dict[str, str], rows: dict[str, int]) -> list[str]:
    """The list of the file whose row a block began to be: all its labels are that list's, or one that tells it."""
    told = [section for section in rows if block.keys() & _TELLING[section]]
    return (told or [section for section in rows if block.keys() <= _LABELS[section]])[-1:]

"""TikTok's export as text, as far as it is known (best effort): blocks of `Label: value`, one per record.

The lines inside `Purchases.txt` were never shown in public; the labels are expected after TikTok's own list of fields.
A file is told by its content: blocks that begin with a date and whose labels are those of one of our lists. Folder
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


def recognised(head: bytes) -> bool:
    """Whether the first block of a file is a gift, a purchase, or a LIVE watched."""
    text = head.removeprefix(_BOM).decode("utf-8", "replace")
    block: dict[str, str] = {}
    for line in text.splitlines()[:60]:
        found = _LINE.fullmatch(line)
        if found is None:
            if block and not line.strip():
                break
            continue
        block.setdefault(key(found[1]), found[2])
    return bool(block.keys() & _DATES) and _section(block) not in {"", LIVES}


def _section(block: dict[str, str]) -> str:
    for section, telling in _TELLING.items():
        if block.keys() & telling and block.keys() & _DATES:
            return section
    return ""


def read(lines: Iterable[str]) -> Iterator[Record]:
    """Every record, in the order of the file; blocks of other kinds are passed over."""
    block: dict[str, str] = {}
    rows: dict[str, int] = {}
    for line in lines:
        found = _LINE.fullmatch(line.rstrip("\r\n"))
        if found is None:
            if not line.strip():
                yield from _record(block, rows)
                block = {}
            continue
        label = key(found[1])
        if label in block or (label in _DATES and block):
            yield from _record(block, rows)
            block = {}
        block[label] = found[2].strip()
    yield from _record(block, rows)


def _record(block: dict[str, str], rows: dict[str, int]) -> Iterator[Record]:
    section = _section(block)
    if not section:
        return
    rows[section] = rows.get(section, 0) + 1
    cells = tuple(next((block[name] for name in names if name in block), "") for names in _SECTIONS[section])
    yield Record(section, rows[section], cells)

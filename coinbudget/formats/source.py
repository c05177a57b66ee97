"""What every source has in common: records as they stand in a file, what a person says of them, and what comes of it.

A source is read in two steps. `read` of a format's module streams **Records**: rows as text, not yet understood, so
that a file is parsed once however often the answers change. `understand` turns one record into an **Incoming** (a draft
and what tells the row again in a later download), a Problem, or None where the row is no entry by the answers given.

An *origin* is the identity of a row in its source. The lists of TikTok have no row ids, so equal rows have equal
origins and are counted, never dropped; the text of an origin does not depend on any answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from coinbudget.domain.drafts import Draft
from coinbudget.domain.errors import Problem

#: Told how many bytes of how many are read, every few milliseconds while reading; raises to stop the reading.
Tick = Callable[[int, int], None]


class Format(StrEnum):
    """Which module understands a file."""

    LEDGER = "ledger-csv"
    TIKTOK = "tiktok"
    TIKTOK_TEXT = "tiktok-txt"
    GOOGLE = "google-takeout"
    APPLE = "apple-history"
    SHEET = "sheet"


class Record(NamedTuple):
    """A row of a source as it stands there.

    Attributes:
        section: which list of the source it is from; each format's module names its own.
        row: its place in that list or file, the number a person would count to; never 0.
        cells: texts in the order the format's module fixes for the section; "" where nothing is given.
    """

    section: str
    row: int
    cells: tuple[str, ...]


class GiftAmount(StrEnum):
    """What the bare number beside a gift counts."""

    COINS = "coins"
    PIECES = "pieces"


class TypeMeaning(StrEnum):
    """What a kind of row in a list of coins means."""

    BOUGHT = "bought"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a person says about a file; "" and absent names are not answered yet.

    Attributes:
        zone: IANA name, of times without an offset.
        currency: ISO 4217 code, of prices without one.
        gift_amount: what the bare number beside a gift counts.
        types: meaning of each kind of row, by the kind's folded text.
        channel: where coins were bought, where the source does not say.
        paid: what was paid for so many coins, as plain decimal text, where the source names no price.
        date_order: "dmy" or "mdy", of dates whose file does not tell.
        encoding: of a text file that is not UTF-8: a codec's name.
    """

    zone: str = ""
    currency: str = ""
    gift_amount: GiftAmount | None = None
    types: Mapping[str, TypeMeaning] = field(default_factory=dict)
    channel: str = ""
    paid: Mapping[int, str] = field(default_factory=dict)
    date_order: str = ""
    encoding: str = ""


class Incoming(NamedTuple):
    """A record understood.

    Attributes:
        draft: its `row` is the record's.
        origin: identity of the row in its source, equal for equal rows, the same for every answer; "" has none.
        of: of a store's refund, the origin of its purchase; the refund's money is all that came back of that so far.
        also: what a row of a sheet says by the answers given, by which it is known after the sheet changed.
        thing: of an order that may hold several things, which of them it is whatever its price; "" where no row says.
        back: of a store's refund of all that its row says was paid, that amount as plain decimal text; the purchase may
            have another price.
    """

    draft: Draft
    origin: str = ""
    of: str = ""
    also: str = ""
    thing: str = ""
    back: str = ""


Understood = Incoming | Problem | None

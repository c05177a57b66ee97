"""What each column of a sheet of one's own means: a Mapping, as text for keeping it, and what a person says beside it.

A Mapping gives every column a role and, where it matters, a form: the order of day, month and year of a date column,
the decimal sign of a number column. Both are settled over all rows by `sheet_facts`, shown, and changeable. Constants
stand for what no column says.
"""

import json
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from coinbudget.domain.errors import Refusal, problem
from coinbudget.formats.price_text import currency_within
from coinbudget.formats.sheet_facts import SheetFacts


class Role(StrEnum):
    """What a column means."""

    IGNORE = ""
    DATE = "date"
    TIME = "time"
    KIND = "kind"
    COINS = "coins"
    EACH = "coins_each"  # of one piece
    QUANTITY = "quantity"
    PAID = "paid"
    CURRENCY = "currency"
    CHARGED = "charged"
    CHANNEL = "channel"
    REGION = "region"
    CREATOR = "creator"
    GIFT = "gift"
    ORDER = "order_ref"
    NOTE = "note"
    PROFILE = "profile"


#: Columns whose form is an order of day, month and year; and those whose form is a decimal sign.
DATES = frozenset({Role.DATE})
NUMBERS = frozenset({Role.COINS, Role.EACH, Role.QUANTITY, Role.PAID, Role.CHARGED})
MONEY = frozenset({Role.PAID, Role.CHARGED})
#: What only gifts have.
GIVEN = frozenset({Role.CREATOR, Role.GIFT})
#: Numbers that rows of a kind do not have, by the kind; "" is not said yet.
_UNREAD: dict[str, frozenset[Role]] = {
    "": frozenset({Role.QUANTITY, Role.PAID, Role.CHARGED}),
    "purchase": frozenset({Role.QUANTITY}),
    "gift": frozenset({Role.PAID, Role.CHARGED}),
}
#: What rows of a kind have nothing of; a quantity of a purchase is a problem and no such thing.
_NEVER: dict[str, frozenset[Role]] = {
    "purchase": frozenset({Role.CREATOR, Role.GIFT, Role.EACH}),
    "gift": frozenset({Role.PAID, Role.CHARGED, Role.CURRENCY, Role.CHANNEL, Role.REGION, Role.ORDER}),
}
KINDS = ("purchase", "gift", "adjustment", "refund")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """What the columns of a sheet mean.

    Attributes:
        names: of the columns, folded; by them a saved mapping fits another file.
        roles, forms: one for each column; a form is "dmy", "mdy" or "ymd", or "." or ",", or "" where none is settled.
        drop_sign: columns of amounts that are below zero, as banks write what was spent.
        mostly_below: columns of amounts most of which are below zero, and not all; none where nothing is known of it.
        contested: what a column may mean as others may, where nobody has said yet which of them does; else IGNORE.
        written: decimal signs by currency, of columns in which several have each settled its own.
        kind, currency, channel: of rows whose columns do not say.
        separator, encoding, header: how the text is cut into rows.
    """

    names: tuple[str, ...]
    roles: tuple[Role, ...]
    forms: tuple[str, ...]
    drop_sign: tuple[bool, ...]
    kind: str = ""
    currency: str = ""
    channel: str = ""
    separator: str = ","
    encoding: str = "utf-8"
    header: bool = True
    contested: tuple[Role, ...] = ()
    mostly_below: tuple[bool, ...] = ()
    written: tuple[tuple[tuple[str, str], ...], ...] = ()

    def place(self, role: Role) -> int | None:
        """Where the first column of a role is."""
        return self.roles.index(role) if role in self.roles else None

    def priced_in(self) -> str:
        """The currency that the name of the price's column says; "" where it says none."""
        place = self.place(Role.PAID)
        return "" if place is None else currency_within(self.names[place])

    def with_role(self, column: int, role: Role, form: str = "") -> "Mapping":
        """The same with one column's role and form; which of several columns means something may be settled by it."""
        contested = _put(self.contested, column, Role.IGNORE) if self.contested else ()
        return replace(
            self,
            roles=_put(self.roles, column, role),
            forms=_put(self.forms, column, form),
            contested=tuple(Role.IGNORE if each is role else each for each in contested),
        )

    def unread(self, column: int) -> bool:
        """Whether rows have nothing of what a column means: it means nothing, or it is no part of their kind."""
        role = self.roles[column]
        kind = "" if self.place(Role.KIND) is not None else self.kind
        if kind == "purchase" and role in GIVEN:
            return not self.tells_gifts()
        return role is Role.IGNORE or role in _NEVER.get(kind, frozenset())

    def tells_gifts(self) -> bool:
        """Whether some column could tell a purchase from a gift; else all rows are what they are said to be."""
        return any(role is Role.KIND or role in MONEY for role in self.roles)

    def open_roles(self) -> tuple[Role, ...]:
        """What one of several columns means, and nobody has said which; only of numbers that the rows can have."""
        unread: frozenset[Role] = (
            frozenset() if self.place(Role.KIND) is not None else _UNREAD.get(self.kind, frozenset())
        )
        found = dict.fromkeys(role for role in self.contested if role in NUMBERS and role not in unread)
        return tuple(role for role in found if role not in self.roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a person says of a sheet without looking at its columns.

    Attributes:
        kind: of rows whose columns do not say.
        date_order: "dmy", "mdy" or "ymd"; decimal: "." or ",". Of every column that its rows leave open.
        roles: of columns, by name in any case, or where they have none by their number from 1.
    """

    kind: str = ""
    date_order: str = ""
    decimal: str = ""
    roles: tuple[tuple[str, Role], ...] = ()


def _put(values: tuple[Any, ...], place: int, value: Any) -> tuple[Any, ...]:
    return (*values[:place], value, *values[place + 1 :])


def to_json(mapping: Mapping) -> str:
    """A mapping as text, for keeping it under a name."""
    return json.dumps(asdict(mapping), sort_keys=True)


def from_json(text: str) -> Mapping:
    """What `to_json` was given.

    Raises:
        Refusal: it is no mapping.
    """
    try:
        given = json.loads(text)
        return Mapping(
            names=tuple(map(str, given["names"])),
            roles=tuple(Role(role) for role in given["roles"]),
            forms=tuple(map(str, given["forms"])),
            drop_sign=tuple(bool(drop) for drop in given["drop_sign"]),
            kind=str(given["kind"]),
            currency=str(given["currency"]),
            channel=str(given["channel"]),
            separator=str(given["separator"])[:1] or ",",
            encoding=str(given["encoding"]),
            header=bool(given["header"]),
            contested=tuple(Role(role) for role in given.get("contested", ())),
            mostly_below=tuple(bool(below) for below in given.get("mostly_below", ())),
            written=tuple(tuple((str(one), str(sign)) for one, sign in pairs) for pairs in given.get("written", ())),
        )
    except (ValueError, KeyError, TypeError):
        raise Refusal(problem("mapping", "mapping_broken")) from None


def fitted(saved: Mapping, facts: SheetFacts) -> Mapping:
    """A saved mapping on another sheet: columns are found by name, or by place where neither has names."""
    names = tuple(column.name.casefold() for column in facts.columns)
    by_name = {name: place for place, name in enumerate(saved.names) if name}
    places = [
        by_name.get(name) if name else place if place < len(saved.names) else None for place, name in enumerate(names)
    ]
    if facts.header and not any(place is not None for place in places):
        raise Refusal(problem("mapping", "mapping_fits_not"))
    return replace(
        saved,
        names=names,
        roles=tuple(Role.IGNORE if place is None else saved.roles[place] for place in places),
        forms=tuple("" if place is None else saved.forms[place] for place in places),
        # Of what signs its amounts are is told by each sheet itself.
        drop_sign=tuple(column.negative for column in facts.columns),
        mostly_below=tuple(column.mostly_negative for column in facts.columns),
        written=tuple(column.settled() for column in facts.columns),
        contested=tuple(
            Role.IGNORE if place is None or not saved.contested else saved.contested[place] for place in places
        ),
        separator=facts.separator,
        encoding=facts.encoding,
        header=facts.header,
    )

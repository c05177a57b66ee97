"""A sheet of one's own: what each column means, and rows in whatever columns turned into drafts.

A Mapping gives every column a role and, where it matters, a form: the order of day, month and year of a date column,
the decimal sign of a number column. Both are settled over all rows by `sheet_facts`, shown, and changeable. Constants
stand for what no column says.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from coinbudget.domain.drafts import Draft
from coinbudget.domain.errors import Problem, Refusal, problem
from coinbudget.formats.moments import no_time
from coinbudget.formats.price_text import currency_named, currency_within, shared_codes, without_currency
from coinbudget.formats.sheet_cells import date_text, number_style, orders_of
from coinbudget.formats.sheet_facts import SheetFacts
from coinbudget.formats.source import Answers, Incoming, Record, Understood

ROWS = "rows"
_LONGEST_SHOWN = 60
_LONGEST_COUNT = 18


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
_WHOLE = frozenset({Role.COINS, Role.EACH, Role.QUANTITY})
KINDS = ("purchase", "gift", "adjustment", "refund")
#: Words for kinds in columns of that role, beside the kinds themselves.
_KIND_WORDS = {
    "purchase": ("purchase", "buy", "bought", "recharge", "top up", "topup", "kauf", "achat", "compra", "購入"),
    "gift": ("gift", "sent", "geschenk", "cadeau", "regalo", "presente", "ギフト"),
    "refund": ("refund", "erstattung", "remboursement", "reembolso", "返金"),
}
_CHANNEL_WORDS = {
    "ios": ("ios", "apple", "app store", "iphone", "ipad"),
    "android": ("android", "google", "play", "google play"),
    "web": ("web", "browser", "tiktok.com", "website"),
    "gift_card": ("gift card", "gift_card", "giftcard"),
}

#: Words of which the first or second of a line that sums up the rows above it is one.
_TOTALS = (
    frozenset(("total", "totals", "subtotal", "sum", "balance", "summe", "gesamt", "gesamtsumme", "zwischensumme"))
    | frozenset(("saldo", "totale", "totaal", "totalt", "suma", "soma", "somme", "razem", "toplam", "итого"))
    | frozenset(("合計", "合计", "总计", "합계"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """What the columns of a sheet mean.

    Attributes:
        names: of the columns, folded; by them a saved mapping fits another file.
        roles, forms: one for each column; a form is "dmy", "mdy" or "ymd", or "." or ",", or "" where none is settled.
        drop_sign: columns of amounts that are all below zero, as banks write what was spent.
        contested: what a column may mean as others may, where nobody has said yet which of them does; else IGNORE.
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
        return role is Role.IGNORE or role in _NEVER.get(kind, frozenset())

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
        contested=tuple(
            Role.IGNORE if place is None or not saved.contested else saved.contested[place] for place in places
        ),
        separator=facts.separator,
        encoding=facts.encoding,
        header=facts.header,
    )


def understand(record: Record, mapping: Mapping, answers: Answers) -> Understood:
    """The draft a row stands for; None for a row that says nothing, or sums up the others."""
    return reader(mapping, answers)(record)


def reader(mapping: Mapping, answers: Answers) -> Callable[[Record], Understood]:
    """What understands the rows of a sheet; made once for all of them."""
    width, identity = len(mapping.roles), _identity(mapping)
    places: dict[Role, int] = {role: place for place, role in enumerate(mapping.roles) if role is not Role.IGNORE}
    date_place, when = places.get(Role.DATE), _clock(mapping, places)
    chosen = mapping.priced_in() or mapping.currency
    numbers = [
        (place, role, mapping.forms[place] or ".", mapping.drop_sign[place])
        for place, role in enumerate(mapping.roles)
        if role in NUMBERS and not mapping.unread(place)
    ]

    def understood(record: Record) -> Understood:
        cells, row = record.cells, record.row
        if not "".join(cells).strip():
            return None
        if len(cells) != width:
            if _is_total(cells, date_place):
                return None
            return problem("file", "too_few_cells", row, cells=len(cells), columns=width)
        texts = _numbers(cells, numbers, row)
        if isinstance(texts, Problem):
            return texts
        at = when(cells)
        if at is None:
            if _is_total(cells, date_place):
                return None
            text = "" if date_place is None else cells[date_place].strip()
            unsaid = date_place is not None and not mapping.forms[date_place]
            if unsaid and len(orders_of(text)) > 1:
                return problem("at", "time_two_ways", row, text=text)
            return no_time(text, row)

        def said(role: Role) -> str:
            place = places.get(role)
            return "" if place is None else cells[place].strip()

        kind = _kind(said(Role.KIND), mapping)
        quantity = texts.get("quantity", "")
        purchase, gift, back = kind == "purchase", kind == "gift", kind == "refund"
        paid = texts.get("paid", "") if purchase or back else ""
        charged = texts.get("charged", "") if purchase or back else ""
        below = next((name for name, text in (("paid", paid), ("charged", charged)) if text.startswith("-")), None)
        if below is not None:
            # Where all are below zero, none has its sign here.
            return problem(below, "signs_differ", row, text=texts[below])
        # What was paid for a gift is kept with the purchase of its coins.
        currency = _currency(said(Role.CURRENCY), texts, chosen, row) if paid else ""
        if isinstance(currency, Problem):
            return currency
        if back and not said(Role.ORDER):
            return problem("refers_to", "refund_without_order", row)
        coins = _coins_of_all(texts, quantity) if gift else texts.get("coins", "")
        if gift and _is_below(coins, quantity):
            return problem("coins", "fewer_coins_than_pieces", row, coins=coins, pieces=quantity)
        draft = Draft(
            kind=kind,
            at=at,
            zone=answers.zone if "T" in at and _naive(at) else "",
            profile=said(Role.PROFILE),
            coins=coins,
            # Several packages in one row are no purchase that could be read: coins and price may be of one or of all.
            quantity=quantity if gift or quantity != "1" else "",
            paid=paid,
            currency=currency,
            charged=charged,
            channel=(_channel(said(Role.CHANNEL)) or mapping.channel) if purchase else "",
            region=said(Role.REGION).upper() if purchase else "",
            creator=said(Role.CREATOR) if gift else "",
            gift=said(Role.GIFT) if gift else "",
            order_ref=said(Role.ORDER) if purchase else "",
            refers_to=said(Role.ORDER) if back else "",
            note=said(Role.NOTE),
            row=row,
        )
        return Incoming(draft, identity(cells), also=said_by(draft))

    return understood


def _coins_of_all(texts: dict[str, str], quantity: str) -> str:
    """The coins of all pieces of a gift, where a column says them or those of one piece."""
    each = texts.get("coins_each", "")
    if "coins" in texts or not each:
        return texts.get("coins", "")
    pieces = quantity or "1"
    return str(int(each) * int(pieces)) if _is_count(each) and _is_count(pieces) else each


def _is_below(coins: str, pieces: str) -> bool:
    """Whether there are fewer coins than pieces, of which each costs one at least."""
    return _is_count(coins) and _is_count(pieces) and 0 < int(coins) < int(pieces)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_COUNT


def glimpse(record: Record, mapping: Mapping) -> Draft:
    """What a row says in its own words, for showing one that is no entry; nothing in it is checked."""
    cells = record.cells

    def said(role: Role) -> str:
        place = mapping.place(role)
        return "" if place is None or place >= len(cells) else cells[place].strip()[:_LONGEST_SHOWN]

    date = mapping.place(Role.DATE)
    order = "" if date is None else mapping.forms[date]
    read = date_text(said(Role.DATE), order or "ymd", said(Role.TIME))
    kind = _kind(said(Role.KIND), mapping)
    return Draft(
        kind=kind,
        at=read or " ".join(filter(None, (said(Role.DATE), said(Role.TIME)))),
        coins=said(Role.COINS),
        quantity=said(Role.QUANTITY) if kind == "gift" else "",
        paid="" if kind == "gift" else said(Role.PAID),
        creator=said(Role.CREATOR),
        gift=said(Role.GIFT),
        order_ref=said(Role.ORDER),
        row=record.row,
    )


def _identity(mapping: Mapping) -> Callable[[Sequence[str]], str]:
    """What tells a row again whatever its columns are said to mean: its filled cells, each with its column's name.

    So neither answers change it, nor the order of columns, nor a new column that is empty in it.
    """
    names = [name or str(place) for place, name in enumerate(mapping.names, 1)]
    labels = [
        (f"{names[place]}=", place) for place in sorted(range(len(names)), key=lambda place: (names[place], place))
    ]
    return lambda cells: "\x1f".join([label + cells[place] for label, place in labels if cells[place]])


def list_of(mapping: Mapping) -> str:
    """Which list the rows of a sheet are of: its columns by name, or how many there are; a file's name says nothing."""
    said = "\x1f".join(sorted(mapping.names)) if any(mapping.names) else str(len(mapping.names))
    digest = hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    return f"sheet:{digest}"


def _is_total(cells: Sequence[str], date_place: int | None) -> bool:
    """Whether a row sums up the others: it begins with such a word, or with one behind another, and has no date."""
    first = next((cell.strip() for cell in cells if cell.strip()), "")
    words = first.casefold().replace(":", " ").split()
    dated = "" if date_place is None or date_place >= len(cells) else cells[date_place].strip()
    return not _TOTALS.isdisjoint(words[:2]) and dated in ("", first)


def _naive(at: str) -> bool:
    clock = at[10:]
    return not clock.endswith("Z") and "+" not in clock and "-" not in clock


def _clock(mapping: Mapping, places: dict[Role, int]) -> Callable[[Sequence[str]], str | None]:
    """What reads date and time of a row; None where they are none."""
    first, last, time = mapping.place(Role.DATE), places.get(Role.DATE), places.get(Role.TIME)
    if first is None or last is None:
        return lambda _: None
    order = mapping.forms[first] or "ymd"
    if time is None:
        return lambda cells: date_text(cells[last].strip(), order)
    return lambda cells: date_text(cells[last].strip(), order, cells[time].strip())


def _numbers(
    cells: Sequence[str], numbers: Sequence[tuple[int, Role, str, bool]], row: int
) -> dict[str, str] | Problem:
    """Plain decimal texts of the number columns, and the currency that stands beside the price."""
    texts: dict[str, str] = {}
    for place, role, form, drop_sign in numbers:
        text = cells[place].strip()
        if not text:
            continue
        if text.isascii() and text.isdigit():
            texts[role.value] = text
            continue
        found = without_currency(text)
        style = None if found is None else number_style(found[0], form)
        if found is None or style is None:
            code = "not_a_price_here" if role in {Role.PAID, Role.CHARGED} else "not_coins_here"
            return problem(role.value, code, row, text=text[:60])
        number, currency, negative = found
        plain = "".join(sign for sign in number if sign.isdigit() or sign == style.decimal).replace(style.decimal, ".")
        if "." in plain and not plain.partition(".")[2].strip("0") and role in _WHOLE:
            plain = plain.partition(".")[0]  # spreadsheets write whole numbers as 350.00
        texts[role.value] = plain if not negative or drop_sign else f"-{plain}"
        if currency and role is Role.PAID:
            texts["said_currency"] = currency
        elif role is Role.PAID and shared_codes(text):
            texts["shared"] = text
    return texts


def _currency(cell: str, texts: dict[str, str], chosen: str, row: int) -> str | Problem:
    """The code of a price's currency: of its column, else as it stands beside the price, else of all prices.

    Args:
        chosen: what the name of the price's column says, else the person.
    """
    code = currency_named(cell, chosen) if cell else ""
    shared = shared_codes(cell) if cell and not code else frozenset()
    if chosen and shared:
        return problem("currency", "symbol_of_another", row, text=cell, currency=chosen, known=_listed(shared))
    currency = code or cell or texts.get("said_currency") or chosen
    if "shared" in texts and currency and currency not in (known := shared_codes(texts["shared"])):
        text = texts["shared"][:60]
        return problem("paid", "symbol_of_another", row, text=text, currency=currency, known=_listed(known))
    return currency


def _listed(codes: frozenset[str]) -> str:
    return ", ".join(sorted(codes))


def _kind(text: str, mapping: Mapping) -> str:
    said = text.casefold()
    if not said:
        return mapping.kind
    return next((kind for kind, words in _KIND_WORDS.items() if said == kind or said in words), said)


def _channel(text: str) -> str:
    said = text.casefold()
    return next((channel for channel, words in _CHANNEL_WORDS.items() if said in words), said) if said else ""


def said_by(draft: Draft) -> str:
    """What tells a row again by the same answers: everything it says but its note, so that its cells may change."""
    said: Sequence[str] = (
        *(draft.kind, draft.at, draft.profile, draft.coins, draft.quantity, draft.paid, draft.currency, draft.charged),
        *(draft.creator, draft.gift, draft.order_ref, draft.refers_to),
    )
    return "|".join(said)

"""Google Takeout, "Google Play Store": the order history and the older purchase history, TikTok lines alone.

Both files are a JSON list of objects with one key. They are told by that key, for file names are translated. Prices are
text in the buyer's locale; times are UTC. Payment cards, addresses and contacts are never given on.

Sections and their cells:
    orders: order number, time, total, refund, title, kind of document, coins, country
    refunds: the same cells, once more for an order of which money came back
    purchases: time, price, title, kind of document, country

An order of several packages of coins is one purchase of all their coins: its lines name no prices, so what of the one
total was for which package is not known, and needs not be. Beside anything else, or a line that names no coins, it is a
problem, and so is a quantity that is no number of pieces. A cell that says there is no order number is empty.

Fields: hudi-packages-connectors fixture 2022; RLEAPP `google_playstore.py`.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, BinaryIO

from coinbudget.domain.drafts import Draft
from coinbudget.domain.errors import Problem, Refusal, problem
from coinbudget.domain.money import NumberFault, parse_coins
from coinbudget.formats.coin_titles import coins_of
from coinbudget.formats.json_stream import events
from coinbudget.formats.moments import iso_of, moment, names_zone, no_time
from coinbudget.formats.price_text import PriceText, read_price, shared_codes
from coinbudget.formats.source import Answers, Incoming, Record, Understood
from coinbudget.formats.tiktok_export import Spelt, plain_text

ORDERS, REFUNDS, PURCHASES = "orders", "refunds", "purchases"

_BOM = b"\xef\xbb\xbf"
_HEAD = re.compile(rb'\s*\[\s*(?:\]|\{\s*"(orderHistory|purchaseHistory)")', re.IGNORECASE)
_KINDS = {"orderhistory": ORDERS, "purchasehistory": PURCHASES}
_OURS = "tiktok"
_IN_APP = ("in app", "inapp")
#: Kinds of document that are no coins.
_OTHER_KINDS = ("subscription", "android apps", "app", "movies", "books", "music")
#: Longer texts are not kept in memory.
_LONGEST_KEPT = 60


class _Plan(Spelt):
    """What lies where: folded keys to the place of a cell, or to what lies inside. Lists are looked through."""


_LINE = _Plan({"doc": _Plan({"title": 0, "documenttype": 1}), "quantity": 2})
_PLANS: dict[str, _Plan] = {
    ORDERS: _Plan(
        {
            "orderid": 0,
            "creationtime": 1,
            "totalprice": 2,
            "refundamount": 3,
            "userlocale": _Plan({"country": 7}),
            "usercountry": 7,
            "lineitem": _LINE,
        }
    ),
    PURCHASES: _Plan(
        {
            "purchasetime": 0,
            "invoiceprice": 1,
            "doc": _Plan({"title": 2, "documenttype": 3}),
            "usercountry": 4,
        }
    ),
}
_TOP = _Plan({name: _PLANS[section] for name, section in _KINDS.items()})
_WIDTH = {ORDERS: 8, PURCHASES: 5}
_LINE_WIDTH = 3
#: Containers around an order: the list, the object of one key, what it holds. A line of it is two further in.
_ORDER_DEPTH, _LINE_DEPTH = 3, 5
_SAME_SECONDS = 120
_COUNTING = frozenset("123456789")
_OPENING = frozenset({"start_map", "start_array"})
_CLOSING = frozenset({"end_map", "end_array"})
#: What stands where there is no number.
_NO_NUMBER = frozenset({"", "-", "--", "0", "n/a", "na", "none", "null", "nil"})


def recognised(head: bytes) -> bool:
    """Whether a file is one of the two by its first bytes: a list of objects with that one key."""
    found = _HEAD.match(head.removeprefix(_BOM))
    return found is not None and found[1] is not None


def read(stream: BinaryIO) -> Iterator[Record | Problem]:
    """The orders and purchases of coins on TikTok, in the order of the file, in flat memory.

    An order of which money came back is given twice, as an order and as a refund.

    Raises:
        Refusal: it is no sound JSON, or neither of the two files.
    """
    known = False
    row = 0
    section = ""
    cells: list[str] = []
    lines: list[list[str]] = []
    # Of each open container what to go on with behind it: its keys, what its present key names, where cells go.
    around: list[tuple[_Plan | None, Any, list[str]]] = []
    plan: _Plan | None = None
    slot: Any = None
    target = cells
    for event, value in events(stream):
        if event == "map_key":
            slot = plan[value] if plan is not None else None
        elif event == "string":
            if type(slot) is int:
                target[slot] = value
        elif event in _OPENING:
            around.append((plan, slot, target))
            depth = len(around)
            if depth == _ORDER_DEPTH and isinstance(slot, _Plan):
                known = True
                section = ORDERS if slot is _PLANS[ORDERS] else PURCHASES
                cells, lines = [""] * _WIDTH[section], []
                target = cells
            if event == "start_map":
                if depth == _LINE_DEPTH and slot is _LINE:
                    target = [""] * _LINE_WIDTH
                    lines.append(target)
                plan, slot = (_TOP if depth == _ORDER_DEPTH - 1 else slot if isinstance(slot, _Plan) else None), None
            else:
                plan = None
        elif event in _CLOSING:
            if len(around) == _ORDER_DEPTH and section:
                row += 1
                yield from _records(section, row, cells, lines)
                section = ""
            plan, slot, target = around.pop()
        elif type(slot) is int:
            target[slot] = plain_text(value)
    if not known:
        raise Refusal(problem("file", "not_google"))


def _records(section: str, row: int, cells: list[str], lines: list[list[str]]) -> Iterator[Record | Problem]:
    """The records of one object: none where it is not about TikTok coins."""
    if section == PURCHASES:
        if _is_ours(cells[2], cells[3]):
            yield Record(PURCHASES, row, tuple(cells))
        return
    ours = [line for line in lines if _is_ours(line[0], line[1])]
    if not ours:
        return
    unread = [line[2] for line in ours if _pieces(line[2]) is None]
    if unread:
        yield problem("quantity", "not_pieces_here", row, text=unread[0].strip()[:60])
        return
    bought = _bought(ours) if len(ours) == len(lines) else None
    if bought is None:
        # One total for several things: what of it was for coins is not said.
        yield problem("paid", "order_mixed", row, order=cells[0][:60])
        return
    cells[0] = number_in(cells[0])
    cells[4:7] = bought
    yield Record(ORDERS, row, tuple(cells))
    # Most orders say that nothing came back; that is no row of its own.
    if cells[3].strip() and not ("0" in cells[3] and _COUNTING.isdisjoint(cells[3])):
        yield Record(REFUNDS, row, tuple(cells))


def _bought(lines: list[list[str]]) -> tuple[str, str, str] | None:
    """Title, kind of document and coins of an order of TikTok alone; None where one of several names no coins."""
    [title, kind, quantity], *others = lines
    coins = _coins(title, quantity)
    if not others:
        return title, kind, coins
    every = [coins, *(_coins(name, pieces) for name, _, pieces in others)]
    if not all(every):
        return None
    # Of two files each may name the packages in an order of its own.
    return " + ".join(sorted(line[0] for line in lines)), kind, str(sum(map(int, every)))


def number_in(cell: str) -> str:
    """The number of an order or a document that a cell holds; "" where it says that there is none."""
    number = cell.strip()
    return "" if number.lower() in _NO_NUMBER else number


def _coins(title: str, quantity: str) -> str:
    """The coins of all pieces of a line; "" where it does not name them."""
    coins, pieces = coins_of(title), _pieces(quantity) or 1
    return str(int(coins) * pieces) if coins and pieces > 1 else coins


def _pieces(quantity: str) -> int | None:
    """How many pieces of a line were bought, one where it does not say; None where it cannot be read."""
    quantity = quantity.strip()
    if quantity in {"", "1"}:
        return 1
    pieces = parse_coins(quantity)
    return None if isinstance(pieces, NumberFault) else pieces


def _is_ours(title: str, kind: str) -> bool:
    """Whether a line is one of coins on TikTok."""
    known = len(title) <= _LONGEST_KEPT and len(kind) <= _LONGEST_KEPT
    return (_is_of_tiktok if known else _is_of_tiktok.__wrapped__)(title, kind)


@lru_cache(maxsize=1024)
def _is_of_tiktok(title: str, kind: str) -> bool:
    kind = kind.strip().lower().replace("-", " ")
    if _OURS not in title.lower() or kind in _OTHER_KINDS:
        return False
    # A book about TikTok is none either; kinds nobody has met count where the title names coins.
    return not kind or kind.startswith(_IN_APP) or bool(coins_of(title))


def understand(record: Record, answers: Answers, decimal: str = "") -> Understood:
    """The purchase or the refund a record tells of; None for what cost nothing.

    Args:
        decimal: the sign that parts decimals in the other prices of the file; "" where they do not tell.
    """
    if record.section == PURCHASES:
        time, total, title, _, country = record.cells
        price = read_price(total, answers.currency, country, decimal)
        return _purchase(record, time, total, price, coins_of(title), "", answers)
    order, time, total, refund, _, _, coins, country = record.cells
    price = read_price(total, answers.currency, country, decimal)
    if record.section == ORDERS:
        return _purchase(record, time, total, price, coins, order, answers)
    return _refund(record, time, total, price, refund, read_price(refund, answers.currency, country, decimal), answers)


def _purchase(
    record: Record,
    time: str,
    total: str,
    price: PriceText | None,
    coins: str,
    order: str,
    answers: Answers,
) -> Understood:
    at = iso_of(time)
    if at is None:
        return no_time(time, record.row)
    if price is None:
        return problem("paid", "not_a_price_here", record.row, text=total[:60])
    if not is_nothing(price):
        draft = Draft(
            kind="purchase",
            at=at,
            zone="" if names_zone(at) else answers.zone,
            coins=coins,
            paid=price.number,
            numbers=price.style,
            currency=price.currency or answers.currency,
            channel="android",
            order_ref=order,
            row=record.row,
        )
        return Incoming(draft, origin(record))
    return None


def is_nothing(price: PriceText) -> bool:
    """Whether a price is nothing."""
    return _COUNTING.isdisjoint(price.number)


def glimpse(record: Record) -> Draft:
    """What a row says in its own words, for showing one that is no entry; nothing in it is checked."""
    if record.section == PURCHASES:
        order, (time, total, title, _, _) = "", record.cells
        coins = coins_of(title)
    else:
        order, time, total, refund, _, _, coins, _ = record.cells
        total = refund if record.section == REFUNDS else total
    when = moment(time)
    kind = "refund" if record.section == REFUNDS else "purchase"
    at = when.iso if when else time[:60]
    return Draft(kind=kind, at=at, coins=coins, paid=total[:60], order_ref=order, row=record.row)


def _refund(
    record: Record,
    time: str,
    total: str,
    paid: PriceText | None,
    refund: str,
    back: PriceText | None,
    answers: Answers,
) -> Understood:
    """Money that came back. The file does not date it: it stands at the order's own time, marked as an estimate."""
    when = moment(time)
    if when is None:
        return no_time(time, record.row)
    order = record.cells[0]
    if back is None or paid is None:
        return problem("paid", "not_a_price_here", record.row, text=(refund if back is None else total)[:60])
    if is_nothing(back):
        return None
    owed = paid.currency or answers.currency
    said = {back.currency} if back.currency else shared_codes(refund)
    if owed and said and owed not in said:
        return problem("currency", "refund_currency", record.row, currency=owed)
    draft = Draft(
        kind="refund",
        at=when.iso,
        zone="" if when.zoned else answers.zone,
        refers_to=order,
        about="1",
        row=record.row,
    )
    if back.canonical.lstrip("-") != paid.canonical.lstrip("-"):
        # A part of the price takes no coins back that anybody knows of; all of it takes all that is left.
        number = back.number.lstrip("-")
        draft = draft._replace(
            paid=number, numbers=back.style, currency=back.currency or paid.currency or answers.currency
        )
    return Incoming(draft=draft, origin=origin(record), of=origin(record))


def origin(record: Record) -> str:
    """What tells a row again: order number, price and coins; without a number time, price and title.

    A number that names other amounts than before is not the row it was: somebody must say which of them is right.
    """
    if record.section == PURCHASES:
        time, total, title, _, _ = record.cells
    else:
        order, time, total, _, title, _, coins, _ = record.cells
        if order:
            return f"{order}|{_price(total)}|{coins}"
    when = moment(time)
    return f"{when.canonical if when else time.strip()}|{_price(total)}|{title.strip()}"


def identity(record: Record) -> str:
    """What makes two rows of one import the same one: an order of which more came back since tells something new."""
    same = origin(record)
    return f"{same}|{_price(record.cells[3])}" if record.section == REFUNDS else same


def _price(text: str) -> str:
    price = read_price(text)
    return text.strip() if price is None else f"{price.canonical} {price.currency}".strip()


def same_order(order: Record, purchase: Record) -> bool:
    """Whether a row of the purchase history is an order of the order history."""
    first, second = moment(order.cells[1]), moment(purchase.cells[0])
    return (
        first is not None
        and second is not None
        and abs(first.second - second.second) <= _SAME_SECONDS
        and _price(order.cells[2]) == _price(purchase.cells[1])
        and order.cells[4].strip() == purchase.cells[2].strip()
    )


def same_amounts(order: Record, other: Record) -> bool:
    """Whether nothing in the amounts of two orders speaks against their being one; a title may name no coins."""
    coins = {order.cells[6], other.cells[6]} - {""}
    return _price(order.cells[2]) == _price(other.cells[2]) and len(coins) <= 1


def price_of(record: Record) -> tuple[str, str]:
    """Price text and country of a record, for asking what is open."""
    cells: Any = record.cells
    return (cells[1], cells[4]) if record.section == PURCHASES else (cells[2], cells[7])

"""Apple's "Data and Privacy" export, store transactions: TikTok lines alone, columns by the name in the header.

Two files hold them: `Store Transaction History.csv` and `Store Transaction Purchase and Free Apps History.csv`; both
are told by their columns. Device, address, account and card columns are never given on.

Sections and their cells:
    lines: order number, document number, item reference, day bought, description, container, seller, price, currency,
        refund, family purchase, chargeback
    refunds: the same cells, once more for a line of which money came back, all of it so far
    returns: the same cells of a line that tells of nothing else; each gives back an amount of its own

A line is TikTok's where description, container or seller say so. Columns: a schema fixture and two public readers
(nostalgia-dev/nostalgia, leftathome/glovebox); `Container Description` naming the app is inferred.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter

from coinbudget.domain.drafts import Draft
from coinbudget.domain.errors import Problem, Refusal, problem
from coinbudget.formats.coin_titles import coins_of, speaks_of_coins
from coinbudget.formats.google_takeout import is_nothing, number_in
from coinbudget.formats.moments import iso_of, moment, names_zone, no_time
from coinbudget.formats.price_text import PriceText, read_price
from coinbudget.formats.source import Answers, Incoming, Record, Understood
from coinbudget.formats.things import at_price, plain_price, thing_of

LINES, REFUNDS, RETURNS = "lines", "refunds", "returns"

#: Folded header names of the cells, in their order; the first is the one seen most.
_COLUMNS: tuple[tuple[str, ...], ...] = (
    ("order number",),
    ("document number",),
    ("item reference number",),
    ("item purchased date", "purchase created date", "invoice date"),
    ("item description",),
    ("container description",),
    ("seller",),
    ("invoice item total", "item total"),
    ("currency", "currency id"),
    ("refund amount",),
    ("icloud family purchase?", "icloud family purchase"),
    ("purchase chargeback?", "purchase chargeback"),
)
_NEEDED = {"item description", "invoice item total"}
_OURS = re.compile("tiktok|bytedance")
_BOM = b"\xef\xbb\xbf"
_YES = {"yes", "y", "true", "1"}
_SLASHED = re.compile(
    r"([0-9]{1,2})([/.])([0-9]{1,2})\2([0-9]{4})(?:[ ,T]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?(?: ?([AaPp][Mm]))?)?"
)
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_MONTHS = 12
_DAY_SIGNS = 10
FAMILY_NOTE = "Bought through iCloud Family"


def recognised(head: bytes) -> bool:
    """Whether a file is one of the two by the columns of its first line."""
    line = head.removeprefix(_BOM).split(b"\n", 1)[0].decode("utf-8", "replace")
    return set(_names(line.split(","))) >= _NEEDED


def _names(cells: Sequence[str]) -> list[str]:
    return [cell.strip().strip('"').strip().lower() for cell in cells]


def read(lines: Iterable[str]) -> Iterator[Record | Problem]:
    """The lines of coins on TikTok; one of which money came back is given twice, as a line and as a refund.

    Raises:
        Refusal: the header is another, or its quotes are broken.
    """
    reader = csv.reader(lines, strict=True)
    try:
        names = _names(next(reader, []))
        # A column that is not there is the empty cell put behind each row.
        picked = itemgetter(*(next((names.index(name) for name in each if name in names), -1) for each in _COLUMNS))
        if not set(names) >= _NEEDED:
            raise Refusal(problem("file", "not_apple"))
        for row, found in enumerate(reader, 2):
            if not any(found):
                continue
            if len(found) < len(names):
                yield problem("file", "too_few_cells", row, cells=len(found), columns=len(names))
                continue
            if any(found[len(names) :]) and _OURS.search("\n".join(found).lower()):
                # Which cell is one too many is not known, so none can be trusted.
                yield problem("file", "too_many_cells", row, cells=len(found), columns=len(names))
                continue
            found.append("")
            order, document, *others = map(str.strip, picked(found))
            cells = (number_in(order), number_in(document), *others)
            if _OURS.search("\n".join(cells[4:7]).lower()):
                yield from _records(row, cells)
    except csv.Error as error:
        code = "cell_too_long" if "limit" in str(error) else "broken_quotes"
        raise Refusal(problem("file", code)) from None


def _records(row: int, cells: tuple[str, ...]) -> tuple[Record, ...]:
    """A line of coins, and what came back of it; or what came back alone, where that is all the line tells."""
    came_back = cells[11].lower() in _YES or _is_amount(cells[9])
    price = read_price(cells[7])
    unpaid = price is not None and (is_nothing(price) or price.number.startswith("-"))
    if unpaid and (came_back or _is_amount(cells[7])):
        return (Record(RETURNS, row, cells),)
    return (Record(LINES, row, cells), Record(REFUNDS, row, cells)) if came_back else (Record(LINES, row, cells),)


def _is_amount(text: str) -> bool:
    return bool(text) and ((price := read_price(text)) is None or not is_nothing(price))


def day_first(dates: Iterable[str]) -> bool | None:
    """Whether days stand before months in slashed dates, by all rows; None where every date fits both ways."""
    found: bool | None = None
    for text in dates:
        parts = _SLASHED.fullmatch(text)
        if parts is None:
            continue
        first, second = int(parts[1]), int(parts[3])
        if first > _MONTHS >= second:
            found = True
        elif second > _MONTHS >= first:
            found = False
    return found


def needs_order(text: str) -> bool:
    """Whether a date is slashed, so that somebody must say what its numbers are."""
    # As nearly every date begins: year-month.
    return text[4:5] != "-" and _SLASHED.fullmatch(text) is not None


def needs_zone(text: str) -> bool:
    """Whether a date has a time of day without an offset."""
    if len(text) <= _DAY_SIGNS or text.endswith("Z"):
        return False
    parts = _SLASHED.fullmatch(text)
    when = moment(text) if parts is None else None
    return parts[5] is not None if parts is not None else when is not None and not when.zoned


def date_of(text: str, *, days_first: bool) -> str | None:
    """A date, or a time, of the file as the ledger CSV has it; None where it is none."""
    text = text.strip()
    if len(text) == _DAY_SIGNS and _DAY.fullmatch(text):
        return text
    iso = iso_of(text)
    if iso is not None:
        return iso
    parts = _SLASHED.fullmatch(text)
    if parts is None:
        return None
    day, month = (parts[1], parts[3]) if days_first else (parts[3], parts[1])
    iso = f"{parts[4]}-{int(month):02d}-{int(day):02d}"
    if parts[5] is None:
        return iso if moment(f"{iso} 00:00") else None
    hour = int(parts[5])
    if parts[8]:
        if not 1 <= hour <= 12:  # noqa: PLR2004 - a clock of twelve hours
            return None
        hour = hour % 12 + (12 if parts[8].lower() == "pm" else 0)
    found = moment(f"{iso} {hour:02d}:{parts[6]}:{parts[7] or '00'}")
    return found.iso if found else None


def understand(record: Record, answers: Answers, *, days_first: bool, decimal: str = "") -> Understood:
    """The purchase or the refund a record tells of; None for what cost nothing.

    Args:
        decimal: the sign that parts decimals in the other prices of the file; "" where they do not tell.
    """
    order, document, _, date, description, _, _, total, currency, refund, family, chargeback = record.cells
    if record.section == LINES and _is_free(total, description):
        return None
    at = date_of(date, days_first=days_first)
    if at is None:
        return no_time(date, record.row)
    named = currency.upper() or answers.currency
    price = read_price(total, named, decimal=decimal)
    if price is None:
        return problem("paid", "not_a_price_here", record.row, text=total[:60])
    zone = answers.zone if len(at) > _DAY_SIGNS and not names_zone(at) else ""
    if record.section != LINES:
        draft = Draft(kind="refund", at=at, zone=zone, refers_to=order or document, about="1", row=record.row)
        back = read_price(refund, named, decimal=decimal) if refund else None
        return _refund(record, draft, price, back, named, chargeback=chargeback.lower() in _YES)
    if is_nothing(price):
        return None
    draft = Draft(
        kind="purchase",
        at=at,
        zone=zone,
        order_ref=order or document,
        row=record.row,
        coins=coins_of(description),
        paid=price.number,
        numbers=price.style,
        currency=price.currency or named,
        channel="ios",
        note=FAMILY_NOTE if family.lower() in _YES else "",
    )
    return Incoming(draft, origin(record), "", "", _thing(record))


def _is_free(total: str, description: str) -> bool:
    """Whether a line names no price, as that of the app itself: one of coins without a price is a doubt instead."""
    return not any(map(str.isdigit, total)) and not speaks_of_coins(description)


def glimpse(record: Record, *, days_first: bool) -> Draft:
    """What a row says in its own words, for showing one that is no entry; nothing in it is checked."""
    order, document, _, date, description, _, _, total, currency, refund, _, _ = record.cells
    back = record.section != LINES
    return Draft(
        kind="refund" if back else "purchase",
        at=date_of(date, days_first=days_first) or date[:60],
        coins=coins_of(description),
        paid=((refund or total) if back else total)[:60],
        currency=currency.upper(),
        order_ref=order or document,
        row=record.row,
    )


def _refund(
    record: Record, draft: Draft, price: PriceText, back: PriceText | None, named: str, *, chargeback: bool
) -> Understood:
    """Money that came back. The file does not date it: it stands on the day of the purchase, marked as an estimate."""
    alone = record.section == RETURNS
    if alone and not is_nothing(price) and (back is None or is_nothing(back)):
        back = price
    if back is None and not chargeback:
        return problem("paid", "not_a_price_here", record.row, text=record.cells[9][:60])
    if back is not None and is_nothing(back) and not chargeback:
        return None
    same = identity(record) if alone else origin(record)
    if back is None or is_nothing(back):
        return Incoming(draft=draft, origin=same, of=origin(record), thing=_thing(record))
    number = back.number.lstrip("-")
    whole = not alone and back.canonical.lstrip("-") == price.canonical
    if not whole:
        draft = draft._replace(paid=number, numbers=back.style, currency=back.currency or named)
    # In a row of its own the price is not told: all of it came back, or the order's number tells which purchase it was.
    of = _origin(record, back.canonical.lstrip("-")) if alone else same
    return Incoming(draft=draft, origin=same, of=of, thing=_thing(record), back=price.canonical if whole else "")


def origin(record: Record) -> str:
    """What tells a row again: order, item and price; where no order is named document and time in place of the order.

    The two files may write one and the same day in two ways, and one of them only tells which with all its rows. An
    item is one thing on sale, bought again and again; a document is an invoice, which may gather several days.
    """
    return _origin(record, plain_price(record.cells[7]))


def _origin(record: Record, price: str) -> str:
    """The same of a line with this price, which is plain decimal text."""
    order, document, item, date, description = record.cells[:5]
    if order:
        return at_price(f"{order}|{item}", price)
    named = (document, _time(date), item) if document else (_time(date), item or description)
    return "|".join((*named, price))


def _thing(record: Record) -> str:
    order, _, item = record.cells[:3]
    return thing_of(order, item)


def identity(record: Record) -> str:
    """What makes two rows of one import the same one: a line of which more came back since tells something new."""
    same, back = origin(record), plain_price(record.cells[9])
    if record.section == RETURNS:
        return "|".join((same, back, _time(record.cells[3]), record.cells[1]))
    return f"{same}|{back}" if record.section == REFUNDS else same


def _time(date: str) -> str:
    """A time as every file writes it, as far as it can be told from it alone."""
    order = day_first([date])
    if order is None and needs_order(date):
        return date
    return date_of(date, days_first=bool(order)) or date

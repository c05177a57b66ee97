"""Rows of a sheet of one's own, in whatever columns, turned into drafts by its Mapping."""

import hashlib
from collections.abc import Callable, Sequence

from coinbudget.domain.drafts import Draft
from coinbudget.domain.errors import Problem, problem
from coinbudget.formats.moments import no_time
from coinbudget.formats.sheet_amounts import amounts_of, numbers_of, sign_fault
from coinbudget.formats.sheet_cells import date_text, orders_of
from coinbudget.formats.sheet_decimals import parting
from coinbudget.formats.sheet_mapping import GIVEN, MONEY, NUMBERS, Mapping, Role
from coinbudget.formats.source import Answers, Incoming, Record, Understood

ROWS = "rows"
_LONGEST_SHOWN = 60
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
        (place, role, mapping.drop_sign[place] and not any(mapping.mostly_below[place : place + 1]))
        for place, role in enumerate(mapping.roles)
        if role in NUMBERS and not mapping.unread(place)
    ]
    spent, doubtful = _below(mapping)
    decimal_of, named = parting(mapping), places.get(Role.CURRENCY)

    def understood(record: Record) -> Understood:
        cells, row = record.cells, record.row
        if not "".join(cells).strip():
            return None
        if len(cells) != width:
            if _is_total(cells, date_place):
                return None
            return problem("file", "too_few_cells", row, cells=len(cells), columns=width)
        texts = numbers_of(cells, numbers, decimal_of, "" if named is None else cells[named].strip(), row)
        if isinstance(texts, Problem):
            return texts
        at = when(cells)
        if at is None:
            return None if _is_total(cells, date_place) else _no_date(cells, date_place, mapping, row)

        def said(role: Role) -> str:
            place = places.get(role)
            return "" if place is None else cells[place].strip()

        priced = any(texts.get(role.value, "").strip("-0.") for role in MONEY)
        kind = _kind_of_row(said, mapping, priced=priced)
        if kind == "gift" and _is_purchase_too(said, mapping):
            return problem("kind", "gift_or_purchase", row, name=said(Role.CREATOR) or said(Role.GIFT))
        quantity = texts.get("quantity", "")
        sign = sign_fault(kind, texts, (spent, frozenset() if said(Role.KIND) else doubtful), row)
        if sign is not None:
            return sign
        amounts = amounts_of(kind, quantity, texts, said, chosen, row)
        if isinstance(amounts, Problem):
            return amounts
        zone = answers.zone if "T" in at and _naive(at) else ""
        draft = _draft((kind, at, zone, row), quantity, amounts, said, mapping)
        return Incoming(draft, identity(cells), "", said_by(draft))

    return understood


def _below(mapping: Mapping) -> tuple[frozenset[str], frozenset[str]]:
    """Of the amounts of which most and not all are below zero: those that were spent so, and all of them."""
    mixed = [place for place, below in enumerate(mapping.mostly_below) if below]
    spent = frozenset(mapping.roles[place].value for place in mixed if mapping.drop_sign[place])
    return spent, frozenset(mapping.roles[place].value for place in mixed if mapping.roles[place] in MONEY)


def _no_date(cells: Sequence[str], date_place: int | None, mapping: Mapping, row: int) -> Problem:
    """Why a row has no date."""
    text = "" if date_place is None else cells[date_place].strip()
    unsaid = date_place is not None and not mapping.forms[date_place]
    if unsaid and len(orders_of(text)) > 1:
        return problem("at", "time_two_ways", row, text=text)
    return no_time(text, row)


def _draft(
    begun: tuple[str, str, str, int],
    quantity: str,
    amounts: tuple[str, str, str, str],
    said: Callable[[Role], str],
    mapping: Mapping,
) -> Draft:
    """A draft with what its kind has of the row; `begun` are its kind, time, zone and row."""
    kind, at, zone, row = begun
    coins, paid, currency, charged = amounts
    purchase, gift, back = kind == "purchase", kind == "gift", kind == "refund"
    return Draft(
        kind=kind,
        at=at,
        zone=zone,
        row=row,
        profile=said(Role.PROFILE),
        # Several packages in one row are no purchase that could be read: coins and price may be of one or of all.
        quantity=quantity if gift or quantity != "1" else "",
        coins=coins,
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
    )


def glimpse(record: Record, mapping: Mapping) -> Draft:
    """What a row says in its own words, for showing one that is no entry; nothing in it is checked."""
    cells = record.cells

    def said(role: Role) -> str:
        place = mapping.place(role)
        return "" if place is None or place >= len(cells) else cells[place].strip()[:_LONGEST_SHOWN]

    date = mapping.place(Role.DATE)
    order = "" if date is None else mapping.forms[date]
    read = date_text(said(Role.DATE), order or "ymd", said(Role.TIME))
    kind = _kind_of_row(said, mapping, priced=any(said(role).strip("-0.,") for role in MONEY))
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


def _kind(text: str, mapping: Mapping) -> str:
    said = text.casefold()
    if not said:
        return mapping.kind
    return next((kind for kind, words in _KIND_WORDS.items() if said == kind or said in words), said)


def _kind_of_row(said: Callable[[Role], str], mapping: Mapping, *, priced: bool) -> str:
    """What a row is by its kind; but one that names whom or what, and no money, is never a purchase."""
    kind = _kind(said(Role.KIND), mapping)
    gives = kind in {"purchase", ""} and not priced and mapping.tells_gifts() and any(map(said, GIVEN))
    return "gift" if gives else kind


def _is_purchase_too(said: Callable[[Role], str], mapping: Mapping) -> bool:
    """Whether a row that is a gift says that it is a purchase: by its kind, or an order among purchases."""
    kind = _kind(said(Role.KIND), mapping)
    return kind == "purchase" and bool(said(Role.KIND) or said(Role.ORDER))


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

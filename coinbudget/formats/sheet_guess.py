"""What the columns of a sheet probably mean, by the words of their header where the content fits; and what is open."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from coinbudget.domain.errors import Refusal, problem
from coinbudget.formats.price_text import names_currency_alone, shared_codes
from coinbudget.formats.sheet_cells import amount_of, date_text, number_style
from coinbudget.formats.sheet_decimals import doubt
from coinbudget.formats.sheet_facts import ENCODINGS, ColumnFacts, SheetFacts, Written
from coinbudget.formats.sheet_mapping import DATES, NUMBERS, Mapping, Role, Said

#: Words of headers by role, the surest first; compared folded, as a whole or as a word of it.
_WORDS: dict[Role, tuple[str, ...]] = {
    Role.DATE: (
        *("date", "datum", "fecha", "data", "when", "day", "tag", "timestamp", "at", "buchungstag"),
        *("日付", "日期", "날짜"),
    ),
    Role.TIME: ("time", "uhrzeit", "zeit", "hora", "heure", "ora", "時刻", "时间"),
    Role.KIND: ("kind", "type", "art", "typ", "tipo", "種類"),
    Role.COINS: (
        *("coins", "coin", "münzen", "muenzen", "monedas", "moedas", "pièces", "monete", "монеты"),
        *("コイン", "金币", "코인"),
    ),
    Role.QUANTITY: (
        *("quantity", "pieces", "menge", "anzahl", "stück", "stueck", "cantidad", "quantité", "qty", "count", "個数"),
    ),
    Role.PAID: (
        *("paid", "price", "amount", "betrag", "preis", "kosten", "importe", "precio", "montant", "prix", "valor"),
        *("preço", "cost", "total", "bezahlt", "gezahlt", "pagado", "payé", "pago", "金額", "価格"),
    ),
    Role.CURRENCY: ("currency", "währung", "waehrung", "moneda", "devise", "moeda", "ccy", "通貨"),
    Role.CHARGED: ("charged", "debited", "belastet", "abgebucht"),
    Role.CHANNEL: ("channel", "store", "kanal", "tienda", "canal", "platform", "plattform"),
    Role.REGION: ("region", "country", "land", "país", "pays", "国"),
    Role.CREATOR: (
        *(
            "creator",
            "to",
            "who",
            "recipient",
            "streamer",
            "empfänger",
            "empfaenger",
            "an",
            "wem",
            "host",
            "username",
            "user",
        ),
        *("destinatario", "destinataire", "相手", "配信者"),
    ),
    Role.GIFT: ("gift", "geschenk", "regalo", "cadeau", "presente", "ギフト"),
    Role.ORDER: (
        *("order", "order number", "order id", "bestellnummer", "auftrag", "pedido", "commande", "order_ref"),
        "注文番号",
    ),
    Role.NOTE: (
        *("note", "notes", "comment", "notiz", "bemerkung", "nota", "remarque", "text", "verwendungszweck", "メモ"),
    ),
    Role.PROFILE: ("profile", "person", "profil"),
}
#: Words of a header that speak of one piece, where a role but one is of all of them: the person says what it means.
_OF_ONE = frozenset({"each", "per", "apiece", "pro", "je", "cada", "por", "chacun", "par"})
#: What only one column can be.
_SINGLE = frozenset(Role) - {Role.IGNORE, Role.NOTE}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPoint:
    """Something a mapping leaves open.

    Attributes:
        code: "date_column", "column", "date_order", "decimal", "kind", "currency", "encoding".
        column: its place; None where it is about the sheet.
        name: of the column; of "column" what one of several means.
        examples: a value, and the ways it can be read in the order of the choices; or names of columns.
        choices: forms to choose from.
    """

    code: str
    column: int | None = None
    name: str = ""
    examples: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


def propose(facts: SheetFacts) -> Mapping:
    """Roles by header words where the content fits; what two columns could be is neither, and is asked."""
    places: dict[Role, list[int]] = {}
    for place, column in enumerate(facts.columns):
        role = _role(column)
        if role is not Role.IGNORE:
            places.setdefault(role, []).append(place)
    roles, contested = [Role.IGNORE] * len(facts.columns), [Role.IGNORE] * len(facts.columns)
    for role, found in places.items():
        if len(found) == 1 or role not in _SINGLE or role is Role.DATE:
            roles[found[0]] = role
        else:
            for place in found:
                contested[place] = role
    if Role.DATE not in roles:
        columns = enumerate(facts.columns)
        dates = [place for place, column in columns if roles[place] is Role.IGNORE and _holds_dates(column)]
        if len(dates) == 1:
            roles[dates[0]] = Role.DATE
    said = set(roles)
    mapping = Mapping(
        names=tuple(column.name.casefold() for column in facts.columns),
        roles=tuple(roles),
        forms=tuple(form_of(column, role) for column, role in zip(facts.columns, roles, strict=True)),
        drop_sign=tuple(column.negative for column in facts.columns),
        mostly_below=tuple(column.mostly_negative for column in facts.columns),
        written=tuple(column.settled() for column in facts.columns),
        separator=facts.separator,
        encoding=facts.encoding,
        header=facts.header,
        contested=tuple(contested),
    )
    if Role.KIND in said:
        return mapping
    if Role.CREATOR in said and Role.PAID not in said:
        return replace(mapping, kind="gift")
    priced = Role.PAID in said or Role.PAID in contested
    return replace(mapping, kind="purchase") if priced and Role.CREATOR not in said else mapping


def kept(said: Mapping, proposed: Mapping, facts: SheetFacts) -> Mapping:
    """What was said of as many columns before, where it fits these; what was said of none is proposed."""
    roles, forms = list(proposed.roles), list(proposed.forms)
    for place, (column, role) in enumerate(zip(facts.columns, said.roles, strict=True)):
        if role is not Role.IGNORE and fits(column, role):
            roles[place] = role
            forms[place] = said.forms[place] if said.forms[place] in _forms(column, role) else form_of(column, role)
    for place, role in enumerate(roles):
        if role in _SINGLE and role in roles[:place]:
            roles[place], forms[place] = Role.IGNORE, ""
    return replace(
        proposed,
        roles=tuple(roles),
        forms=tuple(forms),
        kind=said.kind or proposed.kind,
        currency=said.currency,
        channel=said.channel,
        contested=said.contested,
    )


def with_said(mapping: Mapping, facts: SheetFacts, said: Said) -> Mapping:
    """A mapping with what a person said beside it.

    Raises:
        Refusal: a column is not there, or its content cannot be what is said.
    """
    for name, role in said.roles:
        place = _place_of(name, facts)
        if not fits(facts.columns[place], role):
            raise Refusal(problem("column", "column_fits_not", name=name, role=role))
        before = mapping.place(role) if role in _SINGLE else None
        if before is not None:
            mapping = mapping.with_role(before, Role.IGNORE)
        mapping = mapping.with_role(place, role, form_of(facts.columns[place], role))
    forms = list(mapping.forms)
    for place, (column, role) in enumerate(zip(facts.columns, mapping.roles, strict=True)):
        wished = said.date_order if role in DATES else said.decimal if role in NUMBERS else ""
        if wished and not form_of(column, role) and wished in _forms(column, role):
            forms[place] = wished
    return replace(mapping, forms=tuple(forms), kind=said.kind or mapping.kind)


def _place_of(name: str, facts: SheetFacts) -> int:
    """Where a column is: by its name in any case, or where it has none by its number from 1.

    Raises:
        Refusal: it is not there.
    """
    names = [column.name.casefold() or str(place) for place, column in enumerate(facts.columns, 1)]
    if name.casefold() not in names:
        known = ", ".join(column.name or str(place) for place, column in enumerate(facts.columns, 1))
        raise Refusal(problem("column", "unknown_column", name=name, known=known))
    return names.index(name.casefold())


def _forms(column: ColumnFacts, role: Role) -> tuple[str, ...]:
    return column.orders if role in DATES else column.decimals if role in NUMBERS else ()


def _role(column: ColumnFacts) -> Role:
    name = column.name.casefold().strip(" :*")
    words = set(name.replace("_", " ").replace("/", " ").replace("(", " ").replace(")", " ").split())
    if words & _OF_ONE:
        return Role.EACH if words & set(_WORDS[Role.COINS]) and fits(column, Role.EACH) else Role.IGNORE
    for exact in (True, False):
        for role, known in _WORDS.items():
            hit = name in known if exact else bool(words & set(known))
            if hit and fits(column, role) and 2 * odd_cells(column, role) <= column.filled:
                return role
    return Role.PAID if names_currency_alone(column.name) and _holds_amounts(column) else Role.IGNORE


def _holds_amounts(column: ColumnFacts) -> bool:
    return fits(column, Role.PAID) and 2 * odd_cells(column, Role.PAID) <= column.filled


def _holds_dates(column: ColumnFacts) -> bool:
    """Whether a column holds dates, whatever its header says."""
    return column.no_dates <= max(1, column.filled // 10) and 2 * column.no_dates < column.filled


def odd_cells(column: ColumnFacts, role: Role) -> int:
    """How many filled cells of a column are not what a role says; their rows are problems."""
    return column.no_dates if role in DATES else column.no_numbers if role in NUMBERS else 0


def fits(column: ColumnFacts, role: Role) -> bool:
    """Whether any content of a column can be what a role says; `odd_cells` tells how much of it cannot."""
    if not column.filled:
        return role not in DATES and role not in NUMBERS
    if role is Role.DATE:
        return bool(column.orders)
    if role is Role.TIME:
        return column.times
    return bool(column.decimals) if role in NUMBERS else True


def form_of(column: ColumnFacts, role: Role) -> str:
    """The form of a column where all its rows settle it; "" where it is open or has none."""
    if role in DATES:
        return column.orders[0] if len(column.orders) == 1 else "ymd" if len(column.orders) == 3 else ""  # noqa: PLR2004 - no order matters to an ISO time
    if role not in NUMBERS or not column.decimals:
        return ""
    if len(column.decimals) == 1 or (column.written and all(len(one.decimals) == 1 for one in column.written)):
        return column.decimals[0]
    if not column.signs:
        return "."
    if role in {Role.COINS, Role.EACH, Role.QUANTITY} and len(column.signs) == 1:
        # Coins are whole, so a sign that could be either groups them.
        return "," if column.signs == "." else "."
    return ""


def open_points(facts: SheetFacts, mapping: Mapping) -> tuple[OpenPoint, ...]:
    """What must be said before rows can come in."""
    found: list[OpenPoint] = []
    decimals: list[OpenPoint] = []
    if facts.undecided:
        others = tuple(encoding for encoding in ENCODINGS if encoding != facts.encoding)
        found.append(OpenPoint(code="encoding", examples=_strange_text(facts), choices=(facts.encoding, *others)))
    names = tuple(column.name or str(place) for place, column in enumerate(facts.columns, 1))
    if mapping.place(Role.DATE) is None:
        found.append(OpenPoint(code="date_column", examples=names))
    for place, (column, role) in enumerate(zip(facts.columns, mapping.roles, strict=True)):
        if mapping.unread(place):
            continue
        if role in DATES and not mapping.forms[place]:
            found.append(_open_date(place, column))
        elif role in NUMBERS and not mapping.forms[place]:
            written = doubt(facts, mapping, place)
            if written is not None:
                decimals.append(_open_decimal(place, column.name, written))
    if not mapping.kind and lacks_kind(facts, mapping):
        found.append(OpenPoint(code="kind", examples=names, choices=("purchase", "gift")))
    for role in mapping.open_roles():
        known = tuple(name for name, each in zip(names, mapping.contested, strict=True) if each is role)
        found.append(OpenPoint(code="column", name=role, examples=known))
    paid = mapping.place(Role.PAID)
    named = mapping.place(Role.CURRENCY)
    signs = () if named is None else facts.columns[named].samples
    by_row = bool(signs) and not any(map(shared_codes, signs))
    said = mapping.priced_in() or mapping.currency or by_row
    if paid is not None and not mapping.unread(paid) and not said and facts.columns[paid].bare:
        column = facts.columns[paid]
        examples = _with_signs(column.samples, signs)
        found.append(OpenPoint(code="currency", column=paid, name=column.name, examples=examples))
    # Last, as the currency may settle them.
    return (*found, *decimals)


def lacks_kind(facts: SheetFacts, mapping: Mapping) -> bool:
    """Whether rows may not say what they are; a line without a date, which may sum up others, is no such row."""
    place, date = mapping.place(Role.KIND), mapping.place(Role.DATE)
    if place is None:
        return True
    rows = facts.rows if date is None else facts.columns[date].filled - facts.columns[date].no_dates
    return facts.columns[place].filled < rows


def _with_signs(prices: Sequence[str], signs: Sequence[str]) -> tuple[str, ...]:
    """Prices as they stand beside the one sign of the column of currencies; of several signs those that are shared."""
    if len(signs) > 1:
        return tuple(filter(shared_codes, signs))
    return tuple(f"{price} {''.join(signs)}".rstrip() for price in prices)


def _open_date(place: int, column: ColumnFacts) -> OpenPoint:
    read = {sample: [date_text(sample, order) or "-" for order in column.orders] for sample in column.samples}
    sample, ways = max(read.items(), key=lambda one: len(set(one[1]) - {"-"}), default=("", []))
    return OpenPoint(code="date_order", column=place, name=column.name, examples=(sample, *ways), choices=column.orders)


def _open_decimal(place: int, name: str, written: Written) -> OpenPoint:
    number = amount_of(written.sample)[0]
    ways = (_plain(number, sign) if number_style(number, sign) else "-" for sign in written.decimals)
    return OpenPoint(
        code="decimal", column=place, name=name, examples=(written.sample, *ways), choices=written.decimals
    )


def _plain(number: str, sign: str) -> str:
    """A number as it is by a decimal sign, written with a point and nothing else."""
    return "".join(each for each in number if each.isdigit() or each == sign).replace(sign, ".")


def _strange_text(facts: SheetFacts) -> tuple[str, ...]:
    """A text of the sheet whose letters show whether the encoding is right."""
    texts = (text for column in facts.columns for text in (column.name, *column.samples))
    return tuple(text for text in texts if not text.isascii())[:1]

"""What the options of an import answer: about the file before it is read, and about its rows."""

import argparse
import codecs
from collections.abc import Mapping, Sequence

from coinbudget.domain.catalog import Channel, folded
from coinbudget.domain.errors import Refusal, problem
from coinbudget.domain.money import MAX_COINS, PLAIN, Currency, NumberFault, decimal_text, parse_coins, parse_minor
from coinbudget.formats.sheet_facts import ENCODINGS, SEPARATORS
from coinbudget.formats.sheet_mapping import Role, Said
from coinbudget.formats.source import Answers, Format, GiftAmount, TypeMeaning
from coinbudget.services import earlier, opening, sheet_source
from coinbudget.services.ledger import Ledger

#: Other names of formats that commands have had.
_FORMATS = {"ledger": "ledger-csv", "tiktok-export": "tiktok"}
_ORDERS = {"dmy": "dmy", "mdy": "mdy", "ymd": "ymd"}
_DECIMALS = {"comma": ",", "point": ".", ",": ",", ".": "."}
_KINDS = {"purchase": "purchase", "purchases": "purchase", "gift": "gift", "gifts": "gift"}
_NOTHING = "ignore"
#: What more than one column can mean.
_OFTEN = frozenset({Role.NOTE, Role.IGNORE})
_SEPARATORS = {"tab": "\t", "comma": ",", "semicolon": ";", "bar": "|", **{sign: sign for sign in SEPARATORS}}


def bought_before(options: argparse.Namespace) -> earlier.Bought | None:
    """Where coins of before the ledger were mostly bought.

    Raises:
        Refusal: it is none of the three.
    """
    said = _chosen(options.earlier, "earlier", {each.value: each.value for each in earlier.Bought})
    return earlier.Bought(said) if said else None


def pairs_of(options: argparse.Namespace) -> dict[str, str]:
    """Which purchase a row is, by row.

    Raises:
        Refusal: a row is said to be two.
    """
    pairs: dict[str, str] = {}
    for text in options.pair:
        row, name = _named(text, "pair")
        if pairs.setdefault(row, name) != name:
            raise Refusal(problem("pair", "said_twice", name=row))
    return pairs


def _named(text: str, option: str) -> tuple[str, str]:
    """What stands before and behind the last "=" of an option that says something of something.

    Raises:
        Refusal: there is none.
    """
    name, sign, said = text.rpartition("=")
    if not sign or not name.strip() or not said.strip():
        raise Refusal(problem(option, "unknown_answer", text=text, known="NAME=MEANING"))
    return name.strip(), said.strip()


def _chosen(text: str, option: str, known: Mapping[str, str]) -> str:
    """What an option's word stands for; "" where it was not given.

    Raises:
        Refusal: it is no word of these.
    """
    found = known.get(text if text in known else text.strip().lower(), "")
    if text and not found:
        raise Refusal(
            problem(option, "unknown_answer", text=text, known=", ".join(word for word in known if word[0].isalpha()))
        )
    return found


def _format(text: str) -> Format | None:
    """The format named; None where it is to be told by content.

    Raises:
        Refusal: it is not known.
    """
    name = text.strip().lower()
    try:
        return Format(_FORMATS.get(name, name)) if name else None
    except ValueError:
        raise Refusal(problem("format", "unknown_format", format=text, known=", ".join(Format))) from None


def wishes_of(ledger: Ledger, options: argparse.Namespace) -> opening.Wishes:
    """What the options say about the file before it is read.

    Raises:
        Refusal: one of them says nothing that is known.
    """
    encoding = _encoding(options.encoding)
    roles = _roles(options.column)
    said = Said(
        kind=_chosen(options.sheet_kind, "kind", _KINDS),
        date_order=_chosen(options.date_order, "date-order", _ORDERS),
        decimal=_chosen(options.decimal, "decimal", _DECIMALS),
        roles=roles,
    )
    separator = _chosen(options.separator, "separator", _SEPARATORS)
    wants_sheet = said != Said(date_order=said.date_order) or bool(encoding or separator)
    return opening.Wishes(
        format=_format(options.format),
        mapping=sheet_source.mapping_named(ledger, options.mapping) if options.mapping else None,
        sheets=wants_sheet,
        encoding=encoding,
        separator=separator,
        said=said,
    )


def _roles(said: Sequence[str]) -> tuple[tuple[str, Role], ...]:
    roles: dict[str, tuple[str, Role]] = {}
    for text in said:
        name, word = _named(text, "column")
        role = _role(word)
        if role not in _OFTEN and any(each is role for other, (_, each) in roles.items() if other != name.casefold()):
            raise Refusal(problem("column", "role_twice", role=role))
        if roles.setdefault(name.casefold(), (name, role))[1] is not role:
            raise Refusal(problem("column", "said_twice", name=name))
    return tuple(roles.values())


def _role(text: str) -> Role:
    """What a column is said to mean."""
    known = {role.value: role.value for role in Role if role is not Role.IGNORE} | {_NOTHING: _NOTHING}
    said = _chosen(text, "column", known)
    return Role.IGNORE if said == _NOTHING else Role(said)


def _encoding(text: str) -> str:
    """The encoding named, by whatever name it has; "" where none was.

    Raises:
        Refusal: no sheet is read in it.
    """
    known = ("utf-8", "utf-16", *ENCODINGS)
    try:
        name = codecs.lookup(text.strip()).name if text else ""
    except (LookupError, ValueError):
        name = "?"
    # What calls itself Latin 1 is Windows' extension of it.
    name = "cp1252" if name == "iso8859-1" else name
    found = next((each for each in known if codecs.lookup(each).name == name), "")
    if text and not found:
        raise Refusal(problem("encoding", "unknown_encoding", name=text, known=", ".join(known)))
    return found


def answers_of(ledger: Ledger, options: argparse.Namespace) -> Answers:
    """What the options say about the rows.

    Raises:
        Refusal: one of them says nothing that is known.
    """
    try:
        amount = GiftAmount(options.gift_amount.strip().lower()) if options.gift_amount else None
    except ValueError:
        raise Refusal(problem("gift-amount", "unknown_gift_amount", text=options.gift_amount)) from None
    currency = options.currency.strip().upper()
    if currency and currency not in ledger.reference.currencies:
        raise Refusal(problem("currency", "unknown_currency", currency=options.currency))
    if options.paid and not currency:
        raise Refusal(problem("paid", "paid_needs_currency"))
    channel = options.channel.strip().lower()
    if channel and channel not in set(Channel):
        raise Refusal(problem("channel", "unknown_channel", channel=options.channel))
    order = _chosen(options.date_order, "date-order", _ORDERS)
    return Answers(
        gift_amount=amount,
        currency=currency,
        channel=channel,
        types=_types(options.type),
        paid=_paid(options.paid, ledger.reference.currencies[currency]) if options.paid else {},
        date_order=order,
    )


def _types(said: Sequence[str]) -> dict[str, TypeMeaning]:
    types: dict[str, TypeMeaning] = {}
    for text in said:
        name, sign, word = text.rpartition("=")
        try:
            meaning = TypeMeaning(word.strip().lower() if sign else "")
        except ValueError:
            raise Refusal(problem("type", "unknown_type_meaning", text=text)) from None
        if types.setdefault(folded(name.strip()), meaning) is not meaning:
            raise Refusal(problem("type", "said_twice", name=name.strip()))
    return types


def _paid(said: Sequence[str], currency: Currency) -> dict[int, str]:
    """Prices by numbers of coins.

    Raises:
        Refusal: one of them is no price in this currency, or said to be two.
    """
    known = f"COINS=PRICE, such as 350={decimal_text(370, currency.digits)}"
    paid: dict[int, str] = {}
    for text in said:
        name, price = _named(text, "paid")
        coins = parse_coins(name, most=MAX_COINS)
        if isinstance(coins, NumberFault) or isinstance(parse_minor(price, PLAIN, currency), NumberFault):
            raise Refusal(problem("paid", "unknown_answer", text=text, known=known))
        if paid.setdefault(coins, price) != price:
            raise Refusal(problem("paid", "said_twice", name=name))
    return paid

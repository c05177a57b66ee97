"""The numbers of a row of a sheet: read from its cells, and what of them its kind has: coins, price, currency."""

from collections.abc import Callable, Sequence

from coinbudget.domain.errors import Problem, problem
from coinbudget.formats.price_text import currency_named, shared_codes, without_currency
from coinbudget.formats.sheet_cells import number_style
from coinbudget.formats.sheet_decimals import Parting
from coinbudget.formats.sheet_mapping import MONEY, Role

_LONGEST_COUNT = 18
_WHOLE = frozenset({Role.COINS, Role.EACH, Role.QUANTITY})


def numbers_of(
    cells: Sequence[str], numbers: Sequence[tuple[int, Role, bool]], decimal_of: Parting, named: str, row: int
) -> dict[str, str] | Problem:
    """Plain decimal texts of the number columns, and the currency that stands beside the price.

    Args:
        named: what the row's cell of the currency has.
    """
    texts: dict[str, str] = {}
    for place, role, drop_sign in numbers:
        text = cells[place].strip()
        if not text:
            continue
        if text.isascii() and text.isdigit():
            texts[role.value] = text
            continue
        found = without_currency(text)
        style = None if found is None else number_style(found[0], decimal_of(place, found[0], found[1], text, named))
        if found is None or style is None:
            code = "not_a_price_here" if role in MONEY else "not_coins_here"
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


def sign_fault(
    kind: str, texts: dict[str, str], below: tuple[frozenset[str], frozenset[str]], row: int
) -> Problem | None:
    """Why the sign of an amount leaves open whether it was paid or came back; None where it does not.

    Args:
        below: which amounts are below zero where they were spent, though some are not; and those of which one above it
            is a doubt, where no cell says the kind of the row.
    """
    spent, doubtful = below
    if kind != "purchase":
        return None  # what a refund brought back is written with either sign
    for name in ("paid", "charged"):
        text = texts.get(name, "")
        if text.startswith("-"):
            if name in spent:
                continue
            # Where all are below zero, none has its sign here.
            return problem(name, "signs_differ", row, text=text)
        if text and name in doubtful:
            return problem(name, "may_be_refund", row, text=text)
    return None


def amounts_of(
    kind: str, quantity: str, texts: dict[str, str], said: Callable[[Role], str], chosen: str, row: int
) -> tuple[str, str, str, str] | Problem:
    """Coins, price, currency and what was charged of a row, as far as its kind has them.

    Args:
        chosen: currency of prices that nothing in their row tells.
    """
    money = kind in {"purchase", "refund"}
    paid, charged = (texts.get(name, "").removeprefix("-") if money else "" for name in ("paid", "charged"))
    # What was paid for a gift is kept with the purchase of its coins.
    currency = _currency(said(Role.CURRENCY), texts, chosen, row) if paid else ""
    if isinstance(currency, Problem):
        return currency
    if kind == "refund" and not said(Role.ORDER):
        return problem("refers_to", "refund_without_order", row)
    coins = _coins_of_all(texts, quantity) if kind == "gift" else texts.get("coins", "")
    if kind == "gift" and _is_below(coins, quantity):
        return problem("coins", "fewer_coins_than_pieces", row, coins=coins, pieces=quantity)
    return coins, paid, currency, charged


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

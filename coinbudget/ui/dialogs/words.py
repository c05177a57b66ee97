"""Words that several forms share: the basis of a price, what a coin costs, a row of a file."""

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from PySide6.QtCore import QCoreApplication

from coinbudget.ui.amounts import Amounts


def _tr(text: str) -> str:
    return QCoreApplication.translate("FormWords", text)


def basis_words(basis: str) -> str:
    """Where a price comes from, in a few words."""
    return {
        "own": _tr("your last price"),
        "catalogue": _tr("catalogue"),
        "other_channel": _tr("price of another channel"),
        "us": _tr("estimated from the US price"),
    }.get(basis, "")


def price_basis(amounts: Amounts, basis: str, as_of: date | None, *, estimate: bool, today: date) -> str:
    """Where a price of today comes from and of what day, the year only where it is another; "" without a price."""
    words = basis_words(basis)
    if not words:
        return ""
    if estimate and basis == "catalogue":
        words = _tr("catalogue estimate")
    if as_of is None:
        return _tr("{basis}, undated").format(basis=words)
    day = amounts.date_short(as_of) if as_of.year == today.year else amounts.date(as_of)
    return _tr("{basis}, {day}").format(basis=words, day=day)


def per_coin(amounts: Amounts, minor: int, currency: str, coins: int) -> str:
    """What a coin costs, with two more decimals than the currency has."""
    digits = amounts.digits(currency)
    each = (Decimal(minor).scaleb(-digits) / coins).quantize(Decimal(1).scaleb(-digits - 2), ROUND_HALF_EVEN)
    text = f"{each:f}".replace(".", amounts.style.decimal)
    return _tr("{amount} {currency} a coin").format(amount=text, currency=currency)

"""Words that several forms share: the basis of a price, what a coin costs, a row of a file."""

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from PySide6.QtCore import QCoreApplication

from coinbudget.domain.drafts import Draft
from coinbudget.services.importing import State
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


def row_state(state: State) -> tuple[str, str, str]:
    """Word, icon and colour of a row's state in an import."""
    return {
        State.NEW: (_tr("New"), "plus", "ok"),
        State.KNOWN: (_tr("Already there"), "check", "muted"),
        State.VOIDED: (_tr("There, voided"), "check", "muted"),
    }.get(state, (_tr("Problem"), "warning", "near"))


def draft_words(draft: Draft) -> str:
    """A draft as one says it, in the very words of its file."""
    coins = _tr("{coins} coins").format(coins=draft.coins) if draft.coins else ""
    if draft.kind == "gift":
        name = f"{draft.quantity} × {draft.gift}" if draft.gift and draft.quantity not in {"", "1"} else draft.gift
        creator = f"@{draft.creator.lstrip('@')}" if draft.creator else ""
        parts = [name or _tr("Gift"), coins, creator]
    elif draft.kind in {"purchase", "refund"}:
        parts = [_tr("Refund") if draft.kind == "refund" else "", coins, f"{draft.paid} {draft.currency}".strip()]
    elif draft.kind == "adjustment":
        parts = [_tr("Adjustment"), coins, draft.reason]
    else:
        parts = [draft.kind, coins, draft.paid]
    return " · ".join(part for part in parts if part)

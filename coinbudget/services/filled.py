"""What imports said of purchases that stood already: filled in where they had nothing, and taken out again.

An import keeps beside each purchase it was paired with the columns it filled in and, under SAID, all that its row said.
So a column lives as long as an import that said it stands, whichever of them filled it in first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from coinbudget.domain.catalog import Channel
from coinbudget.domain.entries import BatchId, Purchase
from coinbudget.domain.money import Money
from coinbudget.domain.rates import RateSource
from coinbudget.services.ledger import Ledger

#: When a person had voided an entry that the import brought back (microseconds).
VOIDED_AT = "voided_at"
#: All that the row said of the purchase; missing in ledgers written before it was kept.
SAID = "said"

#: The price in minor units that a person had said where the export named none; in the currency of the one filled in.
WAS = "was"

_COINS, _PAID, _CURRENCY, _ORDER, _CHANNEL = "coins", "paid_minor", "currency", "order_ref", "channel"
#: Columns that come and go together.
_TOGETHER = ((_PAID, _CURRENCY), (_COINS,), (_ORDER,), (_CHANNEL,))
_NAMES = frozenset(name for names in _TOGETHER for name in names)
_NOTHING = object()

Values = Mapping[str, Any]


def columns_of(purchase: Purchase) -> dict[str, Any]:
    """What a purchase says of the columns that imports fill in; nothing of those that are empty."""
    values: dict[str, Any] = {}
    if purchase.coins is not None:
        values[_COINS] = purchase.coins
    if purchase.paid is not None:
        values |= {_PAID: purchase.paid.minor, _CURRENCY: purchase.paid.currency.code}
    if purchase.order_ref:
        values[_ORDER] = purchase.order_ref
    if purchase.channel is not Channel.OTHER:
        values[_CHANNEL] = purchase.channel.value
    return values


def without_values(purchase: Purchase, values: Values, *, keep_amounts: bool = False) -> Purchase:
    """A purchase without the columns that were filled in, where they are still as they were filled in."""
    paid = purchase.paid
    if not keep_amounts:
        if _COINS in values and purchase.coins == values[_COINS]:
            purchase = replace(purchase, coins=None)
        same = paid is not None and (paid.minor, paid.currency.code) == (values.get(_PAID), values.get(_CURRENCY))
        # What the account was debited was said by a person, and needs its price.
        if same and purchase.charged is None and purchase.coins is not None:
            purchase = _with_paid(purchase, _was(values, paid))
    if _ORDER in values and purchase.order_ref == values[_ORDER]:
        purchase = replace(purchase, order_ref="")
    if _CHANNEL in values and purchase.channel == values[_CHANNEL]:
        purchase = replace(purchase, channel=Channel.OTHER)
    return purchase


def with_values(purchase: Purchase, values: Values, ledger: Ledger) -> Purchase:
    """A purchase with columns filled in where it has none; a price that came is not frozen yet."""
    if _COINS in values and purchase.coins is None:
        purchase = replace(purchase, coins=values[_COINS])
    if _ORDER in values and not purchase.order_ref:
        purchase = replace(purchase, order_ref=values[_ORDER])
    if _CHANNEL in values and purchase.channel is Channel.OTHER:
        purchase = replace(purchase, channel=Channel(values[_CHANNEL]))
    if _PAID in values and columns_of(purchase).get(_PAID) == values.get(WAS):
        paid = Money(minor=values[_PAID], currency=ledger.reference.currencies[values[_CURRENCY]])
        purchase = _with_paid(purchase, paid)
    return purchase


def _was(values: Values, paid: Money | None) -> Money | None:
    """What a person had said was paid; in the currency of the price that came in its place."""
    return None if WAS not in values or paid is None else Money(minor=values[WAS], currency=paid.currency)


def _with_paid(purchase: Purchase, paid: Money | None) -> Purchase:
    return replace(purchase, paid=paid, converted_minor=None, rate=None, rate_source=RateSource.NONE)


@dataclass(frozen=True, slots=True)
class Parting:
    """What becomes of a purchase that an import told of when that import is taken back and others stand.

    Attributes:
        lost: columns that nobody else says.
        kept: what other imports have filled in from now on, by import: columns that both said.
    """

    lost: dict[str, Any]
    kept: dict[BatchId, dict[str, Any]] = field(default_factory=dict)


def parting(values: Values, others: Sequence[tuple[BatchId, Values]]) -> Parting:
    """Which of the columns an import filled in go with it.

    Args:
        values: columns with what they got; other keys are passed over.
        others: what the other imports that stand keep beside the purchase, oldest first.
    """
    names = _NAMES | {WAS} if _PAID in values else _NAMES
    done = Parting({name: value for name, value in values.items() if name in names})
    for batch, theirs in others:
        said = theirs.get(SAID, theirs)
        both = [names for names in _TOGETHER if all(said.get(name, _NOTHING) == done.lost.get(name) for name in names)]
        if both:
            moved = {name for names in both for name in names} | ({WAS} if _TOGETHER[0] in both else set())
            done.kept[batch] = {**theirs, **{name: done.lost.pop(name) for name in moved if name in done.lost}}
    return done

"""What imports said of purchases that stood already: filled in where they had nothing, and taken out again.

An import keeps beside each purchase it was paired with the columns it filled in and, under SAID, all that its row said.
So a column lives as long as an import that said it stands, whichever of them filled it in first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from coinbudget.domain.catalog import Channel
from coinbudget.domain.entries import BatchId, Gift, Purchase
from coinbudget.domain.money import Money
from coinbudget.domain.rates import RateSource
from coinbudget.services.ledger import Ledger
from coinbudget.storage.tables import instant_number, instant_of

#: When a person had voided an entry that the import brought back (microseconds).
VOIDED_AT = "voided_at"
#: All that the row said of the purchase; missing in ledgers written before it was kept.
SAID = "said"

#: That the price was said by a person beside a list that names none; it gives way to a named one.
ONLY_SAID = "only_said"

#: The instant that stood for the day, where the hour was filled in (microseconds).
NOON = "noon"
#: The price that a person had said where the export named none: minor units and currency code.
WAS = "was"

#: What a purchase's price was worth; it goes and comes with the price.
CONVERSION = ("converted_minor", "rate", "rate_source")

_AT, _COINS, _PAID, _CURRENCY, _ORDER, _CHANNEL = "at", "coins", "paid_minor", "currency", "order_ref", "channel"
_COLUMNS = {_AT, _COINS, _PAID, _CURRENCY, _ORDER, _CHANNEL}

Values = Mapping[str, Any]
#: What imports keep beside a purchase, oldest first.
Others = Sequence[tuple[BatchId, Values]]


def columns_of(purchase: Purchase) -> dict[str, Any]:
    """What a purchase says of the columns that imports fill in; nothing of those that are empty."""
    values: dict[str, Any] = {}
    if purchase.hour_known and not purchase.about:
        values[_AT] = instant_number(purchase.at)
    if purchase.coins is not None:
        values[_COINS] = purchase.coins
    if purchase.paid is not None:
        values |= {_PAID: purchase.paid.minor, _CURRENCY: purchase.paid.currency.code}
    if purchase.order_ref:
        values[_ORDER] = purchase.order_ref
    if purchase.channel is not Channel.OTHER:
        values[_CHANNEL] = purchase.channel.value
    return values


def beyond(values: Values, others: Values) -> dict[str, Any]:
    """What columns say that others do not say likewise; a price is one with its currency."""
    more = {name: value for name, value in values.items() if others.get(name) != value}
    if _PAID in more or _CURRENCY in more:
        more |= {name: values[name] for name in (_PAID, _CURRENCY) if name in values}
    return more


def not_said_by(values: Values, owner: Values) -> dict[str, Any]:
    """What an import keeps of a purchase, without the columns that the import it belongs to says likewise."""
    columns = {name: value for name, value in values.items() if name in _COLUMNS}
    left = beyond(columns, owner)
    gone = columns.keys() - left.keys()
    # What stood in the place of a column before goes with it.
    gone |= {aside for aside, name in ((WAS, _PAID), (NOON, _AT)) if name in gone}
    return {name: value for name, value in values.items() if name not in gone}


def priced(price: Sequence[Any]) -> dict[str, Any]:
    """The columns of a price: minor units and currency code."""
    return dict(zip((_PAID, _CURRENCY), price, strict=True))


def price_in(values: Values) -> list[Any] | None:
    """The price that columns say, minor units and currency code; None where they say none."""
    return [values[_PAID], values[_CURRENCY]] if _PAID in values and _CURRENCY in values else None


def without_values(purchase: Purchase, values: Values, ledger: Ledger, *, keep_amounts: bool = False) -> Purchase:
    """A purchase without the columns that were filled in, where they are still as they were filled in."""
    return _saying_something(_stripped(purchase, values, ledger, keep_amounts=keep_amounts), purchase)


def exchanged(purchase: Purchase, less: Values, more: Values, ledger: Ledger) -> Purchase:
    """A purchase with other columns in the place of some that were filled in."""
    return _saying_something(with_values(_stripped(purchase, less, ledger, keep_amounts=False), more, ledger), purchase)


def _stripped(purchase: Purchase, values: Values, ledger: Ledger, *, keep_amounts: bool) -> Purchase:
    """The same, though nothing of what it says may be left."""
    paid = purchase.paid
    if not keep_amounts:
        if _COINS in values and purchase.coins == values[_COINS]:
            purchase = replace(purchase, coins=None)
        same = paid is not None and (paid.minor, paid.currency.code) == (values.get(_PAID), values.get(_CURRENCY))
        # What the account was debited was said by a person, and needs its price.
        if same and purchase.charged is None:
            purchase = _with_paid(purchase, _money(values[WAS], ledger) if WAS in values else None)
    if NOON in values and instant_number(purchase.at) == values.get(_AT):
        purchase = replace(purchase, at=instant_of(values[NOON]), hour_known=False)
    if _ORDER in values and purchase.order_ref == values[_ORDER]:
        purchase = replace(purchase, order_ref="")
    if _CHANNEL in values and purchase.channel == values[_CHANNEL]:
        purchase = replace(purchase, channel=Channel.OTHER)
    return purchase


def _saying_something(less: Purchase, before: Purchase) -> Purchase:
    """A purchase needs its coins or its price."""
    if less.coins is not None or less.paid is not None:
        return less
    if before.paid is None:
        return replace(less, coins=before.coins)
    kept = {name: getattr(before, name) for name in ("paid", *CONVERSION)}
    return replace(less, **kept)


def with_values(purchase: Purchase, values: Values, ledger: Ledger) -> Purchase:
    """A purchase with columns filled in where it has none; a price that came is not frozen yet."""
    if _COINS in values and purchase.coins is None:
        purchase = replace(purchase, coins=values[_COINS])
    if _ORDER in values and not purchase.order_ref:
        purchase = replace(purchase, order_ref=values[_ORDER])
    if _CHANNEL in values and purchase.channel is Channel.OTHER:
        purchase = replace(purchase, channel=Channel(values[_CHANNEL]))
    if _AT in values and values.get(NOON) == instant_number(purchase.at) and not purchase.hour_known:
        purchase = replace(purchase, at=instant_of(values[_AT]), hour_known=True)
    paid = purchase.paid
    empty = paid is None or (WAS in values and [paid.minor, paid.currency.code] == values[WAS])
    if _PAID in values and empty:
        purchase = _with_paid(purchase, _money((values[_PAID], values[_CURRENCY]), ledger))
    return purchase


def _money(said: Sequence[Any], ledger: Ledger) -> Money:
    minor, code = said
    return Money(minor=minor, currency=ledger.reference.currencies[code])


def _with_paid(purchase: Purchase, paid: Money | None) -> Purchase:
    return replace(purchase, paid=paid, converted_minor=None, rate=None, rate_source=RateSource.NONE)


def gift_columns(gift: Gift) -> dict[str, Any]:
    """What a gift says of the column that imports fill in."""
    return {} if gift.coins is None else {_COINS: gift.coins}


def gift_without(gift: Gift, values: Values) -> Gift:
    """A gift without the coins that were filled in, where they are still as they were filled in."""
    return replace(gift, coins=None) if _COINS in values and gift.coins == values[_COINS] else gift


def gift_with(gift: Gift, values: Values) -> Gift:
    """A gift with the coins of values, where it has none."""
    return replace(gift, coins=values[_COINS]) if _COINS in values and gift.coins is None else gift


@dataclass(frozen=True, slots=True)
class Parting:
    """What becomes of a purchase that an import told of when that import is taken back and others stand.

    Attributes:
        left: the purchase with what the others say; a price that changed is not frozen yet.
        kept: what other imports have filled in from now on, by import.
    """

    left: Purchase
    kept: dict[BatchId, dict[str, Any]] = field(default_factory=dict)


def parting(purchase: Purchase, values: Values, others: Others, ledger: Ledger, *, keep_amounts: bool) -> Parting:
    """A purchase without what one import filled in, but with what the others that stand say in its place.

    Args:
        values: columns with what they got from the import that goes.
        others: what the other imports keep beside the purchase, oldest first.
        keep_amounts: a refund of the ledger's own rests on them.
    """
    left = _stripped(purchase, values, ledger, keep_amounts=keep_amounts)
    kept: dict[BatchId, dict[str, Any]] = {}
    aside = {name: values[name] for name in (WAS, NOON) if name in values}
    for batch, theirs in sorted(others, key=lambda one: ONLY_SAID in one[1]):
        had = columns_of(left)
        left = with_values(left, {**theirs.get(SAID, theirs), **aside}, ledger)
        gained = beyond(columns_of(left), had)
        if gained:
            kept[batch] = {**theirs, **gained, **aside}
    if keep_amounts:
        for batch, columns in _said_too(values, others).items():
            kept[batch] = {**dict(others)[batch], **kept.get(batch, {}), **columns}
    return Parting(_saying_something(left, purchase), kept)


def _said_too(values: Values, others: Others) -> dict[BatchId, dict[str, Any]]:
    """Amounts that stay where one import goes, by the oldest other import that says the same: they are its own now."""
    found: dict[BatchId, dict[str, Any]] = {}
    for names in ((_COINS,), (_PAID, _CURRENCY)):
        wanted = {name: values[name] for name in names if name in values}
        for batch, theirs in others:
            said = theirs.get(SAID, theirs)
            if len(wanted) == len(names) and all(said.get(name) == wanted[name] for name in names):
                found[batch] = found.get(batch, {}) | wanted
                break
    return found

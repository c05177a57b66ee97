"""What refunds give back of a purchase, to the last minor unit.

A refund has its purchase's currency and rate. It converts to what all living refunds together convert to, minus what
the others froze, so that refunds in any number of parts add up to exactly the purchase once all of it is returned.
"""

from collections.abc import Sequence
from dataclasses import replace

from coinbudget.domain.entries import Purchase, Refund
from coinbudget.domain.errors import Problem, problem
from coinbudget.domain.money import Currency, Money, converted_minor, decimal_text


def converted_part(purchase: Purchase, minor: int, home: Currency) -> int | None:
    """What `minor` of the purchase's price is in the profile's currency; None where the purchase is not converted."""
    paid, whole = purchase.paid, purchase.converted_minor
    if paid is None or whole is None or minor == paid.minor:
        return whole
    if purchase.rate is not None:
        return min(converted_minor(Money(minor=minor, currency=paid.currency), purchase.rate.value, home), whole)
    # Charged or paid at home: the same share of the amount, half-even in integers.
    part, rest = divmod(whole * minor, paid.minor)
    return part + (2 * rest > paid.minor or (2 * rest == paid.minor and part % 2 == 1))


def frozen(refund: Refund, purchase: Purchase, others: Sequence[Refund], home: Currency) -> Refund:
    """A refund with its amount frozen, given the purchase's other living refunds."""
    total = converted_part(purchase, refund.paid.minor + sum(other.paid.minor for other in others), home)
    if total is None:
        return replace(refund, converted_minor=None)
    # Below what the others froze only where one was voided in between; the last part makes it even again.
    return replace(refund, converted_minor=max(total - sum(other.converted_minor or 0 for other in others), 0))


def all_frozen(purchase: Purchase, refunds: Sequence[Refund], home: Currency) -> list[Refund]:
    """The living refunds of a purchase frozen anew, one after the other."""
    done: list[Refund] = []
    for refund in refunds:
        done.append(frozen(refund, purchase, done, home))
    return done


def adds_up(purchase: Purchase, refunds: Sequence[Refund]) -> bool:
    """Whether the frozen amounts of the living refunds fit the purchase: never above it, equal when all is returned."""
    whole = purchase.converted_minor
    if purchase.paid is None or whole is None:
        return all(refund.converted_minor is None for refund in refunds)
    if any(refund.converted_minor is None for refund in refunds):
        return False
    given = sum(refund.converted_minor or 0 for refund in refunds)
    all_back = sum(refund.paid.minor for refund in refunds) == purchase.paid.minor
    return given == whole if all_back else given <= whole


def group_problems(purchase: Purchase, refunds: Sequence[Refund]) -> tuple[Problem, ...]:
    """Why these living refunds cannot stand beside the purchase; empty when they can."""
    if not refunds:
        return ()
    if purchase.voided_at is not None:
        return (problem("refers_to", "purchase_voided"),)
    if purchase.planned:
        return (problem("planned", "purchase_planned"),)
    paid = purchase.paid
    if paid is None or any(refund.paid.currency != paid.currency for refund in refunds):
        return (problem("currency", "refunds_currency", currency=refunds[0].paid.currency.code),)
    if any(refund.profile_id != purchase.profile_id for refund in refunds):
        return (problem("profile", "refunds_profile"),)
    problems = []
    back = sum(refund.paid.minor for refund in refunds)
    if back > paid.minor:
        shown = decimal_text(back, paid.currency.digits)
        problems.append(problem("paid", "refunds_exceed_paid", refunded=shown, currency=paid.currency.code))
    coins = sum(refund.coins for refund in refunds)
    if coins > (purchase.coins or 0):
        problems.append(problem("coins", "refunds_exceed_coins", refunded=coins))
    return tuple(problems)

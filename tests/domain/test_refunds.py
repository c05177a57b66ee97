"""Refunds give back exactly what was paid, however they are cut and whatever is voided in between."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from coinbudget.domain.entries import EntryId, Purchase, Refund
from coinbudget.domain.money import Currency, Money, converted_minor
from coinbudget.domain.profiles import ProfileId
from coinbudget.domain.rates import Rate, RateSource
from coinbudget.domain.refunds import adds_up, all_frozen, converted_part, frozen, group_problems

USD, EUR = Currency(code="USD", digits=2), Currency(code="EUR", digits=2)
AT, ON = datetime(2025, 3, 3, tzinfo=UTC), date(2025, 3, 3)


def bought(minor: int, rate: str | None, charged: int = 1) -> Purchase:
    paid = Money(minor=minor, currency=USD)
    frozen_rate = rate and Rate(base="USD", quote="EUR", value=Decimal(rate), on=ON, source=RateSource.ECB)
    return Purchase(
        id=EntryId("p"), profile_id=ProfileId(1), at=AT, home_on=ON, zone="UTC", coins=100, paid=paid,
        converted_minor=converted_minor(paid, Decimal(rate), EUR) if rate else charged, rate=frozen_rate or None,
    )  # fmt: skip


def back(number: int, minor: int) -> Refund:
    return Refund(
        id=EntryId(f"r{number}"), profile_id=ProfileId(1), at=AT, home_on=ON, zone="UTC", refers_to=EntryId("p"),
        paid=Money(minor=minor, currency=USD), sequence=number,
    )  # fmt: skip


@given(
    st.lists(st.integers(1, 500), min_size=1, max_size=8), st.sampled_from(["0.9", "0.1", "1.37", "0.0061"]) | st.none()
)
def test_refunds_in_any_parts_add_up_to_the_purchase(parts: list[int], rate: str | None) -> None:
    purchase = bought(sum(parts), rate, charged=sum(parts) // 3 + 1)
    refunds = all_frozen(purchase, [back(number, part) for number, part in enumerate(parts)], EUR)
    assert sum(refund.converted_minor or 0 for refund in refunds) == purchase.converted_minor
    assert adds_up(purchase, refunds)
    assert group_problems(purchase, refunds) == ()


@given(st.lists(st.tuples(st.integers(1, 12), st.booleans()), max_size=30), st.sampled_from(["0.1", "0.3", "0.55"]))
def test_whatever_is_voided_in_between_the_whole_comes_back(steps: list[tuple[int, bool]], rate: str) -> None:
    purchase = bought(40, rate)
    living: list[Refund] = []
    for number, (minor, voids) in enumerate(steps):
        if voids and living:
            living.pop(minor % len(living))
        elif sum(refund.paid.minor for refund in living) + minor <= 40:
            living.append(frozen(back(number, minor), purchase, living, EUR))
        assert adds_up(purchase, living)
    rest = 40 - sum(refund.paid.minor for refund in living)
    if rest:
        living.append(frozen(back(99, rest), purchase, living, EUR))
    assert sum(refund.converted_minor or 0 for refund in living) == purchase.converted_minor


def test_what_is_not_converted_stays_so() -> None:
    purchase = replace(bought(100, "0.9"), converted_minor=None, rate=None)
    assert converted_part(purchase, 50, EUR) is None
    assert frozen(back(1, 50), purchase, [], EUR).converted_minor is None

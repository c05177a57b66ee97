"""What coins cost today: the order of the bases, each named with its day."""

from datetime import date

import pytest

from coinbudget.domain.catalog import Basis, Channel
from coinbudget.domain.errors import Refusal
from coinbudget.services import rates, record
from coinbudget.services.ledger import Ledger
from coinbudget.storage.rate_store import freeze_rate
from tests import make
from tests.conftest import NOW
from tests.random_ledgers import MIA


def code_of(ledger: Ledger, **asked: object) -> str:
    with pytest.raises(Refusal) as refused:
        rates.convert(ledger, **({"coins": 70, "now": NOW} | asked))  # type: ignore[arg-type]  # by name
    return refused.value.problems[0].code


def test_own_last_price_in_the_storefront_comes_first(ledger: Ledger) -> None:
    record.add(ledger, make.purchase(at="2026-11-01", coins="350", paid="3.99"), now=NOW)
    record.add(ledger, make.purchase(at="2026-11-05", coins="700", paid="7.58"), now=NOW)
    record.add(ledger, make.purchase(at="2026-11-07", coins="330", paid="4.99", channel="ios"), now=NOW)
    answer = rates.convert(ledger, coins=746, channel=Channel.WEB, profile_id=MIA, now=NOW)
    assert (answer.amount.minor, answer.basis, answer.as_of) == (808, "own", date(2026, 11, 5))
    assert rates.basis_text(answer) == "your own last price there, 2026-11-05"


def test_channel_left_out_is_the_one_last_used_else_the_web(ledger: Ledger) -> None:
    assert rates.convert(ledger, coins=70, profile_id=MIA, now=NOW).channel is Channel.WEB
    record.add(ledger, make.purchase(at="2026-11-07", channel="ios"), now=NOW)
    assert rates.convert(ledger, coins=70, profile_id=MIA, now=NOW).channel is Channel.IOS


def test_what_was_charged_is_the_own_price_of_a_foreign_purchase(ledger: Ledger) -> None:
    abroad = make.purchase(at="2026-11-07", coins="100", paid="2.00", currency="USD", charged="1.80")
    record.add(ledger, abroad, now=NOW)
    answer = rates.convert(ledger, coins=50, channel=Channel.WEB, profile_id=MIA, now=NOW)
    assert (answer.amount.minor, answer.amount.currency.code, answer.rate) == (90, "EUR", None)


def test_voided_and_planned_purchases_are_no_price(ledger: Ledger) -> None:
    voided = record.add(ledger, make.purchase(at="2026-11-07", paid="99"), now=NOW).entries
    record.void(ledger, voided, now=NOW)
    record.add(ledger, make.purchase(at="2026-11-24T10:00", paid="99", planned="1"), now=NOW)
    assert rates.convert(ledger, coins=70, channel=Channel.WEB, profile_id=MIA, now=NOW).basis == "catalogue"


def test_catalogue_price_of_the_storefront_comes_next(ledger: Ledger) -> None:
    answer = rates.convert(ledger, coins=70, region="DE", channel=Channel.WEB, now=NOW)
    assert (answer.amount.minor, answer.basis, answer.as_of, answer.estimate) == (85, "catalogue", None, True)
    assert rates.basis_text(answer) == "catalogue estimate, undated; check against your receipt"


def test_another_channel_of_the_region_comes_next(ledger: Ledger) -> None:
    answer = rates.convert(ledger, coins=70, region="US", channel=Channel.ANDROID, now=NOW)
    assert (answer.amount.minor, answer.basis, answer.as_of) == (74, "other_channel", date(2024, 4, 30))


def test_us_price_converted_comes_last(ledger: Ledger) -> None:
    answer = rates.convert(ledger, coins=70, region="JP", now=NOW)
    rate = freeze_rate("USD", "JPY", NOW.date())
    assert rate is not None
    assert (answer.amount.minor, answer.amount.currency.code) == (round(74 * rate.value / 100), "JPY")
    assert (answer.basis, answer.rate, answer.estimate) == ("us", rate, True)
    assert rates.basis_text(answer) == "estimated from the US price, 2024-04-30"


def test_answer_is_in_the_currency_asked_for(ledger: Ledger) -> None:
    answer = rates.convert(ledger, coins=70, region="DE", currency="usd", now=NOW)
    assert answer.amount.currency.code == "USD"
    assert answer.rate is not None


def test_every_basis_has_its_sentence() -> None:
    assert set(rates.BASES) == set(Basis)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({}, "region_needed"),
        ({"region": "XX"}, "unknown_region"),
        ({"region": "AQ"}, "currency_needed"),
        ({"region": "DE", "currency": "ZZZ"}, "unknown_currency"),
        ({"region": "VN"}, "no_price"),
        ({"region": "DE", "coins": 0}, "zero"),
        ({"region": "DE", "coins": 10**9}, "too_large"),
        ({"profile_id": 9}, "unknown_profile"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_its_reason(
    ledger: Ledger, asked: dict[str, object], code: str
) -> None:
    assert code_of(ledger, **asked) == code

"""Coins of before the ledger: a range, apart from known cost."""

from datetime import datetime
from pathlib import Path

import pytest

from coinbudget.domain.errors import Refusal
from coinbudget.domain.profiles import ProfileId
from coinbudget.services import earlier, household, intake, opening, record, summarise
from coinbudget.services.earlier import Bought
from coinbudget.services.intake import Answers, GiftAmount
from coinbudget.services.ledger import Ledger
from tests import make
from tests.services import tiktok_files

MIA = ProfileId(1)


def test_without_uncovered_gifts_there_is_nothing_to_say(ledger: Ledger, now: datetime) -> None:
    record.add(ledger, make.purchase(at="2026-11-01"), now=now)
    record.add(ledger, make.gift(at="2026-11-02", coins="350"), now=now)
    assert earlier.earlier_coins(ledger, MIA, now=now).coins == 0


def test_the_range_lies_between_the_lowest_and_the_highest_price_known_there(ledger: Ledger, now: datetime) -> None:
    record.add(ledger, make.gift(at="2026-11-02", coins="10000"), now=now)
    assert earlier.earlier_coins(ledger, MIA, now=now).bought is None
    earlier.say_bought(ledger, MIA, Bought.WEB, now=now)
    web = earlier.earlier_coins(ledger, MIA, now=now)
    assert web.coins == 10000
    # Germany, web: 1.09 cents at 100 coins is the lowest of the table, 1.2143 at 70 the highest.
    assert (web.low_minor, web.high_minor, web.from_us) == (10900, 12143, False)
    earlier.say_bought(ledger, MIA, Bought.BOTH, now=now)
    both = earlier.earlier_coins(ledger, MIA, now=now)
    assert both.low_minor is not None
    assert both.high_minor is not None
    assert both.low_minor <= 10900
    assert both.high_minor >= 12143


def test_where_a_region_has_no_price_the_us_prices_stand_in_and_are_named_so(ledger: Ledger, now: datetime) -> None:
    household.add_profile(ledger, name="Noor", region="QA", currency="QAR", zone="Asia/Qatar", now=now)
    record.add(ledger, make.gift(at="2026-11-02", coins="100", profile="Noor"), now=now)
    earlier.say_bought(ledger, ProfileId(2), Bought.WEB, now=now)
    found = earlier.earlier_coins(ledger, ProfileId(2), now=now)
    assert found.from_us or found.low_minor is None


def test_it_is_part_of_no_total(ledger: Ledger, now: datetime) -> None:
    record.add(ledger, make.gift(at="2026-11-02", coins="10000"), now=now)
    before = summarise.overview(ledger, MIA, now=now)
    earlier.say_bought(ledger, MIA, Bought.APP, now=now)
    after = summarise.overview(ledger, MIA, now=now)
    assert (before.spent_total_minor, before.on_hand_cost) == (after.spent_total_minor, after.on_hand_cost)
    assert make.totals_differ(ledger) == {}


def test_the_answer_can_be_taken_back(ledger: Ledger, now: datetime) -> None:
    record.add(ledger, make.gift(at="2026-11-02", coins="10"), now=now)
    earlier.say_bought(ledger, MIA, Bought.APP, now=now)
    earlier.say_bought(ledger, MIA, None, now=now)
    assert earlier.earlier_coins(ledger, MIA, now=now).bought is None


def test_an_unknown_profile_is_refused(ledger: Ledger, now: datetime) -> None:
    with pytest.raises(Refusal) as asked:
        earlier.earlier_coins(ledger, ProfileId(9), now=now)
    with pytest.raises(Refusal) as said:
        earlier.say_bought(ledger, ProfileId(9), Bought.APP, now=now)
    assert {asked.value.problems[0].code, said.value.problems[0].code} == {"unknown_profile"}


@pytest.mark.parametrize(("bought", "sent", "told"), [(0, 1000, 1000), (300, 1000, 700), (1000, 1000, 0), (2000, 5, 0)])
def test_before_an_import_it_is_said_how_many_coins_no_purchase_will_account_for(
    ledger: Ledger, tmp_path: Path, now: datetime, bought: int, sent: int, told: int
) -> None:
    if bought:
        record.add(ledger, make.purchase(at="2026-01-02", coins=str(bought)), now=now)
    path = tiktok_files.write(tmp_path / "user_data_tiktok.json", gifts=[("2026-05-14 21:09:40", sent, "a_creator")])
    reading = opening.read_source(path, wishes=opening.Wishes())
    try:
        answers = Answers(zone="UTC", gift_amount=GiftAmount.COINS)
        assessment = intake.assess(ledger, intake.prepare(reading, answers), now=now)
        assert earlier.earlier_after(ledger, assessment, MIA) == told
        intake.carry_out(ledger, assessment, now=now)
    finally:
        reading.close()
    assert earlier.earlier_coins(ledger, MIA, now=now).coins == told

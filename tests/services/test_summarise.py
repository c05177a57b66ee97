"""Summaries equal sums over all entries, by any grouping; periods follow the profile's settings."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from coinbudget.domain.catalog import folded
from coinbudget.domain.entries import Gift, Purchase, Refund
from coinbudget.domain.errors import Refusal
from coinbudget.domain.periods import windows_between
from coinbudget.domain.profiles import ProfileId
from coinbudget.domain.summaries import Grouping, SummaryRow
from coinbudget.domain.valuation import NO_COST, Cost, valued
from coinbudget.services import household, limits, record, summarise
from coinbudget.services.ledger import Ledger
from tests import make
from tests.coin_by_coin import movements_of
from tests.conftest import NOW
from tests.random_ledgers import MIA, random_ledger

Row = tuple[int, int, int, int, int, int, Cost, int]


def figures(row: SummaryRow) -> Row:
    money = (row.spent_minor, row.refunded_minor, row.purchases, row.coins_bought)
    return (*money, row.gifts, row.coins_gifted, row.gift_cost, row.rate_missing)


def naive(ledger: Ledger, by: Sequence[Grouping]) -> dict[tuple[object, ...], Row]:
    """The same from every entry of the one profile, one after another."""
    entries = [entry for entry in make.all_entries(ledger) if entry.counts]
    purchases = {entry.id: entry for entry in entries if isinstance(entry, Purchase)}
    costs = {one.movement.place[1]: one.cost for one in valued(movements_of(entries)).movements}
    settings = household.profile(ledger, MIA).settings
    found: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for entry in entries:
        bought = purchases.get(entry.refers_to) if isinstance(entry, Refund) else entry
        keys: list[object] = []
        for grouping in by:
            if grouping in summarise.PERIODS:
                (window,) = windows_between(summarise.PERIODS[grouping], settings, entry.home_on, entry.home_on)
                keys.append((window.start_on, window.end_on))
            elif grouping is Grouping.PROFILE:
                keys.append("Mia")
            elif grouping is Grouping.CREATOR:
                keys.append(entry.creator if isinstance(entry, Gift) else "")
            elif grouping is Grouping.GIFT:
                keys.append(folded(entry.gift_name) if isinstance(entry, Gift) else "")
            elif grouping is Grouping.CHANNEL:
                keys.append(bought.channel.value if isinstance(bought, Purchase) else "")
            else:
                keys.append(bought.region if isinstance(bought, Purchase) else "")
        if isinstance(entry, Purchase):
            missing = entry.converted_minor is None
            found[tuple(keys)].append((entry.converted_minor or 0, 0, 1, entry.coins or 0, 0, 0, NO_COST, int(missing)))
        elif isinstance(entry, Refund):
            found[tuple(keys)].append((0, entry.converted_minor or 0, 0, 0, 0, 0, NO_COST, 0))
        elif isinstance(entry, Gift):
            cost = costs.get(entry.sequence, NO_COST)
            found[tuple(keys)].append((0, 0, 0, 0, 1, entry.coins or 0, cost, 0))
    return {key: _sum(parts) for key, parts in found.items()}


def _sum(parts: list[Row]) -> Row:
    numbers = [sum(part[place] for part in parts) for place in (0, 1, 2, 3, 4, 5, 7)]  # type: ignore[misc]  # no costs
    return (*numbers[:6], sum((part[6] for part in parts), start=NO_COST), numbers[6])  # type: ignore[return-value]


GROUPINGS = [
    (),
    (Grouping.DAY,),
    (Grouping.WEEK, Grouping.PROFILE),
    (Grouping.MONTH, Grouping.CHANNEL),
    (Grouping.YEAR, Grouping.CREATOR),
    (Grouping.GIFT,),
    (Grouping.DAY, Grouping.CREATOR, Grouping.GIFT),
    (Grouping.REGION,),
    (Grouping.WEEK, Grouping.REGION, Grouping.CHANNEL),
    (Grouping.CREATOR, Grouping.MONTH, Grouping.REGION, Grouping.GIFT, Grouping.CHANNEL, Grouping.PROFILE),
]


@pytest.mark.parametrize("by", GROUPINGS, ids=lambda by: "-".join(by) or "all")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_figure_of_every_grouping_is_the_sum_over_the_entries(seed: int, by: tuple[Grouping, ...]) -> None:
    ledger = random_ledger(seed, 70)
    rows = summarise.summary(ledger, by=by)
    ours = {}
    for row in rows:
        keys, texts = list[object](), iter(row.keys)
        for grouping in by:
            if grouping in summarise.PERIODS:
                keys.append((row.period_start, row.period_end))
            else:
                text = next(texts)
                keys.append(folded(text) if grouping is Grouping.GIFT else text)
        ours[tuple(keys)] = figures(row)
    assert ours == naive(ledger, by)
    assert len(rows) == len(ours)
    ledger.close()


def test_rows_are_ordered_by_period_and_keys(ledger: Ledger) -> None:
    for day in ("2026-11-03", "2026-10-02", "2026-11-01"):
        record.add(ledger, make.gift(at=day), now=NOW)
        record.add(ledger, make.purchase(at=day), now=NOW)
    rows = summarise.summary(ledger, by=[Grouping.MONTH, Grouping.CREATOR])
    assert [(row.period_start, row.keys) for row in rows] == [
        (date(2026, 10, 1), ("",)),
        (date(2026, 10, 1), ("luna",)),
        (date(2026, 11, 1), ("",)),
        (date(2026, 11, 1), ("luna",)),
    ]


def test_without_a_period_the_dates_are_first_and_last(ledger: Ledger) -> None:
    record.add(ledger, make.purchase(at="2026-10-02"), now=NOW)
    record.add(ledger, make.gift(at="2026-11-03"), now=NOW)
    (row,) = summarise.summary(ledger, by=[])
    assert (row.period_start, row.period_end) == (date(2026, 10, 2), date(2026, 11, 4))


def test_empty_ledger_has_no_rows(ledger: Ledger) -> None:
    assert summarise.summary(ledger, by=[Grouping.MONTH]) == []


def test_adjustment_alone_makes_no_group(ledger: Ledger) -> None:
    record.add(ledger, make.adjustment(at="2026-11-03"), now=NOW)
    assert summarise.summary(ledger, by=[Grouping.MONTH]) == []


def test_refund_without_an_amount_makes_a_group(ledger: Ledger) -> None:
    bought = record.add(ledger, make.purchase(at="2026-10-02", currency="VND", paid="9000"), now=NOW).entries[0]
    record.add(ledger, make.refund(bought, at="2026-11-03"), now=NOW)
    rows = summarise.summary(ledger, by=[Grouping.MONTH])
    assert [(row.period_start, row.refunded_minor, row.rate_missing) for row in rows] == [
        (date(2026, 10, 1), 0, 1),
        (date(2026, 11, 1), 0, 0),
    ]


def test_days_asked_for_cut_the_figures_and_keep_the_periods_dates(ledger: Ledger) -> None:
    for day in ("2026-11-03", "2026-11-10", "2026-11-12"):
        record.add(ledger, make.purchase(at=day), now=NOW)
    (row,) = summarise.summary(ledger, by=[Grouping.MONTH], from_on=date(2026, 11, 4), to_on=date(2026, 11, 12))
    assert (row.period_start, row.period_end, row.purchases) == (date(2026, 11, 1), date(2026, 12, 1), 2)
    assert summarise.summary(ledger, by=[Grouping.MONTH], from_on=date(2026, 11, 13)) == []


def test_months_begin_on_the_profiles_own_day(ledger: Ledger) -> None:
    household.add_profile(
        ledger, name="Leo", region="US", currency="USD", zone="America/New_York", month_start=25, now=NOW
    )
    for day in ("2026-10-24", "2026-10-25"):
        record.add(ledger, make.purchase(profile="Leo", currency="USD", at=day), now=NOW)
        record.add(ledger, make.purchase(profile="Mia", at=day), now=NOW)
    rows = summarise.summary(ledger, by=[Grouping.MONTH, Grouping.PROFILE])
    assert [(row.period_start, row.period_end, row.keys, row.currency) for row in rows] == [
        (date(2026, 9, 25), date(2026, 10, 25), ("Leo",), "USD"),
        (date(2026, 10, 1), date(2026, 11, 1), ("Mia",), "EUR"),
        (date(2026, 10, 25), date(2026, 11, 25), ("Leo",), "USD"),
    ]
    only = summarise.summary(ledger, by=[Grouping.YEAR], profile_ids=[ProfileId(2)])
    assert [(row.currency, row.purchases) for row in only] == [("USD", 2)]


def test_profiles_of_one_currency_are_added_up_and_others_kept_apart(ledger: Ledger) -> None:
    household.add_profile(ledger, name="Leo", region="FR", currency="EUR", zone="Europe/Paris", now=NOW)
    household.add_profile(ledger, name="Ida", region="US", currency="USD", zone="America/New_York", now=NOW)
    for name, currency in (("Mia", "EUR"), ("Leo", "EUR"), ("Ida", "USD")):
        record.add(ledger, make.purchase(profile=name, currency=currency, at="2026-11-03"), now=NOW)
    rows = summarise.summary(ledger, by=[Grouping.MONTH])
    assert [(row.currency, row.purchases, row.spent_minor) for row in rows] == [("EUR", 2, 1058), ("USD", 1, 529)]


@pytest.mark.parametrize(
    ("by", "code"),
    [
        ((Grouping.DAY, Grouping.MONTH), "several_periods"),
        ((Grouping.GIFT, Grouping.GIFT), "grouping_twice"),
    ],
)
def test_groupings_that_do_not_go_together_are_refused(ledger: Ledger, by: tuple[Grouping, ...], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        summarise.summary(ledger, by=by)
    assert refused.value.problems[0].code == code


def test_unknown_profile_is_refused(ledger: Ledger) -> None:
    with pytest.raises(Refusal):
        summarise.summary(ledger, by=[], profile_ids=[ProfileId(9)])
    with pytest.raises(Refusal):
        summarise.overview(ledger, ProfileId(9), now=NOW)


def test_leaving_true_cost_out_leaves_all_else() -> None:
    ledger = random_ledger(4, 60)
    with_cost = [figures(row)[:6] for row in summarise.summary(ledger, by=[Grouping.MONTH])]
    without = summarise.summary(ledger, by=[Grouping.MONTH], true_cost=False)
    assert [figures(row)[:6] for row in without] == with_cost
    assert {row.gift_cost for row in without} == {NO_COST}
    ledger.close()


def test_creators_are_dearest_first_and_as_many_as_asked_for(ledger: Ledger) -> None:
    record.add(ledger, make.purchase(at="2026-11-01"), now=NOW)
    for creator, coins in (("luna", "10"), ("tomo", "50"), ("luna", "20"), ("owl", "5")):
        record.add(ledger, make.gift(at="2026-11-02", creator=creator, coins=coins), now=NOW)
    first, last = date(2026, 11, 1), date(2026, 11, 30)
    shares = summarise.creators(ledger, MIA, from_on=first, to_on=last)
    assert [(one.creator, one.coins, one.gifts) for one in shares] == [("tomo", 50, 1), ("luna", 30, 2), ("owl", 5, 1)]
    assert sum(one.cost.minor for one in shares) == 529 * 85 // 350
    assert len(summarise.creators(ledger, MIA, from_on=first, to_on=last, top=2)) == 2
    assert summarise.creators(ledger, MIA, from_on=date(2026, 11, 3), to_on=date(2026, 11, 30)) == ()


def test_months_run_without_a_gap_from_the_first_entry_to_now(ledger: Ledger) -> None:
    record.add(ledger, make.purchase(at="2026-07-05"), now=NOW)
    record.add(ledger, make.purchase(at="2026-11-05"), now=NOW)
    found = summarise.months(ledger, MIA, now=NOW)
    assert [month.spent_minor for month in found] == [529, 0, 0, 0, 529]
    assert all(one.end_on == other.start_on for one, other in pairwise(found))
    assert [month.start_on.month for month in summarise.months(ledger, MIA, now=NOW, count=2)] == [10, 11]


def test_months_of_an_empty_ledger_are_the_current_one(ledger: Ledger) -> None:
    (month,) = summarise.months(ledger, MIA, now=NOW)
    assert (month.start_on, month.spent_minor, month.gift_cost) == (date(2026, 11, 1), 0, NO_COST)


def test_overview_of_an_empty_ledger_says_nothing_is_there(ledger: Ledger) -> None:
    shown = summarise.overview(ledger, MIA, now=NOW)
    assert (shown.entries, shown.on_hand, shown.latest, shown.logged_up_to) == (0, 0, (), None)
    assert shown.on_hand_today_minor is None
    assert shown.month_days == (0,) * 22


def test_overview_tells_today_week_month_year_and_all(ledger: Ledger) -> None:
    for day in ("2025-05-05", "2026-02-03", "2026-11-02", "2026-11-17", "2026-11-22"):
        record.add(ledger, make.purchase(at=day), now=NOW)
    record.add(ledger, make.gift(at="2026-11-22", coins="50"), now=NOW)
    limits.add(ledger, profile_id=MIA, measure="money", period="week", amount_text="12", now=NOW)
    shown = summarise.overview(ledger, MIA, now=NOW)
    assert (shown.spent_today_minor, shown.spent_week_minor, shown.spent_month_minor) == (529, 1058, 1587)
    assert (shown.spent_year_minor, shown.spent_total_minor) == (2116, 2645)
    assert shown.month_days[0] == 0
    assert (shown.month_days[1], shown.month_days[-1], len(shown.month_days)) == (529, 1587, 22)
    assert (shown.on_hand, shown.on_hand_cost.minor) == (1700, 2645 - 529 * 50 // 350)
    assert (shown.on_hand_today_minor, shown.on_hand_today_basis) == (round(529 * 1700 / 350), "own")
    assert len(shown.statuses) == 1
    assert [one.creator for one in shown.creators] == ["luna"]
    assert shown.logged_up_to == datetime(2026, 11, 22, 11, tzinfo=UTC)


def test_overview_tells_what_happened_and_not_what_is_planned(ledger: Ledger) -> None:
    record.add(ledger, make.purchase(at="2026-11-20"), now=NOW)
    ahead = (NOW + timedelta(days=3)).isoformat()
    record.add(ledger, make.purchase(at=ahead, planned="1"), now=NOW)
    shown = summarise.overview(ledger, MIA, now=NOW)
    assert [line.entry.planned for line in shown.latest] == [False]
    assert (shown.spent_total_minor, shown.entries) == (529, 1)


def test_overview_counts_provisional_and_missing_rates(ledger: Ledger) -> None:
    record.add(ledger, make.purchase(at="2026-11-20", currency="USD"), now=NOW)
    record.add(ledger, make.purchase(at="2026-11-20", currency="VND", paid="9000"), now=NOW)
    shown = summarise.overview(ledger, MIA, now=NOW)
    assert (shown.provisional, shown.rate_missing) == (1, 1)

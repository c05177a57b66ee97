"""Summaries: what was paid, gifted and what it cost, by period, profile, creator, gift, channel and region.

Money stands in the period of its purchase, refunds in their own, gifts in theirs; amounts are the frozen ones.
Periods follow the dated settings of each profile. Groups without a purchase, gift or refund are absent.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from operator import itemgetter

from coinbudget.domain.errors import Refusal, problem
from coinbudget.domain.periods import HomeCalendar, Period, calendar_of
from coinbudget.domain.profiles import Profile, ProfileId
from coinbudget.domain.summaries import (
    CreatorShare,
    Grouping,
    LedgerFilter,
    LedgerLine,
    MonthSpend,
    Overview,
    Sort,
    SummaryRow,
)
from coinbudget.domain.valuation import Cost
from coinbudget.services import browse, rates, watch
from coinbudget.services.earlier import EarlierCoins, earlier_in
from coinbudget.services.ledger import Ledger
from coinbudget.storage import coin_curve, household_store, limit_store, summary_store, valuation_store
from coinbudget.storage.database import Transaction
from coinbudget.storage.summary_store import DayMoney, Figures, Key
from coinbudget.storage.tables import day_number, day_of

#: Groupings that are periods; a summary has at most one.
PERIODS = {
    Grouping.DAY: Period.DAY,
    Grouping.WEEK: Period.WEEK,
    Grouping.MONTH: Period.MONTH,
    Grouping.YEAR: Period.YEAR,
}

_DAY = timedelta(days=1)
_TOP_CREATORS = 5
_LATEST = 6


def summary(
    ledger: Ledger,
    *,
    by: Sequence[Grouping],
    profile_ids: Iterable[ProfileId] | None = None,
    from_on: date | None = None,
    to_on: date | None = None,
    true_cost: bool = True,
) -> list[SummaryRow]:
    """The rows of a summary, ordered by period and keys.

    Args:
        by: groupings in the order of their columns, at most one of them a period.
        profile_ids: whose entries; all when left out.
        from_on, to_on: home days, both inside; a period they cut keeps its own dates.
        true_cost: False leaves `gift_cost` at nothing, for callers that want money and coins alone, at once.

    Raises:
        Refusal: the groupings do not go together, or a profile is not known.
    """
    period = _period(by)
    texts = [_KEY_TEXTS[grouping] for grouping in by if grouping not in PERIODS]
    merged: dict[tuple[date, date, tuple[str, ...], str], list[Figures]] = {}
    with ledger.database.reading() as tx:
        known = summary_store.days_with_entries(tx)
        profiles = {profile.id: profile for profile in _chosen(tx, profile_ids)}
        stretches = {
            profile.id: _stretches(profile, period, known[profile.id], from_on, to_on)
            for profile in profiles.values()
            if profile.id in known
        }
        wanted = {key: bounds for key, (bounds, _) in stretches.items() if bounds}
        groups = summary_store.grouped(tx, wanted, frozenset(by), true_cost=true_cost)
    for profile_id, figures_of in groups.items():
        profile, dates = profiles[profile_id], stretches[profile_id][1]
        for key, figures in figures_of.items():
            start, end = dates[key.stretch : key.stretch + 2] if period else (date.min, date.min)
            keys = tuple(text(key, profile) for text in texts)
            merged.setdefault((start, end, keys, profile.currency), []).append(figures)
    return [
        _row(start, end, keys, currency, parts, by_period=period is not None)
        for (start, end, keys, currency), parts in sorted(merged.items(), key=itemgetter(0))
    ]


def creators(
    ledger: Ledger, profile_id: ProfileId, *, from_on: date, to_on: date, top: int | None = None
) -> tuple[CreatorShare, ...]:
    """What went to each creator in home days from_on .. to_on (both inside), dearest first.

    Args:
        top: at most so many.
    """
    with ledger.database.reading() as tx:
        return _creators(tx, profile_id, from_on, to_on)[:top]


def months(ledger: Ledger, profile_id: ProfileId, *, now: datetime, count: int = 12) -> tuple[MonthSpend, ...]:
    """The newest `count` months of a profile, oldest first, the current one last; none before its first entry."""
    with ledger.database.reading() as tx:
        calendar = calendar_of(_profile(tx, profile_id).settings)
        today = calendar.day_of(now)
        known = summary_store.days_with_entries(tx).get(profile_id)
        first = min(day_of(known[0]), today) if known else today
        windows = list(calendar.windows_between(Period.MONTH, first, today))[-count:]
        starts = [_given(window.start_on) for window in windows]
        bounds = [day_number(day) for day in (*starts, _given(windows[-1].end_on))]
        money = DayMoney(tx, profile_id)
        costs = valuation_store.gift_costs(coin_curve.curve(tx, profile_id), bounds)
        found = []
        for place, start in enumerate(starts):
            part = money.between(bounds[place], bounds[place + 1])
            found.append(
                MonthSpend(
                    start_on=start,
                    end_on=day_of(bounds[place + 1]),
                    spent_minor=part.spent,
                    refunded_minor=part.refunded,
                    gift_cost=costs[place],
                    rate_missing=part.rate_missing,
                )
            )
        return tuple(found)


def overview(ledger: Ledger, profile_id: ProfileId, *, now: datetime) -> Overview:
    """Everything the Overview page shows for one profile."""
    statuses = watch.status(ledger, profile_ids=(profile_id,), now=now)
    latest = _latest(ledger, profile_id)
    with ledger.database.reading() as tx:
        profile = _profile(tx, profile_id)
        calendar = calendar_of(profile.settings)
        today = calendar.day_of(now)
        windows = {period: _days(calendar, period, today) for period in (Period.WEEK, Period.MONTH, Period.YEAR)}
        month_start, month_end = windows[Period.MONTH]
        money = DayMoney(tx, profile_id)
        spent = {period: money.between(day_number(start), day_number(end)) for period, (start, end) in windows.items()}
        day = money.between(day_number(today), day_number(today) + 1)
        every = money.all()
        coins = valuation_store.on_hand(tx, profile_id)
        shares = _creators(tx, profile_id, month_start, month_end - _DAY)
        earlier = earlier_in(ledger, tx, profile_id, now=now) if coins.uncovered else EarlierCoins(coins=0)
        today_price = _buying_today(ledger, tx, profile, coins.coins, now)
        return Overview(
            profile=profile,
            today=today,
            month_start_on=month_start,
            month_end_on=month_end,
            logged_up_to=limit_store.newest_at(tx, profile_id),
            statuses=statuses,
            spent_today_minor=day.spent,
            spent_week_minor=spent[Period.WEEK].spent,
            spent_month_minor=spent[Period.MONTH].spent,
            spent_year_minor=spent[Period.YEAR].spent,
            spent_total_minor=every.spent,
            refunded_total_minor=every.refunded,
            on_hand=coins.coins,
            on_hand_cost=coins.cost,
            on_hand_today_minor=today_price.amount.minor if today_price else None,
            on_hand_today_basis=today_price.basis if today_price else "",
            on_hand_today_as_of=today_price.as_of if today_price else None,
            on_hand_today_estimate=today_price is not None and today_price.estimate,
            uncovered=coins.uncovered,
            earlier_minor=earlier.range,
            earlier_from_us=earlier.from_us,
            month_days=tuple(money.cumulated(day_number(month_start), day_number(today) + 1)),
            creators=shares[:_TOP_CREATORS],
            creators_total=len(shares),
            latest=latest,
            provisional=summary_store.provisional(tx, profile_id),
            rate_missing=every.rate_missing,
            entries=every.entries,
        )


def _latest(ledger: Ledger, profile_id: ProfileId) -> tuple[LedgerLine, ...]:
    """The newest entries that happened; planned ones stand in the future."""
    shown = LedgerFilter(profile_id=profile_id, planned=False)
    return browse.first_page(ledger, shown, Sort.AT, descending=True, size=_LATEST)


def _buying_today(
    ledger: Ledger, tx: Transaction, profile: Profile, coins: int, now: datetime
) -> rates.PriceAnswer | None:
    if not coins:
        return None
    try:
        return rates.price_today(ledger, tx, coins=coins, profile_id=profile.id, currency=profile.currency, now=now)
    except Refusal:
        return None


def _creators(tx: Transaction, profile_id: ProfileId, from_on: date, to_on: date) -> tuple[CreatorShare, ...]:
    bounds = (day_number(from_on), day_number(to_on) + 1)
    groups = summary_store.grouped(tx, {profile_id: bounds}, frozenset({Grouping.CREATOR}))[profile_id]
    shares = [
        CreatorShare(
            creator=key.creator,
            coins=figures.coins_gifted,
            gifts=figures.gifts,
            cost=Cost(minor=figures.cost, unknown_coins=figures.unknown),
        )
        for key, figures in groups.items()
        if figures.gifts
    ]
    return tuple(sorted(shares, key=lambda share: (-share.cost.minor, -share.coins, -share.gifts, share.creator)))


def _period(by: Sequence[Grouping]) -> Period | None:
    if len(set(by)) != len(by):
        raise Refusal(problem("by", "grouping_twice"))
    periods = [PERIODS[grouping] for grouping in by if grouping in PERIODS]
    if len(periods) > 1:
        raise Refusal(problem("by", "several_periods"))
    return periods[0] if periods else None


def _chosen(tx: Transaction, profile_ids: Iterable[ProfileId] | None) -> tuple[Profile, ...]:
    if profile_ids is None:
        return household_store.profiles(tx)
    return tuple(_profile(tx, profile_id) for profile_id in dict.fromkeys(profile_ids))


def _profile(tx: Transaction, profile_id: ProfileId) -> Profile:
    found = household_store.profile(tx, profile_id)
    if found is None:
        raise Refusal(problem("profile", "unknown_profile", profile=profile_id))
    return found


def _stretches(
    profile: Profile, period: Period | None, known: tuple[int, int], from_on: date | None, to_on: date | None
) -> tuple[list[int], list[date]]:
    """Bounds of the stretches that may hold entries, as day numbers, and the days they are named by.

    Args:
        known: first and last home day with entries.
    """
    first = max(known[0], known[0] if from_on is None else day_number(from_on))
    last = min(known[1], known[1] if to_on is None else day_number(to_on))
    if first > last:
        return [], []
    if period is None:
        return [first, last + 1], []
    dates = calendar_of(profile.settings).bounds_between(period, day_of(first), day_of(last))
    return [first, *map(day_number, dates[1:-1]), last + 1], dates


_KEY_TEXTS: dict[Grouping, Callable[[Key, Profile], str]] = {
    Grouping.PROFILE: lambda _, profile: profile.name,
    Grouping.CREATOR: lambda key, _: key.creator,
    Grouping.GIFT: lambda key, _: key.gift,
    Grouping.CHANNEL: lambda key, _: key.channel,
    Grouping.REGION: lambda key, _: key.region,
}


def _row(
    start: date, end: date, keys: tuple[str, ...], currency: str, parts: Sequence[Figures], *, by_period: bool
) -> SummaryRow:
    if not by_period:
        start = day_of(min(part.first for part in parts))
        end = day_of(max(part.last for part in parts) + 1)
    whole = parts[0] if len(parts) == 1 else _together(parts)
    return SummaryRow(
        period_start=start,
        period_end=end,
        keys=keys,
        currency=currency,
        spent_minor=whole.spent,
        refunded_minor=whole.refunded,
        purchases=whole.purchases,
        coins_bought=whole.coins_bought,
        gifts=whole.gifts,
        coins_gifted=whole.coins_gifted,
        gift_cost=Cost(minor=whole.cost, unknown_coins=whole.unknown),
        rate_missing=whole.rate_missing,
    )


def _together(parts: Sequence[Figures]) -> Figures:
    """The sums of groups of several profiles."""
    whole = Figures()
    for part in parts:
        whole.add(part)
    return whole


def _days(calendar: HomeCalendar, period: Period, day: date) -> tuple[date, date]:
    window = calendar.window(period, day)
    return _given(window.start_on), _given(window.end_on)


def _given(day: date | None) -> date:
    if day is None:
        raise AssertionError("a calendar window has home days")
    return day

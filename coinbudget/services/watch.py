"""The watch over limits: how they stand, what an entry not saved yet would do to them, and what was passed.

Nothing here refuses or delays an entry: a limit tells before and marks after. Marks are passed in
`services.judging`, which is called in the transaction that changes entries.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from coinbudget.domain import refunds as refund_law
from coinbudget.domain.belief import believe
from coinbudget.domain.drafts import Draft, amending_draft
from coinbudget.domain.entries import Adjustment, Entry, EntryId, Purchase, Refund
from coinbudget.domain.errors import Problem, Refusal, problem
from coinbudget.domain.limits import (
    Alert,
    AlertId,
    Level,
    Limit,
    LimitId,
    LimitStatus,
    Measure,
    Use,
    measures_of,
    tightest,
    use_of,
    with_binding,
)
from coinbudget.domain.money import Money, NumberFault, parse_coins
from coinbudget.domain.periods import Window, calendar_of, rolling_window
from coinbudget.domain.profiles import Profile, ProfileId
from coinbudget.domain.rates import Rate, RateSource
from coinbudget.domain.valuation import Cost
from coinbudget.services.changes import Changes
from coinbudget.services.facts import facts_of, freeze
from coinbudget.services.judging import judge, one_per_limit
from coinbudget.services.ledger import Ledger
from coinbudget.services.rates import PriceAnswer, price_today
from coinbudget.services.standing import Shift, Standing
from coinbudget.storage import alert_store, household_store, ledger_store, limit_store, valuation_store
from coinbudget.storage.database import Transaction

__all__ = ["Outlook", "Preview", "Warned", "alerts", "history", "judge", "mark_seen", "preview", "status", "warned"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """A limit that counts an entry, in the window the entry belongs to, without and with it.

    Attributes:
        over_by: how far the limit is passed with it; 0 when it is not.
    """

    before: LimitStatus
    after: LimitStatus
    over_by: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What saving a draft would do.

    Attributes:
        problems: what keeps it from being saved; `entry` is None then.
        converted: of a purchase or refund, in the profile's currency; None where it is not known.
        charged_wanted: the price is in another currency, and what was charged is not given.
        coins: that the entry moves, as far as the draft says.
        cost: true cost of a gift or other use.
        buying_today: what those coins cost today, None without a known price.
        on_hand_after: coins on hand after saving.
        outlooks: every limit that counts the entry.
        binding: the tightest of them after saving.
        statuses: every limit of the profile in its window of now, after saving.
    """

    problems: tuple[Problem, ...] = ()
    entry: Entry | None = None
    converted: Money | None = None
    rate_source: RateSource = RateSource.NONE
    rate: Rate | None = None
    charged_wanted: bool = False
    coins: int | None = None
    cost: Cost | None = None
    buying_today: PriceAnswer | None = None
    on_hand_after: int | None = None
    outlooks: tuple[Outlook, ...] = ()
    binding: Outlook | None = None
    statuses: tuple[LimitStatus, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """A limit with an unseen alert, as it stands now: since the alert was raised it may have moved further.

    Attributes:
        alert_id: the newest unseen one; who has seen it has seen all of the limit.
    """

    status: LimitStatus
    alert_id: AlertId


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lot:
    """The purchase behind an entry with the refunds that live beside it."""

    purchase: Purchase
    refunds: tuple[Refund, ...]


def status(ledger: Ledger, *, profile_ids: Iterable[ProfileId] | None = None, now: datetime) -> tuple[LimitStatus, ...]:
    """Every limit in its window of now, of some profiles or of all; the tightest of each measure is binding."""
    wanted = None if profile_ids is None else frozenset(profile_ids)
    with ledger.database.reading() as tx:
        profiles = [one for one in household_store.profiles(tx) if wanted is None or one.id in wanted]
        return Standing(tx, now).statuses(profiles, limit_store.limits(tx))


def history(ledger: Ledger, limit_id: LimitId, *, now: datetime, count: int = 12) -> tuple[tuple[Window, int], ...]:
    """What the last windows of a limit used, oldest first, that of now last; rolling ones lie end to end.

    Raises:
        Refusal: there is no such limit.
    """
    with ledger.database.reading() as tx:
        limit = limit_store.limit(tx, limit_id)
        if limit is None:
            raise Refusal(problem("limit", "unknown_limit", limit=limit_id))
        profile = _profile(tx, limit.profile_id)
        calendar = calendar_of(profile.settings)
        windows = [calendar.window_at(limit.period, now)]
        while len(windows) < count:
            last = windows[-1]
            earlier = (
                rolling_window(limit.period, last.start_at)
                if limit.period.length
                else calendar.previous_window(limit.period, last)
            )
            windows.append(earlier)
        standing = Standing(tx, now)
        return tuple((window, standing.status(limit, profile, window=window).used) for window in reversed(windows))


def alerts(ledger: Ledger, *, profile_id: ProfileId | None = None, unseen_only: bool = True) -> tuple[Alert, ...]:
    """Alerts of limits that stand: all, newest first, or of each limit the unseen one that matters most."""
    with ledger.database.reading() as tx:
        limits, profiles = limit_store.limits(tx), household_store.profiles(tx)
        found = alert_store.told(tx, limits, profiles, profile_id=profile_id, unseen_only=unseen_only)
    return one_per_limit(found) if unseen_only else found


def warned(ledger: Ledger, profile_id: ProfileId, *, now: datetime) -> tuple[Warned, ...]:
    """The limits of a profile with an unseen alert that are not within again, that of the newest alert first."""
    with ledger.database.reading() as tx:
        profile, limits = _profile(tx, profile_id), limit_store.limits(tx)
        found = alert_store.told(tx, limits, [profile], profile_id=profile_id, unseen_only=True)
        newest: dict[LimitId, AlertId] = {}
        for alert in found:
            newest.setdefault(alert.limit.id, alert.id)
        if not newest:
            return ()
        standing, by_id = Standing(tx, now), {limit.id: limit for limit in limits}
        stands = [
            Warned(status=standing.status(by_id[limit_id], profile), alert_id=alert_id)
            for limit_id, alert_id in newest.items()
        ]
    return tuple(one for one in stands if one.status.level is not Level.WITHIN)


def mark_seen(ledger: Ledger, alert_ids: Iterable[AlertId], *, now: datetime) -> Changes:
    """A person has seen these alerts, and with each of them the earlier ones of its limit."""
    del now
    with ledger.database.writing() as tx:
        limit_ids = alert_store.mark_seen(tx, alert_ids)
    return Changes(action="see alerts", count=len(limit_ids), limits=limit_ids)


def preview(ledger: Ledger, draft: Draft, *, now: datetime, amending: EntryId | None = None) -> Preview:
    """What saving a draft now would do, for forms and what-if; nothing is written.

    Args:
        amending: the entry the draft is to replace.
    """
    with ledger.database.reading() as tx:
        old = None
        if amending is not None:
            old = ledger_store.entries_by_id(tx, [amending], ledger.reference.currencies).get(amending)
            if old is None:
                return Preview(problems=(problem("entry", "unknown_entry", name=amending),))
        facts = facts_of(ledger, tx, now=now, amending=old)
        if old is not None:
            own = next(profile for profile in facts.profiles.values() if profile.id == old.profile_id)
            facts = replace(facts, default_profile=own)
            draft = amending_draft(draft, old)
        believed = believe(draft, facts)
        if isinstance(believed, tuple):
            return _unfinished(ledger, tx, draft, believed, facts.default_profile, now)
        profile = next(profile for profile in facts.profiles.values() if profile.id == believed.profile_id)
        lot = _lot(ledger, tx, believed, old)
        entry = _converted(ledger, believed, lot, profile)
        if isinstance(entry, Problem):
            return replace(_unfinished(ledger, tx, draft, (entry,), profile, now), charged_wanted=True)
        return _finished(ledger, tx, entry, old, lot, profile, now)


def _finished(
    ledger: Ledger, tx: Transaction, entry: Entry, old: Entry | None, lot: _Lot | None, profile: Profile, now: datetime
) -> Preview:
    """The preview of an entry that could be saved."""
    outlooks, statuses = _outlooks(tx, entry, _shifts(ledger, entry, old, lot, profile), profile, now)
    tight = tightest(outlook.after for outlook in outlooks)
    coins = None if entry.coins is None else abs(entry.coins)
    cost, on_hand = _coins_after(tx, entry, old, lot)
    shown = Preview(
        entry=entry,
        coins=coins,
        cost=cost,
        buying_today=_buying_today(ledger, tx, entry, coins, profile, now),
        on_hand_after=on_hand,
        outlooks=outlooks,
        binding=next((outlook for outlook in outlooks if outlook.after is tight), None),
        statuses=statuses,
    )
    if not isinstance(entry, Purchase | Refund):
        return shown
    home = ledger.reference.currencies[profile.currency]
    minor = entry.converted_minor
    shown = replace(shown, converted=None if minor is None else Money(minor=minor, currency=home))
    if not isinstance(entry, Purchase):
        return shown
    abroad = entry.paid is not None and entry.paid.currency != home
    return replace(
        shown, rate_source=entry.rate_source, rate=entry.rate, charged_wanted=abroad and entry.charged is None
    )


def _unfinished(
    ledger: Ledger,
    tx: Transaction,
    draft: Draft,
    problems: tuple[Problem, ...],
    profile: Profile | None,
    now: datetime,
) -> Preview:
    """The preview of a draft that cannot be saved yet: what its coins cost today is known all the same."""
    named = household_store.profile_named(tx, draft.profile) if draft.profile else profile
    coins = parse_coins(draft.coins, draft.numbers) if draft.coins else None
    if coins is None or isinstance(coins, NumberFault) or named is None:
        return Preview(problems=problems)
    try:
        answer = price_today(
            ledger, tx, coins=coins, profile_id=named.id, region=None, currency=named.currency, now=now
        )
    except Refusal:
        return Preview(problems=problems, coins=coins)
    return Preview(problems=problems, coins=coins, buying_today=answer)


def _lot(ledger: Ledger, tx: Transaction, entry: Entry, old: Entry | None) -> _Lot | None:
    """The purchase a refund gives back, or an amended purchase itself, with its living refunds."""
    currencies = ledger.reference.currencies
    if isinstance(entry, Refund):
        purchase = ledger_store.entries_by_id(tx, [entry.refers_to], currencies)[entry.refers_to]
    elif isinstance(entry, Purchase) and isinstance(old, Purchase):
        purchase = old
    else:
        return None
    if not isinstance(purchase, Purchase):
        raise TypeError("a refund refers to a purchase")
    beside = ledger_store.refunds_of(tx, [purchase.id], currencies).get(purchase.id, ())
    return _Lot(purchase=purchase, refunds=tuple(one for one in beside if one.counts and one.id != entry.id))


def _converted(ledger: Ledger, entry: Entry, lot: _Lot | None, profile: Profile) -> Entry | Problem:
    """The entry with its amount in the profile's currency, as recording would freeze it."""
    home = ledger.reference.currencies[profile.currency]
    if isinstance(entry, Purchase):
        return freeze(entry, home)
    if isinstance(entry, Refund) and lot is not None:
        return refund_law.frozen(entry, lot.purchase, lot.refunds, home)
    return entry


def _shifts(ledger: Ledger, entry: Entry, old: Entry | None, lot: _Lot | None, profile: Profile) -> tuple[Shift, ...]:
    """What saving adds to windows and what it takes from them."""
    shifts: list[Shift] = []
    for one, sign in ((old, -1), (entry, 1)):
        if one is None:
            continue
        moved, present = Shift(profile_id=one.profile_id, at=one.at, day=one.home_on, planned=one.planned), []
        if one.counts:
            # Whatever it is, it is logged: its own windows are not empty.
            present = [replace(moved, measure=measure, use=Use(entries=sign)) for measure in Measure]
        if isinstance(one, Refund) and lot is not None:
            moved = replace(moved, at=lot.purchase.at, day=lot.purchase.home_on)
        for measure in measures_of(one):
            use = replace(use_of(one, measure), entries=0)
            if isinstance(one, Purchase) and one.counts and lot is not None:
                use += Use(refunded=_given_back(ledger, one, lot, profile, anew=sign > 0))
            present.append(replace(moved, measure=measure, use=use if sign > 0 else Use() - use))
        shifts += present
    return tuple(shifts)


def _given_back(ledger: Ledger, purchase: Purchase, lot: _Lot, profile: Profile, *, anew: bool) -> int:
    """What the living refunds of a purchase gave back, or would once it is amended."""
    refunds: Sequence[Refund] = lot.refunds
    if anew and not refund_law.group_problems(purchase, refunds):
        refunds = refund_law.all_frozen(purchase, refunds, ledger.reference.currencies[profile.currency])
    return sum(refund.converted_minor or 0 for refund in refunds)


def _outlooks(
    tx: Transaction, entry: Entry, shifts: Sequence[Shift], profile: Profile, now: datetime
) -> tuple[tuple[Outlook, ...], tuple[LimitStatus, ...]]:
    """The limits that count an entry without and with it, and every limit of its profile now, with it."""
    standing = Standing(tx, now)
    later = standing.reaching(profile.id, entry.at) if entry.counts else standing
    counted = measures_of(entry)
    outlooks: list[Outlook] = []
    statuses: list[LimitStatus] = []
    for limit in limit_store.limits(tx):
        if limit.profile_id != profile.id:
            continue
        moved = [shift for shift in shifts if (shift.profile_id, shift.measure) == (limit.profile_id, limit.measure)]
        current = later.status(limit, profile, shifts=moved)
        statuses.append(current)
        if limit.measure not in counted:
            continue
        window = _window_for(limit, profile, moved[-1], now)
        before = standing.status(limit, profile, window=window)
        after = current if window == current.window else later.status(limit, profile, window=window, shifts=moved)
        outlooks.append(Outlook(before=before, after=after, over_by=max(-after.left, 0)))
    statuses = list(with_binding(statuses))
    named = {one.limit.id: one for one in statuses}
    outlooks = [
        replace(one, after=named[one.after.limit.id]) if one.after.window == named[one.after.limit.id].window else one
        for one in outlooks
    ]
    return tuple(outlooks), tuple(statuses)


def _window_for(limit: Limit, profile: Profile, shift: Shift, now: datetime) -> Window:
    """The window of a limit an entry is shown in: that of now wherever the entry is in it."""
    length = limit.period.length
    if length is None:
        return calendar_of(profile.settings).window(limit.period, shift.day)
    ahead = shift.planned and shift.at > now
    return rolling_window(limit.period, shift.at if ahead or shift.at <= now - length else now)


def _coins_after(tx: Transaction, entry: Entry, old: Entry | None, lot: _Lot | None) -> tuple[Cost | None, int | None]:
    """True cost of the coins an entry uses, and the coins on hand after it."""
    if entry.coins is None:
        return None, None
    amending = old.sequence if old is not None and old.counts else 0
    if entry.planned:
        return None, valuation_store.on_hand_if(tx, entry.profile_id, home_on=entry.home_on, amending=amending)
    if isinstance(entry, Refund):
        lot_day = entry.home_on if lot is None else lot.purchase.home_on
        back = entry.coins - (old.coins if isinstance(old, Refund) and old.counts else 0)
        return None, valuation_store.on_hand_if(tx, entry.profile_id, home_on=lot_day, lot=-back)
    if isinstance(entry, Purchase) or (isinstance(entry, Adjustment) and entry.coins > 0):
        returned = sum(refund.coins for refund in lot.refunds) if lot is not None else 0
        added = entry.coins - returned
        return None, valuation_store.on_hand_if(
            tx, entry.profile_id, home_on=entry.home_on, lot=added, amending=amending
        )
    return valuation_store.cost_if(
        tx, entry.profile_id, at=entry.at, home_on=entry.home_on, coins=abs(entry.coins), amending=amending
    )


def _buying_today(
    ledger: Ledger, tx: Transaction, entry: Entry, coins: int | None, profile: Profile, now: datetime
) -> PriceAnswer | None:
    """What the coins of an entry cost today in its storefront, or in the profile's."""
    if not coins:
        return None
    bought = entry if isinstance(entry, Purchase) else None
    try:
        return price_today(
            ledger,
            tx,
            coins=coins,
            region=(bought.region if bought else "") or None,
            channel=bought.channel if bought else None,
            profile_id=profile.id,
            currency=profile.currency,
            now=now,
        )
    except Refusal:
        return None


def _profile(tx: Transaction, profile_id: ProfileId) -> Profile:
    found = household_store.profile(tx, profile_id)
    if found is None:
        raise AssertionError("a limit has a profile")
    return found

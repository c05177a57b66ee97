"""How a limit and its state are said: one wording for banner, cards, pages and forms.

Neutral words, the level always as a word beside its icon and colour. A window with nothing logged says so and is
never called kept (rule 15); one with an amount that could not be converted says "cannot judge" (rule 3).
"""

from collections.abc import Iterable
from datetime import datetime, time
from zoneinfo import ZoneInfo

from PySide6.QtCore import QCoreApplication

from coinbudget.domain.limits import Level, Limit, LimitStatus, Measure
from coinbudget.domain.periods import Period, Window
from coinbudget.ui.amounts import Amounts

translate = QCoreApplication.translate

#: Which limits count as "tighter": the share left decides nothing, only the level does, then what is left.
SEVERITY = {Level.WITHIN: 0, Level.NEARING: 1, Level.REACHED: 2, Level.BREACHED: 3}


class LimitWords:
    """Says limits in one way of writing and one zone."""

    def __init__(self, amounts: Amounts, zone: str) -> None:
        self._amounts = amounts
        self._zone = zone

    def amount(self, limit: Limit, value: int) -> str:
        """`value` in the limit's measure: "12.00 €" or "1,500 coins"."""
        if limit.currency is not None:
            return self._amounts.money(value, limit.currency)
        if abs(value) == 1:
            return translate("LimitWords", "{count} coin").format(count=self._amounts.coins(value))
        return translate("LimitWords", "{count} coins").format(count=self._amounts.coins(value))

    def name(self, limit: Limit) -> str:
        """A limit as one calls it: "12.00 € a week", "1,500 coins in any 24 hours"."""
        return f"{self.amount(limit, limit.amount)} {period_words(limit.period)}"

    def counts(self, limit: Limit) -> str:
        """What it counts: "money paid", "coins gifted", "cost of gifts"."""
        words = {
            Measure.MONEY: translate("LimitWords", "money paid"),
            Measure.COINS: translate("LimitWords", "coins gifted"),
            Measure.COST: translate("LimitWords", "true cost of gifts"),
        }
        return words[limit.measure]

    def since(self, limit: Limit, window: Window, *, short: bool = False) -> str:
        """The stretch it looks at: "since Monday 00:00" (short: "Mon"), "since 1 Nov", "in any 24 hours"."""
        if limit.period.length is not None:
            return period_words(limit.period)
        start = window.start_at.astimezone(ZoneInfo(self._zone))
        if limit.period is Period.DAY:
            return translate("LimitWords", "since {time} today").format(time=self._amounts.time(start))
        if limit.period is Period.WEEK:
            named = self._amounts.weekday_short if short else self._amounts.weekday
            day = f"{named(start.date())} {self._amounts.time(start)}"
        else:
            day = self._amounts.date_short(start.date())
        return translate("LimitWords", "since {day}").format(day=day)

    def until(self, limit: Limit, window: Window, now: datetime) -> str:
        """When a calendar window ends: "until Monday 00:00", "until 1 Dec"; "" for rolling ones."""
        if limit.period.length is not None:
            return ""
        return translate("LimitWords", "until {moment}").format(moment=self.moment(window.end_at, now))

    def moment(self, at: datetime, now: datetime) -> str:
        """A coming instant: "tomorrow 21:14", "Monday 00:00", "1 Dec"."""
        zone = ZoneInfo(self._zone)
        local, today = at.astimezone(zone), now.astimezone(zone).date()
        ahead = (local.date() - today).days
        # "Tomorrow 00:00" would leave open which midnight is meant; the day's name does not.
        if ahead <= 0 or (ahead == 1 and local.time() != time.min):
            return self._amounts.moment(at, self._zone, now)
        if ahead <= _WEEK_AHEAD:
            return f"{self._amounts.weekday(local.date())} {self._amounts.time(local)}"
        if local.date().year == today.year:
            return self._amounts.date_short(local.date())
        return self._amounts.date(local.date())

    def badge(self, status: LimitStatus) -> tuple[str, str]:
        """Look and words of its badge: a Level, "" (no verdict) or "unknown"."""
        if status.level is Level.BREACHED:
            over = self.amount(status.limit, -status.left)
            return Level.BREACHED, translate("LimitWords", "Over by {amount}").format(amount=over)
        if not status.judged:
            return "unknown", translate("LimitWords", "Cannot judge")
        if status.empty:
            return "", translate("LimitWords", "Nothing logged yet")
        if status.level is Level.REACHED:
            return Level.REACHED, translate("LimitWords", "Limit reached")
        if status.level is Level.NEARING:
            share = self._amounts.percent(status.used, status.limit.amount)
            return Level.NEARING, translate("LimitWords", "{share} used").format(share=share)
        return Level.WITHIN, translate("LimitWords", "Within limit")

    def left(self, status: LimitStatus) -> str:
        """What is left or over: "1.43 € left", "1.20 € over"."""
        if status.left < 0:
            over = self.amount(status.limit, -status.left)
            return translate("LimitWords", "{amount} over").format(amount=over)
        return translate("LimitWords", "{amount} left").format(amount=self.amount(status.limit, status.left))

    def used(self, status: LimitStatus) -> str:
        """What is used: "10.57 € paid", "299 coins gifted"."""
        amount = self.amount(status.limit, status.used)
        if status.limit.measure is Measure.MONEY:
            return translate("LimitWords", "{amount} paid").format(amount=amount)
        return translate("LimitWords", "{amount} gifted").format(amount=amount)

    def planned(self, status: LimitStatus) -> str:
        """What planned purchases leave: "7.96 € after 4.99 € planned", or "" when nothing is planned."""
        if not status.planned:
            return ""
        after = status.left - status.planned
        words = {
            "after": self.amount(status.limit, abs(after)),
            "planned": self.amount(status.limit, status.planned),
        }
        if after < 0:
            return translate("LimitWords", "{after} over after {planned} planned").format(**words)
        return translate("LimitWords", "{after} after {planned} planned").format(**words)

    def room(self, status: LimitStatus, now: datetime) -> str:
        """When there is room again: "room again from Monday 00:00"; "" where there is nothing to wait for."""
        if status.room_again_at is None or not status.used:
            return ""
        moment = self.moment(status.room_again_at, now)
        if status.limit.period.length is not None:
            return translate("LimitWords", "more room from {moment}").format(moment=moment)
        return translate("LimitWords", "room again from {moment}").format(moment=moment)

    def logged_up_to(self, at: datetime | None, now: datetime, *, inside: bool = False) -> str:
        """How far the ledger reaches: "Logged up to Sun 21:14"; `inside` a line in small letters."""
        if at is None:
            return translate("LimitWords", "Nothing logged yet")
        moment = self._amounts.moment(at, self._zone, now)
        if inside:
            return translate("LimitWords", "logged up to {moment}").format(moment=moment)
        return translate("LimitWords", "Logged up to {moment}").format(moment=moment)

    def sentence(self, status: LimitStatus, now: datetime) -> str:
        """All of it in one spoken sentence."""
        parts = [
            self.name(status.limit),
            self.badge(status)[1],
            self.used(status),
            self.left(status),
            self.planned(status),
            self.since(status.limit, status.window),
            self.room(status, now),
        ]
        return ", ".join(part for part in parts if part) + "."

    def banner(self, status: LimitStatus, now: datetime) -> tuple[str, str]:
        """What the banner says of a limit: how far it is used, and what is left until when."""
        limit = status.limit
        words = {
            "limit": self.amount(limit, limit.amount),
            "window": window_words(limit.period),
            "share": self._amounts.percent(status.used, limit.amount),
            "over": self.amount(limit, -status.left),
            "left": self.amount(limit, status.left),
            "end": self.moment(status.window.end_at, now),
        }
        rolling = limit.period.length is not None
        if status.level is Level.BREACHED:
            strong = translate("LimitWords", "{window}: {over} over the limit of {limit}.")
            rest = "" if rolling else translate("LimitWords", "Room again from {end}.")
        elif status.level is Level.REACHED:
            strong = translate("LimitWords", "{window}: all of {limit} is used.")
            rest = "" if rolling else translate("LimitWords", "Room again from {end}.")
        else:
            strong = translate("LimitWords", "{window}: {share} of {limit} is used.")
            rest = (
                translate("LimitWords", "{left} left.")
                if rolling
                else translate("LimitWords", "{left} left until {end}.")
            )
        return strong.format(**words), rest.format(**words)


_WEEK_AHEAD = 7


def period_words(period: Period) -> str:
    """How often: "a week", "in any 24 hours"."""
    words = {
        Period.DAY: translate("LimitWords", "a day"),
        Period.WEEK: translate("LimitWords", "a week"),
        Period.MONTH: translate("LimitWords", "a month"),
        Period.YEAR: translate("LimitWords", "a year"),
        Period.ROLLING_DAY: translate("LimitWords", "in any 24 hours"),
        Period.ROLLING_WEEK: translate("LimitWords", "in any 7 days"),
        Period.ROLLING_MONTH: translate("LimitWords", "in any 30 days"),
    }
    return words[period]


def window_words(period: Period) -> str:
    """The window now: "This week", "Within 24 hours"."""
    words = {
        Period.DAY: translate("LimitWords", "Today"),
        Period.WEEK: translate("LimitWords", "This week"),
        Period.MONTH: translate("LimitWords", "This month"),
        Period.YEAR: translate("LimitWords", "This year"),
        Period.ROLLING_DAY: translate("LimitWords", "Within 24 hours"),
        Period.ROLLING_WEEK: translate("LimitWords", "Within 7 days"),
        Period.ROLLING_MONTH: translate("LimitWords", "Within 30 days"),
    }
    return words[period]


def highest(statuses: Iterable[LimitStatus]) -> LimitStatus | None:
    """The limit a banner speaks of: the highest level, of equal ones the first."""
    return max(statuses, key=lambda status: SEVERITY[status.level], default=None)

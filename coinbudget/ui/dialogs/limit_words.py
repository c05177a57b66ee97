"""Words about limits in forms: their names, what is left, and when there is room again."""

from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QCoreApplication

from coinbudget.domain.limits import Level, Limit, LimitStatus, Measure
from coinbudget.domain.periods import Period
from coinbudget.ui.amounts import Amounts


def _tr(text: str) -> str:
    return QCoreApplication.translate("LimitWords", text)


def amount_text(amounts: Amounts, limit: Limit, figure: int) -> str:
    """A figure in the limit's unit: "12.00 €" or "1,500 coins"."""
    if limit.measure is Measure.COINS or limit.currency is None:
        return _tr("{coins} coins").format(coins=amounts.coins(figure))
    return amounts.money(figure, limit.currency)


def period_name(period: Period) -> str:
    """How often a limit of this period begins anew: "a week", "in any 7 days"."""
    return {
        Period.DAY: _tr("a day"),
        Period.WEEK: _tr("a week"),
        Period.MONTH: _tr("a month"),
        Period.YEAR: _tr("a year"),
        Period.ROLLING_DAY: _tr("in any 24 hours"),
        Period.ROLLING_WEEK: _tr("in any 7 days"),
        Period.ROLLING_MONTH: _tr("in any 30 days"),
    }[period]


def window_name(period: Period) -> str:
    """The window an entry of now lies in: "this week", "24 h"."""
    return {
        Period.DAY: _tr("today"),
        Period.WEEK: _tr("this week"),
        Period.MONTH: _tr("this month"),
        Period.YEAR: _tr("this year"),
        Period.ROLLING_DAY: _tr("the last 24 h"),
        Period.ROLLING_WEEK: _tr("the last 7 days"),
        Period.ROLLING_MONTH: _tr("the last 30 days"),
    }[period]


def limit_name(amounts: Amounts, limit: Limit) -> str:
    """A limit by amount and period: "12.00 € a week"."""
    text = f"{amount_text(amounts, limit, limit.amount)} {period_name(limit.period)}"
    return _tr("{limit}, cap").format(limit=text) if limit.cap else text


def left_words(amounts: Amounts, status: LimitStatus) -> str:
    """What is left, or by how much it is over."""
    if status.left < 0:
        return _tr("{amount} over").format(amount=amount_text(amounts, status.limit, -status.left))
    return _tr("{amount} left").format(amount=amount_text(amounts, status.limit, status.left))


def room_words(amounts: Amounts, status: LimitStatus, zone: str, now: datetime) -> str:
    """When there is more room; "" where nobody can say."""
    if status.room_again_at is None:
        return ""
    local = status.room_again_at.astimezone(ZoneInfo(zone))
    days = (local.date() - now.astimezone(ZoneInfo(zone)).date()).days
    week = 7
    if 1 < days < week:
        said = f"{amounts.weekday(local.date())} {amounts.time(local)}"
    else:
        said = amounts.moment(status.room_again_at, zone, now)
    return _tr("room again {when}").format(when=said)


def level_words(amounts: Amounts, status: LimitStatus) -> str:
    """The state in two or three words for a badge: "88 % used", "Within limit", "2.30 € over"."""
    if not status.judged and status.level is not Level.BREACHED:
        return _tr("Cannot judge")
    if status.level is Level.BREACHED:
        return left_words(amounts, status)
    if status.level is Level.REACHED:
        return _tr("Limit reached")
    if status.level is Level.NEARING:
        return _tr("{share} used").format(share=amounts.percent(status.used, status.limit.amount))
    return _tr("Within limit")

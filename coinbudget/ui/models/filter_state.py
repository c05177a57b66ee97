"""What the ledger page shows: the choices behind its chips, their words, and the LedgerFilter they make.

Periods are windows of the profile's own home days; a preset is kept by name, so that "this month" is still this
month after midnight.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from PySide6.QtCore import QCoreApplication

from coinbudget.domain.periods import Period, home_day, window_of
from coinbudget.domain.profiles import Profile
from coinbudget.domain.summaries import LedgerFilter
from coinbudget.ui.amounts import Amounts
from coinbudget.ui.entry_words import channel_name
from coinbudget.ui.models.line_texts import kind_name
from coinbudget.ui.widgets.labels import one_line


class Preset(StrEnum):
    """A period offered by name; CUSTOM has dates of its own."""

    ALL = "all"
    TODAY = "today"
    WEEK = "week"
    MONTH = "month"
    LAST_MONTH = "last month"
    YEAR = "year"
    LAST_YEAR = "last year"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterState:
    """The choices of the page.

    Attributes:
        everyone: entries of all profiles, not only the one looked at.
        from_on, to_on: both inside; used by `Preset.CUSTOM` alone, None is open.
    """

    kinds: tuple[str, ...] = ()
    preset: Preset = Preset.ALL
    from_on: date | None = None
    to_on: date | None = None
    everyone: bool = False
    creator: str = ""
    channel: str = ""
    voided: bool = False
    text: str = ""

    @property
    def narrows(self) -> bool:
        """Whether entries of the profile may be hidden by a choice (voided ones aside)."""
        return bool(self.kinds or self.creator or self.channel or self.text or self.preset is not Preset.ALL)

    def cleared(self) -> "FilterState":
        """Nothing hidden but voided entries; whose ledger it is stays."""
        return FilterState(everyone=self.everyone, voided=self.voided)

    def filter_for(self, profile: Profile | None, now: datetime) -> LedgerFilter:
        """The filter for the services."""
        first, last = self.days(profile, now)
        return LedgerFilter(
            text=self.text,
            profile_id=None if self.everyone or profile is None else profile.id,
            from_on=first,
            to_on=last,
            kinds=self.kinds,
            creator=self.creator,
            channel=self.channel,
            voided=self.voided,
        )

    def days(self, profile: Profile | None, now: datetime) -> tuple[date | None, date | None]:
        """First and last home day shown, None where open."""
        if self.preset is Preset.CUSTOM:
            return self.from_on, self.to_on
        if self.preset is Preset.ALL or profile is None:
            return None, None
        today = home_day(profile.settings, now)
        if self.preset is Preset.TODAY:
            return today, today
        period = _PERIODS[self.preset]
        start, end = _days_of(period, profile, today)
        if self.preset in {Preset.LAST_MONTH, Preset.LAST_YEAR}:
            start, end = _days_of(period, profile, start - timedelta(days=1))
        return start, end - timedelta(days=1)


_PERIODS = {
    Preset.WEEK: Period.WEEK,
    Preset.MONTH: Period.MONTH,
    Preset.LAST_MONTH: Period.MONTH,
    Preset.YEAR: Period.YEAR,
    Preset.LAST_YEAR: Period.YEAR,
}


def _days_of(period: Period, profile: Profile, day: date) -> tuple[date, date]:
    window = window_of(period, profile.settings, day)
    if window.start_on is None or window.end_on is None:
        raise ValueError(period)
    return window.start_on, window.end_on


def state_of(wanted: LedgerFilter, state: FilterState) -> FilterState:
    """The choices that show a filter another page wishes to see."""
    custom = wanted.from_on is not None or wanted.to_on is not None
    return replace(
        state.cleared(),
        kinds=wanted.kinds,
        preset=Preset.CUSTOM if custom else Preset.ALL,
        from_on=wanted.from_on,
        to_on=wanted.to_on,
        creator=wanted.creator,
        channel=wanted.channel,
        voided=wanted.voided or state.voided,
        text=wanted.text,
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("LedgerFilters", text)


def kinds_words(kinds: tuple[str, ...]) -> str:
    """What a choice of kinds is called."""
    plural = {
        (): _tr("All entries"),
        ("purchase", "gift"): _tr("Purchases and gifts"),
        ("purchase",): _tr("Purchases"),
        ("gift",): _tr("Gifts"),
        ("refund",): _tr("Refunds"),
        ("adjustment",): _tr("Adjustments"),
    }
    return plural.get(kinds) or ", ".join(kind_name(kind) for kind in kinds)


def preset_words(preset: Preset) -> str:
    """What a period is called in the menu."""
    return {
        Preset.ALL: _tr("All time"),
        Preset.TODAY: _tr("Today"),
        Preset.WEEK: _tr("This week"),
        Preset.MONTH: _tr("This month"),
        Preset.LAST_MONTH: _tr("Last month"),
        Preset.YEAR: _tr("This year"),
        Preset.LAST_YEAR: _tr("Last year"),
        Preset.CUSTOM: _tr("From … to …"),
    }[preset]


def period_words(state: FilterState, amounts: Amounts) -> str:
    """What the chosen period is called on its chip."""
    if state.preset is not Preset.CUSTOM:
        return preset_words(state.preset)
    if state.from_on is None:
        return _tr("Up to {day}").format(day=amounts.date(state.to_on)) if state.to_on else preset_words(Preset.ALL)
    if state.to_on is None:
        return _tr("Since {day}").format(day=amounts.date(state.from_on))
    if state.from_on == state.to_on:
        return amounts.date(state.from_on)
    same_year = state.from_on.year == state.to_on.year
    first = amounts.date_short(state.from_on) if same_year else amounts.date(state.from_on)
    return f"{first} – {amounts.date(state.to_on)}"


def creator_words(creator: str, amounts: Amounts) -> str:
    """What the chosen creator is called."""
    return amounts.creator(one_line(creator)) if creator else _tr("All creators")


def channel_words(channel: str) -> str:
    """What the chosen channel is called."""
    return channel_name(channel) if channel else _tr("All channels")

"""Profiles: who is tracked, in which currency, and by which clock their days, weeks and months run.

Changes of zone, day start, week start and month start hold from the next home midnight on; no earlier day moves.
A profile's currency is fixed once amounts in it are kept.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta

from coinbudget.domain.catalog import Reference
from coinbudget.domain.errors import Problem, Refusal, problem
from coinbudget.domain.periods import home_day, with_settings, zone_known
from coinbudget.domain.profiles import (
    HomeSettings,
    Profile,
    ProfileId,
    birth_year_problems,
    clean_name,
    name_problems,
    settings_problems,
)
from coinbudget.services.changes import Changes
from coinbudget.services.ledger import Ledger
from coinbudget.storage import household_store, journal
from coinbudget.storage.database import Transaction

#: An entry may lie this far ahead of the clock, so new settings begin after the day such an entry belongs to.
_AHEAD = timedelta(minutes=5)


def profiles(ledger: Ledger) -> tuple[Profile, ...]:
    """Every profile, in the order they were made."""
    with ledger.database.reading() as tx:
        return household_store.profiles(tx)


def profile(ledger: Ledger, which: ProfileId | str) -> Profile:
    """The profile of an id or of a name, compared folded.

    Raises:
        Refusal: there is none (`unknown_profile`).
    """
    with ledger.database.reading() as tx:
        found = (
            household_store.profile_named(tx, which) if isinstance(which, str) else household_store.profile(tx, which)
        )
    if found is None:
        raise Refusal(problem("profile", "unknown_profile", profile=which))
    return found


def add_profile(
    ledger: Ledger,
    *,
    name: str,
    region: str,
    currency: str,
    zone: str,
    birth_year: int | None = None,
    day_start: int = 0,
    week_start: int = 0,
    month_start: int = 1,
    now: datetime,
) -> Changes:
    """Add a profile.

    Args:
        region: ISO 3166 alpha-2; `currency`: ISO 4217; both in either case.
        zone: IANA name.

    Raises:
        Refusal: a value is not known or out of range, or the name is taken.
    """
    settings = HomeSettings(
        effective_on=date.min, zone=zone, day_start=day_start, week_start=week_start, month_start=month_start
    )
    new = Profile(
        id=ProfileId(0),
        name=clean_name(name),
        region=region.strip().upper(),
        currency=currency.strip().upper(),
        birth_year=birth_year,
        settings=(settings,),
        created_at=now,
    )
    with ledger.database.writing() as tx:
        _refuse(_faults(tx, ledger.reference, new, now))
        profile_id = household_store.insert_profile(tx, new)
        journal.append(tx, "add profile", str(profile_id), _told(new), now=now)
    return Changes(action="add profile", profiles=frozenset({profile_id}))


def amend_profile(
    ledger: Ledger,
    profile_id: ProfileId,
    *,
    name: str | None = None,
    region: str | None = None,
    currency: str | None = None,
    birth_year: int | None = None,
    clear_birth_year: bool = False,
    zone: str | None = None,
    day_start: int | None = None,
    week_start: int | None = None,
    month_start: int | None = None,
    now: datetime,
) -> Changes:
    """Change what is given and leave the rest.

    Args:
        clear_birth_year: the profile has none from now on, whatever `birth_year` says.

    Raises:
        Refusal: as `add_profile`; or the currency is fixed (`currency_fixed`).
    """
    with ledger.database.writing() as tx:
        old = household_store.profile(tx, profile_id)
        if old is None:
            raise Refusal(problem("profile", "unknown_profile", profile=profile_id))
        begins = home_day(old.settings, now + _AHEAD) + timedelta(days=1)
        new = replace(
            old,
            name=old.name if name is None else clean_name(name),
            region=old.region if region is None else region.strip().upper(),
            currency=old.currency if currency is None else currency.strip().upper(),
            birth_year=None if clear_birth_year else old.birth_year if birth_year is None else birth_year,
        )
        latest = old.settings[-1]
        starts = {"zone": zone, "day_start": day_start, "week_start": week_start, "month_start": month_start}
        wished = latest._replace(**{field: value for field, value in starts.items() if value is not None})  # type: ignore[arg-type]  # each of its own type
        moved = wished != latest
        if moved:
            begins = max(begins, _next_day(wished, now))
            wished = wished._replace(effective_on=begins)
        faults = _faults(tx, ledger.reference, new, now, wished)
        if new.currency != old.currency and household_store.currency_fixed(tx, profile_id):
            faults += (problem("currency", "currency_fixed", currency=old.currency),)
        _refuse(faults)
        if moved:
            new = replace(new, settings=with_settings(old.settings, wished))
        household_store.replace_profile(tx, new)
        if moved:
            household_store.move_planned(tx, new, from_on=begins)
        if new != old:
            journal.append(tx, "amend profile", str(profile_id), {"before": _told(old)}, now=now)
    return Changes(action="amend profile", profiles=frozenset({profile_id}))


def _next_day(wished: HomeSettings, now: datetime) -> date:
    """The next home day as the settings have it.

    East of here it may have begun already, and what was logged in it stands on the day before; a day that began before
    it was agreed would leave rolling windows without those entries.
    """
    if not zone_known(wished.zone) or settings_problems(wished):
        return date.min
    return home_day((wished._replace(effective_on=date.min),), now + _AHEAD) + timedelta(days=1)


def _faults(
    tx: Transaction, reference: Reference, new: Profile, now: datetime, settings: HomeSettings | None = None
) -> tuple[Problem, ...]:
    """What is wrong with a profile about to be kept."""
    settings = settings or new.settings[-1]
    faults = list(name_problems(new.name))
    namesake = None if faults else household_store.profile_named(tx, new.name)
    if namesake is not None and namesake.id != new.id:
        faults.append(problem("name", "profile_exists", profile=namesake.name))
    if new.region not in reference.regions:
        faults.append(problem("region", "unknown_region", region=new.region))
    if new.currency not in reference.currencies:
        faults.append(problem("currency", "unknown_currency", currency=new.currency))
    faults += settings_problems(settings)
    this_year = now.year
    if not zone_known(settings.zone):
        faults.append(problem("zone", "unknown_zone", zone=settings.zone))
    elif not settings_problems(settings):
        # The year may have turned at home while it has not in UTC.
        this_year = home_day((settings._replace(effective_on=date.min),), now).year
    return (*faults, *birth_year_problems(new.birth_year, this_year=this_year))


def _told(kept: Profile) -> dict[str, object]:
    """A profile for the journal."""
    settings = [
        [part.effective_on.isoformat(), part.zone, part.day_start, part.week_start, part.month_start]
        for part in kept.settings
    ]
    return {
        "name": kept.name,
        "region": kept.region,
        "currency": kept.currency,
        "birth_year": kept.birth_year,
        "settings": settings,
    }


def _refuse(faults: tuple[Problem, ...]) -> None:
    if faults:
        raise Refusal(*faults)

"""Profiles and their dated settings, read and written as domain values."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Row as ResultRow
from sqlalchemy import bindparam, delete, exists, insert, or_, select, update

from coinbudget.domain.catalog import folded
from coinbudget.domain.errors import LedgerFault, problem
from coinbudget.domain.periods import calendar_of
from coinbudget.domain.profiles import HomeSettings, Profile, ProfileId
from coinbudget.storage.database import Transaction
from coinbudget.storage.reference_store import load_reference
from coinbudget.storage.tables import AlertRow, EntryRow, HomeSettingsRow, LimitRow, ProfileRow, table_of

_PROFILE = table_of(ProfileRow)
_SETTINGS = table_of(HomeSettingsRow)
_ENTRY = table_of(EntryRow)
_LIMIT = table_of(LimitRow)
_ALERT = table_of(AlertRow)

#: Where a transaction keeps the profiles it has read.
_KEPT = "profiles"
_PROFILES = select(_PROFILE).order_by(_PROFILE.c.id)
_DATED = select(_SETTINGS).order_by(_SETTINGS.c.profile_id, _SETTINGS.c.effective_on)
_ONE_PROFILE = select(_PROFILE).where(_PROFILE.c.id == bindparam("profile"))
_ONE_DATED = select(_SETTINGS).where(_SETTINGS.c.profile_id == bindparam("profile")).order_by(_SETTINGS.c.effective_on)


def profiles(tx: Transaction) -> tuple[Profile, ...]:
    """Every profile with its settings, in the order they were made."""
    kept: tuple[Profile, ...] | None = tx.kept.get(_KEPT)
    if kept is None:
        kept = tx.kept[_KEPT] = _read_profiles(tx)
    return kept


def _read_profiles(tx: Transaction) -> tuple[Profile, ...]:
    settings: dict[int, list[HomeSettings]] = {}
    for row in tx.connection.execute(_DATED):
        settings.setdefault(row.profile_id, []).append(_settings_of(row))
    rows = tx.connection.execute(_PROFILES)
    try:
        return tuple(_profile_of(row, settings[row.id]) for row in rows)
    except KeyError as error:
        raise LedgerFault(problem("", "contents_damaged", reason="a profile has no settings")) from error


def profile(tx: Transaction, profile_id: ProfileId) -> Profile | None:
    """One profile, None when there is none of that id."""
    if _KEPT in tx.kept:
        return next((known for known in profiles(tx) if known.id == profile_id), None)
    one = {"profile": profile_id}
    row = tx.connection.execute(_ONE_PROFILE, one).one_or_none()
    if row is None:
        return None
    return _profile_of(row, map(_settings_of, tx.connection.execute(_ONE_DATED, one)))


def profile_named(tx: Transaction, name: str) -> Profile | None:
    """The profile of a name, compared folded."""
    found = tx.connection.execute(select(_PROFILE.c.id).where(_PROFILE.c.name_folded == folded(name))).scalar()
    return None if found is None else profile(tx, ProfileId(found))


def insert_profile(tx: Transaction, new: Profile) -> ProfileId:
    """Keep a new profile with its settings; its own `id` is ignored.

    Returns:
        The id it was given.
    """
    values = {**_columns(new), "created_at": new.created_at}
    key = tx.connection.execute(insert(_PROFILE).values(values)).inserted_primary_key
    if key is None:
        raise AssertionError("an inserted profile has a key")
    tx.kept.pop(_KEPT, None)
    profile_id = ProfileId(key[0])
    _insert_settings(tx, profile_id, new.settings)
    return profile_id


def replace_profile(tx: Transaction, changed: Profile) -> None:
    """Keep a changed profile and its settings."""
    tx.kept.pop(_KEPT, None)
    tx.connection.execute(update(_PROFILE).where(_PROFILE.c.id == changed.id).values(_columns(changed)))
    tx.connection.execute(delete(_SETTINGS).where(_SETTINGS.c.profile_id == changed.id))
    _insert_settings(tx, changed.id, changed.settings)


def currency_fixed(tx: Transaction, profile_id: ProfileId) -> bool:
    """Whether amounts in the profile's currency are kept: a purchase (voided ones can come back) or a limit of money.

    A removed limit counts as long as its alerts quote amounts.
    """
    purchase = exists().where(_ENTRY.c.profile_id == profile_id, _ENTRY.c.kind == "purchase")
    quoted = exists().where(_ALERT.c.limit_id == _LIMIT.c.id)
    limit = exists().where(
        _LIMIT.c.profile_id == profile_id,
        _LIMIT.c.measure.in_(("money", "cost")),
        or_(_LIMIT.c.removed_at.is_(None), quoted),
    )
    return bool(tx.connection.execute(select(or_(purchase, limit))).scalar())


def move_planned(tx: Transaction, changed: Profile, *, from_on: date) -> None:
    """Give planned entries from a day on the home day that the changed settings say; they are in no kept total."""
    calendar = calendar_of(changed.settings)
    planned = select(_ENTRY.c.sequence, _ENTRY.c.at, _ENTRY.c.home_on).where(
        _ENTRY.c.profile_id == changed.id,
        _ENTRY.c.home_on >= from_on,
        _ENTRY.c.planned,
        _ENTRY.c.hour_known,
    )
    moved = [
        {"key": row.sequence, "day": calendar.day_of(row.at)}
        for row in tx.connection.execute(planned)
        if calendar.day_of(row.at) != row.home_on
    ]
    if moved:
        change = update(_ENTRY).where(_ENTRY.c.sequence == bindparam("key")).values(home_on=bindparam("day"))
        tx.connection.execute(change, moved)


def _columns(kept: Profile) -> dict[str, object]:
    return {
        "name": kept.name,
        "name_folded": folded(kept.name),
        "region": kept.region,
        "currency": kept.currency,
        "birth_year": kept.birth_year,
    }


def _insert_settings(tx: Transaction, profile_id: ProfileId, settings: Iterable[HomeSettings]) -> None:
    rows = [
        {
            "profile_id": profile_id,
            "effective_on": part.effective_on,
            "zone": part.zone,
            "day_start": part.day_start,
            "week_start": part.week_start,
            "month_start": part.month_start,
        }
        for part in settings
    ]
    tx.connection.execute(insert(_SETTINGS), rows)


def _settings_of(row: ResultRow[tuple[object, ...]]) -> HomeSettings:
    return HomeSettings(
        effective_on=row.effective_on,
        zone=row.zone,
        day_start=row.day_start,
        week_start=row.week_start,
        month_start=row.month_start,
    )


def _profile_of(row: ResultRow[tuple[object, ...]], settings: Iterable[HomeSettings]) -> Profile:
    if row.currency not in load_reference().currencies:
        # Nothing of ours writes such a code: the file is damaged, and every figure would stumble over it later.
        raise LedgerFault(problem("", "contents_damaged", reason="the currency of a profile"))
    return Profile(
        id=ProfileId(row.id),
        name=row.name,
        region=row.region,
        currency=row.currency,
        birth_year=row.birth_year,
        settings=tuple(settings),
        created_at=row.created_at,
    )

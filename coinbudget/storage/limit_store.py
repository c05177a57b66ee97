"""Limits as they stand, and the sums that say how far they are used.

Whole home days are read from the kept day totals, parts of a day from the index on (profile, kind, at); no sum reads
more entries than lie in the two days at the edges of a rolling window.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import Row as ResultRow
from sqlalchemy import and_, bindparam, func, insert, select, update

from coinbudget.domain.entries import EntryId
from coinbudget.domain.limits import Limit, LimitId, Measure, Use
from coinbudget.domain.periods import Period
from coinbudget.domain.profiles import ProfileId
from coinbudget.storage.database import Transaction
from coinbudget.storage.tables import DayTotalRow, EntryRow, LimitRow, ProfileRow, table_of

_LIMIT = table_of(LimitRow)
_PROFILE = table_of(ProfileRow)
_TOTAL = table_of(DayTotalRow)
_ENTRY = table_of(EntryRow)

_LIMITS = (
    select(_LIMIT, _PROFILE.c.currency).join(_PROFILE, _PROFILE.c.id == _LIMIT.c.profile_id).order_by(_LIMIT.c.id)
)
_LIVING_LIMITS = _LIMITS.where(_LIMIT.c.removed_at.is_(None))

_counts = and_(_ENTRY.c.voided_at.is_(None), _ENTRY.c.planned.is_(False))
_of_profile = _ENTRY.c.profile_id == bindparam("profile")


def _sums(measure: Measure) -> tuple[object, ...]:
    """Gross, refunded, unknown and entries of day totals; lots are kept net of refunds on their own day."""
    entries = func.coalesce(func.sum(_TOTAL.c.entries), 0)
    if measure is Measure.COINS:
        return (
            func.coalesce(func.sum(_TOTAL.c.coins_gifted), 0),
            _ZERO,
            func.coalesce(func.sum(_TOTAL.c.gifts_unknown), 0),
            entries,
        )
    net = _TOTAL.c.lot_cost_minor + _TOTAL.c.idle_minor
    return (
        func.coalesce(func.sum(_TOTAL.c.spent_minor), 0),
        func.coalesce(func.sum(_TOTAL.c.spent_minor - net), 0),
        func.coalesce(func.sum(_TOTAL.c.rate_missing), 0),
        entries,
    )

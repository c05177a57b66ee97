"""What the frame says about the open ledger, read at once: profiles, unseen alerts, backup, age of the rates."""

from dataclasses import dataclass
from datetime import date, datetime

from coinbudget.domain.limits import Alert
from coinbudget.domain.profiles import Profile, ProfileId
from coinbudget.services import backup, household, rates, watch
from coinbudget.services.ledger import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """One reading.

    Attributes:
        alerts: unseen ones of the shown profile.
        backed_up_at: when the newest copy was made, None when there is none.
        rates_on: last day with final exchange rates.
        now: when it was read.
    """

    profiles: tuple[Profile, ...]
    alerts: tuple[Alert, ...]
    backed_up_at: datetime | None
    rates_on: date | None
    now: datetime


def file_facts(ledger: Ledger, profile_id: ProfileId | None, *, now: datetime) -> FileFacts:
    """Read what the frame shows."""
    return FileFacts(
        profiles=household.profiles(ledger),
        alerts=() if profile_id is None else watch.alerts(ledger, profile_id=profile_id, unseen_only=True),
        backed_up_at=backup.last_backup(ledger),
        rates_on=rates.rates_up_to(),
        now=now,
    )

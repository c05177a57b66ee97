"""What the frame says about the open ledger, read at once: profiles, unseen alerts, backup, age of the rates."""

from dataclasses import dataclass
from datetime import date, datetime

from coinbudget.domain.profiles import Profile, ProfileId
from coinbudget.services import backup, household, rates, watch
from coinbudget.services.ledger import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """One reading.

    Attributes:
        warned: limits of the shown profile with an unseen alert, as they stand now.
        backed_up_at: when the newest copy was made, None when there is none.
        rates_on: last day with final exchange rates.
        now: when it was read.
    """

    profiles: tuple[Profile, ...]
    warned: tuple[watch.Warned, ...]
    backed_up_at: datetime | None
    rates_on: date | None
    now: datetime


def file_facts(ledger: Ledger, profile_id: ProfileId | None, *, now: datetime) -> FileFacts:
    """Read what the frame shows."""
    return FileFacts(
        profiles=household.profiles(ledger),
        warned=() if profile_id is None else watch.warned(ledger, profile_id, now=now),
        backed_up_at=backup.last_backup(ledger),
        rates_on=rates.rates_up_to(),
        now=now,
    )

"""What the commands answer: JSON documents and lines for a person, both from the same values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from coinbudget.cli.terminal import LONGEST_VALUE, one_line, shortened, table
from coinbudget.domain.drafts import COLUMNS, draft_of
from coinbudget.domain.entries import Adjustment, Entry, Gift, Purchase, Refund
from coinbudget.domain.errors import Problem
from coinbudget.domain.limits import Alert, Level, Limit, LimitStatus, Mark, Measure
from coinbudget.domain.money import decimal_text
from coinbudget.domain.periods import Period
from coinbudget.domain.profiles import Profile, ProfileId
from coinbudget.domain.rates import RateSource
from coinbudget.domain.summaries import LedgerLine
from coinbudget.services.ledger import Ledger
from coinbudget.services.wording import sentence

PERIODS = {
    Period.DAY: "a day",
    Period.WEEK: "a week",
    Period.MONTH: "a month",
    Period.YEAR: "a year",
    Period.ROLLING_DAY: "in any 24 hours",
    Period.ROLLING_WEEK: "in any 7 days",
    Period.ROLLING_MONTH: "in any 30 days",
}
LEVELS = {Level.WITHIN: "within", Level.NEARING: "nearing", Level.REACHED: "reached", Level.BREACHED: "over"}
_RIGHT = frozenset({3, 4, 5})
#: Lists to choose from are worth more room than a text of the user.
_LONGEST = {"known": 400, "names": 400}
#: Fields whose sentence is about an option, as it is typed.
_OPTIONS = {
    **{name: f"--{name}" for name in ("paid", "currency", "coins", "charged", "channel", "region", "at", "note", "by")},
    **{name: f"--{name}" for name in ("quantity", "creator", "reason", "measure", "period", "amount", "from", "to")},
    **{
        name: f"--{name}"
        for name in ("profile", "format", "form", "pair", "type", "column", "encoding", "kind", "earlier")
    },
    **{name: f"--{name}" for name in ("decimal", "separator", "date-order", "gift-amount", "mapping")},
    "zone": "--time-zone",
    "birth_year": "--birth-year",
    "order_ref": "--order-ref",
    "o": "-o",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a command has to say.

    Attributes:
        document: for --json.
        lines: for a person.
        status: exit status.
        complaint: the one line on stderr; empty where nothing was refused.
    """

    document: Mapping[str, Any] = field(default_factory=dict)
    lines: Sequence[str] = ()
    status: int = 0
    complaint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Turns values of a ledger into texts: it knows the profiles and the decimals of each currency."""

    ledger: Ledger
    profiles: Mapping[ProfileId, Profile]

    def money(self, minor: int, currency: str) -> str:
        """An amount with exactly the currency's decimals."""
        return decimal_text(minor, self.ledger.reference.currencies[currency].digits)

    def amount(self, limit: Limit, number: int) -> str:
        """A figure of a limit, without its unit."""
        return str(number) if limit.currency is None else self.money(number, limit.currency)

    def unit(self, limit: Limit) -> str:
        """What a limit is counted in."""
        return limit.currency or "coins"

    def local(self, at: datetime, profile_id: ProfileId) -> datetime:
        """An instant by the profile's clock."""
        return at.astimezone(ZoneInfo(self.profiles[profile_id].settings[-1].zone))

    # -- entries

    def entry(self, line: LedgerLine) -> dict[str, Any]:
        """An entry under the columns of the ledger CSV, with what it came to."""
        draft = draft_of(line.entry, line.profile)
        home = line.profile.currency
        return {name: getattr(draft, name) for name in COLUMNS} | {
            "converted": None if line.amount_minor is None else self.money(line.amount_minor, home),
            "cost": None if line.cost is None else self.money(line.cost.minor, home),
            "cost_unknown_coins": None if line.cost is None else line.cost.unknown_coins,
        }

    def entry_lines(self, done: str, line: LedgerLine, alerts: Iterable[Alert] = ()) -> list[str]:
        """What was done to an entry, its id and the marks it passed."""
        when = self.local(line.entry.at, line.profile.id).isoformat(sep=" ", timespec="minutes")[:16]
        when = when if line.entry.hour_known else line.entry.home_on.isoformat()
        first = f"{done} {self._what(line)} ({line.profile.name}, {when})"
        return [first, f"id {line.entry.id}", *map(self.alert_line, alerts)]

    def _what(self, line: LedgerLine) -> str:
        entry, home = line.entry, line.profile.currency
        cost = "" if line.cost is None else f", true cost {self.money(line.cost.minor, home)} {home}"
        if line.cost is not None and line.cost.unknown_coins:
            cost += f" and {line.cost.unknown_coins} coins of unknown cost"
        if isinstance(entry, Gift):
            name = f" {entry.gift_name}" if entry.gift_name else ""
            pieces = f" {entry.quantity} x{name}" if entry.quantity > 1 else name
            return f"gift{pieces} to @{entry.creator}, {_coins(entry)}{cost}"
        if isinstance(entry, Adjustment):
            return f"{entry.reason.value} of {_coins(entry)}{cost}"
        return f"{entry_kind(entry)} of {_coins(entry)} for {self._paid(entry, line)}"

    def _paid(self, entry: Purchase | Refund, line: LedgerLine) -> str:
        if entry.paid is None:
            return "an unknown price"
        paid = f"{decimal_text(entry.paid.minor, entry.paid.currency.digits)} {entry.paid.currency.code}"
        if line.amount_minor is None:
            return f"{paid}, not converted"
        if entry.paid.currency.code == line.profile.currency:
            return paid
        converted = f"{paid}, {self.money(line.amount_minor, line.profile.currency)} {line.profile.currency}"
        if isinstance(entry, Purchase) and entry.rate_source is RateSource.PROVISIONAL and entry.rate is not None:
            return f"{converted} (provisional, rate of {entry.rate.on.isoformat()})"
        return converted

    # -- limits and alerts

    def alert(self, alert: Alert) -> dict[str, Any]:
        """An alert: the highest mark an entry passed."""
        limit = alert.limit
        return {
            "limit": limit.id,
            "level": alert.level.value,
            "threshold": None if alert.mark is Mark.OVER else int(alert.mark.value),
            "window_start": self.local(alert.window.start_at, limit.profile_id).isoformat(),
            "window_end": self.local(alert.window.end_at, limit.profile_id).isoformat(),
            "used": self.amount(limit, alert.used),
            "amount": self.amount(limit, limit.amount),
            "currency": limit.currency,
            "seen": alert.seen,
        }

    def alert_line(self, alert: Alert) -> str:
        """An alert in words."""
        limit = alert.limit
        used, amount = self.amount(limit, alert.used), self.amount(limit, limit.amount)
        if alert.mark is Mark.OVER:
            state = f"over by {self.amount(limit, alert.used - limit.amount)} {self.unit(limit)}"
        else:
            state = f"{alert.mark.value} % passed"
        past = " (a period that is over)" if alert.seen else ""
        return f"Limit {limit.id}, {self.limit_words(limit)}: {state}; {used} of {amount} used{past}"

    def limit_words(self, limit: Limit) -> str:
        """A limit in words, without its id."""
        what = {Measure.MONEY: "", Measure.COINS: "", Measure.COST: " true cost"}[limit.measure]
        return f"{self.amount(limit, limit.amount)} {self.unit(limit)}{what} {PERIODS[limit.period]}"

    def status(self, status: LimitStatus) -> dict[str, Any]:
        """The use of a limit."""
        limit = status.limit
        return {
            "id": limit.id,
            "profile": self.profiles[limit.profile_id].name,
            "measure": limit.measure.value,
            "period": limit.period.value,
            "scope": "profile",
            "cap": limit.cap,
            "amount": self.amount(limit, limit.amount),
            "currency": limit.currency,
            "used": self.amount(limit, status.used),
            "gross": self.amount(limit, status.gross),
            "planned": self.amount(limit, status.planned),
            "left": self.amount(limit, status.left),
            "level": status.level.value,
            "judged": status.judged,
            "window_start": self.local(status.window.start_at, limit.profile_id).isoformat(),
            "window_end": self.local(status.window.end_at, limit.profile_id).isoformat(),
            "binding": status.binding,
        }

    def statuses(self, statuses: Sequence[LimitStatus], *, at: datetime) -> Reply:
        """The use of many limits, with how far the ledger reaches."""
        document = {"at": at.isoformat(), "limits": [self.status(status) for status in statuses]}
        if not statuses:
            return Reply(document=document, lines=["No limits. 'coinbudget limit add' makes one."])
        header = ("ID", "PROFILE", "LIMIT", "USED", "PLANNED", "LEFT", "", "STATE", "")
        rows = [self._status_cells(status) for status in statuses]
        reached = {status.limit.profile_id: status.logged_up_to for status in statuses}
        return Reply(
            document=document,
            lines=[
                *table(header, rows, _RIGHT),
                *(self._reach(profile_id, at) for profile_id, at in reached.items()),
            ],
        )

    def _status_cells(self, status: LimitStatus) -> tuple[str, ...]:
        limit = status.limit
        state = "nothing logged yet" if status.empty else LEVELS[status.level]
        if not status.judged:
            state = "over" if status.level is Level.BREACHED else "cannot judge"
        return (
            str(limit.id),
            self.profiles[limit.profile_id].name,
            self.limit_words(limit) + (" (cap)" if limit.cap else ""),
            self.amount(limit, status.used),
            self.amount(limit, status.planned) if status.planned else "",
            self.amount(limit, status.left),
            self.unit(limit),
            state,
            "the tightest" if status.binding else "",
        )

    def _reach(self, profile_id: ProfileId, at: datetime | None) -> str:
        name = self.profiles[profile_id].name
        if at is None:
            return f"{name}: nothing logged yet"
        return f"{name}: logged up to {self.local(at, profile_id).isoformat(sep=' ', timespec='minutes')[:16]}"

    def profile_list(self) -> Reply:
        """The profiles."""
        found = self.profiles.values()
        rows: list[tuple[str, ...]] = [
            (
                profile.name,
                profile.region,
                profile.currency,
                profile.settings[-1].zone,
                "" if profile.birth_year is None else str(profile.birth_year),
            )
            for profile in found
        ]
        header = ("NAME", "REGION", "CURRENCY", "TIME ZONE", "BORN")
        keys = ("name", "region", "currency", "time_zone", "birth_year")
        documents = [
            dict(zip(keys, (*row[:4], profile.birth_year), strict=True))
            for row, profile in zip(rows, found, strict=True)
        ]
        return Reply(document={"profiles": documents}, lines=table(header, rows) if rows else ["No profiles yet."])


def _coins(entry: Entry) -> str:
    if entry.coins is None:
        return "an unknown number of coins"
    return "1 coin" if abs(entry.coins) == 1 else f"{entry.coins} coins"


def entry_kind(entry: Entry) -> str:
    """Which of the four an entry is, in a word."""
    return type(entry).__name__.lower()


def sentence_of(problems: tuple[Problem, ...], count: int = 0) -> str:
    """The one line that says what was refused: the first problem, and how many more of `count` there are."""
    first = problems[0]
    values = tuple((name, one_line(shortened(text, _LONGEST.get(name, LONGEST_VALUE)))) for name, text in first.values)
    words = sentence(replace(first, values=values))
    where = (
        ", ".join(part for part in (first.place, f"row {first.row}", first.field) if part)
        if first.row
        else _OPTIONS.get(first.field, "")
    )
    more = max(count, len(problems)) - 1
    return (f"{where}: {words}" if where else words) + (
        f" ({more} more {'problem' if more == 1 else 'problems'})" if more else ""
    )


def problem_document(found: Problem) -> dict[str, Any]:
    """A problem of a row, as scripts read it."""
    return {
        "list": found.place or None,
        "row": found.row,
        "field": found.field,
        "code": found.code,
        "message": sentence(found),
    }


def past_line(count: int) -> str:
    """The one line about periods that are over and in which a limit was passed."""
    return "1 past period was over its limit." if count == 1 else f"{count} past periods were over their limits."

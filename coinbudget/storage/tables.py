"""The tables, as SQLModel classes named `...Row`; nothing outside `storage` sees them.

Conventions: instants are BIGINT microseconds since the epoch in UTC (`Instant`), home days INTEGER days since
1970-01-01 (`HomeDay`), money BIGINT minor units, rates decimal text, enums text with a CHECK. Both time types are
integers so that ranges, windows and bulk passes compare and group without parsing text, on any database.
Constraints are named; nothing cascades. `*_folded` columns hold `casefold()`ed NFKC text for search.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Dialect,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_MICROSECOND = timedelta(microseconds=1)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def instant_number(at: datetime) -> int:
    """Microseconds since the epoch of an aware instant."""
    return (at - EPOCH) // _MICROSECOND


def instant_of(number: int) -> datetime:
    """The aware UTC instant of microseconds since the epoch."""
    return EPOCH + timedelta(microseconds=number)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - _EPOCH_DAY


def day_of(number: int) -> date:
    """The date of days since 1970-01-01."""
    return date.fromordinal(number + _EPOCH_DAY)


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant kept as BIGINT microseconds; SQLAlchemy's own type drops the offset on SQLite."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Overrides TypeDecorator: to the database."""
        del dialect
        return None if value is None else instant_number(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Overrides TypeDecorator: from the database."""
        del dialect
        return None if value is None else instant_of(value)


class HomeDay(TypeDecorator[date]):
    """A home day kept as INTEGER days since 1970-01-01."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> int | None:
        """Overrides TypeDecorator: to the database."""
        del dialect
        return None if value is None else day_number(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> date | None:
        """Overrides TypeDecorator: from the database."""
        del dialect
        return None if value is None else day_of(value)


class Row(SQLModel):
    """Base of all rows: one metadata with named constraints."""

    metadata = MetaData(naming_convention=NAMING)


def table_of(row: type[Row]) -> Table:
    """The table behind a row class, for statements on plain columns."""
    return Row.metadata.tables[str(row.__tablename__)]


def _one_of(column: str, *texts: str) -> str:
    # Not IN: SQLite would build a table of the texts for every row inserted, which doubled the time of an import.
    return f"({' OR '.join(f'{column} = {text!r}' for text in texts)})"


class ProfileRow(Row, table=True):
    """A profile. `name_folded` is unique."""

    __tablename__ = "profile"
    id: int | None = Field(default=None, primary_key=True)
    name: str
    name_folded: str = Field(unique=True)
    region: str
    currency: str
    birth_year: int | None = None
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class HomeSettingsRow(Row, table=True):
    """Dated settings of a profile; the first has the smallest possible day."""

    __tablename__ = "home_settings"
    __table_args__ = (
        CheckConstraint("day_start BETWEEN 0 AND 6", name="day_start"),
        CheckConstraint("week_start BETWEEN 0 AND 6", name="week_start"),
        CheckConstraint("month_start BETWEEN 1 AND 31", name="month_start"),
    )
    profile_id: int = Field(foreign_key="profile.id", primary_key=True)
    effective_on: date = Field(sa_column=Column(HomeDay, primary_key=True))
    zone: str
    day_start: int
    week_start: int
    month_start: int


class CreatorRow(Row, table=True):
    """Who receives gifts: a stable id behind a handle that may change."""

    __tablename__ = "creator"
    id: int | None = Field(default=None, primary_key=True)
    handle: str
    handle_folded: str = Field(unique=True)


class KnownGiftRow(Row, table=True):
    """A gift name and price a person used that the catalogue does not have."""

    __tablename__ = "known_gift"
    name_folded: str = Field(primary_key=True)
    coins: int = Field(primary_key=True)
    name: str
    seen_on: date = Field(sa_column=Column(HomeDay, nullable=False))


class BatchRow(Row, table=True):
    """One import. `undone_at` is set while its undo stands; `format` names the source, "" before it was kept."""

    __tablename__ = "batch"
    id: int | None = Field(default=None, primary_key=True)
    source: str
    format: str = ""
    imported_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    entries: int
    undone_at: datetime | None = Field(default=None, sa_column=Column(Instant))


class EntryRow(Row, table=True):
    """A line of the ledger. `sequence` is the order of entry, `id` the world-wide name.

    `gift_name`, `order_ref`, `note` are text as given; `search` is the folded text of all that search looks at.
    `voided_batch` is set where the undo of that import voided it, so that importing again brings it back.
    """

    __tablename__ = "entry"
    __table_args__ = (
        CheckConstraint(_one_of("kind", "purchase", "gift", "refund", "adjustment"), name="kind"),
        CheckConstraint("coins IS NULL OR abs(coins) <= 100000000", name="coins"),
        CheckConstraint("kind = 'adjustment' OR coins IS NULL OR coins >= 0", name="coins_sign"),
        CheckConstraint("paid_minor IS NULL OR paid_minor BETWEEN 0 AND 90000000000", name="paid"),
        CheckConstraint("charged_minor IS NULL OR charged_minor BETWEEN 1 AND 90000000000", name="charged"),
        CheckConstraint("converted_minor IS NULL OR converted_minor BETWEEN 0 AND 90000000000", name="converted"),
        CheckConstraint(
            _one_of("rate_source", "same", "charged", "ecb", "provisional", "typed", "none"), name="rate_source"
        ),
        CheckConstraint(_one_of("channel", "", "ios", "android", "web", "gift_card", "other"), name="channel"),
        CheckConstraint(_one_of("reason", "", "bonus", "opening", "other-use", "correction"), name="reason"),
        CheckConstraint("(kind = 'gift') = (creator_id IS NOT NULL)", name="creator"),
        CheckConstraint("(kind = 'refund') = (refers_to IS NOT NULL)", name="refers_to"),
        CheckConstraint("(kind = 'adjustment') = (reason <> '')", name="reason_given"),
        # The last columns let valuation and the ledger table read living entries from the index alone.
        Index(
            "ix_entry_profile_day",
            *("profile_id", "home_on", "at", "sequence"),
            *("kind", "coins", "planned", "voided_at", "converted_minor", "reason", "creator_id", "gift_name"),
        ),
        Index("ix_entry_profile_kind_at", "profile_id", "kind", "at"),
        Index("ix_entry_at", "at", "sequence", "voided_at"),
        Index("ix_entry_creator_at", "creator_id", "at"),
        Index("ix_entry_refers_to", "refers_to", sqlite_where=Column("refers_to", String).isnot(None)),
        Index("ix_entry_order_ref", "order_ref", sqlite_where=Column("order_ref", String) != ""),
        # Few uses are no gifts, and every true cost of a stretch takes them off again.
        Index(
            "ix_entry_adjustment",
            *("profile_id", "home_on", "at", "sequence", "kind", "coins", "planned", "voided_at"),
            sqlite_where=text("kind = 'adjustment'"),
        ),
        # Few entries are planned, and every status asks for them.
        Index("ix_entry_planned", "profile_id", "home_on", sqlite_where=text("planned = 1")),
        Index(
            "ix_entry_silent_refund",
            "profile_id",
            sqlite_where=text("kind = 'refund' AND coalesce(converted_minor, 0) = 0"),
        ),
        Index("ix_entry_provisional", "profile_id", sqlite_where=Column("rate_source", String) == "provisional"),
        Index("ix_entry_batch", "batch_id", sqlite_where=Column("batch_id", Integer).isnot(None)),
        # SQLite's AUTOINCREMENT never hands out an order of entry twice.
        {"sqlite_autoincrement": True},
    )
    sequence: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    profile_id: int = Field(foreign_key="profile.id")
    kind: str
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    home_on: date = Field(sa_column=Column(HomeDay, nullable=False))
    zone: str
    hour_known: bool = True
    coins: int | None = None
    quantity: int = 1
    paid_minor: int | None = Field(default=None, sa_type=BigInteger)
    currency: str = ""
    charged_minor: int | None = Field(default=None, sa_type=BigInteger)
    converted_minor: int | None = Field(default=None, sa_type=BigInteger)
    rate: str = ""
    rate_on: date | None = Field(default=None, sa_column=Column(HomeDay))
    rate_source: str = "none"
    region: str = ""
    channel: str = ""
    creator_id: int | None = Field(default=None, foreign_key="creator.id")
    gift_name: str = ""
    order_ref: str = ""
    refers_to: str | None = Field(default=None, foreign_key="entry.id")
    reason: str = ""
    note: str = ""
    approval: str = ""
    search: str = ""
    about: bool = False
    planned: bool = False
    voided_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    voided_batch: int | None = None
    batch_id: int | None = Field(default=None, foreign_key="batch.id")
    revision: int = 0
    recorded_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class OriginRow(Row, table=True):
    """Which row of a source an entry came from, so that the row is known again whatever became of the entry.

    `key` is a digest of the profile and the row as it stood; equal rows have equal keys, and each stands for one
    entry. An entry paired across sources has a key of each. `source` is the list the row was in.
    """

    __tablename__ = "origin"
    __table_args__ = (
        Index("ix_origin_sequence", "sequence"),
        # The rows lie in the order of their key.
        {"sqlite_with_rowid": False},
    )
    key: str = Field(primary_key=True)
    sequence: int = Field(foreign_key="entry.sequence", primary_key=True)
    source: str
    batch_id: int = Field(foreign_key="batch.id")


class FilledRow(Row, table=True):
    """What an import filled in of a purchase that stood already; taken out again by the import's undo.

    `values_json` holds the columns that were empty before, with what they got, and what `services.filled` keeps beside
    them: all that the row said, and what stood before where something did.
    """

    __tablename__ = "filled"
    batch_id: int = Field(foreign_key="batch.id", primary_key=True)
    sequence: int = Field(foreign_key="entry.sequence", primary_key=True)
    values_json: str


class DayTotalRow(Row, table=True):
    """Kept totals of a profile's home day and channel ('' for gifts and adjustments), of entries that count.

    `spent_minor`..`rate_missing` are those of the summary CSV (a refund's money on the refund's own day, in the
    purchase's channel). `lot_*` belong to the lot's day, net of refunds: coins of lots, the part of them of UNKNOWN
    lots, and the cost of KNOWN lots that have coins left. `idle_minor` is cost without coins: KNOWN lots with no
    coins left, and KNOWN purchases of unknown coins. `use_coins` are coins of gifts and negative adjustments.
    """

    __tablename__ = "day_total"
    # The rows lie in the order of their key: a stretch of days is one range, not a look-up per row.
    __table_args__ = {"sqlite_with_rowid": False}
    profile_id: int = Field(foreign_key="profile.id", primary_key=True)
    home_on: date = Field(sa_column=Column(HomeDay, primary_key=True))
    channel: str = Field(primary_key=True)
    entries: int = 0
    spent_minor: int = Field(default=0, sa_type=BigInteger)
    refunded_minor: int = Field(default=0, sa_type=BigInteger)
    purchases: int = 0
    coins_bought: int = Field(default=0, sa_type=BigInteger)
    gifts: int = 0
    coins_gifted: int = Field(default=0, sa_type=BigInteger)
    gifts_unknown: int = 0
    rate_missing: int = 0
    lot_coins: int = Field(default=0, sa_type=BigInteger)
    lot_unknown_coins: int = Field(default=0, sa_type=BigInteger)
    lot_cost_minor: int = Field(default=0, sa_type=BigInteger)
    idle_minor: int = Field(default=0, sa_type=BigInteger)
    use_coins: int = Field(default=0, sa_type=BigInteger)


class LimitRow(Row, table=True):
    """A limit as it stands; `removed_at` keeps its alerts readable. History stands in the journal."""

    __tablename__ = "spending_limit"
    __table_args__ = (
        CheckConstraint(_one_of("measure", "money", "coins", "cost"), name="measure"),
        CheckConstraint(_one_of("period", "day", "week", "month", "year", "24h", "7d", "30d"), name="period"),
        CheckConstraint("amount BETWEEN 0 AND 90000000000", name="amount"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, primary_key=True)
    profile_id: int = Field(foreign_key="profile.id", index=True)
    measure: str
    period: str
    amount: int = Field(sa_type=BigInteger)
    cap: bool = False
    refunds_give_room: bool = True
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    removed_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    revision: int = 0


class AlertRow(Row, table=True):
    """A mark passed, once per occurrence. `cleared_at` is set when the amount fell below the mark again.

    `window_key` is the window's start day for calendar windows (microseconds of its start instant) and the instant
    of the passing entry for rolling ones.
    """

    __tablename__ = "alert"
    __table_args__ = (
        UniqueConstraint("limit_id", "window_key", "mark", "occurrence", name="uq_alert_once"),
        CheckConstraint(_one_of("mark", "50", "80", "100", "OVER"), name="mark"),
        CheckConstraint(_one_of("level", "NEARING", "REACHED", "BREACHED"), name="level"),
    )
    id: int | None = Field(default=None, primary_key=True)
    limit_id: int = Field(foreign_key="spending_limit.id", index=True)
    window_key: int = Field(sa_type=BigInteger)
    window_start: datetime = Field(sa_column=Column(Instant, nullable=False))
    window_end: datetime = Field(sa_column=Column(Instant, nullable=False))
    mark: str
    level: str
    occurrence: int
    used: int = Field(sa_type=BigInteger)
    amount: int = Field(sa_type=BigInteger)
    entry_id: str | None = Field(default=None, foreign_key="entry.id")
    raised_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    cleared_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    seen: bool = False
    spoken: bool = Field(default=True, description="the highest mark of its entry; lower ones are stored silent")


class JournalRow(Row, table=True):
    """What was done, in order, append only. `digest` chains each row to the one before it."""

    __tablename__ = "journal"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_column=Column(Instant, nullable=False))
    action: str
    subject: str
    detail: str = Field(description="JSON: values before a change, or counts of an import")
    digest: str


class SettingRow(Row, table=True):
    """Small facts of this ledger: demo mark, last backup, default profile."""

    __tablename__ = "setting"
    key: str = Field(primary_key=True)
    value: str

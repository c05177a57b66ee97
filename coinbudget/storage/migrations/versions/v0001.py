"""The first schema, as it was released; written out so that later changes of the tables do not change it."""

from alembic import op

revision = "0001"
down_revision = None

_STATEMENTS = (
    """
    CREATE TABLE profile (
    id INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    name_folded VARCHAR NOT NULL,
    region VARCHAR NOT NULL,
    currency VARCHAR NOT NULL,
    birth_year INTEGER,
    created_at BIGINT NOT NULL,
    CONSTRAINT pk_profile PRIMARY KEY (id),
    CONSTRAINT uq_profile_name_folded UNIQUE (name_folded)
    )
    """,
    """
    CREATE TABLE creator (
    id INTEGER NOT NULL,
    handle VARCHAR NOT NULL,
    handle_folded VARCHAR NOT NULL,
    CONSTRAINT pk_creator PRIMARY KEY (id),
    CONSTRAINT uq_creator_handle_folded UNIQUE (handle_folded)
    )
    """,
    """
    CREATE TABLE known_gift (
    name_folded VARCHAR NOT NULL,
    coins INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    seen_on INTEGER NOT NULL,
    CONSTRAINT pk_known_gift PRIMARY KEY (name_folded, coins)
    )
    """,
    """
    CREATE TABLE batch (
    id INTEGER NOT NULL,
    source VARCHAR NOT NULL,
    imported_at BIGINT NOT NULL,
    entries INTEGER NOT NULL,
    undone_at BIGINT,
    CONSTRAINT pk_batch PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE journal (
    id INTEGER NOT NULL,
    at BIGINT NOT NULL,
    action VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    detail VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    CONSTRAINT pk_journal PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE setting (
    "key" VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    CONSTRAINT pk_setting PRIMARY KEY ("key")
    )
    """,
    """
    CREATE TABLE home_settings (
    profile_id INTEGER NOT NULL,
    effective_on INTEGER NOT NULL,
    zone VARCHAR NOT NULL,
    day_start INTEGER NOT NULL,
    week_start INTEGER NOT NULL,
    month_start INTEGER NOT NULL,
    CONSTRAINT pk_home_settings PRIMARY KEY (profile_id, effective_on),
    CONSTRAINT ck_home_settings_day_start CHECK (day_start BETWEEN 0 AND 6),
    CONSTRAINT ck_home_settings_week_start CHECK (week_start BETWEEN 0 AND 6),
    CONSTRAINT ck_home_settings_month_start CHECK (month_start BETWEEN 1 AND 31),
    CONSTRAINT fk_home_settings_profile_id_profile FOREIGN KEY(profile_id) REFERENCES profile (id)
    )
    """,
    """
    CREATE TABLE entry (
    sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id VARCHAR NOT NULL,
    profile_id INTEGER NOT NULL,
    kind VARCHAR NOT NULL,
    at BIGINT NOT NULL,
    home_on INTEGER NOT NULL,
    zone VARCHAR NOT NULL,
    hour_known BOOLEAN NOT NULL,
    coins INTEGER,
    quantity INTEGER NOT NULL,
    paid_minor BIGINT,
    currency VARCHAR NOT NULL,
    charged_minor BIGINT,
    converted_minor BIGINT,
    rate VARCHAR NOT NULL,
    rate_on INTEGER,
    rate_source VARCHAR NOT NULL,
    region VARCHAR NOT NULL,
    channel VARCHAR NOT NULL,
    creator_id INTEGER,
    gift_name VARCHAR NOT NULL,
    order_ref VARCHAR NOT NULL,
    refers_to VARCHAR,
    reason VARCHAR NOT NULL,
    note VARCHAR NOT NULL,
    approval VARCHAR NOT NULL,
    search VARCHAR NOT NULL,
    about BOOLEAN NOT NULL,
    planned BOOLEAN NOT NULL,
    voided_at BIGINT,
    voided_batch INTEGER,
    batch_id INTEGER,
    revision INTEGER NOT NULL,
    recorded_at BIGINT NOT NULL,
    CONSTRAINT ck_entry_kind CHECK ((kind = 'purchase' OR kind = 'gift' OR kind = 'refund' OR kind =
    'adjustment')),
    CONSTRAINT ck_entry_coins CHECK (coins IS NULL OR abs(coins) <= 100000000),
    CONSTRAINT ck_entry_coins_sign CHECK (kind = 'adjustment' OR coins IS NULL OR coins >= 0),
    CONSTRAINT ck_entry_paid CHECK (paid_minor IS NULL OR paid_minor BETWEEN 0 AND 90000000000),
    CONSTRAINT ck_entry_charged CHECK (charged_minor IS NULL OR charged_minor BETWEEN 1 AND 90000000000),
    CONSTRAINT ck_entry_converted CHECK (converted_minor IS NULL OR converted_minor BETWEEN 0 AND 90000000000),
    CONSTRAINT ck_entry_rate_source CHECK ((rate_source = 'same' OR rate_source = 'charged' OR rate_source = 'ecb'
    OR rate_source = 'provisional' OR rate_source = 'typed' OR rate_source = 'none')),
    CONSTRAINT ck_entry_channel CHECK ((channel = '' OR channel = 'ios' OR channel = 'android' OR channel = 'web'
    OR channel = 'gift_card' OR channel = 'other')),
    CONSTRAINT ck_entry_reason CHECK ((reason = '' OR reason = 'bonus' OR reason = 'opening' OR reason =
    'other-use' OR reason = 'correction')),
    CONSTRAINT ck_entry_creator CHECK ((kind = 'gift') = (creator_id IS NOT NULL)),
    CONSTRAINT ck_entry_refers_to CHECK ((kind = 'refund') = (refers_to IS NOT NULL)),
    CONSTRAINT ck_entry_reason_given CHECK ((kind = 'adjustment') = (reason <> '')),
    CONSTRAINT uq_entry_id UNIQUE (id),
    CONSTRAINT fk_entry_profile_id_profile FOREIGN KEY(profile_id) REFERENCES profile (id),
    CONSTRAINT fk_entry_creator_id_creator FOREIGN KEY(creator_id) REFERENCES creator (id),
    CONSTRAINT fk_entry_refers_to_entry FOREIGN KEY(refers_to) REFERENCES entry (id),
    CONSTRAINT fk_entry_batch_id_batch FOREIGN KEY(batch_id) REFERENCES batch (id)
    )
    """,
    """
    CREATE INDEX ix_entry_profile_kind_at ON entry (profile_id, kind, at)
    """,
    """
    CREATE INDEX ix_entry_order_ref ON entry (order_ref) WHERE order_ref != ''
    """,
    """
    CREATE INDEX ix_entry_provisional ON entry (profile_id) WHERE rate_source = 'provisional'
    """,
    """
    CREATE INDEX ix_entry_at ON entry (at, sequence, voided_at)
    """,
    """
    CREATE INDEX ix_entry_refers_to ON entry (refers_to) WHERE refers_to IS NOT NULL
    """,
    """
    CREATE INDEX ix_entry_planned ON entry (profile_id, home_on) WHERE planned = 1
    """,
    """
    CREATE INDEX ix_entry_profile_day ON entry (profile_id, home_on, at, sequence, kind, coins, planned,
    voided_at, converted_minor, reason, creator_id, gift_name)
    """,
    """
    CREATE INDEX ix_entry_adjustment ON entry (profile_id, home_on, at, sequence, kind, coins, planned, voided_at)
    WHERE kind = 'adjustment'
    """,
    """
    CREATE INDEX ix_entry_creator_at ON entry (creator_id, at)
    """,
    """
    CREATE INDEX ix_entry_batch ON entry (batch_id) WHERE batch_id IS NOT NULL
    """,
    """
    CREATE INDEX ix_entry_silent_refund ON entry (profile_id) WHERE kind = 'refund' AND coalesce(converted_minor,
    0) = 0
    """,
    """
    CREATE TABLE day_total (
    profile_id INTEGER NOT NULL,
    home_on INTEGER NOT NULL,
    channel VARCHAR NOT NULL,
    entries INTEGER NOT NULL,
    spent_minor BIGINT NOT NULL,
    refunded_minor BIGINT NOT NULL,
    purchases INTEGER NOT NULL,
    coins_bought BIGINT NOT NULL,
    gifts INTEGER NOT NULL,
    coins_gifted BIGINT NOT NULL,
    gifts_unknown INTEGER NOT NULL,
    rate_missing INTEGER NOT NULL,
    lot_coins BIGINT NOT NULL,
    lot_unknown_coins BIGINT NOT NULL,
    lot_cost_minor BIGINT NOT NULL,
    idle_minor BIGINT NOT NULL,
    use_coins BIGINT NOT NULL,
    CONSTRAINT pk_day_total PRIMARY KEY (profile_id, home_on, channel),
    CONSTRAINT fk_day_total_profile_id_profile FOREIGN KEY(profile_id) REFERENCES profile (id)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE spending_limit (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    profile_id INTEGER NOT NULL,
    measure VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    amount BIGINT NOT NULL,
    cap BOOLEAN NOT NULL,
    refunds_give_room BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    removed_at BIGINT,
    revision INTEGER NOT NULL,
    CONSTRAINT ck_spending_limit_measure CHECK ((measure = 'money' OR measure = 'coins' OR measure = 'cost')),
    CONSTRAINT ck_spending_limit_period CHECK ((period = 'day' OR period = 'week' OR period = 'month' OR period =
    'year' OR period = '24h' OR period = '7d' OR period = '30d')),
    CONSTRAINT ck_spending_limit_amount CHECK (amount BETWEEN 0 AND 90000000000),
    CONSTRAINT fk_spending_limit_profile_id_profile FOREIGN KEY(profile_id) REFERENCES profile (id)
    )
    """,
    """
    CREATE INDEX ix_spending_limit_profile_id ON spending_limit (profile_id)
    """,
    """
    CREATE TABLE alert (
    id INTEGER NOT NULL,
    limit_id INTEGER NOT NULL,
    window_key BIGINT NOT NULL,
    window_start BIGINT NOT NULL,
    window_end BIGINT NOT NULL,
    mark VARCHAR NOT NULL,
    level VARCHAR NOT NULL,
    occurrence INTEGER NOT NULL,
    used BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    entry_id VARCHAR,
    raised_at BIGINT NOT NULL,
    cleared_at BIGINT,
    seen BOOLEAN NOT NULL,
    spoken BOOLEAN NOT NULL,
    CONSTRAINT pk_alert PRIMARY KEY (id),
    CONSTRAINT uq_alert_once UNIQUE (limit_id, window_key, mark, occurrence),
    CONSTRAINT ck_alert_mark CHECK ((mark = '50' OR mark = '80' OR mark = '100' OR mark = 'OVER')),
    CONSTRAINT ck_alert_level CHECK ((level = 'NEARING' OR level = 'REACHED' OR level = 'BREACHED')),
    CONSTRAINT fk_alert_limit_id_spending_limit FOREIGN KEY(limit_id) REFERENCES spending_limit (id),
    CONSTRAINT fk_alert_entry_id_entry FOREIGN KEY(entry_id) REFERENCES entry (id)
    )
    """,
    """
    CREATE INDEX ix_alert_limit_id ON alert (limit_id)
    """,
)


def upgrade() -> None:
    """Make the tables."""
    for statement in _STATEMENTS:
        op.execute(statement.strip())

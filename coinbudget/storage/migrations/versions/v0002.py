"""Where entries came from: origins of imported rows, what pairing filled in, and the format of every import."""

from alembic import op

revision = "0002"
down_revision = "0001"

_STATEMENTS = (
    # SQLite would write a renamed table's name in quotes, and the text of a schema is compared.
    "CREATE TEMPORARY TABLE kept AS SELECT id, source, imported_at, entries, undone_at FROM batch",
    "DROP TABLE batch",
    """
    CREATE TABLE batch (
    id INTEGER NOT NULL,
    source VARCHAR NOT NULL,
    format VARCHAR NOT NULL,
    imported_at BIGINT NOT NULL,
    entries INTEGER NOT NULL,
    undone_at BIGINT,
    CONSTRAINT pk_batch PRIMARY KEY (id)
    )
    """,
    "INSERT INTO batch SELECT id, source, '', imported_at, entries, undone_at FROM kept",
    "DROP TABLE kept",
    """
    CREATE TABLE origin (
    "key" VARCHAR NOT NULL,
    sequence INTEGER NOT NULL,
    source VARCHAR NOT NULL,
    batch_id INTEGER NOT NULL,
    CONSTRAINT pk_origin PRIMARY KEY ("key", sequence),
    CONSTRAINT fk_origin_sequence_entry FOREIGN KEY(sequence) REFERENCES entry (sequence),
    CONSTRAINT fk_origin_batch_id_batch FOREIGN KEY(batch_id) REFERENCES batch (id)
    )
    WITHOUT ROWID
    """,
    "CREATE INDEX ix_origin_sequence ON origin (sequence)",
    """
    CREATE TABLE filled (
    batch_id INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    values_json VARCHAR NOT NULL,
    CONSTRAINT pk_filled PRIMARY KEY (batch_id, sequence),
    CONSTRAINT fk_filled_batch_id_batch FOREIGN KEY(batch_id) REFERENCES batch (id),
    CONSTRAINT fk_filled_sequence_entry FOREIGN KEY(sequence) REFERENCES entry (sequence)
    )
    """,
)


def upgrade() -> None:
    """Make the tables, and give every import of before a format nobody noted."""
    for statement in _STATEMENTS:
        op.execute(statement.strip())

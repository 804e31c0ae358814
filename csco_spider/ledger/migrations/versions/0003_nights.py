"""Nights, what each run observed and which alarms stood after it, and when an entry was last read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table and columns; runs and entries of before have nothing in them."""
    op.create_table(
        "nights",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("started", sa.String(20), nullable=False),
        sa.Column("ended", sa.String(20)),
        sa.Column("resumed", sa.Integer, nullable=False, server_default="0"),
        sqlite_autoincrement=True,
    )
    # Alembic can't add a column with a foreign key to a SQLite table; SQL can, on both databases.
    op.execute("ALTER TABLE runs ADD COLUMN night INTEGER REFERENCES nights (id)")
    op.create_index("ix_runs_night", "runs", ["night"])
    op.add_column("runs", sa.Column("observed", sa.JSON))
    op.add_column("runs", sa.Column("alarms", sa.JSON))
    op.add_column("entries", sa.Column("visited", sa.String(20)))
    op.execute("UPDATE meta SET value = '3' WHERE key = 'schema_version'")

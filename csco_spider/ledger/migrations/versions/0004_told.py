"""Whether a person heard of the alarms that stood after a run."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the column; of runs of before everything was told."""
    op.add_column("runs", sa.Column("told", sa.Boolean, nullable=False, server_default=sa.true()))
    op.execute("UPDATE meta SET value = '4' WHERE key = 'schema_version'")

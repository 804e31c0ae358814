"""Where each field of an entry was read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the column; of entries of before it is not known."""
    op.add_column("entries", sa.Column("sources", sa.JSON))
    op.execute("UPDATE meta SET value = '5' WHERE key = 'schema_version'")

"""How a ledger of an older release becomes one of this release (Alembic)."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

FIRST = "0001"
"""The revision of ledgers that were written before revisions were kept."""


def _config(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def stamp_new(connection: sa.Connection) -> None:
    """Mark a ledger whose tables were just made as up to date."""
    command.stamp(_config(connection), "head")


def upgrade(connection: sa.Connection) -> None:
    """Bring an older ledger to this release's schema, within the connection's transaction."""
    if not sa.inspect(connection).has_table("alembic_version"):
        command.stamp(_config(connection), FIRST)
    command.upgrade(_config(connection), "head")

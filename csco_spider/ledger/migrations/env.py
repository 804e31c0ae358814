"""Alembic's entry point: it works on the connection it is given."""

from __future__ import annotations

from alembic import context

from csco_spider.ledger.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,  # the caller's transaction holds all of it
)
context.run_migrations()

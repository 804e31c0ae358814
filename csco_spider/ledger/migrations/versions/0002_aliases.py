"""Aliases, affixes, operators' verdicts, withdrawals and what was last published."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from csco_spider.ledger.identity import body_key, own_id

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the new tables, and give every entry the aliases it would have been given."""
    op.add_column("entries", sa.Column("missed", sa.Integer, nullable=False, server_default="0"))
    op.add_column("entries", sa.Column("missed_run", sa.Integer))
    op.add_column("entries", sa.Column("withdrawn", sa.String(20)))
    # Alembic can't add a column with a foreign key to a SQLite table; SQL can, on both databases.
    op.execute("ALTER TABLE entries ADD COLUMN merged_into INTEGER REFERENCES entries (id)")
    op.add_column("addresses", sa.Column("verdict", sa.Text, nullable=False, server_default=""))
    op.add_column("revisions", sa.Column("entry_before", sa.JSON))
    op.create_table(
        "aliases",
        sa.Column("society", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(8), primary_key=True),
        sa.Column("value", sa.String(64), primary_key=True),
        sa.Column("entry", sa.Integer, sa.ForeignKey("entries.id"), primary_key=True, index=True),
        sa.Column("first_run", sa.Integer, sa.ForeignKey("runs.id"), nullable=False),
    )
    op.create_table(
        "affixes",
        sa.Column("society", sa.String(64), primary_key=True),
        sa.Column("side", sa.String(8), primary_key=True),
        sa.Column("text", sa.String(80), primary_key=True),
        sa.Column("first_run", sa.Integer, sa.ForeignKey("runs.id"), nullable=False),
    )
    op.create_table(
        "apart",
        sa.Column("society", sa.String(64), primary_key=True),
        sa.Column("address", sa.Text, primary_key=True),
        sa.Column("entry", sa.Integer, sa.ForeignKey("entries.id"), primary_key=True),
    )
    op.create_table(
        "published",
        sa.Column("society", sa.String(64), primary_key=True),
        sa.Column("guid", sa.String(48), primary_key=True),
        sa.Column("published", sa.String(20), nullable=False),
        sa.Column("run", sa.Integer, sa.ForeignKey("runs.id"), nullable=False),
    )
    _name_entries(op.get_bind())
    op.create_index("entries_run", "entries", ["society", "first_run"])
    op.create_index("ix_revisions_run", "revisions", ["run"])
    op.drop_index("entries_key", "entries")
    op.drop_column("entries", "key")
    op.execute("UPDATE meta SET value = '2' WHERE key = 'schema_version'")


def _name_entries(connection: sa.Connection) -> None:
    entries = connection.execute(
        sa.text("SELECT id, society, key, content_html, first_run FROM entries ORDER BY id")
    )
    insert = sa.text(
        "INSERT INTO aliases (society, kind, value, entry, first_run) "
        "VALUES (:society, :kind, :value, :entry, :first_run) ON CONFLICT DO NOTHING"
    )

    def name(row: sa.Row[tuple[object, ...]], entry: int, kind: str, value: str | None) -> None:
        if value:
            values = {"kind": kind, "value": value, "entry": entry}
            connection.execute(insert, {**values, "society": row.society, "first_run": row.first_run})

    for row in entries.all():
        name(row, row.id, "key", row.key)
        name(row, row.id, "body", body_key(row.content_html))
    addresses = connection.execute(sa.text("SELECT society, address, entry, first_run FROM addresses"))
    for row in addresses.all():
        name(row, row.entry, "id", own_id(row.address))

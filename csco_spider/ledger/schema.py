"""The ledger's tables (SQLAlchemy Core), and the version that its file states."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

VERSION = 5
"""Schema version of a ledger written by this release; older ones are upgraded, newer ones refused."""


class Instant(sa.TypeDecorator[datetime]):
    """An aware datetime as UTC text in whole seconds: sorts as it reads, on every database."""

    impl = sa.String(20)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> str | None:
        return None if value is None else value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def process_result_value(self, value: Any | None, _dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


metadata = sa.MetaData()

meta = sa.Table(
    "meta",
    metadata,
    sa.Column("key", sa.String(40), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

societies = sa.Table(
    "societies",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("organisation", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("timezone", sa.Text, nullable=False),
    sa.Column("home_url", sa.Text, nullable=False),
)

nights = sa.Table(
    "nights",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("started", Instant, nullable=False),
    sa.Column("ended", Instant),  # NULL: still going on, stopped or killed
    sa.Column("resumed", sa.Integer, nullable=False, server_default="0"),  # how many times
    sqlite_autoincrement=True,
)

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("society", sa.String(64), nullable=False, index=True),
    sa.Column("started", Instant, nullable=False),
    sa.Column("ended", Instant),
    sa.Column("outcome", sa.String(16)),  # NULL: still running, or killed
    sa.Column("reason", sa.Text),
    sa.Column("counts", sa.JSON),
    sa.Column("night", sa.Integer, sa.ForeignKey("nights.id"), index=True),  # NULL: a crawl by itself
    sa.Column("observed", sa.JSON),  # what monitoring learns from
    sa.Column("alarms", sa.JSON),  # those that stood when it ended
    # Did a person hear of them? False until the run's night has told, and for ever if it was killed.
    sa.Column("told", sa.Boolean, nullable=False, server_default=sa.true()),
    sqlite_autoincrement=True,
)

entries = sa.Table(
    "entries",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("society", sa.String(64), nullable=False),
    sa.Column("guid", sa.String(48), nullable=False, unique=True),
    sa.Column("link", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("published", Instant, nullable=False),
    sa.Column("updated", Instant, nullable=False),
    sa.Column("day", sa.String(10)),  # as the society states it, in its zone; NULL: undated
    sa.Column("precision", sa.String(8), nullable=False),
    sa.Column("origin", sa.String(16), nullable=False),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("summary", sa.Text, nullable=False),
    sa.Column("content_html", sa.Text, nullable=False),
    sa.Column("authors", sa.JSON, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("categories", sa.JSON, nullable=False),
    sa.Column("image", sa.Text, nullable=False),
    sa.Column("enclosures", sa.JSON, nullable=False),
    sa.Column("first_seen", Instant, nullable=False),
    sa.Column("first_run", sa.Integer, sa.ForeignKey("runs.id"), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("missed", sa.Integer, nullable=False, server_default="0"),  # nights it answered 404
    sa.Column("missed_run", sa.Integer),  # the last of them
    sa.Column("withdrawn", Instant),
    sa.Column("merged_into", sa.Integer, sa.ForeignKey("entries.id")),
    # Where each field was read when the page was last read; NULL: by a release that kept no note.
    sa.Column("sources", sa.JSON),
    sa.Column("visited", Instant),  # when its page was last read; NULL: by a release that kept no note
    sa.Index("entries_window", "society", "published"),
    sa.Index("entries_run", "society", "first_run"),
    sqlite_autoincrement=True,
)

addresses = sa.Table(
    "addresses",
    metadata,
    sa.Column("society", sa.String(64), primary_key=True),
    sa.Column("address", sa.Text, primary_key=True),
    sa.Column("entry", sa.Integer, sa.ForeignKey("entries.id"), nullable=False, index=True),
    sa.Column("first_run", sa.Integer, sa.ForeignKey("runs.id"), nullable=False),
    sa.Column("listed", sa.JSON, nullable=False),  # {listing: [title, day]} as last acted upon
    sa.Column("verdict", sa.Text, nullable=False, server_default=""),  # why it belongs to its entry
)

aliases = sa.Table(
    "aliases",
    metadata,
    sa.Column("society", sa.String(64), primary_key=True),
    sa.Column("kind", sa.String(8), primary_key=True),  # id, key or body: see identity
    sa.Column("value", sa.String(64), primary_key=True),
    sa.Column("entry", sa.Integer, sa.ForeignKey("entries.id"), primary_key=True, index=True),
    sa.Column("first_run", sa.Integer, sa.ForeignKey("runs.id"), nullable=False),
)

affixes = sa.Table(
    "affixes",
    metadata,
    sa.Column("society", sa.String(64), primary_key=True),
    sa.Column("side", sa.String(8), primary_key=True),  # prefix or suffix
    sa.Column("text", sa.String(80), primary_key=True),
    sa.Column("first_run", sa.Integer, sa.ForeignKey("runs.id"), nullable=False),
)

apart = sa.Table(
    "apart",
    metadata,
    sa.Column("society", sa.String(64), primary_key=True),
    sa.Column("address", sa.Text, primary_key=True),
    sa.Column("entry", sa.Integer, sa.ForeignKey("entries.id"), primary_key=True),
)

published = sa.Table(
    "published",
    metadata,
    sa.Column("society", sa.String(64), primary_key=True),
    sa.Column("guid", sa.String(48), primary_key=True),
    sa.Column("published", Instant, nullable=False),
    sa.Column("run", sa.Integer, sa.ForeignKey("runs.id"), nullable=False),
)

pending = sa.Table(
    "pending",
    metadata,
    sa.Column("society", sa.String(64), primary_key=True),
    sa.Column("address", sa.Text, primary_key=True),
    sa.Column("sighting", sa.JSON, nullable=False),
    sa.Column("first_run", sa.Integer, sa.ForeignKey("runs.id"), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)

revisions = sa.Table(
    "revisions",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("entry", sa.Integer, sa.ForeignKey("entries.id"), nullable=False, index=True),
    sa.Column("run", sa.Integer, sa.ForeignKey("runs.id"), nullable=False, index=True),
    sa.Column("seen", Instant, nullable=False),
    sa.Column("field", sa.String(16), nullable=False),
    sa.Column("before", sa.Text, nullable=False),
    sa.Column("after", sa.Text, nullable=False),
    sa.Column("entry_before", sa.JSON),  # the entry's own columns before this moment, to restore it
    sqlite_autoincrement=True,
)

"""Opening a ledger's database: refused untouched unless it is sound and of a version we know."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

from csco_spider.ledger import schema

BUSY_SECONDS = 30
"""How long a writer waits for another before it gives up."""
WRITERS = 0x6C6564676572
"""PostgreSQL's advisory lock for whoever writes a ledger."""

_HELD = f"another process has held it for {BUSY_SECONDS} s: run again when it is done"
_CHECK_FOLDER = "check that its folder exists, is writable and that the disk is not full"
_CHECK_SERVER = "check that its server runs and lets us in, and what LEDGER_URL says of it"
_CHECK_FILE = "check the disk and the file's permissions, then run again"
_NONE_THERE = "no ledger is there: {}; check LEDGER_URL, or let the first crawl make it"


class LedgerError(Exception):
    """A ledger that can't be opened or written; the message says which and what to do."""


def _inspect_sqlite(path: Path) -> None:
    """Raise LedgerError unless ``path`` is absent, empty or a ledger we know. Writes nothing."""
    if not path.exists() or path.stat().st_size == 0:
        return
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
            row = None
            if "meta" in tables:
                row = connection.execute(
                    "SELECT value FROM meta WHERE key = 'schema_version'"
                ).fetchone()
            fault = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        raise LedgerError(
            f"the ledger {path} is damaged or no SQLite file ({error}); it was left as it is. Restore "
            "a backup, or move the file away to start a new ledger (old notices keep their GUIDs)"
        ) from error
    if fault != "ok":
        raise LedgerError(
            f"the ledger {path} is damaged ({fault}); it was left as it is. Restore a backup, or try "
            f"`sqlite3 {path} .recover` into a new file"
        )
    if tables:
        _check_version(str(path), row[0] if row else None)


def _check_version(where: str, version: str | None) -> None:
    if version is None:
        raise LedgerError(
            f"{where} is a database, but not a ledger of csco_spider; it was left as it is. Name "
            "another file or database in LEDGER_URL"
        )
    if not version.isdecimal() or not 1 <= int(version) <= schema.VERSION:
        raise LedgerError(
            f"the ledger {where} states schema version {version}, this release knows "
            f"{schema.VERSION}; it was left as it is. Use the release that wrote it"
        )


def _on_connect(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by _on_begin alone
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA journal_mode = WAL")


def _begin_sqlite(connection: sa.Connection) -> None:
    # A deferred transaction that turns writer late fails at once when another has written.
    read_only = connection.get_execution_options().get("read_only")
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def _begin_postgresql(connection: sa.Connection) -> None:
    # One writer at a time, as on SQLite: two that match the same notice at once would both mint.
    if not connection.get_execution_options().get("read_only"):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS})")


def connect(url: str, *, make: bool = True) -> sa.Engine:
    """An engine for the ledger at ``url`` ("" is one in memory), its tables made or brought up to date.

    Raises LedgerError for an address SQLAlchemy does not know, a database that can't be reached or
    written, a damaged file, and a schema version that this release does not know; unless it may
    ``make`` one, also where there is none.
    """
    if not (url or make):
        raise LedgerError("LEDGER_URL is empty: there is no ledger")
    try:
        where = sa.make_url(url or "sqlite://")
    except sa.exc.ArgumentError as error:
        raise LedgerError(
            f"LEDGER_URL {url!r} is no database address; write it as sqlite:///var/ledger.sqlite3"
        ) from error
    shown = where.render_as_string(hide_password=True)
    sqlite_file = where.get_backend_name() == "sqlite" and where.database not in {
        None,
        "",
        ":memory:",
    }
    try:
        if sqlite_file:
            path = Path(str(where.database))
            if not make and not (path.exists() and path.stat().st_size):
                raise LedgerError(_NONE_THERE.format(shown))
            _inspect_sqlite(path)
            path.parent.mkdir(parents=True, exist_ok=True)
            engine = sa.create_engine(where)
        elif where.get_backend_name() == "sqlite":
            engine = sa.create_engine(where, poolclass=StaticPool)
        else:
            engine = sa.create_engine(where, pool_pre_ping=True)
        if where.get_backend_name() == "sqlite":
            sa.event.listen(engine, "connect", _on_connect)
            sa.event.listen(engine, "begin", _begin_sqlite)
        elif where.get_backend_name() == "postgresql":
            sa.event.listen(engine, "begin", _begin_postgresql)
        _prepare(engine, shown, make=make)
    except (sa.exc.NoSuchModuleError, ModuleNotFoundError) as error:
        raise LedgerError(f"LEDGER_URL {shown!r}: no driver for it is installed ({error})") from error
    except (sa.exc.SQLAlchemyError, OSError) as error:
        cause = getattr(error, "orig", None) or error
        remedy = _CHECK_FOLDER if where.get_backend_name() == "sqlite" else _CHECK_SERVER
        raise LedgerError(
            f"the ledger {shown} can't be opened ({' '.join(str(cause).split())}); "
            f"{_HELD if 'locked' in str(cause) else remedy}"
        ) from error
    return engine


def _prepare(engine: sa.Engine, shown: str, *, make: bool) -> None:
    with engine.begin() as connection:
        if sa.inspect(connection).has_table("meta"):
            version = connection.scalar(
                sa.select(schema.meta.c.value).where(schema.meta.c.key == "schema_version")
            )
            _check_version(shown, version)
            if version != str(schema.VERSION):
                _migrations().upgrade(connection)
            return
        if not make:
            raise LedgerError(_NONE_THERE.format(shown))
        schema.metadata.create_all(connection)
        connection.execute(schema.meta.insert().values(key="schema_version", value=str(schema.VERSION)))
        _migrations().stamp_new(connection)


def _migrations() -> ModuleType:
    # Alembic takes a while to import, and most openings of a ledger need none of it.
    return import_module("csco_spider.ledger.migrations")


@contextmanager
def transaction(engine: sa.Engine, *, read_only: bool = False) -> Iterator[sa.Connection]:
    """One transaction, all or nothing; database faults come out as LedgerError."""
    try:
        with engine.connect() as connection:
            connection.execution_options(read_only=read_only)
            with connection.begin():
                yield connection
    except sa.exc.DBAPIError as error:
        raise LedgerError(
            f"the ledger {engine.url.render_as_string(hide_password=True)} refused a "
            f"{'read' if read_only else 'write'} ({error.orig}); nothing was half stored; "
            f"{_HELD if 'locked' in str(error.orig) else _CHECK_FILE}"
        ) from error

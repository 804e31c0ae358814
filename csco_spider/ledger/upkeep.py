"""What an operator may do to a ledger: set verdicts right, release or discard, check, export, import."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from csco_spider.ledger import schema
from csco_spider.ledger.database import LedgerError, transaction
from csco_spider.ledger.entry import keep_revisions
from csco_spider.ledger.nights import last_published
from csco_spider.ledger.run import GOOD
from csco_spider.ledger.schema import (
    addresses,
    affixes,
    aliases,
    apart,
    entries,
    pending,
    published,
    revisions,
    runs,
)

FORMAT = "csco_spider ledger"
BATCH = 500


# --- verdicts -------------------------------------------------------------------------------------
def _entry(connection: sa.Connection, guid: str) -> sa.Row[Any]:
    row = connection.execute(sa.select(entries).where(entries.c.guid == guid)).first()
    if row is None:
        raise LedgerError(f"the ledger holds no entry {guid}; `scrapy explain URL` shows a page's GUID")
    if row.merged_into is not None:
        raise LedgerError(f"{row.guid} has been merged into another entry already")
    return row


def _word(connection: sa.Connection, society: str, now: datetime, said: str) -> int:
    """An operator's word as a run of its own, so that revisions can name it."""
    made = connection.execute(
        runs.insert().values(society=society, started=now, ended=now, outcome="operator", reason=said)
    ).inserted_primary_key
    assert made is not None
    return int(made[0])


def merge(engine: sa.Engine, keep: str, drop: str, now: datetime) -> None:
    """Two entries are one notice: ``drop`` leaves the feeds, its addresses and names go to ``keep``."""
    with transaction(engine) as connection:
        kept, dropped = _entry(connection, keep), _entry(connection, drop)
        if kept.id == dropped.id or kept.society != dropped.society:
            raise LedgerError(f"{keep} and {drop} must be two entries of one society")
        run = _word(connection, kept.society, now, f"merge {keep} {drop}")
        keep_revisions(connection, dropped, run=run, seen=now, changes=[("merged", drop, keep)])
        values = {"merged_into": kept.id, "updated": now}
        connection.execute(entries.update().where(entries.c.id == dropped.id).values(**values))
        # What was merged into the dropped one before follows it.
        follows = entries.update().where(entries.c.merged_into == dropped.id)
        connection.execute(follows.values(merged_into=kept.id))
        why = f"an operator merged {drop} into {keep}"
        mine = addresses.update().where(addresses.c.entry == dropped.id)
        connection.execute(mine.values(entry=kept.id, verdict=why))
        for name in connection.execute(sa.select(aliases).where(aliases.c.entry == dropped.id)).all():
            values = {**name._mapping, "entry": kept.id}
            same = {key: values[key] for key in ("society", "kind", "value", "entry")}
            if not connection.execute(sa.select(aliases.c.entry).filter_by(**same)).first():
                connection.execute(aliases.insert().values(**values))
        connection.execute(aliases.delete().where(aliases.c.entry == dropped.id))


def split(engine: sa.Engine, society: str, address: str, now: datetime, *, leads: bool = False) -> str:
    """The notice at a canonical address is another than its entry: the next crawl reads it anew.

    An entry that ``leads`` there leads to its next address from now on, and what is said there is read
    again when it is listed. Gives the GUID that the notice is kept apart from.
    """
    here = (addresses.c.society == society) & (addresses.c.address == address)
    with transaction(engine) as connection:
        found = connection.execute(sa.select(addresses).where(here)).first()
        if found is None:
            raise LedgerError(f"{society} was never seen to list {address}")
        row = connection.execute(sa.select(entries).where(entries.c.id == found.entry)).one()
        others = (
            sa.select(addresses.c.address)
            .where(addresses.c.entry == row.id, addresses.c.address != address)
            .order_by(addresses.c.first_run.desc(), addresses.c.address)
        )
        if (other := connection.scalar(others)) is None:
            raise LedgerError(f"{address} is the only address of {row.guid}: there is nothing to split")
        run = _word(connection, society, now, f"split {address}")
        keep_revisions(connection, row, run=run, seen=now, changes=[("split", address, "")])
        values: dict[str, Any] = {"updated": max(now, row.updated)}
        if leads:  # its text is the other notice's: a page that was missed is asked for
            values |= {"link": _link_to(other, row.link), "missed": max(1, row.missed)}
        connection.execute(entries.update().where(entries.c.id == row.id).values(**values))
        connection.execute(apart.insert().values(society=society, address=address, entry=row.id))
        connection.execute(addresses.delete().where(here))
        return str(row.guid)


def _link_to(address: str, like: str) -> str:
    """A link to a canonical address, spelled as one that leads to the same host."""
    parts = urlsplit(like)
    host, slash, rest = address.partition("/")
    own = parts.netloc if parts.netloc.removeprefix("www.") == host else host
    return f"{parts.scheme}://{own}{slash}{rest}"


def withdraw(engine: sa.Engine, guid: str, now: datetime) -> None:
    """Say in an entry that its notice is gone, before as many nights have shown it."""
    with transaction(engine) as connection:
        row = _entry(connection, guid)
        if row.withdrawn is not None:
            raise LedgerError(f"{guid} is withdrawn already")
        run = _word(connection, row.society, now, f"withdraw {guid}")
        changes = [("withdrawn", "", now.isoformat())]
        keep_revisions(connection, row, run=run, seen=now, changes=changes)
        # A page that answers will restore it; one that is missed already stays so.
        values = {"withdrawn": now, "updated": max(now, row.updated), "missed": max(1, row.missed)}
        connection.execute(entries.update().where(entries.c.id == row.id).values(**values))


# --- quarantine -----------------------------------------------------------------------------------
def _held_back(connection: sa.Connection, society: str) -> list[int]:
    query = sa.select(runs.c.id).where(runs.c.society == society, runs.c.outcome == "quarantined")
    return list(connection.scalars(query))


def quarantined(engine: sa.Engine, society: str) -> bool:
    """Is something of a society held back until an operator decides?"""
    with transaction(engine, read_only=True) as connection:
        return bool(_held_back(connection, society))


def release(engine: sa.Engine, society: str) -> None:
    """What quarantined crawls read is right: trust them. LedgerError when none is quarantined."""
    with transaction(engine) as connection:
        held = _held_back(connection, society)
        if not held:
            raise LedgerError(f"{society} is not quarantined; there is nothing to release")
        values = {"outcome": GOOD, "reason": "released by an operator"}
        connection.execute(runs.update().where(runs.c.id.in_(held)).values(**values))


def discard(engine: sa.Engine, society: str) -> tuple[int, int]:
    """Undo all that crawls since the last publication stored; gives new entries forgotten, entries
    restored. LedgerError when none is quarantined."""
    after = last_published(engine, society).run
    with transaction(engine) as connection:
        if not _held_back(connection, society):
            raise LedgerError(f"{society} is not quarantined; there is nothing to discard")
        fresh = list(
            connection.scalars(
                sa.select(entries.c.id).where(entries.c.society == society, entries.c.first_run > after)
            )
        )
        theirs = revisions.c.entry.in_(sa.select(entries.c.id).where(entries.c.society == society))
        edits = connection.execute(
            sa.select(revisions).where(theirs, revisions.c.run > after).order_by(revisions.c.id.desc())
        ).all()
        restored = set()
        for edit in edits:  # newest first, so that the oldest word stands at the end
            if edit.entry not in fresh and edit.entry_before:
                before = _instants(edit.entry_before)
                connection.execute(entries.update().where(entries.c.id == edit.entry).values(**before))
                forget = addresses.update().where(addresses.c.entry == edit.entry)
                connection.execute(forget.values(listed={}))
                restored.add(edit.entry)
        connection.execute(revisions.delete().where(theirs, revisions.c.run > after))
        for table in (addresses, aliases, affixes, pending):
            connection.execute(
                table.delete().where(table.c.society == society, table.c.first_run > after)
            )
        for table in (addresses, aliases, apart):
            for part in _batches(fresh):
                connection.execute(table.delete().where(table.c.entry.in_(part)))
        for part in _batches(fresh):
            connection.execute(entries.delete().where(entries.c.id.in_(part)))
        connection.execute(
            runs.update()
            .where(runs.c.society == society, runs.c.id > after)
            .values(outcome="discarded", reason="discarded by an operator")
        )
        return len(fresh), len(restored)


def _instants(before: dict[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value) if name in {"updated", "withdrawn"} and value else value
        for name, value in before.items()
    }


def _batches(numbers: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(numbers), BATCH):
        yield numbers[start : start + BATCH]


# --- check, export, import ------------------------------------------------------------------------
def check(engine: sa.Engine) -> list[str]:
    """Everything that must hold and does not, in words that name the entry; none in a sound ledger."""
    faults: list[str] = []
    with transaction(engine, read_only=True) as connection:
        if engine.dialect.name == "sqlite":
            for (said,) in connection.exec_driver_sql("PRAGMA integrity_check"):
                if said != "ok":
                    faults.append(f"the file is damaged: {said}")
            faults += [
                f"table {table}, row {row}: its {missing} is missing"
                for table, row, missing, _ in connection.exec_driver_sql("PRAGMA foreign_key_check")
            ]
        without = sa.select(entries.c.guid).where(
            entries.c.merged_into.is_(None),
            ~sa.exists().where(addresses.c.entry == entries.c.id),
        )
        faults += [f"{guid} has no address" for guid in connection.scalars(without)]
        for row in connection.execute(sa.select(entries)).yield_per(BATCH):
            faults += [f"{row.guid}: {fault}" for fault in _faults(row)]
        targets = entries.alias()
        chained = (
            sa.select(entries.c.guid)
            .join(targets, targets.c.id == entries.c.merged_into)
            .where(targets.c.merged_into.is_not(None) | (targets.c.society != entries.c.society))
        )
        faults += [
            f"{guid} is merged into an entry that can't hold it" for guid in connection.scalars(chained)
        ]
        for table in (addresses, aliases):
            strangers = (
                sa.select(entries.c.guid, table.c.society)
                .join(entries, entries.c.id == table.c.entry)
                .where(table.c.society != entries.c.society)
            )
            faults += [
                f"{guid} is named by {society}, which is not its society ({table.name})"
                for guid, society in connection.execute(strangers)
            ]
        undue = sa.select(pending.c.society, pending.c.address).join(
            addresses,
            (addresses.c.society == pending.c.society) & (addresses.c.address == pending.c.address),
        )
        faults += [
            f"{society}: {address} is pending and read at once"
            for society, address in connection.execute(undue)
        ]
        lost = (
            sa.select(published.c.society, published.c.guid)
            .outerjoin(entries, entries.c.guid == published.c.guid)
            .where(entries.c.id.is_(None))
        )
        faults += [
            f"{guid} was published by {society} and is not in the ledger"
            for society, guid in connection.execute(lost)
        ]
    return faults


def _faults(row: sa.Row[Any]) -> Iterator[str]:
    if not row.guid.startswith("urn:uuid:"):
        yield "its GUID is no URN"
    if row.updated < row.published:
        yield f"it was updated ({row.updated}) before it was published ({row.published})"
    if row.published > row.first_seen:
        yield f"it is published ({row.published}) after it was first seen ({row.first_seen})"
    if not row.title or not row.link:
        yield "it has no title or no link"
    if row.withdrawn is not None and not row.missed:
        yield "it is withdrawn, but never missed"


_TABLES = [table for table in schema.metadata.sorted_tables if table.name != "meta"]


def export(engine: sa.Engine) -> Iterator[str]:
    """The whole ledger as JSON lines: a head, then every row of every table."""
    yield json.dumps({"format": FORMAT, "schema_version": schema.VERSION})
    with transaction(engine, read_only=True) as connection:
        for table in _TABLES:
            order = sa.select(table).order_by(*table.primary_key.columns)
            for row in connection.execution_options(yield_per=BATCH).execute(order):
                values = {
                    name: value.isoformat() if isinstance(value, datetime) else value
                    for name, value in row._mapping.items()
                }
                yield json.dumps({"table": table.name, **values}, ensure_ascii=False)


_NUMBERED = {
    **dict.fromkeys(("run", "first_run", "missed_run"), runs),
    **dict.fromkeys(("entry", "merged_into"), entries),
    "night": schema.nights,
}
"""Columns that hold another row's number."""


def load(engine: sa.Engine, lines: Iterable[str]) -> int:
    """Add the societies of an export, all or nothing; gives the number of rows.

    Rows are numbered behind those that the ledger has: in an empty one they keep their numbers. Raises
    LedgerError for a society of which the ledger has entries, and for a line that is no export's.
    """
    numbered = enumerate(lines, start=1)
    tables = {table.name: table for table in _TABLES}
    with transaction(engine) as connection:
        met: set[str] = set()
        shift = {
            table.name: connection.scalar(sa.select(sa.func.max(table.c.id))) or 0
            for table in (schema.nights, runs, entries, revisions)
        }
        check_head(next(numbered, (1, ""))[1])
        count, batch, current = 0, [], None
        merged: dict[int, int] = {}  # what went into an entry that may stand further down
        for number, line in numbered:
            try:
                row = json.loads(line)
                table = tables[row.pop("table")]
                row = {name: _value(table.c[name], value) for name, value in row.items()}
                _shifted(table, row, shift)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise LedgerError(
                    f"line {number} is no row of a ledger ({error!r}); nothing was kept"
                ) from error
            society = row.get("society", row["name"] if table.name == "societies" else None)
            if society is not None and society not in met:
                _make_room(connection, society)
                met.add(society)
            if current is not None and (table is not current or len(batch) >= BATCH):
                connection.execute(current.insert(), batch)
                batch = []
            current = table
            if table is entries and (into := row.pop("merged_into")) is not None:
                merged[row["id"]] = into
            batch.append(row)
            count += 1
        if current is not None:
            connection.execute(current.insert(), batch)
        for number, into in merged.items():
            connection.execute(entries.update().where(entries.c.id == number).values(merged_into=into))
        if engine.dialect.name == "postgresql":
            for table in (schema.nights, runs, entries, revisions):
                following = sa.select(sa.func.coalesce(sa.func.max(table.c.id), 0) + 1)
                sequence = sa.func.pg_get_serial_sequence(table.name, "id")
                connection.execute(
                    sa.select(sa.func.setval(sequence, following.scalar_subquery(), False))
                )
    return count


def _make_room(connection: sa.Connection, society: str) -> None:
    """Forget crawls of a society that brought nothing; LedgerError when it has entries."""
    if connection.execute(sa.select(entries.c.id).where(entries.c.society == society).limit(1)).first():
        raise LedgerError(
            f"the ledger has entries of {society} already; an import adds those that it has none of. "
            "Name an empty one in LEDGER_URL"
        )
    for table in reversed(_TABLES):
        if "society" in table.c:
            connection.execute(table.delete().where(table.c.society == society))
    connection.execute(schema.societies.delete().where(schema.societies.c.name == society))


def _shifted(table: sa.Table, row: dict[str, Any], shift: Mapping[str, int]) -> None:
    """Number a row, and what it refers to, behind the rows that are there."""
    if table.name in shift:
        row["id"] += shift[table.name]
    for values in (row, row.get("entry_before") or {}):
        for name, of in _NUMBERED.items():
            if values.get(name) is not None:
                values[name] += shift[of.name]


def check_head(line: str) -> None:
    """Raise LedgerError unless it is the first line of an export that this release can read."""
    try:
        head = json.loads(line)
        known = head["format"] == FORMAT
        version = head["schema_version"]
    except (ValueError, KeyError, TypeError) as error:
        raise LedgerError("the first line is not that of a ledger's export") from error
    if not known or version != schema.VERSION:
        raise LedgerError(
            f"the export states schema version {version}, this release knows {schema.VERSION}; open "
            "that ledger with this release, which upgrades it, and export it again"
        )


def _value(column: sa.Column[Any], value: Any) -> Any:
    if isinstance(column.type, schema.Instant) and value is not None:
        return datetime.fromisoformat(value)
    return value

"""What crawls brought since a society's feeds were last published, and in the nights before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from csco_spider.items import NewsItem, fold
from csco_spider.ledger.database import transaction
from csco_spider.ledger.identity import body_text
from csco_spider.ledger.run import GOOD
from csco_spider.ledger.schema import aliases, entries, published, revisions, runs

FRESH = timedelta(days=14)
"""A notice dated within this time before it was first seen is news; an older one comes late."""
NIGHTS = 30
"""How many good nights a society's habits are learned from."""


@dataclass(slots=True)
class Night:
    """What came in: titles of new entries by how they are dated, and of changed ones by field."""

    fresh: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    undated: list[str] = field(default_factory=list)
    changed: dict[str, list[str]] = field(default_factory=dict)
    shrunken: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    """Titles of new entries with the title and the text of an older one."""

    def count(self) -> Counter[str]:
        """How many of each kind."""
        counts = Counter({name: len(titles) for name, titles in self.changed.items()})
        counts.update(fresh=len(self.fresh), late=len(self.late), undated=len(self.undated))
        counts.update(shrunken=len(self.shrunken), repeated=len(self.repeated))
        return counts


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a society's feeds held when they were last published: publish instants by GUID."""

    run: int
    instants: dict[str, datetime]


def last_published(engine: sa.Engine, society: str) -> Snapshot:
    """The last published window; run 0 and empty before the first."""
    with transaction(engine, read_only=True) as connection:
        rows = connection.execute(sa.select(published).where(published.c.society == society)).all()
    return Snapshot(max((r.run for r in rows), default=0), {r.guid: r.published for r in rows})


def keep_published(
    engine: sa.Engine, society: str, items: Sequence[NewsItem], run: int | None = None
) -> None:
    """Remember a window as the one that readers were given after a run: the last one that ended, or
    the one that is about to. What a later run published meanwhile stays published."""
    with transaction(engine) as connection:
        number = _latest(connection, society, run)
        values = [
            {"society": society, "guid": item.guid, "published": item.published.value, "run": number}
            for item in items
            if item.published
        ]
        connection.execute(published.delete().where(published.c.society == society))
        if values:
            connection.execute(published.insert(), values)


def still_published(engine: sa.Engine, society: str, run: int | None = None) -> None:
    """The published window is what readers were given after that run as well."""
    with transaction(engine) as connection:
        number = _latest(connection, society, run)
        connection.execute(published.update().where(published.c.society == society).values(run=number))


def _latest(connection: sa.Connection, society: str, run: int | None) -> int:
    before = sa.select(sa.func.max(published.c.run)).where(published.c.society == society)
    said: int = run or connection.scalar(_last_ended(society))
    return max(said, connection.scalar(before) or 0)


def _last_ended(society: str) -> sa.Select[Any]:
    """The last run that ended; the first one while none has."""
    # What a crawl that still goes on will bring must not count as published.
    ended = sa.func.max(sa.case((runs.c.outcome.is_not(None), runs.c.id)))
    return sa.select(sa.func.coalesce(ended, sa.func.min(runs.c.id))).where(runs.c.society == society)


def night(engine: sa.Engine, society: str, after: int, up_to: int | None = None) -> Night:
    """What the runs with a number above ``after`` brought (and not above ``up_to``)."""
    found = Night()
    news = (
        sa.select(entries.c.title, entries.c.published, entries.c.first_seen, entries.c.origin)
        .where(entries.c.society == society, entries.c.first_run > after)
        .order_by(entries.c.published.desc(), entries.c.guid)
    )
    # By run, not by the entry's society: there are few runs and many entries.
    meant = sa.select(runs.c.id).where(runs.c.society == society, runs.c.id > after)
    if up_to is not None:
        news = news.where(entries.c.first_run <= up_to)
        meant = meant.where(runs.c.id <= up_to)
    edits = (
        sa.select(revisions, entries.c.title)
        .join(entries, entries.c.id == revisions.c.entry)
        .where(revisions.c.run.in_(meant), revisions.c.entry_before.is_not(None))
        .order_by(revisions.c.id)
    )
    with transaction(engine, read_only=True) as connection:
        found.repeated = sorted(_repeated(connection, society, after, up_to))
        for row in connection.execute(news):
            if row.origin == "first_seen":
                found.undated.append(row.title)
            else:
                late = row.published < row.first_seen - FRESH
                (found.late if late else found.fresh).append(row.title)
        for before, last in _net(connection.execute(edits)):
            titles = found.changed.setdefault(last.field, [])
            if last.title not in titles:
                titles.append(last.title)
            if last.field == "body" and 2 * len(body_text(last.after)) < len(body_text(before)):
                found.shrunken.append(last.title)
    return found


def _net(edits: Iterable[sa.Row[Any]]) -> list[tuple[str, sa.Row[Any]]]:
    """What stood before an entry's first edit of a field, and the last one; what is again as it was has
    not changed."""
    found: dict[tuple[int, str], tuple[str, sa.Row[Any]]] = {}
    for row in edits:
        place = (row.entry, "withdrawn" if row.field == "restored" else row.field)
        found[place] = (found[place][0] if place in found else row.before, row)
    return [(before, last) for before, last in found.values() if before != last.after]


def _repeated(connection: sa.Connection, society: str, after: int, up_to: int | None) -> set[str]:
    older, own, same = entries.alias(), aliases.alias(), aliases.alias()
    twins = (
        sa.select(entries.c.title, older.c.title.label("before"))
        .join(own, (own.c.entry == entries.c.id) & (own.c.society == society) & (own.c.kind == "body"))
        .join(
            same, (same.c.society == society) & (same.c.kind == "body") & (same.c.value == own.c.value)
        )
        .join(older, (older.c.id == same.c.entry) & (older.c.first_run <= after))
        .where(entries.c.society == society, entries.c.first_run > after)
    )
    if up_to is not None:
        twins = twins.where(entries.c.first_run <= up_to)
    return {row.title for row in connection.execute(twins) if fold(row.title) == fold(row.before)}


def habits(engine: sa.Engine, society: str, before: int) -> Counter[str]:
    """The most that any of the last good nights brought of each kind; the first fill not counted."""
    good = (
        sa.select(runs.c.id)
        .where(runs.c.society == society, runs.c.outcome == GOOD, runs.c.id < before)
        .order_by(runs.c.id.desc())
        .limit(NIGHTS + 1)
    )
    with transaction(engine, read_only=True) as connection:
        numbers = list(connection.scalars(good))
    most: Counter[str] = Counter()
    for number, earlier in pairwise(numbers):
        most |= night(engine, society, earlier, number).count()
    return most

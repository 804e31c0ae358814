"""An item becomes an entry: recognised, then stored or revised, as ``identity`` decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Literal

import sqlalchemy as sa

from csco_spider.items import Minted, NewsItem, When, fold
from csco_spider.ledger import identity
from csco_spider.ledger.database import LedgerError, transaction
from csco_spider.ledger.run import Run
from csco_spider.ledger.schema import addresses, aliases, apart, entries, pending, revisions

State = Literal["new", "changed", "unchanged"]


def record(run: Run, item: NewsItem) -> State:
    """Store what an item says, in one transaction, and tell what that was to the ledger.

    Fills in what the ledger sets of an item (``guid`` and its instants). A known entry keeps
    GUID and publish date; a real change of title, date or body is kept as a revision
    and moves ``updated``; an empty body never replaces a stored one.
    """
    with transaction(run.engine) as connection:
        verdict = _verdict(connection, run, item)
        item.title = run.clean(item.title)
        state: State = "new"
        if verdict.entry is None:
            entry = _insert(connection, run, item)
        else:
            entry = verdict.entry
            state = _revise(connection, run, entry, item)
        _attach(connection, run, entry, item, verdict.why)
        row = connection.execute(sa.select(entries).where(entries.c.id == entry)).one()
    zone = run.society.zone
    item.guid, item.url, item.title = row.guid, row.link, row.title
    item.first_seen = row.first_seen
    item.published = When(row.published.astimezone(zone), row.precision, row.origin)
    item.updated = row.updated.astimezone(zone)
    return state


def match(run: Run, item: NewsItem) -> identity.Verdict:
    """The entry an item would be stored as, None for a new one, and why; stores nothing."""
    with transaction(run.engine, read_only=True) as connection:
        return _verdict(connection, run, item)


def add_alias(run: Run, guid: str, item: NewsItem) -> None:
    """Record another address of an entry, met under the same day and title."""
    with transaction(run.engine) as connection:
        entry = connection.scalar(sa.select(entries.c.id).where(entries.c.guid == guid))
        if entry is None:
            raise LedgerError(f"no entry {guid} to which {item.url} could belong")
        _attach(connection, run, entry, item, "same publish day and title, in one crawl")


def stands_apart(run: Run, guid: str, url: str) -> bool:
    """Is a page known as another's than this entry's, or kept apart from it by an operator?"""
    address = run.address(url)
    here = sa.select(addresses.c.entry).where(run.at(addresses, address))
    kept = sa.select(apart.c.entry).where(run.at(apart, address))
    with transaction(run.engine, read_only=True) as connection:
        entry = connection.scalar(sa.select(entries.c.id).where(entries.c.guid == guid))
        owner = connection.scalar(here)
        return owner not in {None, entry} or entry in connection.scalars(kept).all()


# --- which entry it is ----------------------------------------------------------------------------
def _verdict(connection: sa.Connection, run: Run, item: NewsItem) -> identity.Verdict:
    body = identity.body_key(item.content_html)
    facts = identity.Facts(run.clean(item.title), _day(item), body)
    return identity.judge(facts, _held(connection, run, item, facts))


def _held(
    connection: sa.Connection, run: Run, item: NewsItem, facts: identity.Facts
) -> list[identity.Held]:
    """Entries that share an alias with an item: one index look-up per alias, in one query."""
    society, address = run.society.name, run.address(item.url)
    wanted: list[tuple[identity.AliasKind, str]] = [
        ("key", key)
        for title in dict.fromkeys([facts.title, item.title])
        if (key := identity.key_of(society, facts.day, title))
    ]
    if own := identity.own_id(address):
        wanted.append(("id", own))
    if facts.body:
        wanted.append(("body", facts.body))
    look_ups: list[sa.Select[Any]] = [
        sa.select(sa.literal("address").label("kind"), addresses.c.entry).where(
            run.at(addresses, address)
        )
    ]
    look_ups += [
        # An id or a text that many entries share proves nothing, and must cost nothing.
        sa.select(sa.literal(kind).label("kind"), aliases.c.entry)
        .where(aliases.c.society == society, aliases.c.kind == kind, aliases.c.value == value)
        .limit(20)
        .subquery()
        .select()
        for kind, value in wanted
    ]
    hits = sa.union_all(*look_ups).subquery()
    kept_apart = set(connection.scalars(sa.select(apart.c.entry).where(run.at(apart, address))))
    shares: dict[int, set[str]] = {}
    for kind, entry in connection.execute(sa.select(hits.c.kind, hits.c.entry)):
        if entry not in kept_apart:
            shares.setdefault(entry, set()).add(kind)
    if not shares:
        return []
    found = sa.select(entries).where(entries.c.id.in_(shares)).order_by(entries.c.id)
    return [_held_entry(connection, run, row, shares[row.id]) for row in connection.execute(found).all()]


def _held_entry(
    connection: sa.Connection, run: Run, row: sa.Row[Any], shares: set[str]
) -> identity.Held:
    known = connection.scalars(sa.select(addresses.c.address).where(addresses.c.entry == row.id)).all()
    day = date.fromisoformat(row.day) if row.day else None
    facts = identity.Facts(run.clean(row.title), day, identity.body_key(row.content_html))
    entry = row.merged_into or row.id
    return identity.Held(entry, facts, frozenset(shares), run.has_shown(known, day))


# --- a new one ------------------------------------------------------------------------------------
def _insert(connection: sa.Connection, run: Run, item: NewsItem) -> int:
    day = _day(item)
    fresh = Minted("", run.started, item.sighting.position if item.sighting else 0)
    guid, seen, position = run.remembered.get(run.address(item.url), fresh)
    if not guid or _taken(connection, guid):
        guid, seen, position = fresh
    published = identity.publish_instant(item.published, seen, run.society.zone)
    named = day or run.started.astimezone(run.society.zone).date()
    taken = 0
    while not guid or _taken(connection, guid):
        guid = identity.mint_guid(run.society.name, named, item.title, taken)
        taken += 1
    values = {
        **_content(item),
        "society": run.society.name,
        "guid": guid,
        "link": item.url,
        "title": item.title,
        "published": published.value,
        "updated": published.value,
        "day": day.isoformat() if day else None,
        "precision": published.precision,
        "origin": published.origin,
        "first_seen": seen,
        "visited": run.started,
        "sources": item.sources,
        "first_run": run.number,
        "position": position,
    }
    made = connection.execute(entries.insert().values(**values)).inserted_primary_key
    assert made is not None
    return int(made[0])


def _taken(connection: sa.Connection, guid: str) -> bool:
    there = sa.select(entries.c.id).where(entries.c.guid == guid)
    return connection.execute(there).first() is not None


# --- a known one ----------------------------------------------------------------------------------
def _revise(connection: sa.Connection, run: Run, entry: int, item: NewsItem) -> State:
    """Store a real change with what stood before; say if there was one."""
    row = connection.execute(sa.select(entries).where(entries.c.id == entry)).one()
    # A field that a reading does not give keeps its value, and so its source.
    sources = {**(row.sources or {}), **item.sources}
    values: dict[str, Any] = {"visited": run.started, "sources": sources}
    changes: list[tuple[str, str, str]] = []
    if item.title != row.title:
        values["title"] = item.title
        if fold(item.title) != fold(run.clean(row.title)):
            changes.append(("title", row.title, item.title))
    if day := _corrected_day(run, row, item):
        values["day"] = day
        changes.append(("date", row.day or "", day))
    content = _content(item)
    lost = not identity.body_text(item.content_html) and identity.body_text(row.content_html)
    if content["fingerprint"] != row.fingerprint and not lost:
        changes.append(("body", row.content_html, item.content_html))
        values.update(content)
    if row.withdrawn is not None:
        changes.append(("restored", row.withdrawn.isoformat(), ""))
    if row.missed:
        values |= {"missed": 0, "missed_run": None, "withdrawn": None}
    if changes:
        values["updated"] = max(run.started, row.updated)
        keep_revisions(connection, row, run=run.number, seen=run.started, changes=changes)
    elif fold(item.title) == fold(row.title):
        values.pop("title", None)  # case and spaces alone are no reason to write
    here = run.address(item.url)
    mine = sa.select(addresses.c.entry).where(run.at(addresses, here))
    if connection.scalar(mine) is None or run.address(row.link) == here:
        values["link"] = item.url  # the newest address or spelling; no change to a reader
    connection.execute(entries.update().where(entries.c.id == entry).values(**values))
    return "changed" if changes else "unchanged"


def _corrected_day(run: Run, row: sa.Row[Any], item: NewsItem) -> str | None:
    """A date stated anew in the same place; the feed keeps the first one it published."""
    stated = item.published
    if stated is None or (day := stated.day.isoformat()) == row.day:
        return None
    if row.day is not None and stated.origin != row.origin and not run.correcting:
        return None  # the listing and the article may well disagree
    return day


REVISED = (
    *("link", "title", "updated", "day", "fingerprint", "summary", "content_html", "authors"),
    *("language", "categories", "image", "enclosures", "missed", "missed_run", "withdrawn"),
    *("merged_into", "sources"),
)
"""Columns of an entry that may change; kept whole with each revision, so that it can be undone."""


def keep_revisions(
    connection: sa.Connection,
    row: sa.Row[Any],
    *,
    run: int,
    seen: datetime,
    changes: Iterable[tuple[str, str, str]],
) -> None:
    """Keep what stood before: (field, before, after) for each change of one moment to an entry."""
    before = {name: getattr(row, name) for name in REVISED}
    for name in ("updated", "withdrawn"):
        before[name] = before[name].isoformat() if before[name] else None
    same = {"entry": row.id, "run": run, "seen": seen, "entry_before": before}
    connection.execute(
        revisions.insert(),
        [{**same, "field": name, "before": old, "after": new} for name, old, new in changes],
    )


# --- the names it is known by from now on ---------------------------------------------------------
def _attach(connection: sa.Connection, run: Run, entry: int, item: NewsItem, why: str) -> None:
    """Bind an item's address (and the listed one, if it was redirected), id, key and body."""
    row = item.sighting.row if item.sighting else None
    urls = [item.url, *([row.url] if row and row.url else [])]
    for address in dict.fromkeys(run.address(url) for url in urls):
        here = run.at(addresses, address)
        stored = connection.execute(sa.select(addresses).where(here)).first()
        listed = dict(stored.listed) if stored and stored.entry == entry else {}
        if row and item.sighting and item.sighting.listing and address == run.address(row.url):
            listed[item.sighting.listing] = identity.listed_as(row)
        if stored is None:
            connection.execute(
                addresses.insert().values(
                    society=run.society.name,
                    address=address,
                    entry=entry,
                    first_run=run.number,
                    listed=listed,
                    verdict=why,
                )
            )
        elif stored.entry != entry:
            values = {"entry": entry, "listed": listed, "verdict": why}
            connection.execute(addresses.update().where(here).values(**values))
        elif listed != stored.listed:
            connection.execute(addresses.update().where(here).values(listed=listed))
        connection.execute(pending.delete().where(run.at(pending, address)))
        if own := identity.own_id(address):
            _name(connection, run, entry, "id", own)
    if key := identity.key_of(run.society.name, _day(item), item.title):
        _name(connection, run, entry, "key", key)
    if body := identity.body_key(item.content_html):
        _name(connection, run, entry, "body", body)


def _name(connection: sa.Connection, run: Run, entry: int, kind: identity.AliasKind, value: str) -> None:
    values = {"society": run.society.name, "kind": kind, "value": value, "entry": entry}
    if not connection.execute(sa.select(aliases.c.entry).filter_by(**values)).first():
        connection.execute(aliases.insert().values(**values, first_run=run.number))


# --- what an item says, as it is stored -----------------------------------------------------------
def _day(item: NewsItem) -> date | None:
    return item.published.day if item.published else None


def _content(item: NewsItem) -> dict[str, Any]:
    """An item's fields that may change without a title or date doing so, ready to be stored."""
    return {
        "fingerprint": identity.fingerprint(item.content_html, item.enclosures),
        "summary": item.summary,
        "content_html": item.content_html,
        "authors": item.authors,
        "language": item.language,
        "categories": item.categories,
        "image": item.image,
        "enclosures": [asdict(enclosure) for enclosure in item.enclosures],
    }

"""One crawl as the ledger sees it, and how what it read is recorded, as ``identity`` decides.

Every write is one short transaction, so that a killed crawl leaves whole entries only, and an entry
counts as seen only once it is committed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Literal

import sqlalchemy as sa

from csco_spider.items import Minted, NewsItem, Row, Society, When, fold
from csco_spider.ledger import identity
from csco_spider.ledger.database import LedgerError, transaction
from csco_spider.ledger.schema import (
    addresses,
    affixes,
    aliases,
    apart,
    entries,
    pending,
    revisions,
    runs,
)

State = Literal["new", "changed", "unchanged"]
GOOD = "ok"
"""Outcome of a run whose word on what is known can be trusted."""
REPLAYED = "replayed"
"""Outcome of a run that recorded a replay: no night of its own."""


class Run:
    """One crawl of one society, as the ledger sees it."""

    def __init__(
        self,
        engine: sa.Engine,
        *,
        society: Society,
        hosts: tuple[str, ...],
        started: datetime,
        number: int,
        trusted: int,
        backfill: bool = False,
    ) -> None:
        self.society = society
        self.started = started
        self.number = number
        self.trusted = trusted
        """The last run before this one that ended well; 0 if none did."""
        self.backfill = backfill
        self.correcting = False
        """Does a date count as corrected wherever it was read? So it does when a parser was wrong."""
        self._remembered: dict[str, Minted] = {}
        self.engine = engine
        self._hosts = hosts
        self._listed: set[str] = set()
        self._oldest: date | None = None  # day down to which this crawl's listings have reached
        with transaction(engine, read_only=True) as connection:
            known = sa.select(affixes).where(affixes.c.society == society.name)
            self._affixes = {identity.Affix(r.side, r.text) for r in connection.execute(known)}

    def address(self, url: str) -> str:
        """The canonical address of a link, the society's mirrors folded."""
        return identity.canonical_address(url, self._hosts)

    def at(self, table: sa.Table, address: str) -> sa.ColumnElement[bool]:
        """The society's rows at a canonical address, of a table that is kept by address."""
        return (table.c.society == self.society.name) & (table.c.address == address)

    def remember(self, guids: Mapping[str, Minted]) -> None:
        """Give new entries what their canonical address had before."""
        self._remembered = dict(guids)

    def minted(self) -> dict[str, Minted]:
        """What the entries committed since the last crawl that ended well got, by their link."""
        columns = (entries.c.link, entries.c.guid, entries.c.first_seen, entries.c.position)
        query = sa.select(*columns).where(
            entries.c.society == self.society.name, entries.c.first_run > self.trusted
        )
        with transaction(self.engine, read_only=True) as connection:
            return {link: Minted(*minted) for link, *minted in connection.execute(query)}

    # --- what listings show -----------------------------------------------------------------------
    def listed(self, rows: Sequence[Row]) -> None:
        """Take note of a listing page: which addresses it shows, how far back it reaches, and what
        most of its titles begin or end with, which is noise from now on."""
        self._listed.update(self.address(row.url) for row in rows if row.url)
        days = [row.when.day for row in rows if row.when and not row.pinned]
        if days:
            self._oldest = min(days) if self._oldest is None else min(self._oldest, *days)
        learned = identity.shared_affixes([row.title for row in rows]) - self._affixes
        if not learned:
            return
        with transaction(self.engine) as connection:
            for affix in learned:
                values = {"society": self.society.name, **asdict(affix)}
                there = sa.select(affixes).filter_by(**values)
                if not connection.execute(there).first():
                    connection.execute(affixes.insert().values(**values, first_run=self.number))
        self._affixes |= learned

    def clean(self, title: str) -> str:
        """A title without what most of the society's titles share."""
        return identity.without_affixes(title, self._affixes)

    # --- entries ----------------------------------------------------------------------------------
    def alias(self, guid: str, item: NewsItem) -> None:
        """Record another address of an entry, met under the same day and title."""
        with transaction(self.engine) as connection:
            entry = connection.scalar(sa.select(entries.c.id).where(entries.c.guid == guid))
            if entry is None:
                raise LedgerError(f"no entry {guid} to which {item.url} could belong")
            self._attach(connection, entry, item, "same publish day and title, in one crawl")

    def match(self, item: NewsItem) -> identity.Verdict:
        """The entry an item would be stored as, None for a new one, and why; stores nothing."""
        with transaction(self.engine, read_only=True) as connection:
            return self._verdict(connection, item)

    def record(self, item: NewsItem) -> State:
        """Store what an item says, in one transaction, and tell what that was to the ledger.

        Fills in what the ledger sets of an item (``guid`` and its instants). A known entry keeps
        GUID and publish date; a real change of title, date or body is kept as a revision
        and moves ``updated``; an empty body never replaces a stored one.
        """
        with transaction(self.engine) as connection:
            verdict = self._verdict(connection, item)
            item.title = self.clean(item.title)
            state: State = "new"
            if verdict.entry is None:
                entry = self._insert(connection, item)
            else:
                entry = verdict.entry
                state = self._revise(connection, entry, item)
            self._attach(connection, entry, item, verdict.why)
            row = connection.execute(sa.select(entries).where(entries.c.id == entry)).one()
        zone = self.society.zone
        item.guid, item.url, item.title = row.guid, row.link, row.title
        item.first_seen = row.first_seen
        item.published = When(row.published.astimezone(zone), row.precision, row.origin)
        item.updated = row.updated.astimezone(zone)
        return state

    def _verdict(self, connection: sa.Connection, item: NewsItem) -> identity.Verdict:
        body = identity.body_key(item.content_html)
        facts = identity.Facts(self.clean(item.title), _day(item), body)
        return identity.judge(facts, self._held(connection, item, facts))

    def _held(
        self, connection: sa.Connection, item: NewsItem, facts: identity.Facts
    ) -> list[identity.Held]:
        """Entries that share an alias with an item: one index look-up per alias, in one query."""
        society, address = self.society.name, self.address(item.url)
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
                addresses.c.society == society, addresses.c.address == address
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
        kept_apart = set(
            connection.scalars(
                sa.select(apart.c.entry).where(apart.c.society == society, apart.c.address == address)
            )
        )
        shares: dict[int, set[str]] = {}
        for kind, entry in connection.execute(sa.select(hits.c.kind, hits.c.entry)):
            if entry not in kept_apart:
                shares.setdefault(entry, set()).add(kind)
        if not shares:
            return []
        found = sa.select(entries).where(entries.c.id.in_(shares)).order_by(entries.c.id)
        return [
            self._held_entry(connection, row, shares[row.id]) for row in connection.execute(found).all()
        ]

    def _held_entry(
        self, connection: sa.Connection, row: sa.Row[Any], shares: set[str]
    ) -> identity.Held:
        known = connection.scalars(
            sa.select(addresses.c.address).where(addresses.c.entry == row.id)
        ).all()
        day = date.fromisoformat(row.day) if row.day else None
        listed: bool | None = None
        if any(address in self._listed for address in known):
            listed = True
        elif day and self._oldest and day > self._oldest:
            listed = False
        facts = identity.Facts(self.clean(row.title), day, identity.body_key(row.content_html))
        entry = row.merged_into or row.id
        return identity.Held(entry, facts, frozenset(shares), listed)

    def _insert(self, connection: sa.Connection, item: NewsItem) -> int:
        day = _day(item)
        fresh = Minted("", self.started, item.sighting.position if item.sighting else 0)
        guid, seen, position = self._remembered.get(self.address(item.url), fresh)
        if not guid or self._taken(connection, guid):
            guid, seen, position = fresh
        published = identity.publish_instant(item.published, seen, self.society.zone)
        named = day or self.started.astimezone(self.society.zone).date()
        taken = 0
        while not guid or self._taken(connection, guid):
            guid = identity.mint_guid(self.society.name, named, item.title, taken)
            taken += 1
        values = {
            **_content(item),
            "society": self.society.name,
            "guid": guid,
            "link": item.url,
            "title": item.title,
            "published": published.value,
            "updated": published.value,
            "day": day.isoformat() if day else None,
            "precision": published.precision,
            "origin": published.origin,
            "first_seen": seen,
            "visited": self.started,
            "sources": item.sources,
            "first_run": self.number,
            "position": position,
        }
        made = connection.execute(entries.insert().values(**values)).inserted_primary_key
        assert made is not None
        return int(made[0])

    def _taken(self, connection: sa.Connection, guid: str) -> bool:
        return (
            connection.execute(sa.select(entries.c.id).where(entries.c.guid == guid)).first() is not None
        )

    def _revise(self, connection: sa.Connection, entry: int, item: NewsItem) -> State:
        """Store a real change with what stood before; say if there was one."""
        row = connection.execute(sa.select(entries).where(entries.c.id == entry)).one()
        # A field that a reading does not give keeps its value, and so its source.
        sources = {**(row.sources or {}), **item.sources}
        values: dict[str, Any] = {"visited": self.started, "sources": sources}
        changes: list[tuple[str, str, str]] = []
        if item.title != row.title:
            values["title"] = item.title
            if fold(item.title) != fold(self.clean(row.title)):
                changes.append(("title", row.title, item.title))
        changes += self._date_corrected(row, item, values)
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
            values["updated"] = max(self.started, row.updated)
            self._keep(connection, row, changes)
        elif fold(item.title) == fold(row.title):
            values.pop("title", None)  # case and spaces alone are no reason to write
        here = self.address(item.url)
        mine = sa.select(addresses.c.entry).where(
            addresses.c.society == self.society.name, addresses.c.address == here
        )
        if connection.scalar(mine) is None or self.address(row.link) == here:
            values["link"] = item.url  # the newest address or spelling; no change to a reader
        connection.execute(entries.update().where(entries.c.id == entry).values(**values))
        return "changed" if changes else "unchanged"

    def _date_corrected(
        self, row: sa.Row[Any], item: NewsItem, values: dict[str, Any]
    ) -> list[tuple[str, str, str]]:
        """A date stated anew in the same place; the feed keeps the first one it published."""
        day = _day(item)
        if day is None or item.published is None or day.isoformat() == row.day:
            return []
        if row.day is not None and item.published.origin != row.origin and not self.correcting:
            return []  # the listing and the article may well disagree
        values["day"] = day.isoformat()
        return [("date", row.day or "", day.isoformat())]

    def _keep(
        self, connection: sa.Connection, row: sa.Row[Any], changes: Iterable[tuple[str, str, str]]
    ) -> None:
        keep_revisions(connection, row, run=self.number, seen=self.started, changes=changes)

    def _attach(self, connection: sa.Connection, entry: int, item: NewsItem, why: str) -> None:
        """Bind an item's address (and the listed one, if it was redirected), id, key and body."""
        row = item.sighting.row if item.sighting else None
        urls = [item.url, *([row.url] if row and row.url else [])]
        for address in dict.fromkeys(self.address(url) for url in urls):
            here = (addresses.c.society == self.society.name) & (addresses.c.address == address)
            stored = connection.execute(sa.select(addresses).where(here)).first()
            listed = dict(stored.listed) if stored and stored.entry == entry else {}
            if row and item.sighting and item.sighting.listing and address == self.address(row.url):
                listed[item.sighting.listing] = identity.listed_as(row)
            if stored is None:
                connection.execute(
                    addresses.insert().values(
                        society=self.society.name,
                        address=address,
                        entry=entry,
                        first_run=self.number,
                        listed=listed,
                        verdict=why,
                    )
                )
            elif stored.entry != entry:
                values = {"entry": entry, "listed": listed, "verdict": why}
                connection.execute(addresses.update().where(here).values(**values))
            elif listed != stored.listed:
                connection.execute(addresses.update().where(here).values(listed=listed))
            connection.execute(pending.delete().where(self.at(pending, address)))
            if own := identity.own_id(address):
                self._name(connection, entry, "id", own)
        if key := identity.key_of(self.society.name, _day(item), item.title):
            self._name(connection, entry, "key", key)
        if body := identity.body_key(item.content_html):
            self._name(connection, entry, "body", body)

    def _name(self, connection: sa.Connection, entry: int, kind: identity.AliasKind, value: str) -> None:
        values = {"society": self.society.name, "kind": kind, "value": value, "entry": entry}
        if not connection.execute(sa.select(aliases.c.entry).filter_by(**values)).first():
            connection.execute(aliases.insert().values(**values, first_run=self.number))

    def end(
        self,
        outcome: str,
        reason: str,
        counts: Mapping[str, int],
        *,
        observed: Mapping[str, Any] | None = None,
        alarms: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """State how the run ended; only an outcome of "ok" is trusted by later paging.

        ``observed`` and ``alarms`` are monitoring's, kept as they are.
        """
        values = {"ended": self.started, "outcome": outcome, "reason": reason, "counts": dict(counts)}
        values |= {"observed": observed, "alarms": list(alarms)}
        with transaction(self.engine) as connection:
            connection.execute(runs.update().where(runs.c.id == self.number).values(**values))


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

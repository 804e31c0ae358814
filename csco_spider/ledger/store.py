"""Reading and writing the ledger. Decisions stand in ``identity``; here they are carried out.

Every write is one short transaction, so that a killed crawl leaves whole entries only, and an entry
counts as seen only once it is committed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal

import sqlalchemy as sa

from csco_spider.items import Enclosure, NewsItem, Row, Sighting, Society, When, fold
from csco_spider.ledger import identity
from csco_spider.ledger.database import LedgerError, connect, transaction
from csco_spider.ledger.schema import addresses, entries, pending, revisions, runs, societies

__all__ = ["Known", "Ledger", "LedgerError", "Pending", "Run", "State"]

State = Literal["new", "changed", "unchanged"]
GOOD = "ok"
"""Outcome of a run whose word on what is known can be trusted."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger knows of an address.

    ``trusted`` is true when it was committed before the first crawl that ended badly since the last
    good one; ``published`` is None for an address that is still pending.
    """

    trusted: bool
    published: datetime | None
    listed: Mapping[str, list[str | None]]
    link: str = ""


@dataclass(frozen=True, slots=True)
class Pending:
    """A link found and not yet read."""

    sighting: Sighting
    attempts: int
    reason: str


class Ledger:
    """The one memory: every entry, address, pending link, run and revision."""

    def __init__(self, url: str) -> None:
        """Open or make the ledger at an SQLAlchemy address; "" keeps it in memory.

        Raises LedgerError with what to do when it can't be used.
        """
        self._engine = connect(url)

    def close(self) -> None:
        self._engine.dispose()

    def begin(self, society: Society, hosts: Iterable[str], started: datetime) -> Run:
        """Record that a crawl of ``society`` begins at ``started`` (aware, whole seconds)."""
        with transaction(self._engine) as connection:
            values = asdict(society)
            if (
                connection.execute(
                    societies.update().where(societies.c.name == society.name).values(**values)
                ).rowcount
                == 0
            ):
                connection.execute(societies.insert().values(**values))
            trusted = connection.scalar(
                sa.select(sa.func.max(runs.c.id)).where(
                    runs.c.society == society.name, runs.c.outcome == GOOD
                )
            )
            made = connection.execute(
                runs.insert().values(society=society.name, started=started)
            ).inserted_primary_key
            assert made is not None
        return Run(
            self._engine,
            society=society,
            hosts=tuple(hosts),
            started=started,
            number=made[0],
            trusted=trusted or 0,
        )

    def society(self, name: str) -> Society:
        """What is known of a society; LedgerError when the ledger has never met it."""
        with transaction(self._engine, read_only=True) as connection:
            row = connection.execute(sa.select(societies).where(societies.c.name == name)).first()
        if row is None:
            raise LedgerError(f"the ledger knows no society {name!r}; `scrapy crawl {name}` first")
        return Society(**row._mapping)

    def window(self, society: Society, size: int) -> list[NewsItem]:
        """The newest ``size`` entries in the feed's order, stable for ever: publish date, then the
        crawl that first saw them (newest first), their place in the listing then, GUID."""
        query = (
            sa.select(entries)
            .where(entries.c.society == society.name)
            .order_by(
                entries.c.published.desc(),
                entries.c.first_run.desc(),
                entries.c.position,
                entries.c.guid,
            )
            .limit(size)
        )
        with transaction(self._engine, read_only=True) as connection:
            return [_item(row._mapping, society) for row in connection.execute(query)]

    def count(self, society: str) -> int:
        """How many entries a society has."""
        with transaction(self._engine, read_only=True) as connection:
            query = sa.select(sa.func.count()).where(entries.c.society == society)
            return connection.scalar(query) or 0


def _item(row: sa.RowMapping, society: Society) -> NewsItem:
    """An entry as the item it was, its instants in the society's offset."""
    published = row["published"].astimezone(society.zone)
    return NewsItem(
        society=society.name,
        url=row["link"],
        title=row["title"],
        published=When(published, row["precision"], row["origin"]),
        summary=row["summary"],
        content_html=row["content_html"],
        authors=row["authors"],
        language=row["language"],
        categories=row["categories"],
        image=row["image"],
        enclosures=[Enclosure(**enclosure) for enclosure in row["enclosures"]],
        guid=row["guid"],
        updated=row["updated"].astimezone(society.zone),
    )


def _plain(sighting: Sighting) -> dict[str, Any]:
    plain = asdict(sighting)
    if sighting.row.when is not None:
        plain["row"]["when"]["value"] = sighting.row.when.value.isoformat()
    return plain


def _sighting(plain: Mapping[str, Any], society: Society) -> Sighting:
    row = dict(plain["row"])
    if row["when"] is not None:
        value = datetime.fromisoformat(row["when"]["value"]).astimezone(society.zone)
        row["when"] = When(**{**row["when"], "value": value})
    return Sighting(plain["listing"], plain["position"], Row(**row))


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
    ) -> None:
        self.society = society
        self.started = started
        self._engine = engine
        self._hosts = hosts
        self._number = number
        self._trusted = trusted  # the last run before this one that ended well

    def address(self, url: str) -> str:
        """The canonical address of a link, the society's mirrors folded."""
        return identity.canonical_address(url, self._hosts)

    def known(self, urls: Iterable[str]) -> dict[str, Known]:
        """What the ledger knows of each link, by the link; an unknown link has no key."""
        wanted: dict[str, list[str]] = {}
        for url in urls:
            wanted.setdefault(self.address(url), []).append(url)
        found: dict[str, Known] = {}
        with transaction(self._engine, read_only=True) as connection:
            for row in connection.execute(
                sa.select(addresses, entries.c.published, entries.c.link)
                .join(entries, entries.c.id == addresses.c.entry)
                .where(addresses.c.society == self.society.name, addresses.c.address.in_(list(wanted)))
            ):
                known = Known(row.first_run <= self._trusted, row.published, row.listed, row.link)
                found.update(dict.fromkeys(wanted[row.address], known))
            for row in connection.execute(
                sa.select(pending.c.address, pending.c.first_run).where(
                    pending.c.society == self.society.name, pending.c.address.in_(list(wanted))
                )
            ):
                known = Known(row.first_run <= self._trusted, None, {})
                for url in wanted[row.address]:
                    found.setdefault(url, known)
        return found

    def differs(self, sighting: Sighting, known: Known) -> bool:
        """Does the listing say something else of a known address than it did?"""
        return identity.row_differs(sighting.row, sighting.listing, known.listed)

    def relink(self, known: Mapping[str, Known]) -> None:
        """Let links follow a society that moved: same page, other scheme, host or spelling."""
        moved = {
            url: entry.link
            for url, entry in known.items()
            if entry.link not in {"", url} and self.address(entry.link) == self.address(url)
        }
        if not moved:
            return
        with transaction(self._engine) as connection:
            for url, link in moved.items():
                connection.execute(
                    entries.update()
                    .where(entries.c.society == self.society.name, entries.c.link == link)
                    .values(link=url)
                )

    def pend(self, sightings: Iterable[Sighting]) -> None:
        """Remember links that are about to be asked for; one already pending stays as it is."""
        with transaction(self._engine) as connection:
            for sighting in sightings:
                address = self.address(sighting.row.url)
                if not connection.execute(self._pending(address)).first():
                    connection.execute(
                        pending.insert().values(
                            society=self.society.name,
                            address=address,
                            sighting=_plain(sighting),
                            first_run=self._number,
                            attempts=0,
                            reason="",
                        )
                    )

    def _pending(self, address: str) -> sa.Select[Any]:
        return sa.select(pending).where(
            pending.c.society == self.society.name, pending.c.address == address
        )

    def pending(self) -> list[Pending]:
        """Links found by earlier crawls and not yet read, oldest first."""
        query = (
            sa.select(pending)
            .where(pending.c.society == self.society.name)
            .order_by(pending.c.first_run, pending.c.address)
        )
        with transaction(self._engine, read_only=True) as connection:
            return [
                Pending(_sighting(row.sighting, self.society), row.attempts, row.reason)
                for row in connection.execute(query)
            ]

    def failed(self, url: str, reason: str) -> None:
        """Count an attempt to read a pending link that came to nothing, and why."""
        with transaction(self._engine) as connection:
            connection.execute(
                pending.update()
                .where(
                    pending.c.society == self.society.name,
                    pending.c.address == self.address(url),
                )
                .values(attempts=pending.c.attempts + 1, reason=reason)
            )

    def settle(self, url: str) -> None:
        """Forget a pending link that turned out to be no notice."""
        with transaction(self._engine) as connection:
            self._forget(connection, self.address(url))

    def _forget(self, connection: sa.Connection, address: str) -> None:
        connection.execute(
            pending.delete().where(pending.c.society == self.society.name, pending.c.address == address)
        )

    def recent(self, since: datetime) -> list[Sighting]:
        """Entries published since then, as rows to be visited again."""
        query = (
            sa.select(entries.c.link, entries.c.title, entries.c.position)
            .where(entries.c.society == self.society.name, entries.c.published >= since)
            .order_by(entries.c.published.desc(), entries.c.guid)
        )
        with transaction(self._engine, read_only=True) as connection:
            return [
                Sighting("", row.position, Row(row.link, title=row.title))
                for row in connection.execute(query)
            ]

    def alias(self, guid: str, item: NewsItem) -> None:
        """Record another address of an entry, met under the same day and title."""
        with transaction(self._engine) as connection:
            entry = connection.scalar(sa.select(entries.c.id).where(entries.c.guid == guid))
            if entry is None:
                raise LedgerError(f"no entry {guid} to which {item.url} could belong")
            self._attach(connection, entry, item)

    def record(self, item: NewsItem) -> State:
        """Store what an item says, in one transaction, and tell what that was to the ledger.

        Fills in the item's ``guid``, ``published`` and ``updated`` as the feed shows them. A known
        entry keeps GUID and publish date; a real change of title or body is kept as a revision and
        moves ``updated``; an empty body never replaces a stored one.
        """
        with transaction(self._engine) as connection:
            row = self._match(connection, item)
            state: State = "new"
            if row is None:
                entry = self._insert(connection, item)
            else:
                entry = row["id"]
                state = self._revise(connection, row, item)
            self._attach(connection, entry, item)
            stored = connection.execute(sa.select(entries).where(entries.c.id == entry)).one()
        kept = _item(stored._mapping, self.society)
        item.guid, item.published, item.updated = kept.guid, kept.published, kept.updated
        item.url, item.title = kept.url, kept.title
        return state

    def _match(self, connection: sa.Connection, item: NewsItem) -> sa.RowMapping | None:
        """The entry an item belongs to: by address first, then by publish day and title."""
        by_address = (
            sa.select(entries)
            .join(addresses, addresses.c.entry == entries.c.id)
            .where(
                addresses.c.society == self.society.name,
                addresses.c.address == self.address(item.url),
            )
        )
        row = connection.execute(by_address).first()
        key = identity.key_of(self.society.name, _day(item), item.title)
        if row is None and key is not None:
            by_key = (
                sa.select(entries)
                .where(entries.c.society == self.society.name, entries.c.key == key)
                .order_by(entries.c.id)
            )
            row = connection.execute(by_key).first()
        return None if row is None else row._mapping

    def _insert(self, connection: sa.Connection, item: NewsItem) -> int:
        day = _day(item)
        published = identity.publish_instant(item.published, self.started, self.society.zone)
        named = day or self.started.astimezone(self.society.zone).date()
        taken = 0
        while True:
            guid = identity.mint_guid(self.society.name, named, item.title, taken)
            if not connection.execute(sa.select(entries.c.id).where(entries.c.guid == guid)).first():
                break
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
            "key": identity.key_of(self.society.name, day, item.title),
            "first_seen": self.started,
            "first_run": self._number,
            "position": item.sighting.position if item.sighting else 0,
        }
        made = connection.execute(entries.insert().values(**values)).inserted_primary_key
        assert made is not None
        return int(made[0])

    def _revise(self, connection: sa.Connection, row: sa.RowMapping, item: NewsItem) -> State:
        """Store a real change of title or body with what stood before; say if there was one."""
        values: dict[str, Any] = {}
        changes: list[tuple[str, str, str]] = []
        if fold(item.title) != fold(row["title"]):
            changes.append(("title", row["title"], item.title))
            values["title"] = item.title
            day = date.fromisoformat(row["day"]) if row["day"] else None
            values["key"] = identity.key_of(self.society.name, day, item.title)
        content = _content(item)
        lost = not identity.body_text(item.content_html) and identity.body_text(row["content_html"])
        if content["fingerprint"] != row["fingerprint"] and not lost:
            changes.append(("body", row["content_html"], item.content_html))
            values.update(content)
        if changes:
            values["updated"] = max(self.started, row["updated"])
            connection.execute(
                revisions.insert(),
                [
                    {
                        "entry": row["id"],
                        "run": self._number,
                        "seen": self.started,
                        "field": name,
                        "before": before,
                        "after": after,
                    }
                    for name, before, after in changes
                ],
            )
        known = connection.execute(
            sa.select(addresses.c.address).where(
                addresses.c.society == self.society.name,
                addresses.c.address == self.address(item.url),
                addresses.c.entry == row["id"],
            )
        ).first()
        if known is None or self.address(row["link"]) == self.address(item.url):
            values["link"] = item.url  # the newest address or spelling; no change to a reader
        if values:
            connection.execute(entries.update().where(entries.c.id == row["id"]).values(**values))
        return "changed" if changes else "unchanged"

    def _attach(self, connection: sa.Connection, entry: int, item: NewsItem) -> None:
        """Bind an item's address, and the listed one if it was redirected, to its entry."""
        row = item.sighting.row if item.sighting else None
        mine = dict.fromkeys([self.address(item.url), *([self.address(row.url)] if row else [])])
        for address in mine:
            here = (addresses.c.society == self.society.name) & (addresses.c.address == address)
            stored = connection.execute(sa.select(addresses).where(here)).first()
            listed = dict(stored.listed) if stored else {}
            if row and item.sighting and item.sighting.listing and address == self.address(row.url):
                listed[item.sighting.listing] = identity.listed_as(row)
            if stored is None:
                connection.execute(
                    addresses.insert().values(
                        society=self.society.name,
                        address=address,
                        entry=entry,
                        first_run=self._number,
                        listed=listed,
                    )
                )
            elif listed != stored.listed:
                connection.execute(addresses.update().where(here).values(listed=listed))
            self._forget(connection, address)

    def end(self, outcome: str, reason: str, counts: Mapping[str, int]) -> None:
        """State how the run ended; only an outcome of "ok" is trusted by later paging."""
        with transaction(self._engine) as connection:
            connection.execute(
                runs.update()
                .where(runs.c.id == self._number)
                .values(ended=self.started, outcome=outcome, reason=reason, counts=dict(counts))
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

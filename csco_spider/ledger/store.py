"""The ledger as a whole: opening it, reading what it holds, and beginning a crawl in it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from csco_spider.items import Enclosure, Minted, NewsItem, Society, When
from csco_spider.ledger.database import LedgerError, connect, transaction
from csco_spider.ledger.past import killed_run
from csco_spider.ledger.run import GOOD, Run
from csco_spider.ledger.schema import (
    addresses,
    apart,
    entries,
    pending,
    published,
    revisions,
    runs,
    societies,
)


@dataclass(frozen=True, slots=True)
class Change:
    """What one crawl (or one operator's word) changed of an entry: field, before and after."""

    guid: str
    link: str
    title: str
    seen: datetime
    fields: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the ledger knows of an address: the entry it belongs to and why, or why it has none."""

    address: str
    entry: NewsItem | None
    verdict: str
    others: list[str]


class Ledger:
    """The one memory: every entry, address, pending link, run and revision."""

    def __init__(self, url: str, *, make: bool = True) -> None:
        """Open or make the ledger at an SQLAlchemy address; "" keeps it in memory.

        Raises LedgerError with what to do when it can't be used, or is not there and not to be made.
        """
        self.engine = connect(url, make=make)

    def close(self) -> None:
        self.engine.dispose()

    def begin(
        self,
        society: Society,
        hosts: Iterable[str],
        started: datetime,
        *,
        backfill: bool = False,
        night: int | None = None,
    ) -> Run:
        """Record that a crawl of ``society`` begins at ``started`` (aware, whole seconds).

        A crawl that was killed in the same ``night`` is gone on with under its number.
        """
        with transaction(self.engine) as connection:
            values = asdict(society)
            known = societies.update().where(societies.c.name == society.name).values(**values)
            if connection.execute(known).rowcount == 0:
                connection.execute(societies.insert().values(**values))
            trusted = connection.scalar(
                sa.select(sa.func.max(runs.c.id)).where(
                    runs.c.society == society.name, runs.c.outcome == GOOD
                )
            )
            number = killed_run(connection, society.name, night)
            if number is None:
                values = {"society": society.name, "started": started, "night": night}
                values["told"] = night is None  # who crawls by hand sees how it ends
                made = connection.execute(runs.insert().values(**values)).inserted_primary_key
                assert made is not None
                number = made[0]
            else:
                again = runs.update().where(runs.c.id == number).values(started=started)
                connection.execute(again)
        return Run(
            self.engine,
            society=society,
            hosts=tuple(hosts),
            started=started,
            number=number,
            trusted=trusted or 0,
            backfill=backfill,
        )

    def society(self, name: str) -> Society:
        """What is known of a society; LedgerError when the ledger has never met it."""
        with transaction(self.engine, read_only=True) as connection:
            row = connection.execute(sa.select(societies).where(societies.c.name == name)).first()
        if row is None:
            raise LedgerError(f"the ledger knows no society {name!r}; `scrapy crawl {name}` first")
        return Society(**row._mapping)

    def window(self, society: Society, size: int | None = None) -> list[NewsItem]:
        """The newest ``size`` entries (None: all) in the feed's order, stable for ever: publish date,
        then when they were first seen (newest first), their place in the listing then, GUID."""
        query = (
            sa.select(entries)
            .where(entries.c.society == society.name, entries.c.merged_into.is_(None))
            .order_by(
                entries.c.published.desc(),
                entries.c.first_seen.desc(),
                entries.c.position,
                entries.c.guid,
            )
            .limit(size)
        )
        with transaction(self.engine, read_only=True) as connection:
            return [item_of(row._mapping, society) for row in connection.execute(query)]

    def changes(self, society: Society, size: int) -> list[Change]:
        """The newest ``size`` changes, newest first; one for all fields that changed at once."""
        moment = (revisions.c.seen, revisions.c.run, revisions.c.entry)
        newest = (
            sa.select(*moment)
            .where(revisions.c.run.in_(sa.select(runs.c.id).where(runs.c.society == society.name)))
            .group_by(*moment)
            .order_by(revisions.c.seen.desc(), revisions.c.run.desc(), revisions.c.entry.desc())
            .limit(size)
            .subquery()
        )
        query = (
            sa.select(revisions, entries.c.guid, entries.c.link, entries.c.title)
            .join(entries, entries.c.id == revisions.c.entry)
            .join(
                newest,
                (newest.c.run == revisions.c.run)
                & (newest.c.entry == revisions.c.entry)
                & (newest.c.seen == revisions.c.seen),
            )
            .order_by(revisions.c.seen.desc(), revisions.c.run.desc(), entries.c.guid, revisions.c.id)
        )
        found: dict[tuple[datetime, int, int], Change] = {}
        with transaction(self.engine, read_only=True) as connection:
            for row in connection.execute(query):
                change = found.setdefault(
                    (row.seen, row.run, row.entry),
                    Change(row.guid, row.link, row.title, row.seen.astimezone(society.zone), {}),
                )
                before = change.fields.get(row.field, (row.before, ""))[0]
                change.fields[row.field] = (before, row.after)
        return list(found.values())

    def stamp(self, society: Society, size: int) -> str:
        """Changes whenever ``window`` or ``changes`` of that size would give something else.

        What it does not look at (text, authors, files) never changes without ``updated``.
        """
        shown = (
            sa.select(
                *(entries.c[name] for name in ("guid", "link", "title", "published", "updated")),
                *(entries.c[name] for name in ("withdrawn", "fingerprint", "first_run", "position")),
            )
            .where(entries.c.society == society.name, entries.c.merged_into.is_(None))
            .order_by(entries.c.published.desc(), entries.c.guid)
        )
        # Entries that share the last one's instant may trade places with it.
        oldest = sa.select(shown.limit(size).subquery().c.published).order_by("published").limit(1)
        edits = (
            sa.select(revisions.c.id, entries.c.link, entries.c.title)
            .join(entries, entries.c.id == revisions.c.entry)
            .where(revisions.c.run.in_(sa.select(runs.c.id).where(runs.c.society == society.name)))
            .order_by(revisions.c.id.desc())
            .limit(4 * size)  # a change has four fields at most that are told
        )
        digest = hashlib.sha256(repr(society).encode())
        with transaction(self.engine, read_only=True) as connection:
            last = connection.scalar(oldest)
            if last is not None:
                for row in connection.execute(shown.where(entries.c.published >= last)):
                    digest.update(repr(tuple(row)).encode())
            for row in connection.execute(edits):
                digest.update(repr(tuple(row)).encode())
        return digest.hexdigest()

    def explain(self, society: Society, address: str) -> Explanation:
        """To which entry a canonical address belongs and why; LedgerError when it was never met."""
        here = (addresses.c.society == society.name) & (addresses.c.address == address)
        with transaction(self.engine, read_only=True) as connection:
            row = connection.execute(sa.select(addresses).where(here)).first()
            if row is None:
                waiting = connection.execute(
                    sa.select(pending).where(
                        pending.c.society == society.name, pending.c.address == address
                    )
                ).first()
                if waiting is None:
                    raise LedgerError(f"{society.name} was never seen to list {address}")
                why = f"pending: read {waiting.attempts} times in vain ({waiting.reason or 'not yet'})"
                return Explanation(address, None, why, [])
            entry = connection.execute(sa.select(entries).where(entries.c.id == row.entry)).one()
            others = connection.scalars(
                sa.select(addresses.c.address)
                .where(addresses.c.entry == row.entry, addresses.c.address != address)
                .order_by(addresses.c.address)
            ).all()
            kept_apart = connection.scalars(
                sa.select(entries.c.guid)
                .join(apart, apart.c.entry == entries.c.id)
                .where(apart.c.society == society.name, apart.c.address == address)
            ).all()
        why = row.verdict or "met before verdicts were kept"
        if kept_apart:
            why += f"; kept apart from {', '.join(kept_apart)} by an operator"
        return Explanation(address, item_of(entry._mapping, society), why, list(others))

    def made_from(self, society: str) -> set[datetime]:
        """The clocks of the crawls that made what the society's feeds hold: first seen, or revised."""
        live = (
            sa.select(entries.c.id)
            .join(published, published.c.guid == entries.c.guid)
            .where(published.c.society == society)
        )
        first = sa.select(entries.c.first_seen).where(entries.c.id.in_(live))
        later = sa.select(revisions.c.seen).where(revisions.c.entry.in_(live))
        with transaction(self.engine, read_only=True) as connection:
            return {*connection.scalars(first), *connection.scalars(later)}

    def guids(self, society: str) -> dict[str, Minted]:
        """What the entry at each canonical address got when it was first seen."""
        query = (
            sa.select(addresses.c.address, entries.c.guid, entries.c.first_seen, entries.c.position)
            .join(entries, entries.c.id == addresses.c.entry)
            .where(addresses.c.society == society)
        )
        with transaction(self.engine, read_only=True) as connection:
            return {address: Minted(*minted) for address, *minted in connection.execute(query)}

    def merged(self, society: str) -> list[tuple[str, str]]:
        """GUIDs that an operator merged: the entry that stays, and the one that went into it."""
        kept = entries.alias()
        query = (
            sa.select(kept.c.guid, entries.c.guid)
            .join(kept, kept.c.id == entries.c.merged_into)
            .where(entries.c.society == society)
        )
        with transaction(self.engine, read_only=True) as connection:
            return [(stays, went) for stays, went in connection.execute(query)]

    def discarded(self, society: str) -> set[datetime]:
        """The clocks of crawls that an operator discarded."""
        query = sa.select(runs.c.started).where(runs.c.society == society, runs.c.outcome == "discarded")
        with transaction(self.engine, read_only=True) as connection:
            return set(connection.scalars(query))

    def stated(self, society: str) -> dict[str, tuple[str, str]]:
        """By GUID: the day that the society states ("" for none), and the digest of what it says."""
        query = sa.select(entries.c.guid, entries.c.day, entries.c.fingerprint).where(
            entries.c.society == society, entries.c.merged_into.is_(None)
        )
        with transaction(self.engine, read_only=True) as connection:
            return {row.guid: (row.day or "", row.fingerprint) for row in connection.execute(query)}

    def count(self, society: str) -> int:
        """How many entries a society has."""
        with transaction(self.engine, read_only=True) as connection:
            query = (
                sa.select(sa.func.count())
                .select_from(entries)
                .where(entries.c.society == society, entries.c.merged_into.is_(None))
            )
            return connection.scalar(query) or 0


def item_of(row: sa.RowMapping, society: Society) -> NewsItem:
    """An entry as the item it was, its instants in the society's offset."""
    withdrawn = row["withdrawn"]
    return NewsItem(
        society=society.name,
        url=row["link"],
        title=row["title"],
        published=When(row["published"].astimezone(society.zone), row["precision"], row["origin"]),
        summary=row["summary"],
        content_html=row["content_html"],
        authors=row["authors"],
        language=row["language"],
        categories=row["categories"],
        image=row["image"],
        enclosures=[Enclosure(**enclosure) for enclosure in row["enclosures"]],
        sources=row["sources"] or {},
        guid=row["guid"],
        first_seen=row["first_seen"],
        updated=row["updated"].astimezone(society.zone),
        withdrawn=withdrawn.astimezone(society.zone) if withdrawn else None,
    )

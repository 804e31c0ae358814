"""Which links a crawl should ask for: what is known of them, which are pending, due again, or gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from csco_spider.items import Row, Sighting, Society, When, fold
from csco_spider.ledger import identity
from csco_spider.ledger.database import transaction
from csco_spider.ledger.entry import keep_revisions
from csco_spider.ledger.run import Run
from csco_spider.ledger.schema import addresses, entries, pending, runs

_TITLES = 500
"""A society's newest titles by which a list is known to be its own."""


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
    withdrawn: bool = False

    def differs(self, sighting: Sighting) -> bool:
        """Does the listing say something else of it than it did?"""
        return identity.row_differs(sighting.row, sighting.listing, self.listed)


@dataclass(frozen=True, slots=True)
class Pending:
    """A link found and not yet read."""

    sighting: Sighting
    attempts: int
    reason: str


# --- what listings show ---------------------------------------------------------------------------
def known(run: Run, urls: Iterable[str]) -> dict[str, Known]:
    """What the ledger knows of each link, by the link; an unknown link has no key."""
    wanted: dict[str, list[str]] = {}
    for url in urls:
        wanted.setdefault(run.address(url), []).append(url)
    found: dict[str, Known] = {}
    with transaction(run.engine, read_only=True) as connection:
        for row in connection.execute(
            sa.select(addresses, entries.c.published, entries.c.link, entries.c.withdrawn)
            .join(entries, entries.c.id == addresses.c.entry)
            .where(addresses.c.society == run.society.name, addresses.c.address.in_(list(wanted)))
        ):
            gone = row.withdrawn is not None
            there = Known(row.first_run <= run.trusted, row.published, row.listed, row.link, gone)
            found.update(dict.fromkeys(wanted[row.address], there))
        for row in connection.execute(
            sa.select(pending.c.address, pending.c.first_run).where(
                pending.c.society == run.society.name, pending.c.address.in_(list(wanted))
            )
        ):
            there = Known(row.first_run <= run.trusted, None, {})
            for url in wanted[row.address]:
                found.setdefault(url, there)
    return found


def recognises(run: Run, rows: Sequence[Row]) -> bool | None:
    """Does the ledger know the address or the title of any of these rows? None when it holds no
    entry of the society."""
    query = (
        sa.select(entries.c.title)
        .where(entries.c.society == run.society.name)
        .order_by(entries.c.published.desc())
        .limit(_TITLES)
    )
    with transaction(run.engine, read_only=True) as connection:
        titles = {fold(title) for title in connection.scalars(query)}
    if not titles:
        return None
    if any(fold(run.clean(row.title)) in titles for row in rows):
        return True
    if any(alarm["kind"] == "selector" and alarm["field"] == "entries" for alarm in _alarms(run)):
        return True  # the list without the selector was recognised in an earlier crawl
    return bool(known(run, [row.url for row in rows if row.url]))


def _alarms(run: Run) -> list[dict[str, Any]]:
    """What the last crawl that ended well found amiss."""
    query = sa.select(runs.c.alarms).where(runs.c.id == run.trusted)
    with transaction(run.engine, read_only=True) as connection:
        return list(connection.scalar(query) or ())


def relink(run: Run, found: Mapping[str, Known]) -> None:
    """Let links follow a society that moved: same page, other scheme, host or spelling."""
    moved = {
        url: there.link
        for url, there in found.items()
        if there.link not in {"", url} and run.address(there.link) == run.address(url)
    }
    if not moved:
        return
    with transaction(run.engine) as connection:
        for url, link in moved.items():
            here = sa.select(addresses.c.entry).where(run.at(addresses, run.address(url)))
            there = entries.c.id.in_(here) & (entries.c.link == link)
            connection.execute(entries.update().where(there).values(link=url))


# --- not yet read ---------------------------------------------------------------------------------
def pend(run: Run, sightings: Sequence[Sighting]) -> None:
    """Remember links that are about to be asked for; one already pending stays as it is."""
    if not sightings:
        return
    with transaction(run.engine) as connection:
        for sighting in sightings:
            address = run.address(sighting.row.url)
            if not connection.execute(sa.select(pending).where(run.at(pending, address))).first():
                connection.execute(
                    pending.insert().values(
                        society=run.society.name,
                        address=address,
                        sighting=_plain(sighting),
                        first_run=run.number,
                        attempts=0,
                        reason="",
                    )
                )


def all_pending(run: Run) -> list[Pending]:
    """Links found by earlier crawls and not yet read, oldest first."""
    query = (
        sa.select(pending)
        .where(pending.c.society == run.society.name)
        .order_by(pending.c.first_run, pending.c.address)
    )
    with transaction(run.engine, read_only=True) as connection:
        return [
            Pending(_sighting(row.sighting, run.society), row.attempts, row.reason)
            for row in connection.execute(query)
        ]


def failed(run: Run, url: str, reason: str) -> None:
    """Count an attempt to read a pending link that came to nothing, and why."""
    said = reason.encode("utf-8", "replace").decode().replace("\x00", "")
    with transaction(run.engine) as connection:
        connection.execute(
            pending.update()
            .where(run.at(pending, run.address(url)))
            .values(attempts=pending.c.attempts + 1, reason=said)
        )


def settle(run: Run, url: str) -> None:
    """Forget a pending link that turned out to be no notice."""
    with transaction(run.engine) as connection:
        connection.execute(pending.delete().where(run.at(pending, run.address(url))))


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
    row["without"] = tuple(row.get("without", ()))
    return Sighting(plain["listing"], plain["position"], Row(**row))


# --- read before, and to be read again ------------------------------------------------------------
def recent(run: Run, since: datetime) -> list[Sighting]:
    """Entries published since then, as rows to be visited again."""
    return [_revisit(row) for row in _published_since(run, since)]


def due(run: Run, days: Sequence[int], nights: int) -> list[Sighting]:
    """Entries to be visited again tonight, as rows: so many ``days`` after they were published.

    One whose page was missing last time is due every night until it is back, or withdrawn after
    ``nights``.
    """
    ages = [timedelta(days=day) for day in days]
    return [
        _revisit(row)
        for row in _published_since(run, run.started - 2 * max(ages, default=timedelta()))
        if (row.missed and row.missed < nights)
        or any((row.visited or row.first_seen) < row.published + a <= run.started for a in ages)
    ]


def _published_since(run: Run, since: datetime) -> list[sa.Row[Any]]:
    wanted = ("link", "title", "position", "published", "first_seen", "visited", "missed")
    query = (
        sa.select(*(entries.c[name] for name in wanted))
        .where(
            entries.c.society == run.society.name,
            entries.c.published >= since,
            entries.c.merged_into.is_(None),
        )
        .order_by(entries.c.published.desc(), entries.c.guid)
    )
    with transaction(run.engine, read_only=True) as connection:
        return list(connection.execute(query))


def _revisit(row: sa.Row[Any]) -> Sighting:
    return Sighting("", row.position, Row(row.link, title=row.title))


def missed(run: Run, url: str) -> int:
    """On how many nights running the page of an entry was gone; 0 where the ledger has no entry."""
    query = (
        sa.select(entries.c.missed)
        .join(addresses, addresses.c.entry == entries.c.id)
        .where(run.at(addresses, run.address(url)))
    )
    with transaction(run.engine, read_only=True) as connection:
        return connection.scalar(query) or 0


def missing(run: Run, url: str, nights: int) -> bool:
    """Count a night on which an entry's page answered 404 or 410; True when it is withdrawn now.

    It is withdrawn after ``nights`` of them running, never because a listing was short; one that the
    list shows at another of its addresses is there again, and is asked for there from now on.
    """
    address = run.address(url)
    with transaction(run.engine) as connection:
        row = connection.execute(
            sa.select(entries)
            .join(addresses, addresses.c.entry == entries.c.id)
            .where(run.at(addresses, address))
        ).first()
        if row is None or row.missed_run == run.number or run.address(row.link) != address:
            return False
        own = sa.select(addresses.c.address).where(addresses.c.entry == row.id)
        if shown := run.shown(one for one in connection.scalars(own) if one != address):
            connection.execute(entries.update().where(entries.c.id == row.id).values(link=shown))
            return False
        values: dict[str, Any] = {"missed": row.missed + 1, "missed_run": run.number}
        withdrawn = row.missed + 1 >= nights and row.withdrawn is None
        if withdrawn:
            values |= {"withdrawn": run.started, "updated": max(run.started, row.updated)}
            changes = [("withdrawn", "", run.started.isoformat())]
            keep_revisions(connection, row, run=run.number, seen=run.started, changes=changes)
        connection.execute(entries.update().where(entries.c.id == row.id).values(**values))
        return bool(withdrawn)

"""One crawl as the ledger sees it: its number, its clock, what its listings show, how it ended.

What it should ask for stands in ``links``, how what it read is recorded in ``entry``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from csco_spider.items import Minted, Row, Society
from csco_spider.ledger import identity
from csco_spider.ledger.database import transaction
from csco_spider.ledger.schema import affixes, entries, runs

GOOD = "ok"
"""Outcome of a run whose word on what is known can be trusted."""
REPLAYED = "replayed"
"""Outcome of a run that recorded a replay: no night of its own."""


class Run:
    """One crawl of one society."""

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
        self.engine = engine
        self.society = society
        self.started = started
        self.number = number
        self.trusted = trusted
        """The last run before this one that ended well; 0 if none did."""
        self.backfill = backfill
        self.correcting = False
        """Does a date count as corrected wherever it was read? So it does when a parser was wrong."""
        self.remembered: Mapping[str, Minted] = {}
        """What new entries get, by canonical address, if they had it before."""
        self._hosts = hosts
        self._listed: dict[str, str] = {}  # links that this crawl's listings have shown, by address
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

    def listed(self, rows: Sequence[Row]) -> None:
        """Take note of a listing page: which addresses it shows, how far back it reaches, and what
        most of its titles begin or end with, which is noise from now on."""
        self._listed.update({self.address(row.url): row.url for row in rows if row.url})
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

    def has_shown(self, known: Iterable[str], day: date | None) -> bool | None:
        """Do this crawl's listings show an entry, by the addresses it is known under? None when they
        did not reach its day."""
        if any(address in self._listed for address in known):
            return True
        return False if day and self._oldest and day > self._oldest else None

    def shown(self, known: Iterable[str]) -> str:
        """The link under which this crawl's listings show an entry, by the addresses it is known under;
        "" where they don't."""
        return next((self._listed[address] for address in known if address in self._listed), "")

    def clean(self, title: str) -> str:
        """A title without what most of the society's titles share."""
        return identity.without_affixes(title, self._affixes)

    def minted(self) -> dict[str, Minted]:
        """What the entries committed since the last crawl that ended well got, by their link."""
        columns = (entries.c.link, entries.c.guid, entries.c.first_seen, entries.c.position)
        query = sa.select(*columns).where(
            entries.c.society == self.society.name, entries.c.first_run > self.trusted
        )
        with transaction(self.engine, read_only=True) as connection:
            return {link: Minted(*minted) for link, *minted in connection.execute(query)}

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

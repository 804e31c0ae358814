"""Nights and runs gone by: what monitoring learns from, and what a killed night left to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from csco_spider.ledger.database import transaction
from csco_spider.ledger.run import GOOD, REPLAYED
from csco_spider.ledger.schema import entries, nights, runs, societies

NO_NIGHTS = ("operator", REPLAYED, "discarded")
"""Outcomes of runs from which nothing is learned."""
RESUMABLE = timedelta(hours=20)
"""A night that was begun longer ago is over, whatever became of it."""


@dataclass(frozen=True, slots=True)
class NightRow:
    """A night of crawls, and how many times it was taken up again."""

    number: int
    started: datetime
    resumed: int


@dataclass(frozen=True, slots=True)
class PastRun:
    """A finished run, as it was recorded."""

    society: str
    number: int
    started: datetime
    outcome: str
    reason: str
    counts: Mapping[str, int] = field(default_factory=dict)
    observed: Mapping[str, Any] | None = None
    alarms: tuple[Mapping[str, Any], ...] = ()
    told: bool = True
    """Did a person hear of the alarms?"""


def begin_night(engine: sa.Engine, now: datetime) -> NightRow:
    """The night that begins now; the last one, if it was stopped or killed a short while ago."""
    with transaction(engine) as connection:
        last = connection.execute(sa.select(nights).order_by(nights.c.id.desc()).limit(1)).first()
        if last is not None and last.ended is None and abs(now - last.started) < RESUMABLE:
            again = nights.update().where(nights.c.id == last.id).values(resumed=last.resumed + 1)
            connection.execute(again)
            return NightRow(last.id, last.started, last.resumed + 1)
        made = connection.execute(nights.insert().values(started=now)).inserted_primary_key
        assert made is not None
        return NightRow(made[0], now, 0)


def end_night(engine: sa.Engine, number: int, now: datetime) -> None:
    """All of a night was done: the next one is a new one."""
    with transaction(engine) as connection:
        connection.execute(nights.update().where(nights.c.id == number).values(ended=now))


def night_told(engine: sa.Engine, number: int) -> None:
    """A person has heard of the alarms of all crawls of a night that came to their end."""
    ended = (runs.c.night == number) & runs.c.outcome.is_not(None)
    with transaction(engine) as connection:
        connection.execute(runs.update().where(ended).values(told=True))


def end_left_behind(
    engine: sa.Engine, night: NightRow, society: str, reason: str, alarms: list[dict[str, Any]]
) -> None:
    """A society's crawl of a night did not come to its end, or never began: it failed."""
    unfinished = (runs.c.night == night.number) & (runs.c.society == society) & runs.c.outcome.is_(None)
    values: dict[str, Any] = {"outcome": "failed", "reason": reason, "alarms": alarms}
    begun = runs.update().where(unfinished).values(**values, ended=runs.c.started)
    values |= {"society": society, "night": night.number, "started": night.started, "told": False}
    with transaction(engine) as connection:
        if connection.execute(begun).rowcount == 0:
            connection.execute(runs.insert().values(**values, ended=night.started))


def runs_of(engine: sa.Engine, night: int) -> dict[str, PastRun | None]:
    """What a night has done so far by society; None for a crawl that did not come to its end."""
    query = sa.select(runs).where(runs.c.night == night).order_by(runs.c.id)
    with transaction(engine, read_only=True) as connection:
        found = connection.execute(query).all()
    return {row.society: _past(row) if row.outcome else None for row in found}


def killed_run(connection: sa.Connection, society: str, night: int | None) -> int | None:
    """The number of a society's crawl that was killed in this night."""
    if night is None:
        return None
    newest = (
        sa.select(runs.c.id, runs.c.night, runs.c.outcome)
        .where(runs.c.society == society)
        .order_by(runs.c.id.desc())
        .limit(1)
    )
    row = connection.execute(newest).first()
    # Behind a later run its number would tell the flood guard that its yield is out already.
    return row.id if row and row.night == night and row.outcome is None else None


def past_runs(engine: sa.Engine, society: str, limit: int, before: int | None = None) -> list[PastRun]:
    """The last crawls of a society that came to an end (before run ``before``), newest first."""
    query = (
        sa.select(runs)
        .where(
            runs.c.society == society,
            sa.true() if before is None else runs.c.id < before,
            runs.c.outcome.is_not(None),
            runs.c.outcome.not_in(NO_NIGHTS),
        )
        .order_by(runs.c.id.desc())
        .limit(limit)
    )
    with transaction(engine, read_only=True) as connection:
        return [_past(row) for row in connection.execute(query)]


def last_good(engine: sa.Engine) -> dict[str, datetime]:
    """When each society's last good crawl began."""
    query = (
        sa.select(runs.c.society, sa.func.max(runs.c.started).label("last"))
        .where(runs.c.outcome == GOOD)
        .group_by(runs.c.society)
    )
    with transaction(engine, read_only=True) as connection:
        return {row.society: row.last for row in connection.execute(query)}


def societies_known(engine: sa.Engine) -> list[str]:
    """Every society that was ever crawled, by name."""
    with transaction(engine, read_only=True) as connection:
        return list(connection.scalars(sa.select(societies.c.name).order_by(societies.c.name)))


def publish_days(engine: sa.Engine, society: str, limit: int) -> list[date]:
    """The newest days on which a society dated a notice, newest first; undated ones don't count."""
    query = (
        sa.select(entries.c.day)
        .where(entries.c.society == society, entries.c.day.is_not(None), entries.c.merged_into.is_(None))
        .distinct()
        .order_by(entries.c.day.desc())
        .limit(limit)
    )
    with transaction(engine, read_only=True) as connection:
        return [date.fromisoformat(day) for day in connection.scalars(query)]


def _past(row: sa.Row[Any]) -> PastRun:
    return PastRun(
        row.society,
        row.id,
        row.started,
        row.outcome,
        row.reason or "",
        row.counts or {},
        row.observed,
        tuple(row.alarms or ()),
        row.told,
    )

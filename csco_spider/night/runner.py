"""Many societies in one process: several at a time, each by itself, all of them in bounded time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Protocol

from scrapy.crawler import Crawler

from csco_spider.extensions.publishing import CloseReport, Publishing
from csco_spider.ledger import LedgerError
from csco_spider.monitoring import Alarm
from csco_spider.night.plan import Turn, Visit
from csco_spider.night.report import Line
from csco_spider.night.watchdog import Watchdog

logger = logging.getLogger(__name__)

GRACE = 7.0
"""Seconds that a crawl has to end when it is told to; one that asks a dead site is left behind then."""
BEAT = 0.25
Why = str
"""Why a night is stopped: "deadline", or a signal's name."""


class Process(Protocol):
    """What makes crawlers."""

    def create_crawler(self, crawler_or_spidercls: Any) -> Crawler: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """Societies at a time, and seconds for one and for the whole night."""

    at_once: int
    society: float
    night: float


@dataclass(slots=True)
class Running:
    """A crawl that goes on."""

    visit: Visit
    crawler: Crawler
    began: float = field(default_factory=monotonic)


class Night:
    """Carries out a plan; ``lines`` fill as societies come to their end."""

    def __init__(
        self,
        process: Process,
        plan: Sequence[Turn],
        limits: Limits,
        *,
        ended: Callable[[Line], None],
        watchdog: Watchdog,
    ) -> None:
        self.lines: list[Line] = []
        self.running: dict[str, Running] = {}
        self.why = ""
        """Why the night was stopped; "" while it was not."""
        self._process = process
        self._plan = plan
        self._limits = limits
        self._ended = ended
        self._watchdog = watchdog
        self._stopped = asyncio.Event()
        self._places = asyncio.Semaphore(limits.at_once)

    @property
    def waiting(self) -> list[Visit]:
        """Societies whose turn has not come."""
        begun = {line.name for line in self.lines} | self.running.keys()
        return [visit for turn in self._plan for visit in turn.visits if visit.name not in begun]

    def leave_out(self, causes: Mapping[str, str]) -> None:
        """Societies that can't be crawled, by name, because their files are wrong."""
        for name, cause in causes.items():
            alarm = Alarm("failed", cause)
            line = Line(name, name, "failed", cause, alarms=[alarm], raised=[alarm])
            self.lines.append(line)
            self._ended(line)

    def stop(self, why: Why) -> None:
        """Begin no more crawls and end those that run."""
        self.why = self.why or why
        self._stopped.set()

    async def run(self) -> None:
        """Crawl all; comes back when every society has its line."""
        pulse = asyncio.ensure_future(self._pulse())
        late = asyncio.get_running_loop().call_later(self._limits.night, self.stop, "deadline")
        try:
            await asyncio.gather(*(self._turn(turn) for turn in self._plan))
        finally:
            late.cancel()
            pulse.cancel()

    async def _pulse(self) -> None:
        while True:
            self._watchdog.beat()
            await asyncio.sleep(BEAT)

    async def _turn(self, turn: Turn) -> None:
        await _first(self._stopped.wait(), asyncio.sleep(turn.delay))
        for visit in turn.visits:
            async with self._places:
                line = skipped(visit, self.why) if self.why else await self._visit(visit)
                self.running.pop(visit.name, None)
                self.lines.append(line)
                self._ended(line)

    async def _visit(self, visit: Visit) -> Line:
        """One society's crawl, whatever it does: its faults are its own."""
        try:
            crawler = self._process.create_crawler(visit.spider)
            self.running[visit.name] = Running(visit, crawler)
            arguments = {"site": visit.site} if visit.site else {}
            crawl = asyncio.ensure_future(crawler.crawl_async(**arguments))
        except Exception as error:
            logger.exception("%s: the crawl could not start", visit.name)
            return failed(visit, f"the crawl could not start: {error!r}")
        reason = ""
        await _first(crawl, self._stopped.wait(), timeout=self._limits.society)
        if not crawl.done():
            reason = self.why or f"not done in {self._limits.society:g} s"
            closing = asyncio.ensure_future(_close(crawler, reason))
            await _first(crawl, timeout=GRACE)
            closing.cancel()
        if not crawl.done():
            logger.warning("%s: still waits for its site; it is left behind", visit.name)
            crawl.add_done_callback(lambda done: done.cancelled() or done.exception())
        elif fault := crawl.exception():
            logger.error("%s: the crawl broke: %r", visit.name, fault)
            if isinstance(fault, LedgerError):
                return failed(visit, str(fault))
            return failed(visit, f"the crawl broke: {fault!r}; see the log")
        if self.why == reason == "deadline":
            return skipped(visit, self.why)
        extension = crawler.get_extension(Publishing) if crawler.extensions else None
        report = extension.report if extension else None
        if report is None:
            cause = f"the crawl was stopped ({reason})" if reason else "the crawl could not start"
            return failed(visit, f"{cause}; see the log")
        return closed(visit, crawler, report)


async def _first(*waited: Awaitable[Any], timeout: float | None = None) -> None:
    """Wait until the first of some things is done; helpers of our own are put away."""
    tasks = [asyncio.ensure_future(one) for one in waited]
    await asyncio.wait(tasks, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    for task, one in zip(tasks, waited, strict=True):
        if task is not one:
            task.cancel()


async def _close(crawler: Crawler, reason: str) -> None:
    engine = crawler.engine
    if engine is not None and engine.spider is not None:
        await engine.close_spider_async(reason=reason)


def closed(visit: Visit, crawler: Crawler, report: CloseReport) -> Line:
    """The line of a crawl that came to its end."""
    assert crawler.stats is not None
    stats = crawler.stats.get_stats()
    counts = {
        "found": report.observed.found,
        "new": stats.get("ledger/new", 0),
        "changed": stats.get("ledger/changed", 0),
        "unchanged": stats.get("ledger/unchanged", 0) + stats.get("ledger/known", 0),
        "pending": report.pending,
    }
    for name in ("withdrawn", "degraded"):
        if count := stats.get(f"ledger/{name}", 0):
            counts[name] = count
    for name, count in stats.items():
        if name.startswith("item_dropped_reasons_count/"):
            counts[f"dropped {name.rpartition('/')[2]}"] = count
    return Line(
        visit.name,
        visit.spider.organisation,
        report.state,
        report.outcome.sentence,
        counts,
        report.observed,
        report.alarms,
        report.raised,
        report.newest,
    )


def failed(visit: Visit, cause: str) -> Line:
    """The line of a society whose crawl can't say what became of it."""
    alarm = Alarm("failed", cause)
    return Line(visit.name, visit.spider.organisation, "failed", cause, alarms=[alarm], raised=[alarm])


def skipped(visit: Visit, why: Why) -> Line:
    """The line of a society that the night did not come to, or could not finish."""
    cause = "the night's deadline came first" if why == "deadline" else f"the night was stopped ({why})"
    return Line(visit.name, visit.spider.organisation, "skipped", cause)

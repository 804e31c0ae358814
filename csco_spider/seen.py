"""Which links are worth asking for: the one place where the crawl meets what the ledger knows.

Spiders say what a listing shows; this middleware drops what was read on an earlier night and holds
back the next page once a listing has nothing new to tell.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Protocol, Self, cast

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, DropItem
from scrapy.http import Response, TextResponse
from scrapy.spidermiddlewares.httperror import HttpError
from scrapy.statscollectors import StatsCollector
from twisted.python.failure import Failure

from csco_spider.failures import Resting, reason_of
from csco_spider.items import NewsItem, Sighting
from csco_spider.ledger import Known, Run, links
from csco_spider.observed import Tally
from csco_spider.outcome import PageReport
from csco_spider.pipelines import Duplicate, Ledger, TooOld, Unstored, recording, society_crawl
from csco_spider.platforms.society import Blocked

logger = logging.getLogger(__name__)

PENDING_PRIORITY = 20  # what an earlier crawl could not read is asked for first
LISTING_PRIORITY = 10
LAST_PRIORITY = -10  # what may make a site ask for a rest must not cost its list and what is new there
GONE = frozenset({"answered 404", "answered 410"})
BUSY = frozenset({"answered 429", "answered 503"})
FAILURES = 3
"""Of the ledger, after which it makes no sense to ask a site for more."""


class _Spider(Protocol):
    since: date | None
    backfill: bool
    revisit: int | None
    start_urls: list[str]

    def article_request(self, sighting: Sighting) -> Request | None: ...


class SeenFilter:
    """Spider middleware: drops seen articles and holds back the next page when all rows are known."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self.report = PageReport()
        self.tally = Tally()
        self._met: set[str] = set()  # addresses that a listing of this crawl has shown
        self._asked_first: dict[str, int] = {}  # pending ones: how often they were asked for in vain
        self._unread: set[str] = set()  # what came instead of a page, or broke its parser
        self._gone: list[str] = []  # pages that answered so, not yet counted
        self._revisited: set[str] = set()
        self._shown: set[str] = set()  # entries of which a listing of this crawl has shown a row
        self._pages: set[tuple[str, ...]] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        society_crawl(crawler)  # else not configured
        middleware = cls(crawler)
        crawler.signals.connect(middleware.item_dropped, signal=signals.item_dropped)
        return middleware

    def item_dropped(self, item: NewsItem, exception: DropItem) -> None:
        """A page read in vain stays pending with the reason; one that is out of bounds is settled."""
        if item.sighting is None or not item.sighting.row.url:
            return
        if isinstance(exception, (Duplicate, Unstored)):  # settled already, and still pending
            return
        with recording(self._crawler, item.url):
            if isinstance(exception, TooOld):
                links.settle(self._run, item.sighting.row.url)
            else:
                links.failed(self._run, item.sighting.row.url, str(exception))

    @property
    def unlisted(self) -> int:
        """Entries that were asked for although no listing of this crawl shows them."""
        return len((self._asked_first.keys() | self._revisited) - self._shown)

    @property
    def _run(self) -> Run:
        recorder: Ledger | None = self._crawler.get_item_pipeline(Ledger)
        assert recorder is not None
        return recorder.run

    @property
    def _spider(self) -> _Spider:
        return cast("_Spider", self._crawler.spider)

    @property
    def _stats(self) -> StatsCollector:
        assert self._crawler.stats is not None
        return self._crawler.stats

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Ask first for what earlier crawls left unread; last for those of it that a busy site refused,
        and for what is to be revisited."""
        last: list[Request] = []
        for waiting in links.all_pending(self._run):
            if request := self._spider.article_request(waiting.sighting):
                self._asked_first[self._run.address(waiting.sighting.row.url)] = waiting.attempts
                if waiting.reason in BUSY:
                    last.append(request)
                else:
                    yield self._article(request, PENDING_PRIORITY)
        for sighting in self._to_revisit():
            if request := self._spider.article_request(sighting):
                self._revisited.add(self._run.address(sighting.row.url))
                last.append(request)
        async for request in start:
            yield self._listing(request) if "listing" in request.meta else request
        for request in last:
            yield self._article(request, LAST_PRIORITY)

    def _to_revisit(self) -> list[Sighting]:
        """Articles to read again for edits: those an operator asked for, else those that are due."""
        if self._spider.revisit is not None:
            return links.recent(self._run, self._run.started - timedelta(days=self._spider.revisit))
        settings = self._crawler.settings
        days = [int(day) for day in settings.getlist("REVISIT_DAYS")]
        return links.due(self._run, days, settings.getint("WITHDRAWN_AFTER"))

    def _article(self, request: Request, priority: int) -> Request:
        return request.replace(errback=self.article_failed, priority=priority)

    def _listing(self, request: Request) -> Request:
        return request.replace(errback=self.listing_failed, priority=LISTING_PRIORITY)

    def listing_failed(self, failure: Failure) -> None:
        """Note a listing page that could not be had; 404 is a note while another one works."""
        url, reason = self._failed(failure)
        if reason in GONE:
            self.report.missing.append(url)
            logger.warning("listing %s %s; the list is taken to end there", url, reason)
        else:
            self.report.failed[url] = reason
            logger.warning("listing %s: %s", url, reason)

    def article_failed(self, failure: Failure) -> None:
        """Count the attempt; the link stays pending and is asked for again next time."""
        url, reason = self._failed(failure)
        listed = failure.request.meta["sighting"].listing  # type: ignore[attr-defined]
        turn = "last" if reason in BUSY else "first"
        after = (
            f"it stays pending and is asked for {turn} next time"
            if listed
            else "the entry stays as it is"
        )
        logger.warning("article %s: %s; %s", url, reason, after)

    def _failed(self, failure: Failure) -> tuple[str, str]:
        request: Request = failure.request  # type: ignore[attr-defined]
        reason = reason_of(failure.value)
        sighting: Sighting | None = request.meta.get("sighting")
        if sighting is not None:
            asked = not isinstance(failure.value, Resting)
            self._article_lost(sighting, request.url, reason, asked=asked)
        return request.url, reason

    def _article_lost(self, sighting: Sighting, url: str, reason: str, *, asked: bool = True) -> None:
        self.report.articles_failed[url] = reason
        self.report.tried[url] = self._asked_first.get(self._run.address(sighting.row.url), 0)
        if not asked:
            return
        with recording(self._crawler, url):
            links.failed(self._run, sighting.row.url, reason)
            self.report.tried[url] += links.missed(self._run, sighting.row.url)
        if reason in GONE:
            self._gone.append(sighting.row.url)
            self._miss()

    def _miss(self) -> None:
        """Count what is gone, once a list has come: a site of which all is gone withdraws nothing."""
        nights = self._crawler.settings.getint("WITHDRAWN_AFTER")
        while self._gone and self.report.answered:
            url = self._gone.pop()
            with recording(self._crawler, url):
                if links.missing(self._run, url, nights):
                    self._stats.inc_value("ledger/withdrawn")
                    logger.warning(
                        "%s answered %d nights running that it is gone: withdrawn", url, nights
                    )

    def process_spider_exception(self, response: Response, exception: Exception) -> list[Request] | None:
        """A page that broke its parser: the link stays pending; Scrapy logs and counts the error.
        What came instead of a page is no error of ours: it is named, and that is all."""
        request = response.request
        sighting = request.meta.get("sighting") if request else None
        if not isinstance(exception, HttpError):  # which goes to the errback
            self._unread.add(response.url)
        if isinstance(exception, Blocked):
            logger.warning("%s: %s", sighting.row.url if sighting else response.url, exception)
            if sighting is not None:
                self._article_lost(sighting, sighting.row.url, str(exception))
            else:
                self.report.failed[response.url] = str(exception)
            return []
        reason = f"{type(exception).__name__}: {exception}"
        if sighting is not None and not isinstance(exception, HttpError):
            self._article_lost(sighting, response.url, reason)
        elif request and "listing" in request.meta and not isinstance(exception, HttpError):
            self.report.failed[response.url] = f"could not be parsed ({reason})"
        return None

    async def process_spider_output(
        self, response: Response, result: AsyncIterator[Any]
    ) -> AsyncIterator[Any]:
        request = response.request
        if self._stats.get_value("ledger/failed", 0) >= FAILURES:
            raise CloseSpider("the ledger can't be written")
        outputs = [output async for output in result]
        if response.url in self._unread:
            return
        if request is None or response.status // 100 != 2:  # what an errback gave comes by here too
            for output in outputs:
                yield output
            return
        if "listing" not in request.meta:
            self.report.articles_read += "sighting" in request.meta
            for output in outputs:
                if isinstance(output, NewsItem) and isinstance(response, TextResponse):
                    self.tally.article(output)
                yield output
            return
        if request.meta["page"] == 0 and (stranger := self._stranger(outputs)):
            logger.warning("%s: %s", response.url, stranger)
            self.report.failed[response.url] = f"unreadable: {stranger}"
            return
        self.report.answered.append(response.url)
        self._miss()
        for output in self._worth_asking(response, request.meta["page"], outputs):
            yield output

    def _stranger(self, outputs: list[Any]) -> str:
        """Why the rows that were found without a dead selector are not believed; "" where they are."""
        rows = [found.row for output in outputs if (found := _sighting(output))]
        if not any("entries" in row.without for row in rows):
            return ""
        known = links.recognises(self._run, rows)
        if known or (known is None and 2 * sum(row.when is not None for row in rows) >= len(rows)):
            return ""
        why = (
            "show no dates" if known is None else "are none of those known: another list may stand there"
        )
        return (
            f"the selector entries finds nothing any more; the {len(rows)} rows found without it {why}"
        )

    def _worth_asking(self, response: Response, page: int, outputs: list[Any]) -> list[Any]:
        with recording(self._crawler, response.url):
            self._run.listed([found.row for output in outputs if (found := _sighting(output))])
        if page == 0:
            self._count(outputs)
        outputs = [self._cleaned(output) for output in outputs]
        rows = [(output, found) for output in outputs if (found := _sighting(output))]
        following = [o for o in outputs if isinstance(o, Request) and "listing" in o.meta]
        others = [o for o in outputs if o not in following and not _sighting(o)]
        self.report.rows += sum(bool(found.row.url) for _, found in rows)
        self.report.rows += sum(isinstance(other, NewsItem) for other in others)
        known = links.known(self._run, [found.row.url for _, found in rows if found.row.url])
        repeated = bool(rows) and self._is_repeat(rows)
        asked: list[Any] = []
        unread: list[Sighting] = []
        fresh: list[Sighting] = []
        for request, found in rows:
            address = self._run.address(found.row.url) if found.row.url else ""
            if address and address in self._met:
                continue
            self._met.add(address)
            fresh.append(found)
            there = known.get(found.row.url)
            own = self._run.address(there.link) if there and there.link else address
            self._shown.add(own)
            if self._too_old(found) or not self._is_wanted(found, there, own):
                continue
            output = self._article(request, 0) if isinstance(request, Request) else request
            if isinstance(request, Request) and found.row.url not in known:
                unread.append(found)
            asked.append(output)
        with recording(self._crawler, response.url):
            links.relink(self._run, known)
            links.pend(self._run, unread)
        self._stats.inc_value("listing/rows", len(fresh))
        if repeated or (rows and not fresh and page > 0) or (not rows and page > 0):
            logger.info("%s shows nothing that was not listed before; paging stops", response.url)
            following = []
        elif following and not self._goes_on(page, fresh or [found for _, found in rows], known):
            following = []
        return [*others, *asked, *(self._listing(request) for request in following)]

    def _count(self, outputs: list[Any]) -> None:
        shown = [found.row for output in outputs if (found := _sighting(output))]
        onward = any(isinstance(output, Request) and output.meta.get("page") for output in outputs)
        self.tally.listing(shown, pager=onward)

    def _cleaned(self, output: Any) -> Any:
        """A row's request or item with its title as the ledger knows it: without shared affixes."""
        found = _sighting(output)
        if found is None or (title := self._run.clean(found.row.title)) == found.row.title:
            return output
        found = replace(found, row=replace(found.row, title=title))
        if isinstance(output, Request):
            return output.replace(meta={**output.meta, "sighting": found})
        output.sighting = found
        return output

    def _is_repeat(self, rows: list[tuple[Any, Sighting]]) -> bool:
        shown = tuple(found.row.url for _, found in rows)
        repeated = shown in self._pages
        self._pages.add(shown)
        return repeated

    def _too_old(self, found: Sighting) -> bool:
        since = self._spider.since
        return bool(since and found.row.when and found.row.when.day < since)

    def _is_wanted(self, found: Sighting, known: Known | None, own: str) -> bool:
        """Unknown rows, and known ones of which the listing says something else than before, or that are
        withdrawn and listed all the same.

        A pending one was asked for when the crawl began; so was one that is revisited, and it is
        counted when it is read. ``own`` is the entry's address.
        """
        if known is None:
            return True
        if known.published is None or self._run.address(found.row.url) in self._asked_first:
            return False
        if known.differs(found):
            return True
        if own not in self._revisited:
            if known.withdrawn:  # it is listed again, or still: its page tells
                return True
            self._stats.inc_value("ledger/known")
        return False

    def _goes_on(self, page: int, rows: list[Sighting], known: dict[str, Known]) -> bool:
        """Is the next page worth a visit? ``rows`` are those that only this page has shown: a lead may
        stand above every page of a list."""
        counted = [found for found in rows if not found.row.pinned] or rows
        if counted and all(self._too_old(found) for found in counted):
            return False
        if (
            not self._spider.backfill
            and counted
            and all(found.row.url in known and known[found.row.url].trusted for found in counted)
        ):
            return False
        limit = "MAX_BACKFILL_PAGES" if self._spider.backfill else "MAX_LISTING_PAGES"
        if page + 1 < self._crawler.settings.getint(limit):
            return True
        logger.warning(
            "%s: the history goes on behind %d page%s (%s); `-a backfill=1` reads what lies there",
            self._crawler.spider.name if self._crawler.spider else "",
            page + 1,
            "s" if page else "",
            limit,
        )
        return False


def _sighting(output: object) -> Sighting | None:
    """The row that a request or item from a listing stands for."""
    if isinstance(output, Request):
        return output.meta.get("sighting")
    return output.sighting if isinstance(output, NewsItem) else None

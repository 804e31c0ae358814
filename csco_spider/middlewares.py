"""What Scrapy's downloader lacks: patience when asked for; an archive that never passes for a site."""

from __future__ import annotations

import asyncio
import logging
import zlib
from collections.abc import Coroutine
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any
from urllib.parse import urljoin, urlsplit

from scrapy import Request, Spider, signals
from scrapy.core.downloader import Downloader, Slot
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcache import HttpCacheMiddleware
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import CloseSpider, IgnoreRequest, NotConfigured
from scrapy.extensions.httpcache import RFC2616Policy
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import RobotParser
from scrapy.settings import Settings
from scrapy.statscollectors import StatsCollector
from scrapy.utils.misc import build_from_crawler
from twisted.internet.defer import Deferred

from csco_spider.archive import ArchiveError
from csco_spider.archive.storage import ArchiveStorage
from csco_spider.failures import LeadsAway, NoRobots, Resting, Undecoded, reason_of
from csco_spider.items import Minted, NewsItem
from csco_spider.pipelines import Ledger, society_crawl

logger = logging.getLogger(__name__)

_ANEW = "anew"
"""Key in the ``meta`` of a request that goes without the validators of what the archive holds."""


def retry_after(value: str, now: datetime) -> float | None:
    """Seconds to wait by a Retry-After field (RFC 9110, section 10.2.3): a number or an HTTP date.

    None for anything else; a date gone by is 0.
    """
    value = value.strip()
    if value.isdecimal() and value.isascii():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except (ValueError, TypeError):
        return None


class RetryAfterMiddleware(RetryMiddleware):
    """Scrapy's retries, held back as long as 429 or 503 ask for.

    A page for which a site asks for more than RETRY_AFTER_MAX seconds is left for this crawl; with the
    second such answer running, so is the host.
    """

    crawler: Crawler

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._asked_for_rest: dict[str, str] = {}
        """The page that a host refused for long with its last answer."""
        self._resting: dict[str, str] = {}

    def process_request(self, request: Request) -> None:
        """Ask nothing of a host that is left for this crawl."""
        assert self.crawler.engine is not None
        host = self.crawler.engine.downloader.get_slot_key(request)
        if host in self._resting:
            raise Resting(self._resting[host])

    def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        field = (response.headers.get("Retry-After") or b"").decode("latin-1")
        host = request.meta.get("download_slot", "")
        wait = retry_after(field, datetime.now(UTC)) if response.status in {429, 503} else None
        longest = self.crawler.settings.getfloat("RETRY_AFTER_MAX")
        if wait is not None and wait > longest:
            logger.warning(
                "%s asks to come back in %d s, more than RETRY_AFTER_MAX (%d s); given up for now",
                response.url,
                wait,
                longest,
            )
            if self._asked_for_rest.setdefault(host, response.url) != response.url:
                self._leave(host, wait)
            return response
        self._asked_for_rest.pop(host, None)
        if wait is not None:
            logger.info("%s asks to wait %d s", response.url, wait)
            if slot := self._slot(host):  # the whole host rests, not this request alone
                slot.lastseen = monotonic() + wait
                slot.delay = slot.delay or 0.001  # without a delay Scrapy does not look at the clock
        return super().process_response(request, response)

    def _leave(self, host: str, wait: float) -> None:
        """Ask a host no more, not even for what already waits its turn."""
        self._resting[host] = f"not asked: its site wants a pause of {wait / 60:.0f} minutes"
        slot = self._slot(host)
        while slot and slot.queue:
            slot.queue.popleft()[1].errback(Resting(self._resting[host]))

    def _slot(self, host: str) -> Slot | None:
        assert self.crawler.engine is not None
        return self.crawler.engine.downloader.slots.get(host)


class RobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's, but what can't be had forbids everything (RFC 9309, section 2.3.1.4).

    Scrapy looks for rules in the page of a 5xx, and lets all pass after a network error.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._answers: dict[str, asyncio.Future[RobotParser | str | None]] = {}

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """The rules of a request's host, None for none; NoRobots when they could not be had."""
        host = urlsplit(request.url).netloc
        if host not in self._answers:
            self._answers[host] = asyncio.ensure_future(self._ask(request))
        answer = await self._answers[host]
        if isinstance(answer, str):
            raise NoRobots(answer)
        return answer

    async def _ask(self, request: Request) -> RobotParser | str | None:
        """Rules, None for a host that has none, or why they could not be had."""
        assert self.crawler.engine is not None
        asked = Request(
            urljoin(request.url, "/robots.txt"),
            callback=NO_CALLBACK,
            priority=self.DOWNLOAD_PRIORITY,
            meta={"dont_obey_robotstxt": True, "allow_offsite": True},  # its redirects lead anywhere
        )
        try:
            response = await self.crawler.engine.download_async(asked)
        except LeadsAway:
            return None  # redirected without end: unavailable, by section 2.3.1.2
        except Exception as error:
            return f"its robots.txt could not be had: {reason_of(error)}"
        if response.status >= 500:
            return f"its robots.txt answered {response.status}"
        if response.status >= 400:
            return None
        rules: RobotParser = build_from_crawler(self._parserimpl, self.crawler, response.body)
        await self.crawler.signals.send_catch_log_async(
            signals.robots_parsed, robotparser=rules, request=request
        )
        return rules


class CountedDownloader(Downloader):
    """Scrapy's downloader with a limit per host that holds at any delay and under any load.

    Scrapy 2.19 counts a transfer when its coroutine first runs, and may start a second one before.
    """

    def _wait_for_download(
        self, slot: Slot, request: Request, queue_dfd: Deferred[Response]
    ) -> Coroutine[Any, Any, None]:
        slot.transferring.add(request)
        return super()._wait_for_download(slot, request, queue_dfd)


class RedirectsMiddleware(RedirectMiddleware):
    """Names a redirect that goes round in circles, to a host that is none of the society's, or from an
    article to the front page or the list: Scrapy drops them without a word to the spider, the last from
    the second on."""

    def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        try:
            answer = super().process_response(request, response)
        except IgnoreRequest as error:
            raise LeadsAway("redirects too often") from error
        if isinstance(answer, Request):
            is_own = getattr(self.crawler.spider, "is_own", None)
            free = request.dont_filter or request.meta.get("allow_offsite")
            if is_own and not free and not is_own(answer.url):
                raise LeadsAway(f"leads to {answer.url}, which is on none of the society's hosts")
            if answer.url in answer.meta["redirect_urls"]:
                raise LeadsAway("redirects in a circle")
            is_front = getattr(self.crawler.spider, "is_front", None)
            asked = answer.meta["redirect_urls"][0]
            if is_front and "sighting" in answer.meta and is_front(answer.url) and not is_front(asked):
                raise LeadsAway(f"gone: leads to {answer.url}, which is no article")
        return answer


class CompressionMiddleware(HttpCompressionMiddleware):
    """Scrapy's, which reads what there is of half a gzip stream; here it is no page, and is named like a
    body that is not compressed as it says, or unfolds without end.

    Where the archive holds such a body and the site says that it is still the page, the page is asked
    for anew.
    """

    def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        try:
            return self._decoded(request, response)
        except Undecoded:
            if "cached" not in response.flags or _ANEW in request.meta:
                raise
            return request.replace(dont_filter=True, meta=request.meta | {_ANEW: True})

    def _decoded(self, request: Request, response: Response) -> Request | Response:
        try:
            answer = super().process_response(request, response)
        except IgnoreRequest as error:
            raise Undecoded("its compressed body is larger than DOWNLOAD_MAXSIZE") from error
        except Exception as error:  # each format has its own
            raise Undecoded(f"its compressed body can't be read ({error})") from error
        if answer is not response and not _is_whole(response.body):
            raise Undecoded("its compressed body broke off before its end")
        return answer


def _is_whole(body: bytes) -> bool:
    """Has a gzip stream its end? What is no gzip is not judged, nor is a wrong checksum, which browsers
    forgive."""
    if not body.startswith(b"\x1f\x8b"):
        return True
    stream = zlib.decompressobj(wbits=31)
    try:
        stream.decompress(body)
    except zlib.error:
        return True
    return stream.eof


def _unconditional(request: Request) -> None:
    for name in ("If-None-Match", "If-Modified-Since"):
        request.headers.pop(name, None)


class ConditionalPolicy(RFC2616Policy):
    """Every page is asked for, with its validators; what is held stands in for a 304 alone.

    Scrapy's own policy gives yesterday's page for a 5xx, and today's for one of last week by guess.
    """

    def is_cached_response_fresh(self, cachedresponse: Response, request: Request) -> bool:
        self._set_conditional_validators(request, cachedresponse)
        return False

    def is_cached_response_valid(
        self,
        cachedresponse: Response,  # noqa: ARG002
        response: Response,
        request: Request,  # noqa: ARG002
    ) -> bool:
        return response.status == 304


class ArchiveMiddleware(HttpCacheMiddleware):
    """Nothing is parsed before it is in the archive, and nothing in it hides a site that is down."""

    DOWNLOAD_EXCEPTIONS = ()  # type: ignore[assignment]
    crawler: Crawler
    storage: ArchiveStorage
    _stopping: asyncio.Future[Any] | None = None

    def __init__(self, settings: Settings, stats: StatsCollector) -> None:
        if not settings["ARCHIVE_DIR"] or not settings["LEDGER_URL"]:
            raise NotConfigured
        super().__init__(settings, stats)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ArchiveMiddleware:
        society_crawl(crawler)  # else not configured
        middleware = super().from_crawler(crawler)
        crawler.signals.connect(middleware.item_scraped, signal=signals.item_scraped)
        return middleware

    def spider_opened(self, spider: Spider) -> None:
        recorder = self.crawler.get_item_pipeline(Ledger)
        assert recorder is not None
        try:
            super().spider_opened(spider)
            self._prune(recorder)
            self.storage.begin(recorder.run.started, society_crawl(self.crawler).arguments)
            # A crawl that was killed may have told the ledger what it never told the archive.
            for link, minted in recorder.run.minted().items():
                self.storage.commit(link, minted)
        except ArchiveError as error:
            self._failed(error)
            raise CloseSpider("the archive can't be written") from error

    def _prune(self, recorder: Ledger) -> None:
        settings, run = self.crawler.settings, recorder.run
        bounds = {
            "days": settings.getint("ARCHIVE_MAX_DAYS"),
            "size": settings.getint("ARCHIVE_MAX_MB") * 1_000_000,
        }
        if any(bounds.values()):
            live = recorder.ledger.made_from(run.society.name)
            dropped = self.storage.archive.prune(**bounds, now=run.started, live=live)
            if dropped:
                logger.info("%s: the pages of %d crawls were dropped", run.society.name, len(dropped))

    def process_request(self, request: Request) -> Request | Response | None:  # type: ignore[override]
        # A redirect takes its headers along, but validators are those of another page.
        _unconditional(request)
        answer = super().process_request(request)
        if _ANEW in request.meta:
            _unconditional(request)
        return answer

    async def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        answer = super().process_response(request, response)
        await self._written()
        return answer

    async def process_exception(  # type: ignore[override]
        self, request: Request, exception: Exception
    ) -> None:
        request.meta.pop("cached_response", None)
        if not isinstance(exception, IgnoreRequest):
            self.storage.store_failure(request.url, f"{type(exception).__name__}: {exception}")
            await self._written()

    async def item_scraped(self, item: Any) -> None:
        """An entry is committed: its GUID is kept beside the page that it was made from."""
        if isinstance(item, NewsItem) and item.first_seen is not None:
            place = item.sighting.position if item.sighting else 0
            self.storage.commit(item.url, Minted(item.guid, item.first_seen, place))
            # A failure was said, and ends the crawl; the next one makes up for what is missing here.
            with suppress(ArchiveError):
                await self._written()

    async def _written(self) -> None:
        try:
            await self.storage.written()
        except ArchiveError as error:
            self._failed(error)
            if self._stopping is None:
                assert self.crawler.engine is not None
                close = self.crawler.engine.close_spider_async(reason="the archive can't be written")
                self._stopping = asyncio.ensure_future(close)
            raise

    def _failed(self, error: ArchiveError) -> None:
        logger.error("%s", error)
        self.stats.inc_value("archive/failed")

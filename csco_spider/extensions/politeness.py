"""Crawl-delay: no sooner than robots.txt asks, whatever AutoThrottle has learned."""

from __future__ import annotations

import logging
from typing import Self

from scrapy import Request, signals
from scrapy.core.downloader import Slot
from scrapy.crawler import Crawler
from scrapy.robotstxt import RobotParser

logger = logging.getLogger(__name__)

LONGEST = 60.0
"""Seconds; a longer Crawl-delay would turn a nightly crawl into days."""


class CrawlDelay:
    """Keeps each host's delay at or above what its robots.txt asks for."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._floors: dict[str, float] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        extension = cls(crawler)
        crawler.signals.connect(extension.robots_parsed, signal=signals.robots_parsed)
        crawler.signals.connect(extension.response_downloaded, signal=signals.response_downloaded)
        return extension

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        asked = robotparser.crawl_delay(self._crawler.settings["ROBOTSTXT_USER_AGENT"])
        if not asked:
            return
        if asked > LONGEST:
            logger.warning("robots.txt asks for %s s between requests; %s s are kept", asked, LONGEST)
        assert self._crawler.engine is not None
        host = self._crawler.engine.downloader.get_slot_key(request)
        self._floors[host] = min(asked, LONGEST)
        self._raise(host)

    def response_downloaded(self, request: Request) -> None:
        self._raise(request.meta.get("download_slot", ""))

    def _raise(self, host: str) -> None:
        assert self._crawler.engine is not None
        slot: Slot | None = self._crawler.engine.downloader.slots.get(host)
        if slot is not None:
            slot.delay = max(slot.delay, self._floors.get(host, 0.0))

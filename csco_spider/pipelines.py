"""Items are judged here, in the order of their numbers in ``settings.ITEM_PIPELINES``.

Every refusal is an exception with a name, so that Scrapy counts it by reason.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import ClassVar, Protocol, Self, cast

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem, NotConfigured

from csco_spider.items import NewsItem, Society, dedup_key
from csco_spider.ledger import Ledger as Store
from csco_spider.ledger import LedgerError, Run, add_alias, record, stands_apart
from csco_spider.ledger.identity import body_text
from csco_spider.monitoring import Norms

logger = logging.getLogger(__name__)


class Incomplete(DropItem):
    """An item without what a reader needs: its page and the field are named."""


class Duplicate(DropItem):
    """A notice met under another address earlier in this crawl."""


class TooOld(DropItem):
    """A notice from before the day that ``since`` asked for."""


class Unstored(DropItem):
    """A notice that the ledger could not take; its link stays pending."""


class SocietyCrawl(Protocol):
    """What the pipelines need to know of a spider."""

    society: Society
    hosts: Iterable[str]
    since: date | None
    backfill: bool
    arguments: Mapping[str, str]

    def norms(self) -> Norms: ...


def society_crawl(crawler: Crawler) -> SocietyCrawl:
    """The crawl's spider, as the pipelines see it; NotConfigured where no society is crawled, as in
    `scrapy shell` and `scrapy fetch`."""
    if not hasattr(crawler.spider, "society"):
        raise NotConfigured
    return cast("SocietyCrawl", crawler.spider)


def crawl_started(now: str) -> datetime:
    """The crawl's one clock: the ``NOW`` setting if it is given, else this second.

    Raises ValueError for a NOW that is no instant with a zone.
    """
    if not now:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        value = datetime.fromisoformat(now)
    except ValueError as error:
        raise ValueError(f"NOW {now!r} is no instant; write it as 2026-11-23T02:00:00Z") from error
    if value.tzinfo is None:
        raise ValueError(f"NOW {now!r} has no zone; write it as 2026-11-23T02:00:00Z")
    return value.astimezone(UTC).replace(microsecond=0)


@contextmanager
def recording(crawler: Crawler, url: str) -> Iterator[None]:
    """Count and name a write that the ledger refuses, and go on: the crawl's end will tell."""
    try:
        yield
    except LedgerError as error:
        assert crawler.stats is not None
        crawler.stats.inc_value("ledger/failed")
        logger.error("%s: not stored: %s", url, error)


class Complete:
    """100: a title and a link, or Incomplete."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: NewsItem) -> NewsItem:
        where = item.url or (item.sighting.listing if item.sighting else "") or "a listing"
        if not item.url:
            raise Incomplete(f"{where}: the row {item.title[:60]!r} has no link", log_level="WARNING")
        if not item.title:
            raise Incomplete(f"{where}: no title was found", log_level="WARNING")
        since = society_crawl(self._crawler).since
        if since and item.published and item.published.day < since:
            raise TooOld(f"{where}: published {item.published.day}")
        return item


class Ledger:
    """300: record the item; new, changed or unchanged is counted. Owns the crawl's ledger and run."""

    shared: ClassVar[tuple[Store, int | None] | None] = None
    """The ledger that a command has opened, and the number of its night; else a crawl opens its own."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        settings, spider = crawler.settings, society_crawl(crawler)
        # Here, not in open_spider: a ledger that can't be written ends a crawl before it begins.
        self.ledger, night = self.shared or (Store(settings["LEDGER_URL"]), None)
        self.run: Run = self.ledger.begin(
            spider.society,
            spider.hosts,
            crawl_started(settings["NOW"]),
            backfill=spider.backfill,
            night=night,
        )

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def close(self) -> None:
        """Let go of the ledger, unless it is a command's."""
        if self.shared is None:
            self.ledger.close()

    def process_item(self, item: NewsItem) -> NewsItem:
        with recording(self._crawler, item.url):
            state = record(self.run, item)
            assert self._crawler.stats is not None
            self._crawler.stats.inc_value(f"ledger/{state}")
            if item.degraded:
                self._crawler.stats.inc_value("ledger/degraded")
            return item
        raise Unstored(f"{item.url}: not stored")


class Duplicates:
    """200: same publish day and title at another address in this crawl is the same notice.

    The address is kept as an alias of the entry. What earlier crawls met, and what an operator keeps
    apart, is the ledger's business.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._met: dict[str, NewsItem] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: NewsItem) -> NewsItem:
        if item.published is None:
            return item  # without a day, a title alone proves nothing
        key = dedup_key(item.society, item.published.day, item.title)
        first = self._met.setdefault(key, item)
        recorder = self._crawler.get_item_pipeline(Ledger)
        assert recorder is not None
        if first is item or recorder.run.address(first.url) == recorder.run.address(item.url):
            return item
        if not first.guid:  # the first one was not stored, so this one stands for the notice
            self._met[key] = item
            return item
        with recording(self._crawler, item.url):
            if stands_apart(recorder.run, first.guid, item.url):
                return item
            add_alias(recorder.run, first.guid, item)
        same = f"{item.url}: same day and title as {first.url}"
        texts = {body_text(one.content_html) for one in (item, first)}
        if len(texts) == 2 and all(texts):
            split = f"scrapy ledger split {item.url} {item.society}"
            apart = f"with another text; `{split}` keeps it apart"
            raise Duplicate(f"{same}, {apart}", log_level="WARNING")
        raise Duplicate(same)

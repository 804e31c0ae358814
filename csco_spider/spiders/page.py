from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, cast
from urllib.parse import urlsplit

from parsel import Selector
from scrapy import Request
from scrapy.http import Response
from scrapy.settings import BaseSettings

from csco_spider.extract.dates import DateOrder
from csco_spider.extract.feed import Feed
from csco_spider.extract.language import language_of
from csco_spider.extract.links import absolute
from csco_spider.extract.listing import Listing
from csco_spider.extract.metadata import site_name
from csco_spider.items import NewsItem, Row
from csco_spider.platforms.listing import ListingSpider
from csco_spider.platforms.society import is_address
from csco_spider.platforms.zones import zone_of


class PageSpider(ListingSpider):
    """Any news page, for a look: no society, no ledger. `scrapy crawl page -a url=URL -O out.rss`."""

    name = "page"

    def __init__(
        self,
        name: str | None = None,
        url: str = "",
        timezone: str = "",
        language: str = "",
        date_order: str = "",
        **kwargs: Any,
    ) -> None:
        """``url``: the list's address; ``timezone``, ``language`` and ``date_order`` ("mdy" or "dmy"):
        what the page does not say."""
        if unknown := kwargs.keys() - {"site", "since", "backfill", "revisit"}:
            raise ValueError(
                f"no argument {', '.join(sorted(unknown))}; "
                "there are url, timezone, language, date_order"
            )
        if not is_address(address := absolute(url, "")):
            raise ValueError(f"url={url!r}: give a news page, such as url=https://www.example.org/news")
        host = urlsplit(address).hostname or ""
        self.start_urls = [address]
        self.hosts = (host,)
        self.organisation = host.removeprefix("www.")
        self.timezone = timezone or zone_of(host)
        self.language = language or "en"
        self._guessed = not language
        if date_order not in {"", "mdy", "dmy"}:
            raise ValueError(f"date_order={date_order!r}: give mdy or dmy")
        self.date_order = cast("DateOrder | None", date_order or None)
        super().__init__(name, **kwargs)
        self.society = replace(self.society, name=f"page {address}")

    def _fed(self, feed: Feed, response: Response) -> Iterator[Request | NewsItem]:
        self._named(feed.title, feed.rows)
        yield from super()._fed(feed, response)

    def _found(self, page: Selector, url: str) -> Listing:
        found = super()._found(page, url)
        self._named(site_name(page.root)[0], found.rows)
        return found

    def _named(self, name: str, rows: Sequence[Row]) -> None:
        """Call the source what its page or feed does, and its language what its titles show; until one
        has come, it is known by its host."""
        self.organisation = name or self.organisation
        if self._guessed:
            self.language = language_of(" ".join(row.title for row in rows), "") or "en"
        self.society = replace(self.society, organisation=self.organisation, language=self.language)

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        settings.set("LEDGER_URL", "", priority=(settings.getpriority("LEDGER_URL") or 0) + 1)
        settings.set("MAX_LISTING_PAGES", 1, priority="spider")

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast
from urllib.parse import urlsplit

from parsel import Selector
from scrapy import Request
from scrapy.http import Response
from scrapy.settings import BaseSettings

from csco_spider.extract.dates import DateOrder
from csco_spider.extract.feed import Feed
from csco_spider.extract.links import absolute
from csco_spider.extract.listing import Listing
from csco_spider.extract.metadata import site_name
from csco_spider.items import NewsItem
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
        language: str = "en",
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
        if date_order not in {"", "mdy", "dmy"}:
            raise ValueError(f"date_order={date_order!r}: give mdy or dmy")
        self.date_order = cast("DateOrder | None", date_order or None)
        super().__init__(name, **kwargs)
        self.society = replace(self.society, name=f"page {address}")

    def _fed(self, feed: Feed, response: Response) -> Iterator[Request | NewsItem]:
        self._named(feed.title)
        yield from super()._fed(feed, response)

    def _found(self, page: Selector, url: str) -> Listing:
        self._named(site_name(page.root)[0])
        return super()._found(page, url)

    def _named(self, name: str) -> None:
        """Call the source what its page or feed does; until one has come, it is known by its host."""
        self.organisation = name or self.organisation
        self.society = replace(self.society, organisation=self.organisation)

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        settings.set("LEDGER_URL", "", priority=(settings.getpriority("LEDGER_URL") or 0) + 1)
        settings.set("MAX_LISTING_PAGES", 1, priority="spider")

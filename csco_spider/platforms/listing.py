"""Societies that list their notices on pages: listing, unseen articles, items."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import urlsplit

from cssselect import SelectorError
from parsel import Selector
from parsel.csstranslator import css2xpath
from scrapy import Request
from scrapy.http import Response, TextResponse
from w3lib.url import canonicalize_url

from csco_spider.extract.article import Article, read_article
from csco_spider.extract.blocked import Block, says_missing
from csco_spider.extract.feed import Feed, read_feed
from csco_spider.extract.links import attachment
from csco_spider.extract.listing import Listing, read_listing, shaped_rows
from csco_spider.extract.pager import next_page
from csco_spider.itemloaders import item_from_article, item_from_entry, item_from_row
from csco_spider.items import Enclosure, NewsItem, Sighting
from csco_spider.monitoring import Norms
from csco_spider.platforms.society import (
    Blocked,
    NoPage,
    SocietySpider,
    headers_of,
    no_page,
    page_of,
    refuse_blocked,
)

ROWS_PER_PAGE = 1000  # places of one page in a crawl's order

FIELDS = ("link", "title", "date", "teaser")
"""What selectors may be given for inside a row."""
SHORT_BODY = 300  # characters of HTML; a page with so little may be a challenge or a wall


class ListingSpider(SocietySpider):
    """Reads rows from listing pages, by selectors where they are given, else by the shape of links,
    else by what a list looks like; that also takes over where a selector dies. A start page may be a
    feed or a news sitemap instead.

    Callbacks read the response and class attributes only; what was seen before is not their concern.
    """

    entries: ClassVar[str] = ""
    """CSS of one row; empty: every link of the ``article`` shape is a row, or what looks like one."""
    fields: ClassVar[Mapping[str, str]] = {}
    """CSS inside a row: link, title, date, teaser."""
    article: ClassVar[str] = ""
    """Pattern of an article's path and query."""
    listing: ClassVar[str] = ""
    """Pattern of any listing page's path and query, where rows have no selectors."""
    column: ClassVar[str] = ""
    """Pattern of the column's first page, followed from the start pages."""
    pager: ClassVar[str] = ""
    """CSS of the next page's address; empty: found by what pagers say."""
    pinned: ClassVar[str] = ""
    """CSS of a pinned row; empty: rows at the top that break the date order."""

    def _check(self) -> None:
        super()._check()
        if strange := sorted(self.fields.keys() - FIELDS):
            raise ValueError(f"{self.name}: fields {', '.join(strange)}: there are {', '.join(FIELDS)}")
        selectors = {f"fields.{name}": css for name, css in self.fields.items()}
        selectors |= {name: getattr(self, name) for name in ("entries", "pager", "pinned")}
        for name, css in selectors.items():
            try:
                css2xpath(css or "*")
            except SelectorError as error:
                raise ValueError(f"{self.name}: {name} {css!r} is no selector: {error}") from error
        for name in ("article", "listing", "column"):
            try:
                re.compile(pattern := getattr(self, name))
            except re.error as error:
                raise ValueError(f"{self.name}: {name} {pattern!r} is no pattern: {error}") from error

    async def start(self) -> AsyncIterator[Any]:
        for url in self.start_urls:
            yield self._listing_request(url, urlsplit(url).path + "?" + urlsplit(url).query, 0)

    def norms(self) -> Norms:
        selectors = {f"listing/{name}": css for name, css in self.fields.items()}
        selectors |= {"entries": self.entries or self.article, "pager": self.pager}
        return Norms(self.min_entries, selectors)

    def _listing_request(self, url: str, listing: str, page: int) -> Request:
        return Request(url, callback=self.parse, meta={"listing": listing, "page": page})

    def article_request(self, sighting: Sighting) -> Request | None:
        """The request for a row's page; None for a row that is its own whole story."""
        url = sighting.row.url
        if not url or not self.is_own(url) or attachment(url) or self._is_start(url):
            return None
        return Request(self.reachable(url), callback=self.parse_article, meta={"sighting": sighting})

    def _is_start(self, url: str) -> bool:
        """Is it a start page? Asked for as an article, it would not be asked for as a list: Scrapy drops
        the second request for a page."""
        starts = {canonicalize_url(start) for start in self.start_urls}
        return canonicalize_url(self.reachable(url)) in starts

    def parse(self, response: Response, **_: Any) -> Iterator[Request | NewsItem]:
        feed = read_feed(response.body, self.public(response.url), self.zone)
        if feed.entries:
            yield from self._fed(feed, response)
            return
        kind = headers_of(response).get("Content-Type", "")
        page = page_of(response)
        if page is None:
            refuse_blocked(response)
            raise NoPage(
                no_page(kind, response.body) or f"it is no page but a file ({kind or 'unnamed'})"
            )
        meta = response.meta
        found = self._found(page, response.url)
        records = list(self._single_record(page, response, found)) if meta["page"] == 0 else []
        rows = [] if records else found.rows
        if not rows and not records:
            refuse_blocked(response)
            if not feed.kind and (what := no_page(kind, response.body)):
                raise NoPage(what)
        if found.dead:
            rows = [replace(row, without=tuple(found.dead)) for row in rows]
        for index, row in enumerate(rows):
            sighting = Sighting(meta["listing"], meta["page"] * ROWS_PER_PAGE + index, row)
            yield self.article_request(sighting) or item_from_row(self.society, sighting)
        yield from records
        following = next_page(
            page,
            response.url,
            css=self.pager,
            is_listing=self._is_listing if self.listing else None,
        )
        if rows and self.pager and not following:
            following = next_page(page, response.url)
            if following and meta["page"] == 0:  # later pages may be the last
                found.dead.append("pager")
        if rows:
            self._report_dead(found, response.url)
        if following and self.is_own(following):
            yield self._listing_request(self.reachable(following), meta["listing"], meta["page"] + 1)
        if self.column and meta["page"] == 0:
            yield from self._columns(page, response)

    def _fed(self, feed: Feed, response: Response) -> Iterator[Request | NewsItem]:
        """A society's own feed read as its list; what its entries hold stands in for pages elsewhere."""
        for problem in feed.problems:
            self.logger.warning("%s: %s", response.url, problem)
        for index, entry in enumerate(feed.entries):
            sighting = Sighting(response.meta["listing"], index, entry.row)
            yield self.article_request(sighting) or item_from_entry(self.society, entry, sighting)

    def _found(self, page: Selector, url: str) -> Listing:
        if self.article and not self.entries:
            found = shaped_rows(
                page,
                self.public(url),
                is_article=self._is_article,
                zone=self.zone,
                order=self.date_order,
            )
        else:
            found = read_listing(
                page,
                self.public(url),
                entries=self.entries,
                fields=self.fields,
                zone=self.zone,
                order=self.date_order,
                pinned=self.pinned,
                least=self.min_entries,
            )
        for problem in found.problems:
            self.logger.warning("%s: %s", url, problem)
        return found

    def _report_dead(self, found: Listing, url: str) -> None:
        """Say once a crawl which selectors find nothing; what they gave was found without them."""
        stats = self.crawler.stats if hasattr(self, "crawler") else None
        for name in found.dead:
            if name not in self.dead:
                self.logger.warning(
                    "%s: the selector %s of %s finds nothing any more; what it gave is found without",
                    url,
                    name,
                    self.name,
                )
            self.dead.add(name)
            if stats is not None:
                stats.inc_value(f"selector/dead/{name}")

    def _is_article(self, url: str) -> bool:
        return self.is_own(url) and bool(re.search(self.article, _path(url)))

    def _is_listing(self, url: str) -> bool:
        own = self.is_own(url) and bool(re.search(self.listing, _path(url)))
        return own and not self._is_article(url)

    def _columns(self, page: Selector, response: Response) -> Iterator[Request]:
        """The column's first page, where a start page links to it under another address."""
        for href in page.css("a::attr(href)").getall():
            try:
                url = response.urljoin(href)
            except ValueError:
                continue  # an address no parser takes is no column
            if re.search(self.column, _path(url)) and self.is_own(url):
                path = f"{urlsplit(url).path}?{urlsplit(url).query}"
                yield self._listing_request(self.reachable(url), path, 0)

    def _single_record(self, page: Selector, response: Response, found: Listing) -> Iterator[NewsItem]:
        """A column with one record shows the record itself instead of a list; not one that has more."""
        if not self.entries or self.min_entries > 1 or (found.rows and not found.dead):
            return
        article = self._article(page, response, "")
        linked = Selector(text=article.content_html or "<p/>").css("a::attr(href)").getall()
        if len({row.url for row in found.rows}.intersection(linked)) > 1:
            return  # a text that holds the rows is the list
        if article.dated_line and article.when:
            yield item_from_article(self.society, article, self.public(response.url), None)

    def _article(self, page: Selector, response: Response, listed_title: str) -> Article:
        return read_article(
            page.root,
            url=self.public(response.url),
            zone=self.zone,
            order=self.date_order,
            listed_title=listed_title,
            language=self.language,
            move=self.public,
        )

    def parse_article(self, response: Response) -> Iterator[NewsItem]:
        sighting: Sighting = response.meta["sighting"]
        page = page_of(response)
        if page is None or not isinstance(response, TextResponse):
            yield self._file(response, sighting)
            return
        article = self._article(page, response, sighting.row.title)
        if says_missing(article.title) and not says_missing(sighting.row.title):
            said = f"the page says that it is not there: {article.title[:80]!r}"
            raise Blocked(Block("missing", "", said))
        if len(article.content_html) < SHORT_BODY:
            refuse_blocked(response)
        for problem in article.problems:
            self.logger.warning("%s: %s", response.url, problem)
        yield item_from_article(self.society, article, self.public(response.url), sighting)

    def _file(self, response: Response, sighting: Sighting) -> NewsItem:
        """A row that leads to a file: the listing's word, with the file as its enclosure."""
        item = item_from_row(self.society, sighting)
        kind = (response.headers.get("Content-Type") or b"application/octet-stream").decode("latin-1")
        item.enclosures = [Enclosure(item.url, kind.partition(";")[0].strip(), len(response.body))]
        return item


def _path(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")

"""What every society's spider has: who speaks, in which zone, and where its pages really are."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, ClassVar
from urllib.parse import urljoin, urlsplit

from parsel import Selector
from scrapy import Spider
from scrapy.http import HtmlResponse, Response, TextResponse
from scrapy.settings import BaseSettings
from scrapy.utils.python import binary_is_text

from csco_spider.extract.blocked import Block, blocked
from csco_spider.extract.charset import encoding_of
from csco_spider.extract.dates import DateOrder
from csco_spider.extract.feed import names_feed
from csco_spider.extract.links import absolute, moved
from csco_spider.items import Society
from csco_spider.monitoring import Norms
from csco_spider.platforms.zones import zone_named


class Blocked(Exception):  # noqa: N818 - it says what became of a page
    """A page that did not come: something else was answered in its place."""

    def __init__(self, block: Block) -> None:
        super().__init__(f"{_VERDICTS.get(block.kind, 'refused')}: {block.sentence}")


class NoPage(Blocked):
    """A file or data where a page should stand."""

    def __init__(self, what: str) -> None:
        Exception.__init__(self, f"unreadable: {what}")


_FILE = re.compile(r"(?:application/(?!.*(?:xml|json|html))|image/|audio/|video/)", re.IGNORECASE)
_DATA = re.compile(r"(?:application|text)/(?:(?!xhtml).*\+)?(json|xml)", re.IGNORECASE)
_VERDICTS = {"outage": "down", "empty": "down", "script": "unreadable", "missing": "gone"}


class SocietySpider(Spider):
    """Base of all spiders. A subclass states these in its body and seldom needs a method."""

    organisation: str
    """What readers see as the feed's source."""
    language: str = "en"
    timezone: str = "UTC"
    """The society's zone: its dates are days there."""
    hosts: tuple[str, ...] = ()
    """The society's own host and, behind it, its mirrors: one address in the ledger."""
    article_hosts: tuple[str, ...] = ()
    """Other hosts on which its articles stand: followed, and no mirrors; their addresses stay theirs."""
    date_order: DateOrder | None = None
    """How to read 02/11/2022; None refuses it."""
    min_entries: ClassVar[int] = 1
    """How many rows a good night shows at least."""

    def __init__(
        self,
        name: str | None = None,
        site: str = "",
        since: str = "",
        backfill: str = "",
        revisit: str = "",
        **kwargs: Any,
    ) -> None:
        """``site``: another scheme and host; ``since``: YYYY-MM-DD; ``backfill``: 1 walks the whole
        history; ``revisit``: days. Raises ValueError that names the argument and what it takes."""
        if kwargs:
            raise ValueError(
                f"no argument {', '.join(sorted(kwargs))}; there are site, since, backfill, revisit"
            )
        super().__init__(name)
        self._check()
        given = {"site": site, "since": since, "backfill": backfill, "revisit": revisit}
        self.arguments = {argument: value for argument, value in given.items() if value}
        self._own = self.start_urls[0]
        self._site = _site(site) or self._own
        self.start_urls = [moved(url, self._own, self._site) for url in self.start_urls]
        asked = {*self.hosts, *self.article_hosts, urlsplit(self._site).hostname or ""}
        self.allowed_domains = sorted(asked - {""})
        self.since = _day(since)
        if backfill not in {"", "0", "1"}:
            raise ValueError(f"backfill={backfill!r}: give 1 to walk the whole history, or leave it out")
        self.backfill = backfill == "1"
        if revisit and not revisit.isdecimal():
            raise ValueError(f"revisit={revisit!r}: give a number of days, such as revisit=14")
        self.revisit = int(revisit) if revisit else None
        self.dead: set[str] = set()
        """Selectors that found nothing on this crawl's pages."""
        self.society = Society(
            self.name, self.organisation, self.language, self.timezone, self.home_url()
        )

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        introduce(settings)

    def _check(self) -> None:
        """Raise ValueError, with the attribute and what it takes, for what a file can't mean."""
        if not getattr(self, "organisation", ""):
            raise ValueError(f"{self.name}: organisation: say whose news it is")
        addresses = isinstance(self.start_urls, list) and self.start_urls
        if not addresses or not all(is_address(url) for url in self.start_urls):
            raise ValueError(
                f"{self.name}: start_urls {self.start_urls!r}: give a list of addresses, such as "
                '["https://www.example.org/news"]; an international host begins with xn--'
            )
        loose = [one for one in ("hosts", "article_hosts") if not isinstance(getattr(self, one), tuple)]
        if loose:
            raise ValueError(
                f"{self.name}: {loose[0]} {getattr(self, loose[0])!r}: give names in brackets, with a "
                'comma behind each: ("example.org",)'
            )
        if self.date_order not in {None, "mdy", "dmy"}:
            raise ValueError(
                f"{self.name}: date_order {self.date_order!r}: give mdy or dmy, or leave it out"
            )
        if not isinstance(self.min_entries, int) or self.min_entries < 1:
            raise ValueError(
                f"{self.name}: min_entries {self.min_entries!r}: give a whole number from 1"
            )
        try:
            self.zone = zone_named(self.timezone)
        except ValueError as error:
            raise ValueError(f"{self.name}: {error}") from error

    def norms(self) -> Norms:
        """What monitoring should know of the society's pages."""
        return Norms(self.min_entries)

    def home_url(self) -> str:
        """The page that a feed's channel links to, on the society's own host: its list, or its front
        page where the list is a feed."""
        return urljoin(self._own, "/") if names_feed(self._own) else self._own

    def public(self, url: str) -> str:
        """An address as readers know it: what was met on ``site`` is on the society's own host."""
        return moved(url, self._site, self._own)

    def reachable(self, url: str) -> str:
        """An address as this crawl asks for it: the society's own and mirror hosts are ``site``."""
        elsewhere = self._site != self._own and _stands_on(url, self.hosts)
        return moved(url, url, self._site) if elsewhere else url

    def is_own(self, url: str) -> bool:
        """Does an address stand on the society's hosts, its articles' or ``site``?"""
        own = (*self.hosts, *self.article_hosts)
        return urlsplit(url).netloc == urlsplit(self._site).netloc or _stands_on(url, own)

    def is_front(self, url: str) -> bool:
        """Is an address the society's front page, or a list of its?"""
        parts = urlsplit(url)
        own = parts.netloc == urlsplit(self._site).netloc or _stands_on(url, self.hosts)
        return url in self.start_urls or (own and parts.path in {"", "/"} and not parts.query)


def is_address(url: object) -> bool:
    """Is it an address that a crawl can ask for? A password in it is sent to nobody, and a host is
    known by its ASCII name."""
    if not isinstance(url, str) or not absolute(url, ""):
        return False
    return "@" not in (host := urlsplit(url.strip()).netloc) and host.isascii()


def introduce(settings: BaseSettings) -> None:
    """Say in the user agent whom a site's keeper can write to."""
    if contact := settings["CONTACT"]:
        # CrawlerProcess sets its own values once more, at the priority they had.
        above = (settings.getpriority("USER_AGENT") or 0) + 1
        settings.set("USER_AGENT", f"{settings['USER_AGENT']} (+{contact})", priority=above)


def page_of(response: Response) -> Selector | None:
    """A response as a parsed page, decoded once by our own rules; None when it is not text."""
    content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
    if not isinstance(response, TextResponse) or is_file(content_type, response.body):
        return None
    encoding = encoding_of(response.body, content_type)
    if encoding == response.encoding:
        return response.selector
    return HtmlResponse(response.url, body=response.body, encoding=encoding).selector


def is_file(content_type: str, body: bytes) -> bool:
    """Does a server say that it sends a file, and send one? Scrapy believes an address that ends with
    .html."""
    return bool(_FILE.match(content_type)) and not binary_is_text(body[:5000])


def no_page(content_type: str, body: bytes) -> str:
    """What an answer that shows no list is instead of a page; "" for a page."""
    if b"<sitemapindex" in body[:1000]:
        return (
            "it is an index of sitemaps, and names no page: give the one of its sitemaps that has news"
        )
    if data := _DATA.match(content_type):
        feed = "JSON Feed" if data[1].lower() == "json" else "feed"
        return f"it is no page but data ({content_type}), and no {feed}"
    return f"it is no page but a file ({content_type})" if _FILE.match(content_type) else ""


def headers_of(response: Response) -> dict[str, str]:
    """A response's headers as text; what stands there more than once, joined."""
    return {
        name.decode("latin-1"): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
    }


def refuse_blocked(response: Response) -> None:
    """Raise Blocked where a challenge, a wall or an outage came instead of a page."""
    headers = headers_of(response)
    text = response.body.decode(encoding_of(response.body, headers.get("Content-Type", "")), "replace")
    if block := blocked(response.status, headers, text):
        raise Blocked(block)


def _stands_on(url: str, hosts: tuple[str, ...]) -> bool:
    """Is an address on one of some hosts, with or without www?"""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return host in {name.removeprefix("www.") for name in hosts}


def _site(site: str) -> str:
    parts = urlsplit(site)
    if not site:
        return ""
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"}:
        raise ValueError(f"site={site!r}: give scheme and host, such as site=http://127.0.0.1:8000")
    return site


def _day(since: str) -> date | None:
    if not since:
        return None
    try:
        return date.fromisoformat(since)
    except ValueError as error:
        raise ValueError(f"since={since!r}: give a day such as since=2026-01-31") from error

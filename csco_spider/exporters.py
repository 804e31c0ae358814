"""RSS 2.0, Atom 1.0 and JSON Feed 1.1, for `-O out.rss` and the publisher alike.

feedgen builds the XML. What it can't say or says wrongly is put right here, by its extension API:

- entry links lose rel, type and length in Atom: written by ``_EntryWords`` instead;
- the channel link is the last link() of any rel: the home page is given last;
- RSS has no author without a mail address: dc:creator, on every entry and never the author element;
- content without a summary would take the description's place: both are always given;
- ``updated`` and ``lastBuildDate`` default to now: every date is passed, in whole seconds;
- add_entry() reverses the order: ``order="append"``;
- xml:lang and media typed links are unknown to it: added to the finished elements.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import IO, Any, Literal, Self

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree
from scrapy.crawler import Crawler
from scrapy.exporters import BaseItemExporter

from csco_spider.extract.html import clip, one_line, plain_text, xml_chars
from csco_spider.items import NewsItem, Society

logger = logging.getLogger(__name__)

GENERATOR = "csco_spider"
TTL_MINUTES = 360
"""How often a reader may ask: societies are crawled nightly."""
MEDIA_TYPES = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}
_XML = "http://www.w3.org/XML/1998/namespace"
_DC = "http://purl.org/dc/elements/1.1/"
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_FEED_IDS = uuid.UUID("5c0f61c2-6c1c-5a37-8f4e-2f4e1b0f9a11")


Topic = Literal["news", "changes"]


@dataclass(frozen=True, slots=True)
class Feed:
    """What a document says of itself; ``self_url`` is "" where it is served under no known address."""

    society: Society
    self_url: str = ""
    topic: Topic = "news"

    @property
    def id(self) -> str:
        """A URN from the society's name alone: no address or host may change it."""
        name = self.society.name + ("" if self.topic == "news" else f"/{self.topic}")
        return uuid.uuid5(_FEED_IDS, name).urn

    @property
    def title(self) -> str:
        return self.society.organisation + (": changes" if self.topic == "changes" else "")

    @property
    def description(self) -> str:
        what = "News" if self.topic == "news" else "What changed in the news"
        return f"{what} of {self.society.organisation}"


def feed_updated(items: Iterable[NewsItem]) -> datetime:
    """The newest change in a feed; a fixed day for an empty one: bytes never follow the clock."""
    return max((item.updated for item in items if item.updated), default=_EPOCH)


class _FeedWords(BaseExtension):  # type: ignore[misc]
    """xml:lang and the self link's type, which feedgen does not write."""

    def __init__(self) -> None:
        self.language = ""

    def extend_ns(self) -> dict[str, str]:
        return {"dc": _DC}

    def extend_atom(self, feed: etree._Element) -> etree._Element:
        feed.set(f"{{{_XML}}}lang", self.language)
        return feed


class _EntryWords(BaseEntryExtension):  # type: ignore[misc]
    """What an item says that feedgen drops: Atom links with rel and type, dc:creator, language."""

    def __init__(self) -> None:
        self.item: NewsItem | None = None
        self.feed_language = ""

    def extend_atom(self, entry: etree._Element) -> etree._Element:
        item = self._item()
        for link in entry.findall("link"):
            entry.remove(link)
        self._link(entry, {"rel": "alternate", "type": "text/html", "href": item.url})
        for enclosure in item.enclosures:
            words = {"rel": "enclosure", "type": enclosure.type, "href": enclosure.url}
            if enclosure.length is not None:
                words["length"] = str(enclosure.length)
            self._link(entry, words)
        if item.language and item.language != self.feed_language:
            entry.set(f"{{{_XML}}}lang", item.language)
        return entry

    def extend_rss(self, entry: etree._Element) -> etree._Element:
        for author in self._item().authors:
            etree.SubElement(entry, f"{{{_DC}}}creator").text = author
        return entry

    def _item(self) -> NewsItem:
        assert self.item is not None
        return self.item

    @staticmethod
    def _link(entry: etree._Element, attributes: dict[str, str]) -> None:
        etree.SubElement(entry, "link", attributes)


def _generator(feed: Feed, items: list[NewsItem], kind: str) -> FeedGenerator:
    generator = FeedGenerator()
    generator.register_extension("words", _FeedWords, _EntryWords)
    generator.words.language = feed.society.language
    generator.generator(GENERATOR)
    generator.id(feed.id)
    generator.title(one_line(feed.title))
    generator.description(one_line(feed.description))
    generator.language(feed.society.language)
    generator.author(name=one_line(feed.society.organisation))
    if feed.self_url:
        generator.link(href=feed.self_url, rel="self", type=MEDIA_TYPES[kind])
    generator.link(href=feed.society.home_url, rel="alternate", type="text/html")
    newest = feed_updated(items).astimezone(feed.society.zone)
    generator.updated(newest)
    generator.lastBuildDate(newest)
    generator.ttl(TTL_MINUTES)
    for item in items:
        _add(generator, item, feed)
    return generator


def _add(generator: FeedGenerator, item: NewsItem, feed: Feed) -> None:
    entry: FeedEntry = generator.add_entry(order="append")
    assert item.published is not None and item.updated is not None
    summary = _summary(item)
    entry.words.item = item
    entry.words.feed_language = feed.society.language
    entry.guid(item.guid, permalink=False)
    entry.title(item.title)
    entry.link(href=item.url)
    entry.published(item.published.value)
    entry.updated(item.updated)
    entry.summary(xml_chars(summary))
    entry.content(_content(item, summary), type="html")
    for author in item.authors:
        entry.author(name=author)
    for category in item.categories:
        entry.category(term=category)
    if item.enclosures:
        first = item.enclosures[0]
        entry.enclosure(first.url, str(first.length or 0), first.type)


def _withdrawn(item: NewsItem) -> str:
    """What a reader must know first of an entry that its society took back; "" of any other."""
    if item.withdrawn is None:
        return ""
    day = item.withdrawn.date().isoformat()
    if item.language.startswith("zh"):
        return f"该通知已不在学会网站上({day})。"
    return f"Withdrawn: no longer on the society's site ({day})."


def _summary(item: NewsItem) -> str:
    text = item.summary or clip(" ".join(plain_text(item.content_html).split()), 300) or item.title
    return " ".join(filter(None, (_withdrawn(item), text)))


def _content(item: NewsItem, summary: str) -> str:
    note = _withdrawn(item)
    if not item.content_html:
        return f"<p>{escape(summary)}</p>"
    return (f"<p><strong>{escape(note)}</strong></p>" if note else "") + item.content_html


def render_rss(feed: Feed, items: list[NewsItem]) -> bytes:
    """An RSS 2.0 document of items that carry GUID and dates, in the order given."""
    return bytes(_generator(feed, items, "rss").rss_str(pretty=False)) + b"\n"


def render_atom(feed: Feed, items: list[NewsItem]) -> bytes:
    """An Atom 1.0 document (RFC 4287) of items that carry GUID and dates, in the order given."""
    return bytes(_generator(feed, items, "atom").atom_str(pretty=False)) + b"\n"


def render_json(feed: Feed, items: list[NewsItem]) -> bytes:
    """A JSON Feed 1.1 document of items that carry GUID and dates, in the order given."""
    document: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": one_line(feed.title),
        "home_page_url": feed.society.home_url,
        "description": one_line(feed.description),
        "language": feed.society.language,
        "authors": [{"name": one_line(feed.society.organisation)}],
        "items": [_json_item(item) for item in items],
    }
    if feed.self_url:
        document["feed_url"] = feed.self_url
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def _json_item(item: NewsItem) -> dict[str, Any]:
    assert item.published is not None and item.updated is not None
    entry: dict[str, Any] = {
        "id": item.guid,
        "url": item.url,
        "title": item.title,
        "summary": _summary(item),
        "content_html": _content(item, _summary(item)),
        "date_published": item.published.value.isoformat(timespec="seconds"),
        "date_modified": item.updated.isoformat(timespec="seconds"),
        "language": item.language,
        "authors": [{"name": author} for author in item.authors],
        "tags": item.categories,
        "image": item.image,
        "attachments": [
            {"url": e.url, "mime_type": e.type}
            | ({"size_in_bytes": e.length} if e.length is not None else {})
            for e in item.enclosures
        ],
        "_csco_spider": {
            "about": "https://jsonfeed.org/version/1.1#extensions-a-name-extensions-a",
            "date_precision": item.published.precision,
            "date_origin": item.published.origin,
        },
    }
    return {key: value for key, value in entry.items() if value}


_RENDERERS = {"rss": render_rss, "atom": render_atom, "json": render_json}


def render(kind: str, feed: Feed, items: list[NewsItem]) -> tuple[bytes, dict[str, str]]:
    """A document of the given kind, and what had to be left out: reason by GUID.

    feedgen refuses a whole feed for one entry and does not say which; here it costs that entry.
    """
    try:
        return _RENDERERS[kind](feed, items), {}
    except _REFUSALS:
        left_out = {item.guid: reason for item in items if (reason := _refusal(kind, feed, item))}
        if not left_out:
            raise
        return _RENDERERS[kind](feed, [i for i in items if i.guid not in left_out]), left_out


_REFUSALS = (ValueError, TypeError, AssertionError, etree.LxmlError)


def _refusal(kind: str, feed: Feed, item: NewsItem) -> str:
    """Why an item can't be written, "" when it can."""
    try:
        _RENDERERS[kind](feed, [item])
    except _REFUSALS as error:
        return f"{type(error).__name__}: {error}"
    return ""


class _FeedItemExporter(BaseItemExporter):
    """Collects what a crawl read and writes one document at its end, newest first."""

    kind: str

    def __init__(self, file: IO[bytes], *, feed: Feed, **kwargs: Any) -> None:
        super().__init__(dont_fail=True, **kwargs)
        self._file = file
        self._feed = feed
        self._items: list[NewsItem] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler, file: IO[bytes], **kwargs: Any) -> Self:
        society: Society = crawler.spider.society  # type: ignore[union-attr]
        return cls(file, feed=Feed(society), **kwargs)

    def export_item(self, item: NewsItem) -> None:
        self._items.append(item)

    def finish_exporting(self) -> None:
        once = {item.guid: item for item in self._items}
        document, left_out = render(self.kind, self._feed, sorted(once.values(), key=_crawl_order))
        for guid, reason in left_out.items():
            logger.error("%s is left out of the feed: %s", once[guid].url, reason)
        self._file.write(document)


def _crawl_order(item: NewsItem) -> tuple[float, int, str]:
    assert item.published is not None  # the ledger has set it
    position = item.sighting.position if item.sighting else 0
    return -item.published.value.timestamp(), position, item.guid


class RssItemExporter(_FeedItemExporter):
    """`-O out.rss`"""

    kind = "rss"


class AtomItemExporter(_FeedItemExporter):
    """`-O out.atom`"""

    kind = "atom"


class JsonFeedItemExporter(_FeedItemExporter):
    """`-O out.jsonfeed`"""

    kind = "json"

"""A publisher's own feed: where a page names it, what it says, and whether it is the page's.

RSS 0.9 to 2.0, Atom, JSON Feed and news sitemaps. Feeds are data of others: nothing in one is
believed that it contradicts itself, and a feed of another section is told by its overlap with the
list.
"""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from lxml import etree
from parsel import Selector

from csco_spider.extract.dates import DateRefused, parse_date
from csco_spider.extract.html import clip, one_line, plain_text, sanitise
from csco_spider.extract.links import absolute, attachment, without_rotating_keys
from csco_spider.items import TEASER, Enclosure, Row, When, fold

MOST_ENTRIES = 500
"""Entries read of a feed: the rest of a very large one is left, not refused."""
ENOUGH = 0.5
"""Share of a list that its feed must show."""
_TYPES = re.compile(r"application/(?:rss|atom|rdf|feed)\+(?:xml|json)|text/xml|application/json", re.I)
_NAMED = re.compile(
    r"(?:\.rss|\.atom|/feed/?|/rss/?|/atom/?|(?:rss|feed|atom)[\w-]*\.xml"
    r"|(?:news[-_]?sitemap|sitemap[-_]?news)[\w-]*\.xml)$",
    re.IGNORECASE,
)
_KINDS: dict[str, Literal["rss", "atom", "sitemap"]] = {
    "rss": "rss",
    "RDF": "rss",
    "feed": "atom",
    "urlset": "sitemap",
}
_COMMENTS = re.compile(r"comments?\b|评论", re.IGNORECASE)
_ENTRY = frozenset({"item", "entry", "url"})
_MARKUP = re.compile(r"<[a-zA-Z/!]|&(?:#\d+|#x[0-9a-f]+|\w+);", re.IGNORECASE)
_SAME_TIME = 5
"""Entries with one and the same time from which on that time is nobody's."""


@dataclass(slots=True)
class FeedEntry:
    """One entry: the row it is, and what only feeds say. ``guid`` is the publisher's, no more."""

    row: Row
    guid: str = ""
    content_html: str = ""
    authors: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    enclosures: list[Enclosure] = field(default_factory=list)
    updated: When | None = None


@dataclass(slots=True)
class Feed:
    """A feed as read; ``problems`` name what it gets wrong."""

    kind: Literal["rss", "atom", "json", "sitemap", ""] = ""
    title: str = ""
    entries: list[FeedEntry] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def rows(self) -> list[Row]:
        return [entry.row for entry in self.entries]


def feed_links(page: Selector, base: str) -> list[str]:
    """Addresses of the feeds and news sitemaps that a page names, those of its head (autodiscovery)
    first, comments' feeds last."""
    titles: dict[str, str] = {}
    for node in page.css("link[rel~=alternate][href], link[rel~=feed][href], link[rel~=sitemap][href]"):
        if not _TYPES.search(node.root.get("type", "")) and "sitemap" not in node.root.get("rel"):
            continue
        if url := absolute(node.root.get("href"), base):
            titles.setdefault(url, one_line(node.root.get("title", "")))
    for node in page.css("a[href]")[:5000]:
        href = node.root.get("href")
        if names_feed(href) and (url := absolute(href, base)):
            titles.setdefault(url, one_line("".join(node.css("::text").getall()))[:80])
    return sorted(titles, key=lambda url: bool(_COMMENTS.search(f"{url} {titles[url]}")))


def names_feed(url: str) -> bool:
    """Does an address look like a feed's?"""
    return bool(_NAMED.search(url.partition("?")[0]))


def overlap(feed: Iterable[Row], shown: Iterable[Row]) -> float:
    """How far a feed speaks of a list: the share of the shorter of both that stands in the other,
    by address (scheme, www and closing slash aside) or by title. 0 where either is empty."""
    addresses, titles = set[str](), set[str]()
    count = 0
    for row in feed:
        count += 1
        addresses.add(_bare(row.url))
        titles.add(fold(row.title))
    listed = list(shown)
    shared = sum(
        _bare(row.url) in addresses or (len(row.title) >= 8 and fold(row.title) in titles)
        for row in listed
    )
    return min(shared / least, 1.0) if (least := min(count, len(listed))) else 0.0


def read_feed(body: bytes, url: str, zone: ZoneInfo) -> Feed:
    """A feed's entries in its order; one without entries where ``body`` is no feed.

    At most MOST_ENTRIES are read, as a stream. Raises nothing: what can't be read is left out and
    named in ``problems``. Times without a zone are meant in ``zone``.
    """
    body = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    feed = _json_feed(body, url, zone) if body[:1] == b"{" else _xml_feed(body, url, zone)
    if not feed.kind:
        feed.problems.append("no feed: neither RSS, Atom, JSON Feed nor a sitemap")
    return _checked(feed)


def _checked(feed: Feed) -> Feed:
    """The same feed, with what contradicts itself named and not believed."""
    guids = Counter(entry.guid for entry in feed.entries if entry.guid)
    reused = sum(count > 1 for count in guids.values())
    if reused:
        feed.problems.append(f"{reused} GUIDs stand on more than one entry; none is to be relied on")
    times = Counter(entry.row.when for entry in feed.entries if entry.row.when)
    same = next(iter(times)) if len(times) == 1 else None
    if same and same.precision != "day" and times[same] >= _SAME_TIME:
        feed.problems.append("every entry has the same time; only its day is kept")
        for entry in feed.entries:
            if entry.row.when:
                entry.row = replace(entry.row, when=replace(same, precision="day"))
    return feed


def _xml_feed(body: bytes, url: str, zone: ZoneInfo) -> Feed:
    feed = Feed()
    try:
        for event, node in etree.iterparse(
            io.BytesIO(body),
            events=("start", "end"),
            recover=True,
            huge_tree=True,
            resolve_entities=False,
            no_network=True,
        ):
            name = _local(node)
            if event == "start":
                if not feed.kind and name in _KINDS:
                    feed.kind = _KINDS[name]
                elif not feed.kind:
                    return feed  # a page, a list of sitemaps: no feed
                continue
            if name == "title" and not feed.title and _local(node.getparent()) in {"channel", "feed"}:
                feed.title = _plain(_text(node))
            if name not in _ENTRY or (name == "url") != (feed.kind == "sitemap"):
                continue  # an image has an url, too
            if len(feed.entries) == MOST_ENTRIES:
                return feed
            entry = (_news if name == "url" else _entry)(node, url, zone, feed.problems)
            if entry is not None:
                feed.entries.append(entry)
            node.clear()  # a very large feed is never whole in memory
    except etree.XMLSyntaxError as error:
        feed.problems.append(f"broken XML: {error}")
    return feed


def _local(node: etree._Element | None) -> str:
    tag = node.tag if node is not None else ""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _text(node: etree._Element | None) -> str:
    if node is None:
        return ""
    if node.get("type") == "xhtml" or (len(node) and _local(node) in {"content", "summary", "title"}):
        inner = "".join(etree.tostring(child, encoding="unicode", method="html") for child in node)
        return (node.text or "") + inner
    return node.text or ""


def _plain(text: str) -> str:
    """Text of what may be text or escaped HTML."""
    return one_line(plain_text(text) if _MARKUP.search(text) else text)


def _children(node: etree._Element) -> dict[str, list[etree._Element]]:
    children: dict[str, list[etree._Element]] = {}
    for child in node:
        if isinstance(child.tag, str):
            children.setdefault(_local(child), []).append(child)
    return children


def _entry(node: etree._Element, base: str, zone: ZoneInfo, problems: list[str]) -> FeedEntry | None:
    children = _children(node)

    def said(*names: str) -> str:
        return next(
            (text for name in names for one in children.get(name, []) if (text := _text(one).strip())),
            "",
        )

    guid = said("guid", "id")
    link = _link(children, base)
    permanent = all(one.get("isPermaLink") != "false" for one in children.get("guid", []))
    if not link and permanent and guid.startswith(("http://", "https://")):
        link = absolute(guid, base)
    title = _plain(said("title"))
    if not link and not title:
        problems.append("an entry without a link and a title is left out")
        return None
    content = said("encoded", "content")
    summary = said("description", "summary", "subtitle")
    return FeedEntry(
        row=Row(
            url=without_rotating_keys(link),
            title=title,
            when=_when(said("pubDate", "published", "issued", "date", "updated"), zone, problems),
            teaser=clip(_plain(summary or content), TEASER),
        ),
        guid=guid,
        content_html=sanitise(content or summary, link or base) if content or summary else "",
        authors=list(_authors(children)),
        categories=[
            label
            for one in children.get("category", [])
            if (label := one_line(one.get("label") or one.get("term") or one.text or ""))
        ],
        enclosures=list(_enclosures(children, base)),
        updated=_when(said("updated", "modified"), zone, problems),
    )


def _news(node: etree._Element, base: str, zone: ZoneInfo, problems: list[str]) -> FeedEntry | None:
    """A news sitemap's entry; other pages of a sitemap have no title and no day but of their change."""
    children = _children(node)
    if "news" not in children:
        return None
    said = {name: _plain(_text(found[0])) for name, found in _children(children["news"][0]).items()}
    url = absolute(_text(children["loc"][0]).strip(), base) if "loc" in children else ""
    title = said.get("title", "")
    if not url or not title:
        problems.append("an entry of the news sitemap without an address and a title is left out")
        return None
    when = _when(said.get("publication_date", ""), zone, problems)
    return FeedEntry(row=Row(url=without_rotating_keys(url), title=title, when=when), guid=url)


def _link(children: dict[str, list[etree._Element]], base: str) -> str:
    """The entry's page: Atom's alternate link, RSS's text."""
    for node in children.get("link", []):
        if (node.get("rel") or "alternate") == "alternate":
            url = absolute((node.get("href") or node.text or "").strip(), base)
            if url:
                return url
    return ""


def _enclosures(children: dict[str, list[etree._Element]], base: str) -> Iterator[Enclosure]:
    links = (node for node in children.get("link", []) if node.get("rel") == "enclosure")
    for node in [*children.get("enclosure", []), *links]:
        url = absolute(node.get("url") or node.get("href") or "", base)
        if url:
            length = node.get("length") or ""
            guess = attachment(url)
            kind = node.get("type") or (guess.type if guess else "application/octet-stream")
            yield Enclosure(url, kind, int(length) if length.isdecimal() and int(length) else None)


def _authors(children: dict[str, list[etree._Element]]) -> Iterator[str]:
    for node in [*children.get("creator", []), *children.get("author", [])]:
        names = [one for one in node if _local(one) == "name"]
        name = one_line(_text(names[0] if names else node))
        name = re.sub(r"^\S+@\S+\s*\((.+)\)$", r"\1", name)  # RSS: address (name)
        if name and "@" not in name:
            yield name


def _when(text: str, zone: ZoneInfo, problems: list[str]) -> When | None:
    if not text:
        return None
    try:
        return parse_date(text, zone=zone, origin="listing")
    except DateRefused as refusal:
        problems.append(f"feed date refused: {refusal}")
        return None


def _json_feed(body: bytes, url: str, zone: ZoneInfo) -> Feed:
    feed = Feed()
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        feed.problems.append(f"broken JSON: {error}")
        return feed
    if not isinstance(data, dict) or "jsonfeed.org" not in str(data.get("version")):
        return feed
    feed.kind, feed.title = "json", one_line(str(data.get("title") or ""))
    items = data.get("items")
    entries = (item for item in items if isinstance(item, dict)) if isinstance(items, list) else ()
    for item in islice(entries, MOST_ENTRIES):
        feed.entries.append(_json_entry(item, url, zone, feed.problems))
    return feed


def _json_entry(item: dict[str, Any], base: str, zone: ZoneInfo, problems: list[str]) -> FeedEntry:
    def said(name: str) -> str:
        value = item.get(name)
        return value.strip() if isinstance(value, str) else ""

    link = absolute(said("url") or said("external_url"), base)
    content = said("content_html")
    text = said("summary") or said("content_text") or plain_text(content)
    authors = item.get("authors")
    return FeedEntry(
        row=Row(
            url=without_rotating_keys(link),
            title=_plain(said("title")),
            when=_when(said("date_published"), zone, problems),
            teaser=clip(one_line(text), TEASER),
        ),
        guid=said("id"),
        content_html=sanitise(content, link or base) if content else "",
        authors=[
            name
            for one in (authors if isinstance(authors, list) else [])
            if isinstance(one, dict) and (name := one_line(str(one.get("name") or "")))
        ],
        updated=_when(said("date_modified"), zone, problems),
    )


def _bare(url: str) -> str:
    """An address as far as it names a page: no scheme, no www, no closing slash."""
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rstrip('/')}{query}"

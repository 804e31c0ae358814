"""What a page says of its list for machines: JSON-LD, believed only where the page shows the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from parsel import Selector

from csco_spider.extract.dates import DateRefused, parse_date
from csco_spider.extract.html import clip, one_line, plain_text
from csco_spider.extract.links import absolute, without_rotating_keys
from csco_spider.extract.metadata import linked_data
from csco_spider.items import TEASER, Row, When

_ARTICLES = frozenset(
    [
        "Article",
        "NewsArticle",
        "BlogPosting",
        "Report",
        "ScholarlyArticle",
        "TechArticle",
        "PressRelease",
        "MedicalWebPage",
        "WebPage",
        "CreativeWork",
    ]
)
MOST_ITEMS = 1000
MOST_DATA = 2_000_000
"""Characters of JSON-LD that are read of a list."""
_DEPTH = 8


def structured_rows(page: Selector, base: str, zone: ZoneInfo) -> list[Row]:
    """Articles that the page's JSON-LD names with an address, in its order; [] on any nonsense."""
    rows: dict[str, Row] = {}
    for data in linked_data(page.root, MOST_DATA):
        for item in _items(data, _DEPTH):
            row = _row(item, base, zone)
            if row is not None and len(rows) < MOST_ITEMS:
                rows.setdefault(row.url, row)
    return list(rows.values())


def with_structured(rows: list[Row], page: Selector, base: str, zone: ZoneInfo) -> list[Row]:
    """Rows with what JSON-LD adds to them: dates and teasers that the list does not show.

    It must speak of this list: at least half of the smaller of both are the same addresses. Where
    the page shows no list that could be read, its articles are rows if the page links to them.
    """
    said = structured_rows(page, base, zone)
    if len(said) < 2:
        return rows
    by_url = {row.url: row for row in said}
    if not rows:
        links = {
            without_rotating_keys(url)
            for href in page.css("a::attr(href)").getall()[:5000]
            if (url := absolute(href, base))
        }
        shown = [row for row in said if row.url in links and row.title]
        return shown if 2 * len(shown) >= len(said) and len(shown) > 1 else rows
    shared = sum(row.url in by_url for row in rows)
    if 2 * shared < min(len(rows), len(said)):
        return rows
    return [_joined(row, by_url[row.url]) if row.url in by_url else row for row in rows]


def _joined(row: Row, said: Row) -> Row:
    return replace(row, when=row.when or said.when, teaser=row.teaser or said.teaser)


def _items(data: Any, depth: int) -> Iterator[dict[str, Any]]:
    """Every object that is an article, in document order."""
    if depth == 0:
        return
    if isinstance(data, list):
        for one in data[:MOST_ITEMS]:
            yield from _items(one, depth - 1)
    elif isinstance(data, dict):
        kinds = data.get("@type")
        if not _ARTICLES.isdisjoint(map(str, kinds if isinstance(kinds, list) else [kinds])):
            yield data
        for name in ("@graph", "itemListElement", "item", "mainEntity", "hasPart", "blogPost"):
            yield from _items(data.get(name), depth - 1)


def _row(item: dict[str, Any], base: str, zone: ZoneInfo) -> Row | None:
    page = item.get("mainEntityOfPage")
    address = item.get("url") or (page.get("@id") if isinstance(page, dict) else page)
    url = without_rotating_keys(absolute(address, base)) if isinstance(address, str) else ""
    if url in {"", base}:
        return None
    title, teaser = item.get("headline") or item.get("name"), item.get("description")
    return Row(
        url=url,
        title=one_line(plain_text(title)) if isinstance(title, str) else "",
        when=_when(item.get("datePublished"), zone),
        teaser=clip(one_line(plain_text(teaser)), TEASER) if isinstance(teaser, str) else "",
    )


def _when(value: Any, zone: ZoneInfo) -> When | None:
    try:
        return parse_date(value, zone=zone, origin="meta") if isinstance(value, str) else None
    except DateRefused:
        return None

"""Our listing extractor in the form that a scorer runs: bytes and an address in, rows out."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from parsel import Selector

from csco_spider.extract.charset import encoding_of
from csco_spider.extract.listing import find_entries

ZONE = ZoneInfo("UTC")


def listing(html: bytes, url: str | None) -> list[dict[str, str | None]]:
    """Url, title and day of every row that is found with no selectors."""
    text = html.decode(encoding_of(html), "replace")
    found = find_entries(Selector(text=text, type="html"), url or "http://localhost/", zone=ZONE)
    return [
        {
            "url": row.url,
            "title": row.title,
            "date": row.when.day.isoformat() if row.when else None,
        }
        for row in found.rows
    ]

"""Pages of a society kept beside what its spider reads on them: how a parser is held to its word."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from scrapy import Request

from csco_spider.extract.html import plain_text
from csco_spider.items import NewsItem, Row, Sighting, When
from csco_spider.platforms.listing import ListingSpider
from csco_spider.platforms.society import Blocked
from csco_spider.visiting import Asked, Fetched

ARTICLES = 2
"""Article pages recorded of a society."""
EXPECTED = "expected.json"
Reading = dict[str, Any]


def asked(spider: ListingSpider, page: Fetched) -> list[Asked]:
    """What to record besides a society's list: the page after it, and its first articles."""
    try:
        rows, following = _listed(spider, page)
    except (Blocked, ValueError):
        return []  # what came is no list of the society; whoever reads it says so
    requests = [spider.article_request(Sighting("", 0, row)) for row in rows if not row.pinned]
    own = [one.url for one in requests if one][:ARTICLES]
    named = [(f"article-{number}", url) for number, url in enumerate(own, start=1)]
    return [*([("list-2", spider.reachable(following))] if following else []), *named]


def readings(spider: ListingSpider, pages: Iterable[Fetched]) -> dict[str, Reading]:
    """What a society's spider reads on its pages, in words that JSON can hold.

    Raises Blocked or ValueError where the list is something else: a challenge, a wall, a file.
    """
    read: dict[str, Reading] = {}
    listed: dict[str, Row] = {}
    for page in sorted(pages, key=lambda one: (not one.name.startswith("list"), one.name)):
        if page.name.startswith("list"):
            rows, following = _listed(spider, page)
            listed |= {row.url: row for row in rows}
            said: Reading = {"rows": [_row(row) for row in rows], "next": following}
        else:
            row = listed.get(page.url) or Row(page.url)
            meta = {"sighting": Sighting("", 0, row)}
            said = next((_item(one) for one in spider.parse_article(page.response(meta))), {})
        read[page.name] = {"url": page.url, "content_type": page.content_type, **said}
    return read


def load(folder: Path) -> tuple[list[Fetched], dict[str, Reading]]:
    """The pages of a folder, and what was read on them when they were recorded."""
    expected: dict[str, Reading] = json.loads((folder / EXPECTED).read_text(encoding="utf-8"))
    pages = [
        Fetched(
            name, said["url"], 200, said["content_type"], body=(folder / f"{name}.html").read_bytes()
        )
        for name, said in expected.items()
    ]
    return pages, expected


def save(folder: Path, pages: Iterable[Fetched], read: Mapping[str, Reading]) -> bool:
    """Write pages as they came and ``expected.json``; pages of an older recording are taken away.
    False where all of it stands there already."""
    files = {f"{page.name}.html": page.body for page in pages} | {EXPECTED: as_json(read).encode()}
    own = [*folder.glob("*.html"), *folder.glob(EXPECTED)]
    before = {path.name: path.read_bytes() for path in own}
    if before == files:
        return False
    folder.mkdir(parents=True, exist_ok=True)
    for name in before.keys() - files.keys():
        (folder / name).unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return True


def as_json(read: Mapping[str, Reading]) -> str:
    return json.dumps(read, ensure_ascii=False, indent=1) + "\n"


def _listed(spider: ListingSpider, page: Fetched) -> tuple[list[Row], str]:
    rows, following = [], ""
    for output in spider.parse(page.response({"listing": "", "page": int(page.name != "list")})):
        if isinstance(output, NewsItem):
            rows += [output.sighting.row] if output.sighting else []
        elif isinstance(output, Request) and "sighting" in output.meta:
            rows.append(output.meta["sighting"].row)
        elif isinstance(output, Request):
            following = following or spider.public(output.url)
    return rows, following


def _row(row: Row) -> Reading:
    said: Reading = {"url": row.url, "title": row.title, "date": _when(row.when)}
    return {**said, "pinned": True} if row.pinned else said


def _item(item: NewsItem) -> Reading:
    text = " ".join(plain_text(item.content_html).split())
    return {
        "title": item.title,
        "published": _when(item.published),
        "authors": item.authors,
        "language": item.language,
        "image": item.image,
        "enclosures": [enclosure.url for enclosure in item.enclosures],
        "text": text[:200],
        "characters": len(text),
    }


def _when(when: When | None) -> str:
    if when is None:
        return ""
    return str(when.day) if when.precision == "day" else when.value.isoformat()

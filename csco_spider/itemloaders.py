"""What was read on a page, put together into an item: the article's word first, then the listing's."""

from __future__ import annotations

from csco_spider.extract.article import Article
from csco_spider.extract.feed import FeedEntry
from csco_spider.extract.html import one_line
from csco_spider.extract.language import language_of
from csco_spider.extract.links import attachment, without_rotating_keys
from csco_spider.items import WITHOUT, NewsItem, Row, Sighting, Society

TITLE_LENGTH = 500
"""Characters of a title that readers still show; longer ones are cut, with an ellipsis."""

GUESSED = frozenset({"alone", "opening", "footnote", "script", "update"})
"""Sources of an article's date that go behind the listing's."""
_FIELDS = {"when": "published"}
"""An article's fields that an item calls otherwise."""
_SELECTORS = {
    "url": "fields.link",
    "title": "fields.title",
    "published": "fields.date",
    "summary": "fields.teaser",
}
"""A society's selector for each field that a listing gives."""


def item_from_row(society: Society, sighting: Sighting) -> NewsItem:
    """An item from the listing alone: for rows that lead off the society's host, or to a file."""
    row = sighting.row
    file = attachment(row.url) if row.url else None
    return NewsItem(
        society=society.name,
        url=row.url,
        title=_title(row.title),
        published=row.when,
        summary=one_line(row.teaser),
        language=language_of(row.title, society.language),
        enclosures=[file] if file else [],
        sources=_listed(row, url=row.url, title=row.title, published=row.when, summary=row.teaser),
        sighting=sighting,
    )


def item_from_entry(society: Society, entry: FeedEntry, sighting: Sighting) -> NewsItem:
    """An item from the entry of a society's own feed: for one whose page is not asked for."""
    item = item_from_row(society, sighting)
    item.content_html = entry.content_html
    item.authors, item.categories = entry.authors, entry.categories
    item.enclosures = entry.enclosures or item.enclosures
    if entry.content_html:
        item.sources["body"] = "feed"
    return item


def item_from_article(
    society: Society, article: Article, url: str, sighting: Sighting | None
) -> NewsItem:
    """An item from an article page; title and date fall back to the listing's."""
    row = sighting.row if sighting else None
    when, said = article.when, {_FIELDS.get(n, n): source for n, source in article.sources.items()}
    if row and row.when and said.get("published") in GUESSED:
        when = None
        del said["published"]
    if article.summary:
        said["summary"] = said.get("body", "shown")
    if row and sighting and sighting.listing:  # a row of the ledger's own is no listing's word
        own = {name: source for name, source in said.items() if source != "listing"}
        said = _listed(row, url=row.url, title=row.title, published=row.when, summary=row.teaser) | own
    return NewsItem(
        society=society.name,
        url=without_rotating_keys(url),
        title=_title(article.title or (row.title if row else "")),
        published=when or (row.when if row else None),
        summary=article.summary or (one_line(row.teaser) if row else ""),
        content_html=article.content_html,
        authors=article.authors,
        language=article.language or society.language,
        image=article.image,
        enclosures=article.enclosures,
        sources=said,
        sighting=sighting,
    )


def _listed(row: Row, **fields: object) -> dict[str, str]:
    """The source of each field that a listing gave."""
    sources = {}
    for name, value in fields.items():
        dead = [selector for selector in row.without if selector in {"entries", _SELECTORS.get(name)}]
        if value:
            sources[name] = f"listing{WITHOUT}{' and '.join(dead)}" if dead else "listing"
    return sources


def _title(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1].rstrip() + "…"

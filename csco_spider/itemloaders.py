"""What was read on a page, put together into an item: the article's word first, then the listing's."""

from __future__ import annotations

from csco_spider.extract.article import Article
from csco_spider.extract.html import one_line
from csco_spider.extract.language import language_of
from csco_spider.extract.links import attachment, without_rotating_keys
from csco_spider.items import NewsItem, Sighting, Society

TITLE_LENGTH = 500
"""Characters of a title that readers still show; longer ones are cut, with an ellipsis."""


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
        sighting=sighting,
    )


def item_from_article(
    society: Society, article: Article, url: str, sighting: Sighting | None
) -> NewsItem:
    """An item from an article page; title and date fall back to the listing's."""
    row = sighting.row if sighting else None
    return NewsItem(
        society=society.name,
        url=without_rotating_keys(url),
        title=_title(article.title or (row.title if row else "")),
        published=article.when or (row.when if row else None),
        summary=article.summary or (one_line(row.teaser) if row else ""),
        content_html=article.content_html,
        authors=article.authors,
        language=article.language or society.language,
        image=article.image,
        enclosures=article.enclosures,
        sighting=sighting,
    )


def _title(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1].rstrip() + "…"

"""`python -m benchmarks.extract CORPUS_DIR`: our extraction beside trafilatura's on the same pages."""

from __future__ import annotations

from typing import Any

from parsel import Selector

from csco_spider.extract.article import read_article
from csco_spider.extract.charset import encoding_of


def extract(html: bytes, url: str) -> dict[str, Any]:
    """What an article page says, as plain values."""
    text = html.decode(encoding_of(html), "replace")
    article = read_article(Selector(text=text, type="html").root, url=url or "", zone=None)
    return {
        "title": article.title,
        "published": article.when.day.isoformat() if article.when else None,
        "authors": article.authors,
        "language": article.language,
        "body": article.text,
        "image": article.image or None,
        "sources": article.sources,
    }

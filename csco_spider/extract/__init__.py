"""A page to its fields: pure functions of a parsed tree; no network, no clock, no Scrapy.

``read_article(root, *, url, zone, ...)`` gives an article page as an ``Article``: title, dates, authors,
language, image, body as clean HTML and as text, files, and for each field where it was read.
"""

from csco_spider.extract.article import Article, read_article

__all__ = ["Article", "read_article"]

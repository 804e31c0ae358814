"""A page to what it says: pure functions of a parsed tree; no network, no clock, no Scrapy.

``find_entries(page, base, zone=...)`` gives the rows of a page's list of notices, with no selectors.
``read_article(root, *, url, zone, ...)`` gives an article page as an ``Article``: title, dates, authors,
language, image, body as clean HTML and as text, files, and for each field where it was read.
"""

from csco_spider.extract.article import Article, read_article
from csco_spider.extract.listing import Listing, find_entries

__all__ = ["Article", "Listing", "find_entries", "read_article"]

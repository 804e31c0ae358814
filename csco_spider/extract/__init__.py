"""A page to what it says: pure functions over a parsed page, no network, no clock, no Scrapy.

``find_entries(page, base, zone=...)`` gives the rows of a page's list of notices, with no selectors.
"""

from csco_spider.extract.listing import find_entries

__all__ = ["find_entries"]

"""A file that does not say whose news it is."""

from __future__ import annotations

from csco_spider.platforms.listing import ListingSpider


class NobodySpider(ListingSpider):
    """It says where the news stands."""

    name = "nobody"
    hosts = ("nobody.example.org",)
    start_urls = ["https://nobody.example.org/news"]  # noqa: RUF012 - a class body is a declarative file

"""A file that can be read, and can't be meant."""

from __future__ import annotations

from csco_spider.platforms.listing import ListingSpider


class WrongSpider(ListingSpider):
    """Its selector has a bracket too few."""

    name = "wrong"
    organisation = "Society of the Tests"
    hosts = ("wrong.example.org",)
    start_urls = ["https://wrong.example.org/news"]  # noqa: RUF012 - a class body is a declarative file
    entries = "li[class=row"

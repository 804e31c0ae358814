"""A society whose articles stand on two hosts. For `-s SPIDER_MODULES=tests.sites.two_hosts`."""

from __future__ import annotations

from csco_spider.platforms.listing import ListingSpider


class TwoHostsSpider(ListingSpider):
    """Its other host is the machine under another name than ``site``."""

    name = "two_hosts"
    organisation = "Society of the Tests"
    hosts = ("two.example.org",)
    article_hosts = ("localhost",)
    start_urls = ["https://two.example.org/news"]  # noqa: RUF012 - a class body is a declarative file

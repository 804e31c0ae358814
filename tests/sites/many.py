"""Societies for nights: as many alike as the environment's SOCIETIES says, and some that misbehave.

For `-s SPIDER_MODULES=tests.sites.many`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

from scrapy.http import Response

from csco_spider.platforms.listing import ListingSpider
from csco_spider.spiders.csco_cn import CscoCnSpider as _Real


class _Plain(ListingSpider):
    organisation = "Society of the Tests"
    timezone = _Real.timezone
    entries = _Real.entries
    fields = _Real.fields
    pager = _Real.pager
    min_entries = 1


class EndlessSpider(_Plain):
    """Its callback computes for ever."""

    name = "endless"
    hosts = ("endless.example.org",)
    start_urls = ["https://endless.example.org/cn/nlist.aspx?cids=158"]  # noqa: RUF012 - a class body is a declarative file

    def parse(self, response: Response, **_: Any) -> Iterator[Any]:
        while True:
            pass


class WildSpider(_Plain):
    """A regular expression that never comes back, and keeps the interpreter's lock meanwhile."""

    name = "wild"
    hosts = ("wild.example.org",)
    start_urls = ["https://wild.example.org/cn/nlist.aspx?cids=158"]  # noqa: RUF012 - a class body is a declarative file

    def parse(self, response: Response, **_: Any) -> Iterator[Any]:
        re.match(r"(?:a+)+$", "a" * 64 + "b")
        yield from ()


class BrokenSpider(_Plain):
    """Can't begin."""

    name = "broken"
    hosts = ("broken.example.org",)
    start_urls = ["https://broken.example.org/cn/nlist.aspx?cids=158"]  # noqa: RUF012 - a class body is a declarative file

    def start(self) -> Any:
        raise RuntimeError("no start for you")


for _number in range(int(os.environ.get("SOCIETIES", "2"))):
    _name = f"society_{_number}"
    globals()[_name] = type(
        f"Society{_number}Spider",
        (_Plain,),
        {
            "__module__": __name__,
            "name": _name,
            "hosts": (f"{_number}.example.org",),
            "start_urls": [f"https://{_number}.example.org/cn/nlist.aspx?cids=158"],
        },
    )

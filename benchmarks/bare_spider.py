"""The yardstick: a Scrapy spider that downloads a list of pages and does nothing with them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response


class BareSpider(Spider):
    """Downloads every address in the file ``pages``."""

    name = "bare"
    custom_settings = {  # noqa: RUF012 - Scrapy's own form
        "SPIDER_MIDDLEWARES": {"csco_spider.seen.SeenFilter": None},
        "ITEM_PIPELINES": {},
        "EXTENSIONS": {},
    }

    async def start(self) -> AsyncIterator[Any]:
        for line in Path(self.pages).read_text().splitlines():  # type: ignore[attr-defined]
            yield Request(line)

    def parse(self, response: Response, **_: Any) -> None:
        """Nothing."""

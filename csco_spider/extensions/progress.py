"""A bar on a terminal, plain lines everywhere else: what the crawl is doing right now."""

from __future__ import annotations

import logging
import sys
from time import monotonic
from typing import Self

from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn
from scrapy import signals
from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

LINE_SECONDS = 10.0
"""Between two plain lines."""


class Progress:
    """Counts pages and entries aloud while a crawl runs."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._bar: Bar | None = None
        self._said = 0.0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        extension = cls(crawler)
        connect = crawler.signals.connect
        connect(extension.opened, signal=signals.spider_opened)
        for event in (signals.response_received, signals.item_scraped, signals.item_dropped):
            connect(extension.moved, signal=event)
        connect(extension.closed, signal=signals.spider_closed)
        return extension

    def opened(self) -> None:
        self._said = monotonic()
        if sys.stderr.isatty():
            columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
            self._bar = Bar(*columns, console=Console(stderr=True), transient=True)
            self._bar.add_task(self._line())
            self._bar.start()

    def moved(self) -> None:
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], description=self._line())
        elif monotonic() - self._said >= LINE_SECONDS:
            self._said = monotonic()
            logger.info(self._line())

    def closed(self) -> None:
        if self._bar is not None:
            self._bar.stop()

    def _line(self) -> str:
        stats, spider = self._crawler.stats, self._crawler.spider
        assert stats is not None and spider is not None
        pages, new, changed, known = (
            stats.get_value(name, 0)
            for name in ("response_received_count", "ledger/new", "ledger/changed", "ledger/known")
        )
        return f"{spider.name}: {pages} pages, {new} new, {changed} changed, {known} known"

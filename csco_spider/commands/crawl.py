"""`scrapy crawl NAME`: Scrapy's own, with checks before it starts and a true exit code after it."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path
from time import monotonic
from typing import Any, ClassVar

from rich.console import Console
from rich.table import Table
from rich.text import Text
from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError

from csco_spider.archive import Archive, ArchiveError
from csco_spider.bounds import check_numbers
from csco_spider.commands.heard import Heard
from csco_spider.commands.list import no_society
from csco_spider.extensions.publishing import CloseReport, Publishing
from csco_spider.ledger import Ledger, LedgerError
from csco_spider.outcome import summary
from csco_spider.pipelines import Ledger as Recorder
from csco_spider.pipelines import crawl_started, society_crawl
from csco_spider.publish import PublishError, check_base_url
from csco_spider.seen import SeenFilter

logger = logging.getLogger(__name__)


class Command(Heard, ScrapyCrawl):
    """Exit codes: 0 well (a quiet night is well), 1 failed, refused or empty, 2 could not start,
    3 quarantined."""

    # Log lines would break the bar; without one they are the only sign of life.
    default_settings: ClassVar[dict[str, Any]] = {
        "LOG_LEVEL": "WARNING" if sys.stderr.isatty() else "INFO"
    }
    _crawler: Crawler

    def short_desc(self) -> str:
        return "Crawl a society's news and publish its feeds"

    def _create_crawler(self, *args: Any, **kwargs: Any) -> Crawler:
        self._crawler = super()._create_crawler(*args, **kwargs)
        return self._crawler

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            raise UsageError("name one society, such as `scrapy crawl csco`; see `scrapy list`")
        ledger = self._checked(args[0], opts.spargs)
        started = monotonic()
        Recorder.shared = (ledger, None)
        try:
            with Swallowed() as swallowed:
                fault = self._run(args[0], opts.spargs)
        finally:
            Recorder.shared = None
            ledger.close()
        extension = self._crawler.get_extension(Publishing)
        report = extension.report if extension else None
        if report is None:
            self.exitcode = 1
            said = fault if isinstance(fault, LedgerError) else "the crawl could not start; see the log"
            print(f"{args[0]}: {said}", file=sys.stderr)
            return
        console = Console(stderr=True)
        console.print(closing_table(self._crawler, report, monotonic() - started))
        for hint in self._hints():
            console.print(hint, style="dim", soft_wrap=True)
        if not report.outcome.good:
            self.exitcode = 3 if report.outcome.state == "quarantined" else 1
        elif swallowed.first:
            self.exitcode = 1
            print(f"{args[0]}: {swallowed.first}; see the log", file=sys.stderr)
            return
        print(report.outcome.sentence or self._summary(report), file=sys.stderr)

    def _run(self, name: str, arguments: dict[str, str]) -> BaseException | None:
        """Crawl; what broke the crawl off, if anything did, is logged unless it speaks for itself."""
        assert self.crawler_process is not None
        crawl: Any = self.crawler_process.crawl(self._create_crawler(name), **arguments)
        self.crawler_process.start()
        fault: BaseException | None = crawl.exception() if crawl.done() else None
        if fault is not None and not isinstance(fault, LedgerError):
            logger.error("%s: the crawl broke", name, exc_info=fault)
        self.exitcode = int(self.crawler_process.bootstrap_failed)
        return fault

    def _checked(self, name: str, arguments: dict[str, str]) -> Ledger:
        """The ledger that the crawl will write; UsageError (exit 2) for what would only fail later, and
        less clearly."""
        assert self.crawler_process is not None and self.settings is not None
        loader = self.crawler_process.spider_loader
        if name not in loader.list():
            raise UsageError(no_society(loader, name), print_help=False)
        try:
            spider = loader.load(name)
            spider(**arguments)
            settings = self.settings.copy()
            spider.update_settings(settings)
            check_numbers(settings)
            crawl_started(self.settings["NOW"])
            check_base_url(self.settings["PUBLISH_BASE_URL"])
            if settings["LEDGER_URL"] and settings["ARCHIVE_DIR"]:
                Archive(Path(settings["ARCHIVE_DIR"]), name).close()
            return Ledger(settings["LEDGER_URL"])
        except (ValueError, LedgerError, ArchiveError, PublishError) as error:
            raise UsageError(str(error), print_help=False) from error

    def _summary(self, report: CloseReport) -> str:
        """A good crawl in a sentence."""
        crawler, seen = self._crawler, self._crawler.get_spider_middleware(SeenFilter)
        assert crawler.stats is not None and seen is not None
        return summary(
            society_crawl(crawler).society.name,
            seen.report,
            found=crawler.stats.get_value("listing/rows", 0),
            new=crawler.stats.get_value("ledger/new", 0),
            changed=crawler.stats.get_value("ledger/changed", 0),
            pending=report.pending if crawler.settings["LEDGER_URL"] else 0,
            alarms=[alarm.text for alarm in report.alarms],
        )

    def _hints(self) -> list[str]:
        """What an operator should know of this setup, said at every run."""
        settings = self._crawler.settings
        hints = []
        if not settings["LEDGER_URL"]:
            hints.append("LEDGER_URL is empty: nothing was remembered or published")
        elif not settings["PUBLISH_BASE_URL"]:
            hints.append("PUBLISH_BASE_URL is empty: the feeds carry no self link")
        if not settings["CONTACT"]:
            hints.append("CONTACT is empty: a site's keeper has no one to write to")
        return hints


class Swallowed(logging.Handler):
    """Keeps the first error that Scrapy logs and goes on from, where a crawl that had one is not well:
    in the handler of a signal, or as it wrote a file of `-O`."""

    _LOGGERS = ("scrapy.utils.signal", "scrapy.extensions.feedexport")

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.first = ""

    def __enter__(self) -> Swallowed:
        for name in self._LOGGERS:
            logging.getLogger(name).addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        for name in self._LOGGERS:
            logging.getLogger(name).removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info and record.exc_info[1]
        self.first = self.first or (f"{type(error).__name__}: {error}" if error else record.getMessage())


def closing_table(crawler: Crawler, report: CloseReport, seconds: float) -> Table:
    """What a crawl found and did, in two columns: of what was found, and of what was asked for though no
    list shows it, each entry is counted once below."""
    assert crawler.stats is not None and crawler.spider is not None
    stats, seen = crawler.stats.get_stats(), crawler.get_spider_middleware(SeenFilter)
    assert seen is not None
    name = getattr(crawler.spider, "organisation", crawler.spider.name)
    title = Text(name, style="table.title")  # "[new]" in a name is no markup
    table = Table(title=title, show_header=False)
    unchanged = stats.get("ledger/unchanged", 0) + stats.get("ledger/known", 0)
    table.add_row("found", str(stats.get("listing/rows", 0)))
    if seen.unlisted:
        table.add_row("unlisted", str(seen.unlisted))
    table.add_row("new", str(stats.get("ledger/new", 0)))
    table.add_row("changed", str(stats.get("ledger/changed", 0)))
    table.add_row("unchanged", str(unchanged))
    if seen.report.articles_failed:
        table.add_row("not read", str(len(seen.report.articles_failed)))
    for name, count in sorted(stats.items()):
        if name.startswith("item_dropped_reasons_count/"):
            table.add_row(f"dropped: {name.rpartition('/')[2]}", str(count))
    for name in sorted(stats):
        if name.startswith("selector/dead/"):
            table.add_row("dead selector", name.removeprefix("selector/dead/"))
    if report.pending and crawler.settings["LEDGER_URL"]:
        table.add_row("pending", str(report.pending))
    if report.newest:
        table.add_row("newest entry", Text(report.newest))
    for word, paths in (
        ("written", report.published.written),
        ("as before", report.published.unchanged),
    ):
        if paths:
            table.add_row(word, "\n".join(str(path) for path in paths))
    table.add_row("seconds", f"{seconds:.1f}")
    return table

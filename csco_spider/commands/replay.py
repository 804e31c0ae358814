"""`scrapy replay NAME`: read the archived crawls once more, and show what subscribers would see."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from scrapy import signals
from scrapy.commands import ScrapyCommand
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings

from csco_spider.archive import Archive, ArchiveError, Crawled
from csco_spider.bounds import check_numbers
from csco_spider.commands import loop
from csco_spider.commands.heard import Heard
from csco_spider.commands.list import broken, no_society
from csco_spider.commands.publish import publish_society
from csco_spider.extensions.publishing import held_back
from csco_spider.items import NewsItem, Society
from csco_spider.ledger import Ledger, LedgerError, record, upkeep
from csco_spider.ledger.nights import habits, last_published
from csco_spider.ledger.run import REPLAYED
from csco_spider.outcome import quarantine
from csco_spider.pipelines import Ledger as Recorder
from csco_spider.pipelines import crawl_started
from csco_spider.platforms.society import SocietySpider
from csco_spider.publish import PublishError
from csco_spider.publish.guard import implausible
from csco_spider.replay import Difference, compare, lines


def settings_of(settings: BaseSettings, ledger_url: str, crawl: Crawled) -> dict[str, Any]:
    """What differs in a replay: the crawl's clock, answers from the archive, no network, no feeds."""
    middlewares = "scrapy.downloadermiddlewares"
    return {
        "LEDGER_URL": ledger_url,
        "PUBLISH_DIR": "",
        "NOW": crawl.started.isoformat(),
        "REPLAY_CRAWL": crawl.number,
        "HTTPCACHE_STORAGE": "csco_spider.archive.storage.ReplayStorage",
        "HTTPCACHE_POLICY": "scrapy.extensions.httpcache.DummyPolicy",
        "HTTPCACHE_IGNORE_MISSING": True,
        "DOWNLOADER_MIDDLEWARES": {
            **settings.getdict("DOWNLOADER_MIDDLEWARES"),
            "csco_spider.middlewares.ArchiveMiddleware": None,
            f"{middlewares}.httpcache.HttpCacheMiddleware": 900,
        },
        "EXTENSIONS": {"csco_spider.extensions.publishing.Publishing": 700},
        "DOWNLOAD_HANDLERS": {"http": None, "https": None},  # nothing can reach a site
        "ROBOTSTXT_OBEY": False,
        "RETRY_ENABLED": False,
        "DOWNLOAD_DELAY": 0,
        "AUTOTHROTTLE_ENABLED": False,
        "CONCURRENT_REQUESTS": 1,
        "FEEDS": {},
    }


@dataclass(slots=True)
class Replayed:
    """A society whose crawls were read again into a ledger of their own."""

    society: Society
    difference: Difference
    causes: list[str]
    crawls: int
    unread: int
    """Pages that were asked for and could not be read from the archive."""


class Stopped(Exception):  # noqa: N818 - no error
    """Somebody asked to stop between two crawls."""


class Command(Heard, ScrapyCommand):
    """Exit codes: 0 whatever the diff, 1 stopped, or with --check a diff is not empty, 2 it could not be
    done, 3 with --apply: recorded, and quarantined by the flood guard."""

    requires_project = True
    default_settings: ClassVar[dict[str, Any]] = {"LOG_LEVEL": "ERROR"}
    _stopped = ""

    def syntax(self) -> str:
        return "[--since DAY] [--check | --apply] NAME … | --all"

    def short_desc(self) -> str:
        return "Read archived crawls again and show what subscribers would see"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--all", action="store_true", help="every society that has an archive")
        parser.add_argument("--since", default="", metavar="DAY", help="crawls from this day on (UTC)")
        does = parser.add_mutually_exclusive_group()
        does.add_argument("--check", action="store_true", help="exit 1 when any diff is not empty")
        does.add_argument("--apply", action="store_true", help="record what was read and publish it")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        names, since = self._names(args, everything=opts.all), _day(opts.since)
        if opts.apply and since:
            raise UsageError("--apply takes the whole archive; leave --since out", print_help=False)
        try:
            check_numbers(self.settings)
            url = self.settings["LEDGER_URL"]
            make = bool(url) and opts.apply  # else all would be new to a mistyped address
            with closing(Ledger(url, make=make)) as ledger:
                loop.run(self._all(names, since, opts, ledger), self._stop)
        except Stopped as error:
            self.exitcode = 1
            print(error, file=sys.stderr)
        except (ArchiveError, LedgerError, PublishError, ValueError) as error:
            raise UsageError(str(error), print_help=False) from error

    def _stop(self, why: str) -> None:
        self._stopped = why

    def _names(self, args: list[str], *, everything: bool) -> list[str]:
        assert self.settings is not None and self.crawler_process is not None
        loader, folder = self.crawler_process.spider_loader, Path(self.settings["ARCHIVE_DIR"])
        if bool(args) == everything:
            raise UsageError(
                "name societies, such as `scrapy replay csco`, or give --all", print_help=False
            )
        if everything:
            args = [
                name for name in sorted({*loader.list(), *broken(loader)}) if (folder / name).is_dir()
            ]
        for name in args:
            if name not in loader.list() or not issubclass(loader.load(name), SocietySpider):
                raise UsageError(no_society(loader, name), print_help=False)
            if not (folder / name).is_dir():
                raise UsageError(f"{folder / name}: there is no archive to replay", print_help=False)
        return args

    async def _all(
        self, names: list[str], since: date | None, opts: argparse.Namespace, ledger: Ledger
    ) -> None:
        for name in names:
            with (
                TemporaryDirectory(prefix="replay-") as folder,
                closing(Ledger(f"sqlite:///{folder}/ledger.sqlite3")) as scratch,
            ):
                replayed = await self._replay(name, since, ledger, scratch)
                self._say(replayed)
                if opts.check and replayed.difference:
                    self.exitcode = 1
                if opts.apply:
                    self._apply(replayed, ledger, scratch)

    async def _replay(self, name: str, since: date | None, ledger: Ledger, scratch: Ledger) -> Replayed:
        """Live through the archived crawls of a society again, in an empty ledger."""
        assert self.settings is not None and self.crawler_process is not None
        with closing(Archive(Path(self.settings["ARCHIVE_DIR"]), name)) as archive:
            committed, kept = archive.guids(), archive.crawls()
        left_out = ledger.discarded(name)
        crawls = [
            crawl
            for crawl in kept
            if crawl.started not in left_out and not (since and crawl.started.date() < since)
        ]
        if not crawls:
            raise ArchiveError(
                f"{name}: the archive holds no crawl" + (f" since {since}" if since else "")
            )
        spider = self.crawler_process.spider_loader.load(name)
        before, unread = ledger.guids(name), 0
        for crawl in crawls:
            if self._stopped:
                raise Stopped(f"stopped ({self._stopped}): of {name} nothing is changed")
            settings = self.settings.copy()
            own = settings_of(settings, scratch.engine.url.render_as_string(), crawl)
            settings.setdict(own, priority="cmdline")
            crawler = Crawler(spider, settings)

            def remember(crawler: Crawler = crawler) -> None:
                recorder = crawler.get_item_pipeline(Recorder)
                assert recorder is not None
                known = {recorder.run.address(url): entry for url, entry in committed.items()}
                recorder.run.remembered = known | before

            crawler.signals.connect(remember, signal=signals.spider_opened, weak=False)
            await crawler.crawl_async(**crawl.arguments)
            assert crawler.stats is not None
            unread += crawler.stats.get_value("httpcache/retrieve_error", 0)
        for stays, went in ledger.merged(name):
            if {stays, went} <= scratch.stated(name).keys():
                upkeep.merge(scratch.engine, stays, went, crawls[-1].started)
        return self._compared(scratch.society(name), ledger, scratch, crawls, unread)

    def _compared(
        self, society: Society, ledger: Ledger, scratch: Ledger, crawls: list[Crawled], unread: int
    ) -> Replayed:
        assert self.settings is not None
        size = self.settings.getint("FEED_WINDOW")
        before, after = ledger.window(society), scratch.window(society)
        difference = compare(
            before,
            after,
            ledger.stated(society.name),
            scratch.stated(society.name),
            {crawl.started for crawl in crawls},
        )
        published = last_published(ledger.engine, society.name)
        window = sorted([*before, *difference.new], key=_instant, reverse=True)[:size]
        causes = (
            implausible(
                published.instants,
                window,
                difference.night(),
                habits(ledger.engine, society.name, sys.maxsize),
                filling=False,
            )
            if published.instants
            else []
        )
        return Replayed(society, difference, causes, len(crawls), unread)

    def _say(self, replayed: Replayed) -> None:
        name, difference = replayed.society.name, replayed.difference
        print(f"{name}: {replayed.crawls} crawls read again")
        for line in lines(difference):
            print(line)
        if not difference:
            print("no difference: subscribers would see what they see now")
        for cause in replayed.causes:
            print(f"the flood guard would hold it back: {cause}")
        if replayed.unread:
            print(f"{replayed.unread} pages could not be read from the archive: see the log")

    def _apply(self, replayed: Replayed, ledger: Ledger, scratch: Ledger) -> None:
        """Record what differs; a society that the ledger does not hold is taken over whole."""
        assert self.settings is not None
        name, society = replayed.society.name, replayed.society
        if not ledger.count(name):
            upkeep.load(ledger.engine, upkeep.export(scratch.engine))
            print(f"{name}: rebuilt {ledger.count(name)} entries")
        else:
            hosts = self._hosts(name)
            run = ledger.begin(society, hosts, crawl_started(self.settings["NOW"]))
            run.correcting = True
            run.remembered = scratch.guids(name)
            guids = {item.guid for item in replayed.difference.new}
            guids |= {change.item.guid for change in replayed.difference.changed}
            for item in reversed(scratch.window(society)):
                if item.guid in guids:
                    record(run, item)
            causes = held_back(ledger, run, self.settings.getint("FEED_WINDOW"))
            if causes:
                outcome = quarantine(name, causes)
                run.end(outcome.state, outcome.sentence, {})
                print(outcome.sentence, file=sys.stderr)
                self.exitcode = 3
                return
            run.end(REPLAYED, f"{len(guids)} entries of the archive recorded anew", {})
        for path in publish_society(ledger, name, self.settings):
            print(f"written {path}")

    def _hosts(self, name: str) -> tuple[str, ...]:
        assert self.crawler_process is not None
        spider = self.crawler_process.spider_loader.load(name)
        assert issubclass(spider, SocietySpider)
        return spider.hosts


def _instant(item: NewsItem) -> datetime:
    assert item.published is not None
    return item.published.value


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said) if said else None
    except ValueError as error:
        raise UsageError(f"--since {said}: give a day such as 2026-01-31", print_help=False) from error

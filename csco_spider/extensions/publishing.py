"""The end of a crawl: its outcome is judged and recorded, and the society's feeds are published."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler

from csco_spider.ledger import Ledger as Store
from csco_spider.ledger import LedgerError, Run
from csco_spider.ledger.nights import habits, last_published, night
from csco_spider.outcome import Outcome, judge, quarantine
from csco_spider.pipelines import Ledger, society_crawl
from csco_spider.publish import Published, PublishError, publish
from csco_spider.publish.guard import implausible
from csco_spider.seen import SeenFilter

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class CloseReport:
    """What a finished crawl came to, for whoever ran it."""

    outcome: Outcome
    published: Published = field(default_factory=Published)
    newest: str = ""
    pending: int = 0

    def blame(self, sentence: str) -> None:
        """A fault at the close; the first one of a crawl is what the operator must hear of."""
        logger.error(sentence)
        if self.outcome.good:
            self.outcome = Outcome("failed", sentence)


def held_back(ledger: Store, run: Run, window: int) -> list[str]:
    """Why what a run would publish should be held back; none when it may go out."""
    before = last_published(ledger.engine, run.society.name)
    if not before.instants:
        return []
    return implausible(
        before.instants,
        ledger.window(run.society, window),
        night(ledger.engine, run.society.name, before.run),
        habits(ledger.engine, run.society.name, run.number),
        filling=run.backfill or not run.trusted,
    )


class Publishing:
    """Judges, publishes and closes the ledger once the last item is through."""

    report: CloseReport | None = None
    """None until the crawl has closed."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        extension = cls(crawler)
        crawler.signals.connect(extension.spider_closed, signal=signals.spider_closed)
        return extension

    def spider_closed(self, reason: str) -> None:
        seen = self._crawler.get_spider_middleware(SeenFilter)
        recorder = self._crawler.get_item_pipeline(Ledger)
        assert seen is not None and recorder is not None and self._crawler.stats is not None
        unstored = self._crawler.stats.get_value("ledger/failed", 0)
        unkept = self._crawler.stats.get_value("archive/failed", 0)
        society = society_crawl(self._crawler).society
        report = CloseReport(judge(society.name, seen.report, reason, unstored, unkept))
        try:
            settings = self._crawler.settings
            speaks = bool(settings["LEDGER_URL"] and settings["PUBLISH_DIR"])
            if speaks and report.outcome.publishable and recorder.ledger.count(society.name):
                window = settings.getint("FEED_WINDOW")
                if causes := held_back(recorder.ledger, recorder.run, window):
                    report.outcome = quarantine(society.name, causes)
                else:
                    self._publish(recorder, report)
            counts = {
                name.removeprefix("ledger/"): value
                for name, value in self._crawler.stats.get_stats().items()
                if name.startswith("ledger/")
            }
            recorder.run.end(report.outcome.state, report.outcome.sentence, counts)
            report.pending = len(recorder.run.pending())
            for item in recorder.ledger.window(society, 1):
                assert item.published is not None
                report.newest = f"{item.published.day}  {item.title}"
        except LedgerError as error:
            report.blame(f"{society.name}: {error}")
        finally:
            recorder.ledger.close()
            self.report = report

    def _publish(self, recorder: Ledger, report: CloseReport) -> None:
        settings, society = self._crawler.settings, recorder.run.society.name
        try:
            report.published = publish(
                recorder.ledger,
                society,
                directory=Path(settings["PUBLISH_DIR"]),
                base_url=settings["PUBLISH_BASE_URL"],
                window=settings.getint("FEED_WINDOW"),
            )
        except PublishError as error:
            report.blame(f"{society}: {error}")
        for guid, reason in report.published.left_out.items():
            logger.error("%s: entry %s is left out of the feed: %s", society, guid, reason)

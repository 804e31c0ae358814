"""The end of a crawl: its outcome is judged and recorded, and the society's feeds are published."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from sqlalchemy import Engine

from csco_spider.ledger import GOOD, LedgerError, Run, links
from csco_spider.ledger import Ledger as Store
from csco_spider.ledger.nights import habits, last_published, night
from csco_spider.ledger.past import past_runs, publish_days
from csco_spider.monitoring import (
    GAPS,
    LOOK_BACK,
    Alarm,
    Past,
    Rhythm,
    State,
    new_since,
    state_of,
    trouble,
    watch,
)
from csco_spider.observed import Observed
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
    state: State = "failed"
    observed: Observed = field(default_factory=Observed)
    alarms: list[Alarm] = field(default_factory=list)
    """Those that stand."""
    raised: list[Alarm] = field(default_factory=list)
    """Those of them that did not stand before."""

    def blame(self, sentence: str) -> None:
        """A fault at the close; the first one of a crawl is what the operator must hear of."""
        logger.error(sentence)
        if self.outcome.good:
            self.outcome = Outcome("failed", sentence)
            self.state = "failed"


def held_back(ledger: Store, run: Run, window: int) -> list[str]:
    """Why what a run would publish should be held back; none when it may go out."""
    before = last_published(ledger.engine, run.society.name)
    if not before.instants:
        return []
    # A run that began later may have published meanwhile: what this one brought counts all the same.
    brought = night(ledger.engine, run.society.name, min(before.run, run.number - 1))
    # Habits bound what a night brought: a quiet one, which is most of them, need not ask for them.
    usual = habits(ledger.engine, run.society.name, run.number) if +brought.count() else Counter()
    return implausible(
        before.instants,
        ledger.window(run.society, window),
        brought,
        usual,
        filling=run.backfill or not run.trusted,
    )


def nights_before(engine: Engine, society: str, run: int | None = None) -> list[Past]:
    """A society's past as monitoring sees it, newest first: its crawls before a run, or all of them."""
    return [
        Past(
            one.outcome == GOOD,
            Observed.of(one.observed) if one.observed else None,
            tuple(Alarm.of(alarm) for alarm in one.alarms),
            one.told,
        )
        for one in past_runs(engine, society, LOOK_BACK, before=run)
    ]


class Publishing:
    """Judges, publishes and closes the ledger once the last item is through."""

    report: CloseReport | None = None
    """None until the crawl has closed."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        society_crawl(crawler)  # else not configured
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
        settings = self._crawler.settings
        speaks = bool(settings["LEDGER_URL"] and settings["PUBLISH_DIR"])
        report = CloseReport(
            judge(
                society.name,
                seen.report,
                reason,
                unstored,
                unkept,
                publishes=speaks,
                met=bool(recorder.run.trusted),
            )
        )
        try:
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
            self._watch(recorder, report, counts)
            recorder.run.end(
                report.outcome.state,
                report.outcome.sentence,
                counts,
                observed=report.observed.plain(),
                alarms=[alarm.plain() for alarm in report.alarms],
            )
            report.pending = len(links.all_pending(recorder.run))
            for item in recorder.ledger.window(society, 1):
                assert item.published is not None
                report.newest = f"{item.published.day}  {item.title}"
        except LedgerError as error:
            report.blame(f"{society.name}: {error}")
        except Exception as error:  # Scrapy would log it, and the crawl would pass for a good one
            logger.exception("%s: the close of the crawl broke", society.name)
            report.blame(f"{society.name}: the close of the crawl broke ({error!r}); see the log")
        finally:
            recorder.close()
            self.report = report

    def _watch(self, recorder: Ledger, report: CloseReport, counts: Mapping[str, int]) -> None:
        """Compare what the crawl saw with the society's past; failures are alarms as well."""
        run, norms = recorder.run, society_crawl(self._crawler).norms()
        engine, name = recorder.ledger.engine, run.society.name
        past = nights_before(engine, name, run.number)
        since = run.started.isoformat()
        report.observed = self._observed()
        changed = any(counts.get(kind) for kind in ("new", "changed", "withdrawn"))
        if report.outcome.good:
            today = run.started.astimezone(run.society.zone).date()
            rhythm = Rhythm(publish_days(engine, name, GAPS + 1), today)
            report.alarms = watch(report.observed, past, norms, rhythm, since)
        else:
            outcome = report.outcome
            report.alarms = trouble(outcome.state, outcome.sentence, past, norms, since)
        report.state = state_of(report.outcome.state, report.alarms, changed=changed)
        report.raised = new_since(report.alarms, past)
        for alarm in report.raised:
            if report.outcome.good:
                logger.warning("%s: %s", name, alarm.text)

    def _observed(self) -> Observed:
        assert self._crawler.stats is not None
        seen, stats = self._crawler.get_spider_middleware(SeenFilter), self._crawler.stats.get_stats()
        assert seen is not None
        began = stats.get("start_time")
        duplicates = stats.get("item_dropped_reasons_count/Duplicate", 0)
        return seen.tally.observed(
            items=stats.get("item_scraped_count", 0) + duplicates,
            duplicates=duplicates,
            dead=sorted(
                name.removeprefix("selector/dead/")
                for name in stats
                if name.startswith("selector/dead/")
            ),
            requests=stats.get("downloader/request_count", 0),
            bytes=stats.get("downloader/response_bytes", 0),
            not_modified=stats.get("downloader/response_status_count/304", 0)
            + stats.get("httpcache/revalidate", 0),
            seconds=round((datetime.now(UTC) - began).total_seconds(), 2) if began else 0.0,
        )

    def _publish(self, recorder: Ledger, report: CloseReport) -> None:
        settings, society = self._crawler.settings, recorder.run.society.name
        try:
            report.published = publish(
                recorder.ledger,
                society,
                directory=Path(settings["PUBLISH_DIR"]),
                base_url=settings["PUBLISH_BASE_URL"],
                window=settings.getint("FEED_WINDOW"),
                anew=False,
                run=recorder.run.number,
            )
        except PublishError as error:
            report.blame(f"{society}: {error}")
        for guid, reason in report.published.left_out.items():
            logger.error("%s: entry %s is left out of the feed: %s", society, guid, reason)

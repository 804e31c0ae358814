"""`scrapy nightly [NAME ...]`: all societies in one unattended run, a report and a true exit code."""

from __future__ import annotations

import argparse
import gc
import logging
import os
import random
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, cast

import sqlalchemy as sa
from filelock import FileLock, Timeout
from rich.console import Console
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from csco_spider.bounds import check_numbers
from csco_spider.commands import loop
from csco_spider.commands.heard import Heard
from csco_spider.commands.list import broken, no_society, societies
from csco_spider.extensions.publishing import nights_before
from csco_spider.ledger import Ledger, LedgerError
from csco_spider.ledger.past import (
    NightRow,
    begin_night,
    end_left_behind,
    end_night,
    night_told,
    runs_of,
    societies_known,
)
from csco_spider.monitoring import Norms, new_since, trouble
from csco_spider.night import notes as telling
from csco_spider.night.disk import Sizes, sizes
from csco_spider.night.plan import Visit, turns
from csco_spider.night.report import (
    Line,
    as_bytes,
    document,
    earlier_line,
    exit_code,
    message,
    newest,
)
from csco_spider.night.runner import Limits, Night, failed, skipped
from csco_spider.night.table import Screen
from csco_spider.night.watchdog import Watchdog
from csco_spider.pipelines import Ledger as Recorder
from csco_spider.pipelines import crawl_started
from csco_spider.platforms.society import SocietySpider
from csco_spider.publish import PublishError, check_base_url
from csco_spider.publish.files import swap

logger = logging.getLogger(__name__)

ALREADY_RUNNING = 4
DEADLINE = 5
NO_USE = (
    "csco_spider.extensions.progress.Progress",
    "scrapy.extensions.logcount.LogCount",
    "scrapy.extensions.logstats.LogStats",
    "scrapy.extensions.memusage.MemoryUsage",
)
"""Extensions that cost each of many crawls something and tell a night nothing."""


class Command(Heard, ScrapyCommand):
    """Exit codes: 0 all well, 1 some society failed, 2 all failed or could not start, 3 quarantined,
    4 already running, 5 deadline; of several the first of 2, 5, 1, 3, 0."""

    requires_project = True
    default_settings: ClassVar[dict[str, Any]] = {"LOG_LEVEL": "WARNING"}
    _broken: Mapping[str, str]
    """Why societies can't be crawled, by name: their files are wrong."""

    def syntax(self) -> str:
        return "[options] [NAME ...]"

    def short_desc(self) -> str:
        return "Crawl all societies, or those named, in one run"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--site",
            action="append",
            default=[],
            metavar="NAME=URL",
            help="another scheme and host for one society (may be repeated)",
        )
        parser.add_argument("--json", action="store_true", help="print the report")
        parser.add_argument("--ping-url", default="", help="dead-man switch to call at the end")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        try:
            visits = self._visits(args, opts.site)
            check_numbers(self.settings)
            now = crawl_started(self.settings["NOW"])
            check_base_url(self.settings["PUBLISH_BASE_URL"])
            ping_url = opts.ping_url or self.settings["PING_URL"]
            telling.check_ping_url(ping_url)
            telling.check_notify_urls(self.settings.getlist("NOTIFY_URLS"))
            lock = FileLock(self._lock_path(), timeout=0)
            with lock:
                ledger = Ledger(self.settings["LEDGER_URL"])
                try:
                    self._night(ledger, visits, now, ping_url, print_report=opts.json)
                finally:
                    Recorder.shared = None
                    ledger.close()
        except Timeout:
            print(f"another night is going on: {self._lock_path()} is locked", file=sys.stderr)
            self.exitcode = ALREADY_RUNNING
        except (ValueError, LedgerError, PublishError, OSError) as error:
            raise UsageError(str(error), print_help=False) from error

    def _visits(self, names: Sequence[str], sites: Sequence[str]) -> list[Visit]:
        """What is to be crawled; ValueError says which word was wrong."""
        assert self.crawler_process is not None
        loader = self.crawler_process.spider_loader
        known = {name: cast("type[SocietySpider]", loader.load(name)) for name in societies(loader)}
        self._broken = {name: no_society(loader, name) for name in broken(loader)}
        given = {}
        for pair in sites:
            name, _, url = pair.partition("=")
            given[name] = url
        if strange := sorted({*names, *given} - known.keys() - self._broken.keys()):
            there = ", ".join(known)
            raise ValueError(f"no society {', '.join(map(repr, strange))}; there are {there}")
        if names and (idle := sorted(given.keys() - set(names))):
            raise ValueError(f"--site {', '.join(idle)}: not among the societies named")
        chosen = [name for name in known if not names or name in names]
        visits = [Visit(known[name], given.get(name, "")) for name in chosen]
        for visit in visits:
            try:
                visit.spider()
            except ValueError as error:
                self._broken[visit.name] = str(error)
                continue
            visit.spider(site=visit.site)  # raises for a site that is no address
        if names:
            self._broken = {name: why for name, why in self._broken.items() if name in names}
        if not (able := [visit for visit in visits if visit.name not in self._broken]):
            raise ValueError("; ".join(self._broken.values()) or "there is no society to crawl")
        return able

    def _lock_path(self) -> Path:
        """Beside the ledger's file; for a ledger on a server, in REPORT_DIR."""
        assert self.settings is not None
        try:
            where = sa.make_url(self.settings["LEDGER_URL"])
        except sa.exc.ArgumentError:
            where = sa.make_url("sqlite://")  # the ledger itself says what is wrong
        if where.get_backend_name() == "sqlite" and where.database not in {None, "", ":memory:"}:
            path = Path(f"{where.database}.night.lock")
        else:
            path = Path(self.settings["REPORT_DIR"]) / "night.lock"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    # --- the night itself -------------------------------------------------------------------------
    def _night(
        self,
        ledger: Ledger,
        visits: list[Visit],
        now: datetime,
        ping_url: str,
        *,
        print_report: bool,
    ) -> None:
        assert self.settings is not None and self.crawler_process is not None
        settings = self.settings
        extensions = settings.getdict("EXTENSIONS") | dict.fromkeys(NO_USE)
        settings.set("EXTENSIONS", extensions, priority="cmdline")
        row = begin_night(ledger.engine, now)
        Recorder.shared = (ledger, row.number)
        before = runs_of(ledger.engine, row.number)
        earlier = [
            earlier_line(
                run,
                visit.spider.organisation,
                newest(ledger, visit.name),
                nights_before(ledger.engine, visit.name, run.number),
            )
            for visit in visits
            if (run := before.get(visit.name)) and run.outcome in {"ok", "quarantined"}
        ]
        done = {line.name for line in earlier}
        cut_short = [name for name, run in before.items() if run is None]
        todo = [visit for visit in visits if visit.name not in done]
        chance = random.Random()  # noqa: S311 - no secret
        plan = turns(todo, cut_short, settings.getfloat("NIGHT_SPREAD"), chance)
        limits = Limits(
            settings.getint("NIGHT_SOCIETIES"),
            settings.getfloat("SOCIETY_DEADLINE"),
            settings.getfloat("NIGHT_DEADLINE"),
        )
        screen = Screen(Console(stderr=True), earlier)
        closing = Closing(settings, ledger, row, earlier, ping_url, print_report=print_report)
        if row.resumed:
            closing.notes.append(
                f"the night begun {row.started:%Y-%m-%d %H:%M} UTC was taken up again: "
                f"{len(earlier)} of {len(visits)} societies were done"
            )
            print(closing.notes[-1], file=sys.stderr)

        def bite(name: str) -> None:
            """The event loop computes for ever, and never comes back."""
            try:
                closing.bitten(night, name)
            finally:
                sys.stderr.flush()
                sys.stdout.flush()
                os._exit(DEADLINE)

        watchdog = Watchdog(settings.getfloat("NIGHT_WATCHDOG"), bite)
        night = Night(self.crawler_process, plan, limits, ended=screen.ended, watchdog=watchdog)
        screen.open(night)
        night.leave_out(self._broken)
        # It looks at every frame above it as it is imported: here there are few.
        import_module("scrapy.core.downloader.contextfactory")
        gc.freeze()  # what was imported stays, and need not be gone through at every collection
        try:
            with watchdog:
                loop.run(night.run(), night.stop)
        except Exception as error:
            logger.exception("the night broke off")
            night.why = "error"
            closing.notes.append(f"the night broke off: {error!r}; see the log")
        finally:
            screen.close()
        code = exit_code((line.state for line in (*earlier, *night.lines)), late=night.why == "deadline")
        code = code or int(bool(night.why))  # what was stopped before it began is not well
        lines = [*night.lines, *(skipped(visit, night.why or "error") for visit in night.waiting)]
        self.exitcode = closing.carry_out(lines, code=code, complete=not night.why)
        if night.why:
            print(f"the night was stopped ({night.why}); run it again for the rest", file=sys.stderr)


class Closing:
    """The end of a night: the report is written, and who must hear of it hears of it."""

    def __init__(
        self,
        settings: Any,
        ledger: Ledger,
        row: NightRow,
        earlier: list[Line],
        ping_url: str,
        *,
        print_report: bool,
    ) -> None:
        self.notes: list[str] = []
        self._settings = settings
        self._ledger = ledger
        self._row = row
        self._earlier = earlier
        self._ping_url = ping_url
        self._print = print_report

    def carry_out(self, lines: Sequence[Line], *, code: int, complete: bool) -> int:
        """Write, print and tell; gives the exit code. ``complete``: the night is over for good."""
        settings, all_lines = self._settings, [*self._earlier, *lines]
        now = crawl_started(settings["NOW"])
        if complete:
            self._try(lambda: end_night(self._ledger.engine, self._row.number, now))
        self._try(lambda: self._settle(lines))
        room = sizes(settings["LEDGER_URL"], settings.get("ARCHIVE_DIR", ""))
        day = f"{self._row.started:%Y-%m-%d}.json"
        for setting, name in (("REPORT_DIR", day), ("PUBLISH_DIR", "status.json")):
            if settings[setting]:  # the second tells of the first
                report = as_bytes(self._document(all_lines, now, code, room))
                self._try(partial(write, Path(settings[setting]) / name, report))
        if self._print:
            sys.stdout.write(as_bytes(self._document(all_lines, now, code, room)).decode())
        troubles = [note for note in self.notes if "taken up again" not in note]
        told = message(all_lines, troubles)
        urls = settings.getlist("NOTIFY_URLS")
        if not (told and urls) or telling.notify(urls, *told):
            self._try(lambda: night_told(self._ledger.engine, self._row.number))
        if self._ping_url:
            telling.ping(self._ping_url, code, told[1] if told else "all is well")
        return code

    def bitten(self, night: Night, name: str) -> None:
        """The watchdog ends the night, because a society's code never gives the event loop back."""
        if not night.waiting and not night.running:
            return
        cause = f"its code computed for longer than {self._settings['NIGHT_WATCHDOG']} s"
        held = next((v.visit for v in night.running.values() if v.visit.name == name), None)
        others = [v.visit for v in night.running.values() if v.visit is not held]
        lines = [*night.lines, *(skipped(v, "watchdog") for v in (*others, *night.waiting))]
        lines += [failed(held, cause)] if held else []
        self.notes.append(f"the watchdog ended the night: {name or 'no society'}: {cause}")
        print(self.notes[-1], file=sys.stderr)
        self.carry_out(lines, code=DEADLINE, complete=False)

    def _settle(self, lines: Sequence[Line]) -> None:
        """A crawl that was left behind, broke or never began ended badly, in the ledger too, and is
        told once."""
        runs = runs_of(self._ledger.engine, self._row.number)
        known = societies_known(self._ledger.engine)
        for line in lines:
            if line.state != "failed" or runs.get(line.name) is not None or line.name not in known:
                continue
            past = nights_before(self._ledger.engine, line.name)
            since = self._row.started.isoformat()
            line.alarms = trouble("failed", line.cause, past, Norms(), since)
            line.raised = new_since(line.alarms, past)
            alarms = [alarm.plain() for alarm in line.alarms]
            end_left_behind(self._ledger.engine, self._row, line.name, line.cause, alarms)

    def _document(self, lines: Sequence[Line], now: datetime, code: int, room: Sizes) -> dict[str, Any]:
        return document(
            lines,
            started=self._row.started,
            ended=now,
            resumed=self._row.resumed,
            code=code,
            notes=self.notes,
            sizes=room,
        )

    def _try(self, act: Callable[[], object]) -> None:
        """What can't be written is told, and fails no society."""
        try:
            act()
        except (OSError, LedgerError) as error:
            self.notes.append(f"the report could not be written in full: {error}")
            print(self.notes[-1], file=sys.stderr)


def write(path: Path, content: bytes) -> None:
    """Write a report whole, its folder made if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    swap(path, content)

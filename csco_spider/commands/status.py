"""`scrapy status`: how every society stands, and how long the disk will do."""

from __future__ import annotations

import argparse
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from rich.console import Console
from rich.table import Table
from rich.text import Text
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from csco_spider.commands.heard import Heard
from csco_spider.commands.list import broken, no_society, societies
from csco_spider.ledger import Ledger, LedgerError
from csco_spider.ledger.past import PastRun, last_good, past_runs, societies_known
from csco_spider.monitoring import Alarm, state_of
from csco_spider.night.disk import days_left, measured, sizes
from csco_spider.night.report import newest
from csco_spider.night.table import STYLES


class Command(Heard, ScrapyCommand):
    """Reads ledger and reports, asks no site. Exit code 2: the ledger can't be opened."""

    requires_project = True
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def short_desc(self) -> str:
        return "Show how every society stands, open alarms and disk use"

    def run(self, args: list[str], _opts: argparse.Namespace) -> None:
        assert self.settings is not None and self.crawler_process is not None
        if args:
            raise UsageError(f"no {args[0]!r} here: it shows every society", print_help=False)
        try:
            with closing(Ledger(self.settings["LEDGER_URL"], make=False)) as ledger:
                table = Table()
                for head in ("society", "state", "last good night"):
                    table.add_column(head, no_wrap=True)
                table.add_column("newest entry", min_width=12)  # it gives way on a narrow terminal
                alarms: list[str] = []
                good = last_good(ledger.engine)
                known = societies_known(ledger.engine)
                for name in sorted({*known, *societies(self.crawler_process.spider_loader)}):
                    if name not in known:
                        table.add_row(name, "never crawled")
                        continue
                    last = next(iter(past_runs(ledger.engine, name, 1)), None)
                    open_ = [Alarm.of(alarm) for alarm in last.alarms] if last else []
                    alarms += [f"{name}, since {alarm.since[:10]}: {alarm.text}" for alarm in open_]
                    table.add_row(*_row(ledger, name, last, open_, good.get(name)))
        except LedgerError as error:
            raise UsageError(str(error), print_help=False) from error
        console = Console()
        console.print(table)
        loader = self.crawler_process.spider_loader
        for alarm in (*alarms, *(no_society(loader, name) for name in broken(loader))):
            console.print(alarm, markup=False, highlight=False, soft_wrap=True)
        console.print(self._room(), highlight=False, soft_wrap=True)

    def _room(self) -> str:
        assert self.settings is not None
        now = sizes(self.settings["LEDGER_URL"], self.settings.get("ARCHIVE_DIR", ""))
        said = [f"{name} {_shown(size)}" for name, size in now.items() if size is not None]
        left = days_left(measured(Path(self.settings["REPORT_DIR"])))
        said.append("the disk's end can't be foretold yet" if left is None else _until(left))
        return ", ".join(said)


def _row(
    ledger: Ledger, name: str, last: PastRun | None, alarms: list[Alarm], good: datetime | None
) -> tuple[str | Text, ...]:
    # As text, for "[new]" in a title is no markup.
    entry = Text(newest(ledger, name), no_wrap=True, overflow="ellipsis")
    if last is None:
        return name, "never finished", "", entry
    changed = any(last.counts.get(kind) for kind in ("new", "changed", "withdrawn"))
    state = state_of(last.outcome, alarms, changed=changed)
    night = f"{good:%Y-%m-%d %H:%M}" if good else "none"
    return name, Text(state, STYLES.get(state, "")), night, entry


def _shown(size: int) -> str:
    value = float(size)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if value < 1024:
            return f"{value:.0f} {unit}"
        value /= 1024
    return f"{value:.1f} TiB"


def _until(days: float) -> str:
    return "the disk will do for years" if days > 3650 else f"the disk will do for {days:.0f} days"

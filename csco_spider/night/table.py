"""A night as a person sees it: a live table on a terminal, a line for each society elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

from rich.console import Console
from rich.live import Live
from rich.table import Table
from scrapy.crawler import Crawler

from csco_spider.night.report import Line
from csco_spider.night.runner import Night

COLUMNS = ("society", "state", "pages", "new", "changed", "seconds")
STYLES = {"failed": "red", "blocked": "red", "empty": "red", "quarantined": "magenta"} | dict.fromkeys(
    ("degraded", "stale", "skipped"), "yellow"
)


def cells(line: Line) -> tuple[str, ...]:
    """A finished society's row."""
    new, changed = line.counts.get("new", 0), line.counts.get("changed", 0)
    seconds = f"{line.observed.seconds:.1f}"
    return line.name, line.state, str(line.observed.requests), str(new), str(changed), seconds


def so_far(crawler: Crawler) -> list[str]:
    """Pages, new and changed of a crawl that goes on."""
    try:
        stats = crawler.stats
    except RuntimeError:  # Scrapy's word for a crawl that has not begun, a moment before it does
        return ["0", "0", "0"]
    assert stats is not None
    counted = ("response_received_count", "ledger/new", "ledger/changed")
    return [str(stats.get_value(name, 0)) for name in counted]


def table(lines: Sequence[Line], night: Night | None = None) -> Table:
    """All societies as they stand: running ones, finished ones, and how many wait."""
    made = Table(*COLUMNS)
    for line in sorted(lines, key=lambda line: line.name):
        made.add_row(*cells(line), style=STYLES.get(line.state, ""))
    for name, running in list(night.running.items()) if night else ():  # a thread draws it
        seconds = f"{monotonic() - running.began:.1f}"
        made.add_row(name, "reading", *so_far(running.crawler), seconds, style="cyan")
    if night and night.waiting:
        made.caption = f"{len(night.waiting)} wait for their turn"
    return made


class Screen:
    """Shows a night while it goes on; what is no terminal gets plain lines."""

    def __init__(self, console: Console, earlier: Sequence[Line]) -> None:
        self._console = console
        self._earlier = earlier
        self._night: Night | None = None
        self._live: Live | None = None

    def open(self, night: Night) -> None:
        self._night = night
        if self._console.is_terminal:
            self._live = Live(get_renderable=self._table, console=self._console, refresh_per_second=4)
            self._live.start()

    def _table(self) -> Table:
        lines = self._night.lines if self._night else []
        return table([*self._earlier, *lines], self._night)

    def ended(self, line: Line) -> None:
        if self._live is None:
            name, state, pages, new, changed, seconds = cells(line)
            said = f"{name}: {state}, {pages} pages, {new} new, {changed} changed, {seconds} s"
            self._console.print(
                f"{said}; {line.text}" if line.text else said,
                soft_wrap=True,
                highlight=False,
                markup=False,
            )

    def close(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

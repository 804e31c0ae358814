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
_FRAME = 6
"""Lines of a terminal that are no row of the table: its frame, head and caption, and the prompt."""
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


def table(lines: Sequence[Line], night: Night | None = None, room: int | None = None) -> Table:
    """All societies as they stand: running ones, finished ones, and how many wait.

    Where they don't fit into so many rows, those that are well are left out, then others.
    """
    made, notes = Table(*COLUMNS), []
    reading = list(night.running.items()) if night else []  # a thread draws it
    shown = sorted(lines, key=lambda line: line.name)
    if room is not None and len(shown) + len(reading) > room:
        left = max(0, room - len(reading))
        troubled = [line for line in shown if line.state in STYLES]
        shown = troubled[:left]
        notes.append(f"{len(lines) - len(troubled)} are done and well")
        if hidden := len(troubled) - len(shown):
            notes.append(f"{hidden} more are not")
    for line in shown:
        made.add_row(*cells(line), style=STYLES.get(line.state, ""))
    for name, running in reading:
        seconds = f"{monotonic() - running.began:.1f}"
        made.add_row(name, "reading", *so_far(running.crawler), seconds, style="cyan")
    if night and night.waiting:
        notes.append(f"{len(night.waiting)} wait for their turn")
    made.caption = ", ".join(notes) or None
    return made


class Screen:
    """Shows a night while it goes on, then what went wrong; what is no terminal gets plain lines."""

    def __init__(self, console: Console, earlier: Sequence[Line]) -> None:
        self._console = console
        self._earlier = earlier
        self._night: Night | None = None
        self._live: Live | None = None
        self._over = False

    def open(self, night: Night) -> None:
        self._night = night
        if self._console.is_terminal:
            self._live = Live(get_renderable=self._table, console=self._console, refresh_per_second=4)
            self._live.start()

    def _table(self) -> Table:
        room = None if self._over else self._console.height - _FRAME
        return table(self._lines(), self._night, room)

    def _lines(self) -> list[Line]:
        return [*self._earlier, *(self._night.lines if self._night else ())]

    def ended(self, line: Line) -> None:
        if self._live is None:
            name, state, pages, new, changed, seconds = cells(line)
            said = f"{name}: {state}, {pages} pages, {new} new, {changed} changed, {seconds} s"
            self._say(f"{said}; {line.text}" if line.text else said)

    def close(self) -> None:
        if self._live is not None:
            self._over = True
            self._live.stop()
            self._live = None
            for line in sorted(self._lines(), key=lambda line: line.name):
                if line.text:
                    self._say(f"{line.name}: {line.text}")

    def _say(self, text: str) -> None:
        self._console.print(text, soft_wrap=True, highlight=False, markup=False)

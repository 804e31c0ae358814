"""Ends a night that computes for ever: one process can't take a callback back once it runs."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from time import monotonic
from types import FrameType

from scrapy import Spider
from scrapy.crawler import Crawler

_BITE_SECONDS = 120.0
"""How long what computes for ever is held, so that a bite can write its report."""


def society_in(frame: FrameType | None) -> str:
    """Whose code runs in a stack of calls, innermost first; "" when nobody's is there."""
    while frame is not None:
        for value in list(frame.f_locals.values()):
            if isinstance(value, Spider):
                return value.name
            crawler = value if isinstance(value, Crawler) else _own_crawler(value)
            if isinstance(crawler, Crawler) and crawler.spider is not None:
                return crawler.spider.name
        frame = frame.f_back
    return ""


def _own_crawler(value: object) -> object:
    try:
        return object.__getattribute__(value, "_crawler")  # runs nobody's code
    except AttributeError:
        return None


class Watchdog(threading.Thread):
    """Calls ``bite`` with a society's name when no ``beat`` came for ``seconds``. Main thread only.

    A thread sees what holds up the event loop without the interpreter's lock; a timer signal reaches
    what keeps that lock (a regular expression gone wild).
    """

    def __init__(self, seconds: float, bite: Callable[[str], None]) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._seconds = seconds
        self._bite = bite
        self._main = threading.main_thread().ident or 0
        self._last = monotonic()
        self._ended = threading.Event()
        self._biter = 0
        """The thread that bites; 0 while none does."""
        self._bitten = threading.Event()

    def __enter__(self) -> Watchdog:
        self._last = monotonic()
        self._before = signal.signal(signal.SIGALRM, self._alarm)
        signal.setitimer(signal.ITIMER_REAL, self._seconds / 2, self._seconds / 2)
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self._before)

    def beat(self) -> None:
        """Say that the event loop is alive."""
        self._last = monotonic()

    def run(self) -> None:
        while not self._ended.wait(self._seconds / 4):
            self._look(sys._current_frames().get(self._main))

    def _alarm(self, _number: int, frame: FrameType | None) -> None:
        self._look(frame)
        if self._biter not in {0, self._main}:
            # What keeps the interpreter's lock would leave the other thread a moment each second.
            signal.setitimer(signal.ITIMER_REAL, 0)
            self._bitten.wait(_BITE_SECONDS)

    def _look(self, frame: FrameType | None) -> None:
        if monotonic() - self._last > self._seconds and not self._ended.is_set():
            self._ended.set()
            self._biter = threading.get_ident()
            try:
                self._bite(society_in(frame))
            finally:
                self._bitten.set()

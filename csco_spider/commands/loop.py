"""Scrapy's event loop, for commands that run many crawls in one process."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine
from typing import Any


def run(work: Coroutine[Any, Any, None], stop: Callable[[str], object]) -> None:
    """Run a coroutine to its end; what it raised comes out. SIGTERM and SIGINT call ``stop`` with
    their name: crawls are ended, not cut."""
    from twisted.internet import reactor as installed  # noqa: PLC0415 - by the crawler process

    reactor: Any = installed
    loop = asyncio.get_event_loop()
    task = loop.create_task(work)
    task.add_done_callback(lambda _: reactor.callLater(0, reactor.stop))
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop, signal.Signals(number).name)
    reactor.run(installSignalHandlers=False)
    task.result()

"""`scrapy` in a process of its own, forked from one that has imported the libraries already.

Starting Python and importing Scrapy costs more than most crawls of the tests. Our own modules are
not imported beforehand: they look at the terminal and the environment of the process they run in.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

ROOT = Path(__file__).parent.parent
LIBRARIES = (
    *("scrapy.cmdline", "scrapy.commands.crawl", "scrapy.crawler", "scrapy.core.engine"),
    *("scrapy.core.downloader.handlers.http11", "scrapy.pipelines", "scrapy.utils.log"),
    *("sqlalchemy", "sqlalchemy.dialects.sqlite", "sqlalchemy.dialects.postgresql", "alembic.command"),
    *("feedgen.feed", "nh3", "lxml.html", "rich.console", "rich.progress", "rich.table", "filelock"),
    *("diff_match_patch", "psycopg"),
)
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(list(LIBRARIES))


@dataclass(frozen=True)
class Done:
    """A finished command: exit code (negative: the signal that ended it) and what it said."""

    code: int
    text: str


def scrapy(*words: str, timeout: float = 120, **environment: str) -> Done:
    """Run `scrapy WORDS…` at the project's root; TimeoutError when it takes longer than ``timeout``."""
    with tempfile.NamedTemporaryFile() as said:
        process = start(*words, said=said.name, **environment)
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise TimeoutError(f"{words} took longer than {timeout} s\n{said.read().decode()}")
        return Done(process.exitcode, said.read().decode())


def start(*words: str, said: str = os.devnull, **environment: str) -> BaseProcess:
    """Begin `scrapy WORDS…` and go on; what it says goes into the file ``said``."""
    process = _forks.Process(
        target=_become, args=(["scrapy", *words], {**os.environ, **environment}, said)
    )
    process.start()
    return process


def _become(words: list[str], environment: dict[str, str], said: str) -> None:
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    descriptor = os.open(said, os.O_WRONLY | os.O_APPEND)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    sys.argv = words
    from scrapy.cmdline import execute  # noqa: PLC0415 - in the child alone

    execute(words)

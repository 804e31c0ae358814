"""`scrapy` in a process of its own, forked from one that has done its imports already (``warm``).

Starting Python and importing Scrapy costs more than most crawls of the tests.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

ROOT = Path(__file__).parent.parent
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["tests.warm"])


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


def fork(work: Callable[..., None], *values: object) -> BaseProcess:
    """Begin a call in a process of its own; its module is imported there, so it had better be light."""
    process = _forks.Process(target=work, args=values)
    process.start()
    return process


def at_once(work: Callable[..., None], calls: Iterable[tuple[object, ...]]) -> list[int | None]:
    """Some calls, each in a process of its own, all at once: their exit codes."""
    processes = [fork(work, *values) for values in calls]
    for process in processes:
        process.join(600)
    return [process.exitcode for process in processes]


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

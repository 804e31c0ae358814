"""What tests let several processes do at once, in a module that is quickly imported."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from csco_spider.ledger import GOOD, Ledger, record
from csco_spider.publish import publish
from tests.makers import CSCO, HOSTS, STARTED, item


def write(url: str, numbers: Sequence[int]) -> None:
    """A crawl that records these notices, in this order."""
    ledger = Ledger(url)
    run = ledger.begin(CSCO, HOSTS, STARTED)
    for number in numbers:
        record(run, item(number, f"第{number}号通知", f"2026-05-{number % 28 + 1:02}"))
    run.end(GOOD, "", {})
    ledger.close()


def publish_often(url: str, directory: str, numbers: Sequence[int]) -> None:
    """A crawl that publishes after every notice."""
    ledger = Ledger(url)
    run = ledger.begin(CSCO, HOSTS, STARTED)
    for number in numbers:
        record(run, item(number, f"第{number}号通知"))
        publish(ledger, CSCO.name, directory=Path(directory), base_url="", window=500)
    ledger.close()

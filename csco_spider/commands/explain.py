"""`scrapy explain URL`: which entry a page belongs to, by which alias, and why; or why it is new.

Where several societies list a page, each has an entry of it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any, ClassVar

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.spiderloader import SpiderLoaderProtocol

from csco_spider.commands.heard import Heard
from csco_spider.commands.list import societies
from csco_spider.extract.links import without_rotating_keys
from csco_spider.items import Society
from csco_spider.ledger import Explanation, Ledger, LedgerError
from csco_spider.ledger.identity import canonical_address
from csco_spider.platforms.society import SocietySpider


@dataclass(frozen=True, slots=True)
class Found:
    """An explanation and the society whose page it is."""

    society: Society
    explanation: Explanation
    leads: bool
    """Is it the page to which the entry leads?"""


def find(ledger: Ledger, loader: SpiderLoaderProtocol, url: str) -> list[Found]:
    """What the ledger knows of a page, by every society that lists it; LedgerError if none does."""
    tried: list[str] = []
    found: list[Found] = []
    for name in societies(loader):
        spider = loader.load(name)
        if not issubclass(spider, SocietySpider):
            continue
        address = canonical_address(without_rotating_keys(url), spider.hosts)
        try:
            society = ledger.society(name)
            told = ledger.explain(society, address)
            leads = told.entry is not None and canonical_address(told.entry.url, spider.hosts) == address
            found.append(Found(society, told, leads))
        except LedgerError:
            tried.append(name)
    if found:
        return found
    raise LedgerError(f"{url}: never listed by {', '.join(tried) or 'any society'}, as far as we know")


class Command(Heard, ScrapyCommand):
    """Prints the entry of a page and the verdict that put it there. Exit code 2: unknown page."""

    requires_project = True
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "URL"

    def short_desc(self) -> str:
        return "Say which entry a page belongs to, and why"

    def run(self, args: list[str], _opts: argparse.Namespace) -> None:
        if len(args) != 1:
            raise UsageError("name one page, such as `scrapy explain https://…`", print_help=False)
        assert self.settings is not None
        assert self.crawler_process is not None
        try:
            with closing(Ledger(self.settings["LEDGER_URL"], make=False)) as ledger:
                found = find(ledger, self.crawler_process.spider_loader, args[0])
        except (LedgerError, ValueError) as error:
            raise UsageError(str(error), print_help=False) from error
        print("\n\n".join("\n".join(_told(one)) for one in found))


def _told(found: Found) -> Iterator[str]:
    entry, explanation = found.explanation.entry, found.explanation
    yield f"{'society':10} {found.society.name}"
    yield f"{'address':10} {explanation.address}"
    yield f"{'verdict':10} {explanation.verdict}"
    if entry is not None and entry.published is not None:
        yield f"{'GUID':10} {entry.guid}"
        yield f"{'title':10} {entry.title}"
        yield f"{'published':10} {entry.published.value.isoformat()} ({entry.published.origin})"
        for name, source in entry.sources.items():
            yield f"{'read':10} {name}: {source}"
        for address in explanation.others:
            yield f"{'also at':10} {address}"

"""`scrapy list`: the societies. A spider that speaks for none, such as ``page``, is left out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping

from scrapy.commands.list import Command as ScrapyList
from scrapy.exceptions import UsageError
from scrapy.spiderloader import SpiderLoaderProtocol, get_spider_loader

from csco_spider.commands.heard import Heard
from csco_spider.loading import SocietyLoader


def societies(loader: SpiderLoaderProtocol) -> list[str]:
    """Names of the spiders that speak for a society: they state whose news it is, or where it stands.
    Who forgets the one must not be left out of a night without a word."""
    kinds = {name: loader.load(name) for name in loader.list()}
    return sorted(
        name
        for name, kind in kinds.items()
        if hasattr(kind, "organisation") or hasattr(kind, "start_urls")
    )


def broken(loader: SpiderLoaderProtocol) -> Mapping[str, str]:
    """Why a society's file can't be read, by its name."""
    return loader.broken if isinstance(loader, SocietyLoader) else {}


def no_society(loader: SpiderLoaderProtocol, name: str) -> str:
    """Why there is none of this name."""
    if why := broken(loader).get(name):
        return f"the file of {name} can't be read: {why}"
    return f"no society {name!r}; there are {', '.join(societies(loader))}"


class Command(Heard, ScrapyList):
    """Exit codes: 0 well, 1 a society's file can't be read."""

    def short_desc(self) -> str:
        return "List the societies"

    def run(self, args: list[str], _opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if args:
            raise UsageError(f"no {args[0]!r} here: it lists every society", print_help=False)
        loader = get_spider_loader(self.settings)
        for name in societies(loader):
            print(name)
        for name in broken(loader):
            self.exitcode = 1
            print(no_society(loader, name), file=sys.stderr)

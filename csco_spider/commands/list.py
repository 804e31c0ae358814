"""`scrapy list`: the societies. A spider that speaks for none, such as ``page``, is left out."""

from __future__ import annotations

import argparse

from scrapy.commands.list import Command as ScrapyList
from scrapy.spiderloader import SpiderLoaderProtocol, get_spider_loader

from csco_spider.commands.heard import Heard


def societies(loader: SpiderLoaderProtocol) -> list[str]:
    """Names of the spiders that speak for a society."""
    return sorted(name for name in loader.list() if hasattr(loader.load(name), "organisation"))


class Command(Heard, ScrapyList):
    def short_desc(self) -> str:
        return "List the societies"

    def run(self, _args: list[str], _opts: argparse.Namespace) -> None:
        assert self.settings is not None
        for name in societies(get_spider_loader(self.settings)):
            print(name)

"""`scrapy ledger …`: what an operator does to the ledger by hand."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any, ClassVar

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from csco_spider.commands.explain import Found, find
from csco_spider.commands.heard import Heard
from csco_spider.ledger import Ledger, LedgerError, upkeep
from csco_spider.pipelines import crawl_started

USAGE = """merge KEEP DROP | split URL [SOCIETY] | withdraw GUID | check | export FILE | import FILE"""
_WORDS = {"merge": {3}, "split": {2, 3}, "withdraw": {2}, "check": {1}, "export": {2}, "import": {2}}


class Command(Heard, ScrapyCommand):
    """Verdicts set right, the ledger checked, exported or imported. Exit code 1: check found faults."""

    requires_project = True
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return USAGE

    def short_desc(self) -> str:
        return "Set the ledger's verdicts right; check, export or import it"

    def run(self, args: list[str], _opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if not args or len(args) not in _WORDS.get(args[0], ()):
            raise UsageError(f"scrapy ledger {USAGE}", print_help=False)
        try:
            now = crawl_started(self.settings["NOW"])
            url = self.settings["LEDGER_URL"]
            if url and args[0] == "import":
                print(self._import(url, Path(args[1])))
                return
            with closing(Ledger(url, make=False)) as ledger:  # a mistyped address must not look sound
                print(self._do(ledger, args, now))
        except (LedgerError, OSError, ValueError) as error:
            raise UsageError(str(error), print_help=False) from error

    def _do(self, ledger: Ledger, args: list[str], now: datetime) -> str:
        match args:
            case ["merge", keep, drop]:
                upkeep.merge(ledger.engine, keep, drop, now)
                return f"{drop} is now {keep}; the next crawl or `scrapy publish` shows it"
            case ["split", url, *names]:
                found = self._found(ledger, url, names)
                address, leads = found.explanation.address, found.leads
                guid = upkeep.split(ledger.engine, found.society.name, address, now, leads=leads)
                return f"{url} is kept apart from {guid}; the next crawl that lists it reads it anew"
            case ["withdraw", guid]:
                upkeep.withdraw(ledger.engine, guid, now)
                return f"{guid} is withdrawn, until a crawl reads its page again"
            case ["check"]:
                faults = upkeep.check(ledger.engine)
                self.exitcode = 1 if faults else 0
                return "\n".join(faults) or "the ledger is sound"
        return self._export(ledger, args[1])

    def _import(self, url: str, path: Path) -> str:
        with path.open(encoding="utf-8") as lines:  # once: a pipe is read but once
            head = lines.readline()
            upkeep.check_head(head)  # before a ledger is made for nothing
            with closing(Ledger(url)) as ledger:
                return f"{upkeep.load(ledger.engine, chain([head], lines))} rows imported"

    def _found(self, ledger: Ledger, url: str, names: list[str]) -> Found:
        """The page of one society; LedgerError when several list it and none is named."""
        assert self.crawler_process is not None
        found = {one.society.name: one for one in find(ledger, self.crawler_process.spider_loader, url)}
        if not names and len(found) > 1:
            raise LedgerError(f"{url} is listed by {', '.join(found)}: name one of them behind it")
        name = names[0] if names else next(iter(found))
        if name not in found:
            raise LedgerError(f"{url}: never listed by {name}, but by {', '.join(found)}")
        return found[name]

    def _export(self, ledger: Ledger, name: str) -> str:
        if name == "-":
            for line in upkeep.export(ledger.engine):
                sys.stdout.write(line + "\n")
            return ""
        draft, rows = Path(f"{name}.draft"), -1  # the head is no row
        with draft.open("w", encoding="utf-8") as file:
            for line in upkeep.export(ledger.engine):
                file.write(line + "\n")
                rows += 1
        draft.replace(name)
        return f"{rows} rows exported to {name}"

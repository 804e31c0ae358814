"""`scrapy release NAME`: what the flood guard held back is published, or forgotten."""

from __future__ import annotations

import argparse
from contextlib import closing
from typing import Any, ClassVar

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from csco_spider.bounds import check_numbers
from csco_spider.commands.heard import Heard
from csco_spider.commands.publish import publish_society
from csco_spider.ledger import Ledger, LedgerError, upkeep
from csco_spider.publish import PublishError


class Command(Heard, ScrapyCommand):
    """Ends a quarantine. Exit code 2: there is none, or the feeds could not be written."""

    requires_project = True
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "[--discard] NAME"

    def short_desc(self) -> str:
        return "Publish what the flood guard held back, or forget it"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--discard", action="store_true", help="forget what was read since the last publication"
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            raise UsageError("name one society, such as `scrapy release csco`", print_help=False)
        assert self.settings is not None
        try:
            check_numbers(self.settings)
            with closing(Ledger(self.settings["LEDGER_URL"], make=False)) as ledger:
                ledger.society(args[0])  # raises for one that it does not know
                if opts.discard:
                    forgotten, restored = upkeep.discard(ledger.engine, args[0])
                    print(f"{args[0]}: {forgotten} new entries forgotten, {restored} restored")
                else:
                    upkeep.release(ledger.engine, args[0])
                written = publish_society(ledger, args[0], self.settings)
        except (LedgerError, PublishError, ValueError) as error:
            raise UsageError(str(error), print_help=False) from error
        for path in written:
            print(f"written {path}")

"""`scrapy publish NAME …`: write societies' feeds from the ledger, without a crawl."""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings

from csco_spider.bounds import check_numbers
from csco_spider.commands.heard import Heard
from csco_spider.ledger import Ledger, LedgerError, upkeep
from csco_spider.publish import PublishError, publish


def publish_society(ledger: Ledger, society: str, settings: BaseSettings) -> list[Path]:
    """Write a society's feeds where the settings say; gives the files that changed."""
    return publish(
        ledger,
        society,
        directory=Path(settings["PUBLISH_DIR"]),
        base_url=settings["PUBLISH_BASE_URL"],
        window=settings.getint("FEED_WINDOW"),
    ).written


class Command(Heard, ScrapyCommand):
    """After an operator's word, or a new PUBLISH_BASE_URL. Exit code 2: it could not be done."""

    requires_project = True
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "NAME [NAME ...]"

    def short_desc(self) -> str:
        return "Write feeds from the ledger, without a crawl"

    def run(self, args: list[str], _opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if not args:
            raise UsageError("name a society, such as `scrapy publish csco`", print_help=False)
        try:
            check_numbers(self.settings)
            with closing(Ledger(self.settings["LEDGER_URL"], make=False)) as ledger:
                for society in args:
                    if upkeep.quarantined(ledger.engine, society):
                        raise LedgerError(
                            f"{society} is quarantined: `scrapy release {society}` decides"
                        )
                    for path in publish_society(ledger, society, self.settings):
                        print(f"written {path}")
        except (LedgerError, PublishError, ValueError) as error:
            raise UsageError(str(error), print_help=False) from error

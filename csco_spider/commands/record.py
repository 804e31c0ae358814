"""`scrapy record NAME`: a society's pages fetched again, and what its spider now reads on them."""

from __future__ import annotations

import argparse
from dataclasses import replace
from difflib import unified_diff
from pathlib import Path
from typing import Any, ClassVar

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from csco_spider import recordings
from csco_spider.bounds import check_numbers
from csco_spider.commands.heard import Heard
from csco_spider.commands.list import no_society, societies
from csco_spider.platforms.listing import ListingSpider
from csco_spider.platforms.society import Blocked
from csco_spider.visiting import visit


class Command(Heard, ScrapyCommand):
    """Exit codes: 0 recorded, 1 its list could not be had or shows nothing (nothing is changed), or a
    selector died, 2 wrong usage."""

    requires_project = True
    default_settings: ClassVar[dict[str, Any]] = {"LOG_LEVEL": "ERROR", "LEDGER_URL": ""}

    def syntax(self) -> str:
        return "[--site URL] NAME"

    def short_desc(self) -> str:
        return "Record a society's pages again and show what changed"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--site", default="", help="scheme and host of a replica to record instead")
        parser.add_argument("--into", default=".", help="the project's folder (default: this one)")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.crawler_process is not None and self.settings is not None
        loader = self.crawler_process.spider_loader
        if len(args) != 1:
            raise UsageError(f"name one of {', '.join(societies(loader))}", print_help=False)
        if args[0] not in societies(loader):
            raise UsageError(no_society(loader, args[0]), print_help=False)
        kind = loader.load(args[0])
        if not issubclass(kind, ListingSpider):
            raise UsageError(f"{args[0]} is read from no listing page", print_help=False)
        try:
            check_numbers(self.settings)
            spider = kind(site=opts.site)
        except ValueError as error:
            raise UsageError(str(error), print_help=False) from error
        pages = visit(
            self.crawler_process, spider.start_urls[0], lambda page: recordings.asked(spider, page)
        )
        lost = [page for page in pages.values() if page.problem or page.status != 200]
        for page in lost:
            print(f"{page.url}: {page.problem or f'answered {page.status}'}")
        if "list" not in pages or pages["list"] in lost:
            self.exitcode = 1
            return
        kept = [
            replace(page, url=spider.public(page.url)) for page in pages.values() if page not in lost
        ]
        reader = kind()
        try:
            read = recordings.readings(reader, kept)
            if not read["list"]["rows"]:
                raise ValueError(f"{spider.start_urls[0]} shows no entry that {args[0]} can read")
        except (Blocked, ValueError) as error:
            self.exitcode = 1
            print(f"{error}; nothing is changed")
            return
        folder = Path(opts.into) / "tests" / "pages" / args[0]
        expected = folder / recordings.EXPECTED
        before = expected.read_text(encoding="utf-8") if expected.exists() else ""
        written = recordings.save(folder, kept, read)
        changes = unified_diff(
            before.splitlines(), recordings.as_json(read).splitlines(), "before", "now", lineterm="", n=1
        )
        if written:
            print("\n".join(changes) or "the pages have changed, and nothing is read otherwise")
        print(f"written {folder}/" if written else "nothing has changed")
        if reader.dead:
            self.exitcode = 1
            print(
                f"dead selectors of {args[0]}: {', '.join(sorted(reader.dead))}. They find nothing any "
                "more, and what they gave was found without them: mend or remove them in "
                f"csco_spider/spiders/{args[0]}.py, then record again"
            )

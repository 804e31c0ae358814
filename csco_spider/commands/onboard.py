"""`scrapy onboard URL`: look at a news page, say what was found, write the society's file."""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import sys
from pathlib import Path
from typing import Any, ClassVar, cast
from urllib.parse import urlsplit

from scrapy import Spider
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.utils.spider import iter_spider_classes

from csco_spider import recordings
from csco_spider.bounds import check_numbers
from csco_spider.commands.heard import Heard
from csco_spider.extract.links import absolute
from csco_spider.loading import unread
from csco_spider.onboarding import (
    Survey,
    asked,
    name_for,
    page_address,
    report,
    source,
    survey,
    wrong_name,
)
from csco_spider.platforms.listing import ListingSpider
from csco_spider.platforms.society import Blocked, is_address
from csco_spider.platforms.zones import zone_named
from csco_spider.visiting import Fetched, visit


class Command(Heard, ScrapyCommand):
    """Exit codes: 0 a file was written or could be, 1 something is missing for it, 2 wrong usage."""

    requires_project = True
    default_settings: ClassVar[dict[str, Any]] = {"LOG_LEVEL": "ERROR", "LEDGER_URL": ""}

    def syntax(self) -> str:
        return "[--name NAME] [--yes] URL"

    def short_desc(self) -> str:
        return "Look at a news page and write a society's file for it"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--name", default="", help="what to call the society (default: by its host)")
        parser.add_argument("--yes", action="store_true", help="write its file and its recorded pages")
        parser.add_argument("--timezone", default="", help="the society's zone (default: by its host)")
        parser.add_argument(
            "--date-order", choices=["mdy", "dmy"], help="how it writes 02/11/2022, if no page proves it"
        )
        parser.add_argument("--into", default=".", help="the project's folder (default: this one)")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            raise UsageError("name one news page, such as `scrapy onboard https://…`", print_help=False)
        if not is_address(address := absolute(args[0], "")):
            raise UsageError(
                f"{args[0]!r} is no web address: it takes http:// or https:// and a host, without a "
                "password, such as https://www.example.org/news",
                print_help=False,
            )
        assert self.settings is not None
        try:
            check_numbers(self.settings)
            zone = zone_named(opts.timezone) if opts.timezone else None
        except ValueError as error:
            raise UsageError(str(error), print_help=False) from error
        name, root = opts.name or name_for(args[0]), Path(opts.into)
        if opts.yes:
            self._check(name, root)
        assert self.crawler_process is not None
        pages = visit(self.crawler_process, args[0], asked)
        found = survey(pages, zone=zone, date_order=opts.date_order)
        if urlsplit(found.url).hostname != urlsplit(address).hostname:
            found.notes.append(f"{args[0]} leads to another host, {found.url}, which is written instead")
        if reader := _reader(root, {args[0], found.url}, found.notes):
            found.missing.append(
                f"{reader} reads this address already: its file is {_file(root, reader)}, and "
                f"`scrapy record {reader}` fetches its pages again"
            )
        print(report(found))
        if found.missing:
            self.exitcode = 1
            print("nothing is written")
        elif not opts.yes:
            more = "--yes" if name else "--name NAME and --yes"
            print(f"\n{source(found, name or 'NAME')}\nrun again with {more} to write this file")
        else:
            self._write(found, name, pages, root)

    def _check(self, name: str, root: Path) -> None:
        if not name:
            raise UsageError("the address gives no name: give one by --name", print_help=False)
        if fault := wrong_name(name):
            raise UsageError(f"{fault}; give another by --name", print_help=False)
        if _file(root, name).exists():
            raise UsageError(f"{_file(root, name)} is there already", print_help=False)
        if not _file(root, name).parent.is_dir():
            raise UsageError(f"{root} is no folder of this project", print_help=False)

    def _write(self, found: Survey, name: str, pages: dict[str, Fetched], root: Path) -> None:
        path, folder = _file(root, name), root / "tests" / "pages" / name
        path.write_text(source(found, name), encoding="utf-8")
        kept = [
            page
            for page in pages.values()
            if (page.name.startswith("list") and not page.problem and page.status == 200)
            or page.url in found.articles
        ]
        try:
            [kind] = _spiders(path)
            read = recordings.readings(cast("ListingSpider", kind()), kept)
        except (Blocked, ValueError) as error:  # an article that is a challenge, or no page
            path.unlink()
            self.exitcode = 1
            print(f"{error}; nothing is written")
            return
        recordings.save(folder, kept, read)
        print(
            f"written {path}\nwritten {folder}/\n"
            f"check it: {_called('pytest')} tests/test_pages.py tests/test_spiders.py -k {name}; then\n"
            f"{_called('scrapy')} crawl {name} -s LEDGER_URL= -O out.jsonfeed"
        )


def _called(command: str) -> str:
    """A command of this environment as it can be called from here, whatever PATH says."""
    own = Path(sys.executable).with_name(command)
    if shutil.which(command) == str(own):
        return command
    return str(own.relative_to(Path.cwd()) if own.is_relative_to(Path.cwd()) else own)


def _file(root: Path, name: str) -> Path:
    return root / "csco_spider" / "spiders" / f"{name}.py"


def _reader(root: Path, urls: set[str], notes: list[str]) -> str:
    """The society of this project that reads one of these addresses; "" for none. ``notes`` are given
    those of its files that can't be read."""
    wanted = {page_address(url) for url in urls}
    for path in sorted(_file(root, "_").parent.glob("*.py")):
        try:
            kinds = _spiders(path)
        except Exception as error:  # whatever its code does
            notes.append(f"a society's file can't be read: {unread(error)}")
            continue
        for kind in kinds:
            if wanted & {page_address(url) for url in getattr(kind, "start_urls", [])}:
                return str(kind.name)
    return ""


def _spiders(path: Path) -> list[type[Spider]]:
    """The spiders of a file."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return list(iter_spider_classes(module))

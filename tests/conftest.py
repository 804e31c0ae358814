"""Crawls as an operator runs them: `scrapy crawl` in a process of its own, against a loopback site."""

from __future__ import annotations

import json
import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests import launch
from tests.sites.server import Site, serving

FAST = {"DOWNLOAD_DELAY": "0", "AUTOTHROTTLE_ENABLED": "0", "RETRY_TIMES": "1"}

settings.register_profile(
    "suite", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("suite")


@dataclass
class Crawl:
    """A finished crawl: exit code, what it said, and its closing table."""

    done: launch.Done

    @property
    def code(self) -> int:
        return self.done.code

    @property
    def text(self) -> str:
        return self.done.text

    @property
    def table(self) -> dict[str, str]:
        rows = re.findall(r"^│ (\S.*?)\s*│ (.*?)\s*│$", self.text, re.MULTILINE)
        return dict(rows)

    @property
    def counts(self) -> tuple[int, int, int]:
        """New, changed, unchanged."""
        return int(self.table["new"]), int(self.table["changed"]), int(self.table["unchanged"])

    @property
    def sentence(self) -> str:
        """The last line, which is for the operator."""
        return self.text.strip().splitlines()[-1]


@dataclass
class World:
    """A folder with a ledger, an archive and feeds of its own."""

    home: Path

    @property
    def feeds(self) -> Path:
        return self.home / "feeds"

    @property
    def ledger(self) -> Path:
        return self.home / "ledger.sqlite3"

    @property
    def archive(self) -> Path:
        return self.home / "archive"

    @property
    def settings(self) -> dict[str, str]:
        return {
            "LEDGER_URL": f"sqlite:///{self.ledger}",
            "ARCHIVE_DIR": str(self.archive),
            "PUBLISH_DIR": str(self.feeds),
            "REPORT_DIR": str(self.home / "reports"),
        }

    def command(self, society: str, site: str, *options: str, **changed: str) -> list[str]:
        """`scrapy crawl`; upper-case keywords are settings, lower-case ones spider arguments."""
        given = self.settings | FAST | {name: value for name, value in changed.items() if name.isupper()}
        arguments = {"site": site} | {n: v for n, v in changed.items() if not n.isupper()}
        return [
            *(sys.executable, "-m", "scrapy", "crawl", society),
            *(part for pair in arguments.items() if pair[1] for part in ("-a", "=".join(pair))),
            *(part for pair in given.items() for part in ("-s", "=".join(pair))),
            *options,
        ]

    def crawl(self, society: str, site: str, *options: str, **changed: str) -> Crawl:
        zone = changed.pop("tz", "UTC")
        words = self.command(society, site, *options, **changed)[3:]
        return Crawl(launch.scrapy(*words, COLUMNS="200", TZ=zone))

    def night(self, *words: str, **changed: str) -> list[str]:
        """`scrapy nightly`; lower-case keywords are societies' sites, upper-case ones settings."""
        given = self.settings | FAST | {name: value for name, value in changed.items() if name.isupper()}
        sites = [f"--site={name}={url}" for name, url in changed.items() if not name.isupper()]
        settings = [part for pair in given.items() for part in ("-s", "=".join(pair))]
        return ["nightly", *words, *sites, *settings]

    def nightly(self, *words: str, **changed: str) -> Crawl:
        """A whole night in a process of its own."""
        return Crawl(launch.scrapy(*self.night(*words, **changed), COLUMNS="200"))

    @property
    def report(self) -> dict[str, Any]:
        """What is published of the last night."""
        found: dict[str, Any] = json.loads((self.feeds / "status.json").read_bytes())
        return found

    @property
    def states(self) -> dict[str, str]:
        return {line["name"]: line["state"] for line in self.report["societies"]}

    def scrapy(self, *words: str) -> Crawl:
        """Any other command on this folder's ledger and feeds."""
        settings = (part for pair in self.settings.items() for part in ("-s", "=".join(pair)))
        return Crawl(launch.scrapy(*words, *settings, timeout=600, COLUMNS="200"))

    def execute(self, statement: str) -> None:
        """Change the ledger behind the product's back."""
        with closing(sqlite3.connect(self.ledger)) as connection:
            connection.execute(statement)
            connection.commit()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.ledger)) as connection:
            return connection.execute(query).fetchall()

    def documents(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.feeds.glob("*.*") if path.name[0] != "."}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site()) as served:
        yield served

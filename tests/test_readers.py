"""Four real readers see the same entries, titles, links and instants in RSS and Atom."""

from __future__ import annotations

import calendar
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import atoma
import feedparser
import pytest

from csco_spider.demo.replica import Replica, served
from csco_spider.ledger import Ledger
from tests.conftest import World

Seen = list[tuple[str, str, int]]
"""Title, link and instant (seconds since 1970) of each entry, sorted."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(tmp_path_factory.mktemp("readers"))
    with served(Replica()) as site:
        for society in ("csco", "csco_cn"):
            done = world.crawl(society, site, PUBLISH_BASE_URL="https://example.org/feeds")
            assert done.code == 0, done.text
    return world


def _feedparser(path: Path) -> Seen:
    parsed = feedparser.parse(path.read_bytes())
    assert not parsed.bozo, parsed.bozo_exception
    return [(e.title, e.link, calendar.timegm(e.published_parsed)) for e in parsed.entries]


def _atoma(path: Path) -> Seen:
    if path.suffix == ".rss":
        items = atoma.parse_rss_bytes(path.read_bytes()).items
        return [(e.title, e.link, int(e.pub_date.timestamp())) for e in items]
    entries = atoma.parse_atom_bytes(path.read_bytes()).entries
    return [
        (
            e.title.value,
            next(x.href for x in e.links if x.rel == "alternate"),
            int(e.published.timestamp()),
        )
        for e in entries
    ]


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed (on Debian: apt-get install {name})")
    return found


def _newsboat(path: Path) -> Seen:
    program = _program("newsboat")
    home = path.parent / f"newsboat-{path.name}"
    home.mkdir()
    (home / "urls").write_text(f"{path.as_uri()}\n")
    (home / "config").write_text("")
    files = ("-u", home / "urls", "-c", home / "cache.db", "-C", home / "config")
    subprocess.run(
        [program, *map(str, files), "-x", "reload"],
        check=True,
        capture_output=True,
        env={**os.environ, "HOME": str(home), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"},
        timeout=60,
    )
    connection = sqlite3.connect(home / "cache.db")
    try:
        return connection.execute("select title, url, pubDate from rss_item").fetchall()
    finally:
        connection.close()


def _sfeed(path: Path) -> Seen:
    program = _program("sfeed")
    done = subprocess.run([program], input=path.read_bytes(), capture_output=True, check=True)
    rows = [line.split("\t") for line in done.stdout.decode().splitlines()]
    return [(row[1], row[2], int(row[0])) for row in rows]


@pytest.mark.parametrize("reader", [_feedparser, _atoma, _newsboat, _sfeed])
@pytest.mark.parametrize("kind", ["rss", "atom"])
@pytest.mark.parametrize("society", ["csco", "csco_cn"])
def test_a_reader_sees_what_the_ledger_holds(
    world: World, society: str, kind: str, reader: Callable[[Path], Seen]
) -> None:
    ledger = Ledger(f"sqlite:///{world.ledger}")
    held = ledger.window(ledger.society(society), 50)
    ledger.close()
    meant = [(e.title, e.url, int(e.published.value.timestamp())) for e in held if e.published]
    assert len(meant) == 50
    assert sorted(reader(world.feeds / f"{society}.{kind}")) == sorted(meant)

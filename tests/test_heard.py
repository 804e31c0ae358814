"""Commands whose reader has left, as behind `| head`, or whose log can't be written."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

import pytest

from csco_spider.commands.heard import Heard
from tests.conftest import World
from tests.launch import ROOT
from tests.sites.csco import routes, rows
from tests.sites.server import Site

NOW = "2026-06-29T02:00:00Z"


def unheard(words: list[str], *, lines_too: bool, buffered: bool = False) -> tuple[int, str]:
    """Run `scrapy WORDS…` into a pipe that nobody reads, stderr as well or not: exit code, and what
    was heard."""
    reader, nobody = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", *words],
        cwd=ROOT,
        env=os.environ | {"PYTHONUNBUFFERED": "" if buffered else "1"},
        stdout=nobody,
        stderr=nobody if lines_too else subprocess.PIPE,
        timeout=60,
        check=False,
    )
    os.close(nobody)
    return done.returncode, (done.stderr or b"").decode()


def test_who_leaves_early_breaks_nothing(world: World, site: Site) -> None:
    site.routes = routes(rows(2))
    world.crawl("csco_cn", site.url)
    settings = [part for pair in world.settings.items() for part in ("-s", "=".join(pair))]
    (guid,) = world.rows("select guid from entries where title like '第1号%'")[0]
    for number, words in enumerate(
        (
            ["explain", "https://www.csco.org.cn/cn/ncontent.aspx?oid=1"],
            ["status"],
            ["ledger", "export", "-"],
            ["replay", "csco_cn"],
            ["ledger", "withdraw", guid],  # done, and not called wrong usage
            ["list"],
        )
    ):
        done = unheard([*words, *settings], lines_too=False, buffered=number % 2 == 1)
        assert done == (0, ""), words
    assert world.rows("select count(*) from entries where withdrawn is not null") == [(1,)]


def test_a_night_goes_on_when_nobody_reads_its_lines(world: World, site: Site) -> None:
    site.routes = routes(rows(15))
    assert unheard(world.night("csco_cn", csco_cn=site.url, NOW=NOW), lines_too=True) == (0, "")
    assert world.states == {"csco_cn": "ok"}


def test_a_night_goes_on_when_its_log_s_disk_is_full(world: World, site: Site) -> None:
    site.routes = routes(rows(15))
    with Path("/dev/full").open("w") as full:
        words = [sys.executable, "-m", "scrapy", *world.night("csco_cn", csco_cn=site.url, NOW=NOW)]
        done = subprocess.run(words, cwd=ROOT, stdout=full, stderr=full, timeout=60, check=False)
    assert (done.returncode, world.states) == (0, {"csco_cn": "ok"})


def test_a_log_that_has_room_again_is_written_on(monkeypatch: pytest.MonkeyPatch) -> None:
    class Command:
        def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
            """As Scrapy's."""

    class HeardCommand(Heard, Command):
        """As any of ours."""

    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with os.fdopen(writer, "w", buffering=1) as log, os.fdopen(reader, "rb", buffering=0) as said:
        monkeypatch.setattr(sys, "stdout", None)
        monkeypatch.setattr(sys, "stderr", log)
        HeardCommand().process_options([], argparse.Namespace())
        for _ in range(3000):
            print("a line of the log, until the pipe is full", file=sys.stderr)
        said.read(1_000_000)
        print("and on", file=sys.stderr)
        assert b"and on" in said.read(1_000_000)

"""Crawls that are killed, repeated, or run in another zone."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import time

import pytest

from csco_spider.demo.replica import Replica, served
from tests.conftest import World
from tests.launch import ROOT
from tests.makers import short_replica

NOW = "2026-11-23T02:00:00Z"


@pytest.mark.parametrize("count", [30, pytest.param(120, marks=pytest.mark.proof)])
@pytest.mark.parametrize("society", ["csco", "csco_cn"])
def test_the_server_s_zone_changes_no_byte(world: World, society: str, count: int) -> None:
    seen = []
    for zone in ("UTC", "Asia/Shanghai", "America/Los_Angeles"):
        here = World(world.home / zone.replace("/", "-"))
        with served(short_replica(count)) as site:
            assert here.crawl(society, site, NOW=NOW, tz=zone).code == 0
        seen.append(here.documents())
    assert len(seen[0]) == 4
    assert seen[0] == seen[1] == seen[2]


def _committed(world: World) -> int:
    try:
        return int(world.rows("select count(*) from entries")[0][0])
    except sqlite3.OperationalError:  # not made yet
        return 0


def test_a_crawl_killed_after_20_of_120_is_made_good_by_the_next(world: World) -> None:
    with served(Replica()) as site:
        command = world.command("csco_cn", site, DOWNLOAD_DELAY="0.02")
        killed = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ
        )
        deadline = time.monotonic() + 60
        while _committed(world) < 20 and time.monotonic() < deadline:
            time.sleep(0.01)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        committed = _committed(world)
        assert 20 <= committed < 120
        done = world.crawl("csco_cn", site)
        assert done.code == 0, done.text
        assert done.counts[0] == 120 - committed
        assert world.rows("select count(*), count(distinct guid) from entries") == [(120, 120)]
        assert world.rows("select * from pending") == []
        assert world.crawl("csco_cn", site).counts == (0, 0, 15)


def test_sigterm_ends_a_crawl_cleanly(world: World) -> None:
    with served(Replica()) as site:
        command = world.command("csco_cn", site, DOWNLOAD_DELAY="0.02")
        running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        while _committed(world) < 5:
            time.sleep(0.01)
        running.send_signal(signal.SIGTERM)
        _, said = running.communicate(timeout=30)
        assert running.returncode == 1
        assert "the crawl was stopped (shutdown); what it read is kept" in said.decode()
        done = world.crawl("csco_cn", site)
        assert done.code == 0
        assert world.rows("select count(*) from entries") == [(120,)]

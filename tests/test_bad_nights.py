"""A night amid what goes wrong around it: names, networks, clocks, folders and disks."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from contextlib import ExitStack
from typing import Any

import jsonschema

from csco_spider.ledger import Ledger, upkeep
from csco_spider.night.report import schema
from tests import launch
from tests.conftest import Crawl, World
from tests.machine import run, tiny_disk, without_privileges
from tests.sites.csco import Row, routes, rows
from tests.sites.server import Answer, Site, serving

MANY = {"SPIDER_MODULES": "tests.sites.many"}
NIGHTS = ("2026-06-29T02:00:00Z", "2026-06-30T02:00:00Z")
CLOSING = {"Connection": "close"}


def nightly(world: World, *names: str, **changed: str) -> Crawl:
    """A night of more of the many societies than two."""
    words = world.night(*names, **changed, **MANY)
    return Crawl(launch.scrapy(*words, COLUMNS="200", SOCIETIES="9"))


def lines(world: World) -> dict[str, dict[str, Any]]:
    jsonschema.validate(world.report, schema())
    return {line["name"]: line for line in world.report["societies"]}


class Endless(Site):
    """Each page leads to another one, ten thousand times."""

    def answer(self, path: str, agent: str) -> Answer:
        step = int(path.rpartition("=")[2]) if path.startswith("/step") else 0
        self.routes[path] = Answer("", 302, {"Location": f"/step?n={step + 1}"}) if step < 10_000 else ""
        return super().answer(path, agent)


class Vanishing(Site):
    """Answers ``left`` pages; then nothing listens there any more."""

    def __init__(self, shown: list[Row], left: int, gone: ExitStack) -> None:
        pages = routes(shown)
        super().__init__({p: Answer(page, headers=CLOSING) for p, page in pages.items()})  # type: ignore[arg-type]
        self._left = left
        self._gone = gone

    def answer(self, path: str, agent: str) -> Answer:
        self._left -= 1
        if self._left == 0:
            threading.Thread(target=self._gone.close).start()
        return super().answer(path, agent)


def test_networks_that_fail_are_named_and_the_rest_is_well(world: World) -> None:
    names = [f"society_{number}" for number in range(4)]
    with ExitStack() as stack:
        endless = stack.enter_context(serving(Endless()))
        well = stack.enter_context(serving(Site(routes(rows(16)))))
        gone = stack.enter_context(ExitStack())
        vanishing = gone.enter_context(serving(Vanishing(rows(16), 14, gone)))
        sites = {
            "society_0": "http://no-such-society.invalid",
            "society_1": endless.url,
            "society_2": vanishing.url,
            "society_3": well.url,
        }
        done = nightly(world, *names, **sites, NOW=NIGHTS[1])
        assert done.code == 1, done.text
        assert world.states == {
            "society_0": "failed",
            "society_1": "failed",
            "society_2": "failed",
            "society_3": "ok",
        }
        told = lines(world)
        assert "could not be reached" in told["society_0"]["cause"]
        assert "its robots.txt could not be had: no such host" in told["society_0"]["cause"]
        assert "redirect" in told["society_1"]["cause"]
        assert len(endless.asked) < 20
        assert "page=2: the connection was refused" in told["society_2"]["cause"]
        read = told["society_2"]["counts"]
        assert 0 < read["new"] < 15
        assert read["new"] + read["pending"] == 15
        assert told["society_3"]["counts"]["new"] == 16
        # The networks are back, and the clock went back as well, by a day.
        for name in names[:3]:
            sites[name] = stack.enter_context(serving(Site(routes(rows(16))))).url
        before = world.documents()
        done = nightly(world, *names, **sites, NOW=NIGHTS[0])
        assert done.code == 0, done.text
    told = lines(world)
    assert [told[name]["counts"]["new"] for name in names] == [16, 16, 16 - read["new"], 0]
    assert told["society_2"]["counts"]["pending"] == 0
    assert world.report["resumed"] == 0
    assert world.report["started"] == "2026-06-29T02:00:00+00:00"
    assert world.documents()["society_3.rss"] == before["society_3.rss"]
    ledger = Ledger(f"sqlite:///{world.ledger}")
    assert upkeep.check(ledger.engine) == []
    ledger.close()


def test_a_read_only_feeds_folder_and_a_dead_target_lose_nothing(world: World, site: Site) -> None:
    site.routes = routes(rows(3))
    night = {"csco_cn": site.url, "NOTIFY_URLS": "json://127.0.0.1:9"}
    assert world.nightly("csco_cn", **night, NOW=NIGHTS[0]).code == 0
    before = world.documents()
    site.routes = routes(rows(4))
    world.feeds.chmod(0o555)
    words = [sys.executable, "-m", "scrapy", *world.night("csco_cn", **night, NOW=NIGHTS[1])]
    done = subprocess.run(
        without_privileges(words), cwd=launch.ROOT, capture_output=True, text=True, check=False
    )
    world.feeds.chmod(0o755)
    assert done.returncode == 2, done.stderr
    assert f"the feeds in {world.feeds} could not be written (Permission denied)" in done.stderr
    assert "the report could not be written in full" in done.stderr
    assert "NOTIFY_URLS could not be told" in done.stderr
    assert "Traceback" not in done.stderr
    assert world.documents() == before
    report = json.loads((world.home / "reports" / "2026-06-30.json").read_bytes())
    assert report["societies"][0]["state"] == "failed"
    assert world.nightly("csco_cn", **night, NOW="2026-07-01T02:00:00Z").code == 0
    assert world.documents().keys() == before.keys()
    assert "第4号通知" in world.documents()["csco_cn.rss"].decode()


def test_a_disk_that_fills_up_costs_no_entry(world: World) -> None:
    disk = world.home / "disk"
    tiny_disk(disk, "1m")
    here = World(disk)
    shown = [
        Row(n, f"第{n}号通知", f"2026-06-{n % 27 + 1:02}", body="长文。" * 8000) for n in range(1, 30)
    ]
    try:
        with serving(Site(routes(shown))) as big, serving(Site(routes(rows(3)))) as small:
            night = {"society_0": big.url, "society_1": small.url, "NOW": NIGHTS[1]}
            full = nightly(here, "society_0", "society_1", **night)
            assert full.code in {1, 2}, full.text
            assert "free the disk" in full.text
            run(["mount", "-o", "remount,size=48m", str(disk)])
            again = nightly(here, "society_0", "society_1", **night)
        assert again.code == 0, again.text
        assert here.rows("select count(*), count(distinct guid) from entries") == [(32, 32)]
        assert here.rows("select count(*) from pending") == [(0,)]
        assert set(here.states.values()) <= {"ok", "unchanged"}
    finally:
        run(["umount", str(disk)])

"""Long proofs, by `make proof`: they print what they did."""

from __future__ import annotations

import json
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from csco_spider.archive import Archive
from csco_spider.demo.notices import Notice
from csco_spider.demo.replica import Replica, served
from tests import launch
from tests.conftest import World
from tests.launch import ROOT

pytestmark = pytest.mark.proof

KILLS = 50
ARCHIVE_KILLS = 30
ENTRY = "guid, link, title, published, updated, day, fingerprint, content_html, first_seen"
SOCIETIES = ("csco", "csco_cn")


class Reader(threading.Thread):
    """Polls a folder of feeds without pause, as the most eager subscriber would."""

    def __init__(self, feeds: Path) -> None:
        super().__init__(daemon=True)
        self.feeds = feeds
        self.polls = 0
        self.faults: list[str] = []
        self._stop_asked = threading.Event()

    def run(self) -> None:
        while not self._stop_asked.is_set():
            for society in SOCIETIES:
                for kind in ("rss", "atom", "json"):
                    path = self.feeds / f"{society}.{kind}"
                    try:
                        document = path.read_bytes()
                    except FileNotFoundError:
                        continue
                    self.polls += 1
                    try:
                        json.loads(document) if kind == "json" else ElementTree.fromstring(document)
                    except ValueError as error:
                        self.faults.append(f"{path.name}: {error}")
                    except ElementTree.ParseError as error:
                        self.faults.append(f"{path.name}: {error}")
            time.sleep(0.001)

    def stop(self) -> None:
        self._stop_asked.set()
        self.join()


def _news(notices: list[Notice], turn: int) -> None:
    """Three new notices, so that every crawl has something to read and publish."""
    day = date(2026, 11, 1) + timedelta(days=turn // 4)
    first, like = next((i, n) for i, n in enumerate(notices) if not n.link and not n.pinned)
    for number in range(20_000 + turn * 10, 20_003 + turn * 10):
        notices.insert(first, replace(like, number=number, title=f"Board letter {number}", day=day))


def _phase(world: World, society: str) -> str:
    """How far a killed crawl had come."""
    try:
        found = world.rows(
            "select ended, (select count(*) from entries where first_run = runs.id) from runs "
            f"where society = '{society}' order by id desc limit 1"
        )
    except sqlite3.OperationalError:
        return "before the ledger"
    if not found:
        return "before the ledger"
    ended, entries = found[0]
    return "after its end" if ended else "reading" if entries else "starting"


def _seconds_of_a_quiet_crawl(home: Path, site: str) -> float:
    """How long a crawl without news takes on this machine, in a folder of its own."""
    world = World(home)
    assert world.crawl("csco", site, NOW="2026-11-14T02:00:00Z").code == 0
    began = time.monotonic()
    assert world.crawl("csco", site, NOW="2026-11-14T02:00:00Z").code == 0
    return time.monotonic() - began


def test_killed_crawls_lose_double_and_tear_nothing(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    replica, phases = Replica(), Counter[str]()
    rng = random.Random(2026)
    reader = Reader(world.feeds)
    reader.start()
    began = time.monotonic()
    with served(replica) as site:
        quiet = _seconds_of_a_quiet_crawl(tmp_path_factory.mktemp("quiet"), site)
        for turn in range(KILLS):
            society = SOCIETIES[turn % 2]
            _news(replica.english if society == "csco" else replica.chinese, turn)
            words = world.command(society, site, NOW="2026-11-14T02:00:00Z")[3:]
            crawl = launch.start(*words)
            time.sleep(quiet * rng.uniform(0.3, 1.3))
            finished = crawl.exitcode is not None
            crawl.kill()
            crawl.join()
            phases["finished before" if finished else _phase(world, society)] += 1
            if world.ledger.exists():
                fault = world.rows("pragma integrity_check")[0][0]
                assert fault == "ok"
        for society in SOCIETIES:
            done = world.crawl(society, site, NOW="2026-11-14T02:00:00Z")
            assert done.code == 0, done.text
        again = [
            world.crawl(society, site, NOW="2026-11-14T02:00:00Z").counts[:2] for society in SOCIETIES
        ]
    reader.stop()
    meant = {("csco", notice.title) for notice in replica.english} | {
        ("csco_cn", notice.title) for notice in replica.chinese
    }
    held = world.rows("select society, title, guid from entries")
    print(
        f"\n{KILLS} crawls killed in {time.monotonic() - began:.0f} s: {dict(phases)}; "
        f"{len(meant)} notices announced, {len(held)} entries held, "
        f"{reader.polls} reads of feeds, {len(reader.faults)} torn"
    )
    assert sorted((society, title) for society, title, _ in held) == sorted(meant)
    assert len({guid for *_, guid in held}) == len(held)
    assert reader.faults == []
    assert reader.polls > 1000
    assert again == [(0, 0), (0, 0)]
    assert not list(world.feeds.glob("*.draft"))


def test_killed_crawls_leave_an_archive_that_holds_what_the_ledger_claims(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    replica, phases, torn, before = Replica(), Counter[str](), 0, 0
    rng = random.Random(2028)
    began = time.monotonic()
    with served(replica) as site:
        quiet = _seconds_of_a_quiet_crawl(tmp_path_factory.mktemp("quiet"), site)
        for turn in range(ARCHIVE_KILLS):
            _news(replica.english, turn)
            now = f"2026-11-14T02:{turn:02}:00Z"
            crawl = launch.start(*world.command("csco", site, NOW=now)[3:])
            time.sleep(quiet * rng.uniform(0.4, 1.6))
            phases["finished before" if crawl.exitcode is not None else "killed"] += 1
            crawl.kill()
            crawl.join()
            sizes = {path: path.stat().st_size for path in (world.archive / "csco").glob("*.warc.gz")}
            archive = Archive(world.archive, "csco")
            torn += any(path.stat().st_size < size for path, size in sizes.items())
            assert archive.faults() == []
            if _phase(world, "csco") != "before the ledger":
                for (link,) in world.rows("select link from entries"):
                    asked = link.replace("http://csco.ac.cn", site)
                    assert archive.newest(asked) is not None, f"{link} is claimed and lost"
                before = max(before, len(archive.crawls()))
            archive.close()
        done = world.crawl("csco", site, NOW="2026-11-14T03:00:00Z")
        assert done.code == 0, done.text
    entries = world.rows(f"select {ENTRY} from entries order by guid")
    documents = world.documents()
    world.ledger.unlink()
    done = world.scrapy("replay", "csco", "--apply")
    rebuilt = world.rows(f"select {ENTRY} from entries order by guid")
    print(
        f"\n{ARCHIVE_KILLS} crawls in {time.monotonic() - began:.0f} s: {dict(phases)}; {torn} torn "
        f"records cut, {before} crawls archived, {len(entries)} entries, none claimed and lost; "
        f"rebuilt alike: {rebuilt == entries}"
    )
    assert done.code == 0, done.text
    assert rebuilt == entries
    assert world.documents() == documents


PUBLISHER = """
import sys
from pathlib import Path
from csco_spider.ledger import Ledger, record
from csco_spider.publish import publish
from tests.makers import CSCO, HOSTS, STARTED, item
ledger = Ledger(sys.argv[1])
run = ledger.begin(CSCO, HOSTS, STARTED)
print("ready", flush=True)
number = ledger.count(CSCO.name)
while True:
    number += 1
    record(run, item(number, f"第{number}号通知", body="<p>" + "正文" * 3000 + "</p>"))
    publish(ledger, CSCO.name, directory=Path(sys.argv[2]), base_url="", window=50)
"""


def test_killed_publishers_tear_nothing(world: World) -> None:
    rng = random.Random(2027)
    reader = Reader(world.feeds)
    reader.start()
    began = time.monotonic()
    command = [sys.executable, "-c", PUBLISHER, f"sqlite:///{world.ledger}", str(world.feeds)]
    drafts = 0
    for _ in range(KILLS):
        publisher = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
        assert publisher.stdout is not None
        assert publisher.stdout.readline() == b"ready\n"
        time.sleep(rng.uniform(0.0, 0.6))
        publisher.send_signal(signal.SIGKILL)
        publisher.wait()
        publisher.stdout.close()
        drafts += len(list(world.feeds.glob(".*.draft")))
    reader.stop()
    count, guids = world.rows("select count(*), count(distinct guid) from entries")[0]
    print(
        f"\n{KILLS} publishers killed in {time.monotonic() - began:.0f} s, {drafts} drafts left behind; "
        f"{count} entries, {reader.polls} reads of feeds, {len(reader.faults)} torn"
    )
    assert reader.faults == []
    assert reader.polls > 1000
    assert count == guids > KILLS

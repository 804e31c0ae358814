"""Long proofs of the night, by `make proof`: thirty nights of a society's life, and thirty kills."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest
from rich.console import Console
from rich.table import Table

from csco_spider.archive import Archive
from csco_spider.ledger import Ledger, upkeep
from tests import launch
from tests.conftest import World
from tests.sites.csco import START, Row, article, listing
from tests.sites.server import Answer, Route, Site, serving

pytestmark = pytest.mark.proof

FIRST = date(2026, 7, 1)
DEAD = "http://127.0.0.1:9"
TEXT = "各位会员:有关安排现予公布,请相互转告,并在截止日期之前完成登记,逾期提交的材料将顺延。"


def notice(number: int, day: date) -> Row:
    body = f"{TEXT}编号{chr(0x4E00 + number)}{chr(0x5000 + number * 7)}。" * 3
    return Row(number, f"第{number}号通知:诊疗规范之{chr(0x4E00 + number)}", day.isoformat(), body)


class Society:
    """A society that publishes daily, edits now and then, and lives through what the nights bring."""

    def __init__(self) -> None:
        self.rows = [notice(100 - n, FIRST - timedelta(days=n + 1)) for n in range(40)]
        self.design = 0
        self.dates = True
        self.bodiless: set[int] = set()

    def path(self, row: Row) -> str:
        return row.path if self.design == 0 else f"/cn/news/{row.number}.html"

    def publish(self, day: date) -> None:
        self.rows.insert(0, notice(101 + (day - FIRST).days, day))

    def routes(self) -> dict[str, Route]:
        made: dict[str, Route] = {}
        for row in self.rows:
            row.link = self.path(row) if self.design else ""
        for page in range(0, len(self.rows), 15):
            number = page // 15 + 1
            path = START if number == 1 else f"{START}&page={number}"
            onward = f"{START}&page={number + 1}" if page + 15 < len(self.rows) else ""
            html = listing(self.rows[page : page + 15], onward)
            made[path] = html if self.dates else html.replace('class="time"', 'class="when"')
        for row in self.rows:
            html = article(row)
            made[self.path(row)] = html.replace(row.body, "") if row.number in self.bodiless else html
        return made


EVENTS = {12: "redesign", 14: "dates back", 15: "outage", 17: "WAF", 20: "empty bodies", 22: "frozen"}
ALARMS = {
    12: {("selector", "fields.date", ".time")},
    15: {("failed", "", "")},
    17: {("blocked", "", "")},
    20: {("fill", "article/body", "")},
    28: {("stale", "", "")},
}
STATES = {12: "degraded", 13: "degraded", 15: "failed", 17: "blocked", 20: "degraded"} | dict.fromkeys(
    (28, 29, 30), "stale"
)


def guids(world: World) -> dict[str, tuple[str, str]]:
    feed = json.loads((world.feeds / "csco_cn.json").read_bytes())
    return {item["title"]: (item["id"], item["date_published"]) for item in feed["items"]}


def test_thirty_nights(world: World) -> None:
    society, met = Society(), dict[str, tuple[str, str]]()
    table = Table(
        "night", "event", "state", "new", "changed", "requests", "alarms told", title="Thirty nights"
    )
    raised: dict[int, set[tuple[str, str, str]]] = {}
    states: dict[int, str] = {}
    with serving(Site()) as site:
        for night in range(1, 31):
            day = FIRST + timedelta(days=night)
            if night < 22:
                society.publish(day)
            if night % 5 == 3 and night < 22:  # an edit of the notice that is due tonight
                society.rows[1].body += f"补充说明{chr(0x6000 + night)}。"
            society.design = int(night >= 12)
            society.dates = night not in {12, 13}
            society.bodiless = {society.rows[0].number} if night == 20 else set()
            site.routes = society.routes()
            if night == 17:
                site.routes = dict.fromkeys(site.routes, Answer("<script>challenge()</script>", 412))
            address = DEAD if night == 15 else site.url
            before = (
                {name: text for name, text in world.documents().items() if name != "status.json"}
                if night > 1
                else {}
            )
            done = world.nightly("csco_cn", csco_cn=address, NOW=f"{day}T02:00:00Z")
            line: dict[str, Any] = world.report["societies"][0]
            raised[night] = {(a["kind"], a["field"], a["selector"]) for a in line["alarms"] if a["new"]}
            states[night] = line["state"]
            assert done.code == (2 if night in {15, 17} else 0), done.text
            if night in {15, 17}:
                assert before == {n: t for n, t in world.documents().items() if n != "status.json"}
            for name, text in world.documents().items():
                if name.endswith((".rss", ".atom")):
                    assert not feedparser.parse(text).bozo, (night, name)
            now = guids(world)
            assert {title: now[title] for title in met.keys() & now.keys()} == {
                title: met[title] for title in met.keys() & now.keys()
            }
            if night > 1:
                assert len(now.keys() - met.keys()) <= 3, "a flood"
            met |= now
            told = "; ".join(" ".join(filter(None, alarm)) for alarm in sorted(raised[night]))
            counts = line["counts"]
            table.add_row(
                *(str(night), EVENTS.get(night, ""), line["state"], str(counts["new"])),
                *(str(counts["changed"]), str(line["requests"]), told),
            )
    Console(width=120).print(table)
    assert {night: alarms for night, alarms in raised.items() if alarms} == ALARMS
    assert {n: s for n, s in states.items() if s not in {"ok", "unchanged"}} == STATES
    changed = {n for (n,) in world.rows("select distinct run from revisions")}
    assert len(changed) >= 4
    assert world.rows("select count(*) from entries") == [(len(society.rows),)]


# --- kills ----------------------------------------------------------------------------------------
KILLS, EACH = 30, 3
NAMES = ("society_0", "society_1")
TONIGHT = {"NOW": "2026-07-05T02:00:00Z", "SPIDER_MODULES": "tests.sites.many"}


def _essence(world: World) -> tuple[Any, ...]:
    """What must be the same after any number of kills: entries, dates, GUIDs, revisions, feeds."""
    entries = world.rows(
        "select society, guid, link, title, published, updated, day, content_html, first_seen, "
        "first_run, position, missed, visited from entries order by guid"
    )
    revisions = world.rows(
        "select guid, run, seen, field, before, after from revisions join entries on entries.id = entry "
        "order by guid, field, after"
    )
    feeds = {name: text for name, text in world.documents().items() if name != "status.json"}
    return entries, revisions, feeds


def _phase(world: World) -> str:
    try:
        runs = world.rows("select ended from runs where night = (select max(id) from nights)")
    except sqlite3.OperationalError:
        return "before the ledger"
    ended = sum(end is not None for (end,) in runs)
    return f"{ended} of {len(runs)} begun had ended"


def test_killed_nights_end_as_undisturbed_ones(tmp_path: Path) -> None:
    rng, phases = random.Random(2026), Counter[str]()
    before, after = Society(), Society()
    for day in range(4):
        before.publish(FIRST + timedelta(days=day))
        after.publish(FIRST + timedelta(days=day))
    for row in after.rows[:3]:
        row.body += "补充说明,已经修订。"
    for number in range(18):
        after.rows.insert(0, notice(300 + number, FIRST + timedelta(days=4)))
    began = time.monotonic()
    with serving(Site(before.routes())) as one, serving(Site(before.routes())) as other:
        night = {"society_0": one.url, "society_1": other.url, **TONIGHT}
        base = World(tmp_path / "base")
        assert base.nightly(*NAMES, **night | {"NOW": "2026-07-04T02:00:00Z"}).code == 0
        one.routes, other.routes = after.routes(), after.routes()

        def copy(name: str) -> World:
            shutil.copytree(base.home, tmp_path / name)
            return World(tmp_path / name)

        undisturbed = copy("undisturbed")
        one.asked.clear()
        other.asked.clear()
        assert undisturbed.nightly(*NAMES, **night).code == 0
        requests = len(one.asked) + len(other.asked)
        meant = _essence(undisturbed)
        for turn in range(KILLS // EACH):
            world = copy(f"killed-{turn}")
            night["NIGHT_SOCIETIES"] = str(1 + turn % 2)  # both at once, or one after the other
            end = len(one.asked) + len(other.asked) + requests
            for _ in range(EACH):
                # By its requests, not by the clock: machines differ, and so does their load.
                now = len(one.asked) + len(other.asked)
                last = now + rng.randrange(max(end - now, 1))
                running = launch.start(*world.night(*NAMES, **night))
                while len(one.asked) + len(other.asked) < last and running.exitcode is None:
                    time.sleep(0.005)
                time.sleep(rng.uniform(0, 0.3))
                finished = running.exitcode is not None
                running.kill()
                running.join()
                phases["finished before" if finished else _phase(world)] += 1
            done = world.nightly(*NAMES, **night)
            assert done.code == 0, done.text
            assert world.report["resumed"] >= 1 or phases["finished before"]
            ledger = Ledger(f"sqlite:///{world.ledger}")
            assert upkeep.check(ledger.engine) == []
            ledger.close()
            for name in NAMES:
                archive = Archive(world.archive, name)
                assert archive.faults() == []
                archive.close()
            assert _essence(world) == meant
            shutil.rmtree(world.home)
    print(f"\n{KILLS} nights killed in {time.monotonic() - began:.0f} s: {dict(phases)}")


def test_two_nights_at_once(world: World) -> None:
    society = Society()
    slow: dict[str, Route] = {
        path: Answer(page, seconds=0.05)
        for path, page in society.routes().items()
        if isinstance(page, str)
    }
    with serving(Site(slow)) as site:
        words = world.night("csco_cn", csco_cn=site.url, NOW="2026-07-02T02:00:00Z")
        first = launch.start(*words)
        while len(site.asked) < 5:
            time.sleep(0.02)
        began = time.monotonic()
        second = world.nightly("csco_cn", csco_cn=site.url, NOW="2026-07-02T02:00:00Z")
        assert second.code == 4
        print(f"\nthe second night gave up after {time.monotonic() - began:.1f} s")
        first.join(120)
    assert first.exitcode == 0
    assert world.report["societies"][0]["counts"]["new"] == len(society.rows)

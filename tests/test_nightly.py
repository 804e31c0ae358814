"""`scrapy nightly` as a scheduler and an operator meet it: exit codes, report, bounds, who is told."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import jsonschema
import pytest
from filelock import FileLock

from csco_spider.night.report import exit_code, schema
from tests import launch
from tests.conftest import World
from tests.sites.csco import START, Row, listing, routes, rows
from tests.sites.server import Answer, Route, Site, serving

NOW = {"NOW": "2026-06-29T02:00:00Z"}
MANY = NOW | {"SPIDER_MODULES": "tests.sites.many"}
PAIR = ("society_0", "society_1")


@contextmanager
def two() -> Iterator[tuple[Site, Site]]:
    with ExitStack() as stack:
        one, other = (stack.enter_context(serving(Site(routes(rows(16))))) for _ in PAIR)
        yield one, other


def line(world: World, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in world.report["societies"] if one["name"] == name)
    return found


# --- exit codes -----------------------------------------------------------------------------------
def test_0_all_well_changed_or_not(world: World) -> None:
    with two() as (one, other):
        night = {"society_0": one.url, "society_1": other.url, **MANY}
        first = world.nightly(*PAIR, **night)
        assert first.code == 0, first.text
        assert "society_0: ok, 19 pages, 16 new, 0 changed" in first.text
        assert world.states == {"society_0": "ok", "society_1": "ok"}
        again = world.nightly(*PAIR, "--json", **night)
    assert again.code == 0, again.text
    assert world.states == {"society_0": "unchanged", "society_1": "unchanged"}
    report = world.report
    jsonschema.validate(report, schema())
    assert json.loads((world.home / "reports" / "2026-06-29.json").read_bytes()) == report
    assert json.dumps(report, ensure_ascii=False, indent=1) in again.text
    quiet = line(world, "society_0")
    assert quiet["counts"]["found"] == quiet["counts"]["unchanged"] == 15
    assert quiet["requests"] == 2
    assert quiet["newest"]["day"] == "2026-06-28"
    assert quiet["fields"]["listing/date"] == {"filled": 15, "of": 15, "length": 10, "rate": 1.0}
    assert report["sizes"]["ledger"] > 0 < report["sizes"]["free"]


def test_1_some_society_failed_and_the_other_lost_nothing(world: World) -> None:
    with two() as (one, other):
        one.routes = {START: Answer("", 403)}
        done = world.nightly(*PAIR, society_0=one.url, society_1=other.url, **MANY)
    assert done.code == 1, done.text
    assert world.states == {"society_0": "blocked", "society_1": "ok"}
    refused = line(world, "society_0")
    assert "refused us" in refused["cause"]
    assert refused["action"].startswith("ask the society")
    assert len(world.documents()) == 5


def test_1_a_crash_is_one_line_of_the_report(world: World, site: Site) -> None:
    site.routes = routes(rows(3))
    done = world.nightly("broken", "society_0", broken=site.url, society_0=site.url, **MANY)
    assert done.code == 1, done.text
    assert world.states == {"broken": "failed", "society_0": "ok"}


def test_1_a_ledger_that_takes_no_crawl_fails_that_society_in_a_sentence(world: World) -> None:
    with two() as (one, other):
        world.nightly(*PAIR, society_0=one.url, society_1=other.url, **MANY)
        world.execute(
            "create trigger full before insert on runs when new.society = 'society_0' "
            "begin select raise(abort, 'disk is full'); end"
        )
        done = world.nightly(
            *PAIR, society_0=one.url, society_1=other.url, **MANY | {"NOW": "2026-07-02T02:00:00Z"}
        )
    assert done.code == 1, done.text
    assert world.states == {"society_0": "failed", "society_1": "unchanged"}
    assert "refused a write (disk is full)" in line(world, "society_0")["cause"]
    assert "AttributeError" not in done.text and "AssertionError" not in done.text


def test_1_an_archive_that_can_t_be_opened_is_said_without_a_traceback(world: World, site: Site) -> None:
    (world.home / "file").write_text("")
    done = world.nightly("csco_cn", csco_cn=site.url, ARCHIVE_DIR=f"{world.home}/file/x", REPORT_DIR="")
    assert done.code == 2
    assert "file/x/csco_cn can't be opened" in done.text
    assert "Traceback" not in done.text
    assert sorted(path.name for path in world.home.glob("*.json")) == []
    assert not (world.home / "reports").exists()
    assert not list(launch.ROOT.glob("????-??-??.json"))


def test_1_a_file_that_is_wrong_costs_its_society_alone_and_is_told_once(world: World) -> None:
    halves = NOW | {"SPIDER_MODULES": "tests.sites.many,tests.sites.halves"}
    with two() as (one, other), serving(Site({"/": ""})) as ears:
        night = halves | {"society_0": one.url, "society_1": other.url}
        names = (*PAIR, "wrong", "unread", "nobody")
        done = world.nightly(*names, **night)
        assert done.code == 1, done.text
        assert "Traceback" not in done.text
        assert world.states == dict.fromkeys(PAIR, "ok") | dict.fromkeys(names[2:], "failed")
        assert line(world, "nobody")["cause"] == "nobody: organisation: say whose news it is"
        jsonschema.validate(world.report, schema())
        assert line(world, "wrong")["cause"].startswith("wrong: entries 'li[class=row' is no selector: ")
        said = "tests/sites/halves/unread.py, line 3: RuntimeError: half a file"
        assert line(world, "unread")["cause"] == f"the file of unread can't be read: {said}"
        assert (world.feeds / "society_0.rss").exists()
        halves["NOTIFY_URLS"] = ears.url.replace("http", "json")
        # A society that was crawled before: what is amiss since is told on one night, not on each.
        world.execute("UPDATE societies SET name = 'wrong' WHERE name = 'society_1'")
        nights = [world.nightly("society_0", "wrong", society_0=one.url, **halves) for _ in range(2)]
        assert [each.code for each in nights] == [1, 1]
    assert len(ears.posted) == 1
    assert "wrong is failed: wrong: entries 'li[class=row' is no selector" in ears.posted[0].decode()
    assert "halves/unread.py, line 3: RuntimeError" in world.scrapy("status", *_set(halves)).text


def test_2_nothing_but_wrong_files(world: World) -> None:
    halves = {"SPIDER_MODULES": "tests.sites.many,tests.sites.halves"}
    done = world.nightly("wrong", "unread", **halves)
    assert done.code == 2
    assert "wrong: entries" in done.sentence and "half a file" in done.sentence


def _set(settings: dict[str, str]) -> list[str]:
    return [part for pair in settings.items() for part in ("-s", "=".join(pair))]


def test_1_an_end_that_the_ledger_refuses_fails_that_society(world: World) -> None:
    with two() as (one, other):
        night = {"society_0": one.url, "society_1": other.url, **MANY}
        world.nightly(*PAIR, **night)
        world.execute(
            "create trigger full before update of outcome on runs when new.society = 'society_0' "
            "begin select raise(abort, 'disk is full'); end"
        )
        done = world.nightly(*PAIR, **night | {"NOW": "2026-07-02T02:00:00Z"})
    assert done.code == 1, done.text
    assert world.states == {"society_0": "failed", "society_1": "unchanged"}
    assert "refused a write (disk is full)" in line(world, "society_0")["cause"]


def test_2_all_failed(world: World) -> None:
    with two() as (one, _):
        one.routes = {START: listing([])}
    done = world.nightly(*PAIR, society_0=one.url, society_1="http://127.0.0.1:9", **MANY)
    assert done.code == 2, done.text
    assert world.states == {"society_0": "failed", "society_1": "failed"}
    jsonschema.validate(world.report, schema())


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("NIGHT_SOCIETIES=0", "NIGHT_SOCIETIES '0': give a whole number from 1 to"),
        ("SOCIETY_DEADLINE=x", "SOCIETY_DEADLINE 'x': give a number from 1 to"),
        ("FEED_WINDOW=", "FEED_WINDOW '': give a whole number from 1 to"),
    ],
)
def test_2_a_number_out_of_bounds(world: World, site: Site, setting: str, said: str) -> None:
    done = world.nightly("csco_cn", "-s", setting, csco_cn=site.url)
    assert done.code == 2
    assert said in done.text
    assert "Traceback" not in done.text
    assert list(world.home.iterdir()) == []
    assert site.asked == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["cscoo"], "no society 'cscoo'; there are csco, csco_cn"),
        (["--site", "csco=127.0.0.1"], "give scheme and host"),
        (["csco", "--site", "csco_cn=http://127.0.0.1:9"], "csco_cn: not among the societies named"),
        (["--ping-url", "soon"], "--ping-url 'soon' is no web address"),
        (["-s", "NOTIFY_URLS=foo://bar"], "NOTIFY_URLS: foo://… is no address that Apprise knows"),
        (["-s", "NOTIFY_URLS=json://127.0.0.1:9,secret"], "NOTIFY_URLS: what has no :// is no address"),
    ],
)
def test_2_could_not_start(world: World, words: list[str], said: str) -> None:
    done = world.nightly(*words)
    assert done.code == 2
    assert said in done.text
    assert "Traceback" not in done.text and "secret" not in done.text
    assert not world.feeds.exists()


def test_3_quarantined(world: World, site: Site) -> None:
    site.routes = routes([Row(n, f"第{n}号通知", "2026-06-28") for n in range(40)])
    for night in ("2026-06-29", "2026-06-30"):
        done = world.nightly("csco_cn", csco_cn=site.url, NOW=f"{night}T02:00:00Z")
        assert done.code == 0, done.text
    old = [
        Row(900 + n, f"旧文{chr(0x4E00 + n)}", "2025-01-05", body=chr(0x4E00 + n) * 90)
        for n in range(30)
    ]
    site.routes = routes(old)
    done = world.nightly("csco_cn", csco_cn=site.url, NOW="2026-07-01T02:00:00Z")
    assert done.code == 3, done.text
    assert world.states == {"csco_cn": "quarantined"}
    assert "scrapy release csco_cn" in line(world, "csco_cn")["action"]


def test_4_already_running(world: World, site: Site) -> None:
    site.routes = routes(rows(3))
    with FileLock(f"{world.ledger}.night.lock"):
        done = world.nightly("csco_cn", csco_cn=site.url)
    assert done.code == 4
    assert "another night is going on" in done.text
    assert site.asked == []


def test_5_the_night_s_deadline(world: World) -> None:
    with two() as (one, other):
        one.routes = {START: Answer(listing(rows(3)), seconds=20)}
        night = {"society_0": one.url, "society_1": other.url, **MANY}
        began = time.monotonic()
        done = world.nightly(*PAIR, NIGHT_DEADLINE="4", **night)
        assert done.code == 5, done.text
        assert time.monotonic() - began < 20
        assert line(world, "society_0")["state"] == "skipped"
        one.routes = routes(rows(3))
        done = world.nightly(*PAIR, **night)
    assert done.code == 0
    assert world.report["resumed"] == 1
    assert line(world, "society_1")["earlier"]


@pytest.mark.parametrize("culprit", ["endless", "wild"])
def test_5_a_callback_that_computes_for_ever_is_named(world: World, culprit: str) -> None:
    with two() as (one, other):
        sites = {culprit: one.url, "society_0": other.url, "NIGHT_WATCHDOG": "2", **MANY}
        done = world.nightly(culprit, "society_0", **sites)
    assert done.code == 5, done.text
    assert f"the watchdog ended the night: {culprit}: " in done.text
    assert world.states[culprit] == "failed"
    jsonschema.validate(world.report, schema())


def test_of_several_the_gravest_code_counts() -> None:
    assert exit_code(["ok", "unchanged", "degraded", "stale", "skipped"]) == 0
    assert exit_code(["ok", "quarantined"]) == 3
    assert exit_code(["quarantined", "failed"]) == 1
    assert exit_code(["failed", "ok"], late=True) == 5
    assert exit_code(["failed", "blocked", "empty"], late=True) == 2
    assert exit_code(["empty", "skipped"]) == 1


# --- politeness and bounds ------------------------------------------------------------------------
def test_societies_that_share_a_host_come_one_after_the_other(world: World, site: Site) -> None:
    site.routes = {
        path: Answer(page, seconds=0.01)
        for path, page in routes(rows(5)).items()
        if isinstance(page, str)
    }
    assert world.nightly(*PAIR, society_0=site.url, society_1=site.url, **MANY).code == 0
    assert site.peak == 1
    starts = [index for index, path in enumerate(site.asked) if path == "/robots.txt"]
    assert starts == [0, 7]


def test_sigterm_ends_a_night_cleanly_within_ten_seconds(world: World) -> None:
    with two() as (one, other):
        one.routes = {START: Answer(listing(rows(3)), seconds=30)}
        words = world.night(*PAIR, society_0=one.url, society_1=other.url, **MANY)
        said = world.home / "said"
        said.touch()
        night = launch.start(*words, said=str(said))
        while not other.asked or START not in one.asked:
            time.sleep(0.05)
        assert night.pid is not None
        began = time.monotonic()
        os.kill(night.pid, signal.SIGTERM)
        night.join(30)
        assert time.monotonic() - began < 10, said.read_text()
    assert night.exitcode in {1, 2}, said.read_text()
    assert "the night was stopped (SIGTERM); run it again for the rest" in said.read_text()
    assert world.states["society_0"] == "failed"
    assert "Traceback" not in said.read_text()


def test_one_byte_a_second_costs_that_society_alone(world: World) -> None:
    with two() as (one, other):
        one.routes = {START: Answer(listing(rows(3)), seconds=60)}
        began = time.monotonic()
        done = world.nightly(
            *PAIR, society_0=one.url, society_1=other.url, SOCIETY_DEADLINE="12", **MANY
        )
        assert time.monotonic() - began < 45
    assert done.code == 1, done.text
    assert world.states == {"society_0": "failed", "society_1": "ok"}


def test_after_missed_nights_paging_reaches_back_by_itself(world: World, site: Site) -> None:
    site.routes = routes(rows(30))
    assert world.nightly("csco_cn", csco_cn=site.url, NOW="2026-06-29T02:00:00Z").code == 0
    news = [Row(500 + n, f"新近通知之{chr(0x4E00 + n)}", "2026-07-01") for n in range(28)]
    site.routes = routes([*news, *rows(30)])
    site.pages()
    assert world.nightly("csco_cn", csco_cn=site.url, NOW="2026-07-02T02:00:00Z").code == 0
    assert line(world, "csco_cn")["counts"]["new"] == 28
    assert [path for path in site.pages() if "nlist" in path] == [
        START,
        *(f"{START}&page={n}" for n in (2, 3)),
    ]


def test_no_cache_on_the_way_may_answer(world: World, site: Site) -> None:
    site.routes = routes(rows(1))
    world.crawl("csco_cn", site.url)
    assert site.controls == {"max-age=0"}


# --- report and notes -----------------------------------------------------------------------------
def test_a_report_that_can_t_be_written_fails_no_society(world: World, site: Site) -> None:
    site.routes = routes(rows(16))
    (world.home / "file").write_text("")
    done = world.nightly("csco_cn", csco_cn=site.url, REPORT_DIR=f"{world.home}/file/reports", **NOW)
    assert done.code == 0, done.text
    assert "the report could not be written in full" in done.text
    assert world.states == {"csco_cn": "ok"}


def test_a_person_is_told_once_and_the_switch_every_night(world: World, site: Site) -> None:
    with serving(Site({"/": "", "/alive": "", "/alive/fail": ""})) as ears:
        told = {
            "NOTIFY_URLS": ears.url.replace("http", "json"),
            "PING_URL": f"{ears.url}/alive",
            **NOW,
            "csco_cn": site.url,
        }
        site.routes = routes(rows(16))
        assert world.nightly("csco_cn", **told).code == 0
        assert ears.asked == ["/alive"]
        site.routes = {START: Answer("", 403)}
        deaf = told | {"NOTIFY_URLS": "json://127.0.0.1:9"}
        assert world.nightly("csco_cn", **deaf).code == 2
        assert world.nightly("csco_cn", **told).code == 2
        assert world.nightly("csco_cn", **told).code == 2
        assert ears.asked == ["/alive", "/alive/fail", "/", "/alive/fail", "/alive/fail"]
    message = json.loads(ears.posted[2])
    assert message["title"] == "csco_spider: csco_cn"
    assert "csco_cn is blocked: csco_cn refused us" in message["message"]


def test_a_dead_target_never_fails_the_night(world: World, site: Site) -> None:
    site.routes = {START: listing([])}
    done = world.nightly(
        "csco_cn",
        csco_cn=site.url,
        NOTIFY_URLS="json://127.0.0.1:9",
        PING_URL="http://127.0.0.1:9/x",
    )
    assert done.code == 2, done.text
    assert world.states == {"csco_cn": "empty"}
    assert line(world, "csco_cn")["failed_selectors"] == ["ul.newlist > li"]


def test_a_killed_night_is_taken_up_again(world: World) -> None:
    with two() as (one, other):
        shown = [Row(n, f"第{n}号通知", "2026-06-28") for n in range(30, 0, -1)]
        slow: dict[str, Route] = {
            p: Answer(page, seconds=0.2) for p, page in routes(shown).items() if isinstance(page, str)
        }
        one.routes, other.routes = slow, routes(rows(16))
        night = {"society_0": one.url, "society_1": other.url, **MANY}
        killed = launch.start(*world.night(*PAIR, **night))
        while len(one.asked) < 12:
            time.sleep(0.02)
        killed.kill()
        killed.join()
        committed = len(one.asked)
        one.routes = routes(shown)
        done = world.nightly(*PAIR, **night)
        assert done.code == 0, done.text
        assert "was taken up again" in done.text
        assert world.report["resumed"] == 1
        asked_twice = [path for path in one.asked if "ncontent" in path]
        assert len(asked_twice) - len(set(asked_twice)) <= 2  # in flight, and read but not committed
        undisturbed = World(world.home / "undisturbed")
        assert undisturbed.nightly(*PAIR, **night).code == 0
    assert committed < 35

    def feeds(where: World) -> dict[str, bytes]:
        return {name: content for name, content in where.documents().items() if name != "status.json"}

    assert feeds(world) == feeds(undisturbed)


def test_what_a_killed_half_saw_is_told_once(world: World) -> None:
    with two() as (refusing, slow), serving(Site({"/": ""})) as ears:
        refusing.routes = {START: Answer("", 403)}
        slow.routes = {
            path: Answer(page, seconds=0.3)
            for path, page in routes(rows(16)).items()
            if isinstance(page, str)
        }
        night = {"society_0": refusing.url, "society_1": slow.url, **MANY}
        night["NOTIFY_URLS"] = ears.url.replace("http", "json")
        for number in (signal.SIGKILL, signal.SIGTERM):
            half = launch.start(*world.night(*PAIR, **night))
            ended = 0 if number == signal.SIGKILL else 1
            while len(refusals(world)) == ended:
                time.sleep(0.02)
            assert half.pid is not None
            os.kill(half.pid, number)
            half.join(30)
            assert half.exitcode == (-9 if number == signal.SIGKILL else 2)
            assert len(ears.posted) == ended
        assert "society_0 is blocked" in json.loads(ears.posted[0])["message"]
        done = world.nightly(*PAIR, **night)
    assert done.code == 1, done.text
    assert world.states == {"society_0": "blocked", "society_1": "ok"}
    assert len(ears.posted) == 1


def refusals(world: World) -> list[tuple[Any, ...]]:
    try:
        return world.rows("select id from runs where outcome = 'refused'")
    except sqlite3.OperationalError:  # not made yet
        return []

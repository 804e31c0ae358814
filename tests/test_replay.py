"""`scrapy replay`: archived nights read again, what subscribers would see, and a ledger rebuilt."""

from __future__ import annotations

import json
import os
import signal
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csco_spider.replay import compare, lines
from csco_spider.settings import ITEM_PIPELINES
from tests import launch
from tests.conftest import World
from tests.makers import STARTED, stored
from tests.sites.csco import START, article, listing, routes, rows
from tests.sites.server import Answer, Site

BLIND = ("-s", "SPIDER_MODULES=tests.parsers.blind")
SHOUTING = ("-s", "SPIDER_MODULES=tests.parsers.shouting")
ENTRIES = (
    "select guid, link, title, published, updated, day, precision, origin, fingerprint, summary, "
    "content_html, authors, language, categories, image, enclosures, first_seen, position, missed, "
    "withdrawn from entries order by guid"
)


def _nights(world: World, site: Site) -> None:
    """A first fill, an edit, a quiet night, a dead page, a host that fails, two news."""
    shown = rows(20)
    site.routes = routes(shown)
    world.crawl("csco_cn", site.url, NOW="2026-07-01T02:00:00Z")
    shown[2].title += "(更正)"
    shown[3].body = "会议改期至九月举行,已经登记的会员无需再次登记。"
    site.routes = routes(shown)
    world.crawl("csco_cn", site.url, "-a", "revisit=90", NOW="2026-07-02T02:00:00Z")
    world.crawl("csco_cn", site.url, NOW="2026-07-03T02:00:00Z")
    for night in (4, 5, 6):
        site.routes[shown[4].path] = Answer("gone", 404)
        world.crawl("csco_cn", site.url, "-a", "revisit=90", NOW=f"2026-07-0{night}T02:00:00Z")
    site.routes[START] = Answer("", 500)
    world.crawl("csco_cn", site.url, NOW="2026-07-07T02:00:00Z")
    shown = [*rows(2, 21), *(row for row in shown if row is not shown[4])]
    site.routes = routes(shown)
    site.routes[rows(2, 21)[0].path] = Answer("x" * 50, cut=20)
    world.crawl("csco_cn", site.url, NOW="2026-07-08T02:00:00Z")
    site.routes = routes(shown)
    world.crawl("csco_cn", site.url, NOW="2026-07-09T02:00:00Z")


def _whole(world: World) -> list[Any]:
    """Entries, addresses, revisions, aliases, runs; their numbers are the ledger's own affair."""
    return [
        world.rows(ENTRIES),
        world.rows("select address, listed, verdict from addresses order by address"),
        world.rows(
            "select guid, seen, field, before, after from revisions join entries on entries.id = entry "
            "order by guid, seen, field"
        ),
        world.rows("select kind, value from aliases order by kind, value"),
        world.rows("select started, outcome from runs where outcome = 'ok' order by id"),
    ]


@pytest.mark.parametrize("validators", [False, True])
def test_a_lost_ledger_is_rebuilt_to_the_byte(world: World, site: Site, validators: bool) -> None:
    site.validators = validators
    _nights(world, site)
    assert world.rows("select count(*) from entries where withdrawn is not null") == [(1,)]
    site.routes = {}  # nothing is left to ask
    site.asked.clear()
    done = world.scrapy("replay", "csco_cn", "--check")
    assert (done.code, "no difference" in done.text) == (0, True), done.text
    before, documents = _whole(world), world.documents()
    world.ledger.unlink()
    for path in world.feeds.glob("csco_cn.*"):
        path.unlink()
    done = world.scrapy("replay", "csco_cn", "--apply")
    assert (done.code, "rebuilt 22 entries" in done.text) == (0, True), done.text
    assert world.documents() == documents
    assert _whole(world) == before
    assert site.asked == []
    assert "the ledger is sound" in world.scrapy("ledger", "check").text


def test_what_a_killed_crawl_never_told_the_archive_is_made_up_for(world: World, site: Site) -> None:
    site.routes = routes(rows(6))
    world.crawl("csco_cn", site.url, NOW="2026-07-01T02:00:00Z")
    site.routes = routes([*rows(2, 21), *rows(6)])
    for day, killed, place in ((2, "Archived", 299), (3, "Committed", 301)):
        pipelines = json.dumps({**ITEM_PIPELINES, f"tests.parsers.killed.{killed}": place})
        now = f"2026-07-0{day}T02:00:00Z"
        done = world.crawl("csco_cn", site.url, revisit="0", ITEM_PIPELINES=pipelines, NOW=now)
        assert done.code == -signal.SIGKILL
    seen = "select count(*) from entries where first_seen like '2026-07-03%'"
    assert world.rows(seen) == [(1,)]
    world.crawl("csco_cn", site.url, NOW="2026-07-04T02:00:00Z")
    before, documents = world.rows(ENTRIES), world.documents()
    world.ledger.unlink()
    assert world.scrapy("replay", "csco_cn", "--apply").code == 0
    assert world.rows(ENTRIES) == before
    assert world.documents() == documents


def test_a_wrong_selector_shows_what_subscribers_would_miss(world: World, site: Site) -> None:
    site.routes = routes(rows(8))
    world.crawl("csco_cn", site.url)
    before, documents = world.rows(ENTRIES), world.documents()
    done = world.scrapy("replay", "csco_cn", *BLIND)
    assert done.code == 0
    assert "vanished: 4" in done.text
    for row in rows(8)[::2]:
        assert row.title in done.text
    assert world.scrapy("replay", "--all", "--check", *BLIND).code == 1
    assert world.scrapy("replay", "--all", "--check").code == 0
    assert (world.rows(ENTRIES), world.documents()) == (before, documents)


def test_a_right_parser_is_recorded_under_the_same_guids(world: World, site: Site) -> None:
    site.routes = routes(rows(8))
    world.crawl("csco_cn", site.url)
    guids = world.rows("select guid, published from entries order by guid")
    done = world.scrapy("replay", "csco_cn", *SHOUTING)
    assert "changed: 1 (title of 1, body of 1)" in done.text, done.text
    assert "→ 第2号通知:诊疗规范培训 特别提示" in done.text
    assert world.scrapy("replay", "csco_cn", "--apply", *SHOUTING).code == 0
    assert world.rows("select guid, published from entries order by guid") == guids
    assert "特别提示" in world.documents()["csco_cn.rss"].decode()
    assert "特别提示" in world.documents()["csco_cn.changes.atom"].decode()
    assert world.scrapy("replay", "csco_cn", "--check", *SHOUTING).code == 0


def test_a_parser_that_found_nothing_is_undone(world: World, site: Site) -> None:
    """A night with a bad parser missed half; the right one finds them on the pages that were kept."""
    site.routes = routes(rows(8))
    world.crawl("csco_cn", site.url, *BLIND, NOW="2026-07-01T02:00:00Z")
    assert len(world.rows(ENTRIES)) == 4
    later = [*rows(1, 9), *rows(8)]
    site.routes = routes(later)
    assert world.crawl("csco_cn", site.url, NOW="2026-07-02T02:00:00Z").counts[0] == 5
    assert world.scrapy("replay", "csco_cn", "--check").code == 0
    assert world.crawl("csco_cn", site.url, *BLIND, NOW="2026-07-03T02:00:00Z").code == 0


def test_a_flood_from_the_archive_is_held_back(world: World, site: Site) -> None:
    site.routes = routes(rows(60), per_page=60)
    for row in rows(60):
        site.routes[row.path] = article(row)
    world.crawl("csco_cn", site.url, NOW="2026-07-01T02:00:00Z")
    world.crawl("csco_cn", site.url, NOW="2026-07-02T02:00:00Z")
    world.rows("select 1")
    before = world.documents()
    # A ledger that lost most of its entries would publish them all anew.
    lines_ = _export(world)
    kept = [line for line in lines_ if not _of_old(line)]
    (world.home / "half.jsonl").write_text("".join(kept), encoding="utf-8")
    world.ledger.unlink()
    assert world.scrapy("ledger", "import", str(world.home / "half.jsonl")).code == 0
    done = world.scrapy("replay", "csco_cn")
    assert "new: 40" in done.text
    assert "the flood guard would hold it back" in done.text
    done = world.scrapy("replay", "csco_cn", "--apply")
    assert done.code == 3
    assert world.documents() == before


def _export(world: World) -> list[str]:
    assert world.scrapy("ledger", "export", str(world.home / "all.jsonl")).code == 0
    return (world.home / "all.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)


def _of_old(line: str) -> bool:
    """A row of an entry beyond the twentieth."""
    row = json.loads(line)
    number = row.get("id") if row.get("table") == "entries" else row.get("entry")
    if row.get("table") == "published":
        return False
    return number is not None and number > 20


def test_crawls_since_a_day(world: World, site: Site) -> None:
    _nights(world, site)
    done = world.scrapy("replay", "csco_cn", "--since", "2026-07-08")
    assert done.code == 0
    assert "csco_cn: 2 crawls read again" in done.text
    assert "beyond the archive" in done.text
    assert "new:" not in done.text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name societies"),
        (("csco", "--all"), "name societies"),
        (("no_such",), "no society 'no_such'"),
        (("csco",), "there is no archive to replay"),
        (("csco_cn", "--since", "last week"), "give a day such as"),
        (("csco_cn", "--since", "2030-01-01"), "the archive holds no crawl since 2030-01-01"),
        (("csco_cn", "--since", "2026-01-01", "--apply"), "takes the whole archive"),
    ],
)
def test_wrong_usage_is_named(world: World, site: Site, words: tuple[str, ...], said: str) -> None:
    site.routes = routes(rows(1))
    world.crawl("csco_cn", site.url)
    done = world.scrapy("replay", *words)
    assert done.code == 2
    assert said in done.text


@pytest.mark.parametrize("where", ["mistyped.sqlite3", ""])
def test_a_ledger_that_is_not_there_is_named_and_not_made(world: World, site: Site, where: str) -> None:
    site.routes = routes(rows(1))
    world.crawl("csco_cn", site.url)
    url = where and f"sqlite:///{world.home}/{where}"
    for words in (("csco_cn",), ("--all", "--check"), *((("csco_cn", "--apply"),) if not where else ())):
        done = launch.scrapy(
            "replay", *words, "-s", f"LEDGER_URL={url}", "-s", f"ARCHIVE_DIR={world.archive}"
        )
        assert done.code == 2, done.text
        assert ("no ledger is there" if where else "LEDGER_URL is empty") in done.text
    assert not (world.home / "mistyped.sqlite3").exists()


def test_operators_words_outlive_a_replay(world: World, site: Site) -> None:
    shown = rows(3)
    site.routes = routes(shown)
    world.crawl("csco_cn", site.url)
    guids = [guid for (guid,) in world.rows("select guid from entries order by id")]
    world.scrapy("ledger", "merge", guids[0], guids[1])
    world.scrapy("publish", "csco_cn")
    assert world.scrapy("replay", "csco_cn", "--check").code == 0
    documents = world.documents()
    assert world.scrapy("replay", "csco_cn", "--apply").code == 0
    assert world.documents() == documents


def test_a_discarded_crawl_is_not_read_again(world: World, site: Site) -> None:
    site.routes = routes(rows(20))
    world.crawl("csco_cn", site.url, NOW="2026-07-01T02:00:00Z")
    site.routes = {START: listing(rows(130, 21)[:130])} | routes(rows(130, 21), 130)
    assert world.crawl("csco_cn", site.url, NOW="2026-07-02T02:00:00Z").code == 3
    world.scrapy("release", "csco_cn", "--discard")
    assert world.scrapy("replay", "csco_cn", "--check").code == 0


def test_a_replay_that_is_stopped_changes_nothing(world: World, site: Site) -> None:
    site.routes = routes(rows(20))
    for night in range(1, 6):
        world.crawl("csco_cn", site.url, NOW=f"2026-07-0{night}T02:00:00Z")
    world.ledger.rename(world.home / "kept.sqlite3")
    settings = [part for pair in world.settings.items() for part in ("-s", "=".join(pair))]
    said = world.home / "said"
    said.touch()
    running = launch.start("replay", "csco_cn", "--apply", *settings, said=str(said))
    while not world.ledger.exists():
        time.sleep(0.01)
    time.sleep(0.2)
    assert running.pid is not None
    os.kill(running.pid, signal.SIGINT)
    running.join(60)
    assert running.exitcode == 1, said.read_text()
    assert "nothing is changed" in said.read_text()
    assert "Traceback" not in said.read_text()
    assert world.rows("select count(*) from entries") == [(0,)]


# --- the diff -------------------------------------------------------------------------------------
def test_a_diff_in_words() -> None:
    before = [stored(1, "一号"), stored(2, "二号"), stored(3, "三号")]
    after = [stored(3, "三号"), stored(1, "一号(新)"), stored(4, "四号")]
    for item in (*before, *after):
        item.first_seen = STARTED
    stated = {item.guid: ("2026-06-03", "digest") for item in (*before, *after)}
    restated = stated | {
        before[0].guid: ("2026-06-04", "digest"),
        before[2].guid: ("2026-06-02", "other"),
    }
    difference = compare(before, after, stated, restated, {STARTED})
    assert [item.title for item in difference.new] == ["四号"]
    assert [item.title for item in difference.vanished] == ["二号"]
    assert {change.item.title: set(change.fields) for change in difference.changed} == {
        "一号": {"title", "date"},
        "三号": {"date", "body"},
    }
    assert [item.title for item in difference.reordered] == ["三号", "一号"]
    said = "\n".join(lines(difference))
    assert "date: 2026-06-03 → 2026-06-04" in said
    assert "title: 一号 → 一号(新)" in said
    assert compare(before, after, stated, restated, set()).beyond == 1


@given(st.lists(st.integers(1, 30), unique=True))
def test_nothing_differs_from_itself(numbers: list[int]) -> None:
    items = [stored(number) for number in numbers]
    for item in items:
        item.first_seen = STARTED
    stated = {item.guid: ("2026-06-03", "digest") for item in items}
    difference = compare(items, items, stated, stated, {STARTED})
    assert not difference
    assert list(lines(difference)) == []
    assert difference.night().count().total() == 0

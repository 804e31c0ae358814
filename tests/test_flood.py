"""Floods are held back with untouched bytes; what a real week brings passes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import pytest

from csco_spider.extensions.publishing import held_back
from csco_spider.items import NewsItem, When
from csco_spider.ledger import GOOD, Ledger, Run, record
from csco_spider.ledger.nights import Night, last_published
from csco_spider.publish import publish
from csco_spider.publish.guard import implausible
from tests.conftest import World
from tests.makers import CSCO, HOSTS, STARTED, item
from tests.sites.csco import START, Row, article, listing, routes
from tests.sites.server import Answer, Site

TEXT = "会议安排见附件,请各位会员相互转告,并在截止日期之前完成登记,逾期提交的材料将顺延至下一批处理。"


def notices(count: int, first: int = 1, days: int = 3, newest: str = "2026-06-28") -> list[Row]:
    """Notices ``days`` apart, newest first, each with a text of its own."""
    start = datetime.fromisoformat(newest)
    return [
        Row(
            first + count - 1 - n,
            f"第{first + count - 1 - n}号通知:诊疗规范培训",
            (start - timedelta(days=n * days)).date().isoformat(),
            body=f"{TEXT}编号甲{first + count - 1 - n}。" * 3,
        )
        for n in range(count)
    ]


@pytest.fixture
def filled(world: World, site: Site) -> World:
    """A society with two good nights behind it."""
    site.routes = routes(notices(60))
    for day in ("2026-06-29", "2026-06-30"):
        assert world.crawl("csco_cn", site.url, NOW=f"{day}T02:00:00Z").code == 0
    return world


def old_ones_again(count: int = 200) -> list[Row]:
    """Old notices of which no alias is known: other numbers, titles and texts, old dates."""
    return [
        Row(
            9000 + n,
            f"旧文重现之{chr(0x4E00 + n)}",
            f"2026-0{1 + n % 5}-{1 + n % 28:02}",
            body=TEXT + chr(0x4E00 + n),
        )
        for n in range(count)
    ]


def test_old_notices_that_reappear_are_quarantined_and_can_be_released(
    filled: World, site: Site
) -> None:
    before = filled.documents()
    site.routes = routes([*old_ones_again(), *notices(60)])
    done = filled.crawl("csco_cn", site.url, NOW="2026-07-01T02:00:00Z")
    assert done.code == 3, done.text
    assert "csco_cn is quarantined: 200 new notices carry old dates" in done.sentence
    assert "旧文重现" in done.sentence
    assert "scrapy release csco_cn" in done.sentence
    assert filled.documents() == before
    again = filled.crawl("csco_cn", site.url, NOW="2026-07-02T02:00:00Z")
    assert again.code == 3
    assert filled.documents() == before
    assert "is quarantined" in filled.scrapy("publish", "csco_cn").text
    assert filled.documents() == before
    released = filled.scrapy("release", "csco_cn")
    assert released.code == 0, released.text
    assert "旧文重现".encode() in filled.documents()["csco_cn.rss"]
    assert filled.crawl("csco_cn", site.url, NOW="2026-07-03T02:00:00Z").code == 0


def test_a_redesign_that_dates_old_notices_anew_is_quarantined(filled: World, site: Site) -> None:
    before = filled.documents()
    moved = [replace(row, number=row.number + 900, day="2026-07-01") for row in notices(12, first=49)]
    site.routes = routes(moved)
    done = filled.crawl("csco_cn", site.url, NOW="2026-07-01T02:00:00Z")
    assert done.code == 3, done.text
    assert "12 new notices have title and text of older ones, at most 5 are plausible" in done.sentence
    assert filled.documents() == before


def test_discard_forgets_what_was_held_back(filled: World, site: Site) -> None:
    before, held = (
        filled.documents(),
        filled.rows("select guid, title, day, updated from entries order by guid"),
    )
    site.routes = routes([*old_ones_again(), *notices(60)])
    assert filled.crawl("csco_cn", site.url, NOW="2026-07-01T02:00:00Z").code == 3
    done = filled.scrapy("release", "csco_cn", "--discard")
    assert done.code == 0, done.text
    assert "200 new entries forgotten" in done.text
    assert filled.documents() == before
    assert filled.rows("select guid, title, day, updated from entries order by guid") == held
    assert filled.scrapy("ledger", "check").text.strip() == "the ledger is sound"
    site.routes = routes(notices(60))
    assert filled.crawl("csco_cn", site.url, NOW="2026-07-02T02:00:00Z").code == 0
    assert filled.documents() == before
    assert "is not quarantined" in filled.scrapy("release", "csco_cn").text
    for options in ([], ["--discard"]):
        assert "knows no society 'nosuch'" in filled.scrapy("release", "nosuch", *options).text


def test_a_third_of_the_dates_moving_is_quarantined_and_undone(filled: World, site: Site) -> None:
    before = filled.documents()
    shown = notices(60)
    for row in shown[:18]:
        row.day = (datetime.fromisoformat(row.day) - timedelta(days=365)).date().isoformat()
    site.routes = routes(shown)
    done = filled.crawl("csco_cn", site.url, NOW="2026-07-01T02:00:00Z", backfill="1")
    assert done.code == 3, done.text
    assert "18 dates were moved" in done.sentence
    assert filled.documents() == before
    assert "18 restored" in filled.scrapy("release", "csco_cn", "--discard").text
    assert filled.documents() == before
    assert filled.rows("select count(*) from revisions") == [(0,)]


def test_texts_that_shrink_are_quarantined(filled: World, site: Site) -> None:
    before = filled.documents()
    shown = notices(60)
    for row in shown:
        row.body = "内容加载中"
    site.routes = routes(shown)
    done = filled.crawl("csco_cn", site.url, NOW="2026-07-01T02:00:00Z", revisit="60")
    assert done.code == 3, done.text
    assert "texts lost more than half" in done.sentence
    assert filled.documents() == before


def test_a_congress_week_passes(filled: World, site: Site) -> None:
    week = [
        Row(
            500 + n,
            f"年会专题报道之{chr(0x4E00 + n)}",
            f"2026-07-0{1 + n // 8}",
            body=TEXT + chr(0x4E00 + n),
        )
        for n in range(40)
    ]
    site.routes = routes([*week[::-1], *notices(60)])
    done = filled.crawl("csco_cn", site.url, NOW="2026-07-06T02:00:00Z")
    assert (done.code, done.counts[0]) == (0, 40), done.text
    assert filled.documents()["csco_cn.rss"].count("年会专题报道".encode()) >= 40


def test_the_first_crawl_and_a_backfill_make_nothing_new(world: World, site: Site) -> None:
    shown = notices(120, days=1)
    site.routes = routes(shown)
    done = world.crawl("csco_cn", site.url, NOW="2026-07-01T02:00:00Z", MAX_LISTING_PAGES="4")
    assert done.counts[0] == 60
    before = world.documents()
    done = world.crawl("csco_cn", site.url, NOW="2026-07-02T02:00:00Z", backfill="1")
    assert (done.code, done.counts[0]) == (0, 60), done.text
    assert world.documents() == before


@pytest.mark.parametrize("nights", [6, pytest.param(30, marks=pytest.mark.proof)])
def test_nights_of_noise_change_no_byte_and_one_edit_is_told(
    world: World, site: Site, nights: int
) -> None:
    shown = notices(12)
    site.routes = routes(shown)
    began = datetime(2026, 7, 1, 2, tzinfo=UTC)
    world.crawl("csco_cn", site.url, NOW=began.isoformat())
    before = world.documents()
    for night in range(1, nights + 1):
        for row in shown:
            noise = f'<p class="n{night}">浏览次数:{night * 31}次</p>'
            body = f"<span data-n='{night}'>{row.body}</span>{noise}"
            site.routes[row.path] = article(Row(row.number, row.title, row.day, body), views=night * 977)
        now = (began + timedelta(days=night)).isoformat()
        done = world.crawl("csco_cn", site.url, NOW=now, revisit="99")
        assert (done.code, done.counts[1]) == (0, 0), done.text
        assert world.documents() == before
    guid = world.rows("select guid, published from entries where link like '%oid=7'")
    edited = shown[5]
    assert edited.number == 7
    edited.body = edited.body.replace("截止日期之前", "7月15日之前", 1)
    site.routes[edited.path] = article(edited)
    world.crawl("csco_cn", site.url, NOW="2026-08-02T02:00:00Z", revisit="99")
    assert world.rows("select field, seen from revisions") == [("body", "2026-08-02T02:00:00Z")]
    assert world.rows("select guid, published from entries where link like '%oid=7'") == guid
    changes = world.documents()["csco_cn.changes.atom"].decode()
    assert changes.count("<entry>") == 1
    assert "&lt;del&gt;截止日期&lt;/del&gt;&lt;ins&gt;7月15日&lt;/ins&gt;之前" in changes
    assert world.crawl("csco_cn", site.url, NOW="2026-08-03T02:00:00Z", revisit="99").counts[1] == 0


def test_a_page_gone_for_three_nights_is_withdrawn_and_comes_back_as_itself(
    world: World, site: Site
) -> None:
    shown = notices(6)
    site.routes = routes(shown)
    world.crawl("csco_cn", site.url, NOW="2026-07-01T02:00:00Z")
    guid = world.rows("select guid from entries where link like '%oid=4'")
    gone = shown[2]
    site.routes = routes([row for row in shown if row is not gone])
    for day in (2, 3):
        world.crawl("csco_cn", site.url, NOW=f"2026-07-0{day}T02:00:00Z", revisit="99")
        assert "已不在".encode() not in world.documents()["csco_cn.rss"]
    done = world.crawl("csco_cn", site.url, NOW="2026-07-04T02:00:00Z", revisit="99")
    assert done.code == 0
    assert world.documents()["csco_cn.rss"].count("已不在学会网站上(2026-07-04)".encode()) == 2
    assert world.rows("select withdrawn, updated from entries where withdrawn is not null") == [
        ("2026-07-04T02:00:00Z", "2026-07-04T02:00:00Z")
    ]
    site.routes = routes(shown)
    back = world.crawl("csco_cn", site.url, NOW="2026-07-05T02:00:00Z", revisit="99")
    assert back.counts[:2] == (0, 1)
    assert world.rows("select guid from entries where link like '%oid=4'") == guid
    assert "已不在".encode() not in world.documents()["csco_cn.rss"]


def test_a_site_of_which_all_is_gone_withdraws_nothing(world: World, site: Site) -> None:
    site.routes = routes(notices(6))
    world.crawl("csco_cn", site.url, NOW="2026-07-01T02:00:00Z")
    before = world.documents()
    site.routes = {}
    for day in range(2, 7):
        down = world.crawl("csco_cn", site.url, NOW=f"2026-07-0{day}T02:00:00Z", revisit="99")
        assert down.code == 1, down.text
    site.routes = routes(notices(6))
    back = world.crawl("csco_cn", site.url, NOW="2026-07-07T02:00:00Z", revisit="99")
    assert (back.code, back.counts) == (0, (0, 0, 6)), back.text
    assert world.documents() == before
    assert world.rows("select * from revisions") == []


def test_what_is_back_before_it_was_released_is_held_back_no_longer(world: World, site: Site) -> None:
    shown = notices(12)
    site.routes = routes(shown)
    world.crawl("csco_cn", site.url, NOW="2026-07-01T02:00:00Z")
    before = world.documents()
    for row in shown[:6]:
        site.routes[row.path] = Answer("gone", 404)
    for day in (2, 3, 4):
        held = world.crawl("csco_cn", site.url, NOW=f"2026-07-0{day}T02:00:00Z", revisit="99")
    assert "6 notices were withdrawn" in held.sentence
    assert held.code == 3
    site.routes = routes(shown)
    back = world.crawl("csco_cn", site.url, NOW="2026-07-05T02:00:00Z", revisit="99")
    assert (back.code, back.counts[:2]) == (0, (0, 6)), back.text
    titles = [row.title for row in shown]
    assert [one.title for one in feedparser.parse(world.documents()["csco_cn.rss"]).entries] == titles
    assert before.keys() == world.documents().keys()


def test_dates_that_moved_and_came_back_are_held_back_no_longer(filled: World, site: Site) -> None:
    shown = notices(60)
    days = [row.day for row in shown]
    for row in shown[:18]:
        row.day = (datetime.fromisoformat(row.day) - timedelta(days=365)).date().isoformat()
    site.routes = routes(shown)
    assert filled.crawl("csco_cn", site.url, NOW="2026-07-01T02:00:00Z", backfill="1").code == 3
    for row, day in zip(shown, days, strict=True):
        row.day = day
    site.routes = routes(shown)
    done = filled.crawl("csco_cn", site.url, NOW="2026-07-02T02:00:00Z", backfill="1")
    assert done.code == 0, done.text


def test_a_society_that_takes_its_old_addresses_back_loses_nothing(world: World, site: Site) -> None:
    old = notices(6)
    new = [replace(row, number=row.number + 1000) for row in old]
    nights = (f"2026-07-0{day}T02:00:00Z" for day in range(1, 9))
    for shown in (old, new, old, old, old, old):
        site.routes = routes(shown)
        done = world.crawl("csco_cn", site.url, NOW=next(nights), revisit="99")
        assert done.code in {0, 1}, done.text
    assert done.code == 0, done.text
    links = world.rows("select link, missed, withdrawn from entries order by published desc")
    assert links == [(f"https://www.csco.org.cn{row.path}", 0, None) for row in old]
    feed = feedparser.parse(world.documents()["csco_cn.rss"])
    assert [one.link for one in feed.entries] == [link for link, *_ in links]


def test_a_notice_that_is_listed_again_after_months_is_no_longer_withdrawn(
    world: World, site: Site
) -> None:
    shown = notices(6)
    site.routes = routes(shown)
    world.crawl("csco_cn", site.url, NOW="2026-07-01T02:00:00Z")
    site.routes = routes(shown[1:])
    for day in (2, 3, 4):
        world.crawl("csco_cn", site.url, NOW=f"2026-07-0{day}T02:00:00Z", revisit="99")
    assert "已不在".encode() in world.documents()["csco_cn.rss"]
    site.routes = routes(shown)
    back = world.crawl("csco_cn", site.url, NOW="2026-10-01T02:00:00Z")
    assert (back.code, back.counts) == (0, (0, 1, 5)), back.text
    assert "已不在".encode() not in world.documents()["csco_cn.rss"]


def test_notices_that_stay_gone_are_no_failure_for_ever(world: World, site: Site) -> None:
    shown = [*notices(3, first=10, days=1), *notices(6, newest="2026-01-01")]
    site.routes = routes(shown)
    world.crawl("csco_cn", site.url, NOW="2026-06-28T20:00:00Z")
    site.routes = routes(shown[3:])
    codes = [
        world.crawl("csco_cn", site.url, NOW=f"2026-07-0{day}T02:00:00Z").code for day in range(2, 9)
    ]
    assert codes == [1, 1, 1, 1, 1, 0, 0], codes


def test_a_short_listing_withdraws_nothing(world: World, site: Site) -> None:
    shown = notices(6)
    site.routes = routes(shown)
    world.crawl("csco_cn", site.url)
    site.routes[START] = listing(shown[:1])
    for _ in range(4):
        world.crawl("csco_cn", site.url, revisit="9999")
    assert world.rows("select count(*) from entries where withdrawn is not null") == [(0,)]


def test_a_crawl_that_ends_after_a_later_one_answers_for_what_it_brought(tmp_path: Path) -> None:
    ledger = Ledger(f"sqlite:///{tmp_path}/ledger.sqlite3")

    def begin(hour: int) -> Run:
        return ledger.begin(CSCO, HOSTS, STARTED + timedelta(hours=hour))

    def speak(run: Run) -> None:
        publish(
            ledger, CSCO.name, directory=tmp_path, base_url="", window=50, anew=False, run=run.number
        )
        run.end(GOOD, "", {})

    first = begin(0)
    record(first, item(1))
    speak(first)
    early, late = begin(1), begin(2)
    record(late, item(2, "第二轮通知", "2026-07-01"))
    assert held_back(ledger, late, 50) == []
    speak(late)
    assert held_back(ledger, early, 50) == []
    for number in range(3, 33):
        record(
            early,
            item(number, f"旧文重现之{chr(0x4E00 + number)}", "2026-05-03", body=TEXT + str(number)),
        )
    (cause,) = held_back(ledger, early, 50)
    assert "30 new notices carry old dates" in cause
    speak(early)  # as if released
    assert last_published(ledger.engine, CSCO.name).run == late.number
    assert held_back(ledger, begin(3), 50) == []
    ledger.close()


def _night(**kinds: int) -> Night:
    night = Night()
    for kind, count in kinds.items():
        titles = [f"{kind} {n}" for n in range(count)]
        if kind in {"fresh", "late", "undated", "shrunken"}:
            setattr(night, kind, titles)
        else:
            night.changed[kind] = titles
    return night


NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
BEFORE = {f"urn:{n}": NOON + timedelta(hours=n) for n in range(50)}
PUBLISHED = [
    NewsItem("csco", "https://a.org/", guid=guid, published=When(instant, "day", "listing"))
    for guid, instant in BEFORE.items()
]


@pytest.mark.parametrize(
    ("kinds", "held"),
    [
        ({"fresh": 40}, False),
        ({"fresh": 101}, True),
        ({"late": 10}, False),
        ({"late": 11}, True),
        ({"undated": 11}, True),
        ({"date": 5}, False),
        ({"date": 15}, True),
        ({"shrunken": 6}, True),
        ({"title": 11}, True),
        ({"withdrawn": 6}, True),
    ],
)
def test_bounds_before_a_society_has_habits(kinds: dict[str, int], held: bool) -> None:
    causes = implausible(BEFORE, PUBLISHED, _night(**kinds), Counter(), filling=False)
    assert bool(causes) == held


def test_what_readers_hold_on_to_must_not_vanish_or_move() -> None:
    assert not implausible(BEFORE, PUBLISHED[:-5], Night(), Counter(), filling=False)
    (cause,) = implausible(BEFORE, PUBLISHED[:-6], Night(), Counter(), filling=False)
    assert "6 published entries would vanish" in cause
    moved = [replace(PUBLISHED[0], published=When(NOON - timedelta(days=1), "day", "listing"))]
    (cause,) = implausible(BEFORE, [*moved, *PUBLISHED[1:]], Night(), Counter(), filling=False)
    assert "1 publish dates differ from those published" in cause


def test_habits_widen_the_bounds_and_a_fill_lifts_those_of_new_notices() -> None:
    assert not implausible({}, [], _night(late=40), Counter(late=20), filling=False)
    assert not implausible({}, [], _night(late=4000, fresh=900), Counter(), filling=True)
    assert implausible({}, [], _night(date=40), Counter(), filling=True)

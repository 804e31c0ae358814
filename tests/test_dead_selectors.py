"""A society's selectors die one by one: its entries are read all the same, and the dead is named."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from parsel import Selector

from csco_spider.extract.article import Article
from csco_spider.extract.listing import read_listing
from csco_spider.itemloaders import item_from_article, item_from_row
from csco_spider.items import Row, Sighting, When
from csco_spider.spiders.csco_cn import CscoCnSpider
from tests.conftest import World
from tests.makers import CSCO
from tests.sites import csco
from tests.sites.server import Answer, Route, Site

REDESIGNS = {
    "entries": (' class="newlist"', ' class="articles"'),
    "fields.date": ('class="time"', 'class="day"'),
    "fields.title": (r"<(/?)i>", r"<\1em>"),
    "pager": ("PageContent", "pages"),
}


def redesigned(rows: list[csco.Row], dead: str) -> dict[str, Route]:
    routes = csco.routes(rows)
    for path, route in routes.items():
        if "nlist" in path and isinstance(route, str):
            routes[path] = re.sub(*REDESIGNS[dead], route)
    return routes


@pytest.mark.parametrize("dead", REDESIGNS)
def test_entries_are_read_and_the_dead_selector_is_named(world: World, site: Site, dead: str) -> None:
    rows = csco.rows(20)
    site.routes = {**redesigned(rows, dead)}
    done = world.crawl("csco_cn", site.url)
    assert (done.code, done.counts) == (0, (20, 0, 0))
    held = world.rows("select title, day from entries order by link")
    assert sorted(held) == sorted((row.title, row.day) for row in rows)
    assert done.table["dead selector"] == dead
    assert done.text.count(f"the selector {dead} of csco_cn finds nothing any more") == 1
    sources = [json.loads(said) for (said,) in world.rows("select sources from entries")]
    marked = [said for said in sources if any(f"without {dead}" in source for source in said.values())]
    assert len(marked) == (20 if dead == "entries" else 0)  # an article says its title and date itself
    assert json.loads(world.rows("select counts from runs")[0][0]).get("degraded", 0) == len(marked)
    alarms = json.loads(world.rows("select alarms from runs")[0][0])
    css = CscoCnSpider.fields.get(dead.removeprefix("fields."), getattr(CscoCnSpider, dead, None))
    assert ("selector", dead, css) in {(a["kind"], a["field"], a["selector"]) for a in alarms}


@pytest.mark.parametrize("dead", CscoCnSpider.fields)
def test_each_field_may_lose_its_selector(dead: str) -> None:
    page = Selector(text=csco.listing(csco.rows(15)), type="html")
    base, entries, zone = CscoCnSpider.start_urls[0], CscoCnSpider.entries, ZoneInfo("Asia/Shanghai")
    fields = {**CscoCnSpider.fields}
    whole = read_listing(page, base, entries=entries, fields=fields, zone=zone)
    fields[dead] = ".gone::attr(href)" if dead == "link" else ".gone"
    listing = read_listing(page, base, entries=entries, fields=fields, zone=zone)
    assert (listing.rows, listing.dead) == (whole.rows, [f"fields.{dead}"])
    assert whole.dead == []


def test_a_field_that_the_list_alone_gave_says_which_selector_was_dead() -> None:
    when = When(datetime(2026, 5, 6, tzinfo=UTC), "day", "listing")
    row = Row("https://www.csco.org.cn/7.html", "Board elected", when, without=("fields.date",))
    item = item_from_article(CSCO, Article(), row.url, Sighting("/", 0, row))
    assert item.sources == {
        "url": "listing",
        "title": "listing",
        "published": "listing without fields.date",
    }
    assert item.degraded
    row = replace(row, without=("entries",))
    assert item_from_row(CSCO, Sighting("/", 0, row)).sources["title"] == "listing without entries"
    own = Article(when=when, sources={"when": "meta"})
    dead = replace(row, without=("fields.date",))
    read = item_from_article(CSCO, own, row.url, Sighting("/", 0, dead))
    assert (read.sources["published"], read.degraded) == ("meta", False)
    assert item_from_article(CSCO, own, row.url, Sighting("", 0, dead)).sources == {"published": "meta"}


def test_no_selector_is_called_dead_on_a_page_as_it_was(world: World, site: Site) -> None:
    site.routes = {**csco.routes(csco.rows(16))}
    done = world.crawl("csco_cn", site.url)
    assert done.counts == (16, 0, 0)
    assert "dead selector" not in done.text


def test_a_list_of_strangers_in_the_place_of_the_news_is_not_believed(world: World, site: Site) -> None:
    events = [replace(row, title=f"研讨会报名 {row.number}") for row in csco.rows(8, first=100)]
    site.routes = {**csco.routes(csco.rows(12))}
    world.crawl("csco_cn", site.url)
    before = world.documents()
    site.routes = {**redesigned(events, "entries")}
    done = world.crawl("csco_cn", site.url)
    assert done.code == 1, done.text
    assert "the selector entries finds nothing any more; the 8 rows found without it" in done.sentence
    assert done.counts == (0, 0, 0)
    assert {n: c for n, c in world.documents().items() if n != "status.json"} == {
        n: c for n, c in before.items() if n != "status.json"
    }


def test_a_list_once_recognised_without_its_selector_may_be_all_new(world: World, site: Site) -> None:
    rows = csco.rows(40)
    site.routes = {**csco.routes(rows[30:])}
    assert world.crawl("csco_cn", site.url).code == 0
    for shown in (rows[28:38], rows[10:18]):  # on the second night no row of the list is known
        site.routes = {**redesigned(shown, "entries")}
        done = world.crawl("csco_cn", site.url)
        assert (done.code, done.table["dead selector"]) == (0, "entries"), done.text
    assert done.counts == (8, 0, 0)


@pytest.mark.parametrize(
    "answer",
    [
        "<html><title>404</title><body><h1>Page not found</h1><p>Sorry, there is nothing here. "
        + "Look for it in the menu. " * 40
        + "</p></body></html>",
        Answer("", 302, headers={"Location": "/"}),
        Answer("", 302, headers={"Location": csco.START}),
    ],
)
def test_another_page_in_the_place_of_an_article_is_none(
    world: World, site: Site, answer: Route
) -> None:
    rows = csco.rows(3)
    front = f"<html><body><h1>欢迎</h1><p>{'学会是会员的组织。' * 30}</p></body></html>"
    site.routes = {**csco.routes(rows), "/": front, rows[1].path: answer}
    done = world.crawl("csco_cn", site.url)
    assert (done.counts, done.table["pending"]) == ((2, 0, 0), "1"), done.text
    site.routes = {**csco.routes(rows)}
    assert world.crawl("csco_cn", site.url).counts == (1, 0, 2)
    before = world.rows("select title, content_html from entries order by link")
    site.routes = {**csco.routes(rows), "/": front, rows[0].path: answer}
    again = world.crawl("csco_cn", site.url, "-a", "revisit=400")
    assert again.counts[1] == 0, again.text
    assert world.rows("select title, content_html from entries order by link") == before


def test_each_article_that_leads_to_the_front_page_is_named(world: World, site: Site) -> None:
    rows = csco.rows(4)
    gone = {row.path: Answer("", 302, headers={"Location": "/"}) for row in rows[:3]}
    site.routes = {**csco.routes(rows), "/": "<html><body><h1>欢迎</h1></body></html>", **gone}
    done = world.crawl("csco_cn", site.url)
    assert (done.counts, done.table["pending"], done.table["not read"]) == ((1, 0, 0), "3", "3")
    assert "/" not in site.pages()
    assert all(f"{path}: gone: leads to" in done.text for path in gone)
    assert world.rows("select attempts from pending") == [(1,), (1,), (1,)]


CHALLENGE = "<html><head><script>$_ts=window['$_ts'];</script></head><body></body></html>"


def test_a_challenge_instead_of_the_list_is_a_refusal_that_says_whose(world: World, site: Site) -> None:
    site.routes = {csco.START: Answer(CHALLENGE, 202)}
    done = world.crawl("csco_cn", site.url)
    assert done.code == 1
    assert "csco_cn refused us" in done.sentence
    assert "Ruishu" in done.sentence
    assert "Traceback" not in done.text


def test_a_challenge_instead_of_an_article_leaves_it_pending(world: World, site: Site) -> None:
    rows = csco.rows(3)
    site.routes = {**csco.routes(rows), rows[1].path: CHALLENGE}
    done = world.crawl("csco_cn", site.url)
    assert (done.counts, done.table["pending"]) == ((2, 0, 0), "1")
    site.routes = {**csco.routes(rows)}
    assert world.crawl("csco_cn", site.url).counts == (1, 0, 2)


def test_a_page_made_by_script_is_unreadable_and_says_so(world: World, site: Site) -> None:
    site.routes = {csco.START: "<html><body><div id=app></div><script src=/a.js></script></body></html>"}
    done = world.crawl("csco_cn", site.url)
    assert done.code == 1
    assert "made by a script" in done.sentence


def test_a_maintenance_notice_in_the_place_of_a_list_is_no_news(world: World, site: Site) -> None:
    site.routes = {**csco.routes(csco.rows(16))}
    world.crawl("csco_cn", site.url)
    before = world.documents()
    site.routes[csco.START] = (
        "<html><body><h2>网站升级维护通知</h2><p>发布时间：2026-06-29</p><p>请稍后访问。</p></body></html>"
    )
    done = world.crawl("csco_cn", site.url)
    assert done.code == 1, done.text
    assert "the site is down: '网站升级维护通知" in done.sentence
    assert world.documents() == before


def test_a_list_is_no_record_of_itself(world: World, site: Site) -> None:
    rows, many = csco.rows(9), {"SPIDER_MODULES": "tests.sites.many"}
    shown = "".join(
        f"<dl><dt><a href={row.path}>{row.title}</a></dt><dd>发布时间：{row.day}</dd></dl>"
        for row in rows
    )
    site.routes = {**csco.routes(rows[2:])}
    assert world.crawl("society_0", site.url, **many).counts == (7, 0, 0)
    site.routes = {**csco.routes(rows), csco.START: f"<title>公告通告</title><div>{shown}</div>"}
    done = world.crawl("society_0", site.url, **many)
    assert (done.code, done.counts, done.table["dead selector"]) == (0, (2, 0, 7), "entries"), done.text


def test_a_column_with_one_record_is_read_as_a_list_again_when_it_is_one(
    world: World, site: Site
) -> None:
    rows, many = csco.rows(3), {"SPIDER_MODULES": "tests.sites.many"}
    site.routes = {csco.START: csco.article(rows[2])}
    nights = [f"2026-06-{day}T13:00:00Z" for day in (28, 29, 30)]
    counts = [(1, 0, 0), (0, 0, 1), (2, 0, 1)]
    for night, expected in zip(nights, counts, strict=True):
        if night == nights[-1]:
            site.routes = {**csco.routes(rows)}
        done = world.crawl("society_0", site.url, NOW=night, **many)
        assert (done.code, done.counts) == (0, expected), done.text


def test_a_row_that_leads_back_to_its_list_hides_no_list(world: World, site: Site) -> None:
    rows = csco.rows(4)
    rows[1] = replace(rows[1], link=f"{csco.START}#top")
    site.routes = {**csco.routes(rows)}
    for expected in ((4, 0, 0), (0, 0, 4)):
        done = world.crawl("csco_cn", site.url)
        assert (done.code, done.counts) == (0, expected), done.text
    assert world.rows("select content_html from entries where link like '%nlist%'") == [("",)]

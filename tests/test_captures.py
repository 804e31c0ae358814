"""The same against real captures, which are kept outside the repository."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from parsel import Selector

from csco_spider.extract.blocked import blocked
from csco_spider.extract.feed import read_feed
from csco_spider.extract.html import plain_text
from csco_spider.extract.listing import Listing, declared_rows, find_entries, read_listing
from csco_spider.extract.pager import next_page
from csco_spider.extract.selectors import selectors_for
from csco_spider.spiders.csco_cn import CscoCnSpider
from tests.conftest import World
from tests.sites import csco
from tests.sites.markups import MARKUPS, render
from tests.sites.server import Site
from tests.test_article import ZONE, read

SHARED = Path(__file__).parent.parent.parent / "shared"
OIDS = [9350, 9301, 9017, 9280, 9275, 0, 0, 0, 0, 9308, 9277, 9273, 9269, 9265, 9262]
DAYS = [
    *("2026-08-17", "2026-07-07", "2025-07-21", "2026-06-03", "2026-05-25"),
    *("2026-07-08", "2026-07-08", "2026-07-08", "2026-07-08", "2026-07-08"),
    *("2026-05-29", "2026-05-19", "2026-04-03", "2026-02-28", "2026-01-22"),
]
WECHAT = (
    "xr9e5U9XcBdjvPM8MIKz3w",
    "jNIH0jIkSBayRxusWtEICA",
    "aopmiQc13k1aFIud-JQJfA",
    "jXz41t4jvwnxAlwY6MU_7A",
)


def capture(name: str) -> str:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"the captures are not part of the repository: no {name} in {SHARED}")
    return path.read_text(encoding="utf-8")


@pytest.fixture
def column() -> Selector:
    return Selector(text=capture("captures/csco_cn_nlist_158.html"), type="html")


@pytest.fixture
def listing(column: Selector) -> Listing:
    base = CscoCnSpider.start_urls[0]
    return declared_rows(
        column, base, entries=CscoCnSpider.entries, fields=CscoCnSpider.fields, zone=ZONE
    )


def test_the_column_gives_exactly_its_rows(listing: Listing) -> None:
    wechat = iter(WECHAT)
    assert [row.url for row in listing.rows] == [
        urljoin(CscoCnSpider.start_urls[0], f"ncontent.aspx?oid={oid}")
        if oid
        else f"https://mp.weixin.qq.com/s/{next(wechat)}"
        for oid in OIDS
    ]
    assert [row.when.day for row in listing.rows if row.when] == [date.fromisoformat(d) for d in DAYS]
    assert listing.problems == []


def test_the_columns_titles_are_whole(listing: Listing) -> None:
    titles = [row.title for row in listing.rows]
    assert titles[0] == "2026年CSCO学术年会第三轮通知"
    assert titles[2] == "CSCO简历/幻灯模板（CSCO Slide/CV Template）"
    assert titles[5] == "马军：中国肿瘤界下一个突破点在哪里？| 2026 BOC"
    assert all(titles) and len(set(titles)) == 15


def test_the_columns_first_five_rows_are_pinned(listing: Listing) -> None:
    assert [row.pinned for row in listing.rows] == [True] * 5 + [False] * 10


def test_the_column_is_read_exactly_with_no_selectors(column: Selector, listing: Listing) -> None:
    base = CscoCnSpider.start_urls[0]
    found = find_entries(column, base, zone=ZONE)
    assert (found.rows, found.problems) == (listing.rows, [])
    selectors = selectors_for(column, base, found.rows, zone=ZONE)
    assert selectors is not None
    again = declared_rows(column, base, entries=selectors.entries, fields=selectors.fields, zone=ZONE)
    assert again.rows == listing.rows


@pytest.mark.parametrize("dead", ["entries", *CscoCnSpider.fields])
def test_the_column_is_read_with_each_selector_broken(
    column: Selector, listing: Listing, dead: str
) -> None:
    entries, fields = CscoCnSpider.entries, {**CscoCnSpider.fields}
    if dead == "entries":
        entries = "ul.gone > li"
    else:
        fields[dead] = ".gone::attr(href)" if dead == "link" else ".gone"
    base = CscoCnSpider.start_urls[0]
    read = read_listing(column, base, entries=entries, fields=fields, zone=ZONE, least=15)
    assert read.rows == listing.rows
    assert read.dead == [dead if dead == "entries" else f"fields.{dead}"]


def test_the_drug_administrations_titles_stand_whole_in_their_attribute() -> None:
    page = Selector(text=capture("captures/nmpa_ggtg_list.html"), type="html")
    found = find_entries(page, "https://www.nmpa.gov.cn/xxgk/ggtg/index.html", zone=ZONE)
    items = page.css("ul li")
    assert [row.title for row in found.rows] == items.css("a::attr(title)").getall()
    days = [text.strip(" ()（）") for text in items.css("span::text").getall()]
    assert [str(row.when.day) for row in found.rows if row.when] == days
    assert len(found.rows) == 6


def test_the_agencys_rss_is_read_as_a_feed() -> None:
    body = capture("captures/ema_new_human_medicine.xml").encode()
    feed = read_feed(body, "https://www.ema.europa.eu/en/new-human-medicine-new.xml", ZONE)
    assert (feed.kind, feed.title, len(feed.entries)) == ("rss", "New medicines and opinions: human", 12)
    assert all(row.url and row.title and row.when for row in feed.rows)


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [
        ("nmpa_challenge.html", 200, "challenge"),
        ("nmpa_challenge.html", 412, "challenge"),
        ("cde_refused_403.html", 403, "refused"),
        ("csco_cn_nlist_158.html", 200, ""),
        ("nmpa_ggtg_list.html", 200, ""),
    ],
)
def test_real_challenges_are_named_and_real_lists_are_not(name: str, status: int, kind: str) -> None:
    block = blocked(status, {"Content-Type": "text/html"}, capture(f"captures/{name}"))
    assert (block.kind if block else "") == kind


@pytest.mark.parametrize("css", [CscoCnSpider.pager, ""])
def test_the_columns_next_page(column: Selector, css: str) -> None:
    following = next_page(column, CscoCnSpider.start_urls[0], css=css)
    assert following == "https://www.csco.org.cn/cn/nlist.aspx?cids=158&page=2"


def seed() -> tuple[str, str, tuple[int, int], list[str]]:
    """Title, day, view counts and paragraphs of the article with which the project began."""
    title, dated, *rest = capture("seed/csco_en_564.txt").splitlines()
    end = next(index for index, line in enumerate(rest) if line.startswith("Copyright"))
    day, total, today = re.findall(r"\d+(?:-\d+-\d+)?", dated)
    return title, day, (int(total), int(today)), [line for line in rest[:end] if line.strip()]


@pytest.mark.parametrize("markup", MARKUPS, ids=lambda markup: markup.__name__)
def test_the_seed_article_comes_back_whole(markup: Any) -> None:
    title, day, views, paragraphs = seed()
    article = read(render(markup, title, day, paragraphs, views))
    assert article.title == title
    assert article.when and article.when.day == date(2022, 2, 11)
    text = plain_text(article.content_html)
    assert "".join(text.split()) == "".join("".join(paragraphs).split())


def test_a_crawl_of_the_real_column_keeps_guids_while_keys_rotate(world: World, site: Site) -> None:
    page = capture("captures/csco_cn_nlist_158.html")
    titles = [
        row.title
        for row in declared_rows(
            Selector(text=page),
            CscoCnSpider.start_urls[0],
            entries=CscoCnSpider.entries,
            fields=CscoCnSpider.fields,
            zone=ZONE,
        ).rows
    ]
    own = [csco.Row(oid, title, day) for oid, title, day in zip(OIDS, titles, DAYS, strict=True) if oid]
    site.routes = {csco.START: page, **{row.path: csco.article(row) for row in own}}
    done = world.crawl("csco_cn", site.url)
    assert (done.code, done.counts) == (0, (15, 0, 0))  # page 2 is not served: the list ends there
    held = "select title, day, link, guid from entries order by title"
    first = world.rows(held)
    assert [title for title, *_ in first] == sorted(titles)
    assert sorted(day for _, day, *_ in first) == sorted(DAYS)
    assert [link.rpartition("/")[2] for _, _, link, _ in first if "weixin" in link] == [
        key
        for _, key in sorted(
            zip([t for t, o in zip(titles, OIDS, strict=True) if not o], WECHAT, strict=True)
        )
    ]
    site.pages()
    site.routes[csco.START] = re.sub(r"click_id=\d+", "click_id=7", page)
    assert world.crawl("csco_cn", site.url).counts == (0, 0, 15)
    assert world.rows(held) == first
    assert not any("ncontent" in path for path in site.pages())

"""`scrapy crawl page -a url=URL -O out.rss`: a feed of any news page, without a file or a ledger."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import feedparser
import pytest

from csco_spider.spiders.page import PageSpider
from tests.conftest import FAST, Crawl, World
from tests.launch import scrapy
from tests.sites.server import Answer, Site
from tests.sites.shapes import SHAPES as SITES
from tests.test_entries import DAYS, SHAPES, TITLES, many, page

ARTICLE = "<html><title>{t}</title><body><h1>{t}</h1><p>Published: {d}</p><div>{p}</div></body></html>"
WORDS = (
    "<p>The board met in June and decided on the programme of courses and grants for next year.</p>" * 4
)


def article(title: str, day: str) -> str:
    return ARTICLE.format(t=title, d=day, p=WORDS)


def crawl(world: World, *words: str) -> Crawl:
    settings = {**FAST, "PUBLISH_DIR": str(world.feeds)}
    options = (part for one in settings.items() for part in ("-s", "=".join(one)))
    return Crawl(scrapy("crawl", "page", *words, *options, COLUMNS="200"))


def test_any_news_page_is_a_feed_and_nothing_is_remembered(
    world: World, site: Site, tmp_path: Path
) -> None:
    pager = "<div class=pager><a href='/news/?page=2'>Next</a></div>"
    site.routes = {"/news/": page(f"<ul>{many(SHAPES['list'])}</ul>{pager}")}
    site.routes |= {f"/n/{n}.html": article(t, DAYS[n]) for n, t in enumerate(TITLES)}
    out = tmp_path / "out.rss"
    done = crawl(world, "-a", f"url={site.url}/news/", "-O", str(out))
    assert done.code == 0, done.text
    feed = feedparser.parse(out.read_bytes())
    assert [entry.title for entry in feed.entries] == TITLES
    assert [f"{date(*entry.published_parsed[:3])}" for entry in feed.entries] == DAYS
    assert feed.feed.title == "127.0.0.1"
    found = len(TITLES)
    assert done.sentence.startswith(f"page {site.url}/news/ is read: {found} entries found, {found} new")
    assert not world.feeds.exists()
    assert "/news/?page=2" not in site.pages()  # one page of the list is a feed's worth


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (
            "<meta property='og:site_name' content='Society [of] Oncology'><title>News | S</title>",
            "Society [of] Oncology",
        ),
        ("<title>News | Society of Oncology</title>", "Society of Oncology"),
        ("<title>News</title>", "127.0.0.1"),
    ],
)
def test_a_feed_is_named_as_its_page_is(
    head: str, name: str, world: World, site: Site, tmp_path: Path
) -> None:
    html = page(f"<ul>{many(SHAPES['list'])}</ul>").replace("<title>News</title>", head)
    site.routes = {"/news/": html}
    site.routes |= {f"/n/{n}.html": article(t, DAYS[n]) for n, t in enumerate(TITLES)}
    out = tmp_path / "out.rss"
    done = crawl(world, "-a", f"url={site.url}/news/", "-O", str(out))
    assert feedparser.parse(out.read_bytes()).feed.title == name, done.text
    assert name in done.text


def test_a_feed_is_named_as_the_feed_it_is_read_from(world: World, site: Site, tmp_path: Path) -> None:
    items = "".join(
        f"<item><title>{t}</title><link>http://127.0.0.2/{n}</link></item>" for n, t in enumerate(TITLES)
    )
    site.routes = {"/feed": f"<rss><channel><title>Society of Oncology</title>{items}</channel></rss>"}
    out = tmp_path / "out.rss"
    done = crawl(world, "-a", f"url={site.url}/feed", "-O", str(out))
    assert feedparser.parse(out.read_bytes()).feed.title == "Society of Oncology", done.text


def test_a_page_without_a_list_says_what_was_looked_at(world: World, site: Site) -> None:
    site.routes = {"/": "<html><body><p>Words that say what this society is for.</p></body></html>"}
    done = crawl(world, "-a", f"url={site.url}/")
    assert done.code == 1
    assert "no dated list found" in done.text
    assert "showed no entry" in done.sentence


@pytest.mark.parametrize("answer", [Answer("", 403), "<script>$_ts={};</script>", ""])
def test_a_refusal_speaks_of_no_feeds_and_says_once_what_to_do(
    answer: Answer | str, world: World, site: Site
) -> None:
    site.routes = {"/": answer}
    done = crawl(world, "-a", f"url={site.url}/")
    assert done.code == 1
    assert done.sentence.startswith(f"page {site.url}/ ")
    assert "feeds" not in done.sentence
    assert done.sentence.count("ask the society") == bool(answer)


@pytest.mark.parametrize(("order", "month"), [("mdy", 2), ("dmy", 11)])
def test_who_looks_may_say_how_dates_are_written(
    order: str, month: int, world: World, site: Site, tmp_path: Path
) -> None:
    rows = "".join(
        f"<li><a href='/n/{n}.html'>{title}</a> <b>02/11/{2022 - n}</b></li>"
        for n, title in enumerate(TITLES)
    )
    site.routes = {"/news/": page(f"<ul>{rows}</ul>")}
    site.routes |= {f"/n/{n}.html": article(title, "this year") for n, title in enumerate(TITLES)}
    out = tmp_path / "out.rss"
    done = crawl(world, "-a", f"url={site.url}/news/", "-a", f"date_order={order}", "-O", str(out))
    assert done.code == 0, done.text
    newest = feedparser.parse(out.read_bytes()).entries[0]
    assert (newest.title, newest.published_parsed[:2]) == (TITLES[0], (2022, month))


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("date_order=ymd", "give mdy or dmy"),
        ("timezone=Nowhere/X", "such as Asia/Shanghai"),
        ("timezone=../etc", "such as Asia/Shanghai"),
        ("timezone=Europe", "such as Asia/Shanghai"),
    ],
)
def test_an_argument_that_is_none_exits_2(world: World, argument: str, said: str) -> None:
    done = crawl(world, "-a", "url=http://127.0.0.1:9/", "-a", argument)
    assert (done.code, "Traceback" in done.text) == (2, False)
    assert said in done.text


@pytest.mark.parametrize("url", ["", "news", "ftp://x.example/"])
def test_an_address_that_is_none_exits_2(world: World, url: str) -> None:
    done = crawl(world, "-a", f"url={url}")
    assert done.code == 2
    assert "give a news page" in done.text


def test_the_page_spider_is_no_society() -> None:
    assert scrapy("list", "--nolog").text.split() == ["csco", "csco_cn"]


def test_a_host_is_known_by_its_ascii_name() -> None:
    """Else Scrapy takes its pages for another host's, and drops the request without a word."""
    made = PageSpider(url=" http://bücher.example/news ")
    assert made.start_urls == ["http://xn--bcher-kva.example/news"]
    assert made.allowed_domains == ["xn--bcher-kva.example"]


@pytest.mark.parametrize(
    ("shape", "words", "said"), [("chinese", (), "zh"), ("plain", (), "en"), ("plain", ("zh",), "zh")]
)
def test_a_feed_s_language_is_its_titles_unless_it_is_told(
    shape: str, words: tuple[str, ...], said: str, world: World, site: Site, tmp_path: Path
) -> None:
    site.routes = SITES[shape]
    told = [part for word in words for part in ("-a", f"language={word}")]
    out = tmp_path / "out.rss"
    done = crawl(world, "-a", f"url={site.url}/news", *told, "-O", str(out))
    assert done.code == 0, done.text
    assert feedparser.parse(out.read_bytes()).feed.language == said

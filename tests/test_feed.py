"""A publisher's own feed: found, read, and refused where it speaks of another section."""

from __future__ import annotations

import json
import re
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parsel import Selector

from csco_spider.extract.feed import ENOUGH, MOST_ENTRIES, Feed, feed_links, overlap, read_feed
from csco_spider.items import Row

ZONE = ZoneInfo("Europe/Zurich")
URL = "https://society.example/feed.xml"
RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>News &amp; more</title>{}
</channel></rss>"""
ITEM = """<item><title>Grant {n} &lt;i&gt;awarded&lt;/i&gt;</title><link>/n/{n}?utm_source=rss</link>
<guid isPermaLink="false">g{n}</guid><pubDate>Tue, 0{n} Sep 2026 10:00:00 +0200</pubDate>
<dc:creator>Li Na</dc:creator><description>Short words</description>
<content:encoded><![CDATA[<p>Long <b>words</b></p><script>x()</script>]]></content:encoded>
<enclosure url="/f/{n}.pdf" type="application/pdf" length="12"/><category>Grants</category></item>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title><entry><id>tag:1</id>
<title type="html">Grant &amp;amp; prize</title><link rel="self" href="/api/1"/><link href="/n/1"/>
<published>2026-09-01T08:00:00Z</published><updated>2026-09-03T08:00:00Z</updated>
<author><name>Li Na</name></author><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">
<p>Long words</p></div></content></entry></feed>"""


def rss(items: str) -> Feed:
    return read_feed(RSS.format(items).encode(), URL, ZONE)


def test_rss_is_read() -> None:
    feed = rss(ITEM.format(n=1) + ITEM.format(n=2))
    assert (feed.kind, feed.title, feed.problems, len(feed.entries)) == ("rss", "News & more", [], 2)
    entry = feed.entries[0]
    assert entry.row.url == "https://society.example/n/1"
    assert entry.row.title == "Grant 1 awarded"
    assert entry.row.teaser == "Short words"
    assert entry.row.when and entry.row.when.value.isoformat() == "2026-09-01T10:00:00+02:00"
    assert (entry.guid, entry.authors, entry.categories) == ("g1", ["Li Na"], ["Grants"])
    assert "<b>words</b>" in entry.content_html
    assert "script" not in entry.content_html
    assert [(one.url, one.length) for one in entry.enclosures] == [
        ("https://society.example/f/1.pdf", 12)
    ]


def test_atom_is_read() -> None:
    feed = read_feed(ATOM.encode(), URL, ZONE)
    entry = feed.entries[0]
    assert (feed.kind, feed.title) == ("atom", "News")
    assert (entry.row.url, entry.row.title) == ("https://society.example/n/1", "Grant & prize")
    assert entry.row.when and str(entry.row.when.day) == "2026-09-01"
    assert entry.updated and str(entry.updated.day) == "2026-09-03"
    assert entry.authors == ["Li Na"]
    assert "<p>Long words</p>" in entry.content_html


def test_json_feed_is_read() -> None:
    item = {
        "id": "1",
        "url": "/n/1",
        "title": "Grant",
        "content_html": "<p>Words</p>",
        "date_published": "2026-09-01T08:00:00Z",
        "authors": [{"name": "Li Na"}, {"url": "x"}, "y", {"name": " \ud800 "}, {"name": None}],
    }
    text = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": [item]})
    feed = read_feed(text.encode(), URL, ZONE)
    entry = feed.entries[0]
    assert (feed.kind, entry.row.url, entry.row.title) == (
        "json",
        "https://society.example/n/1",
        "Grant",
    )
    assert (entry.authors, entry.row.teaser) == (["Li Na"], "Words")


SITEMAP = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://society.example/n/1</loc><lastmod>2026-09-09</lastmod><n:news><n:publication>
<n:name>S</n:name></n:publication><n:publication_date>2026-09-01T08:00:00Z</n:publication_date>
<n:title>Grant &amp; prize</n:title></n:news></url><url><loc>https://society.example/about</loc><lastmod>2026-09-02</lastmod></url>
<url><loc>https://society.example/n/2</loc><n:news><n:title/></n:news></url></urlset>"""


def test_a_news_sitemap_is_read_and_a_page_s_last_change_is_no_date_of_news() -> None:
    feed = read_feed(SITEMAP.encode(), URL, ZONE)
    assert feed.kind == "sitemap"
    row = Row("https://society.example/n/1", "Grant & prize", feed.rows[0].when)
    assert feed.rows == [row]
    assert row.when and str(row.when.day) == "2026-09-01"
    assert any("without an address and a title" in problem for problem in feed.problems)


def test_a_sitemap_that_a_page_names_is_listed() -> None:
    html = (
        "<link rel=sitemap href=/sitemap.xml><a href=/news-sitemap.xml>News</a><a href=/news.xml>X</a>"
    )
    links = feed_links(Selector(text=html, type="html"), "https://society.example/news")
    assert [url.rpartition("/")[2] for url in links] == ["sitemap.xml", "news-sitemap.xml"]


def test_an_image_of_a_feed_is_no_entry() -> None:
    image = "<image><url>/i.png</url><title>Logo</title></image>"
    assert len(rss(image + ITEM.format(n=1)).entries) == 1


def test_a_guid_that_is_an_address_is_the_link_unless_it_says_otherwise() -> None:
    item = "<item><title>Grant</title><guid{}>https://society.example/n/1</guid></item>"
    assert rss(item.format("")).rows[0].url == "https://society.example/n/1"
    assert rss(item.format(' isPermaLink="false"')).rows[0].url == ""


def test_reused_guids_are_named_and_both_entries_are_kept() -> None:
    feed = rss(ITEM.format(n=1) + ITEM.format(n=2).replace("g2", "g1"))
    assert len(feed.entries) == 2
    assert "1 GUIDs stand on more than one entry" in feed.problems[0]


def test_one_time_on_every_entry_is_only_a_day() -> None:
    items = "".join(ITEM.format(n=n).replace(f"0{n} Sep", "07 Sep") for n in range(1, 7))
    feed = rss(items)
    assert {row.when.precision for row in feed.rows if row.when} == {"day"}
    assert any("same time" in problem for problem in feed.problems)
    assert {row.when.precision for row in rss(ITEM.format(n=1)).rows if row.when} == {"minute"}


def test_days_alone_are_no_suspicious_times() -> None:
    day = re.compile("<pubDate>.*?</pubDate>")
    items = "".join(day.sub("<dc:date>2026-05-01</dc:date>", ITEM.format(n=n)) for n in range(1, 7))
    feed = rss(items)
    assert [str(row.when.day) for row in feed.rows if row.when] == ["2026-05-01"] * 6
    assert feed.problems == []


def test_a_very_large_feed_is_read_in_part() -> None:
    feed = rss(ITEM.format(n=1) * (MOST_ENTRIES + 50))
    assert len(feed.entries) == MOST_ENTRIES


def test_a_bad_date_and_an_empty_entry_are_named() -> None:
    feed = rss(ITEM.format(n=1).replace("01 Sep 2026", "99 Sep 2026") + "<item></item>")
    assert feed.rows[0].when is None
    assert any("without a link and a title" in problem for problem in feed.problems)


@pytest.mark.parametrize("body", [b"", b"<html><body>no</body></html>", b"{}", b"{", b"\x00\xff"])
def test_what_is_no_feed_says_so(body: bytes) -> None:
    feed = read_feed(body, URL, ZONE)
    assert (feed.kind, feed.entries) == ("", [])
    assert any("no feed" in problem for problem in feed.problems)


def test_an_entity_bomb_is_not_expanded() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "haha"><!ENTITY b SYSTEM "file:///etc/hostname">]>'
    body = bomb + RSS.removeprefix('<?xml version="1.0"?>').format("<item><title>&a;&b;x</title></item>")
    assert read_feed(body.encode(), URL, ZONE).title in {"News & more", ""}


@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda text: RSS.format(text).encode()))
def test_no_feed_raises(body: bytes) -> None:
    read_feed(body, URL, ZONE)


HEAD = """<html><head>
<link rel="alternate" type="application/rss+xml" title="Comments feed" href="/c/feed">
<link rel="alternate" type="application/atom+xml" title="News" href="/atom">
<link rel="alternate" hreflang="de" href="/de"><link rel="stylesheet" type="text/css" href="/s.css">
</head><body><a href="/news/rss.xml">RSS</a><a href="/about">About</a></body></html>"""


def test_feeds_of_a_page_are_listed_and_those_of_comments_come_last() -> None:
    links = feed_links(Selector(text=HEAD, type="html"), "https://society.example/news")
    shown = [url.removeprefix("https://society.example") for url in links]
    assert shown == ["/atom", "/news/rss.xml", "/c/feed"]


def rows(*addresses: str) -> list[Row]:
    return [Row(url=address, title=f"Title of {address[-2:]}") for address in addresses]


def test_a_feed_of_another_section_is_refused() -> None:
    shown = rows(*(f"https://www.s.example/news/{n}" for n in range(10)))
    same = rows(*(f"http://s.example/news/{n}/" for n in range(4, 24)))
    blog = rows(*(f"https://s.example/blog/{n}" for n in range(10, 20)))
    assert overlap(same, shown) == 0.6
    assert overlap(blog, shown) < ENOUGH
    assert overlap([], shown) == overlap(shown, []) == 0.0

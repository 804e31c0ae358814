"""Pages torn, glued and doubled at random: whatever comes, it is read in bounded time."""

from __future__ import annotations

import os
import random
import time

import pytest
from parsel import Selector

from csco_spider.extract import find_entries, read_article
from csco_spider.extract.blocked import blocked
from csco_spider.extract.charset import encoding_of
from csco_spider.extract.feed import feed_links, read_feed
from csco_spider.extract.pager import next_page
from csco_spider.extract.selectors import selectors_for
from tests.sites.markups import MARKUPS, about, render
from tests.sites.server import Answer
from tests.sites.shapes import SHAPES
from tests.test_entries import BASE, ZONE

SECONDS = float(os.environ.get("FUZZ_SECONDS", "60"))


ARTICLES = [
    f"""<html lang={lang}><head><title>{title} - CSCO</title><meta name=author content="Ann Lee">
    <meta property="article:published_time" content="2023-11-20T09:30:00+08:00">
    <script type="application/ld+json">{{"@graph": [{{"@type": "NewsArticle", "headline": "{title}",
    "author": [{{"@id": "#a"}}, "王磊"], "datePublished": "2023-11-20", "image": ["/a.jpg"]}},
    {{"@id": "#a", "name": "Ann"}}]}}</script>
    <script>x = {{"publishedAt": "2023-11-20T01:00:00Z"}}</script></head>
    <body class="single single-post"><noscript><div></noscript><nav><a href=/>Home</a></nav>
    <article itemscope itemtype="http://schema.org/Article"><h1>{title}</h1><div class=meta>{dated}
    <time itemprop=datePublished datetime=2023-11-20>20 | 11 | 2023</time></div><div class=entry-content>
    <p>{prose}<a href="/f.pdf">f</a></p><figure><img src=/b.jpg><figcaption>x</figcaption></figure>
    <table><tr><td>1<td>2</table><p>{prose}</p></div><p>{ends}</p></article><div class=related>
    <h4>Related news</h4><ul><li><a href=/1>Older</a> 2022-01-02</ul></div>
    <footer>Copyright © 2023</footer></body>""".encode(code)
    for lang, code, title, dated, prose, ends in (
        (
            "en",
            "utf-8",
            "Spring session",
            "by Ann · Nov 20, 2023 at 3:00 am · 2 comments",
            "The committee met, and agreed on the order of the sessions. " * 3,
            "This page was last edited on 2023-11-21",
        ),
        (
            "zh",
            "gb18030",
            "学术年会第二轮通知",
            "发布时间:2023-11-20 浏览次数:33次 来源:学会 作者:王磊",
            "会议安排见附件,请各位会员相互转告。" * 5,
            "(责任编辑:赵敏)",
        ),
    )
]
"""Articles with all that is read of one, English and Chinese."""


CELL = "<td><a href=/1><img src=/i></a><p>A title of a notice</p>1 May 2026"
RECORD = "<record><![CDATA[<li><a href=/1>A title of a notice</a>2026-05-01]]></record>"
LISTS = [
    f"<table>{f'<tr>{CELL * 3}' * 3}</table>",
    f"<script type=text/xml><recordset>{RECORD * 4}</recordset></script>"
    "<script>createPageHTML(3, 0, 'index', 'html')</script>",
]
"""A grid, and rows and pager of scripts."""


def seeds() -> list[bytes]:
    found = []
    for routes in SHAPES.values():
        for route in routes.values():
            text = route.body if isinstance(route, Answer) else route
            if isinstance(text, str):
                found.append(text.encode())
                if "学会" in text:
                    found.append(text.encode("gb18030"))
    return [*found, *map(render, MARKUPS), about(), *ARTICLES, *map(str.encode, LISTS)]


def torn(chance: random.Random, pages: list[bytes]) -> bytes:
    """A page with some stretches taken out, doubled, moved, or put in from another page."""
    page = bytearray(chance.choice(pages))
    for _ in range(chance.randint(1, 12)):
        start = chance.randrange(len(page) + 1)
        end = min(len(page), start + chance.choice((1, 3, 20, 300)))
        stretch = bytes(page[start:end])
        match chance.randrange(5):
            case 0:
                del page[start:end]
            case 1:
                page[start:end] = stretch * chance.choice((2, 9, 60))
            case 2:
                other = chance.choice(pages)
                begin = chance.randrange(len(other))
                page[start:start] = other[begin : begin + 400]
            case 3:
                page[start:end] = chance.randbytes(len(stretch))
            case _:
                page[start:end] = stretch[::-1]
    return bytes(page)


def read_all(body: bytes) -> None:
    text = body.decode(encoding_of(body), "replace")
    page = Selector(text=text or " ", type="html")
    listing = find_entries(page, BASE, zone=ZONE)
    assert listing.rows or listing.problems
    selectors_for(page, BASE, listing.rows, zone=ZONE)
    next_page(page, BASE)
    feed_links(page, BASE)
    blocked(200, {"Content-Type": "text/html"}, text)
    read_feed(body, BASE, ZONE)
    article = read_article(page.root, url=BASE, zone=ZONE, listed_title="Spring session", language="en")
    assert set(article.sources) <= {"title", "when", "authors", "body", "image"}
    assert article.text or not article.summary


@pytest.mark.proof
def test_no_torn_page_raises_or_takes_long() -> None:
    chance, pages = random.Random(6), seeds()
    count, slowest, slow, end = 0, 0.0, b"", time.monotonic() + SECONDS
    while time.monotonic() < end:
        body = torn(chance, pages)
        started = time.process_time()
        try:
            read_all(body)
        except Exception as error:
            error.add_note(f"page {count} of seed 6: {body!r}")
            raise
        if (took := time.process_time() - started) > slowest:
            slowest, slow = took, body
        count += 1
    print(f"{count} torn pages read in {SECONDS:.0f} s, the slowest in {slowest * 1000:.0f} ms")
    assert slowest < 2, slow

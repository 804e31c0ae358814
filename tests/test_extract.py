"""Article pages of any site, without a labelled date line: what they state and what they show."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from parsel import Selector

from csco_spider.extract import Article, read_article
from csco_spider.extract.charset import encoding_of

PROCESS = Path("/proc/self/status")
URL = "https://example.org/news/a-new-guideline"
PROSE = (
    "The committee met in the capital, agreed on the order of the sessions, and thanked all who came. "
    "It will publish the guideline, with its tables, before the end of the winter."
)
BODY = f"<p>{PROSE}</p><h2>What follows</h2><ul><li>One list, kept.</li></ul><p>{PROSE[:90]}</p>"


def read(html: str, **options: Any) -> Article:
    asked: dict[str, Any] = {"url": URL, "zone": None} | options
    return read_article(Selector(text=html, type="html").root, **asked)


def page(head: str = "", above: str = "", body: str = BODY, below: str = "", classes: str = "") -> str:
    return (
        f"<html lang='en'><head><title>A new guideline - Example Society</title>{head}</head>"
        f"<body class='{classes}'><nav><a href='/'>Home</a> <a href='/news'>News</a></nav>"
        f"<main><h1>A new guideline</h1>"
        f"{above}<div>{body}</div>{below}</main><footer>© 2031 Example Society</footer></body></html>"
    )


def ld(**fields: Any) -> str:
    return f"<script type='application/ld+json'>{json.dumps({'@type': 'NewsArticle'} | fields)}</script>"


def day(article: Article) -> str:
    return article.when.day.isoformat() if article.when else ""


def meta(name: str, content: str) -> str:
    return f"<meta property='{name}' content='{content}'>"


STATED = meta("og:title", "A new guideline")
PUBLISHED = meta("article:published_time", "2021-03-05T08:00:00+01:00")


@pytest.mark.parametrize(
    ("html", "expected", "source"),
    [
        (page(ld(datePublished="2021-03-05")), "2021-03-05", "json-ld"),
        (page(PUBLISHED), "2021-03-05", "meta"),
        (page(above="<time datetime='2021-03-05'>5 March</time>"), "2021-03-05", "time"),
        (page(above="<p>5 March 2021 | Jane Doe</p>"), "2021-03-05", "shown"),
        (page(above="<p><span>Mar 5, 2021</span><span>5 mins</span></p>"), "2021-03-05", "shown"),
        (page(body=f"<p>(05.03.2021) {PROSE}</p>"), "2021-03-05", "opening"),
        (
            page(above=f"<p>Press release of 5 March 2021 | Vienna. {PROSE}</p><p>Share</p>"),
            "2021-03-05",
            "opening",
        ),
        (page(below="<p>Date: 5 March 2021</p>"), "2021-03-05", "alone"),
        (page(below="<p>Ends/Friday, March 5, 2021</p>"), "2021-03-05", "shown"),
        (page(below="<p>5 March 2021 by the whole team</p>"), "2021-03-05", "alone"),
        (page(body=BODY * 3, below="<p>Friday, 5 March 2021</p>"), "2021-03-05", "alone"),
        (
            page(below="<p>This entry was posted on Friday, March 5th, 2021 at 8 and is filed.</p>"),
            "2021-03-05",
            "footnote",
        ),
    ],
)
def test_a_date_is_found_where_it_stands_and_says_so(html: str, expected: str, source: str) -> None:
    article = read(html)
    assert (day(article), article.sources.get("when")) == (expected, source)


def test_a_short_notice_over_long_teasers_is_what_the_page_says_of_itself() -> None:
    text = "The board meets on Friday to vote on the new guideline for rare tumours. It is open to all."
    teaser = "<li><h4><a href='/{0}'>Another story, number {0}</a></h4><p>{1}</p></li>"
    teasers = "".join(teaser.format(number, PROSE * 2) for number in range(5))
    html = (
        f"<head><meta property='og:description' content='{text[:80]}...'></head>"
        "<body><div><article class='byline-box'><h1>Board meets on rare tumours</h1>"
        f"<div><p>{text}</p></div></article></div>"
        f"<div><h2>You may also like</h2><ul>{teasers}</ul></div></body>"
    )
    assert read(html).text == text
    assert text not in read(html.replace("og:description", "og:x")).text  # what it takes it for else


def test_a_long_footer_under_a_short_notice_is_not_the_article() -> None:
    text = "The office moves on Friday. " * 3
    links = "".join(f"<li><a href='/{n}'>Another notice of the year, {n}</a>" for n in range(12))
    foot = (
        f"<div class='footer-text'><p>{'Call us by telephone, on any day of the week. ' * 12}</p></div>"
    )
    notice = f"<div><h1>Office moves</h1><p>{text}</p></div>"
    html = f"<body>{notice}<ul class='related'>{links}</ul>{foot}</body>"
    assert text.strip() in read(html).text


def test_a_box_of_related_stories_does_not_end_an_article() -> None:
    box = "<div><h3>Related articles</h3>" + "".join(f"<a href='/{n}'>Story {n}</a>" for n in range(4))
    paragraphs = [f"Paragraph {number}: {PROSE}" for number in range(6)]
    head = f"<head><meta name='description' content='{paragraphs[0]}'></head>"
    shown = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs[1:])
    html = f"{head}<body><h1>New rules</h1><div><p>{paragraphs[0]}</p></div>{box}</div>{shown}</body>"
    assert paragraphs[-1] in read(html).text


def test_a_standfirst_in_a_header_does_not_end_the_article_at_a_box() -> None:
    story = "<p><a href='/s'>Another story of the day</a></p><p>{0}: " + PROSE + "</p><p>{0}. " + PROSE
    stories = "".join(story.format(number) for number in range(6))
    head = f"<head><meta name='description' content='{PROSE}'></head>"
    html = (
        f"{head}<body><article><header><h1>New rules</h1><p>{PROSE}</p></header><div class='body'>"
        f"<p>First. {PROSE}</p><p>Second. {PROSE}</p><h3>Related articles</h3>"
        f"{stories}</div></article>"
    )
    without = read(html.replace("description", "x")).text
    assert read(html).text == without
    assert without.count(PROSE) > 10


@pytest.mark.parametrize("where", ["div class='footer'", "footer", "aside class='sidebar'"])
def test_what_a_site_says_of_itself_on_every_page_is_no_lead(where: str) -> None:
    blurb = "The Society of Clinical Oncology is a national association of doctors from all provinces."
    said = f"<{where}><p>{blurb}</p></{where.split(maxsplit=1)[0]}>"
    for body in (f"<p>{PROSE}</p>" * 4, "<p>The office is closed on Monday.</p>"):
        html = (
            f"<head><meta name='description' content='{blurb}'></head>"
            f"<body><main><h1>Office hours</h1>{body}</main>{said}</body>"
        )
        assert read(html).text == read(html.replace("description", "x")).text


@pytest.mark.parametrize(
    ("text", "short"),
    [
        (
            "委员会全体会议于六月三日召开,审议通过了换届方案,现将名单公布如下,欢迎监督。" * 6,
            "张小一",
        ),
        (PROSE * 5, "07:00 | Session 16"),
    ],
    ids=["names", "programme"],
)
def test_short_lines_below_a_long_text_are_the_article_s(text: str, short: str) -> None:
    html = (
        "<body><h1>委员名单公布 and a programme</h1><div class=content>"
        f"<section><p>{text}</p></section>{f'<p>{short}</p>' * 28}</div></body>"
    )
    assert read(html).text.count(short) == 28


def test_a_post_over_a_thread_of_answers_stands_alone() -> None:
    answers = "".join(f"<li><a href='/{n}'>Yes so it is</a> [user{n}] 298" for n in range(30))
    post = " ".join([PROSE] * 6)
    html = f"<body><table><tr><td>Forum<tr><td>{post}<tr><td><ul>{answers}</ul></table></body>"
    assert read(html).text == post


def test_the_address_dates_a_page_that_shows_no_other_date() -> None:
    article = read(page(), url="https://example.org/2021/03/05/a-new-guideline")
    assert (day(article), article.sources["when"]) == ("2021-03-05", "url")


@pytest.mark.parametrize(
    "html",
    [
        page(),
        page(above="<p>Conference: 5 March 2031, Vienna</p>"),
        page(body=f"<p>The society was founded on 5 March 1998 and unites all. {PROSE}</p>"),
        page(below="<ul><li><a href='/a'>Another story</a> 5 March 2021</li>"
             "<li><a href='/b'>A third story</a> 6 March 2021</li></ul>"),
        page(head=PUBLISHED, classes="page page-id-42"),
        page(above="<p>Tanks on the road to the old capital city, 5 March 2021</p>"),
        page(below="<div itemscope itemtype='https://schema.org/Comment'>"
             "<span itemprop='datePublished' content='2021-03-05'></span>Well said.</div>"),
    ],
)  # fmt: skip
def test_an_undated_page_gives_none(html: str) -> None:
    assert day(read(html)) == ""


def test_a_date_right_above_the_title_goes_before_one_far_below_it() -> None:
    filed = "<p>5 March 2021 in <a href='/g'>Guidelines of the society</a>, <a href='/e'>Events</a></p>"
    html = page(below="<p>Comments</p>" + "<p>Well said.</p>" * 3 + "<p>7 March 2021</p>")
    assert day(read(html.replace("<h1>", f"{filed}<h1>"))) == "2021-03-05"


def test_a_title_that_the_text_says_again_leaves_no_date_line_above_it() -> None:
    body = f"<p>5 March 2021</p><p>{PROSE}</p><p>A new guideline</p><p>{PROSE}</p>"
    assert read(page(body=body)).text.startswith(PROSE)


@pytest.mark.parametrize("box", ["<table><tr><td>{}</td></tr></table>", "<ul><li>{}</li></ul>"])
@pytest.mark.parametrize("date", ["5 March 2021", "Published: 5 March 2021"])
def test_a_short_text_in_one_cell_with_its_date_is_no_field_of_it(box: str, date: str) -> None:
    lines = f"<p>{date}</p><p>Members may now vote.</p><p>XX</p>"
    article = read(page(body=box.format(lines)))
    assert (day(article), article.text) == ("2021-03-05", "Members may now vote.\nXX")


def test_a_comments_label_gives_way_to_the_date_below_the_title() -> None:
    comment = "<div class='comments'><p>读者评论</p><p>发表时间：2021-03-08 9:51:00</p></div>"
    html = page(above="<p>2021-03-05 阅读105次</p>").replace("<footer>", f"{comment}<footer>")
    assert day(read(html)) == "2021-03-05"


def test_a_shown_update_is_kept_apart_from_the_stated_date() -> None:
    changed = meta("article:modified_time", "2023-01-09T08:00:00+01:00")
    article = read(page(PUBLISHED + changed, above="<p>January 9, 2023</p>"))
    assert day(article) == "2021-03-05"
    assert article.updated
    assert article.updated.day.isoformat() == "2023-01-09"


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("March 4, 2021 21:25", "2021-03-04"),  # the stated instant, by a clock three hours behind
        ("March 4, 2021 21:40", "2021-03-05"),  # some other instant
        ("March 4, 2021", "2021-03-05"),
    ],
)
def test_a_day_stated_in_utc_gives_way_to_the_same_instant_by_the_pages_clock(
    shown: str, expected: str
) -> None:
    stated = meta("article:published_time", "2021-03-05T00:25:56Z")
    quoted = f"<p>{PROSE}</p><blockquote>— a reader, March 5, 2021</blockquote><p>{PROSE}</p>"
    assert day(read(page(stated, above=f"<p>{shown}</p>", body=quoted))) == expected


@pytest.mark.parametrize(
    "line",
    [
        *("Closing date: 15 June 2026", "Apply by 15 June 2026", "Submit by: 15 June 2026"),
        *("Register by 15 June 2026", "Valid until 1 May 2031", "Expiry date: 30 November 2027"),
        *("Effective from 1 May 2026", "Meeting date: 3 March 2026", "Save the date: 3 June 2027"),
        *("Anmeldeschluss: 15.06.2026", "Gültig bis 15.06.2026", "Date limite : 15 juin 2026"),
        *("Fecha límite: 15 de junio de 2026", "申込締切：2026年6月15日", "開催日：2026年6月15日"),
        *("접수마감: 2026-06-15", "培训时间：2026年6月15日", "实施日期：2026年6月15日"),
        *("有效期至：2026年6月15日", "† 27 February 2026", "died 27 February 2026"),
        "<b itemprop='startDate'>15 June 2026</b>",
    ],
)
def test_a_deadline_or_a_meeting_by_the_title_is_not_the_publish_date(line: str) -> None:
    assert day(read(page(above=f"<p>{line}</p>"))) == ""
    assert day(read(page(above=f"<p>{line}</p><p>Posted by Ann</p><p>20 May 2026</p>"))) == "2026-05-20"
    name, _, value = line.partition(":")
    cells = f"<dl><dt>{name}</dt><dd>{value}</dd></dl>" if value else f"<p>{line}</p>"
    assert day(read(page(above=cells))) == ""


@pytest.mark.parametrize(
    "line",
    [
        *("15 June 2026", "Date: 15 June 2026", "News | 15 June 2026", "Press release, 15 June 2026"),
        *("By Ann Lee · 15 June 2026", "日期：2026-06-15 来源：学会", "令和8年6月15日"),
        "Submitted by Mark Feldon on Mon, 06/15/2026 - 11:32",
        "文章来源：宣传科 发布时间：2026-06-15",
        "<dl><dt>Date</dt><dd>15 June 2026</dd></dl>",
        "<table><tr><td>Kind</td><td>A notice<br><br>15 June 2026<br><br>Athens</td></tr></table>",
        "관리자 댓글 0건 조회 251회 작성일 2026-06-15 10:21",
        "Aktualizacja: 16.06.2026 23:49 Publikacja: 15.06.2026 21:52",
        "Giriş: 15.06.2026 - 18:24 Güncelleme: 16.06.2026 - 18:57",
        *(
            "Ann Sofia Lee Moreno Published Jun 15, 2026 1 0",
            "Gespeichert von ann am 15. Juni 2026 - 18:44",
        ),
        *("Jun. 15, 2026, at 5:55 AM", "Erstellt am 15.06.26 um 08:35, geändert am 16.06.26 um 08:35"),
        "<a href=/p/1>15. Juni 2026 16. Juni 2026</a> | <a href=/by/lee>Ann Sofia Lee-Moreno</a>",
        "<a href=/a>Ann Lee</a><a href=/d>15 June 2026</a><a href=/c>Studies</a><a href=/t>2 notes</a>",
        *("15 June 2026 — 7 minutes read", "12 June, open; 15/06/2026 14:30 PM"),
        "<span>Example Press</span><span>15 June 2026</span>",
        "作者：</div><div>2026-06-15",
        "15 June 2026</div><ul><li><a>Facebook</a><li><a>Twitter</a><li><a>WhatsApp</a></ul><div>Share",
        "<p>15.06.2026 14:47 Uhr</p><a href=/ann>Ann Lee, editor in chief</a>" * 2,
    ],
)
def test_what_dates_the_article_by_its_title(line: str) -> None:
    assert day(read(page(above=f"<div>{line}</div>"))) == "2026-06-15"


@pytest.mark.parametrize(
    "place",
    [
        *("MADRID, {} – ", "Lugano, Switzerland, {} -- ", "Geneva ({}) – ", "Paris, le {}. "),
        *("BARCELONA, Spain — {} — ", "(Madrid, {}) ", "({}) "),
    ],
)
def test_a_place_before_the_date_with_which_a_text_opens(place: str) -> None:
    article = read(page(body=f"<p>{place.format('15 June 2026')}{PROSE}</p>{BODY}"))
    assert (day(article), article.sources["when"]) == ("2026-06-15", "opening")


@pytest.mark.parametrize(
    "html",
    [
        page(body=f"<p>{PROSE}</p><ul><li>Abstracts: 12 June 2026</li></ul><p>{PROSE[:90]}</p>"),
        page(below="<section class=comments><h2>1 Comment</h2><div>Ines, 12 May 2026</div></section>"),
        page(below="<aside><h3>Next event</h3><p>17 September 2026</p></aside>"),
        page(body=f"{BODY}<table><tr><td>nefimab</td><td>3 April 2026</td></tr></table>"),
        page(
            body=f"{BODY}<table><tr><td>nefimab</td><td>{PROSE}</td><td>3 April 2026</td></tr></table>"
        ),
        page(above="<div class=field-event-date><b>Date</b><p>3 April 2026</p></div>"),
        page(above="<p>Date: 3 April 2026</p><p>Time: 18:00</p><p>Venue: Main hall</p>"),
        page(above="<p>Venue: Main hall</p><p>Date: 3 April 2026</p>"),
        page(body=f"<p>{PROSE[:97]}</p>", below="<aside><b>12</b><b>2026-05</b></aside>"),
        page(below="<div><h3>Events</h3><p><a href='/e'>Spring course</a></p><p>3 April 2026</p></div>"),
        page(below="<ol><li>Holm G. Staging revisited. Ann Test. Published 5 March 2021.</li></ol>"),
        page(below="<dl><dt>Date:</dt><dd>3 April 2026</dd><dt>Time:</dt><dd>9 am - 5 pm</dd></dl>"),
        page(
            above="<table><tr><th>Date</th><td>3 April 2026</td></tr><tr><th>Time</th><td>18</td></tr>"
            "<tr><th>Venue</th><td>Main hall</td></tr></table>"
        ),
        page(above="<i class=event-date><time datetime='2026-04-03'>3 April</time></i>"),
        page(above="<div>Registration deadline</div><div>31 August 2026</div>"),
        page(ld(startDate="2026-04-03").replace("NewsArticle", "Event"), above="<p>3 April 2026</p>"),
        page()
        .replace("<nav>", "<div>Wednesday, 25 November 2026</div><nav>")
        .replace("</a> <a", "</a><br><a"),
        page().replace(
            "<main>",
            "<aside><ul><li><a href='/1'>Statement on sunbeds</a> <i>22 April 2026</i></li></ul></aside>"
            "<main>",
        ),
    ],
)
def test_other_days_in_and_around_a_short_text_are_not_the_publish_date(html: str) -> None:
    assert (
        day(
            read(
                html.replace("<a href='/news'>News</a>", "<a href='/n'>News</a><br><a href='/m'>Us</a>")
            )
        )
        == ""
    )


DEEP = f"{BODY}<p>{PROSE}</p>{BODY}<p>{PROSE}</p>"
FAR = "".join(f"<div><a href='/m{n}'>Section {n}</a></div>" for n in range(25))


@pytest.mark.parametrize(
    ("html", "source"),
    [
        (page(body=f"{'<p>One of the key points</p>' * 7}<p>15 June 2026</p>{BODY}"), "shown"),
        (page(above=FAR, body=f"<p>15 June 2026</p>{BODY}"), "shown"),
        (page(body=f"{BODY}<ul><li>Data: 15-06-2026, 09:29</li></ul>"), "shown"),
        (page(body=DEEP, below="<p><a href='/15'>15 June 2026</a></p>"), "alone"),
        (
            page(
                body=DEEP,
                below="<footer><a href=/a>ann</a><i>Posted on </i><a href=/d>15 June 2026</a>"
                + "".join(f"<a href=/t{n}>A tag, {n}</a>" for n in range(9))
                + "</footer>",
            ),
            "alone",
        ),
        (
            page(
                body=DEEP,
                below="<p>This entry was posted in News and tagged boards, centres, studies, centres"
                " again on 15 June 2026 by ann.</p>",
            ),
            "footnote",
        ),
        (page(body=DEEP, below="<p>Last updated: 15 June 2026</p>"), "update"),
        (page(body=DEEP, below="<p>Stand 15.06.2026</p>"), "update"),
        (page().replace("guideline</h1>", "guideline<b>Date:</b> <i>15 June 2026</i></h1>"), "shown"),
        (page(above="<p>06/15/2026</p>"), "shown"),
        (page(above="<p>06/05/2026</p>", body=DEEP, below="<p>03/31/2026</p>"), "shown"),
    ],
)
def test_a_date_is_found_where_sites_without_words_for_machines_put_it(html: str, source: str) -> None:
    article = read(html)
    assert (day(article)[:-2], article.sources["when"]) == ("2026-06-", source)


def test_a_date_of_another_name_above_the_labelled_one_does_not_refute_it() -> None:
    text = "各单位要认真落实会议要求，相互转告，并在截止日期之前完成登记。" * 4
    cells = (("索引号：", "11220000/2026-00426"), ("分类：", "公告"), ("发文机关：", "学会办公室"))
    dates = (("成文日期：", "2026年01月27日"), ("标题：", "公告"), ("发布日期：", "2026年01月28日"))
    rows = "".join(f"<tr><td>{name}</td><td>{value}</td></tr>" for name, value in (*cells, *dates))
    html = f"<p><a>学会</a> &gt;&gt; 公告</p><table>{rows}</table><p>{text}</p><p>{text}</p>"
    article = read(
        f"<html lang=zh><title>关于防治工作的公告</title><body><div>{html}</div></body></html>"
    )
    assert (day(article), article.sources["when"]) == ("2026-01-28", "label")


@pytest.mark.parametrize(
    "html",
    [
        page(body=f"<p>{PROSE}</p><blockquote>— a reader, 3 April 2026</blockquote><p>{PROSE}</p>"),
        page(body=DEEP, below="<nav><span>20.11.2019 / 11:54</span></nav>"),
        page(body=f"{BODY}<p><a href=/s>A story about the winter 3 April 2026</a></p><p>{PROSE}</p>"),
        *(page(above=f"<p>{days}</p>") for days in ("vom 9. bis 23. Juni 2026", "09.–11.06.2026")),
        page(
            body=DEEP,
            below="<div><b>Offer</b><b>28 January 2026</b><b>-</b><b>5 February 2026</b></div>",
        ),
        *(
            page(
                body=body,
                below=f"<p>{first} <a href=/y>Board of the society elected</a> <i>12 May 2020</i>",
            )
            for body in (DEEP, f"<p>{PROSE}</p>")
            for first in ("<span>Next:</span>", "<a href=/c>News</a>")
        ),
        page(body=DEEP, below="<p><a href=/y>Board elected</a> 12 May 2020</p>"),
        page(
            body=DEEP, below="<a href=/y><img src=x><p>关于召开学术大会的通知</p><p>2020-05-12</p></a>"
        ),
        *(
            page(body=DEEP, below=f"<p>{line}</p>")
            for line in (
                *("Stand up to Cancer, London, 12 May 2020", "Update on lung cancer: 12 May 2020"),
                *("Updated guidelines on 12 May 2020", "更新指南于2020年5月12日"),
            )
        ),
        page(above="<p>06/05/2026</p>", body=DEEP, below="<p>03/31/2026</p><p>30/03/2026</p>"),
    ],
)
def test_quotes_clocks_stories_and_ranges_are_not_the_publish_date(html: str) -> None:
    assert day(read(html)) == ""


@pytest.mark.parametrize(
    "line",
    [
        "This entry was posted in News on May 1, 2026. It was last updated on June 3, 2026.",
        "Dieser Beitrag wurde am 1. Mai 2026 veröffentlicht und am 3. Juni 2026 aktualisiert.",
        "This post was published on May 1, 2026 for the congress on September 3, 2026",
    ],
)
def test_a_footnote_names_the_day_of_the_posting_first(line: str) -> None:
    assert day(read(page(body=DEEP, below=f"<p>{line}</p>"))) == "2026-05-01"


def test_what_stands_behind_a_labelled_short_date_is_whole() -> None:
    said = "Published: ㈱ 12.11.26 This text names the 30.10.23 as well. " + PROSE
    article = read(page(body=f"<div>{said}</div>"))
    assert article.text.startswith("This text names")


def test_the_folders_of_an_address_may_be_single_digits() -> None:
    article = read(page(above="<p>5 June</p>"), url="https://example.org/news/2026/6/5/guideline")
    assert (day(article), article.sources["when"]) == ("2026-06-05", "url")


def test_a_label_in_a_side_box_does_not_date_the_article() -> None:
    box = "<p><a href='/r'>Annual report of the alliance</a></p><p>Published: 5 January 2024</p>"
    html = page(above="<p>2 June 2026</p>").replace("<main>", f"<aside>{box}</aside><main>")
    assert day(read(html)) == "2026-06-02"


def test_sites_that_write_the_year_first_write_short_years_first() -> None:
    html = page(above="<p>작성일 26-04-06 10:21</p>")
    assert day(read(html.replace("lang='en'", "lang='ko'"))) == "2026-04-06"


def test_a_labelled_date_below_a_short_text_leaves_it_whole() -> None:
    article = read(page(body=f"<p>{PROSE}</p><p>Posted: 24 February 2026</p>"))
    assert (day(article), article.text) == ("2026-02-24", PROSE)


def test_files_are_kept_whatever_lists_or_names_them() -> None:
    rows = "<li><a href='a.pdf'>The guideline</a></li><li><a href='b.pdf'>In short</a></li>"
    files = f"<h2>Downloads</h2><ul>{rows}</ul>"
    article = read(page(body=f"{BODY}{files}<p><a href='/att/77aa'>Form.docx</a></p>"))
    assert [file.url.rpartition("/")[2] for file in article.enclosures] == ["a.pdf", "b.pdf", "77aa"]
    assert read(page(body=f"{BODY}<a href='/f/초록양식.hwp'>초록양식</a>")).enclosures
    assert "In short" in article.text
    only = read(
        page(body=files, below="<aside><h2>Events</h2><p>A forum on early detection.</p></aside>")
    )
    assert len(only.enclosures) == 2


@pytest.mark.parametrize(
    ("document", "above"),
    [
        ("Example Society", ""),
        ("News | Circle", "<h1>News</h1>"),
        ("Latest news - Circle", "<h1>Latest news</h1>"),
    ],
)
def test_a_section_or_the_site_is_no_title(document: str, above: str) -> None:
    html = (
        f"<html><head><title>{document}</title></head><body>{above}<main><h2>Grants for nurses</h2>"
        f"{BODY}</main><footer>© 2031 Example Society</footer></body></html>"
    )
    assert read(html).title == "Grants for nurses"
    assert read(html.replace("h2", "h4")).title == "Grants for nurses"


@pytest.mark.parametrize(
    ("html", "authors"),
    [
        (page(above="<p>Press Release | 24 April 2026</p>"), []),
        (page(body=f"{BODY}<p>关于征求意见的通知（讨论稿）</p>"), []),
        (page("<meta name='citation_author' content='Bergström, Maja'>"), ["Maja Bergström"]),
        (
            page("<meta name='author' content='Super User'>", above="<p>By Lucy Ferran</p>"),
            ["Lucy Ferran"],
        ),
        (page(body=f"{BODY}<div class='author-box'><h4 class='author'>About the author</h4></div>"), []),
    ],
)
def test_words_that_are_nobody_s_name(html: str, authors: list[str]) -> None:
    assert read(html).authors == authors


@pytest.mark.parametrize("box", ["<aside>{}</aside>", "<div class='sidebar'>{}</div>", "<div>{}</div>"])
@pytest.mark.parametrize("tag", ["div", "span"])
@pytest.mark.parametrize("length", [1, 4])
def test_the_dates_of_a_list_beside_the_article_are_others(box: str, tag: str, length: int) -> None:
    title = "New guideline number {0} is published"
    row = f"<li><a href='/n/{{0}}'>{title}</a><{tag}>{{0}} May 2021</{tag}></li>"
    rows = "".join(row.format(n) for n in range(9, 3, -1))
    others = box.format(f"<h3>Latest news</h3><ul>{rows}</ul>")
    html = page(body=f"<p>{PROSE}</p>" * length).replace("<footer>", f"{others}<footer>")
    assert day(read(html)) == ""
    one = page(body=f"<p>{PROSE}</p>").replace("<footer>", box.format(row.format(7)) + "<footer>")
    assert day(read(one)) == ("" if box != "<div>{}</div>" else day(read(one)))


def test_addresses_in_a_body_are_what_the_base_element_makes_them() -> None:
    html = page("<base href='https://cdn.example/a/'>", body=f"{BODY}<p><a href='b.pdf'>PDF</a></p>")
    article = read(html)
    assert [file.url for file in article.enclosures] == ["https://cdn.example/a/b.pdf"]
    assert 'href="https://cdn.example/a/b.pdf"' in article.content_html


def test_days_ago_are_a_date_only_by_the_pages_own_clock() -> None:
    html = page(above="<p>3天前</p>")
    assert day(read(html)) == ""
    now = datetime(2026, 1, 2, 0, 30, tzinfo=UTC)
    assert day(read(html, now=now, zone=ZoneInfo("Asia/Shanghai"))) == "2025-12-30"


def test_the_title_loses_the_site_and_the_body_its_date_line() -> None:
    article = read(page(above="<p>5 March 2021</p>", below="<aside>Share this</aside>"))
    assert article.title == "A new guideline"
    assert article.text.startswith("The committee met")
    assert "2021" not in article.content_html
    assert "<h2>What follows</h2>" in article.content_html
    assert "<li>One list, kept.</li>" in article.content_html
    assert "Share" not in article.content_html


@pytest.mark.parametrize(
    ("head", "heading", "below"),
    [
        (
            "<title>A new guideline | Example Blog</title>",
            "<h1>Example Blog</h1>",
            "",
        ),  # the host's name
        ("<title>A new guideline - Good News for Experts</title>", "<h1>News</h1>", ""),  # inside a part
        ("<title>A new guideline - Example</title>" + STATED, "<h1>Services</h1>", ""),  # no word of it
        # the page's own name behind its copyright
        ("<title>A new guideline - Example</title>" + STATED, "", "<p>© 2031: A new guideline</p>"),
    ],
)
def test_a_heading_that_is_the_site_s_is_no_title(head: str, heading: str, below: str) -> None:
    html = (
        f"<html><head>{head}</head><body><header>{heading}</header>"
        f"<main><h2>A new guideline</h2>{BODY}</main>{below}</body></html>"
    )
    assert read(html).title == "A new guideline"
    assert read(html.replace("h2>", "h1>")).title == "A new guideline"


def test_of_two_headings_the_one_that_shares_the_page_s_words_is_the_title() -> None:
    document = "<title>New rules for trials in oncology - Example</title>"
    html = (
        f"<html><head>{document}</head><body><h1>Navigation and service</h1>"
        f"<main><h1>Oncology trials: the new rules</h1>{BODY}</main></body></html>"
    )
    assert read(html).title == "Oncology trials: the new rules"


@pytest.mark.parametrize(
    ("html", "expected", "source"),
    [
        (page(ld(author={"@type": "Person", "name": "Gary Marcus"})), ["Gary Marcus"], "json-ld"),
        (page("<meta name='author' content='Jane Doe and Li Wei'>"), ["Jane Doe", "Li Wei"], "meta"),
        (page(above="<p class='byline'>By Jane Doe, MD</p>"), ["Jane Doe"], "marked"),
        (page(above="<p>By Jane Doe</p>"), ["Jane Doe"], "byline"),
        (page(above="<p>By</p><p>Jane Doe</p>"), ["Jane Doe"], "byline"),
        (page(above="<p>Posted on March 5, 2021 by Jane Doe</p>"), ["Jane Doe"], "byline"),
        (page(above="<p>Jane Doe | 5 March 2021</p>"), ["Jane Doe"], "beside"),
        (page(body=BODY + "<p>(责任编辑：王小明)</p>"), ["王小明"], "editor"),
        (page(), [], None),
    ],
)
def test_authors_are_found_where_they_stand(html: str, expected: list[str], source: str | None) -> None:
    article = read(html)
    assert (article.authors, article.sources.get("authors")) == (expected, source)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        *(
            ("김하늘 기자", "김하늘"),
            ("[의학신문 이도윤 기자]", "이도윤"),
            ("작성자: 김하늘", "김하늘"),
            ("글 김하늘", "김하늘"),
        ),
        *(
            ("文=藤井朔太郎 写真=中村恵", "藤井朔太郎"),
            ("執筆：藤井朔太郎", "藤井朔太郎"),
            ("（文責：佐藤花子）", "佐藤花子"),
            ("藤井朔太郎記者", "藤井朔太郎"),
        ),
        *(
            ("〔記者陳怡君/台南報導〕", "陳怡君"),
            ("文/张三三 编辑/李四", "张三三"),
            ("2026-06-15 文/图：刘思远 责编：高洁", "刘思远"),
            ("记者 王海涛 通讯员 赵丽", "王海涛, 赵丽"),
        ),
        *(("作者：心内科 王建国", "王建国"), ("作者：北方胸科学会", "北方胸科学会")),
        *(
            ("Автор: Игорь Сомов", "Игорь Сомов"),
            ("بقلم: سامية بن عمر", "سامية بن عمر"),
            ("Yazar: Elif Kara", "Elif Kara"),
        ),
        ("Written by Petra Novak, published on 5 March 2026.", "Petra Novak"),
        ("By <a href='/jo'>Jo March</a> <i>Category: Grants</i>", "Jo March"),
        ("Text: Mira Sand &nbsp; Photos: Ole Berg", "Mira Sand"),
        *(("Interview: Clara Voss", "Clara Voss"), ("Redacción: Lucía Ferrer", "Lucía Ferrer")),
        ("Opublikowano: 21.01.2026, autor: Anna Nowak", "Anna Nowak"),
        *(("Publié par Nadia Belkacem", "Nadia Belkacem"), ("Scritto da Carla Neri", "Carla Neri")),
        *(
            ("Par Nadia Belkacem, le 11 juin 2024", "Nadia Belkacem"),
            ("Por Julián Rey el 8 de abril", "Julián Rey"),
        ),
        ("Soumis par Nadia Belkacem le mer, 11/06/2024", "Nadia Belkacem"),
        *(
            ("Por Bianca Prado e Leandro Matos", "Bianca Prado, Leandro Matos"),
            ("Por Ana Costa e Silva", "Ana Costa e Silva"),
        ),
        *(("Von Henrike Maas, Hohenfeld", "Henrike Maas"), ("Guest post by Owen Tallis", "Owen Tallis")),
        (
            "<span class=author-bio>Cora Vane is a surgeon and writer who lives in Falmouth</span>",
            "Cora Vane",
        ),
        (
            "<span class=byline>Ann Lee, MD; Peter Osei, on behalf of the Committee</span>",
            "Ann Lee, Peter Osei",
        ),
        ("<a href=/author/ailsa>Ailsa Monro</a> <time>11 March 2026</time>", "Ailsa Monro"),
        ("<p id='fn:1'>Held by the society and may be copied freely</p>", ""),
    ],
)
def test_bylines_of_many_languages(line: str, expected: str) -> None:
    assert ", ".join(read(page(above=f"<p>{line}</p>")).authors) == expected


@pytest.mark.parametrize(
    "line",
    [
        *("Senior author: Hans Meier of Bonn said so.", "Von Willebrand disease is rare."),
        "Par Décret du 3 mai, elle est reconnue.",
        *("Story: New York hospital opens its ward", "Interview: What does the new law bring?"),
    ],
)
def test_a_line_that_begins_like_a_byline_names_nobody(line: str) -> None:
    assert read(page(above=f"<p>{line}</p>")).authors == []


def test_a_title_that_begins_like_a_byline_names_nobody() -> None:
    html = page(above="<p>By Jo March</p>").replace("A new guideline", "Von Willebrand Disease")
    article = read(html)
    assert (article.title, article.authors) == ("Von Willebrand Disease", ["Jo March"])


@pytest.mark.parametrize(
    "heading",
    [
        *("<span>Politics</span> A new guideline", "A new guideline <small>Two years of work</small>"),
        *("A new guideline<a href='#a'>¶</a>", "A new guideline <span>Premium</span>"),
    ],
)
def test_what_else_stands_in_a_heading_is_no_part_of_the_title(heading: str) -> None:
    html = f"<html><head><title>A new guideline - Example</title></head><body><h1>{heading}</h1>{BODY}"
    article = read(html.replace("</h1>", "</h1><p>15 June 2026</p>"))
    assert (article.title, day(article)) == ("A new guideline", "2026-06-15")


@pytest.mark.parametrize(
    ("document", "above", "below"),
    [
        ("Guideline talks", "<h1>Guideline talks for all</h1>", "<h2>Guideline</h2>"),
        (
            "Guideline talks | Our Society of Oncology",
            "<h2>Our Society of Oncology</h2><h2>Guideline talks</h2>",
            "",
        ),
        ("The talks", "<div class=teaser><h1>Guideline talks</h1></div>", "<h2>Of the board</h2>"),
        ("News", "<h2>Guideline talks</h2>", "<aside><h1>Upcoming events</h1></aside>"),
        (
            "Economists: Guideline talks",
            "<div>© Our Society</div><h1>Guideline talks</h1>",
            "<h1>Of it</h1>",
        ),
        (
            "Guideline talks",
            "".join(f"<h3>Topic {n}</h3>" for n in range(30)) + "<h1>Guideline talks</h1>",
            "",
        ),
    ],
)
def test_the_heading_that_a_reader_takes_for_the_title_is_it(
    document: str, above: str, below: str
) -> None:
    html = f"<title>{document}</title><body>{above}<p>{PROSE}</p>{below}<p>{PROSE}</p></body>"
    assert read(html).title.startswith("Guideline talks")


def test_a_stated_title_keeps_a_tail_that_is_not_the_site_s() -> None:
    stated = meta("og:title", "Survival after surgery - a second look")
    html = f"<title>Survival after surgery - a second look | Society of Surgeons</title>{stated}"
    assert read(f"{html}<body><p>{PROSE}</p>").title == "Survival after surgery - a second look"
    for title, site in (("Hepatitis – C", "CSCO"), ("Phase - I", "Institute")):
        both = f"<title>{title} | {site}</title>{meta('og:title', title)}"
        assert read(f"{both}<body><p>{PROSE}</p>").title == title
    html = html.replace("a second look", "Koia").replace("Society of Surgeons", "The Koia club")
    assert read(f"{html}<body><p>{PROSE}</p>").title == "Survival after surgery"


@pytest.mark.parametrize(
    ("byline", "authors"),
    [
        *(
            (f"By {name}", [name])
            for name in ("Dr. Jan Novak", "Theresa May", "Lee Min Ho", "Wong On Yee")
        ),
        ("By Ann Lee On May 3, 2026", ["Ann Lee"]),
        ("By Ann Lee in Berlin", ["Ann Lee"]),
        ("Por Santiago Ramón y Cajal", ["Santiago Ramón y Cajal"]),
        ("Por Ana Ruiz y Pedro Gil", ["Ana Ruiz", "Pedro Gil"]),
    ],
)
def test_a_name_is_whole_whatever_words_are_in_it(byline: str, authors: list[str]) -> None:
    assert read(page(above=f"<p>{byline}</p>")).authors == authors


def test_a_title_that_the_footer_cites_is_no_site_s_name() -> None:
    title = "Flint tools with birch tar add to what is known of early complex thinking"
    html = (
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{BODY}<h3>Related stories</h3>"
        f"<p>This is subject to copyright.</p><p>Citation: {title}, retrieved today</p></body></html>"
    )
    assert read(html).title == title


def test_a_section_that_the_document_s_title_ends_with_is_no_title() -> None:
    document = "<title>Meditation as effective as a drug, study finds : Shots - News : NPR</title>"
    html = (
        f"<html><head>{document}</head><body><h2>Shots</h2>"
        f"<h1>Daily meditation may work as well as a drug</h1>{BODY}</body></html>"
    )
    assert read(html).title == "Daily meditation may work as well as a drug"


@pytest.mark.parametrize(
    "body",
    [
        "<font size=4><b>Office closure in May</b></font><br><font size=1>1 May 2026</font><br>{}",
        "<div class=news_title>Office closure in May</div><div>2026-05-01</div><p>{}</p>",
        "<div>Office closure in May</div><div>发布人：学术部</div><div>2026-05-01</div><p>{}</p>",
        "<table><tr><th>제목</th><td>Office closure in May</td></tr><tr><th>작성자</th><td>사무국</td>"
        "<th>등록일</th><td>2026-05-01</td></tr></table><p>{}</p>",
        "<table><tr><th>Subject</th><td>Office closure in May</td></tr><tr><th>From</th>"
        "<td>The office</td></tr><tr><th>Date</th><td>1 May 2026</td></tr></table><p>{}</p>",
        "<h1>Office closure in May<br><span>2026-05-01 14:20 来源:学会 点击:23</span></h1><p>{}</p>",
    ],
)
def test_the_title_of_a_page_whose_document_title_is_the_site_s(body: str) -> None:
    html = (
        f"<html><head><title>British Society</title></head><body><a href='/'>Home</a><div>{body}</div>"
    )
    article = read(html.format(f"{PROSE} {PROSE}"))
    assert (article.title, day(article)) == ("Office closure in May", "2026-05-01")


@pytest.mark.parametrize(
    ("document", "heading"),
    [
        ("A new guideline > Notices | Society", "<h2><i>Notice</i> <b>A new guideline</b></h2>"),
        ("学会新聞｜某学会", "<h1>新着情報</h1><h2>A new guideline</h2>"),
        ("お知らせ｜某学会", "<h1>お知らせ</h1><h2>A new guideline</h2>"),
    ],
)
def test_a_board_s_name_is_no_part_of_a_title(document: str, heading: str) -> None:
    html = (
        f"<html><head><title>{document}</title></head><body><a href='/'>Home</a>{heading}"
        f"<p>作成日：2026-06-15</p><p>掲載日：2026-06-15</p><div>{BODY}</div></body></html>"
    )
    assert read(html).title == "A new guideline"


def test_chinese_parts_of_a_document_title_need_no_spaces() -> None:
    html = (
        "<html><head><title>五一劳动节放假通知-通知公告-广东药学会</title></head><body>{}</body></html>"
    )
    text = "学会秘书处放假调休，共五天。" * 9
    shown = f"<div><b>五一劳动节放假通知</b></div><div>2026-04-29</div><p>{text}</p>"
    assert read(html.format(shown)).title == "五一劳动节放假通知"


@pytest.mark.parametrize(
    "fields",
    [
        "<dl><dt>掲載日</dt><dd>2026/06/15</dd><dt>更新日</dt><dd>2026/07/01</dd>"
        "<dt>カテゴリー</dt><dd>専門医制度</dd></dl>",
        "<table><tr><td>发布日期：2026-06-15</td><td>信息来源：药监局</td></tr></table>",
        "<p>Published: 15 June 2026</p><p>Last Updated: 02 July 2026</p>",
        "<p>Publié le lundi 15 juin 2026</p><p>Par Élodie Marchand</p>",
    ],
)
def test_fields_beside_and_below_a_labelled_date_are_no_text(fields: str) -> None:
    article = read(page(above=fields))
    assert (day(article), article.text) == ("2026-06-15", read(page()).text)


def test_what_stands_over_the_title_in_its_element_is_no_text() -> None:
    over = "<p>15 June 2026</p><p>From the society</p>"
    html = page(body=f"{over}<h2>A new guideline</h2>{BODY}").replace("<h1>A new guideline</h1>", "")
    assert read(html).text == read(page()).text
    again = read(page(above="<p>发布时间：2026-06-15</p>", body=f"<h2>A new guideline</h2>{BODY}"))
    assert again.text == read(page()).text
    later = f"<p>{PROSE}</p><p>A new guideline</p>{BODY}"
    assert read(page(body=later)).text.splitlines()[1] == "A new guideline"


def test_dated_links_beside_a_text_in_a_table_are_none_of_it() -> None:
    links = "".join(
        f"<tr><td>·<a href='/{n}'>关于评选优秀论文的通知{n}</a> 2026-05-0{n}</td></tr>" for n in (1, 3)
    )
    text = "<p>学会将根据意见修改文本，并在年底前完成定稿，届时将面向全体会员公开。</p>" * 2
    html = (
        "<html><head><title>年会通知</title></head><body><table><tr><td><a href='/'>首页</a> | "
        f"<a href='/n'>新闻</a></td></tr></table><table><tr><td><table>{links}</table></td><td><table>"
        "<tr><td><b>年会通知</b></td></tr><tr><td>[ 作者：编辑 更新时间：2026-4-8 点击数：56 ]</td>"
        "</tr>"
        f"<tr><td>{text}</td></tr></table></td></tr></table></body></html>"
    )
    article = read(html)
    assert (day(article), article.sources["when"]) == ("2026-04-08", "update")
    assert article.text.startswith("学会将")


def test_a_day_in_the_text_and_its_signature_stay() -> None:
    lines = [
        "特邀专家作学术讲座，欢迎各位会员及同道踊跃参加，现场提供资料。",
        "时间：2026年6月3日14:00",
        "中国学会",
        "2026年5月28日",
    ]
    body = "".join(f"<p>{line}</p>" for line in lines)
    article = read(page(above="<p>2026-05-28</p>", body=body))
    assert (article.text.splitlines(), day(article)) == (lines, "2026-05-28")


@pytest.mark.parametrize(
    "line",
    [
        *(
            "Torna alle notizie - Stampa questa pagina",
            "お知らせ一覧 | トップへ戻る",
            "【打印文章】 【关闭窗口】 【收藏本文】",
        ),
        *(
            "Back to news | Print this page",
            "Возврат к списку",
            "Zurück",
            "Visitas: 203",
            "Просмотров: 1204",
        ),
        *("Última actualización: 16 junio 2026", "목록"),
        *("Read 2047 times Published in <a href='/n'>News</a>", "Mots-clés : <a href='/t'>soins</a>"),
        "<a href='/p'>← Older post</a><a href='/n'>Newer post →</a>",
        *("字号：大 中 小", "조회수 1,204", "下一条：没有了", "<b>X</b><b>LinkedIn</b>"),
        *("------分隔线----------", "您是本文第 154 个阅览者", "등록된 댓글이 없습니다."),
        *("Partager cet article : Facebook LinkedIn", "相关热词搜索：<a href='/t'>病例 青年</a>"),
    ],
)
def test_ways_back_and_counters_leave_the_text(line: str) -> None:
    for body in (f"<p>{line}</p>{BODY}", f"{BODY}<p>{line}</p>"):
        assert read(page(above="<p>15 June 2026</p>", body=body)).text == read(page()).text


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        *(
            ("jeudi 15 juin 2026, par Claire Moreau", "Claire Moreau"),
            ("15.06.2026 10:00 von Maria Huber", "Maria Huber"),
        ),
        (
            "<span>작성자 : 김영수</span><span>등록일 : 2026-06-15</span><span>조회수 : 8</span>",
            "김영수",
        ),
        ("<span>发布者:孙洁</span><span>发布时间:2026-06-15</span><span>浏览次数:136</span>", "孙洁"),
        (
            "<i>작성자</i> <b>김영수</b> <i>조회</i><b>412회</b> <b><i>작성일</i> 2026-06-15 09:30</b>",
            "김영수",
        ),
        *(
            ("Madrid, 15 de junio de 2026", ""),
            ("Data pubblicazione: 15 giugno 2026", ""),
            ("Opublikowano: 15.06.2026, autor: Anna Nowak", "Anna Nowak"),
            ("<i>Gepubliceerd op: 15 juni 2026</i><i>Auteur: Joris van Dam</i>", "Joris van Dam"),
            ("<ul><li>김영수 기자</li><li>승인 2026.06.15 09:30</li><li>댓글 0</li></ul>", "김영수"),
        ),
        ("<b>15</b><br><i>2026-06</i>", ""),
        *(
            ("15 Jun 2026 9:14 AM | Nadia Fox (Administrator)", "Nadia Fox"),
            (
                "Veröffentlicht am 15.06.2026 in <a href='/k'>Aktuelles</a> von Karin Maier",
                "Karin Maier",
            ),
            ("添加时间：2026-06-15 9:25:35　　浏览次数：213", ""),
            ("医学界 2026-06-15 18:22 发表于上海", ""),
            ("Publicerad: 15 juni 2026 | Senast uppdaterad: 19 juni 2026", ""),
            ("Le 15/06/2026 à 10:00 - par Yann Le Goff", "Yann Le Goff"),
            ("<ul><li>배포일 : 2026.06.15.</li><li>조회수 1,204</li></ul>", ""),
            (
                "<ul><li>資料來源：健康署</li><li>建檔日期：2026-06-15</li><li>更新時間：2026-06-16</li></ul>",
                "",
            ),
            (
                "<ul><li>Autor: Lars Wirth</li><li>Datum: 15.06.2026</li><li>Rubrik: Kurse</li></ul>",
                "Lars Wirth",
            ),
        ),
        *(
            ("Submitted by admin on Mon, 06/15/2026 - 18:40", ""),
            ("2026-06-15 | Ekleyen: Elif Kara", "Elif Kara"),
        ),
    ],
)
def test_lines_of_date_and_author_as_systems_write_them(line: str, authors: str) -> None:
    article = read(page(above=f"<p>{line}</p>"))
    assert (day(article), ", ".join(article.authors)) == ("2026-06-15", authors)
    assert article.text == read(page()).text


@pytest.mark.parametrize("shown", ["Sun, 05/03/2026 - 18:40", "Sunday, 03/05/2026"])
def test_the_weekday_tells_day_and_month_apart(shown: str) -> None:
    assert day(read(page(above=f"<p>{shown}</p>"))) == "2026-05-03"


def test_a_date_that_opens_a_text_in_an_element_called_so_dates_it() -> None:
    assert day(read(page(body=f"<p><b>16.06.2026</b> {PROSE}</p>"))) == ""
    assert day(read(page(body=f"<span class=news-date>16.06.2026</span>{PROSE}"))) == "2026-06-16"


def test_a_footer_close_below_the_title_names_no_author() -> None:
    footer = "<footer><p>© 2031 Example Society</p><p><a href='/i'>Imprint Privacy</a></p></footer>"
    html = f"<body><h1>A new guideline</h1><p>15 June 2026</p><a href='/g.pdf'>Open</a>{footer}</body>"
    assert read(html).authors == []


def test_a_footer_by_somebody_names_no_author() -> None:
    html = page(below="<p>Copyright 2026 by State Medical Board</p>")
    assert read(html.replace("<footer>© 2031 Example Society</footer>", "")).authors == []
    assert read(page(above="<div class=fn><a href=#>Back to list</a></div>")).authors == []


def test_a_heading_that_leads_home_is_the_site_s() -> None:
    html = (
        "<html><head><title>A new guideline - Old Lathes</title></head><body>"
        f"<h1><a href='/'>Old Lathes</a></h1><main><h2>A new guideline</h2>{BODY}</main></body></html>"
    )
    assert read(html).title == "A new guideline"


@pytest.mark.parametrize(
    "line",
    [
        *("<b>Lesen Sie auch:</b> {}", "À lire aussi : {}", "Read more: {}", "Te puede interesar: {}"),
        *(
            "Leggi anche: {}",
            "Читайте также: {}",
            "相关阅读：{}",
            "関連記事：{}",
            "[관련기사] {}",
            "İlgili haber: {}",
        ),
        *("上一篇：{}", "下一篇：{}", "Previous: {}", "Tags: {}"),
    ],
)
@pytest.mark.parametrize("above", ["", "<p>Published: 15 June 2026</p>"])
def test_a_line_that_leads_to_another_article_is_no_part_of_one(line: str, above: str) -> None:
    other = line.format("<a href='/2'>Nine winners from six countries</a>")
    article = read(page(above=above, body=f"<p>{PROSE}</p><p>{other}</p><p>{PROSE[::-1]}</p>"))
    assert "winners" not in article.text
    assert PROSE[:60] in article.text


@pytest.mark.parametrize(
    "box",
    [
        "<div class=newsletter-signup><p>Get our headlines before breakfast, every day.</p></div>",
        "<div class=ops><a href='javascript:print()'>【打印本页】</a><a href='#'>【关闭窗口】</a></div>",
        "<div class=author-bio><p>Ann Lee writes on lungs.</p></div>",
    ],
)
@pytest.mark.parametrize("above", ["<p>15 June 2026</p>", "<p>Published: 15 June 2026</p>"])
def test_boxes_in_the_text_leave_it_however_the_date_stands(box: str, above: str) -> None:
    assert read(page(above=above, body=BODY + box)).text == read(page(above=above)).text


@pytest.mark.parametrize("name", ["paywall", "comment", "share"])
def test_a_class_that_most_paragraphs_have_is_no_box(name: str) -> None:
    texts = [f"Paragraph {n} says: {PROSE}" for n in range(9)]
    body = "".join(f"<p class={name}>{text}</p>" for text in texts)
    assert read(page(body=f"<p class=dek>On rope and memory</p>{body}")).text.splitlines()[-9:] == texts


def test_the_line_of_the_author_leaves_the_text() -> None:
    article = read(page(body=f"<p>By Ann Lee, Example News</p>{BODY}"))
    assert (article.authors, "Ann Lee" in article.text) == (["Ann Lee"], False)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (page(body=f"<p>BERLIN, 15 June 2026 (Reuters) - {PROSE}</p>{BODY}"), "2026-06-15"),
        (page(above="<p>115-06-15</p>").replace("<html", "<html lang=zh-TW"), "2026-06-15"),
        (page(above="<p>115年6月15日</p>").replace("<html", "<html lang=zh-TW"), "2026-06-15"),
        (page(above="<p>١٥ يونيو ٢٠٢٦</p>"), "2026-06-15"),
        (page(body=f"<ul><li>Gold, county show, 14 June 2025</li></ul>{BODY}"), ""),
        (page(above="<ul><li>June 15, 2026 June 15, 2026</li></ul>"), "2026-06-15"),
        (page(above="<p>Date of hearing: 2 April 2025</p>"), ""),
        (page(above="<p>时间：2026年6月15日 地点：北京</p>"), ""),
        (page(above="<div>日期：2026-06-15</div>", body=f"<p>地点：北京</p>{BODY}"), "2026-06-15"),
        (
            page().replace(
                "<body>", "<body><p>Monday 15 June 2026</p><header><a href=/>Home</a></header>"
            ),
            "",
        ),
    ],
)
def test_days_by_the_title_that_are_and_are_not_the_publish_date(html: str, expected: str) -> None:
    assert day(read(html)) == expected


def test_a_day_to_come_is_no_publish_date_by_the_pages_own_clock() -> None:
    html = page(above="<p>15 June 2026</p>")
    assert day(read(html, now=datetime(2026, 6, 15, tzinfo=UTC))) == "2026-06-15"
    assert day(read(html, now=datetime(2026, 5, 1, tzinfo=UTC))) == ""
    opens = page(body=f"<span class=date>15 June 2026</span>{PROSE}")
    assert day(read(opens, now=datetime(2026, 5, 1, tzinfo=UTC))) == ""


def test_a_house_gives_way_to_a_person() -> None:
    named = "<meta name='author' content='Hohenfelder Anzeiger'>"
    signed = page(
        named, above="<p>Von Henrike Maas</p>", below="<footer>© Hohenfelder Anzeiger</footer>"
    )
    assert read(signed).authors == ["Henrike Maas"]
    head = meta("og:site_name", "Example Society") + "<meta name='author' content='Example Society'>"
    assert read(page(head)).authors == ["Example Society"]
    assert read(page(head, above="<p>By Jane Doe</p>")).authors == ["Jane Doe"]


def test_a_chinese_article_ends_at_its_editor_and_is_told_once() -> None:
    text = (
        "中国临床肿瘤学会今日公布新版指南，全文共十二章，涵盖诊断、治疗、"
        "随访与康复，供全国同道在临床工作中参考使用。"
    )
    html = (
        f"<body><h1>学会公布新版指南</h1><p>2021-03-05 08:00 来源：学会办公室</p><div><p>{text}</p>"
        f"<p>{text[::-1]}</p><p>责任编辑：王小明</p><p>另一则新闻，说的是完全不同的事情。</p></div>"
        f"<div><p>{text}</p></div></body>"
    )
    article = read(html)
    assert (day(article), article.language) == ("2021-03-05", "zh")
    assert article.text.split("\n") == [text, text[::-1]]


@pytest.mark.parametrize(
    "end",
    [
        "（学会网编辑 王小明）",
        "特别声明：以上内容为自媒体用户上传并发布，本平台仅提供信息存储服务。",
        "版权声明",
    ],
)
def test_what_follows_the_end_of_a_chinese_article_is_left_out(end: str) -> None:
    text = "中国临床肿瘤学会今日公布新版指南，全文共十二章，涵盖诊断、治疗、随访与康复。"
    other = "转载须经书面许可，另一则新闻说的是完全不同的事情。"
    html = (
        f"<body><h1>学会公布新版指南</h1><p>2021-03-05</p><div><p>{text}</p><p>{text[::-1]}</p>"
        f"<p>{text[5:]}</p><p>{end}</p><p>{other}</p></div></body>"
    )
    assert read(html).text.split("\n") == [text, text[::-1], text[5:]]


@pytest.mark.parametrize(
    "banner",
    [
        "Our site uses cookies, in order that you find what you came for. " * 4,
        "Diese Website verwendet Cookies. Mehr dazu steht in der Erklärung zum Datenschutz.",
        "我们注重隐私,本网站使用Cookie。",
    ],
)
def test_a_consent_banner_is_no_body(banner: str) -> None:
    told = banner.startswith("我们")  # a sentence that comes to speak of cookies is not a banner
    assert (banner[:60] in read(page(body=f"{BODY}<div><p>{banner}</p></div>")).text) == told


@pytest.mark.parametrize(
    "heading",
    [
        *(
            "2 Comments",
            "Leave a reply",
            "Subscribe to our newsletter",
            "Articoli correlati",
            "Leia também",
        ),
        *("Ostatnie wpisy", "2 yorum", "Читайте также", "مقالات ذات صلة", "Gửi bình luận", "関連記事"),
        *(
            "댓글 2",
            "延伸閱讀",
            "Sobre la autora",
            "작가 소개",
            "Neueste Beiträge",
            "Laisser un commentaire",
        ),
    ],
)
@pytest.mark.parametrize("above", ["<p>15 June 2026</p>", "<p>Published: 15 June 2026</p>"])
@pytest.mark.parametrize("tag", ["h3", "div", "p"])
def test_a_box_below_such_a_heading_is_no_part_of_the_article(
    heading: str, above: str, tag: str
) -> None:
    text = "Nine hospitals agreed, after two years, on how they count rare tumours, and who may see it."
    head = f"<div><{tag}>{heading}</{tag}></div>"
    box = f"<div>{head}<div><p>{text}</p><p>{text[::-1]}</p></div></div>"
    assert read(page(above=above, below=box)).text == read(page(above=above)).text
    body = f"<p>{PROSE}</p>{box}<p>{PROSE[::-1]}</p><p>{PROSE[9:]}</p>"
    assert read(page(above=above, body=body)).text.splitlines() == [PROSE, PROSE[::-1], PROSE[9:]]


@pytest.mark.parametrize("above", ["<p>15 June 2026</p>", "<p>Published: 15 June 2026</p>"])
def test_a_table_keeps_cells_that_are_called_like_such_a_heading(above: str) -> None:
    rows = "<tr><th>Item<th>Comments<th>Related</tr><tr><td>One<td>2<td>3</tr>"
    article = read(page(above=above, body=f"<p>{PROSE}</p><table>{rows}</table><p>{PROSE[::-1]}</p>"))
    assert "<th>Comments</th><th>Related</th>" in article.content_html


@pytest.mark.parametrize(
    "row",
    [
        "<div>Share <a href='//s.example/1'>Facebook</a> <a href='//s.example/2'>Weibo</a></div>",
        "<div><a href='/1'>Previous article: Grants</a><a href='/3'>Next article: Prizes</a></div>",
        "<div>4 min read</div>",
    ],
)
def test_rows_of_links_and_counters_at_the_end_leave_the_text(row: str) -> None:
    assert read(page(above="<p>15 June 2026</p>", body=BODY + row)).text == read(page()).text


def test_a_row_of_links_that_names_a_file_stays() -> None:
    row = "<div><a href='/down?f=1'>Letter.pdf</a> <a href='/view?f=1'>Preview</a></div>"
    files = read(page(above="<p>15 June 2026</p>", body=BODY + row)).enclosures
    assert [file.url for file in files] == ["https://example.org/down?f=1"]


def test_a_notice_shorter_than_what_the_site_says_of_itself_is_read() -> None:
    notice = "The office is closed on Friday."
    box = f"<div><div><h3>Cookies</h3><p>{PROSE[:150]}</p></div></div>"
    html = page(above="<p>15 June 2026</p>", body=f"<p>{notice}</p>").replace(
        "<footer>", f"{box}<footer>"
    )
    assert (read(html).text, day(read(html))) == (notice, "2026-06-15")


def test_an_article_shown_once_more_for_phones_is_told_once() -> None:
    once = f"<div><h1>A new guideline</h1><p>15 June 2026</p>{BODY}</div>"
    html = f"<html><head><title>A new guideline</title></head><body>{once}{once}</body></html>"
    assert read(html).text == read(page(above="<p>15 June 2026</p>")).text


@pytest.mark.parametrize("own", ["", "A new guideline"])
def test_articles_of_others_that_a_page_lists_for_machines_say_nothing_of_it(own: str) -> None:
    others = [
        {"@type": "NewsArticle", "headline": f"Prize number {n}", "datePublished": f"2020-01-0{n}"}
        for n in range(1, 4)
    ]
    mine = [{"@type": "NewsArticle", "headline": own, "datePublished": "2021-03-05"}] if own else []
    head = f"<script type='application/ld+json'>{json.dumps([*others, *mine])}</script>"
    assert day(read(page(head))) == ("2021-03-05" if own else "")


def test_a_picture_over_the_first_line_belongs_to_the_article() -> None:
    figure = "<figure><img src='/hall.jpg'><figcaption>The hall</figcaption></figure>"
    article = read(page(body=figure + BODY))
    assert article.image == "https://example.org/hall.jpg"
    assert "/hall.jpg" in article.content_html


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("<span>5 March 2026</span><span>Ann Lee and Tom Berg</span>", ["Ann Lee", "Tom Berg"]),
        ("<span>Ann Lee</span><span>5 March 2026</span>", ["Ann Lee"]),
        ("5 March 2026 <span>Drug Examplinib</span>", []),
        ("<span>作者：顾平</span><span>2026-03-05 09:20</span><span>阅读：12</span>", ["顾平"]),
        ("<p>Tác giả: Minh Anh</p><p>2026-03-05</p>", ["Minh Anh"]),
        (
            "<p>2026-03-05 | Von Ann Lee</p><div class=author><h4>Über die Autorin</h4></div>",
            ["Ann Lee"],
        ),
    ],
)
def test_bylines_in_pieces_and_headings_over_authors(line: str, authors: list[str]) -> None:
    article = read(page(above=f"<div>{line}</div>"))
    assert (article.authors, day(article)) == (authors, "2026-03-05")
    assert article.text.startswith(PROSE)


def test_buttons_by_the_date_name_no_author() -> None:
    tabs = "<p>5 March 2026</p><div><button>Nurses</button><button>Physicians</button></div>"
    assert read(page(above=tabs)).authors == []


def test_the_day_on_which_a_post_starts_is_no_publish_date() -> None:
    fields = (
        "<dl><dt>Start date</dt><dd>1 June 2026</dd><dt>Closing date</dt><dd>15 April 2026</dd></dl>"
    )
    assert day(read(page(above=fields))) == ""


def test_files_and_the_lead_image_come_along() -> None:
    head = meta("og:image", "/img/lead.jpg")
    article = read(page(head, body=BODY + "<p><a href='/f/guide.pdf'>Guide</a></p>"))
    assert article.image == "https://example.org/img/lead.jpg"
    assert [file.url for file in article.enclosures] == ["https://example.org/f/guide.pdf"]


def test_lost_characters_are_told() -> None:
    text = "中国临床肿瘤学会今日公布新版指南".encode()
    body = page(body="<p>LOST</p>").encode().replace(b"LOST", text + text[:-1] + PROSE.encode())
    html = body.decode(encoding_of(body), "replace")
    assert "1 characters could not be decoded" in read(html).problems


@pytest.mark.parametrize("listed", ["", "Webinars on screening for lung cancer"])
@pytest.mark.parametrize(
    "box",
    [
        "<footer><div><h4>Quick links</h4><p>Copyright 2026 Society of Oncology</p></div></footer>",
        "<div><h3>Upcoming events</h3><p>Soon</p></div><footer>© 2026 Society of Oncology</footer>",
        "<h2>Partners</h2><footer>© 2026 Society of Oncology</footer>",
    ],
)
def test_a_heading_below_the_text_is_no_title_where_the_title_is_in_none(box: str, listed: str) -> None:
    html = (
        "<title>Society of Oncology</title><div class=ttl>Webinars on screening for lung cancer</div>"
        f"<div class=d>24 November 2026</div><p>{PROSE}</p>{box}"
    )
    article = read(html, listed_title=listed)
    assert article.title == "Webinars on screening for lung cancer"
    assert article.text.startswith(PROSE[:20])


LARGE = {
    "nested": "<div>" * 5000 + f"<p>{PROSE}</p>",
    "headed boxes": "<div><h3>Related</h3>" * 5000 + f"<h1>One</h1><p>{PROSE}</p>" * 5000,
    "nested headings": "<h3>" * 5000 + "Related" + "</h3><h1>One</h1>" * 5000,
    "nested tables": "<table>" * 5000 + "<th>One<th>Two",
    "links": "".join(f"<li><a href='/{n}'>Notice {n}</a> 2020-01-01</li>" for n in range(100_000)),
    "prose": f"<p>{PROSE} 2 May 2020</p>" * 50_000,
    "one line": "word 2020-01-02, by Jane Doe " * 300_000,
    "bylines": "作者：张三 来源：" * 300_000,
    "spaces": "By" + " " * 3_000_000,
    "marks": "., - ! ? " * 1_000_000,
    "brackets": "<script type='application/ld+json'>" + "[" * 300_000 + "</script>",
}


@pytest.mark.parametrize("body", LARGE.values(), ids=LARGE.keys())
def test_a_huge_page_is_read_in_bounded_time(body: str) -> None:
    root = Selector(text=f"<body><h1>A new guideline</h1>{body}", type="html").root
    began = time.process_time()
    read_article(root, url=URL, zone=None)
    # Under two seconds on a machine of its own; quadratic time would be minutes.
    assert time.process_time() - began < 8


@pytest.mark.skipif(not PROCESS.exists(), reason="only Linux tells a process its own peak")
@pytest.mark.parametrize("name", ["links", "prose", "one line"])
def test_a_huge_page_is_read_in_bounded_memory(name: str) -> None:
    """In a process of its own: a peak is never forgotten, and ru_maxrss starts with the parent's."""
    code = (
        "from parsel import Selector; from csco_spider.extract import read_article\n"
        "from tests.test_extract import LARGE, PROCESS, URL\n"
        f"html = '<body><h1>A new guideline</h1>' + LARGE[{name!r}]; LARGE.clear()\n"
        "read_article(Selector(text=html, type='html').root, url=URL, zone=None)\n"
        "print(PROCESS.read_text())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    peak = re.search(r"VmHWM:\s+(\d+) kB", done.stdout)
    assert peak
    assert int(peak[1]) < 300_000


PIECES = st.sampled_from(
    [
        *("<p>", "</p>", "<div class='author'>", "</div>", "<h1>", "</h1>", "<table><td>", "<ul><li>"),
        *("<a href='/x.pdf'>", "</a>", "<time datetime='2021-03-05'>", "<br>", "<script>", "</script>"),
        *(ld(datePublished="2021-03-05", author=[{"name": ["x"]}]), ld(author={"@id": 3}), PUBLISHED),
        *("<meta name='author' content='By , and'>", "<!--", "<![CDATA[", "&#0;", "&#x110000;", "\x08"),
        *("By ", "5 March 2021", "2021年3月5日", "作者：", "责任编辑：", "3天前", "©", PROSE, "Related"),
    ]
)
PAGES = st.lists(PIECES | st.text(max_size=6), max_size=40).map("".join)
NOW = datetime(2026, 1, 2, tzinfo=UTC)


@given(PAGES, st.sampled_from(["", "5 March", "http://[", "https://example.org/2021/03/05/x"]))
def test_nothing_raises_and_what_is_said_has_a_source(html: str, url: str) -> None:
    article = read(f"<html>{html}</html>", url=url, now=NOW)
    for name in ("title", "when", "authors", "image"):
        assert bool(getattr(article, name)) == (name in article.sources)
    assert read(f"<html>{html}</html>", url=url, now=NOW) == article


@pytest.mark.proof
def test_a_fuzzed_minute_raises_nothing_and_stays_fast() -> None:
    """FUZZ_SECONDS sets how long."""
    until = time.monotonic() + float(os.environ.get("FUZZ_SECONDS", "60"))
    slowest, count = 0.0, 0

    @settings(max_examples=200, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(PAGES | st.binary(max_size=400).map(lambda body: body.decode(encoding_of(body), "replace")))
    def run(html: str) -> None:
        nonlocal slowest, count
        began = time.process_time()
        read(f"<html>{html}</html>", now=NOW)
        slowest, count = max(slowest, time.process_time() - began), count + 1

    while time.monotonic() < until:
        run()
    print(f"\n{count} pages, slowest {slowest * 1000:.0f} ms")
    assert slowest < 2

"""From an article page to its fields, in every markup; and that no page, whole or cut, raises."""

from __future__ import annotations

import time
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parsel import Selector

from csco_spider.extract.article import Article, read_article
from csco_spider.extract.charset import encoding_of
from csco_spider.extract.html import plain_text
from csco_spider.extract.language import language_of
from csco_spider.extract.page import Page
from csco_spider.items import Enclosure
from tests.sites import markups
from tests.sites.markups import AROUND, BODY, DAY, MARKUPS, TITLE, render

ZONE = ZoneInfo("Asia/Shanghai")
URL = "http://csco.ac.cn/cat/13/show/700.html"
PROSE = "The committee met in the capital and agreed on the order of the sessions, one after another."
DATED = "<p>PUBLISHED: 2023-11-20   2894 total views, 1 today</p>"
DATED_ZH = "<p>发布时间:2019-11-05 浏览次数:33232次 来源: 作者:</p>"
FOOTER = "<p>Copyright © 1998 - 2025 Chinese Society of Clinical Oncology(CSCO). All Rights Reserved</p>"
BOX = (
    "<ul>"
    + "".join(f"<li><a href='/cat/13/show/{n}.html'>Notice {n}</a></li>" for n in range(9))
    + "</ul>"
)


def read(page: str | bytes, **options: Any) -> Article:
    body = page.encode() if isinstance(page, str) else page
    root = Selector(text=body.decode(encoding_of(body), "replace"), type="html").root
    asked: dict[str, Any] = {"url": URL, "zone": ZONE, "language": "en"} | options
    return read_article(root, **asked)


def read_body(html: str, heading: str = "<h1>Spring session</h1>", dated: str = DATED) -> Article:
    """An article with this markup as its body."""
    return read(f"<body><div>{heading}{dated}<div>{html}</div></div>{FOOTER}</body>")


def lines(article: Article) -> list[str]:
    return plain_text(article.content_html).split("\n")


def day(article: Article) -> str:
    return article.when.day.isoformat() if article.when else ""


every_markup = pytest.mark.parametrize("markup", MARKUPS, ids=lambda markup: markup.__name__)


@every_markup
def test_every_markup_gives_the_same_article(markup: Any) -> None:
    article = read(render(markup))
    assert article.title == TITLE
    assert lines(article) == list(BODY)
    assert article.when
    assert (article.when.day, article.when.precision, article.when.origin) == (
        date.fromisoformat(DAY),
        "day",
        "article",
    )
    assert (article.language, article.authors, article.enclosures, article.problems) == (
        "en",
        [],
        [],
        [],
    )
    assert article.summary.startswith("The Autumn School of Supportive Care was held")


@every_markup
def test_nothing_around_the_article_is_in_it(markup: Any) -> None:
    article = read(render(markup))
    told = f"{article.content_html} {article.summary} {article.title}"
    assert [text for text in AROUND if text in told] == []


@every_markup
def test_counters_change_nothing(markup: Any) -> None:
    assert read(render(markup)) == read(render(markup, views=(1_000_000, 0)))


@every_markup
def test_a_notice_of_one_sentence_is_whole_and_alone(markup: Any) -> None:
    article = read(render(markup, body=["The office is closed in May."]))
    assert lines(article) == ["The office is closed in May."]


@every_markup
def test_the_listed_title_confirms_the_page(markup: Any) -> None:
    assert read(render(markup), listed_title=f"{TITLE[:30]}...").title == TITLE
    assert read(render(markup), listed_title=TITLE.upper()).title == TITLE


def test_a_page_without_date_line_has_no_date() -> None:
    article = read(markups.about())
    assert (article.title, article.when, article.dated_line) == ("About CSCO", None, False)
    assert lines(article)[0].startswith("The society was founded on April 25, 1997")
    assert "Latest" not in article.content_html


@pytest.mark.parametrize(
    "text",
    [
        "The meeting was held on September 25, 2021.",
        "Date: September 25, 2021, hosted by the society",
        "会议时间:2021年9月25日",
        "Copyright 2021-09-25",
        "© 2021-09-25 CSCO",
    ],
)
def test_an_event_or_a_copyright_is_not_the_publish_date(text: str) -> None:
    assert read_body(f"<p>{text}</p><p>{PROSE}</p>", dated="").when is None
    assert day(read_body(f"<p>{text}</p><p>{PROSE}</p>")) == "2023-11-20"


@pytest.mark.parametrize(
    ("head", "expected", "problems"),
    [
        (
            "<meta property='article:published_time' content='2023-11-20T09:30:00+08:00'>",
            "2023-11-20",
            0,
        ),
        ("<meta name='PubDate' content='2023-11-20 09:30'>", "2023-11-20", 0),
        ("<meta name='publishdate' content='2023-02-30'>", "", 1),
        ("<meta name='date' content='2023-11-20'>", "", 0),
    ],
)
def test_the_meta_date_stands_in_for_a_date_line(head: str, expected: str, problems: int) -> None:
    article = read(f"<head>{head}</head><body><h1>Spring session</h1><p>{PROSE}</p></body>")
    assert (day(article), len(article.problems)) == (expected, problems)
    assert not article.when or article.when.origin == "meta"


def test_the_date_line_beats_the_meta_date() -> None:
    page = (
        f"<head><meta name='pubdate' content='2024-01-01'></head><h1>Spring session</h1>{DATED}{PROSE}"
    )
    assert day(read(page)) == "2023-11-20"


def test_a_refused_date_is_named() -> None:
    article = read_body(f"<p>{PROSE}</p>", dated="<p>PUBLISHED: 2023-02-30 5 total views</p>")
    assert article.when is None
    assert "2023-02-30" in article.problems[0]


@pytest.mark.parametrize(
    ("fields", "authors"),
    [
        ("来源: 作者:", []),
        ("来源:中国医学论坛报 作者:", []),
        ("来源: 作者:王磊", ["王磊"]),
        ("来源:学会 作者:王磊、李娜", ["王磊、李娜"]),
        ("来源: 作者: 责任编辑:赵敏", []),
        ("来源: 作者: 王磊 责任编辑:", ["王磊"]),
    ],
)
@pytest.mark.parametrize("line", ["<p>{}</p>", "<span>{}</span><br>", "<div>{}<br></div>"])
def test_the_chinese_line_dates_and_names(line: str, fields: str, authors: list[str]) -> None:
    dated = line.format(f"发布时间:2019-11-05 浏览次数:33232次 {fields}")
    body = "<p>会议安排见附件,请各位会员相互转告。</p>"
    article = read_body(body, heading="<h3>学术年会第二轮通知</h3>", dated=dated)
    assert (article.title, day(article)) == ("学术年会第二轮通知", "2019-11-05")
    assert article.authors == authors
    assert lines(article) == ["会议安排见附件,请各位会员相互转告。"]
    assert article.language == "zh"


def test_byline_fields_in_cells_of_their_own_are_no_body() -> None:
    cells = ("发布时间:2019-11-05", "浏览次数:33次", "来源:学会", "作者:王磊")
    dated = "<ul>" + "".join(f"<li>{cell}</li>" for cell in cells) + "</ul>"
    article = read_body("<p>本文第一作者:张三 已经退休。</p>", dated=dated)
    assert (day(article), article.authors) == ("2019-11-05", ["王磊"])
    assert lines(article) == ["本文第一作者:张三 已经退休。"]


def test_text_behind_empty_byline_fields_is_body() -> None:
    dated = "<p>发布时间:2019-11-05 浏览次数:33232次 来源: 作者: 会议安排见附件,请各位会员相互转告。</p>"
    article = read_body("<p>另行通知。</p>", dated=dated)
    assert (article.authors, lines(article)) == (
        [],
        ["会议安排见附件,请各位会员相互转告。", "另行通知。"],
    )


def test_a_date_label_may_stand_in_a_cell_of_its_own() -> None:
    cells = "<table><tr><td>Published:</td><td>2023-11-20</td></tr></table>"
    article = read(f"<h1>Spring session</h1>{cells}<p>{PROSE}</p>")
    assert (day(article), lines(article)) == ("2023-11-20", [PROSE])


@pytest.mark.parametrize(
    "noise",
    [
        "<p>Previous: <a href='/1'>Older notice</a></p><p>Next: <a href='/2'>Newer notice</a></p>",
        "<p><a href='/1'>« Previous</a> | <a href='/2'>Next »</a></p>",
        "<p><a href='/1'>Previous: Older notice</a></p>",
        "<table><tr><td>Previous</td><td><a href='/1'>Older notice</a></td></tr></table>",
        "<p>上一篇:<a href='/1'>旧的通知</a></p><p>下一篇:没有了</p>",
        "<p>上一篇:<a href='/1'>旧的通知</a> 下一篇:<a href='/2'>新的通知</a></p>",
        "<p>上一篇 <a href='/1'>旧的通知</a> [2019-11-01]</p>",
        "<p>【下一篇】<a href='/1'>新的通知</a></p>",
        "<div>上一条:<br><a href='/1'>旧的通知</a></div>",
        f"<h4>Related news</h4>{BOX}",
        "<h4>相关新闻</h4><ul><li><a href='/1'>旧的通知</a><span>2019-11-01</span></li></ul>",
        "<aside>A word on the society.</aside>",
        "<div class='side-box'>A word on the society.</div>",
        "<div id='shareBar'>Tell a friend.</div>",
        "<nav><a href='/'>Home</a></nav>",
        "<p>浏览次数:33232次</p>",
        "<p><a href='javascript:print()'>【打印】</a><a href='javascript:close()'>【关闭】</a></p>",
    ],
)
def test_what_leads_elsewhere_is_not_body(noise: str) -> None:
    assert lines(read_body(f"<p>{PROSE}</p><p>{PROSE}</p>{noise}")) == [PROSE, PROSE]


@pytest.mark.parametrize(
    "text",
    [
        "Next: the surgical session, in which two hundred people listened to three short talks.",
        "Next steps",
        "Previous winners of the prize spoke as well.",
        "下一页表格列出了全部名单。",
        "Related work was shown by four groups.",
        "Print the form and send it to the office.",
        "2024",
    ],
)
def test_what_only_sounds_like_a_pager_is_body(text: str) -> None:
    assert lines(read_body(f"<p>{PROSE}</p><p>{text}</p><p>{PROSE}</p>")) == [PROSE, text, PROSE]


@pytest.mark.parametrize(
    "html",
    [
        f"<table><tr><td>{DATED[3:-4]}<br>{PROSE}</td></tr><tr><td>And more.</td></tr></table>",
        f"<div class=a><div class=b>{DATED[3:-4]}<br>{PROSE}</div><div class=c>And more.</div></div>",
        f"<div>{DATED}<p>{PROSE}</p></div><p>And more.</p>",
        f"<div class=info>{DATED}</div><div class=c>{PROSE}</div><blockquote>And more.</blockquote>",
    ],
)
def test_text_that_goes_on_in_another_element_is_kept(html: str) -> None:
    page = f"<body><div class=main><h1>Spring session</h1>{html}</div><div>{BOX}</div>{FOOTER}</body>"
    assert lines(read(page)) == [PROSE, "And more."]


@pytest.mark.parametrize("box", ["<h4>最新动态</h4>", "<b>More</b>", ""])
def test_a_short_notice_takes_no_unnamed_box_along(box: str) -> None:
    page = (
        f"<div><div class=left><h3>Spring session</h3>{DATED_ZH}<div><p>见附件。</p></div></div>"
        f"<div class=right>{box}{BOX}</div></div>{FOOTER}"
    )
    assert lines(read(page)) == ["见附件。"]


def test_body_glued_to_the_date_line_keeps_its_markup() -> None:
    glued = f"{DATED[:-4]} It has <b>bold</b> words and a <a href='/form.pdf'>form</a>, all of it. </p>"
    article = read_body(f"<p>{PROSE}</p>", dated=glued)
    assert lines(article) == ["It has bold words and a form, all of it.", PROSE]
    assert "<b>bold</b>" in article.content_html
    assert [file.url for file in article.enclosures] == ["http://csco.ac.cn/form.pdf"]
    hyphened = read_body(f"<p>{PROSE}</p>", dated=glued.replace("words", "wo\u00adrds"))
    assert lines(hyphened) == lines(article)


@pytest.mark.parametrize(
    ("page", "listed", "title"),
    [
        (f"<p>{DATED}</p><p>{PROSE}</p>", "Spring session", "Spring session"),
        (
            f"<p><a href='/n'>News</a></p><h1>News</h1>{DATED}<p>{PROSE}</p>",
            "Spring session",
            "Spring session",
        ),
        (
            "<title>Chinese Society of Clinical Oncology</title>"
            "<h1>Chinese Society of Clinical Oncology</h1>"
            f"<h2>Spring session</h2>{DATED}<p>{PROSE}</p>{FOOTER}",
            "Spring session (corrected)",
            "Spring session",
        ),
        (f"<h1>Spring session, in full</h1>{DATED}{PROSE}", "Spring sess…", "Spring session, in full"),
        (f"<h1>Spring session</h1>{DATED}{PROSE}", "SPRING SESSION", "Spring session"),
        (
            f"<title>Spring session - CSCO</title><b>Spring session</b>{DATED}{PROSE}",
            "",
            "Spring session",
        ),
        (f"<title>Spring session - CSCO</title>{DATED}{PROSE}", "", "Spring session"),
        (f"<title>Spring | part two - CSCO</title>{DATED}{PROSE}", "", "Spring | part two"),
        (f"<title>学术年会第二轮通知_新闻_学会</title>{DATED_ZH}{PROSE}", "", "学术年会第二轮通知"),
        (f"<meta property='og:title' content='Spring session'>{DATED}{PROSE}", "", "Spring session"),
        (f"{DATED}{PROSE}", "", ""),
    ],
)
def test_the_title_falls_back_sensibly(page: str, listed: str, title: str) -> None:
    assert read(page, listed_title=listed).title == title


def test_attachments_become_enclosures_once() -> None:
    article = read_body(
        f"<p>{PROSE}</p><p><a href='../files/form.docx'>Form</a> <a href='/a%20b.PDF?v=2'>Programme</a>"
        "<a href='/a%20b.PDF?v=2#page=3'>page 3</a> <a href='/cat/13/show/1.html'>no file</a></p>"
    )
    assert article.enclosures == [
        Enclosure(
            "http://csco.ac.cn/cat/13/files/form.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        Enclosure("http://csco.ac.cn/a%20b.PDF?v=2", "application/pdf"),
    ]


def test_a_notice_may_be_nothing_but_files() -> None:
    article = read_body("<p><a href='/list.xls'>List</a></p>")
    assert (lines(article), [file.url for file in article.enclosures]) == (
        ["List"],
        ["http://csco.ac.cn/list.xls"],
    )


def test_the_lead_image_is_the_first_of_the_body() -> None:
    page = (
        f"<img src='/logo.png'><h1>Spring session</h1>{DATED}<div><p>{PROSE}</p>"
        f"<img src='data:image/gif;base64,R0' data-src='/up/1.jpg'><img src='/up/2.jpg'></div>"
        f"{FOOTER}<img src='/police.png'>"
    )
    article = read(page)
    assert article.image == "http://csco.ac.cn/up/1.jpg"
    assert "logo" not in article.content_html and "police" not in article.content_html


def test_scripts_leave_no_trace() -> None:
    article = read_body(
        f"<p onclick='x()'>{PROSE} <a href=' JaVa\nScript:x()'>Here</a><script>x()</script></p>"
        "<iframe src='/x'></iframe><img src='javascript:x()'>"
    )
    assert lines(article) == [f"{PROSE} Here"]
    assert "script" not in article.content_html.lower() and "x()" not in article.content_html


def test_links_are_moved_to_the_public_host() -> None:
    page = f"<h1>Spring session</h1>{DATED}<p>{PROSE} <a href='/a.html'>a</a></p>"
    article = read(
        page, url="http://127.0.0.1:8/x", move=lambda url: url.replace("127.0.0.1:8", "csco.ac.cn")
    )
    assert 'href="http://csco.ac.cn/a.html"' in article.content_html


@pytest.mark.parametrize(
    ("text", "default", "language"),
    [
        ("学术年会第二轮通知", "en", "zh"),
        ("2026年BOC会议 ASCO 日程", "en", "zh"),
        (PROSE, "en", "en"),
        (PROSE, "zh", "en"),
        (f"{PROSE} 王伟", "en", "en"),
        ("ASCO", "zh", "zh"),
        ("がん治療の新しい指針", "zh", "ja"),
        ("암 치료의 새로운 지침", "en", "ko"),
        ("", "en", "en"),
    ],
)
def test_language_goes_by_script(text: str, default: str, language: str) -> None:
    assert language_of(text, default) == language


def test_the_tree_is_left_as_it_is() -> None:
    page = Selector(text=render(MARKUPS[0]).decode(), type="html")
    before = page.get()
    read_article(page.root, url=URL, zone=ZONE)
    assert page.get() == before


LONG = f"<p>{PROSE}</p>" * 4


@pytest.mark.parametrize(
    ("around", "expected"),
    [
        ("<p>by Ann · Nov 20, 2023 at 3:00 am · One comment so far</p>", "2023-11-20"),
        ("<p>20.11.2023, Lesezeit 5 Min.</p>", "2023-11-20"),
        (
            "<div><b>HEALTH</b><i>NOVEMBER 20, 2023</i><i>Updated: JANUARY 02, 2026</i></div>",
            "2023-11-20",
        ),
        ("<div><i>20 Nov 2023</i><i>21:25</i></div>", "2023-11-20"),
        ("<div>9.04 - vom <time datetime='2023-11-20'>20.11.2023</time></div>", ""),
        ("<p>Version 2.1, November 20, 2023</p>", ""),
        ("<p>Guidelines, 20.11.23</p>", "2023-11-20"),
        ("<p>5/6/23</p>", ""),
        ("<p>Version 2.1.23</p>", ""),
        ("<p>Call 20.11.23.40</p>", ""),
    ],
)
def test_what_a_line_by_the_title_dates(around: str, expected: str) -> None:
    assert day(read(f"<body><h1>Spring session</h1>{around}{LONG}{FOOTER}</body>")) == expected


def test_a_change_dates_a_page_only_where_nothing_else_does() -> None:
    changed = "<div><b>By Ann</b> <i>Last Updated</i> on <i>November 20, 2023</i></div>"
    article = read(f"<body><h1>Spring session</h1>{changed}{LONG}{FOOTER}</body>")
    assert (day(article), article.sources["when"]) == ("2023-11-20", "update")
    meta = "<meta property='article:published_time' content='2020-01-05T10:00:00+08:00'>"
    assert day(read(f"<head>{meta}</head><h1>Spring session</h1>{changed}{LONG}")) == "2020-01-05"


@pytest.mark.parametrize(
    ("below", "expected"),
    [
        ("<p>Author: Ann am 20.11.2023, 13:36 Uhr</p>", "2023-11-20"),
        (
            "<p>Spring session wurde am 20. November 2023 um 23:03 Uhr gepostet und abgelegt</p>",
            "2023-11-20",
        ),
        ("<p>This page was last edited on November 20, 2023, at 19:23</p>", "2023-11-20"),
        ("<p>Diese Seite wurde zuletzt am 20. November 2023 um 13:22 Uhr geändert</p>", "2023-11-20"),
        ("<p>最近更新: 某人（2023-11-20）</p>", "2023-11-20"),
        ("<p><a href='/2023/11/20'>20.11.2023</a></p>", "2023-11-20"),
        ("<p><a href='/x'>Winter session opens 20.11.2023</a></p>", ""),
        ("<p>Winter session wurde am 20. November 2023 gepostet</p>", ""),
    ],
)
def test_what_a_line_below_the_article_dates(below: str, expected: str) -> None:
    assert day(read(f"<body><h1>Spring session</h1>{LONG}<div>{LONG}</div>{below}</body>")) == expected


def test_a_post_that_the_article_shows_does_not_date_it() -> None:
    page = (
        f"<body><h1>Spring session</h1><p>November 20, 2023</p>{LONG}"
        f"<blockquote>Posted by CSCO on Monday, November 27, 2023</blockquote>{LONG}{FOOTER}</body>"
    )
    assert day(read(page)) == "2023-11-20"


def test_the_title_is_the_heading_and_not_its_name_in_the_menu() -> None:
    menu = (
        "<ul><li><a href='/1'>Spring session</a></li>" + "<li><a href='/2'>Older</a></li>" * 60 + "</ul>"
    )
    page = f"<body>{menu}<h1>Spring session</h1><p>November 20, 2023 · News</p>{LONG}{FOOTER}</body>"
    assert day(read(page)) == "2023-11-20"


@pytest.mark.parametrize(
    ("kept_as", "expected"),
    [
        ("single single-post postid-5", "2023-11-20"),
        ("single single-lexikon-terms postid-5", ""),
        ("single single-work postid-5", ""),
        ("single single-workshop_report postid-5", "2023-11-20"),
        ("page page-id-5 ", ""),
    ],
)
def test_what_a_site_keeps_beside_its_news_is_not_dated_by_its_making(
    kept_as: str, expected: str
) -> None:
    ld = '{"@type": "WebPage", "datePublished": "2023-11-20T10:00:00+08:00"}'
    page = (
        f"<head><meta property='og:type' content='article'>"
        f"<script type='application/ld+json'>{ld}</script></head>"
        f"<body class='{kept_as}'><h1>Spring session</h1>{LONG}</body>"
    )
    assert day(read(page)) == expected


@pytest.mark.parametrize(("filed", "expected"), [("2023/11/20", "2023-11-20"), ("2023/11/02", "")])
def test_a_number_that_begins_with_a_day_needs_a_picture_filed_under_it(
    filed: str, expected: str
) -> None:
    page = (
        f"<head><meta property='og:image' content='https://a.org/{filed}/x.jpg'></head>"
        f"<body><h1>Spring session</h1>{LONG}</body>"
    )
    assert day(read(page, url="https://a.org/news/A2023112014320005196")) == expected


def test_linked_data_in_a_meta_element_is_read() -> None:
    ld = "{&quot;@type&quot;: &quot;Article&quot;, &quot;datePublished&quot;: &quot;2023-11-20&quot;}"
    page = (
        f"<head><meta name='script:ld+json' content='{ld}'></head>"
        f"<body><h1>Spring session</h1>{LONG}</body>"
    )
    assert (day(read(page)), read(page).sources["when"]) == ("2023-11-20", "json-ld")


@pytest.mark.parametrize(
    ("lang", "url", "expected"),
    [
        ("en", "https://a.org.uk/news/1", "2023-12-03"),
        ("", "https://a.org/en-gb/news/1", "2023-12-03"),
        ("en", "https://a.org/en-us/news/1", "2023-03-12"),
        ("en_GB", "https://a.org/news/1", "2023-12-03"),
        ("en_US", "https://a.org/news/1", "2023-03-12"),
        ("en", "https://a.gov/news/1", "2023-03-12"),
        ("en", "https://a.org/news/1", ""),
    ],
)
def test_an_address_tells_the_order_of_day_and_month(lang: str, url: str, expected: str) -> None:
    page = f"<html lang='{lang}'><body><h1>Spring session</h1><p>03/12/2023</p>{LONG}</body></html>"
    assert day(read(page, url=url)) == expected


def test_two_days_in_scripts_are_other_articles() -> None:
    def data(*days: str) -> str:
        return "".join(f'<script>x = {{"publishedAt": "{day}"}}</script>' for day in days)

    page = "<body>{}<h1>Spring session</h1>" + LONG
    assert day(read(page.format(data("2023-11-20", "2023-11-20")))) == "2023-11-20"
    assert day(read(page.format(data("2023-11-20", "2022-01-05")))) == ""


def test_a_tag_left_open_in_noscript_hides_no_page() -> None:
    text = "".join(f"<p><b>{n}</b> {PROSE}</p>" for n in range(150))
    article = read(f"<body><noscript><div id=x></noscript><h1>Spring session</h1>{DATED}{text}</body>")
    assert (article.title, day(article)) == ("Spring session", "2023-11-20")
    assert len(lines(article)) == 150


@pytest.mark.parametrize("left_open", ["<a href='/x'><div>", "<h2><div>", "<div><time datetime='x'>"])
def test_tags_left_open_take_no_time(left_open: str) -> None:
    rows = f"{left_open}2023 Notice of the office, and more of it. " * 1000
    page = f"<body><h1>Spring session</h1>{DATED}<p>{PROSE}</p>{rows}</body>"
    started = time.process_time()
    read(page, listed_title="Spring session")
    assert time.process_time() - started < 2


pages = st.sampled_from([render(markup) for markup in MARKUPS] + [markups.about()])
tags = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<td>", "</div>", "<div>", "<a href='/x.pdf'>", "<!--", "<?x ", "<br>"]
    )
    | st.sampled_from([DATED, DATED_ZH, FOOTER, "<h1>", "</h1>", "下一篇:", "Next", PROSE])
    | st.text(max_size=9)
).map("".join)


@given(pages, st.floats(0, 1))
def test_half_a_page_never_raises(page: bytes, share: float) -> None:
    article = read(page[: int(len(page) * share)])
    assert day(article) in {"", DAY, "2023-11-02"}  # the last is a page cut behind "2023-11-2"


@given(st.text() | tags, st.text(max_size=9))
def test_no_text_raises(text: str, listed: str) -> None:
    read(text.encode(), listed_title=listed)


@given(st.binary())
def test_no_bytes_raise(body: bytes) -> None:
    read(body)


@pytest.mark.parametrize(
    ("markup", "said"),
    [
        ("<span>Cardiology</span><span>April 28, 2023</span>", "Cardiology April 28, 2023"),
        ("<a href='/a'>Crossref</a><a href='/b'>Medline</a>", "Crossref Medline"),
        ("Inhibitors of <i>m</i>TOR and of V<sub>max</sub>", "Inhibitors of mTOR and of Vmax"),
        ("<span class=first>T</span>he congress", "The congress"),
    ],
)
def test_words_in_elements_of_their_own_are_two(markup: str, said: str) -> None:
    page = Page(Selector(text=f"<body><div>{markup}</div></body>", type="html").root)
    assert [line.text for line in page.lines] == [said]


def test_a_date_that_is_glued_to_a_section_dates_the_article() -> None:
    dated = "<div><span>Cardiology</span><span>April 28, 2023 GMT</span></div>"
    assert day(read_body(f"<p>{PROSE}</p><p>{PROSE}</p>", dated=dated)) == "2023-04-28"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("On May 12, 2026, members met", ""),
        ("Since 12 May 2026, fees apply", ""),
        ("May 12, 2026, by Ann Lee", "2026-05-12"),
        ("May 12, 2026, updated today", "2026-05-12"),
    ],
)
def test_a_sentence_that_goes_on_behind_its_day_dates_nothing(line: str, said: str) -> None:
    text = f"<p>{PROSE}</p><p>{PROSE}</p>"
    assert day(read_body(text, dated=f"<div class=k>{line}</div>")) == said

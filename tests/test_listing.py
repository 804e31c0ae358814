"""From a listing page to its rows and its next page."""

from __future__ import annotations

import re
import time
from typing import Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parsel import Selector

from csco_spider.extract.listing import Listing, declared_rows, find_entries, shaped_rows
from csco_spider.extract.pager import next_page
from csco_spider.items import Row
from tests.sites import csco

ZONE = ZoneInfo("Asia/Shanghai")
BASE = "http://csco.ac.cn/cat/13.html"
MENU = "<div class='nav'><a href='/'>Home</a><a href='/cat/1/show/1.html'>About</a></div>"
FOOTER = "<div class='footer'>Copyright © 1998 - 2025 <a href='/cat/1/show/2.html'>Contact Us</a></div>"
FIELDS = {"link": "a::attr(href)", "title": "a", "date": ".time"}


def is_article(url: str) -> bool:
    return bool(re.search(r"/cat/13/show/\d+\.html$", url))


def is_listing(url: str) -> bool:
    return "/cat/13" in url and not is_article(url)


def shaped(html: str) -> Listing:
    return shaped_rows(Selector(text=html, type="html"), BASE, is_article=is_article, zone=ZONE)


def declared(html: str, fields: dict[str, str] | None = None, **options: Any) -> Listing:
    page = Selector(text=html, type="html")
    return declared_rows(
        page, BASE, entries="ul.rows > li", fields=fields or FIELDS, zone=ZONE, **options
    )


def row(number: int, title: str = "", day: str = "") -> str:
    link = f"<a href='/cat/13/show/{number}.html'>{title or f'Notice {number}'}</a>"
    return f"<li>{link}<i class=time>{day}</i></li>"


def rows(html: str) -> str:
    return f"{MENU}<ul class=rows>{html}</ul>{FOOTER}"


def number(row: Row) -> int:
    return int(re.findall(r"\d+", row.url or "0")[-1])


def seen(listing: Listing) -> list[tuple[int, str, str]]:
    return [(number(r), r.title, str(r.when.day) if r.when else "") for r in listing.rows]


def follow(html: str, base: str = BASE, **options: Any) -> str:
    return next_page(Selector(text=html, type="html"), base, **options)


three = [(3, "Notice 3", "2023-03-03"), (2, "Notice 2", "2023-02-02"), (1, "Notice 1", "2023-01-01")]
read_by_both = pytest.mark.parametrize("read", [shaped, declared])


@read_by_both
def test_rows_stand_in_the_order_of_the_page(read: Any) -> None:
    assert seen(read(rows("".join(row(*fields) for fields in three)))) == three
    assert [r.pinned for r in read(rows("".join(row(*fields) for fields in three))).rows] == [False] * 3


@read_by_both
def test_rows_without_dates_are_rows(read: Any) -> None:
    listing = read(rows(row(2) + row(1)))
    assert seen(listing) == [(2, "Notice 2", ""), (1, "Notice 1", "")]
    assert listing.problems == []


@read_by_both
@pytest.mark.parametrize("day", ["2023-02-30", "02/03/2023", "2023-02-01 / 2023-03-01", "May 3-5, 2023"])
def test_a_refused_date_is_named(read: Any, day: str) -> None:
    listing = read(rows(row(2, day=day) + row(1, day="2023-01-01")))
    assert seen(listing) == [(2, "Notice 2", ""), (1, "Notice 1", "2023-01-01")]
    assert len(listing.problems) == 1
    assert day in listing.problems[0]


@read_by_both
@pytest.mark.parametrize(
    ("days", "pinned"),
    [
        (["2023-01-05", "2023-03-03", "2023-02-02", "2023-01-01"], 1),
        (["2022-01-05", "2022-06-05", "2023-03-03", "2023-02-02", "2023-01-01"], 2),
        (["2023-09-09", "2022-06-05", "2023-03-03", "2023-02-02", "2023-01-01"], 2),
        (["2022-01-05", "", "2023-03-03", "2023-02-02", "2023-01-01"], 1),
        (["2023-03-03", "2023-03-03", "2023-03-03"], 0),
        (["2023-01-01", "2023-02-02", "2023-03-03", "2023-04-04"], 0),
        (["2023-03-03", "2023-01-01", "2023-02-02"], 0),
        (["", "", ""], 0),
        ([], 0),
    ],
)
def test_rows_at_the_top_that_break_the_date_order_are_pinned(
    read: Any, days: list[str], pinned: int
) -> None:
    found = read(rows("".join(row(n, day=day) for n, day in enumerate(days, 1)))).rows
    assert [r.pinned for r in found] == [n < pinned for n in range(len(days))]


def test_a_society_may_say_what_pinned_looks_like() -> None:
    html = rows(row(1, day="2023-03-03").replace("<li>", "<li class=top>") + row(2, day="2023-02-02"))
    assert [r.pinned for r in declared(html, pinned=".top").rows] == [True, False]


def test_declared_rows_of_the_chinese_shape() -> None:
    page = Selector(text=csco.listing(csco.rows(3)), type="html")
    found = declared_rows(
        page,
        "https://www.csco.org.cn/cn/nlist.aspx?cids=158",
        entries="ul.newlist > li",
        fields={"link": "a::attr(href)", "title": "a i", "date": ".time"},
        zone=ZONE,
    ).rows
    assert found[0].url == "https://www.csco.org.cn/cn/ncontent.aspx?oid=3"
    assert found[0].title == "第3号通知:诊疗规范培训"
    assert found[0].when and found[0].when.origin == "listing"


def test_declared_rows_are_kept_without_link_or_title() -> None:
    html = "<li>No link <i class=time>2023-03-03</i></li><li><a href='/cat/13/show/2.html'></a></li>"
    found = declared(rows(html)).rows
    assert [(r.url, r.title) for r in found] == [("", ""), ("http://csco.ac.cn/cat/13/show/2.html", "")]


def test_a_declared_link_that_is_no_address_is_named() -> None:
    listing = declared(rows("<li><a href='javascript:open(3)'>Notice 3</a></li>"))
    assert (listing.rows[0].url, listing.rows[0].title) == ("", "Notice 3")
    assert "javascript:open(3)" in listing.problems[0]


@read_by_both
@pytest.mark.parametrize("shown", ["A long title that is c…", "A long title that is c..."])
def test_a_clipped_title_stands_whole_in_the_title_attribute(read: Any, shown: str) -> None:
    html = f"<li><a href='/cat/13/show/1.html' title='A long title that is cut'>{shown}</a></li>"
    assert read(rows(html)).rows[0].title == "A long title that is cut"


@read_by_both
def test_a_clipped_title_without_attribute_is_better_than_none(read: Any) -> None:
    assert read(rows(row(1, "A long title that is c…"))).rows[0].title == "A long title that is c…"


def test_a_teaser_is_read_where_declared() -> None:
    html = rows("<li><a href='/cat/13/show/1.html'>Notice 1</a><p>In a few\n words</p></li>")
    assert declared(html, {"teaser": "p"}).rows[0].teaser == "In a few words"


@read_by_both
def test_rotating_keys_leave_the_link(read: Any) -> None:
    html = rows("<li><a href='http://csco.ac.cn/cat/13/show/1.html?click_id=5'>Notice 1</a></li>")
    page = Selector(text=html, type="html")
    found = (
        shaped_rows(page, BASE, is_article=lambda url: "/13/show/1" in url, zone=ZONE)
        if read is shaped
        else declared(html)
    )
    assert found.rows[0].url == "http://csco.ac.cn/cat/13/show/1.html"


@pytest.mark.parametrize(
    "html",
    [
        "<li><a href='{}'>{}</a> <span>2023-03-03</span></li>",
        "<li><span>2023-03-03</span><a href='{}'>{}</a></li>",
        "<li><a href='{}'>{}[2023-03-03]</a></li>",
        "<li><a href='{}'>{} (2023-03-03)</a></li>",
        "<li><a href='{}'>[2023-03-03] {}</a></li>",
        "<li><a href='{}'>{}【2023年3月3日】</a></li>",
        "<li><a href='{}'><i>{}</i><span>[2023-03-03]</span></a></li>",
        "<li><a href='{}'><em>March 3, 2023</em><b>{}</b></a></li>",
        "<li><a href='{}'><!-- 2001-01-01 -->{}</a>2023-03-03</li>",
        "<tr><td>1</td><td><a href='{}'>{}</a></td><td>2023-03-03</td></tr>",
        "<dl><dt>2023/03/03</dt><dd><a href='{}'>{}</a></dd></dl>",
        "<div><h3><a href='{0}'>{1}</a></h3><p>Posted on 3 March 2023</p><a href='{0}'>More »</a></div>",
        "<p><b><a href='{}'>{}</a></b> 2023-03-03</p>",
        "<a href='{}'>{}</a> 2023-03-03<br>",
    ],
)
@pytest.mark.parametrize(
    "title", ["Spring session", "2021 annual meeting of September 25, 2021 closed", "通知"]
)
def test_shaped_rows_find_title_and_date(html: str, title: str) -> None:
    table = "<table>{}</table>" if html.startswith("<tr") else "<div>{}</div>"
    page = (
        MENU
        + table.format("".join(html.format(f"/cat/13/show/{n}.html", title) for n in (3, 2)))
        + FOOTER
    )
    listing = shaped(page)
    assert seen(listing) == [(3, title, "2023-03-03"), (2, title, "2023-03-03")]
    assert listing.problems == []


@pytest.mark.parametrize(
    "title",
    ["Meeting of September 25, 2021", "Meeting May 3, 2021", "2021年9月25日年会", "Forum (2021)"],
)
def test_an_event_date_in_a_title_is_not_the_publish_date(title: str) -> None:
    assert seen(shaped(rows(row(1, title)))) == [(1, title, "")]


def test_shaped_rows_leave_menu_footer_and_columns_out() -> None:
    page = rows("".join(row(*fields) for fields in three)) + "<a href='/cat/13.html?page=2'>2</a>"
    assert seen(shaped(page)) == three


def test_links_to_one_article_are_one_row() -> None:
    html = (
        "<li><a href='/cat/13/show/1.html'><img src='/1.jpg'></a>"
        "<a href='/cat/13/show/1.html#top'>Notice 1</a>"
        "<i>2023-01-01</i> <a href='http://csco.ac.cn/cat/13/show/1.html'>More >></a></li>"
    )
    box = "<div class=side><ul><li><a href='/cat/13/show/1.html'>Noti...</a></li></ul></div>"
    assert seen(shaped(rows(html) + box)) == [(1, "Notice 1", "2023-01-01")]


def test_a_side_box_above_the_list_does_not_hide_dates() -> None:
    box = (
        "<ul>"
        + "".join(f"<li><a href='/cat/13/show/{n}.html'>Noti...</a></li>" for n in (3, 1))
        + "</ul>"
    )
    found = seen(shaped(box + rows("".join(row(*fields) for fields in three))))
    assert sorted(found, reverse=True) == three


def test_a_lone_row_takes_no_date_from_the_footer() -> None:
    page = f"<div><div>{row(1)}</div><div>Copyright 2020-01-01</div></div>"
    assert seen(shaped(f"<body>{page}</body>")) == [(1, "Notice 1", "")]


def test_a_page_without_rows_has_none() -> None:
    assert shaped(MENU + FOOTER) == declared(MENU + FOOTER) == Listing()


@pytest.mark.parametrize(
    ("html", "number"),
    [
        ("<a href='?page=2'>下一页»</a>", 2),
        ("<a href='?page=1'>上一页</a><a href='?page=3'>下页</a>", 3),
        ("<a href='?page=2'>Next</a>", 2),
        ("<a href='?page=2'>NEXT PAGE »</a>", 2),
        ("<a href='?page=2'>Older posts</a>", 2),
        ("<a href='?page=2' title='Next page'><img src='/n.gif'></a>", 2),
        ("<a href='?page=2' aria-label='Go to next page'><svg></svg></a>", 2),
        ("<a href='?page=2'><img src='/n.gif' alt='다음'></a>", 2),
        ("<a href='?page=2'>Page two <img src='/n.gif' alt='next'></a>", 0),
        ("<a href='?page=2'>次の20件 &gt;&gt;</a>", 2),
        ("<ul class=pager><li class=next><a href='?page=2'><i></i></a></ul>", 2),
        ("<p>Words</p><div class=slides><a class=next href='?page=2'></a></div>", 0),
        ("<div class=pager><a href='?page=1'>Latest</a><a href='?page=2'>Earlier notices</a></div>", 1),
        ("<div class=pager><a href='?page=0'>First</a><a href='?page=3'>Older ones</a></div>", 3),
        ("<div class=pager><a href='/cat/14.html?page=2'>Earlier notices</a></div>", 0),
        ("<div class=pager><a href='?per_page=50'>50 per page</a></div>", 0),
        ("<div class=pager><a href='?page=2&page_size=20'>Earlier notices</a></div>", "2&page_size=20"),
        ("<ul><li class=page_item><a href='?page_id=14'>Contact</a></li></ul>", 0),
        ("<div class=comments-pagination><a href='?cpage=2'>Earlier comments</a></div>", 0),
        ("<div class=page-teaser><p>A lead <a href='/themes/lung'>Weiter »</a></p></div>", 0),
        (
            "<div class=pages><b class=active>2025</b><a href='/2026'>2026</a></div>"
            "<div class=pager><b class=active>1</b><a href='?page=2'>2</a></div>",
            2,
        ),
        ("<i><a href='?month=6'>Next</a></i><ul class=pager><li><a href='?page=2'>Next</a></ul>", 2),
        ("<i><a href='?month=6' title=Next>6</a></i><p class=pager><a href='?page=2'>›</a></p>", 2),
        ("<a href='?page=2'>次へ＞</a>", 2),
        ("<link rel=next href='?page=2'>", 2),
        ("<a rel='nofollow next' href='?page=2'>more</a>", 2),
        ("<div class=pages><a href='?page=2'>2</a><a href='?page=3'>3</a></div>", 2),
        ("<div class=pager><a href='?page=2'>2</a><b>3</b><a href='?page=4'>4</a></div>", 4),
        ("<div class=pages><a>1</a><a href='?page=2'>2</a><a href='?page=9'>»</a></div>", 2),
        (
            "<div class=pager>Total <b>120</b> items <span class=current>1</span>"
            "<a href='?page=2'>2</a></div>",
            2,
        ),
        ("<div class=pager>共<b>40</b>条 <b>1</b>/<b>2</b>页 <a href='?page=2'>2</a></div>", 2),
        (
            "<div class=pager>共<b>5</b>页 <b>1</b> <a href='?page=2'>2</a> <a href='?page=4'>4</a>"
            "<a href='?page=5'>5</a></div>",
            2,
        ),
        ("<div class=pager>Total <b>40</b> <a href='?page=2'>2</a> <b>3</b></div>", 0),
        ("<div class=pager>Total <b>40</b> items, 1 <a href='?page=2'>2</a></div>", 2),
        (
            "<div class=pg><b>1</b><a href='?page=2'>2<i>페이지</i></a>"
            "<a href='?page=11'>다음</a></div>",
            2,
        ),
        (
            "<ul class=pager><li><a href='?page=2'><i>Page</i> 2</a><li><a href='?page=3'>Next</a></ul>",
            3,
        ),
        ("<div class=pages><a href='?page=1'>«</a><a href='?page=3'>»</a></div>", 3),
        ("<div class=pages><a href='?page=1'>1</a><span class=current>2</span></div>", 0),
        ("<p>Next steps for <a href='/cat/13/show/9.html'>2</a> guidelines</p>", 0),
        ("<a href='javascript:go(2)'>Next</a>", 0),
        ("<a href='#'>Next</a>", 0),
        ("<a href='http://elsewhere.org/?page=2'>Next</a>", 0),
        ("<link rel=next href='http://elsewhere.org/?page=2'><a href='?page=2'>Next</a>", 2),
        ("<a rel=next href='//elsewhere.org/?page=2'>More</a>", 0),
        *(
            (f"<a href='?page=2'>{word}</a>", 2)
            for word in (
                "下一頁",
                "次のページ",
                "Suivant",
                "Page suivante ›",
                "Nächste Seite",
            )
        ),
        *(
            (f"<a href='?page=2'>{word}</a>", 2)
            for word in (
                "Siguiente",
                "Próximo",
                "Successiva",
                "Volgende",
                "Следующая",
                "Sonraki",
                "التالي",
            )
        ),
        ("<div class=pager><a href='?page=2'>Weiter »</a></div>", 2),
        ("<li>A notice <a href='/n/1'>weiter</a></li>", 0),
        ("<a href='?page=2'>Load More</a>", 2),
        ("<p><a href='?page=2'>加载更多</a>", 2),
        ("<a href='/events?page=2'>Load more</a><a href='#'>Load more</a>", 0),
        ("<a href='?page=2'>Load more events</a>", 0),
        ("<a href='?page=1'>Weiterbildung</a><a href='?page=3'>Nächste Veranstaltung</a>", 0),
        ("", 0),
    ],
)
def test_the_next_page_is_what_the_pager_says(html: str, number: int | str) -> None:
    assert follow(f"{MENU}{html}{FOOTER}") == (f"{BASE}?page={number}" if number else "")


@pytest.mark.parametrize(
    ("call", "following"),
    [
        ('createPageHTML(3, 0, "index", "html");', "index_1.html"),
        ("createPageHTML(3,1,'index','html');", "index_2.html"),
        ("createPageHTML(3, 2, 'index', 'html')", ""),
        ("createPageHTML('page_div', 3, 1, 'list', 'shtml', 58);", "list_2.shtml"),
        ("createPageHTML('page_div', 3, 3, 'list', 'shtml', 58);", ""),
        ("function createPageHTML(count, here, name, suffix) {}", ""),
    ],
)
def test_a_pager_that_a_script_draws_is_read_from_its_call(call: str, following: str) -> None:
    page = f"{MENU}<ul><li><a href='t1.html'>A notice</a></ul><div><script>{call}</script></div>"
    column = "https://a.example/zwgk/index.html"
    assert follow(page, column) == (following and urljoin(column, following))


@pytest.mark.parametrize("mark", ["class=selected", "class=is-active", "aria-current=page"])
def test_a_pager_marks_its_page_in_many_ways(mark: str) -> None:
    pager = "<a href='?page=1'>1</a><a {} href='?page=2'>2</a><a href='?page=3'>3</a>"
    assert follow(f"<div class=pager>{pager.format(mark)}</div>") == f"{BASE}?page=3"


@pytest.mark.parametrize(("here", "following"), [("?page=2", 3), ("?page=3", 0), ("", 1)])
def test_a_pager_of_words_leads_on_by_the_number_in_its_addresses(here: str, following: int) -> None:
    html = "".join(f"<a href='?page={n}'>{word}</a>" for n, word in ((1, "Newest"), (3, "Oldest")))
    found = follow(f"<div class=pager>{html}</div>", BASE + here)
    assert found == (f"{BASE}?page={following}" if following else "")


@pytest.mark.parametrize("word", ["Load more", "Show more news", "加载更多", "Mehr laden"])
@pytest.mark.parametrize(
    ("base", "href", "leads_on"),
    [
        ("https://a.example/news", "?page=1", True),
        ("https://a.example/news?column=3", "?column=3&page=1", True),
        ("https://a.example/news/", "/news/page/2/", True),
        ("https://a.example/news/page/2/", "/news/page/3/", True),
        ("https://a.example/news?column=3", "?column=4", False),
        ("https://a.example/news", "/events?page=1", False),
        ("https://a.example/news/page/2/", "/events/page/3/", False),
    ],
)
def test_more_of_this_list_is_its_next_page(word: str, base: str, href: str, leads_on: bool) -> None:
    page = Selector(text=f"<a href='{href}'>{word}</a>", type="html")
    assert next_page(page, base) == (urljoin(base, href) if leads_on else "")


def _numbers(form: str, here: int, box: str) -> str:
    return box.format(
        " ".join(
            f"<span>{n}</span>" if n == here else f"<a href='{form.format(n)}'>{n}</a>"
            for n in range(1, 6)
        )
    )


@pytest.mark.parametrize("box", ["<p>{}</p>", "<div class=css-1x2y3z>{}</div>", "<td>{}</td>"])
@pytest.mark.parametrize(
    ("first", "form"),
    [
        ("/news", "/news?page={}"),
        ("/news.asp?column=3", "/news.asp?column=3&page={}"),
        ("/news/", "/news/{}/"),
        ("/news/list.html", "/news/list_{}.html"),
        ("/cat/13.html", "/cat/13_{}.html"),
    ],
)
def test_numbers_of_this_lists_pages_are_a_pager_of_any_name(first: str, form: str, box: str) -> None:
    for here in range(1, 6):
        base = "https://a.example" + (form.format(here) if here > 1 else first)
        pager = (
            f"<table>{_numbers(form, here, box)}</table>" if "td" in box else _numbers(form, here, box)
        )
        following = f"https://a.example{form.format(here + 1)}" if here < 5 else ""
        assert follow(f"{MENU}{pager}{FOOTER}", base) == following


@pytest.mark.parametrize(
    "html",
    [
        "<tr>"
        + "".join(f"<td><a href='?start=2026-05-0{n}'>{n}</a></td>" for n in range(1, 8))
        + "</tr>",
        "Issues <a href='/journal/12/1'>1</a> <a href='/journal/12/2'>2</a>",
        "Size <a href='?size=1'>1</a> <a href='?size=2'>2</a>",
        "<a href='/news/2025/'>2025</a> <a href='/news/2024/'>2024</a>",
    ],
)
def test_numbers_of_other_things_are_no_pager(html: str) -> None:
    assert follow(f"<table>{html}</table>", "https://a.example/news") == ""


@pytest.mark.parametrize(("here", "following"), [("", 2), ("?p=1", 2), ("?p=3", 4), ("?p=5", 0)])
def test_a_pager_that_links_every_page_and_marks_none(here: str, following: int) -> None:
    html = "".join(f"<a href='?p={n}'>{n}</a>" for n in range(1, 6))
    found = follow(f"<div class=pages>{html}</div>", BASE + here)
    assert found == (f"{BASE}?p={following}" if following else "")


@pytest.mark.parametrize(
    ("html", "number"),
    [
        ("<div>Seite 1 von 7 <a href='?seite=2'>weiter</a></div>", 2),
        ("<p>Page 3 <a href='?page=2'>‹</a> <a href='?page=4'>›</a></p>", 4),
        ("<p><a href='?page=2'>Trang sau</a></p>", 2),
        ("<p><a href='?tab=2'>›</a></p>", 0),
    ],
)
def test_an_arrow_to_a_page_of_this_list_leads_on(html: str, number: int) -> None:
    key = "seite" if "seite" in html else "page"
    assert follow(html) == (f"{BASE}?{key}={number}" if number else "")


@pytest.mark.parametrize("html", ["<link rel=next href='{}'>", "<a href='{}'>Next</a>"])
def test_a_pager_may_lead_to_the_same_host_with_www(html: str) -> None:
    there = "https://www.csco.ac.cn/cat/13.html?page=2"
    assert follow(html.format(there)) == there


@pytest.mark.parametrize(
    "html",
    ["<a href='{}'>Next</a>", "<link rel=next href='{}'>", "<div class=pages><a href='{}'>2</a></div>"],
)
@pytest.mark.parametrize("href", [BASE, f"{BASE}#top", "#", ""])
def test_a_pager_that_points_to_itself_ends(html: str, href: str) -> None:
    assert follow(html.format(href)) == ""


def test_a_base_element_is_what_links_of_rows_and_pagers_mean() -> None:
    html = rows(row(1).replace("/cat/13/", "")) + "<a href='cat/2.html'>Next</a>"
    html = f"<html><head><base href='http://csco.ac.cn/deep/'></head><body>{html}</body></html>"
    there = "http://csco.ac.cn/deep/"
    assert [one.url for one in declared(html).rows] == [f"{there}show/1.html"]
    assert follow(html) == f"{there}cat/2.html"
    found = Selector(text=html.replace("'show", "'cat/13/show"), type="html")
    read = shaped_rows(found, BASE, is_article=is_article, zone=ZONE)
    assert [one.url for one in read.rows] == [f"{there}cat/13/show/1.html"]


def test_more_than_a_quarter_of_a_long_list_is_not_pinned() -> None:
    days = [f"2027-01-{n:02}" for n in range(1, 9)] + [f"2026-01-{n:02}" for n in range(20, 8, -1)]
    found = declared(rows("".join(row(n, day=day) for n, day in enumerate(days)))).rows
    assert not any(one.pinned for one in found)


def test_a_declared_pager_decides_alone() -> None:
    html = "<a rel=next href='?page=9'>Next</a><p id=P><a href='?page=2'>下一页»</a></p>"
    css = "#P a:contains('下一页')::attr(href)"
    assert follow(html, css=css) == f"{BASE}?page=2"
    assert follow("<a rel=next href='?page=9'>Next</a>", css=css) == ""
    assert follow(f"<p id=P><a href='{BASE}'>下一页</a></p>", css=css) == ""


@pytest.mark.parametrize(
    ("base", "links", "expected"),
    [
        ("/cat/13.html", ["/cat/13_2.html", "/cat/13_3.html"], "/cat/13_2.html"),
        ("/cat/13_2.html", ["/cat/13.html", "/cat/13_3.html", "/cat/13_4.html"], "/cat/13_3.html"),
        ("/cat/13_4.html", ["/cat/13.html", "/cat/13_3.html"], ""),
        ("/cat/13.html", ["/cat/13/show/14.html"], ""),
    ],
)
def test_links_of_the_listings_shape_are_a_pager(base: str, links: list[str], expected: str) -> None:
    html = "".join(f"<a href='{link}'>page</a>" for link in links)
    host = "http://csco.ac.cn"
    assert follow(html, host + base, is_listing=is_listing) == (host + expected if expected else "")


def test_a_class_of_many_words_is_not_read_for_each_link_in_it() -> None:
    links = "".join(f"<a href='?page={n}'>x</a>" for n in range(3000))
    html = f"<div class='{'pag-next ' * 50_000}'>{links}</div>"
    started = time.process_time()
    follow(html)
    find_entries(Selector(text=html, type="html"), BASE, zone=ZONE)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("href", "leads_on"),
    [
        ("?code=notice&keyword=&page=2", True),
        ("?sst=&sop=and&code=notice&page=2", True),
        ("?code=notice&tx_news%5BcurrentPage%5D=2&cHash=ab12", True),
        ("?code=events&page=2", False),
    ],
)
def test_an_unnamed_pagers_addresses_may_have_keys_that_say_nothing(href: str, leads_on: bool) -> None:
    here = f"{BASE}?code=notice"
    pager = f"<div>[<b>1</b>] [<a href='{href}'>2</a>]</div>"
    assert follow(pager, here) == (f"{BASE}{href}" if leads_on else "")


def test_a_pager_of_very_many_links_is_followed_in_bounded_time() -> None:
    links = "".join(f"<a href='?page={n}'>{n}</a>" for n in range(2, 200_000))
    page = Selector(text=f"<div class=pager>{links}</div>", type="html")
    started = time.process_time()
    assert next_page(page, BASE) == f"{BASE}?page=2"
    assert time.process_time() - started < 4  # what stands behind so many is not looked at


@pytest.mark.parametrize("unclosed", ["<span class=page><a href='?page={}'>x", "<b><i>{}"])
def test_tags_that_were_never_closed_take_bounded_time(unclosed: str) -> None:
    html = "".join(unclosed.format(n) for n in range(1500))
    started = time.process_time()
    follow(html)
    assert time.process_time() - started < 1


@pytest.mark.parametrize("text", ["{}", "›", "Load more"])
def test_thousands_of_links_to_pages_of_a_list_take_bounded_time(text: str) -> None:
    html = " ".join(f"<a href='?page={n + 10_000}'>{text.format(n)}</a>" for n in range(8000))
    started = time.process_time()
    follow(html)
    assert time.process_time() - started < 1


html_like = st.lists(
    st.sampled_from(
        [
            "<ul class=rows>",
            "<li>",
            "</li>",
            "<a href='/cat/13/show/1.html'>",
            "<a href='http://[x'>",
            "</a>",
        ]
    )
    | st.sampled_from(["[2023-03-03]", "2023-02-30", "<!--", "<b>2</b>", "<div class=page>", "Next"])
    | st.text(max_size=9)
).map("".join)


@given(html_like)
def test_no_listing_raises(html: str) -> None:
    page = Selector(text=html, type="html")
    shaped(html)
    declared(html)
    next_page(page, BASE, is_listing=is_listing)

"""Small sites of many shapes, to be met for the first time: what each is made of, and what is true."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from html import escape

from tests.sites.server import Answer, Route

PARAGRAPHS = (
    "The board met in spring and agreed on the programme of courses, grants and visits for members.",
    "Applications are open to everyone who has finished training; the form takes ten minutes.",
    "A committee of nine reads what comes in and answers within four weeks, in writing.",
)
ABSAETZE = (
    "学会理事会于春季召开会议，讨论了今年的培训课程、资助项目以及会员互访的安排，并形成了决议。",
    "凡完成规范化培训的医师均可提出申请，申请表可在网站下载，填写后寄送至学会办公室即可。",
    "评审委员会由九名专家组成，将在收到申请之后四周内给出书面答复，并逐一说明理由。",
)


@dataclass(frozen=True)
class Notice:
    number: int
    title: str
    day: str
    path: str
    chinese: bool

    @property
    def written(self) -> str:
        year, month, day = map(int, self.day.split("-"))
        names = ("January", "February", "March", "April", "May", "June")
        return f"{names[month - 1]} {day}, {year}"


TITLES = (
    "Call for abstracts of the autumn congress",
    "New guideline on adjuvant treatment of early lung cancer",
    "Registration opens for the school of supportive care",
    "Statement on the shortage of cisplatin in hospitals",
    "Nine young investigators receive this year's awards",
    "Members elect a new president and two councillors",
    "Consultation on biosimilars: our answer in full",
    "Report of the working group on rare tumours",
)
CHINESE = (
    "关于召开秋季学术年会的征文通知",
    "早期肺癌辅助治疗指南更新发布",
    "支持治疗培训班开始报名",
    "关于顺铂供应短缺的声明",
    "九名青年研究者获得年度奖项",
    "会员大会选举产生新任理事长",
    "对生物类似药征求意见稿的答复",
    "罕见肿瘤工作组年度报告",
)


def notices(count: int = 16, *, chinese: bool = False, path: str = "/n/{}.html") -> list[Notice]:
    """Newest first, four days apart, back from 2026-06-28."""
    titles = CHINESE if chinese else TITLES
    made = []
    for n in range(count):
        title = titles[n % len(titles)] + (f" ({n})" if n >= len(titles) else "")
        day = f"2026-{6 - n // 7:02}-{28 - 4 * (n % 7):02}"
        made.append(Notice(n, title, day, path.format(n), chinese))
    return made


def frame(main: str, *, chinese: bool = False, head: str = "", title: str = "News") -> str:
    """A whole page: menu, main part, footer."""
    menu = "".join(
        f"<li><a href='/m{n}'>{name}</a></li>"
        for n, name in enumerate(
            ("首页", "学会介绍", "会员服务", "联系我们")
            if chinese
            else ("Home", "About", "Members", "Contact")
        )
    )
    site = "肿瘤学会" if chinese else "Society of Oncology"
    return (
        f"<!doctype html><html lang={'zh' if chinese else 'en'}><head><meta charset=utf-8>"
        f"<title>{escape(title)} - {site}</title>{head}</head><body><nav><ul>{menu}</ul></nav>"
        f"<main>{main}</main><footer><p>Copyright 2026 {site}</p></footer></body></html>"
    )


def article(notice: Notice) -> str:
    text = "".join(f"<p>{one}</p>" for one in (ABSAETZE if notice.chinese else PARAGRAPHS))
    label = "发布时间" if notice.chinese else "Published"
    return frame(
        f"<h1>{escape(notice.title)}</h1><p class=meta>{label}: {notice.day}</p>"
        f"<div class=text>{text}</div>",
        chinese=notice.chinese,
        title=notice.title,
    )


def pages(row: str, around: str = "<ul class=list>{}</ul>", **options: object) -> dict[str, Route]:
    """Two pages of a list and their articles. In ``row``: {u} address, {t} title, {d} and {w} day."""
    chinese = bool(options.get("chinese"))
    head = str(options.get("head", ""))
    found = notices(chinese=chinese)
    routes: dict[str, Route] = {one.path: article(one) for one in found}
    for number, part in ((1, found[:10]), (2, found[10:])):
        rows = "".join(
            row.format(u=one.path, t=escape(one.title), d=one.day, w=one.written, n=one.number)
            for one in part
        )
        word = "下一页" if chinese else "Next"
        pager = f"<div class=pager><a href='/news?page=2'>{word}</a></div>" if number == 1 else ""
        path = "/news" if number == 1 else "/news?page=2"
        routes[path] = frame(around.format(rows) + pager, chinese=chinese, head=head)
    return routes


def _rss(found: list[Notice]) -> Answer:
    items = "".join(f"<item><title>{one.title}</title><link>{one.path}</link></item>" for one in found)
    return Answer(
        f"<rss version='2.0'><channel><title>Feed</title>{items}</channel></rss>",
        headers={"Content-Type": "application/rss+xml"},
    )


def _sitemap(found: list[Notice]) -> Answer:
    entries = "".join(
        f"<url><loc>{one.path}</loc><news><title>{one.title}</title><publication_date>{one.day}"
        "</publication_date></news></url>"
        for one in found
    )
    return Answer(f"<urlset>{entries}</urlset>", headers={"Content-Type": "application/xml"})


FEED = "<link rel=alternate type='application/rss+xml' href='/feed'>"
LD = json.dumps(
    {
        "@type": "ItemList",
        "itemListElement": [
            {"@type": "NewsArticle", "url": one.path, "headline": one.title, "datePublished": one.day}
            for one in notices()[:10]
        ],
    }
)
CARD = (
    "<div class='card'><a href='{u}'><img src='/i.jpg' alt=''></a><h3 class='card-title'><a href='{u}'>"
    "{t}</a></h3><p class='card-date'>{w}</p><p>Words that say in a line or two what it is about"
    " and for whom.</p><a href='{u}'>Read more</a></div>"
)
DRUPAL = (
    "<div class='views-row'><div class='views-field views-field-title'><span class='field-content'>"
    "<a href='{u}'>{t}</a></span></div><div class='views-field views-field-created'>"
    "<span class='field-content'>{w}</span></div></div>"
)
WORDPRESS = (
    "<article class='post-{n} post hentry'><header class='entry-header'><h2 class='entry-title'>"
    "<a href='{u}' rel=bookmark>{t}</a></h2><div class='entry-meta'><time class='entry-date published'"
    " datetime='{d}T09:00:00+00:00'>{w}</time></div></header><div class='entry-summary'><p>Words that"
    " say in a line or two what this notice is about and for whom it is.</p></div></article>"
)
LEAD = "<section class=hero><a href='{u}'><img src='/i.jpg' alt=''><h2>{t}</h2></a><p>{w}</p></section>"


def _led(routes: dict[str, Route]) -> dict[str, Route]:
    """The same with the newest notice large above the list, and not in it."""
    one, shown = notices()[0], str(routes["/news"])
    before, row, behind = shown.partition("<div class=grid>")
    rows = behind.partition(CARD.format(u=one.path, t=escape(one.title), w=one.written))
    lead = LEAD.format(u=one.path, t=escape(one.title), w=one.written)
    return routes | {"/news": before + lead + row + rows[2]}


SHAPES: dict[str, dict[str, Route]] = {
    "plain": pages("<li><a href='{u}'>{t}</a> <span class=date>{d}</span></li>"),
    "table": pages(
        "<tr><td>{w}</td><td><a href='{u}'>{t}</a></td><td>News</td></tr>",
        "<table class=notices><tr><th>Date</th><th>Title</th><th>Kind</th></tr>{}</table>",
    ),
    "cards": pages(CARD, "<div class=grid>{}</div>"),
    "lead": _led(pages(CARD, "<div class=grid>{}</div>")),
    "chinese": pages("<li><a href='{u}'><i>{t}</i><span class=time>[{d}]</span></a></li>", chinese=True),
    "attribute": pages(
        "<li><a href='{u}' title='{t}'>{t:.8}...</a><span>({d})</span></li>", chinese=True
    ),
    "undated": pages("<li><h3><a href='{u}'>{t}</a></h3></li>"),
    "json_ld": pages(
        "<li><h3><a href='{u}'>{t}</a></h3></li>",
        head=f"<script type='application/ld+json'>{LD}</script>",
    ),
    "drupal": pages(DRUPAL, "<div class='view view-news'><div class='view-content'>{}</div></div>"),
    "wordpress": pages(WORDPRESS, "<div class='site-main'>{}</div>"),
    "definitions": pages("<dt>{w}</dt><dd><a href='{u}'>{t}</a></dd>", "<dl class=news>{}</dl>"),
    "flat": pages("<p><a href='{u}'>{t}</a></p><p>Posted on {w}</p>", "<div class=news>{}</div>"),
    "feed": pages("<li><a href='{u}'>{t}</a> <b>{d}</b></li>", head=FEED) | {"/feed": _rss(notices())},
    "wrong_feed": pages("<li><a href='{u}'>{t}</a> <b>{d}</b></li>", head=FEED)
    | {
        "/feed": _rss(
            [replace(one, title=f"Blog {one.number}", path=f"/b/{one.number}") for one in notices()]
        )
    },
    "sitemap": pages("<li><a href='{u}'>{t}</a> <b>{d}</b></li>", head="<link rel=sitemap href='/feed'>")
    | {"/feed": _sitemap(notices())},
    "headings": pages("<h4 class=day>{w}</h4><ul><li><a href='{u}'>{t}</a></li></ul>", "<div>{}</div>"),
}
"""Sites whose news page is /news; what is in all of them: ``notices()``."""
UNREADABLE: dict[str, tuple[Route, str]] = {
    "script": (
        "<html><body><div id=root></div><script src=/a.js></script></body></html>",
        "by a script",
    ),
    "login": ("<form><p>Log in</p><input name=u><input type=password></form>", "login page"),
    "refused": (Answer("<h1>403 Forbidden</h1>", 403), "status 403"),
    "challenge": (Answer("<script>$_ts={};</script>", 412), "Ruishu"),
    "busy": (Answer("", 429, {"Retry-After": "7200"}), "status 429; come back in 2 h"),
    "cut_off": (Answer(frame(PARAGRAPHS[0]), cut=60), "could not be had: the answer broke off"),
    "no_list": (frame(f"<h1>About</h1><p>{PARAGRAPHS[0]}</p>"), "no dated list found"),
    "unfilled": (
        frame("<table><tr><th>No.<th>Title<th>Date</tr><tbody id=rows></tbody></table>"),
        "a table (No., Title, Date) has no rows: a script may write them",
    ),
    "data": (
        Answer('[{"title": "A"}]', headers={"Content-Type": "application/json"}),
        "no page but data (application/json), and no JSON Feed",
    ),
    "markup": (
        Answer("<?xml version='1.0'?><a><b>1</b></a>", headers={"Content-Type": "text/xml"}),
        "no page but data (text/xml), and no feed",
    ),
    "index": (
        Answer("<sitemapindex><sitemap/></sitemapindex>", headers={"Content-Type": "text/xml"}),
        "an index of sitemaps, and names no page",
    ),
    "addresses": (
        Answer("<urlset><url><loc>/n/1</loc></url></urlset>", headers={"Content-Type": "text/xml"}),
        "a sitemap without news: it says no titles",
    ),
    "empty_feed": (
        Answer("<rss version='2.0'><channel/></rss>", headers={"Content-Type": "application/rss+xml"}),
        "it is a feed (rss) without entries",
    ),
    "gone": (Answer("not here", 404), "answered 404"),
    "file": (
        Answer("%PDF-1.7", headers={"Content-Type": "application/pdf"}),
        "a file (application/pdf)",
    ),
}
"""News pages that can't be onboarded, and what must be said of each."""

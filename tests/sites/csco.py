"""Pages in the shape of the Chinese site, made from a list of rows."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from tests.sites.server import Route

START = "/cn/nlist.aspx?cids=158"


@dataclass
class Row:
    number: int
    title: str
    day: str
    body: str = "会议安排见附件,请各位会员相互转告,并在截止日期之前完成登记。"
    link: str = ""
    pinned: bool = False

    @property
    def path(self) -> str:
        return f"/cn/ncontent.aspx?oid={self.number}"


def rows(count: int, first: int = 1) -> list[Row]:
    """``count`` plain notices, newest first, one a day back from 2026-06-30."""
    return [
        Row(number, f"第{number}号通知:诊疗规范培训", f"2026-{6 - n // 28:02}-{28 - n % 28:02}")
        for n, number in enumerate(range(first + count - 1, first - 1, -1))
    ]


def listing(shown: list[Row], following: str = "") -> str:
    lines = "".join(
        f'<li><a href="{escape(row.link or row.path.removeprefix("/cn/"))}"><i>{escape(row.title)}</i>'
        f'<span class="time">{f"[{row.day}]" if row.day else ""}</span></a></li>'
        for row in shown
    )
    pager = f'<a href="{escape(following)}">下一页»</a>' if following else ""
    return (
        f'<html><body><ul class="newlist">{lines}</ul><div id="PageContent">{pager}</div></body></html>'
    )


def article(row: Row, title: str | None = None, views: int = 1) -> str:
    shown = row.title if title is None else title
    heading = f"<h3>{escape(shown)}</h3>" if shown else ""
    date = f"发布时间:{row.day} " if row.day else ""
    return (
        f"<html><head><title>{escape(shown)}</title></head><body>{heading}<p>{date}浏览次数:{views}次 "
        f"来源: 作者:</p><div><p>{row.body}</p></div></body></html>"
    )


def routes(shown: list[Row], per_page: int = 15) -> dict[str, Route]:
    """The listing pages of these rows, chained by their pagers, and their articles."""
    made: dict[str, Route] = {}
    pages = [shown[i : i + per_page] for i in range(0, len(shown), per_page)] or [[]]
    for number, part in enumerate(pages, start=1):
        path = START if number == 1 else f"{START}&page={number}"
        following = f"{START}&page={number + 1}" if number < len(pages) else ""
        made[path] = listing(part, following)
    made.update({row.path: article(row) for row in shown if not row.link})
    return made

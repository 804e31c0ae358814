"""The two sites' pages: listings with pager, pinned rows and side box, articles, an about page."""

from __future__ import annotations

import hashlib
import itertools
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from csco_spider.demo.notices import Notice, chinese, english

ROWS_ZH, ROWS_EN = 15, 10
FOOTER_EN = (
    "<footer><p>Copyright © 1998 - 2026 Chinese Society of Clinical Oncology(CSCO). All Rights "
    'Reserved</p><p>京公网安备 00000000000000号</p><p><a href="/cat/1/show/2.html">Contact Us</a></p>'
    "<p>Phone:86(10)00000000 (Beijing)</p></footer>"
)


class Replica:
    """Answers requests for both sites. View counters and rotating keys differ at every visit;
    the lists are plain attributes, so that a script may change what the society says."""

    def __init__(self) -> None:
        self.chinese = chinese()
        self.english = english()
        self._visits = itertools.count(1)

    def page(self, target: str) -> tuple[str, date] | None:
        """HTML and day of last change of a path with query; None where there is no such page."""
        parts = urlsplit(target)
        query = parse_qs(parts.query)
        number = query.get("page", ["1"])[0]
        page = int(number) if number.isdecimal() else 1
        match parts.path.strip("/").split("/"):
            case [""]:
                return self._home_en()
            case ["cat", "13" | "13.html"]:
                return self._listing_en(page)
            case ["cat", "1" | "13" as column, "show", name]:
                return self._article_en(column, name.removesuffix(".html"))
            case ["cn", "nlist.aspx"] if query.get("cids") == ["158"]:
                return self._listing_zh(page)
            case ["cn", "ncontent.aspx"]:
                return self._article_zh(query.get("oid", [""])[0])
        return None

    # --- English ----------------------------------------------------------------------------------
    def _frame_en(self, title: str, main: str) -> str:
        newest = "".join(
            f'<li><a href="/cat/13/show/{n.number}.html">{escape(n.title[:24])}...</a></li>'
            for n in self.english[:3]
        )
        return (
            f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)} - CSCO'
            '</title></head><body><div class="nav"><a href="/">Home</a> <a href="/cat/1/show/1.html">'
            'About CSCO</a> <a href="/cat/13.html">News</a></div>'
            f'<div class="main">{main}</div><div class="side"><h3>Latest</h3><ul>{newest}</ul></div>'
            f"{FOOTER_EN}</body></html>"
        )

    def _rows_en(self, notices: list[Notice]) -> str:
        rows = "".join(
            f'<li><a href="/cat/13/show/{n.number}.html">{escape(n.title)}</a>'
            f"<span>{n.day.isoformat()}</span></li>"
            for n in notices
        )
        return f'<ul class="news">{rows}</ul>'

    def _home_en(self) -> tuple[str, date]:
        main = f"<h2>News</h2>{self._rows_en(self.english[:5])}"
        return self._frame_en("Home", main), self.english[0].day

    def _listing_en(self, page: int) -> tuple[str, date]:
        last = -(-len(self.english) // ROWS_EN)
        page = min(max(page, 1), last)  # a page past the end shows the last one, as many sites do
        links = "".join(f'<a href="/cat/13.html?page={n}">{n}</a> ' for n in range(1, last + 1))
        if page < last:
            links += f'<a href="/cat/13.html?page={page + 1}">Next</a>'
        rows = self._rows_en(self.english[(page - 1) * ROWS_EN : page * ROWS_EN])
        main = f'<h2>News</h2>{rows}<div class="pages">{links}</div>'
        return self._frame_en("News", main), self.english[0].day

    def _article_en(self, column: str, number: str) -> tuple[str, date] | None:
        if column == "1":
            text = "<h1>About CSCO</h1><p>The society was founded in 1997 and unites oncologists.</p>"
            return (self._frame_en("About CSCO", text), date(2020, 1, 1)) if number in "12" else None
        notice = next((n for n in self.english if str(n.number) == number), None)
        if notice is None:
            return None
        views = 2000 + next(self._visits)
        paragraphs = "".join(
            f'<p class="MsoNormal"><span style="font-family:Calibri">{escape(text)}</span></p>'
            for text in notice.paragraphs
        )
        main = (
            f"<h1>{escape(notice.title)}</h1><div>PUBLISHED: {notice.day}&nbsp;&nbsp; {views} total "
            f"views, {views % 9} today</div><div>{paragraphs}{_files(notice)}</div>"
        )
        return self._frame_en(notice.title, main), notice.day

    # --- Chinese ----------------------------------------------------------------------------------
    def _frame_zh(self, title: str, main: str) -> str:
        box = "".join(
            f'<li><a href="https://www.csco.org.cn/cn/ncontent.aspx?oid={n.number}">'
            f"{escape(n.title)}</a></li>"
            for n in [n for n in self.chinese if not n.link][:4]
        )
        return (
            f'<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8"><title>{escape(title)}</title>'
            '</head><body><ul class="menu"><li><a href="index.aspx">首页</a></li><li>'
            '<a href="nlist.aspx?cids=158">CSCO动态</a></li></ul>'
            f'<div class="row"><div class="left">{main}</div><div class="right"><h4>热点公告</h4>'
            f'<ul class="dotlist">{box}</ul></div></div><div class="foot">'
            '<a href="ncontent.aspx?oid=12">联系我们</a><a href="ncontent.aspx?oid=13">法律声明</a>'
            "<p>版权所有 中国临床肿瘤学会 1998-2026</p></div></body></html>"
            "<script>var visited = 1;</script>"
        )

    def _listing_zh(self, page: int) -> tuple[str, date]:
        last = -(-len(self.chinese) // ROWS_ZH)
        page = min(max(page, 1), last)
        rows = []
        for notice in self.chinese[(page - 1) * ROWS_ZH : page * ROWS_ZH]:
            link = f"ncontent.aspx?oid={notice.number}"
            if notice.link:
                link = f"{notice.link}?scene=1&amp;click_id={10**9 + next(self._visits)}"
            style = "font-weight:bold; color:#ff0000;" if notice.pinned else " "
            rows.append(
                f'<li><a href="{link}"><i class="ellipsis" style="{style}">{escape(notice.title)}</i>'
                f'<span class="qhui time">[{notice.day}]</span></a></li>'
            )
        pages = "".join(
            f'<a href="/cn/nlist.aspx?cids=158&amp;page={n}">{n}</a>' for n in range(1, last + 1)
        )
        if page < last:
            pages += f'<a href="/cn/nlist.aspx?cids=158&amp;page={page + 1}">下一页»</a>'
        main = (
            f'<ul class="dotlist newlist">{"".join(rows)}</ul><div id="PageContent">'
            f"<span>共{len(self.chinese)}记录</span>{pages}</div>"
        )
        newest = max(notice.day for notice in self.chinese)
        return self._frame_zh("CSCO动态", main), newest

    def _article_zh(self, number: str) -> tuple[str, date] | None:
        if number in {"12", "13"}:
            return self._frame_zh("关于我们", "<p>学会秘书处地址与电话。</p>"), date(2020, 1, 1)
        notice = next((n for n in self.chinese if n.number and str(n.number) == number), None)
        if notice is None:
            return None
        paragraphs = "".join(f"<p>{escape(text)}</p>" for text in notice.paragraphs)
        main = (
            f"<h3>{escape(notice.title)}</h3><p>发布时间:{notice.day} 浏览次数:"
            f"{30000 + next(self._visits)}次 来源: 作者:</p>"
            f'<div class="content">{paragraphs}{_files(notice)}</div>'
        )
        return self._frame_zh(notice.title, main), notice.day


def _files(notice: Notice) -> str:
    return "".join(f'<p><a href="{path}">{path.rpartition("/")[2]}</a></p>' for path in notice.files)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one segment, or a delayed ACK costs 40 ms a page
    replica: Replica

    def do_GET(self) -> None:
        if self.path == "/robots.txt":
            self._send(200, b"User-agent: *\nDisallow: /admin/\n", {"Content-Type": "text/plain"})
            return
        found = self.replica.page(self.path)
        if found is None:
            self._send(404, b"<h1>404</h1>", {"Content-Type": "text/html"})
            return
        html, day = found
        # A weak validator (RFC 9110, section 8.8.3): counters change, the notices do not.
        stamp = hashlib.sha256(f"{self.path} {day}".encode()).hexdigest()[:16]
        headers = {
            "Content-Type": "text/html; charset=utf-8",
            "ETag": f'W/"{stamp}"',
            "Last-Modified": format_datetime(datetime.combine(day, time(), UTC), usegmt=True),
        }
        unchanged = headers["ETag"] in self.headers.get("If-None-Match", "")
        self._send(304 if unchanged else 200, b"" if unchanged else html.encode(), headers)

    do_HEAD = do_GET

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """The crawl speaks for itself."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """A crawl that hangs up half way is no fault of the server; anything else is told."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@contextmanager
def served(replica: Replica, address: str = "127.0.0.1") -> Iterator[str]:
    """Serve a replica on a free port of a loopback ``address``; gives its scheme and host."""
    handler = type("Handler", (_Handler,), {"replica": replica})
    server = _Server((address, 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

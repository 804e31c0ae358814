"""A site of 200 notices comes back under other addresses, ids, markup and titles: nothing is new."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from html import escape
from pathlib import Path

import pytest
from reader import make_reader

from csco_spider.ledger import Ledger, identity, record
from tests.conftest import World
from tests.makers import CSCO, HOSTS, STARTED, item
from tests.sites.csco import START, Row
from tests.sites.server import Route, Site

COUNT, PER_PAGE, SUFFIX = 200, 20, "｜CSCO"
SERIES = (
    "{y}年学术年会第{n}轮通知",
    "第{n}期淋巴瘤培训班报名",
    "{y}年指南会日程(第{n}版)",
    "县域巡讲第{n}站",
)


def notices(count: int = COUNT) -> list[Row]:
    made = []
    for n in range(count):
        year, month, day = 2026 - n // 80, 1 + (n * 7) % 12, 1 + n % 28
        title = SERIES[n % 4].format(y=year, n=1 + n // 4)
        body = (
            f"各位会员:{title}的安排现予公布。报名自即日起至下月十五日止,逾期不再受理,"
            f"请各单位相互转告,并按编号{n}登记。"
        )
        made.append(Row(1000 + n, title, f"{year}-{month:02}-{day:02}", body * 2))
    return sorted(made, key=lambda row: row.day, reverse=True)


def _site(rows: list[Row], link: str, page: str, suffix: str) -> dict[str, Route]:
    made: dict[str, Route] = {}
    for start in range(0, len(rows), PER_PAGE):
        number = start // PER_PAGE + 1
        lines = "".join(
            f'<li><a href="{link.format(row.number)}"><i>{escape(row.title)}{suffix}</i>'
            f'<span class="time">[{row.day}]</span></a></li>'
            for row in rows[start : start + PER_PAGE]
        )
        more = start + PER_PAGE < len(rows)
        following = f'<a href="{START}&amp;page={number + 1}">下一页»</a>' if more else ""
        path = START if number == 1 else f"{START}&page={number}"
        made[path] = f'<ul class="newlist">{lines}</ul><div id="PageContent">{following}</div>'
    for row in rows:
        made[link.format(row.number)] = page.format(title=row.title + suffix, day=row.day, body=row.body)
    return made


def first_version(count: int = COUNT) -> dict[str, Route]:
    page = "<h3>{title}</h3><p>发布时间:{day} 浏览次数:7次 来源: 作者:</p><div><p>{body}</p></div>"
    return _site(notices(count), "/cn/ncontent.aspx?oid={}", page, "")


def second_version(count: int = COUNT) -> dict[str, Route]:
    rows = notices(count)
    for index, row in enumerate(rows):
        row.number = 50_000 + (index * 37) % 1000  # other ids, in another order
    page = (
        "<html><head><title>{title}</title></head><body><nav><a href='/'>首页</a></nav>"
        "<article><h1>{title}</h1><time>{day}</time><section>{body}</section></article>"
        "<footer>版权所有 2026</footer></body></html>"
    )
    return _site(rows, "/zh/notices/{}.html", page, SUFFIX)


def _reader_sees(home: Path, feed: Path) -> set[str]:
    with make_reader(str(home / "reader.sqlite"), feed_root=str(feed.parent)) as reader:
        reader.add_feed(feed.name, exist_ok=True)
        reader.update_feeds()
        return {entry.id for entry in reader.get_entries()}


def _newsboat_sees(home: Path, feed: Path) -> set[str]:
    program = shutil.which("newsboat")
    if program is None:
        return set()
    (home / "urls").write_text(f"{feed.as_uri()}\n")
    (home / "config").write_text("")
    files = ("-u", home / "urls", "-c", home / "cache.db", "-C", home / "config")
    environment = {**os.environ, "HOME": str(home), "LC_ALL": "C.UTF-8"}
    subprocess.run(
        [program, *map(str, files), "-x", "reload"], check=True, capture_output=True, env=environment
    )
    connection = sqlite3.connect(home / "cache.db")
    try:
        return {guid for (guid,) in connection.execute("select guid from rss_item")}
    finally:
        connection.close()


@pytest.mark.parametrize("count", [60, pytest.param(COUNT, marks=pytest.mark.proof)])
def test_a_redesign_makes_nothing_new(world: World, site: Site, count: int) -> None:
    held = "select guid, title, published, updated, day from entries order by guid"
    site.routes = first_version(count)
    first = world.crawl("csco_cn", site.url, NOW="2027-01-01T02:00:00Z", backfill="1")
    assert (first.code, first.counts) == (0, (count, 0, 0)), first.text
    before, feed = world.rows(held), world.feeds / "csco_cn.rss"
    seen = {program: program(world.home, feed) for program in (_reader_sees, _newsboat_sees)}
    site.routes = second_version(count)
    second = world.crawl("csco_cn", site.url, NOW="2027-01-02T02:00:00Z", backfill="1")
    assert (second.code, second.counts[0], second.counts[1]) == (0, 0, 0), second.text
    assert world.rows(held) == before
    assert world.rows("select count(*) from revisions") == [(0,)]
    assert SUFFIX not in feed.read_text()
    assert "/zh/notices/" in feed.read_text()  # links follow
    for program, earlier in seen.items():
        assert program(world.home, feed) == earlier
    third = world.crawl("csco_cn", site.url, NOW="2027-01-03T02:00:00Z")
    assert third.counts == (0, 0, PER_PAGE)


def test_an_edit_made_with_the_redesign_is_seen(world: World, site: Site) -> None:
    site.routes = first_version(40)
    world.crawl("csco_cn", site.url, NOW="2027-01-01T02:00:00Z", backfill="1")
    site.routes = second_version(40)
    row = notices(40)[3]
    path = next(
        path for path, page in site.routes.items() if "notices" in path and row.title in str(page)
    )
    site.routes[path] = str(site.routes[path]).replace("下月十五日", "下月二十日")
    done = world.crawl("csco_cn", site.url, NOW="2027-01-02T02:00:00Z", backfill="1")
    assert done.counts[:2] == (0, 1), done.text
    changes = (world.feeds / "csco_cn.changes.atom").read_text()
    assert changes.count("<entry>") == 1
    assert "五&lt;/del&gt;" in changes


def test_without_aliases_all_of_it_would_be_new(monkeypatch: pytest.MonkeyPatch) -> None:
    def nights(aliases: bool) -> int:
        if not aliases:
            monkeypatch.setattr(identity, "judge", lambda *_: identity.Verdict(None, "aliases are off"))
        ledger, new = Ledger(""), 0
        for link in (
            "https://www.csco.org.cn/cn/ncontent.aspx?oid={}",
            "https://www.csco.org.cn/zh/{}.html",
        ):
            run = ledger.begin(CSCO, HOSTS, STARTED)
            new = sum(
                record(run, item(url=link.format(n), title=row.title, published=row.day, body=row.body))
                == "new"
                for n, row in enumerate(notices(60))
            )
        ledger.close()
        return new

    assert nights(aliases=True) == 0
    assert nights(aliases=False) == 60

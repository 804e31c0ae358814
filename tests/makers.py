"""Items and societies for tests that need some."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from csco_spider.demo.replica import Replica
from csco_spider.items import NewsItem, Row, Sighting, Society, When

SHANGHAI = ZoneInfo("Asia/Shanghai")
CSCO = Society("csco_cn", "中国临床肿瘤学会 (CSCO)", "zh", "Asia/Shanghai", "https://www.csco.org.cn/")
HOSTS = ("www.csco.org.cn", "csco.org.cn")
STARTED = datetime(2026, 7, 1, 22, tzinfo=UTC)


def short_replica(count: int) -> Replica:
    """The demo's sites with their ``count`` newest notices alone."""
    replica = Replica()
    del replica.chinese[count:], replica.english[count:]
    return replica


def day(text: str) -> When:
    return When(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI), "day", "listing")


def item(
    number: int = 1,
    title: str = "第一轮通知",
    published: str | None = "2026-06-03",
    body: str = "<p>会议安排见附件。</p>",
    url: str = "",
    position: int = 0,
) -> NewsItem:
    """An item as a crawl yields it, before the ledger has seen it."""
    url = url or f"https://www.csco.org.cn/cn/ncontent.aspx?oid={number}"
    when = day(published) if published else None
    return NewsItem(
        society=CSCO.name,
        url=url,
        title=title,
        published=when,
        summary="摘要",
        content_html=body,
        language="zh",
        sighting=Sighting("/list", position, Row(url, title, when)),
    )


def stored(number: int = 1, title: str = "第一轮通知", **changed: Any) -> NewsItem:
    """An item as the ledger gives it back: with GUID, instant and updated."""
    made = item(number, title)
    value = datetime(2026, 6, 3, 20, tzinfo=SHANGHAI)
    made.guid = f"urn:uuid:00000000-0000-5000-8000-{number:012}"
    made.published = When(value, "day", "listing")
    made.updated = value
    for name, content in changed.items():
        setattr(made, name, content)
    return made

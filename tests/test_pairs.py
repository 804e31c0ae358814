"""Pairs of notices labelled same or different: does the ledger tell them as a reader would?

Each line of ``pairs.jsonl`` holds ``old`` and ``new`` (title, day, address, body), ``same`` (the label),
``shape`` (what kind of pair it is), and if need be ``still_listed`` (the old row stands beside the new
one), ``affixed`` (the shape of every title in the list) and ``missed`` (why one notice becomes two).
"""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from csco_spider.extract.links import without_rotating_keys
from csco_spider.items import NewsItem, Row, Sighting
from csco_spider.ledger import GOOD, Ledger, Run, record
from tests.makers import CSCO, STARTED, day

HOSTS = ("www.csco.org.cn", "csco.org.cn", "csco.ac.cn")
PAIRS = [json.loads(line) for line in Path(__file__).with_name("pairs.jsonl").read_text().splitlines()]
NEIGHBOURS = [
    "会员日活动预告",
    "诊疗规范巡讲启动",
    "青年论坛征集讲者",
    "Nominations are open",
    "年报发布",
]
LIST = "https://www.csco.org.cn/cn/nlist.aspx"


def notice(said: dict[str, Any]) -> NewsItem:
    when = day(said["day"]) if said["day"] else None
    row = Row(without_rotating_keys(said["address"]), said["title"], when)
    body = f"<p>{said['body']}</p>" if said["body"] else ""
    return NewsItem(
        CSCO.name,
        row.url,
        row.title,
        when,
        content_html=body,
        language="zh",
        sighting=Sighting(LIST, 0, row),
    )


def crawl(run: Run, listed: list[NewsItem], shape: str) -> None:
    """A listing with neighbours, the oldest far back: what it does not show is gone."""
    rows = [item.sighting.row for item in listed if item.sighting]
    rows += [
        Row(f"https://www.csco.org.cn/near/{year}.html", shape.format(title), day(f"{year}-01-01"))
        for year, title in enumerate(NEIGHBOURS, 2001)
    ]
    run.listed(rows)
    for item in listed:
        record(run, item)
    run.end(GOOD, "", {})


def judged_same(pair: dict[str, Any]) -> tuple[bool, str]:
    """Crawl the old notice, then the new one: is it the same entry, and why?"""
    ledger = Ledger("")
    old, new, again = notice(pair["old"]), notice(pair["new"]), notice(pair["old"])
    shape = pair.get("affixed", "{}")
    before, after = shape.split("{}")
    had = old.title.startswith(before) and old.title.endswith(after)
    crawl(ledger.begin(CSCO, HOSTS, STARTED), [old], shape if had else "{}")
    run = ledger.begin(CSCO, HOSTS, STARTED + timedelta(days=1))
    crawl(run, [new, again] if pair.get("still_listed") else [new], shape)
    verdict = ledger.explain(CSCO, run.address(new.url)).verdict
    if pair.get("still_listed"):
        assert again.guid == old.guid
    ledger.close()
    return new.guid == old.guid, verdict


@pytest.mark.parametrize(
    "pair", PAIRS, ids=[f"{line}-{pair['shape']}" for line, pair in enumerate(PAIRS, 1)]
)
def test_the_ledger_agrees_with_the_label(pair: dict[str, Any]) -> None:
    same, verdict = judged_same(pair)
    assert same == (pair["same"] and not pair.get("missed")), verdict


def test_the_set_is_what_it_claims_to_be() -> None:
    assert len(PAIRS) >= 120
    chinese = [pair for pair in PAIRS if any(char > "⺀" for char in pair["old"]["title"])]
    assert len(chinese) * 2 >= len(PAIRS)
    assert sum(bool(pair.get("missed")) for pair in PAIRS) <= 2
    assert len(
        {json.dumps([pair["old"], pair["new"], pair.get("still_listed")]) for pair in PAIRS}
    ) == len(PAIRS)

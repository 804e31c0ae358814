"""Titles folded to keys, and items as exporters see them."""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itemadapter import ItemAdapter
from scrapy.exporters import JsonLinesItemExporter

from csco_spider.items import Enclosure, NewsItem, Row, Sighting, Society, When, dedup_key, fold

SHANGHAI = ZoneInfo("Asia/Shanghai")
HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)
TITLE = st.lists(HAN | st.sampled_from("0123456789"), min_size=1, max_size=30)
MARKS = st.sampled_from([*"  \t\u3000，。、！？：；“”‘’「」『』()（）[]【】《》—-~·…", "\u200b"])
ANY_TEXT = st.text() | st.text(st.characters(exclude_categories=())) | st.text(MARKS | HAN)


@given(ANY_TEXT)
def test_folding_twice_changes_nothing_more(title: str) -> None:
    assert fold(fold(title)) == fold(title)


@given(TITLE, st.data())
def test_titles_that_differ_in_one_character_have_two_keys(
    title: list[str], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(title) - 1))
    other = data.draw((HAN | st.sampled_from("0123456789")).filter(lambda char: char != title[place]))
    changed = [*title[:place], other, *title[place + 1 :]]
    assert fold("".join(title)) != fold("".join(changed))


@given(TITLE, st.lists(MARKS, max_size=4), st.lists(MARKS, max_size=4))
def test_marks_at_the_edges_count_for_nothing(
    title: list[str], before: list[str], after: list[str]
) -> None:
    plain = "".join(title)
    assert fold("".join(before) + plain + "".join(after)) == fold(plain)


@given(TITLE, TITLE, MARKS.filter(lambda mark: unicodedata.category(mark)[0] == "P"))
def test_a_mark_within_a_title_counts(first: list[str], second: list[str], mark: str) -> None:
    assert fold("".join(first) + mark + "".join(second)) != fold("".join(first + second))


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E)))
def test_full_width_and_half_width_are_one(title: str) -> None:
    assert fold("".join(chr(ord(char) + 0xFEE0) for char in title)) == fold(title)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ＣＳＣＯ　２０２２年会", "CSCO 2022年会"),
        ("csco annual meeting", "CSCO  Annual\tMeeting"),
        ("《CSCO指南》发布", "【csco指南】发布"),
        ("关于[2022]年会的通知", "关于〔2022〕年会的通知"),
        ("关于“年会”的通知", "关于「年会」的通知"),
        ("关于‘年会’的通知", 'about"年会"的通知'.replace("about", "关于")),
        ("第二轮通知！", "第二轮通知"),
        ("——第二轮通知——", "第二轮通知"),
        ("通知(第二轮)", "通知（第二轮）"),
        ("肺癌 诊疗 指南", "肺癌诊疗指南"),
        ("CSCO 肺癌指南", "CSCO肺癌指南"),
        ("COVID—19", "covid-19"),
        ("2022年5月~6月", "2022年5月—6月"),
        ("一、二。三", "一, 二. 三"),
        ("马克·吐温", "马克・吐温"),
        ("通知……详情", "通知...详情"),
        ("Straße", "STRASSE"),
        ("通知\u200b\ufeff全文", "通知全文"),
        ("a\x00b\u2028c", "a b c"),
    ],
)
def test_two_spellings_are_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CSCO指南2.1版", "CSCO指南21版"),
        ("第二轮通知", "第三轮通知"),
        ("第2轮通知", "第3轮通知"),
        ("PD-1", "PD1"),
        ("1/2", "12"),
        ("有效率50%", "有效率50"),
        ("C++", "C"),
        ("Q&A", "QA"),
        ("#1", "1"),
        ("???", "!!!"),
        ("???", ""),
        ("通知（第一轮）", "通知第一轮"),
        ("a b", "ab"),
        ("Ελληνικά", ""),
        ("Уведомление", "Уведомления"),
        ("\U00031350通知", "\U00031351通知"),  # newer than Python's tables
    ],
)
def test_two_titles_stay_two(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_a_key_is_society_day_and_folded_title() -> None:
    key = dedup_key("csco_cn", date(2022, 2, 11), "【通知】第二轮！")
    assert key == dedup_key("csco_cn", date(2022, 2, 11), "[通知] 第二轮")
    assert key != dedup_key("csco_en", date(2022, 2, 11), "【通知】第二轮！")
    assert key != dedup_key("csco_cn", date(2022, 2, 12), "【通知】第二轮！")
    assert key != dedup_key("csco_cn", date(2022, 2, 11), "【通知】第三轮！")
    assert key.startswith("csco_cn\n2022-02-11\n")


def test_the_day_is_the_one_the_society_wrote() -> None:
    when = When(datetime(2022, 2, 11, 0, 30, tzinfo=SHANGHAI), "minute", "listing")
    assert when.day == date(2022, 2, 11)
    assert when.value.astimezone(UTC).date() == date(2022, 2, 10)


def test_a_society_knows_its_zone() -> None:
    society = Society("csco_cn", "CSCO", "zh-CN", "Asia/Shanghai", "https://www.csco.org.cn/")
    assert society.zone == SHANGHAI


def exported(item: NewsItem) -> dict[str, Any]:
    file = BytesIO()
    exporter = JsonLinesItemExporter(file)
    exporter.start_exporting()
    exporter.export_item(item)
    exporter.finish_exporting()
    return dict(json.loads(file.getvalue()))


def test_an_exported_item_keeps_its_zone() -> None:
    item = NewsItem(
        "csco_cn",
        "https://www.csco.org.cn/1",
        title="通知",
        published=When(datetime(2022, 2, 11, 9, 30, tzinfo=SHANGHAI), "minute", "article"),
        enclosures=[Enclosure("https://www.csco.org.cn/a.pdf", "application/pdf", 12)],
        updated=datetime(2022, 2, 12, tzinfo=UTC),
        sighting=Sighting("https://www.csco.org.cn/", 0, Row("https://www.csco.org.cn/1")),
    )
    told = exported(item)
    assert told["published"] == {
        "value": "2022-02-11T09:30:00+08:00",
        "precision": "minute",
        "origin": "article",
    }
    assert told["enclosures"] == [
        {"url": "https://www.csco.org.cn/a.pdf", "type": "application/pdf", "length": 12}
    ]
    assert told["updated"] == "2022-02-12T00:00:00+00:00"
    assert told["sighting"] is None
    assert told["title"] == "通知"


def test_an_exported_item_without_dates_says_so() -> None:
    told = exported(NewsItem("csco_cn", "https://www.csco.org.cn/1"))
    assert (told["published"], told["updated"], told["enclosures"]) == (None, None, [])


def test_an_item_adapter_reads_and_writes_an_item() -> None:
    adapter = ItemAdapter(NewsItem("csco_cn", "https://www.csco.org.cn/1"))
    adapter["title"] = "通知"
    assert adapter.item.title == "通知"
    assert set(adapter.field_names()) >= {"society", "url", "published", "guid", "sighting"}

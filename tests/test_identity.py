"""Which notice is which: addresses, keys, GUIDs, instants, fingerprints."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csco_spider.items import Enclosure, Row, When
from csco_spider.ledger.identity import (
    Affix,
    canonical_address,
    fingerprint,
    key_of,
    listed_as,
    mint_guid,
    numbers_of,
    publish_instant,
    row_differs,
    shared_affixes,
    without_affixes,
)

HOSTS = ("www.csco.org.cn", "csco.org.cn", "mirror.example.net")
SHANGHAI = ZoneInfo("Asia/Shanghai")
STARTED = datetime(2026, 7, 1, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.csco.org.cn/cn/ncontent.aspx?oid=1",
        "http://www.csco.org.cn/cn/ncontent.aspx?oid=1",
        "http://csco.org.cn:80/cn/ncontent.aspx?oid=1",
        "https://CSCO.org.cn/cn/ncontent.aspx?oid=1#top",
        "http://mirror.example.net:8080/cn/ncontent.aspx?oid=1",
    ],
)
def test_one_page_has_one_address(url: str) -> None:
    assert canonical_address(url, HOSTS) == "csco.org.cn/cn/ncontent.aspx?oid=1"


def test_other_pages_have_other_addresses() -> None:
    urls = [
        "https://csco.org.cn/cn/ncontent.aspx?oid=1",
        "https://csco.org.cn/cn/ncontent.aspx?oid=2",
        "https://csco.org.cn/CN/ncontent.aspx?oid=1",
        "https://elsewhere.org/cn/ncontent.aspx?oid=1",
        "https://elsewhere.org:8443/cn/ncontent.aspx?oid=1",
    ]
    assert len({canonical_address(url, HOSTS) for url in urls}) == len(urls)


def test_guids_are_for_life() -> None:
    # Never change this value: readers hold on to it.
    first = mint_guid("csco_cn", date(2026, 8, 17), "2026年CSCO学术年会第三轮通知")
    assert first == "urn:uuid:f257a6c3-7f23-5f66-97e0-611a20a21914"
    assert first == mint_guid("csco_cn", date(2026, 8, 17), "２０２６年 CSCO学术年会第三轮通知。")
    others = {
        mint_guid("csco", date(2026, 8, 17), "2026年CSCO学术年会第三轮通知"),
        mint_guid("csco_cn", date(2026, 8, 18), "2026年CSCO学术年会第三轮通知"),
        mint_guid("csco_cn", date(2026, 8, 17), "2026年CSCO学术年会第二轮通知"),
        mint_guid("csco_cn", date(2026, 8, 17), "2026年CSCO学术年会第三轮通知", taken=1),
        mint_guid("csco_cn", date(2026, 8, 17), "2026年CSCO学术年会第三轮通知", taken=2),
    }
    assert len({first, *others}) == 6


def test_an_undated_notice_has_no_key() -> None:
    assert key_of("csco", None, "Title") is None
    assert key_of("csco", date(2026, 1, 1), "Title") == key_of("csco", date(2026, 1, 1), " TITLE ")


def _day(day: date) -> When:
    return When(datetime(day.year, day.month, day.day, tzinfo=SHANGHAI), "day", "listing")


def test_a_day_is_published_at_noon_utc_in_the_society_s_offset() -> None:
    when = publish_instant(_day(date(2026, 6, 3)), STARTED, SHANGHAI)
    assert when.value.isoformat() == "2026-06-03T20:00:00+08:00"
    assert when.precision == "day"


def test_nothing_is_published_in_the_future() -> None:
    assert publish_instant(_day(date(2026, 7, 2)), STARTED, SHANGHAI).value == STARTED
    minute = When(STARTED + timedelta(hours=3), "minute", "article")
    assert publish_instant(minute, STARTED, SHANGHAI).value == STARTED


def test_an_undated_notice_is_first_seen() -> None:
    when = publish_instant(None, STARTED, SHANGHAI)
    assert (when.value, when.origin) == (STARTED, "first_seen")


@given(st.dates(date(1990, 1, 1), date(2026, 6, 29)), st.integers(-11, 11))
def test_a_day_is_the_right_day_from_minus_11_to_plus_11(day: date, offset: int) -> None:
    shown = publish_instant(_day(day), STARTED, SHANGHAI).value
    assert (shown.astimezone(UTC) + timedelta(hours=offset)).date() == day


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>Text</p> 2894 total views, 1 today", "<p>Text</p> 2,901 total views, 7 today"),
        ("<p>正文</p>浏览次数:33232次", "<div><p>正文 </p></div>浏览次数:33240次"),
        ("<p>Text</p>Copyright © 1998 - 2025", "<p>TEXT</p>Copyright © 1998 - 2026"),
        ("<p>a b</p>", "<p>a</p>\n<p>b</p>"),
        ('<p>Text <a href="/a?t=1">file</a></p>', '<p>Text <a class="x" href="/b?t=2">file</a></p>'),
    ],
)
def test_noise_changes_no_fingerprint(before: str, after: str) -> None:
    assert fingerprint(before, []) == fingerprint(after, [])


@pytest.mark.parametrize("after", ["<p>Deadline: 2 May</p>", "<p>Deadline: 12 May</p><p>!</p>", ""])
def test_a_real_edit_changes_it(after: str) -> None:
    assert fingerprint("<p>Deadline: 12 May</p>", []) != fingerprint(after, [])


def test_a_new_file_changes_it_and_a_new_key_in_its_address_does_not() -> None:
    one, two = (Enclosure(f"https://a.org/{name}", "application/pdf") for name in ("a.pdf", "b.pdf"))
    keyed = Enclosure("https://a.org/a.pdf?t=9", "application/pdf")
    assert fingerprint("x", [one]) != fingerprint("x", [one, two])
    assert fingerprint("x", [one]) == fingerprint("x", [keyed])


def test_a_row_differs_only_where_its_own_listing_said_otherwise() -> None:
    row = Row("https://a.org/1", "Title", _day(date(2026, 6, 3)))
    listed = {"/news": listed_as(row)}
    assert not row_differs(row, "/news", listed)
    assert not row_differs(Row(row.url, " title. ", row.when), "/news", listed)
    assert row_differs(Row(row.url, "Other title", row.when), "/news", listed)
    assert row_differs(Row(row.url, row.title, _day(date(2026, 6, 4))), "/news", listed)
    assert not row_differs(Row(row.url, row.title, None), "/news", listed)
    # The home page words it shorter than the column does: that is no change.
    home = Row(row.url, "Title...", row.when)
    assert not row_differs(home, "/", {**listed, "/": listed_as(home)})


TITLES = ["第一轮通知", "第二轮通知", "日程框架", "会议征文", "培训班报名"]


@pytest.mark.parametrize(
    ("shape", "affix"),
    [
        ("{}｜CSCO", Affix("suffix", "｜CSCO")),
        ("{} - CSCO", Affix("suffix", " - CSCO")),
        ("{}_中国临床肿瘤学会", Affix("suffix", "_中国临床肿瘤学会")),
        ("{}-中国临床肿瘤学会", Affix("suffix", "-中国临床肿瘤学会")),
        ("【通知】{}", Affix("prefix", "【通知】")),
        ("CSCO | {}", Affix("prefix", "CSCO | ")),
        ("{} (CSCO)", Affix("suffix", " (CSCO)")),
    ],
)
def test_what_most_titles_share_is_noise(shape: str, affix: Affix) -> None:
    shown = [shape.format(title) for title in TITLES]
    assert shared_affixes([*shown, "别的标题"]) == {affix}
    assert [without_affixes(title, {affix}) for title in shown] == TITLES
    assert shared_affixes([*shown[:3], *TITLES]) == set()


@pytest.mark.parametrize("shape", ["{} | 2026 BOC", "Call for abstracts: {}", "关于{}的通知", "{}"])
def test_what_means_something_is_no_noise(shape: str) -> None:
    assert shared_affixes([shape.format(title) for title in TITLES]) == set()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2026年学术年会第十二轮通知", "2026年学术年会第12轮通知", True),
        ("2026年学术年会第二轮通知", "2026年学术年会第三轮通知", False),
        ("2025年年会通知", "2026年年会通知", False),
        ("The 17th Annual Meeting", "The 18th Annual Meeting", False),
        ("会费说明 V1.1", "会费说明 V2.1", False),
        ("Lung cancer, part II", "Lung cancer, part III", False),
        ("Registry report", "Registry report (final)", True),
    ],
)
def test_numbers_tell_a_series_apart(one: str, other: str, same: bool) -> None:
    assert (numbers_of(one) == numbers_of(other)) == same

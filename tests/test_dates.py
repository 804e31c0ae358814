"""Dates in every form a society writes, and what is refused."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from csco_spider.extract.dates import (
    FIRST_YEAR,
    LAST_YEAR,
    DateOrder,
    DateRefused,
    find_dates,
    parse_date,
)
from csco_spider.items import When

SHANGHAI, NEW_YORK, LONDON = (
    ZoneInfo(name) for name in ("Asia/Shanghai", "America/New_York", "Europe/London")
)
ZONES = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
DAYS = st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31))
MONTHS = [date(2022, month, 1).strftime("%B") for month in range(1, 13)]
DIGITS = "〇一二三四五六七八九"


def han(number: int) -> str:
    tens, ones = divmod(number, 10)
    ten = ("" if tens == 1 else DIGITS[tens]) + "十" if tens else ""
    return ten + (DIGITS[ones] if ones or not tens else "")


def han_year(year: int, zero: str = "〇") -> str:
    return "".join(DIGITS[int(digit)] for digit in str(year)).replace("〇", zero)


def wide(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def ordinal(day: int) -> str:
    return f"{day}{'th' if 10 < day < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th')}"


FORMS: dict[str, Callable[[date], str]] = {
    "iso": lambda d: d.isoformat(),
    "slashes": lambda d: f"{d.year}/{d.month}/{d.day}",
    "dots": lambda d: f"{d.year}.{d.month:02}.{d.day:02}",
    "brackets": lambda d: f"[{d.isoformat()}]",
    "han": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "han, spaced": lambda d: f" {d.year} 年 {d.month:02} 月 {d.day:02} 日 ",
    "korean": lambda d: f"{d.year}년 {d.month}월 {d.day}일",
    "han numbers": lambda d: f"{han_year(d.year)}年{han(d.month)}月{han(d.day)}日",
    "han numbers, 零": lambda d: f"{han_year(d.year, '零')}年{han(d.month)}月{han(d.day)}日",
    "han numbers, ○": lambda d: f"{han_year(d.year, '○')}年{han(d.month)}月{han(d.day)}号",
    "han numbers, O": lambda d: f"{han_year(d.year, 'O')}年{han(d.month)}月{han(d.day)}日",
    "month first": lambda d: f"{MONTHS[d.month - 1]} {d.day}, {d.year}",
    "month short, dot": lambda d: f"{MONTHS[d.month - 1][:3]}. {d.day}, {d.year}",
    "month upper": lambda d: f"{MONTHS[d.month - 1].upper()} {d.day} {d.year}",
    "month ordinal": lambda d: f"{MONTHS[d.month - 1]} {ordinal(d.day)}, {d.year}",
    "weekday": lambda d: f"{d:%A}, {MONTHS[d.month - 1]} {d.day}, {d.year}",
    "day first": lambda d: f"{d.day:02} {MONTHS[d.month - 1][:3]} {d.year}",
    "day first, dashes": lambda d: f"{d.day}-{MONTHS[d.month - 1][:3]}-{d.year}",
    "day of month": lambda d: f"{ordinal(d.day)} of {MONTHS[d.month - 1]}, {d.year}",
    "eight digits": lambda d: f"{d:%Y%m%d}",
    "full width": lambda d: wide(f"{d.year}-{d.month:02}-{d.day:02}"),
    "full width, han": lambda d: wide(f"{d.year}年{d.month}月{d.day}日"),
    "labelled": lambda d: f"发布时间：{d.isoformat()} 浏览次数：2022",
    "in a sentence": lambda d: f"本通知于{MONTHS[d.month - 1]} {d.day}, {d.year}发布",
}
CLOCKS: dict[str, Callable[[int, int], str]] = {
    "plain": lambda h, m: f" {h:02}:{m:02}",
    "seconds": lambda h, m: f" {h:02}:{m:02}:59",
    "han": lambda h, m: f" {h}时{m:02}分",
    "am pm": lambda h, m: f" at {(h + 11) % 12 + 1}:{m:02} {'pm' if h > 11 else 'am'}",
    "a.m. p.m.": lambda h, m: f", {(h + 11) % 12 + 1}:{m:02} {'P.M.' if h > 11 else 'A.M.'}",
    "am pm, then han": lambda h, m: f" {(h + 11) % 12 + 1}:{m:02}{'pm' if h > 11 else 'am'}发布",
    "half of day": lambda h, m: f" {'下午' if h > 11 else '上午'}{(h + 11) % 12 + 1}:{m:02}",
    "bar": lambda h, m: f" | {h:02}:{m:02}",
    "comma at": lambda h, m: f", at {h:02}:{m:02}",
    "uhr": lambda h, m: f" um {h}.{m:02} Uhr",
    "h": lambda h, m: f" à {h}h{m:02}",
}
TIMED = [name for name in FORMS if name not in {"brackets", "labelled", "in a sentence"}]


def read(text: str, zone: ZoneInfo = SHANGHAI, order: DateOrder | None = None) -> When:
    when = parse_date(text, zone=zone, order=order)
    assert when is not None, text
    return when


@pytest.mark.parametrize("form", FORMS)
@given(day=DAYS, zone=ZONES)
def test_a_day_reads_back_in_every_form_and_zone(form: str, day: date, zone: ZoneInfo) -> None:
    when = read(FORMS[form](day), zone)
    assert (when.day, when.precision, when.value.tzinfo) == (day, "day", zone)


@pytest.mark.parametrize("clock", CLOCKS)
@given(
    form=st.sampled_from(TIMED), day=DAYS, hour=st.integers(0, 23), minute=st.integers(0, 59), zone=ZONES
)
def test_a_time_is_meant_in_the_society_s_zone(
    form: str, clock: str, day: date, hour: int, minute: int, zone: ZoneInfo
) -> None:
    when = read(FORMS[form](day).rstrip() + CLOCKS[clock](hour, minute), zone)
    written = when.value.replace(tzinfo=None)
    assert (when.day, written.hour, written.minute) == (day, hour, minute)
    assert (when.precision, when.value.tzinfo) == ("minute", zone)


@given(
    moment=st.datetimes(datetime(FIRST_YEAR, 1, 2), datetime(LAST_YEAR, 12, 30)),
    offset=st.integers(-12, 14),
    zone=ZONES,
)
def test_a_stated_offset_names_the_instant(moment: datetime, offset: int, zone: ZoneInfo) -> None:
    moment = moment.replace(microsecond=0)
    meant = moment.replace(tzinfo=UTC) - timedelta(hours=offset)
    for text in (
        f"{moment.isoformat()}{offset:+03}:00",
        f"{moment.isoformat()}{offset:+03}00",
        f"{moment:%Y-%m-%d %H:%M:%S} GMT{offset:+}",
        f"{moment:%Y-%m-%d %H:%M:%S} (UTC{offset:+03}:00)",
    ):
        when = read(text, zone)
        assert when.value.astimezone(UTC) == meant, text  # aware values in a fold are never equal
        assert (when.value.tzinfo, when.precision) == (zone, "minute")


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2022-02-11T10:30:00Z", SHANGHAI, "2022-02-11T18:30:00+08:00"),
        ("2022-02-11T23:30:00Z", SHANGHAI, "2022-02-12T07:30:00+08:00"),
        ("2022-02-11T10:30:00.123456+08:00", NEW_YORK, "2022-02-10T21:30:00-05:00"),
        ("2022-02-11T10:30-05:00", NEW_YORK, "2022-02-11T10:30:00-05:00"),
        ("Fri, 11 Feb 2022 10:30:00 GMT", LONDON, "2022-02-11T10:30:00+00:00"),
        ("Fri, 11 Feb 2022 10:30:00 +0000", SHANGHAI, "2022-02-11T18:30:00+08:00"),
        ("2022-02-11 10:30 CST", SHANGHAI, "2022-02-11T10:30:00+08:00"),
        ("2022-02-11 10:30 EST", NEW_YORK, "2022-02-11T10:30:00-05:00"),
        ("2022-07-11 10:30 BST", LONDON, "2022-07-11T10:30:00+01:00"),
        ("2022年2月11日15時05分30秒", SHANGHAI, "2022-02-11T15:05:30+08:00"),
        ("2022年2月11日　下午3:05", SHANGHAI, "2022-02-11T15:05:00+08:00"),
        ("2022年2月11日 晚上8点30分", SHANGHAI, "2022-02-11T20:30:00+08:00"),
        ("2022年2月11日 凌晨12:05", SHANGHAI, "2022-02-11T00:05:00+08:00"),
        ("2022年2月11日 中午12:05", SHANGHAI, "2022-02-11T12:05:00+08:00"),
        ("2022年2月11日 中午1:05", SHANGHAI, "2022-02-11T13:05:00+08:00"),
        ("２０２２年２月１１日　１０：３０", SHANGHAI, "2022-02-11T10:30:00+08:00"),
        ("2022-02-11 00:00", SHANGHAI, "2022-02-11T00:00:00+08:00"),
        ("February 11, 2022 14:30 PM", SHANGHAI, "2022-02-11T14:30:00+08:00"),
        ("February 11, 2022 00:15 am", SHANGHAI, "2022-02-11T00:15:00+08:00"),
        ("2022-02-11 12:00-13:00", SHANGHAI, "2022-02-11T12:00:00+08:00"),
        ("2022-02-11 12:00 - 13:00", SHANGHAI, "2022-02-11T12:00:00+08:00"),
        ("2022-02-11 2022-02-11 10:30", SHANGHAI, "2022-02-11T10:30:00+08:00"),
        ("الجمعة 11 شباط / فبراير 2022 09:22 مساءً", LONDON, "2022-02-11T21:22:00+00:00"),
        ("11 فبراير 2022 12:05 صباحاً", LONDON, "2022-02-11T00:05:00+00:00"),
    ],
)
def test_a_moment_is_read_exactly(text: str, zone: ZoneInfo, expected: str) -> None:
    when = read(text, zone)
    assert (when.value.isoformat(), when.precision) == (expected, "minute")


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("2022-02-11 10:30 CST", NEW_YORK),
        ("2022-02-11 10:30 EST", SHANGHAI),
        ("2022-02-11 10:30 EDT", NEW_YORK),  # no such time in winter
        ("2022-02-11 23:30 PST", LONDON),
        ("2022-02-11 00:00:00", SHANGHAI),
        ("February 11, 2022 at 3 pm", NEW_YORK),
        ("2022年2月11日 晚上12:05", SHANGHAI),
        ("二〇二二年二月十一日", LONDON),
        ("Sept. 1st, 2022", LONDON),
        ("二〇二二年元月卅一日", SHANGHAI),
        ("二〇二二年十月廿三日", SHANGHAI),
        ("February 11, 2022 — 7 minutes read", LONDON),
        ("11. Februar 2022 - 13 Kommentare", LONDON),
        ("Figure 2a 11 February 2022", LONDON),
        ("3. – 2022-02-11", LONDON),
    ],
)
def test_where_the_time_is_unclear_only_the_day_is_known(text: str, zone: ZoneInfo) -> None:
    when = read(text, zone)
    assert (when.precision, when.value.time().isoformat()) == ("day", "00:00:00")


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("02/11/2022", "mdy", date(2022, 2, 11)),
        ("02/11/2022", "dmy", date(2022, 11, 2)),
        ("2.11.2022", "dmy", date(2022, 11, 2)),
        ("13/11/2022", None, date(2022, 11, 13)),
        ("11/13/2022", None, date(2022, 11, 13)),
        ("05/05/2022", None, date(2022, 5, 5)),
        ("2022-02-11", "dmy", date(2022, 2, 11)),
    ],
)
def test_an_order_tells_day_from_month(text: str, order: DateOrder | None, day: date) -> None:
    assert read(text, order=order).day == day


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("02/11/2022", "no date_order"),
        ("02-11-2022", "no date_order"),
        ("2022-02-30", "no such date"),
        ("2022-13-01", "no such date"),
        ("2022-00-10", "no such date"),
        ("2022年2月30日", "no such date"),
        ("20221301", "no such date"),
        ("February 30, 2022", "no such date"),
        ("31 Apr 2022", "no such date"),
        ("2021-02-29", "no such date"),
        ("二〇二二年二月十十日", "no such date"),
        ("二〇二二年二月二三日", "no such date"),
        ("2022-02-11 25:00", "no such date"),
        ("2022-02-11 10:60", "no such date"),
        ("1890-01-01", "the year 1890"),
        ("January 1, 1890", "the year 1890"),
        ("2100-01-01", "the year 2100"),
        ("February 11, 2022 13:05 am", "13 o'clock"),
        ("2022-02-11 10:30 +15:00", "the offset +15:00"),
        ("2022-02-11 ~ 2022-02-13", "range"),
        ("2022-02-11 至 2022-02-13", "range"),
        ("2022.02.11-13", "range"),
        ("2022.2.11-2.13", "range"),
        ("2022年2月11日-13日", "range"),
        ("2022年2月11日至13日", "range"),
        ("2022年2月11-13日", "range"),
        ("2022年2月11、12日", "range"),
        ("February 11-13, 2022", "range"),
        ("February 11 to 13, 2022", "range"),
        ("Feb 11 & 12, 2022", "range"),
        ("11-13 February 2022", "range"),
        ("11–13 February 2022", "range"),
        ("11 and 12 Feb 2022", "range"),
        ("Feb 28 - Mar 2, 2022", "range"),
        ("vom 9. bis 23. Februar 2017", "range"),
        ("9.–23. Februar 2017", "range"),
        ("9. und 10. März 2024", "range"),
        ("du 9 au 23 février 2017", "range"),
        ("del 9 al 23 de febrero de 2017", "range"),
        ("09.–11.03.2024", "range"),
        ("28.02. bis 02.03.2024", "range"),
        ("2022-02-11 2022-02-12", "more than one date"),
        ("Published 2022-02-11, updated 12 Feb 2022", "more than one date"),
        ("2022-02-11 10:00 至 2022-02-13 12:00", "more than one date"),
        ("2022-02-11 and 2022-02-30", "no such date"),
    ],
)
def test_what_is_unclear_is_refused_by_name(text: str, reason: str) -> None:
    with pytest.raises(DateRefused, match=re.escape(reason)) as refused:
        parse_date(text, zone=SHANGHAI)
    assert repr(text) in str(refused.value)


def test_a_refusal_quotes_a_long_text_in_part() -> None:
    with pytest.raises(DateRefused, match=r"'2022-02-30 通知") as refused:
        parse_date("2022-02-30\n\n   " + "通知" * 1000, zone=SHANGHAI)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "Tel 010-67726451",
        "010-2022-0211",
        "021-20220211",
        "(021)20220211",
        "400-2022-02-11",
        "13812345678",
        "192.168.1.10",
        "10.20.22.2022",
        "2022.2.1.1",
        "v2022.1.1",
        "指南2.1版",
        "2021 CSCO Annual Meeting",
        "CSCO 2021",
        "May 2022",
        "May 12022",
        "2022年2月",
        "1/2/22",
        "2022/02-11",
        "2022-02-115",
        "12022-02-11",
        "20220211123",
        "/art/2022/2/11/art_1_2.html",
    ],
)
def test_other_numbers_are_no_dates(text: str) -> None:
    assert parse_date(text, zone=SHANGHAI) is None


PIECES = st.sampled_from(
    [
        *"0123456789 -/.:,年月日时点分秒至~T+()一二三十廿元O〇\t\u3000",
        *("2022", "02", "11", "2022-02-11", "Feb", "Aprıl", "MAY", "st"),
        *("pm", "a.m.", "上午", "晚上", "UTC", "GMT+8", "+99:99", "Z", "CST"),
    ]
)


@given(
    text=st.text(st.characters(exclude_categories=())) | st.lists(PIECES, max_size=30).map("".join),
    order=st.sampled_from([None, "mdy", "dmy"]),
    zone=ZONES,
)
@example(text="Aprıl 5, 2022", order=None, zone=SHANGHAI)
@example(text="AprİL 5, 2022", order=None, zone=SHANGHAI)
@example(text="2022-02-11 10:30 +99:99", order=None, zone=SHANGHAI)
@example(text="٢٠٢٢-٠٢-١١", order=None, zone=SHANGHAI)
def test_any_text_is_read_or_refused(text: str, order: DateOrder | None, zone: ZoneInfo) -> None:
    try:
        when = parse_date(text, zone=zone, order=order)
    except DateRefused:
        return
    if when:
        assert FIRST_YEAR - 1 <= when.day.year <= LAST_YEAR + 1
        assert when.value.tzinfo is zone


@pytest.mark.parametrize("text", ["2022-02-11", "Feb 11", "11", "2022", "11 Feb", "2022-02-11 10:30"])
def test_a_desert_of_white_space_takes_no_time(text: str) -> None:
    started = time.process_time()
    find = list(find_dates(text + " " * 19_000 + "x", zone=SHANGHAI))
    assert time.process_time() - started < 1
    assert len(find) == ("-" in text)


def test_every_date_is_found_in_its_place() -> None:
    text = "发布：２０２２年２月１１日，截止 2022-02-30；会期 2022.03.01-03.04"
    folded = unicodedata.normalize("NFKC", text)
    found = list(find_dates(text, zone=SHANGHAI))
    assert [folded[piece.start : piece.end] for piece in found] == [
        "2022年2月11日",
        "2022-02-30",
        "2022.03.01",
    ]
    assert [piece.when and piece.when.day for piece in found] == [date(2022, 2, 11), None, None]
    assert [piece.refusal for piece in found] == [
        "",
        "no such date (day is out of range for month)",
        "a range of days",
    ]


def test_a_date_says_where_it_was_read() -> None:
    assert read("2022-02-11").origin == "listing"
    found = next(find_dates("2022-02-11", zone=SHANGHAI))
    assert found.when
    assert found.when.origin == "article"
    meta = parse_date("2022-02-11", zone=SHANGHAI, origin="meta")
    assert meta
    assert meta.origin == "meta"


@pytest.mark.parametrize(
    "text",
    [
        "15 августа 2016, 13:43",
        "15 серпня 2016",
        "15 АВГУСТА 2016",
        "15 Ağustos 2016",
        "15. srpna 2016",
        "15 august 2016",
        "15 Αυγούστου 2016",
        "15 Agustus 2016",
        "15 أغسطس 2016",
        "15 آب / أغسطس 2016",
        "١٥ أغسطس ٢٠١٦",
        "15. elokuuta 2016",
        "15. avgusta 2016",
        "15. ágúst 2016",
        "August, 15 2016",
        "平成28年8月15日",
        "民國105年8月15日",
        "15 | 08 | 2016",
    ],
)
def test_the_months_of_many_languages(text: str) -> None:
    assert read(text).day == date(2016, 8, 15)


def test_the_month_of_march_has_more_names() -> None:
    assert {read(f"5. {name} 2026").day for name in ("März", "marts", "mars")} == {date(2026, 3, 5)}


@pytest.mark.parametrize(
    "text", ["Room 12, 2016", "12 chairs 2016", "Augustine 15, 2016", "xMay 5, 2016"]
)
def test_a_word_in_a_month_s_place_is_no_month(text: str) -> None:
    assert list(find_dates(text, zone=SHANGHAI)) == []

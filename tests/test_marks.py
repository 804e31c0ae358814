"""Titles without what lists print around them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csco_spider.extract.marks import bare_title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Annual report (PDF, 2.3 MB)", "Annual report"),
        ("Annual report [pdf document]", "Annual report"),
        ("Annual report (PDF) (1,2 MB)", "Annual report"),
        ("Annual report (opens in a new tab)", "Annual report"),
        ("【置顶】年会第三轮通知", "年会第三轮通知"),
        ("置顶 年会第三轮通知（DOC）", "年会第三轮通知"),
        ("NEW! Registration opens", "Registration opens"),
    ],
)
def test_marks_are_no_part_of_a_title(text: str, title: str) -> None:
    assert bare_title(text) == title


@pytest.mark.parametrize(
    "text",
    [
        "关于修订说明书的公告（2026年第12号）",
        "【会议通知】青年医师培训班",
        "New members of the board",
        "What is a PDF",
        "Dosing (5 mg)",
        "(PDF)",
        "New!",
    ],
)
def test_a_societys_words_stay(text: str) -> None:
    assert bare_title(text) == text


@given(st.text())
def test_a_title_is_never_lost(text: str) -> None:
    assert bool(bare_title(text)) == bool(text)

"""Pages in the encodings that societies use, and in those they claim to use."""

from __future__ import annotations

import codecs
import encodings
from encodings.aliases import aliases
from pkgutil import iter_modules

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csco_spider.extract.charset import encoding_of

ZH = "中国临床肿瘤学会关于召开第二十五届全国临床肿瘤学大会的通知，请各位专家参会。"
TW = "台灣癌症醫學會公告"
JA = "日本臨床腫瘍学会からのお知らせ"
KO = "한국임상암학회 공지사항"


def header(label: str) -> str:
    return f"text/html; charset={label}" if label else ""


def decoded(body: bytes, label: str = "") -> str:
    return body.decode(encoding_of(body, header(label)), "replace").removeprefix("\ufeff")


@given(st.text(), st.sampled_from(["", "utf-8", "gb2312", "gbk", "big5", "shift_jis", "iso-8859-1"]))
def test_utf_8_reads_back_whatever_the_header_says(text: str, label: str) -> None:
    body = text.encode()
    if not body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF8)):
        assert body.decode(encoding_of(body, header(label))) == text


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1))
def test_han_text_in_gb18030_reads_back_under_any_gb_label(text: str) -> None:
    body = (ZH + text).encode("gb18030")
    for label in ("gb2312", "GBK", "gb18030", "x-gbk", "utf-8", ""):
        assert decoded(body, label) == ZH + text


@pytest.mark.parametrize(
    ("text", "encoding", "label"),
    [
        (ZH, "utf-8-sig", "gbk"),
        (ZH, "utf-16", "utf-8"),
        (ZH, "utf-16", ""),
        (ZH, "utf-8", ""),
        (ZH, "utf-8", "gb2312"),
        (ZH, "utf-8", "iso-8859-1"),
        (ZH, "gbk", "utf-8"),
        (ZH, "gbk", ""),
        (ZH, "gbk", "nonsense"),
        (ZH, "utf-8", "nonsense"),
        ("朱镕基", "gbk", "gb2312"),
        ("㐂日", "gb18030", "gb2312"),
        ("会议通知\U00020000号", "gb18030", "GBK"),
        (TW, "big5", "big5"),
        (JA, "shift_jis", "Shift_JIS"),
        (JA, "euc_jp", "euc-jp"),
        (JA, "iso2022_jp", "ISO-2022-JP"),
        (KO, "euc_kr", "euc-kr"),
        ("Société française", "latin1", "iso-8859-1"),
        ("Société française", "latin1", ""),
        ("„Krebs“ – news", "cp1252", "iso-8859-1"),
        ("plain", "ascii", "iso-2022-jp"),
        ("plain", "ascii", "gbk"),
        ("", "ascii", ""),
        ("", "ascii", "gbk"),
    ],
)
def test_a_page_reads_as_it_was_written(text: str, encoding: str, label: str) -> None:
    assert decoded(text.encode(encoding), label) == text


@pytest.mark.parametrize(
    "declaration",
    [
        '<meta charset="{}">',
        '<meta http-equiv="Content-Type" content="text/html; charset={}">',
        '<?xml version="1.0" encoding="{}"?>',
    ],
)
@pytest.mark.parametrize(
    ("text", "encoding"),
    [(ZH, "gb2312"), (TW, "big5"), (JA, "shift_jis"), (JA, "iso-2022-jp"), (KO, "euc-kr")],
)
def test_a_page_may_declare_its_own_encoding(declaration: str, text: str, encoding: str) -> None:
    page = declaration.format(encoding) + text
    assert decoded(page.encode(encoding)) == page


@pytest.mark.parametrize("header", ["ISO-8859-1", "windows-1252"])
@pytest.mark.parametrize(
    ("text", "encoding"),
    [(ZH, "gb2312"), (TW, "big5"), (JA, "shift_jis"), ("Онкология", "windows-1251")],
)
def test_a_server_s_latin_gives_way_to_the_page_s_own_word(
    text: str, encoding: str, header: str
) -> None:
    page = f'<meta charset="{encoding}">{text}'
    assert decoded(page.encode(encoding), header) == page


@pytest.mark.parametrize("claimed", ["utf-8", "gb2312", "big5"])
def test_the_header_is_asked_before_the_page(claimed: str) -> None:
    page = f'<meta charset="{claimed}">{JA}'
    assert decoded(page.encode("shift_jis"), "shift_jis") == page


@pytest.mark.parametrize(
    ("text", "encoding", "label"),
    [
        (ZH, "utf-8", ""),
        (ZH, "utf-8", "gb2312"),
        (ZH + "\U00020000", "utf-8", ""),
        ("通知", "utf-8", ""),
        (ZH, "gbk", "gbk"),
        (ZH, "gbk", "utf-8"),
        (ZH, "gbk", ""),
        (ZH + "㐂", "gb18030", "gb2312"),
        (TW, "big5", "big5"),
        (JA + "通知", "shift_jis", "shift_jis"),
    ],
)
def test_half_a_page_reads_up_to_where_it_was_cut(text: str, encoding: str, label: str) -> None:
    for cut in range(1, len(text[-1].encode(encoding))):
        body = text.encode(encoding)[:-cut]
        assert decoded(body, label).startswith(text[:-1])


@pytest.mark.parametrize(
    ("encoding", "label"), [("utf-8", ""), ("utf-8", "gb2312"), ("utf-8", "utf-8"), ("gbk", "gb2312")]
)
def test_a_byte_lost_in_a_page_does_not_spoil_it(encoding: str, label: str) -> None:
    one, two = (ZH * 3 + "<br>").encode(encoding), (ZH * 3 + "</p>").encode(encoding)
    page = decoded(one[:-5] + b"<br>" + two, label)
    assert page.startswith(ZH)
    assert page.endswith(ZH + "</p>")


@pytest.mark.parametrize("body", [b"\x80\xff\xfe\xfd", b"\x81", b"\xff", b"\xe4\xb8", bytes(range(256))])
@pytest.mark.parametrize("label", ["", "utf-8", "gbk", "nonsense", "utf-16"])
def test_an_encoding_is_always_named_that_python_knows(body: bytes, label: str) -> None:
    body.decode(encoding_of(body, header(label)), "replace")


@pytest.mark.parametrize("label", sorted({module.name for module in iter_modules(encodings.__path__)}))
def test_no_codec_of_python_is_a_trap(label: str) -> None:
    decoded(b"\x80\xff\\d</p>", label)


@given(st.binary(), st.text() | st.sampled_from(sorted(aliases)))
def test_any_bytes_under_any_header_have_an_encoding(body: bytes, label: str) -> None:
    body.decode(encoding_of(body, header(label)), "replace")

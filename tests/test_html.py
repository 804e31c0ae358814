"""Text and markup made safe: nothing that runs, nothing that breaks a feed."""

from __future__ import annotations

import re
import time
import unicodedata
from itertools import pairwise

import lxml.html
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from csco_spider.extract.html import (
    MAX_DEPTH,
    clip,
    is_element,
    one_line,
    plain_text,
    sanitise,
    text_lines,
    xml_chars,
)

BASE = "https://www.csco.org.cn/cn/index.aspx"
HOME = "https://www.csco.org.cn"
ANY_TEXT = st.text() | st.text(st.characters(exclude_categories=()))


def clean(html: str) -> str:
    return sanitise(html, BASE)


@pytest.mark.parametrize(
    "char",
    [
        *("\x00", "\x08", "\x0b", "\x0c", "\x1f", "\x7f", "\x80", "\x9f"),
        *("\ud800", "\udfff", "\ufffd", "\ufffe", "\uffff", "\ufeff", "\ufdd0", "\ufdef"),
        *("\U0001fffe", "\U0001ffff", "\U0010fffe", "\U0010ffff"),
        *("\u202a", "\u202e", "\u2066", "\u2069"),
    ],
)
def test_what_a_reader_cannot_take_goes(char: str) -> None:
    assert xml_chars(f"通{char}知{char}") == "通知"


@pytest.mark.parametrize(
    "text", ["\t\n\r ~", "é\u00a0\u3000", "\ue000", "\ufffc", "\u200b\u200e", "𠀀🎉"]
)
def test_the_rest_stays(text: str) -> None:
    assert xml_chars(text) == text


@given(ANY_TEXT)
def test_any_text_becomes_fit_for_xml(text: str) -> None:
    kept = xml_chars(text)
    assert xml_chars(kept) == kept
    node = etree.Element("title")
    node.text = kept
    assert etree.fromstring(etree.tostring(node)).text == (kept or None)


@given(ANY_TEXT)
def test_one_line_is_one(text: str) -> None:
    line = one_line(text)
    assert line.split() == ([] if not line else line.split(" "))
    assert not [char for char in line if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}]
    assert one_line(line) == line


@pytest.mark.parametrize(
    "space", ["\n", "\t ", "\x0b", "\x0c", "\x1c", "\x85", "\u00a0", "\u3000", "\u2028"]
)
def test_white_space_of_any_kind_is_one_space(space: str) -> None:
    assert one_line(f"{space}a{space}b{space}") == "a b"


def test_one_line_has_no_soft_hyphens() -> None:
    assert one_line("Mes\u00adsen\u00adger\u00addiens\u00adte") == "Messengerdienste"


CLUSTERED = st.text(
    st.sampled_from(
        ["a", "通", " ", "e", "\u0301", "\u0308", "\ufe0f", "\u20e3", "\u093f", "👩", "\u200d", "🏽"]
    )
)


@given(ANY_TEXT | CLUSTERED, st.integers(1, 40))
def test_a_clipped_text_is_never_longer_nor_cut_in_a_cluster(text: str, limit: int) -> None:
    cut = clip(text, limit)
    assert len(cut) <= limit
    if len(text) <= limit:
        assert cut == text
        return
    kept = cut.removesuffix("…")
    assert text.startswith(kept)
    after = text[len(kept) :].lstrip()[:1] if len(kept) < limit - 1 and kept != text[: limit - 1] else ""
    after = after or text[len(kept)]
    if kept and not text[len(kept)].isspace():
        assert unicodedata.category(after)[0] != "M"
        assert "\u200d" not in {after, kept[-1]}
        assert after != "🏽"


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("hello world foo", 12, "hello world…"),
        ("a long-winded", 9, "a long-w…"),
        ("中国临床肿瘤学会", 5, "中国临床…"),
        ("e\u0301" * 5, 4, "e\u0301…"),
        ("通知👩\u200d⚕\ufe0f到会", 5, "通知…"),
        ("通知👍🏽到会", 4, "通知…"),
        ("", 3, ""),
    ],
)
def test_a_text_is_cut_where_it_reads_well(text: str, limit: int, expected: str) -> None:
    assert clip(text, limit) == expected


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("<p>a<br>b</p>c<div>d</div>e <b>f</b>g", ["a", "b", "c", "d", "e fg"]),
        ("<p>a\n  b</p>\n<p>\u3000\u3000c</p>", ["a b", "c"]),
        ("<ul><li>1<li>2</ul>3", ["1", "2", "3"]),
        ("<table><tr><td>a</td><td>b</td></tr></table>", ["a", "b"]),
        ("<h1>a</h1><h2>b</h2><hr>c", ["a", "b", "c"]),
        ("a<script>x</script>b<style>y</style>c", ["abc"]),
        ("a<!-- x -->b<?x y?>c", ["abc"]),
        ("<div><form>x<p>y</p></form>z</div>", ["x", "y", "z"]),
        ("1 &lt; 2 &amp;&nbsp;3", ["1 < 2 & 3"]),
        ("<p> </p><p><img src=x></p>", []),
        ("", []),
        (" \n", []),
    ],
)
def test_text_breaks_where_blocks_do(html: str, lines: list[str]) -> None:
    assert plain_text(html) == "\n".join(lines)


def test_the_text_of_a_part_ends_with_the_part() -> None:
    page = lxml.html.fromstring("<div><p>one<b>two</b></p>tail<!-- note -->more</div>")
    assert list(text_lines(page[0])) == ["onetwo"]
    assert list(text_lines(page)) == ["onetwo", "tailmore"]
    assert [is_element(node) for node in page] == [True, False]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a<script>alert(1)</script>b</p>", "<p>ab</p>"),
        ("<script>alert(1)", ""),
        ("<style>p{}</style>a", "a"),
        ("<iframe src=x>y</iframe>a", "a"),
        ("<form action=x><input>y</form>a", "<div>y</div>a"),
        ("<object><p>x</p></object><embed src=x>a", "a"),
        ("<svg onload=x><script>y</script></svg>a", "a"),
        ("<noscript><p>x</p></noscript><template>y</template>a", "a"),
        ("<!-- x --><?php y ?>a", "a"),
        ("<p onclick='x()' style='color:red' class=y id=z data-a=b>a</p>", "<p>a</p>"),
        ("<img src=/a.png onerror=x>", f'<img src="{HOME}/a.png">'),
        ("<html><head><title>x</title></head><body onload=y><p>a</p></body></html>", "<p>a</p>"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "&lt;script&gt;alert(1)&lt;/script&gt;"),
    ],
)
def test_nothing_that_runs_is_left(html: str, expected: str) -> None:
    assert clean(html) == expected


@pytest.mark.parametrize(
    "scheme", ["javascript:", " JaVaScript:", "java&#10;script:", "&#1;javascript:", "data:"]
)
def test_a_link_that_runs_is_no_link(scheme: str) -> None:
    assert clean(f"<a href='{scheme}x'>t</a>") == "<a>t</a>"
    assert clean(f"<p><img src='{scheme}x'></p>") == ""
    assert clean(f"<q cite='{scheme}x'>t</q>") == "<q>t</q>"
    assert (
        clean(f"<img src=/a srcset='{scheme}x 2x,/b 3x'>")
        == f'<img src="{HOME}/a" srcset="{HOME}/b 3x">'
    )


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<a href='a.html#x'>t</a>", f'<a href="{HOME}/cn/a.html#x">t</a>'),
        ("<a href='#x'>t</a>", f'<a href="{BASE}#x">t</a>'),
        ("<a href='/第二轮'>t</a>", f'<a href="{HOME}/%E7%AC%AC%E4%BA%8C%E8%BD%AE">t</a>'),
        ("<a href='//x.cn/y'>t</a>", '<a href="https://x.cn/y">t</a>'),
        ("<a href='mailto:a@b.cn'>t</a>", '<a href="mailto:a@b.cn">t</a>'),
        ("<a href='tel:010'>t</a>", '<a href="tel:010">t</a>'),
        ("<base href='//evil/'><a href=x>t</a>", f'<a href="{HOME}/cn/x">t</a>'),
        ("<blockquote cite=/c>q</blockquote>", f'<blockquote cite="{HOME}/c">q</blockquote>'),
        ("<video poster=/p src=/v></video>", f'<video poster="{HOME}/p" src="{HOME}/v"></video>'),
        ("<audio src=/v></audio>", f'<audio src="{HOME}/v"></audio>'),
    ],
)
def test_addresses_are_absolute(html: str, expected: str) -> None:
    assert clean(html) == expected


@pytest.mark.parametrize(
    ("srcset", "expected"),
    [
        ("/a 1x, /b 2x", f"{HOME}/a 1x, {HOME}/b 2x"),
        ("/a 1x,/b 2x", f"{HOME}/a 1x, {HOME}/b 2x"),
        ("/a, /b 2x", f"{HOME}/a, {HOME}/b 2x"),
        ("/a,b 300w", f"{HOME}/a,b 300w"),
        ("/a \n  100w,\n  /b\t200w", f"{HOME}/a 100w, {HOME}/b 200w"),
        ("data:image/gif;base64,R0 1x, /b 2x", f"{HOME}/b 2x"),
        ("/a", f"{HOME}/a"),
        ("/a &#1;1x", f"{HOME}/a 1x"),
    ],
)
def test_every_candidate_of_a_srcset_is_absolute(srcset: str, expected: str) -> None:
    assert clean(f"<img src=/x srcset='{srcset}'>") == f'<img src="{HOME}/x" srcset="{expected}">'


@pytest.mark.parametrize("srcset", ["", ",", "javascript:x 2x", " , ,"])
def test_a_srcset_without_an_address_goes(srcset: str) -> None:
    assert clean(f"<img src=/x srcset='{srcset}'>") == f'<img src="{HOME}/x">'


def test_every_address_is_moved() -> None:
    html = "<a href=/a>t</a><img src=/b srcset='/c 1x, /d 2x'><q cite=/e>t</q>"
    html += "<video poster=/f src=/g></video>"
    moved = sanitise(html, BASE, lambda url: url.replace(HOME, "https://public.org"))
    assert re.findall(r"https://[\w.]+/\w", moved) == [
        f"https://public.org/{name}" for name in "abcdefg"
    ]


@pytest.mark.parametrize(
    "html",
    [
        "<img data-src=/a.png>",
        "<img src=/loading.gif data-original=/a.png>",
        "<img src='data:image/gif;base64,R0' data-lazy-src=/a.png>",
        "<img src=/a.png data-src='data:image/gif;base64,R0'>",
        "<img src=/a.png data-src=''>",
        "<img _src=/a.png>",
        "<img data-src='/a.p\nng'>",
    ],
)
def test_a_lazy_image_gets_its_source(html: str) -> None:
    assert clean(html) == f'<img src="{HOME}/a.png">'


@pytest.mark.parametrize(
    "attributes", ["", "alt='x src=1'", "alt='x src=\"1\"'", "src=''", "src='javascript:x'"]
)
def test_an_image_without_source_goes(attributes: str) -> None:
    assert clean(f"a<img {attributes}>b") == "ab"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            "<p class=MsoNormal><span lang=EN>文<font face=x>字</font></span><o:p></o:p></p>",
            "<p>文字</p>",
        ),
        ("<p></p><p>&nbsp;</p><p><br></p><p>x</p><p> </p><div><b></b></div>", "<p>x</p>"),
        ("<ul><li> </li><li>a</li></ul>", "<ul><li>a</li></ul>"),
        ("<br><hr>a<br>b<br> <hr>", "a<br>b"),
        ("<div><div><p>a</p></div></div>", "<p>a</p>"),
        ("<div>a</div><div>b</div>", "<div>a</div><div>b</div>"),
        ("<div><br></div><p>a</p>", "<p>a</p>"),
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<pre>  a\n  b </pre>", "<pre>  a\n  b </pre>"),
        ("<p>1 < 2 & 3</p>", "<p>1 &lt; 2 &amp; 3</p>"),
        ("<p>a&#0;b&#1;c&#xFFFE;d&#xD800;e\ud800f\x85g</p>", "<p>abcdefg</p>"),
        ("", ""),
        (" \n ", ""),
        ("\x00", ""),
    ],
)
def test_markup_without_meaning_vanishes(html: str, expected: str) -> None:
    assert clean(html) == expected


def test_a_table_keeps_its_shape() -> None:
    rows = "<tr><th colspan=2 scope=col bgcolor=x>a</th></tr><tr><td rowspan=2>b</td><td></td></tr>"
    assert clean(f"<table width=9>{rows}</table>") == (
        '<table><tbody><tr><th colspan="2" scope="col">a</th></tr>'
        '<tr><td rowspan="2">b</td><td></td></tr></tbody></table>'
    )
    assert clean("<table><tr><td>a</td></tr><tr><td> </td><td></td></tr></table>").count("<tr>") == 1
    assert clean("<table><tbody><tr><td></td></tr></tbody></table>") == ""


def test_a_tree_is_cleaned_without_its_tail() -> None:
    page = lxml.html.fromstring("<body><div><a href=x>t</a></div>tail</body>")
    assert sanitise(page[0], BASE) == f'<a href="{HOME}/cn/x">t</a>'


def test_nesting_of_real_articles_is_kept() -> None:
    assert clean("<ul><li>" * 30 + "x") == "<ul><li>" * 30 + "x" + "</li></ul>" * 30


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 1000])
def test_what_nests_too_deep_becomes_text(depth: int) -> None:
    html = (
        "<div>" * depth
        + "a &amp; &lt;b&gt;<script>x</script><p onclick=y>c<br>d\x01</p>"
        + "</div>" * depth
    )
    flat = "<p>a &amp; &lt;b&gt;</p><p>c</p><p>d</p>"
    assert clean(html) == flat
    assert clean(flat) == flat


def test_nesting_without_end_breaks_nothing() -> None:
    for tag in ("div", "b", "table><tr><td", "ul><li"):
        assert "<script" not in clean(f"<{tag}>" * 100_000 + "x<script>y</script>")


@pytest.mark.parametrize(
    "html",
    [
        "x" + " " * 20_000 + "y",
        "x" + "<br>" * 10_000 + "y",
        "<p>" + "&nbsp;" * 10_000 + "<b>x</b>",
        "<p> </p>" * 10_000,
        f"<img src=/a srcset='{',' * 20_000}b'>",
    ],
    ids=["spaces", "breaks", "nbsp", "paragraphs", "commas"],
)
def test_a_page_of_nothing_takes_no_time(html: str) -> None:
    started = time.process_time()
    clean(html)
    assert time.process_time() - started < 1


TAGS = st.sampled_from(
    [
        *("p", "div", "b", "i", "span", "a", "img", "table", "tr", "td", "ul", "li", "pre", "br", "hr"),
        *(
            "script",
            "style",
            "iframe",
            "form",
            "svg",
            "math",
            "title",
            "textarea",
            "noscript",
            "template",
        ),
        *("select", "option", "h1", "blockquote", "video", "source", "o:p", "font", "xmp", "plaintext"),
        *("body", "html", "frameset", "base", "center", "ruby", "details"),
    ]
)
ATTRIBUTES = st.sampled_from(
    [
        *("", " onclick=x()", " ONLOAD='y'", " style='x:y'", " x:y=z", " colspan=2"),
        *(" href=javascript:x", " href='/a b'", " href='mailto:x&#2;y'", " cite=#z", " poster='data:x'"),
        *(
            " src=/c.png",
            " src='\ud800'",
            " data-src='&#1;d'",
            " srcset='/e,/f 2x'",
            " srcset=', &#xFFFE;'",
        ),
        *(" alt='>\" src=g'", " title='</div><script>'"),
    ]
)
OPEN = st.builds(lambda tag, attribute: f"<{tag}{attribute}>", TAGS, ATTRIBUTES)
TEXT = st.text(st.characters(exclude_categories=()), max_size=8) | st.sampled_from(
    [
        "<",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "&lt;script&gt;",
        "&amp;lt;",
        "&nbsp;",
        "\n",
        " ",
        "</",
        "<?x",
        "&#0;",
    ]
)
SOUP = st.lists(OPEN | TAGS.map(lambda tag: f"</{tag}>") | TEXT, max_size=14).map("".join)


@given(SOUP)
@example("<pre>\n\nx</pre>")
@example("<div><br><p>x</p></div>")
@example("<img data-src='a\x01b' srcset='/a \x011x'>")
def test_any_markup_comes_out_clean_and_stays_so(html: str) -> None:
    once = clean(html)
    assert clean(once) == once
    assert "<script" not in once.lower()
    assert xml_chars(once) == once
    if not once:
        return
    root = lxml.html.fragment_fromstring(once, create_parent=True)
    for node in root.iter():
        assert is_element(node)
        for name, value in node.attrib.items():
            assert not str(name).lower().startswith("on")
            assert name != "style"
            if name in {"href", "src", "poster", "cite"}:
                assert str(value).lower().startswith(("https://", "http://", "mailto:", "tel:"))


def test_lines_of_sanitised_text_are_those_of_the_page() -> None:
    html = "<div><h1>标题</h1><p>一</p><p>二<br>三</p><script>x</script><ul><li>四</li></ul></div>"
    assert plain_text(clean(html)) == plain_text(html) == "标题\n一\n二\n三\n四"
    assert all(one != two for one, two in pairwise(plain_text(html).split("\n")))


def test_boxes_without_a_meaning_of_their_own_keep_their_lines_apart() -> None:
    html = "<section>A</section><center>B</center><form action='/x'><p>C</p><input name='q'></form>"
    clean = sanitise(html, "https://a.org/")
    assert plain_text(clean).split("\n") == ["A", "B", "C"]
    assert "form" not in clean
    assert "input" not in clean

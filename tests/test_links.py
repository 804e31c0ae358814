"""Links made absolute, freed of what rotates, moved, and told from files."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from csco_spider.extract.links import absolute, attachment, moved, without_rotating_keys

BASE = "https://www.csco.org.cn/cn/index.aspx"
HOME = "https://www.csco.org.cn"
ANY_TEXT = st.text(st.characters(exclude_categories=()))
HREF_PIECES = st.sampled_from(
    [
        *(":", "/", "//", "[", "]", "@", "?", "#", "%", "&", "=", ";", "\\", " ", "\n", "\x00"),
        *("http", "https", "://", "javascript:", "65536", "%zz", "..", "x", "www.a.cn"),
        *("例", "中", "\u3002", "\u2100", "\ud800"),
    ]
)


@given(
    href=ANY_TEXT | st.lists(HREF_PIECES, max_size=12).map("".join),
    base=ANY_TEXT | st.just(BASE) | st.lists(HREF_PIECES, max_size=6).map("".join),
    fragment=st.booleans(),
)
@example(href="http://a b/", base=BASE, fragment=False)
@example(href='http://a"b/', base=BASE, fragment=False)
@example(href="http://[::1", base=BASE, fragment=False)
def test_any_href_is_an_ascii_address_or_none(href: str, base: str, fragment: bool) -> None:
    url = absolute(href, base, fragment=fragment)
    if url:
        assert re.fullmatch(r"https?://[\x21-\x7e]+", url), url
        assert not set('"<>') & set(url)
        assert urlsplit(url).hostname
        assert fragment or "#" not in url


@given(st.lists(HREF_PIECES.filter(lambda piece: piece != ";"), max_size=12).map("".join))
def test_an_absolute_address_stays_as_it_is(href: str) -> None:
    url = absolute(href, BASE)
    assert not url or absolute(url, "https://elsewhere.org/") == url


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("a.html", f"{HOME}/cn/a.html"),
        ("/x/y", f"{HOME}/x/y"),
        ("../x", f"{HOME}/x"),
        ("../../../x", f"{HOME}/x"),
        ("?page=2", f"{BASE}?page=2"),
        ("//cdn.csco.org.cn/a", "https://cdn.csco.org.cn/a"),
        ("http://other.org/A?b=1", "http://other.org/A?b=1"),
        ("/x#part", f"{HOME}/x"),
        ("/通知/第二轮.pdf", f"{HOME}/%E9%80%9A%E7%9F%A5/%E7%AC%AC%E4%BA%8C%E8%BD%AE.pdf"),
        ("/x?q=年会&p=1", f"{HOME}/x?q=%E5%B9%B4%E4%BC%9A&p=1"),
        ("/%E4%B8%AD", f"{HOME}/%E4%B8%AD"),
        ("http://例子.中国/x", "http://xn--fsqu00a.xn--fiqs8s/x"),
        (" \t/x \r\n", f"{HOME}/x"),
        ("\u3000/x\u00a0", f"{HOME}/x"),
        ("/notice\n   /one.html", f"{HOME}/notice/one.html"),
        ("/no\r\ntice.html", f"{HOME}/notice.html"),
        ("/a b.pdf", f"{HOME}/a%20b.pdf"),
        ("/a   b.pdf", f"{HOME}/a%20b.pdf"),
        ('/a"b<c>', f"{HOME}/a%22b%3Cc%3E"),
    ],
)
def test_a_link_becomes_absolute(href: str, expected: str) -> None:
    assert absolute(href, BASE) == expected


@pytest.mark.parametrize(
    "href",
    [
        "",
        "  ",
        "#",
        "#top",
        "javascript:alert(1)",
        " JavaScript:void(0)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,x",
        "mailto:office@csco.org.cn",
        "tel:01067726451",
        "ftp://x/y",
        "file:///etc/passwd",
        "http://",
        "http://[::1",
        "http://x:99999/",
        "http://x:port/",
        "http://a b/",
        "http://a<b/",
        "http://ab\u2100c/",
    ],
)
def test_what_is_no_web_address_is_no_link(href: str) -> None:
    assert absolute(href, BASE) == ""


def test_a_fragment_is_kept_on_request() -> None:
    assert absolute("/x#part", BASE, fragment=True) == f"{HOME}/x#part"
    assert absolute("#part", BASE, fragment=True) == f"{BASE}#part"


WECHAT = "https://mp.weixin.qq.com/s?__biz=MzA4&mid=26500&idx=1&sn=abc"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://x/a?click_id=1", "http://x/a"),
        ("http://x/a?id=1&click_id=9&utm_source=x&b=2", "http://x/a?id=1&b=2"),
        ("http://x/a?b=2&utm_medium=x&a=1", "http://x/a?b=2&a=1"),
        ("http://x/a?UTM_Campaign=x&id=1", "http://x/a?id=1"),
        ("http://x/a?fbclid=1&gclid=2&_t=3&timestamp=4&id=1", "http://x/a?id=1"),
        ("http://x/a?PHPSESSID=1&p=2", "http://x/a?p=2"),
        ("http://x/a?click%5Fid=1&p=2", "http://x/a?p=2"),
        ("http://x/a;jsessionid=AB12.n1?x=1", "http://x/a?x=1"),
        ("http://x/a;JSESSIONID=AB12/b", "http://x/a/b"),
        ("http://x/a#top", "http://x/a"),
        ("http://x/a?utm=1&t=2&from=3&sid=4", "http://x/a?utm=1&t=2&from=3&sid=4"),
        # What stays is not rewritten: it may be GBK, bare or padded.
        ("http://x/a?id=%d6%d0&spm=1", "http://x/a?id=%d6%d0"),
        ("http://x/a?q=a%20b+c&print&e=&spm=1", "http://x/a?q=a%20b+c&print&e="),
        ("http://x/a?k=a=b/c;d&spm=1", "http://x/a?k=a=b/c;d"),
        (f"{WECHAT}&chksm=8d&scene=27&key=77#wechat_redirect", WECHAT),
        (f"{WECHAT.replace('MzA4', 'MzA==')}&scene=27", WECHAT.replace("MzA4", "MzA==")),
        ("https://mp.weixin.qq.com/s/AbC-d?scene=1", "https://mp.weixin.qq.com/s/AbC-d"),
        ("http://x/s?__biz=1&key=2", "http://x/s?__biz=1&key=2"),
    ],
)
def test_keys_that_rotate_are_dropped_and_the_rest_is_kept(url: str, expected: str) -> None:
    assert without_rotating_keys(url) == expected


KEYS = st.sampled_from(
    ["id", "click_id", "utm_x", "spm", "__biz", "mid", "sn", "p", "", "jsessionid", "%75tm_a", "a%26spm"]
)
QUERIES = st.lists(st.tuples(KEYS, st.text("ab=+%1;/中", max_size=5))).map(
    lambda pairs: "&".join("=".join(pair) for pair in pairs)
)


@given(
    st.sampled_from(
        [f"{HOME}/a", f"{HOME}/a;jsessionid=1;jsessionid=2/b", "https://mp.weixin.qq.com/s"]
    ),
    QUERIES,
)
def test_freeing_a_link_twice_changes_nothing_more(page: str, query: str) -> None:
    url = absolute(f"{page}?{query}", BASE)
    once = without_rotating_keys(url)
    assert without_rotating_keys(once) == once
    left = iter(urlsplit(url).query.split("&"))
    assert all(pair in left for pair in urlsplit(once).query.split("&") if pair)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.a.cn/x?y=1#z", "http://127.0.0.1:8000/x?y=1#z"),
        ("http://WWW.a.cn/x", "http://127.0.0.1:8000/x"),
        ("https://b.cn/x", "https://b.cn/x"),
        ("https://a.cn/x", "https://a.cn/x"),
        ("https://www.a.cn:8443/x", "https://www.a.cn:8443/x"),
    ],
)
def test_only_links_of_the_host_move(url: str, expected: str) -> None:
    assert moved(url, "https://www.a.cn/start", "http://127.0.0.1:8000/other") == expected


def test_moving_there_and_back_changes_nothing() -> None:
    away = moved(f"{BASE}?a=1", HOME, "http://127.0.0.1:8000")
    assert moved(away, "http://127.0.0.1:8000", HOME) == f"{BASE}?a=1"


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://x/a.pdf", "application/pdf"),
        ("http://x/a.PDF?x=1", "application/pdf"),
        ("http://x/%E9%80%9A%E7%9F%A5.zip", "application/zip"),
        ("http://x/a.mp3", "audio/mpeg"),
        ("http://x/a.b.mp4", "video/mp4"),
    ],
)
def test_a_file_is_told_by_its_name(url: str, kind: str) -> None:
    enclosure = attachment(url)
    assert enclosure
    assert (enclosure.url, enclosure.type, enclosure.length) == (url, kind, None)


@pytest.mark.parametrize("ending", ["doc", "docx", "ppt", "pptx", "xls", "xlsx", "rar"])
def test_office_files_and_archives_are_files(ending: str) -> None:
    enclosure = attachment(f"http://x/a.{ending}")
    assert enclosure
    assert enclosure.type.startswith("application/")


@pytest.mark.parametrize(
    "url",
    [
        "http://x/",
        "http://x/pdf",
        "http://x/a.html",
        "http://x/a.pdf/",
        "http://x/a.php?f=a.pdf",
        "http://a.zip",
    ],
)
def test_a_page_is_no_file(url: str) -> None:
    assert attachment(url) is None

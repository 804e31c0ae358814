"""What stands in the way of a page is named; a page that can be read is never called blocked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csco_spider.extract.blocked import blocked, says_missing

HTML = {"Content-Type": "text/html; charset=utf-8"}
WORDS = "The board met in June and decided on next year's programme of courses and grants. " * 30
ROWS = "".join(
    f"<li><a href=/n/{n}>Notice number {n} of the society</a> 2026-05-05</li>" for n in range(30)
)


def script(text: str) -> str:
    return f"<html><head><script>{text}</script></head><body></body></html>"


CHALLENGES = {
    "Ruishu": (412, {}, script("$_ts=window['$_ts'];if(!$_ts)$_ts={};")),
    "Cloudflare": (403, {}, "<title>Just a moment...</title>" + script("window._cf_chl_opt={}")),
    "Imperva": (200, {}, "<iframe src='/_Incapsula_Resource?x=1'>Request unsuccessful.</iframe>"),
    "Aliyun WAF": (200, {}, script("var arg1='A5';setCookie('acw_sc__v2',x);")),
    "Tencent WAF": (202, {}, script("location.href='/TencentEdgeOne'")),
    "Knownsec": (521, {}, script("document.cookie='__jsl_clearance=1'")),
    "Akamai": (403, {"Server": "AkamaiGHost"}, "<h1>Access Denied</h1>"),
    "AWS WAF": (405, {"x-amzn-waf-action": "captcha"}, "<p>Human?</p>"),
}


@pytest.mark.parametrize("who", CHALLENGES)
def test_a_challenge_is_named_by_its_maker(who: str) -> None:
    status, headers, body = CHALLENGES[who]
    block = blocked(status, {**HTML, **headers}, body)
    assert block
    assert (block.kind, block.who) == ("challenge", who)
    assert who in str(block)


@pytest.mark.parametrize(
    ("kind", "status", "headers", "body"),
    [
        ("refused", 403, HTML, "<h1>403 Forbidden</h1><p>请不要使用非法的URL地址访问</p>"),
        ("refused", 200, HTML, "<h3>您的访问被拦截</h3><p>Request ID: 7</p>"),
        ("refused", 429, HTML, ""),
        ("challenge", 202, HTML, ""),
        ("challenge", 202, HTML, "<html><body></body></html>"),
        ("outage", 503, HTML, "<h1>Back soon</h1>"),
        ("outage", 200, HTML, "<h1>系统维护中</h1><p>请稍后访问</p>"),
        ("outage", 200, {"Content-Type": ""}, "<html><body></body></html>"),
        ("empty", 200, HTML, "  \n"),
        ("login", 200, HTML, "<form><p>Log in</p><input name=u><input type=password name=p></form>"),
        ("login", 200, HTML, "<form>会员登录<input type=password></form>"),
        ("script", 200, HTML, "<div id=root></div><script src=/a.js></script>"),
        ("script", 200, HTML, "<script id=__NEXT_DATA__ type=application/json>{}</script>"),
        ("consent", 200, HTML, "<h1>We value your privacy</h1><p>Accept all cookies or leave.</p>"),
    ],
)
def test_what_came_instead_is_named(kind: str, status: int, headers: dict[str, str], body: str) -> None:
    block = blocked(status, headers, body)
    assert block
    assert block.kind == kind
    assert str(block).startswith(block.sentence)
    assert block.sentence


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("40", "come back in 1 min"),
        ("3601", "come back in 61 min"),
        ("86400", "come back in 24 h"),
        ("Wed, 21 Oct 2026 07:28:00 GMT", "come back after 2026-10-21 07:28 UTC"),
        ("soon", "come back later"),
        ("9" * 9000, "come back later"),
        ("", "come back later"),
    ],
)
@pytest.mark.parametrize("body", ["", "{}", "<h1>Too many requests</h1>"])
def test_a_site_that_was_asked_too_often_says_when_to_come_back(
    field: str, said: str, body: str
) -> None:
    block = blocked(429, {"Retry-After": field, "Server": "cloudflare"}, body)
    assert block and block.kind == "refused"
    assert "status 429" in block.sentence and said in str(block)
    assert "let our name in" not in str(block)
    assert "let our name in" in str(blocked(403, {"Retry-After": field}, body))


@pytest.mark.parametrize("body", [f"<article>{WORDS}</article>", f"<ul>{ROWS}</ul>"])
@pytest.mark.parametrize(
    "extra",
    [
        "",
        *(body for _, _, body in CHALLENGES.values()),
        "<div class=cookie>We value your privacy: accept all cookies</div>",
        "<form><a href=/login>Log in</a><input type=password></form>",
        "<div id=root></div><noscript>Please enable JavaScript</noscript>",
        "<p>Scheduled maintenance of the member area on Sunday.</p>",
    ],
)
def test_a_page_with_something_to_read_is_not_blocked(body: str, extra: str) -> None:
    assert blocked(200, HTML, f"<html><body>{extra}{body}</body></html>") is None


XML = "<?xml version='1.0' encoding='utf-8'?>\n"
STYLED = "<?xml-stylesheet href='/a.xsl'?><!-- <html> is not meant -->"
XHTML = (
    "<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Strict//EN' '/x.dtd'>\n<html><body>{}</body></html>"
)


@pytest.mark.parametrize("prolog", ["", XML, XML + STYLED])
def test_a_page_in_xml_is_a_page(prolog: str) -> None:
    form = "<form><p>Log in</p><input type='password' name='p'/></form>"
    login = blocked(200, HTML, prolog + XHTML.format(form))
    outage = blocked(503, HTML, prolog + XHTML.format("<h1>Down for maintenance</h1>"))
    assert [block and block.kind for block in (login, outage)] == ["login", "outage"]
    assert blocked(200, HTML, prolog + XHTML.format(f"<ul>{ROWS}</ul>")) is None


@pytest.mark.parametrize(
    "body",
    [
        '{"items": []}',
        f"{XML}<rss/>",
        f"{XML}{STYLED}<rss><item><description><![CDATA[<html>Log in]]></description></item></rss>",
        f"{XML}<feed xmlns='http://www.w3.org/2005/Atom'><title>Members only: log in</title></feed>",
        f"{XML}<!DOCTYPE rss [<!ENTITY a 'x'>]><rss><channel><title>Log in</title></channel></rss>",
        XML,
    ],
)
def test_data_is_no_page_and_not_blocked(body: str) -> None:
    assert blocked(200, {"Content-Type": "text/xml"}, body) is None
    assert blocked(403, {}, body) is not None


def test_a_short_notice_is_a_page() -> None:
    body = "<h1>Office closed</h1><p>2026-05-01</p><p>The office is closed on Friday.</p>"
    assert blocked(200, HTML, body) is None


@given(st.integers(100, 599), st.dictionaries(st.text(max_size=9), st.text(max_size=9)), st.text())
def test_nothing_raises(status: int, headers: dict[str, str], body: str) -> None:
    block = blocked(status, headers, body)
    assert block is None or block.sentence


def test_a_large_page_is_looked_at_in_part() -> None:
    assert blocked(200, HTML, "<p>" + "words " * 2_000_000) is None
    assert blocked(200, HTML, "<div>" * 200_000) is None


@pytest.mark.parametrize(
    ("title", "missing"),
    [
        *(
            (title, True)
            for title in ("Page not found", "404", "HTTP 404 Not Found", "Seite nicht gefunden")
        ),
        *((title, True) for title in ("Oops! That page can’t be found.", "Page introuvable")),
        *(
            (title, True)
            for title in ("您访问的页面不存在", "对不起，该文章已被删除", "ページが見つかりません")
        ),
        *((title, False) for title in ("404 patients treated", "Biomarkers not found in the trial")),
        *(
            (title, False)
            for title in (
                "找不到工作的文章",
                "关于文件管理系统不存在问题的通知",
                "Notice 404: dosing",
                "",
            )
        ),
    ],
)
def test_the_title_of_an_error_page_is_told_from_a_notice_s(title: str, missing: bool) -> None:
    assert says_missing(title) is missing

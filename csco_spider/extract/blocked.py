"""An answer that is no page of the society: who stands in the way, in words for an operator.

A page with something to read is never called blocked, whatever scripts it carries: firewalls put
theirs into good pages too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Literal

from lxml import etree

Kind = Literal["challenge", "refused", "login", "outage", "script", "consent", "empty", "missing"]

READ = 3_000_000
"""Characters of a page that are looked at."""
_LITTLE = 250
"""Characters of text under which a page says nothing."""
_SOME = 1200
"""Characters of text past which a page has something to read, whatever else it says."""
_TITLE = 120
"""Characters of an error page's title at most."""
_CHALLENGES = (
    ("Ruishu", re.compile(r"\$_ts\b|_\$[a-zA-Z0-9]{2,4}\(\);?\s*</script>")),
    ("Cloudflare", re.compile(r"_cf_chl_opt|cf-browser-verification|<title>Just a moment", re.I)),
    ("Imperva", re.compile(r"_Incapsula_Resource|Incapsula incident ID|Imperva", re.I)),
    ("Aliyun WAF", re.compile(r"acw_sc__v[23]|aliyun_waf|errors\.aliyun\.com|yundun", re.I)),
    ("Tencent WAF", re.compile(r"waf[\w.-]*\.(?:tencent|qcloud)|EO_Bot_Ssid|TencentEdgeOne", re.I)),
    ("Knownsec", re.compile(r"__jsl_clearance|jiasule|yunaq\.com|365cyd", re.I)),
    ("360", re.compile(r"wangzhan\.360|wzws-waf-cgi|wzwschallenge", re.I)),
    ("BT WAF", re.compile(r"btwaf|宝塔(?:网站)?防火墙", re.I)),
    ("SafeLine", re.compile(r"SafeLine|chaitin|雷池", re.I)),
    ("Safedog", re.compile(r"safedog|网站防火墙|安全狗", re.I)),
    ("Akamai", re.compile(r"errors\.edgesuite\.net|_abck|sec-if-cpt-container", re.I)),
    ("DataDome", re.compile(r"captcha-delivery\.com|datadome", re.I)),
    ("AWS WAF", re.compile(r"awswaf\.com|AwsWafIntegration|gokuProps", re.I)),
    ("PerimeterX", re.compile(r"px-captcha|_pxhd", re.I)),
    ("Sucuri", re.compile(r"sucuri_cloudproxy|Sucuri WebSite Firewall", re.I)),
)
_HEADERS = (
    ("Cloudflare", "cf-mitigated", "challenge"),
    ("Cloudflare", "server", "cloudflare"),
    ("Imperva", "x-iinfo", ""),
    ("Imperva", "x-cdn", "imperva"),
    ("Sucuri", "x-sucuri-block", ""),
    ("AWS WAF", "x-amzn-waf-action", ""),
    ("DataDome", "x-datadome", ""),
    ("Akamai", "server", "akamaighost"),
    ("Aliyun WAF", "server", "aliyun"),
)
_REFUSING = frozenset({401, 402, 403, 405, 406, 407, 412, 418, 429, 451, 511, 521})
_TOO_MANY = 429
_ASK = "ask the society to let our name in"
_CHALLENGING = _REFUSING | {202, 503}
_FIREWALL_WORDS = re.compile(
    r"非法的?(?:URL|访问|请求|攻击)|访问(?:已)?被(?:拦截|阻断|拒绝|禁止)|拒绝访问|禁止访问|请求(?:已)?被(?:拦截|阻断)"
    r"|疑似(?:黑客)?攻击|存在(?:安全)?威胁|(?:人机|安全|滑[动块])验证|访问(?:过于)?频繁"
    r"|access (?:to this page has been )?denied|request blocked|you have been blocked|unusual traffic"
    r"|verify (?:that )?you are (?:a )?human|are you a (?:human|robot)|security check"
    r"|checking your browser|enable cookies and reload|request unsuccessful|web application firewall",
    re.IGNORECASE,
)
_OUTAGE_WORDS = re.compile(
    r"(?:down for|under|scheduled|site) maintenance|temporarily unavailable|service unavailable"
    r"|bad gateway|gateway time-?out|be back (?:soon|shortly)|internal server error"
    r"|experiencing technical (?:difficulties|problems)|(?:系统|网站|服务器?)(?:正在)?(?:维护|升级)"
    r"|暂时无法访问|服务不可用|メンテナンス中",
    re.IGNORECASE,
)
_LOGIN_WORDS = re.compile(
    r"\b(?:log[ -]?in|sign[ -]?in|members? only|subscribe to (?:read|continue))\b"
    r"|登录|登陆|会员专享|ログイン|로그인",
    re.IGNORECASE,
)
_CONSENT_WORDS = re.compile(
    r"before you continue|we value your privacy|your privacy (?:choices|matters)"
    r"|accept (?:all )?cookies|cookie (?:consent|settings)|consent to (?:the use|our)"
    r"|datenschutz-?einstellungen|zustimmung",
    re.IGNORECASE,
)
_NEEDS_SCRIPT = re.compile(
    r"__NEXT_DATA__|enable javascript|javascript (?:is )?(?:required|disabled)|requires javascript"
    r"|请(?:开启|启用).{0,12}javascript|document\.cookie|location\.(?:href|reload|replace)",
    re.IGNORECASE,
)
_XML_PAGE = re.compile(
    r"(?:<\?[^>]*>|<!--.*?-->|\s)*+<(?:!doctype\s+)?html\b", re.IGNORECASE | re.DOTALL
)
"""How a page in XML begins; feeds do not."""
_MISSING = re.compile(
    r"\W*(?:(?:oops|sorry|whoops|leider|désolé|対不起|对不起|很?抱歉)\W+)?"
    r"(?:(?:(?:http|error|fehler|erreur|status)\W{0,3})?404"
    r"(?:\W+(?:error|(?:page|file|seite|not|页|頁).{0,40}))?"
    r"|(?:error\W+)?(?:the |this |that )?(?:requested )?(?:page|file|article|document|content|resource)"
    r"(?: you .{0,30})? (?:(?:can(?:no|'|’)t|could not) be found|(?:was |is )?not found"
    r"|(?:does not|doesn['’]t|no longer) exists?|(?:is )?no longer available)"
    r"|not found|(?:die )?(?:angeforderte )?seite (?:wurde )?(?:leider )?nicht (?:gefunden|vorhanden)"
    r"|(?:cette )?page (?:introuvable|non trouvée|inexistante)|página no (?:encontrada|existe)"
    r"|página não encontrada|pagina non trovata"
    r"|(?:您?[要所]?(?:访问|查看|浏览|请求)的|该|此|当前)?(?:页面|网页|頁面|文章|内容|信息|文件)"
    r"(?:不存在|未找到|找不到|已(?:经|被)*删除|已失效)(?:或.{0,12})?|(?:找不到|无法找到|未找到)(?:您?[要所]?(?:访问|请求|查看)的|该|此|相关)?(?:页面|网页|頁面|文章|内容|文件)"
    r"|.{0,12}ページ[はがを]?(?:見つかりません|存在しません).{0,6}|.{0,10}페이지를 찾을 수 없.{0,6})\W*",
    re.IGNORECASE,
)
_MOUNTS = frozenset({"root", "app", "__next", "___gatsby", "q-app", "__nuxt", "main-app", "react-root"})
_SILENT = frozenset({"script", "style", "noscript", "template", "svg", "head", "title"})


@dataclass(frozen=True, slots=True)
class Block:
    """What came instead of a page, and what an operator can do about it, if anything. ``who`` names the
    product where it can be told."""

    kind: Kind
    who: str
    sentence: str
    advice: str = ""

    def __str__(self) -> str:
        return f"{self.sentence}; {self.advice}" if self.advice else self.sentence


@dataclass(frozen=True, slots=True)
class _Look:
    """A page at a glance: its title, its text (bounded), how many links and scripts it has."""

    title: str
    text: str
    links: int
    scripts: int
    password: bool
    empty_mount: str


def says_missing(title: str) -> bool:
    """Is a page's title that of an error page: answered with 200, it says that there is no such page?"""
    return len(title) <= _TITLE and _MISSING.fullmatch(title) is not None


def blocked(status: int, headers: Mapping[str, str], text: str) -> Block | None:
    """What stands in the way of a page, None when the page can be read.

    ``headers`` by any case, ``text`` the decoded body. Looks at the first three million characters;
    raises nothing, asks nobody.
    """
    lowered = {str(name).lower(): str(value).lower() for name, value in headers.items()}
    text = text[:READ]
    if not text.strip():
        return _empty(status, lowered)
    if text.lstrip()[:1] in "{[" or (text.lstrip().startswith("<?xml") and not _XML_PAGE.match(text)):
        return None if status < 400 else _refused(status, lowered, "")
    look = _look(text)
    if len(look.text) >= _SOME and status < 400:
        return None
    who = next((name for name, pattern in _CHALLENGES if pattern.search(text)), "")
    if status in _CHALLENGING and status != _TOO_MANY:
        who = who or _named_by(lowered)
    silent = len(look.text) < _LITTLE and look.links < 10
    if who and (silent or status in _CHALLENGING):
        return Block(
            "challenge",
            who,
            f"{who} answers with a script challenge instead of the page (status {status}); we do not "
            "evade it",
            _ASK,
        )
    if status in _REFUSING:
        return _refused(status, lowered, " ".join(look.text.split())[:80])
    if look.links >= 25:
        return None
    return _walled(status, lowered, look, text, silent=silent)


def _walled(
    status: int, headers: Mapping[str, str], look: _Look, text: str, *, silent: bool
) -> Block | None:
    """Walls and outages: a page of few words that says what it is."""
    words = f"{look.title} {look.text}"
    if _FIREWALL_WORDS.search(words) and look.links < 10 and len(look.text) < 800:
        return Block(
            "refused",
            "a firewall",
            f"a firewall page came instead of the page: {' '.join(words.split())[:80]!r}",
        )
    if (status >= 500 or _OUTAGE_WORDS.search(words)) and look.links < 10 and len(look.text) < 600:
        return Block("outage", "", f"the site is down: {' '.join(words.split())[:80]!r}")
    if silent and not headers.get("content-type", "text/html").strip():
        return Block("outage", "", "the answer has no content type and no text: the site is down")
    if look.password and _LOGIN_WORDS.search(words) and len(look.text) < 800:
        return Block("login", "", "a login page came instead of the page: it is for members")
    if silent and (look.empty_mount or (look.scripts and _NEEDS_SCRIPT.search(text))):
        where = f" (an empty {look.empty_mount})" if look.empty_mount else ""
        return Block("script", "", f"the page is made by a script in the browser{where}")
    if _CONSENT_WORDS.search(look.text[:600]) and look.links < 15 and len(look.text) < 900:
        return Block("consent", "", "a consent wall came instead of the page")
    if silent and status == 202:
        return Block("challenge", "", "status 202 without a page: a challenge by script")
    return None


def _empty(status: int, headers: Mapping[str, str]) -> Block:
    if status in _REFUSING:
        return _refused(status, headers, "")
    if status in _CHALLENGING:
        who = _named_by(headers)
        return Block("challenge", who, f"status {status} without a body: a challenge by script")
    return Block(
        "empty", "", f"the answer (status {status}) is empty: the site is down or hides its page"
    )


def _named_by(headers: Mapping[str, str]) -> str:
    """The product that an answer's headers name."""
    return next((w for w, name, said in _HEADERS if name in headers and said in headers[name]), "")


def _refused(status: int, headers: Mapping[str, str], shown: str) -> Block:
    said = f": {shown!r}" if shown else ""
    advice = _ASK if status != _TOO_MANY else f"come back {_when(headers.get('retry-after', ''))}"
    return Block("refused", "", f"the site refuses us with status {status}{said}", advice)


def _when(retry_after: str) -> str:
    """When a site asks to be asked again (RFC 9110, section 10.2.3): a number of seconds, or a date."""
    try:
        if retry_after.isdecimal():
            minutes = -(-int(retry_after) // 60)
            return f"in {minutes} min" if minutes < 120 else f"in {-(-minutes // 60)} h"
        return f"after {parsedate_to_datetime(retry_after):%Y-%m-%d %H:%M %Z}".strip()
    except (ValueError, TypeError, OverflowError):
        return "later, it has had too many requests"


def _look(text: str) -> _Look:
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    if root is None:
        return _Look("", "", 0, 0, password=False, empty_mount="")
    pieces: list[str] = []
    length = links = scripts = silent = 0
    password, mount = False, ""
    for event, node in etree.iterwalk(root, events=("start", "end")):
        tag = str(node.tag)
        if event == "end":
            silent -= tag in _SILENT
            said = node.tail
        else:
            silent += tag in _SILENT
            said = node.text
            links += tag == "a" and bool(node.get("href"))
            scripts += tag == "script"
            password = password or (tag == "input" and node.get("type") == "password")
            named = node.get("id") or ""
            if tag == "div" and named in _MOUNTS and len(node) == 0 and not (said or "").strip():
                mount = f"div#{named}"
        if said and not silent and length < 2 * _SOME and not said.isspace():
            said = " ".join(said.split())
            pieces.append(said)
            length += len(said)
            if length > 2 * _SOME and links >= 25:
                break  # there is something to read
    title = root.findtext(".//title") or ""
    return _Look(" ".join(title.split())[:200], " ".join(pieces), links, scripts, password, mount)

"""Links as an entry keeps them: absolute, ASCII, http(s), without keys that rotate."""

from __future__ import annotations

import mimetypes
import posixpath
import re
from urllib.parse import unquote, unquote_plus, urljoin, urlsplit, urlunsplit

from lxml import etree
from w3lib.url import safe_url_string

from csco_spider.items import Enclosure

_ROTATING = re.compile(
    r"(?:utm_\w+|click_?id|[gf]bclid|gclid|spm|scene|isappinstalled|share_?\w*|from_?source"
    r"|nsukey|chksm|pass_ticket|(?:php|j|asp)?_?sess(?:ion)?_?id|jsessionid|timestamp|_t)",
    re.IGNORECASE,
)
# WeChat: these four name an article, whatever else the link carries.
_WECHAT = frozenset({"__biz", "mid", "idx", "sn"})
_NUMBERS = re.compile(r"\d+")
_KEYED = re.compile("[?#;]")
_PATH_SESSION = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)
_ATTACHMENTS = frozenset(
    {
        *("pdf", "doc", "docx", "ppt", "pptx", "xls", "xlsx", "zip", "rar", "mp3", "mp4"),
        *("rtf", "odt", "7z", "hwp", "hwpx", "wps", "ofd"),  # what Korean and Chinese offices write
    }
)
_FILE = re.compile(rf"\.(?:{'|'.join(sorted(_ATTACHMENTS))})", re.IGNORECASE)
_ORIGIN = r"https?://[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z][a-z0-9]*(?:-[a-z0-9]+)*)+"
_SITE = re.compile(rf"({_ORIGIN})(?=[/?#]|$)")
_PLAIN = re.compile(rf"({_ORIGIN})?/(?![/.])(?:[\w~=.-]|/(?![/.]))*(?:\?[\w.~=&-]+)?", re.ASCII)
"""An address, or its path, that stands as it is written."""
_SPACE = re.compile(r"[\s\x00-\x20]+")
_NETLOC = re.compile(r"[\w.~!$&'()*+,;=:@%\[\]-]+", re.ASCII)


def absolute(href: str, base: str, *, fragment: bool = False) -> str:
    """``href`` against ``base`` as an ASCII http(s) address; "" for anything else.

    Never raises: a malformed or dangerous link (javascript:, data:) is no link.
    """
    if plain := _PLAIN.fullmatch(href):
        if plain[1]:
            return href
        if site := _SITE.match(base):
            return site[1] + href
    href = _SPACE.sub(lambda m: "" if "\n" in m[0] or "\r" in m[0] else " ", href).strip()
    href = href.encode("utf-8", "replace").decode("utf-8")
    if not href or (href.startswith("#") and not fragment):
        return ""
    try:
        parts = urlsplit(safe_url_string(urljoin(base, href)))
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            return ""
        _ = parts.port  # raises ValueError on a port that is no number
    except (ValueError, UnicodeError):
        return ""
    if not _NETLOC.fullmatch(parts.netloc):
        return ""
    if "/." in parts.path:  # urljoin leaves the dots of a link that is absolute already
        parts = parts._replace(path=urlsplit(urljoin(base, parts.path)).path)
    return urlunsplit(parts if fragment else parts._replace(fragment=""))


def base_of(root: etree._Element, url: str) -> str:
    """The address that a page's relative links mean: its ``<base href>``, where it sets one."""
    href = next((node.get("href") for node in root.iter("base") if node.get("href")), "")
    return (absolute(href or "", url) if href else "") or url


def link_around(node: etree._Element) -> etree._Element | None:
    """The link that an element is or stands in."""
    return next((one for one in (node, *node.iterancestors("a")) if one.tag == "a"), None)


def without_rotating_keys(url: str) -> str:
    """The same page without query keys that change at every visit; order and the rest are kept."""
    if url.startswith(("http://", "https://")) and not _KEYED.search(url):
        return url
    parts = urlsplit(url)
    wechat = parts.hostname == "mp.weixin.qq.com"
    kept = []
    for pair in parts.query.split("&"):  # never decoded: its bytes need not be UTF-8
        key = unquote_plus(pair.partition("=")[0])
        if key in _WECHAT if wechat else not _ROTATING.fullmatch(key):
            kept.append(pair)
    path = _PATH_SESSION.sub("", parts.path)
    return urlunsplit(parts._replace(path=path, query="&".join(kept), fragment=""))


Kind = tuple[str, str, str]


def kind_of(url: str) -> Kind:
    """What addresses of articles of one site share: host, folder, names of keys; of what stands at the
    site's root, as its every page may, the host alone."""
    parts = urlsplit(url)
    folder, _, name = parts.path.rstrip("/").rpartition("/")
    keys = "&".join(pair.partition("=")[0] for pair in parts.query.split("&"))
    return parts.netloc, _NUMBERS.sub("0", folder) + (name if parts.query else ""), keys


def moved(url: str, source: str, target: str) -> str:
    """``url`` with scheme and host of ``target`` if it stands on the host of ``source``."""
    parts, there, to = urlsplit(url), urlsplit(source), urlsplit(target)
    if parts.netloc.lower() != there.netloc.lower():
        return url
    return urlunsplit(parts._replace(scheme=to.scheme, netloc=to.netloc))


def attachment(url: str) -> Enclosure | None:
    """The enclosure a link is, judged by its file name; None for a page."""
    if not _FILE.search(url):
        return None
    try:
        name = posixpath.basename(unquote(urlsplit(url).path))
    except ValueError:
        return None
    if name.rpartition(".")[2].lower() not in _ATTACHMENTS or "." not in name:
        return None
    return Enclosure(url, mimetypes.guess_type(name)[0] or "application/octet-stream")

"""Who wrote an article: bylines in words, and what the page states of its authors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml import etree

from csco_spider.extract.html import one_line
from csco_spider.extract.metadata import Metadata
from csco_spider.extract.page import Line, Page
from csco_spider.items import fold

_FIELD = re.compile(
    r"(?:作者|\bauthors?|\bby)\s*[:：]\s*"
    r"([^\s:：|,，。]{2,40}+(?:(?-i: [A-Z])[\w.'-]*+(?!\s*[:：])){0,3})(?=[\s|]|,\s|$)",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"^\W{0,3}(?:(?:written|posted|reported|published|reviewed|story|text)\s+)?(?:by|von|par|por|di|autor(?:in|es)?\s*:"
    r"|text(?:e|o)?\s*:|authors?\s*:?)\s*[:：]?\s+(?-i:(?=[A-ZÀ-ÞА-Я]))",
    re.IGNORECASE,
)
_CHINESE = re.compile(
    r"(?:作者|文|撰文|记者|本报记者|通讯员|记者/|文/)\s*[:：/|]\s*([\u4e00-\u9fff·]{2,4}(?:[ 、,，/\u3000][\u4e00-\u9fff·]{2,4}){0,5})(?=[\s|)）】]|$)"
)
_REPORTER = re.compile(
    r"(?:记者|通讯员)\s*[:：]?\s*([\u4e00-\u9fff·]{2,4}(?:[ 、\u3000][\u4e00-\u9fff·]{2,3}){0,3})(?=\s|$|[)）】|])"
)
_PREFIX = re.compile(
    r"^\W*(?:(?:written|posted|reported|reviewed|story|text)\s+)?(?:by|von|par|por|autor(?:in|en)?|authors?|文|作者|记者)"
    r"\s*[:：/]?\s+",
    re.IGNORECASE,
)
_END = re.compile(
    r"\s*(?:[|•·/(（\[–—]|\s-\s|\d|\b(?:updated?|published|posted|on|in|at|am|um|uhr|senior|staff|editor|reporter"
    r"|correspondent|contributor|writer|for|is|last|min(?:utes?)?)\b).*$",
    re.IGNORECASE | re.DOTALL,
)
_SPLIT = re.compile(
    r"\s*(?:[;、；&]|,(?!\s*(?:jr|sr|md|phd|m\.d|ph\.d|mph|rn|dds|mba|ms|bs)\b)|\band\b|\bund\b|\by\b|\bet\b)\s*",
    re.I,
)
_DEGREES = re.compile(
    r"(?:,\s*(?:jr|sr|md|phd|m\.d|ph\.d|mph|rn|rd|dds|mba|ms|bs|cfa|cpa|esq|do|np|pa-c)\.?)+$", re.I
)
_NO_NAME = re.compile(
    r"https?:|www\.|@|^\d|admin|redaktion|editors?$|^staff\b|newsroom|^\W*$|^(?:by|von|the|author|unknown|none|null|guest)$"
    r"|浏览|来源|责任编辑|发布|时间",
    re.IGNORECASE,
)
_NAMES = {"author", "authors", "byline", "autor", "autoren", "writer", "contributor", "fn", "authorname"}
_WORD = re.compile(r"[A-Za-z]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


def field_authors(texts: Iterable[str], stop: re.Pattern[str]) -> list[str]:
    """Whom "作者:" and "By:" fields of date lines name."""
    return [name for text in texts for name in _FIELD.findall(text) if not stop.search(name)]


def find_authors(page: Page, metadata: Metadata, first: int, last: int) -> list[str]:
    """Authors by what the page states, else by the bylines between two of its lines or by marked names."""
    for sources in (("jsonld",), ("meta",)):
        stated = [one.text for one in metadata.authors if one.source in sources]
        if names := _clean(stated, metadata.site):
            return names
    if names := _clean(_marked(page, first, last), metadata.site):
        return names
    if names := _clean(_bylines(page.lines[first:last]), metadata.site):
        return names
    return _clean([one.text for one in metadata.authors if one.source == "organisation"], "")


def _clean(texts: Iterable[str], site: str) -> list[str]:
    found: dict[str, str] = {}
    for text in texts:
        for part in _SPLIT.split(one_line(text)[:300]):
            name = _DEGREES.sub("", _END.sub("", _PREFIX.sub("", part))).strip(" ,.:;|-–")
            key = fold(name)
            if not 2 <= len(name) <= 60 or _NO_NAME.search(name) or len(name.split()) > 6:
                continue
            if key != fold(site):
                found.setdefault(key, name)
    return list(found.values())[:12]


def _marked(page: Page, first: int, last: int) -> Iterator[str]:
    """Texts of elements whose names say author, in the article or right around it."""
    if not page.lines:
        return
    lines = page.lines[max(0, first) : last]
    if not lines:
        return
    start, end = lines[0].start, lines[-1].end
    for node in page.body.iter(
        "a", "span", "div", "p", "address", "li", "cite", "strong", "h3", "h4", "h5"
    ):
        at, until = page.spans[node]
        if at < start or at > end or until - at > 40:
            continue
        if _is_author(node):
            text = one_line("".join(node.itertext()))
            if 3 <= len(text) <= 80:
                yield text
                return


def _is_author(node: etree._Element) -> bool:
    if "author" in (node.get("rel") or "") or "author" in (node.get("itemprop") or ""):
        return True
    names = f"{node.get('class') or ''} {node.get('id') or ''}"
    if len(names) < 3 or len(names) > 200:
        return False
    return bool(_NAMES & {word.lower() for word in _WORD.findall(_HUMP.sub(" ", names))})


def _bylines(lines: list[Line]) -> Iterator[str]:
    for line in lines:
        text = line.text
        if len(text) > 200:
            continue
        if match := _CHINESE.search(text) or _REPORTER.search(text):
            yield from re.split(r"[ 、,，/\u3000]", match[1])
            return
        if len(text) < 120 and (match := _BYLINE.match(text)):
            yield text[match.end() :]
            return

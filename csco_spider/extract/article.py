"""An article page to its fields, whatever the tags: everything hangs on the line that dates it.

Societies print "PUBLISHED: 2022-02-11   2894 total views" or "发布时间:2019-11-05 浏览次数:33232次"
between title and body. The title stands before that line, the body between it and the footer, in
tables, divs or bare text alike. Boxes, asides, counters and previous/next lines are not body.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from lxml import etree

from csco_spider.extract.dates import DateOrder, DateRefused, find_dates, parse_date
from csco_spider.extract.html import (
    BLOCKS,
    clip,
    is_element,
    one_line,
    plain_text,
    sanitise,
    text_lines,
)
from csco_spider.extract.links import absolute, attachment
from csco_spider.items import Enclosure, When, fold

SUMMARY_LENGTH = 300
"""Characters of a summary: what readers show under a title."""

_LABEL = re.compile(
    r"^\W{0,4}(?:published(?:\s+(?:on|at|date|time))?|publish(?:ing)?\s+(?:date|time)|posted(?:\s+on)?"
    r"|release\s+date|发布时间|发布日期|发表时间|发表日期|发布于|发表于|發佈時間|發布日期|公開日|掲載日|등록일)\s*[:：]?\s*",
    re.IGNORECASE,
)
_WEAK_LABEL = re.compile(r"^\W{0,4}(?:date|日期|时间)\s*[:：]\s*", re.IGNORECASE)
_BYLINE = re.compile(r"来源|作者|浏览|阅读|点击|编辑|views?\b|\bby\b|author|source", re.IGNORECASE)
_COUNTER = re.compile(
    r"[\d,]+\s*total\s+views?(?:\s*,\s*[\d,]+\s*(?:views?\s*)?today)?"
    r"|(?:浏览|阅读|点击|访问)(?:次数|量|数)?\s*[:：]\s*[\d,]*\s*次?"
    r"|\b(?:views?|hits|reads)\s*[:：]\s*[\d,]+|^\s*[\d,]+\s+(?:views?|hits|reads)\s*$",
    re.IGNORECASE,
)
_META_LINE = re.compile(
    r"^(?:\W|来源\s*[:：]\s*\S{0,30}|作者\s*[:：]\s*\S{0,30}|(?:责任)?编辑\s*[:：]\s*\S{0,20}|分享到?|字体|[大中小]"
    r"|打印|关闭|share|print|weibo|wechat|facebook|twitter|\d+\s*today)*$",
    re.IGNORECASE,
)
_AUTHOR = re.compile(
    r"(?:作者|author|by)\s*[:：]\s*([^\s:：|]{2,40}(?: [A-Z][\w.'-]*){0,3})", re.IGNORECASE
)
_FOOTER = re.compile(
    r"copyright\s*(?:©|\(c\)|(?:19|20)\d\d)|^©|©\s*(?:19|20)\d\d|all\s+(?:copy)?rights?\s+reserved"
    r"|版权所有|公网安备|ICP\s*备\s*\d",
    re.IGNORECASE,
)
_NEIGHBOUR = re.compile(
    r"^\W*(?:上一[篇条页]|下一[篇条页]|前一篇|后一篇|(?:previous|prev|next)(?:\s+(?:article|news|post|page|story))?)"
    r"\s*(?:[:：»›>«‹<|]|$)",
    re.IGNORECASE,
)
_RELATED = re.compile(
    r"^\W*(?:相关(?:新闻|阅读|链接|文章|推荐)|推荐阅读|热点公告|related(?:\s+(?:news|articles?|links?|posts?|stories))?"
    r"|you may also like|more news|latest news|read more)\s*[:：]?\W*$",
    re.IGNORECASE,
)
_NOISE_TAGS = frozenset({"nav", "aside", "footer", "form", "menu", "dialog"})
_NOISE_ROLES = frozenset({"navigation", "complementary", "contentinfo", "search", "banner"})
_NOISE_WORDS = frozenset(
    [
        "box",
        "side",
        "sidebar",
        "aside",
        "related",
        "recommend",
        "recommended",
        "share",
        "social",
        "sns",
        "nav",
        "navbar",
        "menu",
        "pager",
        "pagination",
        "prev",
        "previous",
        "next",
        "prevnext",
        "breadcrumb",
        "breadcrumbs",
        "crumb",
        "crumbs",
        "position",
        "footer",
        "foot",
        "copyright",
        "comment",
        "comments",
        "widget",
        "advert",
        "ad",
        "ads",
        "banner",
        "toolbar",
        "tools",
        "hot",
        "rank",
        "search",
        "login",
        "qrcode",
        "infobox",
    ]
)
_WORD = re.compile(r"[A-Za-z]+")
_CONTAINERS = frozenset(
    {"div", "article", "section", "main", "body", "table", "tbody", "td", "center", "form", "html"}
)
_SITE_SEPARATOR = re.compile(r"\s*(?:[|｜_»›]|\s[-–—]\s)\s*")
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u3400-\u9fff\uf900-\ufaff]")),
)
_ENOUGH = 80  # characters after the date line by which an element is taken for the article's


@dataclass(slots=True)
class Article:
    """What a page says; a field it does not say is empty. ``problems`` name what was refused."""

    title: str = ""
    when: When | None = None
    content_html: str = ""
    summary: str = ""
    authors: list[str] = field(default_factory=list)
    language: str = ""
    image: str = ""
    enclosures: list[Enclosure] = field(default_factory=list)
    dated_line: bool = False
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Slot:
    """A piece of text in the tree: before an element's children or behind the element."""

    node: etree._Element
    tail: bool
    at: int

    def blank(self, text: str = "") -> None:
        if self.tail:
            self.node.tail = text
        else:
            self.node.text = text

    @property
    def holder(self) -> etree._Element:
        """The element in which the text stands."""
        parent = self.node.getparent() if self.tail else None
        return self.node if parent is None else parent


@dataclass(frozen=True, slots=True)
class _Line:
    """Text that a browser shows on one line (before wrapping)."""

    text: str
    slots: tuple[_Slot, ...]

    @property
    def start(self) -> int:
        return self.slots[0].at

    @property
    def end(self) -> int:
        return self.slots[-1].at


class _Page:
    """A private copy of a tree with its lines and the span of every element in document order."""

    def __init__(self, root: etree._Element) -> None:
        self.root = copy.deepcopy(root)
        etree.strip_elements(
            self.root, "script", "style", "noscript", "template", etree.Comment, with_tail=False
        )
        body = self.root if self.root.tag == "body" else self.root.find("body")
        self.body = self.root if body is None else body
        self.spans: dict[etree._Element, tuple[int, int]] = {}
        self.lines = list(self._read())

    def _read(self) -> Iterator[_Line]:
        at = 0
        starts: dict[etree._Element, int] = {}
        pending: list[_Slot] = []
        texts: list[str] = []

        def flush() -> Iterator[_Line]:
            text = one_line("".join(texts))
            if text:
                yield _Line(text, tuple(pending))
            pending.clear()
            texts.clear()

        def add(node: etree._Element, tail: bool) -> None:
            text = node.tail if tail else node.text
            if text:
                texts.append(text)
                if text.strip():
                    pending.append(_Slot(node, tail, at))

        for event, node in etree.iterwalk(self.body, events=("start", "end")):
            at += 1
            breaks = node.tag in BLOCKS or node.tag == "br"
            if event == "start":
                starts[node] = at
                if breaks:
                    yield from flush()
                add(node, tail=False)
            else:
                self.spans[node] = (starts[node], at)
                if node.tag in BLOCKS:
                    yield from flush()
                if node is not self.body:
                    add(node, tail=True)
        yield from flush()

    def holds(self, node: etree._Element, line: _Line) -> bool:
        start, end = self.spans[node]
        return (
            start <= line.start
            and line.end <= end
            and all(not (slot.tail and slot.node is node) for slot in line.slots)
        )


def _date_line(
    lines: list[_Line], zone: ZoneInfo, order: DateOrder | None, problems: list[str]
) -> tuple[int, int, When | None] | None:
    """First and last index of the lines that date the article, and the date."""
    for strong in (True, False):
        for index, line in enumerate(lines):
            label = (_LABEL if strong else _WEAK_LABEL).match(line.text)
            if not label or (not strong and not _BYLINE.search(line.text)):
                continue
            text, last = line.text[label.end() :], index
            while not text.strip(" :：") and last + 1 < len(lines) and last < index + 2:
                last += 1  # the label stands in a cell of its own
                text = lines[last].text
            found = next(find_dates(text[:120], zone=zone, order=order, origin="article"), None)
            if found is None or found.start > 24:
                continue
            if found.when is None:
                problems.append(f"date {text[:60]!r} refused: {found.refusal}")
            return index, last, found.when
    return None


def _remainder(text: str, zone: ZoneInfo) -> str:
    """What follows the date on its own line once counters and byline words are gone."""
    label = _LABEL.match(text) or _WEAK_LABEL.match(text)
    rest = text[label.end() :] if label else text
    found = next(find_dates(rest[:120], zone=zone), None)
    rest = rest[found.end :] if found else rest
    while match := _COUNTER.search(rest[:60]):
        rest = rest[match.end() :]
    return "" if _META_LINE.match(rest) or len(rest) < 40 else rest.strip()


def _without_site(title: str) -> str:
    """A document title without the society's name behind the last separator."""
    head, *tail = _SITE_SEPARATOR.split(title)
    return head if tail and len(head) >= 8 else title


def _title(page: _Page, line: _Line | None, listed: str) -> str:
    """The title from the page, checked against the listing's and the document's own."""
    document = one_line("".join(page.root.xpath("string(//title)")))  # type: ignore[arg-type]
    og = page.root.xpath("string(//meta[@property='og:title']/@content)")
    before = len(page.lines) if line is None else page.lines.index(line)
    headings = [
        node
        for node in page.body.iter("h1", "h2", "h3", "h4")
        if line is None or page.spans[node][0] < line.start
    ]
    if line is None:
        headings = headings[:1]
    near = [one_line(" ".join(text_lines(node))) for node in reversed(headings[-3:])]
    if line is not None:
        near += [candidate.text for candidate in reversed(page.lines[max(0, before - 5) : before])]
        behind = [n for n in page.body.iter("h1", "h2") if page.spans[n][0] > line.start]
        near += [one_line(" ".join(text_lines(node))) for node in behind[:1]]
    near = [text for text in near if len(text) >= 4 or text == listed]
    listed_key = fold(listed.rstrip(".… "))
    truncated = listed.rstrip().endswith(("…", "..."))
    for text in near:
        key = fold(text)
        if listed_key and (key == listed_key or (truncated and key.startswith(listed_key))):
            return text
    witnesses = [fold(one_line(str(og))), fold(document)]
    for text in near:
        if len(fold(text)) >= 4 and any(witness.startswith(fold(text)) for witness in witnesses):
            return text
    if headings and near:
        return near[0]
    if listed and not truncated:
        return listed
    if line is not None and near:
        return near[0]
    return one_line(str(og)) or _without_site(document) or listed


def _hinted_noise(node: etree._Element) -> bool:
    if node.tag in _NOISE_TAGS or (node.get("role") or "").lower() in _NOISE_ROLES:
        return True
    names = f"{node.get('class') or ''} {node.get('id') or ''}"
    words = {word.lower() for word in _WORD.findall(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", names))}
    return bool(words & _NOISE_WORDS)


class _Body:
    """The part of a page between the date line and the footer, noise taken out."""

    def __init__(self, page: _Page, last: int) -> None:
        self.page = page
        footer = next(
            (i for i in range(last + 1, len(page.lines)) if _FOOTER.search(page.lines[i].text)),
            len(page.lines),
        )
        self.start = page.lines[last].end if last >= 0 else 0
        self.anchor = page.lines[last].slots[-1].holder if last >= 0 else page.body
        self.lines = page.lines[last + 1 : footer]
        self.end = page.lines[footer].start if footer < len(page.lines) else page.spans[page.body][1] + 1
        self.noise = self._noise()
        self.kept = [line for line in self._without_small_talk() if not self._in_noise(line)]

    def _noise(self) -> list[etree._Element]:
        total = sum(len(line.text) for line in self.lines) or 1
        found: list[etree._Element] = []
        for node in self.page.body.iter():
            start = self.page.spans[node][0]
            if start < self.start or start > self.end or node.tag == "body":
                continue
            if _hinted_noise(node):
                inside = sum(len(line.text) for line in self.lines if self.page.holds(node, line))
                if node.tag in _NOISE_TAGS - {"form"} or inside * 2 < total:
                    found.append(node)
        return found

    def _in_noise(self, line: _Line) -> bool:
        return any(self.page.holds(node, line) for node in self.noise)

    def _without_small_talk(self) -> Iterator[_Line]:
        related = False
        for index, line in enumerate(self.lines):
            links = "".join(
                "".join(map(str, a.itertext()))
                for a in {self._link(slot) for slot in line.slots}
                if a is not None
            )
            all_link = len(one_line(links)) >= 0.9 * len(line.text)
            if _NEIGHBOUR.match(line.text) and len(line.text) < 200:
                continue
            if _RELATED.match(line.text):
                related = True
                continue
            if related and all_link:
                continue
            related = False
            if index < 4 and (_META_LINE.match(_COUNTER.sub("", line.text))):
                continue
            if _COUNTER.search(line.text) and _META_LINE.match(_COUNTER.sub("", line.text)):
                continue
            yield line

    @staticmethod
    def _link(slot: _Slot) -> etree._Element | None:
        node: etree._Element | None = slot.holder
        while node is not None and node.tag not in BLOCKS:
            if node.tag == "a":
                return node
            node = node.getparent()
        return None

    def _media(self, node: etree._Element) -> bool:
        return any(
            self.start <= self.page.spans[found][0] < self.end
            and not any(n in self.noise for n in (found, *found.iterancestors()))
            for found in node.iter("img", "video", "audio", "source")
        )

    def container(self) -> etree._Element:
        """The smallest element that holds the article's text behind its date line."""
        ancestors = [self.anchor, *self.anchor.iterancestors()]
        for least in (_ENOUGH, 1):
            for node in ancestors:
                if node.tag not in _CONTAINERS or node not in self.page.spans:
                    continue
                after = sum(len(line.text) for line in self.kept if self.page.holds(node, line))
                if after >= least or (least == 1 and self._media(node)):
                    return self._with_siblings(node)
        return self.page.body

    def _with_siblings(self, node: etree._Element) -> etree._Element:
        """The parent instead, when text goes on in siblings of the same kind."""
        parent = node.getparent()
        if node.tag in {"td", "body", "html"} or parent is None or parent not in self.page.spans:
            return node
        for sibling in node.itersiblings():
            same = sibling.tag == node.tag and sibling.get("class") == node.get("class")
            if (same or sibling.tag in {"p", "ul", "ol", "blockquote", "figure"}) and any(
                self.page.holds(sibling, line) for line in self.kept
            ):
                return parent
        return node

    def prune(self) -> etree._Element:
        """Cut everything but the body out of the container and return it."""
        container = self.container()
        keep = {id(slot.node): set[bool]() for line in self.kept for slot in line.slots}
        for line in self.kept:
            for slot in line.slots:
                keep[id(slot.node)].add(slot.tail)
        for node in list(container.iter()):
            kept = keep.get(id(node), set())
            if node.text and node.text.strip() and False not in kept:
                node.text = ""
            if node is not container and node.tail and node.tail.strip() and True not in kept:
                node.tail = " "
        for node in list(container.iter("img", "video", "audio", "picture", "source", "hr")):
            if not self.start <= self.page.spans[node][0] < self.end:
                _remove(node)
        for node in self.noise:
            if node is not container and container in node.iterancestors():
                _remove(node)
        return container


def _remove(node: etree._Element) -> None:
    """Take an element out and leave the text behind it."""
    parent = node.getparent()
    if parent is None:
        return
    if node.tail:
        previous = node.getprevious()
        if previous is not None:
            previous.tail = (previous.tail or "") + node.tail
        else:
            parent.text = (parent.text or "") + node.tail
    parent.remove(node)


def language_of(text: str, default: str) -> str:
    """The language by script: CJK where a fifth of the letters are, else ``default`` if Latin."""
    letters = sum(char.isalpha() for char in text) or 1
    for language, script in _SCRIPTS:
        share = len(script.findall(text)) / letters
        if share > (0.05 if language == "ja" else 0.2):
            return language
    return "en" if default in {"zh", "ja", "ko"} and letters > 40 else default


def _meta_date(page: _Page, zone: ZoneInfo, problems: list[str]) -> When | None:
    values = page.root.xpath(
        "//meta[@property='article:published_time' or @itemprop='datePublished' or @name='pubdate'"
        " or @name='PubDate' or @name='publishdate']/@content | //time[@pubdate]/@datetime"
        " | //*[@itemprop='datePublished']/@datetime"
    )
    for value in values if isinstance(values, list) else []:
        try:
            return parse_date(str(value), zone=zone, origin="meta")
        except DateRefused as refusal:
            problems.append(f"meta date refused: {refusal}")
    return None


def read_article(
    root: etree._Element,
    *,
    url: str,
    zone: ZoneInfo,
    order: DateOrder | None = None,
    listed_title: str = "",
    language: str = "",
    move: Callable[[str], str] = lambda url: url,
) -> Article:
    """Title, date, body and files of an article page (a parsed tree, left as it is).

    ``url`` is the page's public address, ``zone`` the society's, ``listed_title`` what the listing
    called it; ``move`` maps addresses to public ones. Raises nothing on bad markup: what can't be
    read stays empty, what is refused is named in ``problems``.
    """
    article = Article()
    page = _Page(root)
    dated = _date_line(page.lines, zone, order, article.problems)
    line = page.lines[dated[0]] if dated else None
    if dated:
        article.dated_line = True
        article.when = dated[2]
        byline = " ".join(one.text for one in page.lines[dated[0] : dated[1] + 3])[:300]
        article.authors = [name for name in _AUTHOR.findall(byline) if not _BYLINE.search(name)]
    else:
        article.when = _meta_date(page, zone, article.problems)
    article.title = _title(page, line, listed_title)
    last = dated[1] if dated else _title_line(page, article.title)
    lead = _remainder(page.lines[last].text, zone) if dated else ""
    body = _Body(page, last)
    content = body.prune()
    article.content_html = sanitise(content, url, move)
    if lead:  # body text glued to the date line
        article.content_html = sanitise(f"<p>{_escaped(lead)}</p>{article.content_html}", url, move)
    _fill_from_content(article, url, language)
    return article


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _title_line(page: _Page, title: str) -> int:
    """Index of the line that is the title, -1 when none is."""
    key = fold(title)
    return next((i for i, line in enumerate(page.lines) if fold(line.text) == key), -1)


def _fill_from_content(article: Article, url: str, language: str) -> None:
    """Summary, language, image and enclosures, all read from the clean body."""
    text = plain_text(article.content_html)
    article.summary = clip(" ".join(text.split()), SUMMARY_LENGTH)
    article.language = language_of(f"{article.title} {text[:2000]}", language)
    seen: set[str] = set()
    if not article.content_html:
        return
    tree = etree.HTML(f"<div>{article.content_html}</div>", etree.HTMLParser(encoding="utf-8"))
    if tree is None:
        return
    for node in tree.iter("a", "img"):
        if not is_element(node):
            continue
        if node.tag == "img" and not article.image:
            article.image = node.get("src") or ""
        link = absolute(node.get("href") or "", url)
        enclosure = attachment(link) if link else None
        if enclosure and enclosure.url not in seen:
            seen.add(enclosure.url)
            article.enclosures.append(enclosure)

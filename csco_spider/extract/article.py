"""An article page to its fields, whatever the tags: everything hangs on the line that dates it.

Societies print "PUBLISHED: 2022-02-11   2894 total views" or "发布时间:2019-11-05 浏览次数:33232次"
between title and body. The title stands before that line, the body between it and the footer, in
tables, divs or bare text alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from lxml import etree

from csco_spider.extract.body import Body, behind_byline
from csco_spider.extract.dates import DateOrder, DateRefused, find_dates, parse_date
from csco_spider.extract.html import clip, is_element, one_line, plain_text, sanitise, text_lines
from csco_spider.extract.links import absolute, attachment
from csco_spider.extract.page import Line, Page
from csco_spider.items import Enclosure, When, fold

SUMMARY_LENGTH = 300
"""Characters of a summary: what readers show under a title."""

_LABEL = re.compile(
    r"^\W{0,4}(?:published(?:\s+(?:on|at|date|time))?|publish(?:ing)?\s+(?:date|time)|posted(?:\s+on)?"
    r"|release\s+date|发布时间|发布日期|发表时间|发表日期|发布于|发表于|發佈時間|發布日期|公開日|掲載日|등록일)\s*[:：]?\s*",
    re.IGNORECASE,
)
_WEAK_LABEL = re.compile(r"^\W{0,4}(?:date|日期|时间)\s*[:：]\s*", re.IGNORECASE)
_BYLINE = re.compile(
    r"来源|作者|浏览|阅读|点击|编辑|views?\b|[|·/]\s*by\b|\bby\s*[:：]|author|source", re.IGNORECASE
)
_AUTHOR = re.compile(
    r"(?:作者|\bauthors?|\bby)\s*[:：]\s*"
    r"([^\s:：|,，。]{2,40}+(?:(?-i: [A-Z])[\w.'-]*+(?!\s*[:：])){0,3})(?=[\s|]|,\s|$)",
    re.IGNORECASE,
)
_SITE_SEPARATOR = re.compile(r"\s*(?:[|｜_»›]|\s[-–—]\s)\s*")
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u3400-\u9fff\uf900-\ufaff]")),
)


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


def _date_line(
    lines: list[Line], zone: ZoneInfo, order: DateOrder | None, problems: list[str]
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


def _bare_date(
    lines: list[Line], titled: int, zone: ZoneInfo, order: DateOrder | None
) -> tuple[int, When] | None:
    """A line right below the title that is a date and nothing else: its index, and the date."""
    for index, line in enumerate(lines[titled + 1 : titled + 4], start=titled + 1):
        text = line.text.strip(" []()（）【】|·")
        found = list(find_dates(text, zone=zone, order=order, origin="article"))
        if len(found) == 1 and found[0].when and (found[0].start, found[0].end) == (0, len(text)):
            return index, found[0].when
    return None


def _remainder(text: str, zone: ZoneInfo) -> str:
    """What follows the date on its own line once counters and byline words are gone."""
    label = _LABEL.match(text) or _WEAK_LABEL.match(text)
    rest = text[label.end() :] if label else text
    found = next(find_dates(rest[:120], zone=zone), None)
    return behind_byline(rest[found.end :] if found else rest)


def _authors(lines: list[Line], lead: str) -> list[str]:
    """Who the date line and the byline fields right below it name as authors."""
    bylines = [lines[0].text.removesuffix(lead)]
    for line in lines[1:6]:
        start = _BYLINE.search(line.text)
        if not start or re.search(r"[^\W\d]", line.text[: start.start()]):
            break
        bylines.append(line.text[:200])
    return [name for text in bylines for name in _AUTHOR.findall(text) if not _BYLINE.search(name)]


def _without_site(title: str) -> str:
    """A document title without the society's name: behind the last separator, or, where columns
    are strung together (title_column_site), behind the first underscore."""
    marks = list(_SITE_SEPARATOR.finditer(title))
    mark = next((mark for mark in marks if "_" in mark[0]), marks[-1] if marks else None)
    return title[: mark.start()] if mark and mark.start() >= 8 else title


def _names_site(page: Page, line: Line | None, listed: str) -> Callable[[str], bool]:
    """A test for texts that name the site or a column: they stand in the footer too, or, where the
    listing gives a title, they are links above the date line."""
    above = -1 if line is None else page.lines.index(line)
    footer = fold(" ".join(one.text for one in page.lines[page.footer(above) :][:3]))
    links = {
        fold(one_line(" ".join(text_lines(link))))
        for link in page.body.iter("a")
        if listed and (line is None or page.spans[link][0] < line.start)
    }
    return lambda text: fold(text) in footer or fold(text) in links


def _title(page: Page, line: Line | None, listed: str) -> str:
    """The title from the page, checked against the listing's and the document's own."""
    document = one_line("".join(page.root.xpath("string(//title)")))  # type: ignore[arg-type]
    og = one_line("".join(page.root.xpath("string(//meta[@property='og:title']/@content)")))  # type: ignore[arg-type]
    nodes = [
        node
        for node in page.body.iter("h1", "h2", "h3", "h4")
        if line is None or page.spans[node][0] < line.start
    ]
    nodes = nodes[:1] if line is None else nodes[-3:]
    headings = [one_line(" ".join(text_lines(node))) for node in reversed(nodes)]
    others = []
    if line is not None:
        before = page.lines.index(line)
        others = [candidate.text for candidate in reversed(page.lines[max(0, before - 5) : before])]
        behind = [n for n in page.body.iter("h1", "h2") if page.spans[n][0] > line.start]
        others += [one_line(" ".join(text_lines(node))) for node in behind[:1]]
    listed_key = fold(listed.rstrip(".… "))
    truncated = listed.rstrip().endswith(("…", "..."))
    for text in (*headings, *others):
        key = fold(text)
        if listed_key and (key == listed_key or (truncated and key.startswith(listed_key))):
            return text
    names_site = _names_site(page, line, listed)
    headings, others = (
        [text for text in texts if len(text) >= 4 and not names_site(text)]
        for texts in (headings, others)
    )
    witnesses = [fold(og), fold(document)]
    for text in (*headings, *others):
        if len(fold(text)) >= 4 and any(witness.startswith(fold(text)) for witness in witnesses):
            return text
    if headings:
        return headings[0]
    if listed and not truncated:
        return listed
    return next(iter(others), "") or og or _without_site(document) or listed


def language_of(text: str, default: str) -> str:
    """The language by script: CJK where a fifth of the letters are, else ``default`` if Latin."""
    letters = sum(char.isalpha() for char in text) or 1
    for language, script in _SCRIPTS:
        share = len(script.findall(text)) / letters
        if share > (0.05 if language == "ja" else 0.2):
            return language
    return "en" if default in {"zh", "ja", "ko"} and letters > 40 else default


def _meta_date(page: Page, zone: ZoneInfo, problems: list[str]) -> When | None:
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
    page = Page(root)
    dated = _date_line(page.lines, zone, order, article.problems)
    line = page.lines[dated[0]] if dated else None
    article.title = _title(page, line, listed_title)
    titled = _title_line(page, article.title)
    last, lead = titled, ""
    if dated:
        last = dated[1]
        lead = _remainder(page.lines[last].text, zone)
        article.dated_line, article.when = True, dated[2]
        article.authors = _authors(page.lines[dated[0] :], lead)
    else:
        article.when = _meta_date(page, zone, article.problems)
        if titled >= 0 and (bare := _bare_date(page.lines, titled, zone, order)):
            last, when = bare
            article.when = article.when or when
    body = Body(page, last, lead, page.lines[titled] if titled >= 0 else None)
    article.content_html = sanitise(body.prune(), url, move)
    _fill_from_content(article, url, language)
    return article


def _title_line(page: Page, title: str) -> int:
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

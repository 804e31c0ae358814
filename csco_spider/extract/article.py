"""An article page to its fields, whatever the tags and whoever built the site.

Where a labelled line dates the page ("PUBLISHED: 2022-02-11 2894 total views", "发布时间:2019-11-05
浏览次数:33232次"), everything hangs on it: the title stands before it, the body between it and the
footer, in tables, divs or bare text alike. Elsewhere the body is the element whose lines are worth
most, the title the heading that the page's words for machines confirm, the date what it states and
shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from lxml import etree

from csco_spider.extract.authors import BYLINE, field_authors, find_authors, only_names
from csco_spider.extract.body import DATE_MARKS, Body, behind_byline, fields_around, prune
from csco_spider.extract.dates import DateOrder
from csco_spider.extract.density import (
    Part,
    captioned,
    find_article,
    names_cells,
    without_links_at_end,
)
from csco_spider.extract.html import clip, one_line, sanitise, text_pieces, width
from csco_spider.extract.language import language_of
from csco_spider.extract.links import absolute, attachment, base_of
from csco_spider.extract.metadata import Metadata, read_metadata
from csco_spider.extract.noise import is_small_talk, leads_on
from csco_spider.extract.page import Line, Page
from csco_spider.extract.published import DateLine, PublishDates
from csco_spider.extract.title import Titles
from csco_spider.items import Enclosure, When, fold

SUMMARY_LENGTH = 300
"""Characters of a summary: what readers show under a title."""
_ENOUGH = 400.0
"""Worth of an element that outweighs a date line in another one."""
_OPENING = 6
"""Lines of a text that may be its title, date line and byline."""
_PARAGRAPH = 50
"""Width of a line from which on a text has begun."""
_LINKS = 0.3
"""The share of a line in links from which on it is none."""
_MUCH = 0.35
"""The share of a text that is left without its boxes, at least."""
_MOST, _PROSE = 0.6, 80
"""The share of a text that a date line below it stands behind; the width of a line that is no title."""
_NO_PICTURE = re.compile(r"logo|placeholder|default|blank|spacer|pixel|avatar|icon", re.IGNORECASE)


@dataclass(slots=True)
class Article:
    """What a page says; a field it does not say is empty. ``problems`` name what was refused.

    ``when`` is the publish date, ``updated`` the last change where the page states one; ``text`` is the
    body's running text without captions. ``sources`` say where each field was read: a field's name to
    "label" (a labelled date line), "json-ld", "meta", "microdata", "shown", "time", "url", "listing" ...
    """

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
    updated: When | None = None
    text: str = ""
    sources: dict[str, str] = field(default_factory=dict)


def read_article(
    root: etree._Element,
    *,
    url: str,
    zone: ZoneInfo | None,
    order: DateOrder | None = None,
    listed_title: str = "",
    language: str = "",
    move: Callable[[str], str] = lambda url: url,
    now: datetime | None = None,
) -> Article:
    """Title, dates, authors, language, image, body and files of an article page.

    ``root`` is the parsed page, left as it is; ``url`` its public address, ``zone`` the society's
    (None: unknown, instants keep the offset they are written with), ``listed_title`` what the
    listing called it, ``language`` the society's; ``move`` maps addresses to public ones; ``now``
    is the page's own clock, without which "3天前" is no date. Raises nothing on bad markup: what
    can't be read stays empty, what is refused is named in ``problems``.
    """
    article, metadata, page = Article(), read_metadata(root), Page(root)
    dates = PublishDates(page, metadata, url=url, zone=zone, order=order, now=now)
    part = find_article(page, metadata.description)
    begin = page.lines.index(part.lines[0]) if part and part.lines else 0
    dated = _above_comments(dates.labelled(begin), dates, page, part)
    line = page.lines[dated.first] if dated else None
    near = range(max(0, begin - 3), min(len(page.lines), begin + _OPENING)) if line is None else ()
    bare = next((index for index in near if dates.line_dates.day_of_dateline(page.lines[index])), -1)
    titles = Titles(page, metadata, line, listed_title, url=url, dated=bare)
    article.title, article.sources["title"] = titles.find()
    place = _Place(page, part, _title_line(page, article.title, part))
    lead = behind_byline(dated.behind) if dated else ""
    if dated and dated.when:
        article.when, article.sources["when"] = dated.when, "label"
        article.authors = field_authors(_bylines(page.lines[dated.first :], lead))
        article.sources["authors"] = "label"
    elif not dated:
        article.when, article.sources["when"] = _undated(dates, place)
    article.dated_line = dated is not None
    article.updated = dates.changed()
    article.problems = list(dict.fromkeys(dates.problems))
    if page.lost:
        article.problems.append(f"{page.lost} characters could not be decoded")
    if not article.authors:
        article.authors, article.sources["authors"] = find_authors(
            page,
            metadata,
            first=place.above(6),
            last=place.last + 6,
            titled=place.titled,
            begin=place.begin,
        )
    part = _below(place, dated, lead) if dated else place.part
    base = base_of(root, url)
    if part:
        article.sources["body"] = "shown" if part is place.part else "label"
        part.lines = without_links_at_end(_without_heading(page, part.lines, article, dates))
        _read_body(article, page, part, base, move)
    if image := _lead_image(metadata, base, move):
        article.image, article.sources["image"] = image
    article.summary = clip(article.text[: 2 * SUMMARY_LENGTH].replace("\n", " "), SUMMARY_LENGTH)
    article.language = language_of(f"{article.title} {article.text[:2000]}", language, metadata.language)
    said = {"title": article.title, "when": article.when, "authors": article.authors}
    article.sources = {name: source for name, source in article.sources.items() if said.get(name, True)}
    return article


def _without_heading(page: Page, lines: list[Line], article: Article, dates: PublishDates) -> list[Line]:
    """Lines of a text without its title, date line and byline among the first, and what stands over the
    title; a day or a heading below a paragraph is the text's own, or signs it."""
    titled = [index for index, line in enumerate(lines[:_OPENING]) if line.text == article.title][:1]
    over = lines[: titled[0]] if titled else []  # its section, the day
    if any(map(_begins_text, over)):
        over = []  # the text says its title again
    kept: list[Line] = []
    fields: set[Line] = set()
    for line in lines[len(over) : _OPENING]:
        begun = any(map(_begins_text, kept))
        day = None if begun else dates.line_dates.day_of_dateline(line)
        own = article.when is not None and day == article.when.day
        titles = line.text == article.title and (not begun or _in_heading(line))
        of_page = own or dates.line_dates.says_update(line) or only_names(line.text, article.authors)
        boxed = not kept and DATE_MARKS.fullmatch(line.text)  # a day in pieces, a counter
        if not (titles or of_page or boxed):
            kept.append(line)
        fields |= fields_around(page, line) if own else set()
    return [line for line in kept + lines[_OPENING:] if line not in fields]


def _begins_text(line: Line) -> bool:
    """Is a line a paragraph, and no row of links?"""
    return width(line.text) >= _PARAGRAPH and line.linked < _LINKS * len(line.text)


def _above_comments(
    dated: DateLine | None, dates: PublishDates, page: Page, part: Part | None
) -> DateLine | None:
    """A labelled date line, unless it stands in or behind an article that has a date above: that of a
    comment or of what the article quotes."""
    if not dated or not part or not part.lines or dated.when is None:
        return dated
    begin = page.lines.index(part.lines[0])
    end = min(page.lines.index(part.lines[-1]), begin + 3)  # further on, other lines may have labels too
    shown = dates.beside("", -1, begin, end) if dated.first >= begin + 3 else None
    behind = page.lines[dated.first].start > part.end
    return None if shown and (behind or shown.day != dated.when.day) else dated


@dataclass(slots=True)
class _Place:
    """Where an article stands on its page: ``titled`` is the index of the title's line or -1, ``begin``
    and ``last`` are those of the body's."""

    page: Page
    part: Part | None
    titled: int
    begin: int = field(init=False)
    last: int = field(init=False)

    def __post_init__(self) -> None:
        lines = self.part.lines if self.part else []
        self.begin = self.page.lines.index(lines[0]) if lines else 0
        self.last = self.page.lines.index(lines[-1]) if lines else self.begin

    def above(self, count: int) -> int:
        """The index of a line so far above title and body."""
        return max(0, min(self.titled if self.titled >= 0 else self.begin, self.begin) - count)


def _undated(dates: PublishDates, place: _Place) -> tuple[When | None, str]:
    """The publish date of a page without a labelled date line and its source, in the order that
    measurement gave."""
    page, titled, begin, last = place.page, place.titled, place.begin, place.last
    title = page.lines[titled].text if titled >= 0 else ""
    start = page.lines[place.above(8)].start if page.lines else 0
    end = place.part.end if place.part else start
    tries: tuple[tuple[str, Callable[[], When | None]], ...] = (
        ("shown", lambda: dates.local(title, titled, begin, last)),
        ("json-ld", lambda: dates.stated("json-ld", shown=True)),
        ("meta", lambda: dates.stated("meta", shown=True)),
        ("page", lambda: dates.stated("page", shown=True)),
        ("meta", lambda: dates.stated("issued", shown=True)),
        ("url", lambda: dates.in_url(shown=True)),
        ("microdata", lambda: dates.first(dates.stated("microdata", shown=True))),
        ("json-ld", dates.agreed),
        ("url", dates.in_url),
        ("shown", lambda: dates.first(dates.beside(title, titled, begin, last))),
        ("time", lambda: dates.first(dates.timed(start, end))),
        ("shown", lambda: dates.first(dates.boxed(titled))),
        ("meta", lambda: dates.stated("meta")),
        ("json-ld", lambda: dates.stated("json-ld")),
        ("microdata", lambda: dates.stated("microdata")),
        ("page", lambda: dates.stated("page") if dates.metadata.kind.startswith("article") else None),
        ("meta", lambda: dates.stated("loose", shown=True)),
        ("opening", lambda: dates.opening(min(titled + 1, begin) if titled >= 0 else begin, begin)),
        ("footnote", lambda: dates.footnote(title)),
        ("alone", lambda: dates.alone(begin)),
        ("script", lambda: dates.stated("script")),
        ("update", lambda: dates.beside(title, titled, begin, last, updates=True)),
        ("update", dates.edited),
    )
    return next(((when, source) for source, find in tries if (when := find())), (None, ""))


def _bylines(lines: list[Line], lead: str) -> list[str]:
    """The date line and the byline fields right below it."""
    bylines = [lines[0].text.removesuffix(lead)]
    for line in lines[1:6]:
        start = BYLINE.search(line.text)
        if not start or re.search(r"[^\W\d]", line.text[: start.start()]):
            break
        bylines.append(line.text[:200])
    return bylines


def _title_line(page: Page, title: str, part: Part | None) -> int:
    """Index of the line that is the title, -1 when none is; of several the heading, else the one next
    above the body."""
    same = [index for index, line in enumerate(page.lines) if line.text == title]
    if same:
        headings = [index for index in same if _in_heading(page.lines[index])]
        begin = part.lines[0].start if part and part.lines else 0
        return max((i for i in headings or same if page.lines[i].start <= begin), default=same[0])
    key, least, most = fold(title), len(title) * 0.7, len(title) * 1.4 + 10
    alike = ((i, line.text) for i, line in enumerate(page.lines) if least <= len(line.text) <= most)
    found = next((index for index, text in islice(alike, 100) if fold(text) == key), -1)
    if found < 0 and key:  # a heading that holds more than the title
        longer = (i for i, line in enumerate(page.lines) if title in line.text and _in_heading(line))
        found = next(longer, -1)
    return found


def _in_heading(line: Line) -> bool:
    return any(node.tag == "h1" for node in line.holders(2))


def _below(place: _Place, dated: DateLine, lead: str) -> Part:
    """The body below a date line, unless another element is worth much more."""
    page = place.page
    body = Body(page, dated.last, lead, page.lines[place.titled] if place.titled >= 0 else None)
    container = body.container()
    kept = list(page.inside(container, body.kept))
    part, line = place.part, page.lines[dated.first]
    kept = _without_noise(page, kept, part)
    if part and part.worth >= _ENOUGH and not _agree(kept, part.lines):
        return part
    if part and _stands_below(page, dated, part):
        part.lines = [one for one in part.lines if one is not line]
        return part
    return Part(container, kept, body.noise, body.start, body.end, 0.0)


def _without_noise(page: Page, lines: list[Line], part: Part | None) -> list[Line]:
    """Lines without those in boxes of the part that is worth most, unless that is much of them."""
    noisy = {line for node in part.noise for line in page.inside(node, lines)} if part else set()
    kept = [
        line
        for line in lines
        if line not in noisy
        and not leads_on(line.text, line.linked)
        and not (is_small_talk(line.text) and not names_cells(line))
    ]
    most = sum(len(line.text) for line in lines)
    return kept if sum(len(line.text) for line in kept) >= _MUCH * most else lines


def _stands_below(page: Page, dated: DateLine, part: Part) -> bool:
    """Does a date line stand behind most of what is worth most, prose and not only the title?"""
    line = page.lines[dated.first]
    above = [one for one in part.lines if one.start < line.start]
    total = sum(len(one.text) for one in part.lines if one is not line)
    said = sum(len(one.text) for one in above)
    return said > _MOST * total and any(width(one.text) >= _PROSE for one in above)


def _read_body(article: Article, page: Page, part: Part, url: str, move: Callable[[str], str]) -> None:
    """Body, text, image and files of a part of the page."""
    container = prune(page, part)
    article.content_html = sanitise(container, url, move)
    article.text = "\n".join(line.text for line in part.lines if not captioned(line))
    seen: set[str] = set()
    for node in container.iter("a", "img") if article.content_html else ():
        if node.tag == "img" and not article.image and node.get("src"):
            article.image, article.sources["image"] = node.get("src") or "", "shown"
        href = node.get("href") or ""
        named = attachment(href) or attachment(_file_name(node))
        link = absolute(href, url) if named else ""
        enclosure = (attachment(link) or Enclosure(link, named.type)) if link and named else None
        if enclosure and enclosure.url not in seen:
            seen.add(enclosure.url)
            article.enclosures.append(enclosure)


def _file_name(link: etree._Element) -> str:
    """What a link calls the file that it leads to, where its address does not."""
    name = link.get("download") or one_line("".join(islice(text_pieces(link), 10)))
    return name if len(name) <= 200 and link.get("href") else ""


def _agree(kept: list[Line], lines: list[Line]) -> bool:
    """Do the lines below a date line hold at least half of the text that is worth most?"""
    held = set(kept)
    return 2 * sum(len(line.text) for line in lines if line in held) >= sum(
        len(line.text) for line in lines
    )


def _lead_image(metadata: Metadata, url: str, move: Callable[[str], str]) -> tuple[str, str] | None:
    """The picture that a page shows for itself where it is shared, unless it is the site's."""
    for image in metadata.images:
        link = absolute(image.text, url)
        if link and not _NO_PICTURE.search(link.rpartition("/")[2]):
            return move(link), image.source
    return None

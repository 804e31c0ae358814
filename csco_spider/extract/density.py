"""The article's element by what its lines are worth: prose for it, links against it.

A line of prose is worth its length, a line of links less than nothing, furniture nothing. The
element whose lines sum up to most holds the article; no name has to be known for that. Names only
take out what stands inside it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain, islice

from lxml import etree

from csco_spider.extract.html import names_of, text_pieces
from csco_spider.extract.links import attachment, link_around
from csco_spider.extract.noise import (
    SIGNED_OFF,
    furniture,
    heads_other,
    is_footer,
    is_small_talk,
    leads_on,
)
from csco_spider.extract.page import Block, Line, Page

_PROSE = re.compile(r"[.!?。！？…؟।։][\"'”’»」』)\]]*(?:\s|$)|[，。；、]|[,;:]\s")
HOLDERS = frozenset(
    {"div", "article", "section", "main", "body", "td", "center", "form", "html", "table", "tbody", "tr"}
)
_WHOLES = frozenset({"body", "html", "figure"})
_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
_CAPTIONS = frozenset({"div", "p", "dt"})
"""What sites without headings set over a box."""
_LINK_LISTS = frozenset({"ul", "ol", "div", "table", "section", "dl", "td"})
_NEARLY, _FEW, _LINKED = 0.85, 0.1, 0.33
"""An element with so much of the best one's worth in so few of its lines is the article, if so much of
what stands around it is links."""
_PERHAPS_LINKS = 0.3
"""The share of a line in links from which on all its words may stand in them."""
_MARKS = re.compile(r"[\d年月日\s./:：·•|\[\]【】>-]+")
"""What stands around links, in a date and between two of them."""
_APART = re.compile(r"foot|side-?bar|copyright|\babout", re.IGNORECASE)
_MOST_OF_IT = 0.35
"""The share of a page's best element, names unheeded, below which their words are not believed."""
_LITTLE, _SENTENCE = 250.0, 20.0
"""Worth of an element below which it may be less than the article, and of a sentence."""
_COPIED = 0.4
"""The share of a text that stands above its copy at least."""
_CAPTION = 40
"""Letters of a line over a box that is no heading."""
_COLUMNS = 3
"""Cells of a row from which on a table is no layout."""
_FILES = 50
"""Links of a list that are looked at."""
_LEAD = 40
"""Letters of a page's description that a line must repeat to be the article's lead."""
_SHARES = (0.0, 0.12, 0.4)
"""Up to which part of a page's prose an element is believed to be furniture, by ``furniture()``."""


@dataclass(slots=True)
class Part:
    """Where an article stands: the element, its lines in order, what inside it is none of it."""

    node: etree._Element
    lines: list[Line]
    noise: list[etree._Element]
    start: int
    end: int
    worth: float


def _size(text: str) -> float:
    """Letters, those of dense scripts counting double."""
    return len(text) if text.isascii() else (len(text) + len(text.encode("utf-8", "ignore"))) / 2


def _worth(line: Line, files: Set[etree._Element]) -> float:
    size, linked = _size(line.text), min(1.0, line.linked / len(line.text))
    if _PERHAPS_LINKS < linked <= 0.5 and line.linked >= 0.9 * len(_MARKS.sub("", line.text)):
        linked = 1.0  # a link and its date, links and the bars between them
    if linked > 0.5:
        return 0.2 * size if files and _leads_to(files, line) else -min(size, 40.0)
    if size >= 25 and _PROSE.search(line.text):
        return size * (1 - linked)
    return 0.2 * size


def _leads_to(links: Set[etree._Element], line: Line) -> bool:
    """Does a line begin in one of some links?"""
    return any(node in links for node in line.holders(2))


def _sums(values: Iterable[float]) -> list[float]:
    return list(accumulate(values, initial=0.0))


class _Reading:
    """One way to read a page: which lines are furniture, and the element that is worth most."""

    def __init__(self, page: Page, worths: list[float], lead: int | None, *, names: bool) -> None:
        self.page = page
        self.worths = worths
        self.prose = _sums(max(0.0, worth) for worth in worths)
        self.noisy = bytearray(len(page.lines))
        self.noise: list[Block] = []
        self.titles: list[Block] = []
        named: dict[str, float] = defaultdict(float)
        headings, holders = list[Block](), list[Block]()
        for block in page.blocks:
            tag = block.node.tag
            if tag in HOLDERS:
                holders.append(block)
            elif tag == "p":
                if len(block.node.attrib):
                    named[names_of(block.node)] += self.share(block.first, block.last)
            elif tag == "h1":
                self.titles.append(block)
            elif tag in _HEADINGS:
                headings.append(block)
            if tag in _CAPTIONS and block.last - block.first == 1 and self._opens_box(block):
                headings.append(block)
        self._take_named(named, lead, names=names)
        boxes = list(self._headed(headings))
        self.headed = {box.first for box in boxes if not self.noisy[box.first]}
        for box in boxes:
            self.take(box)
        kept = [0.0 if noisy else worth for noisy, worth in zip(self.noisy, worths, strict=True)]
        self.sums = _sums(kept)
        self.best = max(reversed(holders), key=self.worth, default=None)
        if self.best is not None:
            most = (self.best.last - self.best.first) * _FEW
            least = self.worth(self.best) * _NEARLY
            known: dict[etree._Element, bool] = {}
            dense = (
                block
                for block in holders
                if block.last - block.first <= most
                and self.worth(block) >= least
                and self._has_links_around(block, self.best)
                and not _stands_apart(block.node, known)
            )
            self.best = min(dense, key=lambda b: b.last - b.first, default=self.best)
            if len(self.titles) == 1 and self.worth(self.best) < _LITTLE:
                self.best = self._below_title(self.titles[0], holders) or self.best

    def _take_named(self, paragraphs: dict[str, float], lead: int | None, *, names: bool) -> None:
        """Take out what is called furniture; ``paragraphs`` are the shares of what those are called."""
        for block in self.page.blocks:
            first, last = block.first, block.last
            if first == last or (self.noisy[first] and self.noisy[last - 1]):
                continue
            if block.node.tag in _WHOLES or (lead is not None and first <= lead < last):
                continue
            if block.node.tag == "p" and paragraphs.get(names_of(block.node), 0.0) > _SHARES[2]:
                continue  # a class that most paragraphs have
            how = furniture(block.node)
            if how > int(not names) and self.share(first, last) < (_SHARES[how] if names else 0.2):
                self.take(block)

    def _below_title(self, title: Block, holders: list[Block]) -> Block | None:
        """The smallest element with a sentence below the title: a notice may be shorter than what a
        site says of its cookies."""
        inside = (
            block
            for block in holders
            if block.first <= title.first
            and self.left[block.last] - self.left[min(title.last, block.last)] >= _SENTENCE
        )
        return min(inside, key=lambda block: block.last - block.first, default=None)

    def _opens_box(self, block: Block) -> bool:
        """Is an element the first line of one with more, short and no link?"""
        around, line = self.page.blocks[block.parent], self.page.lines[block.first]
        more = around.first == block.first and around.last > block.last
        return more and not line.linked and len(line.text) <= _CAPTION

    def _headed(self, headings: list[Block]) -> Iterator[Block]:
        """Boxes whose heading says that they hold comments, related stories, a form: none that holds a
        title or much of the page."""
        blocks = self.page.blocks
        titles = [title.first for title in self.titles]
        for block in headings:
            if block.last - block.first != 1 or not heads_other(self.page.lines[block.first].text):
                continue
            box, around = None, blocks[block.parent]
            while around.first == block.first and around.node.tag not in {*_WHOLES, *_HEADINGS}:
                titled = bisect_left(titles, around.last) > bisect_left(titles, around.first)
                if titled or self.share(around.first, around.last) > _SHARES[2]:
                    break
                box = around if around.last > block.last else box
                around = blocks[around.parent]
            if box is not None:
                yield box

    @cached_property
    def left(self) -> list[float]:
        """Sums of prose without what is furniture."""
        kept = zip(self.noisy, self.worths, strict=True)
        return _sums(0.0 if noisy else max(0.0, worth) for noisy, worth in kept)

    def share(self, first: int, last: int) -> float:
        return (self.prose[last] - self.prose[first]) / (self.prose[-1] or 1.0)

    def worth(self, block: Block) -> float:
        return self.sums[block.last] - self.sums[block.first]

    def _has_links_around(self, block: Block, best: Block) -> bool:
        """Is much of what stands around a block in the best one links?"""
        lines = self.page.lines
        around = [*lines[best.first : block.first], *lines[block.last : best.last]]
        linked = sum(min(len(line.text), line.linked) for line in around)
        return linked >= _LINKED * sum(len(line.text) for line in around)

    def teasers(self, lead: int, index: int, last: int) -> bool:
        """Did the article end with the lead's own element, and is a link over each text from here on?"""
        inner = max(
            (block for block in self.page.blocks if block.first <= lead < block.last),
            key=lambda block: (block.first, -block.last),
        )
        around = self.page.blocks[inner.parent] if inner.parent >= 0 else inner
        if self.prose[index] - self.prose[min(around.last, index)] >= _LEAD:
            return False
        behind = self.worths[index + 1 : last]
        links = running = longest = 0
        for worth in behind:
            links += worth < 0
            running = 0 if worth < 0 else running + (worth >= 25)
            longest = max(longest, running)
        return around.last <= index and links >= 3 and longest < 3

    def take(self, block: Block) -> None:
        self.noise.append(block)
        self.noisy[block.first : block.last] = b"\1" * (block.last - block.first)


def find_article(page: Page, description: str = "") -> Part | None:
    """The part of a page that is its article; None for a page without text.

    ``description`` is what the page says of itself to machines: often the article's first words.
    """
    files = {link for link in page.body.iter("a") if attachment(link.get("href") or "")}
    worths = [_worth(line, files) for line in page.lines]
    lead = _lead(page, worths, description)
    reading = _Reading(page, worths, lead, names=True)
    if reading.best is None:
        return None
    if reading.worth(reading.best) < _MOST_OF_IT * reading.prose[-1]:
        unnamed = _Reading(page, worths, lead, names=False)
        if unnamed.best and reading.worth(reading.best) < _MOST_OF_IT * unnamed.worth(unnamed.best):
            reading = unnamed  # a site that calls its article a sidebar
    best = reading.best
    assert best is not None
    first = _behind_title(reading, best)
    last = _before_copy(reading, first, _before_related(reading, first, best.last, lead))
    links = _sums(min(len(line.text), line.linked) for line in page.lines)
    letters = _sums(len(line.text) for line in page.lines)
    for block in page.blocks:
        if first <= block.first and block.last <= last and block.last - block.first > 1:
            linked = links[block.last] - links[block.first]
            links_only = linked > 0.7 * (letters[block.last] - letters[block.first])
            if block.node.tag in _LINK_LISTS and links_only and not _offers_files(block.node):
                reading.take(block)
    kept: list[Line] = []
    said: set[str] = set()
    for index, line in enumerate(page.lines[first:last], start=first):
        text = line.text
        again = len(text) >= 40 and text in said  # the article once more, for print or phones
        talk = is_small_talk(text) and not names_cells(line)
        if not (reading.noisy[index] or again or talk or leads_on(text, line.linked)):
            kept.append(line)
            said.add(text)
    start = page.lines[first].start if first < last else page.spans[best.node][0]
    above = page.lines[first - 1].end if best.first < first else page.spans[best.node][0]
    figures = (page.spans[figure][0] for figure in best.node.iter("figure"))
    start = next((at for at in figures if above <= at < start), start)
    end = page.lines[last].start if last < best.last else page.spans[best.node][1] + 1
    noise = [block.node for block in reading.noise]
    return Part(best.node, kept, noise, start, end, reading.worth(best))


def names_cells(line: Line) -> bool:
    """Is a line the name of a row or column, "Comments" or "Related", and no heading?"""
    cell = next((node for node in line.holders(2) if node.tag in {"td", "th"}), None)
    row = None if cell is None or line.linked or not heads_other(line.text) else cell.getparent()
    if row is None or len(row) < _COLUMNS:
        return False
    return next(row.iter("a", "table", "br"), None) is None  # a layout's cells hold more than data


def without_links_at_end(lines: list[Line]) -> list[Line]:
    """Lines without the rows of links that end them: to share the page, to its neighbours, to topics."""
    end = len(lines)
    while end and _is_link_row(lines[end - 1]):
        end -= 1
    return lines[:end]


def _is_link_row(line: Line) -> bool:
    """Is a line several links, none of them to a file, and no paragraph?"""
    if line.linked < 0.5 * len(line.text) or any(node.tag in {"p", "td"} for node in line.holders(2)):
        return False
    links = {link for slot in line.slots if (link := link_around(slot.holder)) is not None}
    said = (text for link in links for text in (link.get("href") or "", *islice(text_pieces(link), 3)))
    return len(links) > 1 and not any(map(attachment, said))


def _offers_files(node: etree._Element) -> bool:
    """Are most of an element's links files to download?"""
    hrefs = [link.get("href") or "" for link in islice(node.iter("a"), _FILES)]
    return 2 * sum(attachment(href) is not None for href in hrefs) > len(hrefs)


def _lead(page: Page, worths: list[float], description: str) -> int | None:
    """The line of prose with which the page describes itself: its article begins there, or above.

    None where much prose stands above it, or where sites speak of themselves: it may be the site's.
    """
    said = "".join(description.split()).rstrip(".…")[:_LEAD]
    if len(said) < _LEAD:
        return None
    above = 0.0
    for index, line in enumerate(page.lines):
        if worths[index] >= _LEAD and said in "".join(line.text[: 4 * _LEAD].split()):
            own = not any(map(_is_apart, line.slots[0].holder.iterancestors()))
            if own and above < worths[index]:
                return index
        above += max(0.0, worths[index] - _LEAD)
    return None


def _is_apart(node: etree._Element) -> bool:
    """Is an element where a site speaks of itself: its footer, its sidebar?"""
    names = names_of(node)
    return node.tag in {"footer", "aside", "nav"} or bool(_APART.search(names[:200]))


def _stands_apart(node: etree._Element, known: dict[etree._Element, bool]) -> bool:
    """Is an element such a part of the site, or in one? ``known`` keeps what was found of others."""
    unknown: list[etree._Element] = []
    apart = False
    for one in chain((node,), node.iterancestors()):
        if one in known:
            apart = known[one]
            break
        unknown.append(one)
    for one in reversed(unknown):
        apart = known[one] = apart or _is_apart(one)
    return apart


def _behind_title(reading: _Reading, best: Block) -> int:
    """The first line behind the heading of the article, where it stands in its element."""
    for block in reading.page.blocks:
        if block.node.tag == "h1" and best.first <= block.first < block.last <= best.last:
            above = reading.prose[block.first] - reading.prose[best.first]
            if above < 0.3 * (reading.prose[best.last] - reading.prose[best.first]):
                return block.last
    return best.first


def _before_copy(reading: _Reading, first: int, last: int) -> int:
    """The line that is the title once more: from there on, the article is shown again for print or
    phones."""
    lines, prose = reading.page.lines, reading.prose
    above = {lines[title.first].text for title in reading.titles if title.first < first}
    for title in reading.titles:
        said = prose[title.first] - prose[first] if first < title.first < last else 0.0
        if said >= _COPIED * (prose[last] - prose[first]) > 0 and lines[title.first].text in above:
            return title.first
    return last


def _before_related(reading: _Reading, first: int, last: int, lead: int | None) -> int:
    """The line whose words say that the article is over, with little prose behind it."""
    whole = reading.prose[last] - reading.prose[first]
    for index in range(first, last):
        line = reading.page.lines[index]
        if SIGNED_OFF.match(line.text) and reading.prose[index] - reading.prose[first] > 100:
            return index
        headed = len(line.text) < 100 and heads_other(line.text) and not names_cells(line)
        over = headed or is_footer(line.text)
        if not over or (reading.noisy[index] and index not in reading.headed):
            continue
        if (
            reading.prose[last] - reading.prose[index] < 0.35 * whole
            or reading.left[last] - reading.left[index]
            < _FEW * (reading.left[last] - reading.left[first])
            or (lead is not None and lead < index and reading.teasers(lead, index, last))
        ):
            return index
    return last


def captioned(line: Line) -> bool:
    """Is a line the caption of a picture?"""
    return len(line.text) < 400 and any(
        node.tag == "figcaption" or "caption" in (node.get("class") or "").lower()
        for node in line.holders(3)
    )

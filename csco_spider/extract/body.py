"""The body of an article: a page as lines, and what of them stands between date line and footer.

Boxes, asides, counters, bylines, previous/next lines and lists of related notices are taken out;
what is left keeps its markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, pairwise

from lxml import etree

from csco_spider.extract.density import HOLDERS, Part, names_cells
from csco_spider.extract.html import width, xml_chars
from csco_spider.extract.links import attachment, link_around
from csco_spider.extract.noise import (
    COUNTER,
    FURNITURE,
    META_LINE,
    furniture,
    heads_other,
    without_counters,
)
from csco_spider.extract.page import Line, Page

_NEIGHBOUR = re.compile(
    r"[上下]一[篇条页]|[前后]一篇|\b(?:previous|prev|next)\b(?:\s+(?:article|news|post|page|story)\b)?",
    re.IGNORECASE,
)
DATE_MARKS = re.compile(r"[\d年月日\W_]+")
"""What a day in figures is made of, and what stands between words."""
_BYLINE_FIELD = re.compile(r"\s*(?:来源|作者|(?:责任)?编辑)\s*[:：]\s*(?:[^\s:：,，。]{2,20}(?=\s))?")
_SENTENCE_ENDS = (".", "!", "?", "。", "！", "？", "…")
_FIELD_BOXES = frozenset({"dl", "tr", "ul"})
_MOST_FIELDS, _FIELD = 16, 60
"""Lines of a byline's fields, and the width of one, at most."""
_ENOUGH = 80  # characters after the date line by which an element is taken for the article's


def behind_byline(rest: str) -> str:
    """The text behind a date on its line once counters and byline words are gone."""
    if META_LINE.match(without_counters(rest)):
        return ""
    while match := COUNTER.search(rest[:60]) or _BYLINE_FIELD.match(rest):
        rest = rest[match.end() :]
    rest = rest.strip()
    # A few words are a remark on the article (a place, a font size) unless they are a sentence.
    return rest if len(rest) >= 40 or rest.endswith(_SENTENCE_ENDS) else ""


def fields_around(page: Page, line: Line) -> set[Line]:
    """The lines of the row or list of short fields of which a labelled date is one: the day of a
    change, a section, a source. What holds more than the date is no field: a page may be one cell."""
    for field, box in pairwise(line.holders(4)):
        if box.tag in _FIELD_BOXES:
            lines = list(islice(page.inside(box, page.lines), _MOST_FIELDS + 1))
            short = len(lines) <= _MOST_FIELDS and all(width(one.text) <= _FIELD for one in lines)
            alone = list(islice(page.inside(field, page.lines), 2)) == [line]
            return set(lines) if short and alone else set()
    return set()


class Body:
    """The part of a page between the date line and the footer, noise taken out.

    ``last`` is the index of the line above it, ``lead`` what of that line is body, ``title`` the
    line of the title: an element without it may be only a part of the article.
    """

    def __init__(self, page: Page, last: int, lead: str, title: Line | None) -> None:
        self.page = page
        self.title = title
        self._away: dict[Line, bool] = {}
        footer, above = page.footer(last), page.lines[last]
        fields = fields_around(page, above)
        self.lines = [line for line in page.lines[last + 1 : footer] if line not in fields]
        self.start, self.anchor = above.end, above.slots[-1].holder
        if lead:
            self.lines.insert(0, page.end_of(above, lead))
            self.start = self.lines[0].start
        self.end = page.lines[footer].start if footer < len(page.lines) else page.spans[page.body][1] + 1
        self.noise = self._noise()
        noisy = {line for node in self.noise for line in self.page.inside(node, self.lines)}
        self.kept = [line for line in self._without_small_talk() if line not in noisy]

    def _noise(self) -> list[etree._Element]:
        total = sum(len(line.text) for line in self.lines) or 1
        found: list[etree._Element] = []
        until = -1  # what stands inside noise is noise
        for node in self.page.body.iter():
            start, end = self.page.spans[node]
            if start < max(self.start, until) or start > self.end or node.tag == "body":
                continue
            if furniture(node) > 0:
                inside = sum(len(line.text) for line in self.page.inside(node, self.lines))
                if node.tag in FURNITURE or inside * 2 < total:
                    found.append(node)
                    until = end
        return found

    def _without_small_talk(self) -> Iterator[Line]:
        listed = False  # below a heading whose links lead to other articles
        for index, line in enumerate(self.lines):
            if (heads_other(line.text) and not names_cells(line)) or self._names_neighbour(line):
                listed = True
                continue
            if listed and self._leads_away(line):
                continue
            listed = False
            meta = META_LINE.match(without_counters(line.text))
            if meta and (index < 4 or COUNTER.search(line.text)):
                continue
            yield line

    def _names_neighbour(self, line: Line) -> bool:
        """Is this the line that leads to the previous or next article?"""
        first = _NEIGHBOUR.search(line.text)
        if not first or re.search(r"\w", line.text[: first.start()]) or len(line.text) >= 200:
            return False
        rest = DATE_MARKS.sub("", _NEIGHBOUR.sub("", line.text))
        if not rest:
            return True
        linked = DATE_MARKS.sub("", _NEIGHBOUR.sub("", self._linked(line)))
        marked = re.match(r"\W*[:：»›>|｜\]】]", line.text[first.end() :])
        return len(linked) * 2 >= len(rest) or (bool(marked) and len(rest) < 12)

    def _linked(self, line: Line) -> str:
        return "".join(slot.text for slot in line.slots if link_around(slot.holder) is not None)

    def _leads_away(self, line: Line) -> bool:
        """Nothing but links to other pages, and perhaps their dates."""
        if line not in self._away:
            links = [link for slot in line.slots if (link := link_around(slot.holder)) is not None]
            text, linked = (DATE_MARKS.sub("", part) for part in (line.text, self._linked(line)))
            files = any(attachment(link.get("href") or "") for link in links)
            self._away[line] = bool(links) and not files and len(linked) >= 0.9 * len(text)
        return self._away[line]

    def _weights(self, node: etree._Element) -> tuple[int, int]:
        """Characters of the body in an element, and of lines that lead away."""
        weights = [0, 0]
        for line in self.page.inside(node, self.kept):
            weights[self._leads_away(line)] += len(line.text)
        return weights[0], weights[1]

    def _media(self, node: etree._Element) -> bool:
        return any(
            self.start <= self.page.spans[found][0] < self.end
            and not any(n in self.noise for n in (found, *found.iterancestors()))
            for found in node.iter("img", "video", "audio", "source")
        )

    def container(self) -> etree._Element:
        """The smallest element that holds the article's text behind its date line."""
        ancestors = [
            node
            for node in (self.anchor, *self.anchor.iterancestors())
            if node.tag in HOLDERS and node in self.page.spans
        ]
        for least in (_ENOUGH, 1):
            for node in ancestors:
                if self._weights(node)[0] >= least or (least == 1 and self._media(node)):
                    return self._with_siblings(node)
        return self.page.body

    def _with_siblings(self, node: etree._Element) -> etree._Element:
        """The ancestor instead, when text goes on in siblings; past the title's element only in
        siblings of the same kind."""
        whole = node
        for part in (node, *node.iterancestors()):
            parent = part.getparent()
            if part is self.page.body or parent is None or parent not in self.page.spans:
                break
            titled = self.title is None or self.page.holds(part, self.title)
            if titled and part is not node:
                break
            for sibling in part.itersiblings():
                same = sibling.tag == part.tag and sibling.get("class") == part.get("class")
                flow = sibling.tag in {"p", "ul", "ol", "blockquote", "figure"}
                goes_on = not titled or (part.tag != "td" and (same or flow))
                text, away = self._weights(sibling) if goes_on else (0, 0)
                if text > away:
                    whole = parent
                    break
        return whole


def prune(page: Page, part: Part) -> etree._Element:
    """Cut everything but a part's lines out of its element and return it."""
    container = part.node
    keep: dict[etree._Element, set[bool]] = {}
    for line in part.lines:
        for slot in line.slots:
            keep.setdefault(slot.node, set()).add(slot.tail)
    nothing: set[bool] = set()
    emptied: list[etree._Element] = []
    for node in list(container.iter()):
        kept = keep.get(node, nothing)
        if node.text and False not in kept and not node.text.isspace():
            node.text = ""
            if not len(node) and node is not container:
                emptied.append(node)
        if node is not container and node.tail and True not in kept and not node.tail.isspace():
            node.tail = " "
    for node in list(container.iter("img", "video", "audio", "picture", "source", "hr")):
        if not part.start <= page.spans[node][0] < part.end:
            _remove(node)
    for node in emptied:
        _remove(node)
    first, last = page.spans[container]
    for node in part.noise:
        if first < page.spans[node][0] <= last:
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
            previous.tail = xml_chars((previous.tail or "") + node.tail)
        else:
            parent.text = xml_chars((parent.text or "") + node.tail)
    parent.remove(node)

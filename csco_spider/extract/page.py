"""A page as lines: what a browser shows on one line each, and which element holds which of them."""

from __future__ import annotations

import copy
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, takewhile

from lxml import etree

from csco_spider.extract.html import BLOCKS, holds_more, one_line, xml_chars
from csco_spider.extract.noise import is_footer

MAX_ELEMENTS = 20_000
"""Elements that are read; what stands behind them on a page of such a size is left out."""
_MUCH = 200
"""Elements that no ``noscript`` is written with."""
_PLAIN = etree.HTMLParser()
"""Its elements are made without asking Python for their class each time, as lxml.html's are."""
_YEAR_ENDS = re.compile(r"(?<!\d)(?:19|20)\d\d$")
_INSIDE_WORDS = frozenset(["b", "strong", "i", "em", "u", "sub", "sup", "small", "font", "mark"])
"""Tags that may stand inside a word: mTOR with its first letter in italics."""
_SILENT = (
    "script", "style", "noscript", "template", "svg", "select", "textarea", "iframe", "object",
    "embed", "canvas", "datalist", etree.Comment, etree.ProcessingInstruction,
)  # fmt: skip


@dataclass(slots=True, eq=False)
class Slot:
    """A piece of text in the tree: before an element's children or behind the element."""

    node: etree._Element
    tail: bool
    at: int

    def say(self, text: str) -> None:
        if self.tail:
            self.node.tail = text
        else:
            self.node.text = text

    @property
    def text(self) -> str:
        return (self.node.tail if self.tail else self.node.text) or ""

    @property
    def holder(self) -> etree._Element:
        """The element in which the text stands."""
        parent = self.node.getparent() if self.tail else None
        return self.node if parent is None else parent


@dataclass(slots=True, eq=False)
class Line:
    """Text that a browser shows on one line (before wrapping); ``linked`` counts letters in links."""

    text: str
    slots: tuple[Slot, ...]
    linked: int = 0

    @property
    def start(self) -> int:
        return self.slots[0].at

    @property
    def end(self) -> int:
        return self.slots[-1].at

    def holders(self, above: int) -> Iterator[etree._Element]:
        """The element in which the line begins and so many of those around it."""
        holder = self.slots[0].holder
        yield holder
        yield from islice(holder.iterancestors(), above)


@dataclass(slots=True, eq=False)
class Block:
    """A block element and the range of lines it holds."""

    node: etree._Element
    first: int
    last: int
    parent: int


class Page:
    """A private copy of a tree with its lines and the span of every element in document order."""

    def __init__(self, root: etree._Element) -> None:
        holder = _PLAIN.makeelement("holder")
        holder.append(copy.deepcopy(root))
        self.root = holder[0]
        for node in list(self.root.iter("noscript")):
            if holds_more(node, _MUCH - 1):
                node.tag = "div"  # one in which a tag is left open swallows what stands behind it
        etree.strip_elements(self.root, *_SILENT, with_tail=False)
        body = self.root if self.root.tag == "body" else self.root.find("body")
        self.body = self.root if body is None else body
        self._shorten()
        self.lost = 0  # characters that decoding replaced
        self.spans: dict[etree._Element, tuple[int, int]] = {}
        self.blocks: list[Block] = []
        self.lines: list[Line] = []
        self._read()

    def _shorten(self) -> None:
        if self.body.xpath("count(descendant-or-self::node())") <= MAX_ELEMENTS:  # type: ignore[operator]
            return
        last = next(islice(self.body.iter(), MAX_ELEMENTS, None), None)
        while last is not None and last is not self.body:
            parent = last.getparent()
            if parent is not None:
                del parent[parent.index(last) + 1 :]
            last = parent

    def _read(self) -> None:
        linked = depth = 0
        entered: list[tuple[int, bool, bool]] = []  # where, and is it a block, a link?
        opened: list[int] = []
        pending: list[Slot] = []
        texts: list[str] = []
        lines, blocks, spans = self.lines, self.blocks, self.spans

        def flush() -> None:
            nonlocal linked
            if not texts:
                return
            joined = "".join(texts)
            self.lost += joined.count("\ufffd")
            if text := one_line(joined):
                lines.append(Line(text, tuple(pending), linked))
            pending.clear()
            texts.clear()
            linked = 0

        for at, (event, node) in enumerate(etree.iterwalk(self.body, events=("start", "end")), 1):
            if event == "start":
                tag = node.tag
                block, link = tag in BLOCKS, tag == "a"
                entered.append((at, block, link))
                if block:
                    flush()
                    blocks.append(Block(node, len(lines), len(lines), opened[-1] if opened else -1))
                    opened.append(len(blocks) - 1)
                elif tag == "br":
                    flush()
                depth += link
                text, tail = node.text, False
            else:
                start, block, link = entered.pop()
                spans[node] = (start, at)
                if block:
                    flush()
                    blocks[opened.pop()].last = len(lines)
                depth -= link
                text, tail = (None if node is self.body else node.tail), True
            if text and not text.isspace():
                if texts and (
                    _YEAR_ENDS.search(texts[-1])
                    if text[0].isdigit()
                    else text[0].isupper() and texts[-1][-1].islower() and node.tag not in _INSIDE_WORDS
                ):
                    texts.append(" ")  # a date and a time, or two words, in elements of their own
                texts.append(text)
                pending.append(Slot(node, tail, at))
                linked += len(text.strip()) if depth else 0
            elif text and texts:
                texts.append(" ")
        flush()

    def footer(self, after: int) -> int:
        """Index of the first footer line behind a line, the number of lines when there is none."""
        at = bisect_left(self.footers, after + 1)
        return self.footers[at] if at < len(self.footers) else len(self.lines)

    @cached_property
    def footers(self) -> list[int]:
        """Indices of the lines of copyright and licences."""
        return [index for index, line in enumerate(self.lines) if is_footer(line.text)]

    def end_of(self, line: Line, end: str) -> Line:
        """The end of a line as a line of its own; what stands before it leaves the tree with it."""
        left, slots = len("".join(end.split())), list[Slot]()
        for slot in reversed(line.slots):
            kept = _ending(slot.text, left)
            left -= len("".join(kept.split()))
            slots.insert(0, slot)
            if not left:
                slot.say(kept)
                break
        return Line(end, tuple(slots), line.linked)

    def inside(self, node: etree._Element, lines: list[Line]) -> Iterator[Line]:
        """Those of some lines (in the page's order) that an element holds."""
        start, end = self.spans[node]
        first = bisect_left(lines, start, key=lambda line: line.start)
        for line in takewhile(lambda line: line.start <= end, islice(lines, first, None)):
            if self.holds(node, line):
                yield line

    def holds(self, node: etree._Element, line: Line) -> bool:
        start, end = self.spans[node]
        return (
            start <= line.start
            and line.end <= end
            and all(not (slot.tail and slot.node is node) for slot in line.slots)
        )


def _ending(text: str, count: int) -> str:
    """The end of a text that holds so many characters that are no space."""
    text = xml_chars(text).replace("\u00ad", "")
    for at in range(len(text) - 1, -1, -1):
        count -= not text[at].isspace()
        if not count:
            return text[at:]
    return text

"""The texts of a set's rows by their cells, and which cell reads like a title.

A *cell* is the place of a text in a row: its tag path, its class, the label before it. One row
can't say which of its texts is the title; thirty rows can: a title differs from row to row, is made
of words and is as long as a title.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from csco_spider.extract.dates import is_month
from csco_spider.extract.html import one_line, width
from csco_spider.extract.outline import Outline
from csco_spider.extract.rows import Span

Cell = tuple[int, str, str, int]
"""Tag path, own class, label before it, which of that kind in the row."""

IDLE = re.compile(
    r"\W*+(?:(?:read|learn|view|see|show|find)\s+(?:more|all|details?|full.{0,20})|more(?:\s+(?:info|details?))?"
    r"|details?|continue\s+reading|weiterlesen|mehr|view|open|link|here|click\s+here|new|hot|pdf|docx?|html?"
    r"|download(?:\s+(?:the\s+)?pdf(?:\s+version)?)?|minutes|agenda"
    r"|更多|详细|详情|查看(?:详情|全文|更多)?|阅读(?:全文|更多)?|点击查看|下载|置顶|最新)?\W*",
    re.IGNORECASE,
)
"""Texts of links that say nothing of where they lead."""
_TITLE_NAMES = re.compile(r"title|headline|subject|caption|heading|case-?name|标题|名称|题目|件名", re.I)
_TITLE_HEADS = re.compile(
    r"title|name|subject|caption|headline|parties|style|description|topic|标题|名称|题目", re.IGNORECASE
)
_PERSON = re.compile(
    r"author|judge|byline|justice|writer|作者|来源|editor|category|tags?\b", re.IGNORECASE
)
_TOKEN = re.compile(r"\S+")
_LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")
_NO_WORD = re.compile(r"[\d\W_]+")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5"})
_CELLS = frozenset({"td", "th"})
_BOLD = frozenset({"b", "strong"})
_PIECES = 80
"""Pieces of a row that are looked at."""
_JUDGED = 60
"""Rows by which a cell is judged."""
_BUTTON = 0.9
"""Share of rows that have a link of the same words, where it is a button."""


@dataclass(slots=True)
class Text:
    """A text of a row, in its cell."""

    cell: Cell
    text: str
    node: int
    link: int
    piece: int
    label: str


class Cells:
    """The texts of some rows. ``is_date`` tells texts that are a date and nothing else."""

    def __init__(self, page: Outline, spans: list[Span], is_date: Callable[[str], bool]) -> None:
        self.page, self.spans, self._is_date = page, spans, is_date
        self._row_path = page.path[spans[0].node]
        self._labels = self._common_texts()
        self.rows = [self._texts(span) for span in spans]
        self._heads = self._column_heads()
        self.title_score = 0.0
        """How much the best cell reads like a title: 1 for a good one."""
        self.titles = self._by_title()
        """Cells by how much they read like a title, best first."""

    def _class(self, node: int) -> str:
        named = self.page.named[node]
        if not named and (above := self.page.parent[node]) >= 0:
            named = "<" + self.page.named[above]
        return _NO_WORD.sub(" ", named)[:60]

    def _common_texts(self) -> set[str]:
        """Texts that most rows have word for word: labels and, if nearly all have them, buttons. Half
        the notices of a list may have one title."""
        seen: Counter[tuple[str, bool]] = Counter()
        for span in self.spans:
            pieces = self.page.pieces[span.first_piece : min(span.end_piece, span.first_piece + _PIECES)]
            seen.update({(piece.text, piece.link >= 0) for piece in pieces if len(piece.text) <= 60})
        return {
            text
            for (text, linked), count in seen.items()
            if count >= max(2, (_BUTTON if linked else 0.5) * len(self.spans))
            and not _DIGIT.search(text)
            and not is_month(text)
        }

    def _texts(self, span: Span) -> list[Text]:
        texts: list[Text] = []
        kinds: Counter[tuple[int, str, str]] = Counter()
        label = ""
        for index in range(span.first_piece, min(span.end_piece, span.first_piece + _PIECES)):
            piece = self.page.pieces[index]
            if piece.text in self._labels:
                label = piece.text
                continue
            kind = (self.page.path[piece.node], self._class(piece.node), label)
            cell = (*kind, kinds[kind])
            kinds[kind] += 1
            texts.append(Text(cell, piece.text, piece.node, piece.link, index, label))
            if piece.link < 0 or label.rstrip().endswith((":", "：")):
                label = ""
        return texts

    def _column_heads(self) -> dict[int, str]:
        """The heading of each column of a table."""
        row = self.page.nodes[self.spans[0].node]
        if row.tag != "tr":
            return {}
        table = next(row.iterancestors("table"), None)
        head = next(table.iter("tr"), None) if table is not None else None
        cells = [cell for cell in head if cell.tag in _CELLS] if head is not None else []
        return {i: one_line(" ".join(map(str, cell.itertext())))[:60] for i, cell in enumerate(cells)}

    def _head_of(self, node: int) -> str:
        """The heading of the column that an element stands in, "" outside tables."""
        if not self._heads:
            return ""
        while node >= 0 and self.page.nodes[node].tag not in _CELLS:
            if self.page.nodes[node].tag in {"tr", "table"}:
                return ""
            node = self.page.parent[node]
        if node < 0:
            return ""
        before = self.page.nodes[node].itersiblings(preceding=True)
        return self._heads.get(sum(one.tag in _CELLS for one in before), "")

    def says_of(self, text: Text) -> str:
        """What is said of a text around it: classes up to its row, its label, its column's head."""
        names = []
        node = text.node
        for _ in range(3):
            if node < 0 or self.page.path[node] == self._row_path:
                break
            names.append(self.page.named[node])
            node = self.page.parent[node]
        return f"{' '.join(names)} {text.label} {self._head_of(text.node)}"

    def _under_heading(self, node: int) -> bool:
        for _ in range(4):
            if node < 0:
                return False
            if self.page.nodes[node].tag in _HEADINGS:
                return True
            if self.page.path[node] == self._row_path:
                return False
            node = self.page.parent[node]
        return False

    def _by_title(self) -> list[Cell]:
        held: dict[Cell, list[Text]] = defaultdict(list)
        for texts in self.rows:
            for text in texts:
                held[text.cell].append(text)
        scored = [(self._score(texts), cell) for cell, texts in held.items()]
        scored = sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: -pair[0])
        self.title_score = scored[0][0] if scored else 0.0
        return [cell for _, cell in scored]

    def _score(self, texts: list[Text]) -> float:
        """How much the texts of one cell read like titles."""
        sample = texts[:_JUDGED]
        if all(IDLE.fullmatch(text.text) for text in sample):
            return 0.0
        bare = {_NO_WORD.sub(" ", text.text).strip().lower() for text in sample}
        # numbers make a difference, but "Notice 1" and "Notice 2" are hardly titles
        differ = max(len(bare), 0.35 * len({text.text for text in sample})) / len(sample)
        if len(sample) == 1:
            differ = 0.5
        worded = sum(_wordiness(text.text) for text in sample) / len(sample)
        pure = sum(self._is_date(text.text) for text in sample) / len(sample)
        linked = sum(text.link >= 0 for text in sample) / len(sample)
        score = len(texts) / len(self.spans) * differ * (0.15 + worded) * (1.02 - pure)
        score *= _fits(median(width(text.text) for text in sample)) * (1 + 0.6 * linked)
        said = self.says_of(sample[0])
        if self._under_heading(sample[0].node):
            score *= 1.4
        elif self.page.nodes[sample[0].node].tag in _BOLD:
            score *= 1.1
        if _TITLE_NAMES.search(said) or _TITLE_HEADS.search(sample[0].label):
            score *= 1.4
        if _TITLE_HEADS.search(self._head_of(sample[0].node)):
            score *= 1.5
        if _PERSON.search(said):
            score *= 0.4
        return score


def first_of(texts: list[Text], cells: list[Cell]) -> Text | None:
    """The text of the first of some cells that a row has; one of another class than the best cell's
    ("new", "visited") stands for it."""
    if not cells:
        return None
    by_cell = {text.cell: text for text in reversed(texts)}
    if cells[0] not in by_cell:
        alike = (text for text in texts if text.link >= 0 and text.cell[0] == cells[0][0])
        if (found := next(alike, None)) and found.cell in cells:
            return found
    return next((by_cell[cell] for cell in cells if cell in by_cell), None)


def _wordiness(text: str) -> float:
    """Share of a text that is words: letters in tokens without a digit, CJK letters anywhere."""
    letters = 0
    for token in _TOKEN.findall(text[:300]):
        if not _DIGIT.search(token) or width(token) > len(token) + 3:
            letters += len(_LETTER.findall(token))
    return min(letters / max(len(text[:300]), 1) * 1.25, 1.0)


def _fits(length: float) -> float:
    """How well a width fits a title."""
    if length < 4:
        return 0.1
    if length < 16:
        return 0.3 + 0.7 * (length - 4) / 12
    if length <= 140:
        return 1.0
    return max(0.12, 1.0 - (length - 140) / 220)

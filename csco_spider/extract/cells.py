"""What of a set of rows is their link, title, date and teaser: judged over all rows at once.

A *cell* is the place of a text in a row: its tag path, its class, the label before it. One row
can't say which of its texts is the title; thirty rows can: a title differs from row to row, is made
of words and is as long as a title.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median
from zoneinfo import ZoneInfo

from csco_spider.extract.dates import DateOrder, find_dates
from csco_spider.extract.html import clip, one_line
from csco_spider.extract.links import absolute, without_rotating_keys
from csco_spider.extract.outline import Outline
from csco_spider.extract.rows import RowSet, Span, width
from csco_spider.items import Row, When

Cell = tuple[int, str, str, int]
"""Tag path, own class, label before it, which of that kind in the row."""

IDLE = re.compile(
    r"\W*(?:(?:read|learn|view|see|show|find)\s+(?:more|all|details?|full.{0,20})|more(?:\s+(?:info|details?))?|details?"
    r"|continue\s+reading|weiterlesen|mehr|view|open|link|here|click\s+here|new|hot|pdf|docx?|html?|download(?:\s+pdf)?"
    r"|更多|详细|详情|查看(?:详情|全文|更多)?|阅读(?:全文|更多)?|点击查看|下载|置顶|最新)?\W*",
    re.IGNORECASE,
)
_TITLE_NAMES = re.compile(
    r"title|headline|subject|caption|heading|case-?name|标题|名称|题目|件名", re.IGNORECASE
)
_TITLE_HEADS = re.compile(
    r"title|name|subject|caption|headline|parties|style|description|topic|标题|名称|题目", re.IGNORECASE
)
_PERSON = re.compile(
    r"author|judge|byline|justice|writer|作者|来源|editor|category|tags?\b", re.IGNORECASE
)
_PUBLISHED = re.compile(
    r"publi|post|filed|release|issue|decided|decision|created|发布|发表|日期|时间|掲載|등록",
    re.IGNORECASE,
)
_OTHER_DATE = re.compile(
    r"updat|modif|hearing|argued|event|deadline|start|end\b|expir|reclass|due|更新|截止|会议|活动",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"\S+")
_ISO = re.compile(r"\d{4}-(\d\d)-(\d\d)")
_LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")
_SPACE_DIGITS = re.compile(r"[\d\W_]+")
_SHORT_YEAR = re.compile(r"(?<![\d/.-])(\d{1,2})([/.-])(\d{1,2})\2(\d{2})(?![\d/.-])")
_FILE = re.compile(r"\.(?:pdf|docx?|html?|mp3)(?:$|[?#])", re.IGNORECASE)
_CLIPPED = ("…", "...")
_EDGE = " \t|·•:：,，;；-–—/\\[]()（）【】"
MAX_ROWS = 5000
HEAD = 160
"""Characters of a piece in which its date is looked for."""


@dataclass(slots=True)
class Text:
    """A text of a row, in its cell."""

    cell: Cell
    text: str
    node: int
    link: int
    piece: int
    label: str = ""


@dataclass(slots=True)
class Reading:
    """Rows as read, how the reader came to them, and what was refused."""

    rows: list[Row] = field(default_factory=list)
    nodes: list[tuple[int, int, int, int]] = field(default_factory=list)
    """For each row the elements of row, link, title and date (-1: none)."""
    refused: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


class Reader:
    """Reads the rows of one set."""

    def __init__(
        self,
        page: Outline,
        rows: RowSet,
        base: str,
        zone: ZoneInfo,
        order: DateOrder | None,
        most: int = MAX_ROWS,
    ) -> None:
        self.page, self.set, self.base, self.zone = page, rows, base, zone
        self.spans = rows.spans[:most]
        self.labels = self._labels()
        self.texts = [self._texts(span) for span in self.spans]
        self.heads = self._column_heads()
        self.order = order
        self._whens: dict[str, tuple[When | None, int, int]] = {}
        self.title_score = 0.0
        """How much the best cell reads like a title: 1 for a good one."""
        self.dated_yet = False
        self.date_share = 0.0
        """Share of rows that the best cell dates."""

    def _class(self, node: int) -> str:
        element = self.page.nodes[node]
        named = element.get("class") or ""
        if not named and (above := self.page.parent[node]) >= 0:
            named = "<" + (self.page.nodes[above].get("class") or "")
        return _SPACE_DIGITS.sub(" ", named)[:60]

    def _labels(self) -> set[str]:
        """Texts that most rows have word for word: labels, buttons, never a title."""
        seen: Counter[str] = Counter()
        for span in self.spans:
            pieces = self.page.pieces[span.first_piece : min(span.end_piece, span.first_piece + 80)]
            seen.update({piece.text for piece in pieces if len(piece.text) <= 60})
        least = max(2, 0.5 * len(self.spans))
        return {text for text, count in seen.items() if count >= least and not _DIGIT.search(text)}

    def _texts(self, span: Span) -> list[Text]:
        texts: list[Text] = []
        kinds: Counter[tuple[int, str, str]] = Counter()
        label = ""
        for index in range(span.first_piece, min(span.end_piece, span.first_piece + 80)):
            piece = self.page.pieces[index]
            if piece.text in self.labels:
                label = piece.text
                continue
            kind = (self.page.path[piece.node], self._class(piece.node), label)
            cell = (*kind, kinds[kind])
            kinds[kind] += 1
            texts.append(Text(cell, piece.text, piece.node, piece.link, index, label))
            if piece.link < 0 or label.rstrip().endswith((":", "：")):
                label = ""
        return texts

    def _column_heads(self) -> dict[str, str]:
        """The heading of each column of a table: column step of the tag path to its text."""
        first = self.spans[0].node
        if self.page.nodes[first].tag != "tr":
            return {}
        table = self.page.nodes[first].getparent()
        while table is not None and table.tag != "table":
            table = table.getparent()
        if table is None:
            return {}
        head = next(iter(table.iter("tr")), None)
        if head is None:
            return {}
        cells = [cell for cell in head if cell.tag in {"td", "th"}]
        return {
            str(i): one_line(" ".join(map(str, cell.itertext())))[:60] for i, cell in enumerate(cells)
        }

    def _column(self, node: int) -> str:
        """Which column of its row an element stands in, "" outside tables."""
        while node >= 0 and self.page.nodes[node].tag not in {"td", "th"}:
            if self.page.nodes[node].tag in {"tr", "table"}:
                return ""
            node = self.page.parent[node]
        if node < 0:
            return ""
        element = self.page.nodes[node]
        return str(sum(1 for one in element.itersiblings(preceding=True) if one.tag in {"td", "th"}))

    def _head_of(self, node: int) -> str:
        return self.heads.get(self._column(node), "") if self.heads else ""

    def when(self, text: str) -> tuple[When | None, int, int]:
        """The first date of a text and where it stands; (None, -1, -1) when there is none."""
        if text not in self._whens:
            head = _SHORT_YEAR.sub(_long_year, text[:HEAD])
            grown = len(head) - len(text[:HEAD])
            found = [
                one
                for one in find_dates(head, zone=self.zone, order=self.order, origin="listing")
                if one.when
            ]
            # "Case No. 20240815, filed May 8, 2025": a label or a written date says more.
            found.sort(
                key=lambda one: (
                    not _PUBLISHED.search(head[max(0, one.start - 20) : one.start]),
                    head[one.start : one.end].isdigit(),
                )
            )
            self._whens[text] = (
                (found[0].when, found[0].start, found[0].end - grown) if found else (None, -1, -1)
            )
        return self._whens[text]

    def read(self) -> Reading:
        reading = Reading()
        title_cells = self._title_cells()
        date_cells = self._date_cells(title_cells)
        link_cells = self._link_cells()
        in_title = self._dates_in_titles(title_cells) if self.date_share < 0.5 else ""
        if in_title:
            date_cells = []
        seen: dict[str, int] = {}
        for place, (span, texts) in enumerate(zip(self.spans, self.texts, strict=True)):
            row, nodes, reason = self._row(
                place, span, texts, title_cells, date_cells, link_cells, in_title
            )
            if row is None:
                reading.refused[reason] += 1
            elif row.url in seen:
                reading.refused["same address again"] += 1
            else:
                seen[row.url] = len(reading.rows)
                reading.rows.append(row)
                reading.nodes.append(nodes)
        if len(self.set.spans) > MAX_ROWS:
            reading.refused["row past the first 5000"] += len(self.set.spans) - MAX_ROWS
        return reading

    # -- titles

    def _title_cells(self) -> list[Cell]:
        """Cells by how much they read like a title, best first."""
        held: dict[Cell, list[Text]] = defaultdict(list)
        for texts in self.texts:
            for text in texts:
                held[text.cell].append(text)
        scored = []
        for cell, texts in held.items():
            score = self._title_score(texts)
            if score > 0:
                scored.append((score, cell))
        scored.sort(key=lambda pair: -pair[0])
        self.title_score = scored[0][0] if scored else 0.0
        return [cell for _, cell in scored]

    def _title_score(self, texts: list[Text]) -> float:
        sample = texts[:60]
        bare = [_SPACE_DIGITS.sub(" ", text.text).strip().lower() for text in sample]
        if all(IDLE.fullmatch(text.text) for text in sample):
            return 0.0
        coverage = len(texts) / len(self.spans)
        differ = max(len(set(bare)), 0.35 * len({text.text for text in sample})) / len(bare)
        if len(sample) == 1:
            differ = 0.5
        length = median(width(text.text) for text in sample)
        worded = sum(_wordiness(text.text) for text in sample) / len(sample)
        pure = sum(self._is_date(text.text) for text in sample) / len(sample)
        score = coverage * differ * (0.15 + worded) * _fits(length) * (1.02 - pure)
        node = sample[0].node
        linked = sum(text.link >= 0 for text in sample) / len(sample)
        score *= 1 + 0.6 * linked
        named = self._names(node)
        heading = self._under_heading(node)
        if heading:
            score *= 1.4
        if _TITLE_NAMES.search(named) or _TITLE_HEADS.search(sample[0].label):
            score *= 1.4
        head = self._head_of(node)
        if head and _TITLE_HEADS.search(head):
            score *= 1.5
        if _PERSON.search(named) or _PERSON.search(sample[0].label) or _PERSON.search(head):
            score *= 0.4
        return score

    def _names(self, node: int) -> str:
        """Classes of an element and of the two above it, as far as its row goes."""
        names = []
        for _ in range(3):
            if node < 0 or self.page.path[node] == self.page.path[self.spans[0].node]:
                break
            names.append(self.page.nodes[node].get("class") or "")
            node = self.page.parent[node]
        return " ".join(names)

    def _under_heading(self, node: int) -> bool:
        for _ in range(4):
            if node < 0:
                return False
            tag = self.page.nodes[node].tag
            if tag in {"h1", "h2", "h3", "h4", "h5"}:
                return True
            if self.page.path[node] == self.page.path[self.spans[0].node]:
                return False
            node = self.page.parent[node]
        return False

    def _is_date(self, text: str) -> bool:
        if len(text) > 60 or not _DIGIT.search(text):
            return False
        when, start, end = self.when(text)
        return when is not None and not _LETTER.search(_DATE_WORDS.sub("", text[:start] + text[end:]))

    # -- dates

    def _date_cells(self, titles: list[Cell]) -> list[Cell]:
        held: dict[Cell, list[tuple[Text, int]]] = defaultdict(list)
        title = titles[0] if titles else None
        for texts in self.texts:
            for text in texts:
                if not self.page.pieces[text.piece].dated or text.cell == title:
                    continue
                when, start, end = self._dated(text)
                if when is not None:
                    held[text.cell].append((text, len(text.text) - (end - start)))
        scored = []
        for place, (cell, found) in enumerate(held.items()):
            texts = [text for text, _ in found]
            around = median(rest for _, rest in found)
            score = len(found) / len(self.spans) * (1.0 if around < 12 else 0.6 if around < 60 else 0.3)
            named = f"{self._names(texts[0].node)} {texts[0].label} {self._head_of(texts[0].node)}"
            if _PUBLISHED.search(named):
                score *= 1.4
            if _OTHER_DATE.search(named) or _OTHER_DATE.search(texts[0].text[:30]):
                score *= 0.5
            if self.page.nodes[texts[0].node].tag == "time":
                score *= 1.2
            scored.append((-score, place, cell))
        scored.sort()
        if scored:
            self.date_share = len(held[scored[0][2]]) / len(self.spans)
        return [cell for _, _, cell in scored]

    def _dated(self, text: Text) -> tuple[When | None, int, int]:
        """A text's date, or that of the ``time`` element it stands in."""
        found = self.when(text.text)
        if found[0] is None:
            node = self.page.nodes[text.node]
            stamp = node.get("datetime") or node.get("content") or ""
            if stamp:
                when, _, _ = self.when(stamp)
                return when, 0, len(text.text)
        return found

    def _dates_in_titles(self, titles: list[Cell]) -> str:
        """At which end of the titles a date stands in nearly every row: "start", "end" or ""."""
        ends: Counter[str] = Counter()
        for texts in self.texts:
            text = _of(texts, titles[:1])
            if text is None:
                continue
            when, start, end = self.when(text.text)
            if when is None:
                when, start, end = self._last(text.text)
            if when is not None:
                if not text.text[:start].strip(_EDGE):
                    ends["start"] += 1
                elif not text.text[end:].strip(_EDGE + "."):
                    ends["end"] += 1
        for where in ("start", "end"):
            if ends[where] >= max(2, 0.7 * len(self.texts)):
                return where
        return ""

    def _last(self, text: str) -> tuple[When | None, int, int]:
        tail = _SHORT_YEAR.sub(_long_year, text[-60:])
        found = list(find_dates(tail, zone=self.zone, order=self.order, origin="listing"))
        if not found or found[-1].when is None:
            return None, -1, -1
        last, shift = found[-1], len(text) - len(text[-60:])
        return last.when, last.start + shift, len(text) - (len(tail) - last.end)

    # -- links

    def _link_cells(self) -> list[tuple[int, int]]:
        """Places of links (tag path, which of that path in the row), by how many rows they serve
        with an address of their own."""
        held: dict[tuple[int, int], list[str]] = defaultdict(list)
        for span in self.spans:
            for place, link in self._links_of(span):
                held[place].append(self.page.links[link].href)
        scored = []
        for rank, (place, hrefs) in enumerate(held.items()):
            score = len(set(hrefs)) / len(self.spans)
            if sum(bool(_FILE.search(href)) for href in hrefs) * 2 > len(hrefs):
                score *= 1.15
            scored.append((-score, rank, place))
        return [place for _, _, place in sorted(scored)]

    def _links_of(self, span: Span) -> Iterator[tuple[tuple[int, int], int]]:
        kinds: Counter[int] = Counter()
        for index in range(span.first_link, min(span.end_link, span.first_link + 20)):
            path = self.page.path[self.page.links[index].node]
            yield (path, kinds[path]), index
            kinds[path] += 1

    def _url(self, href: str) -> str:
        url = absolute(href, self.base)
        return without_rotating_keys(url) if url else ""

    # -- one row

    def _row(
        self,
        place: int,
        span: Span,
        texts: list[Text],
        titles: list[Cell],
        dates: list[Cell],
        links: list[tuple[int, int]],
        in_title: str,
    ) -> tuple[Row | None, tuple[int, int, int, int], str]:
        title_text = _of(texts, titles)
        link = self._link(span, title_text, links)
        if link < 0:
            return None, (span.node, -1, -1, -1), "row without a link"
        url = self._url(self.page.links[link].href)
        if not url:
            return None, (span.node, -1, -1, -1), "link that is no http address"
        if url == self.base.partition("#")[0]:
            return None, (span.node, -1, -1, -1), "link to the page itself"
        title = title_text.text if title_text else ""
        title_node = title_text.node if title_text else -1
        title = self._whole(title, link)
        date_text = next(
            (t for cell in dates for t in texts if t.cell == cell and self._dated(t)[0]), None
        )
        when = self._dated(date_text)[0] if date_text else None
        if when is None and in_title and title:
            when, start, end = self.when(title) if in_title == "start" else self._last(title)
            if when is not None and in_title == "start" and not title[:start].strip(_EDGE):
                title = title[end:].strip(_EDGE) or title
            elif when is not None and title[start - 1 : start] in {"(", "[", "（", "【"}:
                title = title[: start - 1].strip() or title
        if when is None and self.set.headings and self.set.headings[place] >= 0:
            when = self.when(self.page.pieces[self.set.headings[place]].text)[0]
        if not title:
            return None, (span.node, -1, -1, -1), "row without a title"
        if len(title) < 5 and not _LETTER.search(title):
            return None, (span.node, -1, -1, -1), "title without a word"
        flat = self.set.how in {"after", "before"}
        if when is None and flat and not self.dated_yet and self.date_share >= 0.6:
            return None, (span.node, -1, -1, -1), "link without a date above dated ones"
        self.dated_yet |= when is not None
        if not date_text and self._is_head(span.node):
            return None, (span.node, -1, -1, -1), "table head"
        teaser = self._teaser(texts, title_text, date_text)
        nodes = (
            span.node,
            self.page.links[link].node,
            title_node,
            date_text.node if date_text else -1,
        )
        return Row(url=url, title=title, when=when, teaser=teaser), nodes, ""

    def _is_head(self, node: int) -> bool:
        element = self.page.nodes[node]
        return element.tag == "tr" and len(element) > 0 and all(cell.tag == "th" for cell in element)

    def _link(self, span: Span, title: Text | None, links: list[tuple[int, int]]) -> int:
        if title is not None and title.link >= 0:
            return title.link
        own = dict(self._links_of(span))
        return next((own[place] for place in links if place in own), -1)

    def _whole(self, title: str, link: int) -> str:
        """A clipped title from the link's own ``title`` attribute."""
        attribute = one_line(self.page.nodes[self.page.links[link].node].get("title") or "")
        if not attribute or attribute == title:
            return title
        stem = title.rstrip("….").strip()
        if title.endswith(_CLIPPED) and attribute.startswith(stem[:200]):
            return attribute
        if IDLE.fullmatch(title) and not IDLE.fullmatch(attribute):
            return attribute
        return title

    def _teaser(self, texts: list[Text], title: Text | None, date: Text | None) -> str:
        rest = [t.text for t in texts if t is not title and t is not date and t.link < 0]
        longest = max(rest, key=width, default="")
        return clip(longest, 600) if width(longest) >= 60 else ""


_DATE_WORDS = re.compile(
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)[a-z]*\b"
    r"|\d+(?:st|nd|rd|th)?|[年月日]|\b(?:am|pm|date|on|posted|published|filed|at)\b",
    re.IGNORECASE,
)


def _long_year(match: re.Match[str]) -> str:
    return f"{match[1]}{match[2]}{match[3]}{match[2]}20{match[4]}"


def _of(texts: list[Text], cells: list[Cell]) -> Text | None:
    """The text of the first of some cells that a row has."""
    by_cell = {text.cell: text for text in reversed(texts)}
    return next((by_cell[cell] for cell in cells if cell in by_cell), None)


def _wordiness(text: str) -> float:
    """Share of a text that is words: letters in tokens without a digit, CJK letters anywhere."""
    letters = 0
    for token in _TOKEN.findall(text[:300]):
        count = len(_LETTER.findall(token))
        if not _DIGIT.search(token) or width(token) > len(token) + 3:
            letters += count
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

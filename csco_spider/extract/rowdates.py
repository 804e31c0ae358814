"""Which date is a row's: that of the cell which dates the rows best, else of a cell that reaches down to
it, of its title, a heading above it, its words for machines, its address.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from functools import cached_property
from itertools import takewhile
from statistics import median
from urllib.parse import urlsplit

from csco_spider.extract.boxes import boxed_date
from csco_spider.extract.cells import Cell, Cells, Text, first_of
from csco_spider.extract.dates import day_in_url
from csco_spider.extract.outline import Outline, Piece
from csco_spider.extract.rows import RowSet, Span
from csco_spider.extract.textdates import DATED, EDGE, HEAD, PUBLISHED, Dated, TextDates
from csco_spider.items import When

_OTHER_DATE = re.compile(
    r"updat|modif|geändert|aktualisiert|mis\s+à\s+jour|actualiz|aggiorna|atualiz|gewijzigd|изменен|обновл|수정"
    r"|hearing|argued|event|deadline|start|end\b|expir|reclass|due|更新|截止|会议|活动",
    re.IGNORECASE,
)
_ROWS = re.compile(r"[1-9]\d{0,2}")
"""Over how many rows a cell may go."""
_DAYS = tuple(
    (re.compile(form, re.IGNORECASE), shape)
    for form, shape in (
        (r"\W*(\d{1,2})\.\s?(\d{1,2})\.?\W*", "{0}.{1}.{year}"),
        (r"\W*(\d{1,2})[-月월]\s?(\d{1,2})[日일]?\W*", "{year}-{0}-{1}"),
        (r"\W*(\d{1,2})/(\d{1,2})\W*", "{0}/{1}/{year}"),
        (r"\W*(\d{1,2}(?:st|nd|rd|th)?)\.?\s?([^\W\d_]{3,12})\W*", "{0} {1} {year}"),
        (r"\W*([^\W\d_]{3,12})\.?\s?(\d{1,2})(?:st|nd|rd|th)?\W*", "{0} {1}, {year}"),
    )
)
"""A month and a day that want a year; with dots the day comes first."""
_DAY_LENGTH = 24
_MONTH_DAY = re.compile(r"(?<![\d./-])(\d{1,2})[-/.月](\d{1,2})(?![\d./-])")
_STAMPED = 300
"""Rows in which dates for machines are looked for."""
_STAMPS = 8
"""Such dates of a row that are looked at."""


class RowDates:
    """Dates the rows of one set; ``share``: that of the rows which the best cell dates."""

    def __init__(
        self, page: Outline, rows: RowSet, spans: list[Span], cells: Cells, texts: TextDates
    ) -> None:
        self._page, self._set, self._spans = page, rows, spans
        self._cells, self._texts = cells, texts
        self.share = 0.0
        self._date_cells = self._by_date()
        self._title_end = self._dates_in_titles() if self.share < 0.5 else ""
        if self._title_end:
            self._date_cells = []
        self._firsts = [span.first_piece for span in spans]
        self._years = self._headed_by_years() if self.share < 0.5 else []
        self._whole_titles = bool(self._title_end) and self._differ_by_date()

    def shown(self, texts: list[Text]) -> Text | None:
        """The text of a row in the best cell that dates it."""
        cells = self._date_cells
        return next((t for cell in cells for t in texts if t.cell == cell and self._of(t)[0]), None)

    def date(
        self, place: int, texts: list[Text], shown: Text | None, title: str, url: str
    ) -> tuple[When | None, str]:
        """The date of the ``place``-th row, and its title without it."""
        span = self._spans[place]
        when = self._of(shown)[0] if shown else self._reaching.get(self._around(span.node, "tr"))
        if when is None and self._title_end:
            when, rest = self._texts.split(title, self._title_end)
            title = title if self._whole_titles else rest
        when = when or self._headed(place, texts) or self._unseen(span, texts)
        return when or self._in_address(url, texts), title

    def _of(self, text: Text | Piece) -> Dated:
        """A text's date, or that of the ``time`` element it stands in."""
        found = self._texts.when(text.text)
        if found[0] is None:
            node = self._page.nodes[text.node]
            stamp = node.get("datetime") or node.get("content") or ""
            if stamp and (when := self._texts.when(stamp)[0]):
                return when, 0, len(text.text)
        return found

    def _by_date(self) -> list[Cell]:
        """Cells by how well they date the rows, best first; a date inside the title is none."""
        held: dict[Cell, list[tuple[Text, int]]] = defaultdict(list)
        title = self._cells.titles[:1]
        for text in (text for texts in self._cells.rows for text in texts):
            dated = self._page.pieces[text.piece].dated
            if dated and (text.cell not in title or self._texts.is_date(text.text)):
                when, start, end = self._of(text)
                if when is not None:
                    held[text.cell].append((text, len(text.text) - (end - start)))
        scored = []
        for place, (cell, found) in enumerate(held.items()):
            text = found[0][0]
            around = median(rest for _, rest in found)
            score = len(found) / len(self._spans)
            score *= 1.0 if around < 12 else 0.6 if around < 60 else 0.3
            said = self._cells.says_of(text)
            if PUBLISHED.search(said):
                score *= 1.5
            elif DATED.search(said):
                score *= 1.4
            if _OTHER_DATE.search(said) or _OTHER_DATE.search(text.text[:30]):
                score *= 0.5
            if self._page.nodes[text.node].tag == "time":
                score *= 1.2
            scored.append((-score, place, cell))
        scored.sort()
        if scored:
            self.share = len(held[scored[0][2]]) / len(self._spans)
        return [cell for _, _, cell in scored]

    def _dates_in_titles(self) -> str:
        """At which end of the titles a date stands in nearly every row: "start", "end" or ""."""
        ends: Counter[str] = Counter()
        for texts in self._cells.rows:
            text = first_of(texts, self._cells.titles[:1])
            if text is None:
                continue
            when, start, _ = self._texts.when(text.text)
            if when is not None and not text.text[:start].strip(EDGE):
                ends["start"] += 1
                continue
            when, _, end = self._texts.last(text.text)
            if when is not None and not text.text[end:].strip(EDGE + "."):
                ends["end"] += 1
        least = max(2, 0.7 * len(self._cells.rows))
        return next((where for where in ("start", "end") if ends[where] >= least), "")

    def _differ_by_date(self) -> bool:
        """Do titles say the same but for their dates ("Minutes of 5 May 2026")?"""
        titles = [first_of(texts, self._cells.titles[:1]) for texts in self._cells.rows]
        rests = [self._texts.split(text.text, self._title_end)[1] for text in titles if text]
        return len(set(rests)) < 0.5 * len(rests)

    def _unseen(self, span: Span, texts: list[Text]) -> When | None:
        """A date that a row shows in pieces (a day over its month) or says for machines only."""
        if self._set.how != "element":
            return None
        if self.share < 0.3 and (text := boxed_date([one.text for one in texts])):
            return self._texts.when(text)[0]
        if self.share == 0.0 and len(self._spans) <= _STAMPED:
            stamps = self._page.nodes[span.node].xpath(
                ".//@datetime | .//*[@itemprop='datePublished']/@content | .//@data-date"
                "| .//*[self::abbr or self::span or self::time or self::em or self::small]/@title"
            )
            for stamp in stamps[:_STAMPS] if isinstance(stamps, list) else ():
                if when := self._texts.when(str(stamp))[0]:
                    return when  # the writer's name may stand before it
        return None

    def _headed(self, place: int, texts: list[Text]) -> When | None:
        """The day of a heading above a row, or the row's own with the year of that heading."""
        heading = self._set.headings[place] if self._set.headings else -1
        when = self._texts.when(self._page.pieces[heading].text)[0] if heading >= 0 else None
        if when is not None:
            return when
        return self._with_year(self._years[place], texts) if self._years else None

    def _headed_by_years(self) -> list[str]:
        """For each row the year that stands alone in a heading above it; none unless nearly all rows
        have one."""
        alone = [(at, year) for at, year in self._page.years if not self._is_inside(at)]
        places = [at for at, _ in alone]
        years: list[str] = []
        at = 0
        for span in self._spans:
            upto = bisect_left(places, span.first_piece)
            years.append(self._told(alone[at:upto]) if at < upto else years[-1] if years else "")
            at = upto
        return years if sum(map(bool, years)) >= 0.8 * len(years) else []

    def _told(self, years: list[tuple[int, str]]) -> str:
        """The year that stands over rows: links to other years stand beside it, and tell none alone."""
        shown = {year for at, year in years if self._page.pieces[at].link < 0}
        told = shown or {year for _, year in years}
        return told.pop() if len(told) == 1 else ""

    def _is_inside(self, piece: int) -> bool:
        """Does a piece stand in a row?"""
        row = bisect_right(self._firsts, piece) - 1
        return row >= 0 and piece < self._spans[row].end_piece

    def _with_year(self, year: str, texts: list[Text]) -> When | None:
        """A row's month and day with the year that stands over it."""
        for text in texts if year else ():
            if len(text.text) > _DAY_LENGTH:
                continue
            for pattern, shape in _DAYS:
                if match := pattern.fullmatch(text.text):
                    # where years come first, months do
                    eastern = self._texts.year_first and all(map(str.isdecimal, match.groups()))
                    day = ("{year}-{0}-{1}" if eastern else shape).format(*match.groups(), year=year)
                    return self._texts.when(day)[0]
        return None

    def _in_address(self, url: str, texts: list[Text]) -> When | None:
        """The day in a row's address, if the row shows it without its year, or no row shows any."""
        day = day_in_url(urlsplit(url).path)
        if day is None:
            return None
        shown = [match for text in texts for match in _MONTH_DAY.finditer(text.text[:HEAD])]
        same = any((int(match[1]), int(match[2])) == (int(day[2]), int(day[3])) for match in shown)
        if not same and (shown or self.share or self._date_cells):
            return None
        return self._texts.when("-".join(day.groups()))[0]

    @cached_property
    def _reaching(self) -> dict[int, When]:
        """Dates of cells above that reach down to a table's row (``rowspan``), by that row's element;
        the cell's own row may be none of the list."""
        page, first = self._page, self._around(self._spans[0].node, "tr")
        if first < 0 or not self._date_cells:
            return {}
        rows = [node for node, path in enumerate(page.path) if path == page.path[first]]
        reaching: dict[int, When] = {}
        for piece in page.pieces:
            if page.path[piece.node] != self._date_cells[0][0]:
                continue
            cell = self._around(piece.node, "td", "th", "tr")
            down = page.nodes[cell].get("rowspan") or ""
            if not (when := self._of(piece)[0]):
                continue
            at = bisect_left(rows, cell)
            for row in takewhile(reaching.__contains__, rows[at:]):
                del reaching[row]  # a cell reaches down to the next one at most
            if _ROWS.fullmatch(down):
                reaching.update(dict.fromkeys(rows[at : at + int(down) - 1], when))
        return reaching

    def _around(self, node: int, *tags: str) -> int:
        """The nearest element of some tags that holds an element, or is it; -1 for none."""
        while node >= 0 and self._page.nodes[node].tag not in tags:
            node = self._page.parent[node]
        return node

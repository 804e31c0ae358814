"""A set of rows read: link, title, date and teaser of each, and why a row was left out."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise, takewhile
from statistics import median
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from csco_spider.extract.boxes import boxed_date
from csco_spider.extract.cells import IDLE, Cell, Cells, Text, first_of
from csco_spider.extract.dates import DateOrder, day_in_url, year_comes_first
from csco_spider.extract.html import clip, one_line, width
from csco_spider.extract.links import absolute, without_rotating_keys
from csco_spider.extract.marks import CLIPPED, bare_title
from csco_spider.extract.outline import Outline, Piece
from csco_spider.extract.pager import is_pager
from csco_spider.extract.rowdates import DATED, EDGE, HEAD, PUBLISHED, Dated, TextDates
from csco_spider.extract.rows import RowSet, Span
from csco_spider.items import TEASER, Row, When

_OTHER_DATE = re.compile(
    r"updat|modif|hearing|argued|event|deadline|start|end\b|expir|reclass|due|更新|截止|会议|活动",
    re.IGNORECASE,
)
_LETTER = re.compile(r"[^\W\d_]")
_INVITATION = re.compile(r"^(?:read|learn|find out|view|see) more (?:about|on|of)?\W*", re.IGNORECASE)
"""What a link's label says before the title."""
_FILE = re.compile(r"\.(?:pdf|docx?|html?|mp3)(?:$|[?#])", re.IGNORECASE)
_ROWS = re.compile(r"[1-9]\d{0,2}")
"""Over how many rows a cell may go."""
_LINKS = 20
"""Links of a row that are looked at."""
MAX_ROWS = 5000
_DATE = 26
"""Characters of a text that may be a date and nothing else, where it stands for a title."""
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
_LOOKED_AT = 200
"""Pieces by which a page's language is judged."""
_WORDS = re.compile(r"[a-z]+")
_PAID = frozenset({"sponsored", "sponsor", "advert", "advertisement", "advertorial"})
_LINE = 100
"""Width of a line of a title that goes on behind a line break."""
_FEW = 0.4
_STAMPED = 300
"""Rows in which dates for machines are looked for."""


@dataclass(slots=True)
class Reading:
    """Rows as read, what was refused by reason, and what the operator should know."""

    rows: list[Row] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def extend(self, other: Reading) -> None:
        """Add another part of the same list."""
        seen = {row.url for row in self.rows}
        self.rows += [row for row in other.rows if row.url not in seen]
        again = sum(row.url in seen for row in other.rows)
        self.refused += other.refused + Counter({"same address again": again})
        self.problems += other.problems


class _LeftOut(Exception):  # noqa: N818 - it says what happens to a row
    """A row that is not taken; the message says why."""


class Reader:
    """Reads the rows of one set, the first ``most`` of them."""

    def __init__(
        self,
        page: Outline,
        rows: RowSet,
        *,
        base: str,
        zone: ZoneInfo,
        order: DateOrder | None,
        most: int = MAX_ROWS,
    ) -> None:
        self._page, self._set, self._base = page, rows, base
        self._dates = TextDates(zone=zone, order=order, year_first=_is_eastern(page))
        self._spans = rows.spans[:most]
        self._left = len(rows.spans) - len(self._spans)
        self._cells = Cells(page, self._spans, self._dates.is_date)
        self._date_share = 0.0
        """Share of rows that the best cell dates."""
        self._date_cells = self._by_date()
        self._title_end = self._dates_in_titles() if self._date_share < 0.5 else ""
        if self._title_end:
            self._date_cells = []
        self._firsts = [span.first_piece for span in self._spans]
        self._years = self._headed_by_years() if self._date_share < 0.5 else []
        self._whole_titles = bool(self._title_end) and self._differ_by_date()
        self._differing: dict[tuple[int, int] | None, float] = {}
        """Share of rows to which a place of links gives an address of their own."""
        self._link_places = self._by_link()
        shares = self._differing.values()
        self._misled = bool(shares) and min(shares) < _FEW * max(shares)
        """Do some links lead to the same few pages from many rows?"""
        self.title_score = self._cells.title_score

    def read(self) -> Reading:
        """Each row once; a row that is left out is counted by its reason."""
        reading = Reading()
        seen: set[str] = set()
        bare: list[bool] = []  # rows that show no date, not even one that can't be read
        for place, span in enumerate(self._spans):
            try:
                row = self._row(place, span, self._cells.rows[place])
            except _LeftOut as left:
                reading.refused[str(left)] += 1
                continue
            if row.url in seen:
                reading.refused["same address again"] += 1
                continue
            seen.add(row.url)
            reading.rows.append(row)
            bare.append(not row.when and not self._page.dates(span.first_piece, span.end_piece))
        if sorting := self._sorting(reading.rows):
            reading.refused["link that sorts or filters the list"] += len(sorting)
            bare = [one for place, one in enumerate(bare) if place not in sorting]
            reading.rows = [row for place, row in enumerate(reading.rows) if place not in sorting]
        above = self._above(bare)
        reading.refused += Counter({"undated link above dated ones": above})
        del reading.rows[:above]
        if self._left:
            reading.refused["row past the last that is read"] += self._left
        undated = sum(row.when is None for row in reading.rows)
        for reason, texts in self._dates.refusals.items() if undated else ():
            reading.problems.append(
                f"{len(texts)} dates of the list refused: {reason}, such as {texts[0][:60]!r}"
            )
        return reading

    def _sorting(self, rows: list[Row]) -> set[int]:
        """Undated rows of a dated list that lead to the list itself, by other keys than its articles."""
        if self._date_share < 0.6:
            return set()
        shapes = {_shape(row.url) for row in rows if row.when}
        own, _ = _shape(self._base)
        return {
            place
            for place, row in enumerate(rows)
            if not row.when and (shape := _shape(row.url))[0] == own and shape not in shapes
        }

    def _above(self, bare: list[bool]) -> int:
        """How many rows at the top of a dated list are none: the way back, a filter, "more".

        In a flat list one of the page's own links above may have taken the page's date: there the
        list begins with two dated rows.
        """
        flat = self._set.flat
        if self._date_share < (0.6 if flat else 0.9):
            return 0
        shown = [place for place, one in enumerate(bare) if not one]
        return next((a for a, b in pairwise(shown) if b == a + 1 or not flat), 0)

    def _row(self, place: int, span: Span, texts: list[Text]) -> Row:
        titled = first_of(texts, self._cells.titles)
        link = self._link(span, titled)
        url = without_rotating_keys(absolute(self._page.links[link].href, self._base))
        if not url:
            raise _LeftOut("link that is no http address")
        if self._is_paid(span.node, link):
            raise _LeftOut("advertisement")
        if url == self._base.partition("#")[0]:
            raise _LeftOut("link to the page itself")
        title = self._whole(self._on_all_lines(titled, texts), link)
        dated = next(
            (t for cell in self._date_cells for t in texts if t.cell == cell and self._of(t)[0]), None
        )
        when = self._of(dated)[0] if dated else self._reaching.get(self._around(span.node, "tr"))
        if when is None and self._title_end:
            when, rest = self._dates.split(title, self._title_end)
            title = title if self._whole_titles else rest
        when = when or self._headed(place, texts) or self._unseen(span, texts)
        when = when or self._in_address(url, texts)
        if when is not None and dated is not None and titled and self._page.pieces[titled.piece].dated:
            title = self._dates.without(title, when)
        if not title:
            raise _LeftOut("row without a title")
        if when is None and is_pager(title):
            raise _LeftOut("link to another page of the list")
        if len(title) < 5 and not _LETTER.search(title):
            raise _LeftOut("title without a word")
        if when is None and self._is_head(span.node):
            raise _LeftOut("head of a table")
        return Row(url=url, title=title, when=when, teaser=_teaser(texts, titled, dated))

    def _is_paid(self, node: int, link: int) -> bool:
        words = _WORDS.findall((self._page.nodes[node].get("class") or "").lower())
        rel = self._page.nodes[self._page.links[link].node].get("rel") or ""
        return not _PAID.isdisjoint(words) or "sponsored" in rel

    def _on_all_lines(self, titled: Text | None, texts: list[Text]) -> str:
        """A title with the lines of its link that a ``br`` sets apart from the first."""
        if titled is None:
            return ""
        said = titled.text
        for text in texts[texts.index(titled) + 1 :] if titled.link >= 0 else ():
            if text.node != titled.node or self._page.pieces[text.piece].dated:
                break
            if width(text.text) > _LINE or width(said) > _LINE or said.endswith((".", "。", "…")):
                break
            said = f"{said} {text.text}"
        return said

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

    def _is_head(self, node: int) -> bool:
        row = self._page.nodes[node]
        return row.tag == "tr" and len(row) > 0 and all(cell.tag == "th" for cell in row)

    # dates

    def _of(self, text: Text | Piece) -> Dated:
        """A text's date, or that of the ``time`` element it stands in."""
        found = self._dates.when(text.text)
        if found[0] is None:
            node = self._page.nodes[text.node]
            stamp = node.get("datetime") or node.get("content") or ""
            if stamp and (when := self._dates.when(stamp)[0]):
                return when, 0, len(text.text)
        return found

    def _by_date(self) -> list[Cell]:
        """Cells by how well they date the rows, best first; a date inside the title is none."""
        held: dict[Cell, list[tuple[Text, int]]] = defaultdict(list)
        title = self._cells.titles[:1]
        for text in (text for texts in self._cells.rows for text in texts):
            dated = self._page.pieces[text.piece].dated
            if dated and (text.cell not in title or self._dates.is_date(text.text)):
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
            self._date_share = len(held[scored[0][2]]) / len(self._spans)
        return [cell for _, _, cell in scored]

    def _dates_in_titles(self) -> str:
        """At which end of the titles a date stands in nearly every row: "start", "end" or ""."""
        ends: Counter[str] = Counter()
        for texts in self._cells.rows:
            text = first_of(texts, self._cells.titles[:1])
            if text is None:
                continue
            when, start, _ = self._dates.when(text.text)
            if when is not None and not text.text[:start].strip(EDGE):
                ends["start"] += 1
                continue
            when, _, end = self._dates.last(text.text)
            if when is not None and not text.text[end:].strip(EDGE + "."):
                ends["end"] += 1
        least = max(2, 0.7 * len(self._cells.rows))
        return next((where for where in ("start", "end") if ends[where] >= least), "")

    def _differ_by_date(self) -> bool:
        """Do titles say the same but for their dates ("Minutes of 5 May 2026")?"""
        titles = [first_of(texts, self._cells.titles[:1]) for texts in self._cells.rows]
        rests = [self._dates.split(text.text, self._title_end)[1] for text in titles if text]
        return len(set(rests)) < 0.5 * len(rests)

    def _unseen(self, span: Span, texts: list[Text]) -> When | None:
        """A date that a row shows in pieces (a day over its month) or says for machines only."""
        if self._set.how != "element":
            return None
        if self._date_share < 0.3 and (text := boxed_date([one.text for one in texts])):
            return self._dates.when(text)[0]
        if self._date_share == 0.0 and len(self._spans) <= _STAMPED:
            stamps = self._page.nodes[span.node].xpath(
                ".//@datetime | .//*[@itemprop='datePublished']/@content | .//@data-date"
                "| .//*[self::abbr or self::span or self::time or self::em or self::small]/@title"
            )
            if isinstance(stamps, list) and stamps:
                return self._dates.when(str(stamps[0]))[0]
        return None

    def _headed(self, place: int, texts: list[Text]) -> When | None:
        """The day of a heading above a row, or the row's own with the year of that heading."""
        heading = self._set.headings[place] if self._set.headings else -1
        when = self._dates.when(self._page.pieces[heading].text)[0] if heading >= 0 else None
        if when is not None:
            return when
        return self._with_year(self._years[place], texts) if self._years else None

    def _headed_by_years(self) -> list[str]:
        """For each row the year that stands alone in a heading above it; none unless nearly all rows
        have one."""
        alone = [(at, year) for at, year in self._page.years if not self._is_inside(at)]
        places = [at for at, _ in alone]
        above = (bisect_left(places, span.first_piece) - 1 for span in self._spans)
        years = [alone[at][1] if at >= 0 else "" for at in above]
        return years if sum(map(bool, years)) >= 0.8 * len(years) else []

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
                    return self._dates.when(shape.format(*match.groups(), year=year))[0]
        return None

    def _in_address(self, url: str, texts: list[Text]) -> When | None:
        """The day in a row's address, if the row shows it without its year, or no row shows any."""
        day = day_in_url(urlsplit(url).path)
        if day is None:
            return None
        shown = [match for text in texts for match in _MONTH_DAY.finditer(text.text[:HEAD])]
        same = any((int(match[1]), int(match[2])) == (int(day[2]), int(day[3])) for match in shown)
        if not same and (shown or self._date_share or self._date_cells):
            return None
        return self._dates.when("-".join(day.groups()))[0]

    # links

    def _by_link(self) -> list[tuple[int, int]]:
        """Places of links (tag path, which of that path in the row), by how many rows they serve
        with an address of their own."""
        held: dict[tuple[int, int], list[str]] = defaultdict(list)
        for span in self._spans:
            for place, link in self._links_of(span):
                held[place].append(self._page.links[link].href)
        scored = []
        for rank, (place, hrefs) in enumerate(held.items()):
            score = len(set(hrefs)) / len(self._spans)
            self._differing[place] = score
            if sum(bool(_FILE.search(href)) for href in hrefs) * 2 > len(hrefs):
                score *= 1.15
            scored.append((-score, rank, place))
        return [place for _, _, place in sorted(scored)]

    def _links_of(self, span: Span) -> Iterator[tuple[tuple[int, int], int]]:
        kinds: Counter[int] = Counter()
        for index in range(span.first_link, min(span.end_link, span.first_link + _LINKS)):
            path = self._page.path[self._page.links[index].node]
            yield (path, kinds[path]), index
            kinds[path] += 1

    def _link(self, span: Span, titled: Text | None) -> int:
        if titled is not None and titled.link >= 0 and not self._misled:
            return titled.link
        own = dict(self._links_of(span))
        if titled is not None and titled.link >= 0:
            at = next((place for place, link in own.items() if link == titled.link), None)
            best = self._link_places[0] if self._link_places else None
            if best not in own or self._differing.get(at, 1.0) >= _FEW * self._differing[best]:
                return titled.link  # unless the same few links (a department's) are in every row
        link = next((own[place] for place in self._link_places if place in own), -1)
        if link < 0:
            raise _LeftOut("row without a link")
        return link

    def _whole(self, title: str, link: int) -> str:
        """A title without marks; one that is clipped, idle or a date from the link's attributes."""
        node = self._page.nodes[self._page.links[link].node]
        labels = [label for name in ("title", "aria-label") if (label := node.get(name))]
        if not labels:
            return bare_title(title)
        stem = title.rstrip("….").strip()
        clipped = title.endswith(CLIPPED)
        idle = bool(IDLE.fullmatch(title)) or (len(title) <= _DATE and self._dates.is_date(title))
        for label in labels if clipped or idle else ():
            said = bare_title(one_line(label))
            if clipped and said.startswith(stem[:200]):
                return said
            if idle and not IDLE.fullmatch(said := _INVITATION.sub("", said)):
                return said
        return bare_title(title)


def _is_eastern(page: Outline) -> bool:
    """Is a page in Korean, Japanese or Chinese, where a year of two digits comes first?"""
    language = (page.nodes[0].get("lang") or "") if page.nodes else ""
    return year_comes_first(language, (piece.text for piece in page.pieces[:_LOOKED_AT]))


def _teaser(texts: list[Text], title: Text | None, date: Text | None) -> str:
    rest = [t.text for t in texts if t is not title and t is not date and t.link < 0]
    longest = max(rest, key=width, default="")
    return clip(longest, TEASER) if width(longest) >= 60 else ""


def _shape(url: str) -> tuple[str, tuple[str, ...]]:
    """An address without the values of its query, which tell pages of one kind apart."""
    path, _, query = url.partition("#")[0].partition("?")
    return path, tuple(pair.partition("=")[0] * ("=" in pair) for pair in query.split("&"))

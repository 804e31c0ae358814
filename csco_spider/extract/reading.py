"""A set of rows read: link, title, date and teaser of each, and why a row was left out."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from zoneinfo import ZoneInfo

from csco_spider.extract.cells import IDLE, Cells, Text, first_of
from csco_spider.extract.dates import DateOrder, year_comes_first
from csco_spider.extract.html import clip, one_line, width
from csco_spider.extract.links import absolute, kind_of, without_rotating_keys
from csco_spider.extract.marks import CLIPPED, bare_title
from csco_spider.extract.outline import Outline
from csco_spider.extract.pager import is_pager
from csco_spider.extract.rowdates import RowDates
from csco_spider.extract.rows import RowSet, Span
from csco_spider.extract.textdates import TextDates
from csco_spider.items import TEASER, Row

_LETTER = re.compile(r"[^\W\d_]")
_INVITATION = re.compile(r"^(?:read|learn|find out|view|see) more (?:about|on|of)?\W*", re.IGNORECASE)
"""What a link's label says before the title."""
_TOOLTIP = re.compile(r"\s*(?:文章)?标\s{0,4}题\s*[:：]\s*([^\r\n]+)")
"""A title in an attribute that goes on, on lines of their own, with the author and the day."""
_FILE = re.compile(r"\.(?:pdf|docx?|html?|mp3)(?:$|[?#])", re.IGNORECASE)
_LINKS = 20
"""Links of a row that are looked at."""
MAX_ROWS = 5000
_DATE = 26
"""Characters of a text that may be a date and nothing else, where it stands for a title."""
_LOOKED_AT = 200
"""Pieces by which a page's language is judged."""
_WORDS = re.compile(r"[a-z]+")
_PAID = frozenset({"sponsored", "sponsor", "advert", "advertisement", "advertorial"})
_LINE = 100
"""Width of a line of a title that goes on behind a line break."""
_FEW = 0.4
_DATED = 0.6
"""Share of rows that are dated in a dated list."""
_ASIDE = 2
"""Links of the text before or behind a list at most; more of them are rows without a date."""


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
        self._texts = TextDates(zone=zone, order=order, year_first=_is_eastern(page))
        self._spans = rows.spans[:most]
        self._left = len(rows.spans) - len(self._spans)
        self._cells = Cells(page, self._spans, self._texts.is_date)
        self._dates = RowDates(page, rows, self._spans, self._cells, self._texts)
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
        if around := self._around(reading.rows, bare[above:]):
            reading.refused["undated link of another kind at the list's end"] += len(around)
            reading.rows = [row for place, row in enumerate(reading.rows) if place not in around]
        if self._left:
            reading.refused["row past the last that is read"] += self._left
        undated = sum(row.when is None for row in reading.rows)
        for reason, texts in self._texts.refusals.items() if undated else ():
            reading.problems.append(
                f"{len(texts)} dates of the list refused: {reason}, such as {texts[0][:60]!r}"
            )
        return reading

    def _sorting(self, rows: list[Row]) -> set[int]:
        """Undated rows of a dated list that lead to the list itself, by other keys than its articles."""
        if self._dates.share < _DATED:
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
        if self._dates.share < (_DATED if flat else 0.9):
            return 0
        shown = [place for place, one in enumerate(bare) if not one]
        return next((a for a, b in pairwise(shown) if b == a + 1 or not flat), 0)

    def _around(self, rows: list[Row], bare: list[bool]) -> set[int]:
        """Undated rows before the first dated one, or behind the last, of a list whose dated rows lead
        to addresses of one kind, and these to none of it: what the text around the list links to."""
        dated = [place for place, one in enumerate(bare) if not one]
        if self._dates.share < _DATED or len(dated) < 2:
            return set()
        kinds = {kind_of(rows[place].url) for place in dated}
        if len(kinds) > 1 or not any(next(iter(kinds))[1:]):
            return set()
        ends = (range(dated[0]), range(dated[-1] + 1, len(rows)))
        places = (place for end in ends if len(end) <= _ASIDE for place in end)
        return {place for place in places if kind_of(rows[place].url) not in kinds}

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
        dated = self._dates.shown(texts)
        when, title = self._dates.date(place, texts, dated, title, url)
        if when is not None and dated is not None and titled and self._page.pieces[titled.piece].dated:
            title = self._texts.without(title, when)
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
        words = _WORDS.findall(self._page.named[node].lower())
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

    def _is_head(self, node: int) -> bool:
        row = self._page.nodes[node]
        return row.tag == "tr" and len(row) > 0 and all(cell.tag == "th" for cell in row)

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
        labels = [tip[1] if (tip := _TOOLTIP.match(label)) else label for label in labels]
        if not labels:
            return bare_title(title)
        stem = title.rstrip("….").strip()
        clipped = title.endswith(CLIPPED)
        idle = bool(IDLE.fullmatch(title)) or (len(title) <= _DATE and self._texts.is_date(title))
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

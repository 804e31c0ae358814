"""Which set of a page's rows is its list: the best ones are read, and every refusal says why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from statistics import fmean, median
from zoneinfo import ZoneInfo

from lxml import etree

from csco_spider.extract.dates import DateOrder
from csco_spider.extract.groups import lead_to_events, says_events
from csco_spider.extract.html import width
from csco_spider.extract.leads import lead_rows
from csco_spider.extract.order import date_order_of
from csco_spider.extract.outline import Outline
from csco_spider.extract.reading import Reader, Reading
from csco_spider.extract.rows import PART, RowSet, Span, row_sets
from csco_spider.items import Row

LOOKED_AT = 6
"""Sets that are read; what scores behind them is named and left."""
SAMPLE = 60
"""Rows read of a set before it is chosen."""
_EVENTS = 0.3
"""What links to events are worth on a page that is not of events."""
_SEVERAL, _MANY = 3, 30
"""Links of a row that has nothing else at most, and of a dated one."""
_FEW, _BESIDE, _ARTICLE = 3, 12, 1500
"""Rows of which one may be an article, rows beside one at most, characters of its text at least."""
_DATED = 0.8
"""Share of its rows that are dated in a dated list."""
_ALIKE = 0.4
"""By how much at most the dated shares of one list's parts differ."""


@dataclass(slots=True)
class Candidate:
    """A set of rows that was looked at. ``refusal`` is "" for the one that was taken."""

    place: str
    """Where its rows stand: tags and classes, outermost first."""
    rows: int
    dated: int
    titles: tuple[str, ...]
    refusal: str = ""

    def __str__(self) -> str:
        shown = " / ".join(title[:40] for title in self.titles[:2]) or "no titles"
        return (
            f"{self.rows} rows ({self.dated} dated) at {self.place}: {shown}: {self.refusal or 'taken'}"
        )


@dataclass(slots=True)
class Choice:
    """The list of a page as read, the candidates for it, best first, and what was refused."""

    reading: Reading = field(default_factory=Reading)
    candidates: list[Candidate] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    leads: int = 0
    """How many of its first rows stand above the list."""
    cut: bool = False
    """True where the page has more elements than are read."""


@dataclass(slots=True, eq=False)
class _Tried:
    rows: RowSet
    score: float
    candidate: Candidate
    newest: datetime | None


def choose(root: etree._Element, base: str, zone: ZoneInfo, order: DateOrder | None) -> Choice:
    """Read the list of a parsed page (an lxml tree); no rows where nothing looks like one."""
    outline = Outline(root)
    order = order or date_order_of(outline)
    choice = Choice(cut=outline.cut)
    sets = row_sets(outline)
    tried: list[_Tried] = []
    for rows in sets:
        if len(tried) == LOOKED_AT:
            break
        if any(_same_rows(rows, other.rows) for other in tried):
            continue  # the same rows one tag further in
        tried.append(_try(outline, rows, base, zone, order))
    _compare(outline, tried, base)
    tried.sort(key=lambda one: -one.score)
    taken = next((one for one in tried if not one.candidate.refusal), None)
    parts = _parts(outline, taken.rows, sets) if taken else []
    tried = [one for one in tried if one is taken or all(one.rows is not part for part in parts)]
    for one in tried:
        if one is not taken and not one.candidate.refusal:
            one.candidate.refusal = "less like a list than the one taken"
    choice.candidates = [one.candidate for one in tried]
    choice.refused.update(one.candidate.refusal for one in tried if one is not taken)
    choice.refused.update(rows.noise for rows in sets if rows.noise)
    if taken is not None:
        for part in parts:
            choice.reading.extend(Reader(outline, part, base=base, zone=zone, order=order).read())
        choice.refused.update(choice.reading.refused)
        if all(part.how == "element" for part in parts):
            listed, first = choice.reading.rows, parts[0].spans[0]
            leads = lead_rows(outline, first, listed, base=base, zone=zone, order=order)
            choice.reading.rows, choice.leads = [*leads, *listed], len(leads)
        taken.candidate.rows = len(choice.reading.rows)
        taken.candidate.dated = sum(row.when is not None for row in choice.reading.rows)
    return choice


def _compare(outline: Outline, tried: list[_Tried], base: str) -> None:
    """What sets are worth beside each other: news stands in the list that has the newest date, and in
    none that is of events where rows of the same tags are not."""
    newest = max((one.newest for one in tried if one.newest), default=None)
    events = [] if says_events(base) else [one for one in tried if _are_events(outline, one.rows)]
    paths = {outline.path[one.rows.spans[0].node] for one in tried if one not in events}
    for one in tried:
        if one.newest is not None and one.newest == newest:
            one.score *= 1.15
        if one in events and outline.path[one.rows.spans[0].node] in paths:
            one.score *= _EVENTS


def _parts(outline: Outline, taken: RowSet, sets: list[RowSet]) -> list[RowSet]:
    """The list and what goes on with it elsewhere (behind "more", in the next section), in the
    page's order: rows of the same classes in another depth of the page, dated as these are."""
    place = _place(outline, taken.spans[0].node)
    if taken.noise or "." not in place:
        return [taken]
    dated, events = _own_dates(outline, taken), _are_events(outline, taken)

    def goes_on(rows: RowSet) -> bool:
        return (
            not rows.noise
            and rows.flat == taken.flat
            and _place(outline, rows.spans[0].node) == place
            and abs(_own_dates(outline, rows) - dated) < _ALIKE
            and _are_events(outline, rows) == events
        )

    parts = [rows for rows in sets if rows is taken or goes_on(rows)]
    return sorted(parts, key=lambda rows: rows.spans[0].node)


def _own_dates(outline: Outline, rows: RowSet) -> float:
    """Share of rows that have a date of their own, none of a heading."""
    return fmean(outline.dates(span.first_piece, span.end_piece) > 0 for span in rows.spans)


def _are_events(outline: Outline, rows: RowSet) -> bool:
    return lead_to_events(outline, [span.node for span in rows.spans])


def _same_rows(one: RowSet, other: RowSet) -> bool:
    return len(one.spans) == len(other.spans) and all(
        (a.first_link, a.end_link) == (b.first_link, b.end_link)
        and (a.first_piece, a.end_piece) == (b.first_piece, b.end_piece)
        for a, b in zip(one.spans, other.spans, strict=True)
    )


def _try(outline: Outline, rows: RowSet, base: str, zone: ZoneInfo, order: DateOrder | None) -> _Tried:
    reader = Reader(outline, rows, base=base, zone=zone, order=order, most=SAMPLE)
    sample = reader.read()
    dated = [row.when.value for row in sample.rows if row.when]
    candidate = Candidate(
        place=_place(outline, rows.spans[0].node),
        rows=len(rows.spans),
        dated=len(dated),
        titles=tuple(row.title for row in sample.rows[:3]),
    )
    candidate.refusal = _refusal(outline, rows, sample.rows)
    score = rows.score * min(max(reader.title_score, 0.15), 1.2) ** 0.5
    score *= (len(sample.rows) / min(SAMPLE, len(rows.spans))) ** 0.5
    if len(dated) < 0.5 * rows.dated * len(sample.rows):
        score *= 0.5  # what looked like dates was none when it was read
    if not says_events(base) and sample.rows and all(says_events(row.url) for row in sample.rows):
        score *= _EVENTS
    return _Tried(rows, score, candidate, max(dated, default=None))


def _refusal(outline: Outline, rows: RowSet, read: list[Row]) -> str:
    """Why a set is no list of notices; "" for one that may be."""
    if len(read) < 2:
        return "fewer than two rows with a link and a title"
    most = PART if rows.dated <= 0.5 else _MANY
    if 2 * sum(_is_part(outline, span, most) for span in rows.spans) >= len(rows.spans):
        return "parts of the page, with links of their own"
    if rows.noise:
        share = _chars(outline, rows) / (outline.chars(0, len(outline.pieces)) or 1)
        if share < 0.3 or rows.dated < 0.5:
            return rows.noise
    if _is_beside_article(outline, rows):
        return "beside an article, whose text is longer"
    titles = {row.title for row in read}
    if len(titles) < 2 or (len(titles) < 0.2 * len(read) and rows.dated < 0.5):
        return "the same title on every row"
    dated = sum(row.when is not None for row in read) / len(read)
    if max(dated, rows.dated) >= 0.3:
        return ""
    typical = median(width(title) for title in titles)
    if len(read) < 3 or typical < 18:
        return f"undated, and its titles are short ({typical:.0f} characters)"
    return ""


def _chars(outline: Outline, rows: RowSet) -> int:
    return sum(outline.chars(span.first_piece, span.end_piece) for span in rows.spans)


def _is_beside_article(outline: Outline, rows: RowSet) -> bool:
    """Is the page an article: are there far more paragraphs around a few undated rows than text in them,
    or does one of two or three rows have them all? A dated list may stand below any welcome."""
    listed = _chars(outline, rows)
    told = [span for span in rows.spans if outline.prose(span.first_piece, span.end_piece)]
    alone = len(rows.spans) <= _FEW and len(told) == 1
    if not alone and (rows.dated >= _DATED or len(rows.spans) > _BESIDE):
        return False
    first, last = rows.spans[0].first_piece, rows.spans[-1].end_piece
    prose = outline.prose(0, first) + outline.prose(last, len(outline.pieces))
    if alone:
        prose += outline.prose(told[0].first_piece, told[0].end_piece)
        listed -= outline.chars(told[0].first_piece, told[0].end_piece)
        return prose > max(_ARTICLE, listed)
    return prose > max(_ARTICLE, 2 * listed)


def _is_part(outline: Outline, span: Span, most: int) -> bool:
    """Does a row lead to more pages than ``most``, or to several with no word besides: is it a menu, or
    a part of the page?"""
    targets = outline.targets(span.first_link, span.end_link)
    bare = (outline.pieces[at].link < 0 for at in range(span.first_piece, span.end_piece))
    return targets > most or (_SEVERAL < targets <= PART and most == PART and not any(bare))


def _place(outline: Outline, node: int) -> str:
    """Tags and classes of an element and the two above it."""
    steps: list[str] = []
    while node >= 0 and len(steps) < 3:
        element = outline.nodes[node]
        named = ".".join(outline.named[node].split()[:2])
        steps.append(f"{element.tag}{'.' if named else ''}{named}")
        node = outline.parent[node]
    return " > ".join(reversed(steps))

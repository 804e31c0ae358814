"""Which parts of a page could be the rows of its list, and how good each set of them is.

A *set* is every element of one tag path (and one class of parent) that holds a link. Its rows are
those elements, or in a flat list the stretch from one of them to the next; the date stands in the
row, or above it in a heading.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from statistics import median

from csco_spider.extract.dates import is_month
from csco_spider.extract.groups import groups
from csco_spider.extract.html import width
from csco_spider.extract.outline import FORMATTING, Outline

_WORDS = re.compile(r"(?<!\d)[^\W\d_]+")
_ROW_TAGS = {
    "tr": 1.1,
    "article": 1.1,
    "li": 1.05,
    **dict.fromkeys(("span", "a", "p", "strong", "b"), 0.95),
    "ul": 0.8,
    "td": 0.75,
    "th": 0.3,
}
_NO_LISTS = frozenset({"menu", "footer", "pager"})
"""Boxes of whose name no list is; one of another name is worth more."""
_OUTSIDE, _BESIDE = 0.6, 30
"""What rows outside a page's ``main`` are worth, if they are no more than a box beside it has."""
_DAYS = 0.65
"""Days to rows at most where headings date them."""
ENOUGH = 120
"""Rows past which more of them are no more reason to take a set for the list."""
_COMPARED = 40
"""Sets, the best ones, of which some may hold others."""
_BARE = 0.3
"""Share of rows that are dated at most in a set that is called undated."""
PART = 6
"""What holds links to more pages than this is a part of the page, and no row."""
MAX_STRETCH = 60
"""Pieces of a row in a flat list at most: what follows the last row is the page's."""


@dataclass(frozen=True, slots=True)
class Span:
    """A row: its element, and the pieces and links that belong to it."""

    node: int
    first_piece: int
    end_piece: int
    first_link: int
    end_link: int


@dataclass(slots=True)
class RowSet:
    """Rows of one shape. ``how``: the rows are elements, stretches after or before them, or
    elements dated by a heading."""

    how: str
    spans: list[Span]
    noise: str = ""
    score: float = 0.0
    dated: float = 0.0
    near: float = 0.0
    """Share of rows of a flat list whose date stands right beside the link."""
    headings: list[int] = field(default_factory=list)
    """For each row the piece above that dates it, -1 for none."""

    @property
    def flat(self) -> bool:
        """Are the rows stretches of a flat list?"""
        return self.how in {"after", "before"}


def row_sets(page: Outline) -> list[RowSet]:
    """Every set of at least two rows, best first."""
    sets: list[RowSet] = []
    for members in groups(page):
        base = RowSet("element", [_element(page, node) for node in members])
        base.noise = page.noise[page.parent[members[0]]]
        _rate(page, base)
        best = base
        if base.dated < 0.6:
            for flat in _flat(page, _beside_dates(page, members), base.noise):
                if flat.dated > base.dated + 0.2 and flat.score > best.score * 1.02:
                    best = flat
        if base.dated < 0.3 and best.dated < 0.9:
            headed = _headed(page, base)
            if headed is not None and (
                headed.score > best.score
                if best.dated < 0.3
                else 1 < len(set(headed.headings)) <= _DAYS * len(base.spans)
                and page.nodes[members[0]].tag != "tr"
            ):
                headed.score = max(headed.score, best.score)
                best = headed
        sets.append(best)
    _prefer_rows_to_days(page, sets)
    _prefer_main(page, sets)
    sets.sort(key=lambda one: -one.score)
    _prefer_dated(page, sets[:_COMPARED])
    sets.sort(key=lambda one: -one.score)
    return sets


def _prefer_dated(page: Outline, sets: list[RowSet]) -> None:
    """Rows that hold the rows of an undated set, one each, and one or two dates are the better ones,
    however many links they hold besides (tags, buttons to share)."""
    for bare in sets:
        if bare.dated >= _BARE or len(bare.spans) < 3:
            continue
        for rows in sets:
            if len(rows.spans) == len(bare.spans) and rows.dated > 0.8 and not rows.flat:
                pairs = zip(rows.spans, bare.spans, strict=True)
                dates = (page.dates(span.first_piece, span.end_piece) for span in rows.spans)
                if all(a.node < b.node <= page.last[a.node] for a, b in pairs) and median(dates) <= 2:
                    rows.score = max(rows.score, 1.05 * bare.score)


def _prefer_rows_to_days(page: Outline, sets: list[RowSet]) -> None:
    """Rows below the heading of their day are the list, and not the days that hold them."""
    for rows in sets:
        if rows.how != "heading":
            continue
        for days in sets:
            if days is rows or not 1 < len(days.spans) < len(rows.spans) or days.noise:
                continue
            ends = [page.last[span.node] for span in days.spans]
            starts = [span.node for span in days.spans]
            held = (bisect_right(starts, span.node) - 1 for span in rows.spans)
            if all(
                at >= 0 and row.node <= ends[at] for at, row in zip(held, rows.spans, strict=True)
            ) and len(set(rows.headings)) >= len(days.spans):
                rows.score = max(rows.score, 1.05 * days.score)


def _prefer_main(page: Outline, sets: list[RowSet]) -> None:
    """Where some rows stand in a page's ``main``, others are worth less."""
    mains = (
        range(index, page.last[index] + 1)
        for index, node in enumerate(page.nodes)
        if node.tag == "main" or node.get("role") == "main"
    )
    main = next(mains, range(0))
    inside = [rows.spans[0].node in main for rows in sets]
    news = (rows.dated >= 0.5 and len(rows.spans) > 2 for rows in sets)
    if any(is_in and dated for dated, is_in in zip(news, inside, strict=True)):
        for rows, is_in in zip(sets, inside, strict=True):
            rows.score *= 1.0 if is_in or len(rows.spans) > _BESIDE else _OUTSIDE


def _element(page: Outline, node: int) -> Span:
    return Span(
        node, page.first_piece[node], page.end_piece[node], page.first_link[node], page.end_link[node]
    )


def _beside_dates(page: Outline, members: list[int]) -> list[int]:
    """The links of those boxes that have a date for each, if there are such; else all."""
    held = Counter(page.parent[node] for node in members)
    dated = {
        parent
        for parent, count in held.items()
        if count > 1 and page.dates(page.first_piece[parent], page.end_piece[parent]) >= 0.8 * count
    }
    return [node for node in members if page.parent[node] in dated] if dated else members


def _flat(page: Outline, members: list[int], noise: str) -> list[RowSet]:
    """Rows of a flat list with their dates behind them, and before them, if both may be.

    Dates of the neighbours leave the row at one end without one, or with one of another kind (the
    page's own): the last where they stand before their rows, the first where they stand behind.
    """
    after, before = (_stretched(page, members, how) for how in ("after", "before"))
    if after is None or before is None:
        return []
    for flat in (after, before):
        flat.noise = noise
        _rate(page, flat)
    ends = _dated_as(page, after.spans[-1], after.spans[-2])
    begins = _dated_as(page, before.spans[0], before.spans[1])
    return [flat for flat, sure in ((after, ends), (before, begins)) if sure or ends == begins]


def _dated_as(page: Outline, span: Span, neighbour: Span) -> bool:
    """Has a row a date that stands in the same tags and class as its neighbour's, if that has one, and
    among as many words ("Updated" is one)?"""

    def kind(row: Span) -> tuple[int, str, int] | None:
        pieces = page.pieces[row.first_piece : row.end_piece]
        date = next((piece for piece in pieces if piece.dated), None)
        if date is None:
            return None
        words = sum(not is_month(word) for word in _WORDS.findall(date.text))
        return page.path[date.node], page.named[date.node], words

    own, other = kind(span), kind(neighbour)
    return own is not None and (other is None or own == other)


def _stretched(page: Outline, members: list[int], how: str) -> RowSet | None:
    """Rows of a flat list: from one element to the next of the same parent, or from behind the one
    before it; neither reaches the date of another row."""
    spans: list[Span] = []
    siblings = near = 0
    members = [_unformatted(page, node) for node in members]
    for place, node in enumerate(members):
        parent = page.parent[node]
        other = place + (1 if how == "after" else -1)
        beside = members[other] if 0 <= other < len(members) else -1
        if beside >= 0 and page.parent[beside] != parent:
            beside = -1
        siblings += beside >= 0
        first, end = page.first_piece[node], page.end_piece[node]
        first_link, end_link = page.first_link[node], page.end_link[node]
        if how == "after":
            limit = page.first_piece[beside] if beside >= 0 else page.end_piece[parent]
            near += end < limit and page.pieces[end].dated
            end = _until(page, range(end, min(limit, end + MAX_STRETCH)))
            end_link = page.first_link[beside] if beside >= 0 else page.end_link[parent]
        else:
            limit = page.end_piece[beside] if beside >= 0 else page.first_piece[parent]
            near += first > limit and page.pieces[first - 1].dated
            first = _back_to(page, range(first - 1, max(limit, first - MAX_STRETCH) - 1, -1), first)
        spans.append(Span(node, first, end, first_link, end_link))
    if not siblings:
        return None
    return RowSet(how, spans, near=near / len(members))


def _unformatted(page: Outline, node: int) -> int:
    """The element itself, or what prints it bold or large: the text beside that is beside the row."""
    links = page.first_link[node], page.end_link[node]
    while (parent := page.parent[node]) >= 0 and page.nodes[parent].tag in FORMATTING:
        if links != (page.first_link[parent], page.end_link[parent]):
            break  # it prints several rows so
        node = parent
    return node


def _until(page: Outline, pieces: range) -> int:
    """The end of a row that has its date behind it: before a second date."""
    dates = 0
    for index in pieces:
        dates += page.pieces[index].dated
        if dates > 1:
            return index
    return pieces.stop


def _back_to(page: Outline, pieces: range, first: int) -> int:
    """The start of a row that has its date before it: at that date, or the heading right above it."""
    start = next((index for index in pieces if page.pieces[index].dated), first)
    above = start - 1
    heads = start < first and above in pieces and _is_heading(page, page.pieces[above].node)
    return above if heads else start


def _is_heading(page: Outline, node: int) -> bool:
    while node >= 0 and page.nodes[node].tag in {"a", "span", *FORMATTING}:
        node = page.parent[node]
    return node >= 0 and page.nodes[node].tag in {"h2", "h3", "h4", "h5", "h6"}


def _headed(page: Outline, base: RowSet) -> RowSet | None:
    """The same rows dated by what stands above them: short dated pieces outside every row."""
    first, last = base.spans[0], base.spans[-1]
    frame = page.parent[first.node]
    while frame >= 0 and page.last[frame] < last.node:
        frame = page.parent[frame]
    if frame < 0:
        return None
    headings: list[int] = []
    current, end = -1, max(page.first_piece[frame], first.first_piece - MAX_STRETCH)
    for span in base.spans:
        for index in range(end, span.first_piece):
            if page.pieces[index].dated and len(page.pieces[index].text) <= 60:
                current = index
        headings.append(current)
        end = max(end, span.end_piece)
    if headings[0] < 0 or sum(heading >= 0 for heading in headings) < 0.8 * len(headings):
        return None
    headed = RowSet("heading", base.spans, base.noise, headings=headings)
    _rate(page, headed)
    return headed


def _rate(page: Outline, rows: RowSet) -> None:
    """Score a set: many rows, each dated once, with a title's worth of text and one target."""
    total = dated = 0.0
    linked = []
    for place, span in enumerate(rows.spans):
        dates = page.dates(span.first_piece, span.end_piece)
        if rows.headings:
            dates = dates or int(rows.headings[place] >= 0)
        targets = page.targets(span.first_link, span.end_link)
        chars = page.chars(span.first_piece, span.end_piece)
        worth = min(chars, 60) / 60
        if chars < 60:  # only short rows are worth a look at their letters
            text = "".join(p.text for p in page.pieces[span.first_piece : span.end_piece])
            worth = min(width(text), 60) / 60
        quality = worth * (1.0 if dates else 0.3)
        if dates > 2 and targets > 2:
            quality *= 0.7
        elif dates > 1 and targets > 1:
            quality *= 0.9
        elif targets > 3:
            quality *= 0.85
        if targets > PART:
            quality *= 0.35
        if targets > 1 and rows.flat:
            quality *= 0.7  # a date over several links is a heading
        dated += bool(dates)
        total += quality
        linked.append(targets)
    count = len(rows.spans)
    rows.dated = dated / count
    weight = _ROW_TAGS.get(page.nodes[rows.spans[0].node].tag, 1.0)
    if rows.flat:
        weight *= 0.85 + 0.1 * rows.near
    if rows.how == "heading":
        weight *= 0.5
    if rows.noise:
        weight *= 0.12 if rows.noise in _NO_LISTS else 0.3
    mean = total / count
    rows.score = min(count, ENOUGH) ** 0.5 * mean * weight * (1.0 if median(linked) <= 3 else 0.8)

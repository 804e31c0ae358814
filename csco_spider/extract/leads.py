"""Lead stories: the notices that a page shows large above its list, in a markup of their own.

They are the newest, and the list goes on behind them: without them a notice would be missed until a
newer one pushes it down into the list.
"""

from __future__ import annotations

from collections import Counter
from zoneinfo import ZoneInfo

from csco_spider.extract.dates import DateOrder
from csco_spider.extract.html import width
from csco_spider.extract.links import absolute, kind_of, without_rotating_keys
from csco_spider.extract.outline import Outline
from csco_spider.extract.reading import Reader
from csco_spider.extract.rows import RowSet, Span
from csco_spider.extract.textdates import TextDates
from csco_spider.items import Row

_MOST = 3
"""Lead stories of a page; more of them are another list."""
_TITLE = 16
"""Width of a lead's title at least."""
_ABOVE, _LINKS = 8, 12
"""Elements around a lead's link that may be its box; links in that box at most."""
_LISTED, _DATED = 0.6, 0.8
"""Share of a list's rows whose addresses are of one kind, and that have a date, at least."""
_LARGE = frozenset({"h1", "h2", "h3", "h4", "h5", "img", "picture"})
"""What a lead has and a box of links ("most read") has not."""


def lead_rows(
    page: Outline,
    first: Span,
    rows: list[Row],
    *,
    base: str,
    zone: ZoneInfo,
    order: DateOrder | None,
) -> list[Row]:
    """The leads above a dated list that begins with ``first``, in the page's order.

    A lead has an address of the kind that the list's ``rows`` have, a title, and a date that stands
    alone and is not older than all of theirs.
    """
    dated = [row.when.value for row in rows if row.when]
    kinds = Counter(kind_of(row.url) for row in rows)
    if len(dated) < _DATED * len(rows) or len(rows) < 2:
        return []
    kind, count = kinds.most_common(1)[0]
    if count < _LISTED * len(rows) or not any(kind[1:]):
        return []
    of_link: dict[int, str] = {}
    leading: dict[str, int] = {}
    for index, link in enumerate(page.links):
        url = without_rotating_keys(absolute(link.href, base))
        if url and kind_of(url) == kind:
            of_link[index] = url
            leading.setdefault(url, index)  # the first of an article's links is the lead's
    known = {row.url for row in rows}
    boxes = [
        box
        for url, index in leading.items()
        if url not in known and (box := _box(page, index, first, of_link)) is not None
    ]
    if not 0 < len(boxes) <= _MOST:
        return []
    leads = []
    dates = TextDates(zone=zone, order=order, year_first=False)
    for box in boxes:
        dated_pieces = (one for one in page.pieces[box.first_piece : box.end_piece] if one.dated)
        if not any(page.nodes[p.node].tag == "time" or dates.is_date(p.text) for p in dated_pieces):
            continue  # "Deadline: 23 October 2026"
        read = Reader(page, RowSet("element", [box]), base=base, zone=zone, order=order).read()
        leads += [
            row
            for row in read.rows
            if row.when
            and row.when.value >= min(dated)
            and width(row.title) >= _TITLE
            and row.url in leading
        ]
    return leads


def _box(page: Outline, index: int, first: Span, of_link: dict[int, str]) -> Span | None:
    """The largest element around a link that holds no other article, if it shows a date and a heading
    or a picture and stands above the list's first row."""
    node, own = page.links[index].node, of_link[index]
    if index >= first.first_link or page.noise[node]:
        return None
    for _ in range(_ABOVE):
        parent = page.parent[node]
        if parent < 0 or page.last[parent] >= first.node:
            break
        inside = range(page.first_link[parent], page.end_link[parent])
        if len(inside) > _LINKS or any(of_link.get(at, own) != own for at in inside):
            break
        node = parent
    box = Span(
        node, page.first_piece[node], page.end_piece[node], page.first_link[node], page.end_link[node]
    )
    large = any(one.tag in _LARGE for one in page.nodes[node : page.last[node] + 1])
    return box if large and page.dates(box.first_piece, box.end_piece) else None

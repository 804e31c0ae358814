"""Elements that may be rows of one list: of one tag path, in parents of one class, with a link.

Lists of the same tags are told apart here: dated ones from menus, titles from words, news from events.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from statistics import median

from csco_spider.extract.html import names_of, width
from csco_spider.extract.outline import FORMATTING, Outline, Piece

_NUMBERS = re.compile(r"\d+")
_NEWS = re.compile(
    r"\bnews|notice|announce|press|aktuelles|nachrichten|meldungen|actualit|noticias|notizie|notícias"
    r"|新闻|新聞|通知|公告|动态|資訊|资讯|お知らせ|ニュース|소식|뉴스|공지",
    re.IGNORECASE,
)
_EVENTS = re.compile(
    r"\bevents?\b|calendar|upcoming|agenda|termine|veranstaltung|évènement|événement|eventos|eventi"
    r"|\bcourses\b|\bwebinars\b|\bjobs\b|\bcareers\b|vacanc|stellenangebot|活动|活動|日程|イベント|행사|일정",
    re.IGNORECASE,
)
_ONWARD = re.compile(
    r"\W*+(?:(?:(?:view|see|show|read)\s)?(?:more|all)\b.{0,20}|(?:mehr|alle)\b.{0,20}|更多|一覧.{0,6}|もっと見る"
    r"|더\s?보기|전체\s?보기)?\W*",
    re.IGNORECASE,
)
"""What a link beside a heading says that leads to all of the part below it."""
_HEADING = 30
"""Letters of the heading over a part of a page at most."""
_HEADINGS, _SECTIONS = 200, 10
"""Headings that are looked at, parts of a page that are left out."""
_LISTS = 40
"""Lists of one tag path that are told apart by their dates; more are rows themselves."""
_SEEN, _WIDE = 60, 18
"""Rows of an undated list by which it is judged, and the typical width of those that are titles."""
_FRAMES = frozenset({"body", "html", "form", "tbody", "thead", "ol"}) | FORMATTING
_NAMES = 200
"""Characters of an element's names, or of an address, that are looked at."""


def groups(page: Outline) -> Iterator[list[int]]:
    """Elements that hold a link, by tag path and the class of their parent."""
    shapes: dict[tuple[int, str, str], list[int]] = {}
    for node in range(len(page.nodes)):
        parent = page.parent[node]
        if parent < 0 or page.end_link[node] == page.first_link[node]:
            continue
        if page.nodes[node].tag in _FRAMES or (page.noise[node] and not page.noise[parent]):
            continue  # a menu is no row
        while page.nodes[parent].tag in FORMATTING and page.parent[parent] >= 0:
            parent = page.parent[parent]
        named = page.named[parent]
        noise = page.noise[page.parent[node]]
        shapes.setdefault((page.path[node], noise, _NUMBERS.sub("", named)), []).append(node)
    by_path: dict[tuple[int, str], list[list[int]]] = {}
    for (path, noise, _), members in shapes.items():
        by_path.setdefault((path, noise), []).append(members)
    events = _event_sections(page)
    for parts in by_path.values():
        for joined in _interleaved(page, parts):
            members = [node for node in joined if not any(node in section for section in events)]
            for part in _lists_apart(page, members):
                if len(part) > 1:
                    yield part


def _lists_apart(page: Outline, members: list[int]) -> list[list[int]]:
    """Rows in parts: those in lists that are dated (of events or not), and those in lists of the same
    tags that are not (menus, on pages that name nothing); where none is, those in lists of titles and
    of words."""
    lists: dict[int, list[int]] = {}
    for node in members:
        lists.setdefault(page.parent[node], []).append(node)
    if not 1 < len(lists) <= _LISTS:
        return [members]
    dated, bare = [], []
    for rows in lists.values():
        count = sum(page.dates(page.first_piece[node], page.end_piece[node]) > 0 for node in rows)
        if len(rows) > 1 and count >= 0.8 * len(rows):
            dated.append(rows)
        elif count:
            return [members]
        else:
            bare.append(rows)
    events = [rows for rows in dated if lead_to_events(page, rows)] if len(dated) > 1 else []
    if 0 < len(events) < len(dated):
        parts = [[rows for rows in dated if rows not in events], events, bare]
    else:
        parts = [dated, bare] if dated else _by_width(page, bare)
    return [sorted(chain(*part)) for part in parts]


def lead_to_events(page: Outline, members: list[int]) -> bool:
    """Do the addresses of some rows, or the names of the box that holds their list, say events?"""
    box = page.parent[members[0]]
    boxes = (box, page.parent[box]) if page.parent[box] >= 0 else ()
    return any(says_events(names_of(page.nodes[one])[:_NAMES]) for one in boxes) or all(
        says_events(page.links[page.first_link[node]].href[:_NAMES]) for node in members
    )


def _by_width(page: Outline, lists: list[list[int]]) -> list[list[list[int]]]:
    """Undated lists in those whose rows are as wide as titles and the others, if both are lists."""
    titles: list[list[int]] = []
    words: list[list[int]] = []
    for rows in lists:
        typical = median(_width_of(page, node) for node in rows[:_SEEN])
        (titles if typical >= _WIDE else words).append(rows)
    if all(max(map(len, part), default=0) > 2 for part in (titles, words)):
        return [titles, words]
    return [lists]


def _width_of(page: Outline, node: int) -> int:
    """The width of a row's first pieces, as far as it tells a title from a word."""
    first = page.first_piece[node]
    return sum(
        width(piece.text[:_WIDE]) for piece in page.pieces[first : min(first + 3, page.end_piece[node])]
    )


def _event_sections(page: Outline) -> list[range]:
    """The parts of a page below headings that say events, where one of their rank or above says news."""
    headings: list[tuple[int, str, bool, bool]] = []
    for node, element in enumerate(page.nodes):
        if element.tag not in {"h1", "h2", "h3", "h4"} or len(headings) == _HEADINGS:
            continue
        pieces = page.pieces[page.first_piece[node] : page.end_piece[node]]
        pieces = [one for one in pieces[:4] if not _is_onward(one)]
        text = " ".join(piece.text for piece in pieces[:3])
        short = len(text) <= _HEADING and all(piece.link < 0 for piece in pieces)  # no row's title
        headings.append(
            (node, str(element.tag), short and bool(_NEWS.search(text)), short and says_events(text))
        )
    highest = min((tag for _, tag, news, _ in headings if news), default="")
    sections = []
    for place, (node, tag, _, events) in enumerate(headings):
        if events and "" < highest <= tag:
            end = page.last[_box_of(page, node)] + 1
            following = (other for other, rank, *_ in headings[place + 1 :] if rank <= tag)
            sections.append(range(node, min(next(following, end), end)))
            if len(sections) == _SECTIONS:
                break
    return sections


def _box_of(page: Outline, heading: int) -> int:
    """The element that holds a heading and what stands below it: a heading may have a box of its own,
    with the link to all of the part."""
    behind = (piece for piece in page.pieces[page.end_piece[heading] :] if not _is_onward(piece))
    below = next((piece.node for piece in behind), heading)
    box = page.parent[heading]
    around = page.parent[box]
    return around if around >= 0 and page.last[box] < below <= page.last[around] else box


def _is_onward(piece: Piece) -> bool:
    return piece.link >= 0 and _ONWARD.fullmatch(piece.text) is not None


def says_events(text: str) -> bool:
    """Does a heading or a path name events, and no news?"""
    return bool(_EVENTS.search(text)) and not _NEWS.search(text)


def _interleaved(page: Outline, parts: list[list[int]]) -> list[list[int]]:
    """Parts of one tag path with those joined that stand among each other (odd and even rows) or in
    columns side by side."""
    joined: list[list[int]] = []
    for part in sorted(parts):
        if joined and (part[0] < joined[-1][-1] or _beside(page, joined[-1][-1], part[0])):
            joined[-1] = sorted(joined[-1] + part)
        else:
            joined.append(part)
    return joined


def _beside(page: Outline, above: int, below: int) -> bool:
    """Do two rows of one class stand in boxes that follow each other, no word or heading between?"""
    box, other = page.parent[above], page.parent[below]
    return (
        page.parent[box] == page.parent[other]
        and page.named[above] == page.named[below] != ""
        and page.end_piece[above] == page.first_piece[below]
    )

"""A page as a stream of text pieces with the span of every element: what finding a list needs.

One walk, linear in the page. A *piece* is text that stands together for a reader: between two
blocks, line breaks or borders of a link, or in an inline element that has a class of its own.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from lxml import etree

from csco_spider.extract.dates import is_month, year_of_era
from csco_spider.extract.html import BLOCKS, names_of, one_line, width

MAX_PIECE = 2000
"""Characters kept of one piece: no title is longer, and a paragraph needs no more to be one."""
_CLASS = 200
"""Characters of a class that are looked at, once: an element may have thousands in it."""
MAX_NODES = 25_000
"""Elements read of a page: several times what the longest real list has."""
_HIDDEN = frozenset(
    {"script", "style", "noscript", "template", "svg", "math", "select", "textarea", "iframe"}
    | {"object", "title", "canvas", "datalist"}
)
_APART = frozenset({"a", "time", "button", "label", "b", "strong", "br", "summary"})
_IN_LINK = frozenset({"b", "strong", "label"})
FORMATTING = frozenset(["b", "strong", "i", "em", "u", "font", "big", "small", "center", "tt", "mark"])
"""Tags that say how text looks, not where it stands: no step of a tag path."""
_INLINE = FORMATTING | {"span"}
MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
"""How a month's English name begins."""
_DATED = re.compile(
    r"(?<!\d)(?:19|20)\d\d\s*(?:[-/.年／．－]\s*(?!(?:19|20)\d\d)\d|년)"
    r"|(?<![\d/.-])(?:\d{1,2}|1[01]\d)\s*[-/.]\s*\d{1,2}\s*[-/.]\s*(?:\d{4}|\d{2})(?!\d)"
    rf"|\b{MONTH}[a-z]{{0,6}}+[\s.,-]*+\d|\d(?:st|nd|rd|th)?[\s./-]*+(?:of\s+)?{MONTH}"
    # in any language: a day, a word or two, a year
    r"|(?<!\d)\d{1,2}(?:\.|er)?\s?(?:de\s)?[^\s\d_]{3,14}\.?,?\s?(?:del?\s)?"
    r"(?:(?:19|20|25)\d\d|[\u0660-\u0669\u06f0-\u06f9]{4})(?!\d)|\d\s+tháng\s+\d"
    r"|(?:令和|平成|民[国國])\s*(?:\d|元)"
    r"|(?<![\d/.-])20\d\d[01]\d[0-3]\d(?!\d)|[〇○零一二三四五六七八九]{4}年",
    re.IGNORECASE,
)
_WIDE_DIGIT = re.compile("[\uff10-\uff19]")
_WIDE = {0xFF10 + value: str(value) for value in range(10)}
_ERA = re.compile(r"(令和|平成)\s?(\d{1,2}|元)(?=年)")
_ALONE = re.compile(
    r"\W*((?:[^\W\d_]+\W{1,2}){0,2})((?:19|20)\d\d)(?!\d)(?:年度?|년)?(?:\W*\2年度?\W*)?(?:\s?\d{1,2}[月월])?"
    r"((?:\W{1,2}[^\W\d_]+){0,2})\W*"
)
_LETTERS = re.compile(r"[^\W\d_]+")
_YEARLY = frozenset(
    [
        *("year", "archive", "archives", "news", "press", "release", "releases"),
        *("notice", "notices", "announcements"),
        *("jahr", "archiv", "presse", "pressemitteilungen", "mitteilungen", "meldungen", "aktuelles"),
        *("année", "actualités", "communiqués", "año", "noticias", "notas", "comunicados"),
        *("anno", "comunicati", "notizie", "ano", "notícias"),
        *("お知らせ", "ニュース", "新着情報", "新闻", "公告", "通知", "소식", "뉴스", "공지사항"),
    ]
)
"""Words that may stand with a year over the notices of that year."""
_YEAR_LENGTH = 30
_PARAGRAPH = 120
"""Width of a paragraph at least."""
_TITLE, _ENTRY_LINKS, _ENTRY_PIECES = 14, 3, 20
"""In a cell of a grid: a title's width at least, addresses and pieces of text at most."""
_YEAR = re.compile(r"\s*(?:19|20)\d\d")
_DAY = re.compile(r"\s*\d{1,2}\s*")
_WHOLE_DAY = re.compile(
    r"\W*(?:\d{4}(?:\s?[-/.]\s?|年)\d{1,2}(?:\s?[-/.]\s?|月)\d{1,2}日?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"
    r"|\d{1,2}\.?\s[^\W\d_]{3,12}\.?\s\d{4}|[^\W\d_]{3,12}\.?\s\d{1,2},?\s\d{4})(?:\s\d{1,2}:\d\d(?::\d\d)?)?\W*"
)
_SHORTEST_DAY, _LONGEST_DAY = 6, 26
_OPENING, _CLOSING = "“‘„«([{【「『《〈（［", "”’»)]}】」』》〉）］?!。"
"""With what a title begins or ends beside a day that is glued to it."""
_NAMES = {
    "menu": "nav navbar navigation menu submenu topnav topbar dropdown breadcrumb breadcrumbs crumb"
    " crumbs header masthead toolbar sitemap",
    "footer": "footer foot copyright",
    "side box": "sidebar side aside widget popular hot rank trending",
    "related list": "related recommend recommended",
    "tag cloud": "tagcloud tags keywords",
    "calendar": "calendar datepicker",
    "pager": "pager pagination paging paginator",
    "share buttons": "share social sns",
    "comments": "comment comments",
    "filter": "facet facets filter filters",
    "banner": "cookie cookies banner carousel slider slick swiper",
}
_NOISE = {word: name for name, words in _NAMES.items() for word in words.split()}
_NOISE_TAGS = {"nav": "menu", "footer": "footer", "aside": "side box", "menu": "menu", "header": "menu"}
_ALWAYS = frozenset({"nav", "footer", "aside"})
_NOISE_ROLES = {"navigation": "menu", "contentinfo": "footer", "complementary": "side box"}
_ANYWHERE = frozenset({"related list"})
"""What is noise inside an article or a list's row as well."""
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_BODIES = frozenset({"article", "li", "main"})


@dataclass(slots=True)
class Piece:
    """Text that stands together: the element it stands in, its link (-1: none), date-like or not."""

    text: str
    node: int
    link: int
    dated: bool


@dataclass(frozen=True, slots=True)
class Link:
    """A link's element and its address as written."""

    node: int
    href: str


class Outline:
    """A page's elements in document order as parallel lists, its pieces and its links."""

    def __init__(self, root: etree._Element) -> None:
        self.nodes: list[etree._Element] = []
        self.parent: list[int] = []
        self.path: list[int] = []
        """The tag path from the root as a number; cells count their column, nothing else its place."""
        self.last: list[int] = []
        """The last element inside an element; itself, if there is none."""
        self.first_piece: list[int] = []
        self.end_piece: list[int] = []
        self.first_link: list[int] = []
        self.end_link: list[int] = []
        self.named: list[str] = []
        """An element's class, as far as it tells the element from others."""
        self.pieces: list[Piece] = []
        self.links: list[Link] = []
        self._paths: dict[tuple[int, str], int] = {}
        self._texts: list[str] = []
        self._length, self._holder, self._link = 0, 0, -1
        self._pre, self._hidden = False, 0
        self._open_nodes: list[tuple[int, int, int]] = [(-1, -1, -1)]
        """Elements around what is read now: index, the link and the table row they stand in."""
        self._row_cells: dict[int, int] = {}
        self._ended: dict[int, tuple[int, int]] = {}
        """Pieces and links at the true end of rows that were never closed."""
        self.cut = False
        """True where the page has more elements than are read."""
        self._walk(root)
        self._dates = _sums(piece.dated for piece in self.pieces)
        self._chars = _sums(len(piece.text) for piece in self.pieces)
        hrefs = [link.href for link in self.links]
        self._changes = _sums(href != before for before, href in zip(["", *hrefs], hrefs, strict=False))
        self._join_columns()
        self.noise = self._noises()
        """What an element is by its name, where that is no list of news: menu, footer, side box."""

    @cached_property
    def _prose(self) -> list[int]:
        return _sums(
            len(one.text) if one.link < 0 and self._is_paragraph(one) else 0 for one in self.pieces
        )

    def _is_paragraph(self, piece: Piece) -> bool:
        long = 2 * len(piece.text) >= _PARAGRAPH  # no letter is wider than two
        return long and not self.noise[piece.node] and width(piece.text) >= _PARAGRAPH

    @cached_property
    def years(self) -> list[tuple[int, str]]:
        """Pieces that are a year, perhaps with its month or a word for notices: which, and the year."""
        found = []
        for index, piece in enumerate(self.pieces):
            if len(piece.text) > _YEAR_LENGTH:
                continue
            alone = _ALONE.fullmatch(_ERA.sub(lambda era: str(year_of_era(*era.groups())), piece.text))
            words = _LETTERS.findall(f"{alone[1]} {alone[3]}") if alone else ()
            if alone and all(word.lower() in _YEARLY or is_month(word) for word in words):
                found.append((index, alone[2]))
        return found

    def dates(self, first: int, end: int) -> int:
        """How many pieces from ``first`` to before ``end`` look like a date."""
        return self._dates[end] - self._dates[first]

    def chars(self, first: int, end: int) -> int:
        return self._chars[end] - self._chars[first]

    def prose(self, first: int, end: int) -> int:
        """How many characters of paragraphs stand there, outside menus, side boxes and their like."""
        return self._prose[end] - self._prose[first]

    def targets(self, first: int, end: int) -> int:
        """How many different addresses links from ``first`` to before ``end`` lead to, one after
        the other."""
        if end <= first:
            return 0
        return 1 + self._changes[end] - self._changes[first + 1]

    def _flush(self) -> None:
        if not self._texts:
            return
        text = "".join(self._texts)[:MAX_PIECE]
        text = " ".join(text.split()) if text.isascii() and text.isprintable() else one_line(text)
        self._texts.clear()
        self._length = 0
        if text:
            head = text[:200].translate(_WIDE) if _WIDE_DIGIT.search(text[:200]) else text[:200]
            holder = self.nodes[self._holder]
            dated = bool(_DATED.search(head)) or (
                holder.tag == "time" and holder.get("datetime") is not None
            )
            dated = dated or (len(text) == len("2026") and self._ends_box(text))
            self.pieces.append(Piece(text, self._holder, self._link, dated))

    def _ends_box(self, text: str) -> bool:
        """Is a text the year below a day and a month in elements of their own?"""
        if not _YEAR.fullmatch(text) or len(self.pieces) < 2:
            return False
        one, other = (piece.text for piece in self.pieces[-2:])
        day, month = (one, other) if _DAY.fullmatch(one) else (other, one)
        return _DAY.fullmatch(day) is not None and (is_month(month) or bool(_DAY.fullmatch(month)))

    def _say(self, text: str | None, node: int, link: int) -> None:
        if not text or self._length >= MAX_PIECE:
            return
        if not self._texts:
            if text.isspace():
                return
            self._holder, self._link = node, link
        if self._pre and "\n" in text:
            *lines, text = text.split("\n")
            for line in lines:
                self._texts.append(line)
                self._flush()
                self._holder, self._link = node, link
        if len(self._texts) == 1 and _are_apart(self._texts[0], text):
            self._flush()
            self._holder, self._link = node, link
        self._texts.append(text)
        self._length += len(text)

    def _walk(self, root: etree._Element) -> None:
        for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
            if event in {"comment", "pi"}:
                self._behind(node)
                continue
            tag = str(node.tag)
            if tag in _HIDDEN:
                self._hidden += 1 if event == "start" else -1
                if event == "end":
                    self._behind(node)
            elif not self._hidden:
                self._pass(event, node, tag)
                if self.cut:
                    break
        self._flush()
        for index, _, _ in self._open_nodes[1:]:  # still open where the page was cut
            self._close(index, 0)

    def _behind(self, node: etree._Element) -> None:
        """The text behind something that is not shown."""
        index, link, _ = self._open_nodes[-1]
        if not self._hidden and index >= 0:
            self._say(node.tail, index, link)

    def _pass(self, event: str, node: etree._Element, tag: str) -> None:
        """One end of an element: pieces break where a browser or a class sets text apart."""
        breaks = tag in BLOCKS or tag in _APART or ("-" in tag and not _is_among_words(node))
        breaks = breaks or (tag == "span" and node.get("class") is not None)
        if self._open_nodes[-1][1] >= 0 and tag in _IN_LINK:
            # a link's words are one title, whatever is bold in it but the day of a date box
            breaks = _DAY.fullmatch(node.text or "") is not None
        if not breaks and tag in _INLINE:
            breaks = _is_day_beside(node, linked=self._open_nodes[-1][1] >= 0)
        if breaks:
            self._flush()
        if tag == "pre":
            self._pre = event == "start"
        if event == "end":
            index, _, _ = self._open_nodes.pop()
            self._close(index, bool(self._texts))
            self._behind(node)
            return
        parent, link, row = self._open_nodes[-1]
        index = len(self.nodes)
        if index >= MAX_NODES:
            self.cut = True
            return
        self._open(node, parent, self._path_of(tag, parent, row))
        if tag == "tr":
            row = index
        elif tag == "table":
            row = -1
        if tag == "a" and _is_address(href := (node.get("href") or "").strip()):
            link = len(self.links)
            self.links.append(Link(index, href))
        self._open_nodes.append((index, link, row))
        self._say(node.text, index, link)

    def _path_of(self, tag: str, parent: int, row: int) -> int:
        """An element's tag path; rows and cells that stand in unclosed ones stand beside them."""
        above = self.path[parent] if parent >= 0 else -1
        if tag in FORMATTING and parent >= 0:
            return above
        if tag == "tr" and row >= 0:
            self._ended.setdefault(row, (len(self.pieces), len(self.links)))
            return self.path[row]
        if tag in {"td", "th"}:
            holder = row if row >= 0 else parent
            cells = self._row_cells.get(holder, 0)
            self._row_cells[holder] = cells + 1
            above, tag = (self.path[row] if row >= 0 else above), f"td{cells}"
        return self._paths.setdefault((above, tag), len(self._paths))

    def _close(self, index: int, pending: int) -> None:
        self.last[index] = len(self.nodes) - 1
        self.end_piece[index] = len(self.pieces) + pending
        self.end_link[index] = len(self.links)
        if index in self._ended:
            self.end_piece[index], self.end_link[index] = self._ended[index]

    def _open(self, node: etree._Element, parent: int, path: int) -> None:
        self.path.append(path)
        self.last.append(len(self.nodes))
        self.nodes.append(node)
        self.named.append((node.get("class") or "")[:_CLASS])
        self.parent.append(parent)
        self.first_piece.append(len(self.pieces))
        self.end_piece.append(len(self.pieces))
        self.first_link.append(len(self.links))
        self.end_link.append(len(self.links))

    def _join_columns(self) -> None:
        """Give all cells of a grid, in which each cell is an entry of its own, the same tag path."""
        known = list(self._paths)
        linked: Counter[int] = Counter()
        entries: Counter[int] = Counter()
        rows: dict[int, set[int]] = defaultdict(set)
        for index, node in enumerate(self.nodes):
            if node.tag == "td" and self.end_link[index] > self.first_link[index]:
                above, _ = known[self.path[index]]
                linked[above] += 1
                if self._is_entry(index):
                    entries[above] += 1
                    rows[above].add(self.parent[index])
        grids = {
            above
            for above, count in entries.items()
            if count > 3 and count >= 1.5 * len(rows[above]) and count >= 0.8 * linked[above]
        }
        if not grids:
            return
        joined: dict[int, int] = {}
        for number, (above, tag) in enumerate(known):
            step = (joined.get(above, above), "td" if above in grids else tag)
            joined[number] = self._paths.setdefault(step, len(self._paths))
        self.path = [joined[number] for number in self.path]

    def _is_entry(self, cell: int) -> bool:
        """Does a cell hold a link or few, a date, and a title that is not the date?"""
        first, end = self.first_piece[cell], self.end_piece[cell]
        if not 0 < self.dates(first, end) <= 2 or end - first > _ENTRY_PIECES:
            return False
        titled = any(not one.dated and width(one.text) >= _TITLE for one in self.pieces[first:end])
        return titled and self.targets(self.first_link[cell], self.end_link[cell]) <= _ENTRY_LINKS

    def _noises(self) -> list[str]:
        """By tag, role and words of class and id; a frame around most of the page is no noise."""
        noise: list[str] = []
        inside: list[bool] = []  # an article's header is no menu
        most = 0.6 * self.chars(0, len(self.pieces))
        for index, node in enumerate(self.nodes):
            parent = self.parent[index]
            name = noise[parent] if parent >= 0 else ""
            body = inside[parent] if parent >= 0 else False
            named = names_of(node)
            if not name and (name := _noise_of(node.tag, node.get("role"), named[:200], within=body)):
                chars = self.chars(self.first_piece[index], self.end_piece[index])
                late = 4 * self.first_piece[index] > len(self.pieces)  # a frame begins with the page
                if chars > most and node.tag not in _ALWAYS and not (late and name == "footer"):
                    name = ""
            noise.append(name)
            inside.append(body or node.tag in _BODIES)
        return noise


def _is_among_words(node: etree._Element) -> bool:
    """Does text stand right beside an element of the site's own: a term in a sentence, and no box?"""
    sibling, parent = node.getprevious(), node.getparent()
    before = sibling.tail if sibling is not None else parent.text if parent is not None else None
    return any(text and not text.isspace() for text in (before, node.tail))


def _is_day_beside(node: etree._Element, *, linked: bool) -> bool:
    """Is an element a day and nothing else, glued to what stands beside it or, in a link, at its end?
    Only a style sheet sets it apart."""
    text = node.text or ""
    if not _SHORTEST_DAY <= len(text) <= _LONGEST_DAY or len(node) or not _WHOLE_DAY.fullmatch(text):
        return False
    if linked and not (node.tail or "").strip():
        return True
    parent, before, after = node.getparent(), node.getprevious(), node.getnext()
    said = (parent.text if parent is not None else "") if before is None else before.tail
    if (not said and before is not None) or (not node.tail and after is not None):
        return True
    last, first = (said or " ")[-1], (node.tail or " ")[0]
    return last.isalnum() or first.isalnum() or last in _CLOSING or first in _OPENING


def _are_apart(before: str, text: str) -> bool:
    """Are two texts a year and a day in elements of their own, which only a style sheet sets apart?"""
    if text[:1].isdigit() and _YEAR.fullmatch(before):
        return True
    return before[-1:].isdigit() and _YEAR.fullmatch(text) is not None


def _sums(values: Iterable[int]) -> list[int]:
    sums = [0]
    for value in values:
        sums.append(sums[-1] + value)
    return sums


def _is_address(href: str) -> bool:
    return bool(href) and not href.startswith("#") and not _SCHEME.match(href)


_SCHEME = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]{1,12}:", re.IGNORECASE)


@lru_cache(maxsize=4096)  # a list's rows are named alike
def _noise_of(tag: str, role: str | None, named: str, *, within: bool) -> str:
    if tag in _NOISE_TAGS and not (within and tag in {"header", "footer"}):
        return _NOISE_TAGS[tag]
    if noise := _NOISE_ROLES.get(role or ""):
        return noise
    for token in named.split():
        words = _WORD.findall(token)
        for word in words if len(words) <= 3 else ():  # "view-with-filters" is about its view
            name = _NOISE.get(word.lower(), "")
            if name and (not within or name in _ANYWHERE):
                return name
    return ""

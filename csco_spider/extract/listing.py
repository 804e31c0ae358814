"""A listing page to its rows and the address of its next page."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from lxml import etree
from parsel import Selector

from csco_spider.extract.cells import Reader
from csco_spider.extract.dates import DateOrder, DateRefused, parse_date
from csco_spider.extract.html import one_line, text_lines
from csco_spider.extract.links import absolute, without_rotating_keys
from csco_spider.extract.order import date_order_of
from csco_spider.extract.outline import Outline
from csco_spider.extract.rows import row_sets
from csco_spider.items import Row, When

_NEXT = re.compile(
    r"(?:下一?页|后一?页|次へ|다음|next(?:\s+page)?|older(?:\s+(?:posts|entries|news))?)\s*[»›>→]*",
    re.IGNORECASE,
)
_ARROW = re.compile(r"[»›>→]{1,2}")
_PAGER = re.compile(r"pag(?:e|er|ing|ination)|fenye|PageContent", re.IGNORECASE)
_IDLE_TITLE = re.compile(
    r"(?:read\s+)?more\W*|details?|更多\W*|详细\W*|查看\W*|阅读全文\W*|\W*", re.IGNORECASE
)
_BRACKETED = re.compile(r"(?:^\s*|\s*)([\[(【][\d年月日./-]{6,16}[\])】])\s*")
_DATE_WORDS = re.compile(
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)[a-z]*\b"
    r"|\d+(?:st|nd|rd|th)?|[年月日]",
    re.IGNORECASE,
)
_CLIPPED = ("…", "...")
_WORDS = re.compile(r"\w")
_NUMBER = re.compile(r"\d+")


@dataclass(slots=True)
class Listing:
    """Rows in the page's order, and what was refused, in words."""

    rows: list[Row] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def _date(text: str, zone: ZoneInfo, order: DateOrder | None, problems: list[str]) -> When | None:
    try:
        return parse_date(text, zone=zone, order=order, origin="listing")
    except DateRefused as refusal:
        problems.append(f"listing date refused: {refusal}")
        return None


def _field(entry: Selector, css: str) -> str:
    """A field's text: what ``::text`` or ``::attr()`` select, or all text of the first match."""
    if "::" in css:
        return one_line(entry.css(css).get() or "")
    found = entry.css(css)
    return one_line(" ".join(text_lines(found[0].root))) if found else ""


def declared_rows(
    page: Selector,
    base: str,
    *,
    entries: str,
    fields: Mapping[str, str],
    zone: ZoneInfo,
    order: DateOrder | None = None,
    pinned: str = "",
) -> Listing:
    """Rows by a society's selectors: the entry first, then ``link``, ``title``, ``date``, ``teaser``.

    A row without a link or a title is kept without it, for the pipelines to name and refuse.
    """
    listing = Listing()
    for entry in page.css(entries):
        href = entry.css(fields.get("link", "a::attr(href)")).get() or ""
        url = absolute(href, base)
        if href and not url:
            listing.problems.append(f"link {href[:80]!r} is no http address")
        date = fields.get("date")
        title = _field(entry, fields.get("title", "a"))
        if title.endswith(_CLIPPED):
            title = _field(entry, "a::attr(title)") or title
        listing.rows.append(
            Row(
                url=without_rotating_keys(url) if url else "",
                title=title,
                when=_date(_field(entry, date), zone, order, listing.problems) if date else None,
                teaser=_field(entry, fields["teaser"]) if "teaser" in fields else "",
                pinned=bool(pinned) and bool(entry.css(f":scope:is({pinned})")),
            )
        )
    return _with_pins(listing)


def shaped_rows(
    page: Selector,
    base: str,
    *,
    is_article: Callable[[str], bool],
    zone: ZoneInfo,
    order: DateOrder | None = None,
) -> Listing:
    """Rows by the shape of their links alone: title from the link, date from what stands around it.

    A date inside the title (an event's) is not taken. Links to one article are one row.
    """
    listing = Listing()
    links: dict[str, list[etree._Element]] = {}
    for link in page.css("a[href]"):
        url = absolute(link.attrib["href"], base)
        if url and is_article(url):
            links.setdefault(without_rotating_keys(url), []).append(link.root)
    of_link = {node: url for url, nodes in links.items() for node in nodes}
    for url, nodes in links.items():
        read = [_link_parts(node, zone, order) for node in nodes]
        texts = [title for title, _ in read] + [one_line(node.get("title") or "") for node in nodes]
        titles = [text for text in texts if not _IDLE_TITLE.fullmatch(text)]
        title = max(titles, key=lambda text: len(text.rstrip("….")), default="")
        when = next((when for _, when in read if when), None)
        for node in nodes:
            when = when or _date(_around(node, of_link), zone, order, listing.problems)
        listing.rows.append(Row(url=url, title=title, when=when))
    return _with_pins(listing)


def _link_parts(
    node: etree._Element, zone: ZoneInfo, order: DateOrder | None
) -> tuple[str, When | None]:
    """A link's title and the date that stands in it apart: in brackets or an element of its own."""
    title, when = [], None
    for text in node.itertext():
        for piece in _BRACKETED.split(str(text)):
            try:
                found = parse_date(piece, zone=zone, order=order) if len(piece) <= 26 else None
            except DateRefused:
                found = None
            alone = bool(found) and not _WORDS.search(_DATE_WORDS.sub("", piece))
            if alone and when is None:
                when = found
            else:
                title.append(piece)
    return one_line("".join(title)), when


def _around(node: etree._Element, of_link: dict[etree._Element, str]) -> str:
    """Text of the largest element that holds links to this article only, its links' text left out;
    in a flat list, the text between this link and the next."""
    own, best = of_link[node], None
    for ancestor in node.iterancestors():
        if ancestor.tag in {"body", "html"}:
            break
        if any(of_link.get(link, own) != own for link in ancestor.iter("a")):
            break
        best = ancestor
        if ancestor.tag in {"li", "article"}:
            break  # a list of one: what stands around it is the page's
    if best is None:
        return (node.tail or "")[:80]
    if best.tag in {"a", "b", "strong", "i", "em", "span", "font"} and (best.tail or "").strip():
        return (best.tail or "")[:80]
    pieces: list[str] = []
    for piece in best.xpath(".//text()"):  # type: ignore[union-attr]
        holder = piece.getparent()  # type: ignore[union-attr]
        inside = holder if not piece.is_tail else holder.getparent()  # type: ignore[union-attr]
        if inside is not node and node not in inside.iterancestors():  # type: ignore[union-attr]
            pieces.append(str(piece))
    return " ".join(pieces)[:400]


def _with_pins(listing: Listing) -> Listing:
    """Mark the rows at the top that break the list's date order as pinned.

    A list is newest first; every row above the last one that is older than a later row was put
    there by hand. A list that is not in date order at all has no pins.
    """
    rows = listing.rows
    if any(row.pinned for row in rows):
        return listing
    last, newest_below = -1, None
    for index in range(len(rows) - 1, -1, -1):
        when = rows[index].when
        if when is None:
            continue
        if newest_below is not None and when.value < newest_below and last < 0:
            last = index
        newest_below = when.value if newest_below is None else max(newest_below, when.value)
    if 0 <= last < len(rows) // 2:
        listing.rows = [replace(row, pinned=i <= last) for i, row in enumerate(rows)]
    return listing


def next_page(
    page: Selector, base: str, *, css: str = "", is_listing: Callable[[str], bool] | None = None
) -> str:
    """The address of the page after this one, "" at the end.

    By the society's selector, ``rel=next``, a link that says so, the number after the current one
    in a pager, or among links of the listing's shape the smallest number past this page's.
    """
    if css:
        url = absolute(page.css(css).get() or "", base)
        return "" if url == base else url
    links = [(absolute(a.attrib["href"], base), a) for a in page.css("a[href]")]
    links = [(url, a) for url, a in links if url and url != base and _same_host(url, base)]
    for node in page.css("a[rel~=next][href], link[rel~=next][href]"):
        url = absolute(node.attrib["href"], base)
        if url and url != base:
            return url
    numbered: dict[int, str] = {}
    arrow = ""
    for url, link in links:
        text = one_line(" ".join(text_lines(link.root)))
        if _NEXT.fullmatch(text) or _NEXT.fullmatch(link.attrib.get("title", "")):
            return url
        if _in_pager(link.root):
            if _ARROW.fullmatch(text):
                arrow = arrow or url
            if text.isdecimal() and len(text) < 5:
                numbered.setdefault(int(text), url)
    current = _current_number(page, base, numbered)
    if current + 1 in numbered:
        return numbered[current + 1]
    if arrow:
        return arrow
    return _next_by_shape(base, [url for url, _ in links], is_listing) if is_listing else ""


def _same_host(url: str, base: str) -> bool:
    return urlsplit(url).netloc == urlsplit(base).netloc


def _in_pager(node: etree._Element) -> bool:
    for ancestor in (node, *list(node.iterancestors())[:3]):
        if _PAGER.search(f"{ancestor.get('class') or ''} {ancestor.get('id') or ''}"):
            return True
    return False


def _current_number(page: Selector, base: str, numbered: Mapping[int, str]) -> int:
    for node in page.css(".on, .current, .active, .cur, strong, b, span"):
        text = one_line("".join(node.xpath(".//text()").getall()))
        if text.isdecimal() and len(text) < 5 and _in_pager(node.root):
            return int(text)
    return next((number for number, url in numbered.items() if url == base), 1)


def _next_by_shape(base: str, urls: list[str], is_listing: Callable[[str], bool]) -> str:
    """Among listing links that differ from this page by one number, the next number's."""

    def shape(url: str) -> tuple[str, int]:
        parts = urlsplit(url)
        tail = f"{parts.path}?{parts.query}"
        numbers = _NUMBER.findall(tail)
        return _NUMBER.sub("#", tail), int(numbers[-1]) if len(numbers) > 1 else 1

    here_shape, here = shape(base)
    following = sorted(
        (number, url)
        for url in set(urls)
        if is_listing(url) and (found := shape(url))[0].count("#") > 1
        for number in [found[1]]
        if number > (here if found[0] == here_shape else 1)
    )
    return following[0][1] if following else ""


def find_entries(
    page: Selector, base: str, *, zone: ZoneInfo, order: DateOrder | None = None
) -> Listing:
    """WIP"""
    outline = Outline(page.root)
    order = order or date_order_of(outline)
    sets = row_sets(outline)
    best, top, newest_of_all = None, 0.0, None
    tried = []
    for rows in sets[:6]:
        if rows.score < 0.4 * sets[0].score:
            break
        reader = Reader(outline, rows, base, zone, order, most=60)
        reading = reader.read()
        if len(reading.rows) < 2:
            continue
        score = rows.score * min(max(reader.title_score, 0.15), 1.2) ** 0.5
        score *= (len(reading.rows) / min(60, len(rows.spans))) ** 0.5
        newest = max((row.when.value for row in reading.rows if row.when), default=None)
        tried.append((score, newest, rows))
    newest_of_all = max((newest for _, newest, _ in tried if newest), default=None)
    for score, newest, rows in tried:
        if newest is not None and newest == newest_of_all:
            score *= 1.15
        if score > top:
            best, top = rows, score
    if best is None:
        return Listing()
    return _with_pins(Listing(rows=Reader(outline, best, base, zone, order).read().rows))

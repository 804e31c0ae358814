"""A listing page to its rows: by selectors, by the shape of links, or by what a list looks like."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from zoneinfo import ZoneInfo

from lxml import etree
from parsel import Selector

from csco_spider.extract.choice import Candidate, choose
from csco_spider.extract.dates import DateOrder, DateRefused, parse_date
from csco_spider.extract.html import one_line, text_lines, text_pieces, width
from csco_spider.extract.links import absolute, base_of, without_rotating_keys
from csco_spider.extract.marks import CLIPPED, bare_title
from csco_spider.extract.outline import MAX_NODES
from csco_spider.extract.structured import with_structured
from csco_spider.extract.textdates import DATE_WORDS
from csco_spider.items import Row, When

_IDLE_TITLE = re.compile(
    r"(?:read\s+)?more\W*|details?|更多\W*|详细\W*|查看\W*|阅读全文\W*|\W*", re.IGNORECASE
)
_BRACKETED = re.compile(r"\s*([\[(【][\d年月日./-]{6,16}[\])】])\s*")
TITLE = 16
"""Width of a link's text that may be a title."""
_SCRIPTED = 3
"""So many such links are a list."""
_PINS = 5
"""Rows that may be pinned, or a quarter of a long list's; more than that are a list of another kind."""
_KEPT = 3
"""Scripts of a page whose XML is looked at."""
_WORDS = re.compile(r"\w")
_TABLES, _COLUMNS, _PIECES = 100, 10, 20
"""Tables of a page that are looked at, names of columns, pieces of text of one: tags left open nest."""


@dataclass(slots=True)
class Listing:
    """Rows in the page's order, and what was refused."""

    rows: list[Row] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    """Rows and sets of rows that were found and not taken, by reason."""
    candidates: list[Candidate] = field(default_factory=list)
    """Sets of rows that were looked at, best first."""
    leads: int = 0
    """How many of the first rows are lead stories above the list, which may be in it tomorrow."""
    dead: list[str] = field(default_factory=list)
    """A society's selectors that find nothing any more; what they gave was found without them."""


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
    listing, base = Listing(), base_of(page.root, base)
    for entry in page.css(entries):
        href = entry.css(fields.get("link", "a::attr(href)")).get() or ""
        url = absolute(href, base)
        if href and not url:
            listing.problems.append(f"link {href[:80]!r} is no http address")
        date = fields.get("date")
        title = _field(entry, fields.get("title", "a"))
        if title.endswith(CLIPPED):
            title = _field(entry, "a::attr(title)") or title
        listing.rows.append(
            Row(
                url=without_rotating_keys(url),
                title=bare_title(title),
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
    listing, base = Listing(), base_of(page.root, base)
    links: dict[str, list[etree._Element]] = {}
    for link in page.css("a[href]"):
        url = absolute(link.root.get("href"), base)
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
            alone = bool(found) and not _WORDS.search(DATE_WORDS.sub("", piece))
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
    if 0 <= last < min(len(rows) // 2, max(_PINS, len(rows) // 4)):
        listing.rows = [replace(row, pinned=i <= last) for i, row in enumerate(rows)]
    return listing


def find_entries(
    page: Selector, base: str, *, zone: ZoneInfo, order: DateOrder | None = None
) -> Listing:
    """The rows of a page's list of notices, found with no selectors.

    ``base`` is the page's public address, ``zone`` the society's; ``order`` says whether 02/03/2024
    begins with the month, where the page does not prove it. A page without a list has no rows, and
    ``problems`` name the three best candidates and why each failed; ``refused`` counts by reason.
    """
    base = base_of(page.root, base)
    choice = choose(page.root, base, zone, order)
    if not any(row.when for row in choice.reading.rows) and (kept := _kept_in_script(page)) is not None:
        found = choose(kept.root, base, zone, order)
        choice = found if found.reading.rows else choice
    listing = Listing(
        rows=choice.reading.rows,
        problems=choice.reading.problems,
        refused=choice.refused,
        candidates=choice.candidates,
        leads=choice.leads,
    )
    listing.rows = with_structured(listing.rows, page, base, zone)
    if not listing.rows:
        best = "; ".join(str(candidate) for candidate in choice.candidates[:3])
        listing.problems = [f"no dated list found: {best or 'no repeated blocks with links'}"]
        if scripted := _scripted(page):
            listing.problems.append(f"{scripted} links lead nowhere without a script")
        if columns := _unfilled(page):
            listing.problems.append(
                f"a table ({', '.join(columns)}) has no rows: a script may write them, and none is run"
            )
    elif not any(row.when for row in listing.rows):
        listing.problems.append("no row of the list shows a date that can be read")
    if choice.cut:
        listing.problems.append(f"the page has more than {MAX_NODES} elements; the rest is not read")
    return _with_pins(listing)


def _kept_in_script(page: Selector) -> Selector | None:
    """The rows that a page keeps as XML in a script, which prints them page by page, as a page of their
    own: many Chinese authorities list so."""
    texts = (script.root.text or "" for script in page.css("script[type='text/xml']")[:_KEPT])
    parts = (part.partition("]]>")[0] for text in texts for part in text.split("<![CDATA[")[1:])
    html = "".join(parts)
    return Selector(text=html, type="html") if html.strip() else None


def _scripted(page: Selector) -> int:
    """How many links with a title's worth of text only scripts can follow."""
    links = page.css("a[href^='javascript:'], a[href='#'][onclick], a[onclick]:not([href])")[:1000]
    texts = (one_line(" ".join(islice(text_pieces(link.root), 20))) for link in links)
    count = sum(width(text) >= TITLE for text in texts)
    return count if count >= _SCRIPTED else 0


def _unfilled(page: Selector) -> list[str]:
    """The columns of the first table that has names of columns and nothing else, no table inside it."""
    for table in page.css("table")[:_TABLES]:
        if table.root.find(".//table") is not None or table.root.find(".//td") is not None:
            continue
        heads = islice(table.root.iter("th"), _COLUMNS)
        names = [one_line(" ".join(islice(text_pieces(head), _PIECES))) for head in heads]
        if len(names) > 1:
            return names
    return []


def read_listing(
    page: Selector,
    base: str,
    *,
    entries: str,
    fields: Mapping[str, str],
    zone: ZoneInfo,
    order: DateOrder | None = None,
    pinned: str = "",
    least: int = 1,
) -> Listing:
    """Rows by a society's selectors, and by what a list looks like where one of them died.

    Dead is a selector that finds nothing, or the implausible, where the page shows better:
    ``Listing.dead`` names it ("entries", "fields.date"). ``least`` is how many rows a good page has.
    """
    if not entries:
        return find_entries(page, base, zone=zone, order=order)
    declared = declared_rows(
        page, base, entries=entries, fields=fields, zone=zone, order=order, pinned=pinned
    )
    suspects = _suspects(declared.rows, fields, least)
    if not suspects:
        return declared
    found = find_entries(page, base, zone=zone, order=order)
    if "entries" in suspects:
        if _replaces(found.rows, declared.rows, dated="date" in fields):
            found.dead = ["entries"]
            return found
        if not declared.rows:
            return declared
        suspects.remove("entries")
    by_url = {row.url: row for row in found.rows}
    linked = {row.title: row.url for row in found.rows}
    for name in suspects:
        mended = [_mended(row, name, by_url, linked) for row in declared.rows]
        changed = sum(new != old for new, old in zip(mended, declared.rows, strict=True))
        if 2 * changed >= len(declared.rows):
            declared.rows = mended
            declared.dead.append(f"fields.{name}")
    return _with_pins(declared) if declared.dead else declared


def _suspects(rows: list[Row], fields: Mapping[str, str], least: int) -> list[str]:
    """Selectors whose yield is too poor to be believed unseen."""
    if not rows:
        return ["entries"]
    suspects = []
    if len(rows) < least:
        suspects.append("entries")
    half = len(rows) / 2
    if sum(not row.url for row in rows) > half or (len(rows) > 2 and len({r.url for r in rows}) == 1):
        suspects.append("link")
    titles = [row.title for row in rows]
    if sum(len(title) < 4 for title in titles) > half or (len(rows) > 2 and len(set(titles)) == 1):
        suspects.append("title")
    if "date" in fields and sum(row.when is None for row in rows) > half:
        suspects.append("date")
    return suspects


def _replaces(found: list[Row], declared: list[Row], *, dated: bool) -> bool:
    """Is what was found so much more than what selectors gave that they must have died? ``dated``: the
    society's list shows dates."""
    days = sum(row.when is not None for row in found)
    if len(found) < 2 or (2 * days < len(found) and (dated or declared)):
        return False
    return len(found) >= 2 * len(declared) and {row.url for row in declared} <= {
        row.url for row in found
    }


def _mended(row: Row, name: str, by_url: Mapping[str, Row], linked: Mapping[str, str]) -> Row:
    """A row with one field as it was found, the rest as declared."""
    if name == "link":
        return replace(row, url=linked.get(row.title, row.url))
    found = by_url.get(row.url)
    if found is None:
        return row
    if name == "title":
        return replace(row, title=found.title)
    return replace(row, when=row.when or found.when)

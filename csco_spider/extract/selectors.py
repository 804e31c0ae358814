"""CSS selectors that give a list again: guessed from the rows' elements, kept only if they prove it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from zoneinfo import ZoneInfo

from cssselect import SelectorError
from lxml import etree
from parsel import Selector

from csco_spider.extract.dates import DateOrder, DateRefused, parse_date
from csco_spider.extract.html import holds_more, is_element, one_line, text_lines
from csco_spider.extract.links import absolute, base_of, without_rotating_keys
from csco_spider.extract.listing import declared_rows
from csco_spider.extract.marks import bare_title
from csco_spider.items import Row

_ATTRIBUTES = {"link": ("href",), "title": ("", "title"), "date": ("", "datetime", "content")}
"""Where an element may say a field: "" is its text."""
_NAME = re.compile(r"-?[A-Za-z_][\w-]*", re.ASCII)
_ROTATING_NAME = re.compile(r"\d{3,}|^(?:css|sc|jss)-|[a-z]{2}[A-Z][a-z0-9]{4,}$")
_OF_ONE_ROW = re.compile(
    r"(?:category|cat|tag|format|status|author|post_format|has|is|taxonomy|term|lang|sticky)(?:-|$)",
    re.IGNORECASE,
)
"""Classes that say what a row is filed under or holds: the next one may be another."""
_LAYOUT = re.compile(
    r"(?:col|row|m[xytblr]?|p[xytblr]?|d|w|h|text|float|font|bg|grid|flex|fs|fw)-|(?:clearfix|row|left|right"
    r"|fl|fr|odd|even|first|last|active|on|cur|current|hidden)$",
    re.IGNORECASE,
)
_TELLING = re.compile(r"title|headline|date|time|news|list|name|caption", re.IGNORECASE)
_INSIDE = 40
"""Elements inside one that says a field at most."""
_DEEP = 4
"""Ancestors named at most before a row."""
_TRIED = 60
"""Selectors tried for one field, or for rows."""
_NESTED = 80
"""Elements around a row past which fewer are tried, deeper than in any real page: tags left open, each
of which makes every selector dearer."""
_SUFFIXES = ("", ":has(a[href])", ":has(td a[href])", ":has(a:not([href*='javascript:']))")
MOST_ROWS = 1000
"""Rows past which no selectors are looked for: every guess reads the whole list."""
AGREES = 0.95
"""Share of rows on which a field's selector must say what the row says."""


@dataclass(slots=True)
class Selectors:
    """What a society's file says of its list. ``missed`` names fields that no selector gives."""

    entries: str
    fields: dict[str, str] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)


def selectors_for(
    page: Selector, base: str, rows: list[Row], *, zone: ZoneInfo, order: DateOrder | None = None
) -> Selectors | None:
    """The shortest selectors found with which ``declared_rows`` gives ``rows`` of this page.

    None where the rows are no elements of their own (a flat list), too many, or not to be singled out.
    """
    if len(rows) > MOST_ROWS:
        return None
    elements = _elements(page, meant := base_of(page.root, base), rows)
    if len(elements) < 2:
        return None
    entries = _entry_selector(page, elements, rows, meant)
    if not entries:
        return None
    found = Selectors(entries)
    pairs = list(zip(elements, rows, strict=True))

    def says(name: str, text: str, row: Row) -> bool:
        if name == "link":
            return without_rotating_keys(absolute(text, meant)) == row.url
        if name == "title":
            return bare_title(one_line(text)) == row.title
        return _dates(text, row, zone, order)

    for name in ("link", "title", "date"):
        wanted = [_said(row, name) for row in rows]
        if not any(wanted):
            continue
        for css in islice(_guesses(name, pairs, says), _TRIED):
            got = declared_rows(
                page, base, entries=entries, fields={**found.fields, name: css}, zone=zone, order=order
            )
            right = _agreeing(got.rows, rows, name)
            if right >= AGREES * sum(bool(one) for one in wanted):
                found.fields[name] = css
                break
        else:
            found.missed.append(name)
    return None if "link" in found.missed else found


def _entry_selector(page: Selector, elements: list[etree._Element], rows: list[Row], base: str) -> str:
    """A selector of exactly the rows' elements, else one of nothing but rows; "" if none gives them."""
    deep = any(sum(1 for _ in node.iterancestors()) > _NESTED for node in (elements[0], elements[-1]))
    guesses: dict[str, list[etree._Element]] = {}
    for css in islice(_entries(elements), _TRIED // 5 if deep else _TRIED):
        guesses[css] = _matches(page, css)
        if guesses[css] == elements:
            return css
    close = (css for css, matched in guesses.items() if _covers(matched, elements, rows, base))
    return next(close, "")


def _said(row: Row, name: str) -> str:
    if name == "date":
        return row.when.day.isoformat() if row.when else ""
    return row.url if name == "link" else row.title


def _agreeing(got: list[Row], rows: list[Row], name: str) -> int:
    """On how many rows a reading says of a field what it should; rows may stand there twice."""
    if len(got) == len(rows):
        pairs = [*zip(got, rows, strict=True)]
    else:
        first = {row.url: row for row in reversed(got)}
        pairs = [(first[row.url], row) for row in rows if row.url in first]
    return sum(bool(said := _said(row, name)) and _said(one, name) == said for one, row in pairs)


def _covers(
    matched: list[etree._Element], elements: list[etree._Element], rows: list[Row], base: str
) -> bool:
    """Does a selector give every row, and nothing but rows that stand there twice?"""
    if len(matched) > 2 * len(elements) or not set(elements) <= set(matched):
        return False
    known = {row.url for row in rows}
    own = set(elements)
    return all(
        node in own
        or any(
            without_rotating_keys(url) in known
            for link in node.iter("a")
            if (url := absolute(link.get("href") or "", base))
        )
        for node in matched
    )


def _matches(page: Selector, css: str) -> list[etree._Element]:
    try:
        return [one.root for one in page.css(css)]
    except (SelectorError, ValueError):
        return []


def _elements(page: Selector, base: str, rows: list[Row]) -> list[etree._Element]:
    """For each row the largest element that holds links to it and to no other row."""
    wanted = {row.url: index for index, row in enumerate(rows)}
    links: dict[etree._Element, int] = {}
    for link in page.css("a[href]"):
        url = absolute(link.root.get("href"), base)
        if url and (index := wanted.get(without_rotating_keys(url))) is not None:
            links[link.root] = index
    holds = _holders(links)
    shapes: dict[int, list[etree._Element]] = {}
    for node, index in links.items():
        best = node
        for ancestor in node.iterancestors():
            if holds.get(ancestor) != index or ancestor.tag in {"body", "html"}:
                break
            best = ancestor
        shapes.setdefault(index, []).append(best)
    votes = Counter(_shape(node) for nodes in shapes.values() for node in set(nodes))
    chosen: list[etree._Element] = []
    for index in range(len(rows)):
        nodes = shapes.get(index)
        if not nodes:
            return []
        chosen.append(max(nodes, key=lambda node: votes[_shape(node)]))
    return chosen


def _holders(links: dict[etree._Element, int]) -> dict[etree._Element, int]:
    """For every element around some links the one row they lead to, -1 for several."""
    holds: dict[etree._Element, int] = {}
    for node, index in links.items():
        for ancestor in (node, *node.iterancestors()):
            before = holds.setdefault(ancestor, index)
            if before == -1:
                break  # and so are all above
            if before != index:
                holds.update(dict.fromkeys((ancestor, *ancestor.iterancestors()), -1))
                break
    return holds


def _shape(node: etree._Element) -> str:
    return "/".join(str(one.tag) for one in (node, *node.iterancestors()))


def _classes(node: etree._Element) -> list[str]:
    """Class names that may last: none of layout or of a build, telling ones first."""
    names = [
        name
        for name in (node.get("class") or "").split()
        if _NAME.fullmatch(name)
        and not (_ROTATING_NAME.search(name) or _LAYOUT.match(name) or _OF_ONE_ROW.match(name))
    ]
    return sorted(names, key=lambda name: not _TELLING.search(name))


def _names(node: etree._Element) -> list[str]:
    """Simple selectors of one element, the most telling first."""
    tag = str(node.tag)
    names = []
    identifier = node.get("id") or ""
    if _NAME.fullmatch(identifier) and not re.search(r"\d", identifier):
        names.append(f"{tag}#{identifier}")
    return [*names, *(f"{tag}.{name}" for name in _classes(node))]


def _common(nodes: list[etree._Element]) -> list[str]:
    """Simple selectors that all of some elements share."""
    shared = _names(nodes[0])
    for node in nodes[1:]:
        own = set(_names(node))
        shared = [name for name in shared if name in own]
    return shared


def _entries(elements: list[etree._Element]) -> Iterator[str]:
    """Selectors of rows, short ones first: by own class, then by ancestors'."""
    tags = {str(node.tag) for node in elements}
    if len(tags) != 1:
        return
    tag = tags.pop()
    own = [name for name in _common(elements) if "#" not in name]
    tails = [*own, tag]
    chains: list[str] = []
    level, path = elements, ""
    for _ in range(_DEEP):
        parents = [node.getparent() for node in level]
        if any(parent is None or parent.tag == "html" for parent in parents):
            break
        level = [parent for parent in parents if parent is not None]
        if len({str(node.tag) for node in level}) != 1:
            break
        chains += [f"{name} > {path}" for name in _common(level)]
        if not path and not chains:
            chains.append(f"{level[0].tag} > ")
        path = f"{level[0].tag} > {path}"
    chains.append(path)
    for suffix in _SUFFIXES:
        yield from (f"{name}{suffix}" for name in own)
        for chain in chains:
            yield from (f"{chain}{name}{suffix}" for name in tails)


def _dates(text: str, row: Row, zone: ZoneInfo, order: DateOrder | None) -> bool:
    """Does a text name a row's day?"""
    try:
        when = parse_date(text, zone=zone, order=order) if 0 < len(text) <= 300 else None
    except DateRefused:
        return False
    return when is not None and row.when is not None and when.day == row.when.day


def _guesses(
    name: str, pairs: list[tuple[etree._Element, Row]], says: Callable[[str, str, Row], bool]
) -> Iterator[str]:
    """Selectors of one field inside a row, from elements of some rows that say it."""
    seen: set[str] = set()
    told = [(element, row) for element, row in pairs if _said(row, name)]
    for element, row in (*told[:2], *told[len(told) // 2 :][:1], *told[-1:]):
        inner = [node for node in element.iterdescendants() if is_element(node)][:200]
        nodes = [element, *inner] if name == "link" else inner[::-1]
        for node in nodes:
            for suffix in _ATTRIBUTES[name]:
                if suffix:
                    text = node.get(suffix)
                else:
                    text = "" if holds_more(node, _INSIDE) else " ".join(text_lines(node))
                if not text or (name == "link" and node.tag != "a") or not says(name, text, row):
                    continue
                for css in _inside(element, node):
                    guess = f"{css}::attr({suffix})" if suffix else css
                    if guess not in seen:
                        seen.add(guess)
                        yield guess
                break


def _inside(element: etree._Element, node: etree._Element) -> Iterator[str]:
    """Selectors of an element inside its row, short ones first."""
    if node is element:
        yield ":scope"
        return
    tag = str(node.tag)
    parent = node.getparent()
    if not _NAME.fullmatch(tag) or (parent is not None and not _NAME.fullmatch(str(parent.tag))):
        return  # an element that CSS can't say
    nth = _nth(node)
    for name in _classes(node):
        yield f".{name}"
    yield tag
    if tag in {"td", "th"}:
        yield nth
    if parent is not None and parent is not element:
        for name in _classes(parent):
            yield f".{name} {tag}"
        yield f"{parent.tag} {tag}"
        yield f"{_nth(parent)} {tag}"
    yield nth


def _nth(node: etree._Element) -> str:
    """A simple selector of an element by its place."""
    place = 1 + sum(map(is_element, node.itersiblings(preceding=True)))
    return f"{node.tag}:nth-child({place})"

"""The last look at a document before readers get it: it parses, twice, and says what was meant."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from xml.etree import ElementTree

from lxml import etree

from csco_spider.exporters import Feed, render
from csco_spider.items import NewsItem

_ATOM = "{http://www.w3.org/2005/Atom}"
Entry = tuple[str, str, str, datetime]
"""GUID, title, link and publish date, as a reader gets them."""


class GateError(Exception):
    """A document that must not be published; the message says what is wrong with it."""


def _rss(root: Any) -> Iterator[Entry]:
    for item in root.iterfind("channel/item"):
        date = parsedate_to_datetime(item.findtext("pubDate"))
        yield item.findtext("guid"), item.findtext("title"), item.findtext("link"), date


def _atom(root: Any) -> Iterator[Entry]:
    for entry in root.iterfind(f"{_ATOM}entry"):
        link = entry.find(f"{_ATOM}link[@rel='alternate']").get("href")
        date = datetime.fromisoformat(entry.findtext(f"{_ATOM}published"))
        yield entry.findtext(f"{_ATOM}id"), entry.findtext(f"{_ATOM}title"), link, date


def _json(document: Any) -> Iterator[Entry]:
    for item in document["items"]:
        date = datetime.fromisoformat(item["date_published"])
        yield item["id"], item["title"], item["url"], date


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return document


def _read(kind: str, document: bytes) -> Iterator[list[Entry]]:
    """The entries as each parser gives them back."""
    if kind == "json":
        yield list(_json(json.loads(document, object_pairs_hook=_no_twins)))
        return
    entries = {"rss": _rss, "atom": _atom}[kind]
    # libxml2 and expat disagree about odd input; readers use one or the other.
    yield list(entries(etree.fromstring(document)))
    yield list(entries(ElementTree.fromstring(document)))  # noqa: S314 - our own document


def fault(kind: str, document: bytes, items: list[NewsItem]) -> str:
    """What is wrong with a document that should hold ``items`` in that order; "" when it is right."""
    meant = [(i.guid, i.title, i.url, i.published.value) for i in items if i.published]
    if len({guid for guid, *_ in meant}) != len(meant):
        return "a GUID stands twice"
    try:
        for read in _read(kind, document):
            if read != meant:
                odd = next((a for a, b in zip(meant, read, strict=False) if a != b), "their number")
                return f"the entries read back differ from those written: {odd!r}"
    except (
        etree.LxmlError,
        ElementTree.ParseError,
        ValueError,
        TypeError,
        AttributeError,
    ) as error:
        return f"it does not parse ({error})"
    return ""


def checked(kind: str, feed: Feed, items: list[NewsItem]) -> tuple[bytes, dict[str, str]]:
    """A document that passed, and the entries it had to leave out (reason by GUID).

    Raises GateError when no entry can be blamed.
    """
    document, left_out = render(kind, feed, items)
    kept = [item for item in items if item.guid not in left_out]
    if not fault(kind, document, kept):
        return document, left_out
    for item in kept:
        if reason := fault(kind, render(kind, feed, [item])[0], [item]):
            left_out[item.guid] = reason
    kept = [item for item in kept if item.guid not in left_out]
    document, _ = render(kind, feed, kept)
    if reason := fault(kind, document, kept):
        raise GateError(f"the {kind} document of {feed.society.name} was held back: {reason}")
    return document, left_out

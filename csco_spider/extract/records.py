"""Rows that a page brings along as data for its script, which would write them into the list.

Hanweb's sites (many Chinese authorities' and hospitals') do: in the list's box stands a script of type
``text/xml`` whose records hold the HTML of a row each, as CDATA.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from itertools import islice

from lxml import etree

from csco_spider.extract.html import fragment

_MOST = 20
"""Such scripts of a page that are read."""


def with_records(root: etree._Element) -> etree._Element:
    """The page with such rows in the place of their scripts: a copy; itself, where there are none."""
    if not has_records(root):
        return root
    root = copy.deepcopy(root)
    for script in list(islice(_scripts(root), _MOST)):
        rows = "".join(_records(script.text or ""))
        page = fragment(f"<table>{rows}</table>" if rows.lstrip().startswith("<tr") else rows)
        box, parent = None if page is None else page.find("body/div"), script.getparent()
        if box is not None and parent is not None:
            box.tail = script.tail
            parent.replace(script, box)
    return root


def has_records(root: etree._Element) -> bool:
    return next(_scripts(root), None) is not None


def _scripts(root: etree._Element) -> Iterator[etree._Element]:
    for script in root.iter("script"):
        if script.get("type") == "text/xml" and "<record>" in (script.text or ""):
            yield script


def _records(data: str) -> Iterator[str]:
    for record in data.split("<record>")[1:]:
        _, _, row = record.partition("<![CDATA[")
        yield row.partition("]]>")[0]

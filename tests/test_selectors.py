"""The selectors that reproduce a list that was found, proven by reading the page with them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from parsel import Selector

from csco_spider.extract import find_entries
from csco_spider.extract.listing import declared_rows
from csco_spider.extract.selectors import Selectors, selectors_for
from tests.test_entries import BASE, CHINESE, SHAPES, TITLES, ZONE, many, page, pieces


def told(html: str) -> tuple[Selectors | None, bool]:
    """The selectors of the list of a page, and whether they give the rows that were found."""
    parsed = Selector(text=html, type="html")
    rows = find_entries(parsed, BASE, zone=ZONE).rows
    selectors = selectors_for(parsed, BASE, rows, zone=ZONE)
    if selectors is None:
        return None, False
    again = declared_rows(parsed, BASE, entries=selectors.entries, fields=selectors.fields, zone=ZONE)
    same = [(row.url, row.title, row.when and row.when.day) for row in again.rows] == [
        (row.url, row.title, row.when and row.when.day) for row in rows
    ]
    return selectors, same


PROVEN = [
    *("list", "date first", "link around all", "title attribute", "card", "article with time"),
    *("two links a row", "view", "post", "itemprop"),
]


@pytest.mark.parametrize("shape", PROVEN)
@pytest.mark.parametrize("titles", [TITLES, CHINESE], ids=["English", "Chinese"])
def test_selectors_give_the_rows_that_were_found(shape: str, titles: list[str]) -> None:
    row = SHAPES[shape]
    tag = "ul" if row.startswith("<li") else "div"
    selectors, same = told(page(f"<{tag} class=rows>{many(row, titles)}</{tag}>"))
    assert selectors
    assert (same, selectors.missed) == (True, [])


def test_tables_are_told_by_their_columns() -> None:
    row = "<tr><td>{d}</td><td><a href='/n/{n}.html'>{t}</a></td></tr>"
    head = "<tr><th><a href='?s=d'>Date</a></th><th><a href='?s=t'>Title</a></th></tr>"
    selectors, same = told(page(f"<table class=news>{head}{many(row)}</table>"))
    assert same
    assert selectors
    assert selectors.fields["date"].startswith("td")


def test_names_that_tell_are_taken_before_names_of_layout() -> None:
    row = "<div class='col-md-4 news-item'><a class='d-block title' href='/n/{n}.html'>{t}</a>{d}</div>"
    selectors, _ = told(page(f"<div class='row'>{many(row)}</div>"))
    assert selectors
    assert "col-" not in selectors.entries + str(selectors.fields)
    assert ".news-item" in selectors.entries


def test_what_a_row_is_filed_under_selects_no_rows() -> None:
    names = "wp-block-post post-{n} type-post status-publish format-standard category-news tag-lung"
    row = f"<li class='{names}'><h2><a href='/n/{{n}}.html'>{{t}}</a></h2><time>{{d}}</time></li>"
    selectors, same = told(page(f"<ul class=posts>{many(row)}</ul>"))
    assert selectors and same
    assert not re.search("category|tag-|status|format", selectors.entries)


def test_a_field_that_no_selector_gives_is_said_to_be_missed() -> None:
    selectors, same = told(page(f"<ul class=rows>{many(SHAPES['day over month'])}</ul>"))
    assert selectors
    assert (same, selectors.missed) == (False, ["date"])


def test_a_flat_list_has_no_rows_that_hold_their_dates() -> None:
    selectors, _ = told(page(f"<div>{many('<a href=/n/{n}.html>{t}</a> {d}<br>')}</div>"))
    assert selectors is None or "date" in selectors.missed


def test_a_list_of_one_row_tells_nothing() -> None:
    assert told(page(many(SHAPES["list"], TITLES[:1], ["2026-05-20"])))[0] is None


@given(pieces)
def test_no_page_raises(html: str) -> None:
    told(html)

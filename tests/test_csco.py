"""The English site, whose list and markup are not known for sure: whatever it shows is read."""

from __future__ import annotations

from csco_spider.extract.html import plain_text
from csco_spider.ledger import Ledger
from tests.conftest import World
from tests.sites.markups import BODY, DAY, MARKUPS, TITLE, about, render
from tests.sites.server import Answer, Site

ABOUT = "/cat/1/show/1.html"


def _list(numbers: range, following: str = "", dated: bool = True) -> str:
    rows = "".join(
        f'<tr><td><a href="/cat/13/show/{n}.html">{TITLE} ({n})</a><td>{DAY if dated else ""}'
        for n in numbers
    )
    return f'<a href="{ABOUT}">About CSCO</a><table>{rows}</table>{following}<a href="/cat/13">News</a>'


def test_one_article_in_every_markup(world: World, site: Site) -> None:
    numbers = range(100, 100 + len(MARKUPS))
    site.routes = {"/": _list(numbers), ABOUT: about()}
    for number, markup in zip(numbers, MARKUPS, strict=True):
        page = render(markup, f"{TITLE} ({number})", DAY, BODY)
        site.routes[f"/cat/13/show/{number}.html"] = Answer(page, headers={"Content-Type": "text/html"})
    done = world.crawl("csco", site.url)
    assert (done.code, done.counts) == (0, (len(MARKUPS), 0, 0)), done.text
    assert ABOUT not in site.pages()
    ledger = Ledger(f"sqlite:///{world.ledger}")
    entries = ledger.window(ledger.society("csco"), 50)
    ledger.close()
    assert sorted(entry.title for entry in entries) == sorted(f"{TITLE} ({n})" for n in numbers)
    for entry in entries:
        assert entry.published
        assert entry.published.day.isoformat() == DAY
        assert "".join(plain_text(entry.content_html).split()) == "".join("".join(BODY).split())


def test_the_list_is_found_wherever_it_is(world: World, site: Site) -> None:
    pager = '<p><a href="/cat/13.html?page=2">2</a> <a href="/cat/13.html?page=2">Next</a></p>'
    site.routes = {
        "/cat/13.html": _list(range(110, 120), pager),
        "/cat/13.html?page=2": _list(range(100, 110), dated=False),
    }
    for number in range(100, 120):
        site.routes[f"/cat/13/show/{number}.html"] = render(MARKUPS[0], f"{TITLE} ({number})", DAY, BODY)
    done = world.crawl("csco", site.url)
    assert (done.code, done.counts) == (0, (20, 0, 0)), done.text

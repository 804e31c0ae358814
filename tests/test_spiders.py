"""Rules that every society's spider keeps."""

from __future__ import annotations

import ast
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from scrapy.spiderloader import SpiderLoader
from scrapy.utils.project import get_project_settings

import csco_spider.spiders
from csco_spider.commands.list import societies
from csco_spider.loading import unread
from csco_spider.platforms.listing import ListingSpider
from csco_spider.platforms.society import SocietySpider
from tests.conftest import World

FOLDER = Path(csco_spider.spiders.__file__).parent
LOADER = SpiderLoader.from_settings(get_project_settings())
NAMES = societies(LOADER)
RESERVED = {"all", "index", "status", "subscriptions", "deadlines", "demo", "page"}


def spider(name: str, **arguments: str) -> SocietySpider:
    made = LOADER.load(name)(**arguments)
    assert isinstance(made, SocietySpider)
    return made


def test_one_file_per_society() -> None:
    assert (
        sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in {"__init__", "page"})
        == NAMES
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_spider_is_one_declarative_class(name: str) -> None:
    tree = ast.parse((FOLDER / f"{name}.py").read_text())
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    assert [node.name for node in classes] == [name.title().replace("_", "") + "Spider"]
    assert ast.get_docstring(classes[0])
    imported = [node.module or "" for node in tree.body if isinstance(node, ast.ImportFrom)]
    assert all(module.startswith("csco_spider.platforms") for module in imported)


@pytest.mark.parametrize("name", NAMES)
def test_a_spider_says_who_speaks_and_where(name: str) -> None:
    made = spider(name)
    assert made.name == name
    assert name not in RESERVED
    assert made.organisation
    assert ZoneInfo(made.timezone)
    assert made.min_entries >= 1
    assert urlsplit(made.start_urls[0]).hostname in made.hosts
    assert not made.custom_settings


@pytest.mark.parametrize("name", NAMES)
def test_site_moves_every_start_address_and_back(name: str) -> None:
    made = spider(name, site="http://127.0.0.1:8000")
    own = spider(name)
    assert [urlsplit(url).netloc for url in made.start_urls] == ["127.0.0.1:8000"] * len(own.start_urls)
    assert [made.public(url) for url in made.start_urls] == own.start_urls
    assert [made.reachable(url) for url in own.start_urls] == made.start_urls
    assert made.society == own.society


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"start_urls": []}, r"start_urls \[\]: give a list of addresses"),
        ({"start_urls": "https://b.org/news"}, "start_urls 'https://b.org/news': give a list"),
        ({"start_urls": ["www.b.org/news"]}, "start_urls .*: give a list of addresses"),
        (
            {"start_urls": ["https://bücher.org/news"]},
            "start_urls .*international host begins with xn--",
        ),
        ({"start_urls": ["https://me:secret@b.org/news"]}, "start_urls .*: give a list of addresses"),
        ({"hosts": "b.org"}, r"hosts 'b.org': give names in brackets, with a comma"),
        ({"article_hosts": "b.org"}, "article_hosts 'b.org': give names in brackets"),
        ({"organisation": ""}, "organisation: say whose news it is"),
        ({"timezone": "Mars/Phobos"}, "timezone='Mars/Phobos': give one such as"),
        ({"date_order": "ymd"}, "date_order 'ymd': give mdy or dmy"),
        ({"min_entries": "10"}, "min_entries '10': give a whole number from 1"),
        ({"fields": {"titel": "a"}}, "fields titel: there are link, title, date, teaser"),
        ({"fields": {"date": "li > > b"}}, "fields.date 'li > > b' is no selector"),
        ({"entries": "li[class=row"}, "entries 'li.class=row' is no selector"),
        ({"pager": "a::attr(href"}, "pager .* is no selector"),
        ({"pinned": "li:"}, "pinned 'li:' is no selector"),
        ({"article": "("}, r"article '\(' is no pattern"),
    ],
)
def test_a_file_that_can_t_be_meant_names_the_attribute(stated: dict[str, object], said: str) -> None:
    right = {
        "name": "beta",
        "organisation": "Beta",
        "hosts": ("b.org",),
        "start_urls": ["https://b.org/news"],
    }
    type("Beta", (ListingSpider,), right)()
    with pytest.raises(ValueError, match=f"^beta: {said}"):
        type("Beta", (ListingSpider,), right | stated)()


def test_a_missing_bracket_is_named_with_its_line() -> None:
    with pytest.raises(SyntaxError) as caught:
        compile("x = 1\noops(\n", str(Path.cwd() / "spiders" / "beta.py"), "exec")
    assert unread(caught.value) == "spiders/beta.py, line 2: SyntaxError: '(' was never closed"


def test_a_file_that_can_t_be_read_is_named_by_whoever_is_asked(world: World) -> None:
    halves = ("-s", "SPIDER_MODULES=csco_spider.spiders,tests.sites.halves")
    why = "tests/sites/halves/unread.py, line 3: RuntimeError: half a file"
    why = f"the file of unread can't be read: {why}"
    listed = world.scrapy("list", *halves)
    assert (listed.code, listed.text.splitlines()) == (1, ["csco", "csco_cn", "nobody", "wrong", why])
    for words in (("crawl", "unread"), ("record", "unread"), ("replay", "unread")):
        done = world.scrapy(*words, *halves)
        assert (done.code, done.sentence) == (2, f"scrapy: error: {why}")
    (world.archive / "unread").mkdir(parents=True)
    assert world.scrapy("replay", "--all", "--check", *halves).sentence == f"scrapy: error: {why}"

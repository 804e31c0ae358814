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
from csco_spider.platforms.society import SocietySpider

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

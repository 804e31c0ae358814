"""Recorded pages of every society: its spider reads on them what it read when they were recorded."""

from __future__ import annotations

from pathlib import Path

import pytest
from scrapy.spiderloader import SpiderLoader
from scrapy.utils.project import get_project_settings

from csco_spider.platforms.listing import ListingSpider
from csco_spider.recordings import load, readings

PAGES = Path(__file__).parent / "pages"
NAMES = sorted(folder.name for folder in PAGES.iterdir() if folder.is_dir())


@pytest.mark.parametrize("name", NAMES)
def test_recorded_pages_are_read_as_expected(name: str) -> None:
    spider = SpiderLoader.from_settings(get_project_settings()).load(name)()
    assert isinstance(spider, ListingSpider)
    pages, expected = load(PAGES / name)
    assert expected["list"]["rows"], "a recording without entries proves nothing"
    assert readings(spider, pages) == expected, (
        f"if the new reading is right, `scrapy record {name}` and look at the diff"
    )
    assert not spider.dead, "these selectors find nothing on the recorded pages: mend or remove them"

"""Numbers among the settings: those there are, and those that are refused."""

from __future__ import annotations

import pytest
from scrapy.settings import BaseSettings, Settings

from csco_spider import settings
from csco_spider.bounds import NUMBERS, check_numbers
from tests.conftest import World

OURS = {name: value for name, value in vars(settings).items() if name.isupper()}


def test_every_number_of_ours_has_bounds_and_keeps_them() -> None:
    numbers = {name for name, value in OURS.items() if type(value) in {int, float}}
    assert numbers | {"REVISIT_DAYS"} | {"CONCURRENT_REQUESTS"} == NUMBERS.keys()
    check_numbers(BaseSettings(OURS))
    check_numbers(Settings())  # Scrapy's own


@pytest.mark.parametrize("value", ["", "x", "1.5", "-1", "0", "1e3", "9" * 20, 2.5, None, "nan"])
def test_what_is_no_whole_number_from_1_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"FEED_WINDOW .*: give a whole number from 1 to 2147483647"):
        check_numbers(BaseSettings({"FEED_WINDOW": value}))


def test_one_number_is_no_list_of_them() -> None:
    with pytest.raises(ValueError, match=r"REVISIT_DAYS 5: give .* or several"):
        check_numbers(BaseSettings({"REVISIT_DAYS": 5}))


def test_what_a_command_line_or_a_file_says_is_taken() -> None:
    for given in ({"FEED_WINDOW": "50"}, {"REVISIT_DAYS": ""}, {"REVISIT_DAYS": [1, 2]}, {}):
        check_numbers(BaseSettings(given))
    check_numbers(BaseSettings({"DOWNLOAD_DELAY": "0.25", "NIGHT_DEADLINE": 14400.0}))


@pytest.mark.parametrize("words", [("publish", "csco_cn"), ("release", "csco_cn", "--discard")])
def test_nothing_is_published_or_forgotten_with_a_wrong_number(
    world: World, words: tuple[str, ...]
) -> None:
    done = world.scrapy(*words, "-s", "FEED_WINDOW=x")
    assert done.code == 2
    assert "FEED_WINDOW 'x': give a whole number" in done.text
    assert list(world.home.iterdir()) == []

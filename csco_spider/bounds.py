"""What the numbers among the settings may be: a wrong one is refused before anything starts."""

from __future__ import annotations

from dataclasses import dataclass

from scrapy.settings import BaseSettings


@dataclass(frozen=True, slots=True)
class Bounds:
    """A kind of number, the least and the most it may be."""

    kind: type[int] | type[float]
    least: int
    most: int = 2**31 - 1  # what timers and databases take

    def allow(self, value: object) -> bool:
        try:
            return self.least <= self.kind(str(value)) <= self.most  # what is no number is in no bounds
        except ValueError:
            return False

    def __str__(self) -> str:
        whole = "whole " if self.kind is int else ""
        return f"a {whole}number from {self.least} to {self.most}"


_COUNT, _COUNT_OR_NONE, _DAYS = Bounds(int, 1), Bounds(int, 0), Bounds(int, 0, 36_500)
_SECONDS, _SECONDS_OR_NONE = Bounds(float, 1), Bounds(float, 0)

LISTS = {"REVISIT_DAYS"}
"""Settings that are several numbers."""
NUMBERS = {
    "ARCHIVE_MAX_DAYS": _DAYS,
    "ARCHIVE_MAX_MB": _COUNT_OR_NONE,
    "FEED_WINDOW": _COUNT,
    "RETRY_AFTER_MAX": _SECONDS_OR_NONE,
    "REVISIT_DAYS": _DAYS,
    "WITHDRAWN_AFTER": _COUNT,
    "MAX_LISTING_PAGES": _COUNT,
    "MAX_BACKFILL_PAGES": _COUNT,
    "NIGHT_SOCIETIES": _COUNT,  # none at a time would wait for ever
    "NIGHT_SPREAD": _SECONDS_OR_NONE,
    "NIGHT_DEADLINE": _SECONDS,
    "SOCIETY_DEADLINE": _SECONDS,
    "NIGHT_WATCHDOG": _SECONDS,
    "CONCURRENT_REQUESTS": _COUNT,
    "CONCURRENT_REQUESTS_PER_DOMAIN": _COUNT,
    "CONCURRENT_ITEMS": _COUNT,
    "DOWNLOAD_DELAY": _SECONDS_OR_NONE,
    "DOWNLOAD_DELAY_JITTER": Bounds(float, 0, 1),
    "DOWNLOAD_TIMEOUT": _SECONDS,
    "DOWNLOAD_MAXSIZE": _COUNT_OR_NONE,
    "DOWNLOAD_WARNSIZE": _COUNT_OR_NONE,
    "AUTOTHROTTLE_START_DELAY": _SECONDS_OR_NONE,
    "AUTOTHROTTLE_MAX_DELAY": _SECONDS_OR_NONE,
    "RETRY_TIMES": _COUNT_OR_NONE,
    "REDIRECT_MAX_TIMES": _COUNT_OR_NONE,
}


def check_numbers(settings: BaseSettings) -> None:
    """Raise ValueError for what is no number or out of bounds: the setting, its value, what it takes.

    A setting that is not there is not missed.
    """
    for name, bounds in NUMBERS.items():
        if name not in settings:
            continue
        several = name in LISTS
        try:
            values = settings.getlist(name) if several else [settings[name]]
        except TypeError:  # a number where a list of them is asked for
            values = [None]
        if not all(map(bounds.allow, values)):
            more = ", or several with commas between them" if several else ""
            raise ValueError(f"{name} {settings[name]!r}: give {bounds}{more}")

"""A failed request in a few words, as reports and logs tell it."""

from __future__ import annotations

from scrapy.exceptions import IgnoreRequest
from scrapy.spidermiddlewares.httperror import HttpError


class NoRobots(IgnoreRequest):
    """A host's robots.txt could not be had, so that nothing of it may be asked for."""


def reason_of(error: BaseException | None) -> str:
    """What became of a request, such as "answered 404" or "robots.txt forbids it"."""
    if isinstance(error, HttpError):
        return f"answered {error.response.status}"
    if isinstance(error, NoRobots):
        return str(error)
    if isinstance(error, IgnoreRequest) and "robots.txt" in str(error):
        return "robots.txt forbids it"
    text = str(error).strip()
    # Twisted wraps connection failures in lists and dots.
    text = text.split("Failure ")[-1].rstrip("]>.").split(": ", 1)[-1]
    return f"{type(error).__name__}: {text[:160]}" if text else type(error).__name__

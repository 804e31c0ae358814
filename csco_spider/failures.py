"""A failed request in a few words, as reports and logs tell it."""

from __future__ import annotations

import re

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.spidermiddlewares.httperror import HttpError

_SAID: dict[type[BaseException], str] = {
    CannotResolveHostError: "no such host",
    DownloadConnectionRefusedError: "the connection was refused",
    DownloadTimeoutError: "no answer in time",
    DownloadCancelledError: "it is larger than DOWNLOAD_MAXSIZE",
    ResponseDataLossError: "the answer broke off before its end",
}
FORBIDDEN = "robots.txt forbids it"
_TLS = re.compile(r"'SSL routines', '[^']*', '([^']+)'")
"""What OpenSSL blames, last first."""


class Explained(IgnoreRequest):
    """A request that is not made, or not gone on with; the message says why."""


class NoRobots(Explained):
    """A host's robots.txt could not be had, so that nothing of it may be asked for."""


class LeadsAway(Explained):
    """A redirect that no crawl of the society follows."""


class Resting(Explained):
    """A host that wants a longer pause than we make: it is not asked again in this crawl."""


class Undecoded(Explained):
    """A compressed body that is none, or not whole."""


def reason_of(error: BaseException | None) -> str:
    """What became of a request, such as "answered 404" or "robots.txt forbids it"."""
    if isinstance(error, HttpError):
        return f"answered {error.response.status}"
    if isinstance(error, Explained):
        return str(error)
    if isinstance(error, IgnoreRequest) and "robots.txt" in str(error):
        return FORBIDDEN
    for kind, said in _SAID.items():
        if isinstance(error, kind):
            return said
    text = str(error).strip()
    if blamed := _TLS.findall(text):
        return f"no secure connection could be made: {blamed[-1]}"
    # Twisted wraps connection failures in lists and dots.
    text = text.split("Failure ")[-1].rstrip("]>.").split(": ", 1)[-1]
    return f"{type(error).__name__}: {text[:160]}" if text else type(error).__name__

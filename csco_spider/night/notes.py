"""Who is told of a night: a person, by any service Apprise knows, and a dead-man switch."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

logger = logging.getLogger(__name__)

PATIENCE = 20.0
"""Seconds that telling may take; a dead service must not hold up the night's end."""


def within(seconds: float, what: str, act: Callable[[], bool]) -> bool:
    """Did ``act`` say yes in time? It never fails the night: what went wrong is logged."""
    said: list[bool] = []

    def tell() -> None:
        try:
            said.append(act())
        except Exception as error:  # somebody else's code, and the night is over
            logger.warning("%s: %s", what, error)

    thread = threading.Thread(target=tell, daemon=True)
    thread.start()
    thread.join(seconds)
    if not any(said):
        logger.warning("%s could not be told", what)
    return any(said)


def notify(urls: Sequence[str], title: str, text: str) -> bool:
    """One message to all of the Apprise ``urls``; True when every one took it."""
    return within(PATIENCE, "NOTIFY_URLS", lambda: bool(_services(urls).notify(title=title, body=text)))


def check_notify_urls(urls: Sequence[str]) -> None:
    """Raise ValueError unless Apprise knows each of the ``urls``. Nothing is sent."""
    if urls:
        _services(urls)


def _services(urls: Sequence[str]) -> Any:
    services = import_module("apprise").Apprise()  # costs a second
    own = logging.getLogger("apprise")
    own.disabled = True  # it logs wrong addresses whole, with their passwords and tokens
    try:
        unknown = [url for url in urls if not services.add(url)]
    finally:
        own.disabled = False
    if unknown:
        kind, mark, _ = unknown[0].partition("://")
        shown = f"{kind if kind.isalnum() else '…'}://…" if mark else "what has no ://"
        raise ValueError(f"NOTIFY_URLS: {shown} is no address that Apprise knows")
    return services


def check_ping_url(url: str) -> None:
    """Raise ValueError unless ``url`` is "" or a web address."""
    parts = urlsplit(url)
    if url and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise ValueError(f"--ping-url {url!r} is no web address")


def ping(url: str, code: int, text: str) -> bool:
    """Tell a dead-man switch that the night is over: ``url`` when all is well, else ``url``/fail."""
    target = url if code == 0 else f"{url.rstrip('/')}/fail"

    def act() -> bool:
        request = Request(target, data=text.encode("utf-8", "replace"))  # noqa: S310 - checked
        try:
            with urlopen(request, timeout=PATIENCE / 2) as answer:  # noqa: S310
                return bool(answer.status < 300)
        except URLError as error:
            logger.warning("ping: %s", error.reason)
            return False

    return within(PATIENCE, "the dead-man switch", act)

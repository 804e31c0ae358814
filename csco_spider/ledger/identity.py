"""Which notice is which: pure decisions, no I/O and no clock."""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from csco_spider.items import Enclosure, Row, When, dedup_key, fold

NAMESPACE = uuid.UUID("b7a3f0de-5c21-5f5e-9d4e-0c5a6e8f1d27")
"""UUIDv5 namespace of every GUID this project mints (RFC 9562, section 5.5). Never changes."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_TAG = re.compile(r"<[^<>]*>")
_NOISE = re.compile(
    r"[\d,]+\s*total\s+views?(?:\s*,\s*[\d,]+\s*(?:views?\s*)?today)?"
    r"|(?:浏览|阅读|点击|访问)(?:次数|量|数)?\s*[:：]?\s*[\d,]+\s*次?"
    r"|\b(?:views?|hits|reads)\s*[:：]\s*[\d,]+"
    r"|copyright\s*(?:©|\(c\))?\s*\d{4}(?:\s*[-–]\s*\d{4})?",
    re.IGNORECASE,
)


def canonical_address(url: str, hosts: Iterable[str] = ()) -> str:
    """The address under which one page is known, whatever host and spelling it was met under.

    Scheme, ``www.``, default port and fragment are folded; every host in ``hosts`` (a society's own
    and its mirrors) is the first of them. Expects an absolute http(s) address.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    port = parts.port
    own = [name.lower().removeprefix("www.") for name in hosts]
    if host in own:
        host = own[0]
    elif port and port != _DEFAULT_PORTS.get(parts.scheme):
        host = f"{host}:{port}"
    return f"{host}{parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")


def key_of(society: str, day: date | None, title: str) -> str | None:
    """Digest of publish day and folded title; None for an undated notice, which has no key."""
    if day is None:
        return None
    return hashlib.sha256(dedup_key(society, day, title).encode()).hexdigest()


def mint_guid(society: str, day: date, title: str, taken: int = 0) -> str:
    """The GUID of a new entry: UUIDv5 of society, day and folded title.

    ``taken`` counts the entries that hold the GUIDs before it: the second gets "#2", and so on.
    """
    name = dedup_key(society, day, title) + (f"#{taken + 1}" if taken else "")
    return uuid.uuid5(NAMESPACE, name).urn


def publish_instant(published: When | None, started: datetime, zone: ZoneInfo) -> When:
    """The instant a feed shows for a date, fixed at first sight.

    A day becomes 12:00 UTC of that day, the right day from UTC-11 to UTC+11; never later than
    ``started``, the crawl that first saw it. Without a date it is ``started``, origin "first_seen".
    """
    if published is None:
        return When(started.astimezone(zone), "minute", "first_seen")
    value = published.value
    if published.precision == "day":
        value = datetime.combine(published.day, time(12), tzinfo=UTC)
    value = min(value, started).replace(microsecond=0)
    return When(value.astimezone(zone), published.precision, published.origin)


def body_text(content_html: str) -> str:
    """The body's characters alone: no tags, counters, footer years, case or white space."""
    text = html.unescape(_TAG.sub(" ", content_html))
    text = _NOISE.sub("", unicodedata.normalize("NFKC", text).casefold())
    return "".join(text.split())


def fingerprint(content_html: str, enclosures: Iterable[Enclosure]) -> str:
    """Digest of what a reader would miss: the body's characters and the files' addresses."""
    files = sorted(urlsplit(enclosure.url)._replace(query="").geturl() for enclosure in enclosures)
    return hashlib.sha256("\n".join([body_text(content_html), *files]).encode()).hexdigest()


def row_differs(row: Row, listing: str, listed: Mapping[str, list[str | None]]) -> bool:
    """Has a listing changed what it says of an address (title or day) since it was last read?

    ``listed`` maps each listing to the title and day it showed. Another listing may word a title
    in its own way; only one that says what none said before counts.
    """
    if not row.title and row.when is None:
        return False
    shown = listed_as(row)
    if listing in listed:
        return _differs(shown, listed[listing])
    return bool(listed) and all(_differs(shown, known) for known in listed.values())


def listed_as(row: Row) -> list[str | None]:
    """What a listing says of an address, in the form ``row_differs`` compares."""
    return [fold(row.title), row.when.day.isoformat() if row.when else None]


def _differs(one: list[str | None], other: list[str | None]) -> bool:
    titles = bool(one[0] and other[0]) and one[0] != other[0]
    days = bool(one[1] and other[1]) and one[1] != other[1]
    return titles or days

"""Which notice is which: pure decisions, no I/O and no clock.

A candidate is matched by alias before a GUID is minted, in this order of trust:

1. its canonical address, unless everything else says that the page now holds another notice;
2. publish day and folded title (the key);
3. the society's own id in the address, if title, or body, or day and a similar title agree with it;
4. the body's fingerprint with the same title on another day: a moved date if the old row is gone;
5. the body's fingerprint with the same day under another title, if the old row is gone.

From 3 on, titles whose numbers differ (year, round, issue) are never one notice.
"""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from difflib import SequenceMatcher
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from csco_spider.items import Enclosure, Row, When, dedup_key, fold

NAMESPACE = uuid.UUID("b7a3f0de-5c21-5f5e-9d4e-0c5a6e8f1d27")
"""UUIDv5 namespace of every GUID this project mints (RFC 9562, section 5.5). Never changes."""

AliasKind = Literal["id", "key", "body"]
LEAST_BODY = 60
"""Characters of a body that may speak for a notice; shorter ones are alike too often."""
_DEFAULT_PORTS = {"http": 80, "https": 443}
_TAG = re.compile(r"<[^<>]*>")
_NOISE = re.compile(
    r"[\d,]+\s*total\s+views?(?:\s*,\s*[\d,]+\s*(?:views?\s*)?today)?"
    r"|(?:浏览|阅读|点击|访问)(?:次数|量|数)?\s*[:：]?\s*[\d,]+\s*次?"
    r"|\b(?:views?|hits|reads)\s*[:：]\s*[\d,]+"
    r"|copyright\s*(?:©|\(c\))?\s*\d{4}(?:\s*[-–]\s*\d{4})?",
    re.IGNORECASE,
)
_DATES = re.compile(
    r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?(?:\s*\d{1,2}:\d{2}(?::\d{2})?)?"
    r"|\d{1,2}\s*月\s*\d{1,2}\s*日"
)
_OWN_ID = re.compile(r"[?&]\w*id=(\d+)(?=&|$)|/(\d+)(?:\.\w+)?/?(?=\?|$)", re.IGNORECASE)
_HAN = "〇零一二两三四五六七八九十百"
_NUMBERS = re.compile(
    rf"\d+(?:\.\d+)*|第[{_HAN}]+|[{_HAN}]+(?=[轮届次批期号版年月日讲站部季])|\b[ivx]+\b"
    r"|\b(?:first|second|third|fourth|fifth|one|two|three|four|five)\b"
    # Parts, as fold leaves them: a closing bracket is gone at the end of a title.
    rf"|(?<=[(之])[{_HAN}]+(?=\)|$)|(?<=\()[上中下甲乙丙丁a-z](?=[组篇卷部]?(?:\)|$))"
)
_SEPARATOR = re.compile(
    # No colon: what stands before one ("Call for abstracts:") means something.
    r"\s*[｜|_»·•—–]+\s*|\s+-\s+|-(?=[^\x00-\x7f])|(?<=[^\x00-\x7f])-"
)
_BRACKETED = re.compile(r"^\s*[【\[(（][^】\])）]{1,20}[】\])）]\s*")
_BRACKETED_END = re.compile(r"\s*[【\[(（][^】\])）]{1,20}[】\])）]\s*$")


@dataclass(frozen=True, slots=True)
class Facts:
    """What identity is judged by: title (without affixes), day, body fingerprint ("" if none)."""

    title: str
    day: date | None
    body: str


@dataclass(frozen=True, slots=True)
class Held:
    """An entry that shares an alias with a candidate, and the kinds of alias it shares.

    ``listed``: was it shown in this crawl's listings? None when they did not reach its day.
    """

    entry: int
    facts: Facts
    shares: frozenset[str]
    listed: bool | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The entry a candidate belongs to, None for a new one, and why, in words."""

    entry: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Affix:
    """What most titles of a listing begin or end with."""

    side: Literal["prefix", "suffix"]
    text: str


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


def own_id(address: str) -> str | None:
    """The society's own number for a page: ``oid=9350`` or ``/show/564.html``; None without one."""
    found = [number for pair in _OWN_ID.findall(address) for number in pair if number]
    return found[-1] if found else None


def key_of(society: str, day: date | None, title: str) -> str | None:
    """Digest of publish day and folded title; None for an undated notice, which has no key."""
    if day is None:
        return None
    return _digest(dedup_key(society, day, title))


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


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def body_text(content_html: str) -> str:
    """The body's characters alone: no tags, counters, footer years, case or white space."""
    text = html.unescape(_TAG.sub(" ", content_html))
    text = _NOISE.sub("", unicodedata.normalize("NFKC", text).casefold())
    return "".join(text.split())


def fingerprint(content_html: str, enclosures: Iterable[Enclosure]) -> str:
    """Digest of what a reader would miss: the body's characters and the files' addresses."""
    files = sorted(urlsplit(enclosure.url)._replace(query="").geturl() for enclosure in enclosures)
    return _digest("\n".join([body_text(content_html), *files]))


def body_key(content_html: str) -> str:
    """Digest of the body's characters without dates, an alias; "" for one too short to mean a thing."""
    text = _DATES.sub("", body_text(content_html))
    return _digest(text) if len(text) >= LEAST_BODY else ""


def numbers_of(title: str) -> list[str]:
    """Years, rounds and issues in a title, in order; Han numerals as digits."""
    return [_plain_number(number.removeprefix("第")) for number in _NUMBERS.findall(fold(title))]


def _plain_number(number: str) -> str:
    """第十二 and 第12 are one number; a year such as 二〇二二 is read digit by digit."""
    digits = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
    if "十" in number and "百" not in number:
        tens, _, ones = number.partition("十")
        if len(tens) <= 1 and len(ones) <= 1:
            return str(digits.get(tens, 1) * 10 + digits.get(ones, 0))
    return "".join(str(digits.get(char, char)) for char in number)


def _similar(one: str, other: str) -> bool:
    return SequenceMatcher(None, fold(one), fold(other), autojunk=False).ratio() >= 0.5


def judge(candidate: Facts, held: Sequence[Held]) -> Verdict:
    """Which of the entries that share an alias with a candidate it is, if any; see the module."""
    refused: list[str] = []
    for kind, rule in (
        ("address", _by_address),
        ("key", _by_key),
        ("id", _by_id),
        ("body", _by_body),
    ):
        for one in held:
            if kind not in one.shares:
                continue
            agrees, why = rule(candidate, one)
            if agrees:
                return Verdict(one.entry, why)
            refused.append(why)
    return Verdict(None, "; ".join(refused) or "no alias of it was met before")


def _by_address(candidate: Facts, held: Held) -> tuple[bool, str]:
    known = held.facts
    same_body = bool(candidate.body) and candidate.body == known.body
    other_day = candidate.day is not None and known.day is not None and candidate.day != known.day
    if not other_day or same_body or fold(candidate.title) == fold(known.title):
        return True, "same address"
    if numbers_of(candidate.title) != numbers_of(known.title):
        return False, "same address, but another number in the title, another day and another text"
    if candidate.body and known.body and not _similar(candidate.title, known.title):
        return False, "same address, but another title, another day and another text"
    return True, "same address"


def _by_key(candidate: Facts, held: Held) -> tuple[bool, str]:
    known = held.facts
    if candidate.day == known.day and fold(candidate.title) == fold(known.title):
        return True, "same publish day and title"
    if held.listed is False:
        return True, "the publish day and title it had before, and the old row is gone"
    return False, "the publish day and title of another before it was corrected, still listed"


def _by_id(candidate: Facts, held: Held) -> tuple[bool, str]:
    known = held.facts
    if held.listed:
        return False, "same id in the address, but the other notice is still listed"
    if numbers_of(candidate.title) != numbers_of(known.title):
        return False, "same id in the address, but another number in the title"
    if fold(candidate.title) == fold(known.title):
        return True, "same id in the address, same title"
    if candidate.body and candidate.body == known.body:
        return True, "same id in the address, same text"
    if candidate.day and candidate.day == known.day and _similar(candidate.title, known.title):
        return True, "same id in the address, same day, similar title"
    return False, "same id in the address, but neither title nor text nor day agree"


def _by_body(candidate: Facts, held: Held) -> tuple[bool, str]:
    known = held.facts
    if numbers_of(candidate.title) != numbers_of(known.title):
        return False, "same text, but another number in the title"
    if held.listed is not False:
        return False, "same text, but the other notice is still listed or may be"
    if fold(candidate.title) == fold(known.title):
        return True, "same title and text, and the old row is gone: its date was moved"
    if candidate.day is not None and candidate.day == known.day:
        return True, "same day and text, and the old row is gone: its title was changed"
    return False, "same text, but another title and another day"


def shared_affixes(titles: Sequence[str]) -> set[Affix]:
    """What most of a listing's titles begin or end with, set off by a mark or in brackets.

    Only where at least four differ in the rest; nothing with a digit, which would mean something.
    """
    distinct = list(dict.fromkeys(title for title in titles if title))
    counts: Counter[Affix] = Counter()
    for title in distinct:
        counts.update(_affixes_of(title))
    return {affix for affix, count in counts.items() if count >= 4 and count * 2 > len(distinct)}


def _affixes_of(title: str) -> set[Affix]:
    found: set[Affix] = set()
    for mark in _SEPARATOR.finditer(title):
        if mark.start() >= 2 and 0 < len(title) - mark.end() <= 40:
            found.add(Affix("suffix", title[mark.start() :]))
        if len(title) - mark.end() >= 2 and 0 < mark.start() <= 40:
            found.add(Affix("prefix", title[: mark.end()]))
    if (bracket := _BRACKETED.match(title)) and bracket.end() + 2 <= len(title):
        found.add(Affix("prefix", bracket[0]))
    if (bracket := _BRACKETED_END.search(title)) and bracket.start() >= 2:
        found.add(Affix("suffix", bracket[0]))
    return {affix for affix in found if not any(char.isdigit() for char in affix.text)}


def without_affixes(title: str, affixes: Iterable[Affix]) -> str:
    """A title without the noise it shares with its neighbours; never an empty one."""
    for affix in sorted(affixes, key=lambda affix: (-len(affix.text), affix.side, affix.text)):
        if affix.side == "suffix":
            rest = title.removesuffix(affix.text)
        else:
            rest = title.removeprefix(affix.text)
        title = rest.strip() or title
    return title


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

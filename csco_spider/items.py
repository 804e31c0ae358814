"""What a society says, while it is being crawled and when it stands in a feed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

Precision = Literal["day", "minute"]
Origin = Literal["listing", "article", "meta", "url", "first_seen"]
TEASER = 600
"""Characters of a row's teaser at most."""
WITHOUT = " without "
"""In a field's source, before the dead selector that should have given it."""


@dataclass(frozen=True, slots=True)
class When:
    """A publish date: an aware instant, how exact it is and where it was read.

    With precision "day" only the calendar day of ``value`` in its own zone is known.
    """

    value: datetime
    precision: Precision
    origin: Origin

    @property
    def day(self) -> date:
        """The calendar day as the society wrote it."""
        return self.value.date()


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that belongs to an entry; ``length`` in bytes, None while unknown."""

    url: str
    type: str
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One entry as a listing shows it; ``url`` is absolute and free of rotating keys.

    ``without`` names the society's selectors that were dead when the row was read ("entries",
    "fields.date"); what they are for was found without them.
    """

    url: str
    title: str = ""
    when: When | None = None
    teaser: str = ""
    pinned: bool = False
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where in a crawl a row was met: which listing, and its place from the top."""

    listing: str
    position: int
    row: Row


def _plain_when(when: When | None) -> dict[str, str] | None:
    """JSON form with the zone kept (Scrapy's encoder drops it)."""
    if when is None:
        return None
    return {"value": when.value.isoformat(), "precision": when.precision, "origin": when.origin}


def _plain_instant(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()


def _plain_sighting(value: Sighting | None) -> None:
    """Bookkeeping of the crawl, of no use outside it."""


def _plain_enclosures(value: list[Enclosure]) -> list[dict[str, Any]]:
    return [asdict(enclosure) for enclosure in value]


@dataclass(slots=True)
class NewsItem:
    """One notice. ``society`` is the spider's name; text is plain, HTML sanitised, links absolute.

    ``sources`` say where each field was read, by its name: "meta", "label", "shown", "listing" ..., or
    "listing without fields.date" when a dead selector should have given it.
    The ledger sets ``guid``, ``first_seen``, ``updated``, ``withdrawn`` and the final ``published``.
    """

    society: str
    url: str
    title: str = ""
    published: When | None = field(default=None, metadata={"serializer": _plain_when})
    summary: str = ""
    content_html: str = ""
    authors: list[str] = field(default_factory=list)
    language: str = ""
    categories: list[str] = field(default_factory=list)
    image: str = ""
    enclosures: list[Enclosure] = field(default_factory=list, metadata={"serializer": _plain_enclosures})
    guid: str = ""
    first_seen: datetime | None = field(default=None, metadata={"serializer": _plain_instant})
    updated: datetime | None = field(default=None, metadata={"serializer": _plain_instant})
    withdrawn: datetime | None = field(default=None, metadata={"serializer": _plain_instant})
    sources: dict[str, str] = field(default_factory=dict)
    sighting: Sighting | None = field(default=None, metadata={"serializer": _plain_sighting})

    def __str__(self) -> str:
        """As a log names it: without its text."""
        return f"{self.url}: {self.title!r}"

    @property
    def degraded(self) -> bool:
        """Was any field read without the selector that is there for it?"""
        return any(WITHOUT in source for source in self.sources.values())


class Minted(NamedTuple):
    """What an entry got when it was first seen, and keeps: GUID, that instant, its place in the list."""

    guid: str
    first_seen: datetime
    position: int


@dataclass(frozen=True, slots=True)
class Society:
    """What a feed says of the society it speaks for."""

    name: str
    organisation: str
    language: str
    timezone: str
    home_url: str

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


# One form for the variants that editors and input methods mix.
_QUOTES = "\"'`´‘’‚‛“”„‟‹›«»「」『』〝〞〟﹁﹂﹃﹄"
_FORMS = str.maketrans(
    {
        **dict.fromkeys("([{〈《【〔〖〘〚⟨⟪", "("),
        **dict.fromkeys(")]}〉》】〕〗〙〛⟩⟫", ")"),
        **dict.fromkeys(_QUOTES, '"'),
        **dict.fromkeys("-‐‑‒–—―⸺⸻~〜−─", "-"),
        **dict.fromkeys("·•・‧∙⋅", "·"),
        **dict.fromkeys(",、", ","),
        **dict.fromkeys(".。", "."),
    }
)
_MEANT = frozenset("%#&@*")  # punctuation by category, but said on purpose
_CJK = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SPACES = re.compile(r"\s+")
_CJK_SPACE = re.compile(rf"(?<=[{_CJK}]) | (?=[{_CJK}])")


@lru_cache(4096)
def _is_mark(char: str) -> bool:
    return (unicodedata.category(char)[0] == "P" and char not in _MEANT) or char in '"-·,.|'


@lru_cache(4096)
def _plain(char: str) -> str:
    """A character, a space for any kind of space or control, nothing for what is not to be seen."""
    kind = unicodedata.category(char)
    return " " if kind in {"Cc", "Zs", "Zl", "Zp"} else "" if kind in {"Cf", "Cs", "Co"} else char


def _fold_once(text: str) -> str:
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    text = text.translate(_FORMS)
    text = text if text.isprintable() else "".join(map(_plain, text))
    text = _CJK_SPACE.sub("", _SPACES.sub(" ", text))
    out: list[str] = []
    last, mark = "", False
    for char in text:
        is_mark = _is_mark(char)
        if is_mark and last == " ":
            out.pop()
            last = out[-1] if out else ""
            mark = bool(out) and _is_mark(last)
        if mark and char in {" ", last}:
            continue
        out.append(char)
        last, mark = char, is_mark
    whole = "".join(out)
    start, end = 0, len(whole)
    while start < end and (whole[start] == " " or _is_mark(whole[start])):
        start += 1
    while end > start and (whole[end - 1] == " " or _is_mark(whole[end - 1])):
        end -= 1
    # A title of nothing but marks keeps them: "???" is not "!!!".
    return whole[start:end] or whole.strip()


@lru_cache(1024)
def fold(title: str) -> str:
    """The form of a title by which two spellings of it are one.

    NFKC, case and white space folded; punctuation and bracket variants mapped to one form, dropped
    at the edges and never between two letters or digits ("2.1版" is not "21版"). Idempotent; counts
    no words and drops no script.
    """
    while True:  # a removed space can let a combining mark compose, of which ASCII has none
        folded = _fold_once(title)
        if folded == title or folded.isascii():
            return folded
        title = folded


def dedup_key(society: str, day: date, title: str) -> str:
    """Society, publish day (in the society's zone) and folded title: one notice."""
    return f"{society}\n{day.isoformat()}\n{fold(title)}"

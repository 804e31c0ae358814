"""What a crawl saw, in numbers: of its listings' first pages, and of the articles it read."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from csco_spider.extract.html import plain_text
from csco_spider.items import NewsItem, Row

LISTING = ("link", "title", "date", "teaser")
ARTICLE = ("title", "date", "body", "summary", "authors", "image", "enclosures")


@dataclass(frozen=True, slots=True)
class Fill:
    """A field: in how many of those seen it was filled, and the middle one's length in characters."""

    filled: int
    of: int
    length: int = 0


@dataclass(frozen=True, slots=True)
class Observed:
    """One crawl in numbers. Fields are named by where they stand: ``listing/date``, ``article/body``,
    ``revisited/body``."""

    found: int = 0
    """Different rows on the listings' first pages."""
    pager: int | None = None
    """Did a first page lead to a second one? None when no listing came."""
    fields: Mapping[str, Fill] = field(default_factory=dict)
    whole: Fill = Fill(0, 0)
    """New articles that came with a date and a body (or files)."""
    single: Fill = Fill(0, 0)
    """Items that were no duplicate of another one of the crawl."""
    dead: Sequence[str] = ()
    """Selectors that found nothing while the page had what they are for."""
    requests: int = 0
    bytes: int = 0
    not_modified: int = 0
    seconds: float = 0.0

    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        return asdict(self)

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Observed:
        """From JSON; what another release said is left out."""
        known = {name: plain[name] for name in cls.__slots__ if name in plain}
        for name in ("whole", "single"):
            known[name] = Fill(**known.get(name) or {"filled": 0, "of": 0})
        known["fields"] = {name: Fill(**fill) for name, fill in known.get("fields", {}).items()}
        return cls(**known)


@dataclass(slots=True)
class _Count:
    of: int = 0
    lengths: list[int] = field(default_factory=list)

    def add(self, text: str) -> None:
        self.of += 1
        if text:
            self.lengths.append(len(text))

    def fill(self) -> Fill:
        middle = int(statistics.median(self.lengths)) if self.lengths else 0
        return Fill(len(self.lengths), self.of, middle)


class Tally:
    """Counts while a crawl runs."""

    def __init__(self) -> None:
        self._rows: set[str] = set()
        self._pager: int | None = None
        self._counts: dict[str, _Count] = {}
        self._whole = [0, 0]

    def listing(self, rows: Sequence[Row], *, pager: bool) -> None:
        """The first page of a listing; later ones show other rows every night."""
        self._pager = max(self._pager or 0, int(pager))
        for row in rows:
            if row.url and row.url in self._rows:
                continue
            self._rows.add(row.url or row.title)
            date = row.when.day.isoformat() if row.when else ""
            self._add("listing", LISTING, (row.url, row.title, date, row.teaser))

    def article(self, item: NewsItem) -> None:
        """An article as it was read from its own page: news by itself, or it drowns in re-visits."""
        if news := item.sighting is None or bool(item.sighting.listing):
            self._whole[1] += 1
        own = item.published if item.published and item.published.origin != "listing" else None
        date = own.day.isoformat() if own else ""
        body = plain_text(item.content_html)
        authors, files = " ".join(item.authors), " ".join(file.url for file in item.enclosures)
        values = (item.title, date, body, item.summary, authors, item.image, files)
        self._add("article" if news else "revisited", ARTICLE, values)
        self._whole[0] += bool(news and item.published and (body or files))

    def _add(self, where: str, names: Sequence[str], values: Sequence[str]) -> None:
        for name, value in zip(names, values, strict=True):
            self._counts.setdefault(f"{where}/{name}", _Count()).add(value)

    def observed(self, *, items: int = 0, duplicates: int = 0, **traffic: Any) -> Observed:
        """All that was counted, with what only the crawl's own counters know."""
        return Observed(
            len(self._rows),
            self._pager,
            {name: count.fill() for name, count in self._counts.items()},
            Fill(*self._whole),
            Fill(items - duplicates, items),
            **traffic,
        )

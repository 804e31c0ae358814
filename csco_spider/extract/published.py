"""When a page was published: the dates it states and shows, in the order in which they deserve trust.

A date line with a label, then what the page states to machines where that fits what it shows, then a
date that stands by the title, then the address. An event's date, a comment's, a related story's or
a copyright's is none of these, and no date is better than a wrong one. What a single line says of the
day is read in ``datelines``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from functools import cached_property
from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

from csco_spider.extract.apart import EVENT, UPDATED, Surroundings, speaks_of_other
from csco_spider.extract.boxes import boxed_date
from csco_spider.extract.datelines import LineDates
from csco_spider.extract.dates import DateOrder, DateRefused, day_in_url, parse_date, year_comes_first
from csco_spider.extract.datewords import (
    behind_label,
    behind_posted,
    find_year,
    says_edited,
    stands_alone,
)
from csco_spider.extract.html import one_line, text_pieces
from csco_spider.extract.language import language_of
from csco_spider.extract.metadata import Metadata, Stated
from csco_spider.extract.noise import is_footer
from csco_spider.extract.order import order_of, proven_order
from csco_spider.extract.page import Line, Page
from csco_spider.items import Origin, When

_MOST_DATED = 1000
"""Lines with a year that are read for dates."""
_YEARLY, _EVENTS = 400, 20
"""Letters of such a line at most; days of events that are read."""
_LABELLED, _BEHIND_LABEL = 120, 24
"""Letters behind a label that are read, and those between label and date at most."""
_CLOCKS_DIFFER_BY, _MOST_APART = 30, 14 * 60
"""Minutes: zones lie multiples of the one apart from UTC (few but for a quarter), the other at most."""
_OPENING, _PARAGRAPH = 10, 150
"""Lines of a text that may come before its second paragraph; letters of a paragraph."""
_FOOTNOTE, _EDITED = 800, 120
"""Letters of a line that says when the text above was posted, and when it was edited, at most."""
_EPOCH = re.compile(r"(\d{10})(?:\d{3})?")
_URL_NUMBER = re.compile(
    r"/[A-Za-z]{0,4}(20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{4,14}(?=[/_.?-]|$)"
)
_DIGITS = re.compile(r"[\d-]{8,10}")
_BY_TITLE = 4
"""Lines above and below a title in which a box may show its day."""
_PIECES = 20
"""Pieces of text around a ``time`` element that are looked at: one left open holds the page."""


class DateLine(NamedTuple):
    """The indices of the first and the last line that date an article, the date (None if refused) and
    what stands behind it."""

    first: int
    last: int
    when: When | None
    behind: str


class PublishDates:
    """Reads the dates of one page. ``titled`` is the index of the title's line, ``begin`` the body's."""

    def __init__(
        self,
        page: Page,
        metadata: Metadata,
        *,
        url: str,
        zone: ZoneInfo | None,
        order: DateOrder | None,
        now: datetime | None,
    ) -> None:
        self.page = page
        self.metadata = metadata
        self.url = url
        self.zone = zone
        self.order = order or order_of(metadata.language, url) or self._order_shown()
        self.problems: list[str] = []
        self.line_dates = LineDates(
            zone=zone,
            order=self.order,
            year_first=year_comes_first(metadata.language, (line.text for line in page.lines[:200])),
            now=now,
            events=metadata.events[:_EVENTS],
        )

    def _order_shown(self) -> DateOrder | None:
        """Day or month first, where the page's other dates prove it or its text is in a language that
        tells."""
        if order := proven_order(line.text for line in self._yearly):
            return order
        text = "" if self.metadata.language else " ".join(line.text for line in self.page.lines[:500])
        language = language_of(text[:3000], "")
        return None if language in {"zh", "ja", "ko"} else order_of(language)

    # with a label

    def labelled(self, begin: int) -> DateLine | None:
        """The lines whose label says that they date the article."""
        lines = self.page.lines
        for strong in (True, False):
            for index, line in enumerate(lines):
                text, last = behind_label(line.text, strong=strong), index
                if text is None:
                    continue
                while not text.strip(" :：") and last + 1 < len(lines) and last < index + 2:
                    last += 1  # the label stands in a cell of its own
                    text = lines[last].text
                first = next(self.line_dates.find(text[:_LABELLED], short_years=True), None)
                if first is None or len(first.before) > _BEHIND_LABEL:
                    continue
                if self.apart.is_another_s(line, begin):
                    continue
                if first.when is None:
                    self.problems.append(f"date {text[:60]!r} refused: {first.refusal}")
                return DateLine(index, last, first.when, first.behind + text[_LABELLED:])
        return None

    # stated to machines

    def stated(self, *sources: str, shown: bool = False) -> When | None:
        """The first date of the first source that can be read; ``shown``: and that the page shows.

        A source that names three days (two in scripts) speaks of more than the article.
        """
        for source in sources:
            whens = list(filter(None, map(self._read, self._of(source))))
            if len({when.day for when in whens}) > (1 if source == "script" else 2):
                continue
            if whens and (not shown or whens[0].day in self.days):
                return whens[0]
        return None

    def agreed(self) -> When | None:
        """The date that JSON-LD and meta elements both state."""
        one, other = self.stated("json-ld"), self.stated("meta")
        return one if one and other and one.day == other.day else None

    def first(self, shown: When | None) -> When | None:
        """A date that the page shows, unless it states an earlier one: then the shown is an update's."""
        stated = self.stated("meta", "json-ld", "page")
        return None if shown and stated and stated.day < shown.day else shown

    def changed(self) -> When | None:
        """The last change that the page states to machines."""
        return next(filter(None, map(self._read, self.metadata.modified)), None)

    def _of(self, source: str) -> list[Stated]:
        if self.metadata.static and source != "microdata":
            return []  # when a page that is no news was made
        if self.metadata.reference and source == "page":
            return []
        return [stated for stated in self.metadata.published if stated.source == source][:10]

    def _read(self, stated: Stated) -> When | None:
        origin: Origin = "article" if stated.source == "time" else "meta"
        text = stated.text.strip()
        if epoch := _EPOCH.fullmatch(text):
            text = datetime.fromtimestamp(int(epoch[1]), tz=UTC).isoformat()
        try:
            return parse_date(text, zone=self.zone, order=self.order, origin=origin)
        except DateRefused as refusal:
            self.problems.append(f"{stated.source} date refused: {refusal}")
            return None

    # shown by the article

    def local(self, title: str, titled: int, begin: int, end: int) -> When | None:
        """An instant shown by the title that is the stated one by another clock and on another day:
        the page states UTC and shows its own."""
        stated = None if self.zone else self.stated("json-ld", "meta", "page")
        if not stated or stated.value.utcoffset() or stated.precision == "day":
            return None
        shown = self.beside(title, titled, begin, end)
        if not shown or shown.day == stated.day or shown.precision == "day":
            return None
        minutes = abs((shown.value - stated.value).total_seconds()) / 60
        same = minutes % _CLOCKS_DIFFER_BY < 2 or minutes % _CLOCKS_DIFFER_BY > _CLOCKS_DIFFER_BY - 2
        return shown if same and minutes <= _MOST_APART else None

    def beside(
        self, title: str, titled: int, begin: int, end: int, *, updates: bool = False
    ) -> When | None:
        """A date on a short line between title and body: below the title first, then above it; or in the
        first lines of the body, which ends with line ``end``.

        ``updates``: one that says when the page was changed will do, where it shows no other.
        """
        top = titled if 0 <= titled <= begin + 3 else begin - 1
        for index in self._around(title, top, begin, end):
            line = self.page.lines[index]
            if index >= begin and self._is_text_s(line, index - begin):
                continue
            if not top <= index <= begin and self.apart.is_another_s(line, begin):
                continue
            if self.apart.is_event_s(line.slots[0].holder):
                continue
            if index != titled + 1 and self._is_named_other(index, begin):
                continue
            if index == titled:
                when = self.line_dates.in_pieces(line)
            else:
                when = self.line_dates.read(line, 160 if index < begin + 3 else 100, updates=updates)
            if when and not self.apart.is_event_field(index):
                return when
        return None

    def _around(self, title: str, top: int, begin: int, end: int) -> Iterator[int]:
        """The lines that may date an article, the likeliest first; ``top`` is its title's."""
        lines = self.page.lines
        yield from range(top + 25, min(len(lines), begin + 6))[-8:]  # behind a menu or a picture's tools
        below = range(top + 1, min(len(lines), max(begin + 6, top + 7), top + 25, max(end, begin) + 3))
        above = list(self.apart.above(top))
        yield from (*below[:4], *above[:2], *below[4:], *above[2:])
        again = (*range(top + 2, min(len(lines), top + 40)), *range(max(0, top - 40), top - 1))
        yield from (i + 1 for i in again if i + 1 < len(lines) and lines[i].text == title)
        yield from range(begin + 6, self._under_way(begin, end + 1))

    def _is_text_s(self, line: Line, place: int) -> bool:
        """Is the date of a line inside the text, its ``place``-th, that of what the text says?"""
        return (
            _stands_in(line, "blockquote")
            or (place >= 3 and self.line_dates.leads_on(line, 0.4))
            or self.line_dates.is_item(line)
        )

    def _under_way(self, begin: int, end: int) -> int:
        """The line before which a text may still be dated: that of its second paragraph."""
        end = min(end, begin + _OPENING, len(self.page.lines))
        long = (i for i in range(begin, end) if len(self.page.lines[i].text) > _PARAGRAPH)
        return next(islice(long, 1, None), end)

    def _is_named_other(self, index: int, begin: int) -> bool:
        """Is a line a bare date, and the line above it the name of another day?"""
        text = self.page.lines[index].text
        bare = len(text) <= 60 and self.line_dates.is_date(text)
        return bare and self.apart.is_named_other(index, begin)

    def boxed(self, titled: int) -> When | None:
        """The day that a box by the title shows in pieces of digits alone: one with the name of a month
        may be a meeting's."""
        near = (
            self.page.lines[max(0, titled - _BY_TITLE) : titled + _BY_TITLE + 1] if titled >= 0 else []
        )
        day = boxed_date(_pieces(near))
        if day:
            day = boxed_date(_pieces(line for line in near if not self._is_beside(line, titled)))
        found = self.line_dates.find(day) if _DIGITS.fullmatch(day) else iter(())
        return next((one.when for one in found), None)

    def _is_beside(self, line: Line, titled: int) -> bool:
        """Does a line stand in a row, an event's box or a box beside the article?"""
        boxed = _stands_in(line, "aside") or self.apart.is_in_event_box(line, titled)
        return boxed or self.apart.is_another_s(line, titled)

    def timed(self, first: int, last: int) -> When | None:
        """The first ``time`` element between two places of the page that is no update's."""
        for node in self.page.body.iter("time", "abbr"):
            start, _ = self.page.spans[node]
            raw = node.get("datetime") or node.get("title") or ""
            if not first <= start <= last or not raw.strip():
                continue
            hint = f"{node.get('class') or ''} {node.get('itemprop') or ''}"
            around = node.getparent()
            text = "" if around is None else "".join(islice(text_pieces(around), _PIECES))[:80]
            if self.apart.is_event_s(node):
                continue
            if "pdate" in hint or "odified" in hint or UPDATED.search(text) or EVENT.search(text):
                continue
            when = self._read(Stated("time", raw))
            if when and when.day not in self.line_dates.event_days:
                return when
        return None

    def opening(self, first: int, begin: int) -> When | None:
        """The date with which the text itself opens: "(18.01.2018) ...", "29.11.2022 – ..."."""
        lines = self.page.lines[max(first, begin - 4) : begin + 6]
        return next(filter(None, map(self.line_dates.opening, lines)), None)

    def footnote(self, title: str) -> When | None:
        """The date of a sentence that says when the entry, or what has its title, was posted."""
        for line in self.page.lines:
            said = behind_posted(line.text, title) if len(line.text) < _FOOTNOTE else ""
            if said:
                return next((one.when for one in self.line_dates.find(said) if one.when), None)
        return None

    # shown anywhere

    @cached_property
    def days(self) -> set[date]:
        """Every day that stands somewhere on the page."""
        return {
            one.when.day for line in self._yearly for one in self.line_dates.find(line.text) if one.when
        }

    def alone(self, begin: int) -> When | None:
        """The only day that lines of their own or with a label give, wherever they stand."""
        found: dict[date, When | None] = {}
        for line in self._yearly:
            index = self._places[line]
            if self.apart.is_another_s(line, begin) or self.apart.is_above_menu(index, begin):
                continue
            if self.apart.is_event_s(line.slots[0].holder) or _stands_in(line, "nav"):
                continue
            if is_footer(line.text) or speaks_of_other(line.text):
                continue
            if index > begin and (when := self.line_dates.in_fields(line)):
                found.setdefault(when.day, when)
            if len(line.text) > 160 or self.line_dates.leads_on(line, 0.8):
                continue  # a sentence, or another article's
            other = (
                self._is_named_other(index, begin)
                or self.apart.is_event_field(index)
                or self.apart.is_in_event_box(line, begin)
            )
            for before, when, behind, _ in self.line_dates.find(line.text):
                if when and stands_alone(before, behind):
                    found[when.day] = None if other or self.line_dates.is_to_come(when) else when
        return next(iter(found.values())) if len(found) == 1 else None

    def edited(self) -> When | None:
        """The only day on which a page that anyone may edit says that it was edited last."""
        found: dict[date, When] = {}
        for line in self._yearly:
            dates = self.line_dates.find(line.text) if len(line.text) < _EDITED else ()
            found |= {one.when.day: one.when for one in dates if one.when and says_edited(one.before)}
        return next(iter(found.values())) if len(found) == 1 else None

    @cached_property
    def _yearly(self) -> list[Line]:
        """The page's short lines that name a year, as many as any article has."""
        short = (line for line in self.page.lines if len(line.text) < _YEARLY and find_year(line.text))
        return list(islice(short, _MOST_DATED))

    @cached_property
    def _places(self) -> dict[Line, int]:
        return {line: index for index, line in enumerate(self.page.lines)}

    @cached_property
    def apart(self) -> Surroundings:
        """Which dated lines are not the article's."""
        return Surroundings(self.page, self._yearly)

    # in the address

    def in_url(self, *, shown: bool = False) -> When | None:
        """The day that the address names; ``shown``: and that the page shows."""
        match = day_in_url(self.url) or self._numbered()
        if not match:
            return None
        try:
            when = parse_date("-".join(match.groups()), zone=self.zone, origin="url")
        except DateRefused:
            return None
        return when if when and (not shown or when.day in self.days) else None

    def _numbered(self) -> re.Match[str] | None:
        """An article's number that begins with the day under which its pictures are filed."""
        match = _URL_NUMBER.search(self.url)
        if not match:
            return None
        filed = re.compile(r"/{}[/-]?{}[/-]?{}/".format(*match.groups()))
        return match if any(filed.search(image.text) for image in self.metadata.images) else None


def _pieces(lines: Iterable[Line]) -> list[str]:
    return [one_line(slot.text) for line in lines for slot in line.slots[:_BY_TITLE]]


def _stands_in(line: Line, tag: str) -> bool:
    return any(node.tag == tag for node in line.holders(4))

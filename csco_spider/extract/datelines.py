"""The date of a single line: of its text, or of one of the elements in which a byline's fields stand.

Which lines of a page are asked, and which of them is believed, is for ``published``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

from csco_spider.extract.apart import EVENT, UPDATED, is_called_other
from csco_spider.extract.dates import RANGE, DateOrder, find_dates, relative_date, with_full_years
from csco_spider.extract.datewords import (
    dates_the_page,
    ends_line,
    find_year,
    is_bare,
    is_label,
    names_field,
    names_writer,
    opens_text,
)
from csco_spider.extract.density import captioned
from csco_spider.extract.html import BLOCKS, names_of, one_line, text_pieces, width
from csco_spider.extract.links import link_around
from csco_spider.extract.noise import heads_other, is_footer, leads_on, without_counters
from csco_spider.extract.page import Line
from csco_spider.items import When

_DATELINE = 80
"""Letters of a line that says nothing but when and by whom at most; of a text's opening."""
_SHORT = 40
"""Letters of a line that says "2 hours ago", or of links that are no article's title, at most."""
_LABEL_WORDS, _LABEL = 4, 30
"""Words and letters of a label at most."""
_ITEM = 160
_BESIDE = 30
"""Letters that may stand beside the date of a link that leads to an archive, and to no article."""
_EVENT_BEHIND = 25
"""Letters behind a year in which an event is named."""
_FIELDS, _FIELD = 3, 40
"""Fields of a line at least; width of one at most."""
_NAME = 24
"""Width of a link to an author or a section: an article's title has more."""
_BYLINE = 60
"""Letters of a line in which a link may lead to an author."""
_PIECES = 20
"""Pieces of a link's text that are looked at: one left open holds the page."""
_DOTTED = re.compile(r"\d{4}\.\s?\d{1,2}\.\s?\d{1,2}\.(?!\d)")
"""A day as Koreans write it, the last dot included."""
_DATE_NAME = re.compile(r"dat[aeu]|fecha|tarih|time|publi", re.IGNORECASE)
"""What an element is called that holds a date."""


class Dated(NamedTuple):
    """A date of a text, None if refused, and what stands before and behind it, full-width marks made
    plain (NFKC)."""

    before: str
    when: When | None
    behind: str
    refusal: str


class LineDates:
    """Reads the dates of a page's lines; ``year_first``: a year of two digits comes first, ``now`` is
    the page's own clock, ``events`` are days that the page states as those of events."""

    def __init__(
        self,
        *,
        zone: ZoneInfo | None,
        order: DateOrder | None,
        year_first: bool,
        now: datetime | None,
        events: Iterable[str],
    ) -> None:
        self._zone, self._order, self._year_first, self._now = zone, order, year_first, now
        self.event_days: set[date] = set()
        self.event_days.update(one.when.day for one in self.find(" | ".join(events)) if one.when)

    def find(self, text: str, *, short_years: bool = False) -> Iterator[Dated]:
        """The dates of a text from left to right; ``short_years``: "30.10.23" is one."""
        text = unicodedata.normalize("NFKC", self._in_full(text) if short_years else text)
        for found in find_dates(text, zone=self._zone, order=self._order, origin="article"):
            dot = _DOTTED.match(text, found.start) if text.startswith(".", found.end) else None
            end = max(found.end, dot.end()) if dot else found.end
            yield Dated(text[: found.start], found.when, text[end:], found.refusal)

    def _in_full(self, text: str) -> str:
        return with_full_years(text, year_first=self._year_first)

    def is_to_come(self, when: When) -> bool:
        """Is a day that of an event which the page states, or later than the page's own clock?"""
        late = self._now is not None and when.value > self._now + timedelta(days=1)
        return late or when.day in self.event_days

    def read(self, line: Line, most: int, *, updates: bool = False) -> When | None:
        """The date of a line of ``most`` letters that says when the article was published and perhaps by
        whom; of a longer one that of an element at its beginning.

        ``updates``: the day of a change will do.
        """
        if is_footer(line.text) or heads_other(line.text):
            return None
        if len(line.text) > most:
            return self._in_first_piece(line)
        text = self._in_full(line.text)
        year = find_year(text)
        if EVENT.search(text[: year.end() + _EVENT_BEHIND] if year else text):
            return None
        if not year:
            if self._now and len(text) < _SHORT:
                return relative_date(text, now=self._now, zone=self._zone)
            return None
        if line.linked > 0.8 * len(text) and len(text) > _SHORT and not self._is_archive_s(text):
            return self.in_fields(line)
        for before, when, behind, _ in self.find(text):
            if is_called_other(before) or (when and self.is_to_come(when)):
                return None
            if when and (updates or not UPDATED.search(before[-_LABEL:])):
                if captioned(line) and before.strip():
                    return None
                filed = not before.strip() and line.linked > 0.5 * len(text)  # under these columns
                if filed or dates_the_page(before, behind):
                    return when
                return self._in_first_piece(line) or self.in_fields(line)
        return self.in_pieces(line)

    def _is_archive_s(self, text: str) -> bool:
        """Is a line of links a date, or two, and too little for a title?"""
        dates = [one for one in self.find(text) if one.when]
        return bool(dates) and not dates[0].before and len(dates[-1].behind) <= _BESIDE

    def _in_first_piece(self, line: Line) -> When | None:
        """A date that opens a text in an element called so: "<i class=date>16.06.2026</i>Dear..."."""
        holder = line.slots[0].holder
        called = holder.tag == "time" or _DATE_NAME.search(names_of(holder)[:200])
        if len(line.slots) < 2 or holder.tag in BLOCKS or not called:
            return None
        first = next(self.find(one_line(line.slots[0].text)), None)
        if first is None or first.before or first.behind or first.when is None:
            return None
        return None if self.is_to_come(first.when) else first.when

    def in_pieces(self, line: Line) -> When | None:
        """A date that is a whole element of a line: "Mar 27, 2025" and "5 mins" read "20255 mins"."""
        pieces = [one_line(slot.text) for slot in line.slots] if len(line.slots) > 1 else []
        if any(one.refusal == RANGE for one in self.find(" ".join(pieces))):
            return None
        said = ""
        for piece in pieces:
            first = next(self.find(piece), None)
            if first and first.when and is_bare(first.before, first.behind):
                if is_called_other(said) or self.is_to_come(first.when):
                    return None
                if not UPDATED.search(said[-_LABEL:]):
                    return first.when
            said = f"{said} {piece}"
        return None

    def in_fields(self, line: Line) -> When | None:
        """A date among short elements of a line: its author, sections, tags, comments."""
        fields = [piece for slot in line.slots if (piece := one_line(slot.text))]
        short = all(width(field) <= _FIELD for field in fields)
        if not short or len(fields) < _FIELDS or leads_on(line.text, line.linked):
            return None
        return self.in_pieces(line) if self._links_are_fields(line, short=True) else None

    def leads_on(self, line: Line, share: float) -> bool:
        """Does so much of a line lead to another article, not to its author or an archive of its day?"""
        if line.linked <= share * len(line.text):
            return False
        # as in "Text: Ann Lee, 12.12.22"
        byline = len(line.text) <= _BYLINE and link_around(line.slots[0].holder) is None
        return not self._links_are_fields(line, short=byline)

    def _links_are_fields(self, line: Line, *, short: bool) -> bool:
        """Is each link of a line a date or, where these will do, too short for an article's title?"""
        links = (link for slot in line.slots if (link := link_around(slot.holder)) is not None)
        texts = {one_line("".join(islice(text_pieces(link), _PIECES))) for link in links}
        return all(
            self.is_date(self._in_full(text)) or (short and width(text) <= _NAME) for text in texts
        )

    def is_date(self, text: str) -> bool:
        """Is a text nothing but a date, or the same twice?"""
        found = list(self.find(text))
        return bool(found) and is_bare(found[0].before, found[-1].behind)

    def is_item(self, line: Line) -> bool:
        """Is a line of the text one of a list, and more than a date?"""
        listed = len(line.text) <= _ITEM and any(node.tag == "li" for node in line.holders(1))
        first = next(self.find(line.text), None) if listed else None
        if first is None or self.is_date(line.text) or self.says_update(line):
            return False
        return not (is_label(first.before) and ends_line(first.behind))

    def day_of_dateline(self, line: Line) -> date | None:
        """The day of a line that only says when, and perhaps by whom, the article was published or
        changed; None for any other line."""
        if len(line.text) > _DATELINE:
            return None
        text = self._in_full(without_counters(line.text))
        for before, when, behind, _ in self.find(text) if find_year(text) else ():
            mine = (
                is_bare(before, behind)
                or (dates_the_page(before, behind) and names_writer(before, behind))
                or names_field(before, behind)
            )
            if when and mine:
                return when.day
        return None

    def says_update(self, line: Line) -> bool:
        """Does a line say when the page was changed, and nothing else?"""
        text = line.text if len(line.text) <= _DATELINE and UPDATED.search(line.text) else ""
        first = next(self.find(without_counters(text)), None) if text else None
        return (
            first is not None and ends_line(first.behind) and len(first.before.split()) <= _LABEL_WORDS
        )

    def opening(self, line: Line) -> When | None:
        """The date with which a paragraph opens: "(18.01.2018) ...", "29.11.2022 – ..."."""
        head = line.text[:_DATELINE]
        if len(line.text) < _DATELINE or not find_year(head):
            return None
        first = next(self.find(head), None)
        return first.when if first and opens_text(first.before, first.behind) else None

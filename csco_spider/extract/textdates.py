"""Dates in the texts of a list's rows: where one stands, and what of a title is its date."""

from __future__ import annotations

import re
from collections import defaultdict
from zoneinfo import ZoneInfo

from csco_spider.extract.dates import DateOrder, find_dates, with_full_years
from csco_spider.extract.html import width
from csco_spider.extract.outline import MONTH
from csco_spider.items import When

PUBLISHED = re.compile(
    r"publi|post|release|online|veröffentlich|erschienen|pubblic|опубликов|发布|发表|發布|掲載|公開|등록|작성|게시",
    re.IGNORECASE,
)
"""What says of a date that it is the publish date."""
DATED = re.compile(r"filed|issue|decided|decision|created|日期|时间", re.IGNORECASE)
"""What says of a date that it is the row's, where none says that it is the publish date."""
DATE_WORDS = re.compile(
    rf"\b(?:{MONTH}|mon|tue|wed|thu|fri|sat|sun)[a-z]*\b"
    r"|\d+(?:st|nd|rd|th)?|[年月日]|\b(?:am|pm|date|on|posted|published|filed|at)\b",
    re.IGNORECASE,
)
"""What a text that is a date and nothing else may hold."""
_LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")
EDGE = " \t|·•:：,，;；-–—/\\[]()（）【】"
"""What stands between a title and its date."""
_OPENING = frozenset("([（【")
_APART = _OPENING | {" "}
_SET_OFF = re.compile(r"\s[-–—|·•]\s?$")
"""What sets a date off from the title before it."""
_CODE = 8
"""Characters of a code in capitals that may stand behind a title's date."""
_SHORTEST = 8
_LEADS_TO_DATE = re.compile(
    r"\b(?:of|on|for|to|from|until|till|by|in|at|since|the|dated)$", re.IGNORECASE
)
HEAD = 160
"""Characters of a piece in which its date is looked for."""

Dated = tuple[When | None, int, int]
"""A date and where it stands in its text; (None, -1, -1) for none."""
_NO_DATE: Dated = (None, -1, -1)


class TextDates:
    """Reads the dates of texts; ``year_first``: a year of two digits comes first."""

    def __init__(self, *, zone: ZoneInfo, order: DateOrder | None, year_first: bool) -> None:
        self._zone, self._order, self.year_first = zone, order, year_first
        self._whens: dict[str, Dated] = {}
        self.refusals: dict[str, list[str]] = defaultdict(list)
        """Texts whose dates were refused, by the reason."""

    def when(self, text: str) -> Dated:
        """The date of a text that says most: labelled, or written out, else the first."""
        if text in self._whens:
            return self._whens[text]
        head = with_full_years(text[:HEAD], year_first=self.year_first)
        grown = len(head) - len(text[:HEAD])
        found = list(find_dates(head, zone=self._zone, order=self._order, origin="listing"))
        refused = [one.refusal for one in found if one.when is None]
        # "Case No. 20240815, filed May 8, 2025": a label or a written date says more.
        found = sorted(
            (one for one in found if one.when),
            key=lambda one: (
                not (
                    PUBLISHED.search(before := head[max(0, one.start - 20) : one.start])
                    or DATED.search(before)
                ),
                head[one.start : one.end].isdigit(),
            ),
        )
        if refused and not found:
            self.refusals[refused[0]].append(text)
        best = found[0] if found else None
        self._whens[text] = (best.when, best.start, best.end - grown) if best else _NO_DATE
        return self._whens[text]

    def last(self, text: str) -> Dated:
        """The date with which a text ends, where one does."""
        tail = with_full_years(text[-60:], year_first=self.year_first)
        found = list(find_dates(tail, zone=self._zone, order=self._order, origin="listing"))
        if not found or found[-1].when is None:
            return _NO_DATE
        last, shift = found[-1], len(text) - len(text[-60:])
        return last.when, last.start + shift, len(text) - (len(tail) - last.end)

    def is_date(self, text: str) -> bool:
        """Is a text a date, and nothing else?"""
        if len(text) > 60 or not _DIGIT.search(text):
            return False
        when, start, end = self.when(text)
        return when is not None and not _LETTER.search(DATE_WORDS.sub("", text[:start] + text[end:]))

    def split(self, title: str, where: str) -> tuple[When | None, str]:
        """A title without the date that stands apart at its start or its end (``where``), and that
        date."""
        if where == "start":
            when, start, end = self.when(title)
            if when is not None and not title[:start].strip(EDGE):
                return when, title[end:].strip(EDGE) or title
            return when, title
        when, start, end = self.last(title)
        if when is not None and title[start - 1 : start] in _OPENING:
            return when, title[: start - 1].strip() or title
        if when is not None and _SET_OFF.search(title[:start]):
            return when, title[:start].strip(EDGE) or title
        return when, title

    def without(self, title: str, when: When) -> str:
        """A title without the row's own date in digits at its end, where the row shows it again."""
        again, start, end = self.last(title)
        before, written, code = title[:start], title[start:end], title[end:].strip(EDGE)
        if again is None or again.day != when.day or _LETTER.search(re.sub("[年月日]", "", written)):
            return title
        if len(code) > _CODE or code != code.upper() or before[-1:] not in _APART:
            return title
        rest = before.rstrip(EDGE)
        return title if width(rest) < _SHORTEST or _LEADS_TO_DATE.search(rest) else rest

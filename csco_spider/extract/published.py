"""When a page was published: the dates it states and shows, in the order in which they deserve trust.

A date line with a label, then what the page states to machines where that fits what it shows, then a
date that stands by the title, then the address. An event's date, a comment's, a related story's or
a copyright's is none of these, and no date is better than a wrong one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

from csco_spider.extract.apart import EVENT, UPDATED, Surroundings, is_called_other, speaks_of_other
from csco_spider.extract.authors import BYLINE, WROTE
from csco_spider.extract.dates import (
    RANGE,
    DateOrder,
    DateRefused,
    Found,
    day_in_url,
    find_dates,
    parse_date,
    relative_date,
    with_full_years,
    year_comes_first,
)
from csco_spider.extract.density import captioned
from csco_spider.extract.html import BLOCKS, names_of, one_line, text_pieces, width
from csco_spider.extract.language import language_of
from csco_spider.extract.links import link_around
from csco_spider.extract.metadata import Metadata, Stated
from csco_spider.extract.noise import RELATED, is_footer, leads_on, without_counters
from csco_spider.extract.order import order_of, proven_order
from csco_spider.extract.page import Line, Page
from csco_spider.items import Origin, When

_LABEL = re.compile(
    r"^\W{0,4}(?:(?:文章|信息|稿件)?(?:来源|作者|编辑|浏览|点击|发布者|发布人|供稿)[^\s:：]{0,4}\s*[:：]\s*[^\s:：]{0,20}?\s*){0,3}?"
    r"(?:published(?:\s+(?:on|at|date|time))?|publish(?:ing)?\s+(?:date|time)|posted(?:\s+on)?"
    r"|release\s+date|date\s+published|veröffentlicht(?:\s+am)?|publié\s+le|publicado(?:\s+el)?|pubblicato(?:\s+il)?"
    r"|发布时间|发布日期|发表时间|发表日期|发布于|发表于|發佈時間|發布日期|公開日|掲載日|(?:등록|작성|게시)일(?!자))\s*[:：]?\s*"
    r"|^.{0,60}?(?:조회|댓글).{0,20}?(?:등록|작성|게시)일\s*[:：]?\s*"
    r"|^작성자\s*[:：]?\s*\S{2,12}?\s*(?:등록|작성|게시)일\s*[:：]?\s*",
    re.IGNORECASE,
)
_WEAK_LABEL = re.compile(r"^\W{0,4}(?:date|日期|时间)\s*[:：]\s*", re.IGNORECASE)
_EDITED = re.compile(
    r"last\s+(?:edited|modified|updated|reviewed)"
    r"|zuletzt\s+(?:geändert|bearbeitet|am)|dernière\s+m(?:odification|ise\s+à\s+jour)"
    r"|última\s+(?:edición|modificación)|ultima\s+modifica|最近更新|最后(?:编辑|修订|修改|更新)|最後(?:編輯|修訂)|最終更新",
    re.IGNORECASE,
)
_CHANGED = re.compile(
    rf"\W*(?:content\s+)?(?:stand\b|{UPDATED.pattern})(?:时间|日期|日時|日)?", re.IGNORECASE
)
"""What a line says that is the day of a change, and nothing else."""
_SAID = re.compile(
    r"erstellt|erschienen|veröffentlicht|gepostet|geschrieben|published|posted|publié|publicado|发布|发表|掲載",
    re.IGNORECASE,
)
_CENTURY = re.compile("19|20|年")
_YEAR = re.compile(
    r"(?<!\d)(?:19|20)\d\d|[〇零一二][〇零九一二三四五六七八]{3}年|(?:令和|平成|民[国國])\s*(?:\d|元)"
)
_URL_NUMBER = re.compile(
    r"/[A-Za-z]{0,4}(20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{4,14}(?=[/_.?-]|$)"
)
MOST_DATED = 1000
"""Lines with a year that are read for dates."""
_CLOCKS_DIFFER_BY, _MOST_APART = 30, 14 * 60
"""Minutes: zones lie multiples of the one apart from UTC (few but for a quarter), the other at most."""
_OPENED = re.compile(
    r"\W*(?:(?:pressemitteilung|press\s+release|news\s+release|meldung|communiqué)?\s*(?:vom|of|du|from)?\s+)?",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"[\W_]*[A-ZÀ-Þ][\w.'’-]*(?:[\s,—–-]+(?:[A-ZÀ-Þ][\w.'’-]*|le|den|d[aeou]|des|of|and)){0,5}\s*[,(（—–-]*\s*"
    r"|\W*(?:新华社|本报|中新社)?[\u4e00-\u9fff]{2,4}[，,（(]?\s*"
)
"""Where a press text was written, before its date: "BARCELONA, Spain — May 12, 2026 —"."""
_MARKS = (")", "）", "„", "“", "「", "-", "–", "—", "|", ":", "：", "/")
_POSTED = re.compile(
    r"this\s+(?:entry|post|article)\s+was\s+(?:posted|written|published)|d(?:ies)?er\s+(?:beitrag|eintrag|artikel)\s+wurde",
    re.IGNORECASE,
)
_FILED, _SOON = re.compile(r"\s+(?:in|under|unter)\b", re.IGNORECASE), 90
"""What sections and tags follow, and the date behind them; else letters to the date at most."""
_WAS = re.compile(r"\W*(?:wurde\s+am|was\s+(?:posted|published|written))\b", re.IGNORECASE)
_AGENCY = re.compile(r"^\s*[(（]\w[\w .]{1,20}[)）]\s*")
_PROSE = re.compile(r"\b[a-z]{2,}(?: [a-z]{2,}){2}")
_SENTENCE_END = re.compile(r"(?<!\bmin)(?<!\dh)[.!?。！？]\s*$", re.IGNORECASE)
_CJK_WORD = re.compile("(?![年月日号时分秒星期周])[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2}")
_EPOCH = re.compile(r"(\d{10})(?:\d{3})?")
_WEEKDAY = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch"
    r"|(?:lun|mar|mercre|jeu|vendre|same)di|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo"
    r"|(?:lune|marte|mercole|giove|vener)dì|sabato|domenica|(?:segunda|terça|quarta|quinta|sexta)-feira)\b",
    re.IGNORECASE,
)
_POSTED_BY = re.compile(rf"\W*{WROTE}(?:by|von|par|por|da|door)\s", re.IGNORECASE)
_SAID_HERE = re.compile(
    r"(?<![^\W_])(?:Published|Posted|Updated|Veröffentlicht|Erschienen|Publié|Publicado|Publicada|Pubblicato)"
    r"(?:\s+(?:on|am|le|el|em|il))?\s*:?\s*$"
)
"""A label in front of a date, inside a line: its capital tells it from a sentence's verb."""
_BY = re.compile(
    r"\W*(?:(?:by|von|par|por)\s|(?:author|autor(?:in)?|posted\s+by|written\s+by)\s*:)", re.IGNORECASE
)
_DATE_NAME = re.compile(r"dat[aeu]|fecha|tarih|time|publi", re.IGNORECASE)
_LABEL_WORDS, _LABEL_LENGTH = 4, 30
"""Words and letters of a label at most."""
_OPENING, _PARAGRAPH = 10, 150
"""Lines of a text that may come before its second paragraph; letters of a paragraph."""
_FIELDS, _FIELD, _FIELD_WORDS = 3, 40, 5
"""Fields of a line at least; width and words of one at most."""
_NAME_WORDS, _NAME_WIDTH = 3, 24
"""Words and width of a link to an author or a section: an article's title has more."""
_PIECES = 20
"""Pieces of a link's text that are looked at: one left open holds the page."""
_LETTERS = re.compile(r"(?!uhr\b)[^\W\d]{3}", re.IGNORECASE)
_NAMED = re.compile(r"\W*(?:datum|dat[ae]|fecha|tarih|дата|日期)\s*[:：]?\s*", re.IGNORECASE)


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
        self.now = now
        self.problems: list[str] = []

    def _order_shown(self) -> DateOrder | None:
        """Day or month first, where the page's other dates prove it or its text is in a language that
        tells."""
        if order := proven_order(line.text for line in self._yearly):
            return order
        text = "" if self.metadata.language else " ".join(line.text for line in self.page.lines[:500])
        language = language_of(text[:3000], "")
        return None if language in {"zh", "ja", "ko"} else order_of(language)

    def labelled(self, begin: int) -> DateLine | None:
        """The lines whose label says that they date the article."""
        lines = self.page.lines
        for strong in (True, False):
            for index, line in enumerate(lines):
                label = (_LABEL if strong else _WEAK_LABEL).match(line.text)
                if not label or (not strong and not BYLINE.search(line.text)):
                    continue
                text, last = line.text[label.end() :], index
                while not text.strip(" :：") and last + 1 < len(lines) and last < index + 2:
                    last += 1  # the label stands in a cell of its own
                    text = lines[last].text
                full = unicodedata.normalize("NFKC", self._in_full(text[:120]))
                found = next(self._in(full), None)
                if found is None or found.start > 24 or self.apart.is_another_s(line, begin):
                    continue
                if found.when is None:
                    self.problems.append(f"date {text[:60]!r} refused: {found.refusal}")
                behind = full[found.end :] + text[120:]
                return DateLine(index, last, found.when, behind)
        return None

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

    def _of(self, source: str) -> list[Stated]:
        if self.metadata.static and source != "microdata":
            return []  # when a page that is no news was made
        if self.metadata.reference and source == "page":
            return []
        return [stated for stated in self.metadata.published if stated.source == source][:10]

    def changed(self) -> When | None:
        """The last change that the page states to machines."""
        return next(filter(None, map(self._read, self.metadata.modified)), None)

    def beside(
        self, title: str, titled: int, begin: int, end: int, *, updates: bool = False
    ) -> When | None:
        """A date on a short line between title and body: below the title first, then above it; or in the
        first lines of the body, which ends with line ``end``.

        ``updates``: one that says when the page was changed will do, where it shows no other.
        """
        lines = self.page.lines
        top = titled if 0 <= titled <= begin + 3 else begin - 1
        below = range(top + 1, min(len(lines), max(begin + 6, top + 7), top + 25, max(end, begin) + 3))
        above = list(self.apart.above(top))
        again = (i for i in range(top + 2, min(len(lines), top + 40)) if lines[i].text == title)
        before = (i for i in range(max(0, top - 40), top - 1) if lines[i].text == title)
        near = (*below[:4], *above[:2], *below[4:], *above[2:])
        far = range(top + 25, min(len(lines), begin + 6))[-8:]  # a menu or a picture's tools in between
        late = range(begin + 6, self._under_way(begin, end + 1))
        twice = (i + 1 for i in (*again, *before) if i + 1 < len(lines))
        for index in (*far, *near, *twice, *late):
            if index >= begin and _stands_in(lines[index], "blockquote"):
                continue
            if index >= begin + 3 and self._leads_on(lines[index], 0.4):
                continue
            if not top <= index <= begin and self.apart.is_another_s(lines[index], begin):
                continue
            if self.apart.is_event_s(lines[index].slots[0].holder):
                continue
            if index != titled + 1 and self._is_named_other(index, begin):
                continue
            if index >= begin and self._is_item(index):
                continue
            limit = 0 if index == titled else 160 if index < begin + 3 else 100
            if when := self._on_line(lines[index], limit, updates=updates):
                return when
            if index == titled and (when := self._in_pieces(lines[index])):
                return when
        return None

    @cached_property
    def apart(self) -> Surroundings:
        """Which dated lines are not the article's."""
        return Surroundings(self.page, self._yearly)

    @cached_property
    def _places(self) -> dict[Line, int]:
        return {line: index for index, line in enumerate(self.page.lines)}

    def _under_way(self, begin: int, end: int) -> int:
        """The line before which a text may still be dated: that of its second paragraph."""
        end = min(end, begin + _OPENING, len(self.page.lines))
        long = (i for i in range(begin, end) if len(self.page.lines[i].text) > _PARAGRAPH)
        return next(islice(long, 1, None), end)

    def _leads_on(self, line: Line, share: float) -> bool:
        """Does so much of a line lead to another article, not to its author or an archive of its day?"""
        if line.linked <= share * len(line.text):
            return False
        # as in "Text: Ann Lee, 12.12.22"
        byline = len(line.text) <= 60 and link_around(line.slots[0].holder) is None
        return not self._links_are_fields(line, short=byline)

    def _links_are_fields(self, line: Line, *, short: bool) -> bool:
        """Is each link of a line a date or, where these will do, too short for an article's title?"""
        links = (link for slot in line.slots if (link := link_around(slot.holder)) is not None)
        texts = {one_line("".join(islice(text_pieces(link), _PIECES))) for link in links}
        return all(
            self._is_date(text)
            or (short and len(text.split()) <= _NAME_WORDS and width(text) <= _NAME_WIDTH)
            for text in texts
        )

    def _is_date(self, text: str) -> bool:
        """Is a text nothing but a date, or the same twice?"""
        found = list(self._in(self._in_full(text)))
        return bool(found) and _is_bare(text, found[0].start, found[-1].end)

    def _is_item(self, index: int) -> bool:
        """Is a line of the text one of a list, and more than a date?"""
        line = self.page.lines[index]
        listed = any(node.tag == "li" for node in line.holders(1))
        found = list(self._in(line.text)) if listed and len(line.text) <= 160 else []
        if not found or _is_bare(line.text, found[0].start, found[-1].end):
            return False
        before, behind = line.text[: found[0].start], line.text[found[0].end :]
        named = _NAMED.fullmatch(before) or _LABEL.fullmatch(before)
        return not (named and not _LETTERS.search(behind)) and not self.says_update(line)

    def _is_named_other(self, index: int, begin: int) -> bool:
        text = self.page.lines[index].text
        found = next(self._in(text), None) if len(text) <= 60 else None
        if not found or not _is_bare(text, found.start, found.end):
            return False
        return self.apart.is_named_other(index, begin)

    def opening(self, first: int, begin: int) -> When | None:
        """The date with which the text itself opens: "(18.01.2018) ...", "29.11.2022 – ..."."""
        for line in self.page.lines[max(first, begin - 4) : begin + 6]:
            head = line.text[:80]
            if len(line.text) >= 80 and _YEAR.search(head):
                for start, end, when, _ in self._in(head):
                    behind = _AGENCY.sub("", head[end:], count=1).lstrip()
                    placed = _PLACE.fullmatch(head[:start]) and behind.startswith((*_MARKS, ".", "电"))
                    if when and (
                        placed or (_OPENED.fullmatch(head[:start]) and behind.startswith(_MARKS))
                    ):
                        return when
                    break
        return None

    def footnote(self, title: str) -> When | None:
        """The date of a sentence that says when the entry, or what has its title, was posted."""
        for line in self.page.lines:
            if len(line.text) >= 800:
                continue
            posted = _POSTED.search(line.text)
            if not posted and len(title) > 8 and line.text.startswith(title):
                posted = _WAS.match(line.text, len(title))
            if posted:
                rest = line.text[posted.end() :]
                reach = len(rest) if _FILED.match(rest) else _SOON
                return next((one.when for one in self._in(rest[:reach]) if one.when), None)
        return None

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
            if index > begin and (when := self._in_fields(line)):
                found.setdefault(when.day, when)
            if len(line.text) > 160 or self._leads_on(line, 0.8):
                continue  # a sentence, or another article's
            other = self._is_named_other(index, begin)
            said = _SAID.search(line.text)
            for start, end, when, _ in self._in(line.text):
                before, behind = line.text[:start], line.text[end:]
                named = _NAMED.fullmatch(before) and not behind.strip()
                signed = _BY.match(before or behind) and not _LETTERS.search(behind if before else "")
                bare = _is_bare(line.text, start, end) or named or signed
                mine = bare or (said and said.start() <= start <= said.end() + 40)
                if when and mine:
                    found[when.day] = None if other or self._is_to_come(when) else when
        return next(iter(found.values())) if len(found) == 1 else None

    def edited(self) -> When | None:
        """The only day on which a page that anyone may edit says that it was edited last."""
        found: dict[date, When] = {}
        for line in self._yearly:
            edited, changed = _EDITED.search(line.text), _CHANGED.match(line.text)
            if len(line.text) >= 120 or not (edited or changed):
                continue
            for start, _, when, _ in self._in(line.text):
                near = edited and 0 <= start - edited.end() < 40
                between = line.text[changed.end() : start] if changed else ""
                if when and (near or (changed and _is_bare(between, len(between), len(between)))):
                    found[when.day] = when
        return next(iter(found.values())) if len(found) == 1 else None

    def day_of_dateline(self, line: Line) -> date | None:
        """The day of a line that only says when, and perhaps by whom, the article was published or
        changed; None for any other line."""
        text = self._in_full(without_counters(line.text)) if len(line.text) <= 80 else ""
        if not _YEAR.search(text):
            return None
        for start, end, when, _ in self._in(text):
            before, behind = text[:start], text[end:]
            if when and _is_bare(text, start, end):
                return when.day
            if (
                when
                and _dates_the_page(before, behind)
                and (
                    not _WEEKDAY.sub("", before).strip(" ,")
                    or BYLINE.search(behind)
                    or _POSTED_BY.match(before)
                    or _BY.match(before.replace(":", " ", 1))
                )
            ):
                return when.day
        return None

    def says_update(self, line: Line) -> bool:
        """Does a line say when the page was changed, and nothing else?"""
        text = line.text if len(line.text) <= 80 and UPDATED.search(line.text) else ""
        found = next(self._in(text), None) if text else None
        if found is None:
            return False
        before, behind = text[: found.start], text[found.end :]
        return not _LETTERS.search(behind) and len(before.split()) <= _LABEL_WORDS

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
            if when and when.day not in self._event_days:
                return when
        return None

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

    @cached_property
    def _yearly(self) -> list[Line]:
        """The page's short lines that name a year, as many as any article has."""
        short = (
            line
            for line in self.page.lines
            if len(line.text) < 400 and _CENTURY.search(line.text) and _YEAR.search(line.text)
        )
        return list(islice(short, MOST_DATED))

    @cached_property
    def days(self) -> set[date]:
        """Every day that stands somewhere on the page."""
        return {found.when.day for line in self._yearly for found in self._in(line.text) if found.when}

    def _on_line(self, line: Line, limit: int, *, updates: bool = False) -> When | None:
        if is_footer(line.text) or RELATED.match(line.text):
            return None
        if len(line.text) > limit:
            return self._in_first_piece(line) if limit else None
        text = self._in_full(line.text)
        year = _YEAR.search(text)
        if EVENT.search(text[: year.end() + 25] if year else text):
            return None
        if not year:
            if self.now and len(text) < 40:
                return relative_date(text, now=self.now, zone=self.zone)
            return None
        if line.linked > 0.8 * len(text) and len(text) > 40 and not self._is_mere_date(text):
            return self._in_fields(line)
        picture = captioned(line)
        for start, end, when, _ in self._in(text):
            if is_called_other(text[:start]) or (when and self._is_to_come(when)):
                return None
            if when and (updates or not UPDATED.search(text[max(0, start - 30) : start])):
                if picture and text[:start].strip():
                    return None
                filed = not text[:start].strip() and line.linked > 0.5 * len(text)  # under these columns
                if filed or _dates_the_page(text[:start], text[end:]):
                    return when
                return self._in_first_piece(line) or self._in_fields(line)
        return self._in_pieces(line)

    def _is_mere_date(self, text: str) -> bool:
        """Is a line of links a date, or two, and too little for a title?"""
        dates = [text[start:end] for start, end, when, _ in self._in(text) if when]
        return bool(dates) and text.startswith(dates[0]) and len(text) - sum(map(len, dates)) <= 30

    def _in_first_piece(self, line: Line) -> When | None:
        """A date that opens a text in an element called so: "<i class=date>16.06.2026</i>Dear..."."""
        holder, piece = line.slots[0].holder, one_line(line.slots[0].text)
        called = holder.tag == "time" or _DATE_NAME.search(names_of(holder)[:200])
        if len(line.slots) < 2 or holder.tag in BLOCKS or not called:
            return None
        found = next(self._in(piece), None)
        when = found.when if found and (found.start, found.end) == (0, len(piece)) else None
        return when if when and not self._is_to_come(when) else None

    def _in_pieces(self, line: Line) -> When | None:
        """A date that is a whole element of a line: "Mar 27, 2025" and "5 mins" read "20255 mins"."""
        pieces = [one_line(slot.text) for slot in line.slots] if len(line.slots) > 1 else []
        if any(found.refusal == RANGE for found in self._in(" ".join(pieces))):
            return None
        said = ""
        for piece in pieces:
            found = next(self._in(piece), None)
            if found and found.when and _is_bare(piece, found.start, found.end):
                if is_called_other(said) or self._is_to_come(found.when):
                    return None
                if not UPDATED.search(said[-_LABEL_LENGTH:]):
                    return found.when
            said = f"{said} {piece}"
        return None

    def _in_fields(self, line: Line) -> When | None:
        """A date among short elements of a line: its author, sections, tags, comments."""
        fields = [piece for slot in line.slots if (piece := one_line(slot.text))]
        short = all(width(field) <= _FIELD and len(field.split()) <= _FIELD_WORDS for field in fields)
        if not short or len(fields) < _FIELDS or leads_on(line.text, line.linked):
            return None
        return self._in_pieces(line) if self._links_are_fields(line, short=True) else None

    def _in_full(self, text: str) -> str:
        return with_full_years(text, year_first=self._year_first)

    @cached_property
    def _year_first(self) -> bool:
        return year_comes_first(self.metadata.language, (line.text for line in self.page.lines[:200]))

    def _is_to_come(self, when: When) -> bool:
        """Is a day that of an event which the page states, or later than the page's own clock?"""
        late = self.now is not None and when.value > self.now + timedelta(days=1)
        return late or when.day in self._event_days

    @cached_property
    def _event_days(self) -> set[date]:
        texts = " | ".join(self.metadata.events[:20])
        return {when.day for _, _, when, _ in self._in(texts) if when}

    def _in(self, text: str) -> Iterator[Found]:
        return find_dates(text, zone=self.zone, order=self.order, origin="article")

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


def _stands_in(line: Line, tag: str) -> bool:
    return any(node.tag == tag for node in line.holders(4))


def _is_bare(text: str, start: int, end: int) -> bool:
    rest = _WEEKDAY.sub("", text[:start]) + " " + text[end:]
    return not (re.search(r"[^\W\d]{3}", rest) or _CJK_WORD.search(rest))


def _dates_the_page(before: str, behind: str) -> bool:
    """Is a line with a date and this around it a date line, and no sentence?"""
    goes_on = re.match(r"\s*,\s*(?=[a-z])", behind)
    if goes_on and (UPDATED.match(behind, goes_on.end()) or _BY.match(behind, goes_on.end())):
        goes_on = None
    if _SENTENCE_END.search(behind) or goes_on:
        return False
    if _SAID_HERE.search(before) and len(before) + len(behind) <= 110:
        return True
    if _POSTED_BY.match(before):
        return len(before) + len(behind) <= 110
    if _PROSE.search(before) or _PROSE.search(re.split(r"\s[·•|]\s", behind)[0]):
        return False
    if _WEAK_LABEL.match(before) and not BYLINE.search(behind):
        return False
    marked = re.search(r"[|·•/:：]", before + behind)
    if not marked and len(before.split()) > 5 and not UPDATED.search(before):
        return False
    return len(before) + len(behind) <= (110 if marked else 60)

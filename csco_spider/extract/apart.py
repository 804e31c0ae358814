"""Days on an article's page that are not its own: deadlines, meetings, side boxes, comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, pairwise

from lxml import etree

from csco_spider.extract.dates import find_dates
from csco_spider.extract.html import names_of, one_line, text_of, width
from csco_spider.extract.noise import heads_other, is_small_talk
from csco_spider.extract.page import Line, Page

UPDATED = re.compile(
    r"updated?\b|modified|last\s+(?:edited|reviewed|changed?)|letzte\s+änderung|aktualisiert|geändert|stand\s*:"
    r"|mis\s+à\s+jour|modifié|actualiza(?:d|ci)|aggiorna[tm]|atualizad|bijgewerkt|gewijzigd|uppdaterad|oppdatert|opdateret"
    r"|päivitetty|aktuali[sz]|güncelle|обновлен|оновлен|изменен|diperbarui|cập\s+nhật|تحديث|更新|修改|최종수정|수정",
    re.IGNORECASE,
)
"""What the words before the day of a change say."""
EVENT = re.compile(
    r"copyright|©|event|conference|deadline|when\s*:|starts?\b|ends?\b(?!/)|会议时间|活动时间|截止|举办|召开|报名|地[点點]\s*[:：]|geboren|\bborn\b"
    r"|\bversion\b|\d\.\d+\W+(?:vom|from)\b",
    re.IGNORECASE,
)
"""What a line that names no publish date says anywhere."""
_OTHERS = re.compile(
    r"closing|closes?\b|appl(?:y|ication)|submi(?:t\b|ssion)|\bdue\b|regist(?:er\b|ration)|early.?bird|until|valid|expir"
    r"|effective|save\s+the|meeting|webinar|workshop|symposium|congress|course|open\s+from|embargo|review\s+due"
    r"|anmelde|bewerbung|einreich|frist|\btermin|gültig|kongress|tagung|verstorben|gestorben|\bdied\b|†"
    r"|limite|clôture|inscription|límite|plazo|締切|日時|開催|会期|마감|일시|접수"
    r"|会议(?:日期|时间)|培训|开班|实施|施行|生效|有效期|开标|截至|date\s+and\s+time|\bwann\b|hearing",
    re.IGNORECASE,
)
"""Words right before a day that is a deadline's, a meeting's, a death's."""
_DUE = re.compile(
    r"deadline|closing|\bdue\b|expir|frist|limite|límite|締切|마감|截止",
    re.IGNORECASE,
)
"""What a line says that names a deadline below it."""
_OWN = re.compile(
    r"\bdate\b|datum|\bdata\b|fecha|日期|时间|時間|日付|일자|publi|post|releas|issued?\b|veröff|erschien|erstellt|creat"
    r"|added|written|submitted|发布|發佈|发表|掲載|公開|작성|등록|게시|online|press|news|meldung|mitteilung|stand\b|\bby\b|von\b"
    r"|投稿|配信|登録|입력|승인|배포|تاريخ|geplaatst|julkaistu|udgivet|zveřejněno|dodano|yayın|giriş|tarih|дата|опубликован|tanggal|diterbitkan|ngày|نشر",
    re.IGNORECASE,
)
"""What the label of a publish date says."""
_PLAIN = re.compile(r"\W*(?:dat(?:e|um|a)|fecha|日[期時时]|日にち|일[시자])\s*[:：]?\s*", re.IGNORECASE)
_VENUE = re.compile(
    r"\W*(?:time|uhrzeit|heure|hora|orario|時間|时间|venue|location|place|(?:veranstaltungs)?ort|lieu|lugar|luogo|sede|地[点點]|[会會]場|場所|장소)\s*(?:[:：]|$)",
    re.IGNORECASE,
)
"""How fields of an event call its hour and place."""
_SEGMENT = re.compile(r"[|·•⋅/]|\s[–—]\s")
_LABEL = re.compile(r"([^:：|·•/\d]{1,40})[:：]\s*$")
_COMMENTS = re.compile(r"comment|respond|\breply|discussion|disqus", re.IGNORECASE)
_EVENT_BOX = re.compile(r"event[-_]?(?:date|time|start|end)|deadline", re.IGNORECASE)
_BESIDE = re.compile(r"side-?bar|widget|related|recommend|recent|latest|popular", re.IGNORECASE)
_CELLS = frozenset({"td", "dd"})
_FIELD_TAGS = frozenset({"td", "th", "dd", "dt"})
_HEADINGS = frozenset({"h2", "h3", "h4", "h5"})
_FIELDS = 7
"""Lines from the date of an event in which its place may be named."""
_NAME = 40
"""Letters of a line that names the date below it."""
_ROW, _LINES, _TITLE = 40, 4, 14
"""Starts and ends of tags, and lines, in a row of another list at most; a title's width at least."""
_COLUMNS = 3
"""Cells of a row from which on a table is no layout."""
_UP = 30
"""Elements around a line that are looked at."""
_MENU, _ABOVE = 3, 7
"""Links one above the other that are a menu; lines above a title that may date it."""


def speaks_of_other(text: str) -> bool:
    """Does a line name a deadline, a meeting, a change: any day but a publish date?"""
    return bool(EVENT.search(text) or UPDATED.search(text) or _OTHERS.search(text))


def is_called_other(before: str) -> bool:
    """Do the words before a date say that it is a deadline's or a meeting's, and not the article's?"""
    if _OTHERS.search(_SEGMENT.split(before)[-1]):
        return True
    return _LABEL.search(before) is not None and not is_called_own(before)


def is_called_own(before: str) -> bool:
    """Does a label before a date call it the day of publishing, or of a change?"""
    label = _LABEL.search(before)
    return label is not None and bool(_OWN.search(label[1]) or UPDATED.search(label[1]))


def _without_date(text: str) -> str:
    found = next(find_dates(text[:80], zone=None), None) if width(text) >= _TITLE else None
    return text[: found.start] + text[found.end :] if found else text


def _alike(line: Line, other: Line) -> bool:
    """Do two lines stand in elements of one kind, side by side?"""
    for (one, two), (above, below) in pairwise(zip(line.holders(3), other.holders(3), strict=False)):
        if above is below:
            cells = {one.tag, two.tag} <= _FIELD_TAGS
            return cells or (one.tag == two.tag and names_of(one) == names_of(two))
    return False


class Surroundings:
    """What stands around an article, which begins at line ``begin``; ``dated`` lines name a year."""

    def __init__(self, page: Page, dated: list[Line]) -> None:
        self.page = page
        self.dated = dated
        self._reach: dict[int, int] = {}
        """The uppermost line that may date what begins at another."""

    def is_another_s(self, line: Line, begin: int) -> bool:
        """Does a line date a comment, or a link to another article: in a side box, or in one of several
        rows apart from the article?"""
        start = self.page.lines[begin].start if begin < len(self.page.lines) else -1
        row, beside = None, False
        for node in line.holders(_UP):
            first, last = self.page.spans.get(node, (0, 0))
            if first <= start <= last or node is self.page.body:
                break
            names = names_of(node)[:200]
            if _COMMENTS.search(names):
                return True
            if row is None and last - first <= _ROW and self._is_row(node):
                row = node
            elif row is not None and len(node) == 1 and row.getparent() is node:
                row = node  # a row of one cell
            beside = beside or node.tag in {"aside", "nav"} or bool(_BESIDE.search(names))
        if row is None or beside:
            return row is not None
        near = (*islice(row.itersiblings(), 3), *islice(row.itersiblings(preceding=True), 3))
        rows = [one for one in near if one.tag == row.tag and self._is_row(one)]
        said = one_line(text_of(row)) if rows else ""
        return any(one_line(text_of(one)) != said for one in rows)  # a byline may stand there twice

    def is_event_s(self, holder: etree._Element) -> bool:
        """Does an element stand in one that is called an event's date?"""
        return any(
            _EVENT_BOX.search(names_of(n)[:200]) for n in (holder, *islice(holder.iterancestors(), 3))
        )

    def is_in_event_box(self, line: Line, begin: int) -> bool:
        """Does a line stand in a small box apart from the article, below a heading that names an
        event?"""
        start = self.page.lines[begin].start if begin < len(self.page.lines) else -1
        for node in line.holders(4):
            first, last = self.page.spans.get(node, (0, 0))
            if last - first > _ROW or first <= start <= last or node is self.page.body:
                return False
            head = next(self.page.inside(node, self.page.lines), line)
            if head is not line and head.slots[0].holder.tag in _HEADINGS:
                return bool(EVENT.search(head.text) or _OTHERS.search(head.text))
        return False

    def is_event_field(self, index: int) -> bool:
        """Is a line or the one above it called the date, and a like one near it the hour or place?"""
        lines = self.page.lines
        named = index > 0 and _PLAIN.fullmatch(lines[index - 1].text)
        if not named and not _PLAIN.match(lines[index].text):
            return False
        near = lines[max(0, index - _FIELDS + 1) : index + _FIELDS]
        return any(_VENUE.match(line.text) and _alike(lines[index], line) for line in near)

    def _is_row(self, node: etree._Element) -> bool:
        """Does an element hold few lines, a link as long as a title and a date among them?"""
        if len(list(islice(self.page.inside(node, self.page.lines), _LINES + 1))) > _LINES:
            return False
        links = (link for link in node.iter("a") if link.get("href"))
        titled = any(width(_without_date(one_line(text_of(link)))) >= _TITLE for link in links)
        return titled and any(self.page.inside(node, self.dated))

    def _is_one_line(self, node: etree._Element) -> bool:
        return len(list(islice(self.page.inside(node, self.page.lines), 2))) == 1

    def above(self, top: int) -> Iterator[int]:
        """The lines from one upwards that may date what stands below: few, and none above a menu."""
        links = 0
        for index in range(top, max(-1, top - _ABOVE), -1):
            line = self.page.lines[index]
            if not is_small_talk(line.text):  # links to share a page are no menu
                links = links + 1 if line.linked > 0.8 * len(line.text) else 0
            if links == _MENU or self._heads_site(line, top):
                return
            yield index

    def _heads_site(self, line: Line, top: int) -> bool:
        """Does a line stand in a header or menu of the site's, which does not hold the title?"""
        start = self.page.lines[top].start if 0 <= top < len(self.page.lines) else -1
        heads = False
        for node in line.holders(_UP):
            if node.tag in {"article", "main"}:
                return False
            first, last = self.page.spans.get(node, (0, 0))
            heads = heads or (node.tag in {"header", "nav"} and not first <= start <= last)
        return heads

    def is_above_menu(self, index: int, begin: int) -> bool:
        """Does a line stand above the article, too far or with a menu in between?"""
        if index >= begin - 1:
            return False
        if begin not in self._reach:
            self._reach[begin] = min(self.above(begin - 1), default=0)
        return self._reach[begin] > index

    def is_named_other(self, index: int, begin: int) -> bool:
        """Does the line above a bare date name it, and as another day than the publish date? Inside a
        text, a cell beside a date is its name."""
        line, name = self.page.lines[index], self.page.lines[index - 1] if index else None
        if name is None:
            return False
        short, within = name.text if len(name.text) <= _NAME else "", index > begin
        cell = next(
            (node for node in line.holders(3) if node.tag in _CELLS and self._is_one_line(node)), None
        )
        row = None if cell is None else cell.getparent()
        if row is not None and not short and len(row) < _COLUMNS:
            return False
        if _DUE.search(short):
            return True
        if short and is_small_talk(short) and not heads_other(short):
            return False  # a byline's field left empty, a button
        if short.rstrip().endswith((":", "：")) or cell is not None:
            own = _OWN.search(short) or UPDATED.search(short)
            other = _OTHERS.search(short) or EVENT.search(short)
            return bool(other or ((within or cell is None) and not own))
        heading = name.slots[0].holder.tag in _HEADINGS
        return within and heading and bool(_OTHERS.search(short) or EVENT.search(short))

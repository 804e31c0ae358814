"""The words around a date: do they make it the day on which an article was published?

Before such a date stand its label ("Published:"), who wrote the article ("By Ann Lee |") or where
("BARCELONA —"), behind it the writer and other fields, or nothing; a sentence that mentions a day goes
on. The words that make a day a deadline's, an event's or a change's are in ``apart``.
"""

from __future__ import annotations

import re

from csco_spider.extract.apart import EVENT, UPDATED, is_called_other, is_called_own
from csco_spider.extract.authors import BYLINE, WROTE

_CENTURY = re.compile("19|20|年")
_YEAR = re.compile(
    r"(?<!\d)(?:19|20)\d\d|[〇零一二][〇零九一二三四五六七八]{3}年|(?:令和|平成|民[国國])\s*(?:\d|元)"
)


def find_year(text: str) -> re.Match[str] | None:
    """The first year of a text, without which it holds no date."""
    return _YEAR.search(text) if _CENTURY.search(text) else None


_LABEL = re.compile(
    r"^\W{0,4}(?:(?:文章|信息|稿件)?(?:来源|作者|编辑|浏览|点击|发布者|发布人|供稿)[^\s:：]{0,4}\s*[:：]\s*[^\s:：]{0,20}?\s*){0,3}?"
    r"(?:published(?:\s+(?:on|at|date|time))?|publish(?:ing)?\s+(?:date|time)|posted(?:\s+on)?"
    r"|release\s+date|date\s+published|veröffentlicht(?:\s+am)?|publié\s+le|publicado(?:\s+el)?|pubblicato(?:\s+il)?"
    r"|发布时间|发布日期|添加时间|添加日期|录入时间|发表时间|发表日期|发布于|发表于|發佈時間|發布日期|公開日|掲載日|(?:建檔|刊登|張貼)日期|(?:등록|작성|게시)일(?!자))\s*[:：]?\s*"
    r"|^.{0,60}?(?:조회|댓글).{0,20}?(?:등록|작성|게시)일\s*[:：]?\s*"
    r"|^작성자\s*[:：]?\s*\S{2,12}?\s*(?:등록|작성|게시)일\s*[:：]?\s*",
    re.IGNORECASE,
)
_WEAK_LABEL = re.compile(r"^\W{0,4}(?:date|日期|时间)\s*[:：]\s*", re.IGNORECASE)
_NAME = re.compile(
    r"\W*(?:datum|dat[ae]|fecha|tarih|дата|日期|(?:기사\s?)?(?:승인|입력|등록|배포)(?:일시?)?)\s*:?\s*",
    re.IGNORECASE,
)


def behind_label(text: str, *, strong: bool) -> str | None:
    """What stands behind the label with which a line begins, None where none does. One that is not
    ``strong`` says "date" alone, and is a publish date's among the fields of a byline."""
    label = (_LABEL if strong else _WEAK_LABEL).match(text)
    return text[label.end() :] if label and (strong or BYLINE.search(text)) else None


def is_label(text: str) -> bool:
    """Does a text call a date the publish date, or just a date, and say nothing else?"""
    return bool(_NAME.fullmatch(text) or _LABEL.fullmatch(text))


_WEEKDAY = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch"
    r"|(?:lun|mar|mercre|jeu|vendre|same)di|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo"
    r"|(?:lune|marte|mercole|giove|vener)dì|sabato|domenica|(?:segunda|terça|quarta|quinta|sexta)-feira)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d]{3}|(?![年月日号时分秒星期周])[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2}")
_LETTERS = re.compile(r"(?!uhr\b)[^\W\d]{3}", re.IGNORECASE)


def is_bare(before: str, behind: str) -> bool:
    """Does no word stand around a date but its weekday before it?"""
    return not _WORD.search(f"{_WEEKDAY.sub('', before)} {behind}")


def ends_line(behind: str) -> bool:
    """Does no word stand behind a date but a clock's?"""
    return not _LETTERS.search(behind)


_POSTED_BY = re.compile(rf"\W*{WROTE}(?:by|von|par|por|da|door)\s", re.IGNORECASE)
_BY = re.compile(
    r"\W*(?:(?:by|von|par|por)\s|(?:author|autor(?:in)?|posted\s+by|written\s+by)\s*:)", re.IGNORECASE
)


_SMALL = re.compile(r"\W*(?:(?:le|el|il|em|am|on|den|op|på)\b)?\W*", re.IGNORECASE)


def names_writer(before: str, behind: str) -> bool:
    """Does a date line begin with the date, or say who wrote the article?"""
    return bool(
        _SMALL.fullmatch(_WEEKDAY.sub("", before))
        or BYLINE.search(before)
        or BYLINE.search(behind)
        or _POSTED_BY.match(before)
        or _BY.match(before.replace(":", " ", 1))
    )


_NEXT_LABEL = re.compile(
    r"\W*[^\W\d]{2,16}(?:\s[^\W\d]{2,16}){0,2}\s?[:：]|\W*发[表布]于[\u4e00-\u9fff]{2,6}\W*$"
)
_BEFORE = 40
"""Letters before the date of a line that names it at most."""


def names_field(before: str, behind: str) -> bool:
    """Is a date line one of fields: a publish date's label or a place before the date, nothing behind
    it or the label of another field?"""
    if len(before) > _BEFORE or EVENT.search(before) or is_called_other(before):
        return False
    named = is_label(before) or is_called_own(before) or _PLACE.fullmatch(before)
    return bool(named) and (ends_line(behind) or _NEXT_LABEL.match(behind) is not None)


_SAID = re.compile(
    r"erstellt|erschienen|veröffentlicht|gepostet|geschrieben|published|posted|publié|publicado|发布|发表|掲載|\bends/",
    re.IGNORECASE,
)
_CITATION = re.compile(r"[^\W\d]\.\s.*[^\W\d]\.\s")
"""Two sentences before such a word are authors and title of what the line cites."""
_SAID_BEFORE = 40
"""Letters between such a word and its date at most."""


def stands_alone(before: str, behind: str) -> bool:
    """Does a line say nothing besides its date but that it is one, whose, or of publishing?"""
    if is_bare(before, behind) or (_NAME.fullmatch(before) and not behind.strip()):
        return True
    if _BY.match(before or behind) and ends_line(behind if before else ""):
        return True
    said = _SAID.search(before)
    if said is None or _CITATION.search(before, 0, said.start()):
        return False
    return len(before) <= said.end() + _SAID_BEFORE


_SAID_HERE = re.compile(
    r"(?<![^\W_])(?:Published|Posted|Updated|Veröffentlicht|Erschienen|Publié|Publicado|Publicada|Pubblicato)"
    r"(?:\s+(?:on|am|le|el|em|il))?\s*:?\s*$"
)
"""A label in front of a date, inside a line: its capital tells it from a sentence's verb."""
_GOES_ON = re.compile(rf"\s*,\s*(?!(?:by|von|par|por)\s|[^\W\d]{{2,12}}\s?:|{UPDATED.pattern})[a-z]")
"""A sentence behind the day with which it begins: "On May 12, 2026, members met"."""
_SENTENCE_END = re.compile(r"(?<!\bmin)(?<!\dh)[.!?。]\s*$", re.IGNORECASE)
_PROSE = re.compile(r"\b[a-z]{2,}(?: [a-z]{2,}){2}")
_NEXT_FIELD = re.compile(r"\s[·•|]\s")
_MARK = re.compile(r"[|·•/:]")
_LONG, _SHORT = 110, 60
"""Letters around the date of a line with marks or a label, and of one without, at most."""
_LABEL_WORDS = 5
"""Words before a date at most, where they say nothing of an update."""


def dates_the_page(before: str, behind: str) -> bool:
    """Is a line with a date and this around it a date line, and no sentence?"""
    around = len(before) + len(behind)
    if around > _LONG or _SENTENCE_END.search(behind) or _GOES_ON.match(behind):
        return False
    if _SAID_HERE.search(before) or _POSTED_BY.match(before):
        return True
    if _PROSE.search(before) or _PROSE.search(_NEXT_FIELD.split(behind)[0]):
        return False
    if _WEAK_LABEL.match(before) and not BYLINE.search(behind):
        return False
    if _MARK.search(before + behind):
        return True
    labelled = len(before.split()) <= _LABEL_WORDS or UPDATED.search(before) is not None
    return labelled and around <= _SHORT


_KIND = re.compile(
    r"\W*(?:(?:pressemitteilung|press\s+release|news\s+release|meldung|communiqué)?\s*(?:vom|of|du|from)?\s+)?",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"[\W_]*[A-ZÀ-Þ][\w.'’-]*(?:[\s,—–-]+(?:[A-ZÀ-Þ][\w.'’-]*|le|den|d[aeou]|des|of|and)){0,5}\s*[,(—–-]*\s*"
    r"|\W*(?:新华社|本报|中新社)?[\u4e00-\u9fff]{2,4}[,(]?\s*"
)
_AGENCY = re.compile(r"\s*\(\w[\w .]{1,20}\)\s*")
_MARKS = tuple(")„“「-–—|:/")


def opens_text(before: str, behind: str) -> bool:
    """Is a date, alone or behind what a text is or where it was written, set apart from the text that
    it opens: "BARCELONA, Spain — May 12, 2026 (Reuters) —"?"""
    agency = _AGENCY.match(behind)
    text = behind[agency.end() :] if agency else behind.lstrip()
    if _PLACE.fullmatch(before) and text.startswith((*_MARKS, ".", "电")):
        return True
    return text.startswith(_MARKS) and _KIND.fullmatch(before) is not None


_POSTED = re.compile(
    r"this\s+(?:entry|post|article)\s+was\s+(?:posted|written|published)|d(?:ies)?er\s+(?:beitrag|eintrag|artikel)\s+wurde",
    re.IGNORECASE,
)
_WAS = re.compile(r"\W*(?:wurde\s+am|was\s+(?:posted|published|written))\b", re.IGNORECASE)
_FILED, _SOON = re.compile(r"\s+(?:in|under|unter)\b", re.IGNORECASE), 90
"""What sections and tags follow, and the date behind them; else letters to the date at most."""


def behind_posted(text: str, title: str) -> str:
    """What follows where a text says that the entry, or what has its title, was posted; else ""."""
    posted = _POSTED.search(text)
    if not posted and len(title) > 8 and text.startswith(title):
        posted = _WAS.match(text, len(title))
    rest = text[posted.end() :] if posted else ""
    return rest if _FILED.match(rest) else rest[:_SOON]


_EDITED = re.compile(
    r"last\s+(?:edited|modified|updated|reviewed)"
    r"|zuletzt\s+(?:geändert|bearbeitet|am)|dernière\s+m(?:odification|ise\s+à\s+jour)"
    r"|última\s+(?:edición|modificación)|ultima\s+modifica|最近更新|最后(?:编辑|修订|修改|更新)|最後(?:編輯|修訂)|最終更新",
    re.IGNORECASE,
)
_CHANGED = re.compile(
    rf"\W*(?:content\s+)?(?:stand\b|{UPDATED.pattern})(?:时间|日期|日時|日)?", re.IGNORECASE
)
_EDITED_BEFORE = 40
"""Letters between words of an edit and its date at most."""


def says_edited(before: str) -> bool:
    """Do the words before a date say that it is that of the last edit, or of a change and no more?"""
    edited, changed = _EDITED.search(before), _CHANGED.match(before)
    if edited and len(before) < edited.end() + _EDITED_BEFORE:
        return True
    return changed is not None and is_bare(before[changed.end() :], "")

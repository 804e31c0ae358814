"""A date that a row shows in pieces: the day large, month and year below it, or the year apart."""

from __future__ import annotations

import re
from itertools import pairwise

_DAY = r"\s*(\d{1,2})(?:日|st|nd|rd|th)?,?\s*"
_NAME = r"[^\W\d_]{3,14}"
_YEAR = r"((?:19|20)\d\d)年?"
_FORMS = (
    (rf"{_DAY}\n{_YEAR}\s*[-/.年]?\s*(\d{{1,2}})月?", "{1}-{2}-{0}"),
    (rf"{_YEAR}\s*[-/.年]?\s*(\d{{1,2}})月?\n{_DAY}", "{0}-{1}-{2}"),
    (rf"{_DAY}\n(\d{{1,2}})\s*[-/.]\s*{_YEAR}", "{2}-{1}-{0}"),
    (rf"(\d{{1,2}})\n(\d{{1,2}})\n{_YEAR}", "{0}/{1}/{2}"),
    (rf"(\d{{1,2}})\s*[-/.月]\s*(\d{{1,2}})日?\n{_YEAR}", "{2}-{0}-{1}"),
    (rf"{_YEAR}\n(\d{{1,2}})\s*[-/.月]\s*(\d{{1,2}})日?", "{0}-{1}-{2}"),
    (rf"{_DAY}\n({_NAME})\.?,?\s*{_YEAR}", "{0} {1} {2}"),
    (rf"({_NAME})\.?\s*\n?{_DAY}\n{_YEAR}", "{1} {0} {2}"),
    (rf"{_DAY}\n?\s*({_NAME})\.?,?\n{_YEAR}", "{0} {1} {2}"),
    (rf"({_NAME})\.?,?\s*{_YEAR}\n{_DAY}", "{2} {0} {1}"),
)
_PATTERNS = tuple((re.compile(form, re.IGNORECASE), shape) for form, shape in _FORMS)
_LONGEST = 16


def boxed_date(texts: list[str]) -> str:
    """The date that two or three short texts in a row make up, in one piece; "" where none do."""
    short = [text if len(text) <= _LONGEST else "" for text in texts[:40]]
    groups = [*zip(short, short[1:], short[2:], strict=False), *pairwise(short)]
    for group in groups:
        if all(group):
            for pattern, shape in _PATTERNS:
                if match := pattern.fullmatch("\n".join(group)):
                    return shape.format(*match.groups())
    return ""

"""What lists print around a title that is no part of it: file type and size, "new", "pinned"."""

from __future__ import annotations

import re

_FILE = r"(?:pdf|docx?|xlsx?|pptx?|zip)(?:[ -](?:document|file|version))?"
_SIZE = r"\d+(?:[.,]\d+)?\s*[kmg]i?b"
_BEHIND = re.compile(
    rf"(?: ?[(\[（【] ?(?:{_FILE}|{_SIZE})(?:\W{{1,3}}(?:{_FILE}|{_SIZE}))* ?[)\]）】]"
    r"| ?[(\[]?(?:link )?opens in (?:a )?new (?:window|tab)[)\]]?)+$",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"^(?:[(\[（【] ?(?:new|hot|pdf|置顶|最新|推荐) ?[)\]）】]|new!|置顶\s)\s*", re.IGNORECASE
)
_NEW = re.compile(
    r"(?<=[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af)\]）】…]) ?(?:\[N\]| (?:N|new!?|hot))$", re.IGNORECASE
)
"""What Korean boards print behind a new entry's title."""
CLIPPED = ("…", "...")
"""How a title ends that a list cuts short."""
_ENDS = (")", "]", "）", "】", "window", "tab")
_TAIL = 80
"""Characters at a title's end in which marks are looked for."""


def bare_title(text: str) -> str:
    """A title without such marks; what is nothing but marks stays as it is."""
    bare = _BEFORE.sub("", text)
    if bare[-10:].lower().endswith(_ENDS):
        bare = bare[:-_TAIL] + _BEHIND.sub("", bare[-_TAIL:])
    return _NEW.sub("", bare).strip() or text

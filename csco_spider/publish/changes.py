"""Changes as entries of a feed of their own: what stood there before, and what stands there now."""

from __future__ import annotations

import uuid
from difflib import SequenceMatcher
from html import escape

from diff_match_patch import diff_match_patch

from csco_spider.extract.html import clip, one_line, plain_text, xml_chars
from csco_spider.items import NewsItem, Society, When
from csco_spider.ledger import Change

_CHANGES = uuid.UUID("0d7f6f54-6f0c-5d0b-8a55-7c1a3f7b9e10")
BY_CHARACTER = 2000
"""Characters of changed lines that are compared one by one; the cost grows with their square."""
_WORDS = {
    "title": "Title",
    "date": "Date",
    "body": "Text",
    "withdrawn": "Withdrawn: no longer on the society's site",
    "restored": "Back on the society's site",
    "merged": "Merged by an operator",
    "split": "Split by an operator",
}


def as_item(change: Change, society: Society) -> NewsItem:
    """A change as an entry: GUID of its own, dated when it was seen, before and after in its text."""
    parts, lines = [], []
    for name, (before, after) in change.fields.items():
        word = _WORDS.get(name, name)
        if name in {"title", "date"}:
            parts.append(f"<p>{word}: <del>{escape(before)}</del> <ins>{escape(after)}</ins></p>")
            lines.append(f"{word}: {before or '-'} → {after}")
        elif name == "body":
            old, new = plain_text(before), plain_text(after)
            parts.append(f"<p>{word}:</p>{difference(old, new)}")
            lines.append(word)
        else:
            detail = escape(" ".join(filter(None, (before, after))))
            parts.append(f"<p>{word} ({detail})</p>")
            lines.append(word)
    made = "\n".join([change.guid, change.seen.isoformat(), *sorted(change.fields)])
    return NewsItem(
        society=society.name,
        url=change.link,
        title=one_line(f"{change.title} ({', '.join(sorted(change.fields))})"),
        published=When(change.seen, "minute", "first_seen"),
        summary=clip(one_line("; ".join(lines)), 300),
        content_html=xml_chars("".join(parts)),
        language=society.language,
        guid=uuid.uuid5(_CHANGES, made).urn,
        updated=change.seen,
    )


def difference(before: str, after: str) -> str:
    """Two texts as one, what went in ``del`` and what came in ``ins``; lines without a change left out.

    By characters, not words, for Chinese has no spaces between them; lines that share too little are
    shown whole.
    """
    old, new = before.split("\n"), after.split("\n")
    shown: list[str] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        went, came = old[a:b], new[c:d]
        if len(went) == len(came) and sum(map(len, (*went, *came))) <= BY_CHARACTER:
            shown += [_by_character(one, other) for one, other in zip(went, came, strict=True)]
        else:
            shown += [f"<del>{escape(line)}</del>" for line in went if line]
            shown += [f"<ins>{escape(line)}</ins>" for line in came if line]
    return "".join(f"<p>{line}</p>" for line in shown if line)


def _by_character(before: str, after: str) -> str:
    matcher = diff_match_patch()
    matcher.Diff_Timeout = 0  # the same two texts give the same bytes, however slow the machine
    pieces = matcher.diff_main(before, after)
    matcher.diff_cleanupSemantic(pieces)
    tags = {matcher.DIFF_DELETE: "del", matcher.DIFF_INSERT: "ins"}
    return "".join(
        f"<{tags[kind]}>{escape(text)}</{tags[kind]}>" if kind in tags else escape(text)
        for kind, text in pieces
    )

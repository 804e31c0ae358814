"""The flood guard: is what would be published plausible, after what was? A pure decision.

Bounds are what the society's own good nights have brought, with room; until there are such nights, what
a busy society brings. A quarantine costs a night; a flood costs every subscriber.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from csco_spider.items import NewsItem
from csco_spider.ledger.nights import Night

FRESH_NOTICES = 100
"""New notices dated these days: a congress week brings dozens."""
LATE_NOTICES = 10
"""New notices with an old date: a few come late, many are old ones that were not recognised."""
SHARE = 0.1
"""Of a published window whose dates, or bodies, may change in a night."""
ROOM = 3
"""Times what the society's busiest night brought."""


def implausible(
    before: Mapping[str, datetime],
    after: Sequence[NewsItem],
    night: Night,
    habits: Counter[str],
    *,
    filling: bool,
) -> list[str]:
    """Why a window should be held back: causes in words with examples, none when it may go out.

    ``before`` holds publish instants by GUID as readers have them; ``filling`` is true while the
    ledger is being filled (before the first good night, or by a backfill), when late notices are due.
    """
    causes: list[str] = []

    def bound(kind: str, titles: Sequence[str], least: float, what: str) -> None:
        most = int(max(least, ROOM * habits[kind]))
        if len(titles) > most:
            causes.append(f"{len(titles)} {what}, at most {most} are plausible: {_examples(titles)}")

    share = max(3, SHARE * len(before))
    if not filling:
        bound("fresh", night.fresh, FRESH_NOTICES, "notices are new at once")
        bound("late", night.late, LATE_NOTICES, "new notices carry old dates")
        bound("undated", night.undated, LATE_NOTICES, "new notices carry no date")
        bound("repeated", night.repeated, share, "new notices have title and text of older ones")
    bound("date", night.changed.get("date", []), share, "dates were moved")
    bound("shrunken", night.shrunken, share, "texts lost more than half")
    bound("title", night.changed.get("title", []), 2 * share, "titles were changed")
    bound("withdrawn", night.changed.get("withdrawn", []), share, "notices were withdrawn")
    causes += _rewritten(before, after)
    return causes


def _rewritten(before: Mapping[str, datetime], after: Sequence[NewsItem]) -> list[str]:
    """What readers hold on to and must find again: GUIDs and publish dates."""
    instants = {item.guid: item.published.value for item in after if item.published}
    causes = []
    moved = [guid for guid, instant in instants.items() if before.get(guid, instant) != instant]
    if moved:
        causes.append(f"{len(moved)} publish dates differ from those published: {_examples(moved)}")
    oldest = min(instants.values(), default=None)
    gone = [
        guid
        for guid, instant in before.items()
        if guid not in instants and (oldest is None or instant > oldest)
    ]
    if len(gone) > max(2, SHARE * len(before)):
        causes.append(f"{len(gone)} published entries would vanish: {_examples(gone)}")
    return causes


def _examples(titles: Sequence[str]) -> str:
    shown = ", ".join(f"“{title[:40]}”" for title in titles[:3])
    return shown + (" and others" if len(titles) > 3 else "")

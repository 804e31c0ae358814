"""What subscribers would see of a parser: two states of a ledger compared before anything is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from csco_spider.items import NewsItem, fold
from csco_spider.ledger.identity import body_text
from csco_spider.ledger.nights import FRESH, Night

Stated = Mapping[str, tuple[str, str]]
"""By GUID, the day a society states and the digest of what it says: ``Ledger.stated``."""


@dataclass(frozen=True, slots=True)
class Changed:
    """An entry that would read otherwise: its fields, each before and after."""

    item: NewsItem
    fields: dict[str, tuple[str, str]]


@dataclass(slots=True)
class Difference:
    """The subscriber's diff."""

    new: list[NewsItem] = field(default_factory=list)
    vanished: list[NewsItem] = field(default_factory=list)
    """Entries that would not be found on the pages that gave them. They stay in ledger and feed."""
    changed: list[Changed] = field(default_factory=list)
    reordered: list[NewsItem] = field(default_factory=list)
    beyond: int = 0
    """Entries from before what the archive holds, of which it says nothing."""

    def __bool__(self) -> bool:
        return bool(self.new or self.vanished or self.changed or self.reordered)

    def night(self) -> Night:
        """The difference as the flood guard judges one."""
        night = Night()
        for item in self.new:
            assert item.published is not None and item.first_seen is not None
            if item.published.origin == "first_seen":
                night.undated.append(item.title)
            elif item.published.value < item.first_seen - FRESH:
                night.late.append(item.title)
            else:
                night.fresh.append(item.title)
        for change in self.changed:
            for name, (before, after) in change.fields.items():
                night.changed.setdefault(name, []).append(change.item.title)
                if name == "body" and 2 * len(after) < len(before):
                    night.shrunken.append(change.item.title)
        return night


def compare(
    before: Sequence[NewsItem],
    after: Sequence[NewsItem],
    stated_before: Stated,
    stated_after: Stated,
    crawls: Collection[datetime],
) -> Difference:
    """What differs between the entries of two ledgers.

    ``crawls`` are the clocks of the crawls that were replayed: nothing is said of the place, or the
    absence, of an entry that another one saw first.
    """
    found = Difference()
    held = {item.guid: item for item in before}
    read = {item.guid: item for item in after}
    found.new = [item for item in after if item.guid not in held]
    for item in before:
        if item.guid not in read:
            if item.first_seen in crawls:
                found.vanished.append(item)
            else:
                found.beyond += 1
            continue
        other = read[item.guid]
        fields = dict(_fields(item, other, stated_before[item.guid], stated_after[item.guid]))
        if fields:
            found.changed.append(Changed(item, fields))
    common = [item for item in before if item.guid in read and item.first_seen in crawls]
    old = sorted(common, key=lambda item: _place(item, stated_before), reverse=True)
    new = sorted(common, key=lambda item: _place(read[item.guid], stated_after), reverse=True)
    found.reordered = [item for item, other in zip(old, new, strict=True) if item is not other]
    return found


def _place(item: NewsItem, stated: Stated) -> tuple[str, str]:
    """Place in a feed by the day; within one it is a matter of which crawl came first."""
    assert item.published is not None
    return stated[item.guid][0] or item.published.day.isoformat(), item.guid


def _fields(
    before: NewsItem, after: NewsItem, stated: tuple[str, str], restated: tuple[str, str]
) -> Iterator[tuple[str, tuple[str, str]]]:
    if fold(before.title) != fold(after.title):
        yield "title", (before.title, after.title)
    if stated[0] != restated[0]:
        yield "date", (stated[0], restated[0])
    if stated[1] != restated[1]:
        yield "body", (body_text(before.content_html), body_text(after.content_html))


def lines(difference: Difference, shown: int = 20) -> Iterator[str]:
    """A difference in words, for a terminal; at most ``shown`` entries of a kind."""
    for word, items in (
        ("new", difference.new),
        ("vanished", difference.vanished),
        ("reordered", difference.reordered),
    ):
        if items:
            yield f"{word}: {len(items)}"
            for item in items[:shown]:
                assert item.published is not None
                yield f"  {item.published.day}  {item.title}  {item.guid}"
            if len(items) > shown:
                yield f"  and {len(items) - shown} more"
    kinds = Counter(name for change in difference.changed for name in change.fields)
    if difference.changed:
        of = ", ".join(f"{name} of {count}" for name, count in kinds.items())
        yield f"changed: {len(difference.changed)} ({of})"
        for change in difference.changed[:shown]:
            yield f"  {change.item.title}  {change.item.guid}"
            for name, (old, new) in change.fields.items():
                if name == "body":
                    shared = f"{_shared(old, new):.0%} shared"
                    yield f"    text: {len(old)} characters, now {len(new)}; {shared}"
                else:
                    yield f"    {name}: {old or 'none'} → {new or 'none'}"
        if len(difference.changed) > shown:
            yield f"  and {len(difference.changed) - shown} more"
    if difference.beyond:
        yield f"beyond the archive: {difference.beyond} entries, of which nothing can be said"


def _shared(old: str, new: str) -> float:
    """Share of the characters that both texts have, wherever they stand."""
    most = max(len(old), len(new))
    return (Counter(old) & Counter(new)).total() / most if most else 1.0

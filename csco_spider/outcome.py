"""How a crawl ended, in one word and one sentence: a pure decision over what its pages answered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

State = Literal[
    "ok", "unreachable", "refused", "unreadable", "empty", "incomplete", "failed", "quarantined"
]
_REFUSED = re.compile(
    r"^answered (?:401|402|403|405|407|412|418|429|451|521)\b|^robots\.txt forbids"
    r"|^(?:refused|not asked): "
)
_ASK = "ask the society to let our name in, or set CONTACT so that it can ask you"
MANY_GONE = 3
"""Articles gone, with none that is there, from which on it is the list whose addresses are wrong."""
PATIENCE = 5
"""Nights after which an article that can't be read says nothing of the site any more."""


@dataclass(slots=True)
class PageReport:
    """What became of a crawl's pages; failures are reasons by address."""

    answered: list[str] = field(default_factory=list)
    """Listing pages that came and could be read."""
    failed: dict[str, str] = field(default_factory=dict)
    """Listing pages that did not."""
    missing: list[str] = field(default_factory=list)
    """Listing pages that answered 404 or 410."""
    rows: int = 0
    """Entries that the listings showed, known or new."""
    articles_read: int = 0
    articles_failed: dict[str, str] = field(default_factory=dict)
    tried: dict[str, int] = field(default_factory=dict)
    """How often earlier crawls asked for those in vain."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """``state`` for machines, ``sentence`` for the operator: what happened and what to do."""

    state: State
    sentence: str

    @property
    def good(self) -> bool:
        return self.state == "ok"

    @property
    def publishable(self) -> bool:
        """Did the society's pages say anything that may reach its feeds?"""
        return self.state in {"ok", "incomplete", "failed"}


def judge(
    society: str,
    pages: PageReport,
    finish_reason: str,
    unstored: int,
    unkept: int = 0,
    *,
    publishes: bool = True,
    met: bool = True,
) -> Outcome:
    """The outcome of a crawl. ``finish_reason`` is Scrapy's, ``unstored`` counts entries that the
    ledger could not take, ``unkept`` pages that the archive could not; ``met`` is false until a crawl of
    the society has ended well: patience with articles that can't be read would call nothing well."""
    stay = ". The feeds stay as they were" if publishes else ""
    if unstored:
        return Outcome(
            "failed",
            f"{society}: the ledger refused {unstored} writes; free the disk or mend the ledger as the "
            "log says, then run again",
        )
    if unkept:
        return Outcome(
            "failed",
            f"{society}: the archive refused {unkept} writes, and a page that is not kept is not read; "
            "free the disk or mend the archive as the log says, then run again",
        )
    if not pages.answered and (pages.failed or pages.missing):
        url, reason = _worst(pages)
        if _REFUSED.search(reason):
            why = reason.removeprefix("refused: ")
            return Outcome("refused", f"{society} refused us: {url}: {why}{stay}; {_remedy(reason)}")
        if reason.startswith(("could not be parsed", "unreadable: ")):
            return Outcome(
                "unreadable",
                f"{society}: {url} {reason}{stay}; look at the page: has it changed?",
            )
        moved = reason.startswith("leads to ")
        advice = "give that address if it has moved" if moved else "check the address if it lasts"
        return Outcome(
            "unreachable",
            f"{society} could not be reached: {url}: {reason}{stay}; run again later, and {advice}",
        )
    if finish_reason != "finished":
        return Outcome(
            "failed",
            f"{society}: the crawl was stopped ({finish_reason}); what it read is kept, run again for "
            "the rest",
        )
    if not pages.rows and not pages.failed:
        return Outcome(
            "empty",
            f"{society} showed no entry on {', '.join(pages.answered) or 'any page'}{stay}; look at the "
            "page: has it changed its markup or address?",
        )
    if pages.failed:
        url, reason = next(iter(pages.failed.items()))
        return Outcome(
            "incomplete",
            f"{society}: {len(pages.failed)} of its listing pages could not be read, first {url}: "
            f"{reason}. What was found is kept; run again for the rest",
        )
    gone = re.compile(r"answered (?:404|410)\b|gone: ")
    tried = pages.tried if met else {}
    failed = {u: why for u, why in pages.articles_failed.items() if tried.get(u, 0) < PATIENCE}
    troubled = {u: why for u, why in failed.items() if not (gone.match(why) or tried.get(u))}
    if (troubled or len(failed) >= MANY_GONE) and not pages.articles_read:
        url, reason = next(iter((troubled or failed).items()))
        advice = _remedy(reason)
        left = f"What is new stays pending; {advice}" if publishes else advice[0].upper() + advice[1:]
        return Outcome(
            "incomplete",
            f"{society}: its list was read, but none of {len(pages.articles_failed)} articles, first "
            f"{url}: {reason}. {left}",
        )
    return Outcome("ok", "")


def summary(
    society: str,
    pages: PageReport,
    *,
    found: int,
    new: int,
    changed: int,
    pending: int,
    alarms: Sequence[str] = (),
) -> str:
    """A good crawl in a sentence: what it brought, and what is left to do, if anything."""
    said = f"{society} is read: {found} entries found, {new} new, {changed} changed"
    failed = pages.articles_failed
    left = []
    if failed:
        url, reason = next(iter(failed.items()))
        asked = pages.articles_read + len(failed)
        left.append(f"{len(failed)} of {asked} articles could not be read, first {url}: {reason}")
    if pending:
        left.append(f"{pending} stay pending: the next crawl asks for them again")
    if alarms:
        left.append(f"{alarms[0]}{f' (and {len(alarms) - 1} more)' if alarms[1:] else ''}")
    return "; ".join([said, *(left or ["nothing is left to do"])])


def quarantine(society: str, causes: list[str]) -> Outcome:
    """The outcome of a crawl whose yield the flood guard holds back."""
    return Outcome(
        "quarantined",
        f"{society} is quarantined: {'; '.join(causes)}. The feeds stay as they were; look at the "
        f"society's page, then `scrapy release {society}` publishes what was read, and `scrapy release "
        f"{society} --discard` forgets it",
    )


def _remedy(reason: str) -> str:
    """What to do about a page that a site does not give."""
    if reason == "answered 429" or reason.startswith("not asked: "):
        return "it was asked too often: run again later"
    if reason.startswith("leads to "):
        return "name that host in article_hosts, if the society's articles stand there"
    return _ASK if _REFUSED.search(reason) else "run again"


def _worst(pages: PageReport) -> tuple[str, str]:
    """The failure that tells the most: a refusal, else an error, else a page that is gone."""
    failures = [*pages.failed.items(), *((url, "answered 404 or 410") for url in pages.missing)]
    return next((one for one in failures if _REFUSED.search(one[1])), failures[0])

"""Who is crawled in a night, and who must wait for whom. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from csco_spider.platforms.society import SocietySpider


@dataclass(frozen=True, slots=True)
class Visit:
    """One society's crawl; ``site`` is another scheme and host for it."""

    spider: type[SocietySpider]
    site: str = ""

    @property
    def name(self) -> str:
        return self.spider.name

    def hosts(self) -> set[str]:
        """The hosts that this crawl may ask."""
        starts = {urlsplit(url).netloc for url in self.spider.start_urls}
        own = {urlsplit(self.site).netloc} if self.site else {*self.spider.hosts, *starts}
        return {host.removeprefix("www.") for host in (*own, *self.spider.article_hosts)}


@dataclass(frozen=True, slots=True)
class Turn:
    """Visits that share a host, one after the other, from ``delay`` seconds after the night began."""

    delay: float
    visits: tuple[Visit, ...]


def sharing(visits: Iterable[Visit]) -> list[list[Visit]]:
    """Visits in groups that have no host in common, in the order in which they were given."""
    groups: list[tuple[set[str], list[Visit]]] = []
    for visit in visits:
        hosts, members = visit.hosts(), [visit]
        apart = []
        for known, others in groups:
            if known & hosts:
                hosts, members = known | hosts, [*others, *members]
            else:
                apart.append((known, others))
        groups = [*apart, (hosts, members)]
    return [members for _, members in groups]


def turns(
    visits: Sequence[Visit], last: Iterable[str], spread: float, chance: random.Random
) -> list[Turn]:
    """The night's order: shuffled when its starts are ``spread`` over so many seconds.

    Societies in ``last`` did not come to an end the last time, and must not hold up the others again.
    """
    held = set(last)
    groups = sharing(visits)
    if spread:
        chance.shuffle(groups)
    groups.sort(key=lambda group: any(visit.name in held for visit in group))
    return [Turn(chance.uniform(0, spread) if spread else 0.0, tuple(group)) for group in groups]

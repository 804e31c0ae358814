"""The title of an article: the heading that the page's words for machines confirm, without the site."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from itertools import islice, pairwise
from math import inf

from lxml import etree

from csco_spider.extract.html import one_line, text_lines, text_of, width
from csco_spider.extract.metadata import Metadata
from csco_spider.extract.noise import furniture, heads_other
from csco_spider.extract.page import Line, Page
from csco_spider.items import fold

_SEPARATOR = re.compile(
    r"\s*(?:[|｜_»›•]|\s[-–—·:<>]\s|::|(?<=[\u4e00-\u9fff）)！!？?”》])-(?=[\u4e00-\u9fff]))\s*"
)
"""Between the parts of a document's title; Chinese sites set none of them apart with spaces."""
_TITLE_LABEL = re.compile(
    r"\W*(?:제\s?목|標題|标题|件\s?名|題\s?名|タイトル|subject|title|betreff|asunto|objet|tema)\s*[:：]?\W*",
    re.I,
)
"""What stands beside a title in a table."""
_RANKS = {"h1": 3.0, "h2": 1.5, "h3": 1.0, "h4": 0.5}
_FURNISHED = ("nav", "footer", "aside")
_MOST_EVENTS = 300
"""Starts and ends of tags in a heading or link that is read for a title."""
_MOST_HEADINGS = 24
"""Headings below the first rank that are looked at."""
_SHARE = 0.3
"""Of a document title, for which a heading must stand that is no part of it by its separators."""
_WORDED = 0.4
"""What a heading gains by words that the page says to machines as well: enough to tell two apart."""
_SECTION = re.compile(
    r"(?:(?:latest|all|our|recent)\s+)?(?:news|press\s+releases?|press|media|blog|events?|announcements?|notices?|articles?"
    r"|publications?)(?:\s+(?:and|&)\s+\w+)?|aktuelles|presse(?:mitteilungen)?|meldungen|nachrichten|actualités|noticias"
    r"|notizie|notícias|(?:学会|行业|工作|医院)?(?:新闻|动态|要闻)(?:中心|动态)?|通知(?:公告)?|公告(?:通知)?"
    r"|downloads?|attachments?|(?:相关)?附件|添付ファイル|첨부파일|관련링크|공지사항|보도자료|소식|뉴스|お知らせ|ニュース|新着情報"
)
"""A folded heading that names a part of a site."""
_HOST = re.compile(r"https?://(?:www\.)?([^/:?#]+)")
_ANCHOR = re.compile(r"\s*[¶#§🔗]\s*$")
_HOME = re.compile(r"(?:https?://[^/]+)?(?:/|\./|/?index\.(?:html?|php|aspx?))?")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_ABOVE, _LONGEST = 9, 150
"""Lines above a date line that may name the title; letters of a title that no heading holds."""
_PROSE = 80
"""Width of a line that is a paragraph's."""
_BYLINES = 4
"""Lines between a title and its date at most, and the one that is the title."""
_FIELD = re.compile(
    r"\W*(?:(?:文章|信息)?(?:来源|作者|编辑)|发布(?:人|者|单位)|供稿|审核|浏览|点击|栏目|작성자|등록자|조회수?|投稿者|カテゴリー?"
    r"|author|source|category|views|by)\s*[:：]",
    re.IGNORECASE,
)
"""A field of a byline."""
_CRUMBS = re.compile(r"[>»›]|您(?:当前|现在)?的?位置|\bhome\b", re.IGNORECASE)
_SENTENCE = 40
"""Letters of a title that is no site's name."""
_IMPRINT = re.compile(
    r"(?<!\d)(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}.{0,30}(?:来源|作者|点击|浏览|阅读|\d:\d\d)"
)
"""The line of date, source and counter that some Chinese sites keep in the heading."""
_SHORTEST = 8
"""Letters of what is left of a heading without its kicker."""
LIMIT = 300
"""Letters past which a heading is no title."""


def _without_site(title: str, site: str) -> str:
    """A document title without the society's name: what stands behind the last separator, or, where
    columns are strung together (title_column_site), behind the first underscore."""
    marks = list(_SEPARATOR.finditer(title))
    if site and marks:
        key = fold(site)
        if fold(title[marks[-1].end() :]) == key:
            return title[: marks[-1].start()]
        if fold(title[: marks[0].start()]) == key:
            return title[marks[0].end() :]
    marks = [mark for mark in marks if mark[0].strip() not in {":", "•"}]
    mark = next((mark for mark in marks if "_" in mark[0]), marks[-1] if marks else None)
    return title[: mark.start()] if mark and mark.start() >= 8 else title


def _runs(title: str) -> Iterator[str]:
    """The runs of a document title's parts, the longest first, the whole left out."""
    marks = list(_SEPARATOR.finditer(title))[:8]
    starts = [0, *(mark.end() for mark in marks)]
    ends = [*(mark.start() for mark in marks), len(title)]
    runs = {title[start:end] for i, start in enumerate(starts) for end in ends[i:]}
    yield from sorted((run for run in runs if 4 <= len(run) < len(title)), key=len, reverse=True)


def _label(url: str) -> str:
    """The name of an address's host, without www and country: letters and digits."""
    host = _HOST.match(url.lower())
    labels = host[1].split(".") if host else []
    return max(labels[:-1], key=len, default="").replace("-", "")


def _leads_home(node: etree._Element) -> bool:
    """Does a heading link to the site's first page?"""
    links = [link.get("href") for link in (*node.iter("a"), *islice(node.iterancestors("a"), 1))][:2]
    return len(links) == 1 and bool(links[0]) and _HOME.fullmatch(links[0] or "") is not None


class Titles:
    """Finds a page's title; ``line`` dates the article, ``listed`` is what a listing called it;
    ``dated`` is the index of a line that is a date and no more, where none has a label."""

    def __init__(
        self,
        page: Page,
        metadata: Metadata,
        line: Line | None,
        listed: str,
        *,
        url: str,
        dated: int,
    ) -> None:
        self.page = page
        self.metadata = metadata
        self.line = line
        self.listed = listed
        self.dated = page.lines.index(line) if line else dated
        titled = next(page.root.iter("title"), None)
        self.document = "" if titled is None else one_line(text_of(titled))
        stated = [one_line(one.text)[:LIMIT] for one in metadata.titles[:6]]
        self.stated = [text for text in stated if text and fold(text) != fold(metadata.site)]
        self.witnesses = [key for text in (*self.stated, self.document) if (key := fold(text[:LIMIT]))]
        texts = dict.fromkeys(text[:LIMIT] for text in (*self.stated, self.document))
        self.parts = {fold(run) for text in texts for run in _runs(text)}
        self.told = {*self.witnesses, *self.parts}
        self.firsts = {fold(_SEPARATOR.split(text)[0]) for text in texts if text}
        self.host = _label(url)
        self.pieces = [part for part in _SEPARATOR.split(self.document[:LIMIT]) if part]
        self.hosts = [key for part in self.pieces if self._names_host(key := fold(part))]
        words = {word for key in self.witnesses for word in key.split()}
        self.words = words - {*fold(metadata.site).split(), self.host}

    def find(self) -> tuple[str, str]:
        """The title and its source; "" when the page has none."""
        headings = self._headings()
        above = [line.text for line in reversed(self._above(5))]
        listed_key = fold(self.listed.rstrip(".… "))
        truncated = self.listed.rstrip().endswith(("…", "..."))
        if listed_key:
            for text in (*(text for text, _ in headings), *above, *self._behind(), *self._near_date()):
                key = fold(text)
                if key == listed_key or (truncated and key.startswith(listed_key)):
                    return text, "shown"
        if named := self._labelled():
            return named, "shown"
        best = self._best([heading for heading in headings if not self._names_site(heading[0])])
        if best[0] >= 3:
            return best[1], "shown"
        for text in (*above, *self._behind()):
            key = fold(text)
            confirmed = len(key) >= 4 and any(witness.startswith(key) for witness in self.witnesses)
            if confirmed and not (self._names_site(text) or _SECTION.fullmatch(key)):
                return text, "shown"
        if best[0] >= (0.5 if self.line is not None or self._says_nothing() else 2):
            return best[1], "shown"
        if self.listed and not truncated:
            return self.listed, "listing"
        if self.line is not None and above and len(self.document) < 15 and not self.stated:
            lines = (text for text in above if len(text) >= 4 and not self._names_site(text))
            return next(((text, "shown") for text in lines), ("", ""))
        title, source = self._from_words()
        if source == "document" and not self.listed and (over := self._over_date()):
            return over, "shown"
        return (title, source) if title else (self.listed, "listing")

    def _best(self, headings: list[tuple[str, float]]) -> tuple[float, str]:
        """The heading that is worth most; of two that make up the document's title the first part."""
        scored, under = [], False
        for text, rank in headings:
            scored.append((self._score(text, rank, under=under and rank < _RANKS["h1"]), text))
            under = under or rank >= _RANKS["h1"]
        best = max(scored, key=lambda one: one[0], default=(0.0, ""))
        if fold(best[1]) in self.parts - self.firsts - {*self.witnesses}:
            below = scored[scored.index(best) + 1 :]
            best = next((one for one in below if one[0] > 2 and fold(one[1]) in self.firsts), best)
        return best

    def _labelled(self) -> str:
        """The text beside the word for a title, right above the date line."""
        above = self.page.lines[max(0, self.dated - _ABOVE) : self.dated + 1] if self.dated >= 0 else []
        for label, line in pairwise(above):
            if _TITLE_LABEL.fullmatch(label.text) and 4 <= len(line.text) <= LIMIT:
                return line.text
        return ""

    def _over_date(self) -> str:
        """The line right over the date, where the page does not show its document's title."""
        if self.dated < 1:
            return ""
        near = reversed(self.page.lines[max(0, self.dated - _BYLINES) : self.dated])
        over = next((line for line in near if not _FIELD.match(line.text)), None)
        if over is None:
            return ""
        linked = over.linked > 0.5 * len(over.text)
        if linked or not 4 <= len(over.text) <= _LONGEST or self._names_site(over.text):
            return ""
        return "" if _SECTION.fullmatch(fold(over.text)) or _CRUMBS.search(over.text) else over.text

    def _from_words(self) -> tuple[str, str]:
        """From what the page says to machines: its part that the page shows, else without the site."""
        shown = {line.text.casefold() for line in self.page.lines if len(line.text) <= LIMIT}
        for text in self.stated:
            if text.casefold() in shown:
                return text, "meta"
        for text in (*self.stated, self.document):
            for run in _runs(text[:LIMIT]):
                if (
                    width(run) >= 10
                    and run.casefold() in shown
                    and fold(run) != fold(self.metadata.site)
                ):
                    return run, "shown"
        if not self.stated:
            return _without_site(self.document, self.metadata.site), "document"
        first = self.stated[0]
        if first == self.document:
            return _without_site(first, self.metadata.site), "meta"
        return self._unsuffixed(first), "meta"

    def _unsuffixed(self, title: str) -> str:
        """A stated title without the site's name, where that is known to be it."""
        marks = list(_SEPARATOR.finditer(title))
        tail = fold(title[marks[-1].end() :]) if marks else ""
        behind = fold(self.document.partition(title)[2])
        known = (
            tail == fold(self.metadata.site) or self._names_host(tail) or f" {tail} " in f" {behind} "
        )
        return title[: marks[-1].start()] if tail and known else title

    def _headings(self) -> list[tuple[str, float]]:
        found, lower = [], 0
        ones = [
            one for one in islice(self.page.body.iter("h1"), _MOST_HEADINGS) if not self._left_open(one)
        ]
        only = ones[0] if len(ones) == 1 else None
        begun = self._text_begins()
        for node in self.page.body.iter("h1", "h2", "h3", "h4"):
            lower += node.tag != "h1"
            if self._left_open(node) or (node.tag != "h1" and lower > _MOST_HEADINGS):
                continue
            rank = _RANKS[str(node.tag)]
            if self.line is not None and self.page.spans[node][0] > self.line.start:
                rank -= 1.5
            elif node.tag != "h1" and self.page.spans[node][0] > begun:
                rank -= 1.5  # a box's below the text, or one inside it
            text = self._without_extras(node, " ".join(text_lines(node)))
            if rank >= _RANKS["h2"] and _leads_home(node):
                rank -= 1.5
            if len(text) < 4 and not self.listed:
                continue
            if text and len(text) <= LIMIT:
                if any(
                    up.tag in _FURNISHED or (node is not only and furniture(up) == 2)
                    for up in (node, node.getparent())
                    if up is not None
                ):
                    rank -= 1.5
                found.append((text, rank))
            if len(found) == 2 * _MOST_HEADINGS:
                break
        if self.line is not None:  # the nearest heading above the date line is the title
            before = [i for i, (_, rank) in enumerate(found) if rank > 0][-3:]
            found = [(text, rank + (0.3 if i in before else 0)) for i, (text, rank) in enumerate(found)]
        return found

    def _without_extras(self, node: etree._Element, text: str) -> str:
        """A heading without a mark that links to it, and without a kicker, a badge or a subtitle in an
        element of its own, where the page says the rest to machines."""
        if not len(node):
            return text
        text = _ANCHOR.sub("", text)
        if len(node) == 1 and one_line(text_of(node)) == one_line(text_of(node[0])):
            return text  # all of it stands in one element
        for extra in (node[0], node[-1]):
            said = one_line(text_of(extra))
            if not said or len(said) >= len(text):
                continue
            rest = (
                text.removeprefix(said) if extra is node[0] and not (node.text or "").strip() else text
            )
            rest = rest.removesuffix(said) if rest is text and not (extra.tail or "").strip() else rest
            rest = rest.strip()
            known = len(rest) >= _SHORTEST and rest is not text and fold(rest) in self.told
            if known or (len(rest) >= 2 and rest is not text and _IMPRINT.search(said)):
                return rest
        return text

    def _left_open(self, node: etree._Element) -> bool:
        """Does an element hold far more than a title? To read each such is to read the page so often."""
        start, end = self.page.spans[node]
        return end - start > _MOST_EVENTS

    def _score(self, text: str, rank: float, *, under: bool) -> float:
        """How surely a heading is the title; ``under``: it stands below one of a higher rank."""
        key = fold(text)
        if not key:
            return 0.0
        if _SECTION.fullmatch(key) or heads_other(text):
            return rank - 3
        if key in self.witnesses:
            return rank + 4
        shares = [
            len(key) / len(witness) for witness in self.witnesses if len(key) >= 4 and key in witness
        ]
        if shares:
            share = max(shares)
            part = 2 if key in self.firsts else 1 if key in self.parts else 0
            if under and not part:
                return rank + share
            return rank + (2 if share >= _SHARE else part) + share
        if any(len(witness) >= 10 and witness in key for witness in self.witnesses):
            return rank + 1.5
        words = set(key.split())
        return rank + _WORDED * len(words & self.words) / len(words)

    def _above(self, count: int) -> list[Line]:
        if self.line is None:
            return []
        return self.page.lines[max(0, self.dated - count) : self.dated]

    def _near_date(self) -> list[str]:
        """The lines around a date without a label."""
        if self.line is not None or self.dated < 0:
            return []
        return [line.text for line in self.page.lines[max(0, self.dated - _ABOVE) : self.dated + 3]]

    def _text_begins(self) -> float:
        """Where the first paragraph behind a date without a label stands; for ever where none does."""
        behind = self.page.lines[self.dated + 1 :] if self.line is None and self.dated >= 0 else []
        return next((line.start for line in behind if width(line.text) >= _PROSE), inf)

    def _behind(self) -> list[str]:
        if self.line is None:
            return []
        behind = (n for n in self.page.body.iter("h1", "h2") if self.page.spans[n][0] > self.line.start)
        return [" ".join(text_lines(node)) for node in islice(behind, 1)]

    @cached_property
    def _foreign(self) -> tuple[str, set[str]]:
        """The footer's words, and, where the listing gives a title, the links above the date line."""
        lines = self.page.lines
        above = -1 if self.line is None else self.dated
        heading = max((self.page.spans[one][1] for one in self.page.body.iter("h1")), default=0)
        behind = bisect_left(lines, heading, key=lambda line: line.start) - 1  # © may stand by a picture
        first = self.page.footer(max(above, behind))
        footer = fold(" ".join(one.text for one in lines[first:][:3])[:2000])
        links = {
            fold(" ".join(text_lines(link)))
            for link in (self.page.body.iter("a") if self.listed else ())
            if not self._left_open(link)
            and (self.line is None or self.page.spans[link][0] < self.line.start)
        }
        return footer, links

    def _names_site(self, text: str) -> bool:
        key = fold(text)
        footer, links = self._foreign
        if key == fold(self.metadata.site) or key in links or self._names_host(key):
            return True
        return (
            bool(key) and key in footer and key not in map(fold, self.stated) and not self._is_told(key)
        )

    def _is_told(self, key: str) -> bool:
        """Is a heading the whole of a long document title, or a part of one that names its site too?"""
        if key == fold(self.document):
            return len(key) >= _SENTENCE
        return key in self.parts and any(part not in key for part in self.hosts)

    def _says_nothing(self) -> bool:
        """Does the document's title name the site and the section only?"""
        if self.stated:
            return False
        parts = self.pieces
        sections = [bool(_SECTION.fullmatch(fold(part))) for part in parts]
        if len(parts) > 1 and all(sections[:-1]):
            return True
        return all(known or self._names_site(part) for known, part in zip(sections, parts, strict=True))

    def _names_host(self, key: str) -> bool:
        """Is a heading the host's name, and perhaps a word more ("Beta Blog" on beta.org)?"""
        letters = "".join(filter(str.isalnum, key.translate(_UMLAUTS)))
        return (
            len(self.host) >= 4 and letters.startswith(self.host) and len(letters) <= len(self.host) + 6
        )

"""A news page looked at for the first time: what was found, what is missing, the society's file.

Pure: pages in, words out. ``commands/onboard.py`` fetches and writes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from parsel import Selector

from csco_spider.extract.article import Article, read_article
from csco_spider.extract.blocked import Block, blocked, says_missing
from csco_spider.extract.dates import UNTOLD, DateOrder
from csco_spider.extract.feed import ENOUGH, Feed, feed_links, overlap, read_feed
from csco_spider.extract.html import clip, holds_more, one_line, text_of, width
from csco_spider.extract.language import language_of
from csco_spider.extract.links import absolute, attachment, base_of, without_rotating_keys
from csco_spider.extract.listing import TITLE, Listing, declared_rows, find_entries
from csco_spider.extract.metadata import site_name
from csco_spider.extract.order import date_order_of
from csco_spider.extract.outline import Outline
from csco_spider.extract.pager import is_pager, loads_more, next_page
from csco_spider.extract.records import has_records, with_records
from csco_spider.extract.selectors import Selectors, selectors_for
from csco_spider.failures import FORBIDDEN
from csco_spider.items import Row
from csco_spider.platforms.society import no_page
from csco_spider.platforms.zones import zone_of
from csco_spider.recordings import ARTICLES
from csco_spider.visiting import Asked, Fetched

RESERVED = frozenset({"all", "index", "status", "subscriptions", "deadlines", "demo", "page"})
"""Names that feeds and commands have taken."""
_FEEDS = 3
_INSIDE = 20
"""Elements inside a button at most; nested ones are read once for each around them."""
_WIDE = 105
"""Characters of a line of this project at most."""
_CALLED = 80
"""Characters of a society's name at most; more is a motto."""
_NAME = re.compile(r"[a-z][a-z0-9_]{1,30}")


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed that the page names: how many entries, and how far they are those of the list."""

    url: str
    entries: int
    overlap: float
    problem: str = ""

    def __str__(self) -> str:
        if self.problem:
            return f"{self.url}: {self.problem}"
        verdict = (
            "shows this list" if self.overlap >= ENOUGH else "of another section: not to be trusted"
        )
        return f"{self.url}: {self.entries} entries, {self.overlap:.0%} of the list: {verdict}"


@dataclass(slots=True)
class Survey:
    """What a first look found. ``missing`` is why no file can be written, ``notes`` what to check."""

    url: str
    organisation: str = ""
    language: str = "en"
    timezone: str = "UTC"
    encoding: str = ""
    block: Block | None = None
    listing: Listing = field(default_factory=Listing)
    selectors: Selectors | None = None
    date_order: DateOrder | None = None
    following: str = ""
    elsewhere: str = ""
    """The host of its articles, where that is another one."""
    articles: dict[str, Article] = field(default_factory=dict)
    feeds: list[FoundFeed] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""


def asked(page: Fetched) -> list[Asked]:
    """What else to look at once the list's page is there: the next one, two articles, feeds."""
    listing, _ = _listing(page, _zone(page), None)
    host = _bare(page.url)
    where = _elsewhere(listing.rows, host) or host
    own = [
        row.url
        for row in listing.rows
        if _bare(row.url) == where and not attachment(row.url) and not row.pinned
    ]
    following = next_page(page.page, page.url) if listing.rows else ""
    feeds = feed_links(page.page, page.url)
    return [
        *([("list-2", following)] if following else []),
        *((f"article-{number}", url) for number, url in enumerate(own[:ARTICLES], start=1)),
        *((f"feed-{number}", url) for number, url in enumerate(feeds[:_FEEDS], start=1)),
    ]


def survey(
    pages: Mapping[str, Fetched], *, zone: ZoneInfo | None = None, date_order: DateOrder | None = None
) -> Survey:
    """Everything that some fetched pages tell of a society; ``pages`` has at least "list".

    ``zone`` and ``date_order`` are what the operator knows; where they are not given, the one is
    guessed and the other proved by the page.
    """
    first = pages["list"]
    found = Survey(first.url, encoding=first.encoding)
    if first.problem:
        found.missing.append(f"the page could not be had: {first.problem}")
        return found
    found.block = blocked(first.status, first.headers, first.text)
    page = first.page
    guess = zone is None
    zone = zone or _zone(first)
    found.timezone = zone.key
    found.listing, feed = _listing(first, zone, date_order)
    if first.status != 200 or (found.block and not found.listing.rows):
        found.missing.append(str(found.block or f"the page answered {first.status}"))
        return found
    if not found.listing.rows and (what := _instead(first, feed)):
        found.missing.append(what)
        return found
    _introduce(found, page, feed)
    if guess:
        found.notes.append(f"the zone is a guess: {zone.key}; --timezone tells another")
    found.feeds = [_feed(one, found.listing.rows, zone) for one in _called(pages, "feed-")]
    if not found.listing.rows:
        found.missing += found.listing.problems
        return found
    found.notes += found.listing.problems
    shown = _called(pages, "article-")
    found.elsewhere = _elsewhere(found.listing.rows, found.host) or _leading(shown, found.host)
    if found.elsewhere:
        found.notes.append(f"articles stand on {found.elsewhere}: links to it are followed")
    found.notes += _left_above(found.listing.rows, page, found.url)
    if feed.entries:
        found.notes.append(
            f"the address is a feed itself ({feed.kind}), and is read as one on every crawl"
        )
    else:
        found.date_order = date_order or date_order_of(Outline(with_records(page.root)))
        _tell_selectors(found, page, pages.get("list-2"), zone)
        if "list-2" not in pages:
            found.notes += _form_pager(page) or _button_pager(page) or _script_pager(page)
    _read_articles(found, shown, zone)
    _judge_articles(found, shown)
    return found


def _instead(page: Fetched, feed: Feed) -> str:
    """What an address without a list holds instead of a page; "" for a page."""
    if feed.kind == "sitemap":
        return "it is a sitemap without news: it says no titles"
    if feed.kind:
        return f"it is a feed ({feed.kind}) without entries"
    return no_page(page.content_type, page.body)


def _bare(url: str) -> str:
    """An address's host; with or without www is the same."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _elsewhere(rows: list[Row], host: str) -> str:
    """The host on which most articles stand, if it is another one than the list's; else ""."""
    hosts = Counter(_bare(row.url) for row in rows if row.url and not attachment(row.url))
    most, count = next(iter(hosts.most_common(1)), ("", 0))
    return most if most != host.removeprefix("www.") and 2 * count > len(rows) else ""


def _leading(articles: Sequence[Fetched], host: str) -> str:
    """The host to which its articles are redirected, if it is one and another than the list's."""
    hosts = {_bare(page.url) for page in articles if not page.problem}
    return next(iter(hosts)) if len(hosts) == 1 and _bare(f"//{host}") not in hosts else ""


def _left_above(rows: list[Row], page: Selector, url: str) -> list[str]:
    """A note of links above the list that look like its rows: a large card with the newest, perhaps."""
    base, known = base_of(page.root, url), {row.url for row in rows}
    folders = Counter(row.url.rpartition("/")[0] for row in rows)
    folder, count = folders.most_common(1)[0]
    if 2 * count < len(rows) or folder.count("/") < 3:
        return []
    above: list[str] = []
    for link in page.css("a[href]"):
        address = without_rotating_keys(absolute(link.root.get("href"), base))
        if address in known:
            break
        if address.rpartition("/")[0] == folder and width(one_line(text_of(link.root))) >= TITLE:
            above.append(address)
    shown = ", ".join(dict.fromkeys(above[:3]))
    return [f"above the list, and not in it: {shown}"] if above else []


def _form_pager(page: Selector) -> list[str]:
    """A note of a form's button that seems to page the list: crawls follow links alone."""
    buttons = page.css("form button, form input[type=submit], form a[href*='__doPostBack']")
    for node in (one.root for one in buttons[:500]):
        label = one_line(node.get("value") or "" if node.tag == "input" else text_of(node))
        if is_pager(label):
            return [
                f"the list is paged by a form ({label!r}), which no crawl follows: "
                "only what its first page shows will be read"
            ]
    return []


def _button_pager(page: Selector) -> list[str]:
    """A note of a button by which a script adds to the list."""
    buttons = page.css("button, [role=button], a[href^='#'], a[href^='javascript:'], a:not([href])")
    small = (one.root for one in buttons[:500] if not holds_more(one.root, _INSIDE))
    for label in (one_line(text_of(node)) for node in small):
        if loads_more(label):
            return [
                f"the list goes on behind a button ({label!r}), which no crawl presses: "
                "only what its first page shows will be read"
            ]
    return []


def _script_pager(page: Selector) -> list[str]:
    """A note of rows that are a script's data: it asks for the rest of them as data, too."""
    if not has_records(page.root):
        return []
    return [
        "the list's rows are data for a script, which asks for more of it where the list goes on: "
        "only what its first page brings will be read"
    ]


def _called(pages: Mapping[str, Fetched], prefix: str) -> list[Fetched]:
    return [pages[name] for name in sorted(pages) if name.startswith(prefix)]


def _zone(page: Fetched) -> ZoneInfo:
    return ZoneInfo(zone_of(urlsplit(page.url).hostname or "", _language(page.page, [])))


def _listing(page: Fetched, zone: ZoneInfo, order: DateOrder | None) -> tuple[Listing, Feed]:
    """The list's rows, or those of the feed that the address is; of a page, a feed without entries."""
    feed = read_feed(page.body, page.url, zone)
    if feed.entries:
        return Listing(rows=feed.rows, problems=feed.problems), feed
    return find_entries(page.page, page.url, zone=zone, order=order), feed


def _language(page: Selector, rows: list[Row]) -> str:
    stated = (page.css("html::attr(lang)").get() or "").strip().lower().partition("-")[0]
    shown = language_of(" ".join(row.title for row in rows), "") if rows else ""
    return shown or (stated if re.fullmatch("[a-z]{2}", stated) else "")


def _introduce(found: Survey, page: Selector, feed: Feed) -> None:
    found.language = _language(page, found.listing.rows) or "en"
    name, stated = (feed.title, False) if feed.entries else site_name(page.root)
    found.organisation = clip(name, _CALLED) or found.host
    if not stated:
        found.notes.append(f"the society's name is a guess: {found.organisation!r}")


def _tell_selectors(found: Survey, page: Selector, second: Fetched | None, zone: ZoneInfo) -> None:
    """Selectors that give the list, verified on the page after it where there is one."""
    rows, order = found.listing.rows, found.date_order
    told = selectors_for(page, found.url, rows, zone=zone, order=order)
    if told is None or told.missed:
        what = (
            f"no selector gives the {' and '.join(told.missed)}"
            if told
            else "no selector singles the rows out"
        )
        found.notes.append(f"{what}: the list is found by what it looks like, on every crawl")
        told = None
    if second is not None and second.status == 200:
        found.following = second.url
        again = find_entries(second.page, second.url, zone=zone)
        if told is not None:
            read = declared_rows(
                second.page, second.url, entries=told.entries, fields=told.fields, zone=zone, order=order
            )
            if [_seen(row) for row in read.rows] != [_seen(row) for row in again.rows]:
                found.notes.append(f"{told.entries!r} does not hold on {second.url}: left out")
                told = None
    if told is not None:
        plain = declared_rows(page, found.url, entries=told.entries, fields=told.fields, zone=zone)
        if [row.when for row in plain.rows] == [row.when for row in rows]:
            found.date_order = None  # dates that nobody can read two ways
    found.selectors = told


def _seen(row: Row) -> tuple[str, str, str]:
    return row.url, row.title, str(row.when.day) if row.when else ""


def _feed(page: Fetched, rows: list[Row], zone: ZoneInfo) -> FoundFeed:
    if page.problem or page.status != 200:
        return FoundFeed(page.url, 0, 0.0, page.problem or f"answered {page.status}")
    feed = read_feed(page.body, page.url, zone)
    return FoundFeed(
        page.url,
        len(feed.entries),
        overlap(feed.rows, rows),
        "" if feed.entries else ": ".join(["no entries", *feed.problems[:1]]),
    )


def _article(found: Survey, page: Fetched, zone: ZoneInfo) -> Article:
    titles = {row.url: row.title for row in found.listing.rows}
    return read_article(
        page.page.root,
        url=page.url,
        zone=zone,
        order=found.date_order,
        listed_title=titles.get(page.url, ""),
        language=found.language,
    )


def _read_articles(found: Survey, shown: Sequence[Fetched], zone: ZoneInfo) -> None:
    for one in shown:
        if one.problem or one.status != 200:
            found.notes.append(f"article {one.url}: {one.problem or f'answered {one.status}'}")
            continue
        if not one.is_text:
            found.notes.append(
                f"article {one.url}: it is a file ({one.content_type}), its entry's enclosure"
            )
            continue
        article = _article(found, one, zone)
        if says_missing(article.title):
            found.notes.append(f"article {one.url}: it says that it is not there ({article.title!r})")
            continue
        found.articles[one.url] = article


def _judge_articles(found: Survey, shown: Sequence[Fetched]) -> None:
    days = {row.url: row.when.day for row in found.listing.rows if row.when}
    for url, article in found.articles.items():
        if article.when and days.get(url, article.when.day) != article.when.day:
            found.notes.append(
                f"article {url}: dated {article.when.day} ({article.sources['when']}), "
                f"but {days[url]} in the list"
            )
        lacks = [
            name
            for name, there in (("title", article.title), ("body", article.content_html))
            if not there
        ]
        if lacks:
            found.notes.append(f"article {url}: no {' and no '.join(lacks)} was found")
    dated = any(row.when for row in found.listing.rows)
    order = "say --date-order mdy or dmy"
    unclear = any(UNTOLD in problem for problem in found.listing.problems)
    if not dated and not any(article.when for article in found.articles.values()):
        found.missing.append(
            "neither the list nor its articles show a date that can be read" + f"; {order}" * unclear
        )
    elif unclear:
        found.notes.append(order)
    unread = [page for page in shown if page.problem or page.status != 200]
    if unread and all(page.problem == FORBIDDEN for page in shown):
        found.missing.append("its articles can't be read: robots.txt forbids them")
    elif unread and not found.articles:
        found.notes.append("no article could be read: an entry is made of one when it can be")
    elif not found.articles and not shown:
        found.notes.append("no article could be looked at: entries will be the list's own words")


def page_address(url: str) -> tuple[str, str, str]:
    """What of an address names a page: neither scheme nor www nor a closing slash."""
    parts = urlsplit(url)
    return parts.netloc.lower().removeprefix("www."), parts.path.rstrip("/"), parts.query


def name_for(url: str) -> str:
    """A name for a society's file from its host; "" where the host gives none."""
    labels = [label for label in (urlsplit(url).hostname or "").split(".") if label != "www"]
    general = {"com", "org", "net", "gov", "edu", "ac", "co", "or", "go", "int"}
    while len(labels) > 1 and (len(labels[-1]) == 2 or labels[-1] in general):
        labels.pop()
    name = re.sub(r"\W", "_", labels[-1].lower()) if labels else ""
    return name if not wrong_name(name) else ""


def wrong_name(name: str) -> str:
    """Why a society can't be called so; "" for a good name."""
    if not _NAME.fullmatch(name):
        shown = name if len(name) <= 40 else f"{name[:40]}…"
        return f"{shown!r} is no name: 2 to 31 small letters, digits and underscores, a letter first"
    return f"{name!r} is taken by feeds and commands" if name in RESERVED else ""


def source(found: Survey, name: str) -> str:
    """The society's file: the shortest that reads what was found."""
    bare = found.host.removeprefix("www.")
    hosts = (found.host, bare) if bare != found.host else (bare,)
    lines = [
        "from csco_spider.platforms.listing import ListingSpider",
        "",
        "",
        f"class {name.title().replace('_', '')}Spider(ListingSpider):",
        f"    {_docstring(found)}",
        "",
        f"    name = {_quoted(name)}",
        f"    organisation = {_quoted(found.organisation)}",
        f"    language = {_quoted(found.language)}",
        f"    timezone = {_quoted(found.timezone)}",
        f"    hosts = ({', '.join(map(_quoted, hosts))}{',' if len(hosts) == 1 else ''})",
        *([f"    article_hosts = ({_quoted(found.elsewhere)},)"] if found.elsewhere else []),
        *_several("start_urls", "[]", [_quoted(found.url)]),
    ]
    if found.date_order:
        lines.append(f"    date_order = {_quoted(found.date_order)}")
    if found.selectors:
        lines.append(f"    entries = {_quoted(found.selectors.entries)}")
        fields = [f"{_quoted(k)}: {_quoted(v)}" for k, v in found.selectors.fields.items()]
        lines += _several("fields", "{}", fields)
    count = len(found.listing.rows) - found.listing.leads
    lines.append(f"    min_entries = {count if found.following else max(1, count // 2)}")
    return "\n".join(lines) + "\n"


def _several(name: str, brackets: str, values: Sequence[str]) -> list[str]:
    """An attribute of several values, broken where `ruff format` breaks it."""
    line = f"    {name} = {brackets[0]}{', '.join(values)}{brackets[1]}"
    if len(line) <= _WIDE:
        return [line]
    ends = "," if len(values) > 1 else ""
    return [
        f"    {name} = {brackets[0]}",
        *(f"        {value}{ends}" for value in values),
        f"    {brackets[1]}",
    ]


def _docstring(found: Survey) -> str:
    said = clip(found.organisation.replace("\\", "").replace('"', "'"), _WIDE - 50)
    return f'"""{said}: news, as found by `scrapy onboard`."""'


def _quoted(text: str) -> str:
    """A string as this project writes them."""
    plain = repr(text)
    return f'"{plain[1:-1]}"' if plain[0] == "'" and '"' not in plain else plain


def report(found: Survey) -> str:
    """What was found, for a terminal."""
    lines = [found.url]
    if found.listing.rows:
        dated = sum(row.when is not None for row in found.listing.rows)
        lines.append(f"{len(found.listing.rows)} entries, {dated} dated:")
        lines += [
            f"  {str(row.when.day) if row.when else 'no date':10} {'(pinned) ' * row.pinned}{row.title}"
            for row in found.listing.rows[:8]
        ]
        lines.append(f"next page: {found.following or 'none found'}")
    if found.selectors:
        fields = ", ".join(f"{name} {css!r}" for name, css in found.selectors.fields.items())
        lines.append(f"selectors: {found.selectors.entries!r}: {fields}")
    for url, article in found.articles.items():
        when = article.when.day if article.when else "no date"
        lines.append(
            f"article: {url}: {article.title!r}, {when}, {len(article.content_html)} characters"
        )
    lines += [f"feed: {feed}" for feed in found.feeds]
    if found.organisation:
        lines.append(f"encoding {found.encoding}, language {found.language}, zone {found.timezone}")
    lines += [f"refused: {count} x {reason}" for reason, count in found.listing.refused.most_common(6)]
    lines += [f"note: {note}" for note in found.notes]
    lines += [f"missing: {what}" for what in found.missing]
    return "\n".join(lines)

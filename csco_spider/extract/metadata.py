"""What a page says of itself to machines: JSON-LD, microdata and meta elements, as written.

Nothing here is believed yet: every value carries where it was read, and readers of it weigh it
against what the page shows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, cast

from lxml import etree

from csco_spider.extract.html import one_line, text_of
from csco_spider.items import fold

MAX_SCRIPT = 1_000_000
"""Characters of JSON-LD, and of other scripts, that are read."""
_ARTICLES = re.compile(
    r"(?:Article|BlogPosting|Report|NewsStory|Review|Recipe|VideoObject|PodcastEpisode)$"
)
_OTHERS = re.compile(r"(?:Comments?|Answer|Application|Product|Offer)$")
_PAGES = re.compile(r"(?:WebPage|ItemPage|AboutPage|MedicalWebPage)$")
_EVENTS = re.compile(r"(?:Event|Festival|Course|CourseInstance)$")
_DATES = {
    "datepublished": "meta", "article:published": "meta", "article.published": "meta",
    "published": "meta", "publication_date": "meta", "publicationdate": "meta",
    "originalpublicationdate": "meta", "article_date_original": "meta", "sailthru.date": "meta",
    "displaydate": "meta", "release_date": "meta", "releasedate": "meta",
    "dc.date.issued": "issued", "dcterms.issued": "issued", "dc.issued": "issued",
    "dcterms.created": "issued", "dc.date.created": "issued", "dc.created": "issued",
    "citation_publication_date": "issued", "citation_online_date": "issued",
    "prism.publicationdate": "issued",
    "date": "loose", "dc.date": "loose", "dcterms.date": "loose",
    "last-modified": "modified", "article:modified_time": "modified", "og:updated_time": "modified",
    "datemodified": "modified", "dcterms.modified": "modified", "dc.date.modified": "modified",
    "lastmod": "modified", "article.updated": "modified", "revised": "modified",
}  # fmt: skip
"""What dates in meta elements are called, beside the names that say published (``_PUBLISHED_KEY``)."""
_AUTHORS = frozenset(
    {"author", "article:author", "og:author", "dc.creator", "dcterms.creator", "parsely-author", "byl",
     "sailthru.author", "citation_author", "article.author", "article:author_name", "authors", "byline",
     "dc.contributor.author", "cxenseparse:author", "article_author", "news_author"}
)  # fmt: skip
_CITED = re.compile(r"([^,;]{2,40}),\s*([^,;]{1,40})")
"""Family name first, as journals cite."""
_TITLES = ("og:title", "twitter:title", "dc.title", "dcterms.title", "parsely-title", "citation_title",
           "articletitle", "headline", "sailthru.title")  # fmt: skip
_IMAGES = ("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src")
_PUBLISHED_KEY = re.compile(
    r"(?:^|[-_.:])pub(?:lish(?:ed)?)?[-_.]?(?:date|time|on|at)$|publish(?:ed)?[-_]?(?:date|time)"
)
_LOOSE_COMMA = re.compile(r",\s*([}\]])")
_IN_SCRIPT = re.compile(
    r'(?:"|&quot;|\\\\")(?:datePublished|publish(?:ed)?_?(?:At|Date|On|Time|_at|_date)|firstPublished\w{0,10})'
    r'(?:"|&quot;|\\\\")\s{0,4}:\s{0,4}(?:"|&quot;|\\\\")((?:19|20)\d\d-\d\d-\d\d[^"&\\\\]{0,20})'
)
_HEADLINE, _HEADINGS = 300, 20
"""Letters of a headline, and headings of a page, that are compared."""
_BESIDE = re.compile(r"\s*(?:[|｜_»›]|\s[-–—]\s)\s*")
"""What stands between a page's name and its site's in a title."""
_STATIC = re.compile(r"\spage-id-\d+\s")
_REFERENCE = re.compile(
    r"\ssingle-(?:[\w-]+[-_])?(?:lexi[ck]on|glossary|glossar|wiki|works?|portfolio|projects?|products?"
    r"|services?|team|members?|testimonials?|locations?|faqs?)(?:[-_][\w-]+)?\s",
    re.IGNORECASE,
)
_MARKED = etree.XPath("descendant::*[@itemprop]")
_QUOTED_DATE = re.compile(r'"(datePublished|dateModified)"\s*:\s*"([^"]{6,40})"')


@dataclass(slots=True)
class Stated:
    """A value and where it stands: ``json-ld``, ``page`` (JSON-LD of a mere web page), ``meta`` ..."""

    source: str
    text: str


@dataclass(slots=True)
class Metadata:
    """All a page states of itself, in the order of trust within each field."""

    published: list[Stated] = field(default_factory=list)
    modified: list[Stated] = field(default_factory=list)
    titles: list[Stated] = field(default_factory=list)
    authors: list[Stated] = field(default_factory=list)
    images: list[Stated] = field(default_factory=list)
    description: str = ""
    site: str = ""
    kind: str = ""
    language: str = ""
    events: list[str] = field(default_factory=list)
    """When what the page announces takes place: days that are nobody's publish date."""
    static: bool = False
    """Does the site keep it as a page outside its news?"""
    reference: bool = False
    """Does the site keep it with what is no news either: terms, works, products, people?"""


def read_metadata(root: etree._Element) -> Metadata:
    """What JSON-LD, then microdata and meta elements of a page say."""
    found = Metadata()
    nodes = [node for document in linked_data(root) for node in _nodes(document)]
    articles = [node for node in nodes if _typed(node, _ARTICLES)]
    if article := _fullest(articles, root):
        _article(found, article, nodes)
    for node in nodes:
        if _typed(node, _PAGES):
            _dates(found, node, "page")
        if _typed(node, _EVENTS):
            found.events += [str(node[key])[:40] for key in ("startDate", "endDate") if key in node]
    _metas(found, root)
    _microdata(found, root)
    _scripts(found, root)
    body = root.find("body")
    kept_as = "" if body is None else f" {body.get('class') or ''} "[:2000]
    found.static = bool(_STATIC.search(kept_as))
    found.reference = bool(_REFERENCE.search(kept_as))
    html = root if root.tag == "html" else root.getroottree().getroot()
    found.language = one_line(
        html.get("lang") or html.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    )
    return found


def site_name(root: etree._Element) -> tuple[str, bool]:
    """What a page calls its site, and whether it states that (og:site_name): else the end of its title
    is a guess. "" where neither says it."""
    stated = next((node.get("content") for node in root.iter("meta") if _names_site(node)), "")
    if name := one_line(stated or ""):
        return name, True
    title = [part for part in _BESIDE.split(one_line(root.findtext(".//title") or "")) if part]
    return (title[-1] if len(title) > 1 else ""), False


def _names_site(meta: etree._Element) -> bool:
    return meta.get("property") == "og:site_name" and bool(meta.get("content"))


def _fullest(articles: list[dict[str, Any]], root: etree._Element) -> dict[str, Any] | None:
    """The node of the article: the first that is dated, else the first; of several with headlines of
    their own those alone that the page's title or a heading repeats."""
    headlines = {headline for node in articles if (headline := _headline(node))}
    if len(headlines) > 1:
        shown = islice(root.iter("title", "h1", "h2"), _HEADINGS)
        said = [fold(text_of(node)[:_HEADLINE]) for node in shown]
        articles = [node for node in articles if any((_headline(node) or "\0") in text for text in said)]
    return next((node for node in articles if node.get("datePublished")), next(iter(articles), None))


def _headline(node: dict[str, Any]) -> str:
    value = node.get("headline") or node.get("name")
    return fold(value[:_HEADLINE]) if isinstance(value, str) else ""


def _scripts(found: Metadata, root: etree._Element) -> None:
    """Publish dates in the data of a page that is built by scripts."""
    left = MAX_SCRIPT
    for script in root.iter("script"):
        text = script.text or ""
        left -= len(text)
        if left < 0:
            return
        if "ublish" in text and "ld+json" not in (script.get("type") or ""):
            found.published += [Stated("script", day[:40]) for day in _IN_SCRIPT.findall(text)[:20]]


def linked_data(root: etree._Element, most: int = MAX_SCRIPT) -> Iterator[Any]:
    """The documents of a page's JSON-LD, ``most`` characters of them, loose commas mended; of one that
    is broken its dates alone."""
    left = most
    for node in root.iter("script", "meta"):
        if node.tag == "script":
            written = node.text if "ld+json" in (node.get("type") or "").lower() else ""
        else:  # as Remix renders it on a server
            written = node.get("content") if node.get("name") == "script:ld+json" else ""
        if not written:
            continue
        if len(written) > left:
            continue
        left -= len(written)
        text = written.strip().removeprefix("<!--").removesuffix("-->").strip().rstrip(";")
        try:
            yield _parsed(text)
        except (ValueError, RecursionError):
            broken: dict[str, Any] = {"@type": "Article"}
            for key, value in _QUOTED_DATE.findall(text):
                broken.setdefault(key, value)
            if len(broken) > 1:
                yield broken


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except ValueError:
        return json.loads(_LOOSE_COMMA.sub(r"\1", text), strict=False)


def _nodes(data: Any) -> Iterator[dict[str, Any]]:
    """The nodes of a document: listed, in a graph, or what a page is about; nothing deeper."""
    stack, seen = [(data, 0)], 0
    while stack and seen < 500:
        one, depth = stack.pop()
        seen += 1
        if isinstance(one, list):
            stack.extend((each, depth) for each in reversed(one[:200]))
        elif isinstance(one, dict):
            yield one
            if depth < 3:
                stack.extend(
                    (one[key], depth + 1)
                    for key in ("mainEntity", "mainEntityOfPage", "@graph")
                    if key in one
                )


def _typed(node: dict[str, Any], wanted: re.Pattern[str]) -> bool:
    kinds = node.get("@type") or ""
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(kind, str) and wanted.search(kind) for kind in kinds)


def _dates(found: Metadata, node: dict[str, Any], source: str) -> None:
    for key, field_ in (("datePublished", found.published), ("dateModified", found.modified)):
        if isinstance(value := node.get(key), str) and value.strip():
            field_.append(Stated(source, value.strip()[:60]))


def _article(found: Metadata, node: dict[str, Any], nodes: list[dict[str, Any]]) -> None:
    _dates(found, node, "json-ld")
    for key in ("headline", "name"):
        if isinstance(value := node.get(key), str) and value.strip():
            found.titles.append(Stated("json-ld", value))
    by_id = {one["@id"]: one for one in nodes if isinstance(one.get("@id"), str)}
    people = node.get("author") or node.get("creator")
    for person in (people if isinstance(people, list) else [people])[:20]:
        if isinstance(person, dict):
            kind = "organisation" if _typed(person, re.compile("Organization$")) else "json-ld"
            name = person.get("name") or by_id.get(str(person.get("@id")), {}).get("name")
            for each in name if isinstance(name, list) else [name]:
                if isinstance(each, str):
                    found.authors.append(Stated(kind, each))
        elif isinstance(person, str):
            found.authors.append(Stated("json-ld", person))
    image = node.get("image")
    image = image[0] if isinstance(image, list) and image else image
    image = image.get("url") if isinstance(image, dict) else image
    if isinstance(image, str) and image:
        found.images.append(Stated("json-ld", image))


def _metas(found: Metadata, root: etree._Element) -> None:
    kept: dict[str, str] = {}
    for meta in root.iter("meta"):
        content = (meta.get("content") or meta.get("value") or "").strip()
        for attribute in ("property", "name", "itemprop", "http-equiv") if content else ():
            key = (meta.get(attribute) or "").strip().lower()
            kind = _DATES.get(key) or ("meta" if _PUBLISHED_KEY.search(key) else "")
            if kind == "modified" and attribute != "http-equiv":
                found.modified.append(Stated("meta", content[:60]))
            elif kind and kind != "modified":
                found.published.append(Stated(kind, content[:60]))
            elif key in _AUTHORS:
                cited = _CITED.fullmatch(content) if key == "citation_author" else None
                found.authors.append(
                    Stated("meta", f"{cited[2]} {cited[1]}" if cited else content[:300])
                )
            elif key:
                kept.setdefault(key, content)
    found.titles += [Stated("meta", kept[key]) for key in _TITLES if key in kept]
    found.images += [Stated("meta", kept[key]) for key in _IMAGES if key in kept]
    found.site = one_line(kept.get("og:site_name", ""))
    found.description = one_line(kept.get("og:description") or kept.get("description") or "")[:1000]
    found.kind = kept.get("og:type", "").lower()


def _microdata(found: Metadata, root: etree._Element) -> None:
    for node in cast("list[etree._Element]", _MARKED(root)):
        names = (node.get("itemprop") or "").split()
        if {"startDate", "endDate"} & set(names):
            said = node.get("datetime") or node.get("content") or one_line(text_of(node))
            found.events.append(said[:40])
        if node.tag == "meta" or not {"datePublished", "dateModified"} & set(names):
            continue
        scope = next((up for up in node.iterancestors() if up.get("itemtype")), None)
        kind = "" if scope is None else (scope.get("itemtype") or "").strip()
        if _OTHERS.search(kind):
            continue
        value = node.get("datetime") or node.get("content") or ""
        if "datePublished" in names:
            found.published.append(Stated("microdata", value or one_line(text_of(node))[:60]))
        elif "dateModified" in names and value:
            found.modified.append(Stated("microdata", value))

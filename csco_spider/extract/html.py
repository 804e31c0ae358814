"""Clean text and clean HTML: what is left of a page's markup once it may reach a reader."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from html import escape
from itertools import islice
from typing import cast

import lxml.html
import nh3
from lxml import etree

from csco_spider.extract.links import absolute

_PLANES = "".join(f"{chr(plane << 16)}-{chr((plane << 16) + 0xFFFD)}" for plane in range(1, 17))
_NOT_XML = re.compile(
    "[^\t\n\r\u0020-\u007e\u00a0-\u2029\u202f-\u2065\u206a-\ud7ff\ue000-\ufdcf\ufdf0-\ufefe\uff00-\ufffc"
    f"{_PLANES}]"
)
"""All that ``xml_chars`` takes out, in one class: three in a row took ten times as long."""
CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SPACES = "\n\t\r\u00a0\u3000"
_NAME_WORD = re.compile(r"[A-Za-z]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")

BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
        "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3",
        "h4", "h5", "h6", "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section",
        "summary", "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr", "ul",
    }
)  # fmt: skip
"""Elements before and after which a line breaks."""

_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "del",
    "details", "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6",
    "hr", "i", "img", "ins", "li", "ol", "p", "picture", "pre", "q", "rp", "rt", "ruby", "s",
    "small", "source", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th",
    "thead", "time", "tr", "u", "ul", "video", "audio",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "srcset", "alt", "title", "width", "height"},
    "source": {"src", "srcset", "type", "media"},
    "video": {"src", "poster", "controls", "width", "height"},
    "audio": {"src", "controls"},
    "blockquote": {"cite"},
    "q": {"cite"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start", "type"},
    "time": {"datetime"},
    "abbr": {"title"},
    "col": {"span"},
    "colgroup": {"span"},
}
_DROPPED = {
    "script", "style", "iframe", "object", "embed", "noscript", "template", "svg", "math",
    "select", "textarea", "button", "title", "frameset", "applet", "canvas",
}  # fmt: skip
_BOXES = BLOCKS - _TAGS - {"title", "body", "html"}
"""Blocks of no meaning to a reader (section, center, form): a div keeps their lines apart."""
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-actualsrc", "_src", "file")
_CANDIDATE = re.compile(r"([^\s,]\S*)(?:(?<!,)\s+([^,]*))?")
"""An address of a srcset, which may hold commas but not end in one, and its descriptor."""
_SIZE = re.compile(r"(?:\d+(?:\.\d+)?[wxh](?: \d+h)?)?", re.ASCII)
_NO_PAGE = re.compile(r"\s*(?:mailto|tel):", re.IGNORECASE)
_URL_ATTRIBUTES = ("href", "src", "poster", "cite")
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=_DROPPED,
    attributes=_ATTRIBUTES,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
    strip_comments=True,
)
_EMPTY = re.compile(
    r"<(p|div|b|i|em|strong|u|small|h[1-6]|li|ul|ol|a|dd|dt|dl|blockquote|figure)(?:\s[^<>]*)?>"
    r"(?:\s|&nbsp;|<br>)*</\1>"
)
_EMPTY_ROW = re.compile(
    r"<tr>(?:\s*<t[dh](?:\s[^<>]*)?>\s*</t[dh]>)*\s*</tr>|<(t(?:body|able))>\s*</\1>"
)
_BREAKS = re.compile(r"(?:\s|&nbsp;|<br>|<hr>)++")
_BREAK_ENDS = ("&nbsp;", "<br>", "<hr>")
_PRE_START = re.compile(r"<pre>\n+")  # a parser eats the first line break of a pre, each time
_NO_SOURCE = re.compile(r'<img(?![^>]*\ssrc=")[^>]*>')
MAX_DEPTH = 200
"""Nesting past which markup is flattened to text: real articles stay under 40."""
_NESTED = etree.XPath(f"boolean({'/'.join('*' * MAX_DEPTH)})")
_WITH_ADDRESS = etree.XPath(
    "descendant-or-self::*[@href or @src or @poster or @cite or @srcset or self::img]"
)


def xml_chars(text: str) -> str:
    """``text`` without what XML 1.0 (section 2.2) or a reader can't take.

    Controls, lone surrogates, U+FFFD, inner BOMs, non-characters and direction overrides go.
    """
    if "\ufffd" not in text:
        if text.isprintable():
            return text
        shown = text
        for space in _SPACES:  # all that most texts hold besides what is printable
            shown = shown.replace(space, " ")
        if shown.isprintable():
            return text
    return _NOT_XML.sub("", text)


def text_pieces(node: etree._Element) -> Iterator[str]:
    """The pieces of text in an element."""
    yield from map(str, node.itertext())


def text_of(node: etree._Element) -> str:
    """The text of an element as it stands in the tree."""
    return "".join(text_pieces(node))


def one_line(text: str) -> str:
    """Plain text on one line, single spaces, without soft hyphens, XML-safe."""
    line = " ".join(text.replace("\u00ad", "").split())
    clean = xml_chars(line)
    return line if clean is line else " ".join(clean.split())


def width(text: str) -> int:
    """Length as it reads: a CJK character says as much as two and a half letters."""
    return len(text) + (3 * len(CJK.findall(text))) // 2


def _in_one_cluster(before: str, after: str) -> bool:
    """Marks and variation selectors, joined emoji, skin tones."""
    return (
        unicodedata.category(after)[0] == "M"
        or "\u200d" in {before, after}
        or "\U0001f3fb" <= after <= "\U0001f3ff"
    )


def clip(text: str, limit: int) -> str:
    """At most ``limit`` characters, cut at a space where one is near, never inside a cluster."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    while cut and _in_one_cluster(cut[-1], text[len(cut)]):
        cut = cut[:-1]
    space = cut.rfind(" ")
    return (cut[:space] if space > limit * 0.8 else cut).rstrip() + "…"


def is_element(node: object) -> bool:
    """True for a tag; False for comments and processing instructions."""
    return isinstance(getattr(node, "tag", None), str)


def names_of(node: etree._Element) -> str:
    """What an element is called: its classes and its id."""
    return f"{node.get('class') or ''} {node.get('id') or ''}"


def name_words(names: str) -> set[str]:
    """The words of which such names are made: "navBar post-meta" has four."""
    return {word.lower() for word in _NAME_WORD.findall(_HUMP.sub(" ", names))}


def holds_more(node: etree._Element, count: int) -> bool:
    """Does an element hold more than so many others? One whose tag was left open holds the page."""
    return next(islice(node.iterdescendants(), count, None), None) is not None


def text_lines(root: etree._Element) -> Iterator[str]:
    """The visible text of a tree, one string per line as a browser would break it."""
    parts: list[str] = []

    def flush() -> Iterator[str]:
        line = one_line("".join(parts))
        parts.clear()
        if line:
            yield line

    hidden = 0
    for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event in {"comment", "pi"}:
            if not hidden and node is not root:
                parts.append(node.tail or "")
            continue
        tag = str(node.tag)
        if event == "start":
            hidden += tag in _DROPPED
            if tag in BLOCKS or tag == "br":
                yield from flush()
            if not hidden:
                parts.append(node.text or "")
        else:
            hidden -= tag in _DROPPED
            if tag in BLOCKS:
                yield from flush()
            if not hidden and node is not root:
                parts.append(node.tail or "")
    yield from flush()


def plain_text(html: str) -> str:
    """The text of sanitised HTML, one line per block."""
    root = fragment(html)
    return "" if root is None else "\n".join(text_lines(root))


def fragment(html: str) -> etree._Element | None:
    """A piece of HTML as a document that holds it in a div; None for nothing."""
    if not html.strip():
        return None
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)
    return lxml.html.document_fromstring(
        f"<html><body><div>{html}</div></body></html>".encode("utf-8", "ignore"), parser=parser
    )


def _srcset(value: str, base: str, move: Callable[[str], str]) -> str:
    kept = []
    for address, descriptor in _CANDIDATE.findall(value):
        size = one_line(descriptor)
        if (url := absolute(address.rstrip(","), base)) and _SIZE.fullmatch(size):
            kept.append(f"{move(url)} {size}".strip())
    return ", ".join(kept)


def _prepare(root: etree._Element, base: str, move: Callable[[str], str]) -> None:
    """Make every address absolute or drop it, give lazy images their source, name boxes div."""
    for node in root.iter(*_BOXES):
        node.tag = "div"
    for node in cast("list[etree._Element]", _WITH_ADDRESS(root)):
        if node.tag == "img":
            sources = (absolute(node.get(name) or "", base) for name in (*_LAZY, "src"))
            node.set("src", next(filter(None, sources), ""))
        for name in _URL_ATTRIBUTES:
            value = node.get(name)
            if value is None or (name == "href" and _NO_PAGE.match(value)):
                continue
            url = absolute(value, base, fragment=True)
            if url:
                node.set(name, move(url))
            else:
                del node.attrib[name]
        if (written := node.get("srcset")) is not None:
            del node.attrib["srcset"]
            if srcset := _srcset(written, base, move):
                node.set("srcset", srcset)


def sanitise(root: etree._Element | str, base: str, move: Callable[[str], str] = lambda url: url) -> str:
    """Clean HTML of a tree or fragment: known tags only, absolute http(s) links, nothing that runs.

    ``base`` is the page's public address; ``move`` maps each absolute address to its public one.
    Word's spans and fonts vanish, their text stays; markup nested past MAX_DEPTH becomes text.
    """
    tree = fragment(root) if isinstance(root, str) else root
    if tree is None:
        return ""
    if _NESTED(tree):
        return "".join(f"<p>{escape(line, quote=False)}</p>" for line in text_lines(tree))
    _prepare(tree, base, move)
    html = etree.tostring(tree, encoding="unicode", method="html", with_tail=False)
    html = _CLEANER.clean(xml_chars(html))
    html = _NO_SOURCE.sub("", html)
    emptied = True
    while emptied:
        html, elements = _EMPTY.subn("", html)
        html, rows = _EMPTY_ROW.subn("", html)
        emptied = bool(elements or rows)
    before, html = None, _PRE_START.sub("<pre>", html)
    while before != html:
        before, html = html, _without_edge_breaks(_unwrapped(html.strip()))
    return html


def _without_edge_breaks(html: str) -> str:
    if first := _BREAKS.match(html):
        html = html[first.end() :]
    bare, html = html, html.rstrip()
    while html != bare or html.endswith(_BREAK_ENDS):
        bare = html
        for end in _BREAK_ENDS:
            html = html.removesuffix(end)
        html = html.rstrip()
    return html


def _unwrapped(html: str) -> str:
    """Without a single div that holds everything."""
    while html.startswith("<div>") and html.endswith("</div>"):
        depth = 0
        for match in re.finditer(r"<(/?)div\b[^>]*>", html):
            depth += -1 if match[1] else 1
            if depth == 0 and match.end() < len(html):
                return html
        html = html[5:-6].strip()
    return html

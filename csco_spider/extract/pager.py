"""From one page of a list to the next."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable
from itertools import islice
from urllib.parse import parse_qsl, urlsplit

from lxml import etree
from parsel import Selector

from csco_spider.extract.html import holds_more, name_words, names_of, one_line, text_lines
from csco_spider.extract.links import absolute, base_of
from csco_spider.extract.outline import MAX_NODES

_NEXT = re.compile(
    r"[‹«<←]?\s*(?:下一?[页頁]|[后後]一?[页頁]|次(?:へ|の?ページ(?:へ|を表示)?|の\d{1,3}件(?:を表示)?)"
    r"|다음(?:\s?페이지)?(?:로\s?이동)?|(?:go\s+to\s+(?:the\s+)?)?next(?:\s+page)?|older(?:\s+(?:posts|entries|news))?"
    r"|(?:aller\s+à\s+la\s+)?(?:page\s+)?suivante?|(?:nächste|naechste)(?:\s+seite)?|zur\s+nächsten\s+seite"
    r"|(?:ir\s+a\s+la\s+)?(?:página\s+)?siguiente(?:\s+página)?|próxim[oa](?:\s+página)?|(?:página\s+)?seguinte"
    r"|(?:pagina\s+)?successiv[ao]|volgende(?:\s+pagina)?|następna(?:\s+strona)?|nästa|neste|næste|seuraava"
    r"|след(?:ующая|ующий|\.)?(?:\s+страница)?|sonraki|další|التالي|trang\s+(?:sau|kế(?:\s+tiếp)?|tiếp(?:\s+theo)?))\s*[»›>→＞]*",
    re.IGNORECASE,
)
_OTHER_PAGES = re.compile(
    r"(?:首|尾|末|最后一?|上一?|前一?)[页頁]|前(?:へ|のページ)|이전|처음|마지막|first|last|prev(?:ious)?(?:\s+page)?|newer(?:\s+posts)?"
    r"|erste|letzte|vorherige|précédente?|première|dernière|anterior|primer[oa]|últim[oa]|precedente|prima|ultima"
    r"|önceki|ilk|son|предыдущая|назад|первая|последняя|archiv(?:io|e|)\b.{0,20}|view\s+all|all\s+news|更多",
    re.IGNORECASE,
)
_ARROW = re.compile(r"[»›>→＞]{1,2}|(?:weiter|avanti)\s*[»›>→]*", re.IGNORECASE)
"""What leads on in a pager; under a row it leads to the article."""
_THINGS = r"(?:\s+(?:articles|entries|items|news|posts|results))?"
_LOADS = re.compile(
    rf"(?:load\s+more{_THINGS}|(?:mehr|weitere)(?:\s+\w+)?\s+laden|charger\s+plus|cargar\s+más|carica\s+altr[oie]"
    r"|(?:加载|載入)更多|もっと読み込む)[\s.…+↓»›]*",
    re.IGNORECASE,
)
"""What a button says that adds rows to a list."""
_MORE = re.compile(
    rf"{_LOADS.pattern}|(?:show|view|see)\s+more{_THINGS}|(?:mehr|weitere)(?:\s+\w+)?\s+anzeigen"
    r"|(?:voir|afficher)\s+plus|(?:ver|mostrar)\s+más|mostra\s+altr[ioe]|(?:查看|显示)更多|もっと見る|더\s?보기",
    re.IGNORECASE,
)
"""What goes on with a list where it leads to a page of it; elsewhere it leads to another list."""
_PAGE_KEY = re.compile(
    r"(?!cpage$|.*(?:homepage|print|id$|size|per_?page)).*(?:page|seite|p[aá]gina).*|sayfa|strona|trang"
    r"|pg?n?|start|offset|skip",
    re.IGNORECASE,
)
"""What tells which page of a list is meant: not of its comments (cpage), nor of the site (page_id)."""
_SAME_KEY = re.compile(r"\w*(?:page_?size|per_?page)|chash|sop|sst|sod", re.IGNORECASE)
"""What tells how many rows a page has and how they are sorted, or proves the address."""
_PAGED = re.compile(r"/page/\d+/?$", re.IGNORECASE)
_AT_END = re.compile(r"[/_,-]?(\d{1,3})(?=$|\.\w{3,5}$)")
"""A page's number where a path ends with it: /news/3, list_3.html."""
_PAGER = re.compile(
    r"pag(?:in|e(?![-_]?(?:body|content|head|inner|intro|main|section|teaser|title|wrap)))|fenye"
    r"|(?<![a-z])pg(?![a-z])",
    re.IGNORECASE,
)
"""How a pager is named; what holds a page's head or text is none."""
_NUMBER = re.compile(r"\d+")
_PAGE = re.compile(
    r"(?:(?:page|seite|página|pagina|страница)\s*|第\s*)?(?!(?:19|20)\d\d)(\d{1,4})\s*(?:[页頁]|페이지|ページ)?",
    re.IGNORECASE,
)
"""The number of a page, with the word that may be there for readers of screens; a year is none."""
_CURRENT = (
    ".on, .current, .active, .cur, .selected, .is-active, .is-current"
    ", [aria-current]:not([aria-current=false])"
)
_BARE = ("strong", "b", "em", "i", "span", "font", "button", "li")
_MARKS = " .·|‹«<←»›>→＞[]【】"
_SCRIPTED = re.compile(
    r"\bcreatePageHTML\(\s*+(?P<box>['\"][\w-]+['\"]\s*+,\s*+)?(?P<count>\d{1,5})\s*,\s*(?P<here>\d{1,5})\s*,"
    r"\s*['\"](?P<name>[\w-]+)['\"]\s*,\s*['\"](?P<suffix>\w+)['\"]"
)
"""The call that draws a pager in the browser, as TRS WCM (most Chinese authorities' sites) writes it:
how many pages, the current one (from 0, or from 1 where the pager's box is named first), their name."""
_LONGEST = 30
_NAMES = 200
"""Characters of an element's names that are looked at."""
_LINKS = 200
"""Links of one kind that are looked at for what their addresses say."""
_INSIDE = 20
"""Elements inside a pager's link at most."""

_Boxes = set[etree._Element]


def is_pager(text: str) -> bool:
    """Does a link's text say that it leads to another page of the list?"""
    bare = text.strip(_MARKS)
    forms = (_NEXT, _OTHER_PAGES, _MORE)
    return len(bare) <= _LONGEST and any(form.fullmatch(bare) for form in forms)


def loads_more(text: str) -> bool:
    """Does a button's text say that it adds rows to the list?"""
    return bool(_LOADS.fullmatch(text.strip()))


def next_page(
    page: Selector, base: str, *, css: str = "", is_listing: Callable[[str], bool] | None = None
) -> str:
    """The address of the page after this one, "" at the end.

    By the society's selector, ``rel=next``, the number after the one that the pager marks, what words,
    labels or arrows call the next, the smallest number past this page's in a pager's addresses, the call
    by which a script draws a pager, or that number among links of the listing's shape. Words come behind
    a marked number: boards write "next" on what leads ten pages on.
    """
    meant = base_of(page.root, base)
    if css:
        url = absolute(page.css(css).get() or "", meant)
        return "" if url == base else url
    nodes = page.css("a[href], link[rel~=next][href]")[:MAX_NODES]
    links = [(absolute(node.root.get("href"), meant), node) for node in nodes]
    site = "{0.scheme}://{0.netloc}/".format(urlsplit(base))
    links = [(url, a) for url, a in links if url.startswith(site) or _same_host(url, base)]
    own = (_page_number(_label(a.root)) for url, a in links if url == base)
    here = next((number for number in own if number is not None), None)
    links = [(url, a) for url, a in links if url != base]
    for url, link in links:
        if "next" in link.root.get("rel", "").split():
            return url
    boxes = _pagers(page) | _unnamed(links, base)
    numbered, said, arrow = _offered(links, base, boxes)
    current = _current_number(page, numbered, boxes)
    if current is None and here is not None and {here - 1, here + 1} & numbered.keys():
        current = here  # a pager may link the page it stands on, and mark none
    following = numbered.get((1 if current is None else current) + 1, "")
    if following and (current is not None or not said):
        return following
    if following := said or arrow or _onward(links, base, boxes) or _next_by_script(page, meant):
        return following
    return _next_by_shape(base, [url for url, _ in links], is_listing) if is_listing else ""


def _offered(
    links: list[tuple[str, Selector]], base: str, boxes: _Boxes
) -> tuple[dict[int, str], str, str]:
    """What a pager's links lead to: the pages by their numbers, the one that words call the next, and
    the one behind an arrow or "more". Such words elsewhere may be a calendar's or an article's."""
    numbered: dict[int, str] = {}
    said = elsewhere = arrow = ""
    looked = 0
    for url, link in links:
        text, *others = _labels(link.root, boxes)
        if any(_NEXT.fullmatch(label) for label in (text, *others)):
            elsewhere = elsewhere or url
            said = said or (url if _in_pager(link.root, boxes) else "")
        number = _page_number(text)
        if number is not None and _in_pager(link.root, boxes):
            numbered.setdefault(number, url)
        elif leads_on := _ARROW.fullmatch(text) or _MORE.fullmatch(text):
            looked += 1
            inside = leads_on.re is _ARROW and _in_pager(link.root, boxes)
            if inside or (looked <= _LINKS and _goes_on(url, base)):
                arrow = arrow or url
    return numbered, said or ("" if arrow else elsewhere), arrow


def _next_by_script(page: Selector, base: str) -> str:
    """The page that a script's pager would lead to: index.html, index_1.html, index_2.html ..."""
    for script in page.xpath("//script[contains(., 'createPageHTML')]/text()").getall():
        if call := _SCRIPTED.search(script):
            here = int(call["here"])
            if here + (call["box"] is None) < int(call["count"]):
                return absolute(f"{call['name']}_{here + 1}.{call['suffix']}", base)
    return ""


def _same_host(url: str, base: str) -> bool:
    """With or without www is the same."""
    here, there = (urlsplit(one).netloc.removeprefix("www.") for one in (base, url))
    return here == there


def _goes_on(url: str, base: str) -> bool:
    """Is an address that of the same list with a page's number, in its query or behind its path?"""
    here, there = urlsplit(base), urlsplit(url)
    path = _PAGED.sub("", here.path).rstrip("/")
    own, other = (set(parse_qsl(one.query)) for one in (here, there))  # what is empty says nothing
    changed = {key for key, _ in own ^ other if not _SAME_KEY.fullmatch(key)}
    if there.path.rstrip("/") == path:
        return bool(changed) and all(_PAGE_KEY.fullmatch(key) for key in changed)
    return not changed and _PAGED.sub("", there.path) == path


def _onward(links: list[tuple[str, Selector]], base: str, boxes: _Boxes) -> str:
    """Of a pager's links to other pages of this list, whatever words they have for it, the one with the
    smallest number past this page's."""
    here = _page_of(base)
    inside = ((url, link) for url, link in links if _in_pager(link.root, boxes))
    paged = (
        (_page_of(url), url)
        for url, link in islice(inside, _LINKS)
        if _goes_on(url, base)
        and _page_number(text := _label(link.root)) is None
        and not _OTHER_PAGES.fullmatch(text.strip(_MARKS))
    )
    return min((one for one in paged if one[0] > here), default=(0, ""))[1]


def _page_of(url: str) -> int:
    """The number by which an address tells which page of a list it is, 0 for none."""
    parts = urlsplit(url)
    told = [value for key, value in parse_qsl(parts.query) if _PAGE_KEY.fullmatch(key)]
    told += _PAGED.findall(parts.path)
    numbers = _NUMBER.findall("/".join(told)[-_LONGEST:])
    return int(numbers[-1]) if numbers else 0


def _label(node: etree._Element) -> str:
    """An element's text; "" for one that holds more than a pager's link does (unclosed tags nest)."""
    if not len(node):
        return one_line(node.text or "")
    if holds_more(node, _INSIDE):
        return ""
    return one_line(" ".join(text_lines(node)))


def _labels(node: etree._Element, boxes: _Boxes) -> list[str]:
    """What a link says: its text first, then its attributes and, where it has no text, its
    pictures' or its class."""
    text = _label(node)
    others = [node.get("title") or "", node.get("aria-label") or ""]
    if not text:
        others += [one.get("alt") or "" for one in islice(node.iter(), _INSIDE) if one.tag == "img"]
        if not any(others) and _in_pager(node, boxes):
            named = [names_of(one) for one in (node, node.getparent()) if one is not None]
            others += ["next"] * any("next" in name_words(names[:_NAMES]) for names in named)
    return [text, *map(one_line, filter(None, others))]


def _page_number(text: str) -> int | None:
    found = _PAGE.fullmatch(text) if len(text) <= _LONGEST else None
    return int(found[1]) if found else None


def _pagers(page: Selector) -> _Boxes:
    """The elements that are named as pagers are."""
    named = (node.root for node in page.css("[class], [id]"))
    return {node for node in named if _PAGER.search(names_of(node)[:_NAMES])}


def _unnamed(links: list[tuple[str, Selector]], base: str) -> _Boxes:
    """What holds links with the numbers of this list's pages, whatever it is called."""
    told = ((url, link.root) for url, link in links if _NUMBER.search(url))
    numbered = ((url, node, _page_number(_label(node))) for url, node in told)
    counted = islice(((url, node, n) for url, node, n in numbered if n is not None), _LINKS)
    holders = (node.getparent() for url, node, n in counted if _is_numbered(url, n, base))
    boxes = (one.getparent() if one is not None and len(one) == 1 else one for one in holders)
    return {box for box in boxes if box is not None and box.tag != "tr"}  # a calendar's week


def _is_numbered(url: str, number: int, base: str) -> bool:
    """Is an address that of a page of this list, by the number that its link says (an address may count
    from 0, or rows)?"""
    if _goes_on(url, base):
        told = _page_of(url)
        return told in {number, number - 1} or (number > 1 and told % (number - 1) == 0)
    here, there = urlsplit(base), urlsplit(url)
    own, (path, told) = _numbered(here.path), _numbered(there.path)
    alike = there.query == here.query and path in {here.path.rstrip("/"), own[0]}
    return alike and told in {number, number - 1}


def _numbered(path: str) -> tuple[str, int]:
    """A path without the number at its end ("/news/3/", "list_3.html"), and that number; -1 for none."""
    path = path.rstrip("/")
    if not (found := _AT_END.search(path)):
        return path, -1
    return path[: found.start()] + path[found.end() :], int(found[1])


def _in_pager(node: etree._Element, boxes: _Boxes) -> bool:
    return any(one in boxes for one in (node, *islice(node.iterancestors(), 3)))


def _current_number(page: Selector, linked: Container[int], boxes: _Boxes) -> int | None:
    """The number that a class names; else one that is no link, beside one that is; a total stands there
    as well."""
    if not boxes:
        return None
    if named := _numbers((node.root for node in page.css(_CURRENT)), boxes):
        return named[0]
    bare = [number for number in _numbers(page.root.iter(*_BARE), boxes) if number not in linked]
    return next((number for step in (1, -1) for number in bare if number + step in linked), None)


def _numbers(nodes: Iterable[etree._Element], boxes: _Boxes) -> list[int]:
    """The numbers that stand alone in those of some elements that are in a pager."""
    inside = (node for node in nodes if _in_pager(node, boxes))
    return [number for node in inside if (number := _page_number(_label(node))) is not None]


def _next_by_shape(base: str, urls: list[str], is_listing: Callable[[str], bool]) -> str:
    """Among listing links that differ from this page by one number, the next number's."""

    def shape(url: str) -> tuple[str, int]:
        parts = urlsplit(url)
        tail = f"{parts.path}?{parts.query}"
        numbers = _NUMBER.findall(tail)
        return _NUMBER.sub("#", tail), int(numbers[-1]) if len(numbers) > 1 else 1

    here_shape, here = shape(base)
    shapes = ((*shape(url), url) for url in urls if is_listing(url))
    following = (
        (number, url)
        for form, number, url in shapes
        if form.count("#") > 1 and number > (here if form == here_shape else 1)
    )
    return min(following, default=(0, ""))[1]

"""Who wrote an article: bylines in words, and what the page states of its authors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import unescape
from itertools import islice, takewhile

from lxml import etree

from csco_spider.extract.html import BLOCKS, name_words, names_of, one_line, text_of, text_pieces
from csco_spider.extract.metadata import Metadata
from csco_spider.extract.noise import ABOUT_AUTHOR, is_footer
from csco_spider.extract.page import Line, Page
from csco_spider.items import fold

_FIELD = re.compile(
    r"(?:作者|发布者|发布人|\bauthors?|\bby)\s*[:：]\s*"
    r"((?:(?!发布|浏览|阅读|点击|来源)[^\s:：|,，。]){2,40}+(?:(?-i: [A-Z])[\w.'-]*+(?!\s*[:：])){0,3})"
    r"(?=[\s|]|,\s|$|发布|浏览|阅读|点击|来源)",
    re.IGNORECASE,
)
WROTE = (
    r"(?:(?:(?:guest\s+)?post|written|posted|reported|published|reviewed|submitted|created|edited|story|text|words|interview"
    r"|hosted|photos?|(?:gast)?beitrag|erstellt|eingestellt|eingereicht|veröffentlicht|gespeichert|geschrieben|verfasst"
    r"|publié|posté|soumis|écrit|rédigé|propos\s+recueillis|escrito|publicado|enviado|postado|redactado|redacción"
    r"|pubblicato|inviato|scritto|inserito|ingediend|geplaatst|geschreven)\s*:?\s*)"
)
"""What stands before the "by" of a byline."""
BYLINE = re.compile(
    r"来源|作者|浏览|阅读|点击|编辑|views?\b|[|·/]\s*by\b|\bby\s*[:：]|author|source", re.IGNORECASE
)
"""What a line of date, author, source and counter says besides the date."""
_CAPITALS = r"(?:\s(?-i:[A-ZÀ-Þ])[^\s:]*+(?!:)|\s(?:and|und|y|e|&)(?=\s))++(?:$|\s\S+:|\s[|/(])"
"""Names up to the next field: no sentence, which such a word may head as well."""
_BY = re.compile(
    rf"^\W{{0,3}}{WROTE}?(?:by|von|par|por|d[ia]|a\s+cura\s+di|autor(?:in|es)?\s*:|text(?:e|o)?\s*:|authors?\s*:?"
    rf"|(?:interview|redacción|redazione|words|story)\s*:(?={_CAPITALS})|автор\w?\s*:|текст\s*:|ya(?:zar|zan)\s*:|haber\s*:|tác\s+giả\s*:|ekleyen\s*:|penulis\s*:|작성자\s*:|بقلم|كتب(?:ت|ه)?)\s*[:：]?\s+"
    r"(?-i:(?=[A-ZÀ-ÞА-Я\u0600-\u06ff가-힣]))",
    re.IGNORECASE,
)
_NO_ROLE = r"(?!编辑|責編|责编|通讯员|记者|摄影|校对|审核|来源|图片)"
_CHINESE = re.compile(
    r"(?:作者|撰[文稿]|供稿|图文|文[/／、]?图|图[/／、]文|文|记者|通讯员)\s*[:：/|]\s*"
    rf"([\u4e00-\u9fff·]{{2,4}}(?:[ 、,，/\u3000]{_NO_ROLE}[\u4e00-\u9fff·]{{2,4}}){{0,5}})"
    r"(?=[\s|)）】]|(?:19|20)\d\d|$)"
)
_REPORTER = re.compile(
    r"(?:记者|通讯员)\s*[:：]?\s*([\u4e00-\u9fff·]{2,4}(?:[ 、\u3000](?:通讯员\s?)?"
    rf"{_NO_ROLE}[\u4e00-\u9fff·]{{2,3}}){{0,3}})(?=\s|$|[)）】|])"
)
_HOUSEWROTE = re.compile(
    r"作者\s*[:：]\s*([\u4e00-\u9fff（）()]{3,20}(?:学会|协会|委员会|医院|中心|编辑部|研究院|研究所|部|社|组))(?=[\s|]|$)"
)
_EASTERN = re.compile(
    r"(?:取材・文|構成・文|文責?|著者|執筆|ライター)\s*[=＝:：・]\s*([\u3040-\u30ff\u4e00-\u9fff々]{2,8})(?=[\s、)）】／/]|$)"
    r"|^\W?([\u4e00-\u9fff々]{3,5})記者$"
    r"|[〔（(【［\[]記者\s?([\u4e00-\u9fff]{2,4})\s?[／/]"
    r"|^(?:\[|\()?(?:[^\s\[\]]{2,12}\s)?([가-힣]{2,4})\s기자(?:\]|\))?(?=\s|=|$)"
    r"|^작성자\s([가-힣]{2,4})(?=\s|$)"
    r"|^글\s?[:：]?\s([가-힣]{2,4})$"
)
"""Japanese, Taiwanese and Korean bylines: 文=, 記者, 기자, 글."""
_SIGNED = re.compile(
    r"[(（]\s*(?:[\u4e00-\u9fff]{0,6}(?:记者|通讯员)\s*[:：]?\s*)?"
    r"([\u4e00-\u9fff·]{2,4}(?:[ 、\u3000][\u4e00-\u9fff·]{2,3}){0,4})"
    r"(?:[ \u3000][\u4e00-\u9fff]{2,6}(?:报道|报导|摄))?\s*[)）]\W*$"
)
"""A signature that closes the text: (本报记者 王磊 李娜)."""
_EDITOR = re.compile(
    r"(?:责编|编辑|編輯|編集)\s*[:：]\s*"
    r"([\u4e00-\u9fff·]{2,4}(?:[ 、，,\u3000][\u4e00-\u9fff·]{2,4}){0,3})"
    r"(?=[\s)）】\]|]|$)"
)
_ALONE = re.compile(
    r"\W*(?:(?:written|posted|published|story|text|words)\s+)?(?:by|von|par|por|authors?|author\(s\)|autor(?:in|en)?|作者|著者)"
    r"\s*[:：]?\W*",
    re.IGNORECASE,
)
_BEHIND_DATE = re.compile(
    r"(?:\b(?:19|20)\d\d|\buhr|[ap]m|\d:\d\d)\W{0,3}\s*\b"
    r"(?:(?:in|unter|dans|en)\s[^\s,]{3,30}(?:,?\s[^\s,]{3,30}){0,3}?\s)?(?:by|von|par|por)\s+(?-i:(?=\w))",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"\s(?!al\.)[a-zß-ÿ]{2,}[.!?]$")
"""The end of a sentence, which may begin like a byline ("Von Willebrand disease is rare.")."""
_AMONG_FIELDS = re.compile(
    r"(?<![^\W\d_])(?:aut(?:h?or(?:in|es)?|eure?|ore|or[ea])|szerző|författare|forfatter|yazar|автор|tác\s+giả)\s?:\s*"
    r"(?-i:(?=[A-ZÀ-ÞА-Я]))",
    re.IGNORECASE,
)
"""A byline's label behind other fields of a line: "21.01.2026, autor: Anna Nowak"."""
_DATED = re.compile(r"\b(?:19|20)\d\d|min(?:ute)?s?\s+read", re.IGNORECASE)
_PERSON = re.compile(r"(?:Dr\. )?[A-ZÀ-Þ][\w'’-]+(?: [A-ZÀ-Þ][\w'’-]*\.?){1,2}")
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)"
)
_WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day)"
_DAY_WORD = re.compile(
    rf"(?:{_MONTH}|{_WEEKDAY}|mon|tue|wed|thu|fri|sat|sun|today|yesterday)\.?", re.IGNORECASE
)
_PREFIX = re.compile(
    rf"^\W*{WROTE}?"
    r"(?:(?:by|von|vom|par|por|da|a\s+cura\s+di|autor(?:in|en)?|auteure?|authors?|文|作者|记者|著者|撰文|執筆)\s*[:：/]?\s+"
    r"|(?:by|作者|著者|记者|文|autor(?:in)?|auteur|автор\w?|текст|tác\s+giả|yazar|yazan|haber|ekleyen|작성자|بقلم|كتب|interview|text)\s*[:：/]\s*"
    r"|by(?-i:(?=[A-Z][a-z])))",
    re.IGNORECASE,
)
_END = re.compile(
    r"\s*(?:[|•·⋅(（\[–—\n]|\s-\s|\s/\s|\s@|(?:등록|작성|게시)일|조회|댓글"
    r"|\s(?:(?:le|el|il|em|am|den|på|op)\s(?:\w{3,10},?\s)?)?\d"
    r"|\s(?:updated?|published|posted|uhr|senior|fotos?|photos?|reporter|correspondent|contributor|writer|for|twitter"
    # in capitals these may be names: Lee Min Ho, Wong On Yee, Jan Novak
    r"|(?-i:on|in|at|am|um|under|is|last|min(?:utes?)?|stand|says?|sagt|alle|view))\b"
    rf"|\s(?:on|am|in|last)\s(?={_MONTH}\.?\s\d|{_WEEKDAY}|\d)"
    r"|\s(?-i:[A-Z][a-zà-ÿ]{2,15})\s?:"
    r"|\s(?:le|el|il)\s(?:lun|mar|mer|mié|jeu|jue|gio|ven|vie|sam|sab|sáb|dim|dom)\w*\b"
    rf"|,?\s(?:{_MONTH}\.?\s*(?=\d)|{_WEEKDAY}\b)).*$",
    re.IGNORECASE | re.DOTALL,
)
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金"
    "石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳"
    "常洪赖柳欧关包左甘兰卓梅童翟申尤季柯詹宁曲古车项路桂沙滕穆卞盛耿焦巴阮冉辛蒙游裴景苗窦祝霍涂霞"
)
_HOUSE = re.compile(
    r"\b(?:gmbh|inc|ltd|llc|e\.?\s?v|ag|verlag|redaktion|r[eé]daction|redacción|editors?|editorial|staff|team|agency|agencies"
    r"|news|press|media|magazine|online|zeitung|redazione|redaksi|редакция|root|department)\b"
    r"|\.(?:com|org|de|at|net|ch|co)\b|编辑部|报社|网$|晚报|日报|小编|管理员|사무국|관리자|운영자|学会|协会|委员会"
    rf"|^(?![{_SURNAMES}])[\u4e00-\u9fff]{{2,6}}(?:科|部|室|处|中心)$",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"\s*(?:[;、；&]|,(?!\s*(?:jr|sr|md|phd|m\.d|ph\.d|mph|rn|dds|mba|ms|bs)\b)|\band\b|\bund\b|\bet\b"
    r"|(?-i:(?<=[a-zà-ÿ]\s)[ey](?=\s[A-ZÀ-Þ]\S+\s(?![ey]\s)[A-ZÀ-Þd])))\s*",
    re.I,
)
"""Between names; "e" and "y" only before two more words: "Ramón y Cajal" is one name."""
_AND = re.compile(r"\s(?:and|und|et)\s")
_DEGREES = re.compile(
    r"(?:,\s*(?:jr|sr|md|phd|m\.d|ph\.d|mph|rn|rd|dds|mba|ms|bs|cfa|cpa|esq|do|np|pa-c)\.?)+$", re.I
)
_NO_PERSON = re.compile(
    r"\b(?:press|release|news|statement|media|events?|blog|article|report|research|health|cancer|medicine|society|association"
    r"|university|hospital|foundation|institute|congress|meeting|guidelines?|san|new|north|south|united|human)\b",
    re.IGNORECASE,
)
"""Words in capitals that stand by dates and are nobody's name."""
_NO_NAME = re.compile(
    r"https?|www\.|@|^\d|^admin|^\W*$|^about\s|^content\s|^super user$|^webmaster$"
    r"|^(?:by|von|the|authors?|auteurs?|unknown|none|null|guest|name|publisher|about|more"
    r"|le|el|il|em|am|den|veröffentlicht"
    r"|share|profile|edited|published|home|website|blog|posted|posts?|no author|e-?mail|bio"
    r"|twitter|facebook|connect|insights from|uncategorized)$"
    r"|^(?:\+\s*)?follow\b|archive$|feed$|comments?$|kommentar(?:en?)?$|^alle\s|geändert$|content$"
    r"|[=<>{}]|浏览|来源|责任编辑|发布|时间",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"(?:[A-Z][a-z]?\.?){2,6}")
_URL = re.compile(r"(?:https?:)?//|www\.", re.IGNORECASE)
_NAMES = frozenset(
    {
        "author", "authors", "byline", "bylines", "autor", "autoren", "writer", "contributor",
        "contributors", "authorname", "auteur", "auteurs", "autore", "autori", "yazar", "journalist",
        "reporter",
    }
)  # fmt: skip
_AUTHOR_PAGE = re.compile(
    r"/(?:authors?|auteurs?|autor(?:en|es|e|i)?|reporters?|journalists?)/[^/?#]", re.IGNORECASE
)
_PLACE = re.compile(r"[A-ZÀ-Þ][A-Za-zÀ-ÿ-]+")
"""One word behind a full name and a comma: where its bearer is."""
_FOOTERS, _LONG = 20, 4
"""Lines of a footer that are looked at; letters of a name that is no chance in them."""
_TWO = 2
"""Elements of a name and a date."""
_PARTICLES = frozenset(
    {
        "de", "del", "della", "di", "da", "dos", "van", "von", "der", "den", "al", "el", "la", "le",
        "ter", "zu", "bin", "ibn",
    }
)  # fmt: skip
"""Words in small letters with which a name may begin."""
_BY_WORDS = frozenset(
    {
        "by", "von", "vom", "par", "por", "di", "da", "a", "cura", "and", "und", "et", "e", "y",
        "written", "text", "words", "story", "author", "autor", "autores", "автор", "текст", "文",
        "作者", "记者", "기자", "yazar", "md", "phd", "dr", "prof",
    }
)  # fmt: skip
_PAPER = 3
"""Words of a paper's name behind an author's."""


def field_authors(texts: Iterable[str]) -> list[str]:
    """Whom "作者:" and "By:" fields of date lines name."""
    return [
        name
        for text in texts
        for name in _FIELD.findall(text)
        if not (BYLINE.search(name) or _NO_NAME.search(name))
    ]


def only_names(text: str, authors: list[str]) -> bool:
    """Does a line say who wrote the article, and nothing else?"""
    if len(text) > 100 or not authors or authors[0] not in text:
        return False
    rest = text
    for name in authors:
        rest = rest.replace(name, " ")
    others = set(re.findall(r"\w+", rest.casefold())) - _BY_WORDS
    return not others or (_PREFIX.match(text) is not None and len(others) <= _PAPER)


def find_authors(
    page: Page, metadata: Metadata, *, first: int, last: int, titled: int, begin: int
) -> tuple[list[str], str]:
    """Authors by what the page states, else by marked names and bylines between two of its lines;
    and which of these it was. ``titled`` and ``begin`` are the lines of title and text.

    A house (the site, its editors, an agency) is named only where nobody else is.
    """
    houses: tuple[list[str], str] = [], ""
    lines = page.lines[first:last]
    title = page.lines[titled].text if titled >= 0 else ""  # "Von Willebrand disease" is nobody's
    signed = fold(" ".join(page.lines[index].text for index in page.footers[:_FOOTERS]))
    for source, texts in (
        ("json-ld", [one.text for one in metadata.authors if one.source == "json-ld"]),
        ("meta", [one.text for one in metadata.authors if one.source == "meta"]),
        *(("marked", texts) for texts in _marked(page, first, last)),
        ("byline", list(_bylines([line for line in lines if line.text != title]))),
        ("signature", list(_signature(lines))),
        ("beside", list(_beside(lines[: titled - first + 5], titled - first))),
        ("editor", list(_editors(page.lines[begin + 2 : last]))),
        ("json-ld", [one.text for one in metadata.authors if one.source == "organisation"]),
    ):
        names = list(_names(texts))
        people = [name for name in names if not _is_house(name, metadata.site, signed)]
        if people:
            return people[:12], source
        houses = houses if houses[0] else (names[:3], source)
    return houses


def _among_fields(text: str) -> re.Match[str] | None:
    return _AMONG_FIELDS.search(text) if ":" in text else None


def _editors(lines: list[Line]) -> Iterator[str]:
    for line in reversed(lines[-12:]):
        if match := _EDITOR.search(line.text[-80:]):
            yield match[1]
            return


def _beside(lines: list[Line], titled: int) -> Iterator[str]:
    """A name that stands with a date right below the title, or alone next to such a line."""
    if titled < 0:
        return
    near = list(takewhile(lambda line: not is_footer(line.text), lines[titled + 1 :]))
    dated = [bool(_DATED.search(line.text)) and len(line.text) < 100 for line in near]
    for index, line in enumerate(near):
        if dated[index]:
            fields = re.split(r"\s*[|•·⋅–—/]\s*|\s-\s|(?<=\d{4})(?=[A-Z])", line.text)
            boxed = all(slot.holder.tag not in BLOCKS for slot in line.slots)
            if boxed and len(line.slots) == _TWO:  # set side by side, with nothing in between
                apart = (one_line(slot.text) for slot in line.slots)
                fields += [piece for piece in apart if not _END.search(piece)]
            for piece in fields:
                said = re.sub(r"\s+in\s.*|\s*\([^()]*\)$", "", piece)
                names = _AND.split(said)
                if all(map(_PERSON.fullmatch, names)) and not (
                    _DATED.search(said) or _NO_PERSON.search(said)
                ):
                    yield from names
                    return
        elif (
            any(dated[max(0, index - 1) : index + 2])
            and _PERSON.fullmatch(line.text)
            and line.slots[0].holder.tag != "button"
            and not _NO_PERSON.search(line.text)
        ):
            yield line.text
            return


def _is_house(name: str, site: str, footer: str) -> bool:
    """Is a name the site's, as it or its footer says, or that of an account or an office?"""
    key, house = fold(name), fold(site)
    if _HOUSE.search(name) or (house and (key in house or house in key)):
        return True
    word = rf"\b{re.escape(key)}\b" if key.isascii() else re.escape(key)
    return len(key) >= _LONG and re.search(word, footer) is not None


def _names(texts: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for text in texts:
        line = unescape(one_line(text)).replace("\u00ad", "")[:400]
        if _URL.match(line):
            continue
        said = ""
        for part in _SPLIT.split(_PREFIX.sub("", line)):
            name = _DEGREES.sub("", _END.sub("", _PREFIX.sub("", part))).strip(" ,.:;|-–/\"'“”")
            if not 2 <= len(name) <= 60 or _NO_NAME.search(name) or len(name.split()) > 6:
                continue
            if _DAY_WORD.fullmatch(name) or (seen and _LETTERS.fullmatch(name)):
                continue  # a date's word; a degree
            words = name.split()
            if len(words) > 1 and words[0].islower() and words[0] not in _PARTICLES:
                continue  # what a sentence goes on with
            if " " in said and len(words) == 1 and _PLACE.fullmatch(name):
                continue
            said = said or name
            if (key := fold(name)) not in seen:
                seen.add(key)
                yield name


def _marked(page: Page, first: int, last: int) -> Iterator[list[str]]:
    """Texts of elements whose names say author, in the article or right around it."""
    lines = page.lines[first:last]
    if not lines:
        return
    start, end, found = lines[0].start, lines[-1].end, 0
    for node in page.body.iter(
        "a", "span", "div", "p", "address", "li", "cite", "strong", "h3", "h4", "h5"
    ):
        at, until = page.spans[node]
        if at > end:
            return
        if at < start or until - at > 40 or not _is_author(node):
            continue
        links = [one_line(text_of(link)) for link in node.iter("a")]
        texts = [text for text in links if 3 <= len(text) <= 60 and not _NO_NAME.search(text)][:4]
        if not texts:
            parts = [one_line(part) for part in text_pieces(node)]
            texts = [
                part
                for part in parts
                if len(part) > 2 and not (_PREFIX.fullmatch(f"{part} ") or ABOUT_AUTHOR.match(part))
            ][:1]
        texts = [text for text in texts if len(text) <= 80]
        if texts:
            yield texts
            found += 1
        if found == 6:
            return


def _signature(lines: list[Line]) -> Iterator[str]:
    for line in reversed(lines[-12:]):
        match = _SIGNED.search(line.text[-60:])
        if match and ("记者" in match[0] or "通讯员" in match[0] or match[1][0] in _SURNAMES):
            yield from re.split(r"[ 、\u3000]", match[1])
            return


def _is_author(node: etree._Element) -> bool:
    if "author" in (node.get("rel") or "") or "author" in (node.get("itemprop") or ""):
        return True
    if node.tag == "a" and _AUTHOR_PAGE.search(node.get("href") or ""):
        return True
    names = names_of(node)
    return 3 <= len(names) <= 200 and (_names_author(names) or _is_in_card(node))


def _is_in_card(node: etree._Element) -> bool:
    """Is an element the name of an hCard?"""
    if "fn" not in (node.get("class") or "").split():
        return False
    return any("vcard" in (up.get("class") or "") for up in (node, *islice(node.iterancestors(), 4)))


@lru_cache(4096)
def _names_author(names: str) -> bool:
    return not _NAMES.isdisjoint(name_words(names))


def _bylines(lines: list[Line]) -> Iterator[str]:
    waiting = False  # for the name behind a line that says "By"
    for line in lines:
        text = line.text
        if waiting and 3 <= len(text) <= 60 and not _DATED.search(text):
            yield text
            return
        waiting = bool(_ALONE.fullmatch(text))
        if len(text) > 200 or waiting or is_footer(text):
            continue
        if match := _CHINESE.search(text) or _REPORTER.search(text):
            yield from (name.removeprefix("通讯员") for name in re.split(r"[ 、,，/\u3000]", match[1]))
            return
        if match := _HOUSEWROTE.search(text) or _EASTERN.search(text):
            yield next(filter(None, match.groups()))
            return
        for part in text.split(" | ")[:4] if len(text) < 120 else ():
            named = None if _SENTENCE.search(part) else _BY.match(part) or _among_fields(part)
            if match := named or _BEHIND_DATE.search(part):
                yield part[match.end() :]
                return

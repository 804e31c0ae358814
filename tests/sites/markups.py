"""One article of the English site in the markups that such a site may have been built in.

The order of the text is the site's own: title, date line with counters, body, copyright, police
registration, contact, telephones. Around it stand a menu and a side box of newer notices.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

TITLE = "Autumn School of Supportive Care closes with “open questions”"
DAY = "2023-11-20"
BODY = (
    "The Autumn School of Supportive Care was held from Sept. 14-17and brought four hundred nurses and "
    "physicians together. On September 17, 2022, the last of the earlier schools had closed “without a "
    "single empty chair” – this year’s met in a larger hall.",
    "Everyone was invited to participatein the workshops on pain, sleep & nutrition, where p < 0.05 was "
    "questioned more than once. Prof. Wang Wei (王伟) gave the opening talk, “Less is more”, and "
    "answered letters from patients.",
    "Next, the committee read out the results of a survey among 1,204 members: two thirds asked for "
    "shorter sessions.",
    "We thank all speakers.",
)
MENU = ("Home", "About CSCO", "News", "Annual Meeting")
NEWEST = ("Call for abstracts is open until the end of May", "New guideline for thyroid cancer in print")
COPYRIGHT = "Copyright © 1998 - 2025 Chinese Society of Clinical Oncology(CSCO). All Rights Reserved"
REGISTRATION = "京公网安备 11010500000000号"
PHONES = ("Phone:86(10)00000000 (Beijing)", "86(25)00000000 (Nanjing)")
AROUND = (*MENU, *NEWEST, "Copyright", "公网安备", "Contact Us", "Phone", "total views", "PUBLISHED")
"""What a page shows besides its article; none of it is body."""


def _dated(day: str, views: tuple[int, int]) -> str:
    return f"PUBLISHED: {day}&nbsp;&nbsp; {views[0]} total views, {views[1]} today"


def _links(texts: Sequence[str], between: str = " ") -> str:
    return between.join(f'<a href="/cat/13/show/{n}.html">{t}</a>' for n, t in enumerate(texts, 900))


def _items(texts: Sequence[str], end: str = "</li>") -> str:
    return "".join(f"<li>{_links([text])}{end}" for text in texts)


def _page(title: str, body: str, charset: str = "utf-8") -> str:
    return (
        f'<!DOCTYPE html><html><head><meta charset="{charset}"><title>{title} - CSCO</title>'
        f"</head><body>{body}</body></html>"
    )


def _footer(element: str) -> str:
    lines = (COPYRIGHT, REGISTRATION, "<a href='/cat/1/show/2.html'>Contact Us</a>", *PHONES)
    return "".join(f"<{element}>{line}</{element}>" for line in lines)


def _around(main: str) -> str:
    return (
        f'<div class="nav">{_links(MENU)}</div><div class="wrap"><div class="main">{main}</div>'
        f'<div class="side"><h3>Latest</h3><ul>{_items(NEWEST)}</ul></div></div>'
        f'<div class="bottom">{_footer("p")}</div>'
    )


def headings(title: str, dated: str, body: Sequence[str]) -> str:
    """Heading, a div for the date, paragraphs."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in body)
    return _page(title, _around(f'<h1>{title}</h1><div class="info">{dated}</div><div>{text}</div>'))


def tables(title: str, dated: str, body: Sequence[str]) -> str:
    """Tables within tables, as in 2003; the side box is a cell."""
    rows = "".join(f"<tr><td height=12></td></tr><tr><td>{paragraph}</td></tr>" for paragraph in body)
    menu = "".join(f"<td bgcolor=#003366>{_links([text])}</td>" for text in MENU)
    newest = "".join(f"<tr><td>{_links([text])}</td></tr>" for text in NEWEST)
    return _page(
        title,
        f"<table width=980><tr>{menu}</tr></table><table width=980 bgcolor=#ffffff><tr><td width=700>"
        f"<table><tr><td align=center><b>{title}</b></td></tr><tr><td bgcolor=#eeeeee>{dated}</td></tr>"
        f"<tr><td><table cellpadding=4>{rows}</table></td></tr></table></td>"
        f"<td width=280 valign=top><table><tr><td>Latest</td></tr>{newest}</table></td></tr></table>"
        f"<table width=980 bgcolor=#cccccc><tr><td>{_footer('div')}</td></tr></table>",
    )


def bare(title: str, dated: str, body: Sequence[str]) -> str:
    """Not a class, not an id."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in body)
    return _page(
        title,
        f"<div>{_links(MENU)}</div><div><h2>{title}</h2><p>{dated}</p>{text}</div>"
        f"<div><h4>Latest</h4><ul>{_items(NEWEST)}</ul></div><div>{_footer('p')}</div>",
    )


def unclosed(title: str, dated: str, body: Sequence[str]) -> str:
    """Paragraphs, cells and list items that nobody closes."""
    text = "".join(f"<p>{paragraph}\n" for paragraph in body)
    footer = "".join(f"<p>{line}" for line in (COPYRIGHT, REGISTRATION, "Contact Us", *PHONES))
    return (
        f"<title>{title} - CSCO</title><body><ul>{_items(MENU, end='')}</ul><table><tr><td>"
        f"<h3>{title}</h3><p>{dated}{text}<td><ul>{_items(NEWEST, end='')}</ul></table>{footer}"
    )


def breaks(title: str, dated: str, body: Sequence[str]) -> str:
    """Lines broken by hand; no paragraph anywhere."""
    text = "<br><br>\n&nbsp;&nbsp;&nbsp;&nbsp;".join(body)
    footer = "<br>".join((COPYRIGHT, REGISTRATION, "Contact Us", *PHONES))
    return _page(
        title,
        f"<center>{_links(MENU, ' | ')}</center><h1>{title}</h1>{dated}<br><br>{text}<br><br><hr>"
        f"{footer}",
    )


def word(title: str, dated: str, body: Sequence[str]) -> str:
    """Pasted from Word: a span around every few words, namespaces, fonts, conditional comments."""

    def spans(text: str) -> str:
        words = text.split(" ")
        return " ".join(
            f"<span lang=EN-US style='font-family:\"Times New Roman\";mso-fareast-font-family:宋体'>"
            f"{' '.join(words[i : i + 3])}</span>"
            for i in range(0, len(words), 3)
        )

    text = "".join(
        f'<p class="MsoNormal" style="text-indent:21pt"><?xml:namespace prefix = o ns = '
        f'"urn:schemas-microsoft-com:office:office" /><font face="Calibri">{spans(paragraph)}</font>'
        f"<o:p></o:p></p><!--[if !supportEmptyParas]-->&nbsp;<!--[endif]-->"
        for paragraph in body
    )
    return _page(title, _around(f"<h1>{title}</h1><div>{dated}</div><div class='Section1'>{text}</div>"))


def bold(title: str, dated: str, body: Sequence[str]) -> str:
    """No heading: the title is a bold span."""
    text = "".join(f"<div>{paragraph}</div>" for paragraph in body)
    title_line = f'<div><span style="font-size:20px;font-weight:bold">{title}</span></div>'
    return _page("CSCO", _around(f"{title_line}<div><span>{dated}</span></div>{text}"))


def chinese_bytes(title: str, dated: str, body: Sequence[str]) -> bytes:
    """GBK bytes that call themselves gb2312; what GBK lacks is a character reference."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in body)
    html = _page(title, _around(f"<h1>{title}</h1><div>{dated}</div>{text}"), charset="gb2312")
    return html.encode("gbk", "xmlcharrefreplace")


def definitions(title: str, dated: str, body: Sequence[str]) -> str:
    """A definition list: the title is the term."""
    text = "".join(f"<dd>{paragraph}</dd>" for paragraph in body)
    return _page(title, _around(f"<dl><dt>{title}</dt><dd>{dated}</dd>{text}</dl>"))


def glued(title: str, dated: str, body: Sequence[str]) -> str:
    """The body begins right behind the counters, in the element of the date."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in body[1:])
    return _page(title, _around(f"<h1>{title}</h1><div>{dated} {body[0]}{text}</div>"))


def glued_line(title: str, dated: str, body: Sequence[str]) -> str:
    """The same with a break behind the counters, and the rest in elements of other kinds."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in body[1:])
    return _page(title, _around(f"<h1>{title}</h1><div>{dated}<br>{body[0]}</div>{text}"))


MARKUPS: tuple[Callable[[str, str, Sequence[str]], str | bytes], ...] = (
    headings,
    tables,
    bare,
    unclosed,
    breaks,
    word,
    bold,
    chinese_bytes,
    definitions,
    glued,
    glued_line,
)


def render(
    markup: Callable[[str, str, Sequence[str]], str | bytes],
    title: str = TITLE,
    day: str = DAY,
    body: Sequence[str] = BODY,
    views: tuple[int, int] = (2894, 1),
) -> bytes:
    """A whole page as the server sends it."""
    page = markup(escape(title), _dated(day, views), [escape(text, quote=False) for text in body])
    return page if isinstance(page, bytes) else page.encode()


def about() -> bytes:
    """A page of column 1: about the society, and no date line."""
    text = (
        "<h1>About CSCO</h1><p>The society was founded on April 25, 1997 and unites oncologists who "
        "treat, teach and ask.</p><p>It publishes guidelines “for the clinic” every year.</p>"
    )
    return _page("About CSCO", _around(text)).encode()

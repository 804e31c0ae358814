"""Day or month first: what a page proves of its own dates."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import islice

from csco_spider.extract.dates import DateOrder
from csco_spider.extract.outline import MONTH, Outline

_NUMERIC = re.compile(
    r"(?<![\w./-])(\d{1,2})(?:/(?=\d+/\d{2})|[.-](?=\d+[.-]\d{4}))(\d{1,2})[/.-]\d{2,4}(?![\w/-])"
)
_ISO = re.compile(r"\d{4}-(\d\d)-(\d\d)")
_MONTH = rf"{MONTH}[a-z]*\.?"
_MONTH_FIRST = re.compile(rf"\b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}", re.IGNORECASE)
_DAY_FIRST = re.compile(rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH},?\s+\d{{4}}", re.IGNORECASE)
_DAY_FIRST_LANGUAGES = ("en-gb", "en-au", "en-ie", "en-nz", "de", "fr", "es", "it", "pt", "nl")
_LOOKED_AT = 2000
"""Dated pieces of a page by which its order is judged."""
_SURE = 4
"""How many times the other order's proofs an order needs: slips of the keyboard are no order."""

_COUNTRY = re.compile(
    r"^https?://[^/]+\.(uk|au|nz|ie|in|za|gov|mil)(?=[:/]|$)|/en[-_]([a-z]{2})/", re.IGNORECASE
)
_MONTH_FIRST_LANGUAGES = ("en-us", "en-ph", "en-gov", "en-mil")


def order_of(language: str, url: str = "") -> DateOrder | None:
    """The order that a language tag tells; English without a country tells none, unless the address
    names the country ("/en-gb/", ".org.uk")."""
    tag = language.lower().replace("_", "-")
    if tag in {"", "en"} and (place := _COUNTRY.search(url)):
        tag = f"en-{(place[1] or place[2]).lower()}"
    if tag.startswith(_MONTH_FIRST_LANGUAGES):
        return "mdy"
    return "dmy" if tag and tag != "en" else None


def proven_order(texts: Iterable[str]) -> DateOrder | None:
    """The order that numbers past 12 in texts prove, where none proves the other."""
    pairs = ((int(a), int(b)) for text in texts for a, b in _NUMERIC.findall(text[:160]))
    proofs: set[DateOrder] = {"dmy" if a > b else "mdy" for a, b in pairs if (a > 12) != (b > 12)}
    return proofs.pop() if len(proofs) == 1 else None


def date_order_of(page: Outline) -> DateOrder | None:
    """The order that the page's numeric dates prove (a number past 12, a ``datetime`` beside them),
    else how it writes dates in words, else its language; None where all that is silent or torn."""
    proofs: Counter[DateOrder] = Counter()
    habits: Counter[DateOrder] = Counter()
    for piece in islice((piece for piece in page.pieces if piece.dated), _LOOKED_AT):
        text = piece.text[:160]
        stamp = _ISO.match(page.nodes[piece.node].get("datetime") or "")
        for first, second in ((int(a), int(b)) for a, b in _NUMERIC.findall(text)):
            if stamp and first != second:
                month_first = (first, second) == (int(stamp[1]), int(stamp[2]))
                proofs["mdy" if month_first else "dmy"] += 1
            elif first > 12 >= second:
                proofs["dmy"] += 1
            elif second > 12 >= first:
                proofs["mdy"] += 1
        habits["mdy"] += bool(_MONTH_FIRST.search(text))
        habits["dmy"] += bool(_DAY_FIRST.search(text))
    for votes in (proofs, habits):
        if sum(votes.values()):
            (best, count), *rest = votes.most_common(2)
            return best if not rest or count > _SURE * rest[0][1] else None
    language = (page.nodes[0].get("lang") or "").lower() if page.nodes else ""
    if language == "en-us":
        return "mdy"
    return "dmy" if language.startswith(_DAY_FIRST_LANGUAGES) else None

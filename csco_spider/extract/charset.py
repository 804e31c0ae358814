"""Bytes to text, once: BOM, then valid UTF-8, then what header or page declare, gb18030 for gb*."""

from __future__ import annotations

import codecs
import re

from w3lib.encoding import (
    html_body_declared_encoding,
    http_content_type_encoding,
    read_bom,
    resolve_encoding,
)

_ESCAPED = re.compile(rb"\x1b[$(]")
_GB = frozenset({"gb2312", "gbk", "gb18030", "hz", "cp936"})
# Python's codecs that are no character set, whatever a header says.
_NO_CHARSET = frozenset(
    {"base64", "bz2", "hex", "quopri", "rot_13", "uu", "zlib", "idna", "punycode", "undefined"}
    | {"unicode_escape", "raw_unicode_escape"}
)
_LATIN = "cp1252"
_SNIFFED = ("gb18030", "big5", "shift_jis", "euc_kr", "cp1252")


def _python_codec(label: str) -> str | None:
    """The codec for a label as browsers read it; every gb label is gb18030, its superset."""
    name = resolve_encoding(label)
    if name is None or name.replace("-", "_") in _NO_CHARSET:
        return None
    return "gb18030" if name.lower().replace("-", "") in _GB else name


def _reads(body: bytes, codec: str, errors: str = "strict") -> bool:
    """Whether a body is text in ``codec``, or nearly all of it with errors "replace".

    A character cut at the very end (half a page) is no proof against it.
    """
    try:
        text = codecs.getincrementaldecoder(codec)(errors).decode(body)
    except (UnicodeError, LookupError):
        return False
    if errors == "strict":
        return body.isascii() or not text.isascii()
    past_ascii = len(text) - len(text.encode("ascii", "ignore"))
    if text.count("\ufffd") * 10 > past_ascii:
        return False
    return past_ascii > 0 or body.isascii()


def encoding_of(body: bytes, content_type: str = "") -> str:
    """The encoding to read a page in.

    Valid UTF-8 with a byte past ASCII wins over what header and page say, for a label is wrong more
    often than 8-bit text is UTF-8 by chance; 7-bit escapes (ISO-2022-JP) are not UTF-8. A byte
    lost inside a page is no proof against UTF-8 or against what is declared.
    """
    bom, _ = read_bom(body)
    if bom:
        return bom
    declared = [
        http_content_type_encoding(content_type or None),
        html_body_declared_encoding(body[:4096]),
    ]
    labels = [codec for label in declared if label and (codec := _python_codec(label))]
    escaped = any(label.startswith("iso2022") for label in labels) and _ESCAPED.search(body)
    if not escaped and (_reads(body, "utf-8") or _reads(body, "utf-8", "replace")):
        return "utf-8"
    exact = [codec for codec in labels if _reads(body, codec)]
    if exact:  # a server's Latin reads anything: the page's own word goes before it
        return next((codec for codec in exact if codec != _LATIN), exact[0])
    for codec in labels:
        if _reads(body, codec, "replace"):
            return codec
    for codec in _SNIFFED:
        if _reads(body, codec):
            return codec
    return labels[0] if labels else "utf-8"

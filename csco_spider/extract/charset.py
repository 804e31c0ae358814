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
_SNIFFED = ("gb18030", "big5", "shift_jis", "euc_kr", "cp1252")


def _python_codec(label: str) -> str | None:
    """The codec for a label as browsers read it; every gb label is gb18030, its superset."""
    name = resolve_encoding(label)
    if name is None:
        return None
    return "gb18030" if name.lower().replace("-", "") in _GB else name


def encoding_of(body: bytes, content_type: str = "") -> str:
    """The encoding to read a page in.

    Valid UTF-8 with a byte past ASCII wins over what header and page say, for a label is wrong more
    often than 8-bit text is UTF-8 by chance; 7-bit escapes (ISO-2022-JP) are not UTF-8.
    """
    bom, _ = read_bom(body)
    if bom:
        return bom
    declared = [
        http_content_type_encoding(content_type or None),
        html_body_declared_encoding(body[:4096]),
    ]
    labels = [codec for label in declared if label and (codec := _python_codec(label))]
    if not _ESCAPED.search(body) or not any(label.startswith("iso-2022") for label in labels):
        try:
            body.decode("utf-8")
            return "utf-8"
        except UnicodeDecodeError as error:
            # A multi-byte character cut at the very end (half a page) is no proof against UTF-8.
            cut_short = error.end >= len(body) and error.start > len(body) - 4
            if cut_short and any(byte > 127 for byte in body[: error.start]):
                return "utf-8"
    for codec in (*labels, *_SNIFFED):
        try:
            codecs.decode(body, codec)
            return codec
        except (UnicodeDecodeError, LookupError):
            continue
    return labels[0] if labels else "utf-8"

"""One record of a WARC/1.1 file (ISO 28500:2017): from values to bytes and back.

Each record is a gzip member of its own, so that one is read without the others and a torn one is found.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Literal, cast
from uuid import uuid4

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

Kind = Literal["warcinfo", "request", "response", "revisit", "metadata"]
_CONTENT = {
    "warcinfo": "application/warc-fields",
    "metadata": "application/warc-fields",
    "request": "application/http; msgtype=request",
    "response": "application/http; msgtype=response",
    "revisit": "application/http; msgtype=response",
}
_PROFILE = "http://netpreserve.org/warc/1.1/revisit/"
_MAGIC = b"\x1f\x8b\x08"
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Record:
    """A record: its named fields, and its block (for HTTP: head and body as they were sent)."""

    kind: Kind
    fields: Mapping[str, str]
    block: bytes

    @property
    def id(self) -> str:
        return self.fields["WARC-Record-ID"]

    @property
    def url(self) -> str:
        return self.fields.get("WARC-Target-URI", "")

    def said(self) -> dict[str, str]:
        """The lines of an ``application/warc-fields`` block."""
        lines = (line.partition(": ") for line in self.block.decode().splitlines())
        return {name: value for name, _, value in lines}

    def http(self) -> tuple[int, bytes, bytes]:
        """Status, header lines and body of a response. Raises ValueError for anything else."""
        head, _, body = self.block.partition(b"\r\n\r\n")
        line, _, lines = head.partition(b"\r\n")
        return int(line.split(b" ")[1]), lines, body


@dataclass(frozen=True, slots=True)
class Placed:
    """A record, and where in its file it stands (bytes)."""

    offset: int
    length: int
    record: Record


def digest_of(payload: bytes) -> str:
    """A payload's digest as archives write it: SHA-1 in base 32."""
    return "sha1:" + base64.b32encode(hashlib.sha1(payload, usedforsecurity=False).digest()).decode()


def stamp(instant: datetime) -> str:
    """An instant as a WARC-Date (W3C-DTF, UTC)."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def make(kind: Kind, date: str, block: bytes, url: str = "", **fields: str) -> Record:
    """A new record; further ``fields`` by name with ``_`` for ``-``, without ``WARC``."""
    named = {"WARC-Type": kind, "WARC-Record-ID": f"<urn:uuid:{uuid4()}>", "WARC-Date": date}
    if url:
        named["WARC-Target-URI"] = url
    named |= {f"WARC-{name.replace('_', '-')}": value for name, value in fields.items()}
    return Record(kind, named, block)


def warcinfo(date: str, filename: str, software: str, state: Mapping[str, Any]) -> Record:
    """The record at the head of a crawl's records; ``state`` is ours, as JSON."""
    lines = {
        "software": software,
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "json-metadata": json.dumps(state, sort_keys=True),
    }
    return make("warcinfo", date, _lines(lines), Filename=filename)


def metadata(date: str, url: str, crawl: str, said: Mapping[str, str]) -> Record:
    """What we say of an address."""
    return make("metadata", date, _lines(said), url, Warcinfo_ID=crawl)


def _lines(said: Mapping[str, str]) -> bytes:
    return "".join(f"{name}: {' '.join(value.split())}\r\n" for name, value in said.items()).encode()


def revisit(of: Record, origin: str, origin_url: str, origin_date: str, *, unchanged: bool) -> Record:
    """A response's record without its body, which another record holds.

    ``unchanged``: the server itself said so (304); else the same body was sent again.
    """
    head = of.block.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    if unchanged:
        head = b"HTTP/1.1 304 Not Modified\r\n" + head.partition(b"\r\n")[2]
    fields = {
        **of.fields,
        "WARC-Type": "revisit",
        "WARC-Profile": _PROFILE + ("server-not-modified" if unchanged else "identical-payload-digest"),
        "WARC-Refers-To": origin,
        "WARC-Refers-To-Target-URI": origin_url,
        "WARC-Refers-To-Date": origin_date,
    }
    return Record("revisit", fields, head)


def packed(record: Record) -> bytes:
    """A record as a gzip member, with the digest of its block."""
    # Named a warcinfo to warcio, which would rewrite an HTTP head and guess at payloads.
    made = ArcWarcRecord(
        "warc",
        "warcinfo",
        StatusAndHeaders("", list(record.fields.items()), protocol="WARC/1.1"),
        BytesIO(record.block),
        None,
        _CONTENT[record.kind],
        len(record.block),
    )
    out = BytesIO()
    WARCWriter(out, gzip=True, warc_version="1.1").write_record(made)
    return out.getvalue()


def unpacked(member: bytes) -> Record:
    """A gzip member as the record it holds. Raises ValueError, zlib.error or a warcio error."""
    raw = zlib.decompress(member, wbits=31)
    found = next(iter(ArchiveIterator(BytesIO(raw), no_record_parse=True)))
    fields = dict(found.rec_headers.headers)
    return Record(cast("Kind", fields["WARC-Type"]), fields, found.raw_stream.read())


def members(path: Path, start: int = 0) -> Iterator[Placed | tuple[int, int]]:
    """The records of a file from a byte on; a pair (first byte, end) where it can't be read.

    A pair that ends where the file does is a torn last record, or what a broken disk left.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        place = start
        while place < size:
            length = _member_at(file, place)
            if length:
                file.seek(place)
                raw = file.read(length)
                try:
                    yield Placed(place, length, unpacked(raw))
                    place += length
                    continue
                except (ValueError, KeyError, StopIteration, ArchiveLoadFailed):
                    pass  # whole by its checksum, but no record: reported as damage below
            following = _next_member(file, place + 1, size)
            yield place, following
            place = following


def _member_at(file: BinaryIO, place: int) -> int:
    """Length of the gzip member that begins at a byte; 0 when none is whole."""
    file.seek(place)
    inflate = zlib.decompressobj(wbits=31)
    length = 0
    while piece := file.read(_PIECE):
        try:
            inflate.decompress(piece)
        except zlib.error:
            return 0
        length += len(piece)
        if inflate.eof:
            return length - len(inflate.unused_data)
    return 0


def _next_member(file: BinaryIO, place: int, size: int) -> int:
    """Where the next whole member begins, or the file's end."""
    kept, at = b"", place
    file.seek(place)
    while piece := file.read(_PIECE):
        kept += piece
        found = kept.find(_MAGIC)
        while found >= 0:
            if _member_at(file, at + found):
                return at + found
            found = kept.find(_MAGIC, found + 1)
        at += len(kept) - 2
        kept = kept[-2:]
        file.seek(at + len(kept))
    return size

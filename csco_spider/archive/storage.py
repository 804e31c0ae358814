"""The archive as Scrapy's HTTP cache (``HTTPCACHE_STORAGE``): for a crawl, and for a replay of one."""

from __future__ import annotations

import asyncio
import http
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.utils.response import response_from_dict
from w3lib.http import headers_dict_to_raw, headers_raw_to_dict

from csco_spider.archive.files import Archive, Kept
from csco_spider.archive.index import Crawled
from csco_spider.archive.records import digest_of, make, stamp
from csco_spider.items import Minted


class ArchiveStorage:
    """Keeps what a crawl fetches. Compression and disk are the work of a thread of its own.

    What is stored is certain only once ``written`` has been awaited.
    """

    archive: Archive
    crawl: Crawled

    def __init__(self, settings: BaseSettings) -> None:
        self._directory = Path(settings["ARCHIVE_DIR"])
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="archive")
        self._waiting: list[Future[None]] = []

    def open_spider(self, spider: Spider) -> None:
        self.archive = Archive(self._directory, spider.name)

    def begin(self, started: datetime, arguments: Mapping[str, str]) -> None:
        """State which crawl it is; ``started`` is its clock, from which all dates follow."""
        self._began = monotonic()
        self.crawl = self.archive.begin(started, arguments)
        self._guids = {url: minted.guid for url, minted in self.archive.guids().items()}

    def close_spider(self, _spider: Spider) -> None:
        self._writer.shutdown()
        if hasattr(self, "archive"):  # else it could not be opened
            self.archive.close()

    def retrieve_response(self, _spider: Spider, request: Request) -> Response | None:
        return as_response(self.archive.newest(request.url))

    def store_response(self, _spider: Spider, request: Request, response: Response) -> None:
        self._do(self._store, request, response, self._date())

    def store_failure(self, url: str, reason: str) -> None:
        """Keep that an address gave no answer."""
        self._do(self.archive.say, self.crawl, self._date(), url, {"fetch-failed": reason})

    def commit(self, url: str, minted: Minted) -> None:
        """Keep what the entry at an address got, if that is news."""
        if self._guids.get(url) != minted.guid:
            self._guids[url] = minted.guid
            self._do(self.archive.commit, self.crawl, self._date(), url, minted)

    def _do(self, work: Callable[..., None], *values: Any) -> None:
        self._waiting.append(self._writer.submit(work, *values))

    async def written(self) -> None:
        """Wait for all that was given to be in the archive's files. Raises ArchiveError."""
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            await asyncio.wrap_future(future)

    def _date(self) -> str:
        return stamp(self.crawl.started + timedelta(seconds=monotonic() - self._began))

    def _store(self, request: Request, response: Response, date: str) -> None:
        record = make(
            "response",
            date,
            _status_line(response.status) + _head(response.headers) + response.body,
            response.url,
            Warcinfo_ID=self.crawl.id,
            Payload_Digest=digest_of(response.body),
        )
        parts = urlsplit(request.url)
        target = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
        asked = f"{request.method} {target} HTTP/1.1\r\nHost: {parts.netloc}\r\n".encode()
        asked += _head(request.headers)
        self.archive.keep(self.crawl, asked, record, unchanged="cached" in response.flags)


class ReplayStorage:
    """Answers with what a crawl of the past got; setting ``REPLAY_CRAWL`` is its number."""

    def __init__(self, settings: BaseSettings) -> None:
        self._directory = Path(settings["ARCHIVE_DIR"])
        self._crawl = settings.getint("REPLAY_CRAWL")

    def open_spider(self, spider: Spider) -> None:
        self._archive = Archive(self._directory, spider.name)

    def close_spider(self, _spider: Spider) -> None:
        self._archive.close()

    def retrieve_response(self, _spider: Spider, request: Request) -> Response | None:
        return as_response(self._archive.answer(request.url, self._crawl))

    def store_response(self, _spider: Spider, _request: Request, _response: Response) -> None:
        """A replay adds nothing."""


def as_response(kept: Kept | None) -> Response | None:
    """A kept page as Scrapy would have made it of the answer."""
    if kept is None:
        return None
    headers = headers_raw_to_dict(kept.headers) or {}
    return response_from_dict(
        {"url": kept.url, "status": kept.status, "headers": headers, "body": kept.body}
    )


def _status_line(status: int) -> bytes:
    try:
        reason = http.HTTPStatus(status).phrase
    except ValueError:
        reason = ""
    return f"HTTP/1.1 {status} {reason}\r\n".encode()


def _head(headers: Any) -> bytes:
    # Bodies come with their content coding and without the transfer's.
    kept = {name: headers.getlist(name) for name in headers if name.lower() != b"transfer-encoding"}
    lines = headers_dict_to_raw(kept) or b""
    return lines + (b"\r\n\r\n" if lines else b"\r\n")

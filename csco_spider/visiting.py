"""A polite look at a few pages: what was answered, as it came. Nothing is judged or remembered here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from parsel import Selector
from scrapy import Request, Spider
from scrapy.crawler import CrawlerProcessBase
from scrapy.http import Headers, HtmlResponse, Response, TextResponse
from scrapy.responsetypes import responsetypes
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from csco_spider.extract.charset import encoding_of
from csco_spider.failures import reason_of
from csco_spider.platforms.society import headers_of, introduce, is_file

Asked = tuple[str, str]
"""What a page is called, and its address."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page as it was answered; ``problem`` is why there is none."""

    name: str
    url: str
    status: int = 0
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    problem: str = ""

    @property
    def text(self) -> str:
        return self.body.decode(self.encoding, "replace")

    @property
    def encoding(self) -> str:
        return encoding_of(self.body, self.content_type)

    @property
    def page(self) -> Selector:
        return Selector(text=self.text or "<html></html>", type="html")

    @property
    def is_text(self) -> bool:
        """Is it a page, as a crawl sees it? Else it is a file."""
        headers = Headers({"Content-Type": self.content_type})
        kind = responsetypes.from_args(headers=headers, url=self.url, body=self.body)
        return issubclass(kind, TextResponse) and not is_file(self.content_type, self.body)

    def response(self, meta: dict[str, Any]) -> Response:
        """The answer as a spider's callback gets it."""
        request = Request(self.url, meta=meta)
        headers = {"Content-Type": self.content_type}
        if not self.is_text:
            return Response(self.url, 200, headers, self.body, request=request)
        return HtmlResponse(self.url, 200, headers, self.body, request=request, encoding=self.encoding)


class Visit(Spider):
    """Asks for one page, then for those that ``plan`` names after looking at it."""

    name = "visit"
    custom_settings = {  # noqa: RUF012 - Scrapy declares it so
        "ITEM_PIPELINES": {},
        "HTTPCACHE_ENABLED": False,
        "SPIDER_MIDDLEWARES": {"csco_spider.seen.SeenFilter": None},
        "EXTENSIONS": {"csco_spider.extensions.politeness.CrawlDelay": 500},
        "HTTPERROR_ALLOW_ALL": True,  # a refusal is something to see
        "DOWNLOAD_TIMEOUT": 30,  # somebody waits
        "RETRY_TIMES": 1,
    }

    def __init__(
        self, url: str, plan: Callable[[Fetched], Iterable[Asked]], pages: dict[str, Fetched]
    ) -> None:
        super().__init__()
        self._url, self._plan, self._pages = url, plan, pages

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        introduce(settings)

    async def start(self) -> AsyncIterator[Request]:
        yield self._request("list", self._url)

    def _request(self, name: str, url: str) -> Request:
        return Request(url, dont_filter=True, errback=self.failed, meta={"called": name})

    def parse(self, response: Response, **_: Any) -> Iterator[Request]:
        called = response.meta["called"]
        kind = (response.headers.get("Content-Type") or b"").decode("latin-1")
        page = Fetched(called, response.url, response.status, kind, headers_of(response), response.body)
        self._pages[called] = page
        if called == "list":
            yield from (self._request(name, url) for name, url in self._plan(page))

    def failed(self, failure: Failure) -> None:
        request: Request = failure.request  # type: ignore[attr-defined]
        called = request.meta["called"]
        self._pages[called] = Fetched(called, request.url, problem=reason_of(failure.value))


def visit(
    process: CrawlerProcessBase,
    url: str,
    plan: Callable[[Fetched], Iterable[Asked]],
) -> dict[str, Fetched]:
    """The page at ``url``, called "list", and what ``plan`` asks for besides, by their names."""
    pages: dict[str, Fetched] = {}
    process.crawl(process.create_crawler(Visit), url=url, plan=plan, pages=pages)
    process.start()
    return pages

"""Politeness that Scrapy lacks: a site that says when to come back is taken at its word."""

from __future__ import annotations

import logging
from collections.abc import Coroutine
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any

from scrapy import Request
from scrapy.core.downloader import Downloader, Slot
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Response
from twisted.internet.defer import Deferred

logger = logging.getLogger(__name__)


def retry_after(value: str, now: datetime) -> float | None:
    """Seconds to wait by a Retry-After field (RFC 9110, section 10.2.3): a number or an HTTP date.

    None for anything else; a date gone by is 0.
    """
    value = value.strip()
    if value.isdecimal() and value.isascii():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except (ValueError, TypeError):
        return None


class RetryAfterMiddleware(RetryMiddleware):
    """Scrapy's retries, held back as long as 429 or 503 ask for.

    A site that asks for more than RETRY_AFTER_MAX seconds is left alone for this crawl.
    """

    def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        field = (response.headers.get("Retry-After") or b"").decode("latin-1")
        if response.status not in {429, 503} or not field:
            return super().process_response(request, response)
        wait = retry_after(field, datetime.now(UTC))
        longest = self.crawler.settings.getfloat("RETRY_AFTER_MAX")
        if wait is None or wait > longest:
            if wait is not None:
                logger.warning(
                    "%s asks to come back in %d s, more than RETRY_AFTER_MAX (%d s); given up for now",
                    response.url,
                    wait,
                    longest,
                )
                return response
            return super().process_response(request, response)
        logger.info("%s asks to wait %d s", response.url, wait)
        assert self.crawler.engine is not None
        slot = self.crawler.engine.downloader.slots.get(request.meta.get("download_slot", ""))
        if slot is not None:  # the whole host rests, not this request alone
            slot.lastseen = monotonic() + wait
            slot.delay = slot.delay or 0.001  # without a delay Scrapy does not look at the clock
        return super().process_response(request, response)


class CountedDownloader(Downloader):
    """Scrapy's downloader with a limit per host that holds at any delay and under any load.

    Scrapy 2.19 counts a transfer when its coroutine first runs, and may start a second one before.
    """

    def _wait_for_download(
        self, slot: Slot, request: Request, queue_dfd: Deferred[Response]
    ) -> Coroutine[Any, Any, None]:
        slot.transferring.add(request)
        return super()._wait_for_download(slot, request, queue_dfd)

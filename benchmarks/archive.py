"""What the archive costs: CPU a page with and without it, bytes a page, what thirty nights repeat."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scrapy import Request
from scrapy.http import HtmlResponse
from scrapy.settings import Settings
from scrapy.utils.test import get_crawler

from csco_spider.archive.storage import ArchiveStorage
from csco_spider.demo.replica import Replica, served

ROUNDS = 5
NIGHTS = 30
PAGES = 300


def crawl(site: str, home: Path, now: str, **settings: str) -> float:
    """One crawl of the replica's Chinese site in a process of its own; CPU seconds."""
    given = {
        "LEDGER_URL": f"sqlite:///{home}/ledger.sqlite3",
        "ARCHIVE_DIR": str(home / "archive"),
        "PUBLISH_DIR": str(home / "feeds"),
        "DOWNLOAD_DELAY": "0",
        "AUTOTHROTTLE_ENABLED": "0",
        "LOG_LEVEL": "ERROR",
        "NOW": now,
    } | settings
    words = [sys.executable, "-m", "scrapy", "crawl", "csco_cn", "-a", f"site={site}"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [*words, *(part for pair in given.items() for part in ("-s", "=".join(pair)))],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def first_crawls(site: str) -> None:
    """A first crawl of 125 pages, with the archive and without."""
    kept: list[float] = []
    without: list[float] = []
    size = 0
    for _ in range(ROUNDS):
        for seconds, settings in ((kept, {}), (without, {"ARCHIVE_DIR": ""})):
            with tempfile.TemporaryDirectory() as home:
                seconds.append(crawl(site, Path(home), "2026-11-01T02:00:00Z", **settings))
                if not settings:
                    files = Path(home, "archive").rglob("*.warc.gz")
                    size = sum(path.stat().st_size for path in files)
    pages = 125
    archived, bare = statistics.median(kept), statistics.median(without)
    print(
        f"{pages} pages, medians of {ROUNDS}: {archived:.2f} s CPU with the archive, {bare:.2f} "
        f"s without; {(archived - bare) / pages * 1000:.2f} ms a page, {size / pages:.0f} bytes a page"
    )


def nights(site: str) -> None:
    """Thirty nights without news: what is stored again."""
    with tempfile.TemporaryDirectory() as home:
        folder, sizes = Path(home), []
        for night in range(NIGHTS):
            now = datetime(2026, 11, 1, 2, tzinfo=UTC) + timedelta(days=night)
            crawl(site, folder, now.isoformat())
            sizes.append(sum(path.stat().st_size for path in (folder / "archive").rglob("*.warc.gz")))
    later = (sizes[-1] - sizes[0]) / (NIGHTS - 1)
    print(f"{NIGHTS} nights: {sizes[0]} bytes in the first, {later:.0f} in each of the others")


def event_loop() -> None:
    """CPU of the thread that crawls, a page: what is left to it when another compresses and writes."""
    body = ("<p>" + "会议安排见附件,请各位会员相互转告。" * 200 + "</p>").encode()
    with tempfile.TemporaryDirectory() as home:
        spider = get_crawler().spidercls(name="csco_cn")
        storage = ArchiveStorage(Settings({"ARCHIVE_DIR": home}))
        storage.open_spider(spider)
        storage.begin(datetime(2026, 11, 1, 2, tzinfo=UTC), {})
        own: list[int] = []
        whole = time.process_time_ns()
        for number in range(PAGES):
            request = Request(f"https://www.csco.org.cn/cn/ncontent.aspx?oid={number}")
            response = HtmlResponse(request.url, body=body + str(number).encode())
            began = time.thread_time_ns()
            storage.retrieve_response(spider, request)
            storage.store_response(spider, request, response)
            for future in storage._waiting:
                future.result()
            storage._waiting.clear()
            own.append(time.thread_time_ns() - began)
        whole = time.process_time_ns() - whole
        storage.close_spider(spider)
    print(
        f"{PAGES} pages of {len(body)} bytes: median {statistics.median(own) / 1e6:.2f} ms CPU a page "
        f"on the crawl's own thread, {whole / PAGES / 1e6:.2f} ms in all"
    )


def main() -> None:
    """Print the three figures."""
    event_loop()
    with served(Replica()) as site:
        first_crawls(site)
        nights(site)


if __name__ == "__main__":
    main()

"""The archive: what is kept and found again, and what becomes of it when files are hurt."""

from __future__ import annotations

import errno
import gzip
import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request
from scrapy.http import Headers, HtmlResponse, Response
from scrapy.settings import Settings
from scrapy.utils.test import get_crawler
from warcio.cli import main as warcio

from csco_spider.archive import Archive, ArchiveError, Crawled
from csco_spider.archive.records import digest_of, make, members, packed, unpacked
from csco_spider.archive.storage import ArchiveStorage, ReplayStorage
from csco_spider.items import Minted

STARTED = datetime(2026, 11, 23, 2, tzinfo=UTC)
PAGE = "https://www.csco.org.cn/cn/ncontent.aspx?oid=7"


def keep(
    archive: Archive,
    crawl: Crawled,
    body: bytes = b"<p>text</p>",
    url: str = PAGE,
    status: int = 200,
    *,
    unchanged: bool = False,
) -> None:
    block = f"HTTP/1.1 {status} OK\r\nContent-Type: text/html\r\n\r\n".encode() + body
    response = make(
        "response",
        "2026-11-23T02:00:00Z",
        block,
        url,
        Warcinfo_ID=crawl.id,
        Payload_Digest=digest_of(body),
    )
    archive.keep(crawl, b"GET / HTTP/1.1\r\n\r\n", response, unchanged=unchanged)


def opened(folder: Path, number: int = 0) -> tuple[Archive, Crawled]:
    archive = Archive(folder, "csco_cn")
    return archive, archive.begin(STARTED + timedelta(days=number), {"site": "http://127.0.0.1:8"})


def warc(folder: Path, month: str = "2026-11") -> Path:
    return folder / "csco_cn" / f"{month}.warc.gz"


def sound(path: Path) -> bool:
    """Do two foreign tools accept every record?"""
    with path.open("rb") as stream:
        for record in ArchiveIterator(stream, parse_http=False):
            assert record.verify_block_digest(), record.headers
            if record.record_type == WarcRecordType.response:
                record.parse_http()
                assert record.verify_payload_digest(), record.headers
    try:
        warcio(["check", str(path)])
    except SystemExit as left:
        return left.code in {0, None}
    return True


def test_what_is_kept_is_found_again(tmp_path: Path) -> None:
    archive, crawl = opened(tmp_path)
    keep(archive, crawl, "正文".encode())
    kept = archive.newest(PAGE)
    assert kept is not None
    assert (kept.url, kept.status, kept.body) == (PAGE, 200, "正文".encode())
    assert kept.headers == b"Content-Type: text/html"
    assert archive.newest("https://www.csco.org.cn/other") is None
    assert archive.crawls() == [crawl]
    archive.close()
    assert sound(warc(tmp_path))


def test_a_body_is_kept_once(tmp_path: Path) -> None:
    archive, crawl = opened(tmp_path)
    body = os.urandom(20_000)
    for number in range(5):
        keep(archive, crawl, body, f"{PAGE}{number}")
    keep(archive, crawl, body, f"{PAGE}3", unchanged=True)
    assert archive.size() < 30_000
    for number in range(5):
        kept = archive.newest(f"{PAGE}{number}")
        assert kept is not None and kept.body == body
    archive.close()
    assert sound(warc(tmp_path))


def test_a_refusal_never_stands_for_a_page(tmp_path: Path) -> None:
    archive, crawl = opened(tmp_path)
    keep(archive, crawl, b"the page")
    for status in (403, 500, 404):
        keep(archive, crawl, f"<h1>{status}</h1>".encode(), status=status)
    kept = archive.newest(PAGE)
    assert kept is not None and kept.body == b"the page"
    archive.close()


def test_a_crawl_is_answered_as_it_was(tmp_path: Path) -> None:
    archive, first = opened(tmp_path)
    keep(archive, first, b"one")
    keep(archive, first, b"gone", f"{PAGE}2", status=404)
    second = archive.begin(STARTED + timedelta(days=1), {})
    third = archive.begin(STARTED + timedelta(days=2), {})
    archive.say(third, "2026-11-25T02:00:00Z", PAGE, {"fetch-failed": "ConnectionRefused"})
    keep(archive, third, b"three", f"{PAGE}3")

    def answer(url: str, crawl: Crawled) -> bytes | None:
        kept = archive.answer(url, crawl.number)
        return kept.body if kept else None

    assert [answer(PAGE, crawl) for crawl in (first, second, third)] == [b"one", b"one", None]
    assert answer(f"{PAGE}2", first) == b"gone"
    assert answer(f"{PAGE}2", second) is None, "what was gone then is not taken for a page now"
    assert answer(f"{PAGE}3", second) is None, "nobody can read what is fetched a day later"
    archive.close()


@pytest.mark.parametrize("cut", [1, 7, 60, 200])
def test_a_torn_last_record_is_cut(tmp_path: Path, cut: int, caplog: pytest.LogCaptureFixture) -> None:
    archive, crawl = opened(tmp_path)
    keep(archive, crawl, b"first")
    keep(archive, crawl, b"second", f"{PAGE}2")
    archive.close()
    path = warc(tmp_path)
    whole = path.read_bytes()
    for index in path.parent.glob("index*"):
        index.unlink()
    path.write_bytes(whole[:-cut])
    archive = Archive(tmp_path, "csco_cn")
    assert "a torn record" in caplog.text
    kept = archive.newest(PAGE)
    assert kept is not None and kept.body == b"first"
    keep(archive, archive.begin(STARTED, {}), b"third", f"{PAGE}3")
    archive.close()
    assert sound(path)


def test_a_file_cut_in_its_middle_keeps_what_is_whole(tmp_path: Path) -> None:
    archive, crawl = opened(tmp_path)
    for number in range(20):
        keep(archive, crawl, os.urandom(300), f"{PAGE}{number}")
    archive.close()
    path = warc(tmp_path)
    os.truncate(path, path.stat().st_size // 2)
    archive = Archive(tmp_path, "csco_cn")
    held = [number for number in range(20) if archive.newest(f"{PAGE}{number}")]
    assert held == list(range(len(held))) and 5 < len(held) < 15
    assert archive.faults() == []
    archive.close()
    assert sound(path)


def test_bytes_lost_in_the_middle_are_named_and_the_rest_is_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    archive, crawl = opened(tmp_path)
    for number in range(6):
        keep(archive, crawl, os.urandom(300), f"{PAGE}{number}")
    archive.close()
    path = warc(tmp_path)
    place = [found for found in members(path) if not isinstance(found, tuple)][5]
    with path.open("r+b") as file:
        file.seek(place.offset + 40)
        file.write(bytes(20))
    for index in path.parent.glob("index*"):
        index.unlink()
    archive = Archive(tmp_path, "csco_cn")
    lost = [number for number in range(6) if archive.newest(f"{PAGE}{number}") is None]
    assert lost == [2]
    assert f"bytes {place.offset} to {place.offset + place.length} can't be read" in caplog.text
    assert len(archive.faults()) == 1
    size = path.stat().st_size
    Archive(tmp_path, "csco_cn").close()
    assert path.stat().st_size == size, "what a disk broke is left for whoever mends it"
    archive.close()


@pytest.mark.parametrize("hurt", ["lost", "older", "no database", "other version"])
def test_an_index_is_made_anew(tmp_path: Path, hurt: str) -> None:
    archive, crawl = opened(tmp_path)
    keep(archive, crawl, b"first")
    archive.close()
    index = tmp_path / "csco_cn" / "index.sqlite3"
    older = index.read_bytes()
    archive = Archive(tmp_path, "csco_cn")
    keep(archive, crawl, b"second", f"{PAGE}2")
    archive.commit(crawl, "2026-11-23T02:00:00Z", PAGE, Minted("urn:uuid:1", STARTED, 3))
    archive.close()
    if hurt == "lost":
        index.unlink()
    elif hurt == "older":
        index.write_bytes(older)
    elif hurt == "no database":
        index.write_bytes(b"nothing of the kind" * 100)
    else:
        with closing(sqlite3.connect(index)) as connection:
            connection.execute("PRAGMA user_version = 99")
    archive = Archive(tmp_path, "csco_cn")
    for url, body in ((PAGE, b"first"), (f"{PAGE}2", b"second")):
        kept = archive.newest(url)
        assert kept is not None and kept.body == body
    assert archive.crawls() == [crawl]
    assert archive.guids() == {PAGE: ("urn:uuid:1", STARTED, 3)}
    archive.close()


def test_months_restored_shorter_give_back_what_they_hold(tmp_path: Path) -> None:
    archive, crawl = opened(tmp_path)
    archive.commit(crawl, "2026-11-23T02:00:00Z", PAGE, Minted("urn:uuid:1", STARTED, 3))
    short = warc(tmp_path).read_bytes()
    keep(archive, crawl, b"first")
    later, december = opened(tmp_path, 30)
    empty = warc(tmp_path, "2026-12").read_bytes()
    later.commit(december, "2026-12-23T02:00:00Z", PAGE, Minted("urn:uuid:2", STARTED, 4))
    later.close()
    archive.close()
    warc(tmp_path).write_bytes(short)
    warc(tmp_path, "2026-12").write_bytes(empty)
    archive = Archive(tmp_path, "csco_cn")
    assert archive.guids() == {PAGE: ("urn:uuid:1", STARTED, 3)}
    assert archive.newest(PAGE) is None
    archive.close()


def test_a_page_that_can_not_be_read_any_more_is_kept_anew(tmp_path: Path) -> None:
    archive, crawl = opened(tmp_path)
    body = os.urandom(400)
    keep(archive, crawl, body)
    path = warc(tmp_path)
    place = [found for found in members(path) if not isinstance(found, tuple)][1]
    with path.open("r+b") as file:
        file.seek(place.offset + place.length - 60)
        file.write(bytes(30))
    with pytest.raises(ArchiveError, match="can't be read"):
        archive.newest(PAGE)
    keep(archive, crawl, body)
    kept = archive.newest(PAGE)
    assert kept is not None and kept.body == body
    archive.close()


def test_a_wrong_digest_is_an_error_and_not_a_page(tmp_path: Path) -> None:
    archive, crawl = opened(tmp_path)
    body = b"as it was"
    response = make(
        "response",
        "2026-11-23T02:00:00Z",
        b"HTTP/1.1 200 OK\r\n\r\n" + body,
        PAGE,
        Payload_Digest=digest_of(b"something else"),
    )
    archive.keep(crawl, b"GET / HTTP/1.1\r\n\r\n", response, unchanged=False)
    with pytest.raises(ArchiveError, match=r"oid=7 has not the digest"):
        archive.newest(PAGE)
    assert len(archive.faults()) == 1
    archive.close()


def test_two_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    def write(name: str) -> None:
        archive, crawl = opened(tmp_path)
        for number in range(40):
            keep(archive, crawl, f"{name} {number}".encode(), f"{PAGE}{name}{number}")
        archive.close()

    threads = [threading.Thread(target=write, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    archive = Archive(tmp_path, "csco_cn")
    for name in "abc":
        for number in range(40):
            kept = archive.newest(f"{PAGE}{name}{number}")
            assert kept is not None and kept.body == f"{name} {number}".encode()
    assert [crawl.number for crawl in archive.crawls()] == [1, 2, 3]
    archive.close()
    assert sound(warc(tmp_path))


def test_a_writer_takes_up_what_a_killed_one_left(tmp_path: Path) -> None:
    archive, crawl = opened(tmp_path)
    path = warc(tmp_path)
    keep(archive, crawl, b"first")
    whole = packed(make("metadata", "2026-11-23T02:00:00Z", b"note: x\r\n", PAGE, Warcinfo_ID=crawl.id))
    with path.open("ab") as file:
        file.write(whole + whole[: len(whole) // 2])
    keep(archive, crawl, b"second", f"{PAGE}2")
    archive.close()
    assert all(not isinstance(found, tuple) for found in members(path))
    assert sound(path)


def test_a_full_disk_leaves_whole_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive, crawl = opened(tmp_path)
    keep(archive, crawl, b"first")
    write = os.write

    def full(descriptor: int, data: bytes) -> int:
        if len(data) > 50:
            return write(descriptor, bytes(data[:50]))
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("csco_spider.archive.files.os.write", full)
    with pytest.raises(ArchiveError, match="No space left on device"):
        keep(archive, crawl, os.urandom(500), f"{PAGE}2")
    monkeypatch.undo()
    keep(archive, crawl, b"third", f"{PAGE}3")
    assert archive.newest(f"{PAGE}2") is None
    archive.close()
    assert sound(warc(tmp_path))


def test_a_folder_that_can_not_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "csco_cn").write_text("a file")
    with pytest.raises(ArchiveError, match="can't be opened"):
        Archive(tmp_path, "csco_cn")


@pytest.mark.parametrize(
    "read",
    [
        lambda archive: archive.newest(PAGE),
        lambda archive: archive.answer(PAGE, 1),
        lambda archive: archive.crawls(),
        lambda archive: archive.guids(),
    ],
    ids=["newest", "answer", "crawls", "guids"],
)
def test_an_index_that_breaks_while_it_is_read_is_named(
    tmp_path: Path, read: Callable[[Archive], object]
) -> None:
    archive, _ = opened(tmp_path)
    with closing(sqlite3.connect(next(tmp_path.rglob("index.sqlite3")), isolation_level=None)) as behind:
        behind.executescript("DROP TABLE records; DROP TABLE crawls")
    with pytest.raises(ArchiveError, match=r"the index of .* can't be read .*made anew from the files"):
        read(archive)
    archive.close()


# --- retention ------------------------------------------------------------------------------------
def _year(folder: Path) -> tuple[Archive, list[Crawled]]:
    """Twelve monthly crawls; one page changes, one never does, each crawl finds a new one."""
    archive = Archive(folder, "csco_cn")
    crawls = []
    for month in range(12):
        crawl = archive.begin(datetime(2026, month + 1, 3, 2, tzinfo=UTC), {})
        keep(archive, crawl, f"list {month}".encode() * 50, "https://www.csco.org.cn/list")
        keep(archive, crawl, b"always the same" * 50, "https://www.csco.org.cn/about")
        keep(archive, crawl, f"notice {month}".encode() * 50, f"{PAGE}{month}")
        minted = Minted(f"urn:uuid:{month}", crawl.started, month)
        archive.commit(crawl, "2026-01-03T02:00:00Z", f"{PAGE}{month}", minted)
        crawls.append(crawl)
    return archive, crawls


def test_old_crawls_are_dropped_but_not_what_made_a_live_entry(tmp_path: Path) -> None:
    archive, crawls = _year(tmp_path)
    before = archive.size()
    now = crawls[-1].started
    assert archive.prune(days=100, size=0, now=now, live={crawls[4].started}) == [1, 2, 3, 4, 6, 7, 8]
    assert archive.size() < before
    assert [crawl.number for crawl in archive.crawls()] == [5, 9, 10, 11, 12]
    assert archive.newest(f"{PAGE}4") is not None
    assert archive.newest(f"{PAGE}6") is None
    about = archive.newest("https://www.csco.org.cn/about")
    assert about is not None and about.body == b"always the same" * 50, "others repeat it"
    assert len(archive.guids()) == 12
    listing = archive.newest("https://www.csco.org.cn/list")
    assert listing is not None and listing.body == b"list 11" * 50
    assert archive.faults() == []
    archive.close()
    (tmp_path / "csco_cn" / "index.sqlite3").unlink()
    archive = Archive(tmp_path, "csco_cn")
    assert [crawl.number for crawl in archive.crawls()] == [5, 9, 10, 11, 12]
    newest = archive.newest("https://www.csco.org.cn/list")
    assert newest is not None and newest.body == b"list 11" * 50
    assert archive.begin(now, {}).number == 13
    archive.close()
    assert all(sound(path) for path in (tmp_path / "csco_cn").glob("*.warc.gz"))


def test_an_archive_keeps_within_its_size(tmp_path: Path) -> None:
    archive, crawls = _year(tmp_path)
    most = archive.size() // 2
    dropped = archive.prune(days=0, size=most, now=crawls[-1].started, live=set())
    assert dropped and dropped == list(range(1, len(dropped) + 1))
    assert archive.size() <= most * 1.2, "GUIDs and repeated bodies stay"
    assert archive.prune(days=0, size=0, now=crawls[-1].started, live=set()) == []
    archive.close()


# --- as Scrapy's HTTP cache -----------------------------------------------------------------------
def _stored(folder: Path, *responses: Response) -> list[Response | None]:
    """Responses put in by one crawl, and what a replay of it gets."""
    settings = Settings({"ARCHIVE_DIR": str(folder), "REPLAY_CRAWL": 1})
    spider = get_crawler().spidercls(name="csco_cn")
    storage = ArchiveStorage(settings)
    storage.open_spider(spider)
    storage.begin(STARTED, {})
    for response in responses:
        storage.store_response(spider, Request(response.url), response)
    for future in storage._waiting:
        future.result()
    storage.close_spider(spider)
    replay = ReplayStorage(settings)
    replay.open_spider(spider)
    found = [replay.retrieve_response(spider, Request(response.url)) for response in responses]
    replay.close_spider(spider)
    return found


def test_a_response_comes_back_as_it_was(tmp_path: Path) -> None:
    zipped = gzip.compress("<h1>通知</h1>".encode("gb18030"))
    responses = [
        HtmlResponse(f"{PAGE}1", body=b"<h1>x</h1>", headers={"Content-Type": "text/html; charset=gbk"}),
        Response(
            f"{PAGE}2", body=zipped, headers={"Content-Encoding": "gzip", "Content-Type": "text/html"}
        ),
        Response(f"{PAGE}3", body=b"no head at all"),
        Response(f"{PAGE}4", status=521, body=b""),
        Response(
            f"{PAGE}5",
            headers={"X": ["one", "two"], "Odd": "\xff".encode("latin-1")},
            body=b"a\r\n\r\nb",
        ),
        Response(
            f"{PAGE}6", headers={"Transfer-Encoding": "chunked"}, body=os.urandom(16 * 1024 * 1024)
        ),
    ]
    for response, found in zip(responses, _stored(tmp_path, *responses), strict=True):
        assert found is not None
        assert (found.url, found.status, found.body) == (response.url, response.status, response.body)
        assert found.headers == Headers(
            {
                name: response.headers.getlist(name)
                for name in response.headers
                if name != b"Transfer-Encoding"
            }
        )
    assert sound(warc(tmp_path))


@given(
    st.binary(max_size=300),
    st.dictionaries(
        st.text("abcxyz-", min_size=1, max_size=8),
        st.text(
            st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=20
        ),
    ),
)
def test_any_record_comes_back(body: bytes, headers: dict[str, str]) -> None:
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode("latin-1")
    record = make(
        "response", "2026-11-23T02:00:00Z", b"HTTP/1.1 200 OK\r\n" + head + b"\r\n" + body, PAGE
    )
    member = packed(record)
    found = unpacked(member)
    assert found.block == record.block
    assert found.fields.items() >= record.fields.items()
    assert gzip.GzipFile(fileobj=BytesIO(member)).read().endswith(b"\r\n\r\n")


def test_what_is_said_of_a_page_keeps_to_its_line(tmp_path: Path) -> None:
    archive, crawl = opened(tmp_path)
    archive.say(crawl, "2026-11-23T02:00:00Z", PAGE, {"fetch-failed": "two\r\nguid: urn:uuid:false"})
    assert archive.guids() == {}
    archive.close()

"""Retry-After as sites write it; the archive between a crawl and its site."""

from __future__ import annotations

import gzip
import os
import random
import resource
import shutil
import sqlite3
import subprocess
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime

import pytest

from csco_spider.archive import Archive
from csco_spider.middlewares import retry_after
from tests.conftest import World
from tests.launch import ROOT
from tests.sites.csco import START, article, listing, routes, rows
from tests.sites.server import Answer, Site, serving

NOW = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Wed, 01 Jul 2026 12:02:00 GMT", 120),
        ("Wed, 01 Jul 2026 11:00:00 GMT", 0),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("１２", None),
        ("Wed, 99 Jul 2026 12:02:00 GMT", None),
    ],
)
def test_retry_after(field: str, seconds: float | None) -> None:
    assert retry_after(field, NOW) == seconds


# --- the archive, and asking with conditions --------------------------------------------------------
def _kinds(world: World, society: str = "csco_cn") -> Counter[tuple[str, int]]:
    """Kind and status of a society's archived answers."""
    with closing(sqlite3.connect(world.archive / society / "index.sqlite3")) as index:
        return Counter(index.execute("SELECT kind, status FROM records WHERE status > 0").fetchall())


def test_an_unchanged_night_is_answered_with_304_and_kept_as_revisits(world: World, site: Site) -> None:
    site.validators = True
    site.routes = {**routes(rows(3)), "/robots.txt": "User-agent: *\nDisallow: /admin/\n"}
    assert world.crawl("csco_cn", site.url).counts == (3, 0, 0)
    before = world.documents()
    site.asked.clear()
    done = world.crawl("csco_cn", site.url, NOW="2026-11-24T02:00:00Z")
    assert (done.code, done.counts) == (0, (0, 0, 3))
    assert site.unchanged == site.asked == ["/robots.txt", START]
    assert _kinds(world) == {("response", 200): 5, ("revisit", 200): 2}
    assert world.documents() == before


@pytest.mark.parametrize(
    ("answer", "said"),
    [(Answer("down", 500), "answered 500"), (Answer("no", 403), "answered 403"), (None, "refused")],
    ids=["500", "403", "dead host"],
)
def test_yesterdays_page_never_stands_for_todays(world: World, answer: Answer | None, said: str) -> None:
    with serving(Site(routes(rows(3)))) as site:
        site.validators = True
        assert world.crawl("csco_cn", site.url).code == 0
        if answer is not None:
            site.routes[START] = answer
            done = world.crawl("csco_cn", site.url)
    if answer is None:
        done = world.crawl("csco_cn", site.url)
    assert done.code == 1
    assert said in done.sentence


def test_what_is_fresh_by_its_own_word_is_asked_for_all_the_same(world: World, site: Site) -> None:
    hoarding = {
        "Cache-Control": "max-age=31536000, immutable",
        "Expires": "Fri, 01 Jan 2100 00:00:00 GMT",
    }
    site.routes = routes(rows(3))
    site.routes[START] = Answer(listing(rows(3)), headers=hoarding)
    world.crawl("csco_cn", site.url)
    site.routes = routes(rows(4))
    assert world.crawl("csco_cn", site.url).counts[0] == 1


def test_a_redirect_is_not_asked_for_with_the_validators_of_another_page(
    world: World, site: Site
) -> None:
    site.validators = True
    site.routes = routes(rows(3))
    world.crawl("csco_cn", site.url)
    site.routes["/cn/new.aspx"] = listing(rows(3))  # the very page, so that its ETag is the same
    site.routes[START] = Answer("", 302, {"Location": "/cn/new.aspx"})
    site.unchanged.clear()
    done = world.crawl("csco_cn", site.url)
    assert (done.code, site.unchanged) == (0, [])


def test_refusals_and_dead_ends_are_kept_too(world: World, site: Site) -> None:
    site.routes = routes(rows(3))
    site.routes[rows(3)[0].path] = Answer("gone", 410)
    site.routes[rows(3)[1].path] = Answer("x" * 100, cut=10)
    world.crawl("csco_cn", site.url)
    assert _kinds(world)[("response", 410)] == 1
    archive = Archive(world.archive, "csco_cn")
    assert archive.answer(site.url + rows(3)[1].path, 1) is None
    archive.close()


def test_an_archive_that_can_not_be_written_ends_the_crawl_and_leaves_the_feeds(
    world: World, site: Site
) -> None:
    site.routes = routes(rows(3))
    world.crawl("csco_cn", site.url)
    before = world.documents()
    shutil.rmtree(world.archive / "csco_cn")
    (world.archive / "csco_cn").write_text("in the way")
    done = world.crawl("csco_cn", site.url)
    assert done.code == 2
    assert "the archive" in done.text and "can't be opened" in done.text
    assert world.documents() == before


def test_a_disk_that_fills_up_ends_the_crawl_cleanly(world: World, site: Site) -> None:
    shown = rows(40)
    for row in shown:
        row.body = "".join(random.Random(row.number).choices("会议安排通知培训规范诊疗", k=20_000))
    site.routes = routes(shown)
    bound = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    words = world.command("csco_cn", site.url)
    done = subprocess.run(
        words,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, bound)),
        env={**os.environ, "LEDGER_URL": ""},
    )
    assert done.returncode == 1, done.stderr
    assert "free the disk" in done.stderr
    assert "Traceback" not in done.stderr
    Archive(world.archive, "csco_cn").close()


def test_nothing_is_kept_of_a_look_without_remembering(world: World, site: Site) -> None:
    site.routes = routes(rows(3))
    world.crawl("csco_cn", site.url, LEDGER_URL="")
    assert not world.archive.exists()
    assert world.crawl("csco_cn", site.url, ARCHIVE_DIR="").counts == (3, 0, 0)
    assert not world.archive.exists()


def test_old_crawls_are_dropped_by_setting(world: World, site: Site) -> None:
    site.routes = routes(rows(3))
    nights = [f"2026-0{month}-03T02:00:00Z" for month in range(7, 10)]
    for night in nights:
        site.routes[START] = listing(rows(3)) + f"<!-- {night} -->"
        world.crawl("csco_cn", site.url, NOW=night, ARCHIVE_MAX_DAYS="20")
    archive = Archive(world.archive, "csco_cn")
    assert [crawl.number for crawl in archive.crawls()] == [1, 2, 3], "the first made live entries"
    archive.close()
    world.crawl("csco_cn", site.url, NOW="2026-11-03T02:00:00Z", ARCHIVE_MAX_DAYS="20")
    archive = Archive(world.archive, "csco_cn")
    assert [crawl.number for crawl in archive.crawls()] == [1, 3, 4]
    archive.close()
    assert "no difference" in world.scrapy("replay", "csco_cn").text


def test_half_a_compressed_page_is_none(world: World, site: Site) -> None:
    """Its length is what the server said: nothing but the stream's own end is missing."""
    shown, packed = rows(3), {"Content-Encoding": "gzip"}
    site.routes = routes(shown)
    whole = gzip.compress(article(shown[0]).encode())
    site.routes[shown[0].path] = Answer(whole[:-20], headers=packed)
    done = world.crawl("csco_cn", site.url)
    assert (done.counts, done.table["pending"]) == ((2, 0, 0), "1"), done.text
    assert "its compressed body broke off before its end" in done.text
    site.routes[shown[0].path] = Answer(whole, headers=packed)
    assert world.crawl("csco_cn", site.url).counts == (1, 0, 2)


@pytest.mark.parametrize("broken", [-20, 0], ids=["half", "none"])
def test_a_broken_page_is_asked_for_anew_and_a_304_does_not_keep_it(
    world: World, site: Site, broken: int
) -> None:
    site.validators = True
    shown, headers = rows(3), {"Content-Encoding": "gzip", "ETag": '"of the whole file"'}
    site.routes = routes(shown)
    whole = gzip.compress(article(shown[0]).encode())
    site.routes[shown[0].path] = Answer(whole[:broken] or b"<html>", headers=headers)
    assert world.crawl("csco_cn", site.url).counts == (2, 0, 0)
    site.pages()
    world.crawl("csco_cn", site.url)  # still broken: asked for twice, and no more
    assert site.pages().count(shown[0].path) == 2
    site.routes[shown[0].path] = Answer(whole, headers=headers)
    assert world.crawl("csco_cn", site.url).counts == (1, 0, 2)


@pytest.mark.parametrize(
    ("body", "encoding", "said"),
    [
        (b"<html>", "gzip", "its compressed body can't be read (Not a gzipped file"),
        (b"\x1f\x8b\x08\x00 no stream" * 9, "gzip", "its compressed body can't be read"),
        (b"\x00\xff\x01garbage", "br", "its compressed body can't be read"),
        (gzip.compress(bytes(20_000_000)), "gzip", "larger than DOWNLOAD_MAXSIZE"),
    ],
)
def test_what_is_no_compressed_page_is_told_in_words(
    world: World, site: Site, body: bytes, encoding: str, said: str
) -> None:
    site.routes = {START: Answer(body, headers={"Content-Encoding": encoding})}
    done = world.crawl("csco_cn", site.url)
    assert done.code == 1
    assert said in done.sentence
    assert "Traceback" not in done.text


def test_a_host_without_tls_is_told_in_words(world: World, site: Site) -> None:
    done = world.crawl("csco_cn", site.url.replace("http:", "https:"))
    assert done.code == 1
    assert "no secure connection could be made: wrong version number" in done.sentence

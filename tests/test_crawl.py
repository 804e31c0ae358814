"""`scrapy crawl` as an operator meets it: outcomes, exit codes, sentences, and feeds that stay."""

from __future__ import annotations

import gzip
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import World
from tests.launch import scrapy
from tests.machine import run, tiny_disk, without_privileges
from tests.sites.csco import START, Row, article, listing, routes, rows
from tests.sites.server import Answer, Site, serving


def test_a_dead_host_leaves_the_feeds_as_they_were(world: World) -> None:
    with serving(Site(routes(rows(3)))) as site:
        assert world.crawl("csco_cn", site.url).code == 0
        before = world.documents()
        assert len(before) == 4
    done = world.crawl("csco_cn", site.url)
    assert done.code == 1
    assert done.sentence.startswith("csco_cn could not be reached: ")
    assert "the connection was refused" in done.sentence
    assert world.documents() == before
    assert world.rows("select outcome from runs order by id") == [("ok",), ("unreachable",)]


def test_a_dead_host_at_the_first_crawl_makes_no_feed(world: World) -> None:
    done = world.crawl("csco_cn", "http://127.0.0.1:9")
    assert done.code == 1
    assert not world.feeds.exists()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer("", 404), "could not be reached"),
        (Answer("", 403), "refused us"),
        (Answer("", 412), "refused us"),
        (Answer("", 500), "could not be reached"),
        (Answer(listing([])), "showed no entry"),
        (Answer("<html></html>"), "showed no entry"),
        (Answer(""), "is empty: the site is down"),
        (
            Answer(b"%PDF\x00\x01", headers={"Content-Type": "application/pdf"}),
            "unreadable: it is no page but a file (application/pdf)",
        ),
        (
            Answer('{"rows": []}', headers={"Content-Type": "application/json"}),
            "unreadable: it is no page but data (application/json), and no JSON Feed",
        ),
        (
            Answer("<sitemapindex><sitemap/></sitemapindex>", headers={"Content-Type": "text/xml"}),
            "unreadable: it is an index of sitemaps",
        ),
    ],
    ids=["404", "403", "412", "500", "no rows", "no list", "no body", "file", "data", "index"],
)
def test_a_listing_that_says_nothing_is_a_named_failure(
    world: World, site: Site, answer: Answer, said: str
) -> None:
    site.routes = routes(rows(3))
    world.crawl("csco_cn", site.url)
    before = world.documents()
    site.routes[START] = answer
    done = world.crawl("csco_cn", site.url)
    assert done.code == 1
    assert said in done.sentence
    assert START in done.sentence
    assert world.documents() == before


def test_robots_txt_is_obeyed(world: World, site: Site) -> None:
    site.routes = {**routes(rows(3)), "/robots.txt": "User-agent: csco_spider\nDisallow: /cn/\n"}
    done = world.crawl("csco_cn", site.url)
    assert done.code == 1
    assert "robots.txt forbids it" in done.sentence
    assert site.asked == ["/robots.txt"]


def test_a_ledger_that_takes_no_crawl_says_so_and_nothing_is_asked(world: World, site: Site) -> None:
    site.routes = routes(rows(3))
    world.crawl("csco_cn", site.url)
    world.execute("create trigger full before insert on runs begin select raise(abort, 'full'); end")
    site.asked.clear()
    done = world.crawl("csco_cn", site.url)
    assert (done.code, site.asked) == (1, [])
    assert "refused a write (full)" in done.sentence
    assert "Traceback" not in done.text


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer("User-agent: *\nAllow: /\n", 503), "its robots.txt answered 503"),
        (Answer("User-agent: *\nAllow: /\n", cut=5), "its robots.txt could not be had: "),
        (
            Answer(
                gzip.compress(b"User-agent: *\nAllow: /\n")[:-9], headers={"Content-Encoding": "gzip"}
            ),
            "its robots.txt could not be had: its compressed body broke off",
        ),
    ],
    ids=["503", "cut off", "half of it"],
)
def test_a_robots_txt_that_can_not_be_had_forbids_all(
    world: World, site: Site, answer: Answer, said: str
) -> None:
    """RFC 9309, section 2.3.1.4; and the log says it in a line, not in tracebacks."""
    site.routes = {**routes(rows(3)), "/robots.txt": answer}
    done = world.crawl("csco_cn", site.url)
    assert done.code == 1
    assert "could not be reached" in done.sentence and said in done.sentence
    assert set(site.asked) == {"/robots.txt"}
    assert "Traceback" not in done.text


@pytest.mark.parametrize("target", ["http://localhost:{port}/else", "/robots.txt"], ids=["away", "loop"])
def test_a_robots_txt_that_is_elsewhere_or_nowhere_forbids_nothing(
    world: World, site: Site, target: str
) -> None:
    """RFC 9309, section 2.3.1.2: redirects are followed anywhere; after five it may be unavailable."""
    there = target.format(port=site.url.rpartition(":")[2])
    site.routes = {
        **routes(rows(3)),
        "/robots.txt": Answer("", 302, headers={"Location": there}),
        "/else": "User-agent: *\nDisallow: /private/\n",
    }
    assert world.crawl("csco_cn", site.url).counts == (3, 0, 0)


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("http://localhost:{port}/", "leads to http://localhost:{port}/, which is on none of"),
        ("{path}", "redirects in a circle"),
    ],
)
def test_a_list_that_leads_elsewhere_says_where(
    world: World, site: Site, target: str, said: str
) -> None:
    port = site.url.rpartition(":")[2]
    location = target.format(port=port, path=START)
    site.routes = {START: Answer("", 302, headers={"Location": location})}
    done = world.crawl("csco_cn", site.url)
    assert done.code == 1
    assert said.format(port=port) in done.sentence
    assert "could not be reached" in done.sentence


@pytest.mark.parametrize(
    "words", [("shell", "-c", "response.status"), ("fetch",)], ids=["shell", "fetch"]
)
def test_a_look_at_a_page_without_a_society_works(site: Site, words: tuple[str, ...]) -> None:
    site.routes = {"/news": "<html><body>Hello there</body></html>"}
    done = scrapy(*words, "--nolog", f"{site.url}/news")
    assert (done.code, "Traceback" in done.text) == (0, False), done.text
    assert ("200" if words[0] == "shell" else "Hello there") in done.text


def test_a_robots_txt_that_is_refused_sets_no_rules(world: World, site: Site) -> None:
    """RFC 9309, section 2.3.1.3; not even those in the page of the refusal."""
    site.routes = {**routes(rows(3)), "/robots.txt": Answer("User-agent: *\nDisallow: /\n", 403)}
    assert world.crawl("csco_cn", site.url).counts == (3, 0, 0)


def test_a_feed_is_read_as_a_list(world: World, site: Site) -> None:
    shown = rows(3)
    elsewhere = "https://journal.example.org/7"
    entries = [(row.title, f"https://www.csco.org.cn{row.path}", row.day) for row in shown]
    items = "".join(
        f"<entry><title>{title}</title><link href='{url}'/><id>{url}</id><published>{day}T09:00:00+08:00"
        f"</published><content type='html'>&lt;p&gt;{title}:全文见此。&lt;/p&gt;</content></entry>"
        for title, url, day in [*entries, ("学会期刊新一期出版", elsewhere, "2026-05-01")]
    )
    atom = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>CSCO</title>{items}</feed>"
    site.routes = {
        **routes(shown),
        START: Answer(atom, headers={"Content-Type": "application/atom+xml"}),
    }
    done = world.crawl("csco_cn", site.url)
    assert (done.code, done.counts) == (0, (4, 0, 0)), done.text
    held = dict(world.rows("select title, content_html from entries"))
    assert held["学会期刊新一期出版"] == "<p>学会期刊新一期出版:全文见此。</p>"  # the feed's own words
    assert all("全文见此" not in held[row.title] for row in shown)  # of these, the page's
    assert world.crawl("csco_cn", site.url).counts == (0, 0, 4)


def test_a_start_address_that_is_missing_is_a_note_while_another_works(world: World, site: Site) -> None:
    page = (
        '<html><body><div><a href="/cat/13/show/7.html">Board elected</a> 2024-05-06</div></body></html>'
    )
    text = "<p>The members elected a board of nine for the next three years.</p>"
    site.routes = {
        "/cat/13": page,
        "/cat/13/show/7.html": f"<h1>Board elected</h1><p>PUBLISHED: 2024-05-06 3 total views</p>{text}",
    }
    done = world.crawl("csco", site.url)
    assert (done.code, done.counts) == (0, (1, 0, 0)), done.text


def test_a_quiet_night_is_well(world: World, site: Site) -> None:
    site.routes = routes(rows(3))
    world.crawl("csco_cn", site.url)
    stamps = {path: path.stat().st_mtime_ns for path in world.feeds.glob("csco_cn.*")}
    done = world.crawl("csco_cn", site.url)
    assert (done.code, done.counts) == (0, (0, 0, 3))
    assert {path: path.stat().st_mtime_ns for path in stamps} == stamps


def test_the_last_line_of_a_good_crawl_says_what_happened(world: World, site: Site) -> None:
    shown = rows(20)
    site.routes = routes(shown) | {row.path: Answer("", 503) for row in shown[:8]}
    done = world.crawl("csco_cn", site.url, NOW="2026-07-01T02:00:00Z")
    assert (done.code, done.table["pending"], done.table["not read"]) == (0, "8", "8")
    assert done.sentence.startswith(
        "csco_cn is read: 20 entries found, 12 new, 0 changed; 8 of 20 articles"
    )
    assert "answered 503; 8 stay pending: the next crawl asks for them again" in done.sentence
    site.routes = routes(shown)
    world.crawl("csco_cn", site.url, NOW="2026-07-01T02:00:00Z")
    quiet = world.crawl("csco_cn", site.url, NOW="2026-07-01T02:00:00Z")
    assert quiet.sentence.endswith("15 entries found, 0 new, 0 changed; nothing is left to do")


def test_every_article_failing_is_a_failure(world: World, site: Site) -> None:
    site.routes = {START: listing(rows(2)), **{row.path: Answer("", 502) for row in rows(2)}}
    done = world.crawl("csco_cn", site.url)
    assert done.code == 1
    assert "none of 2 articles" in done.sentence


def test_the_host_dying_half_way_keeps_what_was_read(world: World, site: Site) -> None:
    shown = rows(40)
    site.routes = routes(shown)
    site.routes[f"{START}&page=2"] = Answer(listing(shown[15:30]), cut=40)
    done = world.crawl("csco_cn", site.url)
    assert (done.code, done.counts[0]) == (1, 15)
    assert len(world.documents()) == 4


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"since": "yesterday"}, "since='yesterday': give a day such as since=2026-01-31"),
        ({"revisit": "-3"}, "revisit='-3': give a number of days"),
        ({"backfill": "yes"}, "backfill='yes': give 1"),
        ({"pages": "3"}, "no argument pages; there are site, since, backfill, revisit"),
        ({"NOW": "2026-11-23"}, "NOW '2026-11-23' has no zone"),
        ({"NOW": "soon"}, "NOW 'soon' is no instant"),
        ({"LEDGER_URL": "here.db"}, "LEDGER_URL 'here.db' is no database address"),
        ({"LEDGER_URL": "oracle://x/y"}, "no driver for it is installed"),
        ({"LEDGER_URL": "fancy://x/y"}, "no driver for it is installed"),
        ({"FEED_WINDOW": "x"}, "FEED_WINDOW 'x': give a whole number from 1 to"),
        ({"FEED_WINDOW": "0"}, "FEED_WINDOW '0': give a whole number from 1 to"),
        ({"ARCHIVE_MAX_DAYS": "x"}, "ARCHIVE_MAX_DAYS 'x': give a whole number from 0 to 36500"),
        ({"REVISIT_DAYS": "1,x"}, "REVISIT_DAYS '1,x': give a whole number from 0 to 36500, or several"),
        ({"WITHDRAWN_AFTER": "x"}, "WITHDRAWN_AFTER 'x': give a whole number from 1 to"),
        ({"DOWNLOAD_DELAY": "nan"}, "DOWNLOAD_DELAY 'nan': give a number from 0 to"),
        (
            {"LEDGER_URL": "postgresql+psycopg://u:secret@127.0.0.1:9/x"},
            "accepting TCP/IP connections?); check that its server runs and lets us in",
        ),
        (
            {"PUBLISH_BASE_URL": "https://x.org/f?a=1"},
            "PUBLISH_BASE_URL 'https://x.org/f?a=1' is no web",
        ),
        ({"PUBLISH_BASE_URL": "example.org"}, "PUBLISH_BASE_URL 'example.org' is no web address"),
    ],
)
def test_wrong_usage_exits_2_and_says_how_to_put_it_right(
    world: World, options: dict[str, str], said: str
) -> None:
    done = world.crawl("csco_cn", "http://127.0.0.1:9", **options)
    assert done.code == 2
    assert said in done.text
    assert "Traceback" not in done.text and "secret" not in done.text
    assert not world.ledger.exists() and not world.feeds.exists()


def test_a_site_that_is_no_address_exits_2(world: World) -> None:
    done = world.crawl("csco_cn", "127.0.0.1:9")
    assert done.code == 2
    assert "give scheme and host" in done.text


def test_an_unknown_society_is_named_with_those_there_are(world: World) -> None:
    done = world.crawl("cscoo", "http://127.0.0.1:9")
    assert done.code == 2
    assert "no society 'cscoo'; there are csco, csco_cn" in done.text


def test_a_close_that_breaks_is_no_good_crawl(world: World, site: Site) -> None:
    site.routes = routes(rows(3))
    assert world.crawl("csco_cn", site.url).code == 0
    before = world.documents()
    world.execute("""update entries set enclosures = '[{"strange": 1}]'""")
    done = world.crawl("csco_cn", site.url)
    assert done.code == 1, done.text
    assert "csco_cn: the close of the crawl broke (TypeError(" in done.sentence
    assert world.documents() == before


def test_a_file_that_can_t_be_written_is_no_good_crawl(world: World, site: Site) -> None:
    site.routes = routes(rows(3))
    (world.home / "file").write_text("")
    done = world.crawl("csco_cn", site.url, "-O", f"{world.home}/file/out.rss")
    assert done.code == 1, done.text
    assert "csco_cn: NotADirectoryError: " in done.sentence
    assert "file/out.rss" in done.sentence
    assert len(world.documents()) == 4


@pytest.mark.parametrize("fault", ["text", "damaged", "foreign", "newer"])
def test_a_ledger_that_is_not_ours_is_refused_untouched(world: World, site: Site, fault: str) -> None:
    site.routes = routes(rows(30))
    if fault in {"damaged", "newer"}:
        world.crawl("csco_cn", site.url)
    if fault == "text":
        world.ledger.write_text("shopping list\n" * 400)
    elif fault == "foreign":
        world.rows("create table meta (key text, value text)")
    elif fault == "newer":
        with closing(sqlite3.connect(world.ledger, isolation_level=None)) as connection:
            connection.execute("update meta set value = '999' where key = 'schema_version'")
    else:
        content = bytearray(world.ledger.read_bytes())
        content[4096:9000] = b"\xff" * 4904
        world.ledger.write_bytes(content)
    before = world.ledger.read_bytes()
    done = world.crawl("csco_cn", site.url)
    assert done.code == 2
    assert str(world.ledger) in done.text
    assert "it was left as it is" in done.text
    assert "Traceback" not in done.text
    assert world.ledger.read_bytes() == before


def test_a_read_only_feeds_folder_is_named(world: World, site: Site) -> None:
    site.routes = routes(rows(3))
    world.crawl("csco_cn", site.url)
    before = world.documents()
    site.routes = routes(rows(4))
    world.feeds.chmod(0o555)
    code, text = run(without_privileges(world.command("csco_cn", site.url)))
    world.feeds.chmod(0o755)
    assert code == 1, text
    assert f"the feeds in {world.feeds} could not be written (Permission denied)" in text
    assert world.documents() == before
    done = world.crawl("csco_cn", site.url)  # and nothing is lost
    assert done.code == 0
    assert world.documents() != before


def test_a_read_only_ledger_exits_2(world: World, site: Site) -> None:
    site.routes = routes(rows(3))
    world.crawl("csco_cn", site.url)
    world.ledger.chmod(0o444)
    world.home.chmod(0o555)
    code, text = run(without_privileges(world.command("csco_cn", site.url)))
    world.home.chmod(0o755)
    assert code == 2, text
    assert str(world.ledger) in text
    assert "Traceback" not in text


def test_a_full_disk_ends_the_crawl_cleanly_and_loses_nothing(tmp_path: Path, site: Site) -> None:
    disk = tmp_path / "disk"
    tiny_disk(disk, "512k")
    try:
        world = World(disk)
        shown = [
            Row(n, f"第{n}号通知", f"2026-06-{n % 27 + 1:02}", body="长文。" * 8000)
            for n in range(1, 40)
        ]
        site.routes = routes(shown)
        done = world.crawl("csco_cn", site.url)
        assert done.code == 1
        assert "free the disk" in done.sentence
        assert "Traceback" not in done.text
        for document in world.documents().values():
            assert document.rstrip().endswith((b"</rss>", b"</feed>", b"}"))
        run(["mount", "-o", "remount,size=48m", str(disk)])
        again = world.crawl("csco_cn", site.url)
        assert again.code == 0, again.text
        assert world.rows("select count(*), count(distinct guid) from entries") == [(39, 39)]
    finally:
        run(["umount", str(disk)])


def test_without_a_ledger_nothing_is_remembered_but_a_feed_is_written(world: World, site: Site) -> None:
    site.routes = routes(rows(3))
    out = world.home / "out.rss"
    done = world.crawl("csco_cn", site.url, "-O", str(out), LEDGER_URL="")
    assert done.code == 0
    assert "nothing was remembered or published" in done.text
    assert out.read_bytes().count(b"<item>") == 3
    assert not world.ledger.exists()
    assert not world.feeds.exists()


def test_a_quiet_night_leaves_the_old_output_file(world: World, site: Site) -> None:
    site.routes = routes(rows(3))
    outs = [world.home / f"out.{name}" for name in ("rss", "atom", "jsonfeed", "json", "csv")]
    options = [part for out in outs for part in ("-O", str(out))]
    assert world.crawl("csco_cn", site.url, *options).code == 0
    before = [out.read_bytes() for out in outs]
    assert all(before)
    assert world.crawl("csco_cn", site.url, *options[:6]).code == 0
    assert [out.read_bytes() for out in outs] == before


def test_one_request_at_a_time_even_with_delays_off(world: World, site: Site) -> None:
    site.routes = {
        path: Answer(page, seconds=0.02)
        for path, page in routes(rows(20)).items()
        if isinstance(page, str)
    }
    world.crawl("csco_cn", site.url, DOWNLOAD_DELAY="0")
    assert len(site.asked) > 20
    assert site.peak == 1


def test_we_say_who_we_are(world: World, site: Site) -> None:
    site.routes = routes(rows(1))
    done = world.crawl("csco_cn", site.url, CONTACT="news@example.org")
    assert site.agents == {"csco_spider/0.1 (+news@example.org)"}
    assert "CONTACT is empty" not in done.text


def test_two_articles_with_one_title_and_day_are_one_entry(world: World, site: Site) -> None:
    shown = [*rows(2), Row(50, "双份通知", "2026-03-01"), Row(51, "双份 通知", "2026-03-01")]
    site.routes = routes(shown)
    done = world.crawl("csco_cn", site.url)
    assert done.counts[0] == 3
    assert done.table["dropped: Duplicate"] == "1"
    site.pages()
    assert world.crawl("csco_cn", site.url).code == 0
    assert site.pages() == [START]


def test_two_texts_under_one_title_and_day_are_named_and_can_be_kept_apart(
    world: World, site: Site
) -> None:
    other = Row(51, "会议通知", "2026-03-01", "第二次会议改在南京举行，报名的会员请留意。")
    site.routes = routes([*rows(2), Row(50, "会议通知", "2026-03-01"), other])
    done = world.crawl("csco_cn", site.url)
    assert done.counts[0] == 3
    [advice] = re.findall(
        r"with another text; `scrapy (ledger split \S+ csco_cn)` keeps it apart", done.text
    )
    split = world.scrapy(*advice.split())
    assert split.code == 0, split.text
    assert world.crawl("csco_cn", site.url).counts == (1, 0, 3)
    assert world.crawl("csco_cn", site.url).counts == (0, 0, 4)


def test_a_listing_without_dates_takes_the_article_s(world: World, site: Site) -> None:
    shown = rows(3)
    site.routes = routes(shown)
    site.routes[START] = listing([Row(r.number, r.title, "") for r in shown])
    assert world.crawl("csco_cn", site.url).counts[0] == 3
    found = world.rows("select day, origin from entries order by day")
    assert found == [(row.day, "article") for row in reversed(shown)]


def test_an_undated_entry_says_so_and_is_never_in_the_future(world: World, site: Site) -> None:
    row = Row(5, "没有日期的通知", "")
    site.routes = routes([row])
    world.crawl("csco_cn", site.url, NOW="2026-07-01T03:00:00Z")
    assert world.rows("select published, day, origin from entries") == [
        ("2026-07-01T03:00:00Z", None, "first_seen")
    ]
    world.crawl("csco_cn", site.url, NOW="2026-07-09T03:00:00Z", revisit="30")
    assert world.rows("select published from entries") == [("2026-07-01T03:00:00Z",)]


def test_today_s_notice_is_not_published_in_the_future(world: World, site: Site) -> None:
    site.routes = routes([Row(1, "今日通知", "2026-07-02"), Row(2, "明日通知", "2026-07-03")])
    world.crawl("csco_cn", site.url, NOW="2026-07-01T22:00:00Z")  # 06:00 on the 2nd in Beijing
    assert world.rows("select distinct published from entries") == [("2026-07-01T22:00:00Z",)]
    assert b"<pubDate>Thu, 02 Jul 2026 06:00:00 +0800</pubDate>" in world.documents()["csco_cn.rss"]


def test_one_bad_page_never_costs_the_others(world: World, site: Site) -> None:
    shown = rows(9)
    site.routes = routes(shown)
    whole = article(shown[0])
    bad = {
        0: Answer(whole[: len(whole) // 2]),
        1: Answer(whole, cut=60),
        2: Answer(article(shown[2]).encode("gbk"), headers={"Content-Type": "text/html; charset=utf-8"}),
        3: Answer(article(shown[3]).encode("gb18030"), headers={"Content-Type": "text/html"}),
        4: Answer(article(shown[4], title="长" * 10_000)),
        5: Answer(article(shown[5], title="控\x00制\x0b字\x1f符\ufffe]]>")),
        6: Answer(article(shown[6], title="<script>alert(1)</script>")),
        7: Answer(
            article(
                Row(
                    shown[7].number,
                    shown[7].title,
                    shown[7].day,
                    '<a href="javascript:alert(1)">一</a><a href="data:text/html,x">二</a>'
                    "<script>alert(2)</script><b onclick='x()'>三四五六七八九十</b>]]>",
                )
            )
        ),
    }
    for index, answer in bad.items():
        site.routes[shown[index].path] = answer
    done = world.crawl("csco_cn", site.url)
    assert done.code == 0, done.text
    assert done.counts[0] == 8  # the one whose connection broke stays pending
    assert done.table["pending"] == "1"
    titles = dict(world.rows("select link, title from entries"))
    assert all(len(title) <= 500 for title in titles.values())
    documents = world.documents()
    assert b"alert(2)" not in documents["csco_cn.rss"]
    assert b"javascript:" not in documents["csco_cn.rss"]
    assert b"\x0b" not in documents["csco_cn.rss"]


def test_an_address_under_site_is_that_path_on_the_society_s_own_host(world: World, site: Site) -> None:
    site.routes = routes(rows(2))
    world.crawl("csco_cn", site.url)
    links = [link for (link,) in world.rows("select link from entries order by link")]
    assert links == [f"https://www.csco.org.cn{row.path}" for row in reversed(rows(2))]
    assert site.url.encode() not in world.documents()["csco_cn.atom"]


def test_a_page_on_the_articles_host_is_not_the_one_of_that_path_on_the_society_s(
    world: World, site: Site
) -> None:
    port = site.url.rpartition(":")[2]
    there = f"http://localhost:{port}"
    own, other = rows(2)
    shown = "".join(
        f"<li><a href='{host}/n/1.html'>{row.title}</a> {row.day}</li>"
        for host, row in (("", own), (there, other))
    )
    bodies = iter([article(own), article(other)])
    site.routes = {"/news": f"<ul>{shown}</ul>", "/n/1.html": lambda: next(bodies)}
    done = world.crawl("two_hosts", site.url, SPIDER_MODULES="tests.sites.two_hosts")
    assert done.counts == (2, 0, 0), done.text
    links = [link for (link,) in world.rows("select link from entries order by link")]
    assert links == [f"{there}/n/1.html", "https://two.example.org/n/1.html"]
    assert site.pages() == ["/news", "/n/1.html", "/n/1.html"]


def test_pages_past_the_cap_are_left_pending(world: World, site: Site) -> None:
    shown = rows(3)
    site.routes = routes(shown)
    site.routes[shown[1].path] = Answer(b"<p>" + b"x" * 17 * 1024 * 1024)
    done = world.crawl("csco_cn", site.url)
    assert (done.code, done.counts[0], done.table["pending"]) == (0, 2, "1")


def test_retry_after_is_kept_and_a_long_one_is_not_waited_for(world: World, site: Site) -> None:
    answers = iter([Answer("", 503, {"Retry-After": "2"})])
    page = listing(rows(1))
    site.routes = {**routes(rows(1)), START: lambda: next(answers, Answer(page))}
    done = world.crawl("csco_cn", site.url)
    assert (done.code, done.counts[0]) == (0, 1)
    asked = [at for at, path in zip(site.times, site.asked, strict=True) if path == START]
    assert asked[1] - asked[0] >= 2
    site.routes[START] = Answer("", 429, {"Retry-After": "86400"})
    site.pages()
    done = world.crawl("csco_cn", site.url)
    assert done.code == 1
    assert "refused us" in done.sentence
    assert site.pages() == [START]


def test_a_host_that_asks_twice_for_a_long_pause_is_left_for_tonight(world: World, site: Site) -> None:
    shown = rows(9)
    good = routes(shown)
    busy = dict.fromkeys((row.path for row in shown), Answer("", 429, {"Retry-After": "3600"}))
    site.routes = good | busy
    delay = {"DOWNLOAD_DELAY": "0.1"}  # without one, the next request is on its way by then
    done = world.crawl("csco_cn", site.url, **delay)
    assert (done.code, done.table["pending"]) == (1, "9")
    assert "none of 9 articles" in done.sentence and "answered 429" in done.sentence
    assert len(site.pages()) == 3  # the list, and two articles
    attempts = [count for (count,) in world.rows("select attempts from pending order by attempts")]
    assert attempts == [0] * 7 + [1] * 2  # what was not asked has not failed
    site.routes |= {START: busy[shown[0].path]}
    done = world.crawl("csco_cn", site.url, **delay)
    assert done.code == 1
    assert "refused us" in done.sentence and "it was asked too often" in done.sentence
    assert len(site.pages()) == 2
    site.routes = good
    assert world.crawl("csco_cn", site.url).counts[0] == 9


@pytest.mark.parametrize("read_before", [True, False], ids=["to revisit", "pending"])
def test_pages_that_always_ask_for_a_long_pause_do_not_keep_a_crawl_from_the_list(
    world: World, site: Site, read_before: bool
) -> None:
    shown = rows(9)
    busy = {row.path: Answer("", 429, {"Retry-After": "3600"}) for row in shown[:2]}
    site.routes = routes(shown) if read_before else routes(shown) | busy
    for night, news in enumerate((0, 2, 2, 2), start=1):
        world.crawl("csco_cn", site.url, NOW=f"2026-07-0{night}T02:00:00Z", DOWNLOAD_DELAY="0.05")
        assert START in site.pages()
        site.routes = routes([*rows(news, first=10), *shown]) | busy
    held = world.rows("select count(*) from entries where title like '第1_号%'")
    assert held == [(2,)]


def test_a_page_that_asks_for_a_long_pause_costs_no_other_page(world: World, site: Site) -> None:
    shown = rows(9)
    site.routes = routes(shown) | {shown[4].path: Answer("", 429, {"Retry-After": "3600"})}
    done = world.crawl("csco_cn", site.url)
    assert (done.code, done.counts[0], done.table["pending"]) == (0, 8, "1")


def test_crawl_delay_is_kept(world: World, site: Site) -> None:
    site.routes = {**routes(rows(3)), "/robots.txt": "User-agent: *\nCrawl-delay: 0.5\n"}
    world.crawl("csco_cn", site.url)
    behind_robots = site.times[1:]
    assert len(behind_robots) == 4
    # As a whole: a request that a busy machine notes late makes the gap behind it look short.
    assert behind_robots[-1] - behind_robots[0] >= 3 * 0.5 - 0.05


def test_a_dropped_item_is_named_without_its_text(world: World, site: Site) -> None:
    twins = [Row(n, "会员周报", "2026-06-20", body=f"第{n}期的内容各不相同。" * 9) for n in (2, 1)]
    site.routes = routes(twins)
    done = world.crawl("csco_cn", site.url)
    assert "ncontent.aspx?oid=1: same day and title as" in done.text or "oid=2: same day" in done.text
    assert "keeps it apart" in done.text
    assert "的内容各不相同" not in done.text


def test_articles_of_which_none_was_ever_read_are_no_good_crawl_however_often(
    world: World, site: Site
) -> None:
    site.routes = routes(rows(3)) | {row.path: Answer("", 500) for row in rows(3)}
    codes = [world.crawl("csco_cn", site.url).code for _ in range(7)]
    assert codes == [1] * 7
    site.routes = routes(rows(3))
    assert world.crawl("csco_cn", site.url).counts[0] == 3


def test_a_page_that_is_too_large_is_said_in_words(world: World, site: Site) -> None:
    site.routes = routes(rows(9))
    done = world.crawl("csco_cn", site.url, DOWNLOAD_MAXSIZE="900")
    assert done.code == 1
    assert f"{START}: it is larger than DOWNLOAD_MAXSIZE" in done.sentence

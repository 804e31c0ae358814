"""`scrapy onboard URL` on sites it has never met, and `scrapy record NAME` on one it knows."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
import time
from html import escape
from pathlib import Path

import pytest

from csco_spider.items import Row, Sighting
from csco_spider.onboarding import name_for, source, survey, wrong_name
from csco_spider.platforms.listing import ListingSpider
from csco_spider.recordings import load, readings
from csco_spider.spiders.csco_cn import CscoCnSpider
from csco_spider.visiting import Fetched
from tests.conftest import FAST, Crawl
from tests.launch import ROOT, scrapy
from tests.sites import csco
from tests.sites.server import Answer, Site, serving
from tests.sites.shapes import PARAGRAPHS, SHAPES, UNREADABLE, frame, notices
from tests.test_dead_selectors import REDESIGNS, redesigned

OPTIONS = tuple(part for one in FAST.items() for part in ("-s", "=".join(one)))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "csco_spider" / "spiders").mkdir(parents=True)
    return tmp_path


def onboard(site: Site, project: Path, *words: str, path: str = "/news") -> Crawl:
    return Crawl(
        scrapy("onboard", f"{site.url}{path}", "--into", str(project), *words, *OPTIONS, COLUMNS="200")
    )


def written(project: Path, name: str) -> ListingSpider:
    path = project / "csco_spider" / "spiders" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made = getattr(module, f"{name.title().replace('_', '')}Spider")()
    assert isinstance(made, ListingSpider)
    return made


@pytest.mark.parametrize("shape", SHAPES)
def test_a_site_s_file_reads_what_the_site_says(shape: str, site: Site, project: Path) -> None:
    site.routes = SHAPES[shape]
    done = onboard(site, project, "--name", "beta", "--yes")
    assert done.code == 0, done.text
    spider = written(project, "beta")
    pages, expected = load(project / "tests" / "pages" / "beta")
    assert readings(spider, pages) == expected  # what tests/test_pages.py asks of every society
    true = notices(chinese=shape in {"chinese", "attribute"})
    rows = expected["list"]["rows"]
    assert [row["title"] for row in rows] == [one.title for one in true[:10]]
    assert [row["url"].removeprefix(site.url) for row in rows] == [one.path for one in true[:10]]
    days = [one.day for one in true[:10]]
    assert [row["date"][:10] for row in rows] == ([""] * 10 if shape == "undated" else days)
    assert [row["title"] for row in expected["list-2"]["rows"]] == [one.title for one in true[10:]]
    first = expected["article-1"]
    assert (first["title"], first["published"][:10]) == (true[0].title, true[0].day)
    assert first["characters"] > 100
    assert set(site.pages()) <= {
        "/news", "/news?page=2", true[0].path, true[1].path, "/feed"
    }  # fmt: skip


@pytest.mark.parametrize("on_path", [True, False])
def test_the_commands_that_it_names_can_be_called_as_they_stand(
    on_path: bool, site: Site, project: Path
) -> None:
    site.routes = SHAPES["plain"]
    here = f"{Path(sys.executable).parent}:" if on_path else ""
    words = ("onboard", f"{site.url}/news", "--into", str(project), "--name", "beta", "--yes", *OPTIONS)
    done = scrapy(*words, PATH=f"{here}/usr/bin:/bin")
    *_, check, crawl = done.text.splitlines()
    pytest_, scrapy_ = check.split()[2], crawl.split()[0]
    assert [Path(pytest_).name, Path(scrapy_).name] == ["pytest", "scrapy"], done.text
    assert (pytest_ == "pytest") == on_path
    for command in (pytest_, scrapy_):
        assert shutil.which(command, path=f"{here}/usr/bin:/bin") or (ROOT / command).exists()


def test_a_lead_is_not_counted_on(site: Site, project: Path) -> None:
    site.routes = SHAPES["lead"]
    onboard(site, project, "--name", "beta", "--yes")
    assert written(project, "beta").min_entries == 9  # another night the list itself has it


def test_most_files_name_selectors(site: Site, project: Path) -> None:
    site.routes = SHAPES["plain"]
    onboard(site, project, "--name", "beta", "--yes")
    spider = written(project, "beta")
    assert (spider.entries, spider.fields["date"]) == ("ul.list > li", ".date")
    assert (spider.min_entries, spider.organisation) == (10, "Society of Oncology")


@pytest.mark.parametrize(
    ("shape", "verdict"),
    [
        ("feed", "shows this list"),
        ("sitemap", "shows this list"),
        ("wrong_feed", "not to be"),
    ],
)
def test_a_feed_is_judged_by_its_overlap(shape: str, verdict: str, site: Site, project: Path) -> None:
    site.routes = SHAPES[shape]
    done = onboard(site, project)
    assert f"feed: {site.url}/feed: 16 entries" in done.text
    assert verdict in done.text
    assert done.sentence == "run again with --name NAME and --yes to write this file"
    assert not list((project / "csco_spider" / "spiders").iterdir())


@pytest.mark.parametrize(("shape", "kind", "dated"), [("feed", "rss", 0), ("sitemap", "sitemap", 1)])
def test_an_address_may_be_a_feed_itself(
    shape: str, kind: str, dated: int, site: Site, project: Path
) -> None:
    site.routes = SHAPES[shape]
    done = onboard(site, project, "--name", "beta", "--yes", path="/feed")
    assert done.code == 0, done.text
    assert f"the address is a feed itself ({kind})" in done.text
    spider = written(project, "beta")
    pages, expected = load(project / "tests" / "pages" / "beta")
    assert readings(spider, pages) == expected
    true = notices()
    assert [row["title"] for row in expected["list"]["rows"]] == [one.title for one in true]
    assert [row["date"][:10] for row in expected["list"]["rows"]] == [one.day * dated for one in true]
    assert (expected["article-1"]["title"], expected["article-1"]["characters"] > 100) == (
        true[0].title,
        True,
    )
    assert spider.home_url() == f"{site.url}/"


@pytest.mark.parametrize("kind", ["rss", "atom", "json"])
def test_a_feed_says_who_speaks(kind: str, site: Site, project: Path) -> None:
    true, name = notices(), 'Society of "Oncology" & Radiology'
    urls = {f"{site.url}{one.path}": one.title for one in true}
    items = "".join(f"<item><title>{t}</title><link>{u}</link></item>" for u, t in urls.items())
    entries = "".join(f"<entry><title>{t}</title><link href='{u}'/></entry>" for u, t in urls.items())
    listed = [{"id": u, "url": u, "title": t} for u, t in urls.items()]
    feeds = {
        "rss": f"<rss version='2.0'><channel><title>{escape(name)}</title>{items}</channel></rss>",
        "atom": f"<feed xmlns='http://www.w3.org/2005/Atom'><title>{escape(name)}</title>{entries}</feed>",
        "json": json.dumps(
            {"version": "https://jsonfeed.org/version/1.1", "title": name, "items": listed}
        ),
    }
    site.routes = {**SHAPES["plain"], "/feed": feeds[kind]}
    done = onboard(site, project, "--name", "beta", "--yes", path="/feed")
    assert done.code == 0, done.text
    assert f"the society's name is a guess: {name!r}" in done.text
    assert written(project, "beta").organisation == name


@pytest.mark.parametrize("fault", UNREADABLE)
def test_what_is_missing_is_said_and_nothing_is_written(fault: str, site: Site, project: Path) -> None:
    answer, said = UNREADABLE[fault]
    site.routes = {"/news": answer}
    done = onboard(site, project, "--name", "beta", "--yes")
    assert done.code == 1
    assert said in done.text
    assert done.sentence == "nothing is written"
    assert not list((project / "csco_spider" / "spiders").iterdir())


def test_what_the_operator_knows_goes_into_the_file(site: Site, project: Path) -> None:
    rows = "".join(
        f"<li><a href='/n/{n}.html'>{one.title}</a> <span class=date>0{n % 9 + 1}/11/2022</span></li>"
        for n, one in enumerate(notices())
    )
    site.routes = {"/news": frame(f"<ul class=list>{rows}</ul>")}
    asked = onboard(site, project, "--name", "beta", "--yes")
    assert asked.code == 1
    assert "say --date-order mdy or dmy" in asked.text
    told = onboard(
        site, project, "--name", "beta", "--date-order", "mdy", "--timezone", "Asia/Tokyo", "--yes"
    )
    assert told.code == 0, told.text
    assert "the zone is a guess" not in told.text
    spider = written(project, "beta")
    assert (spider.timezone, spider.date_order) == ("Asia/Tokyo", "mdy")
    _, expected = load(project / "tests" / "pages" / "beta")
    assert expected["list"]["rows"][1]["date"].startswith("2022-02-11")


def test_articles_on_another_host_are_looked_at_and_its_name_is_written(
    site: Site, project: Path
) -> None:
    port = site.url.rpartition(":")[2]
    site.routes = {
        path: text.replace("href='/n/", f"href='http://localhost:{port}/n/")
        if isinstance(text, str)
        else text
        for path, text in SHAPES["undated"].items()
    }
    done = onboard(site, project, "--name", "beta", "--yes")
    assert done.code == 0, done.text
    assert "articles stand on localhost: links to it are followed" in done.text
    spider = written(project, "beta")
    assert (spider.hosts, spider.article_hosts) == (("127.0.0.1",), ("localhost",))
    _, expected = load(project / "tests" / "pages" / "beta")
    assert expected["article-1"]["published"].startswith(notices()[0].day)


def test_what_contradicts_the_list_or_stands_above_it_is_said(site: Site, project: Path) -> None:
    newest, *others = notices()
    rows = "".join(f"<li><a href='{one.path}'>{one.title}</a> <b>{one.day}</b></li>" for one in others)
    hero = f"<section><h2><a href='{newest.path}'>{newest.title}</a></h2></section>"
    site.routes = {
        **SHAPES["plain"],
        "/news": frame(f"{hero}<ul>{rows}</ul>"),
        others[0].path: frame(
            f"<h1>{others[0].title}</h1><p>Published: 2026-01-02</p><p>{PARAGRAPHS[0]}</p>"
        ),
    }
    said = onboard(site, project, "--name", "beta").text
    assert f"above the list, and not in it: {site.url}{newest.path}" in said
    assert f"{others[0].path}: dated 2026-01-02 (label), but {others[0].day} in the list" in said


@pytest.mark.parametrize(
    ("pager", "label"),
    [
        (
            "<form method=post action=/news><button name=p value=2>Next page »</button></form>",
            "Next page »",
        ),
        ("<form method=post><input type=submit name=p value='下一页'></form>", "下一页"),
        (
            "<form id=f><a href=\"javascript:__doPostBack('pager','2')\">Older posts</a></form>",
            "Older posts",
        ),
        ("<form action=/search><input name=q><button>Search</button></form>", ""),
        ("<form method=post><button>Next</button></form><a href='/news?page=2'>Next</a>", ""),
    ],
    ids=["button", "input", "postback", "search", "beside a link"],
)
def test_a_list_that_a_form_pages_is_noted(pager: str, label: str, site: Site, project: Path) -> None:
    rows = "".join(f"<li><a href='{n.path}'>{n.title}</a> <b>{n.day}</b></li>" for n in notices()[:10])
    site.routes = {**SHAPES["plain"], "/news": frame(f"<ul>{rows}</ul>{pager}")}
    done = onboard(site, project, "--name", "beta")
    assert done.code == 0, done.text
    assert (f"paged by a form ({label!r}), which no crawl follows" in done.text) == bool(label)
    assert ("paged by a form" in done.text) == bool(label)


@pytest.mark.parametrize(
    ("button", "label"),
    [
        ("<button class=more data-url='/news/_more?page=2'>Load more</button>", "Load more"),
        ("<a href='#'>加载更多</a>", "加载更多"),
        ("<button aria-label=Next>Next</button>", ""),
        ("<button>Load more</button><a href='/news?page=2'>Next</a>", ""),
    ],
)
def test_a_list_that_a_button_lengthens_is_noted(
    button: str, label: str, site: Site, project: Path
) -> None:
    rows = "".join(f"<li><a href='{n.path}'>{n.title}</a> <b>{n.day}</b></li>" for n in notices()[:10])
    site.routes = {**SHAPES["plain"], "/news": frame(f"<ul>{rows}</ul>{button}")}
    done = onboard(site, project, "--name", "beta")
    assert done.code == 0, done.text
    assert (f"goes on behind a button ({label!r})" in done.text) == bool(label)
    assert ("goes on behind" in done.text) == bool(label)


def test_a_list_kept_as_data_for_a_script_is_read_and_noted(site: Site, project: Path) -> None:
    rows = (f"<li><a href='{n.path}'>{n.title}</a> <b>{n.day}</b></li>" for n in notices()[:10])
    records = "".join(f"<record><![CDATA[{row}]]></record>" for row in rows)
    data = f"<div><script type='text/xml'><recordset>{records}</recordset></script></div>"
    site.routes = {**SHAPES["plain"], "/news": frame(data)}
    done = onboard(site, project, "--name", "beta")
    assert done.code == 0, done.text
    assert "10 entries, 10 dated" in done.text
    assert "only what its first page brings will be read" in done.text


def test_buttons_in_buttons_are_not_read_once_for_each() -> None:
    rows = "".join(f"<li><a href='{n.path}'>{n.title}</a> <b>{n.day}</b></li>" for n in notices()[:10])
    nested = "<div role=button>" * 200 + "<p>Load the rest</p>" * 30_000
    body = f"<ul>{rows}</ul>{nested}".encode()
    page = Fetched("list", "https://a.example/news", 200, "text/html", body=body)
    began = time.process_time()
    assert not survey({"list": page}).missing
    assert time.process_time() - began < 8


@pytest.mark.parametrize("url", ["http://[::1/news", "ftp://127.0.0.1/", "news", "127.0.0.1:81/news"])
def test_an_address_that_is_none_exits_2(url: str) -> None:
    done = Crawl(scrapy("onboard", url, "--name", "beta"))
    assert (done.code, "Traceback" in done.text) == (2, False)
    assert f"{url!r} is no web address: it takes http:// or https://" in done.text


def test_a_zone_that_is_none_exits_2_and_asks_nobody(site: Site, project: Path) -> None:
    done = onboard(site, project, "--timezone", "Nowhere/X")
    assert (done.code, site.asked) == (2, [])
    assert "such as Asia/Shanghai" in done.text


def test_an_article_that_is_a_challenge_leaves_no_file(site: Site, project: Path) -> None:
    site.routes = {**SHAPES["plain"], notices()[0].path: "<script>$_ts={};</script>"}
    done = onboard(site, project, "--name", "beta", "--yes")
    assert (done.code, "Traceback" in done.text) == (1, False), done.text
    assert done.sentence.endswith("nothing is written")
    assert not list((project / "csco_spider" / "spiders").iterdir())


def test_an_article_that_says_it_is_gone_is_noted_and_left_out(site: Site, project: Path) -> None:
    gone = "<html><body><h1>Page not found</h1><p>Try the menu.</p></body></html>"
    site.routes = {**SHAPES["plain"], notices()[0].path: gone}
    done = onboard(site, project, "--name", "beta", "--yes")
    assert done.code == 0, done.text
    assert f"{notices()[0].path}: it says that it is not there ('Page not found')" in done.text
    kept = json.loads((project / "tests" / "pages" / "beta" / "expected.json").read_text("utf-8"))
    assert [name for name in kept if name.startswith("article")] == ["article-2"]


def test_robots_txt_is_obeyed(site: Site, project: Path) -> None:
    robots = Answer("User-agent: *\nDisallow: /", headers={"Content-Type": "text/plain"})
    site.routes = {**SHAPES["plain"], "/robots.txt": robots}
    done = onboard(site, project, "--name", "beta", "--yes")
    assert (done.code, site.pages()) == (1, [])
    assert "robots.txt forbids it" in done.text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("page", "'page' is taken by feeds and commands; give another by --name"),
        ("Beta", "'Beta' is no name: 2 to 31 small letters"),
        ("9x", "'9x' is no name: 2 to 31 small letters"),
        ("q", "'q' is no name: 2 to 31 small letters"),
        ("q" * 300, f"'{'q' * 40}…' is no name: 2 to 31 small letters"),
        ("", "the address gives no name: give one by --name"),
    ],
)
def test_a_name_that_is_none_exits_2_and_asks_nobody(
    name: str, said: str, site: Site, project: Path
) -> None:
    done = onboard(site, project, "--name", name, "--yes")
    assert (done.code, site.asked) == (2, [])
    assert said in done.text


def test_a_file_that_is_there_is_left_alone(site: Site, project: Path) -> None:
    path = project / "csco_spider" / "spiders" / "beta.py"
    path.write_text("mine")
    done = onboard(site, project, "--name", "beta", "--yes")
    assert (done.code, path.read_text()) == (2, "mine")


def test_a_page_that_a_society_reads_is_not_onboarded_again(site: Site, project: Path) -> None:
    site.routes = SHAPES["plain"] | {"/old": Answer("", 301, {"Location": "/news"})}
    assert onboard(site, project, "--name", "beta", "--yes").code == 0
    for path in ("/news", "/old"):
        done = onboard(site, project, "--name", "gamma", "--yes", path=path)
        assert (done.code, done.sentence) == (1, "nothing is written")
        assert "10 entries, 10 dated" in done.text  # it may be looked at all the same
        assert "missing: beta reads this address already: its file is" in done.text
        assert "`scrapy record beta` fetches its pages again" in done.text
    assert [path.name for path in (project / "csco_spider" / "spiders").glob("*.py")] == ["beta.py"]
    site.routes |= {"/news?column=2": SHAPES["plain"]["/news"]}
    assert onboard(site, project, "--name", "gamma", "--yes", path="/news?column=2").code == 0


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.society.org/news", "society"),
        ("https://news.society.ac.cn/", "society"),
        ("https://the-society.co.uk/", "the_society"),
        ("http://127.0.0.1:80/", ""),
        ("https://page.org/", ""),
        ("https://cn/", "cn"),
    ],
)
def test_a_society_is_named_by_its_host(url: str, name: str) -> None:
    assert name_for(url) == name
    assert not name or not wrong_name(name)


def record(site: Site, project: Path) -> Crawl:
    words = ("record", "csco_cn", "--site", site.url, "--into", str(project))
    return Crawl(scrapy(*words, *OPTIONS, COLUMNS="200"))


def test_a_society_s_pages_are_recorded_again_and_the_change_is_shown(site: Site, project: Path) -> None:
    rows = csco.rows(20)
    site.routes = csco.routes(rows)
    done = record(site, project)
    assert done.code == 0, done.text
    folder = project / "tests" / "pages" / "csco_cn"
    expected = json.loads((folder / "expected.json").read_text())
    assert set(expected) == {"list", "list-2", "article-1", "article-2"}
    assert expected["list"]["url"].startswith("https://www.csco.org.cn/")
    again = record(site, project)
    assert (again.code, again.sentence, "written" in again.text) == (0, "nothing has changed", False)
    rows[1].title += "(更正)"
    site.routes = csco.routes(rows)
    done = record(site, project)
    assert f'+    "title": "{rows[1].title}",' in done.text
    assert rows[0].title not in done.text


@pytest.mark.parametrize("dead", REDESIGNS)
def test_a_recording_names_the_selectors_that_died(dead: str, site: Site, project: Path) -> None:
    rows = csco.rows(20)
    site.routes = csco.routes(rows)
    assert record(site, project).code == 0
    folder = project / "tests" / "pages" / "csco_cn"
    before = json.loads((folder / "expected.json").read_text())
    site.routes = redesigned(rows, dead)
    done = record(site, project)
    assert done.code == 1
    assert f"written {folder}/" in done.text
    assert done.sentence.startswith(f"dead selectors of csco_cn: {dead}. They find nothing any more")
    assert "mend or remove them in csco_spider/spiders/csco_cn.py" in done.sentence
    spider = CscoCnSpider()
    pages, expected = load(folder)
    assert (readings(spider, pages), expected["list"]["rows"]) == (expected, before["list"]["rows"])
    assert spider.dead == {dead}  # and so tests/test_pages.py fails until it is mended
    assert record(site, project).code == 1  # said every time, not only when something changes


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("<p>There are no notices at present.</p>", "shows no entry"),
        ("<script>$_ts={};</script>", "Ruishu"),
    ],
)
def test_a_list_that_shows_nothing_leaves_the_recording(
    answer: str, said: str, site: Site, project: Path
) -> None:
    site.routes = csco.routes(csco.rows(5))
    record(site, project)
    folder = project / "tests" / "pages" / "csco_cn"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    site.routes = {csco.START: Answer(answer)}
    done = record(site, project)
    assert (done.code, "Traceback" in done.text) == (1, False), done.text
    assert said in done.text
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_list_that_can_not_be_had_leaves_the_recording(site: Site, project: Path) -> None:
    site.routes = csco.routes(csco.rows(5))
    record(site, project)
    folder = project / "tests" / "pages" / "csco_cn"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    site.routes = {}
    done = record(site, project)
    assert done.code == 1
    assert "answered 404" in done.text
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_broken_file_of_another_society_is_said_and_stops_nothing(site: Site, project: Path) -> None:
    site.routes = SHAPES["plain"]
    (project / "csco_spider" / "spiders" / "alpha.py").write_text("oops(\n")
    done = onboard(site, project, "--name", "beta", "--yes")
    assert done.code == 0, done.text
    assert "alpha.py, line 1: SyntaxError: '(' was never closed" in done.text
    assert "Traceback" not in done.text


def test_an_article_that_is_a_file_is_recorded_as_none(site: Site, project: Path) -> None:
    site.routes = SHAPES["plain"] | {
        one.path: Answer(b"%PDF-1.7\x00\x01", headers={"Content-Type": "application/pdf"})
        for one in notices()
    }
    done = onboard(site, project, "--name", "beta", "--yes")
    assert done.code == 0, done.text
    assert f"article {site.url}/n/0.html: it is a file (application/pdf), its entry's" in done.text
    pages, expected = load(project / "tests" / "pages" / "beta")
    assert sorted(expected) == ["list", "list-2"]
    assert readings(written(project, "beta"), pages) == expected


def test_a_file_is_read_as_a_crawl_reads_it() -> None:
    url = "https://b.org/dl.html"
    page = Fetched("article-1", url, 200, "application/pdf", body=b"%PDF-1.7\x00\x01")
    [item] = CscoCnSpider().parse_article(
        page.response({"sighting": Sighting("", 0, Row(page.url, "A"))})
    )
    assert [(one.type, one.length) for one in item.enclosures] == [("application/pdf", 10)]


def test_articles_that_robots_txt_forbids_are_no_society_s(site: Site, project: Path) -> None:
    site.routes = SHAPES["plain"] | {"/robots.txt": "User-agent: *\nDisallow: /n/"}
    done = onboard(site, project, "--name", "beta", "--yes")
    assert done.code == 1
    assert "missing: its articles can't be read: robots.txt forbids them" in done.text
    assert not list((project / "csco_spider" / "spiders").iterdir())


def test_articles_that_are_down_are_not_said_to_be_the_list_s_words(site: Site, project: Path) -> None:
    site.routes = SHAPES["plain"] | {one.path: Answer("", 500) for one in notices()}
    done = onboard(site, project, "--name", "beta", "--yes")
    assert done.code == 0, done.text
    assert "note: no article could be read: an entry is made of one when it can be" in done.text
    assert "the list's own words" not in done.text


def test_dates_that_can_be_read_two_ways_say_what_to_do(site: Site, project: Path) -> None:
    routes = dict(SHAPES["plain"])
    for n, one in enumerate(notices()[:9]):
        routes["/news"] = str(routes["/news"]).replace(one.day, f"0{n + 1}/0{n % 3 + 1}/2026")
    site.routes = routes
    assert "note: say --date-order mdy or dmy" in onboard(site, project).text


@pytest.mark.parametrize("url", ["http://me:secret@127.0.0.1/news", "127.0.0.1/news", "http:///news"])
def test_what_is_no_address_exits_2(url: str, project: Path) -> None:
    done = Crawl(scrapy("onboard", url, "--into", str(project)))
    assert done.code == 2
    assert (
        "is no web address: it takes http:// or https:// and a host, without a password" in done.sentence
    )


def test_an_international_name_is_no_other_host(project: Path) -> None:
    done = Crawl(scrapy("onboard", "http://bücher.invalid/news", "--into", str(project), *OPTIONS))
    assert "http://xn--bcher-kva.invalid/news" in done.text
    assert "leads to another host" not in done.text


@pytest.mark.parametrize(
    ("name", "query"), [("Society " * 20, "news"), ('The "Best" \\ of """O\'Neil"""', "x=1&" * 40)]
)
def test_a_file_is_written_as_this_project_writes_files(name: str, query: str, tmp_path: Path) -> None:
    body = str(SHAPES["plain"]["/news"]).replace("Society of Oncology", name.strip())
    found = survey({"list": Fetched("list", f"https://b.org/news?{query}", 200, body=body.encode())})
    path = tmp_path / "beta.py"
    path.write_text(source(found, "beta"), encoding="utf-8")
    config = ("--config", str(ROOT / "pyproject.toml"), "--no-cache", str(path))
    for words in (("check", "--ignore", "RUF012", *config), ("format", "--check", *config)):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *words], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout


def test_articles_that_lead_to_another_host_are_followed_there(project: Path) -> None:
    with serving(Site()) as home, serving(Site()) as other:
        away = other.url.replace("127.0.0.1", "localhost")
        other.routes = {one.path: SHAPES["plain"][one.path] for one in notices()}
        moved = {one.path: Answer("", 302, {"Location": away + one.path}) for one in notices()}
        home.routes = SHAPES["plain"] | moved
        done = onboard(home, project, "--name", "beta", "--yes")
        assert done.code == 0, done.text
        assert "articles stand on localhost: links to it are followed" in done.text
        assert written(project, "beta").article_hosts == ("localhost",)
        _, expected = load(project / "tests" / "pages" / "beta")
        assert expected["article-1"]["title"] == notices()[0].title

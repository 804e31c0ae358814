"""An operator's word: explain, merge, split, withdraw, check, export, import."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from csco_spider.ledger import GOOD, Ledger, LedgerError, links, record, schema, upkeep
from tests import launch
from tests.conftest import World
from tests.makers import CSCO, HOSTS, STARTED, item
from tests.sites.csco import Row, routes, rows
from tests.sites.server import Answer, Site

PAGE = "https://www.csco.org.cn/cn/ncontent.aspx?oid="


def twins(world: World, site: Site) -> tuple[str, str, str]:
    """Two pages with one day and title, crawled: the GUID, the page read first, and its twin."""
    shown = [*rows(2), Row(50, "双份通知", "2026-03-01"), Row(51, "双份 通知", "2026-03-01")]
    site.routes = routes(shown)
    assert world.crawl("csco_cn", site.url).code == 0
    ((guid, first),) = world.rows("select guid, link from entries where title like '双份%'")
    return guid, first, PAGE + ("50" if first.endswith("51") else "51")


def test_explain_says_where_a_page_belongs_and_why(world: World, site: Site) -> None:
    guid, first, twin = twins(world, site)
    told = world.scrapy("explain", twin)
    assert told.code == 0
    assert guid in told.text
    assert "same publish day and title" in told.text
    assert first.removeprefix("https://www.") in told.text
    assert "no alias of it was met before" in world.scrapy("explain", first).text
    assert "read       published: label" in world.scrapy("explain", first).text
    unknown = world.scrapy("explain", f"{PAGE}777")
    assert unknown.code == 2
    assert "never listed by csco, csco_cn" in unknown.text


def test_a_page_that_two_societies_list_is_explained_for_both(world: World) -> None:
    ledger, guids = Ledger(f"sqlite:///{world.ledger}"), []
    for society in (replace(CSCO, name="csco"), CSCO):
        run = ledger.begin(society, HOSTS, STARTED)
        for number in (1, 2):  # two pages of one notice
            notice = replace(item(number), society=society.name)
            record(run, notice)
        guids.append(notice.guid)
        run.end(GOOD, "", {})
    ledger.close()
    told = world.scrapy("explain", f"{PAGE}2")
    assert told.code == 0, told.text
    assert "society    csco\n" in told.text and "society    csco_cn\n" in told.text
    assert guids[0] in told.text and guids[1] in told.text and guids[0] != guids[1]
    torn = world.scrapy("ledger", "split", f"{PAGE}2")
    assert torn.code == 2
    assert "is listed by csco, csco_cn: name one of them" in torn.text
    assert "never listed by sto, but by csco" in world.scrapy("ledger", "split", f"{PAGE}2", "sto").text
    assert world.scrapy("ledger", "split", f"{PAGE}2", "csco_cn").code == 0
    assert world.rows("select society from apart") == [("csco_cn",)]


def test_explain_tells_of_a_page_not_yet_read(world: World, site: Site) -> None:
    shown = rows(2)
    site.routes = {**routes(shown), shown[0].path: Answer("", 500)}
    world.crawl("csco_cn", site.url)
    assert "pending: read 1 times in vain (answered 500)" in world.scrapy("explain", f"{PAGE}2").text


def test_merge_makes_two_entries_one_and_keeps_the_word(world: World, site: Site) -> None:
    site.routes = routes(rows(4))
    world.crawl("csco_cn", site.url)
    keep, drop = (
        world.rows(f"select guid from entries where link like '%oid={n}'")[0][0] for n in (1, 2)
    )
    assert world.scrapy("ledger", "merge", keep, drop).code == 0
    assert world.scrapy("publish", "csco_cn").code == 0
    feed = world.documents()["csco_cn.rss"].decode()
    assert keep in feed
    assert drop not in feed
    done = world.crawl("csco_cn", site.url, revisit="9999")
    assert done.code == 0, done.text
    assert done.counts[0] == 0
    assert f"an operator merged {drop} into {keep}" in world.scrapy("explain", f"{PAGE}2").text
    assert world.rows("select field, before, after from revisions where field = 'merged'") == [
        ("merged", drop, keep)
    ]
    assert "already" in world.scrapy("ledger", "merge", keep, drop).text
    assert world.scrapy("ledger", "check").text.strip() == "the ledger is sound"


def test_split_gives_a_page_an_entry_of_its_own(world: World, site: Site) -> None:
    guid, first, twin = twins(world, site)
    assert f"kept apart from {guid}" in world.scrapy("ledger", "split", twin).text
    done = world.crawl("csco_cn", site.url)
    assert done.counts[0] == 1, done.text
    assert f"kept apart from {guid} by an operator" in world.scrapy("explain", twin).text
    assert world.rows("select count(*) from entries where title like '双份%'") == [(2,)]
    assert "nothing to split" in world.scrapy("ledger", "split", first).text


def test_split_of_the_page_that_an_entry_leads_to_leaves_it_the_other_one(
    world: World, site: Site
) -> None:
    shown = [*rows(2), *(Row(50 + n, "会议通知", "2026-03-01", f"第{n}次会议,请留意。") for n in (0, 1))]
    site.routes = routes(shown)
    world.crawl("csco_cn", site.url)
    ((guid, first),) = world.rows("select guid, link from entries where title = '会议通知'")
    assert world.scrapy("ledger", "split", first).code == 0
    assert world.crawl("csco_cn", site.url).counts == (1, 1, 2)
    found = {
        link: (held, text)
        for held, link, text in world.rows(
            "select guid, link, content_html from entries where title = '会议通知'"
        )
    }
    assert sorted(found) == [f"{PAGE}50", f"{PAGE}51"]
    assert all(f"第{link[-1]}次" in text for link, (_, text) in found.items())
    assert found[first][0] != guid
    again = world.crawl("csco_cn", site.url, revisit="9999")  # both in one crawl, and still two
    assert (again.counts, again.table.get("dropped: Duplicate")) == ((0, 0, 4), None)
    assert len(world.rows("select distinct entry from addresses")) == 4
    assert world.scrapy("ledger", "check").code == 0


def test_withdraw_says_so_in_the_feed(world: World, site: Site) -> None:
    site.routes = routes(rows(2))
    world.crawl("csco_cn", site.url)
    guid = world.rows("select guid from entries where link like '%oid=1'")[0][0]
    assert world.scrapy("ledger", "withdraw", guid).code == 0
    world.scrapy("publish", "csco_cn")
    assert "已不在学会网站上".encode() in world.documents()["csco_cn.rss"]
    assert "withdrawn already" in world.scrapy("ledger", "withdraw", guid).text
    assert "holds no entry urn:x" in world.scrapy("ledger", "withdraw", "urn:x").text
    other = world.rows("select guid from entries where link like '%oid=2'")[0][0]
    world.scrapy("ledger", "merge", other, guid)
    assert "merged into another" in world.scrapy("ledger", "withdraw", guid).text
    assert world.scrapy("ledger", "check").code == 0


@pytest.mark.parametrize(
    "words",
    [
        "ledger check",
        "ledger merge urn:x urn:y",
        f"ledger split {PAGE}",
        "ledger withdraw urn:x",
        "ledger export -",
        "status",
        f"explain {PAGE}",
        "release csco_cn",
        "publish csco_cn",
    ],
)
def test_a_look_makes_no_ledger(tmp_path: Path, words: str) -> None:
    url = f"sqlite:///{tmp_path}/no/ledger.sqlite3"
    done = launch.scrapy(*words.split(), "-s", f"LEDGER_URL={url}")
    assert done.code == 2, done.text
    assert f"no ledger is there: {url}; check LEDGER_URL" in done.text
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_or_address_is_no_ledger(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite3"
    file.touch()
    with pytest.raises(LedgerError, match="no ledger is there"):
        Ledger(f"sqlite:///{file}", make=False)
    assert file.stat().st_size == 0
    with pytest.raises(LedgerError, match="no ledger is there"):
        Ledger("sqlite://", make=False)
    for words in (("check",), ("import", "/dev/null")):  # what is imported would be gone at once
        done = launch.scrapy("ledger", *words, "-s", "LEDGER_URL=")
        assert done.code == 2
        assert "LEDGER_URL is empty: there is no ledger" in done.text


def test_wrong_words_are_answered_with_the_right_ones(world: World) -> None:
    done = world.scrapy("ledger", "repair")
    assert done.code == 2
    assert "merge KEEP DROP" in done.text


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("update entries set updated = '2000-01-01T00:00:00Z' where id = 1", "before it was published"),
        (
            "update entries set published = '2099-01-01T00:00:00Z' where id = 1",
            "after it was first seen",
        ),
        ("update entries set title = '' where id = 2", "no title or no link"),
        ("delete from addresses where entry = 3", "has no address"),
        ("update entries set withdrawn = '2026-01-01T00:00:00Z' where id = 1", "never missed"),
        ("update addresses set society = 'sto' where entry = 1", "which is not its society"),
        ("update entries set merged_into = id where id = 2", "merged into an entry that can't"),
        ("insert into addresses values ('csco_cn', 'x', 99, 1, '{}', '')", "is missing"),
    ],
)
def test_check_names_what_is_wrong(tmp_path: Path, damage: str, said: str) -> None:
    url = f"sqlite:///{tmp_path}/l.db"
    ledger = Ledger(url)
    run = ledger.begin(CSCO, HOSTS, STARTED)
    for number in range(3):
        record(run, item(number, f"第{number}号通知"))
    assert upkeep.check(ledger.engine) == []
    with closing(sqlite3.connect(tmp_path / "l.db", isolation_level=None)) as connection:
        connection.execute(damage)
    assert said in "\n".join(upkeep.check(ledger.engine))
    ledger.close()


def _lived_in(url: str) -> Ledger:
    ledger = Ledger(url)
    run = ledger.begin(CSCO, HOSTS, STARTED)
    for number in range(20):
        record(run, item(number, f"第{number}号通知", f"2026-05-{number + 1:02}"))
    run.end(GOOD, "", {"new": 20})
    later = ledger.begin(CSCO, HOSTS, STARTED + timedelta(days=1))
    record(later, item(3, "第3号通知(更正)", "2026-05-04"))
    links.missing(later, f"{PAGE}4", 1)
    later.end(GOOD, "", {})
    kept, dropped = ledger.window(CSCO)[0].guid, ledger.window(CSCO)[-1].guid  # into a later one
    upkeep.merge(ledger.engine, kept, dropped, STARTED + timedelta(days=1))
    return ledger


def test_an_export_is_the_whole_ledger(tmp_path: Path) -> None:
    ledger = _lived_in(f"sqlite:///{tmp_path}/one.db")
    lines = list(upkeep.export(ledger.engine))
    other = Ledger(f"sqlite:///{tmp_path}/two.db")
    assert upkeep.load(other.engine, lines) == len(lines) - 1
    assert list(upkeep.export(other.engine)) == lines
    assert other.window(CSCO, 50) == ledger.window(CSCO, 50)
    assert other.changes(CSCO, 50) == ledger.changes(CSCO, 50)
    assert upkeep.check(other.engine) == []
    # And it goes on: numbers are not given twice.
    record(other.begin(CSCO, HOSTS, STARTED + timedelta(days=2)), item(99, "新通知", "2026-06-30"))
    with pytest.raises(LedgerError, match="has entries of csco_cn already"):
        upkeep.load(other.engine, lines)
    ledger.close()
    other.close()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda lines: lines[1:], "first line is not that of"),
        (
            lambda lines: [lines[0].replace(f": {schema.VERSION}", ": 9")],
            "schema version 9",
        ),
        (lambda lines: [*lines[:5], "half a li"], "line 6 is no row"),
        (lambda lines: [*lines[:5], '{"table": "moods"}'], "line 6 is no row"),
        (lambda _: [], "first line is not that of"),
    ],
)
def test_a_bad_export_is_refused_and_nothing_kept(tmp_path: Path, change, said: str) -> None:
    ledger = _lived_in(f"sqlite:///{tmp_path}/one.db")
    lines = change(list(upkeep.export(ledger.engine)))
    other = Ledger(f"sqlite:///{tmp_path}/two.db")
    with pytest.raises(LedgerError, match=said):
        upkeep.load(other.engine, lines)
    assert other.count(CSCO.name) == 0
    ledger.close()
    other.close()


def test_export_and_import_by_command(world: World, site: Site) -> None:
    site.routes = routes(rows(3))
    world.crawl("csco_cn", site.url)
    before, file = world.documents(), str(world.home / "ledger.jsonl")
    assert "rows exported" in world.scrapy("ledger", "export", file).text
    world.ledger.rename(world.home / "old.sqlite3")
    (no_export := world.home / "notes.txt").write_text("first things first\n")
    assert "first line is not that" in world.scrapy("ledger", "import", str(no_export)).text
    assert not world.ledger.exists()
    assert "rows imported" in world.scrapy("ledger", "import", file).text
    assert world.crawl("csco_cn", site.url).counts == (0, 0, 3)
    assert world.documents() == before
    assert world.scrapy("ledger", "import", str(world.home / "none.jsonl")).code == 2

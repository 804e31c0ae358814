"""What is asked for, and what is not: paging, pending links, revisits."""

from __future__ import annotations

from tests.conftest import World
from tests.sites.csco import START, Row, article, listing, routes, rows
from tests.sites.server import Answer, Site


def test_everything_is_read_once(world: World, site: Site) -> None:
    site.routes = routes(rows(40))
    first = world.crawl("csco_cn", site.url)
    assert (first.code, first.counts) == (0, (40, 0, 0)), first.text
    assert len(site.pages()) == 43
    before = world.documents()
    second = world.crawl("csco_cn", site.url)
    assert (second.code, second.counts) == (0, (0, 0, 15)), second.text
    assert site.pages() == [START]
    assert world.documents() == before


def test_paging_stops_at_a_page_whose_every_row_is_known(world: World, site: Site) -> None:
    site.routes = routes(rows(60))
    world.crawl("csco_cn", site.url)
    site.pages()
    site.routes = routes([*(Row(60 + n, f"新通知{n}", "2026-07-01") for n in (1, 2, 3)), *rows(60)])
    assert world.crawl("csco_cn", site.url).counts[0] == 3
    assert [path for path in site.pages() if "nlist" in path] == [START, f"{START}&page=2"]


def test_a_new_row_on_every_page_of_a_list_is_new_once(world: World, site: Site) -> None:
    site.routes = routes(rows(60))
    world.crawl("csco_cn", site.url)
    site.pages()
    lead = Row(61, "新通知", "2026-07-01")
    site.routes = routes([lead, *rows(60)])
    for page in range(2, 5):
        shown = rows(60)[15 * page - 16 : 15 * page - 1]
        site.routes[f"{START}&page={page}"] = listing([lead, *shown], f"{START}&page={page + 1}")
    assert world.crawl("csco_cn", site.url).counts[0] == 1
    assert [path for path in site.pages() if "nlist" in path] == [START, f"{START}&page=2"]


def test_a_list_that_runs_from_old_to_new_is_read_to_its_end(world: World, site: Site) -> None:
    site.routes = routes(rows(40)[::-1])
    world.crawl("csco_cn", site.url)
    site.pages()
    site.routes = routes([*rows(40)[::-1], Row(41, "新通知", "2026-07-01")])
    assert world.crawl("csco_cn", site.url).counts[0] == 1
    assert [path for path in site.pages() if "nlist" in path] == [
        START,
        *(f"{START}&page={page}" for page in (2, 3)),
    ]


def test_pinned_rows_do_not_count_as_known(world: World, site: Site) -> None:
    pinned = [Row(900 + n, f"置顶通知{n}", f"2025-01-0{n + 1}") for n in range(3)]
    plain = rows(30)
    site.routes = routes([*pinned, *plain], per_page=13)
    world.crawl("csco_cn", site.url)
    site.pages()
    world.crawl("csco_cn", site.url)
    assert [path for path in site.pages() if "nlist" in path] == [START]


def test_backfill_walks_the_whole_history(world: World, site: Site) -> None:
    site.routes = routes(rows(60))
    world.crawl("csco_cn", site.url)
    site.pages()
    again = world.crawl("csco_cn", site.url, backfill="1")
    assert again.counts == (0, 0, 60)
    assert len(site.pages()) == 4


def test_twenty_pages_at_most(world: World, site: Site) -> None:
    site.routes = routes(rows(44), per_page=2)
    done = world.crawl("csco_cn", site.url)
    assert done.counts == (40, 0, 0)
    assert "the history goes on behind 20 pages" in done.text
    assert len([path for path in site.pages() if "nlist" in path]) == 20


def test_a_pager_that_loops_or_repeats_ends(world: World, site: Site) -> None:
    first, second = rows(15, first=16), rows(15)
    site.routes = routes([*first, *second])
    site.routes[f"{START}&page=2"] = listing(second, START)
    assert world.crawl("csco_cn", site.url, backfill="1").counts == (30, 0, 0)
    # Paging accepted and ignored: page 1 for every number.
    for number in range(2, 9):
        site.routes[f"{START}&page={number}"] = listing(first, f"{START}&page={number + 1}")
    site.pages()
    world.crawl("csco_cn", site.url, backfill="1")
    assert [path for path in site.pages() if "nlist" in path] == [START, f"{START}&page=2"]


def test_a_link_not_read_is_asked_for_first_next_time(world: World, site: Site) -> None:
    shown = rows(5)
    site.routes = routes(shown)
    site.routes[shown[2].path] = Answer("gone", 404)
    site.routes[shown[3].path] = Answer("broken", 500)
    first = world.crawl("csco_cn", site.url)
    assert (first.code, first.counts[0], first.table["pending"]) == (0, 3, "2")
    stored = world.rows("select address, attempts, reason from pending order by address desc")
    assert [(attempts, reason) for _, attempts, reason in stored] == [
        (1, "answered 404"),
        (1, "answered 500"),
    ]
    site.pages()
    site.routes = routes(shown)
    second = world.crawl("csco_cn", site.url)
    assert second.counts == (2, 0, 3)
    assert sorted(site.pages()[:2]) == sorted([shown[2].path, shown[3].path])
    assert world.rows("select * from pending") == []


def test_a_page_without_title_stays_pending_and_is_named(world: World, site: Site) -> None:
    shown = [*rows(3), Row(77, "", "2026-01-05", body="")]
    site.routes = routes(shown)
    done = world.crawl("csco_cn", site.url)
    assert done.counts[0] == 3
    assert done.table["dropped: Incomplete"] == "1"
    assert "oid=77: no title was found" in done.text
    assert world.rows("select reason from pending")[0][0].endswith("no title was found")


def test_an_article_is_revisited_when_its_row_changed(world: World, site: Site) -> None:
    shown = rows(4)
    site.routes = routes(shown)
    world.crawl("csco_cn", site.url)
    guids = world.rows("select guid, published from entries order by guid")
    site.pages()
    shown[1].title += "(更正)"
    site.routes = routes(shown)
    done = world.crawl("csco_cn", site.url)
    assert done.counts == (0, 1, 3)
    assert site.pages() == [START, shown[1].path]
    assert world.rows("select guid, published from entries order by guid") == guids
    assert world.rows("select field, after from revisions") == [("title", shown[1].title)]


def test_revisit_reads_the_young_ones_again(world: World, site: Site) -> None:
    shown = rows(20)
    site.routes = routes(shown)
    world.crawl("csco_cn", site.url, NOW="2026-07-01T00:00:00Z")
    site.pages()
    site.routes[shown[0].path] = article(shown[0], views=99)
    shown[1].body += "另:截止日期顺延一周。"
    site.routes[shown[1].path] = article(shown[1])
    done = world.crawl("csco_cn", site.url, revisit="5", NOW="2026-07-02T00:00:00Z")
    assert done.counts[:2] == (0, 1)
    asked = [path for path in site.pages() if "ncontent" in path]
    assert sorted(asked) == sorted(row.path for row in shown[:2])
    published, updated = world.rows("select published, updated from entries where updated != published")[
        0
    ]
    assert (published, updated) == ("2026-06-27T12:00:00Z", "2026-07-02T00:00:00Z")


def test_a_revisited_entry_is_counted_once(world: World, site: Site) -> None:
    shown = rows(12)
    site.routes = routes(shown)
    world.crawl("csco_cn", site.url, NOW="2026-07-01T00:00:00Z")
    site.routes[shown[0].path] = Answer("", 503)
    shown[1].body += "另:截止日期顺延一周。"
    site.routes[shown[1].path] = article(shown[1])
    site.routes[START] = listing(shown[:10])  # two have left the list since
    done = world.crawl("csco_cn", site.url, revisit="60", NOW="2026-07-02T00:00:00Z")
    assert done.code == 0, done.text
    assert done.counts == (0, 1, 10)
    assert (done.table["found"], done.table["unlisted"], done.table["not read"]) == ("10", "2", "1")
    again = world.crawl("csco_cn", site.url, revisit="3", NOW="2026-07-02T00:00:00Z")
    assert (again.table["found"], again.counts) == ("10", (0, 0, 10))
    assert "unlisted" not in again.table


def test_since_leaves_older_notices_out(world: World, site: Site) -> None:
    shown = rows(40)
    site.routes = routes(shown)
    done = world.crawl("csco_cn", site.url, since="2026-06-20")
    assert done.counts[0] == 9
    # Lists are not in date order, so only a page of nothing but old rows ends the walk.
    assert [path for path in site.pages() if "nlist" in path] == [START, f"{START}&page=2"]


def test_links_off_the_host_are_not_followed(world: World, site: Site) -> None:
    shown = rows(2)
    shown.append(Row(0, "别处的报道", "2026-06-01", link="http://127.0.0.1:9/news?click_id=17"))
    site.routes = routes(shown)
    site.routes[START] = listing(shown, "http://127.0.0.1:9/next")
    done = world.crawl("csco_cn", site.url)
    assert (done.code, done.counts) == (0, (3, 0, 0)), done.text
    assert ("http://127.0.0.1:9/news",) in world.rows("select link from entries")


def test_after_a_bad_night_paging_goes_on_behind_what_it_committed(world: World, site: Site) -> None:
    shown = rows(60)
    site.routes = routes(shown)
    site.routes[f"{START}&page=2"] = Answer("", 500)
    first = world.crawl("csco_cn", site.url)
    assert first.code == 1
    assert first.counts[0] == 15
    assert "listing pages could not be read" in first.sentence
    site.routes = routes(shown)
    second = world.crawl("csco_cn", site.url)
    assert (second.code, second.counts[0]) == (0, 45)
    site.pages()
    assert world.crawl("csco_cn", site.url).counts == (0, 0, 15)


def test_one_page_that_can_not_be_read_fails_the_first_night_alone(world: World, site: Site) -> None:
    shown = rows(12)
    site.routes = {**routes(shown), shown[5].path: Answer("", 500)}
    assert [world.crawl("csco_cn", site.url).code for _ in range(4)] == [0, 0, 0, 0]
    assert world.rows("select attempts from pending") == [(4,)]
    site.routes[shown[0].path] = Answer("", 503)
    done = world.crawl("csco_cn", site.url, "-a", "revisit=400")
    assert "the entry stays as it is" in done.text

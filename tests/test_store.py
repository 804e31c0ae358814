"""What the ledger stores, keeps and gives back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csco_spider.items import Enclosure, Row, Sighting
from csco_spider.ledger import GOOD, Ledger, LedgerError, Run, add_alias, links, record
from tests import launch
from tests.makers import CSCO, HOSTS, STARTED, day, item
from tests.writers import write


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(f"sqlite:///{tmp_path}/ledger.sqlite3")
    yield opened
    opened.close()


@pytest.fixture
def run(ledger: Ledger) -> Run:
    return ledger.begin(CSCO, HOSTS, STARTED)


def again(ledger: Ledger, nights: int = 1) -> Run:
    return ledger.begin(CSCO, HOSTS, STARTED + timedelta(days=nights))


def test_an_entry_comes_back_as_it_went_in(ledger: Ledger, run: Run) -> None:
    made = item()
    made.authors, made.categories, made.image = ["马军"], ["会议"], "https://a.org/x.png"
    made.enclosures = [Enclosure("https://a.org/a.pdf", "application/pdf", 17)]
    made.sources = {"title": "shown", "published": "listing without fields.date"}
    assert record(run, made) == "new"
    (kept,) = ledger.window(CSCO, 50)
    made.sighting = None
    assert kept == made
    assert kept.guid.startswith("urn:uuid:")
    assert kept.published is not None
    assert kept.published.value.isoformat() == "2026-06-03T20:00:00+08:00"
    assert kept.updated == kept.published.value


@pytest.mark.parametrize(
    "url",
    [
        "http://www.csco.org.cn/cn/ncontent.aspx?oid=1",
        "https://csco.org.cn/cn/ncontent.aspx?oid=1",
        "https://www.csco.org.cn/cn/ncontent.aspx?oid=1#x",
        "https://www.csco.org.cn/new/1.html",  # another page, same day and title
    ],
)
def test_the_same_notice_at_another_address_is_the_same_entry(
    ledger: Ledger, run: Run, url: str
) -> None:
    record(run, item())
    (before,) = ledger.window(CSCO, 50)
    assert record(again(ledger), item(url=url)) == "unchanged"
    (after,) = ledger.window(CSCO, 50)
    assert after.url == url
    after.url = before.url
    assert after == before


@pytest.mark.parametrize(
    "changed", [{"title": "第一轮通知(更正)"}, {"body": "<p>会议安排见附件二。</p>"}]
)
def test_a_real_change_keeps_guid_and_date_and_moves_updated(
    ledger: Ledger, run: Run, changed: dict[str, str]
) -> None:
    record(run, item())
    (before,) = ledger.window(CSCO, 50)
    assert record(again(ledger), item(**changed)) == "changed"  # type: ignore[arg-type]
    (after,) = ledger.window(CSCO, 50)
    assert (after.guid, after.published) == (before.guid, before.published)
    assert after.updated == STARTED + timedelta(days=1)
    assert record(again(ledger, 2), item(**changed)) == "unchanged"  # type: ignore[arg-type]
    assert ledger.window(CSCO, 50) == [after]


def test_noise_is_no_change(ledger: Ledger, run: Run) -> None:
    record(run, item(body="<p>正文</p><p>浏览次数:3次</p>"))
    before = ledger.window(CSCO, 50)
    assert record(again(ledger), item(body="<div><p>正文 </p></div>浏览次数:9次")) == "unchanged"
    assert ledger.window(CSCO, 50) == before


def test_an_empty_body_never_replaces_a_stored_one(ledger: Ledger, run: Run) -> None:
    record(run, item())
    before = ledger.window(CSCO, 50)
    assert record(again(ledger), item(body="")) == "unchanged"
    assert ledger.window(CSCO, 50) == before


def test_same_title_on_another_day_is_another_entry(ledger: Ledger, run: Run) -> None:
    record(run, item(1))
    assert record(run, item(2, published="2026-06-04")) == "new"
    assert ledger.count(CSCO.name) == 2


def test_two_entries_never_share_a_guid(ledger: Ledger, run: Run) -> None:
    first, second, third = item(1, "甲"), item(2, "乙"), item(3, "乙")
    record(run, first)
    later = again(ledger)
    retitled = item(1, "乙")
    record(later, retitled)  # "甲" is now called "乙", and keeps the GUID of "甲"
    record(later, item(4, "甲"))  # a new notice called "甲" finds that GUID taken
    record(later, second)
    record(later, third)
    guids = [entry.guid for entry in ledger.window(CSCO, 50)]
    assert len(set(guids)) == len(guids) == 2
    assert first.guid == retitled.guid in guids


def test_undated_notices_are_told_apart_by_address(ledger: Ledger, run: Run) -> None:
    record(run, item(1, published=None))
    assert record(run, item(2, published=None)) == "new"
    assert record(run, item(1, published=None)) == "unchanged"
    one, two = ledger.window(CSCO, 50)
    assert one.guid != two.guid
    assert one.published is not None
    assert (one.published.origin, one.published.value) == ("first_seen", STARTED)


def test_the_window_s_order_is_date_then_crawl_then_place(ledger: Ledger, run: Run) -> None:
    for number, position in ((1, 2), (2, 0), (3, 1)):
        record(run, item(number, f"甲{number}", position=position))
    record(run, item(4, "老通知", "2026-06-01"))
    later = again(ledger)
    record(later, item(5, "补发", position=9))
    assert [entry.title for entry in ledger.window(CSCO, 50)] == ["补发", "甲2", "甲3", "甲1", "老通知"]
    assert [entry.title for entry in ledger.window(CSCO, 2)] == ["补发", "甲2"]


def test_known_is_trusted_only_after_a_crawl_that_ended_well(ledger: Ledger, run: Run) -> None:
    first, second = item(1, "一"), item(2, "二")
    record(run, first)
    run.end(GOOD, "", {})
    killed = again(ledger)
    record(killed, second)
    third = again(ledger, 2)
    known = links.known(third, [first.url, second.url, "https://csco.org.cn/none"])
    assert known[first.url].trusted
    assert not known[second.url].trusted
    assert len(known) == 2
    third.end(GOOD, "", {})
    assert links.known(again(ledger, 3), [second.url])[second.url].trusted


def test_pending_links_are_kept_counted_and_forgotten(ledger: Ledger, run: Run) -> None:
    row = Row("https://www.csco.org.cn/cn/ncontent.aspx?oid=9", "标题", day("2026-06-03"), "导语", True)
    links.pend(run, [Sighting("/list", 3, row)])
    links.failed(run, row.url, "answered 500")
    later = again(ledger)
    links.pend(later, [Sighting("/list", 4, row)])
    (waiting,) = links.all_pending(later)
    assert (waiting.sighting, waiting.attempts, waiting.reason) == (
        Sighting("/list", 3, row),
        1,
        "answered 500",
    )
    assert links.known(later, [row.url])[row.url].published is None
    record(later, item(9))
    assert links.all_pending(later) == []


def test_an_alias_is_known_and_read_no_more(ledger: Ledger, run: Run) -> None:
    first, twin = item(1), item(2)
    record(run, first)
    add_alias(run, first.guid, twin)
    assert links.known(run, [twin.url])[twin.url].published is not None
    assert ledger.count(CSCO.name) == 1
    with pytest.raises(LedgerError, match="no entry urn:x"):
        add_alias(run, "urn:x", twin)


def test_a_ledger_in_memory_remembers_nothing(tmp_path: Path) -> None:
    ledger = Ledger("")
    record(ledger.begin(CSCO, HOSTS, STARTED), item())
    assert ledger.count(CSCO.name) == 1
    ledger.close()
    assert Ledger("").count(CSCO.name) == 0


def test_a_field_that_a_reading_does_not_give_keeps_its_source(ledger: Ledger, run: Run) -> None:
    made = item()
    made.sources = {"title": "shown", "published": "listing without fields.date", "body": "label"}
    record(run, made)
    later = item(body="")
    later.sources = {"title": "meta"}
    record(again(ledger), later)
    (kept,) = ledger.window(CSCO, 1)
    assert kept.sources == {**made.sources, "title": "meta"}
    assert kept.degraded


def test_an_unknown_society_is_named(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="knows no society 'sto'; `scrapy crawl sto` first"):
        ledger.society("sto")


TITLES = st.text(min_size=1, max_size=40).filter(str.strip)


@given(st.lists(st.tuples(TITLES, st.sampled_from(["2026-06-03", "2026-06-04"])), max_size=12))
def test_recording_twice_adds_nothing(notices: list[tuple[str, str]]) -> None:
    ledger = Ledger("")
    items = [
        item(n, title.encode("utf-8", "ignore").decode(), d) for n, (title, d) in enumerate(notices)
    ]
    items = [made for made in items if made.title.strip()]
    first = ledger.begin(CSCO, HOSTS, STARTED)
    for made in items:
        record(first, made)
    window = ledger.window(CSCO, 50)
    second = again(ledger)
    for number, (made, (_, published)) in enumerate(zip(items, notices, strict=False)):
        assert record(second, item(number, made.title, published, url=made.url)) == "unchanged"
    assert [entry.guid for entry in ledger.window(CSCO, 50)] == [entry.guid for entry in window]
    ledger.close()


def test_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.sqlite3"
    calls = [(url, range(first, first + 40)) for first in (0, 20, 40)]
    assert launch.at_once(write, calls) == [0, 0, 0]
    ledger = Ledger(url)
    assert ledger.count(CSCO.name) == 80
    ledger.close()


def test_an_article_is_due_ever_more_rarely_and_nightly_while_its_page_is_missing() -> None:
    ledger = Ledger("")
    began = datetime(2026, 6, 3, 2, tzinfo=UTC)

    def visit(night: int, *, missing: bool = False) -> int:
        """How many pages were due, one of which was read (or missing)."""
        run = ledger.begin(CSCO, HOSTS, began + timedelta(days=night))
        due = links.due(run, [1, 2, 4, 8, 16], 3)
        for sighting in due:
            if missing:
                links.missing(run, sighting.row.url, 3)
            else:
                record(run, item())
        return len(due)

    record(ledger.begin(CSCO, HOSTS, began), item())
    record(ledger.begin(CSCO, HOSTS, began), item(2, "旧通知", "2026-01-03"))
    assert [night for night in range(40) if visit(night)] == [1, 2, 4, 8, 16]
    fresh = Ledger("")
    ledger = fresh
    record(ledger.begin(CSCO, HOSTS, began), item())
    assert [visit(night, missing=True) for night in range(1, 7)] == [1, 1, 1, 1, 1, 1]
    fresh.close()

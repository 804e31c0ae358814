"""The night's parts by themselves: its plan, its words for a person, its forecast, its watchdog."""

from __future__ import annotations

import io
import json
import random
import re
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest
from rich.console import Console
from scrapy.crawler import Crawler

from csco_spider.extensions.publishing import nights_before
from csco_spider.ledger import GOOD, Ledger, record
from csco_spider.ledger.past import (
    begin_night,
    end_night,
    night_told,
    past_runs,
    publish_days,
    runs_of,
)
from csco_spider.monitoring import Alarm, Norms, new_since, trouble
from csco_spider.night.disk import days_left, measured, sizes
from csco_spider.night.notes import within
from csco_spider.night.plan import Visit, sharing, turns
from csco_spider.night.report import Line, as_bytes, document, earlier_line, message, schema
from csco_spider.night.runner import Limits, Night, Running
from csco_spider.night.table import Screen, table
from csco_spider.night.watchdog import Watchdog, society_in
from csco_spider.spiders.csco import CscoSpider
from csco_spider.spiders.csco_cn import CscoCnSpider
from tests.conftest import World
from tests.makers import CSCO, HOSTS, STARTED, item
from tests.sites.many import BrokenSpider, EndlessSpider, WildSpider
from tests.sites.two_hosts import TwoHostsSpider

SITE = "http://127.0.0.1:8000"
ALL = (CscoSpider, CscoCnSpider, BrokenSpider, EndlessSpider, WildSpider)


def test_visits_with_a_host_in_common_are_one_group() -> None:
    assert [len(group) for group in sharing([Visit(spider) for spider in ALL])] == [1] * 5
    moved = [Visit(CscoSpider, SITE), Visit(BrokenSpider), Visit(CscoCnSpider, SITE)]
    assert sorted(len(group) for group in sharing(moved)) == [1, 2]
    beside = [Visit(TwoHostsSpider, SITE), Visit(TwoHostsSpider)]
    assert [len(group) for group in sharing(beside)] == [2]  # both ask the articles' host


def test_who_held_up_a_night_comes_last_and_starts_are_spread() -> None:
    visits = [Visit(spider) for spider in ALL]
    plain = turns(visits, [], 0, random.Random(1))
    assert [turn.visits[0].spider for turn in plain] == list(ALL)
    assert {turn.delay for turn in plain} == {0.0}
    late = turns(visits, ["csco"], 600, random.Random(1))
    assert late[-1].visits[0].name == "csco"
    assert all(0 <= turn.delay <= 600 for turn in late)
    assert len({turn.delay for turn in late}) == 5
    assert [turn.visits for turn in late] != [turn.visits for turn in plain]


def test_a_stopped_night_is_taken_up_again_for_a_while() -> None:
    ledger = Ledger("")
    engine, now = ledger.engine, STARTED
    first = begin_night(engine, now)
    run = ledger.begin(CSCO, HOSTS, now, night=first.number)
    assert runs_of(engine, first.number) == {CSCO.name: None}
    again = begin_night(engine, now + timedelta(hours=3))
    assert (again.number, again.started, again.resumed) == (first.number, now, 1)
    assert ledger.begin(CSCO, HOSTS, now, night=again.number).number == run.number
    run.end(GOOD, "", {"new": 2}, observed={"found": 3}, alarms=[Alarm("found", "x").plain()])
    done = runs_of(engine, first.number)[CSCO.name]
    assert done is not None
    assert (done.outcome, done.counts, done.alarms[0]["kind"]) == (GOOD, {"new": 2}, "found")
    assert ledger.begin(CSCO, HOSTS, now, night=again.number).number != run.number
    late = begin_night(engine, now + timedelta(hours=20))
    assert (late.number, late.resumed) == (first.number + 1, 0)
    end_night(engine, late.number, now)
    assert begin_night(engine, now - timedelta(days=1)).number == late.number + 1  # the clock jumped
    ledger.close()


def test_the_past_leaves_out_what_did_not_end_and_what_an_operator_said() -> None:
    ledger = Ledger("")
    run = ledger.begin(CSCO, HOSTS, STARTED)
    record(run, item())
    record(run, item(2, "另一则", "2026-06-03"))
    record(run, item(3, "第三则", "2026-05-01"))
    record(run, item(4, "没有日期", None))
    run.end("empty", "why", {})
    ledger.begin(CSCO, HOSTS, STARTED)
    assert [(one.number, one.outcome) for one in past_runs(ledger.engine, CSCO.name, 9)] == [
        (run.number, "empty")
    ]
    assert [str(day) for day in publish_days(ledger.engine, CSCO.name, 9)] == [
        "2026-06-03",
        "2026-05-01",
    ]
    ledger.close()


# --- report and message ---------------------------------------------------------------------------
BAD = Alarm("fill", "date was read in 0 of 15 rows", "listing/date", ".time", 0, "2026-11-23")
NIGHT = {"started": STARTED, "ended": STARTED, "resumed": 0, "code": 0, "notes": []}


def test_a_message_tells_what_is_new_and_what_to_do() -> None:
    standing = Line("csco", "CSCO", "degraded", alarms=[BAD])
    assert message([standing], []) is None
    raised = Line("csco", "CSCO", "degraded", alarms=[BAD], raised=[BAD])
    told = message([raised, Line("csco_cn", "CSCO", "ok")], [])
    assert told == (
        "csco_spider: csco",
        "csco is degraded: date was read in 0 of 15 rows (selector .time). Next: look at the society's "
        "page, and mend what is named in its spider",
    )
    killed = message([Line("a", "A", "ok", raised=[BAD], earlier=True)], [])
    assert killed is not None, "a night that was killed has told nobody"
    assert message([], ["the report could not be written"]) == (
        "csco_spider: the night",
        "the report could not be written",
    )


def test_every_line_keeps_the_schema() -> None:
    past = past_line()
    lines = [Line("a", "A", "skipped", "why"), Line("b", "B", "degraded", alarms=[BAD]), past]
    report = document(lines, **NIGHT, sizes={"ledger": 1, "archive": None, "free": 2})  # type: ignore[arg-type]
    jsonschema.validate(report, schema())
    assert json.loads(as_bytes(report)) == report
    broken = {**report, "societies": [{**report["societies"][0], "state": "fine"}]}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, schema())
    jsonschema.Draft202012Validator.check_schema(schema())


def test_an_alarm_is_new_until_a_night_has_told_it() -> None:
    ledger = Ledger("")
    engine, raised = ledger.engine, trouble("refused", "csco_cn refused us", [], Norms(), "2026-07-01")

    def crawl(night: int | None) -> None:
        run = ledger.begin(CSCO, HOSTS, STARTED, night=night)
        run.end("refused", "csco_cn refused us", {}, alarms=[alarm.plain() for alarm in raised])

    def earlier(night: int) -> Line:
        done = runs_of(engine, night)[CSCO.name]
        assert done is not None
        return earlier_line(done, CSCO.organisation, "", nights_before(engine, CSCO.name, done.number))

    number = begin_night(engine, STARTED).number
    crawl(number)
    assert new_since(raised, nights_before(engine, CSCO.name)) == raised
    assert earlier(number).raised == raised
    night_told(engine, number)
    assert new_since(raised, nights_before(engine, CSCO.name)) == []
    assert earlier(number).raised == []
    crawl(number)  # by the second half, which is killed again
    assert new_since(raised, nights_before(engine, CSCO.name)) == []
    assert earlier(number).raised == []
    ledger.close()
    by_hand = Ledger("")
    run = by_hand.begin(CSCO, HOSTS, STARTED)
    run.end("refused", "", {}, alarms=[alarm.plain() for alarm in raised])
    assert new_since(raised, nights_before(by_hand.engine, CSCO.name)) == []
    by_hand.close()


def past_line() -> Line:
    ledger = Ledger("")
    night = begin_night(ledger.engine, STARTED)
    run = ledger.begin(CSCO, HOSTS, STARTED, night=night.number)
    run.end(GOOD, "", {"known": 9, "unchanged": 1}, observed={"found": 10}, alarms=[BAD.plain()])
    done = runs_of(ledger.engine, night.number)[CSCO.name]
    ledger.close()
    assert done is not None
    line = earlier_line(done, CSCO.organisation, "2026-06-03  第一轮通知", [])
    assert (line.state, line.counts, line.earlier) == ("degraded", {"unchanged": 10, "found": 10}, True)
    return line


def test_a_table_shows_who_is_done_who_reads_and_who_waits() -> None:
    visits = [Visit(spider) for spider in (CscoSpider, CscoCnSpider, BrokenSpider)]
    plan = turns(visits, [], 0, random.Random(1))
    dog = Watchdog(60, lambda _: None)
    night = Night(Nobody(), plan, Limits(1, 1, 1), ended=lambda _: None, watchdog=dog)
    night.lines.append(Line("csco", "CSCO", "blocked", "csco refused us", {"new": 3}))
    night.running["csco_cn"] = Running(visits[1], Crawler(CscoCnSpider))  # it has not begun yet
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(table(night.lines, night))
    shown = console.export_text()
    assert re.search(r"csco +│ blocked +│ 0 +│ 3 ", shown), shown
    assert re.search(r"csco_cn +│ reading +│ 0 +│ 0 ", shown), shown
    assert "1 wait for their turn" in shown


def test_a_table_leaves_out_who_is_well_where_there_is_no_room() -> None:
    lines = [Line(f"society_{n}", "", "unchanged") for n in range(60)]
    lines += [Line(f"bad_{n}", "", "failed", "no route to it") for n in range(9)]
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(table(lines, room=8))
    shown = console.export_text()
    assert shown.count("failed") == 8
    assert "60 are done and well, 1 more are not" in " ".join(shown.split())
    console.print(table(lines))
    assert console.export_text().count("society_") == 60


def test_a_terminal_is_told_the_causes_once_the_table_stands() -> None:
    console = Console(width=60, height=20, force_terminal=True, file=io.StringIO(), color_system=None)
    lines = [Line(f"society_{n}", "", "unchanged") for n in range(30)]
    screen = Screen(console, lines)
    dog = Watchdog(60, lambda _: None)
    night = Night(Nobody(), [], Limits(1, 1, 1), ended=screen.ended, watchdog=dog)
    screen.open(night)
    line = Line("csco", "CSCO", "blocked", "csco [asco] refused us: https://csco.ac.cn/: answered 403")
    night.lines.append(line)
    screen.ended(line)
    screen.close()
    assert isinstance(console.file, io.StringIO)
    said = console.file.getvalue()
    assert said.endswith("csco: csco [asco] refused us: https://csco.ac.cn/: answered 403\n")
    assert "society_29" in said.split("┏")[-1]  # all of them at the end, whatever the height


class Nobody:
    def create_crawler(self, crawler_or_spidercls: object) -> Crawler:
        raise AssertionError("nobody is crawled")


# --- disk -----------------------------------------------------------------------------------------
def test_the_disk_s_end_is_foretold_from_its_growth(tmp_path: Path) -> None:
    began = datetime(2026, 11, 1, tzinfo=UTC)

    def point(day: int, held: int, free: int | None) -> None:
        report = {"ended": (began + timedelta(days=day)).isoformat()}
        size = {"ledger": held, "archive": None, "free": free}
        (tmp_path / f"2026-11-{day + 1:02}.json").write_text(json.dumps({**report, "sizes": size}))

    assert days_left(measured(tmp_path)) is None
    point(0, 1000, 9000)
    (tmp_path / "other.json").write_text("[]")
    assert days_left(measured(tmp_path)) is None
    point(10, 2000, 8000)
    assert days_left(measured(tmp_path)) == 80
    point(10, 900, 8000)
    assert days_left(measured(tmp_path)) is None
    point(10, 2000, None)
    assert days_left(measured(tmp_path)) is None


def test_what_is_elsewhere_has_no_size(tmp_path: Path) -> None:
    assert sizes("postgresql://host/ledger", "") == {"ledger": None, "archive": None, "free": None}
    assert sizes("no address", "") == {"ledger": None, "archive": None, "free": None}
    (tmp_path / "l.db").write_bytes(b"x" * 10)
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "a.warc.gz").write_bytes(b"x" * 7)
    found = sizes(f"sqlite:///{tmp_path}/l.db", f"{tmp_path}/archive")
    assert (found["ledger"], found["archive"]) == (10, 7)


# --- bounds ---------------------------------------------------------------------------------------
def test_telling_is_bounded_and_never_raises() -> None:
    def broken() -> bool:
        raise RuntimeError("a plugin's fault")

    assert within(5, "broken", broken) is False
    never = threading.Event()
    assert within(0.05, "slow", never.wait) is False
    never.set()
    assert within(5, "well", lambda: True)


def test_a_watchdog_bites_once_and_only_without_a_beat() -> None:
    bitten: list[str] = []
    with Watchdog(2.0, bitten.append) as dog:
        until = datetime.now(UTC) + timedelta(seconds=3)
        while datetime.now(UTC) < until:
            dog.beat()
        assert bitten == []
        endless(CscoCnSpider(), bitten)
    assert bitten == ["csco_cn"]
    assert society_in(None) == ""


def endless(spider: CscoCnSpider, bitten: list[str]) -> None:
    until = datetime.now(UTC) + timedelta(seconds=30)
    while not bitten and datetime.now(UTC) < until:
        pass


@pytest.mark.parametrize("command", ["status", "list"])
def test_what_shows_all_takes_no_word(world: World, command: str) -> None:
    done = world.scrapy(command, "--jsn")
    assert done.code == 2
    assert "no '--jsn' here" in done.sentence


def test_status_shows_societies_alarms_and_room(world: World) -> None:
    empty = world.scrapy("status")
    assert empty.code == 2
    assert "no ledger is there" in empty.text
    ledger = Ledger(f"sqlite:///{world.ledger}")
    run = ledger.begin(CSCO, HOSTS, STARTED)
    record(run, item(title="[new] 第一轮通知"))
    run.end(GOOD, "", {"new": 1}, alarms=[BAD.plain()])
    ledger.close()
    shown = world.scrapy("status").text
    titled = "2026-06-03  [new] 第一轮通知"
    for part in ("csco_cn", "degraded", "2026-07-01 22:00", titled, BAD.text, "KiB"):
        assert part in shown, shown
    assert re.search(r"│ csco +│ never crawled ", shown), shown

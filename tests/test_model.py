"""A society's life at random beside a ledger: one GUID a notice, for life, and nothing lost."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from csco_spider.items import NewsItem, Row, Sighting
from csco_spider.ledger import GOOD, Ledger, Run, links, record, upkeep
from tests.makers import CSCO, HOSTS, STARTED, day

NIGHTS_GONE = 3
STEPS: Counter[str] = Counter()
SERIES = ("{y}年学术年会第{n}轮通知", "第{n}期培训班报名", "专家共识解读之{c}", "{y}年指南会日程{c}版")


@dataclass
class Notice:
    """One true notice, and what a crawl has made of it."""

    serial: int
    title: str
    day: date
    body: str
    number: int
    deleted: bool = False
    guid: str = ""
    instant: object = None
    touched: set[str] = field(default_factory=set)
    """What changed since a crawl last read it: address, title, day, body."""
    edits: int = 0


class Society(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger("")
        self.notices: list[Notice] = []
        self.serial = 0
        self.night = 0
        self.design = 0
        self.suffix = ""
        self.revisions = 0
        self.missed: dict[int, int] = {}  # nights on which a notice was found gone, by serial

    def teardown(self) -> None:
        STEPS["notices"] += len(self.notices)
        STEPS["entries"] += self.ledger.count(CSCO.name)
        self.ledger.close()

    # --- what a society does ----------------------------------------------------------------------
    def living(self) -> list[Notice]:
        return [notice for notice in self.notices if not notice.deleted]

    def taken(self, title: str, on: date) -> bool:
        """One title, one day is one notice: the model never makes two of it."""
        return any(notice.title == title and notice.day == on for notice in self.notices)

    @rule(series=st.sampled_from(SERIES), age=st.integers(0, 9), template=st.booleans())
    def publish(self, series: str, age: int, template: bool) -> None:
        self.serial += 1
        STEPS["publish"] += 1
        title = series.format(y=2020 + self.serial % 7, n=self.serial, c=chr(0x4E00 + self.serial))
        # One text under two titles of one day is one notice, unless a number tells them apart.
        own = (
            ""
            if template and "{n}" in series
            else f"本次编号为{chr(0x5000 + self.serial)}{chr(0x6000 + self.serial * 7)}的会议。"
        )
        body = "各位会员:有关安排现予公布,请相互转告,并在截止日期之前完成登记,逾期不再受理。" * 2 + own
        on = date(2026, 1, 1) + timedelta(days=self.night - age)
        self.notices.append(Notice(self.serial, title, on, body, 1000 + self.serial))

    @precondition(lambda self: self.living())
    @rule(data=st.data(), other=st.integers(1, 40))
    def same_title_on_another_day(self, data: st.DataObject, other: int) -> None:
        STEPS["same title"] += 1
        like = data.draw(st.sampled_from(self.living()))
        on = like.day - timedelta(days=other)
        if like.touched or self.taken(like.title, on):
            return
        self.serial += 1
        body = (
            f"这是另一天的同名通知,内容自成一体,与此前各期并无关系,编号{chr(0x7000 + self.serial)}。" * 3
        )
        self.notices.append(Notice(self.serial, like.title, on, body, 1000 + self.serial))

    def touch(self, data: st.DataObject, what: str) -> Notice | None:
        """A notice of which at least address or day and title will still be known to the ledger."""
        free = [
            notice
            for notice in self.living()
            if notice.guid
            and not (notice.touched - {"body"})
            and not (what != "body" and notice.touched)
        ]
        if not free:
            return None
        chosen = data.draw(st.sampled_from(free))
        chosen.touched.add(what)
        return chosen

    @rule(data=st.data())
    def edit(self, data: st.DataObject) -> None:
        STEPS["edit"] += 1
        if chosen := self.touch(data, "body"):
            chosen.edits += 1
            chosen.body += f"补充说明{chr(0x6000 + chosen.edits)}。"

    @rule(data=st.data())
    def correct_the_title(self, data: st.DataObject) -> None:
        STEPS["title"] += 1
        if chosen := self.touch(data, "title"):
            chosen.edits += 1
            chosen.title += f"更正{chr(0x5000 + chosen.edits)}"

    @rule(data=st.data(), days=st.integers(1, 20))
    def correct_the_date(self, data: st.DataObject, days: int) -> None:
        STEPS["date"] += 1
        if chosen := self.touch(data, "day"):
            on = chosen.day - timedelta(days=days)
            if self.taken(chosen.title, on):
                chosen.touched.discard("day")
            else:
                chosen.day = on

    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        STEPS["move"] += 1
        if chosen := self.touch(data, "address"):
            self.serial += 1
            chosen.number = 5000 + self.serial

    @precondition(lambda self: all(not n.touched for n in self.notices))
    @rule(suffix=st.sampled_from(["", "｜CSCO", "_学会"]))
    def redesign(self, suffix: str) -> None:
        STEPS["redesign"] += 1
        self.design += 1
        self.suffix = suffix
        for notice in self.notices:
            self.serial += 1
            notice.number = 9000 + self.serial
            notice.touched.add("address")

    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        STEPS["delete"] += 1
        if len(self.living()) > 5:
            data.draw(st.sampled_from(self.living())).deleted = True

    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        STEPS["restore"] += 1
        gone = [notice for notice in self.notices if notice.deleted]
        if gone:
            data.draw(st.sampled_from(gone)).deleted = False

    # --- what a crawl does ------------------------------------------------------------------------
    def url(self, notice: Notice) -> str:
        return f"https://www.csco.org.cn/v{self.design}/{notice.number}.html"

    def shown(self, notice: Notice) -> str:
        # Fewer titles than four can't show what most of them share: such a list has no suffix here.
        titles = {one.title for one in self.living()}
        return notice.title + (self.suffix if len(titles) >= 4 else "")

    def item(self, notice: Notice, position: int) -> NewsItem:
        when = day(notice.day.isoformat())
        row = Row(self.url(notice), self.shown(notice), when)
        body = f"<p>{notice.body}</p><p>浏览次数:{self.night}次</p>"
        sighting = Sighting("/list", position, row)
        return NewsItem(
            CSCO.name, row.url, row.title, when, content_html=body, language="zh", sighting=sighting
        )

    def read(self, run: Run, upto: int | None = None) -> None:
        """Read every listed notice, as a crawl with ``revisit`` does; ``upto`` of them if it crashes."""
        listed = sorted(self.living(), key=lambda notice: (notice.day, notice.serial), reverse=True)
        items = [self.item(notice, position) for position, notice in enumerate(listed)]
        run.listed([item.sighting.row for item in items if item.sighting])
        for notice, item in list(zip(listed, items, strict=True))[:upto]:
            changed = bool(notice.touched - {"address"})
            known = bool(notice.guid)
            state = record(run, item)
            if known:
                assert state == ("changed" if changed or self.was_withdrawn(notice) else "unchanged")
                assert item.guid == notice.guid, self.ledger.explain(CSCO, run.address(item.url)).verdict
                assert item.published and item.published.value == notice.instant
            else:
                assert state == "new", self.ledger.explain(CSCO, run.address(item.url)).verdict
                assert self.ledger.explain(CSCO, run.address(item.url)).verdict
            self.revisions += state == "changed"
            notice.guid = item.guid
            notice.instant = item.published.value if item.published else None
            notice.touched.clear()
            self.missed.pop(notice.serial, None)

    def was_withdrawn(self, notice: Notice) -> bool:
        return self.missed.get(notice.serial, 0) >= NIGHTS_GONE

    def begin(self) -> Run:
        self.night += 1
        return self.ledger.begin(CSCO, HOSTS, STARTED + timedelta(days=self.night))

    @rule()
    def crawl(self) -> None:
        STEPS["crawl"] += 1
        run = self.begin()
        self.read(run)
        for notice in self.notices:
            if notice.deleted and notice.guid and "address" not in notice.touched:
                self.missed[notice.serial] = self.missed.get(notice.serial, 0) + 1
                withdrawn = links.missing(run, self.url(notice), NIGHTS_GONE)
                assert withdrawn == (self.missed[notice.serial] == NIGHTS_GONE)
                self.revisions += withdrawn
        run.end(GOOD, "", {})

    @rule(data=st.data())
    def crash(self, data: st.DataObject) -> None:
        STEPS["crash"] += 1
        self.read(self.begin(), upto=data.draw(st.integers(0, len(self.living()))))

    # --- what must hold ---------------------------------------------------------------------------
    @invariant()
    def one_guid_a_notice(self) -> None:
        met = [notice.guid for notice in self.notices if notice.guid]
        assert len(set(met)) == len(met) == self.ledger.count(CSCO.name)

    @invariant()
    def no_revision_is_lost(self) -> None:
        assert len(self.ledger.changes(CSCO, 10_000)) == self.revisions

    @invariant()
    def the_ledger_is_sound(self) -> None:
        assert upkeep.check(self.ledger.engine) == []


def live(examples: int, steps: int) -> None:
    """Run so many lives of so many steps."""
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Society,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=slow
        ),
    )


def test_no_life_confuses_the_ledger() -> None:
    live(examples=15, steps=30)


@pytest.mark.proof
def test_ten_thousand_steps_confuse_nothing() -> None:
    STEPS.clear()
    live(examples=300, steps=60)
    totals = {name: STEPS.pop(name) for name in ("notices", "entries")}
    print(f"\n{STEPS.total()} steps {dict(STEPS)}; {totals}")
    assert STEPS.total() >= 10_000

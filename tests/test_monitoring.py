"""Alarms are true: raised by what changed, silent about what did not, gone when it is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from csco_spider.items import NewsItem, Row, Sighting
from csco_spider.monitoring import (
    Alarm,
    Norms,
    Past,
    Rhythm,
    chance,
    longest_rest,
    new_since,
    state_of,
    trouble,
    watch,
)
from csco_spider.observed import Fill, Observed, Tally
from tests.makers import day, item

NORMS = Norms(15, {"entries": "ul > li", "listing/date": ".time", "pager": ".next"})
TODAY = date(2026, 11, 23)
DAILY = Rhythm([TODAY - timedelta(days=n) for n in range(13)], TODAY)
TONIGHT = "2026-11-23T02:00:00+00:00"


def quiet(**changed: object) -> Observed:
    """A night on which a list of 15 rows was read, and nothing else."""
    fields = {
        "listing/link": Fill(15, 15, 60),
        "listing/title": Fill(15, 15, 24),
        "listing/date": Fill(15, 15, 10),
        "listing/teaser": Fill(0, 15, 0),
    }
    return replace(Observed(found=15, pager=1, fields=fields), **changed)  # type: ignore[arg-type]


def with_fields(observed: Observed, **fills: Fill) -> Observed:
    named = {name.replace("__", "/"): fill for name, fill in fills.items()}
    return replace(observed, fields={**observed.fields, **named})


FIRST = with_fields(
    quiet(whole=Fill(120, 120), single=Fill(120, 120)),
    article__body=Fill(120, 120, 400),
    article__title=Fill(120, 120, 24),
    article__date=Fill(119, 120, 10),
)
NIGHTS = [Past(True, quiet())] * 9 + [Past(True, FIRST)]


def kinds(observed: Observed, past: list[Past] = NIGHTS, rhythm: Rhythm = DAILY) -> set[str]:
    return {f"{a.kind} {a.field}".strip() for a in watch(observed, past, NORMS, rhythm, TONIGHT)}


@pytest.mark.parametrize(
    "tonight",
    [
        quiet(),
        quiet(found=11),
        with_fields(quiet(), listing__date=Fill(13, 15, 10)),
        with_fields(quiet(), article__body=Fill(1, 1, 30)),
        with_fields(quiet(), article__body=Fill(6, 6, 1500)),
        with_fields(quiet(), article__authors=Fill(0, 9)),
        quiet(single=Fill(9, 10), whole=Fill(9, 10)),
    ],
)
def test_a_night_like_others_raises_nothing(tonight: Observed) -> None:
    assert kinds(tonight) == set()


@pytest.mark.parametrize(
    ("tonight", "alarm"),
    [
        (quiet(found=7), "found"),
        (quiet(pager=0), "pager pager"),
        (with_fields(quiet(), listing__date=Fill(0, 15)), "fill listing/date"),
        (with_fields(quiet(), listing__date=Fill(9, 15, 10)), "fill listing/date"),
        (with_fields(quiet(), listing__title=Fill(15, 15, 240)), "length listing/title"),
        (with_fields(quiet(), article__body=Fill(0, 1)), "fill article/body"),
        (with_fields(quiet(), article__body=Fill(6, 6, 40)), "length article/body"),
        (with_fields(quiet(), article__date=Fill(0, 2)), "fill article/date"),
        (quiet(whole=Fill(0, 3)), "degraded"),
        (quiet(single=Fill(3, 15)), "duplicates"),
    ],
)
def test_what_changed_is_named(tonight: Observed, alarm: str) -> None:
    assert kinds(tonight) == {alarm}


def test_an_alarm_names_the_selector_that_died() -> None:
    (alarm,) = watch(with_fields(quiet(), listing__date=Fill(0, 15)), NIGHTS, NORMS, DAILY, TONIGHT)
    assert (alarm.field, alarm.selector, alarm.since) == ("listing/date", ".time", TONIGHT)
    assert alarm.text == "date was read in 0 of 15 rows of the list, usually in all"


def test_a_dead_selector_is_an_alarm_though_nothing_is_missing() -> None:
    alarms = watch(quiet(dead=("fields.date",)), NIGHTS, NORMS, DAILY, TONIGHT)
    assert [(a.kind, a.field, a.selector) for a in alarms] == [("selector", "fields.date", ".time")]
    assert state_of("ok", alarms, changed=False) == "degraded"
    assert watch(quiet(), [Past(True, quiet(), tuple(alarms)), *NIGHTS], NORMS, DAILY, TONIGHT) == []


def test_what_was_read_while_a_selector_was_dead_is_not_the_usual() -> None:
    found_without = with_fields(quiet(dead=["fields.title"]), listing__teaser=Fill(15, 15, 80))
    past = [Past(True, found_without)] * 3 + [Past(True, quiet())] * 6
    assert kinds(quiet(), past) == set()


def test_before_there_is_a_past_priors_speak() -> None:
    assert kinds(FIRST, []) == set()
    assert kinds(quiet(found=9), []) == {"found"}
    emptied = with_fields(FIRST, article__body=Fill(3, 120, 90))
    assert kinds(emptied, []) == {"fill article/body"}
    undated = with_fields(FIRST, listing__date=Fill(0, 15), article__date=Fill(0, 120))
    assert kinds(undated, []) == set()  # some societies date their notices in one place only


def test_an_alarm_is_told_once_stands_without_evidence_and_goes_by_itself() -> None:
    bodiless = with_fields(quiet(whole=Fill(0, 2)), article__body=Fill(0, 2))
    raised = watch(bodiless, NIGHTS, NORMS, DAILY, TONIGHT)
    assert [alarm.kind for alarm in raised] == ["fill"]
    assert new_since(raised, NIGHTS) == raised
    past = [Past(True, bodiless, tuple(raised)), *NIGHTS]
    standing = watch(quiet(), past, NORMS, DAILY, "2026-11-24T02:00:00+00:00")
    assert standing == raised  # no article was read: nothing speaks against it
    assert new_since(standing, past) == []
    again = watch(bodiless, past, NORMS, DAILY, "2026-11-24T02:00:00+00:00")
    assert [(one.key, one.since) for one in again] == [(raised[0].key, TONIGHT)]
    mended = with_fields(quiet(whole=Fill(2, 2)), article__body=Fill(2, 2, 300))
    assert watch(mended, past, NORMS, DAILY, "") == []


def test_new_articles_do_not_drown_in_those_read_again() -> None:
    bodiless = with_fields(quiet(), article__body=Fill(0, 1), revisited__body=Fill(6, 6, 400))
    assert kinds(bodiless) == {"fill article/body"}
    both = with_fields(quiet(), article__body=Fill(0, 1), revisited__body=Fill(0, 6))
    assert kinds(both) == {"fill article/body"}
    assert kinds(with_fields(quiet(), revisited__body=Fill(0, 6))) == {"fill revisited/body"}
    past = [Past(True, bodiless, tuple(watch(bodiless, NIGHTS, NORMS, DAILY, ""))), *NIGHTS]
    assert kinds(with_fields(quiet(), revisited__body=Fill(6, 6, 400)), past) == set()
    assert kinds(with_fields(quiet(), revisited__body=Fill(5, 6, 400)), past) == {"fill article/body"}


def test_nights_of_an_alarm_do_not_become_the_usual_until_long_after() -> None:
    undated = with_fields(quiet(), listing__date=Fill(0, 15))
    alarm = watch(undated, NIGHTS, NORMS, DAILY, TONIGHT)[0]
    assert "fill listing/date" in kinds(undated, [Past(True, undated, (alarm,))] * 40 + NIGHTS)
    assert kinds(undated, [Past(True, undated, (alarm,))] * 60 + NIGHTS) == set()


def test_a_failure_is_an_alarm_and_keeps_what_it_could_not_judge() -> None:
    date_gone = Alarm("fill", "date was read in 0 of 15", "listing/date", ".time", 0, "before")
    past = [Past(True, quiet(), (date_gone,)), *NIGHTS]
    failed = trouble("unreachable", "no route", past, NORMS, TONIGHT)
    assert [(alarm.kind, alarm.since) for alarm in failed] == [("failed", TONIGHT), ("fill", "before")]
    assert [alarm.kind for alarm in new_since(failed, past)] == ["failed"]
    second = trouble("failed", "no route", [Past(False, None, tuple(failed)), *past], NORMS, "later")
    assert second[0].since == TONIGHT
    assert trouble("empty", "", past, NORMS, "")[0].selector == "ul > li"
    well = watch(quiet(), [Past(False, None, tuple(failed)), *past], NORMS, DAILY, "later")
    assert well == []


@pytest.mark.parametrize(
    ("gaps", "rest"),
    [
        ([1] * 12, 7),
        ([1, 1, 1, 3] * 3, 12),
        ([1] * 11 + [40], 40),
        ([60] * 12, 240),
        ([1] * 5, 180),
        ([], 180),
    ],
)
def test_a_society_may_rest_as_long_as_its_rhythm_says(gaps: list[int], rest: int) -> None:
    days = [TODAY]
    for gap in gaps:
        days.append(days[-1] - timedelta(days=gap))
    assert longest_rest(days) == rest


def test_silence_is_told_again_when_it_has_doubled() -> None:
    days = [TODAY - timedelta(days=n) for n in range(13)]

    def after(silent: int, past: list[Past]) -> list[Alarm]:
        return watch(quiet(), past, NORMS, Rhythm(days, TODAY + timedelta(days=silent)), str(silent))

    assert after(6, NIGHTS) == []
    first = after(7, NIGHTS)
    assert [(alarm.kind, alarm.level) for alarm in first] == [("stale", 0)]
    past = [Past(True, quiet(), tuple(first)), *NIGHTS]
    assert new_since(after(13, past), past) == []
    assert [alarm.level for alarm in new_since(after(14, past), past)] == [1]
    assert watch(quiet(), past, NORMS, Rhythm([], TODAY), "") == []


def test_a_society_s_state_is_one_word() -> None:
    stale, found = Alarm("stale", ""), Alarm("found", "")
    assert state_of("ok", [], changed=True) == "ok"
    assert state_of("ok", [], changed=False) == "unchanged"
    assert state_of("ok", [stale], changed=True) == "stale"
    assert state_of("ok", [stale, found], changed=True) == "degraded"
    assert state_of("refused", [found], changed=True) == "blocked"
    assert state_of("incomplete", [], changed=True) == "failed"


def test_chance_is_a_probability() -> None:
    assert chance(0, 1, 1, 1) == pytest.approx(0.5)
    assert chance(0, 1, 139, 1) == pytest.approx(1 / 140)
    assert chance(500, 500, 3, 2) == pytest.approx(1)


def test_a_tally_counts_rows_once_and_keeps_its_numbers_through_json() -> None:
    tally = Tally()
    rows = [Row(f"https://x/{n}", f"Notice {n}", day("2026-06-03") if n else None) for n in range(4)]
    tally.listing(rows, pager=True)
    tally.listing(rows[:2], pager=False)
    read = item(body="<p>Text.</p>")
    read.published = None
    tally.article(read)
    tally.article(NewsItem("csco_cn", "https://x/9"))
    tally.article(NewsItem("csco_cn", "https://x/8", sighting=Sighting("", 0, Row("https://x/8"))))
    seen = tally.observed(items=5, duplicates=1, requests=3, seconds=1.5)
    assert (seen.found, seen.pager) == (4, 1)
    assert seen.fields["listing/date"] == Fill(3, 4, 10)
    assert seen.fields["article/body"] == Fill(1, 2, 5)
    assert seen.fields["revisited/body"] == Fill(0, 1)
    assert (seen.whole, seen.single) == (Fill(0, 2), Fill(4, 5))
    assert Observed.of({**seen.plain(), "mood": "unknown to this release"}) == seen
    assert Alarm.of({**Alarm("found", "x").plain(), "mood": 1}) == Alarm("found", "x")

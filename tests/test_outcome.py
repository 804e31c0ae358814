"""How a crawl ended, judged from what its pages answered."""

from __future__ import annotations

import pytest

from csco_spider.outcome import PageReport, judge, summary

LIST = "https://a.org/news"


def tried(attempts: dict[str, int]) -> PageReport:
    """A list that was read, with links that answer 503 and were asked for so often before."""
    failed = dict.fromkeys(attempts, "answered 503")
    return PageReport(answered=[LIST], rows=3, articles_failed=failed, tried=attempts)


@pytest.mark.parametrize(
    ("pages", "state"),
    [
        (PageReport(answered=[LIST], rows=3), "ok"),
        (PageReport(answered=[LIST], rows=3, missing=["https://a.org/"]), "ok"),
        (
            PageReport(answered=[LIST], rows=3, articles_read=1, articles_failed={"x": "answered 500"}),
            "ok",
        ),
        (PageReport(answered=[LIST], rows=3, articles_failed={"x": "answered 404"}), "ok"),
        (PageReport(answered=[LIST], rows=3, articles_failed={"x": "answered 503"}), "incomplete"),
        (
            PageReport(answered=[LIST], rows=3, articles_failed=dict.fromkeys("xyz", "answered 404")),
            "incomplete",
        ),
        (tried({"x": 1}), "ok"),
        (tried({"x": 0, "y": 1}), "incomplete"),
        (tried({"x": 1, "y": 2, "z": 4}), "incomplete"),
        (tried({"x": 5, "y": 6, "z": 7}), "ok"),
        (PageReport(answered=[LIST], rows=3, failed={"p2": "answered 500"}), "incomplete"),
        (PageReport(answered=[LIST]), "empty"),
        (PageReport(), "empty"),
        (PageReport(missing=[LIST]), "unreachable"),
        (PageReport(failed={LIST: "TimeoutError"}), "unreachable"),
        (PageReport(failed={LIST: "could not be parsed (ValueError: x)"}), "unreadable"),
        (PageReport(failed={LIST: "answered 403"}), "refused"),
        (PageReport(failed={LIST: "robots.txt forbids it"}), "refused"),
        (PageReport(failed={LIST: "answered 500", "b": "answered 403"}), "refused"),
    ],
)
def test_outcomes(pages: PageReport, state: str) -> None:
    outcome = judge("csco", pages, "finished", 0)
    assert outcome.state == state
    assert outcome.good == (state == "ok")
    assert bool(outcome.sentence) == (state != "ok")
    assert outcome.publishable == (state in {"ok", "incomplete"})


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (
            "answered 403",
            "answered 403. The feeds stay as they were; ask the society to let our name in",
        ),
        ("answered 429", "answered 429. The feeds stay as they were; it was asked too often: run again"),
        ("refused: a login page came", f"{LIST}: a login page came. The feeds stay as they were; ask"),
        ("answered 500", "answered 500. The feeds stay as they were; run again later"),
        (
            "leads to http://b.org/, which is on none of the society's hosts",
            "hosts. The feeds stay as they were; run again later, and give that address if it has moved",
        ),
        ("could not be parsed (x)", "could not be parsed (x). The feeds stay as they were; look at"),
    ],
)
def test_a_sentence_speaks_of_feeds_where_there_are_some(reason: str, said: str) -> None:
    pages = PageReport(failed={LIST: reason})
    assert said in judge("csco", pages, "finished", 0).sentence
    without = judge("csco", pages, "finished", 0, publishes=False).sentence
    assert said.replace(". The feeds stay as they were", "") in without


@pytest.mark.parametrize(
    ("reason", "said", "looking"),
    [
        ("answered 500", "What is new stays pending; run again", "Run again"),
        ("robots.txt forbids it", "What is new stays pending; ask the society to", "Ask the society to"),
        ("answered 429", "What is new stays pending; it was asked too often", "It was asked too often"),
        (
            "leads to http://b.org/, which is on none of the society's hosts",
            "What is new stays pending; name that host in article_hosts",
            "Name that host in article_hosts",
        ),
    ],
)
def test_articles_that_can_t_be_read_say_what_to_do(reason: str, said: str, looking: str) -> None:
    pages = PageReport(answered=[LIST], rows=3, articles_failed={"x": reason})
    assert f"x: {reason}. {said}" in judge("csco", pages, "finished", 0).sentence
    assert f"x: {reason}. {looking}" in judge("csco", pages, "finished", 0, publishes=False).sentence


def test_patience_begins_with_the_first_good_crawl() -> None:
    pages = tried({"x": 5, "y": 6, "z": 7})
    assert judge("csco", pages, "finished", 0, met=True).state == "ok"
    assert judge("csco", pages, "finished", 0, met=False).state == "incomplete"


def test_a_good_crawl_says_what_it_brought_and_what_is_left() -> None:
    pages = PageReport(answered=[LIST], rows=12, articles_read=4)
    said = summary("csco", pages, found=12, new=4, changed=0, pending=0)
    assert said == "csco is read: 12 entries found, 4 new, 0 changed; nothing is left to do"
    pages.articles_failed = dict.fromkeys("abcdefgh", "answered 503")
    said = summary("csco", pages, found=12, new=4, changed=0, pending=8, alarms=["the pager died", "x"])
    assert said == (
        "csco is read: 12 entries found, 4 new, 0 changed; 8 of 12 articles could not be read, first a: "
        "answered 503; 8 stay pending: the next crawl asks for them again; the pager died (and 1 more)"
    )


def test_a_crawl_that_was_stopped_or_could_not_store_has_failed() -> None:
    pages = PageReport(answered=[LIST], rows=3)
    assert judge("csco", pages, "shutdown", 0).state == "failed"
    assert judge("csco", pages, "finished", 2).state == "failed"
    assert judge("csco", pages, "shutdown", 0).publishable

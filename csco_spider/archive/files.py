"""A society's archive: WARC files by month, an index beside them, appended to by one writer at a time.

The files are the truth, the index is made from them: what it lacks is read again, what it has too much
is forgotten. A record counts once it is in its file; a torn last one is cut off.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from csco_spider import __version__
from csco_spider.archive.records import (
    Placed,
    Record,
    digest_of,
    make,
    members,
    metadata,
    packed,
    revisit,
    stamp,
    unpacked,
    warcinfo,
)
from csco_spider.items import Minted

logger = logging.getLogger(__name__)

LOCK_SECONDS = 60
"""How long a writer waits for another; each holds the lock for milliseconds."""
VERSION = 1
"""Of the index; one that states another is made anew."""
MINTED = ("guid", "first-seen", "position")
"""Lines of a record that says what an entry got."""
_COMMITTED = -1
"""Status of a record that says which GUID an address got; 0 is that of one that got no answer."""
_SCHEMA = f"""
CREATE TABLE crawls (
    number INTEGER PRIMARY KEY, id TEXT UNIQUE, file TEXT, started TEXT, arguments TEXT
);
CREATE TABLE records (
    place INTEGER PRIMARY KEY, file TEXT, offset INTEGER, length INTEGER, id TEXT UNIQUE, kind TEXT,
    url TEXT, date TEXT, status INTEGER, digest TEXT, origin TEXT, crawl INTEGER, UNIQUE (file, offset)
);
CREATE INDEX records_url ON records (url, crawl, place);
CREATE INDEX records_digest ON records (digest) WHERE kind = 'response';
CREATE TABLE guids (
    url TEXT PRIMARY KEY, guid TEXT, first_seen TEXT, position INTEGER, crawl INTEGER, file TEXT
);
CREATE TABLE damage (file TEXT, offset INTEGER, end INTEGER);
PRAGMA user_version = {VERSION};
"""


class ArchiveError(Exception):
    """An archive that can't be read or written; the message says which file and what to do."""


@dataclass(frozen=True, slots=True)
class Crawled:
    """A crawl as its archive states it: its number in the society, its clock, its arguments."""

    number: int
    id: str
    file: str
    started: datetime
    arguments: dict[str, str]


@dataclass(frozen=True, slots=True)
class Kept:
    """A response as it came: header lines, and body with the site's own content coding."""

    url: str
    status: int
    headers: bytes
    body: bytes


class Archive:
    """What was fetched of one society, in ``directory/<society>/``.

    One thread writes, one may read beside it; any number of instances may write at once, in any process.
    """

    def __init__(self, directory: Path, society: str) -> None:
        """Open or make it, bring its index up to date and cut off torn ends.

        Raises ArchiveError when its folder can't be used.
        """
        self.folder = directory / society
        self.society = society
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock = FileLock(self.folder / ".lock", timeout=LOCK_SECONDS)
            with self._alone():
                self._index = self._opened()
                self._catch_up()
        except (OSError, sqlite3.Error) as error:
            raise self._error("can't be opened", error) from error

    def close(self) -> None:
        """Let go of it, and see the last file safely on its disk."""
        self._index.close()
        for path in self._files()[-1:]:
            with path.open("rb") as file:
                os.fsync(file.fileno())

    def _error(self, what: str, error: Exception) -> ArchiveError:
        said = getattr(error, "strerror", None) or error
        return ArchiveError(
            f"the archive {self.folder} {what} ({said}); check that its folder is writable and that the "
            "disk is not full. ARCHIVE_DIR names another place, empty it keeps no pages"
        )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            with self._lock:
                yield
        except sqlite3.Error as error:
            raise self._error("can't be used", error) from error
        except Timeout as error:
            raise ArchiveError(
                f"the archive {self.folder} has been locked by another writer for {LOCK_SECONDS} s; see "
                "which process holds its .lock file, then run again"
            ) from error

    # --- the index --------------------------------------------------------------------------------
    def _opened(self) -> sqlite3.Connection:
        path = self.folder / "index.sqlite3"
        for attempt in range(2):
            # SQLite serializes the two threads that share it.
            index = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            try:
                index.execute("PRAGMA journal_mode = WAL")
                index.execute("PRAGMA synchronous = OFF")  # made from the files again if it is torn
                version = index.execute("PRAGMA user_version").fetchone()[0]
                empty = not index.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
                sound = index.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
                if empty:
                    index.executescript(_SCHEMA)
                if empty or (sound and version == VERSION):
                    return index
            except sqlite3.DatabaseError as error:
                if attempt:
                    raise
                logger.warning("the index %s is made anew: %s", path, error)
            index.close()
            for old in self.folder.glob("index.sqlite3*"):
                old.unlink()
        raise sqlite3.DatabaseError(f"{path} can't be made")

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("*.warc.gz"))

    def _end(self, file: str) -> int:
        """The byte behind the last thing that the index knows of a file."""
        query = """SELECT max((SELECT coalesce(max(offset + length), 0) FROM records WHERE file = :file),
                              (SELECT coalesce(max(end), 0) FROM damage WHERE file = :file))"""
        return int(self._index.execute(query, {"file": file}).fetchone()[0])

    def _catch_up(self) -> None:
        """Make the index say what the files say. To be called under the lock."""
        files = {path.name: path.stat().st_size for path in self._files()}
        known = "SELECT file FROM records UNION SELECT file FROM damage"
        for (file,) in self._index.execute(known).fetchall():
            if self._end(file) > files.get(file, 0):
                self._forget(file)
        for file, size in files.items():
            if self._end(file) < size:
                self._scan(file)

    def _forget(self, file: str) -> None:
        logger.warning(
            "the index of %s is made anew: the file is shorter than it was", self.folder / file
        )
        with self._index_transaction():
            for table in ("records", "damage", "crawls", "guids"):
                self._index.execute(f"DELETE FROM {table} WHERE file = ?", (file,))  # noqa: S608
            self._recount_guids()

    def _recount_guids(self) -> None:
        """What addresses got, by all records left: a forgotten one may have hidden an older one."""
        cursor = self._index.cursor()
        cursor.row_factory = sqlite3.Row
        query = "SELECT * FROM records WHERE status = ? ORDER BY crawl, place"
        for row in cursor.execute(query, (_COMMITTED,)).fetchall():
            if (self.folder / row["file"]).exists():
                self._note_guid(self._read(row), row["crawl"], row["file"])

    @contextmanager
    def _index_transaction(self) -> Iterator[None]:
        self._index.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._index.execute("ROLLBACK")
            raise
        self._index.execute("COMMIT")

    def _scan(self, file: str) -> None:
        """Take up what stands behind the index's end; cut a torn last record, note other damage."""
        path = self.folder / file
        with self._index_transaction():
            for found in members(path, self._end(file)):
                if isinstance(found, Placed):
                    self._note(file, found.offset, found.length, found.record)
                    continue
                start, end = found
                if end == path.stat().st_size:
                    logger.warning("%s: a torn record of %d bytes at its end was cut", path, end - start)
                    os.truncate(path, start)
                else:
                    logger.error("%s: bytes %d to %d can't be read; the rest is kept", path, start, end)
                    self._index.execute("INSERT INTO damage VALUES (?, ?, ?)", (file, start, end))

    def _note(self, file: str, offset: int, length: int, record: Record) -> None:
        """Enter a record into the index."""
        fields = record.fields
        status = 0
        crawl = self._number(fields.get("WARC-Warcinfo-ID", ""))
        if record.kind == "warcinfo":
            state = json.loads(record.said()["json-metadata"])
            crawl = int(state["crawl"])
            arguments = json.dumps(state["arguments"])
            self._index.execute(
                "INSERT OR REPLACE INTO crawls VALUES (?, ?, ?, ?, ?)",
                (crawl, record.id, file, state["started"], arguments),
            )
        elif record.kind == "metadata":
            said = record.said()
            if "guid" in said:
                status = _COMMITTED
                self._note_guid(record, crawl, file)
        elif record.kind in {"response", "revisit"}:
            # A page that its server called unchanged is the page that it was: 200.
            status = 200 if "server-not-modified" in fields.get("WARC-Profile", "") else record.http()[0]
        self._index.execute(
            "INSERT INTO records VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(file, offset, length, record.id, record.kind, record.url, fields["WARC-Date"], status),
                *(fields.get("WARC-Payload-Digest", ""), fields.get("WARC-Refers-To", ""), crawl),
            ),
        )

    def _note_guid(self, record: Record, crawl: int, file: str) -> None:
        said = record.said()
        self._index.execute(
            "INSERT INTO guids VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (url) DO UPDATE SET "
            "guid = excluded.guid, first_seen = excluded.first_seen, position = excluded.position, "
            "crawl = excluded.crawl, file = excluded.file WHERE excluded.crawl >= crawl",
            (record.url, *(said[name] for name in MINTED), crawl, file),
        )

    def _number(self, crawl: str) -> int:
        row = self._index.execute("SELECT number FROM crawls WHERE id = ?", (crawl,)).fetchone()
        return int(row[0]) if row else 0

    # --- writing ----------------------------------------------------------------------------------
    def begin(self, started: datetime, arguments: Mapping[str, str]) -> Crawled:
        """Enter a crawl that begins at ``started``, with the arguments it could be run again with."""
        with self._alone():
            number = self._index.execute("SELECT coalesce(max(number), 0) + 1 FROM crawls").fetchone()[0]
            file = f"{stamp(started)[:7]}.warc.gz"
            state = {"society": self.society, "crawl": number, "started": stamp(started)}
            state |= {"arguments": dict(arguments)}
            head = warcinfo(stamp(started), file, f"csco_spider/{__version__}", state)
            self._append(file, [head])
        return Crawled(number, head.id, file, started, dict(arguments))

    def keep(self, crawl: Crawled, request: bytes, response: Record, *, unchanged: bool) -> None:
        """Append a response with its request; its body only if no other record holds the same one.

        ``unchanged``: the server answered 304, and ``response`` is the page that is held, with the
        head it has now.
        """
        with self._alone():
            digest = response.fields["WARC-Payload-Digest"]
            if unchanged:
                held = self._index.execute(
                    "SELECT coalesce(o.id, r.id), coalesce(o.url, r.url), coalesce(o.date, r.date) "
                    "FROM records r LEFT JOIN records o ON o.id = r.origin WHERE r.url = ? "
                    "AND r.digest = ? AND r.status = 200 ORDER BY r.crawl DESC, r.place DESC LIMIT 1",
                    (response.url, digest),
                ).fetchone()
            else:
                held = self._index.execute(
                    "SELECT id, url, date FROM records WHERE digest = ? AND kind = 'response' "
                    "ORDER BY place DESC LIMIT 1",
                    (digest,),
                ).fetchone()
            if held and response.http()[2] and self._is_whole(held[0]):
                response = revisit(response, *held, unchanged=unchanged)
            date = response.fields["WARC-Date"]
            links = {"Concurrent_To": response.id, "Warcinfo_ID": crawl.id}
            self._append(crawl.file, [response, make("request", date, request, response.url, **links)])

    def _is_whole(self, name: str) -> bool:
        """Can a body that is to be repeated still be read? Else it is kept once more."""
        try:
            return self._kept("id = ?", (name,)) is not None
        except ArchiveError as error:
            logger.error("%s; its page is kept anew", error)
            return False

    def say(self, crawl: Crawled, date: str, url: str, said: Mapping[str, str]) -> None:
        """Append what we say of an address: that it could not be had, or which GUID it got."""
        with self._alone():
            self._append(crawl.file, [metadata(date, url, crawl.id, said)])

    def _append(self, file: str, records: Iterable[Record]) -> None:
        path = self.folder / file
        packs = [(record, packed(record)) for record in records]
        try:
            if path.exists() and path.stat().st_size != self._end(file):
                self._catch_up()
            end = self._end(file)
            with path.open("ab", buffering=0) as out:
                try:
                    _write(out.fileno(), b"".join(pack for _, pack in packs))
                except OSError:
                    os.truncate(path, end)
                    raise
            with self._index_transaction():
                for record, pack in packs:
                    self._note(file, end, len(pack), record)
                    end += len(pack)
        except (OSError, sqlite3.Error) as error:
            raise self._error("can't be written", error) from error

    # --- reading ----------------------------------------------------------------------------------
    def newest(self, url: str) -> Kept | None:
        """The last page that answered 200 at an address."""
        return self._kept("url = ? AND status = 200", (url,))

    def answer(self, url: str, crawl: int) -> Kept | None:
        """What a crawl got at an address; what stood there before if it did not ask.

        None where it got no answer, and where nothing was ever fetched until then.
        """
        row = self._index.execute(
            "SELECT crawl, status FROM records WHERE url = ? AND crawl <= ? AND status >= 0 "
            "AND kind != 'request' ORDER BY crawl DESC, place DESC LIMIT 1",
            (url, crawl),
        ).fetchone()
        if row is None or not row[1] or (row[0] < crawl and row[1] != 200):
            return None
        return self._kept("url = ? AND crawl = ? AND status > 0", (url, row[0]))

    def _kept(self, where: str, values: tuple[Any, ...]) -> Kept | None:
        cursor = self._index.cursor()
        cursor.row_factory = sqlite3.Row
        query = f"SELECT * FROM records WHERE {where} ORDER BY crawl DESC, place DESC LIMIT 1"  # noqa: S608
        row = cursor.execute(query, values).fetchone()
        if row is None:
            return None
        record = self._read(row)
        _, headers, body = record.http()
        if row["origin"]:
            origin = cursor.execute("SELECT * FROM records WHERE id = ?", (row["origin"],)).fetchone()
            if origin is None:
                raise ArchiveError(
                    f"{self.folder} has lost the page that {record.id} ({row['url']}) repeats"
                )
            body = self._read(origin).http()[2]
        if digest_of(body) != row["digest"]:
            raise ArchiveError(
                f"{self.folder / row['file']}, byte {row['offset']}: the page {row['url']} has not "
                "the digest written with it; the disk may be failing. Restore the file from a backup"
            )
        return Kept(row["url"], row["status"], headers, body)

    def _read(self, row: sqlite3.Row) -> Record:
        path = self.folder / row["file"]
        try:
            with path.open("rb") as file:
                file.seek(row["offset"])
                return unpacked(file.read(row["length"]))
        except (OSError, ValueError, KeyError, StopIteration, zlib.error) as error:
            raise ArchiveError(
                f"{path}, byte {row['offset']}: a record can't be read ({error}). Restore the file from "
                "a backup; deleting the index beside it makes that anew"
            ) from error

    def crawls(self) -> list[Crawled]:
        """The crawls that the archive holds, in their order."""
        rows = self._index.execute("SELECT * FROM crawls ORDER BY number").fetchall()
        return [
            Crawled(number, name, file, datetime.fromisoformat(started), json.loads(arguments))
            for number, name, file, started, arguments in rows
        ]

    def commit(self, crawl: Crawled, date: str, url: str, minted: Minted) -> None:
        """Append what the entry at an address got when it was committed."""
        values = (minted.guid, stamp(minted.first_seen), str(minted.position))
        self.say(crawl, date, url, dict(zip(MINTED, values, strict=True)))

    def guids(self) -> dict[str, Minted]:
        """What entries got when they were committed, by address."""
        rows = self._index.execute("SELECT url, guid, first_seen, position FROM guids")
        return {
            url: Minted(guid, datetime.fromisoformat(seen), place) for url, guid, seen, place in rows
        }

    def size(self) -> int:
        """Bytes of its WARC files."""
        return sum(path.stat().st_size for path in self._files())

    # --- retention --------------------------------------------------------------------------------
    def prune(self, *, days: int, size: int, now: datetime, live: Collection[datetime]) -> list[int]:
        """Drop whole crawls older than ``days``, and the oldest while there are more than ``size``
        bytes (0: no bound); gives their numbers.

        Never one whose clock is in ``live``, for its pages made an entry that stands in a feed; nor a
        body that a crawl which stays repeats, nor what GUIDs were given.
        """
        with self._alone():
            doomed: set[int] = set()
            total = self.size()
            for crawl in self.crawls()[:-1]:  # the last one's pages are asked for with conditions
                old = bool(days) and crawl.started < now - timedelta(days=days)
                if crawl.started in live or not (old or (size and total > size)):
                    continue
                doomed.add(crawl.number)
                total -= self._index.execute(
                    "SELECT coalesce(sum(length), 0) FROM records WHERE crawl = ?", (crawl.number,)
                ).fetchone()[0]
            if doomed:
                try:
                    self._drop(doomed)
                except (OSError, sqlite3.Error) as error:
                    raise self._error("could not be pruned", error) from error
        return sorted(doomed)

    def _drop(self, doomed: set[int]) -> None:
        """Write the files of crawls anew without them, each in one step."""
        index = self._index
        needed = {
            origin
            for origin, crawl in index.execute("SELECT origin, crawl FROM records WHERE origin != ''")
            if crawl not in doomed
        }
        query = "SELECT id FROM records WHERE status = ?"
        needed |= {row[0] for row in index.execute(query, (_COMMITTED,))}
        for file in {crawl.file for crawl in self.crawls() if crawl.number in doomed}:
            path = self.folder / file
            draft = path.with_name(f".{file}.draft")
            rows = index.execute(
                "SELECT id, offset, length, crawl FROM records WHERE file = ? ORDER BY offset", (file,)
            ).fetchall()
            with path.open("rb") as old, draft.open("wb") as new:
                for name, offset, length, crawl in rows:
                    if crawl in doomed and name not in needed:
                        continue
                    old.seek(offset)
                    new.write(old.read(length))
                new.flush()
                os.fsync(new.fileno())
            draft.replace(path)
            with self._index_transaction():
                for table in ("records", "damage", "crawls", "guids"):
                    index.execute(f"DELETE FROM {table} WHERE file = ?", (file,))  # noqa: S608
                self._recount_guids()
            if path.stat().st_size:
                self._scan(file)
            else:
                path.unlink()

    def faults(self) -> list[str]:
        """Everything in it that can't be read, in words; none in a sound archive."""
        found = [
            f"{self.folder / file}: bytes {start} to {end} can't be read"
            for file, start, end in self._index.execute("SELECT * FROM damage")
        ]
        cursor = self._index.cursor()
        places = cursor.execute("SELECT place FROM records WHERE status > 0 ORDER BY place").fetchall()
        for (place,) in places:
            try:
                self._kept("place = ?", (place,))
            except ArchiveError as error:
                found.append(str(error))
        return found


def _write(descriptor: int, data: bytes) -> None:
    """All of it, or OSError: a full disk may take a part."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]

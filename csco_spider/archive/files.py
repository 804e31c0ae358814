"""A society's archive: WARC files by month, an index beside them, appended to by one writer at a time.

The files are the truth, the index is made from them: what it lacks is read again, what it has too much
is forgotten. A record counts once it is in its file; a torn last one is cut off.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from filelock import FileLock, Timeout

from csco_spider import __version__
from csco_spider.archive.index import MINTED, Crawled, Index
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


_NOT_ITS_FAULT = {
    *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY),
    *(sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN),
}
"""Errors of which an index is not mended by making it anew."""


class ArchiveError(Exception):
    """An archive that can't be read or written; the message says which file and what to do."""


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
                self._index = Index(self.folder / "index.sqlite3")
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

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _NOT_ITS_FAULT:
                raise self._error("can't be read", error) from error
            raise ArchiveError(
                f"the index of {self.folder} can't be read ({error}); delete index.sqlite3 there, and "
                "it is made anew from the files"
            ) from error

    # --- the files and their index ----------------------------------------------------------------
    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("*.warc.gz"))

    def _catch_up(self) -> None:
        """Make the index say what the files say. To be called under the lock."""
        files = {path.name: path.stat().st_size for path in self._files()}
        for file in self._index.files():
            if self._index.end(file) > files.get(file, 0):
                logger.warning("%s is shorter than it was: read anew", self.folder / file)
                with self._index.transaction():
                    self._index.forget(file)
        for file, size in files.items():
            if self._index.end(file) < size:
                self._scan(file)

    def _scan(self, file: str) -> None:
        """Take up what stands behind the index's end; cut a torn last record, note other damage."""
        path = self.folder / file
        with self._index.transaction():
            for found in members(path, self._index.end(file)):
                if isinstance(found, Placed):
                    self._index.note(file, found.offset, found.length, found.record)
                    continue
                start, end = found
                if end == path.stat().st_size:
                    logger.warning("%s: a torn record of %d bytes at its end was cut", path, end - start)
                    os.truncate(path, start)
                else:
                    logger.error("%s: bytes %d to %d can't be read; the rest is kept", path, start, end)
                    self._index.note_damage(file, start, end)

    # --- writing ----------------------------------------------------------------------------------
    def begin(self, started: datetime, arguments: Mapping[str, str]) -> Crawled:
        """Enter a crawl that begins at ``started``, with the arguments it could be run again with."""
        with self._alone():
            number = max((crawl.number for crawl in self._index.crawls()), default=0) + 1
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
                held = self._index.find("url = ? AND digest = ? AND status = 200", response.url, digest)
                if held and held["origin"]:
                    held = self._index.find("id = ?", held["origin"])
            else:
                held = self._index.find("digest = ? AND kind = 'response'", digest)
            if held and response.http()[2] and self._is_whole(held):
                of = (held["id"], held["url"], held["date"])
                response = revisit(response, *of, unchanged=unchanged)
            date = response.fields["WARC-Date"]
            links = {"Concurrent_To": response.id, "Warcinfo_ID": crawl.id}
            self._append(crawl.file, [response, make("request", date, request, response.url, **links)])

    def _is_whole(self, row: sqlite3.Row) -> bool:
        """Can a body that is to be repeated still be read? Else it is kept once more."""
        try:
            self._kept(row)
        except ArchiveError as error:
            logger.error("%s; its page is kept anew", error)
            return False
        return True

    def say(self, crawl: Crawled, date: str, url: str, said: Mapping[str, str]) -> None:
        """Append what we say of an address: that it could not be had, or which GUID it got."""
        with self._alone():
            self._append(crawl.file, [metadata(date, url, crawl.id, said)])

    def _append(self, file: str, records: Iterable[Record]) -> None:
        path = self.folder / file
        packs = [(record, packed(record)) for record in records]
        try:
            if path.exists() and path.stat().st_size != self._index.end(file):
                self._catch_up()
            end = self._index.end(file)
            with path.open("ab", buffering=0) as out:
                try:
                    _write(out.fileno(), b"".join(pack for _, pack in packs))
                except OSError:
                    os.truncate(path, end)
                    raise
            with self._index.transaction():
                for record, pack in packs:
                    self._index.note(file, end, len(pack), record)
                    end += len(pack)
        except (OSError, sqlite3.Error) as error:
            raise self._error("can't be written", error) from error

    # --- reading ----------------------------------------------------------------------------------
    def newest(self, url: str) -> Kept | None:
        """The last page that answered 200 at an address."""
        with self._reading():
            row = self._index.find("url = ? AND status = 200", url)
            return self._kept(row) if row else None

    def answer(self, url: str, crawl: int) -> Kept | None:
        """What a crawl got at an address; what stood there before if it did not ask.

        None where it got no answer, and where nothing was ever fetched until then.
        """
        asked = "url = ? AND crawl <= ? AND kind != 'request' AND minted IS NULL"
        with self._reading():
            row = self._index.find(asked, url, crawl)
            if row is None or not row["status"] or (row["crawl"] < crawl and row["status"] != 200):
                return None
            return self._kept(row)

    def _kept(self, row: sqlite3.Row) -> Kept:
        record = self._read(row)
        _, headers, body = record.http()
        if row["origin"]:
            origin = self._index.find("id = ?", row["origin"])
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
        with self._reading():
            return self._index.crawls()

    def commit(self, crawl: Crawled, date: str, url: str, minted: Minted) -> None:
        """Append what the entry at an address got when it was committed."""
        values = (minted.guid, stamp(minted.first_seen), str(minted.position))
        self.say(crawl, date, url, dict(zip(MINTED, values, strict=True)))

    def guids(self) -> dict[str, Minted]:
        """What entries got when they were committed, by address."""
        with self._reading():
            return self._index.guids()

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
                total -= self._index.bytes_of(crawl.number)
            if doomed:
                try:
                    self._drop(doomed)
                except (OSError, sqlite3.Error) as error:
                    raise self._error("could not be pruned", error) from error
        return sorted(doomed)

    def _drop(self, doomed: set[int]) -> None:
        """Write the files of crawls anew without them, each in one step."""
        for file in {crawl.file for crawl in self.crawls() if crawl.number in doomed}:
            path = self.folder / file
            draft = path.with_name(f".{file}.draft")
            with path.open("rb") as old, draft.open("wb") as new:
                for offset, length in self._index.members(file, doomed):
                    old.seek(offset)
                    new.write(old.read(length))
                new.flush()
                os.fsync(new.fileno())
            draft.replace(path)
            with self._index.transaction():
                self._index.forget(file)
            if path.stat().st_size:
                self._scan(file)
            else:
                path.unlink()

    def faults(self) -> list[str]:
        """Everything in it that can't be read, in words; none in a sound archive."""
        found = [
            f"{self.folder / file}: bytes {start} to {end} can't be read"
            for file, start, end in self._index.damage()
        ]
        for name in self._index.answers():
            row = self._index.find("id = ?", name)
            try:
                assert row is not None
                self._kept(row)
            except ArchiveError as error:
                found.append(str(error))
        return found


def _write(descriptor: int, data: bytes) -> None:
    """All of it, or OSError: a full disk may take a part."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]

"""Feeds as files: written whole, checked, swapped in, and left alone while they say the same."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from csco_spider import __version__
from csco_spider.exporters import Feed, Topic
from csco_spider.items import NewsItem
from csco_spider.ledger import Ledger
from csco_spider.ledger.nights import keep_published, still_published
from csco_spider.publish.changes import as_item
from csco_spider.publish.gate import GateError, checked

LOCK_SECONDS = 120
"""How long a publisher waits for another one; each holds the lock for well under a second."""


class PublishError(Exception):
    """Feeds that could not be written; the old ones stand. The message says what to do."""


@dataclass(slots=True)
class Published:
    """What a publisher did: files by name, and entries that had to be left out, reason by GUID."""

    written: list[Path] = field(default_factory=list)
    unchanged: list[Path] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)


def check_base_url(base_url: str) -> None:
    """Raise PublishError unless ``base_url`` is "" or the web address of a folder."""
    parts = urlsplit(base_url)
    plain = parts.scheme in {"http", "https"} and parts.hostname and not (parts.query or parts.fragment)
    if base_url and not plain:
        raise PublishError(
            f"PUBLISH_BASE_URL {base_url!r} is no web address; write it as https://example.org/feeds"
        )


def publish(
    ledger: Ledger,
    society: str,
    *,
    directory: Path,
    base_url: str,
    window: int,
    anew: bool = True,
    run: int | None = None,
) -> Published:
    """Write a society's newest ``window`` entries as ``<society>.rss``, ``.atom`` and ``.json``,
    and what changed of any as ``<society>.changes.atom``.

    ``base_url`` is where ``directory`` is served, "" leaves self links out. Without ``anew`` files of
    which nothing has changed since they were written are not made again. ``run`` is the crawl that
    publishes. Raises PublishError when
    the folder can't be written, LedgerError when the ledger can't be read.
    """
    check_base_url(base_url)
    done = Published()
    try:
        directory.mkdir(parents=True, exist_ok=True)
        # Whoever reads the ledger last must also swap last, or a feed would move backwards.
        with FileLock(directory / ".lock", timeout=LOCK_SECONDS):
            speaker = ledger.society(society)
            paths = [directory / f"{society}.{kind}" for kind in ("rss", "atom", "json", "changes.atom")]
            note = directory / f".{society}.stamp"
            said = f"{__version__} {base_url} {window} {ledger.stamp(speaker, window)}"
            if not anew and _read(note) == f"{said} {_marks(paths)}":
                still_published(ledger.engine, society, run)
                done.unchanged = paths
                return done
            note.unlink(missing_ok=True)
            items = ledger.window(speaker, window)
            changes = [as_item(change, speaker) for change in ledger.changes(speaker, window)]
            documents: list[tuple[str, str, Topic, list[NewsItem]]] = [
                (f"{society}.{kind}", kind, "news", items) for kind in ("rss", "atom", "json")
            ]
            documents.append((f"{society}.changes.atom", "atom", "changes", changes))
            made: dict[Path, bytes] = {}
            for name, kind, topic, entries in documents:
                self_url = f"{base_url.rstrip('/')}/{name}" if base_url else ""
                made[directory / name], left_out = checked(kind, Feed(speaker, self_url, topic), entries)
                done.left_out.update(left_out)
            done.written = swap_all(made)
            done.unchanged = [path for path in made if path not in done.written]
            keep_published(ledger.engine, society, items, run)
            if not anew and not done.left_out:
                swap(note, f"{said} {_marks(paths)}".encode())
    except Timeout as error:
        raise PublishError(
            f"{directory} has been locked by another publisher for {LOCK_SECONDS} s; see which "
            "process holds its .lock file, then run again"
        ) from error
    except OSError as error:
        raise PublishError(
            f"the feeds in {directory} could not be written ({error.strerror or error}); the old ones "
            "stand. Check the folder's permissions and the disk, then run again"
        ) from error
    except GateError as error:
        raise PublishError(f"{error}; the old feed stands") from error
    return done


def _marks(paths: Sequence[Path]) -> str:
    """Size and time of files, by which one that was touched since is found; "" when one is missing."""
    try:
        states = [path.stat() for path in paths]
    except FileNotFoundError:
        return ""
    return " ".join(f"{state.st_size}:{state.st_mtime_ns}" for state in states)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


def swap(path: Path, document: bytes) -> bool:
    """Put a document in place of ``path`` in one step; False when it already says the same."""
    return bool(swap_all({path: document}))


def swap_all(documents: Mapping[Path, bytes]) -> list[Path]:
    """Put documents in their places, none before all of them are on the disk; gives those that say
    something else than before."""
    drafts: dict[Path, Path] = {}
    try:
        for path, document in documents.items():
            if path.exists() and path.read_bytes() == document:
                continue
            drafts[path] = path.with_name(f".{path.name}.draft")
            with drafts[path].open("wb") as file:
                file.write(document)
                file.flush()
                os.fsync(file.fileno())
        for path, draft in drafts.items():
            draft.replace(path)
    except OSError:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)
        raise
    return list(drafts)

"""How much room ledger and archive take, and how long the disk will do."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

REPORTS = 30
"""Nights whose growth a forecast is made from."""
Sizes = dict[str, int | None]


def sizes(ledger_url: str, archive: str) -> Sizes:
    """Bytes of ledger and archive, and what is left on the ledger's disk; None for what is elsewhere."""
    found: Sizes = {"ledger": None, "archive": None, "free": None}
    try:
        where = sa.make_url(ledger_url)
        if where.get_backend_name() == "sqlite" and where.database:
            path = Path(where.database)
            parts = [path, *(path.with_name(f"{path.name}{end}") for end in ("-wal", "-shm"))]
            found["ledger"] = sum(part.stat().st_size for part in parts if part.exists())
            found["free"] = shutil.disk_usage(path.parent).free
        if archive:
            found["archive"] = sum(p.stat().st_size for p in Path(archive).rglob("*") if p.is_file())
    except (OSError, sa.exc.ArgumentError):
        return found  # a size is no reason to fail a night
    return found


def measured(folder: Path) -> list[tuple[datetime, Sizes]]:
    """When and what the last reports in a folder measured, oldest first."""
    found = []
    for path in sorted(folder.glob("*.json"))[-REPORTS:]:
        try:
            report: Mapping[str, Any] = json.loads(path.read_bytes())
            found.append((datetime.fromisoformat(report["ended"]), dict(report["sizes"])))
        except (OSError, ValueError, KeyError, TypeError):
            continue  # another file of the operator's
    return found


def days_left(points: Sequence[tuple[datetime, Sizes]]) -> float | None:
    """Days until the disk is full, if it goes on as in these nights; None while that can't be told."""
    if len(points) < 2:
        return None
    (began, first), (ended, last) = points[0], points[-1]
    days = (ended - began).total_seconds() / 86400
    grown = _held(last) - _held(first)
    free = last.get("free")
    if days < 1 or grown <= 0 or free is None:
        return None
    return free / (grown / days)


def _held(size: Sizes) -> int:
    return (size.get("ledger") or 0) + (size.get("archive") or 0)

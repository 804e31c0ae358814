"""`python -m benchmarks.nightly [SOCIETIES ...]`: quiet nights of so many societies in one process.

Prints requests (robots.txt, listings, due revisits), bytes, 304s, CPU, wall seconds and peak memory; the
societies are many addresses of one replica, each on a loopback host of its own. 20 and 200 by default.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path

from benchmarks.crawl import FAST, Figures, run
from csco_spider.demo.replica import Replica, served

NIGHTS = ("2026-11-23T02:00:00Z", "2026-11-24T02:00:00Z", "2026-11-25T02:00:00Z")


class Counted(Replica):
    """Counts what it is asked for, by kind of page."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: Counter[str] = Counter()

    def page(self, target: str) -> tuple[str, date] | None:
        self.asked["listing" if "nlist" in target else "article"] += 1
        return super().page(target)


def night(societies: int, folder: Path, site: str, now: str) -> tuple[Figures, dict[str, int]]:
    """One night; its figures, and sums over the report's societies."""
    os.environ["SOCIETIES"] = str(societies)
    port = site.rpartition(":")[2]
    names = [f"society_{n}" for n in range(societies)]
    # 127.0.0.0/8 is all loopback: a host of its own for each society.
    hosts = [f"127.0.{n // 250}.{n % 250 + 1}" for n in range(societies)]
    sites = [f"--site={n}=http://{h}:{port}" for n, h in zip(names, hosts, strict=True)]
    own = {
        "SPIDER_MODULES": "tests.sites.many",
        "LEDGER_URL": f"sqlite:///{folder}/ledger.db",
        "PUBLISH_DIR": f"{folder}/feeds",
        "REPORT_DIR": f"{folder}/reports",
        "ARCHIVE_DIR": f"{folder}/archive",
        "MAX_LISTING_PAGES": "1",
        "NOW": now,
    }
    settings = [part for pair in own.items() for part in ("-s", "=".join(pair))]
    figures = run([sys.executable, "-m", "scrapy", "nightly", *names, *sites, *settings, *FAST])
    report = json.loads((folder / "feeds" / "status.json").read_bytes())
    sums: Counter[str] = Counter()
    for line in report["societies"]:
        sums.update({key: line[key] for key in ("requests", "bytes", "not_modified")})
        sums.update({line["state"]: 1, "new": line["counts"]["new"]})
    return figures, dict(sums)


def main() -> None:
    """Measure and print: the first night fills, the second and third are quiet."""
    counts = [int(word) for word in sys.argv[1:]] or [20, 200]
    started = min(run([sys.executable, "-m", "scrapy", "version"]).cpu for _ in range(3))
    print(f"starting Scrapy alone: {started:.2f} s CPU; each society lists 15 notices")
    head = (
        "societies",
        "night",
        "requests",
        "lists",
        "pages",
        "304",
        "KiB",
        "CPU s",
        "ms each",
        "wall s",
    )
    print("".join(f"{word:>10}" for word in (*head, "MiB")))
    for societies in counts:
        replica = Counted()
        with served(replica, address="0.0.0.0") as site, tempfile.TemporaryDirectory() as name:
            for label, now in zip(("first", "quiet", "quiet"), NIGHTS, strict=True):
                replica.asked.clear()
                figures, sums = night(societies, Path(name), site, now)
                values = (
                    *(str(societies), label, str(sums["requests"]), str(replica.asked["listing"])),
                    *(str(replica.asked["article"]), str(sums["not_modified"])),
                    *(f"{sums['bytes'] / 1024:.0f}", f"{figures.cpu:.2f}"),
                    f"{1000 * (figures.cpu - started) / societies:.1f}",
                    *(f"{figures.wall:.1f}", f"{figures.memory:.0f}"),
                )
                print("".join(f"{value:>10}" for value in values), flush=True)


if __name__ == "__main__":
    main()

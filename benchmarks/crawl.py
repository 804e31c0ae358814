"""`python -m benchmarks.crawl`: a whole crawl of the replica beside a bare spider that only downloads.

Prints pages per second, CPU seconds and peak memory of both, and their ratios. Each runs in a process of
its own, several times, in turn; the median counts.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from csco_spider.demo.replica import Replica, served

TURNS = 5
FAST = ["-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0", "-L", "ERROR"]


@dataclass(frozen=True)
class Figures:
    """One process: wall and CPU seconds, peak resident memory in MiB."""

    wall: float
    cpu: float
    memory: float


def run(command: list[str]) -> Figures:
    """Run a command to its end; raises SystemExit when it fails."""
    began = time.perf_counter()
    child = os.fork()
    if child == 0:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        os.execv(command[0], command)
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} ended with status {status}")
    wall = time.perf_counter() - began
    return Figures(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def main() -> None:
    """Measure and print."""
    replica = Replica()
    pages = [f"/cat/13/show/{n.number}.html" for n in replica.english]
    pages += [f"/cat/13.html?page={n}" for n in range(1, 7)]
    pages += [f"/cn/ncontent.aspx?oid={n.number}" for n in replica.chinese if not n.link]
    pages += [f"/cn/nlist.aspx?cids=158&page={n}" for n in range(1, 9)]
    bare: list[Figures] = []
    whole: list[Figures] = []
    scrapy = [sys.executable, "-m", "scrapy"]
    with served(replica) as site, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pages.txt").write_text("\n".join(site + page for page in pages))
        for turn in range(TURNS):
            spider = str(Path(__file__).with_name("bare_spider.py"))
            listed = f"pages={folder / 'pages.txt'}"
            bare.append(run([*scrapy, "runspider", spider, "-a", listed, *FAST]))
            own = [
                "-s",
                f"LEDGER_URL=sqlite:///{folder}/{turn}.db",
                "-s",
                f"PUBLISH_DIR={folder}/{turn}",
            ]
            both = [
                run([*scrapy, "crawl", society, "-a", f"site={site}", *own, *FAST])
                for society in ("csco", "csco_cn")
            ]
            whole.append(
                Figures(
                    sum(one.wall for one in both),
                    sum(one.cpu for one in both),
                    max(one.memory for one in both),
                )
            )
    started = min(run([*scrapy, "version"]).cpu for _ in range(3))
    print(f"{len(pages)} pages, medians of {TURNS} turns (starting Scrapy alone: {started:.2f} s CPU)")
    print(f"{'':24}{'bare':>10}{'csco_spider':>14}{'ratio':>8}")
    for label, values in (
        ("wall seconds", [(one.wall, two.wall) for one, two in zip(bare, whole, strict=True)]),
        ("CPU seconds", [(one.cpu, two.cpu) for one, two in zip(bare, whole, strict=True)]),
        (
            "pages a second",
            [(len(pages) / o.wall, len(pages) / t.wall) for o, t in zip(bare, whole, strict=True)],
        ),
        ("peak memory, MiB", [(one.memory, two.memory) for one, two in zip(bare, whole, strict=True)]),
    ):
        one, two = (statistics.median(column) for column in zip(*values, strict=True))
        print(f"{label:24}{one:10.2f}{two:14.2f}{two / one:8.2f}")


if __name__ == "__main__":
    main()

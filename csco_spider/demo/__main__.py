"""`python -m csco_spider.demo`: crawl the replica of both CSCO sites and publish their feeds."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from csco_spider.demo.replica import Replica, served

SOCIETIES = ("csco", "csco_cn")


def main() -> int:
    """Run both crawls as an operator would; 0 when both went well."""
    parser = argparse.ArgumentParser(prog="python -m csco_spider.demo", description=__doc__)
    parser.add_argument("--feeds", type=Path, default=Path("feeds/demo"), help="where feeds go")
    parser.add_argument(
        "--var", type=Path, default=Path("var/demo"), help="where ledger and archive live"
    )
    folders = parser.parse_args()
    console = Console()
    with served(Replica()) as site:
        console.print(f"A replica of both CSCO sites, as of August 2026, is served at {site}")
        for society in SOCIETIES:
            command = f"scrapy crawl {society} -a site={site}"
            console.print(f"\n$ {command}", style="bold", highlight=False)
            settings = {
                "LEDGER_URL": f"sqlite:///{folders.var}/ledger.sqlite3",
                "ARCHIVE_DIR": f"{folders.var}/archive",
                "PUBLISH_DIR": str(folders.feeds),
                "DOWNLOAD_DELAY": "0",  # the replica is ours: no need to spare it
                "AUTOTHROTTLE_ENABLED": "0",
            }
            options = [part for pair in settings.items() for part in ("-s", "=".join(pair))]
            done = subprocess.run(
                [sys.executable, "-m", "scrapy", *command.split()[1:], *options, "-L", "WARNING"],
                check=False,
            )
            if done.returncode:
                return done.returncode
    console.print("\nSubscribe to any of these with a feed reader:", style="bold")
    for path in sorted(folders.feeds.glob("csco*.*")):
        console.print(f"  {path.absolute().as_uri()}", soft_wrap=True, highlight=False)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

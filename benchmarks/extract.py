"""`python -m benchmarks.extract CORPUS_DIR`: our extraction beside trafilatura's on the same pages.

CORPUS_DIR holds `articles.jsonl` (id, url, title, published, authors, body; null where nothing is known)
and `articles/<id>.html.gz`. Both read every page in one process, in turn; what is printed are the shares
that each gets right, its CPU time, and their ratios. trafilatura is not among our requirements: install
it beside them.
"""

from __future__ import annotations

import gzip
import json
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from parsel import Selector

from csco_spider.extract import find_entries, read_article
from csco_spider.extract.charset import encoding_of
from csco_spider.items import fold

_CJK = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_TOKEN = re.compile(rf"[{_CJK}]|[^\W{_CJK}]+")
MEASURES = ("title", "date", "authors", "body")


def extract(html: bytes, url: str) -> dict[str, Any]:
    """What an article page says, as plain values."""
    text = html.decode(encoding_of(html), "replace")
    article = read_article(Selector(text=text, type="html").root, url=url or "", zone=None)
    return {
        "title": article.title,
        "published": article.when.day.isoformat() if article.when else None,
        "authors": article.authors,
        "language": article.language,
        "body": article.text,
        "image": article.image or None,
        "sources": article.sources,
    }


def listing(html: bytes, url: str | None) -> list[dict[str, str | None]]:
    """Address, title and day of every row of a listing page, found with no selectors."""
    text = html.decode(encoding_of(html), "replace")
    found = find_entries(
        Selector(text=text, type="html"), url or "http://localhost/", zone=ZoneInfo("UTC")
    )
    return [
        {"url": row.url, "title": row.title, "date": row.when.day.isoformat() if row.when else None}
        for row in found.rows
    ]


def _theirs() -> Callable[[bytes, str], dict[str, Any]]:
    try:
        trafilatura: Any = import_module("trafilatura")
    except ImportError as error:
        raise SystemExit("nothing to measure against: pip install trafilatura") from error

    def read(html: bytes, url: str) -> dict[str, Any]:
        document = trafilatura.bare_extraction(
            html, url=url or None, include_comments=False, with_metadata=True
        )
        if document is None:
            return {}
        found: dict[str, Any] = document.as_dict()
        return {
            "title": found["title"],
            "published": found["date"],
            "authors": (found["author"] or "").split("; "),
            "body": found["text"],
        }

    return read


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    tokens = _TOKEN.findall(text)
    return Counter(tuple(tokens[at : at + 4]) for at in range(max(1, len(tokens) - 3)))


def _overlap(one: Counter[Any], other: Counter[Any]) -> float:
    both = sum((one & other).values())
    return 2 * both / (sum(one.values()) + sum(other.values()) or 1)


def scores(truth: dict[str, Any], said: dict[str, Any]) -> Iterator[tuple[str, float]]:
    """What is right of a page, by measure: titles and dates are or are not, names and text overlap."""
    if title := truth["title"]:
        yield "title", fold(said.get("title") or "") == fold(title)
    if truth["published"]:
        yield "date", (said.get("published") or "")[:10] == truth["published"]
    if truth["authors"]:
        names = Counter(map(fold, filter(None, said.get("authors") or [])))
        yield "authors", _overlap(Counter(map(fold, truth["authors"])), names)
    if truth["body"]:
        yield "body", _overlap(_shingles(truth["body"]), _shingles(said.get("body") or ""))


def main() -> None:
    """Measure and print."""
    if len(sys.argv) != 2 or not (folder := Path(sys.argv[1])).joinpath("articles.jsonl").exists():
        raise SystemExit("give the folder of a corpus: one with an articles.jsonl")
    readers = {"ours": extract, "trafilatura": _theirs()}
    right: dict[str, dict[str, list[float]]] = {name: {m: [] for m in MEASURES} for name in readers}
    spent: dict[str, list[float]] = {name: [] for name in readers}
    with folder.joinpath("articles.jsonl").open(encoding="utf-8") as records:
        for truth in map(json.loads, records):
            html = gzip.decompress(folder.joinpath("articles", f"{truth['id']}.html.gz").read_bytes())
            for name, read in readers.items():
                began = time.process_time()
                said = read(html, truth["url"] or "")
                spent[name].append(1000 * (time.process_time() - began))
                for measure, score in scores(truth, said):
                    right[name][measure].append(score)
    print(f"{len(spent['ours'])} pages      ours  trafilatura  ratio")
    for measure in MEASURES:
        ours, theirs = (statistics.mean(right[name][measure] or [0]) for name in readers)
        print(f"{measure:10} {ours:10.3f} {theirs:12.3f} {ours / (theirs or 1):6.2f}")
    for what, of in (("CPU mean", statistics.mean), ("CPU median", statistics.median)):
        ours, theirs = (of(spent[name]) for name in readers)
        print(f"{what:10} {ours:7.1f} ms {theirs:9.1f} ms {ours / theirs:6.2f}")


if __name__ == "__main__":
    main()

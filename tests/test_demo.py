"""The replica is the size it says, and `python -m csco_spider.demo` ends with feeds."""

from __future__ import annotations

import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from csco_spider.demo.notices import chinese, english
from csco_spider.demo.replica import Replica, served
from tests.launch import ROOT


def test_the_replica_is_large_enough_and_no_notice_stands_twice() -> None:
    for notices, least in ((english(), 60), (chinese(), 120)):
        assert len(notices) >= least
        assert len({(notice.day, notice.title) for notice in notices}) == len(notices)
        numbers = [notice.number for notice in notices if not notice.link]
        assert len(set(numbers)) == len(numbers)


def test_it_answers_304_to_whoever_has_the_page() -> None:
    with served(Replica()) as site:
        with urllib.request.urlopen(f"{site}/cat/13/show/564.html") as page:
            assert "PUBLISHED: 2022-02-11" in page.read().decode()
            headers = {"If-None-Match": page.headers["ETag"]}
            assert page.headers["Last-Modified"] == "Fri, 11 Feb 2022 00:00:00 GMT"
        again = urllib.request.Request(f"{site}/cat/13/show/564.html", headers=headers)
        with pytest.raises(urllib.error.HTTPError) as answer:
            urllib.request.urlopen(again)
        assert answer.value.code == 304
        assert answer.value.read() == b""
        answer.value.close()


def demo(folder: Path) -> str:
    command = [sys.executable, "-m", "csco_spider.demo"]
    command += ["--feeds", f"{folder}/feeds", "--var", f"{folder}/var"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=120, check=False)
    text = (done.stdout + done.stderr).decode()
    assert done.returncode == 0, text
    return text


def test_the_demo_finds_all_and_a_second_one_changes_no_byte(tmp_path: Path) -> None:
    first = demo(tmp_path)
    files = {path.name: path.read_bytes() for path in (tmp_path / "feeds").glob("csco*")}
    assert len(files) == 8
    for name in files:
        assert (tmp_path / "feeds" / name).as_uri() in first
    assert "│ new          │ 60 " in first
    assert "│ new          │ 120 " in first
    second = demo(tmp_path)
    assert second.count("│ new          │ 0 ") == 2
    assert second.count("│ changed      │ 0 ") == 2
    assert {path.name: path.read_bytes() for path in (tmp_path / "feeds").glob("csco*")} == files

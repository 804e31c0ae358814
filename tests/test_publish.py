"""Files: whole, checked, swapped in one step, and left alone while they say the same."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from csco_spider.exporters import Feed, render
from csco_spider.ledger import Ledger, record
from csco_spider.publish import PublishError, publish
from csco_spider.publish.gate import GateError, checked, fault
from tests import launch
from tests.machine import run, tiny_disk
from tests.makers import CSCO, HOSTS, STARTED, item, stored
from tests.writers import publish_often


def ledger_of(path: Path, count: int) -> Ledger:
    ledger = Ledger(f"sqlite:///{path}")
    crawl = ledger.begin(CSCO, HOSTS, STARTED)
    for number in range(count):
        record(crawl, item(number, f"第{number}号通知", f"2026-05-{number % 28 + 1:02}"))
    return ledger


def write(ledger: Ledger, directory: Path, base_url: str = "", window: int = 50) -> dict[str, list[str]]:
    done = publish(ledger, CSCO.name, directory=directory, base_url=base_url, window=window)
    assert done.left_out == {}
    return {
        "written": [path.name for path in done.written],
        "unchanged": [path.name for path in done.unchanged],
    }


def test_unchanged_files_are_not_rewritten(tmp_path: Path) -> None:
    ledger, feeds = ledger_of(tmp_path / "l.db", 3), tmp_path / "a" / "feeds"
    names = ["csco_cn.rss", "csco_cn.atom", "csco_cn.json", "csco_cn.changes.atom"]
    assert write(ledger, feeds) == {"written": names, "unchanged": []}
    before = {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in feeds.glob("c*")}
    assert write(ledger, feeds) == {"written": [], "unchanged": names}
    assert {p.name: (p.stat().st_ino, p.stat().st_mtime_ns) for p in feeds.glob("c*")} == before
    assert {path.name for path in feeds.iterdir()} == {*names, ".lock"}
    ledger.close()


def test_a_quiet_night_makes_no_file_again_and_anything_else_does(tmp_path: Path) -> None:
    ledger, feeds = ledger_of(tmp_path / "l.db", 9), tmp_path / "feeds"
    settings = {"directory": feeds, "base_url": "", "window": 5}

    def quiet(**changed: object) -> bool:
        """Did the night leave the files alone? They must be those that are made anew, in any case."""
        stamps = [path.stat().st_mtime_ns for path in sorted(feeds.glob("*.*"))]
        given = settings | changed
        publish(ledger, CSCO.name, **given, anew=False)  # type: ignore[arg-type]
        left = stamps == [path.stat().st_mtime_ns for path in sorted(feeds.glob("*.*"))]
        before = {path.name: path.read_bytes() for path in feeds.glob("c*")}
        other = tmp_path / "other"
        publish(ledger, CSCO.name, **given | {"directory": other})  # type: ignore[arg-type]
        assert before == {path.name: path.read_bytes() for path in other.glob("c*")}
        return left

    def edit(number: int, **changed: Any) -> None:
        run = ledger.begin(CSCO, HOSTS, STARTED + timedelta(hours=number))
        record(run, item(8, "第8号通知", "2026-05-09", **changed))

    assert not quiet()
    assert quiet()
    edit(1)
    assert quiet()  # read again, nothing changed
    edit(2, body="<p>会议改期。</p>")
    assert not quiet()
    edit(3, body="<p>会议改期。</p>", url="http://csco.org.cn/cn/ncontent.aspx?oid=8")
    assert not quiet()  # its address alone
    (feeds / "csco_cn.rss").write_text("an operator's hand")
    assert not quiet()
    (feeds / "csco_cn.json").unlink()
    assert not quiet()
    assert not quiet(base_url="https://example.org/feeds")
    assert not quiet(window=4)
    assert quiet(window=4)
    ledger.close()


def test_web_servers_can_read_them(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path / "l.db", 1)
    os.umask(0o022)
    write(ledger, tmp_path)
    assert (tmp_path / "csco_cn.rss").stat().st_mode & 0o777 == 0o644
    ledger.close()


def test_the_window_holds_the_newest(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path / "l.db", 20)
    write(ledger, tmp_path, window=5)
    text = (tmp_path / "csco_cn.atom").read_text()
    assert text.count("<entry>") == 5
    assert "第19号通知" in text
    assert "第14号通知" not in text
    ledger.close()


@pytest.mark.parametrize("base", ["https://example.org/feeds", "https://example.org/feeds/"])
def test_self_links_name_the_file(tmp_path: Path, base: str) -> None:
    ledger = ledger_of(tmp_path / "l.db", 1)
    write(ledger, tmp_path, base_url=base)
    for kind in ("rss", "atom", "json"):
        path = tmp_path / f"csco_cn.{kind}"
        assert f"https://example.org/feeds/{path.name}" in path.read_text()
    ledger.close()


@pytest.mark.parametrize("base", ["example.org", "ftp://example.org", "https://"])
def test_a_base_that_is_no_web_address_is_refused(tmp_path: Path, base: str) -> None:
    ledger = ledger_of(tmp_path / "l.db", 1)
    with pytest.raises(PublishError, match="is no web address"):
        write(ledger, tmp_path, base_url=base)
    ledger.close()


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path / "l.db", 1)
    (tmp_path / "feeds").write_text("")
    with pytest.raises(PublishError, match="could not be written"):
        write(ledger, tmp_path / "feeds")
    ledger.close()


def test_a_disk_that_holds_some_of_the_feeds_gets_none(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    tiny_disk(disk, "64k")
    try:
        ledger = ledger_of(tmp_path / "l.db", 1)
        write(ledger, disk)
        before = {path.name: path.read_bytes() for path in disk.iterdir()}
        ledger.close()
        ledger = ledger_of(tmp_path / "more.db", 40)
        with pytest.raises(PublishError, match="No space left"):
            write(ledger, disk)
        ledger.close()
        assert {path.name: path.read_bytes() for path in disk.iterdir()} == before
    finally:
        run(["umount", str(disk)])


def test_the_gate_sees_what_is_wrong() -> None:
    items = [stored(1), stored(2)]
    good = {kind: render(kind, Feed(CSCO), items)[0] for kind in ("rss", "atom", "json")}
    for kind, document in good.items():
        assert fault(kind, document, items) == ""
        assert "does not parse" in fault(kind, document[: len(document) // 2], items)
        assert "differ" in fault(kind, document, items[:1])
        assert "differ" in fault(kind, document, items[::-1])
        assert "differ" in fault(kind, document, [stored(1), stored(2, "另一个标题")])
        assert "twice" in fault(kind, document, [stored(1), stored(1)])
    assert "does not parse" in fault("json", b'{"items": [], "items": []}', [])
    assert "does not parse" in fault("rss", b"\n" + good["rss"], items)


def test_an_entry_that_does_not_come_back_is_left_out() -> None:
    # A carriage return comes back from any XML parser as a line feed.
    items = [stored(1), stored(2, "标\r题"), stored(3)]
    document, left_out = checked("json", Feed(CSCO), items)
    assert left_out == {}
    document, left_out = checked("rss", Feed(CSCO), [stored(1), stored(2, " 空白 \ufffe"), stored(3)])
    assert list(left_out) == [stored(2).guid]
    assert fault("rss", document, [stored(1), stored(3)]) == ""


def test_what_no_entry_can_be_blamed_for_is_held_back() -> None:
    with pytest.raises(
        GateError, match="the rss document of csco_cn was held back: a GUID stands twice"
    ):
        checked("rss", Feed(CSCO), [stored(1), stored(1)])


def test_two_publishers_never_move_a_feed_backwards(tmp_path: Path) -> None:
    url, feeds = f"sqlite:///{tmp_path}/l.db", tmp_path / "feeds"
    Ledger(url).close()
    writers = [launch.fork(publish_often, url, str(feeds), range(n, n + 25)) for n in (0, 100)]
    seen = 0
    while any(writer.is_alive() for writer in writers):
        path = feeds / "csco_cn.rss"
        if path.exists():
            document = path.read_bytes()
            assert document.endswith(b"</rss>\n")
            assert document.count(b"<item>") >= seen
            seen = document.count(b"<item>")
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert (feeds / "csco_cn.rss").read_bytes().count(b"<item>") == 50

"""RSS, Atom and JSON Feed as specifications and readers want them, line by line."""

from __future__ import annotations

import json
from datetime import datetime
from io import BytesIO
from typing import Any

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from csco_spider.exporters import AtomItemExporter, Feed, JsonFeedItemExporter, RssItemExporter, render
from csco_spider.extract.html import one_line, sanitise, xml_chars
from csco_spider.items import Enclosure, NewsItem
from csco_spider.publish.gate import fault
from tests.makers import CSCO, SHANGHAI, stored

KINDS = ("rss", "atom", "json")
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
PDF = Enclosure("https://www.csco.org.cn/a.pdf", "application/pdf", 1200)


def full(**changed: Any) -> NewsItem:
    return stored(
        authors=["马军", "Jane Roe"],
        categories=["会议"],
        image="https://www.csco.org.cn/x.png",
        enclosures=[PDF, Enclosure("https://www.csco.org.cn/b.docx", "application/msword")],
        updated=datetime(2026, 6, 9, 6, 0, tzinfo=SHANGHAI),
        **changed,
    )


def xml(kind: str, *items: NewsItem, self_url: str = "") -> Any:
    return etree.fromstring(render(kind, Feed(CSCO, self_url), list(items))[0])


def test_rss_channel() -> None:
    root = xml("rss", full(), self_url="https://example.org/csco_cn.rss")
    channel = root.find("channel")
    assert root.get("version") == "2.0"
    assert channel.findtext("title") == CSCO.organisation
    assert channel.findtext("link") == CSCO.home_url
    assert channel.findtext("description")
    assert channel.findtext("language") == "zh"
    assert channel.findtext("ttl") == "360"
    assert channel.findtext("lastBuildDate") == "Tue, 09 Jun 2026 06:00:00 +0800"
    (link,) = channel.findall(f"{ATOM}link")
    assert dict(link.attrib) == {
        "href": "https://example.org/csco_cn.rss",
        "rel": "self",
        "type": "application/rss+xml",
    }


def test_rss_item() -> None:
    (entry,) = xml("rss", full()).iter("item")
    made = full()
    guid = entry.find("guid")
    assert (guid.text, guid.get("isPermaLink")) == (made.guid, "false")
    assert entry.findtext("title") == made.title
    assert entry.findtext("link") == made.url
    assert entry.findtext("pubDate") == "Wed, 03 Jun 2026 20:00:00 +0800"
    assert entry.findtext("description") == "摘要"
    assert entry.findtext(CONTENT) == made.content_html
    names = [child.tag for child in entry]
    assert names.index("description") < names.index(CONTENT)
    assert [creator.text for creator in entry.findall(CREATOR)] == ["马军", "Jane Roe"]
    assert entry.find("author") is None
    (enclosure,) = entry.findall("enclosure")
    assert dict(enclosure.attrib) == {"url": PDF.url, "length": "1200", "type": PDF.type}
    assert len(set(names) - {CREATOR}) == len([name for name in names if name != CREATOR])


def test_atom_feed_and_entry() -> None:
    root = xml("atom", full(language="en"), self_url="https://example.org/csco_cn.atom")
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "zh"
    assert root.findtext(f"{ATOM}updated") == "2026-06-09T06:00:00+08:00"
    assert root.findtext(f"{ATOM}author/{ATOM}name") == CSCO.organisation
    links = {
        (link.get("rel"), link.get("type"), link.get("href")) for link in root.findall(f"{ATOM}link")
    }
    assert links == {
        ("self", "application/atom+xml", "https://example.org/csco_cn.atom"),
        ("alternate", "text/html", CSCO.home_url),
    }
    (entry,) = root.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}published") == "2026-06-03T20:00:00+08:00"
    assert entry.findtext(f"{ATOM}updated") == "2026-06-09T06:00:00+08:00"
    assert entry.find(f"{ATOM}content").get("type") == "html"
    assert entry.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    assert [
        (link.get("rel"), link.get("type"), link.get("length")) for link in entry.findall(f"{ATOM}link")
    ] == [
        ("alternate", "text/html", None),
        ("enclosure", "application/pdf", "1200"),
        ("enclosure", "application/msword", None),
    ]


def test_the_feed_s_id_depends_on_the_name_alone() -> None:
    ids = {
        xml("atom", stored(), self_url=url).findtext(f"{ATOM}id")
        for url in ("", "https://example.org/csco_cn.atom", "https://mirror.example/x.atom")
    }
    assert len(ids) == 1
    assert ids.pop().startswith("urn:uuid:")


def test_without_a_base_address_there_is_no_self_link() -> None:
    assert xml("rss", stored()).find(f"channel/{ATOM}link") is None
    assert [link.get("rel") for link in xml("atom", stored()).findall(f"{ATOM}link")] == ["alternate"]
    assert "feed_url" not in json.loads(render("json", Feed(CSCO), [stored()])[0])


def test_json_feed() -> None:
    document = json.loads(render("json", Feed(CSCO, "https://example.org/csco_cn.json"), [full()])[0])
    assert next(iter(document)) == "version"
    assert document["feed_url"] == "https://example.org/csco_cn.json"
    (entry,) = document["items"]
    assert entry["id"] == full().guid
    assert entry["date_published"] == "2026-06-03T20:00:00+08:00"
    assert entry["date_modified"] == "2026-06-09T06:00:00+08:00"
    assert entry["authors"] == [{"name": "马军"}, {"name": "Jane Roe"}]
    assert entry["attachments"][0] == {"url": PDF.url, "mime_type": PDF.type, "size_in_bytes": 1200}
    assert "size_in_bytes" not in entry["attachments"][1]
    assert "null" not in json.dumps(document)


@pytest.mark.parametrize("kind", KINDS)
def test_same_input_gives_the_same_bytes_and_nothing_stands_before_the_declaration(kind: str) -> None:
    first, _ = render(kind, Feed(CSCO), [full()])
    assert first == render(kind, Feed(CSCO), [full()])[0]
    assert first.startswith(
        b'{\n "version"' if kind == "json" else b"<?xml version='1.0' encoding='UTF-8'?>\n"
    )
    assert b"<!DOCTYPE" not in first


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_feed_is_a_feed(kind: str) -> None:
    document, left_out = render(kind, Feed(CSCO), [])
    assert fault(kind, document, []) == ""
    assert left_out == {}


@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_an_entry_that_cannot_be_written_costs_that_entry(kind: str) -> None:
    items = [stored(1), stored(2, "坏\x0b标题"), stored(3)]
    document, left_out = render(kind, Feed(CSCO), items)
    assert list(left_out) == [items[1].guid]
    assert "XML compatible" in left_out[items[1].guid]
    assert [entry.id for entry in feedparser.parse(document).entries] == [items[0].guid, items[2].guid]


def test_order_is_kept() -> None:
    items = [stored(n) for n in (3, 1, 2)]
    for kind in ("rss", "atom"):
        read = feedparser.parse(render(kind, Feed(CSCO), items)[0])
        assert [entry.id for entry in read.entries] == [made.guid for made in items]


@given(title=st.text(), body=st.text())
def test_any_title_and_body_give_feeds_that_parse(title: str, body: str) -> None:
    made = stored(title=one_line(title) or "x", content_html=sanitise(body, "https://a.org/"))
    made.summary = xml_chars(body)
    for kind in KINDS:
        document, left_out = render(kind, Feed(CSCO), [made])
        assert left_out == {}
        assert fault(kind, document, [made]) == ""
        if kind != "json":
            (entry,) = feedparser.parse(document).entries
            assert entry.id == made.guid
            assert entry.link == made.url


@pytest.mark.parametrize(
    ("exporter", "kind"),
    [(RssItemExporter, "rss"), (AtomItemExporter, "atom"), (JsonFeedItemExporter, "json")],
)
def test_exporters_write_what_the_publisher_writes(exporter: Any, kind: str) -> None:
    file = BytesIO()
    export = exporter(file, feed=Feed(CSCO))
    export.start_exporting()
    export.export_item(stored(1))
    export.finish_exporting()
    assert file.getvalue() == render(kind, Feed(CSCO), [stored(1)])[0]

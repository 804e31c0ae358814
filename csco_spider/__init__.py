"""News of oncology societies as honest feeds. The house, in the order in which an entry meets it:

spiders/         what is particular to a society: one file, one class; page.py reads any page
platforms/       how a kind of site is read: listing pages, then unseen articles
extract/         a page to its rows or fields, with selectors or without; pure functions
itemloaders.py   what was read, put together into an item
items.py         NewsItem, When, Society; the folded title by which two spellings are one
seen.py          which links are worth asking for: the only place where crawl meets memory
loading.py       the societies' files; one that can't be read costs its own society alone
visiting.py      a polite look at a few pages; recordings.py keeps them beside what a spider reads
onboarding.py    a news page met for the first time: what was found, and the society's file
pipelines.py     Complete, Duplicates, Ledger: items are judged, then recorded
ledger/          the one memory: entries, GUIDs, addresses, revisions, runs
archive/         every page as it came (WARC); a 304 is answered from it, and old nights replayed
replay.py        what subscribers would see of a parser, before anything is changed
failures.py      a failed request in a few words
outcome.py       how a crawl ended, in one word and one sentence
observed.py      what a crawl saw, in numbers: rows, fill rates, lengths
monitoring.py    drift and silence, judged against the society's own past; pure decisions
exporters.py     RSS, Atom and JSON Feed, for the publisher and for `-O out.rss` alike
publish/         the newest entries as checked files; what is not plausible is held back
extensions/      progress, politeness, and the close of a crawl
middlewares.py   robots.txt, redirects, Retry-After, one request at a time, the archive as HTTP cache
night/           all societies in one run: plan, runner, watchdog, report, who is told
commands/        crawl and nightly with a true exit code; status, onboard, record, publish, release,
                 replay, explain, ledger; heard.py lets the reader of what they say leave
demo/            a replica of both CSCO sites, and the crawl of it
settings.py      what differs from Scrapy's defaults, and why
bounds.py        what the numbers among them may be
"""

__version__ = "0.1.0"

"""Every page as it came, in WARC files that anyone's tools read, and an index beside them.

records.py  one WARC record: from values to bytes and back
index.py    what stands where in a society's files
files.py    a society's files: append, find, recover, prune
storage.py  the archive as Scrapy's HTTP cache, for a crawl and for a replay
"""

from csco_spider.archive.files import Archive, ArchiveError
from csco_spider.archive.index import Crawled

__all__ = ["Archive", "ArchiveError", "Crawled"]

"""Imported once by the process that crawls are forked from: what every `scrapy` command loads.

Our commands are left out: they look at the terminal of the process they run in.
"""

import gc
import sys
from importlib import import_module
from pkgutil import walk_packages

NAMES = """
    alembic.command alembic.config psycopg rich._emoji_codes scrapy.cmdline scrapy.contracts
    scrapy.core.downloader.handlers.datauri scrapy.core.downloader.handlers.file
    scrapy.core.downloader.handlers.ftp scrapy.core.downloader.handlers.http11
    scrapy.core.downloader.handlers.s3 scrapy.core.engine scrapy.core.scraper scrapy.crawler
    scrapy.dupefilters scrapy.extensions.closespider scrapy.extensions.corestats
    scrapy.extensions.feedexport scrapy.extensions.logcount scrapy.extensions.logstats
    scrapy.extensions.memdebug scrapy.extensions.memusage scrapy.extensions.spiderstate
    scrapy.extensions.throttle
    scrapy.logformatter scrapy.pipelines scrapy.pqueues scrapy.robotstxt scrapy.squeues
    scrapy.utils.engine sqlalchemy.dialects.postgresql sqlalchemy.dialects.sqlite tldextract
"""
PACKAGES = ("csco_spider", "scrapy.commands", "scrapy.downloadermiddlewares", "scrapy.spidermiddlewares")
LEFT_OUT = ("csco_spider.commands", "csco_spider.demo", "csco_spider.ledger.migrations")

for name in NAMES.split():
    import_module(name)
for name in PACKAGES:
    for found in walk_packages(import_module(name).__path__, f"{name}."):
        if not found.name.startswith(LEFT_OUT):
            import_module(found.name)

assert "twisted.internet.reactor" not in sys.modules, "each crawl installs a reactor of its own"

gc.collect()
gc.freeze()  # what was imported is shared, and none of the forks need go through it

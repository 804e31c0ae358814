"""What differs from Scrapy's defaults, and why."""

from scrapy.settings import default_settings

BOT_NAME = "csco_spider"
SPIDER_MODULES = ["csco_spider.spiders"]
NEWSPIDER_MODULE = "csco_spider.spiders"
COMMANDS_MODULE = "csco_spider.commands"
SPIDER_LOADER_CLASS = "csco_spider.loading.SocietyLoader"  # one broken file stops no other society

# --- ours -----------------------------------------------------------------------------------------
LEDGER_URL = "sqlite:///var/ledger.sqlite3"  # any SQLAlchemy address; "" remembers nothing
ARCHIVE_DIR = "var/archive"  # every page as it came; "" keeps none and asks without conditions
ARCHIVE_MAX_DAYS = 0  # crawls older than that are dropped; 0 keeps all
ARCHIVE_MAX_MB = 0  # of a society's archive; 0: no bound
PUBLISH_DIR = "feeds"  # "" publishes nothing
PUBLISH_BASE_URL = ""  # where PUBLISH_DIR is served; "" leaves self links out
FEED_WINDOW = 50  # entries in a feed
NOW = ""  # an instant such as 2026-11-23T02:00:00Z instead of the clock, for tests
CONTACT = ""  # address or page that a site's keeper can write to; goes into the user agent
RETRY_AFTER_MAX = 120  # seconds; a site that asks for a longer pause is left for tonight
REVISIT_DAYS = [1, 2, 4, 8, 16]  # after its publication an article is read again, for edits
WITHDRAWN_AFTER = 3  # nights running on which an entry's page answered 404 or 410
MAX_LISTING_PAGES = 20  # per crawl, without backfill
REPORT_DIR = "var/reports"  # of each night, by date
NIGHT_SOCIETIES = 8  # at a time
NIGHT_SPREAD = 0  # seconds over which a night's first requests are spread, in random order
NIGHT_DEADLINE = 4 * 3600  # seconds for all societies
SOCIETY_DEADLINE = 3600  # seconds for one
NIGHT_WATCHDOG = 300  # seconds of computing without a pause, after which a night is ended
NOTIFY_URLS: list[str] = []  # Apprise addresses; told once a night at most, if a person is needed
PING_URL = ""  # dead-man switch, called when a night is over
MAX_BACKFILL_PAGES = 2000  # an end even for a pager that invents pages

# --- polite: a society's site is somebody's small server ------------------------------------------
USER_AGENT = "csco_spider/0.1"  # CONTACT is added to it
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "csco_spider"
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en",
    "Cache-Control": "max-age=0",  # no cache on the way may answer with an old list
}
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOADER = "csco_spider.middlewares.CountedDownloader"  # keeps that limit whatever the delay
DOWNLOAD_DELAY = 1.0
DOWNLOAD_DELAY_JITTER = 0.0  # never sooner than the delay says
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1.0
AUTOTHROTTLE_MAX_DELAY = 30.0
RETRY_TIMES = 2

# --- safe: what a site sends is not trusted -------------------------------------------------------
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024
DOWNLOAD_WARNSIZE = 4 * 1024 * 1024
DOWNLOAD_TIMEOUT = 60
COOKIES_ENABLED = False
METAREFRESH_ENABLED = False
REDIRECT_MAX_TIMES = 5
DOWNLOAD_HANDLERS = {"data": None, "file": None, "ftp": None, "s3": None}  # the web, nothing else

# --- the straight line of one entry ---------------------------------------------------------------
SPIDER_MIDDLEWARES = {"csco_spider.seen.SeenFilter": 600}
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "csco_spider.middlewares.RobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "csco_spider.middlewares.RetryAfterMiddleware": 550,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "csco_spider.middlewares.CompressionMiddleware": 590,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "csco_spider.middlewares.RedirectsMiddleware": 600,
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
    "csco_spider.middlewares.ArchiveMiddleware": 900,
}
# The archive is Scrapy's HTTP cache: it stores every answer, and answers itself only for a 304.
HTTPCACHE_ENABLED = True
HTTPCACHE_POLICY = "csco_spider.middlewares.ConditionalPolicy"
HTTPCACHE_STORAGE = "csco_spider.archive.storage.ArchiveStorage"
HTTPCACHE_ALWAYS_STORE = True
HTTPCACHE_IGNORE_RESPONSE_CACHE_CONTROLS = ["no-store"]
ITEM_PIPELINES = {
    "csco_spider.pipelines.Complete": 100,
    "csco_spider.pipelines.Duplicates": 200,
    "csco_spider.pipelines.Ledger": 300,
}
# No port is opened. Left out, not set to None: Scrapy imports even what is None, which takes long.
EXTENSIONS_BASE = {
    path: order
    for path, order in default_settings.EXTENSIONS_BASE.items()
    if not path.endswith((".RemoteControl", ".TelnetConsole"))
}
EXTENSIONS = {
    "csco_spider.extensions.politeness.CrawlDelay": 500,  # after AutoThrottle, to have the last word
    "csco_spider.extensions.progress.Progress": 600,
    "csco_spider.extensions.publishing.Publishing": 700,
}
WARN_ON_GENERATOR_RETURN_VALUE = False  # the type checker knows, and crawls need not read our source
CONCURRENT_ITEMS = 1  # entries are committed in the order in which they were read
DEFAULT_DROPITEM_LOG_LEVEL = "INFO"
# --- feeds by `-O out.rss`: one set of exporters for files and the publisher ----------------------
FEED_EXPORTERS = {
    "rss": "csco_spider.exporters.RssItemExporter",
    "atom": "csco_spider.exporters.AtomItemExporter",
    "jsonfeed": "csco_spider.exporters.JsonFeedItemExporter",
}
FEED_STORE_EMPTY = False  # a quiet night leaves the old file
FEED_EXPORT_ENCODING = "utf-8"

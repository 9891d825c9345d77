"""Scrapy's settings, each with its reason. `tests/test_settings.py` says the same again, so none changes by accident.

What begins with LUUBAO_ is ours; a site or the command line may override it."""

from __future__ import annotations

import os
from typing import Any

from crawler.politeness.identity import user_agent

BOT_NAME = "luubao"
# Sites are declarations in `spiders/`, which crawler.sites finds; one spider follows them all.
SPIDER_MODULES: list[str] = []
NEWSPIDER_MODULE = ""
ADDONS = {"crawler.addon.Safety": 0}

# --- who we are -------------------------------------------------------------------------------------------------------

# Where the owner of a site reaches who runs this crawl: an address of mail or the web.
LUUBAO_CONTACT = os.environ.get("LUUBAO_CONTACT", "")
USER_AGENT = user_agent(LUUBAO_CONTACT)
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "vi,en;q=0.5,*;q=0.3",
    # Of the codings only gzip tells whether it arrived whole: a strict check finds every cut and flipped bit in it,
    # and 36 of 500 flipped bits in brotli.
    "Accept-Encoding": "gzip",
}
# Where we come from is nobody's business, and the header's value has been executed as Python (GHSA-cwxj-rr6w-m6w7).
REFERRER_POLICY = "no-referrer"
# A jar makes two visits differ, and fills with what nobody agreed to; its table of suffixes comes over the network.
COOKIES_ENABLED = False

# --- doors that Scrapy leaves open ------------------------------------------------------------------------------------

# Both run Python code for whoever connects.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
# Pages may not name files, buckets or data; http and https wait for their turn.
DOWNLOAD_HANDLERS = {
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
    "http": "crawler.politeness.download.PoliteDownloadHandler",
    "https": "crawler.politeness.download.PoliteDownloadHandler",
}
# The default accepts any certificate.
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_TLS_MIN_VERSION = "TLSv1.2"
# Scrapy's default list is wider than Twisted's.
DOWNLOADER_CLIENT_TLS_CIPHERS = None
# A proxy connects for us, past the guard. Nor may one slip in by the environment.
HTTPPROXY_ENABLED = False
# IPv4, with a limit of time. Names are looked up once for each connection, and the guard judges what is dialled.
TWISTED_DNS_RESOLVER = "scrapy.resolver.CachingThreadedResolver"
DNS_TIMEOUT = 20
# Endpoints like 127.0.0.1:8000 that may be asked although they are private: for tests, and said loudly.
LUUBAO_ALLOW_PRIVATE: list[str] = []

# --- how much, how long -----------------------------------------------------------------------------------------------

# News pages are 50 to 500 kB; the default is 1 GiB.
DOWNLOAD_MAXSIZE = 10 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
# Seconds for a whole answer, name lookup included.
DOWNLOAD_TIMEOUT = 60
# Bytes a second over so many seconds; what is slower is cut, and kept as cut.
LUUBAO_MIN_RATE = 1000
LUUBAO_RATE_WINDOW = 20
# A body that was cut off is a capture that says so, and not an exception that loses it.
DOWNLOAD_FAIL_ON_DATALOSS = False

# --- raw captures, every answer ---------------------------------------------------------------------------------------

# The bytes as received go to the WARC; crawler.extraction.content_encoding undoes gzip, strictly: Scrapy gives half
# a page.
COMPRESSION_ENABLED = False
# Every hop is a capture, and where it leads is a decision of the frontier.
REDIRECT_ENABLED = False
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = False
# 304, 404, 410 and 503 each mean something; Scrapy would drop them on the way to the spider.
HTTPERROR_ALLOW_ALL = True
# The frontier tries again, in a later run and by its own calendar; Scrapy's retry ignores Retry-After.
RETRY_ENABLED = False
# Loses most of its queue on one kill -9, and says nothing.
JOBDIR = None

# --- a good guest -----------------------------------------------------------------------------------------------------

# Scrapy's own fetches where robots.txt cannot be read. Ours stands in its place and cannot be switched off.
ROBOTSTXT_OBEY = False
# What 401 and 403 for robots.txt mean: "disallow", or "allow" as RFC 9309 permits.
LUUBAO_ROBOTS_FORBIDDEN = "disallow"
CONCURRENT_REQUESTS_PER_DOMAIN = 1
# The gate makes the pauses, right before the connection: Scrapy's own vary by half, end with the process and know
# nothing of Retry-After. One that is set all the same counts in the gate, too.
DOWNLOAD_DELAY = 0
DOWNLOAD_DELAY_JITTER = 0.0
# Seconds from the end of an answer to the next request to the same host; robots.txt may ask for more.
LUUBAO_DELAY = 1.0
# Adapts to latency, as counting from the end of the answer does, but forgets 429, Retry-After and Crawl-delay.
AUTOTHROTTLE_ENABLED = False
# Seconds; doubles with every 429 or 503 that names none.
LUUBAO_BACKOFF = 10.0
# Seconds that a request waits for its host; what would wait longer is given back to the frontier.
LUUBAO_MAX_WAIT = 60.0
# Functions of the crawler, or their dotted names, that make a HoldStore and a RobotsStore. Without them holds and
# robots.txt are remembered for this process only. Plain functions: Scrapy copies its settings in depth, and the object
# that a bound method belongs to with them.
LUUBAO_HOLD_STORE: Any = None
LUUBAO_ROBOTS_STORE: Any = None
# A function without parameters that gives the `crawler.crawl.offline.Captured` from which this crawl is answered.
LUUBAO_CAPTURED: Any = None
# A function without parameters, or its dotted name, that tells the time (aware, UTC); None is the system's.
LUUBAO_CLOCK: Any = None

EXTENSIONS = {
    "crawler.politeness.extension.Politeness": 0,
    "crawler.politeness.rate.MinimumRate": 0,
}
DOWNLOADER_MIDDLEWARES = {
    # Before everything: a refused address gets no robots.txt read for it.
    "crawler.middlewares.addresses.AddressGuard": 10,
    "crawler.middlewares.hosts.HostQueue": 20,
    "crawler.middlewares.robots.RobotsRule": 100,
    # After everything, next to the network: nothing has touched the response yet.
    "crawler.middlewares.capture.CaptureRaw": 920,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
}

# --- what nothing here uses, and each answer would pay for ------------------------------------------------------------

# Items that a callback gives are worked on by so many tasks, made anew for each answer; ours gives none.
CONCURRENT_ITEMS = 1
# Counts the bytes of every request and answer, put together for the purpose; the account counts answers.
DOWNLOADER_STATS = False
# Which hosts are asked is said by the site and the frontier, and what goes out is made by the crawl alone. A redirect
# to more than 2,083 characters, which one of these drops in silence, would be waited for without end.
SPIDER_MIDDLEWARES: dict[str, int | None] = {
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
}

# --- process and logs -------------------------------------------------------------------------------------------------

# The experimental alternative without a reactor connects past the guard.
TWISTED_REACTOR_ENABLED = True
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
# DEBUG prints a line for every page. The add-on above drops Scrapy's list of changed settings.
LOG_LEVEL = "INFO"
LOG_VERSIONS: list[str] = []

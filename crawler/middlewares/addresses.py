"""Refuse addresses that are none of the public web, before anything else is done with a request."""

from __future__ import annotations

from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler

from crawler.guard import watch
from crawler.politeness.extension import Politeness
from crawler.politeness.refusal import Refusal, RefusedError


class AddressGuard:
    """Judges the URL of every request, and watches every connection for as long as the crawl runs."""

    def __init__(self, crawler: Crawler) -> None:
        from twisted.internet import reactor  # noqa: PLC0415 - which reactor it is, Scrapy decides at start

        self.guard = Politeness.of(crawler).guard
        self.stats = crawler.stats
        self._unwatch = watch(reactor, self.guard)
        crawler.signals.connect(self.engine_stopped, signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy builds it."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raise RefusedError where the URL itself is refused."""
        self.guard.check_url(request.url)

    def process_exception(self, request: Request, exception: Exception) -> None:  # noqa: ARG002 - Scrapy's interface
        """Count what was refused, be it here or when it was dialled."""
        if isinstance(exception, RefusedError) and exception.refusal is Refusal.BLOCKED_SSRF:
            self.stats.inc_value("guard/blocked_ssrf")

    def engine_stopped(self) -> None:
        """End the watch."""
        self._unwatch()

"""Give every host one queue, and turn away at once what would wait longer than the run."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler

from crawler.politeness.extension import Politeness
from crawler.politeness.hosts import host_of
from crawler.politeness.refusal import Refusal, RefusedError


class HostQueue:
    """Names Scrapy's slot after the host, so that http and https wait in one line. Pauses are made by the gate."""

    def __init__(self, crawler: Crawler) -> None:
        self.gate = Politeness.of(crawler).gate
        self.stats = crawler.stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy builds it."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raise RefusedError while the host is held for long."""
        host = host_of(request.url)
        request.meta["download_slot"] = host
        self.gate.check(host)

    def process_exception(self, request: Request, exception: Exception) -> None:  # noqa: ARG002 - Scrapy's interface
        """Count what was turned away, be it here or while it waited."""
        if isinstance(exception, RefusedError) and exception.refusal in (Refusal.HOST_HELD, Refusal.STOPPING):
            self.stats.inc_value(f"gate/{exception.refusal}")

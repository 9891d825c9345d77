"""End answers that only trickle in: they hold a connection, and their host, for as long as they like.

What was received until then is kept, as a capture that says that it was cut."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import StopDownload

_META = "luubao_rate"


@dataclass(slots=True)
class _Window:
    started: float
    received: int = 0


class MinimumRate:
    """Stops a download that brings less than LUUBAO_MIN_RATE bytes a second over LUUBAO_RATE_WINDOW seconds.

    Noticed when the next bytes arrive; where none arrive any more, DOWNLOAD_TIMEOUT ends it."""

    def __init__(self, crawler: Crawler) -> None:
        self.seconds = crawler.settings.getfloat("LUUBAO_RATE_WINDOW")
        self.bytes = crawler.settings.getfloat("LUUBAO_MIN_RATE") * self.seconds
        self.stats = crawler.stats
        crawler.signals.connect(self.headers_received, signals.headers_received)
        crawler.signals.connect(self.bytes_received, signals.bytes_received)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy builds it."""
        return cls(crawler)

    def headers_received(self, request: Request) -> None:
        """Start the first window: a server may think as long as DOWNLOAD_TIMEOUT allows before it speaks."""
        request.meta[_META] = _Window(monotonic())

    def bytes_received(self, data: bytes, request: Request) -> None:
        """Count, and stop what was too slow for a whole window."""
        window: _Window = request.meta.setdefault(_META, _Window(monotonic()))
        window.received += len(data)
        now = monotonic()
        if now - window.started < self.seconds:
            return
        if window.received < self.bytes:
            self.stats.inc_value("rate/too_slow")
            raise StopDownload(fail=False)
        window.started, window.received = now, 0

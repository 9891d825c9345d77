"""Crawl from captures: the answers of sites come from files, and no connection is made.

Every capture answers once, the oldest of its address first. So a crawl from captures goes round as often as the crawls
did that made them, and an archive made of it is the archive that a replay of the same captures makes."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.misc import load_object

from archive.exceptions import ArchiveError
from archive.types import Capture
from archive.urls import identity
from crawler.capture_index import Entry, load
from crawler.extraction import is_robots
from crawler.middlewares.capture import CAPTURE
from crawler.politeness.refusal import Refusal, RefusedError
from crawler.sources import open_sources

_STEP = timedelta(hours=1)
"""The clock goes on by as much at least where nothing was to be had: the addresses of sources follow the calendar."""


class Captured:
    """What some files answer, by address; and the time that it is in them."""

    def __init__(self, paths: Sequence[str | Path]) -> None:
        sources = open_sources(paths)
        self.skipped = sources.skipped
        self._entries = list(sources)
        if not self._entries:
            raise ArchiveError("no capture to crawl from: see what `luubao replay` says of the same files")
        self._left: defaultdict[str, deque[Entry]] = defaultdict(deque)
        # They come in the order of time, so each queue is in it, too.
        for entry in self._entries:
            self._left[identity(load(entry.locator).url)].append(entry)
        self._given: set[str] = set()
        self._oldest = 0
        self._turned_at = self._now = self._entries[0].captured_at
        self._given_before = 0

    @property
    def left(self) -> int:
        """How many answers are left."""
        return len(self._entries) - len(self._given)

    def now(self) -> datetime:
        """The clock of the crawl: where it was turned to, or the newest capture since."""
        return self._now

    def has(self, url: str) -> bool:
        """Whether there is an answer for `url` that was not given yet."""
        return bool(self._left.get(identity(url)))

    def take(self, url: str) -> Capture | None:
        """The next answer for `url`."""
        queue = self._left.get(identity(url))
        if not queue:
            return None
        entry = queue.popleft()
        self._given.add(entry.capture_id)
        self._now = max(self._now, entry.captured_at)
        return load(entry.locator)

    def take_robots(self) -> list[Capture]:
        """What came for any robots.txt until now, oldest first: the spider asks for none."""
        taken: list[Capture] = []
        for key, queue in self._left.items():
            while is_robots(key) and queue and queue[0].captured_at <= self._now:
                taken.append(load(queue[0].locator))
                self._given.add(queue.popleft().capture_id)
        return sorted(taken, key=lambda capture: capture.captured_at)

    def keys(self) -> list[str]:
        """Identities of the addresses that have an answer left."""
        return [key for key, queue in self._left.items() if queue]

    def turn_clock(self) -> bool:
        """Go to the oldest answer that is left, or on from it where that brought nothing; False at the end of time."""
        is_fruitless = len(self._given) == self._given_before
        self._given_before = len(self._given)
        after = self._turned_at + _STEP if is_fruitless else self._entries[0].captured_at
        while self._oldest < len(self._entries):
            entry = self._entries[self._oldest]
            if entry.capture_id not in self._given and entry.captured_at >= after:
                self._turned_at = self._now = entry.captured_at
                return True
            self._oldest += 1
        return False


class CapturedDownloadHandler(BaseDownloadHandler):
    """Stands where the network is."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.captured: Captured = load_object(crawler.settings["LUUBAO_CAPTURED"])()

    async def download_request(self, request: Request) -> Response:
        """The capture itself goes to the crawl, with the time and the headers that it was kept with."""
        capture = self.captured.take(request.url)
        if capture is None:
            raise RefusedError(Refusal.NOT_CAPTURED, f"{request.url} is not in the captures")
        request.meta[CAPTURE] = capture
        return Response(request.url, status=capture.status or 200, body=capture.payload)


def offline_settings(captured: Captured) -> dict[str, Any]:
    """Scrapy settings under which `captured` answers. What guards the network has nothing to guard."""
    here = f"{__name__}.{CapturedDownloadHandler.__name__}"
    return {
        "LUUBAO_CAPTURED": lambda: captured,
        "DOWNLOAD_HANDLERS": {"data": None, "file": None, "ftp": None, "s3": None, "http": here, "https": here},
        # robots.txt was asked when the captures were made.
        "DOWNLOADER_MIDDLEWARES": {},
    }

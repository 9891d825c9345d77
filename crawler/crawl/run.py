"""Run one crawl in this process: build what it needs, let Scrapy go, and give the account."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from archive.exceptions import ArchiveError, StorageError
from archive.types import Capture
from crawler.crawl.account import CrawlAccount
from crawler.crawl.alone import PARENT, alone
from crawler.crawl.desk import Desk
from crawler.crawl.hosts import HoldStore, RememberedHosts, RobotsStore
from crawler.crawl.offline import offline_settings
from crawler.crawl.plan import Errand, Plan
from crawler.crawl.readers import Readers
from crawler.crawl.spider import NewsSpider
from crawler.crawl.writer import Writer
from crawler.sites import Site

Progress = Callable[[CrawlAccount, int], None]
"""Told of a crawl that is going on: what it did, and how many articles wait for it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the archive is."""

    folder: Path
    database: str | None = None


class _Crawl:
    """One crawl from its first moment to its account; what needs the event loop is made inside it."""

    def __init__(
        self,
        site: Site,
        place: Place,
        plan: Plan,
        *,
        clock: Callable[[], datetime],
        workers: int,
        progress: tuple[float, Progress] | None,
    ) -> None:
        self._progress = progress
        self._site, self._place, self._plan, self._clock, self._workers = site, place, plan, clock, workers
        self._writer = Writer(place.folder, place.database)
        self.hosts = RememberedHosts(self._writer, self._give_up)
        self._desk: Desk | None = None
        self._error: Exception | None = None
        self._give_up_waiting: Callable[[], None] = lambda: None

    async def errands(self, give_up_waiting: Callable[[], None]) -> AsyncIterator[Errand]:
        """Everything to fetch; when it ends, everything is written.

        `give_up_waiting` gives back the requests that wait for their host's turn, when the crawl is to end.
        """
        self._give_up_waiting = give_up_waiting
        readers = Readers(self._workers)
        telling: asyncio.Task[None] | None = None
        try:
            await self._writer.open()
            began = {"site": self._site.name}
            run = await self._writer.call(lambda archive: archive.start_run("crawl", at=self._clock(), counts=began))
            await self.hosts.load()
            self._desk = desk = Desk(
                self._site,
                writer=self._writer,
                readers=readers,
                plan=self._plan,
                hosts=self.hosts,
                clock=self._clock,
                give_up=self._give_up,
            )
            _stop_on_signals(desk, give_up_waiting)
            await desk.open()
            if self._progress is not None:
                telling = asyncio.create_task(_tell(desk, *self._progress))
            async for errand in desk.errands():
                yield errand
            if self._error is not None:
                return
            await desk.close()
            counts = desk.account.as_document(self._site.name)
            await self._writer.call(lambda archive: archive.finish_run(run, at=self._clock(), counts=counts))
        except Exception as e:  # noqa: BLE001  Scrapy would log it, and report a crawl that finished
            await self._give_up(e)
        finally:
            if telling is not None:
                telling.cancel()
            readers.close()
            await self.hosts.settle()
            await self._writer.close()

    async def _give_up(self, error: Exception) -> None:
        """Let an error of the archive (disk full, locked) end the crawl at once; what was committed is safe."""
        self._error = self._error or error
        self._writer.refuse(self._error)
        self._give_up_waiting()
        if self._desk is not None:
            await self._desk.abandon()

    async def answered(self, errand: Errand, capture: Capture) -> None:
        """An answer, whatever its status."""
        assert self._desk is not None
        await self._guarded(self._desk.answered(errand, capture))

    async def failed(self, errand: Errand, reason: str, retry_at: datetime | None) -> None:
        """No answer: refused by a rule of ours, or lost on the way."""
        assert self._desk is not None
        await self._guarded(self._desk.failed(errand, reason, retry_at=retry_at))

    def robots_answered(self, capture: Capture) -> None:
        """An answer for a robots.txt."""
        assert self._desk is not None
        self._desk.robots_answered(capture)

    async def _guarded(self, work: Awaitable[None]) -> None:
        try:
            await work
        except Exception as e:  # noqa: BLE001  Scrapy would log it and go on
            await self._give_up(e)

    def finish(self) -> CrawlAccount:
        """The account, or the error that ended the crawl."""
        if self._error is not None:
            raise self._error
        if self._desk is None:
            raise StorageError("the crawl ended before it began; the log says why")
        return self._desk.account


async def _tell(desk: Desk, seconds: float, progress: Progress) -> None:
    # An archive that cannot be asked ends the crawl, and not here.
    with suppress(ArchiveError):
        while True:
            await asyncio.sleep(seconds)
            left = await desk.left()
            progress(desk.account, left["new"] + left["due"])


def _stop_on_signals(desk: Desk, give_up_waiting: Callable[[], None]) -> None:
    """Let SIGINT and SIGTERM end the crawl after the pages in hand."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        give_up_waiting()
        desk.stopping = loop.create_task(desk.stop())

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    parent = os.environ.get(PARENT)
    if parent is not None:
        desk.watching = loop.create_task(_stop_with(int(parent), stop))


async def _stop_with(parent: int, stop: Callable[[], None]) -> None:
    """End with the schedule that started this crawl: it holds the site's slot no more."""
    # Nobody tells a process that its parent was killed; it has to look.
    while os.getppid() == parent:  # noqa: ASYNC110
        await asyncio.sleep(1)
    stop()


def crawl(
    site: Site,
    place: Place,
    plan: Plan,
    *,
    clock: Callable[[], datetime],
    allow_private: Sequence[str] = (),
    workers: int | None = None,
    progress: tuple[float, Progress] | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> CrawlAccount:
    """Crawl `site` until it has caught up, its budget is spent, or SIGINT or SIGTERM says so.

    `allow_private` lists host:port pairs that may be private, for tests; `overrides` are Scrapy settings; `progress`
    is who is told how far it is, and every how many seconds. Raises ArchiveError. One process crawls once: Scrapy's
    reactor cannot be started again.
    """
    one = _Crawl(
        site, place, plan, clock=clock, workers=workers or max((os.cpu_count() or 2) - 1, 1), progress=progress
    )
    settings = Settings()
    settings.setmodule("crawler.settings")
    settings.setdict(
        {
            "LUUBAO_CLOCK": clock,
            # Functions and not methods: Scrapy copies its settings with everything that hangs on them.
            "LUUBAO_HOLD_STORE": lambda _crawler: HoldStore(one.hosts),
            "LUUBAO_ROBOTS_STORE": lambda _crawler: RobotsStore(one.hosts),
            "LUUBAO_ALLOW_PRIVATE": list(allow_private),
            # The account says it, in the words of this product.
            "STATS_DUMP": False,
            "LOG_INSTALL_ROOT_HANDLER": False,
            "LOG_LEVEL": "WARNING",
            "LUUBAO_DELAY": max(site.delay or 0.0, settings.getfloat("LUUBAO_DELAY")),
            **({} if plan.captured is None else offline_settings(plan.captured)),
            **(overrides or {}),
        },
        priority="cmdline",
    )
    # What is imported stays: collections that walk through all of it, again and again, find nothing.
    gc.freeze()
    # The reactor wakes many times a page, and each time would wait 5 ms for the writer's thread to let go.
    sys.setswitchinterval(0.0005)
    with alone(place.folder, site.name):
        process = AsyncCrawlerProcess(settings)
        # Scrapy has just set its own logger to DEBUG: a line a page would be put together, for handlers to drop.
        logging.getLogger("scrapy").setLevel(logging.WARNING)
        process.crawl(process.create_crawler(NewsSpider), crawl_of_site=one)
        process.start(install_signal_handlers=False)
    return one.finish()

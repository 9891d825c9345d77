"""Ask a site for a few pages, politely, and keep nothing: what looking at a site and recording a seed are made of.

The pages go through the machinery of a crawl: robots.txt, one request a host at a time with its pause, the guard
against private addresses. No archive is opened, so that holds and robots.txt are remembered for this visit only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime
from typing import Generic, TypeVar
from urllib.parse import urljoin

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from archive.exceptions import ArchiveError
from archive.types import Capture
from crawler.crawl.plan import Errand
from crawler.crawl.spider import NewsSpider

T = TypeVar("T")
Answer = Capture | str
"""What came back, or why nothing did."""
Ask = Callable[[str], Awaitable[Answer]]
MAX_HOPS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class VisitError(ArchiveError):
    """Raised when a visit ended before its work did."""


class _Visit(Generic[T]):
    """The work of a visit and the requests that it makes, one after the other."""

    def __init__(self, work: Callable[[Ask], Awaitable[T]]) -> None:
        self._work = work
        self._wanted: asyncio.Queue[Errand | None] | None = None
        self._waiting: dict[str, asyncio.Future[Answer]] = {}
        self.result: T | None = None
        self.error: Exception | None = None
        self.is_done = False

    async def errands(self, _give_up_waiting: Callable[[], None]) -> AsyncIterator[Errand]:
        """What the work asks for, until it is done."""
        wanted: asyncio.Queue[Errand | None] = asyncio.Queue()
        self._wanted = wanted
        task = asyncio.create_task(self._run())
        try:
            while (errand := await wanted.get()) is not None:
                yield errand
        finally:
            task.cancel()

    async def _run(self) -> None:
        assert self._wanted is not None
        try:
            self.result = await self._work(self._ask)
            self.is_done = True
        except Exception as e:  # noqa: BLE001  Scrapy would log it, and report a visit that finished
            self.error = e
        await self._wanted.put(None)

    async def _ask(self, url: str) -> Answer:
        assert self._wanted is not None
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[url] = answer
        await self._wanted.put(Errand(url))
        return await answer

    async def answered(self, errand: Errand, capture: Capture) -> None:
        """An answer, whatever its status."""
        self._waiting.pop(errand.url).set_result(capture)

    async def failed(self, errand: Errand, reason: str, retry_at: datetime | None) -> None:  # noqa: ARG002  the spider's
        """No answer: refused by a rule of ours, or lost on the way."""
        self._waiting.pop(errand.url).set_result(reason)

    def robots_answered(self, capture: Capture) -> None:
        """Nothing is kept of it."""


def visit(
    work: Callable[[Ask], Awaitable[T]],
    *,
    clock: Callable[[], datetime],
    delay: float | None = None,
    allow_private: Sequence[str] = (),
) -> T:
    """What `work` returns; it is given a function that fetches one address.

    One process visits once: Scrapy's reactor cannot be started again.
    """
    one = _Visit(work)
    settings = Settings()
    settings.setmodule("crawler.settings")
    settings.setdict(
        {
            "LUUBAO_CLOCK": clock,
            "LUUBAO_ALLOW_PRIVATE": list(allow_private),
            "LUUBAO_DELAY": settings.getfloat("LUUBAO_DELAY") if delay is None else delay,
            "STATS_DUMP": False,
            "LOG_INSTALL_ROOT_HANDLER": False,
            "LOG_LEVEL": "WARNING",
        },
        priority="cmdline",
    )
    process = AsyncCrawlerProcess(settings)
    process.crawl(process.create_crawler(NewsSpider), crawl_of_site=one)
    process.start()
    if one.error is not None:
        raise one.error
    if not one.is_done:
        raise VisitError("the visit was stopped before it was done; run it again")
    return one.result  # type: ignore[return-value]  # set whenever is_done is


async def follow(ask: Ask, url: str) -> list[Answer]:
    """The answer of `url`, and of where it leads while it redirects."""
    answers: list[Answer] = []
    for _ in range(MAX_HOPS):
        answer = await ask(url)
        answers.append(answer)
        if isinstance(answer, str) or answer.status not in _REDIRECTS:
            break
        url = urljoin(url, answer.header("Location") or "")
    return answers

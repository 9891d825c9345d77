"""The one spider: it asks the crawl what to fetch, and hands every answer back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any, Protocol, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from archive.types import Capture
from crawler.crawl.plan import Errand
from crawler.middlewares.capture import CAPTURE
from crawler.politeness.extension import Politeness, robots_answered
from crawler.politeness.refusal import RefusedError

_ERRAND = "luubao_errand"


class CrawlOfSite(Protocol):
    """What the spider asks of `crawler.crawl.run`."""

    def errands(self, give_up_waiting: Callable[[], None]) -> AsyncIterator[Errand]:
        """Everything to fetch."""

    async def answered(self, errand: Errand, capture: Capture) -> None:
        """Take an answer."""

    async def failed(self, errand: Errand, reason: str, retry_at: datetime | None) -> None:
        """Take note that there was none."""

    def robots_answered(self, capture: Capture) -> None:
        """Take what came for a robots.txt, which nobody of the crawl had asked for."""


class NewsSpider(Spider):
    """Follows one site; what a site is stands in its declaration, and what to do next in the frontier."""

    name = "luubao"

    def __init__(self, crawl_of_site: CrawlOfSite, **kwargs: Any) -> None:  # noqa: ANN401  Scrapy's signature
        super().__init__(**kwargs)
        self.crawl_of_site = crawl_of_site

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:  # noqa: ANN401  Scrapy's signature
        """As Scrapy builds it."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.robots_answered, signal=robots_answered)
        return spider

    def robots_answered(self, request: Request) -> None:
        """An answer for a robots.txt, whatever its status."""
        self.crawl_of_site.robots_answered(request.meta[CAPTURE])

    async def start(self) -> AsyncIterator[Request]:
        """Requests, until the frontier has nothing due and nothing is in hand."""
        async for errand in self.crawl_of_site.errands(Politeness.of(self.crawler).gate.close):
            yield Request(
                errand.url,
                headers=dict(errand.headers),
                meta={_ERRAND: errand},
                callback=self.answered,
                errback=self.failed,
                # The frontier knows what was asked before; a known article is asked again on purpose.
                dont_filter=True,
            )

    async def answered(self, response: Response) -> None:
        """An answer, whatever its status."""
        await self.crawl_of_site.answered(response.meta[_ERRAND], response.meta[CAPTURE])

    async def failed(self, failure: Failure) -> None:
        """No answer: refused by a rule of ours, or lost on the way."""
        request: Request = vars(failure)["request"]  # set by Scrapy on every failure of a download
        error = failure.value
        if isinstance(error, RefusedError):
            await self.crawl_of_site.failed(request.meta[_ERRAND], str(error.refusal), error.retry_at)
        else:
            await self.crawl_of_site.failed(request.meta[_ERRAND], type(error).__name__, None)

"""What all parts of one crawl share: the guard, the gate and robots.txt, built once from the settings."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.settings import BaseSettings
from scrapy.utils.misc import load_object

from crawler.extraction.content_encoding import Failure, decode_content
from crawler.guard import Guard
from crawler.politeness.gate import HostGate
from crawler.politeness.holds import HostHolds, MemoryHoldStore
from crawler.politeness.identity import product_token
from crawler.politeness.robots import Forbidden, MemoryRobotsStore
from crawler.politeness.robots_service import Answer, RobotsService

if TYPE_CHECKING:
    from scrapy.statscollectors import StatsCollector

logger = logging.getLogger(__name__)

IS_ROBOTS = "luubao_robots"
"""In `meta` of the requests for robots.txt itself, which is always allowed (RFC 9309, 2.2.2)."""

robots_answered = object()
"""Signal: an answer for a robots.txt has arrived; `request`, `response`. Its capture is in the meta of both."""


class Politeness:
    """The extension that holds them; components find it with `Politeness.of(crawler)`."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self.crawler = crawler
        self.stats: StatsCollector = crawler.stats
        clock = clock_of(settings)
        allowed = settings.getlist("LUUBAO_ALLOW_PRIVATE")
        self.guard = Guard(allowed)
        if allowed:
            shown = {"allowed": ", ".join(allowed)}
            logger.warning("PRIVATE ADDRESSES ARE ALLOWED, for tests only: %(allowed)s", shown)
        if "(+" not in settings["USER_AGENT"] and settings["LUUBAO_CAPTURED"] is None:
            logger.warning("no contact in the User-Agent: set LUUBAO_CONTACT, so that owners of sites can reach you")
        self.holds = HostHolds(
            _built(settings["LUUBAO_HOLD_STORE"], crawler) or MemoryHoldStore(),
            clock=clock,
            base=settings.getfloat("LUUBAO_BACKOFF"),
        )
        self.gate = HostGate(
            self.holds,
            delay=max(settings.getfloat("LUUBAO_DELAY"), settings.getfloat("DOWNLOAD_DELAY")),
            max_wait=settings.getfloat("LUUBAO_MAX_WAIT"),
            is_stopping=lambda: not crawler.crawling,
        )
        self.robots = RobotsService(
            self._fetch_robots,
            _built(settings["LUUBAO_ROBOTS_STORE"], crawler) or MemoryRobotsStore(),
            agent=product_token(settings["USER_AGENT"]),
            clock=clock,
            forbidden=Forbidden(settings["LUUBAO_ROBOTS_FORBIDDEN"]),
            set_delay=self.gate.set_delay,
            stats=self.stats,
        )

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy builds it."""
        return cls(crawler)

    @classmethod
    def of(cls, crawler: Crawler) -> Politeness:
        """The one of `crawler`. Without it nothing may be fetched, so its absence is an error."""
        found = crawler.get_extension(cls)
        if found is None:
            raise RuntimeError("the extension crawler.politeness.extension.Politeness is not in EXTENSIONS")
        return found

    async def _fetch_robots(self, url: str) -> Answer:
        request = Request(url, meta={IS_ROBOTS: True}, callback=NO_CALLBACK, dont_filter=True)
        response = await self.crawler.engine.download_async(request)
        self.crawler.signals.send_catch_log(robots_answered, request=request, response=response)
        return _answer(response)


def _answer(response: Response) -> Answer:
    content = decode_content(response.body, _header(response, "Content-Encoding"))
    # Of a body without a told length nobody can say whether it is whole; one that stops early is none.
    is_cut = "dataloss" in response.flags or "download_stopped" in response.flags
    body = None if is_cut or isinstance(content, Failure) else content.body
    return Answer(response.status, body, _header(response, "Location"))


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value is not None else None


def clock_of(settings: BaseSettings) -> Callable[[], datetime]:
    """The clock of the crawl: LUUBAO_CLOCK, a function or its dotted name, for tests that turn the time."""
    named = settings["LUUBAO_CLOCK"]
    if named is None:
        return _now
    clock: Callable[[], datetime] = load_object(named)
    return clock


def _now() -> datetime:
    return datetime.now(UTC)


def _built(setting: Any, crawler: Crawler) -> Any:  # noqa: ANN401 - a store of the caller's own class
    """What the factory in a setting makes; a setting is copied with everything in it, which no connection survives."""
    return load_object(setting)(crawler) if setting is not None else None

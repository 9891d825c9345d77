"""Ask robots.txt before every request."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler

from crawler.politeness.extension import IS_ROBOTS, Politeness


class RobotsRule:
    """Lets pass what robots.txt allows. There is no switch: a spider that may ignore it is another program."""

    def __init__(self, crawler: Crawler) -> None:
        self.robots = Politeness.of(crawler).robots

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy builds it."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise RefusedError where robots.txt does not want us."""
        if request.meta.get(IS_ROBOTS) is not True:
            await self.robots.check(request.url)

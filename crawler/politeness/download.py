"""The last step before the network: wait for the host's turn, connect, and learn from the answer."""

from __future__ import annotations

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from crawler.guard import SCHEMES
from crawler.politeness.extension import Politeness
from crawler.politeness.hosts import host_of
from crawler.politeness.refusal import RefusedError


class PoliteDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's handler behind the gate. In here, because Scrapy sends the next request of a host as soon as a handler
    returns: a middleware learns of a Retry-After when that one is already on its way."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        politeness = Politeness.of(crawler)
        self.gate = politeness.gate
        self.guard = politeness.guard

    async def download_request(self, request: Request) -> Response:
        """As in Scrapy. The wait does not count as part of the time that the download may take."""
        host = host_of(request.url)
        async with self.gate.turn(host):
            try:
                response = await super().download_request(request)
            except (RefusedError, DownloadCancelledError):  # by us: an address, or more bytes than we take
                raise
            except Exception as error:
                self.gate.holds.note_failure(host, type(error).__name__)
                raise
            self._note(host, response)
        parts = urlparse_cached(request)
        if response.ip_address is not None:
            self.guard.check_address(str(response.ip_address), parts.port or SCHEMES[parts.scheme])
        return response

    def _note(self, host: str, response: Response) -> None:
        retry_after, date = (response.headers.get(name) for name in ("Retry-After", "Date"))
        self.gate.holds.note_answer(
            host,
            response.status,
            retry_after=retry_after.decode("latin-1") if retry_after is not None else None,
            date=date.decode("latin-1") if date is not None else None,
        )

"""Keep each answer as it was received, before anything else touches it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Self
from urllib.parse import urldefrag, urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response

from archive.types import Capture
from crawler.extraction.content_encoding import Failure, decode_content
from crawler.politeness.extension import clock_of

CAPTURE = "luubao_capture"
"""Where in `meta` the Capture is: of the request, and so of the response."""

# Secrets of ours, if somebody configured any: never in a WARC.
_SECRET = frozenset({"authorization", "cookie", "proxy-authorization"})
# Undone by the time we see the payload.
_UNDONE = frozenset({"transfer-encoding"})
_ENDS = (b"</html>", b"</rss>", b"</feed>", b"</rdf:rdf>", b"</urlset>", b"</sitemapindex>")


class CaptureRaw:
    """Makes a Capture of every response, redirects and errors included, and does nothing else."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy builds it."""
        return cls(clock_of(crawler.settings))

    def process_response(self, request: Request, response: Response) -> Response:
        """Attach the capture."""
        request.meta[CAPTURE] = capture_of(request, response, captured_at=self.clock())
        return response


def capture_of(request: Request, response: Response, *, captured_at: datetime) -> Capture:
    """`response` as a capture. Its headers are in Twisted's order and spelling; the reason phrase is lost there."""
    headers = tuple(pair for pair in _pairs(response.headers) if pair[0].lower() not in _UNDONE)
    return Capture(
        url=urldefrag(request.url)[0],
        captured_at=captured_at,
        payload=response.body,
        status=response.status,
        headers=headers,
        truncated=_truncated(response, headers),
        http_version=response.protocol or "HTTP/1.1",
        ip_address=str(response.ip_address) if response.ip_address is not None else None,
        request_headers=_sent(request),
    )


def _sent(request: Request) -> tuple[tuple[str, str], ...]:
    """The headers of our request, with the one that Twisted adds."""
    headers = [pair for pair in _pairs(request.headers) if pair[0].lower() not in _SECRET]
    if "Host" not in request.headers:
        headers.append(("Host", urlsplit(request.url).netloc))
    return tuple(headers)


def _pairs(headers: Headers) -> list[tuple[str, str]]:
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in headers.items()
        for value in (values if isinstance(values, list) else [values])
    ]


def _truncated(response: Response, headers: tuple[tuple[str, str], ...]) -> str | None:
    """The WARC-Truncated reason of a response that is not whole."""
    if "download_stopped" in response.flags:  # by us: crawler.politeness.rate
        return "time"
    if "dataloss" in response.flags:
        return "disconnect"
    # A server that ends a page by hanging up, as HTTP/1.0 does, may have hung up early.
    is_page = 200 <= response.status < 300  # noqa: PLR2004 - HTTP: success; of the others nobody reads the body
    if is_page and "partial" in response.flags and not is_complete(response.body, headers):
        return "disconnect"
    return None


def is_complete(payload: bytes, headers: tuple[tuple[str, str], ...]) -> bool:
    """Whether a body whose length nobody told ends like a page or a feed does.

    >>> is_complete(b"<html><p>One.</p></html>", ()), is_complete(b"<html><p>On", ())
    (True, False)
    """
    codings = ",".join(value for name, value in headers if name.lower() == "content-encoding")
    content = decode_content(payload, codings)
    if isinstance(content, Failure):
        return False
    tail = content.body[-4096:].rstrip().lower()
    while tail.endswith(b"-->") and b"<!--" in tail:  # who made the page, and in how many seconds
        tail = tail[: tail.rfind(b"<!--")].rstrip()
    return tail.endswith(_ENDS)

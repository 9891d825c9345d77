"""Why a request was not made: the one exception that spiders meet in their errback, with a reason they can count."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from scrapy.exceptions import IgnoreRequest


class Refusal(StrEnum):
    """What kept us from making a request. Nothing was sent, nothing is stored."""

    BLOCKED_SSRF = "blocked_ssrf"
    """The address is none of the public web: private, loopback, an odd port or scheme, a name with two readings."""
    ROBOTS = "robots"
    """robots.txt disallows it."""
    ROBOTS_UNREACHABLE = "robots_unreachable"
    """robots.txt could not be read, which means: stay out until it can."""
    HOST_HELD = "host_held"
    """The host asked for a pause that is longer than a run waits."""
    NOT_CAPTURED = "not_captured"
    """The crawl is offline, and the captures that it was given have no answer, or none that was not given yet."""
    STOPPING = "stopping"
    """The crawl was asked to end while the request waited its turn."""


_WORDS = {
    Refusal.BLOCKED_SSRF: "a private address or an odd port, which is never asked; --allow-private is for test sites",
    Refusal.ROBOTS: "its robots.txt does not want us there",
    Refusal.ROBOTS_UNREACHABLE: "its robots.txt cannot be read, so nothing is asked for",
    Refusal.HOST_HELD: "its host asked to be left alone for longer than a run waits",
    Refusal.NOT_CAPTURED: "the captures have no answer",
    Refusal.STOPPING: "the crawl was asked to end",
}


def in_words(reason: str) -> str:
    """Why a request got no answer, for people; what is none of ours says it already."""
    return _WORDS[Refusal(reason)] if reason in set(Refusal) else reason


class RefusedError(IgnoreRequest):
    """Raised instead of making a request. Scrapy hands it to the errback and logs no error."""

    def __init__(self, refusal: Refusal, detail: str, *, retry_at: datetime | None = None) -> None:
        super().__init__(f"{refusal}: {detail}")
        self.refusal = refusal
        self.detail = detail
        self.retry_at = retry_at
        """When it makes sense to ask again; None if it never does, or at once."""

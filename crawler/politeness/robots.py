"""What a robots.txt allows, by RFC 9309, and for how long its answer holds.

Pure: bytes, a status and moments in; rules out. A file that cannot be had means that everything is forbidden, because
that is what a server in trouble would ask for; a file that does not exist means that everything is allowed."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from protego import Protego

MAX_BYTES = 1024 * 1024
"""Parsed of one file; RFC 9309, 2.5 asks for at least 500 KiB."""
MAX_REDIRECTS = 5
"""RFC 9309, 2.3.1.2."""
MAX_DELAY = 60.0
"""Seconds: with a longer Crawl-delay a day has too few requests to follow any news site."""
REREAD_AFTER = timedelta(hours=12)
"""Well before a copy is too old to be used: an outage of half a day costs nothing."""
USABLE_FOR = timedelta(hours=24)
"""RFC 9309, 2.4."""
FIRST_RETRY = timedelta(minutes=5)
LAST_RETRY = timedelta(hours=1)

_FORBIDDEN = frozenset({401, 403})
# 4xx means that there is no robots.txt, but for those that speak about the moment and not about the file.
_MOMENTARY = frozenset({408, 425, 429})
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class Access(StrEnum):
    """What is known of an origin."""

    RULES = "rules"
    """What the file says."""
    OPEN = "open"
    """There is no such file."""
    CLOSED = "closed"
    """Nobody is wanted."""
    UNREACHABLE = "unreachable"
    """Nobody is wanted until the file can be read again."""


class Forbidden(StrEnum):
    """What a robots.txt means that we may not read ourselves (401, 403)."""

    DISALLOW = "disallow"
    """Who locks even this door wants no visitors."""
    ALLOW = "allow"
    """As RFC 9309, 2.3.1.3 permits."""


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """What a robots.txt allows."""

    access: Access
    reason: str
    """For people: `200`, `404`, `200, but HTML`, `503`, `timeout`."""
    parsed: Protego | None = None

    @classmethod
    def parse(cls, body: bytes, status: int, *, forbidden: Forbidden = Forbidden.DISALLOW) -> RobotsRules:
        r"""The rules of an answer to GET /robots.txt; of a redirect only where there were too many.

        >>> rules = RobotsRules.parse(b"User-agent: *\nDisallow: /cms/", 200)
        >>> rules.allows("https://a.example/cms/1", "luubao"), rules.allows("https://a.example/1", "luubao")
        (False, True)
        """
        if not is_answer(status):
            return cls.unreachable(str(status))
        if status in _FORBIDDEN and forbidden is Forbidden.DISALLOW:
            return cls(Access.CLOSED, str(status))
        if not 200 <= status < 300:  # noqa: PLR2004 - HTTP: success
            return cls(Access.OPEN, str(status))
        text = _text(body)
        parsed = Protego.parse(text)
        if text.lstrip()[:1] == "<" and not _has_groups(text):
            # A front page, or a soft 404: no robots.txt, but worth a line in the log.
            return cls(Access.OPEN, f"{status}, but HTML")
        return cls(Access.RULES, str(status), parsed)

    @classmethod
    def unreachable(cls, reason: str) -> RobotsRules:
        """Rules where there was no answer, and no usable copy of an earlier one."""
        return cls(Access.UNREACHABLE, reason)

    def allows(self, url: str, agent: str) -> bool:
        """Whether the robot with the product token `agent` may fetch `url`."""
        if self.parsed is None:
            return self.access is Access.OPEN
        return bool(self.parsed.can_fetch(url, agent))

    def delay(self, agent: str) -> float | None:
        """Seconds between two requests that the file asks of `agent` (Crawl-delay, Request-rate); None if silent."""
        if self.parsed is None:
            return None
        asked = [self.parsed.crawl_delay(agent)]
        rate = self.parsed.request_rate(agent)
        if rate is not None and rate.requests > 0:
            asked.append(rate.seconds / rate.requests)
        seconds = [value for value in asked if value is not None]
        return min(max(seconds), MAX_DELAY) if seconds else None

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The sitemaps that the file names, in its order."""
        return tuple(self.parsed.sitemaps) if self.parsed is not None else ()


def is_answer(status: int) -> bool:
    """Whether a status says something about robots.txt, as opposed to an outage or a request to slow down."""
    return 200 <= status < 500 and status not in _MOMENTARY  # noqa: PLR2004 - HTTP: success to client error


def trim(body: bytes) -> bytes:
    """As much of `body` as is parsed, in whole lines: half a rule would forbid, or allow, something else."""
    return body if len(body) <= MAX_BYTES else body[: body.rfind(b"\n", 0, MAX_BYTES) + 1] or body[:MAX_BYTES]


def _text(body: bytes) -> str:
    body = trim(body)
    for bom, charset in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(charset, errors="replace")
    return body.decode("utf-8", errors="replace")


def _has_groups(text: str) -> bool:
    return any(line.lstrip().lower().startswith("user-agent:") for line in text.splitlines())


# --- how long an answer holds -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RobotsCopy:
    """An answer as it is remembered, also by the next process."""

    status: int
    body: bytes
    """Without its content encoding; as `trim` left it."""
    fetched_at: datetime

    def is_fresh(self, now: datetime) -> bool:
        """Whether it need not be read again. A copy from the future is none: a calendar was wrong."""
        return timedelta(0) <= now - self.fetched_at < REREAD_AFTER

    def is_usable(self, now: datetime) -> bool:
        """Whether it may stand in while the server does not answer."""
        return timedelta(0) <= now - self.fetched_at < USABLE_FOR


class RobotsStore(Protocol):
    """Remembers answers from one process to the next. Called in the reactor, so both are quick."""

    def get(self, origin: str) -> RobotsCopy | None:
        """The last answer of `origin` (scheme://host, and a port where it is not the usual one)."""

    def put(self, origin: str, copy: RobotsCopy) -> None:
        """Remember `copy` instead of what was known."""


class MemoryRobotsStore:
    """A store that forgets when the process ends."""

    def __init__(self) -> None:
        self._copies: dict[str, RobotsCopy] = {}

    def get(self, origin: str) -> RobotsCopy | None:
        """The last answer of `origin`."""
        return self._copies.get(origin)

    def put(self, origin: str, copy: RobotsCopy) -> None:
        """Remember `copy`."""
        self._copies[origin] = copy


def retry_after(failures: int) -> timedelta:
    """How long to wait before a robots.txt that could not be had `failures` times in a row is asked for again."""
    doubled: timedelta = FIRST_RETRY * 2 ** min(failures - 1, 10)
    return min(doubled, LAST_RETRY)

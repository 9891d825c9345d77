"""Reads the robots.txt of an origin before anything else of it, once for all who wait, and again in time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from urllib.parse import urljoin

from crawler.politeness.hosts import host_of, origin_of
from crawler.politeness.refusal import Refusal, RefusedError
from crawler.politeness.robots import (
    MAX_REDIRECTS,
    Access,
    Forbidden,
    RobotsCopy,
    RobotsRules,
    RobotsStore,
    is_answer,
    retry_after,
    trim,
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for a robots.txt."""

    status: int
    body: bytes | None = None
    """Without its content encoding; None if it was cut off or corrupt."""
    location: str | None = None
    """Where a redirect points."""


class Counter(Protocol):
    """What Scrapy's stats collectors have of interest here."""

    def inc_value(self, key: str) -> None:
        """Count one."""


@dataclass(slots=True)
class _Origin:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    copy: RobotsCopy | None = None
    rules: RobotsRules | None = None
    """Parsed from `copy`."""
    failures: int = 0
    failed_at: datetime | None = None
    problem: str = ""


class RobotsService:
    """Says what may be fetched. `fetch` makes the request; it waits its turn like any other."""

    def __init__(
        self,
        fetch: Callable[[str], Awaitable[Answer]],
        store: RobotsStore,
        *,
        agent: str,
        clock: Callable[[], datetime],
        forbidden: Forbidden = Forbidden.DISALLOW,
        set_delay: Callable[[str, str, float], None] = lambda _host, _origin, _seconds: None,
        stats: Counter | None = None,
    ) -> None:
        self._fetch = fetch
        self._store = store
        self._agent = agent
        self._clock = clock
        self._forbidden = forbidden
        self._set_delay = set_delay
        self._stats = stats
        self._origins: dict[str, _Origin] = {}

    async def check(self, url: str) -> None:
        """Raise RefusedError where robots.txt does not want us at `url`."""
        rules = await self.rules_for(url)
        if rules.allows(url, self._agent):
            return
        if rules.access is Access.UNREACHABLE:
            self._count("robots/unreachable")
            retry_at = self._retry_at(self._origin(origin_of(url)))
            detail = f"{origin_of(url)}/robots.txt cannot be read: {rules.reason}"
            raise RefusedError(Refusal.ROBOTS_UNREACHABLE, detail, retry_at=retry_at)
        self._count("robots/disallowed")
        raise RefusedError(Refusal.ROBOTS, f"{origin_of(url)}/robots.txt ({rules.reason}) disallows it")

    async def rules_for(self, url: str) -> RobotsRules:
        """The rules in force where `url` is, read now if that is due."""
        name = origin_of(url)
        origin = self._origin(name)
        if self._is_due(origin):
            async with origin.lock:
                if self._is_due(origin):
                    await self._read(name, origin)
        rules = self._rules(origin)
        self._set_delay(host_of(url), name, rules.delay(self._agent) or 0.0)
        return rules

    def _origin(self, name: str) -> _Origin:
        origin = self._origins.get(name)
        if origin is None:
            origin = self._origins[name] = _Origin()
            self._take(origin, self._store.get(name))
        return origin

    def _take(self, origin: _Origin, copy: RobotsCopy | None) -> None:
        origin.copy = copy
        origin.rules = RobotsRules.parse(copy.body, copy.status, forbidden=self._forbidden) if copy else None

    def _is_due(self, origin: _Origin) -> bool:
        retry_at = self._retry_at(origin)
        if retry_at is not None:
            # A calendar that was set back must not keep us out for ever.
            waits = retry_at - self._clock()
            return not waits.total_seconds() > 0 or waits > retry_after(origin.failures)
        return origin.copy is None or not origin.copy.is_fresh(self._clock())

    def _retry_at(self, origin: _Origin) -> datetime | None:
        return origin.failed_at + retry_after(origin.failures) if origin.failed_at is not None else None

    def _rules(self, origin: _Origin) -> RobotsRules:
        if origin.rules is not None and origin.copy is not None and origin.copy.is_usable(self._clock()):
            return origin.rules
        return RobotsRules.unreachable(origin.problem or "not read")

    async def _read(self, name: str, origin: _Origin) -> None:
        answer, problem = await self._follow(f"{name}/robots.txt")
        self._count("robots/read")
        if answer is None or not is_answer(answer.status) or answer.body is None:
            origin.failures += 1
            origin.failed_at = self._clock()
            origin.problem = problem
            self._count("robots/failed")
            logger.warning("cannot read %(url)s: %(problem)s", {"url": f"{name}/robots.txt", "problem": problem})
            return
        copy = RobotsCopy(answer.status, trim(answer.body), self._clock())
        origin.failures, origin.failed_at, origin.problem = 0, None, ""
        self._take(origin, copy)
        self._store.put(name, copy)
        assert origin.rules is not None
        values = {"url": f"{name}/robots.txt", "access": origin.rules.access, "reason": origin.rules.reason}
        logger.info("%(url)s: %(access)s (%(reason)s)", values)

    async def _follow(self, url: str) -> tuple[Answer | None, str]:
        """The answer at the end of the redirects of `url`, and what is wrong with it."""
        answer = None
        for hop in range(MAX_REDIRECTS + 1):
            try:
                answer = await self._fetch(url)
            except RefusedError as refused:
                # Says nothing about robots.txt, but for a redirect to where we may not go.
                if hop and refused.refusal is Refusal.BLOCKED_SSRF:
                    return None, refused.detail
                raise
            except Exception as error:  # noqa: BLE001 - whatever kept us from reading it, the rule is the same
                return None, f"{type(error).__name__}: {error}"[:200]
            if not (300 <= answer.status < 400 and answer.location):  # noqa: PLR2004 - HTTP: redirection
                break
            url = urljoin(url, answer.location)
        assert answer is not None
        return answer, f"{answer.status}" if answer.body is not None else f"{answer.status}, cut off or corrupt"

    def _count(self, key: str) -> None:
        if self._stats is not None:
            self._stats.inc_value(key)

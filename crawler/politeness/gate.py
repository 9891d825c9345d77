"""One request at a time to a host, with a pause after each, and none while the host is held.

The pause counts from the end of an answer, not from its beginning: a host that answers slowly is asked less often, by
itself. It stands right before the connection, behind every queue, so nothing can overtake it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic as system_monotonic

from crawler.politeness.holds import HostHolds
from crawler.politeness.refusal import Refusal, RefusedError

logger = logging.getLogger(__name__)

# How long a waiting request may overlook that the crawl is to end.
_SLICE = 0.25


@dataclass(slots=True)
class _Queue:
    ended: float
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    delays: dict[str, float] = field(default_factory=dict)
    """What robots.txt asks for, by origin: http and https of one host may say different things."""


class HostGate:
    """Lets requests through, host by host."""

    def __init__(
        self,
        holds: HostHolds,
        *,
        delay: float,
        max_wait: float,
        is_stopping: Callable[[], bool] = lambda: False,
        monotonic: Callable[[], float] = system_monotonic,
    ) -> None:
        self.holds = holds
        self._delay = delay
        self._max_wait = max_wait
        self._is_stopping = is_stopping
        self._monotonic = monotonic
        self._queues: dict[str, _Queue] = {}
        self._is_closed = False

    def set_delay(self, host: str, origin: str, seconds: float) -> None:
        """What one of the origins of `host` asks for; of theirs and ours the longest pause counts."""
        self._queue(host).delays[origin] = seconds

    def close(self) -> None:
        """Refuse whatever still waits, and everything to come: the crawl ends."""
        self._is_closed = True

    def check(self, host: str) -> None:
        """Raise RefusedError where waiting makes no sense: a long hold, or the crawl ends."""
        if self._is_closed or self._is_stopping():
            raise RefusedError(Refusal.STOPPING, "the crawl ends")
        if self.holds.remaining(host) > self._max_wait:
            detail = f"{host} is left alone: {self.holds.reason(host)}"
            raise RefusedError(Refusal.HOST_HELD, detail, retry_at=self.holds.ends_at(host))

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait until `host` may be asked, then keep everyone else out until the answer is here."""
        queue = self._queue(host)
        async with queue.lock:
            logger.debug("%(host)s waits %(seconds).1f s", {"host": host, "seconds": self._wait(host, queue)})
            # In slices: a hold may grow, and the crawl may end, while we wait.
            while (seconds := self._wait(host, queue)) > 0:  # noqa: ASYNC110 - what we wait for is the time
                await asyncio.sleep(min(seconds, _SLICE))
            try:
                yield
            finally:
                queue.ended = self._monotonic()

    def _wait(self, host: str, queue: _Queue) -> float:
        self.check(host)
        pause = queue.ended + max(self._delay, *queue.delays.values(), 0.0) - self._monotonic()
        return max(pause, self.holds.remaining(host))

    def _queue(self, host: str) -> _Queue:
        queue = self._queues.get(host)
        if queue is None:
            # A process that died may have asked this host a moment ago: the pause comes first, too.
            queue = self._queues[host] = _Queue(ended=self._monotonic())
        return queue

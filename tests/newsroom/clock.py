"""The newsroom's clock: stands still until it is turned, or runs as fast as it is told. Safe from any thread."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from threading import Lock


class Clock:
    """Time as the papers see it; `speed` is how many of their seconds pass in one of ours."""

    def __init__(self, start: datetime, *, speed: float = 0) -> None:
        self._base, self._since, self._speed = start, time.monotonic(), speed
        self._lock = Lock()

    def now(self) -> datetime:
        with self._lock:
            return self._now()

    def _now(self) -> datetime:
        return self._base + timedelta(seconds=(time.monotonic() - self._since) * self._speed)

    def set(self, now: datetime) -> None:
        """Turn to a moment; back as well, if a drill wants that."""
        with self._lock:
            self._base, self._since = now, time.monotonic()

    def advance(self, **amount: float) -> datetime:
        """Turn on by `hours=6`, `days=1` ...; the new time."""
        with self._lock:
            self._base, self._since = self._now() + timedelta(**amount), time.monotonic()
            return self._base

    def run(self, speed: float) -> None:
        """Let it run at this speed from now on; 0 stops it."""
        with self._lock:
            self._base, self._since, self._speed = self._now(), time.monotonic(), speed

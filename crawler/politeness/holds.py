"""Which hosts asked us to wait, and until when.

A hold is counted down by a clock that nobody can set, and kept in a store by the calendar, so that the next process
knows of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic as system_monotonic
from typing import Protocol

from crawler.politeness.retry_after import MAX_WAIT, backoff, parse_http_date, parse_retry_after

logger = logging.getLogger(__name__)

HOLDING_STATUSES = frozenset({429, 503})
"""Too many requests, and unavailable: both speak for the whole host, and both may carry Retry-After."""
FAILING_STATUSES = frozenset({502, 504})
"""Said by what stands before the host: as good as no answer. A 500 is about one page, and holds nobody."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A host is not to be asked before `until`."""

    host: str
    """As `crawler.politeness.hosts.host_of` names it."""
    until: datetime
    reason: str
    """For people: `429`, `503, Retry-After 120`, `no answer`."""


class HoldStore(Protocol):
    """Remembers holds from one process to the next. Called in the reactor, so both are quick; at most once a hold."""

    def get(self, host: str) -> Hold | None:
        """The last hold of `host`, be it over or not."""

    def put(self, hold: Hold) -> None:
        """Remember `hold` instead of what was known of its host."""


class MemoryHoldStore:
    """A store that forgets when the process ends."""

    def __init__(self) -> None:
        self._holds: dict[str, Hold] = {}

    def get(self, host: str) -> Hold | None:
        """The last hold of `host`."""
        return self._holds.get(host)

    def put(self, hold: Hold) -> None:
        """Remember `hold`."""
        self._holds[hold.host] = hold


@dataclass(slots=True)
class _State:
    until: float = 0.0
    reason: str = ""
    strikes: int = 0
    """Refusals since the last answer that was none."""
    failures: int = 0
    """Requests without an answer, in a row."""


class HostHolds:
    """Decides from answers how long a host is left alone."""

    def __init__(
        self,
        store: HoldStore,
        *,
        clock: Callable[[], datetime],
        base: float,
        monotonic: Callable[[], float] = system_monotonic,
    ) -> None:
        self._store = store
        self._clock = clock
        self._base = base
        self._monotonic = monotonic
        self._states: dict[str, _State] = {}

    def remaining(self, host: str) -> float:
        """Seconds until `host` may be asked again; 0 if it may now."""
        return max(self._state(host).until - self._monotonic(), 0.0)

    def reason(self, host: str) -> str:
        """Why `host` was held last."""
        return self._state(host).reason

    def ends_at(self, host: str) -> datetime:
        """When `host` may be asked again, by the calendar."""
        return self._clock() + timedelta(seconds=self.remaining(host))

    def note_answer(
        self, host: str, status: int, *, retry_after: str | None = None, date: str | None = None
    ) -> Hold | None:
        """Learn from an answer: its status, its Retry-After header, and its Date header.

        A moment in Retry-After is read by the clock of who wrote it. The hold that came of it, or None."""
        state = self._state(host)
        if status in FAILING_STATUSES:
            return self.note_failure(host, f"{status}")
        state.failures = 0
        if status not in HOLDING_STATUSES:
            state.strikes = 0
            return None
        state.strikes += 1
        asked = parse_retry_after(retry_after, parse_http_date(date) or self._clock())
        if asked is None:
            return self._hold(host, backoff(state.strikes, base=self._base), f"{status}")
        # To the second; but whoever says "1" for the tenth time in a row means something else.
        seconds = max(asked, backoff(state.strikes, base=min(self._base, 1.0)))
        return self._hold(host, seconds, f"{status}, Retry-After {retry_after!r:.60}")

    def note_failure(self, host: str, reason: str = "no answer") -> Hold | None:
        """Learn that there was no answer. Once is nothing; from the second in a row on the host is left alone."""
        state = self._state(host)
        state.failures += 1
        if state.failures == 1:
            return None
        return self._hold(host, backoff(state.failures - 1, base=self._base), reason)

    def _hold(self, host: str, seconds: float, reason: str) -> Hold:
        state = self._state(host)
        state.until = max(state.until, self._monotonic() + seconds)
        state.reason = reason
        hold = Hold(host, self.ends_at(host), reason)
        logger.info("%(host)s is left alone for %(seconds).0f s: %(reason)s", {**_shown(hold), "seconds": seconds})
        self._store.put(hold)
        return hold

    def _state(self, host: str) -> _State:
        state = self._states.get(host)
        if state is None:
            state = self._states[host] = _State()
            hold = self._store.get(host)
            if hold is not None:
                seconds = (hold.until - self._clock()).total_seconds()
                state.until = self._monotonic() + min(seconds, MAX_WAIT)
                state.reason = hold.reason
                if seconds > MAX_WAIT:
                    # A calendar that was set back must not keep a host waiting for ever: neither in this process nor,
                    # a day at a time, in those that come after it.
                    self._store.put(Hold(host, self.ends_at(host), hold.reason))
        return state


def _shown(hold: Hold) -> dict[str, str]:
    return {"host": hold.host, "reason": hold.reason}

"""Watch every site for the day on which all its articles seem to change at once.

The rule is `holding.tripped`; this keeps its window of the last 24 hours per site, so that a capture which
arrives in time costs no query, and works the window out anew where one arrives late."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import Connection

from archive.holding import BREAKER_WINDOW, Recheck, tripped
from archive.storage import histories
from archive.storage.histories import SiteReading

_BEGINNING = datetime.min.replace(tzinfo=UTC)


def rechecks(readings: Iterable[SiteReading], *, since: datetime) -> list[Recheck]:
    """Which of these readings, in the order of time, show an article again, and whether it had changed."""
    last: dict[str, str] = {}
    found = []
    for seen in readings:
        before = last.get(seen.article_key)
        if before is not None and seen.captured_at >= since:
            found.append(Recheck(seen.article_key, seen.captured_at, seen.capture, before != seen.content_hash))
        last[seen.article_key] = seen.content_hash
    return found


class Breakers:
    """The breakers of all sites in one edition."""

    def __init__(self, connection: Connection, edition: int) -> None:
        self._edition = edition
        self._tripped = histories.breakers(connection, edition)
        self._windows: dict[str, deque[Recheck]] = {}
        self._resumed: dict[str, datetime] = {}

    def is_open(self, site: str, at: datetime, capture: str) -> bool:
        """Whether the breaker had tripped when `capture` was made."""
        since = self._tripped.get(site)
        return since is not None and since <= (at, capture)

    def resume(self, site: str, at: datetime) -> None:
        """A person looked at what happened up to `at`: what was seen until then counts no more."""
        self._resumed[site] = max(at, self._resumed.get(site, _BEGINNING))
        self._windows.pop(site, None)

    def see(self, connection: Connection, site: str, recheck: Recheck) -> None:
        """Count a known article that was seen again, later than anything else on its site that day."""
        if site in self._tripped or recheck.captured_at <= self._resumed.get(site, _BEGINNING):
            return
        window = self._windows.get(site)
        if window is None:
            # The reading of `recheck` is stored already, so the window loaded here ends with it.
            window = self._windows[site] = deque(self._load(connection, site, recheck.captured_at))
        elif window and recheck.captured_at < window[-1].captured_at:
            self._windows.pop(site)
            self.look_again(connection, site, recheck.captured_at)
            return
        else:
            window.append(recheck)
        while window and recheck.captured_at - window[0].captured_at > BREAKER_WINDOW:
            window.popleft()
        if recheck.is_changed:
            self._set(connection, site, tripped(window))

    def look_again(self, connection: Connection, site: str, at: datetime) -> datetime | None:
        """Work out anew what a capture that arrived late, at `at`, changes.

        Returns the moment from which judgements of the site's captures have to be made again, or None.
        """
        self._windows.pop(site, None)
        before = self._tripped.get(site)
        if before is not None and before[0] < at:
            return None
        # What arrived at `at` counts in the windows that end up to 24 hours later.
        until = at + BREAKER_WINDOW
        now = tripped(self._load(connection, site, at, until))
        if now is None and before is not None:
            now = tripped(self._load(connection, site, at)) if before[0] <= until else None
        after = (now.captured_at, now.capture_id) if now is not None else before if before and before[0] > until else None
        if after == before:
            return None
        self._store(connection, site, after)
        return min(moment[0] for moment in (before, after) if moment is not None)

    def forget(self, connection: Connection, site: str) -> datetime | None:
        """Close the breaker after `resume`; returns the moment from which captures have to be judged again."""
        before = self._tripped.get(site)
        if before is None:
            return None
        now = tripped(self._load(connection, site, _BEGINNING + BREAKER_WINDOW))
        self._store(connection, site, (now.captured_at, now.capture_id) if now is not None else None)
        return before[0]

    def _load(
        self, connection: Connection, site: str, at: datetime, until: datetime | None = None
    ) -> list[Recheck]:
        since = max(at - BREAKER_WINDOW, self._resumed.get(site, _BEGINNING))
        return rechecks(histories.site_readings(connection, self._edition, site, since=since, until=until), since=since)

    def _set(self, connection: Connection, site: str, trip: Recheck | None) -> None:
        if trip is not None:
            self._store(connection, site, (trip.captured_at, trip.capture_id))

    def _store(self, connection: Connection, site: str, trip: tuple[datetime, str] | None) -> None:
        histories.set_breaker(connection, self._edition, site, trip)
        if trip is None:
            self._tripped.pop(site, None)
        else:
            self._tripped[site] = trip

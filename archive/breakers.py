"""Watch every site for the day on which all its articles seem to change at once.

The rule is `holding.tripped`; this keeps its window of the last 24 hours per site, so that a capture which
arrives in time costs no query, and works the window out anew where one arrives late."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import Connection

from archive.holding import BREAKER_WINDOW, Recheck, tripped
from archive.storage import breakers as stored_breakers
from archive.storage.breakers import SiteReading

_BEGINNING = datetime.min.replace(tzinfo=UTC)


def rechecks(readings: Iterable[SiteReading], *, site: str, since: datetime) -> list[Recheck]:
    """Which of these readings, in the order of time, show an article again on `site`, and whether it had changed."""
    last: dict[str, str] = {}
    found = []
    for seen in readings:
        before = last.get(seen.article_key)
        if before is not None and seen.site == site and seen.captured_at >= since:
            found.append(Recheck(seen.article_key, seen.captured_at, seen.capture, before != seen.content_hash))
        last[seen.article_key] = seen.content_hash
    return found


class Breakers:
    """The breakers of all sites in one edition."""

    def __init__(self, connection: Connection, edition: int) -> None:
        self._edition = edition
        self._tripped = stored_breakers.tripped(connection, edition)
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

    def see(self, connection: Connection, site: str, recheck: Recheck) -> datetime | None:
        """Count a known article that was seen again, later than ever before.

        Returns the moment from which judgements of the site's captures have to be made again, or None: other
        articles of the site may have been seen later still.
        """
        if recheck.captured_at <= self._resumed.get(site, _BEGINNING):
            return None
        now, before = _moment(recheck), self._tripped.get(site)
        if before is not None and before <= now:
            return None
        window = self._windows.get(site)
        if window is None:
            # The reading of `recheck` is stored already, so the window loaded here ends with it.
            window = self._windows[site] = deque(self._load(connection, site, recheck.captured_at))
        elif not window or _moment(window[-1]) < now:
            window.append(recheck)
        if before is not None or _moment(window[-1]) != now:
            return self.look_again(connection, site, recheck.captured_at)
        while recheck.captured_at - window[0].captured_at > BREAKER_WINDOW:
            window.popleft()
        trip = tripped(window, since=recheck.captured_at) if recheck.is_changed else None
        if trip is not None:
            self._store(connection, site, _moment(trip))
        return None

    def look_again(
        self, connection: Connection, site: str, at: datetime, *, next_at: datetime | None = None
    ) -> datetime | None:
        """Work out anew what a capture that arrived late, at `at`, changes; its article was seen next at `next_at`.

        Returns the moment from which judgements of the site's captures have to be made again, or None.
        """
        self._windows.pop(site, None)
        before = self._tripped.get(site)
        if before is not None and before[0] < at:
            return None
        # What arrived at `at` counts in the windows that end up to 24 hours later, and it may be the reason why
        # the next capture of its article counts as changed, or no more.
        until = (next_at or at) + BREAKER_WINDOW
        trip = tripped(self._load(connection, site, at, until), since=at)
        if trip is None and before is not None:
            trip = tripped(self._load(connection, site, at), since=at)
        after = None if trip is None else _moment(trip)
        if after == before:
            return None
        self._store(connection, site, after)
        return min(moment[0] for moment in (before, after) if moment is not None)

    def work_out(self, connection: Connection, site: str) -> datetime | None:
        """Work out the breaker from all that was seen of a site: after `resume`, or where much was read at once.

        Returns the moment from which captures have to be judged again, or None.
        """
        self._windows.pop(site, None)
        before = self._tripped.get(site)
        trip = tripped(self._load(connection, site, _BEGINNING + BREAKER_WINDOW))
        after = None if trip is None else _moment(trip)
        if after == before:
            return None
        self._store(connection, site, after)
        return min(moment[0] for moment in (before, after) if moment is not None)

    def _load(self, connection: Connection, site: str, at: datetime, until: datetime | None = None) -> list[Recheck]:
        """What was seen again in the 24 hours before `at`, and from then on."""
        since = max(at - BREAKER_WINDOW, self._resumed.get(site, _BEGINNING))
        readings = stored_breakers.site_readings(connection, self._edition, site, since=since, until=until)
        resumed = self._resumed.get(site, _BEGINNING)
        return [recheck for recheck in rechecks(readings, site=site, since=since) if recheck.captured_at > resumed]

    def _store(self, connection: Connection, site: str, trip: tuple[datetime, str] | None) -> None:
        stored_breakers.set_tripped(connection, self._edition, site, trip)
        if trip is None:
            self._tripped.pop(site, None)
        else:
            self._tripped[site] = trip


def _moment(recheck: Recheck) -> tuple[datetime, str]:
    return recheck.captured_at, recheck.capture_id

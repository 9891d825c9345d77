"""Say when a site is due: by its own rhythm, outside its quiet hours, a little apart from the others. Pure."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta, timezone

from crawler.config import Quiet

USUAL = timedelta(minutes=30)
"""For a site of which too little is known."""
SHORTEST, LONGEST = timedelta(minutes=10), timedelta(hours=6)
LONGEST_PAUSE = timedelta(days=1)
"""For a site that shuts us out: robots.txt is to be read anew within a day (RFC 9309, 2.4)."""
MOST_DOUBLINGS = 10
NEW_A_CRAWL = 6
"""Articles that a crawl should find: fewer are hardly worth the requests, more have waited long."""
ENOUGH = 10
"""Articles of a week, below which they say nothing about a site's rhythm."""
WEEK = 7
JITTER = 0.1
"""Share of the interval by which a slot may lie later, so that not all sites are due at once."""


def interval(articles_a_week: int) -> timedelta:
    """How long to wait between two crawls of a site that published so many articles in the last seven days.

    >>> str(interval(0)), str(interval(70)), str(interval(700)), str(interval(70_000))
    ('0:30:00', '6:00:00', '1:26:24', '0:10:00')
    """
    if articles_a_week < ENOUGH:
        return USUAL
    return min(LONGEST, max(SHORTEST, timedelta(days=WEEK) * NEW_A_CRAWL / articles_a_week))


def pause(every: timedelta, shut_out: int) -> timedelta:
    """The interval of a site that let the last so many crawls fetch nothing: twice as long each time, up to a day.

    >>> [str(pause(timedelta(hours=6), shut_out)) for shut_out in (0, 1, 2, 3)]
    ['6:00:00', '12:00:00', '1 day, 0:00:00', '1 day, 0:00:00']
    """
    longer: timedelta = every * 2 ** min(shut_out, MOST_DOUBLINGS)
    return max(every, min(LONGEST_PAUSE, longer))


def next_slot(
    site: str, last: datetime | None, *, every: timedelta, quiet: Quiet | None, offset: timedelta, now: datetime
) -> datetime:
    """When `site` is due after the slot at `last`; now if it never was.

    After a long break that is the newest of the slots that were missed: one crawl catches up on all of them. Of the
    same site and the same last slot it is always the same moment, whoever asks.
    """
    if last is None:
        return now
    due = _spread(site, last + every, every)
    if due < now - every:
        missed = (now - due) // every
        due += missed * every
    return _after(quiet, due, offset)


def _spread(site: str, slot: datetime, every: timedelta) -> datetime:
    digest = hashlib.sha256(f"{site} {slot.isoformat()}".encode()).digest()
    return slot + every * JITTER * (int.from_bytes(digest[:4]) / 2**32)


def _after(quiet: Quiet | None, due: datetime, offset: timedelta) -> datetime:
    """`due`, or the end of the quiet hours that it lies in."""
    if quiet is None:
        return due
    local = due.astimezone(timezone(offset))
    if not quiet.covers(local.time()):
        return due
    end = local.replace(hour=quiet.ends.hour, minute=quiet.ends.minute, second=0, microsecond=0)
    return (end if end >= local else end + timedelta(days=1)).astimezone(due.tzinfo)

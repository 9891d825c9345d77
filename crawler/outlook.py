"""How the crawls of each site stand: the last one's account, when the next is due, and what is wrong."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from archive import export
from archive.alarms import LONG, alarms
from archive.core import Archive
from archive.storage import slots
from crawler.config import Config
from crawler.schedule.timing import WEEK, interval, next_slot
from crawler.sites import VIETNAM, find_site


def outlook(archive: Archive, config: Config, *, now: datetime) -> list[dict[str, Any]]:
    """A document for each site that the schedule has crawled."""
    found = []
    with archive.reading() as connection:
        weekly = slots.published_since(connection, now - timedelta(days=WEEK))
        for name, slot in sorted(slots.all_last(connection).items()):
            chosen, site = config.of(name), find_site(name)
            next_at = next_slot(
                name,
                slot.due_at,
                every=chosen.every or interval(weekly.get(name, 0)),
                quiet=chosen.quiet,
                offset=VIETNAM if site is None else site.offset,
                now=now,
            )
            rate = slots.publishing(connection, name, since=now - LONG, until=now)
            found.append(
                {
                    "site": slot.site,
                    "state": slot.state,
                    "due_at": export.moment(slot.due_at),
                    "finished_at": None if slot.finished_at is None else export.moment(slot.finished_at),
                    "next_due_at": None if slot.state == slots.RUNNING else export.moment(next_at),
                    "account": slot.counts,
                    "alarms": [
                        {"kind": alarm.kind, "says": alarm.says}
                        for alarm in alarms(slot.state, slot.counts, rate, now=now)
                    ],
                }
            )
    return found

"""How the crawls of each site stand: the last one's account, when the next is due, and what is wrong."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from archive import export
from archive.alarms import BLOCKS, LONG, alarms, lost_rules
from archive.core import Archive
from archive.storage import feed, slots
from archive.storage.slots import DONE, RUNNING, Slot
from crawler.config import Config
from crawler.exits import SHUT_OUT
from crawler.schedule.outcome import EXIT
from crawler.schedule.timing import WEEK, interval, next_slot, pause
from crawler.sites import VIETNAM, find_site

LOOKED_AT = 80
"""Newest articles of a site from which one can tell whether a rule broke."""
OPEN = "open"
"""State of a crawl by hand that has not ended: it is going, or was cut off."""


def outlook(archive: Archive, config: Config, *, now: datetime) -> list[dict[str, Any]]:
    """A document for each site that was crawled, by the schedule or by hand, about the last time."""
    with archive.reading() as connection:
        weekly = slots.published_since(connection, now - timedelta(days=WEEK))
        scheduled, crawls = slots.all_last(connection, now=now), feed.last_crawls(connection, since=now - LONG)
        found = []
        for name in sorted({*scheduled, *crawls}):
            slot = scheduled.get(name)
            shown = _last(slot, crawls.get(name))
            if slot is not None and slot.state != RUNNING:
                shown["next_due_at"] = export.moment(_next(connection, slot, config, weekly.get(name, 0), now=now))
            found.append({"site": name, **shown, "alarms": _alarms(connection, name, shown, now=now)})
        return found


def _last(slot: Slot | None, crawl: Row[Any] | None) -> dict[str, Any]:
    """The crawl that a slot stands for, or one by hand that is newer."""
    # A crawl within a slot is the slot's own.
    if crawl is not None and (slot is None or (slot.finished_at is not None and crawl.started_at > slot.finished_at)):
        due_at, started_at, finished_at = None, crawl.started_at, crawl.finished_at
        state = OPEN if finished_at is None else DONE
        account = crawl.counts
    else:
        assert slot is not None
        state, due_at, started_at, finished_at = slot.state, slot.due_at, slot.started_at, slot.finished_at
        account = slot.counts
    return {
        "is_by_hand": due_at is None,
        "state": state,
        "due_at": None if due_at is None else export.moment(due_at),
        "started_at": export.moment(started_at),
        "finished_at": None if finished_at is None else export.moment(finished_at),
        "next_due_at": None,
        "account": account,
    }


def _next(connection: Connection, slot: Slot, config: Config, weekly: int, *, now: datetime) -> datetime:
    chosen, site = config.of(slot.site), find_site(slot.site)
    shut_out = slots.ended_alike(connection, slot.site, EXIT, SHUT_OUT, now=now)
    return next_slot(
        slot.site,
        slot.due_at,
        every=pause(chosen.every or interval(weekly), shut_out),
        quiet=chosen.quiet,
        offset=VIETNAM if site is None else site.offset,
        now=now,
    )


def _alarms(connection: Connection, site: str, shown: dict[str, Any], *, now: datetime) -> list[dict[str, str]]:
    rate = slots.publishing(connection, site, since=now - LONG, until=now)
    evidence = slots.held_page(connection, site, but_not=BLOCKS)
    lost = lost_rules(slots.provenances(connection, site, limit=LOOKED_AT))
    # A slot's account does not name its site.
    account = {"site": site, **(shown["account"] or {})}
    found = alarms(shown["state"], account, rate, now=now, evidence=evidence, lost=lost)
    return [{"kind": alarm.kind, "says": alarm.says} for alarm in found]

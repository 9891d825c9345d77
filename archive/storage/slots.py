"""Slots: which crawl of which site was due when, who holds it, and how it ended. The schedule's only memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from archive.alarms import Evidence, Rate
from archive.storage import schema
from archive.storage.views import SELECTABLES

_slot = schema.slot

RUNNING, DONE, FAILED = "running", "done", "failed"
AHEAD = timedelta(days=1)
"""No slot is claimed before it is due: one that lies so far ahead was claimed by a clock that was set back since."""
_LOOKED_AT = 12


@dataclass(frozen=True, slots=True)
class Slot:
    """One crawl that was due."""

    site: str
    due_at: datetime
    state: str
    leased_until: datetime | None
    started_at: datetime
    finished_at: datetime | None
    counts: dict[str, Any]


_SLOTS = select(
    _slot.c.site,
    _slot.c.due_at,
    _slot.c.state,
    _slot.c.leased_until,
    _slot.c.started_at,
    _slot.c.finished_at,
    _slot.c.counts,
)


def last_slot(connection: Connection, site: str, *, now: datetime) -> Slot | None:
    """The newest slot of a site, but for those of a clock that was wrong."""
    query = _SLOTS.where(_slot.c.site == site, _slot.c.due_at <= now + AHEAD)
    row = connection.execute(query.order_by(_slot.c.due_at.desc()).limit(1)).first()
    return None if row is None else Slot(*row)


def ended_alike(connection: Connection, site: str, name: str, value: object, *, now: datetime) -> int:
    """How many of the newest slots of a site have this value among their counts, before one that has not."""
    rows = connection.execute(
        select(_slot.c.counts)
        .where(_slot.c.site == site, _slot.c.state != RUNNING, _slot.c.due_at <= now + AHEAD)
        .order_by(_slot.c.due_at.desc())
        .limit(_LOOKED_AT)
    )
    return sum(1 for _ in takewhile(lambda row: row.counts.get(name) == value, rows))


def all_last(connection: Connection, *, now: datetime) -> dict[str, Slot]:
    """The newest slot of every site, as `last_slot` tells it."""
    newest = (
        select(_slot.c.site, func.max(_slot.c.due_at).label("due_at"))
        .where(_slot.c.due_at <= now + AHEAD)
        .group_by(_slot.c.site)
        .subquery()
    )
    rows = connection.execute(
        _SLOTS.join(newest, (newest.c.site == _slot.c.site) & (newest.c.due_at == _slot.c.due_at))
    )
    return {row.site: Slot(*row) for row in rows}


def recent(connection: Connection, *, limit: int) -> list[Slot]:
    """The newest slots, whoever's they are."""
    rows = connection.execute(_SLOTS.order_by(_slot.c.due_at.desc(), _slot.c.site).limit(limit))
    return [Slot(*row) for row in rows]


def claim(connection: Connection, site: str, due_at: datetime, *, now: datetime, until: datetime) -> bool:
    """Take a slot, and hold it until then; False where somebody else has, or had, it, or crawls the site right now.

    A slot whose holder died is taken over when its lease is over: its crawl is repeated and not skipped.
    """
    newest = last_slot(connection, site, now=now)
    if newest is not None:
        is_held = newest.state == RUNNING and newest.leased_until is not None and newest.leased_until > now
        if is_held or newest.due_at > due_at or (newest.due_at == due_at and newest.state != RUNNING):
            return False
        if newest.due_at == due_at:
            connection.execute(_this(site, due_at), {"leased_until": until, "started_at": now})
            return True
    connection.execute(
        insert(_slot),
        {
            "site": site,
            "due_at": due_at,
            "state": RUNNING,
            "leased_until": until,
            "started_at": now,
            "counts": {},
        },
    )
    return True


def hold(connection: Connection, site: str, due_at: datetime, *, held: datetime, until: datetime) -> bool:
    """Hold a slot longer; False where the lease that ran until `held` is somebody else's by now."""
    return connection.execute(_mine(site, due_at, held), {"leased_until": until}).rowcount == 1


def finish(
    connection: Connection,
    site: str,
    due_at: datetime,
    *,
    held: datetime,
    state: str,
    now: datetime,
    counts: Mapping[str, Any],
) -> bool:
    """Note how a slot ended; False where the lease that ran until `held` is somebody else's by now."""
    ended = {"state": state, "leased_until": None, "finished_at": now, "counts": dict(counts)}
    return connection.execute(_mine(site, due_at, held), ended).rowcount == 1


def _this(site: str, due_at: datetime) -> Any:  # noqa: ANN401  an Update, whose type mypy cannot write
    return update(_slot).where(_slot.c.site == site, _slot.c.due_at == due_at)


def _mine(site: str, due_at: datetime, held: datetime) -> Any:  # noqa: ANN401  as above
    return _this(site, due_at).where(_slot.c.leased_until == held, _slot.c.state == RUNNING)


def published_since(connection: Connection, since: datetime) -> dict[str, int]:
    """{site: articles that say that they were published since then}."""
    articles = SELECTABLES["articles"].c
    rows = connection.execute(
        select(articles.site, func.count()).where(articles.published_at >= since).group_by(articles.site)
    )
    return {site: int(count) for site, count in rows}


def held_page(connection: Connection, site: str, *, but_not: Collection[str]) -> Evidence | None:
    """The newest page of a site that is held for another reason than these, and what last read its article."""
    held, articles = SELECTABLES["held"].c, SELECTABLES["articles"].c
    row = connection.execute(
        select(held.capture_id, articles.provenance)
        .outerjoin_from(SELECTABLES["held"], SELECTABLES["articles"], held.article_id == articles.article_id)
        .where(held.site == site, held.reason.not_in(but_not))
        .order_by(held.captured_at.desc(), held.capture_id)
        .limit(1)
    ).first()
    return None if row is None else Evidence(row.capture_id, (row.provenance or {}).get("body"))


def provenances(connection: Connection, site: str, *, limit: int) -> list[dict[str, str]]:
    """Where each field of a site's newest articles was read, newest first, as the edition of the newest reads them."""
    articles = SELECTABLES["articles"].c
    rows = connection.execute(
        select(articles.provenance, articles.edition)
        .where(articles.site == site)
        .order_by(articles.first_seen_at.desc(), articles.article_id)
        .limit(limit)
    ).all()
    return [row.provenance or {} for row in rows if row.edition == rows[0].edition]


def publishing(connection: Connection, site: str, *, since: datetime, until: datetime) -> Rate:
    """How many articles a site says it published between the two moments, and when the first and last of them."""
    articles = SELECTABLES["articles"].c
    row = connection.execute(
        select(func.count(), func.min(articles.published_at), func.max(articles.published_at)).where(
            articles.site == site, articles.published_at > since, articles.published_at <= until
        )
    ).one()
    return Rate(*row)

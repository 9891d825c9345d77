"""The frontier: which addresses are known, which are due, and what each host asked of us."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, bindparam, case, func, insert, literal, or_, select, update

from archive import revisit
from archive.storage import schema
from archive.types import Verdict
from archive.urls import identity

_frontier, _host = schema.frontier, schema.host

NEW, KNOWN, GONE, MOVED, FAILED = "new", "known", "gone", "moved", "failed"
ARTICLE = "article"
SKEW = timedelta(minutes=1)
"""How far the clocks of machines that share an archive may be apart."""
MAX_REDIRECTS = 5
"""In a row; browsers follow 20, and whoever needs more than a few leads nowhere."""
_AT_ONCE = 500
"""Keys named in one statement. A sitemap lists 50,000, SQLite takes 32,766 values and PostgreSQL 65,535."""


@dataclass(frozen=True, slots=True)
class Address:
    """Something to put on the frontier."""

    url: str
    url_key: str
    kind: str
    found_in: str | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """An address that was leased, with what is known of it."""

    id: int
    url: str
    url_key: str
    site: str
    kind: str
    state: str
    first_visit_at: datetime | None
    visited_at: datetime | None
    attempts: int
    etag: str | None
    last_modified: str | None


def add(connection: Connection, site: str, addresses: Sequence[Address], *, now: datetime) -> tuple[int, int]:
    """Put addresses on the frontier; (how many were new, how many were known).

    What a replay brought is known, too: its captures are in the archive. An address that had been given up, or that
    was gone, is tried again when a source lists it anew.
    """
    wanted = list({address.url_key: address for address in addresses}.values())
    counts = [
        _add(connection, site, {address.url_key: address for address in wanted[start : start + _AT_ONCE]}, now=now)
        for start in range(0, len(wanted), _AT_ONCE)
    ]
    return sum(new for new, _ in counts), sum(known for _, known in counts)


def _add(connection: Connection, site: str, wanted: dict[str, Address], *, now: datetime) -> tuple[int, int]:
    known = dict(_states(connection, list(wanted)))
    captured = dict(_captured(connection, [key for key in wanted if key not in known]))
    rows = [
        {
            "url_key": key,
            "url": address.url,
            "site": site,
            "kind": address.kind,
            "state": KNOWN if key in captured else NEW,
            "found_in": address.found_in,
            "found_at": now,
            "due_at": now,
            "first_visit_at": captured.get(key),
            "visited_at": captured.get(key),
            "visits": 1 if key in captured else 0,
            "edits": 0,
            "attempts": 0,
        }
        for key, address in wanted.items()
        if key not in known
    ]
    if rows:
        connection.execute(insert(_frontier), rows)
    again = [key for key, state in known.items() if state == FAILED]
    if again:
        rested = literal(now, _frontier.c.due_at.type)
        connection.execute(
            update(_frontier)
            .where(_frontier.c.url_key.in_(again))
            # Listed again, and all the same not before its rest is over: lists repeat what fails at every visit.
            .values(state=NEW, due_at=case((_frontier.c.due_at > now, _frontier.c.due_at), else_=rested), attempts=0)
        )
    _look_again(connection, list(known), now=now)
    return len(rows) - len(captured) + len(again), len(wanted) - len(rows) + len(captured) - len(again)


def _look_again(connection: Connection, keys: list[str], *, now: datetime) -> None:
    """Let what was removed, or had moved, be looked at again: a list that names it says that it may be back."""
    connection.execute(
        update(_frontier).where(
            _frontier.c.url_key.in_(keys),
            _frontier.c.state.in_((GONE, MOVED)),
            _frontier.c.due_at.is_(None),
            # Lists name what is gone for days: once a day is enough to see it come back.
            _frontier.c.visited_at <= now - revisit.REST,
        ),
        {"state": GONE, "due_at": now},
    )


def _states(connection: Connection, keys: list[str]) -> Iterable[tuple[str, str]]:
    rows = connection.execute(select(_frontier.c.url_key, _frontier.c.state).where(_frontier.c.url_key.in_(keys)))
    return [(key, state) for key, state in rows]


def _captured(connection: Connection, keys: list[str]) -> Iterable[tuple[str, datetime]]:
    capture = schema.capture
    rows = connection.execute(
        select(capture.c.url_key, func.max(capture.c.captured_at))
        .where(capture.c.url_key.in_(keys))
        .group_by(capture.c.url_key)
    )
    return [(key, at) for key, at in rows]


_COLUMNS = (
    _frontier.c.id,
    _frontier.c.url,
    _frontier.c.url_key,
    _frontier.c.site,
    _frontier.c.kind,
    _frontier.c.state,
    _frontier.c.first_visit_at,
    _frontier.c.visited_at,
    _frontier.c.attempts,
    _frontier.c.etag,
    _frontier.c.last_modified,
)


def lease(
    connection: Connection,
    site: str,
    *,
    now: datetime,
    until: datetime,
    limit: int,
    states: Sequence[str] = (NEW, KNOWN, GONE),
    but_not: AbstractSet[int] = frozenset(),
) -> list[Visit]:
    """Take up to `limit` articles of a site that are due: new ones first, then those that wait longest."""
    visits: list[Visit] = []
    # Each by itself: its rows come in the order of the index, where both together would be sorted, all that are due.
    for some in ([state for state in states if state == NEW], [state for state in states if state != NEW]):
        if some and len(visits) < limit:
            visits += _free(connection, site, now=now, limit=limit - len(visits), states=some, but_not=but_not)
    if visits:
        rows = [{"visit": visit.id, "until": until} for visit in visits]
        connection.execute(_LEASE, rows)
    return visits


def _free(
    connection: Connection, site: str, *, now: datetime, limit: int, states: Sequence[str], but_not: AbstractSet[int]
) -> list[Visit]:
    is_free = or_(_frontier.c.leased_until.is_(None), _frontier.c.leased_until <= now)
    query = _due(site, now=now, states=states).where(is_free)
    # Those of `but_not` are few among what is due, and too many to be named in a statement.
    window = limit
    while True:
        rows = [Visit(*row) for row in connection.execute(query.limit(window))]
        visits = [visit for visit in rows if visit.id not in but_not][:limit]
        if len(visits) == limit or len(rows) < window:
            return visits
        window *= 2


_LEASE = update(_frontier).where(_frontier.c.id == bindparam("visit")).values(leased_until=bindparam("until"))


def due(
    connection: Connection, site: str, *, now: datetime | None, limit: int, states: Sequence[str] = (NEW, KNOWN, GONE)
) -> list[Visit]:
    """What `lease` would take if nobody else had taken anything; with None for `now` whatever is not given up."""
    return [Visit(*row) for row in connection.execute(_due(site, now=now, states=states).limit(limit))]


def _due(site: str, *, now: datetime | None, states: Sequence[str]) -> Select[Any]:
    query = select(*_COLUMNS).where(_frontier.c.site == site, _frontier.c.kind == ARTICLE)
    if now is not None:
        query = query.where(_frontier.c.due_at <= now)
    if len(states) == 1:
        return query.where(_frontier.c.state == states[0]).order_by(_frontier.c.due_at, _frontier.c.id)
    is_new = case((_frontier.c.state == NEW, 0), else_=1)
    return query.where(_frontier.c.state.in_(list(states))).order_by(is_new, _frontier.c.due_at, _frontier.c.id)


def newest_published(connection: Connection, url_keys: Sequence[str]) -> datetime | None:
    """When the newest of these articles came out, as their pages say; None where none was read, or none says it."""
    capture, reading, document = schema.capture, schema.reading, schema.document
    newest = [
        connection.execute(
            select(func.max(document.c.published_at))
            .select_from(capture.join(reading).join(document))
            .where(capture.c.url_key.in_(url_keys[start : start + _AT_ONCE]), reading.c.verdict == Verdict.OK)
        ).scalar()
        for start in range(0, len(url_keys), _AT_ONCE)
    ]
    return max((moment for moment in newest if moment is not None), default=None)


def find(connection: Connection, url_key: str) -> Visit | None:
    """What is known of an address."""
    rows = connection.execute(select(*_COLUMNS).where(_frontier.c.url_key == url_key))
    return next((Visit(*row) for row in rows), None)


def release(connection: Connection, site: str) -> int:
    """Give back what a run that died had taken; returns how many leases that were."""
    return connection.execute(
        update(_frontier).where(_frontier.c.site == site, _frontier.c.leased_until.is_not(None)),
        {"leased_until": None},
    ).rowcount


def mend(connection: Connection, site: str, *, now: datetime) -> int:
    """Let be due at once what a wrong clock put off; returns how much that was.

    Its "in an hour" may be years away. What is said to have happened at a moment that is still to come happened before
    now, so it is dated now: else it would look like the work of a wrong clock at every start, and never grow older."""
    to_come, at_once = now + SKEW, literal(now, _frontier.c.due_at.type)
    happened = (_frontier.c.found_at, _frontier.c.first_visit_at, _frontier.c.visited_at)
    is_retried = or_(_frontier.c.state.in_((NEW, FAILED)), _frontier.c.attempts > 0)
    longest = case(
        (is_retried, literal(to_come + revisit.LONGEST_REST, _frontier.c.due_at.type)),
        else_=literal(to_come + revisit.LONGEST_WAIT, _frontier.c.due_at.type),
    )
    values = {column.name: case((column > to_come, at_once), else_=column) for column in happened}
    return connection.execute(
        update(_frontier)
        .where(
            _frontier.c.site == site,
            or_(_frontier.c.due_at > longest, *(column > to_come for column in happened)),
        )
        .values(due_at=case((_frontier.c.due_at > now, at_once), else_=_frontier.c.due_at), **values)
    ).rowcount


def settle(
    connection: Connection, visit: int, columns: Mapping[str, object], *, is_read: bool = False, is_edit: bool = False
) -> None:
    """Note how a visit ended, and give back its lease; count it if the answer showed the article (`is_read`)."""
    settle_all(connection, [Settled(visit, columns, is_read=is_read, is_edit=is_edit)])


@dataclass(frozen=True, slots=True)
class Settled:
    """How a visit ended."""

    visit: int
    columns: Mapping[str, object]
    is_read: bool = False
    """The answer showed the article."""
    is_edit: bool = False
    """... and it said something that it had not said before."""


def settle_all(connection: Connection, visits: Iterable[Settled]) -> None:
    """Do what `settle` does for many visits, with a statement for those that change the same columns."""
    alike: defaultdict[tuple[str, ...], list[dict[str, object]]] = defaultdict(list)
    for one in visits:
        counted = {"new_visits": int(one.is_read), "new_edits": int(one.is_edit)}
        row = {"visit": one.visit, "leased_until": None, **counted, **one.columns}
        alike[tuple(sorted(row))].append(row)
    for rows in alike.values():
        connection.execute(_SETTLE, rows)


_SETTLE = (
    update(_frontier)
    .where(_frontier.c.id == bindparam("visit"))
    .values(
        visits=_frontier.c.visits + bindparam("new_visits"),
        edits=_frontier.c.edits + bindparam("new_edits"),
    )
)


def redirects_to(connection: Connection, url_key: str, *, since: datetime) -> int:
    """How many redirects in a row led to this article since then; counted to `MAX_REDIRECTS`."""
    here = select(_frontier.c.found_in, _frontier.c.found_at)
    came = connection.execute(here.where(_frontier.c.url_key == url_key)).first()
    for count in range(MAX_REDIRECTS):
        if came is None or came.found_in is None or came.found_at < since:
            return count
        # A list has another key than the page at its address, and is found in no article.
        led = (_frontier.c.url_key == identity(came.found_in), _frontier.c.state == MOVED)
        came = connection.execute(here.where(*led)).first()
        if came is None:
            return count
    return MAX_REDIRECTS


def looks(connection: Connection, site: str) -> tuple[int, int]:
    """(looks after the first, edits that they found) over the articles of a site."""
    row = connection.execute(
        select(func.coalesce(func.sum(_frontier.c.visits - 1), 0), func.coalesce(func.sum(_frontier.c.edits), 0)).where(
            _frontier.c.site == site, _frontier.c.kind == ARTICLE, _frontier.c.visits > 0
        )
    ).one()
    return int(row[0]), int(row[1])


def left(connection: Connection, site: str, *, now: datetime) -> dict[str, int]:
    """What there is to do for a site: new articles, due ones, and all that wait for their time."""
    is_due = _frontier.c.due_at <= now
    row = connection.execute(
        select(
            func.coalesce(func.sum(case(((_frontier.c.state == NEW) & is_due, 1), else_=0)), 0),
            func.coalesce(func.sum(case((_frontier.c.state.in_((KNOWN, GONE)) & is_due, 1), else_=0)), 0),
            func.coalesce(func.sum(case(((_frontier.c.state != FAILED) & (_frontier.c.due_at > now), 1), else_=0)), 0),
            func.coalesce(func.sum(case((_frontier.c.state == FAILED, 1), else_=0)), 0),
        ).where(_frontier.c.site == site, _frontier.c.kind == ARTICLE)
    ).one()
    return dict(zip(("new", "due", "waiting", "failed"), (int(value) for value in row), strict=True))


@dataclass(frozen=True, slots=True)
class Host:
    """What a host asked of us, as remembered."""

    origin: str
    robots_status: int | None = None
    robots_body: bytes | None = None
    robots_at: datetime | None = None
    hold_until: datetime | None = None
    hold_reason: str | None = None


def set_host(connection: Connection, origin: str, **columns: Any) -> None:  # noqa: ANN401  columns of `host`
    """Remember something of `origin`."""
    if connection.execute(update(_host).where(_host.c.origin == origin), columns).rowcount == 0:
        connection.execute(insert(_host), {"origin": origin, **columns})


def hosts(connection: Connection) -> list[Host]:
    """Everything that is remembered of any host."""
    rows = connection.execute(
        select(
            _host.c.origin,
            _host.c.robots_status,
            _host.c.robots_body,
            _host.c.robots_at,
            _host.c.hold_until,
            _host.c.hold_reason,
        )
    )
    return [Host(*row) for row in rows]


def take_over(connection: Connection, site: str, names: Sequence[str]) -> int:
    """Let a site have the addresses of those that are called `names`; returns how many there were."""
    return connection.execute(update(_frontier).where(_frontier.c.site.in_(names)), {"site": site}).rowcount


def reopen(connection: Connection, site: str, url_keys: Sequence[str], *, now: datetime) -> int:
    """Let these articles of a site be fetched as if they were new; returns how many of them the site has."""
    count = 0
    for start in range(0, len(url_keys), _AT_ONCE):
        keys = url_keys[start : start + _AT_ONCE]
        count += connection.execute(
            update(_frontier).where(
                _frontier.c.site == site, _frontier.c.kind == ARTICLE, _frontier.c.url_key.in_(keys)
            ),
            {"state": NEW, "due_at": now},
        ).rowcount
    return count


def make_due(connection: Connection, site: str, *, now: datetime) -> None:
    """Let every known article of a site be looked at now."""
    connection.execute(
        update(_frontier).where(
            _frontier.c.site == site, _frontier.c.kind == ARTICLE, _frontier.c.state.in_((KNOWN, GONE))
        ),
        {"due_at": now},
    )

"""The pages about papers: all of them with a small chart each, and one with its volume, edits, copies and health."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from archive import export
from archive.alarms import LONG, Alarm, alarms
from archive.exceptions import UnknownNameError
from archive.figures import by_delay, edit_delay, is_by_page, over_time, partners
from archive.storage import feed, pages, slots
from archive.storage import papers as storage
from archive.web import charts
from archive.web.reading import ACCOUNT, ENTRY, LATEST, account, show
from archive.web.site import BadRequestError, parameter, site_of
from archive.web.tables import csv_response

CRAWLS = 30
"""The last crawls of a paper that are drawn and listed."""
SPARK_DAYS = 30


def papers(request: Request) -> Response:
    """Every site with its figures."""
    with site_of(request).archive.reading() as connection:
        rows = feed.sites(connection)
        # The newest capture's days, not the clock's: what an archive that rests shows stays what it was.
        last = max((row["last_captured_at"] for row in rows if row["last_captured_at"]), default=None)
        newest = datetime.min.replace(tzinfo=UTC) if last is None else last
        since = newest.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(
            days=SPARK_DAYS - 1 if last else 0
        )
        days = [f"{since + timedelta(days=past):%Y-%m-%d}" for past in range(SPARK_DAYS)]
        seen = storage.volumes(connection, since=since)
    if parameter(request, "as") == "csv":
        return csv_response(
            ("site", "day", "first_seen"),
            [(row["site"], day, seen.get((row["site"], day), 0)) for row in rows for day in days],
        )
    sparks = {
        row["site"]: charts.columns(days, {"new": [seen.get((row["site"], day), 0) for day in days]}) for row in rows
    }
    return show(request, "papers.html", rows=rows, sparks=sparks)


def paper(request: Request) -> Response:
    """One site: how much, how often edited, what it copies and who copies it, and how its crawls went."""
    name = request.path_params["site"]
    with site_of(request).archive.reading() as connection:
        head = next(iter(feed.sites(connection, only=name)), None)
        if head is None:
            raise UnknownNameError(f"no paper {name!r}")
        if parameter(request, "as") == "csv":
            return _table(connection, name, parameter(request, "of") or "volume")
        volume = _volume(connection, name, head["last_captured_at"])
        edits, copying = _edits(connection, name), _copying(connection, name)
        crawls = [_crawl(row) for row in storage.last_crawls(connection, name, limit=CRAWLS)]
        held = storage.held_by_reason(connection, name)
        latest = pages.page(connection, "articles", limit=LATEST, equal={"site": name}, columns=ENTRY)
        wrong = _alarms(connection, name, site_of(request).now())
    return show(
        request, "paper.html", head=head, volume=volume, edits=edits, copying=copying, crawls=crawls, held=held,
        crawled=_drawn(crawls), latest=latest, alarms=wrong,
    )  # fmt: skip


HEADINGS = {
    "day": "Articles by day of publication",
    "week": "Articles by week of publication",
    "month": "Articles by month of publication",
    "year": "Articles by year of publication",
}


@dataclass(frozen=True, slots=True)
class Volume:
    """Articles by the day on which the page says that it was published, in the paper's own time."""

    heading: str
    chart: charts.Columns
    days: list[tuple[str, int, int]]
    """(day, published, first seen by us in UTC)"""
    undated: int
    outside: int
    """Of the chart, not of the table."""


def _volume(connection: Connection, name: str, last_captured_at: datetime | None) -> Volume:
    moments = storage.published(connection, name)
    dated = [(moment, offset or 0, count) for moment, offset, count in moments if moment is not None]
    published: Counter[date] = Counter()
    for moment, offset, count in dated:
        published[moment.astimezone(timezone(timedelta(minutes=offset))).date()] += count
    undated = sum(count for moment, _, count in moments if moment is None)
    usual = Counter({offset: count for _, offset, count in dated}).most_common(1)
    until = _last_day(published, last_captured_at, usual[0][0] if usual else 0)
    unit, spans, outside = over_time(published, until=until) if published else ("day", [], 0)
    chart = charts.columns([label for label, _ in spans], {"new": [count for _, count in spans]})
    seen = {day: count for (_, day), count in storage.volumes(connection, only=name).items()}
    listed = sorted({*seen, *(day.isoformat() for day in published)})
    days = [(day, published[date.fromisoformat(day)], seen.get(day, 0)) for day in listed]
    return Volume(HEADINGS[unit], chart, days, undated, outside)


def _last_day(published: Counter[date], last_captured_at: datetime | None, offset: int) -> date:
    """Of the chart: of our last look. What a page dates later than that is a slip."""
    if last_captured_at is None:
        return max(published, default=date.min)
    return last_captured_at.astimezone(timezone(timedelta(minutes=offset))).date()


@dataclass(frozen=True, slots=True)
class Edits:
    """The edits of a paper: how soon after publication, and what they changed."""

    count: int
    articles: int
    """That were edited at least once."""
    delays: list[tuple[str, int, int]]
    """(step of delay, edits, of these so many whose time the page itself states)"""
    undated: int
    changed: list[tuple[str, int]]


def _edits(connection: Connection, name: str) -> Edits:
    found = storage.edits(connection, name)
    timed = [
        (delay, is_by_page(one.published_at, one.modified_at, one.captured_at))
        for one in found
        if (delay := edit_delay(one.published_at, one.modified_at, one.captured_at)) is not None
    ]
    stated = dict(by_delay(delay for delay, is_stated in timed if is_stated))
    delays = [(step, count, stated[step]) for step, count in by_delay(delay for delay, _ in timed) if step != "before"]
    changed = Counter(part for one in found for part in one.changed or ())
    return Edits(
        len(found), len({one.article_id for one in found}), delays, len(found) - len(timed), changed.most_common()
    )


@dataclass(frozen=True, slots=True)
class Copying:
    """Texts that came from other papers, and that went to them."""

    taken: list[Any]
    given: list[Any]
    delays: list[tuple[str, int, int]]
    """(step of delay, taken, given)"""


def _copying(connection: Connection, name: str) -> Copying:
    found = storage.exchanges(connection, name)
    taken = [(one.origin, one.role, _delay(one)) for one in found if one.copier == name]
    given = [(one.copier, one.role, _delay(one)) for one in found if one.origin == name]
    steps = [by_delay(delay for _, _, delay in way if delay is not None) for way in (taken, given)]
    delays = [(step, count, other) for (step, count), (_, other) in zip(*steps, strict=True)]
    return Copying(partners(taken), partners(given), delays)


def _delay(one: storage.Exchange) -> float | None:
    """Seconds by the pages' own clocks; None where one of them states no time."""
    before, after = one.published_at
    return None if before is None or after is None else (after - before).total_seconds()


@dataclass(frozen=True, slots=True)
class Crawl:
    """How one crawl went."""

    started_at: datetime
    finished_at: datetime | None
    requests: int
    counts: dict[str, int]
    broken: int
    """Feeds, sitemaps and lists that could not be read."""


def _crawl(row: dict[str, Any]) -> Crawl:
    counts = row["counts"]
    broken = counts.get("broken_sources") or ()
    return Crawl(row["started_at"], row["finished_at"], int(counts.get("requests", 0)), account(counts), len(broken))


def _drawn(crawls: Sequence[Crawl]) -> charts.Columns:
    """The oldest first, as time runs."""
    in_order = list(reversed(crawls))
    labels = [f"{crawl.started_at:%Y-%m-%d %H:%M}" for crawl in in_order]
    return charts.columns(labels, {name: [crawl.counts[name] for crawl in in_order] for name in ACCOUNT})


def _alarms(connection: Connection, name: str, now: datetime) -> list[Alarm]:
    """What is wrong with a site, as `luubao status` says; nothing of one that no schedule crawls."""
    slot = slots.last_slot(connection, name, now=now)
    if slot is None:
        return []
    rate = slots.publishing(connection, name, since=now - LONG, until=now)
    return alarms(slot.state, slot.counts, rate, now=now)


def _volume_table(connection: Connection, name: str) -> Response:
    return csv_response(("day", "published", "first_seen"), _volume(connection, name, None).days)


def _edits_table(connection: Connection, name: str) -> Response:
    edits = _edits(connection, name)
    return csv_response(("within", "edits", "stated_by_page"), [*edits.delays, ("unknown", edits.undated, 0)])


def _changed_table(connection: Connection, name: str) -> Response:
    return csv_response(("changed", "edits"), _edits(connection, name).changed)


def _copying_table(connection: Connection, name: str) -> Response:
    copying = _copying(connection, name)
    rows = [
        (way, one.site, one.texts, one.copies, one.dated, one.median_delay)
        for way, others in (("from", copying.taken), ("to", copying.given))
        for one in others
    ]
    return csv_response(("direction", "paper", "texts", "copies", "dated", "median_delay_seconds"), rows)


def _delays_table(connection: Connection, name: str) -> Response:
    return csv_response(("within", "taken", "given"), _copying(connection, name).delays)


def _crawls_table(connection: Connection, name: str) -> Response:
    crawls = [_crawl(row) for row in storage.last_crawls(connection, name, limit=CRAWLS)]
    rows = [
        (export.moment(one.started_at), export.moment(one.finished_at), one.requests, *one.counts.values(), one.broken)
        for one in crawls
    ]
    return csv_response(("started_at", "finished_at", "requests", *ACCOUNT, "broken_sources"), rows)


def _held_table(connection: Connection, name: str) -> Response:
    return csv_response(("reason", "pages"), storage.held_by_reason(connection, name))


TABLES = {
    "volume": _volume_table,
    "edits": _edits_table,
    "changed": _changed_table,
    "copying": _copying_table,
    "delays": _delays_table,
    "crawls": _crawls_table,
    "held": _held_table,
}
"""What the charts of the page draw, as CSV: ?as=csv&of=NAME."""


def _table(connection: Connection, name: str, of: str) -> Response:
    if of not in TABLES:
        raise BadRequestError(f"of is {' or '.join(TABLES)}")
    return TABLES[of](connection, name)


ROUTES = [Route("/papers", papers), Route("/papers/{site:path}", paper)]

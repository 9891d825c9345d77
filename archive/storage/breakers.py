"""Which sites an edition holds back, and the readings by which it decides so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from archive.storage import schema

_reading, _capture, _document = schema.reading, schema.capture, schema.document


@dataclass(frozen=True, slots=True)
class SiteReading:
    """One sound reading on a site: what the breaker asks for."""

    article_key: str
    site: str
    captured_at: datetime
    capture: str
    content_hash: str


def site_readings(
    connection: Connection, edition: int, site: str, *, since: datetime, until: datetime | None = None
) -> Iterable[SiteReading]:
    """Sound readings, in the order of time, of the articles that were seen on a site in the span.

    What was read of them before the span, or on another site, is among them: it tells whether they changed."""
    upper = [] if until is None else [_capture.c.captured_at <= until]
    seen = (
        select(_reading.c.article_key)
        .join(_capture, _capture.c.id == _reading.c.capture_id)
        .where(
            _capture.c.site == site,
            _capture.c.captured_at >= since,
            *upper,
            _reading.c.edition_id == edition,
            _reading.c.article_key.is_not(None),
        )
    )
    rows = connection.execute(
        select(
            _reading.c.article_key,
            _capture.c.site,
            _capture.c.captured_at,
            _capture.c.public_id,
            _document.c.content_hash,
        )
        .select_from(_reading)
        .join(_capture, _capture.c.id == _reading.c.capture_id)
        .join(_document, _document.c.id == _reading.c.document_id)
        .where(_reading.c.article_key.in_(seen), _reading.c.edition_id == edition, *upper)
        .order_by(_capture.c.captured_at, _capture.c.public_id)
    )
    return [SiteReading(*row) for row in rows]


def tripped(connection: Connection, edition: int) -> dict[str, tuple[datetime, str]]:
    """{site: (since when, by which capture)} of every breaker that has tripped."""
    table = schema.breaker
    rows = connection.execute(
        select(table.c.site, table.c.tripped_at, table.c.capture_id).where(table.c.edition_id == edition)
    )
    return {site: (at, capture) for site, at, capture in rows}


def set_tripped(connection: Connection, edition: int, site: str, trip: tuple[datetime, str] | None) -> None:
    """Note that a site's breaker tripped, or that it did not after all."""
    table = schema.breaker
    connection.execute(delete(table).where(table.c.site == site, table.c.edition_id == edition))
    if trip is not None:
        at, capture = trip
        connection.execute(
            insert(table), {"site": site, "edition_id": edition, "tripped_at": at, "capture_id": capture}
        )

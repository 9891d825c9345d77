"""What each edition read in the captures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, or_, select

from archive.storage import schema
from archive.storage.captures import document_of
from archive.types import Document, Verdict

_reading, _capture, _document = schema.reading, schema.capture, schema.document


@dataclass(frozen=True, slots=True)
class StoredReading:
    """What one edition read in one capture."""

    id: int
    capture_id: int
    capture: str
    """Public id of the capture."""
    url_key: str
    site: str
    captured_at: datetime
    verdict: Verdict
    detail: str | None
    article_key: str | None
    content_hash: str | None
    document_id: int | None
    document: Document | None


_READINGS = (
    select(
        _reading.c.id.label("reading_id"),
        _reading.c.verdict,
        _reading.c.detail,
        _reading.c.article_key,
        _reading.c.document_id,
        _capture.c.id.label("capture_row"),
        _capture.c.public_id.label("capture"),
        _capture.c.url_key,
        _capture.c.site,
        _capture.c.captured_at,
        *(column for column in _document.c if column.name not in ("id", "digest")),
    )
    .select_from(_reading)
    .join(_capture, _capture.c.id == _reading.c.capture_id)
    .outerjoin(_document, _document.c.id == _reading.c.document_id)
    .order_by(_capture.c.captured_at, _capture.c.public_id)
)


def _stored_reading(row: Any) -> StoredReading:  # noqa: ANN401  a Row of _READINGS, whose type mypy cannot write
    return StoredReading(
        id=row.reading_id,
        capture_id=row.capture_row,
        capture=row.capture,
        url_key=row.url_key,
        site=row.site,
        captured_at=row.captured_at,
        verdict=Verdict(row.verdict),
        detail=row.detail,
        article_key=row.article_key,
        content_hash=row.content_hash,
        document_id=row.document_id,
        document=None if row.document_id is None else document_of(row),
    )


def readings_of_article(connection: Connection, edition: int, key: str) -> list[StoredReading]:
    """Readings that show the article at `key`, in the order of time."""
    rows = connection.execute(_READINGS_OF_ARTICLE, {"edition": edition, "key": key})
    return [_stored_reading(row) for row in rows]


# Statements that every capture needs are made once: making one takes three times as long as running it.
_READINGS_OF_ARTICLE = _READINGS.where(
    _reading.c.edition_id == bindparam("edition"), _reading.c.article_key == bindparam("key")
)


def readings_of_nothing(connection: Connection, edition: int, url_keys: Iterable[str]) -> list[StoredReading]:
    """Readings at these addresses that show no article by themselves (errors, held pages), in the order of time."""
    rows = connection.execute(_READINGS_OF_NOTHING, {"edition": edition, "url_keys": list(url_keys)})
    return [_stored_reading(row) for row in rows]


_READINGS_OF_NOTHING = _READINGS.where(
    _reading.c.edition_id == bindparam("edition"),
    _reading.c.article_key.is_(None),
    _capture.c.url_key.in_(bindparam("url_keys", expanding=True)),
)


def reading_of_capture(connection: Connection, edition: int, capture: int) -> StoredReading | None:
    """What `edition` read in the capture with this row id, if it has read it."""
    row = connection.execute(
        _READINGS.where(_reading.c.edition_id == edition, _reading.c.capture_id == capture)
    ).first()
    return None if row is None else _stored_reading(row)


def read_by_others(
    connection: Connection, edition: int | None, *, site: str | None = None, since: datetime | None = None
) -> list[int]:
    """Row ids of captures that other editions have read and `edition` has not: those of one article together.

    With None for an edition that has read nothing here, all that were read."""
    own = _reading.alias("own")
    key = func.min(func.coalesce(_reading.c.article_key, _capture.c.url_key))
    where = [] if site is None else [_capture.c.site == site]
    where += [] if since is None else [_capture.c.captured_at >= since]
    query = (
        select(_capture.c.id)
        .join(_reading, _reading.c.capture_id == _capture.c.id)
        .where(~select(own.c.id).where(own.c.capture_id == _capture.c.id, own.c.edition_id == edition).exists(), *where)
        .group_by(_capture.c.id, _capture.c.captured_at)
        .order_by(key, _capture.c.captured_at, _capture.c.id)
    )
    return [int(row) for row in connection.execute(query).scalars()]


def former_reading(connection: Connection, edition: int | None, capture: int) -> StoredReading | None:
    """What the newest edition but `edition` read in this capture, if any other has read it."""
    query = _READINGS.where(_reading.c.capture_id == capture).order_by(None).order_by(_reading.c.edition_id.desc())
    if edition is not None:
        query = query.where(_reading.c.edition_id != edition)
    row = connection.execute(query.limit(1)).first()
    return None if row is None else _stored_reading(row)


def has_document(connection: Connection, capture: str) -> bool:
    """Whether any edition read a text in the capture with this public id."""
    query = select(_reading.c.id).join(_capture, _capture.c.id == _reading.c.capture_id)
    is_read = query.where(_capture.c.public_id == capture, _reading.c.document_id.is_not(None)).limit(1)
    return connection.execute(is_read).first() is not None


def articles_at(connection: Connection, edition: int, url_key: str) -> list[tuple[datetime, str]]:
    """(captured_at, article key) of every sound reading at one address, in the order of time."""
    rows = connection.execute(_ARTICLES_AT, {"edition": edition, "url_key": url_key})
    return [(at, key) for at, key in rows]


_ARTICLES_AT = (
    select(_capture.c.captured_at, _reading.c.article_key)
    .join(_reading, _reading.c.capture_id == _capture.c.id)
    .where(
        _capture.c.url_key == bindparam("url_key"),
        _reading.c.edition_id == bindparam("edition"),
        _reading.c.article_key.is_not(None),
    )
    .order_by(_capture.c.captured_at, _capture.c.public_id)
)


def has_article(connection: Connection, edition: int, key: str) -> bool:
    """Whether any reading shows the article at `key`."""
    return (
        connection.execute(
            select(_reading.c.id).where(_reading.c.article_key == key, _reading.c.edition_id == edition).limit(1)
        ).scalar()
        is not None
    )


def unread_captures(connection: Connection, edition: int, key: str) -> list[int]:
    """Row ids of captures that other editions took for the article at `key`, or that are at one of its
    addresses, and that `edition` has not read."""
    other, own = _reading.alias("other"), _reading.alias("own")
    addresses = (
        select(_capture.c.url_key)
        .join(other, other.c.capture_id == _capture.c.id)
        .where(other.c.article_key == key)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(_capture.c.id)
        .where(
            or_(_capture.c.url_key.in_(addresses), _capture.c.url_key == key),
            ~select(own.c.id).where(own.c.capture_id == _capture.c.id, own.c.edition_id == edition).exists(),
        )
        .order_by(_capture.c.captured_at, _capture.c.public_id)
    )
    return [int(row) for row in rows.scalars()]


def articles_of_site_since(connection: Connection, edition: int, site: str, since: datetime) -> list[str]:
    """Keys of the articles that were seen on a site at or after `since`."""
    rows = connection.execute(
        select(_reading.c.article_key)
        .join(_capture, _capture.c.id == _reading.c.capture_id)
        .where(
            _capture.c.site == site,
            _capture.c.captured_at >= since,
            _reading.c.edition_id == edition,
            _reading.c.article_key.is_not(None),
        )
        .distinct()
    )
    return sorted(rows.scalars())

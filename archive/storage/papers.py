"""What the page of one paper asks: when it published, what it edited, whose texts it runs and who runs its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, Text, cast, exists, func, select
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from archive.storage import schema
from archive.storage.views import SELECTABLES

_LOOKED_AT = 5_000
"""Runs among which the last crawls of a site are looked for: of all sites, a few days of a busy schedule."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: the captures' clock says when it was seen, the page's own when it was made."""

    article_id: str
    published_at: datetime | None
    modified_at: datetime | None
    captured_at: datetime
    changed: list[str]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One text that two papers ran: the original's side and the other's, each by the page's clock and by ours."""

    origin: str
    copier: str
    role: str
    published_at: tuple[datetime | None, datetime | None]
    first_seen_at: tuple[datetime, datetime]


def _is_shown(article: ReadOnlyColumnCollection[str, Column[Any]]) -> ColumnElement[bool]:
    return article.head_id.is_not(None) & ~exists().where(schema.tombstone.c.article_id == article.id)


def published(connection: Connection, site: str) -> list[tuple[datetime | None, int | None, int]]:
    """(moment that the current version states, minutes east of UTC, how many articles), of one site."""
    article, judgement, reading, document = (
        schema.article.c, schema.judgement.c, schema.reading.c, schema.document.c
    )  # fmt: skip
    query = (
        select(document.published_at, document.published_offset, func.count())
        .join_from(schema.article, schema.judgement, judgement.id == article.head_id)
        .join(schema.reading, reading.id == judgement.reading_id)
        .join(schema.document, document.id == reading.document_id)
        .where(article.site == site, _is_shown(article))
        .group_by(document.published_at, document.published_offset)
    )
    return [(row[0], row[1], int(row[2])) for row in connection.execute(query)]


def edits(connection: Connection, site: str) -> list[Edit]:
    """Every version after the first of a site's articles, as the edition in which each article stands judges them."""
    article, judgement, capture = schema.article.c, schema.judgement.c, schema.capture.c
    reading, document = schema.reading.c, schema.document.c
    later = schema.judgement.alias()
    query = (
        select(
            article.public_id,
            document.published_at,
            document.modified_at,
            capture.captured_at,
            judgement.changed,
            judgement.outcome,
            judgement.cause,
        )
        .join_from(
            schema.article,
            schema.judgement,
            (judgement.article_id == article.id) & (judgement.edition_id == article.edition_id),
        )
        .join(schema.capture, capture.id == judgement.capture_id)
        .join(schema.reading, reading.id == judgement.reading_id)
        .join(schema.document, document.id == reading.document_id)
        .where(article.site == site, article.versions > 1, _is_shown(article))
        .where(~exists().where(later.c.replaces == judgement.id))
        .order_by(capture.captured_at, capture.public_id)
    )
    # Asked for in SQL, the outcome would lead SQLite through the versions of the whole archive.
    return [Edit(*row[:5]) for row in connection.execute(query) if row.outcome == "version" and row.cause != "first"]


def exchanges(connection: Connection, site: str) -> list[Exchange]:
    """Every text of another paper that this one runs, and every one of its own that another paper runs."""
    member, original = schema.membership.alias(), schema.membership.alias()
    theirs, ours = schema.article.alias(), schema.article.alias()
    sides = [_published_at(original.c.article_id), _published_at(member.c.article_id)]
    query = (
        select(ours.c.site, theirs.c.site, member.c.role, *sides, ours.c.first_seen_at, theirs.c.first_seen_at)
        .join_from(member, theirs, theirs.c.id == member.c.article_id)
        .join(original, (original.c.cluster_id == member.c.cluster_id) & (original.c.role == "original"))
        .join(ours, ours.c.id == original.c.article_id)
        .where(member.c.role != "original", ours.c.site != theirs.c.site, _is_shown(ours.c), _is_shown(theirs.c))
    )
    # Two queries: with an "or" over both sides no index of either would serve.
    return [
        Exchange(row[0], row[1], row[2], (row[3], row[4]), (row[5], row[6]))
        for side in (theirs, ours)
        for row in connection.execute(query.where(side.c.site == site))
    ]


def _published_at(article_id: ColumnElement[Any]) -> Any:  # noqa: ANN401  a scalar subquery
    article, judgement, reading = schema.article.alias(), schema.judgement.alias(), schema.reading.alias()
    document = schema.document.alias()
    return (
        select(document.c.published_at)
        .join_from(article, judgement, judgement.c.id == article.c.head_id)
        .join(reading, reading.c.id == judgement.c.reading_id)
        .join(document, document.c.id == reading.c.document_id)
        .where(article.c.id == article_id)
        .scalar_subquery()
    )


def last_crawls(connection: Connection, site: str, *, limit: int) -> list[dict[str, Any]]:
    """The last crawls of a site, the newest first."""
    run = schema.run.c
    newest = select(func.coalesce(func.max(run.id), 0)).scalar_subquery()
    query: Select[Any] = (
        select(schema.run)
        .where(run.id > newest - _LOOKED_AT, run.kind == "crawl", run.counts["site"].as_string() == site)
        .order_by(run.id.desc())
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def held_by_reason(connection: Connection, site: str) -> list[tuple[str, int]]:
    """How many pages of a site wait, by the reason; the most first."""
    held = SELECTABLES["held"].c
    query = select(held.reason, func.count()).where(held.site == site).group_by(held.reason)
    return sorted(((reason, int(count)) for reason, count in connection.execute(query)), key=lambda row: (-row[1], row))


def volumes(
    connection: Connection, *, since: datetime | None = None, only: str | None = None
) -> dict[tuple[str, str], int]:
    """{(site, day in UTC): articles first seen then}: of all sites or one, from a moment on or since ever."""
    article = schema.article.c
    day = func.substr(cast(article.first_seen_at, Text), 1, 10).label("day")
    query = select(article.site, day, func.count()).where(_is_shown(article)).group_by(article.site, day)
    if since is not None:
        query = query.where(article.first_seen_at >= since)
    if only is not None:
        query = query.where(article.site == only)
    return {(row[0], str(row[1])): int(row[2]) for row in connection.execute(query)}


def most_copied(connection: Connection, *, limit: int) -> list[dict[str, Any]]:
    """Clusters by how many papers other than the original's run the text, the most first."""
    member, original = schema.membership.alias(), schema.membership.alias()
    article, ours = schema.article.alias(), schema.article.alias()
    papers = func.count(article.c.site.distinct())
    query = (
        select(
            member.c.cluster_id,
            func.max(ours.c.public_id).label("original_id"),
            papers.label("papers"),
            func.count().label("texts"),
        )
        .join_from(member, article, article.c.id == member.c.article_id)
        .join(original, (original.c.cluster_id == member.c.cluster_id) & (original.c.role == "original"))
        .join(ours, ours.c.id == original.c.article_id)
        .where(member.c.role != "original", article.c.site != ours.c.site, _is_shown(article.c), _is_shown(ours.c))
        .group_by(member.c.cluster_id)
        .order_by(papers.desc(), func.count().desc(), func.max(ours.c.first_seen_at).desc(), member.c.cluster_id)
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(query).mappings()]

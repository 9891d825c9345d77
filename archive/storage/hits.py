"""What the documents that a search found are now: rows of articles, or of versions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, exists, func, select
from sqlalchemy.sql.expression import ColumnElement

from archive.query import Filters
from archive.storage import schema
from archive.storage.engine import among, listed
from archive.storage.feed import column, rows

_article, _judgement, _reading = schema.article.c, schema.judgement.c, schema.reading.c
_capture, _document, _membership = schema.capture.c, schema.document.c, schema.membership.c
_Found = Iterator[tuple[dict[str, Any], dict[str, Any]]]

_DIRECT: dict[str, ColumnElement[Any]] = {
    **{each.name: each for each in schema.document.c if each.name not in ("id", "digest")},
    **{each.name: each for each in (_article.url, _article.site, _article.versions, _article.gone_at)},
    **{each.name: each for each in (_article.first_seen_at, _article.last_seen_at)},
    **{each.name: each for each in (_membership.cluster_id, _membership.role)},
    "article_id": _article.public_id,
    "version": _article.versions,
}
"""Columns of the view `articles` that can be read without it, from the document on."""


def current(
    connection: Connection, documents: Sequence[int], *, filters: Filters, columns: Sequence[str] | None = None
) -> _Found:
    """(row of `articles`, the same again) where these documents are what an article reads now, in their order.

    `columns` are the only ones of `articles` that are read. Rows that `filters` can be seen to refuse are not read; the
    others may still be refused by `Filters.admits`.
    """
    if columns is not None and _DIRECT.keys() >= set(columns):
        # One statement where the view takes two, and by row ids: half of the time of a search went there.
        found = _run(connection, _standing(tuple(columns), filters), documents)
        for row in _in_order(((row[0], dict(zip(columns, row[1:], strict=True))) for row in found), documents):
            yield row, row
        return
    chosen = None if columns is None else tuple(dict.fromkeys((*columns, "article_id")))
    named = _run(connection, _standing(("article_id",), filters), documents)
    names = {name for _, name in named}
    articles = {row["article_id"]: row for row in _named(connection, "articles", names, chosen)}
    for name in _in_order(((document, name) for document, name in named), documents):
        if name in articles:
            yield articles[name], articles[name]


def versions(
    connection: Connection, documents: Sequence[int], *, filters: Filters, columns: Sequence[str] | None = None
) -> _Found:
    """(row of `versions`, row of `articles`) of every version that these documents are, as `current` reads them."""
    query = (
        select(_reading.document_id, _article.public_id, _capture.public_id)
        .join_from(schema.judgement, schema.reading, _judgement.reading_id == _reading.id)
        .join(schema.article, _judgement.article_id == _article.id)
        .join(schema.capture, _judgement.capture_id == _capture.id)
        .where(_judgement.outcome == "version", *_wanted(filters, _head_published_at()))
        .order_by(_capture.captured_at.desc(), _capture.public_id)
    )
    found = [(document, (name, shown_by)) for document, name, shown_by in _run(connection, query, documents)]
    names = {name for _, (name, _) in found}
    articles = {row["article_id"]: row for row in _named(connection, "articles", names, columns)}
    shown = {row["capture_id"]: row for row in _named(connection, "versions", names, None)}
    for name, shown_by in _in_order(iter(found), documents):
        if name in articles and shown_by in shown:
            yield shown[shown_by], articles[name]


def _named(
    connection: Connection, view: str, names: set[str], columns: Sequence[str] | None
) -> Iterator[dict[str, Any]]:
    return rows(connection, view, column(view, "article_id").in_(names), columns=columns) if names else iter(())


def _run(connection: Connection, query: Select[Any], documents: Sequence[int]) -> Sequence[Any]:
    dialect = connection.dialect.name
    query = query.where(among(_reading.document_id, dialect))
    return connection.execute(query, {"keys": listed(documents, dialect)}).all()


def _in_order(found: Iterator[tuple[int, Any]], documents: Sequence[int]) -> list[Any]:
    place = {document: at for at, document in enumerate(documents)}
    return [what for _, what in sorted(found, key=lambda each: place[each[0]])]


@lru_cache(maxsize=256)
def _standing(columns: tuple[str, ...], filters: Filters) -> Select[Any]:
    """(document, these columns) of what articles read now. Kept, as making one takes longer than most of them run."""
    return (
        select(_reading.document_id, *(_DIRECT[name].label(name) for name in columns))
        .join_from(schema.reading, schema.judgement, _judgement.reading_id == _reading.id)
        .join(schema.article, (_article.id == _judgement.article_id) & (_article.head_id == _judgement.id))
        .join(schema.document, _document.id == _reading.document_id)
        .outerjoin(schema.membership, _membership.article_id == _article.id)
        .where(~exists().where(schema.tombstone.c.article_id == _article.id), *_wanted(filters, _document.published_at))
    )


def _head_published_at() -> ColumnElement[Any]:
    """When an article was published by the page that it reads as now."""
    head, read, said = schema.judgement.alias(), schema.reading.alias(), schema.document.alias()
    return (
        select(said.c.published_at)
        .join_from(head, read, head.c.reading_id == read.c.id)
        .join(said, read.c.document_id == said.c.id)
        .where(head.c.id == _article.head_id)
        .correlate(schema.article)
        .scalar_subquery()
    )


def _wanted(filters: Filters, published_at: ColumnElement[Any]) -> Iterator[ColumnElement[bool]]:
    """What `filters` ask of an article that both engines see alike; comparing letters is left to Python."""
    if filters.site is not None:
        # In a form that no index serves: SQLite would go through all articles of the site, and pick these out.
        yield func.coalesce(_article.site, "") == filters.site
    if filters.edited:
        yield _article.versions > 1
    if filters.originals:
        place = schema.membership.alias().c
        yield ~exists().where(place.article_id == _article.id, place.role.in_(("copy", "excerpt")))
    at = func.coalesce(published_at, _article.first_seen_at, type_=schema.UtcDateTime())
    if filters.since is not None:
        yield at >= filters.since
    if filters.until is not None:
        yield at < filters.until

"""What the site and the HTTP API ask of the views: pages by cursor, mementos, the flow of copies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, literal, or_, select, tuple_
from sqlalchemy.sql.expression import ColumnCollection

from archive.exceptions import UnknownNameError
from archive.storage import schema
from archive.storage.views import SELECTABLES
from archive.types import ChangeKind

KEYS: dict[str, tuple[str, ...]] = {
    "articles": ("first_seen_at", "article_id"),
    "captures": ("captured_at", "capture_id"),
    "changes": ("seq", "change_id"),
    "clusters": ("cluster_id",),
    "held": ("captured_at", "capture_id"),
    "runs": ("run_id",),
}
"""What each view is paged by. The last column is the row's id, and so the cursor; it holds wherever the row is."""


def page(
    connection: Connection,
    view: str,
    *,
    limit: int,
    after: object = None,
    is_ascending: bool = False,
    equal: Mapping[str, object] | None = None,
    columns: Sequence[str] | None = None,
) -> list[dict[str, Any]]:
    """Up to `limit` rows behind the one with the id `after`, newest first. Raises UnknownNameError for no such row.

    `columns` are the only ones that are read: a list of headlines needs no furniture.
    """
    selectable = SELECTABLES[view]
    key = [selectable.c[name] for name in KEYS[view]]
    query = select(*_chosen(view, columns)).limit(limit)
    for name, value in (equal or {}).items():
        query = query.where(selectable.c[name] == value)
    if after is not None:
        row = connection.execute(select(*key).where(key[-1] == after)).first()
        if row is None:
            raise UnknownNameError(f"no such cursor {after!r}: begin again without one")
        place = tuple_(*(literal(value, column.type) for value, column in zip(row, key, strict=True)))
        query = query.where(tuple_(*key) > place if is_ascending else tuple_(*key) < place)
    query = query.order_by(*(column if is_ascending else column.desc() for column in key))
    return [dict(row) for row in connection.execute(query).mappings()]


def among(
    connection: Connection, view: str, name: str, values: Sequence[object], *, columns: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """The rows whose column `name` is one of `values`; with `columns` only these of each."""
    if not values:
        return []
    query = select(*_chosen(view, columns)).where(SELECTABLES[view].c[name].in_(values))
    return [dict(row) for row in connection.execute(query).mappings()]


def _chosen(view: str, columns: Sequence[str] | None) -> list[Any]:
    selectable = SELECTABLES[view]
    return [selectable] if columns is None else [selectable.c[name] for name in columns]


def mementos(connection: Connection, article_id: str) -> list[dict[str, Any]]:
    """The captures that show the article, oldest first: those that made a version or confirmed one."""
    judgement, capture = SELECTABLES["judgements"].c, SELECTABLES["captures"]
    showing = select(judgement.capture_id).where(
        judgement.article_id == article_id,
        judgement.is_current,
        judgement.outcome.in_(("version", "unchanged")),
    )
    query = (
        select(capture).where(capture.c.capture_id.in_(showing)).order_by(capture.c.captured_at, capture.c.capture_id)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def shows(connection: Connection, capture_id: str) -> bool:
    """Whether the capture may be shown: it belongs to an article that is not taken down, or it is held."""
    judgement, article, held = SELECTABLES["judgements"].c, SELECTABLES["articles"].c, SELECTABLES["held"].c
    of_article = select(judgement.capture_id).where(
        judgement.capture_id == capture_id,
        judgement.is_current,
        judgement.article_id.in_(select(article.article_id)),
    )
    of_held = select(held.capture_id).where(held.capture_id == capture_id)
    return any(connection.execute(query.limit(1)).first() for query in (of_article, of_held))


def happened(connection: Connection, kind: str, *, limit: int) -> list[dict[str, Any]]:
    """The last changes of one kind, by the captures' clock, the newest first."""
    change = SELECTABLES["changes"]
    query = select(change).where(change.c.kind == kind, _is_told_once(change.c)).order_by(change.c.at.desc())
    query = query.limit(limit)
    return [dict(row) for row in connection.execute(query).mappings()]


def _is_told_once(change: ColumnCollection[str, Any]) -> ColumnElement[bool]:
    """That a text has a copy is told of the copy and of the original, too; of them, this leaves the copy."""
    return or_(change.kind != ChangeKind.CLUSTERED, change.detail["role"].as_string() != "original")


def tally_since(connection: Connection, moment: datetime) -> dict[str, int]:
    """How many changes of each kind there were from that moment on, by the captures' clock."""
    change = schema.change.c
    query = (
        select(change.kind, func.count())
        .where(change.kind.in_(list(ChangeKind)), change.at >= moment, _is_told_once(change))
        .group_by(change.kind)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def newest_change(connection: Connection) -> datetime | None:
    """When the last thing happened that anybody would notice, by the captures' clock."""
    return max((moment for moment in connection.execute(_NEWEST).one() if moment is not None), default=None)


# Each kind by itself is one look into an index; all kinds together, grouped, are all changes there ever were.
_NEWEST = select(
    *(select(func.max(schema.change.c.at)).where(schema.change.c.kind == kind).scalar_subquery() for kind in ChangeKind)
)


def site_names(connection: Connection) -> list[str]:
    """Sites that have an article. Each is looked up behind the one before: counting articles would read them all."""
    site = schema.article.c.site
    names = select(func.min(site).label("site")).cte("names", recursive=True)
    following = select(func.min(site)).where(site > names.c.site).scalar_subquery()
    names = names.union_all(select(following).where(names.c.site.is_not(None)))
    return [name for (name,) in connection.execute(select(names.c.site)) if name is not None]


def flows(connection: Connection, *, limit: int = 40) -> list[dict[str, Any]]:
    """How many texts went from the site of the original to the site of a copy, the most first."""
    cluster, member = SELECTABLES["clusters"].c, SELECTABLES["cluster_members"]
    original = member.alias("original")
    count = func.count().label("texts")
    query = (
        select(original.c.site.label("origin"), member.c.site.label("copier"), count)
        .where(
            member.c.cluster_id == cluster.cluster_id,
            original.c.article_id == cluster.original_id,
            original.c.cluster_id == cluster.cluster_id,
            member.c.article_id != cluster.original_id,
        )
        .group_by(original.c.site, member.c.site)
        .order_by(count.desc(), original.c.site, member.c.site)
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(query).mappings()]

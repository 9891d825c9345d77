"""The views as of a former moment, where it can be known: articles, versions, captures, changes.

Moments are the captures' clock, and what was captured until then is read as it is read today: a correction of ours
(another edition, a release, a takedown) counts for all times, because it says what the page said then."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Text, and_, case, cast, func, null, select

from archive.exceptions import StorageError
from archive.storage.views import SELECTABLES

_CLOCK = {"versions": "captured_at", "captures": "captured_at", "changes": "at"}


def source(view: str, as_of: datetime | None) -> FromClause:
    """What to select from to read a view as of a moment, with the columns of the view; None is now.

    Raises StorageError for a view of whose past nothing is kept.
    """
    if as_of is None:
        return SELECTABLES[view]
    if view == "articles":
        return _articles(as_of).subquery("then")
    if view not in _CLOCK:
        known = ", ".join(sorted(["articles", *_CLOCK]))
        raise StorageError(f"no past is kept of {view!r}: as of a moment there are {known}")
    selectable = SELECTABLES[view]
    return select(selectable).where(selectable.c[_CLOCK[view]] <= as_of).subquery("then")


def _articles(as_of: datetime) -> Select[Any]:
    """Each article as its last version of the time read. Clusters are what they are now, so none is named."""
    versions, articles = SELECTABLES["versions"].alias(), SELECTABLES["articles"].alias()
    place = func.row_number().over(partition_by=versions.c.article_id, order_by=versions.c.version.desc())
    newest = select(versions, place.label("place")).where(versions.c.captured_at <= as_of).subquery()
    seen = _seen(as_of)
    nothing = cast(null(), Text())
    known: dict[str, ColumnElement[Any]] = {
        "versions": newest.c.version,
        "cluster_id": nothing,
        "role": nothing,
        "first_seen_at": articles.c.first_seen_at,
        "last_seen_at": seen.c.alive_at,
        "gone_at": case((seen.c.gone_at > seen.c.alive_at, seen.c.gone_at)),
        "edition": articles.c.edition,
    }
    names = [column.name for column in SELECTABLES["articles"].c]
    columns = [(known[name] if name in known else newest.c[name]).label(name) for name in names]
    return (
        select(*columns)
        .join_from(newest, articles, newest.c.article_id == articles.c.article_id)
        .join(seen, seen.c.article_id == newest.c.article_id)
        .where(newest.c.place == 1)
    )


def _seen(as_of: datetime) -> FromClause:
    """When each article was last captured alive, and last found to be gone, until then."""
    judgements, captures = SELECTABLES["judgements"].alias(), SELECTABLES["captures"].alias()
    at = captures.c.captured_at
    is_alive = judgements.c.outcome.in_(("version", "unchanged"))
    return (
        select(
            judgements.c.article_id,
            func.max(case((is_alive, at))).label("alive_at"),
            func.max(case((judgements.c.outcome == "gone", at))).label("gone_at"),
        )
        .join_from(judgements, captures, judgements.c.capture_id == captures.c.capture_id)
        .where(and_(at <= as_of, judgements.c.is_current))
        .group_by(judgements.c.article_id)
        .subquery()
    )
